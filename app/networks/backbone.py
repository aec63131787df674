"""The compact VGG backbone: features that rivals and judge share; built here, trained by app.training.backbone.

Keras is imported inside the functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

#: Name and number of channels of every convolution, in order; None stands for a 2 x 2 average pooling.
LAYERS: tuple[tuple[str, int] | None, ...] = (
    ("relu1_1", 16),
    ("relu1_2", 16),
    None,
    ("relu2_1", 32),
    ("relu2_2", 32),
    None,
    ("relu3_1", 64),
    ("relu3_2", 64),
    ("relu3_3", 64),
    ("relu3_4", 64),
    None,
    ("relu4_1", 128),
    ("relu4_2", 128),
    ("relu4_3", 128),
    ("relu4_4", 128),
    None,
    ("relu5_1", 128),
)

#: The names of the thirteen taps, shallow first.
TAPS: tuple[str, ...] = tuple(layer[0] for layer in LAYERS if layer is not None)

#: Pictures smaller than this on a side leave too little at relu5_1 for reflection padding.
MIN_SIDE_PX = 32


def build_backbone(
    *, name: str = "backbone", widths: dict[str, int] | None = None, is_rectified: bool = True
) -> keras.Model:
    """Build the untrained backbone.

    Input: float32 [N, H, W, 3], RGB, sRGB, [0, 1], both sides at least ``MIN_SIDE_PX``. Output: a dict from
    every name in ``TAPS`` to float32 [N, h, w, c], non-negative, h = H / 1, 2, 4, 8 or 16 (rounded down);
    once trained, every tap has a root mean square of about 1 over photographs. The layout is that of VGG19
    (Simonyan and Zisserman 2014) up to relu5_1 with the channels of Collaborative Distillation (Wang et al.
    2020), reflection padding and average pooling (Gatys et al. 2016). ``widths`` replaces the channels of
    single taps, for quick tests; without ``is_rectified`` the outputs are those before the rectifiers, as
    training needs them.
    """
    import keras
    from keras import layers, ops

    picture = keras.Input((None, None, 3), name="picture")
    x = picture * 2.0 - 1.0
    taps: dict[str, keras.KerasTensor] = {}
    for layer in LAYERS:
        if layer is None:
            x = layers.AveragePooling2D(2)(x)
            continue
        tap, channels = layer
        x = ops.pad(x, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="reflect")
        width = (widths or {}).get(tap, channels)
        conv = layers.Conv2D(width, 3, kernel_initializer="he_normal", name=tap.replace("relu", "conv"))
        raw = conv(x)
        x = ops.relu(raw)
        taps[tap] = x if is_rectified else raw
    return keras.Model(picture, taps, name=name)


def load_backbone() -> keras.Model:
    """Return the trained backbone of ``checkpoints/builtin-vgg.safetensors``, frozen.

    Raises NetworkError if the checkpoint is missing or damaged.
    """
    from app.networks import checkpoints, runtime

    runtime.tensorflow()
    model = build_backbone()
    checkpoints.load_weights(model, checkpoints.path_of("builtin-vgg"))
    model.trainable = False
    return model
