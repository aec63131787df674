import json
import time
from pathlib import Path

import numpy as np
import pytest

from app import cli, places
from app.bench.rivals import classic, growth, magenta, quality, rivals, vgg19
from app.bench.rivals.classic import Curve, Race, Races
from app.cli import figures
from app.errors import NetworkError
from app.game.deck import Card, Deal, Deck
from app.networks.backbone_vgg19 import load_vgg19
from app.rivals.classic_options import ClassicOptions
from app.rivals.request import RivalRequest
from app.rivals.rival import Progress, Report


@pytest.fixture
def deal(deal_files) -> Deal:
    return Deal.of_files(*deal_files)


@pytest.fixture
def small_deck(deal_files, monkeypatch: pytest.MonkeyPatch) -> None:
    content, style = deal_files
    deck = Deck([Card(content, "C", "content")], [Card(style, "S", "style")])
    monkeypatch.setattr(Deck, "load", classmethod(lambda cls: deck))


def test_what_can_be_measured_can_be_asked_for() -> None:
    assert tuple(rivals.FIGURES) == figures.RIVALS_PARTS


def test_what_cannot_be_measured_is_null_with_the_reason(small_deck, monkeypatch, capsys) -> None:
    monkeypatch.setattr(magenta, "measure_builtin", lambda deal: {"builtin_384_s": 0.07})
    assert cli.main(["bench", "rivals", "--parts", "checkpoints,magenta", "--json"]) == 0
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert set(found) == {*rivals.FIGURES["magenta"], "checkpoints_mb", "reasons"}
    assert found["magenta_int8_384_s"] is found["magenta_int8_over_bare"] is None
    assert found["builtin_384_s"] == 0.07
    assert list(found["reasons"]) == ["magenta"]
    assert "networks install magenta-int8" in found["reasons"]["magenta"]
    size = sum(path.stat().st_size for path in places.checkpoints().iterdir())
    assert found["checkpoints_mb"] == pytest.approx(size / 1e6, abs=0.01)


def test_without_a_gpu_that_is_said(monkeypatch) -> None:
    class NoGpu:
        class config:  # noqa: N801 - TensorFlow's name
            @staticmethod
            def list_logical_devices(kind: str) -> list[object]:
                return []

    monkeypatch.setattr(vgg19.runtime, "tensorflow", lambda: NoGpu)
    assert vgg19.measure_gpu() == {"classic_vgg19_1024_gpu_s": None, "gpu": "TensorFlow sees no GPU here."}


