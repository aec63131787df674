"""Entries: what happens to a drawing, one after the other, and what they come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from app.painting.brushes.brush import Brush
from app.painting.model.layers import FIRST_LAYER, Arrangement
from app.painting.model.stroke import Stroke

Step = Stroke | Arrangement
"""What can be undone: a stroke (or a clearing, which is one), or a change of the layers."""

Entry = Step | Brush | Literal["undo", "redo"]
"""A step, an undo, a redo, or the recipe of a brush, which stands before the first stroke that is painted with it."""


class EntryWriter(Protocol):
    """Where a drawing writes what happens to it, as it happens."""

    def write(self, entry: Entry) -> None:
        """Write an entry down without making the painter wait."""


@dataclass(frozen=True)
class HistoryStep:
    """A step, and what a history calls it."""

    title: str
    entry: Step


@dataclass
class Sorted:
    """Entries by what they come to.

    Attributes:
        done: the steps that are in force, oldest first.
        undone: those that were taken back and can be had again; the one to be had first comes last.
        recipes: the brushes by fingerprint.
        highest_layer: the highest id that any layer ever had.
    """

    done: list[Step]
    undone: list[Step]
    recipes: dict[str, Brush]
    highest_layer: int


def in_force(entries: Iterable[Entry]) -> list[Step]:
    """The steps that were not taken back, oldest first."""
    return sort_out(entries).done


def sort_out(entries: Iterable[Entry]) -> Sorted:
    """What all entries come to."""
    found = Sorted([], [], {}, FIRST_LAYER.id)
    for entry in entries:
        if isinstance(entry, Brush):
            found.recipes[entry.fingerprint] = entry
        elif isinstance(entry, Stroke | Arrangement):
            found.done.append(entry)
            found.undone.clear()
            if isinstance(entry, Arrangement):
                found.highest_layer = max(found.highest_layer, *(layer.id for layer in entry.layers))
        elif entry == "undo" and found.done:
            found.undone.append(found.done.pop())
        elif entry == "redo" and found.undone:
            found.done.append(found.undone.pop())
    return found


def painted_layers(step: Step) -> frozenset[int]:
    """The layers that a step brings something to be seen to, for `layers_after`."""
    if isinstance(step, Stroke):
        return frozenset({step.layer} if step.mode in ("paint", "fill") else ())
    return placed_layers(step)


def placed_layers(step: Step) -> frozenset[int]:
    """The layers that a step places pictures on, for `layers_after`."""
    return frozenset(placed.layer for placed in step.placed) if isinstance(step, Arrangement) else frozenset()


def layers_after(having: frozenset[int], step: Step, brought: frozenset[int]) -> frozenset[int]:
    """The layers that have something after a step, which brings it to some of them, clears, copies or merges."""
    if isinstance(step, Arrangement):
        for source, target in filter(None, (step.copied, step.merged)):
            if source in having:
                having |= {target}
        having &= {layer.id for layer in step.layers}
    elif step.mode == "clear":
        having -= {step.layer}
    return having if brought <= having else having | brought
