"""The rival magenta over each of its networks: shapes, strength, stopping, choice; and the tiles by themselves."""

import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from locations import MODELS

from app import images, places
from app.colour import LUMA_601
from app.errors import Cancelled, NetworkError, RivalError, UsageError
from app.images import Picture
from app.networks import backbone, checkpoints, magenta_hub, runtime, store, stylizer
from app.rivals import colours, magenta, memory, stylizing, tiles
from app.rivals.magenta import Magenta
from app.rivals.registry import best_network, hire
from app.rivals.request import RivalRequest
from app.rivals.request_pictures import RequestPictures
from app.rivals.rival import Progress

NETWORKS = ("magenta-hub", "magenta-int8", "builtin-stylizer")


def smooth(height: int, width: int, seed: int) -> Picture:
    rng = np.random.default_rng(seed)
    coarse = images.resize(rng.random((4, 5, 3), np.float32), height=height, width=width)
    fine = images.resize(rng.random((12, 15, 3), np.float32), height=height, width=width)
    return np.clip(0.7 * coarse + 0.3 * fine, 0, 1, dtype=np.float32)


def save_hub(folder: Path) -> None:
    """A SavedModel with the signature of Magenta's module: its style moves the scales and shifts of a normalisation."""
    tf = runtime.tensorflow()
    rng = np.random.default_rng(0)
    picture = [None, None, None, 3]

    class Tiny(tf.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.first = tf.Variable(rng.normal(0, 0.3, (3, 3, 3, 8)).astype(np.float32))
            self.last = tf.Variable(rng.normal(0, 0.3, (3, 3, 8, 3)).astype(np.float32))
            self.numbers = tf.Variable(rng.normal(0, 2, (3, 16)).astype(np.float32))

        @tf.function(
            input_signature=[tf.TensorSpec(picture, name="placeholder"), tf.TensorSpec(picture, name="placeholder_1")]
        )
        def stylize(self, content: Any, style: Any) -> dict[str, Any]:
            scale, shift = tf.split(tf.reduce_mean(style, [1, 2], keepdims=True) @ self.numbers, 2, axis=-1)
            x = tf.nn.conv2d(content, self.first, 1, "SAME")
            mean, variance = tf.nn.moments(x, [1, 2], keepdims=True)
            x = tf.nn.relu((x - mean) * tf.math.rsqrt(variance + 1e-5) * (1 + scale) + shift)
            return {"output_0": tf.sigmoid(tf.nn.conv2d(x, self.last, 1, "SAME"))}

    module = Tiny()
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.stylize.get_concrete_function()})


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """checkpoints/ with random weights, and the hub's SavedModel under networks/."""
    import keras

    runtime.tensorflow()
    keras.utils.set_random_seed(5)
    folder = tmp_path_factory.mktemp("untrained")
    vgg = backbone.build_backbone()
    transformer = stylizer.build_transformer()
    head = stylizer.build_head(features=stylizer.count_features(vgg))
    # Untrained, the style numbers would not matter: they begin at zero.
    rng = np.random.default_rng(0)
    for layer in transformer.layers:
        if layer.name.endswith("_style"):
            layer.set_weights([rng.normal(0, 0.1, weight.shape) for weight in layer.weights])
    with warnings.catch_warnings():
        # Keras 3.15 reads its variables in a way that numpy 2 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        checkpoints.save_checkpoint(folder / "builtin-vgg.safetensors", vgg, {})
        checkpoints.save_checkpoint(
            folder / "builtin-stylizer.safetensors", {"transformer": transformer, "head": head}, {}
        )
        save_hub(folder / "networks/magenta-hub")
    return folder


@pytest.fixture(autouse=True)
def alone(untrained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "checkpoints", lambda: untrained)
    monkeypatch.setenv("PASTICHE_HOME", str(tmp_path))
    monkeypatch.setenv("PASTICHE_NETWORKS", "")


