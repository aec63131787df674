"""Scales, frames and canvases of the classic rival: plain geometry of pictures."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import images
from app.rivals import scales
from app.rivals.scales import Canvas, Frame

RNG = np.random.default_rng(2)


@given(size=st.integers(32, 4096), coarsest=st.integers(32, 512))
def test_sides_go_from_coarse_to_fine_by_the_root_of_two(size: int, coarsest: int) -> None:
    sides = scales.sides(size, coarsest)
    assert sides[-1] == size
    assert all(side >= min(size, coarsest) for side in sides)
    assert len(sides) == 1 or sides[0] / 2**0.5 < coarsest + 1
    for coarse, fine in itertools.pairwise(sides):
        assert fine / coarse == pytest.approx(2**0.5, abs=1.5 / coarse + 0.01)


@given(height=st.integers(1, 70), width=st.integers(1, 70), padding=st.sampled_from(["reflect", "replicate"]))
def test_a_frame_continues_a_picture_and_can_be_taken_off(height: int, width: int, padding: str) -> None:
    picture = np.random.default_rng(0).random((height, width, 3), np.float32)
    frame = Frame(height, width, padding)
    framed = frame.framed(picture)
    assert framed.shape == frame.shape
    for side, own in zip(framed.shape[:2], (height, width), strict=True):
        assert side % scales.GRID_PX == 0
        assert side >= max(32, own + 2 * scales.MARGIN_PX)
    np.testing.assert_array_equal(frame.inside(framed), picture)
    top = (framed.shape[0] - height) // 2
    np.testing.assert_array_equal(framed[top - 1], framed[top])
    assert frame.framed(picture[:, :, 0]).shape == frame.shape[:2]


def test_replicated_borders_are_flat_and_reflected_ones_not() -> None:
    picture = RNG.random((40, 40, 3), np.float32)
    replicated, reflected = (Frame(40, 40, padding).framed(picture) for padding in ("replicate", "reflect"))
    assert np.abs(np.diff(replicated[:10], axis=0)).max() == 0
    assert np.abs(np.diff(reflected[:10], axis=0)).max() > 0.1


@pytest.mark.parametrize("kind", ["pixels", "spectrum"])
def test_a_canvas_holds_pictures_of_its_scale(kind: str) -> None:
    frame = Frame(48, 72)
    canvas = Canvas.of_pixels(frame) if kind == "pixels" else Canvas.of_spectrum(frame, steepness=0.5, is_grey=False)
    large = images.resize(RNG.random((5, 7, 3), np.float32), height=96, width=144)
    expected = images.resize(large, height=48, width=72)
    place = canvas.place(large)
    np.testing.assert_allclose(canvas.picture(place), expected, atol=1e-4)
    np.testing.assert_allclose(canvas.small(place, 100), expected, atol=1e-4)
    small = canvas.small(place, 36)
    assert max(small.shape) <= 36
    height, width = small.shape[:2]
    assert width / height == pytest.approx(1.5, abs=0.1)
    np.testing.assert_allclose(small, images.resize(large, height=height, width=width), atol=0.15)


def test_a_painting_has_the_pixels_that_are_asked_for_and_its_aspect() -> None:
    painting = RNG.random((100, 50, 3), np.float32)
    scaled = scales.of_area(painting, 64 * 48)
    assert scaled.shape[0] / scaled.shape[1] == pytest.approx(2, abs=0.05)
    assert scaled.shape[0] * scaled.shape[1] == pytest.approx(64 * 48, rel=0.05)
    assert min(scales.of_area(painting, 10).shape[:2]) == 32
