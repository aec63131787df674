"""Gestures: what a press of the hand does until it is let go.

Each gesture begins with the press that makes it, goes on with `drag` and ends with `release`.
"""

import math
from typing import Protocol

from PyQt5.QtCore import QElapsedTimer, QLineF, QPointF, QRect, QRectF, Qt, QTimer
from PyQt5.QtGui import QPainter

from app.desktop.canvas import guides
from app.desktop.canvas.held_keys import HeldKeys
from app.desktop.canvas.input_samples import Touch
from app.desktop.canvas.stabiliser import Point, stabiliser
from app.desktop.canvas.tool_state import Hand
from app.desktop.canvas.viewport import Viewport
from app.painting.document.drawing import Drawing
from app.painting.model.stroke import Stroke

# A hand that goes no further than this (px of the widget) has clicked.
CLICK_PX = 4.0
SNAP_DEG = 15.0
# So many px of the widget make a drag with Ctrl and Space zoom to e times as much.
_ZOOM_DRAG_PX = 160.0
# The brush comes after a resting hand at this pace.
_TICK_MS = 8


class ToolCanvas(Protocol):
    """What a tool needs of the canvas that it is used on."""

    hand: Hand
    keys: HeldKeys
    view: Viewport
    last_end: QPointF | None

    def refresh(self, dirty: QRect | None = None) -> None:
        """Repaint what lies over `dirty`, px of the drawing; everything by default."""

    def paint_soon(self) -> None:
        """Paint what has gathered when all the events that have come by now are heard."""

    def pick(self, at: QPointF) -> bool:
        """Take the drawing's colour under a point of the widget; whether there is one."""

    def end_picking(self) -> None:
        """Go back to the tool before, since a colour was picked."""

    def show_view(self) -> None:
        """Show that the view has changed."""

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Look closer (or step back) at a point of the widget."""

    def repaint_soon(self) -> None:
        """Have the whole widget painted again, for what a tool shows on it."""


class Tool:
    """One press-to-release. `is_painting` where letting go leaves a stroke."""

    is_painting = False
    cursor: Qt.CursorShape | None = None

    def __init__(self, canvas: ToolCanvas, touch: Touch) -> None:
        self.canvas = canvas
        self.begin_at = self.at = touch.position

    def drag(self, touch: Touch) -> None:
        """The hand has moved."""
        self.at = touch.position

    def release(self) -> None:
        """The hand lets go."""

    def guide_rect(self) -> QRectF:
        """What `paint_guide` paints on, in px of the widget."""
        return QRectF()

    def paint_guide(self, painter: QPainter) -> None:
        """Paint what helps the hand over the drawing."""


class PanTool(Tool):
    """Moves the drawing."""

    cursor = Qt.ClosedHandCursor

    def drag(self, touch: Touch) -> None:
        self.canvas.view.pan(touch.position - self.at)
        super().drag(touch)
        self.canvas.show_view()


class ZoomDrag(Tool):
    """Zooms at the point that was pressed: to the right and up looks closer."""

    cursor = Qt.SizeVerCursor

    def drag(self, touch: Touch) -> None:
        step = touch.position - self.at
        super().drag(touch)
        self.canvas.zoom_by(math.exp((step.x() - step.y()) / _ZOOM_DRAG_PX), self.begin_at)


class TurnTool(Tool):
    """Turns the drawing about the widget's middle; with Shift in steps."""

    cursor = Qt.ClosedHandCursor

    def __init__(self, canvas: ToolCanvas, touch: Touch) -> None:
        super().__init__(canvas, touch)
        self._angle_deg = canvas.view.angle_deg

    def drag(self, touch: Touch) -> None:
        middle = self.canvas.view.middle()
        before, after = QLineF(middle, self.at), QLineF(middle, touch.position)
        super().drag(touch)
        if min(before.length(), after.length()) < 1.0:
            return
        # Qt's angles run against the clock; in a mirror so does everything.
        turn = math.remainder(before.angle() - after.angle(), 360.0)
        self._angle_deg += -turn if self.canvas.view.is_mirrored else turn
        is_stepped = self.canvas.keys.has_shift
        shown = SNAP_DEG * round(self._angle_deg / SNAP_DEG) if is_stepped else self._angle_deg
        self.canvas.view.rotate_to(shown)
        self.canvas.show_view()


