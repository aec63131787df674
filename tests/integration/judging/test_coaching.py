"""Suggestions: found where a drawing lacks something, worth what they say, different from each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from app import images
from app.colour import from_oklab, to_oklab
from app.errors import Cancelled
from app.images import Picture
from app.judging.assessment import FACETS, Assessment, Facet, Suggestion
from app.judging.coaching import regions
from app.judging.coaching.filters import shift
from app.judging.coaching.search import LEAST_GAIN, MOST_SUGGESTIONS, PREVIEW_SIDE_PX, advise
from app.judging.deal_judge import DealJudge
from app.judging.judge import Judge
from app.training.inventions import imitate

BLUE_TO_ORANGE = np.array([0.0, 0.5, 0.866])


class PairJudge(DealJudge):
    """A judge that anybody can check: how far apart colours lie in small windows, and how much happens in them."""

    def __init__(self, band: float = 0.0) -> None:
        self.band = band
        self.graded: list[Picture] = []
        self.against: list[Picture] = []

    def grade(self, first: Picture, second: Picture) -> float:
        self.graded.append(first)
        self.against.append(second)
        (mean, spread), (wanted, wanted_spread) = self._seen(first), self._seen(second)
        apart = np.sqrt(np.square(mean - wanted).sum(-1)).mean() + np.abs(spread - wanted_spread).mean()
        return float(10.0 * np.exp(-6.0 * apart))

    def assessment(self, first: Picture, second: Picture) -> Assessment:
        (mean, _), (wanted, _) = self._seen(first), self._seen(second)
        heat = np.clip(5 * np.abs(mean - wanted).sum(-1), 0, 1).astype(np.float32)
        facets = {name: Facet(5.0, "Here and there.", heat) for name in FACETS}
        return Assessment(self.grade(first, second), self.band, facets)

    @staticmethod
    def _seen(picture: Picture) -> tuple[np.ndarray, np.ndarray]:
        lab = to_oklab(images.cover(picture, height=96, width=128).astype(np.float64))
        windows = lab.reshape(12, 8, 16, 8, 3)
        return windows.mean((1, 3)), windows.std((1, 3))


@pytest.fixture(scope="module")
def scene() -> Picture:
    """144 x 192 px: a light sky, a red sun, a wood."""
    down, across = np.mgrid[0:144, 0:192].astype(np.float32)
    scene = np.stack([0.45 + down / 400, 0.6 + down / 600, 0.95 - down / 500], axis=2)
    scene[(down - 40) ** 2 + (across - 140) ** 2 < 24**2] = (0.9, 0.3, 0.15)
    scene[down > 96 + 14 * np.sin(across / 26)] = (0.2, 0.36, 0.16)
    return np.asarray(scene, np.float32)


@pytest.fixture(scope="module")
def rival(scene: Picture) -> Picture:
    return imitate(scene, 2500, np.random.default_rng(4))


@pytest.fixture(scope="module")
def attempt(rival: Picture) -> Picture:
    return imitate(rival, 700, np.random.default_rng(5))


def cooler(picture: Picture) -> Picture:
    return shift(picture, np.ones(picture.shape[:2], np.float32), -0.08 * BLUE_TO_ORANGE)


def erased(picture: Picture) -> Picture:
    left = picture.copy()
    left[: len(left) // 2] = 1.0
    return left


def gain_of(deal_judge: DealJudge, drawing: Picture, rivals: dict[str, Picture], suggestion: Suggestion) -> float:
    """By how much a suggestion's preview is graded above the drawing."""
    grades = [(deal_judge.grade(suggestion.preview, r), deal_judge.grade(drawing, r)) for r in rivals.values()]
    return float(np.mean([after - before for after, before in grades]))


def test_a_drawing_that_is_too_cool_is_told_to_become_warmer(rival: Picture, attempt: Picture) -> None:
    found = advise(PairJudge(), cooler(attempt), {"magenta": rival})
    assert any(s.sentence.startswith("Warmer") and s.gain > 0.3 for s in found), [s.sentence for s in found]
    assert not any(s.sentence.startswith("Cooler") for s in found)


def test_advice_for_a_half_that_was_erased_is_about_that_half(rival: Picture, attempt: Picture) -> None:
    found = advise(PairJudge(), erased(attempt), {"magenta": rival})
    assert "Lay in the big colours" in found[0].sentence
    assert found[0].gain > 0.5
    _, top, _, bottom = found[0].box
    assert top < 0.1
    assert bottom < 0.65


