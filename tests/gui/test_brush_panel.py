"""The left of the studio: tools hold their own brush, size and opacity; colours, options and shelf change the hand."""

from pathlib import Path

import pytest
from desktop_studio import Room, drag
from PyQt5.QtCore import QPoint, QRect, QSize, Qt
from PyQt5.QtGui import QColor
from PyQt5.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app import places
from app.desktop.canvas.tool_state import SMUDGE_BRUSH
from app.desktop.panels import brush_list
from app.desktop.panels.brush_list import preview
from app.desktop.panels.brush_panel import LEAST_SIZE_PX, MOST_SIZE_PX, TOOLS
from app.desktop.panels.colour_picker import ColourWheel
from app.desktop.widgets.qimage import to_pixels
from app.painting.brushes.brush import brush_with, own_and_players
from app.painting.brushes.user_brushes import save_brush
from app.painting.document.drawing import Drawing
from app.painting.model.stroke import Stroke, as_points

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set", "propagateSizeHints")
WAIT_MS = 30_000


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return Room(qtbot)


def tile(room: Room, title: str) -> QToolButton:
    """The brush of that title on the shelf."""
    # A layout shows what it is given when it is asked to lay out.
    QApplication.processEvents()
    found = [
        each
        for each in room.studio.panel.shelf.findChildren(QToolButton)
        if each.accessibleName() == title and not each.isHidden()
    ]
    assert len(found) == 1, title
    return found[0]


def test_each_tool_has_its_own_size_and_opacity(room: Room) -> None:
    panel = room.studio.panel
    for number, tool in enumerate(("brush", "eraser", "smudge")):
        room.trigger(tool)
        panel.size_slider.slider.setValue(300 + 100 * number)
        panel.opacity_slider.slider.setValue(500 + 100 * number)
    shown = {}
    for tool in ("brush", "eraser", "smudge"):
        room.trigger(tool)
        shown[tool] = (panel.size_slider.value(), panel.opacity_slider.value())
        assert (room.hand.grip().size_px, room.hand.grip().opacity) == pytest.approx(shown[tool], rel=0.02)
    assert len(set(shown.values())) == 3
    assert room.hand.opacity == pytest.approx(0.5)


def test_only_the_options_of_the_tool_in_hand_are_shown(room: Room) -> None:
    options, panel = room.studio.panel.options, room.studio.panel
    parts = ("steadying", "strength", "copies", "tolerance")
    wanted = {
        "brush": ("steadying",),
        "eraser": ("steadying",),
        "smudge": ("steadying",),
        "fill": ("tolerance",),
        "eyedropper": (),
    }
    assert set(wanted) == set(TOOLS)
    for tool, shown in wanted.items():
        room.trigger(tool)
        assert tuple(name for name in parts if getattr(options, name).isVisible()) == shown
        assert panel.size_slider.isEnabled() == (tool in ("brush", "eraser", "smudge"))
    room.trigger("fill")
    options.tolerance.slider.setValue(1000)
    assert room.hand.fill_tolerance == 1.0


def test_steadying(room: Room, qtbot: QtBot) -> None:
    options = room.studio.panel.options
    with qtbot.waitSignal(room.studio.panel.hand_changed):
        options.steadying.activated.emit(1)
    assert room.hand.stabiliser == "rope"
    assert options.strength.isVisible()
    options.strength.slider.setValue(800)
    assert room.hand.stabiliser_strength == pytest.approx(0.8)
    options.steadying.activated.emit(0)
    assert room.hand.stabiliser == "none"
    assert not options.strength.isVisible()


def test_of_the_symmetries_one_holds_at_most(room: Room) -> None:
    options = room.studio.panel.options
    room.trigger("symmetry_mirror")
    assert room.hand.symmetry_kind == "mirror"
    assert not options.copies.isVisible()
    room.trigger("symmetry_radial")
    assert room.hand.symmetry_kind == "radial"
    assert not room.actions["symmetry_mirror"].isChecked()
    assert options.copies.isVisible()
    options.copies.slider.setValue(1000)
    assert room.hand.symmetry_count == 24
    room.trigger("symmetry_radial")
    assert room.hand.symmetry_kind == "none"


