"""Two pictures in one frame with a line to wipe from one to the other."""

from PyQt5.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import theme
from app.desktop.widgets.qimage import fitted

STEP = 0.02


class CompareSlider(QWidget):
    """Shows the left picture left of the line and the right one right of it. `moved(float)` with the share 0..1."""

    moved = pyqtSignal(float)

    def __init__(self) -> None:
        super().__init__()
        self._images: tuple[QImage, QImage] | None = None
        self._titles = ("", "")
        self._says = ""
        self._scaled: tuple[QPixmap, QPixmap] | None = None
        self._share = 0.5
        self.setFocusPolicy(Qt.StrongFocus)
        self.setCursor(Qt.SplitHCursor)
        self.setAccessibleName("Wipe between two pictures")
        self.setToolTip("Drag the line, or use the arrow keys")
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Expanding)
        self.setMinimumSize(160, 120)

    def sizeHint(self) -> QSize:
        return QSize(640, 480)

    def set_pictures(self, left: QImage | None, right: QImage | None, titles: tuple[str, str]) -> None:
        """Show two pictures; while one of them is missing, which one."""
        missing = [title for title, image in zip(titles, (left, right), strict=True) if image is None]
        self._says = f"{' and '.join(missing)} {'has' if len(missing) == 1 else 'have'} not painted anything yet."
        self._images = (left, right) if left is not None and right is not None else None
        self._titles = titles
        self._scaled = None
        self.update()

    def share(self) -> float:
        """How much of the width shows the left picture, 0..1."""
        return self._share

    def set_share(self, share: float) -> None:
        """Move the line."""
        self._share = min(max(share, 0.0), 1.0)
        self.moved.emit(self._share)
        self.update()

    def _frame(self) -> QRectF:
        space = QRectF(self.rect()).adjusted(10, 10, -10, -10)
        return fitted(QSizeF(self._images[0].size()) if self._images else QSizeF(4, 3), space)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        frame = self._frame()
        if self._images is None:
            painter.setPen(theme.colour("faint"))
            painter.setFont(theme.sans(13))
            painter.drawText(QRectF(self.rect()), int(Qt.AlignCenter), self._says)
            return
        painter.fillRect(frame.adjusted(-1, -1, 1, 1), theme.colour("well"))
        if self._scaled is None:
            self._scaled = (self._scale(self._images[0], frame), self._scale(self._images[1], frame))
        x = frame.x() + self._share * frame.width()
        sides = (
            QRectF(frame.x(), frame.y(), x - frame.x(), frame.height()),
            QRectF(x, frame.y(), frame.right() - x, frame.height()),
        )
        for pixmap, side in zip(self._scaled, sides, strict=True):
            painter.setClipRect(side)
            size = QSizeF(pixmap.size()) / pixmap.devicePixelRatioF()
            painter.drawPixmap(frame.center() - QPointF(size.width() / 2, size.height() / 2), pixmap)
        self._paint_titles(painter, frame, sides)
        painter.setClipping(False)
        self._paint_handle(painter, x, frame)

    def _scale(self, image: QImage, frame: QRectF) -> QPixmap:
        """A picture of another aspect keeps it: fitted into the frame, never stretched."""
        ratio = self.devicePixelRatioF()
        inner = fitted(QSizeF(image.size()), frame)
        scaled = QPixmap.fromImage(
            image.scaled(
                max(1, round(inner.width() * ratio)),
                max(1, round(inner.height() * ratio)),
                Qt.IgnoreAspectRatio,
                Qt.SmoothTransformation,
            )
        )
        scaled.setDevicePixelRatio(ratio)
        return scaled

    def _paint_titles(self, painter: QPainter, frame: QRectF, sides: tuple[QRectF, QRectF]) -> None:
        painter.setFont(theme.sans(12, bold=True))
        room = frame.adjusted(10, 10, -10, -10)
        for title, side, align in zip(self._titles, sides, (Qt.AlignLeft, Qt.AlignRight), strict=True):
            painter.setClipRect(side)
            box = QRectF(painter.boundingRect(room, int(align | Qt.AlignTop), title)).adjusted(-8, -4, 8, 4)
            box.moveTop(frame.top() + 10)
            painter.setPen(Qt.NoPen)
            painter.setBrush(QColor(20, 19, 18, 190))
            painter.drawRoundedRect(box, 6, 6)
            painter.setPen(theme.colour("text"))
            painter.drawText(box, int(Qt.AlignCenter), title)

    def _paint_handle(self, painter: QPainter, x: float, frame: QRectF) -> None:
        painter.setPen(QPen(QColor(0, 0, 0, 110), 4))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        painter.setPen(QPen(Qt.white, 2))
        painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
        middle = QPointF(x, frame.center().y())
        painter.setPen(QPen(theme.colour("accent") if self.hasFocus() else QColor(0, 0, 0, 120), 2))
        painter.setBrush(Qt.white)
        painter.drawEllipse(middle, 17, 17)
        painter.setPen(QPen(theme.colour("on_accent"), 2, Qt.SolidLine, Qt.RoundCap, Qt.RoundJoin))
        for way in (-1, 1):
            tip = middle + QPointF(way * 9, 0)
            painter.drawPolyline(tip + QPointF(-way * 5, -5), tip, tip + QPointF(-way * 5, 5))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton:
            self._move_to(event.localPos().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.LeftButton:
            self._move_to(event.localPos().x())

    def _move_to(self, x: float) -> None:
        frame = self._frame()
        self.set_share((x - frame.x()) / max(frame.width(), 1.0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key_Left: -STEP, Qt.Key_Right: STEP, Qt.Key_Home: -1.0, Qt.Key_End: 1.0}
        if Qt.Key(event.key()) in steps:
            self.set_share(self._share + steps[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._scaled = None
