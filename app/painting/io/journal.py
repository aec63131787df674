"""The journal: the append-only file that a drawing's strokes are written to as they end.

What its bytes are is told in `journal_format.py`.
"""

import atexit
import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.errors import JournalError, SaveError
from app.images import why
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import MAX_SIDE_PX, Entry
from app.painting.io import journal_format
from app.painting.io.journal_file import lock, move_aside, read_whole, sync_folder, write_fully
from app.painting.io.journal_format import JournalChain, JournalHeader
from app.painting.model.stroke import Stroke

SUFFIX = ".duel"
_RETRY_S = 2.0
# The files that this program writes, by whoever writes them.
_written_here: dict[object, Path] = {}


def open_journal(path: Path) -> tuple[JournalHeader, list[Entry], bool]:
    """Read a journal: its header, its entries up to the first that is not sound, and whether that is all of it.

    Raises:
        JournalError: there is no such file, or no sound header in it; nothing of the drawing can be had.
    """
    header, entries, _, _, is_whole = _read(path)
    return header, entries, is_whole


def is_open_elsewhere(path: Path) -> bool:
    """Whether another program is writing this journal now; False where that cannot be found out."""
    if path.absolute() in list(_written_here.values()):
        return False
    try:
        file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    except OSError:
        return False
    try:
        # Closing lets go of it.
        lock(file)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


@dataclass(frozen=True)
class Listing:
    """A journal as a list shows it.

    Attributes:
        path: its file.
        strokes: how many are in force; clearings do not count.
        whole: whether it is sound up to its end.
        modified: when it was last written to, with the time zone.
    """

    path: Path
    strokes: int
    whole: bool
    modified: datetime


def list_drawings(folder: Path, on_damaged: Callable[[JournalError], None] | None = None) -> list[Listing]:
    """The journals in a folder, the newest first, unfinished ones included. A folder that is not there is empty.

    One that cannot be read at all is left out; `on_damaged` is called with its JournalError.
    """
    from app.painting.document.drawing import in_force

    found = []
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        try:
            modified_ns = path.stat().st_mtime_ns
            _, entries, is_whole = open_journal(path)
        except OSError:
            # It went while this looked.
            continue
        except JournalError as error:
            if on_damaged is not None:
                on_damaged(error)
            continue
        strokes = sum(isinstance(entry, Stroke) and entry.mode != "clear" for entry in in_force(entries))
        modified = datetime.fromtimestamp(modified_ns / 1e9).astimezone()
        found.append((modified_ns, Listing(path, strokes, is_whole, modified)))
    return [listing for _, listing in sorted(found, key=lambda pair: pair[0], reverse=True)]


