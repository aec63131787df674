"""What the settings keep of the rivals' requests."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from app import places
from app.desktop.app_state.rival_settings import (
    QUALITIES,
    SIZES_PX,
    ChosenPicture,
    kept,
    options_of,
    pictures_of,
    request_of,
)
from app.desktop.app_state.settings import Settings, load_settings, save_settings
from app.images import Picture
from app.rivals.classic_options import STATISTICS
from app.rivals.registry import RIVALS
from app.rivals.request import COLOURS, PLAIN, RivalRequest

REQUESTS = st.builds(
    RivalRequest,
    network=st.sampled_from([None, "builtin-vgg"]),
    size=st.sampled_from(SIZES_PX),
    strength=st.floats(0, 1),
    colours=st.sampled_from(COLOURS),
    style_scale=st.floats(0.25, 4),
    start=st.sampled_from(["photograph", "noise"]),
    options=st.builds(options_of, st.sampled_from(list(QUALITIES)), st.sampled_from(STATISTICS)),
    seed=st.integers(0, 9999),
)


@how(max_examples=40, deadline=None)
@given(REQUESTS)
def test_a_wish_is_read_as_it_was_written(wanted: RivalRequest) -> None:
    save_settings(Settings(rivals=kept({"classic": wanted, "magenta": PLAIN})))
    read = load_settings().rivals
    assert request_of(read, "classic") == wanted and request_of(read, "magenta") == PLAIN


def test_what_is_not_wished_is_not_written() -> None:
    assert kept(dict.fromkeys(RIVALS, PLAIN)) == {}
    assert kept({"classic": RivalRequest(size=512)}) == {"classic": {"size_px": 512}}
    assert options_of("usual", "gram") is None


BROKEN: dict[str, list[Any]] = {
    "network": ["magenta-int8", "none", 4],
    "size_px": [100, 384.0, True, "384"],
    "strength": [-0.1, 1.5, "1", True],
    "colours": ["red", 1],
    "style_scale": [0.1, 5, "1"],
    "start": ["picture", 3],
    "statistics": ["mean"],
    "quality": ["slow", 1.0],
    "seed": [-1, 1.5, 10_000, True],
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_what_is_broken_in_a_wish_is_as_usual_and_leaves_the_rest(name: str) -> None:
    for value in BROKEN[name]:
        sound = {"strength": 0.5} if name != "strength" else {"size_px": 512}
        read = request_of({"classic": {**sound, name: value}}, "classic")
        assert read == request_of({"classic": sound}, "classic") != PLAIN, value


def test_what_is_the_classic_rivals_alone_is_not_magentas() -> None:
    for name, value in (("start", "noise"), ("statistics", "moments"), ("quality", "quick")):
        assert request_of({"magenta": {name: value}}, "magenta") == PLAIN
        assert request_of({"classic": {name: value}}, "classic") != PLAIN
    assert (
        request_of({"magenta": {"network": RIVALS["magenta"].networks[-1]}}, "magenta").network
        == RIVALS["magenta"].networks[-1]
    )


@how(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4))
def test_settings_keep_only_what_may_be_wishes(value: Any) -> None:
    places.settings_file().parent.mkdir(parents=True, exist_ok=True)
    for rivals in (value, {"classic": value}, {"classic": {"size_px": value}}, {"nobody": {}}):
        places.settings_file().write_text(json.dumps({"rivals": rivals}), encoding="utf-8")
        settings = load_settings()
        assert all(isinstance(request_of(settings.rivals, name), RivalRequest) for name in RIVALS)
        save_settings(settings)
        assert load_settings() == settings


def test_what_a_request_refers_to_is_what_was_chosen(photograph: Picture, painting: Picture) -> None:
    one, two = ChosenPicture("1.png", "One", painting), ChosenPicture("2.png", "Two", photograph)
    request = RivalRequest(further_styles=("1.png", "2.png"), mask="2.png", start="picture", start_picture="1.png")
    pictures = pictures_of(request, {each.path: each for each in (one, two)})
    assert pictures.further_styles[0] is painting is pictures.start and pictures.further_styles[1] is photograph
    assert pictures.mask is not None and pictures.mask.shape == photograph.shape[:2]
    pictures.check_complete(request)
