"""The scene of a lighthouse on a rocky head."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    Relief,
    box,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    sphere,
    stick,
    turned,
    vector,
)
from contents.weather import clouds, waves


def lighthouse() -> tuple[Scene, Film]:
    """A banded lighthouse on a rocky head, the sun low on the left over the sea."""

    def rocks(x: Field, z: Field) -> Field:
        headland = 3.0 * np.exp(-(((x - 0.9) / 3.2) ** 2) - ((z + 0.8) / 3.6) ** 2)
        spur = 1.1 * np.exp(-(((x - 3.4) / 2.4) ** 2) - ((z - 2.4) / 2.0) ** 2)
        crags = noise2(x * 0.55 + 3, z * 0.55, 5, ridged=True) - 0.55
        blocks = np.floor((noise2(x * 0.9 + 7, z * 0.9, 3)) * 7) / 7 - 0.5
        rise = headland + spur
        flat = fade(1.7, 0.5, hypot(x - 0.9, z + 0.8))
        rough = rise + (crags * 1.25 + blocks * 0.7) * fade(0.0, 0.9, rise) * (1 - 0.9 * flat)
        skerries = 0.75 * noise2(x * 0.42 + 11, z * 0.42 + 5, 4, ridged=True) - 0.62
        return np.maximum(np.minimum(rough, 2.9) - 0.35, skerries)

    land = Relief(rocks, (-14, 14), (-14, 9), 900)
    tower = Lathe.solid([(0.78, 2.2), (0.74, 2.6), (0.62, 4.2), (0.52, 5.8), (0.47, 6.65)])
    gallery = Lathe.solid([(0.46, 6.6), (0.55, 6.7), (0.74, 6.78), (0.74, 6.86), (0.4, 6.88)])
    cap = Lathe.solid([(0.5, 7.55), (0.52, 7.6), (0.38, 7.82), (0.12, 7.98), (0.07, 8.1), (0.02, 8.3)])

    def sky(d: Points) -> Points:
        low = fade(0.42, -0.02, d[1])
        toward = np.clip(-d[0] * 0.9 - d[2] * 0.35, 0, 1)
        base = mix(vector(0.13, 0.24, 0.47), vector(0.75, 0.62, 0.52), low)
        base = mix(base, vector(1.5, 0.72, 0.28), low * low * (0.35 + 0.65 * toward))
        puff = clouds(d, 0.7, 5.7, 0.45, 0.72)
        lit = mix(vector(0.42, 0.33, 0.42), vector(1.5, 0.85, 0.5), 0.35 + 0.5 * toward + 0.4 * noise3(d, 7, 3) - 0.2)
        return mix(base, lit, puff * 0.85 * fade(0.0, 0.12, d[1]))

    def rock(p: Points, n: Points) -> Surface:
        colour = mix(vector(0.1, 0.085, 0.075), vector(0.34, 0.28, 0.22), noise3(p * vector(1, 2.4, 1), 1.7, 4))
        wet = fade(0.45, 0.05, p[1] + 0.2 * noise3(p, 2))
        grass = fade(0.72, 0.9, n[1] + 0.25 * (noise3(p, 1.6, 3) - 0.5)) * fade(1.55, 2.0, p[1])
        colour = mix(colour, vector(0.16, 0.19, 0.05), grass)
        return Surface(mix(colour, vector(0.03, 0.028, 0.028), wet), 0.75, 0.03)

    def sea(p: Points, _n: Points) -> Surface:
        shore = land.height(p[0], p[2])
        lace = noise2(p[0] * 2.1, p[2] * 2.1, 4, ridged=True)
        foam = fade(-0.42, -0.05, shore + 0.7 * (lace - 0.75)) * fade(0.3, 0.62, lace)
        crest = fade(0.8, 0.93, noise2(p[0] * 0.9, p[2] * 2.6, 5, ridged=True)) * 0.35
        colour = mix(vector(0.012, 0.055, 0.075), vector(0.03, 0.13, 0.14), fade(-1.2, 0.0, shore))
        return Surface(mix(colour, vector(0.72, 0.68, 0.66), np.clip(foam + crest, 0, 1)), 0.2, 0.035)

    def bands(p: Points, _n: Points) -> Surface:
        stripe = fade(-0.04, 0.04, np.sin((p[1] - 2.1) * np.float32(np.pi / 0.78)))
        colour = mix(vector(0.74, 0.7, 0.64), vector(0.56, 0.055, 0.035), stripe)
        streak = noise2(np.arctan2(p[2] + 0.8, p[0] - 0.9) * 5, p[1] * 0.5, 4)
        q = p - vector(0.9, 0, -0.8)
        window = (np.abs(q[0] + 0.12) < 0.09) & (np.abs((p[1] - 3.4) % 1.55 - 0.7) < 0.17) & (q[2] > 0)
        colour = np.where(window, vector(0.02, 0.025, 0.03), colour * (0.72 + 0.4 * streak))
        return Surface(colour, 0.6, 0.03)

    def place(shape: Distance) -> Distance:
        return lambda p: shape(p - vector(0.9, 0, -0.8))

    def railing(p: Points) -> Field:
        q = p - vector(0.9, 7.05, -0.8)
        angle = np.arctan2(q[2], q[0])
        step = np.float32(2 * np.pi / 14)
        angle = (angle + step / 2) % step - step / 2
        r = hypot(q[0], q[2])
        post = hypot(r * np.cos(angle) - 0.7, r * np.sin(angle)) - 0.014
        post = np.maximum(post, np.abs(q[1]) - 0.2)
        return join(post, torus_at(q, 0.19), torus_at(q, 0.03)) * np.float32(0.9)

    def torus_at(q: Points, y: float) -> Field:
        return hypot(hypot(q[0], q[2]) - np.float32(0.7), q[1] - np.float32(y)) - np.float32(0.014)

    def lamp(p: Points, _n: Points) -> Surface:
        return Surface(np.ones_like(p) * vector(0.5, 0.4, 0.2), 0.3, 0.04, glow=vector(7.0, 4.6, 1.9) * np.ones_like(p))

    def cottage(p: Points) -> Field:
        q = turned(p - vector(2.75, 2.25, -0.9), 0.25)
        walls = box(q - vector(0, 0.42, 0), 0.72, 0.45, 0.5)
        roof = np.maximum(
            np.maximum(
                np.abs(q[2]) * np.float32(0.72) + (q[1] - 1.35) * np.float32(0.7), np.abs(q[0]) - np.float32(0.78)
            ),
            0.8 - q[1],
        )
        return join(walls, roof, box(q - vector(0.42, 1.3, 0), 0.09, 0.3, 0.1)) * np.float32(0.9)

    def limewash(p: Points, n: Points) -> Surface:
        q = turned(p - vector(2.75, 2.25, -0.9), 0.25)
        roof = q[1] > 0.86
        pane = (np.abs(np.abs(q[0]) - 0.36) < 0.11) & (np.abs(q[1] - 0.48) < 0.13) & (n[2] > 0.6)
        door = (np.abs(q[0]) < 0.12) & (q[1] < 0.6) & (n[2] > 0.6)
        colour = np.where(roof, vector(0.2, 0.1, 0.08), vector(0.7, 0.66, 0.6))
        colour = np.where(door, vector(0.08, 0.2, 0.25), np.where(pane, vector(0.4, 0.25, 0.08), colour))
        return Surface(
            colour * (0.8 + 0.3 * noise3(p, 4, 3)),
            0.8,
            0.02,
            np.where(pane, vector(1.1, 0.6, 0.18), 0).astype(np.float32),
        )

    dark = plain(0.05, 0.045, 0.045, 0.5, 0.05)
    things = [
        Thing(land, rock, ceiling=land.ceiling, bump=lambda p: noise3(p, 5, 4) * np.float32(0.1)),
        Thing(lambda p: p[1], sea, ceiling=0.02, bump=lambda p: waves(p, 0.4, 1.3)),
        Thing(place(tower), bands, (0.9, 4.4, -0.8), 2.6),
        Thing(place(lambda p: join(gallery(p), cap(p))), dark, (0.9, 7.4, -0.8), 1.2),
        Thing(railing, dark, (0.9, 7.1, -0.8), 0.85),
        Thing(lambda p: sphere(p - vector(0.9, 7.2, -0.8), 0.24), lamp, (0.9, 7.2, -0.8), 0.26),
        Thing(cottage, limewash, (2.75, 2.9, -0.9), 1.4),
    ]
    for k in range(8):
        a = k * np.pi / 4 + 0.2
        foot = (0.9 + 0.42 * float(np.cos(a)), 6.85, -0.8 + 0.42 * float(np.sin(a)))
        head = (foot[0], 7.6, foot[2])
        things.append(Thing(stick(foot, head, 0.022), dark, (foot[0], 7.2, foot[2]), 0.45))
    scene = Scene(
        things,
        Camera((-1.3, 1.9, 13.2), (0.55, 3.85, -0.8), 44, aperture=0.0),
        Sun((-0.88, 0.3, 0.42), (4.3, 2.5, 1.25), 0.02),
        sky,
        Haze(0.006, lambda d: mix(vector(0.55, 0.5, 0.5), vector(1.2, 0.65, 0.35), np.clip(-d[0], 0, 1))),
        reach=160,
        steps=120,
    )
    return scene, Film(exposure=0.62, warmth=0.06, coolness=0.08, vignette=0.35, contrast=1.08, saturation=1.1)
