"""The sheet: an image as the canvas shows it, with half-size copies so that a small view does not flicker.

A copy is made when a view first needs it, and then mended where the image changed.
"""

import math

from PyQt5.QtCore import QRect, QRectF
from PyQt5.QtGui import QImage, QPainter

from app.desktop.canvas.viewport import Viewport

# Above this many px of the screen per drawing px, pixels are shown as the squares that they are.
SQUARE_PIXELS_FROM = 3.0
_MOST_HALVINGS = 6


class Mipmaps:
    """Paints one image, which may change, through a view."""

    def __init__(self) -> None:
        self._copies: list[QImage] = []  # halved once, twice, ...
        self._stale: list[QRect] = []  # what changed since each copy was mended, in px of the image

    def forget(self) -> None:
        """The image is another one now."""
        self._copies.clear()
        self._stale.clear()

    def changed(self, dirty: QRect) -> None:
        """The image has changed within `dirty` (px)."""
        self._stale = [each.united(dirty) for each in self._stale]

    def paint(self, painter: QPainter, image: QImage, view: Viewport) -> None:
        """Paint the image as the view shows it; the painter is in widget coordinates."""
        halvings = min(max(math.floor(-math.log2(view.screen_zoom) + 1e-6), 0), _MOST_HALVINGS)
        halvings = min(halvings, max(min(image.width(), image.height()), 1).bit_length() - 1)
        shown = self.copy(image, halvings)
        scale = 2**halvings
        # An odd side's copy reaches half a pixel over the edge.
        part = QRectF(0, 0, image.width() / scale, image.height() / scale)
        painter.save()
        painter.setTransform(view.transform().scale(scale, scale), True)
        is_coarse = view.screen_zoom >= SQUARE_PIXELS_FROM
        painter.setRenderHint(QPainter.SmoothPixmapTransform, not (is_coarse or view.is_even))
        painter.setRenderHint(QPainter.Antialiasing, not view.is_upright)
        painter.drawImage(part, shown, part)
        painter.restore()

    def copy(self, image: QImage, halvings: int) -> QImage:
        """The image halved so many times; each pixel is the mean of four."""
        for number in range(halvings):
            larger = image if number == 0 else self._copies[number - 1]
            if number == len(self._copies):
                size = larger.size()
                copy = QImage((size.width() + 1) // 2, (size.height() + 1) // 2, QImage.Format_ARGB32_Premultiplied)
                self._copies.append(copy)
                self._stale.append(image.rect())
            if not self._stale[number].isEmpty():
                _halve(larger, self._copies[number], _shrunk(self._stale[number], number).intersected(larger.rect()))
                self._stale[number] = QRect()
        return image if halvings == 0 else self._copies[halvings - 1]


def _shrunk(rect: QRect, halvings: int) -> QRect:
    """A rectangle of the image as it lies on a copy of it; whatever it touches."""
    left, top = rect.left() >> halvings, rect.top() >> halvings
    return QRect(left, top, (rect.right() >> halvings) - left + 1, (rect.bottom() >> halvings) - top + 1)


def _halve(larger: QImage, smaller: QImage, part: QRect) -> None:
    """Draw part of an image at half its size where it belongs."""
    painter = QPainter(smaller)
    painter.setCompositionMode(QPainter.CompositionMode_Source)
    # At exactly one half, bilinear sampling falls between four pixels, and is their mean.
    painter.setRenderHint(QPainter.SmoothPixmapTransform)
    for left, width in _pairs(part.left(), part.right(), larger.width()):
        for top, height in _pairs(part.top(), part.bottom(), larger.height()):
            target = QRectF(left // 2, top // 2, (width + 1) // 2, (height + 1) // 2)
            painter.drawImage(target, larger, QRectF(left, top, width, height))
    painter.end()


def _pairs(first: int, last: int, length: int) -> list[tuple[int, int]]:
    """The stretch from `first` to `last` in whole pairs, and the single pixel at an odd end: (start, length)."""
    start, end = first & ~1, min((last | 1) + 1, length)
    even = (end - start) & ~1
    return [(at, many) for at, many in ((start, even), (start + even, (end - start) & 1)) if many]
