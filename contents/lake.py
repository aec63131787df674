"""The scene of a mountain lake at dusk."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Points,
    Relief,
    box,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    stick,
    vector,
)
from contents.weather import clouds, waves


def _conifers(places: list[tuple[float, float, float, float]], material: Material) -> list[Thing]:
    """Firs at (x, ground, z, height): tiers of drooping skirts, ragged by noise."""
    things = []
    for x, ground, z, tall in places:
        wide = tall * 0.2

        def fir(
            p: Points, x: float = x, ground: float = ground, z: float = z, tall: float = tall, wide: float = wide
        ) -> Field:
            q = p - vector(x, ground, z)
            h = np.clip(q[1] / np.float32(tall), 0, 1)
            r = hypot(q[0], q[2])
            angle = np.arctan2(q[2], q[0])
            level = h * 13 + 0.35 * np.sin(angle * 2 + x)
            tier = level % 1
            ragged = 0.3 * np.sin(angle * 9 + np.floor(level) * 2.1) + 0.25 * np.sin(angle * 17 + np.floor(level) * 4.3)
            spread = wide * (1 - h) ** 0.85 * (0.5 + 0.5 * (1 - tier)) * (1 + ragged * (0.3 + 0.7 * (1 - tier)))
            return np.maximum(
                np.maximum(r - spread - np.float32(0.004 * tall), q[1] - np.float32(tall)),
                np.float32(0.03 * tall) - q[1],
            ) * np.float32(0.45)

        trunk = stick((x, ground - 0.4, z), (x, ground + 0.3 * tall, z), 0.028 * tall, 0.02 * tall)
        things.append(Thing(trunk, material, (x, ground, z), 0.34 * tall + 0.4))
        things.append(Thing(fir, material, (x, ground + tall / 2, z), tall * 0.55))
    return things


def lake() -> tuple[Scene, Film]:
    """Mountains with snow in the last light, mirrored in a still lake; firs and a boat on the near shore."""

    def mountains(x: Field, z: Field) -> Field:
        away = -z
        massif = 15 * np.exp(-(((x + 7) / 11) ** 2) - ((away - 42) / 13) ** 2) + 11.5 * np.exp(
            -(((x - 13) / 9) ** 2) - ((away - 50) / 12) ** 2
        )
        ridge = 6.5 * np.exp(-(((x + 27) / 12) ** 2) - ((away - 36) / 12) ** 2) + 6 * np.exp(
            -(((x - 30) / 12) ** 2) - ((away - 34) / 12) ** 2
        )
        rough = noise2(x * 0.11 + 5, z * 0.11 + 2, 7, ridged=True)
        high = (massif + ridge) * (0.35 + 0.85 * rough)
        shore = fade(19, 30, away) * 2.0 * noise2(x * 0.2, z * 0.2, 4)
        return high + shore - 0.5 + 0.5 * fade(24, 32, away)

    land = Relief(mountains, (-60, 60), (-80, -14), 1000)

    def sky(d: Points) -> Points:
        up = fade(0.0, 0.42, d[1])
        base = mix(vector(1.25, 0.62, 0.36), vector(0.13, 0.2, 0.46), up)
        base = mix(base, vector(0.66, 0.38, 0.5), fade(0.03, 0.2, d[1]) * fade(0.5, 0.2, d[1]) * 0.75)
        streak = clouds(d * vector(0.5, 1, 1), 0.8, 2.2, 0.4, 0.66) * fade(0.0, 0.08, d[1])
        return mix(base, mix(vector(1.5, 0.62, 0.4), vector(0.42, 0.3, 0.45), up), streak * 0.8)

    def rock(p: Points, n: Points) -> Surface:
        strata = noise3(p * vector(0.3, 1.6, 0.3), 1.0, 4)
        colour = mix(vector(0.09, 0.08, 0.095), vector(0.24, 0.2, 0.19), strata)
        line = 5.4 + 3.0 * (noise3(p, 0.28, 3) - 0.5)
        snow = fade(-0.9, 1.1, p[1] - line) * fade(0.42, 0.66, n[1] + 0.3 * (noise3(p, 0.45, 3) - 0.5))
        wood = fade(3.0, 1.6, p[1] + 1.5 * (noise3(p, 0.7, 3) - 0.5)) * fade(0.55, 0.75, n[1])
        colour = mix(colour, vector(0.03, 0.05, 0.035), wood)
        return Surface(mix(colour, vector(0.78, 0.78, 0.83), snow), 0.85, 0.0)

    def water(p: Points, _n: Points) -> Surface:
        return Surface(vector(0.012, 0.028, 0.04) * np.ones_like(p), 0.05, 0.06)

    def bank(x: Field, z: Field) -> Field:
        return (
            -0.75
            + 1.15
            * fade(3.3, 5.0, np.abs(x - 0.6) + 0.22 * z + 1.5 * noise2(x * 0.5, z * 0.5, 3) - 0.2)
            * fade(-3.5, 1.5, z)
            + 0.12 * noise2(x * 2, z * 2, 4)
        )

    near = Relief(bank, (-12, 12), (-8, 9), 400)

    def grass(p: Points, _n: Points) -> Surface:
        return Surface(mix(vector(0.035, 0.045, 0.02), vector(0.12, 0.1, 0.05), noise3(p, 5, 3)), 0.95, 0.0)

    fir = plain(0.018, 0.034, 0.024, 0.95, 0.0)
    firs = [
        (-4.6, 0.1, -0.6, 4.6),
        (-5.9, 0.15, -1.6, 5.6),
        (-3.6, 0.0, -2.1, 3.0),
        (-6.9, 0.2, 0.2, 4.0),
        (5.6, 0.1, -1.2, 4.2),
        (6.8, 0.2, -0.4, 5.4),
        (4.7, 0.0, -2.3, 2.5),
        (7.7, 0.2, -2.4, 4.4),
    ]
    rng = np.random.default_rng(3)
    for _ in range(46):
        x, z = float(rng.uniform(-34, 34)), float(rng.uniform(-33, -27.5))
        ground = float(land.height(np.array([x], np.float32), np.array([z], np.float32))[0])
        if -0.05 < ground < 1.0:
            firs.append((x, ground - 0.05, z, float(rng.uniform(1.2, 2.3))))

    def boat(p: Points) -> Field:
        q = p - vector(1.15, 0.05, -1.2)
        c, s = np.float32(np.cos(0.5)), np.float32(np.sin(0.5))
        u, w = q[0] * c + q[2] * s, -q[0] * s + q[2] * c
        r = np.stack([u, (q[1] - 0.17) * 0.9, w])
        outer, inner = ellipsoid(r, 0.95, 0.3, 0.3), ellipsoid(r - vector(0, 0.05, 0), 0.88, 0.27, 0.25)
        hull = np.maximum(np.maximum(outer, q[1] - 0.17 - 0.12 * u * u), -np.maximum(inner, 0.02 - q[1]))
        seat = box(np.stack([np.abs(u) - 0.3, q[1] - 0.13, w]), 0.06, 0.015, 0.24)
        return join(hull, seat) * np.float32(0.75)

    things = [
        Thing(land, rock, ceiling=land.ceiling, bump=lambda p: noise3(p, 1.1, 3) * np.float32(0.3)),
        Thing(
            lambda p: p[1],
            water,
            ceiling=0.02,
            bump=lambda p: waves(p, 0.012, 1.2) * fade(34, 2, hypot(p[0], p[2] - 8)),
        ),
        Thing(near, grass, ceiling=near.ceiling, bump=lambda p: noise3(p, 9, 3) * np.float32(0.06)),
        Thing(boat, plain(0.3, 0.1, 0.05, 0.6, 0.03), (1.15, 0.15, -1.2), 1.1),
    ]
    things += _conifers(firs, fir)
    scene = Scene(
        things,
        Camera((0.0, 1.5, 8.2), (0.2, 2.15, -10), 50, aperture=0.0),
        Sun((-0.82, 0.3, 0.25), (3.4, 1.75, 0.95), 0.015),
        sky,
        Haze(0.011, lambda d: mix(vector(0.52, 0.4, 0.5), vector(0.95, 0.55, 0.4), np.clip(-d[0], 0, 1)), fall=0.12),
        reach=110,
        steps=100,
        bounce_reach=6,
    )
    return scene, Film(exposure=0.7, warmth=0.05, coolness=0.1, vignette=0.35, contrast=1.08, saturation=1.12)
