"""The layers beside the canvas: what the panel shows, and that every control of it reaches the drawing."""

import pytest
from desktop_studio import Room
from PyQt5.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PyQt5.QtGui import QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PyQt5.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.app_state.actions import make_actions
from app.desktop.panels.layer_list import MARK_PX, ROW_PX, THUMBNAIL, describe
from app.desktop.panels.layers_panel import LayersPanel
from app.desktop.widgets import theme
from app.painting.document.drawing import Drawing
from app.painting.model.layers import BLENDS, Layer

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")
WAIT_MS = 30_000


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    """The studio, showing the layers of a drawing that has one."""
    room = Room(qtbot)
    room.studio.side.show_tab("layers")
    return room


def names(room: Room) -> list[str]:
    """The names as the list shows them, the topmost first."""
    model = room.studio.side.layers.view.model()
    assert model is not None
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def place_of(room: Room, row: int) -> QPoint:
    view = room.studio.side.layers.view
    model = view.model()
    assert model is not None
    return view.visualRect(model.index(row, 0)).center()


def test_layers_can_be_added_copied_moved_merged_and_deleted(room: Room) -> None:
    drawing = room.drawing
    assert names(room) == ["Paint"]
    enabled = [n for n in ("layer_delete", "layer_merge", "layer_up", "layer_down") if room.actions[n].isEnabled()]
    assert enabled == []
    room.trigger("layer_add")
    assert len(names(room)) == 2
    assert drawing.active == drawing.layers[1].id
    room.trigger("layer_down")
    assert drawing.active == drawing.layers[0].id
    assert not room.actions["layer_merge"].isEnabled()
    room.trigger("layer_up")
    room.trigger("layer_duplicate")
    assert len(drawing.layers) == 3
    room.trigger("layer_merge")
    room.trigger("layer_delete")
    assert names(room) == ["Paint"]
    for _ in range(6):
        room.trigger("undo")
    assert drawing.layers == (Layer(),)
    assert drawing.position == 0


def test_the_upper_layer_is_in_hand_again_when_a_merge_is_undone(room: Room) -> None:
    room.trigger("layer_add")
    upper, lower = room.drawing.active, room.drawing.layers[0].id
    room.trigger("layer_merge")
    assert room.drawing.active == lower
    room.trigger("undo")
    assert room.drawing.active == upper
    room.trigger("redo")
    assert room.drawing.active == lower


def test_a_click_makes_a_layer_the_active_one(room: Room, qtbot: QtBot) -> None:
    drawing = room.drawing
    room.trigger("layer_add")
    above, below = drawing.layers[1].id, drawing.layers[0].id
    assert drawing.active == above
    qtbot.mouseClick(room.studio.side.layers.view.viewport(), Qt.LeftButton, pos=place_of(room, 1))
    assert drawing.active == below
    # No step of the drawing: nothing changed in it.
    assert drawing.position == 1


def test_the_eye_and_the_lock_of_a_row(room: Room, qtbot: QtBot) -> None:
    drawing = room.drawing
    view = room.studio.side.layers.view
    at = place_of(room, 0)
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=QPoint(12, at.y()))
    assert not drawing.layers[0].is_visible
    assert room.actions["layer_hide"].isChecked()
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=QPoint(12, at.y()))
    assert drawing.layers[0].is_visible
    model = view.model()
    assert model is not None
    right = view.visualRect(model.index(0, 0)).right() - 8
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=QPoint(right, at.y()))
    assert drawing.layers[0].is_alpha_locked
    assert room.actions["layer_lock_alpha"].isChecked()
    room.trigger("layer_lock_alpha")
    assert not drawing.layers[0].is_alpha_locked


def test_opacity_is_tried_out_while_dragged_and_one_step_when_let_go(room: Room, qtbot: QtBot) -> None:
    drawing = room.drawing
    room.paint()
    before = drawing.position
    slider = room.studio.side.layers.opacity.slider
    slider.setSliderDown(True)
    for step in (900, 700, 500):
        slider.setValue(step)
    shown = drawing.image().pixelColor(60, 60)
    assert 100 < shown.red() < 155
    assert drawing.position == before
    assert drawing.layers[0].opacity == 1.0
    slider.setSliderDown(False)
    assert drawing.layers[0].opacity == pytest.approx(0.5)
    assert drawing.position == before + 1
    # With keys it is kept once it has come to rest.
    slider.setValue(400)
    qtbot.waitUntil(lambda: drawing.layers[0].opacity == pytest.approx(0.4), timeout=WAIT_MS)
    assert drawing.position == before + 2


