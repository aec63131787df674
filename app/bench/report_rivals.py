"""Makes docs/rivals.md and its pictures: ``python -m app.bench.report_rivals [--figures FIGURES.json]``.

The pictures are painted by our own networks, of our own deck. FIGURES.json is what `bench rivals --json` printed; what
is said in numbers comes from it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from app import images, places
from app.bench import table
from app.bench.progress import tell
from app.bench.rivals import classic, rivals_page
from app.bench.sheets import Sheet, SheetRow, draw_curves, draw_sheet, to_jpeg
from app.errors import PasticheError
from app.game.deck import Deal
from app.images import Picture
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import hire
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, Mask, RequestPictures
from app.rivals.rival import Rival

SIZE_PX = 384
#: Of our deck, by file: each photograph beside a painting of another kind.
DEALS = (
    ("lighthouse", "gale"), ("street", "neon"), ("fruit", "knife"), ("robin", "stair"),
    ("lake", "weir"), ("tulips", "facets"), ("harbour", "carp"), ("beeches", "garden"),
)  # fmt: skip
#: The deal that wishes are shown on, and what it is blended with.
WISHES_DEAL, FURTHER = ("harbour", "gale"), "stair"
NETWORKS = {"magenta": "builtin-stylizer", "classic": "builtin-vgg"}
TITLES = {"magenta": "Magenta's method, our own stylizer", "classic": "Classic, on our compact backbone"}
CAPTIONS = ("Magenta's method", "classic")


@dataclass
class Painters:
    """Both rivals with the networks that come with the game; what was painted once is not painted again."""

    size: int
    steps: int | None = None
    _hired: dict[tuple[str, str], Rival] = field(default_factory=dict)
    _painted: dict[Any, Picture] = field(default_factory=dict)

    def paint(
        self,
        rival: str,
        deal: Deal,
        request: RivalRequest = PLAIN,
        pictures: RequestPictures = NO_PICTURES,
        **options: Any,
    ) -> Picture:
        """Let a rival paint a deal. `options` are the classic's."""
        asked = (request, *sorted(options.items()))
        known = (rival, deal.content.path, deal.style.path, asked)
        if known not in self._painted:
            if self.steps is not None:
                options = {"steps": self.steps} | options
            how = ClassicOptions(**options) if options and rival == "classic" else None
            who = self._hired.setdefault((rival, repr(how)), hire(rival, network=NETWORKS[rival], options=how))
            tell(f"{rival} paints {deal.content.title} after {deal.style.title} {request.sentence()}".rstrip())
            request = replace(request, size=self.size)
            self._painted[known] = who.paint(deal.content_picture, deal.style_picture, request, pictures)
        return self._painted[known]


def make(
    page: Path,
    *,
    figures: dict[str, Any] | None = None,
    size: int = SIZE_PX,
    deals: Sequence[tuple[str, str]] = DEALS,
    steps: int | None = None,
    plain_steps: int = classic.PLAIN_STEPS,
) -> None:
    """Write the page and, in `images` beside it, its pictures. Raises SaveError, NetworkError.

    `figures` are those of `bench rivals`, where there are any. `steps`, `plain_steps` and a smaller `size` make it
    sooner.
    """
    painters = Painters(size, steps)
    shown = dealt(WISHES_DEAL)
    race = raced(shown, size, steps, plain_steps)
    sheets: dict[str, Sheet] = {
        "curves": draw_curves(race.rival, race.plain),
        "plainly": draw_sheet(
            [
                SheetRow(
                    [shown.content_picture, shown.style_picture, race.plain_picture, race.rival_picture],
                    captions=("photograph", "painting", f"{plain_steps} plain steps of Adam", "the rival"),
                )
            ]
        ),
        "deals": deals_sheet(painters, [dealt(deal) for deal in deals]),
        "strength": strength_sheet(painters, shown),
        "colours": colours_sheet(painters, shown),
        "scale": scale_sheet(painters, shown),
        "statistics": statistics_sheet(painters, [dealt(deal) for deal in deals[:2]]),
        "blends": blends_sheet(painters, shown, dealt((WISHES_DEAL[0], FURTHER))),
        "mask": mask_sheet(painters, shown),
    }
    for name, sheet in sheets.items():
        images.write_bytes(page.parent / "images" / f"rivals-{name}.jpg", to_jpeg(sheet))
    images.write_bytes(page, rivals_page.text(race, figures or {}).encode())


def dealt(names: tuple[str, str]) -> Deal:
    """Deal a photograph and a painting of our own deck by their files' names."""
    content, style = names
    return Deal.of_files(places.contents() / f"{content}.jpg", places.styles() / f"{style}.jpg")


def raced(deal: Deal, size: int, steps: int | None, plain_steps: int) -> classic.Race:
    """Let the classic rival, warm, race against the plain way on one deal."""
    options = ClassicOptions() if steps is None else ClassicOptions(steps=steps)
    painter = classic.Classic(options, network=NETWORKS["classic"])
    tell("classic races against the plain way")
    # The first picture loads and compiles.
    painter.paint(deal.content_picture, deal.style_picture, RivalRequest(size=size))
    return classic.run(painter, deal, size=size, plain_steps=plain_steps)


