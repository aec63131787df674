"""What the judge is asked about the duel at hand, what it said, and that the judged duel lies in the gallery.

Only `host.py` calls this. However often a duel is judged, it has one entry of the gallery: that of its latest verdict.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.desktop.jobs import Courier, Errands
from app.game import gallery
from app.game.duel import COMPARISONS, RIVALS, Duel, Stage
from app.game.film import Film
from app.game.jobs import GradeJob

Pair = tuple[str, str]
#: Stands for a pair whose grade is on its way, and void.
_VOID = ("", "")
_PICTURES = ("content", "style", "drawing", *RIVALS)


@dataclass
class _Entry:
    """Where a duel lies in the gallery. Only errands read and set it, and they are done one after another."""

    folder: Path | None = None


class Judging(QObject):
    """Compares the pictures of one duel at a time, as they come, and keeps the duel once all are compared.

    Signals: `grades_changed()`; `told(sentence, tone)`; `kept(Duel)` after a duel went to the gallery, as it was then.

    Attributes:
        grades: by pairs of COMPARISONS the grades that there are, 0 to 10.
        says: why the judge could not compare, as one sentence; "" where it could, or was not asked yet.
    """

    grades_changed = pyqtSignal()
    told = pyqtSignal(str, str)
    kept = pyqtSignal(object)

    def __init__(self, courier: Courier, errands: Errands) -> None:
        super().__init__()
        self._courier, self._errands = courier, errands
        self._duel: Duel | None = None
        self._films: Mapping[str, Film] = {}
        self._entry = _Entry()
        self.grades: dict[Pair, float] = {}
        self.says = ""
        self._tickets: dict[int, list[Pair]] = {}
        courier.job_finished.connect(self._on_finished)
        courier.job_failed.connect(self._on_failed)

    def begin(self, duel: Duel, films: Mapping[str, Film]) -> None:
        """Turn to another duel; `films` holds those of its rivals, as they are whenever the duel is kept."""
        self.stop()
        self._duel, self._films, self._entry = duel, films, _Entry()
        self.grades = {}
        self.says = ""

    def stop(self) -> None:
        """Wait for no grades any more."""
        for ticket in self._tickets:
            self._courier.cancel(ticket)
        self._tickets.clear()

    @property
    def is_busy(self) -> bool:
        """Whether grades are on their way."""
        return bool(self._tickets)

    def void(self, name: str) -> None:
        """Forget the grades, those on their way too, of a picture that is another now, or gone."""
        self.grades = {pair: grade for pair, grade in self.grades.items() if name not in pair}
        for ticket, pairs in self._tickets.items():
            self._tickets[ticket] = [_VOID if name in pair else pair for pair in pairs]
        self.says = ""

    def ask(self) -> None:
        """Send every pair that can be compared, and has not been, to the judge."""
        if self._duel is None:
            return
        pictures = self._duel.pictures()
        on_their_way = [pair for pairs in self._tickets.values() for pair in pairs]
        pairs = [
            pair
            for pair in COMPARISONS
            if set(pair) <= pictures.keys() and pair not in self.grades and pair not in on_their_way
        ]
        if pairs:
            job = GradeJob([(pictures[a], pictures[b]) for a, b in pairs])
            self._tickets[self._courier.submit(job)] = pairs
            self.says = ""
        self._close(self._duel)
        self.grades_changed.emit()

    def _close(self, duel: Duel) -> None:
        """Once all three grades are there, the duel is judged, and kept."""
        if duel.stage is not Stage.PAINTING or not duel.is_complete():
            return
        if any(pair not in self.grades for pair in COMPARISONS):
            return
        duel.judge([self.grades[pair] for pair in COMPARISONS])
        snapshot, grades, entry = duel.snapshot(), duel.grades, self._entry
        films = {name: Film(list(film.frames)) for name, film in self._films.items()}

        left_out: list[str] = []

        def keep() -> Path:
            folder = gallery.keep(snapshot, films, on_left_out=left_out.append)
            if entry.folder is not None:
                _take_away(entry.folder)
            entry.folder = folder
            return folder

        def then(folder: Path) -> None:
            # Much may have gone on meanwhile; then this verdict is history. Every verdict has grades of its own.
            if duel.stage is Stage.JUDGED and duel.grades is grades:
                duel.keep(folder)
            if left_out:
                self.told.emit(" ".join(left_out), "bad")
            self.kept.emit(snapshot)

        self._errands.send(keep, then, lambda sentence: self.told.emit(sentence, "bad"))

    def _on_finished(self, ticket: int, result: object) -> None:
        pairs = self._tickets.pop(ticket, None)
        if pairs is not None and isinstance(result, list):
            self.grades.update(
                {pair: float(grade) for pair, grade in zip(pairs, result, strict=True) if pair is not _VOID}
            )
            self.ask()

    def _on_failed(self, ticket: int, sentence: str, is_cancelled: bool) -> None:
        if self._tickets.pop(ticket, None) is not None and not is_cancelled:
            self.says = sentence
            self.grades_changed.emit()


def _take_away(folder: Path) -> None:
    """Delete an entry of the gallery that another stands for now; what else a person laid beside it stays."""
    names = [f"{name}.png" for name in _PICTURES] + [gallery.film_file(name) for name in RIVALS]
    with contextlib.suppress(OSError):
        # The record first: whatever happens, what remains is no entry any more.
        for name in (gallery.RECORD_FILE, gallery.CARD_FILE, *names):
            (folder / name).unlink(missing_ok=True)
        folder.rmdir()
