"""Scenes indoors: a still life of fruit, tea by a window."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    Relief,
    blend,
    box,
    capsule,
    cylinder,
    ellipsoid,
    fade,
    hypot,
    join,
    length,
    mix,
    noise2,
    noise3,
    sphere,
    torus,
    turned,
    vector,
)


def _speckled(skin: tuple[float, float, float], blush: tuple[float, float, float], at: Points, scale: float) -> Material:
    """Fruit skin that turns to another colour towards one side, freckled and streaked."""

    def material(p: Points, n: Points) -> Surface:
        q = p - at
        side = fade(-0.5, 0.7, n[0] * 0.6 + n[1] * 0.35 + (noise3(q, scale, 2) - 0.5) * 1.6)
        freckle = fade(0.68, 0.8, noise3(q, scale * 9))
        colour = mix(vector(*skin), vector(*blush), side)
        return Surface(colour * (1 - 0.25 * freckle), 0.3, 0.045)

    return material


def _apple(at: tuple[float, float, float], size: float, tilt: float, skin: Material) -> list[Thing]:
    body = Lathe.solid([(0.0, -0.72), (0.3, -0.8), (0.62, -0.62), (0.93, -0.05), (0.9, 0.42), (0.6, 0.74), (0.25, 0.7), (0.02, 0.5)])

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
    body = Lathe.solid([(0.0, -0.9), (0.35, -0.92), (0.78, -0.55), (0.8, -0.15), (0.5, 0.45), (0.33, 0.85), (0.24, 1.1), (0.03, 1.16)])

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
    body = Lathe.solid([(0.0, -1.22), (0.12, -1.15), (0.2, -1.0), (0.62, -0.62), (0.8, 0.0), (0.62, 0.62), (0.2, 0.98), (0.14, 1.12), (0.02, 1.16)])

    def local(p: Points) -> Points:
        return turned(turned((p - vector(*at)) / np.float32(size), turn, 1), lean, 2)

    def material(p: Points, n: Points) -> Surface:
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
    bowl = Lathe.shell([(0.0, 0.05), (0.42, 0.05), (0.5, 0.0), (0.52, 0.12), (0.95, 0.34), (1.3, 0.8), (1.42, 1.12)], 0.05)

    cloth = Relief(_cloth, (-7, 7), (-4, 7), 700)

    def glaze(p: Points, n: Points) -> Surface:
        r = hypot(p[0], p[2])
        angle = np.arctan2(p[2], p[0])
        wobble = 0.03 * (noise3(p, 5) - 0.5)
        blue = mix(vector(0.02, 0.07, 0.26), vector(0.05, 0.17, 0.42), noise3(p, 2.5, 3))
        rim = fade(1.04, 1.08, p[1] + wobble)
        band = fade(0.06, 0.0, np.abs(p[1] - 0.72 + wobble) - 0.09)
        leaf = fade(-0.1, 0.25, np.sin(angle * 22 + 30 * (p[1] - 0.72)) + wobble * 8)
        white = np.clip(rim + band * leaf, 0, 1) * (r > 0.6)
        return Surface(mix(blue, vector(0.78, 0.76, 0.68), white), 0.16, 0.05)

    def linen(p: Points, n: Points) -> Surface:
        stripe = fade(0.05, 0.02, np.abs(np.abs(p[2] - 1.95 - 0.05 * p[0]) - 0.1))
        weave = 0.93 + 0.07 * np.sin(p[0] * 160) * np.sin(p[2] * 160)
        return Surface(mix(vector(0.74, 0.71, 0.64), vector(0.5, 0.12, 0.08), stripe * 0.85) * weave, 0.9, 0.02)

    def wall(p: Points, n: Points) -> Surface:
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
    things += _apple((0.05, 1.3, -0.5), 0.55, -0.35, _speckled((0.42, 0.4, 0.05), (0.6, 0.14, 0.04), vector(0.05, 1.3, -0.5), 2))
    things += _apple((-1.75, 0.48, 0.75), 0.58, -0.12, _speckled(*red, vector(-1.75, 0.48, 0.75), 2.5))
    things += _pear((1.55, 0.6, 0.1), 0.62, 0.22, _speckled((0.48, 0.42, 0.08), (0.56, 0.24, 0.06), vector(1.55, 0.7, 0.1), 2))
    things += _pear((-0.95, 0.52, 1.75), 0.5, 1.42, _speckled((0.42, 0.44, 0.09), (0.55, 0.33, 0.07), vector(-0.9, 0.5, 1.8), 3))
    grape = plain(0.085, 0.018, 0.06, 0.22, 0.05)
    rng = np.random.default_rng(4)
    for k in range(26):
        layer = 0 if k < 15 else 1
        x, z = 0.62 + rng.uniform(-0.48, 0.6) * (1 - 0.3 * layer), 1.75 + rng.uniform(-0.26, 0.26)
        at = (float(x), 0.17 + 0.22 * layer + float(rng.uniform(0, 0.04)), float(z))
        things.append(Thing(lambda p, at=at: sphere(p - vector(*at), 0.165), grape, at, 0.17))

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


def tea() -> tuple[Scene, Film]:
    """A teal teapot with two cups on a walnut table; the window's bars lie over the wall."""
    pot = Lathe.shell(
        [(0.0, 0.0), (0.5, 0.0), (0.62, 0.03), (0.98, 0.42), (1.05, 0.75), (0.86, 1.18), (0.55, 1.42), (0.44, 1.5)], 0.05
    )
    lid = Lathe.solid([(0.0, 1.4), (0.44, 1.46), (0.47, 1.52), (0.3, 1.63), (0.1, 1.69), (0.07, 1.75), (0.14, 1.83), (0.12, 1.93), (0.01, 1.97)])
    cup = Lathe.shell([(0.0, 0.08), (0.2, 0.08), (0.24, 0.0), (0.26, 0.08), (0.42, 0.3), (0.5, 0.56), (0.53, 0.68)], 0.03)
    dish = Lathe.shell([(0.0, 0.03), (0.32, 0.03), (0.36, 0.0), (0.4, 0.03), (0.62, 0.09), (0.8, 0.17)], 0.03)

    def teapot(p: Points) -> Field:
        spout = blend(capsule(p, (0.8, 0.5, 0), (1.3, 0.85, 0), 0.24, 0.15), capsule(p, (1.3, 0.85, 0), (1.58, 1.35, 0), 0.14, 0.09), 0.12)
        mouth = capsule(p, (1.45, 1.15, 0), (1.75, 1.62, 0), 0.055, 0.075)
        q = p - vector(-0.98, 0.85, 0)
        q[1] *= np.float32(0.82)
        q = q[[0, 2, 1]]
        handle = torus(q, 0.46, 0.075)
        body = blend(blend(pot(p), np.maximum(spout, -mouth), 0.14), handle, 0.1)
        return join(body, lid(p)) * np.float32(0.9)

    def teacup(p: Points) -> Field:
        q = (p - vector(0.53, 0.4, 0))[[0, 2, 1]]
        handle = np.maximum(torus(q, 0.17, 0.035), -(hypot(p[0], p[2]) - np.float32(0.42)))
        return join(blend(cup(p), handle, 0.05), dish(p))

    def glaze(p: Points, n: Points) -> Surface:
        drip = fade(0.02, 0.14, p[1] - 0.2 - 0.14 * noise3(p, 2.4, 2))
        pool = mix(vector(0.012, 0.1, 0.115), vector(0.05, 0.27, 0.25), noise3(p, 3.1, 3))
        return Surface(mix(vector(0.32, 0.2, 0.12), pool, drip), 0.14, 0.06)

    def china(center: Points) -> Material:
        def material(p: Points, n: Points) -> Surface:
            q = p - center
            r = hypot(q[0], q[2])
            gold = fade(0.018, 0.008, np.abs(r - 0.775)) + fade(0.02, 0.01, np.abs(q[1] - 0.66)) * (r > 0.45)
            line = fade(0.03, 0.015, np.abs(q[1] - 0.5)) * (r > 0.4) * (r < 0.6)
            colour = mix(vector(0.78, 0.75, 0.68), vector(0.05, 0.22, 0.24), line)
            return Surface(mix(colour, vector(0.5, 0.3, 0.08), np.clip(gold, 0, 1)), 0.18, 0.05)

        return material

    def walnut(p: Points, n: Points) -> Surface:
        plank = np.floor(p[2] / 1.1)
        grain = noise2(p[0] * 0.7 + plank * 7.3, p[2] * 9 + 1.3 * noise2(p[0] * 0.6, p[2] * 1.2), 3)
        gap = fade(0.012, 0.004, np.abs((p[2] / 1.1 - plank) - 0.5) * -1 + 0.5)
        colour = mix(vector(0.07, 0.03, 0.014), vector(0.25, 0.12, 0.055), grain)
        return Surface(colour * (1 - 0.8 * gap), 0.28, 0.04)

    def wall(p: Points, n: Points) -> Surface:
        dado = fade(1.33, 1.31, p[1])
        worn = 0.9 + 0.2 * noise3(p, 1.1, 4)
        return Surface(mix(vector(0.52, 0.42, 0.27), vector(0.16, 0.2, 0.16), dado) * worn, 0.9, 0.0)

    def biscuit(p: Points, n: Points) -> Surface:
        return Surface(mix(vector(0.42, 0.22, 0.07), vector(0.62, 0.4, 0.17), noise3(p, 14, 2)), 0.9, 0.0)

    def frame(p: Points) -> Field:
        """The wall on the left with its window, outside the picture: only its shadow is seen."""
        u, v = p[2] - np.float32(1.9), p[1] - np.float32(4.3)
        opening = np.maximum(np.abs(u) - 3.3, np.abs(v) - 2.3)
        bars = np.minimum(np.abs((u + 50) % 1.65 - 0.82) - 0.07, np.abs((v + 50) % 1.55 - 0.3) - 0.06)
        solid = np.maximum(np.maximum(-np.maximum(opening, -bars), np.abs(p[0] + np.float32(5)) - 0.08), np.maximum(np.abs(u), np.abs(v)) - 7)
        return solid * np.float32(0.9)

    def sky(d: Points) -> Points:
        window = fade(0.3, 0.8, -d[0] * 0.7 + d[1] * 0.35 + d[2] * 0.6)
        return vector(0.13, 0.11, 0.1) + vector(0.62, 0.72, 0.9) * window

    left, front = (1.75, 0.0, 1.35), (-1.3, 0.0, 1.75)

    def placed(solid: Distance, at: tuple[float, float, float], turn: float) -> Distance:
        return lambda p: solid(turned(p - vector(*at), turn))

    things = [
        Thing(lambda p: p[1], walnut, ceiling=0.02),
        Thing(lambda p: p[2] + np.float32(2.6), wall),
        Thing(frame, plain(0.3, 0.3, 0.3), (-5, 4.3, 1.9), 10.0),
        Thing(placed(teapot, (-0.25, 0, 0), 0.35), glaze, (-0.1, 1, 0), 1.95),
        Thing(placed(teacup, left, 0.5), china(vector(*left)), left, 1.0),
        Thing(placed(teacup, front, -0.6), china(vector(*front)), front, 1.0),
        Thing(lambda p: cylinder(p - vector(1.75, 0.5, 1.35), 0.44, 0.01), plain(0.16, 0.045, 0.01, 0.08, 0.05), (1.75, 0.5, 1.35), 0.5),
        Thing(lambda p: cylinder(p - vector(-1.3, 0.5, 1.75), 0.44, 0.01), plain(0.16, 0.045, 0.01, 0.08, 0.05), (-1.3, 0.5, 1.75), 0.5),
        Thing(lambda p: capsule(p, (0.4, 0.05, 2.5), (1.3, 0.06, 2.25), 0.03, 0.025), plain(0.55, 0.5, 0.42, 0.2, 0.6), (0.85, 0.05, 2.4), 0.6),
        Thing(lambda p: ellipsoid(p - vector(0.22, 0.06, 2.55), 0.22, 0.05, 0.13), plain(0.55, 0.5, 0.42, 0.2, 0.6), (0.22, 0.06, 2.55), 0.25),
    ]
    for k, (x, z, angle) in enumerate(((2.75, 0.25, 0.1), (2.9, 0.45, -0.2), (-2.35, 0.5, 0.3))):
        at = (x, 0.09 + 0.15 * (k == 1), z)
        things.append(
            Thing(
                lambda p, at=at, angle=angle: cylinder(turned(p - vector(*at), angle, 2 if at[1] > 0.1 else 1), 0.42, 0.08, 0.05),
                biscuit,
                at,
                0.5,
                bump=lambda p: noise3(p, 12, 2) * np.float32(0.03),
            )
        )
    scene = Scene(
        things,
        Camera((0.5, 2.35, 6.6), (0.25, 0.78, 0.2), 50, aperture=0.05, focus=6.0),
        Sun((-0.9, 0.5, 0.35), (4.2, 3.3, 2.2), 0.011),
        sky,
        reach=16,
        steps=80,
    )
    return scene, Film(exposure=0.62, warmth=0.1, coolness=0.08, vignette=0.4, contrast=1.08)
