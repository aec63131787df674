"""`bench`: the figures that the project promises, measured on this machine. Only app.cli calls.

The arguments are read before anything is installed, so what measures is imported when it is called.
"""

import argparse
from typing import Any

from app.cli import subcommand, typed
from app.cli.answer import Answer

#: The parts of `bench rivals`, in the order in which they are measured.
RIVALS_PARTS = ("magenta", "classic", "previews", "growth", "vgg19", "quality", "checkpoints", "gpu")


def add_arguments(commands: subcommand.Commands) -> None:
    """Add `bench` and its figures to the subcommands of `python3 main.py`."""
    bench = subcommand.add(commands, "bench", "measure Pastiche on this machine")
    figures = bench.add_subparsers(dest="figure", metavar="FIGURE", required=True)
    parsers = {
        name: subcommand.add(figures, name, purpose)
        for name, purpose in {
            "startup": "time from `python3 main.py` to the painted home window",
            "lag": "longest freeze of the window while both rivals load and work",
            "rivals": "how fast, how good and how large both rivals are, with each network there is a promise for",
            "workshop": "how soon the rivals' process is ready, stops and is noticed to have died",
            "grade": "seconds that the three grades of a duel take",
            "canvas": "stamps a second, and how long pen events, undo and the journal take",
        }.items()
    }
    parsers["rivals"].add_argument(
        "--parts",
        type=typed.listed(RIVALS_PARTS),
        default=RIVALS_PARTS,
        metavar="A,B",
        help=f"measure only these of {', '.join(RIVALS_PARTS)}",
    )
    parsers["canvas"].add_argument(
        "--while-rivals-work", action="store_true", help="let both rivals paint meanwhile, as in a duel"
    )
    for parser in parsers.values():
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on standard output, and nothing else"
        )


def answer(request: argparse.Namespace) -> Answer:
    """Measure one group of figures."""
    figures = _measure(request)
    for name, value in figures.items():
        print(f"{name}: {value}")
    return Answer(figures)


def _measure(request: argparse.Namespace) -> dict[str, Any]:
    match request.figure:
        case "startup":
            from app.bench import startup

            return startup.measure()
        case "lag":
            from app.bench import lag

            return lag.measure()
        case "rivals":
            from app.bench import rivals

            return rivals.measure(request.parts)
        case "workshop":
            from app.bench import workshop

            return workshop.measure()
        case "canvas":
            from app.bench import canvas

            return canvas.measure(request.while_rivals_work)
        case _:
            from app.bench import grade

            return grade.measure()
