"""What the autoencoder is shown at each step: groups of comparisons and bare pictures, read through tf.data, and the
augmentation that teaches it what does not matter.

Augmentation is of two kinds. A whole group is mirrored, turned and recoloured together: its likenesses stay what they
are. And every picture by itself is shifted by a pixel, compressed, shrunk and enlarged again: that does not matter at
all, so its likeness to others is to stay the same, and a copy of the first so changed is to be all but the same.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app import images
from app.errors import NetworkError, PictureError
from app.judging.features.autoencoder import SIDE_PX
from app.networks import runtime
from app.training.comparisons import KINDS, MARGIN_PX, STORED_PX
from app.training.datasets import PictureFolder, change_colours, crop, pick, read_shelf
from app.training.inventions import imitate, invent
from app.training.records import Manifest, Record, order_of, parser_of
from app.training.teacher_pictures import TeacherPictures, read_deals

Array = NDArray[np.float32]

#: The side of a bare picture as it is kept, of which a part is shown.
KEPT_PX = 192
#: Every so many shards of comparisons one is held out for measuring.
HELD_OUT_EVERY = 12
#: Of what is set beside a picture so many are shown at a step, and so many pictures make a group there.
BESIDE = 8
GROUP = 1 + BESIDE + 1
_JPEG = (70, 96)


@dataclass
class PictureMaker:
    """Makes bare pictures, "picture" uint8 [192, 192, 3]: photographs, paintings, rivals' pictures, drawings.

    Folders are read when the first is made, so that it can travel to another process before.
    """

    contents: Path
    styles: Path
    pictures: Path
    seed: int

    @functools.cached_property
    def shelves(self) -> tuple[PictureFolder, PictureFolder]:
        """The photographs and the paintings; what is held out of them is never shown."""
        return read_shelf(self.contents), read_shelf(self.styles)

    @functools.cached_property
    def _deals(self) -> TeacherPictures:
        return read_deals(self.pictures)

    def __call__(self, index: int) -> Record:
        """Return the bare picture of a number."""
        rng = np.random.default_rng([self.seed, 31, index])
        kind = rng.random()
        if kind < 0.6:
            shelf = self.shelves[0 if kind < 0.35 else 1]
            picture = crop(pick(shelf.training, rng), rng, side_px=KEPT_PX, share=(0.5, 1.0))
            if rng.random() < 0.2:
                picture = change_colours(picture, rng)
        elif kind < 0.95:
            deals = self._deals
            painted = np.asarray(deals.painted[int(rng.integers(len(deals)))])
            picture = crop(painted, rng, side_px=KEPT_PX, share=(0.6, 1.0))
            if kind >= 0.8:
                picture = imitate(picture, int(np.exp(rng.uniform(np.log(20), np.log(5000)))), rng)
        else:
            picture = invent(rng, KEPT_PX)
        return {"picture": images.to_bytes(picture)}


def fingerprint(*folders: Path) -> dict[str, str]:
    """Return the SHA-256 of the names and bytes of all files in each folder, by which its pictures are known again.

    Raises PictureError if a folder cannot be read.
    """
    found: dict[str, str] = {}
    for number, folder in enumerate(folders):
        total = hashlib.sha256()
        try:
            for path in sorted(folder.iterdir()):
                if path.is_file():
                    total.update(path.name.encode("utf-8", "surrogateescape") + b"\0")
                    with path.open("rb") as file:
                        total.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise PictureError(f"The folder {folder} cannot be read: {images.why(error)}.") from None
        found[f"folder {number + 1}"] = total.hexdigest()
    return found


class Batches:
    """Gives the batch of a step, which depends on seed and step alone, so a training can be taken up anywhere.

    Of each group the first, BESIDE others drawn by chance, and a copy of the first under mild change are shown. A
    batch: "seen" float32 [groups * GROUP + bare, 128, 128, 3], what the encoder is shown; "clean", the same before
    noise and compression; "likeness" float32 [groups, GROUP - 1], of the others to the first; "kinds" int32, their
    places in KINDS, and len(KINDS) for the copy, whose likeness is 1.
    """

    def __init__(self, comparisons: Manifest, pictures: Manifest, *, seed: int, groups: int, bare: int) -> None:
        taught = sum(s.count for i, s in enumerate(comparisons.shards) if i % HELD_OUT_EVERY)
        if taught < groups or pictures.count < bare:
            raise NetworkError(
                f"There is too little to learn from: {taught} comparisons and {pictures.count} pictures;"
                f" each step takes {groups} and {bare}."
            )
        self._seed = seed
        self._groups = _Feed(
            functools.partial(order_of, comparisons, seed=seed, held_out_every=HELD_OUT_EVERY, buffer=128),
            _group_reader(comparisons, seed),
            count=taught,
            each=groups,
        )
        self._bare = _Feed(
            functools.partial(order_of, pictures, seed=seed + 1, buffer=1024),
            _bare_reader(pictures, seed),
            count=pictures.count,
            each=bare,
        )

    def __call__(self, step: int) -> tuple[dict[str, Array], None]:
        """Return the batch of a step. Steps in order are quick; any other begins its round of the records anew."""
        groups, bare = self._groups.at(step), self._bare.at(step)
        side = (SIDE_PX, SIDE_PX, 3)
        return {
            "seen": np.concatenate([groups["seen"].reshape(-1, *side), bare["seen"]]),
            "clean": np.concatenate([groups["clean"].reshape(-1, *side), bare["clean"]]),
            "likeness": groups["likeness"],
            "kinds": groups["kinds"],
        }, None


class _Feed:
    """Goes through records round after round, so many a step; every round in an order of its own."""

    def __init__(self, order: Callable[..., Any], read: Callable[..., Any], *, count: int, each: int) -> None:
        self._order, self._read, self._each = order, read, each
        self._steps_a_round = count // each
        self._next_step = -1
        self._rows: Iterator[dict[str, Array]] = iter(())

    def at(self, step: int) -> dict[str, Array]:
        round_, place = divmod(step, self._steps_a_round)
        if step != self._next_step or place == 0:
            self._rows = self._begun(round_, place)
        self._next_step = step + 1
        return next(self._rows)

    def _begun(self, round_: int, place: int) -> Iterator[dict[str, Array]]:
        tf = runtime.tensorflow()
        first = place * self._each
        data = self._order(epoch=round_).skip(first).enumerate(start=round_ * 2**20 + first)
        data = data.map(self._read, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True)
        data = data.batch(self._each, drop_remainder=True).prefetch(2)
        rows: Iterator[dict[str, Array]] = data.as_numpy_iterator()
        return rows


def _group_reader(manifest: Manifest, seed: int) -> Callable[[Any, Any], dict[str, Any]]:
    tf = runtime.tensorflow()
    parse = parser_of(manifest)

    def read(number: Any, serialised: Any) -> dict[str, Any]:
        record = parse(serialised)
        chance = _Chance(seed, number)
        told = tf.cast(tf.where(tf.math.is_finite(record["likeness"]))[:, 0], tf.int32)
        kinds = tf.random.experimental.stateless_shuffle(told, seed=chance.next())[:BESIDE]
        kinds = tf.ensure_shape(kinds, (BESIDE,))
        chosen = tf.gather(record["pictures"], tf.concat([[0], kinds + 1, [0]], axis=0))
        pictures = tf.cast(chosen, tf.float32) / 255.0
        pictures = tf.cond(chance.is_so(0.5), lambda: pictures[:, :, ::-1], lambda: pictures)
        pictures = tf.cond(chance.is_so(0.15), lambda: tf.transpose(pictures, (0, 2, 1, 3)), lambda: pictures)
        order = tf.random.experimental.stateless_shuffle(tf.range(3), seed=chance.next())
        pictures = tf.cond(chance.is_so(0.2), lambda: tf.gather(pictures, order, axis=-1), lambda: pictures)
        place = chance.whole(MARGIN_PX - 2, MARGIN_PX + 3, (2,))
        seen, clean = _each_mildly(pictures, place, chance)
        likeness = tf.concat([tf.gather(record["likeness"], kinds), [1.0]], axis=0)
        return {"seen": seen, "clean": clean, "likeness": likeness, "kinds": tf.concat([kinds, [len(KINDS)]], axis=0)}

    return read


def _bare_reader(manifest: Manifest, seed: int) -> Callable[[Any, Any], dict[str, Any]]:
    tf = runtime.tensorflow()
    parse = parser_of(manifest)

    def read(number: Any, serialised: Any) -> dict[str, Any]:
        picture = tf.cast(parse(serialised)["picture"], tf.float32) / 255.0
        chance = _Chance(seed + 1, number)
        side = chance.whole(STORED_PX, KEPT_PX + 1, ())
        part = tf.image.stateless_random_crop(picture, [side, side, 3], seed=chance.next())
        part = tf.image.resize(part, (STORED_PX, STORED_PX), method="area")
        part = tf.cond(chance.is_so(0.5), lambda: part[:, ::-1], lambda: part)
        seen, clean = _each_mildly(part[None], tf.constant([MARGIN_PX, MARGIN_PX]), chance)
        return {"seen": seen[0], "clean": clean[0]}

    return read


class _Chance:
    """Draws numbers that depend on a seed, the record's number and how many were drawn before."""

    def __init__(self, seed: int, number: Any) -> None:
        self._tf = runtime.tensorflow()
        number = self._tf.cast(number, self._tf.int64)
        self._seed = self._tf.stack([self._tf.constant(seed, self._tf.int64), number * 1024])

    def next(self) -> Any:
        self._seed = self._seed + self._tf.constant([0, 1], self._tf.int64)
        return self._seed

    def share(self, low: float, high: float, shape: tuple[int, ...] = ()) -> Any:
        return self._tf.random.stateless_uniform(shape, self.next(), low, high)

    def whole(self, low: int, high: int, shape: tuple[int, ...]) -> Any:
        return self._tf.random.stateless_uniform(shape, self.next(), low, high, dtype=self._tf.int32)

    def is_so(self, share: float) -> Any:
        return self.share(0.0, 1.0) < share


