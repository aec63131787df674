"""The workshop: a separate, low-priority process in which rivals and judge work, seen from outside.

The doors call; all methods may be called from any thread. The process starts with the first job, is started anew when a
job is submitted after it died, and ends by itself when the process it works for ends, however that comes about.
"""

import contextlib
import itertools
import multiprocessing
import queue
import threading
from collections.abc import Sequence
from multiprocessing.connection import wait

from app.game import workbench
from app.game.jobs import GradeJob, Job, PaintJob, WarmJob
from app.game.reports import Cancel, Event, Failed, Finished, ProgressEvent, Report, Request, Started, Submit

__all__ = [
    "Event", "Failed", "Finished", "GradeJob", "Job", "PaintJob", "ProgressEvent", "Started", "Workshop",
]  # fmt: skip

CLOSE_S = 1.0


class Workshop:
    """Runs jobs in a process of its own, one after another, in the order of submission."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._numbers = itertools.count(1)
        self._process: _Process | None = None
        self._opened = threading.Event()

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

    def start(self) -> None:
        """Start the process unless it runs; takes some hundredths of a second, its imports happen on its own time."""
        with self._guard:
            if self._process is None:
                self._process = _Process()
                self._opened.set()

    def submit(self, job: Job) -> int:
        """Put a job at the end of the queue, without waiting for anything; its number comes with each of its events."""
        with self._guard:
            self.start()
            assert self._process is not None
            number = next(self._numbers)
            self._process.undone.append(number)
            self._process.send(Submit(number, job))
            return number

    def cancel(self, number: int) -> None:
        """Ask for a job to stop; its Failed event with `is_cancelled` says when it has. One that ended is ignored."""
        with self._guard:
            if self._process is not None and number in self._process.undone:
                self._process.send(Cancel(number))

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        """Take the events since the last call, waiting up to `timeout_s` for the first; one thread at a time."""
        if not self._opened.wait(timeout_s):
            return []
        process = self._process
        if process is None:
            return []
        events, has_ended = process.receive(timeout_s)
        with self._guard:
            if not has_ended or process is not self._process:
                return list(events)
            self._forget()
        undone = tuple(process.undone)
        process.end()
        sentence = "The rivals' workshop stopped unexpectedly. It can be started again."
        return [*events, *(Failed(job, sentence) for job in undone)]

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        """Have the process started."""
        self.start()

    def hand_is_down(self, is_down: bool) -> None:
        """Yield to a hand that paints, or no longer."""

    def wake(self) -> None:
        """End a `poll` that waits."""

    def close(self) -> None:
        """End the process, finished or not, within two seconds. The workshop can be used again afterwards."""
        with self._guard:
            process = self._process
            self._forget()
        if process is not None:
            process.end()

    def _forget(self) -> None:
        self._process = None
        self._opened.clear()


class _Process:
    """One incarnation of the workshop's process, with the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        # The name is what a person sees in a task manager that shows command lines.
        self._process = context.Process(target=workbench.work, args=(theirs,), name="pastiche-workshop", daemon=True)
        self._process.start()
        # Only the process itself may hold the other end, or its death would not close it.
        theirs.close()
        self.undone: list[int] = []
        self._outbox: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._receiving = threading.Lock()
        # A pipe takes 64 KB at once and a picture has megabytes: sending waits for the reader, a window must not.
        self._sender = threading.Thread(target=self._post, name="workshop-outbox", daemon=True)
        self._sender.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def is_alive(self) -> bool:
        return self._process.is_alive()

    def send(self, request: Request) -> None:
        self._outbox.put(request)

    def receive(self, timeout_s: float) -> tuple[list[Report], bool]:
        """Wait for reports; also says whether the process has ended."""
        reports: list[Report] = []
        with self._receiving:
            if self._pipe.closed:
                return reports, True
            # The pipe closes when the process ends, whoever ended it, so that one wait is enough for both.
            wait([self._pipe], timeout_s)
            try:
                while self._pipe.poll():
                    report = self._pipe.recv()
                    if isinstance(report, Finished | Failed):
                        self.undone.remove(report.job)
                    reports.append(report)
            except (EOFError, OSError):
                return reports, True
        return reports, False

    def end(self) -> None:
        """End the process and everything that belongs to it, whether it is still alive or not."""
        # It has nothing to tidy up, so it is not asked first: a job inside TensorFlow could not answer in time.
        self._process.kill()
        self._process.join(CLOSE_S)
        self._outbox.put(None)
        self._sender.join(CLOSE_S)
        with self._receiving:
            self._pipe.close()
        # Still alive only if the system could not end it in time; its own ear on the closed pipe will.
        with contextlib.suppress(ValueError):
            self._process.close()

    def _post(self) -> None:
        # The pipe breaks when the process ends; `receive` is who tells.
        with contextlib.suppress(OSError):
            while (request := self._outbox.get()) is not None:
                self._pipe.send(request)
