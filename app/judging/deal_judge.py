"""The judge with one deal before it: what is graded is measured against what the deal itself brings along."""

from __future__ import annotations

import io
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from app import images
from app.judging.assessment import ANCHORS, FACETS, Assessment, Facet, Heat
from app.judging.explanation import measurements, sentences
from app.judging.features import views
from app.judging.metrics import alignment, facets, scoring
from app.judging.metrics.calibration import TOP_GRADE
from app.judging.metrics.copy_detection import CopyDetector, CopyMap
from app.judging.metrics.transform_check import TransformedViews, turn_between

if TYPE_CHECKING:
    from app.images import Picture
    from app.judging.features.extractor import Description, FeatureExtractor
    from app.judging.metrics.scoring import Scoring

#: What any picture but the same one gets at most.
_NEARLY_TOP = 9.99
#: So many pictures' descriptions are kept, those looked at last.
_REMEMBERED = 12
#: The drawing is shifted by so many px of the view, encoded anew, and scaled to learn how firm its grade is.
_SHIFT_PX = (1, 2)
_QUALITY = 85
_LEAST_BAND = 0.05
#: How hot a map of a facet with grade 0 is in the mean: places must still differ.
_WARMEST = 0.7


_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(eq=False)
class _Seen:
    """A picture before the judge: what was found out about it so far."""

    picture: Picture
    view: Picture
    description: Description
    floor: float | None = None
    copied: CopyMap | None = None
    is_rivals: bool = False
    again: list[_Seen] | None = None

    @cached_property
    def turned(self) -> TransformedViews:
        return TransformedViews(self.view)


@dataclass(frozen=True)
class _Comparison:
    grade: float
    departures: Mapping[str, float]
    turned: str


class PairJudge:
    """Compares pictures without a deal: in the shape of one of them, against a floor as deals usually have it.

    All pictures are float32 H x W x 3, RGB, sRGB, [0, 1]. A picture must not be changed in place while this lasts.
    """

    def __init__(self, extractor: FeatureExtractor, scale: Scoring, shaped_as: Picture) -> None:
        views.check(shaped_as)
        self._extractor, self._scale = extractor, scale
        self.shape = views.shape_of(shaped_as)
        self._known: OrderedDict[int, _Seen] = OrderedDict()

    @property
    def breadth(self) -> float | None:
        """How broad the painting's manner is, 0 to 1; None without a deal."""
        return None

    def grade(self, first: Picture, second: Picture) -> float:
        """Return the grade, 0.0 to 10.0, of two pictures of the deal; sizes may differ.

        Identical pictures get exactly 10.0; the order does not matter; the same pictures always get the same grade.
        """
        if _is_same(first, second):
            return TOP_GRADE
        return self._compare(self._look(first), self._look(second)).grade

    def _look(self, picture: Picture) -> _Seen:
        """Describe a picture, or remember how it was described."""
        return self._look_at(picture)[0]

    def _look_at(self, *pictures: Picture) -> list[_Seen]:
        new = {id(picture): picture for picture in pictures if id(picture) not in self._known}
        self._known.update(zip(new, _side_by_side(self._see, list(new.values())), strict=True))
        seen = [self._known[id(picture)] for picture in pictures]
        for picture in pictures:
            self._known.move_to_end(id(picture))
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return seen

    def _see(self, picture: Picture) -> _Seen:
        views.check(picture)
        view = views.view(picture, self.shape)
        return _Seen(picture, view, self._extractor.describe(view))

    def _compare(self, first: _Seen, second: _Seen, *, in_register: bool = True) -> _Comparison:
        """Compare two pictures, laid in register first unless they are known to lie where they lie."""
        # In an order of their own: of moves that do equally well, as in stripes, the same one is found either way.
        first, second = sorted((first, second), key=lambda each: each.view.tobytes())
        move = alignment.move_between(first.view, second.view) if in_register else (0, 0)
        pairs = [(first.description, second.description)]
        if move != (0, 0):
            # Either picture is moved onto the other, and what is nearer counts: so the order does not matter.
            back = (-move[0], -move[1])
            laid = [alignment.moved_back(second.view, move), alignment.moved_back(first.view, back)]
            moved = _side_by_side(self._extractor.describe, laid)
            pairs = [(first.description, moved[0]), (moved[1], second.description)]
        found = [self._scale.departures(facets.distances(*pair)) for pair in pairs]
        departures = max(found, key=scoring.likeness)
        turn = turn_between(first.turned, second.turned)
        alike = scoring.discounted(
            scoring.likeness(departures, moved_px=float(np.hypot(*move))),
            straightness=turn.straightness,
            copied=self._copied_in_one(first, second),
        )
        grade = self._scale.grade(alike, self._floor(first, second), self.breadth)
        return _Comparison(min(grade, _NEARLY_TOP), departures, turn.way)

    def _floor(self, _first: _Seen, _second: _Seen) -> float:
        """The likeness that such pictures have anyhow."""
        return self._scale.floor

    def _copied_in_one(self, _first: _Seen, _second: _Seen) -> float:
        """The share of places where one picture, and not the other, is a copy of the photograph or the painting."""
        return 0.0


