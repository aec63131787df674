"""Trails: the same however points come, repeated by symmetry, heeding the hand's speed and the pen's tilt."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import places
from app.painting.brushes.brush import Brush, brush_with, load_brush
from app.painting.engine.dab_placement import DabPlacement, Trail
from app.painting.model.stroke import Points, Stroke, as_points
from app.painting.model.symmetry import Symmetry

ROUND = load_brush(places.brushes() / "round.json")
BRISTLE = load_brush(places.brushes() / "bristle.json")
CHALK = load_brush(places.brushes() / "chalk.json")
# Heeds everything that a trail can heed.
LIVELY = brush_with(
    CHALK, speed_size=-0.7, speed_flow=0.4, tilt_size=2.0, rotation="tilt", size_jitter=0.3, scatter_across=0.4
)
KINDS = [ROUND, BRISTLE, CHALK, LIVELY, brush_with(LIVELY, rotation="along")]


def trail_of(brush: Brush, points: Points, cuts: tuple[int, ...] = (), *, size_px: float = 20.0) -> Trail:
    """The whole trail of points that come in batches, cut where the cuts are."""
    maker = DabPlacement(brush, Stroke(brush=brush.name, size_px=size_px, seed=11))
    edges = [0, *sorted(cut % (len(points) + 1) for cut in cuts), len(points)]
    parts = [maker.extend(points[start:end]) for start, end in itertools.pairwise(edges)]
    parts.append(maker.finish())
    return Trail(*(np.concatenate([getattr(part, name) for part in parts]) for name in Trail.__annotations__))


def same(left: Trail, right: Trail) -> bool:
    return all(np.array_equal(getattr(left, name), getattr(right, name)) for name in Trail.__annotations__)


def straight(speed_px_per_ms: float, *, length_px: float = 600.0, step_ms: float = 8.0) -> Points:
    """A steady straight way to the right, half pressed."""
    count = max(int(length_px / (speed_px_per_ms * step_ms)), 2)
    times = np.arange(count + 1) * step_ms
    zeros = np.zeros_like(times)
    return as_points(np.stack([times * speed_px_per_ms, zeros, zeros + 0.5, times], axis=1))


hands = st.lists(
    st.tuples(
        st.floats(-40, 40, width=32),
        st.floats(-40, 40, width=32),
        st.floats(0, 1, width=32),
        st.sampled_from([0.0, 1.0, 4.0, 9.0, 300.0]),
        st.floats(-60, 60, width=32),
        st.floats(-60, 60, width=32),
    ),
    min_size=1,
    max_size=24,
)


@settings(max_examples=120, deadline=None)
@given(hand=hands, cuts=st.lists(st.integers(0, 24), max_size=24), kind=st.sampled_from(range(len(KINDS))))
def test_a_trail_does_not_depend_on_how_its_points_come(
    hand: list[tuple[float, ...]], cuts: list[int], kind: int
) -> None:
    moves = np.array(hand, dtype=np.float64)
    moves[:, [0, 1, 3]] = np.cumsum(moves[:, [0, 1, 3]], axis=0)
    points = as_points(moves)
    whole = trail_of(KINDS[kind], points)
    assert same(whole, trail_of(KINDS[kind], points, tuple(cuts)))
    assert same(whole, trail_of(KINDS[kind], points, tuple(range(len(points)))))
    assert all(np.isfinite(getattr(whole, name)).all() for name in Trail.__annotations__)
    assert (whole.size > 0).all()
    assert ((whole.flow >= 0) & (whole.flow <= 1)).all()


def test_a_resting_hand_changes_nothing_but_its_speed() -> None:
    points = np.array([[0, 0, 1], [30, 0, 1], [30, 0, 1], [30, 0, 0.5], [60, 20, 1]], dtype=np.float32)
    assert same(trail_of(ROUND, as_points(points)), trail_of(ROUND, as_points(points[[0, 1, 4]])))


@pytest.mark.parametrize("brush", KINDS, ids=lambda brush: brush.rotation)
def test_a_press_without_a_move_is_one_dot(brush: Brush) -> None:
    trail = trail_of(brush, as_points([[40, 50, 1], [40, 50, 0.5]]))
    assert len(trail) == 1


@pytest.mark.parametrize(("brush", "size_px"), [(ROUND, 20.0), (ROUND, 200.0), (brush_with(ROUND, spacing=0.5), 40.0)])
def test_dabs_stand_a_spacing_apart(brush: Brush, size_px: float) -> None:
    points = as_points(np.stack([np.linspace(0, 900, 40), np.zeros(40), np.ones(40)], axis=1))
    trail = trail_of(brush, points, size_px=size_px)
    assert np.allclose(np.diff(trail.x), size_px * brush.spacing, atol=1e-3)
    assert np.allclose(trail.size, size_px)
    assert trail.travel[0] == 0
    assert np.allclose(trail.travel[1:], brush.spacing)


def test_times_mean_nothing_to_a_brush_without_speed_and_no_times_mean_no_speed() -> None:
    points = straight(2.0)
    timeless = points.copy()
    timeless[:, 3] = 0
    assert same(trail_of(ROUND, points), trail_of(ROUND, timeless))
    heeding = brush_with(ROUND, speed_size=-0.8, speed_flow=-0.5)
    assert same(trail_of(heeding, timeless), trail_of(ROUND, timeless))


def test_a_fast_hand_is_thinner_or_wider_and_gives_less_or_more() -> None:
    def end(brush: Brush, speed: float) -> tuple[float, float]:
        trail = trail_of(brush, straight(speed))
        return float(trail.size[-1]), float(trail.flow[-1])

    thinner = brush_with(ROUND, speed_size=-0.8, speed_flow=-0.5, flow=0.6)
    wider = brush_with(ROUND, speed_size=0.8, speed_flow=0.5, flow=0.6)
    sizes, flows = zip(*(end(thinner, speed) for speed in (0.05, 0.4, 2.0)), strict=True)
    assert sizes[0] > 1.2 * sizes[1] > 1.44 * sizes[2] > 0
    assert flows[0] > flows[1] > flows[2] > 0
    sizes, flows = zip(*(end(wider, speed) for speed in (0.05, 0.4, 2.0)), strict=True)
    assert sizes[0] < sizes[1] < sizes[2] < 2 * 20
    assert flows[0] < flows[1] < flows[2] <= 1


def test_speed_depends_on_time_and_not_on_how_often_points_come() -> None:
    heeding = brush_with(ROUND, speed_size=-0.8)
    often, seldom = (trail_of(heeding, straight(0.8, step_ms=step)) for step in (2.0, 16.0))
    at = np.linspace(100, 500, 30)
    assert np.interp(at, often.x, often.size) == pytest.approx(np.interp(at, seldom.x, seldom.size), rel=0.03)
    # Two points of one moment are as good as one.
    points = straight(0.8)
    doubled = np.repeat(points, 2, axis=0)
    doubled[1:-1:2, 0] = (points[1:, 0] + points[:-1, 0]) / 2
    doubled[1:-1:2, 3] = points[1:, 3]
    bunched = trail_of(heeding, as_points(doubled))
    assert np.interp(at, bunched.x, bunched.size) == pytest.approx(np.interp(at, often.x, often.size), rel=0.05)


def test_a_leaning_pen_is_wider_and_turns_the_dabs_to_its_lean() -> None:
    brush = brush_with(ROUND, tilt_size=3.0, rotation="tilt", angle_deg=10)
    upright = straight(0.5)
    leaning = upright.copy()
    leaning[:, 5] = 60  # towards the painter
    before, after = trail_of(brush, upright), trail_of(brush, leaning)
    assert np.allclose(after.size[-1], 4 * before.size[-1])
    assert np.allclose(np.degrees(before.angle), 10)
    assert np.allclose(np.degrees(after.angle), 100)
    half = upright.copy()
    half[:, 4:] = [-30, 0]
    assert trail_of(brush, half).size[-1] == pytest.approx(2.5 * before.size[-1])
    assert np.allclose(np.cos(trail_of(brush, half).angle), np.cos(np.radians(190)))


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(["mirror", "radial"]),
    angle=st.floats(-180, 180),
    count=st.integers(2, 9),
    x=st.floats(-200, 200),
    y=st.floats(-200, 200),
)
def test_copies_are_the_stroke_at_other_places(kind: str, angle: float, count: int, x: float, y: float) -> None:
    symmetry = Symmetry(kind=kind, x=x, y=y, angle_deg=angle, count=count)  # type: ignore[arg-type]
    copies = symmetry.copies()
    points = as_points([[0, 0, 0.4], [30, 10, 0.8], [50, 60, 1.0]])
    once = trail_of(BRISTLE, points)
    repeated = once.repeated(copies, BRISTLE.texture.variants)
    assert len(repeated) == len(copies) * len(once)
    own = repeated.only(slice(0, None, len(copies)))
    assert np.allclose(own.x, once.x)
    assert np.array_equal(own.variant, once.variant)
    # A spot of an imprint lies, at each place, where the symmetry carries it.
    for number, copy in enumerate(copies):
        there = repeated.only(slice(number, None, len(copies)))
        is_mirrored = there.variant >= BRISTLE.texture.variants
        assert is_mirrored.all() == is_mirrored.any() == copy.is_mirrored
        for right, down in ((0.3, 0.1), (-0.2, 0.4)):
            spot = _spot(once, right, down)
            found = _spot(there, -right if copy.is_mirrored else right, down)
            wanted_x = copy.a * spot[0] + copy.c * spot[1] + copy.e
            wanted_y = copy.b * spot[0] + copy.d * spot[1] + copy.f
            assert np.allclose(found[0], wanted_x, atol=1e-6)
            assert np.allclose(found[1], wanted_y, atol=1e-6)


def _spot(trail: Trail, right: float, down: float) -> tuple[np.ndarray, np.ndarray]:
    """Where a spot of the imprint, in diameters from its middle, comes to lie."""
    cosine, sine = np.cos(trail.angle) * trail.size, np.sin(trail.angle) * trail.size
    return trail.x + right * cosine - down * sine, trail.y + right * sine + down * cosine


def test_no_symmetry_is_the_trail_itself() -> None:
    once = trail_of(BRISTLE, as_points([[0, 0, 0.4], [30, 10, 0.8]]))
    assert once.repeated(Symmetry().copies(), 1) is once


def test_copies_do_not_depend_on_how_points_come() -> None:
    copies = Symmetry(kind="radial", x=20, y=20, count=5).copies()
    points = straight(1.0)
    whole = trail_of(CHALK, points).repeated(copies, CHALK.texture.variants)
    maker = DabPlacement(CHALK, Stroke(brush="chalk", size_px=20, seed=11))
    parts = [maker.extend(points[i : i + 1]).repeated(copies, CHALK.texture.variants) for i in range(len(points))]
    parts.append(maker.finish().repeated(copies, CHALK.texture.variants))
    assert np.array_equal(np.concatenate([part.x for part in parts]), whole.x)
    assert np.array_equal(np.concatenate([part.variant for part in parts]), whole.variant)


@pytest.mark.parametrize("brush", [ROUND, BRISTLE, CHALK], ids=lambda brush: brush.name)
def test_a_handful_is_the_trail_of_a_few_points(brush: Brush) -> None:
    chance = np.random.default_rng(4)
    points = as_points(np.column_stack([np.cumsum(chance.normal(0, 3, (20, 2)), axis=0), chance.uniform(0.2, 1, 20)]))
    head = Stroke(brush=brush.name, size_px=20, seed=11)
    by_hand, whole = DabPlacement(brush, head), DabPlacement(brush, head)
    assert by_hand.handful(points[:1]) is None
    parts = [by_hand.extend(points[:1])]
    for start in range(1, 20, 2):
        few = by_hand.handful(points[start : start + 2])
        assert few is not None
        parts.append(Trail.of(few))
    parts.append(by_hand.finish())
    found = Trail(*(np.concatenate([getattr(part, name) for part in parts]) for name in Trail.__annotations__))
    at_once = [whole.extend(points), whole.finish()]
    wanted = Trail(*(np.concatenate([getattr(part, name) for part in at_once]) for name in Trail.__annotations__))
    assert len(found) > 20
    assert same(found, wanted)


def test_what_is_too_much_for_a_handful_is_left_undone() -> None:
    head = Stroke(brush="round", size_px=20, seed=11)
    maker, untouched = DabPlacement(ROUND, head), DabPlacement(ROUND, head)
    first, far = as_points([(0, 0, 1)]), as_points([(500, 0, 1)])
    for each in (maker, untouched):
        each.extend(first)
    assert maker.handful(far) is None
    assert maker.handful(np.repeat(far, 40, axis=0)) is None
    assert same(maker.extend(far), untouched.extend(far))
