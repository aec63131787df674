"""The canvas: where paint appears, what pen, mouse and keys do, and what a repaint touches."""

import itertools
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt
from PyQt5.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.desktop import guides
from app.desktop.canvas import Canvas
from app.desktop.hand import Hand
from app.desktop.pixels import to_pixels
from app.painting.drawing import Drawing
from app.painting.stroke import Stroke

# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")
CLOCK = itertools.count(1000, 16)
PRESS, MOVE, RELEASE = QEvent.MouseButtonPress, QEvent.MouseMove, QEvent.MouseButtonRelease
RATIOS = (1.0, 1.25, 1.5, 2.0)


@pytest.fixture
def canvas(qtbot: QtBot) -> Canvas:
    canvas = Canvas(Hand(brush="round", size_px=20, color=QColor(0, 0, 0), has_speed_pressure=False))
    qtbot.addWidget(canvas)
    canvas.resize(500, 400)
    canvas.set_drawing(Drawing(200, 150))
    canvas.show()
    return canvas


def on_widget(canvas: Canvas, x: float, y: float) -> QPointF:
    return canvas.view.transform().map(QPointF(x, y))


def mouse(
    canvas: Canvas,
    kind: QEvent.Type,
    x: float,
    y: float,
    *,
    is_echo: bool = False,
    button: Qt.MouseButton = Qt.LeftButton,
    modifiers: Qt.KeyboardModifiers | Qt.KeyboardModifier = Qt.NoModifier,
) -> None:
    """A mouse's event over a point of the drawing."""
    at = on_widget(canvas, x, y)
    source = Qt.MouseEventSynthesizedByQt if is_echo else Qt.MouseEventNotSynthesized
    event = QMouseEvent(kind, at, at, at, Qt.NoButton if kind == MOVE else button, button, modifiers, source)
    event.setTimestamp(next(CLOCK))
    QApplication.sendEvent(canvas, event)


def drag(canvas: Canvas, *places: tuple[float, float], **how: Any) -> None:
    """Press the mouse at the first place of the drawing, go to the others, let go at the last."""
    mouse(canvas, PRESS, *places[0], **how)
    for place in places[1:]:
        mouse(canvas, MOVE, *place, **how)
    mouse(canvas, RELEASE, *places[-1], **how)


def key(canvas: Canvas, kind: QEvent.Type, code: int) -> None:
    """A key's press or release, as one of its own that brings no modifier."""
    QApplication.sendEvent(canvas, QKeyEvent(kind, code, Qt.NoModifier))


def drawing_of(canvas: Canvas) -> Drawing:
    drawing = canvas.drawing()
    assert drawing is not None
    return drawing


def seen(canvas: Canvas, ratio: float = 1.0) -> NDArray[np.int64]:
    """What a screen of that many px per px of the widget shows of the canvas: [H, W, 3]."""
    image = QImage(round(canvas.width() * ratio), round(canvas.height() * ratio), QImage.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    canvas.render(image)
    image.setDevicePixelRatio(1.0)
    return to_pixels(image).astype(int)


def pen(
    canvas: Canvas,
    kind: QEvent.Type,
    x: float,
    y: float,
    *,
    pressure: float = 0.5,
    pointer: int = QTabletEvent.Pen,
    tilt: tuple[int, int] = (0, 0),
    button: Qt.MouseButton = Qt.LeftButton,
    held: Qt.MouseButtons | Qt.MouseButton = Qt.LeftButton,
) -> QTabletEvent:
    """A pen's event over a point of the drawing."""
    at = on_widget(canvas, x, y)
    button = Qt.NoButton if kind == QEvent.TabletMove else button
    event = QTabletEvent(
        kind, at, at, QTabletEvent.Stylus, pointer, pressure, *tilt, 0.0, 0.0, 0, Qt.NoModifier, 7, button, held
    )
    event.setTimestamp(next(CLOCK))
    QApplication.sendEvent(canvas, event)
    return event


def test_a_fitted_view_shows_the_whole_drawing(canvas: Canvas) -> None:
    corners = [on_widget(canvas, x, y) for x in (0, 200) for y in (0, 150)]
    assert all(0 <= corner.x() <= 500 and 0 <= corner.y() <= 400 for corner in corners)
    canvas.resize(300, 600)
    corner = on_widget(canvas, 200, 150)
    assert 0 <= corner.x() <= 300 and 0 <= corner.y() <= 600


def test_a_turned_drawing_is_fitted_as_it_lies_and_again_when_it_is_upright(canvas: Canvas) -> None:
    upright = canvas.view.zoom
    canvas.rotate_by(45)
    assert canvas.view.zoom == upright
    canvas.fit()
    assert canvas.view.angle_deg == 45
    assert canvas.view.zoom < upright
    corners = [on_widget(canvas, x, y) for x in (0, 200) for y in (0, 150)]
    assert all(0 <= corner.x() <= 500 and 0 <= corner.y() <= 400 for corner in corners)
    canvas.reset_rotation()
    assert canvas.view.zoom == upright
    # A view of the person's own stays as close as it is.
    canvas.zoom_by(3.0)
    canvas.rotate_by(45)
    canvas.reset_rotation()
    assert canvas.view.zoom == pytest.approx(3 * upright)


def test_a_pen_draws_with_its_pressure_and_is_accepted(canvas: Canvas) -> None:
    assert pen(canvas, QEvent.TabletPress, 50, 50, pressure=0.25).isAccepted()
    pen(canvas, QEvent.TabletMove, 90, 60, pressure=0.75)
    pen(canvas, QEvent.TabletRelease, 90, 60, pressure=0.0)
    drawing = canvas.drawing()
    assert drawing is not None
    (stroke,) = drawing.strokes
    assert stroke.points[:2, 2].tolist() == [0.25, 0.75]
    assert np.allclose(stroke.points[0, :2], (50, 50), atol=0.01)
    assert stroke.mode == "paint"


def test_the_pens_other_end_erases(canvas: Canvas) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50, pointer=QTabletEvent.Eraser)
    pen(canvas, QEvent.TabletRelease, 50, 50, pointer=QTabletEvent.Eraser)
    drawing = canvas.drawing()
    assert drawing is not None and drawing.strokes[0].mode == "erase"


