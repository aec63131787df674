"""The window: home, studio and result under one header, and the wiring between them and the duel controller.

What a page shows is the page's affair; who paints and judges is the duel controller's. A window shall open fast: what
home's first painting can do without is imported and made after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PyQt5.QtCore import QSize, Qt, QTimer
from PyQt5.QtGui import QCloseEvent, QImage
from PyQt5.QtWidgets import (
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state import actions as commands
from app.desktop.app_state.commands import Page
from app.desktop.app_state.picture_names import picture_title
from app.desktop.app_state.settings import Settings, load_settings
from app.desktop.header_bar import HeaderBar
from app.desktop.pages.home import Home
from app.desktop.widgets.message_bar import MessageBar
from app.errors import PasticheError
from app.rivals.registry import RIVALS, comparisons

if TYPE_CHECKING:
    from app.desktop.app_state.background import Workplace
    from app.desktop.pages.saved_duel import KeptBox, KeptDuel

SAVED_AFTER_MS = 1000

# The commands that can fail, and whose success makes what was said of their failure untrue.
SPEAKING = [
    command.name
    for command in commands.COMMANDS
    if command.page in (Page.HOME, Page.RESULT)
    or command.name in ("compare", "save_drawing", "open_drawing", "place_picture", "timelapse")
]


class MainWindow(QMainWindow):
    """The one window."""

    def __init__(
        self, workplace: Workplace | None = None, *, settings: Settings | None = None, is_whole: bool = True
    ) -> None:
        """Make the window, with a worker process of its own where no `workplace` is given.

        One that is not to be whole at once has home and nothing else; `parts` makes the rest.
        """
        super().__init__()
        self.setWindowTitle("Pastiche")
        self.setMinimumSize(860, 480)
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1440, 900)
        self.settings = settings if settings is not None else load_settings()
        self.resize(QSize(*(self.settings.window_px or (1440, 900))).boundedTo(room * 0.94))
        if self.settings.is_maximised:
            self.setWindowState(Qt.WindowMaximized)
        self.is_whole = False
        self._shown: dict[str, tuple[str, str]] = {}
        self._has_foresight = False
        self.kept_box: KeptBox | None = None
        self._settings_timer = QTimer(self)
        self._settings_timer.setSingleShot(True)
        self._settings_timer.timeout.connect(self._save_settings)
        self.actions_by_name = commands.make_actions(self, self.settings.keys)
        commands.add_to(self, self.actions_by_name)
        self.home = Home(self.actions_by_name)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.home)
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._header = HeaderBar(self.actions_by_name)
        column.addWidget(self._header)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(self._body)
        self.messages = MessageBar(self._body)
        # What a person asks for makes the messages about earlier attempts out of date. Connected before anybody who
        # might have something to say about it.
        for name in SPEAKING:
            self.actions_by_name[name].triggered.connect(self.messages.clear)
        for signal in (self.home.file_dropped, self.home.continue_requested):
            signal.connect(self.messages.clear)
        at_once = {
            "settings": self._on_settings,
            "shortcuts": self._on_shortcuts,
            "full_screen": self._on_full_screen,
            "quit": self.close,
        }
        for name, handler in at_once.items():
            self.actions_by_name[name].triggered.connect(lambda _checked=False, h=handler: h())
        self.messages.place_in(self._header, self._header.sides_px())
        self._header.show_page(Page.HOME)
        commands.show_page_actions(self.actions_by_name, Page.HOME)
        for name, action in self.actions_by_name.items():
            # Nothing would come of the others yet.
            action.setEnabled(name in at_once)
        self._parts = self._make_parts(workplace)
        if is_whole:
            self.complete()

    def parts(self) -> Iterator[None]:
        """Make the rest of the window, a part at each step; the window can be painted and used between two."""
        return self._parts

    def complete(self) -> None:
        """Make at once whatever of the window is not there yet."""
        for _ in self._parts:
            pass

    def _make_parts(self, workplace: Workplace | None) -> Iterator[None]:
        import numpy  # noqa: F401 - imported as a part of its own, for it takes as long as several others

        yield
        from app.desktop.app_state.background import Courier, Errands
        from app.worker.client import WorkerClient

        yield
        from app.desktop.controllers.document_controller import DocumentController
        from app.desktop.controllers.duel_controller import DuelController

        yield
        from app.desktop.controllers import tool_settings
        from app.desktop.controllers.idle_work import IdleWork
        from app.desktop.pages.studio import Studio

        yield
        from app.desktop.controllers.brush_library import BrushLibrary
        from app.desktop.controllers.document_actions import DocumentActions
        from app.desktop.controllers.duel_flow import Company, DuelFlow, Pages
        from app.desktop.controllers.export import Exporter
        from app.desktop.controllers.importing import Opening
        from app.desktop.pages.result import Result

        yield
        from app.desktop.controllers.rival_controller import RivalController
        from app.desktop.rivals.progress_viewer import ProgressViewer
        from app.desktop.widgets.lightbox import Lightbox

        yield
        self.errands = Errands()
        self.courier = Courier(workplace if workplace is not None else WorkerClient())
        self.duel_controller = DuelController(self.courier, self.errands, self.settings)
        self.document_controller = DocumentController(self.errands, self.settings.left)
        self.hand = tool_settings.hand_of(self.settings)
        self.foresight = IdleWork(self)
        self.studio = Studio(self.hand, self.actions_by_name)
        yield
        self.result = Result(self.actions_by_name)
        yield
        for page in (self.studio, self.result):
            self._pages.addWidget(page)
        self._header.set_tools(self.studio.bar)
        self.result.drawing_dropped.connect(self.messages.clear)
        self.lightbox = Lightbox(self._body)
        self.exporter = Exporter(self, self.errands)
        self.exporter.folder = self.settings.folder
        self.flow = DuelFlow(
            self,
            Pages(self.home, self.studio, self.result),
            Company(
                self.duel_controller,
                self.document_controller,
                self.exporter,
                Opening(self, self.studio.canvas, self.errands),
                BrushLibrary(self, self.errands),
                self.errands,
            ),
            self.actions_by_name,
        )
        self.document_actions = DocumentActions(self, self.flow, self.actions_by_name)
        self.progress_viewer = ProgressViewer(self._body)
        self.rival_controller = RivalController(self, self.flow, self.progress_viewer, self.actions_by_name)
        self._connect()
        self.studio.set_keys(self.settings.keys)
        self.studio.tracing.set_manner(self.settings.trace_opacity, is_over=self.settings.is_trace_over)
        self.studio.panel.set_wheel_px(self.settings.wheel_px)
        # Icons are read and letters are drawn when a piece is painted for the first time, if only for itself.
        self.foresight.add(part.grab for part in (self.studio.bar, self.studio.panel, self.studio.side))
        self.is_whole = True
        for command in commands.COMMANDS:
            if command.page is None:
                self.actions_by_name[command.name].setEnabled(True)
        self._go_to(self.home)

    def _connect(self) -> None:
        act, duel_controller = self.actions_by_name, self.duel_controller
        act["home"].triggered.connect(lambda _checked=False: self._on_home())
        for page in (self.home, self.studio, self.result):
            page.enlarge_requested.connect(self._enlarge)
        for page in (self.studio, self.result):
            page.stop_requested.connect(duel_controller.stop_rival)
            page.retry_requested.connect(duel_controller.retry)
        self.result.grades_retry_requested.connect(duel_controller.retry_grades)
        duel_controller.rival_changed.connect(self._on_rival_changed)
        self.result.advice_requested.connect(duel_controller.advise)
        duel_controller.grades_changed.connect(self._show_grades)
        duel_controller.suggestions_changed.connect(self._show_suggestions)
        duel_controller.dealt.connect(self._show_deal_line)
        duel_controller.dealt.connect(self.result.begin)
        duel_controller.dealt.connect(self._look_ahead)
        # A program that is killed, or a power cut, must not take with it what is finished or was last in hand.
        self.document_controller.left_changed.connect(self._save_settings)
        self.exporter.saved.connect(lambda _path: self._save_settings())
        self.studio.panel.hand_changed.connect(self._on_hand_changed)
        self.studio.tracing_changed.connect(self._on_hand_changed)
        self.studio.told.connect(self.messages.tell)
        self.studio.outdated.connect(self.messages.take_back)
        pages = {Page.HOME: self.home, Page.STUDIO: self.studio, Page.RESULT: self.result}
        self.flow.page_requested.connect(lambda page: self._go_to(pages[page]))
        self.flow.commands_changed.connect(self._refresh_commands)
        self.flow.dealing.connect(self._on_dealing)
        self.flow.told.connect(self.messages.tell)
        self.document_actions.told.connect(self.messages.tell)
        self.flow.kept_requested.connect(self._show_kept)
        self.rival_controller.told.connect(self.messages.tell)
        self.rival_controller.wishes_chosen.connect(self._on_wishes_chosen)

    def begin(self, content: Path | None = None, style: Path | None = None, *, warms_up: bool = True) -> None:
        """Deal, or with a deal given go straight into the studio.

        With `warms_up` the rivals, and at home the studio, get ready meanwhile.
        """
        self.complete()
        self._has_foresight = warms_up
        if warms_up:
            self.rival_controller.warm_up_when_idle()
        self.flow.begin(content, style)

    # What is shown

    def _on_home(self) -> None:
        self.studio.canvas.finish_stroke()
        self._go_to(self.home)

    def _on_dealing(self) -> None:
        for command in commands.COMMANDS:
            if command.page is Page.HOME:
                self.actions_by_name[command.name].setEnabled(False)

    def _show_deal_line(self) -> None:
        deal = self.duel_controller.deal
        if deal is not None:
            self._header.show_deal(deal)

    def _go_to(self, page: QWidget) -> None:
        self.messages.clear()
        self._pages.setCurrentWidget(page)
        # Nothing may move under a pen or a mouse. In the studio's header are its tools, but around the drawing there is
        # paper enough; elsewhere the middle of the header is free.
        if page is self.studio:
            self.messages.place_over(self.studio.canvas)
        else:
            self.messages.place_in(self._header, self._header.sides_px())
        self._header.show_page(self.page())
        self._refresh_commands()
        # The first button of the header would else wear the focus, and look pressed.
        page.setFocus(Qt.OtherFocusReason)
        if page is self.result:
            self._show_grades()
        self._look_ahead()

    def _look_ahead(self) -> None:
        """Use the time while home is looked at."""
        self.foresight.stop()
        from app.desktop.controllers.gc_control import clear_garbage

        if self._has_foresight and self.page() is Page.HOME and self.duel_controller.deal is not None:
            self.foresight.add([clear_garbage])
            self.foresight.begin()

    def page(self) -> Page:
        """The page on top."""
        return list(Page)[self._pages.currentIndex()]

    def _refresh_commands(self) -> None:
        commands.show_page_actions(self.actions_by_name, self.page())
        act = self.actions_by_name
        act["home"].setEnabled(self.page() is not Page.HOME)
        if self.duel_controller.deal is None:
            for name in ("start", "upload", "let_rivals", "deal_content", "deal_style"):
                act[name].setEnabled(False)
        act["save_drawing"].setEnabled(self.page() is not Page.HOME and self.flow.has_picture())
        is_judged = self.flow.is_judged()
        act["save_card"].setEnabled(self.page() is Page.RESULT and is_judged)
        act["save_all"].setEnabled(self.page() is Page.RESULT and is_judged)
        self.document_actions.refresh_commands(self.page())
        if self.page() is Page.STUDIO:
            self.studio.refresh_commands()
        goes_on = self.flow.goes_on()
        act["start"].setText("Back to your drawing" if goes_on else "Start to draw")
        act["keep_drawing"].setText("Keep drawing" if goes_on else "Start to draw")

    def _on_rival_changed(self, name: str) -> None:
        state = self.duel_controller.rivals[name]
        self.studio.show_rival(state)
        self.result.show_rival(state)
        # Ten times a second a rival tells of nothing but its next step.
        before, self._shown[name] = self._shown.get(name), (state.stage, self.duel_controller.paints_with.get(name, ""))
        if before == self._shown[name]:
            return
        known = [
            (picture_title(n), self.duel_controller.paints_with[n])
            for n in RIVALS
            if n in self.duel_controller.paints_with
        ]
        self.home.show_networks("     ".join(f"{title} paints with: {network}" for title, network in known))
        self._show_grades()

    def _show_grades(self) -> None:
        from app.desktop.pages.result import sentence_of

        duel_controller = self.duel_controller
        has_drawing = duel_controller.duel is not None and duel_controller.duel.drawing is not None
        coming = {
            name
            for name in RIVALS
            if duel_controller.rivals[name].is_busy or duel_controller.rivals[name].stage == "finished"
        }
        coming |= {"drawing"} if has_drawing else set()
        awaited = {
            pair
            for pair in comparisons()
            if pair not in duel_controller.grades and set(pair) <= coming and not duel_controller.judge_says
        }
        sentence = duel_controller.judge_says or sentence_of(
            duel_controller.assessments, duel_controller.rivals, has_drawing
        )
        if duel_controller.duel is not None and not duel_controller.judge_says:
            sentence = f"{sentence} {duel_controller.duel.pasted}".rstrip()
        can_ask = bool(duel_controller.judge_says) and not duel_controller.is_judging
        self.result.show_assessments(duel_controller.assessments, awaited, sentence, can_ask=can_ask)
        self._refresh_commands()

    def _show_suggestions(self) -> None:
        from app.desktop.controllers.verdict_controller import NO_ADVICE
        from app.desktop.verdict.coaching_panel import on_their_way

        duel_controller = self.duel_controller
        says = (
            on_their_way(*duel_controller.advice_progress)
            if duel_controller.is_advising
            else duel_controller.advice_says
        )
        can_ask = not duel_controller.is_advising and duel_controller.advice_says not in ("", NO_ADVICE)
        self.result.show_suggestions(duel_controller.suggestions, says, can_ask=can_ask)

    def _enlarge(self, name: str) -> None:
        dealt = self.duel_controller.images
        image: QImage | None = None
        title = picture_title(name)
        if name in ("content", "style") and dealt is not None:
            image = dealt.content if name == "content" else dealt.style
            title = (dealt.deal.content if name == "content" else dealt.deal.style).title
        elif name == "drawing":
            image = self.result.image(name)
        elif self.rival_controller.watch(name):
            return
        if image is not None:
            self.lightbox.show_picture(image, title)

    def _show_kept(self, duel: KeptDuel) -> None:
        if self.kept_box is None:
            # Made when it is first needed.
            from app.desktop.pages.saved_duel import KeptBox

            self.kept_box = KeptBox(self.lightbox.parentWidget())
            self.kept_box.enlarge_requested.connect(self.lightbox.show_picture)
        self.kept_box.show_duel(duel)

    # Settings

    def _on_settings(self) -> None:
        from app.desktop.dialogs.settings_dialog import SettingsDialog

        self.complete()
        self._gather_settings()
        dialog = SettingsDialog(self.settings, self)
        dialog.rivals_requested.connect(self.rival_controller.ask)
        dialog.networks_requested.connect(self.rival_controller.see_to_networks)
        if dialog.exec_():
            # What was wished of the rivals meanwhile holds already.
            self._use_settings(replace(dialog.chosen(), rivals=self.settings.rivals))
        dialog.deleteLater()

    def _on_shortcuts(self) -> None:
        from app.desktop.dialogs.shortcuts_dialog import ShortcutsDialog

        self.complete()
        dialog = ShortcutsDialog(self.settings.keys, self)
        if dialog.exec_():
            self._gather_settings()
            self._use_settings(replace(self.settings, keys=dialog.chosen()))
        dialog.deleteLater()

    def _on_wishes_chosen(self, rivals: dict[str, dict[str, object]]) -> None:
        self.settings = self.duel_controller.settings = replace(self.settings, rivals=rivals)
        self._write_settings(lambda sentence: self.messages.tell(sentence, "bad"))

    def _use_settings(self, chosen: Settings) -> None:
        from app.desktop.controllers import tool_settings

        self.settings = self.duel_controller.settings = chosen
        tool_settings.apply(chosen, self.hand)
        self.studio.set_keys(chosen.keys)
        self._refresh_commands()
        self._write_settings(lambda sentence: self.messages.tell(sentence, "bad"))

    def _on_hand_changed(self) -> None:
        # The first brush of all is not the player's choice. A slider changes the hand many times a second.
        if self.flow.brushes is not None and not self._settings_timer.isActive():
            self._settings_timer.start(SAVED_AFTER_MS)

    def _save_settings(self) -> None:
        """Write the settings in the background, if they have changed."""
        before = self.settings
        self._gather_settings()
        if self.settings != before:
            # Nobody asked for this, and the end tries it again: a failure must not cover what is told of a drawing.
            self._write_settings(lambda _sentence: None)

    def _write_settings(self, otherwise: Callable[[str], None]) -> None:
        from app.desktop.controllers.drawing_recovery import keep_settings

        chosen, left = self.settings, self.document_controller.left
        self.errands.send(lambda: keep_settings(chosen, left), lambda _: None, otherwise)

    def _gather_settings(self) -> None:
        from app.desktop.controllers import tool_settings

        held = tool_settings.with_hand(self.settings, self.hand)
        size = self.normalGeometry().size() if self.isMaximized() or self.isFullScreen() else self.size()
        self.settings = replace(
            held,
            window_px=[size.width(), size.height()] if size.isValid() and not size.isEmpty() else [],
            is_maximised=self.isMaximized(),
            wheel_px=self.studio.panel.wheel_px,
            trace_opacity=round(self.studio.tracing.opacity, 2),
            is_trace_over=self.studio.tracing.is_over,
            folder=self.exporter.folder,
            left=self.document_controller.left.names(),
        )

    def _on_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    # Ending

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.is_whole and not self.flow.may_leave_drawing():
            event.ignore()
            return
        event.accept()

    def stop(self) -> bool:
        """End the worker and the threads, within two seconds each at most; whether all did end."""
        if not self.is_whole:
            # Nothing has begun.
            return True
        from app.desktop.controllers.drawing_recovery import keep_settings

        self.foresight.stop()
        self.rival_controller.stop()
        self.duel_controller.stop_rivals()
        self.courier.begin_to_stop()
        self.document_controller.close()
        self._settings_timer.stop()
        # First, so that no errand writes older settings over these.
        have_errands_stopped = self.errands.stop()
        self._gather_settings()
        try:
            keep_settings(self.settings, self.document_controller.left)
        except PasticheError as error:
            self.messages.tell(str(error), "bad")
        return self.courier.stop() and have_errands_stopped
