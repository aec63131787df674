"""The parts of a drawing that a suggestion can name, and the names of colours.

A part is a soft mask, so that a change within it has no seam.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app import images

#: float32 H x W in [0, 1]: how much of each place belongs to a region.
Plane = NDArray[np.float32]
#: float64 H x W x 3, Oklab.
Lab = NDArray[np.float64]

#: A part is named by a colour, or told apart by it, if at least and at most so much of the drawing has it.
_LEAST_SHARE, _MOST_SHARE = 0.08, 0.6
_MOST_COLOURS = 4
#: Oklab: what is less colourful than this is grey to the eye.
_GREY = 0.03
#: The names of hues up to an angle in Oklab, degrees: red at 29, yellow at 110, green at 142, blue at 264.
_HUES = (
    (42.0, "red"),
    (78.0, "orange"),
    (116.0, "yellow"),
    (168.0, "green"),
    (218.0, "turquoise"),
    (292.0, "blue"),
    (345.0, "violet"),
    (360.0, "red"),
)
_GREYS = ((0.25, "black"), (0.9, "grey"), (2.0, "white"))


@dataclass(frozen=True, eq=False)
class Region:
    """A part of a drawing: ``name`` as in "the upper part", "" for all of it; ``mask`` float32 [h, w] in [0, 1]."""

    name: str
    mask: Plane

    @property
    def share(self) -> float:
        """How much of the drawing it is, 0 to 1."""
        return float(self.mask.mean())

    def at(self, height: int, width: int) -> Plane:
        """Return the mask at another size, float32 [height, width]."""
        return images.resize(self.mask[..., None], height=height, width=width)[..., 0]

    def mean(self, values: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return the mean over the part of values [h, w] or [h, w, c]."""
        mask = self.mask if values.ndim == 2 else self.mask[..., None]
        # No product of matrices, whose threads would wait for others.
        return np.asarray((values * mask).sum((0, 1), dtype=np.float64) / max(float(self.mask.sum()), 1e-9))

    def overlap(self, other: Region) -> float:
        """Return how much of the smaller of two parts lies in the other, 0 to 1."""
        both = float(np.minimum(self.mask, other.mask).sum())
        return both / max(min(float(self.mask.sum()), float(other.mask.sum())), 1e-9)


def regions_of(lab: Lab) -> list[Region]:
    """Return the parts of a drawing given in Oklab, float64 [h, w, 3]: all of it, places, tones, colours."""
    height, width = lab.shape[:2]
    down, across = (np.linspace(0.0, 1.0, side, dtype=np.float32) for side in (height, width))
    below, right = _rising(down)[:, None], _rising(across)[None, :]
    whole = np.ones((height, width), np.float32)
    low, high = _rising(down, 0.58, 0.22)[:, None], 1.0 - _rising(down, 0.42, 0.22)[:, None]
    far, near = _rising(across, 0.58, 0.22)[None, :], 1.0 - _rising(across, 0.42, 0.22)[None, :]
    away = np.hypot((down - 0.5)[:, None], (across - 0.5)[None, :])
    masks = {
        "": whole,
        "upper part": (1.0 - below) * whole,
        "lower part": below * whole,
        "left half": (1.0 - right) * whole,
        "right half": right * whole,
        "middle": 1.0 - _rising(away, 0.3, 0.2),
        "top left corner": high * near,
        "top right corner": high * far,
        "bottom left corner": low * near,
        "bottom right corner": low * far,
        **_tones(lab),
        **_colours(lab),
    }
    return [Region(name, np.asarray(mask, np.float32)) for name, mask in masks.items()]


def colour_name(colour: NDArray[np.floating]) -> str:
    """Return the plain name of a colour in Oklab [3], such as "blue", "brown", "grey"."""
    lightness, chroma = float(colour[0]), float(np.hypot(colour[1], colour[2]))
    if chroma < _GREY or lightness < 0.15:
        return next(name for upper, name in _GREYS if lightness < upper)
    turn = float(np.degrees(np.arctan2(colour[2], colour[1]))) % 360.0
    hue = next(name for upper, name in _HUES if turn <= upper)
    if hue in ("orange", "yellow"):
        if chroma < 0.09 and lightness > 0.72:
            return "beige"
        if lightness < (0.62 if hue == "orange" else 0.52) or (hue == "orange" and chroma < 0.08):
            return "brown"
    if (hue in ("red", "violet") and lightness > 0.74) or (_is_rosy(turn) and lightness > 0.52):
        return "pink"
    return "brown" if hue == "red" and chroma < 0.08 and not _is_rosy(turn) else hue


def _is_rosy(turn: float) -> bool:
    """Whether a hue, degrees in Oklab, is a red with some blue in it."""
    return turn < 14.0 or turn > 335.0


def shade_name(colour: NDArray[np.floating]) -> str:
    """Return the name of a colour in Oklab [3] with how light it is, such as "light blue", "dark brown"."""
    name = colour_name(colour)
    if name in ("black", "white", "pink", "beige", "yellow", "orange"):
        return name
    if colour[0] > 0.76:
        return f"light {name}"
    return f"dark {name}" if colour[0] < 0.42 else name


def _rising(values: NDArray[np.float32], at: float = 0.5, width: float = 0.24) -> Plane:
    """From 0 to 1 in a smooth step around ``at``."""
    t = np.clip((values - at) / width + 0.5, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def _tones(lab: Lab) -> dict[str, Plane]:
    """The light and the dark parts, where a drawing has both."""
    from scipy.ndimage import gaussian_filter

    lightness = gaussian_filter(lab[..., 0], max(lab.shape[:2]) / 100).astype(np.float32)
    dark, light = (float(v) for v in np.quantile(lightness, [0.2, 0.8]))
    if light - dark < 0.12:
        return {}
    middle, width = (dark + light) / 2, (light - dark) / 2
    rising = _rising(lightness, middle, width)
    return {"light parts": rising, "dark parts": 1.0 - rising}


def _colours(lab: Lab) -> dict[str, Plane]:
    """The areas of each colour that takes a fair part of the drawing."""
    from scipy.ndimage import gaussian_filter

    side = max(lab.shape[:2])
    smooth = np.stack([gaussian_filter(channel, side / 100) for channel in np.moveaxis(lab, -1, 0)], axis=-1)
    # Names change with the colour only, so each of a few thousand colours is named once.
    steps = np.rint(smooth * (40.0, 80.0, 80.0)).astype(np.int64)
    kinds, member = np.unique(steps.reshape(-1, 3), axis=0, return_inverse=True)
    names = np.array([colour_name(kind / (40.0, 80.0, 80.0)) for kind in kinds])[member.ravel()]
    found, counts = np.unique(names, return_counts=True)
    shares = {str(name): count / names.size for name, count in zip(found, counts, strict=True)}
    fair = [name for name, share in shares.items() if _LEAST_SHARE <= share <= _MOST_SHARE]
    fair = sorted(fair, key=lambda name: (-shares[name], name))[:_MOST_COLOURS]
    is_named = {name: (names == name).reshape(lab.shape[:2]) for name in fair}
    return {f"{name} areas": gaussian_filter(is_named[name].astype(np.float32), side / 120) for name in fair}
