"""Files out and in, and what else is done with a drawing: saved, opened, placed, watched, said of it."""

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from desktop_window import QUIET, WAIT_MS, answer, draw, start, trigger, with_dialog
from locations import DATA
from PIL import Image
from PyQt5.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt5.QtGui import QColor, QDragEnterEvent, QDropEvent
from PyQt5.QtWidgets import QApplication, QDialog, QFileDialog
from pytestqt.qtbot import QtBot

from app import images, places
from app.desktop.app_state.settings import Settings
from app.desktop.main_window import MainWindow
from app.images import Picture
from app.painting.document.drawing import Drawing
from app.painting.io.journal import Journal, open_journal
from app.painting.model import layer_operations
from app.painting.model.stroke import Stroke

pytest_plugins = ["desktop_window"]
pytestmark = QUIET


def test_saving_writes_what_is_on_the_canvas(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    drawing = window.studio.drawing()
    assert drawing is not None
    for kind, filter_ in (("png", "PNG (*.png)"), ("webp", "WebP (*.webp)"), ("jpg", "JPEG (*.jpg *.jpeg)")):
        path = tmp_path / f"saved-{kind}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, p=path, f=filter_: (str(p), f))
        with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
            trigger(window, "save_drawing")
        saved = images.read_picture(path.with_name(f"saved-{kind}.{kind}"))
        assert saved.shape == drawing.picture().shape
        if kind == "png":
            assert np.abs(saved - drawing.picture()).max() <= 1 / 255


def test_a_failed_save_is_told_and_the_drawing_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
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
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    target = tmp_path / "mine"
    target.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(target))
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        trigger(window, "save_all")
    (folder,) = target.iterdir()
    names = {path.name for path in folder.iterdir()}
    assert {"drawing.png", "magenta.png", "classic.png", "card.png", "duel.json"} <= names
    path = tmp_path / "card.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), "PNG (*.png)"))
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        trigger(window, "save_card")
    assert images.read_picture(path).shape[1] > 1000


