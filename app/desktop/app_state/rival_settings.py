"""What the settings keep of the rivals' requests, and the pictures that were chosen for the duel at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.rivals.classic_options import STATISTICS, ClassicOptions
from app.rivals.registry import RIVALS
from app.rivals.request import COLOURS, MAX_STYLES, PLAIN, STYLE_SCALES, RivalRequest

if TYPE_CHECKING:
    from app.images import Picture
    from app.rivals.request_pictures import RequestPictures

SIZES_PX = (256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
# What the settings can keep of a start; the start from a picture belongs to the duel at hand.
STARTS = ("photograph", "noise")
#: How many steps the classic rival takes at most, and with how little gain it goes on, beside what is usual.
QUALITIES = {"quick": (0.5, 2.0), "usual": (1.0, 1.0), "thorough": (2.5, 0.2)}
MOST_PAINTINGS = MAX_STYLES - 1
MOST_SEED = 9999


@dataclass(frozen=True, eq=False)
class ChosenPicture:
    """A picture (float32 H x W x 3 in [0, 1]) that was chosen: the path that requests refer to it by, and its title."""

    path: str
    title: str
    picture: Picture


#: By the path.
ChosenPictures = Mapping[str, ChosenPicture]


def pictures_of(request: RivalRequest, chosen: ChosenPictures) -> RequestPictures:
    """Return the pictures that a request refers to. Raises PictureError where one does not serve."""
    from app.game.deck import DEALT_SIDE_PX
    from app.rivals.request_pictures import resolve

    return resolve(request, lambda path, _side_px: chosen[path].picture, side_px=DEALT_SIDE_PX)


def options_of(quality: str, statistics: str) -> ClassicOptions | None:
    """Return how the classic rival works with one of QUALITIES and of STATISTICS; None for as usual."""
    own = ClassicOptions()
    steps, tolerance = QUALITIES[quality]
    found = replace(
        own, steps=max(1, round(own.steps * steps)), tolerance=own.tolerance * tolerance, statistics=statistics
    )
    return None if found == own else found


def quality_of(request: RivalRequest) -> str:
    """Return which of QUALITIES a request asks for."""
    options = request.options or ClassicOptions()
    return next(
        (
            quality
            for quality in QUALITIES
            if (made := options_of(quality, options.statistics) or ClassicOptions()).steps == options.steps
            and made.tolerance == options.tolerance
        ),
        "usual",
    )


def statistics_of(request: RivalRequest) -> str:
    """Return which of STATISTICS a request asks for."""
    return (request.options or ClassicOptions()).statistics


def request_of(settings: Mapping[str, Any], rival: str) -> RivalRequest:
    """Return the request that the settings keep for a rival; what is absent, damaged or out of range is as usual."""
    found = settings.get(rival)
    if not isinstance(found, Mapping):
        return PLAIN
    sound = {name: value for name, value in found.items() if _is_sound(name, value, rival)}
    quality, statistics = sound.pop("quality", "usual"), sound.pop("statistics", STATISTICS[0])
    network, size = sound.pop("network", "") or None, sound.pop("size_px", PLAIN.size)
    return replace(PLAIN, network=network, size=size, options=options_of(quality, statistics), **sound)


def of_both(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What settings that hold one `strength` and one `rival_side_px` for both rivals ask of each, as far as sound."""
    named = {"strength": found.get("strength"), "size_px": found.get("rival_side_px")}
    return kept({rival: request_of({rival: named}, rival) for rival in RIVALS})


def kept(requests: Mapping[str, RivalRequest]) -> dict[str, dict[str, Any]]:
    """Return requests as the settings keep them: what differs from the usual, by the rival's name."""
    usual = _settings_of(PLAIN)
    differing = {
        rival: {name: value for name, value in _settings_of(request).items() if value != usual[name]}
        for rival, request in requests.items()
    }
    return {rival: each for rival, each in differing.items() if each}


def _settings_of(request: RivalRequest) -> dict[str, Any]:
    return {
        "network": request.network or "",
        "size_px": request.size,
        "strength": request.strength,
        "colours": request.colours,
        "style_scale": request.style_scale,
        "start": request.start,
        "statistics": statistics_of(request),
        "quality": quality_of(request),
        "seed": request.seed,
    }


def are_requests(value: Any) -> bool:
    """Whether the settings may keep this as requests: of what is not sound in them each is as usual."""
    return isinstance(value, dict) and all(
        name in RIVALS and isinstance(each, dict) and all(_is_plain(part) for part in each.values())
        for name, each in value.items()
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
            return value in (STARTS if RIVALS[rival].takes_options else STARTS[:1])
        case "statistics":
            return value in (STATISTICS if RIVALS[rival].takes_options else STATISTICS[:1])
        case "quality":
            return value in (tuple(QUALITIES) if RIVALS[rival].takes_options else ("usual",))
        case "seed":
            return type(value) is int and 0 <= value <= MOST_SEED
    return False
