"""Saving how a drawing came about as a GIF or a film."""

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from PyQt5.QtCore import QObject, Qt, pyqtSignal
from PyQt5.QtWidgets import (
    QCheckBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.background import Errands
from app.desktop.widgets import theme
from app.desktop.widgets.controls import CaptionedSlider, Choice, Segments
from app.desktop.widgets.status_label import StatusLabel
from app.painting.brushes.brush import Brush
from app.painting.document.drawing import Entry
from app.painting.io.replay import Replay
from app.painting.io.timelapse import SUFFIXES, default_side_px, write_timelapse

LEAST_S, MOST_S, USUAL_S = 3.0, 120.0, 20.0
SIDES_PX = (240, 360, 480, 720, 1080, 1440, 2048)
KINDS = {".gif": "GIF", ".mp4": "MP4"}
EXPLAINS = {
    ".gif": "Shows everywhere by itself, again and again; 256 colours, larger files.",
    ".mp4": "A film: all colours, smooth, small files.",
}
_STEPS = 1000


class TimelapseDialog(QDialog):
    """Asks how the time-lapse shall be, and makes it in the background, with progress and a way to stop.

    Signal: `saved(str)` with the path of a time-lapse that was written.
    """

    saved = pyqtSignal(str)

    def __init__(
        self,
        width: int,
        height: int,
        entries: Sequence[Entry],
        brushes: Mapping[str, Brush],
        suggested: Path,
        parent: QWidget | None,
    ) -> None:
        """`width` and `height` are the drawing's, in px; `suggested` is a file name, whose ending says the kind."""
        super().__init__(parent)
        self.setWindowTitle("Save a time-lapse")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        # Strokes must not be painted on the canvas while another thread paints them on the film.
        self.setModal(True)
        self._width, self._height, self._entries, self._brushes = width, height, list(entries), brushes
        self._suggested = suggested
        self._errands: Errands | None = None
        self._stop_asked = threading.Event()

        self.kind = Segments([KINDS[suffix] for suffix in SUFFIXES], "Kind")
        self.kind.chosen.connect(lambda _index: self._on_kind())
        self._explains = theme.label(role="caption")
        self.length = CaptionedSlider(
            "With the finished drawing at its end",
            lowest=LEAST_S,
            highest=MOST_S,
            shown=lambda seconds: f"{seconds:.0f} s",
            curve=2.0,
            explains="How long the time-lapse takes",
        )
        self.length.set_value(USUAL_S)
        self.side = Choice([], "Size", "The longer side of the time-lapse")
        self.side.setMinimumWidth(112)
        self.outline = QCheckBox("Show the brush's outline where it paints")
        self.outline.setChecked(True)
        self._form = QWidget()
        self._progress = QProgressBar()
        self._progress.setRange(0, _STEPS)
        self._progress.setTextVisible(False)
        self._says = StatusLabel()
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._lay_out()
        self.kind.choose(SUFFIXES.index(suggested.suffix.lower()) if suggested.suffix.lower() in SUFFIXES else 0)
        self._on_kind()
        self._show_working(False)
        self._save.setFocus()

    def _lay_out(self) -> None:
        grid = QGridLayout(self._form)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.SMALL + 4)
        grid.setColumnMinimumWidth(0, 72)
        grid.setColumnStretch(1, 1)
        grid.addWidget(theme.label("Kind"), 0, 0)
        grid.addWidget(self.kind, 0, 1)
        grid.addWidget(self._explains, 1, 1)
        grid.addWidget(theme.label("Length"), 2, 0)
        grid.addWidget(self.length, 2, 1)
        grid.addWidget(theme.label("Size"), 3, 0)
        grid.addWidget(self.side, 3, 1, Qt.AlignLeft)
        grid.addWidget(theme.label("Cursor"), 4, 0)
        grid.addWidget(self.outline, 4, 1)
        self._save, self._stop, self._close = QPushButton("Save…"), QPushButton("Stop"), QPushButton("Close")
        self._save.setProperty("kind", "primary")
        self._save.setDefault(True)
        self._save.clicked.connect(self.ask_and_save)
        self._stop.clicked.connect(self.stop)
        self._close.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(theme.SMALL)
        foot.addStretch(1)
        for button in (self._stop, self._close, self._save):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addWidget(theme.label("Save a time-lapse", "title"))
        column.addWidget(self._form)
        column.addStretch(1)
        column.addWidget(self._says)
        column.addWidget(self._progress)
        column.addLayout(foot)
        self.setMinimumSize(560, 380)

    # What is chosen

    def suffix(self) -> str:
        """.gif or .mp4."""
        return SUFFIXES[self.kind.choice()]

    def side_px(self) -> int:
        """The longer side of the film."""
        return int(self.side.currentData())

    def seconds(self) -> float:
        """The whole length."""
        return float(round(self.length.value()))

    def _on_kind(self) -> None:
        self._explains.setText(EXPLAINS[self.suffix()])
        whole = max(self._width, self._height)
        usual = default_side_px(Path(f"film{self.suffix()}"), self._width, self._height)
        sides = sorted({side for side in SIDES_PX if side < whole} | {usual, min(whole, SIDES_PX[-1])})
        self.side.clear()
        for side in sides:
            width, height = (max(1, round(length * side / whole)) for length in (self._width, self._height))
            self.side.addItem(f"{width} × {height} px", side)
        self.side.setCurrentIndex(sides.index(usual))

    def ask_and_save(self) -> None:
        """Ask for the file, and make the time-lapse."""
        words = f"{KINDS[self.suffix()]} (*{self.suffix()})"
        suggested = str(self._suggested.with_suffix(self.suffix()))
        chosen, _ = QFileDialog.getSaveFileName(self, "Save a time-lapse", suggested, words)
        if chosen:
            path = Path(chosen)
            self.save(path if path.suffix.lower() == self.suffix() else path.with_name(path.name + self.suffix()))

    # Making it

    @property
    def is_working(self) -> bool:
        """Whether a time-lapse is being made."""
        return self._errands is not None

    def told(self) -> str:
        """The sentence last told about a time-lapse."""
        return self._says.told()

    def save(self, path: Path) -> None:
        """Make the time-lapse as it was chosen, in the background, and write it to a file."""
        if self._errands is not None:
            return
        self._stop_asked = asked = threading.Event()
        scale = min(1.0, self.side_px() / max(self._width, self._height))
        seconds, with_cursor = self.seconds(), self.outline.isChecked()
        width, height, entries, brushes = self._width, self._height, self._entries, self._brushes
        progress = _Progress()
        # Qt queues the signal by itself, since it comes from another thread than this dialog's.
        progress.went_on.connect(self._on_went_on)

        def work() -> None:
            replay = Replay(width, height, entries, brushes=brushes, scale=scale)
            write_timelapse(
                path,
                replay,
                seconds=seconds,
                with_cursor=with_cursor,
                on_progress=progress.went_on.emit,
                cancelled=asked.is_set,
            )

        self._errands = Errands()
        self._errands.send(work, lambda _nothing: self._on_saved(path), self._on_failed)
        self._progress.setValue(0)
        self._says.tell("Painting it again…")
        self._show_working(True)

    def stop(self) -> None:
        """Ask for the work to stop; nothing is written then."""
        self._stop_asked.set()
        self._stop.setEnabled(False)
        self._says.tell("Stopping…")

    def done(self, result: int) -> None:
        """Close, for good; what is still being made is stopped."""
        self._stop_asked.set()
        self._end()
        super().done(result)
        if self.parent() is not None:
            self.deleteLater()

    def _end(self) -> None:
        errands, self._errands = self._errands, None
        if errands is not None:
            errands.stop()
        self._show_working(False)

    def _on_went_on(self, share: float) -> None:
        if self._errands is not None:
            self._progress.setValue(round(_STEPS * share))

    def _on_saved(self, path: Path) -> None:
        self._end()
        self._says.tell(f"Saved as {path}.", "good")
        self.saved.emit(str(path))

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self._says.tell(sentence, "" if self._stop_asked.is_set() else "bad")

    def _show_working(self, is_working: bool) -> None:
        self._form.setEnabled(not is_working)
        self._progress.setVisible(is_working)
        self._stop.setVisible(is_working)
        self._stop.setEnabled(True)
        self._close.setVisible(not is_working)
        self._save.setEnabled(not is_working)


class _Progress(QObject):
    """Carries the share that is done out of the working thread; it outlives the dialog if need be."""

    went_on = pyqtSignal(float)
