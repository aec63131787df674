"""The compact backbone: its face, and that the shipped weights see."""

from __future__ import annotations

import numpy as np
import pytest

from app.networks import backbone, runtime


@pytest.fixture(scope="module")
def trained():
    return backbone.load_backbone()


def test_thirteen_taps_halving_four_times() -> None:
    runtime.tensorflow()
    model = backbone.build_backbone()
    taps = model.predict_on_batch(np.zeros((2, 64, 48, 3), np.float32))
    assert tuple(taps) == backbone.TAPS
    assert len(backbone.TAPS) == 13
    assert taps["relu1_1"].shape == (2, 64, 48, 16)
    assert taps["relu4_2"].shape == (2, 8, 6, 128)
    assert taps["relu5_1"].shape == (2, 4, 3, 128)
    assert model.count_params() < 1_000_000


def test_the_smallest_picture_goes_through() -> None:
    runtime.tensorflow()
    side = backbone.MIN_SIDE_PX
    taps = backbone.build_backbone().predict_on_batch(np.zeros((1, side, side, 3), np.float32))
    assert taps["relu5_1"].shape == (1, 2, 2, 128)


def test_raw_taps_are_the_same_before_the_rectifier() -> None:
    runtime.tensorflow()
    model, raw = backbone.build_backbone(), backbone.build_backbone(is_rectified=False)
    raw.set_weights(model.get_weights())
    picture = np.random.default_rng(0).random((1, 32, 32, 3), np.float32)
    rectified, before = model.predict_on_batch(picture), raw.predict_on_batch(picture)
    for tap in backbone.TAPS:
        np.testing.assert_allclose(np.maximum(before[tap], 0.0), rectified[tap], atol=1e-5)
    assert min(float(before[tap].min()) for tap in backbone.TAPS) < 0.0


def test_trained_taps_are_of_one_scale_and_alive(trained) -> None:
    rng = np.random.default_rng(3)
    coarse = rng.random((4, 8, 8, 3)).astype(np.float32)
    pictures = coarse.repeat(16, axis=1).repeat(16, axis=2)
    taps = trained.predict_on_batch(pictures)
    for tap, values in taps.items():
        assert np.isfinite(values).all()
        assert values.min() >= 0.0
        size = float(np.sqrt(np.mean(values**2)))
        assert 0.2 < size < 5.0, (tap, size)


def test_trained_features_tell_a_texture_from_its_absence(trained) -> None:
    rng = np.random.default_rng(4)
    noise = rng.random((1, 64, 64, 3)).astype(np.float32)
    flat = np.full_like(noise, 0.5)
    shifted = np.roll(noise, 16, axis=2)
    features = [np.asarray(trained.predict_on_batch(p)["relu3_1"])[0].reshape(-1, 64) for p in (noise, flat, shifted)]
    grams = [f.T @ f / len(f) for f in features]
    assert np.abs(grams[0] - grams[2]).mean() < 0.3 * np.abs(grams[0] - grams[1]).mean()


def test_it_is_frozen_and_deterministic(trained) -> None:
    assert not trained.trainable_variables
    picture = np.random.default_rng(5).random((1, 48, 64, 3), np.float32)
    first, second = trained.predict_on_batch(picture), trained.predict_on_batch(picture)
    np.testing.assert_array_equal(first["relu5_1"], second["relu5_1"])
