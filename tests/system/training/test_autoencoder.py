"""The autoencoder's training in the small: it learns, repeats itself by seed, goes on as if never stopped, refuses."""

from __future__ import annotations

import argparse
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import images
from app.errors import NetworkError, PasticheError, PictureError
from app.judging.features.autoencoder import CELL_PX, EMBEDDING, POOLS, SIDE_PX, VECTOR, pool
from app.networks import checkpoints, runtime

runtime.tensorflow()

import keras  # noqa: E402

from app.training import autoencoder, batches, cards, comparisons, inventions, recognition, records  # noqa: E402
from app.training.bar import TrainingBar  # noqa: E402


@dataclass
class Groups:
    """Groups as app.training.comparisons makes them, of invented pictures mixed with noise; some kinds left out."""

    def __call__(self, index: int) -> records.Record:
        rng = np.random.default_rng([3, index])
        first = inventions.invent(rng, comparisons.STORED_PX)
        other = rng.random(first.shape).astype(np.float32)
        likeness = np.linspace(0.9, 0.0, len(comparisons.KINDS)).astype(np.float32)
        group = np.stack([first, *(first * share + other * (1.0 - share) for share in likeness)])
        if index % 2:
            likeness[rng.permutation(len(likeness))[:6]] = np.nan
        return {"pictures": images.to_bytes(group), "likeness": likeness}


@dataclass
class Pictures:
    """Bare invented pictures."""

    def __call__(self, index: int) -> records.Record:
        return {"picture": images.to_bytes(inventions.invent(np.random.default_rng([4, index]), batches.KEPT_PX))}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[records.Manifest, records.Manifest]:
    folder = tmp_path_factory.mktemp("records")
    return (
        records.write_records(folder / "c", Groups(), kind="comparisons", count=24, seed=1, source={}, per_shard=2),
        records.write_records(folder / "p", Pictures(), kind="pictures", count=9, seed=1, source={}, per_shard=4),
    )


def fed(written, *, seed: int = 1, groups: int = 2, bare: int = 2) -> batches.Batches:
    return batches.Batches(*written, seed=seed, groups=groups, bare=bare)


def assert_same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> None:
    assert first.keys() == second.keys()
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])


def test_a_batch_depends_on_seed_and_step_alone(written) -> None:
    there = fed(written)
    in_order = [there(step)[0] for step in range(6)]
    # Four steps go through the bare pictures once, eleven through the comparisons.
    assert_same(fed(written)(5)[0], in_order[5])
    assert_same(there(1)[0], in_order[1])
    assert np.abs(in_order[0]["clean"] - in_order[4]["clean"]).mean() > 0.01
    assert np.abs(in_order[0]["clean"] - fed(written, seed=2)(0)[0]["clean"]).mean() > 0.01


def test_a_batch_holds_what_it_says(written) -> None:
    batch = fed(written, groups=3)(2)[0]
    count = 3 * batches.GROUP + 2
    assert batch["seen"].shape == batch["clean"].shape == (count, SIDE_PX, SIDE_PX, 3)
    assert batch["likeness"].shape == batch["kinds"].shape == (3, batches.GROUP - 1)
    assert np.isfinite(batch["likeness"]).all()
    assert (batch["likeness"][:, -1] == 1.0).all()
    assert (batch["kinds"][:, -1] == len(comparisons.KINDS)).all()
    for kinds, likeness in zip(batch["kinds"], batch["likeness"], strict=True):
        assert len(set(kinds.tolist())) == batches.GROUP - 1
        wanted = np.linspace(0.9, 0.0, len(comparisons.KINDS))[kinds[:-1]]
        np.testing.assert_allclose(likeness[:-1], wanted, atol=1e-6)
    assert -0.2 < batch["seen"].min() < batch["seen"].max() < 1.2


def test_what_does_not_matter_changes_pictures_a_little(written) -> None:
    feed = fed(written, groups=3)
    mild, strange = [], []
    for step in range(4):
        batch = feed(step)[0]
        groups = batch["seen"][: 3 * batches.GROUP].reshape(3, batches.GROUP, -1)
        mild += np.abs(groups[:, 0] - groups[:, -1]).mean(-1).tolist()
        strange += np.abs(groups - np.roll(groups, 1, axis=0)).mean(-1).ravel().tolist()
    assert 0.0 < np.mean(mild) < 0.5 * np.mean(strange)
    assert min(mild) < max(mild)


def test_too_little_to_learn_from_is_said(written) -> None:
    with pytest.raises(NetworkError, match="too little to learn from: 22 comparisons and 9 pictures"):
        fed(written, groups=23)
    with pytest.raises(NetworkError, match="too little"):
        fed(written, bare=10)


