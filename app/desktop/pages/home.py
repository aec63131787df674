"""Home: the deal hung large, what can be done with it, drawings to go on with and the latest duels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QResizeEvent
from PyQt5.QtWidgets import (
    QAction,
    QBoxLayout,
    QHBoxLayout,
    QLayout,
    QMenu,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.desktop.rivals.worker_status import WorkerStatus
from app.desktop.widgets import theme
from app.desktop.widgets.controls import command_button, command_tool, frame
from app.desktop.widgets.elided_label import ElidedLabel
from app.desktop.widgets.picture_view import PictureView

if TYPE_CHECKING:
    from app.desktop.app_state.view_models import Unfinished

# Below these heights all but the deal takes less room, and the heading goes.
LOW_PX, LOWEST_PX = 660, 540
# Pictures of the latest duels, usually and on low pages.
RECENT_SIZE, LOW_RECENT_SIZE, LOWEST_RECENT_SIZE = QSize(92, 68), QSize(64, 46), QSize(40, 29)


@dataclass(frozen=True)
class Recent:
    """A kept duel as home shows it: `key` names it to whoever put it there, `title` may have several lines."""

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
        self._has_unfinished = False

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
        self._doors = [
            command_button(actions["start"], kind="primary", symbol="draw", is_large=True),
            command_button(actions["upload"], symbol="upload", is_large=True),
            command_button(actions["let_rivals"], symbol="rivals", is_large=True),
        ]
        for door in self._doors:
            doors.addWidget(door)
        doors.addWidget(command_button(actions["open_drawing"], kind="ghost", symbol="folder"))
        doors.addStretch(1)

        self.networks = ElidedLabel("caption", hugs=True)
        self.networks.setProperty("tone", "faint")
        self.worker = WorkerStatus()
        self._foot = self._make_foot()

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

        self._column = column = QVBoxLayout(self)
        column.addLayout(self._unfinished)
        column.addWidget(heading)
        column.addLayout(wall, 1)
        column.addLayout(doors)
        column.addWidget(self._recent_box)
        column.addWidget(self._foot)
        self._fit()

    def _make_foot(self) -> QWidget:
        """Who paints with what, how their worker is, and the ways to change the one and the other."""
        foot = QWidget()
        links = QHBoxLayout()
        links.setSpacing(theme.TIGHT)
        links.addStretch(1)
        links.addWidget(self.networks)
        for name in ("rivals", "networks"):
            link = command_button(self._actions[name], kind="link")
            link.setFont(theme.sans(12))
            links.addWidget(link)
        links.addStretch(1)
        self._foot_lines = lines = QBoxLayout(QBoxLayout.TopToBottom, foot)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.addLayout(links)
        lines.addWidget(self.worker, 0, Qt.AlignHCenter)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Leave the deal most of the height, however little there is."""
        is_low, is_lowest = self.height() < LOW_PX, self.height() < LOWEST_PX
        gap_px = theme.SMALL if is_low else theme.GAP
        self._column.setContentsMargins(theme.PAGE, gap_px, theme.PAGE, gap_px)
        self._column.setSpacing(gap_px)
        self._heading.setVisible(not is_lowest and not self._has_unfinished)
        self._foot_lines.setDirection(QBoxLayout.LeftToRight if is_low else QBoxLayout.TopToBottom)
        self._foot_lines.setSpacing(theme.SMALL if is_low else 2)
        for side in (self.content, self.style_side):
            side.set_low(is_low)
        for door in self._doors:
            if door.property("room") != ("" if is_low else "wide"):
                theme.restyle(door, room="" if is_low else "wide")
        recent_size = LOWEST_RECENT_SIZE if is_lowest else LOW_RECENT_SIZE if is_low else RECENT_SIZE
        for index in range(self._recent.count()):
            item = self._recent.itemAt(index)
            view = item.widget() if item is not None else None
            if view is not None:
                view.setFixedSize(recent_size)

    def show_side(self, kind: str, image: QImage | None, title: str) -> None:
        """Hang one side of the deal; None while it is being read."""
        self._side(kind).show_picture(image, title)

    def show_networks(self, sentence: str) -> None:
        """Say which network each rival will use."""
        self.networks.set_whole(sentence)

    def show_unfinished(self, drawings: Sequence[Unfinished]) -> None:
        """Offer unfinished drawings, the latest first: that one in a line, the others in its menu."""
        _empty(self._unfinished)
        if drawings:
            self._unfinished.addWidget(self._offer(drawings[0], drawings[1:]))
        self._has_unfinished = bool(drawings)
        self._fit()

    def show_recent(self, duels: list[Recent]) -> None:
        """Show the latest kept duels."""
        _empty(self._recent)
        for duel in duels[:6]:
            view = PictureView(margin_px=4)
            view.set_image(duel.image)
            view.setToolTip(duel.title)
            view.setAccessibleName(duel.title.replace("\n", ". "))
            view.clicked.connect(lambda key=duel.key: self.recent_requested.emit(key))
            self._recent.addWidget(view)
        self._recent_box.setVisible(bool(duels))
        self._fit()

    def _offer(self, latest: Unfinished, others: Sequence[Unfinished]) -> QWidget:
        strip = frame("card")
        row = QHBoxLayout(strip)
        row.setContentsMargins(theme.GAP, theme.TIGHT, theme.TIGHT, theme.TIGHT)
        row.setSpacing(theme.TIGHT)
        text = ElidedLabel("body")
        # Where there is little room the titles are cut, not how far the drawing is.
        text.set_whole(latest.titles, f" · {latest.facts}")
        path = str(latest.path)
        go_on = QPushButton("Continue your drawing")
        go_on.setObjectName("continue")
        go_on.setProperty("kind", "primary")
        go_on.clicked.connect(lambda: self.continue_requested.emit(path))
        forget = QPushButton("Put away")
        forget.setObjectName("put_away")
        forget.setToolTip("Offer this drawing no longer; its file stays in your drawings")
        forget.setProperty("kind", "ghost")
        forget.clicked.connect(lambda: self.forget_requested.emit(path))
        row.addWidget(text, 1)
        if others:
            row.addWidget(self._more(others))
        row.addWidget(forget)
        row.addWidget(go_on)
        return strip

    def _more(self, drawings: Sequence[Unfinished]) -> QWidget:
        """A quiet way to the other unfinished drawings."""
        more = QPushButton(f"{len(drawings)} more…")
        more.setObjectName("more_unfinished")
        more.setProperty("kind", "ghost")
        more.setToolTip("Your other unfinished drawings")
        menu = QMenu(more)
        for drawing in drawings:
            # In a menu an ampersand would mark a key.
            line = menu.addAction(drawing.sentence.replace("&", "&&"))
            line.triggered.connect(lambda _checked=False, p=str(drawing.path): self.continue_requested.emit(p))
        more.setMenu(menu)
        return more

    def _side(self, kind: str) -> _Side:
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
        self.title = ElidedLabel("title")
        self.title.setAlignment(Qt.AlignCenter)
        self._overline = overline
        # On a low page two small buttons beside the title do what the two under it say.
        self._tools = [command_tool(actions[f"{way}_{kind}"], side_px=18) for way in ("deal", "open")]
        # As wide as they are, so that the title stays in the middle.
        self._balance = QWidget()
        self._balance.setFixedWidth(sum(tool.sizeHint().width() for tool in self._tools) + theme.TIGHT)
        named = QHBoxLayout()
        named.setSpacing(theme.TIGHT)
        named.addWidget(self._balance)
        named.addWidget(self.title, 1)
        for tool in self._tools:
            named.addWidget(tool)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
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
        column.addLayout(named)
        column.addWidget(self._buttons)
        self.set_low(False)
        # Both halves are of one width, however wide their words.
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Expanding)

    def show_picture(self, image: QImage | None, title: str) -> None:
        self.view.set_image(image, "Dealing…")
        self.title.set_whole(title)

    def set_low(self, is_low: bool) -> None:
        """Leave the picture as much of a low page as can be."""
        self._overline.setVisible(not is_low)
        self._buttons.setVisible(not is_low)
        for widget in (self._balance, *self._tools):
            widget.setVisible(is_low)


def _empty(layout: QLayout) -> None:
    """Take everything out of a layout and destroy it."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
