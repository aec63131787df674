"""Recorded strokes: what a hand once drew with mouse and pen still becomes the same paint.

Run as a script (`python -m tests.test_painting_recorded`), this writes the golden pictures anew.
"""

import json

import numpy as np
import pytest
from locations import GOLDEN
from numpy.typing import NDArray

from app import images
from app.painting.document.drawing import Drawing
from app.painting.model.stroke import COLUMNS, Stroke

RECORDED = {kind: facts["points"] for kind, facts in json.loads((GOLDEN / "strokes.json").read_text()).items()}
WIDTH, HEIGHT = 240, 160
SHOWN = ("round", "bristle", "charcoal", "watercolour", "ink", "smudge")


def painted(kind: str, brush: str) -> Drawing:
    """A recorded stroke over two bars of paint; "smudge" smears with the round brush."""
    drawing = Drawing(WIDTH, HEIGHT)
    for x, color in ((80, (226, 178, 60)), (160, (60, 130, 120))):
        drawing.apply(Stroke("flat", color=color, size_px=34, seed=x, points=[(x, 10, 1), (x, 150, 1)]))
    name, mode = ("round", "smudge") if brush == "smudge" else (brush, "paint")
    stroke = Stroke(name, color=(40, 42, 110), size_px=26, opacity=0.9, mode=mode, seed=11)
    drawing.begin(stroke)
    # As they came: a few at a time.
    points, batch = RECORDED[kind], 1
    while points:
        drawing.add_points(points[:batch])
        points, batch = points[batch:], batch % 3 + 1
    drawing.end()
    return drawing


def sheet(kind: str) -> NDArray[np.float32]:
    """All brushes, two to a row."""
    pictures = [painted(kind, brush).picture() for brush in SHOWN]
    return np.concatenate([np.concatenate(pictures[row : row + 2], axis=1) for row in range(0, len(SHOWN), 2)])


def test_what_was_recorded_is_what_a_hand_does() -> None:
    for points in RECORDED.values():
        rows = np.array(points)
        assert rows.shape[1] == len(COLUMNS)
        assert (np.diff(rows[:, 3]) >= 0).all()
    assert (np.array(RECORDED["mouse"])[:, 4:] == 0).all()
    assert np.ptp(np.array(RECORDED["pen"]), axis=0).min() > 0.5


@pytest.mark.pixels
@pytest.mark.parametrize("kind", sorted(RECORDED))
def test_a_recorded_stroke_looks_as_it_did(kind: str) -> None:
    """Within 0.5 % on average, and within 8 % for all but 0.5 % of the pixels."""
    wanted = images.read_picture(GOLDEN / f"strokes-{kind}.png")
    difference = np.abs(sheet(kind) - wanted).max(axis=2)
    assert difference.mean() < 0.005
    assert (difference > 0.08).mean() < 0.005


@pytest.mark.parametrize("brush", SHOWN)
@pytest.mark.parametrize("kind", sorted(RECORDED))
def test_a_recorded_stroke_in_hand_is_the_one_that_is_replayed(kind: str, brush: str) -> None:
    drawing = painted(kind, brush)
    replayed = Drawing.replayed(WIDTH, HEIGHT, drawing.strokes)
    assert np.array_equal(replayed.surface.pixels, drawing.surface.pixels)


if __name__ == "__main__":
    for each in RECORDED:
        images.write_picture(GOLDEN / f"strokes-{each}.png", sheet(each))
