"""The stylizer's third phase: the transformer goes on with the losses of Gatys et al. 2016 themselves.

Any style of the library meets any photograph; measured by vgg19-16x.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.networks.stylizer import STYLE_TAPS
from app.training import teachers
from app.training.gatys import CONTENT_TAP
from app.training.spectra import log_spectrum, spectral_distance
from app.training.style_library import GRAM_TAPS, StyleLibrary
from app.training.teacher_pictures import CONTENT_PX, TeacherPictures

Array = NDArray[np.float32]
Batch = tuple[dict[str, NDArray[Any]], Array]

#: Refining works on squares of this side: a quarter of the time of a whole picture, and the losses are the same.
REFINED_PX = 192
#: Such a share of the contents is a whole picture at half its size, the rest are cuts from one.
_HALVED = 0.3
MAPPED_TAPS = tuple(teachers.mapped(tap) for tap in STYLE_TAPS)
#: The teacher's mean style losses on unseen deals: own taps, mapped taps. Divided by them both count alike.
_USUAL = (0.3, 0.41)
#: Such a share of the pictures is painted at lesser strength, and only copies the teacher.
_LESSER = 0.1
#: Such a share has the head's vector of its style, the rest the teacher's.
_OWN = 0.6


@dataclass(frozen=True)
class RefinementWeights:
    """Of refinement: ``content`` and the two style losses count as logarithms, the latter with weight 1 in
    all; ``far`` the style loss itself, over the teacher's; ``ground`` the distance of the spectra.
    """

    content: float = 0.65
    far: float = 0.5
    ground: float = 0.2


class Refinement(keras.Model):
    """Content loss, style loss on both kinds of taps and distance of the spectra; imitation at lesser strengths.

    The logarithm makes every deal count alike, whether its losses are great or small; alone it would leave the few
    deals far from their style as they are, so the style loss itself counts too, beyond 1 as its root.
    """

    def __init__(
        self, transformer: keras.Model, perception: keras.Model, scales: dict[str, float], weights: RefinementWeights
    ) -> None:
        super().__init__()
        self.transformer, self.perception, self.scales, self.weighed = transformer, perception, scales, weights
        self.contents = keras.Model(perception.inputs, perception.output[CONTENT_TAP])

    def call(self, x: Any) -> Any:
        """Return the painted pictures of a batch of deals."""
        return self.transformer([x["content"], x["vector"]])

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the loss of one batch of deals; ``y`` is the teacher's picture where ``is_whole`` is 0."""
        got = self.perception(y_pred)
        wanted = ops.cast(self.contents(x["content"]), "float32")
        difference = (ops.cast(got[CONTENT_TAP], "float32") - wanted) / self.scales[CONTENT_TAP]
        content = ops.mean(ops.square(difference), axis=(1, 2, 3))
        own, mapped = self.manner(got, x, STYLE_TAPS), self.manner(got, x, MAPPED_TAPS)
        far = self._rooted(own / _USUAL[0]) + self._rooted(mapped / _USUAL[1])
        ground = spectral_distance(log_spectrum(y_pred), x["spectrum"])
        whole = (
            self.weighed.content * ops.log(content + 0.05)
            + 0.5 * ops.log(own + 0.02)
            + 0.5 * ops.log(mapped + 0.02)
            + self.weighed.far * 0.5 * far
            + self.weighed.ground * ground
        )
        lesser = 4.0 * ops.mean(ops.abs(y_pred - y), axis=(1, 2, 3))
        return ops.mean(ops.where(x["is_whole"][:, 0] > 0.5, whole, lesser))

    def manner(self, got: dict[str, Any], x: dict[str, Any], taps: tuple[str, ...]) -> Any:
        """Return the style loss, [N], over these taps against the Gram matrices in the batch."""
        total: Any = 0.0
        for tap in taps:
            total += ops.mean(ops.square(self._gram(got[tap], tap) - ops.cast(x[tap], "float32")), axis=(1, 2))
        return total

    def _gram(self, values: Any, tap: str) -> Any:
        # In the precision of the taps: a product of bfloat16 is summed in float32, and takes half the time.
        _, height, width, channels = values.shape
        flat = ops.reshape(values, (-1, height * width, channels))
        product = ops.cast(ops.matmul(ops.transpose(flat, (0, 2, 1)), flat), "float32")
        return product / (height * width * self.scales.get(tap, 1.0) ** 2)

    def _rooted(self, loss: Any) -> Any:
        return ops.where(loss < 1.0, loss, 2.0 * ops.sqrt(ops.maximum(loss, 1.0)) - 1.0)


def refining_batches(
    deals: TeacherPictures, library: StyleLibrary, own_vectors: Array, *, size: int, seed: int
) -> Callable[[int], Batch]:
    """Return the function from a step to its batch, by seed and step alone. ``own_vectors``: the head's, [N, 100]."""
    lesser = np.flatnonzero(np.asarray(deals.strengths) < 1.0)

    def batch(step: int) -> Batch:
        rng = np.random.default_rng([seed, 15, step])
        made = [_deal(rng, deals, library, own_vectors, lesser) for _ in range(size)]
        inputs = {name: np.stack([inputs[name] for inputs, _ in made]) for name in made[0][0]}
        return inputs, np.stack([painted for _, painted in made])

    return batch


def _deal(
    rng: np.random.Generator,
    deals: TeacherPictures,
    library: StyleLibrary,
    own_vectors: Array,
    lesser: NDArray[np.int64],
) -> Batch:
    """Return one deal; the teacher's picture matters only at the lesser strengths of the rows ``lesser``."""
    style, row = int(rng.integers(len(library))), int(rng.integers(len(deals)))
    is_lesser = len(lesser) > 0 and rng.random() < _LESSER
    if is_lesser:
        row = int(rng.choice(lesser))
    top, left = (int(v) for v in rng.integers(0, CONTENT_PX - REFINED_PX + 1, 2))
    is_flipped = rng.random() < 0.5
    # Never at lesser strength: at half its size the teacher's picture has not its style's grain any more.
    is_halved = rng.random() < _HALVED and not is_lesser

    def cut(picture: NDArray[np.uint8]) -> Array:
        if is_halved:
            part = np.asarray(picture, np.float32).reshape(REFINED_PX, 2, REFINED_PX, 2, 3).mean((1, 3))
        else:
            part = np.asarray(picture[top : top + REFINED_PX, left : left + REFINED_PX], np.float32)
        return (part[:, ::-1] if is_flipped else part) / np.float32(255.0)

    own = own_vectors[style] if rng.random() < _OWN else library.vectors[style]
    inputs: dict[str, NDArray[Any]] = {
        "content": cut(deals.contents[row]),
        "vector": np.asarray(deals.vectors[row] if is_lesser else own, np.float32),
        "is_whole": np.array([0.0 if is_lesser else 1.0], np.float32),
        "spectrum": library.spectra[style],
        **{tap: library.grams[tap][style] for tap in GRAM_TAPS},
    }
    return inputs, cut(deals.painted[row])
