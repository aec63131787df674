"""Hosts one duel at a time: deals, sends the rivals to work, hands in the drawing, has it judged and kept.

`main_window.py` makes one; the pages listen to its signals. It knows no widget, and nothing that it is asked for waits.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.desktop.app_state.background import Courier, Delivery, Errands, Step
from app.desktop.app_state.settings import Settings
from app.desktop.app_state.view_models import DealtImages, RivalState
from app.desktop.controllers.deal_controller import DealController
from app.desktop.controllers.verdict_controller import VerdictController
from app.game.archive.progress_film import ProgressFilm
from app.game.deck import Deal
from app.game.duel import Duel, Painting, Provenance, Stage
from app.game.networks_in_use import passed_over
from app.images import Picture
from app.judging.assessment import Assessment, Suggestion
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, Pair, best_network, rival_title
from app.rivals.request import PLAIN
from app.rivals.request_pictures import NO_PICTURES
from app.worker.jobs import JUDGE, PaintJob, WarmJob
from app.worker.messages import WorkerState


@dataclass(frozen=True)
class _Former:
    """What a rival had before it painted again, and has again where nothing comes of that."""

    painting: Painting
    state: RivalState
    film: ProgressFilm


class DuelController(QObject):
    """The duel at hand and everybody who takes part in it.

    Signals: `dealing()` when a deal was asked for; `dealt()` when `images` holds a new one; `deal_failed()` when
    everything stays as it was; `rival_changed(str)`; `film_changed(str)` after `films` of that rival;
    `grades_changed()` after `assessments`; `suggestions_changed()`; `workshop_changed()` after `worker`;
    `told(sentence, tone)` for the message bar; `kept(Duel)` after a duel went to the gallery, as it was then; meanwhile
    another may be at hand.

    Attributes:
        requests: what each rival is asked for, by its name.
        pictures: what its request refers to, by its name.
        paints_with: by a rival's name the title of the network that its next picture will be painted with, once known.
        films: by a rival's name what its picture looked like so far; empty before it has begun. A rival that begins
            again begins another ProgressFilm.
        worker: how the process is in which rivals and judge work.

    What a rival is asked for counts from its next `retry` on.
    """

    dealing = pyqtSignal()
    dealt = pyqtSignal()
    deal_failed = pyqtSignal()
    rival_changed = pyqtSignal(str)
    film_changed = pyqtSignal(str)
    grades_changed = pyqtSignal()
    suggestions_changed = pyqtSignal()
    worker_changed = pyqtSignal()
    told = pyqtSignal(str, str)
    kept = pyqtSignal(object)

    def __init__(self, courier: Courier, errands: Errands, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._courier, self._errands = courier, errands
        self.duel: Duel | None = None
        self.images: DealtImages | None = None
        self.rivals = {name: RivalState(name) for name in RIVALS}
        self.films = {name: ProgressFilm() for name in RIVALS}
        self.requests, self.pictures = dict.fromkeys(RIVALS, PLAIN), dict.fromkeys(RIVALS, NO_PICTURES)
        self.paints_with: dict[str, str] = {}
        self._learnt_of: dict[str, str | None] = {}
        self.worker = WorkerState()
        self._is_warm = False
        self._deals = DealController(errands)
        self._deals.dealing.connect(self.dealing)
        self._deals.dealt.connect(self.use_deal)
        self._deals.failed.connect(self.deal_failed)
        self._deals.told.connect(self.told)
        self._verdict = VerdictController(courier, errands)
        self._verdict.grades_changed.connect(self.grades_changed)
        self._verdict.suggestions_changed.connect(self.suggestions_changed)
        self._verdict.told.connect(self.told)
        self._verdict.kept.connect(self.kept)
        self._paint_tickets: dict[int, str] = {}
        # Of rivals that paint again.
        self._formers: dict[str, _Former] = {}
        courier.job_started.connect(self._on_started)
        courier.job_progressed.connect(self._on_progressed)
        courier.job_finished.connect(self._on_finished)
        courier.job_failed.connect(self._on_failed)
        courier.job_put_back.connect(self._on_put_back)
        courier.worker_changed.connect(self._on_worker_changed)

    # The deal

    @property
    def deal(self) -> Deal | None:
        """The deal at hand, once there is one."""
        return self.duel.deal if self.duel is not None else None

    def deal_again(self, *, keep_content: bool = False, keep_style: bool = False) -> None:
        """Ask for a new deal that keeps a side, or neither."""
        self._deals.again(keep_content=keep_content, keep_style=keep_style)

    def use_file(self, kind: str, path: Path) -> None:
        """Put a picture of the player's into the deal, as "content" or "style"."""
        self._deals.use_file(kind, path)

    def use_files(self, content: Path | None, style: Path | None) -> None:
        """Deal files that were named on the command line; a side that was not named is drawn."""
        self._deals.use_files(content, style)

    def use_deal(self, dealt: DealtImages) -> None:
        """Begin a duel with this deal, such as the one of an unfinished drawing."""
        self.stop_rivals()
        self.duel = Duel(dealt.deal)
        self.images = dealt
        self._deals.note(dealt.deal)
        self.rivals = {name: RivalState(name, network=self.paints_with.get(name, "")) for name in RIVALS}
        self.films = {name: ProgressFilm() for name in RIVALS}
        # Pictures were chosen for the deal that is gone.
        self.requests = {name: each.without_pictures() for name, each in self.requests.items()}
        self.pictures = dict.fromkeys(RIVALS, NO_PICTURES)
        self._verdict.begin(self.duel, self.films)
        self.dealt.emit()
        for name in RIVALS:
            self.rival_changed.emit(name)
            self.film_changed.emit(name)
        self.grades_changed.emit()

    # The worker

    def warm_up(self) -> None:
        """Have the worker's process start and load what the next duel needs; when the window is idle. Never waits."""
        self._is_warm = True
        self._courier.warm_up(
            [
                *(WarmJob(name, each.network, each.options) for name, each in self.requests.items()),
                WarmJob(JUDGE),
            ]
        )

    def set_throttled(self, is_down: bool) -> None:
        """Have the rivals yield while a brush is down; they go on some 300 ms after it was lifted. Never waits."""
        self._courier.set_throttled(is_down)

    def hold_nothing_back(self) -> None:
        """Have rivals and judge work with all that there is, since the player waits for them. Never waits."""
        self._courier.set_throttled(False, at_once=True)

    def _on_worker_changed(self, state: WorkerState) -> None:
        before, self.worker = _waits_for(self.worker), state
        for name in RIVALS:
            if self.rivals[name].stage == "waiting" and self.rivals[name].message == before != _waits_for(state):
                self._set_rival(name, message=_waits_for(state))
        self.worker_changed.emit()

    # The rivals

    def networks(self) -> dict[str, str | None]:
        """By a rival's name the network that it is asked to use; None for the best that there is."""
        return {name: each.network for name, each in self.requests.items()}

    def learn_networks(self) -> None:
        """Find out which network each rival would use, without loading any; to be called when `networks()` changed."""

        chosen, before = self.networks(), self.paints_with
        # Of what was chosen anew nothing is known until then.
        same = {name for name in RIVALS if chosen.get(name) == self._learnt_of.get(name)}
        self.paints_with = {name: title for name, title in before.items() if name in same}
        self._learnt_of = chosen

        def look() -> tuple[dict[str, str], dict[str, str]]:
            titles = {name: NETWORKS[chosen.get(name) or best_network(name)].title for name in RIVALS}
            return titles, passed_over()

        def then(learnt: tuple[dict[str, str], dict[str, str]]) -> None:
            found, damaged = learnt
            self.told.emit(" ".join(dict.fromkeys(damaged.values())), "damage")
            self.paints_with = found
            for name, title in found.items():
                state = self.rivals[name]
                # What is painted, or being painted, has its network.
                is_known = state.network and state.stage in ("working", "finished")
                self._set_rival(name, network=state.network if is_known else title)
            if found != before and self._is_warm:
                self.warm_up()

        self._errands.send(look, then, lambda sentence: self.told.emit(sentence, "bad"), leaves_nothing=True)

    def start_rivals(self) -> None:
        """Let both rivals paint, unless they do or have done so already."""
        if self.duel is None:
            return
        if self.duel.stage is Stage.DEALT:
            self.duel.start()
        for name in RIVALS:
            if self.rivals[name].stage == "idle":
                self.retry(name)

    def retry(self, name: str) -> None:
        """Let a rival paint (again). The picture it has counts no longer, unless it is stopped or fails."""
        if self.duel is None or self.rivals[name].is_busy:
            return
        if self.duel.stage is Stage.DEALT:
            self.duel.start()
        deal = self.duel.deal
        job = PaintJob(
            name,
            deal.content_picture,
            deal.style_picture,
            self.requests[name],
            self.pictures[name],
        )
        painting = self.duel.give_back(name)
        if painting is not None:
            self._formers[name] = _Former(painting, self.rivals[name], self.films[name])
        self._verdict.void(name)
        self._paint_tickets[self._courier.submit(job)] = name
        self._begin_film(name)
        network = self.paints_with.get(name, "")
        says = _waits_for(self.worker)
        self._set_rival(name, stage="waiting", network=network, step=0, steps=0, message=says, image=None)
        self.grades_changed.emit()

    def stop_rival(self, name: str) -> None:
        """Ask a rival to stop."""
        for ticket, painter in list(self._paint_tickets.items()):
            if painter == name:
                self._courier.cancel(ticket)
                self._set_rival(name, message="Stopping…")

    def stop_rivals(self) -> None:
        """Stop both and forget what they were doing: the duel is over."""
        for ticket in self._paint_tickets:
            self._courier.cancel(ticket)
        self._paint_tickets.clear()
        self._formers.clear()
        self._verdict.stop()

    def _begin_film(self, name: str) -> None:
        self.films[name] = ProgressFilm()
        self.film_changed.emit(name)

    def _set_rival(self, name: str, **changes: object) -> None:
        self.rivals[name] = replace(self.rivals[name], **changes)  # type: ignore[arg-type]
        self.rival_changed.emit(name)

    # The verdict

    @property
    def grades(self) -> dict[Pair, float]:
        """By pairs of comparisons() the grades that there are, 0 to 10."""
        return self._verdict.grades

    @property
    def assessments(self) -> dict[Pair, Assessment]:
        """By pairs of comparisons() what the judge has to say; the grades and everything about them."""
        return self._verdict.assessments

    @property
    def suggestions(self) -> list[Suggestion]:
        """What would bring the drawing nearer to its rivals' pictures, three at most, the best first."""
        return self._verdict.suggestions

    @property
    def is_advising(self) -> bool:
        """Whether suggestions are on their way."""
        return self._verdict.is_advising

    @property
    def advice_progress(self) -> tuple[int, int]:
        """How many of the changes have been tried that suggestions are found by, and of how many; (0, 0) at first."""
        return self._verdict.advice_progress

    @property
    def advice_says(self) -> str:
        """Why there are no suggestions; "" where there are, or may be yet."""
        return self._verdict.advice_says

    def advise(self) -> None:
        """Ask for suggestions (again), which otherwise come by themselves once the duel is judged. Never waits."""
        self._verdict.advise()

    @property
    def judge_says(self) -> str:
        """Why the judge could not compare; "" where it could, or was not asked yet."""
        return self._verdict.says

    @property
    def is_judging(self) -> bool:
        """Whether grades are on their way."""
        return self._verdict.is_busy

    def hand_in(self, drawing: Picture, painted: Provenance | None = None) -> None:
        """Take the player's drawing and have it compared with whatever is there, and later with the rest.

        `painted` says how it came about, where that is known.
        """
        if self.duel is None:
            return
        if self.duel.stage is Stage.DEALT:
            self.duel.start()
        self.hold_nothing_back()
        self.duel.hand_in(drawing, painted)
        self._verdict.void("drawing")
        self.start_rivals()
        self._verdict.ask()

    def retry_grades(self) -> None:
        """Ask the judge again for what it owes."""
        self._verdict.ask()

    # The courier's news

    def _on_started(self, ticket: int) -> None:
        name = self._paint_tickets.get(ticket)
        if name is not None:
            self._set_rival(name, stage="working", message="Loading its network")

    def _on_progressed(self, ticket: int, step: Step) -> None:
        name = self._paint_tickets.get(ticket)
        if name is None:
            return
        image = step.preview if step.preview is not None else self.rivals[name].image
        self._set_rival(name, stage="working", step=step.step, steps=step.steps, message=step.message, image=image)
        if step.frame is not None:
            self.films[name].add(step.frame)
            self.film_changed.emit(name)

    def _on_finished(self, ticket: int, result: object) -> None:
        name = self._paint_tickets.pop(ticket, None)
        if name is None or not isinstance(result, Delivery) or self.duel is None:
            return
        report = result.painting.report
        former = self._formers.pop(name, None)
        if report.is_stopped and former is not None:
            self._restore(name, former)
            self._tell_of_end(name)
            return
        self.duel.take(name, result.painting)
        self.films[name].add(result.frame)
        self.rivals[name] = replace(
            self.rivals[name],
            stage="finished",
            network=NETWORKS[report.network].title,
            step=report.steps,
            steps=report.steps,
            message=report.note,
            image=result.image,
            seconds=report.painting_seconds,
            loading_seconds=report.loading_seconds,
        )
        self._tell_of_end(name)

    def _on_failed(self, ticket: int, sentence: str, is_cancelled: bool) -> None:
        name = self._paint_tickets.pop(ticket, None)
        if name is None or self.duel is None:
            return
        former = self._formers.pop(name, None)
        if former is not None:
            self._restore(name, former)
            if not is_cancelled:
                self.told.emit(f"{sentence} {rival_title(name)} keeps the picture that it had.", "bad")
        else:
            stage, message = ("stopped", "Stopped") if is_cancelled else ("failed", sentence)
            self.rivals[name] = replace(self.rivals[name], stage=stage, message=message, image=None)
        self._tell_of_end(name)

    def _restore(self, name: str, former: _Former) -> None:
        """Let a rival have the picture again that it had before it was asked to paint anew."""
        assert self.duel is not None
        self.duel.take(name, former.painting)
        self.films[name], self.rivals[name] = former.film, former.state

    def _tell_of_end(self, name: str) -> None:
        """Tell that a rival has ended, once everything is as it shall be: whoever hears it may let it paint again."""
        self.film_changed.emit(name)
        self.rival_changed.emit(name)
        self._verdict.ask()

    def _on_put_back(self, ticket: int, sentence: str) -> None:
        name = self._paint_tickets.get(ticket)
        if name is not None:
            self._begin_film(name)
            self._set_rival(name, stage="waiting", step=0, steps=0, message=sentence, image=None)


def _waits_for(worker: WorkerState) -> str:
    """What a rival that was just asked to paint waits for."""
    if worker.stage in ("restarting", "failed"):
        return "The workshop begins again"
    return "Getting ready" if worker.stage in ("cold", "warming") else "Waiting for its turn"
