"""Makes docs/judging.md and its pictures: ``python -m app.bench.report_judging --figures FIGURES.json``.

FIGURES.json is what `bench grade --json` printed; table and charts come from it. The example is painted by our own
networks and the auto-painter, of our own deck.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app import images, places
from app.bench import table
from app.bench.judge import judging_page, judging_plots
from app.bench.judge.judging_page import Example
from app.bench.progress import tell
from app.bench.report_rivals import NETWORKS, dealt
from app.bench.sheets import Sheet, SheetRow, draw_sheet, to_jpeg
from app.errors import PasticheError, UsageError
from app.game import demonstration
from app.game.deck import Deal
from app.images import Picture
from app.judging.assessment import FACETS, Assessment, Heat, Suggestion
from app.judging.coaching import search
from app.judging.explanation import sentences
from app.judging.judge import Judge
from app.networks import runtime
from app.rivals.registry import hire
from app.rivals.request import RivalRequest

#: Of our deck, by file.
DEAL = ("harbour", "gale")
TITLES = {"magenta": "Magenta", "classic": "Classic"}
SIZE_PX, STROKES = 384, 800
#: What a heat map is drawn in.
_GLOW = np.array([0xD9, 0xA2, 0x3B], np.float32) / 255


def make(page: Path, figures: Mapping[str, Any], *, size: int = SIZE_PX, strokes: int = STROKES) -> None:
    """Write the page and, in `images` beside it, its pictures. Raises SaveError, NetworkError, UsageError.

    `figures` are those of `bench grade`, all parts of them that the charts are to show.
    """
    if "judges" not in figures:
        raise UsageError("The figures are not those of `bench grade --json`: they compare nobody.")
    tell("The charts")
    charts = judging_plots.charts(figures)
    for name, chart in charts.items():
        images.write_bytes(page.parent / "images" / f"judging-{name}.png", chart)
    sheet, example = shown(dealt(DEAL), size=size, strokes=strokes)
    images.write_bytes(page.parent / "images" / "judging-example.jpg", to_jpeg(sheet))
    has_reconstructions = (page.parent / "images" / "judging-reconstructions.jpg").is_file()
    text = judging_page.text(figures, example, tuple(charts), has_reconstructions=has_reconstructions)
    images.write_bytes(page, text.encode())


def shown(deal: Deal, *, size: int, strokes: int) -> tuple[Sheet, Example]:
    """Paint a deal, let the judge say everything about it, and draw that."""
    runtime.tensorflow()
    content, style = deal.content_picture, deal.style_picture
    tell(f"The auto-painter draws {deal.content.title} after {deal.style.title}")
    drawing = demonstration.draw(deal, strokes=strokes, size=size, seed=1)
    rivals: dict[str, Picture] = {}
    for rival, title in TITLES.items():
        tell(f"{title} paints it")
        rivals[title] = hire(rival, network=NETWORKS[rival]).paint(content, style, RivalRequest(size=size))
    tell("The judge looks at it")
    deal_judge = Judge.load().hear(content, style)
    assessments = {
        title: deal_judge.assessment(drawing, picture, titles=(sentences.DRAWING, title))
        for title, picture in rivals.items()
    }
    suggestions = search.advise(deal_judge, drawing, rivals)
    example = Example(
        (deal.content.title, deal.style.title),
        strokes,
        assessments,
        suggestions,
        {title: sentences.said(assessment, title) for title, assessment in assessments.items()},
    )
    return _sheet(deal, drawing, rivals, assessments, suggestions), example


def _sheet(
    deal: Deal,
    drawing: Picture,
    rivals: Mapping[str, Picture],
    assessments: Mapping[str, Assessment],
    suggestions: Sequence[Suggestion],
) -> Sheet:
    rows = [
        SheetRow(
            [deal.content_picture, deal.style_picture, drawing, *rivals.values()],
            captions=("photograph", "painting", "drawing", *rivals),
        )
    ]
    for title, assessment in assessments.items():
        rows.append(
            SheetRow(
                [glowing(drawing, assessment.facets[name].heat) for name in FACETS],
                f"Where the drawing departs from {title}'s picture: {assessment.grade:.1f}",
                [f"{name} {assessment.facets[name].grade:.1f}" for name in FACETS],
            )
        )
    if suggestions:
        rows.append(
            SheetRow(
                [each.preview for each in suggestions],
                "What is suggested, tried on the drawing",
                [f"about +{each.gain:.1f}" for each in suggestions],
            )
        )
    return draw_sheet(rows)


def glowing(picture: Picture, heat: Heat) -> Picture:
    """Lay a heat map, float32 [h, w] in [0, 1], over a picture's greys: the further, the brighter."""
    height, width = picture.shape[:2]
    glow = images.resize(heat[..., None], height=height, width=width) ** 1.5
    grey = 0.05 + 0.38 * picture.mean(-1, keepdims=True)
    return np.clip(grey * (1 - 0.5 * glow) + 0.75 * glow * _GLOW, 0, 1).astype(np.float32)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the page as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, required=True, help="what `python3 main.py bench grade --json` printed")
    parser.add_argument("--out", type=Path, default=places.root() / "docs" / "judging.md", help="the page to write")
    args = parser.parse_args(arguments)
    begun_s = time.perf_counter()
    make(args.out, table.read(args.figures))
    tell(f"{args.out} is made, in {time.perf_counter() - begun_s:.0f} s.")


if __name__ == "__main__":
    try:
        main()
    except PasticheError as failure:
        sys.exit(str(failure))
