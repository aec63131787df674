"""Jobs for the real worker that do what their names say, without any network, and how to wait for what comes of them.

A test module asks for the worker with `pytest_plugins = ["game_errands"]`.
"""

import ctypes
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from app.errors import Cancelled, RivalError
from app.rivals.rival import Progress
from app.rivals.watch import CancellableRun
from app.worker.client import Event, Failed, Finished, WorkerClient

PATIENCE_S = 60.0
needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks processes up in /proc")


@dataclass(frozen=True)
class Errand:
    """A job that does what its name says, without any network."""

    what: str
    value: object = None
    lane: str = "errands"

    def run(self, on_progress: Callable[[Progress], None], cancelled: Callable[[], bool]) -> object:
        return getattr(self, f"_{self.what}")(on_progress, cancelled)

    def _give_back(self, on_progress, cancelled):
        return self.value

    def _say_who(self, on_progress, cancelled):
        return os.getpid(), os.nice(0)

    def _make_noise(self, on_progress, cancelled):
        print("to standard output")
        print("to standard error", file=sys.stderr)
        os.write(1, b"past Python")
        os.write(2, b"past Python")
        return "made"

    def _chatter(self, on_progress, cancelled):
        preview = np.zeros((512, 1024, 3), dtype=np.float32)
        for step in range(300):
            on_progress(Progress(step, 300, "chattering", preview, 0.5))
            time.sleep(0.001)
        return "done"

    def _wait(self, on_progress, cancelled):
        while not cancelled():
            keep_busy(0.01)
        raise Cancelled("Stopped.")

    def _toil(self, on_progress, cancelled):
        """Compute for so many seconds without ever looking up."""
        keep_busy(float(self.value))
        return "toiled"

    def _paint_on(self, on_progress, cancelled):
        """As `toil`, as a rival that is in the middle of its steps."""
        on_progress(Progress(1, 2, "painting"))
        keep_busy(float(self.value))
        return "painted"

    def _leave_behind(self, on_progress, cancelled):
        """Compute in a thread of its own, and leave it to itself when stopped, as rivals do."""
        watch = CancellableRun(lambda: None, lambda _progress: on_progress(Progress(1, 2, "painting")), cancelled)
        try:
            watch.wait(lambda: keep_busy(float(self.value)))
        finally:
            watch.close()

    def _be_watched(self, on_progress, cancelled):
        """Compute in a thread of its own, as rivals do, until there is a second file; make the first."""
        begun, end = self.value
        watch = CancellableRun(lambda: None, on_progress, cancelled)
        try:
            watch.wait(lambda: (Path(begun).touch(), keep_busy_until(end)))
        finally:
            watch.close()
        return "watched"

    def _await_file(self, on_progress, cancelled):
        keep_busy_until(str(self.value))
        return "seen"

    def _speak_and_await_file(self, on_progress, cancelled):
        said, end, dies = self.value
        os.write(2, said.encode())
        keep_busy_until(end)
        if dies:
            os.abort()
        return "said"

    def _have_a_child_work(self, on_progress, cancelled):
        """Have another program compute for so many seconds, and wait for it."""
        program = f"import time\nend_s = time.monotonic() + {self.value}\nwhile time.monotonic() < end_s: pass"
        return subprocess.run([sys.executable, "-c", program], check=True).returncode

    def _hang(self, on_progress, cancelled):
        threading.Lock().acquire()
        with (lock := threading.Lock()):
            lock.acquire()

    def _hog(self, on_progress, cancelled):
        """Keep Python's lock while native code computes, so that no other thread says anything, nor listens."""
        end_s = time.monotonic() + float(self.value)
        while time.monotonic() < end_s:
            sum(itertools.repeat(1, 40_000_000))
        return "done"

    def _hang_once(self, on_progress, cancelled):
        if not Path(self.value).exists():
            Path(self.value).touch()
            self._hang(on_progress, cancelled)
        return "done"

    def _die_once(self, on_progress, cancelled):
        if not Path(self.value).exists():
            Path(self.value).touch()
            os._exit(9)
        return "done"

    def _crash(self, on_progress, cancelled):
        ctypes.string_at(0)

    def _want_too_much(self, on_progress, cancelled):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))
        return np.ones(2**31, np.uint8)

    def _abort_for_memory(self, on_progress, cancelled):
        os.write(2, b"terminate called after throwing an instance of 'std::bad_alloc'")
        os.abort()

    def _count_cores(self, on_progress, cancelled):
        """Compute, and tell how many cores the threads have, all but the main one, whenever that changes."""
        told = 0
        while not cancelled():
            keep_busy(0.02)
            threads = {int(thread.name) for thread in Path("/proc/self/task").iterdir()} - {os.getpid()}
            most = max(len(os.sched_getaffinity(thread)) for thread in threads)
            if most != told:
                on_progress(Progress(most, 999, "cores"))
                told = most
            time.sleep(0.12)
        raise Cancelled("Stopped.")

    def _measure_pauses(self, on_progress, cancelled):
        """Take fifty steps of 10 ms, and tell how long that took."""
        begun_s = time.monotonic()
        for _ in range(50):
            cancelled()
            keep_busy(0.01)
        return time.monotonic() - begun_s

    def _refuse(self, on_progress, cancelled):
        raise RivalError("The rival has no wish to paint this.")

    def _stumble(self, on_progress, cancelled):
        return {}["nothing here"]

    def _die(self, on_progress, cancelled):
        os._exit(9)


def keep_busy(seconds: float) -> None:
    """Use a processor for so long, as it goes on this thread."""
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        sum(range(1000))


def keep_busy_until(file: str) -> None:
    """Use a processor until there is such a file."""
    while not Path(file).exists():
        keep_busy(0.01)


@pytest.fixture
def worker() -> Iterator[WorkerClient]:
    worker = WorkerClient()
    _inbox.clear()
    yield worker
    worker.close()


# Events that came in one bunch with an awaited one, for the next to wait.
_inbox: list[Event] = []


def until(worker: WorkerClient, is_last: Callable[[Event], bool]) -> list[Event]:
    """Collect events up to the awaited one."""
    events: list[Event] = []
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        _inbox.extend([] if _inbox else worker.poll(0.2))
        while _inbox:
            events.append(_inbox.pop(0))
            if is_last(events[-1]):
                return events
    raise AssertionError(f"waited in vain after {events}")


def outcome(worker: WorkerClient, number: int) -> Event:
    return until(worker, lambda event: isinstance(event, Finished | Failed) and event.job == number)[-1]


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has collected yet has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def await_end(pid: int) -> None:
    """Wait until a process has ended."""
    deadline = time.monotonic() + PATIENCE_S
    while not is_gone(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_gone(pid)
