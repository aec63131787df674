"""Heat: where a picture departs from another, as colours to lay over it and a legend of them. `why.py` and views call.

The colours run from a deep violet over orange to a pale yellow. Their lightness rises evenly, and blue against yellow
is what nearly every eye tells apart, so that the map reads the same with red-green blindness and without any colour.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent
from PyQt5.QtWidgets import QSizePolicy, QWidget

from app.desktop import theme
from app.judging.opinion import Heat
from app.painting.stamps import PixelImage

# Evenly from the least heat to the most, sRGB.
STOPS = ("#2b1c63", "#6a2a86", "#a83a81", "#dd5d5c", "#f3963c", "#fcd35a", "#fff6c4")
#: Heat up to here is what any two pictures differ by, and is not coloured; from there the colour fades in.
QUIET_HEAT, FULL_HEAT = 0.06, 0.75
#: Even where it is hottest the picture shows through.
MOST_ALPHA = 0.86
LEGEND_PX = 12
# About as light as a picture is where the map does not cover it, 0 to 1.
GROUND = 0.3


@lru_cache(maxsize=1)
def ramp() -> NDArray[np.float32]:
    """The colours of heat 0 to 1: float32 [256, 3], RGB, sRGB, 0 to 1."""
    stops = np.array([QColor(stop).getRgbF()[:3] for stop in STOPS], np.float32)
    at = np.linspace(0, 1, 256, dtype=np.float32)
    each = [np.interp(at, np.linspace(0, 1, len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(each, axis=1).astype(np.float32)


def smooth(heat: Heat, height: int, width: int) -> Heat:
    """Enlarge a heat map, float32 [h, w], to [height, width] without steps: by cubic B-splines, which never overshoot.

    The maps are coarse; enlarged linearly their grid would be seen, and taken for something in the picture.
    """
    down, across = (_spline(size, count) for size, count in ((height, heat.shape[0]), (width, heat.shape[1])))
    return np.clip(down @ heat.astype(np.float32) @ across.T, 0, 1)


def _spline(size: int, count: int) -> NDArray[np.float32]:
    """Weights [size, count] of `count` cells' middles at `size` px; beyond the border it goes on as at the border."""
    at = (np.arange(size, dtype=np.float64) + 0.5) * count / size - 0.5
    weights = np.zeros((size, count), np.float32)
    rows = np.arange(size)
    for step in (-1, 0, 1, 2):
        cell = np.floor(at) + step
        away = np.abs(at - cell)
        near = 2 / 3 - away**2 + away**3 / 2
        value = np.where(away < 1, near, np.maximum(2 - away, 0) ** 3 / 6)
        np.add.at(weights, (rows, np.clip(cell, 0, count - 1).astype(np.intp)), value.astype(np.float32))
    return weights


def heat_image(heat: Heat, size: QSize) -> QImage:
    """The map as an image with transparency of that size, px; where there is no heat nothing of it is seen."""
    wide = smooth(heat, max(size.height(), 1), max(size.width(), 1))
    alpha = _alpha(wide)
    colours = ramp()[np.round(wide * 255).astype(np.uint8)] * alpha[:, :, None]
    red, green, blue = (np.round(colours[:, :, channel] * 255).astype(np.uint32) for channel in range(3))
    pixels = (np.round(alpha * 255).astype(np.uint32) << 24) | (red << 16) | (green << 8) | blue
    # A copy, for a pixmap made of it would go on looking at the numbers without keeping them.
    return PixelImage(np.ascontiguousarray(pixels)).copy()


def _alpha(heat: Heat) -> Heat:
    """How much of what lies beneath heat is covered, 0 to 1."""
    rise = np.clip((heat - QUIET_HEAT) / (FULL_HEAT - QUIET_HEAT), 0, 1)
    return np.asarray(MOST_ALPHA * rise * rise * (3 - 2 * rise), np.float32)


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
        alpha = _alpha(at)[:, None]
        shown = ramp()[np.round(at * 255).astype(np.uint8)] * alpha + GROUND * (1 - alpha)
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
