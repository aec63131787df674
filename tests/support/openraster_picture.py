"""A picture with everything that layers can have, for the tests of OpenRaster."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtGui import QImage

from app.painting.io.openraster_reader import OraPicture
from app.painting.io.openraster_writer import Snapshot, write_ora
from app.painting.model.layers import Layer

WHITE = (255, 255, 255)


@dataclass
class Sheets:
    """A drawing as far as OpenRaster needs one."""

    width: int
    height: int
    sheets: dict[Layer, NDArray[np.uint8]]
    active: int = 0

    @property
    def layers(self) -> tuple[Layer, ...]:
        return tuple(self.sheets)

    def layer_image(self, layer: int) -> QImage:
        pixels = next(sheet for each, sheet in self.sheets.items() if each.id == layer)
        return as_image(pixels)


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """Straight RGBA as a surface holds it."""
    height, width = pixels.shape[:2]
    straight = QImage(np.ascontiguousarray(pixels).tobytes(), width, height, 4 * width, QImage.Format_RGBA8888)
    return straight.convertToFormat(QImage.Format_ARGB32_Premultiplied)


def multiplied(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a surface holds of straight RGBA: [H, W, 4] blue, green, red, alpha."""
    image = as_image(pixels)
    return np.array(image.constBits().asarray(image.sizeInBytes()), dtype=np.uint8).reshape(*pixels.shape)


def sheet(width: int, height: int, box: tuple[int, int, int, int], color: tuple[int, ...]) -> NDArray[np.uint8]:
    pixels = np.zeros((height, width, 4), dtype=np.uint8)
    left, top, right, bottom = box
    pixels[top:bottom, left:right] = color
    return pixels


def drawing() -> Sheets:
    """Five layers with everything that a layer can have."""
    fade = sheet(90, 60, (40, 5, 85, 50), (10, 90, 200, 0))
    fade[5:50, 40:85, 3] = np.linspace(0, 255, 45).astype(np.uint8)
    return Sheets(
        90,
        60,
        {
            Layer(0, "Ground"): sheet(90, 60, (0, 0, 90, 40), (230, 200, 90, 255)),
            Layer(7, "Glow", 0.6, "overlay"): sheet(90, 60, (30, 20, 90, 60), (60, 160, 240, 255)),
            Layer(4, 'Sh<a>dow & "light"', 0.5, "multiply"): sheet(90, 60, (10, 10, 50, 55), (120, 40, 40, 200)),
            Layer(2, "Glanz ✨", 0.25, "screen", is_alpha_locked=True): fade,
            Layer(3, "Spare", 1.0, "overlay", is_visible=False): sheet(90, 60, (0, 0, 0, 0), (0, 0, 0, 0)),
        },
        active=4,
    )


def write(path: Path, sheets: Sheets, paper: tuple[int, int, int] | None = WHITE) -> Path:
    write_ora(path, Snapshot.of(sheets, paper))
    return path


def merged(sheets: Sheets) -> QImage:
    """All that shows, on white."""
    return Snapshot.of(sheets, WHITE).merged()


def full(picture: OraPicture, index: int) -> NDArray[np.uint8]:
    """A layer's pixels over all of the canvas."""
    layer = picture.layers[index]
    whole = np.zeros((picture.height, picture.width, 4), dtype=np.uint8)
    height, width = layer.pixels.shape[:2]
    whole[layer.top : layer.top + height, layer.left : layer.left + width] = layer.pixels
    return whole
