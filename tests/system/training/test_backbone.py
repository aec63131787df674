"""The backbone's training in the small: pictures under way, the optimizer, the scales, and what is measured of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.networks import runtime

runtime.tensorflow()

import keras  # noqa: E402
from keras import ops  # noqa: E402

from app.errors import NetworkError  # noqa: E402
from app.networks.backbone import TAPS, build_backbone  # noqa: E402
from app.networks.stylizer import STYLE_TAPS  # noqa: E402
from app.training import backbone, gatys, inventions, pool, shares, teachers  # noqa: E402

SIDE_PX = 32


@pytest.fixture
def narrow() -> keras.Model:
    keras.utils.set_random_seed(3)
    return build_backbone(widths=dict.fromkeys(TAPS, 6))


def invented(seed: int, side_px: int = SIDE_PX) -> NDArray[np.float32]:
    return inventions.invent(np.random.default_rng(seed), side_px)


def opened(network: keras.Model, path: Path | None = None, *, seed: int = 1) -> pool.Pool:
    return pool.Pool(
        network,
        contents=lambda rng: inventions.invent(rng, SIDE_PX),
        styles=lambda rng: inventions.invent(rng, SIDE_PX),
        size=4,
        pictures=2,
        side_px=SIDE_PX,
        seed=seed,
        path=path,
    )


def test_the_slope_is_the_gradient_of_the_gatys_loss(narrow: keras.Model) -> None:
    import tensorflow as tf

    slope = pool.Slope(narrow, pictures=2, side_px=SIDE_PX)
    pictures, contents, styles = (
        (np.stack([invented(i), invented(i + 1)]) * 0.9 + 0.05).astype(np.float32) for i in (1, 3, 5)
    )
    weights = np.array([[1.0, 30.0, 2.0], [0.0, 5.0, 0.0]], np.float32)
    goals = slope.goals(contents, styles)
    got = slope.gradient({"pictures": pictures, "weights": weights, **goals})
    x = tf.constant(pictures)
    with tf.GradientTape() as tape:
        tape.watch(x)
        taps = narrow(x)
        losses = weights[:, 0] * tf.reduce_mean((taps[gatys.CONTENT_TAP] - goals["content"]) ** 2, (1, 2, 3))
        for tap in STYLE_TAPS:
            losses += weights[:, 1] * tf.reduce_mean((gatys.gram(taps[tap]) - goals[tap]) ** 2, (1, 2))
        for apart in (x[:, 1:] - x[:, :-1], x[:, :, 1:] - x[:, :, :-1]):
            losses += weights[:, 2] * tf.reduce_mean(apart**2, (1, 2, 3))
        total = tf.reduce_sum(losses)
    wanted = tape.gradient(total, x).numpy()
    np.testing.assert_allclose(got, wanted, atol=1e-4 * np.abs(wanted).max())
    np.testing.assert_array_equal(slope.gradient({"pictures": pictures, "weights": weights, **goals}), got)


def test_pictures_under_way_near_their_styles_and_stay_pictures(narrow: keras.Model) -> None:
    moving = opened(narrow)
    seen = [moving.move(step) for step in range(30)]
    assert all(p.shape == (2, SIDE_PX, SIDE_PX, 3) and p.dtype == np.float32 for p in seen)
    assert min(p.min() for p in seen) >= 0.0
    assert max(p.max() for p in seen) <= 1.0
    assert np.abs(seen[0] - seen[-1]).mean() > 0.01
    again = opened(narrow)
    for step in range(3):
        np.testing.assert_allclose(again.move(step), seen[step], atol=1e-4)


def test_the_pool_follows_the_student(narrow: keras.Model) -> None:
    moving = opened(narrow)
    student = build_backbone(widths=dict.fromkeys(TAPS, 6), is_rectified=False)
    moving.follow(student)
    for mine, theirs in zip(narrow.get_weights(), student.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_the_pool_is_taken_up_again_and_damage_is_told(narrow: keras.Model, tmp_path: Path) -> None:
    path = tmp_path / "state.pool"
    moving = opened(narrow, path)
    for step in range(3):
        moving.move(step)
    moving.save()
    wanted = [moving.move(step) for step in (3, 4, 5)]
    taken_up = opened(narrow, path)
    for step, picture in zip((3, 4, 5), wanted, strict=True):
        np.testing.assert_allclose(taken_up.move(step), picture, atol=1e-4)
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(NetworkError, match="do not fit"):
        opened(narrow, path)


def test_scales_are_root_mean_squares_and_rescaling_sets_them(narrow: keras.Model) -> None:
    for layer in narrow.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = layer.get_weights()
            layer.set_weights([kernel, bias + 0.1])
    pictures = np.stack([invented(i) for i in range(3)])
    scales = backbone.tap_scales(narrow, pictures)
    taps = narrow.predict_on_batch(pictures)
    for tap in TAPS:
        assert scales[tap] == pytest.approx(float(np.sqrt(np.mean(taps[tap] ** 2))), rel=1e-4)
    backbone.rescale(narrow, {tap: 2.0 / scale for tap, scale in scales.items()})
    after = narrow.predict_on_batch(pictures)
    for tap in TAPS:
        np.testing.assert_allclose(after[tap], taps[tap] * 2.0 / scales[tap], rtol=1e-3, atol=1e-4)


def test_a_wrong_gram_matrix_costs_though_the_rectifier_hides_nothing(narrow: keras.Model) -> None:
    pictures = np.stack([invented(i) for i in range(2)])
    student = build_backbone(widths=dict.fromkeys(TAPS, 6), is_rectified=False)
    scales = dict.fromkeys(TAPS, 1.0)

    def loss(grams: float) -> float:
        model = backbone.BackboneImitation(student, narrow, scales, grams=grams)
        return float(model.compute_loss(pictures, None, model(pictures)))

    got, wanted = student(pictures), narrow(pictures)
    apart = 0.0
    for tap in STYLE_TAPS:
        theirs = gatys.gram(wanted[tap])
        difference = ops.sum((gatys.gram(ops.relu(got[tap])) - theirs) ** 2, (1, 2))
        apart += float(ops.mean(difference / ops.sum(theirs**2, (1, 2))))
    assert loss(0.5) - loss(0.0) == pytest.approx(0.5 * apart, rel=0.02)
    student.set_weights(narrow.get_weights())
    assert loss(0.5) == pytest.approx(0.0, abs=1e-6)


def test_fresh_pictures_hold_fine_colour_that_photographs_lack() -> None:
    rng = np.random.default_rng(2)
    noises = [backbone.coloured_noise(rng, 48) for _ in range(12)]
    assert all(p.shape == (48, 48, 3) and p.dtype == np.float32 and p.min() >= 0 and p.max() <= 1 for p in noises)
    fine = [np.abs(np.diff(p, axis=0)).mean() for p in noises]
    assert max(fine) > 2 * min(fine)
    grey = [np.corrcoef(p[..., 0].ravel(), p[..., 1].ravel())[0, 1] for p in noises]
    assert min(grey) < 0.3


def test_the_optimizer_makes_kernels_steps_orthogonal() -> None:
    from app.training.orthogonal import ConvolutionMuon

    kernel = keras.Variable(np.zeros((3, 3, 4, 5), np.float32))
    bias = keras.Variable(np.zeros(5, np.float32))
    optimizer = ConvolutionMuon(0.1, weight_decay=None, adam_weight_decay=None)
    optimizer.build([kernel, bias])
    rng = np.random.default_rng(0)
    steep = rng.normal(size=(3, 3, 4, 5)) * np.array([1.0, 0.3, 0.1, 0.03, 0.01])
    optimizer.apply([ops.convert_to_tensor(steep, "float32"), ops.ones(5)], [kernel, bias])
    moved = np.asarray(ops.convert_to_numpy(ops.copy(kernel))).reshape(36, 5)
    assert float((moved * steep.reshape(36, 5)).sum()) < 0.0
    # Newton and Schulz' few rounds leave singular values near 1, not at it; the gradient's differ a hundredfold.
    sizes = np.linalg.svd(moved, compute_uv=False)
    assert sizes.max() / sizes.min() < 3.0
    np.testing.assert_allclose(ops.convert_to_numpy(ops.copy(bias)), -0.1, rtol=1e-3)


def test_grain_is_found_in_flat_places_by_brightness_and_colour() -> None:
    rng = np.random.default_rng(0)
    content = np.full((64, 64, 3), 0.5, np.float32)
    content[:, 32:] = invented(4, 64)[:, 32:]
    grey = (content + 0.05 * rng.normal(size=(64, 64, 1))).astype(np.float32)
    luma = np.array([0.299, 0.587, 0.114])
    fringe = rng.normal(size=(64, 64, 3))
    fringe = (content + 0.05 * (fringe - (fringe @ luma)[..., None])).astype(np.float32)
    quiet = shares.grain_in_flat_places(content, content)
    bright, coloured = shares.grain_in_flat_places(grey, content), shares.grain_in_flat_places(fringe, content)
    assert bright[0] > quiet[0] + 0.03
    assert bright[1] == pytest.approx(quiet[1], abs=0.01)
    assert coloured[1] > quiet[1] + 0.03
    assert coloured[0] == pytest.approx(quiet[0], abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["average", "max"])
def test_a_backbone_like_its_teacher_reaches_the_whole_fall(
    narrow: keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pooling: shares.Pooling
) -> None:
    deals = [(invented(i, 48), invented(i + 10, 48)) for i in range(2)]
    scales = backbone.tap_scales(narrow, np.stack([shares.images.resize(c, height=256, width=256) for c, _ in deals]))
    alike = keras.models.clone_model(narrow)
    alike.set_weights(narrow.get_weights())
    backbone.rescale(alike, {tap: 1.0 / scale for tap, scale in scales.items()})
    outputs = dict(narrow.output) | {teachers.mapped(tap): narrow.output[tap] for tap in STYLE_TAPS}
    monkeypatch.setattr(
        teachers,
        "load_vgg19_16x",
        lambda *, auxiliary=False: keras.Model(narrow.input, outputs) if auxiliary else narrow,
    )
    trial = shares.ClassicSettings(side_px=48, steps=6, pooling=pooling)
    kept, sheet = tmp_path / "kept", tmp_path / "sheet.png"
    other = build_backbone(widths=dict.fromkeys(TAPS, 6))
    first = shares.measure_backbone(deals, trial=trial, backbone=alike, keep=kept, sheet=sheet)
    assert first["share of the fall in style loss, own taps"]["mean"] == pytest.approx(1.0, abs=0.02)
    assert first["content loss against the teacher's picture"] == pytest.approx(1.0, abs=0.05)
    assert len(list(kept.iterdir())) == 2
    assert shares.images.read_picture(sheet).shape == (96, 192, 3)
    worse = shares.measure_backbone(deals, count=1, trial=trial, backbone=other, keep=kept)
    assert worse["deals"] == 1
    assert abs(worse["share of the fall in style loss, own taps"]["mean"] - 1.0) > 0.05
