"""Smearing: paint goes where the brush goes, as far as its mixing length; transparency and a locked alpha hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app import places
from app.painting.brushes.brush import Brush, brush_with, load_brush
from app.painting.engine.dab_placement import DabPlacement
from app.painting.engine.smudge import Smudge
from app.painting.model.stroke import Points, Stroke, as_points
from app.painting.model.symmetry import Symmetry

Pixels = NDArray[np.uint32]

FINGER = load_brush(places.brushes() / "smudge.json")
BRISTLE = load_brush(places.brushes() / "bristle.json")
CHALK = load_brush(places.brushes() / "chalk.json")
RED, BLUE = 0xFFD03020, 0xFF2040C0


def two_colours() -> Pixels:
    """Red, blue, nothing: side by side."""
    layer = np.zeros((80, 200), dtype=np.uint32)
    layer[:, :60], layer[:, 60:120] = RED, BLUE
    return layer


def way(start: float = 30, end: float = 170, *, pressure: float = 1.0, y: float = 40) -> Points:
    t = np.linspace(0, 1, 24)
    return as_points(np.stack([start + (end - start) * t, y + 0 * t, pressure + 0 * t], axis=1))


def smeared(
    layer: Pixels,
    points: Points,
    brush: Brush = FINGER,
    *,
    opacity: float = 1.0,
    is_locked: bool = False,
    step: int = 1000,
    size_px: float = 30.0,
) -> tuple[Pixels, NDArray[np.bool_]]:
    """The layer afterwards, and where its rectangles said that it changed."""
    layer, told = layer.copy(), np.zeros(layer.shape, dtype=bool)
    head = Stroke(brush=brush.name, size_px=size_px, opacity=opacity, mode="smudge", seed=2)
    maker, smear = DabPlacement(brush, head), Smudge(brush, head, 1.0)
    trails = [maker.extend(points[start : start + step]) for start in range(0, len(points), step)]
    for trail in (*trails, maker.finish()):
        for left, top, right, bottom in zip(*smear.smear(layer, trail, is_locked), strict=True):
            told[top : bottom + 1, left : right + 1] = True
    return layer, told


def channel(layer: Pixels, shift: int) -> NDArray[np.int64]:
    return (layer >> np.uint32(shift) & np.uint32(255)).astype(np.int64)


def test_red_is_dragged_into_blue_and_blue_into_nothing() -> None:
    before = two_colours()
    after, _ = smeared(before, way())
    assert channel(after, 16)[40, 70] > channel(before, 16)[40, 70] + 40
    assert channel(after, 24)[40, 128] > 60
    # Nothing beside the brush.
    assert np.array_equal(after[:20], before[:20])
    backwards, _ = smeared(before, way(170, 30))
    assert channel(backwards, 24)[40, 110] < 200


def test_paint_is_dragged_as_far_as_the_mixing_length() -> None:
    before = two_colours()
    reached = [
        int((channel(smeared(before, way(), brush_with(FINGER, drag=drag))[0], 16)[40, 60:120] > 60).sum())
        for drag in (0.1, 0.6, 3.0)
    ]
    assert reached[0] < reached[1] < reached[2]


def test_strength_follows_opacity_and_pressure_and_not_the_spacing() -> None:
    before = two_colours()

    def mixed(brush: Brush = FINGER, **others: float) -> float:
        pressure = others.pop("pressure", 1.0)
        after, _ = smeared(before, way(30, 110, pressure=pressure), brush, **others)  # type: ignore[arg-type]
        return float(np.abs(channel(after, 16) - channel(before, 16)).sum())

    plain = brush_with(FINGER, pressure_size=((0, 1), (1, 1)))
    assert mixed(plain, opacity=0.1) < mixed(plain, opacity=0.3) < mixed(plain, opacity=1.0)
    assert mixed(plain, pressure=0.1) < mixed(plain, pressure=0.6) < mixed(plain, pressure=1.0)
    close = [mixed(brush_with(plain, spacing=spacing), opacity=0.4) for spacing in (0.04, 0.08)]
    assert close[0] == pytest.approx(close[1], rel=0.12)


def test_hairs_leave_furrows() -> None:
    rough = [
        float(np.abs(np.diff(channel(smeared(two_colours(), way(), brush, size_px=40)[0], 16)[28:52, 75])).mean())
        for brush in (FINGER, BRISTLE)
    ]
    assert rough[1] > 2 * rough[0]


def test_a_locked_alpha_stays_and_only_colour_is_dragged() -> None:
    before = two_colours()
    before[:, 150:170] = 0x80008000  # half covered with green
    after, _ = smeared(before, way(), brush_with(FINGER, drag=3.0), is_locked=True)
    assert np.array_equal(channel(after, 24), channel(before, 24))
    assert channel(after, 16)[40, 70] > channel(before, 16)[40, 70] + 40
    # Nothing comes out of nothing: dragged transparency does not blacken.
    assert channel(after, 8)[40, 155] > 30


def test_coming_back_picks_up_what_was_smeared() -> None:
    there = way(30, 110)
    back = as_points(np.concatenate([there, there[::-1], there]))
    once, thrice = (smeared(two_colours(), points)[0] for points in (there, back))
    deep = [int((channel(each, 0)[40, 30:60] > 60).sum()) for each in (once, thrice)]
    assert deep[1] > deep[0] + 3


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    moves=st.lists(
        st.tuples(st.integers(-60, 260), st.integers(-60, 140), st.floats(0, 1, width=32)), min_size=1, max_size=8
    ),
    is_locked=st.booleans(),
    brush=st.sampled_from([FINGER, BRISTLE, CHALK]),
)
def test_it_is_the_same_in_any_batches_stays_premultiplied_and_tells_where(
    moves: list[tuple[int, int, float]], is_locked: bool, brush: Brush
) -> None:
    before = two_colours()
    before[30:50, 90:150] = 0x40203010
    points = as_points(moves)
    whole, told = smeared(before, points, brush, is_locked=is_locked)
    single, _ = smeared(before, points, brush, is_locked=is_locked, step=1)
    assert np.array_equal(whole, single)
    assert not (whole != before)[~told].any()
    alpha = channel(whole, 24)
    assert all((channel(whole, shift) <= alpha).all() for shift in (0, 8, 16))
    if is_locked:
        assert np.array_equal(alpha, channel(before, 24))


def test_mirrored_imprints_smear_mirrored() -> None:
    before = two_colours()
    mirrored = np.ascontiguousarray(before[::-1])
    head = Stroke(brush=BRISTLE.name, size_px=40, mode="smudge", seed=2)
    copy = Symmetry(kind="mirror", x=0, y=40, angle_deg=0).copies()[1]
    maker, smear = DabPlacement(BRISTLE, head), Smudge(BRISTLE, head, 1.0)
    for trail in (maker.extend(way(y=30.5)), maker.finish()):
        smear.smear(mirrored, trail.repeated((copy,), BRISTLE.texture.variants), False)
    after, _ = smeared(before, way(y=30.5), BRISTLE, size_px=40)
    off = np.abs(channel(after, 16) - channel(mirrored[::-1], 16))
    assert (off > 24).mean() < 0.01
    assert (np.abs(channel(after, 16) - channel(before, 16)) > 24).mean() > 0.02
