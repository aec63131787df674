"""The stroke in hand: how dabs, smears and floods get onto the layer that they are painted on. For the surface.

A painted or erased stroke gathers in a buffer of its own, which is laid over the layer with the stroke's opacity: so no
stroke exceeds its opacity, however it crosses itself.
"""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect
from PyQt5.QtGui import QPainter

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_placement import DabPlacement, Trail
from app.painting.engine.dab_placement_scalar import FewDabs
from app.painting.engine.dabs import DabCache, PixelImage
from app.painting.engine.flood_fill import flood
from app.painting.engine.paint_mixing import Carried, blend_table, grain_of, thinning_table
from app.painting.engine.smudge import Smudge
from app.painting.engine.tiles import TILE_PX, Grid, Sheet, bounds, strips, tiles_under
from app.painting.model.stroke import Points, Stroke

Numbers = NDArray[np.intp]

# Rectangles up to this many pixels are laid over at once; larger ones only where tiles were touched.
_WHOLE_PX = 300 * 300
# Boxes of dabs that are kept; each may hold some megabytes.
_MAX_BOXES = 24
# More than the texture reaches: for rounding, and for the soft rim of scaled dabs.
_MARGIN_PX = 2
_EVEN, _ODD = np.uint32(0xFF00FF), np.uint32(0xFF00FF00)


class _Boxes(threading.local):
    """Each thread's own: a film may be painted on one while the window paints on another."""

    def __init__(self) -> None:
        self.kept: OrderedDict[int, DabCache] = OrderedDict()


_boxes = _Boxes()


@dataclass(frozen=True)
class Ground:
    """What a stroke is painted on.

    Attributes:
        layer: the finished strokes of its layer.
        wet: the same with the stroke in hand; this is what changes.
        buffer: the stroke in hand alone, at full opacity; transparent before the first dab.
        touched: the tiles that the stroke changed so far.
        width, height: in px of the surface, of which there are `scale` to a px of the drawing.
        is_alpha_locked: whether the layer keeps its shape.
        composite: gives all that shows, uint32 [height, width], premultiplied.
    """

    layer: Sheet
    wet: Sheet
    buffer: Sheet
    touched: Grid
    width: int
    height: int
    scale: float
    is_alpha_locked: bool
    composite: Callable[[], NDArray[np.uint32]]

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns of tiles."""
        rows, columns = self.touched.shape
        return rows, columns


class SurfaceChange(NamedTuple):
    """What part of a surface changed: a rectangle around it, and areas that cover it."""

    rect: QRect
    areas: list[QRect]


NOTHING = SurfaceChange(QRect(), [])


class StrokeRenderer(Protocol):
    """A stroke in hand."""

    def extend(self, points: Points) -> SurfaceChange:
        """Paint on through more points."""

    def finish(self) -> SurfaceChange:
        """Paint the stroke's end."""


def begin(brush: Brush | None, head: Stroke, ground: Ground) -> StrokeRenderer:
    """Take a stroke in hand; only a fill needs no brush."""
    if head.mode == "fill":
        return _Flooded(head, ground)
    if brush is None:
        raise ValueError("only a fill needs no brush")
    return _Smeared(brush, head, ground) if head.mode == "smudge" else _DabRenderer(brush, head, ground)


