"""One rival at work: its picture as it comes about, its network, how far it is, and how to stop it or try again.

`studio.py` and `result.py` call this.
"""

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QFontMetrics, QResizeEvent
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout

from app.desktop import theme
from app.desktop.host import RivalState
from app.desktop.icons import icon
from app.desktop.picture_view import PictureView

TITLES = {"drawing": "Your drawing", "magenta": "Magenta", "classic": "Classic"}


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where it lacks the room, and is whole in its tooltip."""

    def __init__(self, role: str) -> None:
        super().__init__()
        made = theme.label(role=role)
        self.setFont(made.font())
        self.setProperty("role", role)
        self.setTextFormat(Qt.PlainText)
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        self._whole = ""

    def set_whole(self, text: str) -> None:
        """Show this text as far as there is room."""
        self._whole = text
        self._elide()

    def whole(self) -> str:
        """The text without ellipsis."""
        return self._whole

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = QFontMetrics(self.font()).elidedText(self._whole, Qt.ElideRight, max(self.width(), 10))
        self.setText(shown)
        self.setToolTip(self._whole if shown != self._whole else "")


class RivalCard(QFrame):
    """Shows a RivalState. Signals: `stop_requested`, `retry_requested`, `enlarge_requested`, each with its name."""

    stop_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)
    enlarge_requested = pyqtSignal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setProperty("role", "card")
        self.view = PictureView(margin_px=5)
        self.view.setFixedSize(84, 68)
        self.view.setAccessibleName(f"{TITLES[name]}'s picture")
        self.view.clicked.connect(lambda: self.enlarge_requested.emit(name))
        self._title = theme.label(TITLES[name], "heading")
        self.network = ElidedLabel("caption")
        self.status = ElidedLabel("caption")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setProperty("rival", name)
        self.progress.setAccessibleName(f"{TITLES[name]}'s progress")
        self.button = QToolButton()
        self.button.setIconSize(QSize(16, 16))
        self.button.setFocusPolicy(Qt.TabFocus)
        self.button.clicked.connect(self._on_button)
        self._is_busy = False

        top = QHBoxLayout()
        top.setSpacing(theme.TIGHT)
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self.button)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addLayout(top)
        right.addWidget(self.status)
        right.addWidget(self.progress)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self.view)
        row.addLayout(right, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.SMALL, 6, theme.SMALL, theme.SMALL)
        column.setSpacing(theme.TIGHT)
        column.addLayout(row)
        column.addWidget(self.network)
        self.show_state(RivalState(name))

    def show_state(self, state: RivalState) -> None:
        """Show what the rival is doing."""
        self._is_busy = state.is_busy
        if state.image is not self.view.image() or state.image is None:
            self.view.set_image(state.image)
        self.network.set_whole(state.network)
        self.status.set_whole(status_of(state))
        theme.restyle(self.status, tone="bad" if state.stage == "failed" else "")
        self.progress.setRange(0, max(state.steps, 0) if state.stage == "working" else 1)
        if state.stage == "working":
            self.progress.setValue(state.step)
        else:
            self.progress.setValue(1 if state.stage == "finished" else 0)
        symbol, sentence = ("stop", "Stop this rival") if state.is_busy else ("retry", "Let this rival paint again")
        self.button.setIcon(icon(symbol, "quiet"))
        self.button.setToolTip(sentence)
        self.button.setAccessibleName(sentence)

    def _on_button(self) -> None:
        (self.stop_requested if self._is_busy else self.retry_requested).emit(self.name)


def status_of(state: RivalState) -> str:
    """A rival's state in a few words."""
    match state.stage:
        case "idle":
            return "Has not begun"
        case "finished":
            return f"Finished in {state.seconds:.1f} s"
        case "working" if state.steps > 1:
            return f"Step {state.step} of {state.steps}"
        case _:
            return state.message[:1].upper() + state.message[1:]
