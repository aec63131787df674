"""Scenes of living things: tulips in a vase, a robin on a rowan branch."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    blend,
    box,
    capsule,
    ellipsoid,
    fade,
    hypot,
    join,
    length,
    mix,
    noise2,
    noise3,
    normalize,
    sphere,
    turned,
    vector,
)


def _curve(points: list[np.ndarray], r0: float, r1: float) -> Distance:
    """A stem through the points, tapering."""
    radii = np.linspace(r0, r1, len(points))

    def distance(p: Points) -> Field:
        parts = [
            capsule(p, tuple(a), tuple(b), ra, rb)
            for a, b, ra, rb in zip(points, points[1:], radii, radii[1:], strict=False)
        ]
        return join(*parts)

    return distance


def _bezier(a: np.ndarray, b: np.ndarray, c: np.ndarray, count: int = 7) -> list[np.ndarray]:
    t = np.linspace(0, 1, count)[:, None]
    return list((1 - t) ** 2 * a + 2 * t * (1 - t) * b + t * t * c)


def _frame(axis: np.ndarray, spin: float) -> np.ndarray:
    """Rows: the right, up and forward directions of something that stands along `axis`, float32 [3, 3]."""
    up = axis / np.linalg.norm(axis)
    side = np.cross(up, [np.cos(spin), 0.3, np.sin(spin)])
    side /= np.linalg.norm(side)
    return np.stack([side, up, np.cross(side, up)]).astype(np.float32)


def _tulip(at: np.ndarray, axis: np.ndarray, size: float, spin: float, openness: float, inner, tip) -> Thing:  # type: ignore[no-untyped-def]
    frame = _frame(axis, spin)

    def local(p: Points) -> Points:
        return frame @ (p - vector(*at)) / np.float32(size)

    def distance(p: Points) -> Field:
        q = local(p)
        result = None
        for k in range(6):
            outer = k % 2
            petal = turned(q, k * np.pi / 3)
            petal = petal - vector(0.2 + 0.05 * outer, 0.52, 0)
            petal = turned(petal, (0.12 + openness) * (1 + 0.25 * outer), 2)
            thick = ellipsoid(petal, 0.2, 0.62, 0.36)
            hollow = ellipsoid(petal + vector(0.12, -0.12, 0), 0.2, 0.62, 0.33)
            d = np.maximum(thick, -hollow)
            result = d if result is None else blend(result, d, 0.03)
        return result * np.float32(size * 0.7)

    def material(p: Points, n: Points) -> Surface:
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
    jug = Lathe.shell([(0.0, 0.0), (0.5, 0.0), (0.56, 0.05), (0.82, 0.5), (0.86, 0.85), (0.62, 1.35), (0.42, 1.68), (0.44, 1.88), (0.56, 2.04)], 0.05)

    def celadon(p: Points, n: Points) -> Surface:
        pool = noise3(p, 2.2, 3)
        foot = fade(0.16, 0.1, p[1] + 0.05 * pool)
        crackle = fade(0.04, 0.0, np.abs(noise3(p, 9, 2) - 0.5)) * 0.18
        colour = mix(vector(0.3, 0.45, 0.36), vector(0.52, 0.63, 0.52), pool) * (1 - crackle)
        return Surface(mix(colour, vector(0.3, 0.16, 0.09), foot), 0.16, 0.05)

    def wall(p: Points, n: Points) -> Surface:
        return Surface(mix(vector(0.13, 0.18, 0.24), vector(0.2, 0.26, 0.32), noise3(p, 0.8, 5)), 0.95, 0.0)

    def table(p: Points, n: Points) -> Surface:
        grain = noise2(p[0] * 0.8, p[2] * 10 + noise2(p[0], p[2]) * 2, 3)
        return Surface(mix(vector(0.3, 0.2, 0.12), vector(0.5, 0.37, 0.24), grain), 0.35, 0.04)

    def green(p: Points, n: Points) -> Surface:
        return Surface(mix(vector(0.05, 0.14, 0.03), vector(0.16, 0.3, 0.06), noise3(p, 4, 2)), 0.5, 0.03)

    palette = [
        ((0.8, 0.35, 0.03), (0.68, 0.03, 0.025)),
        ((0.85, 0.6, 0.3), (0.75, 0.16, 0.2)),
        ((0.75, 0.6, 0.08), (0.82, 0.5, 0.03)),
        ((0.5, 0.05, 0.1), (0.3, 0.015, 0.08)),
        ((0.8, 0.72, 0.55), (0.8, 0.4, 0.36)),
    ]
    heads = [
        (-1.35, 3.15, 0.25, 0, 0.05), (-0.62, 3.72, -0.1, 2, 0.02), (0.12, 3.98, 0.15, 1, 0.1), (0.9, 3.62, -0.15, 0, 0.0),
        (1.5, 2.98, 0.3, 3, 0.12), (-0.35, 3.02, 0.62, 3, 0.2), (0.5, 3.0, 0.72, 4, 0.05), (-1.0, 2.42, 0.72, 4, 0.1),
        (1.12, 2.3, 0.75, 2, 0.22), (0.02, 2.5, 0.95, 0, 0.16),
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
        things.append(_tulip(head, axis, float(rng.uniform(0.62, 0.74)), float(rng.uniform(0, 6)), openness, *palette[colour]))
    leaves = [(-1.9, 2.35, 0.3, 0.5), (1.75, 1.95, 0.5, -0.6), (-1.05, 1.5, 1.0, 0.9), (0.75, 1.35, 1.05, -0.3), (1.75, 3.35, -0.3, 0.2), (-1.65, 3.4, -0.5, 0.2)]
    for x, y, z, _twist in leaves:
        tip = np.array([x, y, z])
        foot = np.array([0.15 * x, 1.75, 0.15 * z])
        spine = _bezier(foot, np.array([0.45 * x, max(y, 1.9) + 0.75, 0.5 * z]), tip, 9)
        widths = 0.22 * np.sin(np.pi * np.linspace(0.12, 1, 9)) ** 0.7

        def blade(p: Points, spine: list[np.ndarray] = spine, widths: np.ndarray = widths) -> Field:
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
        things.append(Thing(blade, green, tuple(middle), float(max(np.linalg.norm(s - middle) for s in spine) + 0.25), bump=lambda p: noise3(p, 22) * np.float32(0.008)))
    for x, z, spin in ((-1.35, 1.3, 0.4), (0.95, 1.75, 2.0)):
        at = (x, 0.05, z)
        things.append(
            Thing(
                lambda p, at=at, spin=spin: np.maximum(
                    ellipsoid(turned(p - vector(*at), spin), 0.34, 0.09, 0.2), -ellipsoid(turned(p - vector(at[0], 0.13, at[2]), spin), 0.3, 0.09, 0.17)
                ) * np.float32(0.8),
                plain(0.7, 0.12, 0.05, 0.5, 0.03),
                at,
                0.4,
            )
        )

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
    branch = [np.array(v) for v in ((-3.4, -0.75, 0.1), (-1.9, -0.35, -0.05), (-0.7, -0.24, 0.06), (0.6, -0.3, 0.0), (1.8, -0.05, -0.1), (3.4, 0.3, 0.1))]

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

    def plumage(p: Points, n: Points) -> Surface:
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
        return Surface(colour * (0.85 + 0.5 * ruffle), 0.85, 0.02)

    def leaf_green(p: Points, n: Points) -> Surface:
        turn = noise3(p, 1.6, 2)
        return Surface(mix(vector(0.2, 0.26, 0.04), vector(0.62, 0.24, 0.03), fade(0.4, 0.65, turn)), 0.5, 0.03)

    berry = plain(0.62, 0.045, 0.015, 0.25, 0.05)
    dark = plain(0.01, 0.009, 0.009, 0.08, 0.06)
    things = [
        Thing(bird, plumage, (-0.25, 0.85, 0), 1.95, bump=lambda p: noise3(turned(p, -0.5, 2) * vector(6, 22, 16), 1, 2) * np.float32(0.02)),
        Thing(_curve(branch, 0.26, 0.14), bark, bump=lambda p: noise3(p * vector(4, 14, 14), 1, 3) * np.float32(0.05)),
        Thing(lambda p: sphere(p - vector(0.83, 1.6, 0.425), 0.085), dark, (0.83, 1.6, 0.425), 0.1),
        Thing(lambda p: capsule(p, (1.08, 1.47, 0.1), (1.38, 1.42, 0.13), 0.075, 0.018), plain(0.06, 0.05, 0.045, 0.35, 0.04), (1.2, 1.45, 0.1), 0.3),
    ]
    for x in (0.02, 0.36):
        things.append(Thing(lambda p, x=x: capsule(p, (x, 0.2, 0.18), (x + 0.08, -0.1, 0.24), 0.04), plain(0.16, 0.09, 0.06), (x, 0, 0.2), 0.35))
        for toe in (-0.14, 0.0, 0.14):
            things.append(
                Thing(lambda p, x=x, toe=toe: capsule(p, (x + 0.08, -0.08, 0.22), (x + 0.12 + toe, -0.13, 0.33), 0.035), plain(0.16, 0.09, 0.06), (x + 0.1, -0.1, 0.25), 0.3)
            )
    rng = np.random.default_rng(12)
    for bunch in ((2.25, -0.55, 0.25), (-2.35, -1.0, 0.3)):
        for _ in range(13):
            at = tuple(float(v) for v in np.array(bunch) + rng.uniform(-0.42, 0.42, 3) * (1, 0.85, 0.6))
            things.append(Thing(lambda p, at=at: sphere(p - vector(*at), 0.17), berry, at, 0.18))
            top = (bunch[0] * 0.98, bunch[1] + 0.55, 0.0)
            mid = tuple((np.array(at) + top) / 2)
            things.append(Thing(lambda p, at=at, top=top: capsule(p, at, top, 0.015), bark, mid, 0.55))
    for x, y, angle in ((2.0, 0.55, 0.6), (2.75, 0.75, -0.1), (-2.5, 0.1, 2.4), (-1.75, 0.25, 1.9), (2.9, -0.3, -0.9), (-3.1, -0.2, 2.9)):
        at = (x, y, 0.1)
        things.append(
            Thing(
                lambda p, at=at, angle=angle: np.maximum(
                    ellipsoid(turned(turned(p - vector(*at), -angle, 2), 0.5, 0), 0.52, 0.17, 0.03),
                    -np.float32(1),
                ) * np.float32(0.7),
                leaf_green,
                at,
                0.55,
            )
        )

    def sky(d: Points) -> Points:
        up = fade(-0.35, 0.5, d[1])
        ground = mix(vector(0.1, 0.13, 0.035), vector(0.42, 0.5, 0.3), up) * (0.7 + 0.6 * noise3(d, 3.0, 2))
        return ground

    def backdrop(p: Points, n: Points) -> Surface:
        d = normalize(p - vector(0.2, 0.75, 7.2))
        palette = [(0.9, 0.75, 0.25), (0.55, 0.75, 0.25), (0.95, 0.9, 0.6), (0.8, 0.4, 0.15)]
        ground = mix(vector(0.05, 0.085, 0.03), vector(0.3, 0.36, 0.14), fade(-0.3, 0.4, d[1] + 0.25 * d[0] + 0.3 * (noise3(d, 4, 2) - 0.5)))
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


__all__ = ["hypot", "robin", "tulips"]
