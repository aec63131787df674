import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import cli, images
from app.bench.judge import alterations, folders, grade, judging_table, resampling, scorers, scoring, tricks
from app.bench.judge.folders import NamedPicture, Pair
from app.bench.judge.scorers import Scorer
from app.bench.judge.trials import Case, Proof
from app.cli import figures
from app.errors import UsageError
from app.images import Picture
from app.training.inventions import imitate, invent

SIDE_PX = 64
QUICK = tuple(part for part in scoring.PARTS if part != "agreement")


def invented(seed: int, side_px: int = SIDE_PX) -> Picture:
    return invent(np.random.default_rng(seed), side_px)


def case(deal: int, rival: str = "magenta") -> Case:
    names = ("content", "style", "other_content", "other_style")
    pair = Pair(*(NamedPicture(name, invented(10 * deal + number)) for number, name in enumerate(names)))
    picture = invented(100 + deal)
    chance = np.random.default_rng(deal)
    return Case(
        deal=deal,
        pair=pair,
        rival=rival,
        picture=picture,
        elsewhere={
            kind: invented(200 + 10 * deal + number)
            for number, kind in enumerate(("another deal", "another style", "another photograph"))
        },
        imitations={strokes: imitate(picture, strokes, chance) for strokes in (50, 200, 3200)},
        hasty=imitate(picture, 200, chance),
        players={200: imitate(pair.content.picture, 200, chance)},
        seed=1,
    )


@pytest.fixture(scope="module")
def proof() -> Proof:
    return Proof(tuple(case(deal) for deal in range(3)), seed=1, size=SIDE_PX, source="inventions")


def right(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
    """A judge for whom pictures are their pixels, a little blurred; what is mirrored or pasted is found out."""
    del content, style
    one, other = (alterations.blurred(images.resize(p, height=SIDE_PX, width=SIDE_PX), 1.0) for p in (first, second))
    return 10 * float(np.exp(-6 * np.abs(one - other).mean()))


def wrong(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
    return 10 - right(first, second, content, style)


def constant(first: Picture, second: Picture, content: Picture, style: Picture) -> float:
    del first, second, content, style
    return 5.0


def test_a_judge_that_is_right_beats_one_that_is_wrong(proof: Proof) -> None:
    good, bad = (scoring.figures(proof, score, parts=QUICK) for score in (right, wrong))
    for kind, figure in good["matched"].items():
        assert figure["value"] > 0.9
        assert figure["value"] == pytest.approx(1 - bad["matched"][kind]["value"], abs=1e-3)
    for name in good["ladders"]:
        assert good["ladders"][name]["value"] == pytest.approx(-bad["ladders"][name]["value"])
    assert good["ladders"]["blur"]["value"] == good["ladders"]["strokes"]["value"] == 1.0
    assert good["identity"]["exact"]["value"] == 1.0 > bad["identity"]["exact"]["value"] == 0.0
    assert good["tricks"]["mean"]["value"] > 0.9 > 0.1 > bad["tricks"]["mean"]["value"]
    judges = {"judge": good, "wrong": bad}
    best = judging_table.winners(judges)
    assert best["ladder: blur, Spearman"] == ["judge"]
    assert best["symmetric to the last bit"] == ["judge", "wrong"]


def test_a_judge_that_never_moves_reaches_nothing(proof: Proof) -> None:
    found = scoring.figures(proof, constant, parts=QUICK)
    assert {figure["value"] for figure in found["matched"].values()} == {0.5}
    assert {figure["value"] for figure in found["ladders"].values()} == {0.0}
    assert found["tricks"]["value"] == found["tricks"]["mean"]["value"] == 0.0
    assert found["spread"]["value"] == found["robustness"]["most"]["value"] == 0.0
    missed = {row.what for row in judging_table.missed(found)}
    assert {"ladder: shift, Spearman", "points between sincere attempts of a deal"} <= missed
    assert "deterministic to the last bit" not in missed


def test_a_judge_that_changes_its_mind_or_takes_sides_is_found_out(proof: Proof) -> None:
    asked = iter(range(10**6))
    moody = scoring.figures(proof, lambda *pictures: float(next(asked)), parts=["identity"])["identity"]
    assert moody["value"] == moody["deterministic"]["value"] == 0.0
    partial = scoring.figures(proof, lambda first, *_: float(first.mean()), parts=["identity"])["identity"]
    assert partial["symmetric"]["value"] == 0.0 < partial["deterministic"]["value"] == 1.0


def test_a_plain_score_is_scaled_by_a_white_sheet_and_the_same_picture(proof: Proof) -> None:
    plain = scoring.figures(proof, scorers.pixels, is_grade=False, parts=["tricks", "spread", "robustness"])
    white = plain["tricks"]["each"]["white"]
    assert white["grade"] == pytest.approx(np.mean([max(0, grade) for grade in white["grades"]]), abs=1e-3)
    assert 0 < plain["spread"]["value"] <= 10
    shifted = plain["robustness"]["each"]["shift by 2 px, the rival's picture"]["values"]
    assert len(shifted) == 3
    assert all(0 < change < 10 for change in shifted)


def test_every_figure_lies_within_its_interval(proof: Proof) -> None:
    found = scoring.figures(proof, right, parts=QUICK)
    seen = [figure for row in judging_table.ROWS if (figure := row.figure(found)) is not None]
    assert len(seen) >= 20
    assert all(figure["low"] <= figure["value"] <= figure["high"] for figure in seen)
    assert any(figure["low"] < figure["high"] for figure in seen)
    assert json.loads(json.dumps(found)) == found


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=12))
@settings(max_examples=30, deadline=None)
def test_an_interval_holds_its_mean_and_stays_within_what_there_is(values: list[float]) -> None:
    value, low, high = resampling.interval_of_mean(values)
    assert low <= value <= high
    assert min(values) - 1e-9 <= low and high <= max(values) + 1e-9
    again = resampling.interval(values, lambda drawn: float(np.mean(drawn)), resamples=50)
    assert again[1] <= again[0] <= again[2]


