"""How many dabs a second get through the whole path, beside libmypaint's."""

import math
import statistics
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.bench.window.mypaint import GROUP, MyPaint
from app.painting.brushes.brush import Brush, own_and_players
from app.painting.engine.dab_placement import DabPlacement
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Points, Stroke, as_points

SIDE_PX = 1024
RADII_PX = (4, 16, 32, 64, 128)
ROUND, TEXTURED = "round", "bristle"
REPEATS = 9
_DABS = {4: 2400, 16: 1600, 32: 1000, 64: 500, 128: 240}
_HAND_STEP_PX, _HAND_STEP_MS = 12.0, 8.0


def measure(radii_px: Sequence[int] = RADII_PX, repeats: int = REPEATS, most_dabs: int | None = None) -> dict[str, Any]:
    """Dabs per second at each radius, of whole strokes from their points to the last dirty rectangle.

    `round` and `textured` (the brush that `textured_brush` names) are medians of strokes that never repeat. So is
    `libmypaint`, which dabs a round brush at the very same places in turn with ours, in groups of 8; its figures are
    None where it is not installed. `ratios` are ours to theirs. `slowest_textured` names for each radius which of all
    the brushes that turn has the least. `by_hand` has rates and ratios of strokes whose points come one by one, each
    with its dirty rectangle, so far apart that there are 8 dabs from one to the next, as in libmypaint's groups.
    """
    brushes = own_and_players()
    textured = [name for name, brush in brushes.items() if brush.rotation != "fixed"]
    names = [ROUND, *sorted(textured, key=lambda name: name != TEXTURED)]
    theirs = MyPaint.open(SIDE_PX, SIDE_PX)
    rates: dict[str, dict[str, float]] = {name: {} for name in names}
    by_hand: dict[str, dict[str, float]] = {"round": {}, "textured": {}}
    mypaint: dict[str, int | None] = {}
    ratios: dict[str, dict[str, float | None]] = {"round": {}, "textured": {}}
    hand_ratios: dict[str, dict[str, float | None]] = {"round": {}, "textured": {}}
    for radius in radii_px:
        key, dabs = str(radius), min(_DABS.get(radius, 400), most_dabs or 10**9)
        beside: list[float] = []
        for name in names:
            strokes = _Strokes(brushes[name], radius, dabs)
            ours = []
            # One more than is counted: it finds what later strokes find ready.
            for number in range(repeats + 1):
                ours.append(strokes.paint(number))
                if theirs is not None and name in (ROUND, TEXTURED):
                    beside.append(strokes.paint_beside(theirs))
            rates[name][key] = statistics.median(ours[1:])
            if name in (ROUND, TEXTURED):
                kind = "round" if name == ROUND else "textured"
                hands = [strokes.paint(number, is_by_hand=True) for number in range(max(1, repeats // 2) + 1)]
                by_hand[kind][key] = statistics.median(hands[1:])
        mypaint[key] = round(statistics.median(beside)) if beside else None
        for kind, name in (("round", ROUND), ("textured", TEXTURED)):
            theirs_rate = statistics.median(beside) if beside else None
            ratios[kind][key] = _ratio(rates[name][key], theirs_rate)
            hand_ratios[kind][key] = _ratio(by_hand[kind][key], theirs_rate)
    if theirs is not None:
        theirs.close()
    slowest = {
        str(radius): min(textured, key=lambda name, key=str(radius): rates[name][key])  # type: ignore[misc]
        for radius in radii_px
    }
    return {
        "round": {key: round(rate) for key, rate in rates[ROUND].items()},
        "textured": {key: round(rate) for key, rate in rates[TEXTURED].items()},
        "libmypaint": mypaint,
        "ratios": ratios,
        "textured_brush": TEXTURED,
        "slowest_textured": {key: {"brush": name, "rate": round(rates[name][key])} for key, name in slowest.items()},
        "by_hand": {
            **{kind: {key: round(rate) for key, rate in found.items()} for kind, found in by_hand.items()},
            "ratios": hand_ratios,
        },
    }


def _ratio(ours: float, theirs: float | None) -> float | None:
    return None if theirs is None else round(ours / theirs, 2)


class _Strokes:
    """Strokes of one brush at one size, no two alike, on one surface."""

    def __init__(self, brush: Brush, radius_px: int, dabs: int) -> None:
        self._brush, self._radius_px = brush, radius_px
        self._length_px = dabs * brush.spacing * 2 * radius_px
        self._surface = Surface(SIDE_PX, SIDE_PX)
        self._places: list[tuple[float, float]] = []

    def paint(self, number: int, *, is_by_hand: bool = False) -> float:
        """Paint a stroke; its dabs per second."""
        head = Stroke(brush=self._brush.name, color=(30, 90, 160), size_px=2.0 * self._radius_px, seed=number)
        step_px = GROUP * self._brush.spacing * 2 * self._radius_px if is_by_hand else _HAND_STEP_PX
        points = _way(number, self._length_px, step_px=step_px, margin_px=min(self._radius_px, 100) + 8)
        maker = DabPlacement(self._brush, head)
        trails = [maker.extend(points), maker.finish()]
        self._places = [place for trail in trails for place in zip(trail.x.tolist(), trail.y.tolist(), strict=True)]
        batches = np.array_split(points, len(points)) if is_by_hand else [points]
        surface = self._surface
        begun = time.perf_counter()
        surface.begin_stroke(head)
        for batch in batches:
            surface.extend(batch)
        surface.end_stroke()
        return len(self._places) / (time.perf_counter() - begun)

    def paint_beside(self, theirs: MyPaint) -> float:
        """Dab the last stroke with libmypaint; its dabs per second."""
        return len(self._places) / theirs.draw(self._places, self._radius_px)


def _way(number: int, length_px: float, *, step_px: float, margin_px: float) -> Points:
    """A curved way to and fro over the whole canvas, a point every so many px, pressed as a hand presses."""
    count = max(4, math.ceil(length_px / step_px))
    chance = np.random.default_rng(number)
    # A closed curve that never comes back to where it was: two swings of unlike periods.
    along = np.arange(count) * step_px / 400
    x = np.sin(along * chance.uniform(0.9, 1.0) + chance.uniform(0, 6))
    y = np.sin(along * chance.uniform(0.7, 0.8) + chance.uniform(0, 6))
    half = SIDE_PX / 2 - margin_px
    pressure = 1 - 0.02 * np.sin(along * 3)
    time_ms = np.arange(count) * _HAND_STEP_MS
    return as_points(np.column_stack([SIDE_PX / 2 + half * x, SIDE_PX / 2 + half * y, pressure, time_ms]))
