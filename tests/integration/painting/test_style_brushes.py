"""Kits: what is measured is what was painted, and the brushes that suit it are sound ones of ours."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from app import images, places
from app.images import Picture
from app.painting.brushes.brush import Brush, load_brushes, settings
from app.painting.brushes.style_analysis import Manner, manner_of
from app.painting.brushes.style_brushes import kit_of

OURS = load_brushes(places.brushes())


def strips(width_px: float, *, angle_deg: float = 20.0, side: int = 384, length: float = 14.0) -> Picture:
    """Strokes of a width side by side, each of a colour of its own."""
    chance = np.random.default_rng(7)
    down, across = np.mgrid[0:side, 0:side].astype(np.float64)
    turn = np.radians(angle_deg)
    along = across * np.cos(turn) + down * np.sin(turn)
    aside = down * np.cos(turn) - across * np.sin(turn) + 2 * side
    row = (aside // width_px).astype(int)
    column = ((along + 2 * side + row * 37.7) // (width_px * length)).astype(int)
    colors = chance.uniform(0.1, 0.9, (row.max() + 1, column.max() + 1, 3))
    return colors[row, column].astype(np.float32)


def stripes(width_px: float, side: int) -> Picture:
    """Strokes without an end."""
    return strips(width_px, side=side, length=4 * side)


def blocks(width_px: float, side: int) -> Picture:
    """Squares, each of a colour of its own."""
    count = int(side // width_px) + 1
    down, across = (np.mgrid[0:side, 0:side] // width_px).astype(int)
    return np.random.default_rng(9).uniform(0.1, 0.9, (count, count, 3))[down, across].astype(np.float32)


def scattered(width_px: float, side: int) -> Picture:
    """Dots with ground between them."""
    return dots(width_px, side, cover=0.6)


def dots(width_px: float, side: int = 384, cover: float = 2.5) -> Picture:
    """A canvas full of dots."""
    chance = np.random.default_rng(8)
    picture = np.full((side, side, 3), 0.9, dtype=np.float32)
    down, across = np.mgrid[0:side, 0:side]
    for _ in range(int(cover * side * side / width_px**2)):
        x, y = chance.uniform(0, side, 2)
        left, top = max(int(x - width_px), 0), max(int(y - width_px), 0)
        part = np.s_[top : int(y + width_px) + 1, left : int(x + width_px) + 1]
        inside = np.hypot(across[part] - x, down[part] - y) < width_px / 2
        picture[part][inside] = chance.uniform(0.1, 0.95, 3)
    return picture


def our(name: str) -> Picture:
    return images.read_picture(places.styles() / f"{name}.jpg", max_side_px=768)


@pytest.mark.parametrize("width_px", [5.0, 9.0, 16.0])
@pytest.mark.parametrize("angle_deg", [0.0, 25.0, 90.0])
def test_strokes_are_as_wide_as_they_were_painted(width_px: float, angle_deg: float) -> None:
    manner = manner_of(strips(width_px, angle_deg=angle_deg))
    assert manner.width * 384 == pytest.approx(width_px, rel=0.3)
    assert manner.spread < 0.25


@pytest.mark.parametrize("painted", [strips, stripes, blocks, scattered])
def test_wider_marks_are_measured_wider(painted: Callable[..., Picture]) -> None:
    widths = [8.0, 16.0, 32.0, 64.0, 128.0]
    measured = [manner_of(painted(width_px, side=768)).width * 768 for width_px in widths]
    assert measured == sorted(measured)
    for width_px, found in zip(widths, measured, strict=True):
        assert width_px / 1.5 <= found <= width_px * 1.5


def test_a_picture_of_twice_the_size_has_strokes_of_the_same_share() -> None:
    small, large = manner_of(strips(6.0, side=300)), manner_of(strips(12.0, side=600))
    assert small.width == pytest.approx(large.width, rel=0.2)


def test_dots_have_no_direction_and_strips_have_one() -> None:
    assert manner_of(dots(9)).coherence < 0.4 < 0.6 < manner_of(strips(9)).coherence
    assert manner_of(dots(9)).width * 384 == pytest.approx(7, rel=0.4)


def test_hair_is_rough_and_flat_colour_is_flat() -> None:
    plain = strips(14)
    hair = plain + np.random.default_rng(2).normal(0, 0.08, plain.shape[:2])[..., None].astype(np.float32)
    assert manner_of(hair).roughness > manner_of(plain).roughness + 0.12
    fields = np.full((300, 300, 3), 0.8, dtype=np.float32)
    fields[:, 150:] = (0.7, 0.1, 0.1)
    assert manner_of(fields).flatness > 0.85 > 0.2 > manner_of(strips(6)).flatness


def _names(brushes: tuple[Brush, ...]) -> set[str]:
    return {brush.name for brush in brushes}


@pytest.mark.parametrize(
    ("style", "wanted", "unwanted"),
    [
        ("weir", {"kit-dots"}, {"kit-strokes", "kit-lines"}),
        ("gale", {"kit-strokes", "kit-broad"}, {"kit-dots", "kit-fields"}),
        ("knife", {"kit-strokes", "kit-slabs"}, {"kit-dots", "kit-washes"}),
        ("ember", {"kit-fields"}, {"kit-dots", "kit-strokes"}),
        ("garden", {"kit-washes"}, {"kit-dots", "kit-strokes"}),
        ("gulls", {"kit-lines"}, {"kit-dots", "kit-washes"}),
        ("static", {"kit-threads", "kit-drops"}, {"kit-washes", "kit-strokes"}),
    ],
)
def test_our_paintings_get_the_brushes_that_suit_them(style: str, wanted: set[str], unwanted: set[str]) -> None:
    kit = kit_of(our(style), OURS, 1024)
    assert wanted <= _names(kit.brushes)
    assert not unwanted & _names(kit.brushes)
    assert 3 <= len(kit.brushes) <= 5
    assert 3 <= kit.stroke_width_px <= (150 if style == "ember" else 40)
    assert 0 <= kit.direction_spread <= 1
    assert 0 <= kit.roughness <= 1
    for brush in kit.brushes:
        assert brush.title
        assert brush.hint.endswith(".")
        # Measured, not only named: a width or a share.
        assert any(character.isdigit() for character in brush.hint)
        again = Brush.from_source(brush.source)
        assert again.fingerprint == brush.fingerprint
        assert all(s.low <= getattr(brush, s.name) <= s.high for s in settings() if not s.choices and not s.is_curve)


def test_strokes_turn_more_in_a_swirling_painting_than_in_a_hatched_one() -> None:
    assert manner_of(our("gale")).spread > 2 * manner_of(our("pastel")).spread


def test_a_kit_grows_with_the_canvas() -> None:
    picture = strips(10)
    small, large = (kit_of(picture, OURS, side) for side in (512, 1024))
    assert large.stroke_width_px == pytest.approx(2 * small.stroke_width_px)
    assert large.brushes[0].size_px == pytest.approx(2 * small.brushes[0].size_px)


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((16, 16, 3), dtype=np.float32),
        np.ones((40, 900, 3), dtype=np.float32),
        np.random.default_rng(1).uniform(0, 1, (64, 48, 3)).astype(np.float32),
    ],
    ids=["black", "a white strip", "noise"],
)
def test_any_picture_gives_a_kit(picture: NDArray[np.float32]) -> None:
    manner = manner_of(picture)
    assert all(0 <= getattr(manner, name) <= 1.001 for name in Manner.__annotations__)
    assert kit_of(picture, OURS, 800).brushes


def test_brushes_that_are_not_there_are_left_out() -> None:
    only = {name: OURS[name] for name in ("bristle", "flat")}
    assert _names(kit_of(our("gale"), only, 1024).brushes) <= {"kit-strokes", "kit-broad", "kit-ground"}
