"""What the window says: a bar of messages that never blocks, and the few questions that must be answered first.

Only the desktop calls this.
"""

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QHideEvent
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from app.desktop import theme
from app.desktop.icons import icon

SHOWN_MS = {"good": 4000, "info": 5000, "bad": 12000}


class MessageBar(QFrame):
    """One sentence under the window's header; it goes by itself, when it is closed, or when it is out of date.

    It floats at the top of the widget that `place_over` named. Signal: `height_changed(int)` with the px that it needs
    there, 0 while it is hidden, for whoever wants to make room instead of being covered.
    """

    height_changed = pyqtSignal(int)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "message")
        self._icon = QLabel()
        self._text = theme.label()
        self._text.setWordWrap(True)
        self._close = QToolButton()
        self._close.setIcon(icon("close", "quiet"))
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.SMALL, theme.SMALL, theme.SMALL)
        row.setSpacing(12)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._close)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self._over = window
        self._is_new = False
        window.installEventFilter(self)
        self.hide()

    def place_over(self, widget: QWidget) -> None:
        """Float over the top of this widget, a descendant of the window, from now on."""
        self._over.removeEventFilter(self)
        self._over = widget
        self._over.installEventFilter(self)
        if self.isVisible():
            self._place()

    def clear(self) -> None:
        """Hide what was told before: it is out of date. What has only just been told belongs to what comes now."""
        if not self._is_new:
            self.hide()

    def take_back(self, sentence: str) -> None:
        """Hide this sentence, if it shows: it is not so any more."""
        if sentence == self.text():
            self.hide()

    def tell(self, sentence: str, tone: str = "info") -> None:
        """Show a sentence; `tone` is "good", "info" or "bad" (which stays longer)."""
        symbol, ink = {"good": ("check", "good"), "bad": ("warning", "bad")}.get(tone, ("info", "quiet"))
        self._icon.setPixmap(icon(symbol, ink).pixmap(20, 20))
        self._text.setText(sentence)
        theme.restyle(self, tone=tone)
        self._is_new = True
        QTimer.singleShot(0, self._grow_old)
        self.show()
        self._place()
        self.raise_()
        self._timer.start(SHOWN_MS[tone])

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
            self.height_changed.emit(0)

    def _place(self) -> None:
        room = self._over.size()
        # A word-wrapped label would rather be narrow and tall; a message wants to be one line if it can.
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 130
        width = max(200, min(wanted, 720, room.width() - 2 * theme.SMALL))
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else 48
        self.resize(width, max(48, height))
        corner = self._over.mapTo(self.parentWidget(), QPoint(0, 0))
        self.move(corner + QPoint((room.width() - width) // 2, theme.SMALL))
        self.height_changed.emit(self.height() + theme.SMALL)

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
