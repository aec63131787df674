"""The natural coordinates: they can be undone, their gradient is the adjoint, and they favour coarse over fine."""

import numpy as np
import pytest

from app import images
from app.rivals.spectrum import GREY, Pixels, Space, Spectrum

RNG = np.random.default_rng(1)


@pytest.mark.parametrize("steepness", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("shape", [(20, 31, 3), (64, 48, 3)])
def test_coordinates_can_be_undone_and_the_gradient_is_the_adjoint(
    steepness: float, shape: tuple[int, int, int]
) -> None:
    space = Spectrum(shape, steepness=steepness)
    picture = RNG.random(shape, np.float32)
    place = space.place(picture)
    assert place.shape == (picture.size,)
    assert place.dtype == np.float32
    np.testing.assert_allclose(space.picture(place), picture, atol=2e-5)
    other = RNG.normal(size=picture.size).astype(np.float32)
    gradient = RNG.normal(size=shape).astype(np.float32)
    # <T x, g> = <x, T' g>
    assert np.sum(space.picture(other) * gradient) == pytest.approx(np.dot(other, space.gradient(gradient)), rel=1e-3)


def test_a_step_moves_coarse_before_fine_and_brightness_before_colour() -> None:
    space = Spectrum((32, 32, 3), steepness=1.0, most=16.0)
    down = np.arange(32)[:, None, None] * np.ones((1, 32, 3))
    coarse, fine = (np.cos(np.pi * (down + 0.5) * k / 32).astype(np.float32) for k in (1, 31))
    colour = (coarse * [1, 0, -1]).astype(np.float32)

    def moved(pattern: np.ndarray) -> float:
        """How much of the pattern one step along a gradient of just that pattern brings, per unit of it."""
        step = space.picture(space.gradient(pattern))
        return float(np.sum(step * pattern) / np.sum(pattern**2))

    assert moved(coarse) > 50 * moved(fine)
    assert moved(coarse) > 5 * moved(colour)
    assert moved(np.ones((32, 32, 3), np.float32)) <= 256 * moved(fine) * 2


def test_the_small_picture_is_the_picture_in_small() -> None:
    smooth = images.resize(RNG.random((6, 9, 3), np.float32), height=64, width=96)
    for space in (Spectrum((64, 96, 3), steepness=1.0), Pixels((64, 96, 3))):
        small = space.small(space.place(smooth), 32, 48)
        np.testing.assert_allclose(small, images.resize(smooth, height=32, width=48), atol=0.03)
        whole = space.small(space.place(smooth), 64, 96)
        np.testing.assert_allclose(whole, smooth, atol=1e-4)


@pytest.mark.parametrize(
    "space", [Spectrum((16, 24, 3), steepness=0.5, colours=GREY), Pixels((16, 24, 3), is_grey=True)]
)
def test_a_grey_space_has_a_third_of_the_coordinates_and_no_colours(space: Space) -> None:
    assert space.is_grey
    picture = RNG.random((16, 24, 3), np.float32)
    place = space.place(picture)
    assert place.shape == (16 * 24,)
    grey = space.picture(place)
    np.testing.assert_allclose(grey, np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2), atol=1e-5)
    gradient, other = RNG.normal(size=picture.shape).astype(np.float32), RNG.normal(size=place.size).astype(np.float32)
    assert np.sum(space.picture(other) * gradient) == pytest.approx(np.dot(other, space.gradient(gradient)), rel=1e-3)
