"""The three networks that paint for the rival magenta, behind one face, each loaded once. Called by magenta.py."""

from __future__ import annotations

import functools
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import NetworkError, RivalError
from app.images import Picture
from app.networks import catalog, runtime, store

#: The side of the square of the painting that every predictor looks at.
STYLE_PX = 256
#: The only size of the int8 pair.
INT8_PX = 384
#: Mirrored around a picture before our own network paints it, and cut off again.
MARGIN_PX = 8


class Pass(Protocol):
    """One network that paints in one pass. `side_px`: the largest side it takes, None for any. `note`: see Report."""

    side_px: int | None
    note: str

    def style(self, style: Picture, own: Picture, strength: float) -> Any:
        """Return what `paint` needs to know of the style: `style` and `own` (of the photograph) are 256 x 256 x 3."""

    def paint(self, content: Picture, style: Any) -> Picture:
        """Paint a picture of any aspect, sides up to `side_px`; the result has its shape."""


def load_pass(network: str) -> Pass:
    """Return the pass for a network of the catalog; loaded once per file. Raises NetworkError."""
    path = store.find(network) or store.require(network)
    return _loaded(network, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=3)
def _loaded(network: str, mtime_ns: int) -> Pass:  # noqa: ARG001 - a file that changed is loaded anew
    if network == "magenta-hub":
        return HubPass()
    return Int8Pass() if network == "magenta-int8" else BuiltinPass()


class HubPass:
    """Magenta's full SavedModel through tensorflow_hub, at any size in one piece.

    Where its graph cannot be taken apart, `strength` mixes two pictures instead (in the manner of the photograph
    itself and of the painting), and `note` says so.
    """

    side_px: int | None = None

    def __init__(self) -> None:
        from app.networks.magenta_hub import MagentaHub

        self._network = MagentaHub(store.require("magenta-hub"))
        self.note = (
            ""
            if self._network.can_interpolate
            else "This SavedModel's style numbers cannot be reached: a strength below 1 mixes pictures instead."
        )

    def style(self, style: Picture, own: Picture, strength: float) -> Any:
        """See Pass."""
        if not self._network.can_interpolate:
            return style, own, strength
        if strength == 1:
            return self._network.style_numbers(style)
        from app.networks.magenta_hub import mix

        return mix(self._network.style_numbers(own), self._network.style_numbers(style), strength)

    def paint(self, content: Picture, style: Any) -> Picture:
        """See Pass."""
        if self._network.can_interpolate:
            painted = self._network.paint(content, style)
        else:
            painting, own, strength = style
            painted = self._network.stylize(content, painting)
            if strength < 1:
                painted = strength * painted + (1 - strength) * self._network.stylize(content, own)
        # The network halves the picture twice: sides that are no multiple of 4 come back a little larger.
        return np.asarray(painted[: content.shape[0], : content.shape[1]], np.float32)


class Int8Pass:
    """Magenta's int8 pair through LiteRT. The transfer is fixed at 384 x 384; narrower pictures are continued by
    their mirror image.
    """

    side_px: int | None = INT8_PX
    note = ""

    def __init__(self) -> None:
        folder = store.require("magenta-int8")
        predict, transfer = (file.file for file in catalog.network("magenta-int8").files)
        self._predict = runtime.interpreter(folder / predict)
        self._transfer = runtime.interpreter(folder / transfer)
        self._style_in = _index(self._predict.get_input_details(), (1, STYLE_PX, STYLE_PX, 3))
        self._style_out = _index(self._predict.get_output_details(), (1, 1, 1, 100))
        self._content_in = _index(self._transfer.get_input_details(), (1, INT8_PX, INT8_PX, 3))
        self._vector_in = _index(self._transfer.get_input_details(), (1, 1, 1, 100))
        self._picture_out = _index(self._transfer.get_output_details(), (1, INT8_PX, INT8_PX, 3))

    def vector(self, style: Picture) -> NDArray[np.float32]:
        """Return the 100 numbers, float32 [1, 1, 1, 100], of a 256 x 256 picture."""
        self._predict.set_tensor(self._style_in, np.ascontiguousarray(style[None], np.float32))
        self._predict.invoke()
        return np.asarray(self._predict.get_tensor(self._style_out), np.float32)

    def style(self, style: Picture, own: Picture, strength: float) -> Any:
        """See Pass."""
        return _between(self.vector, style, own, strength)

    def paint(self, content: Picture, style: Any) -> Picture:
        """See Pass."""
        height, width = content.shape[:2]
        self._transfer.set_tensor(self._content_in, np.ascontiguousarray(_mirrored(content, INT8_PX)[None], np.float32))
        self._transfer.set_tensor(self._vector_in, style)
        self._transfer.invoke()
        top, left = (INT8_PX - height) // 2, (INT8_PX - width) // 2
        painted = self._transfer.get_tensor(self._picture_out)[0]
        return np.asarray(painted[top : top + height, left : left + width], np.float32)