class PickTool(Tool):
    """Takes colours until it is let go."""

    cursor = Qt.CrossCursor

    def __init__(self, canvas: ToolCanvas, touch: Touch) -> None:
        super().__init__(canvas, touch)
        self.held = canvas.hand.color
        self._has_picked = canvas.pick(touch.position)

    def drag(self, touch: Touch) -> None:
        super().drag(touch)
        self._has_picked |= self.canvas.pick(touch.position)

    def release(self) -> None:
        if self._has_picked:
            self.canvas.end_picking()


class MoveCentre(Tool):
    """Moves the centre of the symmetry; near the drawing's middle it stays there."""

    cursor = Qt.SizeAllCursor
    _NEAR_PX = 7.0

    def __init__(self, canvas: ToolCanvas, touch: Touch, drawing: Drawing) -> None:
        super().__init__(canvas, touch)
        symmetry = canvas.hand.symmetry(drawing.width, drawing.height)
        self._middle = QPointF(drawing.width / 2, drawing.height / 2)
        self._offset = QPointF(symmetry.x, symmetry.y) - canvas.view.to_drawing(touch.position)

    def drag(self, touch: Touch) -> None:
        super().drag(touch)
        canvas = self.canvas
        centre = canvas.view.to_drawing(touch.position) + self._offset
        centre.setX(min(max(centre.x(), 0.0), 2 * self._middle.x()))
        centre.setY(min(max(centre.y(), 0.0), 2 * self._middle.y()))
        near = self._NEAR_PX / canvas.view.zoom
        if abs(centre.x() - self._middle.x()) < near:
            centre.setX(self._middle.x())
        if abs(centre.y() - self._middle.y()) < near:
            centre.setY(self._middle.y())
        canvas.hand.symmetry_centre = None if centre == self._middle else centre
        canvas.repaint_soon()


class PaintTool(Tool):
    """A stroke: its points are steadied, gathered while events come faster than repaints, and painted together.

    Raises PictureError where the drawing takes no such stroke.
    """

    is_painting = True

    def __init__(self, canvas: ToolCanvas, touch: Touch, drawing: Drawing) -> None:
        super().__init__(canvas, touch)
        hand = canvas.hand
        self._drawing = drawing
        self._stabiliser = stabiliser(hand.stabiliser, hand.stabiliser_strength, canvas.view.zoom)
        self._waiting: list[Point] = []
        self._began_ms, self._last_ms = touch.time_ms, 0.0
        drawing.begin(_head(canvas, drawing, is_eraser=touch.is_eraser))
        self._clock = QElapsedTimer()
        self._timer = QTimer()
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_rest)
        if hand.stabiliser == "average":
            self._timer.start()
        self.drag(touch)
        self.paint()

    @property
    def is_alive(self) -> bool:
        """Whether the stroke is still in hand: an undo may have taken it out."""
        return self._drawing.has_stroke_in_hand

    def drag(self, touch: Touch) -> None:
        super().drag(touch)
        self._last_ms = max(self._last_ms, float(touch.time_ms - self._began_ms))
        self._clock.restart()
        at = self.canvas.view.to_drawing(touch.position)
        tilt = self.canvas.view.direction_to_drawing(touch.tilt_x_deg, touch.tilt_y_deg)
        self._take(Point(at.x(), at.y(), touch.pressure, self._last_ms, *tilt))

    def paint(self) -> None:
        """Paint what was gathered."""
        if self._waiting and self.is_alive:
            points, self._waiting = self._waiting, []
            self.canvas.refresh(self._drawing.add_points(points))

    def release(self) -> None:
        self._timer.stop()
        self._timer.deleteLater()
        if not self.is_alive:
            return
        self._waiting += self._stabiliser.finish()
        self.paint()
        self._drawing.end()
        self.canvas.refresh(self._drawing.last_dirty)
        if self._stabiliser.pen is not None:
            self.canvas.last_end = QPointF(self._stabiliser.pen.x, self._stabiliser.pen.y)

    def withdraw(self) -> None:
        """Take the stroke back without a trace."""
        self._timer.stop()
        self._timer.deleteLater()
        if self.is_alive:
            self.canvas.refresh(self._drawing.abandon())

    def guide_rect(self) -> QRectF:
        rope = self._rope()
        return QRectF() if rope is None else guides.line_rect(rope, 0.0)

    def paint_guide(self, painter: QPainter) -> None:
        rope = self._rope()
        if rope is not None:
            guides.paint_rope(painter, rope)

    def _rope(self) -> QLineF | None:
        tip, pen = self._stabiliser.tip, self._stabiliser.pen
        if tip is None or pen is None or not self._stabiliser.length_px:
            return None
        way = self.canvas.view.transform()
        return QLineF(way.map(QPointF(tip.x, tip.y)), way.map(QPointF(pen.x, pen.y)))

    def _take(self, point: Point) -> None:
        self._waiting += self._stabiliser.follow(point)
        self.canvas.paint_soon()

    def _on_rest(self) -> None:
        pen, rested_ms = self._stabiliser.pen, self._clock.elapsed()
        if pen is not None and rested_ms >= 2 * _TICK_MS:
            self._last_ms = max(self._last_ms, pen.time_ms + _TICK_MS)
            self._take(pen._replace(time_ms=self._last_ms))


