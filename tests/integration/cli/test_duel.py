import json
from pathlib import Path

import numpy as np
import pytest
import toy_rivals
from game_assessments import BrightnessJudge

from app import cli, images, places
from app.cli import duels
from app.judging.assessment import ANCHORS, FACETS
from app.rivals.registry import RIVALS, comparisons
from app.rivals.rival import Report
from app.worker import jobs


class Rival:
    """A rival that paints at once."""

    def __init__(self, name: str, network: str, options: object) -> None:
        self.name, self.network, self.report = name, network, None

    def paint(self, content, style, request, pictures, *, on_progress, cancelled):
        self.report = Report(self.network, 0.25, 4, 1.0)
        picture = images.fit_within(content, request.size)
        return picture * 0.5 if self.name == "magenta" else 1 - picture


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_hired", Rival)
    monkeypatch.setattr(jobs, "_judge", BrightnessJudge)
    monkeypatch.setattr(duels, "DEMO_STROKES", 120)


def test_a_duel_writes_its_four_files(quick: None, deal_files, tmp_path: Path, capsys) -> None:
    content, style = map(str, deal_files)
    out = tmp_path / "new" / "out"
    command = ["duel", "--content", content, "--style", style, "--drawing", content, "--out", str(out)]
    assert cli.main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {path.name for path in out.iterdir()} == {"magenta.png", "classic.png", "card.png", "duel.json"}
    record = json.loads((out / "duel.json").read_text())
    assert record["grades"] == told["grades"]
    assert set(record["grades"]) == {"drawing_magenta", "drawing_classic", "magenta_classic"}
    drawing = images.read_picture(content)
    assert record["grades"]["drawing_magenta"] == pytest.approx(10 * (1 - drawing.mean() / 2), abs=0.02)
    assert record["rivals"]["magenta"]["network"] == "builtin-stylizer"
    assert record["rivals"]["classic"]["network"] == "builtin-vgg"
    assert record["rivals"]["classic"]["seconds_per_step"] == 0.25
    assert set(told["opinions"]) == set(told["grades"])
    assert told["opinions"]["drawing_magenta"]["facets"]["detail"]["sentence"] == "The detail departs at the bottom."
    assert told["opinions"]["drawing_classic"]["anchors"] == {"blank": 0.4, "photograph": 2.0, "painting": 3.1}
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    grade = told["grades"]["drawing_magenta"]
    assert f"Drawing and Magenta: {grade:.1f} ± 0.2\n" in said
    assert said.count("  Palette ") == 2, "of the drawing, and not of the rivals against each other"
    assert "For comparison: a blank canvas 0.4, the bare photograph 2.0, the painting itself 3.1." in said
    # The photograph itself was handed in, which is allowed, and named.
    assert told["pasted"] == "You pasted the photograph; it covers all of your drawing and does not count as painted."
    assert f"{told['pasted']}\n" in said


def test_a_duel_without_a_judge_is_not_begun(
    deal_files, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_hired", lambda *_: pytest.fail("a rival painted in vain"))
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path / "checkpoints")
    jobs._judge.cache_clear()
    content, style = map(str, deal_files)
    out = str(tmp_path / "out")
    for command in (
        ["duel", "--content", content, "--style", style, "--drawing", content, "--out", out],
        ["demo", "--content", content, "--style", style, "--out", out, "--json"],
    ):
        assert cli.main(command) == 1, command
        said = capsys.readouterr()
        assert said.err.count("\n") == 1
        assert "builtin-autoencoder" in said.err and "from the program anew" in said.err


def test_the_demonstration_is_kept_in_the_gallery(quick: None, deal_files, capsys) -> None:
    content, style = map(str, deal_files)
    command = ["demo", "--content", content, "--style", style, "--size", "96", "--seed", "3"]
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    assert "Dealt: Harbour view, in the manner of Red waves." in said
    (folder,) = places.gallery().iterdir()
    assert str(folder / "card.png") in said
    assert (folder / "card.png").is_file()
    drawing, photograph = images.read_picture(folder / "drawing.png"), images.read_picture(deal_files[0])
    assert drawing.shape == images.fit_within(photograph, 96).shape
    # It is painted in the painting's colours.
    painting = images.read_picture(deal_files[1])
    np.testing.assert_allclose(drawing.mean(axis=(0, 1)), painting.mean(axis=(0, 1)), atol=0.08)


def test_the_demonstration_writes_where_it_is_told(quick: None, deal_files, tmp_path: Path, capsys) -> None:
    content, style = map(str, deal_files)
    out = tmp_path / "out"
    assert cli.main(["demo", "--content", content, "--style", style, "--size", "64", "--out", str(out), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["out"] == str(out)
    assert {path.name for path in out.iterdir()} == {
        "magenta.png", "classic.png", "card.png", "duel.json", "drawing.png",
    }  # fmt: skip
    assert not places.gallery().exists()


@pytest.mark.slow
def test_a_duel_with_the_real_rivals_and_the_real_judge(deal_files, tmp_path: Path, capsys) -> None:
    content, style = map(str, deal_files)
    command = ["duel", "--content", content, "--style", style, "--drawing", content, "--out", str(tmp_path), "--json"]
    assert cli.main([*command, "--size", "96"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert all(0 <= grade <= 10 for grade in told["grades"].values())
    for name, assessment in told["opinions"].items():
        assert assessment["grade"] == pytest.approx(told["grades"][name], abs=1e-3)
        assert set(assessment["facets"]) == set(FACETS) and set(assessment["anchors"]) == set(ANCHORS)
    assert told["rivals"]["magenta"]["network"] == "builtin-stylizer"
    assert told["rivals"]["classic"]["network"] == "builtin-vgg"
    assert told["rivals"]["classic"]["seconds_per_step"] > 0
    for name in ("magenta", "classic"):
        assert images.read_picture(tmp_path / f"{name}.png").shape == (72, 96, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_more_rivals_take_part_once_they_are_registered(
    quick: None, deal_files, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    toys = toy_rivals.join(monkeypatch, count)
    hired = jobs._hired
    monkeypatch.setattr(
        jobs, "_hired", lambda name, *how: RIVALS[name].factory(*how) if name in toys else hired(name, *how)
    )
    content, style = map(str, deal_files)
    out = tmp_path / "out"
    command = ["duel", "--content", content, "--style", style, "--drawing", content, "--out", str(out), "--json"]
    assert cli.main(command) == 0
    told = json.loads(capsys.readouterr().out)
    assert {path.name for path in out.iterdir()} == {*(f"{name}.png" for name in RIVALS), "card.png", "duel.json"}
    assert set(told["grades"]) == {f"{a}_{b}" for a, b in comparisons()}
    assert cli.main(["stylize", "--rival", toys[0], content, style, str(tmp_path / "toy.png"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["options"] is None
