"""Pictures in coordinates where a step looks natural: coarse before fine, brightness before colour.

Natural pictures have an amplitude that falls with frequency, and colours that go together. Descending in coordinates
scaled by both, as Olah, Mordvintsev and Schubert 2017 ("Feature Visualization") do for other ends, keeps grain and
coloured fringes, to which a network's gradient is prone, out of the picture.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from app import images
from app.networks.runtime import threads

#: float32: a picture H x W x 3 in [0, 1], or the coordinates of one as a flat vector [N] in any range.
Array = NDArray[np.float32]

#: Rows: brightness, and two differences of colour, each as strong as it varies in natural pictures.
COLOURS: Array = (np.array([[0.26, 0.27, 0.27], [0.09, 0.0, -0.09], [0.02, -0.05, 0.03]]) / 0.4619).astype(np.float32)
#: Brightness alone, for a picture that has no colours.
GREY: Array = np.ones((1, 3), np.float32)


class Space(Protocol):
    """Coordinates, flat vectors, for pictures of one shape; `picture` is linear, and has no colours if grey."""

    is_grey: bool

    def picture(self, place: Array) -> Array:
        """Return the picture, height x width x 3, that coordinates stand for; not clipped."""

    def small(self, place: Array, height: int, width: int) -> Array:
        """Return that picture in a smaller size."""

    def place(self, picture: Array) -> Array:
        """Return the coordinates of a picture."""

    def gradient(self, gradient: Array) -> Array:
        """Return the gradient by the coordinates, of that by the picture."""


class Pixels:
    """Plain pixels, or their brightness alone: for descents that scale every coordinate by itself."""

    def __init__(self, shape: tuple[int, ...], *, is_grey: bool = False) -> None:
        self._shape, self.is_grey = shape, is_grey

    def picture(self, place: Array) -> Array:
        """Return the picture that a flat vector holds."""
        if self.is_grey:
            return np.repeat(place.reshape(*self._shape[:2], 1), 3, axis=2)
        return place.reshape(self._shape)

    def small(self, place: Array, height: int, width: int) -> Array:
        """Return it in a smaller size."""
        return images.resize(self.picture(place), height=height, width=width)

    def place(self, picture: Array) -> Array:
        """Return a picture as a flat vector."""
        return picture.mean(axis=2).ravel() if self.is_grey else picture.ravel()

    def gradient(self, gradient: Array) -> Array:
        """Return a gradient as a flat vector."""
        return gradient.sum(axis=2).ravel() if self.is_grey else gradient.ravel()


class Spectrum:
    """Scaled cosine transforms of mixtures of the colours, for pictures of one shape (height, width, 3).

    `steepness` is the power of frequency by which the scale falls: 0 leaves all frequencies alike, 1 is that of
    natural pictures. The finest frequency has the scale 1, and no frequency more than `most`. `colours`, n x 3, are
    the mixtures: `COLOURS`, or `GREY` for pictures that have none.
    """

    def __init__(
        self, shape: tuple[int, ...], *, steepness: float, most: float = 16.0, colours: Array = COLOURS
    ) -> None:
        height, width = shape[:2]
        down, across = (np.arange(side, dtype=np.float32) / side for side in (height, width))
        frequency = np.hypot(down[:, None], across[None, :]) / 2**0.5
        scale = np.maximum(frequency, most ** (-1 / max(steepness, 1e-6))) ** -steepness
        self._scale = np.asarray(scale, np.float32)
        self._colours = colours
        self.is_grey = len(colours) == 1
        self._inverse = np.asarray(np.linalg.pinv(colours.astype(np.float64)), np.float32)
        self._shape = (len(colours), height, width)

    def picture(self, place: Array) -> Array:
        """Turn coordinates into the picture they stand for, not clipped."""
        return self._mixed(place.reshape(self._shape) * self._scale)

    def small(self, place: Array, height: int, width: int) -> Array:
        """Return the picture in a smaller size, of its coarse frequencies only: as quick as that size is."""
        coarse = place.reshape(self._shape)[:, :height, :width] * self._scale[:height, :width]
        return self._mixed(coarse * np.float32((height * width / (self._shape[1] * self._shape[2])) ** 0.5))

    def place(self, picture: Array) -> Array:
        """Return the coordinates of a picture, flat; of a grey space, those of its brightness."""
        return (self._spectrum(picture, self._inverse) / self._scale).ravel()

    def gradient(self, gradient: Array) -> Array:
        """Turn the gradient by the picture into that by the coordinates, flat."""
        return (self._spectrum(gradient, self._colours.T) * self._scale).ravel()

    def _mixed(self, spectrum: Array) -> Array:
        """Transform back, and mix the colours. The transform mirrors at the borders; its inverse is its transpose."""
        from scipy.fft import idctn

        planes = idctn(spectrum, axes=(1, 2), norm="ortho", workers=threads(), overwrite_x=True)
        pixels = planes.reshape(len(planes), -1).T @ self._colours
        return np.asarray(pixels.reshape(*planes.shape[1:], 3), np.float32)

    def _spectrum(self, picture: Array, mixture: Array) -> Array:
        """Cosine transforms of the mixtures, 3 x n, of a picture's colours."""
        from scipy.fft import dctn

        planes = np.ascontiguousarray((picture.reshape(-1, 3) @ mixture).T).reshape(self._shape)
        return np.asarray(dctn(planes, axes=(1, 2), norm="ortho", workers=threads(), overwrite_x=True), np.float32)
