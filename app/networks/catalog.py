"""THE list of networks: name, files, addresses, sizes, checksums, licence and input range are stated here, once.

`store.py` reads it to find, fetch and check files; every room may read it for titles.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.errors import NetworkError


@dataclass(frozen=True)
class WeightFile:
    """One file of a network as its publisher states it.

    `size` in bytes, None where unknown beforehand. `sha256` / `md5` in lower-case hex where the publisher (or we,
    from its file) states one; a file with neither is checked by structure and its hash remembered at first install.
    `mirrors` are tried in order after `url`. Built-in files have an empty `url`; their card holds the SHA-256.
    """

    file: str
    url: str = ""
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None
    mirrors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Trained weights with the graph they fit.

    `is_archive`: the one file is a .tar.gz, `contains` the paths that must be inside once it is unpacked.
    """

    name: str
    title: str
    purpose: str
    licence: str
    source: str
    files: tuple[WeightFile, ...]
    input_range: str
    is_built_in: bool = False
    is_archive: bool = False
    contains: tuple[str, ...] = ()

    @property
    def is_published_with_checksum(self) -> bool:
        """Whether every file can be held against a checksum that stood fixed before the download."""
        return self.is_built_in or all(file.sha256 or file.md5 for file in self.files)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files of an installed copy, relative to its folder."""
        return self.contains if self.is_archive else tuple(file.file for file in self.files)


_MAGENTA = "https://storage.googleapis.com/download.tensorflow.org/models/tflite/task_library/style_transfer/android/"
_MAGENTA_LITE = "https://tfhub.dev/google/lite-model/magenta/arbitrary-image-stylization-v1-256/int8/"

_ALL = (
    Network(
        name="magenta-hub",
        title="Magenta arbitrary image stylization, full SavedModel",
        purpose="paints for the rival magenta, at any size",
        licence="Apache-2.0, Google Magenta",
        source="https://tfhub.dev/google/magenta/arbitrary-image-stylization-v1-256/2",
        files=(
            WeightFile(
                "magenta-hub.tar.gz",
                "https://storage.googleapis.com/tfhub-modules/google/magenta/"
                "arbitrary-image-stylization-v1-256/2.tar.gz",
                mirrors=(
                    "https://tfhub.dev/google/magenta/arbitrary-image-stylization-v1-256/2?tf-hub-format=compressed",
                ),
            ),
        ),
        input_range="RGB in [0, 1]; content any size, style 256 x 256",
        is_archive=True,
        contains=("saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"),
    ),
    Network(
        name="magenta-int8",
        title="Magenta arbitrary image stylization, int8 pair for LiteRT",
        purpose="paints for the rival magenta, 384 x 384 at a time",
        licence="Apache-2.0, Google Magenta",
        source="https://tfhub.dev/google/magenta/arbitrary-image-stylization-v1-256/2",
        files=(
            WeightFile(
                "predict.tflite",
                _MAGENTA + "magenta_arbitrary-image-stylization-v1-256_int8_prediction_1.tflite",
                2_828_838,
                "af6ad4b2e7aeba0675f32636082ab915ced5375229a3f8aff7e714c6213f5ed2",
                mirrors=(_MAGENTA_LITE + "prediction/1?lite-format=tflite",),
            ),
            WeightFile(
                "transfer.tflite",
                _MAGENTA + "magenta_arbitrary-image-stylization-v1-256_int8_transfer_1.tflite",
                284_398,
                "7a1550643cf034a4d813c0aa276976cd15da4141b4f1ec3631db1d0d9c8e2cd1",
                mirrors=(_MAGENTA_LITE + "transfer/1?lite-format=tflite",),
            ),
        ),
        input_range="RGB in [0, 1]; content 384 x 384, style 256 x 256",
    ),
    Network(
        name="builtin-stylizer",
        title="Pastiche's own small arbitrary stylizer",
        purpose="paints for the rival magenta where no Magenta network is installed",
        licence="GPL-3.0-or-later with Pastiche; its card credits the teachers",
        source="trained by app.training.stylizer",
        files=(WeightFile("builtin-stylizer.safetensors"),),
        input_range="RGB in [0, 1]; any size",
        is_built_in=True,
    ),
    Network(
        name="vgg19",
        title="VGG19, ImageNet weights of Keras Applications (without the classifier)",
        purpose="backbone of the rival classic",
        licence="CC BY 4.0, Visual Geometry Group, University of Oxford; converted by the Keras authors",
        source="https://keras.io/api/applications/vgg/",
        files=(
            WeightFile(
                "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
                "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"
                "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
                80_134_624,
                # Keras publishes no SHA-256, but this MD5 in keras/src/applications/vgg19.py.
                md5="253f8cb515780f3b799900260a226db6",
                # Where Keras itself had the file before.
                mirrors=(
                    "https://github.com/fchollet/deep-learning-models/releases/download/v0.1/"
                    "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5",
                ),
            ),
        ),
        input_range="RGB in [0, 1]; turned into mean-subtracted BGR inside",
    ),
    Network(
        name="builtin-vgg",
        title="Pastiche's own compact VGG",
        purpose="backbone of the rival classic where VGG19 is not installed, and the eyes of Pastiche's own stylizer",
        licence="GPL-3.0-or-later with Pastiche; its card credits the teachers",
        source="trained by app.training.backbone",
        files=(WeightFile("builtin-vgg.safetensors"),),
        input_range="RGB in [0, 1]; any size from 32 x 32",
        is_built_in=True,
    ),
    Network(
        name="builtin-autoencoder",
        title="Pastiche's own autoencoder",
        purpose="tells the judge how alike two pictures are",
        licence="GPL-3.0-or-later with Pastiche; its card credits the data",
        source="trained by app.training.autoencoder",
        files=(WeightFile("builtin-autoencoder.safetensors"),),
        input_range="RGB in [0, 1]; 128 x 128",
        is_built_in=True,
    ),
)

#: Every network by its name, each rival's best first.
NETWORKS: dict[str, Network] = {network.name: network for network in _ALL}


def network(name: str) -> Network:
    """Return the network of that name. Raises NetworkError that lists the names there are."""
    if name not in NETWORKS:
        raise NetworkError(f"There is no network called {name}; there are {', '.join(NETWORKS)}.")
    return NETWORKS[name]
