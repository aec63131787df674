"""The brush editor: rows from the declarations, a live preview, a paper to try it on, and brushes of one's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QColor, QImage, QMouseEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from app import places
from app.desktop.brush_editor import editor as editor_module
from app.desktop.brush_editor.brush_form import NumberRow
from app.desktop.brush_editor.brush_preview import DARK, LIGHT
from app.desktop.brush_editor.editor import EDITED, BrushEditor, name_for
from app.desktop.widgets.qimage import to_pixels
from app.painting.brushes.brush import load_brushes, own_and_players, settings

WAIT_MS = 5000


@pytest.fixture
def editor(qtbot: QtBot, own_data: Path) -> BrushEditor:
    return opened(qtbot, "flat")


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What is answered to the next questions, in turn; a question too many fails."""
    given: list[bool] = []
    monkeypatch.setattr(editor_module, "ask", lambda *_args, **_words: given.pop(0))
    return given


def opened(qtbot: QtBot, name: str, *, is_smudge: bool = False) -> BrushEditor:
    editor = BrushEditor(own_and_players(), name, QColor("#7a2f22"), None, is_smudge=is_smudge)
    # Closing asks where something would be lost, and a test's end must not be asked. Held on to until then, too:
    # nobody else does, and Python may collect it whenever it paints.
    qtbot.addWidget(editor, before_close_func=lambda _each: editor.start_again())
    editor.show()
    settle(qtbot, editor)
    return editor


def settle(qtbot: QtBot, editor: BrushEditor) -> None:
    qtbot.waitUntil(editor.preview.is_settled, timeout=WAIT_MS)


def looks(editor: BrushEditor) -> list[np.ndarray]:
    return [to_pixels(editor.preview.image(ground)) for ground in (LIGHT, DARK)]


def pick_texture_of(editor: BrushEditor, name: str) -> None:
    """Click the tile of a brush's texture."""
    tile = next(t for t in editor.textures.findChildren(QToolButton) if t.toolTip() == own_and_players()[name].title)
    QTest.mouseClick(tile, Qt.LeftButton)


def own_brushes() -> dict[str, Any]:
    return dict(load_brushes(places.own_brushes()))


def write_png(path: Path, pixels: np.ndarray) -> Path:
    Image.fromarray(pixels).save(path)
    return path


# The form


def test_there_is_a_row_for_every_setting_that_is_declared(editor: BrushEditor) -> None:
    assert list(editor.form.rows) == [setting.name for setting in settings()]
    for setting in settings():
        row = editor.form.rows[setting.name]
        assert row.caption.text() == setting.label and row.toolTip() == setting.tooltip
        assert row.value() == getattr(own_and_players()["flat"], setting.name)
    assert not editor.is_changed()


@pytest.mark.parametrize("setting", [s for s in settings() if not s.choices and not s.is_curve], ids=lambda s: s.name)
def test_a_number_reaches_both_ends_by_slider_and_by_box(editor: BrushEditor, setting: Any) -> None:
    row = editor.form.rows[setting.name]
    assert isinstance(row, NumberRow)
    row.set_value((setting.low + setting.high) / 2)
    for step, wanted in ((0, setting.low), (row.slider.maximum(), setting.high)):
        row.slider.setValue(step)
        assert row.value() == pytest.approx(wanted)
        assert getattr(editor.brush(), setting.name) == row.value()
    shown = row.box.minimum() + 0.25 * (row.box.maximum() - row.box.minimum())
    row.box.setValue(shown)
    assert row.value() == pytest.approx(
        setting.low + 0.25 * (setting.high - setting.low), abs=0.51 if setting.unit else 0.01
    )
    # Slider and box say the same.
    before = row.value()
    row.slider.setValue(row.slider.value() + 1)
    row.slider.setValue(row.slider.value() - 1)
    assert row.value() == pytest.approx(before, rel=0.02, abs=0.011 * (setting.high - setting.low))


def test_what_a_number_looks_like_never_changes_it(editor: BrushEditor) -> None:
    editor.form.rows["spacing"].set_value(0.0123)
    assert editor.form.values()["spacing"] == 0.0123


def test_choices_and_curves_are_changed_too(editor: BrushEditor) -> None:
    editor.form.rows["rotation"].segments.chosen.emit(0)
    QTest.keyClick(editor.form.rows["pressure_size"].editor, Qt.Key_Insert)
    assert editor.brush().rotation == "fixed"
    assert len(editor.brush().pressure_size) == 3
    assert editor.is_changed()
    editor.start_again()
    assert not editor.is_changed() and editor.brush().rotation == "along"


def test_every_group_can_be_reached(editor: BrushEditor, qtbot: QtBot) -> None:
    groups = list(dict.fromkeys(setting.group for setting in settings()))
    for index in range(len(groups)):
        editor.form.show_group(index)
        assert editor.form.groups.choice() == index


# The preview and the paper


