"""Symmetry: its places are mirrored and turned as they should be, and strokes are painted at all of them."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app import places
from app.errors import JournalError
from app.painting.brushes.brush import load_brushes
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Stroke
from app.painting.model.symmetry import MAX_COPIES, NO_SYMMETRY, Copy, Symmetry

NAMES = sorted(load_brushes(places.brushes()))

symmetries = st.builds(
    Symmetry,
    kind=st.sampled_from(["none", "mirror", "radial"]),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
    angle_deg=st.floats(-360, 360),
    count=st.integers(2, MAX_COPIES),
)


def at(copy: Copy, x: float, y: float) -> tuple[float, float]:
    return copy.a * x + copy.c * y + copy.e, copy.b * x + copy.d * y + copy.f


@given(symmetry=symmetries, x=st.floats(-500, 500), y=st.floats(-500, 500))
def test_every_place_is_as_far_from_the_centre(symmetry: Symmetry, x: float, y: float) -> None:
    copies = symmetry.copies()
    assert len(copies) == {"none": 1, "mirror": 2, "radial": symmetry.count}[symmetry.kind]
    assert at(copies[0], x, y) == (x, y)
    away = math.hypot(x - symmetry.x, y - symmetry.y)
    for copy in copies:
        found = at(copy, x, y)
        assert math.hypot(found[0] - symmetry.x, found[1] - symmetry.y) == pytest.approx(away, abs=1e-6)
        assert copy.is_mirrored == (symmetry.kind == "mirror" and copy is not copies[0])


def test_an_upright_mirror_swaps_left_and_right() -> None:
    found = at(Symmetry("mirror", x=50, y=10).copies()[1], 30, 77)
    assert found == pytest.approx((70, 77))
    found = at(Symmetry("mirror", x=50, y=10, angle_deg=0).copies()[1], 30, 77)
    assert found == pytest.approx((30, -57))
    found = at(Symmetry("radial", x=50, y=50, count=4).copies()[1], 60, 50)
    assert found == pytest.approx((50, 60))


@given(symmetry=symmetries)
def test_its_json_gives_it_again(symmetry: Symmetry) -> None:
    assert Symmetry.from_json(symmetry.to_json()) == symmetry


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "spiral"},
        {"x": math.nan},
        {"y": 1e9},
        {"angle_deg": 1e4},
        {"count": 1},
        {"count": MAX_COPIES + 1},
    ],
)
def test_one_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Symmetry(**{"kind": "radial", **wrong})
    with pytest.raises(JournalError):
        Symmetry.from_json({**Symmetry("radial").to_json(), **{key: str(value) for key, value in wrong.items()}})
    with pytest.raises(JournalError):
        Symmetry.from_json([1, 2])


def way(seed: int = 3) -> NDArray[np.float32]:
    chance = np.random.default_rng(seed)
    ways = np.array([60, 45]) + np.cumsum(chance.normal(0, 7, (10, 2)), axis=0)
    return np.column_stack([ways, chance.uniform(0.4, 1, 10)]).astype(np.float32)


@pytest.mark.parametrize("name", ["round", "bristle", "flat", "sponge", "splatter"])
def test_a_mirrored_stroke_is_the_mirror_image(name: str) -> None:
    """After a blur over 9 px within 8 %: dabs are turned and placed in steps, which a mirror does not share."""
    from scipy.ndimage import uniform_filter

    surface = Surface(160, 100)
    stroke = Stroke(name, color=(20, 60, 120), size_px=24, seed=5, points=way(), symmetry=Symmetry("mirror", 80, 50))
    surface.apply(stroke)
    ink = 1 - surface.picture().mean(axis=2)
    left, right = ink[:, :80], ink[:, :79:-1]
    assert left.sum() > 50
    assert abs(left.sum() - right.sum()) < 0.04 * left.sum()
    assert np.abs(uniform_filter(left, 9) - uniform_filter(right, 9)).max() < 0.08


@pytest.mark.parametrize("size_px", [6, 20, 60])
def test_copies_of_a_brush_that_never_turns_are_turned(size_px: float) -> None:
    """A flat nib at 35 degrees: its mirror image and its quarter turns lie as they would on folded paper."""
    from scipy.ndimage import uniform_filter

    for symmetry in (Symmetry("mirror", 80, 80), Symmetry("radial", 80, 80, count=4)):
        surface = Surface(160, 160)
        surface.apply(Stroke("marker", size_px=size_px, points=[(110, 50, 1)], symmetry=symmetry))
        ink = 1 - surface.picture().mean(axis=2)
        image = ink[:, ::-1] if symmetry.kind == "mirror" else np.rot90(ink)
        assert ink[:80, 80:].sum() > 5
        assert ink[:80, 80:].sum() == pytest.approx(image[:80, 80:].sum(), rel=0.05)
        assert np.abs(uniform_filter(ink, 5) - uniform_filter(image, 5)).max() < 0.1


def test_a_radial_stroke_is_there_so_often() -> None:
    surface = Surface(200, 200)
    dot = Stroke("round", size_px=16, points=[(150, 100, 1)], symmetry=Symmetry("radial", 100, 100, count=5))
    surface.apply(dot)
    for number in range(5):
        turn = 2 * math.pi * number / 5
        x, y = round(100 + 50 * math.cos(turn)), round(100 + 50 * math.sin(turn))
        assert surface.pixels[y, x, 0] < 40
    ink = 1 - surface.picture().mean(axis=2)
    alone = Surface(200, 200)
    alone.apply(Stroke("round", size_px=16, points=[(150, 100, 1)], symmetry=NO_SYMMETRY))
    assert ink.sum() == pytest.approx(5 * (1 - alone.picture().mean(axis=2)).sum(), rel=0.02)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    mode=st.sampled_from(["paint", "erase", "smudge"]),
    symmetry=st.sampled_from([Symmetry("mirror", 80, 50), Symmetry("radial", 70, 50, count=5)]),
    seed=st.integers(0, 99),
)
def test_copies_that_meet_do_not_depend_on_batches(name: str, mode: Any, symmetry: Symmetry, seed: int) -> None:
    stroke = Stroke(name, color=(9, 99, 199), size_px=30, mode=mode, seed=seed, points=way(seed), symmetry=symmetry)
    at_once, by_hand = Surface(160, 100), Surface(160, 100)
    for surface in (at_once, by_hand):
        surface.apply(Stroke("flat", color=(200, 60, 30), size_px=70, points=[(0, 50, 1), (160, 50, 1)]))
    at_once.apply(stroke)
    by_hand.begin_stroke(stroke)
    for point in stroke.points:
        by_hand.extend(point[None])
    by_hand.end_stroke()
    assert np.array_equal(at_once.pixels, by_hand.pixels)