def test_brushes_remember_their_size_and_the_eraser_its_shape(room: Room) -> None:
    panel, hand = room.studio.panel, room.hand
    panel.size_slider.slider.setValue(700)
    chosen = hand.size_px
    tile(room, own_and_players()["flat"].title).click()
    assert (hand.brush, hand.size_px) == ("flat", own_and_players()["flat"].size_px)
    tile(room, own_and_players()["round"].title).click()
    assert (hand.brush, hand.size_px) == ("round", chosen)
    room.trigger("eraser")
    tile(room, own_and_players()["ink"].title).click()
    assert (hand.tool, hand.eraser.brush, hand.brush) == ("eraser", "ink", "round")
    room.trigger("fill")
    tile(room, own_and_players()["flat"].title).click()
    assert (hand.tool, hand.brush) == ("brush", "flat")


def test_size_and_opacity_go_in_steps_and_stay_in_their_range(room: Room) -> None:
    hand = room.hand
    for _ in range(60):
        room.trigger("larger")
    assert hand.size_px == MOST_SIZE_PX
    for _ in range(90):
        room.trigger("smaller")
    assert hand.size_px == LEAST_SIZE_PX
    for _ in range(12):
        room.trigger("fainter")
    assert hand.opacity == pytest.approx(0.1)
    room.trigger("stronger")
    assert hand.opacity == pytest.approx(0.2)


def test_colours(room: Room) -> None:
    panel, hand = room.studio.panel, room.hand
    room.trigger("eraser")
    panel.set_color(QColor(1, 2, 3))
    assert (hand.tool, hand.color) == ("brush", QColor(1, 2, 3))
    room.trigger("swap_colours")
    assert (hand.color, panel.second_color) == (QColor(Qt.white), QColor(1, 2, 3))
    room.trigger("plain_colours")
    assert hand.color == QColor(Qt.black)
    panel.set_color(QColor(9, 8, 7))
    room.draw()
    assert panel.recent_swatches.colors()[0] == QColor(9, 8, 7)


def test_the_painting_s_colours_have_their_shares(room: Room, qtbot: QtBot) -> None:
    colours = room.studio.panel.painting_colours
    colours.resize(200, 60)
    colours.set_colors([(QColor(200, 0, 0), 0.75), (QColor(0, 0, 200), 0.25)])
    assert colours.colors() == [QColor(200, 0, 0), QColor(0, 0, 200)]
    swatches = colours.findChildren(QToolButton)
    assert swatches[0].toolTip() == "#c80000, 75 % of the painting"
    bar = colours.grab().toImage()
    ratio = bar.devicePixelRatio()
    row = [bar.pixelColor(round(share * 200 * ratio), round(3 * ratio)).name() for share in (0.1, 0.7, 0.8, 0.95)]
    assert row == ["#c80000", "#c80000", "#0000c8", "#0000c8"]
    with qtbot.waitSignal(colours.color_chosen):
        swatches[1].click()
    assert room.hand.color == QColor(0, 0, 200)


def test_the_kit_comes_first_and_can_be_painted_with(room: Room) -> None:
    panel = room.studio.panel
    kit = brush_with(own_and_players()["flat"], name="kit-broad", title="Broad", hint="As the painting's strokes.")
    room.studio.set_kit([kit])
    assert next(iter(panel.brushes())) == "kit-broad"
    tile(room, "Broad").click()
    assert room.hand.brush == "kit-broad"
    room.draw()
    assert room.drawing.strokes[-1].brush == "kit-broad"
    # With the next deal it goes, and what was in hand is another brush.
    room.studio.set_kit([])
    assert "kit-broad" not in panel.brushes()
    assert room.hand.brush in panel.brushes()
    room.draw(down=80)
    assert len(room.drawing.strokes) == 2


def test_own_brushes_are_marked(room: Room, own_data: Path) -> None:
    flat = own_and_players()["flat"]
    save_brush(places.own_brushes(), "my-flat", "My flat", flat, {"spacing": 0.3})
    mine = brush_with(flat, name="my-flat", title="My flat")
    room.studio.set_brushes({"flat": flat, "my-flat": mine})
    assert "your own" in tile(room, "My flat").toolTip()
    assert "your own" not in tile(room, flat.title).toolTip()


