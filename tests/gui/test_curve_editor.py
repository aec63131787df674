"""The editor of pressure curves: mouse and keys bend a curve, and none is ever unsound."""

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QMouseEvent
from PyQt5.QtTest import QTest
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.brush_editor.curve_editor import CurveEditor
from app.painting.brushes.brush import brush_with, own_and_players
from app.painting.brushes.setting import MAX_CURVE_PAIRS, Curve

KEYS = (
    Qt.Key_Left, Qt.Key_Right, Qt.Key_Up, Qt.Key_Down, Qt.Key_Home, Qt.Key_End, Qt.Key_Insert, Qt.Key_Delete,
)  # fmt: skip
MODIFIERS = (Qt.NoModifier, Qt.ShiftModifier, Qt.ShiftModifier | Qt.ControlModifier)


@pytest.fixture
def editor(qtbot: QtBot) -> CurveEditor:
    editor = CurveEditor("Pressure to size", "How pressure changes the size.")
    qtbot.addWidget(editor)
    editor.resize(320, 132)
    editor.show()
    return editor


def send(editor: CurveEditor, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = Qt.LeftButton) -> None:
    held = Qt.NoButton if kind == QEvent.MouseButtonRelease else button
    pressed = Qt.NoButton if kind == QEvent.MouseMove else button
    QApplication.sendEvent(editor, QMouseEvent(kind, at, pressed, held, Qt.NoModifier))


def pull(editor: CurveEditor, start: QPointF, *way: QPointF) -> None:
    send(editor, QEvent.MouseButtonPress, start)
    for at in way:
        send(editor, QEvent.MouseMove, at)
    send(editor, QEvent.MouseButtonRelease, way[-1] if way else start)


def is_sound(curve: Curve) -> bool:
    """Whether a brush takes it."""
    return brush_with(own_and_players()["round"], pressure_size=curve).pressure_size == curve


def between(editor: CurveEditor, share: float, height: float = 0.0) -> QPointF:
    """A place in the frame, by shares of the way between a full curve's ends."""
    left, right = editor.position_of(0), editor.position_of(1)
    return QPointF(left.x() + share * (right.x() - left.x()), left.y() + height)


def test_a_curve_is_shown_without_telling(editor: CurveEditor) -> None:
    told: list[Curve] = []
    editor.curve_changed.connect(told.append)
    editor.set_curve(((0.0, 0.2), (0.4, 0.9), (1.0, 1.0)))
    assert editor.curve() == ((0.0, 0.2), (0.4, 0.9), (1.0, 1.0))
    assert told == []


def test_a_point_is_pulled_between_its_neighbours(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)))
    told: list[Curve] = []
    editor.curve_changed.connect(told.append)
    up = editor.position_of(2).y()
    pull(editor, editor.position_of(1), QPointF(editor.position_of(1).x(), up))
    assert editor.curve() == ((0.0, 0.0), (0.5, 1.0), (1.0, 1.0))
    assert told[-1] == editor.curve()
    pull(editor, editor.position_of(1), editor.position_of(2) + QPointF(9, 0))
    assert 0.97 < editor.curve()[1][0] < 1.0 and is_sound(editor.curve())


def test_a_click_adds_a_point_on_the_line_that_bends_nothing(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.5), (1.0, 0.5)))
    pull(editor, between(editor, 0.25, height=4))
    assert len(editor.curve()) == 3
    (x, y) = editor.curve()[1]
    assert (x, y) == (pytest.approx(0.25, abs=0.01), 0.5)


def test_a_point_pulled_out_is_gone_and_comes_back_with_the_hand(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (0.5, 0.25), (1.0, 1.0)))
    start, away = editor.position_of(1), editor.position_of(1) + QPointF(0, 300)
    pull(editor, start, away)
    assert editor.curve() == ((0.0, 0.0), (1.0, 1.0))
    editor.set_curve(((0.0, 0.0), (0.5, 0.25), (1.0, 1.0)))
    pull(editor, start, away, start)
    assert editor.curve() == ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))


def test_the_last_two_points_stay(editor: CurveEditor) -> None:
    pull(editor, editor.position_of(0), editor.position_of(0) + QPointF(0, 300))
    send(editor, QEvent.MouseButtonPress, editor.position_of(1), Qt.RightButton)
    for _ in range(4):
        QTest.keyClick(editor, Qt.Key_Delete)
    assert len(editor.curve()) == 2 and is_sound(editor.curve())


def test_a_right_click_removes_a_point(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (0.5, 0.25), (1.0, 1.0)))
    send(editor, QEvent.MouseButtonPress, editor.position_of(1), Qt.RightButton)
    assert editor.curve() == ((0.0, 0.0), (1.0, 1.0))


def test_points_closer_than_a_hand_could_put_them_keep_their_order(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (0.5, 0.1), (0.501, 0.5), (0.502, 0.9), (1.0, 1.0)))
    pull(editor, editor.position_of(2), editor.position_of(4), editor.position_of(0))
    assert is_sound(editor.curve())


def test_keys_reach_every_point_and_say_where_it_is(editor: CurveEditor) -> None:
    editor.set_curve(((0.0, 0.0), (1.0, 1.0)))
    QTest.keyClick(editor, Qt.Key_Insert)
    assert editor.curve() == ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)) and editor.chosen() == 1
    QTest.keyClick(editor, Qt.Key_Up)
    QTest.keyClick(editor, Qt.Key_Left, Qt.ShiftModifier)
    QTest.keyClick(editor, Qt.Key_Left, Qt.ShiftModifier | Qt.ControlModifier)
    assert editor.curve()[1] == (pytest.approx(0.38), pytest.approx(0.52))
    assert editor.accessibleDescription() == "Point 2 of 3: pressure 38 %  →  52 %"
    QTest.keyClick(editor, Qt.Key_Right)
    assert editor.chosen() == 2
    QTest.keyClick(editor, Qt.Key_Home)
    assert editor.chosen() == 0


def test_there_are_never_more_points_than_a_brush_may_have(editor: CurveEditor) -> None:
    for number in range(40):
        QTest.keyClick(editor, Qt.Key_Home if number % 3 == 0 else Qt.Key_End)
        QTest.keyClick(editor, Qt.Key_Insert)
    assert len(editor.curve()) <= MAX_CURVE_PAIRS and is_sound(editor.curve())


@settings(max_examples=60, deadline=None)
@given(
    doings=st.lists(
        st.tuples(st.sampled_from(KEYS), st.sampled_from(MODIFIERS))
        | st.lists(st.tuples(st.floats(-80, 400), st.floats(-80, 240)), min_size=1, max_size=4),
        max_size=24,
    )
)
def test_whatever_is_done_leaves_a_sound_curve(doings: list[Any], qapp: QApplication) -> None:
    editor = CurveEditor("Pressure to flow")
    editor.resize(320, 132)
    for doing in doings:
        if isinstance(doing, tuple):
            QTest.keyClick(editor, doing[0], doing[1])
        else:
            pull(editor, *(QPointF(x, y) for x, y in doing))
        curve = editor.curve()
        assert is_sound(curve)
        assert all(right[0] > left[0] for left, right in itertools.pairwise(curve))
    editor.deleteLater()
