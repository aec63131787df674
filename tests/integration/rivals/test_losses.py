"""The losses against float64 references in numpy, and their gradients against finite differences."""

import functools
from collections.abc import Callable
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


def gram(features: Any) -> Any:
    return losses.manner(losses.moments(features)).spread


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
    found = gram(tf.constant(features)).numpy()
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, reference_gram(features), rtol=1e-12)
    single = gram(tf.constant(features.astype(np.float32))).numpy()
    np.testing.assert_allclose(single, reference_gram(features), rtol=0, atol=1e-6)


def test_gram_does_not_depend_on_size_or_place(tf: Any) -> None:
    features = RNG.normal(size=(1, 6, 6, 3))
    tiled = np.tile(features, (1, 2, 3, 1))
    shuffled = RNG.permutation(features.reshape(-1, 3)).reshape(features.shape)
    for other in (tiled, shuffled):
        np.testing.assert_allclose(gram(tf.constant(other)), gram(tf.constant(features)), rtol=1e-12)


@pytest.mark.parametrize("is_weighted", [False, True])
def test_moments_match_the_definition(tf: Any, is_weighted: bool) -> None:
    features, weights = RNG.normal(size=(1, 5, 7, 4)), RNG.random((1, 5, 7))
    found = losses.moments(tf.constant(features), tf.constant(weights) if is_weighted else None)
    weight, first, second = 0.0, np.zeros(4), np.zeros((4, 4))
    for y in range(5):
        for x in range(7):
            w = weights[0, y, x] if is_weighted else 1.0
            weight += w
            first += w * features[0, y, x]
            second += w * np.outer(features[0, y, x], features[0, y, x])
    np.testing.assert_allclose(found.weight, weight, rtol=1e-12)
    np.testing.assert_allclose(found.first, first, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.second, second, rtol=1e-12, atol=1e-12)


