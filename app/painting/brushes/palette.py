"""The palette of a painting: a few colours that together stand for all of its pixels.

k-means in Oklab (Björn Ottosson, "A perceptual color space for image processing", 2020), where distances are about as
large as they look, begun as in "k-means++: The Advantages of Careful Seeding" (Arthur & Vassilvitskii 2007).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import to_oklab
from app.images import Picture
from app.painting.model.stroke import Color

Floats = NDArray[np.float64]

SAMPLE_SIDE_PX = 256
_ROUNDS = 24
_STARTS = 4
# Colours closer than this (Oklab) are one to begin with.
_CELL = 0.02
# Hue counts for more than lightness: a painter mixes light and dark, and looks for the hues.
_HUE_WEIGHT = 1.6
# A colour that is a hundred times as frequent weighs only ten times as much: small accents keep their place.
_FREQUENCY_POWER = 0.5
# ... and the vivid ones among them all the more.
_VIVIDNESS = 6.0


class Swatch(NamedTuple):
    """A colour of a palette and the share of the painting, 0..1, that it stands for."""

    color: Color
    share: float


def palette_of(picture: Picture, count: int = 12, seed: int = 0) -> tuple[Swatch, ...]:
    """At most `count` colours of a picture, the most frequent first; the same for one seed. Shares add up to 1.

    There are fewer where the picture has fewer. Pixels are first gathered into cells of colours that look the same;
    a cell weighs by the root of its frequency, and by how vivid it is, so that a small red sail among acres of blue
    has a swatch of its own. The shares count all pixels alike.
    """
    # Every nth pixel, not a smaller picture, which would mix the colours of neighbours.
    step = max(1, -(-max(picture.shape[:2]) // SAMPLE_SIDE_PX))
    rgb = np.clip(picture[step // 2 :: step, step // 2 :: step].reshape(-1, 3), 0, 1).astype(np.float64)
    lab = to_oklab(rgb)
    cells, member, frequency = _gathered(lab)
    at = cells * (1.0, _HUE_WEIGHT, _HUE_WEIGHT)
    chroma = np.hypot(cells[:, 1], cells[:, 2])
    weight = frequency**_FREQUENCY_POWER * (1 + _VIVIDNESS * chroma)
    chance = np.random.default_rng([seed, 1976])
    tries = [_clustered(at, weight, min(count, len(at)), chance) for _ in range(_STARTS)]
    _, nearest = min(tries, key=lambda each: each[0])
    swatches = []
    for kind in np.unique(nearest):
        chosen = nearest == kind
        # The cells' own weights again, or the grey that surrounds an accent would dull it.
        mean = (cells[chosen] * weight[chosen, None]).sum(axis=0) / weight[chosen].sum()
        closest = int(((cells[chosen] - mean) ** 2).sum(axis=1).argmin())
        pixels = rgb[member == np.flatnonzero(chosen)[closest]]
        red, green, blue = images.to_bytes(pixels.mean(axis=0).astype(np.float32)[None, None])[0, 0].tolist()
        swatches.append(Swatch((red, green, blue), float(frequency[chosen].sum() / len(lab))))
    return tuple(sorted(swatches, key=lambda swatch: (-swatch.share, swatch.color)))


def _gathered(lab: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
    """The mean colour of each cell that has pixels, the cell of each pixel, and how many pixels each has."""
    _, member, frequency = np.unique(
        np.floor(lab / _CELL).astype(np.int64) @ (1, 1000, 1_000_000), return_inverse=True, return_counts=True
    )
    member = member.ravel()
    sums = np.stack([np.bincount(member, weights=lab[:, axis]) for axis in range(3)], axis=1)
    return sums / frequency[:, None], member, frequency.astype(np.float64)


def _clustered(at: Floats, weight: Floats, count: int, chance: np.random.Generator) -> tuple[float, NDArray[np.intp]]:
    """How far apart weighted points lie within their clusters, and which cluster each is in."""
    chosen = [int(chance.choice(len(at), p=weight / weight.sum()))]
    away = ((at - at[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < count and (weight * away).max() > 0:
        chosen.append(int(chance.choice(len(at), p=weight * away / (weight * away).sum())))
        away = np.minimum(away, ((at - at[chosen[-1]]) ** 2).sum(axis=1))
    centres = at[chosen]
    squares = (at * at).sum(axis=1)
    nearest = np.full(len(at), -1, dtype=np.intp)
    for _ in range(_ROUNDS):
        # |a - c|^2 = |a|^2 - 2 a c + |c|^2, written out: no product of matrices, whose threads would wait for others.
        apart = (centres * centres).sum(axis=1) - 2 * sum(at[:, [axis]] * centres[:, axis] for axis in range(3))
        before, nearest = nearest, apart.argmin(axis=1)
        if np.array_equal(before, nearest):
            break
        mass = np.maximum(np.bincount(nearest, weights=weight, minlength=len(centres)), 1e-12)
        moved = [np.bincount(nearest, weights=weight * at[:, axis], minlength=len(centres)) / mass for axis in range(3)]
        is_empty = mass <= 1e-12
        centres = np.where(is_empty[:, None], centres, np.stack(moved, axis=1))
    within = apart[np.arange(len(at)), nearest] + squares
    return float((within * weight).sum()), nearest
