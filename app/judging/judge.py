"""The judge: two pictures in, a grade from 0 to 10 out. Called by game, command line, bench and training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.judging import autoencoder
from app.judging.calibration import TOP_GRADE, Calibration
from app.judging.hearing import Hearing

if TYPE_CHECKING:
    import keras

    from app.images import Picture


class Judge:
    """Grades how alike two pictures are. Load it once; grading is deterministic and symmetric."""

    def __init__(self, encoder: keras.Model, calibration: Calibration) -> None:
        self._encoder, self._calibration = encoder, calibration

    @classmethod
    def load(cls) -> Judge:
        """Return the judge with the built-in autoencoder. Raises NetworkError if it is missing or damaged."""
        from app.networks import checkpoints

        encoder = autoencoder.load_encoder()
        record = checkpoints.card("builtin-autoencoder").get("calibration")
        return cls(encoder, Calibration.from_record(record))

    def hear(self, content: Picture, style: Picture) -> Hearing:
        """Return the judge with a deal before it: a photograph and a painting, each float32 H x W x 3 in [0, 1]."""
        return Hearing(self, content, style)

    def grade(self, first: Picture, second: Picture) -> float:
        """Return the grade, 0.0 to 10.0, of two pictures: float32 H x W x 3, RGB, sRGB, [0, 1], sizes may differ.

        Identical pictures get exactly 10.0; the order does not matter. Both are scaled and cropped around the centre
        to a common shape, never stretched; where their shapes differ, to that of the one and of the other, and the
        better likeness counts.
        """
        return self.grades([(first, second)])[0]

    def grades(self, pairs: Sequence[tuple[Picture, Picture]]) -> list[float]:
        """Return the grades of many pairs, in order; a picture that occurs several times is encoded once."""
        known: dict[tuple[int, tuple[int, int]], NDArray[np.float64]] = {}

        def embed(picture: Picture, size: tuple[int, int]) -> NDArray[np.float64]:
            key = (id(picture), size)
            if key not in known:
                known[key] = autoencoder.embed(self._encoder, picture, size)
            return known[key]

        grades: list[float] = []
        for first, second in pairs:
            if first.shape == second.shape and np.array_equal(first, second):
                grades.append(TOP_GRADE)
                continue
            sizes = autoencoder.common_sizes(first, second)
            alike = max(autoencoder.likeness(embed(first, size), embed(second, size)) for size in sizes)
            grades.append(self._calibration.grade(alike))
        return grades
