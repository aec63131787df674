"""The canvas: where paint appears, what pens, lines and symmetry do, and what a repaint touches."""

import math
from typing import Any

import numpy as np
import pytest
from desktop_canvas import CLOCK, MOVE, PRESS, RATIOS, RELEASE, drag, drawing_of, key, mouse, on_widget, pen, seen
from PyQt5.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PyQt5.QtGui import QImage, QMouseEvent, QTabletEvent
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.canvas import guides
from app.desktop.canvas.canvas import Canvas
from app.desktop.canvas.tool_state import Hand
from app.desktop.widgets.qimage import to_pixels
from app.painting.document.drawing import Drawing
from app.painting.model.stroke import Stroke

pytest_plugins = ["desktop_canvas"]
# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")


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
