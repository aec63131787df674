"""How fast, how good and how large the rivals are: the figures of `bench rivals`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app import places
from app.bench.progress import rounded, tell
from app.bench.rivals import classic, growth, magenta, quality, vgg19
from app.errors import PasticheError
from app.game.deck import Deal, Deck

#: Deals that the classic rival races on, by seed.
RACES = (0, 1, 2)

#: The figures of each part, in the order in which they are measured: what is null when it cannot be.
FIGURES: dict[str, tuple[str, ...]] = {
    "magenta": ("magenta_int8_384_s", "magenta_int8_bare_s", "magenta_int8_over_bare", "builtin_384_s"),
    "classic": (
        *("classic_384_s", "classic_first_384_s", "classic_plain_s", "classic_seconds_to_loss"),
        *("classic_time_ratio", "classic_time_ratios", "classic_loss_ratio", "classic_preview_s"),
    ),
    "previews": ("classic_preview_cost",),
    "growth": ("classic_growth",),
    "vgg19": (
        *("classic_vgg19_plain_step_s", "classic_vgg19_evaluation_s", "classic_evaluations_to_loss"),
        *("classic_vgg19_time_ratio", "classic_vgg19_512_mb"),
    ),
    "quality": ("quality_deals", "builtin_over_int8_content", "builtin_over_int8_style", "backbone_share"),
    "checkpoints": ("checkpoints_mb",),
    "gpu": ("classic_vgg19_1024_gpu_s", "gpu"),
}


def measure(parts: Sequence[str] = tuple(FIGURES)) -> dict[str, Any]:
    """Measure the parts that are named; what each figure says is with the function that measures it.

    A figure that cannot be had here is null, and `reasons` says by its part why.
    """
    deck = Deck.load()
    deal = deck.deal(RACES[0])

    @functools.cache
    def races() -> classic.Races:
        return classic.hold([deck.deal(seed) for seed in RACES])

    measures: Mapping[str, Sequence[Callable[[], dict[str, Any]]]] = {
        "magenta": (lambda: magenta.measure_int8(deal), lambda: magenta.measure_builtin(deal)),
        "classic": (lambda: races().figures(),),
        "previews": (lambda: growth.measure_previews(deal),),
        "growth": (lambda: growth.measure(deal),),
        "vgg19": (lambda: _on_vgg19(races(), deal),),
        "quality": (quality.measure,),
        "checkpoints": (checkpoints,),
        "gpu": (vgg19.measure_gpu,),
    }
    found: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    for part in parts:
        found |= dict.fromkeys(FIGURES[part])
        for each in measures[part]:
            try:
                found |= each()
            except PasticheError as error:
                reasons[part] = str(error)
                tell(f"{part} is not measured, or not all of it: {error}")
    return found | {"reasons": reasons}


def checkpoints() -> dict[str, Any]:
    """Weigh all that `checkpoints/` holds, cards included."""
    size = sum(path.stat().st_size for path in places.checkpoints().iterdir() if path.is_file())
    return {"checkpoints_mb": rounded(size / 1e6, 2)}


def _on_vgg19(races: classic.Races, deal: Deal) -> dict[str, Any]:
    """How many evaluations the rival's quality takes is found on the compact backbone."""
    seconds = races.seconds_to_loss
    tell("Classic on the compact backbone: what an evaluation costs")
    each_s = classic.seconds_per_evaluation("builtin-vgg", deal, classic.SIZE_PX)
    return vgg19.measure(None if seconds is None else seconds / each_s)
