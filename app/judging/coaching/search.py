"""What would help a drawing most: changes that are tried on it and graded, so that nothing is promised by guess.

See app.judging.coaching.edits for what is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app import images
from app.errors import Cancelled
from app.judging.assessment import FACETS, Assessment, Suggestion
from app.judging.coaching.analysis import DrawingAnalysis
from app.judging.coaching.edits import TRIES, Edit, proposals
from app.rivals.registry import rival_title

if TYPE_CHECKING:
    from app.images import Picture
    from app.judging.deal_judge import DealJudge

#: Changes are tried at first on a small drawing; what is suggested is graded on its preview.
TRIED_SIDE_PX, PREVIEW_SIDE_PX = 256, 512

#: A smaller gain is not worth a stroke, nor to be believed.
LEAST_GAIN = 0.1

MOST_SUGGESTIONS = 3

# After a first round at one strength, the best are tried weaker and stronger; then the best of all as previews.
_REFINED, _WEAKER, _STRONGER = 6, 0.5, 1.5
_MOST_PREVIEWS = 6
# Advice of one family is given twice for parts that hardly overlap.
_SEPARATE = 0.25
# How much a small part is preferred to a large one, as a power of its share.
_LOCAL = 0.2
# A rival's grade that falls by more than this is spoken of.
_FALLS = 0.05

Grades = dict[str, float]


def advise(
    deal_judge: DealJudge,
    drawing: Picture,
    rivals: Mapping[str, Picture],
    *,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Suggestion]:
    """Return up to three suggestions for a drawing, the one with the greatest gain first; the same for the same input.

    Args:
        deal judge: the judge with the drawing's deal before it.
        drawing: float32 H x W x 3, RGB, sRGB, [0, 1].
        rivals: the pictures that it is graded against, by their names; sizes may differ.
        on_progress: told how many trials are done, of how many.
        cancelled: asked before every trial.

    A gain is by how much the mean grade of the preview against the rivals is above the mean grade of the drawing, and
    above that of the drawing at the preview's size; it is at least 0.1 and at least the error band of the drawing's
    own grades. Raises Cancelled.
    """
    if not rivals:
        return []
    search = _Search(deal_judge, rivals, on_progress, cancelled)
    before, assessments = search.heard(drawing)
    preview = images.fit_within(drawing, PREVIEW_SIDE_PX)
    small = images.fit_within(preview, TRIED_SIDE_PX)
    study = _study(small, rivals, assessments)
    least = max(LEAST_GAIN, float(np.mean([assessment.band for assessment in assessments.values()])))
    base = _mean(search.graded(small))
    found = [_Trial(change, 1.0, search.mean(change, small, 1.0) - base) for change in proposals(study)]
    found.sort(key=_Trial.worth)
    for trial in found[:_REFINED]:
        for strength in (_WEAKER, _STRONGER):
            found.append(_Trial(trial.change, strength, search.mean(trial.change, small, strength) - base))
    found.sort(key=_Trial.worth)
    plain = search.graded(preview) if preview is not drawing else before
    chosen: list[tuple[Suggestion, Edit]] = []
    for trial in found:
        change = trial.change
        if len(chosen) == MOST_SUGGESTIONS or search.previews == _MOST_PREVIEWS:
            break
        if trial.gain < least / 2 or any(_is_same_advice(change, other) for _, other in chosen):
            continue
        made = change.make(preview, trial.strength)
        grades = search.previewed(made)
        gained = _mean(grades) - max(_mean(before), _mean(plain))
        if gained >= least:
            sentence = change.sentence + _nearer(before, grades)
            chosen.append((Suggestion(sentence, gained, grades, made, _box(preview, made)), change))
    search.finish()
    return sorted((suggestion for suggestion, _ in chosen), key=lambda suggestion: -suggestion.gain)


@dataclass(frozen=True)
class _Trial:
    """A change at a strength, and the gain on the small drawing."""

    change: Edit
    strength: float
    gain: float

    def worth(self) -> float:
        """For putting the best first: of about the same gain, what is less to do and better to find comes first."""
        return -self.gain / max(self.change.region.share, 0.05) ** _LOCAL


class _Search:
    """Grades trials, tells how far it is, and stops when asked."""

    def __init__(
        self,
        deal_judge: DealJudge,
        rivals: Mapping[str, Picture],
        on_progress: Callable[[int, int], None] | None,
        cancelled: Callable[[], bool],
    ) -> None:
        self._deal_judge, self._rivals = deal_judge, rivals
        self._on_progress, self._cancelled = on_progress, cancelled
        self._done, self._trials = 0, sum(TRIES.values()) + 2 * _REFINED + _MOST_PREVIEWS + 3
        self.previews = 0

    def heard(self, drawing: Picture) -> tuple[Grades, dict[str, Assessment]]:
        """The grades of a drawing as it is, and the assessments on it."""
        self._step()
        assessments = {name: self._deal_judge.assessment(drawing, rival) for name, rival in self._rivals.items()}
        return {name: assessment.grade for name, assessment in assessments.items()}, assessments

    def graded(self, picture: Picture) -> Grades:
        """The grades of a picture, by the rivals' names."""
        self._step()
        return {name: self._deal_judge.grade(picture, rival) for name, rival in self._rivals.items()}

    def mean(self, change: Edit, picture: Picture, strength: float) -> float:
        """The mean grade of a picture with a change."""
        return _mean(self.graded(change.make(picture, strength)))

    def previewed(self, picture: Picture) -> Grades:
        """The grades of a preview."""
        self.previews += 1
        return self.graded(picture)

    def finish(self) -> None:
        """Say that there are no more trials."""
        if self._on_progress is not None:
            self._on_progress(self._trials, self._trials)

    def _step(self) -> None:
        if self._cancelled():
            raise Cancelled("The search for suggestions was stopped.")
        if self._on_progress is not None:
            self._on_progress(self._done, self._trials)
        self._done = min(self._done + 1, self._trials)


