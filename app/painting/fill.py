"""Fill: what a bucket of paint covers that is poured out at one spot. Called by the surface."""

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.uint8]

# How far from the flooded area paint may creep into the soft edges of lines.
_CREEP_PX = 2


def flood(composite: NDArray[np.uint32], x: float, y: float, tolerance: float) -> Plane:
    """How much of each pixel a flood from one spot covers.

    The flood reaches every pixel that hangs together with the spot's, side by side (a line of single pixels that
    touch at their corners holds it), and whose colour is within the tolerance. Where it meets the soft rim of a line
    it creeps on as far as the rim still shows the old colour, so that nothing pale is left between paint and line,
    and stops at the line's own colour.

    Args:
        composite: premultiplied ARGB, uint32 [H, W]: what is seen.
        x, y: the spot in pixels.
        tolerance: 0..1: the largest difference of any channel (red, green, blue, alpha) from the spot's, of its range.

    Returns:
        Coverage, uint8 [H, W]: 255 in the flood, less on rims; nothing for a spot that lies outside.
    """
    from scipy.ndimage import label

    height, width = composite.shape
    column, row = int(np.floor(x)), int(np.floor(y))
    coverage = np.zeros((height, width), dtype=np.uint8)
    if not (0 <= column < width and 0 <= row < height):
        return coverage
    differs = _difference(composite, int(composite[row, column]))
    is_like = differs <= round(min(max(tolerance, 0.0), 1.0) * 255)
    labels, _ = label(is_like)
    is_flooded = labels == labels[row, column]

    # Only where the flood is: a small one in a large drawing is quick.
    rows, columns = np.flatnonzero(is_flooded.any(axis=1)), np.flatnonzero(is_flooded.any(axis=0))
    part = (
        slice(max(rows[0] - _CREEP_PX, 0), rows[-1] + _CREEP_PX + 1),
        slice(max(columns[0] - _CREEP_PX, 0), columns[-1] + _CREEP_PX + 1),
    )
    is_flooded, is_unlike, differs = is_flooded[part], ~is_like[part], differs[part]
    beside = (_largest_around(is_flooded.view(np.uint8), 1) > 0) & is_unlike
    # A second step leads only further into the line, never out of it on its other side.
    toned = np.where(beside, 255 - differs, 0).astype(np.uint8)
    is_rim = beside | ((_largest_around(toned, 1) >= 255 - differs) & is_unlike)
    line = _largest_around(differs, _CREEP_PX)[is_rim].astype(np.float32)
    # The share of the line's colour, squared: paint lies over the rim, and must cover what is left of the old colour.
    share = differs[is_rim] / line
    inner = coverage[part]
    inner[is_rim] = np.round(254 * (1 - share * share))
    inner[is_flooded] = 255
    return coverage


def _difference(composite: NDArray[np.uint32], color: int) -> Plane:
    """The largest difference of any channel from a colour's."""
    found: Plane | None = None
    for shift in (0, 8, 16, 24):
        channel = (composite >> np.uint32(shift)).astype(np.uint8)
        own = np.uint8(color >> shift & 255)
        away = np.maximum(channel, own)
        away -= np.minimum(channel, own, out=channel)
        found = away if found is None else np.maximum(found, away, out=found)
    assert found is not None
    return found


def _largest_around(plane: Plane, reach: int) -> Plane:
    """The largest value within a square of 2 * reach + 1 pixels around each."""
    found = plane.copy()
    for step in range(1, reach + 1):
        np.maximum(found[:, step:], plane[:, :-step], out=found[:, step:])
        np.maximum(found[:, :-step], plane[:, step:], out=found[:, :-step])
    across = found.copy()
    for step in range(1, reach + 1):
        np.maximum(found[step:], across[:-step], out=found[step:])
        np.maximum(found[:-step], across[step:], out=found[:-step])
    return found
