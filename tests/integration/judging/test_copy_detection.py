import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image, ImageFilter

from app import images, places
from app.images import Picture
from app.judging.metrics.copy_detection import CELLS, CopyDetector
from app.training.inventions import imitate


def card(kind: str, name: str, side_px: int = 320) -> Picture:
    return images.read_picture(places.root() / kind / f"{name}.jpg", max_side_px=side_px)


@pytest.fixture(scope="module")
def content() -> Picture:
    return card("contents", "harbour")


@pytest.fixture(scope="module")
def style() -> Picture:
    return card("styles", "gale")


@pytest.fixture(scope="module")
def copies(content: Picture, style: Picture) -> CopyDetector:
    return CopyDetector(content, style)


@pytest.fixture(scope="module")
def painted(content: Picture) -> Picture:
    """The photograph as a painter has it."""
    return imitate(content, 800, np.random.default_rng(4))


def filtered(picture: Picture, kind: ImageFilter.Filter) -> Picture:
    return images.from_bytes(np.asarray(Image.fromarray(images.to_bytes(picture)).filter(kind)))


def encoded(picture: Picture, quality: int) -> Picture:
    file = io.BytesIO()
    Image.fromarray(images.to_bytes(picture)).save(file, "JPEG", quality=quality)
    return images.from_bytes(np.asarray(Image.open(file)))


def moved(picture: Picture, px: int) -> Picture:
    """Pushed down and to the right, its edges drawn out."""
    return np.pad(picture, ((px, 0), (px, 0), (0, 0)), mode="edge")[:-px, :-px]


def enlarged(picture: Picture, factor: float) -> Picture:
    height, width = picture.shape[:2]
    large = images.resize(picture, height=round(height * factor), width=round(width * factor))
    top, left = (large.shape[0] - height) // 2, (large.shape[1] - width) // 2
    return large[top : top + height, left : left + width]


def recoloured(picture: Picture) -> Picture:
    """Curves for each channel: a warm, faded look."""
    powers = np.array([0.7, 1.0, 1.5], np.float32)
    return np.asarray(0.1 + 0.8 * picture**powers, np.float32)


DISGUISES = {
    "itself": lambda picture: picture,
    "mirrored": lambda picture: picture[:, ::-1],
    "moved": lambda picture: moved(picture, 8),
    "enlarged": lambda picture: enlarged(picture, 1.05),
    "blurred": lambda picture: filtered(picture, ImageFilter.GaussianBlur(1)),
    "encoded": lambda picture: encoded(picture, 30),
    "recoloured": recoloured,
    "channels swapped": lambda picture: picture[..., [2, 0, 1]],
    "inverted": lambda picture: 1 - picture,
    "under a glaze": lambda picture: 0.5 * picture + 0.5 * np.array([0.9, 0.4, 0.1], np.float32),
    "smaller": lambda picture: images.fit_within(picture, 240),
}


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("source", ["photograph", "painting"])
def test_a_copy_is_found(copies: CopyDetector, content: Picture, style: Picture, disguise: str, source: str) -> None:
    pasted = DISGUISES[disguise](content if source == "photograph" else style)
    copied = copies.of(pasted)
    other = {"photograph": "painting", "painting": "photograph"}[source]
    assert copied.shares[source] > 0.7
    assert copied.shares[other] < 0.05


def test_maps_are_where_the_copy_is(copies: CopyDetector, content: Picture, painted: Picture) -> None:
    half = painted.copy()
    half[:, : content.shape[1] // 2] = content[:, : content.shape[1] // 2]
    copied = copies.of(half)
    assert copied.photograph.shape == copied.painting.shape == (CELLS, CELLS)
    assert copied.photograph.dtype == copied.painting.dtype == np.float32
    assert copied.photograph[:, :5].mean() > 0.7
    assert copied.photograph[:, 11:].mean() < 0.1
    assert copied.shares["photograph"] == pytest.approx(0.5, abs=0.15)


@pytest.mark.parametrize("strokes", [100, 800, 3200])
def test_painting_after_the_photograph_is_no_copy(copies: CopyDetector, content: Picture, strokes: int) -> None:
    copied = copies.of(imitate(content, strokes, np.random.default_rng(strokes)))
    assert max(copied.shares.values()) < 0.05


@pytest.mark.slow
def test_a_stylizer_and_the_auto_painter_do_not_copy(copies: CopyDetector, content: Picture, style: Picture) -> None:
    from app.painting import autopainter
    from app.rivals.registry import hire
    from app.rivals.request import RivalRequest

    rivals = hire("magenta", network="builtin-stylizer").paint(content, style, RivalRequest(size=320))
    assert max(copies.of(rivals).shares.values()) < 0.1
    drawing = autopainter.paint(rivals, strokes=150, seed=2)
    assert max(copies.of(drawing.picture()).shares.values()) < 0.05


def test_other_pictures_are_no_copies(copies: CopyDetector) -> None:
    for other in (card("contents", "robin"), card("styles", "garden")):
        assert max(copies.of(other).shares.values()) < 0.05


def test_plain_canvases_and_noise_are_no_copies(copies: CopyDetector) -> None:
    noise = np.random.default_rng(1).random((192, 256, 3), np.float32)
    for canvas in (np.ones((240, 320, 3), np.float32), np.zeros((240, 320, 3), np.float32), noise):
        assert max(copies.of(canvas).shares.values()) < 0.05


def test_a_plain_photograph_accuses_nobody() -> None:
    plain = np.full((200, 300, 3), 0.5, np.float32)
    copied = CopyDetector(plain, plain).of(imitate(card("contents", "lake"), 200, np.random.default_rng(0)))
    assert max(copied.shares.values()) < 0.05


def test_a_photograph_cropped_as_the_game_fits_it_is_found(copies: CopyDetector, content: Picture) -> None:
    square = images.cover(content, height=256, width=256)
    assert copies.of(square).shares["photograph"] > 0.7


def test_the_answer_is_the_same_again(copies: CopyDetector, content: Picture, style: Picture, painted: Picture) -> None:
    first, second = copies.of(painted), CopyDetector(content, style).of(painted)
    assert np.array_equal(first.photograph, second.photograph)
    assert first.shares == second.shares


@settings(deadline=None, max_examples=8)
@given(
    picture=arrays.arrays(
        np.float32,
        st.tuples(st.integers(16, 80), st.integers(16, 80), st.just(3)),
        elements=st.sampled_from([0.0, 0.25, 1.0]),
    )
)
def test_any_picture_has_shares_between_none_and_all(copies: CopyDetector, picture: Picture) -> None:
    copied = copies.of(picture)
    for found in (copied.photograph, copied.painting):
        assert np.isfinite(found).all()
        assert found.min() >= 0.0 and found.max() <= 1.0
    assert copied.shares["photograph"] == pytest.approx(float(copied.photograph.mean()))


@pytest.mark.parametrize("shape", [(16, 256), (256, 16), (16, 16), (40, 500)])
def test_narrow_and_small_pictures_are_looked_at(copies: CopyDetector, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(3)
    assert max(copies.of(rng.random((*shape, 3), np.float32)).shares.values()) < 0.2
