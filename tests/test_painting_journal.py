"""Journals: every finished stroke is on disk, a damaged file opens up to its last whole one, nothing is overwritten."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import places
from app.errors import JournalError, SaveError
from app.painting import journal as journal_module
from app.painting import records
from app.painting.drawing import Drawing, Entry
from app.painting.journal import Header, Journal, open_journal
from app.painting.stroke import Stroke

DEAL = {"content": "Harbour", "style": "Waves", "seed": 5}


def stroke(number: int) -> Stroke:
    chance = np.random.default_rng(number)
    return Stroke(brush="ink", color=(number % 256, 2, 3), seed=number, points=chance.uniform(0, 60, (4, 3)))


ENTRIES: list[Entry] = [stroke(1), stroke(2), "undo", stroke(3), "undo", "redo", Stroke.cleared(), stroke(4)]


def written(path: Path, entries: list[Entry]) -> Path:
    journal = Journal.create(path, 64, 48, DEAL)
    for entry in entries:
        journal.write(entry)
    assert journal.close()
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "a.duel", ENTRIES)
    assert open_journal(path) == (Header(64, 48, DEAL), ENTRIES, True)


def test_replaying_a_journal_gives_the_very_same_pixels(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path / "a.duel", 64, 48)
    drawing = Drawing(64, 48, journal)
    for number, name in enumerate(drawing.surface.brushes):
        drawing.apply(Stroke(brush=name, size_px=20, seed=number, points=stroke(number).points))
    drawing.undo()
    drawing.begin(Stroke(brush="bristle", color=(200, 90, 10), size_px=25, seed=3))
    for point in stroke(77).points:
        drawing.add_points(point)
    drawing.end()
    journal.close()
    header, entries, is_whole = open_journal(journal.path)
    again = Drawing.replayed(header.width, header.height, entries)
    assert is_whole
    assert np.array_equal(again.surface.pixels, drawing.surface.pixels)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("journal") / "a.duel", ENTRIES).read_bytes()


def is_start_of(found: list[Entry], entries: list[Entry]) -> bool:
    return found == entries[: len(found)]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_journal_flipped_at_any_byte_opens_up_to_there(tmp_path: Path, sound: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(sound) - 1))
    flip = data.draw(st.integers(1, 255))
    damaged = bytearray(sound)
    damaged[place] ^= flip
    path = tmp_path / "flipped.duel"
    path.write_bytes(damaged)
    try:
        header, entries, is_whole = open_journal(path)
    except JournalError as error:
        assert str(error).endswith(".")
        assert place < 150  # only the magic and the header
    else:
        assert header == Header(64, 48, DEAL)
        assert not is_whole
        assert len(entries) < len(ENTRIES)
        assert is_start_of(entries, ENTRIES)


def test_a_journal_cut_at_every_byte_opens_up_to_there(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "cut.duel"
    counts = []
    for length in range(len(sound)):
        path.write_bytes(sound[:length])
        try:
            _, entries, is_whole = open_journal(path)
        except JournalError:
            assert not counts
            continue
        assert is_start_of(entries, ENTRIES)
        counts.append(len(entries))
        # A cut between two records cannot be told from an end; any other is.
        assert is_whole == (len(counts) < 2 or counts[-1] > counts[-2])
    assert counts == sorted(counts)
    assert set(counts) == set(range(len(ENTRIES)))


def test_a_record_left_out_or_swapped_is_noticed(tmp_path: Path) -> None:
    one, both = written(tmp_path / "1", [stroke(1)]), written(tmp_path / "2", [stroke(1), stroke(2)])
    empty = written(tmp_path / "0", [])
    first = one.read_bytes()[empty.stat().st_size :]
    second = both.read_bytes()[one.stat().st_size :]
    path = tmp_path / "swapped.duel"
    path.write_bytes(empty.read_bytes() + second + first)
    assert open_journal(path)[1:] == ([], False)
    path.write_bytes(one.read_bytes() + first)
    assert open_journal(path)[1:] == ([stroke(1)], False)


@pytest.mark.parametrize("content", [b"", b"PAST", b"not a journal at all" * 20, b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_another_file_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.duel"
    path.write_bytes(content)
    with pytest.raises(JournalError, match=r"other\.duel.*\.$"):
        open_journal(path)
    with pytest.raises(JournalError):
        Journal.resume(path)
    assert path.read_bytes() == content
    with pytest.raises(JournalError, match=r"not there\.$"):
        open_journal(tmp_path / "absent.duel")


def test_a_newer_journal_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "VERSION", 3)
    path = written(tmp_path / "a.duel", ENTRIES)
    monkeypatch.undo()
    with pytest.raises(JournalError, match="newer"):
        open_journal(path)


def test_creating_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.duel"
    path.write_text("somebody's")
    with pytest.raises(SaveError, match="never overwrites"):
        Journal.create(path, 64, 48)
    assert path.read_text() == "somebody's"


def test_resuming_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = written(tmp_path / "a.duel", ENTRIES[:3])
    journal, header, entries, is_whole = Journal.resume(path)
    assert (header.width, entries, is_whole) == (64, ENTRIES[:3], True)
    for entry in ENTRIES[3:]:
        journal.write(entry)
    journal.close()
    assert open_journal(path)[1:] == (ENTRIES, True)


def test_resuming_a_cut_journal_moves_the_rest_aside(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "a.duel"
    path.write_bytes(sound[:-5])
    for number in (1, 2):
        journal, _, entries, is_whole = Journal.resume(path)
        assert not is_whole
        assert entries == ENTRIES[:-1]
        journal.write(stroke(9))
        journal.close()
        assert open_journal(path)[1:] == ([*ENTRIES[:-1], stroke(9)], True)
        aside = tmp_path / f"a.duel.cut{number}"
        assert aside.read_bytes() and sound[:-5].endswith(aside.read_bytes())
        path.write_bytes(sound[:-5])


def test_a_journal_has_one_writer(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path / "a.duel", 64, 48)
    with pytest.raises(JournalError, match="another window"):
        Journal.resume(journal.path)
    code = (
        "import sys; from pathlib import Path; from app.errors import JournalError\n"
        "from app.painting.journal import Journal\n"
        "try:\n    Journal.resume(Path(sys.argv[1]))\nexcept JournalError: sys.exit(7)"
    )
    ended = subprocess.run([sys.executable, "-c", code, str(journal.path)], cwd=places.root(), check=False)
    assert ended.returncode == 7
    journal.close()
    again, _, _, _ = Journal.resume(journal.path)
    again.close()


def test_a_killed_program_loses_no_finished_stroke(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from app.painting.journal import Journal; from app.painting.stroke import Stroke\n"
        "journal = Journal.create(Path(sys.argv[1]), 64, 48)\n"
        "for number in range(5):\n"
        "    journal.write(Stroke(brush='ink', seed=number, points=[(1, 2, 1)]))\n"
        "journal.flush()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    path = tmp_path / "a.duel"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=places.root(), check=False)
    _, entries, is_whole = open_journal(path)
    assert is_whole
    assert [entry.seed for entry in entries if isinstance(entry, Stroke)] == [0, 1, 2, 3, 4]


def test_an_unwritable_place_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SaveError, match=r"\.$"):
        Journal.create(tmp_path / "file" / "a.duel", 64, 48)


def test_a_full_disk_is_told_once_and_nothing_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    errors: list[SaveError] = []
    told = threading.Event()

    def on_error(error: SaveError) -> None:
        errors.append(error)
        told.set()

    monkeypatch.setattr(journal_module, "_RETRY_S", 0.02)
    journal = Journal.create(tmp_path / "a.duel", 64, 48, on_error=on_error)
    real_write = os.write
    room = [30]

    def write(file: int, data: Any) -> int:
        if file != journal._file:
            return real_write(file, data)
        if room[0] <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        count = real_write(file, bytes(data)[: room[0]])
        room[0] -= count
        return count

    monkeypatch.setattr(journal_module.os, "write", write)
    drawing = Drawing(64, 48, journal)
    for entry in (stroke(1), stroke(2)):
        drawing.apply(entry)
    assert told.wait(10)
    assert not journal.is_saved
    assert not journal.flush(0.1)
    assert len(drawing.strokes) == 2
    assert len(errors) == 1
    assert "the disk is full" in str(errors[0])
    assert open_journal(journal.path)[1] == []
    room[0] = 10**6
    assert journal.flush()
    drawing.apply(stroke(3))
    assert journal.close()
    assert open_journal(journal.path)[1:] == ([stroke(1), stroke(2), stroke(3)], True)
    assert len(errors) == 1
