"""Time-lapses: opened again they have their length and frames, show the brush, and end on the drawing."""

from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.errors import Cancelled, SaveError, UsageError
from app.painting.document.drawing import Drawing
from app.painting.io.replay import Replay
from app.painting.io.timelapse import default_fps, default_side_px, write_timelapse
from app.painting.model.stroke import Stroke

WIDTH, HEIGHT = 121, 90


def strokes() -> list[Stroke]:
    chance = np.random.default_rng(5)
    across = np.linspace(10, WIDTH - 10, 25)
    return [
        Stroke(
            brush="round",
            color=tuple(int(channel) for channel in chance.integers(0, 256, 3)),
            size_px=18,
            opacity=0.9,
            seed=number,
            points=np.column_stack([across, 12 + 11 * number + 4 * np.sin(across / 9), np.ones(25)]),
        )
        for number in range(7)
    ]


def film(scale: float = 1.0) -> Replay:
    return Replay(WIDTH, HEIGHT, strokes(), scale=scale)


@pytest.fixture(scope="module")
def final() -> NDArray[np.float32]:
    return Drawing.replayed(WIDTH, HEIGHT, strokes()).picture()


def gif_frames(path: Path) -> tuple[list[NDArray[np.uint8]], list[int]]:
    frames, durations = [], []
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("RGB")))
            durations.append(image.info["duration"])
    return frames, durations


def mp4_frames(path: Path) -> tuple[list[NDArray[np.uint8]], float]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        frames = [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]
        return frames, float(stream.duration * stream.time_base)


def in_blocks(picture: NDArray[np.floating]) -> NDArray[np.floating]:
    """The means of squares of 10 x 10 px."""
    return picture[:90, :120].reshape(9, 10, 12, 10, 3).mean(axis=(1, 3))


@pytest.mark.parametrize(("seconds", "fps"), [(3.0, 20), (2.5, 12), (1.0, 50)])
def test_a_gif_has_its_length_and_ends_on_the_drawing(
    tmp_path: Path, final: NDArray[np.float32], seconds: float, fps: int
) -> None:
    path = tmp_path / "film.gif"
    done: list[float] = []
    assert write_timelapse(path, film(), seconds=seconds, fps=fps, on_progress=done.append) == round(seconds * fps)
    frames, durations = gif_frames(path)
    # Frames that look alike may be kept as one that stands longer.
    assert round(seconds * fps) * 0.5 < len(frames) <= round(seconds * fps)
    assert sum(durations) == round(1000 * seconds)
    assert frames[-1].shape == (HEIGHT, WIDTH, 3)
    assert np.abs(frames[-1] / 255 - final).mean() < 0.01
    assert (frames[0] > 200).mean() > 0.9
    assert durations[-1] >= 1000 * min(0.2 * seconds, 2.0) - 1000 / fps
    assert done == sorted(done)
    assert done[-1] == 1.0
    assert [each.name for each in tmp_path.iterdir()] == ["film.gif"]


def test_a_gif_keeps_paper_and_flat_paint_as_they_are(tmp_path: Path) -> None:
    # An airbrush makes thousands of colours, many of which are nearly the paper's.
    across = np.linspace(10, WIDTH - 10, 25)
    soft = [
        replace(each, brush="airbrush", size_px=30, opacity=0.1 + 0.1 * number) for number, each in enumerate(strokes())
    ]
    flat = Stroke(
        brush="marker",
        color=(201, 77, 13),
        size_px=24,
        opacity=1,
        seed=9,
        points=np.column_stack([across, np.full(25, 70.0), np.ones(25)]),
    )
    replay = Replay(WIDTH, HEIGHT, [*soft, flat, flat, flat])
    write_timelapse(tmp_path / "film.gif", replay, seconds=1, fps=10, with_cursor=False)
    frames, _ = gif_frames(tmp_path / "film.gif")
    assert (frames[0] == 255).all()
    replay.seek(replay.length)
    shown = Drawing.replayed(WIDTH, HEIGHT, [*soft, flat, flat, flat]).picture()
    expected = np.round(shown * 255).astype(np.uint8)
    assert len(np.unique(expected.reshape(-1, 3), axis=0)) > 1000
    is_paper = (expected == 255).all(axis=2)
    assert is_paper.sum() > 400
    assert (frames[-1][is_paper] == 255).all()
    codes, counts = np.unique(expected.reshape(-1, 3), axis=0, return_counts=True)
    for code in codes[counts > 0.01 * WIDTH * HEIGHT]:
        assert (frames[-1][(expected == code).all(axis=2)] == code).all()
    assert np.abs(frames[-1] / 255 - shown).mean() < 0.01


