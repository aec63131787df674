"""What the page of networks has done in its thread, telling how far it is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.desktop.networks.network_worker import Advance, IsCancelled, Tell, at_rate
from app.game.networks_in_use import networks_in_use, passed_over, users_of_networks
from app.networks import store
from app.networks.catalog import NETWORKS
from app.networks.store import Status

if TYPE_CHECKING:
    from app.networks.bundle import Exported, Imported


@dataclass(frozen=True)
class Survey:
    """How things stand: every network's status and users, the network of each user, and what that passes over."""

    statuses: dict[str, Status]
    users: dict[str, tuple[str, ...]]
    in_use: dict[str, str | None]
    passed_over: dict[str, str]


def look(_tell: Tell, _cancelled: IsCancelled) -> Survey:
    """Find out how things stand."""
    statuses = {name: store.status(name) for name in NETWORKS}
    return Survey(statuses, users_of_networks(), networks_in_use(), passed_over())


def install(name: str, tell: Tell, cancelled: IsCancelled) -> Path:
    """Download a network, or go on with it."""
    told = at_rate(tell)
    return store.install(
        name,
        on_progress=lambda at: told(_doing(at.message, at.file), at.done_bytes, at.total_bytes),
        cancelled=cancelled,
    )


def repair(name: str, tell: Tell, cancelled: IsCancelled) -> bool:
    """Fetch a network anew if it is damaged; whether it was."""
    told = at_rate(tell)
    return store.repair(
        name,
        on_progress=lambda at: told(_doing(at.message, at.file), at.done_bytes, at.total_bytes),
        cancelled=cancelled,
    )


def verify(name: str, tell: Tell, cancelled: IsCancelled) -> list[str]:
    """Read a network whole; a sentence for each fault."""
    return store.verify(name, on_bytes=lambda done, total: tell(Advance("Reading", done, total)), cancelled=cancelled)


def remove(name: str, _tell: Tell, _cancelled: IsCancelled) -> None:
    """Delete a network from the player's data."""
    store.remove(name)


def export(path: Path, tell: Tell, cancelled: IsCancelled) -> "Exported":
    """Pack what is installed into one file."""
    from app.networks import bundle

    return bundle.export(path, on_progress=_bundle_progress("Packing", tell), cancelled=cancelled)


def take_in(path: Path, tell: Tell, cancelled: IsCancelled) -> "Imported":
    """Install what such a file holds."""
    from app.networks import bundle

    return bundle.take_in(path, on_progress=_bundle_progress("Unpacking", tell), cancelled=cancelled)


def _doing(message: str, file: str) -> str:
    return f"{message[:1].upper()}{message[1:]} {file}" if message in ("asking", "fetching") else message.capitalize()


def _bundle_progress(doing: str, tell: Tell) -> Callable[[str, int, int], None]:
    return lambda name, done, total: tell(Advance(f"{doing} {name}", done, total))
