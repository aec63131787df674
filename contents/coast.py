"""Scenes by the sea: a harbour under a grey sky, a lighthouse in evening light."""

from __future__ import annotations

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    Relief,
    box,
    capsule,
    cylinder,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    noise2,
    noise3,
    sphere,
    turned,
    vector,
)


def clouds(d: Points, scale: float, seed: float, low: float, high: float) -> Field:
    """How much cloud lies in direction d, 0..1: noise on a far ceiling, drawn out towards the horizon."""
    lift = np.maximum(d[1], 0.0) + np.float32(0.12)
    x, z = d[0] / lift * np.float32(scale) + np.float32(seed), d[2] / lift * np.float32(scale) + np.float32(seed * 1.7)
    x = x + 0.7 * noise2(x * 0.8, z * 0.8, 2)
    return fade(low, high, noise2(x, z, 6))


def waves(p: Points, height: float, scale: float) -> Field:
    """Heights of small waves, for the bump of water."""
    x, z = p[0] * np.float32(scale), p[2] * np.float32(scale * 1.9)
    return np.float32(height / scale) * (noise2(x + 0.5 * noise2(x, z), z, 3) + 0.4 * noise2(x * 3.1 + 5, z * 3.1, 2))


def _facade(walls: tuple[float, float, float], width: float, floor: float, left: float, front: float) -> Material:
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
        roof = np.maximum(np.maximum(slope, np.abs(q[0]) - np.float32(width / 2 + 0.03)), np.float32(height) - q[1] - 0.02)
        chimney = box(q - vector(width * 0.27, height + depth * 0.33, -0.2), 0.13, 0.42, 0.13)
        return join(walls, np.maximum(roof, np.abs(q[2]) - np.float32(depth / 2 + 0.12)), chimney) * np.float32(0.9)

    return distance


def _boat(at: tuple[float, float, float], turn: float, size: float, paint: tuple[float, float, float], band: tuple[float, float, float], sail: bool) -> list[Thing]:
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
        stays = join(capsule(q, (0.16, 3.05, 0), (1.42, 0.6, 0), 0.008), capsule(q, (0.16, 3.05, 0), (-1.2, 0.52, 0), 0.008))
        furled = capsule(q, (0.1, 0.8, 0), (-1.05, 0.84, 0.06), 0.085, 0.06)
        return join(mast, boom, stays, furled if sail else boom) * np.float32(size)

    def ropes(p: Points, n: Points) -> Surface:
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

    def water(p: Points, n: Points) -> Surface:
        return Surface(mix(vector(0.015, 0.04, 0.045), vector(0.03, 0.06, 0.055), noise3(p, 0.4, 2)), 0.09, 0.05)

    def stone(p: Points, n: Points) -> Surface:
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
        Thing(lambda p: (p[2] + 22 + hills(p[0], p[2]) * 0 + np.maximum(p[1] - hills(p[0], p[2] * 0), 0) * 2) * np.float32(0.4), plain(0.06, 0.085, 0.07, 0.9, 0.0)),
    ]
    colours = [(0.62, 0.3, 0.13), (0.66, 0.56, 0.36), (0.5, 0.13, 0.09), (0.28, 0.4, 0.46), (0.68, 0.62, 0.52), (0.62, 0.4, 0.12), (0.34, 0.42, 0.28), (0.6, 0.24, 0.17), (0.64, 0.5, 0.3)]
    rng = np.random.default_rng(6)
    left = -9.6
    for k in range(12):
        width, floors = float(rng.uniform(1.35, 2.2)), int(rng.integers(3, 5))
        front = -7.4 - float(rng.uniform(0, 0.25))
        height = 0.62 + floors * 0.88
        material = _facade(colours[k % len(colours)], width, 0.88, left, front)
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
        things.append(Thing(lambda p, x=x, z=z: cylinder(p - vector(x, 0.3, z), 0.085, 0.85, 0.02), plain(0.12, 0.09, 0.07, 0.8, 0.02), (x, 0.3, z), 0.9))
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

    def sea(p: Points, n: Points) -> Surface:
        shore = land.height(p[0], p[2])
        lace = noise2(p[0] * 2.1, p[2] * 2.1, 4, ridged=True)
        foam = fade(-0.42, -0.05, shore + 0.7 * (lace - 0.75)) * fade(0.3, 0.62, lace)
        crest = fade(0.8, 0.93, noise2(p[0] * 0.9, p[2] * 2.6, 5, ridged=True)) * 0.35
        colour = mix(vector(0.012, 0.055, 0.075), vector(0.03, 0.13, 0.14), fade(-1.2, 0.0, shore))
        return Surface(mix(colour, vector(0.72, 0.68, 0.66), np.clip(foam + crest, 0, 1)), 0.2, 0.035)

    def bands(p: Points, n: Points) -> Surface:
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

    def lamp(p: Points, n: Points) -> Surface:
        return Surface(np.ones_like(p) * vector(0.5, 0.4, 0.2), 0.3, 0.04, glow=vector(7.0, 4.6, 1.9) * np.ones_like(p))

    def cottage(p: Points) -> Field:
        q = turned(p - vector(2.75, 2.25, -0.9), 0.25)
        walls = box(q - vector(0, 0.42, 0), 0.72, 0.45, 0.5)
        roof = np.maximum(np.maximum(np.abs(q[2]) * np.float32(0.72) + (q[1] - 1.35) * np.float32(0.7), np.abs(q[0]) - np.float32(0.78)), 0.8 - q[1])
        return join(walls, roof, box(q - vector(0.42, 1.3, 0), 0.09, 0.3, 0.1)) * np.float32(0.9)

    def limewash(p: Points, n: Points) -> Surface:
        q = turned(p - vector(2.75, 2.25, -0.9), 0.25)
        roof = q[1] > 0.86
        pane = (np.abs(np.abs(q[0]) - 0.36) < 0.11) & (np.abs(q[1] - 0.48) < 0.13) & (n[2] > 0.6)
        door = (np.abs(q[0]) < 0.12) & (q[1] < 0.6) & (n[2] > 0.6)
        colour = np.where(roof, vector(0.2, 0.1, 0.08), vector(0.7, 0.66, 0.6))
        colour = np.where(door, vector(0.08, 0.2, 0.25), np.where(pane, vector(0.4, 0.25, 0.08), colour))
        return Surface(colour * (0.8 + 0.3 * noise3(p, 4, 3)), 0.8, 0.02, np.where(pane, vector(1.1, 0.6, 0.18), 0).astype(np.float32))

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
        things.append(Thing(lambda p, foot=foot, head=head: capsule(p, foot, head, 0.022), dark, (foot[0], 7.2, foot[2]), 0.45))
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