def test_moments_of_parts_add_up_to_those_of_the_whole(tf: Any) -> None:
    features, weights = RNG.normal(size=(1, 6, 8, 3)), RNG.random((1, 6, 8))
    whole = losses.moments(tf.constant(features), tf.constant(weights))
    parts = [losses.moments(tf.constant(features[:, :, s]), tf.constant(weights[:, :, s])) for s in np.s_[:5, 5:]]
    for found, expected in zip(losses.added(*parts), whole, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_the_manner_is_mean_and_covariance_or_gram(tf: Any) -> None:
    features, weights = RNG.normal(1.0, 2.0, size=(1, 6, 8, 3)), RNG.integers(1, 5, (1, 6, 8))
    sums = losses.moments(tf.constant(features), tf.constant(weights, tf.float64))
    rows = np.repeat(features.reshape(-1, 3), weights.ravel(), axis=0)
    found = losses.manner(sums, "moments")
    np.testing.assert_allclose(found.mean, rows.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(found.spread, np.cov(rows.T, bias=True), rtol=1e-9)
    np.testing.assert_allclose(losses.manner(sums).spread, rows.T @ rows / len(rows), rtol=1e-12)


def test_paintings_are_mixed_by_their_shares(tf: Any) -> None:
    each = [
        losses.StyleStatistics(tf.constant(RNG.normal(size=2)), tf.constant(RNG.normal(size=(2, 2)))) for _ in range(3)
    ]
    found = losses.mixed(each, (0.5, 0.3, 0.2))
    np.testing.assert_allclose(found.mean, 0.5 * each[0].mean + 0.3 * each[1].mean + 0.2 * each[2].mean, rtol=1e-12)
    np.testing.assert_allclose(found.spread, sum(s * m.spread for s, m in zip((0.5, 0.3, 0.2), each, strict=True)))


@pytest.mark.parametrize("statistics", losses.STATISTICS)
def test_style_loss_is_relative_and_weighted(tf: Any, statistics: str) -> None:
    """Against the definition: squared distances, by tap relative to the mean of painting's and photograph's squares."""
    width = {"a": 3, "b": 2}
    scale = {"a": 1.0, "b": 1e4}
    features = {
        who: {tap: scale[tap] * RNG.normal(0.5, 1, size=(1, 4, 5, width[tap])) for tap in width}
        for who in ("found", "painting", "photograph")
    }

    def numbers(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rows = x.reshape(-1, x.shape[-1])
        return rows.mean(axis=0), np.cov(rows.T, bias=True) if statistics == "moments" else reference_gram(x)

    expected = 0.0
    for tap, weight in (("a", 0.25), ("b", 0.75)):
        terms = []
        for here, there, before in zip(*(numbers(features[who][tap]) for who in features), strict=True):
            size = (np.sum(there**2) + np.sum(before**2)) / 2
            terms.append(np.sum((here - there) ** 2) / size)
        expected += weight * (sum(terms) / 2 if statistics == "moments" else terms[1])
    sums = {who: {tap: losses.moments(tf.constant(x)) for tap, x in taps.items()} for who, taps in features.items()}
    manners = {
        who: {tap: losses.manner(sums[who][tap], statistics) for tap in width} for who in ("painting", "photograph")
    }
    sizes = {tap: losses.manner_size(manners["painting"][tap], manners["photograph"][tap]) for tap in width}
    loss = functools.partial(losses.style_loss, targets=manners["painting"], sizes=sizes, statistics=statistics)
    assert float(loss(sums["found"], tap_weights={"a": 1.0, "b": 3.0})) == pytest.approx(expected, rel=1e-9)
    assert float(loss(sums["painting"], tap_weights={"a": 1.0, "b": 3.0})) == pytest.approx(0, abs=1e-20)


def test_content_loss_is_relative(tf: Any) -> None:
    found, target = RNG.normal(size=(2, 1, 4, 5, 6))
    value = float(losses.content_loss(tf.constant(found), tf.constant(target)))
    assert value == pytest.approx(np.sum((found - target) ** 2) / np.sum(target**2), rel=1e-9)
    assert float(losses.content_loss(tf.constant(2 * target), tf.constant(target))) == pytest.approx(1)


@pytest.mark.parametrize("chroma", [1.0, 4.0])
def test_total_variation_matches_the_definition(tf: Any, chroma: float) -> None:
    picture = RNG.random((1, 6, 9, 3))
    value = float(losses.total_variation(tf.constant(picture), chroma=chroma)[0])
    assert value == pytest.approx(reference_variation(picture, chroma), rel=1e-5)
    assert float(losses.total_variation(tf.constant(np.full((1, 4, 4, 3), 0.3)), chroma=chroma)[0]) == 0


def test_grey_differences_do_not_count_as_colour(tf: Any) -> None:
    grey = tf.constant(np.repeat(RNG.random((1, 6, 6, 1)), 3, axis=3))
    plain, heavy = (float(losses.total_variation(grey, chroma=chroma)[0]) for chroma in (1.0, 100.0))
    assert heavy == pytest.approx(plain, rel=1e-6)


def test_out_of_range_counts_only_what_is_outside(tf: Any) -> None:
    picture = np.array([0.0, 0.5, 1.0, 1.5, -0.5, 0.2]).reshape(1, 1, 2, 3)
    assert float(losses.out_of_range(tf.constant(picture))[0]) == pytest.approx(2 * 0.25 / 6)


@pytest.mark.parametrize("name", ["gram", "style", "moments", "masked", "content"])
def test_gradients_match_finite_differences(tf: Any, name: str) -> None:
    place = RNG.normal(0.5, 0.8, size=(1, 5, 6, 3))
    target = tf.constant(RNG.normal(size=(1, 5, 6, 3)))
    weigh = tf.constant(RNG.normal(size=(3, 3)))
    mask = tf.constant(RNG.random((1, 5, 6)))

    def style(x: Any, statistics: str, weights: Any = None) -> Any:
        sizes = {"a": losses.StyleStatistics(*(tf.constant(size, tf.float64) for size in (2.0, 3.0)))}
        goal = {"a": losses.manner(losses.moments(target), statistics)}
        return losses.style_loss({"a": losses.moments(x, weights)}, goal, sizes, {"a": 2.0}, statistics)

    def value_of(x: Any) -> Any:
        return {
            "gram": lambda: tf.reduce_sum(gram(x) * weigh),
            "style": lambda: style(x, "gram"),
            "moments": lambda: style(x, "moments"),
            "masked": lambda: style(x, "moments", mask),
            "content": lambda: losses.content_loss(x, target),
        }[name]()

    x = tf.constant(place)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = value_of(x)
    differ(lambda moved: float(value_of(tf.constant(moved))), place, tape.gradient(value, x).numpy())


@pytest.mark.parametrize("name", ["variation", "range"])
def test_gradients_that_are_written_out_match_finite_differences(tf: Any, name: str) -> None:
    place = RNG.normal(0.5, 0.8, size=(1, 5, 6, 3))
    term = {"variation": functools.partial(losses.total_variation, chroma=4.0), "range": losses.out_of_range}[name]
    differ(lambda moved: float(term(tf.constant(moved))[0]), place, term(tf.constant(place))[1].numpy())


def differ(value_of: Callable[[np.ndarray], float], place: np.ndarray, gradient: np.ndarray) -> None:
    """Compare a gradient with differences along some directions."""
    for _ in range(5):
        direction = RNG.normal(size=place.shape)
        step = 1e-6
        ahead, behind = (value_of(place + sign * step * direction) for sign in (1, -1))
        assert np.sum(gradient * direction) == pytest.approx((ahead - behind) / (2 * step), rel=1e-5, abs=1e-9)
