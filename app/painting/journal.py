"""The journal: the append-only file that a drawing's strokes are written to as they end. The doors call.

A journal is the eight bytes of MAGIC, then records: length (uint32), checksum (uint32), kind (one byte), content. The
checksum (CRC-32) goes over length, kind and content and carries on from the record before, so that a record that was
cut, flipped, moved or left out is noticed. The first record is the header, as JSON.
"""

import atexit
import json
import os
import queue
import struct
import sys
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.errors import JournalError, SaveError
from app.images import why
from app.painting.drawing import MAX_SIDE_PX, Entry
from app.painting.stroke import Stroke

MAGIC = b"PASTDRW1"
VERSION = 1
SUFFIX = ".duel"
MAX_RECORD_BYTES = 64 * 2**20
_RECORD = struct.Struct("<II")
_RETRY_S = 2.0

_HEADER, _STROKE, _UNDO, _REDO = b"H", b"S", b"U", b"R"


@dataclass(frozen=True)
class Header:
    """What a journal says of its drawing before the first stroke.

    Attributes:
        width, height: of the drawing, in pixels.
        deal: whatever the game wants to know again (JSON).
    """

    width: int
    height: int
    deal: dict[str, Any] = field(default_factory=dict)


def open_journal(path: Path) -> tuple[Header, list[Entry], bool]:
    """Read a journal: its header, its entries up to the first that is not sound, and whether that is all of it.

    Raises:
        JournalError: there is no sound header; nothing of the drawing can be had.
    """
    header, entries, _, is_whole = _read(path)
    return header, entries, is_whole


class Journal:
    """Writes a drawing's entries to its file, on a thread of its own.

    `write` returns at once. What cannot be written (a full disk) is told once through `on_error`, kept in memory, and
    tried again until it can. One journal has one writer.
    """

    def __init__(self, file: int, path: Path, checksum: int, on_error: Callable[[SaveError], None] | None) -> None:
        """Use `create` or `resume`; `file` is an open, locked descriptor at the journal's end."""
        self.path = path
        self._file = file
        self._checksum = checksum
        self._end = os.lseek(file, 0, os.SEEK_END)
        self._on_error = on_error
        self._queue: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._written = threading.Condition()
        self._waiting = 0  # entries that are not yet on the disk
        self._is_failing = False
        self._is_closed = False
        self._thread = threading.Thread(target=self._write_all, name="journal", daemon=True)
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

        `on_error` is called on the journal's thread.

        Raises:
            SaveError: the file is there already, or cannot be written.
        """
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise SaveError(f"A drawing of {width} x {height} px cannot be kept.")
        header = {"version": VERSION, "width": width, "height": height, "deal": deal or {}}
        record, checksum = _packed(_HEADER, json.dumps(header).encode(), zlib.crc32(MAGIC))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        except FileExistsError as error:
            raise SaveError(f"{path.name} is there already; a drawing never overwrites another.") from error
        except OSError as error:
            raise SaveError(f"The drawing cannot be kept in {path.parent}: {why(error)}.") from error
        try:
            _lock(file)
            _write_fully(file, MAGIC + record)
            os.fsync(file)
            _sync_folder(path.parent)
        except OSError as error:
            os.close(file)
            path.unlink(missing_ok=True)
            raise SaveError(f"The drawing cannot be kept in {path.parent}: {why(error)}.") from error
        return cls(file, path, checksum, on_error)

    @classmethod
    def resume(
        cls, path: Path, *, on_error: Callable[[SaveError], None] | None = None
    ) -> tuple["Journal", Header, list[Entry], bool]:
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
                _lock(file)
            except OSError as error:
                raise JournalError(f"The drawing {path.name} is open in another window.") from error
            header, entries, (end, checksum), is_whole = _read(path)
            if not is_whole:
                _move_aside(path, file, end)
        except OSError as error:
            os.close(file)
            raise SaveError(f"The drawing {path.name} cannot be written: {why(error)}.") from error
        except JournalError:
            os.close(file)
            raise
        return cls(file, path, checksum, on_error), header, entries, is_whole

    @property
    def is_saved(self) -> bool:
        """Whether all entries are on the disk."""
        with self._written:
            return self._waiting == 0

    def write(self, entry: Entry) -> None:
        """Write an entry down soon; never waits and never fails."""
        if self._is_closed:
            return
        with self._written:
            self._waiting += 1
        self._queue.put(entry)

    def flush(self, timeout_s: float = 10.0) -> bool:
        """Wait until all entries are on the disk; whether they are."""
        with self._written:
            return self._written.wait_for(lambda: self._waiting == 0, timeout_s)

    def close(self, timeout_s: float = 10.0) -> bool:
        """Write what is left, and let go of the file; whether all is on the disk."""
        if self._is_closed:
            return self.is_saved
        self._is_closed = True
        atexit.unregister(self.close)
        self._queue.put(None)
        self._thread.join(timeout_s)
        return self.is_saved

    def _write_all(self) -> None:
        """The thread: entries from the queue to the disk, as many at once as have come."""
        backlog: list[Entry] = []
        is_ending = False
        while not is_ending or backlog:
            try:
                entry = self._queue.get(timeout=_RETRY_S if backlog else None)
                while True:
                    if entry is None:
                        is_ending = True
                    else:
                        backlog.append(entry)
                    entry = self._queue.get_nowait()
            except queue.Empty:
                pass
            if backlog and self._put_down(backlog):
                with self._written:
                    self._waiting -= len(backlog)
                    self._written.notify_all()
                backlog = []
            elif is_ending:
                break
        os.close(self._file)

    def _put_down(self, entries: list[Entry]) -> bool:
        records, checksum = [], self._checksum
        for entry in entries:
            record, checksum = _packed(*_content(entry), checksum)
            records.append(record)
        try:
            # After a write that failed half-way the file may be longer than what counts.
            os.ftruncate(self._file, self._end)
            os.lseek(self._file, self._end, os.SEEK_SET)
            _write_fully(self._file, b"".join(records))
            os.fsync(self._file)
        except OSError as error:
            if not self._is_failing and self._on_error is not None:
                self._is_failing = True
                self._on_error(
                    SaveError(f"The drawing cannot be saved to {self.path.name}: {why(error)}. It goes on in memory.")
                )
            return False
        self._is_failing = False
        self._end += sum(len(record) for record in records)
        self._checksum = checksum
        return True


def _content(entry: Entry) -> tuple[bytes, bytes]:
    if isinstance(entry, Stroke):
        return _STROKE, entry.to_record()
    return (_UNDO if entry == "undo" else _REDO), b""


def _packed(kind: bytes, content: bytes, checksum: int) -> tuple[bytes, int]:
    """A record, and its checksum, which the next one carries on from."""
    body = kind + content
    checksum = zlib.crc32(body, zlib.crc32(struct.pack("<I", len(body)), checksum))
    return _RECORD.pack(len(body), checksum) + body, checksum


def _read(path: Path) -> tuple[Header, list[Entry], tuple[int, int], bool]:
    """Header, entries, (where the last sound record ends, its checksum), and whether that is the file's end."""
    try:
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise JournalError(f"The drawing {path.name} is not there.") from error
    except OSError as error:
        raise JournalError(f"The drawing {path.name} cannot be read: {why(error)}.") from error
    if not data.startswith(MAGIC):
        raise JournalError(f"{path.name} is not a drawing of Pastiche, or its beginning is damaged.")
    end, checksum = len(MAGIC), zlib.crc32(MAGIC)
    header: Header | None = None
    entries: list[Entry] = []
    while (record := _record_at(data, end, checksum)) is not None:
        kind, content, after, next_checksum = record
        if header is None:
            if kind != _HEADER:
                break
            header = _header(path, content)
        else:
            try:
                entries.append(_entry(kind, content))
            except JournalError:
                break
        end, checksum = after, next_checksum
    if header is None:
        raise JournalError(f"The beginning of the drawing {path.name} is damaged.")
    return header, entries, (end, checksum), end == len(data)


