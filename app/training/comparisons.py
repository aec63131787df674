"""Pictures to compare, with what their likeness should be: ``python -m app.training.comparisons --pictures DIR
--out DIR``.

The autoencoder learns its embeddings' likeness from them; they are never shipped. A rival's picture is set beside
imitations of it with few and many strokes, the bare photograph, the bare painting, an empty canvas, noise, a changed
copy of itself. How alike two pictures are is the geometric mean of two shares: how much nearer their colours lie
(at 16 x 16) than those of two unrelated pictures, and how much nearer their forms do (four taps of vgg19-16x).
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app import images
from app.errors import NetworkError
from app.training import teachers
from app.training.datasets import change_colours
from app.training.inventions import imitate, invent
from app.training.teacher_pictures import read_deals

Array = NDArray[np.float32]

SIDE_PX = 128
#: What is set beside each rival's picture, in this order.
KINDS = ("few", "middling", "many", "photograph", "painting", "empty", "noise", "changed")
#: A canvas of one colour, even the right one, earns only so much of what its colour alone would give it.
_EMPTY_SHARE = 0.4
_FORM_TAPS = ("relu2_1", "relu3_1", "relu4_1", "relu5_1")
_COLOUR_PX = 16


@dataclass(frozen=True)
class Comparisons:
    """N rivals' pictures with K others each: uint8 [N, 1 + K, 128, 128, 3]; likeness float32 [N, K] in [0, 1]."""

    pictures: NDArray[np.uint8]
    likeness: Array


class Likeness:
    """Judges how alike two 128 px pictures are, by colours and by forms; scaled so that unrelated pictures give 0."""

    def __init__(self, unrelated: Array, perception: keras.Model | None = None) -> None:
        """``unrelated``: float32 [N, 128, 128, 3], pictures that have nothing to do with each other."""
        self._perception = perception or teachers.load_vgg19_16x()
        described = self.describe(unrelated)
        self._usual = {
            name: float(np.mean([_distance(name, v, np.roll(v, shift, axis=0)).mean() for shift in (1, 2, 3)]))
            for name, v in described.items()
        }

    def describe(self, pictures: Array) -> dict[str, Array]:
        """Return colours and unit-length features of pictures, each [N, h, w, c]."""
        taps: dict[str, Any] = self._perception.predict_on_batch(pictures)
        made: dict[str, Array] = {}
        for tap in _FORM_TAPS:
            values = np.asarray(keras.ops.convert_to_numpy(taps[tap]), np.float32)
            power = np.square(values).sum(-1, keepdims=True)
            made[tap] = values / np.sqrt(power + 0.01 * power.mean() + 1e-6)
        cell = SIDE_PX // _COLOUR_PX
        shape = (len(pictures), _COLOUR_PX, cell, _COLOUR_PX, cell, 3)
        made["colours"] = pictures.reshape(shape).mean((2, 4), dtype=np.float32)
        return made

    def of(self, first: dict[str, Array], second: dict[str, Array]) -> Array:
        """Return the likeness [N], in [0, 1], of described pictures."""
        shares = {name: 1.0 - _distance(name, first[name], second[name]) / self._usual[name] for name in first}
        forms = np.mean([shares[tap] for tap in _FORM_TAPS], axis=0)
        alike = np.clip(shares["colours"], 0.0, 1.0) * np.clip(forms, 0.0, 1.0)
        return np.sqrt(alike).astype(np.float32)


def _distance(name: str, first: Array, second: Array) -> Array:
    difference = first - second
    each = np.abs(difference) if name == "colours" else np.square(difference)
    return np.asarray(each.mean((1, 2, 3)), np.float32)


def set_beside(picture: Array, content: Array, style: Array, rng: np.random.Generator) -> list[Array]:
    """Return what ``KINDS`` names for one rival's picture, all float32 [128, 128, 3]."""
    strokes = [int(np.exp(rng.uniform(*np.log(span)))) for span in ((20, 120), (120, 700), (700, 5000))]
    noise = rng.random((SIDE_PX, SIDE_PX, 3)) if rng.random() < 0.6 else invent(rng, SIDE_PX)
    if rng.random() < 0.3:
        noise = np.broadcast_to(noise.mean(-1, keepdims=True), noise.shape)
    return [
        *(small(imitate(picture, count, rng)) for count in strokes),
        small(content),
        small(style),
        _empty(picture, rng),
        np.asarray(noise, np.float32),
        _changed(small(picture), rng),
    ]


def small(picture: Array) -> Array:
    """Return the picture at 128 x 128 px."""
    return images.resize(picture, height=SIDE_PX, width=SIDE_PX)


