"""The auto-painter: imitates a picture with our own brushes, coarse strokes first. It is the player in a demonstration.

After "Painterly Rendering with Curved Brush Strokes of Multiple Sizes" (Hertzmann 1998): each size of brush sees the
picture as blurred as it can paint it, strokes begin where the painting is most wrong, and follow the picture's forms.
Here the forms are the structure tensor's (Kyprianidis & Kang 2011), the strokes are real ones of a drawing, and each is
tried on the canvas before it is kept.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.errors import Cancelled, UsageError
from app.images import Picture
from app.painting.brushes.brush import Brush, own_and_players
from app.painting.document.drawing import Drawing
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Points, Stroke

Plane = NDArray[np.float32]

# How much an error of red, green and blue counts to the eye.
_EYE = np.array([0.8, 1.4, 0.8], dtype=np.float32)
# What bare paper costs, so that the canvas is covered before its colours are mended.
_BARE_ERROR = np.float32(0.5)
# Nearly white at most: paint of the paper's own colour would still be counted as bare paper.
_LIGHTEST = 251
_TRIES = 3


@dataclass(frozen=True)
class _Level:
    """One size of brush: what it sees, and how it may paint."""

    size_px: float
    strokes: int
    seen: Picture
    angle: Plane
    brushes: tuple[tuple[str, float], ...]
    reach: float  # longest stroke, in sizes, to each side
    tolerance: float  # how far the picture's colour may stray along a stroke
    opacity: float


def paint(
    target: Picture,
    *,
    strokes: int,
    seed: int = 0,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Drawing:
    """A drawing of exactly `strokes` strokes that imitates the target, in the target's size; the same for one seed.

    `on_progress` is told after each stroke how many of how many are painted.

    Raises:
        UsageError: fewer strokes than one.
        Cancelled: `cancelled` returned True.
    """
    painter = _Painter(target, seed, own_and_players())
    for done, _ in enumerate(painter.strokes(strokes), start=1):
        if on_progress is not None:
            on_progress(done, strokes)
        if cancelled is not None and cancelled():
            raise Cancelled("The painting was stopped.")
    return painter.drawing


def plan(
    target: Picture, *, strokes: int, seed: int = 0, brushes: Mapping[str, Brush] | None = None
) -> Iterator[Stroke]:
    """The strokes of `paint`, one by one, coarse first.

    Raises:
        UsageError: fewer strokes than one.
    """
    return _Painter(target, seed, own_and_players() if brushes is None else brushes).strokes(strokes)


def sizes(width: int, height: int, strokes: int) -> list[tuple[float, int]]:
    """The brush sizes (px) from coarse to fine and how many strokes each gets; together exactly `strokes`.

    The fewer strokes there are, the coarser the finest must be to cover what it mends.
    """
    unit = math.sqrt(width * height)
    short = min(width, height)
    fine = max(0.62 * unit / math.sqrt(strokes), 2.0)
    coarse = min(max(2.0 * fine, 0.17 * unit), 0.5 * short)
    fine = min(fine, coarse)
    count = 1 + round(math.log(coarse / fine) / math.log(1.55))
    diameters = np.geomspace(coarse, fine, count) if count > 1 else np.array([coarse])
    # The first must cover the canvas, about three times over.
    ground = min(strokes, math.ceil(3.0 * width * height / (3.2 * coarse * coarse)))
    if count == 1:
        return [(float(coarse), strokes)]
    weights = diameters[1:] ** -1.25
    shares = np.floor((strokes - ground) * np.cumsum(weights) / weights.sum() + 1e-9).astype(int)
    return [(float(d), int(n)) for d, n in zip(diameters, [ground, *np.diff(shares, prepend=0)], strict=True)]


class _Painter:
    def __init__(self, target: Picture, seed: int, brushes: Mapping[str, Brush]) -> None:
        self._target = np.ascontiguousarray(target, dtype=np.float32)
        self._height, self._width = target.shape[:2]
        self._chance = np.random.default_rng([seed, 1889])
        self._brushes = brushes
        self.drawing = Drawing(self._width, self._height, brushes=brushes)
        self._drift = self._random_drift()

    def strokes(self, count: int) -> Iterator[Stroke]:
        """Paint so many strokes on the drawing, one at each step."""
        if count < 1:
            raise UsageError("The auto-painter needs at least one stroke.")
        return self._paint_levels(sizes(self._width, self._height, count))

    def _paint_levels(self, planned: list[tuple[float, int]]) -> Iterator[Stroke]:
        for number, (size_px, strokes) in enumerate(planned):
            if strokes:
                level = self._level(number, len(planned), size_px, strokes)
                field = _ErrorField(self.drawing.surface, level, is_ground=number == 0)
                for _ in range(strokes):
                    yield self._best_stroke(level, field)

    def _level(self, number: int, count: int, size_px: float, strokes: int) -> _Level:
        from scipy.ndimage import gaussian_filter

        progress = number / max(count - 1, 1)
        kit: tuple[tuple[str, float], ...]
        blur = size_px * 0.2
        seen = np.stack([gaussian_filter(self._target[..., c], blur, mode="nearest") for c in range(3)], axis=-1)
        if number == 0:
            kit = (("flat", 0.8), ("filbert", 0.2))
        elif size_px > 34:
            kit = (("flat", 0.5), ("bristle", 0.3), ("filbert", 0.2))
        elif size_px > 15:
            kit = (("bristle", 0.35), ("impasto", 0.25), ("flat", 0.15), ("filbert", 0.25))
        elif size_px > 7:
            kit = (("bristle", 0.2), ("filbert", 0.5), ("round", 0.3))
        else:
            kit = (("filbert", 0.35), ("round", 0.65))
        known = tuple((name, share) for name, share in kit if name in self._brushes)
        return _Level(
            size_px=size_px,
            strokes=strokes,
            seen=seen.astype(np.float32),
            angle=self._angles(seen, size_px),
            brushes=known or tuple((name, 1.0) for name in self._brushes),
            reach=2.0 + 1.6 * progress,
            tolerance=0.14 + (0.28 if number == 0 else 0.14) * (1 - progress),
            opacity=1.0 - 0.06 * progress,
        )

    def _random_drift(self) -> Plane:
        """A slow field of angles, for where the picture has no direction of its own."""
        from scipy.ndimage import zoom

        coarse = self._chance.normal(0, 0.9, (5, 5)) + self._chance.uniform(0, np.pi)
        field = zoom(coarse, (self._height / 5, self._width / 5), order=3, mode="nearest", grid_mode=True)
        return np.asarray(field[: self._height, : self._width], dtype=np.float32)

    def _angles(self, seen: Picture, size_px: float) -> Plane:
        """The direction along the picture's forms at each pixel, radians: the structure tensor's minor axis."""
        from scipy.ndimage import gaussian_filter, sobel

        xx, xy, yy = (np.zeros(seen.shape[:2], dtype=np.float32) for _ in range(3))
        for channel in range(3):
            dx, dy = sobel(seen[..., channel], axis=1), sobel(seen[..., channel], axis=0)
            xx, xy, yy = xx + dx * dx, xy + dx * dy, yy + dy * dy
        spread = max(size_px * 0.45, 2.0)
        xx, xy, yy = (gaussian_filter(part, spread, mode="nearest") for part in (xx, xy, yy))
        weak = 0.02 * float(np.mean(xx + yy)) + 1e-7
        double = 2 * self._drift
        along_x, along_y = yy - xx + weak * np.cos(double), -2 * xy + weak * np.sin(double)
        return np.asarray(np.arctan2(along_y, along_x) / 2, dtype=np.float32)

    def _best_stroke(self, level: _Level, field: "_ErrorField") -> Stroke:
        """The first stroke that makes the painting better; after some tries the least bad of them."""
        best: tuple[float, Stroke] | None = None
        for _ in range(_TRIES):
            x, y = field.worst(self._chance)
            stroke = self._stroke_from(level, x, y, field)
            self.drawing.begin(stroke)
            dirty = self.drawing.add_points(stroke.points)
            gain = field.gain(dirty)
            if gain > 0:
                return self._kept(dirty, field)
            self.drawing.abandon()
            field.discourage(x, y)
            if best is None or gain > best[0]:
                best = (gain, stroke)
        assert best is not None
        self.drawing.begin(best[1])
        return self._kept(self.drawing.add_points(best[1].points), field)

    def _kept(self, dirty: QRect, field: "_ErrorField") -> Stroke:
        """End the stroke in hand; it, as the drawing keeps it."""
        stroke = self.drawing.end()
        assert stroke is not None
        field.painted(dirty.united(self.drawing.last_dirty), stroke)
        return stroke

    def _stroke_from(self, level: _Level, x: float, y: float, field: "_ErrorField") -> Stroke:
        chance = self._chance
        names = [name for name, _ in level.brushes]
        shares = np.array([share for _, share in level.brushes])
        brush = names[int(chance.choice(len(names), p=shares / shares.sum()))]
        way = self._way(level, x, y, field)
        columns = np.clip(way[:, 0].astype(int), 0, self._width - 1)
        rows = np.clip(way[:, 1].astype(int), 0, self._height - 1)
        color = level.seen[rows, columns].mean(axis=0)
        color = color + chance.normal(0, 0.012) + chance.normal(0, 0.005, 3)
        pressure = np.interp(np.linspace(0, 1, len(way)), [0, 0.15, 0.6, 1], [0.75, 1.0, 0.95, 0.6])
        red, green, blue = (int(value) for value in np.clip(np.round(color * 255), 0, _LIGHTEST))
        return Stroke(
            brush=brush,
            color=(red, green, blue),
            size_px=float(np.clip(level.size_px * chance.uniform(0.85, 1.2), 1.0, 2000.0)),
            opacity=level.opacity,
            seed=int(chance.integers(2**31)),
            points=np.column_stack([way, pressure]),
        )

    def _way(self, level: _Level, x: float, y: float, field: "_ErrorField") -> Points:
        """Points along the picture's forms, both ways from a start, while the colour still fits."""
        color = level.seen[int(y), int(x)]
        halves = []
        for side in (1.0, -1.0):
            halves.append(self._half_way(level, x, y, side, color, field))
        way = [*reversed(halves[1]), (x, y), *halves[0]]
        if len(way) == 1:
            angle = float(level.angle[int(y), int(x)])
            ahead = 0.35 * level.size_px
            way = [
                (x - ahead * math.cos(angle), y - ahead * math.sin(angle)),
                (x + ahead * math.cos(angle), y + ahead * math.sin(angle)),
            ]
        elif self._chance.random() < 0.5:
            way.reverse()
        return np.array(way, dtype=np.float32)

    def _half_way(
        self, level: _Level, x: float, y: float, side: float, color: NDArray[np.float32], field: "_ErrorField"
    ) -> list[tuple[float, float]]:
        step = max(level.size_px * 0.45, 1.5)
        angle = float(level.angle[int(y), int(x)])
        go_x, go_y = side * math.cos(angle), side * math.sin(angle)
        found: list[tuple[float, float]] = []
        for number in range(int(level.reach * level.size_px / step)):
            x, y = x + step * go_x, y + step * go_y
            if not (0 <= x < self._width and 0 <= y < self._height):
                # A little over the edge, or the edge would stay bare.
                found.append((x, y))
                break
            row, column = int(y), int(x)
            off = level.seen[row, column] - color
            stray = float(np.dot(off * off, _EYE))
            # Even a short stroke is longer than broad; a longer one goes on only where it mends.
            if stray > level.tolerance**2 or (number >= 2 and stray > field.error[row, column] + 0.0005):
                break
            found.append((x, y))
            angle = float(level.angle[row, column])
            new_x, new_y = math.cos(angle), math.sin(angle)
            if new_x * go_x + new_y * go_y < 0:
                new_x, new_y = -new_x, -new_y
            # A hand does not turn at once.
            go_x, go_y = 0.35 * go_x + 0.65 * new_x, 0.35 * go_y + 0.65 * new_y
            norm = math.hypot(go_x, go_y) or 1.0
            go_x, go_y = go_x / norm, go_y / norm
        return found


