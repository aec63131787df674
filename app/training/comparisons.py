"""Pictures to compare, with what their likeness should be: ``python -m app.training.comparisons --pictures DIR
--out DIR`` writes them as records (see app.training.records).

The autoencoder learns its embeddings' likeness from them; they are never shipped. A rival's picture is set beside
imitations of it with few and many strokes, a drawing by the game's own auto-painter, the other rival's picture, the
photograph in another style, another photograph in the style, the bare photograph and painting, an empty canvas, noise,
changed, mirrored and recoloured copies, a small one in a corner. How alike two pictures are is the geometric mean of
two shares: how much nearer their colours lie (at 16 x 16) than those of two unrelated pictures, and how much nearer
their forms do (four taps of vgg19-16x).
"""

from __future__ import annotations

import argparse
import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from app import images
from app.judging.features.autoencoder import SIDE_PX
from app.painting import autopainter
from app.training import cards, teachers
from app.training.datasets import change_colours
from app.training.inventions import imitate, invent
from app.training.measure import own_painter
from app.training.records import Record, write_records
from app.training.teacher_pictures import TeacherPictures, read_deals

Array = NDArray[np.float32]

#: Pictures are stored somewhat larger than they are learned from, so that they can be shifted.
MARGIN_PX = 4
STORED_PX = SIDE_PX + 2 * MARGIN_PX

#: What is set beside each rival's picture, in this order.
KINDS = (
    "few",
    "middling",
    "many",
    "most",
    "auto-painted",
    "other rival",
    "restyled",
    "rephotographed",
    "photograph",
    "painting",
    "empty",
    "noise",
    "changed",
    "mirrored",
    "recoloured",
    "corner",
)
#: Those of them that take most of the time to make.
LAVISH = ("auto-painted", "other rival", "restyled", "rephotographed")
#: A canvas of one colour, even the right one, earns only so much of what its colour alone would give it.
_EMPTY_SHARE = 0.4
_FORM_TAPS = ("relu2_1", "relu3_1", "relu4_1", "relu5_1")
_COLOUR_PX = 16


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


@dataclass
class GroupMaker:
    """Makes groups: "pictures" uint8 [1 + K, 136, 136, 3], a rival's first; "likeness" float32 [K], to the first.

    ``lavish``: the share of groups that also get what takes long to paint (LAVISH); in the others those are black and
    their likeness is not a number. Networks are loaded when the first group is made, so that the maker can travel to
    another process before.
    """

    pictures: Path
    seed: int
    lavish: float = 1.0

    @functools.cached_property
    def _deals(self) -> TeacherPictures:
        return read_deals(self.pictures)

    @functools.cached_property
    def _magenta(self) -> teachers.MagentaTeacher:
        return teachers.MagentaTeacher()

    @functools.cached_property
    def _own(self) -> Any:
        return own_painter()

    @functools.cached_property
    def _yardstick(self) -> Likeness:
        painted = self._deals.painted[:96]
        return Likeness(np.stack([_scaled(images.from_bytes(np.asarray(p)), SIDE_PX) for p in painted]))

    def __call__(self, index: int) -> Record:
        """Return the group of a number."""
        rng = np.random.default_rng([self.seed, 21, index])
        deals = self._deals
        i = index % len(deals)
        other = int((i + rng.integers(1, len(deals))) % len(deals)) if len(deals) > 1 else i
        content, painted, style, strange = (
            images.from_bytes(np.asarray(a))
            for a in (deals.contents[i], deals.painted[i], deals.styles[i], deals.contents[other])
        )
        is_lavish = np.random.default_rng([self.seed, 22, index]).random() < self.lavish
        own = painted
        if is_lavish:
            own = images.resize(self._own(content, style), height=content.shape[0], width=content.shape[1])
        chance = rng.random()
        picture, rival = (painted, own) if chance < 0.65 else (own, painted) if chance < 0.9 else (content, painted)
        spans = {"few": (20, 120), "middling": (120, 500), "many": (500, 1600), "most": (1600, 6000)}
        small = stored(picture)
        beside: dict[str, Any] = {
            kind: stored(imitate(picture, _between(*span, rng), rng)) for kind, span in spans.items()
        }
        if is_lavish:
            strokes, seed = _between(30, 500, rng), int(rng.integers(2**31))
            beside["auto-painted"] = autopainter.paint(small, strokes=strokes, seed=seed).picture()
            beside["other rival"] = stored(rival)
            beside["restyled"] = stored(self._magenta.paint(content, deals.vectors[other]))
            beside["rephotographed"] = stored(self._magenta.paint(strange, deals.vectors[i]))
        beside["photograph"], beside["painting"] = stored(content), stored(style)
        beside["empty"], beside["noise"] = _empty(picture, rng), _noise(rng)
        beside["changed"], beside["mirrored"] = _changed(small, rng), small[:, ::-1]
        beside["recoloured"], beside["corner"] = _recoloured(small, rng), _cornered(small, rng)
        told = np.array([kind in beside for kind in KINDS])
        group = np.stack([small, *(beside.get(kind, np.zeros_like(small)) for kind in KINDS)]).astype(np.float32)
        seen = group[:, MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
        described = self._yardstick.describe(np.ascontiguousarray(seen))
        first = {name: np.repeat(v[:1], len(KINDS), axis=0) for name, v in described.items()}
        likeness = self._yardstick.of(first, {name: v[1:] for name, v in described.items()})
        likeness[KINDS.index("empty")] *= _EMPTY_SHARE
        likeness[~told] = np.nan
        return {"pictures": images.to_bytes(group), "likeness": likeness}


def _between(low: int, high: int, rng: np.random.Generator) -> int:
    """Return a whole number whose logarithm is spread evenly."""
    return int(np.exp(rng.uniform(np.log(low), np.log(high))))


def _noise(rng: np.random.Generator) -> Array:
    noise: Any = rng.random((STORED_PX, STORED_PX, 3)) if rng.random() < 0.6 else invent(rng, STORED_PX)
    if rng.random() < 0.3:
        noise = np.broadcast_to(noise.mean(-1, keepdims=True), noise.shape)
    return np.asarray(noise, np.float32)


def stored(picture: Array) -> Array:
    """Return the picture at 136 x 136 px."""
    return _scaled(picture, STORED_PX)


def _scaled(picture: Array, side_px: int) -> Array:
    return images.resize(picture, height=side_px, width=side_px)


def _empty(picture: Array, rng: np.random.Generator) -> Array:
    kind = rng.random()
    if kind < 0.3:
        colour: Any = np.full(3, rng.choice([1.0, 0.97, 0.0]))
    elif kind < 0.5:
        colour = picture.mean((0, 1))
    else:
        colour = rng.random(3)
    canvas = np.broadcast_to(np.asarray(colour, np.float32), (STORED_PX, STORED_PX, 3)).copy()
    if rng.random() < 0.3:
        scribble = imitate(stored(picture), int(rng.integers(1, 12)), rng)
        canvas = np.where(np.abs(scribble - 1.0).max(-1, keepdims=True) > 0.06, scribble, canvas)
    return canvas


def _changed(picture: Array, rng: np.random.Generator) -> Array:
    """Blurred, noisy, partly hidden or erased, or shifted."""
    kind = int(rng.integers(0, 5))
    if kind == 0:
        blurred = Image.fromarray(images.to_bytes(picture)).filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 8))))
        return images.from_bytes(np.asarray(blurred))
    if kind == 1:
        return np.clip(picture + rng.normal(0, rng.uniform(0.02, 0.4), picture.shape), 0, 1).astype(np.float32)
    if kind == 2:
        part = picture.copy()
        part[: int(rng.uniform(0.1, 0.95) * STORED_PX)] = rng.choice([0.0, 0.5, 1.0])
        return part
    if kind == 3:
        part, shade = picture.copy(), rng.choice([1.0, 1.0, 0.0, 0.5])
        for _ in range(int(rng.integers(1, 9))):
            (top, left), (high, wide) = rng.integers(0, STORED_PX, 2), rng.integers(8, 60, 2)
            part[top : top + high, left : left + wide] = shade
        return part
    shift = rng.integers(-24, 25, 2)
    return np.roll(picture, (int(shift[0]), int(shift[1])), axis=(0, 1))


