"""`grade`: two pictures, with their deal or without, or many pairs; and everything that the judge has to say."""

import json
from pathlib import Path

import numpy as np
import pytest
from game_assessments import BrightnessHearing, BrightnessJudge, alike, suggestion

from app import cli, images, places
from app.images import Picture
from app.judging.assessment import ANCHORS, FACETS
from app.judging.coaching import search
from app.worker import jobs


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that needs no network, and a coach that tries nothing."""
    monkeypatch.setattr(jobs, "_judge", BrightnessJudge)

    def advise(deal_judge, drawing, rivals, *, on_progress=None, cancelled=None):
        assert isinstance(deal_judge, BrightnessHearing)
        (_name,) = rivals
        return [suggestion(), suggestion("Darker left half", 0.23)]

    monkeypatch.setattr(search, "advise", advise)


@pytest.fixture
def pair(tmp_path: Path, photograph: Picture) -> tuple[str, str]:
    """A drawing and a rival's picture."""
    files = tmp_path / "drawing.png", tmp_path / "magenta.png"
    images.write_picture(files[0], photograph * 0.8)
    images.write_picture(files[1], photograph * 0.4)
    return str(files[0]), str(files[1])


def deal(files: tuple[Path, Path]) -> list[str]:
    return ["--content", str(files[0]), "--style", str(files[1])]


