"""Between pictures (float arrays) and Qt's images: always copies that own their pixels.

The window is first painted before there is a picture, so what handles arrays is imported where it is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PyQt5.QtCore import QRectF, QSize, QSizeF, Qt
from PyQt5.QtGui import QImage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.images import Picture


def to_image(picture: Picture) -> QImage:
    """H x W x 3 float32 in [0, 1] -> QImage (RGB32) that owns its pixels. Safe in any thread."""
    from app.images import to_bytes

    return pixels_to_image(to_bytes(picture))


def pixels_to_image(pixels: NDArray[np.uint8]) -> QImage:
    """uint8 H x W x 3 (0-255), RGB -> QImage (RGB32) that owns its pixels. Safe in any thread."""
    height, width = pixels.shape[:2]
    borrowed = QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format_RGB888)
    # The conversion copies, so the bytes may go; RGB32 is what the raster engine draws fastest.
    return borrowed.convertToFormat(QImage.Format_RGB32)


def to_pixels(image: QImage) -> NDArray[np.uint8]:
    """QImage -> uint8 H x W x 3 (0-255), RGB, a copy. Safe in any thread."""
    import numpy as np

    plain = image.convertToFormat(QImage.Format_RGB888)
    bits = plain.constBits().asarray(plain.sizeInBytes())
    rows = np.array(bits, dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()


def to_picture(image: QImage) -> Picture:
    """QImage -> H x W x 3 float32 in [0, 1]."""
    from app.images import from_bytes

    return from_bytes(to_pixels(image))


def shrink(image: QImage, side_px: int) -> QImage:
    """The image with its longer side at most `side_px`, smoothly; never enlarged."""
    if max(image.width(), image.height()) <= side_px:
        return image
    return image.scaled(QSize(side_px, side_px), Qt.KeepAspectRatio, Qt.SmoothTransformation)


def fitted(size: QSizeF, space: QRectF, *, align: Qt.AlignmentFlag = Qt.AlignVCenter) -> QRectF:
    """The largest rectangle of `size`'s aspect in the middle (or, Qt.AlignBottom, at the foot) of `space`."""
    if size.isEmpty() or space.isEmpty():
        return QRectF()
    inner = size.scaled(space.size(), Qt.KeepAspectRatio)
    return QRectF(
        space.x() + (space.width() - inner.width()) / 2,
        space.y() + (space.height() - inner.height()) * (1.0 if align == Qt.AlignBottom else 0.5),
        inner.width(),
        inner.height(),
    )
