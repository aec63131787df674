"""The keys of all commands, and choosing others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PyQt5.QtCore import QSize, Qt, pyqtSignal
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.desktop.app_state.actions import COMMANDS, HOLDS, conflicts
from app.desktop.dialogs.key_button import STYLE, KeyButton, shown_key
from app.desktop.widgets import theme
from app.desktop.widgets.controls import frame
from app.desktop.widgets.icons import icon

PAGES = {"": "Everywhere", "home": "Home", "studio": "Studio", "result": "Result", "hold": "Held on the canvas"}
MAX_KEYS = 4


@dataclass(frozen=True)
class Entry:
    """A command, or a key that is held, as this dialog lists it."""

    name: str
    text: str
    explains: str
    symbol: str
    page: str
    keys: tuple[str, ...]

    @property
    def is_held(self) -> bool:
        """Whether it has one key that is held down, which may be Shift, Ctrl or Alt alone."""
        return self.page == "hold"


ENTRIES: tuple[Entry, ...] = tuple(
    Entry(each.name, each.text, each.explains, each.icon, each.page or "", tuple(each.keys)) for each in COMMANDS
) + tuple(Entry(hold.name, hold.text, hold.explains, "", "hold", (hold.key,)) for hold in HOLDS)
_BY_NAME = {entry.name: entry for entry in ENTRIES}


class ShortcutsDialog(QDialog):
    """All commands by page with their keys. Changes a copy; `chosen()` is the result once it was accepted."""

    def __init__(self, keys: Mapping[str, Sequence[str]], parent: QWidget | None) -> None:
        """`keys` are those that differ from the table's, by the command's name."""
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.setWindowFlag(Qt.WindowContextHelpButtonHint, False)
        self.setStyleSheet(STYLE)
        self._keys = {entry.name: tuple(keys.get(entry.name, entry.keys)) for entry in ENTRIES}
        self._pending: tuple[str, tuple[str, ...], dict[str, tuple[str, ...]]] | None = None

        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a command or a key")
        self.search.setAccessibleName("Find a command or a key")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._on_searched)
        self.rows = {entry.name: _Row(entry) for entry in ENTRIES}
        self._headings: dict[str, QLabel] = {}
        self._none = theme.label("No command is called that.", "quiet")
        self._none.hide()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, theme.SMALL, 0)
        column.setSpacing(2)
        for page, title in PAGES.items():
            heading = theme.label(title, "overline")
            heading.setContentsMargins(0, 0 if not page else theme.GAP, 0, theme.TIGHT)
            self._headings[page] = heading
            column.addWidget(heading)
            for entry in ENTRIES:
                if entry.page == page:
                    column.addWidget(self._wire(self.rows[entry.name]))
        column.addWidget(self._none)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.NoFocus)

        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.WIDE, theme.WIDE, theme.WIDE, theme.GAP)
        whole.setSpacing(theme.SMALL + 4)
        head = QHBoxLayout()
        head.addWidget(theme.label("Shortcuts", "title"))
        head.addStretch(1)
        self.search.setFixedWidth(260)
        head.addWidget(self.search)
        whole.addLayout(head)
        whole.addWidget(scroll, 1)
        whole.addWidget(self._make_notice())
        whole.addLayout(self._make_foot())
        self.setMinimumSize(560, 380)
        screen = self.screen()
        room = screen.availableSize() if screen is not None else QSize(1366, 768)
        self.resize(QSize(720, 680).boundedTo(room * 0.9))
        self._show_all()
        # Keys that were chosen elsewhere, or by an older table, may be in each other's way from the start.
        found = conflicts(self._keys)
        if found:
            self._say(_sentence(*found[0]), is_question=False)

    def chosen(self) -> dict[str, list[str]]:
        """The keys that differ from the table's, by the command's name; an empty list is a command without a key."""
        return {name: list(keys) for name, keys in self._keys.items() if keys != _BY_NAME[name].keys}

    def keys(self, name: str) -> tuple[str, ...]:
        """The keys that a command has now, in Qt's portable notation."""
        return self._keys[name]

    def told(self) -> str:
        """The sentence about keys in each other's way that stands there; "" for none."""
        return self._notice_text.text() if not self._notice.isHidden() else ""

    # Changing

    def try_keys(self, name: str, keys: Sequence[str]) -> bool:
        """Give a command these keys if they are in nobody's way; else say so and change nothing."""
        entry, wanted = _BY_NAME[name], tuple(dict.fromkeys(key for key in keys if key))
        wanted = wanted[-1:] if entry.is_held else wanted[:MAX_KEYS]
        self._take_no()
        known = set(conflicts(self._keys))
        fresh = [each for each in conflicts({**self._keys, name: wanted}) if each not in known and name in each[1:]]
        if not fresh:
            self._keys[name] = wanted
            self._show_all()
            return True
        losses: dict[str, tuple[str, ...]] = {}
        for key, first, second in fresh:
            other = second if first == name else first
            kept = losses.get(other, self._keys[other])
            losses[other] = tuple(each for each in kept if not _is_same(each, key))
        self._pending = (name, wanted, losses)
        key, first, second = fresh[0]
        other = second if first == name else first
        self._say(_sentence(key, other, ""), is_question=True)
        self._yes.setText(f"Use it for “{_title(name)}”")
        self._no.setText(f"Leave it with “{_title(other)}”")
        self.rows[name].show_keys(self._keys[name], entry.keys)
        return False

    def reset(self, name: str) -> bool:
        """Give a command the table's keys again, if they are in nobody's way."""
        return self.try_keys(name, _BY_NAME[name].keys)

    def reset_all(self) -> None:
        """Give every command the table's keys again."""
        self._take_no()
        self._keys = {entry.name: entry.keys for entry in ENTRIES}
        self._show_all()

    def take_over(self) -> None:
        """Answer a conflict: take the key away from the command that has it."""
        if self._pending is not None:
            name, wanted, losses = self._pending
            self._keys = {**self._keys, **losses, name: wanted}
            self._take_no()
            self._show_all()

    def _take_no(self) -> None:
        self._pending = None
        self._notice.hide()

    # What is shown

    def _wire(self, row: "_Row") -> "_Row":
        name = row.entry.name
        row.keys_chosen.connect(lambda keys: self.try_keys(name, keys))
        row.reset_requested.connect(lambda: self.reset(name))
        row.refused.connect(lambda sentence: self._say(sentence, is_question=False))
        row.listening.connect(self._take_no)
        return row

    def _make_notice(self) -> QFrame:
        self._notice = frame("message")
        self._notice.setProperty("tone", "bad")
        self._notice_text = theme.label()
        self._notice_text.setWordWrap(True)
        self._yes, self._no = QPushButton(), QPushButton()
        self._yes.clicked.connect(self.take_over)
        self._no.clicked.connect(self._take_no)
        row = QHBoxLayout(self._notice)
        row.setContentsMargins(theme.GAP, theme.SMALL, theme.SMALL, theme.SMALL)
        row.addWidget(self._notice_text, 1)
        for button in (self._yes, self._no):
            button.setAutoDefault(False)
            row.addWidget(button)
        self._notice.hide()
        return self._notice

    def _make_foot(self) -> QHBoxLayout:
        self._reset_all = QPushButton("All as they came")
        self._reset_all.setToolTip("Give every command its own keys again")
        self._reset_all.clicked.connect(self.reset_all)
        keep, leave = QPushButton("Keep these"), QPushButton("Leave as it was")
        keep.setProperty("kind", "primary")
        keep.clicked.connect(self.accept)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(theme.SMALL)
        foot.addWidget(self._reset_all)
        foot.addStretch(1)
        for button in (leave, keep):
            foot.addWidget(button)
        for button in (self._reset_all, leave, keep):
            button.setAutoDefault(False)
        return foot

    def _say(self, sentence: str, *, is_question: bool) -> None:
        self._notice_text.setText(sentence)
        self._yes.setVisible(is_question)
        self._no.setVisible(is_question)
        self._notice.show()

    def _show_all(self) -> None:
        for name, row in self.rows.items():
            row.show_keys(self._keys[name], row.entry.keys)
        self._reset_all.setEnabled(bool(self.chosen()))

    def _on_searched(self, text: str) -> None:
        words = text.casefold().split()
        shown = set()
        for name, row in self.rows.items():
            is_found = all(word in self._said_of(name) for word in words)
            row.setVisible(is_found)
            if is_found:
                shown.add(row.entry.page)
        for page, heading in self._headings.items():
            heading.setVisible(page in shown)
        self._none.setVisible(not shown)

    def _said_of(self, name: str) -> str:
        entry = _BY_NAME[name]
        return f"{entry.text} {entry.explains} {' '.join(map(shown_key, self._keys[name]))}".casefold()


