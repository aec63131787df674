"""What stays of the photograph, against float64 references: brightness, hue, covariance, the mask."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from app.colour import LUMA_601
from app.images import Picture
from app.rivals import colours

RNG = np.random.default_rng(5)
#: ITU-R BT.601, in float64: the reference.
LUMA = np.array([0.299, 0.587, 0.114])

pictures = arrays.arrays(np.float32, (7, 9, 3), elements=st.floats(0, 1, width=32))


def random_picture(height: int, width: int, *, mean: float = 0.5, spread: float = 0.08) -> Picture:
    """Colours that go together, well inside [0, 1], so that nothing is clipped."""
    axes = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    values = RNG.uniform(-1, 1, (height, width, 3)) * (1.0, 0.6, 0.4) @ axes
    return np.asarray(mean + spread * values / np.abs(values).max(axis=(0, 1)), np.float32)


def covariance(picture: Picture) -> np.ndarray:
    return np.cov(picture.reshape(-1, 3).astype(np.float64), rowvar=False, bias=True)


@settings(deadline=None, max_examples=60)
@given(painted=pictures, content=pictures)
def test_brightness_is_the_paintings_and_hue_the_photographs(painted: Picture, content: Picture) -> None:
    kept = colours.keep_photographs(painted, content)
    assert kept.dtype == np.float32
    assert kept.shape == content.shape
    assert kept.min() >= 0
    assert kept.max() <= 1
    np.testing.assert_allclose(kept.astype(np.float64) @ LUMA, painted.astype(np.float64) @ LUMA, atol=2e-6)
    # The same direction of colour, at most as strong.
    chroma, wanted = (
        picture.astype(np.float64) - (picture.astype(np.float64) @ LUMA)[..., None] for picture in (kept, content)
    )
    np.testing.assert_allclose(np.cross(chroma, wanted), 0, atol=2e-6)
    assert (np.sum(chroma * wanted, axis=2) >= -1e-6).all()
    assert (np.linalg.norm(chroma, axis=2) <= np.linalg.norm(wanted, axis=2) + 1e-5).all()


def test_colours_that_fit_are_kept_to_the_bit_of_a_float() -> None:
    painted, content = random_picture(20, 30), random_picture(20, 30)
    expected = content.astype(np.float64) + ((painted.astype(np.float64) - content) @ LUMA)[..., None]
    np.testing.assert_allclose(colours.keep_photographs(painted, content), expected, atol=1e-6)
    np.testing.assert_allclose(colours.keep_photographs(content, content), content, atol=1e-6)


def test_a_grey_photograph_leaves_greys() -> None:
    content = np.repeat(RNG.random((12, 10, 1), np.float32), 3, axis=2)
    painted = RNG.random((12, 10, 3), np.float32)
    kept = colours.keep_photographs(painted, content)
    np.testing.assert_allclose(kept, np.repeat((painted @ LUMA_601)[..., None], 3, axis=2), atol=1e-6)


def test_tall_pictures_are_worked_through_in_bands_without_a_trace() -> None:
    painted, content = RNG.random((600, 3, 3), np.float32), RNG.random((600, 3, 3), np.float32)
    whole = colours.keep_photographs(painted, content)
    np.testing.assert_array_equal(whole[250:262], colours.keep_photographs(painted[250:262], content[250:262]))
    mean, spread = colours.statistics(content)
    np.testing.assert_allclose(mean, content.reshape(-1, 3).astype(np.float64).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(spread, covariance(content), rtol=1e-10)


@pytest.mark.parametrize("shape", [(40, 50), (33, 70)])
def test_the_paintings_colours_get_the_photographs_mean_and_covariance(shape: tuple[int, int]) -> None:
    style, content = random_picture(*shape, mean=0.4, spread=0.2), random_picture(64, 48, mean=0.55, spread=0.1)
    found = colours.matched(style, content)
    assert found.shape == style.shape
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.mean(axis=(0, 1), dtype=np.float64), content.mean(axis=(0, 1)), atol=1e-5)
    np.testing.assert_allclose(covariance(found), covariance(content), atol=1e-6)


def test_no_other_map_to_the_same_covariance_moves_colours_less() -> None:
    style, content = random_picture(40, 50, spread=0.2), random_picture(40, 50, spread=0.15)
    found = colours.matched(style, content)
    moved = np.sum((found.astype(np.float64) - style) ** 2)
    of_style, of_content = np.linalg.cholesky(covariance(style)), np.linalg.cholesky(covariance(content))
    mean = style.reshape(-1, 3).astype(np.float64).mean(axis=0)
    for _ in range(20):
        # Every solution is L_content Q L_style^-1 with a rotation Q; Gatys' is the one without.
        rotation = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
        turn = of_content @ rotation @ np.linalg.inv(of_style)
        other = (style - mean) @ turn.T + content.mean(axis=(0, 1), dtype=np.float64)
        assert moved <= np.sum((other - style) ** 2) + 1e-6


def test_a_painting_with_the_photographs_colours_stays_as_it_is() -> None:
    picture = random_picture(30, 30, spread=0.3)
    shuffled = RNG.permutation(picture.reshape(-1, 3)).reshape(picture.shape)
    np.testing.assert_allclose(colours.matched(picture, shuffled), picture, atol=1e-5)


@pytest.mark.parametrize("grain", [0.0, 0.004])
def test_a_grey_painting_is_not_blown_up_into_colour(grain: float) -> None:
    """Compression leaves faint colour in a grey painting; matched exactly it would become confetti."""
    grey = np.repeat(RNG.uniform(0.2, 0.8, (40, 40, 1)), 3, axis=2)
    style = np.asarray(grey + RNG.normal(0, grain, grey.shape), np.float32)
    found = colours.matched(style, random_picture(40, 40, spread=0.3))
    assert np.isfinite(found).all()
    apart = found - found.mean(axis=(0, 1))
    spread = np.linalg.svd(apart.reshape(-1, 3), compute_uv=False) / 40
    assert spread[0] > 0.02, "it still has its brightness"
    assert spread[1] < 1e-3, "and only that"


@pytest.mark.parametrize("flat", ["style", "content", "both"])
def test_pictures_of_one_colour_give_one_colour(flat: str) -> None:
    one = np.full((8, 9, 3), (0.2, 0.5, 0.7), np.float32)
    other = np.full((8, 9, 3), (0.6, 0.3, 0.1), np.float32)
    style = one if flat != "content" else random_picture(8, 9)
    content = other if flat != "style" else random_picture(8, 9)
    found = colours.matched(style, content)
    np.testing.assert_allclose(found, np.broadcast_to(content.mean(axis=(0, 1)), found.shape), atol=1e-5)


@settings(deadline=None, max_examples=60)
@given(style=pictures, content=pictures)
def test_whatever_the_pictures_the_result_is_one(style: Picture, content: Picture) -> None:
    found = colours.matched(style, content)
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert 0 <= found.min() <= found.max() <= 1


def test_the_mask_lays_the_picture_over_the_photograph_with_soft_edges() -> None:
    content, painted = np.zeros((20, 40, 3), np.float32), np.ones((20, 40, 3), np.float32)
    np.testing.assert_array_equal(colours.masked(painted, content, np.ones((3, 5), np.float32)), painted)
    np.testing.assert_array_equal(colours.masked(painted, content, np.zeros((3, 5), np.float32)), content)
    half = np.zeros((10, 20), np.float32)
    half[:, 10:] = 1
    laid = colours.masked(painted, content, half)
    assert laid.dtype == np.float32
    np.testing.assert_allclose(laid[:, :16], 0, atol=0.05)
    np.testing.assert_allclose(laid[:, 24:], 1, atol=0.05)
    np.testing.assert_allclose(colours.masked(painted, content, half * 0.25)[:, 24:], 0.25, atol=0.02)
