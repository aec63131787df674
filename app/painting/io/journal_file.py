"""The file under a journal: read whole, appended to, cut, locked for one writer."""

import os
import stat
import sys
import time
from pathlib import Path

# The painting of a lifetime takes some hundred MB.
MAX_BYTES = 2 * 2**30
# Whoever asks whether a journal is open holds its lock for a moment.
_LOCK_TRIES, _LOCK_PAUSE_S = 5, 0.002


def read_whole(path: Path) -> bytes:
    """All bytes of a file. Raises OSError; ValueError with the reason for what is no file, or too large a one."""
    # A pipe that nobody writes to would keep whoever opens it waiting.
    file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    try:
        facts = os.fstat(file)
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError("it is not a file")
        if facts.st_size > MAX_BYTES:
            raise ValueError(f"it has {facts.st_size / 2**30:.1f} GB, at most {MAX_BYTES / 2**30:.0f} GB can be read")
        with os.fdopen(file, "rb", closefd=False) as opened:
            return opened.read(MAX_BYTES)
    finally:
        os.close(file)


def write_fully(file: int, data: bytes) -> None:
    """Write all of the bytes. Raises OSError, maybe with some of them written."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]


def move_aside(path: Path, file: int, end: int) -> None:
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


def sync_folder(folder: Path) -> None:
    """Make a new file's name last through a power cut, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lock(file: int) -> None:
    """Make this the file's one writer until it is closed; OSError if there is another."""
    for tries_left in reversed(range(_LOCK_TRIES)):
        try:
            _try_to_lock(file)
        except OSError:
            if not tries_left:
                raise
            time.sleep(_LOCK_PAUSE_S)
        else:
            return


def _try_to_lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        # Far beyond any journal's end, since Windows would keep others from reading a locked range.
        os.lseek(file, 2**40, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
