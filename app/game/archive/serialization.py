"""Opinions and suggestions as the gallery holds them: numbers and sentences in JSON, heat maps as one small picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.images import Picture
from app.judging.assessment import Assessment, Facet, Heat, Suggestion
from app.judging.explanation import sentences
from app.rivals.registry import RIVALS, rival_title


def remarks(assessment: Assessment, pair: tuple[str, str]) -> list[str]:
    """What else is to be said of a comparison of two pictures, by their names or titles; the first may be "drawing".

    What was pasted is `Duel.pasted`'s to say.
    """
    first, second = (rival_title(name) if name in RIVALS else name for name in pair)
    return sentences.remarks(assessment, second, first=sentences.DRAWING if first == "drawing" else first)


def to_record(assessment: Assessment) -> dict[str, Any]:
    """An assessment without heat maps: sentences, and numbers to four places; `heat_size`: a map's [height, width]."""
    return {
        "grade": round(float(assessment.grade), 4),
        "band": round(float(assessment.band), 4),
        "facets": {
            name: {
                "grade": round(float(facet.grade), 4),
                "sentence": facet.sentence,
                "heat_size": list(facet.heat.shape),
            }
            for name, facet in assessment.facets.items()
        },
        "anchors": _rounded(assessment.anchors),
        "appeal": None if assessment.second_grade is None else round(float(assessment.second_grade), 4),
        "copied": _rounded(assessment.copied),
        "turned": assessment.turned,
    }


def from_record(record: Any, heats: NDArray[np.uint8] | None = None) -> Assessment:
    """The assessment of a record, with the heat maps of `to_pixels`; maps that are missing are blank, float32 [1, 1].

    Raises ValueError where the record is none.
    """
    try:
        facets, left = {}, 0
        for name, each in record["facets"].items():
            height, width = (int(side) for side in each["heat_size"])
            heat: Heat = np.zeros((1, 1), np.float32)
            if heats is not None and 0 < height <= heats.shape[0] and 0 < width <= heats.shape[1] - left:
                heat = heats[:height, left : left + width].astype(np.float32) / np.float32(255)
            left += width
            facets[str(name)] = Facet(_grade(each["grade"]), str(each["sentence"]), heat)
        return Assessment(
            _grade(record["grade"]),
            float(record["band"]),
            facets,
            {str(name): _grade(grade) for name, grade in record["anchors"].items()},
            None if record["appeal"] is None else _grade(record["appeal"]),
            {str(name): float(share) for name, share in record["copied"].items()},
            str(record.get("turned", "")),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not an opinion: {error!r}") from error


def from_grade(grade: Any) -> Assessment:
    """An assessment of which nothing but the grade is known. Raises ValueError where it is none."""
    try:
        return Assessment(_grade(grade), 0.0)
    except TypeError as error:
        raise ValueError(f"not a grade: {error}") from error


def to_pixels(assessment: Assessment) -> NDArray[np.uint8] | None:
    """The heat maps of all facets side by side in their order, uint8 [H, W], 255 for 1; None where there are none."""
    maps = [np.asarray(facet.heat, np.float32) for facet in assessment.facets.values()]
    if not maps:
        return None
    pixels = np.zeros((max(each.shape[0] for each in maps), sum(each.shape[1] for each in maps)), np.uint8)
    left = 0
    for each in maps:
        height, width = each.shape
        pixels[:height, left : left + width] = np.rint(np.clip(each, 0, 1) * 255).astype(np.uint8)
        left += width
    return pixels


def suggestion_record(suggestion: Suggestion) -> dict[str, Any]:
    """A suggestion without its preview; numbers to four places."""
    return {
        "sentence": suggestion.sentence,
        "gain": round(float(suggestion.gain), 4),
        "grades": _rounded(suggestion.grades),
        "box": [round(float(edge), 4) for edge in suggestion.box],
    }


def suggestion_of(record: Any, preview: Picture) -> Suggestion:
    """The suggestion of a record, with its preview. Raises ValueError where the record is none."""
    try:
        left, top, right, bottom = (float(edge) for edge in record["box"])
        grades = {str(name): _grade(grade) for name, grade in record["grades"].items()}
        return Suggestion(str(record["sentence"]), float(record["gain"]), grades, preview, (left, top, right, bottom))
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a suggestion: {error!r}") from error


def _rounded(numbers: Mapping[str, float]) -> dict[str, float]:
    return {name: round(float(number), 4) for name, number in numbers.items()}


def _grade(found: Any) -> float:
    grade = float(found)
    if not 0 <= grade <= 10:
        raise ValueError(f"{grade} is no grade")
    return grade
