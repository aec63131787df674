"""Paintings made of broad strokes: a neon night, the palette knife, broken planes."""

from __future__ import annotations

from typing import Any

import numpy as np

from contents.film import blur
from styles.canvas import Canvas, Field, fade, grid, lay, noise, palette, ramp, rgb


def _ridge(x: Field, level: float, rise: float, seed: int, size: int, cell: float = 0.25) -> Field:
    """Height (as y, downwards) of a hill line along x."""
    line = noise(size, cell, 4, seed=seed)[size // 3][None, :]
    return (level - rise * (line - 0.5)) + 0 * x


def neon(size: int) -> Field:
    """Expressionist brushwork: a wet street past midnight, signs burning in the rain."""
    x, y = grid(size)
    rng = np.random.default_rng(19)
    motif = ramp(
        palette("#0b0c2a", "#1b1450", "#43206e", "#7a2a72"), (y / 0.6) + 0.3 * (noise(size, 0.3, 3, seed=1) - 0.5)
    )
    vanish = (0.54, 0.52)
    for side in (-1, 1):
        for k in range(9):
            near = 0.62 * 0.72**k
            edge = vanish[0] + side * near * 0.85
            inner = vanish[0] + side * near * 0.72 * 0.85
            left, right = min(edge, inner), max(edge, inner)
            top = vanish[1] - near * rng.uniform(0.75, 1.15)
            inside = (x > left) & (x < right) & (y > top) & (y < vanish[1] + near * 0.3)
            wall = ramp(
                palette("#101040", "#2a1a66", "#5a2080", "#12305f")[rng.permutation(4)],
                noise(size, 0.1, 3, seed=100 + k + 20 * side),
            )
            motif = lay(motif, wall, inside.astype(np.float32))
            for _ in range(9):
                wx, wy = rng.uniform(left, right), rng.uniform(top + 0.02, vanish[1] + near * 0.12)
                wide, high = near * rng.uniform(0.02, 0.05), near * rng.uniform(0.02, 0.06)
                light = palette("#ffd24a", "#ff7a3a", "#3ff0e0", "#ff3a8c", "#9a6aff")[rng.integers(5)]
                motif = lay(motif, light, ((np.abs(x - wx) < wide) & (np.abs(y - wy) < high)).astype(np.float32))
            sx, sy = (left + right) / 2, rng.uniform(vanish[1] - near * 0.35, vanish[1] - near * 0.02)
            tall, wide = near * rng.uniform(0.1, 0.24), near * 0.045
            light = palette("#ff2e7e", "#20e6d6", "#ffe04a", "#ff5a2a", "#7affa0")[rng.integers(5)]
            frame = np.maximum(np.abs(x - sx) / wide, np.abs(y - sy) / tall)
            motif = lay(motif, light, fade(1.1, 0.9, frame))
            motif = np.clip(
                motif
                + light * np.exp(-(((x - sx) / (near * 0.22)) ** 2 + ((y - sy) / (near * 0.3)) ** 2))[..., None] * 0.2,
                0,
                1,
            )
    horizon = vanish[1] + 0.035
    ground = y > horizon + 0.0
    flipped = np.clip(((2 * horizon - y) * size).astype(int), 0, size - 1)
    columns = np.clip(
        ((x + 0.02 * (noise(size, 0.02, 2, seed=55, stretch=(0.5, 4)) - 0.5) * 4 * (y - horizon)) * size).astype(int),
        0,
        size - 1,
    )
    mirror = blur(motif[flipped, columns], size / 110)
    street = np.clip(mirror, 0, 1) * (0.4 + 0.6 * noise(size, 0.05, 3, seed=56, stretch=(0.4, 3)))[..., None]
    motif = lay(motif, street + rgb("#0a1030") * 0.5, ground.astype(np.float32))
    glow = np.exp(-(((x - vanish[0]) / 0.12) ** 2 + ((y - vanish[1]) / 0.16) ** 2))
    motif = np.clip(motif + glow[..., None] * rgb("#ff9a5a") * 0.45, 0, 1)
    toward = np.arctan2(y - vanish[1], x - vanish[0])
    angles = np.where(
        y < horizon,
        np.where(noise(size, 0.12, 1, seed=9) > 0.45, np.pi / 2 + 0.15, toward),
        toward + 0.9 * (noise(size, 0.1, 1, seed=10) > 0.55),
    ).astype(np.float32)
    canvas = Canvas(size, rgb("#12082c"), seed=5)
    canvas.cover(
        motif, angles, width_px=38, length_px=130, spread=0.04, density=0.8, body=1.0, dry=0.45, streak=0.22, flat=True
    )
    canvas.cover(
        np.clip(motif * 1.05, 0, 1),
        angles,
        width_px=17,
        length_px=70,
        spread=0.09,
        density=0.6,
        body=1.8,
        dry=0.5,
        streak=0.25,
    )
    bright = fade(0.45, 0.8, motif.max(axis=2))
    canvas.cover(
        np.clip(motif * 1.1, 0, 1),
        angles,
        width_px=8,
        length_px=45,
        spread=0.1,
        density=0.8,
        where=bright,
        body=2.6,
        dry=0.35,
    )
    for _ in range(9):
        sx, sy = rng.uniform(0.1, 0.95), rng.uniform(0.6, 0.98)
        colour = palette("#ff2e7e", "#20e6d6", "#ffe04a", "#ff7a2a")[rng.integers(4)]
        canvas.stroke(
            canvas.curve(sx, sy, np.pi / 2 + rng.normal(0, 0.1), rng.uniform(60, 150), rng.normal(0, 0.3)),
            rng.uniform(6, 16),
            colour,
            body=2.4,
            dry=0.7,
        )
    # A walker under an umbrella, in few strokes.
    fx, fy = 0.45, 0.69
    for dx, width, colour in ((0, 26, "#0c0a20"), (0.012, 18, "#1a1238")):
        canvas.stroke(
            np.array([[fx + dx, fy - 0.055], [fx + dx, fy + 0.01], [fx + dx - 0.008, fy + 0.085]]),
            width,
            rgb(colour),
            body=2,
            dry=0.1,
        )
    canvas.stroke(
        np.array(
            [
                [fx - 0.062, fy - 0.075],
                [fx - 0.03, fy - 0.107],
                [fx + 0.01, fy - 0.112],
                [fx + 0.05, fy - 0.1],
                [fx + 0.075, fy - 0.07],
            ]
        ),
        22,
        rgb("#e2264f"),
        body=3,
        dry=0.15,
        streak=0.25,
    )
    canvas.stroke(np.array([[fx, fy + 0.11], [fx - 0.01, fy + 0.2]]), 22, rgb("#8a1c48"), body=1.4, dry=0.75)
    return canvas.finish(relief=0.17, shine=0.08, cloth=0.6, seed=8)


def knife(size: int) -> Field:
    """Oil laid on with a palette knife: red barns in the last snow, broad slabs and scraped edges."""
    x, y = grid(size)
    rng = np.random.default_rng(3)
    motif = ramp(
        palette("#7fa6b8", "#c4d3d2", "#f0dfc0", "#f6c99a"),
        y / 0.5 + 0.4 * (noise(size, 0.25, 3, seed=3, stretch=(0.5, 2)) - 0.5),
    )
    wood = _ridge(x, 0.44, 0.12, 21, size, 0.1)
    motif = lay(
        motif,
        ramp(palette("#2a3444", "#4a5a62", "#7a6a5a"), noise(size, 0.05, 3, seed=22, stretch=(2, 0.5))),
        fade(-0.003, 0.003, y - wood),
    )
    snow_line = _ridge(x, 0.57, 0.06, 31, size, 0.4)
    snow = ramp(
        palette("#7f9fc4", "#c3d2e4", "#f7f4ec", "#fffaf0"),
        0.62 + 0.75 * (noise(size, 0.16, 3, seed=32, stretch=(0.4, 2)) - 0.5),
    )
    motif = lay(motif, snow, fade(-0.003, 0.003, y - snow_line))
    earth = fade(0.6, 0.72, noise(size, 0.13, 4, seed=36, stretch=(0.35, 2.2)) + 0.22 * (y - 0.7))
    motif = lay(
        motif,
        ramp(palette("#4a3526", "#8a6238", "#b98a4a"), noise(size, 0.05, 2, seed=37)),
        earth * (y > snow_line + 0.05),
    )
    parts: list[tuple[float, float, float, float, str]] = [
        (0.16, 0.44, 0.2, 0.2, "#a8241e"),
        (0.47, 0.49, 0.15, 0.14, "#c43a22"),
        (0.77, 0.47, 0.13, 0.13, "#8f1f22"),
    ]
    for left, top, wide, high, code in parts:
        front = (x > left) & (x < left + wide) & (y > top) & (y < top + high)
        motif = lay(
            motif,
            rgb(code) * (0.8 + 0.4 * noise(size, 0.06, 2, seed=int(left * 100), stretch=(3, 0.4)))[..., None],
            front.astype(np.float32),
        )
        side = (x >= left + wide) & (x < left + wide * 1.38) & (y > top + 0.01) & (y < top + high * 0.96)
        motif = lay(motif, rgb(code) * 0.55, side.astype(np.float32))
        apex = top - high * 0.55
        gable = (y > apex) & (y <= top) & (np.abs(x - left - wide / 2) < wide / 2 * (y - apex) / (top - apex))
        motif = lay(motif, rgb(code) * 0.92, gable.astype(np.float32))
        roof = (
            (y > apex)
            & (y <= top + 0.012)
            & (x > left + wide / 2 + wide / 2 * (y - apex) / (top - apex))
            & (x < left + wide * 0.9 + wide * 0.5 * (y - apex) / (top - apex))
        )
        motif = lay(motif, rgb("#dfe6ee"), roof.astype(np.float32))
        door = (np.abs(x - left - wide * 0.48) < wide * 0.17) & (y > top + high * 0.45) & (y < top + high)
        motif = lay(motif, rgb("#2a1a1c"), door.astype(np.float32))
        shade = (
            (y > top + high) & (y < top + high * 1.35) & (x > left - 0.02) & (x < left + wide * 1.5 + (y - top - high))
        )
        motif = lay(motif, rgb("#5f7fae"), shade * 0.75)
    canvas = Canvas(size, rgb("#a5713f"), seed=41)
    flat_angle = (0.12 * np.sin(x * 5 + y * 3) + 0.25 * (noise(size, 0.2, 2, seed=50) - 0.5)).astype(np.float32)
    angles = np.where(y < 0.45, flat_angle - 0.45, flat_angle + 0.08).astype(np.float32)
    built = np.zeros((size, size), bool)
    for left, top, wide, high, _ in parts:
        built |= (x > left - 0.005) & (x < left + wide * 1.4) & (y > top - high * 0.55) & (y < top + high)
    angles = np.where(built, np.pi / 2 + 0.03, angles).astype(np.float32)
    manner: dict[str, Any] = {"flat": True, "dry": 0.22, "streak": 0.08, "wet": 0.2}
    around = np.clip(blur(built.astype(np.float32), size / 60) * 3, 0, 1)
    canvas.cover(motif, angles, width_px=64, length_px=120, spread=0.03, density=1.4, body=2.0, **manner)
    canvas.cover(
        motif, angles, width_px=34, length_px=70, spread=0.045, density=1.0, body=3.2, where=1 - around, **manner
    )
    canvas.cover(motif, angles, width_px=20, length_px=30, spread=0.03, density=1.6, body=2.6, where=around, **manner)
    canvas.cover(
        motif,
        angles,
        width_px=12,
        length_px=18,
        spread=0.04,
        density=0.9,
        body=2.8,
        where=built.astype(np.float32),
        **manner,
    )
    canvas.cover(
        motif, angles, width_px=12, length_px=44, spread=0.1, density=0.16, body=3.4, where=1 - around, **manner
    )
    for _ in range(26):
        tx = rng.uniform(0, 1)
        foot = 0.55 + rng.uniform(-0.02, 0.05)
        canvas.stroke(
            np.array(
                [
                    [tx, foot],
                    [tx + rng.normal(0, 0.008), foot - 0.1],
                    [tx + rng.normal(0, 0.02), foot - rng.uniform(0.16, 0.3)],
                ]
            ),
            rng.uniform(2, 5),
            rgb("#2c2228") + rng.uniform(0, 0.2),
            body=2,
            dry=0.4,
        )
    return canvas.finish(relief=0.17, shine=0.1, cloth=0.5, seed=51)


def facets(size: int) -> Field:
    """Broken planes: a guitar, a bottle and a glass seen from many sides, in ochre, umber and slate."""
    rng = np.random.default_rng(26)
    x, y = grid(size)
    lines = []
    for _ in range(13):
        angle = rng.choice([0.35, 1.2, 1.95, 2.75]) + rng.normal(0, 0.14)
        px, py = rng.normal(0.5, 0.24, 2)
        lines.append((x - px) * np.cos(angle) + (y - py) * np.sin(angle))
    code = np.zeros((size, size), np.int64)
    for k, line in enumerate(lines):
        code += (line > 0).astype(np.int64) << k
    _, cells = np.unique(code, return_inverse=True)
    cells = cells.reshape(size, size)
    count = int(cells.max()) + 1
    shift = rng.normal(0, 0.02, (count, 2)) * (rng.random((count, 1)) < 0.7)
    turn = rng.normal(0, 0.09, count)
    u0, v0 = x - 0.5 - shift[cells, 0], y - 0.5 - shift[cells, 1]
    c, s = np.cos(turn)[cells], np.sin(turn)[cells]
    u, v = (u0 * c - v0 * s).astype(np.float32), (u0 * s + v0 * c).astype(np.float32)
    ground = palette("#c9a968", "#8a7a58", "#5f6f78", "#d9c79a", "#a5763f", "#46525c", "#b9ab88", "#7d5a34")[
        rng.integers(8, size=count)
    ][cells]
    motif = ground
    gu, gv = u * 0.82 + v * 0.57 + 0.02, -u * 0.57 + v * 0.82 - 0.02
    waist = 0.16 - 0.045 * np.cos(gv * 17) + 0.035 * gv
    body = (np.abs(gu) < waist * np.sqrt(np.clip(1 - (gv / 0.33) ** 6, 0, 1))) & (np.abs(gv) < 0.33)
    wood = palette("#c47a2a", "#e0a04a", "#8f4a1c", "#d98f3a", "#6f3a1a", "#edc27a")[rng.integers(6, size=count)][cells]
    motif = lay(motif, wood, body.astype(np.float32))
    motif = lay(motif, rgb("#1d1716"), (np.hypot(gu, gv + 0.06) < 0.066).astype(np.float32))
    motif = lay(motif, rgb("#ece0c0"), (np.abs(np.hypot(gu, gv + 0.06) - 0.078) < 0.006).astype(np.float32))
    neck = (np.abs(gu) < 0.03) & (gv < -0.1) & (gv > -0.62)
    motif = lay(
        motif, palette("#2a201c", "#4a3424", "#6f5236")[rng.integers(3, size=count)][cells], neck.astype(np.float32)
    )
    strings = (np.abs(np.abs(np.abs(gu) - 0.012) - 0.006) < 0.0015) & (gv < 0.18) & (gv > -0.6)
    motif = lay(motif, rgb("#f4ecd8"), strings.astype(np.float32) * 0.9)
    bu, bv = u - 0.23, v + 0.08
    wide = np.where(bv > -0.08, 0.085, 0.085 - 0.055 * fade(-0.08, -0.16, bv))
    bottle = (np.abs(bu) < wide) & (bv > -0.3) & (bv < 0.26)
    motif = lay(
        motif,
        palette("#2f5a52", "#4a7f6a", "#1d3a3c", "#86a890")[rng.integers(4, size=count)][cells],
        bottle.astype(np.float32),
    )
    motif = lay(motif, rgb("#e9dcb8"), ((np.abs(bu) < 0.07) & (np.abs(bv - 0.09) < 0.06)).astype(np.float32))
    lu, lv = u + 0.3, v - 0.2
    glass = (np.abs(lu) < 0.06 + 0.12 * np.clip(-lv, 0, 0.2)) & (lv > -0.14) & (lv < 0.1)
    motif = lay(
        motif,
        palette("#b8c4c0", "#8fa3a8", "#e4e6d8")[rng.integers(3, size=count)][cells],
        glass.astype(np.float32) * 0.85,
    )
    sheet = (np.abs(u * 0.96 + v * 0.25 + 0.18) < 0.15) & (np.abs(v * 0.96 - u * 0.25 - 0.33) < 0.1)
    motif = lay(motif, rgb("#e8dfc6"), sheet.astype(np.float32) * 0.9)
    staves = sheet & ((((v * 0.96 - u * 0.25) * 42) % 1) < 0.16)
    motif = lay(motif, rgb("#3a3028"), staves.astype(np.float32) * 0.8)
    shade = np.zeros((size, size), np.float32)
    edge = np.zeros((size, size), np.float32)
    for line in lines:
        sharp = rng.choice([-1, 1])
        shade += np.where(line * sharp > 0, np.exp(-np.abs(line) / rng.uniform(0.03, 0.08)), 0) * rng.uniform(0.1, 0.26)
        edge = np.maximum(edge, np.exp(-((line / 0.0016) ** 2)) * rng.uniform(0.15, 0.8))
    motif = motif * (1.12 - np.clip(shade, 0, 0.7))[..., None]
    pick = rng.choice([0.35, 1.2, 1.95, 2.75], count) + rng.normal(0, 0.12, count)
    angles = pick[cells].astype(np.float32)
    canvas = Canvas(size, rgb("#7a6a4c"), seed=27)
    canvas.colour = np.clip(motif, 0, 1).astype(np.float32)
    canvas.cover(
        motif,
        angles,
        width_px=34,
        length_px=60,
        spread=0.018,
        density=0.8,
        body=1.0,
        dry=0.5,
        streak=0.07,
        flat=True,
        wet=0.0,
    )
    canvas.cover(
        motif,
        angles,
        width_px=13,
        length_px=22,
        spread=0.035,
        density=0.3,
        body=1.4,
        dry=0.6,
        streak=0.1,
        flat=True,
        wet=0.0,
    )
    outline = np.zeros((size, size), np.float32)
    for mask in (body, bottle, neck, glass, sheet):
        soft = blur(mask.astype(np.float32), size / 420)
        gy, gx = np.gradient(soft)
        outline = np.maximum(outline, np.clip(np.hypot(gx, gy) * size / 150, 0, 1))
    charcoal = np.clip(edge * 0.55 + outline * 0.8, 0, 1) * (0.4 + 0.6 * noise(size, 0.008, 2, seed=99))
    canvas.colour = lay(canvas.colour, rgb("#1c1612"), charcoal)
    return canvas.finish(relief=0.2, shine=0.05, cloth=0.9, seed=28)
