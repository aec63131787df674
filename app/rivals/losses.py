"""What the classic rival minimises: style, content, smoothness, range. Called by classic.py; pure functions of tensors.

All work in the dtype of their arguments, float32 in the game and float64 in the tests. TensorFlow is imported on call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.networks import runtime

#: Weights of (Y, Cb, Cr) differences: grain and fringes in colour are seen before they are wanted.
_LUMA = ((0.299, 0.587, 0.114), (-0.168736, -0.331264, 0.5), (0.5, -0.418688, -0.081312))
#: Keeps relative losses finite on an empty picture.
_TINY = 1e-12


def gram(features: Any) -> Any:
    """Gram matrix of [1, H, W, C] -> [C, C], the channels' products averaged over places (Gatys et al. 2016)."""
    tf = runtime.tensorflow()
    shape = tf.shape(features)
    rows = tf.reshape(features, [-1, shape[-1]])
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[0], features.dtype)


def style_loss(
    grams: Mapping[str, Any], targets: Mapping[str, Any], sizes: Mapping[str, Any], weights: Mapping[str, float]
) -> Any:
    """Weighted mean over the taps of |G - A|^2 / size (squared Frobenius norms); 0 means the same manner.

    Gatys et al. 2016 sum |G - A|^2 / (2 N M)^2, where the deep taps' larger numbers outweigh the shallow ones by
    orders of magnitude; relative to `gram_size` every tap counts alike on every backbone.
    """
    tf = runtime.tensorflow()
    total = sum(weights.values())
    terms = [
        weight / total * tf.reduce_sum(tf.square(grams[tap] - targets[tap])) / sizes[tap]
        for tap, weight in weights.items()
    ]
    return tf.add_n(terms)


def gram_size(style: Any, content: Any) -> Any:
    """What a difference of Gram matrices is measured by: the mean of |A|^2 and |P|^2, of painting and photograph.

    Against the painting's alone, one of a few flat fields would count every texture of the photograph as an
    enormous fault, and dissolve it.
    """
    tf = runtime.tensorflow()
    return 0.5 * (tf.reduce_sum(tf.square(style)) + tf.reduce_sum(tf.square(content))) + _TINY


def content_loss(features: Any, target: Any) -> Any:
    """|F - P|^2 / |P|^2 of one tap, both [1, h, w, C]; 0 means the same things in the same places."""
    return _relative(runtime.tensorflow(), features - target, target)


def total_variation(picture: Any, *, chroma: Any = 1.0) -> Any:
    """Mean squared difference of neighbouring pixels of [1, H, W, 3], down and across, in luma and colour differences.

    Squared as in Mahendran and Vedaldi 2015 (beta = 2). `chroma` weighs the two colour differences against luma.
    """
    tf = runtime.tensorflow()
    apart = tf.tensordot(picture, tf.transpose(tf.constant(_LUMA, picture.dtype)), 1)
    chroma = tf.cast(chroma, picture.dtype)
    down = tf.reduce_mean(tf.square(apart[:, 1:] - apart[:, :-1]), axis=(0, 1, 2))
    across = tf.reduce_mean(tf.square(apart[:, :, 1:] - apart[:, :, :-1]), axis=(0, 1, 2))
    both = down + across
    return both[0] + chroma * (both[1] + both[2])


def out_of_range(picture: Any) -> Any:
    """Mean squared amount by which values leave [0, 1]: a soft wall in place of clipping, which stops an optimiser."""
    tf = runtime.tensorflow()
    return tf.reduce_mean(tf.square(picture - tf.clip_by_value(picture, 0.0, 1.0)))


def _relative(tf: Any, difference: Any, target: Any) -> Any:
    return tf.reduce_sum(tf.square(difference)) / (tf.reduce_sum(tf.square(target)) + _TINY)
