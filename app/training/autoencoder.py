"""Trains the judge's autoencoder: ``python -m app.training.autoencoder --contents DIR --styles DIR --pictures DIR
--comparisons DIR``.

It learns two things at once: to paint a 128 px picture again from its code, and to lay the code's linear view, the
embedding, so that the cosine of two pictures is their likeness (see app.training.comparisons). Unrelated pictures are
pushed apart only as far as a right angle. Then the curve from cosine to grade is fitted to held-out comparisons.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.judging.autoencoder import POOLS, SIDE_PX, build_decoder, build_encoder
from app.judging.calibration import Calibration, fit_calibration
from app.training import cards
from app.training.comparisons import Comparisons, read_comparisons
from app.training.datasets import Shelf, crop, pick, read_shelf
from app.training.lesson import Lesson, cosine

Array = NDArray[np.float32]

#: Every so many comparisons one is held out for calibration.
_HELD_OUT_EVERY = 12
#: The grade wanted is ten times the likeness to this power: it leaves room above for ever finer imitations.
_STRICTNESS = 1.3


class Comparing(keras.Model):
    """Encoder and decoder with the sum of two losses: mean absolute difference of the picture painted again, and
    squared difference of cosines from likeness.
    """

    def __init__(self, encoder: keras.Model, decoder: keras.Model, *, group: int, weight: float) -> None:
        super().__init__()
        self.encoder, self.decoder, self.group, self.weight = encoder, decoder, group, weight

    def call(self, x: Any) -> Any:
        """Return the embedding and the picture painted again."""
        seen = self.encoder(x["noisy"])
        return {"embedding": seen["embedding"], "picture": self.decoder(seen["code"])}

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the loss of one batch of groups, each a picture and what is set beside it."""
        del y
        painted = ops.mean(ops.abs(y_pred["picture"] - x["clean"]))
        grouped = x["likeness"].shape[0]
        vectors = unit_vectors(y_pred["embedding"])
        length = vectors.shape[-1]
        groups = ops.reshape(vectors[: grouped * self.group], (grouped, self.group, length))
        first, others = groups[:, :1], groups[:, 1:]
        cosines = ops.sum(first * others, axis=-1)
        wanted = x["likeness"]
        # Below nothing in common there is nothing to tell apart: only cosines above zero are pressed down.
        misses = ops.where(wanted > 0.02, cosines - wanted, ops.relu(cosines))
        compared = ops.mean(ops.square(misses))
        strangers = 0.0
        for by in range(1, min(4, grouped)):
            strangers += ops.mean(ops.square(ops.relu(ops.sum(groups * ops.roll(groups, by, axis=0), axis=-1))))
            strangers += ops.mean(ops.square(ops.relu(ops.sum(first * ops.roll(others, by, axis=0), axis=-1))))
        return painted + self.weight * (compared + 0.15 * strangers)


