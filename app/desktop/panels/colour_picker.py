"""Choosing a colour: a ring of hues around a square of lightness and strength, rows of swatches, and their shares.

Colours are QColor; hue, saturation and value are 0..1.
"""

import math
from collections.abc import Sequence

from PyQt5.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt5.QtGui import (
    QColor,
    QConicalGradient,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PyQt5.QtWidgets import QGridLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.desktop.widgets import theme

RING_PX = 15.0
# Lower than this the ring is a bar below, and the square as wide as there is room.
FLAT_PX, LEAST_PX = 116, 56
SWATCH_PX = 22
COLUMNS = 6
SHARES_PX = 7
KNOB_PX = 7.0


class ColourWheel(QWidget):
    """Hue on the ring, saturation and value in the square. `color_changed(QColor)` while the person drags.

    Where it is too low for a ring, the hues are in a bar below a wide square.
    """

    color_changed = pyqtSignal(QColor)

    def __init__(self) -> None:
        super().__init__()
        self._hue, self._saturation, self._value = 0.08, 0.5, 0.2
        self._held = ""
        self.setFocusPolicy(Qt.TabFocus)
        self.setAccessibleName("Colour wheel")
        self.setToolTip(
            "Ring: hue. Square: strength and lightness. Keys: arrows in the square, Page Up and Down on the ring"
        )
        self.setMinimumHeight(LEAST_PX)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Preferred)

    def sizeHint(self) -> QSize:
        return QSize(176, 176)

    def color(self) -> QColor:
        """The colour chosen."""
        return QColor.fromHsvF(self._hue, self._saturation, self._value)

    def set_color(self, color: QColor) -> None:
        """Show a colour without telling anybody; a grey keeps the hue that was there."""
        if color.rgb() == self.color().rgb():
            return
        hue, self._saturation, self._value, _ = color.getHsvF()
        if hue >= 0:
            self._hue = min(hue, 1.0)
        self.update()

    def _disc(self) -> QRectF:
        side = min(self.width(), self.height()) - 4.0
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    @property
    def _is_flat(self) -> bool:
        return self.height() < FLAT_PX

    def _bar(self) -> QRectF:
        """The hues of a flat wheel."""
        return QRectF(KNOB_PX, self.height() - RING_PX - 1, self.width() - 2 * KNOB_PX, RING_PX)

    def _square(self) -> QRectF:
        if self._is_flat:
            bar = self._bar()
            return QRectF(bar.x(), KNOB_PX, bar.width(), bar.y() - 2 * KNOB_PX - 2)
        disc = self._disc()
        half = (disc.width() / 2 - RING_PX - 5) / math.sqrt(2)
        return QRectF(disc.center().x() - half, disc.center().y() - half, 2 * half, 2 * half)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        disc, square, bar = self._disc(), self._square(), self._bar()
        hues = QLinearGradient(bar.topLeft(), bar.topRight()) if self._is_flat else QConicalGradient(disc.center(), 0)
        for step in range(25):
            hues.setColorAt(step / 24, QColor.fromHsvF((step / 24) % 1.0, 0.92, 0.95))
        ring = disc.adjusted(RING_PX / 2, RING_PX / 2, -RING_PX / 2, -RING_PX / 2)
        if self._is_flat:
            painter.setPen(Qt.NoPen)
            painter.setBrush(hues)
            painter.drawRoundedRect(bar, 4, 4)
            at = QPointF(bar.x() + self._hue * bar.width(), bar.center().y())
        else:
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(hues, RING_PX))
            painter.drawEllipse(ring)
            angle = self._hue * 2 * math.pi
            at = disc.center() + QPointF(math.cos(angle), -math.sin(angle)) * (ring.width() / 2)

        painter.setPen(Qt.NoPen)
        across = QLinearGradient(square.topLeft(), square.topRight())
        across.setColorAt(0, Qt.white)
        across.setColorAt(1, QColor.fromHsvF(self._hue, 1, 1))
        painter.setBrush(across)
        painter.drawRoundedRect(square, 3, 3)
        down = QLinearGradient(square.topLeft(), square.bottomLeft())
        down.setColorAt(0, QColor(0, 0, 0, 0))
        down.setColorAt(1, Qt.black)
        painter.setBrush(down)
        painter.drawRoundedRect(square, 3, 3)

        self._paint_knob(painter, at, RING_PX / 2 - 1, QColor.fromHsvF(self._hue, 0.92, 0.95))
        spot = QPointF(square.x() + self._saturation * square.width(), square.y() + (1 - self._value) * square.height())
        self._paint_knob(painter, spot, KNOB_PX - 1, self.color())
        if self.hasFocus():
            painter.setBrush(Qt.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), 1.5))
            if self._is_flat:
                painter.drawRoundedRect(square.adjusted(-1, -1, 1, 1), 4, 4)
            else:
                painter.drawEllipse(disc.adjusted(-1, -1, 1, 1))

    @staticmethod
    def _paint_knob(painter: QPainter, at: QPointF, radius: float, color: QColor) -> None:
        painter.setBrush(color)
        painter.setPen(QPen(QColor(0, 0, 0, 170), 3.5))
        painter.drawEllipse(at, radius, radius)
        painter.setPen(QPen(Qt.white, 2))
        painter.drawEllipse(at, radius, radius)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.LeftButton:
            return
        away = event.localPos() - self._disc().center()
        if self._is_flat:
            on_ring = event.localPos().y() > (self._square().bottom() + self._bar().top()) / 2
        else:
            on_ring = math.hypot(away.x(), away.y()) > self._disc().width() / 2 - RING_PX - 2
        self._held = "ring" if on_ring else "square"
        self._move_to(event.localPos())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._move_to(event.localPos())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._held = ""

    def _move_to(self, point: QPointF) -> None:
        if self._held == "ring" and self._is_flat:
            bar = self._bar()
            self._hue = min(max((point.x() - bar.x()) / bar.width(), 0.0), 1.0)
        elif self._held == "ring":
            away = point - self._disc().center()
            self._hue = (math.atan2(-away.y(), away.x()) / (2 * math.pi)) % 1.0
        else:
            square = self._square()
            self._saturation = min(max((point.x() - square.x()) / square.width(), 0.0), 1.0)
            self._value = 1 - min(max((point.y() - square.y()) / square.height(), 0.0), 1.0)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key_Left: (0.0, -0.02, 0.0),
            Qt.Key_Right: (0.0, 0.02, 0.0),
            Qt.Key_Down: (0.0, 0.0, -0.02),
            Qt.Key_Up: (0.0, 0.0, 0.02),
            Qt.Key_PageUp: (0.01, 0.0, 0.0),
            Qt.Key_PageDown: (-0.01, 0.0, 0.0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self._hue = (self._hue + step[0]) % 1.0
        self._saturation = min(max(self._saturation + step[1], 0.0), 1.0)
        self._value = min(max(self._value + step[2], 0.0), 1.0)
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.color_changed.emit(self.color())


class Swatches(QWidget):
    """Colours to click on, in rows. `color_chosen(QColor)`."""

    color_chosen = pyqtSignal(QColor)

    def __init__(self, name: str, *, columns: int = COLUMNS) -> None:
        super().__init__()
        self.setMinimumHeight(SWATCH_PX)
        self.setAccessibleName(name)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._buttons: list[_Swatch] = []
        self.set_columns(columns)

    def set_columns(self, columns: int) -> None:
        """Show so many in a row."""
        self._columns = columns
        for index, button in enumerate(self._buttons):
            self._grid.addWidget(button, index // columns, index % columns)
        for column in range(max(self._grid.columnCount(), columns)):
            self._grid.setColumnStretch(column, int(column < columns))
        self._grid.setSpacing(theme.TIGHT if columns <= COLUMNS else 2)

    def set_colors(self, colors: Sequence[QColor], words: Sequence[str] = ()) -> None:
        """Show these colours instead; `words` are said of each besides its code."""
        while len(self._buttons) > len(colors):
            gone = self._buttons.pop()
            gone.hide()
            gone.deleteLater()
        while len(self._buttons) < len(colors):
            button = _Swatch()
            button.clicked.connect(lambda _checked, b=button: self.color_chosen.emit(b.color))
            index = len(self._buttons)
            self._grid.addWidget(button, index // self._columns, index % self._columns)
            self._buttons.append(button)
        for index, (button, color) in enumerate(zip(self._buttons, colors, strict=True)):
            button.set_color(color, words[index] if words else "")

    def colors(self) -> list[QColor]:
        """The colours shown."""
        return [button.color for button in self._buttons]


class PaintingColours(QWidget):
    """The colours of a painting: how much of it each one takes as a bar, and swatches to click on.

    `color_chosen(QColor)`.
    """

    color_chosen = pyqtSignal(QColor)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._bar = _Shares()
        self.swatches = Swatches(name)
        self.swatches.color_chosen.connect(self.color_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT + 1)
        column.addWidget(self._bar)
        column.addWidget(self.swatches)

    def set_colors(self, colors: Sequence[tuple[QColor, float]]) -> None:
        """Show these colours with their shares (0..1) instead, in this order."""
        self._bar.set_colors(colors)
        words = [f"{100 * share:.0f} % of the painting" for _, share in colors]
        self.swatches.set_colors([color for color, _ in colors], words)

    def set_flat(self, is_flat: bool) -> None:
        """Show all swatches in a single row."""
        self.swatches.set_columns(2 * COLUMNS if is_flat else COLUMNS)

    def colors(self) -> list[QColor]:
        """The colours shown."""
        return self.swatches.colors()


class _Shares(QWidget):
    """A bar of colours, each as wide as its share."""

    def __init__(self) -> None:
        super().__init__()
        self._colors: list[tuple[QColor, float]] = []
        self.setFixedHeight(SHARES_PX)
        self.setToolTip("How much of the painting each colour takes")

    def set_colors(self, colors: Sequence[tuple[QColor, float]]) -> None:
        self._colors = list(colors)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        whole = QRectF(self.rect())
        rounded = QPainterPath()
        rounded.addRoundedRect(whole, SHARES_PX / 2, SHARES_PX / 2)
        painter.fillPath(rounded, theme.colour("well"))
        painter.setClipPath(rounded)
        total = sum(share for _, share in self._colors) or 1.0
        left = 0.0
        for color, share in self._colors:
            width = whole.width() * share / total
            # A little over the next one, or the seams would show.
            painter.fillRect(QRectF(left, 0, width + 1, whole.height()), color)
            left += width


class _Swatch(QToolButton):
    """One colour."""

    def __init__(self) -> None:
        super().__init__()
        self.color = QColor(Qt.black)
        self.setFocusPolicy(Qt.TabFocus)
        self.setCursor(Qt.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setFixedHeight(SWATCH_PX)

    def set_color(self, color: QColor, words: str = "") -> None:
        self.color = QColor(color)
        self.setToolTip(f"{color.name()}, {words}" if words else color.name())
        self.setAccessibleName(self.toolTip())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_marked = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(theme.colour("text" if is_marked else "line"), 1.5 if is_marked else 1))
        painter.setBrush(self.color)
        painter.drawRoundedRect(rect, 4, 4)
