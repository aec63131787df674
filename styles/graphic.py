"""Pictures made of shapes: constructions, a woodcut, leaded glass, a mosaic, a gilded screen."""

from __future__ import annotations

import numpy as np

from contents.film import blur
from styles.canvas import Field, fade, grid, lay, noise, palette, ramp, relit, rgb, sample, stain, warped


def _inked(mask: Field, *, seed: int, bare: float = 0.5) -> Field:
    """Ink as a press lays it: thin spots, a rim where the plate squeezed it out."""
    size = mask.shape[0]
    spots = noise(size, 0.006, 2, seed=seed) * 0.6 + noise(size, 0.06, 3, seed=seed + 1) * 0.4
    rim = np.clip(mask - blur(mask, size / 260), 0, 1)
    return np.clip(mask * (1 - bare * fade(0.62, 0.95, spots)) + 0.3 * rim * mask, 0, 1)


def engine(size: int) -> Field:
    """Geometric construction: discs, bars and wedges in red, black, cream and a little blue, printed slightly out of register."""
    x, y = grid(size)
    wobble = 0.0012
    x = x + wobble * (noise(size, 0.03, 2, seed=3) - 0.5)
    y = y + wobble * (noise(size, 0.03, 2, seed=4) - 0.5)
    paper = rgb("#ece0c4") * (0.95 + 0.07 * noise(size, 0.25, 4, seed=5))[..., None]
    fibres = noise(size, 0.004, 1, seed=6, stretch=(1, 8))
    picture = (paper * (0.97 + 0.05 * fibres)[..., None]).astype(np.float32)
    px = np.float32(1.2 / size)
    inks = {"red": rgb("#cf2e1f"), "black": rgb("#1d1b1a"), "blue": rgb("#2b5c86"), "ochre": rgb("#d99a2b"), "grey": rgb("#8d8a80"), "cream": rgb("#f1e7cf")}
    count = 0

    def put(distance: Field, ink: str, amount: float = 1.0, offset: tuple[float, float] = (0.0, 0.0)) -> None:
        nonlocal picture, count
        count += 1
        mask = fade(px, -px, distance)
        if offset != (0.0, 0.0):
            mask = np.roll(mask, (int(offset[1] * size), int(offset[0] * size)), (0, 1))
        mask = _inked(mask, seed=100 + count, bare=0.35) * amount
        picture = lay(picture, inks[ink], mask) if ink == "cream" else lay(picture, inks[ink] * (0.6 + 0.4 * picture.mean(axis=2, keepdims=True)), mask)

    def disc(cx: float, cy: float, r: float) -> Field:
        return np.hypot(x - cx, y - cy) - r

    def bar(cx: float, cy: float, half_long: float, half_wide: float, angle: float) -> Field:
        c, s = np.cos(angle), np.sin(angle)
        u, v = (x - cx) * c + (y - cy) * s, -(x - cx) * s + (y - cy) * c
        return np.maximum(np.abs(u) - half_long, np.abs(v) - half_wide)

    def ring(cx: float, cy: float, r: float, wide: float) -> Field:
        return np.abs(disc(cx, cy, r)) - wide

    slant = -0.62
    put(bar(0.5, 0.5, 0.9, 0.2, slant), "grey", 0.35)
    put(disc(0.36, 0.4, 0.27), "red", 1.0, (0.003, -0.002))
    put(np.maximum(disc(0.36, 0.4, 0.27), -bar(0.36, 0.4, 0.6, 0.135, slant)), "black", 0.94)
    put(ring(0.36, 0.4, 0.31, 0.006), "black")
    put(ring(0.36, 0.4, 0.335, 0.002), "black")
    put(disc(0.36, 0.4, 0.1), "cream")
    put(ring(0.36, 0.4, 0.072, 0.014), "black")
    put(disc(0.36, 0.4, 0.026), "red")
    for k in range(9):
        put(bar(0.605 + 0.041 * k, 0.545 + 0.031 * k, 0.3 - 0.025 * k, 0.0085, slant), "black" if k % 3 else "red")
    put(bar(0.66, 0.28, 0.42, 0.022, slant), "black")
    put(bar(0.71, 0.33, 0.3, 0.011, slant), "red")
    put(bar(0.2, 0.78, 0.3, 0.035, slant + np.pi / 2), "ochre", 1.0, (0.002, 0.003))
    put(bar(0.275, 0.8, 0.25, 0.012, slant + np.pi / 2), "black")
    wedge = np.maximum(np.maximum((x - 0.98) * 0.75 + (0.06 - y) * -0.1, 0.05 - y), np.abs(y - 0.16) - 0.11 * (x - 0.6) / 0.38)
    put(wedge, "blue")
    put(np.maximum(disc(0.74, 0.78, 0.17), (x - 0.74) * 0.58 + (y - 0.78) * -0.81), "blue", 1.0, (-0.003, 0.002))
    put(np.maximum(disc(0.74, 0.78, 0.17), -((x - 0.74) * 0.58 + (y - 0.78) * -0.81)), "black", 0.12)
    put(ring(0.74, 0.78, 0.2, 0.003), "black")
    for k in range(12):
        a = k * np.pi / 6
        put(bar(0.74 + 0.225 * np.cos(a), 0.78 + 0.225 * np.sin(a), 0.016, 0.007, a), "black")
    for k in range(6):
        for j in range(3):
            put(bar(0.085 + 0.03 * j, 0.09 + 0.03 * k, 0.009, 0.009, 0), "black" if (j + k) % 3 else "red")
    stripes = np.maximum(bar(0.52, 0.9, 0.16, 0.06, 0), np.abs(((x - y) * 60) % 1 - 0.5) - 0.22)
    put(stripes, "black")
    put(bar(0.9, 0.45, 0.12, 0.012, np.pi / 2), "black")
    put(bar(0.935, 0.5, 0.09, 0.005, np.pi / 2), "red")
    dots = np.hypot(((x * 70) % 1) - 0.5, ((y * 70) % 1) - 0.5) / 70 - 0.0052 * fade(0.18, 0.02, np.abs(x - 0.12)) * fade(0.12, 0.0, np.abs(y - 0.5))
    put(np.where((x < 0.3) & (np.abs(y - 0.52) < 0.13), dots, 1), "blue", 0.8)
    return relit(np.clip(picture, 0, 1), (fibres + noise(size, 0.01, 2, seed=9)) * (size / 768), strength=0.09)


