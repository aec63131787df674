"""The second grade: exact for the same picture, symmetric, in an honest order, and of other making than the judge's."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.images import Picture
from app.judging.metrics import second_opinion as appeals
from app.judging.metrics.second_opinion import MARGIN, second_grade
from app.training.inventions import imitate, invent

SEEDS = range(4)


def picture_of(seed: int, side_px: int = 192) -> Picture:
    return invent(np.random.default_rng(seed), side_px)


def imitation(picture: Picture, strokes: int) -> Picture:
    return imitate(picture, strokes, np.random.default_rng(strokes))


def test_the_same_picture_gets_ten() -> None:
    picture = picture_of(1)
    assert second_grade(picture, picture) == second_grade(picture, picture.copy()) == 10.0


def test_another_picture_gets_less_than_ten() -> None:
    picture = picture_of(1)
    changed = picture.copy()
    changed[:96] = np.clip(changed[:96] + 0.02, 0, 1)
    assert 9.0 < second_grade(picture, changed) < 10.0


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32 - 1), st.tuples(st.integers(16, 120), st.integers(16, 120)))
def test_the_order_does_not_matter_whatever_the_sizes(seed: int, sides: tuple[int, int]) -> None:
    rng = np.random.default_rng(seed)
    first, second = (rng.random((*size, 3), dtype=np.float32) for size in (sides, sides[::-1]))
    grade = second_grade(first, second)
    assert grade == second_grade(second, first)
    assert 0.0 <= grade <= 10.0


@pytest.mark.parametrize("shape", [(16, 256), (700, 50), (16, 16)])
def test_long_and_small_pictures_are_graded_too(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(0)
    first, second = rng.random((2, *shape, 3), dtype=np.float32)
    assert 0.0 <= second_grade(first, second) < 10.0


@pytest.mark.slow
def test_the_more_strokes_the_better_the_grade() -> None:
    means = []
    for strokes in (50, 200, 800, 3200):
        means.append(np.mean([second_grade(imitation(picture_of(s), strokes), picture_of(s)) for s in SEEDS]))
    assert means == sorted(means)
    assert means[-1] - means[0] > 4.0


@pytest.mark.parametrize("kind", ["white", "black", "noise", "other"])
def test_what_has_nothing_to_do_with_it_stays_below_a_sincere_attempt(kind: str) -> None:
    rng = np.random.default_rng(0)
    for seed in SEEDS:
        picture = picture_of(seed)
        beside = {
            "white": np.ones_like(picture),
            "black": np.zeros_like(picture),
            "noise": rng.random(picture.shape, dtype=np.float32),
            "other": picture_of(seed + 50),
        }[kind]
        assert second_grade(beside, picture) < min(second_grade(imitation(picture, 400), picture), 3.0)


def test_empty_canvases_are_graded_without_a_division_by_nothing() -> None:
    white, black = np.ones((64, 64, 3), np.float32), np.zeros((64, 64, 3), np.float32)
    assert second_grade(white, np.ones((64, 96, 3), np.float32)) == 10.0
    assert 0.0 <= second_grade(white, black) < 4.0


def test_each_measure_can_tell_by_itself() -> None:
    picture = picture_of(3)
    recoloured = picture[..., ::-1]
    whole = second_grade(picture, picture)
    assert second_grade(np.ascontiguousarray(recoloured), picture) < whole - 0.5
    assert second_grade(np.ascontiguousarray(picture[:, ::-1]), picture) < whole - MARGIN


def test_of_this_house_it_knows_pictures_only() -> None:
    tree = ast.parse(Path(appeals.__file__).read_text("utf-8"))
    ours = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app")
        for alias in node.names
    }
    assert ours == {"app.images", "app.images.Picture"}
