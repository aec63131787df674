"""Stamps: a brush's texture scaled, turned and coloured, ready to be drawn. For the surface.

Two kinds of brush, two ways. White stamps, which become paint when the whole stroke does, are kept in steps of size and
angle, since the same ones fall again and again. Stamps with their own colour and shade are hardly ever met twice, so
they are drawn straight from the texture, at their exact size, angle and place.
"""

import math
from collections import OrderedDict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QImage, QPainter, QTransform

from app.painting.brush import Brush
from app.painting.stroke import Color
from app.painting.trail import Trail

Numbers = NDArray[np.int64]

MAX_CACHED_BYTES = 48 * 2**20
MAX_CACHED_IMPRINTS = 512
_SIZE_ORIGIN = 512  # keeps size numbers positive
_SMALLEST_SIDE_PX = 4


class PixelImage(QImage):
    """A QImage over a numpy array, which it keeps alive."""

    def __init__(self, pixels: NDArray[np.uint32], width: int | None = None) -> None:
        """Wrap uint32 [H, W] premultiplied ARGB; `width` may leave out columns at the right."""
        height, stride = pixels.shape
        shown = stride if width is None else width
        # A bare address: PyQt takes anything with a length for constant data, and Qt then paints on a copy.
        address = sip.voidptr(pixels.ctypes.data)
        super().__init__(address, shown, height, stride * 4, QImage.Format_ARGB32_Premultiplied)
        self._pixels = pixels


class Stamp(NamedTuple):
    """An image and where its corner lies from the pixel that the stamp's centre falls into."""

    image: QImage
    left_px: int
    top_px: int


class _Imprint(NamedTuple):
    """A texture at some size and colour, without its empty margins."""

    image: QImage
    corner: QPointF  # from the centre, in texels
    side: int  # of the whole square, in texels


