"""What lies over the whole window for a closer look: a picture, until any click or key puts it away."""

from PyQt5.QtCore import QEvent, QObject, QRectF, QSize, QSizeF, Qt
from PyQt5.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt5.QtWidgets import QWidget

from app.desktop.widgets import theme
from app.desktop.widgets.qimage import fitted


class Overlay(QWidget):
    """Lies over its window while it is up, holds the keys meanwhile, and gives them back."""

    def __init__(self, window: QWidget, *, opacity: float = 0.933) -> None:
        """`opacity`, 0..1, is how much it hides of what is beneath."""
        super().__init__(window)
        self._ground = QColor(14, 13, 13)
        self._ground.setAlphaF(opacity)
        self._focus_before: QWidget | None = None
        self.setFocusPolicy(Qt.StrongFocus)
        window.installEventFilter(self)
        self.hide()

    def bring_up(self) -> None:
        """Lie over the window, and take the keys."""
        window = self.parentWidget()
        if not self.isVisible():
            self._focus_before = window.focusWidget()
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.setFocus()

    def put_away(self) -> None:
        """Hide, and give the keys back."""
        self.hide()
        before, self._focus_before = self._focus_before, None
        if before is not None:
            before.setFocus()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._ground)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self.put_away()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key_Escape:
            self.put_away()

    def focusNextPrevChild(self, is_next: bool) -> bool:
        """Keep Tab within what lies on top: what is beneath can be neither seen nor meant."""
        stops = [each for each in self.findChildren(QWidget) if _takes_tab(each)]
        if stops:
            held = self.window().focusWidget()
            at = stops.index(held) if held in stops else -int(is_next)
            stops[(at + (1 if is_next else -1)) % len(stops)].setFocus(
                Qt.TabFocusReason if is_next else Qt.BacktabFocusReason
            )
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        window = self.parentWidget()
        if event.type() == QEvent.Resize and self.isVisible():
            self.setGeometry(window.rect())
        return super().eventFilter(watched, event)


class Lightbox(Overlay):
    """A picture over the whole window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._image: QImage | None = None
        self._title = ""
        self.setCursor(Qt.PointingHandCursor)
        self.setAccessibleName("Enlarged picture")

    def show_picture(self, image: QImage, title: str) -> None:
        """Show a picture with its title."""
        self._image, self._title = image, title
        self.bring_up()

    def put_away(self) -> None:
        """Hide, and give the keys back."""
        super().put_away()
        self._image = None

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._image is None:
            return
        painter = QPainter(self)
        space = QRectF(self.rect()).adjusted(theme.PAGE, theme.PAGE, -theme.PAGE, -theme.PAGE - theme.WIDE)
        draw_fitted(painter, self._image, space, self.devicePixelRatioF())
        painter.setPen(theme.colour("text"))
        painter.setFont(theme.serif(18))
        caption = QRectF(0, space.bottom() + 12, self.width(), 30)
        painter.drawText(caption, int(Qt.AlignCenter), self._title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key_Escape, Qt.Key_Return, Qt.Key_Enter, Qt.Key_Space):
            self.put_away()


def draw_fitted(painter: QPainter, image: QImage, space: QRectF, ratio: float) -> QRectF:
    """Draw a picture as large as `space` lets it be, on a screen of `ratio` px each; returns where it lies."""
    rect = fitted(QSizeF(image.size()), space)
    painter.setRenderHint(QPainter.SmoothPixmapTransform)
    size = QSize(max(1, round(rect.width() * ratio)), max(1, round(rect.height() * ratio)))
    if size.width() < image.width():
        # QImage's smooth scaling averages; the painter's own would alias when shrinking.
        image = image.scaled(size, Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
    painter.drawImage(rect, image, QRectF(image.rect()))
    return rect


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.TabFocus) and widget.isVisible() and widget.isEnabled()
