"""How sheets lie over each other: paper, then layers, each in its blend mode.

The blend modes are those of Qt's raster painter, which are the separable ones of "Compositing and Blending Level 1"
(W3C 2015), as other painting programs have them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect, QRectF, QSize, Qt
from PyQt5.QtGui import QColor, QImage, QPainter

from app import images
from app.errors import PictureError
from app.painting.engine.dabs import PixelImage
from app.painting.engine.tiles import TILE_PX, Sheet
from app.painting.model.layers import Arrangement, Blend, Layer, Placed
from app.painting.model.stroke import Color

Mode = QPainter.CompositionMode

MODES: Mapping[Blend, Mode] = {
    "normal": QPainter.CompositionMode_SourceOver,
    "multiply": QPainter.CompositionMode_Multiply,
    "screen": QPainter.CompositionMode_Screen,
    "overlay": QPainter.CompositionMode_Overlay,
}


class LayerPixels(NamedTuple):
    """Something to lay over what is there; its sheet, if it has one, tells where it is bare."""

    image: QImage
    opacity: float = 1.0
    mode: Mode = QPainter.CompositionMode_SourceOver
    sheet: Sheet | None = None


def layer_pixels(layer: Layer, sheet: Sheet, width: int) -> LayerPixels:
    """A layer as it is laid over those beneath it."""
    return LayerPixels(PixelImage(sheet, width), layer.opacity, MODES[layer.blend], sheet)


def compose(
    target: Sheet, width: int, areas: Iterable[QRect], paper: Color | None, films: Sequence[LayerPixels]
) -> None:
    """Make some areas of a sheet the paper (None: transparent) with films over it, the lowest first."""
    compose_on(PixelImage(target, width), areas, paper, films)


def compose_on(shown: PixelImage, areas: Iterable[QRect], paper: Color | None, films: Sequence[LayerPixels]) -> None:
    """As `compose`, for a sheet that has its image."""
    painter = QPainter(shown)
    ground = QColor(0, 0, 0, 0) if paper is None else QColor(*paper)
    for area in areas:
        painter.setOpacity(1.0)
        painter.setCompositionMode(QPainter.CompositionMode_Source)
        painter.fillRect(area, ground)
        for film in films:
            painter.setCompositionMode(film.mode)
            is_plain = film.mode == QPainter.CompositionMode_SourceOver
            # To look where a film is bare costs more than to lay it over, unless it is one that is laid slowly.
            for part in [area] if is_plain or film.sheet is None else _painted(film.sheet, area):
                if film.opacity < 1 and not is_plain:
                    # Paint that is thinned first blends twice as fast as paint that is thinned as it blends.
                    painter.setOpacity(1.0)
                    painter.drawImage(part.topLeft(), _thinned(film, part))
                else:
                    painter.setOpacity(film.opacity)
                    painter.drawImage(part.topLeft(), film.image, part)
    painter.end()


def merge(above: tuple[Layer, Sheet], below: tuple[Layer, Sheet], areas: Iterable[QRect], width: int) -> None:
    """Paint one layer onto the sheet of another as they show, in some areas; a hidden one leaves it as it is."""
    (upper, upper_sheet), (lower, lower_sheet) = above, below
    films = [LayerPixels(PixelImage(lower_sheet.copy(), width), lower.opacity)]
    if upper.is_visible and upper.opacity > 0:
        films.append(layer_pixels(upper, upper_sheet, width))
    compose(lower_sheet, width, areas, None, films)


def _painted(sheet: Sheet, area: QRect) -> list[QRect]:
    """Parts of an area that have all its paint: runs of columns, a tile wide or more."""
    left, top, width = area.left(), area.top(), area.width()
    has_paint = np.bitwise_or.reduce(sheet[top : top + area.height(), left : left + width], axis=0)
    edges = range(0, width, TILE_PX)
    blocks = np.bitwise_or.reduceat(has_paint, edges).astype(bool).tolist()
    parts: list[QRect] = []
    was_painted = False
    for start, is_painted in zip(edges, blocks, strict=True):
        if is_painted and was_painted:
            parts[-1].setRight(left + min(start + TILE_PX, width) - 1)
        elif is_painted:
            parts.append(QRect(left + start, top, min(TILE_PX, width - start), area.height()))
        was_painted = is_painted
    return parts


def _thinned(film: LayerPixels, area: QRect) -> QImage:
    thinned = PixelImage(np.zeros((area.height(), area.width()), dtype=np.uint32))
    painter = QPainter(thinned)
    painter.setOpacity(film.opacity)
    painter.drawImage(0, 0, film.image, area.left(), area.top(), area.width(), area.height())
    painter.end()
    return thinned


def picture_of(pixels: NDArray[np.uint8]) -> images.Picture:
    """Premultiplied pixels, uint8 [H, W, 4] as blue, green, red, alpha, over white: float32 RGB [H, W, 3] in 0..1."""
    shares = pixels.astype(np.float32) / 255
    return np.ascontiguousarray(shares[..., 2::-1] + (1 - shares[..., 3:]))


def rgb_of(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """As `picture_of`, rounded to uint8 [H, W, 3], in a fraction of the memory."""
    shown = np.empty((*pixels.shape[:2], 3), dtype=np.uint8)
    # Row by row, since what lies between would be larger than what comes out.
    for row, source in zip(shown, pixels, strict=True):
        white = 255 - source[:, 3:].astype(np.uint16)
        row[:] = np.minimum(source[:, 2::-1] + white, 255)
    return shown


# The PNG that was unpacked last for being placed soon, and its picture.
_unpacked: list[tuple[bytes, QImage]] = []


def unpack_ahead(placed: Placed) -> None:
    """Unpack a picture in the background, so that nobody waits for that when it is placed. Raises PictureError."""
    _unpacked[:] = [(placed.png, placed_image(placed))]


def placed_image(placed: Placed) -> QImage:
    """The picture that is to be placed, unpacked. Raises PictureError."""
    for png, image in _unpacked:
        if png is placed.png:
            _unpacked.clear()
            return image
    try:
        pixels = images.from_png(placed.png)
    except PictureError as error:
        raise PictureError(f"The placed picture cannot be shown: {error}.") from error
    height, width = pixels.shape[:2]
    image = QImage(pixels.tobytes(), width, height, width * 4, QImage.Format_RGBA8888)
    return image.convertToFormat(QImage.Format_ARGB32_Premultiplied)


def with_readable(arrangement: Arrangement) -> Arrangement:
    """The arrangement without the pictures that cannot be read: their layers stay empty."""
    return replace(arrangement, placed=tuple(filter(_is_readable, arrangement.placed)))


def _is_readable(placed: Placed) -> bool:
    try:
        placed_image(placed)
    except PictureError:
        return False
    return True


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
