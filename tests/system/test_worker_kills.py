"""Whoever kills the worker's process, whenever: the duel is finished all the same, with the real networks."""

import contextlib
import math
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from desktop_window import QUIET, WAIT_MS, draw, start
from pytestqt.qtbot import QtBot

from app.desktop.app_state.settings import Settings
from app.desktop.main_window import MainWindow
from app.desktop.widgets import theme
from app.game.deck import Deal
from app.game.duel import Duel
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import RIVALS, comparisons
from app.rivals.request import RivalRequest
from app.worker.client import (
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
    WorkerClient,
)

pytest_plugins = ["desktop_window"]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="kills as only POSIX can"), QUIET]

KILLS = 20
# A hundred times as long as a duel takes: these machines may be busy with something else.
WAIT_S = 600.0
REQUEST = RivalRequest(size=64)
# As plain as it gets: a process that is killed while it looks for the quickest way of computing would look again.
OPTIONS = ClassicOptions(steps=8, coarsest_px=32, computing="float32")
#: Takes so long at 640 px that it can be stopped under way on any machine.
PATIENT = ClassicOptions(steps=300, coarsest_px=32, computing="float32", tolerance=0.0)


@pytest.fixture
def worker() -> Iterator[WorkerClient]:
    worker = WorkerClient()
    yield worker
    worker.close()
    assert processes() == []


def processes() -> list[str]:
    """The command lines of processes that this one has started to work for it, once those that end have had time."""
    until_s = time.monotonic() + WAIT_S
    while True:
        lines = []
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.Error):
                lines.append(" ".join(child.cmdline()))
        left = [line for line in lines if "spawn_main" in line]
        if not left or time.monotonic() > until_s:
            return left
        time.sleep(0.05)


class Game:
    """A duel without a window: it asks for what is missing as soon as it can be had."""

    def __init__(self, worker: WorkerClient, files: tuple[Path, Path]) -> None:
        self._worker = worker
        self.duel = Duel(Deal.of_files(*files))
        self.duel.start()
        self.duel.hand_in(self.duel.deal.content_picture)
        self._jobs: dict[int, str] = {}
        self.failures: list[str] = []
        self.put_back: list[int] = []
        for name in RIVALS:
            options = OPTIONS if name == "classic" else None
            deal = self.duel.deal
            self._ask(name, PaintJob(name, deal.content_picture, deal.style_picture, replace(REQUEST, options=options)))

    def _ask(self, name: str, job: Job) -> None:
        self._jobs[self._worker.submit(job)] = name

    def play(self, on_look: Callable[[], None] = lambda: None) -> None:
        """Play to the end, calling `on_look` a hundred times a second."""
        until_s = time.monotonic() + WAIT_S
        while not self.duel.grades and not self.failures:
            assert time.monotonic() < until_s, f"waited in vain for {self._jobs}: {self._worker.state}"
            on_look()
            for event in self._worker.poll(0.01):
                match event:
                    case Finished(job=job, result=result):
                        self._take(self._jobs.pop(job), result)
                    case Failed(sentence=sentence, detail=detail):
                        self.failures.append(f"{sentence} {detail}")
                    case PutBack(jobs=jobs):
                        self.put_back.extend(jobs)

    def _take(self, name: str, result: object) -> None:
        if name == "judge":
            self.duel.judge([result[pair] for pair in comparisons()])
        else:
            self.duel.take(name, result)
            if self.duel.is_complete():
                deal = self.duel.deal
                pictures = self.duel.pictures()
                self._ask("judge", GradeJob(deal.content_picture, deal.style_picture, pictures, comparisons()))


def survive(kills: int, seed: int, files: tuple[Path, Path]) -> int:
    """Play duels until in so many of them the process was killed; in how many it had a job in hand then."""
    chance = random.Random(seed)
    # How long the last undisturbed duel took, from a cold start and with everything loaded.
    took_s: dict[bool, float] = {}
    duels = killed = put_back = 0
    worker = WorkerClient()
    try:
        while killed < kills:
            duels += 1
            # The first two are to learn how long they take. Of the others some are killed while the process loads.
            is_cold = duels == 1 or killed % 7 == 6
            if is_cold:
                worker.close()
            game = Game(worker, files)
            begun_s = time.monotonic()
            due_s = begun_s + chance.uniform(0, took_s[is_cold]) if is_cold in took_s else math.inf
            pids: list[int] = []

            def kill(due_s: float = due_s, pids: list[int] = pids) -> None:
                pid = worker.pid
                if not pids and time.monotonic() >= due_s and pid is not None:
                    pids.append(pid)
                    os.kill(pid, signal.SIGKILL)

            game.play(kill)
            assert game.failures == [], f"duel {duels}"
            assert sorted(game.duel.paintings) == sorted(RIVALS)
            assert set(game.duel.grades) == {f"{a}_{b}" for a, b in comparisons()}
            for painting in game.duel.paintings.values():
                assert painting.picture.shape == (48, 64, 3)
            killed += len(pids)
            put_back += bool(game.put_back)
            if not pids:
                # Its moment did not come: the machine has less to do than it had, and the next is to come sooner.
                took_s[is_cold] = time.monotonic() - begun_s
                assert duels < 5 * kills
    finally:
        worker.close()
    return put_back


