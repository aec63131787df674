"""Somebody paints in the real window on a large canvas with three layers.

It is a process of its own, `python -m app.bench.window.painting_session PLAN`: the plan goes in and what was seen comes
out as JSON.
"""

import dataclasses
import json
import math
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from PyQt5.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtWidgets import QApplication

from app import images
from app.bench import child
from app.bench.window import screen
from app.desktop import application
from app.desktop.app_state.background import Workplace
from app.desktop.app_state.settings import Settings
from app.desktop.main_window import MainWindow
from app.errors import PasticheError
from app.game.deck import Deck
from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing, Entry, EntryWriter
from app.painting.model.stroke import Color, Points, Stroke
from app.worker.jobs import Job, WarmJob
from app.worker.messages import Event

LIMIT_S = 600.0
_PEN_MS = 8.0
_REST_MS = 60.0
_SETTLE_MS = 1500.0
_LAYERS = 3
# What changes nothing that can be seen is never repainted.
_QUIET_S = 0.25


@dataclass(frozen=True)
class Plan:
    """What is done at a session.

    Attributes:
        side_px: of the square drawing.
        brush, size_px: what paints the strokes that are timed.
        strokes, moves: how many are painted by hand, and pointer events of each, 8 ms apart.
        undos: how many strokes are undone and had again.
        more_strokes: how many are painted after that, as fast as it goes, with every brush.
        rivals_work: whether both rivals work meanwhile; then the hand paints as long as they do, however many strokes.
    """

    side_px: int = 2048
    brush: str = "bristle"
    size_px: float = 64.0
    strokes: int = 50
    moves: int = 40
    undos: int = 40
    more_strokes: int = 0
    rivals_work: bool = False


def hold(plan: Plan) -> dict[str, Any]:
    """Hold a session in a process of its own: `events_ms`, `undos_ms`, `journal_ms` (lists), `memory_mb`, `platform`.

    Raises:
        PasticheError: it failed.
    """
    return child.measured("The canvas", "app.bench.window.painting_session", [json.dumps(dataclasses.asdict(plan))])


class _Nobody:
    """A worker in which no work is ever done."""

    def __init__(self) -> None:
        self._jobs = 0

    def submit(self, _job: Job) -> int:
        self._jobs += 1
        return self._jobs

    def cancel(self, number: int) -> None:
        """Nothing is being done."""

    def warm_up(self, jobs: Sequence[WarmJob]) -> None:
        """There is nobody to get ready."""

    def set_throttled(self, is_down: bool, *, at_once: bool = False) -> None:
        """There is nobody to yield."""

    def wake(self) -> None:
        """No poll waits for long."""

    def poll(self, timeout_s: float = 0.0) -> list[Event]:
        time.sleep(timeout_s)
        return []

    def close(self) -> None:
        """There is nothing to end."""


class _TimedJournal:
    """Hands on to a journal what is written, and notes how long that takes."""

    def __init__(self, journal: EntryWriter) -> None:
        self._journal = journal
        self.times_ms: list[float] = []
        self._before_ms = 0.0

    def write(self, entry: Entry) -> None:
        begun = time.perf_counter()
        self._journal.write(entry)
        self._before_ms += (time.perf_counter() - begun) * 1000
        # The recipe of a brush, which is written down before its first stroke, is part of what that stroke costs.
        if isinstance(entry, Stroke):
            self.times_ms.append(self._before_ms)
            self._before_ms = 0.0


class _PaintWatch(QObject):
    """Knows whether a widget was painted since `begin`."""

    has_painted = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Paint:
            self.has_painted = True
        return super().eventFilter(watched, event)


