"""A drawing: its strokes and layers, in order. Its pixels are a cache that can be made again."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PyQt5.QtCore import QRect, QRectF
from PyQt5.QtGui import QImage

from app.errors import PictureError
from app.images import Picture
from app.painting.brushes.brush import Brush
from app.painting.document.entries import Entry, EntryWriter, HistoryStep, Step, in_force, sort_out
from app.painting.document.undo_patches import DEFAULT_MEMORY_BYTES
from app.painting.document.undo_stack import MAX_SIDE_PX, UndoStack
from app.painting.engine.composite import rgb_of
from app.painting.engine.surface import Surface
from app.painting.model.layer_operations import (
    added,
    check_paintable,
    copied,
    merged,
    moved,
    packed,
    placed,
    removed,
    title_of_change,
)
from app.painting.model.layers import Arrangement, Layer, Placed, changed
from app.painting.model.stroke import MAX_POINTS, Color, Points, Stroke, as_points
from app.painting.stack import Stack

__all__ = ["MAX_SIDE_PX", "PAPER", "Drawing", "Entry", "EntryWriter", "HistoryStep", "in_force"]

PAPER: Color = (255, 255, 255)

_WITHOUT_BRUSH = ("fill", "clear")


class Drawing:
    """Strokes on layers, with undo and redo without limit within a bound of memory.

    A stroke in hand goes begin, add_points (as often as points come), end; `apply` paints a whole one. The bound is for
    all that layers, the dabs of brushes and undo keep in memory together.

    Raises PictureError for a size that is not 1..8192 px a side, and where a stroke's brush or layer is not there.
    """

    def __init__(
        self,
        width: int,
        height: int,
        journal: EntryWriter | None = None,
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
        self._stack = Stack()
        self._steps = UndoStack(self.surface, undo_memory_bytes)
        self._head: Stroke | None = None
        self._points: list[Points] = []
        self._point_count = 0
        self.last_dirty = QRect()
        """The rectangle that ending the last stroke changed."""

    @classmethod
    def replayed(
        cls,
        width: int,
        height: int,
        entries: Iterable[Entry],
        *,
        journal: EntryWriter | None = None,
        brushes: Mapping[str, Brush] | None = None,
        background: Color | None = PAPER,
        undo_memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> "Drawing":
        """The drawing that the entries of a journal led to; only what is still in force is painted.

        What is not there is kept without being painted: see `missing_brushes` and `missing_pictures`.
        """
        drawing = cls(width, height, brushes=brushes, background=background, undo_memory_bytes=undo_memory_bytes)
        found = sort_out(entries)
        drawing._recipes.update(found.recipes)
        drawing._stack.next_id = found.highest_layer + 1
        drawing._steps.take_over(found)
        if found.done and isinstance(found.done[-1], Stroke):
            drawing._stack.active = found.done[-1].layer
        drawing._settle()
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
        return tuple(entry for entry in self._steps.done if isinstance(entry, Stroke))

    @property
    def traced_strokes(self) -> int:
        """How many strokes in force were painted over a tracing."""
        return sum(stroke.is_traced for stroke in self.strokes)

    @property
    def has_placed_picture(self) -> bool:
        """Whether a layer has pixels of a picture that was placed."""
        return bool(self._steps.placed)

    @property
    def is_blank(self) -> bool:
        """Whether nothing that was painted or placed can be seen."""
        painted = self._steps.painted
        return not any(layer.id in painted and layer.is_visible and layer.opacity > 0 for layer in self._stack.layers)

    @property
    def missing_brushes(self) -> set[str]:
        """Brushes of replayed strokes that are not there; such strokes stay, and show when their brush is back."""
        return self._steps.missing_brushes

    @property
    def missing_pictures(self) -> set[str]:
        """Titles of replayed steps whose placed picture cannot be read; their layers stay empty."""
        return self._steps.missing_pictures

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self._steps.position > 0 or self._head is not None

    @property
    def can_redo(self) -> bool:
        """Whether something that was taken back can be had again."""
        return self._steps.count > self._steps.position and self._head is None

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
        self._head, self._points, self._point_count = head.head(), [], 0
        # Now, so that there is time to write it down until the stroke ends.
        self._introduce(head)

    def add_points(self, points: ArrayLike) -> QRect:
        """Paint on through points [N, 3], [N, 4] or [N, 6], see `as_points`; the rectangle that changed.

        A stroke that has MAX_POINTS takes no more, so that it can be read again.
        """
        if self._head is None:
            raise ValueError("no stroke has begun")
        fresh = as_points(points)[: MAX_POINTS - self._point_count]
        self._points.append(fresh)
        self._point_count += len(fresh)
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
        return self.apply(Stroke.cleared(self._stack.active))

    # -- layers

    @property
    def layers(self) -> tuple[Layer, ...]:
        """As they lie, the lowest first."""
        return self._stack.layers

    @property
    def active(self) -> int:
        """The id of the layer that is painted on next."""
        return self._stack.active

    def activate(self, layer: int) -> None:
        """Paint on this layer from now on. Raises PictureError."""
        self._stack.activate(layer)

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
        return self._arrange_with_new(lambda new: added(self._stack.layers, self._stack.active, new, name))

    def duplicate_layer(self, layer: int) -> QRect:
        """Add a copy of a layer above it, and make it active; the rectangle that changed. Raises PictureError."""
        self._stack.index(layer)
        return self._arrange_with_new(lambda new: copied(self._stack.layers, layer, new))

    def place(self, picture: NDArray[np.uint8] | Placed, *, title: str, rect: QRectF | None = None) -> QRect:
        """Lay a picture, uint8 [H, W, 4] with straight alpha, onto a new layer above the active one.

        It lies in `rect` (drawing px), or as large as it fits, in the middle; one that was `packed` before lies where
        that says. The rectangle that changed. Raises PictureError for too many layers, or too large a picture.
        """
        if not isinstance(picture, Placed):
            picture = packed(picture, (self.width, self.height), rect, title=title)
        return self._arrange_with_new(lambda new: placed(self._stack.layers, self._stack.active, new, picture, title))

    def remove_layer(self, layer: int) -> QRect:
        """Take a layer away; the rectangle that changed. Raises PictureError for the last one."""
        self._stack.index(layer)
        return self.arrange(removed(self._stack.layers, layer))

    def merge_down(self, layer: int) -> QRect:
        """Paint a layer onto the one beneath it; the rectangle that changed.

        Raises:
            PictureError: there is none beneath, or one of them is hidden.
        """
        return self.arrange(merged(self._stack.layers, self._stack.index(layer)))

    def move_layer(self, layer: int, position: int) -> QRect:
        """Put a layer at a position, 0 the lowest; the rectangle that changed. Raises PictureError."""
        self._stack.index(layer)
        arrangement = moved(self._stack.layers, layer, position)
        return self.arrange(arrangement) if arrangement.layers != self._stack.layers else self._end_preview()

    def change_layer(self, layer: int, *, title: str | None = None, **changes: Any) -> QRect:
        """Change a layer's name, opacity, blend, is_visible or is_alpha_locked; the rectangle that changed.

        Raises:
            PictureError: the layer is not there.
            ValueError: a value out of its range.
        """
        before = self._stack.find(layer)
        layers = changed(self._stack.layers, layer, **changes)
        if layers == self._stack.layers:
            return self._end_preview()
        return self.arrange(Arrangement(layers, title=title or title_of_change(before, changes)))

    def preview_layer(self, layer: int, **changes: Any) -> QRect:
        """Show a layer so for a while, until anything else is done; the rectangle that changed. As `change_layer`."""
        self._stack.index(layer)
        return self.surface.show_layers(changed(self._stack.layers, layer, **changes))

    # -- history

    @property
    def steps(self) -> tuple[HistoryStep, ...]:
        """All that is in force, and after it all that can be had again, in the order in which it was done."""
        return self._steps.shown

    @property
    def position(self) -> int:
        """How many of the steps are in force."""
        return self._steps.position

    @property
    def undo_bytes(self) -> int:
        """How much memory undo and redo take now."""
        return self._steps.bytes_in_memory

    def jump(self, position: int) -> QRect:
        """Undo or redo until so many steps are in force, of which there must be so many; the rectangle that changed."""
        if not 0 <= position <= self._steps.count:
            raise ValueError(f"there are {self._steps.count} steps")
        dirty = self.abandon() if self._head is not None else QRect()
        with self.surface.at_once():
            while self._steps.position != position:
                dirty = dirty.united(self.undo() if self._steps.position > position else self.redo())
        return dirty

    def undo(self) -> QRect:
        """Take the last step back (or the stroke in hand); the rectangle that changed, empty if there is none."""
        if self._head is not None:
            return self.abandon()
        return self._travel(self._steps.undo, "undo") if self._steps.position else QRect()

    def redo(self) -> QRect:
        """Have the last step that was taken back again; the rectangle that changed, empty if there is none."""
        return self._travel(self._steps.redo, "redo") if self.can_redo else QRect()

    def render(self, size_px: int) -> Picture:
        """The drawing painted anew with `size_px` as its longer side: float32 RGB [H, W, 3] in 0..1.

        Raises PictureError for a size that is not 1..8192.
        """
        return self._steps.render(size_px).picture()

    def rgb(self, size_px: int | None = None) -> NDArray[np.uint8]:
        """As `picture`, or `render` where a size is given, but uint8 [H, W, 3]: for writing large ones."""
        surface = self.surface if size_px is None else self._steps.render(size_px)
        return rgb_of(surface.copied())

    def close(self) -> None:
        """Let go of the memory for undo; the drawing stays."""
        self._steps.close()

    # -- within

    def _ready(self, head: Stroke) -> Stroke:
        """The head with the recipe of its brush, and nothing in the way of beginning it. Raises PictureError."""
        if self._head is not None:
            self.end()
        self._end_preview()
        check_paintable(self._stack.find(head.layer), head)
        brush = None if head.mode in _WITHOUT_BRUSH else self.surface.brush_of(head)
        # The surface tells of a brush that is not there.
        return head if brush is None else head.of_recipe(brush.fingerprint)

    def _introduce(self, stroke: Stroke) -> None:
        """Write down the recipe of a stroke's brush, once."""
        if stroke.recipe and stroke.recipe not in self._recipes:
            brush = self.surface.brush_of(stroke)
            if brush is not None:
                self._recipes[stroke.recipe] = brush
                self._write(brush)

    def _keep(self, entry: Step) -> None:
        if isinstance(entry, Stroke):
            self._introduce(entry)
        self._steps.keep(entry)
        self._settle()
        self._write(entry)

    def _settle(self) -> None:
        """Take the layers as they lie now."""
        if self._stack.take(self.surface.layers):
            self._steps.share_memory()

    def _arrange_with_new(self, arrangement_of: Callable[[int], Arrangement]) -> QRect:
        new = self._stack.next_id
        dirty = self.arrange(arrangement_of(new))
        self._stack.activate(new)
        return dirty

    def _end_preview(self) -> QRect:
        return QRect() if self.surface.layers is self._stack.layers else self.surface.show_layers(self._stack.layers)

    def _travel(self, cross: Callable[[], QRect], entry: Literal["undo", "redo"]) -> QRect:
        """Cross a step, and write that down; the rectangle that changed."""
        with self.surface.at_once():
            dirty = self._end_preview().united(cross())
        self._settle()
        self._write(entry)
        return dirty

    def _write(self, entry: Entry) -> None:
        if self.journal is not None:
            self.journal.write(entry)
