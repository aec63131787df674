"""Replays: any moment of a drawing, reached from anywhere, looks as when it is painted straight up to there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt5.QtGui import QImage

from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing, Entry
from app.painting.io import replay as replay_module
from app.painting.io.replay import Replay
from app.painting.model.layers import Arrangement, Layer, Placed
from app.painting.model.stroke import Stroke

SIDE_PX = 96


class Notebook:
    """A journal in memory."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def write(self, entry: Entry) -> None:
        self.entries.append(entry)


def stroke(number: int, **facts: object) -> Stroke:
    names = sorted(own_and_players())
    chance = np.random.default_rng(number)
    points = np.cumsum(chance.normal(0, 7, (6, 2)), axis=0) + SIDE_PX / 2
    head = {"brush": names[number % len(names)], "color": (number * 40 % 256, 80, 160), "size_px": 14.0}
    return Stroke(**{**head, **facts}, seed=number, points=np.column_stack([points, chance.uniform(0.4, 1, 6)]))


def painted() -> tuple[Drawing, list[Entry]]:
    """A drawing with two layers, an eraser, something undone, and a layer cleared."""
    notebook = Notebook()
    drawing = Drawing(SIDE_PX, SIDE_PX, notebook)
    for number in range(12):
        drawing.apply(stroke(number))
    drawing.undo()
    drawing.add_layer("Second")
    upper = drawing.active
    for number in range(12, 20):
        drawing.apply(stroke(number, layer=upper))
    drawing.apply(stroke(20, layer=upper, mode="erase"))
    drawing.apply(stroke(21, layer=upper, mode="smudge"))
    drawing.undo()
    drawing.redo()
    drawing.change_layer(upper, title="Multiply", blend="multiply", opacity=0.7)
    drawing.apply(Stroke.cleared(0))
    drawing.apply(stroke(22, layer=0))
    drawing.apply(stroke(23, layer=0, mode="fill"))
    return drawing, notebook.entries


