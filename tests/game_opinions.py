"""Opinions and suggestions for tests, as a judge might give them."""

import numpy as np

from app.judging.opinion import ANCHORS, FACETS, Facet, Opinion, Suggestion


def opinion(grade: float, *, photograph: float = 0.0, painting: float = 0.0) -> Opinion:
    """An opinion with everything: facets around the grade, each with another heat map."""
    ramp = np.linspace(0, 1, 12 * 16, dtype=np.float32).reshape(12, 16)
    facets = {
        name: Facet(min(10.0, max(0.0, grade + number - 1.5)), f"The {name} departs at the bottom.", ramp**number)
        for number, name in enumerate(FACETS, start=1)
    }
    anchors = dict(zip(ANCHORS, (0.4, 2.0, 3.1), strict=True))
    copied = {"photograph": photograph, "painting": painting}
    return Opinion(grade, 0.2, facets, anchors, max(0.0, grade - 0.3), copied)


def opinions(*grades: float) -> list[Opinion]:
    """As many opinions."""
    return [opinion(grade) for grade in grades]


def suggestion(sentence: str = "Warmer upper part", gain: float = 0.6) -> Suggestion:
    """A suggestion whose preview is a plain picture."""
    preview = np.full((48, 64, 3), 0.25, np.float32)
    return Suggestion(sentence, gain, {"magenta": 7.9, "classic": 5.4}, preview, (0.0, 0.0, 1.0, 0.5))
