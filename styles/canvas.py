"""What every manner of painting here needs: noise, colour, a canvas for bristled strokes, light from the side.

Pictures are float32 RGB [H, W, 3] in [0, 1], sRGB. Lengths are in pixels of a 768 px picture, scaled by `Canvas.scale`,
so that one recipe gives the same painting at other sizes. Used by the recipes beside this file.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from contents.film import blur

Field = NDArray[np.floating[Any]]
Colour = Sequence[float] | Field


def noise(size: int, cell: float, octaves: int = 1, *, seed: int, stretch: tuple[float, float] = (1.0, 1.0)) -> Field:
    """Smooth noise [size, size] in [0, 1]; `cell` is the first octave's grain in sides; stretch: (down, across)."""
    rng = np.random.default_rng((seed, 3))
    total = np.zeros((size, size), np.float32)
    weight = 1.0
    for octave in range(octaves):
        rows = max(2, round(2**octave / (cell * stretch[0])) + 2)
        columns = max(2, round(2**octave / (cell * stretch[1])) + 2)
        grid = rng.random((min(rows, 1024), min(columns, 1024)), dtype=np.float32)
        total += weight * np.asarray(Image.fromarray(grid).resize((size, size), Image.Resampling.BICUBIC))
        weight *= 0.5
    low, high = np.percentile(total, (0.5, 99.5))
    return np.clip((total - low) / max(high - low, 1e-6), 0, 1).astype(np.float32)


def grid(size: int) -> tuple[Field, Field]:
    """x to the right and y down, both [size, size] in [0, 1]."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / np.float32(size)
    return x, y


def fade(low: float, high: float, x: Field) -> Field:
    """Smooth step from 0 at `low` to 1 at `high` (which may be the smaller one)."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def rgb(code: str) -> Field:
    """'#rrggbb' as float32 [3]."""
    return np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255


def palette(*codes: str) -> Field:
    """Colours from their codes, float32 [K, 3]."""
    return np.stack([rgb(code) for code in codes])


def lay(picture: Field, colour: Colour | Field, amount: Field) -> Field:
    """Cover [H, W, 3] with a colour or picture, as far as `amount` [H, W] says."""
    return picture + (np.asarray(colour, np.float32) - picture) * amount[..., None]


def stain(picture: Field, colour: Colour, amount: Field) -> Field:
    """Glaze a transparent colour over the picture: light passes twice, so colours multiply."""
    return picture * (1 - (1 - np.asarray(colour, np.float32)) * amount[..., None])


def ramp(colours: Field, at: Field) -> Field:
    """Colours along a scale: at 0 the first, at 1 the last."""
    place = np.clip(at, 0, 1) * (len(colours) - 1)
    low = np.minimum(place.astype(int), len(colours) - 2)
    part = (place - low)[..., None].astype(np.float32)
    return colours[low] * (1 - part) + colours[low + 1] * part


def sample(picture: Field, x: Field, y: Field) -> Field:
    """The picture's values at pixel positions (x, y), bilinear, mirrored at the edges never needed: clipped."""
    height, width = picture.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    i, j = y.astype(int), x.astype(int)
    fy, fx = np.asarray(y - i), np.asarray(x - j)
    if picture.ndim == 3:
        fy, fx = fy[..., None], fx[..., None]
    top = picture[i, j] * (1 - fx) + picture[i, j + 1] * fx
    low = picture[i + 1, j] * (1 - fx) + picture[i + 1, j + 1] * fx
    return (top * (1 - fy) + low * fy).astype(np.float32)


def warped(picture: Field, amount_px: float, cell: float, *, seed: int, octaves: int = 2) -> Field:
    """The picture with its places shaken by noise, by up to about `amount_px`."""
    size = picture.shape[0]
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    dx = noise(size, cell, octaves, seed=seed) - 0.5
    dy = noise(size, cell, octaves, seed=seed + 1) - 0.5
    return sample(picture, x + 2 * amount_px * dx, y + 2 * amount_px * dy)


