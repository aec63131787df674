"""What the classic rival minimises: style, content, smoothness, range.

Pure functions of tensors, in the dtype of their arguments: float32 in the game and float64 in the tests.

Style looks at nothing but weighted sums over places (`Moments`). Those of a picture are the sum of those of its parts,
so that a large picture can be worked through in panels, and its style is still one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.networks import runtime

#: LossWeights of (Y, Cb, Cr) differences: grain and fringes in colour are seen before they are wanted.
_LUMA = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
#: Keeps relative losses finite on an empty picture.
_TINY = 1e-12

#: Which statistics of a tap are compared. "gram": products of channels, averaged over places (Gatys et al. 2016).
#: "moments": mean and covariance, which lets brightness and contrast be met apart from texture (Li et al. 2017,
#: Demystifying Neural Style Transfer).
STATISTICS = ("gram", "moments")


class Moments(NamedTuple):
    """Sums over the places of one tap, with f the features there and w their weight.

    Tensors: `weight` [] = sum w, `first` [C] = sum w f, `second` [C, C] = sum w f f^T.
    """

    weight: Any
    first: Any
    second: Any


class StyleStatistics(NamedTuple):
    """What style compares of one tap. Tensors: `mean` [C]; `spread` [C, C], the Gram matrix or the covariance."""

    mean: Any
    spread: Any


def moments(features: Any, weights: Any = None) -> Moments:
    """Sum up one tap, [1, h, w, C], over its places; `weights` [1, h, w], at least 0, or None for ones."""
    tf = runtime.tensorflow()
    rows = tf.reshape(features, [-1, features.shape[-1] or tf.shape(features)[-1]])
    if weights is None:
        weight = tf.cast(tf.shape(rows)[0], rows.dtype)
        return Moments(weight, tf.reduce_sum(rows, axis=0), tf.matmul(rows, rows, transpose_a=True))
    column = tf.reshape(tf.cast(weights, rows.dtype), [-1, 1])
    weighted = rows * column
    return Moments(tf.reduce_sum(column), tf.reduce_sum(weighted, axis=0), tf.matmul(weighted, rows, transpose_a=True))


def added(a: Moments, b: Moments) -> Moments:
    """The moments of two parts together."""
    return Moments(a.weight + b.weight, a.first + b.first, a.second + b.second)


def manner(sums: Moments, statistics: str = "gram") -> StyleStatistics:
    """The statistics of one tap that style compares; `statistics` one of `STATISTICS`."""
    mean = sums.first / sums.weight
    gram = sums.second / sums.weight
    return StyleStatistics(mean, gram - mean[:, None] * mean[None, :] if statistics == "moments" else gram)


def mixed(manners: Sequence[StyleStatistics], shares: Sequence[float]) -> StyleStatistics:
    """The manner in between several paintings'; the shares add up to 1."""
    pairs = list(zip(manners, shares, strict=True))
    return StyleStatistics(
        sum(each.mean * share for each, share in pairs), sum(each.spread * share for each, share in pairs)
    )


def manner_size(target: StyleStatistics, before: StyleStatistics) -> StyleStatistics:
    """What differences of one tap are measured by, both []: the mean of the squares of painting and photograph.

    Against the painting's alone, one of a few flat fields would count every texture of the photograph as an
    enormous fault, and dissolve it.
    """
    tf = runtime.tensorflow()
    return StyleStatistics(
        *(
            0.5 * (tf.reduce_sum(tf.square(painted)) + tf.reduce_sum(tf.square(there))) + _TINY
            for painted, there in zip(target, before, strict=True)
        )
    )


