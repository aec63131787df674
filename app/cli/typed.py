"""What a typed word may be: numbers within bounds, files of a kind, a picture with its weight. Standard library only.

For those modules that declare arguments: each function returns, or is, a `type` of argparse.
"""

import argparse
import math
from collections.abc import Callable
from pathlib import Path

WRITABLE = (".png", ".jpg", ".jpeg", ".webp")


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number within bounds."""

    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return int(text)

    return read


def number(least: float, most: float) -> Callable[[str], float]:
    """A number within bounds."""

    def read(text: str) -> float:
        found = _number(text)
        if not least <= found <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least:g} to {most:g}")
        return found

    return read


def weight(text: str) -> float:
    """A weight: a number of at least 0."""
    found = _number(text)
    if not 0 <= found < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of at least 0")
    return found


def weighed_picture(text: str) -> tuple[Path, float]:
    """A picture and its weight, `FILE:WEIGHT`, or 1 where none is given; a file may have a colon in its name."""
    file, colon, last = text.rpartition(":")
    # What follows the colon of C:\\pictures is no weight.
    if colon and file and not math.isnan(_number(last)) and not Path(text).exists():
        return Path(file), weight(last)
    return Path(text), 1.0


def file_to_write(suffixes: tuple[str, ...]) -> Callable[[str], Path]:
    """A file whose name ends in one of the suffixes."""

    def read(text: str) -> Path:
        if not text.lower().endswith(suffixes):
            raise argparse.ArgumentTypeError(f"{text!r} does not end in {', '.join(suffixes)}")
        return Path(text)

    return read


def listed(names: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """Some of the names, with commas between."""

    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
        for each in chosen:
            if each not in names:
                raise argparse.ArgumentTypeError(f"{each!r} is none of {', '.join(names)}")
        return chosen

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
