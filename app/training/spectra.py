"""Windowed power spectra of pictures: what tells a woven pattern from a painted ground.

Gram matrices average over the picture, so a network may answer them with one narrow wave laid over every plain area.
The mean logarithm of the power at each frequency, over many small patches, is high at that wave and low around it,
while paint and canvas spread their power evenly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

#: Side of a patch; the windows of neighbouring patches do not overlap.
PATCH_PX = 32
#: Frequencies below this many waves a patch belong to the picture's forms, not to its ground.
_LOWEST = 3
#: Power below this is invisible: about a quarter of an 8-bit step in every frequency.
_FLOOR = 1e-4
#: Light, red against green, blue against yellow.
_OPPONENTS = np.array([[1 / 3, 1 / 3, 1 / 3], [0.5, -0.5, 0.0], [-0.25, -0.25, 0.5]], np.float32).T


def _waves() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the cosines and sines, [PATCH_PX, PATCH_PX], of a discrete Fourier transform under a Hann window."""
    places = np.arange(PATCH_PX)
    window = 0.5 - 0.5 * np.cos(2.0 * np.pi * (places + 0.5) / PATCH_PX)
    angles = 2.0 * np.pi * np.outer(places, places) / PATCH_PX
    return (window * np.cos(angles)).astype(np.float32), (window * np.sin(angles)).astype(np.float32)


def _kept() -> NDArray[np.float32]:
    """Return which of the [PATCH_PX, PATCH_PX // 2 + 1] frequencies count: 1 or 0."""
    rows = np.minimum(np.arange(PATCH_PX), PATCH_PX - np.arange(PATCH_PX))[:, None]
    columns = np.arange(PATCH_PX // 2 + 1)[None]
    return (np.hypot(rows, columns) >= _LOWEST).astype(np.float32)


def log_spectrum(pictures: Any) -> Any:
    """Return the mean log power, [N, PATCH_PX, PATCH_PX // 2 + 1, 3], of pictures float32 [N, H, W, 3] in [0, 1].

    The last axis is light, red-green and blue-yellow. What is left over beyond whole patches, at the bottom and at the
    right, is not looked at.
    """
    cosines, sines = _waves()
    half = PATCH_PX // 2 + 1
    rows, columns = pictures.shape[1] // PATCH_PX, pictures.shape[2] // PATCH_PX
    x = ops.matmul(pictures[:, : rows * PATCH_PX, : columns * PATCH_PX], _OPPONENTS)
    x = ops.reshape(x, (-1, rows, PATCH_PX, columns, PATCH_PX, 3))
    x = ops.transpose(x, (0, 1, 3, 5, 2, 4))
    x = x - ops.mean(x, axis=(-2, -1), keepdims=True)
    real, imaginary = ops.matmul(x, cosines[:half].T), ops.matmul(x, sines[:half].T)
    power = ops.square(ops.matmul(cosines, real) - ops.matmul(sines, imaginary)) + ops.square(
        ops.matmul(cosines, imaginary) + ops.matmul(sines, real)
    )
    return ops.transpose(ops.mean(ops.log(power + _FLOOR), axis=(1, 2)), (0, 2, 3, 1))


def spectral_distance(first: Any, second: Any) -> Any:
    """Return the mean absolute difference, [N], of two log spectra over the frequencies of the ground."""
    kept = _kept()[None, :, :, None]
    difference = ops.abs(ops.cast(first, "float32") - ops.cast(second, "float32")) * kept
    return ops.sum(difference, axis=(1, 2, 3)) / float(3.0 * kept.sum())
