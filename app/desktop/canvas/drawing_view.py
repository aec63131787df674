"""The drawing as it is seen: through a view that zooms, turns and mirrors, with a tracing under or over the paint."""

import math

from PyQt5.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, pyqtSignal
from PyQt5.QtGui import QColor, QImage, QPainter, QPaintEvent, QPolygonF, QResizeEvent
from PyQt5.QtWidgets import QWidget

from app.desktop.canvas.mipmaps import Mipmaps
from app.desktop.canvas.viewport import Viewport
from app.desktop.widgets import theme
from app.painting.document.drawing import Drawing


class DrawingView(QWidget):
    """Shows a drawing, and repaints no more of it than has changed.

    `view_changed()` after zoom, pan, turn, fit, mirror. `cursor_at` is where the pointer is, in px of the widget.
    """

    view_changed = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.view = Viewport()
        self.cursor_at: QPointF | None = None
        self._drawing: Drawing | None = None
        self._mipmaps, self._traced_over = Mipmaps(), Mipmaps()
        self._tracing: tuple[QImage, float, bool] | None = None
        self.setAttribute(Qt.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 200)

    def set_drawing(self, drawing: Drawing | None) -> None:
        """Show another drawing, the whole of it."""
        if self._tracing is not None and self._drawing is not None:
            self._drawing.surface.set_tracing(None, 0.0)
        self._drawing = drawing
        if self._tracing is not None:
            self.set_tracing(*self._tracing)
        self._mipmaps.forget()
        self.view.is_fitted = True
        self._fit_sizes()
        self.update()

    def drawing(self) -> Drawing | None:
        """The drawing shown."""
        return self._drawing

    def set_tracing(self, image: QImage | None, opacity: float = 0.35, is_over: bool = False) -> None:
        """Lay an image of any size under the paint, or over it, at an opacity of 0..1; None takes it away.

        It is only shown: no stroke, fill, picture or file has anything of it.
        """
        self._tracing = None if image is None else (image, opacity, is_over)
        self._traced_over.forget()
        if self._drawing is not None:
            is_under = image is not None and not is_over
            self._drawing.surface.set_tracing(image if is_under else None, opacity)
            if image is not None and is_over:
                fitted = image.scaled(self._drawing.surface.rect.size(), Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
                self._tracing = (fitted.convertToFormat(QImage.Format_ARGB32_Premultiplied), opacity, True)
        self.refresh()

    def refresh(self, dirty: QRect | None = None) -> None:
        """Repaint what lies over `dirty` (px of the drawing); everything by default."""
        if dirty is None:
            self._mipmaps.forget()
            self.update()
        elif not dirty.isEmpty():
            self._mipmaps.changed(dirty)
            # Smooth scaling reaches one pixel over the edge, and that of a halved copy further.
            reach = max(1.0, 1.0 / self.view.screen_zoom)
            shown = self.view.transform().mapRect(QRectF(dirty).adjusted(-reach, -reach, reach, reach))
            self.update(shown.toAlignedRect().adjusted(-1, -1, 1, 1))

    def fit(self) -> None:
        """Show the whole drawing, turned as it is."""
        self.view.fit()
        self.show_view()

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Look closer (or step back), at a point of the widget or where the pointer is."""
        self.view.zoom_to(self.view.zoom * factor, at if at is not None else self.cursor_at)
        self.show_view()

    def show_actual_size(self) -> None:
        """One drawing px on one px of the screen."""
        self.view.zoom_to(1.0 / self.view.ratio, self.cursor_at)
        self.show_view()

    def rotate_by(self, by_deg: float) -> None:
        """Turn the drawing, clockwise as it is seen."""
        self.view.rotate_by(by_deg)
        self.show_view()

    def reset_rotation(self) -> None:
        """Put the drawing upright; a fitted one is fitted again."""
        self.view.rotate_to(0.0)
        if self.view.is_fitted:
            self.view.fit()
        self.show_view()

    def set_mirrored(self, is_mirrored: bool) -> None:
        """Look at the canvas as in a mirror."""
        self.view.is_mirrored = is_mirrored
        self.show_view()

    def show_view(self) -> None:
        """Show that the view has changed."""
        self.update()
        self.view_changed.emit()

    def _fit_sizes(self) -> None:
        if self._drawing is not None:
            surface = self._drawing.surface
            self.view.set_sizes(QSizeF(surface.width, surface.height), QSizeF(self.size()))
            self.view_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_sizes()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        device = painter.deviceTransform()
        self.view.ratio, self.view.offset = device.m11(), QPointF(device.dx(), device.dy())
        drawing = self._drawing
        if drawing is None:
            painter.fillRect(event.rect(), theme.colour("canvas_surround"))
            return
        sheet = QRectF(drawing.surface.rect)
        if not (self.view.is_upright and self.view.transform().mapRect(sheet).contains(QRectF(event.rect()))):
            self._paint_document_controller(painter, sheet)
        if drawing.surface.background is None:
            painter.setTransform(self.view.transform(), True)
            painter.fillRect(sheet, QColor(Qt.white))
            painter.resetTransform()
        self._mipmaps.paint(painter, drawing.image(), self.view)
        if self._tracing is not None and self._tracing[2]:
            painter.setOpacity(self._tracing[1])
            self._traced_over.paint(painter, self._tracing[0], self.view)
            painter.setOpacity(1.0)
        self.paint_over(painter)

    def paint_over(self, painter: QPainter) -> None:
        """Paint what lies over the drawing, in px of the widget."""

    def _paint_document_controller(self, painter: QPainter, sheet: QRectF) -> None:
        painter.fillRect(self.rect(), theme.colour("canvas_surround"))
        painter.save()
        painter.setRenderHint(QPainter.Antialiasing, not self.view.is_upright)
        painter.setPen(Qt.NoPen)
        painter.setBrush(QColor(0, 0, 0, 28))
        way = self.view.transform()
        for step in (6, 4, 2):
            reach = step / self.view.zoom
            paper = way.map(QPolygonF(sheet.adjusted(-reach, -reach, reach, reach)))
            painter.drawPolygon(paper.translated(0, 2))
        painter.restore()

    def color_at(self, at: QPointF) -> QColor | None:
        """The drawing's colour under a point of the widget."""
        if self._drawing is None:
            return None
        point = self.view.to_drawing(at)
        x, y = math.floor(point.x()), math.floor(point.y())
        return self._drawing.image().pixelColor(x, y) if self._drawing.surface.rect.contains(x, y) else None
