"""The canvas: tools and errors, strokes that are never lost, held keys, the view and tracing."""

import math
from typing import Any

import numpy as np
import pytest
from desktop_canvas import CLOCK, MOVE, PRESS, RELEASE, drag, drawing_of, key, mouse, on_widget, seen
from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QFocusEvent, QImage, QKeyEvent, QMouseEvent, QWheelEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.canvas.canvas import Canvas
from app.painting.document.drawing import Drawing

pytest_plugins = ["desktop_canvas"]
# Qt says this once where a machine has no session, such as in a container.
pytestmark = pytest.mark.qt_log_ignore("XDG_RUNTIME_DIR not set")


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
