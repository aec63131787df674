"""Rarer files that earlier versions wrote: damaged and old journals, duels with everything or little, JSON answers."""

import json
import shutil
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from locations import DATA

from app import cli, images, places
from app.desktop.app_state.settings import load_settings
from app.desktop.controllers.drawing_recovery import Left, Offers, cards_of
from app.game.archive import gallery
from app.game.deck import Deck
from app.judging.assessment import ANCHORS, FACETS
from app.painting.brushes.brush import own_and_players
from app.painting.document.drawing import Drawing
from app.painting.io.journal import Journal, open_journal
from app.painting.model.stroke import Stroke

EARLIER = DATA / "earlier" / "0.1"
COMMANDS: dict[str, dict[str, Any]] = json.loads((EARLIER / "commands.json").read_text("utf-8"))
# By what a journal's name ends with: how many strokes are in force, and whether it is sound to its end.
JOURNALS = {"layers": (11, True), "version-1": (3, True), "cut-off": (3, False), "gone-on": (3, True)}


@pytest.fixture
def home(own_data: Path) -> Path:
    """The second player's folder in the place of this player's."""
    shutil.copytree(EARLIER / "second_player", own_data, dirs_exist_ok=True)
    return own_data


def journal_of(name: str) -> Path:
    (found,) = places.drawings().glob(f"*-{name}.duel")
    return found


def check_pixels(drawing: Drawing, name: str) -> None:
    """Compare with the earlier picture: the rounding of another processor may differ in single pixels."""
    wanted = images.read_picture(EARLIER / "journals" / f"{name}.png")
    assert drawing.picture().shape == wanted.shape
    difference = np.abs(drawing.picture() - wanted).max(axis=2)
    assert difference.mean() < 0.001 and (difference > 0.03).mean() < 0.001


@pytest.mark.pixels
@pytest.mark.parametrize("name", JOURNALS)
def test_a_journal_gives_the_drawing_that_it_gave(home: Path, name: str) -> None:
    strokes, was_whole = JOURNALS[name]
    header, entries, is_whole = open_journal(journal_of(name))
    drawing = Drawing.replayed(header.width, header.height, entries)
    assert (len(drawing.strokes), is_whole) == (strokes, was_whole)
    assert not drawing.missing_brushes and not drawing.missing_pictures
    check_pixels(drawing, name)
    assert [card.title for card in cards_of(header)] == ["Tulip fields in spring", "Under the pines"]
    assert all(card.path.is_file() for card in cards_of(header)), "the program's own pictures are found by their names"
    assert header.deal["strict"] is (name == "cut-off")


def test_layers_lie_as_they_lay(home: Path) -> None:
    header, entries, _ = open_journal(journal_of("layers"))
    drawing = Drawing.replayed(header.width, header.height, entries)
    assert [(each.id, each.name, each.blend, each.opacity) for each in drawing.layers] == [
        (3, "Glaze copy", "screen", 1.0),
        (6, "Hidden", "normal", 1.0),
        (7, "Cleared", "normal", 1.0),
        (0, "Paint", "normal", 1.0),
        (1, "Ramp, faint", "normal", 0.5),
        (2, "Glaze", "multiply", 0.7),
    ]
    assert [each.id for each in drawing.layers if not each.is_visible] == [6]
    assert [each.id for each in drawing.layers if each.is_alpha_locked] == [0]
    assert drawing.has_placed_picture and drawing.traced_strokes == 1
    assert [stroke.mode for stroke in drawing.strokes].count("paint") == 7
    assert {stroke.symmetry.kind for stroke in drawing.strokes} == {"none", "mirror"}
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    assert points[:, 3].max() == 900, "times are kept"
    assert points[:, 4].max() == pytest.approx(30, abs=0.5) and points[:, 5].min() == -25, "tilt is kept"


@pytest.mark.pixels
def test_a_drawing_whose_end_was_cut_off_can_be_gone_on_with(home: Path) -> None:
    path = journal_of("cut-off")
    length = path.stat().st_size
    journal, header, entries, was_whole = Journal.resume(path)
    assert not was_whole
    drawing = Drawing.replayed(header.width, header.height, entries)
    drawing.journal = journal
    drawing.apply(drawing.strokes[0])
    drawing.undo()
    assert journal.close()
    aside = path.with_name(f"{path.name}.cut1").stat().st_size
    assert 0 < aside < length
    header, entries, is_whole = open_journal(path)
    assert is_whole
    check_pixels(Drawing.replayed(header.width, header.height, entries), "cut-off")


def test_drawings_that_were_neither_empty_nor_put_away_are_offered(home: Path) -> None:
    found = {offer.path: offer for offer in Offers().look(Left(load_settings().left))}
    assert set(found) == {journal_of(name) for name in JOURNALS}
    for name, (strokes, _) in JOURNALS.items():
        offer = found[journal_of(name)]
        assert offer.titles == "“Tulip fields in spring” in the manner of “Under the pines”"
        # The clearing of a layer is no stroke to a person.
        assert offer.facts.startswith(f"{strokes - (name == 'layers')} strokes, ")


