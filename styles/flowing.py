"""Paintings made of liquid: bleeding colour fields, ink on wet paper, watercolour, thrown enamel."""

from __future__ import annotations

import numpy as np

from contents.film import blur
from styles.canvas import Canvas, Colour, Field, fade, grid, lay, noise, palette, ramp, relit, rgb, stain, warped, weave


def _paper(size: int, colour: str, seed: int) -> tuple[Field, Field]:
    """Rag paper: its colour [S, S, 3] and its tooth [S, S]."""
    tooth = 0.55 * noise(size, 0.008, 2, seed=seed) + 0.45 * noise(size, 0.02, 2, seed=seed + 1)
    tone = 0.97 + 0.05 * noise(size, 0.3, 3, seed=seed + 2)
    return (rgb(colour) * tone[..., None]).astype(np.float32), tooth


def ember(size: int) -> Field:
    """Four fields of colour, scrubbed on in thin veils, whose edges breathe into a dark ground."""
    x, y = grid(size)
    picture = ramp(palette("#3a1014", "#57161a", "#4a1220"), noise(size, 0.5, 3, seed=1))
    fields = [
        (0.08, 0.42, 0.07, 0.78, ("#f2a32c", "#f7c24a", "#e8801e"), 2),
        (0.5, 0.93, 0.3, 0.93, ("#d8401e", "#ee5a26", "#b32a1c"), 4),
        (0.5, 0.66, 0.07, 0.25, ("#2f4f8f", "#4a7ab0", "#243a70"), 3),
        (0.47, 0.93, 0.08, 0.36, ("#7a1d3a", "#a8284a", "#c43a3e"), 5),
    ]
    for left, right, top, foot, codes, seed in fields:
        for veil in range(7):
            wander = 0.014 + 0.006 * veil
            dx = (noise(size, 0.1, 4, seed=seed * 100 + veil) - 0.5) * wander * 2
            dy = (noise(size, 0.1, 4, seed=seed * 100 + veil + 50) - 0.5) * wander * 2
            u, v = x + dx, y + dy
            soft = 0.006 + 0.005 * veil
            inside = fade(left - soft, left + soft, u) * fade(right + soft, right - soft, u)
            inside = inside * fade(top - soft, top + soft, v) * fade(foot + soft, foot - soft, v)
            scrub = noise(size, 0.05, 4, seed=seed * 31 + veil, stretch=(0.5, 2.6))
            swipe = noise(size, 0.012, 2, seed=seed * 37 + veil, stretch=(0.7, 9))
            colour = ramp(palette(*codes), 0.6 * noise(size, 0.28, 3, seed=seed * 41 + veil) + 0.4 * swipe)
            picture = lay(picture, colour, inside * (0.12 + 0.42 * scrub * (0.5 + swipe)))
    glow = blur(picture, size / 45)
    picture = np.maximum(picture, glow * 0.92 * 0.5 + picture * 0.5)
    picture = picture * (0.93 + 0.12 * noise(size, 0.01, 2, seed=77))[..., None]
    height = (
        weave(size, seed=6, threads=150) * (size / 768) * 1.5
        + noise(size, 0.012, 2, seed=8, stretch=(0.7, 9)) * (size / 768) * 2.4
    )
    return relit(np.clip(picture, 0, 1), height, strength=0.13)


