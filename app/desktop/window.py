"""The window: home, studio and result under one header, and the wiring between them and the host.

`application.py` makes one. What a page shows is the page's affair; who paints and judges is the host's.
"""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

from PyQt5.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QCloseEvent, QImage
from PyQt5.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop import actions as commands
from app.desktop import theme
from app.desktop.canvas import Hand
from app.desktop.controls import command_tool, frame
from app.desktop.easel import Easel, Unfinished
from app.desktop.home import Home, Recent
from app.desktop.host import DealtImages, Host
from app.desktop.jobs import Courier, Errands, Workplace
from app.desktop.lightbox import Lightbox
from app.desktop.messages import MessageBar, ask
from app.desktop.pixels import to_image
from app.desktop.result import Result, sentence_of
from app.desktop.rival_card import TITLES
from app.desktop.saving import Saving
from app.desktop.settings import Settings, load_settings, save_settings
from app.desktop.settings_dialog import SettingsDialog
from app.desktop.studio import Studio
from app.errors import PasticheError
from app.game import gallery
from app.game.duel import COMPARISONS, RIVALS, Stage
from app.images import Picture, read_picture
from app.painting.brush import Brush, own_and_players
from app.painting.drawing import Drawing

READABLE = "Pictures (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.ppm *.avif);;All files (*)"
UPLOAD_SIDE_PX = 2048


