"""Whether a network's file is the one that the catalog states; and how to fetch one, as data.

Apart from download.py, so that whoever only looks at files imports nothing of HTTP and TLS.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from app.errors import Cancelled
from app.networks.catalog import WeightFile

#: For what lies on a disk already.
READ_BYTES = 2**20
#: For a file whose size the catalog does not state.
MAX_BYTES = 400 * 2**20

OnBytes = Callable[[int, int | None], None]
IsCancelled = Callable[[], bool]
#: Told how many bytes were just read; may raise Cancelled.
Watch = Callable[[int], None]


@dataclass(frozen=True)
class Fetching:
    """How to fetch: `timeout_s` without a byte is a stall; `attempts` per address while each gains something."""

    timeout_s: float = 20.0
    attempts: int = 5
    on_bytes: OnBytes | None = None
    cancelled: IsCancelled | None = None

    def watch(self, _count: int) -> None:
        """For what reads a file: raises Cancelled once that was asked for."""
        heed(self.cancelled)


def faults_of(file: WeightFile, path: Path, watch: Watch | None = None) -> list[str]:
    """Hold a file against the size and checksum that the catalog states; one sentence per fault, none if sound."""
    # There may be several copies, of which not all are damaged.
    return [f"{file.file} in {path.parent} {fault}." for fault in unnamed_faults(file, path, watch)]


def unnamed_faults(file: WeightFile, path: Path, watch: Watch | None) -> list[str]:
    """What is wrong with a file, in words that follow its name."""
    size = path.stat().st_size
    if file.size is not None and size != file.size:
        return [f"has {size:,} bytes instead of {file.size:,}"]
    for algorithm, stated in (("sha256", file.sha256), ("md5", file.md5)):
        if stated is not None and digest(path, algorithm, watch) != stated:
            return [f"does not match its published {algorithm.upper()} checksum"]
    return []


def digest(path: Path, algorithm: str = "sha256", watch: Watch | None = None) -> str:
    """Return a file's hash in hex. Raises OSError, and whatever `watch` raises."""
    # MD5 serves against accidents only, where the publisher states nothing better.
    made = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as stream:
        while block := stream.read(READ_BYTES):
            made.update(block)
            if watch is not None:
                watch(len(block))
    return made.hexdigest()


def heed(cancelled: IsCancelled | None) -> None:
    """Raise Cancelled if somebody asked for it."""
    if cancelled is not None and cancelled():
        raise Cancelled("The download was stopped; it goes on from there the next time.")
