"""The canvas: a drawing, and the gestures that pen, mouse, fingers and keys make on it.

How the drawing is shown is in `drawing_view.py`, and the hand over it in `hand_view.py`; what a press does until it is
let go in `gestures.py`.
"""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QCoreApplication, QEvent, QPointF, QRectF, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QTabletEvent,
    QTouchEvent,
    QWheelEvent,
)

from app.desktop.canvas.cursor_view import CursorView
from app.desktop.canvas.input_samples import PenOrMouse, PenWatch, SpeedPressure, Touch, mouse_touch, pen_touch
from app.desktop.canvas.tool_state import Hand
from app.desktop.canvas.tools import LineTool, MoveCentre, PaintTool, PanTool, PickTool, Tool, TurnTool, ZoomDrag, fill
from app.desktop.canvas.touch_gestures import TouchGestures
from app.errors import PasticheError
from app.painting.document.drawing import Drawing

WHEEL_STEP = 1.15
ROTATE_STEP_DEG = 15.0
_PAINT_SOON = QEvent.Type(QEvent.registerEventType())
_TOUCHES = (QEvent.TouchBegin, QEvent.TouchUpdate, QEvent.TouchEnd, QEvent.TouchCancel)


class Canvas(CursorView):
    """Shows and takes strokes.

    Signals: `stroke_began()`, `stroke_ended()`; `hand_lowered()`, `hand_lifted()` around everything that paints;
    `color_picked(QColor)` from the eyedropper, and `picking_ended()` when it is lifted after that;
    `told(str, str)`: a sentence for the painter, and its tone; `undo_requested()`, `redo_requested()` by taps.
    """

    stroke_began = pyqtSignal()
    stroke_ended = pyqtSignal()
    hand_lowered = pyqtSignal()
    hand_lifted = pyqtSignal()
    color_picked = pyqtSignal(QColor)
    picking_ended = pyqtSignal()
    told = pyqtSignal(str, str)
    undo_requested = pyqtSignal()
    redo_requested = pyqtSignal()

    def __init__(self, hand: Hand) -> None:
        super().__init__(hand)
        self._gesture_button: Qt.MouseButton = Qt.NoButton
        self._is_paint_due = False
        self._pen_or_mouse = PenOrMouse()
        self._speed = SpeedPressure()
        self._pen_watch = PenWatch(self)
        self._pen_watch.left.connect(self._on_pen_left)
        self._fingers = TouchGestures(self)
        self._fingers.pressed.connect(self._on_finger_pressed)
        self._fingers.moved.connect(self._on_finger_moved)
        self._fingers.lifted.connect(self._end_gesture)
        self._fingers.withdrawn.connect(self._withdraw)
        self._fingers.pinched.connect(self._on_pinched)
        self._fingers.tapped.connect(self._on_tapped)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.StrongFocus)
        self.setAttribute(Qt.WA_AcceptTouchEvents)
        self.setAccessibleName("Canvas")

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing, the whole of it. A stroke in hand ends on the one before."""
        self._end_gesture()
        self.last_end = None
        centre = self.hand.symmetry_centre
        if drawing is not None and centre is not None and not QRectF(drawing.surface.rect).contains(centre):
            self.hand.symmetry_centre = None
        super().set_drawing(drawing)

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Listen to other held keys: `keys` names some of "hold_pan", "hold_pick" and "hold_rotate"."""
        self.keys.listen_to(keys)
        self._show_cursor()

    @property
    def is_stroking(self) -> bool:
        """Whether a stroke is in hand."""
        return self._gesture is not None and self._gesture.is_painting

    # Gestures

    def _begin_gesture(self, touch: Touch, button: Qt.MouseButton) -> None:
        """Begin what a press of a button (the pen's tip and a finger are the left one) means now."""
        drawing = self._drawing
        if self._gesture is not None or drawing is None:
            return
        self._gesture_button = button
        try:
            self._gesture = self._meant(touch, button, drawing)
        except PasticheError as error:
            self.told.emit(str(error), "bad")
        self._show_cursor()
        if self.is_stroking:
            self.hand_lowered.emit()
        if isinstance(self._gesture, PaintTool):
            self.stroke_began.emit()

    def _meant(self, touch: Touch, button: Qt.MouseButton, drawing: Drawing) -> Tool | None:
        if button == Qt.MiddleButton:
            return PanTool(self, touch)
        if button == Qt.RightButton:
            return PickTool(self, touch)
        if button != Qt.LeftButton:
            return None
        if self.keys.has_pan:
            return (ZoomDrag if self.keys.has_ctrl else PanTool)(self, touch)
        if self.keys.has_rotate:
            return TurnTool(self, touch)
        if self.keys.has_pick or self.hand.tool == "eyedropper":
            return PickTool(self, touch)
        if self._is_on_handle(touch.position):
            return MoveCentre(self, touch, drawing)
        if self.hand.tool == "fill" and not touch.is_eraser:
            fill(self, touch, drawing)
            self.stroke_began.emit()
            self.stroke_ended.emit()
            return None
        if not self.hand.grip(is_eraser=touch.is_eraser).brush:
            self.told.emit("There is no brush in hand yet: choose one.", "info")
            return None
        if self.keys.has_shift:
            return LineTool(self, touch, drawing)
        return PaintTool(self, touch, drawing)

    def _drag_gesture(self, touch: Touch) -> None:
        if isinstance(self._gesture, PaintTool) and not self._gesture.is_alive:
            self._end_gesture()
        if self._gesture is not None:
            self._gesture.drag(touch)
            self._update_overlays()

    def _end_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return
        try:
            if isinstance(gesture, LineTool):
                self.stroke_began.emit()
            gesture.release()
        except PasticheError as error:
            self.told.emit(str(error), "bad")
        self._show_cursor()
        if gesture.is_painting:
            self.stroke_ended.emit()
            self.hand_lifted.emit()

    def finish_stroke(self) -> None:
        """End the stroke in hand, if there is one."""
        if self.is_stroking:
            self._end_gesture()

    def paint_soon(self) -> None:
        """Paint what a stroke has gathered when all the events that have come by now are heard."""
        if not self._is_paint_due:
            self._is_paint_due = True
            QCoreApplication.postEvent(self, QEvent(_PAINT_SOON))

    def end_picking(self) -> None:
        """Go back to the tool before, since a colour was picked."""
        self.picking_ended.emit()

    def repaint_soon(self) -> None:
        """Have the whole widget painted again, for what a tool shows on it."""
        self.update()

    def pick(self, at: QPointF) -> bool:
        """Take the drawing's colour under a point of the widget; whether there is one."""
        color = self.color_at(at)
        if color is not None:
            self.color_picked.emit(color)
        return color is not None

    # Pen

    def tabletEvent(self, event: QTabletEvent) -> None:
        self._pen_watch.begin()
        self._pen_or_mouse.note_pen(event)
        self._fingers.ignore()
        self.keys.note_modifiers(event)
        touch = pen_touch(event)
        self._move_cursor(touch.position, is_turned_over=touch.is_eraser)
        if event.type() == QEvent.TabletPress:
            self._pen_or_mouse.is_pen_down = True
            self.setFocus(Qt.MouseFocusReason)
            self._begin_gesture(touch, event.button())
        elif event.type() == QEvent.TabletMove:
            self._drag_gesture(touch)
        elif event.type() == QEvent.TabletRelease:
            self._pen_or_mouse.is_pen_down = event.buttons() != Qt.NoButton and event.buttons() != event.button()
            # The button at the barrel may go up while the tip is down.
            if event.button() in (self._gesture_button, Qt.NoButton) or not self._pen_or_mouse.is_pen_down:
                self._end_gesture()
        # Accepted, or Qt would send the same movement again as a mouse's.
        event.accept()

    def _on_pen_left(self) -> None:
        if self._pen_or_mouse.is_pen_down:
            self._end_gesture()
        self._pen_or_mouse.note_pen_left()
        self._move_cursor(None)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._pen_or_mouse.is_mouse(event):
            self.keys.note_modifiers(event)
            self._move_cursor(event.localPos())
            self._begin_gesture(self._with_pressure(mouse_touch(event), is_first=True), event.button())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._pen_or_mouse.is_mouse(event):
            return
        self.keys.note_modifiers(event)
        self._move_cursor(event.localPos())
        if self._gesture is not None and not event.buttons() & self._gesture_button:
            # The release went to another window.
            self._end_gesture()
        self._drag_gesture(self._with_pressure(mouse_touch(event), is_first=False))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pen_or_mouse.is_mouse(event) and event.button() == self._gesture_button:
            self.keys.note_modifiers(event)
            self._drag_gesture(self._with_pressure(mouse_touch(event), is_first=False))
            self._end_gesture()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._pen_or_mouse.is_mouse(event) and self._is_on_handle(event.localPos()):
            self.hand.symmetry_centre = None
            self.update()
        else:
            self.mousePressEvent(event)

    def _with_pressure(self, touch: Touch, *, is_first: bool) -> Touch:
        if not self.hand.has_speed_pressure:
            return touch
        pressure = self._speed.begin(touch) if is_first else self._speed.follow(touch)
        return Touch(touch.position, pressure, touch.time_ms)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.accept()
        if event.angleDelta().y() != 0 and not self.is_stroking:
            self.zoom_by(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())

    def leaveEvent(self, _event: object) -> None:
        self._move_cursor(None)

    # Fingers

    def event(self, event: QEvent) -> bool:
        if event.type() == _PAINT_SOON:
            self._is_paint_due = False
            if isinstance(self._gesture, PaintTool):
                self._gesture.paint()
            return True
        if event.type() in _TOUCHES and isinstance(event, QTouchEvent):
            self._pen_or_mouse.note_fingers(int(event.timestamp()))
            if self._pen_or_mouse.is_pen_near:
                self._fingers.ignore()
            self._fingers.handle(event)
            event.accept()
            return True
        if event.type() == QEvent.ShortcutOverride and isinstance(event, QKeyEvent) and self.keys.name_of(event):
            event.accept()
            return True
        return super().event(event)

    def _on_finger_pressed(self, touch: Touch) -> None:
        self.setFocus(Qt.MouseFocusReason)
        paints = self.hand.finger_paints and not self._pen_or_mouse.has_seen_pen
        self._begin_gesture(self._with_pressure(touch, is_first=True), Qt.LeftButton if paints else Qt.MiddleButton)

    def _on_finger_moved(self, touch: Touch) -> None:
        self._drag_gesture(self._with_pressure(touch, is_first=False))

    def _withdraw(self) -> None:
        if isinstance(self._gesture, PaintTool):
            gesture, self._gesture = self._gesture, None
            gesture.withdraw()
            self.stroke_ended.emit()
            self.hand_lifted.emit()
        else:
            self._end_gesture()

    def _on_pinched(self, before: QPointF, after: QPointF, factor: float, turn_deg: float) -> None:
        self.view.pan(after - before)
        self.view.rotate_by(turn_deg, after)
        self.zoom_by(factor, after)

    def _on_tapped(self, fingers: int, touch: Touch) -> None:
        if fingers == 1:
            self._on_finger_pressed(touch)
            self._end_gesture()
        elif fingers == 2:
            self.undo_requested.emit()
        elif fingers == 3:
            self.redo_requested.emit()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._note_key(event, is_down=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self._note_key(event, is_down=False)

    def _note_key(self, event: QKeyEvent, *, is_down: bool) -> None:
        if self.keys.note(event, is_down=is_down):
            self._show_cursor()
        else:
            event.ignore()

    def focusOutEvent(self, _event: object) -> None:
        # A key let go in another window is never heard of here.
        self.keys.let_go()
        QTimer.singleShot(0, self._show_cursor)

    def hideEvent(self, event: QHideEvent) -> None:
        self._end_gesture()
        super().hideEvent(event)
