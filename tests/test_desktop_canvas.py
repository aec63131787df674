"""Canvas, view and pointer: where things lie, what a pen does, and what a repaint touches."""

import itertools

import numpy as np
import pytest
from PyQt5.QtCore import QEvent, QPointF, QRect, Qt
from PyQt5.QtGui import QColor, QMouseEvent, QTabletEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.canvas import Canvas
from app.desktop.hand import Hand
from app.desktop.pixels import to_pixels
from app.painting.drawing import Drawing

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
CLOCK = itertools.count(1000, 16)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas(Hand(brush="round", size_px=20, color=QColor(0, 0, 0), has_speed_pressure=False))
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.set_drawing(Drawing(200, 150))
    canvas.show()
    return canvas


def on_widget(canvas: Canvas, x: float, y: float) -> QPointF:
    return canvas.view.transform().map(QPointF(x, y))


def mouse(canvas: Canvas, kind: QEvent.Type, x: float, y: float, *, is_echo: bool = False) -> None:
    at = on_widget(canvas, x, y)
    button = Qt.NoButton if kind == QEvent.MouseMove else Qt.LeftButton
    source = Qt.MouseEventSynthesizedByQt if is_echo else Qt.MouseEventNotSynthesized
    event = QMouseEvent(kind, at, at, at, button, Qt.LeftButton, Qt.NoModifier, source)
    event.setTimestamp(next(CLOCK))
    QApplication.sendEvent(canvas, event)


def pen(
    canvas: Canvas, kind: QEvent.Type, x: float, y: float, *, pressure: float = 0.5, pointer: int = QTabletEvent.Pen
) -> QTabletEvent:
    at = on_widget(canvas, x, y)
    button = Qt.NoButton if kind == QEvent.TabletMove else Qt.LeftButton
    event = QTabletEvent(
        kind, at, at, QTabletEvent.Stylus, pointer, pressure, 0, 0, 0.0, 0.0, 0, Qt.NoModifier, 7, button, Qt.LeftButton
    )
    event.setTimestamp(next(CLOCK))
    QApplication.sendEvent(canvas, event)
    return event


def test_a_fitted_view_shows_the_whole_drawing(canvas: Canvas) -> None:
    corners = [on_widget(canvas, x, y) for x in (0, 200) for y in (0, 150)]
    assert all(0 <= corner.x() <= 500 and 0 <= corner.y() <= 400 for corner in corners)
    canvas.resize(300, 600)
    corner = on_widget(canvas, 200, 150)
    assert 0 <= corner.x() <= 300 and 0 <= corner.y() <= 600


def test_a_pen_draws_with_its_pressure_and_is_accepted(canvas: Canvas) -> None:
    assert pen(canvas, QEvent.TabletPress, 50, 50, pressure=0.25).isAccepted()
    pen(canvas, QEvent.TabletMove, 90, 60, pressure=0.75)
    pen(canvas, QEvent.TabletRelease, 90, 60, pressure=0.0)
    drawing = canvas.drawing()
    assert drawing is not None
    (stroke,) = drawing.strokes
    assert stroke.points[:2, 2].tolist() == [0.25, 0.75]
    assert np.allclose(stroke.points[0, :2], (50, 50), atol=0.01)
    assert stroke.mode == "paint"


def test_the_pens_other_end_erases(canvas: Canvas) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50, pointer=QTabletEvent.Eraser)
    pen(canvas, QEvent.TabletRelease, 50, 50, pointer=QTabletEvent.Eraser)
    drawing = canvas.drawing()
    assert drawing is not None and drawing.strokes[0].mode == "erase"


def test_a_pen_and_its_mouse_echo_draw_once(canvas: Canvas) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50)
    mouse(canvas, QEvent.MouseButtonPress, 50, 50)
    pen(canvas, QEvent.TabletMove, 80, 50)
    mouse(canvas, QEvent.MouseMove, 80, 50, is_echo=True)
    mouse(canvas, QEvent.MouseMove, 80, 50)
    pen(canvas, QEvent.TabletRelease, 80, 50)
    mouse(canvas, QEvent.MouseButtonRelease, 80, 50)
    mouse(canvas, QEvent.MouseButtonPress, 80, 50)
    drawing = canvas.drawing()
    assert drawing is not None
    assert len(drawing.strokes) == 1 and not canvas.is_stroking
    assert len(drawing.strokes[0].points) == 2
    for _ in range(40):
        next(CLOCK)
    mouse(canvas, QEvent.MouseButtonPress, 80, 50)
    mouse(canvas, QEvent.MouseButtonRelease, 80, 50)
    assert len(drawing.strokes) == 2


def test_what_is_painted_appears_where_the_pointer_was(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.zoom_by(1.7, QPointF(120, 90))
    canvas.set_mirrored(True)
    mouse(canvas, QEvent.MouseButtonPress, 100, 75)
    mouse(canvas, QEvent.MouseButtonRelease, 100, 75)
    canvas.leaveEvent(None)
    shown = to_pixels(canvas.grab().toImage())
    at = on_widget(canvas, 100, 75)
    assert shown[round(at.y()), round(at.x())].max() < 60
    far = on_widget(canvas, 100 + 30, 75)
    assert shown[round(far.y()), round(far.x())].min() > 200


def test_repainting_the_dirty_part_gives_the_same_as_repainting_all(canvas: Canvas, qtbot: QtBot) -> None:
    qtbot.waitExposed(canvas)
    canvas.view.zoom_to(1.37)
    canvas.view.pan(QPointF(11.3, -7.7))
    canvas.repaint()
    asked: list[QRect] = []
    update = canvas.update
    canvas.update = lambda *rect: asked.extend(rect) or update(*rect)  # type: ignore[method-assign, assignment]
    drawing = canvas.drawing()
    assert drawing is not None
    before = to_pixels(canvas.grab().toImage()).astype(int)
    drawing.begin(canvas.hand.stroke())
    canvas.refresh(drawing.add_points([(60.0, 60.0, 1.0), (110.0, 80.0, 1.0)]))
    drawing.end()
    canvas.refresh(drawing.last_dirty)
    after = to_pixels(canvas.grab().toImage()).astype(int)
    changed = np.abs(after - before).max(axis=2) > 0
    assert changed.any()
    covered = np.zeros_like(changed)
    for rect in asked:
        covered[max(rect.top(), 0) : rect.bottom() + 1, max(rect.left(), 0) : rect.right() + 1] = True
    assert not (changed & ~covered).any()
    assert covered.mean() < 0.5


def test_the_wheel_zooms_and_the_middle_button_pans(canvas: Canvas, qtbot: QtBot) -> None:
    before = on_widget(canvas, 100, 75)
    qtbot.mousePress(canvas, Qt.MiddleButton, pos=before.toPoint())
    event = QMouseEvent(QEvent.MouseMove, before + QPointF(25, 10), Qt.NoButton, Qt.MiddleButton, Qt.NoModifier)
    QApplication.sendEvent(canvas, event)
    qtbot.mouseRelease(canvas, Qt.MiddleButton, pos=before.toPoint())
    drawing = canvas.drawing()
    assert drawing is not None and drawing.is_blank
    assert not canvas.view.is_fitted
    canvas.fit()
    assert canvas.view.is_fitted
    assert on_widget(canvas, 100, 75) == before
