"""What is done ahead while home is looked at, and only then."""

from desktop_window import QUIET, WAIT_MS, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.desktop.controllers.idle_work import IdleWork
from app.desktop.main_window import MainWindow

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def test_one_thing_after_another_each_of_them_once(qtbot: QtBot) -> None:
    owner = QObject()
    foresight = IdleWork(owner)
    done: list[str] = []

    def first() -> None:
        done.append("first")

    def second() -> None:
        done.append("second")

    foresight.begin()
    foresight.add([first, second])
    foresight.add([first])
    assert done == [], "nothing is done before it is let"
    foresight.begin()
    qtbot.waitUntil(lambda: foresight.is_done, timeout=WAIT_MS)
    assert done == ["first", "second"]
    foresight.add([first])
    foresight.begin()
    foresight.stop()
    qtbot.wait(50)
    assert done == ["first", "second"] and not foresight.is_done
    owner.deleteLater()


def test_the_window_looks_ahead_at_home_and_rests_elsewhere(qtbot: QtBot, deck: object) -> None:
    window = MainWindow(FakeWorker())
    window.show()
    window.begin()
    try:
        assert not window.foresight.is_done
        qtbot.waitUntil(lambda: window.foresight.is_done, timeout=WAIT_MS)
        with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
            trigger(window, "deal_both")
        assert not window.foresight.is_done
        start(window, qtbot)
        qtbot.wait(900)
        assert not window.foresight.is_done, "nothing is done ahead while somebody paints"
        trigger(window, "home")
        qtbot.waitUntil(lambda: window.foresight.is_done, timeout=WAIT_MS)
    finally:
        qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
        assert window.stop()
        window.hide()
        window.deleteLater()
