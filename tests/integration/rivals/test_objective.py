"""The classic rival's objective on a narrow untrained backbone: chain, gradient, sums over parts."""

import functools
from typing import Any

import numpy as np
import pytest

from app import images
from app.images import Picture
from app.networks import backbone, runtime
from app.networks.backbone_vgg19 import build_vgg19
from app.rivals import chain, losses
from app.rivals.chain import ConvolutionChain, links_of
from app.rivals.objective import CONTENT_TAP, STYLE_TAPS, LossWeights, Objective

TAPS = dict(zip(STYLE_TAPS, (1.0, 2.0, 1.0, 0.5, 1.0), strict=True))
WEIGHTS = LossWeights(1.0, 10.0, 3.0, 4.0)
RNG = np.random.default_rng(7)


def smooth(height: int, width: int, seed: int) -> Picture:
    chance = np.random.default_rng(seed)
    return images.resize(chance.random((9, 9, 3), np.float32), height=height, width=width)


@functools.cache
def narrow() -> Any:
    import keras

    runtime.tensorflow()
    keras.utils.set_random_seed(2)
    return backbone.build_backbone(widths=dict.fromkeys(backbone.TAPS, 4))


@functools.cache
def on_narrow() -> Objective:
    return Objective(ConvolutionChain(links_of(narrow()), pooling="average"), TAPS)


def test_the_chain_has_the_features_of_the_network() -> None:
    import keras

    runtime.tensorflow()
    keras.utils.set_random_seed(3)
    picture = RNG.random((1, 40, 56, 3), np.float32)
    for model in (narrow(), build_vgg19(pooling="average")):
        found = ConvolutionChain(links_of(model), pooling="average")(picture, (*STYLE_TAPS, CONTENT_TAP))
        expected = model(picture)
        assert set(found) == {*STYLE_TAPS, CONTENT_TAP}
        for tap, features in found.items():
            wanted = np.asarray(expected[tap])
            np.testing.assert_allclose(features, wanted, rtol=1e-3, atol=1e-4 * np.abs(wanted).max(), err_msg=tap)


def test_the_chain_in_eight_bits_of_precision_is_nearly_the_same() -> None:
    picture = np.asarray(smooth(64, 64, 0)[None])
    for pooling in chain.POOLINGS:
        exact, rounded = (
            ConvolutionChain(links_of(narrow()), pooling=pooling, dtype=dtype)(picture, STYLE_TAPS)
            for dtype in ("float32", "bfloat16")
        )
        for tap in STYLE_TAPS:
            assert rounded[tap].dtype.name == "float32"
            apart = np.linalg.norm(np.asarray(rounded[tap] - exact[tap])) / np.linalg.norm(np.asarray(exact[tap]))
            # Thirteen roundings in a row by up to 2^-9 each.
            assert 0 < apart < 0.05, tap


@pytest.mark.parametrize("statistics", losses.STATISTICS)
@pytest.mark.parametrize("is_masked", [False, True])
def test_the_gradient_matches_finite_differences(statistics: str, is_masked: bool) -> None:
    mask = np.asarray(smooth(48, 48, 5)[:, :, 0]) if is_masked else None
    paintings = [smooth(40, 56, 1), smooth(56, 40, 4)]
    aimed = on_narrow()
    aimed.aim(smooth(48, 48, 0), paintings, WEIGHTS, shares=(0.3, 0.7), statistics=statistics, mask=mask)
    # Off the content, away from the kinks of relu, and partly out of range.
    place = np.asarray(smooth(48, 48, 2) * 1.4 - 0.2, np.float32)
    _, gradient = aimed(place)
    direction = gradient / np.linalg.norm(gradient)
    step = 2e-3
    ahead, behind = (aimed(np.asarray(place + sign * step * direction, np.float32))[0] for sign in (1, -1))
    assert np.sum(gradient * direction) == pytest.approx((ahead - behind) / (2 * step), rel=2e-2)


@pytest.mark.parametrize("statistics", losses.STATISTICS)
@pytest.mark.parametrize("is_masked", [False, True])
def test_parts_add_up_to_the_whole(statistics: str, is_masked: bool) -> None:
    """Each part with so wide a margin that it sees all, so that nothing is left to the margin's reach."""
    tf = runtime.tensorflow()
    content, painting = smooth(48, 64, 0), smooth(48, 64, 1)
    mask = np.asarray(smooth(48, 64, 5)[:, :, 0]) if is_masked else np.ones((48, 64), np.float32)
    whole = on_narrow()
    whole.aim(content, [painting], WEIGHTS, statistics=statistics, mask=mask if is_masked else None)
    place = np.asarray(smooth(48, 64, 2) * 1.2 - 0.1, np.float32)
    value, gradient = whole(place)

    insides = np.zeros((2, 48, 64), np.float32)
    insides[0, :, :32] = insides[1, :, 32:] = 1
    parts = [whole.look(place, inside * mask) for inside in insides]
    sums = {tap: losses.added(parts[0].moments[tap], parts[1].moments[tap]) for tap in STYLE_TAPS}
    before = whole.look(content, mask)
    targets = {tap: losses.manner(each, statistics) for tap, each in whole.look(painting).moments.items()}
    sizes = {
        tap: losses.manner_size(targets[tap], losses.manner(before.moments[tap], statistics)) for tap in STYLE_TAPS
    }
    style, slopes = whole.style_slopes(sums, targets, sizes, statistics)
    slopes = tf.nest.map_structure(lambda slope: WEIGHTS.style * slope, slopes)
    smooth_term, total_gradient = whole.smoothness(place, WEIGHTS)
    total = WEIGHTS.style * float(style) + smooth_term
    for inside in insides:
        term, pulled = whole.pull(
            place,
            slopes,
            before.content,
            WEIGHTS.content / losses.content_size(before.content),
            weights=inside * mask,
            inside=inside,
        )
        total += term
        total_gradient = total_gradient + pulled
    assert total == pytest.approx(value, rel=1e-5)
    np.testing.assert_allclose(total_gradient, gradient, atol=1e-5 * np.abs(gradient).max())


def test_a_picture_in_the_manner_has_no_style_loss_and_the_photograph_no_content_loss() -> None:
    content, painting = smooth(48, 64, 0), smooth(48, 64, 1)
    aimed = on_narrow()
    for weights, place in ((LossWeights(1, 0, 0, 0), content), (LossWeights(0, 1, 0, 0), painting)):
        aimed.aim(content, [painting], weights)
        assert aimed(place)[0] == pytest.approx(0, abs=1e-6)
        assert aimed(painting if place is content else content)[0] > 0.01
