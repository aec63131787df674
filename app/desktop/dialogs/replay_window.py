"""A window that plays how a drawing was painted, with a scrubber."""

import bisect
import itertools
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from PyQt5.QtCore import QElapsedTimer, QPointF, QRectF, QSize, QSizeF, QStandardPaths, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QColor, QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt5.QtWidgets import QDialog, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.desktop.dialogs.timelapse_dialog import TimelapseDialog
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Choice, Slider, frame
from app.desktop.widgets.icons import icon
from app.desktop.widgets.qimage import fitted
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Entry, in_force
from app.painting.io.replay import Cursor, Replay
from app.painting.model.stroke import Stroke

SPEEDS = (1, 2, 4, 8, 16, 32, 64)
# A mouse tells some 125 points a second, a moment each: played so, a stroke takes as long as the hand took.
MOMENTS_PER_S = 125.0
USUAL_S = 30.0
FRAME_MS = 16
# What may be painted between two frames, so that the window hears every key and click meanwhile.
SLICE_S = 0.012
_MOST_SIDE_PX = 1600


class ReplayWindow(QDialog):
    """Plays a drawing from its entries, from the beginning as soon as it is seen. May be shown or executed."""

    def __init__(
        self,
        width: int,
        height: int,
        entries: Sequence[Entry],
        brushes: Mapping[str, Brush],
        parent: QWidget | None,
        *,
        suggested: Path | None = None,
    ) -> None:
        """`width` and `height` are the drawing's, in px; `suggested` is a name for its time-lapse."""
        super().__init__(parent)
        self.setWindowTitle("Watch it being painted")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self.setWindowFlag(Qt.WindowMaximizeButtonHint, True)
        self._drawn = (width, height, list(entries), brushes)
        self._recipes = {entry.fingerprint: entry for entry in entries if isinstance(entry, Brush)}
        self._suggested = suggested
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1366, 768)
        # As large as the screen could show it, and no larger: a smaller picture is painted faster.
        side_px = min(_MOST_SIDE_PX, round(max(room.width(), room.height()) * self.devicePixelRatioF()))
        scale = min(1.0, side_px / max(width, height))
        self._replay = Replay(width, height, entries, brushes=brushes, scale=scale)
        lengths = (len(step.points) + 1 if isinstance(step, Stroke) else 1 for step in in_force(entries))
        self._starts = [0, *itertools.accumulate(lengths)]
        self._wanted = 0.0
        self._is_playing = False
        self._has_begun = False
        # The slowest that is not too long to look at.
        self._speed = next((s for s in SPEEDS if self._replay.length <= s * USUAL_S * MOMENTS_PER_S), SPEEDS[-1])
        self._symbol = ""
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_tick)

        self.picture = _Picture(self._replay)
        self.picture.clicked.connect(self.toggle)
        self.scrubber = _Scrubber(self._replay.length, self._starts)
        self.scrubber.valueChanged.connect(self._on_scrubbed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picture, 1)
        column.addWidget(self._make_bar())
        self.setMinimumSize(620, 380)
        self.resize(self._best_size(room))
        self._show_state()

    def _best_size(self, room: QSize) -> QSize:
        width, height = self._drawn[:2]
        most = QSizeF(room * 0.86) - QSizeF(0, 120)
        shown = QSizeF(width, height).scaled(most, Qt.KeepAspectRatio)
        return QSize(max(620, round(shown.width()) + 48), max(380, round(shown.height()) + 148))

    def _make_bar(self) -> QWidget:
        self._play = QToolButton()
        self._play.setProperty("kind", "round")
        self._play.setIconSize(QSize(22, 22))
        self._play.clicked.connect(self.toggle)
        self._before = _step_button("stroke-before", "The stroke before", "←")
        self._after = _step_button("stroke-after", "The next stroke", "→")
        self._before.clicked.connect(lambda: self.step(-1))
        self._after.clicked.connect(lambda: self.step(1))
        explains = "How many times as fast as the hand   [+ and −]"
        self.speeds = Choice([f"{speed}×" for speed in SPEEDS], "Speed", explains)
        self.speeds.setMinimumWidth(72)
        self.speeds.setCurrentIndex(SPEEDS.index(self._speed))
        self.speeds.activated.connect(lambda index: self.set_speed(SPEEDS[index]))
        self._count = theme.label()
        self._title = theme.label(role="caption")
        film = QPushButton(icon("film"), "\u2002Save a time-lapse…")
        film.setAutoDefault(False)
        film.setFocusPolicy(Qt.TabFocus)
        film.setToolTip("Save how the drawing came about as a GIF or a film")
        film.clicked.connect(self._on_timelapse)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._count)
        words.addWidget(self._title)
        row = QHBoxLayout()
        row.setSpacing(theme.SMALL)
        for widget in (self._before, self._play, self._after):
            row.addWidget(widget)
        row.addSpacing(theme.SMALL)
        row.addLayout(words, 1)
        row.addWidget(self.speeds)
        row.addSpacing(theme.SMALL)
        row.addWidget(film)
        bar = frame("panel")
        column = QVBoxLayout(bar)
        column.setContentsMargins(theme.GAP, 10, theme.GAP, 12)
        column.setSpacing(theme.SMALL)
        column.addWidget(self.scrubber)
        column.addLayout(row)
        return bar

    # What is asked for

    @property
    def moment(self) -> int:
        """The moment that shows, 0..length."""
        return self._replay.position

    @property
    def length(self) -> int:
        """In moments: one for each point of a stroke and one for its end."""
        return self._replay.length

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._is_playing

    @property
    def is_settled(self) -> bool:
        """Whether what is asked for shows."""
        return self._replay.position == int(self._wanted) and not self._is_playing

    def replayed(self) -> QImage:
        """The drawing as it shows, without the brush's ring: live, not a copy."""
        return self._replay.image()

    def says(self) -> tuple[str, str]:
        """What it says of the moment: which stroke, and with what it was made."""
        return self._count.text(), self._title.text()

    def set_cursor_shown(self, is_shown: bool) -> None:
        """Whether the brush's ring shows where it paints."""
        self.picture.has_cursor = is_shown
        self.picture.update()

    def toggle(self) -> None:
        """Play, from the beginning where it was at the end; or pause."""
        if not self._is_playing and self._wanted >= self.length:
            self._wanted = 0.0
        self._set_playing(not self._is_playing)

    def pause(self) -> None:
        """Stop where it is."""
        self._set_playing(False)

    def go_to(self, moment: float) -> None:
        """Show a moment, 0..length, as soon as it is painted."""
        self._wanted = min(max(float(moment), 0.0), float(self.length))
        self._run()

    def step(self, strokes: int) -> None:
        """Go to the end of so many strokes (negative: to the beginning) before or after."""
        self.pause()
        at = int(self._wanted)
        if strokes > 0:
            index = bisect.bisect_right(self._starts, at) + strokes - 1
        else:
            index = bisect.bisect_left(self._starts, at) + strokes
        self.go_to(self._starts[min(max(index, 0), len(self._starts) - 1)])

    def set_speed(self, speed: int) -> None:
        """Play so many times as fast as the hand; one of SPEEDS."""
        self._speed = speed
        self.speeds.setCurrentIndex(SPEEDS.index(speed))

    def _set_playing(self, is_playing: bool) -> None:
        self._is_playing = is_playing and self.length > 0
        self._clock.start()
        self._run()
        self._show_state()

    def _run(self) -> None:
        if not self._timer.isActive() and self.isVisible():
            self._timer.start()

    def _on_tick(self) -> None:
        if self._is_playing:
            self._wanted += self._clock.restart() / 1000 * MOMENTS_PER_S * self._speed
            if self._wanted >= self.length:
                self._wanted, self._is_playing = float(self.length), False
        began_s = time.monotonic()
        is_there = self._replay.seek(self._wanted, within_s=SLICE_S)
        if not is_there and self._is_playing:
            # A slow machine plays slower, instead of leaping.
            self._wanted = min(self._wanted, self._replay.position + MOMENTS_PER_S * self._speed * SLICE_S)
        # A seek that took longer than its slice (one huge stroke) leaves as much time to everything else.
        self._timer.setInterval(max(FRAME_MS, round(1000 * (time.monotonic() - began_s))))
        self._show_state()
        if is_there and not self._is_playing:
            self._timer.stop()

    def _on_scrubbed(self, moment: int) -> None:
        self.pause()
        self.go_to(moment)

    def _on_timelapse(self) -> None:
        self.pause()
        width, height, entries, brushes = self._drawn
        dialog = TimelapseDialog(width, height, entries, brushes, self._suggested or default_name(), self)
        dialog.exec_()

    # What is shown

    def _show_state(self) -> None:
        position, strokes = self._replay.position, self._replay.strokes
        self.scrubber.show_moment(int(self._wanted))
        begun = self._replay.stroke_at(position)
        self._count.setText(f"Stroke {begun} of {len(strokes)}" if strokes else "Nothing was painted")
        self._title.setText(self._title_of(begun))
        symbol = "pause" if self._is_playing else "play"
        if symbol != self._symbol:
            self._symbol = symbol
            self._play.setIcon(icon(symbol))
            self._play.setToolTip(f"{symbol.capitalize()}   [Space]")
            self._play.setAccessibleName(symbol.capitalize())
        self.picture.update()

    def _title_of(self, begun: int) -> str:
        if not 0 < begun <= len(self._replay.strokes):
            return "The paper"
        stroke = self._replay.strokes[begun - 1]
        if stroke.mode in ("fill", "clear"):
            return {"fill": "Fill", "clear": "Clear"}[stroke.mode]
        brush = self._recipes.get(stroke.recipe) or self._drawn[3].get(stroke.brush)
        title = brush.title if brush is not None else stroke.brush.replace("-", " ").capitalize()
        return {"erase": f"Eraser, {title}", "smudge": f"Smudge, {title}"}.get(stroke.mode, title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key == Qt.Key_Space:
            self.toggle()
        elif key in (Qt.Key_Left, Qt.Key_Right):
            self.step(1 if key == Qt.Key_Right else -1)
        elif key in (Qt.Key_Home, Qt.Key_End):
            self.pause()
            self.go_to(0 if key == Qt.Key_Home else self.length)
        elif key in (Qt.Key_Plus, Qt.Key_Equal, Qt.Key_Minus, Qt.Key_Up, Qt.Key_Down):
            by = -1 if key in (Qt.Key_Minus, Qt.Key_Down) else 1
            self.set_speed(SPEEDS[min(max(SPEEDS.index(self._speed) + by, 0), len(SPEEDS) - 1)])
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # type: ignore[arg-type]
        # Space is for playing, not for whichever button comes first.
        self.picture.setFocus()
        if not self._has_begun:
            self._has_begun = True
            self._set_playing(True)
        self._run()

    def done(self, result: int) -> None:
        """Close, for good: a parent would else keep its pictures as long as itself."""
        super().done(result)
        if self.parent() is not None:
            self.deleteLater()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._is_playing = False
        self._timer.stop()


class _Picture(QWidget):
    """The drawing as it is at the moment, and the brush's ring on it."""

    clicked = pyqtSignal()

    def __init__(self, replay: Replay) -> None:
        super().__init__()
        self._replay = replay
        self.has_cursor = True
        self.setFocusPolicy(Qt.StrongFocus)
        self.setAccessibleName("The drawing as it was painted")
        self.setCursor(Qt.PointingHandCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.LeftButton:
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.colour("canvas_surround"))
        room = QRectF(self.rect()).adjusted(theme.WIDE, theme.GAP, -theme.WIDE, -theme.GAP)
        box = fitted(QSizeF(self._replay.width, self._replay.height), room)
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(0, 0, 0, 28))
        for step in (6, 4, 2):
            painter.drawRect(box.adjusted(-step, -step + 2, step, step + 2))
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        image = self._replay.image()
        painter.drawImage(box, image, QRectF(image.rect()))
        cursor = self._replay.cursor
        if cursor is not None and self.has_cursor:
            painter.setClipRect(room.adjusted(-8, -8, 8, 8))
            _paint_ring(painter, cursor, box, box.width() / self._replay.width)


