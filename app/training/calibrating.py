"""Fits the judge's calibration: ``python -m app.training.calibrating --pictures DIR [--deals 24] [--cache FILE]``.

How large each part of a distance usually is, and the curves from likeness to grade, are learnt from deals that a
teacher painted (app.training.teacher_pictures), from imitations of those pictures with few and many strokes, from what
has nothing to do with them, and from the same pictures halved and enlarged. The result goes into the autoencoder's
checkpoint.
To be run again whenever its weights are others.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import images
from app.judging.assessment import FACETS
from app.judging.features import views
from app.judging.features.extractor import Description, FeatureExtractor
from app.judging.judge import CHECKPOINT, KEY
from app.judging.metrics import facets, scoring
from app.judging.metrics.calibration import TOP_GRADE, Calibration, fit_calibration
from app.judging.metrics.facets import PARTS, Distances
from app.judging.metrics.scoring import Scoring
from app.networks import checkpoints
from app.training.teacher_pictures import TeacherPictures, read_deals

Array = NDArray[np.float32]

#: RepaintStrokes of imitations, painted by the game's auto-painter.
STROKES = (50, 200, 800, 3200)

#: The grade that the middle one of a kind gets. Between kinds the curve is straight.
WANTED = {
    "unrelated": 0.5,
    "50 strokes": 2.8,
    "200 strokes": 5.0,
    "800 strokes": 7.1,
    "3200 strokes": 8.9,
    "halved": 9.86,
}
_MIDDLING = "200 strokes"
_LOWER = 0.15

#: Likenesses lie above this, and curves begin here.
_LOWEST = -0.8
_LEAST = 1e-6


@dataclass(frozen=True)
class ComparedPicture:
    """A picture set beside a rival's: its kind, how far apart they are, and what the deal brings along."""

    kind: str
    distances: Distances
    floor: tuple[Distances, ...]
    breadth: Distances


def imitations(deals: TeacherPictures, rows: NDArray[np.int64], *, cache: Path | None) -> NDArray[np.uint8]:
    """Return imitations of the rivals' pictures, uint8 [rows, STROKES, 384, 384, 3]; kept in ``cache``."""
    from app.painting import autopainter

    if cache is not None and cache.exists():
        kept = np.load(cache)
        if kept["rows"].tolist() == rows.tolist() and kept["strokes"].tolist() == list(STROKES):
            return np.asarray(kept["pictures"], np.uint8)
    made: list[list[NDArray[np.uint8]]] = []
    for number, row in enumerate(rows):
        picture = images.from_bytes(np.asarray(deals.painted[row]))
        attempts = [autopainter.paint(picture, strokes=count, seed=int(row)).picture() for count in STROKES]
        made.append([images.to_bytes(each) for each in attempts])
        print(f"imitated {number + 1}/{len(rows)}", flush=True)
    pictures = np.asarray(made, np.uint8)
    if cache is not None:
        np.savez(cache, rows=rows, strokes=STROKES, pictures=pictures)
    return pictures


def compare(
    extractor: FeatureExtractor, deals: TeacherPictures, rows: NDArray[np.int64], made: NDArray[np.uint8]
) -> list[ComparedPicture]:
    """Return what is set beside the rivals' pictures: imitations, what is unrelated, they themselves halved."""
    painted = [images.from_bytes(np.asarray(deals.painted[row])) for row in rows]
    shape = views.shape_of(painted[0])

    def see(picture: Array) -> Description:
        return extractor.describe(views.view(picture, shape))

    seen = [see(each) for each in painted]
    paper = see(np.ones_like(painted[0]))
    found: list[ComparedPicture] = []
    for number, row in enumerate(rows):
        content, style = (images.from_bytes(np.asarray(each[row])) for each in (deals.contents, deals.styles))
        painting = views.view(style, shape)
        anchors = [paper, see(content), extractor.describe(painting)]
        breadth = facets.distances(extractor.describe(views.wiped(painting)), anchors[-1])
        own = tuple(facets.distances(each, seen[number]) for each in anchors)
        others = [
            *((f"{n} strokes", see(images.from_bytes(each))) for n, each in zip(STROKES, made[number], strict=True)),
            *(("unrelated", seen[(number + away) % len(rows)]) for away in (1, 2, 3)),
            ("halved", extractor.describe(_halved(views.view(painted[number], shape)))),
        ]
        for kind, other in others:
            its = tuple(facets.distances(each, other) for each in anchors)
            # The lower floor of the two counts: that of the picture which is farther from the anchors.
            floor = max(own, its, key=lambda each: sum(sum(parts.values()) for parts in each))
            found.append(ComparedPicture(kind, facets.distances(other, seen[number]), floor, breadth))
        print(f"compared {number + 1}/{len(rows)}", flush=True)
    return found