def unit_vectors(embedding: Any) -> Any:
    """Return embeddings [N, h, w, c] pooled as the judge pools them, end to end, at unit length: [N, length]."""
    parts: list[Any] = []
    count, height, width, channels = embedding.shape
    for by, weight in POOLS:
        cells = ops.reshape(embedding, (-1, height // by, by, width // by, by, channels))
        # The sum over a block divided by the root of its size, as app.judging.autoencoder.pool does.
        pooled = ops.sum(cells, axis=(2, 4)) / by
        parts.append(weight * ops.reshape(pooled, (-1, (height // by) * (width // by) * channels)))
    del count
    vectors = ops.concatenate(parts, axis=-1)
    return vectors / ops.sqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-6)


def batch_at(
    step: int,
    *,
    comparisons: Comparisons,
    rows: NDArray[np.int64],
    shelves: tuple[Shelf, Shelf],
    seed: int,
    groups: int,
) -> dict[str, Array]:
    """Return one step's pictures: groups of comparisons, mirrored and turned together, and as many bare pictures."""
    rng = np.random.default_rng([seed, 31, step])
    chosen = np.sort(rng.choice(rows, groups, replace=False))
    made: list[Array] = []
    for row in chosen:
        group = np.asarray(comparisons.pictures[row], np.float32) / np.float32(255.0)
        if rng.random() < 0.5:
            group = group[:, :, ::-1]
        if rng.random() < 0.2:
            group = group[..., rng.permutation(3)]
        if rng.random() < 0.15:
            group = group.transpose(0, 2, 1, 3)
        made.append(group)
    bare = [crop(pick(shelves[i % 2].training, rng), rng, side_px=SIDE_PX, share=(0.5, 1.0)) for i in range(2 * groups)]
    clean = np.ascontiguousarray(np.concatenate([*made, np.stack(bare)]), np.float32)
    noise = rng.normal(0.0, 0.02, clean.shape).astype(np.float32)
    noise[: len(clean) - len(bare)] *= rng.random() < 0.3
    return {"clean": clean, "noisy": clean + noise, "likeness": comparisons.likeness[chosen]}


def cosines_of(encoder: keras.Model, comparisons: Comparisons, rows: NDArray[np.int64]) -> Array:
    """Return the cosines [len(rows), K] between each row's first picture and those beside it."""
    found: list[Array] = []
    for row in rows:
        pictures = np.asarray(comparisons.pictures[row], np.float32) / np.float32(255.0)
        vectors = np.asarray(ops.convert_to_numpy(unit_vectors(encoder(pictures, training=False)["embedding"])))
        found.append(vectors[1:] @ vectors[0])
    return np.stack(found).astype(np.float32)


def calibrate(encoder: keras.Model, comparisons: Comparisons, rows: NDArray[np.int64]) -> tuple[Calibration, Array]:
    """Fit the curve from cosine to grade on these rows; return it with their cosines."""
    cosines = cosines_of(encoder, comparisons, rows)
    return fit_calibration(cosines.ravel(), 10.0 * comparisons.likeness[rows].ravel() ** _STRICTNESS), cosines


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on training, and write checkpoint and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cards.add_arguments(parser, name="builtin-autoencoder", steps=1400)
    parser.add_argument("--comparisons", type=Path, required=True, help="folder of app.training.comparisons")
    parser.add_argument("--groups", type=int, default=5, help="groups of comparisons a step (default: 5)")
    parser.add_argument("--weight", type=float, default=3.0, help="weight of likeness against painting (default: 3)")
    args = cards.begin(parser, arguments)
    comparisons = read_comparisons(args.comparisons)
    shelves = (read_shelf(args.contents), read_shelf(args.styles))
    everything = np.arange(len(comparisons.likeness))
    held_out = everything[::_HELD_OUT_EVERY]
    rows = np.setdiff1d(everything, held_out)
    print(f"{len(rows)} comparisons to learn from, {len(held_out)} held out", flush=True)
    encoder, decoder = build_encoder(), build_decoder()
    model = Comparing(encoder, decoder, group=comparisons.pictures.shape[1], weight=args.weight)
    model.compile(optimizer=keras.optimizers.Adam(cosine(1.5e-3, args.steps, floor=1e-5, warmup=50)))

    def batch(step: int) -> tuple[dict[str, Array], None]:
        made = batch_at(step, comparisons=comparisons, rows=rows, shelves=shelves, seed=args.seed, groups=args.groups)
        return made, None

    def save(step: int) -> None:
        calibration, cosines = calibrate(encoder, comparisons, held_out)
        wanted = comparisons.likeness[held_out]
        means = [round(float(v), 3) for v in cosines.mean(0)]
        again = ops.convert_to_numpy(decoder(encoder(_first(comparisons, held_out[:32]), training=False)["code"]))
        difference = round(float(np.abs(np.asarray(again, np.float32) - _first(comparisons, held_out[:32])).mean()), 4)
        print(
            f"cosines by kind {means}; wanted {wanted.mean(0).round(3).tolist()}; painted again {difference}",
            flush=True,
        )
        figures = {
            "steps": step,
            "mean absolute difference of pictures painted again, held out": difference,
            "correlation of cosine and likeness, held out": round(
                float(np.corrcoef(cosines.ravel(), wanted.ravel())[0, 1]), 3
            ),
        }
        cards.publish(
            "builtin-autoencoder",
            {"encoder": encoder, "decoder": decoder},
            args,
            figures,
            calibration=calibration.to_record(),
        )

    model(batch(0)[0])
    Lesson(
        model,
        batch,
        steps=args.steps,
        state_path=args.state,
        save_every_s=args.save_every,
        print_every=50,
        on_save=save,
    ).run()


def _first(comparisons: Comparisons, rows: NDArray[np.int64]) -> Array:
    return np.asarray(comparisons.pictures[rows, 0], np.float32) / np.float32(255.0)


if __name__ == "__main__":
    main()
