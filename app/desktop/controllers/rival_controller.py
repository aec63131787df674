"""What is done with the rivals besides letting them paint: watching their films, asking for something else, seeing
after their networks and their worker.
"""

from collections.abc import Mapping
from dataclasses import replace

from PyQt5.QtCore import QObject, QTimer, pyqtSignal
from PyQt5.QtWidgets import QAction, QApplication, QWidget

from app.desktop.app_state.picture_names import ink_of, picture_title
from app.desktop.app_state.rival_settings import ChosenPicture, kept, pictures_of, request_of
from app.desktop.controllers.duel_flow import DuelFlow
from app.desktop.rivals.progress_viewer import ProgressViewer
from app.game.archive.progress_film import ProgressFilm
from app.networks import runtime, store
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, best_network
from app.rivals.request import RivalRequest

# For so long the rivals are said to yield after they do no longer: between two strokes the words must not flicker.
YIELDED_MS = 1500
# The window has had its first paint and shows the deal; a little later nobody minds what a new process costs.
WARM_AFTER_MS = 400
BEST = "The best there is"


class RivalController(QObject):
    """Leads from the pages to films and dialogs, and tells the duel controller what was chosen in them.

    Signals: `told(sentence, tone)`; `wishes_chosen(dict)` with what the settings are to keep of them.
    """

    told = pyqtSignal(str, str)
    wishes_chosen = pyqtSignal(object)

    def __init__(
        self,
        window: QWidget,
        flow: DuelFlow,
        progress_viewer: ProgressViewer,
        actions: Mapping[str, QAction],
    ) -> None:
        super().__init__(window)
        self._window, self._flow, self._duel_controller = window, flow, flow.duel_controller
        self.progress_viewer = progress_viewer
        duel_controller = flow.duel_controller
        # In every duel, and in the one at hand, which pictures may have been chosen for.
        self._requests = {name: request_of(duel_controller.settings.rivals, name) for name in RIVALS}
        self._current, self._chosen = self._requests, dict[str, ChosenPicture]()
        # By rival what it can paint with; None until that is known, which may take reading hundreds of megabytes.
        self._networks: dict[str, dict[str, str]] | None = None
        self._best: dict[str, str] = {}
        # What was told last of networks that are not there.
        self._made_up_for: list[str] = []
        # Who paints again as soon as what it is painting has stopped.
        self._again: set[str] = set()
        self._warms_up = False
        self._yielded = QTimer(self)
        self._yielded.setSingleShot(True)
        self._yielded.setInterval(YIELDED_MS)
        self._yielded.timeout.connect(self._show_throttled)
        self._warming = QTimer(self)
        self._warming.setSingleShot(True)
        self._warming.setInterval(WARM_AFTER_MS)
        self._warming.timeout.connect(duel_controller.warm_up)
        self._hand_over()
        actions["rivals"].triggered.connect(lambda _checked=False: self.ask())
        actions["networks"].triggered.connect(lambda _checked=False: self.see_to_networks())
        for page in (flow.studio, flow.result):
            page.wishes_requested.connect(self.ask)
        self._lines = (flow.home.worker, flow.studio.side.worker, flow.result.worker)
        for line in self._lines:
            line.again_requested.connect(self.begin_again)
        progress_viewer.save_requested.connect(self._on_save_film)
        duel_controller.film_changed.connect(self._on_film_changed)
        duel_controller.rival_changed.connect(self._on_rival_changed)
        duel_controller.worker_changed.connect(self._on_worker_changed)
        duel_controller.dealt.connect(self._on_dealt)
        canvas = flow.studio.canvas
        canvas.hand_lowered.connect(lambda: duel_controller.set_throttled(True))
        canvas.hand_lifted.connect(lambda: duel_controller.set_throttled(False))
        self._on_worker_changed()

    # The worker

    def warm_up_when_idle(self) -> None:
        """Have the worker get ready a moment after the next deal is shown, which is the first."""
        self._warms_up = True

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._warming.stop()
        self._yielded.stop()

    def begin_again(self) -> None:
        """Begin the worker again, and what it left undone."""
        self._duel_controller.warm_up()
        for name in RIVALS:
            if self._duel_controller.rivals[name].stage == "failed":
                self._duel_controller.retry(name)
        if self._duel_controller.judge_says:
            self._duel_controller.retry_grades()

    def _on_worker_changed(self) -> None:
        state = self._duel_controller.worker
        for line in self._lines:
            line.show_worker(state)
        # Of one that was lost while it had nothing to do nobody need be told.
        stages = {rival.stage for rival in self._duel_controller.rivals.values()}
        if state.stage == "restarting" and stages & {"waiting", "working"}:
            self.told.emit(state.sentence, "info")
        elif state.stage == "failed" and "failed" in stages:
            self.told.emit(state.sentence, "bad")
        if state.stage == "yielding":
            self._yielded.stop()
            self._show_throttled()
        elif not self._yielded.isActive():
            self._yielded.start()

    def _show_throttled(self) -> None:
        is_throttled = self._duel_controller.worker.stage == "yielding"
        for card in self._flow.studio.cards.values():
            card.set_throttled(is_throttled)

    # Films

    def watch(self, name: str) -> bool:
        """Show a rival's picture with its film, live while it is painted; whether there is anything to see."""
        state, film = self._duel_controller.rivals[name], self._duel_controller.films[name]
        if state.image is None and not film.frames:
            return False
        self.progress_viewer.show_film(
            name, picture_title(name), film.frames, state.image, is_live=state.is_busy, ink=ink_of(name)
        )
        return True

    def _is_watched(self, name: str) -> bool:
        return self.progress_viewer.isVisible() and self.progress_viewer.name == name

    def _on_film_changed(self, name: str) -> None:
        if self._is_watched(name):
            state = self._duel_controller.rivals[name]
            self.progress_viewer.take(self._duel_controller.films[name].frames, state.image, is_live=state.is_busy)

    def _on_rival_changed(self, name: str) -> None:
        state = self._duel_controller.rivals[name]
        if not state.is_busy:
            if self._is_watched(name):
                self._on_film_changed(name)
            if name in self._again:
                self._again.discard(name)
                self._duel_controller.retry(name)
        self._show_asked()

    def _on_save_film(self) -> None:
        name = self.progress_viewer.name
        film = ProgressFilm(list(self._duel_controller.films[name].frames))
        self._flow.exporter.save_film(film, self._flow.name_of(f"{name}-film"), f"{picture_title(name)}'s film")

    # What is asked for

    def ask(self, name: str = "") -> None:
        """Let the player ask the rivals for something else; `name` is the rival that is shown first."""
        from app.desktop.rivals.rivals_dialog import RivalsDialog

        duel_controller = self._duel_controller
        dialog = RivalsDialog(
            self._current,
            self._chosen,
            networks=self._networks or {each: {"": BEST} for each in RIVALS},
            can_paint=duel_controller.duel is not None
            and any(state.stage != "idle" for state in duel_controller.rivals.values()),
            errands=self._flow.errands,
            folder=self._flow.exporter.start_folder(),
            parent=_over(self._window),
        )
        dialog.show_rival(name or next(iter(RIVALS)))
        if duel_controller.images is not None:
            dialog.show_deal(duel_controller.images.style, duel_controller.images.deal.style.title)
        deal = duel_controller.deal
        if dialog.exec_():
            requests, before = dialog.requests(), self._requests
            self._requests = {
                # What one begins with in the next duel is what it began with before a picture was chosen.
                name: replace(each.without_pictures(), start=before[name].start if each.start_picture else each.start)
                for name, each in requests.items()
            }
            # Pictures were chosen for the deal that was there.
            is_there = duel_controller.deal is deal
            self._current, self._chosen = (requests, dialog.chosen()) if is_there else (self._requests, {})
            self._tell_duel_controller()
            self._tell_made_up_for()
            self.wishes_chosen.emit(kept(self._requests))
            for each in RIVALS:
                if each in dialog.again():
                    self.paint_again(each)
        dialog.deleteLater()

    def paint_again(self, name: str) -> None:
        """Let a rival paint the deal as it is asked for now, whatever it is doing."""
        if self._duel_controller.rivals[name].is_busy:
            self._again.add(name)
            self._duel_controller.stop_rival(name)
        else:
            self._duel_controller.retry(name)

    def request(self, name: str) -> RivalRequest:
        """What a rival is asked for in every duel."""
        return self._requests[name]

    def _tell_duel_controller(self) -> None:
        before = self._duel_controller.networks()
        self._hand_over()
        if self._duel_controller.networks() != before:
            self._duel_controller.learn_networks()

    def _hand_over(self) -> None:
        duel_controller = self._duel_controller
        for name in RIVALS:
            request = self._current[name]
            # A network that is not there is made up for by the best one that there is.
            network = request.network if request.network and self._is_there(name, request.network) else None
            duel_controller.requests[name] = replace(request, network=network)
            duel_controller.pictures[name] = pictures_of(request, self._chosen)

    def _is_there(self, name: str, network: str) -> bool:
        # Until copies have been read it must do that there is one.
        return network in (self._networks[name] if self._networks is not None else store.present())

    def _tell_made_up_for(self) -> None:
        """Say of networks that were chosen, but are not there, what is used instead; once."""
        if self._networks is None:
            return
        sentences = [
            f"{NETWORKS[each.network].title} is not installed, so {picture_title(name)} paints with {self._best[name]}."
            for name, each in self._requests.items()
            if each.network and each.network not in self._networks[name]
        ]
        if sentences and sentences != self._made_up_for:
            self.told.emit(" ".join(sentences), "info")
        self._made_up_for = sentences

    def _on_dealt(self) -> None:
        if self._warms_up:
            self._warms_up = False
            self._warming.start()
        if self._networks is None:
            self._learn_networks()
        self._again.clear()
        self._current, self._chosen = self._requests, {}
        self._tell_duel_controller()
        if self.progress_viewer.isVisible() and self.progress_viewer.name in RIVALS:
            self.progress_viewer.put_away()

    def _show_asked(self) -> None:
        duel = self._duel_controller.duel
        paintings = duel.paintings if duel is not None else {}
        said = [
            f"{picture_title(name)} was asked for a picture {words}."
            for name in RIVALS
            if name in paintings and (words := paintings[name].request.sentence())
        ]
        self._flow.result.show_asked(" ".join(said))

    # Networks

    def see_to_networks(self) -> None:
        """Show which networks are installed, and let the player install, check and remove them."""
        from app.desktop.networks.networks_dialog import NetworksDialog

        dialog = NetworksDialog(_over(self._window))
        dialog.networks_changed.connect(self._learn_networks)
        dialog.exec_()
        dialog.deleteLater()

    def _learn_networks(self) -> None:
        """Find out what there is to paint with, and let the duel controller do so."""

        def look() -> tuple[dict[str, dict[str, str]], dict[str, str]]:
            best = {name: NETWORKS[best_network(name)].title for name in RIVALS}
            return {name: networks_of(name, best[name]) for name in RIVALS}, best

        def then(found: tuple[dict[str, dict[str, str]], dict[str, str]]) -> None:
            is_news = self._networks is not None
            self._networks, self._best = found
            self._tell_duel_controller()
            self._tell_made_up_for()
            if is_news:
                # The best one may be another now.
                self._duel_controller.learn_networks()

        self._flow.errands.send(look, then, lambda sentence: self.told.emit(sentence, "bad"))


def networks_of(rival: str, best: str) -> dict[str, str]:
    """What a rival can paint with now by their names and titles, and under "" the `best` one.

    Nothing is loaded, but everything is read the first time: for another thread than the window's.
    """
    installed = [
        name
        for name in RIVALS[rival].networks
        if store.find(name) is not None and (name != "magenta-hub" or runtime.has_tensorflow_hub())
    ]
    return {"": f"{BEST} ({best})"} | {name: NETWORKS[name].title for name in installed}


def _over(window: QWidget) -> QWidget:
    """Whom a dialog belongs to: the dialog that is open already, else the window."""
    return QApplication.activeModalWidget() or window
