"""A worker for the tests of the desktop: it works in the courier's own thread, at once or when it is let."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.game.duel import Painting
from app.images import Picture
from app.judging.assessment import ANCHORS, FACETS, Assessment, Facet, Suggestion
from app.rivals.registry import best_network
from app.rivals.rival import Progress, Report
from app.worker.jobs import CoachJob, GradeJob, Job, PaintJob, WarmJob
from app.worker.messages import Event, Failed, Finished, ProgressEvent, PutBack, Started, StateChanged, WorkerState


def rival_picture(job: PaintJob) -> Picture:
    """What the fake rivals paint: the photograph with its colours turned, another way for each."""
    order = [2, 1, 0] if job.rival == "magenta" else [1, 2, 0]
    return np.ascontiguousarray(job.content[:, :, order])


@dataclass(frozen=True)
class SleepJob:
    """A job for the real worker that takes long and does not listen, as TensorFlow does not."""

    seconds: float
    lane: str = "classic"

    def run(self, on_progress: object, cancelled: object) -> list[float]:
        time.sleep(self.seconds)
        return []


class FakeWorker:
    """Does one job per poll. With `is_held` jobs begin and report, but do not end; `fails` names rivals that fail.

    `warmed` are the jobs that it was to get ready for; `hand` is what it was told of the hand, in order. What `say` is
    given comes with the next poll. With `holds_coach` advice begins and does not end.
    """

    def __init__(self) -> None:
        self.warmed: list[WarmJob] = []
        self.hand: list[bool] = []
        self._said: list[Event] = []
        self.is_held = False
        self.fails: dict[str, str] = {}
        self.judge_fails = self.coach_fails = ""
        self.has_suggestions, self.holds_coach = True, False
        self.leaves_pictures = False
        self.is_closed = threading.Event()
        self.jobs: list[Job] = []
        self._queue: list[tuple[int, Job]] = []
        self._begun: set[int] = set()
        self._cancelled: set[int] = set()
        self._put_back: set[int] = set()

    def submit(self, job: Job) -> int:
        self.jobs.append(job)
        self._queue.append((len(self.jobs), job))
        return len(self.jobs)

    def cancel(self, number: int) -> None:
        self._cancelled.add(number)

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        self.warmed = list(jobs)
        self.say(StateChanged(WorkerState("ready", "The rivals are ready.")))

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        self.hand.append(is_down)

    def say(self, *events: Event) -> None:
        """Have the window told of these, whatever they are."""
        self._said.extend(events)
        # What begins again says nothing for a while.
        self._put_back |= {number for event in events if isinstance(event, PutBack) for number in event.jobs}

    def wake(self) -> None:
        """No poll waits for long."""

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        time.sleep(min(timeout_s, 0.01))
        if self._said:
            said, self._said = self._said, []
            return said
        if not self._queue:
            return []
        number, job = self._queue[0]
        if number in self._cancelled:
            self._queue.pop(0)
            return [Failed(number, "Stopped.", is_cancelled=True, painting=self._come_to(number, job))]
        if self.is_held and number in self._put_back:
            return []
        events: list[Event] = []
        if number not in self._begun:
            self._begun.add(number)
            events.append(Started(number))
        if isinstance(job, PaintJob):
            preview = np.full((8, 8, 3), 0.5, np.float32)
            events.append(ProgressEvent(number, Progress(3, 10, "Painting", preview, 0.5)))
        if isinstance(job, CoachJob):
            events.append(ProgressEvent(number, Progress(12, 54, "The judge tries changes")))
        if self.is_held or (self.holds_coach and isinstance(job, CoachJob)):
            return events
        self._queue.pop(0)
        return [*events, self._end(number, job)]

    def close(self) -> None:
        self.is_closed.set()

    def _come_to(self, number: int, job: Job) -> Painting | None:
        """What a rival leaves that is stopped under way, if it leaves anything."""
        if not (self.leaves_pictures and isinstance(job, PaintJob) and number in self._begun):
            return None
        report = Report(best_network(job.rival), 0.1, 3, 0.3, "Stopped after 3 of 10 steps.", is_stopped=True)
        return Painting(rival_picture(job) * np.float32(0.5), report)

    def _end(self, number: int, job: Job) -> Event:
        if isinstance(job, WarmJob):
            return Finished(number, None)
        if isinstance(job, GradeJob):
            if self.judge_fails:
                return Failed(number, self.judge_fails)
            return Finished(number, {(a, b): assessment_on(job.pictures[a], job.pictures[b]) for a, b in job.pairs})
        if isinstance(job, CoachJob):
            if self.coach_fails:
                return Failed(number, self.coach_fails)
            return Finished(number, [suggestion_for(job)] if self.has_suggestions else [])
        assert isinstance(job, PaintJob)
        if job.rival in self.fails:
            return Failed(number, self.fails[job.rival])
        return Finished(
            number, Painting(rival_picture(job), Report(best_network(job.rival), 0.1, 10, 1.0, loading_seconds=0.2))
        )


def assessment_on(a: Picture, b: Picture) -> Assessment:
    """What the fake judge has to say: everything by how bright the pictures are."""
    grade = _grade(a, b)
    heat = np.linspace(0, 1, 6 * 8, dtype=np.float32).reshape(6, 8)
    facets = {name: Facet(grade, f"The {name} departs at the bottom.", heat) for name in FACETS}
    anchors = dict(zip(ANCHORS, (0.4, 2.0, 3.1), strict=True))
    return Assessment(grade, 0.2, facets, anchors, grade, {"photograph": 0.0, "painting": 0.0})


def suggestion_for(job: CoachJob) -> Suggestion:
    """What the fake judge suggests: more light."""
    preview = np.sqrt(job.drawing).astype(np.float32)
    grades = {name: _grade(preview, rival) for name, rival in job.rivals.items()}
    return Suggestion("Lighter all over", 0.6, grades, preview, (0.0, 0.0, 1.0, 0.5))


def _grade(a: Picture, b: Picture) -> float:
    apart = np.abs(a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))).mean()
    return round(10 - 10 * float(apart), 3)
