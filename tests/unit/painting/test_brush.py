"""Brushes: ours are sound and made by our script; a player's are read alike; broken ones are one sentence."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from app import places
from app.errors import PictureError, SaveError
from app.painting.brushes import brush as brush_module
from app.painting.brushes.brush import Brush, BrushSource, brush_with, load_brush, load_brushes, own_and_players
from app.painting.brushes.user_brushes import delete_brush, save_brush
from brushes import make

NAMED_BY_THE_GAME = ("grain", "bristle", "palette-knife", "ink", "watercolour", "charcoal", "chalk", "splatter")


def write_brush(folder: Path, name: str = "mine", *, image: Image.Image | None = None, **recipe: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    image = image or Image.fromarray(np.full((32, 32), 255, dtype=np.uint8)).convert("LA")
    image.save(folder / f"{name}.png")
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"title": "Mine", "texture": f"{name}.png", **recipe}))
    return path


def test_every_brush_that_the_game_names_is_there_and_all_are_sound() -> None:
    skipped: list[PictureError] = []
    found = load_brushes(places.brushes(), on_skipped=skipped.append)
    assert skipped == []
    assert set(NAMED_BY_THE_GAME) <= set(found)
    assert len(found) >= 16
    assert len({each.title for each in found.values()}) == len(found)
    assert all(each.hint for each in found.values())
    assert [each.order for each in found.values()] == sorted(each.order for each in found.values())


@pytest.mark.slow
def test_the_textures_in_the_repository_are_what_the_script_makes() -> None:
    for name in make.TEXTURES:
        kept = np.asarray(Image.open(places.brushes() / f"{name}.png"))
        made = np.asarray(make.texture(name))
        # Another processor's sine may round another way.
        assert kept.shape == made.shape
        assert np.abs(kept.astype(int) - made.astype(int)).max() <= 2, name
    paper = np.asarray(make.paper()).astype(int)
    assert np.abs(paper - np.asarray(Image.open(places.brushes() / "paper.png")).astype(int)).max() <= 2


def test_the_paper_is_seamless() -> None:
    paper = np.asarray(make.paper()).astype(float)
    within = np.abs(np.diff(paper, axis=0)).mean()
    assert np.abs(paper[0] - paper[-1]).mean() < 1.3 * within
    assert np.abs(paper[:, 0] - paper[:, -1]).mean() < 1.3 * within


def test_every_setting_is_declared_with_a_range_that_holds_its_default() -> None:
    declared = brush_module.settings()
    assert {"spacing", "flow", "hardness", "rotation", "pressure_size", "grain", "wetness"} <= {
        s.name for s in declared
    }
    for setting in declared:
        assert setting.tooltip.endswith(".")
        if setting.choices:
            assert setting.default in setting.choices
        elif isinstance(setting.default, float):
            assert setting.low <= setting.default <= setting.high


def test_a_players_brush_is_read_as_ours_and_may_replace_one(own_data: Path) -> None:
    write_brush(own_data / "brushes", "mine", spacing=0.5, rotation="random", pressure_size=[[0, 0.1], [1, 1]])
    write_brush(own_data / "brushes", "ink", title="My ink")
    found = own_and_players()
    assert found["mine"].spacing == 0.5
    assert found["mine"].pressure_size == ((0.0, 0.1), (1.0, 1.0))
    assert found["ink"].title == "My ink"
    assert "chalk" in found


def test_dark_on_white_without_alpha_is_a_texture_too(tmp_path: Path) -> None:
    pixels = np.full((32, 32), 255, dtype=np.uint8)
    pixels[8:24, 8:24] = 0
    made = load_brush(write_brush(tmp_path, image=Image.fromarray(pixels).convert("RGB")))
    assert made.texture.coverage[0, 16, 16] == 255
    assert made.texture.coverage[0, 0, 0] == 0


def test_imprints_stand_side_by_side(tmp_path: Path) -> None:
    pixels = np.zeros((16, 48, 2), dtype=np.uint8)
    for number in range(3):
        pixels[4:12, 16 * number + 4 : 16 * number + 12, 1] = 80 * (number + 1)
    texture = Image.merge("LA", [Image.fromarray(pixels[..., 0]), Image.fromarray(pixels[..., 1])])
    made = load_brush(write_brush(tmp_path, image=texture))
    assert made.texture.variants == 3
    assert made.texture.coverage.max(axis=(1, 2)).tolist() == [80, 160, 240]
    assert made.texture.reach == pytest.approx(0.707, abs=0.1)


@pytest.mark.parametrize(
    ("recipe", "complaint"),
    [
        ({"spacing": 0}, "spacing"),
        ({"spacing": "wide"}, "spacing"),
        ({"flow": True}, "flow"),
        ({"flow": None}, "flow"),
        ({"rotation": "sideways"}, "rotation"),
        ({"pressure_size": [[0, 0]]}, "pressure_size"),
        ({"pressure_size": [[0.5, 0], [0.5, 1]]}, "pressure_size"),
        ({"pressure_size": [[0, 2], [1, 1]]}, "pressure_size"),
        ({"colour": 1}, "colour"),
        ({"title": 3}, "title"),
        ({"texture": "../../secret.png"}, "beside"),
        ({"texture": "absent.png"}, "absent.png"),
        ({"paper": "absent.png"}, "absent.png"),
        ({"order": [1]}, "order"),
    ],
)
def test_a_broken_recipe_is_one_sentence(tmp_path: Path, recipe: dict[str, Any], complaint: str) -> None:
    path = write_brush(tmp_path, **recipe)
    with pytest.raises(PictureError) as caught:
        load_brush(path)
    assert complaint in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"brush"', "[" * 5000, '{"spacing": NaN}'])
def test_a_file_that_is_no_recipe_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = write_brush(tmp_path)
    path.write_text(text)
    with pytest.raises(PictureError):
        load_brush(path)


@pytest.mark.parametrize("shape", [(32, 40), (2, 2), (16, 16 * 17), (2048, 2048)])
def test_a_texture_of_no_fitting_shape_is_refused(tmp_path: Path, shape: tuple[int, int]) -> None:
    texture = Image.fromarray(np.zeros(shape, dtype=np.uint8))
    with pytest.raises(PictureError):
        load_brush(write_brush(tmp_path, image=texture))


def test_an_empty_texture_is_refused(tmp_path: Path) -> None:
    texture = Image.fromarray(np.full((32, 32), 255, dtype=np.uint8))
    with pytest.raises(PictureError, match="empty"):
        load_brush(write_brush(tmp_path, image=texture))


def test_broken_brushes_are_skipped_and_named(tmp_path: Path) -> None:
    write_brush(tmp_path, "good")
    write_brush(tmp_path, "bad").write_text("{")
    write_brush(tmp_path, "Wrong Name")
    skipped: list[PictureError] = []
    found = load_brushes(tmp_path, tmp_path / "absent", on_skipped=skipped.append)
    assert list(found) == ["good"]
    assert sorted(name for name in ("bad.json", "Wrong Name.json") for e in skipped if name in str(e)) == [
        "Wrong Name.json",
        "bad.json",
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 600), flip=st.integers(0, 255))
def test_a_damaged_texture_is_read_or_refused(tmp_path: Path, cut: int, flip: int) -> None:
    path = write_brush(tmp_path)
    png = path.with_suffix(".png")
    data = bytearray(png.read_bytes())
    data[cut % len(data)] ^= flip
    png.write_bytes(data[: max(cut, 1)] if cut % 2 else data)
    try:
        assert isinstance(load_brush(path), Brush)
    except PictureError as error:
        assert str(error).endswith(".")


def test_each_setting_has_words_for_people_and_a_neutral_default_for_speed_and_tilt() -> None:
    declared = {setting.name: setting for setting in brush_module.settings()}
    assert all(setting.label and setting.group for setting in declared.values())
    assert len({setting.label for setting in declared.values()}) == len(declared)
    assert [declared[name].default for name in ("speed_size", "speed_flow", "tilt_size")] == [0.0, 0.0, 0.0]
    assert "tilt" in declared["rotation"].choices
    assert declared["pressure_flow"].is_curve


def test_its_source_keeps_every_brush_whole() -> None:
    for brush in load_brushes(places.brushes()).values():
        again = Brush.from_source(brush.source)
        assert again.fingerprint == brush.fingerprint
        assert again.source == brush.source
        assert (again.name, again.title, again.hint, again.order) == (brush.name, brush.title, brush.hint, brush.order)
        assert all(getattr(again, s.name) == getattr(brush, s.name) for s in brush_module.settings())
        assert np.array_equal(again.texture.coverage, brush.texture.coverage)
        assert np.array_equal(again.paper, brush.paper)


def test_fingerprints_tell_every_change_apart(tmp_path: Path) -> None:
    base = load_brushes(places.brushes())["chalk"]
    texture = Image.fromarray(np.full((32, 32), 255, dtype=np.uint8)).convert("LA")
    others = [
        brush_with(base, spacing=base.spacing + 0.01),
        brush_with(base, name="other"),
        brush_with(base, pressure_size=((0, 0.5), (1, 1))),
        load_brush(write_brush(tmp_path, "chalk", image=texture)),
    ]
    assert len({each.fingerprint for each in (base, *others)}) == 5
    assert brush_with(base).fingerprint == base.fingerprint
    assert len(base.fingerprint) == 16


def test_a_source_stays_as_it_is_however_another_version_would_write_it() -> None:
    chalk = load_brushes(places.brushes())["chalk"]
    recipe = json.loads(chalk.source.json)
    # As a version would have written it that knew fewer settings and put spaces and line ends between them.
    del recipe["speed_flow"], recipe["edge"]
    older = chalk.source._replace(json=json.dumps(recipe, indent=2, sort_keys=True).encode())
    brush = Brush.from_source(older)
    assert brush.source == older
    assert (brush.speed_flow, brush.edge) == (0.0, 0.0)
    assert brush.fingerprint != chalk.fingerprint
    assert Brush.from_source(brush.source).fingerprint == brush.fingerprint
    # One that is made from it is another, whose source says so.
    changed = brush_with(brush, spacing=0.5)
    assert json.loads(changed.source.json)["spacing"] == 0.5
    assert brush_with(brush).fingerprint == brush_with(chalk).fingerprint


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_damaged_source_is_a_brush_or_refused(data: st.DataObject) -> None:
    whole = load_brushes(places.brushes())["round"].source
    text = bytearray(whole.json)
    for _ in range(data.draw(st.integers(1, 3))):
        text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.one_of(st.just(len(text)), st.integers(0, len(text))))
    texture = whole.texture_png[: data.draw(st.one_of(st.just(len(whole.texture_png)), st.integers(0, 900)))]
    try:
        brush = Brush.from_source(BrushSource(bytes(text[:cut]), texture, whole.paper_png))
    except PictureError as error:
        assert "\n" not in str(error)
    else:
        assert all(
            s.low <= getattr(brush, s.name) <= s.high
            for s in brush_module.settings()
            if s.high > s.low and not s.is_curve
        )


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"spacing": 0}, "spacing"),
        ({"flow": float("nan")}, "flow"),
        ({"sparkle": 1}, "sparkle"),
        ({"rotation": "up"}, "rotation"),
    ],
)
def test_a_change_that_cannot_be_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(PictureError, match=complaint):
        brush_with(load_brushes(places.brushes())["chalk"], **changes)


def test_an_own_brush_is_saved_read_again_and_replaced_whole(own_data: Path) -> None:
    folder = places.own_brushes()
    chalk = own_and_players()["chalk"]
    assert "mine" not in own_and_players()
    path = save_brush(folder, "mine", "My chalk", chalk, {"spacing": 0.3, "speed_size": -0.5})
    found = own_and_players()["mine"]
    assert (found.title, found.spacing, found.speed_size, found.grain) == ("My chalk", 0.3, -0.5, chalk.grain)
    assert found.texture.png == chalk.texture.png
    assert np.array_equal(found.paper, chalk.paper)

    png = io.BytesIO()
    Image.fromarray(np.full((32, 32), 255, dtype=np.uint8)).convert("LA").save(png, "PNG")
    assert save_brush(folder, "mine", "My block", chalk, {}, png.getvalue()) == path
    found = own_and_players()["mine"]
    assert (found.title, found.texture.png) == ("My block", png.getvalue())
    # The texture that nothing names any more is gone; the paper is there once.
    assert len(list(folder.glob("*.png"))) == 2


def test_a_deleted_brush_takes_only_its_own_files_with_it(own_data: Path) -> None:
    folder, chalk = places.own_brushes(), own_and_players()["chalk"]
    for name in ("mine", "mine-too"):
        save_brush(folder, name, "My chalk", chalk, {})
    (folder / "photo.png").write_bytes(b"something of the player's")
    assert len(list(folder.glob("paper-*.png"))) == 1
    delete_brush(folder, "mine")
    assert "mine" not in own_and_players()
    left = own_and_players()["mine-too"]
    assert (left.texture.png, left.paper_png) == (chalk.texture.png, chalk.paper_png)
    delete_brush(folder, "mine-too")
    assert [path.name for path in folder.iterdir()] == ["photo.png"]
    with pytest.raises(SaveError, match=r"\.$"):
        delete_brush(folder, "mine")


def test_while_a_brush_cannot_be_read_no_texture_is_removed(own_data: Path) -> None:
    folder, chalk = places.own_brushes(), own_and_players()["chalk"]
    save_brush(folder, "mine", "My chalk", chalk, {})
    (folder / "other.json").write_text("{")
    delete_brush(folder, "mine")
    assert len(list(folder.glob("*.png"))) == 2


@pytest.mark.parametrize("name", ["chalk", "../chalk", "My brush", ""])
def test_our_brushes_names_and_unsound_ones_are_not_written(own_data: Path, name: str) -> None:
    with pytest.raises(PictureError):
        save_brush(places.own_brushes(), name, "Mine", own_and_players()["chalk"], {})
    with pytest.raises(PictureError):
        save_brush(places.brushes(), "mine", "Mine", own_and_players()["chalk"], {})
    assert not places.own_brushes().exists()
    assert not (places.brushes() / "mine.json").exists()
