"""The scene of tulips in a jug."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from contents.film import Film
from contents.marching import Camera, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    blend,
    capsule,
    ellipsoid,
    fade,
    join,
    length,
    mix,
    moved,
    noise2,
    noise3,
    turned,
    vector,
)

Rgb = tuple[float, float, float]


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


def _bezier(
    a: NDArray[np.float64], b: NDArray[np.float64], c: NDArray[np.float64], count: int = 7
) -> list[NDArray[np.float64]]:
    t = np.linspace(0, 1, count)[:, None]
    return list((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c)


def _frame(axis: NDArray[np.float64], spin: float) -> NDArray[np.float64]:
    """Rows: the right, up and forward directions of something that stands along `axis`, float32 [3, 3]."""
    up = axis / np.linalg.norm(axis)
    side = np.cross(up, [np.cos(spin), 0.3, np.sin(spin)])
    side /= np.linalg.norm(side)
    return np.stack([side, up, np.cross(side, up)]).astype(np.float32)


def _tulip(
    at: NDArray[np.float64], axis: NDArray[np.float64], size: float, spin: float, openness: float, inner: Rgb, tip: Rgb
) -> Thing:
    frame = _frame(axis, spin)

    def local(p: Points) -> Points:
        return frame @ (p - vector(*at)) / np.float32(size)

    def distance(p: Points) -> Field:
        q = local(p)
        petals = []
        for k in range(6):
            outer = k % 2
            petal = turned(q, k * np.pi / 3)
            petal = petal - vector(0.2 + 0.05 * outer, 0.52, 0)
            petal = turned(petal, (0.12 + openness) * (1 + 0.25 * outer), 2)
            thick = ellipsoid(petal, 0.2, 0.62, 0.36)
            hollow = ellipsoid(petal + vector(0.12, -0.12, 0), 0.2, 0.62, 0.33)
            petals.append(np.maximum(thick, -hollow))
        return functools.reduce(lambda a, b: blend(a, b, 0.03), petals) * np.float32(size * 0.7)

    def material(p: Points, _n: Points) -> Surface:
        q = local(p)
        angle = np.arctan2(q[2], q[0])
        streak = noise2(angle * 9, q[1] * 1.2, 3)
        height = fade(0.0, 1.15, q[1] + 0.35 * (streak - 0.5))
        colour = mix(vector(*inner), vector(*tip), height) * (0.8 + 0.4 * streak)
        return Surface(colour, 0.55, 0.03)

    center = at + axis / np.linalg.norm(axis) * 0.5 * size
    return Thing(distance, material, tuple(center), size * 0.95)


def tulips() -> tuple[Scene, Film]:
    """Tulips in a celadon jug before a grey-blue wall, the light from the upper left."""
    jug = Lathe.shell(
        [
            (0.0, 0.0),
            (0.5, 0.0),
            (0.56, 0.05),
            (0.82, 0.5),
            (0.86, 0.85),
            (0.62, 1.35),
            (0.42, 1.68),
            (0.44, 1.88),
            (0.56, 2.04),
        ],
        0.05,
    )

    def celadon(p: Points, _n: Points) -> Surface:
        pool = noise3(p, 2.2, 3)
        foot = fade(0.16, 0.1, p[1] + 0.05 * pool)
        crackle = fade(0.04, 0.0, np.abs(noise3(p, 9, 2) - 0.5)) * 0.18
        colour = mix(vector(0.3, 0.45, 0.36), vector(0.52, 0.63, 0.52), pool) * (1 - crackle)
        return Surface(mix(colour, vector(0.3, 0.16, 0.09), foot), 0.16, 0.05)

    def wall(p: Points, _n: Points) -> Surface:
        return Surface(mix(vector(0.13, 0.18, 0.24), vector(0.2, 0.26, 0.32), noise3(p, 0.8, 5)), 0.95, 0.0)

    def table(p: Points, _n: Points) -> Surface:
        grain = noise2(p[0] * 0.8, p[2] * 10 + noise2(p[0], p[2]) * 2, 3)
        return Surface(mix(vector(0.3, 0.2, 0.12), vector(0.5, 0.37, 0.24), grain), 0.35, 0.04)

    def green(p: Points, _n: Points) -> Surface:
        return Surface(mix(vector(0.05, 0.14, 0.03), vector(0.16, 0.3, 0.06), noise3(p, 4, 2)), 0.5, 0.03)

    palette = [
        ((0.8, 0.35, 0.03), (0.68, 0.03, 0.025)),
        ((0.85, 0.6, 0.3), (0.75, 0.16, 0.2)),
        ((0.75, 0.6, 0.08), (0.82, 0.5, 0.03)),
        ((0.5, 0.05, 0.1), (0.3, 0.015, 0.08)),
        ((0.8, 0.72, 0.55), (0.8, 0.4, 0.36)),
    ]
    heads = [
        (-1.35, 3.15, 0.25, 0, 0.05),
        (-0.62, 3.72, -0.1, 2, 0.02),
        (0.12, 3.98, 0.15, 1, 0.1),
        (0.9, 3.62, -0.15, 0, 0.0),
        (1.5, 2.98, 0.3, 3, 0.12),
        (-0.35, 3.02, 0.62, 3, 0.2),
        (0.5, 3.0, 0.72, 4, 0.05),
        (-1.0, 2.42, 0.72, 4, 0.1),
        (1.12, 2.3, 0.75, 2, 0.22),
        (0.02, 2.5, 0.95, 0, 0.16),
    ]
    rng = np.random.default_rng(8)
    things = [
        Thing(lambda p: p[1], table, ceiling=0.02),
        Thing(lambda p: p[2] + np.float32(2.2), wall),
        Thing(jug, celadon, (0, 1.0, 0), 1.35),
    ]
    for x, y, z, colour, openness in heads:
        head = np.array([x, y, z])
        foot = np.array([0.12 * x, 1.85, 0.15 * z])
        knee = np.array([0.35 * x, 0.5 * (1.85 + y) + 0.3, 0.4 * z])
        bow = _bezier(foot, knee, head)
        axis = head - bow[-2] + np.array([0, 0.06, 0])
        span = (foot + head) / 2
        things.append(Thing(_curve(bow, 0.055, 0.05), green, tuple(span), float(np.linalg.norm(head - foot) / 2 + 0.4)))
        things.append(
            _tulip(head, axis, float(rng.uniform(0.62, 0.74)), float(rng.uniform(0, 6)), openness, *palette[colour])
        )
    leaves = [
        (-1.9, 2.35, 0.3, 0.5),
        (1.75, 1.95, 0.5, -0.6),
        (-1.05, 1.5, 1.0, 0.9),
        (0.75, 1.35, 1.05, -0.3),
        (1.75, 3.35, -0.3, 0.2),
        (-1.65, 3.4, -0.5, 0.2),
    ]
    for x, y, z, _twist in leaves:
        tip = np.array([x, y, z])
        foot = np.array([0.15 * x, 1.75, 0.15 * z])
        spine = _bezier(foot, np.array([0.45 * x, max(y, 1.9) + 0.75, 0.5 * z]), tip, 9)
        widths = 0.22 * np.sin(np.pi * np.linspace(0.12, 1, 9)) ** 0.7

        def blade(p: Points, spine: list[NDArray[np.float64]] = spine, widths: NDArray[np.float64] = widths) -> Field:
            result = np.full(p.shape[1], 9, np.float32)
            for a, b, wa, wb in zip(spine, spine[1:], widths, widths[1:], strict=False):
                along = (b - a).astype(np.float32)
                span = float(along @ along)
                q = p - vector(*a)
                h = np.clip(along @ q / np.float32(span), 0, 1)
                q = q - along[:, None] * h
                across = np.cross(along, [0, 1, 0.4])
                across = (across / np.linalg.norm(across)).astype(np.float32)
                u = across @ q
                w = np.float32(wa) + np.float32(wb - wa) * h
                off = q - across[:, None] * np.clip(u, -w, w)
                result = np.minimum(result, length(off) - np.float32(0.018))
            return result * np.float32(0.9)

        middle = spine[4]
        things.append(
            Thing(
                blade,
                green,
                tuple(middle),
                float(max(np.linalg.norm(s - middle) for s in spine) + 0.25),
                bump=lambda p: noise3(p, 22) * np.float32(0.008),
            )
        )

    def fallen(p: Points) -> Field:
        return np.maximum(
            ellipsoid(p, 0.34, 0.09, 0.2), -ellipsoid(p - vector(0, 0.08, 0), 0.3, 0.09, 0.17)
        ) * np.float32(0.8)

    for at, spin in (((-1.35, 0.05, 1.3), 0.4), ((0.95, 0.05, 1.75), 2.0)):
        things.append(Thing(moved(fallen, at, turn=spin), plain(0.7, 0.12, 0.05, 0.5, 0.03), at, 0.4))

    def sky(d: Points) -> Points:
        window = fade(0.25, 0.8, -d[0] * 0.75 + d[1] * 0.5 + d[2] * 0.4)
        return vector(0.09, 0.1, 0.12) + vector(1.0, 1.12, 1.3) * window

    scene = Scene(
        things,
        Camera((0.2, 2.6, 8.4), (0.0, 2.1, 0.0), 40, aperture=0.06, focus=8.0),
        Sun((-0.8, 0.75, 0.6), (2.9, 2.75, 2.5), 0.1),
        sky,
        reach=14,
        steps=70,
    )
    return scene, Film(exposure=0.62, warmth=0.03, vignette=0.4, contrast=1.1)
