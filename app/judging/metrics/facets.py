"""Palette, composition, texture, detail: how far two described pictures are apart in each, and where.

A distance is 0 for the same picture and about 1 for pictures that have nothing to do with each other, once each of its
parts is divided by its usual size (see app.judging.metrics.calibration).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.judging.assessment import Heat
from app.judging.features.extractor import CELLS, FORM_TAPS, MANNER_TAPS, TEXTURE_TAPS, Description

#: The parts that each facet's distance is the mean of.
PARTS: Mapping[str, tuple[str, ...]] = {
    "palette": ("colours", "colours in windows", "colours in quarters", "layout", "hues"),
    "composition": ("light", "broad light", "embedding", "relu5_1"),
    "texture": (
        *(f"texture {tap}" for tap in TEXTURE_TAPS),
        *(f"{when} manner" for when in MANNER_TAPS),
        "vector",
        "bands",
        "turns",
    ),
    "detail": ("relu3_1", "relu4_1", "relu4_2"),
}

#: What the eye does not see of bands of detail, of turns, of chroma squared, and of light and dark in all.
_FAINT_BAND, _FAINT_TURN, _FAINT_CHROMA, _FAINT_LIGHT = 0.004, 1e-5, 0.0008, 0.02

#: How many times the usual distance of unrelated pictures a place must be apart to be as hot as can be.
_HOTTEST = 1.5

Distances = dict[str, float]


def distances(first: Description, second: Description) -> Distances:
    """Return all parts' distances of two descriptions, by name; symmetric, 0 for the same."""
    found = {
        "colours": _spread(first.whole, second.whole),
        "colours in windows": _spread(first.windows, second.windows),
        "colours in quarters": _apart(_halved(_halved(first.layout)), _halved(_halved(second.layout))),
        "hues": _hues_apart(first.layout, second.layout),
        "layout": _apart(_halved(first.layout), _halved(second.layout)),
        "light": _light_apart(first.layout[..., 0], second.layout[..., 0]),
        "broad light": _light_apart(_halved(first.layout)[..., 0], _halved(second.layout)[..., 0]),
        "embedding": float(1 - _cosines(first.cells, second.cells)),
        "vector": float(1 - _cosines(first.vector, second.vector)),
        "bands": float(_relative(first.bands, second.bands, _FAINT_BAND).mean()),
        "turns": float(_turned(first.turns, second.turns).mean()),
    }
    for tap in TEXTURE_TAPS:
        found[f"texture {tap}"] = float(_unlike(first.texture[tap], second.texture[tap]).mean())
    for when, taps in MANNER_TAPS.items():
        unlike = [_unlike(first.manner[tap], second.manner[tap]) for tap in taps]
        found[f"{when} manner"] = float(np.mean(unlike))
    for tap in FORM_TAPS:
        found[tap] = float(_form(first, second, tap).mean())
    return found


def heats(first: Description, second: Description, usual: Mapping[str, float]) -> dict[str, Heat]:
    """Return where two pictures are apart, by facet: float32 [16, 16] in [0, 1]; `usual` are the parts' usual sizes."""
    colour = np.sqrt(np.square(first.layout - second.layout).sum(-1)) / usual["layout"]
    cells = 1 - _cosines_of_places(first.cells, second.cells)
    forms = {tap: _grid(_form(first, second, tap)) / usual[tap] for tap in ("relu3_1", "relu4_1", "relu5_1")}
    bands = _relative(first.bands, second.bands, _FAINT_BAND).mean(-1) / usual["bands"]
    turns = _grid(_turned(first.turns, second.turns)) / usual["turns"]
    raw = {
        "palette": colour,
        "composition": (_grid(cells) / usual["embedding"] + forms["relu5_1"]) / 2,
        "texture": (bands + turns) / 2,
        "detail": (forms["relu3_1"] + forms["relu4_1"]) / 2,
    }
    return {name: np.asarray(np.clip(values / _HOTTEST, 0.0, 1.0), np.float32) for name, values in raw.items()}


def _spread(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """The sliced Wasserstein distance (Bonneel et al. 2015) of colours sorted along the same directions."""
    return float(np.abs(first - second).mean())


def _apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.square(first - second).sum(-1)).mean())


def _hues_apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """How far hues are turned, place by place: one less the cosine of the angle, by how colourful both are there."""
    both = np.hypot(first[..., 1], first[..., 2]) * np.hypot(second[..., 1], second[..., 2])
    alike = (first[..., 1:] * second[..., 1:]).sum(-1)
    return float(np.maximum(both - alike, 0.0).sum() / (both.sum() + _FAINT_CHROMA * both.size))


def _light_apart(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """How differently light and dark are laid out, whatever the contrast and the colours: one less the correlation."""
    mine, its = first - first.mean(), second - second.mean()
    powers = [float(np.square(each).sum()) + _FAINT_LIGHT for each in (mine, its)]
    return 1 - (float((mine * its).sum()) + _FAINT_LIGHT) / float(np.sqrt(powers[0] * powers[1]))


def _halved(values: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width, channels = values.shape
    return values.reshape(height // 2, 2, width // 2, 2, channels).mean((1, 3), dtype=np.float32)


def _cosines(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    power = float(np.square(first).sum()) * float(np.square(second).sum())
    return float((first * second).sum() / np.sqrt(power)) if power > 0 else 0.0


def _cosines_of_places(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    power = np.square(first).sum(-1) * np.square(second).sum(-1)
    return np.asarray((first * second).sum(-1) / np.sqrt(power + 1e-9), np.float32)


def _relative(first: NDArray[np.float32], second: NDArray[np.float32], faint: float) -> NDArray[np.float32]:
    return np.abs(first - second) / (first + second + np.float32(faint))


def _turned(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """How differently directed and how differently strong two fields of structure are, [8, 8]."""
    apart = np.hypot(first[..., 0] - second[..., 0], first[..., 1] - second[..., 1])
    stronger = np.abs(first[..., 2] - second[..., 2])
    return np.asarray((apart + stronger) / (first[..., 2] + second[..., 2] + _FAINT_TURN), np.float32)


def _unlike(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared difference of statistics over their squared sum, window by window."""
    return np.asarray(
        np.square(first - second).sum(-1) / (np.square(first + second).sum(-1) + 1e-3),
        np.float32,
    )


def _form(first: Description, second: Description, tap: str) -> NDArray[np.float32]:
    return np.asarray(np.square(first.forms[tap] - second.forms[tap]).sum(-1), np.float32)


def _grid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values [h, w] on the 16 x 16 grid: averaged where there are more, repeated where there are fewer."""
    rows, columns = ((np.arange(CELLS + 1) * side / CELLS) for side in values.shape)
    low = [np.floor(edge[:-1] + 1e-9).astype(int) for edge in (rows, columns)]
    high = [
        np.maximum(np.ceil(edge[1:] - 1e-9).astype(int), a + 1) for edge, a in zip((rows, columns), low, strict=True)
    ]
    return np.asarray(
        [
            [values[a:b, c:d].mean() for c, d in zip(low[1], high[1], strict=True)]
            for a, b in zip(low[0], high[0], strict=True)
        ],
        np.float32,
    )