def style_loss(
    sums: Mapping[str, Moments],
    targets: Mapping[str, StyleStatistics],
    sizes: Mapping[str, StyleStatistics],
    tap_weights: Mapping[str, float],
    statistics: str = "gram",
) -> Any:
    """Weighted mean over the taps of |G - A|^2 / size (squared Frobenius norms); 0 means the same manner.

    Gatys et al. 2016 sum |G - A|^2 / (2 N M)^2, where the deep taps' larger numbers outweigh the shallow ones by
    orders of magnitude; relative to `manner_size` every tap counts alike on every backbone. With the statistics
    "moments", a tap's term is the mean of that of its covariance and that of its mean.
    """
    tf = runtime.tensorflow()
    total = sum(tap_weights.values())
    terms = []
    for tap, weight in tap_weights.items():
        found = manner(sums[tap], statistics)
        term = tf.reduce_sum(tf.square(found.spread - targets[tap].spread)) / sizes[tap].spread
        if statistics == "moments":
            term = 0.5 * (term + tf.reduce_sum(tf.square(found.mean - targets[tap].mean)) / sizes[tap].mean)
        terms.append(weight / total * term)
    return tf.add_n(terms)


def content_loss(features: Any, target: Any, weights: Any = None, *, size: Any = None) -> Any:
    """|F - P|^2 / |P|^2 of one tap, both [1, h, w, C]; 0 means the same things in the same places.

    `weights` [1, h, w] for the places; `size` [] in place of |P|^2, for a part of a larger picture.
    """
    tf = runtime.tensorflow()
    squares = tf.square(features - target)
    if weights is not None:
        squares *= weights[..., None]
    return tf.reduce_sum(squares) / (content_size(target) if size is None else size)


def content_size(target: Any) -> Any:
    """What differences from the photograph's features are measured by: |P|^2, []."""
    tf = runtime.tensorflow()
    return tf.reduce_sum(tf.square(target)) + _TINY


def total_variation(picture: Any, *, chroma: Any = 1.0) -> tuple[Any, Any]:
    """Mean squared difference of neighbouring pixels of [1, H, W, 3], down and across, in luma and colour differences.

    Squared as in Mahendran and Vedaldi 2015 (beta = 2). `chroma` weighs the two colour differences against luma.
    Returns the value, [], and its gradient, like the picture: written out, because TensorFlow's own of a slice takes
    a fifth of the time of all of the compact backbone.
    """
    tf = runtime.tensorflow()
    luma = tf.constant(_LUMA, picture.dtype)
    chroma = tf.cast(chroma, picture.dtype)
    # Squares of differences in luma and colour are a quadratic form of those in RGB.
    form = tf.matmul(luma, luma * tf.stack([tf.ones_like(chroma), chroma, chroma])[:, None], transpose_a=True)
    down, across = picture[:, 1:] - picture[:, :-1], picture[:, :, 1:] - picture[:, :, :-1]
    value, gradient = tf.zeros([], picture.dtype), tf.zeros_like(picture)
    for apart, ahead, behind in (
        (down, [[0, 0], [1, 0], [0, 0], [0, 0]], [[0, 0], [0, 1], [0, 0], [0, 0]]),
        (across, [[0, 0], [0, 0], [1, 0], [0, 0]], [[0, 0], [0, 0], [0, 1], [0, 0]]),
    ):
        rows = tf.reshape(apart, [-1, 3])
        pull = tf.matmul(rows, form) / tf.cast(tf.shape(rows)[0], picture.dtype)
        value += tf.reduce_sum(rows * pull)
        pull = tf.reshape(2 * pull, tf.shape(apart))
        gradient += tf.pad(pull, ahead) - tf.pad(pull, behind)
    return value, gradient


def out_of_range(picture: Any) -> tuple[Any, Any]:
    """Mean squared amount by which values leave [0, 1], and its gradient.

    A soft wall in place of clipping, which stops an optimiser.
    """
    tf = runtime.tensorflow()
    outside = picture - tf.clip_by_value(picture, 0.0, 1.0)
    pull = outside / tf.cast(tf.size(picture), picture.dtype)
    return tf.reduce_sum(outside * pull), 2 * pull
