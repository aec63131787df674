"""A sheet that shows every brush: `python -m app.painting.brush_sheet OUT.png`. For the README and for looking."""

import sys
from collections.abc import Mapping

import numpy as np

from app import images
from app.images import Picture
from app.painting.brush import Brush, own_and_players
from app.painting.stroke import Points, Stroke
from app.painting.surface import Surface

CELL_WIDTH_PX, CELL_HEIGHT_PX = 560, 128
_DARK, _LIGHT = (31, 41, 61), (238, 230, 214)
_OCHRE, _BLUE, _SKY = (196, 128, 42), (34, 78, 132), (120, 170, 200)


def sheet(brushes: Mapping[str, Brush]) -> Picture:
    """One row for each brush: a straight, a curved and a pressure-swept stroke, dark on light and light on dark."""
    halves = []
    for ground, colors in ((_LIGHT, (_DARK, _BLUE, _OCHRE)), (_DARK, (_LIGHT, _OCHRE, _SKY))):
        surface = Surface(CELL_WIDTH_PX, CELL_HEIGHT_PX * len(brushes), ground, brushes=brushes)
        for row, brush in enumerate(brushes.values()):
            for number, points in enumerate(_three(row * CELL_HEIGHT_PX)):
                surface.apply(
                    Stroke(
                        brush=brush.name,
                        color=colors[number],
                        size_px=min(brush.size_px, 80.0),
                        opacity=brush.opacity,
                        seed=number,
                        points=points,
                    )
                )
        halves.append(surface.picture())
    return np.concatenate(halves, axis=1)


def _three(top: float) -> tuple[Points, Points, Points]:
    """A straight, a curved and a pressure-swept way side by side in a cell."""
    t = np.linspace(0, 1, 40)
    third, middle = CELL_WIDTH_PX / 3, top + CELL_HEIGHT_PX / 2
    inner = third - 64
    even = np.full_like(t, 0.8)
    straight = np.stack([44 + inner * t, middle + 22 - 44 * t, even], axis=1)
    curved = np.stack([third + 32 + inner * t, middle + 26 * np.sin(t * 2 * np.pi), even], axis=1)
    swept = np.stack([2 * third + 20 + inner * t, middle + 18 * np.cos(t * np.pi), np.sin(t * np.pi)], axis=1)
    return straight.astype(np.float32), curved.astype(np.float32), swept.astype(np.float32)


def main(arguments: list[str]) -> None:
    """Write the sheet of all brushes to the file that is named."""
    images.write_picture(arguments[0], sheet(own_and_players()))


if __name__ == "__main__":
    main(sys.argv[1:])
