"""What the player wishes of the rivals: what the settings keep of it, and the commission that comes of it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from app import images, places
from app.cli import commissions, parser
from app.desktop.app_state.rival_settings import (
    QUALITIES,
    SIZES_PX,
    Brought,
    Further,
    Named,
    Wish,
    commission_of,
    kept,
    options_of,
    wish_of,
)
from app.desktop.app_state.settings import Settings, load_settings, save_settings
from app.images import Picture
from app.rivals.classic_options import STATISTICS, ClassicOptions
from app.rivals.commission import COLOURS
from app.rivals.registry import RIVALS

WISHES = st.builds(
    Wish,
    network=st.sampled_from(["", "builtin-vgg"]),
    size_px=st.sampled_from(SIZES_PX),
    strength=st.floats(0, 1),
    colours=st.sampled_from(COLOURS),
    style_scale=st.floats(0.25, 4),
    start=st.sampled_from(["photograph", "noise"]),
    statistics=st.sampled_from(STATISTICS),
    quality=st.sampled_from(list(QUALITIES)),
    seed=st.integers(0, 9999),
)


@how(max_examples=40, deadline=None)
@given(WISHES)
def test_a_wish_is_read_as_it_was_written(wish: Wish) -> None:
    save_settings(Settings(rivals=kept({"classic": wish, "magenta": Wish()})))
    read = load_settings().rivals
    assert wish_of(read, "classic") == wish and wish_of(read, "magenta") == Wish()


@how(max_examples=40, deadline=None)
@given(WISHES)
def test_every_wish_makes_a_sound_commission(wish: Wish) -> None:
    commission = commission_of(wish)
    commission.check()
    assert (commission.size, commission.strength, commission.start) == (wish.size_px, wish.strength, wish.start)
    assert options_of(wish).steps >= 1


def test_what_is_not_wished_is_not_written() -> None:
    assert kept({name: Wish() for name in RIVALS}) == {}
    assert kept({"classic": Wish(size_px=512)}) == {"classic": {"size_px": 512}}
    assert options_of(Wish()) == ClassicOptions()


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
        read = wish_of({"classic": {**sound, name: value}}, "classic")
        assert read == Wish(**sound), value


def test_what_is_the_classic_rivals_alone_is_not_magentas() -> None:
    for name, value in (("start", "noise"), ("statistics", "moments"), ("quality", "quick")):
        assert wish_of({"magenta": {name: value}}, "magenta") == Wish()
        assert wish_of({"classic": {name: value}}, "classic") != Wish()
    assert (
        wish_of({"magenta": {"network": RIVALS["magenta"].networks[-1]}}, "magenta").network
        == RIVALS["magenta"].networks[-1]
    )


@how(max_examples=40, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), st.lists, max_leaves=4))
def test_settings_keep_only_what_may_be_wishes(value: Any) -> None:
    places.settings_file().parent.mkdir(parents=True, exist_ok=True)
    for rivals in (value, {"classic": value}, {"classic": {"size_px": value}}, {"nobody": {}}):
        places.settings_file().write_text(json.dumps({"rivals": rivals}), encoding="utf-8")
        settings = load_settings()
        assert all(isinstance(wish_of(settings.rivals, name), Wish) for name in RIVALS)
        save_settings(settings)
        assert load_settings() == settings


def test_pictures_go_into_the_commission(photograph: Picture, painting: Picture) -> None:
    one, two = Named("One", painting), Named("Two", photograph)
    brought = Brought((Further(one, 0.25), Further(two, 0.5)), weight=0.25, mask=Named("Mask", photograph), start=one)
    commission = commission_of(Wish(), brought)
    commission.check()
    assert commission.shares() == pytest.approx((0.25, 0.25, 0.5))
    assert commission.more_styles[0] is painting and commission.start_picture is painting
    assert commission.start == "picture"
    assert commission.mask is not None and commission.mask.shape == photograph.shape[:2]
    assert commission_of(Wish(), Brought(weight=0.1)).weights == (), "one painting alone has no share"
    none = Brought((Further(one, 0.0),), weight=0.0)
    assert commission_of(Wish(), none).shares() == (0.5, 0.5)


def test_both_doors_read_a_coloured_mask_alike(tmp_path: Path) -> None:
    picture = np.zeros((40, 60, 3), np.float32)
    picture[:, 20:40, 1] = 1.0
    picture[:, 40:] = 1.0
    path = tmp_path / "mask.png"
    images.write_picture(path, picture)
    of_window = commission_of(Wish(), Brought(mask=Named("mask", images.read_picture(path)))).mask
    wanted = ["stylize", "--rival", "classic", "--mask", str(path), "content.png", "style.png", "out.png"]
    of_command_line = commissions.commission(parser.parse(wanted)).mask
    assert of_window is not None and of_command_line is not None
    np.testing.assert_array_equal(of_window, of_command_line)
    assert of_window.dtype == np.float32
    assert of_window[20, [5, 30, 55]] == pytest.approx([0, 0.7152, 1])
