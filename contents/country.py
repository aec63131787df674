"""Scenes of open country: a lake at dusk, dunes, a balloon over valleys."""

from __future__ import annotations

import numpy as np

from contents.coast import clouds, waves
from contents.film import Film
from contents.marching import Camera, Haze, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Lathe,
    Points,
    Relief,
    box,
    capsule,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    sphere,
    vector,
)


def _conifers(places: list[tuple[float, float, float, float]], material: Material) -> list[Thing]:
    """Firs at (x, ground, z, height): tiers of drooping skirts, ragged by noise."""
    things = []
    for x, ground, z, tall in places:
        wide = tall * 0.2

        def fir(p: Points, x: float = x, ground: float = ground, z: float = z, tall: float = tall, wide: float = wide) -> Field:
            q = p - vector(x, ground, z)
            h = np.clip(q[1] / np.float32(tall), 0, 1)
            r = hypot(q[0], q[2])
            angle = np.arctan2(q[2], q[0])
            tier = (h * 9) % 1
            spread = wide * (1 - h) * (0.62 + 0.4 * (1 - tier)) * (1 + 0.22 * np.sin(angle * 7 + np.floor(h * 9) * 2.1))
            return np.maximum(np.maximum(r - spread - np.float32(0.004 * tall), q[1] - np.float32(tall)), np.float32(0.05 * tall) - q[1]) * np.float32(0.45)

        things.append(Thing(fir, material, (x, ground + tall / 2, z), tall * 0.55))
    return things


