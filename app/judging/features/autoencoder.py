"""The autoencoder whose embeddings the judge compares.

Keras is imported inside the functions; trained by app.training.autoencoder.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    import keras


#: Both sides of an encoded picture are multiples of this.
CELL_PX = 16

#: The area of an encoded picture is near the square of this: the size that the encoder was trained on.
SIDE_PX = 128

#: Channels of a cell of the code and of the vector, from which the decoder paints, and of the embedding.
CODE = 32
VECTOR = 64
EMBEDDING = 48

#: How much the embedding counts when pooled over so many cells: near things first, wide things too.
POOLS: tuple[tuple[int, float], ...] = ((1, 1.0), (2, 1.0), (4, 1.0))

_SMALLEST_PX, _LARGEST_PX = 32, 512


class EncodedPictures(NamedTuple):
    """What the encoder sees in N pictures: where things are, and what the whole is like.

    ``cells`` float32 [N, h, w, EMBEDDING], one cell for each 16 x 16 px; ``vectors`` float32 [N, VECTOR], free of
    place. Both are centred: the average picture lies near zero, and cosines tell how alike two pictures are.
    """

    cells: NDArray[np.float32]
    vectors: NDArray[np.float32]


def build_encoder(*, widths: tuple[int, int, int, int] = (32, 48, 96, 128)) -> keras.Model:
    """Build the untrained encoder.

    Input: float32 [N, H, W, 3], RGB, sRGB, [0, 1], H and W multiples of 16, at least 32. Output: a dict with
    "code" float32 [N, H/16, W/16, 32], the coarse map of what is where, and "vector" float32 [N, 64], made of the
    means and spreads over all places at two scales: from both the decoder paints the picture. "embedding" float32
    [N, H/16, W/16, 48] is a linear view of the code whose bias centres it: the average picture lies near zero.
    """
    import keras
    from keras import layers, ops

    picture = keras.Input((None, None, 3), name="picture")
    x: Any = picture * 2.0 - 1.0

    def convolve(x: Any, name: str, channels: int, size: int, stride: int, start: str = "glorot_uniform") -> Any:
        by = size // 2
        x = ops.pad(x, [[0, 0], [by, by], [by, by], [0, 0]], mode="reflect")
        return ops.gelu(layers.Conv2D(channels, size, strides=stride, kernel_initializer=start, name=name)(x))

    stages: list[Any] = []
    for i, width in enumerate(widths):
        x = convolve(x, f"stage{i}", width, 5 if i == 0 else 3, 2)
        if i >= 1:
            x = x + convolve(x, f"stage{i}_more", width, 3, 1)
        stages.append(x)
    x = x + convolve(x, "around", widths[-1], 3, 1, start="zeros")
    code = layers.Conv2D(CODE, 1, name="code")(x)
    embedding = layers.Conv2D(EMBEDDING, 1, name="embedding", dtype="float32")(code)
    moments: list[Any] = []
    for i, stage in ((2, stages[2]), (3, x)):
        # In float32: a spread is a small difference of large sums.
        values = ops.cast(ops.gelu(layers.Conv2D(96, 1, name=f"gathered{i}")(stage)), "float32")
        mean = ops.mean(values, (1, 2), keepdims=True)
        spread = ops.sqrt(ops.mean(ops.square(values - mean), (1, 2)) + 1e-4)
        moments += [ops.squeeze(mean, (1, 2)), spread]
    gathered = layers.Dense(128, name="whole", activation="gelu", dtype="float32")(ops.concatenate(moments, -1))
    vector = layers.Dense(VECTOR, name="vector", dtype="float32")(gathered)
    return keras.Model(picture, {"code": code, "vector": vector, "embedding": embedding}, name="encoder")


def build_decoder(*, widths: tuple[int, int, int, int] = (96, 64, 32, 16)) -> keras.Model:
    """Build the untrained decoder: from [code, float32 [N, h, w, 32]; vector, float32 [N, 64]] to picture, float32
    [N, 16 h, 16 w, 3] in [0, 1]. The map says what is where; the vector scales and shifts every feature alike.
    """
    import keras
    from keras import layers, ops

    code = keras.Input((None, None, CODE), name="code")
    vector = keras.Input((VECTOR,), name="vector")
    x: Any = code
    for i, width in enumerate(widths):
        x = layers.Conv2D(width, 3, padding="same", name=f"stage{i}")(x)
        if i < 2:
            turned = layers.Dense(2 * width, kernel_initializer="zeros", name=f"stage{i}_whole")(vector)
            scale, shift = ops.split(ops.reshape(turned, (-1, 1, 1, 2 * width)), 2, axis=-1)
            x = x * (1.0 + scale) + shift
        x = layers.UpSampling2D(2, interpolation="nearest")(ops.gelu(x))
    x = layers.Conv2D(3, 3, padding="same", name="picture", dtype="float32")(x)
    return keras.Model([code, vector], ops.sigmoid(x), name="decoder")


def load_encoder() -> keras.Model:
    """Return the trained encoder, frozen. Raises NetworkError if its checkpoint is missing or damaged."""
    return _load()["encoder"]


def load_decoder() -> keras.Model:
    """Return the trained decoder, frozen. Raises NetworkError if its checkpoint is missing or damaged."""
    return _load()["decoder"]


def _load() -> dict[str, keras.Model]:
    from app.networks import checkpoints, runtime

    runtime.tensorflow()
    models = {"encoder": build_encoder(), "decoder": build_decoder()}
    checkpoints.load_weights(models, checkpoints.path_of("builtin-autoencoder"))
    for model in models.values():
        model.trainable = False
    return models


def see(encoder: keras.Model, pictures: NDArray[np.float32]) -> EncodedPictures:
    """Return what the encoder sees in pictures: float32 [N, H, W, 3], RGB, sRGB, [0, 1], H and W multiples of 16,
    at least 32. The area should be near 128 x 128 px; see ``common_sizes`` and app.images.cover.
    """
    made = _compiled(encoder)(np.ascontiguousarray(pictures, np.float32))
    return EncodedPictures(np.asarray(made["embedding"], np.float32), np.asarray(made["vector"], np.float32))


def paint_again(encoder: keras.Model, decoder: keras.Model, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the decoder makes of what the encoder keeps of pictures, both float32 [N, H, W, 3] in [0, 1]."""
    made = _compiled(encoder)(np.ascontiguousarray(pictures, np.float32))
    return np.asarray(decoder([made["code"], made["vector"]], training=False), np.float32)


