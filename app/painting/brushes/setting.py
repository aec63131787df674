"""Settings: how a number of a brush is declared, shown to people and checked."""

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Any

from app.errors import PictureError

Curve = tuple[tuple[float, float], ...]
"""Pairs of pen pressure and what it comes to, each 0..1, from left to right; straight between them."""

FULL: Curve = ((0.0, 1.0), (1.0, 1.0))
MAX_CURVE_PAIRS = 16


@dataclass(frozen=True)
class Setting:
    """What a panel and the loader know about one number of a brush.

    Attributes:
        name: as in the JSON.
        label: for people, short ("Scatter across").
        group: what it belongs to: "Stamp", "Chance", "Turn", "Hand", "Paint" or "Paper".
        default: a number, one of `choices`, or a Curve.
        low, high: the range.
        unit: for people; may be empty.
        tooltip: one sentence.
        choices: the words that it may be, if it is no number.
        is_curve: whether it is a Curve.
    """

    name: str
    label: str
    group: str
    default: Any
    low: float
    high: float
    unit: str
    tooltip: str
    choices: tuple[str, ...] = ()
    is_curve: bool = False

    def checked(self, who: str, value: object) -> Any:
        """The value as the brush keeps it.

        Raises:
            PictureError: it cannot be; one sentence that begins with `who`.
        """
        if self.choices:
            if value not in self.choices:
                raise PictureError(f'{who} needs "{self.name}" to be one of {", ".join(self.choices)}.')
            return value
        if self.is_curve:
            return _checked_curve(who, self.name, value)
        return checked_number(who, self.name, value, self.low, self.high)


def number(default: float, low: float, high: float, *says: str, unit: str = "") -> Any:
    """Declare a number in a dataclass; `says` are its group, label and tooltip."""
    return dataclasses.field(default=default, metadata={"low": low, "high": high, "unit": unit} | _said(*says))


def choice(default: str, choices: tuple[str, ...], *says: str) -> Any:
    """Declare a choice of words in a dataclass; `says` are its group, label and tooltip."""
    return dataclasses.field(default=default, metadata={"choices": choices} | _said(*says))


def curve(*says: str) -> Any:
    """Declare a curve in a dataclass; `says` are its group, label and tooltip."""
    return dataclasses.field(default=FULL, metadata={"is_curve": True, "low": 0.0, "high": 1.0} | _said(*says))


def declared_in(recipe: Any) -> tuple[Setting, ...]:
    """All settings that a dataclass declares, in their order."""
    return tuple(
        Setting(
            name=declared.name,
            label=facts["label"],
            group=facts["group"],
            default=declared.default,
            low=facts.get("low", 0.0),
            high=facts.get("high", 0.0),
            unit=facts.get("unit", ""),
            tooltip=facts["tooltip"],
            choices=facts.get("choices", ()),
            is_curve=facts.get("is_curve", False),
        )
        for declared in dataclasses.fields(recipe)
        if (facts := declared.metadata)
    )


def checked_number(who: str, name: str, value: object, low: float, high: float) -> float:
    """A number within a range. Raises PictureError, one sentence that begins with `who`."""
    # bool is an int in Python, but no number in a brush.
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise PictureError(f'{who} needs "{name}" to be a number from {low:g} to {high:g}.')
    return float(value)


def _checked_curve(who: str, name: str, value: object) -> Curve:
    complaint = f'{who} needs "{name}" to be 2 to {MAX_CURVE_PAIRS} pairs of numbers from 0 to 1, from left to right.'
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= MAX_CURVE_PAIRS:
        raise PictureError(complaint)
    if not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in value):
        raise PictureError(complaint)
    pairs = tuple((checked_number(who, name, x, 0.0, 1.0), checked_number(who, name, y, 0.0, 1.0)) for x, y in value)
    if any(right[0] <= left[0] for left, right in itertools.pairwise(pairs)):
        raise PictureError(complaint)
    return pairs


def _said(group: str, label: str, tooltip: str) -> dict[str, Any]:
    return {"group": group, "label": label, "tooltip": tooltip}
