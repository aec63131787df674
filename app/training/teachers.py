"""The teachers: the 16 times smaller VGG19 and the int8 Magenta pair, read from a folder laid out like
``PASTICHE_NETWORKS``. Used for training and measuring only; their weights are never shipped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers, ops
from numpy.typing import NDArray

from app.errors import NetworkError
from app.networks.backbone import LAYERS

Array = NDArray[np.float32]

#: The taps that the teacher maps to the channels of the real VGG19.
STYLE_TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")


def mapped(tap: str) -> str:
    """Return the name of a style tap mapped to the channels of the real VGG19."""
    return f"{tap}_mapped"


def teachers_folder() -> Path:
    """Return the folder that holds ``vgg19-16x`` and ``magenta-int8``: PASTICHE_NETWORKS, else ../shared/models."""
    named = os.environ.get("PASTICHE_NETWORKS")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "models"
    if not folder.is_dir():
        raise NetworkError(f"The teachers' folder {folder} does not exist; name one with PASTICHE_NETWORKS.")
    return folder


def load_vgg19_16x(folder: Path | None = None, *, auxiliary: bool = False) -> keras.Model:
    """Return the frozen teacher of the backbone (Wang et al., Collaborative Distillation, CVPR 2020, MIT).

    Input: [N, H, W, 3], RGB in [0, 1]. Output: a dict from the thirteen taps to [N, h, w, c]; with
    ``auxiliary`` also from ``mapped`` of the five style taps to the 64/128/256/512/512 channels of the real VGG19.
    """
    path = (folder or teachers_folder()) / "vgg19-16x" / "encoder.npz"
    if not path.is_file():
        raise NetworkError(f"The teacher {path} is missing.")
    weights = np.load(path, allow_pickle=False)
    picture = keras.Input((None, None, 3), name="picture")
    made: list[tuple[layers.Layer, str]] = []

    def convolve(x: Any, name: str, size: int, activation: str | None) -> Any:
        kernel = weights[f"{name}/kernel"]
        layer = layers.Conv2D(kernel.shape[-1], size, activation=activation, name=name)
        made.append((layer, name))
        return layer(x)

    x = convolve(picture, "conv0", 1, None)
    taps: dict[str, Any] = {}
    for entry in LAYERS:
        if entry is None:
            x = layers.AveragePooling2D(2)(x)
            continue
        tap = entry[0]
        x = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
        x = convolve(x, tap.replace("relu", "conv").replace("_", ""), 3, "relu")
        taps[tap] = x
        if auxiliary and tap in STYLE_TAPS:
            taps[mapped(tap)] = convolve(x, tap.replace("relu", "conv").replace("_", "") + "_aux", 1, "relu")
    model = keras.Model(picture, taps, name="vgg19_16x")
    for layer, name in made:
        layer.set_weights([weights[f"{name}/kernel"], weights[f"{name}/bias"]])
    model.trainable = False
    return model


class MagentaTeacher:
    """The int8 Magenta pair through LiteRT (Ghiasi et al. 2017; Apache-2.0): the teacher of the stylizer."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        from ai_edge_litert.interpreter import Interpreter

        home = (folder or teachers_folder()) / "magenta-int8"
        if not (home / "predict.tflite").is_file() or not (home / "transfer.tflite").is_file():
            raise NetworkError(f"The Magenta pair is missing in {home}.")
        self._predict = Interpreter(str(home / "predict.tflite"), num_threads=threads)
        self._transfer = Interpreter(str(home / "transfer.tflite"), num_threads=threads)
        self._predict.allocate_tensors()
        self._transfer.allocate_tensors()

    def style_vector(self, style: Array) -> Array:
        """Return the 100 numbers, float32 [100], of a style picture, float32 [256, 256, 3] in [0, 1]."""
        entry = self._predict.get_input_details()[0]
        self._predict.set_tensor(entry["index"], style[None].astype(np.float32))
        self._predict.invoke()
        exit_ = self._predict.get_output_details()[0]
        return np.array(self._predict.get_tensor(exit_["index"]), np.float32).reshape(-1)

    def paint(self, content: Array, vector: Array) -> Array:
        """Return the painted picture, float32 [384, 384, 3] in [0, 1], of a content of the same shape."""
        for entry in self._transfer.get_input_details():
            is_content = entry["shape"][-1] == 3
            value = content[None] if is_content else vector.reshape(entry["shape"])
            self._transfer.set_tensor(entry["index"], value.astype(np.float32))
        self._transfer.invoke()
        exit_ = self._transfer.get_output_details()[0]
        return np.clip(np.array(self._transfer.get_tensor(exit_["index"])[0], np.float32), 0.0, 1.0)
