"""The window's commands as Qt actions: shortcuts, tooltips, and which keys are in each other's way.

What there is to ask for stands in `commands.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from PyQt5.QtCore import QObject, Qt
from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QWidget

from app.desktop.app_state.commands import COMMANDS, HOLDS, Command, Hold, Page
from app.desktop.widgets.icons import icon

__all__ = [
    "COMMANDS",
    "HOLDS",
    "Command",
    "Hold",
    "add_to",
    "conflicts",
    "held_key",
    "make_actions",
    "permit",
    "set_keys",
    "show_page_actions",
    "tooltip",
]

_MODIFIERS = {"Alt": Qt.Key_Alt, "Ctrl": Qt.Key_Control, "Shift": Qt.Key_Shift, "Meta": Qt.Key_Meta}
_EXPLAINS = "explains"
# Where one can be held, the other can be typed.
CANVAS_PAGE = Page.STUDIO


def tooltip(command: Command, keys: Sequence[str]) -> str:
    """The command's sentence with its shortcut behind it."""
    shown = [QKeySequence(key).toString(QKeySequence.NativeText) for key in keys]
    # The twin spellings of one key (+ and =, Return and Enter) are not news to anybody.
    shown = shown[:2] if command.name == "redo" else shown[:1]
    return command.explains + (f"   [{' or '.join(shown)}]" if shown else "")


def make_actions(owner: QObject, keys: Mapping[str, Sequence[str]] | None = None) -> dict[str, QAction]:
    """One QAction per command by name. `keys` replaces the table's shortcuts for the commands that it names."""
    actions: dict[str, QAction] = {}
    for command in COMMANDS:
        action = QAction(icon(command.icon), command.text, owner)
        action.setObjectName(command.name)
        action.setShortcutContext(Qt.WindowShortcut)
        action.setCheckable(command.is_toggle)
        # Holding the key down must not toggle on and off, yet must go on undoing or zooming.
        action.setAutoRepeat(not command.is_toggle)
        actions[command.name] = action
    set_keys(actions, keys or {})
    return actions


def set_keys(actions: Mapping[str, QAction], keys: Mapping[str, Sequence[str]]) -> None:
    """Give the actions their shortcuts, the table's or those that `keys` names, and show them in the tooltips."""
    for command in COMMANDS:
        chosen = tuple(keys.get(command.name, command.keys))
        actions[command.name].setShortcuts([QKeySequence(key) for key in chosen])
        actions[command.name].setToolTip(tooltip(command, chosen))
        actions[command.name].setProperty(_EXPLAINS, tooltip(command, chosen))


def permit(action: QAction, why_not: str = "") -> None:
    """Enable a command, or disable it and say why in its tooltip."""
    action.setEnabled(not why_not)
    action.setToolTip(why_not or action.property(_EXPLAINS))


def held_key(name: str, keys: Mapping[str, Sequence[str]]) -> Qt.Key:
    """The key that `hold_pan`, `hold_pick` or `hold_rotate` listens for; Key_unknown for none.

    Raises KeyError for another name.
    """
    hold = {each.name: each for each in HOLDS}[name]
    chosen = tuple(keys.get(name, (hold.key,)))
    return _key_of(chosen[0]) if chosen else Qt.Key_unknown


def conflicts(keys: Mapping[str, Sequence[str]]) -> list[tuple[str, str, str]]:
    """The keys that two commands (or held keys) of one page would both hear: (key, command, command), by name.

    `keys` replaces the table's shortcuts for the commands that it names. Where there are any, Qt would call neither.
    """
    heard: dict[str, list[tuple[str, str]]] = {}
    for name, page, chosen in _listeners(keys):
        for key in dict.fromkeys(_spelled(each) for each in chosen):
            if key:
                heard.setdefault(key, []).append((name, page))
    return [
        (key, first, second)
        for key, listeners in heard.items()
        for (first, page), (second, other_page) in combinations(listeners, 2)
        if not page or not other_page or page == other_page
    ]


def show_page_actions(actions: Mapping[str, QAction], page: Page) -> None:
    """Switch on the commands of `page` (and those of every page), so that a shortcut acts only where it makes sense."""
    for command in COMMANDS:
        if command.page is not None:
            actions[command.name].setEnabled(command.page == page)


def add_to(widget: QWidget, actions: Mapping[str, QAction]) -> None:
    """Let the widget's window hear all the shortcuts."""
    widget.addActions(list(actions.values()))


def _listeners(keys: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str, Sequence[str]]]:
    """Who listens (name), on which page, to which keys."""
    for command in COMMANDS:
        yield command.name, command.page or "", keys.get(command.name, command.keys)
    for hold in HOLDS:
        yield hold.name, CANVAS_PAGE, keys.get(hold.name, (hold.key,))


def _spelled(key: str) -> str:
    """A key in the one spelling that Qt gives it."""
    return key if key in _MODIFIERS else QKeySequence(key).toString(QKeySequence.PortableText)


def _key_of(key: str) -> Qt.Key:
    if key in _MODIFIERS:
        return _MODIFIERS[key]
    sequence = QKeySequence(key)
    if sequence.count() == 0:
        return Qt.Key_unknown
    return Qt.Key(int(sequence[0]) & ~int(Qt.KeyboardModifierMask))
