"""The title of one of the three pictures."""

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QPainter, QPaintEvent
from PyQt5.QtWidgets import QWidget

from app.desktop.app_state.picture_names import ink_of, picture_title
from app.desktop.widgets import theme

#: Where a picture is narrower than its title, the title is written smaller, but not smaller than this.
LEAST_PX = 11


class DottedTitle(QWidget):
    """A title with a dot in the colour that stands for its maker in the grades' rings."""

    def __init__(self, name: str, *, size_px: int = 19) -> None:
        super().__init__()
        self._size_px = size_px
        self.setFixedHeight(size_px + 7)
        self.set_name(name)

    def set_name(self, name: str) -> None:
        """Be the title of drawing, magenta or classic."""
        self._name = name
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        text = picture_title(self._name)
        size_px, width = self._size_px + 1, self.width()
        while size_px > LEAST_PX and width + 36 > self.width():
            size_px -= 1
            painter.setFont(theme.serif(size_px))
            width = painter.fontMetrics().horizontalAdvance(text)
        left = (self.width() - width) / 2
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(theme.colour(ink_of(self._name))))
        painter.drawEllipse(round(left - 17), round(self.height() / 2 - 4), 9, 9)
        painter.setPen(theme.colour("text"))
        painter.drawText(round(left), 0, width + 4, self.height(), int(Qt.AlignVCenter | Qt.AlignLeft), text)
