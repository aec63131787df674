"""The classic method in its simplest form, to compare backbones by: Gatys et al. 2016, in pure Keras 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.networks.stylizer import STYLE_TAPS

Array = NDArray[np.float32]

CONTENT_TAP = "relu4_2"


def gram(features: Any) -> Any:
    """Return the Gram matrices [N, c, c] of features [N, h, w, c], divided by h x w."""
    _, height, width, channels = features.shape
    flat = ops.reshape(ops.cast(features, "float32"), (-1, height * width, channels))
    return ops.matmul(ops.transpose(flat, (0, 2, 1)), flat) / (height * width)


class Yardstick:
    """Content and style loss of finished pictures, measured with one network."""

    def __init__(
        self,
        network: keras.Model,
        scales: dict[str, float] | None = None,
        *,
        style_taps: Sequence[str] = STYLE_TAPS,
    ) -> None:
        """``scales``: what each tap is divided by; nothing if it is not named."""
        self._network, self._scales, self._style_taps = network, scales or {}, style_taps

    def taps(self, pictures: Array) -> dict[str, Any]:
        """Return the scaled taps of pictures, float32 [N, H, W, 3]."""
        taps = self._network.predict_on_batch(pictures)
        return {tap: ops.convert_to_tensor(v, "float32") / self._scales.get(tap, 1.0) for tap, v in taps.items()}

    def content_loss(self, picture: Array, content: Array) -> float:
        """Return the mean squared difference at relu4_2 of two pictures, float32 [H, W, 3]."""
        first, second = self.taps(picture[None])[CONTENT_TAP], self.taps(content[None])[CONTENT_TAP]
        return float(ops.mean(ops.square(first - second)))

    def style_loss(self, picture: Array, style: Array) -> float:
        """Return the sum over relu1_1 ... relu5_1 of the mean squared differences of Gram matrices."""
        first, second = self.taps(picture[None]), self.taps(style[None])
        return float(sum(ops.mean(ops.square(gram(first[tap]) - gram(second[tap]))) for tap in self._style_taps))


class TrainedPicture(keras.Model):
    """A picture that is trained itself, against the taps of a content and the Gram matrices of a style."""

    def __init__(
        self,
        network: keras.Model,
        scales: dict[str, float] | None = None,
        *,
        side_px: int,
        style_weight: float = 30.0,
        variation_weight: float = 1.0,
        rate: float = 0.03,
    ) -> None:
        super().__init__()
        self._yardstick = Yardstick(network, scales)
        self._network, self._scales = network, scales or {}
        self._style_weight, self._variation_weight, self._rate = style_weight, variation_weight, rate
        self.canvas = self.add_weight(shape=(1, side_px, side_px, 3), initializer="zeros", name="canvas")
        blank = self._yardstick.taps(np.zeros((1, side_px, side_px, 3), np.float32))
        self.goal = self.add_weight(shape=tuple(blank[CONTENT_TAP].shape), trainable=False, name="content")
        self.manners = {
            tap: self.add_weight(shape=(1, *[blank[tap].shape[-1]] * 2), trainable=False, name=f"style_{tap}")
            for tap in STYLE_TAPS
        }
        network.trainable = False
        self.compile(optimizer=keras.optimizers.Adam(rate))

    def call(self, x: Any) -> Any:
        """Return the taps of the canvas; the input only keeps Keras company."""
        del x
        return self._network(ops.clip(self.canvas, 0.0, 1.0))

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return content, style and total variation loss of the canvas."""
        del x, y
        taps = {tap: v / self._scales.get(tap, 1.0) for tap, v in y_pred.items()}
        total = ops.mean(ops.square(taps[CONTENT_TAP] - self.goal))
        for tap in STYLE_TAPS:
            total += self._style_weight * ops.mean(ops.square(gram(taps[tap]) - self.manners[tap]))
        rows, columns = self.canvas[:, 1:] - self.canvas[:, :-1], self.canvas[:, :, 1:] - self.canvas[:, :, :-1]
        return total + self._variation_weight * (ops.mean(ops.square(rows)) + ops.mean(ops.square(columns)))

    def paint(self, content: Array, style: Array, *, steps: int) -> Array:
        """Return the picture, float32 [side, side, 3], after so many steps of Adam from the bare photograph."""
        for variable in self.optimizer.variables:
            if "learning_rate" not in variable.path:
                variable.assign(ops.zeros_like(variable))
        self.canvas.assign(content[None])
        self.goal.assign(self._yardstick.taps(content[None])[CONTENT_TAP])
        taps = self._yardstick.taps(style[None])
        for tap, manner in self.manners.items():
            manner.assign(gram(taps[tap]))
        nothing = np.zeros((1, 1), np.float32)
        for _ in range(steps):
            self.train_on_batch(nothing)
        return np.clip(np.asarray(ops.convert_to_numpy(self.canvas[0]), np.float32), 0.0, 1.0)
