"""How paint meets paper: grain, wet edges, opacity, and the paint that a wet brush picks up."""

import functools

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_placement import Trail
from app.painting.engine.dab_placement_scalar import FewDabs
from app.painting.model.stroke import Color, Stroke

Table = NDArray[np.uint32]
Floats = NDArray[np.float64]

# Where a wet brush touches the paint that it picks up, in radii from the dab's centre.
_TOUCH = np.array([(0, 0.5, -0.5, 0, 0, 0.35, -0.35), (0, 0, 0, 0.5, -0.5, 0.35, -0.35)])
# What the sums of the channels under a dab, and of its alpha, are divided by.
_DIVISORS = np.array([1, 1, 1, 255]) * _TOUCH.shape[1]
# How many places of the paper are reckoned at once.
_PLACES = 1024
# Picked-up colours are told apart in steps of this many of 255, so that coloured dabs are met again.
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
        self._bare = 0 if background is None else 255 << 24 | background[0] << 16 | background[1] << 8 | background[2]
        self._carried = (0.0, 0.0, 0.0, 0.0)  # red, green, blue times amount, and the amount 0..1

    def tints(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> NDArray[np.int64]:
        """The colours of a trail's dabs, 0xRRGGBB, over finished strokes, uint32 [H, W]; carries on from before."""
        mixed = np.array(self._mixed(painting, trail.x, trail.y, trail.size, trail.travel, scale=scale)).reshape(-1, 4)
        wet = self._brush.wetness
        colors = self._own * (1 - wet * mixed[:, 3:]) + wet * mixed[:, :3]
        steps = np.minimum(np.round(colors / _TINT_STEP) * _TINT_STEP, 255).astype(np.int64)
        return steps[:, 0] << 16 | steps[:, 1] << 8 | steps[:, 2]

    def tints_of_few(self, painting: NDArray[np.uint32], few: FewDabs, scale: float) -> list[int]:
        """The same of a few dabs, to the last bit. `painting`: uint32 [height, width], premultiplied ARGB."""
        x, y, size, travel = np.array((few.x, few.y, few.size, few.travel))
        (own_red, own_green, own_blue), wet, tints = self._own.tolist(), self._brush.wetness, []
        for red, green, blue, amount in self._mixed(painting, x, y, size, travel, scale=scale):
            own = 1 - wet * amount
            red_step = round((own_red * own + wet * red) / _TINT_STEP) * _TINT_STEP
            green_step = round((own_green * own + wet * green) / _TINT_STEP) * _TINT_STEP
            blue_step = round((own_blue * own + wet * blue) / _TINT_STEP) * _TINT_STEP
            tints.append(min(red_step, 255) << 16 | min(green_step, 255) << 8 | min(blue_step, 255))
        return tints

    def _mixed(
        self, painting: NDArray[np.uint32], x: Floats, y: Floats, size: Floats, travel: Floats, *, scale: float
    ) -> list[tuple[float, float, float, float]]:
        """What is carried at each dab: red, green, blue times amount, and the amount."""
        if len(x) == 0:
            return []
        touched = self._touched(painting, x * scale, y * scale, size * (scale / 2)).tolist()
        shares = (1 - np.exp(-travel / self._brush.drag)).tolist()
        red, green, blue, amount = self._carried
        rows = []
        # One after the other in turn, so that it does not matter in how many batches they come.
        for share, (new_blue, new_green, new_red, new_amount) in zip(shares, touched, strict=True):
            red += share * (new_red - red)
            green += share * (new_green - green)
            blue += share * (new_blue - blue)
            amount += share * (new_amount - amount)
            rows.append((red, green, blue, amount))
        self._carried = red, green, blue, amount
        return rows

    def _touched(self, painting: NDArray[np.uint32], x: Floats, y: Floats, radius: Floats) -> Floats:
        """Mean blue, green, red times amount, and the amount of paint, [N, 4], under each dab; all in px."""
        at_x = np.floor(x[:, None] + radius[:, None] * _TOUCH[0]).astype(np.intp)
        at_y = np.floor(y[:, None] + radius[:, None] * _TOUCH[1]).astype(np.intp)
        height, width = painting.shape
        far = radius.max() + 1
        if x.min() >= far and y.min() >= far and x.max() + far < width and y.max() + far < height:
            found = painting[at_y, at_x]
        else:
            inside = (at_x >= 0) & (at_y >= 0) & (at_x < width) & (at_y < height)
            found = painting[np.clip(at_y, 0, height - 1), np.clip(at_x, 0, width - 1)]
            found[~inside] = 0
        if self._bare:
            found[found == self._bare] = 0
        # Whole numbers until the end: their sums are exact in any order.
        return found.view(np.uint8).reshape(*found.shape, 4).sum(axis=1) / _DIVISORS
