"""One file with the networks of this computer, for another that has no connection: written and taken in.

A bundle is a zip: `manifest.json` first, which states each network's name, files, sizes, SHA-256, licence and source,
then the files as `NETWORK/PATH`, stored as they are: networks hardly shrink, and no decompressor is handed what came
from somewhere. Nothing in a bundle is ever executed, and nothing in it is believed: every byte is held against the
manifest, and the manifest against the catalog. Built-in networks come with the program, so they are in no bundle.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import secrets
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from app import images, places
from app.errors import Cancelled, NetworkError, UsageError
from app.networks import catalog, soundness, store
from app.networks.catalog import NETWORKS, Network
from app.networks.checksums import MAX_BYTES, READ_BYTES, IsCancelled, faults_of
from app.networks.installing import alone, check_space, put_in_place, saving

SUFFIX = ".zip"
MANIFEST = "manifest.json"
FORMAT, VERSION = "pastiche-networks", 1
MAX_MANIFEST_BYTES = 2**20
MAX_ENTRIES = 1000

#: Told which network, bytes done and bytes in all, over all networks.
OnProgress = Callable[[str, int, int], None]
#: What zipfile raises for a file that is not, or no longer, a sound zip.
_UNSOUND = (zipfile.BadZipFile, EOFError, struct.error, NotImplementedError, RuntimeError, ValueError)


class BundleError(NetworkError):
    """A file that is no bundle, or not a sound one."""

    exit_code = 2


@dataclass(frozen=True)
class Exported:
    """What a bundle holds; `left_out` has a sentence for each copy that is there but not sound."""

    names: tuple[str, ...]
    size_bytes: int
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class Imported:
    """What was taken out of a bundle, and what was there already and sound."""

    installed: tuple[str, ...]
    left_alone: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """One file of a bundle as its manifest states it."""

    network: Network
    path: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.network.name}/{self.path}"


class _Counter:
    """Adds up bytes, passes them on and heeds a request to stop."""

    def __init__(self, total: int, on_progress: OnProgress | None, cancelled: IsCancelled | None) -> None:
        self.total, self.done, self.name = max(1, total), 0, ""
        self._on_progress, self._cancelled = on_progress, cancelled

    def add(self, count: int) -> None:
        self.done += count
        if self._cancelled is not None and self._cancelled():
            raise Cancelled("Stopped; nothing was changed.")
        if self._on_progress is not None:
            self._on_progress(self.name, min(self.done, self.total), self.total)


# Writing


def export(
    path: Path,
    names: Sequence[str] | None = None,
    *,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
) -> Exported:
    """Write a bundle of the named networks, or of all that are there, wherever they lie; it is whole or not there.

    Every byte is verified on its way. A damaged copy that was named is refused; else it is left out, and said. Raises
    UsageError (a name that cannot be bundled), NetworkError, SaveError or Cancelled.
    """
    if path.suffix.lower() != SUFFIX:
        raise UsageError(f"{path.name} cannot be written: its name must end in {SUFFIX}.")
    wanted = list(dict.fromkeys(names)) if names else [name for name in store.present() if not _is_built_in(name)]
    folders: dict[str, Path] = {}
    left_out: list[str] = []
    for name in wanted:
        if _is_built_in(name):
            raise UsageError(f"{NETWORKS[name].title} comes with Pastiche itself; there is no need to carry it.")
        folder = store.find(name)
        if folder is not None:
            folders[name] = folder
        elif names:
            store.require(name)
        else:
            left_out += store.status(name).faults
    if not folders:
        because = f" {' '.join(left_out)}" if left_out else ""
        raise NetworkError(f"No network is installed that could be carried to another computer.{because}")
    return Exported(tuple(folders), _write(path, folders, on_progress, cancelled), tuple(left_out))


def _write(path: Path, folders: dict[str, Path], on_progress: OnProgress | None, cancelled: IsCancelled | None) -> int:
    """Write to a temporary file beside `path`, then rename; return the bundle's size in bytes."""
    entries = [
        _entry_of(NETWORKS[name], folder, file) for name, folder in folders.items() for file in NETWORKS[name].paths
    ]
    total = sum(entry.size for entry in entries)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    counter = _Counter(total, on_progress, cancelled)
    with saving(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        check_space(total, path.parent / temporary.name, path.name)
        try:
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as bundle:
                bundle.writestr(MANIFEST, json.dumps(_manifest(folders, entries), indent=2, ensure_ascii=False) + "\n")
                for entry in entries:
                    counter.name = entry.network.name
                    source = (folders[entry.network.name] / entry.path).open("rb")
                    with source, bundle.open(zipfile.ZipInfo(entry.name), "w") as out:
                        _copy(source, out, entry, counter)
            size = temporary.stat().st_size
            temporary.replace(path)
        except zipfile.BadZipFile as error:
            raise NetworkError(f"The networks changed while they were packed ({error}); try again.") from None
        finally:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return size


def _entry_of(network: Network, folder: Path, path: str) -> _Entry:
    try:
        with (folder / path).open("rb") as file:
            made = hashlib.file_digest(file, "sha256").hexdigest()
        return _Entry(network, path, (folder / path).stat().st_size, made)
    except OSError as error:
        raise NetworkError(f"{folder / path} cannot be read: {soundness.why_unread(error)}.") from None


def _manifest(folders: dict[str, Path], entries: list[_Entry]) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "networks": [
            {
                "name": name,
                "title": NETWORKS[name].title,
                "licence": NETWORKS[name].licence,
                "source": NETWORKS[name].source,
                "checksum": store.status(name).checksum,
                "files": [
                    {"path": entry.path, "size": entry.size, "sha256": entry.sha256}
                    for entry in entries
                    if entry.network.name == name
                ],
            }
            for name in folders
        ],
    }


