"""Dabs: a brush's texture scaled, turned and coloured, ready to be drawn. For the surface.

Two kinds of brush, two ways. White dabs, which become paint when the whole stroke does, are kept in steps of size and
angle, since the same ones fall again and again; where chance asks for more of them than would ever be met twice, each
is drawn straight from the texture. So are dabs with their own colour and shade, at their exact size, angle and place.
Which way it goes follows from the brush and the dab's size alone, and what is kept is what would be made again: the
pixels never depend on what was drawn before.
"""

import bisect
import itertools
import threading
import weakref
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PyQt5 import sip
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QImage, QPainter, QTransform

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_cache_keys import DabCacheKeys
from app.painting.engine.dab_placement import Trail
from app.painting.engine.dab_placement_scalar import FewDabs

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Pixels = NDArray[np.uint32]

MAX_KEPT_BYTES = 32 * 2**20
"""What the stamps of all brushes may take together, for each thread."""
_SMALLEST_SIDE_PX = 4
_SHEET_PX = 2**20
_WHITE = -1


class PixelImage(QImage):
    """A QImage over a numpy array, which it keeps alive."""

    def __init__(self, pixels: NDArray[np.uint32], width: int | None = None) -> None:
        """Wrap uint32 [H, W] premultiplied ARGB; `width` may leave out columns at the right."""
        height, stride = pixels.shape
        shown = stride if width is None else width
        # A bare address: PyQt takes anything with a length for constant data, and Qt then paints on a copy.
        address = sip.voidptr(pixels.__array_interface__["data"][0])
        super().__init__(address, shown, height, stride * 4, QImage.Format_ARGB32_Premultiplied)
        self._pixels = pixels


_Row = tuple[int, float, float, float, float, int, tuple[int, int, int] | None]


class _Dab(NamedTuple):
    """An image and where its corner lies from the pixel that the dab's centre falls into."""

    image: QImage
    left_px: int
    top_px: int


class _Mask(NamedTuple):
    """A texture at some side without its empty margins, in parts of which every colour is quickly made.

    A channel of premultiplied paint is its value * own / 256 + light; its alpha is coverage.
    """

    coverage: Pixels  # 0..255
    own: Pixels  # 0..256
    lit: Pixels  # alpha, light, light, light
    rect: QRectF  # around the centre, in texels


