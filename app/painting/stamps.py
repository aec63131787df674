"""Stamps: a brush's texture scaled, turned and coloured, ready to be drawn, kept for the next time. For the surface."""

import math
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QImage, QPainter

from app.painting.brush import Brush
from app.painting.stroke import Color
from app.painting.trail import Trail

MAX_CACHED_BYTES = 48 * 2**20
# Sizes are kept in 48 steps to an octave: 0.7 % of the radius at most, under half a pixel up to 128 px.
SIZES_PER_OCTAVE = 48
_SIZE_ORIGIN = 256  # keeps size numbers positive
_SMALLEST_MIP_PX = 4


class Stamp(NamedTuple):
    """An image and where its corner lies from the pixel that the stamp's centre falls into."""

    image: QImage
    left_px: int
    top_px: int


class PixelImage(QImage):
    """A QImage over a numpy array, which it keeps alive."""

    def __init__(self, pixels: NDArray[np.uint32], width: int | None = None) -> None:
        """Wrap uint32 [H, W] premultiplied ARGB; `width` may leave out columns at the right."""
        height, stride = pixels.shape
        shown = stride if width is None else width
        # A bare address: PyQt takes anything with a length for constant data, and Qt then paints on a copy.
        pointer = sip.voidptr(pixels.ctypes.data)
        super().__init__(pointer, shown, height, stride * 4, QImage.Format_ARGB32_Premultiplied)
        self._pixels = pixels


