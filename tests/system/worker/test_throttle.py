"""The worker yields to a hand that paints."""

import os
import signal

import pytest
from game_errands import Errand, needs_proc, outcome, until

from app.worker.client import ProgressEvent, WorkerClient

pytest_plugins = ["game_errands"]


@needs_proc
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="a single core cannot be halved")
def test_the_rivals_have_half_the_cores_while_a_brush_is_down(worker: WorkerClient) -> None:
    cores = len(os.sched_getaffinity(0))
    counting = worker.submit(Errand("count_cores"))
    seen: list[int] = []
    for is_down in (None, True, False, True):
        if is_down is not None:
            worker.set_throttled(is_down)
        event = until(worker, lambda event: isinstance(event, ProgressEvent))[-1]
        seen.append(event.progress.step)
    assert seen == [cores, cores // 2, cores, cores // 2]
    worker.cancel(counting)
    assert outcome(worker, counting).is_cancelled
    # A process that takes over finds the brush still down.
    os.kill(worker.pid, signal.SIGKILL)
    worker.submit(Errand("count_cores"))
    assert until(worker, lambda event: isinstance(event, ProgressEvent))[-1].progress.step == cores // 2


def test_a_step_is_followed_by_a_pause_while_a_brush_is_down(worker: WorkerClient) -> None:
    freely = outcome(worker, worker.submit(Errand("measure_pauses"))).result
    worker.set_throttled(True)
    yielding = outcome(worker, worker.submit(Errand("measure_pauses"))).result
    assert yielding > freely + 0.1
