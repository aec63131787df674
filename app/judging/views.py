"""How pictures are laid before the judge: in one common shape and size, cropped where they must be, never stretched."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from app import images
from app.images import Picture

#: Both sides of a view are multiples of this, so that sixteen cells and every tap of the backbone fit whole.
MULTIPLE_PX = 16

#: The area of a view is near the square of this.
SIDE_PX = 256

_WIPED_PX = 5.6


def shape_of(picture: Picture) -> tuple[int, int]:
    """Return the shape, (height, width) in px, in which pictures of this one's aspect are compared."""
    return nearest(picture.shape[1] / picture.shape[0])


@cache
def nearest(aspect: float, *, side_px: int = SIDE_PX, multiple_px: int = MULTIPLE_PX) -> tuple[int, int]:
    """Return the shape, (height, width) in px, nearest to an aspect and to the area of ``side_px`` squared."""
    sides = range(multiple_px, 4 * side_px, multiple_px)

    def misfit(shape: tuple[int, int]) -> float:
        area = abs(np.log(shape[0] * shape[1] / side_px**2))
        return float(abs(np.log(shape[1] / shape[0] / aspect)) + 0.1 * area)

    return min(itertools.product(sides, sides), key=misfit)


def view(picture: Picture, shape: tuple[int, int]) -> Picture:
    """Return the picture in a shape, float32 [height, width, 3], as the game shows it: scaled, cropped around."""
    return images.cover(picture, height=shape[0], width=shape[1])


def wiped(view: Picture) -> Picture:
    """Return a view without its strokes: blurred so far that only broad planes stay."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(view, (_WIPED_PX, _WIPED_PX, 0), mode="nearest"), np.float32)
