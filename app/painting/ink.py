"""How paint meets paper: grain, wet edges, opacity, and the paint that a wet brush picks up. Called by the surface."""

import functools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.painting.brush import Brush
from app.painting.handful import Handful
from app.painting.stroke import Color, Stroke
from app.painting.trail import Trail

Table = NDArray[np.uint32]
_Amounts = tuple[float, float, float, float]

# Where a wet brush touches the paint that it picks up, in radii from the stamp's centre.
_TOUCH = np.array([(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5), (0.35, 0.35), (-0.35, -0.35)])
_TOUCH_LIST: list[tuple[float, float]] = [(over, down) for over, down in _TOUCH.tolist()]
# What the sums of the channels under a stamp, and of its alpha, are divided by.
_DIVISORS = np.array([1, 1, 1, 255]) * len(_TOUCH)
# How many places of the paper are reckoned at once.
_PLACES = 1024
# Picked-up colours are told apart in steps of this many of 255, so that coloured stamps are met again.
_TINT_STEP = 6


@functools.lru_cache(maxsize=64)
def coverage_table(brush: Brush) -> NDArray[np.float64]:
    """What share of a spot is painted, 0..1, by its coverage: [256].

    For a brush that shows the grain of the paper [65536], by 256 * coverage + height of the paper.
    """
    covered = np.linspace(0.0, 1.0, 256)
    if brush.edge > 0:
        # Pigment runs to where the wet meets the dry: most at a fifth of the coverage, thinner within.
        rim = np.interp(covered, [0.0, 0.08, 0.2, 0.5, 1.0], [0.0, 0.55, 1.0, 0.60, 0.52])
        covered = covered * (1 - brush.edge) + rim * brush.edge
    if brush.grain > 0:
        height = np.linspace(0.0, 1.0, 256)
        # Paint touches the paper's peaks first; with more of it the valleys fill.
        touched = np.clip((height[None] - 1 + covered[:, None] * 1.3) / 0.3, 0.0, 1.0)
        touched = touched * touched * (3 - 2 * touched)
        covered = (covered[:, None] * (1 - brush.grain) + touched * brush.grain).ravel()
    return covered


def blend_table(brush: Brush, color: Color, opacity: float) -> Table:
    """What pixel a coverage (and a height of the paper) becomes, as in `coverage_table`: premultiplied ARGB, uint32."""
    alpha = np.round(coverage_table(brush) * opacity * 255)
    red, green, blue = (np.round(alpha * channel / 255) for channel in color)
    return np.stack([blue, green, red, alpha], axis=-1).astype(np.uint8).view(np.uint32)[:, 0]


@functools.lru_cache(maxsize=64)
def thinning_table(brush: Brush) -> NDArray[np.uint16]:
    """How much of a spot's own paint the paper's grain leaves, 0..256, as in `coverage_table`; for paint with body."""
    covered = coverage_table(brush).reshape(256, 256)
    before = np.maximum(np.linspace(0.0, 1.0, 256), 1 / 255)[:, None]
    return np.round(np.clip(covered / before, 0, 1) * 256).astype(np.uint16).ravel()


