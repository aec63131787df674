"""The page of shortcuts: keys are chosen by pressing them, and none is taken from another command silently."""

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, Qt
from PyQt5.QtGui import QKeyEvent, QKeySequence
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.app_state.actions import COMMANDS, HOLDS, conflicts
from app.desktop.dialogs.key_button import KeyButton, key_of
from app.desktop.dialogs.shortcuts_dialog import ENTRIES, MAX_KEYS, ShortcutsDialog

NAMES = [entry.name for entry in ENTRIES]


@pytest.fixture
def dialog(qtbot: QtBot) -> ShortcutsDialog:
    return opened(qtbot, {})


def opened(qtbot: QtBot, keys: dict[str, list[str]]) -> ShortcutsDialog:
    dialog = ShortcutsDialog(keys, None)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def button(dialog: ShortcutsDialog, name: str, index: int = -1) -> KeyButton:
    """One of a command's keys; the last is the one that takes another, where there is room."""
    return dialog.rows[name].buttons[index]


def press(dialog: ShortcutsDialog, name: str, key: int, modifiers: object = Qt.NoModifier, index: int = -1) -> None:
    """Click a key of a command and press another."""
    target = button(dialog, name, index)
    QTest.mouseClick(target, Qt.LeftButton)
    QTest.keyClick(target, key, modifiers)


def shown(dialog: ShortcutsDialog) -> set[str]:
    return {name for name, row in dialog.rows.items() if not row.isHidden()}


def test_every_command_is_there_with_its_keys(dialog: ShortcutsDialog) -> None:
    assert set(dialog.rows) == {each.name for each in COMMANDS} | {hold.name for hold in HOLDS}
    for command in COMMANDS:
        assert dialog.keys(command.name) == command.keys
        assert [each.key for each in dialog.rows[command.name].buttons if each.key] == list(command.keys)
    assert dialog.chosen() == {} and dialog.told() == ""


def test_another_key_is_pressed(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_P, index=0)
    assert dialog.keys("brush") == ("P",)
    assert button(dialog, "brush", 0).text() == "P"
    assert dialog.chosen() == {"brush": ["P"]}


def test_one_more_key_joins_the_others(dialog: ShortcutsDialog) -> None:
    press(dialog, "undo", Qt.Key_F9, Qt.ControlModifier)
    assert dialog.chosen() == {"undo": ["Ctrl+Z", "Ctrl+F9"]}


def test_no_more_keys_than_there_is_room_for(dialog: ShortcutsDialog) -> None:
    for key in (Qt.Key_F9, Qt.Key_F10, Qt.Key_F12):
        press(dialog, "undo", key)
    assert len(dialog.keys("undo")) == MAX_KEYS
    assert button(dialog, "undo").key == "F12"


def test_a_key_can_be_taken_away(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_Delete, index=0)
    assert dialog.keys("brush") == () and dialog.chosen() == {"brush": []}
    target = button(dialog, "redo", 0)
    target.setFocus()
    QTest.keyClick(target, Qt.Key_Backspace)
    assert dialog.keys("redo") == ("Ctrl+Shift+Z",)


def test_escape_leaves_the_key_and_the_page(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_Escape, index=0)
    assert dialog.isVisible() and dialog.chosen() == {} and button(dialog, "brush", 0).text() == "B"


def test_tab_and_space_are_heard_as_keys(dialog: ShortcutsDialog) -> None:
    press(dialog, "save_card", Qt.Key_Tab)
    press(dialog, "save_all", Qt.Key_Space)
    assert dialog.chosen() == {"save_card": ["Tab"], "save_all": ["Ctrl+Shift+S", "Space"]}


# Keys in each other's way


def test_a_key_that_another_command_has_is_told_and_not_taken(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_E, index=0)
    assert dialog.told() == "E is the key of “Eraser” already."
    words = [each.text() for each in dialog.findChildren(QPushButton) if each.isVisible()]
    assert {"Use it for “Brush”", "Leave it with “Eraser”"} <= set(words)
    assert dialog.chosen() == {} and button(dialog, "brush", 0).text() == "B"


def test_whoever_wants_it_takes_the_key_over(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_E, index=0)
    dialog.take_over()
    assert dialog.chosen() == {"brush": ["E"], "eraser": []}
    assert dialog.told() == "" and conflicts(dialog.chosen()) == []


def test_only_the_one_key_is_taken_over(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_Y, Qt.ControlModifier)
    dialog.take_over()
    assert dialog.chosen() == {"brush": ["B", "Ctrl+Y"], "redo": ["Ctrl+Shift+Z"]}


def test_what_comes_next_withdraws_the_question(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_E, index=0)
    press(dialog, "brush", Qt.Key_P, index=0)
    assert dialog.told() == ""
    dialog.take_over()
    assert dialog.chosen() == {"brush": ["P"]}


def test_a_key_may_mean_two_things_on_two_pages(dialog: ShortcutsDialog) -> None:
    press(dialog, "save_card", Qt.Key_B)
    assert dialog.told() == "" and dialog.chosen() == {"save_card": ["B"]}


