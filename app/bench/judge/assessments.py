"""How long the judge takes for the three whole assessments of a duel."""

import statistics
import time
from typing import Any

import numpy as np

from app import images
from app.bench.progress import rounded, tell
from app.game.deck import Deck
from app.game.demonstration import recoloured
from app.images import Picture
from app.judging.judge import Judge

SIZE_PX = 384
RUNS = 7


def measure(*, runs: int = RUNS) -> dict[str, Any]:
    """Time three assessments, facets and heat maps with them, of pictures of 384 px, all networks loaded and warm.

    `three_opinions_s` is the median where the judge has heard the deal before, `first_opinions_s` where it has not;
    `loading_s` what the judge takes to load.
    """
    tell("Three assessments of a duel")
    deal = Deck.load().deal(0)
    begun = time.perf_counter()
    judge = Judge.load()
    loading = time.perf_counter() - begun
    first, later = [], []
    for number in range(runs + 1):
        content, style, pictures = _duel(deal.content_picture, deal.style_picture, number)
        pairs = [(pictures[a], pictures[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
        begun = time.perf_counter()
        deal_judge = judge.hear(content, style)
        for pair in pairs:
            deal_judge.assessment(*pair)
        heard = time.perf_counter()
        # The same deal again, with pictures that are as new.
        anew = [picture * np.float32(0.99) for picture in pictures]
        again = [(anew[a], anew[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
        ready = time.perf_counter()
        for pair in again:
            deal_judge.assessment(*pair)
        first.append(heard - begun)
        later.append(time.perf_counter() - ready)
    return {
        # The very first use compiles and allocates.
        "three_opinions_s": rounded(statistics.median(later[1:])),
        "first_opinions_s": rounded(statistics.median(first[1:])),
        "loading_s": rounded(loading),
    }


def _duel(content: Picture, style: Picture, number: int) -> tuple[Picture, Picture, list[Picture]]:
    """A deal that nobody has seen, with three pictures that stand for the player's and the rivals'."""
    # Each time a little brighter, so that nothing can be remembered from the time before.
    content = content * np.float32(1 - 0.01 * number)
    small = images.fit_within(content, SIZE_PX)
    fitted = images.cover(style, height=small.shape[0], width=small.shape[1])
    mixed = np.asarray((small + fitted) / 2, dtype=np.float32)
    return content, style, [small[::-1].copy(), recoloured(small, style), mixed]