def deals_sheet(painters: Painters, deals: Sequence[Deal]) -> Sheet:
    """Photograph, painting, and both rivals' pictures, a deal a row."""
    captions = ("photograph", "painting", *CAPTIONS)
    rows = [
        SheetRow(
            [deal.content_picture, deal.style_picture, *(painters.paint(rival, deal) for rival in NETWORKS)],
            captions=captions if number == 0 else (),
        )
        for number, deal in enumerate(deals)
    ]
    return draw_sheet(rows)


def strength_sheet(painters: Painters, deal: Deal) -> Sheet:
    """The same deal with ever more of the manner, a rival a row."""
    strengths = (0.25, 0.5, 0.75, 1.0)
    return draw_sheet(
        [
            SheetRow(
                [painters.paint(rival, deal, RivalRequest(strength=strength)) for strength in strengths],
                TITLES[rival],
                [f"strength {strength:g}" for strength in strengths] if rival == "magenta" else (),
            )
            for rival in NETWORKS
        ]
    )


def colours_sheet(painters: Painters, deal: Deal) -> Sheet:
    """The same deal in the painting's colours, in matched ones and in the photograph's, a rival a row."""
    wishes = {"painting": "the painting's", "matched": "matched to the photograph's", "photograph": "the photograph's"}
    return draw_sheet(
        [
            SheetRow(
                [painters.paint(rival, deal, RivalRequest(colours=colours)) for colours in wishes],
                TITLES[rival],
                tuple(wishes.values()) if rival == "magenta" else (),
            )
            for rival in NETWORKS
        ]
    )


def scale_sheet(painters: Painters, deal: Deal) -> Sheet:
    """The same deal with smaller and larger strokes, a rival a row."""
    scales = (0.5, 1.0, 2.0)
    return draw_sheet(
        [
            SheetRow(
                [painters.paint(rival, deal, RivalRequest(style_scale=scale)) for scale in scales],
                TITLES[rival],
                [f"strokes x {scale:g}" for scale in scales] if rival == "magenta" else (),
            )
            for rival in NETWORKS
        ]
    )


def statistics_sheet(painters: Painters, deals: Sequence[Deal]) -> Sheet:
    """The classic rival's deals by Gram matrices and by mean and covariance."""
    captions = ("photograph", "painting", "Gram matrices", "mean and covariance")
    return draw_sheet(
        [
            SheetRow(
                [
                    *(deal.content_picture, deal.style_picture, painters.paint("classic", deal)),
                    painters.paint("classic", deal, statistics="moments"),
                ],
                captions=captions if number == 0 else (),
            )
            for number, deal in enumerate(deals)
        ]
    )


def blends_sheet(painters: Painters, deal: Deal, other: Deal) -> Sheet:
    """From one painting's manner to another's, a rival a row, with the paintings above."""
    shares = (0.0, 1 / 3, 2 / 3, 1.0)

    def blended(rival: str, share: float) -> Picture:
        if share in (0.0, 1.0):
            return painters.paint(rival, other if share else deal)
        request = RivalRequest(further_styles=(str(other.style.path),), weights=(1 - share, share))
        return painters.paint(rival, deal, request, RequestPictures((other.style_picture,)))

    paintings = SheetRow([deal.style_picture, None, None, other.style_picture], captions=("", "", "", ""))
    captions = [f"{round(100 * (1 - share))} : {round(100 * share)}" for share in shares]
    rows = [
        SheetRow([blended(rival, share) for share in shares], TITLES[rival], captions if rival == "magenta" else ())
        for rival in NETWORKS
    ]
    return draw_sheet([paintings, *rows])


def mask_sheet(painters: Painters, deal: Deal) -> Sheet:
    """A mask, and both rivals' pictures within it."""
    mask = round_mask(deal.content_picture)
    request, masked = RivalRequest(mask="round"), RequestPictures(mask=mask)
    pictures = [painters.paint(rival, deal, request, masked) for rival in NETWORKS]
    return draw_sheet(
        [
            SheetRow(
                [deal.content_picture, np.repeat(mask[:, :, None], 3, axis=2), *pictures],
                captions=("photograph", "mask", *CAPTIONS),
            )
        ]
    )


def round_mask(content: Picture) -> Mask:
    """A mask with soft edges: black in the middle, where the photograph stays, and white around."""
    height, width = content.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot((down - 0.45 * height) / (0.5 * height), (across - 0.5 * width) / (0.5 * width))
    return np.clip((away - 0.45) / 0.3, 0, 1, dtype=np.float32)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the page as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--figures", type=Path, help="what `python3 main.py bench rivals --json` printed")
    parser.add_argument("--out", type=Path, default=places.root() / "docs" / "rivals.md", help="the page to write")
    parser.add_argument("--size", type=int, default=SIZE_PX, help=f"longer side of the pictures (default {SIZE_PX})")
    args = parser.parse_args(arguments)
    begun_s = time.perf_counter()
    make(args.out, figures=table.read(args.figures) if args.figures else {}, size=args.size)
    tell(f"{args.out} is made, in {time.perf_counter() - begun_s:.0f} s.")


if __name__ == "__main__":
    try:
        main()
    except PasticheError as failure:
        sys.exit(str(failure))
