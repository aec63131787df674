"""How pictures are laid before the judge: in one common shape and size, cropped where they must be, never stretched."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np

from app import images
from app.errors import PictureError
from app.images import Picture

#: Both sides of a view are multiples of this, so that sixteen cells and every tap of the backbone fit whole.
MULTIPLE_PX = 16

#: The area of a view is near the square of this.
SIDE_PX = 256

_WIPED_PX = 5.6
_NARROWEST_PX, _LONGEST_ASPECT = 8, 16
#: Resampling may go so far beyond black and white.
_BEYOND = 0.01


def check(picture: Picture) -> None:
    """Raise PictureError unless this is a picture that can be judged: float, H x W x 3, in [0, 1], not too narrow."""
    if not isinstance(picture, np.ndarray) or picture.ndim != 3 or picture.shape[2] != 3:
        raise PictureError("Only pictures with red, green and blue can be judged.")
    if not np.issubdtype(picture.dtype, np.floating):
        raise PictureError("Only pictures of numbers from 0 to 1 can be judged; these are whole numbers.")
    height, width = picture.shape[:2]
    if min(height, width) < _NARROWEST_PX or max(height, width) > _LONGEST_ASPECT * min(height, width):
        raise PictureError(f"A picture of {width} x {height} px is too narrow to be judged.")
    low, high = float(picture.min()), float(picture.max())
    if not (np.isfinite(low) and np.isfinite(high) and low > -_BEYOND and high < 1 + _BEYOND):
        raise PictureError("Only pictures of numbers from 0 to 1 can be judged; these go beyond.")


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
