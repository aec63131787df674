"""The scene of a path through a beech wood."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from contents.film import Film
from contents.marching import Camera, Haze, Scene, Sun, Surface, Thing
from contents.shapes import (
    Distance,
    Field,
    Points,
    Relief,
    capsule,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    vector,
)


def beeches() -> tuple[Scene, Film]:
    """A path through a beech wood in October; the low sun stands behind the trees and the mist holds its light."""
    rng = np.random.default_rng(21)

    def trail(z: Field) -> Field:
        return (0.5 + 1.5 * np.sin(z * 0.16 + 0.4)).astype(np.float32)

    def floor(x: Field, z: Field) -> Field:
        away = np.abs(x - trail(z))
        return (
            0.4 * fade(0.5, 3.2, away)
            + 0.9 * noise2(x * 0.16, z * 0.16, 3) * fade(1.0, 5, away)
            + 0.1 * noise2(x * 1.3, z * 1.3, 3)
        )

    land = Relief(floor, (-26, 26), (-60, 10), 600)

    def litter(p: Points, _n: Points) -> Surface:
        leaf = noise3(p, 13, 2)
        colour = mix(vector(0.16, 0.065, 0.02), vector(0.6, 0.27, 0.06), leaf)
        colour = mix(colour, vector(0.62, 0.42, 0.1), fade(0.66, 0.74, noise3(p + 9, 16)))
        earth = mix(vector(0.12, 0.075, 0.05), vector(0.25, 0.17, 0.11), noise3(p, 3, 3))
        worn = fade(1.05, 0.35, np.abs(p[0] - trail(p[2])) + 0.9 * (noise3(p, 1.4, 3) - 0.5))
        moss = fade(0.62, 0.72, noise3(p + 3, 0.6, 3)) * (1 - worn)
        return Surface(
            mix(mix(colour, vector(0.1, 0.16, 0.03), moss * 0.8), 0.7 * earth + 0.3 * colour, worn), 0.95, 0.0
        )

    def bark(p: Points, _n: Points) -> Surface:
        band = noise3(p * vector(2.2, 0.7, 2.2), 1.4, 4)
        colour = mix(vector(0.1, 0.09, 0.075), vector(0.3, 0.27, 0.22), band)
        green = fade(0.5, 0.75, noise3(p + 5, 0.8, 3)) * fade(3.2, 0.3, p[1])
        return Surface(mix(colour, vector(0.12, 0.17, 0.04), green), 0.9, 0.0)

    things = [Thing(land, litter, ceiling=land.ceiling, bump=lambda p: noise3(p, 9, 3) * np.float32(0.045))]
    places: list[tuple[float, float]] = [(-3.7, 2.2), (3.5, 0.8)]
    while len(places) < 46:
        z = float(rng.uniform(-42, 0.5))
        x = float(rng.uniform(-4 - 0.42 * -z * 1.0 - 1, 4 + 0.42 * -z + 1))
        off = abs(x - float(trail(np.array([z], np.float32))[0]))
        if off > 1.9 - 0.02 * z and all((x - a) ** 2 + (z - b) ** 2 > 2.6 for a, b in places):
            places.append((x, z))
    for x, z in places:
        ground = float(land.height(np.array([x], np.float32), np.array([z], np.float32))[0])
        thick = float(rng.uniform(0.2, 0.42)) * (1.15 if z > 0 else 1)
        lean, sway = rng.normal(0, 0.035, 2), float(rng.uniform(0, 6))
        fork = [
            (float(rng.uniform(3.2, 7.5)), float(rng.uniform(0, 6.28)), float(rng.uniform(1.5, 3.2))) for _ in range(3)
        ]

        def trunk(
            p: Points,
            x: float = x,
            z: float = z,
            ground: float = ground,
            thick: float = thick,
            lean: NDArray[np.float64] = lean,
            sway: float = sway,
            fork: list[tuple[float, float, float]] = fork,
        ) -> Field:
            q = p - vector(x, ground, z)
            h = q[1]
            cx = lean[0] * h + 0.1 * np.sin(h * 0.55 + sway)
            cz = lean[1] * h + 0.1 * np.cos(h * 0.45 + sway)
            angle = np.arctan2(q[2] - cz, q[0] - cx)
            flare = 0.55 * np.exp(-np.maximum(h, 0) * 1.9) * (1 + 0.5 * np.cos(angle * 5 + sway))
            r = hypot(q[0] - cx, q[2] - cz) - thick * (1 - 0.035 * h + flare)
            limbs = [
                capsule(
                    q,
                    (0.1 * np.sin(y * 0.55 + sway) + lean[0] * y, y, 0),
                    (np.cos(a) * s, y + s * 0.9, np.sin(a) * s * 0.6),
                    thick * 0.36,
                    thick * 0.13,
                )
                for y, a, s in fork
            ]
            return np.maximum(join(r, *limbs), h - np.float32(12)) * np.float32(0.75)

        things.append(
            Thing(
                trunk,
                bark,
                (x, ground + 5.5, z),
                6.9,
                bump=lambda p: noise3(p * vector(5, 2, 5), 1.3, 3) * np.float32(0.05),
            )
        )

    # The leaves overhead: a ceiling full of holes, which breaks the sun into shafts.
    crown = Relief(lambda x, z: noise2(x * 0.42 + 3, z * 0.42, 4), (-40, 40), (-70, 14), 800)

    def canopy(p: Points) -> Field:
        hole = (crown.height(p[0], p[2]) - np.float32(0.485)) * np.float32(1.1)
        thick = 0.2 + 1.9 * crown.height(p[2] * 1.7 + 13, p[0] * 1.7) ** 2
        return np.maximum(np.abs(p[1] - np.float32(9.4)) - thick, -hole) * np.float32(0.6)

    def foliage(p: Points, _n: Points) -> Surface:
        gold = mix(vector(0.5, 0.2, 0.03), vector(0.75, 0.5, 0.08), noise3(p, 4, 3))
        return Surface(gold, 0.9, 0.0, glow=gold * np.float32(0.35))

    things.append(Thing(canopy, foliage, ceiling=11.6, bump=lambda p: noise3(p, 5, 2) * np.float32(0.2)))

    def spray(at: tuple[float, float, float], wide: float) -> Distance:
        def distance(p: Points) -> Field:
            q = p - vector(*at)
            return (ellipsoid(q, wide, wide * 0.45, wide) - 0.75 * (noise3(p, 3.4, 2) - 0.35)) * np.float32(0.45)

        return distance

    for _ in range(24):
        z = float(rng.uniform(-24, -2))
        side = rng.choice([-1, 1])
        x = float(trail(np.array([z], np.float32))[0]) + side * float(rng.uniform(1.6, 4.5 + 0.2 * -z))
        at = (x, float(rng.uniform(3.4, 7.2)), z)
        wide = float(rng.uniform(0.5, 1.1))
        things.append(Thing(spray(at, wide), foliage, at, wide * 1.15 + 0.4))

    sun = np.array([-0.2, 0.46, -0.86])
    sun = sun / np.linalg.norm(sun)

    def sky(d: Points) -> Points:
        near = np.clip(np.sum(d * vector(*sun), axis=0), 0, 1)
        return (
            mix(vector(0.5, 0.5, 0.4), vector(1.1, 0.9, 0.55), fade(0.0, 0.5, d[1])) + vector(2.2, 1.6, 0.8) * near**10
        )

    def mist(d: Points) -> Points:
        near = np.clip(np.sum(d * vector(*sun), axis=0), 0, 1)
        return vector(0.26, 0.27, 0.22) + vector(0.8, 0.52, 0.22) * near**4

    scene = Scene(
        things,
        Camera((0.3, 1.55, 6.2), (0.15, 2.5, -8), 56, aperture=0.0),
        Sun((float(sun[0]), float(sun[1]), float(sun[2])), (6.5, 4.7, 2.5), 0.01),
        sky,
        Haze(0.014, mist, shafts=0.017),
        reach=70,
        steps=80,
        bounce_reach=6,
    )
    return scene, Film(
        exposure=0.56, warmth=0.06, coolness=0.07, vignette=0.4, contrast=1.18, saturation=1.12, glow=0.08
    )
