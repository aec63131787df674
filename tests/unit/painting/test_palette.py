"""Palettes: colours and shares as they are, small vivid accents kept, the same each time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from app import images, places
from app.colour import to_oklab
from app.images import Picture
from app.painting.brushes.palette import palette_of


def striped(*colors: tuple[tuple[int, int, int], float]) -> Picture:
    """Upright stripes of colours with shares."""
    picture = np.zeros((100, 200, 3), dtype=np.float32)
    left = 0
    for color, share in colors:
        right = left + round(200 * share)
        picture[:, left:right] = np.array(color, dtype=np.float32) / 255
        left = right
    return picture


def test_flat_colours_are_found_with_their_shares() -> None:
    found = palette_of(striped(((200, 30, 40), 0.5), ((20, 60, 180), 0.3), ((250, 240, 220), 0.2)))
    assert [swatch.color for swatch in found] == [(200, 30, 40), (20, 60, 180), (250, 240, 220)]
    assert [swatch.share for swatch in found] == pytest.approx([0.5, 0.3, 0.2])


def test_a_small_vivid_accent_has_its_swatch() -> None:
    chance = np.random.default_rng(3)
    down, across = np.mgrid[0:256, 0:256] / 256
    sea = np.stack([0.2 + 0.2 * down, 0.3 + 0.3 * across, 0.5 + 0.2 * down], axis=-1) + chance.normal(
        0, 0.04, (256, 256, 3)
    )
    sea[100:112, 60:72] = (0.85, 0.1, 0.08)  # a fifth of a hundredth
    found = palette_of(np.clip(sea, 0, 1).astype(np.float32))
    assert len(found) == 12
    reds = [swatch for swatch in found if swatch.color[0] > 200 and swatch.color[1] < 60]
    assert len(reds) == 1
    assert reds[0].share == pytest.approx(144 / 65536, rel=0.3)


@pytest.mark.parametrize("name", ["gulls", "weir", "pines"])
def test_our_paintings_have_twelve_colours_that_stand_for_them(name: str) -> None:
    picture = images.read_picture(places.styles() / f"{name}.jpg", max_side_px=384)
    found = palette_of(picture)
    assert len(found) == 12
    assert sum(swatch.share for swatch in found) == pytest.approx(1)
    assert [swatch.share for swatch in found] == sorted((swatch.share for swatch in found), reverse=True)
    assert palette_of(picture) == found
    lab = to_oklab(picture[::3, ::3].reshape(-1, 3).astype(np.float64))
    colors = to_oklab(np.array([swatch.color for swatch in found]) / 255)
    away = np.sqrt(((lab[:, None] - colors[None]) ** 2).sum(axis=2)).min(axis=1)
    assert np.median(away) < 0.075
    # No two swatches look the same.
    apart = np.sqrt(((colors[:, None] - colors[None]) ** 2).sum(axis=2))[~np.eye(12, dtype=bool)]
    assert apart.min() > 0.03


@settings(max_examples=40, deadline=None)
@given(
    picture=hnp.arrays(
        np.float32,
        st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)),
        elements=st.sampled_from([0.0, 0.25, 0.5, 1.0]),
    ),
    count=st.integers(1, 14),
    seed=st.integers(0, 3),
)
def test_any_picture_has_a_palette(picture: Picture, count: int, seed: int) -> None:
    found = palette_of(picture, count, seed)
    assert 1 <= len(found) <= count
    assert sum(swatch.share for swatch in found) == pytest.approx(1)
    assert all(0 < swatch.share <= 1 and all(0 <= value <= 255 for value in swatch.color) for swatch in found)


def test_oklab_is_as_published() -> None:
    # Ottosson's own examples: white, and sRGB red.
    assert to_oklab(np.array([1.0, 1.0, 1.0])) == pytest.approx([1, 0, 0], abs=1e-3)
    assert to_oklab(np.array([1.0, 0.0, 0.0])) == pytest.approx([0.628, 0.225, 0.126], abs=1e-3)
