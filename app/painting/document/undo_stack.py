"""The steps of a drawing: what was done to its surface and what was taken back, and the way from each to the next."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PyQt5.QtCore import QRect

from app.errors import PictureError
from app.painting.document.entries import HistoryStep, Sorted, Step, layers_after, painted_layers, placed_layers
from app.painting.document.undo_patches import PatchStore
from app.painting.engine.composite import with_readable
from app.painting.engine.dabs import MAX_KEPT_BYTES
from app.painting.engine.surface import Surface
from app.painting.model.layers import Arrangement
from app.painting.model.stroke import Stroke

MAX_SIDE_PX = 8192
_WITHOUT_BRUSH = ("fill", "clear")
_TITLES = {"erase": "Erase", "smudge": "Smudge", "fill": "Fill", "clear": "Clear"}
# What undo always may keep, however much of its memory layers and dabs take.
_LEAST_UNDO_SHARE = 0.25


@dataclass
class _Kept:
    """A step, and what brings back the pixels on its other side; no ticket means that they must be painted.

    `painted` and `placed` are the layers that have paint, or pixels of a placed picture, once the step is done.
    """

    shown: HistoryStep
    ticket: int | None
    painted: frozenset[int]
    placed: frozenset[int]

    @property
    def entry(self) -> Step:
        return self.shown.entry


class UndoStack:
    """What was done to a surface, oldest first, and what was taken back and can be had again.

    Attributes:
        missing_brushes: brushes of replayed strokes that are not there.
        missing_pictures: titles of replayed steps whose placed picture cannot be read.
    """

    def __init__(self, surface: Surface, memory_bytes: int) -> None:
        """`memory_bytes` bounds what layers, the dabs of brushes and undo keep in memory together."""
        self._surface = surface
        self._done: list[_Kept] = []
        self._undone: list[_Kept] = []
        self._memory_bytes = memory_bytes
        self._patches = PatchStore(memory_bytes)
        self.missing_brushes: set[str] = set()
        self.missing_pictures: set[str] = set()
        self.share_memory()

    def take_over(self, found: Sorted) -> None:
        """Paint the steps that are in force, and know of those that were taken back."""
        with self._surface.at_once():
            for entry in found.done:
                self._paint(self._surface, entry)
                self._done.append(self._kept(entry, self._done[-1:], self._ticket()))
        latest = self._done[-1:]
        for entry in reversed(found.undone):
            latest = [self._kept(entry, latest, None)]
            self._undone.insert(0, latest[0])

    @property
    def done(self) -> Iterator[Step]:
        """The steps in force, oldest first."""
        return (step.entry for step in self._done)

    @property
    def shown(self) -> tuple[HistoryStep, ...]:
        """All that is in force, and after it all that can be had again, in the order in which it was done."""
        return (*(step.shown for step in self._done), *(step.shown for step in reversed(self._undone)))

    @property
    def position(self) -> int:
        """How many of the steps are in force."""
        return len(self._done)

    @property
    def count(self) -> int:
        """How many there are, those that were taken back included."""
        return len(self._done) + len(self._undone)

    @property
    def painted(self) -> frozenset[int]:
        """The layers that have paint or a placed picture."""
        return self._done[-1].painted if self._done else frozenset()

    @property
    def placed(self) -> frozenset[int]:
        """The layers that have pixels of a placed picture."""
        return self._done[-1].placed if self._done else frozenset()

    @property
    def bytes_in_memory(self) -> int:
        """How much memory undo and redo take now."""
        return self._patches.bytes_in_memory

    def keep(self, entry: Step) -> None:
        """Take in a step that was just done to the surface; what was taken back before is gone."""
        for step in self._undone:
            if step.ticket is not None:
                self._patches.drop(step.ticket)
        self._undone.clear()
        self._done.append(self._kept(entry, self._done[-1:], self._ticket()))

    def undo(self) -> QRect:
        """Take the last step back, there being one; the rectangle that changed."""
        step = self._done.pop()
        dirty = self._cross(step, self._paint_again)
        self._undone.append(step)
        return dirty

    def redo(self) -> QRect:
        """Have the last step that was taken back again, there being one; the rectangle that changed."""
        step = self._undone.pop()
        dirty = self._cross(step, lambda: self._paint(self._surface, step.entry))
        self._done.append(step)
        return dirty

    def render(self, size_px: int) -> Surface:
        """All that is in force painted anew with `size_px` as its longer side. Raises PictureError."""
        if not 1 <= size_px <= MAX_SIDE_PX:
            raise PictureError(f"A drawing can be rendered at 1 to {MAX_SIDE_PX} px, not at {size_px}.")
        own = self._surface
        scale = size_px / max(own.width, own.height)
        width, height = max(1, round(own.width * scale)), max(1, round(own.height * scale))
        surface = Surface(width, height, own.background, brushes=own.brushes, recipes=own.recipes, scale=scale)
        with surface.at_once():
            for entry in self.done:
                self._paint(surface, entry)
        return surface

    def share_memory(self) -> None:
        """Leave undo what layers and dabs do not take."""
        left = self._memory_bytes - self._surface.nbytes - MAX_KEPT_BYTES
        self._patches.memory_bytes = max(left, int(self._memory_bytes * _LEAST_UNDO_SHARE))

    def close(self) -> None:
        """Let go of the memory."""
        self._patches.close()

    def _kept(self, entry: Step, latest: list[_Kept], ticket: int | None) -> _Kept:
        painted, placed = (latest[0].painted, latest[0].placed) if latest else (frozenset[int](), frozenset[int]())
        return _Kept(
            HistoryStep(self._title(entry), entry),
            ticket,
            layers_after(painted, entry, painted_layers(entry)),
            layers_after(placed, entry, placed_layers(entry)),
        )

    def _title(self, entry: Step) -> str:
        if isinstance(entry, Arrangement):
            return entry.title
        if entry.mode in _TITLES:
            return _TITLES[entry.mode]
        brush = self._surface.brush_of(entry)
        return entry.brush if brush is None else brush.title

    def _ticket(self) -> int | None:
        patch = self._surface.patch
        return None if patch is None else self._patches.put(patch)

    def _cross(self, step: _Kept, paint: Callable[[], QRect]) -> QRect:
        """Bring the pixels on the other side of a step; what cannot be brought is painted."""
        with self._surface.at_once():
            patch = None if step.ticket is None else self._patches.take(step.ticket)
            if patch is None:
                dirty, back = paint(), self._surface.patch
            else:
                back, dirty = self._surface.swap(patch)
            step.ticket = None if back is None else self._patches.put(back)
        return dirty

    def _paint_again(self) -> QRect:
        self._surface.reset()
        for entry in self.done:
            self._paint(self._surface, entry)
        # What lies between here and the step that was taken back is not known.
        self._surface.patch = None
        return self._surface.rect

    def _paint(self, surface: Surface, entry: Step) -> QRect:
        """Do what was done before; a stroke without its brush or its layer changes nothing, nor does a lost picture."""
        if isinstance(entry, Stroke):
            if entry.mode not in _WITHOUT_BRUSH and surface.brush_of(entry) is None:
                self.missing_brushes.add(entry.brush)
                return surface.do_nothing()
            if not any(layer.id == entry.layer for layer in surface.layers):
                return surface.do_nothing()
            return surface.apply(entry)
        try:
            return surface.apply(entry)
        except PictureError:
            self.missing_pictures.add(entry.title)
            return surface.apply(with_readable(entry))