def _each_mildly(pictures: Any, place: Any, chance: _Chance) -> tuple[Any, Any]:
    """Cut each picture [M, 136, 136, 3] near ``place``, a pixel or two off; return it changed and as it was."""
    tf = runtime.tensorflow()
    count = pictures.shape[0]
    places = place + chance.whole(-1, 2, (count, 2))
    # The last is a group's copy of the first, from which it may lie three pixels off.
    places = tf.concat([places[:-1], place + chance.whole(-2, 3, (1, 2))], axis=0)
    scales = tf.where(chance.share(0.0, 1.0, (count,)) < 0.3, chance.share(0.65, 1.0, (count,)), 1.0)
    qualities = tf.where(chance.share(0.0, 1.0, (count,)) < 0.3, chance.whole(*_JPEG, (count,)), 100)
    grains = tf.where(chance.share(0.0, 1.0, (count,)) < 0.2, chance.share(0.0, 0.03, (count,)), 0.0)
    noise = chance.next()

    def change(given: Any) -> Any:
        picture, top_left, scale, quality, grain, k = given
        clean = tf.slice(picture, tf.concat([top_left, [0]], 0), (SIDE_PX, SIDE_PX, 3))

        def rescaled() -> Any:
            side = tf.cast(tf.round(scale * SIDE_PX), tf.int32)
            smaller = tf.image.resize(clean, (side, side), antialias=True)
            return tf.clip_by_value(tf.image.resize(smaller, (SIDE_PX, SIDE_PX), method="bicubic"), 0.0, 1.0)

        def grained() -> Any:
            return seen + grain * tf.random.stateless_normal((SIDE_PX, SIDE_PX, 3), noise + tf.stack([k, k]))

        seen = tf.cond(scale < 1.0, rescaled, lambda: clean)
        seen = tf.cond(quality < 100, lambda: tf.image.adjust_jpeg_quality(seen, quality), lambda: seen)
        seen = tf.cond(grain > 0.0, grained, lambda: seen)
        shape = (SIDE_PX, SIDE_PX, 3)
        return tf.ensure_shape(seen, shape), tf.ensure_shape(clean, shape)

    numbers = tf.range(count, dtype=tf.int64)
    signature = (tf.TensorSpec((SIDE_PX, SIDE_PX, 3)), tf.TensorSpec((SIDE_PX, SIDE_PX, 3)))
    made: tuple[Any, Any] = tf.map_fn(
        change, (pictures, places, scales, qualities, grains, numbers), fn_output_signature=signature
    )
    return made
