"""Which places of a picture are copies of the photograph or of the painting.

A painter who follows the photograph has its shapes, but not its grain: what is finer than a stroke is the hand's own. A
copy keeps it, through other colours, noise, encoding, a shift or a mirror. So a picture is first brought into register
with the original (phase correlation, "The Phase Correlation Image Alignment Method", Kuglin & Hines 1975, over scales
and mirrored), then compared in windows by the normalised correlation of three bands of its lightness: once as it is,
once with the colours that the original takes on in the picture as a whole. How much correlation is a copy's, and how
much may be a painter's or a stylizer's, was measured on pictures of each kind; in doubt it is the painter's.

NumPy and SciPy only; SciPy is imported inside the functions.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import LUMA_601
from app.images import Picture

#: float32 H x W, lightness in [0, 1] or how surely a place is copied.
Plane = NDArray[np.float32]

#: The sides of a map of copies.
CELLS = 16

#: Pictures are looked at with the area of a square of this side: 256 px wide at 4:3.
SIDE_PX = 222

# Bands of detail: between two blurs of so many px each, from finer than a stroke to a fine stroke's.
_BLURS_PX = (0.7, 1.4, 2.8, 5.6)
# Register is sought at half the size, over these factors of scale and one more step at both ends.
_STEP = 0.03
_REACH = 1.22
# An original is kept so many times as large as a picture, for those that show a part of it.
_SPARE = 2.25
# The least closeness, Fisher's z of the correlations of each band, of a copy, and how steeply it counts: of 200 of
# Magenta's pictures at full strength 99 in 100 are then called a copy over less than a tenth.
_LEAST = np.array([1.5, 1.9, 2.3], np.float32)[:, None, None]
_RELATED = 0.4
_STEEP, _FIRM = 5.0, 1.5
_CLOSEST = 0.995
_SUREST = 4.0
# How strong detail, in parts of lightness, must be to tell by: an original's, and what a picture has of its own.
_FAINT, _ROUGH = 0.006, 0.03
# How far around, and how much, others count.
_NEAR_CELLS, _WHOLE = 0.8, 0.1
# A copy of less than the first share of the whole is none, of more than the second is one.
_FEW = (0.1, 0.25)


class _Register(NamedTuple):
    """Where an original lies in a picture: scaled about the middle, moved by px of the picture, mirrored or not."""

    scale: float
    down_px: float
    right_px: float
    is_mirrored: bool

    @property
    def is_at_rest(self) -> bool:
        """Whether it lies as the game shows it, but for less than a px."""
        moved_px = max(abs(self.down_px), abs(self.right_px), abs(np.log(self.scale)) * SIDE_PX / 2)
        return not self.is_mirrored and moved_px < 0.7


@dataclass(frozen=True)
class CopyMap:
    """How surely each place of a picture is a copy.

    Attributes:
        photograph: float32 [16, 16] over the picture, in [0, 1]: how surely it is the photograph's.
        painting: the same for the painting.
        shares: by "photograph" and "painting", the mean of the map: about the share of the picture that is a copy.
    """

    photograph: Plane
    painting: Plane
    shares: Mapping[str, float]

    @classmethod
    def all_over(cls, source: str) -> CopyMap:
        """Return what is found in "photograph" or "painting" itself, and, for any other name, in neither."""
        maps = {name: np.full((CELLS, CELLS), float(name == source), np.float32) for name in ("photograph", "painting")}
        return cls(**maps, shares={name: float(name == source) for name in maps})


class CopyDetector:
    """Finds copies of one deal's photograph and painting, each float32 H x W x 3, RGB, sRGB, [0, 1]."""

    def __init__(self, content: Picture, style: Picture) -> None:
        self._photograph, self._painting = _Original(content), _Original(style)

    def of(self, picture: Picture) -> CopyMap:
        """Return which places of a picture, float32 H x W x 3 in [0, 1], are copies. Deterministic."""
        seen = _Seen(_small(_lightness(picture)))
        photograph, painting = self._photograph.found_in(seen), self._painting.found_in(seen)
        shares = {"photograph": float(photograph.mean()), "painting": float(painting.mean())}
        return CopyMap(photograph, painting, shares)


class _Seen:
    """A picture at working size: its bands, and its spectrum for the search of the register."""

    def __init__(self, plane: Plane) -> None:
        self.shape = (plane.shape[0], plane.shape[1])
        self.plane = plane
        self.bands = _bands(plane)
        self.powers = [_pooled(band * band) for band in self.bands]
        self.spectrum = _spectrum(_halved(plane))


