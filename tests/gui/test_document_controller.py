"""What stands on the document controller is never lost: journals, drawings to go on with, windows side by side."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, answer, draw, start, trigger
from desktop_workplace import FakeWorker
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app import images, places
from app.desktop.app_state.settings import Settings, load_settings, save_settings
from app.desktop.app_state.view_models import Unfinished
from app.desktop.controllers.autosave import Record
from app.desktop.controllers.drawing_recovery import Left, is_empty
from app.desktop.main_window import MainWindow
from app.errors import SaveError
from app.game.duel import Stage
from app.images import Picture
from app.painting.document.drawing import in_force
from app.painting.io.journal import Journal, open_journal
from app.painting.model.layers import Arrangement, Layer, Placed
from app.painting.model.stroke import Stroke

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def test_another_deal_keeps_the_drawing_to_be_gone_on_with(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    deal = window.duel_controller.deal
    assert drawing is not None and deal is not None
    painted = drawing.picture()
    trigger(window, "home")
    with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert window.studio.drawing() is None
    (offer,) = window.home.findChildren(QPushButton, "continue")
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        qtbot.mouseClick(offer, Qt.LeftButton)
    assert window.page() == "studio"
    again = window.studio.drawing()
    assert again is not None and again is not drawing
    assert np.array_equal(again.picture(), painted)
    assert window.duel_controller.deal is not None
    assert (window.duel_controller.deal.content.path, window.duel_controller.deal.style.path) == (
        deal.content.path,
        deal.style.path,
    )
    draw(window, qtbot, down=0.8)
    assert window.document_controller.is_safe(5)


def test_the_next_window_offers_the_drawing(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    painted = drawing.picture()
    window.document_controller.close()
    second = MainWindow(FakeWorker(), settings=Settings())
    offers: list[list[Unfinished]] = []
    second.document_controller.offered.connect(offers.append)
    second.begin()
    qtbot.waitUntil(lambda: bool(offers) and second.errands.is_idle(), timeout=WAIT_MS)
    ((offer,),) = offers
    assert "1 stroke," in offer.sentence
    with qtbot.waitSignal(second.document_controller.resumed, timeout=WAIT_MS):
        second.home.continue_requested.emit(str(offer.path))
    again = second.studio.drawing()
    assert again is not None and np.array_equal(again.picture(), painted)
    qtbot.waitUntil(second.errands.is_idle, timeout=WAIT_MS)
    assert second.stop()
    second.deleteLater()


def test_leaving_a_drawing_that_cannot_be_written_asks(window: MainWindow, qtbot: QtBot, own_data: Path) -> None:
    own_data.write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: "cannot be kept" in window.messages.text(), timeout=WAIT_MS)
    draw(window, qtbot, down=0.7)
    drawing = window.studio.drawing()
    deal = window.duel_controller.deal
    assert drawing is not None and len(drawing.strokes) == 2
    trigger(window, "home")
    asked = answer(qtbot, "Keep drawing")
    trigger(window, "deal_both")
    assert asked == ["Leave your drawing?"]
    assert window.duel_controller.deal is deal and window.studio.drawing() is drawing
    answer(qtbot, "Keep drawing")
    assert not window.close()
    own_data.unlink()
    trigger(window, "start")
    draw(window, qtbot, down=0.9)
    qtbot.waitUntil(lambda: window.document_controller.is_safe(1), timeout=WAIT_MS)
    (journal,) = (own_data / "drawings").iterdir()
    _, entries, is_whole = open_journal(journal)
    assert len(in_force(entries)) == 3 and is_whole


def test_a_finished_drawing_is_not_offered_again(window: MainWindow, qtbot: QtBot, own_data: Path) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    with qtbot.waitSignals(
        [window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS
    ) as blocker:
        trigger(window, "play_again")
    assert [sent.args for sent in blocker.all_signals_and_args if sent.args] == [([],)]
    assert len(list((own_data / "drawings").iterdir())) == 1


def test_a_verdict_that_could_not_be_kept_saves_nothing(
    window: MainWindow, qtbot: QtBot, own_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_data.write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "compare")
    qtbot.waitUntil(lambda: "could not be kept in the gallery" in window.messages.text(), timeout=WAIT_MS)
    assert window.messages.text() == "This duel could not be kept in the gallery: its folder is a file."
    drawing, deal, duel = window.studio.drawing(), window.duel_controller.deal, window.duel_controller.duel
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
    assert window.duel_controller.deal is deal and window.studio.drawing() is drawing
    trigger(window, "start")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "mine.png"), "PNG (*.png)"))
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        trigger(window, "save_drawing")
    assert window.flow.may_leave_drawing()
    draw(window, qtbot, down=0.8)
    asked = answer(qtbot, "Keep drawing")
    assert not window.flow.may_leave_drawing() and asked


def test_a_kept_duel_needs_no_journal(window: MainWindow, qtbot: QtBot, own_data: Path) -> None:
    own_data.mkdir()
    (own_data / "drawings").write_text("in the way")
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    assert not window.document_controller.is_safe()
    assert window.flow.may_leave_drawing()


def test_the_drawing_in_hand_is_not_offered_as_unfinished(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "home")
    with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    (offer,) = window.home.findChildren(QPushButton, "continue")
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        # An impatient hand clicks twice.
        qtbot.mouseClick(offer, Qt.LeftButton)
        qtbot.mouseClick(offer, Qt.LeftButton)
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    mine, drawing = window.document_controller.path, window.studio.drawing()
    assert mine is not None and drawing is not None
    trigger(window, "home")
    QApplication.processEvents()
    assert not offers_on_home(window)
    assert window.actions_by_name["start"].text() == "Back to your drawing"
    window.home.continue_requested.emit(str(mine))
    assert window.page() == "studio" and window.studio.drawing() is drawing
    assert "another window" not in window.messages.text()


def offers_on_home(window: MainWindow, name: str = "continue") -> list[QPushButton]:
    return [each for each in window.home.findChildren(QPushButton, name) if each.isVisible()]


def leave_drawings(window: MainWindow, qtbot: QtBot, count: int) -> list[Path | None]:
    """Begin so many drawings and leave each for the next deal; their journals."""
    drawn = []
    for _ in range(count):
        start(window, qtbot)
        draw(window, qtbot)
        assert window.document_controller.is_safe(WAIT_MS / 1000)
        drawn.append(window.document_controller.path)
        trigger(window, "home")
        with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
            trigger(window, "deal_both")
    return drawn


def test_every_unfinished_drawing_can_be_reached(window: MainWindow, qtbot: QtBot) -> None:
    drawn = leave_drawings(window, qtbot, 4)
    assert len(set(drawn)) == 4
    qtbot.waitUntil(
        lambda: [each.text() for each in offers_on_home(window, "more_unfinished")] == ["3 more…"], timeout=WAIT_MS
    )
    assert len(offers_on_home(window)) == 1, "the others are in the menu, and leave the deal its room"
    (more,) = offers_on_home(window, "more_unfinished")
    menu = more.menu()
    assert menu is not None and len(menu.actions()) == 3
    assert all("1 stroke," in line.text() for line in menu.actions())
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        menu.actions()[2].trigger()
    assert window.page() == "studio" and window.document_controller.path == drawn[0]
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    trigger(window, "home")
    qtbot.waitUntil(
        lambda: [each.text() for each in offers_on_home(window, "more_unfinished")] == ["2 more…"], timeout=WAIT_MS
    )


def test_what_is_finished_and_in_hand_outlives_a_window_that_is_killed(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    mine = window.document_controller.path
    assert mine is not None
    qtbot.waitUntil(lambda: load_settings().left == [mine.name], timeout=WAIT_MS)
    panel = window.studio.panel
    assert window.flow.brush_library.brushes is not None
    brush = list(window.flow.brush_library.brushes)[2]
    panel.take(brush)
    panel.step_size(3)
    panel.set_color(QColor(200, 30, 40))
    size_px = window.hand.size_px
    qtbot.waitUntil(lambda: load_settings().color == "#c81e28", timeout=WAIT_MS)
    found = load_settings()
    assert (found.brush, found.size_px) == (brush, size_px)
    # The first window has not ended, as if it had been killed: nothing of it is to be told to the next one.
    second = MainWindow(FakeWorker())
    offers: list[list[Unfinished]] = []
    second.document_controller.offered.connect(offers.append)
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


def test_an_undone_drawing_leaves_nothing_to_offer(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "undo")
    trigger(window, "home")
    with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    assert not window.home.findChildren(QPushButton, "continue")


def test_each_stroke_is_in_its_file_before_the_hand_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    drawing = start(window, qtbot)
    assert not places.drawings().exists(), "nothing is written of a canvas that nobody painted on"
    for number in range(1, 4):
        draw(window, qtbot, down=0.2 * number)
        (journal,) = places.drawings().iterdir()
        assert len(in_force(open_journal(journal)[1])) == number
    trigger(window, "layer_add")
    trigger(window, "undo")
    assert in_force(open_journal(journal)[1]) == list(drawing.strokes)


def test_a_brush_that_has_gone_meanwhile_still_paints_the_drawing(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = start(window, qtbot)
    draw(window, qtbot)
    painted, mine = drawing.picture(), window.document_controller.path
    assert mine is not None and window.flow.brushes is not None
    trigger(window, "home")
    with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
        trigger(window, "deal_both")
    rest = {name: brush for name, brush in window.flow.brushes.items() if name != drawing.strokes[0].brush}
    window.studio.set_brushes(rest)
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        window.home.continue_requested.emit(str(mine))
    again = window.studio.drawing()
    assert again is not None and np.array_equal(again.picture(), painted)
    assert not again.missing_brushes


def test_undo_has_the_memory_that_the_settings_give_it(window: MainWindow, qtbot: QtBot) -> None:
    window.duel_controller.settings = replace(window.duel_controller.settings, undo_memory_mb=64)
    drawing = start(window, qtbot)
    for down in (0.3, 0.5, 0.7):
        draw(window, qtbot, down=down)
    blank_again = [drawing.undo() for _ in range(3)]
    assert all(not dirty.isEmpty() for dirty in blank_again)
    assert drawing.is_blank


def test_what_two_windows_put_away_is_all_put_away(window: MainWindow, qtbot: QtBot) -> None:
    second = MainWindow(FakeWorker(), settings=Settings())
    window.document_controller.put_away(Path("of-the-first.duel"))
    second.document_controller.put_away(Path("of-the-second.duel"))
    qtbot.waitUntil(lambda: set(load_settings().left) == {"of-the-first.duel", "of-the-second.duel"}, timeout=WAIT_MS)
    # The first window ends with a list in mind that lacks the other's.
    window.document_controller.put_away(Path("and-another.duel"))
    assert second.stop()
    second.deleteLater()
    wanted = {"of-the-first.duel", "of-the-second.duel", "and-another.duel"}
    qtbot.waitUntil(lambda: set(load_settings().left) == wanted, timeout=WAIT_MS)


def test_what_one_window_takes_back_another_does_not_put_away_again(own_data: Path) -> None:
    save_settings(Settings(left=["a.duel", "b.duel"]))
    first, second = Left(["a.duel", "b.duel"]), Left(["a.duel", "b.duel"])
    assert first.take_back("a.duel")
    assert not first.take_back("c.duel")
    save_settings(Settings(left=first.merged()))
    second.put("d.duel")
    assert second.merged() == ["b.duel", "d.duel"]
    assert "a.duel" not in first.names()


def test_the_next_window_is_as_large_and_divides_its_room_alike(qtbot: QtBot) -> None:
    first = MainWindow(FakeWorker(), settings=Settings(window_px=[900, 540], wheel_px=90))
    assert first.height() == 540
    first.show()
    first.flow.page_requested.emit("studio")
    qtbot.waitUntil(first.studio.panel.isVisible, timeout=WAIT_MS)
    assert first.studio.panel.wheel.height() == 90
    first.resize(940, 500)
    qtbot.waitUntil(lambda: first.width() == 940, timeout=WAIT_MS)
    assert first.stop()
    first.deleteLater()
    kept = load_settings()
    assert kept.window_px == [940, 500]
    assert kept.wheel_px == 90
    assert not kept.is_maximised


def test_two_windows_never_write_one_journal(window: MainWindow, qtbot: QtBot) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    mine = window.document_controller.path
    assert mine is not None and window.document_controller.is_safe(5)
    second = MainWindow(FakeWorker(), settings=Settings())
    second.begin()
    qtbot.waitUntil(lambda: second.duel_controller.deal is not None and second.errands.is_idle(), timeout=WAIT_MS)
    said: list[str] = []
    second.document_controller.told.connect(lambda sentence, _tone: said.append(sentence))
    with qtbot.waitSignal(second.document_controller.not_resumed, timeout=WAIT_MS):
        second.home.continue_requested.emit(str(mine))
    deal = window.duel_controller.deal
    assert deal is not None
    assert said == [f"“{deal.content.title}” is open in another window."]
    assert second.studio.drawing() is None
    assert second.stop()
    second.deleteLater()


def test_a_drawing_that_another_program_has_open_is_not_offered(window: MainWindow, qtbot: QtBot) -> None:
    drawn = leave_drawings(window, qtbot, 2)
    offered: list[list[Path]] = []
    window.document_controller.offered.connect(lambda found: offered.append([each.path for each in found]))

    def look() -> list[Path]:
        offered.clear()
        with qtbot.waitSignal(window.document_controller.offered, timeout=WAIT_MS):
            window.document_controller.look_for_unfinished()
        return offered[0]

    code = (
        "import sys; from pathlib import Path; from app.painting.io.journal import Journal\n"
        "journal = Journal.resume(Path(sys.argv[1]))[0]\nprint('open', flush=True)\nsys.stdin.read()\njournal.close()"
    )
    assert set(look()) == set(drawn)
    with subprocess.Popen(
        [sys.executable, "-c", code, str(drawn[1])],
        cwd=places.root(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None and other.stdin is not None
        assert other.stdout.readline() == b"open\n"
        assert look() == [drawn[0]]
        other.stdin.close()
    assert set(look()) == set(drawn)


def test_a_placed_picture_without_strokes_is_offered_as_what_it_is(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, painting: Picture
) -> None:
    drawing = start(window, qtbot)
    images.write_picture(tmp_path / "waves.png", painting)
    window.document_actions.place(tmp_path / "waves.png")
    qtbot.waitUntil(lambda: drawing.has_placed_picture, timeout=WAIT_MS)
    trigger(window, "home")
    with qtbot.waitSignal(window.document_controller.offered, timeout=WAIT_MS) as told:
        trigger(window, "deal_both")
    (offer,) = told.args[0]
    assert offer.facts.startswith("a picture placed, no strokes yet, ")
    assert "0 strokes" not in offer.sentence


def test_a_record_waits_for_a_disk_that_is_full(tmp_path: Path) -> None:
    said: list[str] = []
    journals: list[Journal] = []
    is_full = True

    def open_file() -> Journal:
        if is_full:
            raise SaveError("The drawing cannot be kept: the disk is full.")
        journals.append(Journal.create(tmp_path / "mine.duel", 64, 64))
        return journals[-1]

    record = Record(open_file, said.append)
    strokes = [Stroke(brush="round", seed=seed, points=[(5, 5, 1), (30, 30, 1)]) for seed in range(4)]
    for stroke in strokes[:2]:
        record.write(stroke)
    assert said == ["The drawing cannot be kept: the disk is full. It goes on in memory."]
    assert record.path is None and not record.is_saved()
    is_full = False
    record.write(strokes[2])
    assert record.path == tmp_path / "mine.duel"
    record.write(strokes[3])
    assert record.is_saved(5)
    record.close()
    assert len(journals) == 1
    _, entries, is_whole = open_journal(tmp_path / "mine.duel")
    assert entries == strokes and is_whole


def test_a_record_that_is_closed_tries_once_more(tmp_path: Path) -> None:
    attempts = iter([SaveError("The disk is full."), None])

    def open_file() -> Journal:
        error = next(attempts)
        if error is not None:
            raise error
        return Journal.create(tmp_path / "mine.duel", 64, 64)

    record = Record(open_file, lambda _: None)
    record.write(Stroke(brush="round", points=[(5, 5, 1)]))
    record.close()
    assert len(open_journal(tmp_path / "mine.duel")[1]) == 1


LAYERS = (Layer(0), Layer(1))
TOUCH = Stroke(brush="round", points=[(5, 5, 1)])


@pytest.mark.parametrize(
    ("entries", "is_nothing"),
    [
        ([], True),
        ([TOUCH], False),
        ([TOUCH, Stroke.cleared()], True),
        ([TOUCH, Stroke.cleared(), TOUCH], False),
        ([Arrangement(LAYERS)], True),
        ([Arrangement(LAYERS), TOUCH, replace(TOUCH, layer=1), Stroke.cleared(1)], False),
        ([Arrangement(LAYERS), replace(TOUCH, layer=1), Arrangement((Layer(0),))], True),
        ([Arrangement(LAYERS), replace(TOUCH, layer=1), Arrangement((Layer(0),), merged=(1, 0))], False),
        ([TOUCH, Arrangement(LAYERS, copied=(0, 1)), Stroke.cleared(0)], False),
        ([Arrangement(LAYERS, placed=(Placed(1, b"png", 0, 0, 5, 5),))], False),
        ([TOUCH, Arrangement((Layer(0, is_visible=False),))], False),
    ],
)
def test_what_holds_something_is_offered(entries: list[Stroke | Arrangement], is_nothing: bool) -> None:
    assert is_empty(entries) == is_nothing
