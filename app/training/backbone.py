"""Trains the compact VGG backbone: ``python -m app.training.backbone --contents DIR --styles DIR``.

The teacher is vgg19-16x (Wang et al., Collaborative Distillation, CVPR 2020, MIT licence): the student, from a random
start, imitates each of its thirteen taps divided by the tap's own root mean square over photographs, and the Gram
matrices of the style taps. Half of the pictures are fresh, half are under way on the student itself (see pool.py).
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.networks import checkpoints
from app.networks.backbone import TAPS, build_backbone
from app.networks.stylizer import STYLE_TAPS
from app.training import cards, teachers
from app.training.datasets import PictureFolder, add_noise, centre_square, change_colours, crop, pick, read_shelf
from app.training.gatys import CONTENT_TAP, gram
from app.training.inventions import invent
from app.training.lesson import Lesson, cosine
from app.training.orthogonal import ConvolutionMuon
from app.training.pool import Pool

Array = NDArray[np.float32]

#: So many photographs decide what every tap is divided by.
SCALING_PHOTOGRAPHS = 128


class BackboneImitation(keras.Model):
    """The student before its rectifiers, whose loss is the sum over taps of mean squared differences.

    Those that the classic method looks at count twice. ``grams`` times the squared differences of the style taps'
    Gram matrices, relative to the teacher's, are added. Where the teacher is active the raw value itself must meet
    it, where the teacher is silent only what passes the rectifier counts: so a channel that has fallen silent still
    learns (with plain differences half of them die).
    """

    def __init__(
        self, student: keras.Model, teacher: keras.Model, scales: dict[str, float], *, grams: float = 0.0
    ) -> None:
        super().__init__()
        self.student, self.teacher, self.scales, self.grams = student, teacher, scales, grams

    def call(self, x: Any) -> Any:
        """Return the student's raw taps."""
        return self.student(x)

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the loss of one batch of crops."""
        del y
        wanted = self.teacher(x)
        total: Any = 0.0
        for tap in TAPS:
            goal = ops.stop_gradient(ops.cast(wanted[tap], "float32")) / self.scales[tap]
            raw = ops.cast(y_pred[tap], "float32")
            counts = 2.0 if tap in (*STYLE_TAPS, CONTENT_TAP) else 1.0
            total += counts * ops.mean(ops.square(ops.where(goal > 0.0, raw, ops.relu(raw)) - goal))
            if tap in STYLE_TAPS and self.grams:
                manner = gram(goal)
                apart = ops.sum(ops.square(gram(ops.relu(raw)) - manner), (1, 2))
                total += self.grams * ops.mean(apart / (ops.sum(ops.square(manner), (1, 2)) + 1e-6))
        return total


def coloured_noise(rng: np.random.Generator, side_px: int) -> Array:
    """Return noise float32 [side_px, side_px, 3] in [0, 1]: from white to cloudy, its channels mixed by chance.

    Photographs hardly vary in fine colour; without such pictures the first convolutions stay vague just where an
    optimiser makes its fringes.
    """
    rows, columns = np.fft.fftfreq(side_px)[:, None], np.fft.rfftfreq(side_px)[None]
    falling = (rows**2 + columns**2 + side_px**-2.0) ** (-0.5 * rng.uniform(0.0, 2.0))
    waves = np.fft.rfft2(rng.normal(size=(side_px, side_px, 3)), axes=(0, 1)) * falling[..., None]
    field = np.fft.irfft2(waves, s=(side_px, side_px), axes=(0, 1)) @ rng.normal(size=(3, 3))
    return np.clip(rng.random(3) + field / field.std() * rng.uniform(0.05, 0.5), 0.0, 1.0).astype(np.float32)


def fresh_picture(shelf: PictureFolder, rng: np.random.Generator, *, side_px: int) -> Array:
    """Return a picture to learn from, float32 [side_px, side_px, 3]: mostly a crop, at times invented or noise."""
    kind = rng.random()
    if kind < 0.12:
        return coloured_noise(rng, side_px)
    if kind < 0.27:
        return change_colours(invent(rng, side_px), rng)
    picture = change_colours(crop(pick(shelf.training, rng), rng, side_px=side_px, share=(0.3, 1.0)), rng)
    kind = rng.random()
    if kind < 0.15:
        mixed = picture + rng.uniform(0.2, 1.0) * (coloured_noise(rng, side_px) - np.float32(0.5))
        return np.clip(mixed, 0.0, 1.0).astype(np.float32)
    return add_noise(picture, rng) if kind < 0.4 else picture


def batch_at(step: int, *, shelves: tuple[PictureFolder, PictureFolder], seed: int, size: int, side_px: int) -> Array:
    """Return the fresh pictures of one step: float32 [size, side_px, side_px, 3], photographs and paintings in turn."""
    rng = np.random.default_rng([seed, step])
    return np.stack([fresh_picture(shelves[(step + i) % 2], rng, side_px=side_px) for i in range(size)])


def open_pool(
    twin: keras.Model,
    shelves: tuple[PictureFolder, PictureFolder],
    *,
    size: int,
    pictures: int,
    side_px: int,
    seed: int,
    path: Path | None = None,
) -> Pool:
    """Return pictures under way on the student's twin, from photographs mostly, to paintings or invented styles."""

    def content(rng: np.random.Generator) -> Array:
        shelf = shelves[0] if rng.random() < 0.85 else shelves[1]
        return change_colours(
            crop(pick(shelf.training, rng), rng, side_px=side_px, share=(0.4, 1.0)), rng, strength=0.4
        )

    def style(rng: np.random.Generator) -> Array:
        if rng.random() < 0.25:
            return invent(rng, side_px)
        shelf = shelves[1] if rng.random() < 0.85 else shelves[0]
        picture = crop(pick(shelf.training, rng), rng, side_px=side_px, share=(0.4, 1.0))
        return change_colours(picture, rng) if rng.random() < 0.5 else picture

    return Pool(
        twin, contents=content, styles=style, size=size, pictures=pictures, side_px=side_px, seed=seed, path=path
    )