class StampBox:
    """The stamps of one brush.

    Stamps of a brush with body are coloured, and shaded by the texture; all others are white and become paint when
    the whole stroke does.
    """

    def __init__(self, brush: Brush) -> None:
        self.brush = brush
        self._turns = brush.rotation != "fixed" or brush.rotation_jitter > 0
        self._mips: dict[tuple[int, int, int], QImage] = {}
        self.kept: OrderedDict[int, Stamp] = OrderedDict()
        self._bytes = 0
        coverage = brush.texture.coverage.astype(np.float32) / 255
        if brush.hardness > 0:
            coverage = np.clip(coverage / max(1 - brush.hardness, 0.02), 0, 1)
        self._coverage = coverage
        self._shade = brush.relief * (brush.texture.shade.astype(np.float32) / 127.5 - 1)

    def keys(self, trail: Trail, scale: float, tints: NDArray[np.int64] | int = 0) -> tuple[NDArray[np.int64], ...]:
        """For each stamp of a trail: its key, and the pixel (x, y) that its centre falls into, at `scale`.

        `tints` are from `tint`, or 0 for white stamps without shade.
        """
        x, y, diameter = trail.x * scale, trail.y * scale, np.maximum(trail.size * scale, 0.5)
        step = np.round(np.log2(diameter) * SIZES_PER_OCTAVE).astype(np.int64) + _SIZE_ORIGIN
        turn = np.zeros(len(x), dtype=np.int64)
        if self._turns:
            turns = _turns(diameter)
            turn = np.round(trail.angle / (2 * np.pi) * turns).astype(np.int64) % turns
        phases = _phases(diameter)
        fine_x, fine_y = np.floor(x * phases + 0.5).astype(np.int64), np.floor(y * phases + 0.5).astype(np.int64)
        pixel_x, pixel_y = fine_x // phases, fine_y // phases
        key = tints
        for part, room in (
            (trail.variant, 16),
            (step, 1024),
            (turn, 512),
            (fine_x - pixel_x * phases, 8),
            (fine_y - pixel_y * phases, 8),
        ):
            key = key * room + part
        return np.asarray(key), pixel_x, pixel_y

    def stamp(self, key: int) -> Stamp:
        """The stamp of a key from `keys`, made now if it is not kept."""
        found = self.kept.get(key)
        if found is None:
            found = self._made(key)
            self.kept[key] = found
            self._bytes += found.image.sizeInBytes()
            while self._bytes > MAX_CACHED_BYTES and len(self.kept) > 1:
                self._bytes -= self.kept.popitem(last=False)[1].image.sizeInBytes()
        return found

    def _made(self, key: int) -> Stamp:
        rest, phase_y = divmod(key, 8)
        rest, phase_x = divmod(rest, 8)
        rest, turn = divmod(rest, 512)
        rest, step = divmod(rest, 1024)
        tint, variant = divmod(rest, 16)
        diameter = 2 ** ((step - _SIZE_ORIGIN) / SIZES_PER_OCTAVE)
        phases = int(_phases(np.array([diameter]))[0])
        degrees = turn * 360 / int(_turns(np.array([diameter]))[0]) if self._turns else self.brush.angle_deg
        # Half a pixel more for the phase and one for the soft rim of the scaling.
        half = math.ceil(diameter / 2 * self.brush.texture.reach + 1.5)
        side = 2 * half + 1
        pixels = np.zeros((side, side), dtype=np.uint32)
        target = PixelImage(pixels)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        painter.translate(half + phase_x / phases, half + phase_y / phases)
        painter.rotate(degrees)
        mip = self._mip(variant, diameter, tint)
        painter.scale(diameter / mip.width(), diameter / mip.height())
        painter.drawImage(QPointF(-mip.width() / 2, -mip.height() / 2), mip)
        painter.end()
        return _cropped(pixels, half)

    def _mip(self, variant: int, diameter: float, tint: int) -> QImage:
        """The imprint at the nearest power of two above the diameter, so that scaling it never skips texels."""
        side = self.brush.texture.coverage.shape[1]
        while side >= 2 * diameter and side // 2 >= _SMALLEST_MIP_PX:
            side //= 2
        found = self._mips.get((variant, side, tint))
        if found is None:
            if len(self._mips) > 512:
                self._mips.clear()
            found = PixelImage(_painted(*self._reduced(variant, side), _color(tint)))
            self._mips[variant, side, tint] = found
        return found

    def _reduced(self, variant: int, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Coverage and shade of an imprint at a smaller side; shade is weighed by the coverage."""
        coverage, shade = self._coverage[variant], self._shade[variant]
        factor = coverage.shape[0] // side
        if factor == 1:
            return coverage, shade
        edge = side * factor
        blocks = coverage[:edge, :edge].reshape(side, factor, side, factor)
        weight = blocks.mean(axis=(1, 3))
        shaded = (blocks * shade[:edge, :edge].reshape(blocks.shape)).mean(axis=(1, 3))
        return weight, shaded / np.maximum(weight, 1e-6)


def tint(red: int, green: int, blue: int) -> int:
    """The number by which stamps of a colour are told apart."""
    return 1 << 24 | red << 16 | green << 8 | blue


def _color(number: int) -> Color | None:
    return (number >> 16 & 255, number >> 8 & 255, number & 255) if number else None


def _turns(diameter: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many angles are told apart: a rim moves about half a pixel from one to the next."""
    return np.array([32, 64, 128, 256, 512])[np.searchsorted([8, 16, 40, 96], diameter, side="right")]


def _phases(diameter: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many places within a pixel are told apart: the smaller the stamp, the more they show."""
    return np.array([8, 4, 2])[np.searchsorted([8, 32], diameter, side="right")]


def _painted(coverage: NDArray[np.float32], shade: NDArray[np.float32], color: Color | None) -> NDArray[np.uint32]:
    """Premultiplied ARGB of an imprint. Shade -1..1 moves the colour towards black or white."""
    height, width = coverage.shape
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    alpha = coverage * 255
    pixels[..., 3] = np.round(alpha)
    if color is None:
        pixels[..., :3] = pixels[..., 3:]
    else:
        # A gentle dark and a gentle light: full black and white would make the paint look like plastic.
        dark, light = np.maximum(-shade, 0) * 0.6, np.maximum(shade, 0) * 0.5
        for channel, value in enumerate(reversed(color)):
            shaded = value * (1 - dark) + (255 - value) * light
            pixels[..., channel] = np.minimum(np.round(shaded * coverage), pixels[..., 3])
    return pixels.view(np.uint32)[..., 0]


def _cropped(pixels: NDArray[np.uint32], half: int) -> Stamp:
    """The stamp without its empty margins."""
    painted = pixels >= 1 << 24
    rows, columns = np.flatnonzero(painted.any(axis=1)), np.flatnonzero(painted.any(axis=0))
    if len(rows) == 0:
        return Stamp(PixelImage(np.zeros((1, 1), dtype=np.uint32)), 0, 0)
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    image = PixelImage(np.ascontiguousarray(pixels[top:bottom, left:right]))
    return Stamp(image, int(left) - half, int(top) - half)
