"""Watching a rival think: its picture over the whole window, live while it paints, and the film strip beneath."""

from collections.abc import Sequence

from PyQt5.QtCore import QRectF, QSize, Qt, QTimer, pyqtSignal
from PyQt5.QtGui import QHideEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap
from PyQt5.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.desktop.rivals.film_strip import FilmStrip
from app.desktop.widgets import theme
from app.desktop.widgets.icons import icon
from app.desktop.widgets.lightbox import Overlay, draw_fitted
from app.desktop.widgets.qimage import pixels_to_image
from app.game.archive.progress_film import Frame
from app.game.archive.result_card import time_text

FRAME_MS = 80


class ProgressViewer(Overlay):
    """Shows a film, and follows it as long as it grows and nobody looks back.

    `name` says whose film it is to whoever put it there. Signal: `save_requested()`.
    """

    save_requested = pyqtSignal()

    def __init__(self, window: QWidget) -> None:
        # Words stand here, which must not mix with those beneath.
        super().__init__(window, opacity=0.985)
        self.name = ""
        self._frames: list[Frame] = []
        self._image: QImage | None = None
        self._is_live = False
        # The frame that was chosen; None follows what comes.
        self._chosen: Frame | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._on_tick)
        self._screen = _Screen()
        self.strip = FilmStrip()
        self.strip.valueChanged.connect(self._on_chosen)
        self.strip.setToolTip("Drag to look at any moment   [←, →, Home, End]")
        self._title = theme.label(role="title")
        self._facts = theme.label(role="caption")
        self._lay_out()
        self.setAccessibleName("Enlarged picture with its film")

    def _lay_out(self) -> None:
        self._play = QToolButton()
        self._play.setProperty("kind", "round")
        self._play.setFixedSize(50, 50)
        self._play.setIconSize(QSize(22, 22))
        self._play.setFocusPolicy(Qt.TabFocus)
        self._play.clicked.connect(self.toggle)
        self.now = QPushButton()
        self.now.setProperty("kind", "ghost")
        self.now.setFocusPolicy(Qt.TabFocus)
        self.now.clicked.connect(self.follow)
        self.save = QPushButton(icon("film"), "\u2002Save film…")
        self.save.setToolTip("Save how this picture came about as a GIF or a film")
        self.save.setFocusPolicy(Qt.TabFocus)
        self.save.clicked.connect(self.save_requested)
        self._close = QToolButton()
        self._close.setIcon(icon("close", "quiet"))
        self._close.setToolTip("Close   [Esc]")
        self._close.setAccessibleName("Close")
        self._close.setFocusPolicy(Qt.TabFocus)
        self._close.clicked.connect(self.put_away)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self._close)
        words = QHBoxLayout()
        words.setSpacing(theme.SMALL)
        words.addWidget(self._play)
        words.addSpacing(theme.TIGHT)
        words.addWidget(self._facts, 1)
        words.addWidget(self.now)
        words.addWidget(self.save)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PAGE, theme.GAP, theme.PAGE, theme.GAP)
        column.setSpacing(theme.SMALL)
        column.addLayout(top)
        column.addWidget(self._screen, 1)
        column.addWidget(self.strip)
        column.addLayout(words)

    # What is asked for

    def show_film(
        self, name: str, title: str, frames: Sequence[Frame], image: QImage | None, *, is_live: bool, ink: str
    ) -> None:
        """Show a film from its end; `image` is the picture as it is now, and `ink` names the curve's colour."""
        self.name = name
        self._title.setText(title)
        self.strip.set_ink(theme.colour(ink))
        self._chosen = None
        self._timer.stop()
        self.bring_up()
        self.strip.setFocus()
        self.take(frames, image, is_live=is_live)

    def take(self, frames: Sequence[Frame], image: QImage | None, *, is_live: bool) -> None:
        """The film has grown, ended, or begun anew."""
        self._frames, self._image, self._is_live = list(frames), image, is_live
        if self._chosen is not None and not any(each is self._chosen for each in self._frames):
            # It was thinned out of the film: the nearest stands for it.
            step = self._chosen.step
            near = min(self._frames, key=lambda frame: abs(frame.step - step), default=None)
            self._chosen = near if self._index_of(near) < len(self._frames) - 1 else None
        self.strip.blockSignals(True)
        self.strip.set_frames(self._frames)
        self.strip.blockSignals(False)
        self._show_moment()

    @property
    def is_playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._timer.isActive()

    @property
    def is_following(self) -> bool:
        """Whether the picture shows as it is now, also when it changes."""
        return self._chosen is None

    def shown(self) -> QImage | None:
        """The picture that shows."""
        return self._screen.image

    def says(self) -> str:
        """What is said of the moment that shows."""
        return self._facts.text()

    def toggle(self) -> None:
        """Play, from the beginning where it was at the end; or pause."""
        if self.is_playing:
            self._timer.stop()
        elif len(self._frames) > 1:
            if self._chosen is None:
                self._chosen = self._frames[0]
            self._timer.start()
        self._show_moment()

    def follow(self) -> None:
        """Show the picture as it is now."""
        self._timer.stop()
        self._chosen = None
        self._show_moment()

    def go_to(self, index: int) -> None:
        """Show a frame by its number; the last one is the picture as it is now."""
        index = min(max(index, 0), max(len(self._frames) - 1, 0))
        self._chosen = self._frames[index] if index < len(self._frames) - 1 else None
        self._show_moment()

    def _on_chosen(self, index: int) -> None:
        self._timer.stop()
        self.go_to(index)

    def _on_tick(self) -> None:
        index = self._index_of(self._chosen) + 1
        self.go_to(index)
        if self._chosen is None:
            self.follow()

    def _index_of(self, frame: Frame | None) -> int:
        """Where a frame stands in the film; the last place for none."""
        return next((i for i, each in enumerate(self._frames) if each is frame), len(self._frames) - 1)

    # What is shown

    def _show_moment(self) -> None:
        chosen = self._chosen
        frame = chosen if chosen is not None else (self._frames[-1] if self._frames else None)
        if chosen is not None:
            self._screen.show_frame(chosen)
        elif self._image is not None:
            self._screen.show_image(self._image)
        elif frame is not None:
            self._screen.show_frame(frame)
        else:
            self._screen.show_image(None)
        self.strip.blockSignals(True)
        self.strip.setValue(max(self._index_of(chosen), 0))
        self.strip.blockSignals(False)
        self.strip.update()
        self._facts.setText(facts_of(frame) if frame is not None else "It has not begun to paint.")
        has_film = len(self._frames) > 1
        symbol = "pause" if self.is_playing else "play"
        self._play.setIcon(icon(symbol))
        self._play.setToolTip(f"{symbol.capitalize()}   [Space]")
        self._play.setAccessibleName(symbol.capitalize())
        self._play.setEnabled(has_film)
        self.save.setEnabled(has_film)
        self.now.setText("Now" if self._is_live else "Finished picture")
        self.now.setToolTip("The picture as it is now, while it is painted   [End]" if self._is_live else "[End]")
        self.now.setEnabled(not self.is_following)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key_Space:
            self.toggle()
        elif event.key() in (Qt.Key_Return, Qt.Key_Enter):
            self.put_away()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        # Between the strip and its buttons a click is one that missed them.
        if event.pos().y() < self.strip.y():
            super().mouseReleaseEvent(event)

    def put_away(self) -> None:
        """Hide, and give the keys back; nothing of the film is kept."""
        super().put_away()
        self._chosen = self._image = None
        self._frames = []
        self._screen.show_image(None)
        self.strip.set_frames([])

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


