"""A whole duel in the real window, driven through its widgets, with a workshop that works at once."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from desktop_workplace import FakeWorkshop
from PyQt5.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PyQt5.QtGui import QColor, QDragEnterEvent, QDropEvent, QMouseEvent
from PyQt5.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app import images, places
from app.desktop import theme
from app.desktop.easel import Unfinished
from app.desktop.pixels import to_picture
from app.desktop.settings import Settings, load_settings
from app.desktop.window import Window
from app.game.duel import COMPARISONS, Stage
from app.images import Picture
from app.painting.journal import open_journal

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
# Much longer than anything takes: these machines may be busy with something else.
WAIT_MS = 30_000


@pytest.fixture
def deck(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photograph: Picture, painting: Picture) -> Path:
    """Three photographs and three paintings, and nothing else to deal."""
    for kind, picture in (("contents", photograph), ("styles", painting)):
        for number in range(3):
            images.write_picture(tmp_path / kind / f"{kind}-{number}.png", np.roll(picture, 9 * number, axis=1))
        monkeypatch.setattr(places, kind, lambda folder=tmp_path / kind: folder)
    return tmp_path


@pytest.fixture
def workshop() -> FakeWorkshop:
    return FakeWorkshop()


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, deck: Path, workshop: FakeWorkshop) -> Iterator[Window]:
    """The window on its home page, with its first deal."""
    theme.apply(qapp)
    window = Window(workshop, settings=Settings(canvas_side_px=768, has_speed_pressure=False))
    window.resize(1100, 700)
    window.show()
    window.begin()
    qtbot.waitUntil(lambda: window.host.deal is not None and window.errands.is_idle(), timeout=WAIT_MS)
    yield window
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    assert window.stop()
    window.hide()
    window.deleteLater()


def trigger(window: Window, name: str) -> None:
    action = window.actions_by_name[name]
    assert action.isEnabled(), f"{name} cannot be asked for on {window.page()}"
    action.trigger()


def start(window: Window, qtbot: QtBot) -> None:
    trigger(window, "start")
    qtbot.waitUntil(lambda: window.page() == "studio", timeout=WAIT_MS)


def draw(window: Window, qtbot: QtBot, *, down: float = 0.5) -> None:
    """A stroke with the mouse across the middle of the canvas."""
    canvas = window.studio.canvas
    way = canvas.view.transform()
    drawing = canvas.drawing()
    assert drawing is not None
    places_px = [
        way.map(QPointF(share * drawing.width, down * drawing.height)).toPoint() for share in (0.2, 0.4, 0.6, 0.8)
    ]
    qtbot.mousePress(canvas, Qt.LeftButton, pos=places_px[0])
    for place in places_px[1:]:
        # QTest moves the system's cursor, which offscreen leads to no event.
        move = QMouseEvent(QEvent.MouseMove, QPointF(place), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
        QApplication.sendEvent(canvas, move)
    qtbot.mouseRelease(canvas, Qt.LeftButton, pos=places_px[-1])


def answer(qtbot: QtBot, button: str) -> list[str]:
    """Press the button of that name on the question that comes up next; the list then holds what was asked."""
    asked: list[str] = []

    def press() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        for each in box.buttons():
            if each.text() == button:
                each.click()

    QTimer.singleShot(0, press)
    return asked


def test_home_shows_a_deal_and_who_paints(window: Window) -> None:
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
def test_reroll_changes_what_was_asked(window: Window, qtbot: QtBot, command: str, changes: tuple[bool, bool]) -> None:
    before = window.host.deal
    assert before is not None
    with qtbot.waitSignal(window.host.dealt, timeout=WAIT_MS):
        trigger(window, command)
    after = window.host.deal
    assert after is not None
    assert (after.content != before.content, after.style != before.style) == changes


def test_a_dropped_file_becomes_the_photograph(window: Window, qtbot: QtBot, tmp_path: Path, painting: Picture) -> None:
    path = tmp_path / "my_own garden.png"
    images.write_picture(path, painting)
    view = window.home.content.view
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(5, 5), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier)
    view.dragEnterEvent(enter)
    assert enter.isAccepted()
    with qtbot.waitSignal(window.host.dealt, timeout=WAIT_MS):
        view.dropEvent(QDropEvent(QPointF(5, 5), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    assert window.home.content.title.text() == "My own garden"
    assert window.host.deal is not None and window.host.deal.content.path == path


def test_an_unreadable_file_is_told_and_the_deal_stays(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    before = window.host.deal
    path = tmp_path / "broken.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with qtbot.waitSignal(window.host.deal_failed, timeout=WAIT_MS):
        window.home.file_dropped.emit("style", str(path))
    assert window.host.deal is before
    assert window.messages.isVisible()
    assert "broken.png" in window.messages.text()
    assert window.messages.text().count(". ") == 0
    assert window.actions_by_name["start"].isEnabled()


def test_uploading_an_unreadable_picture_tells_one_sentence(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "empty.jpg"
    path.write_bytes(b"")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    trigger(window, "upload")
    qtbot.waitUntil(window.messages.isVisible, timeout=WAIT_MS)
    assert window.messages.text() == "empty.jpg is empty (0 bytes)."
    assert window.page() == "home"


def test_an_uploaded_picture_takes_part(
    window: Window, qtbot: QtBot, tmp_path: Path, photograph: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.png"
    images.write_picture(path, photograph)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    trigger(window, "upload")
    qtbot.waitUntil(lambda: len(window.host.grades) == 3, timeout=WAIT_MS)
    assert window.page() == "result"
    shown = window.result.image("drawing")
    assert shown is not None
    assert np.abs(to_picture(shown) - photograph).max() <= 1 / 255 + 1e-6


def test_starting_lets_the_rivals_work(window: Window, qtbot: QtBot, workshop: FakeWorkshop) -> None:
    start(window, qtbot)
    qtbot.waitUntil(lambda: all(state.stage == "finished" for state in window.host.rivals.values()), timeout=WAIT_MS)
    qtbot.waitUntil(lambda: ("magenta", "classic") in window.host.grades, timeout=WAIT_MS)
    assert {getattr(job, "rival", "judge") for job in workshop.jobs} == {"magenta", "classic", "judge"}
    card = window.studio.cards["classic"]
    assert card.view.image() is not None
    assert "compact VGG" in card.network.whole()
    assert card.status.whole() == "Finished in 1.0 s"


def test_the_mouse_draws_strokes_and_both_redo_keys_work(window: Window, qtbot: QtBot) -> None:
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


def test_clearing_can_be_undone(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    painted = drawing.picture()
    trigger(window, "clear")
    assert drawing.is_blank
    trigger(window, "undo")
    assert np.array_equal(drawing.picture(), painted)


def test_eraser_and_eyedropper(window: Window, qtbot: QtBot) -> None:
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


def test_every_brush_is_on_the_shelf_and_paints(window: Window, qtbot: QtBot) -> None:
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


def test_comparing_shows_pictures_and_grades_and_keeps_the_duel(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert window.page() == "result"
    assert window.host.duel is not None and window.host.duel.stage is Stage.KEPT
    for name in ("drawing", "magenta", "classic"):
        assert window.result.image(name) is not None
    for pair in COMPARISONS:
        dial = window.result.verdict.dials[pair]
        assert dial.grade() == window.host.grades[pair]
        assert "of 10" in dial.accessibleName()
    folder = window.host.duel.folder
    assert folder is not None
    kept = json.loads((folder / "duel.json").read_text())
    assert kept["grades"]["drawing_classic"] == pytest.approx(window.host.grades["drawing", "classic"], abs=1e-3)


def test_an_empty_canvas_is_not_compared(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    trigger(window, "compare")
    assert window.page() == "studio"
    assert "empty" in window.messages.text()


def test_grades_arrive_after_a_rival_that_was_late(window: Window, qtbot: QtBot, workshop: FakeWorkshop) -> None:
    workshop.is_held = True
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: window.host.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    trigger(window, "compare")
    assert window.page() == "result"
    assert window.host.grades == {}
    assert "still painting" in window.result.sentence.text()
    assert window.result.plates["magenta"].progress.isVisible()
    workshop.is_held = False
    qtbot.waitUntil(lambda: len(window.host.grades) == 3, timeout=WAIT_MS)
    assert "closest" in window.result.sentence.text()
    assert not window.result.plates["magenta"].progress.isVisible()


def test_a_rival_that_failed_can_be_let_try_again(window: Window, qtbot: QtBot, workshop: FakeWorkshop) -> None:
    workshop.fails["classic"] = "The network builtin-vgg is damaged."
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: window.host.rivals["classic"].stage == "failed", timeout=WAIT_MS)
    card = window.studio.cards["classic"]
    assert card.status.whole() == "The network builtin-vgg is damaged."
    trigger(window, "compare")
    qtbot.waitUntil(lambda: ("drawing", "magenta") in window.host.grades, timeout=WAIT_MS)
    assert len(window.host.grades) == 1
    workshop.fails.clear()
    qtbot.mouseClick(window.result.plates["classic"].retry, Qt.LeftButton)
    qtbot.waitUntil(lambda: len(window.host.grades) == 3, timeout=WAIT_MS)


def test_a_rival_can_be_stopped(window: Window, qtbot: QtBot, workshop: FakeWorkshop) -> None:
    workshop.is_held = True
    start(window, qtbot)
    qtbot.waitUntil(lambda: window.host.rivals["magenta"].stage == "working", timeout=WAIT_MS)
    qtbot.mouseClick(window.studio.cards["magenta"].button, Qt.LeftButton)
    qtbot.waitUntil(lambda: window.host.rivals["magenta"].stage == "stopped", timeout=WAIT_MS)
    qtbot.waitUntil(lambda: window.host.rivals["classic"].stage == "working", timeout=WAIT_MS)


def test_a_judge_that_failed_can_be_asked_again(window: Window, qtbot: QtBot, workshop: FakeWorkshop) -> None:
    workshop.judge_fails = "The judge's network is not there."
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(lambda: window.result.ask_judge.isVisible() and not window.host.is_judging, timeout=WAIT_MS)
    assert window.result.sentence.text() == "The judge's network is not there."
    workshop.judge_fails = ""
    qtbot.mouseClick(window.result.ask_judge, Qt.LeftButton)
    qtbot.waitUntil(lambda: len(window.host.grades) == 3, timeout=WAIT_MS)
    assert not window.result.ask_judge.isVisible()


def test_the_rivals_can_paint_without_the_player(window: Window, qtbot: QtBot) -> None:
    trigger(window, "let_rivals")
    qtbot.waitUntil(lambda: ("magenta", "classic") in window.host.grades, timeout=WAIT_MS)
    assert window.page() == "result"
    assert window.result.image("drawing") is None
    assert len(window.host.grades) == 1
    assert "your turn" in window.result.sentence.text()
    assert window.actions_by_name["keep_drawing"].text() == "Start to draw"


def test_drawing_on_after_the_verdict_leads_to_another(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    window.studio.panel.set_color(QColor(0, 0, 0))
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    before = dict(window.host.grades)
    trigger(window, "keep_drawing")
    assert window.page() == "studio"
    window.hand.size_px = 200
    for down in (0.2, 0.5, 0.8):
        draw(window, qtbot, down=down)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert window.host.grades["magenta", "classic"] == before["magenta", "classic"]
    assert window.host.grades["drawing", "magenta"] != before["drawing", "magenta"]


def test_a_click_on_a_grade_wipes_between_its_pictures(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(lambda: len(window.host.grades) == 3, timeout=WAIT_MS)
    dial = window.result.verdict.dials["drawing", "classic"]
    qtbot.mouseClick(dial, Qt.LeftButton)
    assert window.result.wipe.isVisible()
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


def test_another_deal_keeps_the_drawing_to_be_gone_on_with(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    deal = window.host.deal
    assert drawing is not None and deal is not None
    painted = drawing.picture()
    trigger(window, "home")
    with qtbot.waitSignals([window.host.dealt, window.easel.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert window.studio.drawing() is None
    (offer,) = window.home.findChildren(QPushButton, "continue")
    with qtbot.waitSignal(window.easel.resumed, timeout=WAIT_MS):
        qtbot.mouseClick(offer, Qt.LeftButton)
    assert window.page() == "studio"
    again = window.studio.drawing()
    assert again is not None and again is not drawing
    assert np.array_equal(again.picture(), painted)
    assert window.host.deal is not None
    assert (window.host.deal.content.path, window.host.deal.style.path) == (deal.content.path, deal.style.path)
    draw(window, qtbot, down=0.8)
    assert window.easel.is_safe(5)


def test_the_next_window_offers_the_drawing(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    painted = drawing.picture()
    window.easel.close()
    second = Window(FakeWorkshop(), settings=Settings())
    offers: list[list[Unfinished]] = []
    second.easel.offered.connect(offers.append)
    second.begin()
    qtbot.waitUntil(lambda: bool(offers) and second.errands.is_idle(), timeout=WAIT_MS)
    ((offer,),) = offers
    assert "1 stroke," in offer.sentence
    with qtbot.waitSignal(second.easel.resumed, timeout=WAIT_MS):
        second.home.continue_requested.emit(str(offer.path))
    again = second.studio.drawing()
    assert again is not None and np.array_equal(again.picture(), painted)
    qtbot.waitUntil(second.errands.is_idle, timeout=WAIT_MS)
    assert second.stop()
    second.deleteLater()


@pytest.mark.qt_log_ignore("propagateSizeHints")  # a dialog's, of the offscreen platform only
def test_leaving_a_drawing_that_cannot_be_written_asks(window: Window, qtbot: QtBot, own_data: Path) -> None:
    own_data.write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: "cannot be kept" in window.messages.text(), timeout=WAIT_MS)
    draw(window, qtbot, down=0.7)
    drawing = window.studio.drawing()
    deal = window.host.deal
    assert drawing is not None and len(drawing.strokes) == 2
    trigger(window, "home")
    asked = answer(qtbot, "Keep drawing")
    trigger(window, "deal_both")
    assert asked == ["Leave your drawing?"]
    assert window.host.deal is deal and window.studio.drawing() is drawing
    answer(qtbot, "Keep drawing")
    assert not window.close()
    own_data.unlink()
    trigger(window, "start")
    draw(window, qtbot, down=0.9)
    qtbot.waitUntil(lambda: window.easel.is_safe(1), timeout=WAIT_MS)
    (journal,) = (own_data / "drawings").iterdir()
    _, entries, is_whole = open_journal(journal)
    assert len(entries) == 3 and is_whole


def test_a_finished_drawing_is_not_offered_again(window: Window, qtbot: QtBot, own_data: Path) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    with qtbot.waitSignals([window.host.dealt, window.easel.offered], timeout=WAIT_MS) as blocker:
        trigger(window, "play_again")
    assert [sent.args for sent in blocker.all_signals_and_args if sent.args] == [([],)]
    assert len(list((own_data / "drawings").iterdir())) == 1


@pytest.mark.qt_log_ignore("propagateSizeHints")  # a dialog's, of the offscreen platform only
def test_a_verdict_that_could_not_be_kept_saves_nothing(
    window: Window, qtbot: QtBot, own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_data.write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(lambda: "could not be kept in the gallery" in window.messages.text(), timeout=WAIT_MS)
    assert window.messages.text() == "This duel could not be kept in the gallery: its folder is a file."
    drawing, deal, duel = window.studio.drawing(), window.host.deal, window.host.duel
    assert drawing is not None and duel is not None and duel.stage is Stage.JUDGED
    asked = answer(qtbot, "Keep drawing")
    trigger(window, "play_again")
    assert asked == ["Leave your drawing?"]
    trigger(window, "home")
    asked = answer(qtbot, "Keep drawing")
    trigger(window, "deal_both")
    assert asked == ["Leave your drawing?"]
    asked = answer(qtbot, "Keep drawing")
    assert not window.close() and asked == ["Leave your drawing?"]
    assert window.host.deal is deal and window.studio.drawing() is drawing
    trigger(window, "start")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.png"), "PNG (*.png)"))
    with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
        trigger(window, "save_drawing")
    assert window.play.may_leave_drawing()
    draw(window, qtbot, down=0.8)
    asked = answer(qtbot, "Keep drawing")
    assert not window.play.may_leave_drawing() and asked


def test_a_kept_duel_needs_no_journal(window: Window, qtbot: QtBot, own_data: Path) -> None:
    own_data.mkdir()
    (own_data / "drawings").write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert not window.easel.is_safe()
    assert window.play.may_leave_drawing()


def test_the_drawing_in_hand_is_not_offered_as_unfinished(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "home")
    with qtbot.waitSignals([window.host.dealt, window.easel.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    (offer,) = window.home.findChildren(QPushButton, "continue")
    with qtbot.waitSignal(window.easel.resumed, timeout=WAIT_MS):
        # An impatient hand clicks twice.
        qtbot.mouseClick(offer, Qt.LeftButton)
        qtbot.mouseClick(offer, Qt.LeftButton)
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    mine, drawing = window.easel.path, window.studio.drawing()
    assert mine is not None and drawing is not None
    trigger(window, "home")
    QApplication.processEvents()
    assert not offers_on_home(window)
    assert window.actions_by_name["start"].text() == "Back to your drawing"
    window.home.continue_requested.emit(str(mine))
    assert window.page() == "studio" and window.studio.drawing() is drawing
    assert "another window" not in window.messages.text()


def offers_on_home(window: Window, name: str = "continue") -> list[QPushButton]:
    return [each for each in window.home.findChildren(QPushButton, name) if each.isVisible()]


def test_every_unfinished_drawing_can_be_reached(window: Window, qtbot: QtBot) -> None:
    drawn = []
    for _ in range(4):
        start(window, qtbot)
        draw(window, qtbot)
        assert window.easel.is_safe(WAIT_MS / 1000)
        drawn.append(window.easel.path)
        trigger(window, "home")
        with qtbot.waitSignals([window.host.dealt, window.easel.offered], timeout=WAIT_MS):
            trigger(window, "deal_both")
    assert len(set(drawn)) == 4
    qtbot.waitUntil(lambda: len(offers_on_home(window)) == 2, timeout=WAIT_MS)
    (more,) = offers_on_home(window, "more_unfinished")
    assert more.text() == "2 more…"
    menu = more.menu()
    assert menu is not None and len(menu.actions()) == 2
    assert all("1 stroke," in line.text() for line in menu.actions())
    with qtbot.waitSignal(window.easel.resumed, timeout=WAIT_MS):
        menu.actions()[1].trigger()
    assert window.page() == "studio" and window.easel.path == drawn[0]
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    trigger(window, "home")
    qtbot.waitUntil(
        lambda: [each.text() for each in offers_on_home(window, "more_unfinished")] == ["1 more…"], timeout=WAIT_MS
    )


def test_what_is_finished_and_in_hand_outlives_a_window_that_is_killed(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    mine = window.easel.path
    assert mine is not None
    qtbot.waitUntil(lambda: load_settings().left == [mine.name], timeout=WAIT_MS)
    panel = window.studio.panel
    brush = list(panel.brushes())[2]
    panel.take(brush)
    panel.step_size(3)
    panel.set_color(QColor(200, 30, 40))
    size_px = window.hand.size_px
    qtbot.waitUntil(lambda: load_settings().color == "#c81e28", timeout=WAIT_MS)
    found = load_settings()
    assert (found.brush, found.size_px) == (brush, size_px)
    # The first window has not ended, as if it had been killed: nothing of it is to be told to the next one.
    second = Window(FakeWorkshop())
    offers: list[list[Unfinished]] = []
    second.easel.offered.connect(offers.append)
    second.begin()
    qtbot.waitUntil(lambda: bool(offers) and second.errands.is_idle(), timeout=WAIT_MS)
    assert offers == [[]]
    assert (second.hand.brush, second.hand.size_px, second.hand.color.name()) == (brush, size_px, "#c81e28")
    assert second.stop()
    second.deleteLater()
    # Painted on, it is unfinished again.
    trigger(window, "keep_drawing")
    draw(window, qtbot, down=0.8)
    qtbot.waitUntil(lambda: load_settings().left == [], timeout=WAIT_MS)


def test_an_undone_drawing_leaves_nothing_to_offer(window: Window, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "undo")
    trigger(window, "home")
    with qtbot.waitSignals([window.host.dealt, window.easel.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert not window.home.findChildren(QPushButton, "continue")


def test_saving_writes_what_is_on_the_canvas(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    for kind, filter_ in (("png", "PNG (*.png)"), ("webp", "WebP (*.webp)"), ("jpg", "JPEG (*.jpg *.jpeg)")):
        path = tmp_path / f"saved-{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path, f=filter_: (str(p), f))
        with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
            trigger(window, "save_drawing")
        saved = images.read_picture(path.with_name(f"saved-{kind}.{kind}"))
        assert saved.shape == drawing.picture().shape
        if kind == "png":
            assert np.abs(saved - drawing.picture()).max() <= 1 / 255


def test_a_failed_save_is_told_and_the_drawing_stays(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(in_the_way / "x.png"), "PNG (*.png)"))
    trigger(window, "save_drawing")
    qtbot.waitUntil(window.messages.isVisible, timeout=WAIT_MS)
    assert "could not be written" in window.messages.text()
    drawing = window.studio.drawing()
    assert window.page() == "studio" and drawing is not None and len(drawing.strokes) == 1


def test_saving_everything_makes_a_new_folder(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.host.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    target = tmp_path / "mine"
    target.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target))
    with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
        trigger(window, "save_all")
    (folder,) = target.iterdir()
    names = {path.name for path in folder.iterdir()}
    assert {"drawing.png", "magenta.png", "classic.png", "card.png", "duel.json"} <= names
    path = tmp_path / "card.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "PNG (*.png)"))
    with qtbot.waitSignal(window.saving.saved, timeout=WAIT_MS):
        trigger(window, "save_card")
    assert images.read_picture(path).shape[1] > 1000


def test_a_picture_can_be_enlarged_and_put_away(window: Window, qtbot: QtBot) -> None:
    view = window.home.content.view
    qtbot.mouseClick(view, Qt.LeftButton, pos=view.picture_rect().center().toPoint())
    assert window.lightbox.isVisible()
    qtbot.keyClick(window.lightbox, Qt.Key_Escape)
    assert not window.lightbox.isVisible()