def test_keys_that_are_held_are_in_the_way_too(dialog: ShortcutsDialog) -> None:
    press(dialog, "fit", Qt.Key_Space)
    assert dialog.told() == "Space is the key of “Move the canvas” already."
    assert dialog.chosen() == {}


def test_resetting_into_a_conflict_is_told(qtbot: QtBot) -> None:
    dialog = opened(qtbot, {"brush": ["P"], "eraser": ["B"]})
    assert not dialog.reset("brush")
    assert dialog.told() == "B is the key of “Eraser” already."
    assert dialog.keys("brush") == ("P",)
    dialog.reset_all()
    assert dialog.chosen() == {} and dialog.told() == ""


def test_conflicts_of_an_older_choice_are_told_at_once(qtbot: QtBot) -> None:
    dialog = opened(qtbot, {"brush": ["E"]})
    assert dialog.told() == "E is the key of both “Brush” and “Eraser”: neither will hear it."
    # They are no reason to refuse something else.
    press(dialog, "trace", Qt.Key_F9, index=0)
    assert dialog.chosen() == {"brush": ["E"], "trace": ["F9"]}


@how(max_examples=40, deadline=None)
@given(
    doings=st.lists(
        st.tuples(
            st.sampled_from(NAMES),
            st.sampled_from(["B", "E", "Space", "Ctrl+Z", "F9", "Tab", "{", "R", "Alt", ""]),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_whatever_is_tried_nothing_is_ever_in_the_way(doings: list[tuple[str, str, bool]], qapp: QApplication) -> None:
    dialog = ShortcutsDialog({}, None)
    held = {hold.name for hold in HOLDS}
    for name, key, is_wanted in doings:
        if key == "Alt" and name not in held:
            continue
        if not dialog.try_keys(name, [*dialog.keys(name), key]) and is_wanted:
            dialog.take_over()
        assert conflicts(dialog.chosen()) == []
    dialog.deleteLater()


# Keys that are held


def test_a_held_key_may_be_a_modifier_alone(dialog: ShortcutsDialog) -> None:
    press(dialog, "hold_pick", Qt.Key_Control, index=0)
    assert dialog.chosen() == {"hold_pick": ["Ctrl"]}
    press(dialog, "hold_pan", Qt.Key_H, index=0)
    assert dialog.chosen() == {"hold_pick": ["Ctrl"], "hold_pan": ["H"]}
    target = button(dialog, "hold_pan", 0)
    QTest.mouseClick(target, Qt.LeftButton)
    # As from a keyboard whose Ctrl was pressed before.
    QApplication.sendEvent(target, QKeyEvent(QEvent.KeyPress, Qt.Key_J, Qt.ControlModifier))
    assert dialog.told() == "A key that is held on the canvas is one key alone."
    assert dialog.keys("hold_pan") == ("H",)


def test_a_modifier_alone_is_no_shortcut(dialog: ShortcutsDialog) -> None:
    press(dialog, "brush", Qt.Key_Shift, index=0)
    assert button(dialog, "brush", 0).text() == "Press a key…"
    QTest.keyClick(button(dialog, "brush", 0), Qt.Key_F9, Qt.ShiftModifier)
    assert dialog.chosen() == {"brush": ["Shift+F9"]}


# Finding


def test_commands_are_found_by_words_and_by_keys(dialog: ShortcutsDialog) -> None:
    dialog.search.setText("eras")
    assert "eraser" in shown(dialog) and "brush_editor" not in shown(dialog)
    dialog.search.setText("ctrl+shift+z")
    assert shown(dialog) == {"redo"}
    dialog.search.setText("xyzzy")
    assert shown(dialog) == set()
    dialog.search.clear()
    assert shown(dialog) == set(NAMES)


# The names of keys


@pytest.mark.parametrize(
    ("key", "modifiers", "name"),
    [
        (Qt.Key_B, Qt.NoModifier, "B"),
        (Qt.Key_B, Qt.ShiftModifier, "Shift+B"),
        (Qt.Key_BraceLeft, Qt.ShiftModifier, "{"),
        (Qt.Key_Exclam, Qt.ShiftModifier, "!"),
        (Qt.Key_Plus, Qt.ControlModifier | Qt.ShiftModifier, "Ctrl++"),
        (Qt.Key_7, Qt.KeypadModifier, "7"),
        (Qt.Key_Backtab, Qt.ShiftModifier, "Shift+Tab"),
        (Qt.Key_Delete, Qt.ControlModifier, "Ctrl+Del"),
        (Qt.Key_Alt, Qt.AltModifier, "Alt"),
        (Qt.Key_AltGr, Qt.NoModifier, ""),
        (Qt.Key_unknown, Qt.NoModifier, ""),
    ],
)
def test_a_pressed_key_has_the_name_that_qt_reads(key: int, modifiers: object, name: str) -> None:
    pressed = key_of(QKeyEvent(QEvent.KeyPress, key, modifiers))
    assert pressed == name
    if name and name != "Alt":
        assert QKeySequence(pressed).toString(QKeySequence.PortableText) == name
