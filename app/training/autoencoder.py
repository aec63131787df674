"""Trains the judge's autoencoder: ``python -m app.training.autoencoder --contents DIR --styles DIR --pictures DIR
--comparisons DIR --records DIR``.

It learns several things at once. To paint a 128 px picture again from its code and vector, also where it was blurred by
compression or noise. To lay the code's linear view, the embedding, and the vector so that the cosine of two pictures is
their likeness (see app.training.comparisons), and to rank alike what is set beside one picture; unrelated pictures are
pushed apart only as far as a right angle. And to know a picture again, shifted and compressed, among those most easily
taken for it: the photograph in another style, another photograph in its style (van den Oord et al. 2018, InfoNCE).
"""

from __future__ import annotations

import argparse
import itertools
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from app.judging.features.autoencoder import POOLS, build_decoder, build_encoder, paint_again, see
from app.networks import checkpoints
from app.training import cards
from app.training.batches import GROUP, HELD_OUT_EVERY, Batches, PictureMaker, fingerprint
from app.training.comparisons import KINDS, MARGIN_PX
from app.training.lesson import Lesson, cosine
from app.training.records import Manifest, held_out, read_manifest, write_records

Array = NDArray[np.float32]

#: Of each group so many pictures are painted again, the first first.
_PAINTED = 3
#: What the vector, which knows no places, cannot be asked to tell from the first.
_PLACELESS = ("mirrored", "changed", "corner")
#: A difference of likeness from which on two pictures must be ranked, and how much of it the cosines must show.
_RANKED_FROM, _RANKED_SHARE = 0.06, 0.7
_TEMPERATURE = 0.1
#: How much it counts how far the vector of a copy strays from the first's.
_STRAYED = 0.4
#: While training goes on, so many of the comparisons held out are measured: one of four.
MEASURED_EVERY = 4


class Comparing(keras.Model):
    """Encoder and decoder with the sum of their losses, each also kept as a metric of its own."""

    PARTS = ("painted", "cells", "vector", "ranks", "known")

    def __init__(self, encoder: keras.Model, decoder: keras.Model, *, weight: float) -> None:
        super().__init__()
        self.encoder, self.decoder, self.weight = encoder, decoder, weight
        self.parts = {part: keras.metrics.Mean(name=part) for part in self.PARTS}
        self._told = np.array([kind not in _PLACELESS for kind in (*KINDS, "copy")], np.float32)

    def call(self, x: Any) -> Any:
        """Return the embedding, the vector and the pictures painted again."""
        seen = self.encoder(x["seen"])
        rows = painted_rows(x["likeness"].shape[0], x["seen"].shape[0])
        again = self.decoder([ops.take(seen["code"], rows, axis=0), ops.take(seen["vector"], rows, axis=0)])
        return {"embedding": seen["embedding"], "vector": seen["vector"], "picture": again}

    def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, *_: Any, **__: Any) -> Any:
        """Return the loss of one batch of app.training.batches."""
        del y
        wanted = x["likeness"]
        groups = wanted.shape[0]
        rows = painted_rows(groups, x["seen"].shape[0])
        missed = y_pred["picture"] - ops.take(x["clean"], rows, axis=0)
        painted = ops.mean(ops.abs(missed)) + 0.5 * ops.mean(ops.abs(ops.average_pool(missed, 8)))
        cells = ops.reshape(unit_vectors(y_pred["embedding"])[: groups * GROUP], (groups, GROUP, -1))
        vectors = y_pred["vector"] / ops.sqrt(ops.sum(ops.square(y_pred["vector"]), -1, keepdims=True) + 1e-6)
        vectors = ops.reshape(vectors[: groups * GROUP], (groups, GROUP, -1))
        told = ops.take(self._told, x["kinds"], axis=0)
        by_cells, strange_cells = _missed(cells, wanted, ops.ones_like(told))
        by_vector, strange_vectors = _missed(vectors, wanted, told)
        # A vector has no places, so being moved must not change it: every bit counts, not its square.
        by_vector += _STRAYED * ops.mean(1.0 - ops.sum(vectors[:, 0] * vectors[:, -1], -1))
        ranks = _misranked(ops.sum(cells[:, :1] * cells[:, 1:], -1), wanted)
        known = _unknown(vectors, told)
        for part, value in zip(self.PARTS, (painted, by_cells, by_vector, ranks, known), strict=True):
            self.parts[part].update_state(value)
        compared = by_cells + 0.5 * by_vector + 0.15 * (strange_cells + strange_vectors) + 0.5 * ranks
        return painted + self.weight * compared + 0.03 * known


