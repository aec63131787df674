"""Pictures for docs/rivals.md: sheets of pictures with titles, and a chart of falling losses.

Drawn with Pillow, whose own typeface is everywhere.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app import images
from app.bench.rivals.classic import Curve
from app.images import Picture

WALL, PANEL, TEXT, FAINT, RULE = "#1f1e1d", "#282726", "#e6e1d8", "#a29c92", "#45423f"
OCHRE, BLUE = "#d9a23b", "#7fa9cf"
CELL_PX, GAP_PX, MARGIN_PX = 212, 8, 16
TITLE_PX, ROW_TITLE_PX = 15, 14
MOST_BYTES = 400_000
#: Everything of a chart is drawn so much larger and scaled down, for smooth lines.
_FINE = 3

Sheet = NDArray[np.uint8]
"""uint8 H x W x 3, RGB."""


@dataclass(frozen=True)
class SheetRow:
    """Pictures beside each other, None for a gap; `title` above them, and `captions` above each ("" for none)."""

    pictures: Sequence[Picture | None]
    title: str = ""
    captions: Sequence[str] = ()


def draw_sheet(rows: Sequence[SheetRow], *, cell_px: int = CELL_PX) -> Sheet:
    """Lay rows of pictures out on a dark wall, each within a square cell, its aspect kept."""
    columns = max(len(row.pictures) for row in rows)
    heights = [cell_px + GAP_PX + _head_px(row.title) + _head_px("".join(row.captions)) for row in rows]
    width = 2 * MARGIN_PX + columns * cell_px + (columns - 1) * GAP_PX
    sheet = Image.new("RGB", (width, 2 * MARGIN_PX + sum(heights) - GAP_PX), WALL)
    pen = ImageDraw.Draw(sheet)
    top = MARGIN_PX
    for row, height in zip(rows, heights, strict=True):
        below = top
        if row.title:
            pen.text((MARGIN_PX, below), row.title, TEXT, _font(TITLE_PX))
            below += _head_px(row.title)
        for number, caption in enumerate(row.captions):
            middle = MARGIN_PX + number * (cell_px + GAP_PX) + cell_px // 2
            pen.text((middle, below), caption, FAINT, _font(ROW_TITLE_PX), anchor="ma")
        below += _head_px("".join(row.captions))
        for number, picture in enumerate(row.pictures):
            if picture is not None:
                shown = Image.fromarray(images.to_bytes(_within(picture, cell_px)))
                left = MARGIN_PX + number * (cell_px + GAP_PX)
                sheet.paste(shown, (left + (cell_px - shown.width) // 2, below + (cell_px - shown.height) // 2))
        top += height
    return np.asarray(sheet)


def draw_curves(rival: Curve, plain: Curve, *, width_px: int = 900, height_px: int = 460) -> Sheet:
    """Draw two losses (on a logarithmic scale) over seconds, and when the rival is where the plain way ends."""
    chart = _Chart(rival, plain, width_px, height_px)
    chart.draw_axes()
    target = plain.losses[-1]
    chart.draw_level(target, f"where {len(plain.losses) - 1} plain steps end: {target:.3g}")
    chart.draw_line(plain, BLUE, "Adam on the pixels, one scale")
    chart.draw_line(rival, OCHRE, "the rival: coarse to fine")
    reached = rival.seconds_to(target)
    if reached is not None:
        chart.draw_mark(reached, target, f"{reached:.1f} s", OCHRE)
    chart.draw_mark(plain.seconds[-1], target, f"{plain.seconds[-1]:.1f} s", BLUE)
    return chart.finished()


def to_jpeg(sheet: Sheet, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Pack a sheet as JPEG of at most so many bytes, as well as that allows."""
    packed = b""
    for quality in range(90, 20, -5):
        buffer = io.BytesIO()
        Image.fromarray(sheet).save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
        packed = buffer.getvalue()
        if len(packed) <= most_bytes:
            break
    return packed


