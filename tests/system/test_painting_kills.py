"""Never lose a stroke: a program that is killed while somebody paints has kept every stroke that had ended."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from locations import ROOT, SUPPORT

from app import images
from app.bench.window import screen
from app.desktop.controllers.drawing_recovery import Left, Offers
from app.images import Picture
from app.painting.io.journal import open_journal
from app.painting.model.stroke import Stroke

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="kills as only POSIX can")]

KILLS = 100
AT_ONCE = 2
CHILD = Path(__file__).with_name("painting_child.py")
# Much longer than a start takes: these machines may be busy with something else.
WAIT_S = 60


@dataclass(frozen=True)
class Killed:
    """What became of one painter: the player's data, and the seeds of the strokes that had ended."""

    home: Path
    seeds: list[int]


@pytest.fixture(scope="module")
def display() -> Iterator[dict[str, str]]:
    """The environment of a display that nobody sees: a real one, else Qt's own."""
    if shutil.which("Xvfb") is None:
        yield {"QT_QPA_PLATFORM": "offscreen"}
        return
    with screen.xvfb() as number:
        yield {"QT_QPA_PLATFORM": "xcb", "DISPLAY": f":{number}"}


@pytest.fixture
def deal(tmp_path: Path, photograph: Picture, painting: Picture) -> list[str]:
    for name, picture in (("content", photograph), ("style", painting)):
        images.write_picture(tmp_path / f"{name}.png", picture)
    return [str(tmp_path / "content.png"), str(tmp_path / "style.png")]


def started(home: Path, display: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    environment = (
        os.environ | display | {"PASTICHE_HOME": str(home), "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SUPPORT)))}
    )
    home.mkdir(exist_ok=True)
    with (home / "complaints.txt").open("a") as complaints:
        return subprocess.Popen(
            [sys.executable, str(CHILD), *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            text=True,
        )


def kill_one(home: Path, display: dict[str, str], deal: list[str], chance: random.Random) -> Killed:
    """Let one paint some strokes, and kill it at a moment that it cannot foresee."""
    strokes, delay_s = chance.randrange(10), chance.uniform(0, 0.06)
    with started(home, display, "paint", *deal, str(chance.randrange(2**31))) as child:
        assert child.stdout is not None
        watch = threading.Timer(WAIT_S, child.kill)
        watch.start()
        try:
            said = [child.stdout.readline() for _ in range(1 + strokes)]
            assert all(said), f"it ended by itself: {(home / 'complaints.txt').read_text()}"
            time.sleep(delay_s)
        finally:
            child.send_signal(signal.SIGKILL)
            watch.cancel()
        said += child.stdout.readlines()
    assert child.returncode == -signal.SIGKILL, (home / "complaints.txt").read_text()
    assert said[0] == "ready\n"
    return Killed(home, [int(line) for line in said[1:] if line.endswith("\n")])


def test_a_hundred_kills_lose_no_finished_stroke(
    tmp_path: Path, display: dict[str, str], deal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(20)
    chances = [random.Random(chance.random()) for _ in range(KILLS)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        jobs = [pool.submit(kill_one, tmp_path / f"{n}", display, deal, each) for n, each in enumerate(chances)]
        killed = [job.result() for job in jobs]
    in_hand = 0
    for each in killed:
        found = list((each.home / "drawings").glob("*.duel"))
        if not found:
            assert each.seeds == []
            continue
        (path,) = found
        _, entries, _ = open_journal(path)
        seeds = [entry.seed for entry in entries if isinstance(entry, Stroke)]
        assert seeds[: len(each.seeds)] == each.seeds, f"{path}: finished strokes are missing"
        # It may have been killed between writing a stroke down and saying so.
        assert len(seeds) - len(each.seeds) in (0, 1)
        in_hand += len(seeds) > len(each.seeds)
        monkeypatch.setenv("PASTICHE_HOME", str(each.home))
        assert [offer.path for offer in Offers().look(Left([]))] == ([path] if seeds else [])
    assert sum(len(each.seeds) for each in killed) > 3 * KILLS
    assert in_hand < KILLS / 4, "what a kill is to be tested with had mostly not ended"

    # And the next start does so in the window.
    last = next(each for each in reversed(killed) if each.seeds)
    with started(last.home, display, "look") as child:
        said, _ = child.communicate(timeout=WAIT_S)
    path, strokes = said.splitlines()
    assert Path(path).parent == last.home / "drawings"
    assert int(strokes) >= len(last.seeds)
