"""Looking back on a drawing: watching it being painted, and saving that as a film. Only `play.py` calls this."""

from pathlib import Path

from PyQt5.QtWidgets import QWidget

from app.painting.drawing import Drawing, Entry


def watch(drawing: Drawing, suggested: Path, parent: QWidget) -> None:
    """Show how a drawing came about, until that window is closed; `suggested` names a film of it."""
    from app.desktop.replay_window import ReplayWindow

    entries, brushes = entries_of(drawing), drawing.surface.brushes
    ReplayWindow(drawing.width, drawing.height, entries, brushes, parent, suggested=suggested).exec_()


def save_timelapse(drawing: Drawing, suggested: Path, parent: QWidget) -> None:
    """Save how a drawing came about as a GIF or a film, until that dialog is closed."""
    from app.desktop.timelapse_dialog import TimelapseDialog

    entries, brushes = entries_of(drawing), drawing.surface.brushes
    TimelapseDialog(drawing.width, drawing.height, entries, brushes, suggested, parent).exec_()


def entries_of(drawing: Drawing) -> list[Entry]:
    """What is in force of a drawing, after the recipes of its brushes: as a journal without anything undone."""
    return [*drawing.surface.recipes.values(), *(step.entry for step in drawing.steps[: drawing.position])]