def test_an_empty_canvas_is_told_which_colours_to_begin_with(rival: Picture) -> None:
    found = advise(PairJudge(), np.ones_like(rival), {"magenta": rival})
    assert found[0].sentence.startswith("Lay in the big colours")
    assert "blue" in found[0].sentence
    assert found[0].gain > 0.5


def test_the_rivals_own_picture_needs_nothing(rival: Picture) -> None:
    assert advise(PairJudge(), rival, {"magenta": rival}) == []


@pytest.mark.parametrize("spoil", [cooler, erased, np.ones_like])
def test_each_gain_is_that_of_its_preview(rival: Picture, attempt: Picture, spoil) -> None:
    deal_judge = PairJudge()
    drawing, rivals = spoil(attempt), {"magenta": rival, "classic": np.clip(rival * 0.9, 0, 1).astype(np.float32)}
    found = advise(deal_judge, drawing, rivals)
    assert 1 <= len(found) <= MOST_SUGGESTIONS
    for suggestion in found:
        assert suggestion.gain == pytest.approx(gain_of(deal_judge, drawing, rivals, suggestion), abs=0.05)
        assert suggestion.grades == {n: deal_judge.grade(suggestion.preview, r) for n, r in rivals.items()}
        assert suggestion.gain >= LEAST_GAIN
    assert [s.gain for s in found] == sorted((s.gain for s in found), reverse=True)


def test_suggestions_differ_and_say_where_they_change_the_drawing(rival: Picture, attempt: Picture) -> None:
    drawing = cooler(erased(attempt))
    found = advise(PairJudge(), drawing, {"magenta": rival})
    assert len({s.sentence for s in found}) == len(found) >= 2
    for suggestion in found:
        left, top, right, bottom = suggestion.box
        assert 0 <= left < right <= 1
        assert 0 <= top < bottom <= 1
        changed = np.abs(suggestion.preview - drawing).sum(-1)
        height, width = changed.shape
        rows, columns = slice(int(top * height), int(bottom * height)), slice(int(left * width), int(right * width))
        assert changed[rows, columns].mean() >= changed.mean()


def test_what_lies_within_the_error_band_is_not_suggested(rival: Picture, attempt: Picture) -> None:
    drawing, rivals = cooler(attempt), {"magenta": rival}
    best = advise(PairJudge(), drawing, rivals)[0].gain
    assert advise(PairJudge(band=best + 0.2), drawing, rivals) == []
    assert all(s.gain >= best * 0.9 for s in advise(PairJudge(band=best * 0.9), drawing, rivals))


def test_a_rival_that_would_lose_is_not_hidden(rival: Picture, attempt: Picture) -> None:
    deal_judge = PairJudge()
    warm = shift(rival, np.ones(rival.shape[:2], np.float32), 0.1 * BLUE_TO_ORANGE)
    rivals = {"magenta": warm, "classic": attempt}
    for suggestion in advise(deal_judge, attempt, rivals):
        loses = suggestion.grades["classic"] < deal_judge.grade(attempt, attempt) - 0.05
        assert loses == suggestion.sentence.endswith(", nearer to Magenta only")


def test_the_same_question_gets_the_same_advice(rival: Picture, attempt: Picture) -> None:
    first, second = (advise(PairJudge(), cooler(attempt), {"magenta": rival}) for _ in range(2))
    assert [(s.sentence, s.gain, s.box) for s in first] == [(s.sentence, s.gain, s.box) for s in second]
    assert all(np.array_equal(a.preview, b.preview) for a, b in zip(first, second, strict=True))


def test_the_number_of_trials_is_bounded_and_told(rival: Picture, attempt: Picture) -> None:
    deal_judge, told = PairJudge(), []
    rivals = {"magenta": rival, "classic": np.clip(rival + 0.05, 0, 1).astype(np.float32)}
    advise(deal_judge, cooler(attempt), rivals, on_progress=lambda done, of: told.append((done, of)))
    assert len(deal_judge.graded) <= 2 * 60
    # The very objects, so that the judge looks at each rival's picture once.
    assert {id(picture) for picture in deal_judge.against} == {id(picture) for picture in rivals.values()}
    assert told == sorted(told)
    assert len({of for _, of in told}) == 1
    assert told[-1][0] == told[-1][1]


def test_it_stops_when_asked(rival: Picture, attempt: Picture) -> None:
    def answers() -> Iterator[bool]:
        yield from [False] * 9
        while True:
            yield True

    asked, deal_judge = answers(), PairJudge()
    with pytest.raises(Cancelled):
        advise(deal_judge, attempt, {"magenta": rival}, cancelled=lambda: next(asked))
    assert len(deal_judge.graded) == 9


