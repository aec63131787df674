"""A stroke's trail: which stamps, where, how large and how turned, follow from its points. Called by the surface.

The trail of a stroke is the same however its points are handed over, one by one from a hand or all at once from a
journal: every running sum is carried on in order, and every chance is a hash of the stroke's seed and the stamp's
number.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.painting.brush import Brush
from app.painting.setting import Curve
from app.painting.stroke import Points, Stroke
from app.painting.symmetry import Copy

Floats = NDArray[np.float64]

# Below this way between stamps more of them change nothing that can be seen.
_MIN_SPACING_PX = 0.35
_PIECE_PX = 3.0
_MAX_PIECES = 64

SPEED_MEMORY_MS = 60.0
"""How long a hand's speed is remembered: the time constant of its smoothing."""
FAST_PX_PER_MS = 1.0
"""At this speed two thirds of a fast hand's effect are there."""
FULL_TILT_DEG = 60.0
"""Pens tell no more than this; here a tilt's effect is whole."""
# An upright pen leans nowhere in particular.
_LEAST_TILT = 0.04
_THINNEST = 0.05


@dataclass(frozen=True)
class Trail:
    """Stamps in the order in which they fall; every array has one entry for each.

    Attributes:
        x, y: centres in drawing pixels.
        size: diameters in drawing pixels.
        flow: how much paint, 0..1.
        angle: turn in radians, clockwise on the screen.
        variant: which of the texture's imprints; from the texture's number of variants on: the same ones mirrored,
            left for right.
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

    def only(self, chosen: NDArray[np.bool_] | slice) -> "Trail":
        """The chosen stamps."""
        return Trail(
            x=self.x[chosen],
            y=self.y[chosen],
            size=self.size[chosen],
            flow=self.flow[chosen],
            angle=self.angle[chosen],
            variant=self.variant[chosen],
            travel=self.travel[chosen],
        )

    def repeated(self, copies: tuple[Copy, ...], variants: int) -> "Trail":
        """The stamps at every place of a symmetry: the first at all places, then the second at all places, ...

        So stamp k at place c is number k * len(copies) + c, however many stamps come at once. Stamps at mirrored
        places are mirrored: their variant is higher by `variants`, the texture's number of imprints, and their angle
        turns the other way.
        """
        if len(copies) == 1 and copies[0] == (1.0, 0.0, 0.0, 1.0, 0.0, 0.0):
            return self
        a, b, c, d, e, f = np.array(copies).T
        is_mirrored = a * d - b * c < 0
        x, y = self.x[:, None], self.y[:, None]
        turn = np.arctan2(b, a)
        # With the texture's left and right swapped, its first axis points the other way.
        angle = np.where(is_mirrored, turn + np.pi - self.angle[:, None], turn + self.angle[:, None])
        variant = self.variant[:, None] + np.where(is_mirrored, variants, 0)
        count = len(copies)
        return Trail(
            x=(a * x + c * y + e).ravel(),
            y=(b * x + d * y + f).ravel(),
            size=np.repeat(self.size, count),
            flow=np.repeat(self.flow, count),
            angle=angle.ravel(),
            variant=variant.ravel(),
            travel=np.repeat(self.travel, count),
        )


_NONE: Floats = np.empty(0)
_NO_STAMPS = Trail(_NONE, _NONE, _NONE, _NONE, _NONE, np.empty(0, dtype=np.int64), _NONE)


class TrailMaker:
    """Turns the points of one stroke into its trail, as they come.

    The way runs smoothly from the middle of one pair of points to the middle of the next, bent towards the point
    between (quadratic Bézier curves), so it never overshoots and lags only half a step behind the hand.

    Its rows have x, y and pressure; where the brush heeds them also how fast the hand is (0..1) and where the pen
    leans to (x and y, together of length 0..1).
    """

    def __init__(self, brush: Brush, head: Stroke) -> None:
        self._brush = brush
        self._size_px = head.size_px
        self._step_px = max(_PIECE_PX, head.size_px / 8)
        self._seed = np.uint64((head.seed * 0xD1342543DE82EF95) % 2**64)
        self._size_curve = _PressureCurve(brush.pressure_size)
        self._flow_curve = _PressureCurve(brush.pressure_flow)
        self._turns_along = brush.rotation == "along"
        self._has_direction = self._turns_along or brush.scatter_along > 0 or brush.scatter_across > 0
        self._pace = _Pace() if brush.speed_size or brush.speed_flow else None
        self._tilt_column = 0
        if brush.tilt_size or brush.rotation == "tilt":
            self._tilt_column = 3 if self._pace is None else 4
        self._way: Floats | None = None  # the last point, or the last two
        self._tangent: Floats | None = None
        self._progress = 0.0  # way so far, in spacings
        self._count = 0  # stamps so far

    def extend(self, points: Points) -> Trail:
        """The stamps that can be placed now that these points (float32 [N, 6], see `stroke.COLUMNS`) are known."""
        if len(points) == 0:
            return _NO_STAMPS
        fresh = points[:, :3].astype(np.float64)
        known = self._way
        dot = None
        if known is None:
            self._way = known = self._row_of(fresh, points)
            if not self._turns_along:
                # A hand that presses sees paint at once.
                dot = self._stamps(np.array([[*known[0], 1.0, 0.0]] if self._has_direction else known), 0, 1)
        trail = self._extended(known, fresh, points)
        return trail if dot is None else _joined(dot, trail)

    def finish(self) -> Trail:
        """The stamps of the last half step, or the one dot of a stroke that never moved."""
        way = self._way
        if way is None:
            return _NO_STAMPS
        if len(way) == 1:
            if self._count:
                return _NO_STAMPS
            return self._stamps(np.array([[*way[0], 1.0, 0.0]] if self._has_direction else way), 0, 1)
        half = (way[1:] - way[:1]) * 0.5
        return self._along(way[:1] + half, half * 0.5, half * 0.5, way[1:])

    def _extended(self, known: Floats, fresh: Floats, points: Points) -> Trail:
        last = known[-1]
        has_moved = (fresh[:, 0] != last[0]) | (fresh[:, 1] != last[1])
        if len(fresh) > 1:
            has_moved[1:] = (fresh[1:, 0] != fresh[:-1, 0]) | (fresh[1:, 1] != fresh[:-1, 1])
        if not has_moved.all():
            fresh, points = fresh[has_moved], points[has_moved]
            if len(fresh) == 0:
                return _NO_STAMPS
        if self._pace is not None:
            fresh = np.column_stack([fresh, self._pace.of(last, fresh, points[:, 3])])
        if self._tilt_column:
            fresh = np.column_stack([fresh, _leans(points)])
        way = np.concatenate([known, fresh])
        self._way = way[-2:]
        halves = (way[1:] - way[:-1]) * 0.5
        middles = way[:-1] + halves
        starts, into, out, ends = middles[:-1], halves[:-1], halves[1:], middles[1:]
        if len(known) == 1:
            # The first half step is straight: its bend lies in its own middle.
            first = halves[:1] * 0.5
            starts, ends = np.concatenate([way[:1], starts]), middles
            into, out = np.concatenate([first, into]), np.concatenate([first, out])
        return self._along(starts, into, out, ends)

    def _row_of(self, fresh: Floats, points: Points) -> Floats:
        """The first point's row."""
        row = fresh[:1]
        if self._pace is not None:
            self._pace.begin(float(points[0, 3]))
            row = np.column_stack([row, [0.0]])
        return np.column_stack([row, _leans(points[:1])]) if self._tilt_column else row

    def _along(self, starts: Floats, into: Floats, out: Floats, ends: Floats) -> Trail:
        """The stamps along some curves that follow each other; `into` is the way to a curve's bend, `out` the rest."""
        length = np.hypot(into[:, 0], into[:, 1]) + np.hypot(out[:, 0], out[:, 1])
        if length.max() <= self._step_px:
            tangents, nodes = out, np.concatenate([starts[:1], ends])
        else:
            pieces = np.minimum(np.ceil(length / self._step_px), _MAX_PIECES).astype(np.int64)
            counted = np.cumsum(pieces)
            curve = np.repeat(np.arange(len(pieces)), pieces)
            t = np.arange(1, len(curve) + 1, dtype=np.float64)
            t = ((t - (counted - pieces)[curve]) / pieces[curve])[:, None]
            from_bend = into[curve]
            tangents = from_bend + t * (out - into)[curve]
            nodes = np.empty((len(curve) + 1, starts.shape[1]))
            nodes[0] = starts[0]
            nodes[1:] = starts[curve] + t * (from_bend + tangents)
            # To the last bit, as if these curves had come one by one.
            nodes[counted], tangents[counted - 1] = ends, out
        step = nodes[1:] - nodes[:-1]
        moved = np.hypot(step[:, 0], step[:, 1])
        diameter = self._diameter(nodes[:-1, 2:] + step[:, 2:] * 0.5)
        spacing = np.maximum(diameter * self._brush.spacing, _MIN_SPACING_PX)
        if self._has_direction:
            tangents = tangents[:, :2] / np.maximum(np.hypot(tangents[:, 0], tangents[:, 1]), 1e-9)[:, None]
            tangents = np.concatenate([tangents[:1] if self._tangent is None else self._tangent, tangents])
            self._tangent = tangents[-1:]
            nodes = np.concatenate([nodes, tangents], axis=1)
            if self._turns_along:
                # Where the brush turns, its rim travels further than its middle, and must not leave a comb.
                before, after = tangents[:-1], tangents[1:]
                cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
                dot = before[:, 0] * after[:, 0] + before[:, 1] * after[:, 1]
                moved = moved + np.abs(np.arctan2(cross, dot)) * diameter * 0.4
        # One running sum over the whole stroke, never a sum of sums: else the stamps would depend on the batches.
        progress = np.empty(len(nodes))
        progress[0] = self._progress
        np.divide(moved, spacing, out=progress[1:])
        np.cumsum(progress, out=progress)
        self._progress = float(progress[-1])
        first, count = self._count, math.floor(self._progress) + 1 - self._count
        if count <= 0:
            return _NO_STAMPS
        due = np.arange(first, first + count, dtype=np.float64)
        # A stamp on a node belongs to the way that leads there, for what leads away may not be known yet.
        at = progress.searchsorted(due)
        if first == 0:
            at[0] = 1
        end, lead = progress[at], nodes[at]
        at -= 1
        start, before = progress[at], nodes[at]
        share = (due - start) / np.maximum(end - start, 1e-12)
        return self._stamps(before + share[:, None] * (lead - before), first, count)

    def _diameter(self, told: Floats) -> Floats:
        """Of stamps by the columns of their rows from the pressure on."""
        factor = self._size_curve(told[:, 0]) * self._size_px
        if self._brush.speed_size:
            factor = factor * np.maximum(1 + self._brush.speed_size * told[:, 1], _THINNEST)
        if self._brush.tilt_size:
            lean = told[:, self._tilt_column - 2 : self._tilt_column]
            factor = factor * (1 + self._brush.tilt_size * np.hypot(lean[:, 0], lean[:, 1]))
        return factor

    def _stamps(self, rows: Floats, first: int, count: int) -> Trail:
        """Stamps at rows of the way, with their direction at the end if it matters; with the brush's chances."""
        brush = self._brush
        self._count = first + count
        x, y = rows[:, 0], rows[:, 1]
        size = full = self._diameter(rows[:, 2:])
        flow = self._flow_curve(rows[:, 2]) * brush.flow
        if brush.speed_flow:
            flow = np.clip(flow * (1 + brush.speed_flow * rows[:, 3]), 0.0, 1.0)
        chance = _Chances(self._seed, first, count)
        angle = np.full(count, math.radians(brush.angle_deg))
        if self._turns_along:
            angle = angle + _direction(rows[:, -2], rows[:, -1])
        elif brush.rotation == "random":
            angle = angle + chance[0] * (2 * np.pi)
        elif brush.rotation == "tilt":
            lean_x, lean_y = rows[:, self._tilt_column], rows[:, self._tilt_column + 1]
            leans = np.hypot(lean_x, lean_y) > _LEAST_TILT
            angle = angle + np.where(leans, _direction(lean_x, lean_y), 0.0)
        if brush.rotation_jitter:
            angle = angle + (chance[1] - 0.5) * (2 * np.pi * brush.rotation_jitter)
        if brush.size_jitter:
            size = size * (1 - brush.size_jitter * chance[2])
        if brush.flow_jitter:
            flow = flow * (1 - brush.flow_jitter * chance[3])
        if brush.scatter_along or brush.scatter_across:
            along_x, along_y = rows[:, -2], rows[:, -1]
            ahead = (chance[4] - 0.5) * (2 * brush.scatter_along) * full
            aside = (chance[5] - 0.5) * (2 * brush.scatter_across) * full
            x, y = x + ahead * along_x - aside * along_y, y + ahead * along_y + aside * along_x
        if brush.texture.variants > 1:
            variant = (chance[6] * brush.texture.variants).astype(np.int64)
        else:
            variant = np.zeros(count, dtype=np.int64)
        travel = np.maximum(_MIN_SPACING_PX / np.maximum(full, 1e-6), brush.spacing)
        if first == 0:
            travel[0] = 0.0
        return Trail(x=x, y=y, size=size, flow=flow, angle=angle, variant=variant, travel=travel)


