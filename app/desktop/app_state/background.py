"""The only threads of the window: the courier to the worker, and errands such as reading and writing files.

Nothing that is asked for here waits, and every answer arrives in the window's own thread.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from PyQt5.QtCore import QObject, QThread, pyqtSignal, pyqtSlot
from PyQt5.QtGui import QImage

from app.desktop.widgets.qimage import pixels_to_image, to_image
from app.errors import PasticheError
from app.game.archive.progress_film import Frame, frame_of
from app.game.duel import Painting
from app.worker.jobs import Job, WarmJob
from app.worker.messages import WENT_WRONG, Event, Failed, Finished, ProgressEvent, PutBack, Started, StateChanged

_LOGGER = logging.getLogger(__name__)

POLL_S = 0.1
# The worker ends its process within this, and an errand is a file at most.
STOP_MS = 1800
_BROKEN = "The way to the rivals' workshop is broken; you can try again."


class Workplace(Protocol):
    """What the courier needs of `app.worker.client.WorkerClient`; a test brings one that works at once."""

    def submit(self, job: Job) -> int:
        """Queue a job and say its number."""

    def cancel(self, number: int) -> None:
        """Ask for a job to stop."""

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        """Get ready for jobs like these before there are any."""

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        """Yield to a hand that paints, or no longer."""

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        """Events since the last call."""

    def wake(self) -> None:
        """End a `poll` that waits; from any thread, without waiting."""

    def close(self) -> None:
        """End the process."""


@dataclass(frozen=True)
class Step:
    """A rival's progress as the window shows it. `frame` is the preview as a film keeps it."""

    step: int
    steps: int
    message: str
    preview: QImage | None = None
    loss: float | None = None
    frame: Frame | None = None


@dataclass(frozen=True)
class Delivery:
    """A finished painting, with its image (of its own size) and the last frame of its film."""

    painting: Painting
    image: QImage
    frame: Frame


Request = Callable[[], None]


class Courier(QThread):
    """Carries jobs to the worker and their events back.

    Signals, each with the ticket that `submit` gave: `job_started(int)`, `job_progressed(int, Step)`,
    `job_finished(int, Delivery or list of grades)`, `job_failed(int, sentence, is_cancelled)`, and
    `job_put_back(int, sentence)` when the job begins again because the process that did it was lost. Without one:
    `workshop_changed(WorkerState)`.
    """

    job_started = pyqtSignal(int)
    job_progressed = pyqtSignal(int, object)
    job_finished = pyqtSignal(int, object)
    job_failed = pyqtSignal(int, str, bool)
    job_put_back = pyqtSignal(int, str)
    worker_changed = pyqtSignal(object)

    def __init__(self, workplace: Workplace) -> None:
        super().__init__()
        self.setObjectName("courier")
        self._workplace = workplace
        self._tickets = itertools.count(1)
        # What is asked of the worker may take it a moment, such as starting its process; the window has none.
        self._requests: queue.SimpleQueue[tuple[Request, int | None]] = queue.SimpleQueue()
        self._numbers: dict[int, int] = {}  # ticket -> the worker's number
        self._begun_s: dict[int, float] = {}
        self._is_stopping = False

    def submit(self, job: Job) -> int:
        """Have a job done; the ticket names it in the signals and for `cancel`."""
        ticket = next(self._tickets)

        def carry() -> None:
            self._numbers[ticket] = self._workplace.submit(job)

        self._ask(carry, ticket)
        return ticket

    def cancel(self, ticket: int) -> None:
        """Ask for a job to stop; `job_failed` with is_cancelled tells when it has, within 0.3 s.

        A rival that had come to a picture brings that instead, as `job_finished`.
        """

        def carry() -> None:
            if ticket in self._numbers:
                self._workplace.cancel(self._numbers[ticket])

        self._ask(carry)

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        """Have the worker get ready for jobs like these."""
        self._ask(lambda: self._workplace.warm_up(jobs))

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        """Have the worker yield to the hand, or no longer."""
        # What nobody works in needs no thread for it.
        if self.isRunning():
            self._ask(lambda: self._workplace.set_throttled(is_down, at_once=at_once))

    def _ask(self, request: Request, ticket: int | None = None) -> None:
        """Have the thread do this; where it fails, the job with this ticket has failed."""
        self._requests.put((request, ticket))
        if not self.isRunning():
            self.start()
        self._workplace.wake()

    def begin_to_stop(self) -> None:
        """Have the worker's process and this thread end, without waiting for it."""
        self._is_stopping = True
        self._workplace.wake()

    def stop(self) -> bool:
        """End the worker's process and this thread; whether that was done in time. Nothing is told afterwards."""
        self.begin_to_stop()
        has_ended = self.wait(STOP_MS)
        # From here and not from the thread, so that the process ends even if the thread hangs.
        self._workplace.close()
        return has_ended

    def run(self) -> None:
        # Nothing may leave this method: an exception here would abort the program.
        while not self._is_stopping:
            try:
                while not self._requests.empty() and not self._is_stopping:
                    self._carry(*self._requests.get())
                for event in self._workplace.poll(POLL_S):
                    self._tell(event)
            except Exception:
                _LOGGER.exception("Work in the background failed")
                self._fail_all()
                # What is broken is left alone until somebody asks for something.
                while self._requests.empty() and not self._is_stopping:
                    time.sleep(POLL_S)

    def _carry(self, request: Request, ticket: int | None) -> None:
        try:
            request()
        except Exception:
            _LOGGER.exception("Work in the background failed")
            if ticket is not None:
                self.job_failed.emit(ticket, _BROKEN, False)

    def _tell(self, event: Event) -> None:
        if isinstance(event, StateChanged):
            self.worker_changed.emit(event.state)
            return
        if isinstance(event, PutBack):
            self._tell_put_back(event)
            return
        ticket = self._ticket_of(event.job)
        if ticket is None:
            return
        match event:
            case Started():
                self._begun_s[ticket] = time.monotonic()
                self.job_started.emit(ticket)
            case ProgressEvent():
                self.job_progressed.emit(ticket, self._step(ticket, event))
            case Finished(result=result):
                brought = self._delivery(ticket, result) if isinstance(result, Painting) else result
                self._forget(ticket)
                self.job_finished.emit(ticket, brought)
            case Failed(painting=Painting() as painting):
                brought = self._delivery(ticket, painting)
                self._forget(ticket)
                self.job_finished.emit(ticket, brought)
            case Failed(sentence=sentence, is_cancelled=is_cancelled, detail=detail):
                self._forget(ticket)
                if detail:
                    _LOGGER.error("A job failed unexpectedly: %s", detail)
                self.job_failed.emit(ticket, sentence, is_cancelled)

    def _tell_put_back(self, event: PutBack) -> None:
        if event.detail:
            _LOGGER.error("The worker was lost: %s", event.detail)
        for ticket in map(self._ticket_of, event.jobs):
            if ticket is not None:
                self._begun_s.pop(ticket, None)
                self.job_put_back.emit(ticket, event.sentence)

    def _step(self, ticket: int, event: ProgressEvent) -> Step:
        told = event.progress
        if told.preview is None:
            return Step(told.step, told.steps, told.message, loss=told.loss)
        frame = frame_of(told.preview, seconds=self._seconds(ticket), step=told.step, steps=told.steps, loss=told.loss)
        return Step(told.step, told.steps, told.message, pixels_to_image(frame.picture), told.loss, frame)

    def _delivery(self, ticket: int, painting: Painting) -> Delivery:
        report = painting.report
        frame = frame_of(
            painting.picture,
            seconds=self._seconds(ticket),
            step=report.steps,
            steps=report.steps,
            loss=report.losses[-1] if report.losses else None,
        )
        return Delivery(painting, to_image(painting.picture), frame)

    def _seconds(self, ticket: int) -> float:
        return time.monotonic() - self._begun_s.get(ticket, time.monotonic())

    def _ticket_of(self, number: int) -> int | None:
        return next((ticket for ticket, each in self._numbers.items() if each == number), None)

    def _forget(self, ticket: int) -> None:
        del self._numbers[ticket]
        self._begun_s.pop(ticket, None)

    def _fail_all(self) -> None:
        tickets, self._numbers = list(self._numbers), {}
        self._begun_s.clear()
        for ticket in tickets:
            self.job_failed.emit(ticket, _BROKEN, False)


