"""The studio: the canvas in the middle, brushes on the left, deal, layers, history and rivals on the right."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QResizeEvent
from PyQt5.QtWidgets import QAction, QHBoxLayout, QMenu, QPushButton, QSplitter, QToolButton, QVBoxLayout, QWidget

from app.desktop.app_state.actions import permit, set_keys
from app.desktop.app_state.view_models import DealtImages, RivalState
from app.desktop.canvas.canvas import ROTATE_STEP_DEG, Canvas
from app.desktop.canvas.tool_state import Hand
from app.desktop.panels.brush_panel import TOOLS, BrushPanel
from app.desktop.panels.layer_controller import LayerController
from app.desktop.panels.reference_overlay import NOT_WHEN_STRICT, Tracing
from app.desktop.panels.studio_sidebar import StudioSidebar
from app.desktop.widgets import theme
from app.desktop.widgets.controls import command_button, command_tool, frame
from app.desktop.widgets.icons import icon
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Drawing

SYMMETRIES = ("mirror", "radial")
NARROW_PX = 960
# What can be done with the whole drawing; a line between groups.
MENU = (
    ("place_picture", "open_drawing", "save_drawing"),
    ("replay", "timelapse"),
    ("rotate_left", "rotate_right", "rotate_reset"),
    ("clear",),
    ("shortcuts",),
)


class Studio(QWidget):
    """Where the player paints.

    `bar` belongs into the window's header. Signals: `drawing_changed()` after each stroke, undo, redo and change of
    the layers; `enlarge_requested(name)` with content, style, magenta or classic; `stop_requested(rival)`,
    `retry_requested(rival)`, `wishes_requested(rival)`; `told(sentence, tone)` for the message bar;
    `tracing_changed()` when the player chooses another strength or place of the tracing; `outdated(sentence)` when
    what was told is not so any more.
    """

    drawing_changed = pyqtSignal()
    enlarge_requested = pyqtSignal(str)
    stop_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)
    wishes_requested = pyqtSignal(str)
    told = pyqtSignal(str, str)
    tracing_changed = pyqtSignal()
    outdated = pyqtSignal(str)

    def __init__(self, hand: Hand, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("page")
        self.hand = hand
        self._actions = actions
        self._is_strict = False
        self._said = ""
        self.canvas = Canvas(hand)
        self.panel = BrushPanel(hand, actions)
        self.tracing = Tracing(self.canvas, actions["trace"])
        self.side = StudioSidebar(actions, self.tracing)
        self.content, self.painting, self.cards = self.side.content, self.side.painting, self.side.cards
        self.layering = LayerController(self.canvas, self.side.layers, self.side.history, actions)
        self._zoom = theme.label(role="caption")
        self._zoom.setMinimumWidth(46)
        self._zoom.setAlignment(Qt.AlignCenter)
        self._turn = QPushButton()
        self._turn.setProperty("kind", "ghost")
        self._turn.setFocusPolicy(Qt.TabFocus)
        self._turn.setFont(theme.sans(12))
        self._turn.hide()

        self._left = frame("panel")
        self._left.setFixedWidth(252)
        _fill(self._left, self.panel)
        self._splitter = QSplitter(Qt.Horizontal)
        self._splitter.setHandleWidth(5)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.canvas)
        self._splitter.addWidget(self.side)
        self._splitter.setStretchFactor(0, 1)
        self._splitter.setStretchFactor(1, 0)

        self.bar = self._make_bar()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._left)
        row.addWidget(self._splitter, 1)

        self._connect_commands()
        self._connect_parts()
        self._show_tool()
        self._has_own_widths = False
        self._splitter.splitterMoved.connect(self._on_splitter_moved)

    def _make_bar(self) -> QWidget:
        """The studio's part of the window's header."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for names in (
            ("undo", "redo"),
            ("zoom_out", None, "zoom_in", "fit", "actual_size", "mirror_view", "hide_panels"),
        ):
            for name in names:
                row.addWidget(command_tool(self._actions[name]) if name else self._zoom)
            row.addSpacing(theme.SMALL)
        row.addWidget(self._turn)
        row.addStretch(1)
        row.addWidget(self._make_menu_button())
        self._save = command_button(self._actions["save_drawing"], symbol="save", text="Save")
        row.addWidget(self._save)
        row.addSpacing(theme.TIGHT)
        row.addWidget(command_button(self._actions["compare"], kind="primary", symbol="judge"))
        return bar

    def _make_menu_button(self) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon("more"))
        button.setIconSize(QSize(20, 20))
        button.setFocusPolicy(Qt.TabFocus)
        button.setPopupMode(QToolButton.InstantPopup)
        button.setToolTip("What else can be done with the drawing")
        button.setAccessibleName("More commands")
        menu = QMenu(button)
        for names in MENU:
            menu.addActions([self._actions[name] for name in names])
            menu.addSeparator()
        button.setMenu(menu)
        return button

    def _connect_commands(self) -> None:
        act = self._actions
        for tool in TOOLS:
            act[tool].triggered.connect(lambda _checked, t=tool: self.take_tool(t))
        for kind in SYMMETRIES:
            act[f"symmetry_{kind}"].triggered.connect(lambda is_on, k=kind: self._on_symmetry(k if is_on else "none"))
        for name, handler in {
            "smaller": lambda: self.panel.step_size(-1),
            "larger": lambda: self.panel.step_size(1),
            "fainter": lambda: self.panel.step_opacity(-1),
            "stronger": lambda: self.panel.step_opacity(1),
            "swap_colours": self.panel.swap_colors,
            "plain_colours": self.panel.plain_colors,
            "zoom_in": lambda: self.canvas.zoom_by(1.25),
            "zoom_out": lambda: self.canvas.zoom_by(0.8),
            "fit": self.canvas.fit,
            "actual_size": self.canvas.show_actual_size,
            "rotate_left": lambda: self.canvas.rotate_by(-ROTATE_STEP_DEG),
            "rotate_right": lambda: self.canvas.rotate_by(ROTATE_STEP_DEG),
            "rotate_reset": self.canvas.reset_rotation,
        }.items():
            act[name].triggered.connect(lambda _checked=False, h=handler: h())
        self._turn.clicked.connect(act["rotate_reset"].trigger)
        act["mirror_view"].toggled.connect(self.canvas.set_mirrored)
        # Elsewhere Tab moves on to the next control.
        act["hide_panels"].setShortcutContext(Qt.WidgetShortcut)
        self.canvas.addAction(act["hide_panels"])
        act["hide_panels"].toggled.connect(self._on_hide_panels)

    def _connect_parts(self) -> None:
        canvas = self.canvas
        self.panel.hand_changed.connect(self._show_tool)
        canvas.color_picked.connect(self._on_color_picked)
        canvas.picking_ended.connect(self._on_picking_ended)
        canvas.view_changed.connect(self._on_view_changed)
        canvas.stroke_began.connect(self.panel.note_used)
        canvas.stroke_ended.connect(self._on_drawing_changed)
        canvas.undo_requested.connect(self.undo)
        canvas.redo_requested.connect(self.redo)
        self.layering.drawing_changed.connect(self._on_drawing_changed)
        # What stood in the way of painting or arranging has gone when something is painted or arranged.
        for over in (canvas.stroke_began, self.layering.drawing_changed, self.layering.layer_taken):
            over.connect(self._take_back)
        for speaking in (canvas, self.layering):
            speaking.told.connect(self._tell)
        self.tracing.changed.connect(self.tracing_changed)
        self.side.tab_changed.connect(self._on_tab_changed)
        for name, reference in (("content", self.content), ("style", self.painting)):
            reference.view.clicked.connect(lambda n=name: self.enlarge_requested.emit(n))
            reference.view.color_picked.connect(self._on_color_picked)
            reference.view.picking_ended.connect(self._on_picking_ended)
        for card in self.cards.values():
            card.enlarge_requested.connect(self.enlarge_requested)
            card.stop_requested.connect(self.stop_requested)
            card.retry_requested.connect(self.retry_requested)
            card.wishes_requested.connect(self.wishes_requested)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # The menu has it too.
        self._save.setVisible(self.width() >= NARROW_PX)
        if not self._has_own_widths:
            side_px = min(max(self.width() * 21 // 100, 230), 320)
            self._splitter.setSizes([self.width() - self._left.width() - side_px, side_px])

    def _on_splitter_moved(self) -> None:
        self._has_own_widths = True

    # What is shown

    def set_keys(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Listen to other shortcuts and held keys, by the names in the settings; see `actions.set_keys`."""
        set_keys(self._actions, keys)
        self.canvas.set_keys(keys)
        self.refresh_commands()

    def set_brushes(self, brushes: Mapping[str, Brush]) -> None:
        """Put brushes on the shelf, in place of those before."""
        self.panel.set_brushes(brushes)
        self._use_brushes()

    def set_kit(self, kit: Sequence[Brush]) -> None:
        """Put the brushes that were made for the dealt painting before all others, in place of those before."""
        self.panel.set_kit(kit)
        self._use_brushes()

    def _use_brushes(self) -> None:
        drawing = self.drawing()
        if drawing is not None:
            drawing.use_brushes(self.panel.brushes())

    def show_deal(self, dealt: DealtImages) -> None:
        """Put the deal beside the canvas, and the painting's colours on the palette."""
        self.content.show_picture(dealt.content, dealt.deal.content.title)
        self.painting.show_picture(dealt.style, dealt.deal.style.title)
        self.panel.painting_colours.set_colors(dealt.colours)
        self.tracing.set_image(dealt.content)

    def set_strict(self, is_strict: bool) -> None:
        """In a strict duel nothing is traced, and no pictures are placed."""
        self._is_strict = is_strict
        self.tracing.set_strict(is_strict)
        self.refresh_commands()

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Open another drawing, with the brush in hand: its first touch shall leave paint."""
        self.take_tool("brush")
        self.canvas.set_drawing(drawing)
        self._take_back()
        self._use_brushes()
        self.panel.recall(drawing.strokes if drawing is not None else ())
        self.tracing.show_on_canvas()
        self.layering.begin()
        self.refresh_commands()

    def drawing(self) -> Drawing | None:
        """The drawing that is open."""
        return self.canvas.drawing()

    def show_rival(self, state: RivalState) -> None:
        """Show what a rival is doing."""
        self.cards[state.name].show_state(state)

    def refresh_commands(self) -> None:
        """Enable the commands that make sense now. Called when this page is shown."""
        self.layering.refresh()
        self.tracing.refresh()
        drawing = self.drawing()
        place = self._actions["place_picture"]
        permit(place, NOT_WHEN_STRICT if self._is_strict else "")
        if drawing is None:
            place.setEnabled(False)
        for name in ("replay", "timelapse"):
            self._actions[name].setEnabled(drawing is not None and drawing.position > 0)

    # What the player does

    def take_tool(self, tool: str) -> None:
        """Take "brush", "eraser", "smudge", "fill" or "eyedropper" in hand."""
        self.hand.tool = tool
        self._show_tool()

    def undo(self) -> None:
        """Take the last step back."""
        self.layering.undo()

    def redo(self) -> None:
        """Bring a step back."""
        self.layering.redo()

    def _tell(self, sentence: str, tone: str) -> None:
        self._said = sentence
        self.told.emit(sentence, tone)

    def _take_back(self) -> None:
        said, self._said = self._said, ""
        if said:
            self.outdated.emit(said)

    def _on_symmetry(self, kind: str) -> None:
        self.hand.symmetry_kind = kind  # type: ignore[assignment]
        self._show_tool()
        self.panel.hand_changed.emit()

    def _on_drawing_changed(self) -> None:
        self.refresh_commands()
        self.drawing_changed.emit()

    def _on_tab_changed(self, _name: str) -> None:
        self.layering.refresh()

    def _show_tool(self) -> None:
        for tool in TOOLS:
            self._actions[tool].setChecked(self.hand.tool == tool)
        for kind in SYMMETRIES:
            self._actions[f"symmetry_{kind}"].setChecked(self.hand.symmetry_kind == kind)
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
        angle = round(self.canvas.view.angle_deg)
        self._turn.setText(f"{(angle + 180) % 360 - 180}°")
        self._turn.setToolTip(self._actions["rotate_reset"].toolTip())
        self._turn.setVisible(angle % 360 != 0)

    def _on_hide_panels(self, is_hidden: bool) -> None:
        self._left.setVisible(not is_hidden)
        self.side.setVisible(not is_hidden)
        self.canvas.setFocus()


def _fill(box: QWidget, inside: QWidget) -> None:
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inside)
