"""Changes that may bring a drawing nearer to the rivals' pictures, in a painter's words.

What to try is read off the pictures: where the rivals are warmer, lighter, rougher, a change that way is proposed; it
is worth nothing until it has been graded. No pixels of a rival are copied: what a painter would look up there is, which
colour lies where, and how large and in which direction the strokes around it are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from app import images
from app.colour import from_oklab, to_oklab
from app.images import Picture
from app.judging.coaching import filters
from app.judging.coaching.analysis import DrawingAnalysis, Plane, blurred
from app.judging.coaching.filters import RepaintStrokes
from app.judging.coaching.regions import Region, shade_name

#: How many changes of each kind are proposed, at most; together they are what is tried first.
TRIES = {
    "warmth": 3,
    "lightness": 3,
    "colourfulness": 2,
    "contrast": 2,
    "wash": 2,
    "direction": 2,
    "finer strokes": 2,
    "bolder strokes": 2,
    "calm": 2,
    "edges": 2,
    "work out": 3,
    "lay in": 2,
    "clear": 2,
}
#: Kinds that are nearly the same advice.
FAMILIES = {
    "wash": "warmth",
    "colourfulness": "warmth",
    "contrast": "lightness",
    "finer strokes": "direction",
    "bolder strokes": "direction",
    "edges": "calm",
}

# Towards orange, away from blue.
_WARM = np.array([0.0, 0.5, 0.866])
_MOST_STEP, _LEAST_STEP = 0.14, 0.008
_LEAST_RATIO = 0.12  # of logarithms: one has an eighth more of it than the other
_SAME_PLACE = 0.6
# As many strokes as a painter adds in some minutes; how wide they are, and from which share of the error on that is
# still there when seen coarsely the wide ones are called for.
_ADDED, _ADDED_WIDTHS, _COARSE = 150, (0.03, 0.016), 0.75


@dataclass(frozen=True, eq=False)
class Edit:
    """Something to do with a drawing.

    Attributes:
        kind: of ``TRIES``.
        region: where.
        sentence: what to do and where, in a few words.
        promise: how much may be gained by the look of it; for putting changes in order only.
        make: the drawing, at any size, with the change at a strength around 1.
    """

    kind: str
    region: Region
    sentence: str
    promise: float
    make: Callable[[Picture, float], Picture]

    @property
    def family(self) -> str:
        """What it is advice about."""
        return FAMILIES.get(self.kind, self.kind)


def proposals(study: DrawingAnalysis) -> list[Edit]:
    """Return what is worth trying, the most promising of each kind; in the same order for the same pictures."""
    of_colour = (_warmth, _lightness, _colourfulness, _contrast, _wash)
    of_strokes = (_direction, _finer, _bolder, _calm, _edges, _work_out)
    found: list[Edit] = []
    for maker in (*of_colour, *of_strokes, _lay_in, _clear):
        regions = study.regions if maker in (_lay_in, _clear) else study.painted
        changes = [change for region in regions if (change := maker(study, region)) is not None]
        chosen: list[Edit] = []
        for change in sorted(changes, key=lambda change: -change.promise):
            is_new = all(_likeness(change.region, other.region) < _SAME_PLACE for other in chosen)
            if len(chosen) < TRIES[change.kind] and is_new:
                chosen.append(change)
        found += chosen
    return found


def _likeness(first: Region, second: Region) -> float:
    both, either = np.minimum(first.mask, second.mask).sum(), np.maximum(first.mask, second.mask).sum()
    return float(both / max(float(either), 1e-9))


def _described(word: str, region: Region, things: str = "") -> str:
    """ "Warmer upper part", or "Warmer colours all over"."""
    return f"{word} {region.name}" if region.name else f"{word} {things}".rstrip() + " all over"


def _placed(words: str, region: Region, preposition: str = "in") -> str:
    return f"{words} {preposition} the {region.name}" if region.name else f"{words} all over"


def _warmth(study: DrawingAnalysis, region: Region) -> Edit | None:
    by = float(np.clip(study.apart(region) @ _WARM, -_MOST_STEP, _MOST_STEP))
    if abs(by) < _LEAST_STEP:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        return filters.shift(picture, region.at(*picture.shape[:2]), strength * by * _WARM)

    sentence = _described("Warmer" if by > 0 else "Cooler", region, "colours")
    return Edit("warmth", region, sentence, abs(by) * study.weight(region, "palette"), make)


def _lightness(study: DrawingAnalysis, region: Region) -> Edit | None:
    by = float(np.clip(study.apart(region)[0], -_MOST_STEP, _MOST_STEP))
    if abs(by) < _LEAST_STEP:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        return filters.shift(picture, region.at(*picture.shape[:2]), strength * by * np.array([1.0, 0.0, 0.0]))

    sentence = _described("Lighter" if by > 0 else "Darker", region, "colours")
    return Edit("lightness", region, sentence, abs(by) * study.weight(region, "palette"), make)


def _colourfulness(study: DrawingAnalysis, region: Region) -> Edit | None:
    theirs, ours = (float(region.mean(np.hypot(lab[..., 1], lab[..., 2]))) for lab in (study.theirs, study.lab))
    if abs(theirs - ours) < _LEAST_STEP or ours < 0.01:
        return None
    factor = float(np.clip(theirs / ours, 0.4, 2.0))

    def make(picture: Picture, strength: float) -> Picture:
        return filters.deepen(picture, region.at(*picture.shape[:2]), factor**strength)

    sentence = _described("More colourful" if factor > 1 else "Greyer", region)
    return Edit("colourfulness", region, sentence, abs(theirs - ours) * study.weight(region, "palette"), make)


def _contrast(study: DrawingAnalysis, region: Region) -> Edit | None:
    def spread(lightness: Plane) -> float:
        middle = float(region.mean(lightness))
        return float(np.sqrt(region.mean(np.square(lightness - middle))))

    theirs, ours = spread(study.theirs[..., 0]), spread(study.lab[..., 0])
    if abs(theirs - ours) < _LEAST_STEP or ours < 0.02:
        return None
    factor = float(np.clip(theirs / ours, 0.5, 1.8))

    def make(picture: Picture, strength: float) -> Picture:
        return filters.contrast(picture, region.at(*picture.shape[:2]), factor**strength)

    words = "Stronger light and dark" if factor > 1 else "Softer light and dark"
    weight = study.weight(region, "composition")
    return Edit("contrast", region, _placed(words, region), abs(theirs - ours) * weight, make)


def _wash(study: DrawingAnalysis, region: Region) -> Edit | None:
    colour = np.asarray(region.mean(study.theirs))
    apart = study.apart(region)
    if float(np.hypot(*colour[1:])) < 0.035 or float(np.hypot(*apart[1:])) < 2 * _LEAST_STEP:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        return filters.wash(picture, region.at(*picture.shape[:2]), colour, 0.5 * strength)

    sentence = _placed(f"A wash of {shade_name(colour)}", region, "over")
    return Edit("wash", region, sentence, float(np.hypot(*apart[1:])) * study.weight(region, "palette"), make)


def _direction(study: DrawingAnalysis, region: Region) -> Edit | None:
    theirs, ours = (
        np.array([float(region.mean(m.turn_x)), float(region.mean(m.turn_y))]) for m in (study.their_marks, study.ours)
    )
    if np.hypot(*theirs) < 0.15 or np.hypot(*(theirs - ours)) < 0.1:
        return None
    angle = float(np.arctan2(theirs[1], theirs[0]) / 2)
    angles = np.full((1, 1), angle, np.float32)

    def make(picture: Picture, strength: float) -> Picture:
        strokes = RepaintStrokes(0.012, 0.05 + 0.04 * strength, angles, 0.04, 1.2 * strength)
        return filters.repaint(picture, region.mask, picture, strokes)

    promise = float(np.hypot(*(theirs - ours))) * study.weight(region, "texture")
    return Edit("direction", region, _placed(f"Longer strokes {_way(angle)}", region), promise, make)


def _way(angle: float) -> str:
    """How strokes go, from an angle in radians from rightwards towards downwards, -pi / 2 to pi / 2."""
    if abs(angle) < np.pi / 8:
        return "from left to right"
    if abs(angle) > 3 * np.pi / 8:
        return "up and down"
    return "falling to the right" if angle > 0 else "rising to the right"


def _finer(study: DrawingAnalysis, region: Region) -> Edit | None:
    more = study.ratio(region, "fine")
    if more < _LEAST_RATIO:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        strokes = RepaintStrokes(0.005, 0.03, study.angles, 0.05 + 0.03 * strength, 0.6 * strength)
        return filters.repaint(picture, region.mask, picture, strokes)

    promise = more * study.weight(region, "detail")
    return Edit("finer strokes", region, _placed("Finer, livelier strokes", region), promise, make)


def _bolder(study: DrawingAnalysis, region: Region) -> Edit | None:
    more = study.ratio(region, "middling")
    if more < _LEAST_RATIO:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        strokes = RepaintStrokes(0.02, 0.07, study.angles, 0.04 + 0.04 * strength, 0.8 * strength)
        return filters.repaint(picture, region.mask, picture, strokes)

    return Edit(
        "bolder strokes", region, _placed("Bolder strokes", region), more * study.weight(region, "texture"), make
    )


def _calm(study: DrawingAnalysis, region: Region) -> Edit | None:
    less = -study.ratio(region, "fine")
    if less < _LEAST_RATIO:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        return filters.calm(picture, region.at(*picture.shape[:2]), strength)

    return Edit("calm", region, _placed("Calmer surfaces", region), less * study.weight(region, "texture"), make)


def _edges(study: DrawingAnalysis, region: Region) -> Edit | None:
    more = study.ratio(region, "fine") + study.ratio(region, "middling")
    if more < _LEAST_RATIO:
        return None

    def make(picture: Picture, strength: float) -> Picture:
        return filters.sharpen(picture, region.at(*picture.shape[:2]), strength)

    return Edit("edges", region, _placed("Crisper edges", region), more * study.weight(region, "detail"), make)


def _work_out(study: DrawingAnalysis, region: Region) -> Edit | None:
    if _is_spread(region):
        return None
    share = region.share
    missed = Region(region.name, np.asarray(region.mask * np.clip(study.error / 0.08, 0.0, 1.0), np.float32))
    if missed.share < 0.15 * share:
        return None
    # The larger the strokes that are missing, the more of the error is left when it is seen through them.
    side = max(study.error.shape)
    coarse = np.sqrt(np.square(blurred(study.theirs - study.lab, side * _ADDED_WIDTHS[0])).sum(-1))
    width = _ADDED_WIDTHS[0] if region.mean(coarse) > _COARSE * region.mean(study.error) else _ADDED_WIDTHS[1]
    colours = from_oklab(study.theirs)
    area = missed.share * study.error.size / side**2

    def make(picture: Picture, strength: float) -> Picture:
        layers = strength * _ADDED * width * 2.5 * width / area
        strokes = RepaintStrokes(width, 2.5 * width, study.angles, 0.015, layers)
        return filters.repaint(picture, missed.mask, colours, strokes, where=region.mask)

    words = "more strokes" if width == _ADDED_WIDTHS[0] else "small strokes"
    sentence = f"Work out the {region.name or 'forms'} with {words}"
    return Edit("work out", region, sentence, float(region.mean(study.error)) * share**0.5, make)


def _is_spread(region: Region) -> bool:
    """Whether a part is one of tone or colour, which may lie all over the drawing."""
    return region.name.endswith((" areas", " parts"))


def _lay_in(study: DrawingAnalysis, region: Region) -> Edit | None:
    bareness = float(region.mean(study.bare))
    if _is_spread(region) or bareness < (0.45 if region.name else 0.7):
        return None
    # Up to the middle of the part's soft edge it is laid in whole, or a pale seam would be left where the bare ends.
    bare = Region(region.name, np.asarray(np.clip(2.0 * region.mask, 0.0, 1.0) * study.bare, np.float32))
    if bare.share < 0.02:
        return None
    few, names = _big_colours(study.theirs, bare)

    def make(picture: Picture, strength: float) -> Picture:
        width = 0.06 / strength
        strokes = RepaintStrokes(width, 2.0 * width, study.angles, 0.02, 5.0)
        return filters.repaint(picture, bare.mask, few, strokes)

    sentence = _placed("Lay in the big colours", region) + f": {names}"
    return Edit("lay in", bare, sentence, bare.share * bareness, make)


def _big_colours(lab: Plane, region: Region) -> tuple[Picture, str]:
    """A picture in a few flat colours, and the names of those that take most of a part."""
    side = max(lab.shape[:2])
    image = Image.fromarray(images.to_bytes(from_oklab(lab))).filter(ImageFilter.GaussianBlur(side / 40))
    few = images.from_bytes(np.asarray(image.quantize(6).convert("RGB")))
    colours, member = np.unique(few.reshape(-1, 3), axis=0, return_inverse=True)
    shares = np.bincount(member.ravel(), weights=region.mask.ravel().astype(np.float64), minlength=len(colours))
    named: dict[str, float] = {}
    for colour, share in zip(to_oklab(colours.astype(np.float64)), shares, strict=True):
        name = shade_name(colour)
        named[name] = named.get(name, 0.0) + float(share)
    first = sorted(named, key=lambda name: (-named[name], name))[:2]
    return few, " and ".join(first)


def _clear(study: DrawingAnalysis, region: Region) -> Edit | None:
    if not region.name or _is_spread(region) or region.mean(study.stray) < 0.15:
        return None
    spots = Region(region.name, np.asarray(region.mask * np.clip(1.5 * study.stray, 0, 1), np.float32))
    colour = np.asarray(spots.mean(study.theirs))

    def make(picture: Picture, strength: float) -> Picture:
        return filters.cover(picture, spots.at(*picture.shape[:2]), colour, 0.85 * strength)

    sentence = _placed("Paint over what stands", region) + f" with plain {shade_name(colour)}"
    return Edit("clear", spots, sentence, study.weight(spots, "composition"), make)
