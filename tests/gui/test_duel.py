"""A whole duel in the real window, driven through its widgets, with a worker that works at once."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, draw, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt5.QtGui import QColor, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QDialog, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app import images
from app.desktop.app_state.settings import load_settings
from app.desktop.dialogs.settings_dialog import SettingsDialog
from app.desktop.dialogs.shortcuts_dialog import ShortcutsDialog
from app.desktop.main_window import MainWindow
from app.desktop.widgets.qimage import to_picture
from app.game.duel import Stage
from app.images import Picture
from app.rivals.registry import comparisons

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def test_home_shows_a_deal_and_who_paints(window: MainWindow) -> None:
    assert window.page() == "home"
    assert window.home.content.view.image() is not None
    assert window.home.style_side.view.image() is not None
    assert window.home.content.title.text().startswith("Contents")
    assert "Magenta" in window.home.networks.text()
    for name in ("start", "upload", "let_rivals", "deal_both", "deal_content", "deal_style"):
        assert window.actions_by_name[name].isEnabled()
    assert not window.actions_by_name["undo"].isEnabled()


@pytest.mark.parametrize(
    ("command", "changes"),
    [("deal_both", (True, True)), ("deal_content", (True, False)), ("deal_style", (False, True))],
)
def test_reroll_changes_what_was_asked(
    window: MainWindow, qtbot: QtBot, command: str, changes: tuple[bool, bool]
) -> None:
    before = window.duel_controller.deal
    assert before is not None
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, command)
    after = window.duel_controller.deal
    assert after is not None
    assert (after.content != before.content, after.style != before.style) == changes


def test_a_dropped_file_becomes_the_photograph(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, painting: Picture
) -> None:
    path = tmp_path / "my_own garden.png"
    images.write_picture(path, painting)
    view = window.home.content.view
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        view.dropEvent(QDropEvent(QPointF(5, 5), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    assert window.home.content.title.text() == "My own garden"
    assert window.duel_controller.deal is not None and window.duel_controller.deal.content.path == path


def test_choosing_both_sides_within_a_moment_keeps_both(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, photograph: Picture, painting: Picture
) -> None:
    content, style, broken = tmp_path / "my hill.png", tmp_path / "my waves.png", tmp_path / "broken.png"
    images.write_picture(content, photograph)
    images.write_picture(style, painting)
    broken.write_bytes(b"nothing")
    window.home.file_dropped.emit("content", str(content))
    window.home.file_dropped.emit("style", str(style))
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    deal = window.duel_controller.deal
    assert deal is not None and (deal.content.path, deal.style.path) == (content, style)
    # What was asked for before something that fails comes about all the same.
    with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
        trigger(window, "deal_both")
    window.home.file_dropped.emit("content", str(content))
    window.home.file_dropped.emit("style", str(broken))
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    assert window.duel_controller.deal is not None and window.duel_controller.deal.content.path == content
    assert "broken.png" in window.messages.text()
    assert window.actions_by_name["start"].isEnabled()


def test_an_unreadable_file_is_told_and_the_deal_stays(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.duel_controller.deal
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with qtbot.waitSignal(window.duel_controller.deal_failed, timeout=WAIT_MS):
        window.home.file_dropped.emit("style", str(path))
    assert window.duel_controller.deal is before
    assert window.messages.isVisible()
    assert "broken.png" in window.messages.text()
    assert window.messages.text().count(". ") == 0
    assert window.actions_by_name["start"].isEnabled()


def test_uploading_an_unreadable_picture_tells_one_sentence(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "empty.jpg"
    path.write_bytes(b"")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    trigger(window, "upload")
    qtbot.waitUntil(window.messages.isVisible, timeout=WAIT_MS)
    assert window.messages.text() == "empty.jpg is empty (0 bytes)."
    assert window.page() == "home"


def test_an_uploaded_picture_takes_part(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, photograph: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.png"
    images.write_picture(path, photograph)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    trigger(window, "upload")
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)
    assert window.page() == "result"
    shown = window.result.image("drawing")
    assert shown is not None
    assert np.abs(to_picture(shown) - photograph).max() <= 1 / 255 + 1e-6


def test_starting_lets_the_rivals_work(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    start(window, qtbot)
    qtbot.waitUntil(
        lambda: all(state.stage == "finished" for state in window.duel_controller.rivals.values()), timeout=WAIT_MS
    )
    qtbot.waitUntil(lambda: ("magenta", "classic") in window.duel_controller.grades, timeout=WAIT_MS)
    assert {getattr(job, "rival", "judge") for job in worker.jobs} == {"magenta", "classic", "judge"}
    card = window.studio.cards["classic"]
    assert card.view.image() is not None
    assert "compact VGG" in card.network.whole()
    assert card.status.whole() == "Finished in 0.80 s, and 0.2 s to load"


def test_the_mouse_draws_strokes_and_both_redo_keys_work(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    window.studio.panel.set_color(QColor(200, 30, 40))
    blank = drawing.picture()
    draw(window, qtbot, down=0.3)
    draw(window, qtbot, down=0.6)
    assert len(drawing.strokes) == 2
    stroke = drawing.strokes[0]
    assert stroke.color == (200, 30, 40)
    assert len(stroke.points) >= 4
    assert abs(stroke.points[0][0] - 0.2 * drawing.width) < 3
    assert abs(stroke.points[-1][0] - 0.8 * drawing.width) < 3
    painted = drawing.picture()
    assert np.abs(painted - blank).max() > 0.3

    canvas = window.studio.canvas
    qtbot.keyClick(canvas, Qt.Key_Z, Qt.ControlModifier)
    assert len(drawing.strokes) == 1
    qtbot.keyClick(canvas, Qt.Key_Y, Qt.ControlModifier)
    assert len(drawing.strokes) == 2
    qtbot.keyClick(canvas, Qt.Key_Z, Qt.ControlModifier)
    qtbot.keyClick(canvas, Qt.Key_Z, Qt.ControlModifier)
    assert not window.actions_by_name["undo"].isEnabled()
    assert np.array_equal(drawing.picture(), blank)
    qtbot.keyClick(canvas, Qt.Key_Z, Qt.ControlModifier | Qt.ShiftModifier)
    qtbot.keyClick(canvas, Qt.Key_Z, Qt.ControlModifier | Qt.ShiftModifier)
    assert np.array_equal(drawing.picture(), painted)


def test_clearing_can_be_undone(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    painted = drawing.picture()
    trigger(window, "clear")
    assert drawing.is_blank
    trigger(window, "undo")
    assert np.array_equal(drawing.picture(), painted)


def test_eraser_and_eyedropper(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    window.studio.panel.set_color(QColor(10, 120, 30))
    draw(window, qtbot)
    canvas = window.studio.canvas
    drawing = canvas.drawing()
    assert drawing is not None
    middle = canvas.view.transform().map(QPointF(0.5 * drawing.width, 0.5 * drawing.height)).toPoint()
    window.studio.panel.set_color(QColor(0, 0, 0))
    qtbot.keyClick(canvas, Qt.Key_I)
    qtbot.mouseClick(canvas, Qt.LeftButton, pos=middle)
    picked = window.hand.color
    assert picked.green() > picked.red() + 40 and picked.green() > picked.blue() + 40
    assert len(drawing.strokes) == 1
    qtbot.keyClick(canvas, Qt.Key_E)
    draw(window, qtbot)
    assert drawing.strokes[-1].mode == "erase"
    assert drawing.picture()[drawing.height // 2, drawing.width // 2].min() > 0.8


def test_every_brush_is_on_the_shelf_and_paints(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    panel = window.studio.panel
    assert len(panel.brushes()) >= 8
    drawing = window.studio.drawing()
    assert drawing is not None
    for name in panel.brushes():
        panel.take(name)
        window.hand.size_px = 40
        before = drawing.picture()
        draw(window, qtbot)
        assert drawing.strokes[-1].brush == name
        assert not np.array_equal(drawing.picture(), before), f"{name} leaves no paint"
        trigger(window, "undo")


def test_comparing_shows_pictures_and_grades_and_keeps_the_duel(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert window.page() == "result"
    assert window.duel_controller.duel is not None and window.duel_controller.duel.stage is Stage.KEPT
    for name in ("drawing", "magenta", "classic"):
        assert window.result.image(name) is not None
    for pair in comparisons():
        dial = window.result.verdict.dials[pair]
        assert dial.grade() == window.duel_controller.grades[pair]
        assert "of 10" in dial.accessibleName()
    folder = window.duel_controller.duel.folder
    assert folder is not None
    kept = json.loads((folder / "duel.json").read_text())
    assert kept["grades"]["drawing_classic"] == pytest.approx(
        window.duel_controller.grades["drawing", "classic"], abs=1e-3
    )


def test_what_is_compared_is_the_drawing_as_it_was_asked_for(window: MainWindow, qtbot: QtBot) -> None:
    drawing = start(window, qtbot)
    draw(window, qtbot, down=0.3)
    trigger(window, "trace")
    wanted = drawing.picture()
    trigger(window, "compare")
    assert window.page() == "result" and window.result.image("drawing") is not None
    # Painted on before the picture of it is made in the background.
    trigger(window, "keep_drawing")
    draw(window, qtbot, down=0.6)
    assert not np.array_equal(drawing.picture(), wanted)
    duel = window.duel_controller.duel
    qtbot.waitUntil(lambda: duel is not None and duel.stage is Stage.KEPT, timeout=WAIT_MS)
    assert duel is not None and duel.drawing is not None
    assert np.array_equal(duel.drawing, wanted)
    # What was handed in is kept; what was painted since is not, and is still offered to be gone on with.
    assert (
        window.document_controller.path is not None
        and window.document_controller.path.name not in window.document_controller.left.names()
    )


def test_an_empty_canvas_is_not_compared(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    trigger(window, "compare")
    assert window.page() == "studio"
    assert "empty" in window.messages.text()


def test_grades_arrive_after_a_rival_that_was_late(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.is_held = True
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    trigger(window, "compare")
    assert window.page() == "result"
    assert window.duel_controller.grades == {}
    assert "still painting" in window.result.sentence.text()
    assert window.result.plates["magenta"].progress.isVisible()
    worker.is_held = False
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)
    assert "You came" in window.result.sentence.text()
    assert not window.result.plates["magenta"].progress.isVisible()


def test_a_rival_that_failed_can_be_let_try_again(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.fails["classic"] = "The network builtin-vgg is damaged."
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["classic"].stage == "failed", timeout=WAIT_MS)
    card = window.studio.cards["classic"]
    assert card.status.whole() == "The network builtin-vgg is damaged."
    trigger(window, "compare")
    qtbot.waitUntil(lambda: ("drawing", "magenta") in window.duel_controller.grades, timeout=WAIT_MS)
    assert len(window.duel_controller.grades) == 1
    worker.fails.clear()
    qtbot.mouseClick(window.result.plates["classic"].retry, Qt.LeftButton)
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)


def test_a_rival_can_be_stopped(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    qtbot.mouseClick(window.studio.cards["magenta"].button, Qt.LeftButton)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["magenta"].stage == "stopped", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.duel_controller.rivals["classic"].stage == "working", timeout=WAIT_MS)


def test_a_judge_that_failed_can_be_asked_again(window: MainWindow, qtbot: QtBot, worker: FakeWorker) -> None:
    worker.judge_fails = "The judge's network is not there."
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(
        lambda: window.result.ask_judge.isVisible() and not window.duel_controller.is_judging, timeout=WAIT_MS
    )
    assert window.result.sentence.text() == "The judge's network is not there."
    worker.judge_fails = ""
    qtbot.mouseClick(window.result.ask_judge, Qt.LeftButton)
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)
    assert not window.result.ask_judge.isVisible()


def test_the_rivals_can_paint_without_the_player(window: MainWindow, qtbot: QtBot) -> None:
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: ("magenta", "classic") in window.duel_controller.grades, timeout=WAIT_MS)
    assert window.page() == "result"
    assert window.result.image("drawing") is None
    assert len(window.duel_controller.grades) == 1
    assert "your turn" in window.result.sentence.text()
    assert window.actions_by_name["keep_drawing"].text() == "Start to draw"


def test_drawing_on_after_the_verdict_leads_to_another(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    window.studio.panel.set_color(QColor(0, 0, 0))
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    before = dict(window.duel_controller.grades)
    trigger(window, "keep_drawing")
    assert window.page() == "studio"
    window.hand.size_px = 200
    for down in (0.2, 0.5, 0.8):
        draw(window, qtbot, down=down)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert window.duel_controller.grades["magenta", "classic"] == before["magenta", "classic"]
    assert window.duel_controller.grades["drawing", "magenta"] != before["drawing", "magenta"]


def test_a_click_on_a_grade_says_why_and_the_wipe_has_its_pictures(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(lambda: len(window.duel_controller.grades) == 3, timeout=WAIT_MS)
    dial = window.result.verdict.dials["drawing", "classic"]
    qtbot.mouseClick(dial, Qt.LeftButton)
    assert window.result.why.isVisible() and window.result.why.pair() == ("drawing", "classic")
    (button,) = [b for b in window.result.way.findChildren(QPushButton) if b.text() == "Wipe"]
    qtbot.mouseClick(button, Qt.LeftButton)
    assert window.result.wipe.isVisible()
    assert comparisons()[window.result.pairs.choice()] == ("drawing", "classic")
    wipe = window.result.wipe
    qtbot.mousePress(wipe, Qt.LeftButton, pos=QPoint(wipe.width() // 2, wipe.height() // 2))
    assert wipe.share() == pytest.approx(0.5, abs=0.02)
    qtbot.keyClick(wipe, Qt.Key_Home)
    assert wipe.share() == 0
    middle = QPoint(wipe.width() // 2, wipe.height() // 2)
    right = wipe.grab().toImage().pixelColor(middle)
    qtbot.keyClick(wipe, Qt.Key_End)
    left = wipe.grab().toImage().pixelColor(middle)
    assert right != left


def test_a_picture_can_be_enlarged_and_put_away(window: MainWindow, qtbot: QtBot) -> None:
    view = window.home.content.view
    qtbot.mouseClick(view, Qt.LeftButton, pos=view.picture_rect().center().toPoint())
    assert window.lightbox.isVisible()
    qtbot.keyClick(window.lightbox, Qt.Key_Escape)
    assert not window.lightbox.isVisible()


def test_the_next_window_holds_everything_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    panel = window.studio.panel
    for tool, size_px, opacity in (("eraser", 55.0, 0.6), ("smudge", 70.0, 0.4), ("brush", 33.0, 0.9)):
        trigger(window, tool)
        panel.size_slider.value_changed.emit(size_px)
        panel.opacity_slider.value_changed.emit(opacity)
    window.hand.stabiliser, window.hand.stabiliser_strength, window.hand.fill_tolerance = "rope", 0.7, 0.3
    window.studio.tracing.set_manner(0.6, is_over=True)
    assert window.stop()
    second = MainWindow(FakeWorker())
    hand = second.hand
    assert (hand.eraser.size_px, hand.eraser.opacity) == (55, 0.6)
    assert (hand.smudge.size_px, hand.smudge.opacity) == (70, 0.4)
    assert (hand.size_px, hand.opacity) == (33, 0.9)
    assert (hand.stabiliser, hand.stabiliser_strength, hand.fill_tolerance) == ("rope", 0.7, 0.3)
    tracing = second.studio.tracing
    assert tracing.opacity == pytest.approx(0.6, abs=0.01) and tracing.is_over
    assert second.stop()
    second.deleteLater()


def test_chosen_keys_and_settings_hold_at_once(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    chosen = replace(window.settings, keys={"eraser": ["Q"]}, finger_paints=False, is_strict=True, undo_memory_mb=64)
    monkeypatch.setattr(SettingsDialog, "exec_", lambda dialog: QDialog.Accepted)
    monkeypatch.setattr(SettingsDialog, "chosen", lambda dialog: chosen)
    trigger(window, "settings")
    assert not window.hand.finger_paints and window.duel_controller.settings.is_strict
    assert not window.document_controller.is_strict, "the duel that is on stays as it began"
    qtbot.waitUntil(lambda: load_settings().keys == {"eraser": ["Q"]}, timeout=WAIT_MS)
    qtbot.keyClick(window.studio.canvas, Qt.Key_E)
    assert window.hand.tool == "brush"
    qtbot.keyClick(window.studio.canvas, Qt.Key_Q)
    assert window.hand.tool == "eraser"
    seen: list[dict[str, list[str]]] = []
    monkeypatch.setattr(ShortcutsDialog, "exec_", lambda dialog: seen.append(dialog.chosen()) or QDialog.Accepted)
    monkeypatch.setattr(ShortcutsDialog, "chosen", lambda dialog: {"brush": ["W"]})
    trigger(window, "shortcuts")
    qtbot.keyClick(window.studio.canvas, Qt.Key_W)
    assert window.hand.tool == "brush"
    qtbot.waitUntil(lambda: load_settings().keys == {"brush": ["W"]}, timeout=WAIT_MS)
    assert load_settings().undo_memory_mb == 64
