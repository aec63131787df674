"""Who works with which network as things are now: rivals and judge. Doors call."""

from app.networks import store
from app.rivals.rival import CLASSIC, MAGENTA, best_network

#: Who uses networks, as a person calls them, in the order of a duel.
JUDGE = "the judge"
_JUDGES_WITH = "builtin-autoencoder"
#: Our own stylizer reads a painting with the eyes of our own backbone.
_READS_WITH = {"builtin-stylizer": "builtin-vgg"}


def networks_in_use() -> dict[str, str | None]:
    """The network that magenta, classic and "the judge" would use now; None where none is there that can be used."""
    in_use: dict[str, str | None] = {}
    for rival in (MAGENTA, CLASSIC):
        best = best_network(rival)
        needed = [best, *([_READS_WITH[best]] if best in _READS_WITH else [])]
        in_use[rival] = best if all(store.find(each) for each in needed) else None
    in_use[JUDGE] = _JUDGES_WITH if store.find(_JUDGES_WITH) else None
    return in_use


def users_of_networks() -> dict[str, tuple[str, ...]]:
    """By a network's name, who uses it now; networks that nobody uses are left out."""
    users: dict[str, tuple[str, ...]] = {}
    for user, network in networks_in_use().items():
        for each in (network, _READS_WITH.get(network or "")):
            if each is not None:
                users[each] = (*users.get(each, ()), user)
    return users
