import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app import cli, images
from app.cli import typed
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import RivalRequest
from app.rivals.request_pictures import RequestPictures
from app.rivals.rival import Progress, Report
from app.worker import jobs


class Hired:
    """A rival that paints nothing and notes what it was asked for."""

    asked: RivalRequest | None = None
    pictures: RequestPictures | None = None
    options: ClassicOptions | None = None

    def __init__(self, name: str, network: str, options: ClassicOptions | None) -> None:
        self.network = network
        Hired.options = options

    def paint(self, content, style, request, pictures, *, on_progress, cancelled):
        Hired.asked, Hired.pictures = request, pictures
        for step in range(3):
            on_progress(Progress(step, 4, "painting", np.full((24, 32, 3), step / 4, np.float32), 3.5 - step))
        on_progress(Progress(3, 4, "painting"))
        losses = (3.5, 0.25) if self.network == "builtin-vgg" else ()
        self.report = Report(self.network, 0.25, 4, 1.5, "In another way.", 0.5, losses)
        return images.resize(content, height=48, width=64)


@pytest.fixture
def hired(monkeypatch: pytest.MonkeyPatch) -> type[Hired]:
    monkeypatch.setattr(jobs, "_hired", Hired)
    Hired.asked = Hired.options = None
    return Hired


@pytest.fixture
def stylize(hired, deal_files: tuple[Path, Path], tmp_path: Path, capsys):
    """Stylizes with further arguments; the exit code, and what was printed (of JSON the object)."""

    def run(*arguments: str, rival: str = "classic"):
        files = [*map(str, deal_files), str(tmp_path / "out.png")]
        code = cli.main(["stylize", "--rival", rival, *arguments, "--json", *files])
        told = capsys.readouterr()
        return code, json.loads(told.out) if told.out else told.err

    return run


def test_without_further_words_the_plain_deal_is_asked_for(stylize, hired) -> None:
    code, told = stylize()
    assert code == 0
    assert hired.options is None
    assert hired.asked == RivalRequest()
    assert told["commission"]["styles"] == [{"path": told["commission"]["styles"][0]["path"], "share": 1.0}]
    assert told["options"]["optimizer"] == ClassicOptions().optimizer


def test_every_wish_reaches_the_rival_and_the_answer(stylize, hired, deal_files, tmp_path: Path) -> None:
    content, style = deal_files
    mask = tmp_path / "mask.png"
    colours = np.zeros((20, 40, 3), np.float32)
    colours[:, :20] = (1, 0, 0)
    colours[:, 30:] = 1
    images.write_picture(mask, colours)
    code, told = stylize(
        "--size", "64", "--strength", "0.5", "--colours", "matched", "--style-scale", "2",
        "--mask", str(mask), "--also", f"{content}:3", "--also", str(style), "--weight", "0",
        "--start-picture", str(content), "--seed", "7", "--statistics", "moments", "--optimizer", "adam",
        "--steps", "9",
    )  # fmt: skip
    assert code == 0, told
    asked = hired.asked
    assert (asked.size, asked.strength, asked.colours, asked.style_scale) == (64, 0.5, "matched", 2.0)
    assert asked.weights == (0.0, 3.0, 1.0)
    assert asked.shares() == (0.0, 0.75, 0.25)
    assert [picture.shape for picture in hired.pictures.further_styles] == [(96, 128, 3), (112, 112, 3)]
    assert (asked.start, asked.seed) == ("picture", 7)
    np.testing.assert_array_equal(hired.pictures.start, images.read_picture(content))
    # Of colours the brightness counts: red is dark, black is nothing, white is all.
    assert hired.pictures.mask.shape == (20, 40)
    np.testing.assert_allclose(hired.pictures.mask[10, [5, 25, 35]], [0.2126, 0, 1], atol=0.01)
    assert (hired.options.statistics, hired.options.optimizer, hired.options.steps) == ("moments", "adam", 9)
    assert told["commission"] == {
        "size": 64,
        "strength": 0.5,
        "styles": [
            {"path": str(style), "share": 0.0},
            {"path": str(content), "share": 0.75},
            {"path": str(style), "share": 0.25},
        ],
        "colours": "matched",
        "mask": str(mask),
        "style_scale": 2.0,
        "start": "picture",
        "start_picture": str(content),
        "seed": 7,
    }
    assert told["options"]["steps"] == 9
    assert (told["network"], told["note"], told["seconds"], told["loading_seconds"]) == (
        "builtin-vgg", "In another way.", 1.5, 0.5,
    )  # fmt: skip
    assert told["losses"] == {"first": 3.5, "last": 0.25}
    assert (told["width"], told["height"]) == (64, 48)


