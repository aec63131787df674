"""The deck's own pictures: each is there, opens, has its size and title, and is made by its script again."""

import hashlib
import importlib
import json
from pathlib import Path

import numpy as np
import pytest
from locations import ROOT
from PIL import Image

LIMITS = {
    # room: fewest pictures, most bytes, allowed (width, height), the key that describes a picture
    "contents": (8, 250_000, {(960, 720), (720, 960)}, "description"),
    "styles": (10, 450_000, {(768, 768)}, "manner"),
}
FREE_LICENCES = {"CC0-1.0", "GPL-3.0-or-later"}


def listed(room: str) -> list[dict[str, str]]:
    pictures: list[dict[str, str]] = json.loads((ROOT / room / "deck.json").read_text(encoding="utf-8"))["pictures"]
    return pictures


@pytest.fixture(autouse=True)
def _checkout_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))


@pytest.mark.parametrize("room", LIMITS)
def test_enough_pictures_and_every_file_is_listed_once(room: str) -> None:
    files = [entry["file"] for entry in listed(room)]
    assert len(files) >= LIMITS[room][0]
    assert sorted(files) == sorted(path.name for path in (ROOT / room).glob("*.jpg"))


@pytest.mark.parametrize("room", LIMITS)
def test_every_entry_says_what_it_is_and_where_it_comes_from(room: str) -> None:
    for entry in listed(room):
        assert entry["title"].strip() == entry["title"] != ""
        assert len(entry["title"]) <= 32, f"{entry['title']!r} is too long for a label"
        assert entry[LIMITS[room][3]]
        assert entry["made_by"] == f"{room}/make.py"
        assert (ROOT / entry["made_by"]).is_file()
        assert entry["licence"] in FREE_LICENCES


def test_titles_and_pictures_are_all_different() -> None:
    entries = [(room, entry) for room in LIMITS for entry in listed(room)]
    titles = [entry["title"].casefold() for _, entry in entries]
    assert len(set(titles)) == len(titles)
    prints = [hashlib.sha256((ROOT / room / entry["file"]).read_bytes()).hexdigest() for room, entry in entries]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("room", LIMITS)
def test_pictures_open_at_the_promised_size_and_are_no_blanks(room: str) -> None:
    _, most_bytes, sizes, _ = LIMITS[room]
    for entry in listed(room):
        path = ROOT / room / entry["file"]
        assert path.stat().st_size <= most_bytes, path.name
        with Image.open(path) as image:
            assert image.format == "JPEG"
            assert image.mode == "RGB"
            assert image.size in sizes, path.name
            pixels = np.asarray(image, np.float32) / 255
        assert pixels.std() > 0.08, f"{path.name} is nearly one colour"
        # Something happens in every ninth of the picture, even in skies and walls: grain at the least.
        for part in (p for row in np.array_split(pixels, 3) for p in np.array_split(row, 3, axis=1)):
            assert part.std() > 0.004, path.name


@pytest.mark.parametrize("room", LIMITS)
def test_the_list_is_what_the_script_would_write(room: str) -> None:
    make = importlib.import_module(f"{room}.make")
    recipes = make.PHOTOGRAPHS if room == "contents" else make.PAINTINGS
    assert {entry["file"]: entry["title"] for entry in listed(room)} == {
        f"{name}.jpg": recipe.title for name, recipe in recipes.items()
    }


@pytest.mark.slow
@pytest.mark.parametrize(("name", "shape"), [("fruit", (36, 48, 3)), ("lighthouse", (48, 36, 3))])
def test_a_photograph_is_rendered_alike_twice(name: str, shape: tuple[int, int, int]) -> None:
    make = importlib.import_module("contents.make")
    first, second = (make.picture(name, size=48, samples=1) for _ in range(2))
    assert first.shape == shape
    assert first.dtype == np.float32
    assert 0 <= first.min() <= first.max() <= 1
    assert first.std() > 0.05
    np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("name", ["ember", "gulls", "stair"])
def test_a_painting_is_painted_alike_twice(name: str) -> None:
    make = importlib.import_module("styles.make")
    first, second = (make.picture(name, size=64) for _ in range(2))
    assert first.shape == (64, 64, 3)
    assert first.dtype == np.float32
    assert 0 <= first.min() <= first.max() <= 1
    assert first.std() > 0.05
    np.testing.assert_array_equal(first, second)


@pytest.mark.slow
def test_a_small_rendering_shows_what_the_shipped_photograph_shows() -> None:
    make = importlib.import_module("contents.make")
    with Image.open(ROOT / "contents" / "fruit.jpg") as image:
        shipped = np.asarray(image.resize((64, 48), Image.Resampling.BOX), np.float32) / 255
    again = make.picture("fruit", size=64, samples=2)
    assert np.abs(shipped - again).mean() < 0.06
    assert np.corrcoef(shipped.ravel(), again.ravel())[0, 1] > 0.93


def test_a_saved_picture_stays_within_its_bytes(tmp_path: Path) -> None:
    film = importlib.import_module("contents.film")
    noisy = np.random.default_rng(1).random((240, 320, 3), dtype=np.float32)
    free, bound = tmp_path / "free.jpg", tmp_path / "bound.jpg"
    film.save(noisy, free, most_bytes=10_000_000)
    film.save(noisy, bound, most_bytes=free.stat().st_size // 2)
    assert bound.stat().st_size <= free.stat().st_size // 2
    with Image.open(bound) as image:
        assert image.size == (320, 240)


def test_strokes_fall_alike_twice_and_stay_where_they_are_put() -> None:
    canvas_room = importlib.import_module("styles.canvas")
    hung = []
    for _ in range(2):
        canvas = canvas_room.Canvas(96, (1.0, 1.0, 1.0), seed=3)
        for y in (0.3, 0.4, 0.5):
            canvas.stroke(canvas.curve(0.5, y, 0.0, 400, 0.2), 160, (0.1, 0.2, 0.6), dry=0.0, wet=0.0)
        hung.append((canvas.colour.copy(), canvas.finish(cloth=0.5)))
    np.testing.assert_array_equal(hung[0][1], hung[1][1])
    np.testing.assert_array_equal(hung[0][0][80:], 1)
    np.testing.assert_allclose(hung[0][0][32:44, 40:56].mean(axis=(0, 1)), (0.1, 0.2, 0.6), atol=0.05)
