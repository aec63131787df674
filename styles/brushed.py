"""Paintings made of small strokes: swirling impasto, points of colour, pastel."""

from __future__ import annotations

import numpy as np

from contents.film import blur
from styles.canvas import Canvas, Field, fade, grid, lay, noise, palette, ramp, relit, rgb, warped, weave


def _ridge(x: Field, level: float, rise: float, seed: int, size: int, cell: float = 0.25) -> Field:
    """Height (as y, downwards) of a hill line along x."""
    line = noise(size, cell, 4, seed=seed)[size // 3][None, :]
    return (level - rise * (line - 0.5)) + 0 * x


def _swirls(size: int, seed: int, count: int, base: Field) -> Field:
    """A field of angles: `base`, stirred by whirls that turn either way."""
    x, y = grid(size)
    rng = np.random.default_rng(seed)
    dx, dy = np.cos(base), np.sin(base)
    for _ in range(count):
        cx, cy, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.05, 0.17)
        turn = rng.choice([-1, 1])
        u, v = (x - cx) / r, (y - cy) / r
        reach = np.exp(-(u * u + v * v) * 0.55) * 3.2
        dx, dy = dx - turn * v * reach, dy + turn * u * reach
    return np.arctan2(dy, dx).astype(np.float32)


def gale(size: int) -> Field:
    """Thick impasto: an orchard bent by wind, every stroke following the air."""
    x, y = grid(size)
    hill = _ridge(x, 0.62, 0.16, 4, size)
    field = _ridge(x, 0.78, 0.1, 9, size)
    sky_cloud = noise(size, 0.22, 4, seed=11, stretch=(0.6, 1.6))
    motif = ramp(
        palette("#14477d", "#2b86b8", "#7cc7c9", "#f3e7b8", "#fdf6dc"), fade(0.15, 0.95, 0.62 * sky_cloud + 0.42 * y)
    )
    hills = ramp(palette("#17433b", "#2f7a58", "#8fb45a"), noise(size, 0.12, 3, seed=5))
    motif = lay(motif, hills, fade(-0.004, 0.004, y - hill))
    rows = 0.5 + 0.5 * np.sin(x * 26 + (y - field) * 34)
    wheat = ramp(palette("#a6601c", "#e0a32e", "#f7d660", "#fbeea0"), 0.55 * rows + 0.5 * noise(size, 0.08, 3, seed=6))
    motif = lay(motif, wheat, fade(-0.004, 0.004, y - field))
    rng = np.random.default_rng(2)
    trees = []
    for k in range(6):
        cx = 0.07 + 0.165 * k + rng.uniform(-0.03, 0.03)
        top, r = 0.5 + rng.uniform(-0.1, 0.08), rng.uniform(0.075, 0.115)
        trees.append((cx, top, r))
        lean = (x - cx) - 0.35 * np.maximum(top + 0.05 - y, -0.2)
        crown = ((x - cx - 0.02) / r) ** 2 + ((y - top) / (r * 1.15)) ** 2
        crown = crown + 0.5 * (noise(size, 0.05, 3, seed=30 + k) - 0.5)
        trunk = (np.abs(lean + 0.02 * np.sin(y * 40)) < 0.012) & (y > top) & (y < top + r + 0.17)
        motif = lay(motif, rgb("#3b2323"), blur(trunk.astype(np.float32), 1))
        leaf = ramp(
            palette("#0d3a33", "#1f6b45", "#5fa23f", "#c9c74b"),
            0.55 + 0.5 * ((top - y) / r + (cx - x) / r * 0.7) * 0.6 + 0.3 * (noise(size, 0.04, 2, seed=40 + k) - 0.5),
        )
        motif = lay(motif, leaf, fade(1.05, 0.9, crown))
    base = 0.25 * np.sin(x * 7 + y * 4) - 0.12
    angles = _swirls(size, 8, 22, base.astype(np.float32))
    ground_angles = np.arctan2(-(34.0), 26.0) * np.ones_like(x) + 0.5 * np.sin(x * 5)
    angles = np.where(y > field + 0.01, ground_angles, angles).astype(np.float32)
    for cx, top, r in trees:
        inside = ((x - cx - 0.02) / r) ** 2 + ((y - top) / (r * 1.15)) ** 2 < 1.05
        angles = np.where(inside, np.arctan2(y - top, x - cx) + np.pi / 2 + 0.45, angles).astype(np.float32)
    canvas = Canvas(size, rgb("#6b4a2c"), seed=31)
    canvas.cover(motif, angles, width_px=30, length_px=120, spread=0.03, density=0.8, body=1.2, dry=0.15)
    canvas.cover(motif, angles, width_px=13, length_px=75, spread=0.055, density=0.75, body=2.6, dry=0.3, streak=0.2)
    canvas.cover(motif, angles, width_px=7, length_px=42, spread=0.1, density=0.3, body=3.2, dry=0.35, streak=0.2)
    return canvas.finish(relief=0.19, shine=0.08, cloth=0.5, seed=3)