class DealJudge(PairJudge):
    """Compares pictures that were made of one deal. Make it with ``Judge.hear``.

    Pictures are looked at in the photograph's aspect, cropped in the middle where theirs is another.
    """

    def __init__(self, extractor: FeatureExtractor, scale: Scoring, content: Picture, style: Picture) -> None:
        super().__init__(extractor, scale, content)
        views.check(style)
        self._content, self._style = content, style
        self._copies = CopyDetector(content, style)

    def expect(self, picture: Picture) -> None:
        """Tell that a picture is a rival's: where it is a copy, as under a mask, none is fined for not being one."""
        self._look(picture).is_rivals = True

    def assessment(
        self, first: Picture, second: Picture, *, titles: tuple[str, str] = (sentences.DRAWING, "the other picture")
    ) -> Assessment:
        """Return the whole assessment on a first picture (a drawing) set against a second (a rival's).

        ``titles`` are what the sentences call the two.
        """
        from app.judging.metrics.second_opinion import second_grade

        mine, its = self._look_at(first, second)
        _side_by_side(self._copied, (mine, its))
        comparison = self._compare(mine, its)
        is_same = _is_same(first, second)
        grade = TOP_GRADE if is_same else comparison.grade
        heats = facets.heats(mine.description, its.description, self._scale.usual)
        said = measurements.notes(mine.description, its.description, heats)
        seen: dict[str, Facet] = {}
        for name in FACETS:
            own = TOP_GRADE if is_same else self._scale.facet_grade(name, comparison.departures[name])
            words = sentences.sentence(said[name], own, first=titles[0], second=titles[1])
            seen[name] = Facet(own, words, _tempered(heats[name], own))
        work: list[Callable[[], float]] = [lambda: self._band(mine, its), lambda: second_grade(mine.view, its.view)]
        band, second_grading = _side_by_side(lambda each: each(), work)
        return Assessment(
            grade=grade,
            band=0.0 if is_same else band,
            facets=seen,
            anchors={name: self.anchor(name, second) for name in ANCHORS},
            second_grade=second_grading,
            copied=dict(self._copied(mine).shares),
            turned="" if is_same else comparison.turned,
        )

    def anchor(self, name: str, second: Picture) -> float:
        """Return the grade that one of ANCHORS would get against a picture."""
        its = self._look(second)
        bare = self.anchors[name]
        if np.array_equal(bare.view, its.view):
            return TOP_GRADE
        return self._compare(bare, its, in_register=False).grade

    @cached_property
    def breadth(self) -> float:
        """How broad the painting's manner is, 0 to 1: how much it stays itself when its strokes are wiped away."""
        painting = self.anchors["painting"]
        wiped = self._extractor.describe(views.wiped(painting.view))
        distances = facets.distances(wiped, painting.description)
        return scoring.likeness(self._scale.departures(distances))

    @cached_property
    def anchors(self) -> Mapping[str, _Seen]:
        """The deal's anchors by name: white paper, the photograph, the painting."""
        paper = np.ones((*self.shape, 3), np.float32)
        pictures = {"blank": paper, "photograph": self._content, "painting": self._style}
        seen = dict(zip(ANCHORS, _side_by_side(self._see, [pictures[name] for name in ANCHORS]), strict=True))
        for name, each in seen.items():
            each.copied = CopyMap.all_over(name)
        return seen

    def _band(self, first: _Seen, second: _Seen) -> float:
        """By how much the grade changes when the same first picture is a little shifted, scaled or encoded anew."""
        if first.again is None:
            first.again = _side_by_side(self._see, _same_again(first.view))
            for each in first.again:
                # It is the same picture, and a copy where that is one.
                each.copied, each.is_rivals = self._copied(first), first.is_rivals
        grade = self._compare(first, second, in_register=False).grade
        changed = (self._compare(each, second, in_register=False).grade for each in first.again)
        return max(_LEAST_BAND, *(abs(each - grade) for each in changed))

    def _floor(self, first: _Seen, second: _Seen) -> float:
        return min(self._floor_of(first), self._floor_of(second))

    def _floor_of(self, seen: _Seen) -> float:
        if seen.floor is None:
            each = (facets.distances(bare.description, seen.description) for bare in self.anchors.values())
            seen.floor = scoring.floor_of([scoring.likeness(self._scale.departures(apart)) for apart in each])
        return seen.floor

    def _copied(self, seen: _Seen) -> CopyMap:
        if seen.copied is None:
            seen.copied = self._copies.of(seen.view)
        return seen.copied

    def _copied_in_one(self, first: _Seen, second: _Seen) -> float:
        maps = [np.maximum(each.photograph, each.painting) for each in map(self._copied, (first, second))]
        is_fined = np.abs(maps[0] - maps[1])
        for seen, found in zip((first, second), maps, strict=True):
            if seen.is_rivals:
                is_fined = is_fined * (1 - found)
        return float(is_fined.mean())


def _side_by_side(work: Callable[[_Item], _Result], items: Sequence[_Item]) -> list[_Result]:
    """Do the same to each, two at a time: NumPy works at one while TensorFlow does at the other."""
    if len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return list(pool.map(work, items))


def _tempered(heat: Heat, grade: float) -> Heat:
    """A map the hotter in the mean the lower the facet's grade is, so that maps of several facets can be compared."""
    mean = float(heat.mean())
    wanted = _WARMEST * (1.0 - grade / TOP_GRADE)
    return np.clip(heat * np.float32(wanted / mean), 0.0, 1.0) if mean > 0 else heat


def _is_same(first: Picture, second: Picture) -> bool:
    return first.shape == second.shape and np.array_equal(first, second)


def _same_again(view: Picture) -> list[Picture]:
    """The same picture twice more: shifted, saved as JPEG, read and laid back; and halved and enlarged again."""
    from PIL import Image

    height, width = view.shape[:2]
    there, back = _SHIFT_PX, (-_SHIFT_PX[0], -_SHIFT_PX[1])
    saved = io.BytesIO()
    Image.fromarray(images.to_bytes(alignment.moved_back(view, there))).save(saved, "JPEG", quality=_QUALITY)
    with Image.open(saved) as opened:
        encoded = images.from_bytes(np.asarray(opened))
    half = images.resize(view, height=height // 2, width=width // 2)
    return [alignment.moved_back(encoded, back), images.resize(half, height=height, width=width)]
