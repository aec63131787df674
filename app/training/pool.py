"""Pictures that an optimiser is painting on the student itself: what the student must not be wrong about.

Whoever optimises a picture on a network drives it where that network errs. As in DAgger (Ross, Gordon and Bagnell 2011)
the student is therefore trained where its own optimisation leads.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from app.errors import NetworkError
from app.networks.backbone import TAPS
from app.networks.stylizer import STYLE_TAPS
from app.training.gatys import CONTENT_TAP, gram

Array = NDArray[np.float32]
Draw = Callable[[np.random.Generator], Array]

#: A picture is let go after so many steps of its optimiser, at least and at most.
LIFE = (15, 150)
_FIRST_DECAY, _SECOND_DECAY, _TINY = 0.9, 0.999, 1e-7


class Slope(keras.Model):
    """The gradient of the Gatys loss by the picture, for a batch of pictures with goals of their own.

    Keras has no gradients by the input on all its backends alike: so a change, always 0 at first, is added to the
    pictures and is the only thing to be trained; one step of plain descent at rate 1 leaves the negative gradient.
    """

    def __init__(self, network: keras.Model, *, pictures: int, side_px: int) -> None:
        super().__init__()
        network.trainable = False
        self.network = network
        self.change = self.add_weight(shape=(pictures, side_px, side_px, 3), initializer="zeros", name="change")
        self.compile(optimizer=keras.optimizers.SGD(1.0))

    def call(self, x: dict[str, Any]) -> Any:
        """Return the taps of the pictures."""
        return self.network(ops.clip(x["pictures"] + self.change, 0.0, 1.0))

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the sum of the pictures' losses: content, style and total variation, each by its own weight."""
        del y
        pictures, weights = x["pictures"] + self.change, ops.transpose(x["weights"])
        loss = weights[0] * ops.mean(ops.square(ops.cast(y_pred[CONTENT_TAP], "float32") - x["content"]), (1, 2, 3))
        for tap in STYLE_TAPS:
            loss += weights[1] * ops.mean(ops.square(gram(y_pred[tap]) - x[tap]), (1, 2))
        rows, columns = pictures[:, 1:] - pictures[:, :-1], pictures[:, :, 1:] - pictures[:, :, :-1]
        loss += weights[2] * (ops.mean(ops.square(rows), (1, 2, 3)) + ops.mean(ops.square(columns), (1, 2, 3)))
        return ops.sum(loss)

    def gradient(self, x: dict[str, Array]) -> Array:
        """Return the gradient by the pictures, float32 [pictures, side, side, 3].

        ``x``: "pictures"; "content", the taps wanted at relu4_2; of every style tap the Gram matrices wanted; and
        "weights" [pictures, 3] of content, style and total variation.
        """
        self.change.assign(ops.zeros_like(self.change))
        self.train_on_batch(x)
        return -np.asarray(ops.convert_to_numpy(ops.copy(self.change)), np.float32)

    def goals(self, contents: Array, styles: Array) -> dict[str, Array]:
        """Return the content taps and Gram matrices that ``gradient`` takes."""
        taps = self.network.predict_on_batch(styles)
        goals = {tap: np.asarray(ops.convert_to_numpy(gram(ops.convert_to_tensor(taps[tap])))) for tap in STYLE_TAPS}
        return {"content": np.asarray(self.network.predict_on_batch(contents)[CONTENT_TAP], np.float32), **goals}


