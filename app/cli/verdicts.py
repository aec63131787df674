"""What the judge has to say, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from app.judging.assessment import Assessment, Suggestion
from app.judging.explanation.sentences import part_of
from app.text import band_text, grade_text

#: Less than this share that is cropped away is not told.
LEAST_TOLD = 0.03
_ANCHORS = {"blank": "a blank canvas", "photograph": "the bare photograph", "painting": "the painting itself"}


def facet_lines(assessment: Assessment) -> list[str]:
    """A line for each facet, with its grade and its sentence."""
    width = max((len(name) for name in assessment.facets), default=0)
    return [
        f"{name.capitalize():<{width}}  {grade_text(facet.grade):>4}  {facet.sentence}"
        for name, facet in assessment.facets.items()
    ]


def in_short(assessment: Assessment) -> list[str]:
    """All facets' grades in one line, and the sentence of the one that departs most; nothing where there are none."""
    if not assessment.facets:
        return []
    grades = ", ".join(f"{name} {grade_text(facet.grade)}" for name, facet in assessment.facets.items())
    return [
        f"{grades[:1].upper()}{grades[1:]}.",
        min(assessment.facets.values(), key=lambda facet: facet.grade).sentence,
    ]


def anchors_line(assessment: Assessment) -> str:
    """What the deal itself brings along would get against the same picture; "" where that is not known."""
    told = [f"{_ANCHORS[name]} {grade_text(grade)}" for name, grade in assessment.anchors.items()]
    return f"For comparison: {', '.join(told)}." if told else ""


def suggestion_line(number: int, suggestion: Suggestion) -> str:
    """A suggestion, such as "1. Warmer upper part: about +0.6"."""
    mean = " on average" if len(suggestion.grades) > 1 else ""
    return f"{number}. {suggestion.sentence}: about +{suggestion.gain:.1f}{mean}"


def headline(assessment: Assessment) -> str:
    """The grade with its band."""
    return band_text(assessment.grade, assessment.band)


def cropping(pictures: Sequence[tuple[str, tuple[int, ...]]], frame: tuple[int, ...] | None = None) -> str:
    """Say which pictures, of (title, (height, width, ...)), were cropped to compare two; "" where none was.

    With a deal both are looked at in the shape of the photograph, `frame`; else in that of the one and of the other.
    As the game shows them: scaled and cropped around the centre, never stretched.
    """
    if frame is not None:
        cut = {title: _left_out(shape, frame) for title, shape in pictures}
        told = [f"{part_of(share)} {title}" for title, share in cut.items() if share > LEAST_TOLD]
        if not told:
            return ""
        return f"To compare in the photograph's shape, {' and '.join(told)} was cropped away; nothing was stretched."
    first, second = (shape for _, shape in pictures)
    share = _left_out(first, second)
    if share <= LEAST_TOLD:
        return ""
    shapes = " and ".join(f"{title} is {shape[1] / shape[0]:.2f} to 1" for title, shape in pictures)
    return f"{shapes}: to compare them {part_of(share)} one was cropped away; nothing was stretched."


def _left_out(first: tuple[int, ...], second: tuple[int, ...]) -> float:
    """The share of the one that does not fit into the shape of the other."""
    aspects = [shape[1] / shape[0] for shape in (first, second)]
    return 1 - min(aspects) / max(aspects)
