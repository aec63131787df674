"""The judge: two pictures in, a grade from 0 to 10 out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.judging.deal_judge import DealJudge, PairJudge
from app.judging.features.extractor import FeatureExtractor
from app.judging.metrics.scoring import Scoring

if TYPE_CHECKING:
    from app.images import Picture

#: The checkpoint whose metadata hold the judge's calibration, and the key.
CHECKPOINT, KEY = "builtin-autoencoder", "calibration"


class Judge:
    """Grades how alike two pictures are. Load it once; grading is deterministic and symmetric."""

    def __init__(self, extractor: FeatureExtractor, scale: Scoring) -> None:
        self._extractor, self._scale = extractor, scale

    @classmethod
    def load(cls) -> Judge:
        """Return the judge with the built-in networks. Raises NetworkError if one is missing or damaged."""
        from app.networks import checkpoints

        metadata = checkpoints.read_metadata(checkpoints.path_of(CHECKPOINT))
        return cls(FeatureExtractor.load(), Scoring.from_text(metadata.get(KEY)))

    def hear(self, content: Picture, style: Picture) -> DealJudge:
        """Return the judge with a deal before it: a photograph and a painting, each float32 H x W x 3 in [0, 1]."""
        return DealJudge(self._extractor, self._scale, content, style)

    def grade(self, first: Picture, second: Picture) -> float:
        """Return the grade, 0.0 to 10.0, of two pictures without a deal: float32 H x W x 3, RGB, sRGB, [0, 1].

        Identical pictures get exactly 10.0; the order does not matter. Both are scaled and cropped around the centre
        to a common shape, never stretched; where their shapes differ, to that of the one and of the other, and the
        better grade counts. Without a deal nothing is known of photograph and painting: copies of them go unnoticed.
        """
        return self.grades([(first, second)])[0]

    def grades(self, pairs: Sequence[tuple[Picture, Picture]]) -> list[float]:
        """Return the grades of many pairs, in order; a picture that occurs in several is looked at once."""
        known: dict[tuple[int, int], PairJudge] = {}
        graded: list[float] = []
        for first, second in pairs:
            found: list[float] = []
            for picture in (first, second):
                deal_judge = PairJudge(self._extractor, self._scale, picture)
                found.append(known.setdefault(deal_judge.shape, deal_judge).grade(first, second))
            graded.append(max(found))
        return graded
