"""Fill: what hangs together and is alike is flooded, lines hold it, and nothing pale is left beside them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from PyQt5.QtCore import QPointF, Qt
from PyQt5.QtGui import QColor, QImage, QPainter, QPen
from scipy.ndimage import map_coordinates

from app.painting.document.drawing import Drawing
from app.painting.engine.flood_fill import flood
from app.painting.model.stroke import Stroke

WHITE = 0xFFFFFFFF
Pixels = NDArray[np.uint32]


def grey(values: NDArray[np.uint8]) -> Pixels:
    return 0xFF000000 | values.astype(np.uint32) * np.uint32(0x010101)


def drawn(side: int, width_px: float, *, turned: float = 0.0) -> Pixels:
    """A dark ring with soft edges on white."""
    image = QImage(side, side, QImage.Format_ARGB32_Premultiplied)
    image.fill(Qt.white)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(QPen(QColor(20, 20, 30), width_px))
    painter.drawEllipse(QPointF(side / 2 + turned, side / 2 - turned / 2), side * 0.3, side * 0.23)
    painter.end()
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, dtype=np.uint32).reshape(side, side).copy()


@settings(max_examples=60, deadline=None)
@given(
    values=hnp.arrays(
        np.uint8, st.tuples(st.integers(1, 12), st.integers(1, 12)), elements=st.sampled_from([0, 90, 255])
    ),
    spot=st.tuples(st.integers(0, 11), st.integers(0, 11)),
    tolerance=st.sampled_from([0.0, 0.4, 0.7, 1.0]),
)
def test_it_covers_wholly_just_what_hangs_together_and_is_alike(
    values: NDArray[np.uint8], spot: tuple[int, int], tolerance: float
) -> None:
    row, column = spot[0] % values.shape[0], spot[1] % values.shape[1]
    coverage = flood(grey(values), column + 0.5, row + 0.9, tolerance)
    wanted = set()
    open_ends = [(row, column)]
    while open_ends:
        y, x = open_ends.pop()
        if (y, x) in wanted or not (0 <= y < values.shape[0] and 0 <= x < values.shape[1]):
            continue
        if abs(int(values[y, x]) - int(values[row, column])) <= tolerance * 255:
            wanted.add((y, x))
            open_ends += [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
    assert set(zip(*np.nonzero(coverage == 255), strict=True)) == wanted


@pytest.mark.parametrize("width_px", [1.0, 1.5, 3.0])
@pytest.mark.parametrize("turned", [0.0, 0.37, 0.5])
@pytest.mark.parametrize("tolerance", [0.0, 0.1, 0.3])
def test_a_thin_soft_line_holds_it_from_within_and_without(width_px: float, turned: float, tolerance: float) -> None:
    pixels = drawn(120, width_px, turned=turned)
    inside, outside = flood(pixels, 60, 60, tolerance), flood(pixels, 2, 2, tolerance)
    assert inside[60, 60] == outside[2, 2] == 255
    assert inside[2, 2] == outside[60, 60] == 0
    # No paint of one side reaches the white of the other.
    assert not ((inside > 0) & (outside == 255)).any()
    assert not ((outside > 0) & (inside == 255)).any()


def test_no_pale_rim_is_left_against_a_line_and_the_line_stays() -> None:
    pixels = drawn(200, 4.0)
    coverage = flood(pixels, 100, 100, 0.1).astype(np.float64) / 255
    darkness = 1 - (pixels & 255) / 255.0
    down, across = np.mgrid[0:200, 0:200]
    is_inside = np.hypot((across + 0.5 - 100) / 60, (down + 0.5 - 100) / 46) < 1
    # What is left of the white on the line's inner side, once the paint lies on it.
    pale = (1 - darkness) * (1 - coverage)
    assert pale[is_inside].max() < 0.2
    assert coverage[darkness > 0.87].max() < 0.1


COLORS = [(0, 0, 0), (20, 20, 60), (160, 30, 30), (40, 120, 60)]


@pytest.mark.parametrize("brush", ["round", "ink"])
@pytest.mark.parametrize("size_px", [3.0, 8.0, 24.0])
@pytest.mark.parametrize("spot", [(120, 120), (3, 3)])
@pytest.mark.parametrize("is_alike", [True, False])
def test_beside_a_painted_line_no_contour_is_left_that_is_lighter_than_line_and_paint(
    brush: str, size_px: float, spot: tuple[int, int], is_alike: bool
) -> None:
    around = np.linspace(0, 2 * np.pi * 1.03, 120)
    points = np.column_stack([120 + 80 * np.cos(around), 120 + 64 * np.sin(around), np.full(120, 0.8)])
    for color in COLORS:
        drawing = Drawing(240, 240)
        drawing.apply(Stroke(brush=brush, color=color, size_px=size_px, points=points, seed=3))
        paint = color if is_alike else (230, 200, 40)
        drawing.apply(Stroke(brush="", mode="fill", color=paint, tolerance=0.1, points=[(*spot, 1)]))
        filled = drawing.picture() * 255
        drawing.close()
        assert np.allclose(filled[spot[1], spot[0]], paint, atol=1)
        assert _ridge(filled.mean(axis=2)) <= 4


def _ridge(light: NDArray[np.float32]) -> float:
    """By how much any spot is lighter than all within three pixels of it, on the way in as on the way out."""
    angles, ways = np.linspace(0, 2 * np.pi, 64, endpoint=False), np.arange(20, 118, 0.5)
    spots = [120 + np.outer(turn, ways) for turn in (np.sin(angles), np.cos(angles))]
    across = map_coordinates(light, spots, order=1)
    middle = across[:, 6:-6]
    sides = [[across[:, 6 + way * step :][:, : middle.shape[1]] for step in range(1, 7)] for way in (-1, 1)]
    return float(np.minimum(*(middle - np.maximum.reduce(side) for side in sides)).max())


def test_flat_colours_meet_sharply() -> None:
    values = np.full((20, 20), 255, dtype=np.uint8)
    values[:, 10:] = 40
    coverage = flood(grey(values), 3, 3, 0.1)
    assert (coverage[:, :10] == 255).all()
    assert (coverage[:, 10:] == 0).all()


def test_transparency_is_told_from_paint() -> None:
    pixels = np.zeros((16, 16), dtype=np.uint32)
    pixels[4:12, 4:12] = 0xFF000000  # black, which premultiplied differs in its alpha alone
    assert (flood(pixels, 0, 0, 0.1) == 255).sum() == 256 - 64
    assert (flood(pixels, 8, 8, 0.1) == 255).sum() == 64


@pytest.mark.parametrize("spot", [(-1, 3), (3, -0.2), (16, 3), (3, 16.5)])
def test_a_spot_outside_floods_nothing(spot: tuple[float, float]) -> None:
    assert not flood(np.full((16, 16), WHITE, dtype=np.uint32), *spot, 1.0).any()


def test_the_picture_is_left_as_it_was() -> None:
    pixels = drawn(60, 2.0)
    before = pixels.copy()
    flood(pixels, 30, 30, 0.2)
    assert np.array_equal(pixels, before)
