"""The auto-painter: exactly so many strokes, coarse first, the same each time, and the more the liker."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import Cancelled, UsageError
from app.images import Picture
from app.painting.autopainter import paint, plan, sizes


@pytest.fixture
def target() -> Picture:
    """Hills under a sky with a bright disc: flat parts, slow turns and hard edges."""
    down, across = np.mgrid[0:120, 0:160].astype(np.float32)
    picture = np.stack([0.35 + down / 300, 0.5 + down / 400, 0.9 - down / 400], axis=-1)
    hill = down > 75 + 18 * np.sin(across / 26)
    picture[hill] = np.stack([0.2 + across / 600, 0.35 + 0 * across, 0.15 + 0 * across], axis=-1)[hill]
    picture[np.hypot(down - 35, across - 115) < 16] = (0.98, 0.85, 0.3)
    return picture.astype(np.float32)


def difference(painted: Picture, target: Picture) -> float:
    return float(np.sqrt(((painted - target) ** 2).mean()))


@pytest.mark.slow
def test_more_strokes_look_more_like_the_target(target: Picture) -> None:
    differences = [difference(paint(target, strokes=count, seed=2).picture(), target) for count in (12, 50, 200)]
    assert differences == sorted(differences, reverse=True)
    assert differences[-1] < 0.09
    assert differences[0] < 0.7 * difference(np.ones_like(target), target)


def test_few_strokes_cover_the_canvas(target: Picture) -> None:
    drawing = paint(target, strokes=50, seed=1)
    assert (drawing.surface.pixels[..., :3] == 255).all(axis=2).mean() < 0.03


@pytest.mark.parametrize("count", [1, 2, 7, 60])
def test_exactly_so_many_strokes_the_same_for_one_seed(target: Picture, count: int) -> None:
    drawing = paint(target, strokes=count, seed=5)
    assert len(drawing.strokes) == count
    assert (drawing.width, drawing.height) == (160, 120)
    assert list(plan(target, strokes=count, seed=5)) == list(drawing.strokes)
    if count > 2:
        assert list(plan(target, strokes=count, seed=6)) != list(drawing.strokes)


def test_coarse_strokes_come_first(target: Picture) -> None:
    painted = [stroke.size_px for stroke in plan(target, strokes=120, seed=3)]
    assert np.mean(painted[:15]) > 1.8 * np.mean(painted[-30:])


@given(width=st.integers(16, 4000), height=st.integers(16, 4000), strokes=st.integers(1, 20_000))
def test_the_sizes_fall_and_share_all_strokes(width: int, height: int, strokes: int) -> None:
    found = sizes(width, height, strokes)
    assert sum(count for _, count in found) == strokes
    assert all(count >= 0 for _, count in found)
    diameters = [size_px for size_px, _ in found]
    assert diameters == sorted(diameters, reverse=True)
    assert all(1 <= size_px <= 2000 for size_px in diameters)


@pytest.mark.parametrize("shape", [(1, 1), (3, 200), (200, 3), (17, 31)])
def test_odd_shapes_are_painted_too(shape: tuple[int, int]) -> None:
    drawing = paint(np.full((*shape, 3), 0.3, dtype=np.float32), strokes=6)
    assert len(drawing.strokes) == 6
    assert (drawing.height, drawing.width) == shape


def test_a_white_target_is_painted_nearly_white() -> None:
    drawing = paint(np.ones((60, 80, 3), dtype=np.float32), strokes=30)
    assert drawing.picture().mean() > 0.93


def test_progress_is_told_and_it_can_be_stopped(target: Picture) -> None:
    told: list[tuple[int, int]] = []
    with pytest.raises(Cancelled):
        paint(target, strokes=40, on_progress=lambda *done: told.append(done), cancelled=lambda: len(told) == 9)
    assert told == [(number, 40) for number in range(1, 10)]


def test_no_strokes_are_refused(target: Picture) -> None:
    with pytest.raises(UsageError):
        paint(target, strokes=0)
    with pytest.raises(UsageError):
        plan(target, strokes=-1)
