"""The worker's process is lost, hangs or cannot be started: what begins again, and what is said."""

import errno
import multiprocessing
import os
import signal
import threading
from pathlib import Path

import psutil
import pytest
from game_errands import Errand, await_end, needs_proc, outcome, until

from app.worker import process
from app.worker.client import Failed, Finished, PutBack, Started, StateChanged, WorkerClient, WorkerState

pytest_plugins = ["game_errands"]


@pytest.mark.parametrize("end", ["by itself", "killed"])
def test_a_lost_job_begins_again_by_itself(worker: WorkerClient, tmp_path: Path, end: str) -> None:
    job = Errand("die_once", str(tmp_path / "mark")) if end == "by itself" else Errand("toil", 2.0)
    working, queued = worker.submit(job), worker.submit(Errand("say_who"))
    if end == "killed":
        until(worker, lambda event: event == Started(working))
        os.kill(worker.pid, signal.SIGKILL)
    put_back = until(worker, lambda event: isinstance(event, PutBack))[-1]
    assert put_back.jobs == (working,)
    assert put_back.sentence == (
        "The rivals' workshop ended by itself; it begins again by itself."
        if end == "by itself"
        else "The rivals' workshop was killed from outside; it begins again by itself."
    )
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == queued)
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
def test_a_job_that_loses_its_process_twice_is_an_error(worker: WorkerClient, what: str, says: str) -> None:
    bad, next_one = worker.submit(Errand(what)), worker.submit(Errand("give_back", "alive"))
    events = until(worker, lambda event: isinstance(event, Finished))
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert failed.job == bad and not failed.is_cancelled
    assert says in failed.sentence and "twice" in failed.sentence and failed.sentence.count(".") == 1
    assert [event.jobs for event in events if isinstance(event, PutBack)] == [(bad,)]
    assert events[-1] == Finished(next_one, "alive")
    if what == "crash":
        assert "Segmentation fault" in failed.detail


def test_a_worker_that_is_lost_again_and_again_stays_closed_until_the_next_job(worker: WorkerClient) -> None:
    bad = worker.submit(Errand("die"))
    outcome(worker, bad)
    assert (worker.state.stage, worker.is_running) == ("failed", False)
    assert outcome(worker, worker.submit(Errand("give_back", "alive"))).result == "alive"
    assert worker.state.stage == "ready"


@needs_proc
def test_a_halted_process_is_noticed_and_replaced(worker: WorkerClient) -> None:
    working = worker.submit(Errand("toil", 2.0))
    until(worker, lambda event: event == Started(working))
    halted = worker.pid
    os.kill(halted, signal.SIGSTOP)
    put_back = until(worker, lambda event: isinstance(event, PutBack))[-1]
    assert put_back.sentence == "The rivals' workshop was halted from outside; it begins again by itself."
    await_end(halted)
    assert outcome(worker, working).result == "toiled"


def test_a_job_that_hangs_once_is_done(worker: WorkerClient, tmp_path: Path) -> None:
    hanging = worker.submit(Errand("hang_once", str(tmp_path / "mark")))
    events = until(worker, lambda event: isinstance(event, Finished))
    assert [event.jobs for event in events if isinstance(event, PutBack)] == [(hanging,)]
    assert events[-1].result == "done"


def test_native_work_that_lets_nobody_speak_is_no_hang(worker: WorkerClient) -> None:
    number = worker.submit(Errand("hog", 4.0))
    events = until(worker, lambda event: isinstance(event, Finished))
    assert events[-1] == Finished(number, "done")
    assert not any(isinstance(event, PutBack) for event in events)


def test_a_child_that_works_is_no_hang(worker: WorkerClient) -> None:
    number = worker.submit(Errand("have_a_child_work", 4.0))
    events = until(worker, lambda event: isinstance(event, Finished))
    assert events[-1] == Finished(number, 0)
    assert not any(isinstance(event, PutBack) for event in events)


