"""What an installation consists of: room on the disk, nobody else at it, unpacking, and the rename at the very end."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from app import images, places
from app.errors import NetworkError, SaveError
from app.networks import soundness
from app.networks.catalog import Network, WeightFile
from app.networks.checksums import Fetching, digest, faults_of
from app.networks.soundness import Memo

#: What must be free beside the download itself.
SPARE_BYTES = 32 * 2**20


@dataclass(frozen=True)
class InstallProgress:
    """How far an installation is: bytes over all files of the network, `total_bytes` None while unknown."""

    name: str
    file: str
    done_bytes: int
    total_bytes: int | None
    message: str


OnProgress = Callable[[InstallProgress], None]


class ProgressTotal:
    """Adds up files and passes progress on, at most ten times a second."""

    def __init__(self, network: Network, on_progress: OnProgress | None) -> None:
        self.network, self.on_progress = network, on_progress
        sizes = [file.size for file in network.files]
        self.total = None if None in sizes else sum(size for size in sizes if size)
        self.before = self.done = 0
        self.file = ""
        self.told_at = 0.0

    def begin(self, file: str) -> None:
        """A file is asked for."""
        self.file = file
        self.say("asking")

    def end(self, path: Path) -> None:
        """The file lies whole at `path`."""
        with saving(path):
            self.before += path.stat().st_size
        self.done = self.before
        self.say("verified")

    def on_bytes(self, done: int, total: int | None) -> None:
        """So much of the file at hand is there."""
        self.done = self.before + done
        if len(self.network.files) == 1:
            self.total = total
        if time.monotonic() - self.told_at >= 0.1:
            self.say("fetching")

    def say(self, message: str) -> None:
        """Tell how things stand, now."""
        self.told_at = time.monotonic()
        if self.on_progress:
            self.on_progress(InstallProgress(self.network.name, self.file, self.done, self.total, message))


@contextlib.contextmanager
def alone(name: str, title: str) -> Iterator[None]:
    """Keep two windows or commands from putting together the same network at once. Raises NetworkError, SaveError."""
    path = places.installed_networks() / f".{name}.lock"
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            _lock(file)
        except OSError:
            raise NetworkError(
                f"{title} is being changed by another window or command of Pastiche at this moment."
            ) from None
        yield
    finally:
        os.close(file)


def _lock(file: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def check_space(wanted_bytes: int, folder: Path, what: str) -> None:
    """Refuse before the first byte what the disk cannot hold beside what lies in `folder` already. Raises SaveError."""
    wanted = wanted_bytes + SPARE_BYTES
    there = next(each for each in (folder, *folder.parents) if soundness.is_there(each))
    with saving(there):
        free = shutil.disk_usage(there).free
    had = bytes_below(folder)
    if free + had < wanted:
        raise SaveError(f"The disk is full: {what} needs {wanted / 1e6:.0f} MB, {free / 1e6:.0f} are free.")


def bytes_below(folder: Path) -> int:
    """Return the bytes of all files below a folder, 0 where there is none; what vanishes meanwhile counts nothing."""
    total = 0
    for inside, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(inside, name).stat().st_size
    return total


def put_in_place(staging: Path, target: Path) -> None:
    """Rename the finished folder; a damaged one in its place is moved away first. Raises OSError."""
    old = staging.with_name(f"{staging.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        target.rename(old)
    try:
        staging.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(OSError):
        staging.parent.rmdir()


@contextlib.contextmanager
def saving(path: Path) -> Iterator[None]:
    """Turn an OSError into a SaveError that names the path."""
    try:
        yield
    except OSError as error:
        raise SaveError(f"{path} could not be written: {images.why(error)}.", reason=images.why(error)) from None


def keep_if_sound(file: WeightFile, damaged: Path, staging: Path) -> None:
    """Take a sound file of a copy that is damaged elsewhere, so that it need not be fetched."""
    source = damaged / file.file
    with saving(staging):
        if source.is_file() and not (staging / file.file).exists() and not faults_of(file, source):
            staging.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, staging / file.file)


def unpack(network: Network, staging: Path, remembered: Memo, how: Fetching) -> None:
    """Turn the fetched archive into its files, check their structure and remember their hashes.

    `remembered` is what is known of the copy that lies in its place. Raises NetworkError, Cancelled, OSError.
    """
    from app.networks.archive import UnsoundArchive, extract

    archive = staging / network.files[0].file
    hashed = digest(archive, watch=how.watch)
    unpacked = staging / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        extract(archive, unpacked, how.watch)
    except UnsoundArchive as error:
        archive.unlink()
        raise NetworkError(f"What was sent as {network.name} is not a sound archive ({error}).") from None
    faults = soundness.missing(network, unpacked) or soundness.structure_faults(unpacked)
    if not faults:
        files = sorted(path for path in unpacked.rglob("*") if path.is_file())
        hashes = {path.relative_to(unpacked).as_posix(): digest(path, watch=how.watch) for path in files}
        faults = soundness.first_use_faults(network, remembered, hashes)
    if faults:
        archive.unlink()
        shutil.rmtree(unpacked, ignore_errors=True)
        raise NetworkError(f"What was sent as {network.name} is not that network: {' '.join(faults)}")
    images.write_json(unpacked / soundness.MEMO, soundness.memo(hashes, archive_sha256=hashed))
    archive.unlink()
    for path in list(unpacked.iterdir()):
        path.rename(staging / path.name)
    unpacked.rmdir()