class _DabRenderer:
    """A stroke of paint or of an eraser."""

    def __init__(self, brush: Brush, head: Stroke, ground: Ground) -> None:
        self._brush, self._head, self._ground = brush, head, ground
        self._trail = DabPlacement(brush, head)
        self._copies = head.symmetry.copies()
        self._is_body = brush.is_body and head.mode == "paint"
        self._box = _box(brush)
        # Nobody else has these, so that Qt cannot decide to paint on a copy.
        self._buffer_image = PixelImage(ground.buffer, ground.width)
        self._wet_image = PixelImage(ground.wet, ground.width)
        self._alpha = ground.buffer.view(np.uint8)[:, 3::4]
        self._carried: list[Carried] = []
        if self._is_body and brush.wetness > 0:
            self._carried = [Carried(brush, head, None) for _ in self._copies]
        red, green, blue = head.color
        self._tint = red << 16 | green << 8 | blue
        self._table: NDArray[np.uint32] | None = None
        self._thinning = None
        if self._is_body and brush.grain > 0:
            self._thinning = thinning_table(brush).astype(np.uint32)
        if not self._is_body:
            self._table = blend_table(brush, head.color, head.opacity)
        self._mode = QPainter.CompositionMode_SourceOver
        if head.mode == "erase":
            self._mode = QPainter.CompositionMode_DestinationOut
        elif ground.is_alpha_locked:
            self._mode = QPainter.CompositionMode_SourceAtop

    def extend(self, points: Points) -> SurfaceChange:
        if len(self._copies) == 1:
            few = self._trail.handful(points)
            if few is not None:
                return self._dab_few(few)
        return self._dab(self._trail.extend(points))

    def finish(self) -> SurfaceChange:
        return self._dab(self._trail.finish())

    def _dab_few(self, few: FewDabs) -> SurfaceChange:
        if not few.x:
            return NOTHING
        ground, scale = self._ground, self._ground.scale
        tints = self._carried[0].tints_of_few(ground.layer, few, scale) if self._carried else None
        reach = max(few.size) * (scale * self._brush.texture.reach / 2) + _MARGIN_PX
        left, top = math.floor(min(few.x) * scale - reach), math.floor(min(few.y) * scale - reach)
        right, bottom = math.ceil(max(few.x) * scale + reach), math.ceil(max(few.y) * scale + reach)
        left, top, right, bottom = (
            max(left, 0),
            max(top, 0),
            min(right, ground.width - 1),
            min(bottom, ground.height - 1),
        )
        flow = [round(each * 255) for each in few.flow]
        if left > right or top > bottom or not any(flow):
            return NOTHING
        painter = QPainter(self._buffer_image)
        if self._is_body:
            self._box.draw_few_tinted(painter, few, flow, scale, [self._tint] * len(flow) if tints is None else tints)
        else:
            self._box.draw_few_white(painter, few, flow, scale)
        painter.end()
        tile = TILE_PX
        ground.touched[top // tile : bottom // tile + 1, left // tile : right // tile + 1] = True
        rect = QRect(left, top, right - left + 1, bottom - top + 1)
        self._lay([rect])
        return SurfaceChange(rect, [rect])

    def _dab(self, own: Trail) -> SurfaceChange:
        if len(own) == 0:
            return NOTHING
        ground, scale = self._ground, self._ground.scale
        # Before any is left out: what the brush carries must not depend on the canvas's edges.
        tints = self._tints(own)
        trail = own if len(self._copies) == 1 else own.repeated(self._copies, self._brush.texture.variants)
        x, y = trail.x * scale, trail.y * scale
        reach = trail.size * (scale * self._brush.texture.reach / 2) + _MARGIN_PX
        left, top = np.maximum(np.floor(x - reach), 0), np.maximum(np.floor(y - reach), 0)
        right, bottom = (
            np.minimum(np.ceil(x + reach), ground.width - 1),
            np.minimum(np.ceil(y + reach), ground.height - 1),
        )
        flow = np.round(trail.flow * 255).astype(np.int64)
        seen = (left <= right) & (top <= bottom) & (flow > 0)
        if not seen.any():
            return NOTHING
        if not seen.all():
            trail, flow = trail.only(seen), flow[seen]
            left, top, right, bottom = left[seen], top[seen], right[seen], bottom[seen]
            tints = tints[seen]
        painter = QPainter(self._buffer_image)
        if self._is_body:
            self._box.draw_tinted(painter, trail, flow, scale, tints)
        else:
            self._box.draw_white(painter, trail, flow, scale)
        painter.end()
        change = _change_of([edge.astype(np.intp) for edge in (left, top, right, bottom)], ground)
        self._lay(change.areas)
        return change

    def _tints(self, own: Trail) -> NDArray[np.int64]:
        """The colour, 0xRRGGBB, of each dab of a trail and its copies: all copies of the first, and so on."""
        if not self._carried:
            return np.full(len(own) * len(self._copies), self._tint)
        found = []
        for carried, copy in zip(self._carried, self._copies, strict=True):
            trail = own if len(self._copies) == 1 else own.repeated((copy,), self._brush.texture.variants)
            found.append(carried.tints(self._ground.layer, trail, self._ground.scale))
        return np.stack(found, axis=1).ravel()

    def _lay(self, areas: list[QRect]) -> None:
        """Lay the buffer over the finished strokes."""
        painter = QPainter(self._wet_image)
        painter.setCompositionMode(self._mode)
        for area in areas:
            self._lay_area(painter, area)
        painter.end()

    def _lay_area(self, painter: QPainter, area: QRect) -> None:
        ground, left, top = self._ground, area.left(), area.top()
        rows, columns = slice(top, top + area.height()), slice(left, left + area.width())
        ground.wet[rows, columns] = ground.layer[rows, columns]
        if self._table is None and self._thinning is None:
            painter.setOpacity(self._head.opacity)
            painter.drawImage(area.topLeft(), self._buffer_image, area)
            return
        index: NDArray[np.unsignedinteger] = self._alpha[rows, columns]
        if self._brush.grain > 0:
            # 256 * coverage + height of the paper.
            pair = np.empty((*index.shape, 2), dtype=np.uint8)
            pair[..., 0] = grain_of(self._brush, area, ground.scale)
            pair[..., 1] = index
            index = pair.view(np.uint16)[..., 0]
        if self._table is not None:
            painter.drawImage(left, top, PixelImage(self._table.take(index, mode="clip")))
        elif self._thinning is not None:
            painter.setOpacity(self._head.opacity)
            thinned = _times(ground.buffer[rows, columns], self._thinning.take(index, mode="clip"))
            painter.drawImage(left, top, PixelImage(thinned))


class _Smeared:
    """A stroke that drags what is there."""

    def __init__(self, brush: Brush, head: Stroke, ground: Ground) -> None:
        self._brush, self._ground = brush, ground
        self._trail = DabPlacement(brush, head)
        self._copies = head.symmetry.copies()
        self._smears = [Smudge(brush, head, ground.scale) for _ in self._copies]
        self._pixels = ground.wet[: ground.height, : ground.width]

    def extend(self, points: Points) -> SurfaceChange:
        return self._smear(self._trail.extend(points))

    def finish(self) -> SurfaceChange:
        return self._smear(self._trail.finish())

    def _smear(self, trail: Trail) -> SurfaceChange:
        if len(trail) == 0:
            return NOTHING
        is_locked = self._ground.is_alpha_locked
        if len(self._copies) == 1:
            found = [self._smears[0].smear(self._pixels, trail, is_locked)]
        else:
            # Dab by dab, each in all its places: where copies meet, the batches that points come in must not show.
            found = []
            for number in range(len(trail)):
                one = trail.only(np.arange(len(trail)) == number)
                for smear, copy in zip(self._smears, self._copies, strict=True):
                    copied = one.repeated((copy,), self._brush.texture.variants)
                    found.append(smear.smear(self._pixels, copied, is_locked))
        edges = [np.concatenate([each[edge] for each in found]) for edge in range(4)]
        return NOTHING if len(edges[0]) == 0 else _change_of(edges, self._ground)


class _Flooded:
    """A fill from the stroke's first point, in all its places."""

    def __init__(self, head: Stroke, ground: Ground) -> None:
        self._head, self._ground = head, ground
        self._is_done = False

    def extend(self, points: Points) -> SurfaceChange:
        if self._is_done or len(points) == 0:
            return NOTHING
        self._is_done = True
        ground = self._ground
        composite = ground.composite()
        rows, columns = ground.touched.shape
        whole = np.zeros((rows * TILE_PX, columns * TILE_PX), dtype=np.uint8)
        coverage = whole[: ground.height, : ground.width]
        at_x, at_y = float(points[0][0]), float(points[0][1])
        for copy in self._head.symmetry.copies():
            x = (copy.a * at_x + copy.c * at_y + copy.e) * ground.scale
            y = (copy.b * at_x + copy.d * at_y + copy.f) * ground.scale
            np.maximum(coverage, flood(composite, x, y, self._head.tolerance, paint=self._head.color), out=coverage)
        tiles = whole.reshape(rows, TILE_PX, columns, TILE_PX).max(axis=(1, 3)) > 0
        if not tiles.any():
            return NOTHING
        change = _change(bounds(tiles).intersected(QRect(0, 0, ground.width, ground.height)), tiles, ground)
        self._lay(coverage, change.areas)
        return change

    def finish(self) -> SurfaceChange:
        return NOTHING

    def _lay(self, coverage: NDArray[np.uint8], areas: list[QRect]) -> None:
        alpha = np.round(np.arange(256) * self._head.opacity)
        red, green, blue = (np.round(alpha * channel / 255) for channel in self._head.color)
        table = np.stack([blue, green, red, alpha], axis=-1).astype(np.uint8).view(np.uint32)[:, 0]
        target = PixelImage(self._ground.wet, self._ground.width)
        painter = QPainter(target)
        if self._ground.is_alpha_locked:
            painter.setCompositionMode(QPainter.CompositionMode_SourceAtop)
        for area in areas:
            covered = coverage[area.top() : area.bottom() + 1, area.left() : area.right() + 1]
            painter.drawImage(area.topLeft(), PixelImage(table[covered]))
        painter.end()


def _times(pixels: Sheet, shares: NDArray[np.uint32]) -> Sheet:
    """Pixels with so much of each, 0..256."""
    # All four channels at once would overflow: two by two, each with eight free bits above it.
    even, odd = pixels & _EVEN, pixels >> np.uint32(8)
    even *= shares
    even >>= np.uint32(8)
    even &= _EVEN
    odd &= _EVEN
    odd *= shares
    odd &= _ODD
    even |= odd
    return even


def _change_of(edges: Sequence[Numbers], ground: Ground) -> SurfaceChange:
    """What changes with rectangles: their left, top, right and bottom, included, all within the surface."""
    left, top, right, bottom = edges
    rect = QRect(int(left.min()), int(top.min()), 0, 0)
    rect.setRight(int(right.max()))
    rect.setBottom(int(bottom.max()))
    return _change(rect, tiles_under(*edges, shape=ground.shape), ground)


def _change(rect: QRect, tiles: Grid, ground: Ground) -> SurfaceChange:
    np.logical_or(ground.touched, tiles, out=ground.touched)
    if rect.width() * rect.height() <= _WHOLE_PX:
        return SurfaceChange(rect, [rect])
    return SurfaceChange(rect, [strip.intersected(rect) for strip in strips(tiles)])


def _box(brush: Brush) -> DabCache:
    """The dabs of a brush, kept between strokes and surfaces."""
    boxes = _boxes.kept
    found = boxes.pop(id(brush), None)
    if found is None or found.brush is not brush:
        found = DabCache(brush)
    boxes[id(brush)] = found
    if len(boxes) > _MAX_BOXES:
        boxes.popitem(last=False)
    return found
