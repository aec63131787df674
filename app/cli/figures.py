"""`bench`: the figures that the project promises, measured on this machine. Only app.cli calls."""

import argparse
from typing import Any

from app.cli.answer import Answer


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

            return rivals.measure()
        case "canvas":
            from app.bench import canvas

            return canvas.measure(request.while_rivals_work)
        case _:
            from app.bench import grade

            return grade.measure()
