"""What undo keeps: it comes back as it was, from memory or from the file, and memory has its bound."""

from typing import IO, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.painting.document import undo_patches
from app.painting.document.drawing import Drawing
from app.painting.document.undo_patches import PatchStore
from app.painting.engine.dabs import MAX_KEPT_BYTES
from app.painting.engine.tiles import TILE_PX, Part, Patch
from app.painting.model.layers import FIRST_LAYER
from app.painting.model.stroke import Stroke


def patch(value: int, tiles: int = 2) -> Patch:
    """All but the last of its tiles have pixels."""
    places = np.arange(tiles)
    pixels = np.full((tiles - 1, TILE_PX, TILE_PX), value, dtype=np.uint32)
    return Patch((FIRST_LAYER,), (Part(0, places, places, pixels), Part(3, places, places, pixels[:0])))


def is_of(found: Patch | None, value: int, tiles: int = 2) -> bool:
    wanted = patch(value, tiles)
    return (
        found is not None
        and found.layers == wanted.layers
        and all(
            ours.layer == theirs.layer
            and np.array_equal(ours.rows, theirs.rows)
            and np.array_equal(ours.columns, theirs.columns)
            and np.array_equal(ours.pixels, theirs.pixels)
            for ours, theirs in zip(found.parts, wanted.parts, strict=True)
        )
    )


def test_patches_beyond_the_memory_go_to_a_file_and_come_back() -> None:
    store = PatchStore(memory_bytes=4 * patch(0).nbytes)
    tickets = []
    for number in range(12):
        tickets.append(store.put(patch(number)))
        assert store.bytes_in_memory <= 4 * patch(0).nbytes
    for number in (0, 11, 5, 1):
        assert is_of(store.take(tickets[number]), number)
        assert store.take(tickets[number]) is None
    store.drop(tickets[2])
    assert store.take(tickets[2]) is None
    store.close()
    assert store.take(tickets[3]) is None


@settings(max_examples=40, deadline=None)
@given(
    acts=st.lists(st.tuples(st.sampled_from(["put", "put", "take", "drop", "shrink"]), st.integers(1, 6)), max_size=40),
    memory_bytes=st.integers(0, 30 * patch(0).nbytes),
)
def test_a_ticket_gives_its_own_patch_once(acts: list[tuple[str, int]], memory_bytes: int) -> None:
    store = PatchStore(memory_bytes)
    waiting: dict[int, tuple[int, int]] = {}
    for number, (act, size) in enumerate(acts):
        if act == "put":
            waiting[store.put(patch(number, size))] = (number, size)
            assert store.bytes_in_memory <= max(store.memory_bytes, 0)
        elif act == "shrink":
            store.memory_bytes //= 2
        elif waiting:
            ticket = sorted(waiting)[size % len(waiting)]
            wanted = waiting.pop(ticket)
            if act == "take":
                assert is_of(store.take(ticket), *wanted)
            else:
                store.drop(ticket)
            assert store.take(ticket) is None
    for ticket, wanted in waiting.items():
        assert is_of(store.take(ticket), *wanted)
    assert store.bytes_in_memory == 0
    store.close()


class Full:
    """A file on a disk that is full after so many bytes."""

    def __init__(self, file: IO[bytes], room: int) -> None:
        self._file, self._room = file, room

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, data: bytes) -> int:
        if len(data) > self._room:
            raise OSError(28, "No space left on device")
        self._room -= len(data)
        return self._file.write(data)


def test_what_neither_memory_nor_disk_can_hold_is_painted_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real = undo_patches.tempfile.TemporaryFile
    monkeypatch.setattr(undo_patches.tempfile, "TemporaryFile", lambda **other: Full(real(**other), 2500))
    drawing = Drawing(160, 130, undo_memory_bytes=0)
    seen = [drawing.surface.pixels.copy()]
    for number in range(6):
        way = [(20 * number, 10, 1), (100, 120, 1)]
        drawing.apply(Stroke("chalk", color=(10 * number, 90, 30), size_px=30, points=way))
        seen.append(drawing.surface.pixels.copy())
    for wanted in reversed(seen[:-1]):
        drawing.undo()
        assert np.array_equal(drawing.surface.pixels, wanted)
    for wanted in seen[1:]:
        drawing.redo()
        assert np.array_equal(drawing.surface.pixels, wanted)
    drawing.close()


def test_the_bound_is_for_layers_and_undo_together() -> None:
    bound = MAX_KEPT_BYTES + 8 * 2**20
    drawing = Drawing(256, 256, undo_memory_bytes=bound)
    before = drawing.surface.nbytes
    drawing.add_layer()
    assert drawing.surface.nbytes == before + 256 * 256 * 4
    for number in range(60):
        way = [(0, number * 4, 1), (256, 256 - number * 4, 1)]
        drawing.apply(Stroke("round", color=(number, 90, 30), size_px=60, layer=number % 2, points=way))
        assert drawing.undo_bytes <= max(bound - drawing.surface.nbytes - MAX_KEPT_BYTES, bound // 4)
    drawing.jump(0)
    assert (drawing.surface.pixels == 255).all()
    drawing.close()
    assert drawing.undo_bytes == 0
