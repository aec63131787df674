"""Strokes: their records say all of them, and nothing else is taken for one."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import JournalError
from app.painting.model.stroke import MAX_COORDINATE_PX, MAX_SEED, Stroke, as_points
from app.painting.model.symmetry import Symmetry

coordinates = st.floats(-5000, 5000, width=32)
times, tilts = st.floats(0, 1e6, width=32), st.floats(-90, 90, width=32)
points = st.one_of(
    st.lists(st.tuples(coordinates, coordinates, st.floats(0, 1, width=32)), max_size=20),
    st.lists(st.tuples(coordinates, coordinates, st.floats(0, 1, width=32), times), max_size=20),
    st.lists(st.tuples(coordinates, coordinates, st.floats(0, 1, width=32), times, tilts, tilts), max_size=20),
)
symmetries = st.builds(
    Symmetry,
    kind=st.sampled_from(["none", "mirror", "radial"]),
    x=st.floats(-500, 500),
    y=st.floats(-500, 500),
    angle_deg=st.floats(-360, 360),
    count=st.integers(2, 24),
)
strokes = st.builds(
    Stroke,
    brush=st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable()),
    color=st.tuples(*[st.integers(0, 255)] * 3),
    size_px=st.floats(0.5, 2048),
    opacity=st.floats(0, 1),
    mode=st.sampled_from(["paint", "erase", "smudge", "fill"]),
    seed=st.integers(0, MAX_SEED),
    points=points,
    layer=st.integers(0, 2**31 - 1),
    symmetry=symmetries,
    tolerance=st.floats(0, 1),
    recipe=st.text("0123456789abcdef", max_size=16),
    is_traced=st.booleans(),
)


@given(stroke=strokes)
def test_a_record_gives_the_same_stroke(stroke: Stroke) -> None:
    again = Stroke.from_record(stroke.to_record())
    assert again == stroke
    assert hash(again) == hash(stroke)
    assert np.array_equal(again.points, stroke.points)
    for name in ("brush", "color", "size_px", "opacity", "mode", "seed", "layer", "recipe", "is_traced"):
        assert getattr(again, name) == getattr(stroke, name)
    if stroke.symmetry.kind != "none":
        assert again.symmetry == stroke.symmetry
    if stroke.mode == "fill":
        assert again.tolerance == stroke.tolerance


@settings(max_examples=200)
@given(stroke=strokes, place=st.integers(0, 10_000), flip=st.integers(0, 255), cut=st.integers(0, 10_000))
def test_a_damaged_record_is_refused_or_a_sound_stroke(stroke: Stroke, place: int, flip: int, cut: int) -> None:
    record = bytearray(stroke.to_record())
    record[place % len(record)] ^= flip
    try:
        again = Stroke.from_record(bytes(record[: cut % (len(record) + 1)]))
    except JournalError as error:
        assert str(error).endswith(".")
    else:
        assert np.isfinite(again.points).all()
        assert 0 <= again.opacity <= 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"brush": ""},
        {"mode": "smear"},
        {"size_px": 0.0},
        {"size_px": math.nan},
        {"size_px": 1e9},
        {"opacity": -0.1},
        {"opacity": math.inf},
        {"color": (0, 0, 256)},
        {"color": (0, 0)},
        {"seed": -1},
        {"points": [(math.nan, 0, 1)]},
        {"points": [(0, 1)]},
        {"points": [(0, 1, 1, 0, 0)]},
        {"layer": -1},
        {"tolerance": 1.5},
        {"recipe": "f" * 65},
    ],
)
def test_a_stroke_out_of_range_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Stroke(**{"brush": "ink", **wrong})


def test_points_are_clipped_to_what_a_stroke_can_hold() -> None:
    found = as_points([(1e9, -1e9, 7.0)])
    assert found.tolist() == [[MAX_COORDINATE_PX, -MAX_COORDINATE_PX, 1.0, 0.0, 0.0, 0.0]]
    assert as_points([]).shape == (0, 6)
    assert as_points((1, 2, 0.5)).shape == (1, 6)


def test_a_strokes_points_cannot_be_changed() -> None:
    stroke = Stroke(brush="ink", points=[(0, 0, 1)])
    with pytest.raises(ValueError):
        stroke.points[0, 0] = 5
    assert len(stroke.head().points) == 0


def test_only_a_fill_and_a_clearing_need_no_brush() -> None:
    assert Stroke("", mode="fill").brush == ""
    assert Stroke.cleared(3).layer == 3
    for mode in ("paint", "erase", "smudge"):
        with pytest.raises(ValueError):
            Stroke("", mode=mode)


def test_a_recipe_makes_it_another_stroke() -> None:
    stroke = Stroke("ink", points=[(0, 0, 1)])
    known = stroke.of_recipe("abc")
    assert known.recipe == "abc"
    assert known != stroke
    assert known.of_recipe("") == stroke
    assert known.of_recipe("abc") is known
