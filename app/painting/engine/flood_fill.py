"""Fill: what a bucket of paint covers that is poured out at one spot."""

import numpy as np
from numpy.typing import NDArray

from app.painting.model.stroke import Color

Plane = NDArray[np.uint8]
Places = NDArray[np.intp]

# How far from the flooded area paint may creep into the soft edges of lines.
_CREEP_PX = 8
# Rows that are compared at once: few enough to stay in the processor's cache.
_ROWS = 32
# Within this of the paint's own colour (squared, 0..255) a rim has nothing to gain from more of it.
_SAME = 4.0


def flood(composite: NDArray[np.uint32], x: float, y: float, tolerance: float, *, paint: Color | None = None) -> Plane:
    """How much of each pixel a flood from one spot covers.

    The flood reaches every pixel that hangs together with the spot's, side by side (a line of single pixels that
    touch at their corners holds it), and whose colour is within the tolerance. Where it meets the soft rim of a line
    it creeps on for as long as there is more and more of the line, so that nothing pale is left between paint and
    line, and stops at the line's core. How much of the paint lies on a rim follows from what would be seen if the
    paint lay beneath the line.

    Args:
        composite: premultiplied ARGB, uint32 [H, W]: what is seen.
        x, y: the spot in pixels.
        tolerance: 0..1: the largest difference of any channel (red, green, blue, alpha) from the spot's, of its range.
        paint: what is poured out, where that is known.

    Returns:
        Coverage, uint8 [H, W]: 255 in the flood, less on rims; nothing for a spot that lies outside.
    """
    from scipy.ndimage import label

    height, width = composite.shape
    column, row = int(np.floor(x)), int(np.floor(y))
    coverage = np.zeros((height, width), dtype=np.uint8)
    if not (0 <= column < width and 0 <= row < height):
        return coverage
    ground = int(composite[row, column])
    differs = _difference(composite, ground)
    allowed = round(min(max(tolerance, 0.0), 1.0) * 255)
    labels, _ = label(differs <= allowed)
    is_flooded = labels == labels[row, column]

    # Only where the flood is: a small one in a large drawing is quick.
    rows, columns = np.flatnonzero(is_flooded.any(axis=1)), np.flatnonzero(is_flooded.any(axis=0))
    part = (
        slice(max(rows[0] - _CREEP_PX, 0), rows[-1] + _CREEP_PX + 1),
        slice(max(columns[0] - _CREEP_PX, 0), columns[-1] + _CREEP_PX + 1),
    )
    inner = coverage[part]
    np.multiply(is_flooded[part], np.uint8(255), out=inner)
    places, share = _rims(is_flooded[part], differs[part], allowed)
    at = np.divmod(places, inner.shape[1])
    inner[at] = np.round(254 * _covered(composite[part][at], share, ground, paint))
    return coverage


def _rims(is_flooded: NDArray[np.bool_], differs: Plane, allowed: int) -> tuple[Places, NDArray[np.float32]]:
    """Where paint creeps into lines: places in a flat plane, and the share of the line's colour at each, less than 1.

    From a pixel beside the flood the way leads only to pixels with more of the line, so that it never comes out of
    the line on its other side.
    """
    height, width = differs.shape
    # With a border, so that every place has eight neighbours. What may not be entered differs least of all.
    steep = np.zeros((height + 2, width + 2), dtype=np.uint8)
    np.multiply(differs, differs > allowed, out=steep[1:-1, 1:-1])
    near = np.zeros((height + 2, width + 2), dtype=bool)
    near[1:-1, 1:-1] = is_flooded
    near[:, 1:-1] |= near[:, 2:] | near[:, :-2]
    near[1:-1] |= near[2:] | near[:-2]
    around = [down * (width + 2) + over for down in (-1, 0, 1) for over in (-1, 0, 1) if (down, over) != (0, 0)]
    steep, is_reached = steep.ravel(), (near & (steep > 0)).ravel()
    levels = [np.flatnonzero(is_reached)]
    for _ in range(1, _CREEP_PX):
        last, further = levels[-1], []
        for step in around:
            there = last + step
            there = there[(steep[there] > steep[last]) & ~is_reached[there]]
            # At once, so that each is found once, however many ways lead there.
            is_reached[there] = True
            further.append(there)
        levels.append(np.concatenate(further))
    # The line's own colour is where the way up from a pixel ends.
    top = np.where(is_reached, steep, np.uint8(0))
    for level in reversed(levels):
        highest = top[level]
        for step in around:
            there = level + step
            np.maximum(highest, np.where(steep[there] > steep[level], top[there], 0), out=highest)
        top[level] = highest
    places = np.concatenate(levels)
    places = places[steep[places] < top[places]]
    share = np.divide(steep[places], top[places], dtype=np.float32)
    down, over = np.divmod(places, width + 2)
    return (down - 1) * width + over - 1, share


def _covered(
    colors: NDArray[np.uint32], share: NDArray[np.float32], ground: int, paint: Color | None
) -> NDArray[np.float32]:
    """How much of the paint, 0..1, goes onto pixels of which lines have a share, and the ground had the rest."""
    # The share squared: paint lies over the rim, and must cover what is left of the ground.
    covered = 1 - share * share
    if paint is None:
        return covered
    # If the paint lay beneath the line, the ground's share would have its colour. Over the line so much of it comes
    # nearest to that (least squares): all of it where line and paint are alike, which else would leave a pale contour.
    along, square = np.zeros_like(share), np.full_like(share, _SAME)
    for shift, channel in ((16, paint[0]), (8, paint[1]), (0, paint[2])):
        away = channel - (colors >> np.uint32(shift) & np.uint32(255)).astype(np.float32)
        along += away * (channel - (ground >> shift & 255))
        square += away * away
    return np.clip(np.maximum(covered, (1 - share) * along / square), 0, 1)


def _difference(composite: NDArray[np.uint32], color: int) -> Plane:
    """The largest difference of any channel from a colour's."""
    found = np.empty(composite.shape, dtype=np.uint8)
    for top in range(0, len(composite), _ROWS):
        rows, most = composite[top : top + _ROWS], found[top : top + _ROWS]
        most.fill(0)
        for shift in (0, 8, 16, 24):
            channel = (rows >> np.uint32(shift)).astype(np.uint8)
            own = np.uint8(color >> shift & 255)
            away = np.maximum(channel, own)
            away -= np.minimum(channel, own, out=channel)
            np.maximum(most, away, out=most)
    return found
