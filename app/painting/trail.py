"""A stroke's trail: which stamps, where, how large and how turned, follow from its points. Called by the surface.

The trail of a stroke is the same however its points are handed over, one by one from a hand or all at once from a
journal: every running sum is carried on in order, and every chance is a hash of the stroke's seed and the stamp's
number.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.painting.brush import Brush
from app.painting.stroke import Points, Stroke

Floats = NDArray[np.float64]

# Below this way between stamps more of them change nothing that can be seen.
_MIN_SPACING_PX = 0.35
_PIECE_PX = 3.0
_MAX_PIECES = 64


@dataclass(frozen=True)
class Trail:
    """Stamps in the order in which they fall; every array has one entry for each.

    Attributes:
        x, y: centres in drawing pixels.
        size: diameters in drawing pixels.
        flow: how much paint, 0..1.
        angle: turn in radians, clockwise on the screen.
        variant: which of the texture's imprints.
        travel: way since the stamp before, in diameters.
    """

    x: Floats
    y: Floats
    size: Floats
    flow: Floats
    angle: Floats
    variant: NDArray[np.int64]
    travel: Floats

    def __len__(self) -> int:
        return len(self.x)

    def only(self, chosen: NDArray[np.bool_]) -> "Trail":
        """The chosen stamps."""
        return Trail(*(getattr(self, name)[chosen] for name in Trail.__annotations__))


class TrailMaker:
    """Turns the points of one stroke into its trail, as they come.

    The way runs smoothly from the middle of one pair of points to the middle of the next, bent towards the point
    between (quadratic Bézier curves), so it never overshoots and lags only half a step behind the hand.
    """

    def __init__(self, brush: Brush, head: Stroke) -> None:
        self._brush = brush
        self._size_px = head.size_px
        self._seed = head.seed
        self._pressure_size = np.asarray(brush.pressure_size, dtype=np.float64).T
        self._pressure_flow = np.asarray(brush.pressure_flow, dtype=np.float64).T
        self._previous: Floats | None = None  # the point before the last
        self._last: Floats | None = None
        self._tangent = np.zeros(2)
        self._progress = 0.0  # way so far, in spacings
        self._count = 0  # stamps so far

    def extend(self, points: Points) -> Trail:
        """The stamps that can be placed now that these points are known."""
        fresh = self._moved(np.asarray(points, dtype=np.float64)[:, :3])
        if len(fresh) == 0:
            return self._stamps(np.empty((0, 5)), np.empty(0))
        if self._last is None:
            self._last, fresh = fresh[0], fresh[1:]
            if self._brush.rotation != "along" and self._count == 0:
                dot = self._dot(self._last)
                if len(fresh) == 0:
                    return dot
                return _joined(dot, self.extend(fresh.astype(np.float64)))
            if len(fresh) == 0:
                return self._stamps(np.empty((0, 5)), np.empty(0))
        known = [self._last] if self._previous is None else [self._previous, self._last]
        way = np.vstack([*known, fresh])
        middles = (way[:-1] + way[1:]) / 2
        starts, bends, ends = middles[:-1], way[1:-1], middles[1:]
        if self._previous is None:
            # The first half step is straight: its bend lies in its own middle.
            starts = np.vstack([way[:1], starts])
            bends = np.vstack([(way[:1] + middles[:1]) / 2, bends])
            ends = np.vstack([middles[:1], ends])
        self._previous, self._last = way[-2], way[-1]
        return self._along(starts, bends, ends)

    def finish(self) -> Trail:
        """The stamps of the last half step, or the one dot of a stroke that never moved."""
        if self._last is None:
            return self._stamps(np.empty((0, 5)), np.empty(0))
        if self._previous is None:
            return self._dot(self._last) if self._count == 0 else self._stamps(np.empty((0, 5)), np.empty(0))
        start = (self._previous + self._last) / 2
        return self._along(start[None], ((start + self._last) / 2)[None], self._last[None])

    def _moved(self, points: Floats) -> Floats:
        """The points without those that stay where the one before was."""
        if len(points) == 0:
            return points
        before = np.vstack([np.full((1, 3), np.nan) if self._last is None else self._last[None], points[:-1]])
        return points[(points[:, :2] != before[:, :2]).any(axis=1)]

    def _dot(self, point: Floats) -> Trail:
        row = np.array([[point[0], point[1], point[2], 1.0, 0.0]])
        return self._stamps(row, np.zeros(1))

    def _along(self, starts: Floats, bends: Floats, ends: Floats) -> Trail:
        """The stamps along some curves that follow each other."""
        length = np.hypot(*(bends - starts)[:, :2].T) + np.hypot(*(ends - bends)[:, :2].T)
        step = max(_PIECE_PX, self._size_px / 8)
        pieces = np.clip(np.ceil(length / step), 1, _MAX_PIECES).astype(np.int64)
        curve = np.repeat(np.arange(len(pieces)), pieces)
        within = np.arange(len(curve)) - np.repeat(np.cumsum(pieces) - pieces, pieces) + 1
        t = (within / pieces[curve])[:, None]
        nodes = (1 - t) ** 2 * starts[curve] + 2 * t * (1 - t) * bends[curve] + t**2 * ends[curve]
        tangents = ((1 - t) * (bends - starts)[curve] + t * (ends - bends)[curve])[:, :2]
        tangents /= np.maximum(np.hypot(tangents[:, 0], tangents[:, 1]), 1e-9)[:, None]
        first = tangents[:1] if self._count == 0 and not self._tangent.any() else self._tangent[None]
        nodes = np.vstack([starts[:1], nodes])
        tangents = np.vstack([first, tangents])
        self._tangent = tangents[-1]

        moved = np.hypot(*np.diff(nodes[:, :2], axis=0).T)
        pressure = (nodes[1:, 2] + nodes[:-1, 2]) / 2
        spacing = np.maximum(self._diameter(pressure) * self._brush.spacing, _MIN_SPACING_PX)
        if self._brush.rotation == "along":
            # Where the brush turns, its rim travels further than its middle, and must not leave a comb.
            cross = tangents[:-1, 0] * tangents[1:, 1] - tangents[:-1, 1] * tangents[1:, 0]
            dot = (tangents[:-1] * tangents[1:]).sum(axis=1)
            moved = moved + np.abs(np.arctan2(cross, dot)) * self._diameter(pressure) * 0.4
        # One running sum over the whole stroke, never a sum of sums: else the stamps would depend on the batches.
        progress = np.cumsum(np.concatenate([[self._progress], moved / spacing]))
        self._progress = float(progress[-1])
        due = np.arange(self._count, int(np.floor(self._progress)) + 1, dtype=np.float64)
        columns = (nodes[:, 0], nodes[:, 1], nodes[:, 2], tangents[:, 0], tangents[:, 1])
        return self._stamps(np.stack([np.interp(due, progress, column) for column in columns], axis=1), due)

    def _diameter(self, pressure: Floats) -> Floats:
        return self._size_px * np.interp(pressure, self._pressure_size[0], self._pressure_size[1])

    def _stamps(self, rows: Floats, numbers: Floats) -> Trail:
        """Stamps at rows of x, y, pressure and direction, with the brush's chances."""
        brush = self._brush
        self._count += len(rows)
        x, y, pressure, along_x, along_y = rows.T
        full = self._diameter(pressure)
        size, flow = full, brush.flow * np.interp(pressure, self._pressure_flow[0], self._pressure_flow[1])
        angle = np.full(len(rows), np.radians(brush.angle_deg))
        chance = _chances(self._seed, numbers)
        if brush.rotation == "along":
            angle = angle + np.arctan2(along_y, along_x)
        elif brush.rotation == "random":
            angle = angle + chance[0] * 2 * np.pi
        if brush.rotation_jitter:
            angle = angle + (chance[1] - 0.5) * 2 * np.pi * brush.rotation_jitter
        if brush.size_jitter:
            size = size * (1 - brush.size_jitter * chance[2])
        if brush.flow_jitter:
            flow = flow * (1 - brush.flow_jitter * chance[3])
        if brush.scatter_along or brush.scatter_across:
            ahead = (chance[4] - 0.5) * 2 * brush.scatter_along * full
            aside = (chance[5] - 0.5) * 2 * brush.scatter_across * full
            x, y = x + ahead * along_x - aside * along_y, y + ahead * along_y + aside * along_x
        variant = (chance[6] * brush.texture.variants).astype(np.int64)
        travel = np.where(numbers == 0, 0.0, np.maximum(brush.spacing, _MIN_SPACING_PX / np.maximum(full, 1e-6)))
        return Trail(x=x, y=y, size=size, flow=flow, angle=angle, variant=variant, travel=travel)


def _chances(seed: int, numbers: Floats) -> Floats:
    """Eight rows of even chances in 0..1 for each stamp's number: two rounds of splitmix64 (Steele et al. 2014)."""
    words = []
    base = numbers.astype(np.uint64) * np.uint64(2) + np.uint64((seed * 0xD1342543DE82EF95) % 2**64)
    for half in range(2):
        word = (base + np.uint64(half + 1)) * np.uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        words.append(word ^ (word >> np.uint64(31)))
    parts = [(word >> np.uint64(16 * part)) & np.uint64(0xFFFF) for word in words for part in range(4)]
    return np.stack(parts).astype(np.float64) / 65536.0


def _joined(first: Trail, second: Trail) -> Trail:
    return Trail(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Trail.__annotations__))
