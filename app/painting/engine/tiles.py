"""Tiles: the squares that a surface's pixels are kept, copied and brought back by. For the painting room alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt5.QtCore import QRect

from app.painting.model.layers import Layer

#: The pixels of one layer: uint32 [height, width], premultiplied ARGB, in whole tiles, so that there may be more of
#: them than can be seen.
Sheet = NDArray[np.uint32]
#: Some of the tiles: bool [rows, columns].
Grid = NDArray[np.bool_]

TILE_PX = 64


@dataclass(frozen=True)
class Part:
    """What some tiles of one layer look like at some time.

    Attributes:
        layer: the layer's id.
        rows, columns: int [n], which tiles.
        pixels: uint32 [m, 64, 64] for the first m of them, m <= n; the others are transparent.
    """

    layer: int
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    pixels: NDArray[np.uint32]

    def grid(self, shape: tuple[int, int]) -> Grid:
        """Its tiles."""
        chosen = np.zeros(shape, dtype=bool)
        chosen[self.rows, self.columns] = True
        return chosen

    def put_on(self, sheet: Sheet) -> None:
        """Make a sheet's tiles look so."""
        tiles, count = tiled(sheet), len(self.pixels)
        tiles[self.rows[:count], self.columns[:count]] = self.pixels
        tiles[self.rows[count:], self.columns[count:]] = 0


@dataclass(frozen=True)
class Patch:
    """How a surface looked at another time: its layers, and the tiles that differ. `Surface.swap` goes there and back.

    Attributes:
        layers: as they lay, the lowest first.
        parts: pixels; a layer that is only there at that time is transparent outside of its part.
    """

    layers: tuple[Layer, ...]
    parts: tuple[Part, ...] = ()

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return sum(part.pixels.nbytes + part.rows.nbytes + part.columns.nbytes for part in self.parts)


def grid_shape(width: int, height: int) -> tuple[int, int]:
    """How many rows and columns of tiles so many pixels need."""
    return -(-height // TILE_PX), -(-width // TILE_PX)


def blank_sheet(shape: tuple[int, int]) -> Sheet:
    """A transparent sheet of so many rows and columns of tiles; it takes no memory until it is painted on."""
    return np.zeros((shape[0] * TILE_PX, shape[1] * TILE_PX), dtype=np.uint32)


def tiled(sheet: Sheet) -> NDArray[np.uint32]:
    """A view of a sheet as [rows, columns, 64, 64]."""
    height, width = sheet.shape
    return sheet.reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX).swapaxes(1, 2)


def occupied(sheet: Sheet) -> Grid:
    """The tiles of a sheet that have anything on them."""
    height, width = sheet.shape
    squares = sheet.reshape(height // TILE_PX, TILE_PX, width // TILE_PX, TILE_PX)
    return np.asarray(squares.max(axis=(1, 3)) > 0)


def differing(one: Sheet, other: Sheet, chosen: Grid) -> Grid:
    """Which of the chosen tiles differ between two sheets."""
    differs = np.zeros_like(chosen)
    # Run by run: copies of all tiles at once would be large, and memory fresh from the system is slow.
    for strip in strips(chosen):
        rows, columns = _slices_of(strip)
        columns_differ = (one[rows, columns] != other[rows, columns]).any(axis=0)
        differs[tiles_of(strip)] = columns_differ.reshape(-1, TILE_PX).any(axis=1)
    return differs


def part_of(layer: int, sheet: Sheet, chosen: Grid) -> Part:
    """What the chosen tiles of a sheet look like now."""
    rows, columns = np.nonzero(chosen)
    pixels = tiled(sheet)[rows, columns]
    has_paint = pixels.any(axis=(1, 2))
    if has_paint.all():
        return Part(layer, rows, columns, pixels)
    order = np.argsort(~has_paint, kind="stable")
    return Part(layer, rows[order], columns[order], pixels[has_paint])


def copy_tiles(source: Sheet, target: Sheet, chosen: Grid) -> None:
    """Make the chosen tiles of the target those of the source."""
    for rows, columns in _slices(chosen):
        target[rows, columns] = source[rows, columns]


def clear_tiles(sheet: Sheet, chosen: Grid) -> None:
    """Make the chosen tiles transparent."""
    for rows, columns in _slices(chosen):
        sheet[rows, columns] = 0


def tiles_of(area: QRect) -> tuple[slice, slice]:
    """The rows and columns of tiles that an area (in px, not empty) lies on."""
    rows = slice(area.top() // TILE_PX, area.bottom() // TILE_PX + 1)
    return rows, slice(area.left() // TILE_PX, area.right() // TILE_PX + 1)


def tiles_under(
    left: NDArray[np.intp],
    top: NDArray[np.intp],
    right: NDArray[np.intp],
    bottom: NDArray[np.intp],
    *,
    shape: tuple[int, int],
) -> Grid:
    """Which tiles N rectangles (edges, intp [N] in px, included; all within the sheet) lie on."""
    touched = np.zeros(shape, dtype=bool)
    first_row, last_row = top // TILE_PX, bottom // TILE_PX
    first_column, last_column = left // TILE_PX, right // TILE_PX
    for down in range(int((last_row - first_row).max()) + 1):
        for over in range(int((last_column - first_column).max()) + 1):
            rows, columns = np.minimum(first_row + down, last_row), np.minimum(first_column + over, last_column)
            touched[rows, columns] = True
    return touched


def bounds(chosen: Grid) -> QRect:
    """The rectangle around the chosen tiles, in px; empty for none."""
    rows, columns = np.flatnonzero(chosen.any(axis=1)), np.flatnonzero(chosen.any(axis=0))
    if len(rows) == 0:
        return QRect()
    left, top = int(columns[0]) * TILE_PX, int(rows[0]) * TILE_PX
    return QRect(left, top, (int(columns[-1]) + 1) * TILE_PX - left, (int(rows[-1]) + 1) * TILE_PX - top)


def strips(chosen: Grid) -> Iterator[QRect]:
    """Rectangles in px that cover the chosen tiles and no others: one for each run of them in a row."""
    padded = np.zeros((chosen.shape[0], chosen.shape[1] + 2), dtype=np.int8)
    padded[:, 1:-1] = chosen
    edges = padded[:, 1:] - padded[:, :-1]
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield QRect(start * TILE_PX, row * TILE_PX, (end - start) * TILE_PX, TILE_PX)


def _slices(chosen: Grid) -> Iterator[tuple[slice, slice]]:
    return (_slices_of(strip) for strip in strips(chosen))


def _slices_of(area: QRect) -> tuple[slice, slice]:
    return slice(area.top(), area.bottom() + 1), slice(area.left(), area.right() + 1)
