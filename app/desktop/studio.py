"""The studio: the canvas in the middle, brushes on the left, the deal and the rivals on the right.

Only `window.py` calls this.
"""

from collections.abc import Mapping

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QImage, QShowEvent
from PyQt5.QtWidgets import QAction, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.desktop import theme
from app.desktop.brush_panel import BrushPanel
from app.desktop.canvas import Canvas
from app.desktop.controls import command_button, command_tool, frame
from app.desktop.hand import Hand
from app.desktop.host import DealtImages, RivalState
from app.desktop.picture_view import PictureView
from app.desktop.rival_card import RivalCard
from app.game.duel import RIVALS
from app.painting.brush import Brush
from app.painting.drawing import Drawing

TOOLS = ("brush", "eraser", "eyedropper")


class Studio(QWidget):
    """Where the player paints.

    `bar` belongs into the window's header. Signals: `drawing_changed()` after each stroke, undo, redo and clear;
    `enlarge_requested(name)` with content, style, magenta or classic; `stop_requested(rival)`,
    `retry_requested(rival)`.
    """

    drawing_changed = pyqtSignal()
    enlarge_requested = pyqtSignal(str)
    stop_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)

    def __init__(self, hand: Hand, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.hand = hand
        self._actions = actions
        self.canvas = Canvas(hand)
        self.panel = BrushPanel(hand, actions)
        self.content = _Reference("The photograph")
        self.painting = _Reference("The painting")
        self.cards = {name: RivalCard(name) for name in RIVALS}
        self._zoom = theme.label(role="caption")
        self._zoom.setMinimumWidth(46)
        self._zoom.setAlignment(Qt.AlignCenter)

        self._left = frame("panel")
        self._left.setFixedWidth(252)
        _fill(self._left, self.panel)
        self._right = self._make_right()
        self._splitter = QSplitter(Qt.Horizontal)
        self._splitter.setHandleWidth(5)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.canvas)
        self._splitter.addWidget(self._right)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)

        self.bar = self._make_bar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addWidget(self._splitter, 1)

        self._connect()
        self._show_tool()
        self._is_laid_out = False

    def _make_bar(self) -> QWidget:
        """The studio's part of the window's header."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.TIGHT)
        for names in (
            ("undo", "redo", "clear"),
            ("zoom_out", None, "zoom_in", "fit", "actual_size", "mirror_view", "hide_panels"),
        ):
            for name in names:
                row.addWidget(command_tool(self._actions[name]) if name else self._zoom)
            row.addSpacing(theme.GAP)
        row.addStretch(1)
        row.addWidget(command_button(self._actions["save_drawing"], kind="ghost", symbol="save", text="Save"))
        row.addWidget(command_button(self._actions["compare"], kind="primary", symbol="judge"))
        return bar

    def _make_right(self) -> QWidget:
        right = frame("panel")
        right.setMinimumWidth(220)
        references = QSplitter(Qt.Vertical)
        references.setHandleWidth(5)
        references.setChildrenCollapsible(False)
        references.addWidget(self.content)
        references.addWidget(self.painting)
        column = QVBoxLayout(right)
        column.setContentsMargins(10, 12, 10, 12)
        column.setSpacing(theme.SMALL)
        column.addWidget(references, 1)
        column.addSpacing(theme.TIGHT)
        column.addWidget(theme.label("The rivals", "overline"))
        for card in self.cards.values():
            column.addWidget(card)
        return right

    def _connect(self) -> None:
        act = self._actions
        for tool in TOOLS:
            act[tool].triggered.connect(lambda _checked, t=tool: self.take_tool(t))
        act["undo"].triggered.connect(self.undo)
        act["redo"].triggered.connect(self.redo)
        act["clear"].triggered.connect(self.clear)
        act["smaller"].triggered.connect(lambda: self.panel.step_size(-1))
        act["larger"].triggered.connect(lambda: self.panel.step_size(1))
        act["fainter"].triggered.connect(lambda: self.panel.step_opacity(-1))
        act["stronger"].triggered.connect(lambda: self.panel.step_opacity(1))
        act["swap_colours"].triggered.connect(self.panel.swap_colors)
        act["plain_colours"].triggered.connect(self.panel.plain_colors)
        act["zoom_in"].triggered.connect(lambda: self.canvas.zoom_by(1.25))
        act["zoom_out"].triggered.connect(lambda: self.canvas.zoom_by(0.8))
        act["fit"].triggered.connect(self.canvas.fit)
        act["actual_size"].triggered.connect(self.canvas.show_actual_size)
        act["mirror_view"].toggled.connect(self.canvas.set_mirrored)
        # Elsewhere Tab moves on to the next control.
        act["hide_panels"].setShortcutContext(Qt.WidgetShortcut)
        self.canvas.addAction(act["hide_panels"])
        act["hide_panels"].toggled.connect(self._on_hide_panels)
        self.panel.hand_changed.connect(self._show_tool)
        self.canvas.color_picked.connect(self._on_color_picked)
        self.canvas.picking_ended.connect(self._on_picking_ended)
        self.canvas.view_changed.connect(self._on_view_changed)
        self.canvas.stroke_began.connect(self.panel.note_used)
        self.canvas.stroke_ended.connect(self._on_drawing_changed)
        for name, reference in (("content", self.content), ("style", self.painting)):
            reference.view.clicked.connect(lambda n=name: self.enlarge_requested.emit(n))
            reference.view.color_picked.connect(self._on_color_picked)
            reference.view.picking_ended.connect(self._on_picking_ended)
        for card in self.cards.values():
            card.enlarge_requested.connect(self.enlarge_requested)
            card.stop_requested.connect(self.stop_requested)
            card.retry_requested.connect(self.retry_requested)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._is_laid_out:
            self._is_laid_out = True
            side_px = min(max(self.width() * 21 // 100, 230), 320)
            self._splitter.setSizes([self.width() - self._left.width() - side_px, side_px])

    # What is shown

    def set_brushes(self, brushes: Mapping[str, Brush]) -> None:
        """Put brushes on the shelf."""
        self.panel.set_brushes(brushes)

    def show_deal(self, dealt: DealtImages) -> None:
        """Put the deal beside the canvas, and the painting's colours on the palette."""
        self.content.show_picture(dealt.content, dealt.deal.content.title)
        self.painting.show_picture(dealt.style, dealt.deal.style.title)
        self.panel.painting_colours.set_colors(
            [each if isinstance(each, tuple) else (each, 1.0) for each in dealt.colours]
        )

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Put another drawing on the easel, and the brush in hand: its first touch shall leave paint."""
        self.take_tool("brush")
        self.canvas.set_drawing(drawing)
        self.refresh_commands()

    def drawing(self) -> Drawing | None:
        """The drawing on the easel."""
        return self.canvas.drawing()

    def show_rival(self, state: RivalState) -> None:
        """Show what a rival is doing."""
        self.cards[state.name].show_state(state)

    def refresh_commands(self) -> None:
        """Enable the commands that make sense now. Called when this page is shown."""
        drawing = self.drawing()
        self._actions["undo"].setEnabled(drawing is not None and drawing.can_undo)
        self._actions["redo"].setEnabled(drawing is not None and drawing.can_redo)
        self._actions["clear"].setEnabled(drawing is not None and not drawing.is_blank)

    # What the player does

    def take_tool(self, tool: str) -> None:
        """Take "brush", "eraser" or "eyedropper" in hand."""
        self.hand.tool = tool
        self._show_tool()

    def undo(self) -> None:
        """Take the last stroke back."""
        self._go(-1)

    def redo(self) -> None:
        """Bring a stroke back."""
        self._go(1)

    def _go(self, way: int) -> None:
        self.canvas.finish_stroke()
        drawing = self.drawing()
        if drawing is None or not (drawing.can_undo if way < 0 else drawing.can_redo):
            return
        self.canvas.refresh(drawing.undo() if way < 0 else drawing.redo())
        self._on_drawing_changed()

    def clear(self) -> None:
        """Empty the canvas; undo brings everything back."""
        self.canvas.finish_stroke()
        drawing = self.drawing()
        if drawing is not None:
            drawing.clear()
            self.canvas.refresh()
            self._on_drawing_changed()

    def _on_drawing_changed(self) -> None:
        self.refresh_commands()
        self.drawing_changed.emit()

    def _show_tool(self) -> None:
        for tool in TOOLS:
            self._actions[tool].setChecked(self.hand.tool == tool)
        is_picking = self.hand.tool == "eyedropper"
        for reference in (self.content, self.painting):
            reference.set_picking(is_picking)
        self.panel.show_hand()
        self.canvas.tool_changed()

    def _on_color_picked(self, color: QColor) -> None:
        self.panel.set_color(color)

    def _on_picking_ended(self) -> None:
        # Whoever takes a colour wants to paint with it. Alt and the right button leave the tool as it is.
        if self.hand.tool == "eyedropper":
            self.take_tool("brush")

    def _on_view_changed(self) -> None:
        self._zoom.setText(f"{100 * self.canvas.view.zoom * self.devicePixelRatioF():.0f} %")

    def _on_hide_panels(self, is_hidden: bool) -> None:
        self._left.setVisible(not is_hidden)
        self._right.setVisible(not is_hidden)
        self.canvas.setFocus()


class _Reference(QWidget):
    """One side of the deal beside the canvas."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.view = PictureView(margin_px=6)
        self.view.setAccessibleName(caption)
        self._caption: QLabel = theme.label(role="caption")
        self._caption.setAlignment(Qt.AlignCenter)
        self._caption.setWordWrap(True)
        self.setMinimumSize(QSize(120, 90))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self._caption)
        self.set_picking(False)

    def show_picture(self, image: QImage, title: str) -> None:
        self.view.set_image(image)
        self._caption.setText(title)

    def set_picking(self, is_picking: bool) -> None:
        self.view.is_picking = is_picking
        self.view.setCursor(Qt.CrossCursor if is_picking else Qt.PointingHandCursor)
        self.view.setToolTip("Click to take this colour" if is_picking else "Click to enlarge")


def _fill(box: QWidget, inside: QWidget) -> None:
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inside)
