"""Pixels enter and leave: every odd picture works as a person expects or is refused in one sentence."""

import io
import json
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from app.errors import PictureError, SaveError
from app.images import (
    cover,
    fit_within,
    from_bytes,
    read_picture,
    resize,
    to_bytes,
    write_bytes,
    write_json,
    write_picture,
)


def gradient(height: int = 32, width: int = 48) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return np.stack([rows / height, columns / width, np.full_like(rows, 0.25)], axis=2)


def saved(folder: Path, image: Image.Image, name: str, **options: object) -> Path:
    path = folder / name
    image.save(path, **options)
    return path


def sentence(error: pytest.ExceptionInfo[PictureError]) -> str:
    text = str(error.value)
    assert "\n" not in text and text.endswith(".") and "Traceback" not in text
    return text


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".jpeg", ".webp"])
def test_what_is_written_is_read_again(tmp_path: Path, suffix: str) -> None:
    write_picture(tmp_path / f"picture{suffix}", gradient())
    again = read_picture(tmp_path / f"picture{suffix}")
    assert again.dtype == np.float32 and again.shape == (32, 48, 3)
    assert np.abs(again - gradient()).mean() < (0.002 if suffix == ".png" else 0.03)


@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (0, -1)), (8, (-1, 0))])
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int, corner: tuple[int, int]) -> None:
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:8, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read_picture(saved(tmp_path, Image.fromarray(pixels), "turned.png", exif=exif))
    assert picture.shape[:2] == ((48, 32) if orientation in (6, 8) else (32, 48))
    assert picture[corner].min() > 0.9


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    picture = read_picture(saved(tmp_path, Image.new("RGBA", (20, 20), (255, 0, 0, 0)), "clear.png"))
    assert picture.min() == 1.0
    half = read_picture(saved(tmp_path, Image.new("RGBA", (20, 20), (255, 0, 0, 128)), "half.png"))
    np.testing.assert_allclose(half[0, 0], [1, 0.5, 0.5], atol=0.01)


def test_palette_with_a_transparent_entry(tmp_path: Path) -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.paste(0, (0, 0, 10, 20))
    picture = read_picture(saved(tmp_path, image, "palette.png", transparency=0))
    np.testing.assert_allclose(picture[5, 5], [1, 1, 1])
    np.testing.assert_allclose(picture[5, 15], [0, 0, 1])


def test_grey_one_bit_sixteen_bits_and_cmyk(tmp_path: Path) -> None:
    deep = np.full((20, 20), 32768, np.uint16)
    np.testing.assert_allclose(read_picture(saved(tmp_path, Image.fromarray(deep), "deep.png")), 0.5, atol=0.01)
    assert read_picture(saved(tmp_path, Image.new("L", (20, 20), 255), "grey.png")).min() == 1
    assert read_picture(saved(tmp_path, Image.new("1", (20, 20), 1), "bit.png")).min() == 1
    cyan = read_picture(saved(tmp_path, Image.new("CMYK", (20, 20), (255, 0, 0, 0)), "cyan.jpg"))
    np.testing.assert_allclose(cyan.mean(axis=(0, 1)), [0, 1, 1], atol=0.05)
    floats = read_picture(saved(tmp_path, Image.fromarray(np.full((20, 20), 0.5, np.float32)), "float.tiff"))
    np.testing.assert_allclose(floats, 0.5, atol=0.01)


