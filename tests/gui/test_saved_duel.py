"""A duel of the gallery, opened from home: its verdict and reasons are shown again, and nothing can be changed."""

import json
import shutil

import numpy as np
from desktop_window import QUIET, WAIT_MS, paint_a_spot, start, trigger
from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.desktop.main_window import MainWindow
from app.desktop.pages.result import SIDE_BY_SIDE
from app.desktop.pages.saved_duel import KeptBox, read_kept
from app.desktop.widgets.picture_view import PictureView
from app.desktop.widgets.qimage import to_pixels
from app.game.archive import gallery
from app.rivals.registry import RIVALS, comparisons
from app.text import grade_text

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def played(window: MainWindow, qtbot: QtBot) -> None:
    """Play a duel to its end, then another deal, and be at home with the first among the latest."""
    start(window, qtbot)
    paint_a_spot(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    qtbot.waitUntil(lambda: bool(window.duel_controller.suggestions) and window.errands.is_idle(), timeout=WAIT_MS)
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "play_again")
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)


def opened(window: MainWindow, qtbot: QtBot) -> KeptBox:
    """Click on the latest duel, which names its deal and grades."""
    (view,) = [v for v in window.home.findChildren(PictureView) if v.toolTip().startswith("The duel of")]
    (kept,) = gallery.kept()
    assert all(kept.record[side]["title"] in view.toolTip() for side in ("content", "style"))
    grades = gallery.grades_of(kept)
    told = [f"{rival.capitalize()} {grade_text(grades['drawing', rival])}" for rival in RIVALS]
    assert view.toolTip().endswith(f"Your grades: {', '.join(told)}")
    qtbot.mouseClick(view, Qt.LeftButton, pos=view.picture_rect().center().toPoint())
    qtbot.waitUntil(lambda: window.kept_box is not None and window.kept_box.isVisible(), timeout=WAIT_MS)
    assert window.kept_box is not None
    return window.kept_box


def test_a_kept_duel_is_shown_with_its_reasons_and_left_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    played(window, qtbot)
    (kept,) = gallery.kept()
    before = {file.name: file.read_bytes() for file in kept.folder.iterdir()}
    deal = window.duel_controller.deal
    box = opened(window, qtbot)
    result = box.result
    assert result.way.choice() == SIDE_BY_SIDE
    grades = kept.record["grades"]
    for pair in comparisons():
        assert result.verdict.dials[pair].grade() == grades["_".join(pair)]
    assert "1 stroke" in result.plates["drawing"].status.text()
    for plate in result.plates.values():
        assert not any(button.isVisible() for button in (plate.retry, plate.stop, plate.wishes))
    doors = {b.text().strip() for b in result.findChildren(QPushButton) if b.isVisible()}
    assert not doors & {"Keep drawing", "Play again", "Ask the judge again"}
    qtbot.mouseClick(result.verdict.dials["drawing", "magenta"], Qt.LeftButton)
    sentence = kept.record["opinions"]["drawing_magenta"]["facets"]["palette"]["sentence"]
    assert sentence in result.why.facets.rows["palette"].accessibleName()
    assert result.why.facets.choice() and result.why.coaching.rows
    # The card lies over it, and any key puts that away first.
    qtbot.mouseClick(result.card_door, Qt.LeftButton)
    assert window.lightbox.isVisible()
    qtbot.keyClick(window.lightbox, Qt.Key_Escape)
    assert box.isVisible() and not window.lightbox.isVisible()
    qtbot.mouseClick(box, Qt.LeftButton)
    assert box.isVisible(), "a click beside everything is no wish to leave"
    qtbot.keyClick(box, Qt.Key_Escape)
    assert not box.isVisible() and window.page() == "home" and window.duel_controller.deal is deal
    assert {file.name: file.read_bytes() for file in kept.folder.iterdir()} == before


def test_an_older_duel_shows_the_grades_that_it_has(window: MainWindow, qtbot: QtBot) -> None:
    played(window, qtbot)
    (kept,) = gallery.kept()
    record = {name: value for name, value in kept.record.items() if name not in ("opinions", "suggestions", "pasted")}
    (kept.folder / "duel.json").write_text(json.dumps(record))
    result = opened(window, qtbot).result
    assert result.verdict.dials["drawing", "classic"].grade() == record["grades"]["drawing_classic"]
    result.explain("drawing", "classic")
    assert result.why.isVisible() and result.why.facets.choice() == ""
    assert not any(row.isEnabled() for row in result.why.facets.rows.values())
    assert not result.why.coaching.isVisible()


def test_a_duel_that_is_gone_or_lacks_a_picture_says_so(window: MainWindow, qtbot: QtBot) -> None:
    played(window, qtbot)
    (kept,) = gallery.kept()
    shown = read_kept(kept.folder)
    assert np.ptp(to_pixels(shown.images["magenta"])) > 0
    (kept.folder / "magenta.png").unlink()
    window.home.recent_requested.emit(str(kept.folder))
    qtbot.waitUntil(window.messages.isVisible, timeout=WAIT_MS)
    assert "magenta.png" in window.messages.text() and window.kept_box is None
    window.messages.clear()
    shutil.rmtree(kept.folder)
    window.home.recent_requested.emit(str(kept.folder))
    qtbot.waitUntil(lambda: "not in the gallery any more" in window.messages.text(), timeout=WAIT_MS)
    assert window.messages.isVisible()