class _Chart:
    def __init__(self, rival: Curve, plain: Curve, width_px: int, height_px: int) -> None:
        self._size = (width_px, height_px)
        self._image = Image.new("RGB", (_FINE * width_px, _FINE * height_px), WALL)
        self._pen = ImageDraw.Draw(self._image)
        self._left, self._right, self._top, self._bottom = 64, width_px - 24, 24, height_px - 48
        self._most_s = max(rival.seconds[-1], plain.seconds[-1])
        losses = [loss for curve in (rival, plain) for loss in curve.losses if loss > 0]
        self._low, self._high = math.log10(min(losses)) - 0.06, math.log10(max(losses)) + 0.04
        self._labels = 0

    def draw_axes(self) -> None:
        for loss in _ticks(10**self._low, 10**self._high):
            y = self._y(loss)
            self._segment((self._left, y), (self._right, y), RULE, 1)
            self._text((self._left - 8, y), f"{loss:g}", FAINT, "rm")
        step = _round_step(self._most_s / 6)
        for number in range(int(self._most_s / step) + 1):
            x = self._x(number * step)
            self._segment((x, self._bottom), (x, self._bottom + 5), RULE, 1)
            self._text((x, self._bottom + 9), f"{number * step:g}", FAINT, "ma")
        self._text((self._right, self._bottom + 27), "seconds", FAINT, "ra")
        self._text((self._left - 8, self._top - 6), "loss", FAINT, "rb")

    def draw_level(self, loss: float, words: str) -> None:
        y, x = self._y(loss), float(self._left)
        while x < self._right:
            self._segment((x, y), (min(x + 6, self._right), y), FAINT, 1)
            x += 11
        self._text((self._right, y + 5), words, FAINT, "ra")

    def draw_line(self, curve: Curve, color: str, words: str) -> None:
        points = [
            (_FINE * self._x(s), _FINE * self._y(loss)) for s, loss in zip(curve.seconds, curve.losses, strict=True)
        ]
        self._pen.line(points, color, 2 * _FINE, joint="curve")
        top = self._top + 8 + 22 * self._labels
        self._labels += 1
        self._segment((self._right - 250, top + 8), (self._right - 226, top + 8), color, 3)
        self._text((self._right - 216, top), words, TEXT, "la")

    def draw_mark(self, seconds: float, loss: float, words: str, color: str) -> None:
        x, y = self._x(seconds), self._y(loss)
        self._pen.ellipse([_FINE * (x - 5), _FINE * (y - 5), _FINE * (x + 5), _FINE * (y + 5)], WALL, color, 2 * _FINE)
        self._text((min(x, self._right - 8), y - 10), words, color, "mb" if x < self._right - 30 else "rb")

    def finished(self) -> Sheet:
        return np.asarray(self._image.resize(self._size, Image.Resampling.LANCZOS))

    def _x(self, seconds: float) -> float:
        return self._left + seconds / self._most_s * (self._right - self._left)

    def _y(self, loss: float) -> float:
        share = (math.log10(max(loss, 1e-12)) - self._low) / (self._high - self._low)
        return self._bottom - min(max(share, 0.0), 1.0) * (self._bottom - self._top)

    def _segment(self, start: tuple[float, float], end: tuple[float, float], color: str, width: int) -> None:
        self._pen.line([_FINE * value for value in (*start, *end)], color, width * _FINE)

    def _text(self, at: tuple[float, float], words: str, color: str, anchor: str) -> None:
        self._pen.text((_FINE * at[0], _FINE * at[1]), words, color, _font(13 * _FINE), anchor=anchor)


def _ticks(least: float, most: float) -> list[float]:
    """1, 2 and 5 times powers of ten within bounds."""
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    found = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
    return [each for each in found if least <= each <= most]


def _round_step(about: float) -> float:
    """The round number that comes next."""
    power = 10.0 ** math.floor(math.log10(max(about, 1e-9)))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= about * 0.999)


def _within(picture: Picture, side_px: int) -> Picture:
    """Scale a picture so that its longer side is `side_px`."""
    height, width = picture.shape[:2]
    scale = side_px / max(height, width)
    return images.resize(picture, height=max(1, round(height * scale)), width=max(1, round(width * scale)))


def _head_px(words: str) -> int:
    return 24 if words else 0


def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size_px)
