"""The left of the studio: tools, colours, size, opacity, the tool's options and the brushes."""

from collections.abc import Iterable, Mapping, Sequence

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PyQt5.QtWidgets import QAction, QHBoxLayout, QSplitter, QSplitterHandle, QToolButton, QVBoxLayout, QWidget

from app import places
from app.desktop.canvas.tool_state import SMUDGE_BRUSH, Hand
from app.desktop.panels.brush_list import ALL, KIT, OWN, SMUDGING, BrushList
from app.desktop.panels.colour_picker import ColourWheel, PaintingColours, Swatches
from app.desktop.panels.tool_options import ToolOptions
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, command_tool, percent
from app.painting.brushes.brush import Brush
from app.painting.model.stroke import Stroke

TOOLS = ("brush", "eraser", "smudge", "fill", "eyedropper")
LEAST_SIZE_PX, MOST_SIZE_PX = 1.0, 256.0
TOOL_PX = 36
# Lower than this, rows stand closer and what can be done without is left out.
LOW_PX = 560
LEAST_PX = QSize(230, 330)
LEAST_WHEEL_PX, MOST_WHEEL_PX = 88, 150
GRIP_PX = 9
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
        self.opacity_slider = CaptionedSlider("Opacity", lowest=0.0, highest=1.0, shown=percent, is_inline=True)
        self.opacity_slider.value_changed.connect(self._on_opacity)
        self.options = ToolOptions(hand, actions)
        self.options.changed.connect(self._tell)
        self.shelf = BrushList()
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
        self._painting_caption = theme.label("From the painting", "overline")
        below = QWidget()
        self._rows = QVBoxLayout(below)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addWidget(self._painting_caption)
        self._rows.addWidget(self.painting_colours)
        self._rows.addWidget(self.recent_swatches)
        self._rows.addWidget(self.size_slider)
        self._rows.addWidget(self.opacity_slider)
        self._rows.addWidget(self.options)
        self._rows.addLayout(brushes)
        self._rows.addWidget(self.shelf, 1)
        # Who has the colours needed gives the brushes the wheel's room.
        self.divider = _Divider()
        self.divider.addWidget(self.wheel)
        self.divider.addWidget(below)
        self.divider.setCollapsible(1, False)
        self.divider.setStretchFactor(1, 1)
        self.divider.splitterMoved.connect(self._on_divided)
        self._is_divided_by_hand = False
        self._column = QVBoxLayout(self)
        self._column.setSpacing(theme.TIGHT)
        self._column.addLayout(tools)
        self._column.addWidget(self.divider, 1)
        self._fit()

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
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # What it needs when it has made itself small, whatever it shows now.
        return QSize(LEAST_PX)

    def _fit(self) -> None:
        """Make the best of the height: the brushes need the room more than the wheel does."""
        is_low = self.height() < LOW_PX
        self._painting_caption.setVisible(not is_low)
        self.recent_swatches.setVisible(not is_low)
        self.painting_colours.set_flat(is_low)
        self._rows.setSpacing(theme.TIGHT if is_low else theme.SMALL)
        margin = theme.SMALL if is_low else 12
        self._column.setContentsMargins(12, margin, 8, margin)
        if not self._is_divided_by_hand:
            wheel_px = min(max(self.height() // 6, LEAST_WHEEL_PX), MOST_WHEEL_PX)
            self.divider.setSizes([wheel_px, max(self.divider.height() - wheel_px, 1)])

    def _on_divided(self) -> None:
        self._is_divided_by_hand = True

    @property
    def wheel_px(self) -> int:
        """How high the wheel was made by hand; -1 while nobody has."""
        return self.divider.sizes()[0] if self._is_divided_by_hand else -1

    def set_wheel_px(self, height_px: int) -> None:
        """Make the wheel as high as it once was made by hand; -1 for as suits the window."""
        self._is_divided_by_hand = height_px >= 0
        if self._is_divided_by_hand:
            self.divider.setSizes([height_px, max(self.divider.height() - height_px, 1)])
        self._fit()

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
        # What smears with every tool would be taken for a brush that does not paint.
        smudging = [name for name in self._ours if name == SMUDGE_BRUSH]
        others = [name for name in self._ours if name not in (*own, *smudging)]
        self.shelf.set_brushes(brushes, {SMUDGING: smudging, KIT: list(self._kit), OWN: own, ALL: others})
        if (hand.brush not in brushes or hand.brush == SMUDGE_BRUSH) and (others or own):
            self._hold((others or own)[0])
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
            self._hold(name)
            hand.tool = "brush"
        self._tell()

    def _hold(self, name: str) -> None:
        hand = self._hand
        if name != hand.brush:
            # As in other painters' programs, each brush remembers its own size and opacity.
            self._remembered[hand.brush] = (hand.size_px, hand.opacity)
            brush = self.brushes()[name]
            hand.size_px, hand.opacity = self._remembered.get(name, (brush.size_px, brush.opacity))
        hand.brush = name

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
        self._show_recent([self._hand.color])

    def recall(self, strokes: Sequence[Stroke]) -> None:
        """Remember the colours that these strokes, the last one last, were painted with."""
        latest: dict[tuple[int, ...], None] = {}
        for stroke in reversed(strokes):
            if stroke.mode in ("paint", "fill"):
                latest[stroke.color] = None
            if len(latest) == RECENT_COLOURS:
                break
        self._show_recent(QColor(*color) for color in latest)

    def _show_recent(self, latest: Iterable[QColor]) -> None:
        """Show these colours, and after them those that were shown."""
        by_rgb = {color.rgb(): QColor(color) for color in (*latest, *self._recent)}
        self._recent = list(by_rgb.values())[:RECENT_COLOURS]
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
        self.shelf.keep_back(*(() if hand.tool == "smudge" else (SMUDGING,)))
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


class _Divider(QSplitter):
    """The wheel over everything else, with a grip between them."""

    def __init__(self) -> None:
        super().__init__(Qt.Vertical)
        self.setHandleWidth(GRIP_PX)

    def createHandle(self) -> QSplitterHandle:
        return _Grip(Qt.Vertical, self)


class _Grip(QSplitterHandle):
    """A short line that can be dragged."""

    def __init__(self, orientation: Qt.Orientation, divider: QSplitter) -> None:
        super().__init__(orientation, divider)
        self.setToolTip("Drag to give the brushes more room, or the colours")
        self.setAttribute(Qt.WA_Hover)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setPen(QPen(theme.colour("accent" if self.underMouse() else "strong_line"), 2, cap=Qt.RoundCap))
        middle = QRectF(self.rect()).center()
        painter.drawLine(middle - QPointF(14, 0), middle + QPointF(14, 0))


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
