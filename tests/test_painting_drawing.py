"""Drawings: undo and redo give back the very same pixels, replaying gives them too, at any size."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app import images
from app.errors import PictureError
from app.painting import history
from app.painting.brush import own_and_players
from app.painting.drawing import MAX_SIDE_PX, Drawing, Entry
from app.painting.history import PatchStore
from app.painting.layers import FIRST_LAYER
from app.painting.stroke import Stroke
from app.painting.tiles import TILE_PX, Part, Patch

NAMES = sorted(own_and_players())


def some_stroke(seed: int, **other: Any) -> Stroke:
    chance = np.random.default_rng(seed)
    ways = chance.uniform(0, 160, (5, 2))
    facts: dict[str, Any] = {
        "brush": NAMES[seed % len(NAMES)],
        "color": tuple(int(each) for each in chance.integers(0, 256, 3)),
        "size_px": float(chance.uniform(5, 50)),
        "opacity": float(chance.uniform(0.3, 1)),
        "seed": seed,
        "points": np.column_stack([ways, chance.uniform(0.2, 1, 5)]),
    }
    return Stroke(**{**facts, **other})


class Memory:
    """A journal that only remembers."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def write(self, entry: Entry) -> None:
        self.entries.append(entry)


def plain(strokes: Iterable[Stroke]) -> list[Stroke]:
    """Without the recipes of their brushes."""
    return [stroke.of_recipe("") for stroke in strokes]


def pixels(drawing: Drawing) -> NDArray[np.uint8]:
    return drawing.surface.pixels.copy()


@settings(max_examples=25, deadline=None)
@given(
    acts=st.lists(st.one_of(st.integers(0, 200), st.sampled_from(["undo", "redo", "clear"])), max_size=14),
    memory_bytes=st.sampled_from([0, 200_000, 10**8]),
)
def test_whatever_happens_the_pixels_are_those_of_the_strokes_in_force(
    acts: list[int | str], memory_bytes: int
) -> None:
    journal = Memory()
    drawing = Drawing(160, 130, journal, undo_memory_bytes=memory_bytes)
    for act in acts:
        if isinstance(act, int):
            drawing.apply(some_stroke(act))
        else:
            getattr(drawing, act)()
    afresh = Drawing(160, 130)
    for stroke in drawing.strokes:
        afresh.apply(stroke)
    assert np.array_equal(pixels(drawing), pixels(afresh))
    replayed = Drawing.replayed(160, 130, journal.entries)
    assert np.array_equal(pixels(drawing), pixels(replayed))
    assert replayed.strokes == drawing.strokes
    assert (replayed.can_undo, replayed.can_redo) == (drawing.can_undo, drawing.can_redo)
    while drawing.can_redo:
        drawing.redo()
        replayed.redo()
        assert np.array_equal(pixels(drawing), pixels(replayed))
    while drawing.can_undo:
        drawing.undo()
    assert (drawing.surface.pixels == 255).all()
    drawing.close()


def test_undo_goes_back_without_limit_and_redo_comes_again() -> None:
    drawing = Drawing(160, 130, undo_memory_bytes=300_000)
    seen = [pixels(drawing)]
    for number in range(40):
        drawing.apply(some_stroke(number))
        seen.append(pixels(drawing))
    for wanted in reversed(seen[:-1]):
        dirty = drawing.undo()
        assert np.array_equal(pixels(drawing), wanted)
        assert drawing.surface.rect.contains(dirty)
    assert drawing.undo().isEmpty()
    assert not drawing.can_undo
    for wanted in seen[1:]:
        drawing.redo()
        assert np.array_equal(pixels(drawing), wanted)
    assert drawing.redo().isEmpty()
    drawing.close()


def test_a_new_stroke_ends_the_way_forward() -> None:
    drawing = Drawing(100, 100)
    drawing.apply(some_stroke(1))
    drawing.apply(some_stroke(2))
    drawing.undo()
    assert drawing.can_redo
    drawing.apply(some_stroke(3))
    assert not drawing.can_redo
    assert plain(drawing.strokes) == [some_stroke(1), some_stroke(3)]


def test_a_stroke_in_hand_ends_as_the_same_stroke_that_apply_paints() -> None:
    for name in NAMES:
        stroke = some_stroke(5, brush=name)
        journal = Memory()
        by_hand, applied = Drawing(160, 130, journal), Drawing(160, 130)
        by_hand.begin(stroke.head())
        assert by_hand.has_stroke_in_hand
        for point in stroke.points:
            by_hand.add_points(point)
        ended = by_hand.end()
        assert ended is not None
        assert ended.of_recipe("") == stroke
        applied.apply(stroke)
        assert np.array_equal(pixels(by_hand), pixels(applied))
        brush = own_and_players()[name]
        assert journal.entries == [brush, ended]
        assert ended.recipe == brush.fingerprint


