"""A drawing and the rivals' pictures as coaching looks at them: how their colours and marks differ, place by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.colour import to_oklab
from app.images import Picture
from app.judging.coaching.regions import Region, regions_of

#: float64 H x W x C, in any range.
Plane = NDArray[np.float64]

_BARE_SPREAD, _BARE_APART = 0.012, 0.05
# Less than so much of the drawing is not worth a word.
_LEAST_PAINTED = 0.02


class DrawingAnalysis:
    """A small drawing, the rivals' pictures at its size, and how they differ."""

    def __init__(self, drawing: Picture, rivals: Sequence[Picture], heat: Mapping[str, Plane]) -> None:
        """``drawing`` and ``rivals`` have one shape, H x W x 3; ``heat``, by facet, [H, W] in 0..1."""
        self.drawing, self.heat = drawing, heat
        self.lab = to_oklab(drawing.astype(np.float64))
        labs = [to_oklab(rival.astype(np.float64)) for rival in rivals]
        self.theirs: Plane = np.asarray(np.mean(labs, axis=0))
        self.regions = regions_of(self.lab)
        ours, each = _Marks.of(self.lab), [_Marks.of(lab) for lab in labs]
        self.ours = ours
        self.their_marks = _Marks(*(np.mean([getattr(m, name) for m in each], axis=0) for name in _Marks.NAMES))
        plain: Plane = np.asarray(np.max([marks.middling for marks in each], axis=0))
        side = max(self.lab.shape[:2])
        local = blurred(self.lab, side / 40)
        spread = np.sqrt(np.maximum(blurred(self.lab**2, side / 40) - local**2, 0.0).sum(-1))
        apart = np.sqrt(np.square(blurred(self.theirs, side / 40) - local).sum(-1))
        is_bare = (spread < _BARE_SPREAD) & ((apart > _BARE_APART) | (self.their_marks.middling > 0.012))
        #: How surely nothing has been painted yet: one colour, where the rivals have something else.
        self.bare = blurred(_grown(is_bare, self.lab).astype(np.float64), side / 120)
        #: How far the drawing's colours lie from the rivals' at the size of a small stroke.
        self.error = np.sqrt(np.square(blurred(self.theirs - self.lab, side / 90)).sum(-1))
        #: The parts without what is bare of them.
        self.painted = [Region(r.name, np.asarray(r.mask * (1.0 - self.bare), np.float32)) for r in self.regions]
        self.painted = [region for region in self.painted if region.share > _LEAST_PAINTED]
        #: How surely something stands where the rivals have a plain area.
        self.stray = blurred(((ours.middling > 2.0 * plain + 0.01) & (plain < 0.02)).astype(np.float64), side / 80)

    @property
    def angles(self) -> NDArray[np.float32]:
        """Where strokes go in the rivals' pictures, radians from rightwards towards downwards, [H, W]."""
        marks = self.their_marks
        return np.asarray(np.arctan2(marks.turn_y, marks.turn_x) / 2, np.float32)

    def weight(self, region: Region, facet: str) -> float:
        """How much a part counts: its size, though not in proportion, and how hot it is for a facet."""
        heat = float(region.mean(self.heat[facet])) if facet in self.heat else 0.5
        return region.share**0.6 * (0.4 + heat)

    def apart(self, region: Region) -> NDArray[np.float64]:
        """By how much the rivals' colours differ from the drawing's: a step in Oklab [3]."""
        return region.mean(self.theirs - self.lab)

    def ratio(self, region: Region, name: str) -> float:
        """How much more of some marks the rivals have, as a logarithm."""
        theirs, ours = (float(region.mean(getattr(m, name))) for m in (self.their_marks, self.ours))
        return float(np.log((theirs + 0.002) / (ours + 0.002)))


@dataclass(frozen=True)
class _Marks:
    """Of marks, at each place: how strong fine and middling ones are, and which way they go (twice the angle)."""

    fine: Plane
    middling: Plane
    turn_x: Plane
    turn_y: Plane

    NAMES = ("fine", "middling", "turn_x", "turn_y")

    @classmethod
    def of(cls, lab: Plane) -> _Marks:
        """Measure a picture in Oklab, after "Optimal Orientation Detection of Linear Symmetry" (Bigun et al. 1987)."""
        side = max(lab.shape[:2])
        soft, softer = blurred(lab, side / 220), blurred(lab, side / 64)
        fine = blurred(np.sqrt(np.square(lab - soft).sum(-1)), side / 32)
        middling = blurred(np.sqrt(np.square(soft - softer).sum(-1)), side / 32)
        slopes: tuple[Plane, Plane] = tuple(np.gradient(soft[..., 0]))
        down, across = slopes
        energy = blurred(down * down + across * across, side / 32) + 1e-6
        # Strokes go across the change, which turns the doubled angle by half a circle.
        turn_x = blurred(down * down - across * across, side / 32) / energy
        turn_y = blurred(-2.0 * down * across, side / 32) / energy
        return cls(fine, middling, turn_x, turn_y)


def _grown(is_bare: NDArray[np.bool_], lab: Plane) -> NDArray[np.bool_]:
    """Bare places up to their very edge: what lies beside them and has the colour of the ground."""
    from scipy.ndimage import maximum_filter

    if not is_bare.any():
        return is_bare
    ground = np.median(lab[is_bare], axis=0)
    has_its_colour = np.square(lab - ground).sum(-1) < _BARE_SPREAD**2
    beside = np.asarray(maximum_filter(is_bare, 1 + 2 * (max(is_bare.shape) // 12)), bool)
    return np.asarray(is_bare | (beside & has_its_colour))


def blurred(values: Plane, radius_px: float) -> Plane:
    """Blur [h, w] or [h, w, c] over the two sides."""
    from scipy.ndimage import gaussian_filter

    sigma = (radius_px, radius_px, 0.0)[: values.ndim]
    return np.asarray(gaussian_filter(values, sigma, mode="nearest", truncate=3.0))
