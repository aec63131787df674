"""The surface: opacity is never exceeded, nothing changes outside of what it reports, batches do not matter."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locations import GOLDEN
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app import images, places
from app.bench.brush_sheet import main, sheet
from app.errors import PictureError
from app.painting.brushes.brush import load_brushes, own_and_players
from app.painting.engine.composite import picture_of, rgb_of
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Stroke

NAMES = sorted(load_brushes(places.brushes()))


def scribble(seed: int, count: int = 24, width: int = 200, height: int = 150) -> NDArray[np.float32]:
    chance = np.random.default_rng(seed)
    ways = np.array([width, height]) / 2 + np.cumsum(chance.normal(0, 16, (count, 2)), axis=0)
    return np.column_stack([ways, chance.uniform(0, 1, count)]).astype(np.float32)


def stroke_of(name: str, **other: Any) -> Stroke:
    facts: dict[str, Any] = {"color": (30, 90, 170), "size_px": 30.0, "seed": 7, "points": scribble(3), **other}
    return Stroke(brush=name, **facts)


def outside(changed: NDArray[np.bool_], rect: QRect) -> NDArray[np.bool_]:
    left = changed.copy()
    left[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1] = False
    return left


@pytest.mark.parametrize("name", NAMES)
def test_a_stroke_never_exceeds_its_opacity(name: str) -> None:
    surface = Surface(200, 150, (255, 255, 255))
    # To and fro over itself, in black: what is left of the white is what the opacity must leave.
    way = [(40 + 120 * (number % 2), 75 + number % 7, 1.0) for number in range(60)]
    surface.apply(stroke_of(name, color=(0, 0, 0), opacity=0.4, points=way))
    assert surface.pixels[..., :3].min() >= round(0.6 * 255) - 1
    assert surface.pixels[..., :3].min() < 230


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("mode", ["paint", "erase", "smudge"])
def test_points_one_by_one_paint_the_same_as_all_at_once(name: str, mode: Any) -> None:
    at_once, by_hand = Surface(200, 150), Surface(200, 150)
    for surface in (at_once, by_hand):
        surface.apply(Stroke(brush="flat", color=(200, 60, 30), size_px=90, points=[(0, 75, 1), (200, 75, 1)]))
    stroke = stroke_of(name, mode=mode, opacity=0.8)
    at_once.apply(stroke)
    by_hand.begin_stroke(stroke)
    rest, batch = stroke.points, 1
    while len(rest):
        by_hand.extend(rest[:batch])
        rest, batch = rest[batch:], batch % 4 + 1
    by_hand.end_stroke()
    assert np.array_equal(at_once.pixels, by_hand.pixels)
    assert at_once.layer_image(0) == by_hand.layer_image(0)


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    size_px=st.floats(0.5, 150),
    seed=st.integers(0, 10_000),
    mode=st.sampled_from(["paint", "erase", "smudge", "fill"]),
)
def test_every_changed_pixel_lies_in_the_dirty_rectangles(name: str, size_px: float, seed: int, mode: Any) -> None:
    surface = Surface(170, 130, (90, 160, 70))
    surface.apply(Stroke(brush="round", color=(250, 20, 20), size_px=60, points=[(0, 60, 1), (170, 70, 1)]))
    stroke = stroke_of(name, size_px=size_px, mode=mode, seed=seed, points=scribble(seed, 9, 170, 130))
    surface.begin_stroke(stroke)
    for batch in (stroke.points[:4], stroke.points[4:5], stroke.points[5:]):
        before = surface.pixels.copy()
        dirty = surface.extend(batch)
        assert dirty.isEmpty() or surface.rect.contains(dirty)
        assert not outside((surface.pixels != before).any(axis=2), dirty).any()
    before = surface.pixels.copy()
    dirty = surface.end_stroke()
    assert not outside((surface.pixels != before).any(axis=2), dirty).any()
    shown = surface.pixels.copy()
    surface.set_tracing(None, 0.0)  # composes everything anew
    assert np.array_equal(surface.pixels, shown)


@pytest.mark.parametrize("name", NAMES)
def test_a_stroke_changes_pixels_and_can_be_abandoned_or_swapped_back(name: str) -> None:
    surface = Surface(200, 150)
    blank = surface.pixels.copy()
    stroke = stroke_of(name)
    surface.begin_stroke(stroke)
    surface.extend(stroke.points)
    assert (surface.pixels != blank).any()
    surface.abandon_stroke()
    assert np.array_equal(surface.pixels, blank)
    surface.apply(stroke)
    painted = surface.pixels.copy()
    assert surface.patch is not None
    back, _ = surface.swap(surface.patch)
    assert np.array_equal(surface.pixels, blank)
    surface.swap(back)
    assert np.array_equal(surface.pixels, painted)


def test_the_same_stroke_paints_the_same_pixels_whatever_was_painted_before() -> None:
    def painted() -> NDArray[np.uint8]:
        surface = Surface(200, 150)
        for name in NAMES:
            surface.apply(stroke_of(name))
        return surface.pixels.copy()

    first = painted()
    # Dabs that are kept now must be no other than those that were made then.
    busy = Surface(300, 300)
    for name in NAMES:
        busy.apply(stroke_of(name, size_px=77, seed=99, color=(1, 2, 3)))
    assert np.array_equal(first, painted())


def test_threads_paint_at_the_same_time_as_one_after_the_other() -> None:
    strokes = [
        Stroke(name, color=(20, 90, 160), size_px=18, seed=number, points=[(10, 20, 0.4), (60, 40, 1), (90, 80, 0.7)])
        for number, name in enumerate(NAMES * 2)
    ]

    def painted(_number: int) -> bytes:
        surface = Surface(100, 100)
        for stroke in strokes:
            surface.begin_stroke(stroke)
            for point in stroke.points:
                surface.extend(point[None])
            surface.end_stroke()
        return surface.pixels.tobytes()

    alone = painted(0)
    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(painted, range(3))) == {alone}


def test_a_seed_decides_where_drops_fall() -> None:
    pictures = []
    for seed in (1, 1, 2):
        surface = Surface(200, 150)
        surface.apply(stroke_of("splatter", seed=seed))
        pictures.append(surface.pixels.copy())
    assert np.array_equal(pictures[0], pictures[1])
    assert not np.array_equal(pictures[0], pictures[2])


def test_a_dot_is_a_stroke_of_one_point() -> None:
    for name in NAMES:
        surface = Surface(100, 100)
        surface.apply(stroke_of(name, size_px=60, points=[(50, 50, 1.0)]))
        changed = np.argwhere((surface.pixels != 255).any(axis=2))
        assert len(changed) > 10, name
        if name not in ("splatter", "sponge", "grain"):
            assert np.abs(changed.mean(axis=0) - 50).max() < 12, name


def test_a_round_dot_stands_exactly_where_it_was_put() -> None:
    for x, y in ((50.0, 50.0), (50.25, 49.5), (47.875, 52.125)):
        surface = Surface(100, 100)
        surface.apply(stroke_of("round", color=(0, 0, 0), size_px=7, points=[(x, y, 1.0)]))
        ink = 255.0 - surface.pixels[..., 0]
        down, across = np.mgrid[0:100, 0:100] + 0.5
        assert (ink * across).sum() / ink.sum() == pytest.approx(x, abs=0.1)
        assert (ink * down).sum() / ink.sum() == pytest.approx(y, abs=0.1)


def test_an_eraser_uncovers_the_background_or_takes_paint_away() -> None:
    way = [(0, 50, 1), (100, 50, 1)]
    opaque, transparent = Surface(100, 100, (240, 230, 210)), Surface(100, 100, None)
    for surface in (opaque, transparent):
        surface.apply(stroke_of("round", size_px=80, points=way))
        assert surface.pixels[50, 50].tolist() == [170, 90, 30, 255]
        surface.apply(stroke_of("round", mode="erase", size_px=40, points=way))
    assert opaque.pixels[50, 50].tolist() == [210, 230, 240, 255]
    assert transparent.pixels[50, 50].tolist() == [0, 0, 0, 0]
    assert np.allclose(transparent.picture()[50, 50], 1.0)


def test_wet_paint_picks_up_what_it_runs_through_but_not_bare_paper() -> None:
    way = [(10, 60, 1), (190, 60, 1)]
    dry, wet = Surface(200, 120), Surface(200, 120)
    wet.apply(stroke_of("round", color=(220, 20, 20), size_px=110, points=[(60, 60, 1), (100, 60, 1)]))
    for surface in (dry, wet):
        surface.apply(stroke_of("filbert", color=(20, 20, 220), size_px=40, points=way))
    red_over_paper, red_over_red = dry.picture()[60, 80, 0], wet.picture()[60, 80, 0]
    assert red_over_red > red_over_paper + 0.05


def test_more_pressure_gives_a_broader_stroke() -> None:
    heights = []
    for pressure in (0.3, 1.0):
        surface = Surface(200, 100)
        surface.apply(stroke_of("ink", size_px=30, points=[(20, 50, pressure), (180, 50, pressure)]))
        heights.append(int((surface.pixels[:, 100, 0] < 250).sum()))
    assert heights[1] > 1.8 * heights[0] > 0


def test_clearing_empties_and_reports_where_something_was() -> None:
    surface = Surface(300, 200)
    assert surface.clear().isEmpty()
    surface.apply(stroke_of("chalk", points=[(250, 150, 1), (260, 150, 1)]))
    dirty = surface.clear()
    assert (surface.pixels == 255).all()
    assert dirty.contains(255, 150)
    assert not dirty.contains(10, 10)


def test_a_brush_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(PictureError, match="feather"):
        Surface(10, 10).begin_stroke(Stroke(brush="feather"))


def test_the_image_shows_the_pixels_live() -> None:
    surface = Surface(70, 50)
    image = surface.image()
    surface.apply(stroke_of("round", color=(10, 20, 30), size_px=40, points=[(35, 25, 1), (36, 25, 1)]))
    assert (image.width(), image.height()) == (70, 50)
    assert image.pixelColor(35, 25).getRgb() == (10, 20, 30, 255)
    assert np.allclose(surface.picture()[25, 35] * 255, (10, 20, 30))


@pytest.mark.pixels
def test_the_sheet_of_all_brushes_looks_as_it_did() -> None:
    """Within 1 % on average and for all but 0.5 % of the pixels within 12 %, after shrinking to a quarter."""
    whole = sheet(own_and_players())
    found = images.resize(whole, height=whole.shape[0] // 4, width=whole.shape[1] // 4)
    wanted = images.read_picture(GOLDEN / "brushes.png")
    assert found.shape == wanted.shape
    difference = np.abs(found - wanted).max(axis=2)
    assert difference.mean() < 0.01
    assert (difference > 0.12).mean() < 0.005


def test_the_sheet_is_written_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "sheet.png")]) == 0
    assert images.read_picture(tmp_path / "sheet.png").shape[1] > 1000
    assert main([]) == 2
    assert main([str(tmp_path / "absent" / "sheet.tiff")]) in (1, 2)
    assert capsys.readouterr().err.count("\n") == 2


def test_rounded_pixels_are_those_of_the_picture() -> None:
    alpha, color = np.mgrid[0:256, 0:256].astype(np.uint8)
    color = np.minimum(color, alpha)
    pixels = np.dstack([color, color[:, ::-1] * 0, np.minimum(color[::-1], alpha), alpha])
    assert np.array_equal(rgb_of(pixels), images.to_bytes(picture_of(pixels)))