def test_what_is_chosen_within_a_stroke_waits_for_its_end(room: Room, qtbot: QtBot) -> None:
    drawing, canvas = room.drawing, room.studio.canvas
    room.press(40, 40)
    assert canvas.is_stroking
    room.studio.side.layers.changed.emit(drawing.active, {"opacity": 0.25})
    assert canvas.is_stroking
    assert drawing.layers[0].opacity == 1.0
    qtbot.mouseRelease(canvas, Qt.LeftButton, pos=room.place(90, 40).toPoint())
    assert drawing.layers[0].opacity == 0.25
    assert [type(step.entry).__name__ for step in drawing.steps] == ["Stroke", "Arrangement"]


def test_blending_is_chosen_from_a_list(room: Room) -> None:
    panel = room.studio.side.layers
    assert [panel.blend.itemText(index) for index in range(panel.blend.count())] == [
        "Normal",
        "Multiply",
        "Screen",
        "Overlay",
    ]
    panel.blend.activated.emit(BLENDS.index("screen"))
    assert room.drawing.layers[0].blend == "screen"
    assert panel.blend.currentText() == "Screen"
    room.trigger("undo")
    assert panel.blend.currentText() == "Normal"


def test_a_double_click_renames(room: Room, qtbot: QtBot) -> None:
    view = room.studio.side.layers.view
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=place_of(room, 0))
    qtbot.mouseDClick(view.viewport(), Qt.LeftButton, pos=place_of(room, 0))
    editor = view.findChild(QLineEdit)
    assert editor is not None
    editor.setText("Sky")
    qtbot.keyClick(editor, Qt.Key_Return)
    qtbot.waitUntil(lambda: names(room) == ["Sky"], timeout=WAIT_MS)
    assert room.drawing.layers[0].name == "Sky"
    qtbot.waitUntil(lambda: view.findChild(QLineEdit) is None, timeout=WAIT_MS)


@pytest.mark.parametrize(
    ("taken", "over", "share", "order"),
    [
        (0, 2, 0.9, ["Layer 2", "Paint", "Layer 3"]),
        (0, 1, 0.9, ["Layer 2", "Layer 3", "Paint"]),
        (2, 0, 0.1, ["Paint", "Layer 3", "Layer 2"]),
        (1, 1, 0.9, ["Layer 3", "Layer 2", "Paint"]),
    ],
)
def test_dragging_puts_a_layer_elsewhere(
    room: Room,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    taken: int,
    over: int,
    share: float,
    order: list[str],
) -> None:
    room.trigger("layer_add")
    room.trigger("layer_add")
    view = room.studio.side.layers.view
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=place_of(room, taken))
    model = view.model()
    assert model is not None
    row = view.visualRect(model.index(over, 0))
    at = QPointF(row.center().x(), row.top() + share * row.height())
    drop = QDropEvent(at, Qt.MoveAction, QMimeData(), Qt.LeftButton, Qt.NoModifier)
    # There is no drag without a person who drags.
    monkeypatch.setattr(drop, "source", lambda: view, raising=False)
    view.dropEvent(drop)
    qtbot.waitUntil(lambda: names(room) == order, timeout=WAIT_MS)
    assert [layer.name for layer in reversed(room.drawing.layers)] == order


