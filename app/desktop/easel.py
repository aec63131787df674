"""Which drawing stands on the easel, and its journal, so that no stroke is ever lost. Only `window.py` calls this.

The journal's file comes about with the first stroke, in the background; until it is there, and while it cannot be
written, the entries wait in memory and are tried again.
"""

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QObject, pyqtSignal

from app import places
from app.desktop.host import DealtImages, show_deal
from app.desktop.jobs import Errands
from app.errors import JournalError, SaveError
from app.game.deck import Card, Deal
from app.painting.brush import Brush
from app.painting.drawing import Drawing, Entry
from app.painting.journal import SUFFIX, Header, Journal, open_journal
from app.painting.stroke import Stroke


@dataclass(frozen=True)
class Unfinished:
    """A drawing that can be gone on with: its journal, and what to say of it."""

    path: Path
    sentence: str


class Record:
    """Writes one drawing down. Made without a file; see the module. Its methods may be called from any thread."""

    def __init__(self, open_file: Callable[[], Journal], errands: Errands, on_failed: Callable[[str], None]) -> None:
        """`on_failed` gets one sentence, on the thread that opens the file, when that fails for the first time."""
        self._open_file, self._errands, self._on_failed = open_file, errands, on_failed
        self._guard = threading.Condition()
        self._journal: Journal | None = None
        self._backlog: list[Entry] = []
        self._is_opening = False
        self._has_told = False

    @classmethod
    def of(cls, journal: Journal, errands: Errands) -> "Record":
        """The record of a drawing whose journal is open already."""
        record = cls(lambda: journal, errands, lambda _: None)
        record._journal = journal
        return record

    @property
    def path(self) -> Path | None:
        """The journal's file, once it is there."""
        with self._guard:
            return self._journal.path if self._journal is not None else None

    def write(self, entry: Entry) -> None:
        """Write an entry down soon; never waits and never fails."""
        with self._guard:
            if self._journal is not None:
                self._journal.write(entry)
                return
            self._backlog.append(entry)
            if self._is_opening:
                return
            self._is_opening = True
        self._errands.send(self._open, lambda _: None, lambda _: None)

    def is_saved(self, timeout_s: float = 0.0) -> bool:
        """Whether everything is on the disk, waiting for it up to `timeout_s`."""
        with self._guard:
            self._guard.wait_for(lambda: not self._is_opening, timeout_s)
            if self._journal is None:
                return not self._backlog
            journal = self._journal
        return journal.flush(timeout_s)

    def close(self, timeout_s: float = 1.0) -> None:
        """Write what is left, and let go of the file."""
        with self._guard:
            self._guard.wait_for(lambda: not self._is_opening, timeout_s)
            is_owed = self._journal is None and bool(self._backlog)
        if is_owed:
            self._open()
        if self._journal is not None:
            self._journal.close(timeout_s)

    def _open(self) -> None:
        """Make the file and write the backlog to it. The next stroke tries again where that fails."""
        journal, sentence = None, ""
        try:
            journal = self._open_file()
        except SaveError as error:
            sentence = str(error)
        with self._guard:
            self._is_opening = False
            self._journal = journal
            if journal is not None:
                for entry in self._backlog:
                    journal.write(entry)
                self._backlog.clear()
            self._guard.notify_all()
        if sentence and not self._has_told:
            self._has_told = True
            self._on_failed(f"{sentence} It goes on in memory.")


