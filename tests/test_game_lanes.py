"""The workshop's lanes: who waits for whom, and how soon a stopped job makes room."""

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
    Workshop,
    WorkshopState,
)
from app.worker.process import Incarnation

pytest_plugins = ["game_errands"]


def test_jobs_of_different_lanes_do_not_wait_for_each_other(workshop: Workshop) -> None:
    long = workshop.submit(Errand("wait", lane="classic"))
    until(workshop, lambda event: event == Started(long))
    assert outcome(workshop, workshop.submit(Errand("give_back", "graded", lane="judge"))).result == "graded"
    workshop.cancel(long)
    assert outcome(workshop, long).is_cancelled


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


def test_a_fresh_process_takes_over_from_a_stopped_step_without_end(workshop: Workshop, tmp_path: Path) -> None:
    painting = workshop.submit(Errand("paint_on", 3600))
    other = workshop.submit(Errand("await_file", str(tmp_path / "end"), lane="other"))
    until(workshop, lambda event: isinstance(event, ProgressEvent))
    pid = workshop.pid
    workshop.cancel(painting)
    after = workshop.submit(Errand("say_who"))
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == after)
    assert events[-1].result[0] == workshop.pid != pid
    (put_back,) = [event for event in events if isinstance(event, PutBack)]
    assert put_back.jobs == (other,) and "held" in put_back.sentence
    assert StateChanged(WorkshopState("restarting", put_back.sentence)) in events
    await_end(pid)
    (tmp_path / "end").touch()
    assert outcome(workshop, other).result == "seen"


def test_what_a_stopped_job_leaves_behind_is_waited_for(workshop: Workshop) -> None:
    first = workshop.submit(Errand("leave_behind", 1.0))
    until(workshop, lambda event: isinstance(event, ProgressEvent))
    begun_s = time.monotonic()
    pid = workshop.pid
    workshop.cancel(first)
    after = outcome(workshop, workshop.submit(Errand("say_who")))
    assert time.monotonic() - begun_s > 0.7
    assert after.result[0] == pid


def test_a_halted_process_is_cancelled_in_time(workshop: Workshop) -> None:
    working = workshop.submit(Errand("toil", 60.0))
    until(workshop, lambda event: event == Started(working))
    os.kill(workshop.pid, signal.SIGSTOP)
    workshop.cancel(working)
    assert outcome(workshop, working).is_cancelled


def test_a_lane_does_not_wait_for_what_another_computes(workshop: Workshop, tmp_path: Path) -> None:
    begun, end = str(tmp_path / "begun"), str(tmp_path / "end")
    during = workshop.submit(Errand("await_file", begun, lane="magenta"))
    until(workshop, lambda event: event == Started(during))
    watched = workshop.submit(Errand("be_watched", (begun, end), lane="classic"))
    assert outcome(workshop, during).result == "seen"
    assert outcome(workshop, workshop.submit(Errand("give_back", "again", lane="magenta"))).result == "again"
    Path(end).touch()
    assert outcome(workshop, watched).result == "watched"


def test_a_slow_machine_is_no_reason_for_a_fresh_process(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # However long it takes: what the stopped one is given of a processor is what counts.
    monkeypatch.setattr(Incarnation, "used_s", lambda _self: 1.0)
    first = workshop.submit(Errand("leave_behind", OVERTIME_S + 1.5))
    until(workshop, lambda event: isinstance(event, ProgressEvent))
    pid = workshop.pid
    workshop.cancel(first)
    after = workshop.submit(Errand("say_who"))
    events = until(workshop, lambda event: isinstance(event, Finished) and event.job == after)
    assert events[-1].result[0] == pid
    assert "restarting" not in [event.state.stage for event in events if isinstance(event, StateChanged)]
