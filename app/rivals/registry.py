"""The one list of rivals: whoever paints against the player is entered here, and nowhere else.

Pairs to grade, cards, pages, forms, `--rival` and the documentation follow from `RIVALS`. Nothing heavy is imported
before a rival is hired.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from app.errors import UsageError
from app.networks import catalog
from app.rivals.classic_options import ClassicOptions

if TYPE_CHECKING:
    from app.rivals.rival import Rival

MAGENTA = "magenta"
CLASSIC = "classic"
#: What the player's picture is called beside the rivals' names.
DRAWING = "drawing"

Pair = tuple[str, str]


@dataclass(frozen=True)
class RivalInfo:
    """What everybody needs to know of a rival without loading it.

    Attributes:
        name: its key in files, commands and grades: small Latin letters.
        title: what people call it.
        description: one sentence: who it is.
        colour: of its name and its lines on the screen and on cards, "#rrggbb".
        networks: names of the catalog that it can paint with, best first; the last one is built in, or the only one.
        takes_options: whether it works in steps that `ClassicOptions` and another start than the photograph apply to.
        factory: makes it, from one of its networks and options (None for its own).
    """

    name: str
    title: str
    description: str
    colour: str
    networks: tuple[str, ...]
    takes_options: bool
    factory: Callable[[str, ClassicOptions | None], Rival]


def _magenta(network: str, options: ClassicOptions | None) -> Rival:
    from app.rivals.magenta import Magenta

    assert options is None, "refused by `hire`"
    return Magenta(network)


def _classic(network: str, options: ClassicOptions | None) -> Rival:
    from app.rivals.classic import Classic

    return Classic(options, network=network)


RIVALS: dict[str, RivalInfo] = {
    info.name: info
    for info in (
        RivalInfo(
            MAGENTA,
            "Magenta",
            "Google's arbitrary image stylization: one pass of a network that has seen many paintings.",
            "#d98ab8",
            ("magenta-hub", "magenta-int8", "builtin-stylizer"),
            False,
            _magenta,
        ),
        RivalInfo(
            CLASSIC,
            "Classic",
            "The style transfer of Gatys, Ecker and Bethge: the picture itself is optimised, step by step.",
            "#86b0d6",
            ("vgg19", "builtin-vgg"),
            True,
            _classic,
        ),
    )
}


def rival_title(name: str) -> str:
    """Return a rival's title; of a name that is no rival's (any more), the name with a capital."""
    return RIVALS[name].title if name in RIVALS else name.capitalize()


def comparisons(rivals: Iterable[str] | None = None) -> tuple[Pair, ...]:
    """Return who is compared with whom, in the order in which grades are shown: the drawing with each rival, then the
    rivals with each other. `rivals` are names; None for all that there are.
    """
    names = tuple(RIVALS if rivals is None else rivals)
    return (*((DRAWING, name) for name in names), *combinations(names, 2))


def hire(name: str, *, network: str | None = None, options: ClassicOptions | None = None) -> Rival:
    """Return a rival with the best network that is installed, or with the one named.

    `options` are for rivals that take them; None for the rival's own. Raises UsageError for another name, a network
    that the rival cannot use or options that it does not take, NetworkError where the network is missing or damaged.
    """
    if name not in RIVALS:
        raise UsageError(f"There is no rival called {name}; there are {' and '.join(RIVALS)}.")
    chosen = _chosen(name, network)
    if options is not None and not RIVALS[name].takes_options:
        raise UsageError(f"{RIVALS[name].title}'s method has no options of the classic rival.")
    return RIVALS[name].factory(chosen, options)


def best_network(name: str) -> str:
    """Return the name of the best network that is there for a rival; nothing is loaded or read."""
    from app.networks import runtime, store

    for network in RIVALS[name].networks:
        if network == "magenta-hub" and not runtime.has_tensorflow_hub():
            continue
        if store.find(network) is not None:
            return network
    # The last one is built in: asking for it says what is missing from the program.
    return RIVALS[name].networks[-1]


def _chosen(name: str, network: str | None) -> str:
    from app.networks import store

    if network is None:
        return best_network(name)
    catalog.network(network)
    if network not in RIVALS[name].networks:
        raise UsageError(f"{name} cannot paint with {network}; it can with {', '.join(RIVALS[name].networks)}.")
    if store.find(network) is None:
        store.require(network)
    return network
