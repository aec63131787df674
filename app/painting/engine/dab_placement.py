"""A stroke's trail: which dabs, where, how large and how turned, follow from its points.

The trail of a stroke is the same however its points are handed over, one by one from a hand or all at once from a
journal: every running sum is carried on in order, and every chance is a hash of the stroke's seed and the dab's number.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.painting.brushes.brush import Brush
from app.painting.engine.dab_placement_scalar import (
    MAX_PIECES,
    MIN_SPACING_PX,
    PIECE_PX,
    RIM,
    BrushDynamics,
    FewDabs,
    Reached,
    ScalarDabPlacement,
)
from app.painting.engine.pen_dynamics import Pace, PressureCurve, leans
from app.painting.engine.stroke_random import StrokeRandoms
from app.painting.model.stroke import Points, Stroke
from app.painting.model.symmetry import Copy

Floats = NDArray[np.float64]

# An upright pen leans nowhere in particular.
_LEAST_TILT = 0.04
_THINNEST = 0.05


@dataclass(frozen=True)
class Trail:
    """Dabs in the order in which they fall; every array has one entry for each.

    Attributes:
        x, y: centres in drawing pixels.
        size: diameters in drawing pixels.
        flow: how much paint, 0..1.
        angle: turn in radians, clockwise on the screen.
        variant: which of the texture's imprints; from the texture's number of variants on: the same ones mirrored,
            left for right.
        travel: way since the dab before, in diameters.
    """

    x: Floats
    y: Floats
    size: Floats
    flow: Floats
    angle: Floats
    variant: NDArray[np.int64]
    travel: Floats

    @classmethod
    def of(cls, few: FewDabs) -> "Trail":
        """A few dabs."""
        *floats, variant, travel = few
        x, y, size, flow, angle = (np.array(each, dtype=np.float64) for each in floats)
        return cls(x, y, size, flow, angle, np.array(variant, dtype=np.int64), np.array(travel, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.x)

    def only(self, chosen: NDArray[np.bool_] | slice) -> "Trail":
        """The chosen dabs."""
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
        """The dabs at every place of a symmetry: the first at all places, then the second at all places, ...

        So dab k at place c is number k * len(copies) + c, however many dabs come at once. Dabs at mirrored
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
_NO_DABS = Trail(_NONE, _NONE, _NONE, _NONE, _NONE, np.empty(0, dtype=np.int64), _NONE)


