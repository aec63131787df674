"""The canvas: shows a drawing through a view, and turns the hand's doings into strokes. Only `studio.py` calls this."""

import math

from PyQt5.QtCore import QEvent, QPointF, QRect, QRectF, QSizeF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PyQt5.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.hand import Hand
from app.desktop.pointer import PenOrMouse, SpeedPressure, Touch, pen_touch
from app.desktop.view import View
from app.painting.drawing import Drawing

# Above this many screen px per drawing px, pixels are shown as the squares that they are.
SQUARE_PIXELS_FROM = 3.0
WHEEL_STEP = 1.15


class Canvas(QWidget):
    """Shows and takes strokes.

    Signals: `stroke_began()`, `stroke_ended()`; `view_changed()` after zoom, pan, fit, mirror;
    `color_picked(QColor)` from the eyedropper, and `picking_ended()` when it is lifted after that.
    """

    stroke_began = pyqtSignal()
    stroke_ended = pyqtSignal()
    view_changed = pyqtSignal()
    color_picked = pyqtSignal(QColor)
    picking_ended = pyqtSignal()

    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self.hand = hand
        self.view = View()
        self._drawing: Drawing | None = None
        self._is_stroking = self._is_panning = self._is_picking = self._has_space = self._has_alt = False
        self._pen_or_mouse = PenOrMouse()
        self._speed = SpeedPressure()
        self._cursor_at: QPointF | None = None
        self._pan_from = QPointF()
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.StrongFocus)
        self.setAttribute(Qt.WA_OpaquePaintEvent)
        self.setAccessibleName("Canvas")
        self.setMinimumSize(240, 200)

    # What is shown

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing, the whole of it."""
        self._drawing = drawing
        self._is_stroking = self._is_picking = False
        self.view.is_fitted = True
        self._fit_sizes()
        self.update()

    def drawing(self) -> Drawing | None:
        """The drawing shown."""
        return self._drawing

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is in hand."""
        return self._is_stroking

    def refresh(self, dirty: QRect | None = None) -> None:
        """Repaint what lies over `dirty` (px of the drawing); everything by default."""
        if dirty is None:
            self.update()
        elif not dirty.isEmpty():
            # Smooth scaling reaches one pixel over the edge.
            reach = QRectF(dirty).adjusted(-1, -1, 1, 1)
            self.update(self.view.transform().mapRect(reach).toAlignedRect().adjusted(-1, -1, 1, 1))

    def fit(self) -> None:
        """Show the whole drawing."""
        self.view.fit()
        self._on_view_changed()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a point of the widget."""
        self.view.zoom_to(self.view.zoom * factor, at)
        self._on_view_changed()

    def show_actual_size(self) -> None:
        """One drawing px on one px of the screen."""
        self.view.zoom_to(1.0 / self.devicePixelRatioF(), self._cursor_at)
        self._on_view_changed()

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Look at the canvas as in a mirror."""
        self.view.is_mirrored = is_mirrored
        self._on_view_changed()

    def tool_changed(self) -> None:
        """Tell that the hand holds something else, or something of another size."""
        self._show_cursor()
        self.update()

    def _on_view_changed(self) -> None:
        self.update()
        self.view_changed.emit()

    def _fit_sizes(self) -> None:
        if self._drawing is not None:
            surface = self._drawing.surface
            self.view.set_sizes(QSizeF(surface.width, surface.height), QSizeF(self.size()))
            self.view_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_sizes()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setClipRegion(event.region())
        painter.fillRect(self.rect(), theme.colour("easel"))
        if self._drawing is None:
            return
        way = self.view.transform()
        sheet = QRectF(self._drawing.surface.rect)
        paper = way.mapRect(sheet)
        painter.setPen(Qt.NoPen)
        for step in (6, 4, 2):
            painter.setBrush(QColor(0, 0, 0, 28))
            painter.drawRect(paper.adjusted(-step, -step + 2, step, step + 2))
        painter.save()
        painter.setTransform(way, True)
        is_coarse = self.view.zoom * self.devicePixelRatioF() >= SQUARE_PIXELS_FROM
        painter.setRenderHint(QPainter.SmoothPixmapTransform, not is_coarse)
        painter.drawImage(sheet, self._drawing.image(), sheet)
        painter.restore()
        self._paint_ring(painter)

    # The cursor: a ring as large as the brush

    def _has_ring(self) -> bool:
        return self.hand.tool in ("brush", "eraser") and not (self._has_space or self._has_alt or self._is_panning)

    def _ring(self) -> QRectF:
        if self._cursor_at is None:
            return QRectF()
        radius = max(self.hand.grip().size_px * self.view.zoom / 2, 2.0)
        return QRectF(self._cursor_at.x() - radius, self._cursor_at.y() - radius, 2 * radius, 2 * radius)

    def _paint_ring(self, painter: QPainter) -> None:
        ring = self._ring()
        if ring.isEmpty() or not self._has_ring():
            return
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setBrush(Qt.NoBrush)
        # Dark beside light is seen on any paint.
        painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
        painter.drawEllipse(ring.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(QColor(255, 255, 255, 210), 1))
        painter.drawEllipse(ring)

    def _move_ring(self, at: QPointF | None) -> None:
        before = self._ring()
        self._cursor_at = at
        for ring in (before, self._ring()):
            if not ring.isEmpty():
                self.update(ring.adjusted(-3, -3, 3, 3).toAlignedRect())

    def _show_cursor(self) -> None:
        if self._is_panning:
            self.setCursor(Qt.ClosedHandCursor)
        elif self._has_space:
            self.setCursor(Qt.OpenHandCursor)
        elif self.hand.tool == "eyedropper" or self._has_alt or self._ring().width() < 8:
            self.setCursor(Qt.CrossCursor)
        else:
            self.setCursor(Qt.BlankCursor)

    # Strokes

    def _begin(self, touch: Touch) -> None:
        if self._drawing is None or not self.hand.grip(is_eraser=touch.is_eraser).brush:
            return
        self._is_stroking = True
        self._drawing.begin(self.hand.stroke(is_eraser=touch.is_eraser))
        self._add(touch)
        self.stroke_began.emit()

    def _add(self, touch: Touch) -> None:
        if self._drawing is not None:
            at = self.view.to_drawing(touch.position)
            self.refresh(self._drawing.add_points([(at.x(), at.y(), touch.pressure)]))

    def finish_stroke(self) -> None:
        """End the stroke in hand, if there is one."""
        if not self._is_stroking or self._drawing is None:
            return
        self._is_stroking = False
        self._drawing.end()
        self.refresh(self._drawing.last_dirty)
        self.stroke_ended.emit()

    def pick(self, at: QPointF) -> None:
        """Take the drawing's colour under a point of the widget."""
        if self._drawing is None:
            return
        point = self.view.to_drawing(at)
        x, y = math.floor(point.x()), math.floor(point.y())
        if self._drawing.surface.rect.contains(x, y):
            self._is_picking = True
            self.color_picked.emit(self._drawing.image().pixelColor(x, y))

    # What the hand does

    def tabletEvent(self, event: QTabletEvent) -> None:
        self._pen_or_mouse.note_pen(event)
        touch = pen_touch(event)
        self._move_ring(touch.position)
        if event.type() == QEvent.TabletPress:
            self._pen_or_mouse.is_pen_down = True
            self._press(touch, event.button())
        elif event.type() == QEvent.TabletMove:
            self._drag(touch)
        elif event.type() == QEvent.TabletRelease:
            self._pen_or_mouse.is_pen_down = False
            self._release()
        # Accepted, or Qt would send the same movement again as a mouse's.
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._pen_or_mouse.is_mouse(event):
            self._press(self._mouse_touch(event, is_first=True), event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pen_or_mouse.is_mouse(event):
            return
        self._move_ring(event.localPos())
        self._show_cursor()
        self._drag(self._mouse_touch(event, is_first=False))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pen_or_mouse.is_mouse(event):
            self._drag(self._mouse_touch(event, is_first=False))
            self._release()

    def _mouse_touch(self, event: QMouseEvent, *, is_first: bool) -> Touch:
        touch = Touch(event.localPos(), 1.0, int(event.timestamp()))
        if not self.hand.has_speed_pressure:
            return touch
        pressure = self._speed.begin(touch) if is_first else self._speed.follow(touch)
        return Touch(touch.position, pressure, touch.time_ms)

    def _press(self, touch: Touch, button: Qt.MouseButton) -> None:
        if self._is_stroking or self._is_panning:
            return
        if button == Qt.MiddleButton or (button == Qt.LeftButton and self._has_space):
            self._is_panning = True
            self._pan_from = touch.position
            self._show_cursor()
        elif button == Qt.RightButton or self.hand.tool == "eyedropper" or self._has_alt:
            self.pick(touch.position)
        elif button == Qt.LeftButton:
            self._begin(touch)

    def _drag(self, touch: Touch) -> None:
        if self._is_panning:
            self.view.pan(touch.position - self._pan_from)
            self._pan_from = touch.position
            self._on_view_changed()
        elif self._is_stroking:
            self._add(touch)
        elif self._is_picking:
            self.pick(touch.position)

    def _release(self) -> None:
        if self._is_picking:
            self._is_picking = False
            self.picking_ended.emit()
        if self._is_panning:
            self._is_panning = False
            self._show_cursor()
        self.finish_stroke()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.angleDelta().y() == 0:
            return
        self.zoom_by(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def leaveEvent(self, _event: object) -> None:
        self._move_ring(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._note_key(event, is_down=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._note_key(event, is_down=False)

    def _note_key(self, event: QKeyEvent, *, is_down: bool) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key_Space:
            self._has_space = is_down
        elif event.key() == Qt.Key_Alt:
            self._has_alt = is_down
        else:
            event.ignore()
            return
        self._show_cursor()
        self.update()

    def focusOutEvent(self, _event: object) -> None:
        # A key let go in another window is never heard of here.
        self._has_space = self._has_alt = False
        QTimer.singleShot(0, self._show_cursor)
