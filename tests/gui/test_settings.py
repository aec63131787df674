"""The settings: what is kept, what is refused, and the page that changes them."""

import json
from dataclasses import asdict, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from app import places
from app.desktop.app_state.settings import Settings, load_settings, save_settings
from app.desktop.dialogs import settings_dialog
from app.desktop.dialogs.settings_dialog import SettingsDialog
from app.desktop.dialogs.shortcuts_dialog import ShortcutsDialog

OTHER: dict[str, Any] = {
    "canvas_side_px": 2048,
    "rivals": {"classic": {"size_px": 512}},
    "is_strict": True,
    "has_speed_pressure": False,
    "finger_paints": False,
    "stabiliser": "rope",
    "stabiliser_strength": 0.75,
    "trace_opacity": 0.5,
    "is_trace_over": True,
    "undo_memory_mb": 512,
    "brush": "ink",
    "color": "#c81e28",
    "size_px": 7.5,
    "opacity": 0.5,
    "eraser_size_px": 80.0,
    "eraser_opacity": 0.4,
    "smudge_size_px": 21.0,
    "smudge_opacity": 0.3,
    "fill_tolerance": 0.6,
    "window_px": [1200, 700],
    "is_maximised": True,
    "wheel_px": 0,
    "folder": "/pictures",
    "keys": {"undo": ["Ctrl+Z", "Backspace"]},
    "left": ["a.duel"],
}
BROKEN: dict[str, list[Any]] = {
    "canvas_side_px": [1000, 1024.0, "1024", None],
    "rivals": [[], {"nobody": {}}, {"classic": 4}, {"classic": {"size_px": [512]}}],
    "is_strict": [1, "yes"],
    "has_speed_pressure": [0],
    "finger_paints": [None],
    "stabiliser": ["string", 3, []],
    "stabiliser_strength": [2, {}],
    "trace_opacity": [-1],
    "is_trace_over": ["over"],
    "undo_memory_mb": [0, 10**9, 256.0],
    "brush": [4, None],
    "color": ["red", "#C81E28", "#12345", 0],
    "size_px": [0, 1001, "12"],
    "opacity": [1.01],
    "eraser_size_px": [0.5, float("inf")],
    "eraser_opacity": [-0.01],
    "smudge_size_px": [5000],
    "smudge_opacity": ["0.5"],
    "fill_tolerance": [1.5],
    "window_px": [7, [1, 2, 3], [1200, "700"], [0, 700], [1200.0, 700]],
    "is_maximised": [1],
    "wheel_px": [-2, 12.5, "high"],
    "folder": [7],
    "keys": [[], {"undo": "Ctrl+Z"}, {"undo": [1]}],
    "left": ["a.duel", [1]],
}


def write(content: Any) -> None:
    places.settings_file().parent.mkdir(parents=True, exist_ok=True)
    places.settings_file().write_text(json.dumps(content), encoding="utf-8")


def test_every_choice_is_read_as_it_was_written() -> None:
    assert set(OTHER) == {each.name for each in fields(Settings)}
    assert not {name for name, value in OTHER.items() if getattr(Settings(), name) == value}
    mine = Settings(**OTHER)
    save_settings(mine)
    assert load_settings() == mine


@pytest.mark.parametrize("name", sorted(OTHER))
def test_a_broken_value_is_as_in_a_new_installation_and_leaves_the_others(name: str) -> None:
    for value in BROKEN[name]:
        write({**OTHER, name: value})
        assert asdict(load_settings()) == {**OTHER, name: asdict(Settings())[name]}


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4))
def test_no_value_at_all_makes_unsound_settings(value: Any) -> None:
    write(dict.fromkeys(OTHER, value))
    sound = load_settings()
    save_settings(sound)
    assert load_settings() == sound


def test_what_is_no_settings_file_is_as_in_a_new_installation() -> None:
    for text in ("", "[]", '{"size_px": ', "[" * 100_000, "null"):
        places.settings_file().parent.mkdir(parents=True, exist_ok=True)
        places.settings_file().write_text(text, encoding="utf-8")
        assert load_settings() == Settings()


def test_one_strength_and_size_for_both_rivals_are_read_once() -> None:
    write({"strength": 0.4, "rival_side_px": 512, "rivals": {"classic": {"size_px": 768, "seed": 3}}})
    found = load_settings()
    assert found.rivals == {
        "magenta": {"strength": 0.4, "size_px": 512},
        "classic": {"strength": 0.4, "size_px": 768, "seed": 3},
    }
    save_settings(found)
    assert load_settings() == found
    assert not {"strength", "rival_side_px"} & json.loads(places.settings_file().read_text()).keys()
    write({"strength": 7, "rival_side_px": "large"})
    assert load_settings() == Settings()


# The page


@pytest.mark.parametrize("mine", [Settings(), Settings(**OTHER)])
def test_the_page_shows_the_settings_and_changes_none_by_itself(qtbot: QtBot, mine: Settings) -> None:
    dialog = SettingsDialog(mine, None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.chosen() == mine


def test_what_is_chosen_on_the_page_is_kept(qtbot: QtBot) -> None:
    dialog = SettingsDialog(Settings(**OTHER), None)
    qtbot.addWidget(dialog)
    dialog.canvas.setCurrentIndex(0)
    dialog.strict.click()
    dialog.speed_pressure.click()
    dialog.finger.click()
    dialog.undo_memory.setCurrentIndex(0)
    changed = {
        "canvas_side_px": 768,
        "is_strict": False,
        "has_speed_pressure": True,
        "finger_paints": True,
        "undo_memory_mb": 64,
    }
    assert dialog.chosen() == Settings(**{**OTHER, **changed})


def test_texts_that_are_no_utf8_are_kept() -> None:
    texts = {"folder": "/\ud800\udc80", "brush": "\udcff", "left": ["\ud800.duel"], "keys": {"\ud800": ["\udfff"]}}
    places.settings_file().parent.mkdir(parents=True, exist_ok=True)
    places.settings_file().write_text(json.dumps(texts), encoding="utf-8")
    found = load_settings()
    assert found == Settings(**json.loads(json.dumps(texts)))
    save_settings(found)
    assert load_settings() == found


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_page_leads_to_the_shortcuts(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, is_kept: bool) -> None:
    dialog = SettingsDialog(Settings(keys={"undo": ["F9"]}), None)
    qtbot.addWidget(dialog)
    met: list[dict[str, list[str]]] = []

    def execute(page: ShortcutsDialog) -> bool:
        met.append(page.chosen())
        assert page.try_keys("brush", ["P"])
        return is_kept

    monkeypatch.setattr(settings_dialog.ShortcutsDialog, "exec_", execute)
    dialog.shortcuts.click()
    assert met == [{"undo": ["F9"]}]
    assert dialog.chosen().keys == ({"undo": ["F9"], "brush": ["P"]} if is_kept else {"undo": ["F9"]})
