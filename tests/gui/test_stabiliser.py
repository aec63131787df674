"""The stabiliser: a rope never longer than it is, a mean that time alone decides, and strokes that end at the pen."""

import itertools
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.desktop.canvas.stabiliser import ROPE_PX, WINDOW_MS, Average, Free, Point, Rope, Stabiliser, stabiliser

places = st.tuples(st.floats(-500, 500), st.floats(-500, 500))
hands = st.lists(
    st.tuples(st.floats(-300, 300), st.floats(-300, 300), st.floats(0, 1), st.integers(0, 120)), min_size=1, max_size=40
)
kinds = st.sampled_from(["none", "rope", "average"])


def points_of(hand: list[tuple[float, float, float, int]]) -> list[Point]:
    """A hand's points from places, pressures and the ms between them."""
    times = itertools.accumulate((step[3] for step in hand[1:]), initial=0)
    return [Point(x, y, pressure, float(t)) for (x, y, pressure, _), t in zip(hand, times, strict=True)]


def steadied(by: Stabiliser, points: list[Point]) -> list[Point]:
    return [*(each for point in points for each in by.follow(point)), *by.finish()]


def apart(a: Point, b: Point) -> float:
    return math.hypot(a.x - b.x, a.y - b.y)


@given(hand=hands, kind=kinds, strength=st.floats(0, 1), zoom=st.floats(0.05, 32))
def test_a_stroke_begins_and_ends_at_the_pen(
    hand: list[tuple[float, float, float, int]], kind: str, strength: float, zoom: float
) -> None:
    points = points_of(hand)
    made = steadied(stabiliser(kind, strength, zoom), points)
    assert apart(made[0], points[0]) == 0
    assert apart(made[-1], points[-1]) < 1e-9


@example(hand=[(0, 0, 0, 0), (0, 1, 0, 0)], kind="average", strength=0.9879042395318074)
@given(hand=hands, kind=kinds, strength=st.floats(0, 1))
def test_steadied_points_are_points_of_a_stroke(
    hand: list[tuple[float, float, float, int]], kind: str, strength: float
) -> None:
    points = points_of(hand)
    made = steadied(stabiliser(kind, strength, 1.0), points)
    for each in made:
        assert 0 <= each.pressure <= 1 + 1e-9 and all(math.isfinite(value) for value in each), each
    assert all(a.time_ms <= b.time_ms for a, b in itertools.pairwise(made))
    low_x, high_x = min(p.x for p in points), max(p.x for p in points)
    assert all(low_x - 1e-6 <= each.x <= high_x + 1e-6 for each in made)


@given(hand=hands, length=st.floats(1, 200))
def test_a_rope_never_exceeds_its_length(hand: list[tuple[float, float, float, int]], length: float) -> None:
    rope = Rope(length)
    for point in points_of(hand):
        rope.follow(point)
        assert rope.tip is not None and apart(rope.tip, point) <= length * (1 + 1e-9)


@given(hand=hands)
def test_a_hand_within_the_rope_does_not_move_the_brush(hand: list[tuple[float, float, float, int]]) -> None:
    points = [p._replace(x=p.x / 100, y=p.y / 100) for p in points_of(hand)]
    rope = Rope(10.0)
    assert [each for point in points for each in rope.follow(point)] == points[:1]


def test_a_rope_leads_the_same_way_however_often_the_hand_is_heard() -> None:
    ends: list[Point] = []
    for pieces in (4, 16, 64):
        rope = Rope(40.0)
        for part in range(pieces + 1):
            share = part / pieces
            # Along one side and up the next, corner included in each division.
            x, y = (share * 2 * 150, 0.0) if share <= 0.5 else (150.0, (share - 0.5) * 2 * 150)
            rope.follow(Point(x, y, 1.0, 10.0 * part))
        assert rope.tip is not None
        ends.append(rope.tip)
    assert apart(ends[0], ends[2]) < 1.0 and apart(ends[1], ends[2]) < 1.0


