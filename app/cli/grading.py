"""`grade`: how alike two pictures are, with their deal or without, or many pairs at once."""

import argparse
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import images
from app.cli import verdicts
from app.cli.answer import Answer, ProgressBar, check_apart, check_folder, never, unseen
from app.errors import UsageError
from app.game import pasting
from app.game.archive import heatmap, serialization
from app.game.deck import DEALT_SIDE_PX
from app.images import Picture
from app.judging.assessment import FACETS, Assessment, Suggestion
from app.judging.explanation.sentences import does_disagree
from app.judging.metrics import second_opinion
from app.text import grade_text
from app.worker.jobs import CoachJob, CompareJob, GradeJob

#: Pictures are graded in portions, so that thousands of pairs need no more memory than a few.
PAIRS_AT_ONCE = 16
MOST_SUGGESTIONS = 3


@dataclass(frozen=True)
class _Deal:
    """The photograph and the painting that pictures were made of."""

    content: Picture
    style: Picture


def grade(request: argparse.Namespace) -> Answer:
    """Grade one pair, or many in one process."""
    _check(request)
    if request.pairs is not None:
        return _grade_pairs(request)
    written = _files(request.heat, (heat_file(name) for name in FACETS))
    written += _files(request.previews, (preview_file(number) for number in range(1, MOST_SUGGESTIONS + 1)))
    check_apart(written, [request.a, request.b, request.content, request.style])
    first, second = (_read(path) for path in (request.a, request.b))
    deal = _deal(request)
    for folder in (request.heat, request.previews):
        if folder is not None:
            check_folder(folder)
    cropped = _cropping(deal, (str(request.a), first), (str(request.b), second))
    content: dict[str, Any] = {"a": str(request.a), "b": str(request.b), "cropped": cropped}
    if deal is None:
        content |= _compare(first, second)
        lines = [
            grade_text(content["grade"]),
            f"Second opinion, by classical measures: {grade_text(content['appeal'])}.",
        ]
    else:
        lines = _hear(request, deal, (first, second), content)
    print("\n".join(line for line in (*lines, cropped) if line))
    return Answer(content)


def heat_file(facet: str) -> str:
    """The name of the picture of a facet's heat map."""
    return f"heat-{facet}.png"


def preview_file(number: int) -> str:
    """The name of a suggestion's preview; the first is number 1."""
    return f"suggestion-{number}.png"


def _check(request: argparse.Namespace) -> None:
    """Refuse arguments that do not go together, before anything is read. Raises UsageError."""
    has_deal = request.content is not None and request.style is not None
    if (request.content is None) != (request.style is None):
        raise UsageError("A deal is a photograph and a painting: give --content and --style, or neither.")
    if request.pairs is not None:
        if request.a is not None:
            raise UsageError("Give two pictures or --pairs, not both.")
        if request.heat is not None or request.coach:
            raise UsageError("--heat and --coach are for two pictures, not for --pairs.")
    elif request.a is None or request.b is None:
        raise UsageError("Give two pictures to compare, or --pairs with many.")
    for option, is_given in (("--heat", request.heat is not None), ("--coach", request.coach)):
        if is_given and not has_deal:
            raise UsageError(f"{option} needs the deal: give --content and --style too.")
    if request.previews is not None and not request.coach:
        raise UsageError("--previews is where the suggestions of --coach go: give both.")


def _compare(first: Picture, second: Picture) -> dict[str, Any]:
    """The grade and the second opinion of two pictures of which no deal is known."""
    (found,) = CompareJob([(first, second)]).run(unseen, never)
    return {"grade": round(float(found), 4), "appeal": round(float(second_opinion.second_grade(first, second)), 4)}


def _hear(
    request: argparse.Namespace, deal: _Deal, pictures: tuple[Picture, Picture], content: dict[str, Any]
) -> list[str]:
    """Have the judge hear the deal; adds what it says to `content`, writes files, and returns the lines to print."""
    first, second = pictures
    title = _title(request.b)
    assessment = _assessment(deal, first, second, title)
    remarks = serialization.remarks(assessment, ("drawing", title))
    pasted = pasting.sentence(None, [assessment])
    content |= {"content": str(request.content), "style": str(request.style)}
    content |= serialization.to_record(assessment) | {"remarks": remarks, "pasted": pasted}
    lines = [verdicts.headline(assessment), *verdicts.facet_lines(assessment), verdicts.anchors_line(assessment)]
    # Where it disagrees, a remark says so.
    if assessment.second_grade is not None and not does_disagree(assessment):
        lines.append(f"Second opinion, by classical measures: {grade_text(assessment.second_grade)}.")
    lines += [*remarks, pasted]
    if request.heat is not None:
        content["heat"] = _write_heat(request.heat, first, assessment)
        lines.append(f"The heat maps are in {request.heat}.")
    if request.coach:
        with ProgressBar("The judge tries changes") as bar:
            coach = CoachJob(deal.content, deal.style, first, {title: second})
            suggestions = coach.run(bar.on_progress, never)
        content["suggestions"] = _told_suggestions(request.previews, suggestions)
        lines += [verdicts.suggestion_line(*each) for each in enumerate(suggestions, start=1)]
        if not suggestions:
            lines.append("Nothing that was tried raises the grade.")
        elif request.previews is not None:
            lines.append(f"The previews are in {request.previews}.")
    return lines