def test_the_previews_and_the_picture_are_written_as_a_film(stylize, tmp_path: Path) -> None:
    for suffix in (".gif", ".mp4"):
        film = tmp_path / "films" / f"film{suffix}"
        code, told = stylize("--film", str(film))
        assert code == 0, told
        assert told["film"] == {"path": str(film), "frames": 4}
    with Image.open(tmp_path / "films" / "film.gif") as film:
        assert (film.n_frames, film.size) == (4, (64, 48))
        film.seek(2)
        shown = np.asarray(film.convert("RGB"), np.float32) / 255
    # The third preview, before the finished picture.
    assert shown.mean() == pytest.approx(0.5, abs=0.06)
    code, told = stylize("--film", str(tmp_path / "film.avi"))
    assert code == 2
    assert "film.avi" in told


@pytest.mark.parametrize(
    ("out", "film", "said"),
    [
        ("o.png", "o.png", "cannot be written twice"),
        ("o.png", "sub/../o.png", "cannot be written twice"),
        ("o.png", "linked/o.png", "cannot be written twice"),
        ("CONTENT", "o.gif", "to be read"),
        ("STYLE", "o.gif", "to be read"),
        ("mask.png", "o.gif", "to be read"),
        ("also.png", "o.gif", "to be read"),
        ("o.png", "begin.png", "to be read"),
    ],
)
def test_no_file_is_written_over_another_of_the_same_command(
    hired, deal_files, tmp_path: Path, capsys, out: str, film: str, said: str
) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path)
    for name in ("mask", "also", "begin"):
        images.write_picture(tmp_path / f"{name}.png", np.ones((32, 32, 3), np.float32))
    before = {path: path.read_bytes() for path in tmp_path.glob("*.*")}
    files = {"CONTENT": deal_files[0], "STYLE": deal_files[1]}
    out, film = (str(files.get(name, tmp_path / name)) for name in (out, film))
    command = ["stylize", "--rival", "classic", *map(str, deal_files), out, "--film", film]
    for wish, name in (("--mask", "mask"), ("--also", "also"), ("--start-picture", "begin")):
        command += [wish, str(tmp_path / f"{name}.png")]
    assert cli.main(command) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err
    assert hired.asked is None
    assert {path: path.read_bytes() for path in tmp_path.glob("*.*")} == before


def test_magenta_has_neither_options_nor_losses(stylize) -> None:
    code, told = stylize(rival="magenta")
    assert code == 0
    assert told["options"] is None is told["losses"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--weight", "2"], "--also"),
        (["--also", "a.png"] * 4, "4 paintings at most"),
        (["--start", "picture"], "--start-picture"),
        (["--start", "noise", "--start-picture", "a.png"], "leave --start-picture out"),
        (["--also", "missing.png"], "missing.png"),
        (["--mask", "missing.png"], "missing.png"),
        (["--start-picture", "missing.png"], "missing.png"),
        (["--also", "CONTENT:0", "--weight", "0"], "not all 0"),
        (["--mask", "BLACK"], "black everywhere"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_before_anyone_is_hired(
    stylize, hired, deal_files, tmp_path: Path, arguments: list[str], said: str
) -> None:
    images.write_picture(tmp_path / "black.png", np.zeros((20, 20, 3), np.float32))
    places = {"CONTENT": str(deal_files[0]), "BLACK": str(tmp_path / "black.png")}
    for word, path in places.items():
        arguments = [argument.replace(word, path) for argument in arguments]
    code, told = stylize(*arguments)
    assert code == 2
    assert said in told
    assert told.count("\n") == 1
    assert hired.asked is None


@pytest.mark.parametrize("option", [["--steps", "5"], ["--statistics", "gram"], ["--optimizer", "adam"]])
def test_what_is_the_classic_rivals_is_not_asked_of_magenta(stylize, hired, option: list[str]) -> None:
    code, told = stylize(*option, rival="magenta")
    assert code == 2
    assert option[0] in told
    assert "classic rival only" in told
    assert hired.asked is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a.png", ("a.png", 1.0)),
        ("a.png:0.5", ("a.png", 0.5)),
        ("a:b.png", ("a:b.png", 1.0)),
        ("a:b.png:2", ("a:b.png", 2.0)),
        ("C:\\p\\a.png", ("C:\\p\\a.png", 1.0)),
    ],
)
def test_a_weight_follows_the_last_colon(text: str, found: tuple[str, float]) -> None:
    assert typed.weighed_picture(text) == (Path(found[0]), found[1])


def test_a_file_whose_name_ends_like_a_weight_is_a_file(tmp_path: Path) -> None:
    odd = tmp_path / "picture:2"
    odd.write_bytes(b"")
    assert typed.weighed_picture(str(odd)) == (odd, 1.0)
