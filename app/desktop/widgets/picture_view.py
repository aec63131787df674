"""A picture hung on the wall: fitted, never stretched, with a fine frame; takes clicks and dropped files."""

from pathlib import Path

from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QDragEnterEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import qimage, theme


class PictureView(QWidget):
    """Shows one picture as large as its space allows; without one, an empty frame of `empty_size`'s aspect.

    Signals: `clicked`; `color_picked(QColor)` while `is_picking`, and `picking_ended` after it; `file_dropped(str)`
    where `takes_files`.
    """

    clicked = pyqtSignal()
    color_picked = pyqtSignal(QColor)
    picking_ended = pyqtSignal()
    file_dropped = pyqtSignal(str)

    def __init__(
        self, *, takes_files: bool = False, margin_px: int = 10, align: Qt.AlignmentFlag = Qt.AlignVCenter
    ) -> None:
        super().__init__()
        self._align = align
        self._image: QImage | None = None
        self._scaled = QPixmap()
        self._placeholder = ""
        self.empty_size = QSizeF(4, 3)
        self._margin_px = margin_px
        self._is_hovered = self._is_target = self.is_picking = self._has_picked = False
        self.setAcceptDrops(takes_files)
        self.setFocusPolicy(Qt.TabFocus)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setMinimumSize(80, 60)

    def set_image(self, image: QImage | None, placeholder: str = "") -> None:
        """Show `image`; where there is none, `placeholder` on an empty frame."""
        self._image = image
        self._placeholder = placeholder
        self._scaled = QPixmap()
        self.setCursor(Qt.PointingHandCursor if image is not None else Qt.ArrowCursor)
        self.update()

    def image(self) -> QImage | None:
        """The picture shown, if any."""
        return self._image

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def picture_rect(self) -> QRectF:
        """Where the picture lies in the widget."""
        m = self._margin_px
        space = QRectF(self.rect()).adjusted(m, m, -m, -m)
        size = QSizeF(self._image.size()) if self._image is not None else self.empty_size
        return qimage.fitted(size, space, align=self._align)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        rect = self.picture_rect()
        if self._image is None:
            self._paint_empty(painter, rect)
        else:
            self._paint_shadow(painter, rect)
            self._paint_picture(painter, rect, self._image)
        if self._is_target or self.hasFocus() or (self._is_hovered and self._image is not None):
            ink = theme.colour("accent" if self._is_target or self.hasFocus() else "faint")
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(ink, 2))
            painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 3), 3, 3)

    def _paint_empty(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(QPen(theme.colour("strong_line"), 1.5, Qt.DashLine))
        painter.setBrush(theme.colour("well"))
        painter.drawRoundedRect(rect, 6, 6)
        painter.setPen(theme.colour("faint"))
        painter.setFont(theme.sans(13))
        painter.drawText(rect.adjusted(16, 16, -16, -16), int(Qt.AlignCenter | Qt.TextWordWrap), self._placeholder)

    def _paint_shadow(self, painter: QPainter, rect: QRectF) -> None:
        painter.setPen(Qt.NoPen)
        reach = min(8, self._margin_px)
        for step in range(reach, 0, -1):
            painter.setBrush(QColor(0, 0, 0, 14))
            painter.drawRoundedRect(rect.adjusted(-step * 0.6, -step * 0.2, step * 0.6, step), step, step)

    def _paint_picture(self, painter: QPainter, rect: QRectF, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        wanted = QSize(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
        if self._scaled.size() != wanted:
            # Scaled once per size: QImage's smooth scaling averages, the painter's own would alias when shrinking.
            self._scaled = QPixmap.fromImage(image.scaled(wanted, Qt.IgnoreAspectRatio, Qt.SmoothTransformation))
        clip = QPainterPath()
        clip.addRoundedRect(rect, 2, 2)
        painter.setClipPath(clip)
        painter.drawPixmap(rect, self._scaled, QRectF(self._scaled.rect()))
        painter.setClipping(False)

    def color_at(self, point: QPointF) -> QColor | None:
        """The picture's colour under a point of the widget; None beside the picture."""
        rect = self.picture_rect()
        if self._image is None or not rect.contains(point):
            return None
        x = int((point.x() - rect.x()) / rect.width() * self._image.width())
        y = int((point.y() - rect.y()) / rect.height() * self._image.height())
        return self._image.pixelColor(min(x, self._image.width() - 1), min(y, self._image.height() - 1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton and self.is_picking:
            self._pick(event.localPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.LeftButton and self.is_picking:
            self._pick(event.localPos())

    def _pick(self, point: QPointF) -> None:
        found = self.color_at(point)
        if found is not None:
            self._has_picked = True
            self.color_picked.emit(found)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.LeftButton:
            return
        if self.is_picking:
            if self._has_picked:
                self._has_picked = False
                self.picking_ended.emit()
            return
        if self.picture_rect().contains(event.localPos()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key_Return, Qt.Key_Enter, Qt.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, _event: object) -> None:
        self._is_hovered = True
        self.update()

    def leaveEvent(self, _event: object) -> None:
        self._is_hovered = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = QPixmap()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_file(event) is not None:
            event.acceptProposedAction()
            self._is_target = True
            self.update()

    def dragLeaveEvent(self, _event: object) -> None:
        self._is_target = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._is_target = False
        self.update()
        path = dropped_file(event)
        if path is not None:
            event.acceptProposedAction()
            self.file_dropped.emit(str(path))


def dropped_file(event: QDropEvent) -> Path | None:
    """The first local file that is being dragged, if any."""
    data = event.mimeData()
    for url in data.urls() if data is not None and data.hasUrls() else []:
        if url.isLocalFile():
            return Path(url.toLocalFile())
    return None