class BuiltinPass:
    """Our own stylizer, at any size in one piece, in one compiled graph."""

    side_px: int | None = None
    note = ""

    def __init__(self) -> None:
        store.require("builtin-stylizer")
        from app.networks import stylizer

        tf = runtime.tensorflow()
        transformer, predictor = stylizer.load_transformer(), stylizer.load_predictor()
        self._multiple = stylizer.MULTIPLE_PX
        any_size = tf.TensorSpec([1, None, None, 3], tf.float32)
        vector = tf.TensorSpec([1, stylizer.STYLE_NUMBERS], tf.float32)
        self._predict = tf.function(lambda picture: predictor(picture, training=False), input_signature=[any_size])
        self._transfer = tf.function(
            lambda content, style: transformer([content, style], training=False), input_signature=[any_size, vector]
        )
        self._constant = tf.constant
        self._memory_errors = (tf.errors.ResourceExhaustedError, MemoryError)

    def style(self, style: Picture, own: Picture, strength: float) -> Any:
        """See Pass."""
        return _between(lambda picture: self._predict(self._constant(picture[None])).numpy(), style, own, strength)

    def paint(self, content: Picture, style: Any) -> Picture:
        """See Pass."""
        height, width = content.shape[:2]
        down, right = (-(side + 2 * MARGIN_PX) % self._multiple for side in (height, width))
        framed = np.pad(content, ((MARGIN_PX, MARGIN_PX + down), (MARGIN_PX, MARGIN_PX + right), (0, 0)), "symmetric")
        try:
            painted = self._transfer(self._constant(framed[None]), self._constant(style)).numpy()[0]
        except self._memory_errors:
            raise RivalError("There is not enough memory for a picture of this size; choose a smaller one.") from None
        return np.asarray(painted[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width], np.float32)


def _between(vector_of: Any, style: Picture, own: Picture, strength: float) -> Any:
    """Interpolate from the photograph's own style vector to the painting's; one prediction at the ends."""
    if strength == 1:
        return vector_of(style)
    if strength == 0:
        return vector_of(own)
    return ((1 - strength) * vector_of(own) + strength * vector_of(style)).astype(np.float32)


def _mirrored(content: Picture, side: int) -> Picture:
    """Continue a picture on all sides by its mirror image to a square."""
    missing = [side - length for length in content.shape[:2]]
    if max(missing) == 0:
        return content
    around = [(lack // 2, lack - lack // 2) for lack in missing]
    return np.pad(content, (*around, (0, 0)), mode="symmetric")


def _index(details: list[dict[str, Any]], shape: tuple[int, ...]) -> int:
    """Find a tensor by its shape. Raises NetworkError if the file is another network than expected."""
    for detail in details:
        if tuple(int(side) for side in detail["shape"]) == shape:
            return int(detail["index"])
    raise NetworkError(f"The network file has no tensor of the shape {shape}: it is not Magenta's.")
