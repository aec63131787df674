import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from app.errors import Cancelled, RivalError
from app.game.workshop import Died, Event, Failed, Finished, ProgressEvent, Started, Workshop
from app.rivals.rival import Progress

PATIENCE_S = 60.0


@dataclass(frozen=True)
class Errand:
    """A job that does what its name says, without any network."""

    what: str
    value: object = None

    def run(self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> object:
        return getattr(self, f"_{self.what}")(on_progress, cancelled)

    def _give_back(self, on_progress, cancelled):
        return self.value

    def _say_who(self, on_progress, cancelled):
        return os.getpid(), os.nice(0)

    def _make_noise(self, on_progress, cancelled):
        print("to standard output")
        print("to standard error", file=sys.stderr)
        os.write(1, b"past Python")
        os.write(2, b"past Python")
        return "made"

    def _chatter(self, on_progress, cancelled):
        preview = np.zeros((512, 1024, 3), dtype=np.float32)
        for step in range(300):
            on_progress(Progress(step, 300, "chattering", preview, 0.5))
            time.sleep(0.001)
        return "done"

    def _wait(self, on_progress, cancelled):
        while not cancelled():
            time.sleep(0.01)
        raise Cancelled("Stopped.")

    def _sulk(self, on_progress, cancelled):
        time.sleep(3600)

    def _refuse(self, on_progress, cancelled):
        raise RivalError("The rival has no wish to paint this.")

    def _stumble(self, on_progress, cancelled):
        return {}["nothing here"]

    def _die(self, on_progress, cancelled):
        os._exit(9)


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    workshop = Workshop()
    _inbox.clear()
    yield workshop
    workshop.close()


# Events that came in one bunch with an awaited one, for the next to wait.
_inbox: list[Event] = []


def until(workshop: Workshop, is_last: Callable[[Event], bool]) -> list[Event]:
    """Collect events up to the awaited one."""
    events: list[Event] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        _inbox.extend([] if _inbox else workshop.poll(0.2))
        while _inbox:
            events.append(_inbox.pop(0))
            if is_last(events[-1]):
                return events
    raise AssertionError(f"waited in vain after {events}")


def outcome(workshop: Workshop, number: int) -> Event:
    return until(workshop, lambda event: isinstance(event, Finished | Failed) and event.job == number)[-1]


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has collected yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_jobs_are_done_one_after_another_in_a_process_of_their_own(workshop: Workshop) -> None:
    picture = np.random.default_rng(1).random((700, 900, 3), dtype=np.float32)
    numbers = [workshop.submit(Errand("give_back", value)) for value in ("first", picture, "last")]
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == numbers[-1])
    assert [(type(event), event.job) for event in events] == [
        (kind, number) for number in numbers for kind in (Started, Finished)
    ]
    np.testing.assert_array_equal(events[3].result, picture)


def test_the_process_stays_behind_the_window(workshop: Workshop) -> None:
    pid, niceness = outcome(workshop, workshop.submit(Errand("say_who"))).result
    assert pid == workshop.pid != os.getpid()
    assert niceness == min(os.nice(0) + 10, 19)


def test_the_process_makes_no_noise(workshop: Workshop, capfd: pytest.CaptureFixture[str]) -> None:
    assert outcome(workshop, workshop.submit(Errand("make_noise"))).result == "made"
    workshop.close()
    assert capfd.readouterr() == ("", "")


def test_progress_is_thinned_out_and_its_pictures_are_small(workshop: Workshop) -> None:
    number = workshop.submit(Errand("chatter"))
    begun = time.monotonic()
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == number)
    seconds = time.monotonic() - begun
    told = [event.progress for event in events if isinstance(event, ProgressEvent)]
    assert 1 <= len(told) <= 10 * seconds + 2
    assert all(progress.preview.shape == (128, 256, 3) for progress in told)
    assert told[0].message == "chattering"
    assert told[0].loss == 0.5


def test_a_job_stops_when_asked_and_the_next_one_begins(workshop: Workshop) -> None:
    working, queued, after = (workshop.submit(Errand(what)) for what in ("wait", "wait", "say_who"))
    until(workshop, lambda event: event == Started(working))
    workshop.cancel(queued)
    workshop.cancel(working)
    first = outcome(workshop, working)
    assert first == Failed(working, "Stopped.", is_cancelled=True)
    assert outcome(workshop, queued).is_cancelled
    assert isinstance(outcome(workshop, after), Finished)


def test_cancelling_what_has_ended_changes_nothing(workshop: Workshop) -> None:
    number = workshop.submit(Errand("say_who"))
    outcome(workshop, number)
    workshop.cancel(number)
    workshop.cancel(number + 17)
    assert isinstance(outcome(workshop, workshop.submit(Errand("say_who"))), Finished)


def test_errors_come_back_as_sentences(workshop: Workshop) -> None:
    expected = outcome(workshop, workshop.submit(Errand("refuse")))
    assert (expected.sentence, expected.is_cancelled) == ("The rival has no wish to paint this.", False)
    surprise = outcome(workshop, workshop.submit(Errand("stumble")))
    assert "unexpectedly" in surprise.sentence and "KeyError" not in surprise.sentence
    assert "Traceback" not in surprise.sentence
    assert "Traceback" in surprise.detail


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_a_dead_process_is_told_and_a_new_one_takes_over(workshop: Workshop, end: str) -> None:
    working = workshop.submit(Errand("die" if end == "by itself" else "sulk"))
    queued = workshop.submit(Errand("say_who"))
    if end == "killed":
        until(workshop, lambda event: event == Started(working))
        os.kill(workshop.pid, signal.SIGKILL)
    died = until(workshop, lambda event: isinstance(event, Died))[-1]
    assert died.jobs == (working, queued)
    assert "started again" in died.sentence
    assert not workshop.is_running
    assert workshop.poll(0.05) == []
    again = workshop.submit(Errand("give_back", "alive"))
    assert again > queued
    assert outcome(workshop, again).result == "alive"


def test_closing_in_the_middle_of_a_job_leaves_no_process(workshop: Workshop) -> None:
    number = workshop.submit(Errand("sulk"))
    until(workshop, lambda event: event == Started(number))
    pid = workshop.pid
    workshop.close()
    assert is_gone(pid)
    assert not workshop.is_running
    assert workshop.poll(0.05) == []
    workshop.close()


def test_closing_at_once_after_submitting_much_ends(workshop: Workshop) -> None:
    picture = np.zeros((2000, 2000, 3), dtype=np.float32)
    for _ in range(3):
        workshop.submit(Errand("give_back", picture))
    pid = workshop.pid
    workshop.close()
    assert is_gone(pid)


def test_polling_an_idle_workshop_starts_nothing() -> None:
    workshop = Workshop()
    assert workshop.poll() == []
    assert workshop.pid is None
    workshop.close()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks processes up in /proc")
def test_no_orphan_is_left_when_the_window_dies(tmp_path: Path) -> None:
    program = tmp_path / "window.py"
    program.write_text(
        "import sys, time\n"
        f"sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}\n"
        "from test_game_workshop import Errand\n"
        "from app.game.workshop import Started, Workshop\n"
        "if __name__ == '__main__':\n"
        "    workshop = Workshop()\n"
        "    number = workshop.submit(Errand('sulk'))\n"
        "    while Started(number) not in workshop.poll(0.2):\n"
        "        pass\n"
        "    print(workshop.pid, flush=True)\n"
        "    time.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as window:
        child = int(window.stdout.readline())
        window.kill()
    deadline = time.monotonic() + PATIENCE_S
    while not is_gone(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert is_gone(child)
