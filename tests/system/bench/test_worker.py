import json
import subprocess
import sys
from typing import ClassVar

import psutil
import pytest

from app import places
from app.bench.window import worker
from app.errors import PasticheError
from app.game.deck import Deal
from app.game.duel import Painting
from app.rivals.rival import Progress, Report
from app.worker.messages import Failed, Finished, ProgressEvent, PutBack, Started, StateChanged, WorkerState


class Scripted:
    """A worker whose jobs take ten steps, a step a poll; its process is one that only sleeps."""

    made: ClassVar[list["Scripted"]] = []

    def __init__(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
        self.pid = self.process.pid
        self.jobs: dict[int, int] = {}
        self.cancelled: list[tuple[int, int]] = []
        self.loading_s = 2.0
        Scripted.made.append(self)

    def submit(self, job) -> int:
        number = len(self.jobs) + 1
        self.jobs[number] = -1
        return number

    def cancel(self, number: int) -> None:
        self.cancelled.append((number, self.jobs[number]))

    def poll(self, timeout_s: float):
        if psutil.Process(self.pid).status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_STOPPED):
            is_held = psutil.Process(self.pid).status() == psutil.STATUS_STOPPED
            return [StateChanged(WorkerState("restarting", "Held."))] if is_held else [PutBack((1,), "Killed.")]
        events = []
        for number, step in self.jobs.items():
            if any(number == stopped for stopped, _ in self.cancelled):
                events.append(Failed(number, "Stopped.", is_cancelled=True))
            elif step == -1:
                events.append(Started(number))
            elif step < 10:
                events.append(ProgressEvent(number, Progress(step, 10, "painting")))
            elif step == 10:
                report = Report("builtin-vgg", 0.1, 10, 5.0, loading_seconds=self.loading_s)
                events.append(Finished(number, Painting(None, report)))
            self.jobs[number] += 1
        if any(step == 11 for step in self.jobs.values()):
            self.loading_s = 0.25
        return events

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> list[Scripted]:
    monkeypatch.setattr(worker, "WorkerClient", Scripted)
    monkeypatch.setattr(Scripted, "made", [])
    return Scripted.made


@pytest.fixture
def deal(deal_files) -> Deal:
    return Deal.of_files(*deal_files)


def test_the_classic_is_stopped_when_it_begins_and_at_each_moment(scripted, deal) -> None:
    times = worker._stopping(deal, 64, (0.3, 0.8))
    assert len(times) == 3
    (only,) = scripted
    # Step 0 is the first after its turn has come; the bench sees a step a poll later.
    assert [step for _, step in only.cancelled] == [0, 4, 9]
    assert only.process.poll() is not None


@pytest.mark.parametrize("how", [psutil.Process.kill, psutil.Process.suspend])
def test_a_loss_is_timed_in_a_fresh_worker_each(scripted, deal, how) -> None:
    lost = []

    def lose(process: psutil.Process) -> None:
        lost.append((process.pid, scripted[-1].jobs[1]))
        how(process)

    times = worker._losing(deal, 64, (0.2, 0.5), lose)
    assert lost == [(scripted[0].pid, 3), (scripted[1].pid, 6)]
    assert all(0 < seconds < 60 for seconds in times)
    assert all(made.process.poll() is not None for made in scripted)


def test_of_two_duels_the_second_ones_loading_counts(scripted, deal) -> None:
    assert worker._second_duel(deal, 64) == pytest.approx(0.5)


def test_a_job_that_ends_too_soon_is_an_error(scripted, deal, monkeypatch) -> None:
    monkeypatch.setattr(Scripted, "poll", lambda self, timeout_s: [Failed(1, "No network.")])
    with pytest.raises(PasticheError, match="No network"):
        worker._stopping(deal, 64, (0.3,))
    assert scripted[0].process.poll() is not None


@pytest.mark.slow
def test_the_window_is_watched_until_its_rivals_are_ready(deal_files) -> None:
    # In a process of its own, because there can be one QApplication only.
    program = (
        "import sys; sys.path.insert(0, 'tests/support')\n"
        "import json\n"
        "from pathlib import Path\n"
        "from app.bench.window import worker\n"
        "from app.game.deck import Card, Deck\n"
        "from desktop_workplace import FakeWorker\n"
        "content, style = map(Path, sys.argv[1:])\n"
        "Deck.load = classmethod(lambda cls: Deck([Card(content, 'C', 'content')], [Card(style, 'S', 'style')]))\n"
        "worker.WorkerClient = FakeWorker\n"
        "print(json.dumps(worker.watch_opening()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, deal_files)],
        cwd=places.root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert 0 < found["ready_s"] < 60
    assert found["freeze_ms"] >= found["p99_ms"] > 0


def test_verdicts_are_timed_in_turn_and_the_loops_end(scripted, deal, monkeypatch) -> None:
    seen = []

    def verdict(_heard: object, _deal: object, _size: int) -> float:
        mine = psutil.Process()
        loops = [child for child in mine.children() if "while True: pass" in child.cmdline()]
        seen.append(loops)
        return 2.0 if loops else 1.0

    monkeypatch.setattr(worker, "_verdict", verdict)
    assert worker._verdicts(deal, 64, runs=2) == {"idle": [1.0, 1.0], "busy": [2.0, 2.0]}
    assert [len(loops) for loops in seen] == [0, 0, 2, 0, 2], "the first one only warms up"
    assert not any(loop.is_running() for loops in seen for loop in loops)


def test_a_rival_that_fails_fails_the_verdict(scripted, deal, monkeypatch) -> None:
    monkeypatch.setattr(Scripted, "poll", lambda self, timeout_s: [Failed(1, "No network.")])
    with worker._Heard() as heard, pytest.raises(PasticheError, match="No network"):
        worker._verdict(heard, deal, 64)
