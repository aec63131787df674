"""What the judge has to say about two pictures. Data only: judging makes it, game keeps it, the doors show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

#: The aspects under which two pictures are compared, in the order in which they are shown.
FACETS = ("palette", "composition", "texture", "detail")

#: What a deal brings along to compare with: a canvas of one colour, the bare photograph, the painting itself.
ANCHORS = ("blank", "photograph", "painting")

#: float32 h x w in [0, 1]: 1 where two pictures differ most, in any size.
Heat = NDArray[np.float32]


@dataclass(frozen=True)
class Facet:
    """One aspect of a comparison.

    Attributes:
        grade: 0 to 10.
        sentence: one plain sentence about where and how the first picture departs from the second.
        heat: where it departs, float32 [h, w] over the first picture, 0 (as the second has it) to 1; coarser than it.
    """

    grade: float
    sentence: str
    heat: Heat


@dataclass(frozen=True)
class Assessment:
    """What there is to say about a first picture (a drawing) set against a second (a rival's).

    Attributes:
        grade: 0 to 10; 10 for the same picture only. The order of the two does not matter.
        band: the same drawing, a little shifted, scaled or encoded anew, is graded within `grade` +- `band`; 0 for 10.
        facets: by the names of FACETS.
        anchors: by the names of ANCHORS, the grades that these would get against the second picture.
        second opinion: 0 to 10, by measures that have nothing to do with the judge's own.
        copied: by "photograph" and "painting", the share, 0 to 1, of the first picture that is a copy of it.
        turned: "placed" where it would come much nearer if it were mirrored or turned upside down, "coloured" if its
            colours were; else "".
    """

    grade: float
    band: float
    facets: Mapping[str, Facet] = field(default_factory=dict)
    anchors: Mapping[str, float] = field(default_factory=dict)
    second_grade: float | None = None
    copied: Mapping[str, float] = field(default_factory=dict)
    turned: str = ""


@dataclass(frozen=True)
class Suggestion:
    """A change that was tried on a drawing and graded.

    Attributes:
        sentence: what to do and where, in a few words: "Warmer sky".
        gain: by how much it raises the mean of the drawing's grades against the rivals; more than 0.
        grades: those grades after the change, by the rivals' names.
        preview: the drawing with the change, float32 H x W x 3, RGB, sRGB, [0, 1], at most 512 px on a side.
        box: where it changes most, (left, top, right, bottom) as shares of width and height, 0 to 1.
    """

    sentence: str
    gain: float
    grades: Mapping[str, float]
    preview: NDArray[np.float32]
    box: tuple[float, float, float, float]
