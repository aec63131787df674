"""The controls that pages share: sliders that follow the mouse from wherever it is pressed."""

import pytest
from desktop_studio import drag
from PyQt5.QtCore import QPoint, QPointF, Qt
from PyQt5.QtGui import QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.widgets import theme
from app.desktop.widgets.controls import HANDLE_PX, CaptionedSlider, Slider

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")


@pytest.fixture
def slider(qtbot: QtBot) -> Slider:
    """A thousand steps on a thousand px, and the handle at 200."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    slider = Slider()
    slider.setRange(0, 1000)
    slider.setValue(200)
    slider.resize(1000 + HANDLE_PX, 24)
    qtbot.addWidget(slider)
    slider.show()
    return slider


def at(step: float) -> QPoint:
    return QPoint(round(step + HANDLE_PX / 2), 12)


def test_a_press_beside_the_handle_takes_it_along(slider: Slider, qtbot: QtBot) -> None:
    said: list[int] = []
    slider.valueChanged.connect(said.append)
    qtbot.mousePress(slider, Qt.LeftButton, pos=at(600))
    assert slider.isSliderDown()
    for step in (640, 900, 1400, 300, -50):
        drag(slider, at(step))
    assert said == [600, 640, 900, 1000, 300, 0]
    with qtbot.waitSignal(slider.sliderReleased):
        qtbot.mouseRelease(slider, Qt.LeftButton, pos=at(-50))
    drag(slider, at(500))
    assert slider.value() == 0


def test_a_handle_is_not_moved_by_taking_it(slider: Slider, qtbot: QtBot) -> None:
    qtbot.mousePress(slider, Qt.LeftButton, pos=at(205))
    assert slider.value() == 200
    drag(slider, at(305))
    assert slider.value() == 300
    qtbot.mouseRelease(slider, Qt.LeftButton, pos=at(305))
    qtbot.mousePress(slider, Qt.RightButton, pos=at(700))
    assert slider.value() == 300


def test_a_wheel_that_passes_over_moves_nothing(slider: Slider) -> None:
    def turn() -> None:
        place = QPointF(100, 10)
        event = QWheelEvent(place, place, QPoint(), QPoint(0, 120), Qt.NoButton, Qt.NoModifier, Qt.NoScrollPhase, False)
        QApplication.sendEvent(slider, event)

    slider.clearFocus()
    turn()
    assert slider.value() == 200
    slider.setFocus()
    turn()
    assert slider.value() > 200


def test_a_captioned_slider_settles_when_it_is_let_go(qtbot: QtBot) -> None:
    whole = CaptionedSlider("Size", lowest=0.0, highest=1.0, shown=str)
    whole.resize(300, 40)
    qtbot.addWidget(whole)
    whole.show()
    settled: list[float] = []
    whole.settled.connect(settled.append)
    middle = whole.slider.rect().center()
    qtbot.mousePress(whole.slider, Qt.LeftButton, pos=middle)
    drag(whole.slider, middle + QPoint(30, 0))
    assert settled == []
    qtbot.mouseRelease(whole.slider, Qt.LeftButton, pos=middle + QPoint(30, 0))
    assert settled == [whole.value()]
    assert 0.5 < whole.value() < 0.7
