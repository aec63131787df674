"""The worker: jobs go in, results and sentences come out, and nothing is left behind."""

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from game_errands import Errand, await_end, is_gone, needs_proc, outcome, until
from locations import ROOT, SUPPORT

from app.worker.client import Finished, ProgressEvent, Started, StateChanged, WorkerClient, WorkerState

pytest_plugins = ["game_errands"]


def test_jobs_are_done_one_after_another_in_a_process_of_their_own(worker: WorkerClient) -> None:
    picture = np.random.default_rng(1).random((700, 900, 3), dtype=np.float32)
    numbers = [worker.submit(Errand("give_back", value)) for value in ("first", picture, "last")]
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == numbers[-1])
    events = [event for event in events if not isinstance(event, StateChanged)]
    assert [(type(event), event.job) for event in events] == [
        (kind, number) for number in numbers for kind in (Started, Finished)
    ]
    np.testing.assert_array_equal(events[3].result, picture)


def test_the_process_stays_behind_the_window(worker: WorkerClient) -> None:
    pid, niceness = outcome(worker, worker.submit(Errand("say_who"))).result
    assert pid == worker.pid != os.getpid()
    assert niceness == os.nice(0), "or it would starve on a busy machine"


def test_the_process_makes_no_noise(worker: WorkerClient, capfd: pytest.CaptureFixture[str]) -> None:
    assert outcome(worker, worker.submit(Errand("make_noise"))).result == "made"
    worker.close()
    assert capfd.readouterr() == ("", "")


def test_progress_is_thinned_out_and_its_pictures_are_small(worker: WorkerClient) -> None:
    number = worker.submit(Errand("chatter"))
    begun = time.monotonic()
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == number)
    seconds = time.monotonic() - begun
    told = [event.progress for event in events if isinstance(event, ProgressEvent)]
    assert 1 <= len(told) <= 10 * seconds + 2
    assert all(progress.preview.shape == (128, 256, 3) for progress in told)
    assert told[0].message == "chattering"
    assert told[0].loss == 0.5


def test_errors_come_back_as_sentences(worker: WorkerClient) -> None:
    expected = outcome(worker, worker.submit(Errand("refuse")))
    assert (expected.sentence, expected.is_cancelled) == ("The rival has no wish to paint this.", False)
    surprise = outcome(worker, worker.submit(Errand("stumble")))
    assert "unexpectedly" in surprise.sentence and "KeyError" not in surprise.sentence
    assert "Traceback" not in surprise.sentence
    assert "Traceback" in surprise.detail


def test_no_memory_is_an_error_of_the_job_alone(worker: WorkerClient) -> None:
    failed = outcome(worker, worker.submit(Errand("want_too_much")))
    assert "not enough memory" in failed.sentence
    assert "MemoryError" in failed.detail
    assert worker.is_running


def test_the_states_tell_what_goes_on(worker: WorkerClient) -> None:
    assert worker.state == WorkerState("cold", "The rivals' workshop is not open yet.")
    worker.warm_up([Errand("toil", 0.3), Errand("toil", 0.3, lane="other")])
    events = until(worker, lambda event: event == StateChanged(WorkerState("ready", "The rivals are ready.")))
    working = worker.submit(Errand("wait"))
    events += until(worker, lambda event: event == Started(working))
    worker.set_throttled(True)
    worker.set_throttled(False)
    events += until(worker, lambda event: isinstance(event, StateChanged) and event.state.stage == "working")
    os.kill(worker.pid, signal.SIGKILL)
    events += until(worker, lambda event: event == Started(working))
    worker.cancel(working)
    events += until(worker, lambda event: isinstance(event, StateChanged) and event.state.stage == "ready")
    states = [event.state.stage for event in events if isinstance(event, StateChanged)]
    assert states == ["warming", "ready", "working", "yielding", "working", "restarting", "working", "warming", "ready"]


def test_closing_in_the_middle_of_a_job_leaves_no_process(worker: WorkerClient) -> None:
    number = worker.submit(Errand("toil", 3600))
    until(worker, lambda event: event == Started(number))
    pid = worker.pid
    worker.close()
    assert is_gone(pid)
    assert not worker.is_running
    assert worker.poll(0.05) == []
    worker.close()


def test_closing_at_once_after_submitting_much_ends(worker: WorkerClient) -> None:
    picture = np.zeros((2000, 2000, 3), dtype=np.float32)
    for _ in range(3):
        worker.submit(Errand("give_back", picture))
    pid = worker.pid
    worker.close()
    assert is_gone(pid)


def test_polling_an_idle_worker_starts_nothing() -> None:
    worker = WorkerClient()
    assert worker.poll() == []
    assert worker.pid is None
    worker.close()


@pytest.mark.skipif(os.name == "nt", reason="there are no such descriptors there")
@pytest.mark.parametrize("closing", ["0<&-", "1>&-", "2>&-", "0<&- 1>&- 2>&-"])
def test_the_process_works_where_standard_descriptors_are_closed(tmp_path: Path, closing: str) -> None:
    program = tmp_path / "window.py"
    program.write_text(
        "import sys\n"
        f"sys.path[:0] = {[str(SUPPORT), str(ROOT)]!r}\n"
        "if __name__ == '__main__':\n"
        "    from app.startup import descriptors\n"
        "    descriptors.open_missing()\n"
        "    print('said to nobody', flush=True)\n"
        "    print('said to nobody', file=sys.stderr, flush=True)\n"
        "from game_errands import Errand, outcome\n"
        "from app.worker.client import WorkerClient\n"
        "if __name__ == '__main__':\n"
        "    from pathlib import Path\n"
        "    worker = WorkerClient()\n"
        "    ended = outcome(worker, worker.submit(Errand('give_back', 42)))\n"
        "    Path(sys.argv[1]).write_text(repr(ended))\n"
        "    worker.close()\n"
    )
    told = tmp_path / "told.txt"
    command = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(program))} {shlex.quote(str(told))} {closing}"
    subprocess.run(["sh", "-c", command], check=True, capture_output=True)
    assert "result=42" in told.read_text()


@needs_proc
def test_no_orphan_is_left_when_the_window_dies(tmp_path: Path) -> None:
    program = tmp_path / "window.py"
    program.write_text(
        "import sys, time\n"
        f"sys.path[:0] = {[str(SUPPORT), str(ROOT)]!r}\n"
        "from game_errands import Errand\n"
        "from app.worker.client import Started, WorkerClient\n"
        "if __name__ == '__main__':\n"
        "    worker = WorkerClient()\n"
        "    number = worker.submit(Errand('toil', 3600))\n"
        "    while Started(number) not in worker.poll(0.2):\n"
        "        pass\n"
        "    print(worker.pid, flush=True)\n"
        "    time.sleep(3600)\n"
    )
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as window:
        child = int(window.stdout.readline())
        window.kill()
    await_end(child)
