"""How soon the rivals' process is ready, stops when it is told to, and is noticed to have died.

`python -m app.bench.window.worker` opens the window once and prints what it saw until the rivals were ready.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from types import TracebackType
from typing import Any, Self

import numpy as np
import psutil
from PyQt5.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer

from app import images
from app.bench import child
from app.bench.progress import rounded, tell
from app.bench.window import screen
from app.desktop import application
from app.desktop.main_window import MainWindow
from app.errors import PasticheError
from app.game.deck import Deal, Deck
from app.rivals.registry import RIVALS, comparisons
from app.rivals.request import RivalRequest
from app.rivals.rival import Report
from app.worker.client import Event, Failed, Finished, ProgressEvent, PutBack, Started, StateChanged, WorkerClient
from app.worker.jobs import GradeJob, PaintJob

TICK_MS = 5
LIMIT_S = 120.0
OPENINGS = 3
SIZE_PX = 384
#: How far into its picture the classic rival is when it is stopped, killed or held, as a share.
MOMENTS = (0.1, 0.4, 0.7)
#: How many verdicts are timed on idle and on busy cores, and what keeps these busy.
VERDICTS, BUSY_LOOPS = 3, 2


def measure(openings: int = OPENINGS, *, size: int = SIZE_PX, moments: tuple[float, ...] = MOMENTS) -> dict[str, Any]:
    """All figures of the worker. Raises PasticheError where something does not happen within two minutes.

    `ready_s` is from the window's first painting until its rivals are ready, the median of several openings with
    nobody's data; `freeze_ms` the longest time between two ticks of a 5 ms timer in between, in any of them, `p99_ms`
    the 99th percentile. `cancel_s` is from asking the classic rival to stop until it has: while it loads and at
    several moments of its picture, the longest. `noticed_s` is from the process's end by `kill` (SIGKILL), and from its
    being held by `stop` (SIGSTOP), until the worker tells so, the longest each. `second_duel_loading_s` is what
    both rivals together say that they loaded for their second picture. `busy_verdict_ratio` is the time from handing a
    drawing in until the verdict, both rivals' pictures included, while two endless loops of ordinary priority run, over
    the same on idle cores: medians of several verdicts in turn, whose seconds are `verdict_s` ("idle" and "busy").
    """
    with screen.shown() as platform, screen.nobodys_data():
        opened = []
        for number in range(1, openings + 1):
            tell(f"The window opens, {number} of {openings}: until its rivals are ready")
            opened.append(child.measured("The opening of the window", "app.bench.window.worker", limit_s=LIMIT_S + 30))
    with screen.nobodys_data():
        deal = Deck.load().deal(0)
        loading_s = _second_duel(deal, size)
        verdict_s = _verdicts(deal, size)
        cancel_s = _stopping(deal, size, moments)
        noticed = {
            "kill": _losing(deal, size, moments, psutil.Process.kill),
            "stop": _losing(deal, size, moments, psutil.Process.suspend),
        }
    return {
        "ready_s": rounded(statistics.median(each["ready_s"] for each in opened), 2),
        "ready_runs_s": [rounded(each["ready_s"], 2) for each in opened],
        "freeze_ms": rounded(max(each["freeze_ms"] for each in opened), 1),
        "freeze_p99_ms": rounded(max(each["p99_ms"] for each in opened), 1),
        "cancel_s": rounded(max(cancel_s), 3),
        "cancel_runs_s": [rounded(each, 3) for each in cancel_s],
        "noticed_s": {how: rounded(max(each), 3) for how, each in noticed.items()},
        "second_duel_loading_s": rounded(loading_s, 3),
        "busy_verdict_ratio": rounded(statistics.median(verdict_s["busy"]) / statistics.median(verdict_s["idle"]), 2),
        "verdict_s": {how: [rounded(each, 2) for each in runs] for how, runs in verdict_s.items()},
        "platform": platform,
    }


def _second_duel(deal: Deal, size: int) -> float:
    tell("A first and a second duel: what they load")
    reports: list[Report] = []
    with _Heard() as heard:
        for _ in range(2):
            reports.clear()
            for rival in RIVALS:
                heard.worker.submit(_job(deal, size, rival))
            while len(reports) < len(RIVALS):
                event = heard.until(lambda event: isinstance(event, Finished | Failed))
                if isinstance(event, Failed):
                    raise PasticheError(f"A rival failed: {event.sentence}")
                reports.append(event.result.report)
    return sum(report.loading_seconds for report in reports)


def _verdicts(deal: Deal, size: int, runs: int = VERDICTS) -> dict[str, list[float]]:
    """Take the seconds from Compare to the verdict, on idle and on busy cores in turn, with networks loaded before."""
    taken: dict[str, list[float]] = {"idle": [], "busy": []}
    with _Heard() as heard:
        tell("The time to a verdict, on idle and on busy cores")
        _verdict(heard, deal, size)
        for _ in range(runs):
            for how, loops in (("idle", 0), ("busy", BUSY_LOOPS)):
                with _endless_loops(loops):
                    taken[how].append(_verdict(heard, deal, size))
    return taken


def _verdict(heard: _Heard, deal: Deal, size: int) -> float:
    """Have both rivals paint and the judge grade, as after Compare, and return the seconds that it takes."""
    drawing = images.resize(deal.content_picture, height=size * 3 // 4, width=size)
    begun_s = time.perf_counter()
    jobs = {heard.worker.submit(_job(deal, size, rival)): rival for rival in RIVALS}
    pictures = {"drawing": drawing}
    while len(pictures) <= len(RIVALS):
        ended = heard.until(lambda event: isinstance(event, Finished | Failed) and event.job in jobs)
        if isinstance(ended, Failed):
            raise PasticheError(ended.sentence)
        pictures[jobs[ended.job]] = ended.result.picture
    number = heard.worker.submit(GradeJob(deal.content_picture, deal.style_picture, pictures, comparisons()))
    graded = heard.until(lambda event: isinstance(event, Finished | Failed) and event.job == number)
    if isinstance(graded, Failed):
        raise PasticheError(graded.sentence)
    return time.perf_counter() - begun_s


@contextlib.contextmanager
def _endless_loops(count: int) -> Iterator[None]:
    """Have so many processes of ordinary priority compute without end."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def _stopping(deal: Deal, size: int, moments: tuple[float, ...]) -> list[float]:
    """Seconds from asking the classic rival to stop until it has: while it loads, and at the moments of its picture."""
    tell("The classic rival is stopped, while it loads and while it paints")
    times = []
    with _Heard() as heard:
        for moment in (0.0, *moments):
            number = heard.worker.submit(_job(deal, size))
            heard.until(_is_at(number, moment))
            begun = time.perf_counter()
            heard.worker.cancel(number)
            heard.until(_is_failure(number))
            times.append(time.perf_counter() - begun)
    return times


