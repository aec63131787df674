"""A rival's film: what it keeps of many frames, and the files it is written as."""

import itertools
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.errors import SaveError, UsageError
from app.game.archive.progress_film import MAX_FRAMES, Frame, ProgressFilm, frame_of


def frame(step: int, *, side: int = 8) -> Frame:
    picture = np.full((side, 2 * side, 3), step % 256, np.uint8)
    return Frame(step / 10, step, 1000, 1 / (1 + step), picture)


def film_of(count: int) -> ProgressFilm:
    film = ProgressFilm()
    for step in range(count):
        film.add(frame(step))
    return film


@given(st.integers(1, 2000))
def test_a_film_keeps_its_ends_and_is_evenly_thinned(count: int) -> None:
    film = film_of(count)
    steps = [each.step for each in film.frames]
    assert len(steps) == min(count, len(steps)) <= MAX_FRAMES
    assert (steps[0], steps[-1]) == (0, count - 1)
    assert steps == sorted(set(steps))
    apart = set(np.diff(steps[:-1]))
    assert len(apart) <= 1, "all but the newest lie equally far apart"
    assert count <= MAX_FRAMES or len(steps) >= MAX_FRAMES // 2


def test_what_stays_in_a_film_stays_the_same_frame() -> None:
    film = film_of(5)
    before = list(film.frames)
    for step in range(5, 200):
        film.add(frame(step))
    kept = {id(each) for each in film.frames}
    assert id(before[0]) in kept and id(before[4]) in kept


def test_a_frame_is_small_and_in_bytes() -> None:
    picture = np.linspace(0, 1, 600 * 400 * 3, dtype=np.float32).reshape(400, 600, 3)
    made = frame_of(picture, seconds=1.5, step=3, steps=9, loss=None)
    assert made.picture.dtype == np.uint8 and made.picture.shape == (171, 256, 3)
    assert (made.seconds, made.step, made.steps, made.loss) == (1.5, 3, 9, None)
    assert abs(int(made.picture[0, 0, 0]) - 0) < 3 and abs(int(made.picture[-1, -1, 2]) - 255) < 3


@pytest.fixture
def film() -> ProgressFilm:
    """Forty frames that grow and brighten, the first ones of an odd and smaller size."""
    film = ProgressFilm()
    for step in range(40):
        side = 41 if step < 20 else 60
        shape = (side, side * 5 // 4, 3)
        film.add(Frame(step / 4, step, 40, 1 / (step + 1), np.full(shape, 40 + 5 * step, np.uint8)))
    return film


def test_a_film_plays_as_mp4(film: ProgressFilm, tmp_path: Path) -> None:
    film.write(tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as opened:
        stream = opened.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 76, 60)
        means = [shown.to_ndarray(format="rgb24").mean() for shown in opened.decode(stream)]
    assert len(means) > 40
    assert means[0] == pytest.approx(40, abs=6) and means[-1] == pytest.approx(235, abs=6)
    assert all(after >= before - 2 for before, after in itertools.pairwise(means))


def test_a_film_plays_as_gif_for_ever(film: ProgressFilm, tmp_path: Path) -> None:
    film.write(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as opened:
        assert (opened.n_frames, opened.info["loop"], opened.size) == (40, 0, (75, 60))
        lengths = []
        for number in range(opened.n_frames):
            opened.seek(number)
            lengths.append(opened.info["duration"])
        last = np.asarray(opened.convert("RGB")).mean()
    assert 2000 < sum(lengths) < 8500 and lengths[-1] == 1500
    assert last == pytest.approx(235, abs=6)


def test_a_film_is_a_sheet_of_its_pictures(film: ProgressFilm, tmp_path: Path) -> None:
    film.write(tmp_path / "film.png")
    with Image.open(tmp_path / "film.png") as opened:
        sheet = np.asarray(opened.convert("RGB"))
    assert sheet.shape == (8 + 4 * (60 + 8), 8 + 6 * (75 + 8), 3)
    assert sheet[30, 30].tolist() == [40, 40, 40]
    assert sheet[-30, -30].tolist() == [235, 235, 235]


@pytest.mark.parametrize("suffix", ["gif", "mp4", "png"])
def test_a_film_of_one_frame_is_written_too(tmp_path: Path, suffix: str) -> None:
    film = film_of(1)
    assert not film.is_worth_keeping
    film.write(tmp_path / f"film.{suffix}")
    assert (tmp_path / f"film.{suffix}").stat().st_size > 50


def test_what_cannot_be_written_is_one_sentence(film: ProgressFilm, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a film ends in \.mp4, \.gif, \.png"):
        film.write(tmp_path / "film.avi")
    with pytest.raises(UsageError, match="there is no film yet"):
        ProgressFilm().write(tmp_path / "film.mp4")
    (tmp_path / "taken.gif").mkdir()
    with pytest.raises(SaveError, match=r"taken\.gif"):
        film.write(tmp_path / "taken.gif")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.gif"]
