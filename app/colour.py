"""Colours as numbers: brightness, and Oklab."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

#: Weights of red, green and blue in the brightness of sRGB values as screens show them (ITU-R BT.709), float32 [3].
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
#: The same of YIQ and YCbCr (ITU-R BT.601): of methods that are published with them, and of the judge's calibration.
LUMA_601 = np.array([0.299, 0.587, 0.114], np.float32)

_Number = TypeVar("_Number", np.float32, np.float64)

# Ottosson 2020, https://bottosson.github.io/posts/oklab/
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_OKLAB = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_FROM_CONES = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def brightness(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how bright sRGB values in [0, 1] are: float32 [...] in [0, 1] of [..., 3]."""
    return np.asarray(picture @ LUMA, np.float32).clip(0, 1)


def to_oklab(rgb: NDArray[_Number]) -> NDArray[_Number]:
    """Return lightness 0..1, green to red and blue to yellow (about -0.4..0.4) of sRGB in [0, 1]: [..., 3], same dtype.

    Float32 is computed in float32, which is what the judge is calibrated on.
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((np.maximum(rgb, 0.0) + 0.055) / 1.055) ** 2.4).astype(rgb.dtype)
    cones = np.cbrt(np.maximum(linear @ _TO_CONES.astype(rgb.dtype).T, 0))
    return np.asarray(cones @ _TO_OKLAB.astype(rgb.dtype).T)


def from_oklab(lab: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return sRGB in [0, 1], float32 [..., 3], of Oklab colours; what a screen cannot show is clipped."""
    linear = np.clip((lab @ _FROM_OKLAB.T) ** 3 @ _FROM_CONES.T, 0.0, 1.0)
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055).astype(np.float32)
