"""Whoever kills the workshop's process, whenever: the duel is finished all the same, with the real networks."""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from desktop_window import QUIET, WAIT_MS, draw, start
from pytestqt.qtbot import QtBot

from app.desktop import theme
from app.desktop.settings import Settings
from app.desktop.window import Window
from app.game.deck import Deal
from app.game.duel import COMPARISONS, RIVALS, Duel
from app.game.workshop import (
    Failed,
    Finished,
    GradeJob,
    Job,
    PaintJob,
    ProgressEvent,
    PutBack,
    Started,
    StateChanged,
    WarmJob,
    Workshop,
)
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import Commission

pytest_plugins = ["desktop_window"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="kills as only POSIX can"), QUIET]

KILLS = 20
# Much longer than a duel takes: these machines may be busy with something else.
WAIT_S = 120.0
COMMISSION = Commission(size=64)
OPTIONS = ClassicOptions(steps=8, coarsest_px=32)


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    workshop = Workshop()
    yield workshop
    workshop.close()
    assert [child.status() for child in psutil.Process().children() if "pastiche-workshop" in child.name()] == []


class Game:
    """A duel without a window: it asks for what is missing as soon as it can be had."""

    def __init__(self, workshop: Workshop, files: tuple[Path, Path]) -> None:
        self._workshop = workshop
        self.duel = Duel(Deal.of_files(*files))
        self.duel.start()
        self.duel.hand_in(self.duel.deal.content_picture)
        self._jobs: dict[int, str] = {}
        self.failures: list[str] = []
        self.put_back: list[int] = []
        for name in RIVALS:
            options = OPTIONS if name == "classic" else None
            deal = self.duel.deal
            self._ask(name, PaintJob(name, deal.content_picture, deal.style_picture, COMMISSION, None, options))

    def _ask(self, name: str, job: Job) -> None:
        self._jobs[self._workshop.submit(job)] = name

    def play(self, on_look: Callable[[], None] = lambda: None) -> None:
        """Play to the end, calling `on_look` a hundred times a second."""
        until_s = time.monotonic() + WAIT_S
        while not self.duel.grades and not self.failures:
            assert time.monotonic() < until_s, f"waited in vain for {self._jobs}: {self._workshop.state}"
            on_look()
            for event in self._workshop.poll(0.01):
                match event:
                    case Finished(job=job, result=result):
                        self._take(self._jobs.pop(job), result)
                    case Failed(sentence=sentence, detail=detail):
                        self.failures.append(f"{sentence} {detail}")
                    case PutBack(jobs=jobs):
                        self.put_back.extend(jobs)

    def _take(self, name: str, result: object) -> None:
        if name == "judge":
            self.duel.judge(result)
        else:
            self.duel.take(name, result)
            if self.duel.is_complete():
                self._ask("judge", GradeJob(self.duel.pairs()))


def test_twenty_kills_in_twenty_duels_lose_no_picture(workshop: Workshop, deal_files: tuple[Path, Path]) -> None:
    chance = random.Random(4)
    begun_s = time.monotonic()
    Game(workshop, deal_files).play()
    cold_s = time.monotonic() - begun_s
    begun_s = time.monotonic()
    Game(workshop, deal_files).play()
    warm_s = time.monotonic() - begun_s
    kills, put_back = 0, 0
    for number in range(KILLS):
        # Some of them while the process starts and loads.
        is_cold = number % 7 == 0
        if is_cold:
            workshop.close()
        game = Game(workshop, deal_files)
        moment_s = time.monotonic() + chance.uniform(0, cold_s if is_cold else warm_s)
        killed: list[int] = []

        def kill(at_s: float = moment_s, killed: list[int] = killed) -> None:
            pid = workshop.pid
            if not killed and time.monotonic() >= at_s and pid is not None:
                killed.append(pid)
                os.kill(pid, signal.SIGKILL)

        game.play(kill)
        assert game.failures == [], f"duel {number}"
        assert sorted(game.duel.paintings) == sorted(RIVALS)
        assert set(game.duel.grades) == {f"{a}_{b}" for a, b in COMPARISONS}
        for painting in game.duel.paintings.values():
            assert painting.picture.shape == (48, 64, 3)
        kills += len(killed)
        put_back += bool(game.put_back)
    # A duel may end before its moment comes, on a machine that has just become idle.
    assert kills > 0.7 * KILLS
    assert put_back > 0.3 * KILLS, "hardly any job was in hand when its process was killed"


