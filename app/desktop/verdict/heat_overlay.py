"""Heat: where a picture departs from another, as colours to lay over it and a legend of them.

Its colours are those of `app.game.archive.heatmap`.
"""

import numpy as np
from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop.widgets import theme
from app.game.archive import heatmap as heats
from app.judging.assessment import Heat
from app.painting.engine.dabs import PixelImage

LEGEND_PX = 12
# About as light as a picture is where the map does not cover it, 0 to 1.
GROUND = 0.3


def heat_image(heat: Heat, size: QSize) -> QImage:
    """The map as an image with transparency of that size, px; where there is no heat nothing of it is seen."""
    wide = heats.smooth(heat, max(size.height(), 1), max(size.width(), 1))
    alpha = heats.alpha(wide)
    colours = heats.colours(wide) * alpha[:, :, None]
    red, green, blue = (np.round(colours[:, :, channel] * 255).astype(np.uint32) for channel in range(3))
    pixels = (np.round(alpha * 255).astype(np.uint32) << 24) | (red << 16) | (green << 8) | blue
    # A copy, for a pixmap made of it would go on looking at the numbers without keeping them.
    return PixelImage(np.ascontiguousarray(pixels)).copy()


class Legend(QWidget):
    """What the colours mean: a strip of them between two words."""

    def __init__(self) -> None:
        super().__init__()
        self._ends = ("", "")
        self.setFont(theme.sans(12))
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        self.setMinimumWidth(120)
        self.set_ends("alike", "far apart")

    def set_ends(self, low: str, high: str) -> None:
        """Say what the least and the most heat stand for."""
        self._ends = (low, high)
        self.setAccessibleName(f"Colours of the map: grey for {low}, pale yellow for {high}")
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(sum(metrics.horizontalAdvance(end) for end in self._ends) + 140, metrics.height() + 6)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        metrics = self.fontMetrics()
        low_px, high_px = (metrics.horizontalAdvance(end) + theme.SMALL for end in self._ends)
        # Where there is no room for both words the strip alone says which end is hotter.
        has_room = self.width() - low_px - high_px >= 40
        left, right = (low_px, high_px) if has_room else (0, 0)
        room = QRectF(left, (self.height() - LEGEND_PX) / 2, self.width() - left - right, LEGEND_PX)
        room.setWidth(min(room.width(), 150.0))
        # As it is seen over a picture, which is grey beneath.
        at = np.linspace(0, 1, 18, dtype=np.float32)
        alpha = heats.alpha(at)[:, None]
        shown = heats.colours(at) * alpha + GROUND * (1 - alpha)
        colours = QLinearGradient(room.topLeft(), room.topRight())
        for share, colour in zip(at, shown, strict=True):
            colours.setColorAt(float(share), QColor.fromRgbF(*(float(each) for each in colour)))
        painter.setPen(Qt.NoPen)
        painter.setBrush(colours)
        painter.drawRoundedRect(room, 3, 3)
        if has_room:
            painter.setPen(theme.colour("quiet"))
            painter.drawText(QRectF(0, 0, left, self.height()), int(Qt.AlignVCenter | Qt.AlignLeft), self._ends[0])
            beyond = QRectF(room.right() + theme.SMALL, 0, right, self.height())
            painter.drawText(beyond, int(Qt.AlignVCenter | Qt.AlignLeft), self._ends[1])
