"""The page of networks, as a dialog: what is installed, who uses it, and how to get, check, mend and carry it.

The window opens it. Whatever takes time is done by `fetching.py`; closing the page in the middle of a download keeps
what has been fetched, and the next one goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PyQt5.QtCore import QCoreApplication, QSize, Qt, QUrl, pyqtSignal
from PyQt5.QtGui import QDesktopServices, QKeyEvent
from PyQt5.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import places
from app.desktop.networks import network_jobs
from app.desktop.networks.network_card import NetworkCard
from app.desktop.networks.network_worker import Advance, Fetcher, Work
from app.desktop.widgets import theme
from app.desktop.widgets.controls import frame
from app.desktop.widgets.message_bar import ask
from app.desktop.widgets.status_label import StatusLabel
from app.game.networks_in_use import JUDGE
from app.networks.catalog import NETWORKS
from app.networks.store import Status
from app.rivals.registry import RIVALS

USERS = {**{name: info.title for name, info in RIVALS.items()}, JUDGE: "The judge"}
_BUNDLE_NAME = "pastiche-networks.zip"
_BUNDLE_KINDS = "Bundle of networks (*.zip)"
_BUNDLE_JOB = ""
_WAITING = "Waiting for its turn"
_NAMES_PX = 76
_SIZE = QSize(820, 860)
#: A sentence, its tone, and whether another network may be the best now.
_News = tuple[str, str, bool]


@dataclass(frozen=True)
class _Job:
    """What a ticket stands for: `name` is a network's, or that of the bundle; `then` makes news of the result."""

    name: str
    then: Callable[[Any], _News]


