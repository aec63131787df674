"""Pictures in coordinates where a step looks natural: coarse before fine, brightness before colour. Called by classic.

Natural pictures have an amplitude that falls with frequency, and colours that go together. Descending in coordinates
scaled by both, as Olah, Mordvintsev and Schubert 2017 ("Feature Visualization") do for other ends, keeps
grain and coloured fringes, to which a network's gradient is prone, out of the picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.networks.runtime import threads

#: Columns: brightness, and two differences of colour, each as strong as it varies in natural pictures.
COLOURS = np.array([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]]) / 0.4619

Array = NDArray[np.float32]


class Pixels:
    """Plain pixels, with the face of `Spectrum`: for Adam, which scales every coordinate by itself anyway."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape

    def picture(self, place: Array) -> Array:
        """Return the picture that a flat vector holds."""
        return np.asarray(place.reshape(self._shape), np.float32)

    def place(self, picture: Array) -> Array:
        """Return a picture as a flat vector."""
        return picture.ravel()

    def gradient(self, gradient: Array) -> Array:
        """Return a gradient as a flat vector."""
        return gradient.ravel()


class Spectrum:
    """The space for pictures of one shape (height, width, 3): `picture` is linear and can be undone.

    `steepness` is the power of frequency by which the scale falls: 0 leaves all frequencies alike, 1 is that of
    natural pictures. The finest frequency has the scale 1, and no frequency more than `most`.
    """

    def __init__(self, shape: tuple[int, ...], *, steepness: float, most: float = 16.0) -> None:
        height, width = shape[:2]
        down, across = (np.arange(side, dtype=np.float32) / side for side in (height, width))
        frequency = np.hypot(down[:, None], across[None, :]) / 2**0.5
        scale = np.maximum(frequency, most ** (-1 / max(steepness, 1e-6))) ** -steepness
        self._scale = np.asarray(scale, np.float32)[:, :, None]
        self._colours = np.asarray(COLOURS.T, np.float32)
        self._shape = (height, width, 3)

    def picture(self, place: Array) -> Array:
        """Turn coordinates (any shape of the right size) into the picture they stand for, not clipped."""
        from scipy.fft import idctn

        spectrum = place.reshape(self._shape) * self._scale
        return np.asarray(idctn(spectrum, axes=(0, 1), norm="ortho", workers=threads()) @ self._colours, np.float32)

    def place(self, picture: Array) -> Array:
        """Return the coordinates of a picture, flat."""
        inverse = np.asarray(np.linalg.inv(self._colours.astype(np.float64)), np.float32)
        return self._spectrum(picture @ inverse, np.asarray(1 / self._scale, np.float32))

    def gradient(self, gradient: Array) -> Array:
        """Turn the gradient by the picture into that by the coordinates, flat."""
        return self._spectrum(gradient.reshape(self._shape) @ self._colours.T, self._scale)

    @staticmethod
    def _spectrum(values: Array, scale: Array) -> Array:
        """Scaled cosine transform; it mirrors at the borders, and its inverse is its transpose."""
        from scipy.fft import dctn

        return np.asarray(dctn(values, axes=(0, 1), norm="ortho", workers=threads()) * scale, np.float32).ravel()