def pixels(image: QImage) -> NDArray[np.uint8]:
    copy = image.convertToFormat(QImage.Format_ARGB32)
    bits = copy.constBits()
    bits.setsize(copy.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(copy.height(), copy.width(), 4).copy()


@pytest.fixture(scope="module")
def whole() -> tuple[Drawing, list[Entry]]:
    return painted()


@pytest.fixture(scope="module")
def straight(whole: tuple[Drawing, list[Entry]]) -> list[NDArray[np.uint8]]:
    """What every moment looks like, painted point by point from the beginning."""
    film = Replay(SIDE_PX, SIDE_PX, whole[1])
    found = []
    for moment in range(film.length + 1):
        assert film.seek(moment)
        assert film.position == moment
        found.append(pixels(film.image()))
    return found


def test_the_end_is_the_drawing(whole: tuple[Drawing, list[Entry]], straight: list[NDArray[np.uint8]]) -> None:
    drawing, entries = whole
    assert np.array_equal(straight[-1], pixels(drawing.image()))
    assert (straight[0] == 255).all()
    film = Replay(SIDE_PX, SIDE_PX, entries)
    film.seek(1e9)
    assert film.position == film.length
    assert film.strokes == drawing.strokes
    assert np.array_equal(pixels(film.image()), straight[-1])


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(moments=st.lists(st.floats(-5, 300), min_size=1, max_size=8))
def test_every_way_to_a_moment_leads_to_the_same_pixels(
    whole: tuple[Drawing, list[Entry]], straight: list[NDArray[np.uint8]], moments: list[float]
) -> None:
    film = Replay(SIDE_PX, SIDE_PX, whole[1])
    for moment in moments:
        assert film.seek(moment)
        assert film.position == min(max(int(np.floor(moment)), 0), film.length)
        assert np.array_equal(pixels(film.image()), straight[film.position])


def test_snapshots_change_nothing_and_stay_within_their_memory(
    whole: tuple[Drawing, list[Entry]], straight: list[NDArray[np.uint8]], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if all painting were worth a snapshot.
    monkeypatch.setattr(replay_module, "_WORTH_S", 0.0)
    monkeypatch.setattr(replay_module, "_WORTH_TIMES", 0.0)
    limit = 5 * SIDE_PX * SIDE_PX * 4
    film = Replay(SIDE_PX, SIDE_PX, whole[1], memory_bytes=limit)
    most = 0
    for moment in [film.length, *np.random.default_rng(3).integers(0, film.length, 60).tolist(), 0]:
        assert film.seek(moment)
        assert np.array_equal(pixels(film.image()), straight[moment])
        assert film.bytes_in_memory <= limit
        most = max(most, film.bytes_in_memory)
    assert most > limit / 2


def test_a_step_back_paints_little_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "_WORTH_S", 0.0)
    monkeypatch.setattr(replay_module, "_WORTH_TIMES", 0.0)
    strokes = [stroke(number % 5, brush="round") for number in range(300)]
    film = Replay(SIDE_PX, SIDE_PX, strokes, memory_bytes=40 * SIDE_PX * SIDE_PX * 4)
    film.seek(film.length)
    painted: list[Stroke] = []
    apply = film._surface.apply
    monkeypatch.setattr(film._surface, "apply", lambda each: (painted.append(each), apply(each))[1])
    for moment in range(film.length, film.length // 2, -1):
        film.seek(moment)
    # A thousand steps back through 150 strokes; without snapshots each would paint some 200 strokes.
    assert len(painted) < 3000


def test_what_takes_long_is_done_in_portions(
    whole: tuple[Drawing, list[Entry]], straight: list[NDArray[np.uint8]]
) -> None:
    film = Replay(SIDE_PX, SIDE_PX, whole[1])
    calls, reached = 0, [0]
    while not film.seek(film.length, within_s=0):
        calls += 1
        reached.append(film.position)
        assert np.array_equal(pixels(film.image()), straight[film.position])
    assert calls > 5
    assert reached == sorted(set(reached))
    assert film.position == film.length


def test_a_long_stroke_is_painted_in_portions_too() -> None:
    across = np.linspace(5, SIDE_PX - 5, 1500)
    long = Stroke(
        brush="round", size_px=9, points=np.column_stack([across, 40 + 20 * np.sin(across / 5), across * 0 + 1])
    )
    film = Replay(SIDE_PX, SIDE_PX, [long])
    calls = 1
    while not film.seek(film.length, within_s=0):
        calls += 1
        assert film.stroke_at(film.position) == 1
    assert calls > 4
    at_once = Replay(SIDE_PX, SIDE_PX, [long])
    at_once.seek(at_once.length)
    assert np.array_equal(pixels(film.image()), pixels(at_once.image()))


def test_the_cursor_is_where_the_brush_is() -> None:
    first, second = stroke(1, brush="round", size_px=20.0), stroke(2, brush="round")
    film = Replay(SIDE_PX, SIDE_PX, [first, second])
    assert film.length == len(first.points) + len(second.points) + 2
    assert film.cursor is not None  # about to begin
    assert film.cursor[:2] == tuple(first.points[0, :2])
    for number, point in enumerate(first.points):
        film.seek(number + 1)
        assert film.cursor is not None
        assert film.cursor[:2] == tuple(point[:2])
        assert 0 < film.cursor.size_px <= 20.0
        assert film.stroke_at(number + 1) == 1
    film.seek(len(first.points) + 2)
    assert film.cursor[:2] == tuple(second.points[0, :2])
    assert [film.stroke_at(moment) for moment in (0, 1, 7, 8, film.length)] == [0, 1, 1, 2, 2]
    film.seek(film.length)
    assert film.cursor is None


def test_another_scale_is_the_same_drawing_at_another_size(whole: tuple[Drawing, list[Entry]]) -> None:
    film = Replay(SIDE_PX, SIDE_PX, whole[1], scale=0.5)
    film.seek(film.length)
    assert (film.image().width(), film.image().height()) == (48, 48)
    half = pixels(film.image())[..., 2::-1] / 255
    assert np.abs(half - whole[0].render(48)).max() <= 1.01 / 255


def test_strokes_whose_brush_is_not_there_change_nothing() -> None:
    film = Replay(SIDE_PX, SIDE_PX, [stroke(1, brush="round"), stroke(2, brush="lost"), stroke(3, brush="round")])
    film.seek(film.length)
    without = Replay(SIDE_PX, SIDE_PX, [stroke(1, brush="round"), stroke(3, brush="round")])
    without.seek(without.length)
    assert np.array_equal(pixels(film.image()), pixels(without.image()))
    film.seek(film.length / 2)
    assert film.seek(0)
    assert (pixels(film.image()) == 255).all()


def test_nothing_painted_has_no_length() -> None:
    film = Replay(SIDE_PX, SIDE_PX, ["undo", "redo"])
    assert film.length == 0
    assert film.seek(3)
    assert film.cursor is None
    assert film.strokes == ()


def test_a_picture_that_cannot_be_read_is_told_and_the_rest_is_there() -> None:
    layers = (Layer(), Layer(1, "Photo"))
    entries: list[Entry] = [
        stroke(1),
        Arrangement(layers, title="Place “Photo”", placed=(Placed(1, b"no picture", 0, 0, 20, 20),)),
        stroke(2, layer=1),
    ]
    drawing = Drawing.replayed(96, 72, entries)
    assert drawing.missing_pictures == {"Place “Photo”"}
    assert drawing.layers == layers
    sound = Drawing.replayed(96, 72, [entries[0], Arrangement(layers), entries[2]])
    assert not sound.missing_pictures
    assert np.array_equal(drawing.picture(), sound.picture())
    drawing.jump(0)
    drawing.jump(3)
    assert np.array_equal(drawing.picture(), sound.picture())
    film = Replay(96, 72, entries)
    assert film.seek(film.length)
    assert np.array_equal(pixels(film.image()), pixels(sound.image()))
