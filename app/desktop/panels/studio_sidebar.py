"""The right of the studio: the deal, the layers or the history, and the rivals below."""

from collections.abc import Mapping

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QImage, QResizeEvent
from PyQt5.QtWidgets import (
    QWIDGETSIZE_MAX,
    QAction,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.panels.history_panel import HistoryPanel
from app.desktop.panels.layers_panel import LayersPanel
from app.desktop.rivals.rival_card import RivalCard
from app.desktop.rivals.worker_status import WorkerStatus
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Segments
from app.desktop.widgets.picture_view import PictureView
from app.rivals.registry import RIVALS

TABS = ("deal", "layers", "history")
LEAST_WIDTH_PX = 220
# Beside layers or steps the deal is a strip, a narrow one in a low window, and none in the lowest.
STRIP_PX, NARROW_STRIP_PX = 104, 60
LOW_PX, LOWEST_PX, LEAST_PX = 540, 460, 330
# A lower side shows each rival in one line.
FULL_CARDS_FROM_PX = 740


class StudioSidebar(QFrame):
    """Shows the deal alone, or the layers or the history below it. `tab_changed(str)` names what is shown."""

    tab_changed = pyqtSignal(str)

    def __init__(self, actions: Mapping[str, QAction], tracing: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setMinimumWidth(LEAST_WIDTH_PX)
        self._actions = actions
        self.content = Reference("The photograph")
        self.painting = Reference("The painting")
        self.cards = {name: RivalCard(name) for name in RIVALS}
        self.layers = LayersPanel(actions)
        self.history = HistoryPanel()
        self._tabs = Segments(["Deal", "Layers", "History"], "What is shown beside the canvas", is_small=True)
        self._tabs.chosen.connect(lambda index: self.show_tab(TABS[index]))
        self._deal = QSplitter(Qt.Vertical)
        self._deal.setHandleWidth(5)
        self._deal.setChildrenCollapsible(False)
        self._deal.addWidget(self.content)
        self._deal.addWidget(self.painting)
        # A splitter changes its own limits as it likes.
        self._deal_room = QWidget()
        deal_column = QVBoxLayout(self._deal_room)
        deal_column.setContentsMargins(0, 0, 0, 0)
        deal_column.addWidget(self._deal)
        layers = QWidget()
        layers_column = QVBoxLayout(layers)
        layers_column.setContentsMargins(0, 0, 0, 0)
        layers_column.setSpacing(theme.SMALL)
        layers_column.addWidget(self.layers, 1)
        rule = QFrame()
        rule.setProperty("role", "rule")
        layers_column.addWidget(rule)
        layers_column.addWidget(tracing)
        self._pages = QStackedWidget()
        self._pages.addWidget(layers)
        self._pages.addWidget(self.history)
        # In the lowest windows what does not fit is scrolled to.
        self._scroll = QScrollArea()
        self._scroll.setWidget(self._pages)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.NoFocus)

        self._column = QVBoxLayout(self)
        self._column.addWidget(self._tabs)
        self._column.addWidget(self._deal_room, 1)
        self._column.addWidget(self._scroll, 1)
        self._rivals = QWidget()
        self.worker = WorkerStatus(("warming", "restarting", "failed"))
        named = QHBoxLayout(self._rivals)
        named.setContentsMargins(0, 0, 0, 0)
        named.setSpacing(theme.SMALL)
        named.addWidget(theme.label("The rivals", "overline"))
        named.addStretch(1)
        named.addWidget(self.worker)
        self._column.addWidget(self._rivals)
        for card in self.cards.values():
            self._column.addWidget(card)
        for name in ("layers", "history"):
            actions[name].toggled.connect(lambda is_on, n=name: self._on_action(n, is_on=is_on))
            actions[name].changed.connect(self._explain)
        self._tab = ""
        self._explain()
        self.show_tab("deal")

    @property
    def tab(self) -> str:
        """What is shown: deal, layers or history."""
        return self._tab

    def show_tab(self, name: str) -> None:
        """Show the deal alone, or "layers" or "history" below it."""
        if name == self._tab:
            return
        self._tab = name
        is_alone = name == "deal"
        self._tabs.choose(TABS.index(name))
        self._scroll.setVisible(not is_alone)
        if not is_alone:
            self._pages.setCurrentIndex(TABS.index(name) - 1)
        self._deal.setOrientation(Qt.Vertical if is_alone else Qt.Horizontal)
        for reference in (self.content, self.painting):
            reference.set_small(not is_alone)
        self._deal.setSizes([1000, 1000])
        self._column.setStretchFactor(self._deal_room, int(is_alone))
        for each in ("layers", "history"):
            self._actions[each].setChecked(each == name)
        self._fit()
        self.tab_changed.emit(name)

    def _on_action(self, name: str, *, is_on: bool) -> None:
        if is_on:
            self.show_tab(name)
        elif self._tab == name:
            self.show_tab("deal")

    def _explain(self) -> None:
        self._tabs.explain(0, "Nothing but the photograph, the painting and the rivals")
        for name in ("layers", "history"):
            self._tabs.explain(TABS.index(name), self._actions[name].toolTip())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        # What it needs when it has made itself small, whatever it shows now.
        return QSize(LEAST_WIDTH_PX, LEAST_PX)

    def _fit(self) -> None:
        """Make the best of the height."""
        is_alone, is_low = self._tab == "deal", self.height() < LOW_PX
        strip_px = NARROW_STRIP_PX if is_low else STRIP_PX
        self._deal_room.setVisible(is_alone or self.height() >= LOWEST_PX)
        self._deal_room.setMinimumHeight(0 if is_alone else strip_px)
        self._deal_room.setMaximumHeight(QWIDGETSIZE_MAX if is_alone else strip_px)
        self._rivals.setVisible(not is_low)
        margin = 6 if is_low else 10
        self._column.setContentsMargins(10, margin, 10, margin)
        self._column.setSpacing(6 if is_low else theme.SMALL)
        is_small = not is_alone or self.height() < FULL_CARDS_FROM_PX
        for card in self.cards.values():
            card.set_small(is_small)


class Reference(QWidget):
    """One side of the deal beside the canvas."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.view = PictureView(margin_px=6)
        self.view.setAccessibleName(caption)
        self._caption: QLabel = theme.label(role="caption")
        self._caption.setAlignment(Qt.AlignCenter)
        self._caption.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self._caption)
        self._is_picking = False
        self.set_small(False)

    def show_picture(self, image: QImage, title: str) -> None:
        """Show one of the deal's pictures."""
        self.view.set_image(image)
        self._caption.setText(title)
        self._explain()

    def set_picking(self, is_picking: bool) -> None:
        """Whether a click takes a colour instead of showing the picture large."""
        self._is_picking = self.view.is_picking = is_picking
        self.view.setCursor(Qt.CrossCursor if is_picking else Qt.PointingHandCursor)
        self._explain()

    def set_small(self, is_small: bool) -> None:
        """Leave out all but the picture."""
        self._caption.setVisible(not is_small)
        self.setMinimumSize(QSize(80, 50) if is_small else QSize(120, 90))

    def _explain(self) -> None:
        what = "Click to take this colour" if self._is_picking else "Click to enlarge"
        self.view.setToolTip(f"{self._caption.text()}   [{what}]" if self._caption.text() else what)
