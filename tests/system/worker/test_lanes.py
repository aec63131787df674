"""The worker's lanes: who waits for whom, and how soon a stopped job makes room."""

import os
import signal
import time
from pathlib import Path

import pytest
from game_errands import Errand, await_end, outcome, until

from app.worker.client import (
    OVERTIME_S,
    Failed,
    Finished,
    ProgressEvent,
    PutBack,
    Started,
    StateChanged,
    WorkerClient,
    WorkerState,
)
from app.worker.process import WorkerProcess

pytest_plugins = ["game_errands"]


def test_jobs_of_different_lanes_do_not_wait_for_each_other(worker: WorkerClient) -> None:
    long = worker.submit(Errand("wait", lane="classic"))
    until(worker, lambda event: event == Started(long))
    assert outcome(worker, worker.submit(Errand("give_back", "graded", lane="judge"))).result == "graded"
    worker.cancel(long)
    assert outcome(worker, long).is_cancelled


def test_a_job_stops_when_asked_and_the_next_one_begins(worker: WorkerClient) -> None:
    working, queued, after = (worker.submit(Errand(what)) for what in ("wait", "wait", "say_who"))
    until(worker, lambda event: event == Started(working))
    worker.cancel(queued)
    worker.cancel(working)
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == after)
    stopped = {event.job: event for event in events if isinstance(event, Failed)}
    assert stopped[working] == Failed(working, "Stopped.", is_cancelled=True)
    assert stopped[queued] == Failed(queued, "Stopped before it began.", is_cancelled=True)


def test_cancelling_what_has_ended_changes_nothing(worker: WorkerClient) -> None:
    number = worker.submit(Errand("say_who"))
    outcome(worker, number)
    worker.cancel(number)
    worker.cancel(number + 17)
    assert isinstance(outcome(worker, worker.submit(Errand("say_who"))), Finished)


@pytest.mark.parametrize("what", ["toil", "hog"])
def test_a_job_that_does_not_look_up_is_cancelled_all_the_same(worker: WorkerClient, what: str) -> None:
    toiling = worker.submit(Errand(what, 1.5))
    until(worker, lambda event: event == Started(toiling))
    worker.cancel(toiling)
    after = worker.submit(Errand("say_who"))
    pid = worker.pid
    events = until(worker, lambda event: isinstance(event, Finished))
    assert [event for event in events if isinstance(event, Failed)] == [Failed(toiling, "Stopped.", is_cancelled=True)]
    # It was loading or compiling, which the next one needs too.
    assert events[-1].job == after and events[-1].result[0] == pid


def test_a_fresh_process_takes_over_from_a_stopped_step_without_end(worker: WorkerClient, tmp_path: Path) -> None:
    painting = worker.submit(Errand("paint_on", 3600))
    other = worker.submit(Errand("await_file", str(tmp_path / "end"), lane="other"))
    until(worker, lambda event: isinstance(event, ProgressEvent))
    pid = worker.pid
    worker.cancel(painting)
    after = worker.submit(Errand("say_who"))
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == after)
    assert events[-1].result[0] == worker.pid != pid
    (put_back,) = [event for event in events if isinstance(event, PutBack)]
    assert put_back.jobs == (other,) and "held" in put_back.sentence
    assert StateChanged(WorkerState("restarting", put_back.sentence)) in events
    await_end(pid)
    (tmp_path / "end").touch()
    assert outcome(worker, other).result == "seen"


def test_what_a_stopped_job_leaves_behind_is_waited_for(worker: WorkerClient) -> None:
    first = worker.submit(Errand("leave_behind", 1.0))
    until(worker, lambda event: isinstance(event, ProgressEvent))
    begun_s = time.monotonic()
    pid = worker.pid
    worker.cancel(first)
    after = outcome(worker, worker.submit(Errand("say_who")))
    assert time.monotonic() - begun_s > 0.7
    assert after.result[0] == pid


def test_a_halted_process_is_cancelled_in_time(worker: WorkerClient) -> None:
    working = worker.submit(Errand("toil", 60.0))
    until(worker, lambda event: event == Started(working))
    os.kill(worker.pid, signal.SIGSTOP)
    worker.cancel(working)
    assert outcome(worker, working).is_cancelled


def test_a_lane_does_not_wait_for_what_another_computes(worker: WorkerClient, tmp_path: Path) -> None:
    begun, end = str(tmp_path / "begun"), str(tmp_path / "end")
    during = worker.submit(Errand("await_file", begun, lane="magenta"))
    until(worker, lambda event: event == Started(during))
    watched = worker.submit(Errand("be_watched", (begun, end), lane="classic"))
    assert outcome(worker, during).result == "seen"
    assert outcome(worker, worker.submit(Errand("give_back", "again", lane="magenta"))).result == "again"
    Path(end).touch()
    assert outcome(worker, watched).result == "watched"


def test_a_slow_machine_is_no_reason_for_a_fresh_process(
    worker: WorkerClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # However long it takes: what the stopped one is given of a processor is what counts.
    monkeypatch.setattr(WorkerProcess, "used_s", lambda _self: 1.0)
    first = worker.submit(Errand("leave_behind", OVERTIME_S + 1.5))
    until(worker, lambda event: isinstance(event, ProgressEvent))
    pid = worker.pid
    worker.cancel(first)
    after = worker.submit(Errand("say_who"))
    events = until(worker, lambda event: isinstance(event, Finished) and event.job == after)
    assert events[-1].result[0] == pid
    assert "restarting" not in [event.state.stage for event in events if isinstance(event, StateChanged)]