def test_where_a_dragged_layer_would_come_is_shown_also_below_the_last(
    room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.trigger("layer_add")
    view = room.studio.side.layers.view
    viewport = view.viewport()
    assert viewport is not None

    def drag_to(down: int) -> None:
        move = QDragMoveEvent(QPoint(60, down), Qt.MoveAction, QMimeData(), Qt.LeftButton, Qt.NoModifier)
        monkeypatch.setattr(move, "source", lambda: view, raising=False)
        view.dragMoveEvent(move)
        assert move.isAccepted()

    def line_at() -> list[int]:
        shown = viewport.grab().toImage()
        ratio = shown.devicePixelRatio()
        accent = theme.colour("accent")
        # Where the active row's frame is there too.
        return [down for down in range(viewport.height()) if shown.pixelColor(0, round(down * ratio)) == accent]

    frame = line_at()
    last = place_of(room, 1)
    for down, gap in ((2, 0), (last.y() - 10, 1), (last.y() + 10, 2), (viewport.height() - 5, 2)):
        drag_to(down)
        assert view.gap == gap
        first, second = (down for down in line_at() if down not in frame)
        assert second == first + 1
        assert abs(first - gap * ROW_PX) <= 4
    view.dragLeaveEvent(QDragLeaveEvent())
    assert line_at() == frame


def test_nothing_is_shown_as_light_as_paper(room: Room, qtbot: QtBot) -> None:
    panel = room.studio.side.layers
    qtbot.waitUntil(lambda: panel.thumbnail(room.drawing.active) is not None, timeout=WAIT_MS)
    viewport = panel.view.viewport()
    assert viewport is not None
    shown = viewport.grab().toImage()
    at = QPointF(MARK_PX + THUMBNAIL.width() / 2, place_of(room, 0).y()) * shown.devicePixelRatio()
    seen = {shown.pixelColor(at.toPoint() + QPoint(across, 0)).lightness() for across in range(-8, 8)}
    assert min(seen) > 200
    # And yet it is told apart from paper.
    assert max(seen) - min(seen) > 15


def test_going_back_and_forth_takes_the_layer_that_it_is_about(room: Room) -> None:
    drawing = room.drawing
    first = drawing.active
    room.draw()
    room.trigger("layer_add")
    second = drawing.active
    room.draw()
    drawing.activate(first)
    room.trigger("undo")
    assert drawing.active == second
    room.trigger("undo")
    # Its layer is gone with it.
    assert drawing.active == first
    room.trigger("redo")
    assert drawing.active == second
    room.draw()
    drawing.activate(first)
    room.trigger("layer_hide")
    drawing.activate(second)
    room.trigger("undo")
    assert drawing.active == first
    drawing.activate(second)
    room.trigger("redo")
    assert drawing.active == first
    room.studio.side.history.jump_requested.emit(3)
    assert drawing.active == first
    room.studio.side.history.jump_requested.emit(2)
    assert drawing.active == second
    room.studio.side.history.jump_requested.emit(1)
    assert drawing.active == first


def test_small_pictures_follow_the_strokes(room: Room, qtbot: QtBot) -> None:
    drawing, panel = room.drawing, room.studio.side.layers
    layer = drawing.active
    qtbot.waitUntil(lambda: panel.thumbnail(layer) is not None, timeout=WAIT_MS)
    made = panel.thumbnail(layer)
    assert made is not None
    assert made.toImage().pixelColor(20, 17).alpha() == 0
    room.paint()
    room.studio.canvas.stroke_ended.emit()

    def shows_paint() -> bool:
        made = panel.thumbnail(layer)
        return made is not None and made.toImage().pixelColor(20, 17).blue() > 200

    qtbot.waitUntil(shows_paint, timeout=WAIT_MS)
    room.trigger("undo")
    qtbot.waitUntil(lambda: not shows_paint(), timeout=WAIT_MS)


def test_what_cannot_be_done_is_told_in_a_sentence(room: Room, qtbot: QtBot) -> None:
    drawing = room.drawing
    room.trigger("layer_add")
    room.trigger("layer_hide")
    with qtbot.waitSignal(room.studio.told, timeout=WAIT_MS) as told:
        room.trigger("layer_merge")
    sentence, _tone = told.args
    assert sentence.endswith(".")
    assert len(drawing.layers) == 2


def test_other_drawings_bring_their_layers(room: Room) -> None:
    room.trigger("layer_add")
    room.studio.set_drawing(Drawing(80, 60, brushes=room.studio.panel.brushes()))
    assert names(room) == ["Paint"]
    room.studio.set_drawing(None)
    assert names(room) == []
    assert not room.studio.side.layers.isEnabled()
    assert not room.actions["layer_add"].isEnabled()


def test_a_layer_is_described_by_what_is_special() -> None:
    assert describe(Layer()) == ""
    assert describe(Layer(blend="multiply", opacity=0.4, is_visible=False)) == "Multiply, 40 %, hidden"


def test_the_panel_alone_shows_the_topmost_first(qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    panel = LayersPanel(make_actions(owner))
    qtbot.addWidget(panel)
    panel.show_layers([Layer(0, "Ground"), Layer(4, "Figures", opacity=0.3)], active=4)
    model = panel.view.model()
    assert model is not None
    assert model.rowCount(QModelIndex()) == 2
    assert [model.index(row, 0).data() for row in (0, 1)] == ["Figures", "Ground"]
    assert panel.opacity.value() == pytest.approx(0.3, abs=0.002)
    assert panel.view.currentIndex().row() == 0
