"""A second opinion on how alike two pictures are, by measures that have nothing to do with the judge's own.

No network and nothing of the judge's facets: four classical measures, computed with scikit-image on views of about 192
x 192 px, of which any can overrule the others, because the likeness is their weighted geometric mean:

- structure: structural similarity of lightness at four scales ("Image Quality Assessment: From Error Visibility to
  Structural Similarity", Wang et al. 2004; several scales after "Multi-Scale Structural Similarity", Wang et al. 2003);
- colour: mean and spread of CIE Lab in 6 x 6 windows, and the quantiles of each of its axes over the whole picture;
- outlines: histograms of oriented gradients of lightness (Dalal & Triggs 2005), weighted by how strong they are;
- grain: histograms of uniform local binary patterns (Ojala et al. 2002) with radii of 1 and 2 px in 4 x 4 windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app import images

if TYPE_CHECKING:
    from app.images import Picture

TOP_GRADE = 10.0

#: Further apart than this, judge and second opinion disagree, which is said. Of 168 sincere imitations (50 to 3200, 24
#: deals of training pictures that the curve was not fitted on) nine of ten are graded within 0.91 of the judge; a third
#: more is left to pictures of other kinds than a teacher's.
MARGIN = 1.2

# The monotone curve from likeness to grade, on the judge's scale: by isotonic regression over 24 other deals.
_LIKENESS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_GRADES = (0.0, 0.47, 1.13, 2.09, 3.19, 4.21, 5.08, 6.02, 7.04, 8.14, 9.21, 10.0)

_SIDE_PX, _STEP_PX, _LEAST_PX, _MOST_PX = 192, 48, 96, 768
# From fine to coarse, each scale half as fine as the one before. The finest counts least: an imitation whose strokes
# lie a pixel beside the rival's is none the worse for it.
_SCALES = (0.08, 0.32, 0.34, 0.26)
# What unrelated pictures have; at this and beyond nothing is alike.
_UNRELATED_STRUCTURE, _UNRELATED_OUTLINES = 0.95, 0.45
# Distances in colour (Lab) and grain (share of patterns that differ) at which likeness has fallen to 1 / e.
_MEAN_FALL, _SPREAD_FALL, _QUANTILE_FALL, _GRAIN_FALL = 16.0, 30.0, 50.0, 0.35
# structure, colour, outlines, grain
_WEIGHTS = np.array([0.4, 0.35, 0.1, 0.15])
# No measure by itself brings the likeness to nothing.
_LEAST = 0.02

#: float64 H x W, lightness in [0, 1] or what was made of it.
Plane = NDArray[np.float64]


def second_grade(first: Picture, second: Picture) -> float:
    """Return the second grade, 0.0 to 10.0, of two pictures: float32 H x W x 3, RGB, sRGB, [0, 1], sizes may differ.

    10 for the same picture; the order does not matter, to the last bit. Both are scaled and cropped around the centre
    to one shape between theirs, never stretched.
    """
    if first.shape == second.shape and np.array_equal(first, second):
        return TOP_GRADE
    return float(np.interp(likeness(first, second), _LIKENESS, _GRADES))


def likeness(first: Picture, second: Picture) -> float:
    """Return what is graded: how alike two pictures are, above 0 and at most 1. Takes what ``second opinion`` takes."""
    height, width = _common_size(first, second)
    here, there = (_described(images.cover(picture, height=height, width=width)) for picture in (first, second))
    shares = [
        1.0 - _structure_apart(here.lightness, there.lightness) / _UNRELATED_STRUCTURE,
        float(np.exp(-_colours_apart(here, there))),
        1.0 - _outlines_apart(here.outlines, there.outlines) / _UNRELATED_OUTLINES,
        float(np.exp(-np.abs(here.grain - there.grain).sum(-1).mean() / 2 / _GRAIN_FALL)),
    ]
    return float(np.prod(np.clip(shares, _LEAST, 1.0) ** _WEIGHTS))


@dataclass(frozen=True)
class _Described:
    """A picture as it is compared: lightness [H, W] in 0..1; colours in windows; outlines as one vector; grain."""

    lightness: Plane
    means: Plane
    spreads: Plane
    quantiles: Plane
    outlines: Plane
    grain: Plane


def _common_size(first: Picture, second: Picture) -> tuple[int, int]:
    """Height and width in px, multiples of 48, with the shape that lies between both and about 192 x 192 px."""
    shape = float(np.sqrt(first.shape[1] / first.shape[0] * (second.shape[1] / second.shape[0])))
    sides = (_SIDE_PX / np.sqrt(shape), _SIDE_PX * np.sqrt(shape))
    height, width = (int(np.clip(round(side / _STEP_PX) * _STEP_PX, _LEAST_PX, _MOST_PX)) for side in sides)
    return height, width


def _described(picture: Picture) -> _Described:
    from skimage.color import rgb2lab
    from skimage.feature import hog

    lab = np.asarray(rgb2lab(picture), np.float64)
    lightness = lab[..., 0] / 100.0
    height, width = lightness.shape
    windows = _windows(lab, 6)
    step = height * width // 64
    return _Described(
        lightness,
        windows.mean(1),
        windows.std(1),
        np.sort(lab.reshape(-1, 3), axis=0)[step // 2 :: step],
        # One block: what is faint stays faint, so that the grain of a plain area does not count like an outline.
        np.asarray(hog(lightness, 8, (16, 16), (height // 16, width // 16), block_norm="L2"), np.float64),
        np.concatenate([_patterns(lightness, radius) for radius in (1, 2)]),
    )


def _windows(values: NDArray[np.float64], count: int) -> Plane:
    """Cut [H, W, c] into count x count windows: [count * count, pixels, c]; the sides must be multiples of count."""
    height, width, channels = values.shape
    cut = values.reshape(count, height // count, count, width // count, channels)
    return cut.transpose(0, 2, 1, 3, 4).reshape(count * count, -1, channels)


def _patterns(lightness: Plane, radius_px: int) -> Plane:
    """How often each of the ten uniform patterns occurs in 4 x 4 windows: [16, 10], each row sums to 1."""
    from skimage.feature import local_binary_pattern

    steps = np.rint(np.clip(lightness, 0.0, 1.0) * 255.0).astype(np.uint8)
    kinds = local_binary_pattern(steps, 8, radius_px, "uniform")
    windows = _windows(np.asarray(kinds, np.float64)[..., None], 4)[..., 0].astype(np.intp)
    return np.stack([np.bincount(window, minlength=10) / window.size for window in windows])


def _structure_apart(first: Plane, second: Plane) -> float:
    """1 - structural similarity, averaged over the scales: 0 for the same, 1 and more for unrelated pictures."""
    from skimage.metrics import structural_similarity

    apart = 0.0
    for scale, weight in enumerate(_SCALES):
        if scale:
            first, second = _halved(first), _halved(second)
        alike = structural_similarity(
            first, second, data_range=1.0, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        )
        apart += weight * (1.0 - float(alike))
    return apart


def _halved(plane: Plane) -> Plane:
    height, width = plane.shape
    return plane.reshape(height // 2, 2, width // 2, 2).mean((1, 3))


def _colours_apart(first: _Described, second: _Described) -> float:
    means, spreads = (
        float(np.sqrt(np.square(a - b).sum(-1)).mean())
        for a, b in ((first.means, second.means), (first.spreads, second.spreads))
    )
    quantiles = float(np.abs(first.quantiles - second.quantiles).mean(0).sum())
    return means / _MEAN_FALL + spreads / _SPREAD_FALL + quantiles / _QUANTILE_FALL


def _outlines_apart(first: Plane, second: Plane) -> float:
    power = float((first * first).sum() * (second * second).sum())
    if power <= 0.0:
        return 0.0 if np.array_equal(first, second) else 1.0
    return 1.0 - float((first * second).sum()) / float(np.sqrt(power))
