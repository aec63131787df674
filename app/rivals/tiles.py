"""Painting a large picture piece by piece without seams, for networks of a fixed size. Called by magenta.py."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from app import images
from app.images import Picture

#: How far neighbouring tiles overlap at least, as a share of a tile.
OVERLAP = 1 / 3
#: Below this wavelength (as a share of a tile) a tile decides, above it the whole picture painted in small.
COARSE = 1 / 8

Place = tuple[slice, slice]


def places(shape: tuple[int, ...], side_px: int | None) -> list[Place]:
    """Cut height x width into squares of `side_px` that overlap by a third; one place for all if None or if it fits."""
    height, width = shape[:2]
    if side_px is None or max(height, width) <= side_px:
        return [(slice(0, height), slice(0, width))]
    return list(product(_spans(height, side_px), _spans(width, side_px)))


def paint(
    picture: Picture,
    places: list[Place],
    paint_one: Callable[[Picture], Picture],
    *,
    small: Picture,
    on_tile: Callable[[int], None] | None = None,
) -> Picture:
    """Paint every tile of `picture` and blend them, weighted towards each tile's middle.

    A network that normalises over its tile gives every tile its own brightness and contrast. So only the fine part
    is taken from the tiles; the coarse part comes from `small`, the whole picture painted in one piece.
    """
    height, width = picture.shape[:2]
    total = np.zeros((height, width, 3), np.float32)
    weight = np.zeros((height, width, 1), np.float32)
    for done, (rows, columns) in enumerate(places, start=1):
        painted = paint_one(picture[rows, columns])
        window = _window(painted.shape[0])[:, None] * _window(painted.shape[1])[None, :]
        total[rows, columns] += painted * window[:, :, None]
        weight[rows, columns] += window[:, :, None]
        if on_tile is not None:
            on_tile(done)
    mosaic = total / weight
    side = places[0][0].stop - places[0][0].start
    coarse = images.resize(small, height=height, width=width)
    return np.clip(mosaic + _blurred(coarse - mosaic, max(1, round(side * COARSE))), 0, 1, dtype=np.float32)


def _spans(length: int, side: int) -> list[slice]:
    """Evenly spread spans of `side` (or the whole length, if shorter) that overlap by at least `OVERLAP`."""
    if length <= side:
        return [slice(0, length)]
    count = 1 + int(np.ceil((length - side) / (side * (1 - OVERLAP))))
    starts = np.rint(np.linspace(0, length - side, count)).astype(int)
    return [slice(int(start), int(start) + side) for start in starts]


def _window(length: int) -> NDArray[np.float32]:
    """A hill that is never zero, so that every pixel has a weight."""
    return np.asarray(np.sin(np.pi * (np.arange(length) + 0.5) / length) ** 2 + 1e-3, np.float32)


def _blurred(values: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """Gaussian blur of height x width x 3, mirrored at the borders."""
    from scipy.ndimage import gaussian_filter1d

    for axis in (0, 1):
        values = gaussian_filter1d(values, sigma_px, axis=axis, mode="mirror", truncate=3.0)
    return values