def test_tooltips_show_the_keys_that_are_chosen(room: Room) -> None:
    panel = room.studio.panel
    assert "[ [ ] and [ ] ]" in panel.size_slider.toolTip()
    room.studio.set_keys({"smaller": ["Q"], "larger": ["W"], "smudge": ["K"]})
    assert "[ Q ] and [ W ]" in panel.size_slider.toolTip()
    assert room.actions["smudge"].toolTip().endswith("[K]")


def test_a_preview_shows_the_brush_s_stroke_in_its_colour(qtbot: QtBot) -> None:
    for color, paper in ((QColor(200, 0, 0), (246, 243, 238)), (QColor(255, 255, 240), (70, 67, 64))):
        made = preview(own_and_players(), "round", color, QSize(72, 40)).toImage()
        pixels = to_pixels(made)
        assert tuple(pixels[2, 2]) == paper
        near = abs(pixels.astype(int) - [color.red(), color.green(), color.blue()]).max(axis=2) < 40
        assert 0.08 < near.mean() < 0.6


def shown_in_the_viewport(room: Room, title: str) -> bool:
    """Whether all of a brush's tile is in sight."""
    viewport = room.studio.panel.shelf.viewport()
    assert viewport is not None
    each = tile(room, title)
    return viewport.rect().contains(QRect(each.mapTo(viewport, QPoint(0, 0)), each.size()))


def full_shelf(room: Room) -> list[str]:
    """All our brushes on the shelf, and their names."""
    brushes = own_and_players()
    room.studio.set_brushes(brushes)
    return list(brushes)


def test_the_brush_in_hand_is_in_sight(room: Room, qtbot: QtBot) -> None:
    last = next(name for name in reversed(full_shelf(room)) if name != SMUDGE_BRUSH)
    room.studio.panel.take(last)
    title = own_and_players()[last].title
    qtbot.waitUntil(lambda: shown_in_the_viewport(room, title), timeout=WAIT_MS)
    # Also when the shelf is filled again, and where there is less room.
    full_shelf(room)
    qtbot.waitUntil(lambda: shown_in_the_viewport(room, title), timeout=WAIT_MS)
    room.studio.resize(1100, 440)
    qtbot.waitUntil(lambda: shown_in_the_viewport(room, title), timeout=WAIT_MS)


def test_a_brush_that_was_saved_is_near_the_top_and_in_sight(room: Room, own_data: Path, qtbot: QtBot) -> None:
    full_shelf(room)
    flat = own_and_players()["flat"]
    save_brush(places.own_brushes(), "my-flat", "My flat", flat, {"spacing": 0.3})
    room.hand.brush = "my-flat"
    full_shelf(room)
    qtbot.waitUntil(lambda: shown_in_the_viewport(room, "My flat"), timeout=WAIT_MS)
    assert tile(room, "My flat").isChecked()
    captions = [each.text() for each in room.studio.panel.shelf.findChildren(QLabel) if each.isVisible()]
    assert captions == ["Yours", "All brushes"]
    shelf = room.studio.panel.shelf.widget()
    assert shelf is not None
    assert tile(room, "My flat").mapTo(shelf, QPoint(0, 0)).y() < tile(room, flat.title).mapTo(shelf, QPoint(0, 0)).y()


def test_what_smears_is_on_the_shelf_only_for_smudging(room: Room) -> None:
    panel, hand = room.studio.panel, room.hand
    (fingertip,) = (each for each in panel.shelf.findChildren(QToolButton) if each.accessibleName() == "Fingertip")
    for tool in ("brush", "eraser", "fill"):
        room.trigger(tool)
        assert not fingertip.isVisible()
    room.trigger("smudge")
    assert fingertip.isVisible()
    assert fingertip.isChecked()
    tile(room, own_and_players()["flat"].title).click()
    assert (hand.tool, hand.smudge.brush) == ("smudge", "flat")
    fingertip.click()
    assert (hand.tool, hand.smudge.brush) == ("smudge", SMUDGE_BRUSH)
    # Whoever had it in hand as a brush has one that paints.
    room.trigger("brush")
    hand.brush = SMUDGE_BRUSH
    full_shelf(room)
    assert hand.brush != SMUDGE_BRUSH