def arguments(folder: Path, *, steps: int = 3, seed: int = 1, state: Path | None = None, **more) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    cards.add_arguments(parser, name="builtin-autoencoder", steps=steps)
    given = ["--contents", str(folder), "--styles", str(folder), "--out", str(folder / "out")]
    args = cards.begin(parser, [*given, "--seed", str(seed), "--state", str(state or folder / "state")])
    vars(args).update({"weight": 3.0, "rate": 1e-3, "groups": 2, "bare": 2, "start_from": None, **more})
    return args


def weights(lesson) -> list[np.ndarray]:
    return [np.array(value) for model in (lesson.model.encoder, lesson.model.decoder) for value in model.get_weights()]


@pytest.mark.slow
def test_short_runs_repeat_and_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, written) -> None:
    whole = autoencoder.learning(arguments(tmp_path), *written)
    losses = whole.run()
    stopped = autoencoder.learning(arguments(tmp_path, state=tmp_path / "a"), *written)
    assert stopped.run(until=1) == losses[:1]
    resumed = autoencoder.learning(arguments(tmp_path, state=tmp_path / "a"), *written)
    assert resumed.step == 1
    resumed.run()
    for first, second in zip(weights(whole), weights(resumed), strict=True):
        np.testing.assert_array_equal(first, second)
    card = checkpoints.read_card(tmp_path / "out" / "builtin-autoencoder.safetensors")
    assert card["figures"]["steps"] == 3
    assert str(tmp_path) not in card["command"]
    taken_up = autoencoder.learning(
        arguments(tmp_path, state=tmp_path / "c", start_from=tmp_path / "out" / "builtin-autoencoder.safetensors"),
        *written,
    )
    for before, after in zip(weights(taken_up), weights(resumed), strict=True):
        np.testing.assert_allclose(before, after, atol=1e-3, rtol=1e-3)


@pytest.mark.slow
def test_the_loss_falls_part_by_part(written) -> None:
    keras.utils.set_random_seed(2)
    encoder = autoencoder.build_encoder(widths=(8, 8, 12, 16))
    model = autoencoder.Comparing(encoder, autoencoder.build_decoder(widths=(8, 8, 8, 8)), weight=3.0)
    batch = fed(written)(0)[0]
    model(batch)
    model.compile(optimizer=keras.optimizers.Adam(3e-3))
    told = []
    for _ in range(30):
        model.reset_metrics()
        told.append({name: float(value) for name, value in model.train_on_batch(batch, return_dict=True).items()})
    assert set(told[0]) == {"loss", *autoencoder.Comparing.PARTS}
    for part in ("loss", "painted", "cells", "vector", "known"):
        assert told[-1][part] < told[0][part], part