class _ErrorField:
    """Where and how much the painting still differs from what a level sees."""

    def __init__(self, surface: Surface, level: _Level, *, is_ground: bool) -> None:
        self._surface, self._level, self._is_ground = surface, level, is_ground
        self._cell = max(int(level.size_px * (0.7 if is_ground else 0.5)), 2)
        grid = (-(-surface.height // self._cell), -(-surface.width // self._cell))
        self._padded = np.zeros((grid[0] * self._cell, grid[1] * self._cell), dtype=np.float32)
        self.error = self._padded[: surface.height, : surface.width]
        """float32 [H, W]: the weighted squared difference at each pixel."""
        self.error[:] = self._error_in(surface.rect)
        self._cells = np.zeros(grid, dtype=np.float32)
        self._patience = np.ones(grid, dtype=np.float32)
        self._bare = np.full(grid, is_ground)
        self._sum_cells(surface.rect)

    def worst(self, chance: np.random.Generator) -> tuple[float, float]:
        """Where a stroke should begin: within one of the worst cells."""
        # A little by chance, or strokes would stand in a lattice.
        weights = self._cells * self._patience * chance.uniform(0.6, 1.0, self._cells.shape)
        if self._bare.any():
            weights = weights + self._bare * (1.0 + weights.max())
        row, column = divmod(int(np.argmax(weights)), weights.shape[1])
        top, left = row * self._cell, column * self._cell
        bottom = min(top + self._cell, self._surface.height)
        right = min(left + self._cell, self._surface.width)
        return float(chance.uniform(left, right - 0.01)), float(chance.uniform(top, bottom - 0.01))

    def gain(self, area: QRect) -> float:
        """By how much the stroke in hand makes an area better."""
        if area.isEmpty():
            return 0.0
        rows, columns = _slices(area)
        return float(self.error[rows, columns].sum() - self._error_in(area).sum()) + (1e-3 if self._is_ground else 0.0)

    def discourage(self, x: float, y: float) -> None:
        """Look elsewhere for a while."""
        row, column = int(y) // self._cell, int(x) // self._cell
        self._patience[row, column] *= 0.5
        self._bare[row, column] = False

    def painted(self, area: QRect, stroke: Stroke) -> None:
        """Look again at an area that a stroke changed."""
        rows, columns = (stroke.points[:, axis] / self._cell for axis in (1, 0))
        self._bare[
            np.clip(rows.astype(int), 0, self._bare.shape[0] - 1),
            np.clip(columns.astype(int), 0, self._bare.shape[1] - 1),
        ] = False
        if not area.isEmpty():
            self.error[_slices(area)] = self._error_in(area)
            self._sum_cells(area)

    def _error_in(self, area: QRect) -> Plane:
        rows, columns = _slices(area)
        painted = self._surface.pixels[rows, columns, 2::-1].astype(np.float32)
        painted *= np.float32(1 / 255)
        painted -= self._level.seen[rows, columns]
        painted *= painted
        # Not as a product of matrices, whose threads would wait for each other on a busy machine.
        error = painted[..., 0] * _EYE[0] + painted[..., 1] * _EYE[1] + painted[..., 2] * _EYE[2]
        error[self._surface.pixels[rows, columns, :3].min(axis=2) == 255] += _BARE_ERROR
        return np.asarray(error, dtype=np.float32)

    def _sum_cells(self, area: QRect) -> None:
        size = self._cell
        rows = slice(area.top() // size, area.bottom() // size + 1)
        columns = slice(area.left() // size, area.right() // size + 1)
        part = self._padded[rows.start * size : rows.stop * size, columns.start * size : columns.stop * size]
        shape = (rows.stop - rows.start, size, columns.stop - columns.start, size)
        self._cells[rows, columns] = part.reshape(shape).sum(axis=(1, 3))


def _slices(area: QRect) -> tuple[slice, slice]:
    return slice(area.top(), area.bottom() + 1), slice(area.left(), area.right() + 1)