def tap_scales(network: keras.Model, pictures: Array) -> dict[str, float]:
    """Return each tap's root mean square over the pictures, float32 [N, H, W, 3]."""
    squares = dict.fromkeys(TAPS, 0.0)
    for picture in pictures:
        taps = network.predict_on_batch(picture[None])
        for tap in TAPS:
            squares[tap] += float(np.mean(np.square(np.asarray(taps[tap], np.float32))))
    return {tap: (square / len(pictures)) ** 0.5 for tap, square in squares.items()}


def rescale(student: keras.Model, factors: dict[str, float]) -> None:
    """Multiply every tap of the student by its factor, by way of the weights."""
    before = 1.0
    for tap in TAPS:
        layer = student.get_layer(tap.replace("relu", "conv"))
        kernel, bias = layer.get_weights()
        layer.set_weights([kernel * (factors[tap] / before), bias * factors[tap]])
        before = factors[tap]


def relative_errors(
    student: keras.Model, teacher: keras.Model, scales: dict[str, float], pictures: Array
) -> dict[str, float]:
    """Return the squared error of each tap relative to the scaled teacher's own mean square."""
    got, wanted = student.predict_on_batch(pictures), teacher.predict_on_batch(pictures)
    errors: dict[str, float] = {}
    for tap in TAPS:
        goal = np.asarray(wanted[tap], np.float32) / scales[tap]
        difference = np.maximum(np.asarray(got[tap], np.float32), 0.0) - goal
        errors[tap] = round(float(np.mean(difference**2) / np.mean(goal**2)), 4)
    return errors


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on training, and write checkpoint and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cards.add_arguments(parser, name="builtin-vgg", steps=6000)
    parser.add_argument("--batch", type=int, default=8, help="pictures a step (default: 8)")
    parser.add_argument("--under-way", type=int, default=4, help="of these, under way on the student (default: 4)")
    parser.add_argument("--pool", type=int, default=40, help="pictures under way in all (default: 40)")
    parser.add_argument("--side", type=int, default=128, help="side of a picture in px (default: 128)")
    parser.add_argument("--grams", type=float, default=0.3, help="weight of the Gram matrices (default: 0.3)")
    parser.add_argument("--start-from", type=Path, help="checkpoint to begin with (default: at random)")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default: 0.002)")
    args = cards.begin(parser, arguments)
    if not 1 <= args.under_way < args.batch or args.pool < args.under_way:
        parser.error("of a step's pictures at least one is under way and one fresh, and the pool holds as many")
    shelves = (read_shelf(args.contents), read_shelf(args.styles))
    print(f"{len(shelves[0].training)} photographs, {len(shelves[1].training)} paintings", flush=True)
    teacher = teachers.load_vgg19_16x()
    photographs = np.stack([centre_square(picture, 256) for picture in shelves[0].training[:SCALING_PHOTOGRAPHS]])
    scales = tap_scales(teacher, photographs)
    student, twin = build_backbone(is_rectified=False), build_backbone(name="twin")
    if args.start_from is not None:
        checkpoints.load_weights(twin, args.start_from)
        rescale(twin, {tap: 1.0 / scale for tap, scale in tap_scales(twin, photographs).items()})
        student.set_weights(twin.get_weights())

    def fresh(step: int, size: int) -> Array:
        return batch_at(step, shelves=shelves, seed=args.seed, size=size, side_px=args.side)

    rng = np.random.default_rng(args.seed)
    unseen = np.stack([crop(p, rng, side_px=256, share=(0.9, 1.0)) for shelf in shelves for p in shelf.held_out])
    pool_path = args.state.with_suffix(".pool")
    pool = open_pool(
        twin, shelves, size=args.pool, pictures=args.under_way, side_px=args.side, seed=args.seed, path=pool_path
    )

    def batch(step: int) -> Array:
        pool.follow(student)
        return np.concatenate([pool.move(step), fresh(step, args.batch - args.under_way)])

    def save(step: int) -> None:
        pool.save()
        errors = relative_errors(student, teacher, scales, unseen)
        print(f"unseen relative errors: {errors}", flush=True)
        figures = {"steps": step, "relative squared error per tap, unseen pictures": errors}
        cards.publish("builtin-vgg", student, args, figures)

    model = BackboneImitation(student, teacher, scales, grams=args.grams)
    schedule = cosine(args.rate, args.steps, floor=1e-5, warmup=100)
    model.compile(optimizer=ConvolutionMuon(schedule, weight_decay=None, adam_weight_decay=None))
    Lesson(
        model,
        lambda step: (batch(step), None),
        steps=args.steps,
        state_path=args.state,
        save_every_s=args.save_every,
        on_save=save,
    ).run()


if __name__ == "__main__":
    cards.run(main)
