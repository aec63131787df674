"""Fingers on the canvas: one paints or moves it, two move, zoom and turn it; taps of two and three undo and redo.

Positions are device-independent px of the widget.
"""

import math
from dataclasses import dataclass, field

from PyQt5.QtCore import QEvent, QLineF, QObject, QPointF, Qt, pyqtSignal
from PyQt5.QtGui import QTouchEvent

from app.desktop.canvas.input_samples import Touch

# A finger that has not gone further than this has only been laid down.
SLIP_PX = 6.0
TAP_MS = 300
# A stroke so young when the second finger comes was not meant as one.
MISTAKE_MS = 250
# So far two fingers turn before the canvas does: whoever only zooms does not want it askew.
TURN_FROM_DEG = 10.0


@dataclass
class _Contact:
    """From the first finger's touch to the last one's lifting."""

    began_ms: int = 0
    start: QPointF = field(default_factory=QPointF)
    most: int = 0  # fingers at once
    has_slipped: bool = False
    is_ignored: bool = False
    is_single: bool = False  # one finger is at work, since:
    single_since_ms: int = 0
    pair: tuple[int, int] | None = None  # the ids of two that are at work, and the line between them
    line: QLineF = field(default_factory=QLineF)
    turned_deg: float = 0.0
    is_turning: bool = False


class TouchGestures(QObject):
    """Tells what the fingers do.

    Signals: `pressed(Touch)`, `moved(Touch)`, `lifted()` for one finger, and `withdrawn()` where it turns out to be
    the first of two; `pinched(QPointF, QPointF, float, float)`: the point between two fingers before and after, the
    zoom's factor and the turn in degrees, clockwise; `tapped(int, Touch)`: so many fingers at once, shortly, and where
    the first of them was.
    """

    pressed = pyqtSignal(object)
    moved = pyqtSignal(object)
    lifted = pyqtSignal()
    withdrawn = pyqtSignal()
    pinched = pyqtSignal(QPointF, QPointF, float, float)
    tapped = pyqtSignal(int, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._now = _Contact()

    def handle(self, event: QTouchEvent) -> None:
        """Take in a touch event: begin, update, end or cancel."""
        time_ms = int(event.timestamp())
        points = event.touchPoints()
        if event.type() == QEvent.TouchBegin and points:
            self._now = _Contact(time_ms, points[0].startPos())
        now = self._now
        now.most = max(now.most, len(points))
        now.has_slipped |= any(QLineF(each.startPos(), each.pos()).length() > SLIP_PX for each in points)
        down = sorted(
            ((each.id(), each.pos()) for each in points if each.state() != Qt.TouchPointReleased), key=lambda at: at[0]
        )
        if len(down) > 1 and not now.is_ignored:
            self._follow_pair(down, time_ms)
        elif points and now.pair is None and not now.is_ignored:
            self._follow_one(points[0].pos(), time_ms)
        if event.type() in (QEvent.TouchEnd, QEvent.TouchCancel):
            self._end(time_ms, is_cancelled=event.type() == QEvent.TouchCancel)

    def ignore(self) -> None:
        """A pen has come: what lies on the canvas is a resting palm, until all of it is lifted."""
        self._now.is_ignored = True
        self._withdraw()

    def _withdraw(self) -> None:
        if self._now.is_single:
            self._now.is_single = False
            self.withdrawn.emit()

    def _follow_one(self, at: QPointF, time_ms: int) -> None:
        now = self._now
        # Nothing is painted before the finger moves: it may be the first of two.
        if now.has_slipped and not now.is_single:
            now.is_single, now.single_since_ms = True, time_ms
            self.pressed.emit(Touch(now.start, 1.0, now.began_ms))
        if now.is_single:
            self.moved.emit(Touch(at, 1.0, time_ms))

    def _follow_pair(self, down: list[tuple[int, QPointF]], time_ms: int) -> None:
        now = self._now
        if now.is_single and time_ms - now.single_since_ms < MISTAKE_MS:
            self._withdraw()
        elif now.is_single:
            now.is_single = False
            self.lifted.emit()
        (first, a), (second, b) = down[:2]
        line = QLineF(a, b)
        if now.pair != (first, second):
            now.pair, now.line, now.turned_deg = (first, second), line, 0.0
        if not now.has_slipped:
            return
        turn = math.remainder(now.line.angle() - line.angle(), 360.0)  # Qt's angles run the other way
        now.turned_deg += turn
        if not now.is_turning:
            now.is_turning = abs(now.turned_deg) >= TURN_FROM_DEG
            turn = 0.0
        factor = line.length() / now.line.length() if min(line.length(), now.line.length()) > 1.0 else 1.0
        self.pinched.emit(now.line.center(), line.center(), factor, turn)
        now.line = line

    def _end(self, time_ms: int, *, is_cancelled: bool) -> None:
        now, self._now = self._now, _Contact()
        if now.is_single:
            self.lifted.emit()
        elif not (now.has_slipped or now.is_ignored or is_cancelled) and time_ms - now.began_ms < TAP_MS:
            self.tapped.emit(now.most, Touch(now.start, 1.0, now.began_ms))
