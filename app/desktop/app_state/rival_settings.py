"""What the player wishes of each rival besides the deal: what the settings keep, and pictures for the duel at hand.

A wish is plain data, so that it can lie in a file; a commission is made of it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from app.colour import brightness
from app.images import Picture
from app.rivals.classic_options import STATISTICS, ClassicOptions
from app.rivals.commission import COLOURS, MAX_STYLES, STYLE_SCALES, Commission
from app.rivals.registry import CLASSIC, RIVALS

SIZES_PX = (256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
# What the settings can keep of a start; the start from a picture belongs to the duel at hand.
STARTS = ("photograph", "noise")
#: How many steps the classic rival takes at most, and with how little gain it goes on, beside what is usual.
QUALITIES = {"quick": (0.5, 2.0), "usual": (1.0, 1.0), "thorough": (2.5, 0.2)}
MOST_PAINTINGS = MAX_STYLES - 1
MOST_SEED = 9999
_USUAL_WEIGHT = 0.5


@dataclass(frozen=True)
class Wish:
    """What a rival is asked for in every duel. `start`, `statistics` and `quality` are the classic rival's alone.

    Attributes:
        network: a name of the catalog; "" for the best one that there is.
        size_px, strength, colours, style_scale, start, seed: as in Commission.
        statistics: of the paintings that are matched: "gram" (Gatys et al. 2016) or "moments" (mean and covariance).
        quality: one of QUALITIES.
    """

    network: str = ""
    size_px: int = 384
    strength: float = 1.0
    colours: str = "painting"
    style_scale: float = 1.0
    start: str = "photograph"
    statistics: str = "gram"
    quality: str = "usual"
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Named:
    """A picture (float32 H x W x 3 in [0, 1]) that was chosen, and what it is called."""

    title: str
    picture: Picture


@dataclass(frozen=True, eq=False)
class Further:
    """A further painting and its weight, 0..1, beside the others'."""

    painting: Named
    weight: float = _USUAL_WEIGHT


@dataclass(frozen=True, eq=False)
class Brought:
    """The pictures that were brought for a rival, for the duel at hand only.

    `weight` is that of the deal's own painting, 0..1; `mask` is white where the rival shall paint.
    """

    further: tuple[Further, ...] = ()
    weight: float = _USUAL_WEIGHT
    mask: Named | None = None
    start: Named | None = None


NOTHING = Brought()


def wish_of(kept: Mapping[str, Any], rival: str) -> Wish:
    """The wish that the settings keep for a rival; whatever is absent, damaged or out of range is as usual."""
    found = kept.get(rival)
    if not isinstance(found, Mapping):
        return Wish()
    sound = {
        each.name: found[each.name]
        for each in fields(Wish)
        if each.name in found and _is_sound(each.name, found[each.name], rival)
    }
    return replace(Wish(), **sound)


def of_both(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What settings that hold one `strength` and one `rival_side_px` for both rivals wish of each, as far as sound."""
    named = {"strength": found.get("strength"), "size_px": found.get("rival_side_px")}
    return kept({rival: wish_of({rival: named}, rival) for rival in RIVALS})


def kept(wishes: Mapping[str, Wish]) -> dict[str, dict[str, Any]]:
    """Wishes as the settings keep them: what differs from the usual, by the rival's name."""
    usual = asdict(Wish())
    differing = {
        rival: {name: value for name, value in asdict(wish).items() if value != usual[name]}
        for rival, wish in wishes.items()
    }
    return {rival: each for rival, each in differing.items() if each}


def are_wishes(value: Any) -> bool:
    """Whether the settings may keep this as wishes: of what is not sound in them each is as usual."""
    return isinstance(value, dict) and all(
        name in RIVALS and isinstance(each, dict) and all(_is_plain(part) for part in each.values())
        for name, each in value.items()
    )


def commission_of(wish: Wish, brought: Brought = NOTHING) -> Commission:
    """The commission that a rival gets."""
    further = brought.further
    weights = (brought.weight, *(each.weight for each in further)) if further else ()
    return Commission(
        size=wish.size_px,
        strength=wish.strength,
        more_styles=tuple(each.painting.picture for each in further),
        # All at nothing says no more than all alike.
        weights=weights if sum(weights) > 0 else (),
        colours=wish.colours,
        mask=brightness(brought.mask.picture) if brought.mask is not None else None,
        style_scale=wish.style_scale,
        start="picture" if brought.start is not None else wish.start,
        start_picture=brought.start.picture if brought.start is not None else None,
        seed=wish.seed,
    )


def without_pictures(commission: Commission) -> Commission:
    """What remains of a commission when the deal that its pictures were brought for is gone."""
    start = "photograph" if commission.start == "picture" else commission.start
    return replace(commission, more_styles=(), weights=(), mask=None, start=start, start_picture=None)


def options_of(wish: Wish) -> ClassicOptions:
    """How the classic rival is to work."""
    own = ClassicOptions()
    steps, tolerance = QUALITIES[wish.quality]
    return replace(
        own,
        steps=max(1, round(own.steps * steps)),
        tolerance=own.tolerance * tolerance,
        statistics=wish.statistics,
    )


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _is_sound(name: str, value: Any, rival: str) -> bool:
    # True is a number to Python, without being what is meant.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    least, most = STYLE_SCALES
    match name:
        case "network":
            return value == "" or value in RIVALS[rival].networks
        case "size_px":
            return type(value) is int and value in SIZES_PX
        case "strength":
            return is_number and 0 <= value <= 1
        case "colours":
            return value in COLOURS
        case "style_scale":
            return is_number and least <= value <= most
        case "start":
            return value in (STARTS if rival == CLASSIC else STARTS[:1])
        case "statistics":
            return value in (STATISTICS if rival == CLASSIC else STATISTICS[:1])
        case "quality":
            return value in (tuple(QUALITIES) if rival == CLASSIC else ("usual",))
        case "seed":
            return type(value) is int and 0 <= value <= MOST_SEED
    return False
