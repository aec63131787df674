import copy
import errno
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from game_assessments import assessments, suggestion

from app import images, places
from app.errors import SaveError
from app.game.archive import gallery, result_card
from app.game.archive.progress_film import Frame, ProgressFilm
from app.game.deck import Deal
from app.game.duel import Duel, Painting, Provenance, Stage
from app.rivals.request import RivalRequest
from app.rivals.rival import Report


@pytest.fixture
def judged(deal_files, photograph) -> Duel:
    duel = Duel(Deal.of_files(*deal_files))
    duel.start()
    duel.hand_in(photograph)
    duel.take("magenta", Painting(photograph * 0.5, Report("magenta-int8", 0.08, 1, 0.11)))
    duel.take("classic", Painting(1 - photograph, Report("builtin-vgg", 0.09, 150, 12.6)))
    duel.judge(assessments(7.34, 5.1, 6.0))
    return duel


def test_a_kept_duel_is_whole_and_is_found_again(judged: Duel) -> None:
    folder = gallery.keep(judged)
    assert judged.stage is Stage.KEPT
    assert sorted(path.name for path in folder.iterdir()) == [
        "card.png", "classic.png", "content.png", "drawing.png", "duel.json", "heat-drawing-classic.png",
        "heat-drawing-magenta.png", "heat-magenta-classic.png", "magenta.png", "style.png",
    ]  # fmt: skip
    np.testing.assert_allclose(images.read_picture(folder / "drawing.png"), judged.drawing, atol=0.003)
    (found,) = gallery.kept()
    assert found.folder == folder
    assert found.card.is_file()
    assert found.record["grades"] == {"drawing_magenta": 7.34, "drawing_classic": 5.1, "magenta_classic": 6.0}


def test_the_record_names_each_network_and_its_speed(judged: Duel, tmp_path: Path) -> None:
    gallery.write(judged, tmp_path / "out")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"magenta.png", "classic.png", "card.png", "duel.json"}
    record = json.loads((tmp_path / "out" / "duel.json").read_text())
    assert record["rivals"]["magenta"]["network"] == "magenta-int8"
    assert record["rivals"]["classic"]["seconds_per_step"] == 0.09
    assert "VGG" in record["rivals"]["classic"]["title"]
    assert record["content"]["title"] == "Harbour view"


def test_two_duels_in_one_second_are_both_kept(judged: Duel) -> None:
    first = gallery.keep(judged)
    judged.stage = Stage.JUDGED
    second = gallery.keep(judged)
    assert first != second
    assert {duel.folder for duel in gallery.kept()} == {first, second}


@pytest.mark.skipif(os.name == "nt", reason="permissions work otherwise there")
def test_an_unwritable_gallery_is_reported_and_nothing_is_lost(judged: Duel, own_data: Path) -> None:
    own_data.mkdir(parents=True)
    (own_data / "gallery").write_text("a file in the place of the folder")
    with pytest.raises(SaveError, match=r"^This duel could not be kept in the gallery: its folder is a file\.$"):
        gallery.keep(judged)
    assert judged.stage is Stage.JUDGED
    (own_data / "gallery").unlink()
    assert gallery.keep(judged).is_dir()


def test_a_disk_that_fills_up_leaves_nothing_half_kept(judged: Duel, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []

    def fill_up(file: int) -> None:
        written.append(file)
        if len(written) > 4:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fill_up)
    with pytest.raises(SaveError) as refused:
        gallery.keep(judged)
    assert str(refused.value) == "This duel could not be kept in the gallery: the disk is full."
    assert len(written) == 5
    assert judged.stage is Stage.JUDGED
    assert list(places.gallery().iterdir()) == []
    assert gallery.kept() == []


def test_foreign_folders_and_damaged_records_are_left_out(judged: Duel) -> None:
    folder = gallery.keep(judged)
    (places.gallery() / "holiday").mkdir()
    damaged = places.gallery() / "2020-01-01-000000-x"
    damaged.mkdir()
    (damaged / "duel.json").write_text("{cut off")
    assert [duel.folder for duel in gallery.kept()] == [folder]


def test_the_record_says_how_the_drawing_came_about(judged: Duel) -> None:
    assert gallery.record(judged)["painted"] is None
    judged.hand_in(judged.drawing, Provenance(412, 30, has_placed=False, is_strict=False))
    judged.judge(assessments(7.34, 5.1, 6.0))
    record = json.loads((gallery.keep(judged) / "duel.json").read_text())
    assert record["painted"] == {
        "strokes": 412, "traced": 30, "placed": False, "strict": False, "placed_pictures": [],
    }  # fmt: skip


