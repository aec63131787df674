"""How the canvas is looked at: zoom, place, turn and mirror, and the way between drawing and widget coordinates.

Zoom is widget px (device-independent) per drawing px.
"""

import math

from PyQt5.QtCore import QPointF, QSizeF
from PyQt5.QtGui import QTransform

LEAST_ZOOM, MOST_ZOOM = 0.05, 32.0
MARGIN_PX = 28.0
_EXACT = 1e-6


class Viewport:
    """The transform of the canvas. `is_fitted` holds until a person zooms, pans or turns about a point of their
    choice: then the view is theirs.

    Attributes:
        zoom: widget px per drawing px.
        centre: the point of the drawing in the widget's middle.
        angle_deg: how far the drawing is turned, -180..180, clockwise (as seen without the mirror).
        is_mirrored: whether the whole is seen as in a mirror.
        ratio: px of the screen per px of the widget.
        offset: where the widget's corner lies, in px of the screen (or of whatever it is painted on).
    """

    def __init__(self) -> None:
        self.drawing = QSizeF(1, 1)
        self.widget = QSizeF(1, 1)
        self.zoom = 1.0
        self.centre = QPointF(0.5, 0.5)
        self.angle_deg = 0.0
        self.is_mirrored = False
        self.is_fitted = True
        self.ratio = 1.0
        self.offset = QPointF()

    def set_sizes(self, drawing: QSizeF, widget: QSizeF) -> None:
        """Note the sizes of both; a fitted view stays fitted."""
        self.drawing, self.widget = drawing, widget
        if self.is_fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole drawing, in the middle, with a margin."""
        room = QSizeF(max(self.widget.width() - 2 * MARGIN_PX, 16), max(self.widget.height() - 2 * MARGIN_PX, 16))
        turn = math.radians(self.angle_deg)
        cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
        width = cos * self.drawing.width() + sin * self.drawing.height()
        height = sin * self.drawing.width() + cos * self.drawing.height()
        self.zoom = min(room.width() / width, room.height() / height)
        self.centre = QPointF(self.drawing.width() / 2, self.drawing.height() / 2)
        self.is_fitted = True

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point `at` of the widget (its middle by default) stays where it is."""
        at = self.middle() if at is None else at
        anchor = self.to_drawing(at)
        self.zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        self._hold(anchor, at)

    def rotate_to(self, angle_deg: float, at: QPointF | None = None) -> None:
        """Turn so that the point `at` of the widget (its middle by default) stays where it is."""
        at = self.middle() if at is None else at
        anchor = self.to_drawing(at)
        self.angle_deg = math.remainder(angle_deg, 360.0)
        # About the middle, what was fitted still is in the middle of the window.
        is_fitted = self.is_fitted and at == self.middle()
        self._hold(anchor, at)
        self.is_fitted = is_fitted

    def rotate_by(self, by_deg: float, at: QPointF | None = None) -> None:
        """Turn clockwise as it is seen, also in the mirror."""
        self.rotate_to(self.angle_deg + (-by_deg if self.is_mirrored else by_deg), at)

    def pan(self, by: QPointF) -> None:
        """Move the drawing by so many px of the widget."""
        self.centre += self.to_drawing(QPointF()) - self.to_drawing(by)
        self.is_fitted = False
        self._keep_in_sight()

    def middle(self) -> QPointF:
        """The widget's middle."""
        return QPointF(self.widget.width() / 2, self.widget.height() / 2)

    @property
    def screen_zoom(self) -> float:
        """Px of the screen per drawing px."""
        return self.zoom * self.ratio

    @property
    def is_upright(self) -> bool:
        """Whether the drawing's sides run along the widget's."""
        return abs(math.remainder(self.angle_deg, 90.0)) < _EXACT

    @property
    def is_even(self) -> bool:
        """Whether drawing px (or pairs, fours, eights of them) can lie on whole px of the screen."""
        each = self.screen_zoom if self.screen_zoom >= 1 else 1 / self.screen_zoom
        if abs(each - round(each)) > _EXACT * each:
            return False
        return self.is_upright and (self.screen_zoom >= 1 or round(each) & (round(each) - 1) == 0)

    def transform(self) -> QTransform:
        """Drawing coordinates to widget coordinates.

        Where the zoom allows for it, the drawing's corner lies on a whole px of the screen, so that its px are sharp.
        """
        way = QTransform()
        way.translate(self.widget.width() / 2, self.widget.height() / 2)
        if self.is_mirrored:
            way.scale(-1.0, 1.0)
        way.rotate(self.angle_deg)
        way.scale(self.zoom, self.zoom)
        way.translate(-self.centre.x(), -self.centre.y())
        if self.is_even:
            corner = way.map(QPointF()) * self.ratio + self.offset
            right, down = round(corner.x()) - corner.x(), round(corner.y()) - corner.y()
            dx, dy = way.dx() + right / self.ratio, way.dy() + down / self.ratio
            return QTransform(way.m11(), way.m12(), way.m21(), way.m22(), dx, dy)
        return way

    def to_drawing(self, point: QPointF) -> QPointF:
        """A point of the widget in drawing coordinates."""
        back, _ = self.transform().inverted()
        return back.map(point)

    def direction_to_drawing(self, x: float, y: float) -> tuple[float, float]:
        """A direction on the widget, such as a pen's tilt, as it lies on the drawing; its length stays."""
        turn = math.radians(-self.angle_deg)
        x = -x if self.is_mirrored else x
        return x * math.cos(turn) - y * math.sin(turn), x * math.sin(turn) + y * math.cos(turn)

    def _hold(self, anchor: QPointF, at: QPointF) -> None:
        """Let the drawing's point `anchor` lie at the widget's point `at`."""
        self.is_fitted = False
        self.centre += anchor - self.to_drawing(at)
        self._keep_in_sight()

    def _keep_in_sight(self) -> None:
        """The drawing cannot be pushed out of the window altogether."""
        self.centre = QPointF(
            min(max(self.centre.x(), 0.0), self.drawing.width()),
            min(max(self.centre.y(), 0.0), self.drawing.height()),
        )