def painted_rows(groups: int, pictures: int) -> Array:
    """Return which of a batch's pictures are painted again: some of each group, and all bare ones."""
    of_groups = [group * GROUP + row for group in range(groups) for row in range(_PAINTED)]
    return np.array([*of_groups, *range(groups * GROUP, pictures)], np.int32)


def _missed(units: Any, wanted: Any, told: Any) -> tuple[Any, Any]:
    """Squared differences of the cosines to each group's first from what is wanted, and of strangers' from none."""
    first, others = units[:, :1], units[:, 1:]
    cosines = ops.sum(first * others, axis=-1)
    # Below nothing in common there is nothing to tell apart: only cosines above zero are pressed down.
    misses = ops.where(wanted > 0.02, cosines - wanted, ops.relu(cosines))
    compared = ops.sum(ops.square(misses) * told) / (ops.sum(told) + 1e-6)
    strangers = 0.0
    for by in range(1, min(4, units.shape[0])):
        strangers += ops.mean(ops.square(ops.relu(ops.sum(units * ops.roll(units, by, axis=0), axis=-1))))
        strangers += ops.mean(ops.square(ops.relu(ops.sum(first * ops.roll(others, by, axis=0), axis=-1))))
    return compared, strangers


def _misranked(cosines: Any, wanted: Any) -> Any:
    """How far the cosines of a group's pairs fall short of ranking them as their likeness does."""
    apart = wanted[:, :, None] - wanted[:, None, :]
    shown = cosines[:, :, None] - cosines[:, None, :]
    short = ops.relu(_RANKED_SHARE * apart - shown)
    counts = ops.cast(apart > _RANKED_FROM, "float32")
    return ops.sum(short * counts) / (ops.sum(counts) + 1.0)


def _unknown(units: Any, told: Any) -> Any:
    """InfoNCE: each first picture's copy against all that is set beside it and the other groups' copies."""
    first, beside, copies = units[:, 0], units[:, 1:-1], units[:, -1]
    own = ops.sum(first[:, None] * beside, -1) - 4.0 * (1.0 - told[:, :-1])
    among = ops.matmul(first, ops.transpose(copies))
    logits = ops.concatenate([among, own], axis=-1) / _TEMPERATURE
    return ops.mean(ops.logsumexp(logits, axis=-1) - ops.diagonal(among) / _TEMPERATURE)