def _record_at(data: bytes, start: int, checksum: int) -> tuple[bytes, bytes, int, int] | None:
    """Kind, content, end and checksum of the record at `start`; None where there is no sound one."""
    if start + _RECORD.size >= len(data):
        return None
    length, stated = _RECORD.unpack_from(data, start)
    end = start + _RECORD.size + length
    if not 1 <= length <= MAX_RECORD_BYTES or end > len(data):
        return None
    body = data[start + _RECORD.size : end]
    found = zlib.crc32(body, zlib.crc32(struct.pack("<I", length), checksum))
    return (body[:1], body[1:], end, found) if found == stated else None


def _header(path: Path, content: bytes) -> Header:
    try:
        facts = json.loads(content)
        if facts["version"] > VERSION:
            raise JournalError(f"The drawing {path.name} was made by a newer Pastiche.")
        width, height, deal = int(facts["width"]), int(facts["height"]), dict(facts["deal"])
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise ValueError("size")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise JournalError(f"The beginning of the drawing {path.name} is damaged.") from error
    return Header(width, height, deal)


def _entry(kind: bytes, content: bytes) -> Entry:
    if kind == _STROKE:
        return Stroke.from_record(content)
    if kind == _UNDO and not content:
        return "undo"
    if kind == _REDO and not content:
        return "redo"
    raise JournalError("An entry of the drawing is of a kind that is not known.")


def _write_fully(file: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def _move_aside(path: Path, file: int, end: int) -> None:
    """Keep what follows the sound part of a journal in a file of its own, then end the journal there."""
    os.lseek(file, end, os.SEEK_SET)
    size = os.fstat(file).st_size
    rest = b""
    while len(rest) < size - end and (chunk := os.read(file, size - end - len(rest))):
        rest += chunk
    number = 1
    while True:
        try:
            with path.with_name(f"{path.name}.cut{number}").open("xb") as aside:
                aside.write(rest)
                aside.flush()
                os.fsync(aside.fileno())
            break
        except FileExistsError:
            number += 1
    os.ftruncate(file, end)
    os.fsync(file)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last through a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(file: int) -> None:
    """Make this the file's one writer until it is closed; OSError if there is another."""
    if sys.platform == "win32":
        import msvcrt

        # Far beyond any journal's end, since Windows would keep others from reading a locked range.
        os.lseek(file, 2**40, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
