"""What earlier versions wrote still opens: journals, settings, galleries, brushes and bundles."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from locations import DATA
from networks_server import CONTENT, TINY

from app import cli, images, places
from app.desktop.app_state.settings import load_settings
from app.game.archive import gallery
from app.networks import bundle, catalog
from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing
from app.painting.io.journal import list_drawings, open_journal

VERSIONS = sorted(path.name for path in (DATA / "earlier").iterdir() if path.is_dir())


@pytest.fixture(params=VERSIONS)
def earlier(request: pytest.FixtureRequest, own_data: Path) -> Path:
    """A version's files, with its player's folder in the place of this player's."""
    folder = DATA / "earlier" / str(request.param)
    shutil.copytree(folder / "player", own_data, dirs_exist_ok=True)
    return folder


@pytest.mark.pixels
def test_a_journal_gives_the_drawing_that_it_gave(earlier: Path) -> None:
    (listed,) = list_drawings(places.drawings())
    header, entries, is_whole = open_journal(listed.path)
    assert is_whole and (header.width, header.height) == (320, 240)
    assert header.deal["content"]["title"] == "Harbour"
    drawing = Drawing.replayed(header.width, header.height, entries)
    wanted = images.read_picture(earlier / "drawing.png")
    # Rounding of another processor may differ in single pixels.
    difference = np.abs(drawing.picture() - wanted).max(axis=2)
    assert difference.mean() < 0.001 and (difference > 0.03).mean() < 0.001
    assert len(drawing.strokes) == len([each for each in entries if hasattr(each, "points")]) - 1
    assert any(stroke.is_traced for stroke in drawing.strokes)


def test_a_journal_is_replayed_from_the_command_line(earlier: Path, tmp_path: Path) -> None:
    (listed,) = list_drawings(places.drawings())
    assert cli.main(["replay", str(listed.path), str(tmp_path / "out.png")]) == 0
    replayed, wanted = images.read_picture(tmp_path / "out.png"), images.read_picture(earlier / "drawing.png")
    assert np.abs(replayed - wanted).mean() < 0.001


def test_every_setting_is_read(earlier: Path) -> None:
    written = json.loads((earlier / "player/settings.json").read_text("utf-8"))
    settings = load_settings()
    for name, value in written.items():
        assert getattr(settings, name) == value, name


def test_a_kept_duel_is_shown_as_it_was(earlier: Path) -> None:
    (kept,) = gallery.kept()
    written = json.loads(next((earlier / "player/gallery").glob("*/duel.json")).read_text("utf-8"))
    grades = {f"{a}_{b}": grade for (a, b), grade in gallery.grades_of(kept).items()}
    assert grades == pytest.approx(written["grades"])
    assessments = gallery.assessments_of(kept)
    for name, told in written["opinions"].items():
        assert assessments[name].grade == pytest.approx(told["grade"])
        assert assessments[name].second_grade == pytest.approx(told["appeal"])
        for facet, words in told["facets"].items():
            assert assessments[name].facets[facet].sentence == words["sentence"]
            assert assessments[name].facets[facet].heat.any()
    assert gallery.suggestions_of(kept) == []


def test_the_players_own_brush_is_there(earlier: Path) -> None:
    assert own_and_players()["my-round"].title == "My round"


def test_a_bundle_is_taken_in(earlier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.NETWORKS, "tiny", TINY)
    assert bundle.take_in(earlier / "networks.zip").installed == ("tiny",)
    assert (places.installed_networks() / "tiny" / TINY.files[0].file).read_bytes() == CONTENT
