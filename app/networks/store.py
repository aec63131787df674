"""Where networks lie and how they come there: found, required, installed, verified, removed.

Looks in `checkpoints/`, then in the player's data folder, then in the folder that `PASTICHE_NETWORKS` names.
Rivals and judge call `find` and `require`; only a person's request calls `install` and `remove`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app import images, places
from app.errors import NetworkError, SaveError
from app.networks import catalog, checkpoints
from app.networks.archive import UnsoundArchive, extract
from app.networks.catalog import Network
from app.networks.download import Fetching, digest, faults_of, fetch

#: Beside an archive's files: the hashes they had when they were first installed.
MEMO = "remembered.json"
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


@dataclass(frozen=True)
class Status:
    """What a person wants to know about one network.

    `place` is "part of the game", "player's data", "PASTICHE_NETWORKS" or "". `checksum` says what its files are
    held against: "published", "its card", "remembered from <date>" or "structure only"; "" where not installed.
    `faults` are sentences about a copy that is there but cannot be used.
    """

    name: str
    title: str
    licence: str
    is_installed: bool
    place: str
    path: Path | None
    size_bytes: int
    checksum: str
    faults: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        if self.is_installed:
            return f"{self.title}: {self.place}, {self.size_bytes / 1e6:.1f} MB, checksum: {self.checksum}."
        return f"{self.title}: not installed. {' '.join(self.faults)}".rstrip()


def find(name: str) -> Path | None:
    """Return the folder that holds the network's files, or a built-in one's file; None where it is not there.

    Looks at names and sizes only, which is quick; `verify` reads everything.
    """
    network = catalog.network(name)
    for _, folder in _folders(network):
        if folder.is_dir() and not _missing(network, folder):
            return folder / network.files[0].file if network.is_built_in else folder
    return None


def require(name: str) -> Path:
    """Return what `find` returns, checked byte by byte. Raises NetworkError saying what is wrong and how to get it."""
    network = catalog.network(name)
    path = find(name)
    faults = verify(name)
    if path is not None and not faults:
        return path
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche, but {_joined(faults)} Fetch the program anew.")
    raise NetworkError(f"{_joined(faults)} `python3 main.py networks install {name}` fetches {network.title}.")


def verify(name: str) -> list[str]:
    """Read the whole network and hold it against what is known of it: a sentence per fault, none if it is sound."""
    network = catalog.network(name)
    found = find(name)
    if found is not None:
        return _faults(network, found.parent if network.is_built_in else found)
    for _, folder in _folders(network):
        # A folder that is there but was not found is what a person wants to hear of.
        if folder.is_dir() and not network.is_built_in:
            return _missing(network, folder)
    return (
        [f"{network.title} is not installed."] if not network.is_built_in else _missing(network, places.checkpoints())
    )


def status(name: str) -> Status:
    """Say where a network is and what its files are held against. Quick: nothing is read but names and sizes."""
    network = catalog.network(name)
    found = find(name)
    blank = Status(name, network.title, network.licence, False, "", None, 0, "", ())
    if found is None:
        broken = [fault for _, folder in _folders(network) if folder.is_dir() for fault in _missing(network, folder)]
        return dataclasses.replace(blank, faults=tuple(broken))
    folder = found.parent if network.is_built_in else found
    place = next(place for place, candidate in _folders(network) if candidate == folder)
    inside = [folder / file for file in _paths(network)]
    memo = _memo(folder)
    if network.is_built_in:
        checksum = "its card"
    elif network.is_published_with_checksum:
        checksum = "published"
    else:
        checksum = f"remembered from {str(memo.get('installed', ''))[:10]}" if memo else "structure only"
    size = sum(path.stat().st_size for path in inside)
    return dataclasses.replace(
        blank, is_installed=True, place=place, path=found, size_bytes=size, checksum=checksum, faults=()
    )


def remove(name: str) -> None:
    """Delete a network, and what is half fetched of it, from the player's data.

    Raises NetworkError if it is not there (part of the game, or in a folder that is not ours), SaveError.
    """
    network = catalog.network(name)
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche and stays.")
    folder = places.installed_networks() / name
    has_any = False
    for unwanted in (folder, _staging(name)):
        if unwanted.exists():
            has_any = True
            with _saving(unwanted):
                shutil.rmtree(unwanted)
    if not has_any:
        found = find(name)
        where = f"; the copy in {found} is not Pastiche's to delete" if found else ""
        raise NetworkError(f"{network.title} is not installed in the player's data{where}.")


def install(
    name: str,
    *,
    on_progress: Callable[[InstallProgress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    addresses: Mapping[str, str] | None = None,
    timeout_s: float = 20.0,
    attempts: int = 5,
) -> Path:
    """Fetch a network from its official addresses into the player's data and return its folder.

    Resumes what an earlier attempt left, verifies length and checksum (of an archive without a published one: the
    structure, and remembers the hashes), and renames at the very end, so that a network is there whole or not at
    all. An installed sound copy is left alone. `addresses` maps a file's name to another address than the
    catalog's. `timeout_s` is how long a server may be silent. Raises NetworkError, SaveError or Cancelled.
    """
    network = catalog.network(name)
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche; there is nothing to install.")
    target = places.installed_networks() / name
    if target.is_dir() and not _faults(network, target):
        return target
    tell = _Teller(network, on_progress)
    staging = _staging(name)
    _check_space(network, staging)
    for file in network.files:
        if addresses and file.file in addresses:
            file = dataclasses.replace(file, url=addresses[file.file], mirrors=())
        tell.begin(file.file)
        how = Fetching(timeout_s=timeout_s, attempts=attempts, on_bytes=tell.on_bytes, cancelled=cancelled)
        fetch(file, staging, how)
        tell.end(staging / file.file)
    with _saving(staging):
        if network.is_archive:
            tell.say("unpacking")
            _unpack(network, staging)
        _put_in_place(staging, target)
    tell.say("installed")
    return target


class _Teller:
    """Adds up files and passes progress on, at most ten times a second."""

    def __init__(self, network: Network, on_progress: Callable[[InstallProgress], None] | None) -> None:
        self.network, self.on_progress = network, on_progress
        sizes = [file.size for file in network.files]
        self.total = None if None in sizes else sum(size for size in sizes if size)
        self.before = self.done = 0
        self.file = ""
        self.told_at = 0.0

    def begin(self, file: str) -> None:
        self.file = file
        self.say("asking")

    def end(self, path: Path) -> None:
        with _saving(path):
            self.before += path.stat().st_size
        self.done = self.before
        self.say("verified")

    def on_bytes(self, done: int, total: int | None) -> None:
        self.done = self.before + done
        if len(self.network.files) == 1:
            self.total = total
        if time.monotonic() - self.told_at >= 0.1:
            self.say("fetching")

    def say(self, message: str) -> None:
        self.told_at = time.monotonic()
        if self.on_progress:
            self.on_progress(InstallProgress(self.network.name, self.file, self.done, self.total, message))


def _folders(network: Network) -> Iterator[tuple[str, Path]]:
    """Where the network may lie, best first, each with a name for a person."""
    if network.is_built_in:
        yield "part of the game", places.checkpoints()
        return
    yield "player's data", places.installed_networks() / network.name
    extra = places.extra_networks()
    if extra is not None:
        yield "PASTICHE_NETWORKS", extra / network.name


def _paths(network: Network) -> tuple[str, ...]:
    """The files of an installed network, relative to its folder."""
    return network.contains if network.is_archive else tuple(file.file for file in network.files)


def _missing(network: Network, folder: Path) -> list[str]:
    """What can be seen to be wrong from names and sizes."""
    stated = {file.file: file.size for file in network.files}
    faults = []
    for path in _paths(network):
        try:
            size = (folder / path).stat().st_size if (folder / path).is_file() else None
        except OSError as error:
            faults.append(f"{path} cannot be looked at: {images.why(error)}.")
            continue
        if size is None:
            faults.append(f"{path} is missing from {folder}.")
        elif size == 0 or size != (stated.get(path) or size):
            wanted = f"{stated[path]:,}" if stated.get(path) else "more than 0"
            faults.append(f"{path} in {folder} has {size:,} bytes instead of {wanted}.")
    return faults


def _faults(network: Network, folder: Path) -> list[str]:
    """What is wrong once every byte is read."""
    faults = _missing(network, folder)
    if faults:
        return faults
    try:
        if network.is_built_in:
            stated = checkpoints.card(network.name).get("sha256")
            file = dataclasses.replace(network.files[0], sha256=str(stated))
            return faults_of(file, folder / file.file)
        if not network.is_archive:
            return [fault for file in network.files for fault in faults_of(file, folder / file.file)]
        hashes = _memo(folder).get("sha256", {})
        changed = [path for path, stated in hashes.items() if digest(folder / path) != stated]
        return [f"{path} has changed since it was installed." for path in changed] or _structure_faults(folder)
    except NetworkError as error:
        return [str(error)]
    except OSError as error:
        return [f"{folder} cannot be read: {images.why(error)}."]


def _structure_faults(folder: Path) -> list[str]:
    """Hold a SavedModel against the beginning of a saved_model.pb and the end of a variables.index."""
    graph = (folder / "saved_model.pb").read_bytes()
    # Protocol buffer: schema version 1 in field 1, then the graphs in field 2.
    if not graph.startswith(b"\x08\x01\x12"):
        return ["saved_model.pb is not a SavedModel."]
    absent = [name for name in (b"placeholder", b"placeholder_1", b"output_0") if name not in graph]
    if absent:
        return ["saved_model.pb does not have the inputs and the output of Magenta's network."]
    # The magic number that ends every table file of TensorFlow (and LevelDB).
    if not (folder / "variables/variables.index").read_bytes().endswith(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"):
        return ["variables/variables.index is cut off or not an index."]
    return []


def _memo(folder: Path) -> dict[str, dict[str, str]]:
    try:
        memo = json.loads((folder / MEMO).read_text())
    except (OSError, ValueError):
        return {}
    return memo if isinstance(memo, dict) else {}


def _staging(name: str) -> Path:
    """Where a network is put together; in the same file system as where it will lie."""
    return places.installed_networks() / ".fetching" / name


def _check_space(network: Network, staging: Path) -> None:
    """Refuse before the first byte what the disk cannot hold."""
    wanted = sum(file.size or 0 for file in network.files) + SPARE_BYTES
    folder = next(folder for folder in (staging, *staging.parents) if folder.is_dir())
    with _saving(folder):
        free = shutil.disk_usage(folder).free
        had = sum(path.stat().st_size for path in staging.rglob("*")) if staging.is_dir() else 0
    if free + had < wanted:
        raise SaveError(f"The disk is full: {network.name} needs {wanted / 1e6:.0f} MB, {free / 1e6:.0f} are free.")


def _unpack(network: Network, staging: Path) -> None:
    """Turn the fetched archive into its files, check their structure and remember their hashes."""
    archive = staging / network.files[0].file
    hashed = digest(archive)
    unpacked = staging / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    try:
        extract(archive, unpacked)
    except UnsoundArchive as error:
        archive.unlink()
        raise NetworkError(f"What was sent as {network.name} is not a sound archive ({error}).") from None
    faults = _missing(network, unpacked) or _structure_faults(unpacked)
    if faults:
        archive.unlink()
        raise NetworkError(f"What was sent as {network.name} is not that network: {' '.join(faults)}")
    files = sorted(path for path in unpacked.rglob("*") if path.is_file())
    memo = {
        "archive_sha256": hashed,
        "installed": datetime.now(UTC).isoformat(timespec="seconds"),
        "sha256": {path.relative_to(unpacked).as_posix(): digest(path) for path in files},
    }
    images.write_json(unpacked / MEMO, memo)
    archive.unlink()
    for path in list(unpacked.iterdir()):
        path.rename(staging / path.name)
    unpacked.rmdir()


def _put_in_place(staging: Path, target: Path) -> None:
    """Rename the finished folder; a damaged one in its place is moved away first."""
    old = staging.with_name(f"{staging.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    staging.rename(target)
    shutil.rmtree(old, ignore_errors=True)
    with contextlib.suppress(OSError):
        staging.parent.rmdir()


@contextlib.contextmanager
def _saving(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SaveError(f"{path} could not be written: {images.why(error)}.") from None


def _joined(faults: list[str]) -> str:
    return " ".join(faults)
