"""Deals painted by the teacher, kept on disk: ``python -m app.training.teacher_pictures --contents DIR --styles DIR
--out DIR``. The stylizer and the autoencoder learn from them; they are never shipped.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app import images
from app.errors import NetworkError
from app.training import cards
from app.training.datasets import PictureFolder, add_noise, centre_square, change_colours, crop, pick, read_shelf
from app.training.inventions import invent
from app.training.teachers import MagentaTeacher

Array = NDArray[np.float32]

CONTENT_PX = 384
STYLE_PX = 256


@dataclass(frozen=True)
class TeacherPictures:
    """N painted deals: uint8 [N, 384, 384, 3] contents and paintings, uint8 [N, 256, 256, 3] styles, vectors [N, 100].

    ``strengths`` [N] is 1 where the vector is the style's own, less where it was moved towards the content's.
    """

    contents: NDArray[np.uint8]
    painted: NDArray[np.uint8]
    styles: NDArray[np.uint8]
    vectors: Array
    strengths: Array

    def __len__(self) -> int:
        return len(self.vectors)


def content_crop(photographs: PictureFolder, paintings: PictureFolder, rng: np.random.Generator) -> Array:
    """Return a content to learn from, float32 [384, 384, 3]: mostly photographs, at times something else."""
    shelf = photographs if rng.random() < 0.93 else paintings
    picture = crop(pick(shelf.training, rng), rng, side_px=CONTENT_PX, share=(0.55, 1.0))
    if rng.random() < 0.3:
        picture = change_colours(picture, rng, strength=0.6)
    return add_noise(picture, rng) if rng.random() < 0.02 else picture


def style_crop(photographs: PictureFolder, paintings: PictureFolder, rng: np.random.Generator) -> Array:
    """Return a style to learn from, float32 [256, 256, 3]: mostly paintings, some invented, some photographs."""
    kind = rng.random()
    if kind < 0.22:
        picture = invent(rng, STYLE_PX)
    else:
        shelf = photographs if kind < 0.32 else paintings
        picture = crop(pick(shelf.training, rng), rng, side_px=STYLE_PX, share=(0.4, 1.05))
    return change_colours(picture, rng) if rng.random() < 0.45 else picture


def paint_deals(photographs: PictureFolder, paintings: PictureFolder, folder: Path, *, deals: int, seed: int) -> None:
    """Let the teacher paint ``deals`` deals into ``folder``; what is already there from the same seed is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    shapes: dict[str, tuple[tuple[int, ...], type]] = {
        "contents": ((deals, CONTENT_PX, CONTENT_PX, 3), np.uint8),
        "painted": ((deals, CONTENT_PX, CONTENT_PX, 3), np.uint8),
        "styles": ((deals, STYLE_PX, STYLE_PX, 3), np.uint8),
        "vectors": ((deals, 100), np.float32),
        "strengths": ((deals,), np.float32),
    }
    progress = folder / "progress.json"
    done = 0
    if progress.exists():
        before = json.loads(progress.read_text("utf-8"))
        if (before["deals"], before["seed"]) != (deals, seed):
            raise NetworkError(f"{folder} holds teacher pictures of another run; name an empty folder.")
        done = before["done"]
    arrays = {
        name: np.lib.format.open_memmap(
            folder / f"{name}.npy", mode="r+" if done else "w+", dtype=dtype, shape=None if done else shape
        )
        for name, (shape, dtype) in shapes.items()
    }
    teacher = MagentaTeacher()
    begun_at = time.monotonic()
    for i in range(done, deals):
        rng = np.random.default_rng([seed, 77, i])
        content = content_crop(photographs, paintings, rng)
        style = style_crop(photographs, paintings, rng)
        vector, strength = teacher.style_vector(style), 1.0
        if rng.random() < 0.12:
            strength = float(rng.uniform(0.0, 1.0))
            own = teacher.style_vector(images.resize(content, height=STYLE_PX, width=STYLE_PX))
            vector = (strength * vector + (1.0 - strength) * own).astype(np.float32)
        arrays["contents"][i] = images.to_bytes(content)
        arrays["styles"][i] = images.to_bytes(style)
        arrays["painted"][i] = images.to_bytes(teacher.paint(content, vector))
        arrays["vectors"][i], arrays["strengths"][i] = vector, strength
        if (i + 1) % 100 == 0 or i + 1 == deals:
            for array in arrays.values():
                array.flush()
            images.write_json(progress, {"deals": deals, "seed": seed, "done": i + 1})
            pace = (time.monotonic() - begun_at) / (i + 1 - done)
            print(f"painted {i + 1}/{deals}, {pace * 1000:.0f} ms each", flush=True)


def read_deals(folder: Path) -> TeacherPictures:
    """Return the deals painted so far in ``folder``. Raises NetworkError if there are none."""
    try:
        done = int(json.loads((folder / "progress.json").read_text("utf-8"))["done"])
        names = ("contents", "painted", "styles", "vectors", "strengths")
        return TeacherPictures(*(np.load(folder / f"{name}.npy", mmap_mode="r")[:done] for name in names))
    except (OSError, ValueError, KeyError) as error:
        raise NetworkError(
            f"{folder} holds no teacher pictures ({error}); paint some with app.training.teacher_pictures."
        ) from None


def unseen_deals(photographs: PictureFolder, paintings: PictureFolder, *, deals: int) -> list[tuple[Array, Array]]:
    """Return held-out deals: (content float32 [384, 384, 3], style float32 [256, 256, 3]), in a fixed order."""
    contents, styles = photographs.held_out, paintings.held_out
    return [
        (
            centre_square(contents[i % len(contents)], CONTENT_PX),
            centre_square(styles[(i * 7 + 3) % len(styles)], STYLE_PX),
        )
        for i in range(deals)
    ]


def main(arguments: list[str] | None = None) -> None:
    """Paint, or go on painting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contents", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--styles", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--out", type=Path, required=True, help="folder for the painted deals (about 1.1 MB a deal)")
    parser.add_argument("--deals", type=int, default=3200, help="how many (default: 3200)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    args = parser.parse_args(arguments)
    paint_deals(read_shelf(args.contents), read_shelf(args.styles), args.out, deals=args.deals, seed=args.seed)


if __name__ == "__main__":
    cards.run(main)