class _Laid(NamedTuple):
    """An original in a register: float32 planes of the picture's size, and [16, 16] cells.

    `inside` is 1 where it lies and 0 elsewhere, `covered` the share of each cell; powers are the bands'.
    """

    bands: list[Plane]
    powers: list[Plane]
    inside: Plane
    covered: Plane


class _Original:
    """The photograph or the painting, made ready for pictures of each shape that comes."""

    def __init__(self, picture: Picture) -> None:
        height, width = picture.shape[:2]
        shrink = min(1.0, float(np.sqrt(_SPARE * SIDE_PX**2 / (height * width))))
        self._planes = [_scaled(picture[:, :, channel], shrink) for channel in range(3)]
        self._searches: dict[tuple[int, int], _Search] = {}
        # The deal judge looks at two pictures at a time.
        self._preparing = threading.Lock()

    def found_in(self, seen: _Seen) -> Plane:
        """How surely each place of a picture is a copy of this: float32 [16, 16] in [0, 1]."""
        with self._preparing:
            if seen.shape not in self._searches:
                self._searches[seen.shape] = _Search(self._planes, seen.shape)
        return self._searches[seen.shape].found_in(seen)


class _Search:
    """An original before pictures of one shape, height x width px."""

    def __init__(self, planes: list[Plane], shape: tuple[int, int]) -> None:
        self._planes, self._shape = planes, shape
        self._lightness = np.asarray(sum(k * plane for k, plane in zip(LUMA_601, planes, strict=True)), np.float32)
        ratios = [side / own for side, own in zip(shape, self._lightness.shape, strict=True)]
        # As large as covers the picture, down to what has room in it.
        self._cover = max(ratios)
        smallest, largest = (
            np.floor(np.log(min(ratios) / self._cover / _REACH) / _STEP),
            np.ceil(np.log(_REACH) / _STEP),
        )
        self._scales = np.exp(_STEP * np.arange(smallest, largest + 1))
        self._half = ((shape[0] + 1) // 2, (shape[1] + 1) // 2)
        registers = [
            [_Register(float(s), 0.0, 0.0, is_mirrored) for s in self._scales] for is_mirrored in (False, True)
        ]
        self._spectra = np.stack([[_spectrum(self._halved_at(each)) for each in row] for row in registers])
        self._at_rest = self._laid_out(_Register(1.0, 0.0, 0.0, False))

    def found_in(self, seen: _Seen) -> Plane:
        """How surely each place of a picture is a copy: float32 [16, 16] in [0, 1]."""
        return _judged(*self.compared(seen))

    def compared(self, seen: _Seen) -> tuple[Plane, Plane, Plane, Plane]:
        """In the likeliest register: correlations and both powers, each [bands, 16, 16], and what of it is covered."""
        register = self._register(seen)
        laid = self._at_rest if register.is_at_rest else self._laid_out(register)
        correlation = self._correlation(seen, laid.bands, laid.powers)
        # What has nothing in common with the picture has not in other colours either.
        if float(np.median(correlation[-1])) > _RELATED:
            dyed = [band * laid.inside for band in _bands(_dyed(self._colours(register), seen.plane))]
            powers = [_pooled(band * band) for band in dyed]
            correlation = np.maximum(correlation, self._correlation(seen, dyed, powers))
        return correlation, np.stack(laid.powers), np.stack(seen.powers), laid.covered

    def _correlation(self, seen: _Seen, bands: list[Plane], powers: list[Plane]) -> Plane:
        """How alike the bands are around each cell, float32 [bands, 16, 16] in [0, 1]."""
        alike = np.stack([self._alike(mine, its) for mine, its in zip(seen.bands, bands, strict=True)])
        found = alike / np.sqrt(np.stack(powers) * np.stack(seen.powers) + 1e-12)
        return np.minimum(found, 1).astype(np.float32)

    @staticmethod
    def _alike(first: Plane, second: Plane) -> Plane:
        """How much two bands have in common around each cell: the best of nine places, a px around the register."""
        found = np.zeros((CELLS, CELLS), np.float32)
        for down in (-1, 0, 1):
            for right in (-1, 0, 1):
                moved = np.roll(second, (down, right), (0, 1))
                # Inverted lightness is a copy too.
                found = np.maximum(found, np.abs(_pooled(first * moved)))
        return found

    def _laid_out(self, register: _Register) -> _Laid:
        """The original in a register: 0 in its bands where it is not."""
        lightness, inside = self._laid(self._lightness, register)
        bands = [band * inside for band in _bands(lightness)]
        covered = _pooled(inside) / _pooled(np.ones_like(inside))
        return _Laid(bands, [_pooled(band * band) for band in bands], inside, covered)

    def _colours(self, register: _Register) -> Plane:
        """The original's colours in a register, [h, w, 3]."""
        return np.stack([self._laid(plane, register)[0] for plane in self._planes], axis=-1)

    def _halved_at(self, register: _Register) -> Plane:
        """The original's lightness in a register, at half the size."""
        return self._laid(self._lightness, register, half=True)[0]

    def _register(self, seen: _Seen) -> _Register:
        """The likeliest register of the original in a picture."""
        from scipy import fft

        planes = np.abs(fft.irfft2(np.conj(self._spectra) * seen.spectrum, s=self._half))
        height, width = self._half
        tops = planes.reshape(2, len(self._scales), -1).max(axis=2)
        mirrored, number = divmod(int(tops.argmax()), len(self._scales))
        plane = planes[mirrored, number]
        row, column = divmod(int(plane.argmax()), width)
        down = row + _vertex(plane[row - 1, column], plane[row, column], plane[(row + 1) % height, column])
        right = column + _vertex(plane[row, column - 1], plane[row, column], plane[row, (column + 1) % width])
        scale = np.log(self._scales[number])
        if 0 < number < len(self._scales) - 1:
            scale += _STEP * _vertex(*tops[mirrored, number - 1 : number + 2])
        # The spectra know no edges: a move beyond half of the picture is one the other way.
        down, right = ((way + side / 2) % side - side / 2 for way, side in ((down, height), (right, width)))
        return _Register(float(np.exp(scale)), 2 * down, 2 * right, bool(mirrored))

    def _laid(self, plane: Plane, register: _Register, *, half: bool = False) -> tuple[Plane, Plane]:
        """A plane of it as it lies in the picture, or in one of half the size, and 1 where it does, else 0."""
        from PIL import Image

        zoom = 0.5 if half else 1.0
        height, width = self._half if half else self._shape
        scale = self._cover * register.scale * zoom
        plane = plane[:, ::-1] if register.is_mirrored else plane
        # Shrunk with antialiasing first; what is left to do is to move it.
        small = _scaled(plane, min(1.0, scale))
        step_y, step_x = (own / side / scale for own, side in zip(small.shape, plane.shape, strict=True))
        top = small.shape[0] / 2 - (height / 2 + register.down_px * zoom) * step_y
        left = small.shape[1] / 2 - (width / 2 + register.right_px * zoom) * step_x
        # With an edge around it, so that its outermost px are interpolated too.
        moved = Image.fromarray(np.pad(small, 1, mode="edge")).transform(
            (width, height),
            Image.Transform.AFFINE,
            (step_x, 0.0, left + 1, 0.0, step_y, top + 1),
            Image.Resampling.BICUBIC,
        )
        rows, columns = top + (np.arange(height) + 0.5) * step_y, left + (np.arange(width) + 0.5) * step_x
        is_inside = np.outer((rows > 0) & (rows < small.shape[0]), (columns > 0) & (columns < small.shape[1]))
        return np.where(is_inside, np.asarray(moved), plane.mean()).astype(np.float32), is_inside.astype(np.float32)


def _judged(alike: Plane, original: Plane, picture: Plane, covered: Plane) -> Plane:
    """How surely cells are copies, from the correlations and powers of both pictures' bands, each [bands, 16, 16].

    Where neither has detail nothing can be told: such places follow their neighbours, and far from any the whole.
    """
    from scipy.ndimage import gaussian_filter

    closeness = np.arctanh(np.minimum(alike, _CLOSEST))
    # A painter meets the coarse band, a stylizer some of each: a copy has all of them.
    sure = np.clip((_STEEP * (closeness - _LEAST)).min(axis=0), -_SUREST, _SUREST)
    area = SIDE_PX**2 / CELLS**2 * 16  # px under a cell and its neighbours, as they count
    detail = np.maximum(original[0] / _FAINT**2, picture[0] / _ROUGH**2) / area
    told = detail / (1 + detail)
    whole = float((told * sure).sum() / max(float(told.sum()), 1e-6))
    near = [gaussian_filter(part, _NEAR_CELLS, mode="nearest", truncate=3.0) for part in (told * sure, told)]
    sure = (near[0] + _WHOLE * whole) / (near[1] + _WHOLE)
    found = covered / (1 + np.exp(-_FIRM * sure))
    # A few places by themselves may be edges that were met exactly: nobody is accused for them.
    few, enough = _FEW
    return np.asarray(found * np.clip((found.mean() - few) / (enough - few), 0, 1), np.float32)


def _dyed(colours: Plane, picture: Plane) -> Plane:
    """An original's lightness after the one change of colours that makes it most like the picture.

    Args:
        colours: the original in register, [h, w, 3].
        picture: lightness, [h, w].

    A cubic in each channel and the products of two, by least squares: what curves, filters and matched colours do.
    """
    red, green, blue = np.moveaxis(colours, -1, 0)
    terms = [np.ones_like(red), red, green, blue, red * green, green * blue, blue * red]
    terms += [channel**power for channel in (red, green, blue) for power in (2, 3)]
    table = np.stack(terms, axis=-1)
    some = table[::2, ::2].reshape(-1, table.shape[-1]).astype(np.float64)
    square = some.T @ some + 1e-4 * len(some) * np.eye(some.shape[1])
    return np.asarray(
        table @ np.linalg.solve(square, some.T @ picture[::2, ::2].ravel()).astype(np.float32), np.float32
    )


def _vertex(before: float, top: float, after: float) -> float:
    """Where a parabola through three values at -1, 0 and 1 is highest, between -0.5 and 0.5."""
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))


