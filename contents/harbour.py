"""The scene of boats before painted houses."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Points,
    box,
    capsule,
    cylinder,
    ellipsoid,
    fade,
    join,
    mix,
    moved,
    noise2,
    noise3,
    turned,
    vector,
)
from contents.weather import clouds, waves


def _facade(walls: tuple[float, float, float], width: float, floor: float, left: float) -> Material:
    """Plaster with rows of dark windows between pale frames, a door row at the foot, tiles on what slopes."""

    def material(p: Points, n: Points) -> Surface:
        columns = max(2, round(width / 0.62))
        u = (p[0] - left) / np.float32(width) * columns
        v = p[1] / np.float32(floor)
        du, dv = np.abs(u - np.floor(u) - 0.5), np.abs(v - np.floor(v) - 0.5)
        worn = 0.82 + 0.36 * noise3(p, 1.6, 4)
        on_front = n[2] > 0.7
        colour = vector(*walls) * worn
        frame = (du < 0.27) & (dv < 0.34) & on_front
        glass = (du < 0.2) & (dv < 0.29) & on_front & (np.abs(du - 0.0) > 0.02)
        lit = noise3(np.stack([np.floor(u) * 7.1, np.floor(v) * 5.3, np.zeros_like(u) + left * 3]), 1.37) > 0.72
        colour = np.where(frame, vector(0.6, 0.57, 0.5), colour)
        colour = np.where(glass, np.where(lit, vector(0.5, 0.32, 0.1), vector(0.03, 0.04, 0.05)), colour)
        roof = n[1] > 0.25
        tile = 0.75 + 0.3 * np.sin(p[0] * 34) * np.sin(p[1] * 26) + 0.3 * (noise3(p, 3, 2) - 0.5)
        colour = np.where(roof, vector(0.24, 0.095, 0.06) * tile, colour)
        glow = np.where(glass & lit, vector(0.55, 0.32, 0.09), 0.0).astype(np.float32)
        return Surface(colour, 0.85, 0.02, glow)

    return material


def _house(left: float, width: float, height: float, front: float, depth: float = 2.4) -> Distance:
    middle = left + width / 2

    def distance(p: Points) -> Field:
        q = p - vector(middle, 0, front - depth / 2)
        walls = box(q - vector(0, height / 2, 0), width / 2, height / 2, depth / 2)
        slope = np.abs(q[2]) * np.float32(0.66) + (q[1] - np.float32(height + depth * 0.36)) * np.float32(0.75)
        roof = np.maximum(
            np.maximum(slope, np.abs(q[0]) - np.float32(width / 2 + 0.03)), np.float32(height) - q[1] - 0.02
        )
        chimney = box(q - vector(width * 0.27, height + depth * 0.33, -0.2), 0.13, 0.42, 0.13)
        return join(walls, np.maximum(roof, np.abs(q[2]) - np.float32(depth / 2 + 0.12)), chimney) * np.float32(0.9)

    return distance


def _boat(
    at: tuple[float, float, float],
    turn: float,
    size: float,
    paint: tuple[float, float, float],
    band: tuple[float, float, float],
    sail: bool,
) -> list[Thing]:
    center = vector(*at)

    def local(p: Points) -> Points:
        return turned(p - center, turn) / np.float32(size)

    def hull(p: Points) -> Field:
        q = local(p)
        sheer = 0.36 + 0.16 * np.abs(q[0]) ** 2 * (1 + 0.35 * (q[0] > 0))
        flare = q.copy()
        flare[1] = (q[1] - 0.42) * np.float32(0.9)
        side = ellipsoid(flare, 1.5, 0.62, 0.52 + 0.0)
        stern = -q[0] - np.float32(1.22)
        hollow = np.maximum(ellipsoid(flare - vector(0, 0.04, 0), 1.4, 0.52, 0.44), np.float32(0.1) - q[1])
        shape = np.maximum(np.maximum(np.maximum(side, q[1] - sheer), stern), -hollow)
        seats = box(q - vector(-0.45, 0.27, 0), 0.1, 0.02, 0.42)
        return join(shape, seats) * np.float32(size * 0.75)

    def timber(p: Points, n: Points) -> Surface:
        q = local(p)
        sheer = 0.36 + 0.16 * np.abs(q[0]) ** 2 * (1 + 0.35 * (q[0] > 0))
        strip = fade(0.1, 0.085, sheer - q[1])
        boards = 0.85 + 0.15 * fade(0.02, 0.06, np.abs((q[1] * 11) % 1 - 0.5))
        worn = 0.75 + 0.5 * noise3(q, 4, 3)
        colour = mix(vector(*paint), vector(*band), strip) * boards * worn
        outside = np.abs(q[2]) > 0.5 * np.sqrt(np.maximum(1 - (q[0] / 1.5) ** 2, 0.02)) - 0.1
        inside = ~outside | (n[1] > 0.8)
        colour = np.where(inside, vector(0.3, 0.18, 0.09) * worn, colour)
        return Surface(colour * fade(-0.02, 0.1, q[1] + 0.04) + 0.01, 0.4, 0.04)

    def rig(p: Points) -> Field:
        q = local(p)
        mast = capsule(q, (0.2, 0.1, 0), (0.16, 3.1, 0), 0.035, 0.022)
        boom = capsule(q, (0.2, 0.72, 0), (-1.15, 0.78, 0.06), 0.026)
        stays = join(
            capsule(q, (0.16, 3.05, 0), (1.42, 0.6, 0), 0.008), capsule(q, (0.16, 3.05, 0), (-1.2, 0.52, 0), 0.008)
        )
        furled = capsule(q, (0.1, 0.8, 0), (-1.05, 0.84, 0.06), 0.085, 0.06)
        return join(mast, boom, stays, furled if sail else boom) * np.float32(size)

    def ropes(p: Points, _n: Points) -> Surface:
        q = local(p)
        canvas = (q[0] < 0.13) & (q[1] < 1) & (q[1] > 0.6)
        return Surface(np.where(canvas, vector(0.6, 0.52, 0.4), vector(0.26, 0.15, 0.07)), 0.7, 0.02)

    middle = (at[0], at[1] + 0.4 * size, at[2])
    things = [Thing(hull, timber, middle, size * 1.75)]
    if sail:
        things.append(Thing(rig, ropes, (at[0], at[1] + 1.6 * size, at[2]), size * 2.1))
    return things


def harbour() -> tuple[Scene, Film]:
    """Boats before a row of painted houses, a soft grey sky before rain."""

    def sky(d: Points) -> Points:
        grey = mix(vector(0.82, 0.8, 0.74), vector(0.36, 0.42, 0.5), fade(0.0, 0.5, d[1]))
        dark = clouds(d, 0.9, 3.3, 0.42, 0.72)
        breach = clouds(d, 0.6, 8.1, 0.56, 0.75)
        return mix(mix(grey, vector(0.27, 0.31, 0.38), dark * 0.75), vector(1.15, 1.02, 0.82), breach * 0.55)

    def water(p: Points, _n: Points) -> Surface:
        return Surface(mix(vector(0.015, 0.04, 0.045), vector(0.03, 0.06, 0.055), noise3(p, 0.4, 2)), 0.09, 0.05)

    def stone(p: Points, _n: Points) -> Surface:
        row = np.floor(p[1] * 4)
        joint = np.minimum(np.abs((p[1] * 4) % 1 - 0.5), np.abs((p[0] * 1.6 + row * 0.5) % 1 - 0.5))
        colour = mix(vector(0.14, 0.13, 0.12), vector(0.27, 0.25, 0.22), noise3(p, 2.3, 4))
        weed = fade(0.28, 0.1, p[1] + 0.15 * noise3(p, 3))
        colour = mix(colour, vector(0.03, 0.05, 0.02), weed)
        return Surface(colour * (0.7 + 0.3 * fade(0.0, 0.05, 0.5 - joint)), 0.8, 0.02)

    def hills(x: Field, z: Field) -> Field:
        return 0.6 + 2.6 * noise2(x * 0.09 + 4, z * 0.05, 5) - 0.02 * np.abs(x)

    things = [
        Thing(lambda p: p[1], water, ceiling=0.02, bump=lambda p: waves(p, 0.085, 1.7)),
        Thing(lambda p: box(p - vector(0, 0.0, -8.2), 30, 0.62, 2.4, 0.04), stone),
        Thing(
            lambda p: (
                (p[2] + 22 + hills(p[0], p[2]) * 0 + np.maximum(p[1] - hills(p[0], p[2] * 0), 0) * 2) * np.float32(0.4)
            ),
            plain(0.06, 0.085, 0.07, 0.9, 0.0),
        ),
    ]
    colours = [
        (0.62, 0.3, 0.13),
        (0.66, 0.56, 0.36),
        (0.5, 0.13, 0.09),
        (0.28, 0.4, 0.46),
        (0.68, 0.62, 0.52),
        (0.62, 0.4, 0.12),
        (0.34, 0.42, 0.28),
        (0.6, 0.24, 0.17),
        (0.64, 0.5, 0.3),
    ]
    rng = np.random.default_rng(6)
    left = -9.6
    for k in range(12):
        width, floors = float(rng.uniform(1.35, 2.2)), int(rng.integers(3, 5))
        front = -7.4 - float(rng.uniform(0, 0.25))
        height = 0.62 + floors * 0.88
        material = _facade(colours[k % len(colours)], width, 0.88, left)
        middle = (left + width / 2, height / 2 + 0.4, front - 1.2)
        things.append(Thing(_house(left, width, height, front), material, middle, height / 2 + 1.9))
        left += width + 0.015
    things += _boat((0.35, -0.02, -0.3), 0.35, 1.0, (0.05, 0.22, 0.32), (0.7, 0.66, 0.55), True)
    things += _boat((-2.7, -0.02, -2.2), -0.25, 0.92, (0.5, 0.06, 0.04), (0.65, 0.6, 0.5), True)
    things += _boat((2.9, -0.02, -3.0), 0.15, 0.88, (0.62, 0.56, 0.42), (0.08, 0.2, 0.16), True)
    things += _boat((-0.9, -0.02, 1.55), -0.5, 0.62, (0.5, 0.36, 0.08), (0.12, 0.16, 0.2), False)
    things += _boat((5.3, -0.02, -4.3), -0.35, 0.9, (0.1, 0.27, 0.2), (0.62, 0.56, 0.46), True)
    things += _boat((-5.6, -0.02, -4.2), 0.3, 0.9, (0.16, 0.2, 0.36), (0.6, 0.5, 0.3), True)
    for x, z in ((-2.05, 0.6), (2.15, 0.4), (-4.3, -1.6)):
        things.append(
            Thing(
                moved(lambda p: cylinder(p, 0.085, 0.85, 0.02), (x, 0.3, z)),
                plain(0.12, 0.09, 0.07, 0.8, 0.02),
                (x, 0.3, z),
                0.9,
            )
        )
    scene = Scene(
        things,
        Camera((0.1, 1.75, 7.2), (0.05, 1.55, -4), 56, aperture=0.012, focus=7.0),
        Sun((-0.55, 0.62, 0.6), (1.25, 1.12, 0.92), 0.14),
        sky,
        Haze(0.006, lambda d: vector(0.6, 0.62, 0.62) * np.ones_like(d)),
        reach=60,
        steps=90,
    )
    return scene, Film(exposure=0.8, warmth=0.04, coolness=0.07, vignette=0.35, contrast=1.16, saturation=1.18)
