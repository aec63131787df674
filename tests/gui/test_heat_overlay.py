"""The map of heat: its colours, how it is enlarged, and how it lies over one of two linked pictures."""

import numpy as np
import pytest
from desktop_window import QUIET
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays
from PyQt5.QtCore import QPointF, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.colour import to_oklab
from app.desktop.verdict.heat_overlay import heat_image
from app.desktop.verdict.linked_view import LinkedView
from app.game.archive.heatmap import ramp, smooth
from app.judging.assessment import Heat

pytestmark = QUIET
HALVES = np.repeat(np.array([[0.0, 1.0]], np.float32), 12, axis=1).repeat(18, axis=0)


def test_lightness_rises_evenly_with_heat() -> None:
    lightness = to_oklab(ramp().astype(np.float64))[:, 0]
    steps = np.diff(lightness)
    assert steps.min() > 0
    assert steps.max() < 4 * steps.mean()
    assert lightness[-1] - lightness[0] > 0.5


def test_the_least_and_the_most_heat_differ_for_every_eye() -> None:
    # Without red and green told apart (their mean for both), the ends and the middle are still far from each other.
    seen = ramp()[[0, 128, 255]].astype(np.float64)
    seen[:, :2] = seen[:, :2].mean(axis=1, keepdims=True)
    lab = to_oklab(seen)
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=-1)
    assert apart[np.triu_indices(3, 1)].min() > 0.2


@given(arrays(np.float32, (6, 8), elements=some.floats(0, 1, width=32)), some.integers(6, 90), some.integers(8, 120))
def test_enlarging_never_overshoots(heat: Heat, height: int, width: int) -> None:
    wide = smooth(heat, height, width)
    assert wide.shape == (height, width)
    assert wide.min() >= heat.min() - 1e-5 and wide.max() <= heat.max() + 1e-5


def test_enlarging_leaves_no_steps() -> None:
    wide = smooth(HALVES, 180, 240)
    assert np.abs(np.diff(wide, axis=1)).max() < 0.1
    assert wide[:, :80].max() < 0.01 and wide[:, -80:].min() > 0.99
    assert np.ptp(wide, axis=0).max() < 1e-5


def test_where_there_is_no_heat_nothing_is_seen() -> None:
    shown = heat_image(HALVES, QSize(240, 180))
    assert shown.pixelColor(10, 90).alpha() == 0
    assert shown.pixelColor(230, 90).alpha() > 150


@pytest.fixture
def view(qtbot: QtBot) -> LinkedView:
    """A blue picture under a map that is hot on its right half."""
    view = LinkedView()
    qtbot.addWidget(view)
    view.resize(336, 256)
    image = QImage(320, 240, QImage.Format_RGB32)
    image.fill(QColor(20, 60, 220))
    view.set_image(image)
    view.show()
    return view


def colour_at(view: LinkedView, right: float, down: float) -> QColor:
    QApplication.processEvents()
    rect = view.picture_rect()
    place = QPointF(rect.x() + right * rect.width(), rect.y() + down * rect.height())
    return view.grab().toImage().pixelColor(place.toPoint())


def test_the_map_covers_as_much_as_is_asked_for(view: LinkedView) -> None:
    plain = colour_at(view, 0.9, 0.5)
    view.set_heat(HALVES)
    view.set_opacity(1.0)
    hot, cold = colour_at(view, 0.9, 0.5), colour_at(view, 0.1, 0.5)
    assert hot.red() > 180 > plain.red() and hot.lightness() > cold.lightness()
    assert cold.saturation() < 20, "beneath the map the picture is grey"
    view.set_opacity(0.3)
    assert plain.red() < colour_at(view, 0.9, 0.5).red() < hot.red()
    view.set_opacity(0.0)
    assert colour_at(view, 0.9, 0.5) == plain


def test_held_it_is_seen_as_it_is(view: LinkedView, qtbot: QtBot) -> None:
    plain = colour_at(view, 0.9, 0.5)
    view.held.connect(view.set_held)
    view.set_heat(HALVES)
    qtbot.keyPress(view, Qt.Key_Space)
    assert view.is_held() and colour_at(view, 0.9, 0.5) == plain
    qtbot.keyRelease(view, Qt.Key_Space)
    assert not view.is_held() and colour_at(view, 0.9, 0.5) != plain
    qtbot.mousePress(view, Qt.LeftButton)
    assert view.is_held()
    qtbot.mouseRelease(view, Qt.LeftButton)
    assert not view.is_held()


def test_a_change_is_seen_with_its_box_and_the_picture_when_held(view: LinkedView) -> None:
    plain = colour_at(view, 0.5, 0.8)
    change = QImage(160, 120, QImage.Format_RGB32)
    change.fill(QColor(220, 120, 20))
    view.set_change(change, QRectF(0.0, 0.0, 1.0, 0.5))
    assert colour_at(view, 0.5, 0.8) == QColor(220, 120, 20)
    assert colour_at(view, 0.5, 0.497) not in (QColor(220, 120, 20), plain), "the box has a line"
    view.set_held(True)
    assert colour_at(view, 0.5, 0.8) == plain
    view.set_held(False)
    view.set_change(None)
    assert colour_at(view, 0.5, 0.8) == plain


def test_arrow_keys_move_the_frame_within_the_picture(view: LinkedView, qtbot: QtBot) -> None:
    places: list[QPointF | None] = []
    view.pointed.connect(places.append)
    view.pointed.connect(view.set_place)
    qtbot.keyClick(view, Qt.Key_Right)
    assert places[-1] is not None and places[-1].x() > 0.5 and places[-1].y() == 0.5
    for _ in range(40):
        qtbot.keyClick(view, Qt.Key_Up)
    assert places[-1] is not None and places[-1].y() == 0.0
    qtbot.keyClick(view, Qt.Key_Escape)
    assert [places[-1], view.place()] == [None, None]
