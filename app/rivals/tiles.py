"""Painting a large picture piece by piece without seams, for networks of a bounded size."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray

from app import images
from app.images import Picture

#: How far neighbouring tiles overlap at least, as a share of a tile.
OVERLAP = 1 / 3
#: Finer than this (as a share of a tile) a tile decides, coarser the whole picture painted in small: much more, and
#: large pictures lose their contrast and change their colours, because every tile spreads its own over the whole range.
COARSE = 1 / 32
#: The blur that parts them is made at a size where it is so many pixels wide.
BLUR_PX = 6.0

Place = tuple[slice, slice]


def places(shape: tuple[int, ...], side_px: int) -> list[Place]:
    """Cut height x width into squares of `side_px` that overlap by a third; one place for all if it fits."""
    height, width = shape[:2]
    return list(product(_spans(height, side_px), _spans(width, side_px)))


def paint(
    picture: Picture,
    places: list[Place],
    paint_one: Callable[[Picture], Picture],
    *,
    small: Picture,
    on_tile: Callable[[Place, Picture], None] | None = None,
) -> Picture:
    """Paint every tile of `picture` and blend them, weighted towards each tile's middle; `on_tile` is told of each.

    A network that normalises over its tile gives every tile its own brightness and contrast. So only the fine part
    is taken from the tiles; the coarse part comes from `small`, the whole picture painted at a smaller size.
    """
    height, width = picture.shape[:2]
    mosaic = np.zeros((height, width, 3), np.float32)
    weight = np.zeros((height, width, 1), np.float32)
    for rows, columns in places:
        painted = paint_one(picture[rows, columns])
        hill = window(painted.shape[:2])
        mosaic[rows, columns] += painted * hill
        weight[rows, columns] += hill
        if on_tile is not None:
            on_tile((rows, columns), painted)
    mosaic /= weight
    side = places[0][0].stop - places[0][0].start
    mosaic += _coarse_part(small, mosaic, max(1.0, side * COARSE))
    return np.clip(mosaic, 0, 1, out=mosaic)


def window(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """A hill over height x width, [h, w, 1], that is never zero, so that every pixel has a weight."""
    down, across = (np.sin(np.pi * (np.arange(side) + 0.5) / side) ** 2 + 1e-3 for side in shape)
    return np.asarray(down[:, None, None] * across[None, :, None], np.float32)


def _spans(length: int, side: int) -> list[slice]:
    """Evenly spread spans of `side` (or the whole length, if shorter) that overlap by at least `OVERLAP`."""
    if length <= side:
        return [slice(0, length)]
    count = 1 + int(np.ceil((length - side) / (side * (1 - OVERLAP))))
    starts = np.rint(np.linspace(0, length - side, count)).astype(int)
    return [slice(int(start), int(start) + side) for start in starts]


def _coarse_part(wanted: Picture, there: Picture, sigma_px: float) -> Picture:
    """The difference of two pictures, blurred by a Gaussian of `sigma_px`, mirrored at the borders; in `there`'s shape.

    A blur so wide is made on shrunken pictures: at full size it would take longer than the network.
    """
    from scipy.ndimage import gaussian_filter1d

    height, width = there.shape[:2]
    shrink = min(1.0, BLUR_PX / sigma_px)
    low = [max(1, round(side * shrink)) for side in (height, width)]
    apart = images.resize(wanted, height=low[0], width=low[1]) - images.resize(there, height=low[0], width=low[1])
    for axis in (0, 1):
        apart = gaussian_filter1d(apart, sigma_px * shrink, axis=axis, mode="mirror", truncate=3.0)
    # Resampling keeps within [0, 1], where a difference lies after it is halved and lifted.
    return np.asarray(2 * images.resize(0.5 * apart + 0.5, height=height, width=width) - 1, np.float32)
