"""How sheets lie over each other: paper, then layers, each in its blend mode. Called by the surface.

The blend modes are those of Qt's raster painter, which are the separable ones of "Compositing and Blending Level 1"
(W3C 2015), as other painting programs have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QImage, QPainter

from app import images
from app.errors import PictureError
from app.painting.layers import Blend, Layer, Placed
from app.painting.stamps import PixelImage
from app.painting.stroke import Color
from app.painting.tiles import Sheet

Mode = QPainter.CompositionMode

MODES: Mapping[Blend, Mode] = {
    "normal": QPainter.CompositionMode_SourceOver,
    "multiply": QPainter.CompositionMode_Multiply,
    "screen": QPainter.CompositionMode_Screen,
    "overlay": QPainter.CompositionMode_Overlay,
}


class Film(NamedTuple):
    """Something to lay over what is there."""

    image: QImage
    opacity: float = 1.0
    mode: Mode = QPainter.CompositionMode_SourceOver


def film_of(layer: Layer, sheet: Sheet, width: int) -> Film:
    """A layer as it is laid over those beneath it."""
    return Film(PixelImage(sheet, width), layer.opacity, MODES[layer.blend])


def compose(target: Sheet, width: int, areas: Iterable[QRect], paper: Color | None, films: Sequence[Film]) -> None:
    """Make some areas of a sheet the paper (None: transparent) with films over it, the lowest first."""
    shown = PixelImage(target, width)
    painter = QPainter(shown)
    ground = QColor(0, 0, 0, 0) if paper is None else QColor(*paper)
    areas = list(areas)
    scratch = np.empty(max((area.width() * area.height() for area in areas), default=0), dtype=np.uint32)
    for area in areas:
        painter.setOpacity(1.0)
        painter.setCompositionMode(QPainter.CompositionMode_Source)
        painter.fillRect(area, ground)
        for film in films:
            painter.setCompositionMode(film.mode)
            if film.opacity < 1 and film.mode != QPainter.CompositionMode_SourceOver:
                # Paint that is thinned first blends twice as fast as paint that is thinned as it blends.
                painter.setOpacity(1.0)
                painter.drawImage(area.topLeft(), _thinned(film, area, scratch))
            else:
                painter.setOpacity(film.opacity)
                painter.drawImage(area.topLeft(), film.image, area)
    painter.end()


def _thinned(film: Film, area: QRect, scratch: NDArray[np.uint32]) -> QImage:
    pixels = scratch[: area.height() * area.width()].reshape(area.height(), area.width())
    pixels.fill(0)
    thinned = PixelImage(pixels)
    painter = QPainter(thinned)
    painter.setOpacity(film.opacity)
    painter.drawImage(QPoint(0, 0), film.image, area)
    painter.end()
    return thinned


def picture_of(pixels: NDArray[np.uint8]) -> images.Picture:
    """Premultiplied pixels, uint8 [H, W, 4] as blue, green, red, alpha, over white: float32 RGB [H, W, 3] in 0..1."""
    shares = pixels.astype(np.float32) / 255
    return np.ascontiguousarray(shares[..., 2::-1] + (1 - shares[..., 3:]))


def placed_image(placed: Placed) -> QImage:
    """The picture that is to be placed, unpacked. Raises PictureError."""
    try:
        pixels = images.from_png(placed.png)
    except PictureError as error:
        raise PictureError(f"The placed picture cannot be shown: {error}.") from error
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format_RGBA8888)
    return image.convertToFormat(QImage.Format_ARGB32_Premultiplied)


def place(target: Sheet, width: int, placed: Placed, image: QImage, scale: float) -> None:
    """Lay a placed picture onto a sheet that has `scale` px for each of the drawing's."""
    rect = QRectF(placed.left * scale, placed.top * scale, placed.width * scale, placed.height * scale)
    size = QSize(max(1, round(rect.width())), max(1, round(rect.height())))
    if size.width() < image.width() and size.height() < image.height():
        # The painter looks at four pixels only, which would leave out most of a picture that is made much smaller.
        image = image.scaled(size, Qt.IgnoreAspectRatio, Qt.SmoothTransformation)
    shown = PixelImage(target, width)
    painter = QPainter(shown)
    painter.setRenderHint(QPainter.SmoothPixmapTransform)
    painter.drawImage(rect, image)
    painter.end()
