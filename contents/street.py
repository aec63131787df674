"""The scene of a southern street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contents.film import Film
from contents.marching import Camera, Haze, Material, Scene, Sun, Surface, Thing, plain
from contents.shapes import (
    Distance,
    Field,
    Lathe,
    Points,
    box,
    capsule,
    ellipsoid,
    fade,
    hypot,
    join,
    mix,
    moved,
    noise3,
    turned,
    vector,
)

Rgb = tuple[float, float, float]


@dataclass(frozen=True)
class _House:
    """One house of a row: its facade, with windows, shutters and sills, faces the middle of the street."""

    side: int
    face: float
    middle: float
    wide: float
    tall: float
    storeys: int
    plaster: Rgb
    paint: Rgb

    def _local(self, p: Points) -> Points:
        """Into the street from the facade (0), up (1), along the street from the house's middle (2)."""
        return np.stack([self.face - self.side * p[0], p[1], p[2] - np.float32(self.middle)])

    def _cell(self, q: Points) -> tuple[Field, Field]:
        """Place within a window's bay and storey, from the window's middle."""
        pitch = self.wide / 2
        along = (q[2] + 20 * pitch) % pitch - pitch / 2
        floor = np.clip(np.floor((q[1] - 0.25) / 1.15), 0, self.storeys - 1)
        return along, q[1] - np.float32(0.25) - floor * np.float32(1.15) - np.float32(0.62)

    def walls(self, p: Points) -> Field:
        q = self._local(p)
        block = box(q - vector(-1.5, self.tall / 2, 0), 1.5, self.tall / 2, self.wide / 2)
        along, up = self._cell(q)
        opening = box(np.stack([q[0], up, along]), 0.09, 0.36, 0.2)
        eaves = box(q - vector(-1.3, self.tall + 0.03, 0), 1.55, 0.07, self.wide / 2 + 0.02)
        return join(np.maximum(block, -opening), eaves) * np.float32(0.9)

    def fittings(self, p: Points) -> Field:
        q = self._local(p)
        along, up = self._cell(q)
        leaf = box(np.stack([q[0] - 0.035, up, np.abs(along) - 0.33]), 0.025, 0.37, 0.115)
        sill = box(np.stack([q[0] - 0.05, up + 0.4, along]), 0.07, 0.025, 0.27)
        beyond = np.maximum(q[1] - np.float32(self.tall - 0.2), np.float32(0.3) - q[1])
        inside = np.maximum(np.abs(q[2]) - np.float32(self.wide / 2 - 0.02), beyond)
        return np.maximum(join(leaf, sill), inside) * np.float32(0.8)

    def limewash(self, p: Points, _n: Points) -> Surface:
        q = self._local(p)
        along, up = self._cell(q)
        worn = noise3(p, 0.9, 4)
        base = vector(*self.plaster) * (0.78 + 0.42 * worn)
        flaked = fade(0.66, 0.72, noise3(p + 7, 1.1, 4)) * fade(2.6, 0.4, q[1])
        base = mix(base, vector(0.4, 0.3, 0.22), flaked * 0.8)
        base = mix(base, base * 0.62, fade(0.55, 0.2, q[1] + 0.3 * worn))
        frame = (np.abs(along) < 0.26) & (np.abs(up) < 0.42) & (q[0] > -0.02)
        base = np.where(frame, vector(0.66, 0.6, 0.5), base)
        glass = (q[0] < -0.05) & (np.abs(along) < 0.2) & (np.abs(up) < 0.36)
        bars = (np.abs(along) < 0.015) | (np.abs(up - 0.1) < 0.015)
        base = np.where(glass, np.where(bars, vector(0.4, 0.36, 0.3), vector(0.03, 0.045, 0.06)), base)
        roof = q[1] > self.tall - 0.02
        base = np.where(roof, vector(0.4, 0.17, 0.09) * (0.75 + 0.3 * np.sin(q[2] * 30)), base)
        return Surface(base, 0.9, 0.0)

    def gloss(self, p: Points, _n: Points) -> Surface:
        along, up = self._cell(self._local(p))
        slat = 0.75 + 0.25 * fade(-0.4, 0.4, np.sin(up * 95)) * (np.abs(np.abs(along) - 0.33) < 0.09)
        return Surface(vector(*self.paint) * slat * (0.8 + 0.4 * noise3(p, 3, 2)), 0.6, 0.02)

    def things(self) -> list[Thing]:
        bound = float(np.hypot(np.hypot(self.tall / 2 + 0.3, self.wide / 2 + 0.2), 1.8))
        front = float(np.hypot(self.tall / 2, self.wide / 2)) + 0.1
        return [
            Thing(self.walls, self.limewash, (self.side * (self.face + 1.4), self.tall / 2, self.middle), bound),
            Thing(self.fittings, self.gloss, (self.side * self.face, self.tall / 2, self.middle), front),
        ]


