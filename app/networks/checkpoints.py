"""Checkpoints: our own networks' weights (safetensors, float16) and the cards (JSON) beside them.

Nothing here imports Keras: a model is anything with ``weights``. What belongs to the weights and must not be parted
from them, such as the judge's calibration, lies in the file's metadata, so that the card's SHA-256 covers it too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app import images, places
from app.errors import NetworkError

if TYPE_CHECKING:
    import keras


def path_of(name: str) -> Path:
    """Return where the built-in checkpoint ``name`` lies, whether or not it exists."""
    return places.checkpoints() / f"{name}.safetensors"


def card(name: str) -> dict[str, Any]:
    """Return the card of the built-in checkpoint ``name``. Raises NetworkError if missing or unreadable."""
    return read_card(path_of(name))


def read_card(path: Path) -> dict[str, Any]:
    """Return the card that lies beside the checkpoint ``path``. Raises NetworkError if missing or unreadable."""
    beside = path.with_suffix(".json")
    try:
        content = json.loads(beside.read_text("utf-8"))
    except FileNotFoundError:
        raise NetworkError(f"The network's card {beside} is missing.{_repair(path)}") from None
    except (OSError, ValueError) as error:
        raise NetworkError(f"The network's card {beside} cannot be read: {error}.{_repair(path)}") from None
    if not isinstance(content, dict):
        raise NetworkError(f"The network's card {beside} is not a JSON object.{_repair(path)}")
    return content


def save_checkpoint(
    path: Path, models: keras.Model | Mapping[str, keras.Model], card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write weights and card to ``path`` and its ``.json``; return the card, with size and SHA-256 filled in.

    Several models share a file under the prefixes of their names. Weights are stored as float16. Metadata of a sound
    checkpoint that is already there is kept. Raises NetworkError if a weight is not finite, SaveError if the disk
    refuses.
    """
    tensors: dict[str, NDArray[np.float16]] = {}
    for key, value in _weights(models):
        stored = np.ascontiguousarray(_to_numpy(value), np.float16)
        if not np.isfinite(stored).all():
            raise NetworkError(f"The weights of {key} cannot be stored: they are not finite in float16.")
        tensors[key] = stored
    metadata: dict[str, str] = {}
    if path.exists():
        with contextlib.suppress(NetworkError):
            metadata = read_metadata(path)
    whole = {
        **card,
        "file": path.name,
        "format": "safetensors, float16",
        "weights": int(sum(t.size for t in tensors.values())),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    return _write(path, tensors, metadata, whole)


def read_metadata(path: Path) -> dict[str, str]:
    """Return the texts that lie in a checkpoint's header, by their keys, after checking the file's SHA-256.

    Raises NetworkError if the file is missing, unreadable or damaged.
    """
    return _read(path)[1]


def put_metadata(path: Path, key: str, text: str) -> None:
    """Put a text into a checkpoint's header under ``key``, in place of what is there; its weights stay as they are.

    The card beside it gets the new size and SHA-256. Raises NetworkError if the checkpoint is missing or damaged,
    SaveError if the disk refuses.
    """
    tensors, metadata = _read(path)
    _write(path, tensors, {**metadata, key: text}, read_card(path))


def _write(
    path: Path, tensors: Mapping[str, NDArray[Any]], metadata: Mapping[str, str], card: Mapping[str, Any]
) -> dict[str, Any]:
    """Write checkpoint and card, with size and SHA-256 filled in; return the card."""
    from safetensors.numpy import save

    content = save(dict(tensors), metadata=dict(metadata) or None)
    whole = {**card, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    images.write_bytes(path, content)
    images.write_json(path.with_suffix(".json"), whole)
    return whole


def load_weights(models: keras.Model | Mapping[str, keras.Model], path: Path) -> None:
    """Fill the models (built, as given to ``save_checkpoint``) from ``path``, as float32.

    Raises NetworkError if the file is missing, differs from its card's SHA-256, or does not fit the models.
    """
    tensors = read_tensors(path)
    wanted = dict(_weights(models))
    if set(wanted) != set(tensors):
        raise NetworkError(f"The network {path.name} does not fit this version of Pastiche.")
    for key, variable in wanted.items():
        if tuple(variable.shape) != tensors[key].shape:
            raise NetworkError(f"The network {path.name} does not fit this version of Pastiche: {key} differs.")
        variable.assign(tensors[key])


def take_weights(models: keras.Model | Mapping[str, keras.Model], path: Path) -> int:
    """Fill from ``path`` those weights of the models that it has in the same name and shape; return how many.

    For training that begins where another network ended. Raises NetworkError if the file is missing or damaged.
    """
    tensors = read_tensors(path)
    taken = 0
    for key, variable in _weights(models):
        if key in tensors and tuple(variable.shape) == tensors[key].shape:
            variable.assign(tensors[key])
            taken += 1
    return taken


def read_tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return all tensors of a checkpoint as float32, after checking its SHA-256 against its card's.

    Raises NetworkError if the file is missing, unreadable or damaged.
    """
    return {key: value.astype(np.float32) for key, value in _read(path)[0].items()}


def _read(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, str]]:
    """Return tensors and metadata of a checkpoint whose SHA-256 is its card's."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise NetworkError(f"The network {path} is missing.{_repair(path)}") from None
    except OSError as error:
        raise NetworkError(f"The network {path} cannot be read: {error}") from None
    if hashlib.sha256(content).hexdigest() != read_card(path).get("sha256"):
        raise NetworkError(f"The network {path} is damaged: it is not the file that its card describes.{_repair(path)}")
    try:
        # The header: its length in eight bytes, then JSON (https://huggingface.co/docs/safetensors).
        length = int.from_bytes(content[:8], "little")
        tensors = load(content)
        metadata = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    except (SafetensorError, ValueError) as error:
        raise NetworkError(f"The network {path} is damaged: {error}{_repair(path)}") from None
    return tensors, metadata


def _repair(path: Path) -> str:
    """How to get a built-in checkpoint back, as the end of a sentence; nothing for any other."""
    if path.parent != places.checkpoints():
        return ""
    return f" Fetch it from the program anew (in a clone: `git restore {path.parent.name}`)."


def _weights(models: keras.Model | Mapping[str, keras.Model]) -> list[tuple[str, Any]]:
    if isinstance(models, Mapping):
        return [(f"{name}/{key}", v) for name, model in models.items() for key, v in _weights(model)]
    return [(variable.path, variable) for variable in models.weights]


def _to_numpy(variable: Any) -> NDArray[Any]:
    import keras

    return np.asarray(keras.ops.convert_to_numpy(keras.ops.copy(variable)))
