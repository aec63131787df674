"""Pen or mouse, and a mouse's pressure."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QTabletEvent

from app.desktop.canvas.input_samples import ECHO_MS, LEAST_MOUSE_PRESSURE, PenOrMouse, SpeedPressure, Touch, pen_touch


def pen_event(
    time_ms: int,
    *,
    pressure: float = 0.5,
    pointer: int = QTabletEvent.Pen,
    tilt: tuple[int, int] = (0, 0),
    kind: QEvent.Type = QEvent.TabletMove,
) -> QTabletEvent:
    at = QPointF(10.25, 20.5)
    event = QTabletEvent(
        kind,
        at,
        at,
        QTabletEvent.Stylus,
        pointer,
        pressure,
        *tilt,
        0.0,
        0.0,
        0,
        Qt.NoModifier,
        7,
        Qt.NoButton,
        Qt.NoButton,
    )
    event.setTimestamp(time_ms)
    return event


def mouse_event(time_ms: int, source: Qt.MouseEventSource = Qt.MouseEventNotSynthesized) -> QMouseEvent:
    at = QPointF(10, 20)
    event = QMouseEvent(QEvent.MouseMove, at, at, at, Qt.NoButton, Qt.NoButton, Qt.NoModifier, source)
    event.setTimestamp(time_ms)
    return event


def test_a_pens_sample_has_place_pressure_tilt_and_end() -> None:
    touch = pen_touch(pen_event(1234, pressure=0.25, pointer=QTabletEvent.Eraser, tilt=(30, -45)))
    assert (touch.position.x(), touch.position.y()) == (10.25, 20.5)
    assert touch.pressure == pytest.approx(0.25)
    assert (touch.tilt_x_deg, touch.tilt_y_deg) == (30, -45)
    assert touch.time_ms == 1234 and touch.is_eraser
    assert pen_touch(pen_event(0, pressure=7.0)).pressure == 1.0
    assert not pen_touch(pen_event(0)).is_eraser


@given(after_ms=st.integers(0, 4 * ECHO_MS))
def test_a_mouse_is_believed_again_when_the_pen_has_been_silent_for_long(after_ms: int) -> None:
    source = PenOrMouse()
    assert source.is_mouse(mouse_event(5000))
    source.note_pen(pen_event(5000))
    assert source.is_mouse(mouse_event(5000 + after_ms)) == (after_ms >= ECHO_MS)
    source.is_pen_down = True
    assert not source.is_mouse(mouse_event(5000 + after_ms))


def test_what_qt_makes_of_a_pen_or_a_finger_is_no_mouse() -> None:
    source = PenOrMouse()
    assert not source.is_mouse(mouse_event(0, Qt.MouseEventSynthesizedByQt))
    # A system that knows its touch screen as a mouse only must be heard, until a finger or a pen speaks for itself.
    assert source.is_mouse(mouse_event(0, Qt.MouseEventSynthesizedBySystem))
    source.note_fingers(100)
    assert not source.is_mouse(mouse_event(9000, Qt.MouseEventSynthesizedBySystem))
    assert not source.is_mouse(mouse_event(110))
    assert source.is_mouse(mouse_event(9000))


def test_a_pen_is_near_until_it_leaves() -> None:
    source = PenOrMouse()
    assert (source.has_seen_pen, source.is_pen_near) == (False, False)
    source.note_pen(pen_event(10))
    assert (source.has_seen_pen, source.is_pen_near) == (True, True)
    source.is_pen_down = True
    source.note_pen_left()
    assert (source.has_seen_pen, source.is_pen_near, source.is_pen_down) == (True, False, False)


def test_a_fast_mouse_presses_less_and_a_click_is_firm() -> None:
    speed = SpeedPressure()
    first = speed.begin(Touch(QPointF(0, 0), 1.0, 0))
    fast = [speed.follow(Touch(QPointF(60.0 * i, 0), 1.0, 16 * i)) for i in range(1, 30)]
    assert first > 0.8
    assert all(b <= a for a, b in itertools.pairwise(fast))
    assert fast[-1] == pytest.approx(LEAST_MOUSE_PRESSURE, abs=0.05)
    slow = [speed.follow(Touch(QPointF(1800 + 0.1 * i, 0), 1.0, 16 * (29 + i))) for i in range(1, 60)]
    assert slow[-1] > 0.9
    assert speed.follow(Touch(QPointF(9999, 0), 1.0, 0)) == slow[-1]