# Taking in


def take_in(path: Path, *, on_progress: OnProgress | None = None, cancelled: IsCancelled | None = None) -> Imported:
    """Install the networks of a bundle into the player's data; sound ones that are there are left alone.

    All of them are unpacked and verified, against the manifest and the catalog, before the first is put in place.
    Raises NetworkError with one sentence for whatever is wrong with the file, SaveError or Cancelled; nothing has
    changed then.
    """
    own = places.installed_networks()
    staging = own / ".importing"
    with _reading(path), zipfile.ZipFile(path) as bundle, contextlib.ExitStack() as stack:
        entries = _entries(bundle)
        names = list(dict.fromkeys(entry.network.name for entry in entries))
        left_alone = [name for name in names if _is_sound(NETWORKS[name], own / name)]
        fresh = [name for name in names if name not in left_alone]
        if not fresh:
            return Imported((), tuple(left_alone))
        stack.enter_context(alone("importing", "The folder of networks"))
        for name in fresh:
            stack.enter_context(alone(name, NETWORKS[name].title))
        # What an import that was killed left behind.
        shutil.rmtree(staging, ignore_errors=True)
        stack.callback(shutil.rmtree, staging, ignore_errors=True)
        wanted = [entry for entry in entries if entry.network.name in fresh]
        counter = _Counter(sum(entry.size for entry in wanted), on_progress, cancelled)
        check_space(counter.total, staging, path.name)
        for entry in wanted:
            counter.name = entry.network.name
            _unpack(bundle, entry, staging, counter)
        for name in fresh:
            _check(NETWORKS[name], staging / name, own / name, [each for each in wanted if each.network.name == name])
        with saving(own):
            for name in fresh:
                put_in_place(staging / name, own / name)
    return Imported(tuple(fresh), tuple(left_alone))


def _is_sound(network: Network, folder: Path) -> bool:
    return soundness.is_there(folder) and not soundness.faults(network, folder)


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever zipfile finds wrong into one sentence."""
    try:
        yield
    except FileNotFoundError:
        raise BundleError(f"{path} is not there.") from None
    except OSError as error:
        raise BundleError(f"{path} cannot be read: {soundness.why_unread(error)}.") from None
    except _UNSOUND as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise BundleError(f"{path.name} is no bundle of networks, or is damaged ({reason}).") from None


def _entries(bundle: zipfile.ZipFile) -> list[_Entry]:
    """What the manifest states, once it agrees with the catalog and with what lies in the zip. Raises BadZipFile."""
    infos = bundle.infolist()
    names = [info.filename for info in infos]
    if len(names) > MAX_ENTRIES or len(set(names)) != len(names):
        raise zipfile.BadZipFile("it holds too many files, or one of them twice")
    for info in infos:
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG) or info.is_dir() or info.flag_bits & 0x1:
            raise zipfile.BadZipFile(f"{info.filename} is not a plain file")
        if info.compress_type != zipfile.ZIP_STORED:
            raise zipfile.BadZipFile(f"{info.filename} is compressed, which nothing in a bundle is")
    if MANIFEST not in names:
        raise zipfile.BadZipFile("it has no manifest")
    entries = _stated(_manifest_of(bundle))
    stated = {entry.name: entry for entry in entries}
    if len(stated) != len(entries):
        raise zipfile.BadZipFile("its manifest names a file twice")
    for info in infos:
        if info.filename == MANIFEST:
            continue
        entry = stated.pop(info.filename, None)
        if entry is None:
            raise zipfile.BadZipFile(f"{info.filename} does not belong into it")
        if info.file_size != entry.size:
            raise zipfile.BadZipFile(f"{info.filename} has {info.file_size:,} bytes instead of {entry.size:,}")
    if stated:
        raise zipfile.BadZipFile(f"{next(iter(stated))} is missing")
    return entries


def _manifest_of(bundle: zipfile.ZipFile) -> dict[str, Any]:
    with bundle.open(MANIFEST) as file:
        text = file.read(MAX_MANIFEST_BYTES + 1)
    if len(text) > MAX_MANIFEST_BYTES:
        raise zipfile.BadZipFile("its manifest is far too long")
    try:
        manifest = json.loads(text)
    except RecursionError:
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise zipfile.BadZipFile("its manifest is not one of Pastiche's")
    if manifest.get("version") != VERSION:
        raise BundleError("This bundle was written by another version of Pastiche, which this one cannot read.")
    return manifest


def _stated(manifest: dict[str, Any]) -> list[_Entry]:
    """The manifest's files, held against the catalog: which networks there are, their files, sizes and checksums."""
    entries: list[_Entry] = []
    for listed in _list_of(manifest, "networks"):
        name = str(listed.get("name"))
        network = NETWORKS.get(name)
        if network is None or network.is_built_in:
            what = "comes with Pastiche itself" if network else "is not known to this version of Pastiche"
            raise BundleError(f"The bundle holds {name[:80]}, which {what}; nothing was installed.")
        files = _list_of(listed, "files")
        entries += [_entry_stated(network, file) for file in files]
        if sorted(str(file.get("path")) for file in files) != sorted(network.paths):
            raise zipfile.BadZipFile(f"its manifest does not name the files of {name}")
    if not entries:
        raise zipfile.BadZipFile("its manifest names no network")
    return entries