class _PressureCurve:
    """A brush's curve of pressure, without the work where it is constant or straight."""

    def __init__(self, curve: Curve) -> None:
        self._x, self._y = np.array(curve).T
        first, last = curve[0], curve[-1]
        self._is_straight = len(curve) == 2 and first[0] == 0.0 and last[0] == 1.0
        self._low, self._slope = first[1], last[1] - first[1]

    def __call__(self, pressure: Floats) -> Floats:
        if self._is_straight:
            return self._slope * pressure + self._low if self._slope else np.full(len(pressure), self._low)
        return np.interp(pressure, self._x, self._y)


class _Pace:
    """How fast a hand is, 0..1, told by its way and the times of its points and by nothing else."""

    def __init__(self) -> None:
        self._time_ms = 0.0
        self._way_px = 0.0  # since then
        self._speed = 0.0  # px per ms, smoothed

    def begin(self, time_ms: float) -> None:
        """Where a stroke begins its hand is at rest."""
        self._time_ms = time_ms

    def of(self, last: Floats, fresh: Floats, times_ms: NDArray[np.float32]) -> Floats:
        """The pace at some points that follow the last one."""
        paces = []
        x, y = float(last[0]), float(last[1])
        for (to_x, to_y, *_), time_ms in zip(fresh.tolist(), times_ms.tolist(), strict=True):
            self._way_px += math.hypot(to_x - x, to_y - y)
            x, y = to_x, to_y
            took_ms = time_ms - self._time_ms
            # Several points of one moment are one step; a stroke without times has no speed.
            if took_ms > 0:
                share = 1 - math.exp(-took_ms / SPEED_MEMORY_MS)
                self._speed += share * (self._way_px / took_ms - self._speed)
                self._time_ms, self._way_px = time_ms, 0.0
            paces.append(1 - math.exp(-self._speed / FAST_PX_PER_MS))
        return np.array(paces)


