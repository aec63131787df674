"""What the judge measures: symmetric, nothing for the same picture, more where more departs, and in the right place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from judging_scenes import scene

from app.judging.assessment import FACETS
from app.judging.features import views
from app.judging.features.extractor import FeatureExtractor, oklab
from app.judging.metrics import alignment, facets, scoring
from app.judging.metrics.transform_check import TransformCheck, TransformedViews, turn_between

PARTS = [part for parts in facets.PARTS.values() for part in parts]


@pytest.fixture(scope="module")
def extractor() -> FeatureExtractor:
    return FeatureExtractor.load()


def test_a_picture_is_nowhere_apart_from_itself(extractor: FeatureExtractor) -> None:
    seen = extractor.describe(views.view(scene(1), (192, 256)))
    apart = facets.distances(seen, seen)
    assert apart.keys() == set(PARTS)
    assert all(abs(distance) < 1e-5 for distance in apart.values())
    heats = facets.heats(seen, seen, dict.fromkeys(PARTS, 1.0))
    assert list(heats) == list(FACETS)
    assert all(heat.shape == (16, 16) and float(heat.max()) < 1e-3 for heat in heats.values())


def test_distances_do_not_depend_on_the_order(extractor: FeatureExtractor) -> None:
    first, second = (extractor.describe(views.view(scene(seed), (192, 256))) for seed in (1, 2))
    assert facets.distances(first, second) == facets.distances(second, first)


def test_heat_lies_where_the_pictures_differ(extractor: FeatureExtractor) -> None:
    picture = views.view(scene(3), (192, 256))
    spoilt = picture.copy()
    spoilt[:96, :128] = np.random.default_rng(0).random((96, 128, 3))
    first, second = extractor.describe(picture), extractor.describe(spoilt)
    heats = facets.heats(second, first, facets.distances(second, first))
    for name, heat in heats.items():
        assert heat[:8, :8].mean() > 3 * heat[8:, 8:].mean(), name


@pytest.mark.parametrize(
    ("facet", "change"),
    [
        ("palette", lambda p: np.clip(p * [1.2, 1.0, 0.6], 0, 1)),
        ("composition", lambda p: p[:, ::-1]),
        ("detail", lambda p: np.roll(p, 24, 1)),
    ],
)
def test_each_facet_feels_its_own_change_most(extractor: FeatureExtractor, facet: str, change: object) -> None:
    assert callable(change)
    picture = views.view(scene(4), (192, 256))
    changed = np.ascontiguousarray(change(picture), np.float32)
    other = extractor.describe(views.view(scene(40), (192, 256)))
    mine = extractor.describe(picture)
    usual = facets.distances(mine, other)
    apart = facets.distances(mine, extractor.describe(changed))
    felt = {name: np.mean([apart[p] / usual[p] for p in parts]) for name, parts in facets.PARTS.items()}
    calm = {"palette": "composition", "composition": "palette", "detail": "palette"}[facet]
    assert felt[facet] > felt[calm]


@settings(deadline=None, max_examples=40)
@given(
    st.integers(-alignment.REACH_PX, alignment.REACH_PX),
    st.integers(-alignment.REACH_PX, alignment.REACH_PX),
    st.integers(0, 50),
)
def test_a_shift_is_found_and_undone_the_same_either_way(down: int, right: int, seed: int) -> None:
    whole = np.random.default_rng(seed).random((80, 96, 3)).astype(np.float32)
    first = whole[8:72, 8:88]
    second = whole[8 - down : 72 - down, 8 - right : 88 - right]
    move = alignment.move_between(first, second)
    assert move == (down, right)
    assert alignment.move_between(second, first) == (-down, -right)
    inner = (slice(8, -8), slice(8, -8))
    assert np.array_equal(alignment.moved_back(second, move)[inner], first[inner])
    assert np.array_equal(alignment.moved_back(first, (-down, -right))[inner], second[inner])
    assert alignment.moved_back(second, move).shape == second.shape


def test_unlike_pictures_stay_where_they_are() -> None:
    first, second = (views.view(scene(seed), (192, 256)) for seed in (5, 6))
    assert alignment.move_between(first, second) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda p: p[:, ::-1],
        lambda p: p[::-1],
        lambda p: p[..., [2, 0, 1]],
        lambda p: 1 - p,
    ],
)
def test_what_was_turned_or_recoloured_is_told(change: object) -> None:
    assert callable(change)
    picture = views.view(scene(7), (192, 256))
    turned = np.ascontiguousarray(change(picture), np.float32)
    softened = views.wiped(picture)
    turn = turn_between(TransformedViews(picture), TransformedViews(turned))
    assert turn.straightness == 0.0
    assert turn.way in ("placed", "coloured")
    assert turn_between(TransformedViews(turned), TransformedViews(picture)) == turn
    assert turn_between(TransformedViews(picture), TransformedViews(softened)) == TransformCheck(1.0, "")


@given(st.floats(0.2, 5.0))
def test_views_are_of_whole_cells_and_near_the_aspect(aspect: float) -> None:
    height, width = views.nearest(aspect)
    assert height % views.MULTIPLE_PX == width % views.MULTIPLE_PX == 0
    assert abs(np.log(width / height / aspect)) < 0.1
    assert 0.5 < height * width / views.SIDE_PX**2 < 2


def test_oklab_knows_white_black_and_red() -> None:
    colours = np.array([[[1, 1, 1], [0, 0, 0], [1, 0, 0]]], np.float32)
    white, black, red = oklab(colours)[0]
    assert np.allclose(white, [1, 0, 0], atol=1e-3)
    assert np.allclose(black, 0, atol=1e-3)
    # Ottosson's table gives 0.628, 0.225, 0.126; chroma is stretched by half.
    assert np.allclose(red, [0.628, 0.337, 0.189], atol=2e-3)


@given(st.floats(0, 1), st.floats(0, 0.9))
def test_relative_likeness_keeps_one_and_the_order(likeness: float, floor: float) -> None:
    assert scoring.relative(1.0, floor) == pytest.approx(1.0)
    assert scoring.relative(likeness, floor) <= likeness + 1e-9


def test_tricks_cost_likeness_and_honest_work_does_not() -> None:
    assert scoring.discounted(0.8, straightness=1.0, copied=0.0) == pytest.approx(0.8)
    assert scoring.discounted(0.8, straightness=0.0, copied=0.0) < 0.5
    assert scoring.discounted(0.8, straightness=1.0, copied=1.0) < 0.5