def test_a_pen_and_its_mouse_echo_draw_once(canvas: Canvas) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50)
    mouse(canvas, PRESS, 50, 50)
    pen(canvas, QEvent.TabletMove, 80, 50)
    mouse(canvas, MOVE, 80, 50, is_echo=True)
    mouse(canvas, MOVE, 80, 50)
    pen(canvas, QEvent.TabletRelease, 80, 50)
    mouse(canvas, RELEASE, 80, 50)
    mouse(canvas, PRESS, 80, 50)
    drawing = canvas.drawing()
    assert drawing is not None
    assert len(drawing.strokes) == 1 and not canvas.is_stroking
    assert len(drawing.strokes[0].points) == 2
    for _ in range(40):
        next(CLOCK)
    mouse(canvas, PRESS, 80, 50)
    mouse(canvas, RELEASE, 80, 50)
    assert len(drawing.strokes) == 2


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize("zoom", [0.27, 0.5, 1.0, 2.6])
@pytest.mark.parametrize(
    ("angle", "is_mirrored"), [(0.0, False), (0.0, True), (90.0, False), (33.0, False), (-75.0, True)]
)
def test_paint_appears_under_exactly_that_px_of_the_screen(
    canvas: Canvas, ratio: float, zoom: float, angle: float, is_mirrored: bool
) -> None:
    canvas.set_drawing(Drawing(900, 700))
    seen(canvas, ratio)
    canvas.set_mirrored(is_mirrored)
    canvas.view.zoom_to(zoom / ratio)
    canvas.rotate_by(angle)
    canvas.hand.size_px = 5.0 / zoom
    before = seen(canvas, ratio)
    px = np.array([round(271 * ratio), round(183 * ratio)])
    at = QPointF(*((px + 0.5) / ratio).tolist())
    for kind in (PRESS, RELEASE):
        event = QMouseEvent(kind, at, at, at, Qt.LeftButton, Qt.LeftButton, Qt.NoModifier)
        event.setTimestamp(next(CLOCK))
        QApplication.sendEvent(canvas, event)
    canvas.leaveEvent(None)
    darkened = np.clip((before - seen(canvas, ratio)).sum(axis=2), 0, None).astype(float)
    assert darkened[px[1], px[0]] > 0.8 * darkened.max() > 100
    rows, columns = np.mgrid[0 : darkened.shape[0], 0 : darkened.shape[1]]
    middle = ((columns * darkened).sum() / darkened.sum(), (rows * darkened).sum() / darkened.sum())
    assert np.hypot(*(middle - px)) < 0.6
    assert darkened[np.hypot(columns - px[0], rows - px[1]) > 9].max() == 0


