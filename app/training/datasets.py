"""Pictures to learn from: folders read once, crops and changes of colour drawn by seed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import images
from app.errors import PictureError

Array = NDArray[np.float32]
Bytes = NDArray[np.uint8]

#: What is smaller to one side teaches nothing, and what has fewer pictures teaches little.
SMALLEST_PX = 32
FEW = 50
#: So many pictures of each folder are kept out of all training, for measuring.
HELD_OUT = 24


@dataclass(frozen=True)
class PictureFolder:
    """The pictures of one folder: 8-bit RGB arrays to learn from, and those held out for measuring."""

    training: list[Bytes]
    held_out: list[Bytes]
    skipped: list[str]


def read_shelf(folder: Path, *, held_out: int = HELD_OUT, max_side_px: int = 640) -> PictureFolder:
    """Read every picture of a folder; what is skipped is named on standard error, with why, in a sentence each.

    The held-out pictures are spread evenly over the sorted names, so they are the same in every run. A folder
    with fewer than four times ``held_out`` pictures holds out a quarter. Raises PictureError if fewer than two are
    left.
    """
    pictures: list[Bytes] = []
    skipped: list[str] = []

    def skip(name: str, sentence: str) -> None:
        skipped.append(name)
        print(f"Skipped: {sentence}", file=sys.stderr, flush=True)

    try:
        paths = sorted(folder.iterdir())
    except NotADirectoryError:
        raise PictureError(f"{folder} is not a folder of pictures.") from None
    except FileNotFoundError:
        raise PictureError(f"{folder} is not a folder of pictures: it does not exist.") from None
    except OSError as error:
        raise PictureError(f"The folder {folder} cannot be read: {images.why(error)}.") from None
    for path in paths:
        if path.name.startswith("."):
            continue
        if path.is_dir():
            skip(path.name, f"{path.name} is a folder; only the pictures beside it are read.")
            continue
        try:
            picture = images.to_bytes(images.read_picture(path, max_side_px=max_side_px))
        except PictureError as error:
            skip(path.name, str(error))
            continue
        height, width = picture.shape[:2]
        if min(height, width) < SMALLEST_PX:
            skip(path.name, f"{path.name} is too small to learn from: {width} x {height} px, less than {SMALLEST_PX}.")
            continue
        pictures.append(picture)
    if len(pictures) < 2:
        left_out = f"; {len(skipped)} were skipped" if skipped else ""
        raise PictureError(f"{folder} holds too few readable pictures to learn from: {len(pictures)}{left_out}.")
    if skipped or len(pictures) < FEW:
        note = f", {len(skipped)} skipped" if skipped else ""
        few = ". So few teach little" if len(pictures) < FEW else ""
        print(f"{folder}: {len(pictures)} pictures read{note}{few}.", file=sys.stderr, flush=True)
    kept_out = min(held_out, max(1, len(pictures) // 4))
    chosen = {round((i + 0.5) * len(pictures) / kept_out - 0.5) for i in range(kept_out)}
    return PictureFolder(
        training=[p for i, p in enumerate(pictures) if i not in chosen],
        held_out=[p for i, p in enumerate(pictures) if i in chosen],
        skipped=skipped,
    )


def crop(picture: Bytes, rng: np.random.Generator, *, side_px: int, share: tuple[float, float]) -> Array:
    """Cut a random square whose side is a random share of the short side; float32 [side_px, side_px, 3] in [0, 1].

    Half of the crops are mirrored. A share beyond 1 is cut at 1.
    """
    height, width = picture.shape[:2]
    side = max(8, round(min(1.0, float(rng.uniform(*share))) * min(height, width)))
    top, left = int(rng.integers(0, height - side + 1)), int(rng.integers(0, width - side + 1))
    cut = picture[top : top + side, left : left + side]
    if side != side_px:
        how = Image.Resampling.LANCZOS if side > side_px else Image.Resampling.BICUBIC
        cut = np.asarray(Image.fromarray(np.ascontiguousarray(cut)).resize((side_px, side_px), how))
    if rng.random() < 0.5:
        cut = cut[:, ::-1]
    return np.ascontiguousarray(cut, np.float32) / np.float32(255.0)


def centre_square(picture: Bytes, side_px: int) -> Array:
    """Cut the middle square and scale it: float32 [side_px, side_px, 3] in [0, 1]."""
    return images.cover(images.from_bytes(picture), height=side_px, width=side_px)


def change_colours(picture: Array, rng: np.random.Generator, *, strength: float = 1.0) -> Array:
    """Return the picture in other colours: gains, gamma, saturation, permuted or inverted channels, by chance."""
    changed = picture
    if rng.random() < 0.6 * strength:
        changed = changed * rng.uniform(0.7, 1.3, 3).astype(np.float32)
    if rng.random() < 0.4 * strength:
        changed = np.clip(changed, 0.0, 1.0) ** np.float32(np.exp(rng.uniform(-0.5, 0.5)))
    if rng.random() < 0.4 * strength:
        grey = changed.mean(axis=-1, keepdims=True)
        changed = grey + (changed - grey) * np.float32(rng.uniform(0.0, 2.0))
    if rng.random() < 0.3 * strength:
        changed = changed[..., rng.permutation(3)]
    if rng.random() < 0.08 * strength:
        changed = np.float32(1.0) - changed
    if rng.random() < 0.3 * strength:
        middle = changed.mean()
        changed = middle + (changed - middle) * np.float32(rng.uniform(0.6, 1.6))
    return np.clip(changed, 0.0, 1.0).astype(np.float32)


def add_noise(picture: Array, rng: np.random.Generator) -> Array:
    """Add noise of random strength and grain, as the pictures of an optimiser at work have it."""
    height, width = picture.shape[:2]
    grain = int(rng.choice([1, 1, 1, 2, 4]))
    noise = rng.normal(0.0, rng.uniform(0.01, 0.25), (-(-height // grain), -(-width // grain), 3))
    noise = noise.repeat(grain, axis=0).repeat(grain, axis=1)[:height, :width]
    return np.clip(picture + noise, 0.0, 1.0).astype(np.float32)


def pick(pictures: Sequence[Bytes], rng: np.random.Generator) -> Bytes:
    """Return one picture by chance."""
    return pictures[int(rng.integers(len(pictures)))]
