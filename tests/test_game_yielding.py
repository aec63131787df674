"""The workshop yields to a hand that paints."""

import os
import signal

import pytest
from game_errands import Errand, needs_proc, outcome, until

from app.worker.client import ProgressEvent, Workshop

pytest_plugins = ["game_errands"]


@needs_proc
@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="a single core cannot be halved")
def test_the_rivals_have_half_the_cores_while_a_brush_is_down(workshop: Workshop) -> None:
    cores = len(os.sched_getaffinity(0))
    counting = workshop.submit(Errand("count_cores"))
    seen: list[int] = []
    for is_down in (None, True, False, True):
        if is_down is not None:
            workshop.hand_is_down(is_down)
        event = until(workshop, lambda event: isinstance(event, ProgressEvent))[-1]
        seen.append(event.progress.step)
    assert seen == [cores, cores // 2, cores, cores // 2]
    workshop.cancel(counting)
    assert outcome(workshop, counting).is_cancelled
    # A process that takes over finds the brush still down.
    os.kill(workshop.pid, signal.SIGKILL)
    workshop.submit(Errand("count_cores"))
    assert until(workshop, lambda event: isinstance(event, ProgressEvent))[-1].progress.step == cores // 2


def test_a_step_is_followed_by_a_pause_while_a_brush_is_down(workshop: Workshop) -> None:
    freely = outcome(workshop, workshop.submit(Errand("measure_pauses"))).result
    workshop.hand_is_down(True)
    yielding = outcome(workshop, workshop.submit(Errand("measure_pauses"))).result
    assert yielding > freely + 0.1
