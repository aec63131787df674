"""A canvas to try things on: the hand over it, and what a screen shows of it. Shared by the tests of the canvas."""

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PyQt5.QtCore import QEvent, QPointF, Qt
from PyQt5.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QTabletEvent
from PyQt5.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.desktop.canvas.canvas import Canvas
from app.desktop.canvas.tool_state import Hand
from app.desktop.widgets.qimage import to_pixels
from app.painting.document.drawing import Drawing

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
