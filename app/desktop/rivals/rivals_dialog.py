"""The rivals' dialog: what each of them is asked for, in every duel and for the one at hand."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import QSize, Qt
from PyQt5.QtGui import QImage
from PyQt5.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.background import Errands
from app.desktop.app_state.picture_names import picture_title
from app.desktop.app_state.rival_settings import ChosenPicture, ChosenPictures, pictures_of
from app.desktop.rivals.extra_pictures import Reading
from app.desktop.rivals.rival_form import RivalForm
from app.desktop.widgets import theme
from app.desktop.widgets.controls import Segments
from app.desktop.widgets.status_label import StatusLabel
from app.errors import PasticheError
from app.game.deck import Card, Deck
from app.rivals.registry import RIVALS
from app.rivals.request import RivalRequest


class RivalsDialog(QDialog):
    """Changes copies; `requests()` and `chosen()` are the result once it was accepted, `again()` who paints anew."""

    def __init__(
        self,
        requests: Mapping[str, RivalRequest],
        chosen: ChosenPictures,
        *,
        networks: Mapping[str, Mapping[str, str]],
        can_paint: bool,
        errands: Errands,
        folder: str,
        parent: QWidget | None,
    ) -> None:
        """`networks`: by the rival's name, what it can paint with, see RivalForm; `can_paint`: there is a duel on.
        `chosen` has the pictures that the requests refer to.
        """
        super().__init__(parent)
        self.setWindowTitle("The rivals")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self._requests = dict(requests)
        self._says = StatusLabel()
        self._reading = Reading(errands, folder, lambda sentence: self._says.tell(sentence, "bad"))
        deck = paintings_of_the_deck()
        self.forms = {
            name: RivalForm(
                name,
                self._requests[name],
                chosen,
                networks=networks[name],
                reading=self._reading,
                deck=deck,
            )
            for name in RIVALS
        }
        self._again: set[str] = set()
        self._lay_out(can_paint=can_paint)
        for form in self.forms.values():
            form.changed.connect(self._on_changed)
        self.show_rival(next(iter(RIVALS)))

    def _lay_out(self, *, can_paint: bool) -> None:
        self.which = Segments([picture_title(name) for name in RIVALS], "Which rival")
        self.which.chosen.connect(lambda index: self.show_rival(list(RIVALS)[index]))
        head = QHBoxLayout()
        head.addWidget(theme.label("The rivals", "title"))
        head.addStretch(1)
        head.addWidget(self.which)
        self._pages = QStackedWidget()
        for form in self.forms.values():
            scroll = QScrollArea()
            scroll.setWidget(form)
            scroll.setWidgetResizable(True)
            scroll.setFrameShape(QFrame.NoFrame)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
            scroll.setFocusPolicy(Qt.NoFocus)
            self._pages.addWidget(scroll)
        self.keep, self.leave, self.again_button = (
            QPushButton("Keep these"),
            QPushButton("Leave as it was"),
            QPushButton("Paint again"),
        )
        self.keep.setToolTip("From the next picture on")
        self.keep.clicked.connect(self.accept)
        self.leave.clicked.connect(self.reject)
        self.again_button.clicked.connect(self._on_again)
        primary = self.again_button if can_paint else self.keep
        primary.setProperty("kind", "primary")
        primary.setDefault(True)
        usual = QPushButton("As usual")
        usual.setProperty("kind", "ghost")
        usual.setToolTip("Show what this rival does when nobody asks for anything else")
        usual.setAutoDefault(False)
        usual.clicked.connect(self._on_usual)
        foot = QHBoxLayout()
        foot.setSpacing(theme.SMALL)
        foot.addWidget(usual)
        foot.addStretch(1)
        for button in (self.leave, self.keep, self.again_button):
            foot.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.GAP, theme.GAP)
        column.setSpacing(theme.GAP)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(self._says)
        column.addLayout(foot)
        # Only now: without a parent it would be a window of its own.
        self.again_button.setVisible(can_paint)
        self.setMinimumSize(640, 380)
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1366, 768)
        self.resize(QSize(720, 760).boundedTo(room * 0.9))

    # What is shown

    def show_rival(self, name: str) -> None:
        """Show one of the rivals."""
        self.which.choose(list(RIVALS).index(name))
        self._pages.setCurrentIndex(list(RIVALS).index(name))
        self._show_who()

    def show_deal(self, painting: QImage | None, title: str) -> None:
        """Show the painting of the deal at hand among the others."""
        for form in self.forms.values():
            form.show_deal(painting, title)

    def told(self) -> str:
        """The sentence that stands above the buttons; "" for none."""
        return self._says.told()

    def shown(self) -> str:
        """The rival that shows."""
        return list(RIVALS)[self.which.choice()]

    def changed(self) -> list[str]:
        """Those who are asked for something else than before."""
        return [name for name, form in self.forms.items() if form.request() != self._requests[name]]

    def requests(self) -> dict[str, RivalRequest]:
        """What each rival is asked for."""
        return {name: form.request() for name, form in self.forms.items()}

    def chosen(self) -> dict[str, ChosenPicture]:
        """The pictures that the requests refer to, by their paths."""
        return {path: each for form in self.forms.values() for path, each in form.chosen().items()}

    def again(self) -> set[str]:
        """Who shall paint the duel at hand again."""
        return self._again

    def _on_changed(self) -> None:
        self._says.tell("")
        self._show_who()

    def _show_who(self) -> None:
        names = " and ".join(picture_title(name) for name in self.changed() or [self.shown()])
        self.again_button.setToolTip(f"Keep these, and let {names} paint this deal again")

    def _on_usual(self) -> None:
        self.forms[self.shown()].show_usual()

    def _on_again(self) -> None:
        self._again = set(self.changed() or [self.shown()])
        self.accept()

    def accept(self) -> None:
        """Close with what was chosen, unless no rival could paint it: then it says why."""
        for name, form in self.forms.items():
            try:
                pictures_of(form.request(), form.chosen())
            except PasticheError as error:
                self.show_rival(name)
                self._says.tell(str(error), "bad")
                self._again = set()
                return
        super().accept()

    def done(self, result: int) -> None:
        """Close; what is still being read is not waited for."""
        self._reading.end()
        super().done(result)


def paintings_of_the_deck() -> Sequence[Card]:
    """The paintings of the deck, by their titles; only names are read."""
    return sorted(Deck.load().styles, key=lambda card: card.title)
