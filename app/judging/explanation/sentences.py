"""What the judge says, in plain sentences: one for each facet from its numbers, and remarks on the whole.

Data in, text out: every number, even none (NaN), yields a sentence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.judging.assessment import Assessment

#: From these grades on a facet is praised: nearly as the other has it, and well met.
NEARLY_SAME, GOOD = 9.0, 7.5

#: From this share of a picture on a copy is named.
NAMED_SHARE = 0.1

#: A wider error band than this is said.
WIDE_BAND = 0.4

#: What a player's drawing is called; it is spoken of as "you".
DRAWING = "Your drawing"

EVERYWHERE = "all over"

#: By `Assessment.turned`: what is said, of a `_Pair`.
_TURNED = {
    "placed": "Mirrored or turned round, {0.it} would be much nearer to {0.others}, which lowers the grade.",
    "coloured": "With its colours swapped, {0.it} would be much nearer to {0.others}, which lowers the grade.",
}

# What counts as a slight, a plain and a great difference.
_LIGHTER = (0.02, 0.05, 0.14)  # Oklab
_WARMER = (0.012, 0.03, 0.08)
_COLOURFUL = (0.012, 0.03, 0.08)
_OCTAVES = (0.2, 0.45, 1.2)
_TURNED_DEG = 25.0
_ACROSS_DEG = 60.0
_EMPTIER = 0.2
_NOISY = 0.4
# A place is named where it departs by so much more than the rest.
_APART = 0.3


@dataclass(frozen=True)
class PaletteNote:
    """How a first picture's colours differ from a second's, in Oklab, first less second.

    Attributes:
        lighter: of lightness 0..1; above 0 where the first is lighter.
        warmer: towards yellow and red, about -0.3..0.3.
        more_colourful: of chroma, about -0.3..0.3.
        where: it departs most, a result of `place_of`.
    """

    lighter: float
    warmer: float
    more_colourful: float
    where: str = EVERYWHERE


@dataclass(frozen=True)
class CompositionNote:
    """How a first picture's large forms differ from a second's: where light and dark lie, and how they stand out.

    Attributes:
        where: they depart most, a result of `place_of`.
        emptier: how much less they stand out there in the first, -1..1: 1 where it has nothing and the second has
            much; below 0 where they stand out more.
        lighter: how much lighter those forms are in the first, Oklab -1..1.
    """

    where: str = EVERYWHERE
    emptier: float = 0.0
    lighter: float = 0.0


@dataclass(frozen=True)
class TextureNote:
    """How a first picture's strokes differ from a second's.

    Attributes:
        coarser: by how many octaves they are wider: 1 is twice as wide, -1 half as wide.
        stronger: by how many octaves they stand out more from their ground.
        turned_deg: by how much they run another way, 0..90.
        where: they depart most, a result of `place_of`.
        run_deg: how the first's strokes run there and how the second's: 0 is across, 45 rises to the right, 90 is up
            and down; None where either has no clear way.
    """

    coarser: float
    stronger: float
    turned_deg: float
    where: str = EVERYWHERE
    run_deg: tuple[float, float] | None = None


@dataclass(frozen=True)
class DetailNote:
    """How a first picture's fine detail differs from a second's.

    Attributes:
        finer: by how many octaves the first has more of it; below 0 where it is softer.
        noisy: 0..1, the part of the first's detail that has nothing to do with the second's.
        where: it departs most, a result of `place_of`.
    """

    finer: float
    noisy: float
    where: str = EVERYWHERE


Note = PaletteNote | CompositionNote | TextureNote | DetailNote


def sentence(note: Note, grade: float, *, first: str = DRAWING, second: str = "Magenta") -> str:
    """Say in one plain sentence what a facet's numbers mean. Above GOOD it is praise, below it names the main reason.

    Args:
        note: the facet's numbers.
        grade: the facet's grade, 0 to 10.
        first: title of the picture that is spoken of, "Your drawing" or a rival's.
        second: title of the picture that it is set against.
    """
    pair = _Pair(first, second)
    match note:
        case PaletteNote():
            said = _of_palette(note, grade, pair)
        case CompositionNote():
            said = _of_composition(note, grade, pair)
        case TextureNote():
            said = _of_texture(note, grade, pair)
        case DetailNote():
            said = _of_detail(note, grade, pair)
    return f"{said[:1].upper()}{said[1:]}."


def place_of(heat: NDArray[Any]) -> str:
    """Say where a map [h, w] of numbers of 0 and more is highest: "at the top left", "in the middle" or "all over"."""
    known = np.maximum(np.nan_to_num(np.asarray(heat, np.float64), nan=0.0, posinf=0.0, neginf=0.0), 0.0)
    mean = float(known.mean()) if known.size else 0.0
    if known.ndim != 2 or mean <= 0.0 or min(known.shape) < 2:
        return EVERYWHERE
    down = (np.arange(known.shape[0])[:, None] + 0.5) / known.shape[0]
    right = (np.arange(known.shape[1])[None] + 0.5) / known.shape[1]
    found, most = EVERYWHERE, _APART
    for words, is_there in _places(down, right):
        share = float(is_there.mean())
        if not 0.0 < share < 1.0:
            continue
        inside = float(known[is_there].mean())
        outside = float(known[~is_there].mean())
        # A large place says more than a small one that stands out as much.
        apart = (inside - outside) / mean * math.sqrt(share * (1 - share)) * 2
        if apart > most:
            found, most = words, apart
    return found


def said(assessment: Assessment, rival_title: str) -> list[str]:
    """Return what else a player should know of an assessment on the drawing, set against a rival's picture.

    What is copied, and what `remarks` has to say.
    """
    copies = pasted(assessment.copied)
    return [*([copies] if copies else []), *remarks(assessment, rival_title)]


def pasted(shares: Mapping[str, float], title: str = "") -> str:
    """Say in one sentence what of a drawing is a copy, and how much; "" where nothing is.

    `shares`, 0 to 1, are those of `Assessment.copied`; `title` is what was placed there is called, where that is known.
    """
    named = {source: share for source, share in shares.items() if share >= NAMED_SHARE}
    if not named:
        return ""
    what = " and ".join(f"the {source}" for source in named)
    what = f"{what}, “{title}”" if title and len(named) == 1 else what
    parts = " and ".join(part_of(share).removesuffix(" of") for share in list(named.values())[:-1])
    parts = f"{parts} and {part_of(list(named.values())[-1])}" if parts else part_of(next(iter(named.values())))
    it, covers, does = ("it", "covers", "does") if len(named) == 1 else ("they", "cover", "do")
    return f"You pasted {what}; {it} {covers} {parts} your drawing and {does} not count as painted."


def remarks(assessment: Assessment, rival_title: str, *, first: str = DRAWING) -> list[str]:
    """Return what else is to be known of an assessment on the picture `first`, but for what is copied.

    Sentences on a picture that is turned, on a wide error band and a second opinion that differs, where there is such.
    """
    told = [_TURNED[assessment.turned].format(_Pair(first, rival_title))] if assessment.turned in _TURNED else []
    if _known(assessment.band) >= WIDE_BAND:
        told.append(
            "Moved a pixel or saved anew, the same drawing may get "
            f"{assessment.band:.1f} more or less: take it loosely."
        )
    if first == DRAWING and assessment.second_grade is not None and does_disagree(assessment):
        higher = "higher" if assessment.second_grade > assessment.grade else "lower"
        told.append(
            f"A second opinion, by other measures, puts it {higher} against {rival_title}, "
            f"at {assessment.second_grade:.1f}: "
            "it disagrees with the grade."
        )
    return told


def does_disagree(assessment: Assessment) -> bool:
    """Whether the second opinion is further from the grade than sincere pairs show.

    Never where something is copied: the second opinion does not look for that, and so says nothing about it.
    """
    from app.judging.metrics import second_opinion

    is_copied = any(_known(share) >= NAMED_SHARE for share in assessment.copied.values())
    return (
        assessment.second_grade is not None
        and not is_copied
        and _known(abs(assessment.grade - assessment.second_grade)) > second_opinion.MARGIN
    )


def part_of(share: float) -> str:
    """Say a share, 0 to 1, to the nearest twentieth: "all of", "about 80 % of", "a little of"."""
    percent = 5 * round(20 * min(max(_known(share), 0.0), 1.0))
    if percent >= 100:
        return "all of"
    return f"about {percent} % of" if percent >= 5 else "a little of"


class _Pair:
    """Two titles, as sentences use them."""

    def __init__(self, first: str, second: str) -> None:
        is_yours = first == DRAWING
        self.whose = "your" if is_yours else f"{first}'s"
        self.who = "you" if is_yours else first
        self.it = "your drawing" if is_yours else f"{first}'s picture"
        self.whom, self.others = second, f"{second}'s"
        self.have = "have" if is_yours else "has"


def _of_palette(note: PaletteNote, grade: float, pair: _Pair) -> str:
    ways = (
        (note.lighter, _LIGHTER, "lighter", "darker"),
        (note.warmer, _WARMER, "warmer", "cooler"),
        (note.more_colourful, _COLOURFUL, "stronger", "paler"),
    )
    felt = sorted(
        ((abs(_known(by)) / steps[1], more if by > 0 else less, _degree(by, steps)) for by, steps, more, less in ways),
        reverse=True,
    )
    (size, word, degree), (next_size, next_word, _) = felt[:2]
    if grade >= NEARLY_SAME:
        return f"{pair.whose} colours are very nearly {pair.others}{_only_at(note.where)}"
    if grade >= GOOD:
        rest = f", only a little {word}{_at(note.where)}" if degree is not None else ""
        return f"{pair.whose} colours are close to {pair.others}{rest}"
    if degree is None:
        return f"{pair.whose} colours are mixed differently from {pair.others}{_most_at(note.where)}"
    both = f"{word} and {next_word}" if next_size >= 1.0 and next_size > 0.6 * size else word
    return f"{pair.whose} colours are {degree}{both} than {pair.others}{_most_at(note.where)}"


def _of_composition(note: CompositionNote, grade: float, pair: _Pair) -> str:
    emptier, lighter = _known(note.emptier), _known(note.lighter)
    if grade >= NEARLY_SAME:
        return f"light and dark lie just where {pair.whom} has them{_only_at(note.where)}"
    if grade >= GOOD:
        return f"light and dark lie where {pair.whom} has them{_but_at(note.where)}"
    if emptier >= _EMPTIER:
        return f"{pair.whose} big shapes stand out less than {pair.others}{_most_at(note.where)}"
    if emptier <= -_EMPTIER:
        return f"{pair.whose} big shapes stand out more than {pair.others}{_most_at(note.where)}"
    if abs(lighter) >= _LIGHTER[1]:
        word = "lighter" if lighter > 0 else "darker"
        return f"{pair.whose} big shapes are {word} than {pair.others}{_most_at(note.where)}"
    return f"light and dark lie elsewhere than {pair.others}{_most_at(note.where)}"


def _of_texture(note: TextureNote, grade: float, pair: _Pair) -> str:
    coarser, stronger, turned = _known(note.coarser), _known(note.stronger), abs(_known(note.turned_deg))
    if grade >= NEARLY_SAME:
        return f"{pair.whose} strokes are very nearly {pair.others}{_only_at(note.where)}"
    felt = [
        (abs(coarser) / _OCTAVES[1], "width"),
        (abs(stronger) / _OCTAVES[1], "strength"),
        (turned / _TURNED_DEG, "way"),
    ]
    size, reason = max(felt)
    width, strength = "broader" if coarser > 0 else "finer", "bolder" if stronger > 0 else "fainter"
    if grade >= GOOD:
        rest = {"width": f", only a little {width}", "strength": f", only a little {strength}", "way": ""}[reason]
        rest = f"{rest}{_at(note.where)}" if rest and size > _OCTAVES[0] / _OCTAVES[1] else ""
        return f"{pair.whose} strokes are much like {pair.others}{rest}"
    if size < 1.0:
        return f"{pair.whose} strokes have a different feel from {pair.others}{_most_at(note.where)}"
    if reason == "way":
        return _turned(note, turned, pair)
    by, word = (coarser, width) if reason == "width" else (stronger, strength)
    return f"{pair.whose} strokes are {_degree(by, _OCTAVES) or ''}{word} than {pair.others}{_most_at(note.where)}"


def _turned(note: TextureNote, turned_deg: float, pair: _Pair) -> str:
    if note.run_deg is not None and all(math.isfinite(way) for way in note.run_deg):
        ways = [_way(way) for way in note.run_deg]
        if ways[0] != ways[1]:
            return f"{pair.whose} strokes run {ways[0]} where {pair.others} run {ways[1]}{_also_at(note.where)}"
    how = "across" if turned_deg >= _ACROSS_DEG else "aslant to"
    return f"{pair.whose} strokes run {how} {pair.others}{_most_at(note.where)}"


def _of_detail(note: DetailNote, grade: float, pair: _Pair) -> str:
    finer, noisy = _known(note.finer), _known(note.noisy)
    if grade >= NEARLY_SAME:
        return f"the small things are very nearly {pair.others}{_only_at(note.where)}"
    if grade >= GOOD:
        return f"the small things are much as {pair.whom} has them{_but_at(note.where)}"
    degree = _degree(finer, _OCTAVES)
    if finer < 0 and degree is not None and abs(finer) >= _OCTAVES[1]:
        return f"{pair.who} {pair.have} {degree}less fine detail than {pair.whom}{_most_at(note.where)}"
    if noisy >= _NOISY:
        return f"{pair.who} {pair.have} fine detail that {pair.whom} does without{_most_at(note.where)}"
    if finer > 0 and degree is not None and finer >= _OCTAVES[1]:
        return f"{pair.who} {pair.have} {degree}more fine detail than {pair.whom}{_most_at(note.where)}"
    return f"the small things differ from {pair.others}{_most_at(note.where)}"


def _places(down: NDArray[Any], right: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    """Names of places and whether each spot lies there, the larger first."""
    whole = np.ones(np.broadcast(down, right).shape, bool)
    is_middle = (abs(down - 0.5) < 0.27) & (abs(right - 0.5) < 0.27)
    return [
        ("in the upper half", whole & (down < 0.5)),
        ("in the lower half", whole & (down > 0.5)),
        ("in the left half", whole & (right < 0.5)),
        ("in the right half", whole & (right > 0.5)),
        ("at the top", whole & (down < 0.3)),
        ("at the bottom", whole & (down > 0.7)),
        ("on the left", whole & (right < 0.3)),
        ("on the right", whole & (right > 0.7)),
        ("in the middle", is_middle),
        ("around the middle", ~is_middle),
        ("at the top left", (down < 0.45) & (right < 0.45)),
        ("at the top right", (down < 0.45) & (right > 0.55)),
        ("at the bottom left", (down > 0.55) & (right < 0.45)),
        ("at the bottom right", (down > 0.55) & (right > 0.55)),
    ]


def _known(number: float) -> float:
    """The number, 0 for none."""
    return number if math.isfinite(number) else 0.0


def _degree(by: float, steps: tuple[float, float, float]) -> str | None:
    """How much, as the word before "lighter": None for next to nothing."""
    slight, plain, great = steps
    size = abs(_known(by))
    if size < slight:
        return None
    return "a little " if size < plain else "much " if size >= great else ""


def _way(degrees: float) -> str:
    """How strokes run, of four ways."""
    return ("across", "up to the right", "up and down", "up to the left")[round(degrees % 180 / 45) % 4]


def _at(where: str) -> str:
    return f" {where}"


def _most_at(where: str) -> str:
    return "" if where == EVERYWHERE else f", most of all {where}"


def _also_at(where: str) -> str:
    return f", {where}"


def _but_at(where: str) -> str:
    return "" if where == EVERYWHERE else f", least so {where}"


def _only_at(where: str) -> str:
    return "" if where == EVERYWHERE else f", only {where} a little off"
