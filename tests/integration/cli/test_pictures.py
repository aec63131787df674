import json
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli, images, places
from app.worker import jobs


def scene(size: tuple[int, int] = (48, 32)) -> Image.Image:
    across = np.linspace(0, 255, size[0], dtype=np.uint8)
    pixels = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    pixels[:, :, 0], pixels[:, :, 2] = across, across[::-1]
    pixels[: size[1] // 2, :, 1] = 200
    return Image.fromarray(pixels)


def truncated(path: Path) -> None:
    scene((400, 300)).save(path, "PNG")
    path.write_bytes(path.read_bytes()[:900])


def bomb(path: Path) -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(60_000))), (b"IEND", b""))
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
            for kind, data in chunks
        )
    )


def unreadable(path: Path) -> None:
    scene().save(path)
    path.chmod(0)


WRITTEN = ("magenta.png", "classic.png", "card.png", "drawing.png", "heat-detail.png", "suggestion-2.png")

REFUSED: dict[str, Callable[[Path], object]] = {
    "truncated": truncated,
    "empty": lambda path: path.write_bytes(b""),
    "bomb": bomb,
    "one pixel": lambda path: scene((1, 1)).save(path),
    "not a picture": lambda path: path.write_text("<svg>no</svg> but a text"),
    "folder": lambda path: path.mkdir(),
    "missing": lambda path: None,
    "unreadable": unreadable,
}


