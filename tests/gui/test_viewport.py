"""The view: zoom, pan, turn and mirror, and whole px of the screen."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QPointF, QRect, QSizeF
from PyQt5.QtGui import QColor, QImage, QPainter

from app.desktop.canvas.mipmaps import Mipmaps
from app.desktop.canvas.viewport import LEAST_ZOOM, MOST_ZOOM, Viewport
from app.desktop.widgets.qimage import to_pixels

RATIOS = (1.0, 1.25, 1.5, 2.0)
angles = st.one_of(st.sampled_from([0.0, 90.0, 180.0, -90.0]), st.floats(-180, 180))
places = st.tuples(st.floats(0, 800), st.floats(0, 600))


def a_view(
    zoom: float = 1.0, *, angle_deg: float = 0.0, is_mirrored: bool = False, ratio: float = 1.0, side: int = 1024
) -> Viewport:
    view = Viewport()
    view.set_sizes(QSizeF(side, side * 3 / 4), QSizeF(800, 600))
    view.ratio = ratio
    view.is_mirrored = is_mirrored
    view.zoom_to(zoom)
    view.rotate_to(angle_deg)
    return view


def apart(a: QPointF, b: QPointF) -> float:
    return math.hypot(a.x() - b.x(), a.y() - b.y())


def is_held_back(view: Viewport) -> bool:
    return view.centre.x() in (0, view.drawing.width()) or view.centre.y() in (0, view.drawing.height())


@given(
    zoom=st.floats(LEAST_ZOOM, MOST_ZOOM),
    factor=st.floats(0.2, 5),
    at=places,
    angle=angles,
    is_mirrored=st.booleans(),
    ratio=st.sampled_from(RATIOS),
)
def test_zooming_leaves_the_point_under_the_pointer(
    zoom: float, factor: float, at: tuple[float, float], angle: float, is_mirrored: bool, ratio: float
) -> None:
    view = a_view(zoom, angle_deg=angle, is_mirrored=is_mirrored, ratio=ratio)
    point = QPointF(*at)
    before = view.to_drawing(point)
    view.zoom_to(view.zoom * factor, point)
    assert LEAST_ZOOM <= view.zoom <= MOST_ZOOM
    # Where px of the drawing are laid on px of the screen, it may be off by no more than half a diagonal of one.
    off = apart(view.transform().map(before), point) * ratio
    assert is_held_back(view) or off < (0.7072 if view.is_even else 1e-3)


@given(angle=angles, by=st.floats(-300, 300), at=places, is_mirrored=st.booleans())
def test_turning_leaves_the_point_that_it_turns_about(
    angle: float, by: float, at: tuple[float, float], is_mirrored: bool
) -> None:
    view = a_view(0.7, angle_deg=angle, is_mirrored=is_mirrored)
    point = QPointF(*at)
    before = view.to_drawing(point)
    view.rotate_by(by, point)
    assert -180 <= view.angle_deg <= 180
    assert is_held_back(view) or apart(view.transform().map(before), point) < 1e-3


@given(point=places, zoom=st.floats(LEAST_ZOOM, MOST_ZOOM), angle=angles, is_mirrored=st.booleans())
def test_the_way_to_the_drawing_is_the_way_back(
    point: tuple[float, float], zoom: float, angle: float, is_mirrored: bool
) -> None:
    view = a_view(zoom, angle_deg=angle, is_mirrored=is_mirrored, ratio=1.25)
    at = QPointF(*point)
    assert apart(view.transform().map(view.to_drawing(at)), at) < 1e-6


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("angle", [0.0, 37.0])
def test_panning_moves_the_drawing_with_the_hand(is_mirrored: bool, angle: float) -> None:
    view = a_view(0.544, angle_deg=angle, is_mirrored=is_mirrored)
    before = view.transform().map(QPointF(400, 400))
    view.pan(QPointF(30, -20))
    after = view.transform().map(QPointF(400, 400))
    assert (after - before).x() == pytest.approx(30)
    assert (after - before).y() == pytest.approx(-20)


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_it_turns_clockwise_as_it_is_seen(is_mirrored: bool) -> None:
    view = a_view(0.5, is_mirrored=is_mirrored)
    point = view.to_drawing(QPointF(500, 300))  # to the right of the middle
    view.rotate_by(30)
    assert view.transform().map(point).y() > 340


@given(angle=st.floats(-180, 180), side=st.integers(50, 3000))
def test_a_fitted_view_shows_all_of_a_turned_drawing(angle: float, side: int) -> None:
    view = a_view(angle_deg=angle, side=side)
    view.fit()
    for x in (0.0, side):
        for y in (0.0, side * 3 / 4):
            corner = view.transform().map(QPointF(x, y))
            assert 0 <= corner.x() <= 800 and 0 <= corner.y() <= 600


@given(x=st.floats(-60, 60), y=st.floats(-60, 60), angle=angles, is_mirrored=st.booleans())
def test_a_direction_lies_on_the_drawing_as_it_does_on_the_widget(
    x: float, y: float, angle: float, is_mirrored: bool
) -> None:
    view = a_view(0.37, angle_deg=angle, is_mirrored=is_mirrored)
    start = QPointF(300, 200)
    moved = (view.to_drawing(start + QPointF(x, y)) - view.to_drawing(start)) * view.zoom
    along = view.direction_to_drawing(x, y)
    assert along == pytest.approx((moved.x(), moved.y()), abs=1e-6)


@given(
    zoom=st.sampled_from([0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 8.0]),
    pan=st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
    offset=st.tuples(st.integers(0, 4000), st.integers(0, 4000)),
    angle=st.sampled_from([0.0, 90.0, 180.0, -90.0]),
    is_mirrored=st.booleans(),
    ratio=st.sampled_from(RATIOS),
)
def test_even_zooms_lay_the_drawing_on_whole_px_of_the_screen(
    zoom: float, pan: tuple[float, float], offset: tuple[int, int], angle: float, is_mirrored: bool, ratio: float
) -> None:
    view = a_view(zoom / ratio, angle_deg=angle, is_mirrored=is_mirrored, ratio=ratio)
    view.offset = QPointF(offset[0] * ratio, offset[1] * ratio)
    view.pan(QPointF(*pan))
    for point in (QPointF(0, 0), QPointF(8, 16), QPointF(1024, 768)):
        at = view.transform().map(point) * ratio + view.offset
        assert at.x() == pytest.approx(round(at.x()), abs=1e-4)
        assert at.y() == pytest.approx(round(at.y()), abs=1e-4)


def noise(width: int, height: int) -> QImage:
    pixels = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image = QImage(width, height, QImage.Format_ARGB32_Premultiplied)
    for y in range(height):
        for x in range(width):
            image.setPixelColor(x, y, QColor(*pixels[y, x].tolist()))
    return image


@pytest.mark.parametrize(("width", "height"), [(32, 24), (31, 24), (32, 23), (31, 23), (1, 1), (2, 1)])
def test_each_px_of_a_halved_copy_is_the_mean_of_four(width: int, height: int) -> None:
    image = noise(width, height)
    halved = to_pixels(Mipmaps().copy(image, 1)).astype(float)
    # What lies beyond an odd edge counts for nothing.
    whole = np.pad(to_pixels(image).astype(float), ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    means = (whole[::2, ::2] + whole[1::2, ::2] + whole[::2, 1::2] + whole[1::2, 1::2]) / 4
    assert halved.shape == means.shape
    # Qt's weights have four bits, which cut off up to two and a half of 255 in the harshest noise, never more.
    assert np.abs(halved - means).max() <= 2.5
    plain = QImage(image.size(), QImage.Format_ARGB32_Premultiplied)
    plain.fill(QColor(255, 254, 3))
    assert (to_pixels(Mipmaps().copy(plain, 1)) == (255, 254, 3)).all()


@given(
    rects=st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 44), st.integers(1, 30), st.integers(1, 30)), max_size=4
    )
)
def test_mended_copies_are_as_new_ones(rects: list[tuple[int, int, int, int]]) -> None:
    image = QImage(61, 45, QImage.Format_ARGB32_Premultiplied)
    image.fill(QColor(250, 240, 230))
    mipmaps = Mipmaps()
    mipmaps.copy(image, 3)
    for number, rect in enumerate(rects):
        painter = QPainter(image)
        painter.fillRect(*rect, QColor(40 * number, 200 - 30 * number, 90))
        painter.end()
        mipmaps.changed(QRect(*rect).intersected(image.rect()))
        if number % 2:
            mipmaps.copy(image, 1)
    for halvings in (1, 2, 3):
        mended, fresh = to_pixels(mipmaps.copy(image, halvings)), to_pixels(Mipmaps().copy(image, halvings))
        assert (mended == fresh).all()


def test_turning_about_the_middle_keeps_a_view_fitted() -> None:
    view = a_view()
    view.fit()
    view.rotate_by(30)
    assert view.is_fitted
    view.rotate_by(30, QPointF(100, 100))
    assert not view.is_fitted
