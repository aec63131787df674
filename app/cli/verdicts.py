"""What the judge has to say, as lines of text. Only the modules of app.cli call."""

from __future__ import annotations

from app.game.card import band_text, grade_text
from app.judging.opinion import Opinion, Suggestion
from app.judging.wording import part_of

_ANCHORS = {"blank": "a blank canvas", "photograph": "the bare photograph", "painting": "the painting itself"}


def facet_lines(opinion: Opinion) -> list[str]:
    """A line for each facet, with its grade and its sentence."""
    width = max((len(name) for name in opinion.facets), default=0)
    return [
        f"{name.capitalize():<{width}}  {grade_text(facet.grade):>4}  {facet.sentence}"
        for name, facet in opinion.facets.items()
    ]


def in_short(opinion: Opinion) -> list[str]:
    """All facets' grades in one line, and the sentence of the one that departs most; nothing where there are none."""
    if not opinion.facets:
        return []
    grades = ", ".join(f"{name} {grade_text(facet.grade)}" for name, facet in opinion.facets.items())
    return [f"{grades[:1].upper()}{grades[1:]}.", min(opinion.facets.values(), key=lambda facet: facet.grade).sentence]


def anchors_line(opinion: Opinion) -> str:
    """What the deal itself brings along would get against the same picture; "" where that is not known."""
    told = [f"{_ANCHORS[name]} {grade_text(grade)}" for name, grade in opinion.anchors.items()]
    return f"For comparison: {', '.join(told)}." if told else ""


def suggestion_line(number: int, suggestion: Suggestion) -> str:
    """A suggestion, such as "1. Warmer upper part: about +0.6"."""
    return f"{number}. {suggestion.sentence}: about +{suggestion.gain:.1f}"


def headline(opinion: Opinion) -> str:
    """The grade with its band."""
    return band_text(opinion)


def cropping(first: tuple[int, ...], second: tuple[int, ...], titles: tuple[str, str]) -> str:
    """Say that pictures of two shapes, (height, width, ...), were cropped to compare them; "" where none was.

    As the game shows them: scaled and cropped around the centre, never stretched.
    """
    aspects = [shape[1] / shape[0] for shape in (first, second)]
    kept = min(aspects) / max(aspects)
    if kept > LEAST_TOLD:
        return ""
    told = " and ".join(f"{title} is {aspect:.2f} to 1" for title, aspect in zip(titles, aspects, strict=True))
    left_out = part_of(1 - kept)
    return f"{told}: to compare them {left_out} one was cropped around its centre; nothing was stretched."


#: Pictures whose shapes differ by less are cropped by so little that it is not told.
LEAST_TOLD = 0.97