def rotated(path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    scene((32, 48)).save(path, "JPEG", exif=exif)


def transparent(path: Path) -> None:
    picture = scene().convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(path, "PNG")


READ: dict[str, Callable[[Path], object]] = {
    "animated": lambda path: scene().save(path, "GIF", save_all=True, append_images=[Image.new("RGB", (48, 32))]),
    "CMYK": lambda path: scene().convert("CMYK").save(path, "JPEG"),
    "16-bit": lambda path: Image.fromarray(np.arange(48 * 32, dtype=np.uint16).reshape(32, 48) * 40).save(path, "PNG"),
    "palette": lambda path: scene().convert("P", palette=Image.Palette.ADAPTIVE).save(path, "PNG"),
    "transparent": transparent,
    "EXIF-rotated": rotated,
}


def commands(bad: Path, good: Path, out: Path) -> list[list[str]]:
    """Every way in which a picture can be named."""
    b, g = str(bad), str(good)
    return [
        ["grade", b, g],
        ["grade", g, b, "--json"],
        ["grade", g, g, "--content", b, "--style", g],
        ["grade", g, g, "--content", g, "--style", b, "--heat", str(out), "--coach", "--previews", str(out)],
        ["paint", b, str(out / "p.png"), "--strokes", "1"],
        ["stylize", "--rival", "magenta", b, g, str(out / "s.png")],
        ["stylize", "--rival", "classic", g, b, str(out / "s.png")],
        ["duel", "--content", b, "--style", g, "--drawing", g, "--out", str(out)],
        ["duel", "--content", g, "--style", b, "--drawing", g, "--out", str(out), "--json"],
        ["duel", "--content", g, "--style", g, "--drawing", b, "--out", str(out)],
        ["demo", "--content", b, "--out", str(out)],
        ["play", "--style", b],
    ]


@pytest.fixture
def nobody_works(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that gets as far as a network has not refused its picture."""
    monkeypatch.setattr(jobs, "_hired", lambda rival, network: pytest.fail("a rival was hired"))
    monkeypatch.setattr(jobs, "_judge", lambda: pytest.fail("the judge was called"))


@pytest.mark.parametrize("kind", REFUSED)
def test_a_picture_that_cannot_be_read_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], nobody_works: None, kind: str
) -> None:
    if kind == "unreadable" and (os.name == "nt" or os.geteuid() == 0):
        pytest.skip("whoever runs this test may read everything")
    bad, good, out = tmp_path / "bad.png", tmp_path / "good.png", tmp_path / "out"
    scene().save(good)
    REFUSED[kind](bad)
    for command in commands(bad, good, out):
        assert cli.main(command) == 2, command
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert "bad.png" in said.err
        assert said.err.rstrip().endswith(".")
    assert not list(out.glob("*.png"))


@pytest.mark.parametrize("kind", READ)
def test_an_odd_picture_is_painted_as_a_person_sees_it(tmp_path: Path, kind: str) -> None:
    odd, out = tmp_path / "odd", tmp_path / "out.png"
    READ[kind](odd)
    assert cli.main(["paint", str(odd), str(out), "--strokes", "30"]) == 0
    painted = images.read_picture(out)
    target = images.read_picture(odd)
    assert painted.shape == target.shape == (32, 48, 3)
    # Rather like it than like white paper.
    assert np.abs(painted - target).mean() < np.abs(1 - target).mean() * 0.8


@pytest.mark.slow
def test_a_real_process_prints_one_object_and_nothing_else(deal_files: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "stylized.png"
    command = [
        sys.executable,
        str(places.root() / "main.py"),
        "stylize",
        "--rival",
        "magenta",
        "--size",
        "64",
        "--json",
    ]
    done = subprocess.run([*command, *map(str, deal_files), str(out)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert told["network"] == "builtin-stylizer"
    assert told["seconds_per_step"] > 0
    assert images.read_picture(out).shape == (48, 64, 3)


@pytest.mark.skipif(os.name == "nt", reason="permissions work otherwise there")
def test_where_nothing_can_be_written_the_work_is_not_begun(deal_files, tmp_path: Path, capsys, nobody_works) -> None:
    (tmp_path / "file").write_text("")
    a, b = map(str, deal_files)
    below = str(tmp_path / "file" / "out")
    for command in (
        ["stylize", "--rival", "classic", a, b, f"{below}/x.png"],
        ["paint", a, f"{below}/x.png", "--strokes", "5"],
        ["grade", a, b, "--content", a, "--style", b, "--heat", below],
        ["grade", a, b, "--content", a, "--style", b, "--coach", "--previews", below],
        ["duel", "--content", a, "--style", b, "--drawing", a, "--out", below],
        ["demo", "--out", below],
    ):
        assert cli.main(command) == 1, command
        said = capsys.readouterr()
        assert "cannot be written into" in said.err
        assert said.err.count("\n") == 1


def test_what_is_read_is_not_written_over(deal_files, tmp_path: Path, capsys, nobody_works) -> None:
    content, style = deal_files
    names = {name: str(tmp_path / name) for name in WRITTEN}
    for name in names.values():
        scene().save(name)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    a, b, into = str(content), str(style), str(tmp_path)
    for command in (
        ["paint", a, a, "--strokes", "5"],
        ["grade", a, names["heat-detail.png"], "--content", a, "--style", b, "--heat", into],
        ["grade", a, b, "--content", names["suggestion-2.png"], "--style", b, "--coach", "--previews", into],
        ["duel", "--content", names["magenta.png"], "--style", b, "--drawing", a, "--out", into],
        ["duel", "--content", a, "--style", names["classic.png"], "--drawing", a, "--out", into],
        ["duel", "--content", a, "--style", b, "--drawing", names["card.png"], "--out", into],
        ["demo", "--content", names["drawing.png"], "--style", b, "--out", into],
    ):
        assert cli.main(command) == 2, command
        said = capsys.readouterr()
        assert "to be read; write to another file" in said.err
        assert (said.out, said.err.count("\n")) == ("", 1)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_painting_again_with_a_seed_paints_the_same(deal_files, tmp_path: Path) -> None:
    first, second, other = (tmp_path / f"{name}.png" for name in "abc")
    for out, seed in ((first, "5"), (second, "5"), (other, "6")):
        assert cli.main(["paint", str(deal_files[0]), str(out), "--strokes", "20", "--seed", seed]) == 0
    assert first.read_bytes() == second.read_bytes() != other.read_bytes()
