"""What a hand tells beside its way: how it presses, how fast it is, where its pen leans. For the trail alone."""

import bisect
import math

import numpy as np
from numpy.typing import NDArray

from app.painting.brushes.setting import Curve
from app.painting.model.stroke import Points

Floats = NDArray[np.float64]

SPEED_MEMORY_MS = 60.0
"""How long a hand's speed is remembered: the time constant of its smoothing."""
FAST_PX_PER_MS = 1.0
"""At this speed two thirds of a fast hand's effect are there."""
FULL_TILT_DEG = 60.0
"""Pens tell no more than this; here a tilt's effect is whole."""


class PressureCurve:
    """A brush's curve of pressure, without the work where it is constant or straight.

    `of` is the curve at one pressure, to the last bit what the curve at many is.
    """

    def __init__(self, curve: Curve) -> None:
        self._x, self._y = np.array(curve, dtype=np.float64).T
        self._slopes = np.append((self._y[1:] - self._y[:-1]) / np.maximum(self._x[1:] - self._x[:-1], 1e-9), 0.0)
        self._steps = list(zip(self._x.tolist(), self._y.tolist(), self._slopes.tolist(), strict=True))
        self._inner = self._x[1:].tolist()
        first, last = curve[0], curve[-1]
        self._is_straight = len(curve) == 2 and first[0] == 0.0 and last[0] == 1.0
        self._low, self._slope = float(first[1]), float(last[1] - first[1])

    def __call__(self, pressure: Floats) -> Floats:
        """The curve at some pressures."""
        if self._is_straight:
            return self._slope * pressure + self._low if self._slope else np.full(len(pressure), self._low)
        step = np.searchsorted(self._x[1:], pressure, side="right")
        return np.maximum(pressure - self._x[step], 0.0) * self._slopes[step] + self._y[step]

    def of(self, pressure: float) -> float:
        """The curve at one pressure."""
        if self._is_straight:
            return self._slope * pressure + self._low if self._slope else self._low
        x, y, slope = self._steps[bisect.bisect_right(self._inner, pressure)]
        return max(pressure - x, 0.0) * slope + y


class Pace:
    """How fast a hand is, 0..1, told by its way and the times of its points and by nothing else."""

    def __init__(self) -> None:
        self._time_ms = 0.0
        self._way_px = 0.0  # since then
        self._speed = 0.0  # px per ms, smoothed

    def begin(self, time_ms: float) -> None:
        """Where a stroke begins its hand is at rest."""
        self._time_ms = time_ms

    def of(self, last: Floats, fresh: Floats, times_ms: NDArray[np.float32]) -> Floats:
        """The pace at some points that follow the last one."""
        paces = []
        x, y = float(last[0]), float(last[1])
        for (to_x, to_y, *_), time_ms in zip(fresh.tolist(), times_ms.tolist(), strict=True):
            self._way_px += math.hypot(to_x - x, to_y - y)
            x, y = to_x, to_y
            took_ms = time_ms - self._time_ms
            # Several points of one moment are one step; a stroke without times has no speed.
            if took_ms > 0:
                share = 1 - math.exp(-took_ms / SPEED_MEMORY_MS)
                self._speed += share * (self._way_px / took_ms - self._speed)
                self._time_ms, self._way_px = time_ms, 0.0
            paces.append(1 - math.exp(-self._speed / FAST_PX_PER_MS))
        return np.array(paces)


def leans(points: Points) -> Floats:
    """Where the pen leans to at some points: [N, 2], its length 0 for an upright pen, 1 from FULL_TILT_DEG on."""
    rows = []
    # One by one: numpy's tangent of many numbers at once may differ in its last bit from that of one.
    for tilt_x_deg, tilt_y_deg in np.clip(points[:, 4:6], -85.0, 85.0).tolist():
        slope_x, slope_y = math.tan(math.radians(tilt_x_deg)), math.tan(math.radians(tilt_y_deg))
        steep = math.hypot(slope_x, slope_y)
        amount = min(math.degrees(math.atan(steep)) / FULL_TILT_DEG, 1.0) / max(steep, 1e-9)
        rows.append((slope_x * amount, slope_y * amount))
    return np.array(rows)
