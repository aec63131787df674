"""The records that a journal is made of: how entries become bytes and bytes become entries.

A journal is the eight bytes of MAGIC, then records: length (uint32), checksum (uint32), kind (one byte), content. The
checksum (CRC-32) goes over length, kind and content and carries on from the record before, so that a record that was
cut, flipped, moved or left out is noticed. The kinds are

    H  the header, JSON; the first record and no other
    S  a stroke
    A  the layers as they lie after a change of theirs
    F  a file that brushes are made of: its bytes, known from then on by their SHA-256
    B  a brush, JSON: the files that it is made of
    U  undo
    R  redo

A journal that begins with a header of version 1 has no A, F and B.
"""

import functools
import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.errors import JournalError, PictureError
from app.painting.brushes.brush import Brush, BrushSource
from app.painting.document.drawing import MAX_SIDE_PX, Entry
from app.painting.model.layers import Arrangement
from app.painting.model.stroke import Stroke

MAGIC = b"PASTDRW1"
VERSION = 2
# The longest is a placed picture of 48 MiB, four letters for three of its bytes.
MAX_RECORD_BYTES = 96 * 2**20
# Decoded brushes that are kept, because a journal is often read more than once, and most share our brushes.
_BRUSHES_KEPT = 48

_RECORD = struct.Struct("<II")
_LENGTH = struct.Struct("<I")
_HEADER, _STROKE, _ARRANGEMENT, _FILE, _BRUSH, _UNDO, _REDO = b"H", b"S", b"A", b"F", b"B", b"U", b"R"


@dataclass(frozen=True)
class JournalHeader:
    """What a journal says of its drawing before the first stroke.

    Attributes:
        width, height: of the drawing, in pixels.
        deal: whatever the game wants to know again (JSON).
    """

    width: int
    height: int
    deal: dict[str, Any] = field(default_factory=dict)


@dataclass
class JournalChain:
    """Where a journal has come to: what the next record carries on from.

    Attributes:
        checksum: of the last record.
        files: the SHA-256 of the files that are in the journal.
    """

    checksum: int = zlib.crc32(MAGIC)
    files: set[bytes] = field(default_factory=set)

    def packed_header(self, header: JournalHeader) -> bytes:
        """The beginning of a journal, MAGIC included."""
        facts = {"version": VERSION, "width": header.width, "height": header.height, "deal": header.deal}
        return MAGIC + self._packed(_HEADER, json.dumps(facts).encode())

    def packed(self, entry: Entry) -> bytes:
        """The records of an entry; those of a brush bring the files that are not there yet.

        Raises:
            ValueError: a record would be longer than any that is read again.
        """
        if isinstance(entry, Stroke):
            return self._packed(_STROKE, entry.to_record())
        if isinstance(entry, Arrangement):
            return self._packed(_ARRANGEMENT, entry.to_record())
        if isinstance(entry, Brush):
            return b"".join(self._packed_brush(entry))
        return self._packed(_UNDO if entry == "undo" else _REDO, b"")

    def _packed_brush(self, brush: Brush) -> Iterator[bytes]:
        facts: dict[str, str] = {}
        for part, digest in brush.digests.items():
            if digest not in self.files:
                yield self._packed(_FILE, getattr(brush.source, part))
                self.files.add(digest)
            facts[part] = digest.hex()
        yield self._packed(_BRUSH, json.dumps(facts, separators=(",", ":")).encode())

    def _packed(self, kind: bytes, content: bytes) -> bytes:
        body = kind + content
        if len(body) > MAX_RECORD_BYTES:
            raise ValueError("a record is too long")
        self.checksum = zlib.crc32(body, zlib.crc32(_LENGTH.pack(len(body)), self.checksum))
        return _RECORD.pack(len(body), self.checksum) + body


class JournalContent(NamedTuple):
    """What a journal's bytes say.

    Attributes:
        header, entries: up to the first record that is not sound.
        end: where the last sound record ends, in bytes.
        chain: what the record after that carries on from.
        is_whole: whether that is all of the bytes.
    """

    header: JournalHeader
    entries: list[Entry]
    end: int
    chain: JournalChain
    is_whole: bool


def read(data: bytes, name: str) -> JournalContent:
    """The content of a journal's bytes; `name` is what its file is called.

    Raises:
        JournalError: there is no sound header; nothing of the drawing can be had.
    """
    if not data.startswith(MAGIC):
        raise JournalError(f"{name} is not a drawing of Pastiche, or its beginning is damaged.")
    end, checksum = len(MAGIC), zlib.crc32(MAGIC)
    header: JournalHeader | None = None
    entries: list[Entry] = []
    files: dict[bytes, bytes] = {}
    while (record := _record_at(data, end, checksum)) is not None:
        kind, content, after, next_checksum = record
        try:
            if header is None:
                if kind != _HEADER:
                    break
                header = _header(name, content)
            elif kind == _FILE:
                files[hashlib.sha256(content).digest()] = content
            else:
                entries.append(_entry(kind, content, files))
        except JournalError:
            if header is None:
                raise
            break
        end, checksum = after, next_checksum
    if header is None:
        raise JournalError(f"The beginning of the drawing {name} is damaged.")
    return JournalContent(header, entries, end, JournalChain(checksum, set(files)), end == len(data))


def _record_at(data: bytes, start: int, checksum: int) -> tuple[bytes, bytes, int, int] | None:
    """Kind, content, end and checksum of the record at `start`; None where there is no sound one."""
    if start + _RECORD.size >= len(data):
        return None
    length, stated = _RECORD.unpack_from(data, start)
    end = start + _RECORD.size + length
    if not 1 <= length <= MAX_RECORD_BYTES or end > len(data):
        return None
    body = data[start + _RECORD.size : end]
    found = zlib.crc32(body, zlib.crc32(_LENGTH.pack(length), checksum))
    return (body[:1], body[1:], end, found) if found == stated else None


def _header(name: str, content: bytes) -> JournalHeader:
    try:
        facts = json.loads(content)
        if facts["version"] > VERSION:
            raise JournalError(f"The drawing {name} was made by a newer Pastiche.")
        width, height, deal = int(facts["width"]), int(facts["height"]), dict(facts["deal"])
        if not (1 <= width <= MAX_SIDE_PX and 1 <= height <= MAX_SIDE_PX):
            raise ValueError("size")
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
        raise JournalError(f"The beginning of the drawing {name} is damaged.") from error
    return JournalHeader(width, height, deal)


def _entry(kind: bytes, content: bytes, files: dict[bytes, bytes]) -> Entry:
    if kind == _STROKE:
        return Stroke.from_record(content)
    if kind == _ARRANGEMENT:
        return Arrangement.from_record(content)
    if kind == _BRUSH:
        return _brush(content, files)
    if kind == _UNDO and not content:
        return "undo"
    if kind == _REDO and not content:
        return "redo"
    raise JournalError("An entry of the drawing is of a kind that is not known.")


def _brush(content: bytes, files: dict[bytes, bytes]) -> Brush:
    try:
        named: dict[str, str] = json.loads(content)
        found = {part: files[bytes.fromhex(digest)] for part, digest in named.items()}
        return _made(BrushSource(found["json"], found["texture_png"], found.get("paper_png")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, PictureError) as error:
        raise JournalError("A brush of the drawing cannot be read.") from error


@functools.lru_cache(maxsize=_BRUSHES_KEPT)
def _made(source: BrushSource) -> Brush:
    return Brush.from_source(source)
