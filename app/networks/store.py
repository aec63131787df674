"""Where networks lie and how they come there: found, required, installed, verified, repaired, removed.

Looks in `checkpoints/`, then in the player's data folder, then in the folder that `PASTICHE_NETWORKS` names.
Rivals and judge call `find` and `require`; only a person's request calls `install`, `repair` and `remove`.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app import places
from app.errors import Cancelled, NetworkError
from app.networks import catalog, soundness
from app.networks.catalog import NETWORKS, Network
from app.networks.checksums import Fetching, IsCancelled
from app.networks.installing import (
    OnProgress,
    ProgressTotal,
    alone,
    bytes_below,
    check_space,
    keep_if_sound,
    put_in_place,
    saving,
    unpack,
)

#: How long a server may be silent, and how often a download is taken up again while it gains something.
TIMEOUT_S, ATTEMPTS = 20.0, 5
#: How much of a path is shown in a sentence.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Status:
    """What a person wants to know about one network.

    `place` is "part of the game", "player's data", "PASTICHE_NETWORKS" or "". `checksum` says what its files are
    held against: "published", "its card", "remembered from <date>" or "structure only"; "" where not installed.
    `faults` are sentences about copies that are there but cannot be used, and places that cannot be looked at.
    `is_removable`: whether the player's data
    has anything of it. `half_fetched_bytes` is what a broken-off download left to go on from.
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
    is_removable: bool = False
    half_fetched_bytes: int = 0

    @property
    def sentence(self) -> str:
        """All of it in one line."""
        if self.is_installed:
            there = f"{self.title}: {self.place}, {self.size_bytes / 1e6:.1f} MB, checksum: {self.checksum}."
        elif self.half_fetched_bytes:
            there = f"{self.title}: not installed, {self.half_fetched_bytes / 1e6:.1f} MB of it fetched."
        else:
            there = f"{self.title}: not installed."
        return " ".join([there, *self.faults])

    @property
    def checksum_sentence(self) -> str:
        """What the files are, or will be, held against."""
        network = catalog.network(self.name)
        if network.is_built_in:
            return "Checked against the SHA-256 on its card."
        if network.is_published_with_checksum:
            kinds = {"SHA-256" if file.sha256 else "publisher's MD5" for file in network.files}
            return f"Checked against the {' and the '.join(sorted(kinds))} that the catalog states."
        if self.checksum.startswith("remembered"):
            since = self.checksum.removeprefix("remembered from ")
            return f"Its publisher states no checksum: its structure is verified, its SHA-256 remembered since {since}."
        return "Its publisher states no checksum: its structure is verified, and its SHA-256 remembered at first use."


def find(name: str) -> Path | None:
    """Return the folder of the first sound copy, or a built-in one's file; None where there is none.

    Every byte is read the first time, and again only after a file has changed; so whoever takes what is found falls
    back to another network where a copy is damaged.
    """
    network = catalog.network(name)
    for _, folder in _folders(network):
        if soundness.is_there(folder) and not soundness.known_faults(network, folder):
            return folder / network.files[0].file if network.is_built_in else folder
    return None


def require(name: str) -> Path:
    """Return what `find` returns. Raises NetworkError saying what is wrong and how to get it."""
    network = catalog.network(name)
    path = find(name)
    if path is not None:
        return path
    faults = " ".join(verify(name))
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche, but {faults} {_how_to_get(network)}")
    what = "repair" if soundness.is_there(_own(network)) else "install"
    raise NetworkError(f"{faults} `{places.command()} networks {what} {name}` fetches {network.title}.")


def distrust(name: str, reason: str) -> None:
    """Pass over the copy that `find` returns, for it could not be loaded: in this process, until its files change.

    Bytes and structure tell nothing of a copy whose publisher states no checksum and that was damaged before it came.
    """
    network = catalog.network(name)
    path = find(name)
    if path is not None:
        soundness.distrust(network, path.parent if network.is_built_in else path, reason)


