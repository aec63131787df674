"""Chances of a stroke's dabs, which its seed and the dab's number decide. For the trail alone."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_GAMMA, _FIRST_MIX, _SECOND_MIX = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD = 2**64 - 1


class StrokeRandoms:
    """Even chances in 0..1 for each dab's number, eight kinds: two splitmix64 words (Steele et al. 2014) in four."""

    def __init__(self, seed: np.uint64, first: int, count: int) -> None:
        self._seed, self._first, self._count = seed, first, count
        self._words: dict[int, NDArray[np.uint64]] = {}

    def __getitem__(self, kind: int) -> Floats:
        half, part = divmod(kind, 4)
        word = self._words.get(half)
        if word is None:
            numbers = np.arange(self._first, self._first + self._count, dtype=np.uint64)
            word = (numbers * np.uint64(2) + self._seed + np.uint64(half + 1)) * np.uint64(_GAMMA)
            word = (word ^ (word >> np.uint64(30))) * np.uint64(_FIRST_MIX)
            word = (word ^ (word >> np.uint64(27))) * np.uint64(_SECOND_MIX)
            word = self._words[half] = word ^ (word >> np.uint64(31))
        return ((word >> np.uint64(16 * part)) & np.uint64(0xFFFF)).astype(np.float64) / 65536.0


class StrokeRandom:
    """The same chances of one dab."""

    def __init__(self, seed: int, number: int) -> None:
        self._start = number * 2 + seed
        self._words = [-1, -1]

    def __getitem__(self, kind: int) -> float:
        half, part = divmod(kind, 4)
        word = self._words[half]
        if word < 0:
            word = (self._start + half + 1) * _GAMMA & _WORD
            word = (word ^ word >> 30) * _FIRST_MIX & _WORD
            word = (word ^ word >> 27) * _SECOND_MIX & _WORD
            word = self._words[half] = word ^ word >> 31
        return (word >> 16 * part & 0xFFFF) / 65536.0
