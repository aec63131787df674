"""From the hand to a stroke: mouse and pen events become touches with a pressure.

Only `canvas.py` calls this. Pressure is 0..1, times are ms, positions are device-independent px of the widget. The
curve between two touches is the painting room's affair.
"""

import math
from dataclasses import dataclass

from PyQt5.QtCore import QPointF, Qt
from PyQt5.QtGui import QMouseEvent, QTabletEvent

# How long after the pen's last word a mouse event may still be the pen's echo.
ECHO_MS = 500
# A mouse faster than this (px of the screen per ms) presses least.
FAST_PX_PER_MS = 3.0
LEAST_MOUSE_PRESSURE = 0.35


@dataclass(frozen=True)
class Touch:
    """One sample of the hand: widget position, pressure 0..1, time in ms, and which end of the pen."""

    position: QPointF
    pressure: float
    time_ms: int
    is_eraser: bool = False


class PenOrMouse:
    """Tells the pen's own mouse echoes from a real mouse, so that one movement never draws twice.

    Qt sends a mouse event besides each pen event that nobody accepts, and some systems send one anyway.
    """

    def __init__(self) -> None:
        self.is_pen_down = False
        self._pen_time_ms: int | None = None

    def note_pen(self, event: QTabletEvent) -> None:
        """Remember that the pen has just spoken."""
        self._pen_time_ms = int(event.timestamp())

    def is_mouse(self, event: QMouseEvent) -> bool:
        """Whether a mouse event comes from a mouse."""
        if self.is_pen_down or event.source() != Qt.MouseEventNotSynthesized:
            return False
        if self._pen_time_ms is None:
            return True
        return not 0 <= int(event.timestamp()) - self._pen_time_ms < ECHO_MS


def pen_touch(event: QTabletEvent) -> Touch:
    """A pen event as a touch."""
    is_eraser = event.pointerType() == QTabletEvent.Eraser
    return Touch(event.posF(), min(max(event.pressure(), 0.0), 1.0), int(event.timestamp()), is_eraser)


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
