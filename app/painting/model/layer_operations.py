"""Arranging: what the layers come to when one is added, copied, placed, removed, merged or moved. For the drawing.

Every function takes the layers as they lie, the lowest first, and raises PictureError where something cannot be.
"""

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF

from app.errors import PictureError
from app.images import to_png
from app.painting.model.layers import MAX_LAYERS, MAX_PLACED_BYTES, Arrangement, Layer, Placed
from app.painting.model.stroke import Stroke

Layers = tuple[Layer, ...]

# More pixels than this to one of the drawing would only make its file larger.
_FINEST = 2.0


def added(layers: Layers, active: int, new: int, name: str) -> Arrangement:
    """With an empty layer above the active one."""
    return Arrangement(_with(layers, active, Layer(new, name or _unused_name(layers, new))), title="Add a layer")


def copied(layers: Layers, layer: int, new: int) -> Arrangement:
    """With a copy of a layer above it."""
    source = next(each for each in layers if each.id == layer)
    copy = replace(source, id=new, name=f"{source.name} copy")
    return Arrangement(_with(layers, layer, copy), title=f"Duplicate “{source.name}”", copied=(layer, new))


def placed(layers: Layers, active: int, new: int, packed: Placed, title: str) -> Arrangement:
    """With a packed picture on a layer of its own above the active one."""
    layer = Layer(new, title or _unused_name(layers, new))
    picture = replace(packed, layer=new)
    return Arrangement(_with(layers, active, layer), title=f"Place “{layer.name}”", placed=(picture,))


def packed(rgba: NDArray[np.uint8], size: tuple[int, int], rect: QRectF | None = None, *, title: str = "") -> Placed:
    """A picture, uint8 [H, W, 4] with straight alpha, as it is placed on a drawing of some size, on any layer.

    It lies in `rect` (drawing px), or as large as it fits, in the middle. Packing a large one takes a while.
    """
    if rgba.ndim != 3 or rgba.shape[2] != 4 or rgba.size == 0:
        raise PictureError("A picture without any pixels cannot be placed.")
    height, width = rgba.shape[:2]
    if rect is None:
        fit = min(size[0] / width, size[1] / height)
        rect = QRectF((size[0] - width * fit) / 2, (size[1] - height * fit) / 2, width * fit, height * fit)
    finest = _FINEST * max(rect.width() / width, rect.height() / height, max(size) / max(width, height) / 8)
    if finest < 1:
        rgba = _smaller(rgba, max(1, round(width * finest)), max(1, round(height * finest)))
    png = to_png(rgba)
    if len(png) > MAX_PLACED_BYTES:
        raise PictureError(f"The picture “{title}” is too large to be placed.")
    return Placed(0, png, rect.x(), rect.y(), rect.width(), rect.height())


def removed(layers: Layers, layer: int) -> Arrangement:
    """Without a layer."""
    if len(layers) == 1:
        raise PictureError("The last layer stays: a drawing needs one.")
    name = next(each.name for each in layers if each.id == layer)
    return Arrangement(tuple(each for each in layers if each.id != layer), title=f"Delete “{name}”")


def merged(layers: Layers, position: int) -> Arrangement:
    """With the layer at a position painted onto the one beneath."""
    if position == 0:
        raise PictureError("There is no layer beneath to merge with.")
    upper, lower = layers[position], layers[position - 1]
    for layer in (upper, lower):
        if not layer.is_visible:
            raise PictureError(f"The layer “{layer.name}” is hidden: show it to merge it.")
    # Its opacity goes into its pixels, so that those of the upper one are not thinned by it.
    after = (*layers[: position - 1], replace(lower, opacity=1.0), *layers[position + 1 :])
    return Arrangement(after, title=f"Merge “{upper.name}” down", merged=(upper.id, lower.id))


def moved(layers: Layers, layer: int, position: int) -> Arrangement:
    """With a layer at another position, 0 the lowest."""
    mover = next(each for each in layers if each.id == layer)
    others = [each for each in layers if each.id != layer]
    others.insert(min(max(position, 0), len(others)), mover)
    return Arrangement(tuple(others), title=f"Move “{mover.name}”")


def title_of_change(layer: Layer, changes: Mapping[str, Any]) -> str:
    """What a history calls a change of a layer."""
    name = f"“{layer.name}”"
    if "is_visible" in changes:
        return f"Show {name}" if changes["is_visible"] else f"Hide {name}"
    if "is_alpha_locked" in changes:
        return f"Lock {name}" if changes["is_alpha_locked"] else f"Unlock {name}"
    if "opacity" in changes:
        return f"Opacity of {name}: {changes['opacity']:.0%}"
    if "blend" in changes:
        return f"Blend {name}: {changes['blend']}"
    return f"Rename {name}"


def check_paintable(layer: Layer, head: Stroke) -> None:
    """See whether a stroke can begin on a layer. Raises PictureError where it cannot."""
    if head.mode != "clear" and not layer.is_visible:
        raise PictureError(f"The layer “{layer.name}” is hidden: show it to paint on it.")
    if head.mode == "erase" and layer.is_alpha_locked:
        raise PictureError(f"The shape of the layer “{layer.name}” is locked: unlock it to erase.")


def _unused_name(layers: Layers, new: int) -> str:
    """A name for a new layer: by its number, or the next one that no layer has in its name."""
    names = {layer.name for layer in layers}
    return next(name for number in itertools.count(new + 1) if (name := f"Layer {number}") not in names)


def _with(layers: Layers, beneath: int, new: Layer) -> Layers:
    if len(layers) >= MAX_LAYERS:
        raise PictureError(f"A drawing has at most {MAX_LAYERS} layers.")
    at = next((number for number, each in enumerate(layers) if each.id == beneath), len(layers) - 1) + 1
    return (*layers[:at], new, *layers[at:])


def _smaller(rgba: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    from PIL import Image

    # Multiplied by alpha while it shrinks: what cannot be seen must not bleed into what can.
    image = Image.fromarray(rgba).convert("RGBa").resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    return np.asarray(image.convert("RGBA"))