@given(st.lists(st.integers(0, 6), min_size=3, max_size=20), st.integers(0, 100))
@settings(max_examples=60, deadline=None)
def test_ranks_agree_with_scipys(values: list[int], seed: int) -> None:
    from scipy import stats

    np.testing.assert_allclose(resampling.ranks(values) + 0.5, stats.rankdata(values))
    other = np.random.default_rng(seed).integers(0, 4, len(values))
    half = len(values) // 2
    mann_whitney = stats.mannwhitneyu(values[:half], values[half:]).statistic
    assert resampling.auc(values[:half], values[half:]) == pytest.approx(mann_whitney / (half * (len(values) - half)))
    if len(set(values)) > 1 and len(set(other.tolist())) > 1:
        assert resampling.spearman(values, other) == pytest.approx(stats.spearmanr(values, other).statistic)
    else:
        assert resampling.spearman(values, other) == 0.0


def test_the_curve_encloses_the_area() -> None:
    matched, mismatched = [3, 4, 4, 5, 6], [1, 2, 4, 5]
    false, true = resampling.roc(matched, mismatched)
    assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
    assert np.trapezoid(true, false) == pytest.approx(resampling.auc(matched, mismatched))


def test_ladders_get_worse_and_leave_sizes_alone() -> None:
    picture = invented(5)
    for change, degrees in alterations.LADDERS.values():
        steps = [change(picture, degree, np.random.default_rng(3)) for degree in degrees]
        assert all(step.shape == picture.shape and step.dtype == np.float32 for step in steps)
        assert all(step.min() >= 0 and step.max() <= 1 for step in steps)
        assert list(degrees) == sorted(set(degrees))
        assert not np.array_equal(steps[0], picture)
    erased = [alterations.erased(picture * 0.9, share, np.random.default_rng(3)) for share in (0.2, 0.6)]
    bare = [(step == 1).all(-1) for step in erased]
    assert bare[0].mean() == pytest.approx(0.2, abs=0.01)
    assert (bare[1] | ~bare[0]).all()
    covered = (alterations.occluded(picture, 0.25, np.random.default_rng(1)) != picture).any(-1)
    assert covered.mean() == pytest.approx(0.25, abs=0.02)


def test_a_shift_moves_and_mirrors_at_the_border() -> None:
    picture = invented(6)
    moved = alterations.shifted(picture, 2, -3)
    np.testing.assert_array_equal(moved[:-3, 2:], picture[3:, :-2])
    np.testing.assert_array_equal(moved[:-3, :2], picture[3:, 1::-1])
    turned = alterations.hue_turned(np.full((4, 4, 3), 0.5, np.float32), 90)
    np.testing.assert_allclose(turned, 0.5, atol=1e-2)


def test_every_trick_is_a_picture_of_the_right_size() -> None:
    content, style, rival = invented(1, 90), invented(2, 70), invented(3)[:48]
    made = tricks.all_of(content, style, rival, rival * 0.9, np.random.default_rng(0))
    assert set(tricks.PROMISED) < set(made)
    for name, make in made.items():
        picture = make()
        assert picture.shape == rival.shape and picture.dtype == np.float32, name
        assert picture.min() >= 0 and picture.max() <= 1, name
        np.testing.assert_array_equal(picture, make(), err_msg=name)
    assert (made["tiny drawing in a corner"]() == 1).mean() > 0.9
    assert 0.02 < (made["large text"]() < 0.5).mean() < 0.6


