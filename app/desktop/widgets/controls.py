"""Controls that several pages share: buttons of commands, captioned sliders, segments."""

from collections.abc import Callable, Sequence

from PyQt5.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QMouseEvent, QPainter, QPaintEvent, QStandardItemModel, QWheelEvent
from PyQt5.QtWidgets import (
    QAction,
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSlider,
    QStyledItemDelegate,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.widgets import theme
from app.desktop.widgets.icons import icon, pixmap

# As wide as the style sheet draws it.
HANDLE_PX = 14
# What a person does with keys or the wheel has come to rest after this long.
SETTLED_MS = 400
CHEVRON_PX = 12
INLINE_NAME_PX, INLINE_NUMBER_PX = 56, 44


def command_button(
    action: QAction, *, kind: str = "", symbol: str = "", text: str = "", is_large: bool = False
) -> QPushButton:
    """A push button that triggers a command, and is enabled and explained as the command is."""
    button = QPushButton(text or action.text())
    if kind:
        button.setProperty("kind", kind)
    if is_large:
        button.setProperty("room", "wide")
        button.setFont(theme.sans(15))
    if symbol:
        button.setIcon(icon(symbol, "on_accent" if kind == "primary" else "text"))
        button.setIconSize(QSize(20, 20) if is_large else QSize(16, 16))
    button.setCursor(Qt.PointingHandCursor)
    button.clicked.connect(action.trigger)

    def follow() -> None:
        words = text or action.text()
        # Qt sets the words close to the icon, and a style sheet cannot part them.
        button.setText(f"\u2002{words}" if symbol else words)
        button.setAccessibleName(words)
        button.setEnabled(action.isEnabled())
        button.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return button


def command_tool(action: QAction, *, side_px: int = 20, kind: str = "") -> QToolButton:
    """A tool button that shows a command's icon and state."""
    button = QToolButton()
    button.setDefaultAction(action)
    button.setIconSize(QSize(side_px, side_px))
    button.setToolButtonStyle(Qt.ToolButtonIconOnly)
    button.setFocusPolicy(Qt.TabFocus)
    if kind:
        button.setProperty("kind", kind)
    return button


def frame(role: str) -> QFrame:
    """A frame in one of the theme's roles: panel, card, bar, rule, upright-rule, segments."""
    made = QFrame()
    made.setProperty("role", role)
    return made


class Slider(QSlider):
    """A level slider whose handle comes to where the mouse is pressed, and follows it from there.

    Qt's own moves a page nearer instead, and is dragged by its handle alone. A wheel that passes over moves the handle
    only while the slider has the keys.
    """

    def __init__(self) -> None:
        super().__init__(Qt.Horizontal)
        # How far from the handle's middle it is held.
        self._grip_px = 0.0

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.LeftButton:
            event.ignore()
            return
        away_px = event.localPos().x() - self._handle_px()
        self._grip_px = away_px if abs(away_px) <= HANDLE_PX / 2 else 0.0
        self.setSliderDown(True)
        self._follow(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._follow(event)
        else:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton and self.isSliderDown():
            self.setSliderDown(False)
        else:
            event.ignore()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _handle_px(self) -> float:
        """Where the handle's middle is."""
        share = (self.sliderPosition() - self.minimum()) / max(self.maximum() - self.minimum(), 1)
        return HANDLE_PX / 2 + share * max(self.width() - HANDLE_PX, 1)

    def _follow(self, event: QMouseEvent) -> None:
        share = (event.localPos().x() - self._grip_px - HANDLE_PX / 2) / max(self.width() - HANDLE_PX, 1)
        share = min(max(share, 0.0), 1.0)
        self.setSliderPosition(self.minimum() + round(share * (self.maximum() - self.minimum())))


def percent(share: float) -> str:
    """A share of 1 in words."""
    return f"{100 * share:.0f} %"


class CaptionedSlider(QWidget):
    """A slider with its name on the left and its value on the right; `is_inline` all in one line.

    Signals: `value_changed(float)` tells what the person chose, many times while the handle is dragged, and
    `settled(float)` once it has come to rest; `set_value` tells neither.
    """

    value_changed = pyqtSignal(float)
    settled = pyqtSignal(float)

    def __init__(
        self,
        caption: str,
        *,
        lowest: float,
        highest: float,
        shown: Callable[[float], str],
        curve: float = 1.0,
        explains: str = "",
        is_inline: bool = False,
    ) -> None:
        super().__init__()
        self._lowest, self._highest, self._curve, self._shown = lowest, highest, curve, shown
        self._number = theme.label(role="caption")
        self._number.setAlignment(Qt.AlignRight | Qt.AlignVCenter)
        name = theme.label(caption, "caption")
        self.slider = Slider()
        self.slider.setRange(0, 1000)
        self.slider.setPageStep(100)
        self.slider.setSingleStep(10)
        self.slider.setAccessibleName(caption)
        # A click must not take the keys away from the canvas.
        self.slider.setFocusPolicy(Qt.TabFocus)
        self.slider.valueChanged.connect(self._on_moved)
        self.slider.sliderReleased.connect(self._settle)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(SETTLED_MS)
        self._rest.timeout.connect(self._settle)
        self._has_moved = False
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        if is_inline:
            name.setFixedWidth(INLINE_NAME_PX)
            self._number.setFixedWidth(INLINE_NUMBER_PX)
            top.setSpacing(theme.TIGHT)
            top.addWidget(self.slider, 1)
        else:
            top.addStretch(1)
            column.addWidget(self.slider)
        top.addWidget(self._number)
        self.setToolTip(explains)

    def value(self) -> float:
        """The value in its own unit."""
        share = self.slider.value() / 1000
        return self._lowest + (self._highest - self._lowest) * share**self._curve

    def set_value(self, value: float) -> None:
        """Show a value without telling anybody."""
        if not self.slider.isSliderDown():
            self._rest.stop()
            self._has_moved = False
        share = (min(max(value, self._lowest), self._highest) - self._lowest) / (self._highest - self._lowest)
        self.slider.blockSignals(True)
        self.slider.setValue(round(1000 * share ** (1 / self._curve)))
        self.slider.blockSignals(False)
        self._number.setText(self._shown(value))

    def _on_moved(self, _step: int) -> None:
        self._number.setText(self._shown(self.value()))
        self.value_changed.emit(self.value())
        # Only now: whoever listens may have shown the value again.
        self._has_moved = True
        if not self.slider.isSliderDown():
            self._rest.start()

    def _settle(self) -> None:
        self._rest.stop()
        if self._has_moved:
            self._has_moved = False
            self.settled.emit(self.value())


class Choice(QComboBox):
    """A list of which one holds, with a mark that it opens. `activated(int)` tells what the person chose."""

    def __init__(self, words: Sequence[str], name: str, explains: str = "") -> None:
        super().__init__()
        self.addItems(words)
        self.setAccessibleName(name)
        self.setToolTip(explains)
        self.setProperty("room", "tight")
        self.setFont(theme.sans(12))
        self.setFocusPolicy(Qt.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.AdjustToContents)
        view = self.view()
        if view is not None:
            view.setFont(theme.sans(12))
            # Fusion's own draws the row under the pointer in the accent, whatever the style sheet says.
            view.setItemDelegate(QStyledItemDelegate(view))

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Who scrolls past must not choose.
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        # A style sheet's arrow is a file of one colour, and cannot follow whether the list can be opened.
        ink = theme.colour("quiet" if self.isEnabled() else "strong_line")
        painter = QPainter(self)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        at = QRectF(self.width() - CHEVRON_PX - 7, (self.height() - CHEVRON_PX) / 2, CHEVRON_PX, CHEVRON_PX)
        drawn = pixmap("chevron-down", round(CHEVRON_PX * self.devicePixelRatioF()), ink.rgba())
        painter.drawPixmap(at, drawn, QRectF(drawn.rect()))


class PairChoice(Choice):
    """A list with the face of Segments, for more choices than fit side by side. `chosen(int)` as there."""

    def __init__(self, words: Sequence[str], name: str) -> None:
        super().__init__(words, name)
        self.chosen = self.activated
        self.choose = self.setCurrentIndex
        self.choice = self.currentIndex

    def set_usable(self, index: int, is_usable: bool) -> None:
        """Whether a choice can be made."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = model.item(index)
        if item is not None:
            item.setEnabled(is_usable)


class Segments(QFrame):
    """A row of choices of which one holds; small ones fill their row. `chosen(int)` tells what the person chose."""

    chosen = pyqtSignal(int)

    def __init__(self, words: list[str], name: str, *, is_small: bool = False) -> None:
        super().__init__()
        self.setProperty("role", "segments")
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Expanding if is_small else QSizePolicy.Maximum, QSizePolicy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 3, 3)
        row.setSpacing(2)
        self._group = QButtonGroup(self)
        for index, word in enumerate(words):
            button = QPushButton(word)
            button.setProperty("kind", "segment")
            if is_small:
                button.setProperty("room", "tight")
                button.setFont(theme.sans(12))
            button.setFocusPolicy(Qt.TabFocus)
            button.setCheckable(True)
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.idClicked.connect(self.chosen)
        self.choose(0)

    def choose(self, index: int) -> None:
        """Mark a choice without telling anybody."""
        button = self._group.button(index)
        if button is not None:
            button.setChecked(True)

    def explain(self, index: int, sentence: str) -> None:
        """Give a choice a tooltip."""
        button = self._group.button(index)
        if button is not None:
            button.setToolTip(sentence)

    def choice(self) -> int:
        """Which choice holds."""
        return self._group.checkedId()

    def set_usable(self, index: int, is_usable: bool) -> None:
        """Whether a choice can be made."""
        button = self._group.button(index)
        if button is not None:
            button.setEnabled(is_usable)