def grain_of(brush: Brush, area: QRect, scale: float) -> NDArray[np.uint8]:
    """The height of the paper, uint8 [h, w], under an area of a surface; it lies still under all strokes."""
    side = brush.paper.shape[0]
    step = scale * brush.grain_scale
    left, top, right, bottom = area.left(), area.top(), area.right() + 1, area.bottom() + 1
    rows = _places(step, side, bottom // _PLACES + 1)[top:bottom]
    columns = _places(step, side, right // _PLACES + 1)[left:right]
    return brush.paper.take(rows, axis=0).take(columns, axis=1)


@functools.lru_cache(maxsize=32)
def _places(step: float, side: int, count: int) -> NDArray[np.intp]:
    """Where on a sheet of paper each px of a row or column lies: [_PLACES * count]."""
    return (np.arange(_PLACES * count) / step).astype(np.intp) % side


class Carried:
    """The paint that a wet brush carries: its own, and what it picked up from finished strokes.

    Bare paper gives nothing. What was picked up fades over `drag` diameters as new paint takes its place.
    """

    def __init__(self, brush: Brush, head: Stroke, background: Color | None) -> None:
        self._brush = brush
        self._own = np.array(head.color, dtype=np.float64)
        self._own_list = [float(channel) for channel in head.color]
        self._bare = 0 if background is None else 255 << 24 | background[0] << 16 | background[1] << 8 | background[2]
        self._carried = (0.0, 0.0, 0.0, 0.0)  # red, green, blue times amount, and the amount 0..1

    def tints(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> NDArray[np.int64]:
        """The colours of a trail's stamps, 0xRRGGBB, over finished strokes, uint32 [H, W]; carries on from before."""
        touched = self._touched(painting, trail, scale)
        shares = 1 - np.exp(-trail.travel / self._brush.drag)
        mixed = np.array(self._mixed(shares.tolist(), touched.tolist())).reshape(-1, 4)
        wet = self._brush.wetness
        colors = self._own * (1 - wet * mixed[:, 3:]) + wet * mixed[:, :3]
        steps = np.clip(np.round(colors / _TINT_STEP) * _TINT_STEP, 0, 255).astype(np.int64)
        return steps[:, 0] << 16 | steps[:, 1] << 8 | steps[:, 2]

    def tints_of_few(self, painting: NDArray[np.uint32], few: Handful, scale: float) -> list[int]:
        """The same of a few stamps, to the last bit."""
        shares = (1 - np.exp(np.array(few.travel) / -self._brush.drag)).tolist()
        touched = self._touched_by_few(painting, few, scale)
        wet, tints = self._brush.wetness, []
        for red, green, blue, amount in self._mixed(shares, touched):
            own = 1 - wet * amount
            tint = 0
            for channel, mixed in zip(self._own_list, (red, green, blue), strict=True):
                tint = tint << 8 | min(max(round((channel * own + wet * mixed) / _TINT_STEP) * _TINT_STEP, 0), 255)
            tints.append(tint)
        return tints

    def _mixed(self, shares: list[float], touched: Sequence[Sequence[float]]) -> list[_Amounts]:
        """What is carried at each stamp, when so large a share of it is replaced by what the stamp touches."""
        red, green, blue, amount = self._carried
        rows = []
        # One after the other in turn, so that it does not matter in how many batches they come.
        for share, (new_red, new_green, new_blue, new_amount) in zip(shares, touched, strict=True):
            red += share * (new_red - red)
            green += share * (new_green - green)
            blue += share * (new_blue - blue)
            amount += share * (new_amount - amount)
            rows.append((red, green, blue, amount))
        self._carried = red, green, blue, amount
        return rows

    def _touched(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> NDArray[np.float64]:
        """Mean red, green, blue times amount, and the amount of paint, [N, 4], under each stamp."""
        radius = trail.size[:, None] * scale / 2
        x = np.floor(trail.x[:, None] * scale + radius * _TOUCH[:, 0]).astype(np.intp)
        y = np.floor(trail.y[:, None] * scale + radius * _TOUCH[:, 1]).astype(np.intp)
        height, width = painting.shape
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        found = painting[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        found = np.where(inside & (found != self._bare), found, 0)
        # Whole numbers until the end: their sums are exact in any order.
        sums = np.stack([(found >> shift & 255).sum(axis=1) for shift in (16, 8, 0, 24)], axis=1)
        return sums / _DIVISORS

    def _touched_by_few(self, painting: NDArray[np.uint32], few: Handful, scale: float) -> list[_Amounts]:
        height, width = painting.shape
        pixel, bare, floor = painting.item, self._bare, math.floor
        rows = []
        for at_x, at_y, size in zip(few.x, few.y, few.size, strict=True):
            at_x, at_y, radius = at_x * scale, at_y * scale, size * scale / 2
            red = green = blue = alpha = 0
            for over, down in _TOUCH_LIST:
                x, y = floor(at_x + radius * over), floor(at_y + radius * down)
                if 0 <= x < width and 0 <= y < height:
                    found = pixel(y, x)
                    if found and found != bare:
                        red += found >> 16 & 255
                        green += found >> 8 & 255
                        blue += found & 255
                        alpha += found >> 24
            count = len(_TOUCH_LIST)
            rows.append((red / count, green / count, blue / count, alpha / (255 * count)))
        return rows
