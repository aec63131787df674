"""Looking back: on a drawing, watching it being painted or exporter that as a film, and on the latest duels."""

import contextlib
from pathlib import Path

from PyQt5.QtWidgets import QWidget

from app.desktop.pages.home import Recent
from app.desktop.widgets.qimage import to_image
from app.errors import PasticheError
from app.game.archive import gallery
from app.images import read_picture
from app.painting.document.drawing import Drawing, Entry
from app.rivals.registry import RIVALS, rival_title
from app.text import grade_text

# Home has room for so many.
LATEST_DUELS = 6


def watch(drawing: Drawing, suggested: Path, parent: QWidget) -> None:
    """Show how a drawing came about, until that window is closed; `suggested` names a film of it."""
    from app.desktop.dialogs.replay_window import ReplayWindow

    entries, brushes = entries_of(drawing), drawing.surface.brushes
    ReplayWindow(drawing.width, drawing.height, entries, brushes, parent, suggested=suggested).exec_()


def save_timelapse(drawing: Drawing, suggested: Path, parent: QWidget) -> None:
    """Save how a drawing came about as a GIF or a film, until that dialog is closed."""
    from app.desktop.dialogs.timelapse_dialog import TimelapseDialog

    entries, brushes = entries_of(drawing), drawing.surface.brushes
    TimelapseDialog(drawing.width, drawing.height, entries, brushes, suggested, parent).exec_()


def latest_duels() -> list[Recent]:
    """The latest duels of the gallery as home shows them; may be called in any thread."""
    recent = []
    for kept in gallery.kept()[:LATEST_DUELS]:
        with contextlib.suppress(PasticheError):
            drawing = read_picture(kept.folder / "drawing.png", max_side_px=256)
            recent.append(Recent(str(kept.folder), _told(kept), to_image(drawing)))
    return recent


def _told(kept: gallery.Kept) -> str:
    """When a duel was, of what deal, and which grades the drawing got; what its record lacks is left out."""
    lines = [f"The duel of {str(kept.record.get('played', ''))[:10]}".removesuffix(" of ")]
    titles = [side.get("title") for name in ("content", "style") if isinstance(side := kept.record.get(name), dict)]
    lines.append(", in the manner of ".join(str(title) for title in titles if title))
    known = gallery.grades_of(kept)
    grades = [
        f"{rival_title(rival)} {grade_text(known[pair])}" for rival in RIVALS if (pair := ("drawing", rival)) in known
    ]
    lines.append(f"Your grades: {', '.join(grades)}" if grades else "")
    return "\n".join(line for line in lines if line)


def entries_of(drawing: Drawing) -> list[Entry]:
    """What is in force of a drawing, after the recipes of its brushes: as a journal without anything undone."""
    return [*drawing.surface.recipes.values(), *(step.entry for step in drawing.steps[: drawing.position])]
