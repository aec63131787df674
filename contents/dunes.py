"""The scene of walkers on a great dune."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Lathe,
    Points,
    Relief,
    blend,
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
from contents.weather import clouds


def dunes() -> tuple[Scene, Film]:
    """Dunes at evening, knife-edged crests, wind ripples, three walkers on the ridge."""

    def crest(z: Field) -> Field:
        """Where the great ridge runs, from the foot of the picture into the distance."""
        return (0.9 + 2.5 * np.sin(z * 0.21 + 0.55) + 0.55 * np.sin(z * 0.47 + 1.2)).astype(np.float32)

    def sand(x: Field, z: Field) -> Field:
        far = np.zeros_like(x)
        for k, (size, high, shift) in enumerate(((13.0, 3.4, 0.0), (21.0, 5.2, 3.1))):
            u = (z * 0.95 + x * 0.3 + 3.0 * noise2(x * 0.08 + 3 * k, z * 0.06 + k, 2) + shift) / size
            f = u - np.floor(u)
            # A long windward slope and a short steep slip face.
            far += (
                high
                * np.where(f < 0.74, (f / 0.74) ** 1.35, ((1 - f) / 0.26) ** 1.05)
                * (0.3 + 0.9 * noise2(x * 0.06 + 9 * k, z * 0.06, 2))
            )
        side = x - crest(z)
        tall = 1.3 + 3.6 * np.exp(-(((z + 11) / 8.5) ** 2)) + 0.5 * np.sin(z * 0.35)
        # Sand lies at its angle of repose on the lee side, on the right.
        lee, windward = np.clip(1 - side / (1.55 * tall), 0, 1) ** 1.1, np.clip(1 + side / (3.1 * tall), 0, 1) ** 1.5
        ridge = tall * np.where(side > 0, lee, windward) * fade(-34, -22, z)
        return np.maximum(ridge, far * fade(-12, -34, z)) + 0.35 * noise2(x * 0.25, z * 0.25, 3) - 0.4

    land = Relief(sand, (-40, 40), (-80, 12), 1800)

    def grains(p: Points, _n: Points) -> Surface:
        colour = mix(vector(0.52, 0.27, 0.12), vector(0.66, 0.4, 0.2), noise3(p, 0.6, 3))
        return Surface(colour * (0.94 + 0.12 * noise3(p, 40)), 0.9, 0.0)

    def ripples(p: Points) -> Field:
        far = hypot(p[0], p[2] - np.float32(9))
        u = p[0] * 1.0 + p[2] * 2.6 + 1.3 * noise2(p[0] * 0.7, p[2] * 0.7, 2)
        f = u * 2.6 - np.floor(u * 2.6)
        wave = np.where(f < 0.7, f / 0.7, (1 - f) / 0.3)
        return (0.017 * wave * fade(22, 2, far) + 0.004 * noise3(p, 30)).astype(np.float32)

    def sky(d: Points) -> Points:
        up = fade(-0.03, 0.3, d[1])
        base = mix(vector(0.78, 0.62, 0.52), vector(0.07, 0.2, 0.44), up)
        wisps = clouds(d * vector(0.35, 1, 1), 0.7, 6.1, 0.55, 0.8) * fade(0.02, 0.15, d[1])
        return mix(base, vector(1.3, 0.85, 0.65), wisps * 0.5)

    def walker(x: float, z: float, tall: float, lean: float) -> list[Thing]:
        ground = float(land.height(np.array([x], np.float32), np.array([z], np.float32))[0]) - 0.02
        robe = Lathe.solid(
            [(0.0, 0.0), (0.17, 0.0), (0.175, 0.05), (0.14, 0.35), (0.125, 0.6), (0.14, 0.74), (0.05, 0.83)]
        )

        def body(p: Points) -> Field:
            q = (p - vector(x, ground, z)) / np.float32(tall)
            q[0] = q[0] - np.float32(lean) * q[1]
            fold = 0.012 * np.sin(np.arctan2(q[2], q[0]) * 9 + 5 * q[1]) * np.maximum(0.8 - q[1], 0)
            hood = blend(
                ellipsoid(q - vector(0, 0.9, 0), 0.082, 0.095, 0.085),
                ellipsoid(q - vector(0, 0.8, 0), 0.13, 0.07, 0.12),
                0.06,
            )
            arm = stick((0.12, 0.72, 0), (0.2, 0.5, 0.1), 0.045, 0.035)(q)
            bundle = ellipsoid(q - vector(-0.05, 0.66, -0.13), 0.11, 0.14, 0.08)
            return join(blend(robe(q) - fold, arm, 0.04), hood, bundle) * np.float32(tall * 0.7)

        def staff(p: Points) -> Field:
            q = (p - vector(x, ground, z)) / np.float32(tall)
            return stick((0.24, -0.02, 0.14), (0.21, 1.02, 0.1), 0.012)(q) * np.float32(tall)

        def cloth(p: Points, _n: Points) -> Surface:
            colours = {0: (0.05, 0.09, 0.24), 1: (0.5, 0.08, 0.05), 2: (0.62, 0.56, 0.46)}
            shade = colours[int(abs(z)) % 3]
            fold = 0.7 + 0.6 * noise3(p * vector(6, 0.6, 6), 2, 2)
            return Surface(vector(*shade) * fold, 0.9, 0.0)

        middle = (x, ground + tall / 2, z)
        return [
            Thing(body, cloth, middle, tall * 0.75),
            Thing(staff, plain(0.16, 0.09, 0.05, 0.9, 0.0), middle, tall * 0.75),
        ]

    things = [Thing(land, grains, ceiling=land.ceiling, bump=ripples)]
    for z, tall in ((-4.6, 0.95), (-6.4, 0.9), (-8.4, 0.98)):
        things += walker(float(crest(np.array([z], np.float32))[0]) - 0.1, z, tall, 0.05)
    scene = Scene(
        things,
        Camera((-0.6, 4.6, 8.6), (0.9, 3.0, -6), 50, aperture=0.0),
        Sun((-0.9, 0.36, -0.12), (4.4, 2.7, 1.4), 0.008),
        sky,
        Haze(0.008, lambda d: mix(vector(0.8, 0.55, 0.4), vector(1.1, 0.75, 0.5), np.clip(-d[0], 0, 1)), fall=0.1),
        reach=140,
        steps=120,
        bounce_reach=6,
    )
    return scene, Film(exposure=0.6, warmth=0.03, coolness=0.14, vignette=0.35, contrast=1.15, saturation=1.05)
