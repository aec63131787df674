"""The worker: a separate process in which rivals and judge work, seen from outside.

The doors call; all methods may be called from any thread. The process starts with the first job or ahead of it
(`warm_up`), and ends by itself when the process it works for ends, however that comes about. One that is lost (killed,
out of memory, hung) is replaced: its jobs begin again by themselves, once. One that cannot be started fails its jobs.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from app.game.duel import Painting
from app.worker.jobs import CoachJob, GradeJob, Job, PaintJob, WarmJob
from app.worker.messages import (
    LIFTED_S,
    Cancel,
    Event,
    Failed,
    Finished,
    JobReport,
    ProgressEvent,
    PutBack,
    SetThrottled,
    Stage,
    Started,
    StateChanged,
    Submit,
    WorkerState,
)
from app.worker.process import NotStarted, WorkerProcess
from app.worker.watchdog import Loss

__all__ = [
    "CoachJob", "Event", "Failed", "Finished", "GradeJob", "Job", "PaintJob", "ProgressEvent", "PutBack", "Started",
    "StateChanged", "WarmJob", "WorkerClient", "WorkerState",
]  # fmt: skip

#: The end of a process is waited for so long.
CLOSE_S = 1.8
#: How often the process is looked after while nothing happens.
LOOK_S = 0.1
#: A job that does not stop within this counts as stopped: what it still does goes on unseen.
PATIENCE_S = 0.15
#: For so long, and while the process uses as many processor seconds, a job waits for what a stopped one of its lane
#: still computes; then the process is replaced. On a busy machine the wait is long, but a new start would be longer.
OVERTIME_S = 2.0
#: A job that loses the process so often is not tried again by itself.
MOST_LOSSES = 2

_SENTENCES: dict[Stage, str] = {
    "cold": "The rivals' workshop is not open yet.",
    "warming": "The rivals get ready.",
    "ready": "The rivals are ready.",
    "working": "The rivals are at work.",
    "yielding": "The rivals yield to your hand.",
}


@dataclass
class _Entry:
    """A job in the books. `is_own`: the worker's own, of which nobody is told."""

    number: int
    job: Job
    is_own: bool = False
    has_begun: bool = False
    has_stepped: bool = False
    losses: int = 0
    cancelled_s: float | None = None


@dataclass
class _Overtime:
    """What a stopped job may still be computing in its lane. `is_vain`: it had painted, so nobody gains by its end.

    `since_s`: since when another job waits for it, None while none does; `used_s`: of the process, at that moment.
    """

    is_vain: bool
    since_s: float | None = None
    used_s: float = 0.0


