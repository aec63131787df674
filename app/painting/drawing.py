"""A drawing: its strokes and layers, in order. Its pixels are a cache that can be made again. Every door may call."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PyQt5.QtCore import QRect, QRectF
from PyQt5.QtGui import QImage

from app.errors import PictureError
from app.images import Picture
from app.painting.arranging import added, copied, merged, moved, placed, removed, title_of_change
from app.painting.brush import Brush
from app.painting.entries import (
    Entry,
    HistoryStep,
    Journal,
    Step,
    in_force,
    layers_with,
    painted_layer,
    placed_layer,
    sort_out,
)
from app.painting.history import DEFAULT_MEMORY_BYTES, PatchStore
from app.painting.layers import FIRST_LAYER, Arrangement, Layer, changed
from app.painting.stamps import MAX_KEPT_BYTES
from app.painting.stroke import Color, Points, Stroke, as_points
from app.painting.surface import Surface

__all__ = ["MAX_SIDE_PX", "PAPER", "Drawing", "Entry", "HistoryStep", "Journal", "in_force"]

PAPER: Color = (255, 255, 255)
MAX_SIDE_PX = 8192
_WITHOUT_BRUSH = ("fill", "clear")
# What undo always may keep, however much of its memory layers and stamps take.
_LEAST_UNDO_SHARE = 0.25


@dataclass
class _Kept:
    """A step, and what brings back the pixels on its other side; no ticket means that they must be painted."""

    shown: HistoryStep
    ticket: int | None

    @property
    def entry(self) -> Step:
        return self.shown.entry


class Drawing:
    """Strokes on layers, with undo and redo without limit within a bound of memory.

    A stroke in hand goes begin, add_points (as often as points come), end; `apply` paints a whole one. The bound is for
    all that layers, the stamps of brushes and undo keep in memory together.

    Raises PictureError for a size that is not 1..8192 px a side, and where a stroke's brush or layer is not there.
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
        self._recipes: dict[str, Brush] = {}
        self.surface = Surface(width, height, background, brushes=brushes, recipes=self._recipes)
        self.journal = journal
        self._layers = self.surface.layers
        self._active = self._layers[-1].id
        self._next_layer = FIRST_LAYER.id + 1
        self._done: list[_Kept] = []
        self._undone: list[_Kept] = []
        self._undo_memory_bytes = undo_memory_bytes
        self._patches = PatchStore(undo_memory_bytes)
        self._share_memory()
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
        undo_memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> "Drawing":
        """The drawing that the entries of a journal led to; only what is still in force is painted.

        A stroke whose brush is not there is kept without being painted: see `missing_brushes`.
        """
        drawing = cls(width, height, brushes=brushes, background=background, undo_memory_bytes=undo_memory_bytes)
        found = sort_out(entries)
        drawing._recipes.update(found.recipes)
        drawing._next_layer = found.highest_layer + 1
        with drawing.surface.at_once():
            for entry in found.done:
                drawing._paint(drawing.surface, entry)
                drawing._done.append(drawing._step(entry, drawing._ticket()))
        drawing._undone = [drawing._step(entry, None) for entry in found.undone]
        drawing._settle(found.done[-1].layer if found.done and isinstance(found.done[-1], Stroke) else None)
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
        return tuple(step.entry for step in self._done if isinstance(step.entry, Stroke))

    @property
    def traced_strokes(self) -> int:
        """How many strokes in force were painted over a tracing."""
        return sum(stroke.is_traced for stroke in self.strokes)

    @property
    def has_placed_picture(self) -> bool:
        """Whether a layer has pixels of a picture that was placed."""
        return bool(layers_with(self._steps_done(), placed_layer))

    @property
    def is_blank(self) -> bool:
        """Whether nothing that was painted or placed can be seen."""
        painted = layers_with(self._steps_done(), painted_layer)
        return not any(layer.id in painted and layer.is_visible and layer.opacity > 0 for layer in self._layers)

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return bool(self._done) or self._head is not None

    @property
    def can_redo(self) -> bool:
        """Whether something that was taken back can be had again."""
        return bool(self._undone) and self._head is None

    @property
    def has_stroke_in_hand(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._head is not None

    def image(self) -> QImage:
        """What shows, live, the stroke in hand and the tracing included."""
        return self.surface.image()

    def layer_image(self, layer: int) -> QImage:
        """The pixels of one layer, live, ARGB32_Premultiplied, the stroke in hand included. Raises PictureError."""
        return self.surface.layer_image(layer)

    def picture(self) -> Picture:
        """A copy of the pixels without the tracing: float32 RGB [H, W, 3] in 0..1."""
        return self.surface.picture()

    def use_brushes(self, brushes: Mapping[str, Brush]) -> None:
        """Paint with other brushes from now on; what is painted stays as it is."""
        self.surface.brushes = brushes

    # -- strokes

    def begin(self, head: Stroke) -> None:
        """Take a stroke in hand; one that is still in hand ends first. The head's own points are not used.

        Raises:
            PictureError: its brush or layer is not there, the layer is hidden, or it erases where alpha is locked.
        """
        head = self._ready(head)
        self.surface.begin_stroke(head)
        self._head, self._points = head.head(), []

    def add_points(self, points: ArrayLike) -> QRect:
        """Paint on through points [N, 3], [N, 4] or [N, 6], see `as_points`; the rectangle that changed."""
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
        """Paint and keep a whole stroke or a clearing; the rectangle that changed. Raises PictureError as `begin`."""
        stroke = self._ready(stroke)
        dirty = self.surface.apply(stroke)
        self._keep(stroke)
        return dirty

    def clear(self) -> QRect:
        """Empty the active layer, which can be undone; the rectangle that changed."""
        return self.apply(Stroke.cleared(self._active))

    # -- layers

    @property
    def layers(self) -> tuple[Layer, ...]:
        """As they lie, the lowest first."""
        return self._layers

    @property
    def active(self) -> int:
        """The id of the layer that is painted on next."""
        return self._active

    def activate(self, layer: int) -> None:
        """Paint on this layer from now on. Raises PictureError."""
        self._index(layer)
        self._active = layer

    def arrange(self, arrangement: Arrangement) -> QRect:
        """Let the layers lie so, keep that and write it down; the rectangle that changed.

        Raises:
            PictureError: its picture cannot be read.
        """
        if self._head is not None:
            self.end()
        with self.surface.at_once():
            dirty = self._end_preview()
            dirty = dirty.united(self.surface.apply(arrangement))
        self._keep(arrangement)
        return dirty

    def add_layer(self, name: str = "") -> QRect:
        """Add an empty layer above the active one, and make it that; the rectangle that changed.

        Raises:
            PictureError: there are too many.
        """
        return self._arrange_with_new(lambda new: added(self._layers, self._active, new, name))

    def duplicate_layer(self, layer: int) -> QRect:
        """Add a copy of a layer above it, and make it active; the rectangle that changed. Raises PictureError."""
        self._index(layer)
        return self._arrange_with_new(lambda new: copied(self._layers, layer, new))

    def place(self, rgba: NDArray[np.uint8], *, title: str, rect: QRectF | None = None) -> QRect:
        """Lay a picture, uint8 [H, W, 4] with straight alpha, onto a new layer above the active one.

        It lies in `rect` (drawing px), or as large as it fits, in the middle. The rectangle that changed.

        Raises:
            PictureError: there are too many layers, or the picture is too large.
        """
        size = (self.width, self.height)
        return self._arrange_with_new(
            lambda new: placed(self._layers, self._active, new, rgba, size=size, title=title, rect=rect)
        )

    def remove_layer(self, layer: int) -> QRect:
        """Take a layer away; the rectangle that changed. Raises PictureError for the last one."""
        at = self._index(layer)
        dirty = self.arrange(removed(self._layers, layer))
        if self._active == layer:
            self._active = self._layers[max(at - 1, 0)].id
        return dirty

    def merge_down(self, layer: int) -> QRect:
        """Paint a layer onto the one beneath it; the rectangle that changed.

        Raises:
            PictureError: there is none beneath, or one of them is hidden.
        """
        at = self._index(layer)
        dirty = self.arrange(merged(self._layers, at))
        if self._active == layer:
            self._active = self._layers[at - 1].id
        return dirty

    def move_layer(self, layer: int, position: int) -> QRect:
        """Put a layer at a position, 0 the lowest; the rectangle that changed. Raises PictureError."""
        self._index(layer)
        arrangement = moved(self._layers, layer, position)
        return self.arrange(arrangement) if arrangement.layers != self._layers else self._end_preview()

    def change_layer(self, layer: int, *, title: str | None = None, **changes: Any) -> QRect:
        """Change a layer's name, opacity, blend, is_visible or is_alpha_locked; the rectangle that changed.

        Raises:
            PictureError: the layer is not there.
            ValueError: a value out of its range.
        """
        before = self._layers[self._index(layer)]
        layers = changed(self._layers, layer, **changes)
        if layers == self._layers:
            return self._end_preview()
        return self.arrange(Arrangement(layers, title=title or title_of_change(before, changes)))

    def preview_layer(self, layer: int, **changes: Any) -> QRect:
        """Show a layer so for a while, until anything else is done; the rectangle that changed. As `change_layer`."""
        self._index(layer)
        return self.surface.show_layers(changed(self._layers, layer, **changes))

    # -- history

    @property
    def steps(self) -> tuple[HistoryStep, ...]:
        """All that is in force, and after it all that can be had again, in the order in which it was done."""
        return (*(step.shown for step in self._done), *(step.shown for step in reversed(self._undone)))

    @property
    def position(self) -> int:
        """How many of the steps are in force."""
        return len(self._done)

    @property
    def undo_bytes(self) -> int:
        """How much memory undo and redo take now."""
        return self._patches.bytes_in_memory

    def jump(self, position: int) -> QRect:
        """Undo or redo until so many steps are in force; the rectangle that changed.

        Raises:
            ValueError: there are not so many.
        """
        if not 0 <= position <= len(self._done) + len(self._undone):
            raise ValueError(f"there are {len(self._done) + len(self._undone)} steps")
        dirty = self.abandon() if self._head is not None else QRect()
        with self.surface.at_once():
            while len(self._done) > position:
                dirty = dirty.united(self.undo())
            while len(self._done) < position:
                dirty = dirty.united(self.redo())
        return dirty

    def undo(self) -> QRect:
        """Take the last step back (or the stroke in hand); the rectangle that changed, empty if there is none."""
        if self._head is not None:
            return self.abandon()
        if not self._done:
            return QRect()
        step = self._done.pop()
        dirty = self._cross(step, self._paint_again)
        self._undone.append(step)
        self._settle()
        self._write("undo")
        return dirty

    def redo(self) -> QRect:
        """Have the last step that was taken back again; the rectangle that changed, empty if there is none."""
        if not self.can_redo:
            return QRect()
        step = self._undone.pop()
        dirty = self._cross(step, lambda: self._paint(self.surface, step.entry))
        self._done.append(step)
        self._settle()
        self._write("redo")
        return dirty

    def render(self, size_px: int) -> Picture:
        """The drawing painted anew with `size_px` as its longer side: float32 RGB [H, W, 3] in 0..1."""
        scale = size_px / max(self.width, self.height)
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        if not 1 <= size_px <= MAX_SIDE_PX:
            raise PictureError(f"A drawing can be rendered at 1 to {MAX_SIDE_PX} px, not at {size_px}.")
        own = self.surface
        surface = Surface(width, height, own.background, brushes=own.brushes, recipes=self._recipes, scale=scale)
        with surface.at_once():
            for step in self._done:
                self._paint(surface, step.entry)
        return surface.picture()

    def close(self) -> None:
        """Let go of the memory for undo; the drawing stays."""
        self._patches.close()

    # -- within

    def _ready(self, head: Stroke) -> Stroke:
        """The head with the recipe of its brush, and nothing in the way of beginning it. Raises PictureError."""
        if self._head is not None:
            self.end()
        self._end_preview()
        layer = self._layers[self._index(head.layer)]
        if head.mode != "clear" and not layer.is_visible:
            raise PictureError(f"The layer “{layer.name}” is hidden: show it to paint on it.")
        if head.mode == "erase" and layer.is_alpha_locked:
            raise PictureError(f"The shape of the layer “{layer.name}” is locked: unlock it to erase.")
        if head.mode in _WITHOUT_BRUSH:
            return head
        brush = self.surface.brush_of(head)
        if brush is None:
            raise PictureError(f'The brush "{head.brush}" is not there.')
        return head.of_recipe(brush.fingerprint)

    def _keep(self, entry: Step) -> None:
        for step in self._undone:
            if step.ticket is not None:
                self._patches.drop(step.ticket)
        self._undone.clear()
        if isinstance(entry, Stroke) and entry.recipe and entry.recipe not in self._recipes:
            brush = self.surface.brush_of(entry)
            if brush is not None:
                self._recipes[entry.recipe] = brush
                self._write(brush)
        self._done.append(self._step(entry, self._ticket()))
        self._settle()
        self._write(entry)

    def _step(self, entry: Step, ticket: int | None) -> _Kept:
        return _Kept(HistoryStep(self._title(entry), entry), ticket)

    def _title(self, entry: Step) -> str:
        if isinstance(entry, Arrangement):
            return entry.title
        words = {"erase": "Erase", "smudge": "Smudge", "fill": "Fill", "clear": "Clear"}
        if entry.mode in words:
            return words[entry.mode]
        brush = self.surface.brush_of(entry)
        return entry.brush if brush is None else brush.title

    def _ticket(self) -> int | None:
        patch = self.surface.patch
        return None if patch is None else self._patches.put(patch)

    def _settle(self, active: int | None = None) -> None:
        """Take the layers as they lie now."""
        if active is not None:
            self._active = active
        if self._layers == self.surface.layers and any(layer.id == self._active for layer in self._layers):
            return
        self._layers = self.surface.layers
        self._next_layer = max(self._next_layer, *(layer.id + 1 for layer in self._layers))
        if not any(layer.id == self._active for layer in self._layers):
            self._active = self._layers[-1].id
        self._share_memory()

    def _share_memory(self) -> None:
        left = self._undo_memory_bytes - self.surface.nbytes - MAX_KEPT_BYTES
        self._patches.memory_bytes = max(left, int(self._undo_memory_bytes * _LEAST_UNDO_SHARE))

    def _index(self, layer: int) -> int:
        for index, found in enumerate(self._layers):
            if found.id == layer:
                return index
        raise PictureError("The layer is not there any more.")

    def _arrange_with_new(self, arrangement_of: Callable[[int], Arrangement]) -> QRect:
        new = self._next_layer
        dirty = self.arrange(arrangement_of(new))
        self._active = new
        return dirty

    def _end_preview(self) -> QRect:
        return QRect() if self.surface.layers is self._layers else self.surface.show_layers(self._layers)

    def _steps_done(self) -> Iterator[Step]:
        return (step.entry for step in self._done)

    def _cross(self, step: _Kept, paint: Callable[[], QRect]) -> QRect:
        """Bring the pixels on the other side of a step; what cannot be brought is painted."""
        with self.surface.at_once():
            dirty = self._end_preview()
            patch = None if step.ticket is None else self._patches.take(step.ticket)
            if patch is None:
                dirty, back = dirty.united(paint()), self.surface.patch
            else:
                back, swapped = self.surface.swap(patch)
                dirty = dirty.united(swapped)
            step.ticket = None if back is None else self._patches.put(back)
        return dirty

    def _paint_again(self) -> QRect:
        self.surface.reset()
        for entry in self._steps_done():
            self._paint(self.surface, entry)
        # What lies between here and the step that was taken back is not known.
        self.surface.patch = None
        return self.surface.rect

    def _paint(self, surface: Surface, entry: Step) -> QRect:
        """Do what was done before; a stroke without its brush or its layer changes nothing."""
        if isinstance(entry, Stroke):
            if entry.mode not in _WITHOUT_BRUSH and surface.brush_of(entry) is None:
                self.missing_brushes.add(entry.brush)
                return surface.do_nothing()
            if not any(layer.id == entry.layer for layer in surface.layers):
                return surface.do_nothing()
        return surface.apply(entry)

    def _write(self, entry: Entry) -> None:
        if self.journal is not None:
            self.journal.write(entry)
