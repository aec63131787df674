"""The window's threads: what they bring back, what they survive, and that they end."""

import errno
import os
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from desktop_workplace import FakeWorker, SleepJob
from PyQt5.QtCore import QThread
from pytestqt.qtbot import QtBot

from app.desktop.app_state.background import Courier, Delivery, Errands, Step
from app.errors import SaveError
from app.images import Picture
from app.worker.client import WorkerClient
from app.worker.jobs import Job, PaintJob, WarmJob
from app.worker.messages import Event, PutBack, StateChanged, WorkerState

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
    worker = FakeWorker()
    courier = Courier(worker)
    steps: list[Step] = []
    courier.job_progressed.connect(lambda _ticket, step: steps.append(step))
    with qtbot.waitSignals([courier.job_started, courier.job_finished], timeout=WAIT_MS) as blocker:
        ticket = courier.submit(job)
    number, result = blocker.all_signals_and_args[-1].args
    assert number == ticket
    assert isinstance(result, Delivery) and result.painting.picture.shape == job.content.shape
    assert steps[0].step == 3 and steps[0].preview is not None and steps[0].preview.width() == 8
    assert courier.stop() and worker.is_closed.is_set()


def test_what_is_delivered_is_ready_to_be_shown(qtbot: QtBot, job: PaintJob) -> None:
    courier = Courier(FakeWorker())
    steps: list[Step] = []
    courier.job_progressed.connect(lambda _ticket, step: steps.append(step))
    with qtbot.waitSignal(courier.job_finished, timeout=WAIT_MS) as blocker:
        courier.submit(job)
    assert blocker.args is not None
    brought = blocker.args[1]
    assert (brought.image.width(), brought.image.height()) == (128, 96)
    assert brought.frame.picture.dtype == np.uint8 and brought.frame.picture.shape == (96, 128, 3)
    assert (brought.frame.step, brought.frame.steps) == (10, 10)
    first = steps[0]
    assert (first.step, first.steps, first.message, first.loss) == (3, 10, "Painting", 0.5)
    assert first.frame is not None and first.frame.picture.shape == (8, 8, 3)
    assert 0 <= first.frame.seconds <= brought.frame.seconds < 60
    assert courier.stop()


def test_the_courier_tells_of_jobs_that_begin_again_and_of_the_worker(qtbot: QtBot, job: PaintJob) -> None:
    worker = FakeWorker()
    worker.is_held = True
    courier = Courier(worker)
    with qtbot.waitSignal(courier.job_started, timeout=WAIT_MS):
        ticket = courier.submit(job)
    state = WorkerState("restarting", "It was killed; it begins again by itself.")
    with qtbot.waitSignals([courier.job_put_back, courier.worker_changed], timeout=WAIT_MS) as blocker:
        worker.say(PutBack((1, 99), state.sentence), StateChanged(state))
    told = {args.args for args in blocker.all_signals_and_args}
    assert told == {(ticket, state.sentence), (state,)}
    assert courier.stop()


def test_a_request_does_not_wait_for_the_courier_to_look_up(qtbot: QtBot, job: PaintJob) -> None:
    class Dozing(FakeWorker):
        """Waits until it is woken, however long that takes."""

        def __init__(self) -> None:
            super().__init__()
            self.bell = threading.Event()

        def wake(self) -> None:
            self.bell.set()

        def cancel(self, number: int) -> None:
            super().cancel(number)
            self.bell.set()

        def poll(self, timeout_s: float = 0.0) -> list[Event]:
            self.bell.wait(WAIT_MS / 1000)
            self.bell.clear()
            return super().poll(0)

    worker = Dozing()
    worker.is_held = True
    courier = Courier(worker)
    begun_s = time.monotonic()
    with qtbot.waitSignal(courier.job_started, timeout=WAIT_MS):
        ticket = courier.submit(job)
    with qtbot.waitSignal(courier.job_failed, timeout=WAIT_MS) as blocker:
        courier.cancel(ticket)
    assert blocker.args == [ticket, "Stopped.", True]
    assert courier.stop()
    assert time.monotonic() - begun_s < WAIT_MS / 1000


def test_warming_up_and_the_hand_are_passed_on(qtbot: QtBot, qapp: object) -> None:
    worker = FakeWorker()
    courier = Courier(worker)
    courier.set_throttled(True)
    assert not courier.isRunning(), "nobody works who could yield"
    jobs = [WarmJob("magenta"), WarmJob("judge")]
    with qtbot.waitSignal(courier.worker_changed, timeout=WAIT_MS) as blocker:
        courier.warm_up(jobs)
    assert blocker.args == [WorkerState("ready", "The rivals are ready.")]
    courier.set_throttled(True)
    courier.set_throttled(False)
    qtbot.waitUntil(lambda: len(worker.hand) == 2, timeout=WAIT_MS)
    assert (worker.warmed, worker.hand) == (jobs, [True, False])
    assert courier.stop()


