"""One scale of the classic rival's descent: its size, its frame, its coordinates."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import images
from app.images import Picture
from app.rivals import descent
from app.rivals.classic_options import MIN_SIDE_PX
from app.rivals.spectrum import COLOURS, GREY, Array, Pixels, Space, Spectrum

#: Continued around a picture while it is painted, so that the network's own padding spoils only that; at least. A
#: 32nd of the longer side, within these: around a small picture, more would cost more pixels than it has to spare.
LEAST_MARGIN_PX, MOST_MARGIN_PX = 8, 16
#: Framed sides are multiples of this: no pooling leaves a row out, and the cosine transforms are quick.
GRID_PX = 16
#: From one scale to the next: sqrt 2, half as many pixels each.
SCALE_STEP = 2**0.5

#: How far from black and white values begin to be bent into [0, 1].
KNEE = 0.04

Value = Callable[[Picture], tuple[float, NDArray[np.float32]]]


def sides(size: int, coarsest: int) -> list[int]:
    """Longer sides from coarse to fine, sqrt 2 apart, the last one `size`."""
    each = itertools.takewhile(lambda side: side >= coarsest, (round(size / SCALE_STEP**n) for n in itertools.count()))
    return sorted({size, *each})


def of_area(style: Picture, area: float) -> Picture:
    """Scale the painting to so many pixels, so that its strokes keep their proportion to a picture of as many."""
    scale = (area / (style.shape[0] * style.shape[1])) ** 0.5
    height, width = (max(MIN_SIDE_PX, round(side * scale)) for side in style.shape[:2])
    return images.cover(np.clip(style, 0, 1, dtype=np.float32), height=height, width=width)


def margin_px(height: int, width: int) -> int:
    """How far a picture is continued on each side, at least."""
    return min(MOST_MARGIN_PX, max(LEAST_MARGIN_PX, max(height, width) // 32))


class PaddedFrame:
    """Continues a picture of height x width all around: by its mirror image ("reflect"), or its last pixels."""

    def __init__(self, height: int, width: int, padding: str = "reflect") -> None:
        self.height, self.width = height, width
        self._before: list[int] = []
        # Which row (column) of the picture each one of the framed picture shows.
        self._sources: list[NDArray[np.int64]] = []
        margin = margin_px(height, width)
        for side in (height, width):
            framed = max(MIN_SIDE_PX, -(-(side + 2 * margin) // GRID_PX) * GRID_PX)
            before = (framed - side) // 2
            around = (before, framed - side - before)
            own = np.arange(side)
            self._before.append(before)
            self._sources.append(
                np.pad(own, around, "symmetric") if padding == "reflect" else np.pad(own, around, "edge")
            )

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of a picture with its frame."""
        return len(self._sources[0]), len(self._sources[1]), 3

    def framed(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return a picture, H x W or H x W x 3, with its frame."""
        rows, columns = self._sources
        return picture[rows][:, columns]

    def folded(self, gradient: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn a gradient by the framed picture into that by the picture: what the frame adds lies on its sources."""
        for axis, (sources, before, side) in enumerate(
            zip(self._sources, self._before, (self.height, self.width), strict=True)
        ):
            along = np.moveaxis(gradient, axis, 0)
            inside = along[before : before + side].copy()
            for number in (*range(before), *range(before + side, len(sources))):
                inside[sources[number]] += along[number]
            gradient = np.moveaxis(inside, 0, axis)
        return gradient


@dataclass(frozen=True)
class ScaleCoordinates:
    """Where a picture is painted: its frame and the coordinates of what lies in it."""

    frame: PaddedFrame
    space: Space

    @classmethod
    def of_pixels(cls, frame: PaddedFrame, *, is_grey: bool = False) -> ScaleCoordinates:
        """With plain pixels for coordinates, or their brightness alone."""
        return cls(frame, Pixels((frame.height, frame.width, 3), is_grey=is_grey))

    @classmethod
    def of_spectrum(cls, frame: PaddedFrame, *, steepness: float, is_grey: bool) -> ScaleCoordinates:
        """With cosine transforms for coordinates, of brightness alone if it is grey."""
        shape = (frame.height, frame.width, 3)
        return cls(frame, Spectrum(shape, steepness=steepness, colours=GREY if is_grey else COLOURS))

    @property
    def is_grey(self) -> bool:
        """Whether brightness alone is painted."""
        return self.space.is_grey

    def place(self, picture: Picture) -> Array:
        """Return the coordinates of a picture, of any size, at this scale."""
        sized = images.resize(picture, height=self.frame.height, width=self.frame.width)
        return self.space.place(_unbent(sized))

    def picture(self, place: Array) -> Picture:
        """Return the picture at a place, without its frame, within [0, 1]."""
        return _bent(self.space.picture(place))[0]

    def value(self, value: Value, place: Array) -> tuple[float, Array]:
        """Return what `value` says of the framed picture at a place, and the gradient by the coordinates."""
        picture, slope = _bent(self.space.picture(place))
        found, gradient = value(self.frame.framed(picture))
        return found, self.space.gradient(self.frame.folded(gradient) * slope)

    def small(self, place: Array, side: int) -> Picture:
        """Return it with a longer side of at most `side` px: as quick as that is small."""
        scale = side / max(self.frame.height, self.frame.width)
        if scale >= 1:
            return self.picture(place)
        height, width = (max(1, int(each * scale)) for each in (self.frame.height, self.frame.width))
        return _bent(self.space.small(place, height, width))[0]


def _bent(values: Array) -> tuple[Picture, Array]:
    """Bend values into (0, 1), softly from `KNEE` before the ends on; and the slope of that.

    A picture is shown within [0, 1]. What is optimised without heeding that loses more of its manner when it is cut off
    in the end than all later steps gain; cut off in each step, it would leave the optimiser without a slope.
    """
    straight = np.clip(values, KNEE, 1 - KNEE, dtype=np.float32)
    beyond = values - straight
    share = 1 / (1 + np.abs(beyond) / np.float32(KNEE))
    return straight + beyond * share, share * share


def _unbent(picture: Picture) -> Array:
    """The values that bend into a picture, black and white up to 0.01: nearer to them there is hardly a slope left."""
    straight = np.clip(picture, KNEE, 1 - KNEE, dtype=np.float32)
    beyond = np.clip(picture - straight, -0.75 * KNEE, 0.75 * KNEE, dtype=np.float32)
    return straight + beyond / (1 - np.abs(beyond) / np.float32(KNEE))


@dataclass(frozen=True)
class ScaleStep:
    """A step that was taken: on which canvas, at which point, and all values since the scale was begun."""

    canvas: ScaleCoordinates
    point: descent.DescentPoint


class ScaleDescent:
    """Descends from a picture on one scale, by L-BFGS or Adam; goes on by Adam where L-BFGS is stuck.

    `values` are those of all evaluations so far, `seconds` how long they took, `was_stuck` whether Adam had to help.
    """

    def __init__(
        self, value: Value, canvas: ScaleCoordinates, start: Picture, *, evaluations: int, memory: int
    ) -> None:
        self.values: list[float] = []
        self.seconds = 0.0
        self.was_stuck = False
        self._value, self._canvas, self._start = value, canvas, start
        self._evaluations, self._memory = evaluations, memory

    def steps(self, optimizer: str) -> Iterator[ScaleStep]:
        """Yield each step; `optimizer` "lbfgs" or "adam", which goes by plain pixels."""
        start, left = self._start, self._evaluations
        if optimizer == "lbfgs":
            place = self._canvas.place(start)
            evaluate = self._evaluating(self._canvas)
            try:
                is_scaled = isinstance(self._canvas.space, Pixels)
                for point in descent.lbfgs(evaluate, place, evaluations=left, memory=self._memory, is_scaled=is_scaled):
                    place = point.place
                    yield ScaleStep(self._canvas, point)
                return
            except descent.StuckError:
                self.was_stuck = True
                left -= len(self.values)
                start = self._canvas.picture(place)
        pixels = ScaleCoordinates.of_pixels(self._canvas.frame, is_grey=self._canvas.is_grey)
        for point in descent.adam(self._evaluating(pixels), pixels.place(start), evaluations=left):
            yield ScaleStep(pixels, point)

    def _evaluating(self, canvas: ScaleCoordinates) -> descent.Evaluate:
        def evaluate(place: descent.Vector) -> tuple[float, descent.Vector]:
            began = time.perf_counter()
            value, gradient = canvas.value(self._value, np.asarray(place, np.float32))
            self.values.append(value)
            self.seconds += time.perf_counter() - began
            return value, gradient

        return evaluate