def _row(side: int, plaster: list[Rgb], shutters: list[Rgb], rng: np.random.Generator) -> list[Thing]:
    """Eight houses along one side (-1 left, 1 right)."""
    things: list[Thing] = []
    z = 4.2
    for k in range(8):
        wide, storeys = float(rng.uniform(2.0, 2.9)), int(rng.integers(3, 5))
        tall = 0.35 + storeys * 1.15 + float(rng.uniform(0, 0.3))
        face = 2.15 + float(rng.uniform(-0.16, 0.16)) + 0.02 * k
        middle, z = z - wide / 2, z - wide - 0.01
        colours = plaster[k % len(plaster)], shutters[k % len(shutters)]
        things += _House(side, face, middle, wide, tall, storeys, *colours).things()
    return things


def street() -> tuple[Scene, Film]:
    """A southern street in the afternoon: one row in sun, one in shade, shutters, pots, awnings, a tower at the end."""
    rng = np.random.default_rng(9)
    things: list[Thing] = []
    things += _row(
        -1,
        [(0.72, 0.52, 0.26), (0.74, 0.4, 0.26), (0.76, 0.66, 0.48), (0.68, 0.3, 0.18), (0.74, 0.58, 0.34)],
        [(0.05, 0.24, 0.26), (0.1, 0.26, 0.12), (0.12, 0.25, 0.42), (0.08, 0.22, 0.15)],
        rng,
    )
    things += _row(
        1,
        [(0.66, 0.34, 0.22), (0.7, 0.6, 0.46), (0.56, 0.44, 0.28), (0.68, 0.48, 0.36)],
        [(0.2, 0.32, 0.38), (0.36, 0.14, 0.08), (0.12, 0.28, 0.2)],
        rng,
    )

    def cobbles(p: Points) -> Field:
        u, v = p[0] * 4.2, p[2] * 4.2
        line = np.floor(v)
        fu, fv = (u + 0.5 * (line % 2) + 0.2 * np.sin(line * 7.1)) % 1 - 0.5, v - line - 0.5
        dome = np.maximum(0, 1 - (np.abs(fu) * 2) ** 4) * np.maximum(0, 1 - (np.abs(fv) * 2) ** 4)
        return (0.045 * dome + 0.02 * noise3(p, 7, 2)).astype(np.float32)

    def stones(p: Points, _n: Points) -> Surface:
        key = np.stack(
            [
                np.floor(p[0] * 4.2 + 0.5 * (np.floor(p[2] * 4.2) % 2)) * 3.3,
                np.floor(p[2] * 4.2) * 5.7,
                np.zeros_like(p[0]),
            ]
        )
        colour = mix(vector(0.24, 0.21, 0.18), vector(0.44, 0.38, 0.31), noise3(key, 1.0))
        gutter = fade(0.22, 0.1, np.abs(p[0] + 0.1))
        return Surface(colour * (1 - 0.35 * gutter) * (0.8 + 0.3 * noise3(p, 1.2, 3)), 0.7, 0.03)

    things.append(Thing(lambda p: p[1] - 0.05 * fade(0.0, 1.8, np.abs(p[0])), stones, ceiling=0.07, bump=cobbles))

    def tower(p: Points) -> Field:
        q = p - vector(0.15, 0, -17.5)
        shaft = box(q - vector(0, 3.6, 0), 1.15, 3.6, 1.15)
        bell = np.maximum(
            box(q - vector(0, 7.9, 0), 1.05, 0.8, 1.05),
            -join(box(q - vector(0, 7.85, 0), 0.42, 0.5, 2), box(q - vector(0, 7.85, 0), 2, 0.5, 0.42)),
        )
        ledge = box(q - vector(0, 7.12, 0), 1.25, 0.09, 1.25)
        dome = ellipsoid(q - vector(0, 8.7, 0), 1.05, 0.95, 1.05)
        spike = capsule(q, (0, 9.5, 0), (0, 10.3, 0), 0.05, 0.02)
        return join(
            shaft, bell, ledge, box(q - vector(0, 8.72, 0), 1.2, 0.07, 1.2), np.maximum(dome, 8.7 - q[1]), spike
        ) * np.float32(0.9)

    def tower_stone(p: Points, n: Points) -> Surface:
        dome = p[1] > 8.8
        q = p - vector(0.15, 0, -17.5)
        clock = np.hypot(q[0], q[1] - 6.1)
        base = np.where(dome, vector(0.18, 0.36, 0.34), vector(0.7, 0.58, 0.4)) * (0.8 + 0.35 * noise3(p, 1.4, 4))
        face = (n[2] > 0.7) & (clock < 0.5)
        base = np.where(face, np.where(clock > 0.43, vector(0.12, 0.1, 0.09), vector(0.75, 0.72, 0.62)), base)
        hand = face & (
            ((np.abs(q[0]) < 0.03) & (q[1] > 6.1) & (q[1] < 6.45))
            | ((np.abs(q[1] - 6.1) < 0.035) & (q[0] > 0) & (q[0] < 0.26))
        )
        return Surface(np.where(hand, vector(0.05, 0.04, 0.04), base), 0.9, 0.0)

    things.append(Thing(tower, tower_stone, (0.15, 5.1, -17.5), 5.6))
    pot_shape = Lathe.solid(
        [(0.0, 0.0), (0.17, 0.0), (0.2, 0.1), (0.25, 0.32), (0.28, 0.34), (0.28, 0.4), (0.22, 0.4), (0.02, 0.36)]
    )
    clay = plain(0.5, 0.2, 0.1, 0.8, 0.02)
    for x, z, size, flower in (
        (-1.75, 2.3, 1.15, 0),
        (-1.8, 1.45, 0.85, 1),
        (1.72, 1.2, 1.1, 1),
        (-1.75, -1.6, 1.0, 2),
        (1.75, -2.6, 1.0, 0),
        (-1.8, -5.0, 1.0, 1),
        (1.7, 2.35, 0.85, 2),
    ):
        pot = moved(pot_shape, (x, 0.05, z), size=size)
        things.append(Thing(pot, clay, (x, 0.05 + 0.2 * size, z), 0.42 * size))

        def bush(p: Points, x: float = x, z: float = z, size: float = size) -> Field:
            q = (p - vector(x, 0.05 + 0.66 * size, z)) / np.float32(size)
            return (ellipsoid(q, 0.4, 0.36, 0.4) - 0.16 * (noise3(q + x, 7, 2) - 0.35)) * np.float32(size * 0.5)

        def leaves(p: Points, _n: Points, flower: int = flower) -> Surface:
            bloom = fade(0.62, 0.66, noise3(p, 24, 2))
            petal = [(0.75, 0.06, 0.1), (0.78, 0.3, 0.42), (0.85, 0.75, 0.62)][flower]
            green = mix(vector(0.02, 0.06, 0.015), vector(0.15, 0.26, 0.06), noise3(p, 21, 2))
            return Surface(mix(green, vector(*petal), bloom), 0.8, 0.0)

        things.append(
            Thing(
                bush,
                leaves,
                (x, 0.05 + 0.66 * size, z),
                0.58 * size,
                bump=lambda p: noise3(p, 20, 2) * np.float32(0.05),
            )
        )

    def awning(side: int, z: float) -> Distance:
        return lambda p: box(turned(p - vector(side * 1.72, 1.62, z), side * 0.5, 2), 0.5, 0.02, 0.95) * np.float32(0.9)

    def canvas(code: tuple[float, float, float]) -> Material:
        return lambda p, _n: Surface(np.where(np.sin(p[2] * 16) > 0, vector(*code), vector(0.78, 0.74, 0.66)), 0.8, 0.0)

    things.append(Thing(awning(-1, -0.4), canvas((0.6, 0.1, 0.07)), (-1.72, 1.62, -0.4), 1.15))
    things.append(Thing(awning(1, -0.9), canvas((0.06, 0.26, 0.3)), (1.72, 1.62, -0.9), 1.15))

    def line_of_washing(p: Points) -> Field:
        q = p - vector(0, 3.05, -3.2)
        sag = 0.12 * (q[0] / 2.2) ** 2
        string = hypot(q[1] - sag, q[2]) - 0.012
        along = (q[0] + 6.3) % 0.62 - 0.31
        number = np.floor((q[0] + 6.3) / 0.62)
        long = 0.24 + 0.14 * np.abs(np.sin(number * 2.3))
        sheet = box(np.stack([along, q[1] - sag + long, q[2] + 0.04 * np.sin(q[1] * 9 + number)]), 0.23, 1.0, 0.012)
        sheet = np.maximum(sheet, np.maximum(q[1] - sag, -(q[1] - sag) - 2 * long))
        return np.maximum(join(string, np.maximum(sheet, np.abs(q[0]) - 1.5)), np.abs(q[0]) - 2.2) * np.float32(0.7)

    def linen(p: Points, _n: Points) -> Surface:
        number = np.floor((p[0] + 6.3) / 0.62).astype(int) % 4
        colours = np.array([(0.78, 0.76, 0.7), (0.7, 0.2, 0.14), (0.78, 0.76, 0.7), (0.2, 0.38, 0.56)], np.float32).T
        return Surface(colours[:, number], 0.9, 0.0)

    things.append(Thing(line_of_washing, linen, (0, 2.8, -3.2), 2.3))

    def sky(d: Points) -> Points:
        up = fade(0.0, 0.6, d[1])
        return mix(vector(0.5, 0.66, 0.82), vector(0.07, 0.24, 0.62), up)

    scene = Scene(
        things,
        Camera((0.42, 1.6, 6.0), (0.0, 2.35, -6), 52, aperture=0.0),
        Sun((0.66, 0.86, 0.42), (3.9, 3.4, 2.6), 0.008),
        sky,
        Haze(0.008, lambda d: vector(0.75, 0.78, 0.8) * np.ones_like(d)),
        reach=45,
        steps=90,
    )
    return scene, Film(exposure=0.72, warmth=0.07, coolness=0.09, vignette=0.3, contrast=1.16, saturation=1.12)
