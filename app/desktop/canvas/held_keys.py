"""Keys that do something on the canvas for as long as they are held."""

from collections.abc import Mapping, Sequence

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QInputEvent, QKeyEvent

from app.desktop.app_state.actions import held_key

_MODIFIERS = {int(Qt.Key_Shift): Qt.ShiftModifier, int(Qt.Key_Control): Qt.ControlModifier}


class HeldKeys:
    """Which of the held keys are down. `modifiers` are Shift and Ctrl as they were at the last event."""

    def __init__(self) -> None:
        self.modifiers: Qt.KeyboardModifiers = Qt.KeyboardModifiers()
        self._names: dict[int, str] = {}
        self._down: set[str] = set()
        self.listen_to({})

    def listen_to(self, keys: Mapping[str, Sequence[str]]) -> None:
        """Listen to the table's keys, or to those that `keys` names for "hold_pan", "hold_pick", "hold_rotate"."""
        self._names = {int(held_key(name, keys)): name for name in ("hold_pan", "hold_pick", "hold_rotate")}
        self._down.clear()

    def __bool__(self) -> bool:
        return bool(self._down)

    @property
    def has_pan(self) -> bool:
        """Whether a press moves the drawing (with Ctrl: zooms it)."""
        return "hold_pan" in self._down

    @property
    def has_pick(self) -> bool:
        """Whether a press takes a colour."""
        return "hold_pick" in self._down

    @property
    def has_rotate(self) -> bool:
        """Whether a press turns the drawing."""
        return "hold_rotate" in self._down

    @property
    def has_shift(self) -> bool:
        """Whether Shift is held."""
        return bool(self.modifiers & Qt.ShiftModifier)

    @property
    def has_ctrl(self) -> bool:
        """Whether Ctrl is held."""
        return bool(self.modifiers & Qt.ControlModifier)

    def name_of(self, event: QKeyEvent) -> str | None:
        """The held key that the press of a key is, if it is one."""
        name = self._names.get(event.key())
        # Ctrl and a letter is a command; Ctrl and the key that moves the drawing zooms it.
        is_command = bool(event.modifiers() & (Qt.ControlModifier | Qt.MetaModifier)) and name != "hold_pan"
        return None if is_command else name

    def note(self, event: QKeyEvent, *, is_down: bool) -> bool:
        """Take in a key's press or release; whether it is of interest here."""
        modifier = _MODIFIERS.get(event.key())
        if modifier is not None:
            self.modifiers = self.modifiers | modifier if is_down else self.modifiers & ~modifier
            return True
        name = self.name_of(event) if is_down else self._names.get(event.key())
        if name is None:
            return False
        if not event.isAutoRepeat():
            (self._down.add if is_down else self._down.discard)(name)
        return True

    def note_modifiers(self, event: QInputEvent) -> None:
        """Take in which modifiers another event came with."""
        self.modifiers = event.modifiers()

    def let_go(self) -> None:
        """All keys are up, for all that is known: a key let go in another window is never heard of."""
        self._down.clear()
        self.modifiers = Qt.KeyboardModifiers()
