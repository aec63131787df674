"""Layers: their records say all of them; they blend as the formulas say; what is done to them can be taken back."""

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PyQt5.QtCore import QRectF
from PyQt5.QtGui import QColor, QImage

from app.desktop.controllers import importing
from app.desktop.controllers.importing import arrangements as arrangements_of
from app.errors import JournalError, PictureError
from app.images import to_png
from app.painting.document.drawing import Drawing
from app.painting.engine.surface import Surface
from app.painting.io.openraster_reader import OraLayer, OraPicture
from app.painting.model.layers import (
    BLENDS,
    FIRST_LAYER,
    MAX_LAYERS,
    MAX_NAME_LENGTH,
    Arrangement,
    Blend,
    Layer,
    Placed,
    changed,
)
from app.painting.model.stroke import Stroke

Floats = NDArray[np.float64]

layers = st.builds(
    Layer,
    id=st.integers(0, 40),
    name=st.text(max_size=20),
    opacity=st.floats(0, 1),
    blend=st.sampled_from(BLENDS),
    is_visible=st.booleans(),
    is_alpha_locked=st.booleans(),
)
pictures = st.builds(
    Placed,
    layer=st.just(41),
    png=st.binary(max_size=40),
    left=st.floats(-500, 500),
    top=st.floats(-500, 500),
    width=st.floats(0.5, 900),
    height=st.floats(0.5, 900),
)


@st.composite
def arrangements(draw: st.DrawFn) -> Arrangement:
    lying = [*draw(st.lists(layers, max_size=6, unique_by=lambda layer: layer.id)), Layer(41)]
    ids = st.sampled_from([layer.id for layer in lying])
    return Arrangement(
        tuple(draw(st.permutations(lying))),
        title=draw(st.text(max_size=30)),
        copied=draw(st.none() | st.tuples(st.integers(0, 99), ids)),
        merged=draw(st.none() | st.tuples(st.integers(0, 99), ids)),
        placed=tuple(draw(st.lists(pictures, max_size=3))),
    )


@given(arrangement=arrangements())
def test_a_record_gives_the_same_arrangement(arrangement: Arrangement) -> None:
    assert Arrangement.from_record(arrangement.to_record()) == arrangement
    for layer in arrangement.layers:
        assert arrangement.find(layer.id) == layer
    assert arrangement.find(1000) is None


@given(picture=pictures)
def test_a_record_whose_picture_stands_by_itself_is_read(picture: Placed) -> None:
    arrangement = Arrangement((Layer(41),), placed=(picture,))
    facts = json.loads(arrangement.to_record())
    (facts["placed"],) = facts["placed"]
    assert Arrangement.from_record(json.dumps(facts).encode()) == arrangement


def test_many_large_pictures_are_opened_in_several_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    sheets = [np.random.default_rng(number).integers(1, 256, (20, 20, 4), np.uint8) for number in range(3)]
    found = OraPicture(20, 20, tuple(OraLayer(Layer(n), sheet, 0, 0) for n, sheet in enumerate(sheets)))
    whole = arrangements_of(found, "Open")
    assert [len(each.placed) for each in whole] == [3]
    monkeypatch.setattr(importing, "MAX_PLACED_BYTES", 2 * len(to_png(sheets[0])) + 50)
    parts = arrangements_of(found, "Open")
    assert [(len(each.layers), len(each.placed)) for each in parts] == [(2, 2), (3, 1)]
    pixels = []
    for changes in (whole, parts):
        drawing = Drawing(20, 20)
        for change in changes:
            drawing.arrange(change)
        pixels.append(drawing.rgb())
    assert np.array_equal(*pixels)


@settings(max_examples=200)
@given(arrangement=arrangements(), place=st.integers(0, 10_000), flip=st.integers(0, 255), cut=st.integers(0, 10_000))
def test_a_damaged_record_is_refused_or_a_sound_arrangement(
    arrangement: Arrangement, place: int, flip: int, cut: int
) -> None:
    record = bytearray(arrangement.to_record())
    record[place % len(record)] ^= flip
    try:
        again = Arrangement.from_record(bytes(record[: cut % (len(record) + 1)]))
    except JournalError as error:
        assert str(error).endswith(".")
    else:
        assert 1 <= len(again.layers) <= MAX_LAYERS


