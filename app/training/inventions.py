"""Invented paintings and hasty imitations: pictures that training makes itself, so that it sees more manners than
its folders hold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Array = NDArray[np.float32]
Colours = NDArray[np.float32]


def palette(rng: np.random.Generator, colours: int) -> Colours:
    """Return related colours, float32 [colours, 3] in [0, 1]: a few hues, from dark to light."""
    hues = (rng.random() + rng.choice([0.0, 0.08, 0.33, 0.5, 0.58], colours) + rng.normal(0, 0.03, colours)) % 1.0
    saturation = np.clip(rng.uniform(0.2, 1.0) + rng.normal(0, 0.2, colours), 0, 1)
    value = np.clip(np.linspace(rng.uniform(0, 0.4), rng.uniform(0.7, 1), colours) + rng.normal(0, 0.08, colours), 0, 1)
    sector = hues[:, None] * 6.0 + np.array([5.0, 3.0, 1.0])
    wave = np.clip(np.minimum(sector % 6.0, 4.0 - sector % 6.0), 0.0, 1.0)
    return (value[:, None] * (1.0 - saturation[:, None] * wave)).astype(np.float32)


def clouds(rng: np.random.Generator, side_px: int, *, coarse: int, octaves: int = 4) -> Array:
    """Return smooth noise, float32 [side_px, side_px], spread evenly over [0, 1]."""
    total = np.zeros((side_px, side_px), np.float32)
    for octave in range(octaves):
        cells = min(side_px, coarse * 2**octave + 2)
        field = Image.fromarray(rng.random((cells, cells)).astype(np.float32))
        total += np.asarray(field.resize((side_px, side_px), Image.Resampling.BICUBIC)) * 0.55**octave
    ranks = np.argsort(np.argsort(total, axis=None), axis=None).reshape(total.shape)
    return (ranks / ranks.size).astype(np.float32)


def _mapped(values: NDArray[Any], colours: NDArray[Any]) -> Array:
    steps = np.linspace(0.0, 1.0, len(colours))
    return np.stack([np.interp(values, steps, colours[:, c]) for c in range(3)], axis=-1).astype(np.float32)


def _marble(rng: np.random.Generator, side_px: int) -> Array:
    x = np.linspace(0, 1, side_px, dtype=np.float32)[None] + clouds(rng, side_px, coarse=2) * rng.uniform(0.2, 2.0)
    field = 0.5 + 0.5 * np.sin(x * rng.uniform(10, 90) + clouds(rng, side_px, coarse=6) * 3.0)
    return _mapped(field, palette(rng, int(rng.integers(2, 7))))


def _patches(rng: np.random.Generator, side_px: int) -> Array:
    field = clouds(rng, side_px, coarse=int(rng.integers(2, 12)), octaves=int(rng.integers(1, 5)))
    colours = palette(rng, int(rng.integers(3, 9)))
    picture = colours[np.minimum((field * len(colours)).astype(int), len(colours) - 1)]
    if rng.random() < 0.5:
        edges = np.abs(np.diff(field * len(colours) % 1.0, axis=0, prepend=0)) > 0.5
        wide = Image.fromarray((edges * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(int(rng.choice([3, 5]))))
        picture = np.where(np.asarray(wide)[..., None] > 0, colours[0], picture)
    return np.asarray(picture, np.float32)


def _cells(rng: np.random.Generator, side_px: int) -> Array:
    points = rng.random((int(rng.integers(20, 260)), 2)) * side_px
    small = side_px // 2
    grid = np.stack(np.meshgrid(np.arange(small), np.arange(small)), axis=-1).reshape(-1, 2) * 2.0
    distances = (grid**2).sum(1)[:, None] - 2.0 * grid @ points.T + (points**2).sum(1)[None]
    nearest = np.argmin(distances, axis=1).reshape(small, small)
    cells = palette(rng, 8)[rng.integers(0, 8, len(points))]
    picture = cells[nearest]
    edge = (np.diff(nearest, axis=0, prepend=nearest[:1]) != 0) | (
        np.diff(nearest, axis=1, prepend=nearest[:, :1]) != 0
    )
    if rng.random() < 0.6:
        picture = np.where(edge[..., None], palette(rng, 3)[0] * 0.3, picture)
    return np.asarray(picture, np.float32).repeat(2, axis=0).repeat(2, axis=1)


def _shapes(rng: np.random.Generator, side_px: int) -> Array:
    colours = (palette(rng, 7) * 255).astype(int)
    image = Image.new("RGB", (side_px, side_px), tuple(int(v) for v in colours[-1]))
    draw = ImageDraw.Draw(image)
    kind, outline = rng.integers(0, 4), bool(rng.random() < 0.4)
    for size in np.geomspace(side_px * 0.5, side_px * rng.uniform(0.02, 0.12), int(rng.integers(20, 250))):
        x, y = rng.random(2) * side_px
        fill = tuple(int(v) for v in colours[rng.integers(len(colours))])
        w, h = size * rng.uniform(0.4, 1.2, 2) / 2
        line = (0, 0, 0) if outline else None
        if kind == 0:
            draw.ellipse((x - w, y - h, x + w, y + h), fill=fill, outline=line)
        elif kind == 1:
            draw.rectangle((x - w, y - h, x + w, y + h), fill=fill, outline=line)
        elif kind == 2:
            corners = [(x + size * np.cos(a), y + size * np.sin(a)) for a in np.sort(rng.uniform(0, 6.28, 3))]
            draw.polygon(corners, fill=fill, outline=line)
        else:
            begin, end = sorted(rng.uniform(0, 360, 2).tolist())
            draw.arc((x - w, y - h, x + w, y + h), begin, end, fill=fill, width=max(1, int(size / 8)))
    return np.asarray(image, np.float32) / 255.0


def _flow(rng: np.random.Generator, side_px: int) -> Array:
    """Strokes along a smooth field of directions, as in impasto skies."""
    colours = (palette(rng, 8) * 255).astype(int)
    ground = clouds(rng, side_px, coarse=2, octaves=2)
    image = Image.fromarray((_mapped(ground, colours / 255.0) * 255).astype(np.uint8))
    draw = ImageDraw.Draw(image)
    angle = clouds(rng, side_px, coarse=int(rng.integers(1, 5)), octaves=2) * rng.uniform(3, 14)
    width, length = int(rng.integers(2, 9)), int(rng.integers(3, 14))
    for _ in range(int(9000 / width)):
        x, y = rng.random(2) * (side_px - 1)
        shade = ground[int(y), int(x)] * (len(colours) - 1) + rng.normal(0, 0.9)
        colour = colours[int(np.clip(round(shade), 0, len(colours) - 1))] + rng.normal(0, 10, 3)
        path = [(x, y)]
        for _ in range(4):
            a = angle[int(np.clip(y, 0, side_px - 1)), int(np.clip(x, 0, side_px - 1))]
            x, y = x + np.cos(a) * length, y + np.sin(a) * length
            path.append((x, y))
        draw.line(path, fill=tuple(int(v) for v in np.clip(colour, 0, 255)), width=width, joint="curve")
    return np.asarray(image, np.float32) / 255.0


def _hatching(rng: np.random.Generator, side_px: int) -> Array:
    colours = palette(rng, 4) if rng.random() < 0.6 else np.array([[0.05, 0.05, 0.1], [0.97, 0.95, 0.88]], np.float32)
    tone = clouds(rng, side_px, coarse=3, octaves=3)
    y, x = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
    picture = np.broadcast_to(colours[-1], (side_px, side_px, 3)).copy()
    for i in range(int(rng.integers(1, 4))):
        a, pitch = rng.uniform(0, 3.14), rng.uniform(4, 12)
        wave = 0.5 + 0.5 * np.sin((x * np.cos(a) + y * np.sin(a)) * 6.28 / pitch + tone * rng.uniform(0, 8))
        picture[wave < (1.0 - tone) * rng.uniform(0.4, 0.9)] = colours[i % (len(colours) - 1)]
    return picture


def _dots(rng: np.random.Generator, side_px: int) -> Array:
    colours = (palette(rng, 8) * 255).astype(int)
    ground = clouds(rng, side_px, coarse=3, octaves=2)
    image = Image.new("RGB", (side_px, side_px), tuple(int(v) for v in colours[int(rng.integers(8))]))
    draw = ImageDraw.Draw(image)
    radius = rng.uniform(1.5, 7)
    for x, y in rng.random((int(min(9000, 1.5 * (side_px / radius) ** 2)), 2)) * (side_px - 1):
        shade = int(np.clip(ground[int(y), int(x)] * 7 + rng.normal(0, 1.2), 0, 7))
        r = radius * rng.uniform(0.6, 1.3)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=tuple(int(v) for v in colours[shade]))
    return np.asarray(image, np.float32) / 255.0


def _ink(rng: np.random.Generator, side_px: int) -> Array:
    """Few thin lines and slivers in one colour on a plain ground, mostly white on black or black on white."""
    dark, light = rng.uniform(0.0, 0.08, 3), rng.uniform(0.92, 1.0, 3)
    if rng.random() < 0.35:
        dark, light = palette(rng, 2)[0] * rng.choice([0.4, 1.0]), palette(rng, 2)[0] * 0.3 + 0.7
    ground, ink = (dark, light) if rng.random() < 0.6 else (light, dark)
    scale = 2
    side = side_px * scale
    image = Image.new("RGB", (side, side), tuple(int(v * 255) for v in ground))
    draw = ImageDraw.Draw(image)
    fill = tuple(int(v * 255) for v in ink)
    bend = rng.uniform(0.0, 0.5)
    for _ in range(int(rng.integers(4, 40))):
        x, y = rng.random(2) * side
        a, length = rng.uniform(0, 6.28), rng.uniform(0.02, 0.09) * side
        path = [(x, y)]
        for _ in range(int(rng.integers(2, 16))):
            a += rng.normal(0, bend)
            x, y = x + np.cos(a) * length, y + np.sin(a) * length
            path.append((x, y))
        if rng.random() < 0.2:
            draw.polygon([*path, (path[0][0] + length * 0.3, path[0][1] + length * 0.3)], fill=fill)
        draw.line(path, fill=fill, width=int(rng.choice([1, 2, 3, 4, 6, 10])), joint="curve")
    small = image.resize((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(small, np.float32) / 255.0


def _poster(rng: np.random.Generator, side_px: int) -> Array:
    """Few large fields of flat, often pure colour with hard edges, much of the ground left bare."""
    colours = palette(rng, 5)
    if rng.random() < 0.6:
        colours = np.clip((colours - 0.5) * 1.8 + 0.5, 0.0, 1.0)
    ground = colours[rng.integers(5)] if rng.random() < 0.5 else np.full(3, rng.choice([0.0, 1.0, 0.96, 0.05]))
    scale = 2
    side = side_px * scale
    image = Image.new("RGB", (side, side), tuple(int(v * 255) for v in ground))
    draw = ImageDraw.Draw(image)
    width = int(rng.choice([0, 0, 3, 6, 12]))
    for _ in range(int(rng.integers(3, 16))):
        fill = tuple(int(v * 255) for v in colours[rng.integers(len(colours))])
        line = (0, 0, 0) if width else None
        x, y = rng.uniform(-0.1, 1.1, 2) * side
        size = side * np.exp(rng.uniform(np.log(0.05), np.log(0.5)))
        kind = rng.random()
        if kind < 0.3:
            draw.ellipse((x - size / 2, y - size / 2, x + size / 2, y + size / 2), fill=fill, outline=line, width=width)
        elif kind < 0.8:
            angles = np.sort(rng.uniform(0, 6.28, int(rng.integers(3, 7))))
            corners = [(x + size * np.cos(a), y + size * np.sin(a)) for a in angles]
            draw.polygon(corners, fill=fill, outline=line, width=width)
        else:
            a, reach = rng.uniform(0, 3.14), side * 1.5
            dx, dy = np.cos(a) * reach, np.sin(a) * reach
            draw.line((x - dx, y - dy, x + dx, y + dy), fill=fill, width=max(2, int(size / 4)))
    small = image.resize((side_px, side_px), Image.Resampling.LANCZOS)
    return np.asarray(small, np.float32) / 255.0


def _halftone(rng: np.random.Generator, side_px: int) -> Array:
    """A print's screen: dots on a turned grid, the larger the darker, in one to three inks."""
    y, x = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
    picture = np.broadcast_to(rng.uniform(0.85, 1.0, 3).astype(np.float32), (side_px, side_px, 3)).copy()
    inks = palette(rng, 3) * 0.7 if rng.random() < 0.7 else rng.uniform(0.0, 0.15, (1, 3)).astype(np.float32)
    pitch = rng.uniform(3.5, 11.0)
    for ink in inks[: int(rng.integers(1, 4))]:
        a = rng.uniform(0, 3.14)
        u, v = (x * np.cos(a) + y * np.sin(a)) * 6.28 / pitch, (y * np.cos(a) - x * np.sin(a)) * 6.28 / pitch
        tone = np.clip(clouds(rng, side_px, coarse=3, octaves=2) * rng.uniform(0.8, 1.8) - rng.uniform(0, 0.4), 0, 1)
        cover = np.clip((np.cos(u) + np.cos(v)) / 2.0 * 2.5 + (tone - 0.5) * 5.0, 0.0, 1.0)[..., None]
        picture = picture * (1.0 - cover * (1.0 - ink))
    return np.asarray(picture, np.float32)