class StampBox:
    """The stamps of one brush."""

    def __init__(self, brush: Brush) -> None:
        self.brush = brush
        coverage = brush.texture.coverage.astype(np.float32) / 255
        if brush.hardness > 0:
            coverage = np.clip(coverage / max(1 - brush.hardness, 0.02), 0, 1)
        self._coverage = coverage
        self._shade = brush.relief * (brush.texture.shade.astype(np.float32) / 127.5 - 1)
        self._turns = brush.rotation != "fixed" or brush.rotation_jitter > 0
        # Where chance turns and sizes the stamps, fine steps would only be more stamps to make.
        by_chance = brush.rotation == "random" or brush.rotation_jitter > 0.1
        self._is_coarse = by_chance and brush.texture.variants > 1
        self._sizes_per_octave = 12 if self._is_coarse else 48
        self._reductions: dict[tuple[int, int], tuple[NDArray[np.float32], NDArray[np.float32], int, int]] = {}
        self._imprints: OrderedDict[tuple[int, int, int], _Imprint] = OrderedDict()
        self._kept: OrderedDict[int, Stamp] = OrderedDict()
        self._bytes = 0

    def draw_white(self, painter: QPainter, trail: Trail, flow: Numbers, scale: float) -> None:
        """Draw a trail's stamps in white; `flow` is 1..255 for each."""
        keys, x, y = self._keys(trail, scale)
        draw, kept, set_opacity = painter.drawImage, self._kept, painter.setOpacity
        before = -1
        for key, to_x, to_y, strength in zip(keys.tolist(), x.tolist(), y.tolist(), flow.tolist(), strict=True):
            if strength != before:
                set_opacity(strength / 255)
                before = strength
            image, left, top = kept.get(key) or self._stamp(key)
            draw(to_x + left, to_y + top, image)

    def draw_tinted(self, painter: QPainter, trail: Trail, flow: Numbers, scale: float, tints: list[Color]) -> None:
        """Draw a trail's stamps each in its colour, shaded by the brush's relief; `flow` is 1..255 for each."""
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        draw, place, set_opacity = painter.drawImage, painter.setTransform, painter.setOpacity
        diameters = np.maximum(trail.size * scale, 0.5)
        along, across = np.cos(trail.angle), np.sin(trail.angle)
        before = -1
        for x, y, diameter, cosine, sine, variant, strength, color in zip(
            (trail.x * scale).tolist(),
            (trail.y * scale).tolist(),
            diameters.tolist(),
            along.tolist(),
            across.tolist(),
            trail.variant.tolist(),
            flow.tolist(),
            tints,
            strict=True,
        ):
            if strength != before:
                set_opacity(strength / 255)
                before = strength
            image, corner, side = self._imprint(variant, diameter, color)
            ratio = diameter / side
            place(QTransform(cosine * ratio, sine * ratio, -sine * ratio, cosine * ratio, x, y))
            draw(corner, image)

    def _keys(self, trail: Trail, scale: float) -> tuple[Numbers, Numbers, Numbers]:
        """For each stamp of a trail: its key, and the pixel (x, y) that its centre falls into."""
        x, y, diameter = trail.x * scale, trail.y * scale, np.maximum(trail.size * scale, 0.5)
        step = np.round(np.log2(diameter) * self._sizes_per_octave).astype(np.int64)
        turn = np.zeros(len(x), dtype=np.int64)
        if self._turns:
            turns = self._turns_at(diameter)
            turn = np.round(trail.angle / (2 * np.pi) * turns).astype(np.int64) % turns
        phases = self._phases_at(diameter)
        fine_x, fine_y = np.floor(x * phases + 0.5).astype(np.int64), np.floor(y * phases + 0.5).astype(np.int64)
        pixel_x, pixel_y = fine_x // phases, fine_y // phases
        key = trail.variant
        for part, room in (
            (step + _SIZE_ORIGIN, 2048),
            (turn, 512),
            (phases, 16),
            (fine_x - pixel_x * phases, 8),
            (fine_y - pixel_y * phases, 8),
        ):
            key = key * room + part
        return key, pixel_x, pixel_y

    def _turns_at(self, diameter: NDArray[np.float64]) -> Numbers:
        """How many angles are told apart: a rim moves about half a pixel from one to the next."""
        if self._is_coarse:
            return np.full(len(diameter), 32)
        return np.array([32, 64, 128, 256, 512])[np.searchsorted([8, 16, 40, 96], diameter, side="right")]

    def _phases_at(self, diameter: NDArray[np.float64]) -> Numbers:
        """How many places within a pixel are told apart: the smaller the stamp, the more they show."""
        return np.array([8, 4, 1 if self._is_coarse else 2])[np.searchsorted([8, 24], diameter, side="right")]

    def _stamp(self, key: int) -> Stamp:
        rest, phase_y = divmod(key, 8)
        rest, phase_x = divmod(rest, 8)
        rest, phases = divmod(rest, 16)
        rest, turn = divmod(rest, 512)
        variant, step = divmod(rest, 2048)
        diameter = 2 ** ((step - _SIZE_ORIGIN) / self._sizes_per_octave)
        degrees = turn * 360 / int(self._turns_at(np.array([diameter]))[0]) if self._turns else self.brush.angle_deg
        # Half a pixel more for the phase and one for the soft rim of the scaling.
        half = math.ceil(diameter / 2 * self.brush.texture.reach + 1.5)
        pixels = np.zeros((2 * half + 1, 2 * half + 1), dtype=np.uint32)
        imprint = self._imprint(variant, diameter, None)
        target = PixelImage(pixels)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        painter.translate(half + phase_x / phases, half + phase_y / phases)
        painter.rotate(degrees)
        painter.scale(diameter / imprint.side, diameter / imprint.side)
        painter.drawImage(imprint.corner, imprint.image)
        painter.end()
        stamp = _cropped(pixels, half)
        self._kept[key] = stamp
        self._bytes += stamp.image.sizeInBytes()
        while self._bytes > MAX_CACHED_BYTES and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].image.sizeInBytes()
        return stamp

    def _imprint(self, variant: int, diameter: float, color: Color | None) -> _Imprint:
        """The texture at the nearest halving above the diameter, so that scaling it never skips texels."""
        side = self._coverage.shape[1]
        while side >= 2 * diameter and side // 2 >= _SMALLEST_SIDE_PX:
            side //= 2
        tint = -1 if color is None else color[0] << 16 | color[1] << 8 | color[2]
        key = (variant, side, tint)
        found = self._imprints.get(key)
        if found is None:
            coverage, shade, left, top = self._reduced(variant, side)
            corner = QPointF(left - side / 2, top - side / 2)
            found = _Imprint(PixelImage(_painted(coverage, shade, color)), corner, side)
            self._imprints[key] = found
            if len(self._imprints) > MAX_CACHED_IMPRINTS:
                self._imprints.popitem(last=False)
        return found

    def _reduced(self, variant: int, side: int) -> tuple[NDArray[np.float32], NDArray[np.float32], int, int]:
        """Coverage and shade of a texture at a smaller side, one empty texel around, and their corner (left, top)."""
        found = self._reductions.get((variant, side))
        if found is not None:
            return found
        factor = self._coverage.shape[1] // side
        edge = side * factor
        coverage = self._coverage[variant, :edge, :edge].reshape(side, factor, side, factor)
        shade = self._shade[variant, :edge, :edge].reshape(coverage.shape)
        weight = coverage.mean(axis=(1, 3))
        # Shade counts as far as there is paint to be shaded.
        shaded = (coverage * shade).mean(axis=(1, 3)) / np.maximum(weight, 1e-6)
        rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
        inner = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        found = np.pad(weight[inner], 1), np.pad(shaded[inner], 1), int(columns[0]) - 1, int(rows[0]) - 1
        self._reductions[variant, side] = found
        return found


def _painted(coverage: NDArray[np.float32], shade: NDArray[np.float32], color: Color | None) -> NDArray[np.uint32]:
    """Premultiplied ARGB of an imprint. Shade -1..1 moves the colour towards black or white."""
    height, width = coverage.shape
    pixels = np.empty((height, width, 4), dtype=np.uint8)
    pixels[..., 3] = np.round(coverage * 255)
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
