"""How long the judge takes for the three grades of a duel. Only the command line calls."""

import statistics
import time
from typing import Any

import numpy as np

from app import images
from app.game.deck import Deck
from app.game.demonstration import recoloured
from app.images import Picture
from app.judging.judge import Judge

SIZE_PX = 384
RUNS = 5


def measure() -> dict[str, Any]:
    """The median in seconds, network loaded anew each time, of a judge's first verdict; and of its later ones."""
    deal = Deck.load().deal(0)
    content = images.fit_within(deal.content_picture, SIZE_PX)
    height, width = content.shape[:2]
    style = images.cover(deal.style_picture, height=height, width=width)
    drawing, magenta = content, recoloured(content, style)
    classic: Picture = np.asarray((content + style) / 2, dtype=np.float32)
    pairs = [(drawing, magenta), (drawing, classic), (magenta, classic)]
    first, later, loading = [], [], []
    for _ in range(RUNS):
        begun = time.perf_counter()
        judge = Judge.load()
        loaded = time.perf_counter()
        judge.grades(pairs)
        graded = time.perf_counter()
        judge.grades(pairs)
        loading.append(loaded - begun)
        first.append(graded - loaded)
        later.append(time.perf_counter() - graded)
    return {
        "three_grades_s": round(statistics.median(first), 4),
        "again_s": round(statistics.median(later), 4),
        "loading_s": round(statistics.median(loading), 4),
    }
