"""`drawings`, `replay` and `timelapse`: what journals hold, without a window."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli, images, places
from app.painting.document.drawing import Drawing
from app.painting.io.journal import Journal
from app.painting.io.openraster_reader import read_ora
from app.painting.model.stroke import Stroke


def stroke(number: int, **facts: object) -> Stroke:
    points = [(8 + 5 * step, 6 + 7 * number, 0.8) for step in range(10)]
    return Stroke(
        **{"brush": "round", "color": (200, 30 * number, 40), "size_px": 8.0, "seed": number, **facts}, points=points
    )


def paint(name: str, strokes: int = 4) -> tuple[Path, Drawing]:
    """A journal in the player's data, and the drawing that it holds; its last stroke is undone."""
    journal = Journal.create(places.drawings() / name, 80, 60, {"content": {"title": "Harbour"}})
    drawing = Drawing(80, 60, journal)
    for number in range(strokes):
        drawing.apply(stroke(number))
    drawing.undo()
    journal.close()
    return journal.path, drawing


@pytest.fixture
def journal() -> tuple[Path, Drawing]:
    return paint("harbour.duel")


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[dict, str]:
    assert cli.main([*(str(each) for each in arguments), "--json"]) == 0
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    return json.loads(told.out), told.err


def test_drawings_are_listed_the_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, "drawings") == ({"drawings": []}, "")
    old, _ = paint("old.duel", 6)
    new, _ = paint("new.duel", 3)
    os.utime(old, (1_700_000_000, 1_700_000_000))
    found, complaints = answer(capsys, "drawings")
    assert complaints == ""
    assert [(each["path"], each["strokes"], each["whole"]) for each in found["drawings"]] == [
        (str(new), 2, True),
        (str(old), 5, True),
    ]
    assert set(found["drawings"][0]) == {"path", "strokes", "whole", "modified"}
    modified = datetime.fromisoformat(found["drawings"][1]["modified"])
    assert modified.timestamp() == 1_700_000_000
    assert modified.tzinfo is not None
    assert cli.main(["drawings"]) == 0
    assert "5 strokes" in capsys.readouterr().out