@given(start=places, end=places, times=st.lists(st.integers(1, 90), min_size=1, max_size=30), window=st.floats(20, 400))
def test_the_mean_of_a_straight_line_lies_on_it(
    start: tuple[float, float], end: tuple[float, float], times: list[int], window: float
) -> None:
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = math.hypot(dx, dy)
    whole = sum(times)
    at = list(itertools.accumulate(times, initial=0))
    points = [Point(start[0] + dx * t / whole, start[1] + dy * t / whole, 0.5, float(t)) for t in at]
    for each in steadied(Average(window), points):
        away = abs((each.x - start[0]) * dy - (each.y - start[1]) * dx)
        assert away <= 1e-6 * max(length, 1.0) * max(length, 1.0)
        assert each.pressure == pytest.approx(0.5)


def circle(time_ms: float) -> Point:
    turn = 2 * math.pi * time_ms / 900
    return Point(100 * math.cos(turn), 100 * math.sin(turn), 0.5 + 0.4 * math.sin(turn), time_ms)


@pytest.mark.parametrize("window", [40.0, 150.0, 400.0])
def test_the_mean_does_not_depend_on_how_often_the_hand_is_heard(window: float) -> None:
    found = []
    for step_ms in (1, 4, 8, 16):
        by = Average(window)
        at_800 = [each for t in range(0, 801, step_ms) for each in by.follow(circle(float(t)))][-1]
        assert at_800.time_ms == 800
        found.append(at_800)
    assert all(apart(found[0], other) < 0.5 for other in found[1:])
    assert all(abs(found[0].pressure - other.pressure) < 0.01 for other in found[1:])


def test_a_mean_smooths_a_trembling_hand() -> None:
    shaken = [Point(2.0 * t / 8, 6.0 * (-1) ** (t // 8), 0.5, float(t)) for t in range(0, 800, 8)]
    made = steadied(Average(160.0), shaken)
    late = [each for each in made if 200 < each.time_ms < 700]
    assert max(abs(each.y) for each in late) < 1.0


def test_the_brush_comes_after_a_resting_hand() -> None:
    by = Average(200.0)
    by.follow(Point(0, 0, 1.0, 0.0))
    by.follow(Point(100, 0, 1.0, 20.0))
    assert by.tip is not None and by.tip.x < 20
    made = [each for t in range(28, 260, 8) for each in by.follow(Point(100, 0, 1.0, float(t)))]
    assert all(a.x <= b.x for a, b in itertools.pairwise(made))
    assert by.tip.x == pytest.approx(100)


def test_a_hand_that_rested_unheard_has_not_crept() -> None:
    by = Average(100.0)
    by.follow(Point(0, 0, 1.0, 0.0))
    made = by.follow(Point(100, 0, 1.0, 1000.0))
    assert made[-1].x < 10
    assert all(each.x == 0 for each in made if each.time_ms < 950)


def test_times_that_stand_still_do_no_harm() -> None:
    for by in (Free(), Rope(20.0), Average(100.0)):
        made = steadied(by, [Point(10.0 * n, 0, 1.0, 0.0) for n in range(20)])
        assert made[-1].x == 190


def test_strength_makes_ropes_and_windows_longer() -> None:
    ropes = [stabiliser("rope", strength, 2.0).length_px for strength in (0.0, 0.5, 1.0)]
    assert ropes == sorted(ropes) and ropes[0] == ROPE_PX[0] / 2 and ropes[2] == ROPE_PX[1] / 2
    jump = [Point(0, 0, 1, 0.0), Point(100, 0, 1, 10.0)]
    lags = []
    for strength in (0.0, 0.5, 1.0):
        by = stabiliser("average", strength, 2.0)
        for point in jump:
            by.follow(point)
        assert by.tip is not None
        lags.append(100 - by.tip.x)
    assert lags == sorted(lags) and WINDOW_MS[0] < WINDOW_MS[1]
    assert stabiliser("none", 1.0, 1.0).follow(jump[1]) == [jump[1]]