class PaintingSession:
    """The window with a drawing, and a hand."""

    def __init__(self, plan: Plan, window: MainWindow) -> None:
        self._plan, self._window = plan, window
        self._canvas = window.studio.canvas
        self._chance = random.Random(7)
        self._watch = _PaintWatch()
        self._canvas.installEventFilter(self._watch)
        self.failure = ""
        self._strokes = 0
        drawing = self._until(lambda: self._canvas.drawing() if window.page() == "studio" else None)
        self._drawing: Drawing = drawing
        self._journal = _TimedJournal(drawing.journal)
        self._make_layers()

    def on_exception(self, kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Note what a slot did not catch."""
        self.failure = self.failure or f"The window failed ({kind.__name__}: {error})."

    def paint(self) -> list[float]:
        """Paint by hand; for each pointer event the ms from when it was due to the finished repaint."""
        window, plan = self._window, self._plan
        window.hand.brush, window.hand.size_px = plan.brush, plan.size_px
        self._canvas.tool_changed()
        # What is only ever needed once, such as the first dab of all, is not what a hand feels.
        self._stroke()
        times: list[float] = []
        begun_s = time.perf_counter()
        while self._rivals_work() if plan.rivals_work else self._strokes <= plan.strokes:
            times += self._stroke()
            if time.perf_counter() - begun_s > LIMIT_S:
                raise PasticheError(f"The rivals did not finish within {LIMIT_S:.0f} s.")
        return times

    def undo(self) -> list[float]:
        """Undo strokes and redo them; for each the ms from the command to the finished repaint."""
        times = []
        for name in ("undo", "redo"):
            for _ in range(min(self._plan.undos, self._strokes)):
                begun_s = time.perf_counter()
                self._watch.has_painted = False
                self._window.actions_by_name[name].trigger()
                if self._finish_repaint():
                    times.append((time.perf_counter() - begun_s) * 1000)
                self._rest(_REST_MS)
        return times

    def paint_more(self) -> None:
        """Paint strokes with every brush, each shown as it is painted and once it has ended."""
        brushes = list(own_and_players().values())
        layers = [layer.id for layer in self._drawing.layers]
        for number in range(self._plan.more_strokes):
            brush = brushes[number % len(brushes)]
            head = Stroke(
                brush=brush.name,
                color=self._color(0),
                size_px=min(self._chance.uniform(0.5, 2.0) * brush.size_px, self._plan.side_px / 8),
                seed=number,
                layer=layers[number % len(layers)],
            )
            self._drawing.begin(head)
            self._canvas.refresh(self._drawing.add_points(self._way(40)))
            QApplication.processEvents()
            self._drawing.end()
            self._canvas.refresh(self._drawing.last_dirty)
            QApplication.processEvents()

    def journal_ms(self) -> list[float]:
        """What each stroke so far cost on this thread to be written down."""
        return self._journal.times_ms

    def _make_layers(self) -> None:
        drawing = self._drawing
        drawing.journal = self._journal
        while len(drawing.layers) < _LAYERS:
            drawing.add_layer()
        middle = drawing.layers[1].id
        drawing.change_layer(middle, blend="multiply", opacity=0.9)
        side = self._plan.side_px
        for number, layer in enumerate(drawing.layers * 4):
            color = self._color(90)
            brush = ("flat", "watercolour", "chalk")[number % 3]
            stroke = Stroke(brush=brush, color=color, size_px=side / 10, layer=layer.id, seed=number)
            drawing.apply(stroke.with_points(self._way(60)))
        drawing.activate(middle)
        self._canvas.zoom_by(0.5 / self._canvas.view.zoom, QPointF(self._canvas.rect().center()))
        self._window.studio.refresh_commands()
        self._watch.has_painted = False
        self._canvas.refresh()
        self._until(lambda: self._watch.has_painted or None)
        self._rest(_SETTLE_MS)

    def _color(self, darkest: int) -> Color:
        red, green, blue = (self._chance.randrange(darkest, 256) for _ in range(3))
        return red, green, blue

    def _way(self, count: int) -> Points:
        """A curved way on the drawing."""
        side = self._plan.side_px
        t = np.linspace(0, 1, count)
        reach = side * self._chance.uniform(0.05, 0.3)
        heading, turn = self._chance.uniform(0, 2 * math.pi), self._chance.uniform(-3, 3)
        x = self._chance.uniform(0.2, 0.8) * side + np.cumsum(np.cos(heading + turn * t)) * reach / count
        y = self._chance.uniform(0.2, 0.8) * side + np.cumsum(np.sin(heading + turn * t)) * reach / count
        return np.column_stack([x, y, np.clip(4 * t * (1 - t) + 0.2, 0, 1)]).astype(np.float32)

    def _stroke(self) -> list[float]:
        """Paint a stroke; for each event that shows, the ms from when it was due to the finished repaint."""
        at, heading = self._middle(0.2), self._chance.uniform(0, 2 * math.pi)
        turn = self._chance.uniform(-0.15, 0.15)
        events = [(QEvent.MouseButtonPress, QPointF(at))]
        for _ in range(self._plan.moves):
            if not self._middle_rect().contains(at):
                home = self._middle(0.0) - at
                heading += 0.4 * math.sin(math.atan2(home.y(), home.x()) - heading)
            heading += turn
            at = at + QPointF(7 * math.cos(heading), 7 * math.sin(heading))
            events.append((QEvent.MouseMove, at))
        events.append((QEvent.MouseButtonRelease, at))
        begun_s, step_s, heard = time.perf_counter(), _PEN_MS / 1000, 0
        times: list[float] = []
        while heard < len(events):
            self._wait_until(begun_s + heard * step_s)
            # A hand goes on while the window stands still: all that has come about meanwhile is heard at once.
            come = min(1 + int((time.perf_counter() - begun_s) / step_s), len(events))
            dues_s = [begun_s + number * step_s for number in range(heard, max(come, heard + 1))]
            self._watch.has_painted = False
            for kind, where in events[heard : heard + len(dues_s)]:
                self._send(kind, where)
            heard += len(dues_s)
            if self._finish_repaint():
                times += [(time.perf_counter() - due_s) * 1000 for due_s in dues_s]
            else:
                begun_s = time.perf_counter() - heard * step_s
        self._rest(_REST_MS)
        self._strokes += 1
        return times

    def _middle_rect(self) -> QRectF:
        size = self._canvas.size()
        return QRectF(size.width() * 0.3, size.height() * 0.3, size.width() * 0.4, size.height() * 0.4)

    def _middle(self, stray: float) -> QPointF:
        """Somewhere near the middle of the canvas: no further off than a share of its sides."""
        size = self._canvas.size()
        across, down = (0.5 + self._chance.uniform(-stray, stray) for _ in range(2))
        return QPointF(size.width() * across, size.height() * down)

    def _send(self, kind: QEvent.Type, at: QPointF) -> None:
        is_move = kind == QEvent.MouseMove
        held = Qt.NoButton if kind == QEvent.MouseButtonRelease else Qt.LeftButton
        button = Qt.NoButton if is_move else Qt.LeftButton
        event = QMouseEvent(kind, at, QPointF(self._canvas.mapToGlobal(at.toPoint())), button, held, Qt.NoModifier)
        event.setTimestamp(round(time.perf_counter() * 1000))
        QApplication.sendEvent(self._canvas, event)

    def _finish_repaint(self) -> bool:
        """Let the window work until the canvas is painted and what was painted is handed to the screen.

        False where it was not painted: there was nothing to show.
        """
        quiet_s = time.perf_counter() + _QUIET_S
        while not self._watch.has_painted and time.perf_counter() < quiet_s:
            QApplication.processEvents()
            self._check()
        return self._watch.has_painted

    def _wait_until(self, when_s: float) -> None:
        """Let the window work until then, as between two events of a pen."""
        while (left_s := when_s - time.perf_counter()) > 0:
            QApplication.processEvents()
            time.sleep(min(max(left_s, 0.0), 0.0005))
        self._check()

    def _rest(self, milliseconds: float) -> None:
        self._wait_until(time.perf_counter() + milliseconds / 1000)

    def _rivals_work(self) -> bool:
        states = self._window.duel_controller.rivals.values()
        failed = [state.message for state in states if state.stage == "failed"]
        if failed:
            raise PasticheError(f"A rival failed: {failed[0]}")
        return any(state.stage != "finished" for state in states)

    def _until(self, found: Any) -> Any:
        begun_s = time.perf_counter()
        while (value := found()) is None:
            QApplication.processEvents()
            time.sleep(0.005)
            self._check()
            if time.perf_counter() - begun_s > 60:
                raise PasticheError("The studio did not open.")
        return value

    def _check(self) -> None:
        if self.failure:
            raise PasticheError(self.failure)


def sit(plan: Plan) -> dict[str, Any]:
    """Hold the session in this process, which must not have a QApplication yet."""
    with screen.nobodys_data(), screen.shown() as platform, tempfile.TemporaryDirectory() as folder:
        content = Path(folder) / "content.png"
        images.write_picture(content, _square())
        program = application.make_application()
        window = MainWindow(_workplace(plan), settings=Settings(canvas_side_px=plan.side_px))
        hook = sys.excepthook
        try:
            window.show()
            window.begin(content, Deck.load().deal(0).style.path)
            session = PaintingSession(plan, window)
            # Without a hook PyQt5 would end the process when a slot raises.
            sys.excepthook = session.on_exception
            events, undos = session.paint(), session.undo()
            session.paint_more()
            journal = session.journal_ms()
            memory = _memory_mb()
        finally:
            sys.excepthook = hook
            window.hide()
            window.stop()
            program.processEvents()
    return {"events_ms": events, "undos_ms": undos, "journal_ms": journal, "memory_mb": memory, "platform": platform}


def _workplace(plan: Plan) -> Workplace:
    if not plan.rivals_work:
        return _Nobody()
    from app.worker.client import WorkerClient

    return WorkerClient()


def _square() -> images.Picture:
    """A square photograph of nothing in particular, so that the drawing is square."""
    down, across = np.mgrid[0:512, 0:512].astype(np.float32) / 512
    waves = 0.5 + 0.5 * np.sin(9 * np.hypot(down - 0.4, across - 0.6)[..., None] + np.arange(3, dtype=np.float32))
    return np.ascontiguousarray(waves, dtype=np.float32)


def _memory_mb() -> float:
    """What of this process lies in memory now (Linux), or did at most."""
    status = Path("/proc/self/status")
    if status.is_file():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 1024


if __name__ == "__main__":
    try:
        print(json.dumps(sit(Plan(**json.loads(sys.argv[1])))))
    except PasticheError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
