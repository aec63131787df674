"""A picture over the whole window, for a closer look; any click or Escape puts it away. Only the desktop calls this."""

from PyQt5.QtCore import QEvent, QObject, QRectF, QSizeF, Qt
from PyQt5.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt5.QtWidgets import QWidget

from app.desktop import theme
from app.desktop.pixels import fitted


class Lightbox(QWidget):
    """Lies over its window while a picture is shown."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._image: QImage | None = None
        self._title = ""
        self._focus_before: QWidget | None = None
        self.setFocusPolicy(Qt.StrongFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.setAccessibleName("Enlarged picture")
        window.installEventFilter(self)
        self.hide()

    def show_picture(self, image: QImage, title: str) -> None:
        """Show a picture with its title."""
        self._image, self._title = image, title
        window = self.parentWidget()
        self._focus_before = window.focusWidget()
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Hide, and give the focus back."""
        self.hide()
        self._image = None
        if self._focus_before is not None:
            self._focus_before.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(14, 13, 13, 238))
        if self._image is None:
            return
        space = QRectF(self.rect()).adjusted(theme.PAGE, theme.PAGE, -theme.PAGE, -theme.PAGE - theme.WIDE)
        rect = fitted(QSizeF(self._image.size()), space)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        scaled = self._image.scaled(
            round(rect.width() * ratio), round(rect.height() * ratio), Qt.IgnoreAspectRatio, Qt.SmoothTransformation
        )
        painter.drawImage(rect, scaled)
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.serif(18))
        caption = QRectF(0, space.bottom() + 12, self.width(), 30)
        painter.drawText(caption, int(Qt.AlignCenter), self._title)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.put_away()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key_Escape, Qt.Key_Return, Qt.Key_Enter, Qt.Key_Space):
            self.put_away()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self.parentWidget()
        if event.type() == QEvent.Resize and self.isVisible():
            self.setGeometry(window.rect())
        return super().eventFilter(watched, event)
