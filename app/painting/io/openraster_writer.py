"""OpenRaster: a drawing with its layers as a file that other painting programs open, and theirs opened here.

An `.ora` is a ZIP archive: `mimetype` first and not packed, `stack.xml` (the layers, the highest first), `data/*.png`,
`mergedimage.png` and `Thumbnails/thumbnail.png`; see https://www.openraster.org/baseline/. The library pyora (MIT, last
released in 2021) reads and writes it too, without types and with no limit on what an archive unpacks to. This writes;
`openraster_reader.py` reads.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect, QSize, Qt
from PyQt5.QtGui import QImage

from app.images import to_png, write_bytes
from app.painting.engine.composite import MODES, LayerPixels, compose
from app.painting.engine.dabs import PixelImage
from app.painting.model.layers import Blend, Layer
from app.painting.model.stroke import Color

SUFFIX = ".ora"
THUMBNAIL_PX = 256
PAPER_TITLE = "Paper"

MIMETYPE = b"image/openraster"
_VERSION = "0.0.5"
# MyPaint's canvas has no end unless it is told so.
_MYPAINT = "http://mypaint.org/ns/openraster"
_FRAME = f'xmlns:mypaint="{_MYPAINT}" mypaint:frame-active="true"'
OPS: dict[Blend, str] = {
    "normal": "svg:src-over",
    "multiply": "svg:multiply",
    "screen": "svg:screen",
    "overlay": "svg:overlay",
}


class LayeredDrawing(Protocol):
    """What is needed of a `Drawing` to keep it as OpenRaster."""

    @property
    def width(self) -> int:
        """In pixels."""

    @property
    def height(self) -> int:
        """In pixels."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The lowest first."""

    @property
    def active(self) -> int:
        """The id of the layer in hand."""

    def layer_image(self, layer: int) -> QImage:
        """A layer's pixels."""


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A drawing as it is now, to be written in the background while it is painted on.

    Attributes:
        width, height: in px.
        layers: each with its pixels, the lowest first.
        active: the id of the layer in hand.
        paper: the colour beneath the layers; None for a transparent ground.
    """

    width: int
    height: int
    layers: tuple[tuple[Layer, QImage], ...]
    active: int
    paper: Color | None

    @classmethod
    def of(cls, drawing: LayeredDrawing, paper: Color | None = (255, 255, 255)) -> "Snapshot":
        """Copy a drawing's pixels."""
        layers = tuple((layer, drawing.layer_image(layer.id).copy()) for layer in drawing.layers)
        return cls(drawing.width, drawing.height, layers, drawing.active, paper)

    def merged(self) -> QImage:
        """All that shows, on the paper; the same pixels as the drawing's picture."""
        sheet = np.empty((self.height, self.width), dtype=np.uint32)
        films = [
            LayerPixels(pixels, layer.opacity, MODES[layer.blend])
            for layer, pixels in self.layers
            if layer.is_visible and layer.opacity > 0
        ]
        compose(sheet, self.width, [QRect(0, 0, self.width, self.height)], self.paper, films)
        return PixelImage(sheet, self.width)


def write_ora(path: Path, snapshot: Snapshot) -> None:
    """Write a drawing with its layers, atomically; the paper is its lowest layer. Raises SaveError."""
    merged = snapshot.merged()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        # First and not packed, so that a look at the file's first bytes tells what it is.
        archive.writestr(zipfile.ZipInfo("mimetype"), MIMETYPE)
        lines = []
        if snapshot.paper is not None:
            # Over all of the canvas, because other programs have no paper beneath their layers.
            sheet = np.full((snapshot.height, snapshot.width, 3), snapshot.paper, dtype=np.uint8)
            _put(archive, "data/paper.png", to_png(sheet))
            lines.append(_line(Layer(name=PAPER_TITLE), "data/paper.png", 0, 0, is_active=False))
        for number, (layer, image) in enumerate(snapshot.layers):
            pixels, left, top = _trimmed(straight(image))
            name = f"data/layer{number:02}.png"
            _put(archive, name, to_png(pixels))
            lines.append(_line(layer, name, left, top, is_active=layer.id == snapshot.active))
        stack = (
            f"<?xml version='1.0' encoding='UTF-8'?>\n"
            f'<image version="{_VERSION}" w="{snapshot.width}" h="{snapshot.height}" xres="72" yres="72" {_FRAME}>\n'
            f" <stack>\n{''.join(reversed(lines))} </stack>\n</image>\n"
        )
        archive.writestr(zipfile.ZipInfo("stack.xml"), stack.encode(), zipfile.ZIP_DEFLATED)
        _put(archive, "mergedimage.png", to_png(straight(merged)))
        small = QSize(THUMBNAIL_PX, THUMBNAIL_PX)
        if max(snapshot.width, snapshot.height) <= THUMBNAIL_PX:
            thumbnail = merged
        else:
            thumbnail = merged.scaled(small, Qt.KeepAspectRatio, Qt.SmoothTransformation)
        _put(archive, "Thumbnails/thumbnail.png", to_png(straight(thumbnail)))
    write_bytes(path, buffer.getvalue())


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    # A PNG is packed already. A fixed date: the same drawing is the same file.
    archive.writestr(zipfile.ZipInfo(name), content)


def _line(layer: Layer, source: str, left: int, top: int, *, is_active: bool) -> str:
    facts = {
        "name": "".join(letter if letter.isprintable() else " " for letter in layer.name),
        "src": source,
        "x": str(left),
        "y": str(top),
        "opacity": f"{layer.opacity:.6g}",
        "visibility": "visible" if layer.is_visible else "hidden",
        "composite-op": OPS[layer.blend],
    }
    if layer.is_alpha_locked:
        facts["alpha-preserve"] = "true"
    if is_active:
        facts["selected"] = "true"
    # With it come urllib, HTTP and TLS, for which no window should wait.
    from xml.sax.saxutils import quoteattr

    return "  <layer " + " ".join(f"{name}={quoteattr(value)}" for name, value in facts.items()) + "/>\n"


def straight(image: QImage) -> NDArray[np.uint8]:
    """An image as uint8 [h, w, 4], RGB not multiplied by alpha; multiplied again it is the same."""
    plain = image.convertToFormat(QImage.Format_RGBA8888)
    bits = plain.constBits().asarray(plain.sizeInBytes())
    rows = np.array(bits, dtype=np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 4 * plain.width()].reshape(plain.height(), plain.width(), 4).copy()


def _trimmed(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], int, int]:
    """The part that is not transparent, and where it begins; one clear pixel of a layer that is all transparent."""
    is_painted = pixels[:, :, 3] > 0
    rows, columns = np.flatnonzero(is_painted.any(axis=1)), np.flatnonzero(is_painted.any(axis=0))
    if len(rows) == 0:
        return np.zeros((1, 1, 4), dtype=np.uint8), 0, 0
    part = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return np.ascontiguousarray(part), int(columns[0]), int(rows[0])
