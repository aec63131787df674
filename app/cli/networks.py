"""`networks list|install|verify|remove`. Only app.cli calls."""

import argparse

from app.cli.answer import Answer, Bar
from app.errors import UsageError
from app.networks import catalog, store
from app.networks.catalog import NETWORKS
from app.networks.store import InstallProgress


def answer(request: argparse.Namespace) -> Answer:
    """Do what the action says."""
    name = getattr(request, "name", None)
    if name is not None and name not in NETWORKS:
        raise UsageError(f"There is no network called {name}; there are {', '.join(NETWORKS)}.")
    match request.action:
        case "list":
            return _list()
        case "install":
            return _install(request.name)
        case "verify":
            return _verify(name)
        case _:
            store.remove(request.name)
            print(f"{NETWORKS[request.name].title} is deleted.")
            return Answer({"removed": request.name})


def _list() -> Answer:
    listed = []
    for name, network in NETWORKS.items():
        status = store.status(name)
        print(f"{name:20} {status.sentence}")
        listed.append(
            {
                "name": name,
                "title": network.title,
                "purpose": network.purpose,
                "licence": network.licence,
                "is_built_in": network.is_built_in,
                "is_installed": status.is_installed,
                "place": status.place,
                "path": str(status.path) if status.path else None,
                "size_bytes": status.size_bytes,
                "checksum": status.checksum,
                "faults": list(status.faults),
            }
        )
    return Answer({"networks": listed})


def _install(name: str) -> Answer:
    with Bar(f"Fetching {name}") as bar:

        def show(progress: InstallProgress) -> None:
            done_mb = f"{progress.message}, {progress.done_bytes / 1e6:.1f} MB"
            bar.show(progress.done_bytes / progress.total_bytes if progress.total_bytes else 0.0, done_mb)

        path = store.install(name, on_progress=show)
    print(f"{catalog.network(name).title} is installed in {path}.")
    return Answer({"installed": name, "path": str(path)})


def _verify(name: str | None) -> Answer:
    """Check one network, or all that are there; a named one that is absent counts as a fault, as do damaged ones."""
    names = [name] if name else [each for each, network in NETWORKS.items() if _is_there(each) or network.is_built_in]
    faults = {each: store.verify(each) for each in names}
    for each, found in faults.items():
        print(f"{each:20} {' '.join(found) or 'sound'}")
    return Answer({"networks": faults, "sound": not any(faults.values())}, code=1 if any(faults.values()) else 0)


def _is_there(name: str) -> bool:
    status = store.status(name)
    return status.is_installed or bool(status.faults)