def _lightness(picture: Picture) -> Plane:
    return np.asarray(picture @ LUMA_601, np.float32)


def _scaled(plane: Plane, factor: float) -> Plane:
    if factor == 1.0:
        return plane
    height, width = (max(1, round(side * factor)) for side in plane.shape)
    return images.resize(plane[..., None], height=height, width=width)[..., 0]


def _small(plane: Plane) -> Plane:
    return _scaled(plane, float(np.sqrt(SIDE_PX * SIDE_PX / plane.size)))


def _halved(plane: Plane) -> Plane:
    padded = np.pad(plane, ((0, plane.shape[0] % 2), (0, plane.shape[1] % 2)), mode="edge")
    return np.asarray((padded[::2, ::2] + padded[1::2, ::2] + padded[::2, 1::2] + padded[1::2, 1::2]) / 4, np.float32)


def _bands(plane: Plane) -> list[Plane]:
    from scipy.ndimage import gaussian_filter

    blurred = [gaussian_filter(plane, px, mode="nearest", truncate=3.0) for px in _BLURS_PX]
    return [fine - coarse for fine, coarse in pairwise(blurred)]


def _spectrum(half: Plane) -> NDArray[np.complex64]:
    """The phases of a picture's middle band."""
    from scipy import fft
    from scipy.ndimage import gaussian_filter

    band = gaussian_filter(half, 0.7, mode="nearest", truncate=3.0) - gaussian_filter(
        half, 3.0, mode="nearest", truncate=3.0
    )
    window = np.outer(np.hanning(half.shape[0] + 2)[1:-1] ** 0.25, np.hanning(half.shape[1] + 2)[1:-1] ** 0.25)
    found = fft.rfft2((band * window).astype(np.float32))
    size = np.abs(found)
    fy, fx = fft.fftfreq(half.shape[0])[:, None], fft.rfftfreq(half.shape[1])[None]
    f = np.hypot(fy, fx)
    weight = np.exp(-((f - 0.15) ** 2) / (2 * 0.09**2)) * (f > 0.02)
    weight /= np.sqrt((weight**2).sum())
    return (found / (size + 1e-3 * float(size.mean()) + 1e-9) * weight).astype(np.complex64)


def _pooled(plane: Plane) -> Plane:
    """Sums over cells and, by a half and a quarter, their neighbours."""
    rows = np.add.reduceat(plane, np.arange(CELLS) * plane.shape[0] // CELLS, axis=0)
    cells = np.add.reduceat(rows, np.arange(CELLS) * plane.shape[1] // CELLS, axis=1)
    wide = np.pad(cells, 1, mode="constant")
    wide = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    return np.asarray(wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:], np.float32)
