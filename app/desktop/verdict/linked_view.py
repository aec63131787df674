"""Two pictures of one scene, linked: whatever place is pointed at in one is framed in both.

Over a picture may lie a map of where it departs from the other, or a change of it may be shown in its stead; while it
is held, with the mouse or Space, it is seen as it is.
"""

from PyQt5.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.verdict.heat_overlay import heat_image
from app.desktop.widgets import theme
from app.desktop.widgets.qimage import fitted
from app.game.archive import heatmap as heats
from app.judging.assessment import Heat

MARGIN_PX = 8
# How much of the picture's width and height the frame has, and how far an arrow key moves it.
FRAME_SHARE, STEP = 0.24, 0.04
# What lies beneath the heat is grey and darker, so that the only colours are those of the map.
DIMMED = QColor.fromRgbF(0, 0, 0, 1 - heats.DIMMED)
_ARROWS = {Qt.Key_Left: (-STEP, 0.0), Qt.Key_Right: (STEP, 0.0), Qt.Key_Up: (0.0, -STEP), Qt.Key_Down: (0.0, STEP)}


class LinkedView(QWidget):
    """One of the two.

    Signals: `pointed(QPointF)` with the frame's middle as shares of width and height, 0..1, or None once nothing is
    pointed at; `held(bool)` when the picture is to be seen as it is, and when no longer.
    """

    pointed = pyqtSignal(object)
    held = pyqtSignal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._change: QImage | None = None
        self._heat: Heat | None = None
        self._placeholder = ""
        self._opacity = 1.0
        self._place: QPointF | None = None
        self._box: QRectF | None = None
        self._is_held = False
        # What is painted, for screens of `_drawn_size` px.
        self._drawn: dict[str, QPixmap] = {}
        self._drawn_size = QSize()
        self.empty_size = QSizeF(4, 3)
        self.setFocusPolicy(Qt.TabFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CrossCursor)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setMinimumSize(120, 90)

    def sizeHint(self) -> QSize:
        return QSize(420, 320)

    def set_image(self, image: QImage | None, placeholder: str = "") -> None:
        """Show a picture; where there is none, `placeholder` on an empty frame."""
        if image is not self._image or placeholder != self._placeholder:
            self._image, self._placeholder = image, placeholder
            self._drawn.clear()
            self.update()

    def set_heat(self, heat: Heat | None) -> None:
        """Lay a map over it, float32 [h, w], 0 to 1; None takes it away."""
        if heat is not self._heat:
            self._heat = heat
            self._drawn.pop("heat", None)
            self.update()

    def set_opacity(self, opacity: float) -> None:
        """How much the map covers, 0..1."""
        self._opacity = opacity
        self.update()

    def set_change(self, change: QImage | None, box: QRectF | None = None) -> None:
        """Show another state of the picture; `box`, in shares of width and height, is where it differs most."""
        self._change, self._box = change, box
        for name in ("change", "before"):
            self._drawn.pop(name, None)
        self.update()

    def set_place(self, place: QPointF | None) -> None:
        """Frame what lies around a point, given in shares of width and height, 0..1."""
        if place != self._place:
            self._place = place
            self.update()

    def place(self) -> QPointF | None:
        """The frame's middle, if there is one."""
        return self._place

    def set_held(self, is_held: bool) -> None:
        """Show the picture as it is, without map and change."""
        if is_held != self._is_held:
            self._is_held = is_held
            self.update()

    def is_held(self) -> bool:
        """Whether it is seen as it is."""
        return self._is_held

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        space = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        size = QSizeF(self._image.size()) if self._image is not None else self.empty_size
        return fitted(size, space, align=Qt.AlignBottom)

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        rect = self.picture_rect()
        if self._image is None:
            painter.setPen(QPen(theme.colour("strong_line"), 1.5, Qt.DashLine))
            painter.setBrush(theme.colour("well"))
            painter.drawRoundedRect(rect, 6, 6)
            painter.setPen(theme.colour("faint"))
            painter.setFont(theme.sans(13))
            painter.drawText(rect.adjusted(12, 12, -12, -12), int(Qt.AlignCenter | Qt.TextWordWrap), self._placeholder)
        else:
            self._paint_picture(painter, rect, self._image)
            if self._box is not None and self._change is not None:
                self._paint_box(painter, rect, self._box)
            if self._place is not None:
                self._paint_frame(painter, rect, self._place)
        if self.hasFocus():
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 2))
            painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 3, 3)

    def _paint_picture(self, painter: QPainter, rect: QRectF, image: QImage) -> None:
        size = _screen_size(rect, self.devicePixelRatioF())
        if size != self._drawn_size:
            self._drawn.clear()
            self._drawn_size = size
        if self._change is not None:
            # Both as coarse as the change is: else the picture as it is would only look the sharper one.
            if self._is_held:
                before = image.scaled(self._change.size(), Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
                self._draw(painter, rect, "before", before, size)
            else:
                self._draw(painter, rect, "change", self._change, size)
            return
        self._draw(painter, rect, "image", image, size)
        if self._heat is None or self._is_held or self._opacity <= 0:
            return
        painter.setOpacity(self._opacity)
        if "grey" not in self._drawn:
            grey = self._drawn["image"].toImage().convertToFormat(QImage.Format_Grayscale8)
            self._drawn["grey"] = QPixmap.fromImage(grey)
        painter.drawPixmap(rect, self._drawn["grey"], QRectF(self._drawn["grey"].rect()))
        painter.fillRect(rect, DIMMED)
        if "heat" not in self._drawn:
            # Smooth as it is, half as many px do.
            self._drawn["heat"] = QPixmap.fromImage(heat_image(self._heat, size / 2))
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        painter.drawPixmap(rect, self._drawn["heat"], QRectF(self._drawn["heat"].rect()))
        painter.setOpacity(1.0)

    def _draw(self, painter: QPainter, rect: QRectF, name: str, image: QImage, size: QSize) -> None:
        if name not in self._drawn:
            # Once per size: QImage's smooth scaling averages, the painter's own would alias when shrinking.
            scaled = image.scaled(size, Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
            self._drawn[name] = QPixmap.fromImage(scaled)
        painter.drawPixmap(rect, self._drawn[name], QRectF(self._drawn[name].rect()))

    def _paint_frame(self, painter: QPainter, rect: QRectF, place: QPointF) -> None:
        width, height = FRAME_SHARE * rect.width(), FRAME_SHARE * rect.height()
        side = min(width, height)
        middle = QPointF(rect.x() + place.x() * rect.width(), rect.y() + place.y() * rect.height())
        frame = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
        frame.moveLeft(min(max(frame.left(), rect.left()), rect.right() - side))
        frame.moveTop(min(max(frame.top(), rect.top()), rect.bottom() - side))
        _outline(painter, frame, QColor(Qt.white), 1.5)

    def _paint_box(self, painter: QPainter, rect: QRectF, box: QRectF) -> None:
        corner = QPointF(rect.x() + box.x() * rect.width(), rect.y() + box.y() * rect.height())
        shown = QRectF(corner, QSizeF(box.width() * rect.width(), box.height() * rect.height()))
        _outline(painter, shown.intersected(rect).adjusted(1, 1, -1, -1), theme.colour("accent"), 2)

    # Pointing

    def _share_at(self, point: QPointF) -> QPointF | None:
        rect = self.picture_rect()
        if self._image is None or not rect.contains(point):
            return None
        return QPointF((point.x() - rect.x()) / rect.width(), (point.y() - rect.y()) / rect.height())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self._share_at(event.localPos()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton:
            self.held.emit(True)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton:
            self.held.emit(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key == Qt.Key_Space:
            self.held.emit(True)
        elif key in _ARROWS:
            place = self._place if self._place is not None else QPointF(0.5, 0.5)
            right, down = _ARROWS[key]
            self.pointed.emit(QPointF(min(max(place.x() + right, 0.0), 1.0), min(max(place.y() + down, 0.0), 1.0)))
        elif key == Qt.Key_Escape and self._place is not None:
            self.pointed.emit(None)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) == Qt.Key_Space and not event.isAutoRepeat():
            self.held.emit(False)
        else:
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.held.emit(False)
        self.update()


def _screen_size(rect: QRectF, ratio: float) -> QSize:
    return QSize(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))


def _outline(painter: QPainter, rect: QRectF, ink: QColor, width_px: float) -> None:
    """A line that is seen on any ground."""
    painter.setBrush(Qt.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), width_px + 2.5))
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(QPen(ink, width_px))
    painter.drawRoundedRect(rect, 3, 3)
