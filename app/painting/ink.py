"""How paint meets paper: grain, wet edges, opacity, and the paint that a wet brush picks up. Called by the surface."""

import functools

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.painting.brush import Brush
from app.painting.stroke import Color, Stroke
from app.painting.trail import Trail

Table = NDArray[np.uint32]

# Where a wet brush touches the paint that it picks up, in radii from the stamp's centre.
_TOUCH = np.array([(0, 0), (0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5), (0.35, 0.35), (-0.35, -0.35)])
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
    rows = (np.arange(area.top(), area.bottom() + 1) / step).astype(np.intp) % side
    columns = (np.arange(area.left(), area.right() + 1) / step).astype(np.intp) % side
    return brush.paper[rows[:, None], columns]


class Carried:
    """The paint that a wet brush carries: its own, and what it picked up from finished strokes.

    Bare paper gives nothing. What was picked up fades over `drag` diameters as new paint takes its place.
    """

    def __init__(self, brush: Brush, head: Stroke, background: Color | None) -> None:
        self._brush = brush
        self._own = np.array(head.color, dtype=np.float64)
        self._bare = np.uint32(
            0 if background is None else 255 << 24 | background[0] << 16 | background[1] << 8 | background[2]
        )
        self._carried = (0.0, 0.0, 0.0, 0.0)  # red, green, blue times amount, and the amount 0..1

    def tints(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> NDArray[np.int64]:
        """The colours of a trail's stamps, 0xRRGGBB, over finished strokes, uint32 [H, W]; carries on from before."""
        touched = self._touched(painting, trail, scale)
        shares = 1 - np.exp(-trail.travel / self._brush.drag)
        red, green, blue, amount = self._carried
        rows = []
        # One after the other in turn, so that it does not matter in how many batches they come.
        for share, (new_red, new_green, new_blue, new_amount) in zip(shares.tolist(), touched.tolist(), strict=True):
            red += share * (new_red - red)
            green += share * (new_green - green)
            blue += share * (new_blue - blue)
            amount += share * (new_amount - amount)
            rows.append((red, green, blue, amount))
        self._carried = red, green, blue, amount
        mixed = np.array(rows).reshape(-1, 4)
        wet = self._brush.wetness
        colors = self._own * (1 - wet * mixed[:, 3:]) + wet * mixed[:, :3]
        steps = np.clip(np.round(colors / _TINT_STEP) * _TINT_STEP, 0, 255).astype(np.int64)
        return steps[:, 0] << 16 | steps[:, 1] << 8 | steps[:, 2]

    def _touched(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> NDArray[np.float64]:
        """Mean red, green, blue times amount, and the amount of paint, [N, 4], under each stamp."""
        radius = trail.size[:, None] * scale / 2
        x = np.floor(trail.x[:, None] * scale + radius * _TOUCH[:, 0]).astype(np.intp)
        y = np.floor(trail.y[:, None] * scale + radius * _TOUCH[:, 1]).astype(np.intp)
        height, width = painting.shape
        inside = (x >= 0) & (y >= 0) & (x < width) & (y < height)
        found = painting[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]
        amount = np.where(inside & (found != self._bare), (found >> 24) / 255.0, 0.0)
        channels = [np.where(amount > 0, found >> shift & 255, 0) for shift in (16, 8, 0)]
        return np.stack([*(channel.mean(axis=1) for channel in channels), amount.mean(axis=1)], axis=1)