def unit_vectors(embedding: Any) -> Any:
    """Return embeddings [N, h, w, c] pooled as the judge pools them, end to end, at unit length: [N, length]."""
    parts: list[Any] = []
    _, height, width, channels = embedding.shape
    for by, weight in POOLS:
        cells = ops.reshape(embedding, (-1, height // by, by, width // by, by, channels))
        # The sum over a block divided by the root of its size, as app.judging.features.autoencoder.pool does.
        pooled = ops.sum(cells, axis=(2, 4)) / by
        parts.append(weight * ops.reshape(pooled, (-1, (height // by) * (width // by) * channels)))
    vectors = ops.concatenate(parts, axis=-1)
    return vectors / ops.sqrt(ops.sum(ops.square(vectors), axis=-1, keepdims=True) + 1e-6)


def measured(encoder: keras.Model, decoder: keras.Model, comparisons: Manifest) -> dict[str, Any]:
    """Return figures on some comparisons held out: correlations with the likeness wanted, pictures painted again."""
    wanted, by_cells, by_vector, missed = [], [], [], []
    for record in itertools.islice(held_out(comparisons, every=HELD_OUT_EVERY), 0, None, MEASURED_EVERY):
        inner = slice(MARGIN_PX, -MARGIN_PX)
        told = np.isfinite(record["likeness"])
        pictures = record["pictures"][np.append(True, told)][:, inner, inner].astype(np.float32) / np.float32(255.0)
        seen = see(encoder, pictures)
        units = np.asarray(ops.convert_to_numpy(unit_vectors(ops.convert_to_tensor(seen.cells))))
        vectors = seen.vectors / np.linalg.norm(seen.vectors, axis=-1, keepdims=True)
        by_cells.append(units[1:] @ units[0])
        by_vector.append(vectors[1:] @ vectors[0])
        wanted.append(record["likeness"][told])
        missed.append(np.abs(paint_again(encoder, decoder, pictures[:1]) - pictures[:1]).mean())

    def agreement(found: list[Array]) -> float:
        return round(float(np.corrcoef(np.concatenate(found), np.concatenate(wanted))[0, 1]), 3)

    return {
        "comparisons held out": len(wanted),
        "mean absolute difference of pictures painted again, held out": round(float(np.mean(missed)), 4),
        "correlation of the map's cosine with likeness, held out": agreement(by_cells),
        "correlation of the vector's cosine with likeness, held out": agreement(by_vector),
    }


def prepared(args: argparse.Namespace) -> tuple[Manifest, Manifest]:
    """Return comparisons and bare pictures as records; the latter are written first, as far as they are not there."""
    comparisons = read_manifest(args.comparisons, kind="comparisons")
    maker = PictureMaker(args.contents, args.styles, args.pictures, args.seed)
    source = fingerprint(args.contents, args.styles)
    pictures = write_records(
        args.records, maker, kind="pictures", count=args.count, seed=args.seed, source=source, per_shard=128
    )
    return comparisons, pictures


def learning(args: argparse.Namespace, comparisons: Manifest, pictures: Manifest) -> Lesson:
    """Return the lesson, begun or taken up again; while it goes on, checkpoint and card are written now and then."""
    encoder, decoder = build_encoder(), build_decoder()
    if args.start_from is not None:
        begun = checkpoints.take_weights({"encoder": encoder, "decoder": decoder}, args.start_from)
        print(f"Begun with {begun} of the checkpoint's arrays.", flush=True)
    model = Comparing(encoder, decoder, weight=args.weight)
    model.compile(optimizer=keras.optimizers.Adam(cosine(args.rate, args.steps, floor=args.rate / 100, warmup=50)))
    batches = Batches(comparisons, pictures, seed=args.seed, groups=args.groups, bare=args.bare)
    model(batches(0)[0])

    def save(step: int) -> None:
        figures = {"steps": step, **measured(encoder, decoder, comparisons)}
        print(figures, flush=True)
        cards.publish("builtin-autoencoder", {"encoder": encoder, "decoder": decoder}, args, figures)

    return Lesson(
        model,
        batches,
        steps=args.steps,
        state_path=args.state,
        save_every_s=args.save_every,
        print_every=50,
        on_save=save,
        averaged_over=min(200, args.steps // 5),
    )


def main(arguments: list[str] | None = None) -> None:
    """Train, or go on training, and write checkpoint and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cards.add_arguments(parser, name="builtin-autoencoder", steps=3000)
    parser.add_argument("--pictures", type=Path, required=True, help="folder of app.training.teacher_pictures")
    parser.add_argument("--comparisons", type=Path, required=True, help="folder of app.training.comparisons")
    parser.add_argument("--records", type=Path, required=True, help="folder for the bare pictures' records")
    parser.add_argument("--count", type=int, default=4096, help="how many bare pictures (default: 4096)")
    parser.add_argument("--groups", type=int, default=6, help="groups of comparisons a step (default: 6)")
    parser.add_argument("--bare", type=int, default=8, help="bare pictures a step (default: 8)")
    parser.add_argument("--weight", type=float, default=3.0, help="weight of likeness against painting (default: 3)")
    parser.add_argument("--rate", type=float, default=1.5e-3, help="highest rate of learning (default: 0.0015)")
    parser.add_argument("--start-from", type=Path, help="checkpoint whose weights to begin with, where they fit")
    args = cards.begin(parser, arguments)
    learning(args, *prepared(args)).run()
    print("Now run app.training.calibrating: the grades' calibration belongs to the weights.", flush=True)


if __name__ == "__main__":
    cards.run(main)