def test_films_are_kept_with_their_duel_where_there_is_something_to_see(judged: Duel) -> None:
    films = {"magenta": ProgressFilm(), "classic": ProgressFilm()}
    for step in range(12):
        picture = np.full((24, 32, 3), 20 * step, np.uint8)
        films["classic"].add(Frame(step / 4, step, 12, None, picture))
    films["magenta"].add(films["classic"].frames[-1])
    folder = gallery.keep(judged, films)
    assert sorted(path.name for path in folder.glob("*film*")) == ["classic-film.mp4"] == [gallery.film_file("classic")]


def test_a_record_tells_what_each_rival_was_asked_for(judged: Duel) -> None:
    judged.take("classic", replace(judged.paintings["classic"], request=RivalRequest(size=900, colours="photograph")))
    judged.judge(assessments(7.34, 5.1, 6.0))
    record = json.loads((gallery.keep(judged) / "duel.json").read_text())
    asked = {name: rival["asked"] for name, rival in record["rivals"].items()}
    assert (asked["classic"]["size_px"], asked["classic"]["colours"]) == (900, "photograph")
    assert (asked["magenta"]["size_px"], asked["magenta"]["colours"]) == (384, "painting")


@pytest.mark.parametrize("error", [av.codec.codec.UnknownCodecError("libx264"), av.error.EncoderNotFoundError(1, "no")])
def test_a_film_that_cannot_be_made_is_left_out_and_told(judged: Duel, monkeypatch, error: Exception) -> None:
    film = ProgressFilm()
    for step in range(8):
        film.add(Frame(step, step, 8, None, np.full((24, 32, 3), 20 * step, np.uint8)))

    def refuse(*arguments: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(av, "open", refuse)
    told: list[str] = []
    folder = gallery.keep(judged, {"classic": film}, on_left_out=told.append)
    assert judged.stage is Stage.KEPT
    assert not list(folder.glob("*film*"))
    (kept,) = gallery.kept()
    assert kept.record["left_out"] == told
    (sentence,) = told
    assert sentence.startswith("The duel is kept without the film of Classic. The film could not be made: ")
    assert sentence.endswith(".")


def test_assessments_are_read_back_with_their_heat_maps(judged: Duel) -> None:
    gallery.keep(judged)
    (kept,) = gallery.kept()
    found = gallery.assessments_of(kept)
    assert list(found) == list(judged.assessments)
    for name, assessment in judged.assessments.items():
        assert found[name].grade == pytest.approx(assessment.grade, abs=1e-4)
        assert found[name].facets["detail"].sentence == assessment.facets["detail"].sentence
        np.testing.assert_allclose(found[name].facets["detail"].heat, assessment.facets["detail"].heat, atol=0.003)


def test_suggestions_that_come_later_are_laid_to_the_duel(judged: Duel) -> None:
    folder = gallery.keep(judged)
    assert gallery.suggestions_of(gallery.kept()[0]) == []
    before = json.loads((folder / "duel.json").read_text())
    suggestions = [suggestion(), suggestion("Darker left half", 0.2)]
    gallery.note_suggestions(folder, suggestions)
    (kept,) = gallery.kept()
    assert kept.record | {"suggestions": []} == before, "all else is as it was"
    found = gallery.suggestions_of(kept)
    assert [(each.sentence, each.gain) for each in found] == [("Warmer upper part", 0.6), ("Darker left half", 0.2)]
    assert found[0].grades == suggestions[0].grades and found[0].box == suggestions[0].box
    np.testing.assert_allclose(found[0].preview, suggestions[0].preview, atol=0.01)
    # Those that are there when a duel is kept are kept at once.
    judged.advise(suggestions)
    judged.stage = Stage.JUDGED
    gallery.keep(judged)
    assert len(gallery.suggestions_of(gallery.kept()[0])) == 2
    # A preview that is gone takes its suggestion along, and what was taken away is no duel any more.
    (folder / gallery.preview_file(1)).unlink()
    assert [each.sentence for each in gallery.suggestions_of(kept)] == ["Darker left half"]
    gallery.take_away(folder)
    assert not folder.exists()
    gallery.note_suggestions(folder, suggestions)
    assert not folder.exists()


def test_what_a_person_laid_beside_a_duel_stays_when_it_is_taken_away(judged: Duel) -> None:
    judged.advise([suggestion()])
    folder = gallery.keep(judged, {})
    note = folder / "my own suggestion.jpg"
    note.write_bytes(b"mine")
    gallery.take_away(folder)
    assert list(folder.iterdir()) == [note]


def test_records_without_assessments_or_with_damaged_ones_are_read_all_the_same(judged: Duel) -> None:
    folder = gallery.keep(judged)
    whole = json.loads((folder / "duel.json").read_text())

    def read(record: dict[str, object]) -> dict[str, float]:
        (folder / "duel.json").write_text(json.dumps(record))
        (kept,) = gallery.kept()
        assert gallery.suggestions_of(kept) == []
        return {name: assessment.grade for name, assessment in gallery.assessments_of(kept).items()}

    older = {key: value for key, value in whole.items() if key not in ("opinions", "suggestions", "pasted")}
    assert read(older) == whole["grades"]
    assert all(not assessment.facets for assessment in gallery.assessments_of(gallery.kept()[0]).values())
    assert read(older | {"grades": {"drawing_magenta": "seven", "magenta_classic": None}}) == {}
    for damaged in (3, {}, {"grade": 11}, whole["opinions"]["drawing_magenta"] | {"facets": {"palette": {"grade": 5}}}):
        mixed = whole | {"opinions": whole["opinions"] | {"drawing_magenta": damaged}, "suggestions": damaged}
        assert set(read(mixed)) == {"drawing_classic", "magenta_classic"}
    (folder / gallery.heat_file("drawing_classic")).write_bytes(b"no picture")
    (folder / gallery.heat_file("magenta_classic")).unlink()
    assert read(whole) == whole["grades"]
    blank = gallery.assessments_of(gallery.kept()[0])["drawing_classic"].facets["palette"].heat
    assert blank.shape == (1, 1) and not blank.any()


KILLED = """
import os, signal, sys
import numpy as np
from pathlib import Path
from app.game.archive import gallery, result_card
from app.game.deck import Deal
from app.game.duel import Duel, Painting
from app.judging.assessment import Assessment
from app.rivals.rival import Report

duel = Duel(Deal.of_files(Path(sys.argv[1]), Path(sys.argv[2])))
duel.start()
picture = np.zeros((32, 32, 3), np.float32)
duel.hand_in(picture)
for rival in ("magenta", "classic"):
    duel.take(rival, Painting(picture, Report("builtin-vgg", 1, 1, 1)))
duel.judge([Assessment(grade, 0.1) for grade in (1, 2, 3)])
result_card.draw = lambda duel: os.kill(os.getpid(), signal.SIGKILL)
gallery.keep(duel)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such kill there")
def test_what_a_killed_process_left_behind_goes_with_the_next_duel(judged: Duel, deal_files) -> None:
    command = [sys.executable, "-c", KILLED, *map(str, deal_files)]
    assert subprocess.run(command, cwd=places.root(), check=False).returncode == -signal.SIGKILL
    (left,) = places.gallery().iterdir()
    assert (left / "drawing.png").is_file()
    assert gallery.kept() == []
    folder = gallery.keep(judged)
    assert list(places.gallery().iterdir()) == [folder]


def test_a_duel_that_is_being_kept_is_nobody_elses_to_sweep(judged: Duel, monkeypatch: pytest.MonkeyPatch) -> None:
    draw, other = result_card.draw, copy.copy(judged)
    folders = []

    def keep_another(duel: Duel) -> np.ndarray:
        if not folders:
            folders.append(None)
            folders[0] = gallery.keep(other)
        return draw(duel)

    monkeypatch.setattr(result_card, "draw", keep_another)
    folders.append(gallery.keep(judged))
    assert {duel.folder for duel in gallery.kept()} == set(folders)
    assert all((folder / "drawing.png").is_file() for folder in folders)


def test_another_process_of_the_same_number_is_not_the_one_that_was_at_it(judged: Duel) -> None:
    """As in a container, where numbers come again with every start."""
    left = places.gallery() / f".0123456789ab-{os.getpid()}.part"
    left.mkdir(parents=True)
    long_ago = 1_600_000_000
    os.utime(left, (long_ago, long_ago))
    gallery.keep(judged)
    assert not left.exists()