@pytest.mark.parametrize("ratio", RATIOS)
@pytest.mark.parametrize(("angle", "is_mirrored"), [(0.0, False), (0.0, True), (90.0, False), (180.0, True)])
def test_at_actual_size_each_px_is_itself(canvas: Canvas, ratio: float, angle: float, is_mirrored: bool) -> None:
    drawing = Drawing(301, 233)
    noise = np.random.default_rng(5).integers(0, 256, (233, 301, 3), dtype=np.uint8)
    drawing.place(np.dstack([noise, np.full((233, 301), 255, np.uint8)]), title="Noise", rect=QRectF(0, 0, 301, 233))
    canvas.set_drawing(drawing)
    seen(canvas, ratio)
    canvas.show_actual_size()
    canvas.set_mirrored(is_mirrored)
    canvas.rotate_by(angle)
    canvas.view.pan(QPointF(3.3, -2.7))
    shown = seen(canvas, ratio)
    if is_mirrored:
        shown = shown[:, ::-1]
    shown = np.rot90(shown, round(canvas.view.angle_deg / 90))
    # Somewhere in there the noise stands, px for px.
    row, column = np.argwhere((shown == noise[0, 0]).all(axis=2))[0]
    part = shown[row : row + 233, column : column + 301]
    assert (part == noise[: part.shape[0], : part.shape[1]]).all() and part.size > 100_000