def _assessment(deal: _Deal, first: Picture, second: Picture, title: str) -> Assessment:
    """The judge's assessment on a drawing, set against a picture that its sentences call `title`."""
    pair = ("drawing", title)
    job = GradeJob(deal.content, deal.style, {"drawing": first, title: second}, (pair,))
    return job.run(unseen, never)[pair]


def _cropping(deal: _Deal | None, *pictures: tuple[str, Picture]) -> str:
    frame = None if deal is None else deal.content.shape
    return verdicts.cropping([(title, picture.shape) for title, picture in pictures], frame)


def _title(file: Path) -> str:
    """What sentences call a picture; the drawing itself is "your drawing"."""
    return file.stem if file.stem != "drawing" else "the other picture"


def _write_heat(folder: Path, picture: Picture, assessment: Assessment) -> dict[str, str]:
    """Write each facet's heat map over the picture; returns the files by the facets' names."""
    files = {name: folder / heat_file(name) for name in assessment.facets}
    for name, file in files.items():
        images.write_picture(file, heatmap.over(picture, assessment.facets[name].heat))
    return {name: str(file) for name, file in files.items()}


def _told_suggestions(folder: Path | None, suggestions: list[Suggestion]) -> list[dict[str, Any]]:
    told = []
    for number, suggestion in enumerate(suggestions, start=1):
        file = None if folder is None else folder / preview_file(number)
        if file is not None:
            images.write_picture(file, suggestion.preview)
        told.append(serialization.suggestion_record(suggestion) | {"preview": None if file is None else str(file)})
    return told


def _grade_pairs(request: argparse.Namespace) -> Answer:
    """Grade many pairs; with a deal, all were made of that one."""
    pairs = _pairs(request.pairs)
    deal = _deal(request)
    # Beside each other stand mostly pairs that share a picture.
    read = functools.lru_cache(maxsize=2 * PAIRS_AT_ONCE)(_read)
    grades: list[float] = []
    records: list[dict[str, Any]] = []
    cropped: list[int] = []
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        portion = [(read(a), read(b)) for a, b in pairs[start : start + PAIRS_AT_ONCE]]
        cropped += [
            number for number, (a, b) in enumerate(portion, start=start + 1) if _cropping(deal, ("", a), ("", b))
        ]
        if deal is None:
            grades += CompareJob(portion).run(unseen, never)
            continue
        titles = (_title(b) for _, b in pairs[start : start + PAIRS_AT_ONCE])
        heard = [_assessment(deal, a, b, title) for (a, b), title in zip(portion, titles, strict=True)]
        grades += [assessment.grade for assessment in heard]
        records += [serialization.to_record(assessment) for assessment in heard]
    grades = [round(float(each), 4) for each in grades]
    for each in grades:
        print(f"{each:.3f}")
    if cropped:
        which = (
            f"Pair {cropped[0]} has" if len(cropped) == 1 else f"{len(cropped)} pairs, first pair {cropped[0]}, have"
        )
        print(f"{which} pictures of several shapes: compared as cropped around their centres, not stretched.")
    return Answer({"grades": grades, "cropped": cropped} | ({} if deal is None else {"opinions": records}))


def _deal(request: argparse.Namespace) -> _Deal | None:
    if request.content is None:
        return None
    return _Deal(_read(request.content), _read(request.style))


def _read(path: Path) -> Picture:
    return images.read_picture(path, max_side_px=DEALT_SIDE_PX)


def _files(folder: Path | None, names: Any) -> list[Path]:
    return [] if folder is None else [folder / name for name in names]


def _pairs(file: Path) -> list[tuple[Path, Path]]:
    """Read the list of pairs; paths are relative to the working folder, as on the command line."""
    try:
        listed: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {images.why(error)}.") from None
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}.") from None
    if not isinstance(listed, list):
        raise UsageError(f"{file} does not hold a list of [a, b] paths.")
    for number, pair in enumerate(listed, start=1):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(path, str) for path in pair):
            raise UsageError(f"Pair {number} in {file} is not two paths.")
    return [(Path(a), Path(b)) for a, b in listed]
