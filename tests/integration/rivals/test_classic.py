"""The rival classic on an untrained backbone: shapes, strength, stopping, previews, failures, choice of network."""

import hashlib
import threading
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app import images, places
from app.errors import Cancelled, NetworkError, PictureError, RivalError, UsageError
from app.images import Picture
from app.networks import backbone, catalog, checkpoints, runtime
from app.networks.backbone_vgg19 import BLOCKS
from app.rivals import classic, objective, watch
from app.rivals.classic import Classic
from app.rivals.classic_options import ClassicOptions
from app.rivals.objective import LossWeights
from app.rivals.registry import hire
from app.rivals.request import RivalRequest
from app.rivals.request_pictures import NO_PICTURES, RequestPictures
from app.rivals.rival import Progress

QUICK = ClassicOptions(steps=4, coarsest_px=45, tv_weight=1.0, computing="float32")
RNG = np.random.default_rng(11)
TAPS = {"relu1_1": 1.0, "relu2_1": 1.0, "relu3_1": 1.0, "relu4_1": 1.0, "relu5_1": 1.0}


def smooth(height: int, width: int, seed: int) -> Picture:
    """A picture with large and small shapes."""
    rng = np.random.default_rng(seed)
    coarse = images.resize(rng.random((4, 5, 3), np.float32), height=height, width=width)
    fine = images.resize(rng.random((12, 15, 3), np.float32), height=height, width=width)
    return np.clip(0.7 * coarse + 0.3 * fine, 0, 1, dtype=np.float32)


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    runtime.tensorflow()
    keras.utils.set_random_seed(5)
    folder = tmp_path_factory.mktemp("checkpoints")
    with warnings.catch_warnings():
        # Keras 3.15 reads its variables in a way that numpy 2 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        checkpoints.save_checkpoint(
            folder / "builtin-vgg.safetensors", backbone.build_backbone(), {"name": "builtin-vgg"}
        )
    return folder


@pytest.fixture(autouse=True)
def alone(untrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(places, "checkpoints", lambda: untrained)
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path))
    monkeypatch.setenv("PASTICHE_NETWORKS", "")
    return


@pytest.mark.parametrize(("height", "width"), [(40, 60), (90, 30), (20, 160), (64, 64)])
def test_the_result_keeps_the_contents_aspect(height: int, width: int) -> None:
    rival = Classic(QUICK)
    picture = rival.paint(smooth(height, width, 0), smooth(50, 40, 1), RivalRequest(size=64))
    longer = max(height, width)
    assert picture.shape == (round(height * 64 / longer), round(width * 64 / longer), 3)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() < picture.max() <= 1
    assert rival.report is not None
    assert rival.report.network == rival.network == "builtin-vgg"
    assert 1 <= rival.report.steps <= 2 * QUICK.steps
    assert 0 < rival.report.seconds_per_step <= rival.report.seconds


def losses_of(picture: Picture, content: Picture, style: Picture) -> tuple[float, float]:
    """Content and style loss on the same backbone."""
    measure = objective.load_objective("builtin-vgg", tuple(TAPS.items()), "max")
    values = []
    for weights in (LossWeights(1, 0, 0, 0), LossWeights(0, 1, 0, 0)):
        measure.aim(content, [style], weights)
        values.append(measure(picture)[0])
    return values[0], values[1]


@pytest.mark.parametrize("optimizer", ["lbfgs", "adam"])
def test_painting_takes_on_the_manner_and_strength_says_how_far(optimizer: str) -> None:
    content, style = smooth(64, 64, 0), smooth(64, 64, 1)
    rival = Classic(replace(QUICK, steps=12, optimizer=optimizer))
    pictures = [rival.paint(content, style, RivalRequest(size=64, strength=strength)) for strength in (0.0, 0.2, 1.0)]
    np.testing.assert_array_equal(pictures[0], content)
    measured = [losses_of(picture, content, style) for picture in pictures]
    assert measured[0][0] < measured[1][0] < measured[2][0], "content is given up"
    assert measured[0][1] > measured[1][1] > measured[2][1], "for style"
    assert measured[2][1] < 0.5 * measured[0][1]


def test_the_weights_do_what_they_say() -> None:
    content, style = smooth(64, 64, 0), smooth(64, 64, 1)

    def paint(**options: float) -> Picture:
        return Classic(replace(QUICK, steps=12, **options)).paint(content, style, RivalRequest(size=64))  # type: ignore[arg-type]

    plain = paint()
    assert losses_of(paint(content_weight=50.0), content, style)[0] < losses_of(plain, content, style)[0]
    assert losses_of(paint(style_weight=0.1), content, style)[1] > losses_of(plain, content, style)[1]

    def roughness(picture: Picture) -> float:
        return float(np.mean(np.diff(picture, axis=0) ** 2) + np.mean(np.diff(picture, axis=1) ** 2))

    assert roughness(paint(tv_weight=3000.0)) < roughness(paint(tv_weight=0.0))


