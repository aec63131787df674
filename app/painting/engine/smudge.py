"""Smearing: a brush without paint of its own drags the paint that is there.

The brush carries a small picture of what lay under it, pixel by pixel, and lays it down where it goes, as much as its
texture touches: so hairs leave their furrows. Bare places are carried too, which thins paint at its edges. What it laid
down a moment ago it does not pick up, or it would drag its first paint on for ever; where it comes back, it does.
"""

import math
from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_placement import Trail
from app.painting.model.stroke import Stroke

Pixels = NDArray[np.float32]
Edges = NDArray[np.intp]

MAX_CACHED_TEXELS = 4 * 2**20
# Told apart in sizes and turns only as finely as the eye can tell.
_SIZES_PER_OCTAVE = 16
_TURNS, _TURNS_BY_CHANCE = 96, 16
# A whole strength takes hold on so much of the way, in diameters, however close the dabs stand.
_HOLD = 0.25
# Paint that was laid down sets, and can be picked up, after so many diameters of way: when the brush has just passed.
_SETS = 1.25
_MOST_TILES = 2048


class Smudge:
    """The smearing of one stroke, or of one copy of a stroke that is repeated.

    What counts of the brush is its texture, hardness, spacing and turning, and its mixing length (`drag`): on so many
    diameters of way all but a third of what it carries has been replaced by what it meets. Its strength is the
    stroke's opacity times the flow of each dab, and so heeds the pressure. `wetness` is the rate at which a brush
    that has paint mixes; one that smears has none, and is wholly wet.
    """

    def __init__(self, brush: Brush, head: Stroke, scale: float) -> None:
        self._brush, self._scale = brush, scale
        self._opacity = head.opacity
        coverage = brush.texture.coverage.astype(np.float32) / 255
        if brush.hardness > 0:
            coverage = np.clip(coverage / max(1 - brush.hardness, 0.02), 0, 1)
        self._coverage = coverage
        self._turns = _TURNS_BY_CHANCE if brush.rotation == "random" else _TURNS
        self._touches: OrderedDict[tuple[int, int, int], Pixels] = OrderedDict()
        self._texels = 0
        self._carried: Pixels | None = None
        self._way = 0.0  # in diameters
        self._tile_px = 2 ** max(round(math.log2(max(head.size_px * scale, 1.0) / 3)), 3)
        self._set: dict[tuple[int, int], tuple[float, NDArray[np.uint8]]] = {}  # when it was seen, and what

    def smear(
        self, pixels: NDArray[np.uint32], trail: Trail, is_alpha_locked: bool
    ) -> tuple[Edges, Edges, Edges, Edges]:
        """Drag paint along some dabs, which follow those of the last call.

        Args:
            pixels: the layer, premultiplied ARGB, uint32 [H, W]; changed in place.
            trail: dabs in drawing px.
            is_alpha_locked: whether each pixel keeps its alpha, and only its colour is dragged.

        Returns:
            left, top, right, bottom of the rectangle of each dab that touched the layer, edges included.
        """
        channels = pixels.view(np.uint8).reshape(*pixels.shape, 4)
        touched: list[tuple[int, int, int, int]] = []
        strength = np.clip(self._opacity * trail.flow, 0.0, 1.0)
        holds = 1 - (1 - strength) ** (trail.travel / _HOLD)
        for x, y, size, angle, variant, hold, travel in zip(
            (trail.x * self._scale).tolist(),
            (trail.y * self._scale).tolist(),
            np.maximum(trail.size * self._scale, 1.0).tolist(),
            trail.angle.tolist(),
            trail.variant.tolist(),
            holds.tolist(),
            trail.travel.tolist(),
            strict=True,
        ):
            touch = self._touch(variant, size, angle)
            half = touch.shape[0] // 2
            keep = math.exp(-travel / self._brush.drag)
            self._way += travel
            rect = self._drag(
                channels, math.floor(x) - half, math.floor(y) - half, touch, (hold, keep), is_alpha_locked
            )
            if rect is not None:
                touched.append(rect)
        edges = np.array(touched, dtype=np.intp).reshape(-1, 4).T
        return edges[0], edges[1], edges[2], edges[3]

    def _drag(
        self,
        channels: NDArray[np.uint8],
        left: int,
        top: int,
        touch: Pixels,
        rates: tuple[float, float],
        is_alpha_locked: bool,
    ) -> tuple[int, int, int, int] | None:
        """One dab; the rectangle that it changed."""
        height, width = channels.shape[:2]
        side = touch.shape[0]
        hold, keep = rates
        under = self._under(channels, left, top, side)
        if self._carried is None:
            # The first dab picks up, and lays down nothing.
            self._carried = under
            return None
        carried = _fitted(self._carried, side, under)
        rows = slice(max(top, 0), min(top + side, height))
        columns = slice(max(left, 0), min(left + side, width))
        rect = None
        if rows.start < rows.stop and columns.start < columns.stop and hold > 0:
            inner = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
            before = channels[rows, columns].astype(np.float32)
            mixed = carried[inner] - before
            mixed *= touch[inner] * np.float32(hold)
            mixed += before
            if is_alpha_locked:
                mixed = _with_alpha(mixed, before)
            mixed += np.float32(0.5)
            channels[rows, columns] = mixed.astype(np.uint8)
            rect = (columns.start, rows.start, columns.stop - 1, rows.stop - 1)
        carried -= under
        carried *= np.float32(keep)
        carried += under
        self._carried = carried
        return rect

    def _under(self, channels: NDArray[np.uint8], left: int, top: int, side: int) -> Pixels:
        """The paint under a dab that has set; beyond the layer's edges what lies at them."""
        height, width = channels.shape[:2]
        right, bottom = left + side, top + side
        # A dab that lies wholly outside meets the nearest edge.
        rows = slice(min(max(top, 0), height - 1), max(min(bottom, height), 1))
        columns = slice(min(max(left, 0), width - 1), max(min(right, width), 1))
        found = channels[rows, columns].astype(np.float32)
        px = self._tile_px
        for row in range(rows.start // px, (rows.stop - 1) // px + 1):
            for column in range(columns.start // px, (columns.stop - 1) // px + 1):
                y, x = row * px, column * px
                tile = self._seen(channels, row, column)
                down, over = max(y, rows.start), max(x, columns.start)
                part = tile[down - y : rows.stop - y, over - x : columns.stop - x]
                at_y, at_x = down - rows.start, over - columns.start
                found[at_y : at_y + part.shape[0], at_x : at_x + part.shape[1]] = part
        if found.shape[0] == side == found.shape[1]:
            return found
        nearest_row = np.clip(np.arange(top, bottom), rows.start, rows.stop - 1) - rows.start
        nearest_column = np.clip(np.arange(left, right), columns.start, columns.stop - 1) - columns.start
        return found[nearest_row[:, None], nearest_column]

    def _seen(self, channels: NDArray[np.uint8], row: int, column: int) -> NDArray[np.uint8]:
        """A tile as it was seen when its paint had set."""
        found = self._set.get((row, column))
        if found is None or self._way - found[0] > _SETS:
            if len(self._set) > _MOST_TILES:
                self._set = {key: each for key, each in self._set.items() if self._way - each[0] <= _SETS}
            px = self._tile_px
            found = self._way, channels[row * px : (row + 1) * px, column * px : (column + 1) * px].copy()
            self._set[row, column] = found
        return found[1]

    def _touch(self, variant: int, diameter: float, angle: float) -> Pixels:
        """How much each pixel around a dab's middle is touched, [side, side, 1], side odd."""
        step = round(math.log2(diameter) * _SIZES_PER_OCTAVE)
        turn = round(angle / (2 * math.pi) * self._turns) % self._turns
        key = (variant, step, turn)
        found = self._touches.get(key)
        if found is None:
            found = self._turned(variant, 2 ** (step / _SIZES_PER_OCTAVE), turn * 2 * math.pi / self._turns)
            self._touches[key] = found
            self._texels += found.size
            while self._texels > MAX_CACHED_TEXELS and len(self._touches) > 1:
                self._texels -= self._touches.popitem(last=False)[1].size
        return found

    def _turned(self, variant: int, diameter: float, angle: float) -> Pixels:
        variants = self._brush.texture.variants
        coverage = self._coverage[variant % variants]
        if variant >= variants:
            coverage = coverage[:, ::-1]
        # Halved until no texel is skipped.
        while coverage.shape[0] >= 2 * diameter and coverage.shape[0] >= 8:
            even = coverage.shape[0] // 2 * 2
            coverage = coverage[:even, :even].reshape(even // 2, 2, even // 2, 2).mean(axis=(1, 3))
        texels = coverage.shape[0]
        half = math.ceil(diameter / 2 * self._brush.texture.reach + 1)
        line = np.arange(-half, half + 1, dtype=np.float32)
        ratio = texels / diameter
        cosine, sine = math.cos(angle) * ratio, math.sin(angle) * ratio
        at_x = line[None] * cosine + line[:, None] * sine + (texels / 2 + 0.5)
        at_y = line[:, None] * cosine - line[None] * sine + (texels / 2 + 0.5)
        # Between four texels, with an empty one around all.
        padded = np.pad(coverage, 1)
        at_x, at_y = np.clip(at_x, 0, texels + 0.999), np.clip(at_y, 0, texels + 0.999)
        column, row = at_x.astype(np.intp), at_y.astype(np.intp)
        over, down = at_x - column, at_y - row
        upper = padded[row, column] * (1 - over) + padded[row, column + 1] * over
        lower = padded[row + 1, column] * (1 - over) + padded[row + 1, column + 1] * over
        return np.asarray(upper * (1 - down) + lower * down, dtype=np.float32)[..., None]


def _with_alpha(mixed: Pixels, before: Pixels) -> Pixels:
    """A mixture's colour at the alpha that was there before; where nothing was mixed in, what was there."""
    alpha = before[..., 3:]
    lasts = mixed[..., 3:]
    mixed = np.where(lasts >= 1, np.minimum(mixed * (alpha / np.maximum(lasts, 1)), alpha), before)
    mixed[..., 3:] = alpha
    return mixed


def _fitted(carried: Pixels, side: int, under: Pixels) -> Pixels:
    """What was carried by a dab of another size; where that did not reach, what lies under this one."""
    off = (side - carried.shape[0]) // 2
    if off == 0:
        return carried
    if off < 0:
        return carried[-off : -off + side, -off : -off + side].copy()
    fitted = under.copy()
    fitted[off : off + carried.shape[0], off : off + carried.shape[0]] = carried
    return fitted
