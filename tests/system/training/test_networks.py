"""The training scripts in the small: losses fall, batches repeat by seed, whole scripts run and are taken up again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import places
from app.networks import checkpoints, runtime

runtime.tensorflow()

import keras  # noqa: E402

from app.networks.backbone import TAPS, build_backbone  # noqa: E402
from app.training import (  # noqa: E402
    backbone,
    comparisons,
    datasets,
    gatys,
    inventions,
    stylizer,
    teacher_pictures,
)
from app.training.records import held_out, read_manifest  # noqa: E402

SHARED = places.root().parent / "shared" / "models"
NEEDS_TEACHERS = pytest.mark.skipif(not SHARED.is_dir(), reason="the teachers' folder ../shared/models is absent")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    made = tmp_path_factory.mktemp("contents"), tmp_path_factory.mktemp("styles")
    for k, folder in enumerate(made):
        for i in range(8):
            picture = inventions.invent(np.random.default_rng([k, i]), 96)
            Image.fromarray((picture * 255).astype(np.uint8)).save(folder / f"{i}.png")
    return made


@pytest.fixture
def narrow() -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_backbone(widths=dict.fromkeys(TAPS, 6))


def test_the_backbones_loss_falls_and_its_batches_repeat(folders: tuple[Path, Path], narrow: keras.Model) -> None:
    shelves = (datasets.read_shelf(folders[0]), datasets.read_shelf(folders[1]))
    batches = [backbone.batch_at(i, shelves=shelves, seed=1, size=4, side_px=48) for i in (0, 0, 1)]
    np.testing.assert_array_equal(batches[0], batches[1])
    assert np.abs(batches[0] - batches[2]).mean() > 0.01
    narrow.trainable = False
    scales = backbone.tap_scales(narrow, batches[0])
    student = build_backbone(widths=dict.fromkeys(TAPS, 6), is_rectified=False)
    before = backbone.relative_errors(student, narrow, scales, batches[2])
    model = backbone.BackboneImitation(student, narrow, scales)
    model.compile(optimizer=keras.optimizers.Adam(3e-3))
    losses = [float(model.train_on_batch(batches[0], return_dict=True)["loss"]) for _ in range(40)]
    assert losses[-1] < 0.5 * losses[0]
    after = backbone.relative_errors(student, narrow, scales, batches[2])
    assert sum(after.values()) < sum(before.values())


def test_a_silent_channel_still_learns(narrow: keras.Model) -> None:
    narrow.trainable = False
    pictures = np.random.default_rng(0).random((2, 32, 32, 3)).astype(np.float32)
    scales = dict.fromkeys(TAPS, 1.0)
    student = build_backbone(widths=dict.fromkeys(TAPS, 6), is_rectified=False)
    student.get_layer("conv1_1").bias.assign(np.full(6, -50.0, np.float32))
    model = backbone.BackboneImitation(student, narrow, scales)
    model.compile(optimizer=keras.optimizers.SGD(0.01))
    model.train_on_batch(pictures)
    assert float(np.max(student.get_layer("conv1_1").get_weights()[1])) > -50.0


def test_a_classic_picture_nears_the_style(narrow: keras.Model) -> None:
    content, style = (inventions.invent(np.random.default_rng(i), 48) for i in (1, 2))
    canvas = gatys.TrainedPicture(narrow, side_px=48)
    yardstick = gatys.Yardstick(narrow)
    painted = canvas.paint(content, style, steps=25)
    assert yardstick.style_loss(painted, style) < yardstick.style_loss(content, style)
    assert yardstick.style_loss(style, style) == 0.0
    assert yardstick.content_loss(content, content) == 0.0
    np.testing.assert_allclose(canvas.paint(content, style, steps=25), painted, atol=1e-3)


def test_gram_matrices_are_means_of_products() -> None:
    features = np.random.default_rng(0).random((2, 3, 5, 4)).astype(np.float32)
    flat = features.reshape(2, 15, 4)
    wanted = np.einsum("npi,npj->nij", flat, flat) / 15
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(gatys.gram(keras.ops.convert_to_tensor(features))), wanted, rtol=1e-4
    )


def test_a_head_learns_a_known_map() -> None:
    from app.networks.stylizer import STYLE_NUMBERS, build_head

    rng = np.random.default_rng(0)
    features = rng.normal(3.0, 2.0, (600, 12)).astype(np.float32)
    vectors = (features @ rng.normal(size=(12, STYLE_NUMBERS)) * 0.2 + 1.0).astype(np.float32)
    head = build_head(features=12, hidden=8)
    stylizer.fit_head(head, features, vectors, steps=30, seed=1, state=None)
    assert stylizer.explained(head.predict_on_batch(features), vectors) > 0.95


@NEEDS_TEACHERS
@pytest.mark.slow
def test_the_backbone_script_runs_and_is_taken_up_again(
    folders: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--contents", str(folders[0]), "--styles", str(folders[1]), "--out", str(tmp_path / "out")]
    given += ["--state", str(tmp_path / "state"), "--batch", "2", "--under-way", "1", "--pool", "2", "--side", "32"]
    backbone.main([*given, "--steps", "2"])
    card = checkpoints.read_card(tmp_path / "out" / "builtin-vgg.safetensors")
    assert card["figures"]["steps"] == 2
    assert str(folders[0]) not in card["command"]
    backbone.main([*given, "--steps", "3"])
    assert "Going on from step 2." in capsys.readouterr().out
    trained = tmp_path / "out" / "builtin-vgg.safetensors"
    model = build_backbone()
    checkpoints.load_weights(model, trained)
    again = ["--state", str(tmp_path / "other"), "--start-from", str(trained)]
    backbone.main([*given, *again, "--steps", "1", "--rate", "1e-6"])
    checkpoints.load_weights(begun := build_backbone(), trained)
    for before, after in zip(model.get_weights(), begun.get_weights(), strict=True):
        factor = np.vdot(before, after) / max(float(np.vdot(before, before)), 1e-12)
        np.testing.assert_allclose(after, factor * before, atol=2e-2)
    assert "--start-from CHECKPOINT" in checkpoints.read_card(trained)["command"]
    with pytest.raises(SystemExit):
        backbone.main([*given, "--under-way", "2"])


@NEEDS_TEACHERS
@pytest.mark.slow
def test_teacher_pictures_and_comparisons_follow_one_another(folders: tuple[Path, Path], tmp_path: Path) -> None:
    where = ["--contents", str(folders[0]), "--styles", str(folders[1])]
    teacher_pictures.main([*where, "--out", str(tmp_path / "deals"), "--deals", "7"])
    deals = teacher_pictures.read_deals(tmp_path / "deals")
    assert len(deals) == 7
    assert deals.vectors.shape == (7, 100)
    assert np.abs(deals.painted.astype(int) - deals.contents).mean() > 1.0
    comparisons.main(["--pictures", str(tmp_path / "deals"), "--out", str(tmp_path / "beside"), "--count", "7"])
    beside = list(held_out(read_manifest(tmp_path / "beside", kind="comparisons"), every=1))
    assert len(beside) == 7
    likeness = dict(zip(comparisons.KINDS, np.stack([record["likeness"] for record in beside]).mean(0), strict=True))
    assert likeness["few"] < likeness["many"]
    assert likeness["corner"] < likeness["middling"] < likeness["other rival"] + 0.5
    frugal = ["--pictures", str(tmp_path / "deals"), "--out", str(tmp_path / "frugal"), "--count", "1", "--lavish", "0"]
    comparisons.main(frugal)
    (lesser,) = held_out(read_manifest(tmp_path / "frugal", kind="comparisons"), every=1)
    for place, kind in enumerate(comparisons.KINDS):
        assert np.isnan(lesser["likeness"][place]) == (kind in comparisons.LAVISH)
        assert (lesser["pictures"][1 + place].max() == 0) == (kind in comparisons.LAVISH) or kind in ("empty", "noise")
