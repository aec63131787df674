"""The line over all pages: the name of the game, what belongs to the page that shows, and the ways to settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAction, QFrame, QHBoxLayout, QPushButton, QSizePolicy, QStackedWidget, QWidget

from app.desktop.app_state.commands import Page
from app.desktop.widgets import theme
from app.desktop.widgets.controls import command_tool

if TYPE_CHECKING:
    from app.game.deck import Deal


class HeaderBar(QFrame):
    """For home there is nothing between name and settings, for the studio its bar, for the result the deal."""

    def __init__(self, actions: Mapping[str, QAction]) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setFixedHeight(54)
        self._wordmark = wordmark = QPushButton("Pastiche")
        wordmark.setProperty("kind", "ghost")
        wordmark.setFont(theme.serif(22, italic=True))
        wordmark.setCursor(Qt.PointingHandCursor)
        wordmark.setToolTip(actions["home"].toolTip())
        wordmark.clicked.connect(actions["home"].trigger)
        self._bars = QStackedWidget()
        self._bars.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self._deal = theme.label(role="quiet")
        self._deal.setAlignment(Qt.AlignCenter)
        for bar in (QWidget(), self._deal):
            self._bars.addWidget(bar)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(wordmark)
        row.addSpacing(theme.SMALL)
        row.addWidget(self._bars, 1)
        row.addWidget(command_tool(actions["settings"]))
        row.addWidget(command_tool(actions["full_screen"]))

    def set_tools(self, studio_bar: QWidget) -> None:
        """Take the studio's bar in; until then only home can be shown."""
        self._bars.insertWidget(list(Page).index(Page.STUDIO), studio_bar)

    def sides_px(self) -> int:
        """How much room, from either edge, the name of the game or the ways to settings take."""
        return self._wordmark.sizeHint().width() + 2 * theme.SMALL + 2

    def show_page(self, page: Page) -> None:
        """Show what belongs to a page."""
        self._bars.setCurrentIndex(list(Page).index(page))

    def show_deal(self, deal: Deal) -> None:
        """Say what was dealt."""
        self._deal.setText(f"{deal.content.title}, in the manner of {deal.style.title}")
