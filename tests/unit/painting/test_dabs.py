"""Dabs: the same pixels however they were kept, flipped imprints, colours within their alpha, bounded memory."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt5.QtGui import QPainter

from app.painting.brushes.brush import Brush, Texture, own_and_players
from app.painting.engine import dabs
from app.painting.engine.dab_placement import Trail
from app.painting.engine.dabs import DabCache, PixelImage

NAMES = sorted(own_and_players())
SIDE_PX = 160


def trail_of(count: int = 1, **other: Any) -> Trail:
    facts: dict[str, Any] = {"x": 80.3, "y": 79.6, "size": 40.0, "flow": 1.0, "angle": 0.0, "variant": 0, "travel": 0.1}
    facts |= other
    arrays = {name: np.broadcast_to(np.asarray(value, np.float64), count).copy() for name, value in facts.items()}
    return Trail(**(arrays | {"variant": arrays["variant"].astype(np.int64)}))


def scattered(seed: int, count: int, brush: Brush, size_px: float = 30.0) -> Trail:
    chance = np.random.default_rng(seed)
    return trail_of(
        count,
        x=chance.uniform(10, 150, count),
        y=chance.uniform(10, 150, count),
        size=chance.uniform(0.6, 1.4, count) * size_px,
        angle=chance.uniform(-10, 10, count),
        variant=chance.integers(0, 2 * brush.texture.variants, count),
    )


def drawn(draw: Callable[[QPainter], None]) -> NDArray[np.uint32]:
    pixels = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint32)
    target = PixelImage(pixels)
    painter = QPainter(target)
    draw(painter)
    painter.end()
    return pixels


def white(box: DabCache, trail: Trail, flow: int = 255) -> NDArray[np.uint32]:
    flows = np.full(len(trail), flow)
    return drawn(lambda painter: box.draw_white(painter, trail, flows, 1.0))


def tinted(box: DabCache, trail: Trail, tint: int) -> NDArray[np.uint32]:
    flows, tints = np.full(len(trail), 255), np.full(len(trail), tint)
    return drawn(lambda painter: box.draw_tinted(painter, trail, flows, 1.0, tints))


def channels(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def plain(coverage: NDArray[np.uint8], shade: int = 128, **other: Any) -> Brush:
    texture = Texture(coverage[None], np.full_like(coverage[None], shade), math.sqrt(2), b"")
    paper = np.full((1, 1), 255, dtype=np.uint8)
    return Brush(name="plain", title="Plain", texture=texture, paper=paper, **other)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size_px", [5.0, 20.0, 60.0])
def test_a_dab_is_the_same_whatever_was_drawn_before(name: str, size_px: float) -> None:
    brush = own_and_players()[name]
    trail = scattered(1, 40, brush, size_px)
    fresh, used = DabCache(brush), DabCache(brush)
    white(used, scattered(2, 60, brush, size_px))
    white(used, trail.only(np.arange(40) % 3 == 0))
    assert np.array_equal(white(fresh, trail), white(used, trail))
    used.forget()
    one_by_one = np.zeros((SIDE_PX, SIDE_PX), dtype=np.uint32)
    for number in range(len(trail)):
        target = PixelImage(one_by_one)
        painter = QPainter(target)
        used.draw_white(painter, trail.only(np.arange(40) == number), np.array([255]), 1.0)
        painter.end()
    assert np.array_equal(one_by_one, white(fresh, trail))


@pytest.mark.parametrize("name", ["chalk", "sponge", "dry-brush", "round", "bristle"])
@pytest.mark.parametrize("size_px", [6.0, 48.0, 120.0])
def test_a_variant_beyond_the_last_is_the_imprint_flipped(name: str, size_px: float) -> None:
    brush = own_and_players()[name]
    box = DabCache(brush)
    # In the very middle, so that flipping the pixels flips the place too.
    right = trail_of(x=SIDE_PX / 2, y=SIDE_PX / 2, size=size_px, angle=0.0)
    left = trail_of(x=SIDE_PX / 2, y=SIDE_PX / 2, size=size_px, angle=0.0, variant=brush.texture.variants)
    for draw in (lambda trail: white(box, trail), lambda trail: tinted(box, trail, 0xC08040)):
        there, flipped = channels(draw(right)).astype(int), channels(draw(left)).astype(int)
        assert there[..., 3].any()
        assert np.abs(there[:, ::-1] - flipped).max() <= 8
    if name == "bristle" and size_px > 20:
        assert np.abs(there - flipped).max() > 40


def test_a_dab_stands_where_it_falls_and_is_as_large_as_asked() -> None:
    box = DabCache(plain(np.full((64, 64), 255, dtype=np.uint8)))
    alpha = channels(white(box, trail_of(x=60.0, y=90.0, size=32.0)))[..., 3]
    assert (alpha[76:104, 46:74] == 255).all()
    assert not alpha[:72].any() and not alpha[108:].any() and not alpha[:, :42].any() and not alpha[:, 78:].any()
    assert alpha.sum() / 255 == pytest.approx(32 * 32, rel=0.04)


def test_a_turn_turns_clockwise() -> None:
    half = np.zeros((64, 64), dtype=np.uint8)
    half[:, 32:] = 255
    box = DabCache(plain(half, rotation="along"))
    alpha = channels(white(box, trail_of(x=80.0, y=80.0, angle=math.pi / 2)))[..., 3].astype(int)
    # What lay to the right lies below.
    assert alpha[84:96, 66:94].min() > 200
    assert alpha[:76].max() < 50


@settings(max_examples=60, deadline=None)
@given(
    tint=st.integers(0, 0xFFFFFF),
    shade=st.integers(0, 255),
    coverage=st.integers(1, 255),
    relief=st.floats(0.01, 1),
)
def test_no_channel_of_a_colored_dab_exceeds_its_alpha(tint: int, shade: int, coverage: int, relief: float) -> None:
    brush = plain(np.full((16, 16), coverage, dtype=np.uint8), shade, relief=relief)
    found = channels(tinted(DabCache(brush), trail_of(x=80.0, y=80.0, size=16.0), tint))
    assert found[80, 80, 3] == coverage
    assert (found[..., :3] <= found[..., 3:]).all()


@pytest.mark.parametrize("tint", [0x000000, 0xFFFFFF, 0xC08040, 0x0102FE])
def test_an_even_shade_leaves_the_color_itself(tint: int) -> None:
    brush = plain(np.full((32, 32), 255, dtype=np.uint8), shade=128, relief=0.01)
    blue, green, red, alpha = channels(tinted(DabCache(brush), trail_of(size=32.0), tint))[80, 80].astype(int)
    assert alpha == 255
    assert np.abs(np.array([red, green, blue]) - [tint >> 16, tint >> 8 & 255, tint & 255]).max() <= 2


def test_relief_darkens_and_lightens() -> None:
    solid = np.full((32, 32), 255, dtype=np.uint8)
    greens = [
        channels(tinted(DabCache(plain(solid, shade=shade, relief=1.0)), trail_of(size=32.0), 0x808080))[80, 80, 1]
        for shade in (0, 128, 255)
    ]
    assert greens[0] < 80 < 120 < greens[1] < 135 < 170 < greens[2]


def test_hardness_makes_edges_crisp() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 64).astype(np.uint8), (64, 64)).copy()
    soft, hard = (
        channels(white(DabCache(plain(ramp, hardness=hardness)), trail_of(size=64.0)))[80, 48:112, 3]
        for hardness in (0.0, 0.8)
    )
    assert (soft == 255).sum() < 4
    assert (hard == 255).sum() > 40


def test_the_flow_is_how_much_paint_falls() -> None:
    box = DabCache(plain(np.full((32, 32), 255, dtype=np.uint8)))
    assert channels(white(box, trail_of(size=32.0), flow=102))[80, 80, 3] == pytest.approx(102, abs=1)


def test_what_all_boxes_keep_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dabs, "MAX_KEPT_BYTES", 2**20)
    brushes = own_and_players()
    boxes = [DabCache(brushes[name]) for name in ("chalk", "round", "bristle", "dry-brush")]
    wanted = [white(DabCache(box.brush), scattered(5, 60, box.brush, 70)) for box in boxes]
    for box, picture in zip(boxes, wanted, strict=True):
        assert np.array_equal(white(box, scattered(5, 60, box.brush, 70)), picture)
        for tint in range(0, 0xFFFFFF, 0x0F1E2D):
            tinted(box, scattered(5, 3, box.brush, 70), tint)
        largest = 2**20 + 4 * 160 * 160
        assert sum(each.kept_bytes for each in boxes) <= largest
    for box in boxes:
        box.forget()
        assert box.kept_bytes == 0
