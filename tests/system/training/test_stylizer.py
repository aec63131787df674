"""The stylizer's training in the small: spectra, the library of styles, refinement, averaged weights, the whole way."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import images, places
from app.errors import NetworkError
from app.networks import checkpoints, runtime

runtime.tensorflow()

import keras  # noqa: E402
from keras import layers, ops  # noqa: E402

from app.networks import stylizer as network  # noqa: E402
from app.networks.backbone import TAPS, build_backbone  # noqa: E402
from app.training import inventions, refining, spectra, style_library, stylizer, teacher_pictures, teachers  # noqa: E402
from app.training.datasets import PictureFolder  # noqa: E402

SHARED = places.root().parent / "shared" / "models"


class Oracle:
    """Stands in for the teacher: vectors and pictures that follow from what it is given."""

    def style_vector(self, style: np.ndarray) -> np.ndarray:
        return np.resize(style.mean((0, 1)), 100).astype(np.float32)

    def paint(self, content: np.ndarray, vector: np.ndarray) -> np.ndarray:
        return np.clip(content * 0.5 + vector[:3] * 0.5, 0.0, 1.0).astype(np.float32)


@pytest.fixture
def shelf() -> PictureFolder:
    pictures = [images.to_bytes(inventions.invent(np.random.default_rng([4, i]), 96)) for i in range(4)]
    return PictureFolder(training=pictures, held_out=pictures[:1], skipped=[])


@pytest.fixture
def perception() -> keras.Model:
    keras.utils.set_random_seed(5)
    narrow = build_backbone(widths=dict.fromkeys(TAPS, 4))
    mapped = {
        teachers.mapped(tap): layers.Conv2D(5, 1, activation="relu")(narrow.output[tap]) for tap in network.STYLE_TAPS
    }
    model = keras.Model(narrow.inputs, {**narrow.output, **mapped})
    model.trainable = False
    return model


@pytest.fixture
def deals(tmp_path: Path, shelf: PictureFolder, monkeypatch: pytest.MonkeyPatch) -> teacher_pictures.TeacherPictures:
    monkeypatch.setattr(teacher_pictures, "MagentaTeacher", Oracle)
    monkeypatch.setattr(teachers, "MagentaTeacher", Oracle)
    teacher_pictures.paint_deals(shelf, shelf, tmp_path / "deals", deals=12, seed=1)
    return teacher_pictures.read_deals(tmp_path / "deals")


def filled(
    folder: Path, shelf: PictureFolder, deals, perception: keras.Model, count: int = 14
) -> style_library.StyleLibrary:
    scales = dict.fromkeys(TAPS, 2.0)
    style_library.fill_library(folder, shelf, shelf, deals, count=count, seed=1, perception=perception, scales=scales)
    return style_library.read_library(folder)


def test_spectra_are_those_of_numpy() -> None:
    picture = np.random.default_rng(0).random((1, 40, 70, 3)).astype(np.float32)
    got = np.asarray(spectra.log_spectrum(ops.convert_to_tensor(picture)))
    assert got.shape == (1, 32, 17, 3)
    light = picture[0].mean(-1)
    window = np.sin(np.pi * (np.arange(32) + 0.5) / 32) ** 2
    powers = []
    for left in (0, 32):
        patch = light[:32, left : left + 32]
        powers.append(np.abs(np.fft.fft2((patch - patch.mean()) * np.outer(window, window))) ** 2)
    np.testing.assert_allclose(got[0, :, :, 0], np.log(np.array(powers) + 1e-4).mean(0)[:, :17], rtol=1e-3, atol=1e-3)


def test_a_woven_ground_is_farther_from_paint_than_paint_is() -> None:
    rng = np.random.default_rng(1)
    y, x = np.mgrid[0:96, 0:96]
    weave = 0.5 + 0.1 * np.sin((x + y) * 0.9) * np.ones((3, 1, 1))
    paint = [0.5 + rng.normal(0, 0.0707, (96, 96, 1)) * np.ones(3) for _ in range(2)]
    stack = np.stack([weave.transpose(1, 2, 0), *paint]).astype(np.float32)
    assert stack[0].std() == pytest.approx(stack[1].std(), rel=0.05)
    made = spectra.log_spectrum(ops.convert_to_tensor(stack))
    distances = np.asarray(spectra.spectral_distance(made[:2], made[2:3]))
    assert distances[1] < 0.3 * distances[0]


def test_the_library_begins_with_the_deals_styles_and_goes_on_with_new_ones(
    tmp_path: Path, shelf: PictureFolder, deals, perception: keras.Model
) -> None:
    library = filled(tmp_path / "library", shelf, deals, perception)
    whole = np.flatnonzero(deals.strengths == 1.0)
    np.testing.assert_array_equal(library.pictures[: len(whole)], deals.styles[whole])
    np.testing.assert_allclose(library.vectors[: len(whole)], deals.vectors[whole])
    assert len(library) == 14 > len(whole)
    x = library.pictures[-1:].astype(np.float32) / 255.0
    for tap in style_library.GRAM_TAPS:
        wanted = np.asarray(style_library.scaled_gram(perception.predict_on_batch(x), tap, dict.fromkeys(TAPS, 2.0)))
        np.testing.assert_allclose(library.grams[tap][-1:], wanted, rtol=5e-3, atol=1e-4)
    again = filled(tmp_path / "library", shelf, deals, perception)
    np.testing.assert_array_equal(again.vectors, library.vectors)
    with pytest.raises(NetworkError, match="another run"):
        filled(tmp_path / "library", shelf, deals, perception, count=15)
    with pytest.raises(NetworkError, match="no library"):
        style_library.read_library(tmp_path / "nowhere")


@pytest.mark.slow
def test_refinement_brings_pictures_nearer_to_their_styles(
    tmp_path: Path, shelf: PictureFolder, deals, perception: keras.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refining, "REFINED_PX", 64)
    monkeypatch.setattr(refining, "_HALVED", 0.0)
    library = filled(tmp_path / "library", shelf, deals, perception)
    batch = refining.refining_batches(deals, library, library.vectors, size=4, seed=1)
    (x, y), (again, _) = batch(3), batch(3)
    for name, values in x.items():
        np.testing.assert_array_equal(again[name], values)
    assert y.shape == x["content"].shape == (4, 64, 64, 3)
    keras.utils.set_random_seed(1)
    transformer = network.build_transformer(widths=(4, 6, 8), blocks=1)
    model = refining.Refinement(transformer, perception, dict.fromkeys(TAPS, 2.0), refining.RefinementWeights())
    model(x)
    model.compile(optimizer=keras.optimizers.Adam(3e-3))
    losses = [float(model.train_on_batch(x, y)) for _ in range(25)]
    assert losses[-1] < losses[0] - 0.2


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the teachers' folder ../shared/models is absent")
def test_the_script_goes_the_whole_way_and_is_taken_up_again(
    tmp_path: Path, shelf: PictureFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("contents", "styles"):
        (tmp_path / name).mkdir()
        for i, picture in enumerate(shelf.training):
            Image.fromarray(picture).save(tmp_path / name / f"{i}.png")
    where = ["--contents", str(tmp_path / "contents"), "--styles", str(tmp_path / "styles")]
    teacher_pictures.main([*where, "--out", str(tmp_path / "deals"), "--deals", "4"])
    out = tmp_path / "out"
    out.mkdir()
    checkpoints.save_checkpoint(out / "builtin-vgg.safetensors", build_backbone(), {"what": "a random backbone"})
    given = [*where, "--pictures", str(tmp_path / "deals"), "--out", str(out), "--state", str(tmp_path / "state")]
    given += ["--batch", "1", "--steps", "1", "--head-steps", "2", "--library", "9"]
    stylizer.main([*given, "--refine-steps", "1"])
    stylizer.main([*given, "--refine-steps", "2", "--phases", "refine"])
    assert "Going on from step 1." in capsys.readouterr().out
    card = checkpoints.read_card(out / "builtin-stylizer.safetensors")
    assert card["figures"]["steps"] == "1 of imitation, 2 of refinement"
    assert str(tmp_path) not in card["command"]
