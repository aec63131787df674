"""The classic rival's objective on one backbone, compiled once for every size."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.errors import RivalError
from app.images import Picture
from app.networks import catalog, runtime, store
from app.rivals import losses
from app.rivals.chain import ConvolutionChain, Links, links_of
from app.rivals.losses import Moments, StyleStatistics
from app.rivals.request_pictures import Mask

STYLE_TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_TAP = "relu4_2"
#: How many pixels of the picture, down and across, lie behind one place of a tap.
STRIDES = {"relu1_1": 1, "relu2_1": 2, "relu3_1": 4, "relu4_1": 8, "relu5_1": 16, "relu4_2": 8}
#: How much leaving [0, 1] counts.
_RANGE_WEIGHT = 10.0


@dataclass(frozen=True)
class LossWeights:
    """How much each term counts; all terms but smoothness are relative, so that these numbers fit every backbone."""

    content: float
    style: float
    tv: float
    chroma: float


class FeatureStatistics(NamedTuple):
    """What one pass over a picture, or a part of it, shows: moments per style tap, and the content tap [1, h, w, C]."""

    moments: dict[str, Moments]
    content: Any


class Objective:
    """Loss and gradient of a picture against the targets that `aim` sets.

    One graph serves every size and weight. `tap_weights` says how much each of `STYLE_TAPS` counts.

    Besides being called as a whole it can be asked for its pieces, none of which looks at what `aim` set: `look`,
    `style_slopes`, `pull` and `smoothness` let a large picture be worked through in parts.
    """

    def __init__(self, chain: ConvolutionChain, tap_weights: Mapping[str, float], *, is_fused: bool = False) -> None:
        """`is_fused` compiles by XLA, once for every size."""
        self._tf = tf = runtime.tensorflow()
        self._chain, self._is_fused = chain, is_fused
        self.tap_weights = dict(tap_weights)
        channels = chain.channels

        def spec(*shape: int | None) -> Any:
            return tf.TensorSpec(shape, tf.float32)

        self._picture = spec(1, None, None, 3)
        self._places = spec(1, None, None)
        self._content_spec = spec(1, None, None, channels[CONTENT_TAP])
        self._number = spec()
        self._four = spec(4)
        self._moments_spec = {
            tap: Moments(spec(), spec(channels[tap]), spec(channels[tap], channels[tap])) for tap in STYLE_TAPS
        }
        self._manner_spec = {
            tap: StyleStatistics(spec(channels[tap]), spec(channels[tap], channels[tap])) for tap in STYLE_TAPS
        }
        self._size_spec = {tap: StyleStatistics(spec(), spec()) for tap in STYLE_TAPS}

    def aim(
        self,
        content: Picture,
        paintings: Sequence[Picture],
        weights: LossWeights,
        *,
        shares: Sequence[float] = (1.0,),
        statistics: str = "gram",
        mask: Mask | None = None,
    ) -> None:
        """Set the targets: the things of `content`, the manner in between `paintings`.

        Args:
            content: float32 H x W x 3 in [0, 1], the size of the pictures to be judged.
            paintings: one to four, of any size; at that size their strokes are taken.
            weights: of the terms.
            shares: of each painting; they add up to 1.
            statistics: one of `losses.STATISTICS`.
            mask: float32 H x W in [0, 1], where style is looked at; None for everywhere.
        """
        targets = [
            {tap: losses.manner(sums, statistics) for tap, sums in self.look(painting).moments.items()}
            for painting in paintings
        ]
        before = self.look(content, mask)
        with _sentences(self._tf):
            self._manners = {tap: losses.mixed([target[tap] for target in targets], shares) for tap in STYLE_TAPS}
            self._sizes = {
                tap: losses.manner_size(self._manners[tap], losses.manner(before.moments[tap], statistics))
                for tap in STYLE_TAPS
            }
            self._content = before.content
            self._content_size = losses.content_size(before.content)
        self._weights = self._weight_tensor(weights)
        self._statistics, self._mask = statistics, mask

    def __call__(self, picture: Picture) -> tuple[float, NDArray[np.float32]]:
        """Return the loss of a picture, H x W x 3 like the content aimed at, and its gradient of the same shape."""
        tf = self._tf
        with _sentences(tf):
            wanted = (self._manners, self._sizes, self._content, self._content_size, self._weights)
            places = () if self._mask is None else (tf.constant(self._mask[None]),)
            compiled = self._whole(self._statistics, self._mask is not None)
            value, gradient = compiled(tf.constant(picture[None]), *wanted, *places)
            return float(value), gradient.numpy()[0]

    def look(self, picture: Picture, weights: NDArray[np.float32] | None = None) -> FeatureStatistics:
        """Pass once over a picture H x W x 3, or a part of one.

        `weights` (H x W, at least 0; None for ones) say how much each pixel counts for the moments: a mask, or 1 inside
        and 0 in the margin of a part. At a tap they are averaged over the pixels behind each place.
        """
        tf = self._tf
        with _sentences(tf):
            if weights is None:
                return FeatureStatistics(*self._looking(tf.constant(picture[None])))
            return FeatureStatistics(
                *self._looking_weighted(tf.constant(picture[None]), tf.constant(weights[None], tf.float32))
            )

    def style_slopes(
        self,
        sums: dict[str, Moments],
        targets: dict[str, StyleStatistics],
        sizes: dict[str, StyleStatistics],
        statistics: str = "gram",
    ) -> tuple[Any, dict[str, Moments]]:
        """Return the style loss (`losses.style_loss`) of a picture's moments, and its derivative by each of them."""
        tf = self._tf
        with _sentences(tf), tf.GradientTape() as tape:
            tape.watch(sums)
            value = losses.style_loss(sums, targets, sizes, self.tap_weights, statistics)
        return value, tape.gradient(value, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def pull(
        self,
        part: Picture,
        slopes: dict[str, Moments],
        content: Any,
        content_slope: Any,
        *,
        weights: NDArray[np.float32],
        inside: NDArray[np.float32],
    ) -> tuple[float, NDArray[np.float32]]:
        """Return a part's content term, and its gradient of style and content together.

        The gradient (h x w x 3, of the part with its margin) is that of

            sum over taps <slopes, moments of the part by `weights`> + content_slope * sum inside |F - P|^2

        Args:
            part: float32 h x w x 3, with its margin.
            slopes: what a change of each moment of the whole picture is worth: `style_slopes` times its weight.
            content: the photograph's features at `CONTENT_TAP` in the same part, [1, h / 8, w / 8, C].
            content_slope: the weight of content divided by `losses.content_size` of the whole.
            weights: h x w, how much each pixel counts for the moments (0 in the margin).
            inside: h x w, 1 inside and 0 in the margin, for the content.

        The number is content_slope * sum inside |F - P|^2. Parts whose insides begin at multiples of 16 px and cover
        the picture add up to the whole, as far as the margin reaches.
        """
        tf = self._tf
        with _sentences(tf):
            places = [tf.constant(each[None], tf.float32) for each in (weights, inside)]
            value, gradient = self._pulling(
                tf.constant(part[None]), slopes, content, tf.cast(content_slope, tf.float32), *places
            )
            return float(value), gradient.numpy()[0]

    def smoothness(self, picture: Picture, weights: LossWeights) -> tuple[float, NDArray[np.float32]]:
        """Return what does not need the network, weighed: total variation and leaving [0, 1]; and its gradient."""
        tf = self._tf
        with _sentences(tf):
            value, gradient = self._smoothing(tf.constant(picture[None]), self._weight_tensor(weights))
            return float(value), gradient.numpy()[0]

    def _compiled(self, function: Callable[..., Any], signature: list[Any]) -> Any:
        return self._tf.function(function, input_signature=signature, jit_compile=self._is_fused or None)

    def _weight_tensor(self, weights: LossWeights) -> Any:
        return self._tf.constant([weights.content, weights.style, weights.tv, weights.chroma], self._tf.float32)

    @functools.cached_property
    def _looking(self) -> Any:
        return self._compiled(self._look, [self._picture])

    @functools.cached_property
    def _looking_weighted(self) -> Any:
        return self._compiled(self._look, [self._picture, self._places])

    @functools.cached_property
    def _smoothing(self) -> Any:
        return self._compiled(_smoothness, [self._picture, self._four])

    @functools.cached_property
    def _pulling(self) -> Any:
        tf = self._tf

        def pulling(
            part: Any, slopes: dict[str, Moments], content: Any, content_slope: Any, weights: Any, inside: Any
        ) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                tape.watch(part)
                sums, features = self._look(part, weights)
                apart = tf.reduce_sum(tf.square(features - content) * _at_tap(inside, features, CONTENT_TAP)[..., None])
                term = content_slope * apart
                value = term + tf.add_n(
                    [
                        tf.reduce_sum(slope * moment)
                        for tap in STYLE_TAPS
                        for slope, moment in zip(slopes[tap], sums[tap], strict=True)
                    ]
                )
            return term, tape.gradient(value, part)

        signature = [self._picture, self._moments_spec, self._content_spec, self._number, self._places, self._places]
        return self._compiled(pulling, signature)

    @functools.lru_cache(maxsize=4)  # noqa: B019 - as many as there are, and objectives live as long as the process
    def _whole(self, statistics: str, is_masked: bool) -> Any:
        """The compiled loss and gradient of a whole picture."""
        tf = self._tf

        def whole(
            picture: Any, manners: Any, sizes: Any, content: Any, content_size: Any, weights: Any, mask: Any = None
        ) -> tuple[Any, Any]:
            with tf.GradientTape() as tape:
                tape.watch(picture)
                sums, features = self._look(picture, mask)
                value = weights[0] * losses.content_loss(features, content, size=content_size)
                value += weights[1] * losses.style_loss(sums, manners, sizes, self.tap_weights, statistics)
            smooth, smooth_gradient = _smoothness(picture, weights)
            return value + smooth, tape.gradient(value, picture) + smooth_gradient

        signature = [
            *(self._picture, self._manner_spec, self._size_spec),
            *(self._content_spec, self._number, self._four),
        ]
        return self._compiled(whole, [*signature, self._places] if is_masked else signature)

    def _look(self, picture: Any, weights: Any = None) -> tuple[dict[str, Moments], Any]:
        taps = self._chain(picture, (*STYLE_TAPS, CONTENT_TAP))
        sums = {
            tap: losses.moments(taps[tap], None if weights is None else _at_tap(weights, taps[tap], tap))
            for tap in STYLE_TAPS
        }
        return sums, taps[CONTENT_TAP]


def _at_tap(weights: Any, features: Any, tap: str) -> Any:
    """Weights of pixels, [1, H, W], as those of a tap's places, [1, h, w]."""
    tf = runtime.tensorflow()
    stride = STRIDES[tap]
    pooled = tf.nn.avg_pool2d(weights[..., None], stride, stride, "VALID")[..., 0]
    return tf.ensure_shape(pooled[:, : tf.shape(features)[1], : tf.shape(features)[2]], [1, None, None])


def _smoothness(picture: Any, weights: Any) -> tuple[Any, Any]:
    """What needs no network, weighed, and its gradient."""
    rough, rough_gradient = losses.total_variation(picture, chroma=weights[3])
    out, out_gradient = losses.out_of_range(picture)
    return weights[2] * rough + _RANGE_WEIGHT * out, weights[2] * rough_gradient + _RANGE_WEIGHT * out_gradient


@contextlib.contextmanager
def _sentences(tf: Any) -> Iterator[None]:
    """Turn what TensorFlow raises while it computes into a RivalError."""
    try:
        yield
    except (tf.errors.ResourceExhaustedError, MemoryError):
        raise RivalError("There is not enough memory for a picture of this size; choose a smaller one.") from None
    except tf.errors.OpError as error:
        raise RivalError(f"The network could not compute ({str(error.message).splitlines()[0]}).") from None


def load_objective(
    network: str,
    tap_weights: tuple[tuple[str, float], ...],
    pooling: str,
    dtype: str = "float32",
    *,
    is_fused: bool = False,
) -> Objective:
    """Return the objective on a network of the catalog; loaded once per file. Raises NetworkError.

    `pooling` one of `chain.POOLINGS`, `dtype` "float32" or "bfloat16".
    """
    path = store.find(network) or store.require(network)
    return _objective(network, path.stat().st_mtime_ns, tap_weights, pooling, dtype, is_fused)


@functools.lru_cache(maxsize=4)
def _objective(
    network: str, mtime_ns: int, tap_weights: tuple[tuple[str, float], ...], pooling: str, dtype: str, is_fused: bool
) -> Objective:
    chain = ConvolutionChain(_links(network, mtime_ns), pooling=pooling, dtype=dtype)
    return Objective(chain, dict(tap_weights), is_fused=is_fused)


@functools.lru_cache(maxsize=2)
def _links(network: str, mtime_ns: int) -> Links:  # noqa: ARG001 - another file is loaded anew
    path = store.require(network)
    if network == "vgg19":
        from app.networks.backbone_vgg19 import load_vgg19

        return links_of(load_vgg19(path / catalog.network(network).files[0].file))
    from app.networks.backbone import load_backbone

    return links_of(load_backbone())
