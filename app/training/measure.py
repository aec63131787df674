"""Measures the built-in networks: ``python -m app.training.measure --contents DIR --styles DIR`` prints JSON.

On pictures held out of training: the stylizer's content and style loss against int8 Magenta's and the backbone's share
of the fall in style loss, both measured with vgg19-16x; and how well the autoencoder knows a picture again.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from app import images, places
from app.networks import checkpoints
from app.networks.stylizer import load_predictor, load_transformer
from app.training import cards, teachers
from app.training.datasets import read_shelf
from app.training.recognition import measure_autoencoder
from app.training.shares import ClassicSettings, measure_backbone, yardsticks
from app.training.teacher_pictures import CONTENT_PX, STYLE_PX, unseen_deals

Array = NDArray[np.float32]
Deals = list[tuple[Array, Array]]

PARTS = ("stylizer", "backbone", "autoencoder")
NETWORKS = {"stylizer": "builtin-stylizer", "backbone": "builtin-vgg", "autoencoder": "builtin-autoencoder"}


def own_painter() -> Callable[[Array, Array], Array]:
    """Return the built-in stylizer as a function of content and style, float32 [H, W, 3] and [256, 256, 3]."""
    transformer, predictor = load_transformer(), load_predictor()

    def paint(content: Array, style: Array) -> Array:
        vector = ops.convert_to_numpy(predictor(style[None], training=False))
        return np.asarray(ops.convert_to_numpy(transformer([content[None], vector], training=False))[0], np.float32)

    return paint


def deck_deals() -> Deals:
    """Return a deal for every painting of our own deck, each with one of its photographs in turn."""

    def squares(folder: Path, side_px: int) -> list[Array]:
        entries = json.loads((folder / "deck.json").read_text("utf-8"))["pictures"]
        pictures = [images.read_picture(folder / entry["file"], max_side_px=640) for entry in entries]
        return [images.cover(picture, height=side_px, width=side_px) for picture in pictures]

    contents, styles = squares(places.contents(), CONTENT_PX), squares(places.styles(), STYLE_PX)
    return [(contents[i % len(contents)], style) for i, style in enumerate(styles)]


def measure_stylizer(deals: Deals) -> dict[str, Any]:
    """Return content and style loss of the built-in stylizer over those of int8 Magenta, per yardstick."""
    magenta, paint = teachers.MagentaTeacher(), own_painter()
    theirs = [magenta.paint(content, magenta.style_vector(style)) for content, style in deals]
    ours = [paint(content, style) for content, style in deals]
    begun_at = time.perf_counter()
    paint(*deals[0])
    figures: dict[str, Any] = {
        "deals": len(deals),
        "seconds at 384 px, eager": round(time.perf_counter() - begun_at, 3),
    }
    for name, yardstick in yardsticks(deals).items():
        losses = {
            who: (
                np.array([yardstick.content_loss(p, c) for p, (c, _) in zip(made, deals, strict=True)]),
                np.array([yardstick.style_loss(p, s) for p, (_, s) in zip(made, deals, strict=True)]),
            )
            for who, made in (("ours", ours), ("theirs", theirs))
        }
        for i, loss in enumerate(("content", "style")):
            mine, other = losses["ours"][i], losses["theirs"][i]
            figures[f"{loss} loss against int8 Magenta, {name}"] = {
                "ratio of means": round(float(mine.mean() / other.mean()), 3),
                "median of ratios": round(float(np.median(mine / other)), 3),
                "mean of ratios": round(float(np.mean(mine / other)), 3),
            }
    return figures


def write_into_card(name: str, measured: dict[str, Any]) -> None:
    """Put measured figures into a built-in network's card, beside those of its training."""
    path = checkpoints.path_of(name)
    card = checkpoints.read_card(path)
    card["figures"] = {**card["figures"], "measured on held-out pictures": measured}
    images.write_json(path.with_suffix(".json"), card)


def main(arguments: list[str] | None = None) -> None:
    """Measure what is asked for and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--contents", type=Path, required=True, help="folder of photographs")
    parser.add_argument("--styles", type=Path, required=True, help="folder of paintings")
    parser.add_argument("--parts", default=",".join(PARTS), help=f"what to measure (default: {','.join(PARTS)})")
    parser.add_argument("--deals", type=int, default=24, help="deals for stylizer and autoencoder (default: 24)")
    parser.add_argument("--gatys-deals", type=int, default=12, help="deals for the backbone (default: 12)")
    parser.add_argument("--gatys-steps", type=int, default=150, help="steps of a classic picture (default: 150)")
    parser.add_argument("--gatys-side", type=int, default=256, help="side of a classic picture in px (default: 256)")
    parser.add_argument(
        "--pooling", choices=("average", "max"), default="average", help="the classic pictures' pooling"
    )
    parser.add_argument("--keep", type=Path, help="folder that keeps the teacher's classic pictures for the next time")
    parser.add_argument("--sheet", type=Path, help="PNG of painting, photograph, the teacher's and our classic picture")
    parser.add_argument("--write-cards", action="store_true", help="also write the figures into the networks' cards")
    args = parser.parse_args(arguments)
    parts = args.parts.split(",")
    unknown = sorted(set(parts) - set(PARTS))
    if unknown:
        parser.error(f"unknown part {unknown[0]}; there are {', '.join(PARTS)}")
    deals = unseen_deals(read_shelf(args.contents), read_shelf(args.styles), deals=args.deals)
    figures: dict[str, Any] = {}
    if "stylizer" in parts:
        figures["stylizer"] = {**measure_stylizer(deals), "our own deck": measure_stylizer(deck_deals())}
    if "backbone" in parts:
        trial = ClassicSettings(args.gatys_side, args.gatys_steps, args.pooling)
        figures["backbone"] = measure_backbone(
            deals, count=args.gatys_deals, trial=trial, keep=args.keep, sheet=args.sheet
        )
    if "autoencoder" in parts:
        figures["autoencoder"] = measure_autoencoder(deals)
    if args.write_cards:
        for part, measured in figures.items():
            write_into_card(NETWORKS[part], measured)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    cards.run(main)