def test_the_same_seed_gives_the_same_picture() -> None:
    content, style = smooth(48, 64, 0), smooth(64, 64, 1)

    def paint(seed: int) -> Picture:
        return Classic(replace(QUICK, noise=0.05)).paint(content, style, RivalRequest(size=64, seed=seed))

    np.testing.assert_array_equal(paint(1), paint(1))
    assert np.abs(paint(1) - paint(2)).max() > 1e-3


def test_progress_grows_and_carries_previews(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "PREVIEW_EVERY_S", 0.0)
    told: list[Progress] = []
    rival = Classic(QUICK)
    picture = rival.paint(smooth(48, 64, 0), smooth(64, 64, 1), RivalRequest(size=64), on_progress=told.append)
    steps = [progress.step for progress in told]
    assert steps == sorted(steps)
    assert told[0].message == "loading the network"
    assert told[-1].message == "painting"
    assert told[-1].loss is not None
    assert {progress.steps for progress in told} == {QUICK.steps + QUICK.steps // 2}
    for progress in told:
        assert progress.preview is not None
        assert progress.preview.shape[1] / progress.preview.shape[0] == pytest.approx(4 / 3, abs=0.05)
    np.testing.assert_array_equal(picture, rival.latest)
    assert np.abs(told[-1].preview - rival.latest).max() < 0.5


class Blocked:
    """An objective whose fourth evaluation does not return before it is released."""

    def __init__(self) -> None:
        self.calls = 0
        self.release = threading.Event()

    def aim(self, content: Picture, paintings: list[Picture], weights: LossWeights, **_: Any) -> None:
        pass

    def __call__(self, picture: Picture) -> tuple[float, Any]:
        self.calls += 1
        if self.calls == 4:
            self.release.wait(60)
        return float(np.sum((picture - 0.9) ** 2)), 2 * (picture - 0.9)


def test_a_stop_is_heeded_while_the_network_computes_and_leaves_the_latest_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    blocked = Blocked()
    monkeypatch.setattr(classic, "load_objective", lambda *_, **__: blocked)
    monkeypatch.setattr(watch, "PREVIEW_EVERY_S", 0.0)
    content = smooth(48, 64, 0)
    rival = Classic(replace(QUICK, steps=8))
    told_while_blocked: list[Progress] = []

    def on_progress(progress: Progress) -> None:
        if blocked.calls == 4:
            told_while_blocked.append(progress)

    try:
        with pytest.raises(Cancelled):
            rival.paint(
                content,
                content,
                RivalRequest(size=64),
                on_progress=on_progress,
                cancelled=lambda: len(told_while_blocked) >= 3,
            )
        assert not blocked.release.is_set()
    finally:
        blocked.release.set()
    assert blocked.calls == 4
    assert rival.report is None
    assert rival.latest is not None
    assert np.abs(rival.latest - images.fit_within(content, 45)).max() > 0.01


def test_a_stop_before_the_start_loads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classic, "load_objective", lambda *_, **__: pytest.fail("loaded"))
    with pytest.raises(Cancelled):
        Classic(QUICK).paint(smooth(48, 64, 0), smooth(64, 64, 1), RivalRequest(size=64), cancelled=lambda: True)


def test_a_loss_that_is_not_a_number_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost(Blocked):
        def __call__(self, picture: Picture) -> tuple[float, Any]:
            return float("nan"), np.full_like(picture, np.nan)

    monkeypatch.setattr(classic, "load_objective", lambda *_, **__: Lost())
    for optimizer in ("lbfgs", "adam"):
        with pytest.raises(RivalError, match="not a number"):
            Classic(replace(QUICK, optimizer=optimizer)).paint(
                smooth(48, 64, 0), smooth(64, 64, 1), RivalRequest(size=64)
            )


def test_adam_goes_on_where_lbfgs_is_stuck_and_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Misleading(Blocked):
        """Its slopes point uphill, until they are right."""

        def __call__(self, picture: Picture) -> tuple[float, Any]:
            self.calls += 1
            sign = -1 if self.calls < 12 else 1
            return float(np.sum((picture - 0.9) ** 2)), sign * 2 * (picture - 0.9)

    monkeypatch.setattr(classic, "load_objective", lambda *_, **__: Misleading())
    content = smooth(48, 64, 0)
    rival = Classic(replace(QUICK, steps=120, coarsest_px=64))
    picture = rival.paint(content, content, RivalRequest(size=64))
    assert rival.report is not None
    assert "Adam" in rival.report.note
    assert np.abs(picture - 0.9).mean() < 0.5 * np.abs(content - 0.9).mean()


