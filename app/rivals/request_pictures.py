"""The pictures that a request refers to, as arrays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.colour import brightness
from app.errors import PictureError, UsageError
from app.images import Picture
from app.rivals.request import RivalRequest

#: Float32 height x width in [0, 1]: 1 where the manner goes, 0 where the photograph stays.
Mask = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class RequestPictures:
    """What a request's references refer to. Raises PictureError where one is no picture, or a mask all black.

    Attributes:
        further_styles: paintings, float32 H x W x 3 in [0, 1].
        mask: float32 H x W in [0, 1], of any size: it is stretched over the photograph, whose aspect it should have.
        start: float32 H x W x 3 in [0, 1] with the photograph's aspect.
    """

    further_styles: tuple[Picture, ...] = ()
    mask: Mask | None = None
    start: Picture | None = None

    def __post_init__(self) -> None:
        for style in self.further_styles:
            check_picture("painting", style)
        if self.start is not None:
            check_picture("picture to start from", self.start)
        if self.mask is not None:
            _check_mask(self.mask)

    def check_complete(self, request: RivalRequest) -> None:
        """Raise UsageError unless these are the pictures that a request refers to, no more and no fewer."""
        if (len(self.further_styles), self.mask is None, self.start is None) != (
            len(request.further_styles),
            request.mask is None,
            request.start_picture is None,
        ):
            raise UsageError("The pictures at hand are not those that the request names.")


NO_PICTURES = RequestPictures()


def resolve(request: RivalRequest, read: Callable[[str, int], Picture], *, side_px: int) -> RequestPictures:
    """Return the pictures that a request refers to, float32 in [0, 1]; of a mask's colours the brightness counts.

    `read` returns the picture of a reference, no larger than a longer side in px; `side_px` is the longer side in px
    at which a deal's pictures are read. Raises PictureError, and what `read` raises.
    """
    large_px = max(side_px, request.size)
    return RequestPictures(
        tuple(read(reference, side_px) for reference in request.further_styles),
        None if request.mask is None else brightness(read(request.mask, large_px)),
        None if request.start_picture is None else read(request.start_picture, large_px),
    )


def check_picture(what: str, picture: Picture) -> None:
    """Raise PictureError, that calls it `what`, unless a picture is finite numbers, H x W x 3 in [0, 1]."""
    if picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 1:
        raise PictureError(f"The {what} is not a picture of height x width x 3 numbers.")
    if not np.isfinite(picture).all():
        raise PictureError(f"The {what} has values that are not numbers.")


def _check_mask(mask: Mask) -> None:
    if mask.ndim != 2 or min(mask.shape) < 1 or not np.isfinite(mask).all():
        raise PictureError("The mask is not a picture of height x width numbers.")
    if mask.min() < 0 or mask.max() > 1:
        raise PictureError("The mask has values below 0 or above 1.")
    if not mask.any():
        raise PictureError("The mask is black everywhere: the rival would paint nothing.")
