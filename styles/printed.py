"""Pictures that a press makes: a construction in flat inks, a woodcut."""

from __future__ import annotations

import numpy as np

from contents.film import blur
from styles.canvas import Field, fade, grid, lay, noise, relit, rgb, stain


def _inked(mask: Field, *, seed: int, bare: float = 0.5) -> Field:
    """Ink as a press lays it: thin spots, a rim where the plate squeezed it out."""
    size = mask.shape[0]
    spots = noise(size, 0.006, 2, seed=seed) * 0.6 + noise(size, 0.06, 3, seed=seed + 1) * 0.4
    rim = np.clip(mask - blur(mask, size / 260), 0, 1)
    return np.clip(mask * (1 - bare * fade(0.62, 0.95, spots)) + 0.3 * rim * mask, 0, 1)


def engine(size: int) -> Field:
    """Geometric construction: discs, bars and wedges in four inks on cream, printed slightly out of register."""
    x, y = grid(size)
    wobble = 0.0012
    x = x + wobble * (noise(size, 0.03, 2, seed=3) - 0.5)
    y = y + wobble * (noise(size, 0.03, 2, seed=4) - 0.5)
    paper = rgb("#ece0c4") * (0.95 + 0.07 * noise(size, 0.25, 4, seed=5))[..., None]
    fibres = noise(size, 0.004, 1, seed=6, stretch=(1, 8))
    picture = (paper * (0.97 + 0.05 * fibres)[..., None]).astype(np.float32)
    px = 1.2 / size
    inks = {
        "red": rgb("#cf2e1f"),
        "black": rgb("#1d1b1a"),
        "blue": rgb("#2b5c86"),
        "ochre": rgb("#d99a2b"),
        "grey": rgb("#8d8a80"),
        "cream": rgb("#f1e7cf"),
    }
    count = 0

    def put(distance: Field, ink: str, amount: float = 1.0, offset: tuple[float, float] = (0.0, 0.0)) -> None:
        nonlocal picture, count
        count += 1
        mask = fade(px, -px, distance)
        if offset != (0.0, 0.0):
            mask = np.roll(mask, (int(offset[1] * size), int(offset[0] * size)), (0, 1))
        mask = _inked(mask, seed=100 + count, bare=0.35) * amount
        picture = (
            lay(picture, inks[ink], mask)
            if ink == "cream"
            else lay(picture, inks[ink] * (0.6 + 0.4 * picture.mean(axis=2, keepdims=True)), mask)
        )

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
    wedge = np.maximum(
        np.maximum((x - 0.98) * 0.75 + (0.06 - y) * -0.1, 0.05 - y), np.abs(y - 0.16) - 0.11 * (x - 0.6) / 0.38
    )
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
    dots = np.hypot(((x * 70) % 1) - 0.5, ((y * 70) % 1) - 0.5) / 70 - 0.0052 * fade(
        0.18, 0.02, np.abs(x - 0.12)
    ) * fade(0.12, 0.0, np.abs(y - 0.5))
    put(np.where((x < 0.3) & (np.abs(y - 0.52) < 0.13), dots, 1), "blue", 0.8)
    return relit(np.clip(picture, 0, 1), (fibres + noise(size, 0.01, 2, seed=9)) * (size / 768), strength=0.09)


def gulls(size: int) -> Field:
    """A woodcut in three blocks: a fishing boat on great waves, cut in lines that follow the water."""
    x, y = grid(size)
    paper = rgb("#efe3c8") * (0.96 + 0.06 * noise(size, 0.3, 4, seed=2))[..., None]
    swell = []
    for k, (level, high, waves_across, phase) in enumerate(
        ((0.5, 0.035, 3.1, 0.4), (0.6, 0.07, 2.1, 2.0), (0.74, 0.085, 1.6, 4.1), (0.9, 0.07, 1.3, 0.3))
    ):
        a = 2 * np.pi * waves_across * x + phase
        swell.append(
            level - high * (np.sin(a) + 0.28 * np.sin(2 * a + 0.7)) + 0.006 * (noise(size, 0.05, 2, seed=20 + k) - 0.5)
        )
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
            sail = (
                (u > 0.006)
                & (v > -0.45)
                & (v < -0.08)
                & (u < 0.225 * (v + 0.46) / 0.38 + 0.03 * np.sin((v + 0.45) * 8))
            )
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
    for bx, by, r in (
        (0.62, 0.12, 0.06),
        (0.75, 0.2, 0.045),
        (0.47, 0.17, 0.035),
        (0.88, 0.1, 0.04),
        (0.13, 0.45, 0.035),
    ):
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
    inside_frame = fade(float(edge.max()) + 0.001, float(edge.max()) - 0.001, frame)
    grain = noise(size, 0.02, 3, seed=14, stretch=(0.14, 6))
    picture = paper.astype(np.float32)
    shift = int(size * 0.004)
    ochre = np.roll(fade(0.75, 0.0, y) * inside_frame, shift, 1)
    picture = stain(picture, rgb("#edc26a"), _inked(ochre, seed=50, bare=0.3) * (0.45 + 0.5 * fade(0.5, 0.05, sun)))
    picture = stain(picture, rgb("#dd5a34"), _inked(np.roll(disc, (shift, -shift), (0, 1)), seed=51, bare=0.3))
    picture = stain(
        picture,
        rgb("#c94f38"),
        _inked(np.roll((boat_sails * (black < 2)).astype(np.float32), (shift, shift), (0, 1)), seed=53, bare=0.3)
        * 0.85,
    )
    picture = stain(
        picture,
        rgb("#3f8a8c"),
        _inked(np.roll(teal * inside_frame, (-shift, shift), (0, 1)), seed=52, bare=0.35) * (0.6 + 0.4 * grain),
    )
    ink = blur(np.clip(black, 0, 1), size / 1400)
    ink = _inked(ink, seed=54, bare=0.3) * (0.8 + 0.25 * grain)
    picture = lay(picture, rgb("#191c22"), np.clip(ink, 0, 1))
    return relit(
        np.clip(picture, 0, 1),
        -ink * (size / 768) * 0.7 + noise(size, 0.01, 2, seed=15) * (size / 768) * 0.7,
        strength=0.12,
    )
