"""The studio: what is beside the canvas, the tracing, turning, strict duels, and room for all of it."""

from pathlib import Path

import numpy as np
import pytest
from desktop_studio import Room
from PyQt5.QtCore import QPoint, QRect, Qt
from PyQt5.QtGui import QColor, QImage
from PyQt5.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.app_state.view_models import RivalState, show_deal
from app.desktop.pages.studio import MENU
from app.desktop.panels.reference_overlay import NOT_WHEN_STRICT
from app.desktop.panels.studio_sidebar import TABS
from app.desktop.widgets import theme
from app.desktop.widgets.message_bar import MessageBar
from app.desktop.widgets.qimage import to_pixels
from app.game.deck import Deal
from app.images import Picture
from app.painting.document.drawing import Drawing

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")
WAIT_MS = 30_000


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room(qtbot)


def red() -> QImage:
    image = QImage(40, 30, QImage.Format_RGB32)
    image.fill(QColor(255, 0, 0))
    return image


def test_tools_are_taken_by_their_commands(room: Room) -> None:
    for tool in ("eraser", "smudge", "fill", "eyedropper", "brush"):
        room.trigger(tool)
        assert room.hand.tool == tool
        checked = [
            each for each in ("brush", "eraser", "smudge", "fill", "eyedropper") if room.actions[each].isChecked()
        ]
        assert checked == [tool]


def test_tabs_and_their_commands_agree(room: Room) -> None:
    side = room.studio.side
    assert side.tab == "deal"
    room.trigger("layers")
    assert side.tab == "layers"
    assert side.layers.isVisible()
    room.trigger("history")
    assert side.tab == "history"
    assert not room.actions["layers"].isChecked()
    assert side.history.isVisible()
    room.trigger("history")
    assert side.tab == "deal"
    assert not side.history.isVisible()
    for name in TABS:
        side.show_tab(name)
        # Whatever is shown, painting and rivals stay in sight.
        assert side.content.isVisible()
        assert side.painting.isVisible()
        assert all(card.isVisible() for card in side.cards.values())


def test_the_tracing_shows_on_the_canvas_alone(room: Room) -> None:
    tracing, drawing = room.studio.tracing, room.drawing
    tracing.set_image(red())
    assert not room.hand.is_traced
    room.trigger("trace")
    assert room.hand.is_traced
    assert drawing.image().pixelColor(80, 60).green() < 200
    assert float(drawing.picture()[60, 80].min()) == 1.0
    room.draw()
    assert drawing.traced_strokes == 1
    room.trigger("trace")
    assert not room.hand.is_traced
    assert drawing.image().pixelColor(80, 100) == QColor(Qt.white)
    room.draw(down=80)
    assert drawing.traced_strokes == 1


def test_the_tracing_is_dimmed_and_laid_over(room: Room, qtbot: QtBot) -> None:
    tracing, drawing, canvas = room.studio.tracing, room.drawing, room.studio.canvas
    tracing.set_image(red())
    room.trigger("trace")
    shown: list[int] = []
    for share in (0, 500, 1000):
        with qtbot.waitSignal(room.studio.tracing_changed):
            tracing.strength.slider.setValue(share + (share == 0))
        tracing.show_on_canvas()
        shown.append(drawing.image().pixelColor(80, 60).green())
    assert shown[0] > shown[1] > shown[2] == 0
    tracing.set_manner(0.5, is_over=True)
    assert tracing.is_over
    assert tracing.opacity == pytest.approx(0.5, abs=0.01)
    # Over the paint it is the canvas's affair.
    assert drawing.image().pixelColor(80, 60) == QColor(Qt.white)
    at = room.place(80, 60).toPoint()
    seen = canvas.grab().toImage().pixelColor(at * canvas.devicePixelRatioF())
    assert seen.red() == 255
    assert 100 < seen.green() < 155