def test_a_scale_ends_once_it_has_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(tolerance: float) -> int:
        bowl = Blocked()
        bowl.release.set()
        monkeypatch.setattr(classic, "load_objective", lambda *_, **__: bowl)
        rival = Classic(replace(QUICK, steps=30, coarsest_px=64, optimizer="adam", tolerance=tolerance))
        rival.paint(smooth(48, 64, 0), smooth(48, 64, 0), RivalRequest(size=64))
        assert rival.report is not None
        assert rival.report.steps == bowl.calls == len(rival.report.losses)
        return bowl.calls

    assert steps(0.0) == 30
    assert steps(0.05) < 30


def test_averaging_takes_the_mean_of_the_last_places(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(Blocked):
        def __init__(self) -> None:
            super().__init__()
            self.release.set()
            self.seen: list[Picture] = []

        def __call__(self, picture: Picture) -> tuple[float, Any]:
            self.seen.append(picture.copy())
            return super().__call__(picture)

    kept = Kept()
    monkeypatch.setattr(classic, "load_objective", lambda *_, **__: kept)
    options = replace(QUICK, steps=8, coarsest_px=64, optimizer="adam", averaging=0.5, tolerance=0.0)
    content = 0.2 + 0.6 * smooth(48, 64, 0)
    picture = Classic(options).paint(content, content, RivalRequest(size=64))
    # The fourth point is the first whose number reaches half of the eight.
    expected = np.mean(kept.seen[3:], axis=0)[8:56, 8:72]
    np.testing.assert_allclose(picture, np.clip(expected, 0, 1), atol=1e-5)


def test_the_photographs_colours_can_stay() -> None:
    content, style = smooth(48, 64, 0), smooth(64, 64, 1)
    yiq = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]], np.float32)
    soft = 0.4 + 0.2 * content
    picture = Classic(replace(QUICK, steps=8)).paint(soft, style, RivalRequest(size=64, colours="photograph"))
    painted, before = picture @ yiq.T, soft @ yiq.T
    assert np.abs(painted[..., 0] - before[..., 0]).max() > 0.05
    # Saturation may have to yield, hue not.
    across = painted[..., 1] * before[..., 2] - painted[..., 2] * before[..., 1]
    assert np.abs(across).max() < 1e-3
    plain = Classic(QUICK).paint(soft, style, RivalRequest(size=64))
    matched = Classic(QUICK).paint(soft, style, RivalRequest(size=64, colours="matched"))
    apart = [np.abs(each.mean(axis=(0, 1)) - soft.mean(axis=(0, 1))).max() for each in (matched, plain)]
    assert apart[0] < apart[1]


def test_a_mask_limits_where_the_manner_goes() -> None:
    content, style = smooth(64, 64, 0), smooth(64, 64, 1)
    mask = np.zeros((32, 32), np.float32)
    mask[:, 16:] = 1
    rival = Classic(QUICK)
    picture = rival.paint(content, style, RivalRequest(size=64, mask="mask"), RequestPictures(mask=mask))
    np.testing.assert_allclose(picture[:, :24], content[:, :24], atol=1e-6)
    assert np.abs(picture[:, 40:] - content[:, 40:]).max() > 0.05
    assert rival.latest is not None
    np.testing.assert_allclose(rival.latest[:, :24], content[:, :24], atol=1e-6)


def test_paintings_can_be_mixed_and_scaled_and_the_start_chosen() -> None:
    content, style, other = smooth(64, 64, 0), smooth(64, 64, 1), smooth(48, 80, 2)

    def paint(pictures: RequestPictures = NO_PICTURES, **wishes: Any) -> Picture:
        return Classic(QUICK).paint(content, style, RivalRequest(size=64, **wishes), pictures)

    plain = paint()
    np.testing.assert_array_equal(
        paint(RequestPictures((other,)), further_styles=("other",), weights=(1.0, 0.0)), plain
    )
    both = paint(RequestPictures((other,)), further_styles=("other",), weights=(1.0, 1.0))
    for different in (
        both,
        paint(style_scale=0.5),
        paint(start="noise"),
        paint(RequestPictures(start=smooth(32, 32, 3)), start="picture", start_picture="start"),
    ):
        assert np.abs(different - plain).max() > 0.02
    np.testing.assert_array_equal(paint(start="noise", seed=4), paint(start="noise", seed=4))
    assert np.abs(paint(start="noise", seed=4) - paint(start="noise", seed=5)).max() > 0.02


