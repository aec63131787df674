"""How the rivals' worker is, in one quiet line, with a way to begin again where it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.desktop.widgets import theme
from app.desktop.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from app.worker.messages import WorkerState

# What is worth a word: that it works is seen on the rivals' cards, and that nobody has begun is no news.
TOLD = ("warming", "ready", "restarting", "failed")
# What can happen to the worker, by what only its sentence has; in as few words as a card has room for.
LOSSES = {
    "workshop was killed": "Killed",
    "ran out of memory and ended": "Out of memory",
    "workshop crashed": "Crashed",
    "workshop ended": "Ended",
    "workshop was ended": "Ended",
    "workshop hung": "Hung",
    "workshop was halted": "Halted",
    "held the rivals' workshop up": "Held up",
}
BEGINS_AGAIN = "beginning again"


class WorkerStatus(QWidget):
    """Shows a WorkerState in a few words, all of it in the tooltip; `tells` names the stages that are worth a word.

    Signal: `again_requested()` by its button.
    """

    again_requested = pyqtSignal()

    def __init__(self, tells: tuple[str, ...] = TOLD) -> None:
        super().__init__()
        self._tells = tells
        self._text = ElidedLabel("caption", hugs=True)
        self._again = QPushButton("Try again")
        self._again.setProperty("kind", "link")
        self._again.setFont(theme.sans(12))
        self._again.setFocusPolicy(Qt.TabFocus)
        self._again.setCursor(Qt.PointingHandCursor)
        self._again.setToolTip("Begin the rivals' workshop again")
        self._again.clicked.connect(self.again_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self._text)
        row.addWidget(self._again)
        self._tone = "faint"
        theme.restyle(self._text, tone=self._tone)
        self._again.hide()
        self.hide()

    def show_worker(self, state: WorkerState) -> None:
        """Show how the worker is."""
        is_told = state.stage in self._tells
        self._text.set_whole(words_of(state) if is_told else "")
        self.setToolTip(state.sentence)
        tone = "bad" if state.stage == "failed" else "faint"
        if tone != self._tone:
            self._tone = tone
            theme.restyle(self._text, tone=tone)
        self._again.setVisible(is_told and state.stage == "failed")
        self.setVisible(bool(self.said()))

    def said(self) -> str:
        """What the line says; "" for nothing."""
        return self._text.whole()

    @property
    def again(self) -> QPushButton:
        """The button that begins it again."""
        return self._again


def in_short(sentence: str) -> str:
    """What happened to the worker, in a word or three; "" where the sentence is about something else."""
    return next((short for known, short in LOSSES.items() if known in sentence), "")


def words_of(state: WorkerState) -> str:
    """How the worker is, as short as can be."""
    happened = in_short(state.sentence) if state.stage in ("restarting", "failed") else ""
    if not happened:
        return state.sentence
    return f"{happened}; {BEGINS_AGAIN}" if state.stage == "restarting" else happened