def test_quality_needs_the_teachers(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PASTICHE_NETWORKS", str(tmp_path))
    with pytest.raises(NetworkError, match=r"encoder\.npz is missing"):
        quality.measure()


# The race


def test_plain_adam_is_adam() -> None:
    chance = np.random.default_rng(1)
    goal = chance.random((4, 5, 3)).astype(np.float32)
    start = np.full_like(goal, 0.5)

    def loss(picture):
        return float(np.square(picture - goal).sum()), 2 * (picture - goal)

    curve, picture = classic.descend_plainly(loss, start, steps=40, rate=0.03)
    place, mean, square = start.astype(np.float64), np.zeros(goal.shape), np.zeros(goal.shape)
    losses = []
    for step in range(1, 41):
        slope = 2 * (place - goal)
        losses.append(np.square(place - goal).sum())
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope**2
        place -= 0.03 * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
        place = place.clip(0, 1)
    losses.append(np.square(place - goal).sum())
    np.testing.assert_allclose(curve.losses, losses, rtol=1e-4)
    np.testing.assert_allclose(picture, place, atol=1e-5)
    assert len(curve.seconds) == 41
    assert list(curve.seconds) == sorted(curve.seconds)


def test_a_curve_says_when_it_was_low_enough() -> None:
    curve = Curve((0.0, 1.0, 2.5, 4.0), (9.0, 3.0, 1.0, 2.0))
    assert [curve.seconds_to(loss) for loss in (9, 3.5, 1, 0.5)] == [0.0, 1.0, 2.5, None]


@pytest.mark.slow
def test_the_plain_way_minimises_what_it_is_measured_by(deal) -> None:
    content, loss = classic.aimed("builtin-vgg", deal, 64, ClassicOptions())
    assert content.shape == (48, 64, 3)
    # In quite flat places a network has kinks.
    picture = content + 0.05 * np.random.default_rng(4).standard_normal(content.shape).astype(np.float32)
    value, slope = loss(picture)
    # Along the slope itself, where rounding to float32 matters least.
    direction = slope / np.abs(slope).max()
    ahead, behind = (loss(picture + way * 1e-4 * direction)[0] for way in (1, -1))
    assert (ahead - behind) / 2e-4 == pytest.approx(float((slope * direction).sum()), rel=0.05)
    assert value > 0


class Painter:
    """Paints ever darker pictures, ten of them, and asks between them whether it is to stop."""

    network = "builtin-vgg"
    options = ClassicOptions()

    def __init__(self) -> None:
        self.latest = None

    def paint(self, content, style, request, *, on_progress, cancelled):
        for step in range(10):
            self.latest = np.full((8, 8, 3), 1 - step / 10, np.float32)
            on_progress(Progress(step, 10, "painting", self.latest))
            until_s = time.perf_counter() + 0.02
            while time.perf_counter() < until_s:
                assert not cancelled()
        return np.zeros((8, 8, 3), np.float32)


def test_a_rivals_pictures_are_noted_while_it_paints(deal, monkeypatch) -> None:
    monkeypatch.setattr(classic, "LOOK_EVERY_S", 0.001)
    waits: list[float] = []
    seen = classic.watched(Painter(), deal, RivalRequest(), waits)
    brightness = [float(picture.mean()) for _, picture in seen]
    assert brightness == pytest.approx([1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0])
    assert [seconds for seconds, _ in seen] == sorted(seconds for seconds, _ in seen)
    assert len(waits) == 9
    assert min(waits) >= 0.02


def race(reached_s: float | None) -> Race:
    blank = np.zeros((8, 8, 3), np.float32)
    plain = Curve((1.0, 10.0), (9.0, 2.0))
    rival = Curve((1.0, reached_s or 2.0, 5.0), (8.0, 2.0 if reached_s else 2.5, 1.5 if reached_s else 2.2))
    return Race(plain, rival, blank, blank)


def test_figures_are_medians_of_the_races() -> None:
    found = Races([race(2.0), race(3.0), race(None)], 7.0, 0.5).figures()
    assert found["classic_seconds_to_loss"] == 3.0
    assert found["classic_time_ratio"] == 0.3
    assert found["classic_time_ratios"] == [0.2, 0.3, None]
    assert found["classic_loss_ratio"] == 0.75
    assert (found["classic_384_s"], found["classic_plain_s"]) == (5.0, 10.0)
    assert (found["classic_first_384_s"], found["classic_preview_s"]) == (7.0, 0.5)
    assert set(found) == set(rivals.FIGURES["classic"])


def test_a_race_that_is_mostly_not_won_has_no_time() -> None:
    found = Races([race(2.0), race(None), race(None)], 7.0, 0.5).figures()
    assert found["classic_seconds_to_loss"] is found["classic_time_ratio"] is None


def test_vgg19_is_held_against_the_plain_way(monkeypatch, tmp_path: Path) -> None:
    children = {"step": {"seconds": 0.5}, "evaluation": {"seconds": 0.6}, "memory": {"peak_mb": 1234.5}}
    monkeypatch.setattr(vgg19, "_child", lambda folder, what, size: children[what])
    monkeypatch.setattr(vgg19, "write_random", lambda folder: folder)
    found = vgg19.measure(25.0)
    assert found["classic_vgg19_time_ratio"] == pytest.approx(25 * 0.6 / (150 * 0.5))
    assert found["classic_vgg19_512_mb"] in (1234.0, 1235.0)
    assert set(found) == set(rivals.FIGURES["vgg19"])
    assert vgg19.measure(None)["classic_vgg19_time_ratio"] is None


def test_previews_are_paid_for_by_whoever_asks(deal, monkeypatch) -> None:
    class Slow:
        def __init__(self, options, *, network):
            self.options = options

        def paint(self, content, style, request, *, on_progress):
            if on_progress is not None:
                on_progress(Progress(1, 2, "painting"))
            self.report = Report("builtin-vgg", 0.1, 20, 2.0 if on_progress is None else 2.5)
            return content

    monkeypatch.setattr(growth, "Classic", Slow)
    assert growth.measure_previews(deal, pairs=2) == {"classic_preview_cost": 0.25}


def test_growth_says_how_far_the_worst_is_off(deal, monkeypatch) -> None:
    # 96 x 128 px: twice the side is four times the pixels, which here take eight times as long.
    monkeypatch.setattr(
        growth, "seconds_per_evaluation", lambda network, deal, size, evaluations: (size / 128) ** 3 * 12.288
    )
    found = growth.measure(deal, sizes_px=(128, 256))["classic_growth"]
    assert found["microseconds_per_pixel"] == pytest.approx({"128": 1000.0, "256": 2000.0})
    assert found["worst"] == pytest.approx(2**0.5 - 1, abs=0.001)


# The real thing, in small


@pytest.mark.slow
def test_both_really_race(deal) -> None:
    races = classic.hold([deal], size=64, plain_steps=6)
    (only,) = races.races
    assert only.plain_picture.shape == only.rival_picture.shape == (48, 64, 3)
    assert only.plain.losses[-1] < only.plain.losses[0]
    assert only.rival.losses[-1] < only.rival.losses[0]
    # Both begin with the photograph, and are judged alike.
    assert only.seconds_to_loss is not None
    assert only.seconds_to_loss <= only.rival.seconds[-1]
    assert 0 < classic.seconds_per_evaluation("builtin-vgg", deal, 48, evaluations=3) < 60


@pytest.mark.slow
def test_vgg19_with_weights_by_chance_is_timed_and_weighed(tmp_path: Path) -> None:
    file = vgg19.write_random(tmp_path)
    assert 80_000_000 < file.stat().st_size < 80_300_000
    taps = load_vgg19(file)(np.full((1, 32, 32, 3), 0.4, np.float32))
    sizes = [float(np.abs(tap).mean()) for tap in taps.values()]
    # Features neither die nor explode.
    assert min(sizes) > 0.1
    assert max(sizes) < 1000
    assert vgg19._child(str(tmp_path), "step", 48)["seconds"] > 0
    assert 300 < vgg19._child(str(tmp_path), "memory", 48, 2)["peak_mb"] < 4000


@pytest.mark.slow
def test_magentas_method_is_really_timed(deal, magenta_int8: Path) -> None:
    found = magenta.measure_int8(deal, runs=2) | magenta.measure_builtin(deal, runs=2)
    assert set(found) == set(rivals.FIGURES["magenta"])
    assert all(0 < value < 60 for value in found.values())
    assert found["magenta_int8_over_bare"] > 0.5
