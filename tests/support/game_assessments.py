"""Opinions and suggestions for tests, as a judge might give them."""

import numpy as np

from app.images import Picture
from app.judging.assessment import ANCHORS, FACETS, Assessment, Facet, Suggestion


def assessment(grade: float, *, photograph: float = 0.0, painting: float = 0.0) -> Assessment:
    """An assessment with everything: facets around the grade, each with another heat map."""
    ramp = np.linspace(0, 1, 12 * 16, dtype=np.float32).reshape(12, 16)
    facets = {
        name: Facet(min(10.0, max(0.0, grade + number - 1.5)), f"The {name} departs at the bottom.", ramp**number)
        for number, name in enumerate(FACETS, start=1)
    }
    anchors = dict(zip(ANCHORS, (0.4, 2.0, 3.1), strict=True))
    copied = {"photograph": photograph, "painting": painting}
    return Assessment(grade, 0.2, facets, anchors, max(0.0, grade - 0.3), copied)


def assessments(*grades: float) -> list[Assessment]:
    """As many assessments."""
    return [assessment(grade) for grade in grades]


def suggestion(sentence: str = "Warmer upper part", gain: float = 0.6) -> Suggestion:
    """A suggestion whose preview is a plain picture."""
    preview = np.full((48, 64, 3), 0.25, np.float32)
    return Suggestion(sentence, gain, {"magenta": 7.9, "classic": 5.4}, preview, (0.0, 0.0, 1.0, 0.5))


class BrightnessJudge:
    """A judge who finds pictures alike that are as bright."""

    def hear(self, content: Picture, style: Picture) -> "BrightnessHearing":
        return BrightnessHearing(content, style)

    def grades(self, pairs: list[tuple[Picture, Picture]]) -> list[float]:
        return [alike(a, b) for a, b in pairs]


class BrightnessHearing:
    """What `BrightnessJudge` hears; `heard` counts how many there were."""

    heard = 0

    def __init__(self, content: Picture, style: Picture) -> None:
        type(self).heard += 1
        self.deal = (content, style)
        self.seen: list[int] = []
        self.titles: list[tuple[str, str]] = []
        self.expected: list[int] = []

    def expect(self, picture: Picture) -> None:
        self.expected.append(id(picture))

    def grade(self, first: Picture, second: Picture) -> float:
        return alike(first, second)

    def assessment(
        self, first: Picture, second: Picture, *, titles: tuple[str, str] = ("Your drawing", "the rival")
    ) -> Assessment:
        self.seen += [id(first), id(second)]
        self.titles.append(titles)
        is_content = first.shape == self.deal[0].shape and np.allclose(first, self.deal[0], atol=0.01)
        return assessment(self.grade(first, second), photograph=1.0 if is_content else 0.0)


def alike(a: Picture, b: Picture) -> float:
    """How alike two pictures are to `BrightnessJudge`, 0 to 10."""
    return 10 * (1 - abs(float(a.mean()) - float(b.mean())))