def lake() -> tuple[Scene, Film]:
    """Mountains with snow in the last light, mirrored in a still lake; firs and a boat on the near shore."""

    def mountains(x: Field, z: Field) -> Field:
        away = -z
        massif = 15 * np.exp(-(((x + 7) / 11) ** 2) - ((away - 42) / 13) ** 2) + 11.5 * np.exp(-(((x - 13) / 9) ** 2) - ((away - 50) / 12) ** 2)
        ridge = 6.5 * np.exp(-(((x + 27) / 12) ** 2) - ((away - 36) / 12) ** 2) + 6 * np.exp(-(((x - 30) / 12) ** 2) - ((away - 34) / 12) ** 2)
        rough = noise2(x * 0.11 + 5, z * 0.11 + 2, 7, ridged=True)
        high = (massif + ridge) * (0.35 + 0.85 * rough)
        shore = fade(19, 30, away) * 2.0 * noise2(x * 0.2, z * 0.2, 4)
        return high + shore - 0.5 + 0.5 * fade(24, 32, away)

    land = Relief(mountains, (-60, 60), (-80, -14), 1000)

    def sky(d: Points) -> Points:
        up = fade(0.0, 0.55, d[1])
        base = mix(vector(1.25, 0.62, 0.36), vector(0.13, 0.2, 0.46), up)
        base = mix(base, vector(0.66, 0.38, 0.5), fade(0.03, 0.2, d[1]) * fade(0.5, 0.2, d[1]) * 0.75)
        streak = clouds(d * vector(0.5, 1, 1), 0.8, 2.2, 0.5, 0.74) * fade(0.0, 0.08, d[1])
        return mix(base, mix(vector(1.5, 0.62, 0.4), vector(0.42, 0.3, 0.45), up), streak * 0.8)

    def rock(p: Points, n: Points) -> Surface:
        strata = noise3(p * vector(0.3, 1.6, 0.3), 1.0, 4)
        colour = mix(vector(0.09, 0.08, 0.095), vector(0.24, 0.2, 0.19), strata)
        line = 5.4 + 3.0 * (noise3(p, 0.28, 3) - 0.5)
        snow = fade(-0.9, 1.1, p[1] - line) * fade(0.42, 0.66, n[1] + 0.3 * (noise3(p, 0.45, 3) - 0.5))
        wood = fade(3.0, 1.6, p[1] + 1.5 * (noise3(p, 0.7, 3) - 0.5)) * fade(0.55, 0.75, n[1])
        colour = mix(colour, vector(0.03, 0.05, 0.035), wood)
        return Surface(mix(colour, vector(0.78, 0.78, 0.83), snow), 0.85, 0.0)

    def water(p: Points, n: Points) -> Surface:
        return Surface(vector(0.012, 0.028, 0.04) * np.ones_like(p), 0.05, 0.06)

    def bank(x: Field, z: Field) -> Field:
        return -0.75 + 1.15 * fade(2.2, 5.5, np.abs(x - 0.6) + 0.35 * z + 1.5 * noise2(x * 0.5, z * 0.5, 3) - 0.2) * fade(-3.5, 1.5, z) + 0.12 * noise2(x * 2, z * 2, 4)

    near = Relief(bank, (-12, 12), (-8, 9), 400)

    def grass(p: Points, n: Points) -> Surface:
        return Surface(mix(vector(0.035, 0.045, 0.02), vector(0.12, 0.1, 0.05), noise3(p, 5, 3)), 0.95, 0.0)

    fir = plain(0.018, 0.034, 0.024, 0.95, 0.0)
    firs = [(-4.6, 0.1, -0.6, 4.6), (-5.9, 0.15, -1.6, 5.6), (-3.6, 0.0, -2.1, 3.0), (-6.9, 0.2, 0.2, 4.0), (5.6, 0.1, -1.2, 4.2), (6.8, 0.2, -0.4, 5.4), (4.7, 0.0, -2.3, 2.5), (7.7, 0.2, -2.4, 4.4)]
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
        Thing(lambda p: p[1], water, ceiling=0.02, bump=lambda p: waves(p, 0.012, 1.2) * fade(34, 2, hypot(p[0], p[2] - 8))),
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
            far += high * np.where(f < 0.74, (f / 0.74) ** 1.35, ((1 - f) / 0.26) ** 1.05) * (0.3 + 0.9 * noise2(x * 0.06 + 9 * k, z * 0.06, 2))
        side = x - crest(z)
        tall = 1.3 + 3.6 * np.exp(-(((z + 11) / 8.5) ** 2)) + 0.5 * np.sin(z * 0.35)
        # Sand lies at its angle of repose on the lee side, on the right.
        lee, windward = np.clip(1 - side / (1.55 * tall), 0, 1) ** 1.1, np.clip(1 + side / (3.1 * tall), 0, 1) ** 1.5
        ridge = tall * np.where(side > 0, lee, windward) * fade(-34, -22, z)
        return np.maximum(ridge, far * fade(-12, -34, z)) + 0.35 * noise2(x * 0.25, z * 0.25, 3) - 0.4

    land = Relief(sand, (-45, 45), (-95, 12), 1100)

    def grains(p: Points, n: Points) -> Surface:
        colour = mix(vector(0.52, 0.27, 0.12), vector(0.66, 0.4, 0.2), noise3(p, 0.6, 3))
        return Surface(colour * (0.94 + 0.12 * noise3(p, 40)), 0.9, 0.0)

    def ripples(p: Points) -> Field:
        far = hypot(p[0], p[2] - np.float32(9))
        u = p[0] * 1.0 + p[2] * 2.6 + 1.3 * noise2(p[0] * 0.7, p[2] * 0.7, 2)
        f = u * 2.6 - np.floor(u * 2.6)
        wave = np.where(f < 0.7, f / 0.7, (1 - f) / 0.3)
        return (0.011 * wave * fade(20, 2, far) + 0.004 * noise3(p, 30)).astype(np.float32)

    def sky(d: Points) -> Points:
        up = fade(-0.02, 0.55, d[1])
        base = mix(vector(0.86, 0.66, 0.52), vector(0.07, 0.2, 0.46), up)
        wisps = clouds(d * vector(0.35, 1, 1), 0.7, 6.1, 0.55, 0.8) * fade(0.02, 0.15, d[1])
        return mix(base, vector(1.3, 0.85, 0.65), wisps * 0.5)

    def walker(x: float, z: float, tall: float, lean: float) -> list[Thing]:
        ground = float(land.height(np.array([x], np.float32), np.array([z], np.float32))[0]) - 0.02
        robe = Lathe.solid([(0.0, 0.0), (0.26, 0.0), (0.27, 0.08), (0.19, 0.55), (0.17, 0.75), (0.06, 0.84)])

        def body(p: Points) -> Field:
            q = (p - vector(x, ground, z)) / np.float32(tall)
            q[0] = q[0] - np.float32(lean) * q[1]
            head = sphere(q - vector(0, 0.92, 0), 0.085)
            wrap = ellipsoid(q - vector(0.0, 0.9, 0), 0.11, 0.08, 0.11)
            return join(robe(q), head, wrap) * np.float32(tall * 0.8)

        def cloth(p: Points, n: Points) -> Surface:
            colours = {0: (0.05, 0.09, 0.24), 1: (0.5, 0.08, 0.05), 2: (0.62, 0.56, 0.46)}
            shade = colours[int(abs(z)) % 3]
            fold = 0.7 + 0.6 * noise3(p * vector(6, 0.6, 6), 2, 2)
            return Surface(vector(*shade) * fold, 0.9, 0.0)

        return [Thing(body, cloth, (x, ground + tall / 2, z), tall * 0.7)]

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


