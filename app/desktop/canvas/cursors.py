"""Cursors: the ring in the brush's size, the pointers of the other tools, and the eyedropper's loupe."""

from functools import lru_cache

from PyQt5.QtCore import QPoint, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QCursor, QPainter, QPainterPath, QPen, QPixmap

from app.desktop.widgets import icons, theme

# A ring smaller than this (px of the widget) would not be seen under a hand.
LEAST_RING_PX = 8.0
_LOUPE_PX, _LOUPE_HOLE_PX = 52.0, 34.0
_SIDE_PX = 24


def ring_rect(at: QPointF, diameter_px: float) -> QRectF:
    """The ring of a brush at a point of the widget."""
    radius = max(diameter_px, 4.0) / 2
    return QRectF(at.x() - radius, at.y() - radius, 2 * radius, 2 * radius)


def paint_ring(painter: QPainter, ring: QRectF) -> None:
    """Paint the ring: dark beside light is seen on any paint."""
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setBrush(Qt.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.drawEllipse(ring.adjusted(-1, -1, 1, 1))
    painter.setPen(QPen(QColor(255, 255, 255, 210), 1))
    painter.drawEllipse(ring)


def loupe_rect(at: QPointF) -> QRectF:
    """The loupe around a point of the widget."""
    return QRectF(at.x() - _LOUPE_PX, at.y() - _LOUPE_PX, 2 * _LOUPE_PX, 2 * _LOUPE_PX)


def paint_loupe(painter: QPainter, at: QPointF, *, found: QColor, held: QColor) -> None:
    """Paint a wide ring: the colour under the pointer above, the one in hand below."""
    painter.setRenderHint(QPainter.Antialiasing)
    outer = loupe_rect(at).adjusted(3, 3, -3, -3)
    reach = _LOUPE_HOLE_PX
    hole = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
    painter.setPen(Qt.NoPen)
    for color, begin in ((found, 0), (held, 180)):
        half = QPainterPath()
        half.arcMoveTo(outer, begin)
        half.arcTo(outer, begin, 180)
        half.arcTo(hole, begin + 180, -180)
        half.closeSubpath()
        painter.fillPath(half, color)
    painter.setBrush(Qt.NoBrush)
    for ink, by in ((QColor(0, 0, 0, 160), 1.0), (QColor(255, 255, 255, 220), 0.0)):
        painter.setPen(QPen(ink, 1.2))
        painter.drawEllipse(outer.adjusted(-by, -by, by, by))
        painter.drawEllipse(hole.adjusted(by, by, -by, -by))


@lru_cache(maxsize=8)
def tool_cursor(icon: str, ratio: float) -> QCursor:
    """A cross where the tool works, and its icon beside it. `ratio` is px of the screen per px of the widget."""
    side = 2 * _SIDE_PX
    made = QPixmap(round(side * ratio), round(side * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.Antialiasing)
    hot = _SIDE_PX // 2
    middle = hot + 0.5  # of the px that is pointed with, so that the lines are sharp
    for ink, width in ((QColor(0, 0, 0, 190), 3.0), (QColor(255, 255, 255), 1.0)):
        painter.setPen(QPen(ink, width))
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            painter.drawLine(QPointF(middle + 2.5 * x, middle + 2.5 * y), QPointF(middle + 8 * x, middle + 8 * y))
    corner = QPoint(hot + 6, hot + 6)
    pixels = round(20 * ratio)
    for color, offsets in (
        (QColor(0, 0, 0, 170), ((-1, 0), (1, 0), (0, -1), (0, 1))),
        (theme.colour("text"), ((0, 0),)),
    ):
        image = QPixmap(icons.pixmap(icon, pixels, color.rgba()))
        image.setDevicePixelRatio(ratio)
        for x, y in offsets:
            painter.drawPixmap(corner + QPoint(x, y), image)
    painter.end()
    return QCursor(made, hot, hot)