@pytest.mark.parametrize(
    "change",
    [{"statistics": "moments"}, {"padding": "replicate"}, {"computing": "bfloat16"}, {"coordinates": "spectrum"}],
)
def test_other_ways_to_paint_give_other_pictures_of_the_same_kind(change: dict[str, str]) -> None:
    content, style = smooth(64, 64, 0), smooth(64, 64, 1)
    options = replace(QUICK, steps=12)
    plain, changed = (
        Classic(each).paint(content, style, RivalRequest(size=64))
        for each in (options, replace(options, **change))  # type: ignore[arg-type]
    )
    assert np.abs(changed - plain).max() > 0
    bare, before, after = (losses_of(picture, content, style)[1] for picture in (content, plain, changed))
    assert after < 0.7 * bare
    assert before < 0.7 * bare


def test_too_little_memory_is_said() -> None:
    tf = runtime.tensorflow()
    with pytest.raises(RivalError, match="not enough memory"), objective._sentences(tf):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
    with pytest.raises(RivalError, match="could not compute"), objective._sentences(tf):
        raise tf.errors.InvalidArgumentError(None, None, "wrong\nmore")


def test_wrong_wishes_are_refused() -> None:
    content = smooth(32, 32, 0)
    for wrong in ({"strength": 1.5}, {"strength": float("nan")}, {"size": 8}, {"size": 5000}):
        with pytest.raises(UsageError):
            Classic(QUICK).paint(content, content, RivalRequest(**wrong))  # type: ignore[arg-type]
    with pytest.raises(PictureError, match="style"):
        Classic(QUICK).paint(content, content[:, :, 0])
    with pytest.raises(PictureError, match="not numbers"):
        Classic(QUICK).paint(content * np.float32("nan"), content)
    for options in (
        {"optimizer": "newton"},
        {"pooling": "min"},
        {"steps": 0},
        {"style_weight": -1.0},
        {"computing": "int8"},
        {"statistics": "mean"},
        {"padding": "zeros"},
        {"averaging": 1.5},
        {"tolerance": -0.1},
    ):
        with pytest.raises(UsageError):
            ClassicOptions(**options)  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        ClassicOptions(tap_weights=(0, 0, 0, 0, 0))


def test_hiring_names_the_network_or_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert hire("classic").network == "builtin-vgg"
    assert "compact VGG" in hire("classic").title
    with pytest.raises(UsageError, match="no rival called nobody"):
        hire("nobody")
    with pytest.raises(UsageError, match="cannot paint with magenta-int8"):
        hire("classic", network="magenta-int8")
    with pytest.raises(NetworkError, match="networks install vgg19"):
        hire("classic", network="vgg19")
    monkeypatch.setattr(places, "checkpoints", lambda: tmp_path)
    with pytest.raises(NetworkError, match="missing"):
        hire("classic").paint(smooth(32, 32, 0), smooth(32, 32, 1), RivalRequest(size=32))


@pytest.mark.slow
def test_an_installed_vgg19_is_preferred_and_painted_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import h5py

    rng = np.random.default_rng(0)
    (entry,) = catalog.NETWORKS["vgg19"].files
    folder = tmp_path / "networks/vgg19"
    folder.mkdir(parents=True)
    before = 3
    with h5py.File(folder / entry.file, "w") as file:
        for block, widths in enumerate(BLOCKS, 1):
            for number, channels in enumerate(widths, 1):
                name = f"block{block}_conv{number}"
                kernel = rng.standard_normal((3, 3, before, channels), np.float32) * (2 / (9 * before)) ** 0.5
                file[f"{name}/{name}_W_1:0"] = kernel
                file[f"{name}/{name}_b_1:0"] = np.zeros(channels, np.float32)
                before = channels
    content = (folder / entry.file).read_bytes()
    stated = replace(entry, size=len(content), md5=None, sha256=hashlib.sha256(content).hexdigest())
    changed = replace(catalog.NETWORKS["vgg19"], files=(stated,))
    monkeypatch.setitem(catalog.NETWORKS, "vgg19", changed)
    rival = hire("classic")
    assert rival.network == "vgg19"
    assert "VGG19" in rival.title
    content = smooth(32, 32, 0)
    for pooling in ("max", "average"):
        options = ClassicOptions(steps=3, coarsest_px=32, pooling=pooling, computing="float32")
        painter = Classic(options, network="vgg19")
        picture = painter.paint(content, smooth(32, 32, 1), RivalRequest(size=32))
        assert np.abs(picture - content).max() > 0.01
        assert painter.report is not None
        assert painter.report.network == "vgg19"
