"""What a rival is asked for: validated once, the same after JSON, and kept as words and numbers, never pictures."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import images
from app.cli import rival_requests
from app.desktop.app_state import rival_settings
from app.errors import UsageError
from app.rivals.classic_options import COMPUTINGS, OPTIMIZERS, STATISTICS, ClassicOptions
from app.rivals.request import COLOURS, MAX_SIZE_PX, MIN_SIZE_PX, PLAIN, RivalRequest
from app.rivals.request_pictures import RequestPictures

REFERENCES = st.text(min_size=1, max_size=9)
OPTIONS = st.builds(
    ClassicOptions,
    steps=st.integers(1, 10**6),
    tolerance=st.floats(0, 1, exclude_max=True),
    optimizer=st.sampled_from(OPTIMIZERS),
    statistics=st.sampled_from(STATISTICS),
    computing=st.sampled_from(COMPUTINGS),
    tap_weights=st.tuples(*[st.floats(0.1, 9)] * 5),
)


@st.composite
def requests(draw: st.DrawFn) -> RivalRequest:
    further = draw(st.lists(REFERENCES, max_size=3))
    weights = draw(st.just(()) | st.tuples(*[st.floats(0.1, 9)] * (1 + len(further)))) if further else ()
    start = draw(st.sampled_from(["photograph", "noise", "picture"]))
    return RivalRequest(
        size=draw(st.integers(MIN_SIZE_PX, MAX_SIZE_PX)),
        strength=draw(st.floats(0, 1)),
        further_styles=tuple(further),
        weights=weights,
        colours=draw(st.sampled_from(COLOURS)),
        mask=draw(st.none() | REFERENCES),
        style_scale=draw(st.floats(0.25, 4)),
        start=start,
        start_picture=draw(REFERENCES) if start == "picture" else None,
        seed=draw(st.integers(0, 2**40)),
        network=draw(st.none() | st.sampled_from(["vgg19", "builtin-vgg"])),
        options=draw(st.none() | OPTIONS),
    )


@given(requests())
def test_a_request_is_the_same_after_json(wanted: RivalRequest) -> None:
    read = RivalRequest.from_json(json.loads(json.dumps(wanted.to_json())))
    assert read == wanted and hash(read) == hash(wanted)
    assert sum(read.shares()) == pytest.approx(1)


@given(
    st.dictionaries(
        st.sampled_from([*PLAIN.to_json(), "another"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
            lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["steps", "noise"]), inner),
            max_leaves=6,
        ),
        max_size=4,
    )
)
def test_whatever_json_holds_is_a_sound_request_or_one_sentence(found: dict[str, Any]) -> None:
    try:
        request = RivalRequest.from_json(found)
    except UsageError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
    else:
        assert RivalRequest.from_json(request.to_json()) == request


def test_both_doors_read_the_same_mask_from_the_same_coloured_file(tmp_path: Path) -> None:
    colours = np.zeros((20, 40, 3), np.float32)
    colours[:, :10], colours[:, 10:20], colours[:, 20:30], colours[:, 30:] = (1, 0, 0), (0, 1, 0), (0, 0, 1), 1
    path = str(tmp_path / "mask.png")
    images.write_picture(Path(path), colours)
    request = replace(PLAIN, mask=path)
    typed = rival_requests.pictures_of(request).mask
    chosen = rival_settings.ChosenPicture(path, "Mask", images.read_picture(Path(path)))
    shown = rival_settings.pictures_of(request, {path: chosen}).mask
    assert typed is not None and shown is not None and typed.dtype == np.float32
    np.testing.assert_array_equal(typed, shown)
    np.testing.assert_allclose(typed[5, [5, 15, 25, 35]], [0.2126, 0.7152, 0.0722, 1], atol=0.003)


def test_pictures_that_a_request_does_not_name_are_refused() -> None:
    with pytest.raises(UsageError, match="not those"):
        RequestPictures(mask=np.ones((2, 2), np.float32)).check_complete(PLAIN)
    with pytest.raises(UsageError, match="not those"):
        RequestPictures().check_complete(replace(PLAIN, further_styles=("a",)))


def test_the_plain_deal_is_nothing_to_speak_of() -> None:
    assert RivalRequest(size=512).sentence() == ""


def test_a_record_has_every_number_and_no_picture() -> None:
    request = RivalRequest(
        size=640,
        strength=0.7,
        further_styles=("a", "b"),
        weights=(2, 1, 1),
        colours="photograph",
        mask="mask",
        style_scale=1.5,
        start="picture",
        start_picture="start",
        seed=7,
        options=ClassicOptions(steps=12, optimizer="adam", tap_weights=(1.0, 1.0, 2.0, 1.0, 1.0)),
    )
    record = request.summary()
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
    ("wanted", "says"),
    [
        (RivalRequest(strength=0.7), "at 70 %"),
        (RivalRequest(further_styles=("a",)), "after 2 paintings"),
        (RivalRequest(colours="matched"), "its colours matched to the photograph's"),
        (RivalRequest(style_scale=2), "strokes larger × 2"),
        (RivalRequest(style_scale=0.5), "strokes smaller × 0.5"),
        (RivalRequest(start="noise", strength=0.5), "at 50 %, begun from noise"),
        (RivalRequest(mask="mask"), "within a mask"),
    ],
)
def test_what_is_unusual_is_said_in_a_few_words(wanted: RivalRequest, says: str) -> None:
    assert wanted.sentence() == says
