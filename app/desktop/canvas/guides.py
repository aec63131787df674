"""Guides: what is painted over the drawing to help the hand, and is no part of it.

All of it is painted in widget coordinates; what has two lines, dark beside light, is seen on any paint.
"""

import math

from PyQt5.QtCore import QLineF, QPointF, QRectF, Qt
from PyQt5.QtGui import QColor, QPainter, QPen

from app.desktop.canvas.viewport import Viewport
from app.desktop.widgets import theme
from app.painting.model.symmetry import Symmetry

HANDLE_RADIUS_PX = 8.0
_HANDLE_BEYOND_PX = 18.0
_INSET_PX = 16.0
_DARK, _LIGHT = QColor(0, 0, 0, 140), QColor(255, 255, 255, 200)


def axes(symmetry: Symmetry, view: Viewport) -> list[QLineF]:
    """The lines that show a symmetry, right across the widget."""
    centre = view.transform().map(QPointF(symmetry.x, symmetry.y))
    far = view.widget.width() + view.widget.height() + abs(centre.x()) + abs(centre.y())
    if symmetry.kind == "mirror":
        along = _direction(symmetry.angle_deg, view) * far
        return [QLineF(centre - along, centre + along)]
    if symmetry.kind == "radial":
        turns = (360.0 * number / symmetry.count - 90.0 for number in range(symmetry.count))
        return [QLineF(centre, centre + _direction(turn, view) * far) for turn in turns]
    return []


def handle(symmetry: Symmetry, view: Viewport) -> QPointF | None:
    """Where the symmetry's centre can be taken hold of: on its axis, just beyond the paper, or inside of the widget.

    Not in the centre itself, where one wants to paint. None without a symmetry, and where the axis is out of sight.
    """
    if symmetry.kind == "none":
        return None
    way = view.transform()
    centre = way.map(QPointF(symmetry.x, symmetry.y))
    along = _direction(symmetry.angle_deg if symmetry.kind == "mirror" else -90.0, view)
    if along.y() > 0 or (along.y() == 0 and along.x() > 0):
        along = -along
    room = QRectF(0, 0, view.widget.width(), view.widget.height()).adjusted(
        _INSET_PX, _INSET_PX, -_INSET_PX, -_INSET_PX
    )
    inside = _leaves(centre, along, room)
    if inside is None:
        return None
    paper = way.mapRect(QRectF(0, 0, view.drawing.width(), view.drawing.height()))
    beyond = _leaves(centre, along, paper)
    if beyond is not None and inside[0] <= beyond[1] + _HANDLE_BEYOND_PX:
        return centre + along * min(inside[1], beyond[1] + _HANDLE_BEYOND_PX)
    return centre + along * inside[1]


def _direction(angle_deg: float, view: Viewport) -> QPointF:
    """A direction of the drawing as it lies on the widget, of length 1."""
    turn = math.radians(angle_deg + view.angle_deg)
    return QPointF(-math.cos(turn) if view.is_mirrored else math.cos(turn), math.sin(turn))


def _leaves(start: QPointF, along: QPointF, rect: QRectF) -> tuple[float, float] | None:
    """How far along a ray it enters a rectangle and leaves it; None where it misses it."""
    enters, leaves = 0.0, math.inf
    for at, step, low, high in (
        (start.x(), along.x(), rect.left(), rect.right()),
        (start.y(), along.y(), rect.top(), rect.bottom()),
    ):
        if abs(step) < 1e-9:
            if not low <= at <= high:
                return None
            continue
        near, far = sorted(((low - at) / step, (high - at) / step))
        enters, leaves = max(enters, near), min(leaves, far)
    return (enters, leaves) if leaves > enters else None


def paint_symmetry(painter: QPainter, symmetry: Symmetry, view: Viewport, *, is_held: bool) -> None:
    """Paint the axes of a symmetry and what its centre is taken hold of by (bright where `is_held`)."""
    painter.setRenderHint(QPainter.Antialiasing)
    lines = axes(symmetry, view)
    accent = theme.colour("accent")
    for color, width in ((QColor(0, 0, 0, 70), 3.0), (QColor(accent.red(), accent.green(), accent.blue(), 190), 1.0)):
        painter.setPen(QPen(color, width))
        painter.drawLines(lines)
    at = handle(symmetry, view)
    if at is not None:
        painter.setPen(QPen(_DARK, 3.5))
        painter.setBrush(Qt.NoBrush)
        painter.drawEllipse(at, HANDLE_RADIUS_PX, HANDLE_RADIUS_PX)
        painter.setPen(QPen(accent, 1.5))
        painter.setBrush(accent if is_held else theme.colour("panel"))
        painter.drawEllipse(at, HANDLE_RADIUS_PX, HANDLE_RADIUS_PX)
        painter.setPen(QPen(theme.colour("panel") if is_held else accent, 1.5))
        painter.drawLines(
            [QLineF(at - QPointF(4, 0), at + QPointF(4, 0)), QLineF(at - QPointF(0, 4), at + QPointF(0, 4))]
        )


def line_rect(line: QLineF, width_px: float) -> QRectF:
    """What `paint_line` and `paint_rope` paint on."""
    reach = width_px / 2 + 6
    return QRectF(line.p1(), line.p2()).normalized().adjusted(-reach, -reach, reach, reach)


def paint_line(painter: QPainter, line: QLineF, width_px: float, color: QColor) -> None:
    """Paint where a straight line would come to lie: as wide as the brush, in its colour, with a fine middle."""
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setPen(
        QPen(QColor(color.red(), color.green(), color.blue(), 110), max(width_px, 1.0), Qt.SolidLine, Qt.RoundCap)
    )
    painter.drawLine(line)
    for ink, width in ((_DARK, 2.5), (_LIGHT, 1.0)):
        painter.setPen(QPen(ink, width))
        painter.drawLine(line)


def paint_rope(painter: QPainter, line: QLineF) -> None:
    """Paint the rope from the brush to the hand, and where the brush is."""
    painter.setRenderHint(QPainter.Antialiasing)
    for ink, width in ((_DARK, 3.0), (_LIGHT, 1.2)):
        painter.setPen(QPen(ink, width))
        painter.drawLine(line)
    painter.setPen(QPen(_DARK, 1.0))
    painter.setBrush(_LIGHT)
    painter.drawEllipse(line.p1(), 3.0, 3.0)
    painter.setBrush(Qt.NoBrush)
