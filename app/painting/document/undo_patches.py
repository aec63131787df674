"""What undo and redo put back: patches of pixels, in memory up to a bound and in a temporary file beyond it.

Patches that neither memory nor disk can hold are let go of; the drawing then paints its strokes again, which is slower
and just as right.
"""

import tempfile
import threading
import weakref
import zlib
from collections import OrderedDict
from dataclasses import replace
from io import FileIO
from typing import NamedTuple

import numpy as np

from app.painting.engine.tiles import TILE_PX, Patch

_Bytes = bytes | memoryview

DEFAULT_MEMORY_BYTES = 256 * 2**20
# How much of the memory may be on its way to the file before a new patch has to wait.
_ON_ITS_WAY = 0.4
# Patches from so many bytes on are written as they are, which is quicker both ways, while there are not more than
# so many bytes of them in the file; so are smaller ones while the file cannot keep up.
_LARGE_BYTES, _MAX_PLAIN_BYTES = 3 * 2**20, 2**30


class _Place(NamedTuple):
    """Where the pixels of a patch lie in the file, one part after the other."""

    offset: int
    length: int
    is_packed: bool
    counts: tuple[int, ...]
    bare: Patch  # without pixels


class PatchStore:
    """Keeps patches under tickets; each is taken once.

    What is too much for the memory is packed and written by a thread, which ends as soon as that is done.
    """

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        self.memory_bytes = memory_bytes
        """How much may be kept in memory; it may change."""
        self._change = threading.Condition()
        self._kept: OrderedDict[int, Patch] = OrderedDict()
        self._leaving: OrderedDict[int, Patch] = OrderedDict()
        self._spilled: dict[int, _Place] = {}
        self._bytes = self._leaving_bytes = self._plain_bytes = 0
        self._file: FileIO | None = None
        self._is_spilling = False
        self._next = 0

    @property
    def bytes_in_memory(self) -> int:
        """How much the patches in memory weigh."""
        with self._change:
            return self._bytes + self._leaving_bytes

    def put(self, patch: Patch) -> int:
        """Keep a patch; its ticket."""
        with self._change:
            ticket = self._next
            self._next += 1
            self._kept[ticket] = patch
            self._bytes += patch.nbytes
            while self._bytes > self.memory_bytes * (1 - _ON_ITS_WAY) and self._kept:
                oldest, leaving = self._kept.popitem(last=False)
                self._bytes -= leaving.nbytes
                self._leaving[oldest] = leaving
                self._leaving_bytes += leaving.nbytes
            if self._leaving and not self._is_spilling:
                self._is_spilling = True
                threading.Thread(target=self._spill, name="undo memory", daemon=True).start()
            self._change.wait_for(lambda: self._leaving_bytes <= self.memory_bytes * _ON_ITS_WAY)
        return ticket

    def take(self, ticket: int) -> Patch | None:
        """The patch of a ticket, which is then no longer kept; None if it had to be let go of."""
        with self._change:
            found = self._out_of_memory(ticket)
            if found is not None:
                return found
            place = self._out_of_file(ticket)
            if place is None or self._file is None:
                return None
            content = bytearray(place.length)
            try:
                self._file.seek(place.offset)
                if self._file.readinto(content) != place.length:
                    return None
            except OSError:
                return None
        return _unpacked(content, place)

    def drop(self, ticket: int) -> None:
        """Let go of a patch that nobody will ask for."""
        with self._change:
            self._out_of_memory(ticket)
            self._out_of_file(ticket)

    def close(self) -> None:
        """Let go of everything."""
        with self._change:
            self._kept.clear()
            self._leaving.clear()
            self._spilled.clear()
            self._bytes = self._leaving_bytes = self._plain_bytes = 0
            if self._file is not None:
                self._file.close()
                self._file = None

    def _out_of_memory(self, ticket: int) -> Patch | None:
        patch = self._kept.pop(ticket, None)
        if patch is not None:
            self._bytes -= patch.nbytes
            return patch
        patch = self._leaving.pop(ticket, None)
        if patch is not None:
            self._leaving_bytes -= patch.nbytes
        return patch

    def _out_of_file(self, ticket: int) -> _Place | None:
        place = self._spilled.pop(ticket, None)
        if place is not None and not place.is_packed:
            self._plain_bytes -= place.length
        return place

    def _spill(self) -> None:
        """The thread: pack and write what is leaving, the oldest first."""
        while True:
            with self._change:
                if not self._leaving:
                    self._is_spilling = False
                    return
                ticket, patch = next(iter(self._leaving.items()))
                is_plain = self._plain_bytes + patch.nbytes <= _MAX_PLAIN_BYTES and (
                    patch.nbytes >= _LARGE_BYTES or len(self._leaving) > 2
                )
            content = _plain(patch) if is_plain else _packed(patch)
            with self._change:
                # It may have been taken or dropped meanwhile.
                if self._out_of_memory(ticket) is not None and content is not None:
                    self._put_down(ticket, patch, content, is_packed=not is_plain)
                self._change.notify_all()

    def _put_down(self, ticket: int, patch: Patch, content: list[_Bytes], *, is_packed: bool) -> None:
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="pastiche-undo-", buffering=0)  # noqa: SIM115 - closed in close()
                weakref.finalize(self, self._file.close)
            if not self._spilled:
                self._file.seek(0)
                self._file.truncate()
            offset = self._file.seek(0, 2)
            if any(self._file.write(each) != len(each) for each in content):
                return
        except OSError:
            # No room: the drawing paints its strokes again when it comes to this one.
            return
        nothing = np.empty((0, TILE_PX, TILE_PX), dtype=np.uint32)
        bare = replace(patch, parts=tuple(replace(part, pixels=nothing) for part in patch.parts))
        counts = tuple(len(part.pixels) for part in patch.parts)
        length = sum(len(each) for each in content)
        self._spilled[ticket] = _Place(offset, length, is_packed, counts, bare)
        if not is_packed:
            self._plain_bytes += length


def _plain(patch: Patch) -> list[_Bytes]:
    return [part.pixels.data.cast("B") for part in patch.parts if part.pixels.size]


def _packed(patch: Patch) -> list[_Bytes] | None:
    packer = zlib.compressobj(level=1)
    try:
        return [b"".join([*(packer.compress(part.pixels.data) for part in patch.parts), packer.flush()])]
    except MemoryError:
        return None


def _unpacked(content: bytearray, place: _Place) -> Patch | None:
    try:
        whole = zlib.decompress(content) if place.is_packed else content
        pixels = np.frombuffer(whole, dtype=np.uint32).reshape(-1, TILE_PX, TILE_PX)
    except (zlib.error, ValueError):
        return None
    if len(pixels) != sum(place.counts):
        return None
    parts, start = [], 0
    for part, count in zip(place.bare.parts, place.counts, strict=True):
        parts.append(replace(part, pixels=pixels[start : start + count]))
        start += count
    return replace(place.bare, parts=tuple(parts))
