"""Whether a copy of a network is sound: names and sizes, every byte, and hashes remembered at first use.

Where an upstream publishes no checksum, the structure is verified, and the hashes that the files had when they were
first met are remembered: beside the files of a copy that was installed, and in the player's data for one that a person
put there by hand.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import images, places
from app.errors import NetworkError, SaveError
from app.networks import checkpoints
from app.networks.catalog import Network
from app.networks.checksums import Watch, digest, faults_of
from app.networks.graph_check import saved_model_faults

#: Beside the files of an installed copy: the hashes they had when they were first installed.
MEMO = "remembered.json"
#: A file that changed more recently than this may change again without getting another time stamp.
SETTLED_S = 0.1

#: What is remembered of a copy.
Memo = dict[str, Any]
_Stamp = tuple[tuple[str, int, int], ...]
#: What was found of copies by reading every byte, with the sizes and times that their files had.
_found: dict[Path, tuple[_Stamp, list[str]]] = {}


def is_there(folder: Path) -> bool:
    """Whether there is a folder; not where that cannot be seen, of which `why_unseen` tells the reason."""
    with contextlib.suppress(OSError):
        return folder.is_dir()
    return False


def why_unseen(folder: Path) -> str:
    """Why nobody can see whether there is a folder, in a few words; "" where that can be seen."""
    try:
        folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        return "there is no such user" if folder.parts[0].startswith("~") else ""
    except OSError as error:
        return why_unread(error)
    return ""


def why_unread(error: OSError) -> str:
    """Say in a few words for a person why the system refused to read."""
    reasons = {
        errno.EACCES: "its permissions forbid it",
        errno.EPERM: "its permissions forbid it",
        errno.ELOOP: "its links lead in a circle",
    }
    return reasons.get(error.errno or 0) or images.why(error)


def missing(network: Network, folder: Path) -> list[str]:
    """What can be seen to be wrong from names and sizes, a sentence each."""
    stated = {file.file: file.size for file in network.files}
    faults = []
    for path in network.paths:
        try:
            size = (folder / path).stat().st_size if (folder / path).is_file() else None
        except OSError as error:
            faults.append(f"{path} in {folder} cannot be looked at: {why_unread(error)}.")
            continue
        if size is None:
            faults.append(f"{path} is missing from {folder}.")
        elif size == 0 or size != (stated.get(path) or size):
            wanted = f"{stated[path]:,}" if stated.get(path) else "more than 0"
            faults.append(f"{path} in {folder} has {size:,} bytes instead of {wanted}.")
    return faults


def known_faults(network: Network, folder: Path) -> list[str]:
    """As `faults`, but files that have not changed since this process read them are not read again."""
    stamp = _stamp(network, folder)
    known = _found.get(folder)
    return list(known[1]) if known is not None and known[0] == stamp else faults(network, folder)


def distrust(network: Network, folder: Path, reason: str) -> None:
    """Let `known_faults` say this of a copy from now on, in this process, until one of its files changes."""
    _found[folder] = (_stamp(network, folder), [reason])


def faults(network: Network, folder: Path, watch: Watch | None = None) -> list[str]:
    """What is wrong once every byte is read, a sentence each; none if the copy is sound.

    Remembers the hashes of a copy whose publisher states none, if this is the first time that it is met.
    """
    stamp = _stamp(network, folder)
    found = missing(network, folder)
    if not found:
        try:
            found = _faults_within(network, folder, watch)
        except NetworkError as error:
            found = [str(error)]
        except OSError as error:
            found = [f"{folder} cannot be read: {why_unread(error)}."]
    _found.pop(folder, None)
    if stamp == _stamp(network, folder) and all(time.time_ns() - changed > SETTLED_S * 1e9 for *_, changed in stamp):
        _found[folder] = (stamp, list(found))
    return found


def _faults_within(network: Network, folder: Path, watch: Watch | None) -> list[str]:
    if network.is_built_in:
        card = (folder / network.files[0].file).with_suffix(".json")
        try:
            stated = checkpoints.read_card(folder / network.files[0].file).get("sha256")
        except NetworkError:
            # How to get it back is for the store to say, which knows of all the network's files.
            what = f"cannot be read in {folder}" if card.exists() else f"is missing from {folder}"
            return [f"{card.name}, the network's card, {what}."]
        file = dataclasses.replace(network.files[0], sha256=str(stated))
        return faults_of(file, folder / file.file, watch)
    if network.is_published_with_checksum:
        return [fault for file in network.files for fault in faults_of(file, folder / file.file, watch)]
    hashes = {path: digest(folder / path, watch=watch) for path in network.paths}
    remembered = hashes_of(memo_of(network, folder))
    changed = [path for path in network.paths if remembered.get(path, hashes[path]) != hashes[path]]
    if changed:
        since = since_of(memo_of(network, folder))
        return [f"{path} has changed since it was first used on {since}." for path in changed]
    found = structure_faults(folder)
    if not found and not remembered:
        _remember_by_hand(network, folder, hashes)
    return found


def structure_faults(folder: Path) -> list[str]:
    """Hold a SavedModel against what its files begin and end with, and against the operations that it may hold."""
    graph = (folder / "saved_model.pb").read_bytes()
    # Protocol buffer: schema version 1 in field 1, then the graphs in field 2.
    if not graph.startswith(b"\x08\x01\x12"):
        return ["saved_model.pb is not a SavedModel."]
    refused = saved_model_faults(graph)
    if refused:
        return refused
    absent = [name for name in (b"placeholder", b"placeholder_1", b"output_0") if name not in graph]
    if absent:
        return ["saved_model.pb does not have the inputs and the output of Magenta's network."]
    # The magic number that ends every table file of TensorFlow (and LevelDB).
    if not (folder / "variables/variables.index").read_bytes().endswith(b"\x57\xfb\x80\x8b\x24\x75\x47\xdb"):
        return ["variables/variables.index is cut off or not an index."]
    return []


# What is remembered


def memo(hashes: dict[str, str], **more: str) -> Memo:
    """What to remember of a copy: its files' SHA-256 and today's date."""
    return {**more, "installed": datetime.now(UTC).isoformat(timespec="seconds"), "sha256": hashes}


def memo_of(network: Network, folder: Path) -> Memo:
    """What is remembered of the copy in `folder`; empty where nothing is."""
    beside = _read(folder / MEMO)
    if hashes_of(beside):
        return beside
    by_hand = _read(_by_hand(network)).get(str(folder))
    return by_hand if isinstance(by_hand, dict) else {}


def hashes_of(memo: Memo) -> dict[str, str]:
    """The SHA-256 of each file in a memo; empty where it has none."""
    hashes = memo.get("sha256")
    return {str(path): str(stated) for path, stated in hashes.items()} if isinstance(hashes, dict) else {}


def since_of(memo: Memo) -> str:
    """The date of a memo, as 2026-11-20."""
    return str(memo.get("installed", ""))[:10]


def first_use_faults(network: Network, memo: Memo, hashes: Mapping[str, str]) -> list[str]:
    """Hold the files of a new copy against the memo of the one in its place, where nothing is published."""
    remembered = hashes_of(memo)
    if all(remembered.get(path, hashes[path]) == hashes[path] for path in network.paths):
        return []
    return [
        f"It is not what was installed on {since_of(memo)}: its publisher has changed it, or somebody else. "
        f"`{places.command()} networks remove {network.name}` forgets the first one."
    ]


def forget(network: Network) -> bool:
    """Forget the hashes of copies that were put somewhere by hand; whether there were any. Raises OSError."""
    path = _by_hand(network)
    if not path.exists():
        return False
    path.unlink()
    _found.clear()
    return True


def _remember_by_hand(network: Network, folder: Path, hashes: dict[str, str]) -> None:
    # Where nothing can be written, nothing is remembered, and the status says so.
    with contextlib.suppress(SaveError):
        images.write_json(_by_hand(network), {**_read(_by_hand(network)), str(folder): memo(hashes)})


def _by_hand(network: Network) -> Path:
    return places.installed_networks() / ".remembered" / f"{network.name}.json"


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _stamp(network: Network, folder: Path) -> _Stamp:
    """Sizes and times of whatever decides whether a copy is sound."""
    paths = [folder / path for path in network.paths]
    if network.is_built_in:
        paths.append((folder / network.files[0].file).with_suffix(".json"))
    elif not network.is_published_with_checksum:
        paths += [folder / MEMO, _by_hand(network)]
    stamp = []
    for path in paths:
        with contextlib.suppress(OSError):
            facts = path.stat()
            stamp.append((str(path), facts.st_size, facts.st_mtime_ns))
    return tuple(stamp)
