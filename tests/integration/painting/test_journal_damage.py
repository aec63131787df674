"""Damaged journals: all that is sound is had again, and whatever else lies there is passed over."""

import itertools
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from painting_journals import ADDED, DEAL, ENTRIES, is_start_of, record_ends, same, stroke, written

from app.errors import JournalError
from app.painting.brushes.brush import Brush
from app.painting.io import journal as journal_module
from app.painting.io import journal_file, journal_format
from app.painting.io.journal import Journal, list_drawings, open_journal
from app.painting.io.journal_format import JournalHeader
from app.painting.model.stroke import Stroke


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("journal") / "a.duel", ENTRIES).read_bytes()


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
        assert header == JournalHeader(64, 48, DEAL)
        assert not is_whole
        assert len(entries) < len(ENTRIES)
        assert is_start_of(entries, ENTRIES)


def test_a_journal_cut_anywhere_opens_up_to_there(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "cut.duel"
    counts = []
    ends = set(record_ends(sound))
    # Every byte of all but the long record of a brush's texture, and of that every fiftieth.
    for length in sorted(
        {*range(900), *range(0, len(sound), 50), *range(len(sound) - 1200, len(sound)), *ends} - {len(sound)}
    ):
        path.write_bytes(sound[:length])
        try:
            _, entries, is_whole = open_journal(path)
        except JournalError:
            assert not counts
            continue
        assert is_start_of(entries, ENTRIES)
        counts.append(len(entries))
        # A cut between two records cannot be told from an end; any other is.
        assert is_whole == (length in ends)
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
    monkeypatch.setattr(journal_format, "VERSION", 3)
    path = written(tmp_path / "a.duel", ENTRIES)
    monkeypatch.undo()
    with pytest.raises(JournalError, match="newer"):
        open_journal(path)


def test_resuming_a_cut_journal_moves_the_rest_aside(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "a.duel"
    path.write_bytes(sound[:-5])
    for number in (1, 2):
        journal, _, entries, is_whole = Journal.resume(path)
        assert not is_whole
        assert is_start_of(entries, ENTRIES)
        assert len(entries) == len(ENTRIES) - 1
        journal.write(stroke(9))
        journal.close()
        assert open_journal(path)[1:] == ([same(entry) for entry in [*ENTRIES[:-1], stroke(9)]], True)
        aside = tmp_path / f"a.duel.cut{number}"
        assert aside.read_bytes() and sound[:-5].endswith(aside.read_bytes())
        path.write_bytes(sound[:-5])


def test_drawings_are_listed_the_newest_first(tmp_path: Path) -> None:
    entries = [stroke(1), stroke(2), "undo", ADDED, stroke(3), Stroke.cleared(), stroke(4), stroke(5), "undo"]
    written(tmp_path / "old.duel", entries)
    cut = written(tmp_path / "new.duel", [stroke(1), stroke(2)])
    cut.write_bytes(cut.read_bytes()[:-1])
    (tmp_path / "other.duel").write_bytes(b"not a drawing")
    (tmp_path / "other.txt").write_bytes(b"not looked at")
    os.utime(tmp_path / "old.duel", ns=(10**18, 10**18))
    damaged: list[JournalError] = []
    found = list_drawings(tmp_path, damaged.append)
    assert [(each.path.name, each.strokes, each.whole) for each in found] == [
        ("new.duel", 1, False),
        ("old.duel", 3, True),
    ]
    assert found[1].modified.timestamp() == 10**9
    assert found[1].modified.utcoffset() is not None
    assert len(damaged) == 1
    assert "other.duel" in str(damaged[0])
    assert list_drawings(tmp_path / "absent") == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")
def test_what_is_no_file_is_told_and_passed_over(tmp_path: Path) -> None:
    written(tmp_path / "sound.duel", [stroke(1)])
    os.mkfifo(tmp_path / "pipe.duel")
    (tmp_path / "folder.duel").mkdir()
    (tmp_path / "zero.duel").symlink_to("/dev/zero")
    with (tmp_path / "huge.duel").open("wb") as huge:
        huge.truncate(journal_file.MAX_BYTES + 1)
    told: list[JournalError] = []
    assert [each.path.name for each in list_drawings(tmp_path, told.append)] == ["sound.duel"]
    assert sorted(str(error).split()[2] for error in told) == ["folder.duel", "huge.duel", "pipe.duel", "zero.duel"]
    for error in told:
        assert re.search(r"(is not a file|at most 2 GB can be read)\.$", str(error))
    for name in ("pipe", "zero", "huge"):
        with pytest.raises(JournalError):
            Journal.resume(tmp_path / f"{name}.duel")


def damages(sound: bytes, seed: int) -> Iterator[tuple[str, bytes, int]]:
    """More than two thousand damaged journals: what was done, the bytes, and up to where they are as they were."""
    chance = np.random.default_rng(seed)
    starts = [len(journal_format.MAGIC), *record_ends(sound)]
    spans = list(itertools.pairwise(starts))
    for end in starts:
        yield "cut between records", sound[:end], end
        for off in (-1, 1, 4, 8, 9):
            yield "cut near there", sound[: max(0, end + off)], min(end + off, len(sound))
    for first, second in itertools.combinations(spans, 2):
        parts = [sound[slice(*span)] for span in spans]
        one, other = spans.index(first), spans.index(second)
        parts[one], parts[other] = parts[other], parts[one]
        yield "records swapped", sound[: starts[0]] + b"".join(parts), first[0]
        yield "a record twice", sound[: second[1]] + sound[slice(*first)] + sound[second[1] :], second[1]
    for start, end in spans:
        yield "a record left out", sound[:start] + sound[end:], start
    for _ in range(700):
        place, length = int(chance.integers(len(sound))), int(chance.integers(1, 60))
        yield "noise put in", sound[:place] + chance.bytes(length) + sound[place:], place
        yield "noise in its place", sound[:place] + chance.bytes(length) + sound[place + length :], place
        flipped = bytearray(sound)
        flipped[place] ^= 1 << int(chance.integers(8))
        yield "a bit flipped", bytes(flipped), place


@pytest.mark.slow
def test_whatever_happens_to_a_journal_nothing_that_is_sound_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two thousand files on a real disk would take minutes to reach it, and what is tested here is what is in them.
    monkeypatch.setattr(journal_module.os, "fsync", lambda file: None)
    small = [entry for entry in ENTRIES if not isinstance(entry, Brush)]
    total = 0
    for name, entries in (("brush", ENTRIES), ("small", small)):
        sound = written(tmp_path / f"{name}.duel", entries).read_bytes()
        ends = record_ends(sound)
        whole_at = {
            len(written(tmp_path / f"{name}{n}.duel", entries[:n]).read_bytes()): n for n in range(len(entries) + 1)
        }
        path = tmp_path / "damaged.duel"
        for what, data, same_until in damages(sound, seed=7):
            total += 1
            path.write_bytes(data)
            sound_entries = max((n for end, n in whole_at.items() if end <= same_until), default=None)
            try:
                journal, header, found, is_whole = Journal.resume(path)
            except JournalError as error:
                assert same_until < ends[0], f"{what}: refused though its header is sound"
                assert str(error).endswith("."), what
                assert path.read_bytes() == data, f"{what}: refused and yet written to"
                continue
            assert header == JournalHeader(64, 48, DEAL), what
            assert is_start_of(found, entries), what
            assert sound_entries is None or len(found) >= sound_entries, what
            kept = path.read_bytes()
            aside = [each.read_bytes() for each in tmp_path.glob("damaged.duel.cut*")]
            assert kept + b"".join(aside) == data, f"{what}: something was overwritten"
            assert bool(aside) != is_whole, what
            journal.write(stroke(99))
            assert journal.close()
            assert open_journal(path)[1:] == ([*(same(entry) for entry in found), stroke(99)], True), what
            for each in tmp_path.glob("damaged.duel.cut*"):
                each.unlink()
    assert total >= 2000