def test_map_and_vector_have_their_shapes_at_any_size() -> None:
    from app.judging.features.autoencoder import build_decoder, build_encoder, paint_again, see

    encoder, decoder = build_encoder(widths=(8, 8, 8, 8)), build_decoder(widths=(8, 8, 8, 8))
    for height, width in ((32, 48), (128, 128), (96, 160)):
        pictures = np.random.default_rng(1).random((2, height, width, 3)).astype(np.float32)
        seen = see(encoder, pictures)
        assert seen.cells.shape == (2, height // CELL_PX, width // CELL_PX, EMBEDDING)
        assert seen.vectors.shape == (2, VECTOR)
        assert seen.cells.dtype == seen.vectors.dtype == np.float32
        again = paint_again(encoder, decoder, pictures)
        assert again.shape == pictures.shape
        assert 0.0 <= again.min() <= again.max() <= 1.0
        alone = see(encoder, pictures[1:])
        np.testing.assert_allclose(alone.vectors[0], seen.vectors[1], atol=1e-4)


def test_the_encoder_stays_below_four_megabytes() -> None:
    from app.judging.features.autoencoder import build_encoder

    assert 2 * build_encoder().count_params() < 4_000_000


def test_training_and_judge_pool_embeddings_alike() -> None:
    cells = np.random.default_rng(1).normal(size=(1, 8, 8, 5)).astype(np.float32)
    trained = np.asarray(keras.ops.convert_to_numpy(autoencoder.unit_vectors(keras.ops.convert_to_tensor(cells))))[0]
    judged = np.concatenate([weight * pool(cells[0].astype(np.float64), by).ravel() for by, weight in POOLS])
    np.testing.assert_allclose(trained, judged / np.linalg.norm(judged), atol=1e-5)


def folder_of(folder: Path, count: int) -> Path:
    folder.mkdir()
    for i in range(count):
        picture = inventions.invent(np.random.default_rng([9, i]), 64)
        Image.fromarray(images.to_bytes(picture)).save(folder / f"{i}.png")
    return folder


def test_bare_pictures_are_made_of_what_is_not_held_out(tmp_path: Path) -> None:
    photographs, paintings = folder_of(tmp_path / "a", 5), folder_of(tmp_path / "b", 4)
    maker = batches.PictureMaker(photographs, paintings, tmp_path / "nowhere", 1)
    shelves = maker.shelves
    assert [len(shelf.held_out) for shelf in shelves] == [1, 1]
    drawn = [i for i in range(60) if np.random.default_rng([1, 31, i]).random() < 0.6]
    made = [maker(i)["picture"] for i in drawn[:12]]
    assert {picture.shape for picture in made} == {(batches.KEPT_PX, batches.KEPT_PX, 3)}
    np.testing.assert_array_equal(made[0], maker(drawn[0])["picture"])
    assert np.abs(made[0].astype(int) - made[1]).mean() > 1.0


def test_a_folder_is_known_again_by_its_bytes(tmp_path: Path) -> None:
    first, second = folder_of(tmp_path / "a", 3), folder_of(tmp_path / "b", 3)
    assert batches.fingerprint(first) == batches.fingerprint(second)
    assert batches.fingerprint(first, second).keys() == {"folder 1", "folder 2"}
    (second / "2.png").write_bytes((second / "1.png").read_bytes())
    assert batches.fingerprint(first) != batches.fingerprint(second)
    with pytest.raises(PictureError, match="cannot be read"):
        batches.fingerprint(tmp_path / "nowhere")


def test_the_script_ends_with_a_sentence_where_something_is_missing(tmp_path: Path) -> None:
    given = ["--contents", str(tmp_path), "--styles", str(tmp_path), "--pictures", str(tmp_path)]
    given += ["--comparisons", str(tmp_path), "--records", str(tmp_path / "r"), "--out", str(tmp_path / "out")]
    with pytest.raises(SystemExit) as caught:
        cards.run(lambda: autoencoder.main(given))
    assert "holds no records of comparisons" in str(caught.value)
    assert "\n" not in str(caught.value)
    with pytest.raises(PasticheError, match="no teacher pictures"):
        comparisons.main(["--pictures", str(tmp_path), "--out", str(tmp_path / "c")])


def test_mild_changes_leave_a_picture_nearly_as_it_was() -> None:
    picture = inventions.invent(np.random.default_rng(3), 96)
    for changed in (recognition.shifted(picture, 2), recognition.jpeg(picture, 85), recognition.halved(picture)):
        assert changed.shape == picture.shape
        assert 0.0 < np.abs(changed - picture).mean() < 0.1
    np.testing.assert_array_equal(recognition.shifted(picture, 2)[:, 2:], picture[:, :-2])


def test_the_share_above_is_the_area_under_the_curve() -> None:
    low, high = np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.9])
    assert recognition.share_above(high, low) == 1.0
    assert recognition.share_above(low, high) == 0.0
    assert recognition.share_above(low, low) == 0.5
    assert recognition.share_above(np.array([0.25]), low) == pytest.approx(2 / 3)


@pytest.mark.slow
def test_the_shipped_autoencoder_knows_pictures_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Oracle:
        def style_vector(self, style: np.ndarray) -> np.ndarray:
            return style.mean((0, 1))

        def paint(self, content: np.ndarray, vector: np.ndarray) -> np.ndarray:
            return (content * 0.5 + vector * 0.5).astype(np.float32)

    monkeypatch.setattr(recognition.teachers, "MagentaTeacher", Oracle)
    made = [inventions.invent(np.random.default_rng([7, i]), 192) for i in range(16)]
    figures = recognition.measure_autoencoder(list(zip(made[:8], made[8:], strict=True)))
    assert figures["deals"] == 8
    for view in ("map", "vector"):
        cosines = figures[f"mean cosine of the {view}"]
        assert min(cosines[kind] for kind in recognition.MILD) > 0.9 > 0.5 > cosines["another deal's"]
        assert figures[f"area under the ROC curve, {view}, mild change against"]["another deal's"] > 0.99


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_fills_on_a_terminal_and_a_log_gets_lines() -> None:
    terminal, log = Terminal(), io.StringIO()
    for stream in (terminal, log):
        bar = TrainingBar(4, line_every=2, stream=stream)
        for step in range(1, 5):
            bar.show(step, {"loss": 1.0 / step, "painted": 0.5})
    shown = terminal.getvalue().split("\r\x1b[K")[1:]
    assert len(shown) == 4
    assert [part.count("█") for part in shown] == sorted(part.count("█") for part in shown)
    assert "░" not in shown[-1]
    assert shown[-1].endswith("\n")
    lines = log.getvalue().splitlines()
    assert [line.split()[1] for line in lines] == ["2/4", "4/4"]
    assert "loss 0.2500  painted 0.5000" in lines[-1]
    assert "\r" not in log.getvalue()