MANNERS: tuple[Callable[[np.random.Generator, int], Array], ...] = (
    _marble,
    _patches,
    _cells,
    _shapes,
    _flow,
    _hatching,
    _dots,
    _ink,
    _poster,
    _halftone,
)


def invent(rng: np.random.Generator, side_px: int) -> Array:
    """Return one invented painting, float32 [side_px, side_px, 3] in [0, 1], in a manner drawn by chance."""
    whole = side_px + side_px % 2
    picture: NDArray[Any] = MANNERS[int(rng.integers(len(MANNERS)))](rng, whole)[:side_px, :side_px]
    if rng.random() < 0.5:
        picture = picture + rng.normal(0, rng.uniform(0.01, 0.06), (side_px, side_px, 1))
    if rng.random() < 0.3:
        picture = picture * (0.8 + 0.4 * clouds(rng, side_px, coarse=60, octaves=2)[..., None])
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def imitate(target: Array, strokes: int, rng: np.random.Generator) -> Array:
    """Paint ``target`` (float32 [H, W, 3]) with that many strokes, coarse first; float32 of the same shape.

    A hasty player: short strokes across the steepest change, each in the colour under it, slightly off in place
    and tone; of the places tried for a stroke, the one where the picture is still most wrong.
    """
    height, width = target.shape[:2]
    goal = np.asarray(target, np.float32)
    grey = np.asarray(
        Image.fromarray((goal.mean(-1) * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(3)), np.float32
    )
    slopes: Any = np.gradient(grey)
    slope_y, slope_x = slopes
    paper = rng.choice([1.0, 1.0, 0.96]) if rng.random() < 0.8 else goal.mean((0, 1))
    start = (np.broadcast_to(np.asarray(paper, np.float32), (3,)) * 255).astype(int)
    image = Image.new("RGB", (width, height), tuple(int(v) for v in start))
    draw = ImageDraw.Draw(image)
    largest = min(height, width) * rng.uniform(0.16, 0.26)
    smallest = max(1.5, largest * (12.0 / max(12, strokes)) ** 0.5)
    tone = rng.uniform(0.0, 0.05)
    done = 0
    for level, size in enumerate(np.geomspace(largest, smallest, 6).tolist()):
        share = strokes - done if level == 5 else max(1, int(strokes * 0.4 / 2 ** (5 - level) * 1.3))
        share = min(share, strokes - done)
        done += share
        blurred = np.asarray(
            Image.fromarray((goal * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(size / 4)), np.float32
        )
        error: Array = np.abs(np.asarray(image, np.float32) - blurred).mean(axis=-1, dtype=np.float32)
        spots = rng.random((share, 4, 2)) * (height - 1, width - 1)
        rows, columns = spots[..., 0].astype(int), spots[..., 1].astype(int)
        best = np.argmax(error[rows, columns], axis=1)
        for k, b in enumerate(best):
            y, x = float(spots[k, b, 0]), float(spots[k, b, 1])
            dy, dx = slope_x[int(y), int(x)], -slope_y[int(y), int(x)]
            steep = float(np.hypot(dx, dy))
            a = np.arctan2(dy, dx) if steep > 0.3 else rng.uniform(0, np.pi)
            reach = size * rng.uniform(0.5, 1.6)
            colour = blurred[int(y), int(x)] + rng.normal(0, tone * 255, 3)
            ends = (x - np.cos(a) * reach, y - np.sin(a) * reach, x + np.cos(a) * reach, y + np.sin(a) * reach)
            fill = tuple(int(v) for v in np.clip(colour, 0, 255))
            draw.line(ends, fill=fill, width=max(1, round(size)))
            r = size / 2
            for ex, ey in (ends[:2], ends[2:]):
                draw.ellipse((ex - r, ey - r, ex + r, ey + r), fill=fill)
    return np.asarray(image, np.float32) / 255.0
