import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.bench import report_rivals, sheets, table
from app.bench.rivals import rivals, rivals_page
from app.bench.rivals.classic import Curve, Race
from app.bench.sheets import SheetRow
from app.errors import UsageError
from app.images import Picture
from app.rivals.classic_options import ClassicOptions

FIGURES = {
    "magenta_int8_384_s": 0.0712,
    "magenta_int8_bare_s": 0.07,
    "magenta_int8_over_bare": 1.017,
    "builtin_384_s": None,
    "classic_time_ratio": 0.2,
    "classic_time_ratios": [0.18, 0.2, None],
    "classic_growth": {"microseconds_per_pixel": {"256": 0.5, "512": 0.55}, "worst": 0.07},
    "builtin_over_int8_content": {"own taps": 0.8, "mapped taps": 0.9},
    "builtin_over_int8_style": {"own taps": 0.55, "mapped taps": 0.7},
    "backbone_share": {"own taps": {"mean": 0.99, "least": 0.95}},
    "quality_deals": "our own deck",
    "noticed_s": {"kill": 0.2, "stop": 1.5},
    "reasons": {"magenta": "The stylizer is missing."},
}


def colour(*rgb: float, size: tuple[int, int] = (30, 40)) -> Picture:
    return np.broadcast_to(np.asarray(rgb, np.float32), (*size, 3)).copy()


@pytest.fixture
def race() -> Race:
    plain = Curve((0.5, 6.0, 12.0), (80.0, 5.0, 2.0))
    rival = Curve((0.2, 1.5, 3.0, 5.0), (80.0, 9.0, 2.0, 1.2))
    return Race(plain, rival, colour(1, 0, 0), colour(0, 0, 1))


def test_a_sheet_shows_each_picture_in_its_place() -> None:
    red, blue = colour(1, 0, 0), colour(0, 0, 1, size=(40, 30))
    sheet = sheets.draw_sheet(
        [SheetRow([red, None, blue], "A row"), SheetRow([blue, red], captions=("left", "right"))], cell_px=60
    )
    cell, gap, margin, head = 60, sheets.GAP_PX, sheets.MARGIN_PX, 24
    assert sheet.shape == (2 * margin + 2 * (cell + head) + gap, 2 * margin + 3 * cell + 2 * gap, 3)
    middles = {(0, 0): (255, 0, 0), (0, 1): (31, 30, 29), (0, 2): (0, 0, 255), (1, 0): (0, 0, 255), (1, 1): (255, 0, 0)}
    for (row, column), wanted in middles.items():
        y = margin + row * (cell + head + gap) + head + cell // 2
        x = margin + column * (cell + gap) + cell // 2
        np.testing.assert_allclose(sheet[y, x], wanted, atol=2)
    # Above the first picture stands a title.
    assert sheet[margin : margin + head, margin : margin + 60].max() > 150


def test_the_chart_has_both_curves_where_they_belong(race: Race) -> None:
    chart = sheets.draw_curves(race.rival, race.plain).astype(int)

    def at(color: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
        # Below the legend.
        down, across = np.nonzero(np.abs(chart[80:] - color).max(axis=2) < 12)
        return down, across

    ochre, blue = at((0xD9, 0xA2, 0x3B)), at((0x7F, 0xA9, 0xCF))
    assert ochre[1].max() < blue[1].max()
    # The rival ends lower on the chart, and earlier.
    assert ochre[0].max() > blue[0].max()
    assert chart.shape == (460, 900, 3)


def test_a_chart_without_a_winner_can_be_drawn(race: Race) -> None:
    assert sheets.draw_curves(Curve((0.1, 0.2), (80.0, 50.0)), race.plain).shape == (460, 900, 3)


def test_a_sheet_is_packed_as_small_as_it_must_be() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (400, 500, 3)).astype(np.uint8)
    packed = sheets.to_jpeg(noise, most_bytes=90_000)
    assert len(packed) <= 90_000 < len(sheets.to_jpeg(noise))
    assert Image.open(io.BytesIO(packed)).size == (500, 400)


def test_the_table_says_what_was_measured_and_why_what_was_not() -> None:
    lines = table.of(FIGURES).splitlines()
    assert "| Magenta int8, 384 px, warm | `bench rivals` | 0.15 s | 0.071 s |" in lines
    assert "| built-in stylizer, 384 px, warm | `bench rivals` | 0.12 s | not measured |" in lines
    assert "| that time over theirs | `bench rivals` | 0.25 | 0.200 (each: 0.180, 0.200, never) |" in lines
    assert any("7 %" in line and "256 px 0.5" in line for line in lines)
    assert any("`bench workshop`" in line and "0.20 s; 1.50 s" in line for line in lines)
    assert lines[-1] == "magenta: The stylizer is missing."
    # What no bench has looked at is not in it.
    assert not any("GPU" in line for line in lines)


