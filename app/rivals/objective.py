"""The classic rival's objective on one backbone, compiled once for every size. Called by classic.py."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.errors import RivalError
from app.images import Picture
from app.networks import catalog, runtime, store
from app.rivals import losses

if TYPE_CHECKING:
    import keras

STYLE_TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_TAP = "relu4_2"


@dataclass(frozen=True)
class Weights:
    """How much each term counts; all terms but smoothness are relative, so that these numbers fit every backbone."""

    content: float
    style: float
    tv: float
    chroma: float


class Objective:
    """Loss and gradient of a picture against the targets that `aim` sets.

    `backbone` maps float32 [1, H, W, 3] in [0, 1] to a dict of taps. One graph serves every size and weight.
    """

    def __init__(self, backbone: keras.Model, tap_weights: Mapping[str, float]) -> None:
        import keras

        self._tf = tf = runtime.tensorflow()
        wanted = {tap: backbone.output[tap] for tap in (*STYLE_TAPS, CONTENT_TAP)}
        self._taps = keras.Model(backbone.input, wanted)
        self._tap_weights = dict(tap_weights)
        picture = tf.TensorSpec([1, None, None, 3], tf.float32)
        self._style_of = tf.function(self._grams, input_signature=[picture])
        self._content_of = tf.function(lambda x: self._taps(x, training=False)[CONTENT_TAP], input_signature=[picture])
        channels = {tap: int(backbone.output[tap].shape[-1]) for tap in (*STYLE_TAPS, CONTENT_TAP)}
        self._compiled = tf.function(
            self._value_and_gradient,
            input_signature=[
                picture,
                {tap: tf.TensorSpec([channels[tap], channels[tap]], tf.float32) for tap in STYLE_TAPS},
                {tap: tf.TensorSpec([], tf.float32) for tap in STYLE_TAPS},
                tf.TensorSpec([1, None, None, channels[CONTENT_TAP]], tf.float32),
                tf.TensorSpec([4], tf.float32),
            ],
        )

    def aim(self, content: Picture, style: Picture, weights: Weights) -> None:
        """Set the targets: the things of `content` (H x W x 3, the size of the result) and the manner of `style`."""
        tf = self._tf
        with _sentences(tf):
            self._style = self._style_of(tf.constant(style[None]))
            before = self._style_of(tf.constant(content[None]))
            self._sizes = {tap: losses.gram_size(self._style[tap], before[tap]) for tap in STYLE_TAPS}
            self._content = self._content_of(tf.constant(content[None]))
        self._weights = tf.constant([weights.content, weights.style, weights.tv, weights.chroma], tf.float32)

    def __call__(self, picture: Picture) -> tuple[float, NDArray[np.float32]]:
        """Return the loss of a picture, H x W x 3 like the content aimed at, and its gradient of the same shape."""
        with _sentences(self._tf):
            place = self._tf.constant(picture[None])
            value, gradient = self._compiled(place, self._style, self._sizes, self._content, self._weights)
            return float(value), gradient.numpy()[0]

    def _grams(self, picture: Any) -> dict[str, Any]:
        taps = self._taps(picture, training=False)
        return {tap: losses.gram(taps[tap]) for tap in STYLE_TAPS}

    def _value_and_gradient(
        self, picture: Any, style: dict[str, Any], sizes: dict[str, Any], content: Any, weights: Any
    ) -> tuple[Any, Any]:
        tf = self._tf
        with tf.GradientTape() as tape:
            tape.watch(picture)
            taps = self._taps(picture, training=False)
            grams = {tap: losses.gram(taps[tap]) for tap in STYLE_TAPS}
            value = weights[0] * losses.content_loss(taps[CONTENT_TAP], content)
            value += weights[1] * losses.style_loss(grams, style, sizes, self._tap_weights)
            value += weights[2] * losses.total_variation(picture, chroma=weights[3])
            value += 10.0 * losses.out_of_range(picture)
        return value, tape.gradient(value, picture)


@contextlib.contextmanager
def _sentences(tf: Any) -> Iterator[None]:
    """Turn what TensorFlow raises while it computes into a RivalError."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError):
        raise RivalError("There is not enough memory for a picture of this size; choose a smaller one.") from None
    except tf.errors.OpError as error:
        raise RivalError(f"The network could not compute ({str(error.message).splitlines()[0]}).") from None


def load_objective(network: str, tap_weights: tuple[tuple[str, float], ...], pooling: str) -> Objective:
    """Return the objective on a network of the catalog; loaded once per file. Raises NetworkError."""
    path = store.find(network) or store.require(network)
    return _loaded(network, path.stat().st_mtime_ns, tap_weights, pooling)


@functools.lru_cache(maxsize=2)
def _loaded(network: str, mtime_ns: int, tap_weights: tuple[tuple[str, float], ...], pooling: str) -> Objective:  # noqa: ARG001
    path = store.require(network)
    if network == "vgg19":
        from app.networks.backbone_vgg19 import load_vgg19

        backbone = load_vgg19(path / catalog.network(network).files[0].file, pooling=pooling)
    else:
        from app.networks.backbone import load_backbone

        backbone = load_backbone()
        backbone = with_max_pooling(backbone) if pooling == "max" else backbone
    return Objective(backbone, dict(tap_weights))


def with_max_pooling(backbone: keras.Model) -> keras.Model:
    """Return the same network, weights copied, with the greatest instead of the mean value of every 2 x 2 places."""
    import keras

    def cloned(layer: Any) -> Any:
        if isinstance(layer, keras.layers.AveragePooling2D):
            return keras.layers.MaxPooling2D(layer.pool_size, name=layer.name)
        return layer.__class__.from_config(layer.get_config())

    clone = keras.models.clone_model(backbone, clone_function=cloned)
    clone.set_weights(backbone.get_weights())
    clone.trainable = False
    return clone