def _paint_ring(painter: QPainter, cursor: Cursor, box: QRectF, zoom: float) -> None:
    painter.setRenderHint(QPainter.Antialiasing)
    painter.setBrush(Qt.NoBrush)
    at = box.topLeft() + QPointF(cursor.x, cursor.y) * zoom
    radius = max(cursor.size_px * zoom / 2, 3.0)
    # Dark beside light is seen on any paint.
    painter.setPen(QPen(QColor(0, 0, 0, 150), 1))
    painter.drawEllipse(at, radius + 1, radius + 1)
    painter.setPen(QPen(QColor(255, 255, 255, 220), 1))
    painter.drawEllipse(at, radius, radius)


class _Scrubber(Slider):
    """A slider over the moments. `valueChanged` tells only what the person did."""

    def __init__(self, length: int, starts: Sequence[int]) -> None:
        super().__init__()
        self.setRange(0, max(length, 1))
        self.setPageStep(max(length // 20, 1))
        self.setSingleStep(max(length // 200, 1))
        self.setEnabled(length > 0)
        # The arrow keys are for strokes.
        self.setFocusPolicy(Qt.NoFocus)
        self.setAccessibleName("Moment")
        self.setToolTip(f"{len(starts) - 1} strokes and changes; drag to look at any moment")

    def show_moment(self, wanted: int) -> None:
        """Show the moment that is asked for without telling anybody."""
        if not self.isSliderDown():
            self.blockSignals(True)
            self.setValue(wanted)
            self.blockSignals(False)


def default_name() -> Path:
    """Where a time-lapse goes that nobody named: among the person's pictures."""
    pictures = QStandardPaths.writableLocation(QStandardPaths.PicturesLocation)
    return (Path(pictures) if pictures and Path(pictures).is_dir() else Path.home()) / "time-lapse.mp4"


def _step_button(symbol: str, words: str, key: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(symbol))
    button.setIconSize(QSize(18, 18))
    button.setToolTip(f"{words}   [{key}]")
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.TabFocus)
    return button