def _direction(x: Floats, y: Floats) -> Floats:
    # Always in one piece: numpy reckons scattered numbers another way, which may differ in the last bit.
    return np.arctan2(np.ascontiguousarray(y), np.ascontiguousarray(x))


def _leans(points: Points) -> Floats:
    """Where the pen leans to at some points: [N, 2], its length 0 for an upright pen, 1 from FULL_TILT_DEG on."""
    rows = []
    # One by one: numpy's tangent of many numbers at once may differ in its last bit from that of one.
    for tilt_x_deg, tilt_y_deg in np.clip(points[:, 4:6], -85.0, 85.0).tolist():
        slope_x, slope_y = math.tan(math.radians(tilt_x_deg)), math.tan(math.radians(tilt_y_deg))
        steep = math.hypot(slope_x, slope_y)
        amount = min(math.degrees(math.atan(steep)) / FULL_TILT_DEG, 1.0) / max(steep, 1e-9)
        rows.append((slope_x * amount, slope_y * amount))
    return np.array(rows)


class _Chances:
    """Even chances in 0..1 for each stamp's number, eight kinds: two splitmix64 words (Steele et al. 2014) in four."""

    def __init__(self, seed: np.uint64, first: int, count: int) -> None:
        self._seed, self._first, self._count = seed, first, count
        self._words: dict[int, NDArray[np.uint64]] = {}

    def __getitem__(self, kind: int) -> Floats:
        half, part = divmod(kind, 4)
        word = self._words.get(half)
        if word is None:
            numbers = np.arange(self._first, self._first + self._count, dtype=np.uint64)
            word = (numbers * np.uint64(2) + self._seed + np.uint64(half + 1)) * np.uint64(0x9E3779B97F4A7C15)
            word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
            word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
            word = self._words[half] = word ^ (word >> np.uint64(31))
        return ((word >> np.uint64(16 * part)) & np.uint64(0xFFFF)).astype(np.float64) / 65536.0


def _joined(first: Trail, second: Trail) -> Trail:
    if len(second) == 0:
        return first
    return Trail(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Trail.__annotations__))
