"""The window's threads: what they bring back, what they survive, and that they end."""

import os
import threading
from collections.abc import Iterator

import numpy as np
import pytest
from desktop_workplace import FakeWorkshop, SleepJob
from PyQt5.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.desktop.jobs import Courier, Delivery, Errands, Step
from app.errors import SaveError
from app.game.jobs import PaintJob
from app.game.reports import Event
from app.game.workshop import Workshop
from app.images import Picture

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
WAIT_MS = 30_000


@pytest.fixture
def errands(qapp: object) -> Iterator[Errands]:
    errands = Errands()
    yield errands
    assert errands.stop()


def test_an_errand_works_elsewhere_and_answers_here(qtbot: QtBot, errands: Errands) -> None:
    here = QThread.currentThread()
    seen: list[object] = []
    errands.send(
        lambda: QThread.currentThread() is here,
        lambda was_here: seen.extend([was_here, QThread.currentThread() is here]),
        seen.append,
    )
    qtbot.waitUntil(errands.is_idle, timeout=WAIT_MS)
    assert seen == [False, True]


def test_an_errand_that_fails_answers_with_a_sentence(
    qtbot: QtBot, errands: Errands, capfd: pytest.CaptureFixture[str]
) -> None:
    sentences: list[str] = []

    def refused() -> None:
        raise SaveError("x.png could not be written: the disk is full.")

    def surprised() -> None:
        raise ZeroDivisionError("division by zero")

    for work in (refused, surprised):
        errands.send(work, lambda _: sentences.append("no"), sentences.append)
    qtbot.waitUntil(errands.is_idle, timeout=WAIT_MS)
    assert sentences[0] == "x.png could not be written: the disk is full."
    assert sentences[1] == "This went wrong unexpectedly. The terminal says what it was."
    assert "Traceback" in capfd.readouterr().err


def test_errands_are_done_in_order(qtbot: QtBot, errands: Errands) -> None:
    done: list[int] = []
    for number in range(20):
        errands.send(lambda n=number: n, done.append, lambda _: None)
    qtbot.waitUntil(errands.is_idle, timeout=WAIT_MS)
    assert done == list(range(20))


def test_errands_that_were_not_begun_are_forgotten_at_the_end(qapp: object) -> None:
    errands = Errands()
    gate = threading.Event()
    done: list[int] = []
    errands.send(lambda: gate.wait(5), lambda _: done.append(0), lambda _: None)
    errands.send(lambda: done.append(1), lambda _: done.append(2), lambda _: None)
    gate.set()
    assert errands.stop()
    assert 2 not in done


@pytest.fixture
def job(photograph: Picture, painting: Picture) -> PaintJob:
    return PaintJob("magenta", photograph, painting)


def test_the_courier_brings_progress_and_result(qtbot: QtBot, job: PaintJob) -> None:
    workshop = FakeWorkshop()
    courier = Courier(workshop)
    steps: list[Step] = []
    courier.job_progressed.connect(lambda _ticket, step: steps.append(step))
    with qtbot.waitSignals([courier.job_started, courier.job_finished], timeout=WAIT_MS) as blocker:
        ticket = courier.submit(job)
    number, result = blocker.all_signals_and_args[-1].args
    assert number == ticket
    assert isinstance(result, Delivery) and result.painting.picture.shape == job.content.shape
    assert steps[0].step == 3 and steps[0].preview is not None and steps[0].preview.width() == 8
    assert courier.stop() and workshop.is_closed.is_set()


def test_the_courier_turns_an_exception_into_a_failure(
    qtbot: QtBot, job: PaintJob, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(FakeWorkshop):
        def poll(self, timeout_s: float = 0.0) -> list[Event]:
            raise ConnectionError("the pipe is gone")

    workshop = Broken()
    courier = Courier(workshop)
    with qtbot.waitSignal(courier.job_failed, timeout=WAIT_MS) as blocker:
        ticket = courier.submit(job)
    assert blocker.args is not None
    assert blocker.args[0] == ticket and blocker.args[2] is False
    assert courier.stop() and workshop.is_closed.is_set()
    assert "the pipe is gone" in capfd.readouterr().err


@pytest.mark.slow
def test_stopping_ends_a_workshop_that_is_deep_in_work(qtbot: QtBot) -> None:
    workshop = Workshop()
    courier = Courier(workshop)
    with qtbot.waitSignal(courier.job_started, timeout=WAIT_MS):
        courier.submit(SleepJob(60))  # type: ignore[arg-type]
    pid = workshop.pid
    assert pid is not None
    assert courier.stop()
    assert courier.isFinished() and not workshop.is_running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_preview_is_the_windows_own_copy(qtbot: QtBot) -> None:
    from app.desktop.pixels import to_image, to_picture

    picture = np.linspace(0, 1, 7 * 5 * 3, dtype=np.float32).reshape(7, 5, 3)
    image = to_image(picture)
    kept = picture.copy()
    picture[:] = 0
    assert np.abs(to_picture(image) - kept).max() <= 0.5 / 255 + 1e-6
