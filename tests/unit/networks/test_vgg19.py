"""VGG19 from a Keras Applications file: the same features as Keras's own VGG19, and clear words for a wrong file."""

from pathlib import Path

import numpy as np
import pytest

from app.errors import NetworkError
from app.networks import backbone, runtime
from app.networks.backbone_vgg19 import BLOCKS, build_vgg19, load_vgg19


def layer_names() -> list[str]:
    return [f"block{b}_conv{n}" for b, widths in enumerate(BLOCKS, 1) for n in range(1, len(widths) + 1)]


@pytest.fixture(scope="module")
def weights_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Random weights in the layout of vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5."""
    import h5py

    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("vgg19") / "weights.h5"
    before = 3
    with h5py.File(path, "w") as file:
        for name, channels in zip(layer_names(), [c for widths in BLOCKS for c in widths], strict=True):
            kernel = rng.normal(0, (2 / (9 * before)) ** 0.5, (3, 3, before, channels)).astype(np.float32)
            group = file.create_group(name)
            group[f"{name}_W_1:0"] = kernel
            group[f"{name}_b_1:0"] = rng.normal(0, 0.1, channels).astype(np.float32)
            before = channels
    return path


@pytest.mark.slow
def test_features_are_those_of_keras_away_from_the_border(weights_file: Path) -> None:
    """Borders differ on purpose: reflection instead of zeros."""
    runtime.tensorflow()
    import keras

    ours = load_vgg19(weights_file, pooling="max")
    theirs = keras.applications.VGG19(include_top=False, weights=None, input_shape=(None, None, 3))
    for name in layer_names():
        theirs.get_layer(name).set_weights(ours.get_layer(name).get_weights())
    picture = np.random.default_rng(1).random((1, 192, 192, 3), np.float32)
    expected = keras.Model(theirs.input, [theirs.get_layer(name).output for name in layer_names()])(
        keras.applications.vgg19.preprocess_input(255 * picture)
    )
    taps = ours(picture)
    assert tuple(taps) == backbone.TAPS == tuple(ours.output)
    # At relu5_1 a place sees 78 px to each side.
    for tap, features in zip(taps, expected, strict=True):
        middle = slice(features.shape[1] * 5 // 12, features.shape[1] * 7 // 12)
        found, wanted = (np.asarray(f)[0, middle, middle] for f in (taps[tap], features))
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3 * wanted.max(), err_msg=tap)


def test_the_two_poolings_differ_and_another_is_refused(weights_file: Path) -> None:
    picture = np.random.default_rng(1).random((1, 32, 48, 3), np.float32)
    average, greatest = (load_vgg19(weights_file, pooling=pooling)(picture) for pooling in ("average", "max"))
    np.testing.assert_allclose(average["relu1_2"], greatest["relu1_2"])
    assert np.mean(average["relu2_1"]) < np.mean(greatest["relu2_1"])
    assert average["relu5_1"].shape == (1, 2, 3, 512)
    with pytest.raises(ValueError, match="pooling"):
        build_vgg19(pooling="min")


def test_a_wrong_file_is_said(tmp_path: Path, weights_file: Path) -> None:
    import h5py

    with pytest.raises(NetworkError, match="missing"):
        load_vgg19(tmp_path / "none.h5")
    (tmp_path / "text.h5").write_text("not HDF5")
    with pytest.raises(NetworkError, match=r"^text\.h5 is damaged or not VGG19 \(.*\)\.$"):
        load_vgg19(tmp_path / "text.h5")
    (tmp_path / "cut.h5").write_bytes(weights_file.read_bytes()[:100_000])
    with pytest.raises(NetworkError, match="damaged"):
        load_vgg19(tmp_path / "cut.h5")
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["block1_conv1/block1_conv1_W_1:0"] = np.zeros((5, 5, 3, 64), np.float32)
        file["block1_conv1/block1_conv1_b_1:0"] = np.zeros(64, np.float32)
    with pytest.raises(NetworkError, match="is not VGG19: block1_conv1 has the shape"):
        load_vgg19(tmp_path / "other.h5")