@pytest.mark.parametrize(
    "make",
    [
        lambda: Layer(id=-1),
        lambda: Layer(opacity=1.1),
        lambda: Layer(opacity=math.nan),
        lambda: Layer(blend="burn"),  # type: ignore[arg-type]
        lambda: Arrangement(()),
        lambda: Arrangement((Layer(1), Layer(1))),
        lambda: Arrangement(tuple(Layer(number) for number in range(MAX_LAYERS + 1))),
        lambda: Arrangement(copied=(0, 7)),
        lambda: Arrangement(merged=(1, 7)),
        lambda: Arrangement(placed=(Placed(7, b"", 0, 0, 1, 1),)),
        lambda: Placed(0, b"", 0, math.inf, 1, 1),
        lambda: Placed(0, b"", 0, 0, 0, 1),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        make()


def test_a_long_name_is_cut_and_a_change_changes_one_layer() -> None:
    assert len(Layer(name="x" * 500).name) == MAX_NAME_LENGTH
    both = (Layer(0), Layer(1))
    assert changed(both, 1, opacity=0.5) == (Layer(0), Layer(1, opacity=0.5))
    with pytest.raises(ValueError):
        changed(both, 1, opacity=2.0)


# How one channel of a backdrop b and of paint s come together, 0..1, where both are whole (Compositing and Blending
# Level 1, W3C 2015).
FORMULAS: dict[Blend, Callable[[Floats, Floats], Floats]] = {
    "normal": lambda b, s: s,
    "multiply": lambda b, s: b * s,
    "screen": lambda b, s: b + s - b * s,
    "overlay": lambda b, s: np.where(b <= 0.5, 2 * b * s, 1 - 2 * (1 - b) * (1 - s)),
}


def splash(color: tuple[int, int, int], *, layer: int = 0, opacity: float = 1.0, x: float = 40.0) -> Stroke:
    """A broad stroke down the middle of a drawing of 80 px."""
    return Stroke(
        "round", color=color, size_px=60, opacity=opacity, layer=layer, points=[(x, 10, 1), (x, 40, 1), (x, 70, 1)]
    )


def middle(drawing: Drawing) -> list[int]:
    """Red, green, blue in the middle."""
    blue, green, red, _ = drawing.surface.pixels[40, 40].tolist()
    return [red, green, blue]


colors = st.tuples(*[st.integers(0, 255)] * 3)


@settings(max_examples=40, deadline=None)
@given(
    blend=st.sampled_from(BLENDS),
    paper=colors,
    below=colors,
    above=colors,
    stroke_opacity=st.floats(0.05, 1),
    layer_opacity=st.floats(0, 1),
)
def test_layers_blend_as_the_formulas_say(
    blend: Blend,
    paper: tuple[int, int, int],
    below: tuple[int, int, int],
    above: tuple[int, int, int],
    stroke_opacity: float,
    layer_opacity: float,
) -> None:
    """Within 3 of 255, since each of three steps is rounded to a whole one."""
    drawing = Drawing(80, 80, background=paper)
    drawing.apply(splash(below))
    drawing.add_layer()
    drawing.apply(splash(above, layer=drawing.active, opacity=stroke_opacity))
    drawing.change_layer(drawing.active, blend=blend, opacity=layer_opacity)
    backdrop, paint = (np.array(color) / 255 for color in (below, above))
    share = round(stroke_opacity * 255) / 255 * layer_opacity
    wanted = backdrop * (1 - share) + FORMULAS[blend](backdrop, paint) * share
    assert np.abs(np.array(middle(drawing)) - wanted * 255).max() <= 3


def test_the_eraser_shows_what_lies_beneath_the_layer() -> None:
    drawing = Drawing(80, 80, background=(240, 230, 210))
    drawing.apply(splash((200, 0, 0)))
    drawing.add_layer()
    drawing.apply(splash((0, 0, 200), layer=1))
    rubbed = Stroke("round", size_px=30, mode="erase", layer=1, points=[(30, 40, 1), (50, 40, 1)])
    drawing.apply(rubbed)
    assert middle(drawing) == [200, 0, 0]
    drawing.apply(Stroke("round", size_px=30, mode="erase", points=[(30, 40, 1), (50, 40, 1)]))
    assert middle(drawing) == [240, 230, 210]


def test_locked_alpha_keeps_the_shape_of_a_layer() -> None:
    drawing = Drawing(80, 80)
    drawing.apply(splash((200, 0, 0), x=20))
    shape = alpha_of(drawing, 0)
    drawing.change_layer(0, is_alpha_locked=True)
    drawing.apply(splash((0, 0, 200), opacity=0.5))
    assert np.array_equal(alpha_of(drawing, 0), shape)
    assert drawing.surface.pixels[40, 78].tolist() == [255, 255, 255, 255]
    assert np.abs(drawing.surface.pixels[40, 30].astype(int) - [100, 0, 100, 255]).max() <= 2
    with pytest.raises(PictureError, match="locked"):
        drawing.begin(Stroke("round", mode="erase"))


def alpha_of(drawing: Drawing, layer: int) -> NDArray[np.uint8]:
    image = drawing.layer_image(layer)
    bits = image.constBits()
    assert bits is not None
    bits.setsize(image.sizeInBytes())
    rows = np.frombuffer(bits, dtype=np.uint8).reshape(image.height(), -1, 4)
    return rows[:, : image.width(), 3].copy()


def test_a_hidden_layer_does_not_show_and_is_not_painted_on() -> None:
    drawing = Drawing(80, 80)
    drawing.apply(splash((200, 0, 0)))
    assert not drawing.change_layer(0, is_visible=False).isEmpty()
    assert middle(drawing) == [255, 255, 255]
    assert drawing.is_blank
    with pytest.raises(PictureError, match="hidden"):
        drawing.begin(splash((0, 0, 0)))
    with pytest.raises(PictureError, match="not there"):
        drawing.begin(splash((0, 0, 0), layer=5))
    drawing.undo()
    assert middle(drawing) == [200, 0, 0]
    assert not drawing.is_blank


def test_the_tracing_lies_under_the_paint_and_in_no_picture() -> None:
    drawing = Drawing(80, 80)
    drawing.apply(splash((200, 0, 0), x=10))
    plain = drawing.picture()
    photograph = QImage(20, 20, QImage.Format_RGB32)
    photograph.fill(QColor(0, 0, 0))
    drawing.surface.set_tracing(photograph, 0.5)
    assert drawing.surface.pixels[40, 70, 0] == pytest.approx(128, abs=1)
    assert drawing.surface.pixels[40, 10].tolist() == [0, 0, 200, 255]
    assert np.array_equal(drawing.picture(), plain)
    assert np.array_equal(drawing.render(80), plain)
    drawing.begin(splash((0, 200, 0), x=70))
    drawing.add_points([(70, 10, 1), (70, 70, 1)])
    drawing.undo()
    drawing.surface.set_tracing(None, 0.5)
    assert np.array_equal(drawing.picture(), plain)
    assert drawing.surface.pixels[40, 70].tolist() == [255, 255, 255, 255]


def test_layers_move_copy_merge_and_go_and_all_that_is_undone() -> None:
    drawing = Drawing(80, 80)
    drawing.apply(splash((200, 0, 0)))
    drawing.add_layer("Above")
    assert [layer.name for layer in drawing.layers] == ["Paint", "Above"]
    assert drawing.active == 1
    drawing.apply(splash((0, 0, 200), layer=1, opacity=0.5))
    seen = [drawing.surface.pixels.copy()]
    drawing.duplicate_layer(1)
    assert drawing.active == 2
    assert drawing.layers[2].name == "Above copy"
    seen.append(drawing.surface.pixels.copy())
    assert np.abs(np.array(middle(drawing)) - [50, 0, 150]).max() <= 2
    drawing.merge_down(2)
    assert [layer.id for layer in drawing.layers] == [0, 1]
    assert drawing.active == 1
    seen.append(drawing.surface.pixels.copy())
    assert np.abs(seen[2].astype(int) - seen[1]).max() <= 2
    drawing.move_layer(1, 0)
    seen.append(drawing.surface.pixels.copy())
    assert middle(drawing) == [200, 0, 0]
    drawing.remove_layer(0)
    assert [layer.id for layer in drawing.layers] == [1]
    seen.append(drawing.surface.pixels.copy())
    assert np.abs(np.array(middle(drawing)) - [64, 64, 214]).max() <= 2
    with pytest.raises(PictureError, match="last layer"):
        drawing.remove_layer(1)
    with pytest.raises(PictureError, match="beneath"):
        drawing.merge_down(1)
    for wanted in reversed(seen[:-1]):
        drawing.undo()
        assert np.array_equal(drawing.surface.pixels, wanted)
    for wanted in seen[1:]:
        drawing.redo()
        assert np.array_equal(drawing.surface.pixels, wanted)
    # An id is never used again.
    drawing.add_layer()
    assert drawing.active == 3


@settings(max_examples=25, deadline=None)
@given(lower=st.floats(0.1, 1), upper=st.floats(0.1, 1), blend=st.sampled_from(BLENDS), color=colors, other=colors)
def test_merging_keeps_the_look_over_whole_paint(
    lower: float, upper: float, blend: Blend, color: tuple[int, int, int], other: tuple[int, int, int]
) -> None:
    """Within 3 of 255. Beside the lower layer's paint a blend mode has nothing to blend with."""
    drawing = Drawing(80, 80)
    drawing.apply(splash(color))
    drawing.add_layer()
    drawing.apply(splash(other, layer=1, opacity=0.7))
    drawing.change_layer(1, blend=blend, opacity=upper)
    if blend == "normal":
        drawing.change_layer(0, opacity=lower)
    before = np.array(middle(drawing))
    drawing.merge_down(1)
    assert len(drawing.layers) == 1
    assert np.abs(np.array(middle(drawing)) - before).max() <= 3


def test_a_hidden_layer_is_not_merged() -> None:
    drawing = Drawing(80, 80)
    drawing.add_layer()
    drawing.change_layer(0, is_visible=False)
    with pytest.raises(PictureError, match="hidden"):
        drawing.merge_down(1)


def test_a_preview_shows_and_leaves_nothing() -> None:
    drawing = Drawing(80, 80)
    drawing.apply(splash((0, 0, 0)))
    steps = drawing.position
    for opacity in (0.8, 0.5):
        assert not drawing.preview_layer(0, opacity=opacity).isEmpty()
    assert middle(drawing)[0] == pytest.approx(128, abs=1)
    assert drawing.layers == (FIRST_LAYER,)
    assert drawing.position == steps
    drawing.change_layer(0, opacity=0.5)
    assert drawing.position == steps + 1
    assert middle(drawing)[0] == pytest.approx(128, abs=1)
    drawing.preview_layer(0, opacity=0.1)
    drawing.undo()
    assert middle(drawing) == [0, 0, 0]
    drawing.preview_layer(0, opacity=0.1)
    assert not drawing.change_layer(0, opacity=1.0).isEmpty()
    assert middle(drawing) == [0, 0, 0]


def test_a_drawing_has_not_more_layers_than_it_can_have() -> None:
    drawing = Drawing(20, 20)
    for _ in range(MAX_LAYERS - 1):
        drawing.add_layer()
    with pytest.raises(PictureError, match="at most"):
        drawing.add_layer()


def chequered(height: int, width: int) -> NDArray[np.uint8]:
    rgba = np.zeros((height, width, 4), dtype=np.uint8)
    rgba[: height // 2, : width // 2] = (255, 0, 0, 255)
    rgba[height // 2 :, width // 2 :] = (0, 0, 255, 128)
    return rgba


@pytest.mark.parametrize("size", [(16, 16), (800, 800)])
def test_a_placed_picture_fits_and_is_placed_again_at_any_size(size: tuple[int, int]) -> None:
    drawing = Drawing(120, 80)
    drawing.place(chequered(*size), title="Chequers")
    assert drawing.has_placed_picture
    assert not drawing.is_blank
    assert drawing.layers[-1].name == "Chequers"
    for scale in (1, 2):
        picture = drawing.render(120 * scale)
        assert np.allclose(picture[20 * scale, 40 * scale], (1, 0, 0), atol=0.02)
        assert np.allclose(picture[60 * scale, 80 * scale], (0.5, 0.5, 1), atol=0.02)
        assert np.allclose(picture[20 * scale, 10 * scale], 1)
        assert np.allclose(picture[60 * scale, 40 * scale], 1)
    again = Drawing.replayed(120, 80, [step.entry for step in drawing.steps])
    assert np.array_equal(again.surface.pixels, drawing.surface.pixels)
    drawing.undo()
    assert not drawing.has_placed_picture
    assert drawing.is_blank
    drawing.place(chequered(*size), title="There", rect=QRectF(10, 10, 20, 20))
    assert np.allclose(drawing.picture()[12, 12], (1, 0, 0), atol=0.02)
    assert np.allclose(drawing.picture()[40, 60], 1)


def test_a_placed_picture_that_cannot_be_read_changes_nothing() -> None:
    drawing = Drawing(40, 40)
    before = drawing.layers
    for wrong in (b"", b"GIF89a", to_png(chequered(9, 9))[:60]):
        placed = Placed(1, wrong, 0, 0, 40, 40)
        with pytest.raises(PictureError, match="placed picture"):
            drawing.arrange(Arrangement((*before, Layer(1)), placed=(placed,)))
        assert drawing.layers == before
        assert not drawing.can_undo
    with pytest.raises(PictureError, match="without any pixels"):
        drawing.place(np.zeros((0, 5, 4), dtype=np.uint8), title="Nothing")


def test_what_a_copy_and_a_merger_bring_is_known() -> None:
    drawing = Drawing(40, 40)
    drawing.place(chequered(8, 8), title="Photo")
    drawing.duplicate_layer(1)
    drawing.remove_layer(1)
    assert drawing.has_placed_picture
    drawing.merge_down(2)
    assert [layer.id for layer in drawing.layers] == [0]
    assert drawing.has_placed_picture
    drawing.clear()
    assert not drawing.has_placed_picture
    assert drawing.is_blank


@pytest.mark.parametrize("kind", ["arrange", "swap", "show", "restore"])
def test_every_changed_pixel_lies_in_the_rectangle_that_is_told(kind: str) -> None:
    surface = Surface(300, 200)
    two = (Layer(0), Layer(1))
    surface.arrange(Arrangement(two))
    surface.apply(Stroke("round", color=(200, 0, 0), size_px=30, points=[(30, 30, 1), (60, 40, 1)]))
    surface.apply(Stroke("round", color=(0, 0, 200), size_px=30, layer=1, points=[(250, 150, 1), (260, 150, 1)]))
    snapshot = surface.snapshot()
    surface.apply(Stroke("round", color=(0, 200, 0), size_px=10, layer=1, points=[(150, 20, 1), (150, 20, 1)]))
    before = surface.pixels.copy()
    acts: dict[str, Callable[[], Any]] = {
        "arrange": lambda: surface.arrange(Arrangement((Layer(1), Layer(2)))),
        "swap": lambda: surface.swap(surface.patch)[1],
        "show": lambda: surface.show_layers((Layer(0), Layer(1, opacity=0.5))),
        "restore": lambda: surface.restore(snapshot),
    }
    dirty = acts[kind]()
    difference = (surface.pixels != before).any(axis=2)
    rows, columns = np.nonzero(difference)
    assert len(rows) > 0
    assert dirty.contains(int(columns.min()), int(rows.min()))
    assert dirty.contains(int(columns.max()), int(rows.max()))
    if kind == "swap":
        assert not dirty.contains(30, 30)


def test_new_layers_are_told_apart_by_their_names() -> None:
    drawing = Drawing(20, 20)
    drawing.arrange(Arrangement((FIRST_LAYER, Layer(1, "Layer 3"), Layer(2, "Layer 4"))))
    for _ in range(3):
        drawing.add_layer()
    names = [layer.name for layer in drawing.layers]
    assert len(set(names)) == len(names) == 6
    assert "Layer 5" in names
    drawing.close()
