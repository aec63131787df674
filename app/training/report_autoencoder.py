"""Shows what the judge's encoder keeps of pictures: ``python -m app.training.report_autoencoder`` writes
docs/images/judging-reconstructions.jpg.

Our own deck only: photographs, paintings, a rival's pictures of them and drawings by the auto-painter, each above what
the decoder paints of what the encoder kept.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from app import images, places
from app.judging.features.autoencoder import SIDE_PX, load_decoder, load_encoder, paint_again
from app.painting import autopainter
from app.training import cards
from app.training.measure import own_painter

Array = NDArray[np.float32]

_PAINTED_PX, _STYLE_PX = 384, 256
_GAP_PX, _LABEL_PX = 6, 22
_STROKES = (60, 250, 1000)
_GROUND, _INK = (24, 24, 27), (200, 200, 205)
#: Of how many pictures of each sort a row is made.
EACH = 3


def deck(folder: Path, count: int, side_px: int) -> list[Array]:
    """Return squares of some of the deck's pictures, spread evenly over it, float32 [side, side, 3]."""
    entries = json.loads((folder / "deck.json").read_text("utf-8"))["pictures"]
    chosen = [entries[round((i + 0.5) * len(entries) / count - 0.5)] for i in range(count)]
    pictures = [images.read_picture(folder / entry["file"], max_side_px=960) for entry in chosen]
    return [images.cover(picture, height=side_px, width=side_px) for picture in pictures]


def shown() -> list[tuple[str, list[Array]]]:
    """Return what is shown, sort by sort: a title and pictures, float32 [128, 128, 3]."""
    contents = deck(places.contents(), EACH, _PAINTED_PX)
    styles = deck(places.styles(), EACH, _PAINTED_PX)
    paint = own_painter()
    rivals = [
        paint(content, images.resize(style, height=_STYLE_PX, width=_STYLE_PX))
        for content, style in zip(contents, styles, strict=True)
    ]
    drawings = [
        autopainter.paint(picture, strokes=strokes, seed=1).picture()
        for picture, strokes in zip(rivals, _STROKES, strict=True)
    ]
    sorts = (
        ("photographs", contents),
        ("paintings", styles),
        ("the built-in rival's pictures", rivals),
        (f"drawings of {_STROKES[0]}, {_STROKES[1]} and {_STROKES[2]} strokes", drawings),
    )
    return [(title, [images.resize(p, height=SIDE_PX, width=SIDE_PX) for p in made]) for title, made in sorts]


def sheet(sorts: list[tuple[str, list[Array]]]) -> NDArray[np.uint8]:
    """Lay the pictures out: sorts side by side, each picture above what the decoder makes of it; uint8 [H, W, 3]."""
    pictures = np.stack([picture for _, made in sorts for picture in made])
    rows = (("the picture", pictures), ("what is kept of it", paint_again(load_encoder(), load_decoder(), pictures)))
    left, step = 132, SIDE_PX + _GAP_PX
    width = left + len(pictures) * step + (len(sorts) - 1) * 2 * _GAP_PX
    canvas = Image.new("RGB", (width, _LABEL_PX + len(rows) * step), _GROUND)
    draw = ImageDraw.Draw(canvas)
    font = ImageFont.load_default(13)
    for r, (title, made) in enumerate(rows):
        top = _LABEL_PX + r * step
        draw.text((8, top + SIDE_PX // 2 - 8), title, _INK, font=font)
        for k, picture in enumerate(made):
            x = left + k * step + (k // EACH) * 2 * _GAP_PX
            canvas.paste(Image.fromarray(images.to_bytes(picture)), (x, top))
    for s, (title, _) in enumerate(sorts):
        draw.text((left + s * (EACH * step + 2 * _GAP_PX), 3), title, _INK, font=font)
    return np.asarray(canvas)


def main(arguments: list[str] | None = None) -> None:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = places.root() / "docs" / "images" / "judging-reconstructions.jpg"
    parser.add_argument("--out", type=Path, default=usual, help="where the sheet goes (default: docs/images)")
    args = parser.parse_args(arguments)
    images.write_pixels(args.out, sheet(shown()))


if __name__ == "__main__":
    cards.run(main)
