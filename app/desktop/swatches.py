"""The colours of a painting: a few that together stand for all of its pixels. Only the desktop calls this.

k-means in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where distances are about
as large as they look.
"""

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QColor, QImage

from app.desktop.pixels import shrink, to_pixels

SAMPLE_SIDE_PX = 96
ROUNDS = 12
HUE_WEIGHT = 2.0

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def colours_of(image: QImage, count: int = 12) -> list[QColor]:
    """At most `count` colours of an image, dark to light; each is the mean of pixels that look alike."""
    rgb = to_pixels(shrink(image, SAMPLE_SIDE_PX)).reshape(-1, 3).astype(np.float64) / 255
    if len(rgb) == 0:
        return []
    # Hue counts for more than lightness: a painter mixes light and dark, and looks for the hues.
    lab = _oklab(rgb) * (1.0, HUE_WEIGHT, HUE_WEIGHT)
    centres = _far_apart(lab, count)
    nearest = np.zeros(len(lab), np.intp)
    for _ in range(ROUNDS):
        nearest = ((lab[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for index in range(len(centres)):
            if (nearest == index).any():
                centres[index] = lab[nearest == index].mean(axis=0)
    kinds = [index for index in range(len(centres)) if (nearest == index).any()]
    kinds.sort(key=lambda index: float(centres[index][0]))
    return [QColor(*(int(c) for c in np.rint(255 * rgb[nearest == index].mean(axis=0)))) for index in kinds]


def _far_apart(lab: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Starting points: the pixel nearest to the mean, then again and again the one farthest from all chosen.

    Unlike a random start this gives the same colours each time, and does not miss a small but striking one.
    """
    chosen = [int(((lab - lab.mean(axis=0)) ** 2).sum(axis=1).argmin())]
    far = ((lab - lab[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count and far.max() > 1e-6:
        chosen.append(int(far.argmax()))
        far = np.minimum(far, ((lab - lab[chosen[-1]]) ** 2).sum(axis=1))
    return lab[chosen].copy()


def _oklab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB [N, 3] in [0, 1] -> Oklab [N, 3]."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _TO_LMS.T) @ _TO_LAB.T
