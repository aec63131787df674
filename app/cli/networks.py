"""`networks list|install|verify|repair|remove|export|import`: its arguments and what it does.

The arguments are read before anything is installed, so what the actions need is imported inside them.
"""

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import subcommand
from app.cli.answer import Answer, ProgressBar
from app.errors import UsageError

if TYPE_CHECKING:
    from app.networks.installing import InstallProgress


def add_arguments(commands: subcommand.Commands) -> None:
    """Add `networks` and its actions to the subcommands of `python3 main.py`."""
    networks = subcommand.add(
        commands, "networks", "see, fetch, check, mend and carry the networks that rivals and judge use"
    )
    actions = networks.add_subparsers(dest="action", metavar="ACTION", required=True)
    parsers = {
        name: subcommand.add(actions, name, purpose)
        for name, purpose in {
            "list": "list every network: where it is, its licence and checksum, and who uses it now",
            "install": "download a network from its official address or a mirror; resumes what was cut off",
            "verify": "check every byte of what is there",
            "repair": "fetch damaged networks anew, and leave sound ones alone",
            "remove": "delete a downloaded network, and what is half fetched of it",
            "export": "pack what is installed into one file for a computer without a connection",
            "import": "install what such a file holds",
        }.items()
    }
    for name in ("install", "remove"):
        parsers[name].add_argument("name", metavar="NAME", help="a name from `networks list`")
    for name in ("verify", "repair"):
        parsers[name].add_argument("name", metavar="NAME", nargs="?", help="only this one")
    for name, does in (("export", "the file to write"), ("import", "a file that `networks export` has written")):
        parsers[name].add_argument("file", type=Path, metavar="FILE.zip", help=does)
    parsers["export"].add_argument("names", metavar="NAME", nargs="*", help="only these; by default all that are there")
    for parser in parsers.values():
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on standard output, and nothing else"
        )


def answer(request: argparse.Namespace) -> Answer:
    """Do what the action says. Raises UsageError for a name that is no network's."""
    from app.networks.catalog import NETWORKS

    named = [getattr(request, "name", None), *getattr(request, "names", [])]
    for name in named:
        if name is not None and name not in NETWORKS:
            raise UsageError(f"There is no network called {name}; there are {', '.join(NETWORKS)}.")
    match request.action:
        case "list":
            return _list()
        case "install":
            return _install(request.name)
        case "verify":
            return _verify(request.name)
        case "repair":
            return _repair(request.name)
        case "remove":
            return _remove(request.name)
        case "export":
            return _export(request.file, request.names)
        case _:
            return _import(request.file)


def _list() -> Answer:
    from app.game.networks_in_use import passed_over, users_of_networks
    from app.networks import store
    from app.networks.catalog import NETWORKS

    users = users_of_networks()
    listed = []
    for name, network in NETWORKS.items():
        status = store.status(name)
        used = f" Used now by {' and '.join(users[name])}." if name in users else ""
        print(f"{name:20} {status.sentence}{used}")
        print(f"{'':20} {network.licence}. {status.checksum_sentence}")
        listed.append(
            {
                "name": name,
                "title": network.title,
                "purpose": network.purpose,
                "licence": network.licence,
                "source": network.source,
                "is_built_in": network.is_built_in,
                "is_installed": status.is_installed,
                "place": status.place,
                "path": str(status.path) if status.path else None,
                "size_bytes": status.size_bytes,
                "half_fetched_bytes": status.half_fetched_bytes,
                "checksum": status.checksum,
                "checksum_sentence": status.checksum_sentence,
                "used_by": list(users.get(name, ())),
                "faults": list(status.faults),
            }
        )
    passed = passed_over()
    for rival, sentence in passed.items():
        print(f"{rival}: {sentence}")
    return Answer({"networks": listed, "passed_over": passed})


def _install(name: str) -> Answer:
    from app.networks import catalog, store

    with ProgressBar(f"Fetching {name}") as bar:
        path = store.install(name, on_progress=_shown_on(bar))
    print(f"{catalog.network(name).title} is installed in {path}.")
    return Answer({"installed": name, "path": str(path)})


def _shown_on(bar: ProgressBar) -> "Callable[[InstallProgress], None]":
    def show(progress: "InstallProgress") -> None:
        done_mb = f"{progress.message}, {progress.done_bytes / 1e6:.1f} MB"
        bar.show(progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0, done_mb)

    return show


def _show_share(bar: ProgressBar, done: int, total: int) -> None:
    bar.show(done / max(1, total))


def _verify(name: str | None) -> Answer:
    """Check one network, or all that are there; a named one that is absent counts as a fault, as do damaged ones."""
    from app.networks import store

    faults: dict[str, list[str]] = {}
    for each in [name] if name else store.present():
        with ProgressBar(f"Reading {each}") as bar:
            faults[each] = store.verify(each, on_bytes=partial(_show_share, bar))
        print(f"{each:20} {' '.join(faults[each]) or 'sound'}")
    return Answer({"networks": faults, "sound": not any(faults.values())}, code=1 if any(faults.values()) else 0)


def _repair(name: str | None) -> Answer:
    """Mend one network, or every damaged one; what cannot be mended is said, and the others are mended all the same."""
    from app.errors import NetworkError
    from app.networks import store

    mended: dict[str, str] = {}
    problems: dict[str, str] = {}
    for each in [name] if name else store.present():
        try:
            with ProgressBar(f"Fetching {each}") as bar:
                mended[each] = "fetched anew" if store.repair(each, on_progress=_shown_on(bar)) else "sound"
        except NetworkError as error:
            if name:
                raise
            problems[each] = str(error)
        print(f"{each:20} {mended.get(each) or problems[each]}")
    return Answer({"networks": mended, "problems": problems}, code=1 if problems else 0)


def _remove(name: str) -> Answer:
    from app.networks import catalog, store

    store.remove(name)
    print(f"{catalog.network(name).title} is deleted.")
    return Answer({"removed": name})


def _export(path: Path, names: list[str]) -> Answer:
    from app.networks import bundle

    if path.suffix.lower() != bundle.SUFFIX:
        raise UsageError(f"{path} does not end in {bundle.SUFFIX}.")
    with ProgressBar("Packing") as bar:
        exported = bundle.export(path, names or None, on_progress=lambda name, done, of: bar.show(done / of, name))
    print(f"{path} holds {', '.join(exported.names)} ({exported.size_bytes / 1e6:.1f} MB).")
    for fault in exported.left_out:
        print(f"Left out: {fault}")
    return Answer(
        {
            "file": str(path),
            "networks": list(exported.names),
            "size_bytes": exported.size_bytes,
            "left_out": list(exported.left_out),
        }
    )


def _import(path: Path) -> Answer:
    from app.networks import bundle

    with ProgressBar("Reading") as bar:
        imported = bundle.take_in(path, on_progress=lambda name, done, of: bar.show(done / of, name))
    for name in imported.installed:
        print(f"{name:20} installed")
    for name in imported.left_alone:
        print(f"{name:20} was there already, and sound")
    return Answer({"installed": list(imported.installed), "left_alone": list(imported.left_alone)})
