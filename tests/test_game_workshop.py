import ctypes
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from app.errors import Cancelled, RivalError
from app.game.workshop import (
    Event,
    Failed,
    Finished,
    ProgressEvent,
    PutBack,
    Started,
    StateChanged,
    Workshop,
    WorkshopState,
)
from app.rivals.rival import Progress

PATIENCE_S = 60.0
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks processes up in /proc")


@dataclass(frozen=True)
class Errand:
    """A job that does what its name says, without any network."""

    what: str
    value: object = None
    lane: str = "errands"

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
            keep_busy(0.01)
        raise Cancelled("Stopped.")

    def _toil(self, on_progress, cancelled):
        """Compute for so many seconds without ever looking up."""
        keep_busy(float(self.value))
        return "toiled"

    def _paint_on(self, on_progress, cancelled):
        """As `toil`, as a rival that is in the middle of its steps."""
        on_progress(Progress(1, 2, "painting"))
        keep_busy(float(self.value))
        return "painted"

    def _leave_behind(self, on_progress, cancelled):
        """Compute in a thread of its own, and leave it to itself when stopped, as rivals do."""
        thread = threading.Thread(target=keep_busy, args=(float(self.value),), name="rival_0")
        thread.start()
        on_progress(Progress(1, 2, "painting"))
        while not cancelled():
            time.sleep(0.01)
        raise Cancelled("Stopped.")

    def _hang(self, on_progress, cancelled):
        threading.Lock().acquire()
        with (lock := threading.Lock()):
            lock.acquire()

    def _hog(self, on_progress, cancelled):
        """Keep Python's lock while native code computes, so that no other thread says anything, nor listens."""
        end_s = time.monotonic() + float(self.value)
        while time.monotonic() < end_s:
            sum(itertools.repeat(1, 40_000_000))
        return "done"

    def _hang_once(self, on_progress, cancelled):
        if not Path(self.value).exists():
            Path(self.value).touch()
            self._hang(on_progress, cancelled)
        return "done"

    def _die_once(self, on_progress, cancelled):
        if not Path(self.value).exists():
            Path(self.value).touch()
            os._exit(9)
        return "done"

    def _crash(self, on_progress, cancelled):
        ctypes.string_at(0)

    def _want_too_much(self, on_progress, cancelled):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
        return np.ones(2**31, np.uint8)

    def _abort_for_memory(self, on_progress, cancelled):
        os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'")
        os.abort()

    def _count_cores(self, on_progress, cancelled):
        """Compute, and tell how many cores the threads have, all but the main one, whenever that changes."""
        told = 0
        while not cancelled():
            keep_busy(0.02)
            threads = {int(thread.name) for thread in Path("/proc/self/task").iterdir()} - {os.getpid()}
            most = max(len(os.sched_getaffinity(thread)) for thread in threads)
            if most != told:
                on_progress(Progress(most, 999, "cores"))
                told = most
            time.sleep(0.12)
        raise Cancelled("Stopped.")

    def _measure_pauses(self, on_progress, cancelled):
        """Take fifty steps of 10 ms, and tell how long that took."""
        begun_s = time.monotonic()
        for _ in range(50):
            cancelled()
            keep_busy(0.01)
        return time.monotonic() - begun_s

    def _refuse(self, on_progress, cancelled):
        raise RivalError("The rival has no wish to paint this.")

    def _stumble(self, on_progress, cancelled):
        return {}["nothing here"]

    def _die(self, on_progress, cancelled):
        os._exit(9)


def keep_busy(seconds: float) -> None:
    """Use a processor for so long, as it goes on this thread."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        sum(range(1000))


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


def await_end(pid: int) -> None:
    """Wait until a process has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_gone(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_gone(pid)


def test_jobs_are_done_one_after_another_in_a_process_of_their_own(workshop: Workshop) -> None:
    picture = np.random.default_rng(1).random((700, 900, 3), dtype=np.float32)
    numbers = [workshop.submit(Errand("give_back", value)) for value in ("first", picture, "last")]
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == numbers[-1])
    events = [event for event in events if not isinstance(event, StateChanged)]
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
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == after)
    stopped = {event.job: event for event in events if isinstance(event, Failed)}
    assert stopped[working] == Failed(working, "Stopped.", is_cancelled=True)
    assert stopped[queued] == Failed(queued, "Stopped before it began.", is_cancelled=True)


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


def test_jobs_of_different_lanes_do_not_wait_for_each_other(workshop: Workshop) -> None:
    long = workshop.submit(Errand("wait", lane="classic"))
    until(workshop, lambda event: event == Started(long))
    assert outcome(workshop, workshop.submit(Errand("give_back", "graded", lane="judge"))).result == "graded"
    workshop.cancel(long)
    assert outcome(workshop, long).is_cancelled


