"""How the classic rival's time grows with the pixels, and what its previews cost."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from app.bench.progress import rounded, tell
from app.bench.rivals.classic import SIZE_PX, seconds_per_evaluation
from app.game.deck import Deal
from app.rivals.classic import Classic
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import RivalRequest
from app.rivals.rival import Progress, sized_shape

SIZES_PX = (256, 512, 1024, 2048)
#: The larger, the fewer: what is lost in steadiness is gained in pixels.
RUNS = {256: 5, 512: 3}
PREVIEW_PAIRS, PREVIEW_STEPS = 6, 20


def measure(
    deal: Deal, *, sizes_px: Sequence[int] = SIZES_PX, evaluations: int = 16, network: str = "builtin-vgg"
) -> dict[str, Any]:
    """Time an evaluation at each size on the compact backbone. Raises NetworkError where it is missing.

    `classic_growth` holds `microseconds_per_pixel` by size, and `worst`: how far the worst is from their geometric mean
    (0.15 is 15 % more or less), by which a time that is quite linear would not deviate at all.
    """
    found: dict[int, float] = {}
    for size in sizes_px:
        tell(f"Classic at {size} px: what an evaluation costs")
        height, width = sized_shape(deal.content_picture, size)
        runs = [
            seconds_per_evaluation(network, deal, size, evaluations=evaluations) / (height * width)
            for _ in range(RUNS.get(size, 1))
        ]
        found[size] = statistics.median(runs)
    middle = statistics.geometric_mean(found.values())
    return {
        "classic_growth": {
            "microseconds_per_pixel": {str(size): rounded(1e6 * each) for size, each in found.items()},
            "worst": rounded(max(abs(each / middle - 1) for each in found.values()), 3),
        }
    }


def measure_previews(
    deal: Deal,
    *,
    size: int = SIZE_PX,
    pairs: int = PREVIEW_PAIRS,
    steps: int = PREVIEW_STEPS,
    network: str = "builtin-vgg",
) -> dict[str, Any]:
    """Paint with previews and without, in turns. Raises NetworkError.

    `classic_preview_cost` is the median of the ratios of neighbouring times, less 1: 0.03 is 3 % slower.
    """
    tell(f"Classic with and without previews, {pairs} times each")
    painter = Classic(ClassicOptions(steps=steps), network=network)
    seen: list[Progress] = []

    def seconds(has_previews: bool) -> float:
        on_progress = seen.append if has_previews else None
        painter.paint(deal.content_picture, deal.style_picture, RivalRequest(size=size), on_progress=on_progress)
        seen.clear()
        assert painter.report is not None, "a rival that has painted has a report"
        return painter.report.painting_seconds

    seconds(True)
    ratios = []
    for number in range(pairs):
        # Which comes first changes, so that a machine that warms or cools favours neither.
        order = (True, False) if number % 2 else (False, True)
        taken = {has_previews: seconds(has_previews) for has_previews in order}
        ratios.append(taken[True] / taken[False])
    return {"classic_preview_cost": rounded(statistics.median(ratios) - 1)}