class NetworksDialog(QDialog):
    """A card for each network, under whom it is for. Signal: `networks_changed()` once another one may be the best."""

    networks_changed = pyqtSignal()

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Networks")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self._fetcher = Fetcher()
        self._fetcher.job_advanced.connect(self._on_advanced)
        self._fetcher.job_finished.connect(self._on_finished)
        self._fetcher.job_failed.connect(self._on_failed)
        self._jobs: dict[int, _Job] = {}
        self._surveys: set[int] = set()
        self._has_news: NetworkCard | None = None
        self.folder = str(Path.home())
        self.cards = {name: NetworkCard(network) for name, network in NETWORKS.items()}
        for name, card in self.cards.items():
            card.asked.connect(partial(self._on_asked, name))
        self.users = {user: theme.label("…", "body") for user in USERS}
        self.message = StatusLabel()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.progress.setAccessibleName("Progress of the bundle")
        self.export = _button("Export…", "Pack what is installed into one file, for a computer without a connection")
        self.import_ = _button("Import…", "Install what such a file holds")
        self.cancel = _button("Cancel", "Stop packing or unpacking; nothing is left half done")
        self.open_folder = _button("Open the folder", "Show where downloaded networks lie")
        self.leave = _button("Close", "Downloads stop, and go on from there the next time")
        self._lay_out()
        for button, answer in (
            (self.export, self._on_export),
            (self.import_, self._on_import),
            (self.cancel, self._on_cancel_bundle),
            (self.open_folder, self._on_open_folder),
            (self.leave, self.reject),
        ):
            button.clicked.connect(answer)
        self._show_bundle_at_work(False)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self._fetcher.stop)
        self.destroyed.connect(self._fetcher.stop)
        self._look()

    def is_busy(self) -> bool:
        """Whether anything that was asked for is still to come."""
        return bool(self._jobs or self._surveys)

    def done(self, result: int) -> None:
        self._fetcher.stop()
        if self._jobs:
            # Of a job that ends while the page closes nothing is told any more; but it may have changed something.
            self.networks_changed.emit()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # No button is the dialog's own, so that Enter cannot close it in the middle of a download.
        focused = self.focusWidget()
        if event.key() in (Qt.Key_Return, Qt.Key_Enter) and isinstance(focused, QPushButton):
            focused.click()
        else:
            super().keyPressEvent(event)

    # What can be asked for

    def install(self, name: str) -> None:
        """Download a network, or go on with it."""
        self._submit(name, partial(network_jobs.install, name), lambda _path: ("Installed.", "good", True))

    def repair(self, name: str) -> None:
        """Fetch a damaged network anew."""

        def then(was_needed: bool) -> _News:
            return ("Fetched anew, and sound." if was_needed else "It was sound.", "good", True)

        self._submit(name, partial(network_jobs.repair, name), then)

    def verify(self, name: str) -> None:
        """Read a network whole."""

        def then(faults: list[str]) -> _News:
            # What is wrong stands on the card already.
            return ("", "", True) if faults else ("Every byte is as it should be.", "good", False)

        self._submit(name, partial(network_jobs.verify, name), then)

    def remove(self, name: str) -> None:
        """Ask, then delete a network from the player's data."""
        title = NETWORKS[name].title
        explains = "It can be installed again at any time. Whoever uses it goes on with the next best network."
        if ask(self, f"Remove {title}?", explains=explains, yes="Remove it", no="Keep it"):
            self._submit(name, partial(network_jobs.remove, name), lambda _none: ("", "", True))

    def export_to(self, path: Path) -> None:
        """Pack what is installed into one file."""

        def then(exported: Any) -> _News:
            packed = f"{path} holds {', '.join(exported.names)} ({exported.size_bytes / 1e6:.1f} MB)."
            left_out = f" Left out: {' '.join(exported.left_out)}" if exported.left_out else ""
            return packed + left_out, "bad" if left_out else "good", False

        self._submit(_BUNDLE_JOB, partial(network_jobs.export, path), then)

    def import_from(self, path: Path) -> None:
        """Install what such a file holds."""

        def then(imported: Any) -> _News:
            told = [f"Installed {', '.join(imported.installed)}."] if imported.installed else []
            if imported.left_alone:
                told.append(f"Already there, and sound: {', '.join(imported.left_alone)}.")
            return " ".join(told), "good", bool(imported.installed)

        self._submit(_BUNDLE_JOB, partial(network_jobs.take_in, path), then)

    # What is at work

    def _submit(self, name: str, work: Work, then: Callable[[Any], _News]) -> None:
        self._jobs[self._fetcher.submit(work)] = _Job(name, then)
        if name == _BUNDLE_JOB:
            self.message.tell(_WAITING)
            self._show_bundle_at_work(True)
        else:
            # What came of another errand is no news any more; how a bundle gets on is.
            if all(job.name != _BUNDLE_JOB for job in self._jobs.values()):
                self.message.tell("")
            self.cards[name].begin(_WAITING)
            self._scroll.ensureWidgetVisible(self.cards[name].buttons["cancel"])

    def _look(self) -> None:
        """Learn how things stand, before anything else that waits."""
        self._surveys.add(self._fetcher.submit(network_jobs.look, is_urgent=True))

    def _cancel(self, name: str) -> None:
        for ticket, job in list(self._jobs.items()):
            if job.name == name:
                self._tell(name, Advance("Stopping", 0, None))
                self._fetcher.cancel(ticket)

    def _tell(self, name: str, advance: Advance) -> None:
        if name == _BUNDLE_JOB:
            share = advance.done_bytes / advance.total_bytes if advance.total_bytes else 0.0
            self.message.tell(f"{advance.message}  ·  {share:.0%}" if share else advance.message)
            self.progress.setValue(round(1000 * share))
        else:
            self.cards[name].advance(advance)

    def _end(self, name: str, sentence: str, tone: str) -> None:
        if name == _BUNDLE_JOB:
            self.message.tell(sentence, tone)
            self._show_bundle_at_work(False)
        else:
            card = self.cards[name]
            card.end(sentence, tone)
            # What it says may come to lie under the edge; but nobody is taken away from another card.
            self._has_news = None if card.visibleRegion().isEmpty() else card

    def _on_advanced(self, ticket: int, advance: Advance) -> None:
        if ticket in self._jobs:
            self._tell(self._jobs[ticket].name, advance)

    def _on_finished(self, ticket: int, result: Any) -> None:
        if ticket in self._surveys:
            self._surveys.discard(ticket)
            self._show(result)
            return
        job = self._jobs.pop(ticket)
        sentence, tone, has_changed = job.then(result)
        self._end(job.name, sentence, tone)
        self._look()
        if has_changed:
            self.networks_changed.emit()

    def _on_failed(self, ticket: int, sentence: str, is_cancelled: bool) -> None:
        if ticket in self._surveys:
            self._surveys.discard(ticket)
            self.message.tell(sentence, "bad")
            return
        job = self._jobs.pop(ticket)
        self._end(job.name, sentence, "" if is_cancelled else "bad")
        self._look()

    def _show(self, survey: network_jobs.Survey) -> None:
        for name, card in self.cards.items():
            card.show_status(survey.statuses[name], tuple(_in_a_sentence(user) for user in survey.users.get(name, ())))
        for user, label in self.users.items():
            network = survey.in_use[user]
            because = survey.passed_over.get(user, "")
            title = NETWORKS[network].title if network else ""
            label.setText((f"{title}. {because}" if because else title) or _at_a_loss(user))
            theme.restyle(label, tone="bad" if because or not network else "")
        if self._has_news is not None:
            self._scroll.ensureWidgetVisible(self._has_news.told)
            self._has_news = None
        self.export.setEnabled(any(status.is_installed for status in survey.statuses.values() if _is_carried(status)))

    # The buttons

    def _on_asked(self, name: str, action: str) -> None:
        if action == "cancel":
            self._cancel(name)
        else:
            {"install": self.install, "repair": self.repair, "verify": self.verify, "remove": self.remove}[action](name)

    def _on_export(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, "Export the networks", str(Path(self.folder) / _BUNDLE_NAME), _BUNDLE_KINDS
        )
        if not chosen:
            return
        path = Path(chosen)
        if path.suffix.lower() != ".zip":
            path = path.with_name(f"{path.name}.zip")
            # Of that name the dialog has not asked.
            question = f"Replace {path.name}?"
            if path.exists() and not ask(
                self, question, explains="It is there already.", yes="Replace it", no="Keep it"
            ):
                return
        self.folder = str(path.parent)
        self.export_to(path)

    def _on_import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import networks", self.folder, _BUNDLE_KINDS)
        if chosen:
            self.folder = str(Path(chosen).parent)
            self.import_from(Path(chosen))

    def _on_cancel_bundle(self) -> None:
        self._cancel(_BUNDLE_JOB)

    def _on_open_folder(self) -> None:
        folder = places.installed_networks()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            is_open = QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        except OSError:
            is_open = False
        if not is_open:
            self.message.tell(f"The folder could not be opened; it is {folder}.", "bad")

    # The layout

    def _lay_out(self) -> None:
        inside = QWidget()
        sections = QVBoxLayout(inside)
        sections.setContentsMargins(0, 0, theme.SMALL, 0)
        sections.setSpacing(theme.SMALL)
        sections.addLayout(self._make_head())
        for user, names in (
            *((rival, info.networks) for rival, info in RIVALS.items()),
            (JUDGE, ("builtin-autoencoder",)),
        ):
            heading = theme.label(f"For {_in_a_sentence(user)}", "overline")
            heading.setContentsMargins(0, theme.SMALL, 0, 0)
            sections.addWidget(heading)
            for name in names:
                sections.addWidget(self.cards[name])
        for name, card in self.cards.items():
            # A network of which no rival knows is shown all the same.
            if sections.indexOf(card) < 0:
                sections.addWidget(self.cards[name])
        sections.addStretch(1)
        self._scroll = scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setAccessibleName("Networks")
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.WIDE, theme.WIDE, theme.GAP, theme.GAP)
        column.setSpacing(theme.SMALL + 4)
        column.addWidget(theme.label("Networks", "title"))
        column.addWidget(scroll, 1)
        column.addWidget(frame("rule"))
        column.addWidget(self.message)
        column.addWidget(self.progress)
        column.addLayout(self._make_foot())
        self.setMinimumSize(600, 380)
        over, screen = self.parentWidget(), self.screen()
        # Opened from another dialog it may be as large as the window beneath both.
        while over is not None and over.window().parentWidget() is not None:
            over = over.window().parentWidget()
        room = over.window().size() if over is not None else screen.availableSize() if screen is not None else _SIZE
        self.resize((room * 0.94).boundedTo(_SIZE))

    def _make_head(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.TIGHT)
        grid.setColumnMinimumWidth(0, _NAMES_PX)
        grid.setColumnStretch(1, 1)
        for row, (user, label) in enumerate(self.users.items()):
            label.setWordWrap(True)
            grid.addWidget(theme.label(USERS[user], "quiet"), row, 0, Qt.AlignTop)
            grid.addWidget(label, row, 1)
        return grid

    def _make_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, theme.SMALL, 0)
        foot.setSpacing(theme.SMALL)
        for button in (self.export, self.import_, self.cancel, self.open_folder):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.leave)
        self.leave.setProperty("kind", "primary")
        return foot

    def _show_bundle_at_work(self, is_at_work: bool) -> None:
        self.progress.setValue(0)
        self.progress.setVisible(is_at_work)
        self.cancel.setVisible(is_at_work)
        self.export.setVisible(not is_at_work)
        self.import_.setVisible(not is_at_work)


def _is_carried(status: Status) -> bool:
    return not NETWORKS[status.name].is_built_in


def _in_a_sentence(user: str) -> str:
    return JUDGE if user == JUDGE else USERS[user]


def _at_a_loss(user: str) -> str:
    does = "judge" if user == JUDGE else "paint"
    return f"Cannot {does}: no network for it is there and sound."


def _button(words: str, explains: str) -> QPushButton:
    button = QPushButton(words)
    button.setToolTip(explains)
    button.setAutoDefault(False)
    return button
