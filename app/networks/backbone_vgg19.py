"""The real VGG19 (Simonyan and Zisserman 2014) as a backbone, from the weights file of Keras Applications.

The same face as `backbone.py`, so that rivals need not know which one they paint with.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app.errors import NetworkError
from app.networks import runtime

if TYPE_CHECKING:
    import keras

#: Channels of the convolutions of each block, up to relu5_1; between blocks lies a pooling.
BLOCKS: tuple[tuple[int, ...], ...] = ((64, 64), (128, 128), (256, 256, 256, 256), (512, 512, 512, 512), (512,))
POOLINGS = ("average", "max")

#: ImageNet's mean colour, BGR, 0-255, which the weights expect to be subtracted.
MEAN_BGR = (103.939, 116.779, 123.68)


def build_vgg19(*, pooling: str = "average") -> keras.Model:
    """Build VGG19 up to relu5_1 without weights.

    Input: float32 [N, H, W, 3], RGB, sRGB, [0, 1], both sides at least 32 px; what the weights expect (mean-free BGR,
    0-255) is made inside. Output: a dict of 13 taps, "relu1_1" to "relu5_1", float32 [N, h, w, c]. Reflection
    padding instead of zeros keeps dark borders out of optimised pictures. `pooling` is "average", which Gatys et al.
    2016 found to give the better pictures, or "max", which the weights were trained with.
    """
    runtime.tensorflow()
    import keras
    from keras import layers, ops

    if pooling not in POOLINGS:
        raise ValueError(f"pooling is one of {POOLINGS}, not {pooling!r}")
    picture = keras.Input((None, None, 3), name="picture")
    x = ops.flip(picture, axis=-1) * 255.0 - np.asarray(MEAN_BGR, np.float32)
    taps: dict[str, Any] = {}
    for block, widths in enumerate(BLOCKS, start=1):
        if block > 1:
            x = layers.AveragePooling2D(2)(x) if pooling == "average" else layers.MaxPooling2D(2)(x)
        for number, channels in enumerate(widths, start=1):
            x = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
            x = layers.Conv2D(channels, 3, activation="relu", name=f"block{block}_conv{number}")(x)
            taps[f"relu{block}_{number}"] = x
    return keras.Model(picture, taps, name="vgg19")


def load_vgg19(path: Path, *, pooling: str = "average") -> keras.Model:
    """Return VGG19 with the weights of a Keras Applications file (HDF5, with or without the classifier), frozen.

    Raises NetworkError if the file is missing, damaged or holds something else.
    """
    weights = _read(path)
    model = build_vgg19(pooling=pooling)
    for name, (kernel, bias) in weights.items():
        model.get_layer(name).set_weights([kernel, bias])
    model.trainable = False
    return model


def _read(path: Path) -> dict[str, tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Kernel (HWIO) and bias of every convolution that `build_vgg19` has."""
    import h5py  # type: ignore[import-untyped]

    weights = {}
    before = 3
    try:
        with h5py.File(path, "r") as file:
            for block, widths in enumerate(BLOCKS, start=1):
                for number, channels in enumerate(widths, start=1):
                    name = f"block{block}_conv{number}"
                    kernel, bias = (np.asarray(file[name][f"{name}_{kind}_1:0"], np.float32) for kind in ("W", "b"))
                    if kernel.shape != (3, 3, before, channels) or bias.shape != (channels,):
                        raise NetworkError(f"{path.name} is not VGG19: {name} has the shape {kernel.shape}.")
                    weights[name] = (kernel, bias)
                    before = channels
    except FileNotFoundError:
        raise NetworkError(f"The network file {path} is missing.") from None
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise NetworkError(f"{path.name} is damaged or not VGG19 ({str(error).splitlines()[0]}).") from None
    return weights