def test_a_change_is_seen_at_once_on_both_papers(editor: BrushEditor, qtbot: QtBot) -> None:
    before = looks(editor)
    editor.form.rows["scatter_across"].slider.setValue(700)
    settle(qtbot, editor)
    assert all((old != new).any() for old, new in zip(before, looks(editor), strict=True))
    editor.start_again()
    settle(qtbot, editor)
    assert all((old == new).all() for old, new in zip(before, looks(editor), strict=True))


def test_the_strokes_stand_out_from_both_papers(editor: BrushEditor) -> None:
    for ground, pixels in zip((LIGHT, DARK), looks(editor), strict=True):
        contrast = np.abs(pixels.astype(int) - np.array(ground)).sum(axis=2)
        assert (contrast > 120).mean() > 0.1


@pytest.mark.parametrize("name", ["speed_size", "tilt_size", "grain", "pressure_flow"])
def test_what_only_a_hand_or_a_paper_shows_is_seen(editor: BrushEditor, qtbot: QtBot, name: str) -> None:
    before = looks(editor)
    row = editor.form.rows[name]
    if isinstance(row, NumberRow):
        row.slider.setValue(row.slider.maximum())
    else:
        QTest.keyClick(row.editor, Qt.Key_Up, Qt.ControlModifier)
    settle(qtbot, editor)
    assert any((old != new).any() for old, new in zip(before, looks(editor), strict=True))


def test_one_can_try_it_and_clean_the_paper(qtbot: QtBot, own_data: Path) -> None:
    editor = opened(qtbot, "ink")
    canvas, drawing = editor.paper.canvas, editor.paper.drawing()
    assert drawing is not None and drawing.is_blank
    scribble(canvas, (60, 40), (120, 60), (200, 50))
    assert [stroke.brush for stroke in drawing.strokes] == [EDITED]
    painted = to_pixels(drawing.image())
    assert (painted != np.array(LIGHT)).any()
    editor.form.rows["size_px"].slider.setValue(0)
    scribble(canvas, (60, 80), (200, 90))
    assert drawing.strokes[1].size_px == pytest.approx(settings()[0].low)
    editor.paper.undo()
    assert len(drawing.strokes) == 1
    editor.paper.clean()
    cleaned = editor.paper.drawing()
    assert cleaned is not None and cleaned.is_blank


@pytest.mark.parametrize(("name", "is_smudge", "mode"), [("flat", False, "paint"), ("ink", True, "smudge")])
def test_there_is_paint_to_mix(qtbot: QtBot, own_data: Path, name: str, is_smudge: bool, mode: str) -> None:
    editor = opened(qtbot, name, is_smudge=is_smudge)
    drawing = editor.paper.drawing()
    assert drawing is not None
    laid, before = len(drawing.strokes), to_pixels(drawing.image())
    assert laid == 2
    scribble(editor.paper.canvas, (60, 40), (300, 60), (500, 50))
    assert drawing.strokes[-1].mode == mode and (to_pixels(drawing.image()) != before).any()
    for _ in range(3):
        editor.paper.undo()
    assert len(drawing.strokes) == laid and (to_pixels(drawing.image()) == before).all()


def scribble(canvas: Any, *way: tuple[float, float]) -> None:
    kinds = [QEvent.MouseButtonPress, *[QEvent.MouseMove] * (len(way) - 1), QEvent.MouseButtonRelease]
    for number, (kind, at) in enumerate(zip(kinds, (*way, way[-1]), strict=True)):
        button = Qt.NoButton if kind == QEvent.MouseMove else Qt.LeftButton
        held = Qt.NoButton if kind == QEvent.MouseButtonRelease else Qt.LeftButton
        point = QPointF(*at)
        event = QMouseEvent(kind, point, point, point, button, held, Qt.NoModifier, Qt.MouseEventNotSynthesized)
        event.setTimestamp(1000 + 16 * number)
        QApplication.sendEvent(canvas, event)


# Textures


def test_every_brush_lends_its_texture(editor: BrushEditor) -> None:
    pngs = {brush.texture.png for brush in own_and_players().values()}
    assert {texture.png for texture in editor.textures.textures()} == pngs
    assert len(editor.textures.textures()) == len(pngs)


def test_another_texture_makes_another_stroke(editor: BrushEditor, qtbot: QtBot) -> None:
    before = looks(editor)
    pick_texture_of(editor, "sponge")
    settle(qtbot, editor)
    assert editor.brush().texture.png == own_and_players()["sponge"].texture.png and editor.is_changed()
    assert (before[0] != looks(editor)[0]).any()


