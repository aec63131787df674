"""A key of a command: shown, and chosen by pressing another."""

from PyQt5.QtCore import QEvent, Qt, pyqtSignal
from PyQt5.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PyQt5.QtWidgets import QPushButton

from app.desktop.widgets import theme

_MODIFIER_NAMES = {Qt.Key_Shift: "Shift", Qt.Key_Control: "Ctrl", Qt.Key_Alt: "Alt", Qt.Key_Meta: "Meta"}
STYLE = f"""
QPushButton[kind="key"] {{
    background: {theme.COLOURS.well}; border: 1px solid {theme.COLOURS.strong_line}; border-radius: 6px;
    padding: 3px 10px; min-height: 18px; color: {theme.COLOURS.text};
}}
QPushButton[kind="key"]:hover {{ border-color: {theme.COLOURS.faint}; }}
QPushButton[kind="key"]:focus {{ border: 1px solid {theme.COLOURS.accent}; padding: 3px 10px; }}
QPushButton[kind="key"][tone="listening"] {{
    border: 1px solid {theme.COLOURS.accent}; color: {theme.COLOURS.accent};
}}
QPushButton[kind="key"][tone="own"] {{ color: {theme.COLOURS.accent}; }}
QPushButton[kind="key"][tone="add"] {{ background: transparent; border-color: {theme.COLOURS.line};
    color: {theme.COLOURS.quiet}; }}
"""


class KeyButton(QPushButton):
    """One key; a click, and it listens for another. Delete and Backspace take it away, Escape leaves it.

    Signals: `key_pressed(str)` with the key in Qt's portable notation, "" where it was taken away; `listening()`;
    `refused(str)` with the sentence why a key cannot be one.
    """

    key_pressed = pyqtSignal(str)
    listening = pyqtSignal()
    refused = pyqtSignal(str)

    def __init__(self, key: str, command: str, *, takes_modifiers: bool = False, is_own: bool = False) -> None:
        super().__init__()
        self.key = key
        self._takes_modifiers = takes_modifiers
        self._tone = "add" if not key else "own" if is_own else ""
        self._is_listening = False
        self.setProperty("kind", "key")
        self.setAutoDefault(False)
        self.setFont(theme.sans(12))
        self.setCursor(Qt.PointingHandCursor)
        self.setToolTip(
            "Click, then press the new key; Delete takes it away" if key else "Click, then press one more key"
        )
        self.setAccessibleName(f"{command}: {shown_key(key)}" if key else f"One more key for {command}")
        self.clicked.connect(self.listen)
        self.rest()

    def listen(self) -> None:
        """Take the next key."""
        self._is_listening = True
        self.setFocus()
        self.setText("Press a key…")
        theme.restyle(self, tone="listening")
        self.listening.emit()

    def rest(self) -> None:
        """Show the key that it has."""
        self._is_listening = False
        self.setText(shown_key(self.key) if self.key else "+")
        theme.restyle(self, tone=self._tone)

    def event(self, event: QEvent) -> bool:
        # Before Qt makes a shortcut or a change of the focus (Tab) of it.
        if self._is_listening and event.type() in (QEvent.ShortcutOverride, QEvent.KeyPress):
            event.accept()
            if event.type() == QEvent.KeyPress and isinstance(event, QKeyEvent):
                self._hear(event)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.key and event.key() in (Qt.Key_Delete, Qt.Key_Backspace):
            self.key_pressed.emit("")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.rest()

    def _hear(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIER_NAMES and not self._takes_modifiers:
            return  # its own key is still to come
        if event.key() == Qt.Key_Escape:
            self.rest()
            return
        if event.key() in (Qt.Key_Delete, Qt.Key_Backspace) and not int(event.modifiers()):
            self.rest()
            if self.key:
                self.key_pressed.emit("")
            return
        key = key_of(event)
        self.rest()
        if not key:
            self.refused.emit("This key has no name that a shortcut could have.")
        elif self._takes_modifiers and "+" in key.removesuffix("+"):
            self.refused.emit("A key that is held on the canvas is one key alone.")
        else:
            self.key_pressed.emit(key)


def key_of(event: QKeyEvent) -> str:
    """A pressed key with its modifiers in Qt's portable notation; "" for one that has no name.

    A sign that takes Shift to be typed is that sign alone ("{"), since other keyboards have it elsewhere.
    """
    key, modifiers = event.key(), event.modifiers() & ~Qt.KeypadModifier & ~Qt.GroupSwitchModifier
    if key in _MODIFIER_NAMES:
        return _MODIFIER_NAMES[Qt.Key(key)]
    if key in (0, Qt.Key_unknown, Qt.Key_AltGr, Qt.Key_CapsLock, Qt.Key_NumLock, Qt.Key_ScrollLock):
        return ""
    if key == Qt.Key_Backtab:
        key = Qt.Key_Tab
    is_sign = 0x21 <= key < 0x7F and not chr(key).isalpha() and not chr(key).isdigit()
    if is_sign:
        modifiers &= ~Qt.ShiftModifier
    return QKeySequence(int(modifiers) | key).toString(QKeySequence.PortableText)


def shown_key(key: str) -> str:
    """A key as it is written on this system's keyboards."""
    if key in _MODIFIER_NAMES.values():
        return key
    return QKeySequence(key).toString(QKeySequence.NativeText)
