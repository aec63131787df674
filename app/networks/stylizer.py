"""The small arbitrary stylizer: a style predictor and a transformer that share Magenta's 100 style numbers.

Keras is imported inside the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

#: Length of a style vector: the space of Magenta's predictor, so that vectors of both can be mixed.
STYLE_NUMBERS = 100

#: The transformer halves the picture twice: both sides must be multiples of this.
MULTIPLE_PX = 4

#: The side of the square style picture that the predictor was trained on.
STYLE_PX = 256

#: Taps of the backbone whose statistics describe a style.
STYLE_TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")

_WIDTHS = (16, 40, 80)
_BLOCKS = 5
#: Convolutions after which grain is added, in the measure that the style vector asks for.
_GRAINED = ("down2", "block2a", "up1", "up2")
#: The largest prime whose square float32 holds exactly; the grain repeats after so many places.
_GRAIN_PRIME = 4093


def build_transformer(*, widths: tuple[int, int, int] = _WIDTHS, blocks: int = _BLOCKS) -> keras.Model:
    """Build the untrained transformer.

    Inputs: ``[content, vector]``: content float32 [N, H, W, 3], RGB, sRGB, [0, 1], H and W multiples of 4 and at
    least 32; vector float32 [N, 100]. Output: float32 [N, H, W, 3] in [0, 1]. The layout follows Ghiasi et al.
    2017: down, residual blocks, up by nearest neighbours, so without checkerboards; every instance
    normalisation takes scale and shift from a linear map of the vector (Dumoulin et al. 2017); reflection
    padding keeps the borders clean. After four of them a fixed grain is added in a measure that depends on the
    vector too (after Karras et al. 2019): from a plain sky alone a network can make nothing but a regular pattern.
    """
    import keras
    from keras import layers, ops

    content = keras.Input((None, None, 3), name="content")
    vector = keras.Input((STYLE_NUMBERS,), name="vector")
    narrow, middle, wide = widths

    def pad(x: Any, by: int) -> Any:
        return ops.pad(x, [[0, 0], [by, by], [by, by], [0, 0]], mode="reflect")

    def normalise(x: Any, name: str) -> Any:
        channels = x.shape[-1]
        count = channels * (3 if name in _GRAINED else 2)
        numbers = layers.Dense(count, kernel_initializer="zeros", name=f"{name}_style", dtype="float32")(vector)
        numbers = ops.reshape(numbers, (-1, 1, 1, count))
        values = ops.cast(x, "float32")
        mean = ops.mean(values, axis=(1, 2), keepdims=True)
        variance = ops.mean(ops.square(values), axis=(1, 2), keepdims=True) - ops.square(mean)
        gain = (1.0 + numbers[..., :channels]) * ops.rsqrt(ops.maximum(variance, 0.0) + 1e-4)
        shift = numbers[..., channels : 2 * channels] - mean * gain
        if name in _GRAINED:
            noise = layers.Lambda(grain, arguments={"layer": _GRAINED.index(name)}, dtype="float32")(values[..., :1])
            shift = shift + noise * numbers[..., 2 * channels :]
        return ops.cast(values * gain + shift, x.dtype)

    def convolve(x: Any, name: str, channels: int, size: int, stride: int = 1) -> Any:
        conv = layers.Conv2D(channels, size, strides=stride, use_bias=False, name=name)
        return normalise(conv(pad(x, size // 2)), name)

    x = ops.relu(convolve(content * 2.0 - 1.0, "in", narrow, 9))
    x = ops.relu(convolve(x, "down1", middle, 3, stride=2))
    x = ops.relu(convolve(x, "down2", wide, 3, stride=2))
    for i in range(blocks):
        inner = ops.relu(convolve(x, f"block{i}a", wide, 3))
        x = x + convolve(inner, f"block{i}b", wide, 3)
    x = layers.UpSampling2D(2, interpolation="nearest")(x)
    x = ops.relu(convolve(x, "up1", middle, 3))
    x = layers.UpSampling2D(2, interpolation="nearest")(x)
    x = ops.relu(convolve(x, "up2", narrow, 3))
    x = ops.cast(convolve(x, "out", 3, 5), "float32")
    return keras.Model([content, vector], ops.sigmoid(x), name="transformer")


def grain(like: Any, layer: int) -> Any:
    """Return noise of mean 0 and variance 1 in the shape of ``like``, float32 [N, h, w, 1], another for every layer.

    It follows from the places alone, by squaring modulo a prime in whole numbers that float32 holds exactly: the
    same on every machine, for every picture and at every size.
    """
    from keras import ops

    def stir(x: Any) -> Any:
        return ops.mod(ops.square(ops.mod(x, float(_GRAIN_PRIME))), float(_GRAIN_PRIME))

    # Most of the stirring happens to rows and columns alone, where it costs nothing.
    row = ops.cumsum(ops.ones_like(like[:, :, :1]), axis=1)
    column = ops.cumsum(ops.ones_like(like[:, :1]), axis=2)
    row = stir(stir(stir(row * 7.0 + float(1009 * layer + 101)) + row) + 5.0)
    column = stir(stir(stir(column * 13.0 + float(71 * layer)) + column) + 7.0)
    numbers = stir(stir(row + column) + row)
    return (numbers - (_GRAIN_PRIME - 1) / 2) * (12.0 / (_GRAIN_PRIME**2 - 1)) ** 0.5


def build_head(*, features: int, hidden: int = 320) -> keras.Model:
    """Build the untrained map from style statistics, float32 [N, features], to style numbers, float32 [N, 100]:
    a linear map plus a hidden layer that bends it.
    """
    import keras
    from keras import layers, ops

    statistics = keras.Input((features,), name="statistics")
    bent = ops.gelu(layers.Dense(hidden, name="hidden", dtype="float32")(statistics))
    numbers = layers.Dense(STYLE_NUMBERS, name="straight", dtype="float32")(statistics)
    numbers += layers.Dense(STYLE_NUMBERS, use_bias=False, kernel_initializer="zeros", name="bent", dtype="float32")(
        bent
    )
    return keras.Model(statistics, numbers, name="head")


def build_statistics(backbone: keras.Model) -> keras.Model:
    """Build the map from pictures, float32 [N, H, W, 3] in [0, 1], to float32 [N, features]: mean and standard
    deviation of every channel of the picture and of the backbone's five style taps.
    """
    import keras
    from keras import ops

    picture = keras.Input((None, None, 3), name="style")
    taps = backbone(picture)
    numbers: list[Any] = []
    for values in (picture, *(taps[tap] for tap in STYLE_TAPS)):
        values = ops.cast(values, "float32")
        mean = ops.mean(values, axis=(1, 2))
        variance = ops.mean(ops.square(values), axis=(1, 2)) - ops.square(mean)
        numbers += [mean, ops.sqrt(ops.maximum(variance, 0.0) + 1e-5)]
    return keras.Model(picture, ops.concatenate(numbers, axis=-1), name="statistics")


def build_predictor(backbone: keras.Model, head: keras.Model) -> keras.Model:
    """Join backbone and head: style pictures, float32 [N, h, w, 3], RGB, [0, 1], trained at 256 x 256, to [N, 100]."""
    import keras

    picture = keras.Input((None, None, 3), name="style")
    return keras.Model(picture, head(build_statistics(backbone)(picture)), name="predictor")


def count_features(backbone: keras.Model) -> int:
    """Return how many statistics ``build_statistics`` gives for this backbone."""
    return 2 * (3 + sum(int(backbone.output[tap].shape[-1]) for tap in STYLE_TAPS))


def load_transformer() -> keras.Model:
    """Return the trained transformer, frozen. Raises NetworkError if its checkpoint is missing or damaged."""
    return _load()["transformer"]


def load_predictor() -> keras.Model:
    """Return the trained predictor, frozen; give it style pictures of 256 x 256 px.

    Raises NetworkError if its checkpoint or the backbone's is missing or damaged.
    """
    from app.networks.backbone import load_backbone

    predictor = build_predictor(load_backbone(), _load()["head"])
    predictor.trainable = False
    return predictor


def _load() -> dict[str, keras.Model]:
    from app.networks import checkpoints, runtime
    from app.networks.backbone import build_backbone

    runtime.tensorflow()
    models = {"transformer": build_transformer(), "head": build_head(features=count_features(build_backbone()))}
    checkpoints.load_weights(models, checkpoints.path_of("builtin-stylizer"))
    for model in models.values():
        model.trainable = False
    return models
