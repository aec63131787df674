"""A backbone as a plain chain of convolutions, in the precision that is asked for.

The same features as the Keras model's, without its layers' bookkeeping: what the network does to the colours first is
folded into the first convolution, the pooling can be chosen, and all but that convolution may compute in bfloat16.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.networks import runtime

if TYPE_CHECKING:
    import keras


class Convolution(NamedTuple):
    """One convolution of 3 x 3 with its rectifier: `kernel` [3, 3, in, out], `bias` [out], float32; and its tap."""

    tap: str
    kernel: NDArray[np.float32]
    bias: NDArray[np.float32]


#: The convolutions of a backbone in order; None stands for a 2 x 2 pooling.
Links = tuple[Convolution | None, ...]

POOLINGS = ("average", "max")


def links_of(backbone: keras.Model) -> Links:
    """Read a backbone like backbone.py's or backbone_vgg19.py's.

    Its taps follow its convolutions, which pad by reflection; what comes before the first one must work on each pixel
    by itself and be affine.
    """
    import keras

    taps = iter(backbone.output)
    links: list[Convolution | None] = []
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.AveragePooling2D | keras.layers.MaxPooling2D):
            links.append(None)
        elif isinstance(layer, keras.layers.Conv2D):
            kernel, bias = (np.asarray(each.numpy(), np.float32) for each in (layer.kernel, layer.bias))
            if not links:
                kernel, bias = _folded(keras.Model(backbone.input, layer.input), kernel, bias)
            links.append(Convolution(next(taps), kernel, bias))
    return tuple(links)


def _folded(
    entry: keras.Model, kernel: NDArray[np.float32], bias: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Fold what the network does to a pixel, colours @ matrix + offset, into its first convolution."""

    def after(colour: NDArray[np.float32]) -> NDArray[np.float64]:
        picture = np.broadcast_to(colour, (1, 4, 4, 3))
        return np.asarray(entry(np.ascontiguousarray(picture)), np.float64)[0, 1, 1]

    offset = after(np.zeros(3, np.float32))
    matrix = np.stack([after(colour) - offset for colour in np.eye(3, dtype=np.float32)])
    wide = kernel.astype(np.float64)
    folded = np.einsum("ij,hwjo->hwio", matrix, wide)
    return folded.astype(np.float32), (bias + np.einsum("j,hwjo->o", offset, wide)).astype(np.float32)


class ConvolutionChain:
    """Maps float32 [1, H, W, 3] in [0, 1], both sides at least 32 px, to its taps, float32 [1, h, w, C].

    `dtype` is that of all convolutions but the first, "float32" or "bfloat16": rounded to bfloat16's eight bits, the
    picture itself would be grainy.
    """

    def __init__(self, links: Links, *, pooling: str = "max", dtype: str = "float32") -> None:
        tf = runtime.tensorflow()
        self._tf, self._dtype = tf, tf.as_dtype(dtype)
        self._pool = tf.nn.max_pool2d if pooling == "max" else tf.nn.avg_pool2d
        self._links: list[tuple[str, Any, Any] | None] = []
        for link in links:
            if link is None:
                self._links.append(None)
                continue
            dtype_here = self._dtype if self._links else tf.float32
            self._links.append((link.tap, tf.constant(link.kernel, dtype_here), tf.constant(link.bias, dtype_here)))
        self.channels = {link.tap: link.kernel.shape[3] for link in links if link is not None}

    def __call__(self, picture: Any, wanted: Collection[str]) -> dict[str, Any]:
        """Return the taps that are wanted, computing no further than the deepest of them."""
        tf = self._tf
        taps: dict[str, Any] = {}
        x = picture
        for link in self._links:
            if len(taps) == len(wanted):
                break
            if link is None:
                x = self._pool(x, 2, 2, "VALID")
                continue
            tap, kernel, bias = link
            x = tf.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
            x = tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(tf.cast(x, kernel.dtype), kernel, 1, "VALID"), bias))
            x = tf.cast(x, self._dtype)
            if tap in wanted:
                taps[tap] = tf.cast(x, tf.float32)
        return taps