def test_another_drawing_is_traced_too_and_another_deal_begins_without(room: Room) -> None:
    room.studio.tracing.set_image(red())
    room.trigger("trace")
    other = Drawing(100, 80, brushes=room.studio.panel.brushes())
    room.studio.set_drawing(other)
    assert other.image().pixelColor(50, 40).green() < 200
    room.studio.tracing.set_image(red())
    assert not room.actions["trace"].isChecked()
    assert other.image().pixelColor(50, 40) == QColor(Qt.white)


def test_a_strict_duel_has_no_tracing_and_no_placed_pictures(room: Room) -> None:
    room.studio.tracing.set_image(red())
    room.trigger("trace")
    room.studio.set_strict(True)
    assert not room.hand.is_traced
    assert room.drawing.image().pixelColor(80, 60) == QColor(Qt.white)
    for name in ("trace", "place_picture"):
        assert not room.actions[name].isEnabled()
        assert room.actions[name].toolTip() == NOT_WHEN_STRICT
    room.studio.set_strict(False)
    room.trigger("trace")
    assert room.hand.is_traced
    for name in ("trace", "place_picture"):
        assert room.actions[name].isEnabled()
        assert room.actions[name].toolTip() != NOT_WHEN_STRICT


def test_the_canvas_turns_and_says_how_far(room: Room) -> None:
    def turn() -> QPushButton:
        return next(each for each in room.studio.bar.findChildren(QPushButton) if each.text().endswith("°"))

    room.studio.bar.show()
    room.trigger("rotate_right")
    room.trigger("rotate_right")
    assert turn().text() == "30°"
    assert not turn().isHidden()
    room.trigger("rotate_left")
    room.trigger("rotate_left")
    room.trigger("rotate_left")
    assert turn().text() == "-15°"
    turn().click()
    assert room.studio.canvas.view.angle_deg == 0
    room.studio.bar.close()


def test_commands_make_sense_when_they_can_be_asked_for(room: Room) -> None:
    named = ("undo", "redo", "clear", "replay", "timelapse")
    assert [name for name in named if room.actions[name].isEnabled()] == []
    room.draw()
    assert [name for name in named if room.actions[name].isEnabled()] == ["undo", "clear", "replay", "timelapse"]
    room.trigger("undo")
    assert [name for name in named if room.actions[name].isEnabled()] == ["redo"]
    room.studio.set_drawing(None)
    assert [name for name in (*named, "layer_add", "place_picture") if room.actions[name].isEnabled()] == []


def test_the_menu_has_what_belongs_to_the_whole_drawing(room: Room) -> None:
    menus = [each.menu() for each in room.studio.bar.findChildren(QToolButton) if each.menu() is not None]
    assert len(menus) == 1
    menu = menus[0]
    assert menu is not None
    assert [each.objectName() for each in menu.actions() if not each.isSeparator()] == [
        n for part in MENU for n in part
    ]


def test_what_the_canvas_tells_is_passed_on(room: Room, qtbot: QtBot) -> None:
    room.trigger("layer_hide")
    with qtbot.waitSignal(room.studio.told, timeout=WAIT_MS) as told:
        room.press(40, 40)
    assert "hidden" in told.args[0]
    qtbot.mouseRelease(room.studio.canvas, Qt.LeftButton)


def test_what_was_told_is_taken_back_when_it_is_not_so_any_more(room: Room, qtbot: QtBot) -> None:
    def complain() -> str:
        with qtbot.waitSignal(room.studio.told, timeout=WAIT_MS) as told:
            room.press(40, 40)
        qtbot.mouseRelease(room.studio.canvas, Qt.LeftButton)
        return str(told.args[0])

    room.trigger("layer_add")
    room.trigger("layer_hide")
    below = room.drawing.layers[0].id
    for mend in (
        lambda: room.trigger("layer_hide"),
        lambda: room.studio.side.layers.activated.emit(below),
        lambda: room.trigger("undo"),
        lambda: room.studio.set_drawing(None),
    ):
        if room.drawing.layers[-1].is_visible:
            room.drawing.activate(room.drawing.layers[-1].id)
            room.studio.refresh_commands()
            room.trigger("layer_hide")
        room.drawing.activate(room.drawing.layers[-1].id)
        sentence = complain()
        with qtbot.waitSignal(room.studio.outdated, timeout=WAIT_MS) as outdated:
            mend()
        assert outdated.args == [sentence]
    # It is said once.
    room.studio.set_drawing(Drawing(80, 60, brushes=room.studio.panel.brushes()))
    with qtbot.assertNotEmitted(room.studio.outdated):
        room.draw()


