"""What undo and redo put back: patches of pixels, in memory up to a bound and in a temporary file beyond it.

Only a drawing calls. Patches that neither memory nor disk can hold are let go of; the drawing then paints its strokes
again, which is slower and just as right.
"""

import tempfile
import zlib
from collections import OrderedDict
from typing import IO

import numpy as np

from app.painting.surface import TILE_PX, Patch

DEFAULT_MEMORY_BYTES = 256 * 2**20


class PatchStore:
    """Keeps patches under tickets; each is taken once."""

    def __init__(self, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._kept: OrderedDict[int, Patch] = OrderedDict()
        self._bytes = 0
        self._spilled: dict[int, tuple[int, int, Patch]] = {}  # offset, length, the patch without its pixels
        self._file: IO[bytes] | None = None
        self._next = 0

    @property
    def bytes_in_memory(self) -> int:
        """How much the patches in memory weigh."""
        return self._bytes

    def put(self, patch: Patch) -> int:
        """Keep a patch; its ticket."""
        ticket = self._next
        self._next += 1
        self._kept[ticket] = patch
        self._bytes += patch.pixels.nbytes
        while self._bytes > self._memory_bytes and self._kept:
            oldest, spilling = self._kept.popitem(last=False)
            self._bytes -= spilling.pixels.nbytes
            self._spill(oldest, spilling)
        return ticket

    def take(self, ticket: int) -> Patch | None:
        """The patch of a ticket, which is then no longer kept; None if it had to be let go of."""
        patch = self._kept.pop(ticket, None)
        if patch is not None:
            self._bytes -= patch.pixels.nbytes
            return patch
        place = self._spilled.pop(ticket, None)
        if place is None or self._file is None:
            return None
        offset, length, bare = place
        try:
            self._file.seek(offset)
            packed = self._file.read(length)
            if not self._spilled:
                self._file.seek(0)
                self._file.truncate()
            pixels = np.frombuffer(bytearray(zlib.decompress(packed)), dtype=np.uint32)
        except (OSError, zlib.error):
            return None
        return Patch(bare.rows, bare.columns, pixels.reshape(-1, TILE_PX, TILE_PX))

    def drop(self, ticket: int) -> None:
        """Let go of a patch that nobody will ask for."""
        patch = self._kept.pop(ticket, None)
        if patch is not None:
            self._bytes -= patch.pixels.nbytes
        self._spilled.pop(ticket, None)

    def close(self) -> None:
        """Let go of everything."""
        self._kept.clear()
        self._spilled.clear()
        self._bytes = 0
        if self._file is not None:
            self._file.close()
            self._file = None

    def _spill(self, ticket: int, patch: Patch) -> None:
        packed = zlib.compress(patch.pixels.tobytes(), level=1)
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="pastiche-undo-", buffering=0)  # noqa: SIM115 - closed in close()
            offset = self._file.seek(0, 2)
            if self._file.write(packed) == len(packed):
                bare = Patch(patch.rows, patch.columns, np.empty((0, TILE_PX, TILE_PX), dtype=np.uint32))
                self._spilled[ticket] = (offset, len(packed), bare)
        except OSError:
            # No room: the drawing paints its strokes again when it comes to this one.
            return
