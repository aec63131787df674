"""What of a drawing was not painted: one sentence from its own record and from what the judge found. The duel calls."""

from __future__ import annotations

from collections.abc import Iterable

from app.game.painted import Painted, PlacedPicture
from app.judging.opinion import Opinion

#: From this share on a copy is named; less of it may be chance.
NAMED_SHARE = 0.05
_FOUND = {"photograph": "the photograph itself", "painting": "the painting itself"}


def sentence(painted: Painted | None, opinions: Iterable[Opinion]) -> str:
    """Name what was placed or pasted, and how much of the drawing it covers; "" where there is nothing to name.

    `opinions` are the judge's on the drawing against its rivals.
    """
    clauses = []
    if painted is not None and painted.has_placed:
        clauses.append(_placed(painted.placed))
    shares: dict[str, float] = {}
    for opinion in opinions:
        for source, share in opinion.copied.items():
            shares[source] = max(shares.get(source, 0.0), share)
    found = [f"{part(share)} of it is {_FOUND[source]}" for source, share in shares.items() if share >= NAMED_SHARE]
    if found:
        words = " and ".join(found)
        clauses.append(f"{words}, which is not graded as painted")
    if not clauses:
        return ""
    # What was placed, if anything, has named the drawing; else "it" stands for nothing.
    whole = ", and ".join(clauses)
    if not (painted is not None and painted.has_placed):
        whole = whole.replace("of it", "of the drawing", 1)
    return f"{whole[:1].upper()}{whole[1:]}."


def _placed(pictures: tuple[PlacedPicture, ...]) -> str:
    if not pictures:
        return "a picture was placed on the drawing"
    if len(pictures) == 1:
        return f"on the drawing was placed {_quoted(pictures[0].title)}, over {part(pictures[0].share)} of it"
    named = [f"{_quoted(each.title)} (over {part(each.share)} of it)" for each in pictures[:2]]
    if len(pictures) > 2:
        more = len(pictures) - 2
        named.append(f"{more} picture{'s' if more > 1 else ''} more")
    return f"on the drawing were placed {', '.join(named[:-1])} and {named[-1]}"


def _quoted(title: str) -> str:
    return f"“{title}”" if title else "a picture"


def part(share: float) -> str:
    """Say a share, 0 to 1, in a few words, to the nearest twentieth."""
    percent = 5 * round(20 * share)
    if share >= 0.975:
        return "all"
    return f"about {percent} %" if percent >= 5 else "a little"
