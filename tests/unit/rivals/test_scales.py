"""Scales, frames and canvases of the classic rival: plain geometry of pictures."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import images
from app.rivals import scales
from app.rivals.scales import PaddedFrame, ScaleCoordinates

RNG = np.random.default_rng(2)


@given(size=st.integers(32, 4096), coarsest=st.integers(32, 512))
def test_sides_go_from_coarse_to_fine_by_the_root_of_two(size: int, coarsest: int) -> None:
    sides = scales.sides(size, coarsest)
    assert sides[-1] == size
    assert all(side >= min(size, coarsest) for side in sides)
    assert len(sides) == 1 or sides[0] / 2**0.5 < coarsest + 1
    for coarse, fine in itertools.pairwise(sides):
        assert fine / coarse == pytest.approx(2**0.5, abs=1.5 / coarse + 0.01)


@pytest.mark.parametrize(("height", "width", "margin"), [(40, 64, 8), (192, 256, 8), (384, 288, 12), (2730, 4096, 16)])
def test_a_frame_is_narrower_around_a_small_picture(height: int, width: int, margin: int) -> None:
    assert scales.margin_px(height, width) == margin


@given(height=st.integers(1, 70), width=st.integers(1, 70), padding=st.sampled_from(["reflect", "replicate"]))
def test_a_frame_continues_a_picture_and_folds_gradients_back(height: int, width: int, padding: str) -> None:
    picture = np.random.default_rng(0).random((height, width, 3), np.float32)
    frame = PaddedFrame(height, width, padding)
    framed = frame.framed(picture)
    assert framed.shape == frame.shape
    for side, own in zip(framed.shape[:2], (height, width), strict=True):
        assert side % scales.GRID_PX == 0
        assert side >= max(32, own + 2 * scales.margin_px(height, width))
    top, left = ((side - own) // 2 for side, own in zip(framed.shape[:2], (height, width), strict=True))
    np.testing.assert_array_equal(framed[top : top + height, left : left + width], picture)
    np.testing.assert_array_equal(framed[top - 1], framed[top])
    # <F x, g> = <x, F' g>
    gradient = np.random.default_rng(1).normal(size=framed.shape).astype(np.float32)
    assert np.sum(framed * gradient) == pytest.approx(np.sum(picture * frame.folded(gradient)), rel=1e-3, abs=1e-2)
    assert frame.framed(picture[:, :, 0]).shape == frame.shape[:2]


def test_replicated_borders_are_flat_and_reflected_ones_not() -> None:
    picture = RNG.random((40, 40, 3), np.float32)
    replicated, reflected = (PaddedFrame(40, 40, padding).framed(picture) for padding in ("replicate", "reflect"))
    assert np.abs(np.diff(replicated[:10], axis=0)).max() == 0
    assert np.abs(np.diff(reflected[:10], axis=0)).max() > 0.1


@pytest.mark.parametrize("kind", ["pixels", "spectrum"])
def test_a_canvas_holds_pictures_of_its_scale(kind: str) -> None:
    frame = PaddedFrame(48, 72)
    canvas = (
        ScaleCoordinates.of_pixels(frame)
        if kind == "pixels"
        else ScaleCoordinates.of_spectrum(frame, steepness=0.5, is_grey=False)
    )
    large = 0.1 + 0.8 * images.resize(RNG.random((4, 5, 3), np.float32), height=96, width=144)
    expected = images.resize(large, height=48, width=72)
    place = canvas.place(large)
    np.testing.assert_allclose(canvas.picture(place), expected, atol=1e-3)
    np.testing.assert_allclose(canvas.small(place, 100), expected, atol=1e-3)
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


def test_pictures_stay_within_their_range() -> None:
    canvas = ScaleCoordinates.of_pixels(PaddedFrame(32, 32))
    place = np.linspace(-3, 4, 32 * 32 * 3, dtype=np.float32)
    picture = canvas.picture(place)
    assert 0 < picture.min() < 0.002
    assert 0.998 < picture.max() < 1
    inside = (place > scales.KNEE) & (place < 1 - scales.KNEE)
    np.testing.assert_array_equal(picture.ravel()[inside], place[inside])


@pytest.mark.parametrize("padding", ["reflect", "replicate"])
@pytest.mark.parametrize("is_grey", [False, True])
def test_the_gradient_by_the_coordinates_matches_finite_differences(padding: str, is_grey: bool) -> None:
    canvas = ScaleCoordinates.of_spectrum(PaddedFrame(20, 28, padding), steepness=0.5, is_grey=is_grey)
    weights = RNG.normal(size=canvas.frame.shape).astype(np.float32)

    def value(framed: images.Picture) -> tuple[float, images.Picture]:
        return float(np.sum(weights * framed.astype(np.float64) ** 2)), 2 * weights * framed

    # Partly beyond the ends, where the picture is bent.
    place = canvas.place(RNG.random((20, 28, 3), np.float32)) * np.float32(1.2)
    _, gradient = canvas.value(value, place)
    direction = (gradient / np.linalg.norm(gradient)).astype(np.float32)
    step = np.float32(1e-2)
    ahead, behind = (canvas.value(value, place + sign * step * direction)[0] for sign in (1, -1))
    assert np.dot(gradient, direction) == pytest.approx((ahead - behind) / (2 * float(step)), rel=1e-2)


def test_black_and_white_are_nearly_met() -> None:
    canvas = ScaleCoordinates.of_pixels(PaddedFrame(32, 32))
    for value in (0.0, 0.02, 0.5, 0.97, 1.0):
        flat = np.full((32, 32, 3), value, np.float32)
        np.testing.assert_allclose(canvas.picture(canvas.place(flat)), flat, atol=0.0101)
