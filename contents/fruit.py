"""The scene of fruit about a blue bowl."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Lathe,
    Points,
    Relief,
    ball,
    capsule,
    fade,
    hypot,
    mix,
    noise2,
    noise3,
    turned,
    vector,
)


def _speckled(
    skin: tuple[float, float, float], blush: tuple[float, float, float], at: Points, scale: float
) -> Material:
    """Fruit skin that turns to another colour towards one side, freckled and streaked."""

    def material(p: Points, n: Points) -> Surface:
        q = p - at
        side = fade(-0.5, 0.7, n[0] * 0.6 + n[1] * 0.35 + (noise3(q, scale, 2) - 0.5) * 1.6)
        freckle = fade(0.68, 0.8, noise3(q, scale * 9))
        colour = mix(vector(*skin), vector(*blush), side)
        return Surface(colour * (1 - 0.25 * freckle), 0.3, 0.045)

    return material


def _apple(at: tuple[float, float, float], size: float, tilt: float, skin: Material) -> list[Thing]:
    body = Lathe.solid(
        [(0.0, -0.72), (0.3, -0.8), (0.62, -0.62), (0.93, -0.05), (0.9, 0.42), (0.6, 0.74), (0.25, 0.7), (0.02, 0.5)]
    )

    def local(p: Points) -> Points:
        return turned(turned((p - vector(*at)) / np.float32(size), tilt, 2), tilt * 0.7, 0)

    return [
        Thing(lambda p: body(local(p)) * np.float32(size), skin, at, size * 1.05),
        Thing(
            lambda p: capsule(local(p), (0, 0.45, 0), (0.12, 1.08, 0.03), 0.035, 0.055) * np.float32(size),
            plain(0.09, 0.055, 0.03, 0.8, 0.02),
            at,
            size * 1.3,
        ),
    ]


def _pear(at: tuple[float, float, float], size: float, lean: float, skin: Material) -> list[Thing]:
    body = Lathe.solid(
        [(0.0, -0.9), (0.35, -0.92), (0.78, -0.55), (0.8, -0.15), (0.5, 0.45), (0.33, 0.85), (0.24, 1.1), (0.03, 1.16)]
    )

    def local(p: Points) -> Points:
        return turned((p - vector(*at)) / np.float32(size), lean, 2)

    return [
        Thing(lambda p: body(local(p)) * np.float32(size), skin, at, size * 1.3),
        Thing(
            lambda p: capsule(local(p), (0, 1.05, 0), (-0.16, 1.55, 0.05), 0.035, 0.05) * np.float32(size),
            plain(0.08, 0.05, 0.025, 0.8, 0.02),
            at,
            size * 1.7,
        ),
    ]


def _lemon(at: tuple[float, float, float], size: float, turn: float, lean: float) -> Thing:
    body = Lathe.solid(
        [
            (0.0, -1.22),
            (0.12, -1.15),
            (0.2, -1.0),
            (0.62, -0.62),
            (0.8, 0.0),
            (0.62, 0.62),
            (0.2, 0.98),
            (0.14, 1.12),
            (0.02, 1.16),
        ]
    )

    def local(p: Points) -> Points:
        return turned(turned((p - vector(*at)) / np.float32(size), turn, 1), lean, 2)

    def material(p: Points, _n: Points) -> Surface:
        green = fade(0.7, 1.15, np.abs(local(p)[1]) + 0.3 * (noise3(p, 3) - 0.5))
        return Surface(mix(vector(0.86, 0.6, 0.035), vector(0.5, 0.52, 0.05), green), 0.38, 0.04)

    return Thing(
        lambda p: body(local(p)) * np.float32(size),
        material,
        at,
        size * 1.35,
        bump=lambda p: noise3(p - vector(*at), 16 / size * 0.6) * np.float32(0.012),
    )


def _cloth(x: Field, z: Field) -> Field:
    """Height of a rumpled cloth: long folds that run to the front, and small creases."""
    bend = x + 0.5 * noise2(x * 0.5, z * 0.5)
    folds = noise2(bend * 1.5 + 3, z * 0.28 + 1, 2, ridged=True)
    return (folds**2 * 0.26 + noise2(x * 1.1 + 9, z * 1.1, 2) * 0.1) * fade(0.5, 2.4, hypot(x * 0.8, z))


def fruit() -> tuple[Scene, Film]:
    """Apples, a pear and lemons about a blue bowl on a white cloth, lit from a window on the left."""
    bowl = Lathe.shell(
        [(0.0, 0.05), (0.42, 0.05), (0.5, 0.0), (0.52, 0.12), (0.95, 0.34), (1.3, 0.8), (1.42, 1.12)], 0.05
    )

    cloth = Relief(_cloth, (-7, 7), (-4, 7), 700)

    def glaze(p: Points, _n: Points) -> Surface:
        r = hypot(p[0], p[2])
        angle = np.arctan2(p[2], p[0])
        wobble = 0.03 * (noise3(p, 5) - 0.5)
        blue = mix(vector(0.02, 0.07, 0.26), vector(0.05, 0.17, 0.42), noise3(p, 2.5, 3))
        rim = fade(1.04, 1.08, p[1] + wobble)
        band = fade(0.06, 0.0, np.abs(p[1] - 0.72 + wobble) - 0.09)
        leaf = fade(-0.1, 0.25, np.sin(angle * 22 + 30 * (p[1] - 0.72)) + wobble * 8)
        white = np.clip(rim + band * leaf, 0, 1) * (r > 0.6)
        return Surface(mix(blue, vector(0.78, 0.76, 0.68), white), 0.16, 0.05)

    def linen(p: Points, _n: Points) -> Surface:
        stripe = fade(0.05, 0.02, np.abs(np.abs(p[2] - 1.95 - 0.05 * p[0]) - 0.1))
        weave = 0.93 + 0.07 * np.sin(p[0] * 160) * np.sin(p[2] * 160)
        return Surface(mix(vector(0.74, 0.71, 0.64), vector(0.5, 0.12, 0.08), stripe * 0.85) * weave, 0.9, 0.02)

    def wall(p: Points, _n: Points) -> Surface:
        patch = noise3(p, 0.7, 4)
        return Surface(mix(vector(0.05, 0.05, 0.045), vector(0.11, 0.095, 0.075), patch), 0.95, 0.0)

    red = ((0.5, 0.035, 0.02), (0.62, 0.3, 0.05))
    things = [
        Thing(cloth, linen, ceiling=cloth.ceiling),
        Thing(lambda p: p[2] + np.float32(3.4), wall),
        Thing(bowl, glaze, (0, 0.55, 0), 1.65),
        _lemon((0.42, 1.18, 0.42), 0.42, 0.6, 1.25),
        _lemon((2.05, 0.35, 1.15), 0.43, -0.5, 1.5),
    ]
    things += _apple((-0.5, 1.15, 0.3), 0.52, 0.3, _speckled(*red, vector(-0.5, 1.15, 0.3), 3))
    things += _apple(
        (0.05, 1.3, -0.5), 0.55, -0.35, _speckled((0.42, 0.4, 0.05), (0.6, 0.14, 0.04), vector(0.05, 1.3, -0.5), 2)
    )
    things += _apple((-1.75, 0.48, 0.75), 0.58, -0.12, _speckled(*red, vector(-1.75, 0.48, 0.75), 2.5))
    things += _pear(
        (1.55, 0.6, 0.1), 0.62, 0.22, _speckled((0.48, 0.42, 0.08), (0.56, 0.24, 0.06), vector(1.55, 0.7, 0.1), 2)
    )
    things += _pear(
        (-0.95, 0.52, 1.75), 0.5, 1.42, _speckled((0.42, 0.44, 0.09), (0.55, 0.33, 0.07), vector(-0.9, 0.5, 1.8), 3)
    )
    grape = plain(0.085, 0.018, 0.06, 0.22, 0.05)
    rng = np.random.default_rng(4)
    for k in range(26):
        layer = 0 if k < 15 else 1
        x, z = 0.62 + rng.uniform(-0.48, 0.6) * (1 - 0.3 * layer), 1.75 + rng.uniform(-0.26, 0.26)
        at = (float(x), 0.17 + 0.22 * layer + float(rng.uniform(0, 0.04)), float(z))
        things.append(Thing(ball(at, 0.165), grape, at, 0.17))

    def sky(d: Points) -> Points:
        window = fade(0.35, 0.75, -d[0] * 0.85 + d[1] * 0.3 + d[2] * 0.35)
        return vector(0.05, 0.045, 0.05) + vector(1.15, 1.25, 1.4) * window

    scene = Scene(
        things,
        Camera((0.35, 2.7, 6.6), (0.12, 0.72, 0.45), 36, aperture=0.07, focus=5.9),
        Sun((-0.85, 0.72, 0.42), (3.3, 2.95, 2.45), 0.09),
        sky,
        reach=14,
        steps=80,
    )
    return scene, Film(exposure=0.5, warmth=0.06, vignette=0.5, contrast=1.12)
