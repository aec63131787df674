"""What shows of a surface: paper, tracing and layers, composed anew where something changed. For the surface."""

from collections.abc import Sequence

import numpy as np
from PyQt5.QtCore import QRect, Qt
from PyQt5.QtGui import QImage

from app.painting.engine.composite import LayerPixels, compose, compose_on
from app.painting.engine.dabs import PixelImage
from app.painting.engine.tiles import Grid, Sheet, blank_sheet, bounds, grid_shape, strips, tiles_of
from app.painting.model.stroke import Color


class DisplayedImage:
    """The pixels that show.

    What it shows are `films`, the lowest first; whoever has them marks where they changed and has that composed, at
    once or, while `is_waiting`, later.
    """

    def __init__(self, width: int, height: int, background: Color | None) -> None:
        self.rect = QRect(0, 0, width, height)
        self._background = background
        shape = grid_shape(width, height)
        self.sheet: Sheet = blank_sheet(shape)
        self._target = PixelImage(self.sheet, width)
        self.image = PixelImage(self.sheet[:height], width)
        """What shows: ARGB32_Premultiplied, live."""
        self._stale = np.zeros(shape, dtype=bool)
        self._tracing: list[LayerPixels] = []
        self.is_waiting = False
        """Whether what is stale may stay so for now."""

    def trace(self, image: QImage | None, opacity: float) -> None:
        """Show an image under the films, stretched over all; None: none any more. All is then to be composed."""
        self._tracing = []
        if image is not None and opacity > 0:
            stretched = image.scaled(self.rect.size(), Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
            self._tracing = [
                LayerPixels(stretched.convertToFormat(QImage.Format_ARGB32_Premultiplied), min(opacity, 1.0))
            ]

    def mark(self, tiles: Grid) -> None:
        """Have some tiles composed with the next `refresh`."""
        self._stale |= tiles

    def compose(self, areas: Sequence[QRect], films: Sequence[LayerPixels]) -> None:
        """Compose some areas, or have that done later."""
        if self.is_waiting:
            for area in areas:
                self._stale[tiles_of(area)] = True
        elif areas:
            compose_on(self._target, areas, self._background, [*self._tracing, *films])

    def refresh(self, films: Sequence[LayerPixels]) -> QRect:
        """Compose what is stale, now or later; the rectangle around it."""
        dirty = bounds(self._stale).intersected(self.rect)
        if not self.is_waiting and not dirty.isEmpty():
            self._compose_stale(films)
        return dirty

    def composite(self, films: Sequence[LayerPixels]) -> Sheet:
        """All that shows without the tracing, uint32 [H, at least W]; not to be changed."""
        if self._tracing:
            whole = np.empty_like(self.sheet)
            compose(whole, self.rect.width(), [self.rect], self._background, films)
            return whole[: self.rect.height()]
        if self._stale.any():
            self._compose_stale(films)
        return self.sheet[: self.rect.height()]

    def _compose_stale(self, films: Sequence[LayerPixels]) -> None:
        areas = [strip.intersected(self.rect) for strip in strips(self._stale)]
        self._stale[:] = False
        compose_on(self._target, areas, self._background, [*self._tracing, *films])
