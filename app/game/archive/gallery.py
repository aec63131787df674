"""The gallery: finished duels, kept as folders of plain pictures and one JSON file."""

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
from app.errors import PasticheError, SaveError
from app.game.archive import result_card, serialization
from app.game.archive.progress_film import ProgressFilm
from app.game.duel import Duel
from app.judging.assessment import Assessment, Suggestion
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, Pair, comparisons, rival_title
from app.text import slug

CARD_FILE = "card.png"
RECORD_FILE = "duel.json"
#: What `write` writes.


def files() -> tuple[str, ...]:
    """Return the names of the files that `write` writes."""
    return (*(f"{rival}.png" for rival in RIVALS), CARD_FILE, RECORD_FILE)


#: The longer side, in px, of a suggestion's preview at most.
PREVIEW_SIDE_PX = 512
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

    `painted` is null for a drawing that was not painted here. `assessments` are those of the judge without their heat
    maps (see `serialization`), `pasted` is one sentence, "" where nothing was pasted, and `suggestions` are without
    their previews. Of what a rival was `asked` for, words and numbers.
    `left_out` has a sentence for each thing that belongs to the duel but could not be written.
    """
    return {
        "played": datetime.now().astimezone().isoformat(timespec="seconds"),
        "content": {"title": duel.deal.content.title, "file": duel.deal.content.path.name},
        "style": {"title": duel.deal.style.title, "file": duel.deal.style.path.name},
        "painted": duel.painted.record() if duel.painted is not None else None,
        "grades": {name: round(grade, 4) for name, grade in duel.grades.items()},
        "opinions": {
            f"{a}_{b}": serialization.to_record(assessment) | {"remarks": serialization.remarks(assessment, (a, b))}
            for (a, b), assessment in duel.heard()
        },
        "pasted": duel.pasted,
        "suggestions": [serialization.suggestion_record(suggestion) for suggestion in duel.suggestions],
        "rivals": {
            name: {
                "network": painting.report.network,
                "title": NETWORKS[painting.report.network].title,
                "steps": painting.report.steps,
                "seconds_per_step": round(painting.report.seconds_per_step, 5),
                "seconds": round(painting.report.seconds, 3),
                "loading_seconds": round(painting.report.loading_seconds, 3),
                "asked": painting.request.summary(),
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
    for rival in duel.rivals:
        images.write_picture(folder / f"{rival}.png", duel.paintings[rival].picture)
    images.write_picture(folder / CARD_FILE, result_card.draw(duel))
    # Last, so that a folder with a record is a whole one.
    images.write_json(folder / RECORD_FILE, record(duel, left_out))


def film_file(rival: str) -> str:
    """The name of a rival's film within a duel's folder; there is one where there was something to see."""
    return f"{rival}-film.mp4"


def heat_file(comparison: str) -> str:
    """The name of the heat maps of a comparison, such as "drawing_magenta", within a duel's folder."""
    return f"heat-{comparison.replace('_', '-')}.png"


def preview_file(number: int) -> str:
    """The name of the preview of a suggestion, the first is number 1, within a duel's folder."""
    return f"suggestion-{number}.jpg"


def keep(
    duel: Duel, films: Mapping[str, ProgressFilm] | None = None, *, on_left_out: Callable[[str], None] | None = None
) -> Path:
    """Put a judged duel into the gallery, with its deal, drawing and heat maps, and films by the rivals' names: all or
    nothing.

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
                    left_out.append(f"The duel is kept without the film of {rival_title(rival)}{reason}")
        for name, assessment in duel.assessments.items():
            heats = serialization.to_pixels(assessment)
            if heats is not None:
                images.write_bytes(unfinished / heat_file(name), images.to_png(heats))
        _write_previews(unfinished, duel.suggestions)
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


def grades_of(duel: Kept) -> dict[Pair, float]:
    """The grades of a kept duel, 0 to 10, by pairs of comparisons(); without those that it lacks. Reads no picture."""
    found = {}
    for a, b in comparisons():
        grade = _within(duel.record, "grades", f"{a}_{b}")
        if isinstance(grade, int | float) and 0 <= grade <= 10:
            found[a, b] = float(grade)
    return found


def assessments_of(duel: Kept) -> dict[str, Assessment]:
    """The assessments of a kept duel with their heat maps, by the keys of its grades; without those that it lacks.

    Reads small pictures. A duel that was kept with its grades only has assessments with nothing but a grade.
    """
    found = {}
    for name in (f"{a}_{b}" for a, b in comparisons()):
        heats = None
        with contextlib.suppress(OSError, PasticheError):
            heats = images.from_png((duel.folder / heat_file(name)).read_bytes())[:, :, 0]
        with contextlib.suppress(ValueError):
            record = _within(duel.record, "opinions", name)
            if record is not None:
                found[name] = serialization.from_record(record, heats)
            elif (grade := _within(duel.record, "grades", name)) is not None:
                found[name] = serialization.from_grade(grade)
    return found


def suggestions_of(duel: Kept) -> list[Suggestion]:
    """What the judge suggested for a kept duel, the best first; one whose preview cannot be read is left out."""
    listed = duel.record.get("suggestions")
    found = []
    for number, record in enumerate(listed if isinstance(listed, list) else [], start=1):
        with contextlib.suppress(ValueError, PasticheError):
            preview = images.read_picture(duel.folder / preview_file(number), max_side_px=PREVIEW_SIDE_PX)
            found.append(serialization.suggestion_of(record, preview))
    return found


def note_suggestions(folder: Path, suggestions: Sequence[Suggestion]) -> None:
    """Lay what the judge suggests to a duel that is kept already, with small previews. Raises SaveError."""
    try:
        read = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # The entry was taken away or damaged meanwhile; it is nobody's to mend.
        return
    _write_previews(folder, suggestions)
    listed = [serialization.suggestion_record(suggestion) for suggestion in suggestions]
    images.write_json(folder / RECORD_FILE, read | {"suggestions": listed})


def take_away(folder: Path) -> None:
    """Delete an entry that another stands for now; what else a person laid beside it stays."""
    names = [f"{name}.png" for name in ("content", "style", "drawing", *RIVALS)]
    names += [film_file(name) for name in RIVALS] + [heat_file(f"{a}_{b}") for a, b in comparisons()]
    with contextlib.suppress(OSError):
        # The record first: whatever happens, what remains is no entry any more.
        for name in (RECORD_FILE, CARD_FILE, *names):
            (folder / name).unlink(missing_ok=True)
        for preview in folder.glob(preview_file(0).replace("0", "[0-9]")):
            preview.unlink(missing_ok=True)
        folder.rmdir()


def _write_previews(folder: Path, suggestions: Sequence[Suggestion]) -> None:
    for number, suggestion in enumerate(suggestions, start=1):
        images.write_picture(folder / preview_file(number), images.fit_within(suggestion.preview, PREVIEW_SIDE_PX))


def _within(record: Any, *names: str) -> Any:
    """What lies within objects within objects; None where there is no such thing."""
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


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
    words = slug(f"{duel.deal.content.title} {duel.deal.style.title}", most_chars=60)
    return f"{datetime.now():%Y-%m-%d-%H%M%S}-{words}"


def _rename(unfinished: Path, folder: Path) -> Path:
    """Give the finished folder its name; where two duels end in one second, the later one gets a number."""
    for number in range(1, 100):
        name = folder if number == 1 else folder.with_name(f"{folder.name}-{number}")
        if not name.exists():
            return unfinished.rename(name)
    raise SaveError(f"{folder} is taken.", reason=f"the name {folder.name} is taken")