def test_a_strength_and_a_size_that_were_for_both_rivals_are_taken_over(home: Path) -> None:
    settings = load_settings()
    assert settings.rivals == {
        "magenta": {"strength": 0.4, "size_px": 512},
        "classic": {"strength": 0.4, "size_px": 768, "seed": 3, "quality": "quick"},
    }
    assert (settings.brush, settings.color) == ("oil", "#2f6b4f")
    assert settings.keys == {"redo": ["Ctrl+Y", "F6"]}
    assert settings.left == ["2026-11-06-180000-put-away.duel"]
    # What that file does not know yet.
    assert (settings.is_strict, settings.has_speed_pressure, settings.wheel_px) == (False, True, -1)


def test_a_kept_duel_with_everything_is_shown_as_it_was(home: Path) -> None:
    kept, _ = gallery.kept()
    assert kept.folder.name.startswith("2026-11-07") and kept.card.is_file()
    assert gallery.grades_of(kept) == {
        ("drawing", "magenta"): 0.4437,
        ("drawing", "classic"): 0.3723,
        ("magenta", "classic"): 0.4779,
    }
    found = gallery.assessments_of(kept)
    assert set(found) == {"drawing_magenta", "drawing_classic", "magenta_classic"}
    for name, each in found.items():
        told = kept.record["opinions"][name]
        assert (each.grade, each.band, each.second_grade) == (told["grade"], told["band"], told["appeal"])
        assert (each.copied, each.turned, each.anchors) == (told["copied"], told["turned"], told["anchors"])
        assert tuple(each.facets) == FACETS and set(each.anchors) == set(ANCHORS)
        for facet, shown in each.facets.items():
            facts = told["facets"][facet]
            assert (shown.grade, shown.sentence) == (facts["grade"], facts["sentence"])
            assert shown.heat.shape == tuple(facts["heat_size"]) and shown.heat.any()
    assert found["drawing_magenta"].copied["photograph"] == 0.9768
    assert kept.record["pasted"].startswith("You pasted the photograph, “harbour”")
    assert kept.record["painted"]["placed_pictures"] == [{"title": "harbour", "share": 0.21}]


def test_suggestions_and_films_of_a_kept_duel_are_there(home: Path) -> None:
    kept, _ = gallery.kept()
    suggestions = gallery.suggestions_of(kept)
    assert [(each.sentence, each.gain) for each in suggestions] == [
        ("Work out the right half with more strokes", 1.5708),
        ("Finer, livelier strokes all over", 1.3905),
        ("Lay in the big colours in the right half: blue", 0.8137),
    ]
    assert suggestions[0].grades == {"magenta": 3.3015, "classic": 0.6561}
    assert suggestions[0].box == (0.5104, 0.0833, 1.0, 0.7222)
    assert all(each.preview.shape == (72, 96, 3) for each in suggestions)
    with av.open(str(kept.folder / gallery.film_file("classic"))) as film:
        assert sum(1 for _ in film.decode(video=0)) >= 8
    asked = {name: rival["asked"] for name, rival in kept.record["rivals"].items()}
    assert (asked["magenta"]["shares"], asked["magenta"]["mask"]) == ([0.6667, 0.3333], True)
    assert (asked["classic"]["start"], asked["classic"]["options"]["statistics"]) == ("noise", "moments")


def test_a_duel_that_was_kept_with_its_grades_only_has_these(home: Path) -> None:
    _, kept = gallery.kept()
    assert kept.folder.name.startswith("2026-09-20") and "opinions" not in kept.record
    found = gallery.assessments_of(kept)
    assert {name: each.grade for name, each in found.items()} == kept.record["grades"]
    assert not any(each.facets for each in found.values())
    assert gallery.suggestions_of(kept) == []


def test_own_brushes_and_pictures_are_used(home: Path) -> None:
    brush = own_and_players()["soft-fan"]
    assert brush.title == "Soft fan"
    drawing = Drawing(64, 48)
    before = drawing.picture()
    drawing.apply(Stroke(brush.name, size_px=20, points=[(8, 8, 1), (50, 40, 1)]))
    assert not drawing.missing_brushes and not np.array_equal(drawing.picture(), before)
    deck = Deck.load()
    assert not deck.skipped
    assert "Harbour view" in {card.title for card in deck.contents}
    assert "Red waves" in {card.title for card in deck.styles}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_answers_in_the_keys_and_types_that_it_had(
    home: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new program may tell more; what it told before, scripts rely on."""
    monkeypatch.chdir(home)
    drawn = next(places.gallery().glob("2026-11-07*"))
    pairs = [[f"{drawn}/drawing.png", f"{drawn}/magenta.png"], [f"{drawn}/magenta.png", f"{drawn}/classic.png"]]
    (home / "pairs.json").write_text(json.dumps(pairs), encoding="utf-8")
    assert cli.main([*COMMANDS[name]["arguments"], "--json"]) == 0
    assert missing(json.loads(capsys.readouterr().out), COMMANDS[name]["answer"]) == []


def missing(value: Any, shape: Any, at: str = "answer") -> list[str]:
    """Where a value is not of a shape that was written down: keys with shapes, a list of those that may come, types."""
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{at} is no object"]
        found = [f"{at}.{key} is gone" for key in shape if key not in value]
        return found + [
            each for key in shape if key in value for each in missing(value[key], shape[key], f"{at}.{key}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{at} is no list"]
        odd = [each for each in value if shape and all(missing(each, one) for one in shape)]
        return [f"{at} has {odd[0]!r}"] if odd else []
    is_it = {
        "null": value is None,
        "boolean": isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "string": isinstance(value, str),
    }[shape]
    return [] if is_it else [f"{at} is {value!r}, no {shape}"]
