"""The monotone curve from the likeness of two embeddings to a grade from 0 to 10."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import NetworkError

TOP_GRADE = 10.0
#: By so much the grade rises from knot to knot at least.
_LEAST_RISE = 0.02


@dataclass(frozen=True)
class Calibration:
    """Knots of a piecewise linear curve: likeness strictly rising up to 1, grades rising from 0 to 10."""

    likeness: tuple[float, ...]
    grades: tuple[float, ...]

    def __post_init__(self) -> None:
        likeness, grades = np.asarray(self.likeness, float), np.asarray(self.grades, float)
        is_sound = (
            likeness.shape == grades.shape
            and len(likeness) >= 2
            and bool(np.isfinite(likeness).all() and np.isfinite(grades).all())
            and bool((np.diff(likeness) > 0).all() and (np.diff(grades) >= 0).all())
            and likeness[-1] == 1.0
            and grades[0] == 0.0
            and grades[-1] == TOP_GRADE
        )
        if not is_sound:
            raise NetworkError("The judge's calibration is damaged: its curve does not rise from 0 to 10.")

    def grade(self, likeness: float) -> float:
        """Return the grade, 0 to 10, of a likeness; below the first knot it is 0."""
        return float(np.interp(likeness, self.likeness, self.grades))

    def to_record(self) -> dict[str, list[float]]:
        """Return what a card keeps."""
        return {"likeness": list(self.likeness), "grades": list(self.grades)}

    @classmethod
    def from_record(cls, record: Any) -> Calibration:
        """Return the calibration of a card's record. Raises NetworkError if it is not one."""
        try:
            return cls(tuple(float(v) for v in record["likeness"]), tuple(float(v) for v in record["grades"]))
        except (KeyError, TypeError, ValueError):
            raise NetworkError("The judge's calibration is missing or damaged.") from None


def fit_calibration(
    likeness: NDArray[Any], wanted: NDArray[Any], *, knots: int = 12, lowest: float = 0.0
) -> Calibration:
    """Fit the curve to pairs of likeness and wanted grade by isotonic regression (pool adjacent violators).

    Knots are spread evenly over the ranks; the curve starts at ``lowest`` or below with grade 0, ends at likeness 1
    with grade 10, and rises everywhere: no two likenesses between get the same grade.
    """
    order = np.argsort(likeness, kind="stable")
    xs, ys = np.asarray(likeness, float)[order], np.asarray(wanted, float)[order]
    level: list[float] = []
    count: list[int] = []
    for value in ys:
        level.append(float(value))
        count.append(1)
        while len(level) > 1 and level[-2] > level[-1]:
            total = count[-2] + count[-1]
            merged = (level[-2] * count[-2] + level[-1] * count[-1]) / total
            level[-2:], count[-2:] = [merged], [total]
    rising = np.repeat(level, count)
    ends = np.linspace(0, len(xs), knots + 1).astype(int)
    middles = [(float(xs[a:b].mean()), float(rising[a:b].mean())) for a, b in pairwise(ends) if b > a]
    curve: list[tuple[float, float]] = []
    for x, y in middles:
        if (curve and x - curve[-1][0] < 1e-3) or x > 0.995:
            continue
        least = curve[-1][1] + _LEAST_RISE if curve else _LEAST_RISE
        curve.append((round(x, 4), round(min(max(y, least), TOP_GRADE - _LEAST_RISE), 3)))
    start = round(min(lowest, curve[0][0] - 0.05), 4) if curve else lowest
    curve = [(start, 0.0), *curve, (1.0, TOP_GRADE)]
    return Calibration(tuple(x for x, _ in curve), tuple(y for _, y in curve))
