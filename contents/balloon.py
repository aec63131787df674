"""The scene of a balloon over valleys."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Lathe,
    Points,
    Relief,
    box,
    capsule,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    sphere,
    vector,
)
from contents.weather import clouds


def balloon() -> tuple[Scene, Film]:
    """A striped balloon over morning valleys, two more far off in the haze."""

    def hills(x: Field, z: Field) -> Field:
        roll = 5.5 * noise2(x * 0.035 + 2, z * 0.035 + 7, 5) + 9 * fade(-30, -95, z) * noise2(x * 0.03 + 4, z * 0.05, 5)
        river = np.abs(x - 5 - 6 * np.sin(z * 0.07) - 0.1 * z)
        return roll * (0.15 + 0.85 * fade(1.5, 12, river)) - 5.5

    land = Relief(hills, (-75, 75), (-140, 8), 1000)

    def country(p: Points, _n: Points) -> Surface:
        u, v = p[0] + 2 * noise2(p[0] * 0.15, p[2] * 0.15), p[2] * 0.8 + 0.3 * p[0]
        plot = noise3(np.stack([np.floor(u / 5.2) * 3.7, np.floor(v / 3.8) * 5.1, np.zeros_like(u)]), 1.0)
        row = 0.9 + 0.12 * np.sin((u + v) * 9)
        field = np.where(
            plot < 0.3,
            vector(0.13, 0.22, 0.045),
            np.where(
                plot < 0.5,
                vector(0.42, 0.34, 0.1),
                np.where(plot < 0.75, vector(0.2, 0.3, 0.08), vector(0.3, 0.2, 0.1)),
            ),
        )
        eu, ev = np.abs((u / 5.2) % 1 - 0.5), np.abs((v / 3.8) % 1 - 0.5)
        hedge = np.maximum(fade(0.46, 0.485, eu), fade(0.46, 0.485, ev))
        wood = fade(0.52, 0.6, noise2(p[0] * 0.12 + 5, p[2] * 0.12, 4))
        leaf = mix(vector(0.025, 0.06, 0.02), vector(0.09, 0.14, 0.04), noise3(p, 3, 3))
        colour = mix(field * row, leaf, np.maximum(wood, hedge))
        river = np.abs(p[0] - 5 - 6 * np.sin(p[2] * 0.07) - 0.1 * p[2])
        return Surface(mix(colour, vector(0.35, 0.42, 0.5), fade(1.3, 1.0, river)), 0.9, 0.0)

    def treetops(p: Points) -> Field:
        wood = fade(0.52, 0.6, noise2(p[0] * 0.12 + 5, p[2] * 0.12, 4))
        river = np.abs(p[0] - 5 - 6 * np.sin(p[2] * 0.07) - 0.1 * p[2])
        return (wood * fade(1.2, 1.6, river) * 0.35 * noise2(p[0] * 2.4, p[2] * 2.4, 3)).astype(np.float32)

    envelope = Lathe.solid(
        [
            (0.3, -1.62),
            (0.42, -1.45),
            (0.95, -0.75),
            (1.36, -0.05),
            (1.45, 0.45),
            (1.28, 1.0),
            (0.8, 1.4),
            (0.3, 1.55),
            (0.02, 1.57),
        ]
    )

    def one(at: tuple[float, float, float], size: float, scheme: int) -> list[Thing]:
        def gores(p: Points) -> Field:
            q = (p - vector(*at)) / np.float32(size)
            angle = np.arctan2(q[2], q[0])
            swell = 0.03 * np.abs(np.cos(angle * 10)) * np.clip(hypot(q[0], q[2]), 0, 1)
            return (envelope(q) - swell) * np.float32(size * 0.9)

        def silk(p: Points, _n: Points) -> Surface:
            q = (p - vector(*at)) / np.float32(size)
            angle = np.arctan2(q[2], q[0]) / np.float32(2 * np.pi) * 20 + 0.5
            gore = np.floor(angle).astype(int) % 4
            schemes = [
                [(0.72, 0.05, 0.03), (0.85, 0.5, 0.05), (0.8, 0.74, 0.6), (0.04, 0.2, 0.38)],
                [(0.06, 0.3, 0.32), (0.75, 0.7, 0.58), (0.06, 0.3, 0.32), (0.8, 0.4, 0.08)],
                [(0.5, 0.05, 0.2), (0.8, 0.6, 0.2), (0.5, 0.05, 0.2), (0.75, 0.68, 0.6)],
            ]
            colour = np.array(schemes[scheme], np.float32).T[:, gore]
            belt = (np.abs(q[1] - 0.42) < 0.17).astype(np.float32)
            wave = (np.abs(q[1] - 0.42 + 0.1 * np.sin(angle * np.pi)) < 0.05).astype(np.float32)
            colour = mix(colour, vector(0.05, 0.09, 0.22), belt)
            colour = mix(colour, vector(0.85, 0.66, 0.2), wave * belt)
            low = (q[1] < -1.28).astype(np.float32)
            colour = mix(colour, vector(0.12, 0.06, 0.05), low)
            warm = np.exp(-((q[1] + 1.2) ** 2) / 0.5).astype(np.float32)
            return Surface(colour, 0.55, 0.03, glow=colour * warm * np.float32(0.25))

        basket_at = (at[0], at[1] - 2.28 * size, at[2])

        def basket(p: Points) -> Field:
            q = (p - vector(*basket_at)) / np.float32(size)
            weave = box(q, 0.21, 0.17, 0.21, 0.05)
            riders = join(
                *[sphere(q - vector(0.1 * k, 0.27, 0.05 * k), 0.055) for k in (-1, 0, 1)],
                capsule(q, (-0.1, 0.16, 0), (0.1, 0.16, 0), 0.07),
            )
            return join(weave, riders) * np.float32(size * 0.9)

        def ropes(p: Points) -> Field:
            q = (p - vector(*at)) / np.float32(size)
            q = np.stack([np.abs(q[0]), q[1], np.abs(q[2])])
            return capsule(q, (0.17, -2.15, 0.17), (0.26, -1.5, 0.26), 0.012) * np.float32(size)

        def wicker(p: Points, _n: Points) -> Surface:
            plait = 0.7 + 0.4 * np.sin(p[1] * 90 / size) * np.sin((p[0] + p[2]) * 60 / size)
            return Surface(vector(0.3, 0.16, 0.07) * plait, 0.9, 0.0)

        return [
            Thing(gores, silk, at, 1.75 * size),
            Thing(basket, wicker, basket_at, 0.5 * size),
            Thing(ropes, plain(0.1, 0.07, 0.05), (at[0], at[1] - 1.85 * size, at[2]), 0.6 * size),
        ]

    def sky(d: Points) -> Points:
        up = fade(-0.03, 0.36, d[1])
        base = mix(vector(0.85, 0.74, 0.6), vector(0.1, 0.3, 0.68), up)
        puffs = clouds(d, 0.75, 9.4, 0.5, 0.7) * fade(0.03, 0.2, d[1])
        return mix(base, vector(1.15, 1.05, 0.95), puffs * 0.75)

    things = [Thing(land, country, ceiling=land.ceiling, bump=treetops)]
    things += one((-0.75, 2.7, -0.5), 1.0, 0)
    things += one((6.5, 3.6, -16), 1.0, 1)
    things += one((-11.5, 1.6, -30), 1.0, 2)
    scene = Scene(
        things,
        Camera((0.3, 1.9, 8.0), (0.1, 1.95, -1), 48, aperture=0.0),
        Sun((0.78, 0.42, 0.45), (3.7, 3.0, 2.1), 0.012),
        sky,
        Haze(0.009, lambda d: mix(vector(0.5, 0.58, 0.7), vector(0.95, 0.75, 0.55), np.clip(d[0], 0, 1)), fall=0.05),
        reach=180,
        steps=110,
        bounce_reach=6,
    )
    return scene, Film(exposure=0.55, warmth=0.04, coolness=0.05, vignette=0.3, contrast=1.15, saturation=1.12)