def test_of_an_animation_the_first_frame_is_read(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    path = saved(tmp_path, frames[0], "moving.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_allclose(read_picture(path)[0, 0], [1, 0, 0], atol=0.02)


def test_an_embedded_profile_is_converted_and_a_broken_one_ignored(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (20, 20), (200, 100, 50))
    for name, profile in (("sound.png", srgb), ("broken.png", b"not a profile")):
        picture = read_picture(saved(tmp_path, image, name, icc_profile=profile))
        np.testing.assert_allclose(picture[0, 0] * 255, [200, 100, 50], atol=2)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    empty = zlib.compress(b"")
    data = b"IDAT" + empty
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + body
        + struct.pack(">I", zlib.crc32(body))
        + struct.pack(">I", len(empty))
        + data
        + struct.pack(">I", zlib.crc32(data))
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.png", b"", "empty"),
        ("text.png", b"this is no picture at all", "not a picture"),
        ("bomb.png", png_header(60000, 60000), "too large"),
        ("flat.png", png_header(0, 10), ""),
        ("thin.png", png_header(4000, 20), "narrow"),
        ("tiny.png", png_header(2, 2), "too small"),
        ("page.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
        ("script.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 50 50\n", "not a picture"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PictureError) as error:
        read_picture(tmp_path / name)
    assert name in sentence(error) and words in sentence(error)


def test_missing_files_and_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match="no picture at"):
        read_picture(tmp_path / "nowhere.png")
    with pytest.raises(PictureError, match="not a file"):
        read_picture(tmp_path)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    file_format=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"]),
    cut=st.floats(0.01, 0.99),
    flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=5),
)
def test_damaged_files_open_or_are_refused(
    tmp_path: Path, file_format: str, cut: float, flips: list[tuple[float, int]]
) -> None:
    buffer = io.BytesIO()
    Image.fromarray(to_bytes(gradient())).save(buffer, file_format)
    content = bytearray(buffer.getvalue())
    for where, value in flips:
        content[int(where * len(content))] = value
    path = tmp_path / "damaged"
    path.write_bytes(content[: max(1, int(cut * len(content)))] if len(flips) < 3 else content)
    try:
        picture = read_picture(path)
    except PictureError as error:
        assert str(error).endswith(".")
    else:
        assert picture.dtype == np.float32 and picture.min() >= 0 and picture.max() <= 1


@settings(max_examples=60, deadline=None)
@given(
    source=st.tuples(st.integers(16, 90), st.integers(16, 90)),
    target=st.tuples(st.integers(16, 90), st.integers(16, 90)),
)
def test_sizes_are_exact_and_values_stay_in_range(source: tuple[int, int], target: tuple[int, int]) -> None:
    picture = gradient(*source)
    for made in (
        resize(picture, height=target[0], width=target[1]),
        cover(picture, height=target[0], width=target[1]),
    ):
        assert made.shape == (*target, 3) and made.dtype == np.float32
        assert made.min() >= 0 and made.max() <= 1
    fitted = fit_within(picture, 40)
    assert max(fitted.shape[:2]) <= max(40, 0) or max(source) <= 40
    assert abs(fitted.shape[0] / fitted.shape[1] - source[0] / source[1]) < 0.1 * source[0] / source[1] + 0.05


def test_covering_crops_and_never_stretches() -> None:
    circle = np.ones((60, 120, 3), np.float32)
    rows, columns = np.mgrid[0:60, 0:120]
    circle[(rows - 30) ** 2 + (columns - 60) ** 2 < 20**2] = 0
    square = cover(circle, height=30, width=30)
    dark = square[:, :, 0] < 0.5
    assert abs(int(dark.any(axis=0).sum()) - int(dark.any(axis=1).sum())) <= 1


def test_a_large_picture_is_read_at_the_size_asked_for(tmp_path: Path) -> None:
    write_picture(tmp_path / "large.jpg", gradient(300, 500))
    assert max(read_picture(tmp_path / "large.jpg", max_side_px=100).shape) == 100


def test_bytes_survive_the_way_through_floats() -> None:
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    assert (to_bytes(from_bytes(every)) == every).all()


def test_unknown_suffixes_and_broken_numbers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SaveError, match=r"\.png"):
        write_picture(tmp_path / "picture.xyz", gradient())
    with pytest.raises(SaveError, match="not numbers"):
        write_picture(tmp_path / "picture.png", gradient() * np.nan)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.json"
    write_json(path, {"first": 1})

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError, match="disk is full"):
        write_json(path, {"second": 2})
    assert '"first"' in path.read_text() and list(tmp_path.iterdir()) == [path]


def test_saving_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SaveError):
        write_bytes(tmp_path / "file" / "picture.png", b"")


def test_names_that_are_no_utf_8_can_be_written(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.duel")
    write_json(tmp_path / "names.json", {"left": [name], "plain": "“café”"})
    assert json.loads((tmp_path / "names.json").read_text()) == {"left": [name], "plain": "“café”"}