class WorkerClient:
    """Runs jobs in a process of its own, those of each lane in the order of submission.

    A job that is cancelled ends for whoever asked within 0.3 s, also where it is deep in a computation that cannot be
    interrupted. The next job of its lane waits until that has ended: when it was loading or compiling, for as long as
    it takes, since the next job needs the same; when it was painting, for 2 s of the process's time on a processor, and
    then a fresh process takes over.
    """

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._bell = threading.Event()
        self._numbers = itertools.count(1)
        self._process: WorkerProcess | None = None
        # Those who see to it that processes that were given up are gone.
        self._endings: list[threading.Thread] = []
        self._entries: dict[int, _Entry] = {}
        self._overtime: dict[str, _Overtime] = {}
        self._warm_jobs: list[WarmJob] = []
        self._events: list[Event] = []
        self._looked_s = 0.0
        self._is_hand_down = False
        self._lifted_s = -LIFTED_S
        # Since a job of others ended; those of the worker's own prove nothing.
        self._losses_in_a_row = 0
        # Of a process that was lost, until its successor works, or until the next job where none is made.
        self._trouble: WorkerState | None = None
        self._told = WorkerState("cold", _SENTENCES["cold"])

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        process = self._process
        return process is not None and process.is_alive()

    @property
    def pid(self) -> int | None:
        """The process's id, for a monitor; None while there is none."""
        process = self._process
        return process.pid if process else None

    @property
    def state(self) -> WorkerState:
        """How the worker is; each change of it is an event too."""
        with self._guard:
            return self._state()

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        """Start the process and have it load what jobs like these need; every later process does so too.

        One of them at which a process was lost is left out from then on, until this is called again.
        """
        with self._guard:
            self._warm_jobs = list(jobs)
            self._forgive()
            if self._start():
                self._send_warm_jobs()

    def submit(self, job: Job) -> int:
        """Put a job at the end of its lane, without waiting for anything; its number comes with each of its events."""
        with self._guard:
            self._forgive()
            is_new = self._process is None
            entry = self._enter(job)
            if self._start():
                self._send(entry)
                if is_new:
                    self._send_warm_jobs()
            return entry.number

    def cancel(self, number: int) -> None:
        """Stop a job; its Failed event with `is_cancelled` comes within 0.3 s. One that ended is ignored."""
        with self._guard:
            entry = self._entries.get(number)
            if entry is None or entry.cancelled_s is not None or self._process is None:
                return
            self._process.send(Cancel(number))
            entry.cancelled_s = time.monotonic()
            if not entry.has_begun:
                self._tell_cancelled(entry, "Stopped before it began.")
            self._bell.set()

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        """Have the jobs yield to a hand that paints; they go on 0.3 s after it was lifted, or `at_once`."""
        with self._guard:
            if is_down == self._is_hand_down and not at_once:
                return
            self._is_hand_down = is_down
            if not is_down:
                self._lifted_s = -LIFTED_S if at_once else time.monotonic()
            if self._process is not None:
                self._process.send(SetThrottled(is_down, at_once))
            self._bell.set()

    def wake(self) -> None:
        """End a `poll` that waits."""
        self._bell.set()

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        """Take the events since the last call, waiting up to `timeout_s` for the first; one thread at a time.

        It may return sooner with none. It looks after the process too, so it is to be called again and again.
        """
        until_s = time.monotonic() + timeout_s
        is_woken = False
        while True:
            with self._guard:
                self._look_after()
                events, self._events = self._events, []
            left_s = until_s - time.monotonic()
            if events or is_woken or left_s <= 0:
                return events
            is_woken = self._bell.wait(min(left_s, self._due_s()))
            self._bell.clear()

    def close(self) -> None:
        """End the process, finished or not, within two seconds. The worker can be used again afterwards."""
        with self._guard:
            if self._process is not None:
                self._end(self._process)
            endings, self._endings = self._endings, []
            self._entries.clear()
            self._overtime.clear()
            self._events.clear()
            self._trouble, self._losses_in_a_row = None, 0
            self._told = self._state()
        for ending in endings:
            ending.join(CLOSE_S)

    # The books; all of this with the guard held.

    def _start(self) -> bool:
        """Start the process unless it runs, in some hundredths of a second; where that fails, fail all jobs."""
        if self._process is None:
            try:
                self._process = WorkerProcess(self._bell.set)
            except NotStarted as error:
                for entry in self._entries.values():
                    self._tell(entry, Failed(entry.number, str(error), detail=repr(error.__cause__)))
                self._entries.clear()
                self._trouble = WorkerState("failed", str(error))
            else:
                if self._is_hand_down:
                    self._process.send(SetThrottled(True))
            self._bell.set()
        return self._process is not None

    def _enter(self, job: Job, *, is_own: bool = False) -> _Entry:
        entry = _Entry(next(self._numbers), job, is_own)
        self._entries[entry.number] = entry
        return entry

    def _send(self, entry: _Entry) -> None:
        assert self._process is not None
        self._process.send(Submit(entry.number, entry.job))

    def _forgive(self) -> None:
        """Somebody asks for a process again after it was given up."""
        if self._trouble is not None and self._trouble.stage == "failed":
            self._trouble, self._losses_in_a_row = None, 0

    def _send_warm_jobs(self) -> None:
        for job in self._warm_jobs:
            self._send(self._enter(job, is_own=True))

    def _tell(self, entry: _Entry, event: Event) -> None:
        if not entry.is_own:
            self._events.append(event)

    def _tell_cancelled(self, entry: _Entry, sentence: str, painting: Painting | None = None) -> None:
        """Close the books on a cancelled job, whatever becomes of it."""
        self._tell(entry, Failed(entry.number, sentence, is_cancelled=True, painting=painting))
        del self._entries[entry.number]
        if entry.has_begun:
            # A coach soon heeds that it is not wanted: to wait for it costs nobody a picture, and a new process might.
            self._overtime[entry.job.lane] = _Overtime(entry.has_stepped and not isinstance(entry.job, CoachJob))

    def _due_s(self) -> float:
        """How long nothing needs to be looked at."""
        now_s = time.monotonic()
        ends = [each.cancelled_s + PATIENCE_S for each in list(self._entries.values()) if each.cancelled_s is not None]
        return max(0.001, min([LOOK_S, *(end - now_s for end in ends)]))

    def _look_after(self) -> None:
        process = self._process
        if process is not None:
            for report in process.take():
                self._take(report)
            now_s = time.monotonic()
            for entry in list(self._entries.values()):
                if entry.cancelled_s is not None and now_s - entry.cancelled_s >= PATIENCE_S:
                    self._tell_cancelled(entry, "Stopped.")
            if now_s - self._looked_s >= LOOK_S / 2 or process.has_ended:
                self._looked_s = now_s
                loss = process.find_loss(is_busy=bool(self._entries))
                if loss is not None:
                    self._lose(process, loss)
                elif self._is_held_up(process, now_s):
                    self._replace(process)
        state = self._state()
        if state != self._told:
            self._told = state
            self._events.append(StateChanged(state))

    def _take(self, report: JobReport) -> None:
        """Take a report of the process; what a job reports after it was cancelled and told is dropped."""
        entry = self._entries.get(report.job)
        if entry is None:
            return
        match report:
            case Started():
                entry.has_begun = True
                self._overtime.pop(entry.job.lane, None)
                self._end_trouble(entry)
                self._tell(entry, report)
            case ProgressEvent(progress=progress):
                entry.has_stepped |= progress.step > 0
                self._tell(entry, report)
            case Finished() | Failed():
                if isinstance(report, Failed) and report.is_cancelled and entry.cancelled_s is not None:
                    self._tell_cancelled(entry, report.sentence, report.painting)
                    return
                del self._entries[report.job]
                if not entry.is_own:
                    self._losses_in_a_row = 0
                self._end_trouble(entry)
                self._tell(entry, report)

    def _end_trouble(self, entry: _Entry) -> None:
        if self._trouble is not None and self._trouble.stage == "restarting" and not entry.is_own:
            self._trouble = None

    # Losing the process

    def _end(self, process: WorkerProcess) -> None:
        self._process = None
        self._endings = [each for each in self._endings if each.is_alive()]
        self._endings.append(process.begin_to_end())

    def _lose(self, process: WorkerProcess, loss: Loss) -> None:
        """Put back what can be tried again, and have a new process do it."""
        words = process.last_words() if loss.kind in ("crashed", "memory", "ended") else ""
        self._losses_in_a_row += 1
        blamed = [entry.job for entry in self._entries.values() if entry.is_own and entry.has_begun]
        self._warm_jobs = [job for job in self._warm_jobs if not any(job is each for each in blamed)]
        for entry in list(self._entries.values()):
            if entry.cancelled_s is not None:
                self._tell_cancelled(entry, "Stopped.")
            elif entry.has_begun or self._losses_in_a_row >= MOST_LOSSES:
                # One that has not begun is to blame only if no process lives long enough to begin it.
                entry.losses += 1
                if entry.losses >= MOST_LOSSES:
                    del self._entries[entry.number]
                    self._tell(entry, Failed(entry.number, loss.sentence(is_second=True), detail=words))
        has_given_up = self._losses_in_a_row >= MOST_LOSSES and not self._entries_of_others()
        self._begin_again(process, loss.sentence(is_second=False), words, with_process=not has_given_up)
        if has_given_up:
            self._trouble = WorkerState("failed", loss.sentence(is_second=True))

    def _replace(self, process: WorkerProcess) -> None:
        sentence = "A stopped picture held the rivals' workshop up; it begins again by itself."
        self._begin_again(process, sentence, "", with_process=True)

    def _begin_again(self, process: WorkerProcess, sentence: str, words: str, *, with_process: bool) -> None:
        self._end(process)
        self._overtime.clear()
        self._entries = {entry.number: entry for entry in self._entries_of_others()}
        if not with_process:
            return
        self._trouble = WorkerState("restarting", sentence)
        if not self._start():
            return
        begun = tuple(entry.number for entry in self._entries.values() if entry.has_begun)
        if begun:
            self._events.append(PutBack(begun, sentence, words))
        for entry in self._entries.values():
            entry.has_begun = entry.has_stepped = False
            self._send(entry)
        self._send_warm_jobs()

    def _entries_of_others(self) -> list[_Entry]:
        return [entry for entry in self._entries.values() if not entry.is_own]

    def _is_held_up(self, process: WorkerProcess, now_s: float) -> bool:
        """Whether a job has waited long enough for what a stopped one of its lane computes in vain."""
        awaited = {entry.job.lane for entry in self._entries.values() if not entry.has_begun}
        for lane, overtime in self._overtime.items():
            if lane not in awaited or not overtime.is_vain:
                continue
            if overtime.since_s is None:
                overtime.since_s, overtime.used_s = now_s, process.used_s()
            elif now_s - overtime.since_s >= OVERTIME_S and process.used_s() - overtime.used_s >= OVERTIME_S:
                return True
        return False

    # How it is

    def _state(self) -> WorkerState:
        if self._trouble is not None:
            if self._trouble.stage == "failed" or self._stage() != "ready":
                return self._trouble
            self._trouble = None
        stage = self._stage()
        return WorkerState(stage, _SENTENCES[stage])

    def _stage(self) -> Stage:
        if self._process is None:
            return "cold"
        if self._entries_of_others():
            is_throttled = self._is_hand_down or time.monotonic() - self._lifted_s < LIFTED_S
            return "yielding" if is_throttled else "working"
        return "ready" if self._process.has_spoken and not self._entries else "warming"
