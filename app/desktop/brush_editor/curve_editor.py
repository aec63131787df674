"""A curve of the pen's pressure, drawn and bent by its points."""

import itertools

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import theme
from app.painting.brushes.setting import FULL, MAX_CURVE_PAIRS, Curve

# Two points never lie closer than this, or a curve could be no function of the pressure.
LEAST_GAP = 0.01
STEP, WIDE_STEP = 0.02, 0.1
_GRASP_PX = 12.0
# A point pulled this far out of the frame is let go.
_AWAY_PX = 36.0
_FOOT_PX = 20.0

EXPLAINS = (
    "Pull the points; click the line to add one, pull one out or press Delete to be rid of it.\n"
    "Keys: Left and Right choose a point, Up and Down lift and lower it, with Shift Left and Right move it, "
    "Insert adds one."
)


class CurveEditor(QWidget):
    """A curve from pressure (left to right) to what it comes to (upwards), both 0..1.

    Signal: `curve_changed(object)` with the Curve, whenever the person bent it; `set_curve` does not tell.
    """

    curve_changed = pyqtSignal(object)

    def __init__(self, name: str, tooltip: str = "") -> None:
        super().__init__()
        self._name = name
        self._points: list[tuple[float, float]] = list(FULL)
        self._chosen = 0
        self._pulled: tuple[float, float] | None = None  # the point that would be let go, while it is out
        self._is_pulling = False
        self._hovered: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.StrongFocus)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setFixedHeight(132)
        self.setAccessibleName(name)
        self.setToolTip(f"{tooltip}\n\n{EXPLAINS}" if tooltip else EXPLAINS)
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(260, 132)

    def curve(self) -> Curve:
        """The curve as it is shown."""
        return tuple(self._points)

    def set_curve(self, curve: Curve) -> None:
        """Show a curve of 2 to 16 points without telling anybody."""
        self._points = [(float(x), float(y)) for x, y in curve]
        self._chosen = min(self._chosen, len(self._points) - 1)
        self._is_pulling, self._pulled = False, None
        self._describe()
        self.update()

    def chosen(self) -> int:
        """Which point the keys act on."""
        return self._chosen

    def position_of(self, index: int) -> QPointF:
        """Where a point lies in the widget."""
        return self._to_widget(self._points[index])

    # Bending

    def _tell(self) -> None:
        self._describe()
        self.update()
        self.curve_changed.emit(self.curve())

    def _move(self, index: int, x: float, y: float) -> None:
        low = self._points[index - 1][0] + LEAST_GAP if index > 0 else 0.0
        high = self._points[index + 1][0] - LEAST_GAP if index + 1 < len(self._points) else 1.0
        # A curve out of a file may have points that lie too close to be moved sideways.
        x = min(max(x, low), high) if low <= high else self._points[index][0]
        moved = (round(x, 4), round(min(max(y, 0.0), 1.0), 4))
        if moved != self._points[index]:
            self._points[index] = moved
            self._tell()

    def _add(self, x: float, y: float) -> bool:
        """Add a point where there is room for it, and choose it."""
        index = sum(point[0] < x for point in self._points)
        is_crowded = any(abs(point[0] - x) < LEAST_GAP for point in self._points)
        if len(self._points) >= MAX_CURVE_PAIRS or is_crowded or not 0.0 <= x <= 1.0:
            return False
        self._points.insert(index, (round(x, 4), round(min(max(y, 0.0), 1.0), 4)))
        self._chosen = index
        self._tell()
        return True

    def _remove(self, index: int) -> None:
        if len(self._points) > 2:
            del self._points[index]
            self._chosen = max(0, min(index, len(self._points) - 1))
            self._tell()

    def _height_at(self, x: float) -> float:
        for (left, low), (right, high) in itertools.pairwise(self._points):
            if left <= x <= right:
                return low + (high - low) * (x - left) / (right - left)
        return self._points[0][1] if x < self._points[0][0] else self._points[-1][1]

    # The mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.localPos()
        index = self._point_at(at)
        if event.button() == Qt.RightButton and index is not None:
            self._remove(index)
        if event.button() != Qt.LeftButton:
            return
        if index is None:
            x, _ = self._to_curve(at)
            # On the line's own height, so that a mere click bends nothing.
            near_line = abs(self._to_widget((x, self._height_at(x))).y() - at.y()) <= _GRASP_PX
            if not self._add(x, self._height_at(x) if near_line else self._to_curve(at)[1]):
                return
        else:
            self._chosen = index
        self._is_pulling = True
        self._describe()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.localPos()
        if not self._is_pulling:
            hovered = self._point_at(at)
            if hovered != self._hovered:
                self._hovered = hovered
                self.setCursor(Qt.CrossCursor if hovered is None else Qt.SizeAllCursor)
                self.update()
            return
        is_out = not self._frame().adjusted(-_AWAY_PX, -_AWAY_PX, _AWAY_PX, _AWAY_PX).contains(at)
        if self._pulled is not None and not is_out:
            point, self._pulled = self._pulled, None
            index = sum(other[0] < point[0] for other in self._points)
            self._points.insert(index, point)
            self._chosen = index
            self._tell()
        if self._pulled is None and is_out and len(self._points) > 2:
            self._pulled = self._points[self._chosen]
            self._remove(self._chosen)
        elif self._pulled is None:
            self._move(self._chosen, *self._to_curve(at))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._is_pulling, self._pulled = False, None
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    # The keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        is_sideways = bool(event.modifiers() & Qt.ShiftModifier)
        step = WIDE_STEP if event.modifiers() & Qt.ControlModifier else STEP
        x, y = self._points[self._chosen]
        if key in (Qt.Key_Left, Qt.Key_Right):
            sign = 1 if key == Qt.Key_Right else -1
            if is_sideways:
                self._move(self._chosen, x + sign * step, y)
            else:
                self._choose(self._chosen + sign)
        elif key in (Qt.Key_Up, Qt.Key_Down):
            self._move(self._chosen, x, y + (step if key == Qt.Key_Up else -step))
        elif key in (Qt.Key_Home, Qt.Key_End):
            self._choose(0 if key == Qt.Key_Home else len(self._points) - 1)
        elif key in (Qt.Key_Insert, Qt.Key_Plus):
            self._add_beside()
        elif key in (Qt.Key_Delete, Qt.Key_Backspace, Qt.Key_Minus):
            self._remove(self._chosen)
        else:
            super().keyPressEvent(event)

    def _choose(self, index: int) -> None:
        self._chosen = min(max(index, 0), len(self._points) - 1)
        self._describe()
        self.update()

    def _add_beside(self) -> None:
        """Add a point half way to the next, or at the end to the one before."""
        left = min(self._chosen, len(self._points) - 2)
        x = (self._points[left][0] + self._points[left + 1][0]) / 2
        self._add(x, self._height_at(x))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # What is shown

    def _frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(8, 8, -8, -_FOOT_PX)

    def _to_widget(self, point: tuple[float, float]) -> QPointF:
        frame = self._frame()
        return QPointF(frame.left() + point[0] * frame.width(), frame.bottom() - point[1] * frame.height())

    def _to_curve(self, at: QPointF) -> tuple[float, float]:
        frame = self._frame()
        return (at.x() - frame.left()) / max(frame.width(), 1), (frame.bottom() - at.y()) / max(frame.height(), 1)

    def _point_at(self, at: QPointF) -> int | None:
        ways = [(self._to_widget(point) - at).manhattanLength() for point in self._points]
        nearest = min(range(len(ways)), key=ways.__getitem__)
        return nearest if ways[nearest] <= _GRASP_PX else None

    def _words(self) -> str:
        x, y = self._points[self._chosen]
        return f"pressure {100 * x:.0f} %  →  {100 * y:.0f} %"

    def _describe(self) -> None:
        self.setAccessibleDescription(f"Point {self._chosen + 1} of {len(self._points)}: {self._words()}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        frame = self._frame()
        has_focus = self.hasFocus()
        painter.setBrush(theme.colour("well"))
        painter.setPen(QPen(theme.colour("accent" if has_focus else "line"), 1))
        painter.drawRoundedRect(frame.adjusted(-6, -6, 6, 6), 6, 6)
        painter.setPen(QPen(theme.colour("line"), 1))
        for share in (0.25, 0.5, 0.75):
            painter.drawLine(self._to_widget((share, 0)), self._to_widget((share, 1)))
            painter.drawLine(self._to_widget((0, share)), self._to_widget((1, share)))
        self._paint_line(painter)
        self._paint_points(painter, has_focus)
        painter.setFont(theme.sans(11))
        painter.setPen(theme.colour("faint"))
        foot = QRectF(frame.left(), frame.bottom() + 5, frame.width(), _FOOT_PX - 5)
        painter.drawText(foot, int(Qt.AlignLeft | Qt.AlignVCenter), "light")
        painter.drawText(foot, int(Qt.AlignRight | Qt.AlignVCenter), "firm")
        if has_focus or self._is_pulling:
            painter.setPen(theme.colour("quiet"))
            painter.drawText(foot, int(Qt.AlignCenter), self._words())

    def _paint_line(self, painter: QPainter) -> None:
        # Beyond its outer points a curve goes on level.
        line = [(0.0, self._points[0][1]), *self._points, (1.0, self._points[-1][1])]
        drawn = [self._to_widget(point) for point in line]
        under = QColor(theme.colour("accent"))
        under.setAlphaF(0.12)
        painter.setPen(Qt.NoPen)
        painter.setBrush(under)
        painter.drawPolygon(QPolygonF([self._to_widget((0, 0)), *drawn, self._to_widget((1, 0))]))
        painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), 2, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
        painter.drawPolyline(QPolygonF(drawn))

    def _paint_points(self, painter: QPainter, has_focus: bool) -> None:
        for index, point in enumerate(self._points):
            is_chosen = index == self._chosen and (has_focus or self._is_pulling)
            radius = 6.0 if is_chosen or index == self._hovered else 4.5
            painter.setPen(QPen(theme.colour("well"), 1.5))
            painter.setBrush(theme.colour("text" if is_chosen else "accent"))
            painter.drawEllipse(self._to_widget(point), radius, radius)
