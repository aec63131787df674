"""The manner of a painting: what can be measured of how it was painted.

The measures come from the painting's structure tensor ("Optimal Orientation Detection of Linear Symmetry", Bigun &
Granlund 1987): which way strokes go, how surely, and across them, by how far two spots must lie apart before their
colours have nothing to do with each other, how wide they are.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import to_oklab
from app.images import Picture

Plane = NDArray[np.float64]

MEASURED_SIDE_PX = 768
_SAMPLES = 5000
# Half as much lightness as hue: hairs and ridges are light and dark, strokes are colours.
_EYE = (0.5, 1.3, 1.3)
_LAGS_PX = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 22, 27, 33, 40, 48, 58, 70, 84, 100, 120, 144, 172])
# What is coarser than so many strokes is the picture's, not the hand's; at least so many px of the measured picture.
_COARSE_WIDTHS, _LEAST_COARSE_PX, _MOST_COARSE_PX = 3.0, 48.0, 400.0
# A way across a round mark meets less than all of its width.
_ROUND = 0.35


@dataclass(frozen=True)
class Manner:
    """How a painting was painted; lengths are shares of its longer side.

    Attributes:
        width: of a stroke, line or dot, a quarter at most.
        coherence: 0..1, how surely its marks have a direction: dots have none, hatching has.
        spread: 0..1, how much the direction turns from one place to the next.
        roughness: 0..1, how much happens within a stroke: hairs, ridges, grain.
        flatness: 0..1, the share of it where nothing happens but one colour.
        lightness: 0..1, of its middle tone.
    """

    width: float
    coherence: float
    spread: float
    roughness: float
    flatness: float
    lightness: float


def manner_of(style: Picture) -> Manner:
    """Measure how a picture was painted."""
    picture = images.fit_within(style, MEASURED_SIDE_PX)
    lab = to_oklab(np.clip(picture, 0, 1).astype(np.float64)) * _EYE
    side = max(lab.shape[:2])
    xx, xy, yy = _tensor(lab, 1.0)
    whole = float((xx + yy).mean()) + 1e-9
    xx, xy, yy = (_blurred(part, 4.0) for part in (xx, xy, yy))
    energy = xx + yy
    toward = (xx - yy) + 2j * xy  # along the strongest change, twice its angle
    # What noise there is in an empty place must not count as a direction.
    sure = np.abs(toward) / (energy + 0.02 * whole)
    coherence = float((sure * energy).sum() / max(energy.sum(), 1e-12))
    around = 40 * side / MEASURED_SIDE_PX
    gathered = np.hypot(_blurred(toward.real, around), _blurred(toward.imag, around))
    spread = 1 - float(gathered.sum() / max(_blurred(np.abs(toward), around).sum(), 1e-12))
    spread = min(max(spread, 0.0), 1.0)
    middling, fine = _apart(lab, 8.0), _apart(lab, 1.2)
    roughness = float(np.sqrt((fine**2).mean() / max((middling**2).mean(), 1e-12)))
    local = sum(np.maximum(_blurred(p * p, 5.0) - _blurred(p, 5.0) ** 2, 0) for p in np.moveaxis(lab, -1, 0))
    return Manner(
        width=min((1 + _ROUND * spread) * _width(lab, _ways_across(toward), sure) / side, 0.25),
        coherence=coherence,
        spread=spread,
        roughness=min(max((roughness - 0.15) / 0.4, 0.0), 1.0),
        flatness=float((np.sqrt(local) < 0.02).mean()),
        lightness=float(np.median(lab[..., 0])) / _EYE[0],
    )


def _ways_across(toward: NDArray[np.complex128]) -> Plane:
    """The angle across the strokes at each pixel; in the middle of a wide one, that of its nearest edges."""
    for reach_px, share in ((16.0, 0.05), (64.0, 0.0025)):
        toward = toward + share * (_blurred(toward.real, reach_px) + 1j * _blurred(toward.imag, reach_px))
    return np.asarray(np.angle(toward) / 2)


def _width(lab: Plane, across: Plane, sure: Plane) -> float:
    """How wide strokes are, px: twice the way across them after which half of the likeness is gone.

    Of strokes of width w side by side, each of a colour of its own, two spots at a distance d lie in the same one with
    chance 1 - d / w. How coarse the picture's own colours are is not known before the width is: it is measured anew
    with coarser ones left in until that makes it no wider.
    """
    height, width = lab.shape[:2]
    chance = np.random.default_rng(1987)
    # Nearly everywhere alike: near edges alone, strokes would be as wide as edges are.
    weights = (sure + 4.0).ravel()
    rows, columns = np.divmod(chance.choice(weights.size, _SAMPLES, p=weights / weights.sum()), width)
    angle = across[rows, columns]
    spots = _Spots(rows, columns, np.sin(angle), np.cos(angle), chance.uniform(0, 1, _SAMPLES))
    share = max(height, width) / MEASURED_SIDE_PX
    coarse, most = _LEAST_COARSE_PX * share, _MOST_COARSE_PX * share
    found = spots.half_alike(_apart(lab, coarse))
    while (wanted := min(_COARSE_WIDTHS * found, most)) > 1.1 * coarse:
        coarse = wanted
        found = spots.half_alike(_apart(lab, coarse))
    return found


@dataclass(frozen=True)
class _Spots:
    """Where a picture is looked at: spots, and at each the direction of a line, and which part of it lies before."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    step_y: Plane
    step_x: Plane
    before: Plane

    def half_alike(self, lab: Plane) -> float:
        """Twice the length of lines whose ends are half as unlike as any, px."""
        unlike: list[float] = []
        for lag in _LAGS_PX:
            near, far = self._seen(lab, lag * self.before), self._seen(lab, lag * (self.before - 1))
            unlike.append(float(((near - far) ** 2).sum(axis=0).mean()))
        half = max(unlike) / 2
        if half <= 1e-9:
            return float(_LAGS_PX[-1])
        first = next(number for number, value in enumerate(unlike) if value >= half)
        return 2 * float(np.interp(half, [0.0, *unlike[: first + 1]], [0.0, *_LAGS_PX[: first + 1]]))

    def _seen(self, lab: Plane, away: Plane) -> Plane:
        from scipy.ndimage import map_coordinates

        spots = (self.rows + self.step_y * away, self.columns + self.step_x * away)
        return np.stack(
            [map_coordinates(channel, spots, order=1, mode="reflect") for channel in np.moveaxis(lab, -1, 0)]
        )


