"""The brush panel: every brush as the stroke that it makes, size, opacity and colour. Only `studio.py` calls this."""

import math
from collections.abc import Mapping

import numpy as np
from PyQt5.QtCore import QRect, QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop import theme
from app.desktop.colour_picker import ColourWheel, Swatches
from app.desktop.controls import CaptionedSlider, command_tool
from app.desktop.hand import Hand
from app.painting.brush import Brush
from app.painting.stroke import Stroke
from app.painting.surface import Surface

PREVIEW = QSize(72, 40)
COLUMNS = 3
LEAST_SIZE_PX, MOST_SIZE_PX = 1.0, 256.0
RECENT_COLOURS = 6
# Until six colours have been used, the greys from black to white stand in.
FIRST_COLOURS = ("#16161a", "#45423f", "#77726c", "#a8a29a", "#d6d0c7", "#ffffff")


class BrushPanel(QWidget):
    """Changes the hand. `hand_changed()` whenever it holds something else."""

    hand_changed = pyqtSignal()

    def __init__(self, hand: Hand, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self._hand = hand
        self._brushes: Mapping[str, Brush] = {}
        self._tiles: dict[str, _Tile] = {}
        self._to_preview: list[str] = []
        self._recent = [QColor(name) for name in FIRST_COLOURS]
        self._remembered: dict[str, tuple[float, float]] = {}
        self.second_color = QColor(Qt.white)

        self.wheel = ColourWheel()
        self.wheel.color_changed.connect(self.set_color)
        self._pair = _ColourPair(hand, self)
        self._pair.clicked.connect(self.swap_colors)
        self._pair.setToolTip(actions["swap_colours"].toolTip())
        self.painting_swatches = Swatches("Colours of the painting")
        self.recent_swatches = Swatches("Latest colours")
        for swatches in (self.painting_swatches, self.recent_swatches):
            swatches.color_chosen.connect(self.set_color)
        self.recent_swatches.set_colors(self._recent)

        self.size_slider = CaptionedSlider(
            "Size",
            lowest=LEAST_SIZE_PX,
            highest=MOST_SIZE_PX,
            shown=lambda px: f"{px:.0f} px",
            curve=2.0,
            explains="The brush's width in pixels of the drawing   [ [ and ] ]",
        )
        self.size_slider.value_changed.connect(self._on_size)
        self.opacity_slider = CaptionedSlider(
            "Opacity",
            lowest=0.0,
            highest=1.0,
            shown=lambda share: f"{100 * share:.0f} %",
            explains="How much a stroke covers what lies beneath   [ { and } ]",
        )
        self.opacity_slider.value_changed.connect(self._on_opacity)
        self._group = QButtonGroup(self)
        self._shelf = QGridLayout()
        self._shelf.setSpacing(theme.TIGHT + 2)
        self._shelf.setContentsMargins(0, 0, 4, 0)
        inside = QWidget()
        inside_column = QVBoxLayout(inside)
        inside_column.setContentsMargins(0, 0, 0, 0)
        inside_column.addLayout(self._shelf)
        inside_column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.NoFocus)

        tools = QHBoxLayout()
        tools.setSpacing(theme.TIGHT)
        for name in ("brush", "eraser", "eyedropper"):
            tools.addWidget(command_tool(actions[name]))
        tools.addStretch(1)
        tools.addWidget(self._pair)

        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 8, 12)
        column.setSpacing(theme.SMALL)
        column.addLayout(tools)
        column.addWidget(self.wheel)
        column.addWidget(theme.label("From the painting", "overline"))
        column.addWidget(self.painting_swatches)
        column.addWidget(self.recent_swatches)
        column.addSpacing(2)
        column.addWidget(self.size_slider)
        column.addWidget(self.opacity_slider)
        column.addSpacing(2)
        column.addWidget(theme.label("Brushes", "overline"))
        column.addWidget(scroll, 1)

        self._preview_timer = QTimer(self)
        self._preview_timer.timeout.connect(self._preview_next)
        self._colour_timer = QTimer(self)
        self._colour_timer.setSingleShot(True)
        self._colour_timer.timeout.connect(self._preview_all)
        self.show_hand()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # In a low window the brushes need the room more than the wheel does.
        self.wheel.setFixedHeight(min(max(self.height() // 5, 116), 168))

    def set_brushes(self, brushes: Mapping[str, Brush]) -> None:
        """Put these brushes on the shelf and take one in hand."""
        self._brushes = brushes
        for index, (name, brush) in enumerate(brushes.items()):
            tile = _Tile(brush.title)
            tile.setToolTip(f"{brush.title}. {brush.hint}".rstrip())
            tile.clicked.connect(lambda _checked, n=name: self.take(n))
            self._group.addButton(tile)
            self._shelf.addWidget(tile, index // COLUMNS, index % COLUMNS)
            self._tiles[name] = tile
        if self._hand.brush not in brushes and brushes:
            self.take(next(iter(brushes)))
        if self._hand.eraser.brush not in brushes:
            self._hand.eraser.brush = self._hand.brush
        self.show_hand()
        self._preview_all()

    def brushes(self) -> Mapping[str, Brush]:
        """The brushes on the shelf."""
        return self._brushes

    def take(self, name: str) -> None:
        """Take a brush in hand. An eraser stays an eraser, of the new shape and its own size."""
        hand = self._hand
        if hand.tool == "eraser":
            hand.eraser.brush = name
            self._tell()
            return
        if name != hand.brush:
            # As in other painters' programs, each brush remembers its own size and opacity.
            self._remembered[hand.brush] = (hand.size_px, hand.opacity)
            brush = self._brushes[name]
            hand.size_px, hand.opacity = self._remembered.get(name, (brush.size_px, brush.opacity))
        hand.brush = name
        if self._hand.tool == "eyedropper":
            self._hand.tool = "brush"
        self._tell()

    def set_color(self, color: QColor) -> None:
        """Take a colour in hand; who holds the eraser takes the brush again."""
        self._hand.color = QColor(color)
        if self._hand.tool == "eraser":
            self._hand.tool = "brush"
        self._colour_timer.start(250)
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
        if self._hand.tool != "brush" or (self._recent and self._recent[0] == self._hand.color):
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
        self._pair.update()
        if grip.brush in self._tiles:
            self._tiles[grip.brush].setChecked(True)

    def _on_size(self, size_px: float) -> None:
        self._hand.grip().size_px = size_px
        self._tell()

    def _on_opacity(self, opacity: float) -> None:
        self._hand.grip().opacity = opacity
        self._tell()

    def _tell(self) -> None:
        self.show_hand()
        self.hand_changed.emit()

    # Previews are made with the real brush, one after another while nothing else is to be done.

    def _preview_all(self) -> None:
        self._to_preview = list(self._tiles)
        self._preview_timer.start(0)

    def _preview_next(self) -> None:
        if not self._to_preview or self.window().isHidden():
            self._preview_timer.stop()
            return
        name = self._to_preview.pop(0)
        self._tiles[name].set_preview(
            preview(self._brushes, name, self._hand.color, PREVIEW * self.devicePixelRatioF())
        )


def preview(brushes: Mapping[str, Brush], name: str, color: QColor, size: QSize) -> QPixmap:
    """A stroke of the brush, swelling and ebbing like a hand's, on paper that the colour stands out from."""
    is_light = color.lightnessF() > 0.72
    paper = (70, 67, 64) if is_light else (246, 243, 238)
    surface = Surface(size.width(), size.height(), paper, brushes=brushes)
    t = np.linspace(0, 1, 40)
    height = size.height()
    margin = 0.3 * height
    points = np.stack(
        [
            margin + t * (size.width() - 2 * margin),
            height * (0.5 - 0.16 * np.sin(2 * math.pi * t)),
            0.25 + 0.75 * np.sin(math.pi * t) ** 0.8,
        ],
        axis=1,
    )
    surface.apply(
        Stroke(
            brush=name,
            color=(color.red(), color.green(), color.blue()),
            size_px=max(2.0, height * 0.4),
            seed=7,
            points=points.astype(np.float32),
        )
    )
    return QPixmap.fromImage(surface.image().copy(surface.rect))


class _Tile(QToolButton):
    """One brush on the shelf: its stroke, and its title beneath."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title
        self._preview = QPixmap()
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.TabFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setFixedHeight(PREVIEW.height() + 22)

    def set_preview(self, pixmap: QPixmap) -> None:
        self._preview = pixmap
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        box = QRectF(1.5, 1.5, self.width() - 3, PREVIEW.height() - 2)
        clip = QPainterPath()
        clip.addRoundedRect(box, 6, 6)
        painter.fillPath(clip, theme.colour("raised"))
        if not self._preview.isNull():
            painter.save()
            painter.setClipPath(clip)
            # The middle of the preview at its own scale: a stretched stroke would be another brush.
            ratio = self.devicePixelRatioF()
            shown = QRectF(
                0, 0, min(box.width() * ratio, self._preview.width()), min(box.height() * ratio, self._preview.height())
            )
            shown.moveCenter(QRectF(self._preview.rect()).center())
            painter.drawPixmap(box, self._preview, shown)
            painter.restore()
        is_marked = self.isChecked() or self.hasFocus()
        ink = theme.colour("accent") if is_marked else theme.colour("faint" if self.underMouse() else "line")
        painter.setBrush(Qt.NoBrush)
        painter.setPen(QPen(ink, 2 if is_marked else 1))
        painter.drawRoundedRect(box, 6, 6)
        painter.setFont(theme.sans(11))
        painter.setPen(theme.colour("text" if self.isChecked() else "quiet"))
        painter.drawText(QRect(0, PREVIEW.height(), self.width(), 20), int(Qt.AlignCenter), self._title)


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
