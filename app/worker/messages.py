"""What the worker's process and whoever it works for tell each other, and what the worker tells of itself.

Data only. `server.py` (inside the process), `worker.py` (outside) and the desktop's courier read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.game.duel import Painting
from app.judging.assessment import Assessment, Suggestion
from app.rivals.registry import Pair
from app.rivals.rival import Progress
from app.worker.jobs import Job

#: What a person is told of a surprise; what it was is for the terminal.
WENT_WRONG = "This went wrong unexpectedly. The terminal says what it was."

#: For so long after the hand was lifted the rivals still yield: the next stroke mostly comes at once.
LIFTED_S = 0.3

Stage = Literal["cold", "warming", "ready", "working", "yielding", "restarting", "failed"]


@dataclass(frozen=True)
class WorkerState:
    """How the worker is. `sentence` says it to a person; of "restarting" and "failed" it says what happened.

    Stages: "cold", there is no process; "warming", it imports and loads; "ready", the next job begins at once;
    "working"; "yielding", working with half the cores and with pauses while a brush is down; "restarting", it was lost
    and comes back by itself; "failed", it was lost again or could not be started, and comes back with the next job.
    """

    stage: Stage = "cold"
    sentence: str = ""


# What the process reports.


@dataclass(frozen=True)
class Started:
    """The job's turn has come."""

    job: int


@dataclass(frozen=True)
class ProgressEvent:
    """How far the job is; at most ten a second, the preview's longer side at most 256 px."""

    job: int
    progress: Progress


@dataclass(frozen=True)
class Finished:
    """The job's result, as its `run` returned it: a Painting for a PaintJob, None for a WarmJob."""

    job: int
    result: Painting | dict[Pair, Assessment] | list[Suggestion] | list[float] | None


@dataclass(frozen=True)
class Failed:
    """The job ended without a result: one sentence for a person, the traceback (if it was a surprise) for a log.

    `painting`: what a rival that was cancelled under way had come to, where it has such a thing.
    """

    job: int
    sentence: str
    is_cancelled: bool = False
    detail: str = ""
    painting: Painting | None = None


@dataclass(frozen=True)
class Beat:
    """The process is alive. `worked_s`: processor seconds that it has used, without its heart's own."""

    worked_s: float


@dataclass(frozen=True)
class LogLine:
    """A line for the log: two processes must not rotate one file. `level`: of `logging`; `name`: of the logger."""

    level: int
    name: str
    text: str


JobReport = Started | ProgressEvent | Finished | Failed
Report = JobReport | Beat | LogLine


# What the worker itself tells.


@dataclass(frozen=True)
class PutBack:
    """The process was lost, and these jobs begin again in a new one. What is lost a second time comes as Failed."""

    jobs: tuple[int, ...]
    sentence: str
    detail: str = ""


@dataclass(frozen=True)
class StateChanged:
    """The worker is now as `state` says."""

    state: WorkerState


Event = JobReport | PutBack | StateChanged


# What the process is asked for.


@dataclass(frozen=True)
class Submit:
    """Asks for a job to be put at the end of its lane."""

    number: int
    job: Job


@dataclass(frozen=True)
class Cancel:
    """Asks for a job to be stopped, whether it has begun or not."""

    number: int


@dataclass(frozen=True)
class SetThrottled:
    """Asks to yield to a hand that paints, or says that it was lifted, and whether to go on `at_once`."""

    is_down: bool
    at_once: bool = False


Request = Submit | Cancel | SetThrottled
