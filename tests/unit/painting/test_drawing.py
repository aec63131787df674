"""Drawings: undo and redo give back the very same pixels, replaying gives them too, at any size."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF

from app import images, places
from app.errors import PictureError
from app.painting.brushes.brush import Brush, brush_with, load_brushes, own_and_players
from app.painting.document import drawing as drawing_module
from app.painting.document import undo_patches
from app.painting.document.drawing import MAX_SIDE_PX, Drawing, Entry, in_force
from app.painting.engine.surface import Surface
from app.painting.model import stroke as stroke_module
from app.painting.model.layers import BLENDS, FIRST_LAYER
from app.painting.model.stroke import Stroke
from app.painting.model.symmetry import NO_SYMMETRY, Symmetry

NAMES = sorted(load_brushes(places.brushes()))


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


def rgba(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (9, 13, 4), dtype=np.uint8)


LAYER_ACTS: dict[str, Callable[[Drawing, int], object]] = {
    "add": lambda drawing, _: drawing.add_layer(),
    "remove": lambda drawing, seed: drawing.remove_layer(some_layer(drawing, seed)),
    "duplicate": lambda drawing, seed: drawing.duplicate_layer(some_layer(drawing, seed)),
    "merge": lambda drawing, seed: drawing.merge_down(some_layer(drawing, seed)),
    "move": lambda drawing, seed: drawing.move_layer(some_layer(drawing, seed), seed % 3),
    "opacity": lambda drawing, seed: drawing.change_layer(some_layer(drawing, seed), opacity=seed % 7 / 6),
    "preview": lambda drawing, seed: drawing.preview_layer(some_layer(drawing, seed), opacity=seed % 7 / 6),
    "blend": lambda drawing, seed: drawing.change_layer(some_layer(drawing, seed), blend=BLENDS[seed % 4]),
    "hide": lambda drawing, seed: drawing.change_layer(some_layer(drawing, seed), is_visible=seed % 3 > 0),
    "lock": lambda drawing, seed: drawing.change_layer(some_layer(drawing, seed), is_alpha_locked=seed % 2 > 0),
    "place": lambda drawing, seed: drawing.place(rgba(seed), title="Noise"),
    "activate": lambda drawing, seed: drawing.activate(some_layer(drawing, seed)),
    "jump": lambda drawing, seed: drawing.jump(seed % (len(drawing.steps) + 1)),
}


def some_layer(drawing: Drawing, seed: int) -> int:
    return drawing.layers[seed % len(drawing.layers)].id


def act_on(drawing: Drawing, act: tuple[str, int]) -> None:
    """Do one thing; what cannot be done is refused with a sentence."""
    name, seed = act
    try:
        if name in LAYER_ACTS:
            LAYER_ACTS[name](drawing, seed)
        elif name in ("paint", "erase", "smudge", "fill"):
            brush = "" if name == "fill" else NAMES[seed % len(NAMES)]
            symmetry = Symmetry("radial", 80, 65, count=3) if seed % 5 == 0 else NO_SYMMETRY
            drawing.apply(some_stroke(seed, brush=brush, mode=name, layer=drawing.active, symmetry=symmetry))
        elif name == "abandon":
            drawing.begin(some_stroke(seed, layer=drawing.active))
            drawing.add_points([(10, 10, 1), (90, 90, 1)])
            drawing.abandon()
        else:
            getattr(drawing, name)()
    except PictureError as error:
        assert str(error).endswith(".")


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(
    acts=st.lists(
        st.tuples(
            st.sampled_from(
                [*LAYER_ACTS, *["paint", "undo"] * 3, *["erase", "smudge", "fill", "abandon", "redo", "clear"] * 2]
            ),
            st.integers(0, 200),
        ),
        max_size=16,
    ),
    memory_bytes=st.sampled_from([0, 200_000, 10**8]),
)
def test_whatever_happens_the_pixels_are_those_of_the_entries_in_force(
    acts: list[tuple[str, int]], memory_bytes: int
) -> None:
    journal = Memory()
    drawing = Drawing(160, 130, journal, undo_memory_bytes=memory_bytes)
    for act in acts:
        act_on(drawing, act)
    drawing.preview_layer(drawing.layers[0].id)  # only of what is shown for a while nothing is to be seen
    steps, position = drawing.steps, drawing.position
    afresh = Drawing.replayed(160, 130, [step.entry for step in steps[:position]])
    replayed = Drawing.replayed(160, 130, journal.entries)
    surface = Surface(
        160, 130, recipes={brush.fingerprint: brush for brush in journal.entries if isinstance(brush, Brush)}
    )
    for entry in in_force(journal.entries):
        surface.apply(entry)
    for other in (afresh.surface, replayed.surface, surface):
        assert np.array_equal(pixels(drawing), other.pixels)
        assert other.layers == drawing.layers
        for layer in drawing.layers:
            assert drawing.layer_image(layer.id) == other.layer_image(layer.id)
    assert replayed.steps == steps
    assert (replayed.position, replayed.can_undo, replayed.can_redo) == (position, drawing.can_undo, drawing.can_redo)
    assert replayed.is_blank == drawing.is_blank
    assert replayed.has_placed_picture == drawing.has_placed_picture
    while drawing.can_redo:
        drawing.redo()
        replayed.redo()
        assert np.array_equal(pixels(drawing), pixels(replayed))
    drawing.jump(0)
    assert (drawing.surface.pixels == 255).all()
    assert drawing.layers == (FIRST_LAYER,)
    replayed.jump(len(steps))
    drawing.jump(len(steps))
    assert np.array_equal(pixels(drawing), pixels(replayed))
    drawing.close()
    replayed.close()


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
    assert in_force(journal.entries) == []
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
    assert np.array_equal(drawing.rgb(), images.to_bytes(drawing.picture()))
    assert np.array_equal(drawing.rgb(480), images.to_bytes(twice))


def test_a_stroke_takes_no_more_points_than_can_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (drawing_module, stroke_module):
        monkeypatch.setattr(module, "MAX_POINTS", 5)
    drawing, whole = Drawing(80, 80), some_stroke(1)
    drawing.begin(whole.head())
    for points in (whole.points[:4], whole.points, whole.points):
        drawing.add_points(points)
    stroke = drawing.end()
    assert stroke is not None
    assert np.array_equal(stroke.points, [*whole.points[:4], whole.points[0]])
    assert Stroke.from_record(stroke.to_record()) == stroke
    with pytest.raises(ValueError, match="at most 5 points"):
        stroke.with_points(np.zeros((6, 3)))


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


def busy_drawing() -> Drawing:
    """Layers in every blend mode, a placed picture, smudging, erasing, filling, symmetry and locked alpha."""
    drawing = Drawing(240, 160)
    drawing.apply(some_stroke(1, brush="flat", size_px=90.0, points=[(0, 60, 1), (240, 90, 1)]))
    drawing.place(np.full((20, 30, 4), (250, 160, 20, 255), dtype=np.uint8), title="Amber", rect=QRectF(30, 20, 90, 60))
    drawing.apply(some_stroke(2, brush="round", mode="smudge", layer=1, size_px=30.0, opacity=0.9))
    for number, blend in enumerate(BLENDS[1:], start=2):
        drawing.add_layer()
        drawing.change_layer(drawing.active, blend=blend, opacity=0.8)
        mirror = Symmetry("mirror", 120, 80)
        drawing.apply(some_stroke(number, brush="marker", layer=drawing.active, size_px=40.0, symmetry=mirror))
        drawing.apply(some_stroke(number + 9, brush="ink", mode="erase", layer=drawing.active, size_px=16.0))
    drawing.apply(Stroke("", mode="fill", color=(90, 30, 120), layer=0, points=[(3, 157, 1)], opacity=0.6))
    drawing.change_layer(1, is_alpha_locked=True)
    drawing.apply(some_stroke(20, brush="chalk", layer=1, size_px=60.0))
    drawing.duplicate_layer(2)
    drawing.merge_down(3)
    drawing.move_layer(4, 1)
    return drawing


@pytest.mark.pixels
def test_a_busy_drawing_looks_the_same_at_twice_the_size() -> None:
    """On average within 2 %, and after a blur over 5 px everywhere but in 1 % of the pixels within 12 %."""
    from scipy.ndimage import uniform_filter

    drawing = busy_drawing()
    shrunk = images.resize(drawing.render(480), height=160, width=240)
    difference = np.abs(shrunk - drawing.picture())
    assert difference.mean() < 0.02
    blurred = np.abs(uniform_filter(shrunk - drawing.picture(), (5, 5, 0))).max(axis=2)
    assert (blurred > 0.12).mean() < 0.01
    assert np.array_equal(drawing.render(240), drawing.picture())


def test_a_journal_needs_no_brushes_but_its_own() -> None:
    journal = Memory()
    drawing = Drawing(160, 130, journal)
    ours = own_and_players()["round"]
    drawing.apply(some_stroke(3, brush="round"))
    drawing.use_brushes({"round": brush_with(ours, flow=0.3, spacing=0.8)})
    drawing.apply(some_stroke(4, brush="round"))
    drawing.apply(some_stroke(5, brush="round"))
    kinds = [type(entry).__name__ for entry in journal.entries]
    assert kinds == ["Brush", "Stroke", "Brush", "Stroke", "Stroke"]
    assert len({stroke.recipe for stroke in drawing.strokes}) == 2
    replayed = Drawing.replayed(160, 130, journal.entries, brushes={})
    assert np.array_equal(pixels(replayed), pixels(drawing))
    assert replayed.missing_brushes == set()
    assert [step.title for step in replayed.steps] == [ours.title] * 3
    # What is in the journal is not written again.
    replayed.journal = journal
    replayed.use_brushes({"round": ours})
    replayed.apply(some_stroke(6, brush="round"))
    assert len(journal.entries) == 6
    for _ in range(3):
        drawing.undo()
    assert not np.array_equal(pixels(drawing), pixels(replayed))
    drawing.jump(3)
    replayed.undo()
    assert np.array_equal(pixels(drawing), pixels(replayed))


def test_a_history_names_its_steps_and_is_jumped_in() -> None:
    journal = Memory()
    drawing = Drawing(100, 100, journal)
    drawing.apply(some_stroke(1, brush="chalk"))
    drawing.apply(some_stroke(2, brush="round", mode="erase"))
    drawing.add_layer()
    drawing.apply(Stroke("", mode="fill", layer=1, points=[(50, 50, 1)]))
    drawing.clear()
    titles = ["Chalk", "Erase", "Add a layer", "Fill", "Clear"]
    assert [step.title for step in drawing.steps] == titles
    seen = pixels(drawing)
    drawing.jump(2)
    assert (drawing.position, len(drawing.layers), drawing.active) == (2, 1, 0)
    assert [step.title for step in drawing.steps] == titles
    assert journal.entries[-3:] == ["undo"] * 3
    drawing.jump(5)
    assert journal.entries[-3:] == ["redo"] * 3
    assert np.array_equal(pixels(drawing), seen)
    assert drawing.jump(5).isEmpty()
    for wrong in (-1, 6):
        with pytest.raises(ValueError):
            drawing.jump(wrong)
    drawing.jump(2)
    drawing.begin(some_stroke(3))
    drawing.add_points([(10, 10, 1), (90, 90, 1)])
    drawing.abandon()
    assert drawing.can_redo
    assert drawing.abandon().isEmpty()
    assert drawing.position == 2


def test_strokes_over_a_tracing_are_counted() -> None:
    drawing = Drawing(100, 100)
    for number in range(4):
        drawing.apply(some_stroke(number, is_traced=number % 2 == 0))
    assert drawing.traced_strokes == 2
    drawing.jump(1)
    assert drawing.traced_strokes == 1


@pytest.mark.parametrize("size", [(0, 10), (10, MAX_SIDE_PX + 1)])
def test_an_impossible_size_is_one_sentence(size: tuple[int, int]) -> None:
    with pytest.raises(PictureError, match=r"\.$"):
        Drawing(*size)
    with pytest.raises(PictureError, match=r"\.$"):
        Drawing(10, 10).render(MAX_SIDE_PX + 1)


def test_undo_works_without_any_room_for_patches(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(undo_patches.tempfile, "TemporaryFile", full)
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