def _list_of(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = holder.get(key)
    if not isinstance(found, list) or len(found) > MAX_ENTRIES or not all(isinstance(each, dict) for each in found):
        raise zipfile.BadZipFile(f"its manifest has no sound list of {key}")
    return found


def _entry_stated(network: Network, file: dict[str, Any]) -> _Entry:
    path, size, sha256 = file.get("path"), file.get("size"), file.get("sha256")
    if path not in network.paths:
        raise zipfile.BadZipFile(f"{str(path)[:80]} does not belong into it")
    known = next((each for each in network.files if each.file == path), None)
    most = (known.size if known else None) or MAX_BYTES
    if type(size) is not int or not 0 < size <= most or (known and known.size and size != known.size):
        raise zipfile.BadZipFile(f"{network.name}/{path} cannot have the size that its manifest states")
    if not isinstance(sha256, str) or (known and known.sha256 and sha256 != known.sha256):
        raise zipfile.BadZipFile(f"{network.name}/{path} is not the file that the catalog states")
    return _Entry(network, str(path), size, sha256)


def _unpack(bundle: zipfile.ZipFile, entry: _Entry, staging: Path, counter: _Counter) -> None:
    target = staging / entry.network.name / entry.path
    with bundle.open(entry.name) as source, _writing(target) as out:
        _copy(source, out, entry, counter)


@contextlib.contextmanager
def _writing(target: Path) -> Iterator[IO[bytes]]:
    """Open a file whose every failure is a SaveError, unlike a failure of what is read meanwhile."""
    with saving(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        out = _Guarded(target)
    with contextlib.closing(out):
        yield out  # type: ignore[misc]


class _Guarded:
    """A file that can only be written to, and says in a SaveError what keeps it from that."""

    def __init__(self, path: Path) -> None:
        self._path, self._file = path, path.open("wb")

    def write(self, block: bytes) -> None:
        with saving(self._path):
            self._file.write(block)

    def close(self) -> None:
        with saving(self._path):
            self._file.close()


def _copy(source: IO[bytes], out: IO[bytes], entry: _Entry, counter: _Counter) -> None:
    """Copy a file of a bundle, no more bytes than stated, and hold its hash against the manifest's."""
    made, done = hashlib.sha256(), 0
    while block := source.read(READ_BYTES):
        done += len(block)
        if done > entry.size:
            break
        made.update(block)
        out.write(block)
        counter.add(len(block))
    if done != entry.size or made.hexdigest() != entry.sha256:
        raise zipfile.BadZipFile(f"{entry.name} is not the file that the manifest describes")


def _check(network: Network, folder: Path, target: Path, entries: list[_Entry]) -> None:
    """Hold what was unpacked against the catalog, or where that states no checksum, against structure and memory.

    `target` is the copy, damaged or not there, whose place it will take.
    """
    if network.is_published_with_checksum:
        faults = [fault for file in network.files for fault in faults_of(file, folder / file.file)]
    else:
        hashes = {entry.path: entry.sha256 for entry in entries}
        faults = soundness.structure_faults(folder) or soundness.first_use_faults(
            network, soundness.memo_of(network, target), hashes
        )
        images.write_json(folder / soundness.MEMO, soundness.memo(hashes))
    if faults:
        raise BundleError(f"What the bundle holds as {network.name} is not that network: {' '.join(faults)}")


def _is_built_in(name: str) -> bool:
    return catalog.network(name).is_built_in
