"""The replay's window and the time-lapse's dialog: any moment shows what it should, and nothing is left running."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from desktop_studio import drag
from PIL import Image
from PyQt5 import sip
from PyQt5.QtCore import QPoint, Qt, QTimer
from PyQt5.QtGui import QColor
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.brush_editor.editor import BrushEditor
from app.desktop.dialogs import timelapse_dialog
from app.desktop.dialogs.replay_window import SPEEDS, ReplayWindow
from app.desktop.dialogs.timelapse_dialog import TimelapseDialog
from app.desktop.widgets.qimage import to_pixels
from app.errors import Cancelled, SaveError
from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing, Entry
from app.painting.model.layers import FIRST_LAYER, Arrangement, Layer
from app.painting.model.stroke import Stroke

WIDTH, HEIGHT = 120, 90
WAIT_MS = 8000


def stroke(number: int, color: tuple[int, int, int], *, points: int = 20, **words: Any) -> Stroke:
    across = np.linspace(10, WIDTH - 10, points)
    way = np.stack([across, np.full(points, 12 + 14.0 * number), np.full(points, 0.9)], axis=1)
    return Stroke(brush="round", color=color, size_px=12, seed=number, points=way, **words)


@pytest.fixture
def entries() -> list[Entry]:
    second = Layer(id=1, name="Above")
    return [
        stroke(0, (200, 30, 30)),
        stroke(1, (30, 160, 30)),
        "undo",
        stroke(2, (30, 30, 200), points=40),
        Arrangement((FIRST_LAYER, second), title="Add a layer"),
        stroke(3, (0, 0, 0), layer=1),
        stroke(4, (120, 60, 0), layer=1, mode="erase"),
    ]


# The drawing's moments: 20 + 1, 40 + 1, the new layer's 1, 20 + 1, 20 + 1.
ENDS = (0, 21, 62, 63, 84, 105)


@pytest.fixture
def window(qtbot: QtBot, entries: list[Entry], own_data: Path) -> ReplayWindow:
    window = ReplayWindow(WIDTH, HEIGHT, entries, own_and_players(), None)
    qtbot.addWidget(window)
    window.show()
    window.pause()
    settle(qtbot, window)
    return window


def settle(qtbot: QtBot, window: ReplayWindow) -> None:
    qtbot.waitUntil(lambda: window.is_settled, timeout=WAIT_MS)


def shown(window: ReplayWindow) -> np.ndarray:
    return to_pixels(window.picture.grab().toImage())


def test_it_plays_by_itself_from_the_beginning_to_the_end(qtbot: QtBot, entries: list[Entry], own_data: Path) -> None:
    window = ReplayWindow(WIDTH, HEIGHT, entries, own_and_players(), None)
    qtbot.addWidget(window)
    assert window.moment == 0 and not window.is_playing
    window.show()
    assert window.is_playing and window.length == ENDS[-1]
    seen = set()

    def is_over() -> bool:
        seen.add(window.moment)
        return window.moment == window.length and not window.is_playing

    qtbot.waitUntil(is_over, timeout=WAIT_MS)
    assert len(seen) > 3, "it leapt to the end"


def test_the_end_is_the_drawing(qtbot: QtBot, window: ReplayWindow, entries: list[Entry]) -> None:
    window.go_to(window.length)
    settle(qtbot, window)
    drawing = Drawing.replayed(WIDTH, HEIGHT, entries)
    assert (to_pixels(window.replayed()) == to_pixels(drawing.image())).all()
    drawing.close()


def test_the_scrubber_shows_any_moment_at_once(qtbot: QtBot, window: ReplayWindow) -> None:
    window.go_to(window.length)
    settle(qtbot, window)
    whole = shown(window)
    window.scrubber.setValue(30)
    settle(qtbot, window)
    assert window.moment == 30 and (shown(window) != whole).any()
    window.scrubber.setValue(window.length)
    settle(qtbot, window)
    assert (shown(window) == whole).all()


def test_the_scrubber_follows_a_press_beside_its_handle(qtbot: QtBot, window: ReplayWindow) -> None:
    middle = window.scrubber.rect().center()
    window.go_to(0)
    settle(qtbot, window)
    qtbot.mousePress(window.scrubber, Qt.LeftButton, pos=middle)
    settle(qtbot, window)
    assert window.moment == pytest.approx(window.length / 2, abs=2)
    drag(window.scrubber, QPoint(window.scrubber.width(), middle.y()))
    settle(qtbot, window)
    assert window.moment == window.length
    drag(window.scrubber, QPoint(0, middle.y()))
    settle(qtbot, window)
    assert window.moment == 0
    qtbot.mouseRelease(window.scrubber, Qt.LeftButton, pos=QPoint(0, middle.y()))


def test_scrubbing_pauses(qtbot: QtBot, window: ReplayWindow) -> None:
    window.toggle()
    assert window.is_playing
    window.scrubber.setValue(40)
    assert not window.is_playing
    settle(qtbot, window)
    assert window.moment == 40


def test_arrows_step_by_stroke(qtbot: QtBot, window: ReplayWindow) -> None:
    window.go_to(0)
    settle(qtbot, window)
    for end in ENDS[1:]:
        QTest.keyClick(window, Qt.Key_Right)
        settle(qtbot, window)
        assert window.moment == end
    QTest.keyClick(window, Qt.Key_Right)
    assert window.moment == ENDS[-1]
    for end in reversed(ENDS[:-1]):
        QTest.keyClick(window, Qt.Key_Left)
        settle(qtbot, window)
        assert window.moment == end
    window.go_to(30)
    settle(qtbot, window)
    QTest.keyClick(window, Qt.Key_Left)
    settle(qtbot, window)
    assert window.moment == 21


def test_home_and_end_and_what_is_said(qtbot: QtBot, window: ReplayWindow) -> None:
    QTest.keyClick(window, Qt.Key_End)
    settle(qtbot, window)
    assert window.says() == ("Stroke 4 of 4", "Eraser, Round")
    QTest.keyClick(window, Qt.Key_Home)
    settle(qtbot, window)
    assert window.says() == ("Stroke 0 of 4", "The paper")
    window.go_to(30)
    settle(qtbot, window)
    assert window.says() == ("Stroke 2 of 4", "Round")


def test_space_plays_and_pauses_and_begins_again_at_the_end(qtbot: QtBot, window: ReplayWindow) -> None:
    window.go_to(window.length)
    settle(qtbot, window)
    QTest.keyClick(window, Qt.Key_Space)
    assert window.is_playing
    qtbot.waitUntil(lambda: 0 < window.moment < window.length, timeout=WAIT_MS)
    QTest.keyClick(window, Qt.Key_Space)
    assert not window.is_playing
    QTest.mouseClick(window.picture, Qt.LeftButton)
    assert window.is_playing


def test_the_speed_is_chosen_by_keys_and_by_the_list(window: ReplayWindow) -> None:
    for _ in SPEEDS:
        QTest.keyClick(window, Qt.Key_Minus)
    assert window.speeds.currentText() == "1×"
    QTest.keyClick(window, Qt.Key_Plus)
    assert window.speeds.currentText() == "2×"
    window.speeds.activated.emit(len(SPEEDS) - 1)
    assert window.speeds.currentText() == "64×"


def test_the_brush_s_ring_shows_while_it_paints_only(qtbot: QtBot, window: ReplayWindow) -> None:
    window.go_to(ENDS[2] - 10)
    settle(qtbot, window)
    during = shown(window)
    window.set_cursor_shown(False)
    assert (shown(window) != during).any()
    window.set_cursor_shown(True)
    window.go_to(window.length)
    settle(qtbot, window)
    after = shown(window)
    window.set_cursor_shown(False)
    assert (shown(window) == after).all()


def test_a_long_way_is_painted_in_slices(qtbot: QtBot, own_data: Path) -> None:
    many = [stroke(number % 6, (number % 255, 90, 40), points=60) for number in range(150)]
    window = ReplayWindow(WIDTH, HEIGHT, many, own_and_players(), None)
    qtbot.addWidget(window)
    window.show()
    window.pause()
    window.go_to(window.length)
    seen: set[int] = set()

    def is_there() -> bool:
        seen.add(window.moment)
        return window.is_settled

    qtbot.waitUntil(is_there, timeout=WAIT_MS)
    assert len(seen) > 2, "the window was not heard meanwhile"


def test_an_empty_drawing_is_nothing_but_paper(qtbot: QtBot, own_data: Path) -> None:
    window = ReplayWindow(WIDTH, HEIGHT, [], own_and_players(), None)
    qtbot.addWidget(window)
    window.show()
    window.toggle()
    window.step(1)
    window.step(-1)
    assert not window.is_playing and window.moment == 0
    assert window.says() == ("Nothing was painted", "The paper")


def test_closing_while_it_plays_leaves_nothing_running(qtbot: QtBot, window: ReplayWindow) -> None:
    window.go_to(0)
    window.toggle()
    window.close()
    assert not window.is_playing


def test_a_closed_one_does_not_stay_with_its_parent(qtbot: QtBot, entries: list[Entry], own_data: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    made = (
        ReplayWindow(WIDTH, HEIGHT, entries, own_and_players(), parent),
        TimelapseDialog(WIDTH, HEIGHT, entries, own_and_players(), Path("a.gif"), parent),
        BrushEditor(own_and_players(), "round", QColor("#000000"), parent),
    )
    for dialog in made:
        dialog.show()
        # From within the event loop, as a person does it.
        QTimer.singleShot(0, dialog.close)
    qtbot.waitUntil(lambda: all(sip.isdeleted(dialog) for dialog in made), timeout=WAIT_MS)


def test_a_brush_that_only_the_entries_know_is_found(qtbot: QtBot, own_data: Path) -> None:
    brush = own_and_players()["ink"]
    way = stroke(1, (0, 0, 0)).points
    known = [brush, Stroke(brush="ink", size_px=20, recipe=brush.fingerprint, points=way)]
    window = ReplayWindow(WIDTH, HEIGHT, known, {}, None)
    qtbot.addWidget(window)
    window.show()
    window.pause()
    window.go_to(window.length)
    settle(qtbot, window)
    assert window.says() == ("Stroke 1 of 1", brush.title)
    assert (to_pixels(window.replayed()) < 128).any()


# The time-lapse


@pytest.fixture
def dialog(qtbot: QtBot, entries: list[Entry], tmp_path: Path, own_data: Path) -> TimelapseDialog:
    dialog = TimelapseDialog(WIDTH, HEIGHT, entries, own_and_players(), tmp_path / "harbour.gif", None)
    qtbot.addWidget(dialog)
    dialog.length.set_value(3)
    dialog.show()
    return dialog


def wait(qtbot: QtBot, dialog: TimelapseDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.is_working, timeout=30_000)


def test_a_gif_as_long_and_as_large_as_chosen(qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path) -> None:
    assert (dialog.suffix(), dialog.side_px(), dialog.seconds()) == (".gif", WIDTH, 3.0)
    path = tmp_path / "out.gif"
    with qtbot.waitSignal(dialog.saved, timeout=30_000) as told:
        dialog.save(path)
        assert dialog.is_working
    assert told.args == [str(path)] and str(path) in dialog.told()
    with Image.open(path) as film:
        assert film.size == (WIDTH, HEIGHT)
        length_ms = 0
        for number in range(film.n_frames):
            film.seek(number)
            length_ms += film.info["duration"]
    assert length_ms == pytest.approx(3000, abs=20)
    assert not dialog.is_working


def test_a_film(qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path) -> None:
    dialog.kind.choose(1)
    dialog.kind.chosen.emit(1)
    assert dialog.suffix() == ".mp4"
    with qtbot.waitSignal(dialog.saved, timeout=30_000):
        dialog.save(tmp_path / "out.mp4")
    assert (tmp_path / "out.mp4").read_bytes()[4:8] == b"ftyp"


def test_sizes_are_those_of_the_drawing_and_below(qtbot: QtBot, own_data: Path, tmp_path: Path) -> None:
    dialog = TimelapseDialog(2048, 1536, [], own_and_players(), tmp_path / "a.mp4", None)
    qtbot.addWidget(dialog)
    assert dialog.suffix() == ".mp4"
    sides = [dialog.side.itemData(index) for index in range(dialog.side.count())]
    assert sides == sorted(set(sides)) and sides[-1] == 2048
    assert dialog.side.currentText() == "1080 × 810 px"


def test_what_was_chosen_reaches_the_film(
    qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def write(path: Path, replay: Any, **words: Any) -> int:
        asked.update(words, path=path, size=(replay.image().width(), replay.image().height()))
        words["on_progress"](0.5)
        return 1

    monkeypatch.setattr(timelapse_dialog, "write_timelapse", write)
    dialog.length.set_value(47)
    dialog.outline.setChecked(False)
    dialog.save(tmp_path / "out.gif")
    wait(qtbot, dialog)
    assert asked["path"] == tmp_path / "out.gif" and asked["size"] == (WIDTH, HEIGHT)
    assert asked["with_cursor"] is False and asked["seconds"] == pytest.approx(47, abs=1)


def test_stopping_writes_nothing_and_another_can_be_made(
    qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def write(path: Path, replay: Any, *, cancelled: Any, on_progress: Any, **words: Any) -> int:
        begun.set()
        while not cancelled():
            on_progress(0.25)
        raise Cancelled("The time-lapse was stopped; nothing was written.")

    monkeypatch.setattr(timelapse_dialog, "write_timelapse", write)
    dialog.save(tmp_path / "out.gif")
    qtbot.waitUntil(begun.is_set, timeout=WAIT_MS)
    dialog.stop()
    wait(qtbot, dialog)
    assert dialog.told() == "The time-lapse was stopped; nothing was written."
    assert not (tmp_path / "out.gif").exists()
    monkeypatch.undo()
    with qtbot.waitSignal(dialog.saved, timeout=30_000):
        dialog.save(tmp_path / "out.gif")


def test_closing_stops_the_work(qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path) -> None:
    dialog.length.set_value(100)
    before = set(threading.enumerate())
    dialog.save(tmp_path / "out.gif")
    qtbot.waitUntil(lambda: set(threading.enumerate()) != before, timeout=WAIT_MS)
    dialog.close()
    assert not dialog.is_working and set(threading.enumerate()) == before
    assert not (tmp_path / "out.gif").exists()


def test_a_failure_is_one_sentence(
    qtbot: QtBot, dialog: TimelapseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(*_args: Any, **_words: Any) -> int:
        raise SaveError("out.gif could not be written: the disk is full.")

    monkeypatch.setattr(timelapse_dialog, "write_timelapse", write)
    dialog.save(tmp_path / "out.gif")
    wait(qtbot, dialog)
    assert dialog.told() == "out.gif could not be written: the disk is full."
    assert dialog.isVisible()


@pytest.mark.parametrize(("typed", "written"), [("a", "a.gif"), ("a.GIF", "a.GIF"), ("a.mp4", "a.mp4.gif")])
def test_the_file_has_the_ending_of_its_kind(
    dialog: TimelapseDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed: str, written: str
) -> None:
    saved: list[Path] = []
    monkeypatch.setattr(dialog, "save", saved.append)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / typed), ""))
    dialog.ask_and_save()
    assert saved == [tmp_path / written]
