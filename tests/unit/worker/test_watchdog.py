"""Watching a process from outside: what counts as life, what as a hang, and what it died of."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.worker import watchdog
from app.worker.watchdog import Loss, MemoryPressure, ProcessSnapshot, Watchdog, cause_of_death, look_at, used_s

needs_proc = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks processes up in /proc")


class World:
    """A clock and a process that do as they are told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_s = 1000.0
        self.look: ProcessSnapshot | None = self.asleep()
        self.vigil = Watchdog(1)
        monkeypatch.setattr(watchdog.time, "monotonic", lambda: self.now_s)
        monkeypatch.setattr(watchdog, "look_at", lambda _pid: self.look)

    @staticmethod
    def asleep(
        *, main: str = "S", others: str = "S", used_s: float = 3.0, read: int = 7, **more: Any
    ) -> ProcessSnapshot:
        return ProcessSnapshot(frozenset(main), frozenset(others), used_s, read, **more)

    def live(
        self, seconds: float, *, each: Callable[[float], None] = lambda _at_s: None, is_busy: bool = True
    ) -> tuple[float, Loss] | None:
        """Look ten times a second for so long; what was found, and after how many seconds."""
        begun_s = self.now_s
        while self.now_s - begun_s < seconds:
            self.now_s += 0.1
            each(self.now_s - begun_s)
            loss = self.vigil.judge(is_busy=is_busy)
            if loss is not None:
                return self.now_s - begun_s, loss
        return None


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with monkeypatch.context() as patched:
        yield World(patched)


def test_who_is_silent_and_does_nothing_hangs(world: World) -> None:
    found = world.live(5)
    assert found is not None
    after_s, loss = found
    assert loss.kind == "hung" and after_s < 2


def test_who_is_stopped_is_halted(world: World) -> None:
    world.look = world.asleep(main="T", others="T")
    found = world.live(5)
    assert found is not None
    assert found[1].kind == "halted" and found[0] < 2


@pytest.mark.parametrize("alive", ["computes", "waits for a processor", "waits for a disk", "reads"])
def test_who_is_silent_but_does_something_does_not_hang(world: World, alive: str) -> None:
    def do(at_s: float) -> None:
        world.look = {
            "computes": world.asleep(used_s=3.0 + at_s),
            "waits for a processor": world.asleep(main="R"),
            "waits for a disk": world.asleep(others="SD"),
            "reads": world.asleep(read=int(100 * at_s)),
        }[alive]

    assert world.live(10, each=do) is None


def test_a_heart_that_beats_over_a_job_that_stands_still_is_a_hang(world: World) -> None:
    # The heart costs a little of the processor, now and then at the very moment of a look.
    def beat(at_s: float) -> None:
        world.look = world.asleep(main="R", used_s=3.0 + at_s / 100)
        world.vigil.hear(worked_s=3.0 + at_s / 1000)

    found = world.live(5, each=beat)
    assert found is not None
    assert found[1].kind == "hung" and found[0] < 2


@pytest.mark.parametrize("alive", ["computes", "waits for a processor"])
@pytest.mark.parametrize("is_heard", [False, True])
def test_whose_child_does_something_does_not_hang(world: World, alive: str, is_heard: bool) -> None:
    def do(at_s: float) -> None:
        if is_heard:
            world.vigil.hear(worked_s=3.0)
        world.look = {
            "computes": world.asleep(children=frozenset("S"), children_s=5.0 + at_s),
            "waits for a processor": world.asleep(children=frozenset("SR")),
        }[alive]

    assert world.live(10, each=do) is None


def test_whose_child_does_nothing_hangs(world: World) -> None:
    world.look = world.asleep(children=frozenset("S"), children_s=5.0)
    found = world.live(5)
    assert found is not None
    assert found[1].kind == "hung" and found[0] < 2


def test_who_may_wait_for_a_gpu_is_given_time_but_not_for_ever(world: World) -> None:
    def beat(_at_s: float) -> None:
        world.vigil.hear(worked_s=3.0)

    world.look = world.asleep(has_gpu=True)
    assert world.live(20, each=beat) is None
    found = world.live(20, each=beat)
    assert found is not None
    assert found[1].kind == "hung"


def test_a_heart_that_beats_over_work_or_over_nothing_to_do_is_none(world: World) -> None:
    assert world.live(10, each=lambda at_s: world.vigil.hear(worked_s=at_s / 10)) is None
    assert world.live(10, each=lambda _at_s: world.vigil.hear(worked_s=1.0), is_busy=False) is None
    # What it did not do while there was nothing to do is not held against it.
    assert world.live(1, each=lambda _at_s: world.vigil.hear(worked_s=1.0)) is None


