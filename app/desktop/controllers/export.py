"""Saving what a duel brought: the drawing, the card, everything.

A failure is told in the message bar and changes nothing: the drawing stays on the canvas.
"""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QObject, QStandardPaths, pyqtSignal
from PyQt5.QtWidgets import QFileDialog, QWidget

from app import places
from app.desktop.app_state.background import Errands
from app.desktop.widgets.message_bar import ask
from app.desktop.widgets.qimage import to_picture
from app.errors import SaveError
from app.game.archive import gallery, result_card
from app.game.archive.progress_film import ProgressFilm
from app.game.duel import Duel
from app.images import Picture, why, write_bytes, write_picture
from app.painting.document.drawing import PAPER, Drawing
from app.painting.io import openraster_writer
from app.painting.io.journal import SUFFIX as JOURNAL_SUFFIX
from app.painting.io.openraster_writer import Snapshot, write_ora

PICTURE_KINDS = {"PNG": ".png", "JPEG": ".jpg .jpeg", "WebP": ".webp"}
FILM_KINDS = {"Film, MP4": ".mp4", "GIF": ".gif", "Sheet of its pictures, PNG": ".png"}
DRAWING_KINDS = PICTURE_KINDS | {
    "OpenRaster, with its layers": openraster_writer.SUFFIX,
    "Drawing of Pastiche, with every stroke": JOURNAL_SUFFIX,
}


class Exporter(QObject):
    """Asks where to, and saves in the background.

    Signals: `told(sentence, tone)`; `copied(token)` once a drawing lies in a file of its own, with the very object
    that was given for it; `saved(str)` with the path.
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
        path = self._ask_file(f"Save {what}", name, PICTURE_KINDS)
        if path is not None:
            self._send(lambda: write_picture(path, picture), path, what, picture)

    def save_drawing(self, drawing: Drawing, journal: Callable[[], Path | None], name: str, token: object) -> None:
        """Ask for a file name and save a drawing as a picture, with its layers, or with every stroke.

        `journal` gives the drawing's own file once all of it is there, else None.
        """
        what = "your drawing"
        path = self._ask_file(f"Save {what}", name, DRAWING_KINDS)
        if path is None:
            return
        if path.suffix.lower() == JOURNAL_SUFFIX:
            source = journal()
            if source is None:
                self.told.emit("Its strokes are not all on the disk yet: save it as OpenRaster or a picture.", "bad")
                return
            self._send(lambda: _copy_journal(source, path), path, what, token)
            return
        snapshot = Snapshot.of(drawing, PAPER)
        if path.suffix.lower() == openraster_writer.SUFFIX:
            self._send(lambda: write_ora(path, snapshot), path, what, token)
        else:
            self._send(lambda: write_picture(path, to_picture(snapshot.merged())), path, what, token)

    def save_card(self, duel: Duel, name: str) -> None:
        """Ask for a file name and save the result card of a judged duel."""
        path = self._ask_file("Save the card", name, PICTURE_KINDS)
        if path is not None:
            self._send(lambda: write_picture(path, result_card.draw(duel)), path, "the card")

    def save_film(self, film: ProgressFilm, name: str, what: str) -> None:
        """Ask for a file name and save how a rival's picture came about; `what` names it to the person."""
        path = self._ask_file(f"Save {what}", name, FILM_KINDS)
        if path is not None:
            self._send(lambda: film.write(path), path, what)

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

    def _ask_file(self, title: str, name: str, kinds: dict[str, str]) -> Path | None:
        usual = next(iter(kinds.values())).split()
        suggested = str(Path(self.start_folder()) / f"{name}{usual[0]}")
        filters = {f"{words} (*{suffixes.replace(' ', ' *')})": suffixes.split() for words, suffixes in kinds.items()}
        chosen, kind = QFileDialog.getSaveFileName(self._window, title, suggested, ";;".join(filters))
        if not chosen:
            return None
        path = Path(chosen)
        if path.suffix.lower() not in " ".join(kinds.values()).split():
            # Said without an ending, it gets the one of the chosen kind; of that name the dialog has not asked.
            path = path.with_name(path.name + filters.get(kind, usual)[0])
            if path.exists() and not ask(
                self._window, f"Replace {path.name}?", explains="It is there already.", yes="Replace it", no="Keep it"
            ):
                return None
        self.folder = str(path.parent)
        return path

    def start_folder(self) -> str:
        """Where a file dialog opens: where something was saved last, else among the person's pictures."""
        pictures = QStandardPaths.writableLocation(QStandardPaths.PicturesLocation)
        return next((each for each in (self.folder, pictures) if each and Path(each).is_dir()), str(Path.home()))

    def _send(self, work: Callable[[], None], path: Path, what: str, token: object = None) -> None:
        def then(_nothing: object) -> None:
            self.told.emit(f"Saved {what} as {path}.", "good")
            if token is not None:
                self.copied.emit(token)
            self.saved.emit(str(path))

        self._errands.send(work, then, lambda sentence: self.told.emit(sentence, "bad"))


def _copy_journal(source: Path, path: Path) -> None:
    """Copy a drawing's journal to a file of its own, which may be another drawing's place only where it is free."""
    # A window that writes a journal would go on writing into the file that was replaced.
    if path.exists() and path.resolve().parent == places.drawings().resolve():
        raise SaveError(f"{path.name} is one of your drawings already: choose another name.")
    try:
        content = source.read_bytes()
    except OSError as error:
        raise SaveError(f"The drawing's file cannot be read: {why(error)}.") from None
    write_bytes(path, content)


def _free(folder: Path) -> Path:
    """A name in this place that nothing has yet, so that nothing is overwritten."""
    for number in range(1, 1000):
        name = folder if number == 1 else folder.with_name(f"{folder.name} {number}")
        if not name.exists():
            return name
    raise SaveError(f"There are too many folders named {folder.name} already.")