@pytest.mark.parametrize("what", ["toil", "hog"])
def test_a_job_that_does_not_look_up_is_cancelled_all_the_same(workshop: Workshop, what: str) -> None:
    toiling = workshop.submit(Errand(what, 1.5))
    until(workshop, lambda event: event == Started(toiling))
    workshop.cancel(toiling)
    after = workshop.submit(Errand("say_who"))
    pid = workshop.pid
    events = until(workshop, lambda event: isinstance(event, Finished))
    assert [event for event in events if isinstance(event, Failed)] == [Failed(toiling, "Stopped.", is_cancelled=True)]
    # It was loading or compiling, which the next one needs too.
    assert events[-1].job == after and events[-1].result[0] == pid


def test_a_fresh_process_takes_over_from_a_stopped_step_without_end(workshop: Workshop) -> None:
    painting = workshop.submit(Errand("paint_on", 3600))
    other = workshop.submit(Errand("toil", 3, lane="other"))
    until(workshop, lambda event: isinstance(event, ProgressEvent))
    pid = workshop.pid
    workshop.cancel(painting)
    after = workshop.submit(Errand("say_who"))
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == after)
    assert events[-1].result[0] == workshop.pid != pid
    (put_back,) = [event for event in events if isinstance(event, PutBack)]
    assert put_back.jobs == (other,) and "held" in put_back.sentence
    await_end(pid)
    if not any(isinstance(event, Finished) and event.job == other for event in events):
        assert outcome(workshop, other).result == "toiled"


def test_what_a_stopped_job_leaves_behind_is_waited_for(workshop: Workshop) -> None:
    first = workshop.submit(Errand("leave_behind", 1.0))
    until(workshop, lambda event: isinstance(event, ProgressEvent))
    begun_s = time.monotonic()
    pid = workshop.pid
    workshop.cancel(first)
    after = outcome(workshop, workshop.submit(Errand("say_who")))
    assert time.monotonic() - begun_s > 0.7
    assert after.result[0] == pid


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_a_lost_job_begins_again_by_itself(workshop: Workshop, tmp_path: Path, end: str) -> None:
    job = Errand("die_once", str(tmp_path / "mark")) if end == "by itself" else Errand("toil", 2.0)
    working, queued = workshop.submit(job), workshop.submit(Errand("say_who"))
    if end == "killed":
        until(workshop, lambda event: event == Started(working))
        os.kill(workshop.pid, signal.SIGKILL)
    put_back = until(workshop, lambda event: isinstance(event, PutBack))[-1]
    assert put_back.jobs == (working,)
    assert put_back.sentence == (
        "The rivals' workshop ended by itself; it begins again by itself."
        if end == "by itself"
        else "The rivals' workshop was killed from outside; it begins again by itself."
    )
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == queued)
    assert next(event.result for event in events if isinstance(event, Finished)) in ("done", "toiled")


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("die", "ended by itself"),
        ("crash", "crashed"),
        ("abort_for_memory", "ran out of memory"),
        ("hang", "hung"),
    ],
)
def test_a_job_that_loses_its_process_twice_is_an_error(workshop: Workshop, what: str, says: str) -> None:
    bad, next_one = workshop.submit(Errand(what)), workshop.submit(Errand("give_back", "alive"))
    events = until(workshop, lambda event: isinstance(event, Finished))
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.job == bad and not failed.is_cancelled
    assert says in failed.sentence and "twice" in failed.sentence and failed.sentence.count(".") == 1
    assert [event.jobs for event in events if isinstance(event, PutBack)] == [(bad,)]
    assert events[-1] == Finished(next_one, "alive")
    if what == "crash":
        assert "Segmentation fault" in failed.detail


def test_a_workshop_that_is_lost_again_and_again_stays_closed_until_the_next_job(workshop: Workshop) -> None:
    bad = workshop.submit(Errand("die"))
    outcome(workshop, bad)
    assert (workshop.state.stage, workshop.is_running) == ("failed", False)
    assert outcome(workshop, workshop.submit(Errand("give_back", "alive"))).result == "alive"
    assert workshop.state.stage == "ready"


def test_no_memory_is_an_error_of_the_job_alone(workshop: Workshop) -> None:
    failed = outcome(workshop, workshop.submit(Errand("want_too_much")))
    assert "not enough memory" in failed.sentence
    assert "MemoryError" in failed.detail
    assert workshop.is_running


