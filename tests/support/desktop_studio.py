"""A studio as the window has it, with a small drawing open, for tests of the panels around the canvas."""

from PyQt5.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt5.QtGui import QColor, QMouseEvent
from PyQt5.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.desktop.app_state.actions import make_actions
from app.desktop.canvas.tool_state import SMUDGE_BRUSH, Hand
from app.desktop.pages.studio import Studio
from app.desktop.widgets import theme
from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing
from app.painting.model.stroke import Stroke, as_points

SHELF = ("round", "flat", "ink", SMUDGE_BRUSH)


def drag(widget: QWidget, to: QPoint) -> None:
    """Move the mouse over a widget with its left button held; Qt's own for tests moves it with none."""
    move = QMouseEvent(QEvent.MouseMove, QPointF(to), Qt.NoButton, Qt.LeftButton, Qt.NoModifier)
    QApplication.sendEvent(widget, move)


class Room:
    """The studio with what belongs to it."""

    def __init__(self, qtbot: QtBot, *, width: int = 1100, height: int = 680) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        theme.apply(application)
        self._owner = QWidget()
        self._qtbot = qtbot
        qtbot.addWidget(self._owner)
        self.actions = make_actions(self._owner)
        self.hand = Hand(brush="round", size_px=20, color=QColor(200, 0, 0), has_speed_pressure=False)
        self.studio = Studio(self.hand, self.actions)
        qtbot.addWidget(self.studio)
        self.studio.set_brushes({name: each for name, each in own_and_players().items() if name in SHELF})
        # As within the window, which may be smaller than the studio would like.
        self.studio.setMinimumSize(1, 1)
        self.studio.resize(width, height)
        self.studio.set_drawing(Drawing(160, 120, brushes=self.studio.panel.brushes()))
        self.studio.show()

    @property
    def drawing(self) -> Drawing:
        """The drawing on the document controller."""
        drawing = self.studio.drawing()
        assert drawing is not None
        return drawing

    def trigger(self, name: str) -> None:
        """Ask for a command that can be asked for."""
        assert self.actions[name].isEnabled(), name
        self.actions[name].trigger()

    def paint(self, *, color: tuple[int, int, int] = (0, 0, 255)) -> None:
        """A stroke across the middle of the active layer, behind the studio's back."""
        points = as_points([(20.0 + 10 * step, 60.0, 1.0) for step in range(12)])
        self.drawing.apply(Stroke("round", color=color, size_px=20, points=points, layer=self.drawing.active))

    def draw(self, *, down: float = 40) -> None:
        """A stroke with the mouse, `down` px from the drawing's top."""
        self.press(30, down)
        self._qtbot.mouseRelease(self.studio.canvas, Qt.LeftButton, pos=self.place(90, down).toPoint())

    def press(self, x: float, y: float) -> None:
        """Put the mouse down at a point of the drawing."""
        self._qtbot.mousePress(self.studio.canvas, Qt.LeftButton, pos=self.place(x, y).toPoint())

    def place(self, x: float, y: float) -> QPointF:
        """Where a point of the drawing is on the canvas."""
        return self.studio.canvas.view.transform().map(QPointF(x, y))
