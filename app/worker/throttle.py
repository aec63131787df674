"""How the worker's process yields to a hand that paints: fewer cores, and pauses between the steps.

Neither needs any right, and both are taken back: a priority once given up is not.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from app.worker.messages import LIFTED_S

#: At most so long a pause after a step, and it is taken in parts, so that a request to stop is soon heeded.
MAX_PAUSE_S, PART_S = 0.25, 0.02
_THREADS = Path("/proc/self/task")


class Throttle:
    """Says whether to yield, and does it. Make it in the process's main thread, before others begin."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._until_s = 0.0
        self._has_fewer_cores = False
        self._cores = _cores()
        # Up to where the processor's time has been paid for with pauses.
        self._paid_s = 0.0

    @property
    def is_due(self) -> bool:
        """Whether a brush is down, or was within the last 0.3 s."""
        return time.monotonic() < self._until_s

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        """Take note of the hand; once it is lifted, the process goes on after 0.3 s, or `at_once`."""
        if is_down and not self.is_due:
            self._paid_s = time.process_time()
        if is_down or self.is_due:
            self._until_s = math.inf if is_down else 0.0 if at_once else time.monotonic() + LIFTED_S
        self.tend()

    def tend(self) -> None:
        """Give cores up or take them again, as is due; now and then, since threads come and go."""
        with self._guard:
            if self.is_due or self._has_fewer_cores:
                self._has_fewer_cores = self.is_due
                half = max(1, len(self._cores) // 2)
                # The upper ones: systems put what is in front rather on the lower.
                _use(self._cores[-half:] if self.is_due else self._cores)

    def pause(self, is_unwanted: Callable[[], bool]) -> None:
        """Between two steps: rest for as long as the process computed since it last did, 0.25 s at most."""
        if not self.is_due:
            return
        owed_s = min(time.process_time() - self._paid_s, MAX_PAUSE_S)
        while owed_s > 0 and self.is_due and not is_unwanted():
            before_s = time.process_time()
            time.sleep(PART_S)
            if time.process_time() - before_s > PART_S / 2:
                # A step is being computed by another thread: to wait for it here gives nothing back.
                break
            owed_s -= PART_S
        self._paid_s = time.process_time() - max(owed_s, 0.0)


def _cores() -> list[int]:
    """The cores that this process may use; empty where the system cannot keep one to some of them."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    else:  # noqa: RET505 - or the checker, which knows where it runs, takes the rest for dead
        # macOS has no such thing.
        with contextlib.suppress(AttributeError, OSError, psutil.Error):
            return sorted(psutil.Process().cpu_affinity() or [])
        return []


def _use(cores: list[int]) -> None:
    """Keep all threads of the process to some cores."""
    if not cores:
        return
    if sys.platform == "linux":
        for thread in _THREADS.iterdir():
            # The main thread only waits. It keeps all cores, so that it can be asked how many there are.
            if int(thread.name) != os.getpid():
                # A thread may have ended meanwhile.
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(int(thread.name), cores)
    else:
        with contextlib.suppress(OSError, psutil.Error):
            psutil.Process().cpu_affinity(cores)