def weir(size: int) -> Field:
    """Divided points of pure colour: a river at noon, a white boat, poplars and their reflection."""
    x, y = grid(size)
    shore = 0.47 + 0.012 * np.sin(x * 9)
    sky = ramp(palette("#9cc9ee", "#cfe3f2", "#fbe9c6"), y / 0.47 + 0.25 * (noise(size, 0.25, 3, seed=2) - 0.5))
    water = ramp(palette("#e9dcae", "#7db7d8", "#3f7fbf", "#2b5a9e"), (y - 0.47) / 0.4)
    motif = lay(sky, water, fade(-0.002, 0.002, y - shore))
    mirrored = np.where(y > shore, 2 * shore - y, y)
    for k, (cx, top, wide) in enumerate(
        ((0.08, 0.12, 0.055), (0.19, 0.2, 0.045), (0.28, 0.07, 0.05), (0.8, 0.16, 0.055), (0.92, 0.05, 0.065))
    ):
        t = np.clip((mirrored - top) / (0.47 - top), 0, 1)
        flame = wide * 1.75 * t**0.75 * (1.04 - t) ** 0.4 + 1e-4
        body = ((x - cx + 0.006 * np.sin(y * 90) * (y > shore)) / flame) ** 2 + 9 * (mirrored < top)
        leaf = ramp(
            palette("#1e4a5a", "#3d8a4e", "#9cc04a", "#f2d74e"),
            0.5 - 0.55 * (x - cx) / wide + 0.4 * (noise(size, 0.04, 2, seed=k + 5) - 0.5),
        )
        motif = lay(motif, leaf, fade(1.1, 0.85, body) * np.where(y > shore, 0.72, 1))
    bank = ramp(palette("#5c8a3a", "#a9b948", "#e8c95a"), noise(size, 0.08, 2, seed=44))
    motif = lay(motif, bank, fade(0.026, 0.016, np.abs(y - shore + 0.006)))
    sail = (y < 0.5) & (y > 0.17) & (x > 0.535) & (x < 0.535 + (y - 0.17) * 0.46)
    jib = (y < 0.49) & (y > 0.22) & (x < 0.525) & (x > 0.525 - (y - 0.22) * 0.36)
    glow = ramp(palette("#fff8e0", "#f4c9b0", "#b9a8d8"), (x - 0.4) / 0.3)
    motif = lay(motif, glow, blur((sail | jib).astype(np.float32), size / 500))
    hull = (np.abs(x - 0.55) < 0.15 - (y - 0.5) * 1.2) & (y > 0.505) & (y < 0.55)
    motif = lay(motif, rgb("#8f2f45"), blur(hull.astype(np.float32), size / 500))
    reflect = (y > 0.55) & (y < 0.86) & (np.abs(x - 0.555 + 0.012 * np.sin(y * 120)) < 0.13 - (y - 0.55) * 0.4)
    motif = lay(motif, rgb("#f4e6cf"), blur(reflect.astype(np.float32), size / 160) * 0.6)
    grass = fade(0.9, 0.97, y + 0.07 * noise(size, 0.1, 2, seed=60) + 0.1 * np.abs(x - 0.5))
    motif = lay(motif, ramp(palette("#1f3f5c", "#38774c", "#8fb04a"), noise(size, 0.05, 2, seed=61)), grass)
    canvas = Canvas(size, ramp(palette("#efe6d0", "#e3dcc8"), noise(size, 0.3, 2, seed=9)), seed=12)
    canvas.colour = canvas.colour * 0.55 + warped(motif, size / 90, 0.05, seed=70) * 0.45
    rng = canvas.rng
    for diameter, share, spread in ((12.0, 1.2, 0.1), (8.0, 1.3, 0.16), (5.5, 0.4, 0.2)):
        count = int(share * 768**2 / (diameter**2 * 0.75))
        places = rng.random((count, 2))
        for px, py in places:
            i, j = int(py * size), int(px * size)
            colour = motif[i, j]
            grey = colour.mean()
            colour = grey + (colour - grey) * 1.5
            luck = rng.random()
            if luck < 0.13:
                # The complement, as the eye asks for it.
                colour = np.clip(grey * 2 - colour, 0, 1) * 0.6 + np.array([0.45, 0.25, 0.35]) * 0.4
            elif luck < 0.3:
                colour = colour + np.array([[0.2, 0.1, -0.15], [-0.12, 0.0, 0.2], [0.15, -0.06, 0.12]])[rng.integers(3)]
            colour = np.clip(colour + rng.normal(0, spread * 0.5, 3), 0, 1)
            points = canvas.curve(px, py, rng.uniform(-0.4, 0.4), diameter * 0.35, steps=2)
            canvas.stroke(points, diameter * rng.uniform(0.7, 1.15), colour, body=0.9, dry=0.02, streak=0.06, wet=0.0)
    return canvas.finish(relief=0.11, shine=0.03, cloth=0.7, seed=5)


