"""The surface: the pixels that strokes are painted on, changed only within the rectangles that it reports.

A stroke gathers in a buffer of its own, which is laid over the painting with the stroke's opacity: so no stroke
exceeds its opacity, however it crosses itself. Drawings and the auto-painter call; a canvas shows `image()`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect
from PyQt5.QtGui import QImage, QPainter

from app.errors import PictureError
from app.images import Picture
from app.painting.brush import Brush, own_and_players
from app.painting.ink import Carried, blend_table, grain_of, thinning_table
from app.painting.stamps import PixelImage, StampBox
from app.painting.stroke import Color, Points, Stroke
from app.painting.trail import Trail, TrailMaker

TILE_PX = 64
# Rectangles up to this many pixels are laid over at once; larger ones only where tiles were touched.
_WHOLE_PX = 300 * 300

_boxes: dict[str, StampBox] = {}


@dataclass(frozen=True)
class Patch:
    """What some tiles of a surface looked like at another time. `Surface.swap` goes there and back.

    Attributes:
        rows, columns: int [n], which tiles.
        pixels: uint32 [n, 64, 64], premultiplied ARGB.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    pixels: NDArray[np.uint32]


class Surface:
    """A rectangle of pixels to paint on.

    Strokes are in drawing pixels; the surface has `scale` of its own pixels for each. A `background` of None is
    transparent: an eraser then takes paint away, else it paints the background.
    """

    def __init__(
        self,
        width: int,
        height: int,
        background: Color | None = (255, 255, 255),
        *,
        brushes: Mapping[str, Brush] | None = None,
        scale: float = 1.0,
    ) -> None:
        if width < 1 or height < 1:
            raise ValueError("a surface needs at least one pixel")
        self.width, self.height, self.scale = width, height, scale
        self.background = background
        self.brushes = own_and_players() if brushes is None else brushes
        grid = (-(-height // TILE_PX), -(-width // TILE_PX))
        fill = 0 if background is None else 255 << 24 | background[0] << 16 | background[1] << 8 | background[2]
        self._fill = np.uint32(fill)
        size = (grid[0] * TILE_PX, grid[1] * TILE_PX)
        self._base = np.full(size, self._fill, dtype=np.uint32)  # all finished strokes
        self._shown = self._base.copy()  # and the stroke in hand
        self._buffer = np.zeros(size, dtype=np.uint32)  # the stroke in hand alone, at full opacity
        self._touched = np.zeros(grid, dtype=bool)  # tiles that the stroke in hand changed
        self._image = PixelImage(self._shown[:height], width)
        self._hand: _Hand | None = None
        self.patch: Patch | None = None
        """What the last finished stroke or clearing covered; None before the first."""

    @property
    def rect(self) -> QRect:
        """The whole surface."""
        return QRect(0, 0, self.width, self.height)

    def image(self) -> QImage:
        """The pixels, the stroke in hand included: ARGB32_Premultiplied, live, not a copy."""
        return self._image

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """The live pixels as uint8 [H, W, 4] in the order blue, green, red, alpha; the stroke in hand included."""
        return self._shown.view(np.uint8).reshape(*self._shown.shape, 4)[: self.height, : self.width]

    @property
    def pixels_before(self) -> NDArray[np.uint8]:
        """The live pixels without the stroke in hand, as in `pixels`."""
        return self._base.view(np.uint8).reshape(*self._base.shape, 4)[: self.height, : self.width]

    def picture(self) -> Picture:
        """A copy of the pixels as a picture: float32 RGB [H, W, 3] in 0..1; transparency over white."""
        pixels = self.pixels.astype(np.float32) / 255
        return np.ascontiguousarray(pixels[..., 2::-1] + (1 - pixels[..., 3:]))

    @property
    def has_stroke_in_hand(self) -> bool:
        """Whether a stroke has begun and not ended."""
        return self._hand is not None

    def begin_stroke(self, head: Stroke) -> None:
        """Begin a stroke; its head's points, if any, are not painted.

        Raises:
            PictureError: the brush is not there.
        """
        if self._hand is not None:
            self.abandon_stroke()
        brush = self.brushes.get(head.brush)
        if brush is None:
            raise PictureError(f'The brush "{head.brush}" is not there.')
        self._hand = _Hand(brush, head, self.background)

    def extend(self, points: Points) -> QRect:
        """Paint on through more points, float32 [N, 3]; the rectangle that changed."""
        hand = self._in_hand()
        return self._stamp(hand, hand.trail.extend(points))

    def end_stroke(self) -> QRect:
        """Paint the stroke's end and make it part of the painting; the rectangle that still changed."""
        hand = self._in_hand()
        dirty = self._stamp(hand, hand.trail.finish())
        rows, columns = np.nonzero(self._touched)
        self.patch = Patch(rows, columns, _tiles(self._base)[rows, columns])
        _tiles(self._base)[rows, columns] = _tiles(self._shown)[rows, columns]
        self._put_down(rows, columns)
        return dirty

    def abandon_stroke(self) -> QRect:
        """Take the stroke in hand back; the rectangle that changed."""
        rows, columns = np.nonzero(self._touched)
        _tiles(self._shown)[rows, columns] = _tiles(self._base)[rows, columns]
        self._put_down(rows, columns)
        return self._rect_of(rows, columns)

    def apply(self, stroke: Stroke) -> QRect:
        """Paint a whole stroke, or clear; the rectangle that changed."""
        if stroke.mode == "clear":
            return self.clear()
        self.begin_stroke(stroke)
        dirty = self.extend(stroke.points)
        return dirty.united(self.end_stroke())

    def clear(self) -> QRect:
        """Empty the surface; the rectangle that changed."""
        if self._hand is not None:
            self.abandon_stroke()
        tiles = _tiles(self._base)
        rows, columns = np.nonzero((tiles != self._fill).any(axis=(2, 3)))
        self.patch = Patch(rows, columns, tiles[rows, columns])
        tiles[rows, columns] = self._fill
        _tiles(self._shown)[rows, columns] = self._fill
        return self._rect_of(rows, columns)

    def swap(self, patch: Patch) -> tuple[Patch, QRect]:
        """Put a patch's pixels in place; the patch that goes back, and the rectangle that changed."""
        tiles = _tiles(self._base)
        before = Patch(patch.rows, patch.columns, tiles[patch.rows, patch.columns])
        tiles[patch.rows, patch.columns] = patch.pixels
        _tiles(self._shown)[patch.rows, patch.columns] = patch.pixels
        return before, self._rect_of(patch.rows, patch.columns)

    def _in_hand(self) -> "_Hand":
        if self._hand is None:
            raise ValueError("no stroke has begun")
        return self._hand

    def _put_down(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> None:
        _tiles(self._buffer)[rows, columns] = 0
        self._touched[rows, columns] = False
        self._hand = None

    def _rect_of(self, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> QRect:
        if len(rows) == 0:
            return QRect()
        left, top = int(columns.min()) * TILE_PX, int(rows.min()) * TILE_PX
        right, bottom = (int(columns.max()) + 1) * TILE_PX, (int(rows.max()) + 1) * TILE_PX
        return QRect(left, top, right - left, bottom - top).intersected(self.rect)

    def _stamp(self, hand: "_Hand", trail: Trail) -> QRect:
        """Draw stamps into the buffer and show them; the rectangle that changed."""
        if len(trail) == 0:
            return QRect()
        x, y = trail.x * self.scale, trail.y * self.scale
        # Two pixels more than the texture reaches: for rounding, and for the soft rim of scaled stamps.
        reach = trail.size * (self.scale * hand.brush.texture.reach / 2) + 2
        left, top = np.maximum(np.floor(x - reach), 0), np.maximum(np.floor(y - reach), 0)
        right, bottom = np.minimum(np.ceil(x + reach), self.width - 1), np.minimum(np.ceil(y + reach), self.height - 1)
        flow = np.round(trail.flow * 255).astype(np.int64)
        # Before any is left out: what the brush carries must not depend on the canvas's edges.
        tints = hand.tints(self._base, trail, self.scale)
        seen = (left <= right) & (top <= bottom) & (flow > 0)
        if not seen.any():
            return QRect()
        if not seen.all():
            trail, flow = trail.only(seen), flow[seen]
            left, top, right, bottom = left[seen], top[seen], right[seen], bottom[seen]
            tints = [color for color, is_seen in zip(tints, seen.tolist(), strict=True) if is_seen]
        self._draw(hand, trail, flow, tints)
        edges = [edge.astype(np.intp) for edge in (left, top, right, bottom)]
        touched = _tiles_under(*edges, grid=self._touched.shape)
        self._touched |= touched
        dirty = QRect(int(left.min()), int(top.min()), 0, 0)
        dirty.setRight(int(right.max()))
        dirty.setBottom(int(bottom.max()))
        self._show(hand, dirty, touched)
        return dirty

    def _draw(self, hand: "_Hand", trail: Trail, flow: NDArray[np.int64], tints: list[Color]) -> None:
        # A fresh wrapper is never shared, so that Qt cannot decide to paint on a copy.
        target = PixelImage(self._buffer, self.width)
        painter = QPainter(target)
        if hand.is_body:
            hand.box.draw_tinted(painter, trail, flow, self.scale, tints)
        else:
            hand.box.draw_white(painter, trail, flow, self.scale)
        painter.end()

    def _show(self, hand: "_Hand", dirty: QRect, touched: NDArray[np.bool_]) -> None:
        """Lay the buffer over the painting within the dirty rectangle."""
        target = PixelImage(self._shown, self.width)
        painter = QPainter(target)
        if hand.head.mode == "erase" and self.background is None:
            painter.setCompositionMode(QPainter.CompositionMode_DestinationOut)
        if dirty.width() * dirty.height() <= _WHOLE_PX:
            self._lay(painter, hand, dirty)
        else:
            for row in np.flatnonzero(touched.any(axis=1)):
                columns = np.flatnonzero(touched[row])
                strip = QRect(int(columns[0]) * TILE_PX, int(row) * TILE_PX, 0, TILE_PX)
                strip.setRight((int(columns[-1]) + 1) * TILE_PX - 1)
                self._lay(painter, hand, strip.intersected(self.rect))
        painter.end()

    def _lay(self, painter: QPainter, hand: "_Hand", area: QRect) -> None:
        rows, columns = slice(area.top(), area.bottom() + 1), slice(area.left(), area.right() + 1)
        self._shown[rows, columns] = self._base[rows, columns]
        buffer = self._buffer[rows, columns]
        if hand.table is None and hand.thinning is None:
            painter.setOpacity(hand.head.opacity)
            painter.drawImage(area.topLeft(), PixelImage(self._buffer, self.width), area)
            return
        index = (buffer >> 24).astype(np.intp)
        if hand.brush.grain > 0:
            index <<= 8
            index += grain_of(hand.brush, area, self.scale)
        if hand.table is not None:
            painter.drawImage(area.topLeft(), PixelImage(hand.table[index]))
        elif hand.thinning is not None:
            # All four channels at once would overflow: two by two, each with eight free bits above it.
            left = hand.thinning[index].astype(np.uint32)
            even = (buffer & np.uint32(0xFF00FF)) * left >> np.uint32(8) & np.uint32(0xFF00FF)
            odd = (buffer >> np.uint32(8) & np.uint32(0xFF00FF)) * left & np.uint32(0xFF00FF00)
            painter.setOpacity(hand.head.opacity)
            painter.drawImage(area.topLeft(), PixelImage(even | odd))


class _Hand:
    """The stroke in hand."""

    def __init__(self, brush: Brush, head: Stroke, background: Color | None) -> None:
        self.brush, self.head = brush, head
        self.trail = TrailMaker(brush, head)
        self.is_body = brush.is_body and head.mode == "paint"
        self.box = _box(brush)
        self.carried = Carried(brush, head, background) if self.is_body and brush.wetness > 0 else None
        self.table: NDArray[np.uint32] | None = None
        self.thinning = thinning_table(brush) if self.is_body and brush.grain > 0 else None
        if not self.is_body:
            color = head.color if head.mode == "paint" else (background or (255, 255, 255))
            self.table = blend_table(brush, color, head.opacity)

    def tints(self, painting: NDArray[np.uint32], trail: Trail, scale: float) -> list[Color]:
        """The colour of each stamp of a trail."""
        if self.carried is None:
            return [self.head.color] * len(trail)
        return self.carried.tints(painting, trail, scale)


def _box(brush: Brush) -> StampBox:
    """The stamps of a brush, kept between strokes and surfaces."""
    found = _boxes.get(brush.name)
    if found is None or found.brush is not brush:
        found = _boxes[brush.name] = StampBox(brush)
    return found


def _tiles(pixels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """A view of pixels as [rows, columns, 64, 64]."""
    height, width = pixels.shape
    return pixels.reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX).swapaxes(1, 2)


def _tiles_under(
    left: NDArray[np.intp],
    top: NDArray[np.intp],
    right: NDArray[np.intp],
    bottom: NDArray[np.intp],
    *,
    grid: tuple[int, ...],
) -> NDArray[np.bool_]:
    """Which tiles some rectangles (edges included) lie on."""
    touched = np.zeros(grid, dtype=bool)
    first_row, last_row = top // TILE_PX, bottom // TILE_PX
    first_column, last_column = left // TILE_PX, right // TILE_PX
    for down in range(int((last_row - first_row).max()) + 1):
        for over in range(int((last_column - first_column).max()) + 1):
            rows, columns = np.minimum(first_row + down, last_row), np.minimum(first_column + over, last_column)
            touched[rows, columns] = True
    return touched
