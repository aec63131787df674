"""How a drawing came about: strokes, tracing, pictures that were placed on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.painting.model.layers import Arrangement, Placed

if TYPE_CHECKING:
    from app.painting.document.drawing import Drawing
    from app.painting.document.entries import Step


@dataclass(frozen=True)
class PlacedPicture:
    """A picture that lies on a drawing, though it was not painted there.

    Attributes:
        title: what the record calls it: of its file's name what a title shows; of another program's file the name
            without its ending; "" where the record has none.
        share: the share, 0 to 1, of the drawing that it was laid over; later strokes may cover it again.
    """

    title: str
    share: float


@dataclass(frozen=True)
class Provenance:
    """How a drawing came about, as far as it is to be said beside it.

    Attributes:
        strokes: how many are in force.
        traced: how many of them were painted while the photograph showed as a tracing.
        has_placed: whether a picture was placed on it, or it was begun from another program's file.
        is_strict: whether neither was possible.
        placed: the placed pictures that still show, the largest first, where the record tells which.
    """

    strokes: int
    traced: int = 0
    has_placed: bool = False
    is_strict: bool = False
    placed: tuple[PlacedPicture, ...] = ()

    @classmethod
    def of(cls, drawing: Drawing, *, is_strict: bool = False) -> Provenance:
        """Say it of a drawing, by its own record: its strokes and arrangements in force."""
        return cls(
            sum(stroke.mode != "clear" for stroke in drawing.strokes),
            drawing.traced_strokes,
            drawing.has_placed_picture,
            is_strict,
            placed_pictures((step.entry for step in drawing.steps[: drawing.position]), drawing.width, drawing.height),
        )

    def sentence(self) -> str:
        """Say it in a few words, such as "412 strokes, 30 with the tracing shown"."""
        if self.has_placed and not self.strokes:
            return "A placed picture, and no strokes"
        words = f"{self.strokes} stroke{'s' if self.strokes != 1 else ''}"
        if self.traced == self.strokes > 0:
            words += ", all with the tracing shown" if self.strokes > 1 else " with the tracing shown"
        elif self.traced:
            words += f", {self.traced} with the tracing shown"
        if self.has_placed:
            words += ", with a placed picture"
        return f"Strict duel: {words}" if self.is_strict else words

    def record(self) -> dict[str, Any]:
        """As `duel.json` holds it."""
        return {
            "strokes": self.strokes,
            "traced": self.traced,
            "placed": self.has_placed,
            "strict": self.is_strict,
            "placed_pictures": [{"title": each.title, "share": round(each.share, 3)} for each in self.placed],
        }


def placed_pictures(steps: Iterable[Step], width: int, height: int) -> tuple[PlacedPicture, ...]:
    """Find what was placed by the steps in force of a drawing of `width` x `height` px and lies on it, the largest
    first.

    What lies on a layer that is hidden, cleared or gone is left out; a picture that came in several layers is one.
    """
    lying: dict[int, dict[str, list[Placed]]] = {}
    shown: set[int] = set()
    for step in steps:
        if not isinstance(step, Arrangement):
            if step.mode == "clear":
                lying.pop(step.layer, None)
            continue
        if step.copied is not None and step.copied[0] in lying:
            source, target = step.copied
            lying[target] = {title: list(each) for title, each in lying[source].items()}
        if step.merged is not None:
            upper, lower = step.merged
            for title, each in lying.get(upper, {}).items():
                lying.setdefault(lower, {}).setdefault(title, []).extend(each)
        for placed in step.placed:
            lying.setdefault(placed.layer, {}).setdefault(_title(step, placed), []).append(placed)
        layers = {layer.id: layer for layer in step.layers}
        lying = {layer: each for layer, each in lying.items() if layer in layers}
        shown = {layer.id for layer in step.layers if layer.is_visible and layer.opacity > 0}
    found: dict[str, list[Placed]] = {}
    for layer, by_title in lying.items():
        if layer in shown:
            for title, each in by_title.items():
                found.setdefault(title, []).extend(each)
    pictures = [PlacedPicture(title, _share(each, width, height)) for title, each in found.items()]
    return tuple(sorted(pictures, key=lambda picture: -picture.share))


def _title(step: Arrangement, placed: Placed) -> str:
    """What a picture is called in the title of the step that brought it, such as "Place “harbour”"; else its layer."""
    _, opening, rest = step.title.partition("“")
    if opening and rest.endswith("”"):
        return rest[:-1]
    layer = step.find(placed.layer)
    return layer.name if layer is not None else ""


def _share(placed: list[Placed], width: int, height: int) -> float:
    """The share of a drawing that rectangles cover together, by its cells of a hundredth of each side."""
    import numpy as np

    cells = np.zeros((100, 100), bool)
    for each in placed:
        left, right = (round(100 * edge / width) for edge in (each.left, each.left + each.width))
        top, bottom = (round(100 * edge / height) for edge in (each.top, each.top + each.height))
        cells[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    return float(cells.mean())
