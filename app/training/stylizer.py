"""Trains the stylizer: ``python -m app.training.stylizer --contents DIR --styles DIR --pictures DIR``.

Three phases, each resumable. *imitate*: the transformer copies the pictures of int8 Magenta (Ghiasi et al. 2017,
Apache-2.0), given Magenta's own style vectors. *predict*: the head learns those vectors from the statistics of the
compact backbone, which must be trained before. *refine*: the transformer goes on with the losses of Gatys et al. 2016
themselves, measured by vgg19-16x (Wang et al. 2020, MIT), on the teacher's and on the head's vectors.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.networks import checkpoints
from app.networks.backbone import build_backbone
from app.networks.stylizer import (
    build_head,
    build_statistics,
    build_transformer,
    count_features,
)
from app.training import cards, teachers
from app.training.backbone import tap_scales
from app.training.datasets import read_shelf
from app.training.lesson import Lesson, cosine
from app.training.refining import Refinement, RefinementWeights, refining_batches
from app.training.style_library import fill_library, read_library
from app.training.teacher_pictures import CONTENT_PX, TeacherPictures, read_deals, unseen_deals

Array = NDArray[np.float32]

PHASES = ("imitate", "predict", "refine")
_CROP_PX = 224


class StylizerImitation(keras.Model):
    """4 x mean absolute difference + 0.5 x squared differences of three scaled taps on a random crop."""

    def __init__(self, transformer: keras.Model, perception: keras.Model, scales: dict[str, float]) -> None:
        super().__init__()
        self.transformer, self.perception, self.scales = transformer, perception, scales

    def call(self, x: Any) -> Any:
        """Return the painted pictures of a batch of deals."""
        return self.transformer([x["content"], x["vector"]])

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the loss of one batch of deals."""
        corner = ops.concatenate([ops.zeros((1,), "int32"), x["corner"][0], ops.zeros((1,), "int32")])
        shape = (y.shape[0], _CROP_PX, _CROP_PX, 3)
        got = self.perception(ops.slice(y_pred, corner, shape))
        wanted = self.perception(ops.slice(y, corner, shape))
        total = 4.0 * ops.mean(ops.abs(y_pred - y))
        for tap in ("relu1_1", "relu2_1", "relu3_1"):
            difference = (ops.cast(got[tap], "float32") - ops.cast(wanted[tap], "float32")) / self.scales[tap]
            total += 0.5 * ops.mean(ops.square(difference))
        return total


def deal_batch(deals: TeacherPictures, step: int, *, seed: int, size: int) -> tuple[dict[str, NDArray[Any]], Array]:
    """Return one step's deals: inputs (content, vector, corner of the crop) and the teacher's pictures."""
    rng = np.random.default_rng([seed, 5, step])
    rows = np.sort(rng.choice(len(deals), size, replace=False))
    is_flipped = bool(rng.random() < 0.5)

    def read(pictures: NDArray[np.uint8]) -> Array:
        picked = np.asarray(pictures[rows], np.float32) / np.float32(255.0)
        return np.ascontiguousarray(picked[:, :, ::-1] if is_flipped else picked)

    corner = rng.integers(0, CONTENT_PX - _CROP_PX + 1, 2).astype(np.int32)
    inputs: dict[str, NDArray[Any]] = {
        "content": read(deals.contents),
        "vector": np.asarray(deals.vectors[rows], np.float32),
        "corner": np.broadcast_to(corner, (size, 2)).copy(),
    }
    return inputs, read(deals.painted)


def statistics_of(statistics: keras.Model, pictures: NDArray[np.uint8]) -> Array:
    """Return the style statistics, float32 [N, features], of uint8 pictures, a few at a time."""
    rows = [
        ops.convert_to_numpy(statistics.predict_on_batch(pictures[i : i + 16].astype(np.float32) / 255.0))
        for i in range(0, len(pictures), 16)
    ]
    return np.concatenate(rows).astype(np.float32)


def fit_head(head: keras.Model, features: Array, vectors: Array, *, steps: int, seed: int, state: Path | None) -> None:
    """Fit the head: its straight part by ridge regression, then both parts by gradient, on standardised features."""
    mean, spread = features.mean(0), features.std(0) + 3e-2
    known = (features - mean) / spread
    middle = vectors.mean(0)
    straight = np.linalg.solve(known.T @ known + 10.0 * np.eye(known.shape[1]), known.T @ (vectors - middle))
    hidden, line = head.get_layer("hidden"), head.get_layer("straight")
    line.set_weights([straight.astype(np.float32), middle.astype(np.float32)])

    def batch(step: int) -> tuple[Array, Array]:
        rng = np.random.default_rng([seed, 11, step])
        rows = rng.integers(0, len(known), 128)
        noise = rng.normal(0.0, 0.05, (128, known.shape[1])).astype(np.float32)
        return (known[rows] + noise).astype(np.float32), vectors[rows]

    schedule = cosine(5e-4, steps, floor=1e-6)
    head.compile(optimizer=keras.optimizers.AdamW(schedule, weight_decay=0.02), loss="mse")
    Lesson(head, batch, steps=steps, state_path=state, print_every=500).run()
    for layer in (hidden, line):
        kernel, bias = layer.get_weights()
        kernel = kernel / spread[:, None]
        layer.set_weights([kernel, bias - mean @ kernel])