@pytest.mark.parametrize("ratio", RATIOS)
def test_px_are_sharp_wherever_the_canvas_lies_in_its_window(qtbot: QtBot, ratio: float) -> None:
    noise = np.random.default_rng(6).integers(0, 256, (100, 120, 3), dtype=np.uint8)
    drawing = Drawing(120, 100)
    drawing.place(np.dstack([noise, np.full((100, 120), 255, np.uint8)]), title="Noise", rect=QRectF(0, 0, 120, 100))
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(600, 480)
    canvas = Canvas(Hand())
    canvas.setParent(window)
    canvas.setGeometry(13, 17, 500, 400)
    canvas.set_drawing(drawing)
    window.show()
    image = QImage(round(600 * ratio), round(480 * ratio), QImage.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    window.render(image)
    canvas.show_actual_size()
    window.render(image)
    image.setDevicePixelRatio(1.0)
    shown = to_pixels(image)
    row, column = np.argwhere((shown == noise[0, 0]).all(axis=2))[0]
    assert (shown[row : row + 100, column : column + 120] == noise).all()


def looks(canvas: Canvas, zoom: float, angle: float) -> None:
    canvas.view.zoom_to(zoom)
    canvas.view.rotate_to(angle)
    canvas.view.pan(QPointF(11.3, -7.7))
    canvas.repaint()


@pytest.mark.parametrize(("zoom", "angle"), [(1.37, 0.0), (0.31, 0.0), (0.5, 0.0), (0.23, 20.0), (1.0, -40.0)])
def test_repainting_the_dirty_part_gives_the_same_as_repainting_all(
    canvas: Canvas, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, zoom: float, angle: float
) -> None:
    qtbot.waitExposed(canvas)
    canvas.set_drawing(Drawing(1000, 751))
    looks(canvas, zoom, angle)
    asked: list[QRect] = []
    monkeypatch.setattr(canvas, "update", asked.append)
    drawing = drawing_of(canvas)
    before = seen(canvas)
    drawing.begin(canvas.hand.stroke())
    canvas.refresh(drawing.add_points([(560.0, 360.0, 1.0), (610.0, 380.0, 1.0)]))
    drawing.end()
    canvas.refresh(drawing.last_dirty)
    after = seen(canvas)
    changed = np.abs(after - before).max(axis=2) > 0
    assert changed.any()
    covered = np.zeros_like(changed)
    for rect in asked:
        covered[max(rect.top(), 0) : rect.bottom() + 1, max(rect.left(), 0) : rect.right() + 1] = True
    assert not (changed & ~covered).any()
    assert covered.mean() < 0.5
    monkeypatch.undo()
    canvas.refresh()
    assert (seen(canvas) == after).all()


def test_a_small_view_does_not_lose_fine_lines(canvas: Canvas) -> None:
    drawing = Drawing(1600, 1200)
    lines = np.full((1200, 1600, 4), 255, np.uint8)
    lines[:, ::8, :3] = 0
    drawing.place(lines, title="Lines", rect=QRectF(0, 0, 1600, 1200))
    canvas.set_drawing(drawing)
    canvas.view.zoom_to(0.125)
    shown = seen(canvas)
    middle = shown[180:220, 200:300]
    # Each px of the screen is the mean of eight by eight of the drawing, one column of which is black.
    assert np.abs(middle - 255 * 7 / 8).max() < 6


def test_what_comes_before_a_repaint_is_painted_at_once_and_whole(
    canvas: Canvas, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = drawing_of(canvas)
    batches: list[int] = []
    add_points = drawing.add_points

    def noted(points: list[Any]) -> QRect:
        batches.append(len(points))
        return add_points(points)

    monkeypatch.setattr(drawing, "add_points", noted)
    mouse(canvas, PRESS, 20, 20)
    for step in range(12):
        mouse(canvas, MOVE, 30 + 10 * step, 40)
    assert batches == [1]
    qapp.processEvents()
    assert batches == [1, 12]
    mouse(canvas, MOVE, 150, 60)
    mouse(canvas, RELEASE, 150, 60)
    assert sum(batches) == len(drawing.strokes[0].points) == 15
    times = drawing.strokes[0].points[:, 3]
    assert times[0] == 0 and np.diff(times).tolist() == [16.0] * 14


# The pen


def test_a_pens_tilt_lies_on_the_drawing_as_it_does_on_the_tablet(canvas: Canvas) -> None:
    canvas.rotate_by(90)
    pen(canvas, QEvent.TabletPress, 50, 50, tilt=(0, 40))
    pen(canvas, QEvent.TabletRelease, 50, 50, tilt=(0, 40))
    (stroke,) = drawing_of(canvas).strokes
    assert stroke.points[0, 4:].tolist() == pytest.approx([40, 0], abs=1e-4)


@pytest.mark.parametrize("is_touching", [False, True])
def test_the_barrel_button_takes_a_colour(canvas: Canvas, qtbot: QtBot, is_touching: bool) -> None:
    drawing = drawing_of(canvas)
    drawing.apply(Stroke("round", (200, 30, 40), 60.0, points=np.array([(50, 50, 1.0), (60, 50, 1.0)])))
    tip = Qt.LeftButton if is_touching else Qt.NoButton
    with qtbot.waitSignal(canvas.color_picked) as picked, qtbot.waitSignal(canvas.picking_ended):
        pen(canvas, QEvent.TabletPress, 55, 50, button=Qt.RightButton, held=Qt.RightButton, pressure=0)
        if is_touching:
            pen(canvas, QEvent.TabletPress, 55, 50, held=Qt.LeftButton | Qt.RightButton)
            pen(canvas, QEvent.TabletRelease, 55, 50, held=Qt.RightButton)
        pen(canvas, QEvent.TabletMove, 56, 51, held=tip | Qt.RightButton)
        pen(canvas, QEvent.TabletRelease, 56, 51, button=Qt.RightButton, held=Qt.NoButton, pressure=0)
    assert picked.args[0].getRgb()[:3] == pytest.approx((200, 30, 40), abs=2)
    assert len(drawing.strokes) == 1 and not canvas.is_stroking


def test_the_barrel_button_does_not_break_a_stroke(canvas: Canvas) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50)
    pen(canvas, QEvent.TabletPress, 60, 50, button=Qt.RightButton, held=Qt.LeftButton | Qt.RightButton)
    pen(canvas, QEvent.TabletMove, 70, 50, held=Qt.LeftButton | Qt.RightButton)
    pen(canvas, QEvent.TabletRelease, 80, 50, button=Qt.RightButton, held=Qt.LeftButton)
    pen(canvas, QEvent.TabletMove, 90, 50)
    assert canvas.is_stroking
    pen(canvas, QEvent.TabletRelease, 90, 50, held=Qt.NoButton)
    (stroke,) = drawing_of(canvas).strokes
    assert stroke.points[:, 0].tolist() == pytest.approx([50, 70, 90], abs=0.01)


def test_a_pen_that_leaves_without_a_word_ends_its_stroke(canvas: Canvas, qapp: QApplication) -> None:
    pen(canvas, QEvent.TabletPress, 50, 50)
    pen(canvas, QEvent.TabletMove, 90, 50)
    at = QPointF(0, 0)
    leaving = QTabletEvent(
        QEvent.TabletLeaveProximity, at, at, 2, 1, 0.0, 0, 0, 0, 0, 0, Qt.NoModifier, 7, Qt.NoButton, Qt.NoButton
    )
    QApplication.sendEvent(qapp, leaving)
    assert not canvas.is_stroking and len(drawing_of(canvas).strokes) == 1


# Straight lines


def test_shift_draws_a_straight_line_on_release(canvas: Canvas) -> None:
    drawing = drawing_of(canvas)
    before = seen(canvas)
    mouse(canvas, PRESS, 20, 20, modifiers=Qt.ShiftModifier)
    mouse(canvas, MOVE, 60, 110, modifiers=Qt.ShiftModifier)
    mouse(canvas, MOVE, 150, 90, modifiers=Qt.ShiftModifier)
    assert drawing.is_blank and canvas.is_stroking
    middle = on_widget(canvas, 85, 55)
    assert (seen(canvas) != before)[round(middle.y()), round(middle.x())].any()
    mouse(canvas, RELEASE, 150, 90, modifiers=Qt.ShiftModifier)
    (stroke,) = drawing.strokes
    assert stroke.points[:, :2].ravel().tolist() == pytest.approx([20, 20, 150, 90], abs=0.01)
    assert not stroke.points[:, 3].any()


@pytest.mark.parametrize("angle", [0.0, 30.0])
def test_ctrl_holds_a_line_to_steps_of_fifteen_degrees(canvas: Canvas, angle: float) -> None:
    canvas.rotate_by(angle)
    drag(canvas, (40, 60), (90, 70), (140, 83), modifiers=Qt.ShiftModifier | Qt.ControlModifier)
    (stroke,) = drawing_of(canvas).strokes
    start, end = (on_widget(canvas, *point) for point in stroke.points[:, :2].tolist())
    found = math.degrees(math.atan2(end.y() - start.y(), end.x() - start.x()))
    assert abs(math.remainder(found, 15)) < 0.01
    assert math.hypot(*(stroke.points[1, :2] - stroke.points[0, :2])) > 95


def test_a_click_with_shift_joins_the_last_strokes_end(canvas: Canvas) -> None:
    drag(canvas, (20, 20), (60, 40))
    for place in ((120, 40), (120, 100)):
        drag(canvas, place, modifiers=Qt.ShiftModifier)
    _, second, third = drawing_of(canvas).strokes
    assert second.points[:, :2].ravel().tolist() == pytest.approx([60, 40, 120, 40], abs=0.01)
    assert third.points[:, :2].ravel().tolist() == pytest.approx([120, 40, 120, 100], abs=0.01)


def test_the_line_to_be_joined_is_shown_while_shift_is_held(canvas: Canvas) -> None:
    drag(canvas, (20, 20), (40, 20))
    mouse(canvas, MOVE, 180, 120, button=Qt.NoButton)
    without = seen(canvas)
    key(canvas, QEvent.KeyPress, Qt.Key_Shift)
    middle = on_widget(canvas, 110, 70)
    assert (seen(canvas) != without)[round(middle.y()), round(middle.x())].any()
    key(canvas, QEvent.KeyRelease, Qt.Key_Shift)
    assert (seen(canvas) == without).all()


# Symmetry


def test_strokes_are_repeated_about_the_middle_or_where_the_handle_was_dragged_to(canvas: Canvas) -> None:
    canvas.hand.symmetry_kind = "mirror"
    plain = seen(canvas)
    canvas.hand.symmetry_kind = "radial"
    assert (seen(canvas) != plain).any()
    canvas.hand.symmetry_kind = "mirror"
    drag(canvas, (30, 50), (40, 60))
    handle = guides.handle(canvas.hand.symmetry(200, 150), canvas.view)
    assert handle is not None
    at = canvas.view.to_drawing(handle)
    drag(canvas, (at.x(), at.y()), (at.x() + 20, at.y()), (at.x() + 40, at.y()))
    assert canvas.hand.symmetry_centre is not None
    assert canvas.hand.symmetry_centre.x() == pytest.approx(140)
    drag(canvas, (30, 50), (40, 60))
    first, second = drawing_of(canvas).strokes
    assert (first.symmetry.kind, first.symmetry.x, first.symmetry.y) == ("mirror", 100, 75)
    assert second.symmetry.x == pytest.approx(140)
    assert drawing_of(canvas).surface.pixels[58, 162, 0] < 60
    moved = guides.handle(canvas.hand.symmetry(200, 150), canvas.view)
    assert moved is not None
    event = QMouseEvent(QEvent.MouseButtonDblClick, moved, Qt.LeftButton, Qt.LeftButton, Qt.NoModifier)
    event.setTimestamp(next(CLOCK))
    QApplication.sendEvent(canvas, event)
    assert canvas.hand.symmetry_centre is None


@pytest.mark.parametrize("kind", ["mirror", "radial"])
@pytest.mark.parametrize(("zoom", "angle"), [(0.5, 0.0), (1.0, 50.0), (6.0, 0.0), (6.0, 120.0)])
def test_the_handle_is_within_reach_and_not_where_one_paints(
    canvas: Canvas, kind: str, zoom: float, angle: float
) -> None:
    canvas.hand.symmetry_kind = kind  # type: ignore[assignment]
    canvas.view.zoom_to(zoom)
    canvas.rotate_by(angle)
    handle = guides.handle(canvas.hand.symmetry(200, 150), canvas.view)
    assert handle is not None
    assert QRectF(canvas.rect()).contains(handle)
    centre = on_widget(canvas, 100, 75)
    assert math.hypot(handle.x() - centre.x(), handle.y() - centre.y()) > 40


# Tools and errors


def test_fill_pours_where_it_is_pressed(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.hand.tool = "fill"
    canvas.hand.color = QColor(20, 160, 60)
    with qtbot.waitSignals([canvas.stroke_began, canvas.stroke_ended]):
        mouse(canvas, PRESS, 100, 75)
    mouse(canvas, MOVE, 120, 75)
    mouse(canvas, RELEASE, 120, 75)
    (stroke,) = drawing_of(canvas).strokes
    assert stroke.mode == "fill" and len(stroke.points) == 1
    assert drawing_of(canvas).surface.pixels[140, 10, :3].tolist() == pytest.approx([60, 160, 20], abs=2)
    mouse(canvas, PRESS, -20, -20)
    assert len(drawing_of(canvas).strokes) == 1


def test_smudge_drags_what_is_there(canvas: Canvas) -> None:
    drag(canvas, (100, 20), (100, 130))
    canvas.hand.tool = "smudge"
    canvas.hand.smudge.brush, canvas.hand.smudge.size_px = "round", 30.0
    drag(canvas, (100, 75), *((100 + 3 * step, 75) for step in range(1, 20)))
    assert [stroke.mode for stroke in drawing_of(canvas).strokes] == ["paint", "smudge"]
    pixels = drawing_of(canvas).surface.pixels
    assert pixels[75, 118, 0] < 235 < pixels[20, 130, 0]


def test_alt_and_the_right_button_take_colours_in_any_tool(canvas: Canvas, qtbot: QtBot) -> None:
    canvas.hand.tool = "fill"
    with qtbot.waitSignal(canvas.color_picked):
        drag(canvas, (100, 75), button=Qt.RightButton)
    key(canvas, QEvent.KeyPress, Qt.Key_Alt)
    with qtbot.waitSignals([canvas.color_picked, canvas.picking_ended]):
        drag(canvas, (100, 75))
    key(canvas, QEvent.KeyRelease, Qt.Key_Alt)
    assert drawing_of(canvas).is_blank


def test_the_loupe_shows_the_colour_found_above_the_one_in_hand(canvas: Canvas) -> None:
    canvas.hand.color = QColor(10, 60, 200)
    canvas.hand.tool = "eyedropper"
    mouse(canvas, MOVE, 100, 75, button=Qt.NoButton)
    at = on_widget(canvas, 100, 75)
    shown = seen(canvas)
    assert shown[round(at.y()) - 42, round(at.x())].tolist() == [255, 255, 255]
    assert shown[round(at.y()) + 42, round(at.x())].tolist() == [10, 60, 200]
    canvas.leaveEvent(None)
    assert seen(canvas)[round(at.y()) + 42, round(at.x())].tolist() == [255, 255, 255]


def test_a_stroke_that_cannot_be_is_told_in_a_sentence_and_nothing_breaks(canvas: Canvas, qtbot: QtBot) -> None:
    drawing = drawing_of(canvas)
    drawing.change_layer(drawing.active, is_visible=False)
    for tool in ("brush", "eraser", "fill"):
        canvas.hand.tool = tool
        with qtbot.waitSignal(canvas.told) as told:
            drag(canvas, (50, 50), (80, 60))
        assert "hidden" in told.args[0] and told.args[1] == "bad"
        with qtbot.waitSignal(canvas.told):
            drag(canvas, (50, 50), (80, 60), modifiers=Qt.ShiftModifier)
    assert not drawing.strokes and not canvas.is_stroking
    drawing.change_layer(drawing.active, is_visible=True)
    canvas.hand.tool = "brush"
    canvas.hand.brush = "not-there"
    with qtbot.waitSignal(canvas.told) as told:
        drag(canvas, (50, 50), (80, 60))
    assert "not-there" in told.args[0]
    canvas.hand.brush = ""
    with qtbot.waitSignal(canvas.told):
        drag(canvas, (50, 50), (80, 60))
    canvas.hand.brush = "round"
    drag(canvas, (50, 50), (80, 60))
    assert len(drawing.strokes) == 1


def test_strokes_go_to_the_active_layer_and_know_whether_they_were_traced(canvas: Canvas) -> None:
    drawing = drawing_of(canvas)
    drawing.add_layer("Over")
    canvas.hand.is_traced = True
    drag(canvas, (50, 50), (80, 60))
    (stroke,) = drawing.strokes
    assert stroke.layer == drawing.active != 0 and stroke.is_traced


# A stroke in hand is never lost


def test_a_stroke_ends_as_it_began_when_another_tool_is_taken(canvas: Canvas) -> None:
    mouse(canvas, PRESS, 50, 50)
    canvas.hand.tool = "eraser"
    canvas.tool_changed()
    mouse(canvas, MOVE, 90, 50)
    mouse(canvas, RELEASE, 90, 50)
    (stroke,) = drawing_of(canvas).strokes
    assert stroke.mode == "paint" and len(stroke.points) == 3


def test_a_stroke_taken_back_while_in_hand_is_gone_and_the_next_one_is_whole(canvas: Canvas) -> None:
    mouse(canvas, PRESS, 50, 50)
    mouse(canvas, MOVE, 70, 50)
    canvas.refresh(drawing_of(canvas).undo())
    mouse(canvas, MOVE, 90, 50)
    mouse(canvas, RELEASE, 90, 50)
    assert not drawing_of(canvas).strokes and not canvas.is_stroking
    drag(canvas, (50, 50), (80, 60))
    assert len(drawing_of(canvas).strokes) == 1


@pytest.mark.parametrize("way", ["hidden", "another drawing", "finished", "lost release"])
def test_a_stroke_in_hand_is_kept(canvas: Canvas, qtbot: QtBot, way: str) -> None:
    drawing = drawing_of(canvas)
    mouse(canvas, PRESS, 50, 50)
    mouse(canvas, MOVE, 90, 50)
    with qtbot.waitSignal(canvas.stroke_ended):
        if way == "hidden":
            canvas.hide()
        elif way == "another drawing":
            canvas.set_drawing(Drawing(100, 100))
        elif way == "finished":
            canvas.finish_stroke()
        else:
            mouse(canvas, MOVE, 95, 50, button=Qt.NoButton)
    assert len(drawing.strokes) == 1 and len(drawing.strokes[0].points) == 2
    mouse(canvas, RELEASE, 95, 50)
    assert len(drawing.strokes) == 1 and not canvas.is_stroking


def test_a_stroke_goes_on_when_the_keys_go_elsewhere(canvas: Canvas) -> None:
    mouse(canvas, PRESS, 50, 50)
    QApplication.sendEvent(canvas, QFocusEvent(QEvent.FocusOut))
    mouse(canvas, MOVE, 90, 50)
    assert canvas.is_stroking
    mouse(canvas, RELEASE, 95, 50)
    assert len(drawing_of(canvas).strokes[0].points) == 3


@pytest.mark.parametrize("kind", ["rope", "average"])
def test_a_steadied_stroke_begins_and_ends_at_the_pen(canvas: Canvas, qtbot: QtBot, kind: str) -> None:
    canvas.hand.stabiliser = kind
    mouse(canvas, PRESS, 50, 50)
    mouse(canvas, MOVE, 60, 52)
    if kind == "average":
        # The brush comes after a hand that rests.
        qtbot.waitUntil(lambda: drawing_of(canvas).surface.pixels[52, 59, 0] < 90)
    mouse(canvas, MOVE, 100, 50)
    mouse(canvas, RELEASE, 150, 100)
    (stroke,) = drawing_of(canvas).strokes
    assert stroke.points[0, :2].tolist() == pytest.approx([50, 50], abs=0.01)
    assert stroke.points[-1, :2].tolist() == pytest.approx([150, 100], abs=0.01)
    assert (np.diff(stroke.points[:, 3]) >= 0).all()


def test_the_rope_is_shown(canvas: Canvas) -> None:
    canvas.hand.stabiliser, canvas.hand.stabiliser_strength, canvas.hand.size_px = "rope", 1.0, 4.0
    mouse(canvas, PRESS, 100, 20)
    mouse(canvas, MOVE, 100, 60)
    drawn = drawing_of(canvas).surface.pixels[40, 100, 0]
    at = on_widget(canvas, 100, 40)
    assert drawn == 255 and seen(canvas)[round(at.y()), round(at.x())].max() < 255
    mouse(canvas, RELEASE, 100, 60)
    canvas.leaveEvent(None)
    assert drawing_of(canvas).surface.pixels[40, 100, 0] < 100


# The view


def test_held_keys_move_zoom_and_turn_the_view(canvas: Canvas) -> None:
    def held_drag(code: int, by: tuple[float, float], **how: Any) -> None:
        start = QPointF(350, 200)
        key(canvas, QEvent.KeyPress, code)
        for kind, share in ((PRESS, 0.0), (MOVE, 0.5), (MOVE, 1.0), (RELEASE, 1.0)):
            at = start + QPointF(*by) * share
            button = Qt.NoButton if kind == MOVE else Qt.LeftButton
            event = QMouseEvent(kind, at, at, at, button, Qt.LeftButton, how.get("modifiers", Qt.NoModifier))
            event.setTimestamp(next(CLOCK))
            QApplication.sendEvent(canvas, event)
        key(canvas, QEvent.KeyRelease, code)

    before = on_widget(canvas, 100, 75)
    held_drag(Qt.Key_Space, (20, -10))
    assert (on_widget(canvas, 100, 75) - before).toPoint() == QPoint(20, -10)
    zoom = canvas.view.zoom
    under = canvas.view.to_drawing(QPointF(350, 200))
    held_drag(Qt.Key_Space, (80, 0), modifiers=Qt.ControlModifier)
    assert canvas.view.zoom > 1.3 * zoom
    off = on_widget(canvas, under.x(), under.y()) - QPointF(350, 200)
    assert math.hypot(off.x(), off.y()) < 0.01
    held_drag(Qt.Key_R, (0, 100))
    assert canvas.view.angle_deg == pytest.approx(45)
    canvas.reset_rotation()
    held_drag(Qt.Key_R, (0, 60), modifiers=Qt.ShiftModifier)
    assert canvas.view.angle_deg == 30
    canvas.set_keys({"hold_pan": ["V"], "hold_rotate": []})
    held_drag(Qt.Key_V, (10, 0))
    assert drawing_of(canvas).is_blank
    held_drag(Qt.Key_R, (0, 30))
    assert canvas.view.angle_deg == 30 and len(drawing_of(canvas).strokes) == 1


def test_a_held_key_is_the_canvass_before_it_is_a_shortcut(canvas: Canvas) -> None:
    for code, modifiers, is_held in (
        (Qt.Key_R, Qt.NoModifier, True),
        (Qt.Key_R, Qt.ControlModifier, False),
        (Qt.Key_Space, Qt.ControlModifier, True),
        (Qt.Key_B, Qt.NoModifier, False),
    ):
        event = QKeyEvent(QEvent.ShortcutOverride, code, modifiers)
        event.ignore()
        canvas.event(event)
        assert event.isAccepted() == is_held


def test_the_wheel_does_not_zoom_under_a_stroke(canvas: Canvas) -> None:
    at = on_widget(canvas, 50, 50)
    zoom = canvas.view.zoom
    for is_stroking in (True, False):
        if is_stroking:
            mouse(canvas, PRESS, 50, 50)
        wheel = QWheelEvent(at, at, QPoint(), QPoint(0, 120), Qt.NoButton, Qt.NoModifier, Qt.NoScrollPhase, False)
        QApplication.sendEvent(canvas, wheel)
        assert (canvas.view.zoom == zoom) == is_stroking
        if is_stroking:
            mouse(canvas, RELEASE, 50, 50)


# Tracing


def test_a_tracing_is_seen_and_is_no_part_of_the_picture(canvas: Canvas) -> None:
    drawing = drawing_of(canvas)
    photograph = QImage(40, 30, QImage.Format_RGB32)
    photograph.fill(QColor(0, 0, 255))
    drag(canvas, (60, 75), (140, 75))
    canvas.leaveEvent(None)
    picture = drawing.picture()
    paper, paint = on_widget(canvas, 100, 20), on_widget(canvas, 100, 75)

    def colours() -> list[list[int]]:
        shown = seen(canvas)
        return [shown[round(at.y()), round(at.x())].tolist() for at in (paper, paint)]

    assert colours() == [[255, 255, 255], [0, 0, 0]]
    canvas.set_tracing(photograph, 0.5, False)
    under = colours()
    assert under[0] == pytest.approx([127, 127, 255], abs=2) and under[1] == pytest.approx([0, 0, 0], abs=2)
    canvas.set_tracing(photograph, 0.5, True)
    over = colours()
    assert over[0] == pytest.approx([127, 127, 255], abs=2) and over[1] == pytest.approx([0, 0, 127], abs=2)
    assert (drawing.picture() == picture).all()
    other = Drawing(200, 150)
    canvas.set_drawing(other)
    canvas.set_drawing(drawing)
    assert colours() == over
    canvas.set_tracing(None)
    assert colours() == [[255, 255, 255], [0, 0, 0]]


def test_the_middle_button_moves_the_view_and_fit_brings_it_back(canvas: Canvas) -> None:
    before = on_widget(canvas, 100, 75)
    mouse(canvas, PRESS, 100, 75, button=Qt.MiddleButton)
    mouse(canvas, MOVE, 120, 85, button=Qt.MiddleButton)
    mouse(canvas, RELEASE, 100, 75, button=Qt.MiddleButton)  # the point has come along
    assert drawing_of(canvas).is_blank
    after = on_widget(canvas, 100, 75) - before
    assert after.x() / canvas.view.zoom == pytest.approx(20) and after.y() / canvas.view.zoom == pytest.approx(10)
    canvas.fit()
    assert on_widget(canvas, 100, 75) == before
