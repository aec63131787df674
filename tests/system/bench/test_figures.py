import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app import places
from app.bench.judge import assessments
from app.bench.window import canvas, dab_rate, painting_session, screen, startup
from app.bench.window.mypaint import MyPaint
from app.bench.window.painting_session import Plan
from app.errors import PasticheError
from app.game.deck import Card, Deck


@pytest.fixture
def small_deck(deal_files, monkeypatch: pytest.MonkeyPatch) -> None:
    content, style = deal_files
    deck = Deck([Card(content, "C", "content")], [Card(style, "S", "style")])
    monkeypatch.setattr(Deck, "load", classmethod(lambda cls: deck))


def test_the_screen_that_is_there_is_used_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with screen.shown() as platform:
        assert platform == "offscreen"
    monkeypatch.delenv("QT_QPA_PLATFORM")
    monkeypatch.setenv("DISPLAY", ":99")
    with screen.shown() as platform:
        assert platform == "the display"
        assert os.environ["DISPLAY"] == ":99"


def test_where_there_is_none_one_is_made_and_taken_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with screen.shown() as platform:
        assert platform in ("Xvfb", "offscreen")
        assert ("DISPLAY" in os.environ) is (platform == "Xvfb")
        assert ("QT_QPA_PLATFORM" in os.environ) is (platform == "offscreen")
    monkeypatch.setenv("PATH", str(tmp_path))
    with screen.shown() as platform:
        assert platform == "offscreen"
    assert not {"QT_QPA_PLATFORM", "DISPLAY"} & os.environ.keys()


@pytest.mark.slow
def test_the_home_window_is_painted_without_tensorflow() -> None:
    figures = startup.measure(runs=1)
    assert figures["tensorflow_imported"] is False
    assert 0 < figures["first_paint_s"] <= figures["with_deal_s"]
    assert figures["runs_s"] == [figures["first_paint_s"]]
    assert figures["platform"] == "offscreen"


