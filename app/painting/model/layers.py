"""Layers: what a drawing's sheets are called, how they lie and how they show."""

import base64
import binascii
import json
import math
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from app.errors import JournalError

Blend = Literal["normal", "multiply", "screen", "overlay"]
BLENDS: tuple[Blend, ...] = get_args(Blend)
MAX_LAYERS = 32
MAX_NAME_LENGTH = 80
MAX_PLACED_BYTES = 48 * 2**20


@dataclass(frozen=True)
class Layer:
    """One sheet of a drawing; its pixels are the surface's affair.

    Attributes:
        id: 0 or more; never used again in the same drawing.
        name: for people.
        opacity: 0..1.
        blend: how its paint meets what lies beneath.
        is_visible: whether it shows.
        is_alpha_locked: whether strokes only colour what has been painted, and leave its shape alone.

    Raises:
        ValueError: a number or word out of its range.
    """

    id: int = 0
    name: str = "Paint"
    opacity: float = 1.0
    blend: Blend = "normal"
    is_visible: bool = True
    is_alpha_locked: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.id < 2**31:
            raise ValueError("a layer's id must be 0 to 2^31-1")
        if not (math.isfinite(self.opacity) and 0.0 <= self.opacity <= 1.0):
            raise ValueError("opacity must be 0 to 1")
        if self.blend not in BLENDS:
            raise ValueError(f"blend must be one of {', '.join(BLENDS)}")
        if len(self.name) > MAX_NAME_LENGTH:
            object.__setattr__(self, "name", self.name[:MAX_NAME_LENGTH])


FIRST_LAYER = Layer()


@dataclass(frozen=True)
class Placed:
    """A picture laid onto a layer.

    Attributes:
        layer: the layer's id; the arrangement that brings the picture has that layer.
        png: the picture, 8 bit, with or without alpha.
        left, top, width, height: where it lies, in drawing px; it is scaled to fit.
    """

    layer: int
    png: bytes
    left: float
    top: float
    width: float
    height: float

    def __post_init__(self) -> None:
        numbers = (self.left, self.top, self.width, self.height)
        if not all(math.isfinite(number) and abs(number) <= 65_536 for number in numbers):
            raise ValueError("a placed picture lies too far out")
        if self.width <= 0 or self.height <= 0:
            raise ValueError("a placed picture needs a size")
        if len(self.png) > MAX_PLACED_BYTES:
            raise ValueError("a placed picture is too large")


@dataclass(frozen=True)
class Arrangement:
    """All layers as they lie after a change, the lowest first. An entry of a drawing, as a stroke is one.

    Attributes:
        layers: 1..32, each id once.
        title: what was done, for the history ("Add a layer").
        copied: (source, target): the target was new and got the source's pixels.
        merged: (upper, lower): the upper was painted onto the lower, and is gone.
        placed: pictures that were laid onto layers that were new, each on its own.

    Raises:
        ValueError: layers that cannot lie so.
    """

    layers: tuple[Layer, ...] = (FIRST_LAYER,)
    title: str = "Arrange the layers"
    copied: tuple[int, int] | None = None
    merged: tuple[int, int] | None = None
    placed: tuple[Placed, ...] = ()

    def __post_init__(self) -> None:
        ids = [layer.id for layer in self.layers]
        if not 1 <= len(ids) <= MAX_LAYERS:
            raise ValueError(f"a drawing has 1 to {MAX_LAYERS} layers")
        if len(set(ids)) != len(ids):
            raise ValueError("a layer is there twice")
        for wanted in (self.copied and self.copied[1], self.merged and self.merged[1]):
            if wanted is not None and wanted not in ids:
                raise ValueError("a layer is not there")
        if not {placed.layer for placed in self.placed} <= set(ids):
            raise ValueError("a layer is not there")

    def to_record(self) -> bytes:
        """As bytes (JSON); `from_record` reads them."""
        facts: dict[str, Any] = {
            "layers": [
                {
                    "id": layer.id,
                    "name": layer.name,
                    "opacity": layer.opacity,
                    "blend": layer.blend,
                    "is_visible": layer.is_visible,
                    "is_alpha_locked": layer.is_alpha_locked,
                }
                for layer in self.layers
            ],
            "title": self.title,
        }
        if self.copied is not None:
            facts["copied"] = list(self.copied)
        if self.merged is not None:
            facts["merged"] = list(self.merged)
        if self.placed:
            facts["placed"] = [
                {
                    "layer": placed.layer,
                    "png": base64.b64encode(placed.png).decode(),
                    "rect": [placed.left, placed.top, placed.width, placed.height],
                }
                for placed in self.placed
            ]
        return json.dumps(facts, separators=(",", ":")).encode()

    @classmethod
    def from_record(cls, record: bytes) -> "Arrangement":
        """The arrangement of a record. Raises JournalError where the bytes are none."""
        try:
            facts = json.loads(record)
            placed = facts.get("placed", [])
            return cls(
                layers=tuple(_layer(each) for each in facts["layers"]),
                title=str(facts["title"])[:200],
                copied=_pair(facts.get("copied")),
                merged=_pair(facts.get("merged")),
                # One picture may stand by itself.
                placed=tuple(map(_placed, [placed] if isinstance(placed, dict) else placed)),
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise JournalError(f"The layers of the drawing cannot be read: {error}.") from error

    def find(self, layer: int) -> Layer | None:
        """The layer of an id."""
        return next((each for each in self.layers if each.id == layer), None)


def changed(layers: tuple[Layer, ...], layer: int, **changes: Any) -> tuple[Layer, ...]:
    """The layers with one of them changed. Raises ValueError for a value out of its range."""
    return tuple(replace(each, **changes) if each.id == layer else each for each in layers)


def _layer(found: dict[str, Any]) -> Layer:
    for key in ("is_visible", "is_alpha_locked"):
        if not isinstance(found[key], bool):
            raise ValueError(key)
    return Layer(
        id=int(found["id"]),
        name=str(found["name"]),
        opacity=float(found["opacity"]),
        blend=found["blend"],
        is_visible=found["is_visible"],
        is_alpha_locked=found["is_alpha_locked"],
    )


def _pair(found: Any) -> tuple[int, int] | None:
    if found is None:
        return None
    first, second = found
    return int(first), int(second)


def _placed(found: dict[str, Any]) -> Placed:
    left, top, width, height = (float(number) for number in found["rect"])
    try:
        png = base64.b64decode(found["png"], validate=True)
    except binascii.Error as error:
        raise ValueError("the picture is damaged") from error
    return Placed(int(found["layer"]), png, left, top, width, height)
