"""The judge that is shipped: identity, symmetry, and an honest order of worse and better imitations."""

from __future__ import annotations

import numpy as np
import pytest
from judging_scenes import imitation, scene
from PIL import Image

from app.errors import PictureError
from app.judging.features import autoencoder
from app.judging.judge import Judge


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge.load()


SEEDS = range(8)


def test_a_picture_against_itself_is_ten(judge: Judge) -> None:
    picture = scene(1)
    assert judge.grade(picture, picture) == 10.0
    assert judge.grade(picture, picture.copy()) == 10.0


def test_the_order_of_the_two_does_not_matter(judge: Judge) -> None:
    first, second = scene(1), scene(2, 300, 200)
    assert judge.grade(first, second) == judge.grade(second, first)
    near = imitation(first, 24)
    assert judge.grade(first, near) == judge.grade(near, first)


def test_the_same_question_gets_the_same_answer(judge: Judge) -> None:
    pair = (scene(3), imitation(scene(3), 16))
    assert judge.grade(*pair) == judge.grade(*pair) == judge.grades([pair, (scene(4), scene(5)), pair])[2]


def test_grades_come_in_order_and_in_range(judge: Judge) -> None:
    pairs = [(scene(i), scene(j)) for i in range(3) for j in range(3)]
    grades = judge.grades(pairs)
    assert len(grades) == 9
    assert all(0.0 <= grade <= 10.0 for grade in grades)
    assert [grades[0], grades[4], grades[8]] == [10.0, 10.0, 10.0]
    assert judge.grades([]) == []


@pytest.mark.parametrize("kind", ["white", "black", "grey", "noise", "other"])
def test_what_has_nothing_to_do_with_it_stays_below_two_and_a_half(judge: Judge, kind: str) -> None:
    rng = np.random.default_rng(0)
    made = []
    for seed in SEEDS:
        picture = scene(seed)
        beside = {
            "white": np.ones_like(picture),
            "black": np.zeros_like(picture),
            "grey": np.full_like(picture, 0.5),
            "noise": rng.random(picture.shape).astype(np.float32),
            "other": scene(seed + 50),
        }[kind]
        made.append((picture, beside))
    assert np.mean(judge.grades(made)) < 2.5


def test_the_finer_the_imitation_the_better_the_grade(judge: Judge) -> None:
    means = [
        np.mean(judge.grades([(scene(s), imitation(scene(s), cells)) for s in SEEDS])) for cells in (4, 10, 24, 96)
    ]
    assert means == sorted(means)
    assert means[0] < 6.0
    assert means[-1] > 8.0


def test_an_imitation_beats_a_blank_canvas_and_another_picture(judge: Judge) -> None:
    for seed in SEEDS:
        picture = scene(seed)
        good, blank, other = judge.grades(
            [(picture, imitation(picture, 24)), (picture, np.ones_like(picture)), (picture, scene(seed + 50))]
        )
        assert good > max(blank, other)


def test_the_same_picture_at_another_size_is_nearly_ten(judge: Judge) -> None:
    picture = scene(7, 384, 512)
    smaller = np.asarray(Image.fromarray((picture * 255).astype(np.uint8)).resize((256, 192), Image.Resampling.LANCZOS))
    assert judge.grade(picture, smaller.astype(np.float32) / 255.0) > 9.0


def test_pictures_of_other_aspects_are_cropped_never_stretched(judge: Judge) -> None:
    picture = scene(8, 240, 240)
    wide = picture[60:180]
    stretched = np.asarray(Image.fromarray((picture * 255).astype(np.uint8)).resize((240, 120)), np.float32) / 255.0
    assert judge.grade(picture, wide) > judge.grade(picture, stretched)


@pytest.mark.parametrize("shape", [(16, 16), (16, 256), (700, 50)])
def test_small_and_long_pictures_are_graded_too(judge: Judge, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    first, second = (rng.random((*shape, 3)).astype(np.float32) for _ in range(2))
    assert 0.0 <= judge.grade(first, second) <= 10.0
    assert judge.grade(first, first) == 10.0


def test_sizes_for_the_encoder_are_of_whole_cells_and_near_the_aspect() -> None:
    height, width = autoencoder.size_of(4 / 3)
    assert height % autoencoder.CELL_PX == width % autoencoder.CELL_PX == 0
    assert abs(width / height - 4 / 3) < 0.05
    assert autoencoder.size_of(3 / 4) == (width, height)


@pytest.mark.parametrize(
    "bad",
    [
        np.full((64, 64, 3), np.nan, np.float32),
        np.full((64, 64, 3), 2.0, np.float32),
        np.full((64, 64, 3), 200, np.uint8),
        np.zeros((64, 64, 4), np.float32),
        np.zeros((64, 64), np.float32),
        np.zeros((0, 0, 3), np.float32),
        np.zeros((8, 2000, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused_in_one_sentence(judge: Judge, bad: np.ndarray) -> None:
    with pytest.raises(PictureError, match=r"judged"):
        judge.grade(bad, scene(1))
    with pytest.raises(PictureError, match=r"judged"):
        judge.hear(scene(1), bad)
    with pytest.raises(PictureError, match=r"judged"):
        judge.hear(scene(1), scene(2)).assessment(bad, scene(3))


def test_stripes_are_graded_the_same_either_way(judge: Judge) -> None:
    stripes = np.broadcast_to(((np.arange(256) // 4) % 2)[None, :, None], (256, 256, 3)).astype(np.float32)
    picture = scene(9, 256, 256)
    first, second = 0.3 * picture + 0.7 * stripes, 0.3 * picture + 0.7 * (1 - stripes)
    assert judge.grade(first, second) == judge.grade(second, first)


def test_the_decoder_paints_the_picture_again(judge: Judge) -> None:
    del judge
    encoder, decoder = autoencoder.load_encoder(), autoencoder.load_decoder()
    pictures = np.stack([scene(s, 128, 128) for s in SEEDS])
    again = autoencoder.paint_again(encoder, decoder, pictures)
    assert again.shape == pictures.shape
    flat = np.abs(pictures - pictures.mean((1, 2), keepdims=True)).mean()
    assert np.abs(again - pictures).mean() < 0.8 * flat
