"""How a duel goes in the window: deal, draw, compare, go on, save, play again.

Pages show, the duel controller lets work, the document controller keeps; what leads from one to the next is here. What
comes from files onto the canvas, and what is done with a drawing beside painting it, is in `document_actions.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QAction, QWidget

from app.desktop.app_state.background import Errands
from app.desktop.app_state.commands import Page
from app.desktop.app_state.file_filters import READABLE
from app.desktop.app_state.view_models import Unfinished
from app.desktop.controllers.brush_library import BrushLibrary
from app.desktop.controllers.document_controller import DocumentController, Resumed, blank_of
from app.desktop.controllers.duel_controller import DuelController
from app.desktop.controllers.export import Exporter
from app.desktop.controllers.gc_control import set_aside_garbage
from app.desktop.controllers.history_views import latest_duels
from app.desktop.controllers.importing import Opening
from app.desktop.pages.home import Home
from app.desktop.pages.result import Result
from app.desktop.pages.saved_duel import read_kept
from app.desktop.pages.studio import Studio
from app.desktop.widgets.message_bar import ask
from app.desktop.widgets.qimage import to_image
from app.errors import PasticheError
from app.game.duel import Duel, Stage
from app.images import Picture, read_picture
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Drawing
from app.painting.engine.composite import picture_of
from app.painting.engine.dabs import PixelImage
from app.text import slug

UPLOAD_SIDE_PX = 2048


@dataclass(frozen=True)
class Pages:
    """The three pages."""

    home: Home
    studio: Studio
    result: Result


@dataclass(frozen=True)
class Company:
    """Those who work for the pages."""

    duel_controller: DuelController
    document_controller: DocumentController
    exporter: Exporter
    importer: Opening
    brush_library: BrushLibrary
    errands: Errands


class DuelFlow(QObject):
    """Leads from page to page.

    Signals: `page_requested(Page)`; `commands_changed()` when other commands make sense;
    `dealing()` while nothing can be started; `told(sentence, tone)`; `kept_requested(KeptDuel)` to look at a kept duel.
    """

    page_requested = pyqtSignal(object)
    commands_changed = pyqtSignal()
    dealing = pyqtSignal()
    told = pyqtSignal(str, str)
    kept_requested = pyqtSignal(object)

    def __init__(self, window: QWidget, pages: Pages, company: Company, actions: Mapping[str, QAction]) -> None:
        super().__init__(window)
        self._window = window
        self.home, self.studio, self.result = pages.home, pages.studio, pages.result
        self.duel_controller, self.document_controller, self.brush_library = (
            company.duel_controller,
            company.document_controller,
            company.brush_library,
        )
        self.exporter, self.importer, self.errands = company.exporter, company.importer, company.errands
        self._uploaded: Picture | None = None
        self._starts_when_dealt = False
        # The drawing that was handed in and the very array that was made of it, while it is not painted on.
        self._handed_in: tuple[Drawing, Picture] | None = None
        # What stands for the drawing as it is now, and whether it lies so in the gallery or in a file.
        self._as_it_is = object()
        self._has_copy = False
        for name, handler in {
            "deal_both": self._deal,
            "deal_content": lambda: self._deal(keep_style=True),
            "deal_style": lambda: self._deal(keep_content=True),
            "open_content": lambda: self._choose_side("content"),
            "open_style": lambda: self._choose_side("style"),
            "start": self.start_to_draw,
            "upload": self._on_upload,
            "let_rivals": self._on_let_rivals,
            "compare": self.compare,
            "save_drawing": self._on_save_drawing,
            "save_card": self._on_save_card,
            "save_all": self._on_save_all,
            "keep_drawing": self._on_keep_drawing,
            "play_again": self._on_play_again,
        }.items():
            actions[name].triggered.connect(lambda _checked=False, h=handler: h())
        self.studio.drawing_changed.connect(self._on_drawing_changed)
        self.home.file_dropped.connect(lambda kind, path: self._use_side(kind, Path(path)))
        self.home.recent_requested.connect(self._on_recent)
        self.home.continue_requested.connect(lambda path: self.go_on_with(Path(path)))
        self.home.forget_requested.connect(self._on_forget)
        self.result.drawing_dropped.connect(lambda path: self.upload(Path(path)))
        self.document_controller.told.connect(self.told)
        self.document_controller.offered.connect(self._on_offered)
        self.document_controller.resumed.connect(self._on_resumed)
        self.document_controller.not_resumed.connect(self.commands_changed)
        self.duel_controller.dealing.connect(self.dealing)
        self.duel_controller.dealt.connect(self._on_dealt)
        self.duel_controller.deal_failed.connect(self._on_deal_failed)
        self.duel_controller.told.connect(self.told)
        self.duel_controller.kept.connect(self._on_kept)
        self.exporter.told.connect(self.told)
        self.exporter.copied.connect(self._on_copied)
        self.brush_library.told.connect(self.told)
        self.brush_library.brushes_read.connect(self.studio.set_brushes)
        self.brush_library.kit_made.connect(self.studio.set_kit)

    # Beginning

    def begin(self, content: Path | None = None, style: Path | None = None) -> None:
        """Deal, or with a deal given go straight into the studio."""
        if content is None and style is None:
            self.duel_controller.deal_again()
        else:
            self._starts_when_dealt = True
            self.duel_controller.use_files(content, style)
        # What home can do without comes after the deal.
        self.brush_library.read()
        self.duel_controller.learn_networks()
        self.document_controller.look_for_unfinished()
        self._look_at_gallery()

    @property
    def brushes(self) -> Mapping[str, Brush] | None:
        """The brushes that can be painted with, once they have been read; those of the painting among them."""
        return None if self.brush_library.brushes is None else self.studio.panel.brushes()

    def _on_kept(self, duel: Duel) -> None:
        if self._handed_in is not None and duel.drawing is self._handed_in[1]:
            drawing = self._handed_in[0]
            self._has_copy = self._has_copy or drawing is self.document_controller.drawing
            self.document_controller.note_finished(drawing)
            self.document_controller.look_for_unfinished()
        self._look_at_gallery()

    def _on_copied(self, token: object) -> None:
        """Something was saved: where it is the drawing as it is now, nothing of that can be lost any more."""
        handed_in = self._handed_in
        is_handed_in = (
            handed_in is not None and token is handed_in[1] and handed_in[0] is self.document_controller.drawing
        )
        if token is self._as_it_is or is_handed_in:
            self._has_copy = True

    def _look_at_gallery(self) -> None:
        self.errands.send(latest_duels, self.home.show_recent, self._tell_bad, leaves_nothing=True)

    # The deal

    def _on_dealt(self) -> None:
        dealt = self.duel_controller.images
        if dealt is None:
            return
        content, style = dealt.deal.content.title, dealt.deal.style.title
        self.home.show_side("content", dealt.content, content)
        self.home.show_side("style", dealt.style, style)
        self.studio.show_deal(dealt)
        self.take_off()
        self.brush_library.use_deal(dealt.deal, self.duel_controller.settings.canvas_side_px)
        self._uploaded = None
        self._as_it_is = object()
        self._has_copy = False
        self.result.set_shape(dealt.content.size())
        self.result.show_drawing(None)
        self.commands_changed.emit()
        if self._starts_when_dealt:
            self._starts_when_dealt = False
            self.start_to_draw()

    def _on_deal_failed(self) -> None:
        if self._starts_when_dealt:
            # What was named on the command line cannot be played; anything else can.
            self._starts_when_dealt = False
            self.duel_controller.deal_again()
        self.commands_changed.emit()

    def _deal(self, *, keep_content: bool = False, keep_style: bool = False) -> None:
        if self.may_leave_drawing():
            self.duel_controller.deal_again(keep_content=keep_content, keep_style=keep_style)

    def _choose_side(self, kind: str) -> None:
        what = "photograph" if kind == "content" else "painting"
        chosen = self.importer.ask(f"Choose a {what}", READABLE, self.exporter.start_folder())
        if chosen is not None:
            self._use_side(kind, chosen)

    def _use_side(self, kind: str, path: Path) -> None:
        if self.may_leave_drawing():
            self.duel_controller.use_file(kind, path)

    def may_leave_drawing(self) -> bool:
        """Whether the drawing may be closed: nothing is lost by it, or the player agrees.

        Nothing is lost where a copy of the drawing as it is lies in the gallery or in a file, or its journal is whole.
        A verdict alone is no copy.
        """
        self.studio.canvas.finish_stroke()
        if self._has_copy or self.document_controller.is_safe():
            return True
        return ask(
            self._window,
            "Leave your drawing?",
            explains="It could not be written to the disk, and would be lost.",
            yes="Leave it",
            no="Keep drawing",
        )

    def is_judged(self) -> bool:
        """Whether the duel has its verdict; it is kept in the gallery only where that could be written."""
        duel = self.duel_controller.duel
        return duel is not None and duel.stage in (Stage.JUDGED, Stage.KEPT)

    # Playing

    def show_drawing(self, drawing: Drawing) -> None:
        """Show the drawing that was opened."""
        self.studio.set_drawing(drawing)
        self.studio.set_strict(self.document_controller.is_strict)

    def take_off(self) -> None:
        """Close the drawing."""
        self.studio.set_drawing(None)
        self.studio.set_strict(False)
        self.document_controller.take_off()

    def start_to_draw(self) -> None:
        """Go to the studio; the rivals start too, if they have not yet."""
        deal, settings = self.duel_controller.deal, self.duel_controller.settings
        if deal is None or self.brushes is None:
            if deal is not None:
                # The brushes are still being read; they come before the player has found the button twice.
                QTimer.singleShot(50, self.start_to_draw)
            return
        if self.studio.drawing() is None:
            blank = blank_of(
                deal,
                settings.canvas_side_px,
                is_strict=settings.is_strict,
                undo_memory_mb=settings.undo_memory_mb,
            )
            try:
                self.show_drawing(self.document_controller.put_new(deal, blank, self.brushes))
            except PasticheError as error:
                self.told.emit(str(error), "bad")
                return
        self.page_requested.emit(Page.STUDIO)
        self.brush_library.hurry()
        self.studio.canvas.setFocus()
        self.duel_controller.start_rivals()
        set_aside_garbage()

    def _on_keep_drawing(self) -> None:
        """Go on drawing; what was just looked at as a suggestion is said once more, for that is what comes now."""
        suggestion = self.result.looked_at()
        self.start_to_draw()
        if suggestion is not None:
            self.told.emit(f"To try: {suggestion.sentence}.", "hint")

    def compare(self) -> None:
        """Hand the drawing in and show the result, as far as there is one."""
        self.studio.canvas.finish_stroke()
        drawing = self.studio.drawing()
        if drawing is None:
            return
        if drawing.is_blank:
            self.told.emit("The canvas is still empty: paint something first.", "info")
            return
        self._uploaded = None
        pixels, painted = drawing.surface.copied(), self.document_controller.painted()
        duel, as_it_was = self.duel_controller.duel, self._as_it_is
        self.result.show_drawing(
            PixelImage(pixels.view(np.uint32)[..., 0]), painted.sentence() if painted is not None else ""
        )
        self.page_requested.emit(Page.RESULT)

        def then(picture: Picture) -> None:
            if self.duel_controller.duel is not duel or self.studio.drawing() is not drawing:
                return  # Another deal or drawing took its place meanwhile.
            if self._as_it_is is as_it_was:
                self._handed_in = (drawing, picture)
            self.duel_controller.hand_in(picture, painted)

        self.errands.send(lambda: picture_of(pixels), then, self._tell_bad)

    # Drawings to go on with

    def _on_offered(self, unfinished: list[Unfinished]) -> None:
        self.home.show_unfinished(unfinished)

    def go_on_with(self, path: Path) -> None:
        """Open an unfinished drawing; the one that is open is gone on with as it is."""
        if path == self.document_controller.path:
            self.start_to_draw()
        elif self.brushes is not None and self.may_leave_drawing():
            self.dealing.emit()
            memory_mb = self.duel_controller.settings.undo_memory_mb
            self.document_controller.go_on_with(
                path, self.brushes, undo_memory_mb=memory_mb, deal=self.duel_controller.deal
            )

    def _on_resumed(self, found: Resumed) -> None:
        self.duel_controller.use_deal(found.dealt)
        self.document_controller.put_back(found)
        self.show_drawing(found.drawing)
        self.start_to_draw()

    def _on_forget(self, path: str) -> None:
        self.document_controller.put_away(Path(path))
        self.document_controller.look_for_unfinished()

    def _on_drawing_changed(self) -> None:
        self._handed_in, self._as_it_is = None, object()
        self._has_copy = False
        self.document_controller.note_painted()
        self.commands_changed.emit()

    def _on_upload(self) -> None:
        chosen = self.importer.ask("Upload a drawing", READABLE, self.exporter.start_folder())
        if chosen is not None:
            self.upload(chosen)

    def upload(self, path: Path) -> None:
        """Let a finished picture take the drawing's part in the duel."""

        def read() -> tuple[Picture, QImage]:
            picture = read_picture(path, max_side_px=UPLOAD_SIDE_PX)
            return picture, to_image(picture)

        def then(found: tuple[Picture, QImage]) -> None:
            self._uploaded, image = found
            self.result.show_drawing(image, "A picture from elsewhere")
            self.page_requested.emit(Page.RESULT)
            self.duel_controller.hand_in(self._uploaded)

        self.errands.send(read, then, self._tell_bad)

    def _on_let_rivals(self) -> None:
        self.page_requested.emit(Page.RESULT)
        self.duel_controller.hold_nothing_back()
        self.duel_controller.start_rivals()

    def _on_play_again(self) -> None:
        if self.may_leave_drawing():
            self.page_requested.emit(Page.HOME)
            self.duel_controller.deal_again()

    def _on_recent(self, folder: str) -> None:
        self.errands.send(lambda: read_kept(Path(folder)), self.kept_requested.emit, self._tell_bad)

    # Saving

    def has_picture(self) -> bool:
        """Whether there is a picture of the player's to save."""
        return self._uploaded is not None or self.goes_on()

    def goes_on(self) -> bool:
        """Whether there is something on the canvas that can be painted on."""
        drawing = self.studio.drawing()
        return drawing is not None and not drawing.is_blank

    def _on_save_drawing(self) -> None:
        self.studio.canvas.finish_stroke()
        drawing = self.studio.drawing()
        if self._uploaded is not None and self.result.isVisible():
            self.exporter.save_picture(self._uploaded, self.name_of("drawing"), "your drawing")
        elif drawing is not None:
            self.exporter.save_drawing(
                drawing, self.document_controller.whole_file, self.name_of("drawing"), self._as_it_is
            )

    def _on_save_card(self) -> None:
        if self.duel_controller.duel is not None and self.is_judged():
            self.exporter.save_card(self.duel_controller.duel.snapshot(), self.name_of("card"))

    def _on_save_all(self) -> None:
        duel = self.duel_controller.duel
        if duel is not None and duel.drawing is not None and self.is_judged():
            self.exporter.save_all(duel.snapshot(), duel.drawing, self.name_of("duel"))

    def name_of(self, what: str) -> str:
        """A file name for something of this duel, without an ending."""
        deal = self.duel_controller.deal
        return f"{slug(deal.content.title) if deal is not None else 'pastiche'}-{what}"

    def _tell_bad(self, sentence: str) -> None:
        self.told.emit(sentence, "bad")
