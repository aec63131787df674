"""Journals: every finished stroke is on disk, a damaged file opens up to its last whole one, nothing is overwritten."""

import errno
import hashlib
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
from painting_journals import ADDED, BRUSH, DEAL, ENTRIES, same, stroke, written

from app import places
from app.errors import JournalError, SaveError
from app.painting.brushes.brush import Brush, own_and_players
from app.painting.document.drawing import Drawing, Entry
from app.painting.io import journal as journal_module
from app.painting.io import journal_format
from app.painting.io.journal import Journal, is_open_elsewhere, open_journal
from app.painting.io.journal_format import JournalHeader
from app.painting.model.layers import BLENDS, Arrangement, Layer, Placed
from app.painting.model.stroke import Stroke
from app.painting.model.symmetry import Symmetry


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "new" / "a.duel", ENTRIES)
    assert open_journal(path) == (JournalHeader(64, 48, DEAL), [same(entry) for entry in ENTRIES], True)


POINTS = st.lists(
    st.tuples(
        st.floats(-1e4, 1e4, width=32),
        st.floats(-1e4, 1e4, width=32),
        st.floats(0, 1, width=32),
        st.floats(0, 1e6, width=32),
        st.floats(-90, 90, width=32),
        st.floats(-90, 90, width=32),
    ),
    max_size=5,
)
SYMMETRIES = st.builds(
    Symmetry,
    kind=st.sampled_from(["none", "mirror", "radial"]),
    x=st.floats(-100, 1000),
    y=st.floats(-100, 1000),
    angle_deg=st.floats(-360, 360),
    count=st.integers(2, 24),
)
STROKES = st.builds(
    Stroke,
    brush=st.text(min_size=1, max_size=20),
    color=st.tuples(*[st.integers(0, 255)] * 3),
    size_px=st.floats(0.5, 2048),
    opacity=st.floats(0, 1),
    mode=st.sampled_from(["paint", "erase", "smudge", "fill", "clear"]),
    seed=st.integers(0, 2**63 - 1),
    points=POINTS,
    layer=st.integers(0, 2**31 - 1),
    symmetry=SYMMETRIES,
    tolerance=st.floats(0, 1),
    recipe=st.text("0123456789abcdef", max_size=16),
    is_traced=st.booleans(),
)
LAYERS = st.builds(
    Layer,
    id=st.integers(0, 50),
    name=st.text(max_size=80),
    opacity=st.floats(0, 1),
    blend=st.sampled_from(BLENDS),
    is_visible=st.booleans(),
    is_alpha_locked=st.booleans(),
)
ARRANGEMENTS = st.builds(
    lambda layers, title, png: Arrangement(
        tuple(layers),
        title,
        copied=(1, layers[0].id) if title else None,
        merged=(7, layers[-1].id) if len(layers) > 1 else None,
        placed=(Placed(layers[0].id, png, 1.5, -2, 30, 40),) if png else (),
    ),
    st.lists(LAYERS, min_size=1, max_size=4, unique_by=lambda layer: layer.id),
    st.text(max_size=30),
    st.binary(max_size=30),
)


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(entries=st.lists(STROKES | ARRANGEMENTS | st.sampled_from(["undo", "redo", BRUSH]), max_size=6))
def test_every_entry_is_read_as_it_was_written(tmp_path: Path, entries: list[Entry]) -> None:
    path = written(tmp_path / "a.duel", entries)
    assert open_journal(path) == (JournalHeader(64, 48, DEAL), [same(entry) for entry in entries], True)
    path.unlink()


def test_a_paper_that_brushes_share_is_written_once(tmp_path: Path) -> None:
    brushes = [brush for brush in own_and_players().values() if brush.paper_png is not None]
    papers = {brush.paper_png for brush in brushes}
    assert len(brushes) > len(papers)
    path = written(tmp_path / "a.duel", [*brushes[:2]])
    journal, _, _, _ = Journal.resume(path)
    for brush in brushes:
        journal.write(brush)
    journal.close()
    read = open_journal(path)[1]
    assert read == [same(brush) for brush in [*brushes[:2], *brushes]]
    assert [each.fingerprint for each in read if isinstance(each, Brush)][2:] == [each.fingerprint for each in brushes]
    assert all(path.read_bytes().count(paper) == 1 for paper in papers if paper is not None)


def test_a_journal_without_layers_and_brushes_is_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_format, "VERSION", 1)
    path = written(tmp_path / "a.duel", [stroke(1), "undo"])
    monkeypatch.undo()
    assert open_journal(path) == (JournalHeader(64, 48, DEAL), [stroke(1), "undo"], True)
    journal, _, _, _ = Journal.resume(path)
    journal.write(ADDED)
    journal.close()
    assert open_journal(path)[1:] == ([stroke(1), "undo", ADDED], True)


