"""One rival at work: its picture as it comes about, its network, how far it is, and what can be asked of it."""

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout

from app.desktop.app_state.picture_names import picture_title
from app.desktop.app_state.view_models import RivalState
from app.desktop.rivals.worker_status import BEGINS_AGAIN, in_short
from app.desktop.widgets import theme
from app.desktop.widgets.elided_label import ElidedLabel
from app.desktop.widgets.icons import icon
from app.desktop.widgets.picture_view import PictureView
from app.game.archive.result_card import time_text

STATUS_LINES, FAILURE_LINES = 2, 6
YIELDS = "yields to your hand"


class RivalCard(QFrame):
    """Shows a RivalState.

    Signals: `stop_requested`, `retry_requested`, `enlarge_requested`, `wishes_requested`, each with its name.
    """

    stop_requested = pyqtSignal(str)
    retry_requested = pyqtSignal(str)
    enlarge_requested = pyqtSignal(str)
    wishes_requested = pyqtSignal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.setProperty("role", "card")
        self.view = PictureView(margin_px=5)
        self.view.setAccessibleName(f"{picture_title(name)}'s picture")
        self.view.setToolTip("Click to watch it paint, and to look back on how it came about")
        self.view.clicked.connect(lambda: self.enlarge_requested.emit(name))
        self._title = theme.label(picture_title(name), "heading")
        self.network = ElidedLabel("caption")
        self.status = ElidedLabel("caption", lines=STATUS_LINES)
        self._brief = ElidedLabel("caption", hugs=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        # It takes what the words leave it.
        self.progress.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        self.progress.setProperty("rival", name)
        self.progress.setAccessibleName(f"{picture_title(name)}'s progress")
        self.button, self.wishes = QToolButton(), QToolButton()
        for button in (self.button, self.wishes):
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.TabFocus)
        self.button.clicked.connect(self._on_button)
        sentence = f"Ask {picture_title(name)} for something else: size, colours, further paintings…"
        self.wishes.setIcon(icon("settings", "quiet"))
        self.wishes.setToolTip(sentence)
        self.wishes.setAccessibleName(sentence)
        self.wishes.clicked.connect(lambda: self.wishes_requested.emit(name))
        self._state = RivalState(name)
        self._is_small = self._is_throttled = False
        self._symbol = ""

        top = QHBoxLayout()
        top.setSpacing(theme.TIGHT)
        top.addWidget(self._title)
        top.addStretch(1)
        top.addWidget(self.wishes)
        top.addWidget(self.button)
        far = QHBoxLayout()
        far.setSpacing(theme.SMALL)
        far.addWidget(self.progress, 1)
        far.addWidget(self._brief)
        right = QVBoxLayout()
        right.setSpacing(3)
        right.addLayout(top)
        right.addWidget(self.status)
        right.addLayout(far)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        row.addWidget(self.view)
        row.addLayout(right, 1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(theme.TIGHT)
        self._column.addLayout(row)
        self._column.addWidget(self.network)
        self._lay_out()
        self.show_state(self._state)

    def set_small(self, is_small: bool) -> None:
        """Say all in one line, where there is little room."""
        if is_small != self._is_small:
            self._is_small = is_small
            self._lay_out()

    def set_throttled(self, is_throttled: bool) -> None:
        """Say of a rival that works whether it yields to the hand."""
        if is_throttled != self._is_throttled:
            self._is_throttled = is_throttled
            self._say()

    def _lay_out(self) -> None:
        is_small, has_failed = self._is_small, self._state.stage == "failed"
        self.view.setFixedSize(46 if is_small else 84, 36 if is_small else 68)
        self.network.setVisible(not is_small and not has_failed)
        self.status.setVisible(not is_small or has_failed)
        self.progress.setVisible(not has_failed)
        self._brief.setVisible(is_small and not has_failed)
        for button in (self.button, self.wishes):
            theme.restyle(button, room="tight" if is_small else "")
        margin = 4 if is_small else theme.SMALL
        self._column.setContentsMargins(margin, 4 if is_small else 6, margin, margin)
        # A failure is said in full; everything else in one place that does not move.
        self.status.set_most_lines(FAILURE_LINES if has_failed else STATUS_LINES)
        for line in (self.status, self._brief):
            theme.restyle(line, tone="bad" if has_failed else "")

    def show_state(self, state: RivalState) -> None:
        """Show what the rival is doing. Many times a second: only what has changed is done anew."""
        before, self._state = self._state, state
        if state.image is not self.view.image() or state.image is None:
            self.view.set_image(state.image)
        if (state.stage == "failed") != (before.stage == "failed"):
            self._lay_out()
        self.network.set_whole(state.network)
        self._say()
        self.progress.setRange(0, max(state.steps, 0) if state.stage == "working" else 1)
        if state.stage == "working":
            self.progress.setValue(state.step)
        else:
            self.progress.setValue(1 if state.stage == "finished" else 0)
        self._show_button()

    def _say(self) -> None:
        state = self._state
        is_throttled = self._is_throttled and state.stage == "working"
        status = status_of(state)
        self.status.set_whole(f"{status}, {YIELDS}" if is_throttled else status)
        self._brief.set_whole(YIELDS if is_throttled else brief_of(state))
        whole = state.message if in_short(state.message) else status
        self.setToolTip(f"{whole} ({state.network})" if state.network else whole)

    def _show_button(self) -> None:
        is_busy = self._state.is_busy
        symbol, sentence = ("stop", "Stop this rival") if is_busy else ("retry", "Let this rival paint again")
        if symbol != self._symbol:
            self._symbol = symbol
            self.button.setIcon(icon(symbol, "quiet"))
            self.button.setToolTip(sentence)
            self.button.setAccessibleName(sentence)

    def _on_button(self) -> None:
        (self.stop_requested if self._state.is_busy else self.retry_requested).emit(self.name)


def status_of(state: RivalState) -> str:
    """A rival's state in a few words."""
    match state.stage:
        case "idle":
            return "Has not begun"
        case "finished":
            took = f"Finished in {time_text(state.seconds, state.loading_seconds)}"
            return f"{took}. {state.message}" if state.message else took
        case "working" if state.steps > 1:
            return f"Step {state.step} of {state.steps}"
        case "waiting" | "failed" if happened := in_short(state.message):
            if state.stage == "waiting":
                return f"{happened}; {BEGINS_AGAIN}"
            hint = " Paint it smaller." if "smaller" in state.message else ""
            return f"{happened}, twice.{hint}" if hint else f"{happened} twice over this work."
        case _:
            return state.message[:1].upper() + state.message[1:]


def brief_of(state: RivalState) -> str:
    """A rival's state in even fewer words."""
    match state.stage:
        case "finished":
            return time_text(state.seconds, 0.0)
        case "working" if state.steps > 1:
            return f"{state.step} of {state.steps}"
        case _:
            return status_of(state)