def relit(picture: Field, height: Field, *, strength: float, shine: float = 0.0) -> Field:
    """Light the painting's relief from the upper left; `height` in px."""
    gy, gx = np.gradient(height)
    slope = (gx + gy) * np.float32(strength)
    lit = picture * np.expand_dims(1 + np.clip(slope, -0.55, 0.55), 2)
    if shine:
        n = np.sqrt(1 + (gx * strength * 2) ** 2 + (gy * strength * 2) ** 2)
        glint = np.clip((1 + 1.4 * (gx + gy) * strength) / n / 1.35, 0, 1) ** 18
        lit = lit + (np.float32(shine) * glint)[..., None]
    return np.clip(lit, 0, 1).astype(np.float32)


def weave(size: int, *, seed: int, threads: float = 190) -> Field:
    """Height of a canvas's weave, [size, size] about 0..1, its threads a little uneven."""
    x, y = grid(size)
    wob = noise(size, 0.02, 2, seed=seed) * 0.006
    a = np.sin((x + wob) * threads * 2 * np.pi)
    b = np.sin((y + wob) * threads * 2 * np.pi)
    over = np.sign(np.sin((x + wob) * threads * np.pi) * np.sin((y + wob) * threads * np.pi))
    return (0.5 + 0.25 * (np.where(over > 0, a, b)) + 0.25 * (noise(size, 0.012, 2, seed=seed + 5) - 0.5)).astype(
        np.float32
    )