def explained(predicted: Array, wanted: Array) -> float:
    """Return the share of the vectors' variance that a prediction explains (R2)."""
    return float(1.0 - np.square(predicted - wanted).sum() / np.square(wanted - wanted.mean(0)).sum())


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on training, and write checkpoint and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cards.add_arguments(parser, name="builtin-stylizer", steps=3000)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--phases", default=",".join(PHASES), help=f"phases to run (default: {','.join(PHASES)})")
    parser.add_argument("--refine-steps", type=int, default=4000, help="steps of the third phase (default: 4000)")
    parser.add_argument("--head-steps", type=int, default=6000, help="steps of the second phase (default: 6000)")
    parser.add_argument("--batch", type=int, default=2, help="deals a step (default: 2)")
    parser.add_argument("--refine-rate", type=float, default=6e-4, help="highest learning rate of the third phase")
    parser.add_argument("--library", type=int, default=4400, help="styles of the later phases (default: 4400)")
    for field in dataclasses.fields(RefinementWeights):
        parser.add_argument(f"--{field.name}", type=float, default=field.default, help="weight while refining")
    args = cards.begin(parser, arguments)
    phases = args.phases.split(",")
    deals = read_deals(args.pictures)
    print(f"{len(deals)} teacher pictures", flush=True)
    transformer = build_transformer()
    between = args.state.with_name(args.state.name + ".imitated.safetensors")
    perception = teachers.load_vgg19_16x(auxiliary=True)
    scales = tap_scales(perception, np.asarray(deals.contents[:32], np.float32) / np.float32(255.0))

    if "imitate" in phases:
        model = StylizerImitation(transformer, perception, scales)
        model.compile(optimizer=keras.optimizers.Adam(cosine(1.5e-3, args.steps, floor=1e-5, warmup=50)))
        _teach(
            model, lambda step: deal_batch(deals, step, seed=args.seed, size=args.batch), args.steps, "imitate", args
        )
        checkpoints.save_checkpoint(between, transformer, {"what": "the transformer after its first phase"})
    elif "refine" in phases:
        checkpoints.load_weights(transformer, between)
    # The head reads the backbone in the precision of play: rounded features would shift its numbers.
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    backbone = build_backbone()
    head = build_head(features=count_features(backbone))
    keras.config.set_dtype_policy(policy)
    head_path = args.state.with_name(args.state.name + ".head.safetensors")
    if "predict" in phases or "refine" in phases:
        checkpoints.load_weights(backbone, args.out / "builtin-vgg.safetensors")
        backbone.trainable = False
        photographs, paintings = read_shelf(args.contents), read_shelf(args.styles)
        folder = args.state.with_name(args.state.name + ".library")
        fill_library(
            folder,
            photographs,
            paintings,
            deals,
            count=args.library,
            seed=args.seed,
            perception=perception,
            scales=scales,
        )
        library = read_library(folder)
    if "predict" in phases:
        statistics = build_statistics(backbone)
        features = statistics_of(statistics, library.pictures)
        fit_head(head, features, library.vectors, steps=args.head_steps, seed=args.seed, state=None)
        unseen = np.stack(
            [(style * 255.0).round().astype(np.uint8) for _, style in unseen_deals(photographs, paintings, deals=24)]
        )
        magenta = teachers.MagentaTeacher()
        wanted = np.stack([magenta.style_vector(style.astype(np.float32) / np.float32(255.0)) for style in unseen])
        predicted = ops.convert_to_numpy(head.predict_on_batch(statistics_of(statistics, unseen)))
        share = round(explained(np.asarray(predicted), wanted), 3)
        print(f"share of the vectors' variance explained on unseen paintings: {share}", flush=True)
        checkpoints.save_checkpoint(head_path, head, {"what": "the head", "figures": {"R2 on unseen paintings": share}})
        np.save(_vectors_path(head_path), np.asarray(head.predict(features, verbose=0), np.float32))
        if "imitate" in phases or between.exists():
            checkpoints.load_weights(transformer, between)
            _publish(transformer, head, args, {"steps": f"{args.steps} of imitation", "R2 on unseen paintings": share})
    if "refine" in phases:
        checkpoints.load_weights(head, head_path)
        share = checkpoints.read_card(head_path)["figures"]["R2 on unseen paintings"]
        own = np.load(_vectors_path(head_path))
        weights = RefinementWeights(
            **{field.name: getattr(args, field.name) for field in dataclasses.fields(RefinementWeights)}
        )
        model = Refinement(transformer, perception, scales, weights)
        rate = cosine(args.refine_rate, args.refine_steps, floor=1e-5, warmup=50)
        model.compile(optimizer=keras.optimizers.Adam(rate, global_clipnorm=1.0))

        def save(step: int) -> None:
            done = f"{args.steps} of imitation, {step} of refinement"
            _publish(transformer, head, args, {"steps": done, "R2 on unseen paintings": share})

        batch = refining_batches(deals, library, own, size=args.batch, seed=args.seed + 1)
        _teach(model, batch, args.refine_steps, "refine", args, on_save=save, averaged_over=400)


def _vectors_path(head_path: Path) -> Path:
    """Return where the head's own vectors of the library's styles are kept."""
    return head_path.with_name(head_path.name + ".vectors.npy")


def _teach(
    model: keras.Model,
    batch: Callable[[int], tuple[Any, Any]],
    steps: int,
    phase: str,
    args: argparse.Namespace,
    *,
    on_save: Callable[[int], None] | None = None,
    averaged_over: int = 0,
) -> None:
    state = args.state.with_name(f"{args.state.name}.{phase}")
    model(batch(0)[0])
    Lesson(
        model,
        batch,
        steps=steps,
        state_path=state,
        save_every_s=args.save_every,
        print_every=50,
        on_save=on_save,
        averaged_over=averaged_over,
    ).run()


def _publish(transformer: keras.Model, head: keras.Model, args: argparse.Namespace, figures: dict[str, Any]) -> None:
    cards.publish("builtin-stylizer", {"transformer": transformer, "head": head}, args, figures)


if __name__ == "__main__":
    cards.run(main)