def test_a_brush_whose_file_is_not_there_ends_the_journal_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.duel", [stroke(1)])
    journal, _, _, _ = Journal.resume(path)
    journal._chain.files.update(hashlib.sha256(part).digest() for part in BRUSH.source if part is not None)
    journal.write(BRUSH)
    journal.write(stroke(2))
    journal.close()
    assert open_journal(path)[1:] == ([stroke(1)], False)


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


def test_creating_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "a.duel"
    path.write_text("somebody's")
    with pytest.raises(SaveError, match="never overwrites"):
        Journal.create(path, 64, 48)
    assert path.read_text() == "somebody's"


def test_resuming_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = written(tmp_path / "a.duel", ENTRIES[:3])
    journal, header, entries, is_whole = Journal.resume(path)
    assert (header.width, entries, is_whole) == (64, [same(entry) for entry in ENTRIES[:3]], True)
    for entry in ENTRIES[3:]:
        journal.write(entry)
    journal.close()
    assert open_journal(path)[1:] == ([same(entry) for entry in ENTRIES], True)


def test_whether_another_program_writes_a_journal_can_be_asked(tmp_path: Path) -> None:
    path = tmp_path / "a.duel"
    assert not is_open_elsewhere(path), "nothing is there"
    journal = Journal.create(path, 64, 48, {"content": {"title": "Lemons"}})
    assert not is_open_elsewhere(path), "this program is nobody else"
    code = (
        "import sys; from pathlib import Path; from app.painting.io.journal import is_open_elsewhere\n"
        "sys.exit(7 if is_open_elsewhere(Path(sys.argv[1])) else 3)"
    )
    ask = [sys.executable, "-c", code, str(path)]
    assert subprocess.run(ask, cwd=places.root(), check=False).returncode == 7
    with pytest.raises(JournalError, match=r"^“Lemons” is open in another window\.$"):
        Journal.resume(path)
    journal.close()
    assert subprocess.run(ask, cwd=places.root(), check=False).returncode == 3
    assert not is_open_elsewhere(path)
    # To ask takes nothing from anybody.
    again, *_ = Journal.resume(path)
    again.close()


def test_a_journal_has_one_writer(tmp_path: Path) -> None:
    journal = Journal.create(tmp_path / "a.duel", 64, 48)
    with pytest.raises(JournalError, match="another window"):
        Journal.resume(journal.path)
    code = (
        "import sys; from pathlib import Path; from app.errors import JournalError\n"
        "from app.painting.io.journal import Journal\n"
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
        "from app.painting.io.journal import Journal; from app.painting.model.stroke import Stroke\n"
        "journal = Journal.create(Path(sys.argv[1]), 64, 48)\n"
        "for number in range(5):\n"
        "    journal.write(Stroke(brush='ink', seed=number, points=[(1, 2, 1)]))\n"
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
    journal.write(stroke(1))
    journal.write(stroke(2))
    assert told.wait(10)
    assert not journal.is_saved
    assert not journal.flush(0.1)
    assert len(errors) == 1
    assert "the disk is full" in str(errors[0])
    assert open_journal(journal.path)[1] == []
    room[0] = 10**6
    assert journal.flush()
    journal.write(stroke(3))
    assert journal.close()
    assert open_journal(journal.path)[1:] == ([stroke(1), stroke(2), stroke(3)], True)
    assert len(errors) == 1


def test_painting_does_not_wait_for_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    is_disk_ready = threading.Event()
    monkeypatch.setattr(journal_module.os, "fsync", lambda file: is_disk_ready.wait(10))
    journal = Journal.create(tmp_path / "a.duel", 64, 48, DEAL)
    for entry in ENTRIES:
        journal.write(entry)
    # The system has it all, and keeps it whatever becomes of this program.
    assert open_journal(journal.path) == (JournalHeader(64, 48, DEAL), [same(entry) for entry in ENTRIES], True)
    assert not journal.is_saved
    assert not journal.flush(0.01)
    is_disk_ready.set()
    assert journal.flush()
    journal.close()


def test_what_the_disk_refused_is_written_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal_module, "_RETRY_S", 0.02)
    errors: list[SaveError] = []
    journal = Journal.create(tmp_path / "a.duel", 64, 48, DEAL, on_error=errors.append)
    journal.write(stroke(1))
    assert journal.flush()
    sync, refusals = os.fsync, iter([True, True])

    def fsync(file: int) -> None:
        if next(refusals, False):
            raise OSError(errno.EIO, "Input/output error")
        sync(file)

    monkeypatch.setattr(journal_module.os, "fsync", fsync)
    journal.write(stroke(2))
    journal.write(stroke(3))
    assert journal.flush()
    journal.close()
    assert len(errors) == 1
    assert open_journal(journal.path)[1:] == ([stroke(1), stroke(2), stroke(3)], True)
