"""The only importer of TensorFlow and LiteRT: imported once, late, quietly, with as many threads as we may use.

Everything that computes with a network calls `tensorflow()` or `interpreter()`; the window's process never does.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import places
from app.errors import NetworkError
from app.networks.graph_check import MalformedError, custom_operations

#: What TensorFlow, oneDNN, CUDA's stubs and LiteRT write to standard error although nothing is wrong.
CHATTER = re.compile(
    rb"absl::InitializeLog|oneDNN custom operations|computation_placer|cuda|cuDNN|cuFFT|cuBLAS|TensorRT|"
    rb"cpu_feature_guard|To enable the following instructions|AVX|Created TensorFlow Lite|^[IW]\d{4} \d|^INFO:",
    re.IGNORECASE,
)

_import_lock = threading.RLock()


def threads() -> int:
    """How many processor cores this process may use (its scheduler affinity), at least 1."""
    if hasattr(os, "sched_getaffinity"):
        # The main thread's, for 0 would ask for the calling one, which may have been kept to fewer for a while.
        return max(1, len(os.sched_getaffinity(os.getpid())))
    return max(1, os.cpu_count() or 1)


def tensorflow() -> Any:
    """Return the `tensorflow` module with Keras 3 on top of it.

    The first call imports it (1.5 s and more), hushes its log, sets its threads to `threads()` and lets it take a
    GPU's memory as needed. Later calls cost nothing. Raises NetworkError where the package is missing or broken.
    """
    with _import_lock:
        return _imported_tensorflow()


@functools.cache
def _imported_tensorflow() -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if sys.modules.get("keras") is not None and sys.modules["keras"].backend.backend() != "tensorflow":
        raise NetworkError("Keras was already started on another backend than TensorFlow; restart Pastiche.")
    with _without_chatter():
        tf = _imported("tensorflow", "tensorflow")
        _imported("keras", "keras")
        tf.get_logger().setLevel(logging.ERROR)
        with contextlib.suppress(ImportError):
            logging_of_absl = importlib.import_module("absl.logging")
            logging_of_absl.set_verbosity(logging_of_absl.ERROR)
        # Refused once TensorFlow has begun to compute, which only another program that embeds us could cause.
        with contextlib.suppress(RuntimeError):
            tf.config.threading.set_intra_op_parallelism_threads(threads())
            tf.config.threading.set_inter_op_parallelism_threads(threads())
            for gpu in tf.config.list_physical_devices("GPU"):
                tf.config.experimental.set_memory_growth(gpu, True)
        tf.config.list_logical_devices()
    return tf


def has_tensorflow_hub() -> bool:
    """Whether `hub()` can be expected to work: tensorflow_hub, tf_keras and pkg_resources are there."""
    return all(importlib.util.find_spec(name) for name in ("tensorflow_hub", "tf_keras", "pkg_resources"))


def hub() -> Any:
    """Return the `tensorflow_hub` module. Raises NetworkError with what to install where it cannot be imported."""
    tensorflow()
    with _import_lock, _without_chatter(), _without_warnings():
        try:
            return importlib.import_module("tensorflow_hub")
        except ImportError as error:
            raise NetworkError(
                f"The package tensorflow_hub cannot be loaded ({error}); install it with "
                "`pip install tensorflow-hub==0.16.1 tf_keras==2.21.0 'setuptools<81'`."
            ) from None


def interpreter(path: str | os.PathLike[str], *, num_threads: int | None = None) -> Any:
    """Return a LiteRT interpreter of a .tflite file, tensors allocated, computing through XNNPACK.

    `num_threads` is `threads()` unless given. An interpreter is not thread-safe. Raises NetworkError where the
    package or the file is missing, or the file is not a sound network.
    """
    path = Path(path)
    if not path.is_file():
        raise NetworkError(f"The network file {path} is missing.")
    with _import_lock, _without_chatter():
        litert = _imported("ai_edge_litert.interpreter", "ai-edge-litert")
    _refuse_custom_operations(path)
    with _import_lock, _without_chatter():
        try:
            # XNNPACK is the default delegate of the built-in resolver.
            network = litert.Interpreter(model_path=str(path), num_threads=num_threads or threads())
            network.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise NetworkError(f"The network file {path.name} is damaged or not for this program ({reason}).") from None
    return network


def _refuse_custom_operations(path: Path) -> None:
    try:
        foreign = custom_operations(path)
    except MalformedError as error:
        raise NetworkError(f"The network file {path.name} is damaged or not for this program ({error}).") from None
    if foreign:
        raise NetworkError(f"The network file {path.name} needs operations from elsewhere: {', '.join(foreign)}.")


def _imported(module: str, package: str) -> Any:
    try:
        with _without_warnings():
            return importlib.import_module(module)
    except ImportError as error:
        how = "start `python3 main.py` once so that it is installed, or install requirements.txt"
        if places.is_installed():
            how = "install Pastiche with pip once more"
        raise NetworkError(f"The package {package} cannot be loaded ({error}); {how}.") from None


@contextlib.contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep deprecations inside other people's packages (pkg_resources, distutils) from the player's terminal."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def _without_chatter() -> Iterator[None]:
    """Hold standard error back while native code loads; afterwards pass on every line that is not known chatter.

    The log levels of TensorFlow and LiteRT do not cover what their C++ writes before logging is set up:
    https://github.com/google-ai-edge/mediapipe/issues/3672. Can go when they do.
    """
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):
        # No standard error at all (pythonw): nothing to hush.
        yield
        return
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            with contextlib.suppress(OSError, ValueError):
                sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            rest = [line for line in held.read().splitlines(keepends=True) if not CHATTER.search(line)]
            with contextlib.suppress(OSError):
                os.write(2, b"".join(rest))
