"""Whether a picture would come much nearer to another if it were turned, or its colours were.

A mirrored picture has its palette, texture and detail; one with swapped colours its composition. Both are told by
trying: what a sincere attempt has in common with its goal is lost when either is done to it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.images import Picture
from app.judging.features.extractor import CELLS, oklab, pooled

#: float32 h x w x C: pictures or layouts in cells, in any range.
Array = NDArray[np.float32]

#: A picture that comes nearer than the first share of its distance was turned; above the second it was not. Places and
#: colours differ: other colours of pale pictures are never as far off as another place is.
_PLACED, _COLOURED = (0.55, 0.9), (0.72, 0.97)
_FAINT = 0.004
_HUES_DEG = (60, 120, 180, 240, 300)
_TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])


class TransformedViews:
    """A view, and all the ways in which it can be turned, at 16 x 16 cells."""

    def __init__(self, view: Picture) -> None:
        small = pooled(view, 4 * CELLS)
        self.straight = _layout(small)
        swapped = [small[..., list(order)] for order in list(itertools.permutations(range(3)))[1:]]
        turned = [np.clip(small @ _hue_turn(angle), 0.0, 1.0).astype(np.float32) for angle in _HUES_DEG]
        self.placed = [_layout(each) for each in (small[:, ::-1], small[::-1], small[::-1, ::-1])]
        self.coloured = [_layout(each) for each in (*swapped, *turned, 1.0 - small)]


@dataclass(frozen=True)
class TransformCheck:
    """Whether one of two pictures is plainly the other turned or recoloured.

    Attributes:
        straightness: 0 where that is so, 1 where it is not.
        way: "placed" or "coloured", where straightness is below one half; else "".
    """

    straightness: float
    way: str


def turn_between(first: TransformedViews, second: TransformedViews) -> TransformCheck:
    """Return whether one picture is the other turned or recoloured; symmetric."""
    apart = _apart(first.straight, second.straight)

    def standing(mine: list[Array], its: list[Array], bounds: tuple[float, float]) -> float:
        ways = zip(mine, its, strict=True)
        turned = min(_apart(way, second.straight) + _apart(first.straight, other) for way, other in ways)
        share = (turned / 2 + _FAINT) / (apart + _FAINT)
        return float(np.clip((share - bounds[0]) / (bounds[1] - bounds[0]), 0.0, 1.0))

    found = {
        "placed": standing(first.placed, second.placed, _PLACED),
        "coloured": standing(first.coloured, second.coloured, _COLOURED),
    }
    way = min(found, key=lambda each: found[each])
    return TransformCheck(found[way], way if found[way] < 0.5 else "")


def _layout(small: Array) -> Array:
    return pooled(oklab(small), CELLS)


def _apart(first: Array, second: Array) -> float:
    return float(np.sqrt(np.square(first - second).sum(-1)).mean())


def _hue_turn(angle_deg: float) -> Array:
    """The matrix that turns hues in YIQ, to be multiplied from the right."""
    cosine, sine = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    turn = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    return np.asarray((np.linalg.inv(_TO_YIQ) @ turn @ _TO_YIQ).T, np.float32)
