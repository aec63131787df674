"""`bench`: the figures that the project promises, measured on this machine. Only app.cli calls."""

import argparse
from typing import Any

from app.cli.answer import Answer


def answer(request: argparse.Namespace) -> Answer:
    """Measure one group of figures."""
    figures = _measure(request.figure)
    for name, value in figures.items():
        print(f"{name}: {value}")
    return Answer(figures)


def _measure(figure: str) -> dict[str, Any]:
    match figure:
        case "startup":
            from app.bench import startup

            return startup.measure()
        case "lag":
            from app.bench import lag

            return lag.measure()
        case "rivals":
            from app.bench import rivals

            return rivals.measure()
        case _:
            from app.bench import grade

            return grade.measure()