def test_a_window_that_does_not_open_is_an_error(monkeypatch, tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no window today >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(startup, "_python", lambda: str(broken))
    with pytest.raises(PasticheError, match="no window today"):
        startup.measure(runs=1)


def test_the_judge_is_timed_on_three_different_pairs_of_a_deal_that_is_new_to_it(small_deck, monkeypatch) -> None:
    heard, seen = [], []

    class DealJudge:
        def assessment(self, first, second):
            seen.append((first, second))

    class Judge:
        @classmethod
        def load(cls):
            return cls()

        def hear(self, content, style):
            heard.append(content)
            return DealJudge()

    monkeypatch.setattr(assessments, "Judge", Judge)
    found = assessments.measure(runs=2)
    assert set(found) == {"three_opinions_s", "first_opinions_s", "loading_s"}
    assert all(seconds >= 0 for seconds in found.values())
    assert len(heard) == 3
    assert not any(np.array_equal(heard[0], other) for other in heard[1:])
    assert len(seen) == 3 * 6
    assert len({first.tobytes() + second.tobytes() for first, second in seen}) == len(seen)
    assert all(a.shape == b.shape and a.dtype == b.dtype == np.float32 for a, b in seen)


@pytest.mark.slow
def test_somebody_paints_in_the_real_window_while_its_freezes_are_timed(deal_files) -> None:
    # In a process of its own, because there can be one QApplication only.
    program = (
        "import sys; sys.path.insert(0, 'tests/support')\n"
        "from pathlib import Path\n"
        "from app.bench.window import lag\n"
        "from app.game.deck import Card, Deck\n"
        "from desktop_workplace import FakeWorker\n"
        "import json\n"
        "content, style = map(Path, sys.argv[1:])\n"
        "Deck.load = classmethod(lambda cls: Deck([Card(content, 'C', 'content')], [Card(style, 'S', 'style')]))\n"
        "hands = []\n"
        "class Hand(lag._Hand):\n"
        "    def begin(self):\n"
        "        hands.append(self)\n"
        "        super().begin()\n"
        "class Patient(FakeWorker):\n"
        "    def poll(self, timeout_s=0.0):\n"
        "        self.is_held = not any(hand.strokes for hand in hands)\n"
        "        return super().poll(timeout_s)\n"
        "lag._Hand, lag.WorkerClient = Hand, Patient\n"
        "print(json.dumps(lag.measure()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, deal_files)],
        cwd=places.root(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["freeze_max_ms"] >= figures["freeze_p99_ms"] > 0
    assert figures["strokes"] >= 1
    assert figures["platform"] == "offscreen"


def test_a_bench_leaves_the_players_data_alone_but_finds_the_networks(own_data: Path) -> None:
    (own_data / "networks" / "magenta-int8").mkdir(parents=True)
    with screen.nobodys_data():
        assert places.home() != own_data
        assert (places.installed_networks() / "magenta-int8").is_dir()
        (places.home() / "drawings").mkdir()
    assert places.home() == own_data
    assert [path.name for path in own_data.iterdir()] == ["networks"]
    assert (own_data / "networks" / "magenta-int8").is_dir()


def test_libmypaint_dabs_where_it_is_told_or_is_not_there() -> None:
    theirs = MyPaint.open(256, 256)
    if theirs is None:
        pytest.skip("libmypaint is not installed")
    seconds = theirs.draw([(40.0 + 4 * number, 128.0) for number in range(20)], 8.0)
    assert 0 < seconds < 10
    assert theirs.dirty.x <= 100 < 116 <= theirs.dirty.x + theirs.dirty.width
    theirs.close()
    theirs.close()


def test_without_libmypaint_its_figures_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MyPaint, "open", classmethod(lambda cls, width, height: None))
    figures = dab_rate.measure(radii_px=(4,), repeats=1, most_dabs=40)
    assert figures["libmypaint"] == {"4": None}
    assert figures["ratios"] == {"round": {"4": None}, "textured": {"4": None}}
    assert figures["round"]["4"] > 0 < figures["textured"]["4"]


def test_dabs_are_counted_at_each_radius() -> None:
    figures = dab_rate.measure(radii_px=(4, 16), repeats=2, most_dabs=60)
    for kind in ("round", "textured"):
        assert figures[kind].keys() == figures["by_hand"][kind].keys() == {"4", "16"}
        assert all(100 < rate < 1e8 for rate in [*figures[kind].values(), *figures["by_hand"][kind].values()])
    for radius, slowest in figures["slowest_textured"].items():
        assert slowest["brush"] != "round"
        assert slowest["rate"] <= figures["textured"][radius]


@pytest.mark.slow
def test_the_canvas_is_measured_in_a_real_window() -> None:
    plan = Plan(side_px=256, size_px=16.0, strokes=2, moves=8, undos=2)
    few = {"memory_strokes": 20, "autopainter_strokes": 8, "dab_repeats": 1, "most_dabs": 20}
    figures = canvas.measure(False, plan, **few)
    for name in ("event_ms", "undo_ms", "journal_ms"):
        assert 0 < figures[name]["p50"] <= figures[name]["p99"] <= figures[name]["max"] < 10_000
    radii = {"4", "16", "32", "64", "128"}
    assert {kind: rates.keys() for kind, rates in figures["stamps_per_second"].items()} == {
        "round": radii,
        "textured": radii,
    }
    assert figures["stamping"]["by_hand"]["round"].keys() == radii
    assert 40 < figures["memory_mb"] < 4000
    assert figures["autopainter_s"] > 0
    # Two strokes of a press, eight moves and a release, all of which show but perhaps some ends.
    assert 16 <= figures["events"] <= 20
    assert figures["machine"]["cores"] >= 1
    json.dumps(figures)


def test_a_sitting_that_fails_is_an_error() -> None:
    with pytest.raises(PasticheError, match="was not measured"):
        painting_session.hold(
            Plan(brush="feather", strokes=1, moves=2, side_px=256, more_strokes=-1, undos=-1, size_px=-1.0)
        )