class DabPlacement:
    """Turns the points of one stroke into its trail, as they come.

    The way runs smoothly from the middle of one pair of points to the middle of the next, bent towards the point
    between (quadratic Bézier curves), so it never overshoots and lags only half a step behind the hand.

    Its rows have x, y and pressure; where the brush heeds them also how fast the hand is (0..1) and where the pen
    leans to (x and y, together of length 0..1).
    """

    def __init__(self, brush: Brush, head: Stroke) -> None:
        turns_along = brush.rotation == "along"
        manner = self._manner = BrushDynamics(
            brush=brush,
            size_px=head.size_px,
            step_px=max(PIECE_PX, head.size_px / 8),
            seed=(head.seed * 0xD1342543DE82EF95) % 2**64,
            size_curve=PressureCurve(brush.pressure_size),
            flow_curve=PressureCurve(brush.pressure_flow),
            turns_along=turns_along,
            has_direction=turns_along or brush.scatter_along > 0 or brush.scatter_across > 0,
        )
        self._reached = Reached([])
        self._handfuls = ScalarDabPlacement(manner, self._reached)
        self._pace = Pace() if brush.speed_size or brush.speed_flow else None
        self._tilt_column = 0
        if brush.tilt_size or brush.rotation == "tilt":
            self._tilt_column = 3 if self._pace is None else 4

    def handful(self, points: Points) -> FewDabs | None:
        """As `extend`, for a few points; None where that is not for few, and nothing is done."""
        return self._handfuls.extend(points)

    def extend(self, points: Points) -> Trail:
        """The dabs that can be placed now that these points (float32 [N, 6], see `stroke.COLUMNS`) are known."""
        if len(points) == 0:
            return _NO_DABS
        few = self._handfuls.extend(points)
        if few is not None:
            return Trail.of(few)
        fresh = points[:, :3].astype(np.float64)
        dot = None
        if not self._reached.way:
            self._reached.way = [self._row_of(fresh, points)]
            if not self._manner.turns_along:
                # A hand that presses sees paint at once.
                dot = self._dot()
        trail = self._extended(np.array(self._reached.way), fresh, points)
        return trail if dot is None else _joined(dot, trail)

    def finish(self) -> Trail:
        """The dabs of the last half step, or the one dot of a stroke that never moved."""
        reached = self._reached
        if not reached.way:
            return _NO_DABS
        if len(reached.way) == 1:
            return _NO_DABS if reached.count else self._dot()
        way = np.array(reached.way)
        half = (way[1:] - way[:1]) * 0.5
        return self._along(way[:1] + half, half * 0.5, half * 0.5, way[1:])

    def _dot(self) -> Trail:
        """The dab on the first point."""
        (row,) = self._reached.way
        return self._dabs(np.array([[*row, 1.0, 0.0] if self._manner.has_direction else row]), 0, 1)

    def _extended(self, known: Floats, fresh: Floats, points: Points) -> Trail:
        last = known[-1]
        has_moved = (fresh[:, 0] != last[0]) | (fresh[:, 1] != last[1])
        if len(fresh) > 1:
            has_moved[1:] = (fresh[1:, 0] != fresh[:-1, 0]) | (fresh[1:, 1] != fresh[:-1, 1])
        if not has_moved.all():
            fresh, points = fresh[has_moved], points[has_moved]
            if len(fresh) == 0:
                return _NO_DABS
        if self._pace is not None:
            fresh = np.column_stack([fresh, self._pace.of(last, fresh, points[:, 3])])
        if self._tilt_column:
            fresh = np.column_stack([fresh, leans(points)])
        way = np.concatenate([known, fresh])
        self._reached.way = [tuple(row) for row in way[-2:].tolist()]
        halves = (way[1:] - way[:-1]) * 0.5
        middles = way[:-1] + halves
        starts, into, out, ends = middles[:-1], halves[:-1], halves[1:], middles[1:]
        if len(known) == 1:
            # The first half step is straight: its bend lies in its own middle.
            first = halves[:1] * 0.5
            starts, ends = np.concatenate([way[:1], starts]), middles
            into, out = np.concatenate([first, into]), np.concatenate([first, out])
        return self._along(starts, into, out, ends)

    def _row_of(self, fresh: Floats, points: Points) -> tuple[float, ...]:
        """The first point's row."""
        row = fresh[0].tolist()
        if self._pace is not None:
            self._pace.begin(float(points[0, 3]))
            row.append(0.0)
        if self._tilt_column:
            row += leans(points[:1])[0].tolist()
        return tuple(row)

    def _along(self, starts: Floats, into: Floats, out: Floats, ends: Floats) -> Trail:
        """The dabs along some curves that follow each other; `into` is the way to a curve's bend, `out` the rest."""
        length = _length(into) + _length(out)
        manner, reached = self._manner, self._reached
        if length.max() <= manner.step_px:
            tangents, nodes = out, np.concatenate([starts[:1], ends])
        else:
            pieces = np.minimum(np.ceil(length / manner.step_px), MAX_PIECES).astype(np.int64)
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
        moved = _length(step)
        diameter = self._diameter(nodes[:-1, 2:] + step[:, 2:] * 0.5)
        spacing = np.maximum(diameter * manner.brush.spacing, MIN_SPACING_PX)
        if manner.has_direction:
            tangents = tangents[:, :2] / np.maximum(_length(tangents), 1e-9)[:, None]
            before = tangents[:1] if reached.tangent is None else np.array([reached.tangent])
            tangents = np.concatenate([before, tangents])
            reached.tangent = (float(tangents[-1, 0]), float(tangents[-1, 1]))
            nodes = np.concatenate([nodes, tangents], axis=1)
            if manner.turns_along:
                # Else the rim would leave a comb.
                before, after = tangents[:-1], tangents[1:]
                cross = before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]
                dot = before[:, 0] * after[:, 0] + before[:, 1] * after[:, 1]
                moved = moved + np.abs(np.arctan2(cross, dot)) * diameter * RIM
        # One running sum over the whole stroke, never a sum of sums: else the dabs would depend on the batches.
        progress = np.empty(len(nodes))
        progress[0] = reached.progress
        np.divide(moved, spacing, out=progress[1:])
        np.cumsum(progress, out=progress)
        reached.progress = float(progress[-1])
        first, count = reached.count, math.floor(reached.progress) + 1 - reached.count
        if count <= 0:
            return _NO_DABS
        due = np.arange(first, first + count, dtype=np.float64)
        # A dab on a node belongs to the way that leads there, for what leads away may not be known yet.
        at = progress.searchsorted(due)
        if first == 0:
            at[0] = 1
        end, lead = progress[at], nodes[at]
        at -= 1
        start, before = progress[at], nodes[at]
        share = (due - start) / np.maximum(end - start, 1e-12)
        return self._dabs(before + share[:, None] * (lead - before), first, count)

    def _diameter(self, told: Floats) -> Floats:
        """Of dabs by the columns of their rows from the pressure on."""
        brush = self._manner.brush
        factor = self._manner.size_curve(told[:, 0]) * self._manner.size_px
        if brush.speed_size:
            factor = factor * np.maximum(1 + brush.speed_size * told[:, 1], _THINNEST)
        if brush.tilt_size:
            lean = told[:, self._tilt_column - 2 : self._tilt_column]
            factor = factor * (1 + brush.tilt_size * np.hypot(lean[:, 0], lean[:, 1]))
        return factor

    def _dabs(self, rows: Floats, first: int, count: int) -> Trail:
        """Dabs at rows of the way, with their direction at the end if it matters; with the brush's chances."""
        brush = self._manner.brush
        self._reached.count = first + count
        x, y = rows[:, 0], rows[:, 1]
        size = full = self._diameter(rows[:, 2:])
        flow = self._manner.flow_curve(rows[:, 2]) * brush.flow
        if brush.speed_flow:
            flow = np.clip(flow * (1 + brush.speed_flow * rows[:, 3]), 0.0, 1.0)
        chance = StrokeRandoms(np.uint64(self._manner.seed), first, count)
        angle = np.full(count, math.radians(brush.angle_deg))
        if self._manner.turns_along:
            angle = angle + _direction(rows[:, -2], rows[:, -1])
        elif brush.rotation == "random":
            angle = angle + chance[0] * (2 * np.pi)
        elif brush.rotation == "tilt":
            lean_x, lean_y = rows[:, self._tilt_column], rows[:, self._tilt_column + 1]
            is_leaning = np.hypot(lean_x, lean_y) > _LEAST_TILT
            angle = angle + np.where(is_leaning, _direction(lean_x, lean_y), 0.0)
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
        travel = np.maximum(MIN_SPACING_PX / np.maximum(full, 1e-6), brush.spacing)
        if first == 0:
            travel[0] = 0.0
        return Trail(x=x, y=y, size=size, flow=flow, angle=angle, variant=variant, travel=travel)


def _length(steps: Floats) -> Floats:
    """Of each step; a square root is the same in numpy and in Python, and so it is in a handful."""
    x, y = steps[:, 0], steps[:, 1]
    length: Floats = np.sqrt(x * x + y * y)
    return length


def _direction(x: Floats, y: Floats) -> Floats:
    # Always in one piece: numpy reckons scattered numbers another way, which may differ in the last bit.
    return np.arctan2(np.ascontiguousarray(y), np.ascontiguousarray(x))


def _joined(first: Trail, second: Trail) -> Trail:
    if len(second) == 0:
        return first
    return Trail(*(np.concatenate([getattr(first, name), getattr(second, name)]) for name in Trail.__annotations__))
