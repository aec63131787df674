"""Trains the compact VGG backbone: ``python -m app.training.backbone --contents DIR --styles DIR``.

The teacher is vgg19-16x (Wang et al., Collaborative Distillation, CVPR 2020, MIT licence): the student, from a random
start, imitates each of its thirteen taps divided by the tap's own root mean square over the training pictures.
"""

from __future__ import annotations

import argparse
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.networks.backbone import TAPS, build_backbone
from app.training import cards, teachers
from app.training.datasets import Shelf, add_noise, change_colours, crop, pick, read_shelf
from app.training.lesson import Lesson, cosine

Array = NDArray[np.float32]


class Imitation(keras.Model):
    """The student before its rectifiers, whose loss is the sum over taps of mean squared differences.

    Where the teacher is active the raw value itself must meet it, where the teacher is silent only what passes the
    rectifier counts: so a channel that has fallen silent still learns (with plain differences half of them die).
    """

    def __init__(self, student: keras.Model, teacher: keras.Model, scales: dict[str, float]) -> None:
        super().__init__()
        self.student, self.teacher, self.scales = student, teacher, scales

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
            total += ops.mean(ops.square(ops.where(goal > 0.0, raw, ops.relu(raw)) - goal))
        return total


def batch_at(step: int, *, shelves: tuple[Shelf, Shelf], seed: int, size: int, side_px: int) -> Array:
    """Return the crops of one step: float32 [size, side_px, side_px, 3], half photographs and half paintings."""
    rng = np.random.default_rng([seed, step])
    made: list[Array] = []
    for i in range(size):
        picture = crop(pick(shelves[i % 2].training, rng), rng, side_px=side_px, share=(0.3, 1.0))
        picture = change_colours(picture, rng)
        made.append(add_noise(picture, rng) if rng.random() < 0.35 else picture)
    return np.stack(made)


def tap_scales(teacher: keras.Model, pictures: Array) -> dict[str, float]:
    """Return each tap's root mean square over the pictures."""
    taps = teacher.predict_on_batch(pictures)
    return {tap: float(np.sqrt(np.mean(np.square(np.asarray(taps[tap], np.float32))))) for tap in TAPS}


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
    parser.add_argument("--batch", type=int, default=8, help="crops a step (default: 8)")
    parser.add_argument("--side", type=int, default=128, help="side of a crop in px (default: 128)")
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default: 0.002)")
    args = cards.begin(parser, arguments)
    shelves = (read_shelf(args.contents), read_shelf(args.styles))
    print(f"{len(shelves[0].training)} photographs, {len(shelves[1].training)} paintings", flush=True)
    teacher = teachers.load_vgg19_16x()
    student = build_backbone(is_rectified=False)

    def batch(step: int) -> Array:
        return batch_at(step, shelves=shelves, seed=args.seed, size=args.batch, side_px=args.side)

    scales = tap_scales(teacher, np.concatenate([batch(-step) for step in range(-8, 0)]))
    rng = np.random.default_rng(args.seed)
    unseen = np.stack([crop(p, rng, side_px=256, share=(0.9, 1.0)) for shelf in shelves for p in shelf.held_out])

    def save(step: int) -> None:
        errors = relative_errors(student, teacher, scales, unseen)
        print(f"unseen relative errors: {errors}", flush=True)
        figures = {"steps": step, "relative squared error per tap, unseen pictures": errors}
        cards.publish("builtin-vgg", student, args, figures)

    model = Imitation(student, teacher, scales)
    schedule = cosine(args.rate, args.steps, floor=1e-5, warmup=200)
    model.compile(optimizer=keras.optimizers.Adam(schedule, global_clipnorm=3.0))
    Lesson(
        model,
        lambda step: (batch(step), None),
        steps=args.steps,
        state_path=args.state,
        save_every_s=args.save_every,
        on_save=save,
    ).run()


if __name__ == "__main__":
    main()