def test_a_second_duel_loads_nothing_and_neither_does_the_first_after_warming_up(
    workshop: Workshop, deal_files: tuple[Path, Path]
) -> None:
    workshop.warm_up([WarmJob("magenta"), WarmJob("classic", None, OPTIONS), WarmJob("judge")])
    until_s = time.monotonic() + WAIT_S
    while StateChanged not in {type(event) for event in workshop.poll(0.2)} or workshop.state.stage != "ready":
        assert time.monotonic() < until_s, workshop.state
    pid = workshop.pid
    for _ in range(2):
        game = Game(workshop, deal_files)
        game.play()
        for name, painting in game.duel.paintings.items():
            assert painting.report.loading_seconds < 0.1, name
    assert workshop.pid == pid


def test_a_classic_that_is_stopped_ends_at_once_and_the_next_one_begins(
    workshop: Workshop, deal_files: tuple[Path, Path]
) -> None:
    deal = Deal.of_files(*deal_files)

    def ask(size: int) -> int:
        return workshop.submit(
            PaintJob("classic", deal.content_picture, deal.style_picture, Commission(size=size), None, OPTIONS)
        )

    for seconds in (0.0, 1.0, 3.0, 5.0):
        large = ask(640)
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            workshop.poll(0.02)
        workshop.cancel(large)
        events = []
        while not any(isinstance(event, Failed) and event.job == large for event in events):
            events += workshop.poll(0.05)
    small = ask(48)
    events = []
    until_s = time.monotonic() + WAIT_S
    while not any(isinstance(event, Finished) for event in events):
        assert time.monotonic() < until_s
        events += [event for event in workshop.poll(0.05) if not isinstance(event, StateChanged)]
    assert {event.job for event in events if isinstance(event, Started | Finished | ProgressEvent)} == {small}


def test_the_drawing_stays_and_the_duel_goes_on_in_the_window(qtbot: QtBot, qapp: object, deck: Path) -> None:
    theme.apply(qapp)
    workshop = Workshop()
    window = Window(workshop, settings=Settings(canvas_side_px=512))
    window.resize(1100, 700)
    window.show()
    window.begin()
    host = window.host
    try:
        qtbot.waitUntil(lambda: host.deal is not None and window.errands.is_idle(), timeout=WAIT_MS)
        host.commissions = dict.fromkeys(RIVALS, COMMISSION)
        host.options = OPTIONS
        host.warm_up()
        qtbot.waitUntil(lambda: host.workshop.stage != "cold", timeout=WAIT_MS)
        start(window, qtbot)
        drawing = window.studio.drawing()
        draw(window, qtbot)
        qtbot.waitUntil(lambda: host.workshop.stage == "working", timeout=WAIT_MS)
        pixels, strokes = drawing.surface.copied(), len(drawing.strokes)
        qtbot.waitUntil(lambda: workshop.pid is not None, timeout=WAIT_MS)
        os.kill(workshop.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: host.workshop.stage == "restarting", timeout=WAIT_MS)
        assert "killed from outside" in host.workshop.sentence
        qtbot.waitUntil(
            lambda: all(state.stage == "finished" for state in host.rivals.values()), timeout=int(WAIT_S * 1000)
        )
        assert window.studio.drawing() is drawing
        assert len(drawing.strokes) == strokes > 0
        assert (drawing.surface.copied() == pixels).all()
        assert len(host.films["classic"].frames) > 1
    finally:
        assert window.stop()
        window.hide()
        window.deleteLater()
    assert not workshop.is_running
