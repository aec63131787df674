"""A sheet that shows our brushes: `python -m app.bench.brush_sheet OUT.png`. For the README and for looking."""

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app import images, places
from app.errors import PasticheError, UsageError
from app.images import Picture
from app.painting.brushes.brush import Brush, load_brushes
from app.painting.engine.surface import Surface
from app.painting.model.stroke import Color, Points, Stroke, as_points

COLUMNS = 2
HALF_PX, ROW_PX = 480, 112
MARGIN_PX = 14
MAX_SIZE_PX = 46.0
_DARK, _LIGHT = (30, 38, 56), (241, 235, 222)
_INK, _BLUE, _OCHRE, _ROSE = (24, 30, 48), (30, 84, 142), (203, 132, 38), (178, 58, 64)
_CREAM, _SKY, _GOLD, _PINK = (245, 238, 224), (122, 182, 210), (236, 178, 72), (226, 128, 128)
_WORDS = {_LIGHT: (104, 94, 78), _DARK: (150, 156, 172)}
_TITLE_PX = 15
# The one that has no paint of its own: it is shown running through bars of it.
SMEARING = "smudge"


def sheet(brushes: Mapping[str, Brush]) -> Picture:
    """A cell for each brush: a straight, a curved and a pressure-swept stroke, dark over light and light over dark."""
    cells = [_cell(brush, brushes) for brush in brushes.values()]
    while len(cells) % COLUMNS:
        cells.append(np.concatenate([_empty(_LIGHT), _empty(_DARK)], axis=1))
    rows = len(cells) // COLUMNS
    # Down the first column, then down the second, as one reads a list.
    columns = [np.concatenate(cells[rows * number : rows * (number + 1)], axis=0) for number in range(COLUMNS)]
    return _framed(np.concatenate(columns, axis=1))


def _cell(brush: Brush, brushes: Mapping[str, Brush]) -> Picture:
    halves = []
    grounds: tuple[tuple[Color, tuple[Color, ...]], ...] = (
        (_LIGHT, (_INK, _BLUE, _ROSE, _OCHRE)),
        (_DARK, (_CREAM, _SKY, _GOLD, _PINK)),
    )
    for ground, colors in grounds:
        surface = Surface(HALF_PX, ROW_PX, ground, brushes=brushes)
        smears = brush.name == SMEARING
        if smears:
            for x_px, color in zip(range(40, HALF_PX - 40, 38), colors * 3, strict=False):
                bar = [(x_px, ROW_PX / 2 - 14, 1.0), (x_px, ROW_PX / 2 + 34, 1.0)]
                surface.apply(Stroke(brush="flat", color=color, size_px=20.0, points=as_points(bar)))
        for number, (points, color) in enumerate(zip(_ways(), colors, strict=True)):
            stroke = Stroke(
                brush=brush.name,
                color=color,
                size_px=min(brush.size_px, MAX_SIZE_PX),
                opacity=brush.opacity,
                mode="smudge" if smears else "paint",
                seed=number,
                points=points,
            )
            surface.apply(stroke)
        halves.append(_titled(surface.picture(), brush.title, ground))
    return np.concatenate(halves, axis=1)


def _ways() -> tuple[Points, ...]:
    """A straight way, a curved one, a pressure-swept one, and one that runs through it, to show what mixes."""
    t = np.linspace(0, 1, 60)
    middle = ROW_PX / 2 + 9
    even = np.full_like(t, 0.85)
    straight = np.stack([34 + 96 * t, middle + 16 - 32 * t, even], axis=1)
    curved = np.stack([174 + 116 * t, middle + 21 * np.sin(t * 2 * np.pi), even], axis=1)
    swept = np.stack([326 + 126 * t, middle + 12 * np.cos(t * np.pi), np.sin(t * np.pi) ** 0.8], axis=1)
    through = np.stack([384 + 44 * t, middle - 30 + 58 * t, 0.55 * even], axis=1)
    return tuple(way.astype(np.float32) for way in (straight, curved, swept, through))


def _empty(ground: Color) -> Picture:
    return np.broadcast_to(np.array(ground, np.float32) / 255, (ROW_PX, HALF_PX, 3))


def _titled(half: Picture, title: str, ground: Color) -> Picture:
    image = Image.fromarray(images.to_bytes(half))
    ImageDraw.Draw(image).text((12, 6), title, fill=_WORDS[ground], font=ImageFont.load_default(_TITLE_PX))
    return images.from_bytes(np.asarray(image))


def _framed(picture: Picture) -> Picture:
    """With a margin all around: light at the left, as the first half is, dark at the right."""
    height, width = picture.shape[:2]
    framed = np.empty((height + 2 * MARGIN_PX, width, 3), dtype=np.float32)
    framed[MARGIN_PX:-MARGIN_PX] = picture
    framed[:MARGIN_PX], framed[-MARGIN_PX:] = picture[0], picture[-1]
    return framed


def main(arguments: list[str]) -> int:
    """Write the sheet of all our brushes to the file that is named; the exit code."""
    try:
        if len(arguments) != 1:
            raise UsageError("Name the one file to write: python -m app.bench.brush_sheet OUT.png")
        images.write_picture(Path(arguments[0]), sheet(load_brushes(places.brushes())))
    except PasticheError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