def gulls(size: int) -> Field:
    """A woodcut in three blocks: a fishing boat on great waves, cut in lines that follow the water."""
    x, y = grid(size)
    paper = rgb("#efe3c8") * (0.96 + 0.06 * noise(size, 0.3, 4, seed=2))[..., None]
    swell = []
    for k, (level, high, waves_across, phase) in enumerate(((0.5, 0.035, 3.1, 0.4), (0.6, 0.07, 2.1, 2.0), (0.74, 0.085, 1.6, 4.1), (0.9, 0.07, 1.3, 0.3))):
        a = 2 * np.pi * waves_across * x + phase
        swell.append(level - high * (np.sin(a) + 0.28 * np.sin(2 * a + 0.7)) + 0.006 * (noise(size, 0.05, 2, seed=20 + k) - 0.5))
    tone = 0.25 + 0.5 * noise(size, 0.35, 3, seed=4, stretch=(0.6, 1.5)) * fade(0.55, 0.05, y)
    direction = y * 58 + 2.2 * np.sin(x * 5 + 1) * (1 - y) + 3.0 * noise(size, 0.3, 2, seed=5)
    teal = np.zeros_like(x)
    sun = np.hypot(x - 0.3, y - 0.25)
    rays = np.arctan2(y - 0.25, x - 0.3)
    tone = np.where(sun < 0.34, 0.28 + 0.5 * fade(0.1, 0.36, sun), tone)
    direction = np.where(sun < 0.34, rays * 46 / (2 * np.pi) * 2, direction)
    for k, line in enumerate(swell):
        depth = y - line
        inside = depth > 0
        local = depth * (92 - 12 * k) * 1.0 + 1.5 * noise(size, 0.12, 2, seed=30 + k)
        shade = 0.42 + 0.42 * fade(0.0, 0.13, depth) + 0.3 * (noise(size, 0.12, 3, seed=40 + k) - 0.5)
        crest = fade(0.016, 0.008, depth) * inside
        direction = np.where(inside, local, direction)
        tone = np.where(inside, np.where(crest > 0.5, 0.05, shade), tone)
        teal = np.where(inside, np.where(crest > 0.5, 0.0, fade(0.01, 0.03, depth)), teal)
        if k == 1:
            # The boat rides behind the third wave.
            c, s = np.cos(-0.13), np.sin(-0.13)
            u, v = (x - 0.62) * c + (y - 0.565) * s, -(x - 0.62) * s + (y - 0.565) * c
            hull = (v > -0.035 - 0.5 * u * u * 2) & (v < 0.085 - 0.9 * u * u) & (np.abs(u) < 0.23 - 0.35 * v)
            gunwale = hull & (v < -0.015 - u * u)
            tone = np.where(hull, np.where(gunwale, 0.02, 0.93), tone)
            direction = np.where(hull, v * 60, direction)
            teal = np.where(hull, 0, teal)
            mast = (np.abs(u + 0.01) < 0.0065) & (v < 0) & (v > -0.47)
            sail = (u > 0.006) & (v > -0.45) & (v < -0.08) & (u < 0.225 * (v + 0.46) / 0.38 + 0.03 * np.sin((v + 0.45) * 8))
            fore = (u < -0.022) & (v > -0.41) & (v < -0.07) & (u > -0.17 * (v + 0.42) / 0.35)
            for cloth, lean in ((sail, 1.0), (fore, -1.0)):
                tone = np.where(cloth, 0.1 + 0.62 * fade(0.03, 0.2, np.abs(u)), tone)
                direction = np.where(cloth, (v * 0.35 + lean * u) * 75, direction)
            tone = np.where(mast, 1.0, tone)
            boat_sails = sail | fore
    gouge = np.abs((direction % 1) - 0.5) * 2
    gouge = gouge + 0.2 * (noise(size, 0.02, 2, seed=8) - 0.5) + 0.14 * (noise(size, 0.3, 2, seed=9) - 0.5)
    swelling = noise(size, 0.05, 2, seed=10) * 0.26
    black = fade(-0.05, 0.05, tone + swelling - 0.13 - gouge)
    black = np.where(sun < 0.1, 0.0, black)
    disc = fade(0.104, 0.1, sun)
    for bx, by, r in ((0.62, 0.12, 0.06), (0.75, 0.2, 0.045), (0.47, 0.17, 0.035), (0.88, 0.1, 0.04), (0.13, 0.45, 0.035)):
        u, v = (x - bx) / r, (y - by) / r
        arch = np.abs(v + 0.55 * np.abs(np.abs(u) - 0.5) ** 0.9 * -1.1 + 0.35 * u * 0.3)
        bird = (arch < 0.2 * (1.05 - np.abs(u))) & (np.abs(u) < 1)
        body = (np.abs(u) < 0.13) & (np.abs(v - 0.28) < 0.3)
        halo = blur((bird | body).astype(np.float32), size / 120)
        black = np.where(halo > 0.1, 0.0, black)
        black = np.where(bird | body, 1.0, black)
    frame = np.maximum(np.abs(x - 0.5), np.abs(y - 0.5))
    edge = 0.465 + 0.004 * (noise(size, 0.05, 2, seed=12) - 0.5)
    black = np.where(frame > edge - 0.008, 1.0, black) * (frame < edge)
    inside_frame = fade(edge.max() + 0.001, edge.max() - 0.001, frame)
    grain = noise(size, 0.02, 3, seed=14, stretch=(0.14, 6))
    picture = paper.astype(np.float32)
    shift = int(size * 0.004)
    ochre = np.roll(fade(0.75, 0.0, y) * inside_frame, shift, 1)
    picture = stain(picture, rgb("#edc26a"), _inked(ochre, seed=50, bare=0.3) * (0.45 + 0.5 * fade(0.5, 0.05, sun)))
    picture = stain(picture, rgb("#dd5a34"), _inked(np.roll(disc, (shift, -shift), (0, 1)), seed=51, bare=0.3))
    picture = stain(picture, rgb("#c94f38"), _inked(np.roll((boat_sails * (black < 2)).astype(np.float32), (shift, shift), (0, 1)), seed=53, bare=0.3) * 0.85)
    picture = stain(picture, rgb("#3f8a8c"), _inked(np.roll(teal * inside_frame, (-shift, shift), (0, 1)), seed=52, bare=0.35) * (0.6 + 0.4 * grain))
    ink = blur(np.clip(black, 0, 1), size / 1400)
    ink = _inked(ink, seed=54, bare=0.3) * (0.8 + 0.25 * grain)
    picture = lay(picture, rgb("#191c22"), np.clip(ink, 0, 1))
    return relit(np.clip(picture, 0, 1), -ink * (size / 768) * 0.7 + noise(size, 0.01, 2, seed=15) * (size / 768) * 0.7, strength=0.12)


