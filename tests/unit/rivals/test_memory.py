"""What fits into memory: limits of machine, container and process; panels, pairs, and the size that would fit."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app import places
from app.errors import RivalError
from app.rivals import memory

GIGABYTE = 10**9
CLASSICS = ("builtin-vgg", "vgg19")
MAGENTAS = ("builtin-stylizer", "magenta-hub", "magenta-int8")


def is_free(monkeypatch: pytest.MonkeyPatch, gigabytes: float) -> None:
    monkeypatch.setattr(memory, "free_bytes", lambda: int(gigabytes * GIGABYTE))


def test_what_is_free_is_no_more_than_the_machine_has() -> None:
    assert 0 < memory.free_bytes() <= psutil.virtual_memory().total


@pytest.mark.parametrize("is_unified", [False, True])
def test_a_containers_limit_counts_without_what_can_be_dropped(tmp_path: Path, is_unified: bool) -> None:
    own = tmp_path / "cgroup"
    own.write_text("0::/box/inner\n" if is_unified else "5:cpu:/box\n4:memory:/box/inner\n0::/\n")
    root = tmp_path / "groups"
    group = root / "box" if is_unified else root / "memory/box"
    (group / "inner").mkdir(parents=True)
    most, used, file = (
        ("memory.max", "memory.current", "inactive_file")
        if is_unified
        else ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    )
    (group / most).write_text("1000\n")
    (group / used).write_text("700\n")
    (group / "memory.stat").write_text(f"anon 600\n{file} 100\n")
    # The inner group has no limit of its own.
    (group / "inner" / most).write_text("max\n")
    (group / "inner" / used).write_text("10\n")
    (group / "inner/memory.stat").write_text("anon 10\n")
    assert memory._free_in_groups(root, own) == [400]
    assert memory._free_in_groups(root, tmp_path / "missing") == []


@settings(deadline=None)
@given(
    network=st.sampled_from(CLASSICS),
    longer=st.integers(32, 4096),
    aspect=st.floats(0.25, 1),
    free=st.floats(0.5, 40),
)
def test_panels_and_pairs_stay_within_what_is_free_or_the_picture_is_refused(
    network: str, longer: int, aspect: float, free: float
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        is_free(patch, free)
        height, width = max(32, round(longer * aspect)), longer
        panel = memory.panel_px(network, height, width)
        assert panel is None or panel % 16 == 0
        assert 3 <= memory.pairs(height, width) <= 12
        needed = memory.classic_bytes(network, height, width, panel)
        try:
            memory.check(network, height, width)
        except RivalError as error:
            assert needed > 0.9 * free * GIGABYTE
            found = re.search(r"; (\d+) px would\.$", str(error))
            if found is None:
                assert "no smaller one would" in str(error)
                return
            # What is said to fit does, and another step of 16 px would not.
            fitting = int(found[1])
            assert 32 <= fitting < longer
            memory.check(network, max(1, round(fitting * height / width)), fitting)
            if fitting + 16 < longer:
                with pytest.raises(RivalError):
                    memory.check(network, max(1, round((fitting + 16) * height / width)), fitting + 16)
        else:
            assert needed <= 0.9 * free * GIGABYTE


def test_usual_pictures_are_painted_in_one_piece_with_all_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    is_free(monkeypatch, 12)
    for network, height, width in (("builtin-vgg", 1536, 2048), ("vgg19", 768, 1024)):
        assert memory.panel_px(network, height, width) is None
        assert memory.pairs(height, width) == 12


@pytest.mark.parametrize("network", CLASSICS)
def test_the_largest_picture_needs_less_than_eight_gigabytes(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    is_free(monkeypatch, 8)
    panel = memory.panel_px(network, 2730, 4096)
    assert panel is not None
    assert memory.classic_bytes(network, 2730, 4096, panel) < 8 * GIGABYTE
    memory.check(network, 2730, 4096)


@pytest.mark.parametrize("network", MAGENTAS)
def test_magentas_tiles_bound_what_it_takes(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    is_free(monkeypatch, 3)
    memory.check(network, 2730, 4096, side_px=384)
    if network != "magenta-int8":
        with pytest.raises(RivalError, match=r"4096 x 2730 px does not fit into the 2\.7 GB .*; \d+ px would\.$"):
            memory.check(network, 2730, 4096)


def test_where_nothing_fits_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    is_free(monkeypatch, 0.01)
    with pytest.raises(RivalError, match="no smaller one would; close other programs"):
        memory.check("builtin-vgg", 300, 384)


def test_running_out_becomes_a_sentence_with_a_smaller_size(monkeypatch: pytest.MonkeyPatch) -> None:
    is_free(monkeypatch, 30)

    class ResourceExhaustedError(Exception):
        """As TensorFlow names it."""

    for error in (MemoryError(), ResourceExhaustedError()):
        with pytest.raises(RivalError, match="; 1434 px would"), memory.watched("builtin-vgg", 1000, 2048):
            raise error
    with pytest.raises(ValueError, match="else"), memory.watched("builtin-vgg", 1000, 2048):
        raise ValueError("something else")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no limits of processes")
def test_a_process_with_a_limit_is_told_before_it_is_reached() -> None:
    code = """
import resource
from app.errors import RivalError
from app.rivals import memory
import psutil
held = psutil.Process().memory_info().vms
resource.setrlimit(resource.RLIMIT_AS, (held + 2 * 10**9,) * 2)
assert 1.9e9 < memory.free_bytes() <= 2 * 10**9, memory.free_bytes()
try:
    memory.check("vgg19", 2730, 4096)
except RivalError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=places.root(), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(
        r"A picture of 4096 x 2730 px does not fit into the 1\.8 GB of memory that are free; \d{3,4} px would\.\n",
        done.stdout,
    )