@lru_cache(maxsize=2)
def _compiled(encoder: keras.Model) -> Callable[[Any], dict[str, Any]]:
    """The encoder as one graph for all sizes: called op by op it would take three times as long."""
    from app.networks import runtime

    tf = runtime.tensorflow()
    signature = [tf.TensorSpec([None, None, None, 3], tf.float32)]
    compiled: Callable[[Any], dict[str, Any]] = tf.function(
        lambda pictures: encoder(pictures, training=False), input_signature=signature
    )
    return compiled


@cache
def size_of(aspect: float) -> tuple[int, int]:
    """Return the (height, width) in whole cells that comes nearest to an aspect, with an area near 128 x 128 px."""
    sides = range(_SMALLEST_PX, _LARGEST_PX + 1, CELL_PX)

    def misfit(size: tuple[int, int]) -> float:
        shape = abs(np.log(size[1] / size[0] / aspect))
        area = abs(np.log(size[0] * size[1] / SIDE_PX**2))
        return float(shape + 0.1 * area)

    return min(((height, width) for height in sides for width in sides), key=misfit)


def pool(cells: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    """Average cells [h, w, c] over blocks of ``by`` x ``by``, times ``by`` so that sums of squares stay comparable.

    Rows and columns that do not fill a block are averaged over what there is.
    """
    if by == 1:
        return cells
    for axis in (0, 1):
        starts = np.arange(0, cells.shape[axis], by)
        counts = np.diff(np.append(starts, cells.shape[axis])).astype(np.float64)
        shape = [1, 1, 1]
        shape[axis] = len(counts)
        cells = np.add.reduceat(cells, starts, axis=axis) / np.sqrt(counts.reshape(shape))
    return cells