def test_twenty_kills_in_as_many_duels_lose_no_picture(deal_files: tuple[Path, Path]) -> None:
    # Two at a time: a process that starts keeps hardly more than one core busy.
    with ThreadPoolExecutor(2) as players:
        put_back = sum(players.map(lambda seed: survive(KILLS // 2, seed, deal_files), (4, 5)))
    assert put_back > 0.3 * KILLS, "hardly any job was in hand when its process was killed"
    assert processes() == []


def test_a_second_duel_loads_nothing_and_neither_does_the_first_after_warming_up(
    worker: WorkerClient, deal_files: tuple[Path, Path]
) -> None:
    worker.warm_up([WarmJob("magenta"), WarmJob("classic", None, OPTIONS), WarmJob("judge")])
    until_s = time.monotonic() + WAIT_S
    while StateChanged not in {type(event) for event in worker.poll(0.2)} or worker.state.stage != "ready":
        assert time.monotonic() < until_s, worker.state
    pid = worker.pid
    for _ in range(2):
        game = Game(worker, deal_files)
        game.play()
        for name, painting in game.duel.paintings.items():
            assert painting.report.loading_seconds < 0.1, name
    assert worker.pid == pid


def test_a_classic_that_is_stopped_ends_at_once_and_the_next_one_begins(
    worker: WorkerClient, deal_files: tuple[Path, Path]
) -> None:
    deal = Deal.of_files(*deal_files)

    def ask(size: int) -> int:
        return worker.submit(
            PaintJob("classic", deal.content_picture, deal.style_picture, RivalRequest(size=size, options=PATIENT))
        )

    for seconds in (0.0, 1.0, 3.0, 5.0):
        large = ask(640)
        until_s = time.monotonic() + seconds
        while time.monotonic() < until_s:
            worker.poll(0.02)
        worker.cancel(large)
        events = []
        until_s = time.monotonic() + WAIT_S
        while not any(isinstance(event, Failed) and event.job == large for event in events):
            assert time.monotonic() < until_s
            events += worker.poll(0.05)
    small = ask(48)
    events = []
    until_s = time.monotonic() + WAIT_S
    while not any(isinstance(event, Finished) for event in events):
        assert time.monotonic() < until_s
        events += [event for event in worker.poll(0.05) if not isinstance(event, StateChanged)]
    assert {event.job for event in events if isinstance(event, Started | Finished | ProgressEvent)} == {small}


def test_the_drawing_stays_and_the_duel_goes_on_in_the_window(qtbot: QtBot, qapp: object, deck: Path) -> None:
    theme.apply(qapp)
    worker = WorkerClient()
    window = MainWindow(worker, settings=Settings(canvas_side_px=512))
    window.resize(1100, 700)
    window.show()
    window.begin()
    duel_controller = window.duel_controller
    try:
        qtbot.waitUntil(lambda: duel_controller.deal is not None and window.errands.is_idle(), timeout=WAIT_MS)
        duel_controller.requests = dict.fromkeys(RIVALS, REQUEST)
        duel_controller.warm_up()
        qtbot.waitUntil(lambda: duel_controller.worker.stage != "cold", timeout=WAIT_MS)
        start(window, qtbot)
        drawing = window.studio.drawing()
        draw(window, qtbot)
        qtbot.waitUntil(lambda: duel_controller.worker.stage == "working", timeout=WAIT_MS)
        pixels, strokes = drawing.surface.copied(), len(drawing.strokes)
        qtbot.waitUntil(lambda: worker.pid is not None, timeout=WAIT_MS)
        os.kill(worker.pid, signal.SIGKILL)
        qtbot.waitUntil(lambda: duel_controller.worker.stage == "restarting", timeout=WAIT_MS)
        assert "killed from outside" in duel_controller.worker.sentence
        qtbot.waitUntil(
            lambda: all(state.stage == "finished" for state in duel_controller.rivals.values()),
            timeout=int(WAIT_S * 1000),
        )
        assert window.studio.drawing() is drawing
        assert len(drawing.strokes) == strokes > 0
        assert (drawing.surface.copied() == pixels).all()
        assert len(duel_controller.films["classic"].frames) > 1
    finally:
        assert window.stop()
        window.hide()
        window.deleteLater()
    assert not worker.is_running
