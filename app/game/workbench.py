"""The inside of the workshop's process: takes jobs from a pipe, does them in turn, reports. For workshop.py only."""

import contextlib
import ctypes
import dataclasses
import os
import queue
import signal
import sys
import threading
import time
import traceback
from multiprocessing.connection import Connection

from app import images
from app.errors import Cancelled, PasticheError
from app.game.reports import WENT_WRONG, Failed, Finished, ProgressEvent, Report, Request, Started, Submit
from app.rivals.rival import Progress

PROGRESS_INTERVAL_S = 0.1
PREVIEW_SIDE_PX = 256
NICENESS = 10


def work(pipe: Connection) -> None:
    """Serve the workshop's requests until the other end of the pipe closes, which the death of its process does too."""
    _withdraw()
    jobs: queue.SimpleQueue[Submit] = queue.SimpleQueue()
    unwanted: set[int] = set()
    threading.Thread(target=_listen, args=(pipe, jobs, unwanted), name="workbench-ear", daemon=True).start()
    # The window's process is gone when a report cannot be sent; nobody is left to tell.
    with contextlib.suppress(OSError):
        while True:
            _do(jobs.get(), pipe, unwanted)


def _withdraw() -> None:
    """Step back behind the window: low priority, silent, deaf to a Ctrl+C that is meant for the window's process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "win32":
        below_normal = 0x4000
        ctypes.windll.kernel32.SetPriorityClass(-1, below_normal)
    else:
        os.nice(NICENESS)
    # TensorFlow's C++ writes to the file descriptors themselves, past sys.stdout and sys.stderr.
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def _listen(pipe: Connection, jobs: "queue.SimpleQueue[Submit]", unwanted: set[int]) -> None:
    """Take requests as they come, also in the middle of a job; end the process when there is nobody to work for."""
    try:
        while True:
            request: Request = pipe.recv()
            if isinstance(request, Submit):
                jobs.put(request)
            else:
                unwanted.add(request.number)
    finally:
        # Nothing here needs tidying up, and a job in TensorFlow's hands would not end in time.
        os._exit(0)


def _do(request: Submit, pipe: Connection, unwanted: set[int]) -> None:
    number = request.number
    last_sent_s = 0.0

    def on_progress(progress: Progress) -> None:
        nonlocal last_sent_s
        if time.monotonic() - last_sent_s < PROGRESS_INTERVAL_S:
            return
        if progress.preview is not None:
            small = images.fit_within(progress.preview, PREVIEW_SIDE_PX)
            progress = dataclasses.replace(progress, preview=small)
        pipe.send(ProgressEvent(number, progress))
        # From the end of sending: the work must not drown in its own previews on a slow machine.
        last_sent_s = time.monotonic()

    def cancelled() -> bool:
        return number in unwanted

    report: Report
    try:
        if cancelled():
            raise Cancelled("Stopped before it began.")
        pipe.send(Started(number))
        report = Finished(number, request.job.run(on_progress, cancelled))
    except Cancelled as error:
        report = Failed(number, str(error), is_cancelled=True)
    except PasticheError as error:
        report = Failed(number, str(error))
    except MemoryError:
        report = Failed(number, "There is not enough memory left for this.", detail=traceback.format_exc())
    except Exception:  # noqa: BLE001 - whatever a network's library raises must reach the window as a sentence
        report = Failed(number, WENT_WRONG, detail=traceback.format_exc())
    pipe.send(report)
