"""What the judge sees in a picture: its colours, its layout, its texture and its forms, as numbers to compare.

TensorFlow and SciPy are imported inside the functions.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import to_oklab
from app.judging.features import autoencoder
from app.networks import backbone

if TYPE_CHECKING:
    import keras

    from app.images import Picture

#: float32 H x W x C, in any range.
Array = NDArray[np.float32]

#: The sides of the grids of cells in which pictures are compared place by place.
CELLS = 16
#: The sides of the grid of windows in which statistics are taken.
WINDOWS = 4
#: Taps of the backbone whose means and spreads tell texture, and those that tell forms, place by place.
TEXTURE_TAPS = ("relu2_1", "relu3_1")
#: Taps whose means and spreads over the whole picture tell its manner, early and late.
MANNER_TAPS = {"early": ("relu1_1", "relu2_1"), "late": ("relu3_1", "relu4_1")}
FORM_TAPS = ("relu3_1", "relu4_1", "relu4_2", "relu5_1")
#: Chroma counts so much more than lightness: half of Oklab's gamut is as far across as its lightness is high.
_CHROMA = 1.5
_DIRECTIONS = 24
_BANDS_PX = (1.0, 2.0, 4.0, 8.0)
_TENSOR_PX = 1.4
#: Views are softened by so much: whether a picture was once saved at half its size is not to be seen.
_SOFT_PX = 0.8


@dataclass(frozen=True, eq=False)
class Description:
    """One picture, seen.

    Attributes:
        colours: Oklab over 64 x 64 places, chroma stretched, float32 [64, 64, 3].
        whole: those colours laid out along fixed directions, each sorted, float32 [512, 24]; `windows` the same within
            each of 4 x 4 windows, float32 [16, 64, 24].
        cells: the autoencoder's embedding, cell by cell, float32 [h, w, e]; `vector` its global one, float32 [v].
        texture: by tap, means and spreads of features in each window, float32 [16, 2 c].
        manner: by tap, the same of the whole picture, float32 [2 c].
        bands: how strong detail of three widths is, float32 [16, 16, 3].
        turns: the structure tensor's two directions and its strength, float32 [8, 8, 3].
        forms: by tap, features of length one at each place, float32 [h, w, c].
    """

    colours: Array
    whole: Array
    windows: Array
    cells: Array
    vector: Array
    texture: dict[str, Array]
    manner: dict[str, Array]
    bands: Array
    turns: Array
    forms: dict[str, Array]

    @cached_property
    def layout(self) -> Array:
        """Colours of 16 x 16 cells, float32 [16, 16, 3]."""
        return pooled(self.colours, CELLS)


class FeatureExtractor:
    """The networks that the judge looks with."""

    def __init__(self, encoder: keras.Model, features: keras.Model) -> None:
        """``encoder`` is that of app.judging.features.autoencoder, ``features`` the compact backbone."""
        import keras

        from app.networks import runtime

        tf = runtime.tensorflow()
        taps = {tap: features.output[tap] for tap in {*TEXTURE_TAPS, *FORM_TAPS, *_manner_taps()}}
        seen = keras.Model(features.input, taps)
        pictures = [tf.TensorSpec((None, None, None, 3), tf.float32)]
        self._features = tf.function(lambda x: seen(x, training=False), input_signature=pictures)
        self._encoder = encoder

    @classmethod
    def load(cls) -> FeatureExtractor:
        """Return the judge's eyes. Raises NetworkError if a checkpoint is missing or damaged."""
        return cls(autoencoder.load_encoder(), backbone.load_backbone())

    def describe(self, view: Picture) -> Description:
        """Describe a view, float32 [h, w, 3] in [0, 1], both sides multiples of 16."""
        view = _softened(view)
        taps: dict[str, Array] = {tap: value.numpy()[0] for tap, value in self._features(view[None]).items()}
        cells, vector = self._encoded(view)
        lab = oklab(view)
        colours = pooled(lab, 4 * CELLS)
        along = colours @ _directions().T
        grid = (WINDOWS, len(along) // WINDOWS, WINDOWS, len(along) // WINDOWS, _DIRECTIONS)
        in_windows = along.reshape(grid).transpose(0, 2, 1, 3, 4).reshape(WINDOWS**2, -1, _DIRECTIONS)
        return Description(
            colours=colours,
            whole=np.sort(along.reshape(-1, _DIRECTIONS), axis=0)[4::8],
            windows=np.sort(in_windows, axis=1)[:, 2::4],
            cells=cells,
            vector=vector,
            texture={tap: _statistics(taps[tap]) for tap in TEXTURE_TAPS},
            manner={tap: _whole(taps[tap]) for tap in _manner_taps()},
            bands=_bands(lab[..., 0]),
            turns=_turns(lab[..., 0]),
            forms={tap: _unit(taps[tap]) for tap in FORM_TAPS},
        )

    def _encoded(self, view: Picture) -> tuple[Array, Array]:
        size = autoencoder.size_of(view.shape[1] / view.shape[0])
        seen = autoencoder.see(self._encoder, images.cover(view, height=size[0], width=size[1])[None])
        return seen.cells[0], seen.vectors[0]


def oklab(picture: Picture) -> Array:
    """Return a picture's colours in Oklab (Ottosson 2020), chroma stretched: float32 [h, w, 3]."""
    lab = to_oklab(np.asarray(picture, np.float32))
    return np.asarray(lab * np.array([1.0, _CHROMA, _CHROMA], np.float32), np.float32)


def pooled(values: Array, cells: int) -> Array:
    """Average values [h, w, c] over cells x cells blocks; sides that no whole blocks fit into are cut unevenly."""
    edges = [np.arange(cells) * side // cells for side in values.shape[:2]]
    sums = np.add.reduceat(np.add.reduceat(values, edges[0], axis=0), edges[1], axis=1)
    counts = [np.diff(np.append(edge, side)) for edge, side in zip(edges, values.shape[:2], strict=True)]
    return np.asarray(sums / np.outer(*counts)[..., None], np.float32)


def _directions() -> Array:
    """Directions in the space of colours, evenly spread (a Fibonacci lattice), float32 [24, 3]."""
    number = np.arange(_DIRECTIONS)
    height = 1 - (number + 0.5) / _DIRECTIONS
    around = number * np.pi * (3 - np.sqrt(5))
    wide = np.sqrt(1 - height**2)
    return np.stack([height, wide * np.cos(around), wide * np.sin(around)], axis=1).astype(np.float32)


def _unit(features: Array) -> Array:
    power = np.square(features).sum(-1, keepdims=True)
    return np.asarray(features / np.sqrt(power + 0.01 * power.mean() + 1e-6), np.float32)


def _softened(view: Picture) -> Picture:
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(view, (_SOFT_PX, _SOFT_PX, 0), mode="nearest", truncate=3.0), np.float32)


def _manner_taps() -> list[str]:
    return [tap for taps in MANNER_TAPS.values() for tap in taps]


def _statistics(features: Array) -> Array:
    """Means and spreads of features [h, w, c] in 4 x 4 windows: [16, 2 c]."""
    means = pooled(features, WINDOWS)
    spreads = np.sqrt(np.maximum(pooled(features * features, WINDOWS) - means * means, 0.0))
    return np.concatenate([means, spreads], axis=-1).reshape(WINDOWS**2, -1)


def _whole(features: Array) -> Array:
    """Means and spreads of features [h, w, c] over the whole: [2 c]."""
    flat = features.reshape(-1, features.shape[-1])
    means = flat.mean(0, dtype=np.float32)
    squares = np.einsum("nc,nc->c", flat, flat) / len(flat)
    return np.concatenate([means, np.sqrt(np.maximum(squares - means * means, 0.0))]).astype(np.float32)


def _bands(lightness: Array) -> Array:
    from scipy.ndimage import gaussian_filter

    blurred = [gaussian_filter(lightness, px, mode="nearest", truncate=3.0) for px in _BANDS_PX]
    differences = [np.abs(a - b) for a, b in pairwise(blurred)]
    return pooled(np.stack(differences, axis=-1), CELLS)


def _turns(lightness: Array) -> Array:
    """The structure tensor (Kyprianidis and Kang 2011): its doubled angle as two numbers, and its strength."""
    from scipy.ndimage import gaussian_filter

    down, right = np.gradient(gaussian_filter(lightness, _TENSOR_PX, mode="nearest", truncate=3.0))
    tensor = np.stack([right * right - down * down, 2 * right * down, right * right + down * down], axis=-1)
    return pooled(tensor, CELLS // 2)
