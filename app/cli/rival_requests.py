"""What the command line lets a rival be asked for: arguments in, RivalRequest and its pictures out.

Arguments are declared before anything is installed, so that nothing but the standard library is imported at the top.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import typed
from app.errors import UsageError
from app.rivals.classic_options import OPTIMIZERS, STATISTICS, ClassicOptions
from app.rivals.registry import RIVALS
from app.rivals.request import COLOURS, MAX_SIZE_PX, MAX_STYLES, MIN_SIZE_PX, PLAIN, STARTS, STYLE_SCALES, RivalRequest

if TYPE_CHECKING:
    from app.rivals.request_pictures import RequestPictures

#: What only rivals with options are asked, by the name of the argument and of the field of ClassicOptions.
OPTIONS = ("statistics", "optimizer", "steps")


def add_size(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add `--size`."""
    parser.add_argument(
        "--size",
        type=typed.whole(MIN_SIZE_PX, MAX_SIZE_PX),
        default=PLAIN.size,
        metavar="PX",
        help=f"longer side of the picture that a rival paints, {MIN_SIZE_PX} to {MAX_SIZE_PX} (default {PLAIN.size})",
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


def request_of(arguments: argparse.Namespace) -> RivalRequest:
    """Read what is asked for; the paths of pictures are its references. Raises UsageError."""
    if arguments.weight is not None and not arguments.also:
        raise UsageError("--weight says how much STYLE counts beside other paintings; name them with --also.")
    if len(arguments.also) >= MAX_STYLES:
        raise UsageError(f"A picture can be in the manner of {MAX_STYLES} paintings at most: STYLE and three --also.")
    start = arguments.start or ("picture" if arguments.start_picture else PLAIN.start)
    if start == "picture" and arguments.start_picture is None:
        raise UsageError("--start picture needs one: name it with --start-picture.")
    if start != "picture" and arguments.start_picture is not None:
        raise UsageError(f"--start {start} begins with no picture; leave --start-picture out, or --start.")
    own_weight = 1.0 if arguments.weight is None else arguments.weight
    return RivalRequest(
        size=arguments.size,
        strength=arguments.strength,
        further_styles=tuple(str(path) for path, _ in arguments.also),
        weights=(own_weight, *(weight for _, weight in arguments.also)) if arguments.also else (),
        colours=arguments.colours,
        mask=None if arguments.mask is None else str(arguments.mask),
        style_scale=arguments.style_scale,
        start=start,
        start_picture=None if arguments.start_picture is None else str(arguments.start_picture),
        seed=arguments.seed,
        network=arguments.network,
        options=_options(arguments),
    )


def pictures_of(request: RivalRequest) -> RequestPictures:
    """Read the pictures that a request refers to by their paths. Raises PictureError."""
    from app import images
    from app.game.deck import DEALT_SIDE_PX
    from app.rivals.request_pictures import resolve

    return resolve(
        request, lambda path, side_px: images.read_picture(Path(path), max_side_px=side_px), side_px=DEALT_SIDE_PX
    )


def _options(arguments: argparse.Namespace) -> ClassicOptions | None:
    given = {name: getattr(arguments, name) for name in OPTIONS if getattr(arguments, name) is not None}
    if given and not RIVALS[arguments.rival].takes_options:
        named = " and ".join(f"--{name}" for name in given)
        able = " or ".join(name for name, info in RIVALS.items() if info.takes_options)
        raise UsageError(f"{named} can be asked of the {able} rival only; {arguments.rival} paints in one pass.")
    return ClassicOptions(**given) if given else None


def files(arguments: argparse.Namespace) -> list[Path]:
    """The files that are read: photograph, paintings, mask and picture to begin with."""
    also = (path for path, _ in arguments.also)
    named = [arguments.content, arguments.style, *also, arguments.mask, arguments.start_picture]
    return [path for path in named if path is not None]


def told(arguments: argparse.Namespace, request: RivalRequest) -> dict[str, Any]:
    """Say for JSON what was asked for, as it was understood; `options` are None where a rival has none."""
    found = request.to_json()
    paths = [str(arguments.style), *request.further_styles]
    styles = [{"path": path, "share": round(share, 4)} for path, share in zip(paths, request.shares(), strict=True)]
    names = ("size", "strength", "styles", "colours", "mask", "style_scale", "start", "start_picture", "seed")
    options = dataclasses.asdict(request.options or ClassicOptions())
    return {
        "commission": {name: styles if name == "styles" else found[name] for name in names},
        "options": options if RIVALS[arguments.rival].takes_options else None,
    }