class Easel(QObject):
    """Holds the drawing that is being painted.

    Signals: `told(sentence, tone)`; `offered(list)` of Unfinished; `resumed(DealtImages, Drawing)`, after which the
    window makes room and puts it back; `not_resumed()`; `left_changed()` when `left` is to be written down.
    """

    told = pyqtSignal(str, str)
    left_changed = pyqtSignal()
    offered = pyqtSignal(list)
    resumed = pyqtSignal(object, object)
    not_resumed = pyqtSignal()

    def __init__(self, errands: Errands, left: list[str]) -> None:
        super().__init__()
        self._errands = errands
        self.left = left
        """Names of journals that are not to be offered: finished, or put away."""
        self.drawing: Drawing | None = None
        self._record: Record | None = None
        self._is_resuming = False
        # Reading a journal takes a while: what was said of it holds until it changes. Only errands look.
        self._offers: dict[Path, tuple[tuple[int, int], Unfinished | None]] = {}

    @property
    def path(self) -> Path | None:
        """The journal of the drawing in hand, once it is there."""
        return self._record.path if self._record is not None else None

    def put_new(self, deal: Deal, side_px: int, brushes: Mapping[str, Brush]) -> Drawing:
        """An empty drawing of the photograph's aspect, its longer side `side_px`. Raises PictureError."""
        height, width = deal.content_picture.shape[:2]
        scale = side_px / max(height, width)
        width, height = max(64, round(width * scale)), max(64, round(height * scale))

        def create() -> Journal:
            return _create(deal, width, height, lambda error: self.told.emit(str(error), "bad"))

        self._record = Record(create, self._errands, lambda sentence: self.told.emit(sentence, "bad"))
        self.drawing = Drawing(width, height, self._record, brushes=brushes)
        return self.drawing

    def put_back(self, drawing: Drawing) -> None:
        """Put a drawing on the easel that was resumed."""
        assert isinstance(drawing.journal, Record), "what was resumed has its record"
        self.drawing, self._record = drawing, drawing.journal
        self.look_for_unfinished()

    def is_safe(self, timeout_s: float = 1.0) -> bool:
        """Whether nothing would be lost if the drawing were taken off the easel now."""
        if self.drawing is None or self.drawing.is_blank or self._record is None:
            return True
        return self._record.is_saved(timeout_s)

    def take_off(self) -> None:
        """Take the drawing off; one that is neither finished nor blank is offered again."""
        drawing, record = self.drawing, self._record
        self.drawing = self._record = None
        if drawing is None or record is None:
            return
        if drawing.is_blank and record.path is not None:
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
        if path is not None and path.name in self.left:
            self.left = [each for each in self.left if each != path.name]
            self.left_changed.emit()

    def put_away(self, path: Path) -> None:
        """Offer this journal no longer; its file stays."""
        self.left = [*(name for name in self.left if name != path.name), path.name][-500:]
        self.left_changed.emit()

    def look_for_unfinished(self) -> None:
        """Find the drawings that can be gone on with; `offered` tells, the latest first."""

        def look() -> list[Unfinished]:
            left = set(self.left)
            paths = [path for path in places.drawings().glob(f"*{SUFFIX}") if path.name not in left]
            found = [self._offer_of(path) for path in sorted(paths, key=_modified, reverse=True)]
            return [offer for offer in found if offer is not None]

        def then(found: list[Unfinished]) -> None:
            # The drawing in hand may have got its journal, or have come onto the easel, while this was looking.
            self.offered.emit([offer for offer in found if offer.path != self.path])

        self._errands.send(look, then, lambda sentence: self.told.emit(sentence, "bad"))

    def _offer_of(self, path: Path) -> Unfinished | None:
        try:
            facts = path.stat()
        except OSError:
            return None
        state = (facts.st_mtime_ns, facts.st_size)
        if path not in self._offers or self._offers[path][0] != state:
            self._offers[path] = (state, _offer(path))
        return self._offers[path][1]

    def go_on_with(self, path: Path, brushes: Mapping[str, Brush]) -> None:
        """Read an unfinished drawing and its deal; `resumed` or `not_resumed` tells. One at a time."""
        if self._is_resuming:
            return
        self._is_resuming = True

        def tell(error: SaveError) -> None:
            self.told.emit(str(error), "bad")

        def read() -> tuple[DealtImages, Drawing, Journal, bool]:
            journal, header, entries, is_whole = Journal.resume(path, on_error=tell)
            try:
                dealt = show_deal(_deal_of(header))
                drawing = Drawing.replayed(header.width, header.height, entries, brushes=brushes)
            except BaseException:
                journal.close()
                raise
            return dealt, drawing, journal, is_whole

        def then(found: tuple[DealtImages, Drawing, Journal, bool]) -> None:
            self._is_resuming = False
            dealt, drawing, journal, is_whole = found
            drawing.journal = Record.of(journal, self._errands)
            if not is_whole:
                self.told.emit("The end of the drawing's file was damaged; everything before it is here.", "info")
            self.resumed.emit(dealt, drawing)

        def otherwise(sentence: str) -> None:
            self._is_resuming = False
            self.told.emit(sentence, "bad")
            self.not_resumed.emit()

        self._errands.send(read, then, otherwise)


def _create(deal: Deal, width: int, height: int, on_error: Callable[[SaveError], None]) -> Journal:
    facts = {
        side: {"title": card.title, "file": str(card.path)}
        for side, card in (("content", deal.content), ("style", deal.style))
    }
    words = re.sub(r"[^\w]+", "-", deal.content.title.lower()).strip("-")[:40]
    stem = f"{datetime.now():%Y-%m-%d-%H%M%S}-{words}"
    for number in range(1, 100):
        path = places.drawings() / f"{stem}{f'-{number}' if number > 1 else ''}{SUFFIX}"
        if not path.exists():
            return Journal.create(path, width, height, facts, on_error=on_error)
    raise SaveError(f"The drawing cannot be kept: {stem} is taken.")


def _offer(path: Path) -> Unfinished | None:
    """What to say of a journal; None for one that is empty, or that cannot be read."""
    try:
        header, entries, _ = open_journal(path)
        deal = _cards_of(header)
    except JournalError:
        return None
    strokes: list[Stroke] = []
    undone: list[Stroke] = []
    for entry in entries:
        if isinstance(entry, Stroke):
            strokes.append(entry)
            undone.clear()
        elif entry == "undo" and strokes:
            undone.append(strokes.pop())
        elif entry == "redo" and undone:
            strokes.append(undone.pop())
    if not strokes or strokes[-1].mode == "clear":
        return None
    when = f"{datetime.fromtimestamp(_modified(path)):%d %B, %H:%M}".lstrip("0")
    count = f"{len(strokes)} stroke{'s' if len(strokes) > 1 else ''}"
    return Unfinished(path, f"“{deal[0].title}” in the manner of “{deal[1].title}”: {count}, {when}")


def _deal_of(header: Header) -> Deal:
    """The deal that a drawing belongs to, its pictures read. Raises PictureError, JournalError."""
    content, style = _cards_of(header)
    return Deal(content, style).read()


def _cards_of(header: Header) -> tuple[Card, Card]:
    def card(side: str, kind: Any) -> Card:
        facts = header.deal[side]
        path = Path(str(facts["file"]))
        # The program may have moved since; its own pictures have moved with it.
        twin = (places.contents() if kind == "content" else places.styles()) / path.name
        return Card(twin if twin.is_file() and not path.is_file() else path, str(facts["title"]), kind)

    try:
        return card("content", "content"), card("style", "style")
    except (KeyError, TypeError) as error:
        raise JournalError("The drawing does not say which deal it belongs to.") from error


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
