"""One network on the page of networks: what it is and for what, where it lies, and what can be done with it."""

import html

from PyQt5.QtCore import Qt, pyqtSignal
from PyQt5.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from app.desktop.networks.network_worker import Advance
from app.desktop.widgets import theme
from app.desktop.widgets.status_label import StatusLabel
from app.networks.catalog import Network
from app.networks.store import Status

_STEPS = 1000
#: What can be done with a network, each with its words and what they mean.
ACTIONS = {
    "install": ("Install", "Download it from its official address, or from a mirror where that does not answer"),
    "repair": ("Repair", "Fetch a sound copy in the place of the damaged one"),
    "verify": ("Verify", "Read every byte and hold it against what is known of it"),
    "remove": ("Remove…", "Delete it, or what is half fetched of it, from the player's data"),
    "cancel": ("Cancel", "Stop; what has been fetched stays, to go on from there"),
}


class NetworkCard(QFrame):
    """A network, its state and its buttons.

    Signal: `asked(str)` with one of `ACTIONS`. `show_status` has to follow whatever it led to; until then the card
    shows how far that is, and nothing but `cancel` can be asked for.
    """

    asked = pyqtSignal(str)

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.network = network
        self._status: Status | None = None
        self._is_busy = False
        title = theme.label(network.title, "heading")
        title.setWordWrap(True)
        self.state = theme.label("Looking…", "caption")
        self.state.setAlignment(Qt.AlignRight | Qt.AlignTop)
        self.users = theme.label(role="caption")
        theme.restyle(self.users, tone="accent")
        self.facts = _caption("")
        self.checksum = _caption("")
        self.place = StatusLabel()
        self.faults = StatusLabel()
        self.told = StatusLabel()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _STEPS)
        self.progress.setAccessibleName(f"Progress of {network.title}")
        self.buttons = {action: self._button(action) for action in ACTIONS}

        head = QHBoxLayout()
        head.setSpacing(theme.GAP)
        head.addWidget(title, 1)
        head.addWidget(self.state, 0, Qt.AlignTop)
        uses = QHBoxLayout()
        uses.setSpacing(theme.GAP)
        uses.addWidget(_caption(f"{network.purpose[:1].upper()}{network.purpose[1:]}."), 1)
        uses.addWidget(self.users, 0, Qt.AlignTop)
        facts = QVBoxLayout()
        facts.setSpacing(theme.TIGHT)
        for widget in (self.facts, _source(network), self.checksum, self.place, self.faults, self.told):
            facts.addWidget(widget)
        facts.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(theme.SMALL)
        body.addLayout(facts, 1)
        # What matters most stands at the end of the row.
        for button in reversed(self.buttons.values()):
            body.addWidget(button, 0, Qt.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP - 2, theme.GAP, theme.GAP - 2)
        column.setSpacing(theme.TIGHT)
        column.addLayout(head)
        column.addLayout(uses)
        column.addSpacing(theme.TIGHT)
        column.addLayout(body)
        column.addWidget(self.progress)
        self.progress.hide()
        self._show_buttons(())

    def show_status(self, status: Status, users: tuple[str, ...]) -> None:
        """Show how things stand with the network, and who uses it now."""
        self._status = status
        words, tone = _state(self.network, status)
        self.state.setText(words)
        theme.restyle(self.state, tone=tone)
        self.users.setText(f"In use by {' and '.join(users)}" if users else "")
        self.users.setVisible(bool(users))
        self.facts.setText(f"{_size(self.network, status)}  ·  {self.network.licence}")
        self.checksum.setText(status.checksum_sentence)
        self.place.tell(f"In {status.path}" if status.path is not None else "")
        # What is used may lie elsewhere than what is damaged.
        other = "Another copy is passed over: " if status.is_installed and status.faults else ""
        self.faults.tell(other + " ".join(status.faults), "bad")
        if not self._is_busy:
            self._show_buttons(_offers(self.network, status))

    def begin(self, message: str) -> None:
        """Show that something was asked for."""
        self._is_busy = True
        self.progress.setValue(0)
        self.progress.show()
        self.told.tell(message)
        self._show_buttons(("cancel",))

    def advance(self, advance: Advance) -> None:
        """Show how far it is."""
        self.told.tell(words_of(advance))
        self.progress.setValue(round(_STEPS * advance.done_bytes / advance.total_bytes) if advance.total_bytes else 0)

    def end(self, sentence: str, tone: str = "") -> None:
        """Show what came of it."""
        self._is_busy = False
        self.progress.hide()
        self.told.tell(sentence, tone)
        self._show_buttons(_offers(self.network, self._status) if self._status is not None else ())

    def _button(self, action: str) -> QPushButton:
        words, explains = ACTIONS[action]
        button = QPushButton(words)
        button.setToolTip(explains)
        button.setAutoDefault(False)
        button.setAccessibleName(f"{words.rstrip('…')}: {self.network.title}")
        if action in ("verify", "remove"):
            button.setProperty("kind", "ghost")
        button.clicked.connect(lambda: self.asked.emit(action))
        return button

    def _show_buttons(self, offered: tuple[str, ...]) -> None:
        had_keys = any(button.hasFocus() for button in self.buttons.values())
        for action, button in self.buttons.items():
            button.setVisible(action in offered)
        resumes = self._status is not None and self._status.half_fetched_bytes > 0
        self.buttons["install"].setText("Go on" if resumes else "Install")
        # Who works with the keyboard goes on with what has come in the place of what was pressed.
        if had_keys and offered:
            self.buttons[offered[0]].setFocus()


