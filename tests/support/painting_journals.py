"""Journals for tests: entries of every kind, written to a file."""

import struct
from pathlib import Path
from typing import Any

import numpy as np

from app.painting.brushes.brush import Brush, own_and_players
from app.painting.document.drawing import Entry
from app.painting.io import journal_format
from app.painting.io.journal import Journal
from app.painting.model.layers import Arrangement, Layer
from app.painting.model.stroke import Stroke

DEAL = {"content": "Harbour", "style": "Waves", "seed": 5}


def stroke(number: int) -> Stroke:
    chance = np.random.default_rng(number)
    return Stroke(brush="ink", color=(number % 256, 2, 3), seed=number, points=chance.uniform(0, 60, (4, 3)))


BRUSH = own_and_players()["round"]
ADDED = Arrangement((Layer(), Layer(id=1, name="Second", blend="multiply")), "Add a layer")
ENTRIES: list[Entry] = [
    stroke(1), BRUSH, stroke(2), "undo", stroke(3), "undo", "redo", ADDED, Stroke.cleared(), stroke(4)
]  # fmt: skip


def same(entry: Entry) -> Any:
    """What an entry that was read is compared with: a brush is the same when it is made of the same bytes."""
    return SameBrush(entry) if isinstance(entry, Brush) else entry


class SameBrush:
    def __init__(self, brush: Brush) -> None:
        self.source = brush.source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Brush) and other.source == self.source

    __hash__ = None  # type: ignore[assignment]


def written(path: Path, entries: list[Entry]) -> Path:
    journal = Journal.create(path, 64, 48, DEAL)
    for entry in entries:
        journal.write(entry)
    assert journal.close()
    return path


def record_ends(data: bytes) -> list[int]:
    """Where the records of a sound journal end."""
    ends = [len(journal_format.MAGIC)]
    while ends[-1] < len(data):
        (length,) = struct.unpack_from("<I", data, ends[-1])
        ends.append(ends[-1] + 8 + length)
    return ends[1:]


def is_start_of(found: list[Entry], entries: list[Entry]) -> bool:
    return found == [same(entry) for entry in entries[: len(found)]]
