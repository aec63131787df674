"""Checkpoints: what is saved comes back; what is damaged, foreign or missing is refused with a sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli, places
from app.errors import NetworkError
from app.networks import checkpoints, runtime
from app.worker import jobs


def small_model(width: int = 5):
    runtime.tensorflow()
    import keras
    from keras import layers

    picture = keras.Input((3,))
    return keras.Model(picture, layers.Dense(width, name="dense")(picture))


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "small.safetensors"
    checkpoints.save_checkpoint(path, small_model(), {"name": "small"})
    return path


def test_weights_come_back_as_float32_rounded_to_float16(tmp_path: Path) -> None:
    first, second = small_model(), small_model()
    card = checkpoints.save_checkpoint(tmp_path / "a.safetensors", first, {"name": "a"})
    checkpoints.load_weights(second, tmp_path / "a.safetensors")
    for mine, other in zip(first.get_weights(), second.get_weights(), strict=True):
        assert other.dtype == np.float32
        np.testing.assert_array_equal(mine.astype(np.float16).astype(np.float32), other)
    assert card["weights"] == 3 * 5 + 5
    assert checkpoints.read_card(tmp_path / "a.safetensors") == card


def test_two_models_share_a_file(tmp_path: Path) -> None:
    models = {"one": small_model(2), "two": small_model(4)}
    checkpoints.save_checkpoint(tmp_path / "pair.safetensors", models, {})
    others = {"one": small_model(2), "two": small_model(4)}
    checkpoints.load_weights(others, tmp_path / "pair.safetensors")
    np.testing.assert_allclose(models["two"].get_weights()[0], others["two"].get_weights()[0], atol=1e-3)


@pytest.mark.parametrize("where", [0, 40, -1])
def test_a_changed_byte_is_noticed(saved: Path, where: int) -> None:
    content = bytearray(saved.read_bytes())
    content[where] ^= 1
    saved.write_bytes(bytes(content))
    with pytest.raises(NetworkError, match="damaged"):
        checkpoints.load_weights(small_model(), saved)


def test_a_cut_file_is_noticed(saved: Path) -> None:
    saved.write_bytes(saved.read_bytes()[:-7])
    with pytest.raises(NetworkError, match="damaged"):
        checkpoints.load_weights(small_model(), saved)


def test_a_file_that_is_no_safetensors_is_refused_even_with_its_sum(saved: Path) -> None:
    import hashlib

    saved.write_bytes(b"not a network")
    card = checkpoints.read_card(saved) | {"sha256": hashlib.sha256(b"not a network").hexdigest()}
    saved.with_suffix(".json").write_text(json.dumps(card), "utf-8")
    with pytest.raises(NetworkError, match="damaged"):
        checkpoints.load_weights(small_model(), saved)


def test_a_missing_file_and_a_missing_card_are_named(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match=r"nowhere\.safetensors is missing"):
        checkpoints.load_weights(small_model(), tmp_path / "nowhere.safetensors")
    saved.with_suffix(".json").unlink()
    with pytest.raises(NetworkError, match=r"card .* is missing"):
        checkpoints.load_weights(small_model(), saved)


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_broken_card_is_refused(saved: Path, content: str) -> None:
    saved.with_suffix(".json").write_text(content, "utf-8")
    with pytest.raises(NetworkError, match="card"):
        checkpoints.load_weights(small_model(), saved)


def test_a_network_of_another_shape_does_not_fit(saved: Path) -> None:
    with pytest.raises(NetworkError, match="does not fit"):
        checkpoints.load_weights(small_model(6), saved)
    with pytest.raises(NetworkError, match="does not fit"):
        checkpoints.load_weights({"other": small_model()}, saved)


def test_weights_that_are_no_numbers_are_not_saved(tmp_path: Path) -> None:
    model = small_model()
    model.set_weights([np.full((3, 5), 1e6, np.float32), np.zeros(5, np.float32)])
    with pytest.raises(NetworkError, match="not finite"), np.errstate(over="ignore"):
        checkpoints.save_checkpoint(tmp_path / "a.safetensors", model, {})
    assert not (tmp_path / "a.safetensors").exists()


@pytest.mark.parametrize("name", ["builtin-vgg", "builtin-stylizer", "builtin-autoencoder"])
def test_the_shipped_cards_tell_what_they_must(name: str) -> None:
    card = checkpoints.card(name)
    for key in ("name", "what", "script", "command", "data", "date", "sha256", "figures", "licence", "teachers"):
        assert card[key], key
    assert card["name"] == name
    assert card["size"] == checkpoints.path_of(name).stat().st_size
    assert checkpoints.read_tensors(checkpoints.path_of(name))


def test_the_shipped_checkpoints_stay_below_twelve_megabytes() -> None:
    names = ("builtin-vgg", "builtin-stylizer", "builtin-autoencoder")
    assert sum(checkpoints.path_of(name).stat().st_size for name in names) < 12_000_000


def test_metadata_comes_back_and_is_covered_by_the_sum(saved: Path) -> None:
    before = checkpoints.read_tensors(saved)
    assert checkpoints.read_metadata(saved) == {}
    checkpoints.put_metadata(saved, "calibration", '{"grades": [0, 10]}')
    checkpoints.put_metadata(saved, "words", "Größe \n")
    checkpoints.put_metadata(saved, "calibration", "[1]")
    assert checkpoints.read_metadata(saved) == {"calibration": "[1]", "words": "Größe \n"}
    after = checkpoints.read_tensors(saved)
    assert before.keys() == after.keys()
    for key, value in before.items():
        np.testing.assert_array_equal(value, after[key])
    card = checkpoints.read_card(saved)
    assert card["name"] == "small"
    assert card["size"] == saved.stat().st_size
    saved.write_bytes(saved.read_bytes().replace(b"[1]", b"[2]"))
    with pytest.raises(NetworkError, match="damaged"):
        checkpoints.read_metadata(saved)


def test_new_weights_keep_the_metadata_that_is_there(saved: Path) -> None:
    checkpoints.put_metadata(saved, "calibration", "kept")
    checkpoints.save_checkpoint(saved, small_model(9), {"name": "larger"})
    assert checkpoints.read_metadata(saved) == {"calibration": "kept"}
    assert checkpoints.read_tensors(saved)["dense/kernel"].shape == (3, 9)
    saved.write_bytes(b"damaged")
    checkpoints.save_checkpoint(saved, small_model(), {"name": "anew"})
    assert checkpoints.read_metadata(saved) == {}


def test_weights_are_taken_over_where_they_fit(tmp_path: Path) -> None:
    first = {"one": small_model(3), "two": small_model(4)}
    checkpoints.save_checkpoint(tmp_path / "a.safetensors", first, {})
    second = {"one": small_model(3), "two": small_model(5), "three": small_model(2)}
    untouched = second["two"].get_weights()[0].copy()
    assert checkpoints.take_weights(second, tmp_path / "a.safetensors") == 2
    np.testing.assert_allclose(second["one"].get_weights()[0], first["one"].get_weights()[0], atol=1e-3)
    np.testing.assert_array_equal(second["two"].get_weights()[0], untouched)


def test_a_built_in_checkpoint_says_how_to_get_it_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints.places, "checkpoints", lambda: tmp_path / "checkpoints")
    path = checkpoints.path_of("small")
    checkpoints.save_checkpoint(path, small_model(), {"name": "small"})
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NetworkError, match=r"damaged: .* \(in a clone: `git restore checkpoints`\)\.$"):
        checkpoints.read_tensors(path)
    path.unlink()
    with pytest.raises(NetworkError, match=r"missing\. Fetch it .* `git restore checkpoints`\)\.$"):
        checkpoints.read_tensors(path)
    path.with_suffix(".json").unlink()
    with pytest.raises(NetworkError, match=r"card .* missing\. Fetch it"):
        checkpoints.card("small")


@pytest.mark.parametrize("harm", ["missing", "cut", "altered"])
def test_grading_with_a_harmed_autoencoder_ends_with_a_sentence_that_repairs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], harm: str
) -> None:
    folder = tmp_path / "checkpoints"
    shutil.copytree(places.checkpoints(), folder)
    monkeypatch.setattr(places, "checkpoints", lambda: folder)
    path = folder / "builtin-autoencoder.safetensors"
    content = path.read_bytes()
    path.unlink()
    if harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    elif harm == "altered":
        # One letter of the calibration in the header: no weight is touched.
        path.write_bytes(content[:40] + bytes([content[40] ^ 1]) + content[41:])
    for name, shade in (("a", 60), ("b", 200)):
        Image.new("RGB", (64, 48), (shade, 90, 120)).save(tmp_path / f"{name}.png")
    # A judge that was loaded before, whole, would go on grading.
    jobs._judge.cache_clear()
    code = cli.main(["grade", str(tmp_path / "a.png"), str(tmp_path / "b.png")])
    told = capsys.readouterr()
    assert code == 1
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert "builtin-autoencoder" in told.err
    assert "git restore checkpoints" in told.err
