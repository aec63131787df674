"""The three networks that paint for the rival magenta, behind one face, each loaded once."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.errors import NetworkError
from app.images import Picture
from app.networks import catalog, runtime, store

#: The side of the square of the painting that every predictor looks at.
STYLE_PX = 256
#: The only size of the int8 pair.
INT8_PX = 384
#: The largest side that the other networks are given at a time.
LARGE_PX = 768
#: Mirrored around a picture before our own network paints it, and cut off again.
MARGIN_PX = 8


#: What a network knows of a style: as many arrays as it likes, alike for all styles.
Numbers = list[NDArray[Any]]


class Pass(Protocol):
    """One network that paints in one pass.

    `side_px` is the largest side it is given, so that its memory is bounded and a stop is heeded soon; `can_mix` says
    whether numbers of several styles can be mixed; `note`: see Report.
    """

    side_px: int
    can_mix: bool
    note: str

    def numbers(self, square: Picture) -> Numbers:
        """Return what `paint` needs to know of a style, from a picture of 256 x 256 x 3."""

    def paint(self, content: Picture, numbers: Numbers) -> Picture:
        """Paint a picture of any aspect, sides up to `side_px`; the result has its shape."""


def mixed(parts: Sequence[tuple[float, Numbers]]) -> Numbers:
    """Mix the numbers of several styles by their shares, which add up to 1 (Ghiasi et al. 2017).

    Whole numbers among them (sizes) are the same in all and stay.
    """
    _, first = parts[0]
    if len(parts) == 1:
        return first
    mixture: Numbers = []
    for place, tensor in enumerate(first):
        if np.issubdtype(tensor.dtype, np.floating):
            tensor = np.sum([share * numbers[place] for share, numbers in parts], axis=0).astype(tensor.dtype)
        mixture.append(tensor)
    return mixture


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
    """Magenta's full SavedModel through tensorflow_hub.

    Where its graph cannot be taken apart, its numbers are the style picture itself, and what would be a mixture of
    numbers has to be one of painted pictures; `note` says so.
    """

    side_px = LARGE_PX

    def __init__(self) -> None:
        from app.networks.magenta_hub import MagentaHub

        self._network = MagentaHub(store.require("magenta-hub"))
        self.can_mix = self._network.can_interpolate
        self.note = (
            ""
            if self.can_mix
            else "This SavedModel's style numbers cannot be reached: what lies between two styles mixes pictures."
        )

    def numbers(self, square: Picture) -> Numbers:
        """See Pass."""
        return self._network.style_numbers(square) if self.can_mix else [square]

    def paint(self, content: Picture, numbers: Numbers) -> Picture:
        """See Pass."""
        paint = self._network.paint(content, numbers) if self.can_mix else self._network.stylize(content, numbers[0])
        # The network halves the picture twice: sides that are no multiple of 4 come back a little larger.
        return np.asarray(paint[: content.shape[0], : content.shape[1]], np.float32)


class Int8Pass:
    """Magenta's int8 pair through LiteRT. The transfer is fixed at 384 x 384; narrower pictures are continued by
    their mirror image.
    """

    side_px = INT8_PX
    can_mix = True
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

    def numbers(self, square: Picture) -> Numbers:
        """See Pass: the 100 numbers, float32 [1, 1, 1, 100]."""
        self._predict.set_tensor(self._style_in, np.ascontiguousarray(square[None], np.float32))
        self._predict.invoke()
        return [np.asarray(self._predict.get_tensor(self._style_out), np.float32)]

    def paint(self, content: Picture, numbers: Numbers) -> Picture:
        """See Pass."""
        height, width = content.shape[:2]
        self._transfer.set_tensor(self._content_in, np.ascontiguousarray(_mirrored(content, INT8_PX)[None], np.float32))
        self._transfer.set_tensor(self._vector_in, numbers[0])
        self._transfer.invoke()
        top, left = (INT8_PX - height) // 2, (INT8_PX - width) // 2
        painted = self._transfer.get_tensor(self._picture_out)[0]
        return np.asarray(painted[top : top + height, left : left + width], np.float32)


class BuiltinPass:
    """Our own stylizer, in one compiled graph for all sizes."""

    side_px = LARGE_PX
    can_mix = True
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

    def numbers(self, square: Picture) -> Numbers:
        """See Pass: the 100 numbers, float32 [1, 100]."""
        return [self._predict(self._constant(square[None])).numpy()]

    def paint(self, content: Picture, numbers: Numbers) -> Picture:
        """See Pass."""
        height, width = content.shape[:2]
        down, right = (-(side + 2 * MARGIN_PX) % self._multiple for side in (height, width))
        framed = np.pad(content, ((MARGIN_PX, MARGIN_PX + down), (MARGIN_PX, MARGIN_PX + right), (0, 0)), "symmetric")
        painted = self._transfer(self._constant(framed[None]), self._constant(numbers[0])).numpy()[0]
        return np.asarray(painted[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width], np.float32)


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