def test_a_machine_that_sleeps_is_no_hang(world: World) -> None:
    assert world.live(0.5) is None
    for _ in range(3):
        # The lid was closed for an hour, again and again; the process had no chance to say anything.
        world.now_s += 3600
        world.vigil.judge(is_busy=True)
        world.vigil.hear(worked_s=world.now_s)
        assert world.live(0.5) is None


def test_a_process_that_has_ended_is_not_judged(world: World) -> None:
    world.look = None
    assert world.live(5) is None


@needs_proc
def test_a_look_tells_sleeping_working_and_stopped_apart() -> None:
    program = "import sys\nsys.stdin.readline()\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE) as child:
        try:

            def until(is_so: Callable[[ProcessSnapshot], bool]) -> ProcessSnapshot:
                end_s = time.monotonic() + 30
                while time.monotonic() < end_s:
                    look = look_at(child.pid)
                    assert look is not None
                    if is_so(look):
                        return look
                    time.sleep(0.02)
                raise AssertionError(look)

            before = until(lambda look: look.main == {"S"})
            child.stdin.write(b"\n")
            child.stdin.flush()
            until(lambda look: look.main == {"R"} and look.used_s > before.used_s)
            child.send_signal(signal.SIGSTOP)
            assert until(lambda look: look.main == {"T"}).others == frozenset()
        finally:
            child.kill()
    assert look_at(child.pid) is None


@needs_proc
def test_a_look_tells_of_children_and_of_a_gpu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = tmp_path / "gpu0"
    device.touch()
    monkeypatch.setattr(watchdog, "_GPUS", (str(tmp_path),))
    worker = "import sys, time; time.process_time()\nwhile time.process_time() < 0.4: pass\nsys.stdin.readline()"
    program = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {worker!r}], stdin=subprocess.PIPE)\n"
        "sys.stdin.readline(); child.communicate()\n"
        f"handle = open({str(device)!r}); print('ended', flush=True); sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            end_s = time.monotonic() + 60
            while (look := look_at(parent.pid)) and (look.children_s < 0.2 or look.children != {"S"}):
                assert time.monotonic() < end_s
                time.sleep(0.02)
            assert look is not None and not look.has_gpu
            used_before_s = used_s(parent.pid)
            parent.stdin.write("\n")
            parent.stdin.flush()
            assert parent.stdout.readline() == "ended\n"
            look = look_at(parent.pid)
            assert look is not None and look.has_gpu
            assert look.children == frozenset() and look.children_s >= 0.2
            assert used_before_s is not None and used_before_s <= look.used_s
        finally:
            parent.kill()
    assert used_s(parent.pid) is None


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(
    ("exit_code", "says", "kind"),
    [
        (-signal.SIGKILL, "", "killed"),
        (-signal.SIGTERM, "", "killed"),
        (-signal.SIGSEGV, "", "crashed"),
        (-signal.SIGABRT, "terminate called after throwing an instance of 'std::bad_alloc'", "memory"),
        (-signal.SIGABRT, "Check failed", "crashed"),
        (0, "", "ended"),
        (1, "MemoryError", "memory"),
        (None, "", "ended"),
    ],
)
def test_what_a_process_died_of(exit_code: int | None, says: str, kind: str) -> None:
    assert cause_of_death(exit_code, says, MemoryPressure()).kind == kind


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("how", ["the system counts it", "memory was scarce"])
def test_a_kill_for_memory_is_told_from_another(monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    kills = 3
    monkeypatch.setattr(watchdog, "_kills_for_memory", lambda: kills)
    memory = MemoryPressure()
    if how == "the system counts it":
        kills = 4
    else:

        class Scarce:
            available, total = 2e8, 16e9

        monkeypatch.setattr(watchdog.psutil, "virtual_memory", Scarce)
        memory.look()
    loss = cause_of_death(-signal.SIGKILL, "", memory)
    assert loss.sentence(is_second=False) == (
        "The computer ran out of memory and ended the rivals' workshop; it begins again by itself."
    )
    assert loss.sentence(is_second=True) == (
        "The computer ran out of memory and ended the rivals' workshop, twice over the same work; "
        "you can try again, and a smaller picture needs less."
    )


def test_every_loss_is_one_sentence_and_another() -> None:
    kinds = ("killed", "memory", "crashed", "ended", "hung", "halted")
    for is_second in (False, True):
        sentences = [Loss(kind).sentence(is_second=is_second) for kind in kinds]
        assert len(set(sentences)) == len(kinds)
        assert all(sentence.count(".") == 1 and sentence.endswith(".") for sentence in sentences)