class _Row(QWidget):
    """One command: its icon and words, its keys, one more, and back to the table's."""

    keys_chosen = pyqtSignal(object)
    reset_requested = pyqtSignal()
    refused = pyqtSignal(str)
    listening = pyqtSignal()

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry = entry
        self.buttons: list[KeyButton] = []
        self._keys: tuple[str, ...] = ()
        self.setToolTip(entry.explains)
        symbol = QLabel()
        symbol.setFixedSize(20, 20)
        if entry.symbol:
            symbol.setPixmap(icon(entry.symbol, "quiet").pixmap(18, 18))
        self._room = QHBoxLayout()
        self._room.setSpacing(theme.TIGHT)
        self._back = QToolButton()
        self._back.setIcon(icon("undo", "quiet"))
        self._back.setIconSize(QSize(16, 16))
        self._back.setToolTip("The key that it came with")
        self._back.setAccessibleName(f"Reset the keys of {entry.text}")
        self._back.clicked.connect(self.reset_requested)
        # Its room stays while it is hidden, so that the keys stand in one line.
        policy = self._back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._back.setSizePolicy(policy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SMALL)
        row.addWidget(symbol)
        row.addWidget(theme.label(entry.text.rstrip("…")), 1)
        row.addLayout(self._room)
        row.addWidget(self._back)
        self.setMinimumHeight(34)

    def show_keys(self, keys: tuple[str, ...], table: tuple[str, ...]) -> None:
        """Show these keys; those that are not in the `table` stand out."""
        self._back.setVisible(keys != table)
        shown = [button.key for button in self.buttons if button.key]
        is_whole = len(keys) >= (1 if self.entry.is_held else MAX_KEYS)
        if tuple(shown) == keys and self.buttons and (self.buttons[-1].key == "") != is_whole:
            for button in self.buttons:
                button.rest()
            return
        self._keys = keys
        for button in self.buttons:
            self._room.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = [self._make(index, key, key not in table) for index, key in enumerate(keys)]
        if not is_whole:
            self.buttons.append(self._make(len(keys), "", False))
        for button in self.buttons:
            self._room.addWidget(button)

    def _make(self, index: int, key: str, is_own: bool) -> "KeyButton":
        button = KeyButton(key, self.entry.text, takes_modifiers=self.entry.is_held, is_own=is_own)
        button.key_pressed.connect(lambda new: self.keys_chosen.emit(self._with(index, new)))
        button.refused.connect(self.refused)
        button.listening.connect(self.listening)
        return button

    def _with(self, index: int, key: str) -> tuple[str, ...]:
        return (*self._keys[:index], key, *self._keys[index + 1 :])


def _is_same(key: str, other: str) -> bool:
    return key == other or QKeySequence(key) == QKeySequence(other)


def _sentence(key: str, first: str, second: str) -> str:
    if second:
        return f"{shown_key(key)} is the key of both “{_title(first)}” and “{_title(second)}”: neither will hear it."
    return f"{shown_key(key)} is the key of “{_title(first)}” already."


def _title(name: str) -> str:
    return _BY_NAME[name].text.rstrip("…")