class LineTool(Tool):
    """A straight line from the press to where it is let go; a mere click joins it to the last stroke's end."""

    is_painting = True

    def __init__(self, canvas: ToolCanvas, touch: Touch, drawing: Drawing) -> None:
        super().__init__(canvas, touch)
        self._drawing = drawing
        self._is_eraser = touch.is_eraser
        self._pressure = touch.pressure
        self._tilt = canvas.view.direction_to_drawing(touch.tilt_x_deg, touch.tilt_y_deg)

    def drag(self, touch: Touch) -> None:
        super().drag(touch)
        self._pressure = max(self._pressure, touch.pressure)

    def line(self) -> QLineF:
        """The line on the widget."""
        start, canvas = self.begin_at, self.canvas
        if QLineF(start, self.at).length() < CLICK_PX and canvas.last_end is not None:
            start = canvas.view.transform().map(canvas.last_end)
        return snapped(QLineF(start, self.at)) if canvas.keys.has_ctrl else QLineF(start, self.at)

    def release(self) -> None:
        canvas, line = self.canvas, self.line()
        ends = [canvas.view.to_drawing(line.p1()), canvas.view.to_drawing(line.p2())]
        # Without times: a line has no speed.
        points = [(at.x(), at.y(), self._pressure, 0.0, *self._tilt) for at in ends]
        head = _head(canvas, self._drawing, is_eraser=self._is_eraser)
        canvas.refresh(self._drawing.apply(head.with_points(points)))
        canvas.last_end = ends[1]

    def guide_rect(self) -> QRectF:
        return guides.line_rect(self.line(), self._width_px())

    def paint_guide(self, painter: QPainter) -> None:
        guides.paint_line(painter, self.line(), self._width_px(), self.canvas.hand.color)

    def _width_px(self) -> float:
        return self.canvas.hand.grip(is_eraser=self._is_eraser).size_px * self.canvas.view.zoom


def fill(canvas: ToolCanvas, touch: Touch, drawing: Drawing) -> None:
    """Pour paint where the hand pressed. Raises PictureError where the drawing takes none."""
    at = canvas.view.to_drawing(touch.position)
    if QRectF(0, 0, drawing.width, drawing.height).contains(at):
        head = _head(canvas, drawing, is_eraser=False)
        canvas.refresh(drawing.apply(head.with_points([(at.x(), at.y(), touch.pressure)])))


def snapped(line: QLineF) -> QLineF:
    """A line with its direction in steps of 15 degrees; its end is the point of that direction nearest to the old."""
    wanted = math.radians(SNAP_DEG * round(line.angle() / SNAP_DEG))
    length = line.dx() * math.cos(wanted) - line.dy() * math.sin(wanted)
    return QLineF(line.p1(), line.p1() + QPointF(length * math.cos(wanted), -length * math.sin(wanted)))


def _head(canvas: ToolCanvas, drawing: Drawing, *, is_eraser: bool) -> Stroke:
    symmetry = canvas.hand.symmetry(drawing.width, drawing.height)
    return canvas.hand.stroke(layer=drawing.active, is_eraser=is_eraser, symmetry=symmetry)
