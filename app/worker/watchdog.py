"""Watching the worker's process from outside: whether it hangs, and what it died of.

A process that says nothing is not yet one that hangs: while native code imports or compiles, no thread of Python's can
say anything. So whoever is silent is looked at: one that computes, waits for a processor or reads is alive, and so is
one whose children do (compilers are often programs of their own). Who waits for a GPU shows none of this.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

#: Looked at closely after so long without a sign of life, and taken for hung after so long.
SUSPECT_S, HUNG_S = 0.7, 1.5
#: The same of one that holds a GPU: it may sleep while the GPU computes, and nothing outside tells it from a hang.
HUNG_WITH_GPU_S = 30.0
#: Stopped for so long it does not come back by itself; a debugger stops a process for less.
HALTED_S = 0.4
#: Who works uses more of a processor than this; waiting for a lock that never opens takes less.
LEAST_SHARE = 0.01
#: Two looks lie at most so far apart for the time between to count: else it was the watcher that slept.
LONGEST_BLINK_S = 0.4
#: Out of memory is what is assumed of a kill while less than this share was free.
SCARCE_SHARE = 0.03
_SCARCE_FOR_S = 3.0
#: What drivers of GPUs are opened as: NVIDIA's, AMD's, and Windows' within its Linux.
_GPUS = ("/dev/nvidia", "/dev/kfd", "/dev/dxg")

Kind = Literal["killed", "memory", "crashed", "ended", "hung", "halted"]

_HAPPENED: dict[Kind, str] = {
    "killed": "The rivals' workshop was killed from outside",
    "memory": "The computer ran out of memory and ended the rivals' workshop",
    "crashed": "The rivals' workshop crashed",
    "ended": "The rivals' workshop ended by itself",
    "hung": "The rivals' workshop hung",
    "halted": "The rivals' workshop was halted from outside",
}
_LETTERS = {psutil.STATUS_RUNNING: "R", psutil.STATUS_DISK_SLEEP: "D", psutil.STATUS_STOPPED: "T"}
_SAYS_MEMORY = ("bad_alloc", "out of memory", "cannot allocate memory", "memoryerror", "resource_exhausted")


@dataclass(frozen=True)
class Loss:
    """Why a process was lost, as far as that can be known."""

    kind: Kind

    def sentence(self, *, is_second: bool) -> str:
        """Say it to a person, and what comes next: the first time it begins again by itself."""
        if not is_second:
            return f"{_HAPPENED[self.kind]}; it begins again by itself."
        hint = ", and a smaller picture needs less" if self.kind == "memory" else ""
        return f"{_HAPPENED[self.kind]}, twice over the same work; you can try again{hint}."


@dataclass(frozen=True)
class ProcessSnapshot:
    """What is seen of a process from outside.

    `main` and `others`: the states of its main thread and of all others, as Linux letters (R runs or waits for a
    processor, D waits for a disk, T is stopped, S sleeps); empty where the system does not tell. `used_s`: processor
    seconds; `read`: grows when it reads. `children` and `children_s`: states and processor seconds of its children and
    theirs; those that have ended count as well. `has_gpu`: it holds a GPU, as far as Linux tells.
    """

    main: frozenset[str]
    others: frozenset[str]
    used_s: float
    read: int
    children: frozenset[str] = frozenset()
    children_s: float = 0.0
    has_gpu: bool = False


class Watchdog:
    """Takes signs of life of one process, and tells when there are none."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._last_look_s: float | None = None
        # A clock that stands still while this process does: no sleep of the machine is anybody's hang.
        self._awake_s = 0.0
        self._heard_at_s = self._alive_at_s = self._moving_at_s = 0.0
        self._worked_s, self._worked_at_s = 0.0, 0.0
        self._seen: ProcessSnapshot | None = None

    def hear(self, worked_s: float | None = None) -> None:
        """Take a report as a sign of life; `worked_s`, where it is a mere heartbeat, is what its jobs have used."""
        self._heard_at_s = self._moving_at_s = self._awake_s
        if worked_s is None:
            self._alive_at_s = self._awake_s
            return
        if worked_s - self._worked_s >= LEAST_SHARE * (self._awake_s - self._worked_at_s):
            self._alive_at_s = self._awake_s
        self._worked_s, self._worked_at_s = worked_s, self._awake_s

    def judge(self, *, is_busy: bool) -> Loss | None:
        """Say whether it hangs; often, ten times a second. `is_busy`: it has begun a job."""
        now_s = time.monotonic()
        if self._last_look_s is not None:
            self._awake_s += min(now_s - self._last_look_s, LONGEST_BLINK_S)
        self._last_look_s = now_s
        is_heard = self._awake_s - self._heard_at_s < SUSPECT_S
        if is_heard and not is_busy:
            # A heart beats, and there is nothing that could stand still.
            self._alive_at_s = self._awake_s
        if self._awake_s - self._alive_at_s < SUSPECT_S:
            self._seen = None
            return None
        return self._weigh(look_at(self._pid), is_heard=is_heard)

    def _weigh(self, look: ProcessSnapshot | None, *, is_heard: bool) -> Loss | None:
        if look is None:
            # It has ended, which its pipe tells.
            return None
        before, self._seen = self._seen, look
        states = look.main | look.others
        if not states or states - set("Tt"):
            self._moving_at_s = self._awake_s
        elif self._awake_s - self._moving_at_s >= HALTED_S:
            return Loss("halted")
        # The heart beats in the main thread. While it is heard, that thread and a little of the time are its own.
        is_alive = bool(((look.others if is_heard else states) | look.children) & set("RD"))
        if before is not None:
            is_alive |= look.read != before.read or look.children_s != before.children_s
            is_alive |= not is_heard and look.used_s > before.used_s
        if is_alive:
            self._alive_at_s = self._awake_s
        hung_s = HUNG_WITH_GPU_S if look.has_gpu else HUNG_S
        return Loss("hung") if self._awake_s - self._alive_at_s >= hung_s else None