def test_a_png_of_ones_own_becomes_the_texture(editor: BrushEditor, tmp_path: Path) -> None:
    down, across = np.mgrid[0:32, 0:32]
    disc = np.where((down - 16) ** 2 + (across - 16) ** 2 < 150, 0, 255).astype(np.uint8)
    editor.textures.bring(write_png(tmp_path / "disc.png", disc))
    assert editor.brush().texture.coverage.shape == (1, 32, 32)
    assert editor.brush().texture.coverage[0, 16, 16] == 255


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_bytes(b"no picture"), "is not a PNG"),
        (lambda path: write_png(path, np.zeros((40, 30), np.uint8)), "must be a square"),
        (lambda path: write_png(path, np.full((16, 16), 255, np.uint8)), "is empty"),
        (lambda path: None, "cannot be read"),
    ],
)
def test_what_is_no_texture_is_refused_in_a_sentence(
    editor: BrushEditor, tmp_path: Path, make: Callable[[Path], Any], says: str
) -> None:
    path = tmp_path / "texture.png"
    make(path)
    before = editor.brush().texture.png
    told: list[str] = []
    editor.textures.refused.connect(told.append)
    editor.textures.bring(path)
    assert says in told[0] and told[0].endswith(".")
    assert editor.brush().texture.png == before


# Brushes of one's own


def test_a_brush_is_saved_as_ones_own(editor: BrushEditor, qtbot: QtBot) -> None:
    editor.form.rows["flow"].box.setValue(42)
    pick_texture_of(editor, "sponge")
    editor.title.setText("Wobbly  flat!")
    with qtbot.waitSignal(editor.saved) as told:
        editor.save()
    assert told.args == ["wobbly-flat"]
    mine = own_brushes()["wobbly-flat"]
    assert (mine.title, mine.flow) == ("Wobbly  flat!", 0.42)
    assert mine.texture.png == own_and_players()["sponge"].texture.png
    assert mine.relief == own_and_players()["flat"].relief
    assert editor.is_own() and not editor.is_changed()


def test_the_paper_s_grain_is_saved_with_a_brush_that_had_none(editor: BrushEditor) -> None:
    assert own_and_players()["flat"].paper_png is None
    editor.form.rows["grain"].box.setValue(60)
    editor.save()
    assert own_brushes()["my-flat"].paper.shape != (1, 1)


def test_none_of_ours_is_replaced(editor: BrushEditor) -> None:
    editor.title.setText("Round")
    editor.save()
    assert own_brushes() == {}
    assert "come with Pastiche" in editor.told()


def test_a_brush_needs_a_name(editor: BrushEditor) -> None:
    editor.title.setText("   ")
    editor.save()
    assert own_brushes() == {} and editor.told() == "Give your brush a name first."


def test_ones_own_is_replaced_only_after_asking(editor: BrushEditor, answers: list[bool]) -> None:
    editor.save()
    editor.form.rows["flow"].box.setValue(10)
    answers.append(False)
    editor.save()
    assert own_brushes()["my-flat"].flow == own_and_players()["flat"].flow
    answers.append(True)
    editor.save()
    assert own_brushes()["my-flat"].flow == 0.1


def test_ones_own_can_be_deleted_after_asking(editor: BrushEditor, answers: list[bool], qtbot: QtBot) -> None:
    editor.delete()
    assert editor.isVisible()
    editor.save()
    answers.append(False)
    editor.delete()
    assert "my-flat" in own_brushes()
    answers.append(True)
    with qtbot.waitSignal(editor.deleted) as told:
        editor.delete()
    assert told.args == ["my-flat"] and own_brushes() == {} and "my-flat" not in own_and_players()
    assert not list(places.own_brushes().glob("my-flat*"))
    assert not editor.isVisible()


def test_a_folder_that_cannot_be_written_is_told(editor: BrushEditor) -> None:
    places.home().mkdir(parents=True)
    places.own_brushes().write_text("a file where the folder should be", encoding="utf-8")
    editor.save()
    assert editor.told().endswith("could not be written: its folder is a file.")
    assert editor.is_changed() is False and editor.isVisible()


def test_closing_asks_only_where_something_would_be_lost(editor: BrushEditor, answers: list[bool]) -> None:
    editor.form.rows["flow"].box.setValue(10)
    answers.append(False)
    editor.reject()
    assert editor.isVisible()
    answers.append(True)
    editor.reject()
    assert not editor.isVisible()


def test_closing_an_unchanged_one_asks_nothing(editor: BrushEditor, answers: list[bool]) -> None:
    editor.close()
    assert not editor.isVisible()


@pytest.mark.parametrize("name", sorted(load_brushes(places.brushes())))
def test_every_brush_can_be_edited(qtbot: QtBot, own_data: Path, name: str) -> None:
    editor = opened(qtbot, name)
    assert not editor.is_changed()
    image: QImage = editor.preview.image(LIGHT)
    assert not image.isNull() and len(np.unique(to_pixels(image).reshape(-1, 3), axis=0)) > 4


@pytest.mark.parametrize(
    ("title", "name"), [("My flat", "my-flat"), ("  Ölkreide №3 ", "olkreide-no3"), ("a" * 99, "a" * 64)]
)
def test_names_are_made_of_titles(title: str, name: str) -> None:
    assert name_for(title) == name


def test_a_title_without_latin_letters_has_a_name_of_its_own() -> None:
    names = {name_for(title) for title in ("Кисть", "筆", "✳", "Кисть 2")}
    assert len(names) == 4 and all(name.isascii() and name for name in names)