def test_every_promise_of_the_table_is_a_figure_of_its_bench() -> None:
    known = {name for names in rivals.FIGURES.values() for name in names}
    assert {name for line in table.LINES["bench rivals"] for name in line.needs} <= known


def test_figures_of_several_files_make_one_table(tmp_path: Path, capsys) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"checkpoints_mb": 5.14}))
    (tmp_path / "b.json").write_text(json.dumps({"ready_s": 4.2}))
    table.main([str(tmp_path / "a.json"), str(tmp_path / "b.json")])
    said = capsys.readouterr().out
    assert "5.1 MB" in said
    assert "4.2 s" in said
    for bad in ("[1]", "{"):
        (tmp_path / "a.json").write_text(bad)
        with pytest.raises(UsageError, match=r"a\.json holds no figures"):
            table.read(tmp_path / "a.json")


def test_the_page_tells_the_race_and_the_figures(race: Race) -> None:
    page = rivals_page.text(race, FIGURES)
    assert "after 3.0 s, 0.25 of the 12.0 s" in page
    assert "0.80 (own taps), 0.90 (mapped taps)" in page
    assert "99.0 %" in page
    assert "| Magenta int8, 384 px, warm |" in page
    assert max(map(len, (line for line in page.splitlines() if not line.startswith(("|", "!"))))) <= 140
    without = rivals_page.text(race, {})
    assert "`python3 main.py bench rivals` measures them" in without
    assert "own taps" not in without


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (ClassicOptions(coordinates="pixels"), "on the pixels, its first guess"),
        (ClassicOptions(coordinates="spectrum"), "frequencies"),
        (ClassicOptions(averaging=0.5), "mean of the last 50% of the finest scale's steps"),
    ],
)
def test_the_page_tells_how_the_rival_works_by_default(
    race: Race, monkeypatch: pytest.MonkeyPatch, options: ClassicOptions, said: str
) -> None:
    monkeypatch.setattr(rivals_page, "ClassicOptions", lambda: options)
    page = rivals_page.text(race, {})
    assert said in page
    assert ("cosine" in page) == (options.coordinates == "spectrum")
    assert ("Polyak" in page) == (options.averaging > 0)
    assert max(map(len, (line for line in page.splitlines() if not line.startswith(("|", "!"))))) <= 140


def test_the_page_takes_no_more_pictures_than_there_is_time_for(tmp_path: Path, monkeypatch) -> None:
    """Of the classic rival, whose pictures take 5 to 6 s each on two cores; the page is to take six minutes at most."""
    painted: list[str] = []

    class Painter:
        def __init__(self, rival: str) -> None:
            self.rival = rival

        def paint(self, content: Picture, *arguments: object) -> Picture:
            painted.append(self.rival)
            return content

    monkeypatch.setattr(report_rivals, "hire", lambda rival, **how: Painter(rival))
    curve = Curve((0.1, 1.0), (2.0, 1.0))
    picture = colour(1, 0, 0)
    monkeypatch.setattr(report_rivals, "raced", lambda *how: Race(curve, curve, picture, picture))
    report_rivals.make(tmp_path / "rivals.md")
    assert 20 <= painted.count("classic") <= 30


def test_a_mask_leaves_the_middle_out() -> None:
    mask = report_rivals.round_mask(colour(0, 0, 0, size=(60, 80)))
    assert mask.shape == (60, 80)
    assert (mask[27, 40], mask[0, 0]) == (0, 1)
    assert 0 < mask[27, 14] < 1


@pytest.mark.slow
def test_the_page_is_made_with_all_its_pictures(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "rivals.md"
    report_rivals.make(page, size=48, deals=report_rivals.DEALS[:1], steps=1, plain_steps=2)
    text = page.read_text()
    shown = {part.split(")")[0] for part in text.split("](images/")[1:]}
    assert shown == {path.name for path in (tmp_path / "docs" / "images").iterdir()}
    assert len(shown) == 9
    for name in shown:
        path = tmp_path / "docs" / "images" / name
        assert path.stat().st_size <= 400_000
        with Image.open(path) as picture:
            assert picture.width >= 600
