"""Who is measured in the proof: the shipped judge, and the plain measures that it must beat.

A scorer says of first picture, second picture, photograph and painting how alike the first two are; more is more alike.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app import images
from app.colour import LUMA_601
from app.images import Picture
from app.networks import runtime

if TYPE_CHECKING:
    from app.bench.judge.trials import Score
    from app.judging.deal_judge import DealJudge
    from app.judging.judge import Judge

#: Both sides at which plain pixels are compared.
PIXELS_PX = 64
#: What the shipped judge is called in the figures.
JUDGE = "judge"


@dataclass(frozen=True)
class Scorer:
    """One who is measured. `load` is called once; `is_grade`: it gives grades from 0 to 10."""

    name: str
    load: Callable[[], Score]
    is_grade: bool = False


def _judge() -> Score:
    from app.judging.judge import Judge

    return graded_by(Judge.load())


def graded_by(judge: Judge) -> Score:
    """The judge as a scorer. It hears each deal once, as in a duel."""
    heard: list[tuple[Picture, Picture, DealJudge]] = []

    def score(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
        if not heard or heard[0][0] is not content or heard[0][1] is not style:
            heard[:] = [(content, style, judge.hear(content, style))]
        return heard[0][2].grade(first, second)

    return score


def structural_similarity(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
    """Plain SSIM (Wang et al. 2004) of the brightness, the first picture fitted to the second."""
    from skimage.metrics import structural_similarity as ssim

    del content, style
    return float(ssim(_luma(_fitted(first, second)), _luma(second), data_range=1.0))


def pixels(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
    """Minus the mean absolute difference of all pixels at 64 x 64 px."""
    del content, style
    one, other = (images.resize(p, height=PIXELS_PX, width=PIXELS_PX) for p in (_fitted(first, second), second))
    return -float(np.abs(one - other).mean())


def _autoencoder() -> Score:
    from app.judging.features import autoencoder

    encoder = autoencoder.load_encoder()

    def score(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
        """The cosine of both maps of embeddings, which are centred: the average picture lies near zero."""
        del content, style
        height, width = autoencoder.size_of(second.shape[1] / second.shape[0])
        fitted = np.stack([images.cover(picture, height=height, width=width) for picture in (first, second)])
        one, other = autoencoder.see(encoder, fitted).cells.astype(np.float64)
        power = float(np.sum(one**2) * np.sum(other**2))
        return float(np.sum(one * other) / np.sqrt(power)) if power > 0 else 0.0

    return score


def _fitted(first: Picture, second: Picture) -> Picture:
    return images.cover(first, height=second.shape[0], width=second.shape[1])


def _luma(picture: Picture) -> Picture:
    return np.asarray(picture @ LUMA_601, np.float32)


def _with_tensorflow(load: Callable[[], Score]) -> Callable[[], Score]:
    @functools.wraps(load)
    def loaded() -> Score:
        runtime.tensorflow()
        return load()

    return loaded


#: In the order of the table.
SCORERS = (
    Scorer(JUDGE, _with_tensorflow(_judge), is_grade=True),
    Scorer("SSIM", lambda: structural_similarity),
    Scorer("pixels", lambda: pixels),
    Scorer("autoencoder", _with_tensorflow(_autoencoder)),
)
