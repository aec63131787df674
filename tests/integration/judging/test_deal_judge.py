"""The judge with a deal before it: tricks do not pay, care does, and every assessment is whole."""

from __future__ import annotations

import io
from functools import cache

import numpy as np
import pytest
from judging_scenes import scene
from PIL import Image, ImageDraw

from app import images
from app.game.demonstration import recoloured
from app.judging.assessment import ANCHORS, FACETS
from app.judging.deal_judge import DealJudge
from app.judging.judge import Judge
from app.painting import autopainter
from app.training.inventions import imitate, invent

SEEDS = (0, 1, 2)


@cache
def judge() -> Judge:
    return Judge.load()


@cache
def deal(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Photograph, painting, and a rival's picture: the photograph in the painting's colours, in broad strokes."""
    photograph = scene(seed)
    painting = np.ascontiguousarray(invent(np.random.default_rng(seed + 10), 256)[:192], np.float32)
    rival = imitate(recoloured(photograph, painting), 4000, np.random.default_rng(seed))
    return photograph, painting, np.asarray(rival, np.float32)


@cache
def deal_judge(seed: int) -> DealJudge:
    return judge().hear(*deal(seed)[:2])


@cache
def attempt(seed: int, strokes: int) -> np.ndarray:
    return autopainter.paint(deal(seed)[2], strokes=strokes, seed=1).picture()


def test_the_rivals_own_picture_gets_ten_and_nothing_else_does() -> None:
    rival = deal(0)[2]
    assert deal_judge(0).grade(rival, rival.copy()) == 10.0
    touched = rival.copy()
    touched[0, 0] = 1 - touched[0, 0]
    assert 9.5 < deal_judge(0).grade(touched, rival) < 10.0


def test_grades_are_symmetric_and_always_the_same() -> None:
    _, _, rival = deal(1)
    drawing = attempt(1, 200)
    grade = deal_judge(1).grade(drawing, rival)
    assert deal_judge(1).grade(rival, drawing) == grade
    again = judge().hear(*deal(1)[:2])
    assert again.grade(drawing.copy(), rival.copy()) == grade


@pytest.mark.parametrize("seed", SEEDS)
def test_more_care_gets_more(seed: int) -> None:
    grades = [deal_judge(seed).grade(attempt(seed, strokes), deal(seed)[2]) for strokes in (30, 200, 1500)]
    assert grades == sorted(grades)
    assert grades[2] - grades[0] > 1.5


def text(shape: tuple[int, ...]) -> np.ndarray:
    image = Image.new("RGB", (shape[1], shape[0]), "white")
    ImageDraw.Draw(image).multiline_text((8, 8), "a picture\nof something\nelse", fill="black", font_size=40)
    return np.asarray(image, np.float32) / 255.0


def tiny(drawing: np.ndarray) -> np.ndarray:
    canvas = np.ones_like(drawing)
    canvas[-48:, :64] = images.resize(drawing, height=48, width=64)
    return canvas


@pytest.mark.parametrize("seed", SEEDS)
def test_tricks_do_not_pay(seed: int) -> None:
    photograph, painting, rival = deal(seed)
    sincere = deal_judge(seed).grade(attempt(seed, 200), rival)
    best = attempt(seed, 1500)
    noise = np.random.default_rng(3).random(rival.shape).astype(np.float32)
    tricks = {
        "white": np.ones_like(rival),
        "one colour": np.full_like(rival, 0.3),
        "mean colour": np.broadcast_to(rival.mean((0, 1)), rival.shape).copy(),
        "noise": noise,
        "photograph": photograph,
        "painting": painting,
        "text": text(rival.shape),
        "mirrored": np.ascontiguousarray(best[:, ::-1]),
        "swapped": np.ascontiguousarray(best[..., [2, 0, 1]]),
        "tiny": tiny(best),
    }
    grades = {name: deal_judge(seed).grade(picture, rival) for name, picture in tricks.items()}
    assert {name: grade for name, grade in grades.items() if grade >= sincere} == {}


def test_small_changes_of_the_file_hardly_matter() -> None:
    rival = deal(2)[2]
    drawing = attempt(2, 200)
    height, width = drawing.shape[:2]
    saved = io.BytesIO()
    Image.fromarray(images.to_bytes(drawing)).save(saved, "JPEG", quality=85)
    with Image.open(saved) as opened:
        encoded = images.from_bytes(np.asarray(opened))
    half = images.resize(images.resize(drawing, height=height // 2, width=width // 2), height=height, width=width)
    shifted = np.pad(drawing, ((2, 0), (2, 0), (0, 0)), mode="edge")[:height, :width]
    grade = deal_judge(2).grade(drawing, rival)
    for changed in (encoded, half, np.ascontiguousarray(shifted)):
        assert abs(deal_judge(2).grade(changed, rival) - grade) < 0.3


def test_an_assessment_is_whole() -> None:
    rival = deal(0)[2]
    assessment = deal_judge(0).assessment(attempt(0, 200), rival, titles=("Your drawing", "Magenta"))
    assert assessment.grade == deal_judge(0).grade(attempt(0, 200), rival)
    assert 0 < assessment.band < 1
    assert tuple(assessment.facets) == FACETS
    assert tuple(assessment.anchors) == ANCHORS
    assert assessment.second_grade is not None
    assert 0 <= assessment.second_grade <= 10
    assert all(share < 0.1 for share in assessment.copied.values())
    for facet in assessment.facets.values():
        assert 0 <= facet.grade < 10
        assert facet.sentence.endswith(".")
        assert facet.heat.shape == (16, 16)
        assert facet.heat.dtype == np.float32
        assert 0 <= facet.heat.min() <= facet.heat.max() <= 1
    assert all(grade < assessment.grade for grade in assessment.anchors.values())


def test_an_assessment_on_the_same_picture_finds_nothing() -> None:
    rival = deal(0)[2]
    assessment = deal_judge(0).assessment(rival.copy(), rival)
    assert assessment.grade == 10.0
    assert all(facet.grade == 10.0 and facet.heat.max() < 1e-3 for facet in assessment.facets.values())


def test_a_pasted_photograph_is_named() -> None:
    photograph, _, rival = deal(1)
    assessment = deal_judge(1).assessment(photograph.copy(), rival)
    assert assessment.copied["photograph"] > 0.5
    assert assessment.copied["painting"] < 0.1


def test_pictures_of_other_shapes_are_cropped_not_stretched() -> None:
    rival = deal(2)[2]
    tall = np.pad(rival, ((40, 40), (0, 0), (0, 0)), mode="edge")
    squeezed = images.resize(tall, height=rival.shape[0], width=rival.shape[1])
    assert deal_judge(2).grade(tall, rival) > 9.0
    assert deal_judge(2).grade(squeezed, rival) < deal_judge(2).grade(tall, rival)


def test_a_rival_that_is_partly_the_photograph_fines_nobody_and_excuses_no_other_paste() -> None:
    photograph, painting, rival = deal(0)
    half = rival.copy()
    half[:, :128] = photograph[:, :128]
    drawing = half.copy()
    drawing[:, :128] = attempt(0, 1500)[:, :128]
    fresh = judge().hear(photograph, painting)
    fined, pasted = fresh.grade(drawing, half), fresh.grade(photograph, rival)
    fresh.expect(half)
    assert fresh.grade(drawing, half) > fined
    assert fresh.grade(half, drawing) == fresh.grade(drawing, half)
    # That one rival was told to leave the photograph as it is excuses no paste against the other.
    fresh.expect(rival)
    assert fresh.grade(photograph, rival) == pasted
