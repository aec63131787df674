"""Saving what a duel brought: the drawing, the card, everything. Only `window.py` calls this.

A failure is told in the message bar and changes nothing: the drawing stays on the canvas.
"""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QObject, QStandardPaths, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QWidget

from app.desktop.jobs import Errands
from app.errors import SaveError
from app.game import card, gallery
from app.game.duel import Duel
from app.images import WRITABLE, Picture, write_picture

KINDS = "PNG (*.png);;JPEG (*.jpg *.jpeg);;WebP (*.webp)"


class Saving(QObject):
    """Asks where to, and saves in the background.

    Signals: `told(sentence, tone)`; `copied(picture)` once a drawing's picture lies in a file of its own, the very
    array that was to be saved; `saved(str)` with the path.
    """

    told = pyqtSignal(str, str)
    copied = pyqtSignal(object)
    saved = pyqtSignal(str)

    def __init__(self, window: QWidget, errands: Errands) -> None:
        super().__init__(window)
        self._window, self._errands = window, errands
        self.folder = ""

    def save_picture(self, picture: Picture, name: str, what: str) -> None:
        """Ask for a file name and save one picture; `what` names it to the person ("your drawing")."""
        path = self._ask_file(f"Save {what}", name)
        if path is not None:
            self._send(lambda: _write(path, picture), path, what, picture)

    def save_card(self, duel: Duel, name: str) -> None:
        """Ask for a file name and save the result card of a judged duel."""
        path = self._ask_file("Save the card", name)
        if path is not None:
            self._send(lambda: _write(path, card.draw(duel)), path, "the card")

    def save_all(self, duel: Duel, drawing: Picture, name: str) -> None:
        """Ask for a folder and save the three pictures, the card and the record of a judged duel into a new one."""
        chosen = QFileDialog.getExistingDirectory(
            self._window, "Save everything into a new folder in", self.start_folder()
        )
        if not chosen:
            return
        self.folder = chosen
        folder = _free(Path(chosen) / name)

        def work() -> None:
            write_picture(folder / "drawing.png", drawing)
            gallery.write(duel, folder)

        self._send(work, folder, "everything", drawing)

    def _ask_file(self, title: str, name: str) -> Path | None:
        suggested = str(Path(self.start_folder()) / f"{name}.png")
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, suggested, KINDS)
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() not in WRITABLE:
            # Said without an ending, it gets the one of the chosen kind.
            path = path.with_name(path.name + kind[kind.index("*") + 1 :].split(")")[0].split()[0])
        self.folder = str(path.parent)
        return path

    def start_folder(self) -> str:
        """Where a file dialog opens: where something was saved last, else among the person's pictures."""
        pictures = QStandardPaths.writableLocation(QStandardPaths.PicturesLocation)
        return next((each for each in (self.folder, pictures) if each and Path(each).is_dir()), str(Path.home()))

    def _send(self, work: Callable[[], None], path: Path, what: str, picture: Picture | None = None) -> None:
        def then(_nothing: object) -> None:
            self.told.emit(f"Saved {what} as {path}.", "good")
            if picture is not None:
                self.copied.emit(picture)
            self.saved.emit(str(path))

        self._errands.send(work, then, lambda sentence: self.told.emit(sentence, "bad"))


def _write(path: Path, picture: Picture) -> None:
    write_picture(path, picture)


def _free(folder: Path) -> Path:
    """A name in this place that nothing has yet, so that nothing is overwritten."""
    for number in range(1, 1000):
        name = folder if number == 1 else folder.with_name(f"{folder.name} {number}")
        if not name.exists():
            return name
    raise SaveError(f"There are too many folders named {folder.name} already.")
