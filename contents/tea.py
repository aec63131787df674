"""The scene of a teapot and two cups by a window."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Field,
    Lathe,
    Points,
    blend,
    capsule,
    cylinder,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    moved,
    noise2,
    noise3,
    torus,
    vector,
)


def tea() -> tuple[Scene, Film]:
    """A teal teapot with two cups on a walnut table; the window's bars lie over the wall."""
    pot = Lathe.shell(
        [(0.0, 0.0), (0.5, 0.0), (0.62, 0.03), (0.98, 0.42), (1.05, 0.75), (0.86, 1.18), (0.55, 1.42), (0.44, 1.5)],
        0.05,
    )
    lid = Lathe.solid(
        [
            (0.0, 1.4),
            (0.44, 1.46),
            (0.47, 1.52),
            (0.3, 1.63),
            (0.1, 1.69),
            (0.07, 1.75),
            (0.14, 1.83),
            (0.12, 1.93),
            (0.01, 1.97),
        ]
    )
    cup = Lathe.shell(
        [(0.0, 0.08), (0.2, 0.08), (0.24, 0.0), (0.26, 0.08), (0.42, 0.3), (0.5, 0.56), (0.53, 0.68)], 0.03
    )
    dish = Lathe.shell([(0.0, 0.03), (0.32, 0.03), (0.36, 0.0), (0.4, 0.03), (0.62, 0.09), (0.8, 0.17)], 0.03)

    def teapot(p: Points) -> Field:
        spout = blend(
            capsule(p, (0.8, 0.5, 0), (1.3, 0.85, 0), 0.24, 0.15),
            capsule(p, (1.3, 0.85, 0), (1.58, 1.35, 0), 0.14, 0.09),
            0.12,
        )
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

    def glaze(p: Points, _n: Points) -> Surface:
        drip = fade(0.02, 0.14, p[1] - 0.2 - 0.14 * noise3(p, 2.4, 2))
        pool = mix(vector(0.012, 0.1, 0.115), vector(0.05, 0.27, 0.25), noise3(p, 3.1, 3))
        return Surface(mix(vector(0.32, 0.2, 0.12), pool, drip), 0.14, 0.06)

    def china(center: Points) -> Material:
        def material(p: Points, _n: Points) -> Surface:
            q = p - center
            r = hypot(q[0], q[2])
            gold = fade(0.018, 0.008, np.abs(r - 0.775)) + fade(0.02, 0.01, np.abs(q[1] - 0.66)) * (r > 0.45)
            line = fade(0.03, 0.015, np.abs(q[1] - 0.5)) * (r > 0.4) * (r < 0.6)
            colour = mix(vector(0.78, 0.75, 0.68), vector(0.05, 0.22, 0.24), line)
            return Surface(mix(colour, vector(0.5, 0.3, 0.08), np.clip(gold, 0, 1)), 0.18, 0.05)

        return material

    def walnut(p: Points, _n: Points) -> Surface:
        plank = np.floor(p[2] / 1.1)
        grain = noise2(p[0] * 0.7 + plank * 7.3, p[2] * 9 + 1.3 * noise2(p[0] * 0.6, p[2] * 1.2), 3)
        gap = fade(0.012, 0.004, np.abs((p[2] / 1.1 - plank) - 0.5) * -1 + 0.5)
        colour = mix(vector(0.07, 0.03, 0.014), vector(0.25, 0.12, 0.055), grain)
        return Surface(colour * (1 - 0.8 * gap), 0.28, 0.04)

    def wall(p: Points, _n: Points) -> Surface:
        dado = fade(1.33, 1.31, p[1])
        worn = 0.9 + 0.2 * noise3(p, 1.1, 4)
        return Surface(mix(vector(0.52, 0.42, 0.27), vector(0.16, 0.2, 0.16), dado) * worn, 0.9, 0.0)

    def biscuit(p: Points, _n: Points) -> Surface:
        return Surface(mix(vector(0.42, 0.22, 0.07), vector(0.62, 0.4, 0.17), noise3(p, 14, 2)), 0.9, 0.0)

    def frame(p: Points) -> Field:
        """The wall on the left with its window, outside the picture: only its shadow is seen."""
        u, v = p[2] - np.float32(1.9), p[1] - np.float32(4.3)
        opening = np.maximum(np.abs(u) - 3.3, np.abs(v) - 2.3)
        bars = np.minimum(np.abs((u + 50) % 1.65 - 0.82) - 0.07, np.abs((v + 50) % 1.55 - 0.3) - 0.06)
        solid = np.maximum(
            np.maximum(-np.maximum(opening, -bars), np.abs(p[0] + np.float32(5)) - 0.08),
            np.maximum(np.abs(u), np.abs(v)) - 7,
        )
        return solid * np.float32(0.9)

    def sky(d: Points) -> Points:
        window = fade(0.3, 0.8, -d[0] * 0.7 + d[1] * 0.35 + d[2] * 0.6)
        return vector(0.13, 0.11, 0.1) + vector(0.62, 0.72, 0.9) * window

    left, front = (1.75, 0.0, 1.35), (-1.3, 0.0, 1.75)

    things = [
        Thing(lambda p: p[1], walnut, ceiling=0.02),
        Thing(lambda p: p[2] + np.float32(2.6), wall),
        Thing(frame, plain(0.3, 0.3, 0.3), (-5, 4.3, 1.9), 10.0),
        Thing(moved(teapot, (-0.25, 0, 0), turn=0.35), glaze, (-0.1, 1, 0), 1.95),
        Thing(moved(teacup, left, turn=0.5), china(vector(*left)), left, 1.0),
        Thing(moved(teacup, front, turn=-0.6), china(vector(*front)), front, 1.0),
        Thing(
            lambda p: cylinder(p - vector(1.75, 0.5, 1.35), 0.44, 0.01),
            plain(0.16, 0.045, 0.01, 0.08, 0.05),
            (1.75, 0.5, 1.35),
            0.5,
        ),
        Thing(
            lambda p: cylinder(p - vector(-1.3, 0.5, 1.75), 0.44, 0.01),
            plain(0.16, 0.045, 0.01, 0.08, 0.05),
            (-1.3, 0.5, 1.75),
            0.5,
        ),
        Thing(
            lambda p: capsule(p, (0.4, 0.05, 2.5), (1.3, 0.06, 2.25), 0.03, 0.025),
            plain(0.55, 0.5, 0.42, 0.2, 0.6),
            (0.85, 0.05, 2.4),
            0.6,
        ),
        Thing(
            lambda p: ellipsoid(p - vector(0.22, 0.06, 2.55), 0.22, 0.05, 0.13),
            plain(0.55, 0.5, 0.42, 0.2, 0.6),
            (0.22, 0.06, 2.55),
            0.25,
        ),
    ]

    def crisp(p: Points) -> Field:
        return cylinder(p, 0.42, 0.08, 0.05)

    def crumbs(p: Points) -> Field:
        return noise3(p, 12, 2) * np.float32(0.03)

    for at, angle, axis in (((2.75, 0.09, 0.25), 0.1, 1), ((2.9, 0.24, 0.45), -0.2, 2), ((-2.35, 0.09, 0.5), 0.3, 1)):
        things.append(Thing(moved(crisp, at, turn=angle, axis=axis), biscuit, at, 0.5, bump=crumbs))
    scene = Scene(
        things,
        Camera((0.5, 2.35, 6.6), (0.25, 0.78, 0.2), 50, aperture=0.05, focus=6.0),
        Sun((-0.9, 0.5, 0.35), (4.2, 3.3, 2.2), 0.011),
        sky,
        reach=16,
        steps=80,
    )
    return scene, Film(exposure=0.62, warmth=0.1, coolness=0.08, vignette=0.4, contrast=1.08)
