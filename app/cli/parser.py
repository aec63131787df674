"""What can be typed after `python3 main.py` or `pastiche`: every subcommand, option and help text.

Startup reads arguments before anything is installed, so that help and wrong use are answered at once: of libraries only
argparse is imported.
"""

import argparse
from pathlib import Path
from typing import NoReturn

from app import places
from app.cli import figures, networks, rival_requests, subcommand, typed
from app.cli.typed import WRITABLE
from app.errors import UsageError
from app.rivals.registry import RIVALS


class _Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one sentence, as an error like any other."""

    def error(self, message: str) -> NoReturn:
        sentence = message[:1].upper() + message[1:].rstrip(".")
        raise UsageError(f"{sentence}; `{self.prog} --help` explains it.")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the arguments; no arguments mean `play`. Raises UsageError; SystemExit(0) after --help."""
    return _parser().parse_args(arguments or ["play"])


def _parser() -> _Parser:
    parser = _Parser(
        prog=places.command(),
        description="Pastiche: paint a photograph in a painting's manner, against two machines. "
        "Without a subcommand the window opens.",
        epilog="Exit codes: 0 done, 1 failed, 2 wrong use or unreadable input. PASTICHE_HOME names the folder for a "
        "player's data, PASTICHE_NETWORKS an extra folder with networks.",
    )
    commands = parser.add_subparsers(dest="command", metavar="SUBCOMMAND", required=True)
    _add_playing(commands)
    _add_pictures(commands)
    _add_drawings(commands)
    networks.add_arguments(commands)
    figures.add_arguments(commands)
    checks = subcommand.add(
        commands, "test", "run linters, type checks, import contracts and all tests, offscreen; --quick: the unit tests"
    )
    checks.add_argument("pytest", nargs=argparse.REMAINDER, help="arguments for pytest; then only the tests are run")
    return parser


def _add_playing(commands: "argparse._SubParsersAction[_Parser]") -> None:
    play = subcommand.add(commands, "play", "open the window; with a deal given, straight into the studio")
    duel = subcommand.add(commands, "duel", "play a whole duel without a window: both rivals paint, the judge grades")
    demo = subcommand.add(commands, "demo", "play a whole duel with no one there: the auto-painter draws")
    for parser, is_needed in ((play, False), (duel, True), (demo, False)):
        parser.add_argument("--content", type=Path, required=is_needed, metavar="C", help="the photograph")
        parser.add_argument("--style", type=Path, required=is_needed, metavar="S", help="the painting")
    duel.add_argument(
        "--drawing", type=Path, required=True, metavar="D", help="the picture that stands for your drawing"
    )
    duel.add_argument(
        "--out",
        type=Path,
        required=True,
        metavar="DIR",
        help=f"folder for {', '.join(f'{name}.png' for name in RIVALS)}, card.png, duel.json",
    )
    demo.add_argument(
        "--out", type=Path, metavar="DIR", help="folder for the pictures; by default the player's gallery"
    )
    demo.add_argument("--seed", type=int, metavar="S", help="deal and draw the same again")
    for parser in (duel, demo):
        rival_requests.add_size(parser)
        _add_json(parser)


def _add_pictures(commands: "argparse._SubParsersAction[_Parser]") -> None:
    stylize = subcommand.add(commands, "stylize", "let one rival paint")
    stylize.add_argument("--rival", choices=tuple(RIVALS), required=True, help="who paints")
    stylize.add_argument("--network", metavar="NAME", help="the network to use instead of the best one installed")
    stylize.add_argument("content", type=Path, metavar="CONTENT", help="the photograph")
    stylize.add_argument("style", type=Path, metavar="STYLE", help="the painting")
    stylize.add_argument(
        "out", type=typed.file_to_write(WRITABLE), metavar="OUT", help="the picture to write (.png, .jpg, .webp)"
    )
    stylize.add_argument(
        "--film",
        type=typed.file_to_write((".gif", ".mp4", ".png")),
        metavar="FILE",
        help="also write how the picture came about (.gif or .mp4; .png for a sheet of its stages)",
    )
    rival_requests.add_arguments(stylize)

    grade = subcommand.add(commands, "grade", "grade how alike two pictures are, from 0 to 10")
    grade.add_argument("a", type=Path, nargs="?", metavar="A", help="one picture")
    grade.add_argument("b", type=Path, nargs="?", metavar="B", help="the other")
    grade.add_argument(
        "--pairs", type=Path, metavar="FILE.json", help="many pairs instead: a JSON list of [a, b] paths"
    )
    grade.add_argument("--content", type=Path, metavar="C", help="the photograph that both were made of")
    grade.add_argument(
        "--style",
        type=Path,
        metavar="S",
        help="the painting in whose manner; with both, the judge tells facets and how far it can be trusted",
    )
    grade.add_argument(
        "--heat", type=Path, metavar="DIR", help="folder for pictures of where A departs from B, one for each facet"
    )
    grade.add_argument("--coach", action="store_true", help="also try changes on A, and suggest up to three")
    grade.add_argument("--previews", type=Path, metavar="DIR", help="folder for what A would look like after each")

    paint = subcommand.add(
        commands, "paint", "let the auto-painter imitate a picture with our own brushes, coarse strokes first"
    )
    paint.add_argument("target", type=Path, metavar="TARGET", help="the picture to imitate")
    paint.add_argument(
        "out", type=typed.file_to_write(WRITABLE), metavar="OUT", help="the picture to write (.png, .jpg, .webp)"
    )
    paint.add_argument("--strokes", type=typed.whole(1, 100_000), required=True, metavar="N", help="how many strokes")
    paint.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed paints the same (default 0)")
    for parser in (stylize, grade, paint):
        _add_json(parser)


def _add_drawings(commands: "argparse._SubParsersAction[_Parser]") -> None:
    drawings = subcommand.add(commands, "drawings", "list the drawings in the player's data, unfinished ones included")
    replay = subcommand.add(commands, "replay", "paint the strokes of a drawing's journal again, at any size")
    replay.add_argument("journal", type=Path, metavar="JOURNAL", help="the drawing (.duel)")
    replay.add_argument(
        "out",
        type=typed.file_to_write((*WRITABLE, ".ora")),
        metavar="OUT",
        help="the picture to write (.png, .jpg, .webp, or .ora with its layers)",
    )
    replay.add_argument(
        "--size", type=typed.whole(16, 8192), metavar="PX", help="longer side, 16 to 8192; by default the drawing's own"
    )
    timelapse = subcommand.add(commands, "timelapse", "write how a drawing came about as a short film")
    timelapse.add_argument("journal", type=Path, metavar="JOURNAL", help="the drawing (.duel)")
    timelapse.add_argument(
        "out", type=typed.file_to_write((".gif", ".mp4")), metavar="OUT", help="the film to write (.gif or .mp4)"
    )
    timelapse.add_argument(
        "--seconds",
        type=typed.number(1, 600),
        default=15.0,
        metavar="S",
        help="how long it takes, 1 to 600 (default 15)",
    )
    timelapse.add_argument(
        "--size",
        type=typed.whole(16, 4096),
        metavar="PX",
        help="longer side, 16 to 4096; by default at most 480 for a .gif, 1080 for an .mp4",
    )
    for parser in (drawings, replay, timelapse):
        _add_json(parser)


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object on standard output, and nothing else"
    )
