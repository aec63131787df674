"""Heat maps made visible: their colours, and a picture with one over it.

The colours run from a deep violet over orange to a pale yellow. Their lightness rises evenly, and blue against yellow
is what nearly every eye tells apart, so that the map reads the same with red-green blindness and without any colour.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from app.colour import LUMA_601
from app.images import Picture
from app.judging.assessment import Heat

#: Evenly from the least heat to the most, sRGB.
STOPS = ("#2b1c63", "#6a2a86", "#a83a81", "#dd5d5c", "#f3963c", "#fcd35a", "#fff6c4")
#: Heat up to here is what any two pictures differ by, and is not coloured; from there the colour fades in.
QUIET_HEAT, FULL_HEAT = 0.06, 0.75
#: Even where it is hottest the picture shows through.
MOST_ALPHA = 0.86
#: How light the picture beneath is left, in greys, so that the only colours are those of the map.
DIMMED = 1 - 105 / 255


def over(picture: Picture, heat: Heat) -> Picture:
    """Lay a heat map, float32 [h, w] in [0, 1], over a picture of any size; float32 of the picture's shape."""
    height, width = picture.shape[:2]
    wide = smooth(heat, height, width)
    covered = alpha(wide)[:, :, None]
    grey = DIMMED * (picture @ LUMA_601)[:, :, None]
    return np.asarray(grey + (colours(wide) - grey) * covered, np.float32).clip(0, 1)


@lru_cache(maxsize=1)
def ramp() -> NDArray[np.float32]:
    """The colours of heat 0 to 1: float32 [256, 3], RGB, sRGB, 0 to 1."""
    stops = np.array([list(bytes.fromhex(stop[1:])) for stop in STOPS], np.float32) / 255
    at = np.linspace(0, 1, 256, dtype=np.float32)
    each = [np.interp(at, np.linspace(0, 1, len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(each, axis=1).astype(np.float32)


def colours(heat: Heat) -> NDArray[np.float32]:
    """The colours of heat, 0 to 1, of any shape: float32 [..., 3], RGB, sRGB, 0 to 1."""
    return ramp()[np.round(heat * 255).astype(np.uint8)]


def alpha(heat: Heat) -> Heat:
    """How much of what lies beneath heat is covered, 0 to 1; of the heat's shape."""
    rise = np.clip((heat - QUIET_HEAT) / (FULL_HEAT - QUIET_HEAT), 0, 1)
    return np.asarray(MOST_ALPHA * rise * rise * (3 - 2 * rise), np.float32)


def smooth(heat: Heat, height: int, width: int) -> Heat:
    """Enlarge a heat map, float32 [h, w], to [height, width] without steps: by cubic B-splines, which never overshoot.

    The maps are coarse; enlarged linearly their grid would be seen, and taken for something in the picture.
    """
    down, across = (_spline(size, count) for size, count in ((height, heat.shape[0]), (width, heat.shape[1])))
    return np.clip(down @ heat.astype(np.float32) @ across.T, 0, 1)


def _spline(size: int, count: int) -> NDArray[np.float32]:
    """Weights [size, count] of `count` cells' middles at `size` px; beyond the border it goes on as at the border."""
    at = (np.arange(size, dtype=np.float64) + 0.5) * count / size - 0.5
    weights = np.zeros((size, count), np.float32)
    rows = np.arange(size)
    for step in (-1, 0, 1, 2):
        cell = np.floor(at) + step
        away = np.abs(at - cell)
        near = 2 / 3 - away**2 + away**3 / 2
        value = np.where(away < 1, near, np.maximum(2 - away, 0) ** 3 / 6)
        np.add.at(weights, (rows, np.clip(cell, 0, count - 1).astype(np.intp)), value.astype(np.float32))
    return weights
