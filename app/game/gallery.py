"""The gallery: finished duels, kept as folders of plain pictures and one JSON file. The doors call."""

import contextlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app import images, places
from app.errors import SaveError
from app.game import card
from app.game.duel import RIVALS, Duel
from app.game.film import Film
from app.networks.catalog import NETWORKS

CARD_FILE = "card.png"
RECORD_FILE = "duel.json"
#: What `write` writes.
FILES = (*(f"{rival}.png" for rival in RIVALS), CARD_FILE, RECORD_FILE)
NOT_KEPT = "This duel could not be kept in the gallery"
#: A duel that is being kept: a hidden folder that says which process is at it.
_UNFINISHED = re.compile(r"\.\w+-(\d+)\.part")
#: How much the clocks may differ that folders and processes are dated by.
_CLOCKS_S = 60


@dataclass(frozen=True)
class Kept:
    """A duel in the gallery: its folder and what its `duel.json` says."""

    folder: Path
    record: dict[str, Any]

    @property
    def card(self) -> Path:
        """The result card's file."""
        return self.folder / CARD_FILE


def record(duel: Duel, left_out: Sequence[str] = ()) -> dict[str, Any]:
    """Say what happened in a duel, as `duel.json` holds it; grades to four places, times in seconds.

    `painted` is null for a drawing that was not painted here. Of what a rival was `asked` for, words and numbers.
    `left_out` has a sentence for each thing that belongs to the duel but could not be written.
    """
    return {
        "played": datetime.now().astimezone().isoformat(timespec="seconds"),
        "content": {"title": duel.deal.content.title, "file": duel.deal.content.path.name},
        "style": {"title": duel.deal.style.title, "file": duel.deal.style.path.name},
        "painted": duel.painted.record() if duel.painted is not None else None,
        "grades": {name: round(grade, 4) for name, grade in duel.grades.items()},
        "rivals": {
            name: {
                "network": painting.report.network,
                "title": NETWORKS[painting.report.network].title,
                "steps": painting.report.steps,
                "seconds_per_step": round(painting.report.seconds_per_step, 5),
                "seconds": round(painting.report.seconds, 3),
                "loading_seconds": round(painting.report.loading_seconds, 3),
                "asked": painting.asked.record(),
                "note": painting.report.note,
            }
            for name, painting in duel.paintings.items()
        },
        "left_out": list(left_out),
    }


def write(duel: Duel, folder: Path, *, left_out: Sequence[str] = ()) -> None:
    """Write a judged duel's outcome into a folder: magenta.png, classic.png, card.png, duel.json. Raises SaveError.

    `left_out`: see `record`.
    """
    for rival in RIVALS:
        images.write_picture(folder / f"{rival}.png", duel.paintings[rival].picture)
    images.write_picture(folder / CARD_FILE, card.draw(duel))
    # Last, so that a folder with a record is a whole one.
    images.write_json(folder / RECORD_FILE, record(duel, left_out))


def film_file(rival: str) -> str:
    """The name of a rival's film within a duel's folder; there is one where there was something to see."""
    return f"{rival}-film.mp4"


def keep(
    duel: Duel, films: Mapping[str, Film] | None = None, *, on_left_out: Callable[[str], None] | None = None
) -> Path:
    """Put a judged duel into the gallery, with its deal and drawing, and films by the rivals' names: all or nothing.

    But for films: one that cannot be made is left out, which the record says and `on_left_out` is told, a sentence
    each. Returns its folder. Raises SaveError, and then the duel is as it was and can be kept again, or elsewhere.
    """
    assert duel.drawing is not None, "a judged duel has a drawing"
    gallery = places.gallery()
    _sweep(gallery)
    unfinished = gallery / f".{secrets.token_hex(6)}-{os.getpid()}.part"
    left_out = []
    try:
        images.write_picture(unfinished / "content.png", duel.deal.content_picture)
        images.write_picture(unfinished / "style.png", duel.deal.style_picture)
        images.write_picture(unfinished / "drawing.png", duel.drawing)
        for rival, film in (films or {}).items():
            if film.is_worth_keeping:
                try:
                    film.write(unfinished / film_file(rival))
                except SaveError as error:
                    reason = f": {error.reason}." if error.reason else f". {error}"
                    left_out.append(f"The duel is kept without the film of {rival}{reason}")
        write(duel, unfinished, left_out=left_out)
        folder = _rename(unfinished, gallery / _name(duel))
    except OSError as error:
        raise SaveError(f"{NOT_KEPT}: {images.why(error)}.", reason=images.why(error)) from None
    except SaveError as error:
        # Which of its files it was, in a folder that is gone again, helps nobody.
        raise SaveError(f"{NOT_KEPT}: {error.reason or error}".rstrip(".") + ".", reason=error.reason) from None
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    duel.keep(folder)
    if on_left_out is not None:
        for sentence in left_out:
            on_left_out(sentence)
    return folder


def kept() -> list[Kept]:
    """All duels in the gallery, the newest first; a folder without a readable record is none."""
    found = []
    for file in places.gallery().glob(f"*/{RECORD_FILE}"):
        with contextlib.suppress(OSError, ValueError):
            read = json.loads(file.read_text(encoding="utf-8"))
            if isinstance(read, dict) and not file.parent.name.startswith("."):
                found.append(Kept(file.parent, read))
    return sorted(found, key=lambda duel: duel.folder.name, reverse=True)


def _sweep(gallery: Path) -> None:
    """Delete what processes left behind that ended while they kept a duel."""
    with contextlib.suppress(OSError):
        for folder in gallery.glob(".*.part"):
            if (found := _UNFINISHED.fullmatch(folder.name)) and not _is_at_it(int(found[1]), folder):
                shutil.rmtree(folder, ignore_errors=True)


def _is_at_it(process: int, folder: Path) -> bool:
    """Whether the process that made a folder runs still, and not another one that has come by its number since."""
    import psutil

    try:
        return psutil.Process(process).create_time() <= folder.stat().st_mtime + _CLOCKS_S
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except psutil.AccessDenied:
        return True


def _name(duel: Duel) -> str:
    titles = f"{duel.deal.content.title} {duel.deal.style.title}"
    words = re.sub(r"[^\w]+", "-", titles.lower()).strip("-")[:60].strip("-")
    return f"{datetime.now():%Y-%m-%d-%H%M%S}-{words}"


def _rename(unfinished: Path, folder: Path) -> Path:
    """Give the finished folder its name; where two duels end in one second, the later one gets a number."""
    for number in range(1, 100):
        name = folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        if not name.exists():
            return unfinished.rename(name)
    raise SaveError(f"{folder} is taken.", reason=f"the name {folder.name} is taken")