def test_a_press_without_points_leaves_nothing() -> None:
    journal = Memory()
    drawing = Drawing(50, 50, journal)
    drawing.begin(Stroke(brush="ink"))
    assert drawing.end() is None
    assert drawing.strokes == ()
    assert journal.entries == []
    with pytest.raises(ValueError):
        drawing.end()


def test_undo_takes_the_stroke_in_hand_back_first() -> None:
    drawing = Drawing(100, 100)
    drawing.apply(some_stroke(1))
    before = pixels(drawing)
    drawing.begin(some_stroke(2))
    drawing.add_points([(10, 10, 1), (90, 90, 1)])
    assert (pixels(drawing) != before).any()
    drawing.undo()
    assert np.array_equal(pixels(drawing), before)
    assert plain(drawing.strokes) == [some_stroke(1)]


def test_clearing_is_a_stroke_that_can_be_undone() -> None:
    drawing = Drawing(100, 100)
    assert drawing.is_blank
    drawing.apply(some_stroke(1))
    before = pixels(drawing)
    assert not drawing.is_blank
    drawing.clear()
    assert drawing.is_blank
    assert (drawing.surface.pixels == 255).all()
    drawing.undo()
    assert np.array_equal(pixels(drawing), before)


@pytest.mark.pixels
@pytest.mark.parametrize("name", NAMES)
def test_twice_the_size_shrunk_looks_the_same(name: str) -> None:
    """On average within 2.5 %: grain, drops and hairs are drawn finer at twice the size."""
    drawing = Drawing(240, 160)
    drawing.apply(some_stroke(4, brush=name, opacity=1.0, size_px=36.0))
    drawing.apply(some_stroke(9, brush=name, opacity=0.7, size_px=20.0))
    twice = drawing.render(480)
    assert twice.shape == (320, 480, 3)
    shrunk = images.resize(twice, height=160, width=240)
    assert np.abs(shrunk - drawing.picture()).mean() < 0.025
    assert np.array_equal(drawing.render(240), drawing.picture())


def test_a_replayed_stroke_without_its_brush_is_kept_and_told() -> None:
    entries = [some_stroke(1), some_stroke(2, brush="feather"), some_stroke(3)]
    drawing = Drawing.replayed(160, 130, entries)
    without = Drawing.replayed(160, 130, [entries[0], entries[2]])
    assert drawing.missing_brushes == {"feather"}
    assert drawing.strokes == tuple(entries)
    assert np.array_equal(pixels(drawing), pixels(without))
    assert np.array_equal(drawing.render(320), without.render(320))
    for _ in range(2):
        drawing.undo()
    assert np.array_equal(pixels(drawing), pixels(Drawing.replayed(160, 130, entries[:1])))
    drawing.redo()
    drawing.redo()
    assert np.array_equal(pixels(drawing), pixels(without))
    with pytest.raises(PictureError, match="feather"):
        drawing.apply(entries[1])


@pytest.mark.parametrize("size", [(0, 10), (10, MAX_SIDE_PX + 1)])
def test_an_impossible_size_is_one_sentence(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match=r"\.$"):
        Drawing(*size)
    with pytest.raises(PictureError, match=r"\.$"):
        Drawing(10, 10).render(MAX_SIDE_PX + 1)


def patch(value: int, tiles: int = 2) -> Patch:
    places = np.arange(tiles)
    pixels = np.full((tiles - 1, TILE_PX, TILE_PX), value, dtype=np.uint32)
    return Patch((FIRST_LAYER,), (Part(0, places, places, pixels), Part(3, places, places, pixels[:0])))


def test_patches_beyond_the_memory_go_to_a_file_and_come_back() -> None:
    store = PatchStore(memory_bytes=4 * patch(0).nbytes)
    tickets = [store.put(patch(number)) for number in range(12)]
    assert store.bytes_in_memory <= 4 * patch(0).nbytes
    for number in (0, 11, 5, 1):
        found = store.take(tickets[number])
        assert found is not None
        assert [len(part.pixels) for part in found.parts] == [1, 0]
        assert (found.parts[0].pixels == number).all()
        assert [part.rows.tolist() for part in found.parts] == [[0, 1], [0, 1]]
        assert store.take(tickets[number]) is None
    store.drop(tickets[2])
    assert store.take(tickets[2]) is None
    store.close()
    assert store.take(tickets[3]) is None


def test_undo_works_without_any_room_for_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(history.tempfile, "TemporaryFile", full)
    drawing = Drawing(160, 130, undo_memory_bytes=0)
    seen = [pixels(drawing)]
    for number in range(4):
        drawing.apply(some_stroke(number))
        seen.append(pixels(drawing))
    for wanted in reversed(seen[:-1]):
        drawing.undo()
        assert np.array_equal(pixels(drawing), wanted)
    for wanted in seen[1:]:
        drawing.redo()
        assert np.array_equal(pixels(drawing), wanted)
