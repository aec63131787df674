"""Which drawing is open, and its journal, so that no stroke is ever lost.

The journal's file comes about with the first stroke; `autosave.py` writes it, `drawing_recovery.py` knows the others.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app import places
from app.desktop.app_state.background import Errands
from app.desktop.app_state.view_models import DealtImages, show_deal
from app.desktop.controllers.autosave import Record
from app.desktop.controllers.drawing_recovery import Left, Offers, deal_of, is_empty
from app.errors import JournalError, PictureError, SaveError
from app.game.deck import Deal
from app.game.duel import Provenance
from app.images import why
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Drawing
from app.painting.io.journal import SUFFIX, Journal, open_journal
from app.text import slug

MEGABYTE = 2**20


@dataclass(frozen=True)
class Blank:
    """What a blank drawing is like: its size in px, whether its duel is strict, and what undo may keep."""

    width: int
    height: int
    is_strict: bool
    undo_memory_mb: int


@dataclass(frozen=True)
class Resumed:
    """A drawing that was read to be gone on with. `remark` says what is not as it was; "" for nothing."""

    dealt: DealtImages
    drawing: Drawing
    journal: Journal
    is_strict: bool
    remark: str


class DocumentController(QObject):
    """Holds the drawing that is being painted.

    Signals: `told(sentence, tone)`; `offered(list)` of Unfinished; `resumed(Resumed)`, after which the window makes
    room and puts it back; `not_resumed()`; `left_changed()` when `left` is to be written down.
    """

    told = pyqtSignal(str, str)
    left_changed = pyqtSignal()
    offered = pyqtSignal(list)
    resumed = pyqtSignal(object)
    not_resumed = pyqtSignal()

    def __init__(self, errands: Errands, left: list[str]) -> None:
        super().__init__()
        self._errands = errands
        self.left = Left(left)
        self.drawing: Drawing | None = None
        self.is_strict = False
        """Whether the drawing in hand belongs to a duel without tracing and placed pictures."""
        self._record: Record | None = None
        self._is_resuming = False
        # Only errands ask it.
        self._offers = Offers()

    @property
    def path(self) -> Path | None:
        """The journal of the drawing in hand, once it is there."""
        return self._record.path if self._record is not None else None

    def put_new(
        self, deal: Deal, blank: Blank, brushes: Mapping[str, Brush], *, begun: Drawing | None = None
    ) -> Drawing:
        """An empty drawing, or one that was `begun` without a journal, which then gets one. Raises PictureError."""

        def create() -> Journal:
            return _create(deal, blank, lambda error: self.told.emit(str(error), "bad"))

        record = Record(create, lambda sentence: self.told.emit(sentence, "bad"))
        self.drawing = begun if begun is not None else drawing_of(blank, brushes)
        for step in self.drawing.steps:
            record.write(step.entry)
        self.drawing.journal = self._record = record
        self.is_strict = blank.is_strict
        return self.drawing

    def put_back(self, found: Resumed) -> None:
        """Open a drawing that was resumed."""
        self._record = Record.of(found.journal)
        self.drawing, self.is_strict = found.drawing, found.is_strict
        self.drawing.journal = self._record
        self.look_for_unfinished()

    def painted(self) -> Provenance | None:
        """What is to be said of the drawing in hand."""
        return None if self.drawing is None else Provenance.of(self.drawing, is_strict=self.is_strict)

    def whole_file(self) -> Path | None:
        """The drawing's journal, if every stroke is in it and on the disk."""
        return self._record.path if self._record is not None and self._record.is_saved(1.0) else None

    def is_safe(self, timeout_s: float = 1.0) -> bool:
        """Whether nothing would be lost if the drawing were closed now."""
        if self.drawing is None or self._record is None or _holds_nothing(self.drawing):
            return True
        return self._record.is_saved(timeout_s)

    def take_off(self) -> None:
        """Take the drawing off; one that is neither finished nor blank is offered again."""
        drawing, record = self.drawing, self._record
        self.drawing = self._record = None
        self.is_strict = False
        if drawing is None or record is None:
            return
        if record.path is not None and _holds_nothing(drawing):
            self.put_away(record.path)
        drawing.close()
        # What can be written was, or the player agreed to lose it: there is nothing to wait for.
        record.close(0.0)
        self.look_for_unfinished()

    def close(self) -> None:
        """The window closes: write what is left."""
        if self._record is not None:
            self._record.close(0.8)
        if self.drawing is not None:
            self.drawing.close()

    def note_finished(self, drawing: Drawing) -> None:
        """The duel of this drawing is kept: it need not be offered again, unless it is painted on."""
        if isinstance(drawing.journal, Record) and drawing.journal.path is not None:
            self.put_away(drawing.journal.path)

    def note_painted(self) -> None:
        """The drawing was painted on."""
        path = self.path
        if path is not None and self.left.take_back(path.name):
            self.left_changed.emit()

    def put_away(self, path: Path) -> None:
        """Offer this journal no longer; its file stays."""
        self.left.put(path.name)
        self.left_changed.emit()

    def look_for_unfinished(self) -> None:
        """Find the drawings that can be gone on with; `offered` tells, the latest first."""

        def then(found: list) -> None:
            # The drawing in hand may have got its journal, or have been opened, while this was looking.
            self.offered.emit([offer for offer in found if offer.path != self.path])

        self._errands.send(lambda: self._offers.look(self.left), then, lambda sentence: self.told.emit(sentence, "bad"))

    def go_on_with(
        self, path: Path, brushes: Mapping[str, Brush], *, undo_memory_mb: int, deal: Deal | None = None
    ) -> None:
        """Read an unfinished drawing and its deal; `resumed` or `not_resumed` tells. One at a time.

        A journal from elsewhere is copied among the player's drawings first, so that nobody else can write it too.
        `deal` is what it is gone on with where the pictures of its own are not here.
        """
        if self._is_resuming:
            return
        self._is_resuming = True

        def tell(error: SaveError) -> None:
            self.told.emit(str(error), "bad")

        def read() -> Resumed:
            is_elsewhere = path.resolve().parent != places.drawings().resolve()
            own = _copied(path) if is_elsewhere else path
            try:
                return _resume(own, brushes, undo_memory_mb, deal, tell)
            except BaseException:
                if is_elsewhere:
                    own.unlink(missing_ok=True)
                raise

        def then(found: Resumed) -> None:
            self._is_resuming = False
            if found.remark:
                self.told.emit(found.remark, "info")
            self.resumed.emit(found)

        def otherwise(sentence: str) -> None:
            self._is_resuming = False
            self.told.emit(sentence, "bad")
            self.not_resumed.emit()

        self._errands.send(read, then, otherwise)


