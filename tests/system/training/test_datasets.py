"""What training reads and makes up: folders with bad files, crops by seed, invented paintings, imitations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.errors import PictureError
from app.training import datasets, inventions


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    for i in range(12):
        Image.fromarray(rng.integers(0, 255, (60 + i, 80, 3), dtype=np.uint8)).save(tmp_path / f"{i:02d}.png")
    (tmp_path / "05b.png").write_bytes(b"no picture")
    (tmp_path / "more").mkdir()
    return tmp_path


def test_unreadable_pictures_are_skipped_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shelf = datasets.read_shelf(folder)
    assert shelf.skipped == ["05b.png", "more"]
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "Skipped: 05b.png is not a picture that can be read (PNG, JPEG, WebP, AVIF, GIF, BMP, TIFF, PPM)."
    assert said[1] == "Skipped: more is a folder; only the pictures beside it are read."
    assert said[2] == f"{folder}: 12 pictures read, 2 skipped. So few teach little."
    assert len(shelf.training) + len(shelf.held_out) == 12


@pytest.mark.parametrize(
    ("name", "harm", "why"),
    [
        ("a.png", lambda sound: b"", "is empty"),
        ("a.png", lambda sound: sound[: len(sound) // 2], "damaged or cut off"),
        ("a.txt", lambda sound: b"words", "not a picture"),
    ],
)
def test_every_skipped_file_gets_a_sentence_with_the_reason(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, harm, why: str
) -> None:
    (folder / name).write_bytes(harm((folder / "01.png").read_bytes()))
    shelf = datasets.read_shelf(folder)
    assert name in shelf.skipped
    (said,) = (line for line in capsys.readouterr().err.splitlines() if f"Skipped: {name} " in line)
    assert why in said


def test_tiny_pictures_are_skipped(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (200, 5)).save(folder / "thin.png")
    Image.new("RGB", (20, 31)).save(folder / "small.png")
    shelf = datasets.read_shelf(folder)
    assert {"thin.png", "small.png"} <= set(shelf.skipped)
    said = capsys.readouterr().err
    assert "Skipped: thin.png" in said
    assert "Skipped: small.png is too small to learn from: 20 x 31 px, less than 32." in said


def test_the_same_pictures_are_held_out_every_time(folder: Path) -> None:
    first, second = (datasets.read_shelf(folder, held_out=3) for _ in range(2))
    assert len(first.held_out) == 3
    for mine, other in zip(first.held_out, second.held_out, strict=True):
        np.testing.assert_array_equal(mine, other)
    assert not {p.shape for p in first.held_out} & {p.shape for p in first.training}


def test_an_empty_or_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="too few"):
        datasets.read_shelf(tmp_path)
    with pytest.raises(PictureError, match="not a folder"):
        datasets.read_shelf(tmp_path / "nowhere")
    Image.new("RGB", (64, 64)).save(tmp_path / "only.png")
    (tmp_path / "cut.png").write_bytes(b"")
    with pytest.raises(PictureError, match=r"too few readable pictures to learn from: 1; 1 were skipped\.$"):
        datasets.read_shelf(tmp_path)
    with pytest.raises(PictureError, match="not a folder"):
        datasets.read_shelf(tmp_path / "only.png")


@pytest.mark.parametrize("shape", [(90, 60), (9, 200), (300, 300)])
def test_crops_are_square_in_range_and_repeatable(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 255, (*shape, 3), dtype=np.uint8)
    for seed in range(5):
        cuts = [datasets.crop(picture, np.random.default_rng(seed), side_px=48, share=(0.3, 1.1)) for _ in range(2)]
        assert cuts[0].shape == (48, 48, 3)
        assert cuts[0].dtype == np.float32
        assert 0.0 <= cuts[0].min() <= cuts[0].max() <= 1.0
        np.testing.assert_array_equal(*cuts)


def test_changes_of_colour_and_noise_stay_in_range() -> None:
    picture = np.random.default_rng(2).random((33, 47, 3)).astype(np.float32)
    changed = []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        for made in (datasets.change_colours(picture, rng), datasets.add_noise(picture, rng)):
            assert made.shape == picture.shape
            assert made.dtype == np.float32
            assert 0.0 <= made.min() <= made.max() <= 1.0
        changed.append(float(np.abs(made - picture).mean()))
    assert min(changed) > 0.0


@pytest.mark.parametrize("manner", inventions.MANNERS)
def test_every_manner_invents_different_pictures_by_seed(manner) -> None:
    first, again, other = (manner(np.random.default_rng(seed), 64) for seed in (3, 3, 4))
    assert first.shape == (64, 64, 3)
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).mean() > 0.01
    assert np.ptp(first) > 0.1


def test_inventions_have_any_size_and_stay_in_range() -> None:
    for seed in range(12):
        picture = inventions.invent(np.random.default_rng(seed), 51)
        assert picture.shape == (51, 51, 3)
        assert picture.dtype == np.float32
        assert 0.0 <= picture.min() <= picture.max() <= 1.0


def test_more_strokes_imitate_better() -> None:
    target = inventions.clouds(np.random.default_rng(5), 96, coarse=3)[..., None] * np.array(
        [1.0, 0.6, 0.3], np.float32
    )
    misses = [
        np.mean([np.abs(inventions.imitate(target, n, np.random.default_rng(s)) - target).mean() for s in range(3)])
        for n in (5, 50, 500)
    ]
    assert misses == sorted(misses, reverse=True)
    assert misses[-1] < 0.5 * misses[0]


def test_no_stroke_leaves_the_paper() -> None:
    target = np.full((40, 30, 3), 0.5, np.float32)
    made = inventions.imitate(target, 0, np.random.default_rng(0))
    assert made.shape == target.shape
    assert np.ptp(made.reshape(-1, 3), axis=0).max() == 0.0
