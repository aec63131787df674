"""What there is to say about each facet, as numbers that app.judging.explanation.sentences makes sentences of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.judging.assessment import Heat
from app.judging.explanation import sentences
from app.judging.explanation.sentences import CompositionNote, DetailNote, Note, PaletteNote, TextureNote
from app.judging.features.extractor import CELLS, Description

#: float32 cells h x w x C, in any range.
Array = NDArray[np.float32]

#: Chroma as stretched in a description, over Oklab's own; and the direction of warmth among its two axes.
_CHROMA = 1.5
_WARM = np.array([0.45, 0.9], np.float32)
#: Octaves between two neighbouring bands of detail; strengths below this are no strokes.
_FAINT = 0.002
#: How clear a direction must be, of 1, to be spoken of.
_CLEAR = 0.25


def notes(first: Description, second: Description, heats: Mapping[str, Heat]) -> dict[str, Note]:
    """Return a note for each facet: how the first picture departs from the second where the heat is."""
    return {
        "palette": _palette(first, second, heats["palette"]),
        "composition": _composition(first, second, heats["composition"]),
        "texture": _texture(first, second, heats["texture"]),
        "detail": _detail(first, second, heats["detail"]),
    }


def _mean(values: Array, heat: Heat) -> Array:
    """The mean over places, [c], the hot ones counting most."""
    weight = heat + 0.05
    return np.asarray((values * weight[..., None]).sum((0, 1)) / weight.sum(), np.float32)


def _palette(first: Description, second: Description, heat: Heat) -> PaletteNote:
    mine, its = first.layout, second.layout
    lightness, *chroma = _mean(mine - its, heat)
    colourful = [np.hypot(each[..., 1:2], each[..., 2:3]) for each in (mine, its)]
    return PaletteNote(
        lighter=float(lightness),
        warmer=float(np.dot(chroma, _WARM)) / _CHROMA,
        more_colourful=float(_mean(colourful[0] - colourful[1], heat)[0]) / _CHROMA,
        where=sentences.place_of(heat),
    )


def _composition(first: Description, second: Description, heat: Heat) -> CompositionNote:
    strength = [_mean(each.bands, heat)[-1] for each in (first, second)]
    emptier = float((strength[1] - strength[0]) / (strength[0] + strength[1] + _FAINT))
    lighter = float(_mean(first.layout - second.layout, heat)[0])
    return CompositionNote(where=sentences.place_of(heat), emptier=emptier, lighter=lighter)


def _texture(first: Description, second: Description, heat: Heat) -> TextureNote:
    bands = [_mean(each.bands, heat) + _FAINT for each in (first, second)]
    # Bands are an octave apart: the centre of gravity tells how wide strokes are.
    widths = [float(np.dot(each, np.arange(len(each))) / each.sum()) for each in bands]
    stronger = float(np.log2(bands[0].sum() / bands[1].sum()))
    wide = heat.reshape(CELLS // 2, 2, CELLS // 2, 2).mean((1, 3), dtype=np.float32)
    ways = [_way(_mean(each.turns, wide)) for each in (first, second)]
    is_clear = all(way is not None for way in ways)
    turned = 0.0
    run: tuple[float, float] | None = None
    if is_clear:
        run = (float(ways[0] or 0.0), float(ways[1] or 0.0))
        turned = abs((run[0] - run[1] + 90.0) % 180.0 - 90.0)
    # Centres of gravity of three bands move less than the strokes' widths do.
    return TextureNote(
        coarser=2.0 * (widths[0] - widths[1]),
        stronger=stronger,
        turned_deg=turned,
        where=sentences.place_of(heat),
        run_deg=run,
    )


def _way(turn: Array) -> float | None:
    """How strokes run, in degrees, 0 across and 90 up and down; None where there is no clear way."""
    across, aslant, strength = (float(each) for each in turn)
    if strength <= 1e-6 or np.hypot(across, aslant) < _CLEAR * strength:
        return None
    # The tensor's angle is that of the steepest change, in rows that grow downwards; strokes run square to it.
    steepest = np.rad2deg(0.5 * np.arctan2(aslant, across))
    return float((90.0 - steepest) % 180.0)


def _detail(first: Description, second: Description, heat: Heat) -> DetailNote:
    fine = [float(_mean(each.bands, heat)[0]) + _FAINT for each in (first, second)]
    apart = np.square(first.forms["relu3_1"] - second.forms["relu3_1"]).sum(-1).mean() / 2
    return DetailNote(
        finer=float(np.log2(fine[0] / fine[1])), noisy=float(min(apart, 1.0)), where=sentences.place_of(heat)
    )
