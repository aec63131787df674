"""Fingers: one paints or moves, two pan, zoom and turn, taps undo and redo; palms and echoes do nothing."""

import itertools
import math
from dataclasses import dataclass

import pytest
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent, QTabletEvent, QTouchDevice, QTouchEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.canvas.canvas import Canvas
from app.desktop.canvas.tool_state import Hand
from app.painting.document.drawing import Drawing

pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")


@dataclass
class Finger:
    """A point of a touch event; Qt's own cannot be made from Python."""

    number: int
    start: QPointF
    at: QPointF
    phase: Qt.TouchPointState

    def id(self) -> int:
        return self.number

    def pos(self) -> QPointF:
        return self.at

    def startPos(self) -> QPointF:  # noqa: N802 - Qt's face
        return self.start

    def state(self) -> Qt.TouchPointState:
        return self.phase


class TouchEvent(QTouchEvent):
    def __init__(self, kind: QEvent.Type, device: QTouchDevice, fingers: list[Finger], time_ms: int) -> None:
        super().__init__(kind, device)
        self._fingers = fingers
        self.setTimestamp(time_ms)

    def touchPoints(self) -> list[Finger]:  # type: ignore[override]  # noqa: N802 - Qt's face
        return self._fingers


class Screen:
    """A touch screen over a canvas: fingers by number, at places of the widget."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.time_ms = 10_000
        self.device = QTouchDevice()
        self.device.setType(QTouchDevice.TouchScreen)
        self.down: dict[int, Finger] = {}

    def press(self, number: int, x: float, y: float) -> None:
        kind = QEvent.TouchUpdate if self.down else QEvent.TouchBegin
        self._rest()
        self.down[number] = Finger(number, QPointF(x, y), QPointF(x, y), Qt.TouchPointPressed)
        self._send(kind)

    def move(self, **places: tuple[float, float]) -> None:
        """Move fingers: f0=(x, y), f1=(x, y)."""
        self._rest()
        for name, place in places.items():
            finger = self.down[int(name[1:])]
            finger.at, finger.phase = QPointF(*place), Qt.TouchPointMoved
        self._send(QEvent.TouchUpdate)

    def lift(self, number: int) -> None:
        self._rest()
        self.down[number].phase = Qt.TouchPointReleased
        self._send(QEvent.TouchUpdate if len(self.down) > 1 else QEvent.TouchEnd)
        del self.down[number]

    def cancel(self) -> None:
        self._send(QEvent.TouchCancel)
        self.down.clear()

    def _rest(self) -> None:
        for finger in self.down.values():
            finger.phase = Qt.TouchPointStationary

    def _send(self, kind: QEvent.Type) -> None:
        self.time_ms += 12
        event = TouchEvent(kind, self.device, list(self.down.values()), self.time_ms)
        assert self.canvas.event(event) and event.isAccepted()


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas(Hand(brush="round", size_px=20, color=QColor(0, 0, 0), has_speed_pressure=False))
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.set_drawing(Drawing(400, 300))
    canvas.show()
    return canvas


@pytest.fixture
def screen(canvas: Canvas) -> Screen:
    return Screen(canvas)


def strokes(canvas: Canvas) -> int:
    drawing = canvas.drawing()
    assert drawing is not None and not drawing.has_stroke_in_hand
    return len(drawing.strokes)


def test_it_asks_for_touch_events(canvas: Canvas) -> None:
    assert canvas.testAttribute(Qt.WA_AcceptTouchEvents)


def test_one_finger_paints_from_where_it_was_laid_down(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 200, 200)
    screen.move(f0=(203, 200))
    screen.move(f0=(230, 210))
    screen.move(f0=(260, 220))
    screen.lift(0)
    drawing = canvas.drawing()
    assert drawing is not None
    (stroke,) = drawing.strokes
    start, end = (canvas.view.to_drawing(QPointF(*at)) for at in ((200, 200), (260, 220)))
    assert stroke.points[0, :2] == pytest.approx((start.x(), start.y()), abs=0.01)
    assert stroke.points[-1, :2] == pytest.approx((end.x(), end.y()), abs=0.01)
    assert list(stroke.points[:, 3]) == sorted(stroke.points[:, 3]) and stroke.points[-1, 3] > 20


def test_a_finger_moves_the_canvas_where_fingers_shall_not_paint(canvas: Canvas, screen: Screen) -> None:
    canvas.hand.finger_paints = False
    before = canvas.view.transform().map(QPointF(100, 100))
    screen.press(0, 200, 200)
    screen.move(f0=(230, 190))
    screen.lift(0)
    after = canvas.view.transform().map(QPointF(100, 100))
    assert strokes(canvas) == 0
    assert (after - before).x() == pytest.approx(30) and (after - before).y() == pytest.approx(-10)


def test_two_fingers_move_zoom_and_turn_what_is_under_them(canvas: Canvas, screen: Screen) -> None:
    a, b = QPointF(180, 200), QPointF(320, 200)
    under = [canvas.view.to_drawing(at) for at in (a, b)]
    zoom = canvas.view.zoom
    screen.press(0, a.x(), a.y())
    screen.press(1, b.x(), b.y())
    middle = QPointF(250, 200)
    for step in range(1, 21):
        turn, reach = math.radians(2 * step), 70 * (1 + step / 20)
        by = QPointF(reach * math.cos(turn), reach * math.sin(turn))
        shift = QPointF(step, step / 2)
        first, second = middle + shift - by, middle + shift + by
        screen.move(f0=(first.x(), first.y()), f1=(second.x(), second.y()))
    screen.lift(1)
    screen.lift(0)
    assert strokes(canvas) == 0
    assert canvas.view.zoom == pytest.approx(2 * zoom, rel=0.01)
    # The first ten degrees are held back, so that zooming alone does not turn.
    assert canvas.view.angle_deg == pytest.approx(30, abs=2.1)
    middle_now = (canvas.view.transform().map(under[0]) + canvas.view.transform().map(under[1])) / 2
    assert middle_now.x() == pytest.approx(270, abs=1.5) and middle_now.y() == pytest.approx(210, abs=1.5)


def test_two_fingers_that_only_move_apart_do_not_turn(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 200, 200)
    screen.press(1, 300, 200)
    for step in range(1, 15):
        screen.move(f0=(200 - 5 * step, 200 + step), f1=(300 + 5 * step, 200 - step))
    screen.lift(0)
    screen.lift(1)
    assert canvas.view.angle_deg == 0


def test_the_second_finger_withdraws_what_began_by_mistake(canvas: Canvas, screen: Screen, qtbot: QtBot) -> None:
    drawing = canvas.drawing()
    assert drawing is not None
    with qtbot.waitSignals([canvas.stroke_began, canvas.stroke_ended]):
        screen.press(0, 200, 200)
        screen.move(f0=(215, 200))
        assert drawing.has_stroke_in_hand
        screen.press(1, 300, 200)
    screen.move(f0=(220, 200), f1=(320, 200))
    screen.lift(0)
    screen.lift(1)
    assert strokes(canvas) == 0 and drawing.is_blank and not drawing.can_undo
    assert not canvas.is_stroking


def test_a_stroke_that_was_meant_is_kept_when_a_second_finger_comes(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 200, 200)
    for step in range(1, 40):
        screen.move(f0=(200 + 3 * step, 200))
    screen.press(1, 100, 100)
    screen.lift(1)
    screen.move(f0=(400, 300))
    screen.lift(0)
    assert strokes(canvas) == 1


@pytest.mark.parametrize(("fingers", "asked"), [(2, "undo_requested"), (3, "redo_requested")])
def test_taps_ask_to_undo_and_redo(canvas: Canvas, screen: Screen, qtbot: QtBot, fingers: int, asked: str) -> None:
    before = canvas.view.transform()
    with qtbot.waitSignal(getattr(canvas, asked)):
        for number in range(fingers):
            screen.press(number, 150 + 60 * number, 200)
        for number in range(fingers):
            screen.lift(number)
    assert strokes(canvas) == 0 and canvas.view.transform() == before


def test_a_tap_of_one_finger_leaves_a_dot_and_a_long_rest_nothing(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 220, 200)
    screen.lift(0)
    assert strokes(canvas) == 1
    screen.press(0, 220, 200)
    screen.time_ms += 2000
    screen.lift(0)
    assert strokes(canvas) == 1


def pen(canvas: Canvas, kind: QEvent.Type, time_ms: int) -> None:
    at = QPointF(250, 200)
    button = Qt.NoButton if kind == QEvent.TabletMove else Qt.LeftButton
    event = QTabletEvent(
        kind, at, at, QTabletEvent.Stylus, QTabletEvent.Pen, 0.5, 0, 0, 0, 0, 0, Qt.NoModifier, 7, button, button
    )
    event.setTimestamp(time_ms)
    QApplication.sendEvent(canvas, event)


def test_a_palm_beside_the_pen_does_nothing(canvas: Canvas, screen: Screen) -> None:
    before = canvas.view.transform()
    screen.press(0, 300, 300)
    screen.move(f0=(310, 300))
    pen(canvas, QEvent.TabletMove, screen.time_ms)  # the palm came before the pen was near
    screen.move(f0=(340, 320))
    screen.press(1, 350, 310)
    screen.move(f0=(345, 320), f1=(390, 310))
    screen.lift(0)
    screen.lift(1)
    screen.press(0, 300, 300)
    screen.move(f0=(360, 330))
    screen.lift(0)
    assert strokes(canvas) == 0 and canvas.view.transform() == before


def test_a_finger_moves_the_canvas_once_a_pen_was_seen(canvas: Canvas, screen: Screen, qapp: QApplication) -> None:
    pen(canvas, QEvent.TabletMove, screen.time_ms)
    away = QPointF(0, 0)
    leaving = QTabletEvent(
        QEvent.TabletLeaveProximity,
        away,
        away,
        QTabletEvent.Stylus,
        QTabletEvent.Pen,
        0.0,
        0,
        0,
        0,
        0,
        0,
        Qt.NoModifier,
        7,
        Qt.NoButton,
        Qt.NoButton,
    )
    QApplication.sendEvent(qapp, leaving)
    before = canvas.view.transform().map(QPointF())
    screen.press(0, 200, 200)
    screen.move(f0=(240, 200))
    screen.lift(0)
    assert strokes(canvas) == 0
    assert canvas.view.transform().map(QPointF()).x() - before.x() == pytest.approx(40)


def test_the_mouse_events_made_of_fingers_do_nothing(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 200, 200)
    screen.move(f0=(230, 210))
    screen.lift(0)
    clock = itertools.count(screen.time_ms + 5)
    for source in (Qt.MouseEventSynthesizedByQt, Qt.MouseEventSynthesizedBySystem, Qt.MouseEventNotSynthesized):
        for kind in (QEvent.MouseButtonPress, QEvent.MouseMove, QEvent.MouseButtonRelease):
            at = QPointF(220, 205)
            event = QMouseEvent(kind, at, at, at, Qt.LeftButton, Qt.LeftButton, Qt.NoModifier, source)
            event.setTimestamp(next(clock))
            QApplication.sendEvent(canvas, event)
    assert strokes(canvas) == 1


def test_a_cancelled_touch_keeps_what_was_painted(canvas: Canvas, screen: Screen) -> None:
    screen.press(0, 200, 200)
    screen.move(f0=(240, 210))
    screen.cancel()
    assert strokes(canvas) == 1