class DabCache:
    """The dabs of one brush, for one thread."""

    def __init__(self, brush: Brush) -> None:
        self.brush = brush
        self._kinds = DabCacheKeys(brush)
        # The sides of the texture's halvings, and up to which diameter each is still large enough.
        self._sides = [brush.texture.coverage.shape[1]]
        while self._sides[-1] // 2 >= _SMALLEST_SIDE_PX:
            self._sides.append(self._sides[-1] // 2)
        self._side_of = np.array(self._sides, dtype=np.float64)
        self._halving_from = -self._side_of[:-1] / 2
        # The same for a few dabs.
        self._halving_list = self._halving_from.tolist()
        self._dabs: dict[int, _Dab] = {}
        self._masks: dict[int, _Mask] = {}
        self._imprints: dict[int, tuple[QImage, QRectF]] = {}
        self._bytes = 0

    @property
    def kept_bytes(self) -> int:
        """How much memory its dabs take."""
        return self._bytes

    def forget(self) -> None:
        """Let go of all dabs; they are made again when they are asked for."""
        self._dabs.clear()
        self._masks.clear()
        self._imprints.clear()
        self._bytes = 0

    def draw_white(self, painter: QPainter, trail: Trail, flow: Numbers, scale: float) -> None:
        """Draw a trail's dabs in white; `flow` is 1..255 for each. The painter may have no transformation."""
        diameter = np.maximum(trail.size * scale, 0.5)
        kind = self._kinds.kind_of(diameter)
        is_exact = self._kinds.is_exact(kind)
        if is_exact is not None and is_exact.all():
            self._draw_exact(painter, trail, flow, scale, _WHITE)
            return
        names, x, y = self._kinds.names(trail, scale, diameter, kind)
        fresh = set((names if is_exact is None else names[~is_exact]).tolist()).difference(self._dabs)
        if fresh:
            self._make_dabs(sorted(fresh))
        if is_exact is not None and is_exact.any():
            where = zip(names.tolist(), x.tolist(), y.tolist(), strict=True)
            kept = [None if exact else place for exact, place in zip(is_exact.tolist(), where, strict=True)]
            self._draw_exact(painter, trail, flow, scale, _WHITE, kept)
            return
        self._draw_kept(painter, zip(names.tolist(), x.tolist(), y.tolist(), flow.tolist(), strict=True))

    def draw_few_white(self, painter: QPainter, few: FewDabs, flow: list[int], scale: float) -> None:
        """As `draw_white`, for a few dabs, of which some may have no flow."""
        rows = self._kinds.names_of_few(few, flow, scale)
        if rows is None:
            seen = np.array(flow) > 0
            self.draw_white(painter, Trail.of(few).only(seen), np.array(flow)[seen], scale)
            return
        fresh = {row[0] for row in rows}.difference(self._dabs)
        if fresh:
            self._make_dabs(sorted(fresh))
        self._draw_kept(painter, rows)

    def _draw_kept(self, painter: QPainter, rows: Iterable[tuple[int, int, int, int]]) -> None:
        """Draw dabs by their name, at a pixel (x, y), in some strength."""
        dabs = self._dabs
        draw, set_opacity = painter.drawImage, painter.setOpacity
        before = -1
        for name, to_x, to_y, strength in rows:
            if strength != before:
                set_opacity(strength / 255)
                before = strength
            image, left, top = dabs.get(name) or self._dab(name)
            draw(to_x + left, to_y + top, image)

    def draw_tinted(self, painter: QPainter, trail: Trail, flow: Numbers, scale: float, tints: Numbers) -> None:
        """Draw a trail's dabs each in its tint, 0xRRGGBB, shaded by the brush's relief; `flow` is 1..255 for each."""
        self._draw_exact(painter, trail, flow, scale, tints)

    def draw_few_tinted(self, painter: QPainter, few: FewDabs, flow: list[int], scale: float, tints: list[int]) -> None:
        """As `draw_tinted`, for a few dabs, of which some may have no flow."""
        angle = np.array(few.angle)
        rows = []
        for x, y, size, strength, variant, tint, cosine, sine in zip(
            few.x,
            few.y,
            few.size,
            flow,
            few.variant,
            tints,
            np.cos(angle).tolist(),
            np.sin(angle).tolist(),
            strict=True,
        ):
            if strength == 0:
                continue
            diameter = max(size * scale, 0.5)
            halving = bisect.bisect_right(self._halving_list, -diameter)
            ratio = diameter / self._sides[halving]
            name = (variant * 16 + halving) * 2**25 + (tint + 1)
            rows.append((name, cosine * ratio, sine * ratio, x * scale, y * scale, strength, None))
        self._draw_rows(painter, rows)

    def _draw_exact(
        self,
        painter: QPainter,
        trail: Trail,
        flow: Numbers,
        scale: float,
        tints: Numbers | int,
        kept: Sequence[tuple[int, int, int] | None] | None = None,
    ) -> None:
        """Draw dabs straight from the texture, but those that are `kept`, by their name at a pixel (x, y)."""
        diameter = np.maximum(trail.size * scale, 0.5)
        # The texture at the nearest halving above the diameter, so that scaling it never skips texels.
        halving = np.searchsorted(self._halving_from, -diameter, side="right")
        ratio = diameter / self._side_of[halving]
        along, across = np.cos(trail.angle) * ratio, np.sin(trail.angle) * ratio
        rows: Iterable[_Row] = zip(
            _imprint_names(trail.variant, halving, tints).tolist(),
            along.tolist(),
            across.tolist(),
            (trail.x * scale).tolist(),
            (trail.y * scale).tolist(),
            flow.tolist(),
            itertools.repeat(None) if kept is None else kept,
            strict=kept is not None,
        )
        self._draw_rows(painter, rows)

    def _draw_rows(self, painter: QPainter, rows: Iterable[_Row]) -> None:
        """Draw dabs by their imprint, matrix, place and strength, but those that are kept, as `_draw_exact`."""
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        imprints = self._imprints
        draw, place, set_opacity = painter.drawImage, painter.setTransform, painter.setOpacity
        # One that is set again and again: to make each anew takes as long as to draw a small dab.
        transform = QTransform()
        turn = transform.setMatrix
        before = -1
        for name, cosine, sine, x, y, strength, kept_at in rows:
            if strength != before:
                set_opacity(strength / 255)
                before = strength
            if kept_at is None:
                image, where = imprints.get(name) or self._imprint(name)
                turn(cosine, sine, 0.0, -sine, cosine, 0.0, x, y, 1.0)
                place(transform)
                draw(where, image)
            else:
                dab, to_x, to_y = kept_at
                image, left, top = self._dabs.get(dab) or self._dab(dab)
                painter.resetTransform()
                draw(to_x + left, to_y + top, image)

    def _dab(self, name: int) -> _Dab:
        self._make_dabs([name])
        return self._dabs[name]

    def _make_dabs(self, names: list[int]) -> None:
        """Make the dabs of some names, as their kinds give them."""
        variant, diameter, degrees, shift_x, shift_y = self._kinds.told(np.array(names, dtype=np.int64))
        # Half a pixel more for the phase and one for the soft rim of the scaling.
        half = np.ceil(diameter / 2 * self.brush.texture.reach + 1.5).astype(np.int64)
        halving = np.searchsorted(self._halving_from, -diameter, side="right")
        ratio = diameter / self._side_of[halving]
        imprint_names = _imprint_names(variant, halving, _WHITE)
        for size in sorted(set(half.tolist())):
            chosen = np.flatnonzero(half == size)
            room = max(1, _SHEET_PX // (2 * size + 1) ** 2)
            for start in range(0, len(chosen), room):
                some = chosen[start : start + room]
                transforms = [
                    QTransform.fromTranslate(size + x, size + y).rotate(angle).scale(by, by)
                    for x, y, angle, by in zip(
                        shift_x[some].tolist(),
                        shift_y[some].tolist(),
                        degrees[some].tolist(),
                        ratio[some].tolist(),
                        strict=True,
                    )
                ]
                sheets = self._drawn(size, transforms, imprint_names[some].tolist())
                self._keep_dabs([names[number] for number in some.tolist()], sheets)

    def _drawn(self, half: int, transforms: list[QTransform], imprint_names: list[int]) -> Pixels:
        """White dabs, uint32 [N, side, side], each drawn at the same place, so that none depends on the others."""
        side = 2 * half + 1
        sheets = np.empty((len(transforms), side, side), dtype=np.uint32)
        scratch = np.zeros((side, side), dtype=np.uint32)
        target = PixelImage(scratch)
        painter = QPainter(target)
        painter.setRenderHint(QPainter.SmoothPixmapTransform)
        for number, (transform, name) in enumerate(zip(transforms, imprint_names, strict=True)):
            image, where = self._imprints.get(name) or self._imprint(name)
            painter.setTransform(transform)
            painter.drawImage(where, image)
            sheets[number] = scratch
            scratch.fill(0)
        painter.end()
        return sheets

    def _keep_dabs(self, names: list[int], sheets: Pixels) -> None:
        """Keep dabs without their empty margins."""
        count, side, _ = sheets.shape
        painted = sheets >= 1 << 24
        rows: NDArray[np.bool_] = np.any(painted, axis=2)
        columns: NDArray[np.bool_] = np.any(painted, axis=1)
        is_empty = ~rows.any(axis=1)
        # Of one that is empty, one clear pixel.
        rows[is_empty, 0] = columns[is_empty, 0] = True
        tops, lefts = rows.argmax(axis=1), columns.argmax(axis=1)
        heights = side - rows[:, ::-1].argmax(axis=1) - tops
        widths = side - columns[:, ::-1].argmax(axis=1) - lefts
        self._count(int((heights * widths).sum()) * 4)
        image = PixelImage(sheets.reshape(count * side, side))
        half = side // 2
        for number, (name, left, top, width, height) in enumerate(
            zip(names, lefts.tolist(), tops.tolist(), widths.tolist(), heights.tolist(), strict=True)
        ):
            copy = image.copy(left, number * side + top, width, height)
            self._dabs[name] = _Dab(copy, left - half, top - half)

    def _imprint(self, name: int) -> tuple[QImage, QRectF]:
        """A texture at some side and colour, and where it lies around the centre, in texels."""
        mask_name, tint = name >> 25, (name & 2**25 - 1) - 1
        mask = self._masks.get(mask_name) or self._mask(mask_name)
        pixels = mask.coverage * np.uint32(0x01010101) if tint < 0 else _colored(mask, tint)
        self._count(pixels.nbytes)
        found = self._imprints[name] = PixelImage(pixels), mask.rect
        return found

    def _mask(self, mask_name: int) -> _Mask:
        """A texture at a smaller side, one empty texel around."""
        variant, halving = divmod(mask_name, 16)
        side = self._sides[halving]
        texture = self.brush.texture
        which, flip = variant % texture.variants, -1 if variant >= texture.variants else 1
        factor = texture.coverage.shape[1] // side
        edge = side * factor
        coverage = texture.coverage[which, :, ::flip][:edge, :edge].reshape(side, factor, side, factor) / np.float32(
            255
        )
        if self.brush.hardness > 0:
            coverage = np.clip(coverage / max(1 - self.brush.hardness, 0.02), 0, 1)
        shade = texture.shade[which, :, ::flip][:edge, :edge].reshape(coverage.shape) / np.float32(127.5) - 1
        weight = coverage.mean(axis=(1, 3))
        # Shade counts as far as there is paint to be shaded.
        shaded = self.brush.relief * (coverage * shade).mean(axis=(1, 3)) / np.maximum(weight, 1e-6)
        rows, columns = np.flatnonzero(weight.any(axis=1)), np.flatnonzero(weight.any(axis=0))
        inner = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        coverage, shaded = np.pad(weight[inner], 1), np.pad(shaded[inner], 1)
        left, top = int(columns[0]) - 1 - side / 2, int(rows[0]) - 1 - side / 2
        found = _parted(coverage, shaded, QRectF(left, top, coverage.shape[1], coverage.shape[0]))
        self._count(3 * found.coverage.nbytes)
        self._masks[mask_name] = found
        return found

    def _count(self, more_bytes: int) -> None:
        """Make room for what is kept now: first other brushes forget, those longest unused before the others."""
        boxes = _boxes.used
        boxes.pop(self, None)
        boxes[self] = None
        total = sum(box.kept_bytes for box in boxes)
        for box in list(boxes):
            if total + more_bytes <= MAX_KEPT_BYTES:
                break
            total -= box.kept_bytes
            box.forget()
        self._bytes += more_bytes


class _Boxes(threading.local):
    """Those that this thread uses: one that another is drawing from must not forget."""

    def __init__(self) -> None:
        self.used: weakref.WeakKeyDictionary[DabCache, None] = weakref.WeakKeyDictionary()


_boxes = _Boxes()


def _imprint_names(variant: Numbers, halving: Numbers, tints: Numbers | int) -> Numbers:
    """For each dab the name of its imprint; `tints` are 0xRRGGBB, or -1 for white."""
    return (variant * 16 + halving) * 2**25 + (tints + 1)


def _parted(coverage: NDArray[np.floating], shade: NDArray[np.floating], rect: QRectF) -> _Mask:
    """A mask of coverage 0..1 and shade -1..1, which moves a colour towards black or white."""
    # A gentle dark and a gentle light: full black and white would make the paint look like plastic.
    dark, light = np.maximum(-shade, 0) * 0.6, np.maximum(shade, 0) * 0.5
    alpha = np.round(coverage * 255).astype(np.uint32)
    # Rounded down, so that no channel ever exceeds its alpha.
    own = np.floor(coverage * (1 - dark - light) * 256).astype(np.uint32)
    lit = np.floor(coverage * light * 255).astype(np.uint32)
    return _Mask(alpha, own, alpha << np.uint32(24) | lit * np.uint32(0x010101), rect)


def _colored(mask: _Mask, tint: int) -> Pixels:
    """Premultiplied ARGB of a mask in a colour, 0xRRGGBB."""
    # Red and blue at once, each with sixteen bits.
    red_blue = (mask.own * np.uint32(tint & 0xFF00FF) + np.uint32(0x800080)) >> np.uint32(8) & np.uint32(0xFF00FF)
    green = mask.own * np.uint32(tint >> 8 & 255) + np.uint32(0x80) & np.uint32(0xFF00)
    return red_blue + green + mask.lit
