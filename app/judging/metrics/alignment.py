"""Brings two views into register: a picture that lies a few px off another is the same picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.colour import LUMA_601
from app.images import Picture

#: How far one picture may lie beside the other, in px of the views, to each side.
REACH_PX = 4

#: How much nearer a move must bring two pictures to be believed: even rough imitations lie where they lie.
_GAIN = 0.99


Move = tuple[int, int]


def move_between(first: Picture, second: Picture) -> Move:
    """Return by how many px, down and right, the second view lies beside the first; (0, 0) where that is not plain.

    Both float32 [h, w, 3]. The other way round the move is the opposite one.
    """
    mine, its = (np.asarray(each @ LUMA_601, np.float32) for each in (first, second))
    at_rest = _difference(mine, its, (0, 0))
    reach = range(-REACH_PX, REACH_PX + 1)
    moves = sorted(((down, right) for down in reach for right in reach), key=lambda m: (m[0] ** 2 + m[1] ** 2, m))
    nearest = min((_difference(mine, its, move), n) for n, move in enumerate(moves))
    return moves[nearest[1]] if nearest[0] < _GAIN * at_rest else (0, 0)


def moved_back(view: Picture, move: Move) -> Picture:
    """Return a view that lies beside another by a move as it would lie on it; its own border fills what comes in."""
    height, width = view.shape[:2]
    rows, columns = (
        np.clip(np.arange(side) + way, 0, side - 1) for way, side in zip(move, (height, width), strict=True)
    )
    return np.ascontiguousarray(view[rows][:, columns])


def _difference(first: NDArray[np.float32], second: NDArray[np.float32], move: Move) -> float:
    """The mean absolute difference where the two overlap, the same for the opposite move of the swapped pictures."""
    height, width = first.shape
    down, right = move
    rows, columns = (slice(max(0, -way), min(side, side - way)) for way, side in ((down, height), (right, width)))
    moved = second[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)]
    return float(np.abs(first[rows, columns] - moved).mean())