def look_at(pid: int) -> ProcessSnapshot | None:
    """A snapshot of a process; None where there is none any more."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            times = process.cpu_times()
            if sys.platform == "linux":
                states, faults = _threads(pid), _faults(pid)
            else:
                states, faults = {pid: "T"} if process.status() == psutil.STATUS_STOPPED else {}, 0
            read = _read(process)
        main = frozenset(states.pop(pid, ""))
        children, children_s = _children(process)
        children_s += times.children_user + times.children_system
        others = frozenset(states.values())
        return ProcessSnapshot(
            main, others, times.user + times.system, faults + read, children, children_s, _has_gpu(pid)
        )
    except (psutil.Error, OSError):
        return None


def used_s(pid: int) -> float | None:
    """Tell how many processor seconds a process has used; None where there is none any more."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return None
    return float(times.user + times.system)


def _children(process: psutil.Process) -> tuple[frozenset[str], float]:
    """States, as letters, and processor seconds of all that descend from a process."""
    states, seconds = set(), 0.0
    for child in process.children(recursive=True):
        # It may end at any moment.
        with contextlib.suppress(psutil.Error):
            times = child.cpu_times()
            seconds += times.user + times.system + times.children_user + times.children_system
            states.add(_LETTERS.get(child.status(), "S"))
    return frozenset(states), seconds


def _has_gpu(pid: int) -> bool:
    """Whether a process has a GPU's driver open."""
    with contextlib.suppress(OSError):
        for handle in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if str(handle.readlink()).startswith(_GPUS):
                    return True
    return False


def _threads(pid: int) -> dict[int, str]:
    """By its number, the state of each thread; the main one's number is the process's."""
    states = {}
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            states[int(thread.name)] = _fields(thread / "stat")[0]
    return states


def _faults(pid: int) -> int:
    """How often it had to wait for a page of a file, such as of a library that it imports."""
    return int(_fields(Path(f"/proc/{pid}/stat"))[9])


def _fields(file: Path) -> list[str]:
    # The name, in brackets, may have any letters in it.
    return file.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()


def _read(process: object) -> int:
    try:
        counters = process.io_counters()  # type: ignore[attr-defined]
    except Exception:  # noqa: BLE001 - macOS lacks it, and some systems forbid it: one sign of life less
        return 0
    return int(getattr(counters, "read_chars", counters.read_bytes))


class MemoryPressure:
    """Remembers how scarce memory was lately, to tell an out-of-memory kill from any other."""

    def __init__(self) -> None:
        self._kills = _kills_for_memory()
        self._looked_s = self._scarce_s = -1e9

    def look(self) -> None:
        """Take note, twice a second."""
        now_s = time.monotonic()
        if now_s - self._looked_s < 0.5:
            return
        self._looked_s = now_s
        memory = psutil.virtual_memory()
        if memory.available < SCARCE_SHARE * memory.total:
            self._scarce_s = now_s

    def has_killed(self) -> bool:
        """Whether the system has lately ended something for want of memory, or memory was scarce a moment ago."""
        return _kills_for_memory() > self._kills or time.monotonic() - self._scarce_s < _SCARCE_FOR_S


def _kills_for_memory() -> int:
    """How many processes Linux has ended since it started because memory ran out, within limits of groups too."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def cause_of_death(exit_code: int | None, complaints: str, memory: MemoryPressure) -> Loss:
    """Tell what a process died of by its exit code (negative: by that signal) and its last words."""
    words = complaints.lower()
    if any(each in words for each in _SAYS_MEMORY):
        return Loss("memory")
    if sys.platform != "win32" and exit_code is not None and exit_code < 0:
        if -exit_code == signal.SIGKILL:
            return Loss("memory" if memory.has_killed() else "killed")
        polite = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
        return Loss("killed" if -exit_code in polite else "crashed")
    # Windows' codes of violations have their highest bit set.
    return Loss("crashed" if exit_code is not None and exit_code & 0x8000_0000 else "ended")
