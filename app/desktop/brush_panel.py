"""The left of the studio: tools, colours, size, opacity, the tool's options and the brushes. Only `studio.py` calls."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt5.QtWidgets import QAction, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from app import places
from app.desktop import theme
from app.desktop.brush_shelf import BrushShelf
from app.desktop.colour_picker import ColourWheel, PaintingColours, Swatches
from app.desktop.controls import CaptionedSlider, command_tool
from app.desktop.hand import Hand
from app.desktop.options import ToolOptions
from app.painting.brush import Brush

TOOLS = ("brush", "eraser", "smudge", "fill", "eyedropper")
LEAST_SIZE_PX, MOST_SIZE_PX = 1.0, 256.0
TOOL_PX = 36
LOW_PX = 560
RECENT_COLOURS = 6
COLOUR_RESTS_MS = 250
# Until six colours have been used, the greys from black to white stand in.
FIRST_COLOURS = ("#16161a", "#45423f", "#77726c", "#a8a29a", "#d6d0c7", "#ffffff")


class BrushPanel(QWidget):
    """Changes the hand. `hand_changed()` whenever it holds something else."""

    hand_changed = pyqtSignal()

    def __init__(self, hand: Hand, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._hand = hand
        self._ours: Mapping[str, Brush] = {}
        self._kit: dict[str, Brush] = {}
        self._recent = [QColor(name) for name in FIRST_COLOURS]
        self._remembered: dict[str, tuple[float, float]] = {}
        self.second_color = QColor(Qt.white)

        self.wheel = ColourWheel()
        self.wheel.color_changed.connect(self.set_color)
        self._pair = _ColourPair(hand, self)
        self._pair.clicked.connect(self.swap_colors)
        self._pair.setToolTip(actions["swap_colours"].toolTip())
        self.painting_colours = PaintingColours("Colours of the painting")
        self.painting_colours.color_chosen.connect(self.set_color)
        self.recent_swatches = Swatches("Latest colours")
        self.recent_swatches.color_chosen.connect(self.set_color)
        self.recent_swatches.set_colors(self._recent)

        self.size_slider = CaptionedSlider(
            "Size",
            lowest=LEAST_SIZE_PX,
            highest=MOST_SIZE_PX,
            shown=lambda px: f"{px:.0f} px",
            curve=2.0,
            is_inline=True,
        )
        self.size_slider.value_changed.connect(self._on_size)
        self.opacity_slider = CaptionedSlider(
            "Opacity", lowest=0.0, highest=1.0, shown=lambda share: f"{100 * share:.0f} %", is_inline=True
        )
        self.opacity_slider.value_changed.connect(self._on_opacity)
        self.options = ToolOptions(hand, actions)
        self.options.changed.connect(self._tell)
        self.shelf = BrushShelf()
        self.shelf.taken.connect(self.take)
        self._actions = actions
        for name in ("smaller", "larger", "fainter", "stronger"):
            actions[name].changed.connect(self._explain_sliders)
        self._explain_sliders()
        self._lay_out(actions)

        self._colour_timer = QTimer(self)
        self._colour_timer.setSingleShot(True)
        self._colour_timer.timeout.connect(lambda: self.shelf.set_color(self._hand.color))
        self.shelf.set_color(hand.color)
        self.show_hand()

    def _lay_out(self, actions: Mapping[str, QAction]) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for name in TOOLS:
            tool = command_tool(actions[name])
            tool.setFixedSize(QSize(TOOL_PX, TOOL_PX))
            tools.addWidget(tool)
        tools.addStretch(1)
        tools.addWidget(self._pair)
        brushes = QHBoxLayout()
        brushes.addWidget(theme.label("Brushes", "overline"))
        brushes.addStretch(1)
        editor = command_tool(actions["brush_editor"], side_px=16)
        editor.setFixedSize(QSize(28, 26))
        brushes.addWidget(editor)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 8, 12)
        column.setSpacing(theme.SMALL)
        column.addLayout(tools)
        column.addWidget(self.wheel)
        column.addWidget(theme.label("From the painting", "overline"))
        column.addWidget(self.painting_colours)
        column.addWidget(self.recent_swatches)
        column.addSpacing(2)
        column.addWidget(self.size_slider)
        column.addWidget(self.opacity_slider)
        column.addWidget(self.options)
        column.addLayout(brushes)
        column.addWidget(self.shelf, 1)

    def _explain_sliders(self) -> None:
        keys = {
            name: self._actions[name].shortcut().toString() for name in ("smaller", "larger", "fainter", "stronger")
        }
        for slider, sentence, names in (
            (self.size_slider, "The brush's width in pixels of the drawing", ("smaller", "larger")),
            (self.opacity_slider, "How much a stroke covers what lies beneath", ("fainter", "stronger")),
        ):
            shown = " and ".join(f"[ {keys[name]} ]" for name in names if keys[name])
            slider.setToolTip(f"{sentence}   {shown}".rstrip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low window the brushes need the room more than the wheel does.
        is_low = self.height() < LOW_PX
        self.wheel.setFixedHeight(76 if is_low else min(max(self.height() // 5, 112), 168))
        self.recent_swatches.setVisible(not is_low)

    # What is on the shelf

    def set_brushes(self, brushes: Mapping[str, Brush]) -> None:
        """Put these brushes on the shelf, in place of those before, and one of them in hand."""
        self._ours = brushes
        self._show_brushes()

    def set_kit(self, kit: Sequence[Brush]) -> None:
        """Put the brushes that were made for the painting before the others, in place of those before."""
        self._kit = {brush.name: brush for brush in kit}
        self._show_brushes()

    def brushes(self) -> Mapping[str, Brush]:
        """The brushes on the shelf, those made for the painting first."""
        return {**self._kit, **self._ours}

    def _show_brushes(self) -> None:
        brushes, hand = self.brushes(), self._hand
        own = [name for name in self._ours if (places.own_brushes() / f"{name}.json").is_file()]
        self.shelf.set_brushes(brushes, self._kit, own)
        if hand.brush not in brushes and self._ours:
            self.take(next(iter(self._ours)))
        for grip in (hand.eraser, hand.smudge):
            if grip.brush not in brushes:
                grip.brush = hand.brush
        self._tell()

    # What the person does

    def take(self, name: str) -> None:
        """Take a brush in hand. An eraser stays an eraser, of the new shape and its own size; so does a smudge."""
        hand = self._hand
        if hand.tool in ("eraser", "smudge"):
            hand.grip().brush = name
        else:
            if name != hand.brush:
                # As in other painters' programs, each brush remembers its own size and opacity.
                self._remembered[hand.brush] = (hand.size_px, hand.opacity)
                brush = self.brushes()[name]
                hand.size_px, hand.opacity = self._remembered.get(name, (brush.size_px, brush.opacity))
            hand.brush = name
            hand.tool = "brush"
        self._tell()

    def set_color(self, color: QColor) -> None:
        """Take a colour in hand; who holds something that needs none takes the brush again."""
        self._hand.color = QColor(color)
        if self._hand.tool in ("eraser", "smudge"):
            self._hand.tool = "brush"
        self._colour_timer.start(COLOUR_RESTS_MS)
        self._tell()

    def swap_colors(self) -> None:
        """Swap the two colours in hand."""
        first, second = self._hand.color, self.second_color
        self.second_color = first
        self.set_color(second)

    def plain_colors(self) -> None:
        """Black in hand, white behind it."""
        self.second_color = QColor(Qt.white)
        self.set_color(QColor(Qt.black))

    def note_used(self) -> None:
        """Remember the colour in hand among the latest: something was painted with it."""
        if self._hand.tool not in ("brush", "fill") or (self._recent and self._recent[0] == self._hand.color):
            return
        color = QColor(self._hand.color)
        self._recent = [color, *(c for c in self._recent if c.rgb() != color.rgb())][:RECENT_COLOURS]
        self.recent_swatches.set_colors(self._recent)

    def step_size(self, steps: int) -> None:
        """Make the brush larger or smaller by so many steps of a tenth, at least 1 px each."""
        size = self._hand.grip().size_px
        step = max(1.0, abs(size * 0.1))
        self._on_size(min(max(round(size + steps * step), LEAST_SIZE_PX), MOST_SIZE_PX))

    def step_opacity(self, steps: int) -> None:
        """Change the opacity by so many tenths."""
        self._on_opacity(min(max(round(self._hand.grip().opacity * 10 + steps) / 10, 0.1), 1.0))

    def show_hand(self) -> None:
        """Show what is in hand."""
        hand = self._hand
        self.wheel.set_color(hand.color)
        grip = hand.grip()
        self.size_slider.set_value(grip.size_px)
        self.opacity_slider.set_value(grip.opacity)
        self.size_slider.setEnabled(hand.tool not in ("fill", "eyedropper"))
        self.opacity_slider.setEnabled(hand.tool != "eyedropper")
        self.options.show_hand()
        self._pair.update()
        self.shelf.mark(grip.brush)

    def _on_size(self, size_px: float) -> None:
        self._hand.grip().size_px = size_px
        self._tell()

    def _on_opacity(self, opacity: float) -> None:
        self._hand.grip().opacity = opacity
        self._tell()

    def _tell(self) -> None:
        self.show_hand()
        self.hand_changed.emit()


class _ColourPair(QToolButton):
    """The colour in hand over the second one; a click swaps them."""

    def __init__(self, hand: Hand, panel: BrushPanel) -> None:
        super().__init__()
        self._hand, self._panel = hand, panel
        self.setFixedSize(46, 36)
        self.setAccessibleName("The two colours in hand")
        self.setCursor(Qt.PointingHandCursor)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(theme.colour("strong_line"), 1.5))
        painter.setBrush(self._panel.second_color)
        painter.drawRoundedRect(QRectF(19, 11, 24, 22), 5, 5)
        painter.setPen(QPen(theme.colour("text"), 1.5))
        painter.setBrush(self._hand.color)
        painter.drawRoundedRect(QRectF(4, 3, 26, 24), 5, 5)