def test_the_last_words_of_a_job_outlive_the_beginning_of_another(worker: WorkerClient, tmp_path: Path) -> None:
    end = str(tmp_path / "end")
    before = worker.submit(Errand("speak_and_await_file", ("from before", __file__, False)))
    assert outcome(worker, before).result == "said"
    dying = worker.submit(Errand("speak_and_await_file", ("out of paint", end, True)))
    until(worker, lambda event: event == Started(dying))
    other = worker.submit(Errand("wait", lane="other"))
    until(worker, lambda event: event == Started(other))
    Path(end).touch()
    put_back = until(worker, lambda event: isinstance(event, PutBack))[-1]
    assert put_back.detail.startswith("out of paint")


def test_a_warm_job_that_loses_the_process_is_not_tried_again(worker: WorkerClient) -> None:
    worker.warm_up([Errand("give_back"), Errand("die", lane="other")])
    seen: set[int | None] = set()
    events = []
    while not events or worker.state.stage != "ready":
        seen.add(worker.pid)
        events += until(worker, lambda event: isinstance(event, StateChanged))
    seen.add(worker.pid)
    working = worker.submit(Errand("toil", 1.0, lane="third"))
    events += until(worker, lambda event: isinstance(event, Finished) and event.job == working)
    assert [event.state.stage for event in events if isinstance(event, StateChanged)].count("restarting") == 1
    assert not any(isinstance(event, Failed | PutBack) for event in events)
    assert len(seen) == 2 and worker.pid in seen


def test_what_the_worker_does_for_itself_does_not_make_up_for_losses(worker: WorkerClient, tmp_path: Path) -> None:
    worker.warm_up([Errand("give_back")])
    ready = StateChanged(WorkerState("ready", "The rivals are ready."))
    until(worker, lambda event: event == ready)
    os.kill(worker.pid, signal.SIGKILL)
    until(worker, lambda event: event == ready)
    os.kill(worker.pid, signal.SIGKILL)
    until(worker, lambda event: isinstance(event, StateChanged) and event.state.stage == "failed")
    assert not worker.is_running
    assert outcome(worker, worker.submit(Errand("give_back", "alive"))).result == "alive"


def _refuse_file(*_args: object, **_named: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _refuse_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def _refuse_process(*_args: object, **_named: object) -> None:
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))


REFUSALS = [
    (process.tempfile, "mkstemp", _refuse_file, os.strerror(errno.ENOSPC)),
    (multiprocessing.get_context("spawn").Process, "start", _refuse_process, os.strerror(errno.EAGAIN)),
    (threading.Thread, "start", _refuse_thread, os.strerror(errno.EAGAIN)),
]


@pytest.mark.parametrize(("owner", "name", "refuse", "says"), REFUSALS, ids=["no room", "no process", "no thread"])
def test_a_process_that_cannot_be_started_fails_its_job_and_can_be_tried_again(
    worker: WorkerClient, monkeypatch: pytest.MonkeyPatch, owner: object, name: str, refuse: object, says: str
) -> None:
    handles = psutil.Process().num_fds() if os.name == "posix" else 0
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, refuse)
        worker.warm_up([Errand("give_back")])
        assert worker.state.stage == "failed"
        failed = outcome(worker, number := worker.submit(Errand("give_back", "alive")))
    sentence = f"The rivals' workshop could not be started ({says}); you can try again."
    assert (failed.job, failed.sentence, failed.is_cancelled) == (number, sentence, False)
    assert (worker.state, worker.is_running) == (WorkerState("failed", sentence), False)
    # The system's own tracker of what processes share stays, once there is one.
    assert os.name != "posix" or psutil.Process().num_fds() <= handles + 1
    assert outcome(worker, worker.submit(Errand("give_back", "alive"))).result == "alive"


def test_a_process_that_cannot_begin_again_fails_its_jobs(
    worker: WorkerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    working, waiting = worker.submit(Errand("wait")), worker.submit(Errand("wait"))
    until(worker, lambda event: event == Started(working))
    with monkeypatch.context() as patched:
        patched.setattr(process.tempfile, "mkstemp", _refuse_file)
        os.kill(worker.pid, signal.SIGKILL)
        events = until(worker, lambda event: isinstance(event, StateChanged) and event.state.stage == "failed")
    assert {event.job for event in events if isinstance(event, Failed)} == {working, waiting}
    assert not any(isinstance(event, PutBack) for event in events)
    assert outcome(worker, worker.submit(Errand("give_back", "alive"))).result == "alive"
