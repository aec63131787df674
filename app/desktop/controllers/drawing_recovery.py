"""Drawings that can be gone on with: which there are, what to say of them, and which were put away."""

import contextlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QLockFile

from app import places
from app.desktop.app_state.settings import Settings, load_settings, save_settings
from app.desktop.app_state.view_models import Unfinished
from app.errors import JournalError
from app.game.deck import Card, Deal
from app.painting.document.drawing import in_force
from app.painting.io.journal import SUFFIX, JournalHeader, is_open_elsewhere, open_journal
from app.painting.model.layers import Arrangement
from app.painting.model.stroke import Stroke

MOST_LEFT = 500
LOCK_MS = 1000


class Left:
    """Names of journals that are not to be offered: finished, or put away. May be asked from any thread.

    The list is in the settings, which every open window writes whole: so what this window changed is kept apart, and
    laid over what the file says at that moment.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        # Never changed but replaced, so that another thread can go through it.
        self._changes: dict[str, bool] = {}

    def names(self) -> list[str]:
        """What this window knows of, the latest last."""
        return list(self._names)

    def put(self, name: str) -> None:
        """Offer this one no longer."""
        self._note(name, is_left=True)

    def take_back(self, name: str) -> bool:
        """Offer it again; whether it was left."""
        if name not in self._names:
            return False
        self._note(name, is_left=False)
        return True

    def merged(self) -> list[str]:
        """What the settings' file says now, with this window's changes."""
        names = load_settings().left if places.settings_file().is_file() else self._names
        changes = self._changes
        mine = [name for name, is_left in changes.items() if is_left]
        return [*(name for name in names if name not in changes), *mine][-MOST_LEFT:]

    def _note(self, name: str, *, is_left: bool) -> None:
        self._names = (*(each for each in self._names if each != name), *([name] if is_left else []))
        self._changes = {each: was for each, was in self._changes.items() if each != name} | {name: is_left}


def keep_settings(settings: Settings, left: Left) -> None:
    """Write the settings with the list as it is now, while no other window does. Raises SaveError."""
    file = places.settings_file()
    with contextlib.suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(f"{file}.lock")
    # Whoever holds it is done within a moment; where it cannot be had at all, what is chosen is written all the same.
    is_locked = lock.tryLock(LOCK_MS)
    try:
        save_settings(replace(settings, left=left.merged()))
    finally:
        if is_locked:
            lock.unlock()


class Offers:
    """What to say of the journals in the drawings' folder. Reading one takes a while: it is said until it changes.

    Its methods are called from one thread.
    """

    def __init__(self) -> None:
        self._said: dict[Path, tuple[tuple[int, int], Unfinished | None]] = {}

    def look(self, left: Left) -> list[Unfinished]:
        """The drawings that can be gone on with, the latest first; not those that another program has open."""
        names = set(left.merged())
        paths = [path for path in places.drawings().glob(f"*{SUFFIX}") if path.name not in names]
        found = [self._of(path) for path in sorted(paths, key=_modified, reverse=True)]
        return [offer for offer in found if offer is not None and not is_open_elsewhere(offer.path)]

    def _of(self, path: Path) -> Unfinished | None:
        try:
            facts = path.stat()
        except OSError:
            return None
        state = (facts.st_mtime_ns, facts.st_size)
        if path not in self._said or self._said[path][0] != state:
            self._said[path] = (state, _offer(path))
        return self._said[path][1]


def _offer(path: Path) -> Unfinished | None:
    """What to say of a journal; None for one that is empty, or that cannot be read."""
    try:
        header, entries, _ = open_journal(path)
        content, style = cards_of(header)
    except JournalError:
        return None
    done = in_force(entries)
    if is_empty(done):
        return None
    strokes = sum(isinstance(entry, Stroke) and entry.mode != "clear" for entry in done)
    when = f"{datetime.fromtimestamp(_modified(path)):%d %B, %H:%M}".lstrip("0")
    count = f"{strokes:,} stroke{'s' if strokes != 1 else ''}" if strokes else "a picture placed, no strokes yet"
    return Unfinished(path, f"“{content.title}” in the manner of “{style.title}”", f"{count}, {when}")


def is_empty(done: Iterable[Stroke | Arrangement]) -> bool:
    """Whether all that was painted, shown or hidden, was cleared or went with its layer."""
    painted: set[int] = set()
    for entry in done:
        if isinstance(entry, Stroke):
            (painted.discard if entry.mode == "clear" else painted.add)(entry.layer)
            continue
        for source, target in filter(None, (entry.copied, entry.merged)):
            if source in painted:
                painted.add(target)
        painted |= {placed.layer for placed in entry.placed}
        painted &= {layer.id for layer in entry.layers}
    return not painted


def deal_of(header: JournalHeader) -> Deal:
    """The deal that a drawing belongs to, its pictures read. Raises PictureError, JournalError."""
    content, style = cards_of(header)
    return Deal(content, style).read()


def cards_of(header: JournalHeader) -> tuple[Card, Card]:
    """The photograph and the painting that a journal names. Raises JournalError where it names none."""

    def card(side: str, kind: Any) -> Card:
        facts = header.deal[side]
        path = Path(str(facts["file"]))
        # The program may have moved since; its own pictures have moved with it.
        twin = (places.contents() if kind == "content" else places.styles()) / path.name
        return Card(twin if twin.is_file() and not path.is_file() else path, str(facts["title"]), kind)

    try:
        return card("content", "content"), card("style", "style")
    except (KeyError, TypeError) as error:
        raise JournalError("The drawing does not say which deal it belongs to.") from error


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
