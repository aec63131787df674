"""A few dabs of a trail, as a hand makes them with each event, in plain numbers. For the trail, which makes the rest.

For so few dabs the calls of numpy cost more than the sums that they do. What is reckoned here is to the last bit what
`trail` reckons of many points at once: the same sums in the same order; and where Python and numpy might differ in the
last bit, as in the turn of a direction, numpy is asked here too.
"""

import itertools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from app.painting.brushes.brush import Brush
from app.painting.engine.pen_dynamics import PressureCurve
from app.painting.engine.stroke_random import StrokeRandom
from app.painting.model.stroke import Points

MIN_SPACING_PX = 0.35
"""Below this way between stamps more of them change nothing that can be seen."""
MAX_PIECES = 64
"""Of straight way that stand for one curve."""
PIECE_PX = 3.0
"""The shortest of them."""
RIM = 0.4
"""Where a brush turns, its rim travels further than its middle: so many diameters for each radian count as way."""
# More than these are quicker made all at once.
_MOST_POINTS, _MOST_DABS = 4, 48


class FewDabs(NamedTuple):
    """Dabs in the order in which they fall, as `trail.Trail` has them; every list has one entry for each."""

    x: list[float]
    y: list[float]
    size: list[float]
    flow: list[float]
    angle: list[float]
    variant: list[int]
    travel: list[float]


@dataclass
class Reached:
    """How far the trail of a stroke has come.

    Attributes:
        way: the last point that moved, or the last two: x, y, pressure and what else the brush heeds.
        tangent: of the way's end, of length 1; None at the beginning.
        progress: way so far, in spacings.
        count: dabs so far.
    """

    way: list[tuple[float, ...]]
    tangent: tuple[float, float] | None = None
    progress: float = 0.0
    count: int = 0


@dataclass(frozen=True)
class BrushDynamics:
    """How a brush makes its trail: what a trail and its handfuls have in common.

    Attributes:
        size_px: diameter at a factor of 1.
        step_px: the longest straight piece of way.
        seed: of all chances, uint64.
        size_curve, flow_curve: by pressure.
        turns_along: whether dabs turn with the way.
        has_direction: whether the way's direction matters.
    """

    brush: Brush
    size_px: float
    step_px: float
    seed: int
    size_curve: PressureCurve
    flow_curve: PressureCurve
    turns_along: bool
    has_direction: bool


