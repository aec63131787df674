"""The losses against float64 references in numpy, and their gradients against finite differences."""

from typing import Any

import numpy as np
import pytest

from app.networks import runtime
from app.rivals import losses

RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def tf() -> Any:
    return runtime.tensorflow()


def reference_gram(features: np.ndarray) -> np.ndarray:
    channels = features.shape[-1]
    gram = np.zeros((channels, channels))
    for i in range(channels):
        for j in range(channels):
            gram[i, j] = np.mean(features[0, :, :, i] * features[0, :, :, j])
    return gram


def reference_variation(picture: np.ndarray, chroma: float) -> float:
    red, green, blue = (picture[0, :, :, c] for c in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    # ITU-R BT.601 colour differences.
    planes = [(luma, 1.0), ((blue - luma) / 1.772, chroma), ((red - luma) / 1.402, chroma)]
    return sum(
        weight * (np.mean(np.diff(plane, axis=0) ** 2) + np.mean(np.diff(plane, axis=1) ** 2))
        for plane, weight in planes
    )


def test_gram_matches_the_definition(tf: Any) -> None:
    features = RNG.normal(size=(1, 5, 7, 4))
    found = losses.gram(tf.constant(features)).numpy()
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, reference_gram(features), rtol=1e-12)
    single = losses.gram(tf.constant(features.astype(np.float32))).numpy()
    np.testing.assert_allclose(single, reference_gram(features), rtol=0, atol=1e-6)


def test_gram_does_not_depend_on_size_or_place(tf: Any) -> None:
    features = RNG.normal(size=(1, 6, 6, 3))
    tiled = np.tile(features, (1, 2, 3, 1))
    shuffled = RNG.permutation(features.reshape(-1, 3)).reshape(features.shape)
    for other in (tiled, shuffled):
        np.testing.assert_allclose(losses.gram(tf.constant(other)), losses.gram(tf.constant(features)), rtol=1e-12)


def test_style_loss_is_relative_and_weighted(tf: Any) -> None:
    target = {"a": RNG.normal(size=(3, 3)), "b": 1e4 * RNG.normal(size=(2, 2))}
    found = {"a": RNG.normal(size=(3, 3)), "b": 1e4 * RNG.normal(size=(2, 2))}
    before = {"a": RNG.normal(size=(3, 3)), "b": np.zeros((2, 2))}
    sizes = {tap: (np.sum(target[tap] ** 2) + np.sum(before[tap] ** 2)) / 2 for tap in target}
    relative = {tap: np.sum((found[tap] - target[tap]) ** 2) / sizes[tap] for tap in target}
    tensors = [{tap: tf.constant(gram) for tap, gram in grams.items()} for grams in (found, target, before)]
    found_sizes = {tap: losses.gram_size(tensors[1][tap], tensors[2][tap]) for tap in target}
    assert {tap: float(size) for tap, size in found_sizes.items()} == pytest.approx(sizes)
    value = float(losses.style_loss(*tensors[:2], found_sizes, {"a": 1.0, "b": 3.0}))
    assert value == pytest.approx((relative["a"] + 3 * relative["b"]) / 4, rel=1e-9)
    assert float(losses.style_loss(tensors[1], tensors[1], found_sizes, {"a": 1.0, "b": 1.0})) == 0


def test_content_loss_is_relative(tf: Any) -> None:
    found, target = RNG.normal(size=(2, 1, 4, 5, 6))
    value = float(losses.content_loss(tf.constant(found), tf.constant(target)))
    assert value == pytest.approx(np.sum((found - target) ** 2) / np.sum(target**2), rel=1e-9)
    assert float(losses.content_loss(tf.constant(2 * target), tf.constant(target))) == pytest.approx(1)


@pytest.mark.parametrize("chroma", [1.0, 4.0])
def test_total_variation_matches_the_definition(tf: Any, chroma: float) -> None:
    picture = RNG.random((1, 6, 9, 3))
    value = float(losses.total_variation(tf.constant(picture), chroma=chroma))
    assert value == pytest.approx(reference_variation(picture, chroma), rel=1e-5)
    assert float(losses.total_variation(tf.constant(np.full((1, 4, 4, 3), 0.3)), chroma=chroma)) == 0


def test_grey_differences_do_not_count_as_colour(tf: Any) -> None:
    grey = tf.constant(np.repeat(RNG.random((1, 6, 6, 1)), 3, axis=3))
    plain, heavy = (float(losses.total_variation(grey, chroma=chroma)) for chroma in (1.0, 100.0))
    assert heavy == pytest.approx(plain, rel=1e-6)


def test_out_of_range_counts_only_what_is_outside(tf: Any) -> None:
    picture = np.array([0.0, 0.5, 1.0, 1.5, -0.5, 0.2]).reshape(1, 1, 2, 3)
    assert float(losses.out_of_range(tf.constant(picture))) == pytest.approx(2 * 0.25 / 6)


@pytest.mark.parametrize("name", ["gram", "style", "content", "variation", "range"])
def test_gradients_match_finite_differences(tf: Any, name: str) -> None:
    place = RNG.normal(0.5, 0.8, size=(1, 5, 6, 3))
    target = tf.constant(RNG.normal(size=(1, 5, 6, 3)))
    weigh = tf.constant(RNG.normal(size=(3, 3)))

    def value_of(x: Any) -> Any:
        return {
            "gram": lambda: tf.reduce_sum(losses.gram(x) * weigh),
            "style": lambda: losses.style_loss(
                {"a": losses.gram(x)}, {"a": losses.gram(target)}, {"a": tf.constant(3.0, tf.float64)}, {"a": 2.0}
            ),
            "content": lambda: losses.content_loss(x, target),
            "variation": lambda: losses.total_variation(x, chroma=4.0),
            "range": lambda: losses.out_of_range(x),
        }[name]()

    x = tf.constant(place)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = value_of(x)
    gradient = tape.gradient(value, x).numpy()
    for _ in range(5):
        direction = RNG.normal(size=place.shape)
        step = 1e-6
        ahead, behind = (float(value_of(tf.constant(place + sign * step * direction))) for sign in (1, -1))
        expected = (ahead - behind) / (2 * step)
        assert np.sum(gradient * direction) == pytest.approx(expected, rel=1e-5, abs=1e-9)
