"""The inside of the worker's process: takes jobs from a pipe, does them in lanes, reports."""

import contextlib
import dataclasses
import faulthandler
import logging
import os
import queue
import signal
import threading
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path

from app import images, logs
from app.errors import Cancelled, PasticheError
from app.rivals.rival import Progress
from app.worker import transport
from app.worker.jobs import Stopped
from app.worker.messages import (
    WENT_WRONG,
    Beat,
    Cancel,
    Failed,
    Finished,
    LogLine,
    ProgressEvent,
    Report,
    Request,
    SetThrottled,
    Started,
    Submit,
)
from app.worker.throttle import Throttle

_LOGGER = logging.getLogger(__name__)

BEAT_S = 0.2
PROGRESS_INTERVAL_S = 0.1
PREVIEW_SIDE_PX = 256


def work(connection: Connection, complaints: Path) -> None:
    """Serve the worker's requests until the other end of the pipe closes, which the death of its process does too.

    What is written to the standard outputs goes into the file `complaints`.
    """
    _withdraw(complaints)
    server = WorkerServer(connection)
    logs.forward(server.log)
    server.serve()


def _withdraw(complaints: Path) -> None:
    """Be silent, and deaf to a Ctrl+C that is meant for the window's process.

    The priority stays ordinary: a process that was made nice cannot be made less so again without a privilege, and on a
    busy machine a nice one starves while its player waits. The hand has its way through the throttle.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDONLY)
    # TensorFlow's C++ writes to the file descriptors themselves, past sys.stdout and sys.stderr.
    written = os.open(complaints, os.O_WRONLY | os.O_APPEND)
    # Windows keeps the name of a file that is open; there whoever started this removes it.
    with contextlib.suppress(OSError):
        complaints.unlink()
    for source, descriptor in ((nothing, 0), (written, 1), (written, 2)):
        os.dup2(source, descriptor)
    faulthandler.enable()


class WorkerServer:
    """Where the jobs lie: one lane for each rival and one for the judge, each with a thread of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._unwanted: set[int] = set()
        self._lanes: dict[str, queue.SimpleQueue[Submit]] = {}
        self._throttle = Throttle()
        self._counting = threading.Lock()
        self._at_work = 0

    def serve(self) -> None:
        """Work until nobody is there to work for; the thread that calls does nothing but say that all is alive."""
        threading.Thread(target=self._listen, name="workbench-ear", daemon=True).start()
        with contextlib.suppress(OSError):
            while True:
                self._throttle.tend()
                self._send(Beat(time.process_time() - time.thread_time()))
                time.sleep(BEAT_S)
        # The window's process is gone when a report cannot be sent; nobody is left to tell.
        os._exit(0)

    def _listen(self) -> None:
        """Take requests as they come, also in the middle of a job; end the process when there is nobody to work for."""
        try:
            while True:
                request: Request = transport.receive(self._connection)
                match request:
                    case Submit():
                        self._lane(request.job.lane).put(request)
                    case Cancel(number=number):
                        self._unwanted.add(number)
                    case SetThrottled(is_down=is_down, at_once=at_once):
                        self._throttle.set_throttled(is_down, at_once=at_once)
        finally:
            # Nothing needs tidying up, and a job in TensorFlow's hands would not end in time.
            os._exit(0)

    def log(self, level: int, name: str, text: str) -> None:
        """Send a line for the log."""
        self._send(LogLine(level, name, text))

    def _send(self, report: Report) -> None:
        with self._sending:
            transport.send(self._connection, report)

    def _lane(self, name: str) -> "queue.SimpleQueue[Submit]":
        if name not in self._lanes:
            self._lanes[name] = queue.SimpleQueue()
            threading.Thread(target=self._work_in, args=(name,), name=f"lane {name}", daemon=True).start()
        return self._lanes[name]

    def _work_in(self, lane: str) -> None:
        with contextlib.suppress(OSError):
            while True:
                request = self._lanes[lane].get()
                self._count_in()
                try:
                    begun_s = time.monotonic()
                    report = self._do(request)
                    spent_s = time.monotonic() - begun_s
                    outcome, job = type(report).__name__.lower(), type(request.job).__name__
                    _LOGGER.info("%s %d in lane %s %s after %.2f s", job, request.number, lane, outcome, spent_s)
                finally:
                    self._count_out()
                self._send(report)
                # A rival computes in a thread of its own, and leaves that to itself when it is stopped. Side by side
                # with what it still does the next job would take twice the memory. Such threads bear this one's name.
                for thread in threading.enumerate():
                    if thread.name.startswith(f"{threading.current_thread().name}: "):
                        thread.join()

    def _count_in(self) -> None:
        """Begin a job: what was said about earlier ones has no bearing on it, unless one of them is still at work."""
        with self._counting:
            if self._at_work == 0:
                with contextlib.suppress(OSError):
                    os.ftruncate(2, 0)
            self._at_work += 1

    def _count_out(self) -> None:
        with self._counting:
            self._at_work -= 1

    def _do(self, request: Submit) -> Report:
        number = request.number
        last_sent_s = 0.0

        def on_progress(progress: Progress) -> None:
            nonlocal last_sent_s
            if time.monotonic() - last_sent_s < PROGRESS_INTERVAL_S:
                return
            if progress.preview is not None:
                small = images.fit_within(progress.preview, PREVIEW_SIDE_PX)
                progress = dataclasses.replace(progress, preview=small)
            self._send(ProgressEvent(number, progress))
            # From the end of sending: the work must not drown in its own previews on a slow machine.
            last_sent_s = time.monotonic()

        def is_unwanted() -> bool:
            return number in self._unwanted

        def cancelled() -> bool:
            # Jobs ask this between their steps.
            self._throttle.pause(is_unwanted)
            return is_unwanted()

        try:
            if is_unwanted():
                raise Cancelled("Stopped before it began.")
            self._send(Started(number))
            return Finished(number, request.job.run(on_progress, cancelled))
        except Stopped as error:
            return Failed(number, str(error), is_cancelled=True, painting=error.painting)
        except Cancelled as error:
            return Failed(number, str(error), is_cancelled=True)
        except PasticheError as error:
            return Failed(number, str(error))
        except MemoryError:
            sentence = "There is not enough memory left for this; a smaller picture needs less."
            return Failed(number, sentence, detail=traceback.format_exc())
        except Exception:  # noqa: BLE001 - whatever a network's library raises must reach the window as a sentence
            return Failed(number, WENT_WRONG, detail=traceback.format_exc())
