"""Commands: every one has its words, icon and keys; keys that are in each other's way are told."""

from PyQt5.QtCore import QObject, Qt
from PyQt5.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app import places
from app.desktop.app_state.actions import (
    COMMANDS,
    HOLDS,
    conflicts,
    held_key,
    make_actions,
    set_keys,
    show_page_actions,
)


def test_names_are_there_once_and_icons_exist() -> None:
    names = [each.name for each in COMMANDS] + [hold.name for hold in HOLDS]
    assert len(names) == len(set(names))
    assert all((places.icons() / f"{each.icon}.svg").is_file() for each in COMMANDS)
    assert all(each.text and each.explains for each in COMMANDS)


def test_the_keys_are_those_that_painters_know() -> None:
    keys = {each.name: each.keys for each in COMMANDS}
    wanted = {
        "brush": "B", "eraser": "E", "eyedropper": "I", "fill": "G", "smudge": "S", "smaller": "[", "larger": "]",
        "fainter": "{", "stronger": "}", "swap_colours": "X", "plain_colours": "D", "mirror_view": "M",
        "trace": "T", "fit": "Ctrl+0", "actual_size": "Ctrl+1", "hide_panels": "Tab", "undo": "Ctrl+Z",
    }  # fmt: skip
    assert {name: keys[name][0] for name in wanted} == wanted
    assert keys["redo"] == ("Ctrl+Y", "Ctrl+Shift+Z")
    assert {hold.name: hold.key for hold in HOLDS} == {"hold_pan": "Space", "hold_pick": "Alt", "hold_rotate": "R"}


def test_nothing_is_in_the_way_as_delivered() -> None:
    assert conflicts({}) == []


def test_conflicts_are_told_by_page_and_spelling() -> None:
    assert conflicts({"brush": ["e"]}) == [("E", "brush", "eraser")]
    assert conflicts({"fit": ["Space"]}) == [("Space", "fit", "hold_pan")]
    assert conflicts({"mirror_view": ["R"], "trace": ["Ctrl+Q"]}) == [
        ("Ctrl+Q", "quit", "trace"),
        ("R", "mirror_view", "hold_rotate"),
    ]
    # On different pages one key can mean two things, and none is in nobody's way.
    assert conflicts({"start": ["B"], "save_card": ["B"]}) == []
    assert conflicts({"brush": [], "eraser": [], "hold_pick": []}) == []
    # The same key twice for one command is no conflict with itself.
    assert conflicts({"brush": ["B", "b"]}) == []


def test_keys_can_be_chosen_anew_and_show_in_the_tooltip(qtbot: QtBot) -> None:
    owner = QObject()
    actions = make_actions(owner, {"brush": ["P"]})
    assert actions["brush"].shortcuts() == [QKeySequence("P")]
    assert actions["brush"].toolTip().endswith("[P]")
    set_keys(actions, {"fill": []})
    assert actions["brush"].shortcuts() == [QKeySequence("B")]
    assert actions["brush"].toolTip().endswith("[B]")
    assert actions["fill"].shortcuts() == []
    assert "[" not in actions["fill"].toolTip()


def test_held_keys() -> None:
    assert held_key("hold_pan", {}) == Qt.Key_Space
    assert held_key("hold_pick", {}) == Qt.Key_Alt
    assert held_key("hold_rotate", {}) == Qt.Key_R
    assert held_key("hold_rotate", {"hold_rotate": ["Shift+Q"]}) == Qt.Key_Q
    assert held_key("hold_pick", {"hold_pick": ["Ctrl"]}) == Qt.Key_Control
    assert held_key("hold_pan", {"hold_pan": []}) == Qt.Key_unknown


def test_a_page_has_its_own_commands(qtbot: QtBot) -> None:
    owner = QObject()
    actions = make_actions(owner)
    show_page_actions(actions, "home")
    assert actions["start"].isEnabled()
    assert not actions["layer_add"].isEnabled()
    show_page_actions(actions, "studio")
    assert not actions["start"].isEnabled()
    assert actions["layer_add"].isEnabled()
    assert all(actions[each.name].isCheckable() == each.is_toggle for each in COMMANDS)
