"""A sheet that shows every brush: `python -m app.painting.brush_sheet OUT.png`. For the README and for looking."""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app import images
from app.errors import PasticheError, UsageError
from app.images import Picture
from app.painting.brush import Brush, own_and_players
from app.painting.stroke import Color, Points, Stroke
from app.painting.surface import Surface

COLUMNS = 2
HALF_PX, ROW_PX = 480, 132
_DARK, _LIGHT = (31, 41, 61), (240, 233, 219)
_OCHRE, _BLUE, _SKY = (196, 128, 42), (34, 78, 132), (120, 170, 200)
_TITLE_PX = 15


def sheet(brushes: Mapping[str, Brush]) -> Picture:
    """A cell for each brush: a straight, a curved and a pressure-swept stroke, dark on light and light on dark."""
    cells = [_cell(brush, brushes) for brush in brushes.values()]
    while len(cells) % COLUMNS:
        blank = [
            np.broadcast_to(np.array(ground, np.float32) / 255, (ROW_PX, HALF_PX, 3)) for ground in (_LIGHT, _DARK)
        ]
        cells.append(np.concatenate(blank, axis=1))
    rows = len(cells) // COLUMNS
    # Down the first column, then down the second, as one reads a list.
    columns = [np.concatenate(cells[rows * number : rows * (number + 1)], axis=0) for number in range(COLUMNS)]
    return np.concatenate(columns, axis=1)


def _cell(brush: Brush, brushes: Mapping[str, Brush]) -> Picture:
    halves = []
    grounds: tuple[tuple[Color, tuple[Color, Color, Color]], ...] = (
        (_LIGHT, (_DARK, _BLUE, _OCHRE)),
        (_DARK, (_LIGHT, _OCHRE, _SKY)),
    )
    for ground, colors in grounds:
        surface = Surface(HALF_PX, ROW_PX, ground, brushes=brushes)
        for number, (points, color) in enumerate(zip(_three_ways(), colors, strict=True)):
            stroke = Stroke(
                brush=brush.name,
                color=color,
                size_px=min(brush.size_px, 64.0),
                opacity=brush.opacity,
                seed=number,
                points=points,
            )
            surface.apply(stroke)
        halves.append(surface.picture())
    return _titled(np.concatenate(halves, axis=1), brush.title)


def _three_ways() -> tuple[Points, Points, Points]:
    """A straight, a curved and a pressure-swept way side by side."""
    t = np.linspace(0, 1, 40)
    middle, length = ROW_PX / 2 + 6, 92
    even = np.full_like(t, 0.85)
    straight = np.stack([36 + length * t, middle + 18 - 36 * t, even], axis=1)
    curved = np.stack([186 + length * t, middle + 22 * np.sin(t * 2 * np.pi), even], axis=1)
    swept = np.stack([344 + length * t, middle + 14 * np.cos(t * np.pi), np.sin(t * np.pi)], axis=1)
    return straight.astype(np.float32), curved.astype(np.float32), swept.astype(np.float32)


def _titled(cell: Picture, title: str) -> Picture:
    image = Image.fromarray(images.to_bytes(cell))
    ImageDraw.Draw(image).text((10, 6), title, fill=(92, 84, 70), font=ImageFont.load_default(_TITLE_PX))
    return images.from_bytes(np.asarray(image))


def main(arguments: list[str]) -> int:
    """Write the sheet of all brushes to the file that is named; the exit code."""
    try:
        if len(arguments) != 1:
            raise UsageError("Name the one file to write: python -m app.painting.brush_sheet OUT.png")
        images.write_picture(Path(arguments[0]), sheet(own_and_players()))
    except PasticheError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
