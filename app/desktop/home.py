"""Home: the deal hung large, what can be done with it, drawings to go on with and the latest duels.

Only `window.py` calls this; the page shows what it is given and asks by signals and commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import (
    QAction,
    QHBoxLayout,
    QLabel,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.desktop import theme
from app.desktop.controls import command_button, command_tool, frame
from app.desktop.picture_view import PictureView
from app.desktop.rival_card import ElidedLabel

# So many unfinished drawings have a card; the deal needs the room.
OFFERED = 2


@dataclass(frozen=True)
class Recent:
    """A kept duel as home shows it: `key` names it to whoever put it there."""

    key: str
    title: str
    image: QImage


class Home(QWidget):
    """The first page.

    Signals: `file_dropped(kind, path)` with kind "content" or "style"; `enlarge_requested(kind)`;
    `continue_requested(path)` and `forget_requested(path)` for an unfinished drawing; `recent_requested(key)`.
    """

    file_dropped = pyqtSignal(str, str)
    enlarge_requested = pyqtSignal(str)
    continue_requested = pyqtSignal(str)
    forget_requested = pyqtSignal(str)
    recent_requested = pyqtSignal(str)

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("page")
        self._actions = actions
        self.content = _Side("content", "The photograph", actions)
        self.style_side = _Side("style", "The painting", actions)
        for side in (self.content, self.style_side):
            side.view.file_dropped.connect(lambda path, kind=side.kind: self.file_dropped.emit(kind, path))
            side.view.clicked.connect(lambda kind=side.kind: self.enlarge_requested.emit(kind))

        self._unfinished = QVBoxLayout()
        self._unfinished.setSpacing(theme.SMALL)

        self._heading = heading = theme.label("Paint the photograph as the painter would have.", "display")
        heading.setAlignment(Qt.AlignCenter)

        wall = QHBoxLayout()
        wall.setSpacing(theme.GAP)
        wall.addWidget(self.content, 1)
        again = command_tool(actions["deal_both"], side_px=24, kind="round")
        again.setObjectName("deal_both_button")
        again.setFixedSize(50, 50)
        wall.addWidget(again, 0, Qt.AlignVCenter)
        wall.addWidget(self.style_side, 1)

        doors = QHBoxLayout()
        doors.setSpacing(12)
        doors.addStretch(1)
        doors.addWidget(command_button(actions["start"], kind="primary", symbol="draw", is_large=True))
        doors.addWidget(command_button(actions["upload"], symbol="upload", is_large=True))
        doors.addWidget(command_button(actions["let_rivals"], symbol="rivals", is_large=True))
        doors.addWidget(command_tool(actions["open_drawing"], side_px=22))
        doors.addStretch(1)

        self.networks = theme.label(role="caption")
        self.networks.setProperty("tone", "faint")
        self.networks.setAlignment(Qt.AlignCenter)
        self.networks.setWordWrap(True)

        self._recent = QHBoxLayout()
        self._recent.setSpacing(12)
        self._recent_box = QWidget()
        recent = QHBoxLayout(self._recent_box)
        recent.setContentsMargins(0, 0, 0, 0)
        recent.addStretch(1)
        recent.addWidget(theme.label("Latest duels", "overline"))
        recent.addSpacing(theme.SMALL)
        recent.addLayout(self._recent)
        recent.addStretch(1)
        self._recent_box.hide()

        column = QVBoxLayout(self)
        column.setContentsMargins(theme.PAGE, theme.GAP, theme.PAGE, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(self._unfinished)
        column.addWidget(heading)
        column.addLayout(wall, 1)
        column.addLayout(doors)
        column.addWidget(self._recent_box)
        column.addWidget(self.networks)

    def show_side(self, kind: str, image: QImage | None, title: str) -> None:
        """Hang one side of the deal; None while it is being read."""
        self._side(kind).show_picture(image, title)

    def show_networks(self, sentence: str) -> None:
        """Say which network each rival will use."""
        self.networks.setText(sentence)

    def show_unfinished(self, drawings: list[tuple[str, str]]) -> None:
        """Offer unfinished drawings: (path, what to say of it), the latest first."""
        _empty(self._unfinished)
        # The deal keeps its room.
        self._heading.setVisible(not drawings)
        for path, sentence in drawings[:OFFERED]:
            self._unfinished.addWidget(self._offer(path, sentence))
        if drawings[OFFERED:]:
            self._unfinished.addWidget(self._more(drawings[OFFERED:]), 0, Qt.AlignRight)

    def show_recent(self, duels: list[Recent]) -> None:
        """Show the latest kept duels."""
        _empty(self._recent)
        for duel in duels[:6]:
            view = PictureView(margin_px=4)
            view.setFixedSize(92, 68)
            view.set_image(duel.image)
            view.setToolTip(duel.title)
            view.clicked.connect(lambda key=duel.key: self.recent_requested.emit(key))
            self._recent.addWidget(view)
        self._recent_box.setVisible(bool(duels))

    def _offer(self, path: str, sentence: str) -> QWidget:
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.GAP, theme.SMALL, theme.SMALL, theme.SMALL)
        text = ElidedLabel("body")
        text.set_whole(sentence)
        go_on = QPushButton("Continue your drawing")
        go_on.setObjectName("continue")
        go_on.setProperty("kind", "primary")
        go_on.clicked.connect(lambda: self.continue_requested.emit(path))
        forget = QPushButton("Put away")
        forget.setToolTip("Offer this drawing no longer; its file stays in your drawings")
        forget.setProperty("kind", "ghost")
        forget.clicked.connect(lambda: self.forget_requested.emit(path))
        row.addWidget(text, 1)
        row.addWidget(forget)
        row.addWidget(go_on)
        return card

    def _more(self, drawings: list[tuple[str, str]]) -> QWidget:
        """A quiet way to the unfinished drawings that have no card."""
        more = QPushButton(f"{len(drawings)} more…")
        more.setObjectName("more_unfinished")
        more.setProperty("kind", "ghost")
        more.setToolTip("Your other unfinished drawings")
        # In a low window the deal needs the room.
        more.setStyleSheet("padding-top: 0; padding-bottom: 0; min-height: 0")
        more.setFixedHeight(24)
        menu = QMenu(more)
        for path, sentence in drawings:
            # In a menu an ampersand would mark a key.
            line = menu.addAction(sentence.replace("&", "&&"))
            line.triggered.connect(lambda _checked=False, p=path: self.continue_requested.emit(p))
        more.setMenu(menu)
        return more

    def _side(self, kind: str) -> "_Side":
        return self.content if kind == "content" else self.style_side


class _Side(QWidget):
    """One half of the deal: its name, the picture, its title and the ways to change it."""

    def __init__(self, kind: str, caption: str, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.kind = kind
        overline = theme.label(caption, "overline")
        overline.setAlignment(Qt.AlignCenter)
        self.view = PictureView(takes_files=True, margin_px=14, align=Qt.AlignBottom)
        self.view.setAccessibleName(caption)
        self.view.setToolTip("Click to enlarge, or drop a picture of your own here")
        self.title: QLabel = theme.label(role="title")
        self.title.setAlignment(Qt.AlignCenter)
        row = QHBoxLayout()
        row.setSpacing(theme.TIGHT)
        row.addStretch(1)
        row.addWidget(command_button(actions[f"deal_{kind}"], kind="ghost", symbol="reroll"))
        row.addWidget(command_button(actions[f"open_{kind}"], kind="ghost", symbol="folder"))
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.TIGHT)
        column.addWidget(self.view, 1)
        column.addWidget(overline)
        column.addWidget(self.title)
        column.addLayout(row)
        # Both halves are of one width, however wide their words.
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Expanding)

    def show_picture(self, image: QImage | None, title: str) -> None:
        self.view.set_image(image, "Dealing…")
        self.title.setText(title)


def _empty(layout: QLayout) -> None:
    """Take everything out of a layout and destroy it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