class Window(QMainWindow):
    """The one window. `painted()` is emitted after each time that the page on top was painted with a new deal."""

    closed = pyqtSignal()

    def __init__(self, workplace: Workplace, *, settings: Settings | None = None) -> None:
        super().__init__()
        self.setWindowTitle("Pastiche")
        self.setMinimumSize(860, 540)
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1440, 900)
        self.resize(QSize(1440, 900).boundedTo(room * 0.94))
        self.settings = settings if settings is not None else load_settings()
        self.errands = Errands()
        self.courier = Courier(workplace)
        self.host = Host(self.courier, self.errands, self.settings)
        self.easel = Easel(self.errands, self.settings.left)
        self.hand = Hand(
            brush=self.settings.brush,
            size_px=self.settings.size_px,
            opacity=self.settings.opacity,
            has_speed_pressure=self.settings.has_speed_pressure,
        )
        self.actions_by_name = commands.make_actions(self, self.settings.keys)
        commands.add_to(self, self.actions_by_name)
        self.home = Home(self.actions_by_name)
        self.studio = Studio(self.hand, self.actions_by_name)
        self.result = Result(self.actions_by_name)
        self._brushes: Mapping[str, Brush] | None = None
        self._uploaded: Picture | None = None
        self._starts_when_dealt = False
        self._has_new_paint = False

        self._pages = QStackedWidget()
        for page in (self.home, self.studio, self.result):
            self._pages.addWidget(page)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_header())
        column.addWidget(self._pages, 1)
        self.setCentralWidget(body)
        self.messages = MessageBar(body)
        self.lightbox = Lightbox(body)
        self.saving = Saving(self, self.errands)
        self.saving.folder = self.settings.folder
        self._connect()
        self._go_to(self.home)

    def _make_header(self) -> QWidget:
        header = frame("bar")
        header.setFixedHeight(54)
        self._wordmark = QPushButton("Pastiche")
        self._wordmark.setProperty("kind", "ghost")
        self._wordmark.setFont(theme.serif(22, italic=True))
        self._wordmark.setCursor(Qt.PointingHandCursor)
        self._wordmark.setToolTip(self.actions_by_name["home"].toolTip())
        self._wordmark.clicked.connect(self.actions_by_name["home"].trigger)
        self._bars = QStackedWidget()
        self._bars.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self._bars.addWidget(QWidget())
        self._bars.addWidget(self.studio.bar)
        self._deal_line = theme.label(role="quiet")
        self._deal_line.setAlignment(Qt.AlignCenter)
        self._bars.addWidget(self._deal_line)
        row = QHBoxLayout(header)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(self._wordmark)
        row.addSpacing(theme.SMALL)
        row.addWidget(self._bars, 1)
        row.addWidget(command_tool(self.actions_by_name["settings"]))
        row.addWidget(command_tool(self.actions_by_name["full_screen"]))
        return header

    def _connect(self) -> None:
        act, host = self.actions_by_name, self.host
        for name, handler in {
            "home": self._on_home,
            "settings": self._on_settings,
            "full_screen": self._on_full_screen,
            "quit": self.close,
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
            "keep_drawing": self.start_to_draw,
            "play_again": self._on_play_again,
        }.items():
            act[name].triggered.connect(lambda _checked=False, h=handler: h())
        self.studio.drawing_changed.connect(self._on_drawing_changed)
        self.home.file_dropped.connect(lambda kind, path: self._use_side(kind, Path(path)))
        for page in (self.home, self.studio, self.result):
            page.enlarge_requested.connect(self._enlarge)
        for page in (self.studio, self.result):
            page.stop_requested.connect(host.stop_rival)
            page.retry_requested.connect(host.retry)
        self.result.drawing_dropped.connect(lambda path: self.upload(Path(path)))
        self.result.grades_retry_requested.connect(host.retry_grades)
        self.home.recent_requested.connect(self._on_recent)
        self.home.continue_requested.connect(lambda path: self.go_on_with(Path(path)))
        self.home.forget_requested.connect(self._on_forget)
        self.easel.told.connect(self.messages.tell)
        self.easel.offered.connect(self._on_offered)
        self.easel.resumed.connect(self._on_resumed)
        self.easel.not_resumed.connect(self._refresh_commands)
        host.dealing.connect(self._on_dealing)
        host.dealt.connect(self._on_dealt)
        host.deal_failed.connect(self._on_deal_failed)
        host.rival_changed.connect(self._on_rival_changed)
        host.grades_changed.connect(self._show_grades)
        host.told.connect(self.messages.tell)
        host.kept.connect(self._on_kept)
        self.saving.told.connect(self.messages.tell)

    # Beginning

    def begin(self, content: Path | None = None, style: Path | None = None) -> None:
        """Deal, or with a deal given go straight into the studio."""
        if content is None and style is None:
            self.host.deal_again()
        else:
            self._starts_when_dealt = True
            self.host.use_files(content, style)
        # What home can do without comes after the deal.
        self.host.learn_networks()
        self.easel.look_for_unfinished()
        self._look_at_gallery()
        self.errands.send(own_and_players, self._on_brushes, self._tell_bad)

    def _on_brushes(self, brushes: Mapping[str, Brush]) -> None:
        self._brushes = brushes
        self.studio.set_brushes(brushes)

    def _on_kept(self) -> None:
        if not self._has_new_paint:
            self.easel.note_finished()
        self._look_at_gallery()

    def _look_at_gallery(self) -> None:
        def look() -> list[Recent]:
            recent = []
            for kept in gallery.kept()[:6]:
                with contextlib.suppress(PasticheError):
                    drawing = read_picture(kept.folder / "drawing.png", max_side_px=256)
                    played = str(kept.record.get("played", ""))[:10]
                    recent.append(Recent(str(kept.card), f"The duel of {played}", to_image(drawing)))
            return recent

        self.errands.send(look, self.home.show_recent, self._tell_bad)

    # The deal

    def _on_dealing(self) -> None:
        for command in commands.COMMANDS:
            if command.page == "home":
                self.actions_by_name[command.name].setEnabled(False)

    def _on_dealt(self) -> None:
        self._refresh_commands()
        dealt = self.host.images
        if dealt is None:
            return
        content, style = dealt.deal.content.title, dealt.deal.style.title
        self.home.show_side("content", dealt.content, content)
        self.home.show_side("style", dealt.style, style)
        self._deal_line.setText(f"{content}, in the manner of {style}")
        self.studio.show_deal(dealt.content, content, dealt.style, style)
        self.studio.set_drawing(None)
        self.easel.take_off(is_finished=not self._has_new_paint)
        self._uploaded = None
        self._has_new_paint = False
        self.result.set_shape(dealt.content.size())
        self.result.show_drawing(None)
        if self._starts_when_dealt:
            self._starts_when_dealt = False
            self.start_to_draw()

    def _on_deal_failed(self) -> None:
        if self._starts_when_dealt:
            # What was named on the command line cannot be played; anything else can.
            self._starts_when_dealt = False
            self.host.deal_again()
        self._refresh_commands()

    def _deal(self, *, keep_content: bool = False, keep_style: bool = False) -> None:
        if self._may_leave_drawing():
            self.host.deal_again(keep_content=keep_content, keep_style=keep_style)

    def _choose_side(self, kind: str) -> None:
        what = "photograph" if kind == "content" else "painting"
        chosen, _ = QFileDialog.getOpenFileName(self, f"Choose a {what}", self.saving.folder, READABLE)
        if chosen:
            self._use_side(kind, Path(chosen))

    def _use_side(self, kind: str, path: Path) -> None:
        if self._may_leave_drawing():
            self.host.use_file(kind, path)

    def _may_leave_drawing(self) -> bool:
        """Whether the drawing may be taken off the easel: nothing is lost by it, or the player agrees."""
        self.studio.canvas.finish_stroke()
        if not self._has_new_paint or self.easel.is_safe():
            return True
        return ask(
            self,
            "Leave your drawing?",
            explains="It could not be written to the disk, and would be lost.",
            yes="Leave it",
            no="Keep drawing",
        )

    def _is_judged(self) -> bool:
        """Whether the duel has its verdict, and with it a place in the gallery."""
        duel = self.host.duel
        return duel is not None and duel.stage in (Stage.JUDGED, Stage.KEPT)

    # Playing

    def start_to_draw(self) -> None:
        """Go to the studio; the rivals start too, if they have not yet."""
        deal = self.host.deal
        if deal is None or self._brushes is None:
            if deal is not None:
                # The brushes are still being read; they come before the player has found the button twice.
                QTimer.singleShot(50, self.start_to_draw)
            return
        if self.studio.drawing() is None:
            try:
                self.studio.set_drawing(self.easel.put_new(deal, self.settings.canvas_side_px, self._brushes))
            except PasticheError as error:
                self.messages.tell(str(error), "bad")
                return
        self._go_to(self.studio)
        self.studio.canvas.setFocus()
        self.host.start_rivals()

    def compare(self) -> None:
        """Hand the drawing in and show the result, as far as there is one."""
        self.studio.canvas.finish_stroke()
        drawing = self.studio.drawing()
        if drawing is None:
            return
        if drawing.is_blank:
            self.messages.tell("The canvas is still empty: paint something first.", "info")
            return
        self._uploaded = None
        self._has_new_paint = False
        picture = drawing.picture()
        self.result.show_drawing(to_image(picture))
        self._go_to(self.result)
        self.host.hand_in(picture)

    # Drawings to go on with

    def _on_offered(self, unfinished: list[Unfinished]) -> None:
        self.home.show_unfinished([(str(each.path), each.sentence) for each in unfinished])

    def go_on_with(self, path: Path) -> None:
        """Put an unfinished drawing back on the easel."""
        if self._brushes is not None and self._may_leave_drawing():
            self._on_dealing()
            self.easel.go_on_with(path, self._brushes)

    def _on_resumed(self, dealt: DealtImages, drawing: Drawing) -> None:
        self.host.use_deal(dealt)
        self.easel.put_back(drawing)
        self.studio.set_drawing(drawing)
        self._has_new_paint = True
        self.start_to_draw()

    def _on_forget(self, path: str) -> None:
        self.easel.put_away(Path(path))
        self.easel.look_for_unfinished()

    def _on_drawing_changed(self) -> None:
        self._has_new_paint = True
        self.easel.note_painted()
        self._refresh_commands()

    def _on_upload(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Upload a drawing", self.saving.folder, READABLE)
        if chosen:
            self.upload(Path(chosen))

    def upload(self, path: Path) -> None:
        """Let a finished picture take the drawing's part in the duel."""

        def then(picture: Picture) -> None:
            self._uploaded = picture
            self.result.show_drawing(to_image(picture))
            self._go_to(self.result)
            self.host.hand_in(picture)

        self.errands.send(lambda: read_picture(path, max_side_px=UPLOAD_SIDE_PX), then, self._tell_bad)

    def _on_let_rivals(self) -> None:
        self._go_to(self.result)
        self.host.start_rivals()

    def _on_play_again(self) -> None:
        if self._may_leave_drawing():
            self._go_to(self.home)
            self.host.deal_again()

    def _on_home(self) -> None:
        self.studio.canvas.finish_stroke()
        self._go_to(self.home)

    # What is shown

    def _go_to(self, page: QWidget) -> None:
        self._pages.setCurrentWidget(page)
        self._bars.setCurrentIndex(self._pages.currentIndex())
        self._refresh_commands()
        # The first button of the header would else wear the focus, and look pressed.
        page.setFocus(Qt.OtherFocusReason)
        if page is self.result:
            self._show_grades()

    def page(self) -> str:
        """The page on top: home, studio or result."""
        return ("home", "studio", "result")[self._pages.currentIndex()]

    def _refresh_commands(self) -> None:
        commands.show_page_actions(self.actions_by_name, self.page())
        act = self.actions_by_name
        act["home"].setEnabled(self.page() != "home")
        if self.host.deal is None:
            for name in ("start", "upload", "let_rivals", "deal_content", "deal_style"):
                act[name].setEnabled(False)
        has_drawing = self._picture() is not None
        act["save_drawing"].setEnabled(self.page() != "home" and has_drawing)
        is_judged = self._is_judged()
        act["save_card"].setEnabled(self.page() == "result" and is_judged)
        act["save_all"].setEnabled(self.page() == "result" and is_judged)
        if self.page() == "studio":
            self.studio.refresh_commands()
        drawing = self.studio.drawing()
        goes_on = drawing is not None and not drawing.is_blank
        act["start"].setText("Back to your drawing" if goes_on else "Start to draw")
        act["keep_drawing"].setText("Keep drawing" if goes_on else "Start to draw")

    def _on_rival_changed(self, name: str) -> None:
        state = self.host.rivals[name]
        self.studio.show_rival(state)
        self.result.show_rival(state)
        known = [(TITLES[n], self.host.rivals[n].network) for n in RIVALS if self.host.rivals[n].network]
        self.home.show_networks("     ".join(f"{title} paints with: {network}" for title, network in known))
        self._show_grades()

    def _show_grades(self) -> None:
        host = self.host
        has_drawing = host.duel is not None and host.duel.drawing is not None
        coming = {name for name in RIVALS if host.rivals[name].is_busy or host.rivals[name].stage == "finished"}
        coming |= {"drawing"} if has_drawing else set()
        awaited = {
            pair for pair in COMPARISONS if pair not in host.grades and set(pair) <= coming and not host.judge_says
        }
        sentence = host.judge_says or sentence_of(host.grades, host.rivals, has_drawing)
        self.result.show_grades(host.grades, awaited, sentence, can_ask=bool(host.judge_says))
        self._refresh_commands()

    def _enlarge(self, name: str) -> None:
        dealt = self.host.images
        image: QImage | None = None
        title = TITLES.get(name, "")
        if name in ("content", "style") and dealt is not None:
            image = dealt.content if name == "content" else dealt.style
            title = (dealt.deal.content if name == "content" else dealt.deal.style).title
        elif name == "drawing":
            image = self.result.image(name)
        elif name in self.host.rivals:
            image = self.host.rivals[name].image
        if image is not None:
            self.lightbox.show_picture(image, title)

    def _on_recent(self, card: str) -> None:
        self.errands.send(
            lambda: to_image(read_picture(card)), lambda image: self.lightbox.show_picture(image, ""), self._tell_bad
        )

    def _tell_bad(self, sentence: str) -> None:
        self.messages.tell(sentence, "bad")

    # Saving and settings

    def _picture(self) -> object | None:
        """Whether there is a picture of the player's to save."""
        drawing = self.studio.drawing()
        return self._uploaded if self._uploaded is not None else drawing if drawing and not drawing.is_blank else None

    def _on_save_drawing(self) -> None:
        self.studio.canvas.finish_stroke()
        drawing = self.studio.drawing()
        picture = self._uploaded if self._uploaded is not None and self.page() == "result" else None
        if picture is None and drawing is not None:
            picture = drawing.picture()
        if picture is not None:
            self.saving.save_picture(picture, self._name("drawing"), "your drawing")

    def _on_save_card(self) -> None:
        if self.host.duel is not None and self._is_judged():
            self.saving.save_card(self.host.duel, self._name("card"))

    def _on_save_all(self) -> None:
        duel = self.host.duel
        if duel is not None and duel.drawing is not None and self._is_judged():
            self.saving.save_all(duel, duel.drawing, self._name("duel"))

    def _name(self, what: str) -> str:
        deal = self.host.deal
        title = re.sub(r"[^\w]+", "-", deal.content.title.lower()).strip("-") if deal is not None else "pastiche"
        return f"{title}-{what}"

    def _on_settings(self) -> None:
        dialog = SettingsDialog(self.settings, self)
        if dialog.exec_():
            self.settings = self.host.settings = dialog.chosen()
            self.hand.has_speed_pressure = self.settings.has_speed_pressure
            self._save_settings()

    def _save_settings(self) -> None:
        self.settings = Settings(
            canvas_side_px=self.settings.canvas_side_px,
            rival_side_px=self.settings.rival_side_px,
            strength=self.settings.strength,
            has_speed_pressure=self.hand.has_speed_pressure,
            brush=self.hand.brush,
            size_px=self.hand.size_px,
            opacity=self.hand.opacity,
            folder=self.saving.folder,
            keys=self.settings.keys,
            left=self.easel.left,
        )
        try:
            save_settings(self.settings)
        except PasticheError as error:
            self.messages.tell(str(error), "bad")

    def _on_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    # Ending

    def closeEvent(self, event: QCloseEvent) -> None:
        self.studio.canvas.finish_stroke()
        if not self._may_leave_drawing():
            event.ignore()
            return
        event.accept()
        self.closed.emit()

    def stop(self) -> bool:
        """End the workshop and the threads, within two seconds each at most; whether all did end."""
        self.easel.close()
        self._save_settings()
        self.host.stop_rivals()
        has_courier_stopped = self.courier.stop()
        return self.errands.stop() and has_courier_stopped