def _recoloured(picture: Array, rng: np.random.Generator) -> Array:
    """Hue turned, channels exchanged, contrast or colours changed."""
    kind = int(rng.integers(0, 4))
    if kind == 0:
        hue, *others = Image.fromarray(images.to_bytes(picture)).convert("HSV").split()
        by = int(rng.integers(8, 249))
        turned = hue.point([(value + by) % 256 for value in range(256)])
        return images.from_bytes(np.asarray(Image.merge("HSV", (turned, *others)).convert("RGB")))
    if kind == 1:
        return picture[..., [(1, 2, 0), (2, 0, 1), (2, 1, 0), (0, 2, 1), (1, 0, 2)][int(rng.integers(5))]]
    if kind == 2:
        middle = picture.mean()
        return np.clip(middle + (picture - middle) * rng.uniform(0.1, 2.2), 0, 1).astype(np.float32)
    return change_colours(picture, rng, strength=1.5)


def _cornered(picture: Array, rng: np.random.Generator) -> Array:
    """The picture small, in a corner of a bare canvas."""
    side = int(rng.uniform(0.15, 0.5) * STORED_PX)
    canvas = np.full_like(picture, rng.choice([1.0, 1.0, 0.96, 0.0]))
    part = _scaled(picture, side)
    top, left = (0 if rng.random() < 0.5 else STORED_PX - side for _ in range(2))
    canvas[top : top + side, left : left + side] = part
    return canvas


def main(arguments: list[str] | None = None) -> None:
    """Make, or go on making, comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--out", type=Path, required=True, help="folder for the records (about 0.9 MB a comparison)")
    parser.add_argument("--count", type=int, default=1536, help="how many (default: 1536)")
    parser.add_argument("--seed", type=int, default=1, help="seed of all chance (default: 1)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at work (default: 1)")
    parser.add_argument(
        "--lavish", type=float, default=1.0, help="share of groups with what takes long to paint (default: 1)"
    )
    args = parser.parse_args(arguments)
    deals = read_deals(args.pictures)
    vectors = hashlib.sha256(np.ascontiguousarray(deals.vectors).tobytes()).hexdigest()
    write_records(
        args.out,
        GroupMaker(args.pictures, args.seed, args.lavish),
        kind="comparisons",
        count=args.count,
        seed=args.seed,
        source={"deals": len(deals), "vectors of their styles": vectors, "lavish": args.lavish},
        jobs=args.jobs,
    )


if __name__ == "__main__":
    cards.run(main)
