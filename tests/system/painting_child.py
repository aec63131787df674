"""A program for `test_kills.py` to kill: it paints in the real window, and says when each stroke has ended.

`paint CONTENT STYLE SEED` paints until it is killed: "ready", then the seed of each stroke, a line each.
`look` starts as a player would, says which drawing is offered first, and how many strokes it goes on with.
"""

import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from desktop_workplace import FakeWorker
from PyQt5.QtCore import QEvent, QPointF, Qt, QTimer
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication, QWidget

from app.desktop.app_state.settings import Settings
from app.desktop.app_state.view_models import Unfinished
from app.desktop.main_window import MainWindow
from app.desktop.widgets import theme

# Whoever started this may be gone.
LONGEST_S = 120


def say(word: object) -> None:
    """Straight into the pipe: what is said must not be lost with the program."""
    os.write(1, f"{word}\n".encode())


def hand_events(canvas: QWidget, chance: random.Random) -> Iterator[QMouseEvent]:
    """Strokes of a mouse across the canvas, for ever."""

    def event(kind: QEvent.Type, button: Qt.MouseButton, held: Qt.MouseButton) -> QMouseEvent:
        return QMouseEvent(
            kind, QPointF(x, y), QPointF(canvas.mapToGlobal(QPointF(x, y).toPoint())), button, held, Qt.NoModifier
        )

    while True:
        middle = canvas.rect().center()
        x, y = middle.x() + chance.uniform(-150, 150), middle.y() + chance.uniform(-120, 120)
        yield event(QEvent.MouseButtonPress, Qt.LeftButton, Qt.LeftButton)
        for _ in range(chance.randint(2, 12)):
            x, y = x + chance.uniform(-25, 25), y + chance.uniform(-25, 25)
            yield event(QEvent.MouseMove, Qt.NoButton, Qt.LeftButton)
        yield event(QEvent.MouseButtonRelease, Qt.LeftButton, Qt.NoButton)


def paint(window: MainWindow, content: Path, style: Path, seed: int) -> None:
    canvas = window.studio.canvas
    events = hand_events(canvas, random.Random(seed))

    def say_which() -> None:
        say(window.document_controller.drawing.strokes[-1].seed)

    def go_on() -> None:
        if window.page() != "studio" or window.document_controller.drawing is None:
            return
        if not said:
            said.append("ready")
            say("ready")
        QApplication.sendEvent(canvas, next(events))

    said: list[str] = []
    # Connected last: whoever keeps the stroke has been told before.
    canvas.stroke_ended.connect(say_which)
    timer = QTimer(window)
    timer.timeout.connect(go_on)
    timer.start(2)
    window.begin(content, style)


def look(window: MainWindow) -> None:
    def go_on(offers: list[Unfinished]) -> None:
        if offers:
            say(offers[0].path)
            window.home.continue_requested.emit(str(offers[0].path))

    def say_how_many() -> None:
        if window.page() == "studio" and window.document_controller.drawing is not None:
            say(len(window.document_controller.drawing.strokes))
            timer.stop()
            window.close()

    window.document_controller.offered.connect(go_on)
    timer = QTimer(window)
    timer.timeout.connect(say_how_many)
    timer.start(20)
    window.begin()


def main(arguments: list[str]) -> int:
    if hasattr(signal, "alarm"):
        signal.alarm(LONGEST_S)
    application = QApplication(sys.argv[:1])
    theme.apply(application)
    worker = FakeWorker()
    worker.is_held = True
    window = MainWindow(worker, settings=Settings(canvas_side_px=512))
    window.resize(1000, 640)
    window.show()
    if arguments[0] == "paint":
        paint(window, Path(arguments[1]), Path(arguments[2]), int(arguments[3]))
    else:
        look(window)
    return application.exec_()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
