"""What of a drawing was not painted: one sentence from its own record and from what the judge found. The duel calls."""

from __future__ import annotations

from collections.abc import Iterable

from app.game.painted import Painted, PlacedPicture
from app.judging.opinion import Opinion
from app.judging.wording import NAMED_SHARE, part_of

_FOUND = {"photograph": "the photograph itself", "painting": "the painting itself"}


def sentence(painted: Painted | None, opinions: Iterable[Opinion]) -> str:
    """Name what was placed or pasted, and how much of the drawing it covers; "" where there is nothing to name.

    `opinions` are the judge's on the drawing against its rivals.
    """
    has_placed = painted is not None and painted.has_placed
    clauses = [_placed(painted.placed)] if painted is not None and has_placed else []
    shares: dict[str, float] = {}
    for opinion in opinions:
        for source, share in opinion.copied.items():
            shares[source] = max(shares.get(source, 0.0), share)
    # Once the drawing has been named it is "it".
    names = iter(("it", "it") if has_placed else ("the drawing", "it"))
    found = [
        f"{part_of(share)} {next(names)} is {_FOUND[source]}"
        for source, share in shares.items()
        if share >= NAMED_SHARE and source in _FOUND
    ]
    if found:
        clauses.append(f"{' and '.join(found)}, which is not graded as painted")
    whole = ", and ".join(clauses)
    return f"{whole[:1].upper()}{whole[1:]}." if whole else ""


def _placed(pictures: tuple[PlacedPicture, ...]) -> str:
    if not pictures:
        return "a picture was placed on the drawing"
    if len(pictures) == 1:
        return f"on the drawing was placed {_quoted(pictures[0].title)}, over {part_of(pictures[0].share)} it"
    named = [f"{_quoted(each.title)} (over {part_of(each.share)} it)" for each in pictures[:2]]
    if len(pictures) > 2:
        more = len(pictures) - 2
        named.append(f"{more} picture{'s' if more > 1 else ''} more")
    return f"on the drawing were placed {', '.join(named[:-1])} and {named[-1]}"


def _quoted(title: str) -> str:
    return f"“{title}”" if title else "a picture"
