"""How long the window stands still while both rivals load and work and somebody paints."""

import math
import random
import sys
import time
from itertools import pairwise
from types import TracebackType
from typing import Any

import numpy as np
from PyQt5.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication

from app.bench.window import screen
from app.desktop import application
from app.desktop.canvas.canvas import Canvas
from app.desktop.main_window import MainWindow
from app.errors import PasticheError
from app.game.deck import Deck
from app.painting.brushes.brush import own_and_players
from app.worker.client import WorkerClient

TICK_MS = 5
HAND_MS = 8
STROKE_MOVES = 60
LIMIT_S = 600.0


def measure() -> dict[str, Any]:
    """Open the real window on a deal, paint with the mouse until both rivals have finished, and time a 5 ms timer.

    `freeze_max_ms` and `freeze_p99_ms` are the longest and the 99th percentile of the times between two of its ticks;
    `strokes` is how many were painted meanwhile, `seconds` how long it took.
    """
    deal = Deck.load().deal(0)
    with screen.nobodys_data(), screen.shown() as platform:
        program = application.make_application()
        window = MainWindow(WorkerClient())
        window.show()
        window.begin(deal.content.path, deal.style.path)
        watch = _Watch(window)
        # Without a hook PyQt5 would end the process when a slot raises.
        hook, sys.excepthook = sys.excepthook, watch.on_exception
        try:
            program.exec_()
        finally:
            sys.excepthook = hook
            watch.end()
            window.hide()
            window.stop()
    return watch.figures() | {"platform": platform}


class _Watch(QObject):
    """Ticks every 5 ms in the window's thread from the moment the studio is there, and moves a hand over the canvas."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._hand = _Hand(window)
        self._begun_s = time.perf_counter()
        self._ticks_s: list[float] = []
        self._failure = ""
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.PreciseTimer)
        self._timer.timeout.connect(self._on_tick)
        self._timer.start(TICK_MS)

    def end(self) -> None:
        """Stop ticking and painting."""
        self._timer.stop()
        self._hand.rest()

    def figures(self) -> dict[str, Any]:
        """What was seen. Raises PasticheError if a rival failed or the time was up."""
        if self._failure:
            raise PasticheError(self._failure)
        gaps_ms = np.array([after - before for before, after in pairwise(self._ticks_s)]) * 1000
        return {
            "freeze_max_ms": round(float(gaps_ms.max()), 1),
            "freeze_p99_ms": round(float(np.percentile(gaps_ms, 99)), 1),
            "strokes": self._hand.strokes,
            "seconds": round(self._ticks_s[-1] - self._ticks_s[0], 1),
        }

    def on_exception(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Stop at what a slot did not catch."""
        self._stop(f"The window failed ({kind.__name__}: {error}).")

    def _on_tick(self) -> None:
        now_s = time.perf_counter()
        if self._window.page() != "studio":
            if now_s - self._begun_s > LIMIT_S:
                self._stop("The studio did not open.")
            return
        if not self._ticks_s:
            self._hand.begin()
        self._ticks_s.append(now_s)
        stages = {name: state.stage for name, state in self._window.duel_controller.rivals.items()}
        if "failed" in stages.values():
            self._stop(f"A rival failed: {[state.message for state in self._window.duel_controller.rivals.values()]}.")
        elif set(stages.values()) == {"finished"}:
            self._stop("")
        elif now_s - self._begun_s > LIMIT_S:
            self._stop(f"The rivals did not finish within {LIMIT_S:.0f} s: {stages}.")

    def _stop(self, failure: str) -> None:
        self._failure = self._failure or failure
        self.end()
        QApplication.quit()


class _Hand(QObject):
    """A hand with a mouse: one curved stroke after another, each with the next brush."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self._window = window
        self._brushes = list(own_and_players())
        self._chance = random.Random(7)
        self._moves = 0
        self._at, self._heading, self._turn = QPointF(), 0.0, 0.0
        self.strokes = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.PreciseTimer)
        self._timer.timeout.connect(self._on_move)

    def begin(self) -> None:
        """Start to paint."""
        self._timer.start(HAND_MS)

    def rest(self) -> None:
        """Paint no more."""
        self._timer.stop()

    def _on_move(self) -> None:
        canvas = self._window.studio.canvas
        if self._moves == 0:
            self._window.hand.brush = self._brushes[self.strokes % len(self._brushes)]
            self._at = QPointF(
                canvas.width() * self._chance.uniform(0.3, 0.7), canvas.height() * self._chance.uniform(0.3, 0.7)
            )
            self._heading, self._turn = self._chance.uniform(0, 2 * math.pi), self._chance.uniform(-0.12, 0.12)
            _send(canvas, QEvent.MouseButtonPress, self._at)
        self._heading += self._turn
        self._at += QPointF(7 * math.cos(self._heading), 7 * math.sin(self._heading))
        _send(canvas, QEvent.MouseMove, self._at)
        self._moves += 1
        if self._moves == STROKE_MOVES:
            _send(canvas, QEvent.MouseButtonRelease, self._at)
            self._moves = 0
            self.strokes += 1


def _send(canvas: Canvas, kind: QEvent.Type, at: QPointF) -> None:
    is_move = kind == QEvent.MouseMove
    held = Qt.NoButton if kind == QEvent.MouseButtonRelease else Qt.LeftButton
    button = Qt.NoButton if is_move else Qt.LeftButton
    event = QMouseEvent(kind, at, QPointF(canvas.mapToGlobal(at.toPoint())), button, held, Qt.NoModifier)
    QApplication.sendEvent(canvas, event)