def choose(monkeypatch: pytest.MonkeyPatch, path: Path, kind: str = "") -> None:
    """Let the next file dialog end with this file."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), kind))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), kind))


def save(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    choose(monkeypatch, path)
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        trigger(window, "save_drawing")
    assert path.is_file()


def layered(window: MainWindow, qtbot: QtBot) -> Drawing:
    """A drawing of two layers, the upper one multiplied."""
    drawing = start(window, qtbot)
    window.studio.panel.set_color(QColor(200, 60, 20))
    draw(window, qtbot, down=0.45)
    trigger(window, "layer_add")
    drawing.change_layer(drawing.active, name="Shade", blend="multiply", opacity=0.5)
    window.studio.panel.set_color(QColor(30, 60, 200))
    draw(window, qtbot, down=0.5)
    return drawing


def drop(window: MainWindow, path: Path) -> bool:
    """Drop a file onto the canvas; whether it was taken."""
    canvas = window.studio.canvas
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    enter = QDragEnterEvent(QPoint(9, 9), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(canvas, enter)
    if enter.isAccepted():
        QApplication.sendEvent(canvas, QDropEvent(QPointF(9, 9), Qt.CopyAction, data, Qt.LeftButton, Qt.NoModifier))
    return enter.isAccepted()


def test_layers_go_out_and_come_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = layered(window, qtbot)
    painted, layers = drawing.picture(), drawing.layers
    trigger(window, "trace")
    save(window, qtbot, monkeypatch, tmp_path / "mine.ora")
    with zipfile.ZipFile(tmp_path / "mine.ora") as archive, archive.open("mergedimage.png") as file:
        merged = np.asarray(Image.open(file).convert("RGB")) / 255
    assert np.abs(merged - painted).max() < 1e-6, "nothing of the tracing is in it"
    with qtbot.waitSignal(window.flow.importer.layers_read, timeout=WAIT_MS):
        trigger(window, "open_drawing")
    again = window.studio.drawing()
    assert again is not None and again is not drawing
    assert np.abs(again.picture() - painted).max() <= 1 / 255
    facts = [(layer.name, layer.opacity, layer.blend) for layer in again.layers]
    assert facts == [(layer.name, layer.opacity, layer.blend) for layer in layers]
    assert again.layers[-1].id == again.active
    assert again.has_placed_picture
    assert [step.title for step in again.steps] == ["Open “mine”"], "undo does not take it apart"
    # It is a drawing of its own, which is painted on and kept like any other.
    draw(window, qtbot, down=0.8)
    mine = window.document_controller.path
    assert mine is not None and window.document_controller.is_safe(5)
    header, entries, is_whole = open_journal(mine)
    assert is_whole and (header.width, header.height) == (again.width, again.height)
    replayed = Drawing.replayed(header.width, header.height, entries, brushes=window.flow.brushes)
    assert np.array_equal(replayed.picture(), again.picture())


@pytest.mark.parametrize("name", ["krita", "mypaint"])
def test_a_drawing_of_another_program_begins_a_new_one(window: MainWindow, qtbot: QtBot, name: str) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    trigger(window, "trace")
    path = DATA / f"{name}.ora"
    with qtbot.waitSignal(window.flow.importer.layers_read, timeout=WAIT_MS):
        assert drop(window, path)
    assert window.messages.text().startswith("A new drawing has begun, with 5 layers. The tracing is off.")
    assert not window.actions_by_name["trace"].isChecked() and not window.hand.is_traced
    drawing = window.studio.drawing()
    assert drawing is not None and (drawing.width, drawing.height) == (90, 60)
    assert drawing.layers[0].name == "Ground"
    assert len(drawing.layers) == 5
    assert window.page() == "studio"
    assert window.flow.goes_on() and window.actions_by_name["save_drawing"].isEnabled()
    assert window.document_controller.is_safe(5) and window.document_controller.path is not None


def test_drawings_are_looked_for_where_they_are_kept_and_then_where_the_last_one_was(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    asked: list[str] = []

    def answer(_parent: object, _title: str, folder: str, _kinds: str) -> tuple[str, str]:
        asked.append(folder)
        return str(elsewhere / "gone.ora"), ""

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    for _ in range(2):
        trigger(window, "open_drawing")
        qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    assert asked == [str(places.drawings()), str(elsewhere)]


def test_what_cannot_be_opened_is_told_and_the_drawing_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = start(window, qtbot)
    draw(window, qtbot)
    for name in ("broken.ora", "broken.duel"):
        path = tmp_path / name
        path.write_bytes(b"PK nothing")
        choose(monkeypatch, path)
        window.messages.clear()
        trigger(window, "open_drawing")
        qtbot.waitUntil(lambda: bool(window.messages.text()) and window.errands.is_idle(), timeout=WAIT_MS)
        assert name in window.messages.text()
        assert window.studio.drawing() is drawing
    assert not list((places.drawings()).glob("broken*")), "nothing of it stays among the drawings"


def test_the_strokes_go_out_and_are_gone_on_with_in_a_copy(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = layered(window, qtbot)
    painted, strokes = drawing.picture(), len(drawing.strokes)
    target = tmp_path / "kept.duel"
    save(window, qtbot, monkeypatch, target)
    before = target.read_bytes()
    trigger(window, "undo")
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        trigger(window, "open_drawing")
    again = window.studio.drawing()
    assert again is not None and again is not drawing
    assert np.array_equal(again.picture(), painted) and len(again.strokes) == strokes
    mine = window.document_controller.path
    assert mine is not None and mine.parent == places.drawings() and mine.name == "kept.duel"
    draw(window, qtbot, down=0.7)
    assert window.document_controller.is_safe(5)
    assert target.read_bytes() == before, "a file from elsewhere is never written"
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        trigger(window, "open_drawing")
    assert window.document_controller.path is not None and window.document_controller.path.name == "kept-2.duel"


def test_strokes_whose_deal_is_not_here_go_on_in_this_one(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    facts = {side: {"title": "Gone", "file": str(tmp_path / "gone.png")} for side in ("content", "style")}
    journal = Journal.create(tmp_path / "foreign.duel", 64, 48, facts)
    journal.write(Stroke(brush="round", points=[(10, 10, 1), (50, 30, 1)]))
    assert journal.close()
    deal = window.duel_controller.deal
    with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
        window.document_actions.open(tmp_path / "foreign.duel")
    drawing = window.studio.drawing()
    assert drawing is not None and len(drawing.strokes) == 1
    assert window.duel_controller.deal == deal
    assert "goes on in this one" in window.messages.text()


@pytest.mark.parametrize("kind", ["", "OpenRaster, with its layers (*.ora)"])
def test_a_name_without_ending_never_overwrites_unasked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    there = tmp_path / ("mine.ora" if kind else "mine.png")
    there.write_text("somebody's")
    choose(monkeypatch, tmp_path / "mine", kind)
    asked = answer(qtbot, "Keep it")
    trigger(window, "save_drawing")
    assert asked == [f"Replace {there.name}?"]
    assert there.read_text() == "somebody's"
    answer(qtbot, "Replace it")
    with qtbot.waitSignal(window.exporter.saved, timeout=WAIT_MS):
        trigger(window, "save_drawing")
    assert there.read_bytes()[:2] == (b"PK" if kind else b"\x89P")


def test_a_copy_of_the_strokes_replaces_no_drawing(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(window, qtbot)
    draw(window, qtbot)
    mine = window.document_controller.path
    assert mine is not None and window.document_controller.is_safe(5)
    before = mine.read_bytes()
    choose(monkeypatch, mine)
    trigger(window, "save_drawing")
    qtbot.waitUntil(lambda: "choose another name" in window.messages.text(), timeout=WAIT_MS)
    assert mine.read_bytes() == before


def test_a_picture_is_placed_on_a_layer_of_its_own(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, painting: Picture
) -> None:
    drawing = start(window, qtbot)
    path = tmp_path / "red_waves.png"
    images.write_picture(path, painting)
    choose(monkeypatch, path)
    blank = drawing.picture()
    threads = set()
    for room, slow in ((layer_operations, "to_png"), (images, "from_png")):
        does = getattr(room, slow)
        monkeypatch.setattr(
            room, slow, lambda *given, does=does: (threads.add(threading.current_thread().name), does(*given))[1]
        )
    with qtbot.waitSignal(window.studio.drawing_changed, timeout=WAIT_MS):
        trigger(window, "place_picture")
    assert [layer.name for layer in drawing.layers][-1] == "Red waves"
    assert np.abs(drawing.picture() - blank).max() > 0.3
    assert drawing.layers[-1].id == drawing.active
    assert threads == {"errands"}, "packing and unpacking keep nobody waiting"
    trigger(window, "undo")
    assert np.array_equal(drawing.picture(), blank)
    with qtbot.waitSignal(window.studio.drawing_changed, timeout=WAIT_MS):
        assert drop(window, path)
    assert len(drawing.layers) == 2
    assert not drop(window, tmp_path / "notes.txt")
    path.write_bytes(b"no picture")
    assert drop(window, path)
    qtbot.waitUntil(lambda: "red_waves.png" in window.messages.text(), timeout=WAIT_MS)
    assert len(drawing.layers) == 2


def test_it_is_said_how_a_drawing_came_about(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, painting: Picture
) -> None:
    drawing = start(window, qtbot)
    draw(window, qtbot, down=0.3)
    trigger(window, "trace")
    draw(window, qtbot, down=0.5)
    trigger(window, "trace")
    draw(window, qtbot, down=0.7)
    images.write_picture(tmp_path / "waves.png", painting)
    with qtbot.waitSignal(window.studio.drawing_changed, timeout=WAIT_MS):
        window.document_actions.place(tmp_path / "waves.png")
    assert drawing.traced_strokes == 1
    with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
        trigger(window, "compare")
    said = "3 strokes, 1 with the tracing shown, with a placed picture"
    assert window.result.plates["drawing"].status.whole() == said
    assert window.result.plates["drawing"].status.isVisible()
    duel = window.duel_controller.duel
    assert duel is not None and duel.folder is not None
    record = json.loads((duel.folder / "duel.json").read_text())
    (placed,) = record["painted"].pop("placed_pictures")
    assert placed["title"] == "Waves" and 0 < placed["share"] < 1
    assert record["painted"] == {"strokes": 3, "traced": 1, "placed": True, "strict": False}


class TestStrict:
    @pytest.fixture
    def settings(self) -> Settings:
        return Settings(canvas_side_px=512, has_speed_pressure=False, is_strict=True)

    def test_nothing_is_traced_or_placed_and_the_verdict_says_so(
        self, window: MainWindow, qtbot: QtBot, tmp_path: Path, painting: Picture
    ) -> None:
        drawing = start(window, qtbot)
        images.write_picture(tmp_path / "waves.png", painting)
        for name in ("trace", "place_picture"):
            assert not window.actions_by_name[name].isEnabled()
            assert "strict" in window.actions_by_name[name].toolTip()
        assert drop(window, tmp_path / "waves.png")
        assert "strict" in window.messages.text()
        window.messages.clear()
        assert drop(window, DATA / "krita.ora")
        assert "strict" in window.messages.text()
        draw(window, qtbot)
        assert window.studio.drawing() is drawing and len(drawing.layers) == 1
        assert drawing.traced_strokes == 0
        with qtbot.waitSignal(window.duel_controller.kept, timeout=WAIT_MS):
            trigger(window, "compare")
        assert window.result.plates["drawing"].status.whole() == "Strict duel: 1 stroke"

    def test_settings_change_nothing_about_a_drawing_that_was_begun(self, window: MainWindow, qtbot: QtBot) -> None:
        krita = DATA / "krita.ora"
        window.duel_controller.settings = replace(window.duel_controller.settings, is_strict=False)
        drawing = start(window, qtbot)
        draw(window, qtbot)
        window.duel_controller.settings = replace(window.duel_controller.settings, is_strict=True)
        assert all(window.actions_by_name[name].isEnabled() for name in ("trace", "place_picture"))
        with qtbot.waitSignal(window.flow.importer.layers_read, timeout=WAIT_MS):
            assert drop(window, krita)
        opened = window.studio.drawing()
        assert opened is not None and opened is not drawing
        # The next duel is a strict one, before its first stroke too, and stays one.
        trigger(window, "home")
        with qtbot.waitSignal(window.duel_controller.dealt, timeout=WAIT_MS):
            trigger(window, "deal_both")
        window.document_actions.open(krita)
        assert "strict" in window.messages.text() and window.studio.drawing() is None
        strict = start(window, qtbot)
        draw(window, qtbot)
        window.duel_controller.settings = replace(window.duel_controller.settings, is_strict=False)
        window.messages.clear()
        window.document_actions.open(krita)
        assert "strict" in window.messages.text() and window.studio.drawing() is strict

    def test_a_strict_drawing_stays_strict(self, window: MainWindow, qtbot: QtBot) -> None:
        start(window, qtbot)
        draw(window, qtbot)
        mine = window.document_controller.path
        assert mine is not None
        trigger(window, "home")
        with qtbot.waitSignals([window.duel_controller.dealt, window.document_controller.offered], timeout=WAIT_MS):
            trigger(window, "deal_both")
        window.duel_controller.settings = replace(window.duel_controller.settings, is_strict=False)
        start(window, qtbot)
        assert window.actions_by_name["trace"].isEnabled() and not window.document_controller.is_strict
        with qtbot.waitSignal(window.document_controller.resumed, timeout=WAIT_MS):
            window.home.continue_requested.emit(str(mine))
        assert window.document_controller.is_strict and not window.actions_by_name["trace"].isEnabled()


def test_a_drawing_is_watched_and_filmed(window: MainWindow, qtbot: QtBot) -> None:
    assert not window.actions_by_name["replay"].isEnabled()
    drawing = layered(window, qtbot)
    trigger(window, "undo")
    trigger(window, "redo")
    lengths: list[int] = []
    seen = with_dialog(lambda dialog: lengths.append(dialog.length))
    trigger(window, "replay")
    assert seen == ["ReplayWindow"]
    steps = [step.entry for step in drawing.steps]
    assert lengths == [sum(len(step.points) + 1 if isinstance(step, Stroke) else 1 for step in steps)]
    seen = with_dialog(lambda _dialog: None)
    trigger(window, "timelapse")
    assert seen == ["TimelapseDialog"]


def test_the_brush_in_hand_is_edited_and_saved_as_ones_own(window: MainWindow, qtbot: QtBot) -> None:
    drawing = start(window, qtbot)
    qtbot.waitUntil(window.errands.is_idle, timeout=WAIT_MS)
    window.studio.panel.take("round")

    def edit(dialog: QDialog) -> None:
        dialog.title.setText("My own round")
        dialog.save()

    seen = with_dialog(edit)
    trigger(window, "brush_editor")
    assert seen == ["BrushEditor"]
    qtbot.waitUntil(lambda: "my-own-round" in (window.flow.brushes or {}), timeout=WAIT_MS)
    assert window.hand.brush == "my-own-round"
    draw(window, qtbot)
    assert drawing.strokes[-1].brush == "my-own-round"


def test_each_painting_brings_its_own_colours_and_brushes(window: MainWindow, qtbot: QtBot) -> None:
    drawing = start(window, qtbot)
    qtbot.waitUntil(lambda: any(name.startswith("kit-") for name in window.flow.brushes or {}), timeout=WAIT_MS)
    kit = [name for name in window.flow.brushes or {} if name.startswith("kit-")]
    assert 3 <= len(kit) <= 5 and list(window.flow.brushes or {})[: len(kit)] == kit
    window.studio.panel.take(kit[0])
    draw(window, qtbot)
    assert drawing.strokes[-1].brush == kit[0]
    assert window.duel_controller.images is not None
    assert sum(share for _, share in window.duel_controller.images.colours) == pytest.approx(1)
