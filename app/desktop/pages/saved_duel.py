"""A duel of the gallery, looked at again: its pictures, its verdict and the reasons, of which nothing can be changed.

`main_window.py` shows it, `duel_flow.py` has it read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QImage, QMouseEvent
from PyQt5.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.desktop.app_state.picture_names import hung, picture_title
from app.desktop.app_state.view_models import RivalState
from app.desktop.pages.result import Result, sentence_of
from app.desktop.widgets.icons import icon
from app.desktop.widgets.lightbox import Overlay
from app.desktop.widgets.qimage import to_image
from app.errors import PasticheError
from app.game.archive import gallery
from app.game.archive.result_card import time_text
from app.game.duel import Provenance
from app.images import read_picture
from app.judging.assessment import Assessment, Suggestion
from app.rivals.registry import RIVALS, Pair, comparisons

SIDE_PX = 1600


@dataclass(frozen=True)
class KeptDuel:
    """What a folder of the gallery holds, as it is shown; an older one may lack some of it."""

    titles: str
    played: str
    images: Mapping[str, QImage]
    facts: Mapping[str, str]
    pasted: str
    card: QImage | None
    assessments: Mapping[Pair, Assessment]
    suggestions: list[Suggestion] = field(default_factory=list)


def read_kept(folder: Path) -> KeptDuel:
    """Read a duel of the gallery. Raises PasticheError where it, or one of its pictures, is not there any more."""
    kept = next((each for each in gallery.kept() if each.folder == folder), None)
    if kept is None:
        raise PasticheError(f"The duel in {folder.name} is not in the gallery any more.")
    named = {f"{a}_{b}": (a, b) for a, b in comparisons()}
    assessments = {named[name]: each for name, each in gallery.assessments_of(kept).items() if name in named}
    record = kept.record
    titles = [_words(record, side, "title") for side in ("content", "style")]
    return KeptDuel(
        ", in the manner of ".join(title for title in titles if title),
        _words(record, "played")[:10],
        {
            name: to_image(read_picture(folder / f"{name}.png", max_side_px=SIDE_PX))
            for name in hung()
            if _took_part(record, name)
        },
        {"drawing": _drawn(record)} | {name: _facts(record, name) for name in RIVALS},
        _words(record, "pasted"),
        to_image(read_picture(kept.card)) if kept.card.is_file() else None,
        assessments,
        gallery.suggestions_of(kept),
    )


def _took_part(record: Mapping[str, Any], name: str) -> bool:
    # Rivals may have joined since.
    rivals = record.get("rivals")
    return name == "drawing" or not isinstance(rivals, Mapping) or name in rivals


def _words(record: Mapping[str, Any], *names: str) -> str:
    found: Any = record
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""


def _drawn(record: Mapping[str, Any]) -> str:
    """How the drawing came about; "" where that is not known."""
    painted = record.get("painted")
    if not isinstance(painted, dict) or not isinstance(painted.get("strokes"), int):
        return ""
    traced = painted.get("traced")
    return Provenance(
        painted["strokes"],
        traced if isinstance(traced, int) else 0,
        has_placed=painted.get("placed") is True,
        is_strict=painted.get("strict") is True,
    ).sentence()


def _facts(record: Mapping[str, Any], rival: str) -> str:
    """With what a rival painted, and how long."""
    title = _words(record, "rivals", rival, "title")
    rivals = record.get("rivals")
    seconds = rivals[rival].get("seconds") if isinstance(rivals, dict) and title else None
    took = f"Finished in {time_text(float(seconds), 0.0)}" if isinstance(seconds, int | float) else ""
    return " · ".join(words for words in (title, took) if words)


class KeptResult(Result):
    """The result of a duel that is over. Signals besides: `closed()`, `card_requested()`."""

    closed = pyqtSignal()
    card_requested = pyqtSignal()

    def __init__(self) -> None:
        super().__init__({})
        # Beneath lies no window's wall, but the page that it was opened from.
        self.setAttribute(Qt.WA_StyledBackground)

    def _make_doors(self) -> QHBoxLayout:
        self.card_door = QPushButton("\u2002Show the card")
        self.card_door.setIcon(icon("picture"))
        self.card_door.setFocusPolicy(Qt.TabFocus)
        self.card_door.clicked.connect(self.card_requested)
        close = QPushButton("Close")
        close.setProperty("kind", "primary")
        close.setFocusPolicy(Qt.TabFocus)
        close.setToolTip("Back to where you were   [Esc]")
        close.clicked.connect(self.closed)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.card_door)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def show_duel(self, duel: KeptDuel) -> None:
        """Show all that there is of a duel."""
        self.begin()
        self.set_shape(duel.images["drawing"].size())
        for name in hung():
            self.hang(name, duel.images.get(name), duel.facts.get(name, ""), "Did not paint in this duel.")
        ended = {name: RivalState(name, "finished") for name in RIVALS}
        says = sentence_of(duel.assessments, ended, True) if len(duel.assessments) == len(comparisons()) else ""
        self.show_assessments(duel.assessments, set(), f"{says} {duel.pasted}".strip(), can_ask=False)
        self.title.setText(f"The duel of {duel.played}" if duel.played else "A kept duel")
        self.show_asked(duel.titles)
        self.show_suggestions(duel.suggestions, "", can_ask=False)
        self.card_door.setEnabled(duel.card is not None)


class KeptBox(Overlay):
    """A kept duel over the whole window, until it is closed. `enlarge_requested(QImage, title)`."""

    enlarge_requested = pyqtSignal(object, str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, opacity=1.0)
        self._duel: KeptDuel | None = None
        self.result = KeptResult()
        self.result.closed.connect(self.put_away)
        self.result.card_requested.connect(self._on_card_requested)
        self.result.enlarge_requested.connect(self._on_enlarge_requested)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.result)
        self.setAccessibleName("A kept duel")

    def show_duel(self, duel: KeptDuel) -> None:
        """Show a duel."""
        self._duel = duel
        self.result.show_duel(duel)
        self.bring_up()

    def _on_card_requested(self) -> None:
        if self._duel is not None and self._duel.card is not None:
            self.enlarge_requested.emit(self._duel.card, "")

    def _on_enlarge_requested(self, name: str) -> None:
        image = self.result.image(name)
        if image is not None:
            self.enlarge_requested.emit(image, picture_title(name))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # A click beside a control is no wish to leave.
        event.accept()
