"""Pictures put together from pieces: leaded glass, a mosaic, a gilded screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from contents.film import blur
from styles.canvas import Field, fade, grid, lay, noise, palette, ramp, relit, rgb, sample, warped


def _cells(size: int, seeds: Field) -> tuple[NDArray[np.int32], Field]:
    """Voronoi cells of points [K, 2] in 0..1: which is nearest, and how far its border is (in sides)."""
    x, y = grid(size)
    best = np.full((size, size), 9.0, np.float32)
    second = best.copy()
    which = np.zeros((size, size), np.int32)
    for k, (sx, sy) in enumerate(seeds):
        reach = 0.2
        j0, j1 = int(max(0, (sx - reach) * size)), int(min(size, (sx + reach) * size + 1))
        i0, i1 = int(max(0, (sy - reach) * size)), int(min(size, (sy + reach) * size + 1))
        if i1 <= i0 or j1 <= j0:
            continue
        patch = (slice(i0, i1), slice(j0, j1))
        d = np.hypot(x[patch] - sx, y[patch] - sy)
        closer = d < best[patch]
        second[patch] = np.where(closer, best[patch], np.minimum(second[patch], d))
        which[patch] = np.where(closer, k, which[patch])
        best[patch] = np.where(closer, d, best[patch])
    return which, (second - best) / 2


def bees(size: int) -> Field:
    """Leaded glass: a sun over stems and blossoms, every pane streaked, light coming through unevenly."""
    x, y = grid(size)
    rng = np.random.default_rng(4)
    motif_seeds, colours = [], []
    sun = (0.5, 0.3)
    golds = palette("#f6b21a", "#f7cf4a", "#ee8a1a", "#fbe48a")
    blues = palette("#1d4fa0", "#2f7fd0", "#5ab0e0", "#173a80", "#88d0e8", "#3a5fc0")
    greens = palette("#1f7a3f", "#4fa03a", "#0f5a44", "#9ac43a", "#2a8f6a")
    pinks = palette("#d0245a", "#e8557a", "#a01a6a", "#f08a3a", "#f2f0dc", "#8a2fa8")
    motif_seeds.append(sun)
    colours.append(golds[1])
    for ring, count in ((0.1, 9), (0.18, 16), (0.27, 22), (0.37, 30), (0.48, 36), (0.6, 40), (0.74, 44)):
        for k in range(count):
            a = 2 * np.pi * (k + 0.5 * (count % 2)) / count + rng.normal(0, 0.012)
            place = (sun[0] + ring * np.cos(a), sun[1] + ring * np.sin(a))
            if place[1] > 0.66:
                continue
            motif_seeds.append(place)
            colours.append(golds[rng.integers(4)] if ring < 0.2 else blues[rng.integers(6)])
    blossoms = [
        (0.16, 0.68),
        (0.38, 0.76),
        (0.63, 0.7),
        (0.86, 0.76),
        (0.26, 0.92),
        (0.52, 0.93),
        (0.78, 0.93),
        (0.03, 0.86),
        (0.98, 0.93),
    ]
    for k, (bx, by) in enumerate(blossoms):
        base = pinks[k % 6]
        motif_seeds.append((bx, by))
        colours.append(golds[k % 4])
        for p in range(7):
            a = 2 * np.pi * p / 7 + k
            motif_seeds.append((bx + 0.056 * np.cos(a), by + 0.056 * np.sin(a)))
            colours.append(base * rng.uniform(0.75, 1.1))
    taken = np.array(motif_seeds)
    for _ in range(900):
        spot = np.array([rng.uniform(-0.02, 1.02), rng.uniform(0.64, 1.03)])
        if np.hypot(*(taken - spot).T).min() > 0.058:
            taken = np.vstack([taken, spot])
            colours.append(greens[rng.integers(5)])
    dx = (noise(size, 0.12, 2, seed=6) - 0.5) * 0.022
    dy = (noise(size, 0.12, 2, seed=7) - 0.5) * 0.022
    which, border = _cells(size, taken)
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    turned = sample(np.dstack([which.astype(np.float32), border]), np.round(xx + dx * size), np.round(yy + dy * size))
    which, border = np.rint(turned[..., 0]).astype(int), turned[..., 1]
    glass: Field = np.array(colours, np.float32)[which]
    tilt = rng.uniform(0, np.pi, len(colours))[which]
    streak_a = noise(size, 0.02, 3, seed=8, stretch=(0.4, 5))
    streak_b = noise(size, 0.02, 3, seed=9, stretch=(5, 0.4))
    streak = np.where(tilt < np.pi / 2, streak_a, streak_b)
    uneven = noise(size, 0.18, 3, seed=10)
    light = 0.62 + 0.5 * streak * 0.7 + 0.35 * uneven + 0.45 * np.exp(-(((x - sun[0]) ** 2 + (y - sun[1]) ** 2) / 0.05))
    glass = np.clip(glass * light[..., None] + 0.12 * (light[..., None] - 0.8), 0, 1)
    hue_shift = ramp(palette("#ffffff", "#ffe8c8", "#d8f0ff"), noise(size, 0.06, 2, seed=11))
    glass = glass * hue_shift
    bubbles = fade(0.86, 0.95, noise(size, 0.008, 1, seed=12)) * 0.2
    glass = np.clip(glass + bubbles[..., None], 0, 1)
    wide = 0.0048 + 0.0022 * noise(size, 0.1, 2, seed=13)
    lead = fade(wide.mean() + 0.0016, wide.mean() - 0.0008, border - (wide - wide.mean()))
    edge_dark = fade(0.016, 0.004, border) * 0.35
    picture = glass * (1 - edge_dark)[..., None]
    halo = blur(glass, size / 70)
    lead_colour = rgb("#1b1b20") + halo * 0.1
    came = np.sqrt(np.clip(1 - (border / 0.0075) ** 2, 0, 1)) * lead
    picture = lay(picture.astype(np.float32), lead_colour, lead)
    height = came * (size / 768) * 4 + (1 - lead) * streak * (size / 768) * 1.6
    return relit(np.clip(picture, 0, 1), blur(height, size / 1200), strength=0.2, shine=0.1)


def carp(size: int) -> Field:
    """Mosaic: two carp in turning water, laid in small stones along the lines of the shapes."""
    x, y = grid(size)
    rng = np.random.default_rng(15)
    parts = np.zeros((size, size), np.int32)
    along = np.zeros((size, size), np.float32)
    across = np.zeros((size, size), np.float32)
    whirl = np.hypot(x - 0.5, (y - 0.5)) + 0.02 * np.sin(np.arctan2(y - 0.5, x - 0.5) * 3)
    turn = np.arctan2(y - 0.5, x - 0.5)
    across, along = whirl, turn * np.maximum(np.round(whirl * 46) / 46, 0.03)
    tone = 0.5 + 0.5 * np.sin(whirl * 42 + 2 * turn)
    for fish, phase in ((1, 0.0), (2, np.pi)):
        c, s = np.cos(phase), np.sin(phase)
        u, v = (x - 0.5) * c + (y - 0.5) * s, -(x - 0.5) * s + (y - 0.5) * c
        # The body bends along an arc about the middle.
        angle = np.arctan2(v, u)
        r = np.hypot(u, v) - 0.285
        t = (angle + 2.1) / 2.3
        half = 0.1 * np.sqrt(np.clip(t, 0, 1)) * np.clip(1.12 - t, 0.0, 1) ** 0.55 * 1.25
        tail = (t < 0.02) & (t > -0.26) & (np.abs(r) < 0.03 + 0.42 * np.abs(t - 0.02) * (1 - 0.35 * np.cos(r * 30)))
        body = (np.abs(r) < half) & (t > 0) & (t < 1.1)
        fin = (np.abs(t - 0.6) < 0.15) & (r > half * 0.8) & (r < half + 0.075 * np.cos((t - 0.56) * 9))
        fin |= (np.abs(t - 0.72) < 0.075) & (r < -half * 0.8) & (r > -half - 0.06)
        for mask, code in ((tail, 3), (fin, 3), (body, fish)):
            parts = np.where(mask, code if code == 3 else fish, parts)
            across = np.where(mask, np.abs(r) if code != 3 else t * 0.35, across)
            along = np.where(mask, t * 0.66 if code != 3 else r, along)
        eye = np.hypot(r - 0.024, (t - 0.98) * 0.62)
        parts = np.where(eye < 0.024, 4, parts)
        across = np.where(eye < 0.024, eye, across)
        along = np.where(eye < 0.024, 0, along)
        parts = np.where(eye < 0.011, 5, parts)
        scale = 0.5 + 0.5 * np.cos(t * 70) * np.cos(r * 120)
        tone = np.where(body, 0.65 * scale + 0.5 * (half - np.abs(r)) / 0.1, tone)
        tone = np.where(tail | fin, 0.5 + 0.5 * np.sin((r if code == 3 else t) * 150), tone)
    frame = np.maximum(np.abs(x - 0.5), np.abs(y - 0.5))
    rim = frame > 0.455
    parts = np.where(rim, 6, parts)
    long_side = np.where(np.abs(x - 0.5) > np.abs(y - 0.5), y, x)
    across, along = np.where(rim, frame, across), np.where(rim, long_side, along)
    tone = np.where(rim, ((np.floor(long_side * 22) + np.floor((frame - 0.455) * 66)) % 2), tone)
    # Tiles: rows of equal depth across, staggered lengths along.
    row_high, tile_long = 0.0152, 0.0175
    row = np.floor(across / row_high)
    offset = (np.sin(row * 12.9898 + parts * 4.1) * 43758.5453) % 1
    column = np.floor(along / tile_long + offset)
    fa = across / row_high - row
    fb = along / tile_long + offset - column
    jitter = (np.sin(row * 78.233 + column * 37.719 + parts * 9.17) * 43758.5453) % 1
    jitter2 = (np.sin(row * 26.651 + column * 91.342 + parts * 3.7) * 24634.6345) % 1
    gap = np.minimum(np.minimum(fa, 1 - fa) * row_high, np.minimum(fb, 1 - fb) * tile_long)
    change = np.zeros_like(x)
    for axis in (0, 1):
        change = np.maximum(change, np.abs(parts - np.roll(parts, 1, axis)) > 0)
    gap = np.minimum(gap, 0.004 * (1 - fade(0.1, 0.5, blur(change.astype(np.float32), size / 500) * 6)))
    key = (row * 7919 + column * 104729 + parts * 1299721).astype(np.int64)
    _, index = np.unique(key, return_inverse=True)
    index = index.reshape(size, size)
    counts = np.bincount(index.ravel())
    mean_tone = np.bincount(index.ravel(), weights=tone.ravel()) / counts
    tone = mean_tone[index].astype(np.float32) + 0.3 * (jitter - 0.5)
    scales = [
        palette("#0f3a5c", "#1d6a80", "#3f9a9a", "#9accb8", "#1f4f86"),
        palette("#8f1f12", "#d8491c", "#f08a2a", "#f7c25a", "#fbe6b0"),
        palette("#2a2a3a", "#c9c2b2", "#f2ecdc", "#e8dcc0", "#fffaf0"),
        palette("#a8421a", "#f0a03a", "#fbe2a0"),
        palette("#f7e9b8", "#fff8e0"),
        palette("#0c0c12", "#1a1a22"),
        palette("#5a1420", "#c79a3a"),
    ]
    stone = np.zeros((size, size, 3), np.float32)
    for code, scale_colours in enumerate(scales):
        stone = np.where((parts == code)[..., None], ramp(scale_colours, tone), stone)
    stone = stone * (0.82 + 0.36 * jitter2 * 0.8)[..., None]
    stone = stone * (0.9 + 0.2 * noise(size, 0.006, 2, seed=19))[..., None]
    face = fade(0.0009, 0.0024, gap)
    grout = rgb("#8a8578") * (0.7 + 0.4 * noise(size, 0.01, 2, seed=20))[..., None]
    picture = lay(grout.astype(np.float32), stone.astype(np.float32), face)
    tilt_height = face * 2.6 + face * ((fa - 0.5) * (jitter - 0.5) + (fb - 0.5) * (jitter2 - 0.5)) * 5.0
    del rng
    return relit(
        np.clip(picture, 0, 1),
        blur(tilt_height.astype(np.float32) * (size / 768), size / 1100),
        strength=0.22,
        shine=0.06,
    )


def stair(size: int) -> Field:
    """A gilded screen: overlapping fans in peacock and ivory, outlined in gold leaf on lacquer."""
    x, y = grid(size)
    picture = ramp(palette("#0c1f2a", "#12303a", "#0a1a26"), noise(size, 0.4, 3, seed=1))
    schemes = [
        palette("#0f4f5c", "#167a80", "#59b3a4", "#d9ead0"),
        palette("#132a52", "#23508c", "#5f92c4", "#dbe6ea"),
        palette("#5c1f38", "#98344e", "#d9806e", "#f6dcc0"),
        palette("#1d3f2c", "#3a7a4a", "#98b56a", "#eee6b4"),
        palette("#e8dcc0", "#f6eeda", "#d9c294", "#b98f4a"),
    ]
    gold_mask = np.zeros((size, size), np.float32)
    height = np.zeros((size, size), np.float32)
    rng = np.random.default_rng(6)
    radius = 0.165
    rows = 14
    for row in range(rows):
        cy = -0.03 + row * radius * 0.5
        for column in range(-1, 5):
            cx = (column + 0.5 * (row % 2)) * radius * 2
            d = np.hypot(x - cx, y - cy - radius * 0.05)
            inside = d < radius
            if not inside.any():
                continue
            angle = np.arctan2(x - cx, -(y - cy))
            colours = schemes[int(rng.choice(5, p=[0.32, 0.24, 0.16, 0.14, 0.14]))]
            ring = d / radius
            kind = rng.integers(3)
            petals = 0.5 + 0.5 * np.cos(angle * (14 if kind == 0 else 22))
            if kind == 0:
                value = 0.95 - ring * 0.8 + 0.3 * petals * fade(0.25, 0.9, ring)
            elif kind == 1:
                value = np.abs((ring * 4.5) % 1 - 0.5) * 1.3 + 0.25 * petals
            else:
                value = fade(0.1, 0.95, ring + 0.16 * petals)
            value = value + 0.16 * (noise(size, 0.03, 2, seed=20 + row, stretch=(1.5, 0.7)) - 0.5)
            fan = ramp(colours, np.clip(value, 0, 1))
            shade = 1 - 0.5 * fade(0.75, 1.0, ring)
            shape = fade(radius, radius - 1.5 / size, d)
            picture = lay(picture, fan * shade[..., None], shape)
            lines = fade(0.0042, 0.0026, np.abs(d - radius + 0.0045))
            for k in (0.3, 0.55, 0.78) if kind != 1 else (0.22, 0.44, 0.66, 0.88):
                lines = np.maximum(lines, fade(0.0024, 0.0012, np.abs(d - radius * k)))
            ribs = fade(0.0026, 0.0014, np.abs(np.sin(angle * (7 if kind == 0 else 11))) * d / (7 if kind == 0 else 11))
            lines = np.maximum(lines, ribs * (ring > 0.3) * (ring < (0.78 if kind else 1.0)))
            lines = np.maximum(lines, fade(radius * 0.12, radius * 0.11, d))
            gold_mask = np.where(inside, lines, gold_mask)
            height = np.where(inside, (1 - ring) * 1.5 + lines * 1.6, height)
    leaf = ramp(
        palette("#7a5420", "#c7973a", "#f0cf74", "#fff0b8"), 0.25 + 0.6 * noise(size, 0.07, 4, seed=40) + 0.2 * (x - y)
    )
    worn = gold_mask * fade(0.12, 0.24, noise(size, 0.03, 3, seed=41))
    picture = lay(picture, leaf, np.clip(worn, 0, 1))
    crackle = warped(np.abs(noise(size, 0.05, 3, seed=42) - 0.5), size / 120, 0.03, seed=43)
    cracks = fade(0.008, 0.002, crackle) * 0.25
    picture = picture * (1 - cracks)[..., None]
    picture = picture * (0.94 + 0.1 * noise(size, 0.008, 2, seed=44))[..., None]
    return relit(np.clip(picture, 0, 1), blur(height * (size / 768) * 1.5, size / 1000), strength=0.24, shine=0.08)
