"""What is kept of a commission: words and numbers, never pictures."""

import json

import numpy as np
import pytest

from app.game.request_summary import Asked
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import Commission


def picture(value: float = 0.5) -> np.ndarray:
    return np.full((8, 8, 3), value, np.float32)


def test_the_plain_deal_is_nothing_to_speak_of() -> None:
    assert Asked.of(Commission(size=512)).sentence() == ""
    assert Asked() == Asked.of(Commission())


def test_a_record_has_every_number_and_no_picture() -> None:
    commission = Commission(
        size=640,
        strength=0.7,
        more_styles=(picture(), picture()),
        weights=(2, 1, 1),
        colours="photograph",
        mask=np.ones((4, 4), np.float32),
        style_scale=1.5,
        start="picture",
        start_picture=picture(),
        seed=7,
    )
    options = ClassicOptions(steps=12, optimizer="adam", tap_weights=(1.0, 1.0, 2.0, 1.0, 1.0))
    record = Asked.of(commission, options).record()
    assert json.loads(json.dumps(record)) == record
    assert record == {
        "size_px": 640,
        "strength": 0.7,
        "colours": "photograph",
        "style_scale": 1.5,
        "start": "picture",
        "seed": 7,
        "shares": [0.5, 0.25, 0.25],
        "mask": True,
        "options": {"steps": 12, "optimizer": "adam", "tap_weights": [1.0, 1.0, 2.0, 1.0, 1.0]},
    }


@pytest.mark.parametrize(
    ("commission", "says"),
    [
        (Commission(strength=0.7), "at 70 %"),
        (Commission(more_styles=(picture(),)), "after 2 paintings"),
        (Commission(colours="matched"), "its colours matched to the photograph's"),
        (Commission(style_scale=2), "strokes larger × 2"),
        (Commission(style_scale=0.5), "strokes smaller × 0.5"),
        (Commission(start="noise", strength=0.5), "at 50 %, begun from noise"),
        (Commission(mask=np.ones((2, 2), np.float32)), "within a mask"),
    ],
)
def test_what_is_unusual_is_said_in_a_few_words(commission: Commission, says: str) -> None:
    assert Asked.of(commission).sentence() == says
