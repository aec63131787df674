"""One process of the worker's process, with the pipe to it and the watch over it."""

from __future__ import annotations

import contextlib
import errno
import logging
import multiprocessing
import os
import queue
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from app.errors import PasticheError
from app.worker import server, transport
from app.worker.messages import Beat, JobReport, LogLine, Report, Request
from app.worker.watchdog import Loss, MemoryPressure, Watchdog, cause_of_death, used_s

CLOSE_S = 1.0
_LAST_WORDS = 4000


class NotStarted(PasticheError):  # noqa: N818 - what it says
    """The system refused a process, or what it needs; the text is for a person."""


class WorkerProcess:
    """A process of the worker, from its start to its end. `has_ended`: its pipe has closed, and all was taken;
    `has_spoken`: it has come so far as to report something.

    `ring` is called, in another thread, whenever there is something to `take`. Raises NotStarted, leaving nothing.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        try:
            with contextlib.ExitStack() as undoing:
                self._begin(undoing)
                undoing.pop_all()
        except (OSError, MemoryError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or "there is not enough memory left"
            sentence = f"The rivals' workshop could not be started ({reason}); you can try again."
            raise NotStarted(sentence) from error

    def _begin(self, undoing: contextlib.ExitStack) -> None:
        # The process takes away the name of this file as soon as it has opened it, so that nobody need tidy up.
        handle, name = tempfile.mkstemp(prefix="pastiche-workshop-", suffix=".txt")
        self._complaints, self._complaints_file = os.fdopen(handle, "rb"), Path(name)
        undoing.callback(self._complaints_file.unlink, missing_ok=True)
        undoing.callback(self._complaints.close)
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        undoing.callback(self._pipe.close)
        undoing.callback(theirs.close)
        # The name is what a person sees in a task manager that shows command lines.
        self._process = context.Process(
            target=server.work, args=(theirs, self._complaints_file), name="pastiche-workshop", daemon=True
        )
        self._process.start()
        undoing.callback(self._close_process)
        undoing.callback(self._process.kill)
        # Only the process itself may hold the other end, or its death would not close it.
        theirs.close()
        assert self._process.pid is not None, "it has just been started"
        self.pid = self._process.pid
        self._watchdog, self._memory = Watchdog(self.pid), MemoryPressure()
        self._outbox: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._inbox: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        # A pipe takes 64 KB at once and a picture has megabytes. To send waits for who reads and to receive for who
        # writes, which a process that was stopped in the middle does not: so both are done in threads of their own.
        self._threads = [
            threading.Thread(target=self._post, name="workshop-outbox", daemon=True),
            threading.Thread(target=self._collect, name="workshop-inbox", daemon=True),
        ]
        self.has_ended = self.has_spoken = False
        undoing.callback(self._outbox.put, None)
        for thread in self._threads:
            try:
                thread.start()
            except RuntimeError as error:
                # What Python makes of the system's refusal.
                raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN)) from error

    def is_alive(self) -> bool:
        """Whether the process is there."""
        return not self.has_ended and self._process.is_alive()

    def used_s(self) -> float:
        """Tell how many processor seconds it has used; 0 where it has ended."""
        return used_s(self.pid) or 0.0

    def send(self, request: Request) -> None:
        """Ask for something, without waiting."""
        self._outbox.put(request)

    def take(self) -> list[JobReport]:
        """What has been reported since, heartbeats left out."""
        reports: list[JobReport] = []
        while not self._inbox.empty():
            report = self._inbox.get()
            if report is None:
                self.has_ended = True
                continue
            self.has_spoken = True
            if isinstance(report, Beat):
                self._watchdog.hear(report.worked_s)
            elif isinstance(report, LogLine):
                logging.getLogger(report.name).log(report.level, "%s", report.text)
            else:
                self._watchdog.hear()
                reports.append(report)
        return reports

    def find_loss(self, *, is_busy: bool) -> Loss | None:
        """Say whether the process has ended by itself or hangs; to be asked some ten times a second."""
        self._memory.look()
        if not self.has_ended:
            return self._watchdog.judge(is_busy=is_busy)
        self._process.join(CLOSE_S)
        return cause_of_death(self._process.exitcode, self.last_words(), self._memory)

    def last_words(self) -> str:
        """The end of what the process wrote to its standard outputs."""
        self._complaints.seek(0)
        return self._complaints.read()[-_LAST_WORDS:].decode("utf-8", errors="replace").strip()

    def begin_to_end(self) -> threading.Thread:
        """End the process and everything that belongs to it, without waiting; the thread that does so has it done."""
        # It has nothing to tidy up, so it is not asked first: a job inside TensorFlow could not answer in time.
        self._process.kill()
        thread = threading.Thread(target=self._bury, name="workshop-end", daemon=True)
        thread.start()
        return thread

    def _bury(self) -> None:
        # To give back gigabytes takes the system a moment.
        self._process.join(CLOSE_S)
        self._outbox.put(None)
        for each in self._threads:
            each.join(CLOSE_S)
        self._pipe.close()
        self._complaints.close()
        with contextlib.suppress(OSError):
            self._complaints_file.unlink()
        self._close_process()

    def _close_process(self) -> None:
        self._process.join(CLOSE_S)
        # Still alive only if the system could not end it in time; its own ear on the closed pipe will.
        with contextlib.suppress(ValueError):
            self._process.close()

    def _post(self) -> None:
        # The pipe breaks when the process ends; the other thread is who tells.
        with contextlib.suppress(OSError):
            while (request := self._outbox.get()) is not None:
                transport.send(self._pipe, request)

    def _collect(self) -> None:
        # The pipe closes when the process ends, whoever ended it.
        with contextlib.suppress(EOFError, OSError):
            while True:
                self._inbox.put(transport.receive(self._pipe))
                self._ring()
        self._inbox.put(None)
        self._ring()