def _study(small: Picture, rivals: Mapping[str, Picture], assessments: Mapping[str, Assessment]) -> DrawingAnalysis:
    height, width = small.shape[:2]
    fitted = [images.cover(rival, height=height, width=width) for rival in rivals.values()]
    heat: dict[str, NDArray[np.float64]] = {}
    for facet in FACETS:
        heats = [assessment.facets[facet].heat for assessment in assessments.values() if facet in assessment.facets]
        if heats:
            wide = [images.resize(h[..., None], height=height, width=width)[..., 0] for h in heats]
            heat[facet] = np.mean(wide, axis=0, dtype=np.float64)
    return DrawingAnalysis(small, fitted, heat)


def _mean(grades: Grades) -> float:
    return float(np.mean(list(grades.values())))


def _is_same_advice(first: Edit, second: Edit) -> bool:
    """Whether one says nothing that the other does not: about the same thing, in places that overlap."""
    return first.family == second.family and first.region.overlap(second.region) > _SEPARATE


def _nearer(before: Grades, after: Grades) -> str:
    """Which rivals a change brings nearer, where it takes the drawing away from another; else nothing."""
    if all(after[name] >= before[name] - _FALLS for name in before):
        return ""
    nearer = [rival_title(name) for name in before if after[name] > before[name]]
    return f", nearer to {' and '.join(nearer)} only"


def _box(before: Picture, after: Picture) -> tuple[float, float, float, float]:
    """Where two pictures of one shape differ most: (left, top, right, bottom) as shares of width and height."""
    from scipy.ndimage import gaussian_filter

    change = gaussian_filter(np.abs(after - before).mean(-1), max(before.shape[:2]) / 40)
    is_much = change > 0.4 * float(change.max())
    if not is_much.any():
        return 0.0, 0.0, 1.0, 1.0
    rows, columns = np.flatnonzero(is_much.any(1)), np.flatnonzero(is_much.any(0))
    height, width = change.shape
    return (
        float(columns[0] / width),
        float(rows[0] / height),
        float((columns[-1] + 1) / width),
        float((rows[-1] + 1) / height),
    )
