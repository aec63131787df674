"""The thread of the page of networks: in what order it works, what it tells, and how it ends."""

import time
from collections.abc import Callable

import pytest
from desktop_window import QUIET, WAIT_MS
from pytestqt.qtbot import QtBot

from app.desktop.networks.network_worker import Fetcher, Rate
from app.errors import Cancelled

pytestmark = QUIET


def test_a_fault_of_the_programs_is_told_and_the_thread_goes_on(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    fetcher = Fetcher()
    failed: list[tuple[int, str, bool]] = []
    done: list[tuple[int, object]] = []
    fetcher.job_failed.connect(lambda *news: failed.append(news))
    fetcher.job_finished.connect(lambda *news: done.append(news))

    def stumble(_tell: object, _cancelled: object) -> None:
        raise ZeroDivisionError

    first = fetcher.submit(stumble)
    second = fetcher.submit(lambda _tell, _cancelled: 7)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT_MS)
    assert failed[0][0] == first
    assert failed[0][2] is False
    assert done == [(second, 7)]
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert fetcher.stop()
    fetcher.submit(lambda _tell, _cancelled: 8)
    assert not fetcher.isRunning()


def test_what_is_urgent_comes_first_and_nothing_is_told_after_the_end(qtbot: QtBot) -> None:
    fetcher = Fetcher()
    order: list[int] = []
    fetcher.job_finished.connect(lambda _ticket, result: order.append(result))
    may_go = []

    def hold(_tell: object, cancelled: Callable[[], bool]) -> int:
        while not may_go and not cancelled():
            time.sleep(0.01)
        return 1

    fetcher.submit(hold)
    qtbot.wait(50)
    fetcher.submit(lambda _tell, _cancelled: 3)
    fetcher.submit(lambda _tell, _cancelled: 2, is_urgent=True)
    may_go.append(True)
    qtbot.waitUntil(lambda: len(order) == 3, timeout=WAIT_MS)
    assert order == [1, 2, 3]
    may_go.clear()

    def until_told(_tell: object, cancelled: Callable[[], bool]) -> int:
        while not cancelled():
            time.sleep(0.01)
        raise Cancelled("Stopped.")

    fetcher.submit(until_told)
    qtbot.wait(50)
    assert fetcher.stop()
    qtbot.wait(50)
    assert order == [1, 2, 3]


def test_the_rate_is_that_of_late() -> None:
    rate = Rate()
    assert rate.after(0, 0.0) == 0
    assert rate.after(1000, 1.0) == 1000
    for second in range(2, 20):
        found = rate.after(1000 + 5000 * (second - 1), float(second))
    assert found == pytest.approx(5000)
    assert rate.after(10, 20.0) == 0, "a download that begins anew"
