"""What is done with the drawing beside painting it: bring in files, look back, edit brushes."""

from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal
from PyQt5.QtWidgets import QAction, QWidget

from app import places
from app.desktop.app_state.commands import Page
from app.desktop.app_state.file_filters import DRAWINGS, READABLE
from app.desktop.controllers import history_views
from app.desktop.controllers.document_controller import Blank
from app.desktop.controllers.duel_flow import DuelFlow
from app.desktop.controllers.importing import has_layers, is_drawing
from app.desktop.panels.reference_overlay import NOT_WHEN_STRICT
from app.errors import PasticheError
from app.painting.document.drawing import Drawing
from app.painting.io.openraster_reader import OraPicture
from app.painting.model.layers import Placed


class DocumentActions(QObject):
    """Connects commands to what they do to the open drawing. `told(sentence, tone)`."""

    told = pyqtSignal(str, str)

    def __init__(self, window: QWidget, flow: DuelFlow, actions: Mapping[str, QAction]) -> None:
        super().__init__(window)
        self._window, self._flow, self._actions = window, flow, actions
        self._studio, self._document_controller, self._importer = flow.studio, flow.document_controller, flow.importer
        # Where a drawing was last opened.
        self._opened_in = ""
        for name, handler in {
            "open_drawing": self._on_open,
            "place_picture": self._on_place,
            "replay": self._on_replay,
            "timelapse": self._on_timelapse,
            "brush_editor": self._on_edit_brush,
        }.items():
            actions[name].triggered.connect(lambda _checked=False, h=handler: h())
        flow.importer.told.connect(self.told)
        flow.importer.dropped.connect(lambda path: self._on_dropped(Path(path)))
        flow.importer.layers_read.connect(self._on_layers_read)
        flow.importer.picture_read.connect(self._on_picture_read)

    def refresh_commands(self, page: Page) -> None:
        """Enable the commands that make sense now."""
        drawing = self._studio.drawing()
        can_look_back = page is not Page.HOME and drawing is not None and drawing.position > 0
        self._actions["replay"].setEnabled(can_look_back)
        self._actions["timelapse"].setEnabled(can_look_back)
        self._actions["open_drawing"].setEnabled(self._flow.duel_controller.deal is not None)

    # Files

    def _on_open(self) -> None:
        drawings = places.drawings()
        usual = str(drawings) if drawings.is_dir() else self._flow.exporter.start_folder()
        path = self._importer.ask("Open a drawing", DRAWINGS, self._opened_in or usual)
        if path is not None:
            self._opened_in = str(path.parent)
            self.open(path)

    def open(self, path: Path) -> None:
        """Go on with a drawing from anywhere; one of another program begins a new drawing of this deal."""
        if not has_layers(path):
            self._flow.go_on_with(path)
        elif self._is_strict:
            self.told.emit(f"{NOT_WHEN_STRICT}.", "info")
        else:
            brushes, memory_mb = self._flow.brushes, self._flow.duel_controller.settings.undo_memory_mb
            if brushes is not None:
                self._importer.read_layers(path, brushes, undo_memory_mb=memory_mb)

    @property
    def _is_strict(self) -> bool:
        """Whether nothing from elsewhere comes onto the canvas: as its drawing began, or else the next one will."""
        if self._document_controller.drawing is not None:
            return self._document_controller.is_strict
        return self._flow.duel_controller.settings.is_strict

    def _on_layers_read(self, found: OraPicture, blank: Blank, begun: Drawing) -> None:
        flow, deal = self._flow, self._flow.duel_controller.deal
        brushes = flow.brushes
        if deal is None or brushes is None or not flow.may_leave_drawing():
            begun.close()
            return
        flow.take_off()
        flow.show_drawing(self._document_controller.put_new(deal, blank, brushes, begun=begun))
        flow.start_to_draw()
        self._note_changed()
        layers = f"{len(found.layers)} layer{'s' if len(found.layers) != 1 else ''}"
        said = [f"A new drawing has begun, with {layers}."]
        if self._studio.tracing.is_on:
            # What was to be traced on the drawing before would lie over this one.
            self._actions["trace"].setChecked(False)
            said.append("The tracing is off.")
        self.told.emit(" ".join([*said, *found.remarks]), "info")

    def _on_place(self) -> None:
        path = self._importer.ask("Place a picture", READABLE, self._flow.exporter.start_folder())
        if path is not None:
            self.place(path)

    def place(self, path: Path) -> None:
        """Lay a picture on a layer of its own."""
        drawing = self._studio.drawing()
        if self._is_strict:
            self.told.emit(f"{NOT_WHEN_STRICT}.", "info")
        elif drawing is not None:
            self._importer.read_picture(path, drawing)

    def _on_picture_read(self, drawing: Drawing, picture: Placed, title: str) -> None:
        if drawing is not self._studio.drawing():
            return
        self._studio.canvas.finish_stroke()
        try:
            self._studio.canvas.refresh(drawing.place(picture, title=title))
        except PasticheError as error:
            self.told.emit(str(error), "bad")
            return
        self._note_changed()

    def _on_dropped(self, path: Path) -> None:
        if is_drawing(path):
            self.open(path)
        else:
            self.place(path)

    def _note_changed(self) -> None:
        self._studio.layering.begin()
        self._studio.refresh_commands()
        self._studio.drawing_changed.emit()

    # Looking back

    def _on_replay(self) -> None:
        self._studio.canvas.finish_stroke()
        drawing = self._studio.drawing()
        if drawing is not None:
            history_views.watch(drawing, self._film(), self._window)

    def _on_timelapse(self) -> None:
        self._studio.canvas.finish_stroke()
        drawing = self._studio.drawing()
        if drawing is not None:
            history_views.save_timelapse(drawing, self._film(), self._window)

    def _film(self) -> Path:
        return Path(self._flow.exporter.start_folder()) / f"{self._flow.name_of('drawing')}.mp4"

    # Brushes

    def _on_edit_brush(self) -> None:
        self._studio.canvas.finish_stroke()
        brushes = self._flow.brushes
        if brushes is not None:
            self._flow.brush_library.edit(self._studio.hand, brushes)
