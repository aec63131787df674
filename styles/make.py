"""Makes the deck's paintings: runs every recipe of this folder and writes it beside its line in deck.json.

Run from the checkout: `python -m styles.make [name ...] [--size PX]`. The same code and size give the same paintings.
All are inventions of this repository, in manners that painters and printers have long shared; none copies a work.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from contents.film import save
from styles import brushed, flowing, pieced, printed, slabs

HERE = Path(__file__).resolve().parent
SIDE_PX = 768


@dataclass(frozen=True)
class Painting:
    """One painting of the deck: its recipe (side in px -> float32 [side, side, 3]), title and manner."""

    recipe: Callable[[int], NDArray[np.float32]]
    title: str
    manner: str


PAINTINGS: dict[str, Painting] = {
    "gale": Painting(brushed.gale, "Orchard in a gale", "Thick impasto in swirling strokes"),
    "weir": Painting(brushed.weir, "White sail, noon", "Pointillism, dots of divided colour"),
    "pastel": Painting(brushed.pastel, "Moon coming up", "Soft pastel hatched on dark paper"),
    "neon": Painting(slabs.neon, "Two in the morning, rain", "Expressionist brushwork in neon colours"),
    "knife": Painting(slabs.knife, "Red barns, last snow", "Oil laid on with a palette knife"),
    "facets": Painting(slabs.facets, "Guitar, broken light", "Cubist facets in ochre and slate"),
    "ember": Painting(flowing.ember, "Ember over plum", "Colour fields with bleeding edges"),
    "pines": Painting(flowing.pines, "Pines, one breath", "Ink wash on damp paper"),
    "garden": Painting(flowing.garden, "Garden after the shower", "Watercolour, wet in wet"),
    "static": Painting(flowing.static, "Static, with yellow", "Thrown and dripped enamel"),
    "engine": Painting(printed.engine, "Engine for a quiet town", "Geometric construction, printed in flat inks"),
    "gulls": Painting(printed.gulls, "Gulls over the swell", "Woodcut in three blocks"),
    "bees": Painting(pieced.bees, "Window for the bees", "Leaded stained glass"),
    "carp": Painting(pieced.carp, "Two carp, turning", "Mosaic of small stones"),
    "stair": Painting(pieced.stair, "The peacock stair", "Gilded fans on lacquer"),
}


def picture(name: str, *, size: int = SIDE_PX) -> NDArray[np.float32]:
    """The named painting, float32 RGB [size, size, 3] in [0, 1], sRGB."""
    return np.clip(PAINTINGS[name].recipe(size), 0, 1).astype(np.float32)


def write_deck() -> None:
    """Write deck.json: file, title, manner, origin and licence of every painting that lies here."""
    pictures = [
        {
            "file": f"{name}.jpg",
            "title": painting.title,
            "manner": painting.manner,
            "made_by": "styles/make.py",
            "licence": "CC0-1.0",
        }
        for name, painting in PAINTINGS.items()
        if (HERE / f"{name}.jpg").exists()
    ]
    text = json.dumps({"pictures": pictures}, indent=2, ensure_ascii=False)
    (HERE / "deck.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Make the pictures that the command line names, and the list."""
    parser = argparse.ArgumentParser(description="Paint the deck's paintings.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"which ones (default: all): {', '.join(PAINTINGS)}")
    parser.add_argument("--size", type=int, default=SIDE_PX, help="side in px")
    wanted = parser.parse_args()
    unknown = set(wanted.names) - set(PAINTINGS)
    if unknown:
        parser.error(f"no such painting: {', '.join(sorted(unknown))}")
    for name in wanted.names or PAINTINGS:
        save(picture(name, size=wanted.size), HERE / f"{name}.jpg", most_bytes=450_000)
        print(f"{name}.jpg  {PAINTINGS[name].title}", flush=True)
    write_deck()


if __name__ == "__main__":
    main()
