"""The workshop: jobs go in, results and sentences come out, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from game_errands import Errand, await_end, is_gone, needs_proc, outcome, until

from app.worker.client import Finished, ProgressEvent, Started, StateChanged, Workshop, WorkshopState

pytest_plugins = ["game_errands"]


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


def test_errors_come_back_as_sentences(workshop: Workshop) -> None:
    expected = outcome(workshop, workshop.submit(Errand("refuse")))
    assert (expected.sentence, expected.is_cancelled) == ("The rival has no wish to paint this.", False)
    surprise = outcome(workshop, workshop.submit(Errand("stumble")))
    assert "unexpectedly" in surprise.sentence and "KeyError" not in surprise.sentence
    assert "Traceback" not in surprise.sentence
    assert "Traceback" in surprise.detail


def test_no_memory_is_an_error_of_the_job_alone(workshop: Workshop) -> None:
    failed = outcome(workshop, workshop.submit(Errand("want_too_much")))
    assert "not enough memory" in failed.sentence
    assert "MemoryError" in failed.detail
    assert workshop.is_running


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
        "from game_errands import Errand\n"
        "from app.worker.client import Started, Workshop\n"
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
