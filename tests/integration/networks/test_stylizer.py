"""The stylizer: shapes, ranges, clean borders, and that the style numbers steer the shipped transformer."""

from __future__ import annotations

import numpy as np
import pytest

from app.networks import runtime, stylizer


@pytest.fixture(scope="module")
def trained():
    return stylizer.load_transformer(), stylizer.load_predictor()


def waves(height: int, width: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 40.0
    channels = [
        0.5 + 0.4 * np.sin(x * rng.uniform(0.5, 3) + y * rng.uniform(0.5, 3) + rng.uniform(0, 6)) for _ in "rgb"
    ]
    return np.stack(channels, axis=-1).astype(np.float32)


@pytest.mark.parametrize(("height", "width"), [(64, 64), (48, 100), (36, 32)])
def test_the_picture_keeps_its_size_and_range(height: int, width: int) -> None:
    runtime.tensorflow()
    model = stylizer.build_transformer(widths=(4, 6, 8), blocks=1)
    content = np.random.default_rng(1).random((2, height, width, 3), np.float32)
    painted = model.predict_on_batch([content, np.ones((2, stylizer.STYLE_NUMBERS), np.float32)])
    assert painted.shape == content.shape
    assert painted.min() >= 0.0
    assert painted.max() <= 1.0


def test_the_predictor_gives_a_hundred_numbers_for_any_size() -> None:
    runtime.tensorflow()
    from app.networks.backbone import build_backbone

    narrow = build_backbone(widths=dict.fromkeys(stylizer.STYLE_TAPS, 4))
    head = stylizer.build_head(features=stylizer.count_features(narrow), hidden=8)
    predictor = stylizer.build_predictor(narrow, head)
    for shape in ((2, 64, 64, 3), (1, 80, 50, 3)):
        assert predictor.predict_on_batch(np.zeros(shape, np.float32)).shape == (shape[0], stylizer.STYLE_NUMBERS)


@pytest.mark.parametrize("layer", [0, 3])
def test_the_grain_is_white_and_the_same_in_every_graph(layer: int) -> None:
    tf = runtime.tensorflow()
    shape = (1, 130, 170, 1)
    noise = np.asarray(stylizer.grain(tf.zeros(shape), layer))[0, :, :, 0]
    assert noise.mean() == pytest.approx(0.0, abs=0.03)
    assert noise.std() == pytest.approx(1.0, abs=0.03)
    # Neither rows nor columns nor neighbours hang together.
    assert noise.mean(0).std() * 130**0.5 == pytest.approx(1.0, abs=0.25)
    assert noise.mean(1).std() * 170**0.5 == pytest.approx(1.0, abs=0.25)
    for dy, dx in ((0, 1), (1, 0), (1, 1), (0, 2), (2, 0)):
        assert abs((noise[dy:, dx:] * noise[: 130 - dy, : 170 - dx]).mean()) < 0.04
    traced = tf.function(lambda like: stylizer.grain(like, layer), input_signature=[tf.TensorSpec([1, None, None, 1])])
    np.testing.assert_array_equal(np.asarray(traced(tf.ones(shape)))[0, :, :, 0], noise)


def test_the_grain_reaches_the_picture_in_both_directions() -> None:
    runtime.tensorflow()
    model = stylizer.build_transformer(widths=(4, 6, 8), blocks=3)
    for name in ("down2", "block2a", "up1", "up2"):
        layer = model.get_layer(f"{name}_style")
        kernel, bias = layer.get_weights()
        bias[-bias.size // 3 :] = 0.5
        layer.set_weights([kernel, bias])
    plain = np.full((1, 64, 64, 3), 0.5, np.float32)
    painted = model.predict_on_batch([plain, np.zeros((1, stylizer.STYLE_NUMBERS), np.float32)])[0]
    assert painted.std(0).mean() > 0.01
    assert painted.std(1).mean() > 0.01


def test_a_flat_style_gives_finite_numbers(trained) -> None:
    numbers = trained[1](np.zeros((1, 256, 256, 3), np.float32), training=False)
    assert np.isfinite(np.asarray(numbers)).all()


def test_another_style_gives_another_picture(trained) -> None:
    transformer, predictor = trained
    content = waves(128, 160)[None]
    styles = np.stack([waves(256, 256, 5), np.round(waves(256, 256, 9)[::-1])])
    vectors = np.asarray(predictor(styles, training=False))
    painted = [np.asarray(transformer([content, v[None]], training=False))[0] for v in vectors]
    assert painted[0].shape == (128, 160, 3)
    assert np.abs(painted[0] - painted[1]).mean() > 0.03


def test_the_borders_are_no_darker_than_the_rest(trained) -> None:
    transformer, predictor = trained
    content = np.full((1, 96, 96, 3), 0.6, np.float32) + waves(96, 96)[None] * 0.1
    vector = np.asarray(predictor(waves(256, 256, 2)[None], training=False))
    painted = np.asarray(transformer([content, vector], training=False))[0]
    border = np.concatenate(
        [painted[:3].ravel(), painted[-3:].ravel(), painted[:, :3].ravel(), painted[:, -3:].ravel()]
    )
    assert abs(float(border.mean()) - float(painted[16:-16, 16:-16].mean())) < 0.15


def test_it_is_deterministic(trained) -> None:
    transformer, _ = trained
    inputs = [waves(64, 64)[None], np.full((1, 100), 0.2, np.float32)]
    first, second = (np.asarray(transformer(inputs, training=False)) for _ in range(2))
    np.testing.assert_array_equal(first, second)
