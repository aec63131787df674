"""From distances to a likeness, from likenesses to grades.

What is fitted to data, and lies in the autoencoder's checkpoint: how large each part of a distance usually is, and the
monotone curves from likeness to grade. What is decided, and stands here: how much each facet counts, and how steeply.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.errors import NetworkError
from app.judging.assessment import FACETS
from app.judging.metrics.calibration import Calibration
from app.judging.metrics.facets import PARTS, Distances

#: How much each facet counts in the whole.
WEIGHTS: Mapping[str, float] = {"palette": 1.0, "composition": 1.2, "texture": 0.8, "detail": 0.6}

#: The least likeness that a turned or recoloured picture, and one that is a copy all over, keeps of its own.
TURNED_KEEPS, COPIED_KEEPS = 0.58, 0.55

#: How much of the likeness that pictures of a deal have anyhow is taken off.
FLOOR_SHARE = 0.6

#: What a departure of 1, as of two unrelated pictures, makes of the likeness: its logarithm.
_STEEPNESS = 1.5

#: How much of what makes one deal harder than another is evened out: all of it, and a grade would say nothing any more
#: of how far two pictures are apart.
EVENED_SHARE = 0.55

#: What a middling imitation may be expected to reach, at least and at most.
_EXPECTED = (0.2, 0.65)

#: What a px of being out of register adds to the departure.
_PER_PX = 0.0015

#: Distances grow by these powers: the first strokes count more than the last. What is too small to see does not count.
_POWERS: Mapping[str, float] = {"palette": 0.75, "composition": 0.75, "texture": 0.5, "detail": 0.75}
_UNSEEN = 0.02


@dataclass(frozen=True)
class Scoring:
    """What was fitted.

    Attributes:
        usual: by parts of the facets, the mean distance of pictures that have nothing to do with each other.
        floor: the mean likeness of a deal's anchors to a rival's picture, for pairs without a deal.
        ease: intercept and slope of the relative likeness that a middling imitation reaches, by the painting's breadth.
        middling: that likeness in the mean.
        curve: from a relative likeness to the grade.
        curves: by facets, from its own likeness to its grade.
    """

    usual: Mapping[str, float]
    floor: float
    ease: tuple[float, float]
    middling: float
    curve: Calibration
    curves: Mapping[str, Calibration]

    def departures(self, distances: Distances) -> dict[str, float]:
        """Return by facets how far two pictures are apart: 0 for the same, about 1 for unrelated ones."""
        return {
            facet: float(np.mean([_felt(distances[part] / self.usual[part], _POWERS[facet]) for part in parts]))
            for facet, parts in PARTS.items()
        }

    def facet_grade(self, facet: str, departure: float) -> float:
        """Return a facet's grade, 0 to 10."""
        return self.curves[facet].grade(facet_likeness(departure))

    def grade(self, likeness: float, floor: float, breadth: float | None = None) -> float:
        """Return the grade, 0 to 10, of a likeness.

        ``floor`` is what pictures of the deal have anyhow, ``breadth`` how broad the painting's manner is: its likeness
        to itself with all strokes wiped away. A painting of broad planes is easier to come near to than one of fine
        strokes: the grade is that of the same care in a middling deal. None where there is no deal.
        """
        return self.curve.grade(self.evened(relative(likeness, floor), breadth))

    def evened(self, share: float, breadth: float | None) -> float:
        """Return a relative likeness as it would be in a middling deal; 1 stays 1."""
        if breadth is None:
            return share
        usual = float(np.clip(self.ease[0] + self.ease[1] * breadth, *_EXPECTED))
        expected = self.middling + EVENED_SHARE * (usual - self.middling)
        return 1 - (1 - share) * (1 - self.middling) / (1 - expected)

    def to_text(self) -> str:
        """Return what the checkpoint keeps."""
        record = {
            "usual": {part: float(f"{size:.5g}") for part, size in self.usual.items()},
            "floor": round(self.floor, 5),
            "ease": [round(each, 5) for each in self.ease],
            "middling": round(self.middling, 5),
            "curve": self.curve.to_record(),
            "curves": {facet: curve.to_record() for facet, curve in self.curves.items()},
        }
        return json.dumps(record, sort_keys=True)

    @classmethod
    def from_text(cls, text: str | None) -> Scoring:
        """Return what a checkpoint keeps. Raises NetworkError if that is missing or damaged."""
        try:
            record: dict[str, Any] = json.loads(text or "")
            usual = {part: float(record["usual"][part]) for parts in PARTS.values() for part in parts}
            floor = float(record["floor"])
            ease, middling = (float(record["ease"][0]), float(record["ease"][1])), float(record["middling"])
            curve = Calibration.from_record(record["curve"])
            curves = {facet: Calibration.from_record(record["curves"][facet]) for facet in FACETS}
            if not all(np.isfinite(size) and size > 0 for size in usual.values()) or not (
                0 <= floor < 1 and 0 <= middling < 1
            ):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise NetworkError(
                "The judge's calibration is missing or damaged. Fetch the file builtin-autoencoder.safetensors from the"
                " program anew (in a clone: `git restore checkpoints`)."
            ) from None
        return cls(usual, floor, ease, middling, curve, curves)


def likeness(departures: Mapping[str, float], *, moved_px: float = 0.0) -> float:
    """Return the likeness, in (0, 1], of two pictures from their facets' departures; 1 for the same."""
    whole = sum(WEIGHTS[facet] * departures[facet] for facet in FACETS) / sum(WEIGHTS.values())
    return float(np.exp(-_STEEPNESS * (whole + _PER_PX * moved_px)))


def facet_likeness(departure: float) -> float:
    """Return the likeness, in (0, 1], of two pictures in one facet alone."""
    return float(np.exp(-_STEEPNESS * departure))


def discounted(likeness: float, *, straightness: float, copied: float) -> float:
    """Return what is left of a likeness.

    ``straightness`` is 0 for a picture that was turned or recoloured, ``copied`` the share, 0 to 1, of places where
    exactly one of the two pictures is a copy of the photograph or the painting.
    """
    straight = TURNED_KEEPS + (1 - TURNED_KEEPS) * straightness
    return likeness * straight * (1 - (1 - COPIED_KEEPS) * copied)


def floor_of(anchors: Sequence[float]) -> float:
    """Return the likeness that pictures of a deal have anyhow: the mean of its anchors' likenesses to a picture."""
    return float(np.mean(anchors))


def relative(likeness: float, floor: float) -> float:
    """Return the likeness above the floor, as a share of what there is above it: 1 for the same, may fall below 0."""
    taken = FLOOR_SHARE * floor
    return (likeness - taken) / (1 - taken)


def _felt(share: float, power: float) -> float:
    base = _UNSEEN**power
    return float(((max(share, 0.0) + _UNSEEN) ** power - base) / ((1 + _UNSEEN) ** power - base))