def _losing(deal: Deal, size: int, moments: tuple[float, ...], lose: Callable[[psutil.Process], object]) -> list[float]:
    """Seconds from the loss of the process until the worker tells of it, at the moments of the classic's picture."""
    tell("The rivals' process is killed" if lose is psutil.Process.kill else "The rivals' process is held")
    times = []
    for moment in moments:
        # A fresh one for each, since the worker forgives one loss only.
        with _Heard() as heard:
            number = heard.worker.submit(_job(deal, size))
            heard.until(_is_at(number, moment))
            process = psutil.Process(heard.worker.pid)
            begun = time.perf_counter()
            lose(process)
            heard.until(_is_loss)
            times.append(time.perf_counter() - begun)
    return times


class _Heard:
    """A worker for the time being, and its events, one by one."""

    def __init__(self) -> None:
        self.worker = WorkerClient()
        self._waiting: deque[Event] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.close()

    def until(self, is_it: Callable[[Event], bool]) -> Any:
        """Wait for the first event that is it; those before are passed over."""
        deadline_s = time.perf_counter() + LIMIT_S
        while time.perf_counter() < deadline_s:
            while self._waiting:
                event = self._waiting.popleft()
                if is_it(event):
                    return event
            self._waiting.extend(self.worker.poll(0.05))
        raise PasticheError(f"The workshop did not answer within {LIMIT_S:.0f} s.")


