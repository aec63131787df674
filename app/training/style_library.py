"""The styles that refining learns from, with everything about them that never changes, computed once.

A refined picture is compared with its style's Gram matrices and spectrum only, so any style may meet any photograph,
and no picture of the teacher is needed.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app import images
from app.errors import NetworkError
from app.networks.stylizer import STYLE_TAPS
from app.training import teachers
from app.training.datasets import PictureFolder
from app.training.gatys import gram
from app.training.spectra import log_spectrum
from app.training.teacher_pictures import TeacherPictures, style_crop

Array = NDArray[np.float32]

#: All taps whose Gram matrices count: the yardstick's own, and those mapped to the real VGG19's channels.
GRAM_TAPS = (*STYLE_TAPS, *(teachers.mapped(tap) for tap in STYLE_TAPS))
_AT_ONCE = 8


@dataclass(frozen=True)
class StyleLibrary:
    """N styles: uint8 [N, 256, 256, 3] pictures, the teacher's vectors [N, 100], float16 Gram matrices [N, c, c] of
    every tap in ``GRAM_TAPS``, and float16 log spectra.
    """

    pictures: NDArray[np.uint8]
    vectors: Array
    grams: dict[str, NDArray[np.float16]]
    spectra: NDArray[np.float16]

    def __len__(self) -> int:
        return len(self.vectors)


def scaled_gram(taps: dict[str, Any], tap: str, scales: dict[str, float]) -> Any:
    """Return the Gram matrices, float32 [N, c, c], of one tap divided by its scale; mapped taps have none."""
    return gram(ops.cast(taps[tap], "float32") / scales.get(tap, 1.0))


def fill_library(
    folder: Path,
    photographs: PictureFolder,
    paintings: PictureFolder,
    deals: TeacherPictures,
    *,
    count: int,
    seed: int,
    perception: keras.Model,
    scales: dict[str, float],
) -> None:
    """Write ``count`` styles into ``folder``: first those of the deals that have their full strength, then new ones.

    What is already there from the same seed and count is kept.
    """
    folder.mkdir(parents=True, exist_ok=True)
    progress = folder / "progress.json"
    done = 0
    if progress.exists():
        before = json.loads(progress.read_text("utf-8"))
        if (before["styles"], before["seed"]) != (count, seed):
            raise NetworkError(f"{folder} holds a library of another run; name another state.")
        done = before["done"]
    known = np.flatnonzero(np.asarray(deals.strengths) == 1.0)
    teacher = teachers.MagentaTeacher()
    arrays: dict[str, np.memmap[Any, Any]] = {}
    begun_at = time.monotonic()
    for first in range(done, count, _AT_ONCE):
        rows: list[tuple[NDArray[np.uint8], Array]] = []
        for i in range(first, min(count, first + _AT_ONCE)):
            if i < len(known):
                rows.append((deals.styles[known[i]], deals.vectors[known[i]]))
            else:
                style = style_crop(photographs, paintings, np.random.default_rng([seed, 9, i]))
                rows.append((images.to_bytes(style), teacher.style_vector(style)))
        pictures = np.stack([picture for picture, _ in rows])
        x = pictures.astype(np.float32) / np.float32(255.0)
        taps = perception.predict_on_batch(x)
        made: dict[str, NDArray[Any]] = {
            "pictures": pictures,
            "vectors": np.stack([vector for _, vector in rows]),
            "spectra": np.asarray(ops.convert_to_numpy(log_spectrum(x)), np.float16),
            **{tap: np.asarray(ops.convert_to_numpy(scaled_gram(taps, tap, scales)), np.float16) for tap in GRAM_TAPS},
        }
        for name, values in made.items():
            if name not in arrays:
                arrays[name] = np.lib.format.open_memmap(
                    folder / f"{name}.npy",
                    mode="r+" if done else "w+",
                    dtype=values.dtype,
                    shape=None if done else (count, *values.shape[1:]),
                )
            arrays[name][first : first + len(rows)] = values
        last = first + len(rows)
        if last % (25 * _AT_ONCE) == 0 or last == count:
            for array in arrays.values():
                array.flush()
            images.write_json(progress, {"styles": count, "seed": seed, "done": last})
            pace = (time.monotonic() - begun_at) / (last - done)
            print(f"style {last}/{count}, {pace * 1000:.0f} ms each", flush=True)


def read_library(folder: Path) -> StyleLibrary:
    """Return the styles written so far. Raises NetworkError if there are none."""
    try:
        done = int(json.loads((folder / "progress.json").read_text("utf-8"))["done"])

        def read(name: str) -> NDArray[Any]:
            return np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")[:done])

        return StyleLibrary(
            pictures=np.load(folder / "pictures.npy", mmap_mode="r")[:done],
            vectors=read("vectors"),
            grams={tap: np.load(folder / f"{tap}.npy", mmap_mode="r")[:done] for tap in GRAM_TAPS},
            spectra=read("spectra"),
        )
    except (OSError, ValueError, KeyError) as error:
        raise NetworkError(f"{folder} holds no library of styles ({error}).") from None