@pytest.mark.parametrize(("seconds", "fps"), [(2.0, 30), (1.5, 24), (2.3, 10)])
def test_an_mp4_has_its_length_and_ends_on_the_drawing(
    tmp_path: Path, final: NDArray[np.float32], seconds: float, fps: int
) -> None:
    path = tmp_path / "film.mp4"
    assert write_timelapse(path, film(), seconds=seconds, fps=fps) == round(seconds * fps)
    frames, length_s = mp4_frames(path)
    assert len(frames) == round(seconds * fps)
    assert abs(length_s - seconds) < 1 / fps
    # 121 px is odd, which no H.264 in 4:2:0 can be.
    assert frames[-1].shape == (HEIGHT, WIDTH + 1, 3)
    # It has half as many spots of colour as of light, so that edges are softer than those of the drawing.
    assert np.abs(frames[-1][:, :WIDTH] / 255 - final).mean() < 0.03
    assert np.abs(in_blocks(frames[-1] / 255) - in_blocks(final)).mean() < 0.012
    assert path.read_bytes().find(b"moov") < path.read_bytes().find(b"mdat")  # can be played while it comes


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_the_brush_shows_where_it_paints_and_not_at_the_end(tmp_path: Path, suffix: str) -> None:
    found = {}
    for with_cursor in (True, False):
        path = tmp_path / f"{with_cursor}{suffix}"
        write_timelapse(path, film(2.0), seconds=1, fps=20, with_cursor=with_cursor)
        found[with_cursor] = gif_frames(path)[0] if suffix == ".gif" else mp4_frames(path)[0]
    with_brush, without = (np.array([frames[number] for number in (2, 5, 8, -1)], int) for frames in found.values())
    differences = np.abs(with_brush - without)
    assert differences[:3].max(axis=(1, 2, 3)).min() > 100
    assert differences[3].max() < 60


@pytest.mark.parametrize("suffix", [".gif", ".mp4"])
def test_one_that_is_stopped_leaves_what_was_there(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"film{suffix}"
    path.write_text("an older film")
    asked = iter(range(1000))
    with pytest.raises(Cancelled):
        write_timelapse(path, film(), seconds=3, cancelled=lambda: next(asked) == 5)
    assert path.read_text() == "an older film"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize(
    ("name", "facts", "said"),
    [
        ("film.avi", {"seconds": 3}, r"film\.avi.*\.gif or \.mp4"),
        ("film.gif", {"seconds": 0.5}, "1 to 600 seconds"),
        ("film.gif", {"seconds": float("nan")}, "1 to 600 seconds"),
        ("film.gif", {"seconds": 3, "fps": 60}, "1 to 50 frames"),
        ("film.mp4", {"seconds": 3, "fps": 0}, "1 to 60 frames"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path, name: str, facts: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        write_timelapse(tmp_path / name, film(), **facts)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_into_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SaveError, match="file"):
        write_timelapse(tmp_path / "file" / "film.gif", film(), seconds=1)


def test_an_empty_drawing_has_a_film_too(tmp_path: Path) -> None:
    write_timelapse(tmp_path / "film.mp4", Replay(40, 30, []), seconds=1, fps=10)
    frames, _ = mp4_frames(tmp_path / "film.mp4")
    assert len(frames) == 10
    assert frames[-1].min() > 250
    write_timelapse(tmp_path / "film.gif", Replay(40, 30, []), seconds=1, fps=10)
    assert sum(gif_frames(tmp_path / "film.gif")[1]) in (0, 1000)


def test_what_suits_a_file() -> None:
    gif, mp4 = Path("a.GIF"), Path("a.mp4")
    assert (default_fps(gif, 10), default_fps(gif, 60), default_fps(mp4, 60)) == (20, 10, 30)
    assert (default_side_px(gif, 2048, 1000), default_side_px(mp4, 1000, 2048)) == (480, 1080)
    assert default_side_px(mp4, 300, 200) == 300