def verify(
    name: str,
    *,
    on_bytes: Callable[[int, int], None] | None = None,
    cancelled: IsCancelled | None = None,
) -> list[str]:
    """Read every copy of a network whole and hold it against what is known of it: a sentence per fault.

    None if it is sound, or if its copy in the player's data is. `on_bytes` is told bytes read and bytes in all.
    Raises Cancelled.
    """
    network = catalog.network(name)
    folders = [folder for _, folder in _folders(network) if soundness.is_there(folder)]
    if not folders:
        return [f"{network.title} is not installed.", *_unseen(network)]
    faults: list[str] = []
    for folder in folders:
        total, done = _size(network, folder), 0

        def watch(count: int, total: int = total) -> None:
            nonlocal done
            done += count
            if cancelled is not None and cancelled():
                raise Cancelled("Stopped.")
            if on_bytes is not None:
                on_bytes(min(done, total), total)

        found = soundness.faults(network, folder, watch)
        if not found:
            # What lies further down is not used.
            return faults
        faults += found
    return faults + _unseen(network)


def present() -> list[str]:
    """The names of all networks of which there is a copy, sound or not; built-in ones count always."""
    return [
        name
        for name, network in NETWORKS.items()
        if network.is_built_in or any(soundness.is_there(folder) for _, folder in _folders(network))
    ]


def status(name: str) -> Status:
    """Say where a network is, what its files are held against, and what is wrong with it; quick as `find` is."""
    network = catalog.network(name)
    own, staging = _own(network), _staging(name)
    half = bytes_below(staging)
    found = Status(
        name,
        network.title,
        network.licence,
        is_installed=False,
        place="",
        path=None,
        size_bytes=0,
        checksum="",
        faults=(),
        is_removable=not network.is_built_in and (soundness.is_there(own) or half > 0),
        half_fetched_bytes=half,
    )
    faults: list[str] = []
    for place, folder in _folders(network):
        if not soundness.is_there(folder):
            continue
        wrong = soundness.known_faults(network, folder)
        if not wrong:
            found = dataclasses.replace(
                found,
                is_installed=True,
                place=place,
                path=folder / network.files[0].file if network.is_built_in else folder,
                size_bytes=_size(network, folder),
                checksum=_checksum(network, folder),
            )
            break
        faults += wrong
    if not found.is_installed:
        faults += _unseen(network)
    if faults and network.is_built_in:
        faults.append(_how_to_get(network))
    return dataclasses.replace(found, faults=tuple(faults))


def install(
    name: str,
    *,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
    addresses: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
    attempts: int | None = None,
) -> Path:
    """Fetch a network from its official addresses, or their mirrors, into the player's data and return its folder.

    Resumes what an earlier attempt left, verifies length and checksum (of an archive without a published one: the
    structure, and remembers the hashes), and renames at the very end, so that a network is there whole or not at
    all. An installed sound copy is left alone; of a damaged one, the sound files are. `addresses` maps a file's name
    to another address than the catalog's. `timeout_s` is how long a server may be silent (`TIMEOUT_S`), `attempts`
    how often one address is asked again (`ATTEMPTS`). Raises NetworkError, SaveError or Cancelled.
    """
    network = catalog.network(name)
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche; there is nothing to install.")
    target = _own(network)
    # HTTP and TLS are not for whoever only opens the window.
    from app.networks.download import fetch

    how = Fetching(timeout_s=timeout_s or TIMEOUT_S, attempts=attempts or ATTEMPTS, cancelled=cancelled)
    if soundness.is_there(target) and not soundness.faults(network, target, how.watch):
        return target
    tell = ProgressTotal(network, on_progress)
    staging = _staging(name)
    with alone(name, network.title):
        check_space(sum(file.size or 0 for file in network.files), staging, name)
        for file in network.files:
            if addresses and file.file in addresses:
                file = dataclasses.replace(file, url=addresses[file.file], mirrors=())
            tell.begin(file.file)
            if not network.is_archive:
                keep_if_sound(file, target, staging)
            fetch(file, staging, dataclasses.replace(how, on_bytes=tell.on_bytes))
            tell.end(staging / file.file)
        with saving(staging):
            if network.is_archive:
                tell.say("unpacking")
                unpack(network, staging, soundness.memo_of(network, target), how)
            put_in_place(staging, target)
    tell.say("installed")
    return target