class _Screen(QWidget):
    """The picture of the moment, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.image: QImage | None = None
        self._frame: Frame | None = None
        # As it was drawn last: whatever passes over it need not have it scaled again.
        self._drawn = QPixmap()
        self.setCursor(Qt.PointingHandCursor)

    def show_image(self, image: QImage | None) -> None:
        if image is not self.image:
            self._frame, self.image = None, image
            self._drawn = QPixmap()
            self.update()

    def show_frame(self, frame: Frame) -> None:
        if frame is not self._frame:
            self._frame, self.image = frame, pixels_to_image(frame.picture)
            self._drawn = QPixmap()
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.image is None:
            return
        ratio = self.devicePixelRatioF()
        if self._drawn.size() != self.size() * ratio:
            self._drawn = QPixmap(self.size() * ratio)
            self._drawn.setDevicePixelRatio(ratio)
            self._drawn.fill(Qt.transparent)
            draw_fitted(QPainter(self._drawn), self.image, QRectF(self.rect()), ratio)
        QPainter(self).drawPixmap(0, 0, self._drawn)


def facts_of(frame: Frame) -> str:
    """A frame's step, time and loss in a few words."""
    words = [f"Step {frame.step} of {frame.steps}"] if frame.steps > 1 else []
    words.append(f"after {time_text(frame.seconds, 0.0)}")
    if frame.loss is not None:
        words.append(f"loss {frame.loss:.4g}")
    return ", ".join(words)