@needs_proc
def test_a_halted_process_is_noticed_and_replaced(workshop: Workshop) -> None:
    working = workshop.submit(Errand("toil", 2.0))
    until(workshop, lambda event: event == Started(working))
    halted = workshop.pid
    os.kill(halted, signal.SIGSTOP)
    put_back = until(workshop, lambda event: isinstance(event, PutBack))[-1]
    assert put_back.sentence == "The rivals' workshop was halted from outside; it begins again by itself."
    await_end(halted)
    assert outcome(workshop, working).result == "toiled"


def test_a_job_that_hangs_once_is_done(workshop: Workshop, tmp_path: Path) -> None:
    hanging = workshop.submit(Errand("hang_once", str(tmp_path / "mark")))
    events = until(workshop, lambda event: isinstance(event, Finished))
    assert [event.jobs for event in events if isinstance(event, PutBack)] == [(hanging,)]
    assert events[-1].result == "done"


def test_native_work_that_lets_nobody_speak_is_no_hang(workshop: Workshop) -> None:
    number = workshop.submit(Errand("hog", 4.0))
    events = until(workshop, lambda event: isinstance(event, Finished))
    assert events[-1] == Finished(number, "done")
    assert not any(isinstance(event, PutBack) for event in events)


def test_a_halted_process_is_cancelled_in_time(workshop: Workshop) -> None:
    working = workshop.submit(Errand("toil", 60.0))
    until(workshop, lambda event: event == Started(working))
    os.kill(workshop.pid, signal.SIGSTOP)
    workshop.cancel(working)
    assert outcome(workshop, working).is_cancelled


def test_the_states_tell_what_goes_on(workshop: Workshop) -> None:
    assert workshop.state == WorkshopState("cold", "The rivals' workshop is not open yet.")
    workshop.warm_up([Errand("toil", 0.3), Errand("toil", 0.3, lane="other")])
    events = until(workshop, lambda event: event == StateChanged(WorkshopState("ready", "The rivals are ready.")))
    working = workshop.submit(Errand("wait"))
    events += until(workshop, lambda event: event == Started(working))
    workshop.hand_is_down(True)
    workshop.hand_is_down(False)
    events += until(workshop, lambda event: isinstance(event, StateChanged) and event.state.stage == "working")
    os.kill(workshop.pid, signal.SIGKILL)
    events += until(workshop, lambda event: event == Started(working))
    workshop.cancel(working)
    events += until(workshop, lambda event: isinstance(event, StateChanged) and event.state.stage == "ready")
    states = [event.state.stage for event in events if isinstance(event, StateChanged)]
    assert states == ["warming", "ready", "working", "yielding", "working", "restarting", "working", "warming", "ready"]


@needs_proc
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="a single core cannot be halved")
def test_the_rivals_have_half_the_cores_while_a_brush_is_down(workshop: Workshop) -> None:
    cores = len(os.sched_getaffinity(0))
    counting = workshop.submit(Errand("count_cores"))
    seen: list[int] = []
    for is_down in (None, True, False, True):
        if is_down is not None:
            workshop.hand_is_down(is_down)
        event = until(workshop, lambda event: isinstance(event, ProgressEvent))[-1]
        seen.append(event.progress.step)
    assert seen == [cores, cores // 2, cores, cores // 2]
    workshop.cancel(counting)
    assert outcome(workshop, counting).is_cancelled
    # A process that takes over finds the brush still down.
    os.kill(workshop.pid, signal.SIGKILL)
    workshop.submit(Errand("count_cores"))
    assert until(workshop, lambda event: isinstance(event, ProgressEvent))[-1].progress.step == cores // 2


def test_a_step_is_followed_by_a_pause_while_a_brush_is_down(workshop: Workshop) -> None:
    freely = outcome(workshop, workshop.submit(Errand("measure_pauses"))).result
    workshop.hand_is_down(True)
    yielding = outcome(workshop, workshop.submit(Errand("measure_pauses"))).result
    assert yielding > freely + 0.1


def test_closing_in_the_middle_of_a_job_leaves_no_process(workshop: Workshop) -> None:
    number = workshop.submit(Errand("toil", 3600))
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


@needs_proc
def test_no_orphan_is_left_when_the_window_dies(tmp_path: Path) -> None:
    program = tmp_path / "window.py"
    program.write_text(
        "import sys, time\n"
        f"sys.path[:0] = {[str(Path(__file__).parent), str(Path(__file__).parent.parent)]!r}\n"
        "from test_game_workshop import Errand\n"
        "from app.game.workshop import Started, Workshop\n"
        "if __name__ == '__main__':\n"
        "    workshop = Workshop()\n"
        "    number = workshop.submit(Errand('toil', 3600))\n"
        "    while Started(number) not in workshop.poll(0.2):\n"
        "        pass\n"
        "    print(workshop.pid, flush=True)\n"
        "    time.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as window:
        child = int(window.stdout.readline())
        window.kill()
    await_end(child)