def told(capsys: pytest.CaptureFixture[str], command: list[str]) -> dict:
    assert cli.main([*command, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_without_a_deal_there_is_a_grade_and_a_second_assessment(quick: None, pair, photograph, capsys) -> None:
    content = told(capsys, ["grade", *pair])
    assert set(content) == {"a", "b", "grade", "appeal", "cropped"}
    assert content["grade"] == pytest.approx(alike(photograph * 0.8, photograph * 0.4), abs=0.05)
    assert 0 <= content["appeal"] < 10 and content["cropped"] == ""
    assert cli.main(["grade", *pair]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert float(first) == pytest.approx(content["grade"], abs=0.06)
    assert second == f"Second opinion, by classical measures: {content['appeal']:.1f}."


def test_with_a_deal_the_judge_says_everything(quick: None, pair, deal_files, capsys) -> None:
    command = ["grade", *pair, *deal(deal_files)]
    content = told(capsys, command)
    assert set(content["facets"]) == set(FACETS) and set(content["anchors"]) == set(ANCHORS)
    assert (content["band"], content["copied"]) == (0.2, {"photograph": 0.0, "painting": 0.0})
    assert (content["content"], content["style"]) == tuple(map(str, deal_files))
    assert content["pasted"] == ""
    assert cli.main(command) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert lines[0] == f"{content['grade']:.1f} ± 0.2"
    for line, name in zip(lines[1:5], FACETS, strict=True):
        grade = f"{min(content['facets'][name]['grade'], 9.9):.1f}" if content["facets"][name]["grade"] < 10 else "10"
        assert line.split() == [name.capitalize(), grade, *f"The {name} departs at the bottom.".split()]
    assert lines[5] == "For comparison: a blank canvas 0.4, the bare photograph 2.0, the painting itself 3.1."
    assert lines[6] == f"Second opinion, by classical measures: {content['appeal']:.1f}."


def test_what_was_pasted_is_named(quick: None, pair, deal_files, capsys) -> None:
    content = told(capsys, ["grade", str(deal_files[0]), pair[1], *deal(deal_files)])
    assert (
        content["pasted"] == "You pasted the photograph; it covers all of your drawing and does not count as painted."
    )
    assert cli.main(["grade", str(deal_files[0]), pair[1], *deal(deal_files)]) == 0
    assert content["pasted"] in capsys.readouterr().out.splitlines()


def test_heat_maps_are_written_over_the_drawing(quick: None, pair, deal_files, tmp_path: Path, capsys) -> None:
    out = tmp_path / "new" / "heat"
    content = told(capsys, ["grade", *pair, *deal(deal_files), "--heat", str(out)])
    assert content["heat"] == {name: str(out / f"heat-{name}.png") for name in FACETS}
    assert {path.name for path in out.iterdir()} == {f"heat-{name}.png" for name in FACETS}
    drawing = images.read_picture(pair[0])
    for file in content["heat"].values():
        shown = images.read_picture(file)
        assert shown.shape == drawing.shape
        # The maps of this judge grow warmer downwards.
        assert (shown[-8:, :, 0] - shown[-8:, :, 2]).mean() > 0.2 > np.abs(shown[:8, :, 0] - shown[:8, :, 2]).mean()


def test_the_coach_suggests_and_shows(quick: None, pair, deal_files, tmp_path: Path, capsys) -> None:
    command = ["grade", *pair, *deal(deal_files), "--coach"]
    content = told(capsys, command)
    assert [each["sentence"] for each in content["suggestions"]] == ["Warmer upper part", "Darker left half"]
    assert content["suggestions"][0]["gain"] == 0.6 and content["suggestions"][0]["preview"] is None
    out = tmp_path / "previews"
    content = told(capsys, [*command, "--previews", str(out)])
    assert [each["preview"] for each in content["suggestions"]] == [str(out / f"suggestion-{n}.png") for n in (1, 2)]
    assert images.read_picture(out / "suggestion-1.png").shape == (48, 64, 3)
    assert cli.main([*command, "--previews", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-3:] == [
        "1. Warmer upper part: about +0.6 on average",
        "2. Darker left half: about +0.2 on average",
        f"The previews are in {out}.",
    ]


def test_a_coach_that_finds_nothing_says_so(
    quick: None, pair, deal_files, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "advise", lambda *_, **__: [])
    assert cli.main(["grade", *pair, *deal(deal_files), "--coach"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing that was tried raises the grade."


def test_pictures_of_two_shapes_are_said_to_be_cropped(quick: None, pair, deal_files, tmp_path: Path, capsys) -> None:
    wide = tmp_path / "wide.png"
    images.write_picture(wide, images.read_picture(pair[0])[24:72])
    sentences = {
        f"{wide} is 2.67 to 1 and {pair[1]} is 1.33 to 1: to compare them about 50 % of one was cropped away; nothing "
        "was stretched.": [],
        f"To compare in the photograph's shape, about 50 % of {wide} was cropped away; nothing was stretched.": (
            deal(deal_files)
        ),
    }
    for sentence, more in sentences.items():
        assert told(capsys, ["grade", str(wide), pair[1], *more])["cropped"] == sentence
        assert cli.main(["grade", str(wide), pair[1], *more]) == 0
        assert sentence in capsys.readouterr().out.splitlines()
    # Two of one shape that is not the photograph's.
    both = told(capsys, ["grade", str(wide), str(wide), *deal(deal_files)])["cropped"]
    assert both.startswith(f"To compare in the photograph's shape, about 50 % of {wide} was")
    assert told(capsys, ["grade", str(wide), str(wide)])["cropped"] == ""
    # A size by itself crops nothing, nor does the last pixel of a side.
    small = tmp_path / "small.png"
    images.write_picture(small, images.resize(images.read_picture(pair[0]), height=31, width=42))
    assert told(capsys, ["grade", str(small), pair[1]])["cropped"] == ""


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--content", "c.png"], "--content and --style"),
        (["--style", "s.png"], "--content and --style"),
        (["--heat", "out"], "--heat needs the deal"),
        (["--coach"], "--coach needs the deal"),
        (["--content", "c.png", "--style", "s.png", "--previews", "out"], "--coach"),
    ],
)
@pytest.mark.parametrize("json_too", [[], ["--json"]])
def test_options_that_do_not_go_together_are_refused_in_a_sentence(capsys, more, said: str, json_too) -> None:
    assert cli.main(["grade", "a.png", "b.png", *more, *json_too]) == 2
    answer = capsys.readouterr()
    assert answer.out == "" and answer.err.count("\n") == 1
    assert said in answer.err and answer.err.endswith(".\n")


# Many pairs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("{}", "does not hold a list"),
        ('[["a.png", "b.png"], ["only one"]]', "Pair 2"),
        ('[["a.png", 3]]', "Pair 1"),
    ],
)
def test_a_bad_list_of_pairs_is_refused(tmp_path: Path, capsys, text: str, said: str) -> None:
    (tmp_path / "pairs.json").write_text(text)
    assert cli.main(["grade", "--pairs", str(tmp_path / "pairs.json"), "--json"]) == 2
    answer = capsys.readouterr()
    assert answer.out == ""
    assert said in answer.err


def test_grades_of_many_pairs_come_in_their_order(quick: None, deal_files, tmp_path: Path, capsys) -> None:
    for name in range(10):
        images.write_picture(tmp_path / f"{name}.png", np.full((20, 20, 3), name / 10, dtype=np.float32))
    pairs = [(a, b) for a in range(10) for b in range(a)]
    listed = [[str(tmp_path / f"{a}.png"), str(tmp_path / f"{b}.png")] for a, b in pairs]
    (tmp_path / "pairs.json").write_text(json.dumps(listed))
    command = ["grade", "--pairs", str(tmp_path / "pairs.json")]
    graded = told(capsys, command)
    assert graded["grades"] == pytest.approx([10 - (a - b) for a, b in pairs], abs=0.06)
    assert graded["cropped"] == []
    assert told(capsys, ["grade", *listed[-1]])["grade"] == pytest.approx(9, abs=0.06)
    assert cli.main(command) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(pairs)
    # All of them were made of one deal.
    BrightnessHearing.heard = 0
    heard = told(capsys, [*command, *deal(deal_files)])
    assert heard["grades"] == graded["grades"]
    assert [each["grade"] for each in heard["opinions"]] == graded["grades"]


def test_pairs_of_two_shapes_are_named(quick: None, tmp_path: Path, capsys) -> None:
    images.write_picture(tmp_path / "a.png", np.zeros((20, 20, 3), np.float32))
    images.write_picture(tmp_path / "b.png", np.zeros((20, 40, 3), np.float32))
    a, b = str(tmp_path / "a.png"), str(tmp_path / "b.png")
    (tmp_path / "pairs.json").write_text(json.dumps([[a, a], [a, b], [b, b]]))
    command = ["grade", "--pairs", str(tmp_path / "pairs.json")]
    assert told(capsys, command)["cropped"] == [2]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.splitlines()[3:] == [
        "Pair 2 has pictures of several shapes: compared as cropped around their centres, not stretched."
    ]


def test_two_pictures_or_a_list_but_not_both(capsys) -> None:
    assert cli.main(["grade"]) == 2
    assert cli.main(["grade", "a.png"]) == 2
    assert cli.main(["grade", "a.png", "b.png", "--pairs", "p.json"]) == 2
    assert cli.main(["grade", "--pairs", "p.json", "--coach", "--content", "c", "--style", "s"]) == 2
    assert capsys.readouterr().err.count("\n") == 4


# The real judge


@pytest.mark.parametrize("harm", ["missing", "cut", "altered", "no card"])
def test_a_judge_whose_network_is_damaged_says_how_to_repair_it(
    pair, deal_files, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    checkpoints = tmp_path / "checkpoints"
    checkpoints.mkdir()
    for file in places.checkpoints().glob("builtin-*"):
        (checkpoints / file.name).write_bytes(file.read_bytes())
    network = checkpoints / "builtin-autoencoder.safetensors"
    content = bytearray(network.read_bytes())
    match harm:
        case "missing":
            network.unlink()
        case "cut":
            network.write_bytes(content[: len(content) // 2])
        case "altered":
            content[len(content) // 2] ^= 1
            network.write_bytes(content)
        case "no card":
            network.with_suffix(".json").unlink()
    monkeypatch.setattr(places, "checkpoints", lambda: checkpoints)
    jobs._judge.cache_clear()
    for more in ([], deal(deal_files), [*deal(deal_files), "--coach"], [*deal(deal_files), "--json"]):
        assert cli.main(["grade", *pair, *more]) == 1, more
        said = capsys.readouterr()
        assert said.out == "" and said.err.count("\n") == 1
        assert "builtin-autoencoder" in said.err and "from the program anew" in said.err


@pytest.mark.slow
def test_the_judge_really_grades(deal_files: tuple[Path, Path], capsys) -> None:
    a, b = map(str, deal_files)
    assert told(capsys, ["grade", a, a])["grade"] == 10
    different = told(capsys, ["grade", a, b])["grade"]
    assert told(capsys, ["grade", b, a])["grade"] == different < 5


@pytest.mark.slow
def test_the_judge_really_hears_a_deal(deal_files: tuple[Path, Path], pair, tmp_path: Path, capsys) -> None:
    out = tmp_path / "out"
    more = ["--heat", str(out), "--coach", "--previews", str(out)]
    content = told(capsys, ["grade", *pair, *deal(deal_files), *more])
    assert 0 <= content["grade"] < 10 and content["band"] >= 0
    assert set(content["facets"]) == set(FACETS) and set(content["anchors"]) == set(ANCHORS)
    assert all(0 <= facet["grade"] <= 10 and facet["sentence"] for facet in content["facets"].values())
    assert len(list(out.glob("heat-*.png"))) == len(FACETS)
    assert len(content["suggestions"]) == len(list(out.glob("suggestion-*.png"))) <= 3
    assert all(each["gain"] > 0 for each in content["suggestions"])
    same = told(capsys, ["grade", pair[0], pair[0], *deal(deal_files)])
    assert same["grade"] == 10