class Pool:
    """``size`` pictures under way, each with its own deal, weights, rate, Adam and length of life."""

    def __init__(
        self,
        network: keras.Model,
        *,
        contents: Draw,
        styles: Draw,
        size: int,
        pictures: int,
        side_px: int,
        seed: int,
        path: Path | None = None,
    ) -> None:
        """``network``: the student's twin, rectified; ``pictures``: how many are moved at a time.

        ``contents`` and ``styles`` draw float32 [side_px, side_px, 3]; ``path``: where the pool is kept when saved.
        Raises NetworkError if what lies at ``path`` is damaged or of another shape.
        """
        self._slope = Slope(network, pictures=pictures, side_px=side_px)
        self._network, self._contents, self._styles = network, contents, styles
        self._pictures, self._seed, self._path = pictures, seed, path
        taps = {tap: network.output[tap].shape[-1] for tap in TAPS}
        deep = network.compute_output_shape((1, side_px, side_px, 3))[CONTENT_TAP][1:]
        picture = (size, side_px, side_px, 3)
        self._kept: dict[str, NDArray[Any]] = {
            "pictures": np.zeros(picture, np.float32),
            "first": np.zeros(picture, np.float32),
            "second": np.zeros(picture, np.float32),
            "content": np.zeros((size, *deep), np.float32),
            **{tap: np.zeros((size, taps[tap], taps[tap]), np.float32) for tap in STYLE_TAPS},
            "weights": np.zeros((size, 3), np.float32),
            "rate": np.zeros(size, np.float32),
            "age": np.zeros(size, np.int64),
            "life": np.zeros(size, np.int64),
        }
        if path is not None and path.exists():
            self._resume(path)

    def follow(self, student: keras.Model) -> None:
        """Take over the student's weights."""
        for own, theirs in zip(self._network.weights, student.weights, strict=True):
            own.assign(theirs)

    def move(self, step: int) -> Array:
        """Move some pictures by a step of Adam and return them, float32 [pictures, side, side, 3] in [0, 1].

        Those whose life is over begin anew first, as something else.
        """
        kept, rng = self._kept, np.random.default_rng([self._seed, 5, step])
        chosen = rng.choice(len(kept["age"]), self._pictures, replace=False)
        spent = [int(i) for i in chosen if kept["age"][i] >= kept["life"][i]]
        if spent:
            self._begin(spent, rng)
        gradient = self._slope.gradient(
            {name: kept[name][chosen] for name in ("pictures", "content", *STYLE_TAPS, "weights")}
        )
        kept["age"][chosen] += 1
        age = kept["age"][chosen][:, None, None, None].astype(np.float32)
        first = _FIRST_DECAY * kept["first"][chosen] + (1 - _FIRST_DECAY) * gradient
        second = _SECOND_DECAY * kept["second"][chosen] + (1 - _SECOND_DECAY) * gradient**2
        kept["first"][chosen], kept["second"][chosen] = first, second
        mean, spread = first / (1 - _FIRST_DECAY**age), np.sqrt(second / (1 - _SECOND_DECAY**age))
        kept["pictures"][chosen] -= kept["rate"][chosen][:, None, None, None] * mean / (spread + _TINY)
        return np.clip(kept["pictures"][chosen], 0.0, 1.0, dtype=np.float32)

    def _begin(self, places: list[int], rng: np.random.Generator) -> None:
        """Deal anew: mostly a photograph towards a painting; at times without the content, or out of noise."""
        kept = self._kept
        for i in places:
            content, style = self._contents(rng), self._styles(rng)
            for name, goal in self._slope.goals(content[None], style[None]).items():
                kept[name][i] = goal[0]
            kind = rng.random()
            blank = np.clip(rng.normal(rng.random(3), rng.uniform(0.0, 0.3), content.shape), 0, 1)
            kept["pictures"][i] = blank if kind < 0.15 else content
            bound = 0.0 if kind < 0.3 else 1.0
            kept["weights"][i] = bound, 10.0 ** rng.uniform(0.8, 2.5), rng.choice([0.0, 1.0, 10.0])
            kept["rate"][i] = 10.0 ** rng.uniform(-2.0, -1.3)
            kept["first"][i] = kept["second"][i] = 0.0
            kept["age"][i], kept["life"][i] = 0, rng.integers(*LIFE, endpoint=True)

    def save(self) -> None:
        """Keep the pool beside the training's state, so that it can be taken up again."""
        if self._path is not None:
            draft = self._path.with_suffix(".pool-draft")
            save_file(self._kept, draft)
            draft.replace(self._path)

    def _resume(self, path: Path) -> None:
        try:
            kept = load_file(path)
            if {k: v.shape for k, v in kept.items()} != {k: v.shape for k, v in self._kept.items()}:
                raise ValueError("other shapes")
        except (OSError, ValueError, SafetensorError) as error:
            raise NetworkError(f"The pictures under way in {path} do not fit: {error}") from error
        self._kept = {k: np.array(v) for k, v in kept.items()}
