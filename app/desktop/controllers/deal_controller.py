"""What is dealt: draws and reads deals in the background, and of several impatient askings brings the last about."""

from collections.abc import Callable
from pathlib import Path

from PyQt5.QtCore import QObject, pyqtSignal

from app.desktop.app_state.background import Errands
from app.desktop.app_state.view_models import DealtImages, show_deal
from app.game.deck import Card, Deal, Deck, title_of

_Draw = Callable[[Deck, Deal | None], Deal]


class DealController(QObject):
    """Deals from the deck and from files.

    Signals: `dealing()` when a deal was asked for; `dealt(DealtImages)`; `failed()` when everything stays as it was;
    `told(sentence, tone)`.
    """

    dealing = pyqtSignal()
    dealt = pyqtSignal(object)
    failed = pyqtSignal()
    told = pyqtSignal(str, str)

    def __init__(self, errands: Errands) -> None:
        super().__init__()
        self._errands = errands
        self._deck: Deck | None = None
        self._asked = 0
        # The deal that was read last, which the window may not have heard of yet: who asks twice within a moment
        # changes what the first asking brought. Errands read and set it, one after another.
        self._latest: Deal | None = None
        self._unseen: DealtImages | None = None

    def again(self, *, keep_content: bool = False, keep_style: bool = False) -> None:
        """Ask for a new deal that keeps a side, or neither."""

        def draw(deck: Deck, before: Deal | None) -> Deal:
            content = before.content if keep_content and before is not None else None
            style = before.style if keep_style and before is not None else None
            return deck.deal(content=content, style=style, after=before)

        self._ask_for(draw)

    def use_file(self, kind: str, path: Path) -> None:
        """Put a picture of the player's into the deal, as "content" or "style"."""

        def read(deck: Deck, before: Deal | None) -> Deal:
            if kind == "content":
                card = Card(path, title_of(path), "content")
                return deck.deal(content=card, style=before.style if before else None)
            card = Card(path, title_of(path), "style")
            return deck.deal(style=card, content=before.content if before else None)

        self._ask_for(read)

    def use_files(self, content: Path | None, style: Path | None) -> None:
        """Deal files that were named on the command line; a side that was not named is drawn."""

        def read(deck: Deck, _before: Deal | None) -> Deal:
            return deck.deal(
                content=Card(content, title_of(content), "content") if content else None,
                style=Card(style, title_of(style), "style") if style else None,
            )

        self._ask_for(read)

    def note(self, deal: Deal) -> None:
        """Go on from this deal, which is at hand now, wherever it came from."""
        self._latest, self._unseen = deal, None

    def _ask_for(self, draw: _Draw) -> None:
        self._asked += 1
        number = self._asked

        def read() -> DealtImages:
            self._deck = self._deck or Deck.load()
            deal = draw(self._deck, self._latest)
            dealt = show_deal(deal)
            self._latest = deal
            return dealt

        def then(dealt: DealtImages) -> None:
            # Of several impatient clicks only the last one counts.
            if number == self._asked:
                self.dealt.emit(dealt)
            else:
                self._unseen = dealt

        def otherwise(sentence: str) -> None:
            self.told.emit(sentence, "bad")
            if number != self._asked:
                return
            if self._unseen is not None:
                # What was asked for just before came about, and nothing else comes any more.
                self.dealt.emit(self._unseen)
            else:
                self.failed.emit()

        self.dealing.emit()
        self._errands.send(read, then, otherwise, leaves_nothing=True)
