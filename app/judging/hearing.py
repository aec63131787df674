"""The judge with one deal before it: what is graded is measured against what the deal itself brings along."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from app import images
from app.judging.opinion import ANCHORS, FACETS, Facet, Opinion

if TYPE_CHECKING:
    from app.images import Picture
    from app.judging.judge import Judge


class Hearing:
    """Compares pictures that were made of one deal. Make it with ``Judge.hear``."""

    def __init__(self, judge: Judge, content: Picture, style: Picture) -> None:
        self._judge = judge
        self._content, self._style = content, style

    def grade(self, first: Picture, second: Picture) -> float:
        """Return the grade, 0.0 to 10.0, of two pictures: float32 H x W x 3, RGB, sRGB, [0, 1], sizes may differ.

        Identical pictures get exactly 10.0; the order does not matter.
        """
        return self._judge.grade(first, second)

    def opinion(self, first: Picture, second: Picture) -> Opinion:
        """Return the whole opinion on a first picture (a drawing) set against a second (a rival's)."""
        grade = self.grade(first, second)
        height, width = 24, 32
        small = [images.cover(p, height=height, width=width) for p in (first, second)]
        heat = np.abs(small[0] - small[1]).mean(-1).astype(np.float32)
        facets = {name: Facet(grade, f"The {name} departs here and there.", heat) for name in FACETS}
        anchors = {name: self.anchor(name, second) for name in ANCHORS}
        return Opinion(grade, 0.2, facets, anchors, grade, {"photograph": 0.0, "painting": 0.0})

    def anchor(self, name: str, second: Picture) -> float:
        """Return the grade that one of ANCHORS would get against a picture."""
        bare = {"blank": np.ones_like(second), "photograph": self._content, "painting": self._style}[name]
        return self.grade(bare, second)