@pytest.fixture
def album(tmp_path: Path) -> Path:
    for side in ("contents", "styles"):
        for number in range(3):
            images.write_picture(tmp_path / side / f"{side}{number}.png", invented(number + 7 * len(side)))
    return tmp_path


def test_deals_come_by_seed_and_none_twice(album: Path) -> None:
    dealt = folders.deal(album, deals=9, seed=4)
    named = [(pair.content.name, pair.style.name) for pair in dealt.pairs]
    assert len(set(named)) == 9
    assert [(p.content.name, p.style.name) for p in folders.deal(album, deals=9, seed=4).pairs] == named
    for pair in dealt.pairs:
        assert pair.content is not pair.other_content
        assert pair.style is not pair.other_style
    with pytest.raises(UsageError, match="enough for 9 deals, not for 10"):
        folders.deal(album, deals=10, seed=4)


def test_pictures_in_one_heap_serve_as_both_but_none_as_both_at_once(album: Path) -> None:
    for number in range(3):
        (album / "styles" / f"styles{number}.png").rename(album / "contents" / f"more{number}.png")
    dealt = folders.deal(album / "contents", deals=9, seed=0)
    photographs = {pair.content.name for pair in dealt.pairs}
    paintings = {pair.style.name for pair in dealt.pairs}
    assert len(photographs) == len(paintings) == 3
    assert not photographs & paintings


def test_what_cannot_be_read_is_skipped_and_named(album: Path) -> None:
    (album / "contents" / "torn.png").write_bytes(b"no picture")
    (album / "contents" / "notes.txt").write_text("not looked at")
    dealt = folders.deal(album, deals=9, seed=0)
    assert len(dealt.skipped) == 1
    assert "torn.png" in dealt.skipped[0]


@pytest.mark.parametrize("missing", ["folder", "pictures", "photographs"])
def test_a_folder_with_too_little_in_it_is_one_sentence(missing: str, tmp_path: Path, album: Path, capsys) -> None:
    match missing:
        case "folder":
            asked, words = album / "nowhere", "is not a folder of pictures"
        case "pictures":
            (asked := tmp_path / "empty").mkdir()
            words = "There are 0 readable photographs in"
        case _:
            asked, words = album, "There are 1 readable photographs in"
            for number in (0, 1):
                (album / "contents" / f"contents{number}.png").write_bytes(b"")
    assert cli.main(["bench", "grade", "--pictures", str(asked), "--deals", "1"]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert "Traceback" not in told


def test_only_what_was_held_out_of_training_can_be_asked_for(album: Path) -> None:
    with pytest.raises(UsageError, match="contents/ and styles/"):
        folders.deal(album / "contents", deals=1, seed=0, held_out=True)
    with pytest.raises(UsageError, match="1 readable photographs"):
        folders.deal(album, deals=1, seed=0, held_out=True)


def test_what_can_be_measured_can_be_asked_for() -> None:
    assert grade.PARTS == figures.GRADE_PARTS


def test_without_the_yardstick_that_row_is_null_with_the_reason(proof: Proof, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path))
    found = grade.compare(proof, ["agreement"], [Scorer("judge", lambda: constant, is_grade=True)])
    judge = found["judges"]["judge"]
    assert judge["agreement"] is None
    assert "missing" in judge["reasons"]["agreement"]
    assert "agreement is not measured" in judging_table.of(found)


@pytest.mark.slow
def test_the_whole_proof_from_a_folder_of_pictures(album: Path, capsys) -> None:
    found = grade.measure(
        album,
        deals=2,
        size=SIDE_PX,
        seed=2,
        rivals=["magenta"],
        networks={"magenta": "builtin-stylizer"},
        strokes=(50, 200),
        parts=("matched", "tricks"),
        scorers=scorers.SCORERS[1:3],
    )
    assert found["rivals"] == {"magenta": "builtin-stylizer"}
    assert found["deals"] == 2
    assert set(found["judges"]) == {"SSIM", "pixels"}
    # Mild changes are nearer to a picture than another deal's, whoever looks.
    assert all(judge["matched"]["another deal"]["value"] > 0.9 for judge in found["judges"].values())
    grade.say(json.loads(json.dumps(found)))
    told = capsys.readouterr().out
    assert "2 deals of" in told and "magenta with builtin-stylizer" in told
    assert "| white |" in told
