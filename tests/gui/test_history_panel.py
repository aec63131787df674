"""The history: every step is listed, and a click goes to it, back or forward."""

import pytest
from desktop_studio import Room
from PyQt5.QtCore import QAbstractItemModel, QPoint, Qt
from PyQt5.QtGui import QColor
from pytestqt.qtbot import QtBot

from app.desktop.panels.history_panel import FIRST, HistoryPanel

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    """The studio, showing the history of a drawing with nothing on it."""
    room = Room(qtbot)
    room.studio.side.show_tab("history")
    return room


def model_of(panel: HistoryPanel) -> QAbstractItemModel:
    model = panel.view.model()
    assert model is not None
    return model


def titles(room: Room) -> list[str]:
    model = model_of(room.studio.side.history)
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def click(room: Room, qtbot: QtBot, row: int) -> None:
    view = room.studio.side.history.view
    at = view.visualRect(model_of(room.studio.side.history).index(row, 0)).center()
    qtbot.mouseClick(view.viewport(), Qt.LeftButton, pos=QPoint(at))


def current(room: Room) -> int:
    return room.studio.side.history.view.currentIndex().row()


def test_every_step_is_listed_as_it_is_done(room: Room) -> None:
    assert titles(room) == [FIRST]
    room.draw()
    room.trigger("layer_add")
    room.draw(down=80)
    room.trigger("clear")
    shown = titles(room)
    assert len(shown) == 5
    assert shown[1] == shown[3] == room.studio.panel.brushes()["round"].title
    assert current(room) == 4
    room.trigger("undo")
    assert titles(room) == shown
    assert current(room) == 3
    # What is done instead takes the place of what was taken back.
    room.hand.brush = "flat"
    room.draw(down=20)
    assert titles(room)[:-1] == shown[:-1]
    assert titles(room)[-1] == room.studio.panel.brushes()["flat"].title
    assert current(room) == 4


def test_a_click_goes_back_and_forward(room: Room, qtbot: QtBot) -> None:
    for down in (30, 60, 90):
        room.draw(down=down)
    drawing = room.drawing
    after = drawing.image().copy()
    with qtbot.waitSignal(room.studio.drawing_changed):
        click(room, qtbot, 1)
    assert drawing.position == 1
    assert drawing.image().pixelColor(60, 30).name() == "#c80000"
    assert drawing.image().pixelColor(60, 90) == QColor(Qt.white)
    assert len(titles(room)) == 4
    click(room, qtbot, 3)
    assert drawing.position == 3
    assert drawing.image() == after
    click(room, qtbot, 0)
    assert drawing.position == 0
    assert drawing.is_blank
    assert not room.actions["undo"].isEnabled()
    assert room.actions["redo"].isEnabled()


def test_a_click_on_where_one_is_changes_nothing(room: Room, qtbot: QtBot) -> None:
    room.draw()
    with qtbot.assertNotEmitted(room.studio.side.history.jump_requested):
        click(room, qtbot, 1)


def test_what_was_done_while_it_was_hidden_is_there_when_it_is_shown(room: Room) -> None:
    room.studio.side.show_tab("deal")
    room.draw()
    room.draw(down=80)
    room.studio.side.show_tab("history")
    assert len(titles(room)) == 3
    assert current(room) == 2
    room.studio.set_drawing(None)
    assert titles(room) == [FIRST]


def test_thousands_of_steps_add_a_row_each(room: Room, qtbot: QtBot) -> None:
    drawing = room.drawing
    for _ in range(300):
        room.paint()
    panel = HistoryPanel()
    qtbot.addWidget(panel)
    panel.show_steps(drawing.steps, drawing.position)
    added: list[tuple[int, int]] = []
    model_of(panel).rowsInserted.connect(lambda _parent, first, last: added.append((first, last)))
    room.paint()
    panel.show_steps(drawing.steps, drawing.position)
    assert added == [(301, 301)]