class Journal:
    """Writes a drawing's entries to its file.

    `write` hands an entry to the system before it returns, so that a program that is killed right after has lost
    nothing; a thread sees to it that it reaches the disk. What cannot be written (a full disk) is told once through
    `on_error`, kept in memory, and tried again, in order, until it can. One journal has one writer.

    `create` waits for no disk either: it may be called on the thread that paints.
    """

    def __init__(
        self,
        file: int,
        path: Path,
        chain: JournalChain,
        *,
        beginning: bytes = b"",
        on_error: Callable[[SaveError], None] | None = None,
    ) -> None:
        """Use `create` or `resume`; `file` is an open, locked descriptor at the journal's end.

        `beginning` is what is in the file but may not be on the disk yet.
        """
        self.path = path
        self._file = file
        self._chain = chain
        self._on_error = on_error
        self._guard = threading.Condition()
        self._end = os.lseek(file, 0, os.SEEK_END)  # of the last record in the file
        self._unsure = [beginning] if beginning else []  # in the file, maybe not yet on the disk
        self._backlog: deque[bytes] = deque()  # not in the file yet
        self._is_name_unsure = bool(beginning)
        self._is_failing = False
        self._is_closed = False
        _written_here[self] = path.absolute()
        self._thread = threading.Thread(target=self._secure_all, name="journal", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    @classmethod
    def create(
        cls,
        path: Path,
        width: int,
        height: int,
        deal: dict[str, Any] | None = None,
        *,
        on_error: Callable[[SaveError], None] | None = None,
    ) -> "Journal":
        """Begin a journal in a file that is not there yet; its folder is made.

        Takes well under a millisecond: the file is there when this returns, and reaches the disk a little later.
        `on_error` is called on the journal's thread.

        Raises:
            SaveError: the file is there already, or cannot be written.
        """
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise SaveError(f"A drawing of {width} x {height} px cannot be kept.")
        chain = JournalChain()
        beginning = chain.packed_header(JournalHeader(width, height, deal or {}))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        except FileExistsError as error:
            raise SaveError(f"{path.name} is there already; a drawing never overwrites another.") from error
        except OSError as error:
            raise SaveError(f"The drawing cannot be kept in {path.parent}: {why(error)}.") from error
        try:
            lock(file)
            write_fully(file, beginning)
        except OSError as error:
            os.close(file)
            path.unlink(missing_ok=True)
            raise SaveError(f"The drawing cannot be kept in {path.parent}: {why(error)}.") from error
        return cls(file, path, chain, beginning=beginning, on_error=on_error)

    @classmethod
    def resume(
        cls, path: Path, *, on_error: Callable[[SaveError], None] | None = None
    ) -> tuple["Journal", JournalHeader, list[Entry], bool]:
        """Go on with a journal: it, and what `open_journal` says of it.

        What follows the last sound entry is moved aside, to a file of the same name with ".cut" and a number.

        Raises:
            JournalError: it cannot be read, or is being written by another window.
            SaveError: it cannot be written.
        """
        try:
            file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        except FileNotFoundError as error:
            raise JournalError(f"The drawing {path.name} is not there.") from error
        except OSError as error:
            raise SaveError(f"The drawing {path.name} cannot be written: {why(error)}.") from error
        try:
            try:
                lock(file)
            except OSError as error:
                raise JournalError(f"{_named(path)} is open in another window.") from error
            header, entries, end, chain, is_whole = _read(path)
            if not is_whole:
                move_aside(path, file, end)
        except OSError as error:
            os.close(file)
            raise SaveError(f"The drawing {path.name} cannot be written: {why(error)}.") from error
        except JournalError:
            os.close(file)
            raise
        return cls(file, path, chain, on_error=on_error), header, entries, is_whole

    @property
    def is_saved(self) -> bool:
        """Whether all entries are on the disk."""
        with self._guard:
            return self._is_secure()

    def write(self, entry: Entry) -> None:
        """Write an entry into the file; never waits for the disk and never fails.

        The recipe of a brush is large, and nothing is lost while no stroke follows it: it is left to the thread, unless
        a stroke comes before that had its turn.
        """
        with self._guard:
            if self._is_closed:
                return
            record = self._chain.packed(entry)
            # Behind what could not be written everything waits its turn.
            if self._is_failing or isinstance(entry, Brush) or not self._has_caught_up() or not self._put(record):
                self._backlog.append(record)
            self._guard.notify_all()

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all entries are on the disk; whether they are."""
        with self._guard:
            return self._guard.wait_for(self._is_secure, timeout_s)

    def close(self, timeout_s: float = 10.0) -> bool:
        """Write what is left, and let go of the file; whether all is on the disk."""
        with self._guard:
            is_first = not self._is_closed
            self._is_closed = True
            self._guard.notify_all()
        if is_first:
            atexit.unregister(self.close)
            self._thread.join(timeout_s)
        return self.is_saved

    def _is_secure(self) -> bool:
        return not self._unsure and not self._backlog

    def _has_caught_up(self) -> bool:
        """Append what waits to the file; whether nothing waits any more."""
        try:
            self._catch_up()
        except OSError:
            return False
        return True

    def _catch_up(self) -> None:
        """Append what waits to the file. Raises OSError; the rest then waits on."""
        if self._backlog:
            os.lseek(self._file, self._end, os.SEEK_SET)
        while self._backlog:
            record = self._backlog.popleft()
            try:
                write_fully(self._file, record)
            except OSError:
                self._backlog.appendleft(record)
                with contextlib.suppress(OSError):
                    os.ftruncate(self._file, self._end)
                raise
            self._end += len(record)
            self._unsure.append(record)

    def _put(self, record: bytes) -> bool:
        """Append a record to the file; the file is as before where that fails."""
        try:
            write_fully(self._file, record)
        except OSError:
            # Half a record would be taken for damage.
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, self._end)
            return False
        self._end += len(record)
        self._unsure.append(record)
        return True

    def _secure_all(self) -> None:
        """The thread: brings what was written to the disk, and what could not be written into the file."""
        is_ending = False
        while not is_ending:
            with self._guard:
                if self._is_failing:
                    self._guard.wait_for(lambda: self._is_closed, _RETRY_S)
                else:
                    self._guard.wait_for(lambda: self._is_closed or not self._is_secure())
                is_ending = self._is_closed
            try:
                self._secure()
                self._is_failing = False
            except OSError as error:
                if not self._is_failing and self._on_error is not None:
                    sentence = f"The drawing cannot be saved to {self.path.name}: {why(error)}. It goes on in memory."
                    self._on_error(SaveError(sentence))
                self._is_failing = True
        os.close(self._file)
        del _written_here[self]

    def _secure(self) -> None:
        """Bring everything to the disk. Raises OSError; what was not brought there is then in the backlog."""
        with self._guard:
            self._catch_up()
            count = len(self._unsure)
        try:
            # Not under the guard: whoever paints must not wait for the disk.
            os.fsync(self._file)
            if self._is_name_unsure:
                sync_folder(self.path.parent)
                self._is_name_unsure = False
        except OSError:
            # What the system says of these bytes from now on cannot be trusted: they are written once more.
            with self._guard:
                self._end -= sum(len(record) for record in self._unsure)
                self._backlog.extendleft(reversed(self._unsure))
                self._unsure.clear()
            raise
        with self._guard:
            del self._unsure[:count]
            self._guard.notify_all()


def _read(path: Path) -> journal_format.JournalContent:
    try:
        data = read_whole(path)
    except FileNotFoundError as error:
        raise JournalError(f"The drawing {path.name} is not there.") from error
    except OSError as error:
        raise JournalError(f"The drawing {path.name} cannot be read: {why(error)}.") from error
    except ValueError as error:
        raise JournalError(f"The drawing {path.name} cannot be read: {error}.") from error
    return journal_format.read(data, path.name)


def _named(path: Path) -> str:
    """A drawing as a person knows it: by the title of what it is of, where it says that."""
    with contextlib.suppress(JournalError):
        content = _read(path)[0].deal.get("content")
        if isinstance(content, dict) and content.get("title"):
            return f"“{content['title']}”"
    return f"The drawing {path.name}"