class Errands(QObject):
    """Does small things one after another in the background: reading a picture, writing a file, listing a folder.

    A plain daemon thread, not a QThread: one that hangs on a dead network drive then dies with the program, while Qt
    would abort it.
    """

    _errand_ended = pyqtSignal(int, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = itertools.count(1)
        self._orders: queue.SimpleQueue[tuple[int, Callable[[], Any], bool] | None] = queue.SimpleQueue()
        self._answers: dict[int, tuple[Callable[[Any], None], Callable[[str], None]]] = {}
        self._is_stopping = False
        self._leaves_nothing = False  # the errand in hand may be dropped as it is
        self._thread = threading.Thread(target=self._work, name="errands", daemon=True)
        # Qt queues the signal by itself, since it comes from another thread than this object's.
        self._errand_ended.connect(self._on_errand_ended)

    def send(
        self,
        work: Callable[[], Any],
        then: Callable[[Any], None],
        otherwise: Callable[[str], None],
        *,
        leaves_nothing: bool = False,
    ) -> None:
        """Do `work` in the background, then call `then(result)` or `otherwise(sentence)` in the window's thread.

        Work that `leaves_nothing`, for it only reads and computes, is not waited for when the program ends.
        """
        if self._is_stopping:
            return
        number = next(self._numbers)
        self._answers[number] = (then, otherwise)
        self._orders.put((number, work, leaves_nothing))
        if self._thread.ident is None:
            self._thread.start()

    def is_idle(self) -> bool:
        """Whether every errand has been answered."""
        return not self._answers

    def stop(self) -> bool:
        """Finish the errand in hand if it leaves something, forget the others; whether that was done in time."""
        self._is_stopping = True
        self._answers.clear()
        self._orders.put(None)
        until_s = time.monotonic() + STOP_MS / 1000
        while self._thread.is_alive() and not self._leaves_nothing and time.monotonic() < until_s:
            self._thread.join(POLL_S)
        return not self._thread.is_alive() or self._leaves_nothing

    def _work(self) -> None:
        while (order := self._orders.get()) is not None and not self._is_stopping:
            number, work, self._leaves_nothing = order
            result, sentence = None, None
            try:
                result = work()
            except PasticheError as error:
                sentence = str(error)
            except Exception:
                _LOGGER.exception("Work in the background failed")
                sentence = WENT_WRONG
            if not self._is_stopping:
                self._errand_ended.emit(number, result, sentence)
            self._leaves_nothing = False

    @pyqtSlot(int, object, object)
    def _on_errand_ended(self, number: int, result: Any, sentence: str | None) -> None:
        answer = self._answers.pop(number, None)
        if answer is None:
            return
        then, otherwise = answer
        if sentence is None:
            then(result)
        else:
            otherwise(sentence)