def words_of(advance: Advance) -> str:
    """How far something is, in a line."""
    if not advance.done_bytes and not advance.total_bytes:
        return advance.message
    done = f"{advance.done_bytes / 1e6:.1f}"
    whole = f"{done} of {advance.total_bytes / 1e6:.1f} MB" if advance.total_bytes else f"{done} MB"
    speed = f"  ·  {advance.bytes_per_s / 1e6:.1f} MB/s" if advance.bytes_per_s >= 1e4 else ""
    return f"{advance.message}  ·  {whole}{speed}"


def _state(network: Network, status: Status) -> tuple[str, str]:
    """What state a network is in, in a few words, and their tone."""
    if not status.is_installed:
        if status.faults:
            return "Damaged", "bad"
        return ("Half fetched", "") if status.half_fetched_bytes else ("Not installed", "faint")
    if network.is_built_in:
        return "Part of Pastiche", ""
    return ("Installed" if status.place == "player's data" else f"From {status.place}"), ""


def _offers(network: Network, status: Status) -> tuple[str, ...]:
    """What can be done with a network as things stand, what matters most first."""
    offers = []
    if not network.is_built_in:
        if status.faults:
            offers.append("repair")
        elif not status.is_installed:
            offers.append("install")
    if status.is_installed or status.faults:
        offers.append("verify")
    if status.is_removable:
        offers.append("remove")
    return tuple(offers)


def _size(network: Network, status: Status) -> str:
    if status.is_installed:
        return f"{status.size_bytes / 1e6:.1f} MB"
    stated = [file.size for file in network.files]
    whole = "Size not stated" if None in stated else f"{sum(size for size in stated if size) / 1e6:.1f} MB"
    return f"{status.half_fetched_bytes / 1e6:.1f} MB of it fetched" if status.half_fetched_bytes else whole


def _caption(text: str) -> QLabel:
    made = theme.label(text, "caption")
    made.setWordWrap(True)
    return made


def _source(network: Network) -> QLabel:
    """Where it comes from: an address that the browser opens, or words."""
    if not network.source.startswith("https://"):
        return _caption(f"{network.source[:1].upper()}{network.source[1:]}.")
    made = _caption("")
    made.setTextFormat(Qt.RichText)
    # A long address has no spaces to be broken at.
    shown = html.escape(network.source.removeprefix("https://")).replace("/", "/\u200b").replace("-", "-\u200b")
    made.setText(f'<a href="{html.escape(network.source)}" style="color: {theme.COLOURS.quiet}">{shown}</a>')
    made.setTextInteractionFlags(Qt.LinksAccessibleByMouse | Qt.LinksAccessibleByKeyboard)
    made.setOpenExternalLinks(True)
    made.setToolTip("Opens in the browser")
    made.setAccessibleName(f"Source: {network.source}")
    return made