def test_the_courier_turns_an_exception_into_a_failure(
    qtbot: QtBot, job: PaintJob, capfd: pytest.CaptureFixture[str]
) -> None:
    class Broken(FakeWorker):
        def poll(self, timeout_s: float = 0.0) -> list[Event]:
            raise ConnectionError("the pipe is gone")

    worker = Broken()
    courier = Courier(worker)
    with qtbot.waitSignal(courier.job_failed, timeout=WAIT_MS) as blocker:
        ticket = courier.submit(job)
    assert blocker.args is not None
    assert blocker.args[0] == ticket and blocker.args[2] is False
    assert courier.stop() and worker.is_closed.is_set()
    assert "the pipe is gone" in capfd.readouterr().err


def test_the_courier_lives_on_after_a_failure_and_a_retry_works(
    qtbot: QtBot, job: PaintJob, capfd: pytest.CaptureFixture[str]
) -> None:
    class Failing(FakeWorker):
        """Fails at what it is told to, once."""

        at = ""

        def submit(self, job: Job) -> int:
            self._fail_at("submit")
            return super().submit(job)

        def poll(self, timeout_s: float = 0.0) -> list[Event]:
            self._fail_at("poll")
            return super().poll(timeout_s)

        def _fail_at(self, what: str) -> None:
            if self.at == what:
                self.at = ""
                raise ConnectionError("the pipe is gone")

    worker = Failing()
    worker.is_held = True
    courier = Courier(worker)
    with qtbot.waitSignal(courier.job_started, timeout=WAIT_MS):
        held = courier.submit(job)
    worker.at = "submit"
    with qtbot.waitSignal(courier.job_failed, timeout=WAIT_MS) as blocker:
        refused = courier.submit(job)
    broken = "The way to the rivals' workshop is broken; you can try again."
    assert blocker.args == [refused, broken, False]
    with qtbot.waitSignal(courier.job_failed, timeout=WAIT_MS) as blocker:
        worker.at = "poll"
    assert blocker.args == [held, broken, False]
    worker.is_held = False
    with qtbot.waitSignal(courier.job_finished, timeout=WAIT_MS) as blocker:
        again = courier.submit(job)
    assert blocker.args is not None and blocker.args[0] == again
    assert courier.stop()
    assert capfd.readouterr().err.count("ConnectionError: the pipe is gone\n") == 2


def test_a_worker_that_cannot_be_opened_is_heard_of_and_can_be_tried_again(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_args: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    courier = Courier(WorkerClient())
    with monkeypatch.context() as patched:
        patched.setattr("app.worker.process.tempfile.mkstemp", refuse)
        with qtbot.waitSignals([courier.job_failed, courier.worker_changed], timeout=WAIT_MS) as blocker:
            ticket = courier.submit(SleepJob(0))  # type: ignore[arg-type]
    sentence = f"The rivals' workshop could not be started ({os.strerror(errno.ENOSPC)}); you can try again."
    told = {args.args for args in blocker.all_signals_and_args}
    assert told == {(ticket, sentence, False), (WorkerState("failed", sentence),)}
    assert "OSError" in capfd.readouterr().err
    with qtbot.waitSignal(courier.job_finished, timeout=WAIT_MS) as blocker:
        again = courier.submit(SleepJob(0))  # type: ignore[arg-type]
    assert blocker.args == [again, []]
    assert courier.stop()


@pytest.mark.slow
def test_stopping_ends_a_worker_that_is_deep_in_work(qtbot: QtBot) -> None:
    worker = WorkerClient()
    courier = Courier(worker)
    with qtbot.waitSignal(courier.job_started, timeout=WAIT_MS):
        courier.submit(SleepJob(60))  # type: ignore[arg-type]
    pid = worker.pid
    assert pid is not None
    assert courier.stop()
    assert courier.isFinished() and not worker.is_running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_preview_is_the_windows_own_copy(qtbot: QtBot) -> None:
    from app.desktop.widgets.qimage import to_image, to_picture

    picture = np.linspace(0, 1, 7 * 5 * 3, dtype=np.float32).reshape(7, 5, 3)
    image = to_image(picture)
    kept = picture.copy()
    picture[:] = 0
    assert np.abs(to_picture(image) - kept).max() <= 0.5 / 255 + 1e-6