class ScalarDabPlacement:
    """Turns a few more points of a stroke into the dabs that they allow to be placed."""

    def __init__(self, manner: BrushDynamics, reached: Reached) -> None:
        self._manner, self._reached = manner, reached
        brush = manner.brush
        # What heeds more than pressure has longer rows, which are left to numpy.
        self._is_able = not (brush.speed_size or brush.speed_flow or brush.tilt_size or brush.rotation == "tilt")
        self._reach_px = _MOST_DABS * max(manner.size_px * brush.spacing, MIN_SPACING_PX)
        self._angle = math.radians(brush.angle_deg)
        self._is_strewn = brush.scatter_along > 0 or brush.scatter_across > 0
        self._has_chance = (
            self._is_strewn
            or brush.rotation == "random"
            or max(brush.rotation_jitter, brush.size_jitter, brush.flow_jitter) > 0
            or brush.texture.variants > 1
        )

    def extend(self, points: Points) -> FewDabs | None:
        """The dabs that can be placed with these points; None where that is not for few, and nothing is done."""
        reached = self._reached
        if not self._is_able or not reached.way or len(points) > _MOST_POINTS:
            return None
        x, y = reached.way[-1][:2]
        rows: list[tuple[float, float, float]] = []
        way_px = 0.0
        for new_x, new_y, pressure in points[:, :3].tolist():
            if new_x != x or new_y != y:
                way_px += abs(new_x - x) + abs(new_y - y)
                x, y = new_x, new_y
                rows.append((x, y, pressure))
        if way_px > self._reach_px:
            return None
        falling: list[tuple[float, ...]] = []
        for row in rows:
            self._follow(row, falling)
        return self._dabs(falling)

    def _follow(self, row: tuple[float, float, float], falling: list[tuple[float, ...]]) -> None:
        """Go on to the middle of the way to a new point."""
        reached = self._reached
        x1, y1, p1 = reached.way[-1]
        x2, y2, p2 = row
        out_x, out_y, out_p = (x2 - x1) * 0.5, (y2 - y1) * 0.5, (p2 - p1) * 0.5
        end = (x1 + out_x, y1 + out_y, p1 + out_p)
        if len(reached.way) == 1:
            # The first half step is straight: its bend lies in its own middle.
            out_x, out_y, out_p = out_x * 0.5, out_y * 0.5, out_p * 0.5
            self._along((x1, y1, p1), (out_x, out_y, out_p), (out_x, out_y, out_p), end, falling)
        else:
            x0, y0, p0 = reached.way[-2]
            into = (x1 - x0) * 0.5, (y1 - y0) * 0.5, (p1 - p0) * 0.5
            start = (x0 + into[0], y0 + into[1], p0 + into[2])
            self._along(start, into, (out_x, out_y, out_p), end, falling)
        reached.way = [reached.way[-1], row]

    def _along(
        self,
        start: tuple[float, float, float],
        into: tuple[float, float, float],
        out: tuple[float, float, float],
        end: tuple[float, float, float],
        falling: list[tuple[float, ...]],
    ) -> None:
        """Find where dabs fall along one curve: x, y, pressure and, if it matters, the way's direction there."""
        manner, sqrt = self._manner, math.sqrt
        into_x, into_y, into_p = into
        out_x, out_y, out_p = out
        length = sqrt(into_x * into_x + into_y * into_y) + sqrt(out_x * out_x + out_y * out_y)
        nodes, tangents = [start], []
        if length > manner.step_px:
            pieces = min(math.ceil(length / manner.step_px), MAX_PIECES)
            for number in range(1, pieces):
                t = number / pieces
                tangent_x, tangent_y = into_x + t * (out_x - into_x), into_y + t * (out_y - into_y)
                tangents.append((tangent_x, tangent_y))
                nodes.append(
                    (
                        start[0] + t * (into_x + tangent_x),
                        start[1] + t * (into_y + tangent_y),
                        start[2] + t * (into_p + (into_p + t * (out_p - into_p))),
                    )
                )
        nodes.append(end)
        tangents.append((out_x, out_y))
        diameters = [
            manner.size_curve.of(p + (next_p - p) * 0.5) * manner.size_px
            for (_, _, p), (_, _, next_p) in itertools.pairwise(nodes)
        ]
        directions = self._directions(tangents) if manner.has_direction else []
        turns = _turns(directions) if manner.turns_along else []
        self._fall(nodes, diameters, directions, turns, falling)

    def _directions(self, tangents: list[tuple[float, float]]) -> list[tuple[float, float]]:
        """The way's direction at each node."""
        found = []
        for x, y in tangents:
            length = max(math.sqrt(x * x + y * y), 1e-9)
            found.append((x / length, y / length))
        before, self._reached.tangent = self._reached.tangent, found[-1]
        return [found[0] if before is None else before, *found]

    def _fall(
        self,
        nodes: list[tuple[float, float, float]],
        diameters: list[float],
        directions: list[tuple[float, float]],
        turns: list[float],
        falling: list[tuple[float, ...]],
    ) -> None:
        """Let dabs fall on the pieces of way between nodes."""
        reached, brush_spacing = self._reached, self._manner.brush.spacing
        progress, due = reached.progress, reached.count + len(falling)
        x, y, p = nodes[0]
        for number, diameter in enumerate(diameters):
            end_x, end_y, end_p = nodes[number + 1]
            step_x, step_y, step_p = end_x - x, end_y - y, end_p - p
            moved = math.sqrt(step_x * step_x + step_y * step_y)
            if turns:
                moved += turns[number] * diameter * RIM
            before, spacing = progress, diameter * brush_spacing
            progress += moved / (spacing if spacing > MIN_SPACING_PX else MIN_SPACING_PX)
            while due <= progress:
                share = (due - before) / max(progress - before, 1e-12)
                at = (x + share * step_x, y + share * step_y, p + share * step_p)
                if directions:
                    (from_x, from_y), (to_x, to_y) = directions[number], directions[number + 1]
                    falling.append((*at, from_x + share * (to_x - from_x), from_y + share * (to_y - from_y)))
                else:
                    falling.append(at)
                due += 1
            x, y, p = end_x, end_y, end_p
        reached.progress = progress

    def _dabs(self, falling: list[tuple[float, ...]]) -> FewDabs:
        """Dabs of the brush where they fall, with its chances."""
        manner, reached = self._manner, self._reached
        brush, size_of, flow_of = manner.brush, manner.size_curve.of, manner.flow_curve.of
        first = reached.count
        reached.count += len(falling)
        x, y = [row[0] for row in falling], [row[1] for row in falling]
        full = [size_of(row[2]) * manner.size_px for row in falling]
        flow = [flow_of(row[2]) * brush.flow for row in falling]
        travel = [max(MIN_SPACING_PX / max(each, 1e-6), brush.spacing) for each in full]
        if first == 0 and travel:
            travel[0] = 0.0
        angle = [self._angle] * len(falling)
        if manner.turns_along and falling:
            turned = np.arctan2([row[4] for row in falling], [row[3] for row in falling]).tolist()
            angle = [self._angle + each for each in turned]
        found = FewDabs(x, y, full, flow, angle, [0] * len(falling), travel)
        if self._has_chance and falling:
            return self._by_chance(found, falling, first)
        return found

    def _by_chance(self, dabs: FewDabs, falling: list[tuple[float, ...]], first: int) -> FewDabs:
        """Dabs moved, turned and thinned by their chances."""
        brush = self._manner.brush
        x, y, full, flow, angle, variant, travel = dabs
        size = list(full)
        for number, row in enumerate(falling):
            chance = StrokeRandom(self._manner.seed, first + number)
            if brush.rotation == "random":
                angle[number] += chance[0] * (2 * math.pi)
            if brush.rotation_jitter:
                angle[number] += (chance[1] - 0.5) * (2 * math.pi * brush.rotation_jitter)
            if brush.size_jitter:
                size[number] *= 1 - brush.size_jitter * chance[2]
            if brush.flow_jitter:
                flow[number] *= 1 - brush.flow_jitter * chance[3]
            if self._is_strewn:
                ahead = (chance[4] - 0.5) * (2 * brush.scatter_along) * full[number]
                aside = (chance[5] - 0.5) * (2 * brush.scatter_across) * full[number]
                x[number] = x[number] + ahead * row[3] - aside * row[4]
                y[number] = y[number] + ahead * row[4] + aside * row[3]
            if brush.texture.variants > 1:
                variant[number] = int(chance[6] * brush.texture.variants)
        return FewDabs(x, y, size, flow, angle, variant, travel)


def _turns(directions: list[tuple[float, float]]) -> list[float]:
    """How far the way turns from each node to the next, in radians."""
    crosses, dots = [], []
    for (from_x, from_y), (to_x, to_y) in itertools.pairwise(directions):
        crosses.append(from_x * to_y - from_y * to_x)
        dots.append(from_x * to_x + from_y * to_y)
    turns: list[float] = np.abs(np.arctan2(crosses, dots)).tolist()
    return turns
