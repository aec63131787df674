"""Bringing in files: drawings of other programs, and pictures onto the canvas."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QEvent, QObject, pyqtSignal
from PyQt5.QtGui import QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QFileDialog, QWidget

from app.desktop.app_state.background import Errands
from app.desktop.controllers.document_controller import Blank, drawing_of
from app.game.deck import SUFFIXES, title_of
from app.images import check_size, read_with_alpha, to_png
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Drawing
from app.painting.engine.composite import unpack_ahead
from app.painting.io.journal import SUFFIX as JOURNAL_SUFFIX
from app.painting.io.openraster_reader import OraPicture, read_ora
from app.painting.io.openraster_writer import SUFFIX as LAYERS_SUFFIX
from app.painting.model.layer_operations import packed
from app.painting.model.layers import MAX_PLACED_BYTES, Arrangement, Layer, Placed


class Opening(QObject):
    """Asks which file, and reads it in the background.

    Signals: `told(sentence, tone)`; `layers_read(OraPicture, Blank, Drawing)` with a drawing of its layers, which has
    no journal yet, and what that was when it was blank;
    `picture_read(Drawing, Placed, title)`, packed for the drawing that it was meant for;
    `dropped(str)` with a picture or drawing that was dropped onto the canvas.
    """

    told = pyqtSignal(str, str)
    layers_read = pyqtSignal(object, object, object)
    picture_read = pyqtSignal(object, object, str)
    dropped = pyqtSignal(str)

    def __init__(self, window: QWidget, canvas: QWidget, errands: Errands) -> None:
        super().__init__(window)
        self._window, self._errands = window, errands
        canvas.setAcceptDrops(True)
        canvas.installEventFilter(self)

    def ask(self, title: str, kinds: str, folder: str) -> Path | None:
        """The file that the person chooses."""
        chosen, _ = QFileDialog.getOpenFileName(self._window, title, folder, kinds)
        return Path(chosen) if chosen else None

    def read_layers(self, path: Path, brushes: Mapping[str, Brush], *, undo_memory_mb: int) -> None:
        """Make a drawing of a file of layers; `layers_read` tells."""

        def read() -> tuple[OraPicture, Blank, Drawing]:
            found = read_ora(path)
            check_size(path.name, found.width, found.height)
            blank = Blank(found.width, found.height, is_strict=False, undo_memory_mb=undo_memory_mb)
            drawing = drawing_of(blank, brushes)
            with drawing.surface.at_once():
                for change in arrangements(found, f"Open “{path.stem}”"):
                    drawing.arrange(change)
            drawing.activate(found.active + 1)
            return found, blank, drawing

        self._errands.send(read, lambda found: self.layers_read.emit(*found), self._tell_bad)

    def read_picture(self, path: Path, drawing: Drawing) -> None:
        """Read a picture that is to be placed on a drawing; `picture_read` tells."""
        size = (drawing.width, drawing.height)

        def read() -> tuple[Placed, str]:
            title = title_of(path)
            picture = packed(read_with_alpha(path, max_side_px=max(size)), size, title=title)
            unpack_ahead(picture)
            return picture, title

        self._errands.send(read, lambda found: self.picture_read.emit(drawing, *found), self._tell_bad)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDragEnterEvent) and _file_of(event):
            event.acceptProposedAction()
            return True
        if isinstance(event, QDropEvent) and event.type() == QEvent.Drop:
            path = _file_of(event)
            if path:
                event.acceptProposedAction()
                self.dropped.emit(path)
            return True
        return super().eventFilter(watched, event)

    def _tell_bad(self, sentence: str) -> None:
        self.told.emit(sentence, "bad")


def is_drawing(path: Path) -> bool:
    """Whether a file's name says that it is a drawing, with strokes or with layers."""
    return path.suffix.lower() in (JOURNAL_SUFFIX, LAYERS_SUFFIX)


def has_layers(path: Path) -> bool:
    """Whether a file's name says that it holds layers, and no strokes."""
    return path.suffix.lower() == LAYERS_SUFFIX


def arrangements(found: OraPicture, title: str) -> list[Arrangement]:
    """What makes an empty drawing the one of a file: one change, or more where it is very large.

    Packs the pixels, which takes a while.
    """
    made: list[Arrangement] = []
    # Not the layer that an empty drawing has: that one goes with the first change.
    layers: tuple[Layer, ...] = ()
    pictures: tuple[Placed, ...] = ()
    for number, each in enumerate(found.layers, start=1):
        height, width = each.pixels.shape[:2]
        fresh = (Placed(number, to_png(each.pixels), each.left, each.top, width, height),) if each.pixels.any() else ()
        if sum(len(placed.png) for placed in pictures + fresh) > MAX_PLACED_BYTES:
            made.append(Arrangement(layers, title=title, placed=pictures))
            pictures = ()
        layers, pictures = (*layers, replace(each.layer, id=number)), pictures + fresh
    return [*made, Arrangement(layers, title=title, placed=pictures)]


def _file_of(event: QDropEvent) -> str:
    """The one file of ours that is dragged; "" for anything else."""
    urls = event.mimeData().urls()
    path = urls[0].toLocalFile() if len(urls) == 1 else ""
    return path if path and (Path(path).suffix.lower() in SUFFIXES or is_drawing(Path(path))) else ""
