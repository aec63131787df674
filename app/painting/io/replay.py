"""A replay: a drawing painted again, point by point, forwards and backwards. The doors call; one thread at a time.

Snapshots of the pixels are kept on the way, close together around where the replay is and further apart farther away,
so that small steps back are quick, and large ones need no painting from the beginning.
"""

import bisect
import itertools
import math
import time
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from PyQt5.QtGui import QImage

from app.errors import PictureError
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import PAPER, Entry, in_force
from app.painting.engine.composite import with_readable
from app.painting.engine.surface import Surface
from app.painting.engine.tiles import Patch
from app.painting.model.layers import Arrangement
from app.painting.model.stroke import Stroke

DEFAULT_MEMORY_BYTES = 64 * 2**20
# Painting of so long is worth a snapshot, and so many times as long as taking the snapshot takes.
_WORTH_S, _WORTH_TIMES = 0.03, 6.0
# Points of a long stroke that are painted before the clock is looked at.
_PORTION = 200


class Cursor(NamedTuple):
    """Where the brush is, and how large it is there; px of the drawing."""

    x: float
    y: float
    size_px: float


class _Kept(NamedTuple):
    """What the pixels were after so many steps."""

    done: int
    patch: Patch


class Replay:
    """Plays the strokes (and changes of the layers) that are in force; what was undone does not show.

    Time is counted in moments: one for each point of a stroke and one for its end, so that a stroke takes as long in
    proportion as the hand took for it. At moment 0 there is only paper, at `length` the whole drawing.

    Attributes:
        width, height: of the drawing, in px.
        scale: px of the image for each px of the drawing.
        length: in moments.
        strokes: those in force, the oldest first.
    """

    def __init__(
        self,
        width: int,
        height: int,
        entries: Iterable[Entry],
        *,
        brushes: Mapping[str, Brush] | None = None,
        scale: float = 1.0,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        """`memory_bytes` bounds the snapshots.

        `brushes` are for strokes whose brush is not among the entries; by default ours and the player's.
        """
        entries = list(entries)
        recipes = {entry.fingerprint: entry for entry in entries if isinstance(entry, Brush)}
        self.width, self.height, self.scale = width, height, scale
        self._steps = in_force(entries)
        self._starts = [0, *itertools.accumulate(_length(step) for step in self._steps)]
        self.strokes = tuple(step for step in self._steps if isinstance(step, Stroke))
        self.length = self._starts[-1]
        self._surface = Surface(
            max(1, round(width * scale)),
            max(1, round(height * scale)),
            PAPER,
            brushes=brushes,
            recipes=recipes,
            scale=scale,
        )
        self._memory_bytes = memory_bytes
        self._kept: list[_Kept] = []
        self._done = 0  # steps that are painted
        self._points = 0  # points of the one after these that are painted
        self._unkept_s = 0.0  # painting since the last snapshot
        self._snapshot_s = 0.0

    @property
    def position(self) -> int:
        """The moment that shows."""
        return self._starts[self._done] + self._points

    @property
    def bytes_in_memory(self) -> int:
        """How much the snapshots weigh."""
        return sum(kept.patch.nbytes for kept in self._kept)

    def image(self) -> QImage:
        """What shows: ARGB32_Premultiplied, live, not a copy; its sides are the drawing's times `scale`, rounded."""
        return self._surface.image()

    @property
    def cursor(self) -> Cursor | None:
        """Where the brush is; None at the end, and where no brush is at work."""
        if self._done == len(self._steps):
            return None
        step = self._steps[self._done]
        if not isinstance(step, Stroke) or len(step.points) == 0:
            return None
        x, y, pressure = (float(number) for number in step.points[max(self._points - 1, 0)][:3])
        brush = self._surface.brush_of(step)
        if brush is None:
            return Cursor(x, y, step.size_px)
        presses, shares = np.array(brush.pressure_size).T
        return Cursor(x, y, step.size_px * float(np.interp(pressure, presses, shares)))

    def stroke_at(self, moment: float) -> int:
        """How many strokes have begun by a moment, 0..len(strokes)."""
        done, points = self._place(moment)
        begun = sum(isinstance(step, Stroke) for step in self._steps[:done])
        return begun + (points > 0)

    def seek(self, moment: float, *, within_s: float = math.inf) -> bool:
        """Show a moment, 0..length (others are brought into that range); whether it got there.

        Where painting takes longer than `within_s` seconds it stops on the way; call again to go on.
        """
        done, points = self._place(moment)
        deadline_s = time.monotonic() + within_s
        with self._surface.at_once():
            self._go_to_nearest(done, points)
            while (self._done, self._points) < (done, points):
                if self._done == done:
                    self._paint_to(min(points, self._points + _PORTION))
                elif _length(self._steps[self._done]) - self._points > _PORTION:
                    self._paint_to(self._points + _PORTION)
                else:
                    self._finish_step()
                if time.monotonic() >= deadline_s:
                    break
        return (self._done, self._points) == (done, points)

    def _place(self, moment: float) -> tuple[int, int]:
        """How many steps are done at a moment, and how many points of the next."""
        whole = min(max(math.floor(moment), 0), self.length)
        done = bisect.bisect_right(self._starts, whole) - 1
        return done, whole - self._starts[done]

    def _go_to_nearest(self, done: int, points: int) -> None:
        """Get to where painting on is shortest: stay, or go to a snapshot, or to the beginning."""
        after = bisect.bisect_right(self._kept, done, key=lambda kept: kept.done)
        nearest = self._kept[after - 1] if after else None
        is_past = (self._done, self._points) > (done, points)
        if is_past and self._done == done:
            # Only into the stroke in hand: what lies beneath it is right.
            self._put_down()
        elif is_past or (nearest is not None and nearest.done > self._done):
            self._put_down()
            if nearest is None:
                self._surface.reset()
            else:
                self._surface.restore(nearest.patch)
            self._done = 0 if nearest is None else nearest.done
            self._unkept_s = 0.0

    def _put_down(self) -> None:
        if self._surface.has_stroke_in_hand:
            self._surface.abandon_stroke()
        self._points = 0

    def _paint_to(self, points: int) -> None:
        """Paint the stroke in hand, or the one that is next, up to so many of its points."""
        step = self._steps[self._done]
        assert isinstance(step, Stroke), "only strokes have points"
        begun_s = time.perf_counter()
        if self._can_paint(step):
            if self._points == 0:
                self._surface.begin_stroke(step)
            self._surface.extend(step.points[self._points : points])
        self._points = points
        self._unkept_s += time.perf_counter() - begun_s

    def _finish_step(self) -> None:
        """Paint what is left of the step that is next, and keep a snapshot if that is worth it."""
        step = self._steps[self._done]
        begun_s = time.perf_counter()
        if self._surface.has_stroke_in_hand:
            assert isinstance(step, Stroke), "only strokes are taken in hand"
            self._surface.extend(step.points[self._points :])
            self._surface.end_stroke()
        elif self._can_paint(step):
            try:
                self._surface.apply(step)
            except PictureError:
                # As in the drawing: the layers of a placed picture that cannot be read lie as they did.
                if isinstance(step, Arrangement):
                    self._surface.apply(with_readable(step))
        self._done, self._points = self._done + 1, 0
        self._unkept_s += time.perf_counter() - begun_s
        if self._unkept_s >= max(_WORTH_S, _WORTH_TIMES * self._snapshot_s):
            self._keep()

    def _can_paint(self, step: Stroke | Arrangement) -> bool:
        """Whether its brush and layer are there: a stroke without them changes nothing, as in the drawing."""
        if isinstance(step, Arrangement):
            return True
        has_layer = any(layer.id == step.layer for layer in self._surface.layers)
        return has_layer and (step.mode in ("clear", "fill") or self._surface.brush_of(step) is not None)

    def _keep(self) -> None:
        """Take a snapshot; let go of those that are missed least while there are too many."""
        self._unkept_s = 0.0
        place = bisect.bisect_left(self._kept, self._done, key=lambda kept: kept.done)
        if place < len(self._kept) and self._kept[place].done == self._done:
            return
        begun_s = time.perf_counter()
        self._kept.insert(place, _Kept(self._done, self._surface.snapshot()))
        self._snapshot_s = time.perf_counter() - begun_s
        while self.bytes_in_memory > self._memory_bytes:
            del self._kept[self._least_missed()]

    def _least_missed(self) -> int:
        """The snapshot without which the way from its forerunner to its follower is shortest for how far off it is."""
        times = [0, *(self._starts[kept.done] for kept in self._kept), self.length]
        here = self._starts[self._done]

        def loss(number: int) -> float:
            gap = times[number + 2] - times[number]
            return gap / (abs(times[number + 1] - here) + self.length / 16)

        return min(range(len(self._kept)), key=loss)


def _length(step: Stroke | Arrangement) -> int:
    return 1 + (len(step.points) if isinstance(step, Stroke) else 0)
