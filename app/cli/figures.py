"""`bench`: the figures that the project promises, measured on this machine.

The arguments are read before anything is installed, so what measures is imported when it is called.
"""

import argparse
from pathlib import Path
from typing import Any

from app.cli import subcommand, typed
from app.cli.answer import Answer
from app.rivals.registry import RIVALS

#: The parts of `bench rivals`, in the order in which they are measured.
RIVALS_PARTS = ("magenta", "classic", "previews", "growth", "vgg19", "quality", "checkpoints", "gpu")

#: The parts of `bench grade`, in the order in which they are measured, and whose pictures are graded.
GRADE_PARTS = ("identity", "matched", "ladders", "robustness", "tricks", "spread", "agreement", "time")


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
            "grade": "how far the judge can be trusted: ladders, tricks, mix-ups, beside plainer measures",
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
    _add_proof(parsers["grade"])
    parsers["canvas"].add_argument(
        "--while-rivals-work", action="store_true", help="let both rivals paint meanwhile, as in a duel"
    )
    for parser in parsers.values():
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object on standard output, and nothing else"
        )


def _add_proof(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pictures",
        type=Path,
        metavar="FOLDER",
        help="a folder with contents/ and styles/, or of any pictures; by default our own deck",
    )
    parser.add_argument(
        "--held-out",
        action="store_true",
        help="of a folder that networks were trained on, only the pictures that were kept out of training",
    )
    parser.add_argument("--deals", type=typed.whole(1, 1000), default=8, metavar="N", help="how many (default 8)")
    parser.add_argument(
        "--size", type=typed.whole(64, 1024), default=256, metavar="PX", help="longer side, 64 to 1024 (default 256)"
    )
    parser.add_argument("--seed", type=typed.whole(0, 2**31), default=0, metavar="S", help="deals others (default 0)")
    parser.add_argument(
        "--rivals",
        type=typed.listed(tuple(RIVALS)),
        default=tuple(RIVALS),
        metavar="A,B",
        help=f"only the pictures of these of {', '.join(RIVALS)}",
    )
    parser.add_argument(
        "--parts",
        type=typed.listed(GRADE_PARTS),
        default=GRADE_PARTS,
        metavar="A,B",
        help=f"measure only these of {', '.join(GRADE_PARTS)}",
    )


def answer(request: argparse.Namespace) -> Answer:
    """Measure one group of figures."""
    figures = _measure(request)
    if request.figure == "grade":
        from app.bench.judge import grade

        grade.say(figures)
        return Answer(figures)
    for name, value in figures.items():
        print(f"{name}: {value}")
    return Answer(figures)


def _measure(request: argparse.Namespace) -> dict[str, Any]:
    match request.figure:
        case "startup":
            from app.bench.window import startup

            return startup.measure()
        case "lag":
            from app.bench.window import lag

            return lag.measure()
        case "rivals":
            from app.bench.rivals import rivals

            return rivals.measure(request.parts)
        case "workshop":
            from app.bench.window import worker

            return worker.measure()
        case "canvas":
            from app.bench.window import canvas

            return canvas.measure(request.while_rivals_work)
        case _:
            from app.bench.judge import grade

            return grade.measure(
                request.pictures,
                deals=request.deals,
                size=request.size,
                seed=request.seed,
                rivals=request.rivals,
                parts=request.parts,
                held_out=request.held_out,
            )