def test_the_latest_colours_are_those_of_the_drawing_s_last_strokes(room: Room) -> None:
    other = Drawing(80, 60, brushes=room.studio.panel.brushes())
    points = as_points([(10.0, 10.0, 1.0), (60.0, 50.0, 1.0)])
    painted = [(10 * number, 200, 30) for number in range(8)]
    for number, color in enumerate([*painted, painted[3]]):
        mode = "fill" if number == 5 else "paint"
        other.apply(Stroke("round", color=color, size_px=6, points=points, mode=mode))
    other.apply(Stroke("round", color=(1, 2, 3), size_px=6, points=points, mode="erase"))
    room.studio.set_drawing(other)
    shown = [each.getRgb()[:3] for each in room.studio.panel.recent_swatches.colors()]
    assert shown == [painted[3], painted[7], painted[6], painted[5], painted[4], painted[2]]
    # A new drawing has no colours, and the player goes on with those that were in use.
    room.studio.set_drawing(Drawing(80, 60))
    assert [each.getRgb()[:3] for each in room.studio.panel.recent_swatches.colors()] == shown


def test_previews_that_fail_are_told_once(room: Room, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf, asked = room.studio.panel.shelf, []
    # Those that are being made when the fault comes.
    qtbot.waitUntil(lambda: not shelf.is_previewing, timeout=WAIT_MS)

    def fail(_brushes: object, name: str, *_rest: object) -> None:
        asked.append(name)
        raise ValueError("no such stroke")

    monkeypatch.setattr(brush_list, "preview", fail)
    with qtbot.captureExceptions() as faults:
        shelf.set_color(QColor(0, 90, 200))
        qtbot.waitUntil(lambda: not shelf.is_previewing, timeout=WAIT_MS)
        shelf.set_color(QColor(0, 200, 90))
        qtbot.waitUntil(lambda: not shelf.is_previewing, timeout=WAIT_MS)
    assert len(asked) == 2 * len(room.studio.panel.brushes())
    assert len(faults) == 1
    assert isinstance(faults[0][1], ValueError)


def test_the_wheel_s_room_can_go_to_the_brushes_and_stays_so(room: Room, qtbot: QtBot) -> None:
    panel = room.studio.panel
    before = panel.shelf.height()
    grip = panel.divider.handle(1)
    assert grip is not None
    middle = grip.rect().center()
    qtbot.mousePress(grip, Qt.LeftButton, pos=middle)
    drag(grip, middle - QPoint(0, panel.wheel.height()))
    qtbot.mouseRelease(grip, Qt.LeftButton, pos=middle - QPoint(0, panel.wheel.height()))
    QApplication.processEvents()
    assert panel.shelf.height() > before + 80
    roomy = panel.divider.sizes()[0]
    room.studio.resize(1100, 760)
    QApplication.processEvents()
    assert panel.divider.sizes()[0] == roomy == 0


@pytest.mark.parametrize("height", [80, 150])
def test_the_wheel_gives_every_colour_also_where_it_is_flat(room: Room, qtbot: QtBot, height: int) -> None:
    wheel = ColourWheel()
    qtbot.addWidget(wheel)
    wheel.resize(230, height)
    wheel.show()
    seen: set[int] = set()
    for down in range(2, height, 3):
        for across in range(2, 230, 4):
            wheel.set_color(QColor(200, 40, 40))
            qtbot.mouseClick(wheel, Qt.LeftButton, pos=QPoint(across, down))
            color = wheel.color()
            seen.add(round(color.hueF() * 6) % 6 if color.saturationF() > 0.2 and color.valueF() > 0.2 else -1)
    assert seen >= set(range(6))
    wheel.set_color(QColor(200, 40, 40))
    shown = wheel.grab().toImage()
    wheel.set_color(QColor.fromHsvF(0.6, 0.9, 0.9))
    assert wheel.grab().toImage() != shown
