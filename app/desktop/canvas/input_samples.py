"""From the hand to a stroke: mouse, pen and finger events become touches with a pressure.

Pressure is 0..1, times are ms, positions are device-independent px of the widget. The curve between two touches is the
painting room's affair.
"""

import math
from dataclasses import dataclass

from PyQt5.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QTabletEvent

# How long after the word of a pen or a finger a mouse event may still be its echo.
ECHO_MS = 500
# A mouse faster than this (px of the screen per ms) presses least.
FAST_PX_PER_MS = 3.0
LEAST_MOUSE_PRESSURE = 0.35


@dataclass(frozen=True)
class Touch:
    """One sample of the hand: widget position, pressure 0..1, time in ms, which end of the pen, and the pen's tilt.

    The tilt is in degrees from upright, to the right and towards the painter.
    """

    position: QPointF
    pressure: float
    time_ms: int
    is_eraser: bool = False
    tilt_x_deg: float = 0.0
    tilt_y_deg: float = 0.0


class PenOrMouse:
    """Tells the echoes of pen and fingers from a real mouse, so that one movement never draws twice.

    Qt sends a mouse event besides each pen event that nobody accepts, and some systems send one anyway.
    """

    def __init__(self) -> None:
        self.is_pen_down = False
        self.is_pen_near = False
        self.has_seen_pen = False
        self._is_touched = False
        self._time_ms: int | None = None

    def note_pen(self, event: QTabletEvent) -> None:
        """Remember that the pen has just spoken."""
        self.has_seen_pen = self.is_pen_near = True
        self._time_ms = int(event.timestamp())

    def note_pen_left(self) -> None:
        """Remember that the pen was lifted away."""
        self.is_pen_down = self.is_pen_near = False

    def note_fingers(self, time_ms: int) -> None:
        """Remember that fingers have just spoken."""
        self._is_touched = True
        self._time_ms = time_ms

    def is_mouse(self, event: QMouseEvent) -> bool:
        """Whether a mouse event comes from a mouse, or from something that is heard of in no other way."""
        if self.is_pen_down or event.source() == Qt.MouseEventSynthesizedByQt:
            return False
        if event.source() != Qt.MouseEventNotSynthesized and (self.has_seen_pen or self._is_touched):
            return False
        if self._time_ms is None:
            return True
        return not 0 <= int(event.timestamp()) - self._time_ms < ECHO_MS


class PenWatch(QObject):
    """Tells when the pen leaves the tablet's reach, which Qt tells only the application. `left()` when it does."""

    left = pyqtSignal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_watching = False

    def begin(self) -> None:
        """Watch from now on: who has no pen need not pay for a look at every event."""
        application = QCoreApplication.instance()
        if not self._is_watching and application is not None:
            self._is_watching = True
            application.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.TabletLeaveProximity:
            self.left.emit()
        return False


def pen_touch(event: QTabletEvent) -> Touch:
    """A pen event as a touch."""
    return Touch(
        event.posF(),
        min(max(event.pressure(), 0.0), 1.0),
        int(event.timestamp()),
        is_eraser=event.pointerType() == QTabletEvent.Eraser,
        tilt_x_deg=float(min(max(event.xTilt(), -90), 90)),
        tilt_y_deg=float(min(max(event.yTilt(), -90), 90)),
    )


def mouse_touch(event: QMouseEvent) -> Touch:
    """A mouse event as a touch; a mouse always presses fully."""
    return Touch(event.localPos(), 1.0, int(event.timestamp()))


class SpeedPressure:
    """Gives a mouse the pressure that it lacks: a quick movement presses less, and changes come gradually."""

    def __init__(self) -> None:
        self._last: tuple[QPointF, int] | None = None
        self._pressure = 1.0

    def begin(self, touch: Touch) -> float:
        """The pressure of a stroke's first point: firm, so that a mere click leaves a whole mark."""
        self._last = (touch.position, touch.time_ms)
        self._pressure = 0.85
        return self._pressure

    def follow(self, touch: Touch) -> float:
        """The pressure of a further point."""
        if self._last is None:
            return self.begin(touch)
        position, time_ms = self._last
        elapsed_ms = touch.time_ms - time_ms
        if elapsed_ms <= 0:
            return self._pressure
        step = touch.position - position
        speed = math.hypot(step.x(), step.y()) / elapsed_ms
        wanted = 1.0 - (1.0 - LEAST_MOUSE_PRESSURE) * min(speed / FAST_PX_PER_MS, 1.0)
        # A time constant of 60 ms: shorter looks nervous, longer misses the turns of a stroke.
        self._pressure += (wanted - self._pressure) * (1.0 - math.exp(-elapsed_ms / 60.0))
        self._last = (touch.position, touch.time_ms)
        return self._pressure
