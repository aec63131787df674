"""Brings two views into register: a picture that lies a few px off another is the same picture. The hearing calls."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.images import Picture

#: How far one picture may lie beside the other, in px of the views, to each side.
REACH_PX = 4

#: How much nearer a move must bring two pictures to be believed: even rough imitations lie where they lie.
_GAIN = 0.998

#: What a view loses on every side when pictures are moved: so that what is left is of one size for every move.
_MARGIN_PX = 8

_LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)

Move = tuple[int, int]


def move_between(first: Picture, second: Picture) -> Move:
    """Return by how many px, down and right, the second view lies beside the first; (0, 0) where that is not plain.

    Both float32 [h, w, 3]. The other way round the move is the opposite one.
    """
    mine, its = (np.asarray(each @ _LUMINANCE, np.float32) for each in (first, second))
    at_rest = _difference(mine, its, (0, 0))
    reach = range(-REACH_PX, REACH_PX + 1)
    moves = sorted(((down, right) for down in reach for right in reach), key=lambda m: (m[0] ** 2 + m[1] ** 2, m))
    nearest = min((_difference(mine, its, move), n) for n, move in enumerate(moves))
    return moves[nearest[1]] if nearest[0] < _GAIN * at_rest else (0, 0)


def in_register(first: Picture, second: Picture, move: Move) -> tuple[Picture, Picture]:
    """Return what both views show of the same places, each smaller by 16 px: a mere crop, and the same either way."""
    height, width = first.shape[:2]
    top, left = (_MARGIN_PX - (-way // 2) - way for way in move)
    other_top, other_left = top + move[0], left + move[1]
    inner = (height - 2 * _MARGIN_PX, width - 2 * _MARGIN_PX)
    return (
        np.ascontiguousarray(first[top : top + inner[0], left : left + inner[1]]),
        np.ascontiguousarray(second[other_top : other_top + inner[0], other_left : other_left + inner[1]]),
    )


def _difference(first: NDArray[np.float32], second: NDArray[np.float32], move: Move) -> float:
    """The mean absolute difference where the two overlap, the same for the opposite move of the swapped pictures."""
    height, width = first.shape
    down, right = move
    rows, columns = (slice(max(0, -way), min(side, side - way)) for way, side in ((down, height), (right, width)))
    moved = second[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    return float(np.abs(first[rows, columns] - moved).mean())