def test_damaged_drawings_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    cut, _ = paint("cut.duel")
    cut.write_bytes(cut.read_bytes()[:-3])
    (places.drawings() / "broken.duel").write_bytes(b"PASTDRW1 and then nothing of use")
    found, complaints = answer(capsys, "drawings")
    # The undo is what was cut off.
    assert [(each["path"], each["strokes"], each["whole"]) for each in found["drawings"]] == [(str(cut), 4, False)]
    assert "broken.duel" in complaints
    assert "cut.duel" in complaints
    assert complaints.count("\n") == 2


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_replay_is_the_drawing(
    journal: tuple[Path, Drawing], tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    path, drawing = journal
    out = tmp_path / "new" / f"out{suffix}"
    told, complaints = answer(capsys, "replay", path, out)
    assert complaints == ""
    assert told == {"out": str(out), "width": 80, "height": 60, "strokes": 3, "whole": True}
    written, wanted = images.read_picture(out), drawing.picture()
    if suffix == ".png":
        assert np.array_equal(images.to_bytes(written), images.to_bytes(wanted))
    else:
        assert np.abs(written - wanted).mean() < 0.05


@pytest.mark.parametrize("size", [40, 320])
def test_a_replay_has_any_size(
    journal: tuple[Path, Drawing], tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    told, _ = answer(capsys, "replay", journal[0], tmp_path / "out.png", "--size", size)
    assert (told["width"], told["height"]) == (size, size * 3 // 4)
    shown = images.read_picture(tmp_path / "out.png")
    assert shown.shape[:2] == (size * 3 // 4, size)
    wanted = images.resize(journal[1].picture(), height=15, width=20)
    assert np.abs(images.resize(shown, height=15, width=20) - wanted).mean() < 0.02


def test_a_replay_with_its_layers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal.create(places.drawings() / "layers.duel", 80, 60)
    drawing = Drawing(80, 60, journal)
    drawing.apply(stroke(1))
    drawing.add_layer("Light")
    drawing.apply(stroke(3, layer=drawing.active))
    journal.close()
    answer(capsys, "replay", journal.path, tmp_path / "out.ora")
    assert [each.layer.name for each in read_ora(tmp_path / "out.ora").layers] == [
        layer.name for layer in drawing.layers
    ]
    assert cli.main(["replay", str(journal.path), str(tmp_path / "out.ora"), "--size", "40"]) == 2
    assert "--size" in capsys.readouterr().err


def test_a_brush_that_is_gone_since_is_in_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, drawing = paint("own.duel")
    from app.painting.engine import surface

    monkeypatch.setattr(surface, "own_and_players", dict)
    _, complaints = answer(capsys, "replay", path, tmp_path / "out.png")
    assert complaints == ""
    assert np.array_equal(
        images.to_bytes(images.read_picture(tmp_path / "out.png")), images.to_bytes(drawing.picture())
    )


def test_a_brush_that_is_nowhere_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = Journal.create(tmp_path / "a.duel", 80, 60)
    journal.write(stroke(1, brush="lost"))
    journal.close()
    told, complaints = answer(capsys, "replay", journal.path, tmp_path / "out.png")
    assert told["strokes"] == 1
    assert '"lost"' in complaints


@pytest.mark.parametrize(("suffix", "size"), [(".gif", None), (".mp4", 64)])
def test_a_time_lapse_is_written(
    journal: tuple[Path, Drawing], tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, size: int | None
) -> None:
    out = tmp_path / f"film{suffix}"
    told, _ = answer(capsys, "timelapse", journal[0], out, "--seconds", 1.5, *(["--size", size] if size else []))
    width = size or 80
    assert told == {
        "out": str(out),
        "seconds": 1.5,
        "frames": 30 if suffix == ".gif" else 45,
        "width": width,
        "height": width * 3 // 4,
        "strokes": 3,
        "whole": True,
    }
    if suffix == ".gif":
        with Image.open(out) as film:
            assert film.size == (80, 60)
            assert film.is_animated


@pytest.mark.parametrize("command", [["replay", "{}", "out.png"], ["timelapse", "{}", "out.gif"]])
def test_what_is_no_drawing_is_refused(command: list[str], tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    other = tmp_path / "other.duel"
    other.write_bytes(b"something else")
    for path in (other, tmp_path / "absent.duel", tmp_path):
        assert cli.main([part.format(path) for part in command]) == 2
        told = capsys.readouterr()
        assert told.out == ""
        assert told.err.count("\n") == 1
        assert path.name in told.err
    assert [each.name for each in tmp_path.iterdir()] == ["other.duel"]


def test_a_damaged_end_is_said_and_the_rest_is_had(
    journal: tuple[Path, Drawing], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, _ = journal
    path.write_bytes(path.read_bytes()[:-3])
    for command in (
        ["replay", path, tmp_path / "out.png"],
        ["timelapse", path, tmp_path / "out.gif", "--seconds", "1"],
    ):
        told, complaints = answer(capsys, *command)
        assert told["whole"] is False
        assert told["strokes"] == 4
        assert "damaged" in complaints
        assert complaints.count("\n") == 1


def test_a_place_that_cannot_be_written_into_is_told_first(
    journal: tuple[Path, Drawing], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    assert cli.main(["replay", str(journal[0]), str(tmp_path / "file" / "out.png")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["--while-rivals-work"]])
def test_the_canvas_is_measured(arguments: list[str], capsys, monkeypatch) -> None:
    from app.bench.window import canvas

    monkeypatch.setattr(canvas, "measure", lambda while_rivals_work: {"while_rivals_work": while_rivals_work})
    assert answer(capsys, "bench", "canvas", *arguments)[0] == {"while_rivals_work": bool(arguments)}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its files' names in Unicode")
def test_a_name_that_is_no_utf_8_is_listed(journal: tuple[Path, Drawing]) -> None:
    odd = journal[0].with_name(os.fsdecode(b"caf\xe9.duel"))
    journal[0].rename(odd)
    program = [sys.executable, str(places.root() / "main.py"), "drawings"]
    surroundings = os.environ | {"PYTHONIOENCODING": "ascii"}
    listed = subprocess.run([*program, "--json"], capture_output=True, env=surroundings, check=True)
    assert json.loads(listed.stdout)["drawings"][0]["path"] == str(odd)
    shown = subprocess.run(program, capture_output=True, env=surroundings, check=True)
    assert b"caf\\udce9.duel" in shown.stdout
