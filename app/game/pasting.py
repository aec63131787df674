"""What of a drawing was not painted: one sentence from its own record and from what the judge found."""

from __future__ import annotations

from collections.abc import Iterable

from app.game.provenance import PlacedPicture, Provenance
from app.judging.assessment import Assessment
from app.judging.explanation import sentences


def sentence(painted: Provenance | None, assessments: Iterable[Assessment]) -> str:
    """Name what was placed or pasted, and how much of the drawing it covers; "" where there is nothing to name.

    `assessments` are those of the drawing against its rivals. What they found to be the photograph or the painting
    is named as that, whatever the record calls it.
    """
    shares: dict[str, float] = {}
    for assessment in assessments:
        for source, share in assessment.copied.items():
            shares[source] = max(shares.get(source, 0.0), share)
    placed = painted.placed if painted is not None and painted.has_placed else ()
    found = sentences.pasted(shares, placed[0].title if len(placed) == 1 else "")
    if found or painted is None or not painted.has_placed:
        return found
    return _placed(placed)


def _placed(pictures: tuple[PlacedPicture, ...]) -> str:
    if not pictures:
        return "You placed a picture of your own on the drawing."
    largest = pictures[0]
    covered = f"{sentences.part_of(largest.share)} your drawing"
    if len(pictures) == 1:
        named = f", “{largest.title}”," if largest.title else ""
        return f"You placed a picture of your own{named} over {covered}."
    named = f", “{largest.title}”," if largest.title else ""
    return f"You placed {len(pictures)} pictures of your own; the largest{named} covers {covered}."
