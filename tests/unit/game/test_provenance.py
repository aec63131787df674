"""What is said of the pictures that were placed on a drawing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt5.QtCore import QRectF

from app import places
from app.game import pasting
from app.game.provenance import PlacedPicture, Provenance, placed_pictures
from app.judging.assessment import Assessment
from app.painting.brushes.brush import load_brushes
from app.painting.document.drawing import Drawing
from app.painting.model.layers import Arrangement, Layer, Placed

PIXELS = np.full((10, 20, 4), 200, np.uint8)


@pytest.fixture
def drawing(qapp: object) -> Drawing:
    return Drawing(200, 100, brushes=load_brushes(places.brushes()))


def placed_on(drawing: Drawing) -> list[tuple[str, float]]:
    return [(each.title, round(each.share, 2)) for each in Provenance.of(drawing).placed]


def test_a_drawing_says_which_pictures_lie_on_it_and_how_far(drawing: Drawing) -> None:
    assert Provenance.of(drawing) == Provenance(0)
    drawing.place(PIXELS, title="Harbour", rect=QRectF(0, 0, 100, 100))
    drawing.place(PIXELS, title="Red waves", rect=QRectF(150, 50, 100, 100))
    facts = Provenance.of(drawing, is_strict=True)
    assert facts.has_placed and facts.is_strict and facts.strokes == 0
    assert placed_on(drawing) == [("Harbour", 0.5), ("Red waves", 0.12)]
    drawing.undo()
    assert placed_on(drawing) == [("Harbour", 0.5)]
    drawing.undo()
    assert Provenance.of(drawing) == Provenance(0)
    drawing.redo()
    assert placed_on(drawing) == [("Harbour", 0.5)]


def test_what_is_hidden_or_gone_is_not_named_and_what_was_merged_is(drawing: Drawing) -> None:
    drawing.place(PIXELS, title="Harbour", rect=QRectF(0, 0, 100, 100))
    layer = drawing.layers[-1].id
    drawing.change_layer(layer, is_visible=False)
    assert placed_on(drawing) == [] and Provenance.of(drawing).has_placed
    drawing.change_layer(layer, is_visible=True)
    drawing.merge_down(layer)
    assert placed_on(drawing) == [("Harbour", 0.5)]
    drawing.duplicate_layer(drawing.layers[0].id)
    assert placed_on(drawing) == [("Harbour", 0.5)], "the same place twice"
    drawing.remove_layer(drawing.layers[0].id)
    assert placed_on(drawing) == [("Harbour", 0.5)]
    drawing.clear()
    assert placed_on(drawing) == []


def test_layers_of_another_programs_file_are_one_picture() -> None:
    layers = (Layer(1, "Sky"), Layer(2, "Sea"))
    placed = tuple(Placed(layer, b"", 0, top, 100, 50) for layer, top in ((1, 0), (2, 50)))
    step = Arrangement(layers, title="Open “harbour”", placed=placed)
    assert placed_pictures([step], 100, 100) == (PlacedPicture("harbour", 1.0),)
    nameless = Arrangement(layers, title="Take over", placed=placed[:1])
    assert placed_pictures([nameless], 100, 100) == (PlacedPicture("Sky", 0.5),)


@given(
    st.lists(st.tuples(*(st.floats(-300, 300) for _ in range(2)), *(st.floats(1, 500) for _ in range(2))), max_size=4)
)
def test_the_share_that_is_covered_is_that_of_the_rectangles_together(rects: list[tuple[float, ...]]) -> None:
    layers = tuple(Layer(number, "Layer") for number in range(len(rects) + 1))
    placed = tuple(Placed(number, b"", *rect) for number, rect in enumerate(rects))
    found = placed_pictures([Arrangement(layers, title="Place “a”", placed=placed)], 200, 100)
    down, across = np.mgrid[0:200, 0:400] / 2 + 0.25
    covered = np.zeros(down.shape, bool)
    for left, top, width, height in rects:
        covered |= (across >= left) & (across < left + width) & (down >= top) & (down < top + height)
    assert sum(each.share for each in found) == pytest.approx(covered.mean(), abs=0.04)


@pytest.mark.parametrize(
    ("painted", "copied", "sentence"),
    [
        (None, {}, ""),
        (None, {"photograph": 0.03, "painting": 0.0}, ""),
        (
            Provenance(9),
            {"photograph": 0.3},
            "You pasted the photograph; it covers about 30 % of your drawing and does not count as painted.",
        ),
        (
            Provenance(9, has_placed=True, placed=(PlacedPicture("Harbour", 0.8),)),
            {"photograph": 0.78, "painting": 0.0},
            "You pasted the photograph, “Harbour”; it covers about 80 % of your drawing and does not count as painted.",
        ),
        (
            Provenance(9, has_placed=True, placed=(PlacedPicture("holiday x", 1.0),)),
            {"photograph": 0.02},
            "You placed a picture of your own, “holiday x”, over all of your drawing.",
        ),
        (
            Provenance(9, has_placed=True, placed=(PlacedPicture("", 0.5),)),
            {},
            "You placed a picture of your own over about 50 % of your drawing.",
        ),
        (Provenance(9, has_placed=True), {}, "You placed a picture of your own on the drawing."),
        (
            Provenance(9, has_placed=True, placed=(PlacedPicture("Harbour", 1.0), PlacedPicture("", 0.01))),
            {},
            "You placed 2 pictures of your own; the largest, “Harbour”, covers all of your drawing.",
        ),
        (
            Provenance(9, has_placed=True, placed=tuple(PlacedPicture(name, 0.1) for name in "abcd")),
            {},
            "You placed 4 pictures of your own; the largest, “a”, covers about 10 % of your drawing.",
        ),
        (
            Provenance(0, has_placed=True),
            {"photograph": 1.0, "painting": 0.5},
            "You pasted the photograph and the painting; they cover all and about 50 % of your drawing and do not "
            "count as painted.",
        ),
    ],
)  # fmt: skip
def test_one_sentence_names_what_was_pasted(
    painted: Provenance | None, copied: dict[str, float], sentence: str
) -> None:
    assessments = [Assessment(3, 0.2, copied=copied), Assessment(4, 0.2, copied=dict.fromkeys(copied, 0.0))]
    assert pasting.sentence(painted, assessments) == sentence
