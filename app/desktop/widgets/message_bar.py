"""What the window says: a bar of messages that never blocks, and the few questions that must be answered first."""

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt5.QtGui import QHideEvent
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from app.desktop.widgets import theme
from app.desktop.widgets.icons import icon

SHOWN_MS = {"good": 4000, "info": 5000, "hint": 20000, "bad": 12000}
LEAST_PX, MOST_PX, MOST_INSIDE_PX = 48, 720, 1100


class MessageBar(QFrame):
    """One sentence that moves nothing; it goes by itself, when it is closed, or when it is out of date.

    It lies in the bar that `place_in` named, or floats at the top of the widget that `place_over` named. What is
    damaged is told until somebody closes it: whatever else is told meanwhile only comes before it.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "message")
        self._icon = QLabel()
        self._text = theme.label()
        self._text.setWordWrap(True)
        self._close = QToolButton()
        self._close.setIcon(icon("close", "quiet"))
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self._dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.SMALL, theme.SMALL, theme.SMALL)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go)
        self._over = window
        # Kept free on both sides of a bar; None where the message floats.
        self._beside_px: int | None = None
        self._is_new = False
        self._damage = self._dismissed = ""
        window.installEventFilter(self)
        self.hide()

    def place_over(self, widget: QWidget) -> None:
        """Float over the top of this widget, a descendant of the window, from now on."""
        self._settle(widget, None)

    def place_in(self, bar: QWidget, beside_px: int) -> None:
        """Lie in this bar from now on, with so much room kept free on each side, and over its edge if it must."""
        self._settle(bar, beside_px)

    def _settle(self, widget: QWidget, beside_px: int | None) -> None:
        self._over.removeEventFilter(self)
        self._over, self._beside_px = widget, beside_px
        self._over.installEventFilter(self)
        if self.isVisible():
            self._place()

    def clear(self) -> None:
        """Hide what was told before: it is out of date. What has only just been told belongs to what comes now."""
        if not self._is_new:
            self._go()

    def tell_damage(self, sentence: str) -> None:
        """Show what is damaged until it is closed; "" where nothing is any more. What was closed is not told again."""
        before, self._damage = self._damage, "" if sentence == self._dismissed else sentence
        if not sentence:
            self._dismissed = ""
        if before and self.text() == before and self._damage != before:
            self.hide()
        if self._damage and (self.isHidden() or self.text() != self._damage):
            self._show(self._damage, "bad")
            self._timer.stop()

    def take_back(self, sentence: str) -> None:
        """Hide this sentence, if it shows: it is not so any more."""
        if sentence == self.text():
            self._go()

    def tell(self, sentence: str, tone: str = "info") -> None:
        """Show a sentence; `tone` is "good", "info", "hint" and "bad" (which stay longer), "damage" (`tell_damage`)."""
        if tone == "damage":
            self.tell_damage(sentence)
            return
        self._show(sentence, tone)
        self._timer.start(SHOWN_MS[tone])

    def _go(self) -> None:
        """Hide, or tell again what is told until it is closed."""
        if self._damage:
            if self.text() != self._damage:
                self._show(self._damage, "bad")
            self._timer.stop()
        else:
            self.hide()

    def _dismiss(self) -> None:
        if self.text() == self._damage:
            self._dismissed, self._damage = self._damage, ""
        self._go()

    def _show(self, sentence: str, tone: str) -> None:
        symbol, ink = {"good": ("check", "good"), "bad": ("warning", "bad")}.get(tone, ("info", "quiet"))
        self._icon.setPixmap(icon(symbol, ink).pixmap(20, 20))
        self._text.setText(sentence)
        theme.restyle(self, tone=tone)
        self._is_new = True
        QTimer.singleShot(0, self._grow_old)
        self.show()
        self._place()
        self.raise_()

    def text(self) -> str:
        """The sentence last shown."""
        return self._text.text()

    def _grow_old(self) -> None:
        self._is_new = False

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Not where the whole window is hidden or minimised: there it will be again.
        if self.isHidden():
            self._timer.stop()

    def _place(self) -> None:
        room = self._over.size()
        is_inside = self._beside_px is not None
        room_px = room.width() - 2 * (self._beside_px if self._beside_px is not None else theme.SMALL)
        # A word-wrapped label would rather be narrow and tall; a message wants to be one line if it can.
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 130
        width = max(200, min(wanted, MOST_INSIDE_PX if is_inside else MOST_PX, room_px))
        layout = self.layout()
        height = max(LEAST_PX, layout.heightForWidth(width) if layout is not None else 0)
        self.resize(width, height)
        corner = self._over.mapTo(self.parentWidget(), QPoint(0, 0))
        top_px = max((room.height() - height) // 2, 2) if is_inside else theme.SMALL
        self.move(corner + QPoint((room.width() - width) // 2, top_px))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Resize, QEvent.Move) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)


def ask(parent: QWidget, question: str, *, explains: str, yes: str, no: str) -> bool:
    """Put a question that must be answered before going on; True for `yes`. Escape and closing mean `no`."""
    box = QMessageBox(parent)
    box.setWindowTitle("Pastiche")
    box.setIconPixmap(icon("warning", "accent").pixmap(32, 32))
    box.setTextFormat(Qt.PlainText)
    box.setText(question)
    box.setInformativeText(explains)
    agree = QPushButton(yes)
    decline = QPushButton(no)
    decline.setProperty("kind", "primary")
    box.addButton(agree, QMessageBox.AcceptRole)
    box.addButton(decline, QMessageBox.RejectRole)
    box.setDefaultButton(decline)
    box.setEscapeButton(decline)
    box.exec_()
    return box.clickedButton() is agree
