"""The real window with a deck of its own and a worker that works at once, for the tests of the desktop.

A test module asks for it with `pytest_plugins = ["desktop_window"]`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt, QTimer
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication, QDialog, QMessageBox
from pytestqt.qtbot import QtBot

from app import images, places
from app.desktop.app_state.settings import Settings
from app.desktop.main_window import MainWindow
from app.desktop.widgets import theme
from app.images import Picture
from app.painting.document.drawing import Drawing

# Much longer than anything takes: these machines may be busy with something else.
WAIT_MS = 30_000
# Qt says the first once where a machine has no session, such as in a container, and the second of dialogs offscreen.
QUIET = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photograph: Picture, painting: Picture) -> Path:
    """Three photographs and three paintings, and nothing else to deal."""
    for kind, picture in (("contents", photograph), ("styles", painting)):
        for number in range(3):
            images.write_picture(tmp_path / kind / f"{kind}-{number}.png", np.roll(picture, 9 * number, axis=1))
        monkeypatch.setattr(places, kind, lambda folder=tmp_path / kind: folder)
    return tmp_path


@pytest.fixture
def worker() -> FakeWorker:
    """Who works for the window."""
    return FakeWorker()


@pytest.fixture
def settings() -> Settings:
    """What the window begins with; a module may have its own."""
    return Settings(canvas_side_px=512, has_speed_pressure=False)


@pytest.fixture
def window(
    qtbot: QtBot, qapp: QApplication, deck: Path, worker: FakeWorker, settings: Settings
) -> Iterator[MainWindow]:
    """The window on its home page, with its first deal."""
    theme.apply(qapp)
    window = MainWindow(worker, settings=settings)
    window.resize(1100, 700)
    window.show()
    window.begin(warms_up=False)
    qtbot.waitUntil(lambda: window.duel_controller.deal is not None and window.errands.is_idle(), timeout=WAIT_MS)
    yield window
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    assert window.stop()
    window.hide()
    window.deleteLater()


def trigger(window: MainWindow, name: str) -> None:
    """Ask for a command, which must be on offer."""
    action = window.actions_by_name[name]
    assert action.isEnabled(), f"{name} cannot be asked for on {window.page()}"
    action.trigger()


def start(window: MainWindow, qtbot: QtBot) -> Drawing:
    """Go to the studio; the drawing there."""
    trigger(window, "start")
    qtbot.waitUntil(lambda: window.page() == "studio", timeout=WAIT_MS)
    drawing = window.studio.drawing()
    assert drawing is not None
    return drawing


def draw(window: MainWindow, qtbot: QtBot, *, down: float = 0.5) -> None:
    """A stroke with the mouse across the middle of the canvas."""
    canvas = window.studio.canvas
    way = canvas.view.transform()
    drawing = canvas.drawing()
    assert drawing is not None
    places_px = [
        way.map(QPointF(share * drawing.width, down * drawing.height)).toPoint() for share in (0.2, 0.4, 0.6, 0.8)
    ]
    qtbot.mousePress(canvas, Qt.LeftButton, pos=places_px[0])
    for place in places_px[1:]:
        # QTest moves the system's cursor, which offscreen leads to no event.
        move = QMouseEvent(QEvent.MouseMove, QPointF(place), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, Qt.LeftButton, pos=places_px[-1])


def middle(window: MainWindow) -> QPoint:
    """Where the drawing's middle is on the canvas."""
    canvas = window.studio.canvas
    drawing = canvas.drawing()
    assert drawing is not None
    return canvas.view.transform().map(QPointF(drawing.width / 2, drawing.height / 2)).toPoint()


def paint_a_spot(window: MainWindow, qtbot: QtBot) -> None:
    """The smallest stroke that there is, in the middle of the canvas."""
    qtbot.mouseClick(window.studio.canvas, Qt.LeftButton, pos=middle(window))


def answer(qtbot: QtBot, button: str) -> list[str]:
    """Press the button of that name on the question that comes up next; the list then holds what was asked."""
    asked: list[str] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        for each in box.buttons():
            if each.text() == button:
                each.click()

    QTimer.singleShot(0, press)
    return asked


def with_dialog(act: Callable[[QDialog], None]) -> list[str]:
    """Do something with the dialog that comes up next, then close it; the list then holds its kind."""
    seen: list[str] = []

    def use() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        seen.append(type(dialog).__name__)
        try:
            act(dialog)
        finally:
            dialog.close()

    QTimer.singleShot(0, use)
    return seen