def _empty(picture: Array, rng: np.random.Generator) -> Array:
    kind = rng.random()
    if kind < 0.3:
        colour: Any = np.full(3, rng.choice([1.0, 0.97, 0.0]))
    elif kind < 0.5:
        colour = picture.mean((0, 1))
    else:
        colour = rng.random(3)
    canvas = np.broadcast_to(np.asarray(colour, np.float32), (SIDE_PX, SIDE_PX, 3)).copy()
    if rng.random() < 0.3:
        scribble = imitate(small(picture), int(rng.integers(1, 12)), rng)
        canvas = np.where(np.abs(scribble - 1.0).max(-1, keepdims=True) > 0.06, scribble, canvas)
    return canvas


def _changed(picture: Array, rng: np.random.Generator) -> Array:
    kind = int(rng.integers(0, 6))
    if kind == 0:
        return np.ascontiguousarray(picture[:, ::-1])
    if kind == 1:
        blurred = Image.fromarray(images.to_bytes(picture)).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 8))))
        return images.from_bytes(np.asarray(blurred))
    if kind == 2:
        return np.clip(picture + rng.normal(0, rng.uniform(0.02, 0.4), picture.shape), 0, 1).astype(np.float32)
    if kind == 3:
        share = float(rng.uniform(0.1, 0.95))
        part = picture.copy()
        part[: int(share * SIDE_PX)] = rng.choice([0.0, 0.5, 1.0])
        return part
    if kind == 4:
        shift = rng.integers(-24, 25, 2)
        return np.roll(picture, (int(shift[0]), int(shift[1])), axis=(0, 1))
    return change_colours(picture, rng, strength=1.5)


def make_comparisons(pictures: Path, out: Path, *, count: int, seed: int) -> None:
    """Write ``count`` comparisons made of the teacher's pictures; what is already there is kept."""
    deals = read_deals(pictures)
    count = min(count, len(deals))
    out.mkdir(parents=True, exist_ok=True)
    progress = out / "progress.json"
    done = int(json.loads(progress.read_text("utf-8"))["done"]) if progress.exists() else 0
    mode = "r+" if done else "w+"
    shape = (count, 1 + len(KINDS), SIDE_PX, SIDE_PX, 3)
    stored = np.lib.format.open_memmap(out / "pictures.npy", mode=mode, dtype=np.uint8, shape=None if done else shape)
    likeness = np.lib.format.open_memmap(
        out / "likeness.npy", mode=mode, dtype=np.float32, shape=None if done else (count, len(KINDS))
    )
    yardstick = Likeness(np.stack([small(images.from_bytes(np.asarray(p))) for p in deals.painted[:96]]))
    begun_at = time.monotonic()
    for i in range(done, count):
        rng = np.random.default_rng([seed, 21, i])
        picture, content, style = (
            images.from_bytes(np.asarray(a[i])) for a in (deals.painted, deals.contents, deals.styles)
        )
        if rng.random() < 0.1:
            picture = content
        group = np.stack([small(picture), *set_beside(picture, content, style, rng)])
        described = yardstick.describe(group)
        first = {name: np.repeat(v[:1], len(KINDS), axis=0) for name, v in described.items()}
        likeness[i] = yardstick.of(first, {name: v[1:] for name, v in described.items()})
        stored[i] = images.to_bytes(group)
        if (i + 1) % 100 == 0 or i + 1 == count:
            stored.flush()
            likeness.flush()
            images.write_json(progress, {"done": i + 1})
            means = dict(zip(KINDS, likeness[: i + 1].mean(0).round(2).tolist(), strict=True))
            pace = (time.monotonic() - begun_at) / (i + 1 - done)
            print(f"compared {i + 1}/{count}, {pace * 1000:.0f} ms each; mean likeness {means}", flush=True)


def read_comparisons(folder: Path) -> Comparisons:
    """Return the comparisons made so far in ``folder``. Raises NetworkError if there are none."""
    try:
        done = int(json.loads((folder / "progress.json").read_text("utf-8"))["done"])
        pictures = np.load(folder / "pictures.npy", mmap_mode="r")[:done]
        likeness = np.array(np.load(folder / "likeness.npy")[:done])
        likeness[:, KINDS.index("empty")] *= _EMPTY_SHARE
        return Comparisons(pictures, likeness)
    except (OSError, ValueError, KeyError) as error:
        raise NetworkError(
            f"{folder} holds no comparisons ({error}); make some with app.training.comparisons."
        ) from None


def main(arguments: list[str] | None = None) -> None:
    """Make, or go on making, comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--out", type=Path, required=True, help="folder for the comparisons (about 0.45 MB each)")
    parser.add_argument("--count", type=int, default=2400, help="how many (default: 2400)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    args = parser.parse_args(arguments)
    make_comparisons(args.pictures, args.out, count=args.count, seed=args.seed)


if __name__ == "__main__":
    main()
