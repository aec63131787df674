"""What the command line lets a rival be asked for: arguments in, Commission and ClassicOptions out.

Arguments are declared before anything is installed, so that nothing but the standard library is imported at the top;
what they are held against (`COLOURS` and so on in app.rivals) is the same by a test.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import typed
from app.errors import UsageError

if TYPE_CHECKING:
    from app.rivals.classic_options import ClassicOptions
    from app.rivals.commission import Commission

SIZES_PX = (32, 4096)
DEFAULT_SIZE_PX = 384
COLOURS = ("painting", "photograph", "matched")
STARTS = ("photograph", "noise", "picture")
STYLE_SCALES = (0.25, 4.0)
STATISTICS = ("gram", "moments")
OPTIMIZERS = ("lbfgs", "adam")
#: What only the classic rival is asked, by the name of its option and of the field of ClassicOptions.
OF_CLASSIC = ("statistics", "optimizer", "steps")


def add_size(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add `--size`."""
    least, most = SIZES_PX
    parser.add_argument(
        "--size",
        type=typed.whole(least, most),
        default=DEFAULT_SIZE_PX,
        metavar="PX",
        help=f"longer side of the picture that a rival paints, {least} to {most} (default {DEFAULT_SIZE_PX})",
    )


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add everything that a rival can be asked for."""
    manner = parser.add_argument_group("how the picture is to be")
    add_size(manner)
    manner.add_argument(
        "--strength", type=typed.number(0, 1), default=1.0, metavar="0..1", help="how much of the manner (default 1)"
    )
    manner.add_argument(
        "--colours",
        choices=COLOURS,
        default=COLOURS[0],
        help="whose colours it has: the painting's (default); the photograph's, so that only light and dark are"
        " painted; or the painting's matched to the photograph's beforehand",
    )
    manner.add_argument(
        "--style-scale",
        type=typed.number(*STYLE_SCALES),
        default=1.0,
        metavar="X",
        help="how large strokes are beside the painting's own, 0.25 to 4 (default 1)",
    )
    manner.add_argument(
        "--mask",
        type=Path,
        metavar="PICTURE",
        help="where the manner goes: everywhere that this picture is white, nowhere that it is black, in part where it"
        " is grey; of colours the brightness counts, and it is stretched over the photograph",
    )
    blend = parser.add_argument_group("further paintings")
    blend.add_argument(
        "--also",
        type=typed.weighed_picture,
        action="append",
        default=[],
        metavar="PICTURE[:WEIGHT]",
        help="paint in the manner of this painting too, up to three times; without a weight it counts 1",
    )
    blend.add_argument(
        "--weight", type=typed.weight, metavar="W", help="how much STYLE itself counts beside them (default 1)"
    )
    start = parser.add_argument_group("chance, and where to begin (only the classic rival can begin elsewhere)")
    start.add_argument("--start", choices=STARTS, help="the photograph (default), noise, or a picture of yours")
    start.add_argument("--start-picture", type=Path, metavar="PICTURE", help="the picture to begin with")
    start.add_argument(
        "--seed",
        type=typed.whole(0, 2**31 - 1),
        default=0,
        metavar="S",
        help="of whatever is left to chance (default 0)",
    )
    classic = parser.add_argument_group("how the classic rival works (it alone)")
    classic.add_argument(
        "--statistics",
        choices=STATISTICS,
        help="what the manner is: Gram matrices (default), or mean and covariance of the network's features",
    )
    classic.add_argument("--optimizer", choices=OPTIMIZERS, help="L-BFGS (default) or Adam")
    classic.add_argument(
        "--steps", type=typed.whole(1, 10_000), metavar="N", help="how often at most the network is asked at each scale"
    )


def commission(request: argparse.Namespace) -> Commission:
    """Read what is asked for, pictures included. Raises UsageError or PictureError before any network is loaded."""
    from app import images
    from app.colour import brightness
    from app.game.deck import DEALT_SIDE_PX
    from app.rivals.commission import MAX_STYLES, Commission

    if request.weight is not None and not request.also:
        raise UsageError("--weight says how much STYLE counts beside other paintings; name them with --also.")
    # Before up to thousands of pictures are read.
    if len(request.also) >= MAX_STYLES:
        raise UsageError(f"A picture can be in the manner of {MAX_STYLES} paintings at most: STYLE and three --also.")
    start = request.start or ("picture" if request.start_picture else "photograph")
    if start == "picture" and request.start_picture is None:
        raise UsageError("--start picture needs one: name it with --start-picture.")
    if start != "picture" and request.start_picture is not None:
        raise UsageError(f"--start {start} begins with no picture; leave --start-picture out, or --start.")
    side_px = max(DEALT_SIDE_PX, request.size)
    own_weight = 1.0 if request.weight is None else request.weight
    found = Commission(
        size=request.size,
        strength=request.strength,
        more_styles=tuple(images.read_picture(path, max_side_px=DEALT_SIDE_PX) for path, _ in request.also),
        weights=(own_weight, *(weight for _, weight in request.also)) if request.also else (),
        colours=request.colours,
        mask=None if request.mask is None else brightness(images.read_picture(request.mask, max_side_px=side_px)),
        style_scale=request.style_scale,
        start=start,
        start_picture=request.start_picture and images.read_picture(request.start_picture, max_side_px=side_px),
        seed=request.seed,
    )
    found.check()
    return found


def options(request: argparse.Namespace) -> ClassicOptions | None:
    """Read how the classic rival is to work; None where that is left to it. Raises UsageError for another rival."""
    from app.rivals.classic_options import ClassicOptions

    given = {name: getattr(request, name) for name in OF_CLASSIC if getattr(request, name) is not None}
    if given and request.rival != "classic":
        named = " and ".join(f"--{name}" for name in given)
        raise UsageError(f"{named} can be asked of the classic rival only; {request.rival} paints in one pass.")
    return ClassicOptions(**given) if given else None


def pictures(request: argparse.Namespace) -> list[Path]:
    """The files that a request reads: photograph, paintings, mask and picture to begin with."""
    named = [request.content, request.style, *(path for path, _ in request.also), request.mask, request.start_picture]
    return [path for path in named if path is not None]


def told(request: argparse.Namespace, asked: Commission, how: ClassicOptions | None) -> dict[str, Any]:
    """Say for JSON what was asked for, as it was understood; `options` are None where a rival has none."""
    from app.rivals.classic_options import ClassicOptions

    paths = [request.style, *(path for path, _ in request.also)]
    return {
        "commission": {
            "size": asked.size,
            "strength": asked.strength,
            "styles": [
                {"path": str(path), "share": round(share, 4)} for path, share in zip(paths, asked.shares(), strict=True)
            ],
            "colours": asked.colours,
            "mask": None if request.mask is None else str(request.mask),
            "style_scale": asked.style_scale,
            "start": asked.start,
            "start_picture": None if request.start_picture is None else str(request.start_picture),
            "seed": asked.seed,
        },
        "options": dataclasses.asdict(how or ClassicOptions()) if request.rival == "classic" else None,
    }