def pines(size: int) -> Field:
    """Ink on damp paper: ranges of hills paling into mist, pines in the near dark, one red sun."""
    paper, tooth = _paper(size, "#efe6d3", 3)
    x, y = grid(size)
    picture = paper
    ink = rgb("#1c2026")
    sun = np.hypot(x - 0.7, y - 0.235)
    ragged = sun + 0.004 * (noise(size, 0.03, 2, seed=4) - 0.5)
    picture = stain(picture, rgb("#d2452e"), fade(0.082, 0.074, ragged) * (0.72 + 0.25 * noise(size, 0.06, 3, seed=5)))
    for k in range(6):
        level = 0.36 + 0.085 * k
        line = level - (0.2 - 0.018 * k) * (noise(size, 0.3 - 0.025 * k, 5, seed=20 + k)[size // 2][None, :] - 0.45)
        depth = y - line
        edge = fade(-0.0025, 0.0025, depth + 0.002 * (tooth - 0.5))
        body = np.exp(-np.maximum(depth, 0) / (0.05 + 0.03 * noise(size, 0.2, 2, seed=40 + k)))
        rim = np.exp(-((depth / 0.006) ** 2)) * 0.35
        bloom = fade(0.55, 0.75, noise(size, 0.09, 4, seed=60 + k))
        strength = 0.14 + 0.1 * k
        amount = edge * (body * (1 - 0.4 * bloom) + rim * 0.6) * strength
        # Granules gather in the hollows of the paper.
        amount = amount * (0.82 + 0.36 * tooth)
        picture = stain(picture, ink * (1 - 0.07 * k) + rgb("#5a7088") * 0.07 * (6 - k), np.clip(amount, 0, 0.96))
    brush = Canvas(size, paper, seed=9)
    rng = brush.rng
    wet = np.zeros((size, size), np.float32)
    layer = Canvas(size, (1, 1, 1), seed=10)
    for px, foot, tall in (
        (0.13, 1.02, 0.66),
        (0.26, 1.0, 0.44),
        (0.87, 1.03, 0.5),
        (0.05, 1.0, 0.36),
        (0.95, 1.0, 0.33),
    ):
        lean = rng.normal(0, 0.04)
        spine = np.array(
            [[px + lean * t**2 + 0.012 * np.sin(5 * t + px * 9), foot - tall * t] for t in np.linspace(0, 1, 12)]
        )
        for k in range(11):
            layer.stroke(
                spine[k : k + 2], 15 * tall * (1.15 - k / 11) + 1.5, (0.1, 0.1, 0.1), body=0, dry=0.5, wet=0, streak=0.3
            )
        for t in np.linspace(0.2, 1.0, int(34 * tall) + 8):
            side = rng.choice([-1, 1])
            bx, by = px + lean * t**2, foot - tall * t
            reach = tall * (0.36 * (1.06 - t) + 0.03) * rng.uniform(0.6, 1.1)
            droop = rng.uniform(0.0, 0.05)
            branch = np.array([[bx, by], [bx + side * reach * 0.5, by - 0.012], [bx + side * reach, by + droop]])
            layer.stroke(branch, 3.2, (0.12, 0.12, 0.12), body=0, dry=0.4, wet=0)
            pad = 0.5 + 0.5 * rng.random()
            for _ in range(int((20 + 260 * reach) * pad)):
                s = rng.uniform(0.25, 1.1)
                nx = bx + side * reach * s
                ny = by + droop * s * s - 0.008 + rng.normal(0, 0.006) - 0.012 * np.sin(np.pi * s)
                needle = layer.curve(nx, ny, -np.pi / 2 + rng.normal(0, 0.8), rng.uniform(10, 22), 0.3, steps=3)
                tone = rng.choice([0.05, 0.14, 0.3, 0.5], p=[0.4, 0.3, 0.2, 0.1])
                layer.stroke(needle, rng.uniform(1.8, 4.2), (tone, tone, tone * 1.05), body=0, dry=0.3, wet=0)
    wet = 1 - layer.colour.mean(axis=2)
    halo = blur(wet, size / 110) * 0.22
    picture = stain(picture, ink, np.clip(np.maximum(wet, halo) * (0.85 + 0.2 * tooth), 0, 0.97))
    for _ in range(5):
        fx, fy = rng.uniform(0.42, 0.62), rng.uniform(0.16, 0.3)
        for side in (-1, 1):
            wing = np.array([[fx, fy], [fx + side * 0.012, fy - 0.01], [fx + side * 0.026, fy - 0.003]])
            layer.stroke(wing, 2.6, (0.2, 0.2, 0.2), body=0, dry=0.2, wet=0)
    birds = 1 - layer.colour.mean(axis=2)
    picture = stain(picture, ink, np.clip(birds - wet, 0, 1) * 0.9)
    return relit(np.clip(picture, 0, 1), tooth * (size / 768), strength=0.1)


def _wash(picture: Field, mask: Field, colour: Colour, *, seed: int, strength: float, tooth: Field) -> Field:
    """One transparent wash within a soft-edged mask: pooled at its rim, flowered with backruns, granulated."""
    size = picture.shape[0]
    inside = fade(0.46, 0.54, mask)
    near = blur(inside, size / 140)
    rim = inside * np.clip(1.15 - near, 0, 1) * 1.5
    pool = noise(size, 0.14, 3, seed=seed)
    run = noise(size, 0.11, 4, seed=seed + 1)
    back = np.exp(-(((run - 0.55) / 0.022) ** 2)) * 0.4 - 0.3 * fade(0.55, 0.7, run)
    grain = (tooth - 0.5) * 0.5
    amount = inside * np.clip(0.38 + 0.5 * pool + back + grain, 0.06, 1.2) + rim * 0.6
    return stain(picture, colour, np.clip(amount * strength, 0, 0.97))


def garden(size: int) -> Field:
    """Watercolour: irises and poppies wet in wet, edges blooming, white paper left for light."""
    paper, tooth = _paper(size, "#fbf7ee", 13)
    x, y = grid(size)
    picture = paper
    rng = np.random.default_rng(17)
    shake_x = (noise(size, 0.07, 4, seed=1) - 0.5) * 0.085
    shake_y = (noise(size, 0.07, 4, seed=2) - 0.5) * 0.085
    u, v = x + shake_x, y + shake_y
    for k, (code, cx, cy, rx, ry) in enumerate(
        (
            ("#a9d3e6", 0.25, 0.2, 0.32, 0.22),
            ("#f6dcae", 0.72, 0.22, 0.3, 0.2),
            ("#c8e0b4", 0.5, 0.72, 0.52, 0.27),
            ("#d5c3e6", 0.85, 0.55, 0.22, 0.25),
            ("#8fc0a0", 0.2, 0.85, 0.3, 0.16),
        )
    ):
        mask = 1.05 - 0.55 * (((u - cx) / rx) ** 2 + ((v - cy) / ry) ** 2)
        picture = _wash(picture, mask, rgb(code), seed=50 + 3 * k, strength=0.75, tooth=tooth)
    greens = palette("#3f7d45", "#6f9f3a", "#2f6a5c", "#8fae4a", "#24574a")
    for k in range(34):
        bx, tall = rng.uniform(0.03, 0.97), rng.uniform(0.2, 0.58)
        bend = rng.normal(0, 0.14)
        t = np.clip((1.03 - v) / tall, 0, 1.2)
        middle = bx + bend * t * t
        half = 0.016 * np.sin(np.clip(t, 0, 1) * np.pi * 0.92 + 0.25) * rng.uniform(0.6, 1.4)
        mask = 0.5 + 40 * (half - np.abs(x + shake_x * 0.35 - middle)) * (t < 1)
        picture = _wash(
            picture,
            np.clip(mask, 0, 1) * (t < 1),
            greens[rng.integers(5)],
            seed=200 + k,
            strength=rng.uniform(0.5, 0.95),
            tooth=tooth,
        )
    flowers = palette("#d8342a", "#ee7a2c", "#6a4fc0", "#3f5fc8", "#e05a8c", "#f2b632", "#8a3fa8")
    places = [
        (0.2, 0.44, 0.105),
        (0.46, 0.33, 0.125),
        (0.75, 0.42, 0.115),
        (0.6, 0.62, 0.095),
        (0.33, 0.66, 0.085),
        (0.88, 0.7, 0.08),
        (0.1, 0.7, 0.07),
        (0.62, 0.18, 0.07),
        (0.3, 0.18, 0.06),
        (0.9, 0.22, 0.06),
    ]
    for k, (cx, cy, r) in enumerate(places):
        hue = flowers[rng.integers(7)]
        second = flowers[rng.integers(7)]
        petals = rng.integers(5, 8)
        for p in range(petals):
            a = 2 * np.pi * p / petals + rng.normal(0, 0.14)
            px, py = cx + np.cos(a) * r * 0.55, cy + np.sin(a) * r * 0.5
            c, s = np.cos(a), np.sin(a)
            du, dv = (u - px) * c + (v - py) * s, -(u - px) * s + (v - py) * c
            mask = 1.0 - 0.5 * ((du / (r * 0.62)) ** 2 + (dv / (r * 0.42 * rng.uniform(0.8, 1.2))) ** 2)
            mix = rng.uniform(0, 0.45)
            picture = _wash(
                picture, mask, hue * (1 - mix) + second * mix, seed=300 + 11 * k + p, strength=0.72, tooth=tooth
            )
        heart = 1.0 - 0.5 * (((u - cx) ** 2 + (v - cy) ** 2) / (r * 0.24) ** 2)
        picture = _wash(
            picture, heart, rgb("#2c2340") if k % 2 else rgb("#7a4a12"), seed=600 + k, strength=0.95, tooth=tooth
        )
    for _ in range(260):
        sx, sy, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.exponential(0.0022) + 0.0008
        dot = fade(r * 1.25, r * 0.8, np.hypot(x - sx, y - sy)) if r > 0.004 else None
        i0, j0 = int(sy * size), int(sx * size)
        reach = int(r * size * 1.5) + 2
        patch = (slice(max(i0 - reach, 0), i0 + reach), slice(max(j0 - reach, 0), j0 + reach))
        local = dot[patch] if dot is not None else fade(r * 1.25, r * 0.8, np.hypot(x[patch] - sx, y[patch] - sy))
        picture[patch] = stain(picture[patch], flowers[rng.integers(7)], local * rng.uniform(0.25, 0.8))
    return relit(np.clip(picture, 0, 1), tooth * (size / 768) * 1.2, strength=0.13)


def static(size: int) -> Field:
    """Enamel thrown, dripped and flicked over raw canvas in layers, with one insistent yellow."""
    canvas = Canvas(size, ramp(palette("#d9cdb4", "#c9baa0"), noise(size, 0.3, 3, seed=1)), seed=14)
    rng = canvas.rng
    blot = noise(size, 0.24, 4, seed=5)
    canvas.colour = lay(canvas.colour, rgb("#7f95a0"), fade(0.6, 0.72, blot) * 0.75)
    canvas.colour = lay(canvas.colour, rgb("#a8573a"), fade(0.66, 0.76, noise(size, 0.2, 4, seed=6)) * 0.7)
    plan = [
        ("#22221f", 26, 1.0),
        ("#f1ead8", 16, 0.9),
        ("#2f5f78", 13, 0.9),
        ("#1a1a1c", 16, 0.8),
        ("#b9391f", 11, 0.8),
        ("#f4c218", 14, 1.2),
        ("#f6f1e4", 9, 0.6),
        ("#141416", 9, 0.6),
    ]
    for code, throws, weight in plan:
        colour = rgb(code)
        for _ in range(throws):
            # A thrown line: velocity wanders, the thread thins when the hand is quick.
            place = rng.uniform(-0.05, 1.05, 2)
            heading = rng.uniform(0, 2 * np.pi)
            turn = rng.normal(0, 0.08)
            points, widths = [place.copy()], []
            for _step in range(int(rng.integers(40, 110))):
                turn = turn * 0.92 + rng.normal(0, 0.09)
                heading += turn
                speed = 0.015 * (1 + 0.6 * np.sin(_step * 0.21 + heading)) + 0.002
                place = place + speed * np.array([np.cos(heading), np.sin(heading)])
                points.append(place.copy())
                widths.append(weight * np.clip(0.13 / (speed * 1.5 + 0.004), 3.0, 17.0) * rng.uniform(0.85, 1.15))
            path = np.array(points)
            smooth = np.convolve(np.pad(widths, 4, mode="edge"), np.ones(9) / 9, mode="valid")
            for k in range(0, len(path) - 3, 3):
                canvas.stroke(path[k : k + 4], float(smooth[k]), colour, body=2.6, dry=0.0, streak=0.03, wet=0.0)
                if rng.random() < 0.16:
                    canvas.stroke(
                        canvas.curve(float(path[k, 0]), float(path[k, 1]), 0, 2, steps=2),
                        float(smooth[k]) * rng.uniform(1.2, 2.2),
                        colour,
                        body=3,
                        dry=0,
                        wet=0,
                    )
        for _ in range(throws // 3):
            # A flick: drops fly out along one direction, small ones farthest.
            cx, cy, angle = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0, 2 * np.pi)
            for _drop in range(60):
                far = rng.exponential(0.13)
                aside = rng.normal(0, 0.03 + 0.2 * far)
                dx = cx + far * np.cos(angle) - aside * np.sin(angle)
                dy = cy + far * np.sin(angle) + aside * np.cos(angle)
                drop = weight * (rng.exponential(4.5) + 1.6) / (1 + 2.5 * far)
                canvas.stroke(
                    canvas.curve(dx, dy, angle, drop * rng.uniform(0.3, 1.8), steps=2),
                    drop,
                    colour,
                    body=2.4,
                    dry=0,
                    streak=0.02,
                    wet=0,
                )
        for _ in range(2):
            bx, by = rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.6)
            canvas.stroke(
                canvas.curve(bx, by, 0.3, 14, steps=3),
                rng.uniform(14, 34) * weight,
                colour,
                body=3,
                dry=0.0,
                streak=0.03,
                wet=0,
            )
            run = rng.uniform(0.08, 0.35)
            canvas.stroke(
                np.array([[bx, by], [bx + 0.002, by + run / 2], [bx, by + run]]),
                rng.uniform(2.5, 5),
                colour,
                body=2.4,
                dry=0.0,
                streak=0.02,
                wet=0,
            )
    canvas.colour = warped(canvas.colour, size / 700, 0.012, seed=33)
    return canvas.finish(relief=0.3, shine=0.2, cloth=1.5, seed=15)
