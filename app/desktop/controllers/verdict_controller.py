"""What the judge is asked about the duel at hand, what it said and suggests, and that the duel lies in the gallery.

However often a duel is judged, it has one entry of the gallery: that of its latest verdict.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.desktop.app_state.background import Courier, Errands, Step
from app.game.archive import gallery
from app.game.archive.progress_film import ProgressFilm
from app.game.duel import Duel, Stage
from app.judging.assessment import Assessment, Suggestion
from app.rivals.registry import RIVALS, Pair, comparisons
from app.worker.jobs import CoachJob, GradeJob

NO_ADVICE = "Nothing that was tried on the drawing raises its grades."
#: Progress is told no more often.
TOLD_AFTER_S = 0.25
#: Stands for a pair whose grade is on its way, and void.
_VOID = ("", "")


@dataclass
class _Entry:
    """Where a duel lies in the gallery. Only errands read and set it, and they are done one after another."""

    folder: Path | None = None


class VerdictController(QObject):
    """Compares the pictures of one duel at a time, as they come, keeps the duel once all are compared, and then has
    the judge try changes on the drawing, which makes way for new grades and begins again after them.

    Signals: `grades_changed()`; `suggestions_changed()` after `suggestions`, `is_advising`, `advice_says`
    and `advice_progress`; `told(sentence, tone)`; `kept(Duel)` after a duel went to the gallery, as it was then.

    Attributes:
        assessments: by pairs of comparisons() the assessments that there are.
        says: why the judge could not compare, as one sentence; "" where it could, or was not asked yet.
        suggestions: what would bring the drawing nearer to its rivals' pictures, the best first.
        advice_progress: of the changes that are tried for suggestions, how many have been, and how many there are.
        advice_says: why there are no suggestions, as one sentence; "" where there are, or may be yet.
    """

    grades_changed = pyqtSignal()
    suggestions_changed = pyqtSignal()
    told = pyqtSignal(str, str)
    kept = pyqtSignal(object)

    def __init__(self, courier: Courier, errands: Errands) -> None:
        super().__init__()
        self._courier, self._errands = courier, errands
        self._duel: Duel | None = None
        self._films: Mapping[str, ProgressFilm] = {}
        self._entry = _Entry()
        self.assessments: dict[Pair, Assessment] = {}
        self.says = ""
        self._tickets: dict[int, list[Pair]] = {}
        self.suggestions: list[Suggestion] = []
        self.advice_says = ""
        self.advice_progress = (0, 0)
        self._advice_ticket: int | None = None
        self._progressed_s = 0.0
        courier.job_progressed.connect(self._on_progressed)
        courier.job_finished.connect(self._on_finished)
        courier.job_failed.connect(self._on_failed)

    def begin(self, duel: Duel, films: Mapping[str, ProgressFilm]) -> None:
        """Turn to another duel; `films` holds those of its rivals, as they are whenever the duel is kept."""
        self.stop()
        self._duel, self._films, self._entry = duel, films, _Entry()
        self.assessments = {}
        self.says = ""

    def stop(self) -> None:
        """Wait for no grades and no suggestions any more."""
        for ticket in self._tickets:
            self._courier.cancel(ticket)
        self._tickets.clear()
        self._drop_advice()

    @property
    def grades(self) -> dict[Pair, float]:
        """By pairs of comparisons() the grades that there are, 0 to 10."""
        return {pair: float(assessment.grade) for pair, assessment in self.assessments.items()}

    @property
    def is_busy(self) -> bool:
        """Whether grades are on their way."""
        return bool(self._tickets)

    @property
    def is_advising(self) -> bool:
        """Whether suggestions are on their way."""
        return self._advice_ticket is not None

    def void(self, name: str) -> None:
        """Forget the assessments, those on their way too, on a picture that is another now, or gone."""
        self.assessments = {pair: assessment for pair, assessment in self.assessments.items() if name not in pair}
        for ticket, pairs in self._tickets.items():
            self._tickets[ticket] = [_VOID if name in pair else pair for pair in pairs]
        self.says = ""
        self._drop_advice()

    def ask(self) -> None:
        """Send every pair that can be compared, and has not been, to the judge."""
        if self._duel is None:
            return
        pictures = self._duel.pictures()
        on_their_way = [pair for pairs in self._tickets.values() for pair in pairs]
        pairs = [
            pair
            for pair in comparisons()
            if set(pair) <= pictures.keys() and pair not in self.assessments and pair not in on_their_way
        ]
        if pairs:
            # In their lane jobs wait for each other, and grades wait for nothing.
            self._drop_advice()
            deal = self._duel.deal
            wanted = {name: pictures[name] for pair in pairs for name in pair}
            job = GradeJob(deal.content_picture, deal.style_picture, wanted, tuple(pairs))
            self._tickets[self._courier.submit(job)] = pairs
            self.says = ""
        self._close(self._duel)
        self.grades_changed.emit()

    def advise(self) -> None:
        """Have the judge try changes on the judged drawing, unless it does or has done so."""
        duel = self._duel
        if duel is None or self.is_advising or self.suggestions or duel.stage not in (Stage.JUDGED, Stage.KEPT):
            return
        assert duel.drawing is not None, "a judged duel has a drawing"
        rivals = {name: duel.paintings[name].picture for name in RIVALS}
        job = CoachJob(duel.deal.content_picture, duel.deal.style_picture, duel.drawing, rivals)
        self._advice_ticket = self._courier.submit(job)
        self.advice_says, self.advice_progress = "", (0, 0)
        self.suggestions_changed.emit()

    def _drop_advice(self) -> None:
        """Forget the suggestions, those on their way too."""
        if self._advice_ticket is not None:
            self._courier.cancel(self._advice_ticket)
        is_another = self.is_advising or bool(self.suggestions or self.advice_says)
        self._advice_ticket, self.suggestions, self.advice_says = None, [], ""
        if is_another:
            self.suggestions_changed.emit()

    def _close(self, duel: Duel) -> None:
        """Once all three assessments are there, the duel is judged, and kept; then the judge is free for advice."""
        if duel.stage is not Stage.PAINTING or not duel.is_complete():
            return
        if any(pair not in self.assessments for pair in comparisons()):
            return
        duel.judge([self.assessments[pair] for pair in comparisons()])
        snapshot, assessments, entry = duel.snapshot(), duel.assessments, self._entry
        films = {name: ProgressFilm(list(film.frames)) for name, film in self._films.items()}

        left_out: list[str] = []

        def keep() -> Path:
            folder = gallery.keep(snapshot, films, on_left_out=left_out.append)
            if entry.folder is not None:
                gallery.take_away(entry.folder)
            entry.folder = folder
            return folder

        def then(folder: Path) -> None:
            # Much may have gone on meanwhile; then this verdict is history. Every verdict has assessments of its own.
            if duel.stage is Stage.JUDGED and duel.assessments is assessments:
                duel.keep(folder)
            if left_out:
                self.told.emit(" ".join(left_out), "bad")
            self.kept.emit(snapshot)

        self._errands.send(keep, then, lambda sentence: self.told.emit(sentence, "bad"))
        self.advise()

    def _take_advice(self, suggestions: list[Suggestion]) -> None:
        """Show what the judge suggests, and lay it to the duel in the gallery."""
        self._advice_ticket, self.suggestions = None, suggestions
        if not suggestions:
            self.advice_says = NO_ADVICE
        assert self._duel is not None, "advice is dropped with its duel"
        self._duel.advise(suggestions)
        entry = self._entry

        def note() -> None:
            # Errands are done in order: where the duel could be kept, it lies there now.
            if entry.folder is not None and suggestions:
                gallery.note_suggestions(entry.folder, suggestions)

        self._errands.send(note, lambda _nothing: None, lambda sentence: self.told.emit(sentence, "bad"))
        self.suggestions_changed.emit()

    def _on_progressed(self, ticket: int, step: Step) -> None:
        now_s = time.monotonic()
        if ticket == self._advice_ticket and now_s - self._progressed_s >= TOLD_AFTER_S:
            self._progressed_s = now_s
            self.advice_progress = (step.step, step.steps)
            self.suggestions_changed.emit()

    def _on_finished(self, ticket: int, result: object) -> None:
        if ticket == self._advice_ticket and isinstance(result, list):
            self._take_advice(result)
            return
        pairs = self._tickets.pop(ticket, None)
        if pairs is not None and isinstance(result, dict):
            self.assessments.update({pair: result[pair] for pair in pairs if pair is not _VOID})
            self.ask()

    def _on_failed(self, ticket: int, sentence: str, is_cancelled: bool) -> None:
        if ticket == self._advice_ticket:
            self._advice_ticket, self.advice_says = None, "" if is_cancelled else sentence
            self.suggestions_changed.emit()
        elif self._tickets.pop(ticket, None) is not None and not is_cancelled:
            self.says = sentence
            self.grades_changed.emit()