def _cells(size: int, seeds: np.ndarray) -> tuple[np.ndarray, Field]:
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
    blossoms = [(0.16, 0.68), (0.38, 0.76), (0.63, 0.7), (0.86, 0.76), (0.26, 0.92), (0.52, 0.93), (0.78, 0.93), (0.03, 0.86), (0.98, 0.93)]
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
        place = np.array([rng.uniform(-0.02, 1.02), rng.uniform(0.64, 1.03)])
        if np.hypot(*(taken - place).T).min() > 0.058:
            taken = np.vstack([taken, place])
            colours.append(greens[rng.integers(5)])
    dx = (noise(size, 0.12, 2, seed=6) - 0.5) * 0.022
    dy = (noise(size, 0.12, 2, seed=7) - 0.5) * 0.022
    which, border = _cells(size, taken)
    yy, xx = np.mgrid[0:size, 0:size].astype(np.float32)
    turned = sample(np.dstack([which.astype(np.float32), border]), np.round(xx + dx * size), np.round(yy + dy * size))
    which, border = np.rint(turned[..., 0]).astype(int), turned[..., 1]
    glass = np.array(colours, np.float32)[which]
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
    return relit(np.clip(picture, 0, 1), blur(tilt_height.astype(np.float32) * (size / 768), size / 1100), strength=0.22, shine=0.06)


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
            for k in ((0.3, 0.55, 0.78) if kind != 1 else (0.22, 0.44, 0.66, 0.88)):
                lines = np.maximum(lines, fade(0.0024, 0.0012, np.abs(d - radius * k)))
            ribs = fade(0.0026, 0.0014, np.abs(np.sin(angle * (7 if kind == 0 else 11))) * d / (7 if kind == 0 else 11))
            lines = np.maximum(lines, ribs * (ring > 0.3) * (ring < (0.78 if kind else 1.0)))
            lines = np.maximum(lines, fade(radius * 0.12, radius * 0.11, d))
            gold_mask = np.where(inside, lines, gold_mask)
            height = np.where(inside, (1 - ring) * 1.5 + lines * 1.6, height)
    leaf = ramp(palette("#7a5420", "#c7973a", "#f0cf74", "#fff0b8"), 0.25 + 0.6 * noise(size, 0.07, 4, seed=40) + 0.2 * (x - y))
    worn = gold_mask * fade(0.12, 0.24, noise(size, 0.03, 3, seed=41))
    picture = lay(picture, leaf, np.clip(worn, 0, 1))
    crackle = warped(np.abs(noise(size, 0.05, 3, seed=42) - 0.5), size / 120, 0.03, seed=43)
    cracks = fade(0.008, 0.002, crackle) * 0.25
    picture = picture * (1 - cracks)[..., None]
    picture = picture * (0.94 + 0.1 * noise(size, 0.008, 2, seed=44))[..., None]
    return relit(np.clip(picture, 0, 1), blur(height * (size / 768) * 1.5, size / 1000), strength=0.24, shine=0.08)
