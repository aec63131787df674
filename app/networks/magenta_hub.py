"""Magenta's full SavedModel (magenta-hub), taken apart so that its style numbers can be interpolated.

The module offers only pictures in, picture out. But whatever the style picture contributes crosses, somewhere in its
graph, from operations that know the style alone to operations that also know the content; those tensors are the style.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import NetworkError
from app.networks import runtime
from app.networks.graph_check import saved_model_faults

#: The module's names for content, style and result.
CONTENT, STYLE, RESULT = "placeholder", "placeholder_1", "output_0"

Array = NDArray[np.float32]


class MagentaHub:
    """The SavedModel as two functions, `style_numbers` and `paint`; or, if it cannot be taken apart, as one.

    `can_interpolate` says which. In Magenta's graph the tensors that cross are the scales and shifts of every
    instance normalisation, affine functions of the 100 style numbers: interpolating the ones is interpolating
    the others (Ghiasi et al. 2017, identity interpolation).
    """

    def __init__(self, folder: Path) -> None:
        """Load with tensorflow_hub. Raises NetworkError if that is missing or the folder holds something else.

        What the graph would do is looked at before: TensorFlow runs some of it while it loads.
        """
        try:
            refused = saved_model_faults((folder / "saved_model.pb").read_bytes())
        except OSError as error:
            raise NetworkError(f"{folder} is not Magenta's SavedModel or is damaged ({error.strerror}).") from None
        if refused:
            raise NetworkError(f"{folder} is not Magenta's SavedModel: {refused[0]}")
        self._tf = tf = runtime.tensorflow()
        try:
            # Kept, since its variables live only as long as it does.
            self._module = runtime.hub().load(str(folder))
            self._signature = self._module.signatures["serving_default"]
            inputs = self._signature.structured_input_signature[1]
        except (OSError, ValueError, KeyError, AttributeError, tf.errors.OpError) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise NetworkError(f"{folder} is not Magenta's SavedModel or is damaged ({reason}).") from None
        if set(inputs) != {CONTENT, STYLE} or set(self._signature.structured_outputs) != {RESULT}:
            raise NetworkError(f"{folder} is not Magenta's SavedModel: it takes {', '.join(sorted(inputs))}.")
        self._halves = _halves(tf, self._signature)

    @property
    def can_interpolate(self) -> bool:
        """Whether `style_numbers` and `paint` work."""
        return self._halves is not None

    def stylize(self, content: Array, style: Array) -> Array:
        """Paint H x W x 3 in the manner of 256 x 256 x 3, both float32 in [0, 1], with the module as it is."""
        constant = self._tf.constant
        outputs = self._signature(**{CONTENT: constant(content[None]), STYLE: constant(style[None])})
        return np.asarray(outputs[RESULT].numpy()[0], np.float32)

    def style_numbers(self, style: Array) -> list[NDArray[Any]]:
        """Return everything that a style picture, 256 x 256 x 3, contributes to the result."""
        numbers, _ = self._need_halves()
        crossing = numbers(self._tf.constant(style[None]))
        return [np.asarray(tensor.numpy()) for tensor in crossing]

    def paint(self, content: Array, numbers: Sequence[NDArray[Any]]) -> Array:
        """Paint H x W x 3 with what `style_numbers` returned, or a mixture of it."""
        _, result = self._need_halves()
        constant = self._tf.constant
        (painted,) = result(constant(content[None]), *(constant(tensor) for tensor in numbers))
        return np.asarray(painted.numpy()[0], np.float32)

    def _need_halves(self) -> tuple[Any, Any]:
        if self._halves is None:
            raise NetworkError("This SavedModel cannot be taken apart into style and picture.")
        return self._halves


def _halves(tf: Any, signature: Any) -> tuple[Any, Any] | None:
    """Split the graph where style meets content; None if it has no such place."""
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    try:
        # Freezing also inlines the functions that a SavedModel nests its graph in.
        frozen = convert_variables_to_constants_v2(signature)
    except (ValueError, NotImplementedError, tf.errors.OpError):
        return None
    inputs = {tensor.op.name.rsplit("/", 1)[-1]: tensor for tensor in frozen.inputs}
    if set(inputs) != {CONTENT, STYLE}:
        return None
    knows_content = _descendants(inputs[CONTENT].op)
    knows_style = _descendants(inputs[STYLE].op)
    (result,) = frozen.outputs
    crossing = [
        tensor
        for operation in frozen.graph.get_operations()
        if operation in knows_style and operation not in knows_content
        for tensor in operation.outputs
        if any(consumer in knows_content for consumer in tensor.consumers())
    ]
    if not crossing or result.op not in knows_content or any(tensor is inputs[STYLE] for tensor in crossing):
        return None
    return (
        frozen.prune([inputs[STYLE]], crossing),
        frozen.prune([inputs[CONTENT], *crossing], [result]),
    )


def _descendants(operation: Any) -> set[Any]:
    """Every operation that depends on this one, itself included."""
    reached = {operation}
    front = [operation]
    while front:
        for tensor in front.pop().outputs:
            fresh = [consumer for consumer in tensor.consumers() if consumer not in reached]
            reached.update(fresh)
            front.extend(fresh)
    return reached
