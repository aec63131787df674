"""Hosts one duel at a time: deals, sends the rivals to work, hands in the drawing, asks the judge, keeps the duel.

`window.py` makes one; the pages listen to its signals. It knows no widget, and nothing that it is asked for waits.
"""

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.desktop.jobs import Courier, Delivery, Errands, Step
from app.desktop.on_show import DealtImages, RivalState, show_deal
from app.desktop.settings import Settings
from app.game import gallery
from app.game.deck import Card, Deal, Deck, title_of
from app.game.duel import COMPARISONS, RIVALS, Duel, Painted, Stage
from app.game.film import Film, Frame
from app.game.jobs import JUDGE, GradeJob, PaintJob, WarmJob
from app.game.networks_used import passed_over
from app.game.reports import WorkshopState
from app.images import Picture
from app.networks.catalog import NETWORKS
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import PLAIN, Commission
from app.rivals.rival import CLASSIC, best_network

__all__ = ["DealtImages", "Host", "RivalState", "show_deal"]


class Host(QObject):
    """The duel at hand and everybody who takes part in it.

    Signals: `dealing()` when a deal was asked for; `dealt()` when `images` holds a new one; `deal_failed()` when
    everything stays as it was; `rival_changed(str)`; `film_changed(str)` after `films` of that rival;
    `grades_changed()`; `workshop_changed()` after `workshop`; `told(sentence, tone)` for the message bar; `kept(Duel)`
    after a duel went to the gallery, as it was then; meanwhile another may be at hand.

    Attributes:
        commissions: what a rival is asked for, by its name, where that is another than `commission`.
        options: how the classic rival works.
        networks: by a rival's name the network that it is to use; absent or None for the best that there is.
        films: by a rival's name what its picture looked like so far; empty before it has begun. A rival that begins
            again begins another Film.
        workshop: how the process is in which rivals and judge work.

    What a rival is asked for, its options and its network count from its next `retry` on.
    """

    dealing = pyqtSignal()
    dealt = pyqtSignal()
    deal_failed = pyqtSignal()
    rival_changed = pyqtSignal(str)
    film_changed = pyqtSignal(str)
    grades_changed = pyqtSignal()
    workshop_changed = pyqtSignal()
    told = pyqtSignal(str, str)
    kept = pyqtSignal(object)

    def __init__(self, courier: Courier, errands: Errands, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._courier, self._errands = courier, errands
        self._deck: Deck | None = None
        self._deals_asked = 0
        # The deal that was read last, which the window may not have heard of yet: who asks twice within a moment
        # changes what the first asking brought. Errands read and set it, one after another.
        self._latest: Deal | None = None
        self._unseen: DealtImages | None = None
        self.duel: Duel | None = None
        self.images: DealtImages | None = None
        self.rivals = {name: RivalState(name) for name in RIVALS}
        self.films = {name: Film() for name in RIVALS}
        self.commission = PLAIN  # for the rivals that are not in `commissions`
        self.commissions: dict[str, Commission] = {}
        self.options = ClassicOptions()
        self.networks: dict[str, str | None] = {}
        self.workshop = WorkshopState()
        self._is_warm = False
        self.grades: dict[tuple[str, str], float] = {}
        self.judge_says = ""
        self._paint_tickets: dict[int, str] = {}
        self._grade_tickets: dict[int, list[tuple[str, str]]] = {}
        courier.job_started.connect(self._on_started)
        courier.job_progressed.connect(self._on_progressed)
        courier.job_finished.connect(self._on_finished)
        courier.job_failed.connect(self._on_failed)
        courier.job_put_back.connect(self._on_put_back)
        courier.workshop_changed.connect(self._on_workshop_changed)

    # The deal

    @property
    def deal(self) -> Deal | None:
        """The deal at hand, once there is one."""
        return self.duel.deal if self.duel is not None else None

    def deal_again(self, *, keep_content: bool = False, keep_style: bool = False) -> None:
        """Ask for a new deal that keeps a side, or neither."""

        def draw(deck: Deck, before: Deal | None) -> Deal:
            content = before.content if keep_content and before is not None else None
            style = before.style if keep_style and before is not None else None
            return deck.deal(content=content, style=style, after=before)

        self._ask_for(draw)

    def use_file(self, kind: str, path: Path) -> None:
        """Put a picture of the player's into the deal, as "content" or "style"."""

        def read(deck: Deck, before: Deal | None) -> Deal:
            if kind == "content":
                card = Card(path, title_of(path), "content")
                return deck.deal(content=card, style=before.style if before else None)
            card = Card(path, title_of(path), "style")
            return deck.deal(style=card, content=before.content if before else None)

        self._ask_for(read)

    def use_files(self, content: Path | None, style: Path | None) -> None:
        """Deal files that were named on the command line; a side that was not named is drawn."""

        def read(deck: Deck, _before: Deal | None) -> Deal:
            return deck.deal(
                content=Card(content, title_of(content), "content") if content else None,
                style=Card(style, title_of(style), "style") if style else None,
            )

        self._ask_for(read)

    def use_deal(self, dealt: DealtImages) -> None:
        """Begin a duel with this deal, such as the one of an unfinished drawing."""
        self.stop_rivals()
        self.duel = Duel(dealt.deal)
        self.images = dealt
        self._latest, self._unseen = dealt.deal, None
        self.rivals = {name: RivalState(name, network=state.network) for name, state in self.rivals.items()}
        self.films = {name: Film() for name in RIVALS}
        # Pictures were brought for the deal that is gone.
        self.commission = _without_pictures(self.commission)
        self.commissions = {name: _without_pictures(each) for name, each in self.commissions.items()}
        self._void(lambda _pair: True)
        self.dealt.emit()
        for name in RIVALS:
            self.rival_changed.emit(name)
            self.film_changed.emit(name)
        self.grades_changed.emit()

    def _ask_for(self, draw: Callable[[Deck, Deal | None], Deal]) -> None:
        self._deals_asked += 1
        number = self._deals_asked

        def read() -> DealtImages:
            self._deck = self._deck or Deck.load()
            deal = draw(self._deck, self._latest)
            dealt = show_deal(deal)
            self._latest = deal
            return dealt

        def then(dealt: DealtImages) -> None:
            # Of several impatient clicks only the last one counts.
            if number == self._deals_asked:
                self.use_deal(dealt)
            else:
                self._unseen = dealt

        def otherwise(sentence: str) -> None:
            self.told.emit(sentence, "bad")
            if number != self._deals_asked:
                return
            if self._unseen is not None:
                # What was asked for just before came about, and nothing else comes any more.
                self.use_deal(self._unseen)
            else:
                self.deal_failed.emit()

        self.dealing.emit()
        self._errands.send(read, then, otherwise, leaves_nothing=True)

    # The workshop

    def warm_up(self) -> None:
        """Have the workshop's process start and load what the next duel needs; when the window is idle. Never waits."""
        self._is_warm = True
        self._courier.warm_up(
            [
                *(WarmJob(name, self.networks.get(name), self._options_of(name)) for name in RIVALS),
                WarmJob(JUDGE),
            ]
        )

    def hand_is_down(self, is_down: bool) -> None:
        """Have the rivals yield while a brush is down; they go on some 300 ms after it was lifted. Never waits."""
        self._courier.hand_is_down(is_down)

    def _on_workshop_changed(self, state: WorkshopState) -> None:
        self.workshop = state
        self.workshop_changed.emit()

    # The rivals

    def _options_of(self, name: str) -> ClassicOptions | None:
        return self.options if name == CLASSIC else None

    def learn_networks(self) -> None:
        """Find out which network each rival would use, without loading any."""

        def look() -> tuple[dict[str, str], dict[str, str]]:
            titles = {name: NETWORKS[self.networks.get(name) or best_network(name)].title for name in RIVALS}
            return titles, passed_over()

        def then(learnt: tuple[dict[str, str], dict[str, str]]) -> None:
            found, damaged = learnt
            for sentence in dict.fromkeys(damaged.values()):
                self.told.emit(sentence, "bad")
            is_new = any(found[name] != self.rivals[name].network for name in RIVALS)
            for name, title in found.items():
                self._set_rival(name, network=title)
            if is_new and self._is_warm:
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
        """Let a rival paint (again)."""
        if self.duel is None or self.rivals[name].is_busy:
            return
        if self.duel.stage is Stage.DEALT:
            self.duel.start()
        deal = self.duel.deal
        job = PaintJob(
            name,
            deal.content_picture,
            deal.style_picture,
            self.commissions.get(name, self.commission),
            self.networks.get(name),
            self._options_of(name),
        )
        self._void(lambda pair: name in pair)
        self._paint_tickets[self._courier.submit(job)] = name
        self._begin_film(name)
        self._set_rival(name, stage="waiting", step=0, steps=0, message="Waiting for its turn", image=None)
        self.grades_changed.emit()

    def stop_rival(self, name: str) -> None:
        """Ask a rival to stop."""
        for ticket, painter in list(self._paint_tickets.items()):
            if painter == name:
                self._courier.cancel(ticket)
                self._set_rival(name, message="Stopping…")

    def stop_rivals(self) -> None:
        """Stop both and forget what they were doing: the duel is over."""
        for ticket in [*self._paint_tickets, *self._grade_tickets]:
            self._courier.cancel(ticket)
        self._paint_tickets.clear()
        self._grade_tickets.clear()

    def _begin_film(self, name: str) -> None:
        self.films[name] = Film()
        self.film_changed.emit(name)

    def _add_to_film(self, name: str, frame: Frame) -> None:
        self.films[name].add(frame)
        self.film_changed.emit(name)

    def _set_rival(self, name: str, **changes: object) -> None:
        self.rivals[name] = replace(self.rivals[name], **changes)  # type: ignore[arg-type]
        self.rival_changed.emit(name)

    # The verdict

    def hand_in(self, drawing: Picture, painted: Painted | None = None) -> None:
        """Take the player's drawing and have it compared with whatever is there, and later with the rest.

        `painted` says how it came about, where that is known.
        """
        if self.duel is None:
            return
        if self.duel.stage is Stage.DEALT:
            self.duel.start()
        self.duel.hand_in(drawing, painted)
        self._void(lambda pair: "drawing" in pair)
        self.start_rivals()
        self._grade()

    def retry_grades(self) -> None:
        """Ask the judge again for what it owes."""
        self._grade()

    @property
    def is_judging(self) -> bool:
        """Whether grades are on their way."""
        return bool(self._grade_tickets)

    def _void(self, is_void: object) -> None:
        """Forget grades, those on their way too, of pairs whose pictures have changed."""
        assert callable(is_void)
        self.grades = {pair: grade for pair, grade in self.grades.items() if not is_void(pair)}
        for ticket, pairs in self._grade_tickets.items():
            self._grade_tickets[ticket] = [("", "") if is_void(pair) else pair for pair in pairs]
        self.judge_says = ""

    def _grade(self) -> None:
        """Send every pair that can be compared, and has not been, to the judge."""
        if self.duel is None:
            return
        pictures = self.duel.pictures()
        on_their_way = [pair for pairs in self._grade_tickets.values() for pair in pairs]
        pairs = [
            pair
            for pair in COMPARISONS
            if set(pair) <= pictures.keys() and pair not in self.grades and pair not in on_their_way
        ]
        if pairs:
            job = GradeJob([(pictures[a], pictures[b]) for a, b in pairs])
            self._grade_tickets[self._courier.submit(job)] = pairs
            self.judge_says = ""
        self._close_verdict()
        self.grades_changed.emit()

    def _close_verdict(self) -> None:
        """Once all three grades are there, the duel is judged, and kept."""
        if self.duel is None or self.duel.stage is not Stage.PAINTING or not self.duel.is_complete():
            return
        if any(pair not in self.grades for pair in COMPARISONS):
            return
        self.duel.judge([self.grades[pair] for pair in COMPARISONS])
        duel, snapshot = self.duel, copy.copy(self.duel)
        grades = dict(duel.grades)
        films = {name: Film(list(film.frames)) for name, film in self.films.items()}

        def then(folder: Path) -> None:
            # The player may have gone on drawing meanwhile; then this verdict is history, though kept.
            if duel.stage is Stage.JUDGED and duel.grades == grades and duel.drawing is snapshot.drawing:
                duel.keep(folder)
            self.kept.emit(snapshot)

        self._errands.send(
            lambda: gallery.keep(snapshot, films), then, lambda sentence: self.told.emit(sentence, "bad")
        )

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
            self._add_to_film(name, step.frame)

    def _on_finished(self, ticket: int, result: object) -> None:
        name = self._paint_tickets.pop(ticket, None)
        pairs = self._grade_tickets.pop(ticket, None)
        if name is not None and isinstance(result, Delivery) and self.duel is not None:
            self.duel.take(name, result.painting)
            report = result.painting.report
            self._set_rival(
                name,
                stage="finished",
                network=NETWORKS[report.network].title,
                step=report.steps,
                steps=report.steps,
                message="",
                image=result.image,
                seconds=report.painting_seconds,
                loading_seconds=report.loading_seconds,
            )
            self._add_to_film(name, result.frame)
            self._grade()
        elif pairs is not None and isinstance(result, list):
            self.grades.update({pair: float(grade) for pair, grade in zip(pairs, result, strict=True) if all(pair)})
            self._grade()

    def _on_failed(self, ticket: int, sentence: str, is_cancelled: bool) -> None:
        name = self._paint_tickets.pop(ticket, None)
        pairs = self._grade_tickets.pop(ticket, None)
        if name is not None:
            stage = "stopped" if is_cancelled else "failed"
            self._set_rival(name, stage=stage, message="Stopped" if is_cancelled else sentence, image=None)
            self.grades_changed.emit()
        elif pairs is not None and not is_cancelled:
            self.judge_says = sentence
            self.grades_changed.emit()

    def _on_put_back(self, ticket: int, sentence: str) -> None:
        name = self._paint_tickets.get(ticket)
        if name is not None:
            self._begin_film(name)
            self._set_rival(name, stage="waiting", step=0, steps=0, message=sentence, image=None)


def _without_pictures(commission: Commission) -> Commission:
    """What remains of a commission when the deal that its pictures were brought for is gone."""
    start = "photograph" if commission.start == "picture" else commission.start
    return replace(commission, more_styles=(), weights=(), mask=None, start=start, start_picture=None)
