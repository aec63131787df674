"""A drawing: its strokes, in order. Its pixels are a cache that can always be made again. Every door may call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike
from PyQt5.QtCore import QRect
from PyQt5.QtGui import QImage

from app.errors import PictureError
from app.images import Picture
from app.painting.brush import Brush
from app.painting.history import DEFAULT_MEMORY_BYTES, PatchStore
from app.painting.stroke import Color, Points, Stroke, as_points
from app.painting.surface import Surface

Entry = Stroke | Literal["undo", "redo"]
"""What happened to a drawing: a stroke (or a clearing, which is one), an undo or a redo."""

PAPER: Color = (255, 255, 255)
MAX_SIDE_PX = 8192


class Journal(Protocol):
    """Where a drawing writes what happens to it, as it happens."""

    def write(self, entry: Entry) -> None:
        """Write an entry down without making the painter wait."""


@dataclass
class _Step:
    """A stroke and what brings back the pixels on its other side; no ticket means that it must be painted."""

    stroke: Stroke
    ticket: int | None


class Drawing:
    """Strokes on a surface, with undo and redo without limit within a bound of memory.

    A stroke in hand goes begin, add_points (as often as points come), end; `apply` paints a whole one.

    Raises PictureError for a size that is not 1..8192 px a side, and where a stroke's brush is not there.
    """

    def __init__(
        self,
        width: int,
        height: int,
        journal: Journal | None = None,
        *,
        brushes: Mapping[str, Brush] | None = None,
        background: Color | None = PAPER,
        undo_memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise PictureError(f"A drawing of {width} x {height} px cannot be made: 1 to {MAX_SIDE_PX} px a side can.")
        self.surface = Surface(width, height, background, brushes=brushes)
        self.journal = journal
        self._done: list[_Step] = []
        self._undone: list[_Step] = []
        self._patches = PatchStore(undo_memory_bytes)
        self._head: Stroke | None = None
        self._points: list[Points] = []
        self.last_dirty = QRect()
        """The rectangle that ending the last stroke changed."""
        self.missing_brushes: set[str] = set()
        """Brushes of replayed strokes that are not there; such strokes stay, and show when their brush is back."""

    @classmethod
    def replayed(
        cls,
        width: int,
        height: int,
        entries: Iterable[Entry],
        *,
        journal: Journal | None = None,
        brushes: Mapping[str, Brush] | None = None,
        background: Color | None = PAPER,
    ) -> "Drawing":
        """The drawing that the entries of a journal led to; only what is still in force is painted.

        A stroke whose brush is not there is kept without being painted: see `missing_brushes`.
        """
        drawing = cls(width, height, brushes=brushes, background=background)
        done: list[Stroke] = []
        undone: list[Stroke] = []
        for entry in entries:
            if isinstance(entry, Stroke):
                done.append(entry)
                undone.clear()
            elif entry == "undo" and done:
                undone.append(done.pop())
            elif entry == "redo" and undone:
                done.append(undone.pop())
        for stroke in done:
            drawing._paint(drawing.surface, stroke)
            drawing._done.append(_Step(stroke, drawing._ticket()))
        drawing._undone = [_Step(stroke, None) for stroke in undone]
        drawing.journal = journal
        return drawing

    @property
    def width(self) -> int:
        """In pixels."""
        return self.surface.width

    @property
    def height(self) -> int:
        """In pixels."""
        return self.surface.height

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """The strokes (and clearings) in force, oldest first; not the one in hand."""
        return tuple(step.stroke for step in self._done)

    @property
    def is_blank(self) -> bool:
        """Whether nothing is on the paper: no stroke since the last clearing."""
        return not self._done or self._done[-1].stroke.mode == "clear"

    @property
    def can_undo(self) -> bool:
        """Whether there is a stroke to take back."""
        return bool(self._done) or self._head is not None

    @property
    def can_redo(self) -> bool:
        """Whether a stroke that was taken back can be had again."""
        return bool(self._undone) and self._head is None

    @property
    def has_stroke_in_hand(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._head is not None

    def image(self) -> QImage:
        """The pixels, live, the stroke in hand included."""
        return self.surface.image()

    def picture(self) -> Picture:
        """A copy of the pixels: float32 RGB [H, W, 3] in 0..1."""
        return self.surface.picture()

    def begin(self, head: Stroke) -> None:
        """Take a stroke in hand; one that is still in hand ends first. The head's own points are not used."""
        if self._head is not None:
            self.end()
        self.surface.begin_stroke(head)
        self._head, self._points = head.head(), []
        self._forget_undone()

    def add_points(self, points: ArrayLike) -> QRect:
        """Paint on through points [N, 3] of x, y (drawing px) and pressure 0..1; the rectangle that changed."""
        if self._head is None:
            raise ValueError("no stroke has begun")
        fresh = as_points(points)
        self._points.append(fresh)
        return self.surface.extend(fresh)

    def end(self) -> Stroke | None:
        """End the stroke in hand, keep it and write it down; None for one without any point."""
        if self._head is None:
            raise ValueError("no stroke has begun")
        head, points = self._head, self._points
        self._head, self._points = None, []
        if not any(len(batch) for batch in points):
            self.surface.abandon_stroke()
            return None
        self.last_dirty = self.surface.end_stroke()
        stroke = head.with_points(np.concatenate(points))
        self._keep(stroke)
        return stroke

    def abandon(self) -> QRect:
        """Take the stroke in hand back without a trace; the rectangle that changed."""
        self._head, self._points = None, []
        return self.surface.abandon_stroke()

    def apply(self, stroke: Stroke) -> QRect:
        """Paint and keep a whole stroke or a clearing; the rectangle that changed."""
        if self._head is not None:
            self.end()
        dirty = self.surface.apply(stroke)
        self._forget_undone()
        self._keep(stroke)
        return dirty

    def clear(self) -> QRect:
        """Empty the canvas, which can be undone; the rectangle that changed."""
        return self.apply(Stroke.cleared())

    def undo(self) -> QRect:
        """Take the last stroke back (or the one in hand); the rectangle that changed, empty if there is none."""
        if self._head is not None:
            return self.abandon()
        if not self._done:
            return QRect()
        step = self._done.pop()
        patch = None if step.ticket is None else self._patches.take(step.ticket)
        if patch is None:
            dirty = self._paint_again()
            ticket = None
        else:
            back, dirty = self.surface.swap(patch)
            ticket = self._patches.put(back)
        self._undone.append(_Step(step.stroke, ticket))
        self._write("undo")
        return dirty

    def redo(self) -> QRect:
        """Have the last stroke that was taken back again; the rectangle that changed, empty if there is none."""
        if not self.can_redo:
            return QRect()
        step = self._undone.pop()
        patch = None if step.ticket is None else self._patches.take(step.ticket)
        if patch is None:
            dirty = self._paint(self.surface, step.stroke)
            ticket = self._ticket()
        else:
            back, dirty = self.surface.swap(patch)
            ticket = self._patches.put(back)
        self._done.append(_Step(step.stroke, ticket))
        self._write("redo")
        return dirty

    def render(self, size_px: int) -> Picture:
        """The drawing painted anew with `size_px` as its longer side: float32 RGB [H, W, 3] in 0..1."""
        scale = size_px / max(self.width, self.height)
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        if not 1 <= size_px <= MAX_SIDE_PX:
            raise PictureError(f"A drawing can be rendered at 1 to {MAX_SIDE_PX} px, not at {size_px}.")
        surface = Surface(width, height, self.surface.background, brushes=self.surface.brushes, scale=scale)
        for stroke in self.strokes:
            self._paint(surface, stroke)
        return surface.picture()

    def close(self) -> None:
        """Let go of the memory for undo; the drawing stays."""
        self._patches.close()

    def _keep(self, stroke: Stroke) -> None:
        self._done.append(_Step(stroke, self._ticket()))
        self._write(stroke)

    def _ticket(self) -> int | None:
        patch = self.surface.patch
        return None if patch is None else self._patches.put(patch)

    def _forget_undone(self) -> None:
        for step in self._undone:
            if step.ticket is not None:
                self._patches.drop(step.ticket)
        self._undone.clear()

    def _paint_again(self) -> QRect:
        self.surface.clear()
        for step in self._done:
            self._paint(self.surface, step.stroke)
        return self.surface.rect

    def _paint(self, surface: Surface, stroke: Stroke) -> QRect:
        """Paint a stroke that was painted before; one without its brush changes nothing."""
        if stroke.mode != "clear" and stroke.brush not in surface.brushes:
            self.missing_brushes.add(stroke.brush)
            surface.patch = None
            return QRect()
        return surface.apply(stroke)

    def _write(self, entry: Entry) -> None:
        if self.journal is not None:
            self.journal.write(entry)
