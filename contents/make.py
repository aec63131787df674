"""Makes the deck's photographs: renders every scene of this folder and writes it beside its line in deck.json.

Run from the checkout: `python -m contents.make [name ...] [--size PX]`. The same code and size give the same pictures.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contents.balloon import balloon
from contents.beeches import beeches
from contents.dunes import dunes
from contents.film import Film, develop, save
from contents.fruit import fruit
from contents.harbour import harbour
from contents.lake import lake
from contents.lighthouse import lighthouse
from contents.marching import Scene, render
from contents.robin import robin
from contents.street import street
from contents.tea import tea
from contents.tulips import tulips

HERE = Path(__file__).resolve().parent
LONGER_SIDE_PX = 960
SAMPLES = 4


@dataclass(frozen=True)
class Photograph:
    """One picture of the deck: its scene, what it is called and whether it stands upright."""

    scene: Callable[[], tuple[Scene, Film]]
    title: str
    description: str
    is_portrait: bool = False


PHOTOGRAPHS: dict[str, Photograph] = {
    "fruit": Photograph(fruit, "The blue bowl", "Apples, pears and lemons about a bowl on a white cloth"),
    "tea": Photograph(tea, "Tea for two, four o'clock", "A teal teapot and two cups in the light of a window"),
    "tulips": Photograph(tulips, "Tulips from the market", "Ten tulips in a green jug before a blue wall", True),
    "robin": Photograph(robin, "Robin, listening", "A robin on a rowan branch among berries"),
    "harbour": Photograph(harbour, "Harbour before rain", "Boats at rest before a row of painted houses"),
    "street": Photograph(street, "Washing day", "A southern street of shuttered houses with a clock tower"),
    "beeches": Photograph(beeches, "Through the beeches", "Low sun falling through an October wood"),
    "lake": Photograph(lake, "Last light on the lake", "Snowy mountains, firs and a red boat at dusk"),
    "dunes": Photograph(dunes, "Three on the ridge", "Walkers on the crest of a great dune at evening"),
    "balloon": Photograph(balloon, "Up before breakfast", "A striped balloon over morning valleys"),
    "lighthouse": Photograph(lighthouse, "The keeper's evening", "A banded lighthouse on a rocky head", True),
}


def picture(name: str, *, size: int = LONGER_SIDE_PX, samples: int = SAMPLES) -> NDArray[np.float32]:
    """The named photograph, float32 RGB [H, W, 3] in [0, 1], sRGB, its longer side `size` px, four to three."""
    photograph = PHOTOGRAPHS[name]
    scene, film = photograph.scene()
    long, short = size, size * 3 // 4
    width, height = (short, long) if photograph.is_portrait else (long, short)
    return develop(render(scene, width, height, samples), film).astype(np.float32)


def write_deck() -> None:
    """Write deck.json: file, title, description, origin and licence of every photograph that lies here."""
    pictures = [
        {
            "file": f"{name}.jpg",
            "title": photograph.title,
            "description": photograph.description,
            "made_by": "contents/make.py",
            "licence": "CC0-1.0",
        }
        for name, photograph in PHOTOGRAPHS.items()
        if (HERE / f"{name}.jpg").exists()
    ]
    text = json.dumps({"pictures": pictures}, indent=2, ensure_ascii=False)
    (HERE / "deck.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Make the pictures that the command line names, and the list."""
    parser = argparse.ArgumentParser(description="Render the deck's photographs.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones (default: all): {', '.join(PHOTOGRAPHS)}")
    parser.add_argument("--size", type=int, default=LONGER_SIDE_PX, help="longer side in px")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(PHOTOGRAPHS)
    if unknown:
        parser.error(f"no such photograph: {', '.join(sorted(unknown))}")
    for name in wanted.names or PHOTOGRAPHS:
        save(picture(name, size=wanted.size), HERE / f"{name}.jpg")
        print(f"{name}.jpg  {PHOTOGRAPHS[name].title}", flush=True)
    write_deck()


if __name__ == "__main__":
    main()