def _job(deal: Deal, size: int, rival: str = "classic") -> PaintJob:
    return PaintJob(rival, deal.content_picture, deal.style_picture, RivalRequest(size=size))


def _is_at(number: int, moment: float) -> Callable[[Event], bool]:
    """Whether the job has come so far; 0 as soon as its turn has come."""

    def is_at(event: Event) -> bool:
        if isinstance(event, Failed | Finished) and event.job == number:
            why = event.sentence if isinstance(event, Failed) else "It was done."
            raise PasticheError(f"The classic rival ended before it was at {moment:.0%} of its picture. {why}")
        if moment == 0:
            return isinstance(event, Started) and event.job == number
        return (
            isinstance(event, ProgressEvent)
            and event.job == number
            and event.progress.step >= moment * event.progress.steps > 0
        )

    return is_at


def _is_failure(number: int) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, Failed) and event.job == number


def _is_loss(event: Event) -> bool:
    return isinstance(event, PutBack) or (
        isinstance(event, StateChanged) and event.state.stage in ("restarting", "failed")
    )


class _Watch(QObject):
    """Ticks every 5 ms from the window's first painting until its rivals are ready."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._ticks_s: list[float] = []
        self.failure = ""
        self._begun_s = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        window.home.installEventFilter(self)
        # In case that it is never painted.
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.timeout.connect(lambda: self.end("The window was not painted."))
        self._limit.start(round(1000 * LIMIT_S))

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Begin at the first painting."""
        if event.type() == QEvent.Paint and not self._timer.isActive() and not self._ticks_s:
            # Zero: as soon as this painting is on the screen.
            QTimer.singleShot(0, self._begin)
        return False

    def on_exception(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Stop at what a slot did not catch."""
        self.end(f"The window failed ({kind.__name__}: {error}).")

    def end(self, failure: str) -> None:
        """Stop ticking, and the program."""
        self.failure = self.failure or failure
        self._timer.stop()
        self._limit.stop()
        QCoreApplication.quit()

    def figures(self) -> dict[str, float]:
        """What was seen. Raises PasticheError if the rivals did not get ready."""
        if self.failure:
            raise PasticheError(self.failure)
        gaps_ms = np.array([after - before for before, after in pairwise(self._ticks_s)]) * 1000
        return {
            "ready_s": self._ticks_s[-1] - self._ticks_s[0],
            "freeze_ms": float(gaps_ms.max()),
            "p99_ms": float(np.percentile(gaps_ms, 99)),
        }

    def _begin(self) -> None:
        if not self._ticks_s:
            self._ticks_s.append(time.perf_counter())
            self._timer.start(TICK_MS)

    def _on_tick(self) -> None:
        self._ticks_s.append(time.perf_counter())
        state = self._window.duel_controller.worker
        if state.stage == "ready":
            self.end("")
        elif state.stage in ("restarting", "failed"):
            self.end(f"The workshop was lost: {state.sentence}")
        elif self._ticks_s[-1] - self._ticks_s[0] > LIMIT_S:
            self.end(f"The rivals were not ready within {LIMIT_S:.0f} s; the workshop was {state.stage}.")


def watch_opening() -> dict[str, float]:
    """Open the real window in this process and watch it until its rivals are ready. Raises PasticheError."""
    program = application.make_application()
    window = MainWindow(WorkerClient())
    watch = _Watch(window)
    # Without a hook PyQt5 would end the process when a slot raises.
    hook, sys.excepthook = sys.excepthook, watch.on_exception
    window.show()
    QTimer.singleShot(0, lambda: window.begin(None, None))
    try:
        program.exec_()
    finally:
        sys.excepthook = hook
        window.hide()
        window.stop()
    return watch.figures()


if __name__ == "__main__":
    try:
        print(json.dumps(watch_opening()), flush=True)
    except PasticheError as failure:
        sys.exit(str(failure))
