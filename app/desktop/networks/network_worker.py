"""The thread of the page of networks: downloads, checks and bundles, one after another, each of which can be stopped.

Nothing that is asked for here waits, and every answer arrives in the window's own thread.
"""

import collections
import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PyQt5.QtCore import QThread, pyqtSignal

from app.errors import Cancelled, PasticheError
from app.worker.messages import WENT_WRONG

_LOGGER = logging.getLogger(__name__)

# A download heeds a request to stop within a tenth of a second, and a file that is being read within a block.
STOP_MS = 500
# Over how long the speed of a download is taken.
RATE_S = 3.0


@dataclass(frozen=True)
class Advance:
    """How far a job is: `total_bytes` None while unknown, `bytes_per_s` 0 while unknown or of no matter."""

    message: str
    done_bytes: int
    total_bytes: int | None
    bytes_per_s: float = 0.0


Tell = Callable[[Advance], None]
IsCancelled = Callable[[], bool]
#: Done in the thread: tells how far it is, heeds a request to stop by raising Cancelled, and returns what it found.
Work = Callable[[Tell, IsCancelled], Any]


class Rate:
    """How many bytes came in a second, lately."""

    def __init__(self) -> None:
        self._seen: collections.deque[tuple[float, int]] = collections.deque()

    def after(self, done_bytes: int, now_s: float) -> float:
        """The rate once so many bytes are there in all; 0 before it can be known."""
        if self._seen and done_bytes < self._seen[-1][1]:
            # A download that begins anew.
            self._seen.clear()
        self._seen.append((now_s, done_bytes))
        while len(self._seen) > 2 and now_s - self._seen[1][0] >= RATE_S:
            self._seen.popleft()
        began_s, before = self._seen[0]
        return (done_bytes - before) / (now_s - began_s) if now_s - began_s > 0.2 else 0.0


class Fetcher(QThread):
    """Does jobs one after another.

    Signals, each with the ticket that `submit` gave: `job_advanced(int, Advance)`, `job_finished(int, result)`,
    `job_failed(int, sentence, is_cancelled)`.
    """

    job_advanced = pyqtSignal(int, object)
    job_finished = pyqtSignal(int, object)
    job_failed = pyqtSignal(int, str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("fetcher")
        self._tickets = itertools.count(1)
        # By urgency, then in order; without work it is time to end.
        self._orders: queue.PriorityQueue[tuple[int, int, Work | None]] = queue.PriorityQueue()
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._cancelled: set[int] = set()
        self._is_stopping = threading.Event()

    def submit(self, work: Work, *, is_urgent: bool = False) -> int:
        """Have something done, an urgent thing before all others that wait; the ticket names it from now on."""
        ticket = next(self._tickets)
        self._waiting.add(ticket)
        self._orders.put((0 if is_urgent else 1, ticket, work))
        if not self.isRunning() and not self._is_stopping.is_set():
            self.start()
        return ticket

    def cancel(self, ticket: int) -> None:
        """Ask for a job to stop; `job_failed` with is_cancelled tells when it has, at once for one that still waits."""
        with self._lock:
            is_waiting = ticket in self._waiting
            self._waiting.discard(ticket)
            self._cancelled.add(ticket)
        if is_waiting:
            self.job_failed.emit(ticket, "Stopped before it began.", True)

    def stop(self) -> bool:
        """Stop the job in hand, forget the others and end; whether that was done in time. Nothing is told afterwards.

        A thread that does not end in time is kept until it does: Qt aborts a program that destroys a running one.
        """
        self._is_stopping.set()
        self._orders.put((-1, 0, None))
        has_ended = not self.isRunning() or self.wait(STOP_MS)
        if not has_ended:
            _leaving.add(self)
            self.finished.connect(lambda: _leaving.discard(self))
        return has_ended

    def run(self) -> None:
        # Nothing may leave this method: an exception here would abort the program.
        while not self._is_stopping.is_set():
            _, ticket, work = self._orders.get()
            with self._lock:
                is_wanted = ticket in self._waiting
                self._waiting.discard(ticket)
            if work is not None and is_wanted and not self._is_stopping.is_set():
                self._do(ticket, work)

    def _do(self, ticket: int, work: Work) -> None:
        def is_cancelled() -> bool:
            return self._is_stopping.is_set() or ticket in self._cancelled

        def tell(advance: Advance) -> None:
            if not self._is_stopping.is_set():
                self.job_advanced.emit(ticket, advance)

        result, sentence, was_cancelled = None, "", False
        try:
            result = work(tell, is_cancelled)
        except Cancelled as error:
            sentence, was_cancelled = str(error), True
        except PasticheError as error:
            sentence = str(error)
        except MemoryError:
            sentence = "There is not enough memory for this."
        except Exception:
            _LOGGER.exception("Work on networks failed")
            sentence = WENT_WRONG
        if self._is_stopping.is_set():
            return
        if sentence:
            self.job_failed.emit(ticket, sentence, was_cancelled)
        else:
            self.job_finished.emit(ticket, result)


#: Threads that were told to stop and have not yet ended.
_leaving: set[Fetcher] = set()


def at_rate(tell: Tell) -> Callable[[str, int, int | None], None]:
    """What tells message, bytes done and bytes in all, together with the speed at which they come."""
    rate = Rate()

    def told(message: str, done_bytes: int, total_bytes: int | None) -> None:
        tell(Advance(message, done_bytes, total_bytes, rate.after(done_bytes, time.monotonic())))

    return told