def repair(
    name: str,
    *,
    on_progress: OnProgress | None = None,
    cancelled: IsCancelled | None = None,
    addresses: Mapping[str, str] | None = None,
) -> bool:
    """Fetch a damaged network anew into the player's data; whether that was needed, for a sound one is left alone.

    Raises what `install` raises, and NetworkError for one that is not there at all; of a damaged one that is part of
    Pastiche it says how to get it.
    """
    network = catalog.network(name)
    faults = verify(name, cancelled=cancelled)
    if not faults:
        return False
    if network.is_built_in:
        raise NetworkError(f"{' '.join(faults)} {_how_to_get(network)}")
    if name not in present() and not _unseen(network):
        raise NetworkError(f"{' '.join(faults)} `{places.command()} networks install {name}` fetches it.")
    install(name, on_progress=on_progress, cancelled=cancelled, addresses=addresses)
    return True


def remove(name: str) -> None:
    """Delete a network, what is half fetched of it and what is remembered of it, from the player's data.

    Raises NetworkError if there is nothing (part of the game, or in a folder that is not ours), SaveError.
    """
    network = catalog.network(name)
    if network.is_built_in:
        raise NetworkError(f"{network.title} is part of Pastiche and stays.")
    with saving(places.installed_networks()):
        unwanted = [path for path in (_own(network), _staging(name)) if path.exists()]
        has_any = soundness.forget(network) or bool(unwanted)
    if unwanted:
        with alone(name, network.title):
            for path in unwanted:
                with saving(path):
                    shutil.rmtree(path)
    with contextlib.suppress(OSError):
        _staging(name).parent.rmdir()
    if not has_any:
        found = find(name)
        where = f"; the copy in {found} is not Pastiche's to delete" if found else ""
        raise NetworkError(f"{network.title} is not installed in the player's data{where}.")


def _folders(network: Network) -> Iterator[tuple[str, Path]]:
    """Where the network may lie, best first, each with a name for a person."""
    if network.is_built_in:
        yield "part of the game", places.checkpoints()
        return
    yield "player's data", _own(network)
    extra = places.extra_networks()
    if extra is not None:
        yield "PASTICHE_NETWORKS", extra / network.name


def _unseen(network: Network) -> list[str]:
    """A sentence for each place of which nobody can see whether it holds a copy."""
    sentences = []
    for place, folder in _folders(network):
        if reason := soundness.why_unseen(folder):
            shown = str(folder) if len(str(folder)) <= MOST_SHOWN else f"{str(folder)[:MOST_SHOWN]}..."
            sentences.append(f"{shown} ({place}) cannot be looked at: {reason}.")
    return sentences


def _own(network: Network) -> Path:
    return places.installed_networks() / network.name


def _staging(name: str) -> Path:
    """Where a network is put together; in the same file system as where it will lie."""
    return places.installed_networks() / ".fetching" / name


def _size(network: Network, folder: Path) -> int:
    """The bytes of those files of a copy that are there."""
    total = 0
    for path in network.paths:
        with contextlib.suppress(OSError):
            total += (folder / path).stat().st_size
    return total


def _checksum(network: Network, folder: Path) -> str:
    if network.is_built_in:
        return "its card"
    if network.is_published_with_checksum:
        return "published"
    memo = soundness.memo_of(network, folder)
    return f"remembered from {soundness.since_of(memo)}" if soundness.hashes_of(memo) else "structure only"


def _how_to_get(network: Network) -> str:
    file = Path(network.files[0].file)
    return (
        f"Fetch {places.checkpoints().name}/{file} and {file.with_suffix('.json')} from the program anew "
        f"(in a clone: `git restore {places.checkpoints().name}`)."
    )
