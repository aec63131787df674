"""What a rival is asked for besides the deal: size, strength, whose colours, further paintings, a mask.

The doors make one, the rivals read it; nothing here computes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.errors import PictureError, UsageError
from app.images import Picture

#: Float32 height x width in [0, 1]: 1 where the manner goes, 0 where the photograph stays.
Mask = NDArray[np.float32]

MIN_SIZE_PX = 32
MAX_SIZE_PX = 4096
#: A deal's painting and up to three more.
MAX_STYLES = 4
#: How much larger or smaller than in the painting its strokes may be asked for.
STYLE_SCALES = (0.25, 4.0)

#: Whose colours the picture has. "painting": as the method makes them. "photograph": only brightness is painted, hue
#: and saturation stay. "matched": the painting's colours are first matched to the photograph's, mean and covariance
#: (Gatys et al. 2016, Preserving Color in Neural Artistic Style Transfer, has both).
COLOURS = ("painting", "photograph", "matched")

#: What a rival that works from one picture to the next begins with. "picture" is one that comes with the commission.
STARTS = ("photograph", "noise", "picture")


@dataclass(frozen=True, eq=False)
class Commission:
    """What a rival is asked for.

    Attributes:
        size: longer side of the picture in px, 32 to 4096.
        strength: 0 (the photograph) to 1 (the full manner).
        more_styles: up to three paintings besides the deal's, float32 H x W x 3 in [0, 1].
        weights: the share of the deal's painting and of each of `more_styles`, at least 0 and not all 0, in any
            unit; empty for equal shares.
        colours: one of `COLOURS`.
        mask: where the manner goes, of any size (it is stretched over the photograph, whose aspect it should have);
            None for everywhere.
        style_scale: how large strokes are beside the painting's own, 0.25 to 4.
        start: one of `STARTS`; a rival that paints in one pass takes only "photograph".
        start_picture: float32 H x W x 3 in [0, 1] with the photograph's aspect; with the start "picture" only.
        seed: of whatever is left to chance.
    """

    size: int = 384
    strength: float = 1.0
    more_styles: tuple[Picture, ...] = ()
    weights: tuple[float, ...] = ()
    colours: str = "painting"
    mask: Mask | None = None
    style_scale: float = 1.0
    start: str = "photograph"
    start_picture: Picture | None = None
    seed: int = 0

    def check(self) -> None:
        """Refuse what no rival can paint. Raises UsageError or PictureError."""
        if not MIN_SIZE_PX <= self.size <= MAX_SIZE_PX:
            raise UsageError(f"The size must lie between {MIN_SIZE_PX} and {MAX_SIZE_PX} px, not at {self.size}.")
        if not (math.isfinite(self.strength) and 0 <= self.strength <= 1):
            raise UsageError(f"The strength must lie between 0 and 1, not at {self.strength}.")
        if len(self.more_styles) >= MAX_STYLES:
            raise UsageError(f"A picture can be in the manner of {MAX_STYLES} paintings at most.")
        if self.weights and len(self.weights) != 1 + len(self.more_styles):
            raise UsageError(
                f"There are {len(self.weights)} weights for {1 + len(self.more_styles)} paintings; give one for each."
            )
        if self.weights and not (all(math.isfinite(w) and w >= 0 for w in self.weights) and sum(self.weights) > 0):
            raise UsageError("The paintings' weights must be numbers of at least 0, and not all 0.")
        if self.colours not in COLOURS:
            raise UsageError(f"The colours are those of {', '.join(COLOURS)}, not {self.colours}.")
        least, most = STYLE_SCALES
        if not (math.isfinite(self.style_scale) and least <= self.style_scale <= most):
            raise UsageError(
                f"The scale of the strokes must lie between {least} and {most}, not at {self.style_scale}."
            )
        if self.start not in STARTS:
            raise UsageError(f"A rival starts from {', '.join(STARTS)}, not from {self.start}.")
        if (self.start == "picture") != (self.start_picture is not None):
            raise UsageError("The start from a picture needs that picture, and no other start has one.")
        if self.start_picture is not None:
            check_picture("picture to start from", self.start_picture)
        if self.seed < 0:
            raise UsageError(f"The seed must be a whole number of at least 0, not {self.seed}.")
        if self.mask is not None:
            check_mask(self.mask)
        for style in self.more_styles:
            check_picture("painting", style)

    def shares(self) -> tuple[float, ...]:
        """Return the share of the deal's painting and of each further one; they add up to 1."""
        weights = self.weights or (1.0,) * (1 + len(self.more_styles))
        return tuple(weight / sum(weights) for weight in weights)


#: The plain deal at the usual size.
PLAIN = Commission()


def check_picture(what: str, picture: Picture) -> None:
    """Refuse what is no picture. Raises PictureError that calls it `what`."""
    if picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 1:
        raise PictureError(f"The {what} is not a picture of height x width x 3 numbers.")
    if not np.isfinite(picture).all():
        raise PictureError(f"The {what} has values that are not numbers.")


def check_mask(mask: Mask) -> None:
    """Refuse what is no mask. Raises PictureError."""
    if mask.ndim != 2 or min(mask.shape) < 1 or not np.isfinite(mask).all():
        raise PictureError("The mask is not a picture of height x width numbers.")
    if mask.min() < 0 or mask.max() > 1:
        raise PictureError("The mask has values below 0 or above 1.")
    if not mask.any():
        raise PictureError("The mask is black everywhere: the rival would paint nothing.")
