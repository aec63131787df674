"""One of the three pictures of a verdict, with its title and what there is to do about it."""

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.desktop.app_state.picture_names import picture_title
from app.desktop.app_state.view_models import RivalState
from app.desktop.rivals.rival_card import status_of
from app.desktop.verdict.dotted_title import DottedTitle
from app.desktop.widgets import theme
from app.desktop.widgets.elided_label import ElidedLabel
from app.desktop.widgets.icons import icon
from app.desktop.widgets.picture_view import PictureView
from app.game.archive.result_card import time_text
from app.rivals.registry import RIVALS

# Two lines of a caption.
FOOT_PX = 38


class PictureCard(QWidget):
    """One of the three pictures with its title."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name
        self.view = PictureView(margin_px=12, align=Qt.AlignBottom, takes_files=name == "drawing")
        self.view.setAccessibleName(picture_title(name))
        self.view.setToolTip("Click to enlarge")
        self._title = DottedTitle(name)
        self.status = ElidedLabel("caption", lines=2)
        self.status.setAlignment(Qt.AlignHCenter | Qt.AlignTop)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setProperty("rival", name)
        self.retry = QPushButton("Try again")
        self.retry.setProperty("kind", "ghost")
        self.wishes = _tool("settings", f"Ask {picture_title(name)} for something else, and let it paint again")
        self.stop = _tool("stop", f"Stop {picture_title(name)}")
        if name in RIVALS:
            self.view.setToolTip("Click to enlarge, and to watch how it was painted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.view, 1)
        column.addWidget(self._title)
        # Of one height whatever it holds, so that the three pictures hang in one line.
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)
        under = QHBoxLayout(foot)
        side_px = theme.GAP if len(RIVALS) == 2 else 0
        under.setContentsMargins(side_px, 0, side_px, 0)
        under.addStretch(1)
        under.addWidget(self.status, 1000)
        under.addWidget(self.wishes)
        under.addWidget(self.progress, 1000)
        under.addWidget(self.stop)
        under.addWidget(self.retry, 0, Qt.AlignCenter)
        column.addWidget(foot)
        self.progress.hide()
        for widget in (self.retry, self.wishes, self.stop):
            widget.hide()

    def show_picture(self, image: QImage | None, placeholder: str) -> None:
        """Hang a picture; where there is none, `placeholder` on an empty frame."""
        if image is None or image is not self.view.image():
            self.view.set_image(image, placeholder)

    def show_state(self, state: RivalState) -> None:
        """Show how a rival is, and its picture as far as there is one."""
        words = status_of(state)
        self.show_picture(state.image, words)
        # Where there is little room the network's name is cut, not what it did. The loading is told in the studio.
        done = f"Finished in {time_text(state.seconds, 0.0)}"
        self.status.set_whole(state.network, f" · {done}" if state.network else done)
        self.status.setVisible(state.stage == "finished")
        self.progress.setVisible(state.is_busy)
        self.stop.setVisible(state.is_busy)
        self.progress.setRange(0, state.steps if state.stage == "working" else 0)
        self.progress.setValue(state.step)
        self.retry.setVisible(state.stage in ("failed", "stopped", "idle"))
        self.wishes.setVisible(not state.is_busy)


def _tool(symbol: str, sentence: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(symbol, "quiet"))
    button.setIconSize(QSize(16, 16))
    button.setProperty("room", "tight")
    button.setFocusPolicy(Qt.TabFocus)
    button.setToolTip(sentence)
    button.setAccessibleName(sentence)
    return button
