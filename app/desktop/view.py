"""How the canvas is looked at: zoom, place and mirror, and the way between drawing and widget coordinates.

Only `canvas.py` calls this. Zoom is widget px (device-independent) per drawing px.
"""

from PyQt5.QtCore import QPointF, QSizeF
from PyQt5.QtGui import QTransform

LEAST_ZOOM, MOST_ZOOM = 0.05, 32.0
MARGIN_PX = 28.0


class View:
    """The transform of the canvas. `is_fitted` holds until a person zooms or pans: then the view is theirs."""

    def __init__(self) -> None:
        self.drawing = QSizeF(1, 1)
        self.widget = QSizeF(1, 1)
        self.zoom = 1.0
        self.centre = QPointF(0.5, 0.5)
        self.is_mirrored = False
        self.is_fitted = True

    def set_sizes(self, drawing: QSizeF, widget: QSizeF) -> None:
        """Note the sizes of both; a fitted view stays fitted."""
        self.drawing, self.widget = drawing, widget
        if self.is_fitted:
            self.fit()

    def fit(self) -> None:
        """Show the whole drawing, in the middle, with a margin."""
        room = QSizeF(max(self.widget.width() - 2 * MARGIN_PX, 16), max(self.widget.height() - 2 * MARGIN_PX, 16))
        self.zoom = min(room.width() / self.drawing.width(), room.height() / self.drawing.height())
        self.centre = QPointF(self.drawing.width() / 2, self.drawing.height() / 2)
        self.is_fitted = True

    def zoom_to(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the point `at` of the widget (its middle by default) stays where it is."""
        at = at if at is not None else QPointF(self.widget.width() / 2, self.widget.height() / 2)
        anchor = self.to_drawing(at)
        self.zoom = min(max(zoom, LEAST_ZOOM), MOST_ZOOM)
        self.is_fitted = False
        self.centre += anchor - self.to_drawing(at)
        self._keep_in_sight()

    def pan(self, by: QPointF) -> None:
        """Move the drawing by so many px of the widget."""
        step = by / self.zoom
        self.centre -= QPointF(-step.x() if self.is_mirrored else step.x(), step.y())
        self.is_fitted = False
        self._keep_in_sight()

    def transform(self) -> QTransform:
        """Drawing coordinates to widget coordinates."""
        way = QTransform()
        way.translate(self.widget.width() / 2, self.widget.height() / 2)
        way.scale(-self.zoom if self.is_mirrored else self.zoom, self.zoom)
        way.translate(-self.centre.x(), -self.centre.y())
        return way

    def to_drawing(self, point: QPointF) -> QPointF:
        """A point of the widget in drawing coordinates."""
        back, _ = self.transform().inverted()
        return back.map(point)

    def _keep_in_sight(self) -> None:
        """The drawing cannot be pushed out of the window altogether."""
        self.centre = QPointF(
            min(max(self.centre.x(), 0.0), self.drawing.width()),
            min(max(self.centre.y(), 0.0), self.drawing.height()),
        )
