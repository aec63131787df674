"""Who works with which network as things are now, rivals and judge, and what keeps them from a better one.

A network that is missing or damaged is passed over for the next best, which nothing but these sentences tells.
"""

from app.networks import store
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, best_network

#: Who uses networks, as a person calls them, in the order of a duel.
JUDGE = "the judge"
_JUDGES_WITH = "builtin-autoencoder"
#: Our own stylizer reads a painting with the eyes of our own backbone.
_READS_WITH = {"builtin-stylizer": "builtin-vgg"}


def networks_in_use() -> dict[str, str | None]:
    """The network that magenta, classic and "the judge" would use now; None where none is there that can be used."""
    in_use: dict[str, str | None] = {}
    for rival in RIVALS:
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


def passed_over() -> dict[str, str]:
    """By the rival's name, why it uses no better network: a copy is there, but damaged, or nobody can look for one."""
    in_use = networks_in_use()
    sentences: dict[str, str] = {}
    for rival in RIVALS:
        used = in_use[rival]
        choices = RIVALS[rival].networks
        better = choices[: choices.index(used)] if used is not None else choices
        present = store.present()
        faults = {each: store.status(each).faults for each in better}
        damaged = [NETWORKS[each].title for each in better if faults[each] and each in present]
        unseen = [fault for each in better if each not in present for fault in faults[each]]
        if used is None:
            continue
        if damaged:
            are = "are" if len(damaged) > 1 else "is"
            sentences[rival] = f"{' and '.join(damaged)} {are} damaged and passed over."
        elif unseen:
            sentences[rival] = unseen[0]
    return sentences
