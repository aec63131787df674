"""The drawing with the hand over it: the cursor, and what helps the hand.

What is painted is in `guides.py` and `cursors.py`; here is when, and that only what moved is painted anew.
"""

from PyQt5.QtCore import QLineF, QPointF, QRect, Qt
from PyQt5.QtGui import QPainter

from app.desktop.canvas import cursors, guides
from app.desktop.canvas.drawing_view import DrawingView
from app.desktop.canvas.held_keys import HeldKeys
from app.desktop.canvas.tool_state import Hand
from app.desktop.canvas.tools import MoveCentre, PickTool, Tool

_STROKE_TOOLS = ("brush", "eraser", "smudge")


class CursorView(DrawingView):
    """Shows what the hand holds, where it is and what it is doing.

    `keys` are those held now, `last_end` is where the last stroke ended, in drawing px.
    """

    def __init__(self, hand: Hand) -> None:
        super().__init__()
        self.hand = hand
        self.keys = HeldKeys()
        self.last_end: QPointF | None = None
        self._gesture: Tool | None = None
        self._is_turned_over = False
        self._overlays: list[QRect] = []

    def tool_changed(self) -> None:
        """Tell that the hand holds something else, or something of another size."""
        self._show_cursor()
        self.update()

    def paint_over(self, painter: QPainter) -> None:
        if self._drawing is None:
            return
        symmetry = self.hand.symmetry(self._drawing.width, self._drawing.height)
        if symmetry.kind != "none":
            guides.paint_symmetry(painter, symmetry, self.view, is_held=isinstance(self._gesture, MoveCentre))
        if self._gesture is not None:
            self._gesture.paint_guide(painter)
        line = self._joining_line()
        if line is not None:
            guides.paint_line(painter, line, self._diameter_px(), self.hand.color)
        if self.cursor_at is None:
            return
        if self._has_loupe():
            found = self.color_at(self.cursor_at)
            held = self._gesture.held if isinstance(self._gesture, PickTool) else self.hand.color
            if found is not None:
                cursors.paint_loupe(painter, self.cursor_at, found=found, held=held)
        elif self._has_ring():
            cursors.paint_ring(painter, cursors.ring_rect(self.cursor_at, self._diameter_px()))

    def _overlay_rects(self) -> list[QRect]:
        rects = []
        if self._gesture is not None:
            rects.append(self._gesture.guide_rect())
        line = self._joining_line()
        if line is not None:
            rects.append(guides.line_rect(line, self._diameter_px()))
        if self.cursor_at is not None and self._has_loupe():
            rects.append(cursors.loupe_rect(self.cursor_at))
        elif self.cursor_at is not None and self._has_ring():
            rects.append(cursors.ring_rect(self.cursor_at, self._diameter_px()))
        return [rect.adjusted(-3, -3, 3, 3).toAlignedRect() for rect in rects if not rect.isEmpty()]

    def _update_overlays(self) -> None:
        before, self._overlays = self._overlays, self._overlay_rects()
        for rect in (*before, *self._overlays):
            self.update(rect)

    def _move_cursor(self, at: QPointF | None, *, is_turned_over: bool = False) -> None:
        self.cursor_at, self._is_turned_over = at, is_turned_over
        self._show_cursor()

    def _diameter_px(self) -> float:
        return self.hand.grip(is_eraser=self._is_turned_over).size_px * self.view.zoom

    def _has_ring(self) -> bool:
        is_free = not self.keys and (self._gesture is None or self._gesture.is_painting)
        return is_free and self.hand.tool in _STROKE_TOOLS and self._diameter_px() >= cursors.LEAST_RING_PX

    def _has_loupe(self) -> bool:
        if self._gesture is not None:
            return isinstance(self._gesture, PickTool)
        return self.keys.has_pick or (self.hand.tool == "eyedropper" and not self.keys)

    def _joining_line(self) -> QLineF | None:
        """The line that a click would draw from the last stroke's end, with Shift held."""
        is_shown = self._gesture is None and self.keys.has_shift and self._has_ring()
        if not is_shown or self.last_end is None or self.cursor_at is None:
            return None
        return QLineF(self.view.transform().map(self.last_end), self.cursor_at)

    def _show_cursor(self) -> None:
        self._update_overlays()
        if self._gesture is not None and self._gesture.cursor is not None:
            self.setCursor(self._gesture.cursor)
        elif self.keys.has_pan:
            self.setCursor(Qt.SizeVerCursor if self.keys.has_ctrl else Qt.OpenHandCursor)
        elif self.keys.has_rotate:
            self.setCursor(Qt.OpenHandCursor)
        elif self._is_on_handle(self.cursor_at):
            self.setCursor(Qt.SizeAllCursor)
        elif self.keys.has_pick or self.hand.tool == "eyedropper":
            self.setCursor(cursors.tool_cursor("eyedropper", self.devicePixelRatioF()))
        elif self.hand.tool == "fill":
            self.setCursor(cursors.tool_cursor("fill", self.devicePixelRatioF()))
        elif self._has_ring():
            self.setCursor(Qt.BlankCursor)
        else:
            self.setCursor(Qt.CrossCursor)

    def _is_on_handle(self, at: QPointF | None) -> bool:
        if self._drawing is None or at is None or self.hand.symmetry_kind == "none":
            return False
        symmetry = self.hand.symmetry(self._drawing.width, self._drawing.height)
        handle = guides.handle(symmetry, self.view)
        return handle is not None and QLineF(handle, at).length() <= guides.HANDLE_RADIUS_PX + 2