def _tensor(lab: Plane, inner_px: float) -> tuple[Plane, Plane, Plane]:
    """The structure tensor's xx, xy and yy at each pixel, over all channels, before it is gathered."""
    xx, xy, yy = (np.zeros(lab.shape[:2]) for _ in range(3))
    for channel in np.moveaxis(lab, -1, 0):
        down, over = np.gradient(_blurred(channel, inner_px)) if min(channel.shape) > 1 else (0 * channel, 0 * channel)
        xx, xy, yy = xx + over * over, xy + over * down, yy + down * down
    return xx, xy, yy


def _apart(lab: Plane, blur_px: float) -> Plane:
    """What is left of a picture without all that is coarser than a blur."""
    return np.stack([channel - _blurred(channel, blur_px) for channel in np.moveaxis(lab, -1, 0)], axis=-1)


def _blurred(plane: Plane, blur_px: float) -> Plane:
    from scipy.ndimage import gaussian_filter, zoom

    # A wide blur needs no more than every few pixels, and takes much less time.
    every = int(blur_px // 4)
    if every < 2 or min(plane.shape) < 8 * every:
        return np.asarray(gaussian_filter(plane, blur_px, mode="reflect", truncate=3.0))
    rows, columns = (side // every * every for side in plane.shape)
    coarse = plane[:rows, :columns].reshape(rows // every, every, columns // every, every).mean(axis=(1, 3))
    blurred = gaussian_filter(coarse, blur_px / every, mode="reflect", truncate=3.0)
    factors = [side / coarse_side for side, coarse_side in zip(plane.shape, coarse.shape, strict=True)]
    return np.asarray(zoom(blurred, factors, order=1, mode="nearest", grid_mode=True))