def test_without_rivals_there_is_nothing_to_say(attempt: Picture) -> None:
    assert advise(PairJudge(), attempt, {}) == []


def test_previews_are_small_and_of_the_drawings_shape(rival: Picture, attempt: Picture) -> None:
    large = images.resize(cooler(attempt), height=600, width=800)
    tall = images.cover(rival, height=192, width=120)
    found = advise(PairJudge(), large, {"magenta": rival, "classic": tall})
    assert found
    for suggestion in found:
        assert suggestion.preview.shape == (PREVIEW_SIDE_PX * 3 // 4, PREVIEW_SIDE_PX, 3)
        assert suggestion.preview.dtype == np.float32
        assert suggestion.preview.min() >= 0
        assert suggestion.preview.max() <= 1


@pytest.mark.parametrize("shape", [(16, 16), (16, 256), (300, 20)])
def test_small_and_long_drawings_are_advised_too(shape: tuple[int, int]) -> None:
    drawing = np.random.default_rng(1).random((*shape, 3), dtype=np.float32)
    rival = np.full((*shape, 3), (0.2, 0.4, 0.7), np.float32)
    assert advise(PairJudge(), drawing, {"magenta": rival})


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((1, 1, 1), "white"),
        ((0, 0, 0), "black"),
        ((0.5, 0.5, 0.5), "grey"),
        ((0.9, 0.1, 0.1), "red"),
        ((1.0, 0.55, 0.0), "orange"),
        ((0.95, 0.9, 0.1), "yellow"),
        ((0.1, 0.6, 0.15), "green"),
        ((0.1, 0.75, 0.75), "turquoise"),
        ((0.15, 0.3, 0.8), "blue"),
        ((0.5, 0.15, 0.65), "violet"),
        ((1.0, 0.7, 0.75), "pink"),
        ((0.4, 0.25, 0.1), "brown"),
        ((0.93, 0.87, 0.75), "beige"),
        ((0.55, 0.75, 0.95), "light blue"),
        ((0.05, 0.2, 0.08), "dark green"),
    ],
)
def test_colours_have_plain_names(rgb: tuple[float, float, float], name: str) -> None:
    lab = to_oklab(np.array(rgb, np.float64))
    assert regions.shade_name(lab).endswith(name) if " " not in name else regions.shade_name(lab) == name
    assert regions.colour_name(lab) == name.split()[-1]


def test_parts_are_soft_masks_of_the_drawing_that_their_names_mean(rival: Picture) -> None:
    lab = to_oklab(rival.astype(np.float64))
    parts = {region.name: region for region in regions.regions_of(lab)}
    assert {"", "upper part", "left half", "bottom right corner", "light parts"} <= set(parts)
    assert {"blue areas", "green areas"} <= set(parts)
    for region in parts.values():
        assert region.mask.shape == rival.shape[:2]
        assert region.mask.min() >= 0
        assert region.mask.max() <= 1.0 + 1e-6
    assert parts["upper part"].mask[:40].min() > 0.9
    assert parts["upper part"].mask[-40:].max() < 0.1
    assert parts["light parts"].mean(lab[..., 0]) > parts["dark parts"].mean(lab[..., 0]) + 0.1
    assert regions.colour_name(parts["blue areas"].mean(lab)) == "blue"
    assert parts["upper part"].overlap(parts["top left corner"]) > 0.7
    assert parts["upper part"].overlap(parts["lower part"]) < 0.25


def test_colours_of_a_screen_survive_the_way_there_and_back() -> None:
    picture = np.random.default_rng(2).random((8, 9, 3), dtype=np.float32)
    assert np.abs(from_oklab(to_oklab(picture.astype(np.float64))) - picture).max() < 1e-4


@pytest.mark.slow
def test_the_shipped_judge_gives_the_same_advice(
    scene: Picture, rival: Picture, attempt: Picture, painting: Picture
) -> None:
    deal_judge = Judge.load().hear(scene, painting)
    rivals = {"magenta": rival}
    for drawing, word in ((cooler(attempt), "Warmer"), (erased(attempt), "Lay in"), (np.ones_like(rival), "Lay in")):
        found = advise(deal_judge, drawing, rivals)
        assert any(s.sentence.startswith(word) for s in found), [s.sentence for s in found]
        for suggestion in found:
            assert suggestion.gain == pytest.approx(gain_of(deal_judge, drawing, rivals, suggestion), abs=0.05)
    assert advise(deal_judge, rival, rivals) == []
