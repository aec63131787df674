"""What the window says: a bar of messages that never blocks, and the few questions that must be answered first.

Only the desktop calls this.
"""

from PyQt5.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QPushButton, QToolButton, QWidget

from app.desktop import theme
from app.desktop.icons import icon

SHOWN_MS = {"good": 4000, "info": 5000, "bad": 12000}


class MessageBar(QFrame):
    """One sentence floating at the foot of the window; it goes by itself, or when it is closed."""

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
        window.installEventFilter(self)
        self.hide()

    def tell(self, sentence: str, tone: str = "info") -> None:
        """Show a sentence; `tone` is "good", "info" or "bad" (which stays longer)."""
        symbol, ink = {"good": ("check", "good"), "bad": ("warning", "bad")}.get(tone, ("info", "quiet"))
        self._icon.setPixmap(icon(symbol, ink).pixmap(20, 20))
        self._text.setText(sentence)
        theme.restyle(self, tone=tone)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(SHOWN_MS[tone])

    def text(self) -> str:
        """The sentence last shown."""
        return self._text.text()

    def _place(self) -> None:
        window = self.parentWidget()
        # A word-wrapped label would rather be narrow and tall; a message wants to be one line if it can.
        wanted = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 130
        width = max(200, min(wanted, 720, window.width() - 2 * theme.WIDE))
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else 48
        self.resize(width, max(48, height))
        self.move(QPoint((window.width() - width) // 2, window.height() - self.height() - theme.WIDE))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Resize and self.isVisible():
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
