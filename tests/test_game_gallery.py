import errno
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app import images, places
from app.errors import SaveError
from app.game import gallery
from app.game.asked import Asked
from app.game.deck import Deal
from app.game.duel import Duel, Painted, Painting, Stage
from app.game.film import Film, Frame
from app.rivals.rival import Report


@pytest.fixture
def judged(deal_files, photograph) -> Duel:
    duel = Duel(Deal.of_files(*deal_files))
    duel.start()
    duel.hand_in(photograph)
    duel.take("magenta", Painting(photograph * 0.5, Report("magenta-int8", 0.08, 1, 0.11)))
    duel.take("classic", Painting(1 - photograph, Report("builtin-vgg", 0.09, 150, 12.6)))
    duel.judge([7.34, 5.1, 6.0])
    return duel


def test_a_kept_duel_is_whole_and_is_found_again(judged: Duel) -> None:
    folder = gallery.keep(judged)
    assert judged.stage is Stage.KEPT
    assert sorted(path.name for path in folder.iterdir()) == [
        "card.png", "classic.png", "content.png", "drawing.png", "duel.json", "magenta.png", "style.png",
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
    judged.hand_in(judged.drawing, Painted(412, 30, has_placed=False, is_strict=False))
    judged.judge([7.34, 5.1, 6.0])
    record = json.loads((gallery.keep(judged) / "duel.json").read_text())
    assert record["painted"] == {"strokes": 412, "traced": 30, "placed": False, "strict": False}


def test_films_are_kept_with_their_duel_where_there_is_something_to_see(judged: Duel) -> None:
    films = {"magenta": Film(), "classic": Film()}
    for step in range(12):
        picture = np.full((24, 32, 3), 20 * step, np.uint8)
        films["classic"].add(Frame(step / 4, step, 12, None, picture))
    films["magenta"].add(films["classic"].frames[-1])
    folder = gallery.keep(judged, films)
    assert sorted(path.name for path in folder.glob("*film*")) == ["classic-film.mp4"] == [gallery.film_file("classic")]


def test_a_record_tells_what_each_rival_was_asked_for(judged: Duel) -> None:
    judged.take("classic", replace(judged.paintings["classic"], asked=Asked(size=900, colours="photograph")))
    judged.judge([7.34, 5.1, 6.0])
    record = json.loads((gallery.keep(judged) / "duel.json").read_text())
    asked = {name: rival["asked"] for name, rival in record["rivals"].items()}
    assert (asked["classic"]["size_px"], asked["classic"]["colours"]) == (900, "photograph")
    assert (asked["magenta"]["size_px"], asked["magenta"]["colours"]) == (384, "painting")
