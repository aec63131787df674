"""The scene of a robin on a rowan branch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from contents.film import Film
from contents.marching import Camera, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Points,
    ball,
    blend,
    box,
    capsule,
    ellipsoid,
    fade,
    hypot,
    join,
    length,
    mix,
    moved,
    noise3,
    normalize,
    sphere,
    stick,
    turned,
    vector,
)


def _curve(points: list[NDArray[np.float64]], r0: float, r1: float) -> Distance:
    """A stem through the points, tapering."""
    radii = np.linspace(r0, r1, len(points))

    def distance(p: Points) -> Field:
        parts = [
            capsule(p, tuple(a), tuple(b), ra, rb)
            for a, b, ra, rb in zip(points, points[1:], radii, radii[1:], strict=False)
        ]
        return join(*parts)

    return distance


def _bokeh(d: Points, seed: int, palette: list[tuple[float, float, float]], ground: Points, count: int) -> Points:
    """A garden far out of focus: overlapping discs of light over a soft ground, seen in direction d."""
    rng = np.random.default_rng(seed)
    colour = ground
    for _ in range(count):
        at = normalize(vector(rng.uniform(-0.62, 0.62), rng.uniform(-0.42, 0.5), -1.0))
        radius = rng.uniform(0.022, 0.06)
        away = length(d - at)
        disc = fade(radius, radius * 0.86, away) * (0.75 + 0.25 * fade(radius * 0.5, radius, away))
        colour = colour + vector(*palette[rng.integers(len(palette))]) * (disc * np.float32(rng.uniform(0.15, 0.7)))
    return colour


def robin() -> tuple[Scene, Film]:
    """A robin on a rowan branch with berries, the garden behind it melted into discs of light."""
    branch = [
        np.array(v)
        for v in (
            (-3.4, -0.75, 0.1),
            (-1.9, -0.35, -0.05),
            (-0.7, -0.24, 0.06),
            (0.6, -0.3, 0.0),
            (1.8, -0.05, -0.1),
            (3.4, 0.3, 0.1),
        )
    ]

    def bark(p: Points, n: Points) -> Surface:
        lichen = fade(0.58, 0.7, noise3(p, 3, 3)) * fade(-0.1, 0.5, n[1])
        colour = mix(vector(0.07, 0.05, 0.04), vector(0.2, 0.16, 0.13), noise3(p, 9, 3))
        return Surface(mix(colour, vector(0.42, 0.46, 0.3), lichen), 0.9, 0.02)

    def bird(p: Points) -> Field:
        q = turned(p - vector(0.05, 0.72, 0), -0.42, 2)
        body = ellipsoid(q, 0.95, 0.72, 0.66)
        head = ellipsoid(p - vector(0.62, 1.5, 0.06), 0.53, 0.5, 0.47)
        shape = blend(body, head, 0.45)
        tail = box(turned(p - vector(-1.25, 0.28, -0.05), -0.5, 2), 0.6, 0.05, 0.17, 0.05)
        shape = blend(shape, tail, 0.35)
        wing = ellipsoid(turned(p - vector(-0.35, 0.72, 0.5), -0.52, 2), 0.78, 0.36, 0.2)
        return blend(shape, wing, 0.1) * np.float32(0.85)

    def plumage(p: Points, _n: Points) -> Surface:
        ruffle = noise3(turned(p, -0.5, 2) * vector(3, 9, 7), 1, 3) - 0.5
        x, y, z = p
        breast = length((p - vector(0.78, 1.05, 0.12)) / vector(0.62, 0.78, 0.75))
        orange = fade(1.08, 0.88, breast + 0.2 * ruffle) * fade(1.86, 1.72, y + 0.15 * ruffle)
        belly = fade(0.62, 0.32, y - 0.25 * x + 0.2 * ruffle) * fade(-1.0, -0.4, x)
        wing_at = turned(p - vector(-0.35, 0.72, 0.5), -0.52, 2)
        wing = fade(1.05, 0.85, length(wing_at / vector(0.84, 0.42, 0.36))) * (z > 0.2)
        quills = fade(0.2, 0.8, np.sin(wing_at[1] * 34 + wing_at[0] * 6 + 2 * ruffle)) * wing
        colour = mix(vector(0.17, 0.12, 0.07), vector(0.25, 0.19, 0.115), 0.5 + ruffle)
        colour = mix(colour, vector(0.62, 0.57, 0.48), belly)
        grey = fade(1.3, 1.1, breast) * (1 - orange)
        colour = mix(colour, vector(0.32, 0.34, 0.36), grey * (1 - belly) * 0.8)
        colour = mix(colour, vector(0.72, 0.2, 0.025), orange)
        colour = mix(colour, vector(0.13, 0.09, 0.055), wing * 0.7) * (1 - 0.45 * quills)
        barbs = noise3(turned(p, -0.5, 2) * vector(5, 34, 26), 1, 2) - 0.5
        down = noise3(p, 26, 2) - 0.5
        return Surface(colour * (0.95 + 0.45 * ruffle + 0.55 * barbs + 0.3 * down), 0.85, 0.02)

    def leaf_green(p: Points, _n: Points) -> Surface:
        turn = noise3(p, 1.6, 2)
        return Surface(mix(vector(0.2, 0.26, 0.04), vector(0.62, 0.24, 0.03), fade(0.4, 0.65, turn)), 0.5, 0.03)

    berry = plain(0.62, 0.045, 0.015, 0.25, 0.05)
    dark = plain(0.01, 0.009, 0.009, 0.08, 0.06)
    things = [
        Thing(
            bird,
            plumage,
            (-0.25, 0.85, 0),
            1.95,
            bump=lambda p: noise3(turned(p, -0.5, 2) * vector(6, 24, 18), 1, 3) * np.float32(0.035),
        ),
        Thing(_curve(branch, 0.26, 0.14), bark, bump=lambda p: noise3(p * vector(4, 14, 14), 1, 3) * np.float32(0.05)),
        Thing(lambda p: sphere(p - vector(0.83, 1.6, 0.425), 0.085), dark, (0.83, 1.6, 0.425), 0.1),
        Thing(
            lambda p: capsule(p, (1.08, 1.47, 0.1), (1.38, 1.42, 0.13), 0.075, 0.018),
            plain(0.06, 0.05, 0.045, 0.35, 0.04),
            (1.2, 1.45, 0.1),
            0.3,
        ),
    ]
    for x in (0.02, 0.36):
        things.append(
            Thing(
                stick((x, 0.2, 0.18), (x + 0.08, -0.1, 0.24), 0.04),
                plain(0.16, 0.09, 0.06),
                (x, 0, 0.2),
                0.35,
            )
        )
        for toe in (-0.14, 0.0, 0.14):
            things.append(
                Thing(
                    stick((x + 0.08, -0.08, 0.22), (x + 0.12 + toe, -0.13, 0.33), 0.035),
                    plain(0.16, 0.09, 0.06),
                    (x + 0.1, -0.1, 0.25),
                    0.3,
                )
            )
    rng = np.random.default_rng(12)
    for bunch in ((2.25, -0.55, 0.25), (-2.35, -1.0, 0.3)):
        for _ in range(13):
            x, y, z = (float(v) for v in np.array(bunch) + rng.uniform(-0.42, 0.42, 3) * (1, 0.85, 0.6))
            things.append(Thing(ball((x, y, z), 0.17), berry, (x, y, z), 0.18))
            top = (bunch[0] * 0.98, bunch[1] + 0.55, 0.0)
            middle = ((x + top[0]) / 2, (y + top[1]) / 2, (z + top[2]) / 2)
            things.append(Thing(stick((x, y, z), top, 0.015), bark, middle, 0.55))

    def leaf(p: Points) -> Field:
        # Where two circles overlap, thin, and folded a little along the rib.
        q = turned(p, 0.5, 0)
        outline = hypot(q[0], np.abs(q[1]) + np.float32(0.44)) - np.float32(0.66)
        return np.maximum(
            outline, np.abs(q[2] - 0.35 * np.abs(q[1]) - 0.12 * q[0] * q[0]) - np.float32(0.012)
        ) * np.float32(0.8)

    for x, y, angle in (
        (2.0, 0.55, 0.6),
        (2.75, 0.75, -0.1),
        (-2.5, 0.1, 2.4),
        (-1.75, 0.25, 1.9),
        (2.9, -0.3, -0.9),
        (-3.1, -0.2, 2.9),
    ):
        things.append(Thing(moved(leaf, (x, y, 0.1), turn=-angle, axis=2), leaf_green, (x, y, 0.1), 0.55))

    def sky(d: Points) -> Points:
        up = fade(-0.35, 0.5, d[1])
        return mix(vector(0.1, 0.13, 0.035), vector(0.42, 0.5, 0.3), up) * (0.7 + 0.6 * noise3(d, 3.0, 2))

    def backdrop(p: Points, _n: Points) -> Surface:
        d = normalize(p - vector(0.2, 0.75, 7.2))
        palette = [(0.9, 0.75, 0.25), (0.55, 0.75, 0.25), (0.95, 0.9, 0.6), (0.8, 0.4, 0.15)]
        ground = mix(
            vector(0.05, 0.085, 0.03),
            vector(0.3, 0.36, 0.14),
            fade(-0.3, 0.4, d[1] + 0.25 * d[0] + 0.3 * (noise3(d, 4, 2) - 0.5)),
        )
        return Surface(np.zeros_like(p), 1.0, 0.0, glow=_bokeh(d, 5, palette, ground, 70) * np.float32(0.9))

    things.append(Thing(lambda p: p[2] + np.float32(9), backdrop))
    scene = Scene(
        things,
        Camera((0.2, 0.75, 7.2), (0.05, 0.62, 0), 40, aperture=0.05, focus=6.9),
        Sun((0.55, 0.85, 0.75), (2.9, 2.6, 2.1), 0.05),
        sky,
        reach=24,
        steps=70,
        bounce_reach=4,
    )
    return scene, Film(exposure=0.75, warmth=0.05, vignette=0.35, contrast=1.06)
