"""The stabiliser: steadies a hand's points before they become a stroke.

Points are in drawing coordinates. Whatever a stabiliser does on the way, a stroke ends where the pen was lifted.
"""

import math
from collections import deque
from typing import NamedTuple, Protocol

# From the least strength to the most.
ROPE_PX = (4.0, 140.0)
WINDOW_MS = (20.0, 400.0)

_STEP_MS = 8.0
# A hand that says nothing for longer than this has rested, and has not crept to where it next appears.
_REST_MS = 40.0


class Point(NamedTuple):
    """A point of a stroke: x and y in drawing px, pressure 0..1, ms since the stroke began, tilt in degrees."""

    x: float
    y: float
    pressure: float
    time_ms: float
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0


class Stabiliser(Protocol):
    """Takes the hand's points in order, with times that never run backwards, and gives the stroke's.

    `tip` is the last point given, `pen` the last taken; `length_px` is the rope's length, 0 where there is no rope.
    """

    tip: Point | None
    pen: Point | None
    length_px: float

    def follow(self, point: Point) -> list[Point]:
        """The stroke's points that follow from a further point of the hand (which may have rested where it was)."""

    def finish(self) -> list[Point]:
        """The stroke's last points: they lead to where the hand was last."""


class Free:
    """No steadying."""

    length_px = 0.0

    def __init__(self) -> None:
        self.tip: Point | None = None
        self.pen: Point | None = None

    def follow(self, point: Point) -> list[Point]:
        self.tip = self.pen = point
        return [point]

    def finish(self) -> list[Point]:
        return []


class Rope:
    """The brush is drawn along at the end of a rope of `length_px`: what is smaller than the rope does not move it."""

    def __init__(self, length_px: float) -> None:
        self.length_px = length_px
        self.tip: Point | None = None
        self.pen: Point | None = None

    def follow(self, point: Point) -> list[Point]:
        if self.tip is None or self.pen is None:
            self.tip = self.pen = point
            return [point]
        x, y = self.tip.x, self.tip.y
        # In short steps the brush follows the curve of a drawn thing (a tractrix), however seldom the hand is heard.
        way = math.hypot(point.x - self.pen.x, point.y - self.pen.y)
        steps = min(max(math.ceil(4 * way / self.length_px), 1), 256)
        for step in range(1, steps + 1):
            share = step / steps
            pen_x = self.pen.x + share * (point.x - self.pen.x)
            pen_y = self.pen.y + share * (point.y - self.pen.y)
            apart = math.hypot(pen_x - x, pen_y - y)
            if apart > self.length_px:
                pull = 1.0 - self.length_px / apart
                x, y = x + pull * (pen_x - x), y + pull * (pen_y - y)
        self.pen = point
        if (x, y) == (self.tip.x, self.tip.y):
            return []
        self.tip = point._replace(x=x, y=y)
        return [self.tip]

    def finish(self) -> list[Point]:
        if self.tip is None or self.pen is None or (self.tip.x, self.tip.y) == (self.pen.x, self.pen.y):
            return []
        self.tip = self.pen
        return [self.pen]


class Average:
    """The brush is at the mean of where the hand was within the last `window_ms`.

    The mean is taken over time, not over events, so that it does not matter how often a mouse or a pen is heard.
    """

    length_px = 0.0

    def __init__(self, window_ms: float) -> None:
        self._window_ms = window_ms
        self._path: deque[Point] = deque()
        self.tip: Point | None = None
        self.pen: Point | None = None

    def follow(self, point: Point) -> list[Point]:
        if self.pen is None:
            self.tip = self.pen = point
            self._path.append(point)
            return [point]
        if point.time_ms <= self.pen.time_ms:
            # Two in one ms: the later one counts.
            point = point._replace(time_ms=self.pen.time_ms)
            self.pen = self._path[-1] = point
            return []
        since_ms = self.pen.time_ms
        if point.time_ms - since_ms > _REST_MS:
            self._path.append(self.pen._replace(time_ms=point.time_ms - _STEP_MS))
        self._path.append(point)
        self.pen = point
        # After a long rest only the last window can still differ from where the hand rested.
        return self._between(max(since_ms, point.time_ms - self._window_ms - _REST_MS), point.time_ms)

    def finish(self) -> list[Point]:
        if self.pen is None or self.tip is None:
            return []
        last = self.pen
        if (self.tip.x, self.tip.y) == (last.x, last.y):
            return []
        # As if the hand rested until the brush has come.
        end_ms = last.time_ms + self._window_ms
        self._path.append(last._replace(time_ms=end_ms))
        given = self._between(last.time_ms, end_ms)
        self.tip = last._replace(time_ms=end_ms)
        return [*(each for each in given if (each.x, each.y) != (last.x, last.y)), self.tip]

    def _between(self, begin_ms: float, end_ms: float) -> list[Point]:
        """The means at even steps after `begin_ms` up to `end_ms`."""
        steps = max(math.ceil((end_ms - begin_ms) / _STEP_MS), 1)
        given = []
        for step in range(1, steps + 1):
            point = self._mean(min(begin_ms + (end_ms - begin_ms) * step / steps, end_ms))
            if self.tip is None or (point.x, point.y) != (self.tip.x, self.tip.y):
                self.tip = point
                given.append(point)
        while len(self._path) > 2 and self._path[1].time_ms < end_ms - self._window_ms:
            self._path.popleft()
        return given

    def _mean(self, time_ms: float) -> Point:
        """The mean of the hand's path over the window that ends at `time_ms`; before its first point it rested."""
        begin_ms = time_ms - self._window_ms
        first = self._path[0]
        rested_ms = max(first.time_ms - begin_ms, 0.0)
        x, y, pressure = (rested_ms * value for value in first[:3])
        for a, b in zip(self._path, list(self._path)[1:], strict=False):
            low, high = max(a.time_ms, begin_ms), min(b.time_ms, time_ms)
            if high <= low:
                continue
            # The mean over a straight piece is its middle.
            share = ((low + high) / 2 - a.time_ms) / (b.time_ms - a.time_ms)
            x += (high - low) * (a.x + share * (b.x - a.x))
            y += (high - low) * (a.y + share * (b.y - a.y))
            pressure += (high - low) * (a.pressure + share * (b.pressure - a.pressure))
        last = self._path[-1]
        window_ms = self._window_ms
        return Point(x / window_ms, y / window_ms, pressure / window_ms, time_ms, last.tilt_x_deg, last.tilt_y_deg)


def stabiliser(kind: str, strength: float, zoom: float) -> Stabiliser:
    """The stabiliser "none", "rope" or "average" at a strength of 0..1; a rope is as long on the screen at any zoom."""
    if kind == "rope":
        return Rope((ROPE_PX[0] + strength * (ROPE_PX[1] - ROPE_PX[0])) / zoom)
    if kind == "average":
        return Average(WINDOW_MS[0] + strength * (WINDOW_MS[1] - WINDOW_MS[0]))
    return Free()