def test_a_message_is_taken_back_only_where_it_shows(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 300)
    window.show()
    bar = MessageBar(window)
    bar.tell("The layer is hidden.")
    bar.take_back("The disk is full.")
    assert bar.isVisible()
    bar.take_back("The layer is hidden.")
    assert not bar.isVisible()


def test_saving_looks_possible_where_it_is(room: Room) -> None:
    (save,) = (each for each in room.studio.bar.findChildren(QPushButton) if each.text().strip() == "Save")
    room.studio.bar.resize(900, 54)
    lightest = {}
    for can_save in (True, False):
        room.actions["save_drawing"].setEnabled(can_save)
        pixels = to_pixels(save.grab().toImage())
        lightest[can_save] = int(pixels.max())
    assert lightest[True] >= theme.colour("text").red() - 10
    assert lightest[False] < lightest[True] - 60


def test_the_deal_is_shown_with_the_painting_s_colours(
    room: Room, deal_files: tuple[Path, Path], painting: Picture
) -> None:
    room.studio.show_deal(show_deal(Deal.of_files(*deal_files)))
    colours = room.studio.panel.painting_colours.colors()
    assert 6 <= len(colours) <= 12
    means = np.array([[c.redF(), c.greenF(), c.blueF()] for c in colours])
    assert np.abs(means.mean(axis=0) - painting.mean(axis=(0, 1))).max() < 0.25
    assert room.studio.content.view.image() is not None


@pytest.mark.parametrize(("width", "height"), [(1366, 714), (1024, 622), (860, 486), (900, 436), (860, 400)])
@pytest.mark.parametrize("tab", TABS)
def test_nothing_is_clipped(qtbot: QtBot, width: int, height: int, tab: str) -> None:
    room = Room(qtbot, width=width, height=height)
    room.studio.side.show_tab(tab)
    room.trigger("symmetry_radial")
    room.studio.panel.options.steadying.activated.emit(2)
    for name, message in (("magenta", "Waiting for its turn"), ("classic", "Loading its network")):
        room.studio.show_rival(RivalState(name, stage="waiting", message=message))
    qtbot.wait(1)
    assert (room.studio.width(), room.studio.height()) == (width, height)
    assert room.studio.canvas.width() >= width * 0.4
    for part in (room.studio.side, room.studio.panel):
        # Else something would lie on something.
        layout = part.layout()
        assert layout is not None
        assert layout.minimumSize().height() <= part.height()
        for each in part.findChildren(QWidget):
            if not each.isVisible() or (isinstance(each.parent(), QWidget) and _scrolls(each, part)):
                continue
            inside = QRect(each.mapTo(part, QPoint(0, 0)), each.size())
            assert part.rect().adjusted(-1, -1, 1, 1).contains(inside), (type(each).__name__, each.accessibleName())
            if isinstance(each, QToolButton | QPushButton):
                assert each.height() >= 18
                assert each.width() >= min(each.sizeHint().width(), 28)
            if isinstance(each, QLabel) and each.sizePolicy().horizontalPolicy() != each.sizePolicy().Ignored:
                assert each.width() >= each.minimumSizeHint().width(), each.text()


def _scrolls(widget: QWidget, part: QWidget) -> bool:
    """Whether the widget lies on something that can be scrolled."""
    above = widget.parentWidget()
    while above is not None and above is not part:
        if above.objectName() == "qt_scrollarea_viewport":
            return True
        above = above.parentWidget()
    return False
