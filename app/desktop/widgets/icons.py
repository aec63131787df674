"""Our own icons: SVG files of one colour, drawn in the theme's colours at whatever size and scale is asked for."""

from functools import lru_cache

from PyQt5.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PyQt5.QtSvg import QSvgRenderer

from app import places
from app.desktop.widgets import theme


@lru_cache(maxsize=128)
def _drawing(name: str) -> QSvgRenderer | None:
    path = places.icons() / f"{name}.svg"
    # An icon that went missing must not take the window with it; a test holds that every one is there.
    return QSvgRenderer(str(path)) if path.is_file() else None


@lru_cache(maxsize=512)
def pixmap(name: str, side_px: int, rgba: int) -> QPixmap:
    """The icon drawn `side_px` square (physical px) in the colour `rgba` (QColor.rgba())."""
    made = QPixmap(side_px, side_px)
    made.fill(Qt.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.Antialiasing)
    drawing = _drawing(name)
    if drawing is not None and drawing.isValid():
        drawing.render(painter, QRectF(0, 0, side_px, side_px))
    else:
        painter.setBrush(Qt.black)
        painter.drawEllipse(QPointF(side_px / 2, side_px / 2), side_px / 8, side_px / 8)
    # Whatever the file's ink, the icon takes the theme's.
    painter.setCompositionMode(QPainter.CompositionMode_SourceIn)
    painter.fillRect(made.rect(), QColor.fromRgba(rgba))
    painter.end()
    return made


class _Engine(QIconEngine):
    """Draws one icon in the colour that its state calls for."""

    def __init__(self, name: str, normal: QColor, disabled: QColor) -> None:
        super().__init__()
        self._name, self._normal, self._disabled = name, normal, disabled

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._normal, self._disabled)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:  # noqa: ARG002 - Qt's face
        ink = self._disabled if mode == QIcon.Disabled else self._normal
        return pixmap(self._name, max(1, min(size.width(), size.height())), ink.rgba())

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        side = min(rect.width(), rect.height())
        target = QRect(0, 0, side, side)
        target.moveCenter(rect.center())
        painter.drawPixmap(target, self.pixmap(QSize(round(side * ratio), round(side * ratio)), mode, state))


def icon(name: str, ink: str = "text") -> QIcon:
    """The icon of that name (a file in icons/ without its ending) in a colour of the theme."""
    return QIcon(_Engine(name, theme.colour(ink), theme.colour("strong_line")))