def balloon() -> tuple[Scene, Film]:
    """A striped balloon over morning valleys, two more far off in the haze."""

    def hills(x: Field, z: Field) -> Field:
        roll = 5.5 * noise2(x * 0.035 + 2, z * 0.035 + 7, 5) + 9 * fade(-30, -95, z) * noise2(x * 0.03 + 4, z * 0.05, 5)
        river = np.abs(x - 5 - 6 * np.sin(z * 0.07) - 0.1 * z)
        return roll * (0.15 + 0.85 * fade(1.5, 12, river)) - 5.5

    land = Relief(hills, (-75, 75), (-140, 8), 1000)

    def country(p: Points, n: Points) -> Surface:
        u, v = p[0] + 2 * noise2(p[0] * 0.15, p[2] * 0.15), p[2] * 0.8 + 0.3 * p[0]
        plot = noise3(np.stack([np.floor(u / 5.2) * 3.7, np.floor(v / 3.8) * 5.1, np.zeros_like(u)]), 1.0)
        row = 0.9 + 0.12 * np.sin((u + v) * 9)
        field = np.where(plot < 0.3, vector(0.13, 0.22, 0.045), np.where(plot < 0.5, vector(0.42, 0.34, 0.1), np.where(plot < 0.75, vector(0.2, 0.3, 0.08), vector(0.3, 0.2, 0.1))))
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

    envelope = Lathe.solid([(0.3, -1.62), (0.42, -1.45), (0.95, -0.75), (1.36, -0.05), (1.45, 0.45), (1.28, 1.0), (0.8, 1.4), (0.3, 1.55), (0.02, 1.57)])

    def one(at: tuple[float, float, float], size: float, scheme: int) -> list[Thing]:
        def gores(p: Points) -> Field:
            q = (p - vector(*at)) / np.float32(size)
            angle = np.arctan2(q[2], q[0])
            swell = 0.03 * np.abs(np.cos(angle * 10)) * np.clip(hypot(q[0], q[2]), 0, 1)
            return (envelope(q) - swell) * np.float32(size * 0.9)

        def silk(p: Points, n: Points) -> Surface:
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
            riders = join(*[sphere(q - vector(0.1 * k, 0.27, 0.05 * k), 0.055) for k in (-1, 0, 1)], capsule(q, (-0.1, 0.16, 0), (0.1, 0.16, 0), 0.07))
            return join(weave, riders) * np.float32(size * 0.9)

        def ropes(p: Points) -> Field:
            q = (p - vector(*at)) / np.float32(size)
            q = np.stack([np.abs(q[0]), q[1], np.abs(q[2])])
            return capsule(q, (0.17, -2.15, 0.17), (0.26, -1.5, 0.26), 0.012) * np.float32(size)

        def wicker(p: Points, n: Points) -> Surface:
            plait = 0.7 + 0.4 * np.sin(p[1] * 90 / size) * np.sin((p[0] + p[2]) * 60 / size)
            return Surface(vector(0.3, 0.16, 0.07) * plait, 0.9, 0.0)

        return [
            Thing(gores, silk, at, 1.75 * size),
            Thing(basket, wicker, basket_at, 0.5 * size),
            Thing(ropes, plain(0.1, 0.07, 0.05), (at[0], at[1] - 1.85 * size, at[2]), 0.6 * size),
        ]

    def sky(d: Points) -> Points:
        up = fade(-0.05, 0.55, d[1])
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