@pytest.fixture
def network(request: pytest.FixtureRequest, untrained: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes the network of the parameter available."""
    name: str = request.param
    if name == "magenta-hub":
        if not runtime.has_tensorflow_hub():
            pytest.skip("tensorflow_hub is not installed")
        monkeypatch.setenv("PASTICHE_NETWORKS", str(untrained / "networks"))
    if name == "magenta-int8":
        if not MODELS.is_dir():
            pytest.skip("../shared/models is not on this machine")
        monkeypatch.setenv("PASTICHE_NETWORKS", str(MODELS))
    return name


each_network = pytest.mark.parametrize("network", NETWORKS, indirect=True)


@each_network
@pytest.mark.parametrize(("height", "width", "size"), [(60, 80, 384), (90, 33, 384), (384, 24, 384), (70, 70, 101)])
def test_the_result_keeps_the_contents_aspect(network: str, height: int, width: int, size: int) -> None:
    hired = Magenta(network)
    picture = hired.paint(smooth(height, width, 0), smooth(300, 200, 1), RivalRequest(size=size))
    longer = max(height, width)
    assert picture.shape == (round(height * size / longer), round(width * size / longer), 3)
    assert picture.dtype == np.float32
    assert 0 <= picture.min() < picture.max() <= 1
    assert hired.report is not None
    assert (hired.report.network, hired.report.steps, hired.report.note) == (network, 1, "")


@each_network
def test_strength_moves_from_the_contents_own_manner_to_the_paintings(network: str) -> None:
    hired = Magenta(network)
    content, style = smooth(96, 128, 0), smooth(128, 128, 1) * np.float32([1.0, 0.4, 0.1])
    weak, half, full = (hired.paint(content, style, RivalRequest(strength=strength)) for strength in (0.0, 0.5, 1.0))
    apart = np.abs(full - weak).mean()
    assert apart > 0.01
    assert 0.1 * apart < np.abs(half - weak).mean() < apart
    assert 0.1 * apart < np.abs(half - full).mean() < apart
    np.testing.assert_allclose(
        hired.paint(content, content, RivalRequest(strength=0.3)),
        weak,
        atol=0.02,
        err_msg="one's own manner is that of strength 0",
    )


@each_network
@pytest.mark.parametrize("is_tall", [False, True])
def test_an_edge_stays_where_it_is(network: str, is_tall: bool) -> None:
    """Nothing is shifted or stretched by padding and cropping."""
    content = np.full((210, 384, 3), 0.25, np.float32)
    content[:, 150:] = 0.8
    if is_tall:
        content = content.transpose(1, 0, 2)
    picture = Magenta(network).paint(content, smooth(256, 256, 2))
    assert picture.shape == content.shape
    # Without the outermost pixels, where kernels of random numbers meet their padding; those ring at the edge, too.
    steps = np.abs(np.diff(picture.mean(axis=(1, 2) if is_tall else (0, 2))))[20:-20]
    assert abs(int(steps.argmax()) + 20 - 149) <= 12


@pytest.mark.parametrize(
    ("network", "size", "steps"),
    [("magenta-int8", 500, 1 + 2), ("magenta-int8", 400, 1 + 2), ("builtin-stylizer", 900, 1 + 2)],
    indirect=["network"],
)
def test_a_larger_picture_is_painted_from_small_to_large_without_stretching(
    network: str, size: int, steps: int
) -> None:
    told: list[Progress] = []
    hired = Magenta(network)
    content = smooth(300, 500, 0)
    picture = hired.paint(content, smooth(128, 128, 1), RivalRequest(size=size), on_progress=told.append)
    assert picture.shape == (round(300 * size / 500), size, 3)
    assert hired.report is not None
    assert hired.report.steps == steps
    assert [progress.step for progress in told] == sorted(progress.step for progress in told)
    assert told[-1].step == told[-1].steps == steps
    previews = [progress.preview for progress in told if progress.preview is not None]
    assert len(previews) >= 3, "also of what is half painted"
    assert all(max(preview.shape) <= 512 and 0 <= preview.min() <= preview.max() <= 1 for preview in previews)
    if network == "magenta-int8":
        # The others are untrained.
        whole = hired.paint(content, smooth(128, 128, 1), RivalRequest(size=384))
        near = images.resize(picture, height=whole.shape[0], width=whole.shape[1])
        assert np.abs(near - whole).mean() < 0.1


def test_strokes_keep_their_proportion_to_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network adds a ripple of twelve pixels; in a large picture it is to be as wide as in a small one."""

    class Rippling(Still):
        side_px = 384

        def paint(self, content: Picture, numbers: list[Any]) -> Picture:
            across = np.arange(content.shape[1], dtype=np.float32)[None, :, None]
            return np.asarray(0.8 * content + 0.1 + 0.1 * np.sin(across * np.float32(np.pi / 6)), np.float32)

    monkeypatch.setattr("app.rivals.magenta.load_pass", lambda network: Rippling())
    content = np.full((384, 384, 3), 0.5, np.float32)
    strengths = []
    for size in (384, 1536):
        picture = Magenta("builtin-stylizer").paint(content, content, RivalRequest(size=size))
        spectrum = np.abs(np.fft.rfft(picture[:, :, 0].mean(axis=0) - picture.mean())) / size
        strengths.append(spectrum[32])
    assert strengths[1] > 0.1 * strengths[0]


@each_network
def test_a_stop_is_heeded(network: str) -> None:
    hired = Magenta(network)
    with pytest.raises(Cancelled):
        hired.paint(smooth(60, 80, 0), smooth(60, 80, 1), cancelled=lambda: True)
    assert hired.report is None


class Still:
    """A network that changes nothing."""

    side_px = 384
    can_mix = True
    note = ""

    def numbers(self, square: Picture) -> list[Any]:
        assert square.shape == (256, 256, 3)
        return [np.asarray(square.mean(axis=(0, 1)))]

    def paint(self, content: Picture, numbers: list[Any]) -> Picture:
        return content


def test_a_stop_is_heeded_while_a_tile_is_painted_and_no_further_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    release = threading.Event()

    class Blocked(Still):
        def paint(self, content: Picture, numbers: list[Any]) -> Picture:
            painted.append(1)
            if len(painted) == 3:
                release.wait(60)
            return content

    monkeypatch.setattr("app.rivals.magenta.load_pass", lambda network: Blocked())
    hired = Magenta("builtin-stylizer")
    try:
        with pytest.raises(Cancelled):
            hired.paint(
                smooth(600, 900, 0), smooth(60, 80, 1), RivalRequest(size=900), cancelled=lambda: len(painted) >= 3
            )
        assert not release.is_set()
    finally:
        release.set()
    assert hired.report is None
    # The next picture waits for the tile in hand, and is painted.
    assert hired.paint(smooth(60, 90, 0), smooth(60, 80, 1)).shape == (256, 384, 3)
    assert len(painted) == 4


def test_a_stop_is_heeded_while_the_network_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    release, is_loading = threading.Event(), threading.Event()

    def load(network: str) -> Still:
        is_loading.set()
        release.wait(60)
        return Still()

    monkeypatch.setattr("app.rivals.magenta.load_pass", load)
    try:
        with pytest.raises(Cancelled):
            Magenta("builtin-stylizer").paint(smooth(60, 90, 0), smooth(60, 80, 1), cancelled=is_loading.is_set)
    finally:
        release.set()


@each_network
def test_four_paintings_are_blended_by_their_weights(network: str) -> None:
    hired = Magenta(network)
    content = smooth(60, 80, 0)
    one, other = smooth(128, 128, 1), smooth(128, 128, 2) * np.float32([1.0, 0.3, 0.1])
    alone = [hired.paint(content, style) for style in (one, other)]
    apart = np.abs(alone[0] - alone[1]).mean()
    assert apart > 0.005

    def blend(*weights: float) -> Picture:
        return hired.paint(
            content,
            one,
            RivalRequest(further_styles=("2", "1", "2"), weights=weights),
            RequestPictures((other, one, other)),
        )

    np.testing.assert_allclose(blend(1, 0, 0, 0), alone[0], atol=1e-5)
    np.testing.assert_allclose(blend(0, 1, 0, 3), alone[1], atol=1e-3)
    np.testing.assert_allclose(blend(1, 1, 0, 0), blend(2, 1, 0, 1), atol=0.02)
    middle = blend(1, 1, 0, 0)
    assert max(np.abs(middle - end).mean() for end in alone) < apart


def test_colours_and_mask_of_the_photograph(network_free: str) -> None:
    hired = Magenta(network_free)
    content, style = smooth(96, 128, 0), smooth(128, 128, 1)
    photograph = images.resize(content, height=288, width=384)
    plain = hired.paint(content, style)
    kept = hired.paint(content, style, RivalRequest(colours="photograph"))
    np.testing.assert_allclose(kept @ LUMA_601, plain @ LUMA_601, atol=1e-5)
    np.testing.assert_allclose(kept, colours.keep_photographs(plain, photograph), atol=1e-6)
    matched = hired.paint(content, style, RivalRequest(colours="matched"))
    np.testing.assert_allclose(matched, hired.paint(content, colours.matched(style, content)), atol=1e-6)
    mask = np.zeros((24, 32), np.float32)
    mask[:, 16:] = 1
    masked = hired.paint(content, style, RivalRequest(mask="mask"), RequestPictures(mask=mask))
    np.testing.assert_allclose(masked[:, :150], photograph[:, :150], atol=0.02)
    np.testing.assert_allclose(masked[:, 230:], plain[:, 230:], atol=0.02)


@pytest.fixture
def network_free() -> str:
    return "builtin-stylizer"


@pytest.mark.parametrize("scale", [0.25, 0.7, 1.0, 2.0, 4.0])
@pytest.mark.parametrize("shape", [(200, 320), (320, 200), (90, 90)])
def test_the_style_scale_is_that_of_the_middle_that_the_predictor_is_shown(
    monkeypatch: pytest.MonkeyPatch, shape: tuple[int, int], scale: float
) -> None:
    shown: list[Picture] = []

    class Looking(Still):
        def numbers(self, square: Picture) -> list[Any]:
            shown.append(square)
            return super().numbers(square)

    monkeypatch.setattr("app.rivals.magenta.load_pass", lambda network: Looking())
    # A disc in the middle, an eighth of the painting's shorter side in radius.
    down, across = np.mgrid[0 : shape[0], 0 : shape[1]]
    radius = min(shape) / 8
    disc = (down - shape[0] / 2 + 0.5) ** 2 + (across - shape[1] / 2 + 0.5) ** 2 < radius**2
    style = np.asarray(np.repeat(disc[:, :, None], 3, axis=2), np.float32)
    Magenta("builtin-stylizer").paint(smooth(60, 80, 0), style, RivalRequest(style_scale=scale))
    (square,) = shown
    middle = square[128, :, 0] > 0.5
    right = int(np.argmin([*middle[128:], False]))
    assert right == pytest.approx(min(128, 32 * scale), abs=2.5)
    if scale == 0.25 and shape[0] == shape[1]:
        assert (square[:, 128, 0] > 0.5).sum() > 2 * right, "and its mirror images around it"


def test_other_starts_and_what_does_not_fit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = smooth(40, 60, 0)
    with pytest.raises(UsageError, match="starts from the photograph only"):
        hire("magenta").paint(content, content, RivalRequest(start="noise"))
    with pytest.raises(UsageError, match="starts from the photograph only"):
        hire("magenta").paint(
            content, content, RivalRequest(start="picture", start_picture="start"), RequestPictures(start=content)
        )
    monkeypatch.setattr(memory, "free_bytes", lambda: 10**9)
    with pytest.raises(RivalError, match=r"4096 x 2731 px does not fit .*; \d+ px would\.$"):
        hire("magenta").paint(content, content, RivalRequest(size=4096))

    class Hungry(Still):
        def paint(self, content: Picture, numbers: list[Any]) -> Picture:
            raise MemoryError

    monkeypatch.setattr("app.rivals.magenta.load_pass", lambda network: Hungry())
    with pytest.raises(RivalError, match=r"384 x 256 px does not fit .* px would\.$"):
        hire("magenta").paint(content, content)


@pytest.mark.parametrize("network", ["magenta-hub"], indirect=True)
def test_the_hubs_strength_is_interpolation_of_its_scales_and_shifts(network: str, untrained: Path) -> None:
    hub = magenta_hub.MagentaHub(untrained / "networks/magenta-hub")
    assert hub.can_interpolate
    content, style, own = smooth(40, 60, 0), smooth(256, 256, 1), smooth(256, 256, 2)
    numbers, of_own = hub.style_numbers(style), hub.style_numbers(own)
    assert [tensor.shape for tensor in numbers] == [(1, 1, 1, 8)] * 2
    np.testing.assert_allclose(hub.paint(content, numbers), hub.stylize(content, style), atol=1e-6)
    # Its numbers are linear in the mean colour: half way between is the style of the mean picture.
    half = hub.paint(content, stylizing.mixed([(0.5, of_own), (0.5, numbers)]))
    np.testing.assert_allclose(half, hub.stylize(content, (style + own) / 2), atol=1e-5)


@pytest.mark.parametrize("network", ["magenta-hub"], indirect=True)
def test_a_hub_that_cannot_be_taken_apart_mixes_pictures_and_says_so(
    network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stylizing._loaded.cache_clear()
    monkeypatch.setattr(magenta_hub, "_halves", lambda tf, signature: None)
    hired = Magenta(network)
    content, style = smooth(96, 128, 0), smooth(128, 128, 1)
    weak, half, full = (hired.paint(content, style, RivalRequest(strength=strength)) for strength in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(half, (weak + full) / 2, atol=1e-5)
    assert hired.report is not None
    assert "mixes pictures" in hired.report.note
    stylizing._loaded.cache_clear()


def test_a_folder_that_is_not_magentas_is_said(tmp_path: Path) -> None:
    if not runtime.has_tensorflow_hub():
        pytest.skip("tensorflow_hub is not installed")
    tf = runtime.tensorflow()
    with pytest.raises(NetworkError, match="is not Magenta's SavedModel"):
        magenta_hub.MagentaHub(tmp_path)

    class Other(tf.Module):  # type: ignore[misc]
        @tf.function(input_signature=[tf.TensorSpec([None], name="x")])
        def double(self, x: Any) -> dict[str, Any]:
            return {"output_0": 2 * x}

    other = Other()
    tf.saved_model.save(other, str(tmp_path / "other"), signatures=other.double.get_concrete_function())
    with pytest.raises(NetworkError, match="it takes x"):
        magenta_hub.MagentaHub(tmp_path / "other")


def test_the_best_network_is_hired_in_the_order_of_the_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = {"builtin-stylizer"}
    monkeypatch.setattr(store, "find", lambda name: tmp_path if name in there else None)
    monkeypatch.setattr(runtime, "has_tensorflow_hub", lambda: True)
    for name in ("builtin-stylizer", "magenta-int8", "magenta-hub"):
        there.add(name)
        assert hire("magenta").network == name
    monkeypatch.setattr(runtime, "has_tensorflow_hub", lambda: False)
    assert best_network("magenta") == "magenta-int8", "without the package the SavedModel is of no use"
    assert hire("magenta", network="builtin-stylizer").network == "builtin-stylizer"
    with pytest.raises(UsageError, match="cannot paint with vgg19"):
        hire("magenta", network="vgg19")
    with pytest.raises(UsageError, match="strength"):
        hire("magenta").paint(smooth(32, 32, 0), smooth(32, 32, 1), RivalRequest(strength=-0.1))


# Tiles by themselves


@pytest.mark.parametrize(("height", "width"), [(384, 384), (100, 384), (385, 384), (700, 500), (1000, 90)])
def test_tiles_cover_everything_and_overlap(height: int, width: int) -> None:
    covered = np.zeros((height, width), int)
    for rows, columns in tiles.places((height, width), 384):
        assert rows.stop - rows.start == min(height, 384)
        assert columns.stop - columns.start == min(width, 384)
        covered[rows, columns] += 1
    assert covered.min() >= 1
    if max(height, width) > 384:
        assert covered.max() >= 2


@settings(deadline=None)
@given(height=st.integers(1, 900), width=st.integers(1, 900), side=st.integers(30, 400))
def test_weights_of_tiles_add_up_to_one_at_every_pixel(height: int, width: int, side: int) -> None:
    total = np.zeros((height, width), np.float64)
    for rows, columns in tiles.places((height, width), side):
        hill = tiles.window((rows.stop - rows.start, columns.stop - columns.start))
        assert hill.min() > 0
        total[rows, columns] += hill[:, :, 0]
    shares = np.zeros((height, width), np.float64)
    for rows, columns in tiles.places((height, width), side):
        hill = tiles.window((rows.stop - rows.start, columns.stop - columns.start))
        shares[rows, columns] += hill[:, :, 0] / total[rows, columns]
    np.testing.assert_allclose(shares, 1, atol=1e-9)


def test_tiles_that_change_nothing_give_the_picture_back() -> None:
    picture = smooth(150, 220, 0)
    painted = tiles.paint(picture, tiles.places(picture.shape, 96), lambda tile: tile, small=picture)
    np.testing.assert_allclose(painted, picture, atol=1e-5)


def test_tiles_of_different_brightness_leave_no_seam() -> None:
    picture = np.full((200, 300, 3), 0.5, np.float32)
    shades = iter(np.tile([0.2, -0.2], 50))
    painted = tiles.paint(
        picture, tiles.places(picture.shape, 96), lambda tile: tile + np.float32(next(shades)), small=picture
    )
    assert np.abs(np.diff(painted, axis=0)).max() < 0.02
    assert np.abs(np.diff(painted, axis=1)).max() < 0.02
    assert abs(float(painted.mean()) - 0.5) < 0.02


@pytest.mark.parametrize("shape", [(96, 72), (241, 183), (40, 50)])
def test_what_is_resampled_quickly_is_neither_shifted_nor_much_else(shape: tuple[int, int]) -> None:
    picture = smooth(*shape, 3)
    quickly = magenta._quickly(picture, height=38, width=31)
    np.testing.assert_allclose(quickly, images.resize(picture, height=38, width=31), atol=0.03)
    assert quickly.dtype == np.float32
    assert 0 <= quickly.min() <= quickly.max() <= 1
