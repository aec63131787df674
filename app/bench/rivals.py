"""How long a picture of 384 px takes each rival, with each network that the project promises a figure for.

Only the command line calls.
"""

import itertools
import statistics
import sys
import time
from typing import Any

from app.errors import NetworkError
from app.game.deck import Deal, Deck
from app.rivals.commission import Commission
from app.rivals.rival import Progress, hire

SIZE_PX = 384
FAST_RUNS = 15
CLASSIC_RUNS = 3


def measure() -> dict[str, Any]:
    """Medians in seconds; None, with the reason on standard error, where a network is not installed.

    `magenta_int8_384_s` and `builtin_384_s` are of a warm rival. `classic_384_s` is from the deal to the picture, and
    `classic_first_384_s` that of the first one, which loads and compiles the network; `classic_preview_s` is the
    longest wait from one preview to the next in any of them.
    """
    deal = Deck.load().deal(0)
    waits: list[float] = []
    classic = _classic(deal, waits)
    return {
        "magenta_int8_384_s": _rounded(_warm(deal, "magenta-int8")),
        "builtin_384_s": _rounded(_warm(deal, "builtin-stylizer")),
        "classic_384_s": _rounded(statistics.median(classic) if classic else None),
        "classic_first_384_s": _rounded(classic[0] if classic else None),
        "classic_preview_s": _rounded(max(waits, default=None)),
    }


def _warm(deal: Deal, network: str) -> float | None:
    try:
        rival = hire("magenta", network=network)
        # The first picture loads the network.
        rival.paint(deal.content_picture, deal.style_picture, Commission(size=SIZE_PX))
    except NetworkError as error:
        _tell_absent(network, error)
        return None
    times = []
    for _ in range(FAST_RUNS):
        begun = time.perf_counter()
        rival.paint(deal.content_picture, deal.style_picture, Commission(size=SIZE_PX))
        times.append(time.perf_counter() - begun)
    return statistics.median(times)


def _classic(deal: Deal, waits: list[float]) -> list[float]:
    times = []
    for _ in range(CLASSIC_RUNS):
        shown_at: list[float] = []

        def on_progress(progress: Progress, shown_at: list[float] = shown_at) -> None:
            if progress.preview is not None:
                shown_at.append(time.perf_counter())

        begun = time.perf_counter()
        try:
            rival = hire("classic", network="builtin-vgg")
            rival.paint(deal.content_picture, deal.style_picture, Commission(size=SIZE_PX), on_progress=on_progress)
        except NetworkError as error:
            _tell_absent("builtin-vgg", error)
            return []
        times.append(time.perf_counter() - begun)
        waits += [after - before for before, after in itertools.pairwise(shown_at)]
    return times


def _tell_absent(network: str, error: NetworkError) -> None:
    print(f"{network} is not measured: {error}", file=sys.stderr)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)