def _halved(view: Array) -> Array:
    """The same picture, halved and enlarged again: hardly another for the eye."""
    height, width = view.shape[:2]
    return images.resize(images.resize(view, height=height // 2, width=width // 2), height=height, width=width)


def fit(found: list[ComparedPicture]) -> Scoring:
    """Fit the calibration to what was set beside the rivals' pictures."""
    unrelated = [each.distances for each in found if each.kind == "unrelated"]
    parts = [part for each in PARTS.values() for part in each]
    usual = {part: max(float(np.mean([each[part] for each in unrelated])), _LEAST) for part in parts}
    flat = Calibration((_LOWEST, 1.0), (0.0, TOP_GRADE))
    draft = Scoring(usual, 0.0, (0.0, 0.0), 0.0, flat, dict.fromkeys(FACETS, flat))

    def alike(distances: Distances) -> float:
        return scoring.likeness(draft.departures(distances))

    kinds = np.array([each.kind for each in found])
    floors = np.array([scoring.floor_of([alike(parts) for parts in each.floor]) for each in found])
    breadths = np.array([alike(each.breadth) for each in found])
    shares = np.array(
        [scoring.relative(alike(each.distances), floor) for each, floor in zip(found, floors, strict=True)]
    )
    is_middling = kinds == _MIDDLING
    slope, intercept = np.polyfit(breadths[is_middling], shares[is_middling], 1)
    middling = float(shares[is_middling].mean())
    draft = Scoring(usual, float(floors.mean()), (float(intercept), float(slope)), middling, flat, draft.curves)
    evened = np.array([draft.evened(share, breadth) for share, breadth in zip(shares, breadths, strict=True)])
    departures = [draft.departures(each.distances) for each in found]
    return replace(
        draft,
        curve=_curve(kinds, evened, lowest=_LOWEST),
        curves={
            facet: _curve(kinds, np.array([scoring.facet_likeness(each[facet]) for each in departures]))
            for facet in FACETS
        },
    )


def _curve(kinds: NDArray[np.str_], likenesses: NDArray[np.float64], *, lowest: float = 0.0) -> Calibration:
    """The curve through the middle ones of each kind; of what must not cost anything, through the lower ones."""
    middles = [np.quantile(likenesses[kinds == kind], _LOWER if kind == "halved" else 0.5) for kind in WANTED]
    return fit_calibration(np.array(middles), np.array(list(WANTED.values())), knots=len(WANTED), lowest=lowest)


def main(arguments: list[str] | None = None) -> None:
    """Fit the calibration and put it into the checkpoint."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--deals", type=int, default=24, help="how many deals (default: 24)")
    parser.add_argument("--cache", type=Path, help="file that keeps the imitations, for the next time")
    args = parser.parse_args(arguments)
    deals = read_deals(args.pictures)
    rows = np.linspace(0, len(deals) - 1, min(args.deals, len(deals))).astype(np.int64)
    found = compare(FeatureExtractor.load(), deals, rows, imitations(deals, rows, cache=args.cache))
    scale = fit(found)
    checkpoints.put_metadata(checkpoints.path_of(CHECKPOINT), KEY, scale.to_text())
    curve: dict[str, Any] = scale.curve.to_record()
    print(f"Calibrated on {len(rows)} deals and {len(found)} pictures: {curve}", flush=True)


if __name__ == "__main__":
    main()