class Canvas:
    """A square painting in hand: colour [S, S, 3] and the paint's height [S, S] in px."""

    def __init__(self, size: int, ground: Colour | Field, *, seed: int) -> None:
        self.size = size
        self.scale = size / 768
        self.rng = np.random.default_rng(seed)
        self.colour = np.ones((size, size, 3), np.float32) * np.asarray(ground, np.float32)
        self.height = np.zeros((size, size), np.float32)
        bank = noise(512, 0.02, 3, seed=seed, stretch=(0.6, 12))
        self._bristles = (bank * 0.75 + noise(512, 0.006, 1, seed=seed + 1, stretch=(1, 40)) * 0.45).astype(np.float32)

    def stroke(
        self,
        points: NDArray[np.float64],
        width_px: float,
        colour: Colour,
        *,
        body: float = 1.0,
        dry: float = 0.35,
        streak: float = 0.12,
        wet: float = 0.15,
        flat: bool = False,
    ) -> None:
        """One bristled stroke along [K, 2] points (x, y in 0..1).

        `width_px` is its whole width; `body` its thickness; `dry` how much it breaks up towards its end; `streak` how
        the bristles' colours differ; `wet` how much paint it picks up from below; `flat` gives it square ends.
        """
        half = max(width_px * self.scale / 2, 0.6)
        path = np.asarray(points, np.float64) * self.size
        x0, y0 = np.floor(path.min(axis=0) - half - 2).astype(int)
        x1, y1 = np.ceil(path.max(axis=0) + half + 3).astype(int)
        x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, self.size), min(y1, self.size)
        if x1 <= x0 or y1 <= y0:
            return
        py, px = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        best = np.full(px.shape, 1e9, np.float32)
        along = np.zeros_like(px)
        across = np.zeros_like(px)
        gone = 0.0
        last = len(path) - 2
        for k, (a, b) in enumerate(itertools.pairwise(path)):
            step = b - a
            span = float(np.hypot(*step))
            if span < 1e-6:
                continue
            u = ((px - a[0]) * step[0] + (py - a[1]) * step[1]) / (span * span)
            v = ((py - a[1]) * step[0] - (px - a[0]) * step[1]) / span
            t = np.clip(u, 0, 1)
            out = (u - t) * span
            if flat and k in (0, last):
                out = np.where((u < 0) & (k == 0) | (u > 1) & (k == last), 1e3 * np.abs(out), out)
            d = v * v + out * out
            closer = d < best
            best = np.where(closer, d, best)
            along = np.where(closer, gone + t * span, along)
            across = np.where(closer, v, across)
            gone += span
        if gone < 1e-6:
            return
        rng = self.rng
        v = across / half
        progress = along / gone
        row = ((v * 0.5 + 0.5) * min(140, 6 * half + 24) + rng.integers(512)).astype(int) % 512
        column = (along / self.scale * 1.1 + rng.integers(512)).astype(int) % 512
        hair = self._bristles[row, column]
        edge = np.sqrt(best) / half
        ragged = edge + (hair - 0.5) * 0.28
        alpha = np.clip((1 - ragged) * half * 0.9, 0, 1)
        breaks = np.float32(dry) * (0.25 + progress**2 * 1.1)
        alpha *= np.clip((hair - breaks * 0.75) * 7 + 0.5, 0, 1)
        patch = (slice(y0, y1), slice(x0, x1))
        paint = np.asarray(colour, np.float32)
        under = self.colour[patch]
        if wet:
            start = path[0].astype(int).clip(0, self.size - 1)
            picked = self.colour[start[1], start[0]]
            paint = paint + (picked - paint) * np.float32(wet) * (1 - progress[..., None])
        tone = 1 + streak * (hair - 0.5)[..., None] * 2
        self.colour[patch] = under + (np.clip(paint * tone, 0, 1) - under) * alpha[..., None]
        ridge = np.exp(-(((edge - 0.82) / 0.16) ** 2)) * 0.55
        thick = np.float32(body * self.scale) * (0.35 + 1.1 * hair + ridge + 0.5 * fade(0.8, 1.0, progress))
        level = self.height[patch]
        self.height[patch] = level + (0.45 * level + thick - level) * alpha

    def curve(
        self, x: float, y: float, angle: float, length_px: float, bend: float = 0.0, steps: int = 6
    ) -> NDArray[np.float64]:
        """Points of an arc about (x, y), its middle heading `angle`, turning by `bend` radians in all."""
        turn = angle + bend * (np.linspace(0, 1, steps) - 0.5)
        step = length_px / 768 / (steps - 1)
        walk = np.cumsum(np.stack([np.cos(turn), np.sin(turn)], 1) * step, axis=0)
        return walk - walk.mean(axis=0) + (x, y)

    def follow(self, x: float, y: float, angles: Field, length_px: float, steps: int = 7) -> NDArray[np.float64]:
        """Points that follow a field of angles [S, S] from (x, y)."""
        step = length_px / 768 / (steps - 1)
        points = [(x, y)]
        for _ in range(steps - 1):
            i, j = int(np.clip(y * self.size, 0, self.size - 1)), int(np.clip(x * self.size, 0, self.size - 1))
            x, y = x + np.cos(angles[i, j]) * step, y + np.sin(angles[i, j]) * step
            points.append((x, y))
        return np.array(points)

    def cover(
        self,
        motif: Field,
        angles: Field,
        *,
        width_px: float,
        length_px: float,
        spread: float = 0.06,
        density: float = 1.0,
        where: Field | None = None,
        **manner: float | bool,
    ) -> None:
        """Paint a motif [S, S, 3] all over with strokes along `angles`, in random order, colours varied by `spread`."""
        spacing = max(width_px * 0.55, 2.0) * max(length_px * 0.4, 2.0) / 768**2
        count = int(density / spacing)
        places = self.rng.uniform(-0.06, 1.06, (count, 2))
        for x, y in places:
            i, j = (int(np.clip(c, 0, 0.999) * self.size) for c in (y, x))
            if where is not None and self.rng.random() > where[i, j]:
                continue
            points = self.follow(x, y, angles, length_px * self.rng.uniform(0.6, 1.3))
            middle = points[len(points) // 2]
            mi, mj = (np.clip(middle[::-1], 0, 0.999) * self.size).astype(int)
            colour = motif[i, j] * 0.5 + motif[mi, mj] * 0.5
            colour = colour + self.rng.normal(0, spread, 3) * 0.6 + self.rng.normal(0, spread)
            self.stroke(points, width_px * self.rng.uniform(0.65, 1.25), np.clip(colour, 0, 1), **manner)  # type: ignore[arg-type]

    def finish(self, *, relief: float = 0.35, shine: float = 0.08, cloth: float = 0.0, seed: int = 0) -> Field:
        """The painting as it hangs: relief lit from the upper left, over a weave that thin paint lets through."""
        height: Field = self.height
        if cloth:
            thin = 1 / (1 + np.maximum(height, 0) * 0.8 / self.scale)
            height = height + weave(self.size, seed=seed) * np.float32(cloth * self.scale) * thin
        return relit(self.colour, blur(height, 0.5 * self.scale), strength=relief / self.scale**0.5, shine=shine)