def blank_of(deal: Deal, side_px: int, *, is_strict: bool, undo_memory_mb: int) -> Blank:
    """A blank drawing of the photograph's aspect, its longer side `side_px`."""
    height, width = deal.content_picture.shape[:2]
    scale = side_px / max(height, width)
    return Blank(max(64, round(width * scale)), max(64, round(height * scale)), is_strict, undo_memory_mb)


def drawing_of(blank: Blank, brushes: Mapping[str, Brush]) -> Drawing:
    """An empty drawing without a journal. Raises PictureError."""
    memory_bytes = blank.undo_memory_mb * MEGABYTE
    return Drawing(blank.width, blank.height, brushes=brushes, undo_memory_bytes=memory_bytes)


def _holds_nothing(drawing: Drawing) -> bool:
    return is_empty(step.entry for step in drawing.steps[: drawing.position])


def _create(deal: Deal, blank: Blank, on_error: Callable[[SaveError], None]) -> Journal:
    facts: dict[str, object] = {
        side: {"title": card.title, "file": str(card.path)}
        for side, card in (("content", deal.content), ("style", deal.style))
    }
    facts["strict"] = blank.is_strict
    words = slug(deal.content.title, most_chars=40)
    stem = f"{datetime.now():%Y-%m-%d-%H%M%S}-{words}"
    for number in range(1, 100):
        path = places.drawings() / f"{stem}{f'-{number}' if number > 1 else ''}{SUFFIX}"
        if not path.exists():
            return Journal.create(path, blank.width, blank.height, facts, on_error=on_error)
    raise SaveError(f"The drawing cannot be kept: {stem} is taken.")


def _resume(
    path: Path,
    brushes: Mapping[str, Brush],
    undo_memory_mb: int,
    otherwise: Deal | None,
    on_error: Callable[[SaveError], None],
) -> Resumed:
    journal, header, entries, is_whole = Journal.resume(path, on_error=on_error)
    remarks = [] if is_whole else ["The end of the drawing's file was damaged; everything before it is here."]
    try:
        try:
            deal = deal_of(header)
        except (PictureError, JournalError):
            if otherwise is None:
                raise
            deal = otherwise
            remarks.append("The pictures of its own deal are not here, so it goes on in this one.")
        drawing = Drawing.replayed(
            header.width,
            header.height,
            entries,
            brushes=brushes,
            undo_memory_bytes=undo_memory_mb * MEGABYTE,
        )
        is_strict = header.deal.get("strict") is True
        return Resumed(show_deal(deal), drawing, journal, is_strict, " ".join(remarks))
    except BaseException:
        journal.close()
        raise


def _copied(path: Path) -> Path:
    """A copy of somebody's journal among the player's drawings, under a name that is free."""
    open_journal(path)
    folder = places.drawings()
    try:
        content = path.read_bytes()
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, 1000):
            copy = folder / f"{path.stem}{f'-{number}' if number > 1 else ''}{SUFFIX}"
            try:
                with copy.open("xb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
            except FileExistsError:
                continue
            except OSError:
                copy.unlink(missing_ok=True)
                raise
            return copy
    except OSError as error:
        raise SaveError(f"{path.name} cannot be kept among your drawings: {why(error)}.") from None
    raise SaveError(f"There are too many drawings named {path.stem} already.")