def pastel(size: int) -> Field:
    """Soft pastel on dark toned paper: hills at moonrise, hatched in open strokes that let the paper speak."""
    x, y = grid(size)
    sky = ramp(palette("#2b2a5e", "#5a4a8f", "#b56aa0", "#f08f7a", "#ffcf8a"), (y / 0.56) ** 1.3)
    motif = sky
    moon = np.hypot(x - 0.66, y - 0.3)
    motif = lay(motif, rgb("#ffe9b8"), np.exp(-((moon / 0.2) ** 2)) * 0.5)
    motif = lay(motif, rgb("#fff7dd"), fade(0.088, 0.08, moon))
    for k, (level, rise, code_a, code_b) in enumerate(
        (
            (0.5, 0.2, "#7a5a9a", "#d98aa0"),
            (0.6, 0.2, "#3f4f8f", "#8a7ac0"),
            (0.71, 0.16, "#1f5a6a", "#58a08a"),
            (0.83, 0.12, "#1f3f3a", "#6f9a4a"),
        )
    ):
        line = _ridge(x, level, rise, 80 + k * 3, size, 0.32)
        slope = ramp(palette(code_b, code_a), (y - line) / 0.16 + 0.35 * (noise(size, 0.07, 3, seed=90 + k) - 0.5))
        motif = lay(motif, slope, fade(-0.003, 0.003, y - line))
    lake = (np.abs(y - 0.885) < 0.05 - 0.08 * (x - 0.6) ** 2) & (x > 0.2)
    motif = lay(
        motif,
        ramp(palette("#ffd79a", "#d98aa0", "#5a4a8f"), np.abs(x - 0.66) * 2.2),
        blur(lake.astype(np.float32), size / 300),
    )
    paper = ramp(palette("#241f2e", "#332a3c"), noise(size, 0.3, 4, seed=7))
    tooth = 0.6 * noise(size, 0.006, 2, seed=17) + 0.4 * weave(size, seed=18, threads=130)
    canvas = Canvas(size, paper, seed=77)
    ground = canvas.colour.copy()
    chalk = np.zeros((size, size), np.float32)
    layer = Canvas(size, paper, seed=78)
    hills = 0.5 * np.sin(x * 6 + 2) * 0.6 + 0.35
    angles = np.where(y < 0.5, -0.75 + 0.25 * np.sin(x * 4), hills).astype(np.float32)
    around = (np.arctan2(y - 0.3, x - 0.66) + np.pi / 2).astype(np.float32)
    angles = np.where(moon < 0.24, around, angles).astype(np.float32)
    layer.cover(motif, angles, width_px=24, length_px=90, spread=0.05, density=0.75, dry=0.5, streak=0.1, wet=0.0)
    layer.cover(motif, angles + 0.9, width_px=9, length_px=60, spread=0.1, density=0.4, dry=0.6, wet=0.0)
    layer.cover(motif, angles, width_px=5, length_px=46, spread=0.14, density=0.4, dry=0.65, wet=0.0)
    chalk = np.clip(np.abs(layer.colour - ground).max(axis=2) * 5, 0, 1)
    catch = fade(0.18, 0.5, tooth + 0.35 * np.clip(layer.height / (2 * layer.scale), 0, 1) - 0.12)
    picture = lay(ground, layer.colour, chalk * (0.25 + 0.75 * catch))
    return relit(picture, tooth * canvas.scale, strength=0.16)
