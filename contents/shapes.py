"""Distances to solid shapes, and the noise that roughens them; used by the scenes beside this file.

Points are [3, N] (x right, y up, z towards the viewer); distances are [N], negative inside; both are float32,
for speed.
The formulas of the simple solids are the well known ones of Hart's sphere tracing (1996).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating[Any]]
Field = NDArray[np.floating[Any]]
Distance = Callable[[Points], Field]

_LATTICE = np.random.default_rng(20).random((64, 64, 64), dtype=np.float32)
_TILE = np.random.default_rng(21).random((256, 256), dtype=np.float32)


def vector(*values: float) -> Points:
    """One point as float32 [3, 1], ready to broadcast against [3, N]."""
    return np.array(values, np.float32).reshape(3, 1)


def length(p: Points) -> Field:
    """Euclidean length of each of [3, N]."""
    return np.sqrt(np.einsum("ij,ij->j", p, p))


def normalize(p: Points) -> Points:
    """The same directions with length 1."""
    return p / np.maximum(length(p), 1e-9)


def hypot(a: Field, b: Field) -> Field:
    """Length of (a, b); quicker than numpy's, which guards against overflow."""
    return np.sqrt(a * a + b * b)


def fade(low: float, high: float, x: Field) -> Field:
    """Smooth step from 0 at `low` to 1 at `high`."""
    t = np.clip((x - np.float32(low)) / np.float32(high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a: Field, b: Field, t: Field) -> Field:
    """From a (t = 0) to b (t = 1)."""
    return a + (b - a) * t


def noise3(p: Points, scale: float = 1.0, octaves: int = 1) -> Field:
    """Value noise of [3, N] points in [0, 1]; `scale` is lattice cells per unit, each octave doubles it."""
    total = np.zeros(p.shape[1], np.float32)
    weight = np.float32(1)
    for octave in range(octaves):
        q = p * np.float32(scale * 2.03**octave) + np.float32(17.3 * octave)
        cell = np.floor(q)
        f = q - cell
        f = f * f * (3 - 2 * f)
        x0, y0, z0 = cell.astype(np.int32) & 63
        x1, y1, z1 = (x0 + 1) & 63, (y0 + 1) & 63, (z0 + 1) & 63
        fx, fy, fz = f
        planes = []
        for z in (z0, z1):
            rows = [mix(_LATTICE[x0, y, z], _LATTICE[x1, y, z], fx) for y in (y0, y1)]
            planes.append(mix(rows[0], rows[1], fy))
        total += weight * mix(planes[0], planes[1], fz)
        weight *= np.float32(0.5)
    return total / np.float32(2 - 2.0 ** (1 - octaves))


def noise2(x: Field, z: Field, octaves: int = 1, *, ridged: bool = False) -> Field:
    """Value noise over a plane in [0, 1], one lattice cell per unit at first; `ridged` folds it into crests."""
    total = np.zeros(x.shape, np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        # Each octave is turned, so that the lattice's own directions do not show.
        c, s = np.cos(0.9 * octave, dtype=np.float32), np.sin(0.9 * octave, dtype=np.float32)
        u = (x * c - z * s) * np.float32(2.0**octave) + np.float32(31.7 * octave)
        v = (x * s + z * c) * np.float32(2.0**octave) + np.float32(11.9 * octave)
        i, j = np.floor(u), np.floor(v)
        fu, fv = u - i, v - j
        fu = fu * fu * (3 - 2 * fu)
        fv = fv * fv * (3 - 2 * fv)
        i0, j0 = i.astype(np.int32) & 255, j.astype(np.int32) & 255
        i1, j1 = (i0 + 1) & 255, (j0 + 1) & 255
        value = mix(mix(_TILE[i0, j0], _TILE[i1, j0], fu), mix(_TILE[i0, j1], _TILE[i1, j1], fu), fv)
        if ridged:
            value = 1 - np.abs(2 * value - 1)
        total += np.float32(weight) * value
        norm += weight
        weight *= 0.5
    return total / np.float32(norm)


def turned(p: Points, angle: float, axis: int = 1) -> Points:
    """The points turned about an axis (0 x, 1 y, 2 z) by `angle` radians; turning points turns the solid back."""
    a, b = [(1, 2), (2, 0), (0, 1)][axis]
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    q = p.copy()
    q[a], q[b] = c * p[a] - s * p[b], s * p[a] + c * p[b]
    return q


def sphere(p: Points, radius: float) -> Field:
    """A ball about the origin."""
    return length(p) - np.float32(radius)


def ellipsoid(p: Points, a: float, b: float, c: float) -> Field:
    """Approximate distance to an ellipsoid with half axes a, b, c (never too long near the surface)."""
    radii = vector(a, b, c)
    k0 = length(p / radii)
    k1 = length(p / (radii * radii))
    return k0 * (k0 - 1) / np.maximum(k1, 1e-6)


def box(p: Points, a: float, b: float, c: float, rounding: float = 0.0) -> Field:
    """A block with half sides a, b, c and rounded edges."""
    q = np.abs(p) - (vector(a, b, c) - np.float32(rounding))
    return length(np.maximum(q, 0)) + np.minimum(q.max(axis=0), 0) - np.float32(rounding)


def capsule(p: Points, start: Sequence[float], end: Sequence[float], r0: float, r1: float | None = None) -> Field:
    """A round stick between two points, tapering from r0 to r1."""
    a = vector(*start)
    along = vector(*end) - a
    q = p - a
    h = np.minimum(np.maximum(np.einsum("ij,ik->j", q, along) / np.sum(along * along), 0), 1)
    return length(q - along * h) - (np.float32(r0) + np.float32((r0 if r1 is None else r1) - r0) * h)


def cylinder(p: Points, radius: float, half: float, rounding: float = 0.0) -> Field:
    """An upright cylinder about the origin, `half` its height up and down."""
    dx = hypot(p[0], p[2]) - np.float32(radius - rounding)
    dy = np.abs(p[1]) - np.float32(half - rounding)
    return np.minimum(np.maximum(dx, dy), 0) + hypot(np.maximum(dx, 0), np.maximum(dy, 0)) - np.float32(rounding)


def torus(p: Points, ring: float, tube: float) -> Field:
    """A ring lying in the x-z plane."""
    return hypot(hypot(p[0], p[2]) - np.float32(ring), p[1]) - np.float32(tube)


def ball(at: Sequence[float], radius: float) -> Distance:
    """A ball somewhere."""
    return lambda p: sphere(p - vector(*at), radius)


def stick(start: Sequence[float], end: Sequence[float], r0: float, r1: float | None = None) -> Distance:
    """A round stick between two points, as a solid of its own."""
    return lambda p: capsule(p, start, end, r0, r1)


def moved(solid: Distance, at: Sequence[float], *, size: float = 1.0, turn: float = 0.0, axis: int = 1) -> Distance:
    """A solid drawn about the origin, turned back by `turn`, made `size` times larger and carried to `at`."""
    return lambda p: solid(turned((p - vector(*at)) / np.float32(size), turn, axis)) * np.float32(size)


def blend(a: Field, b: Field, k: float) -> Field:
    """Union of two solids with a fillet of about k."""
    h = np.maximum(np.float32(k) - np.abs(a - b), 0) / np.float32(k)
    return np.minimum(a, b) - h * h * np.float32(k * 0.25)


def join(*fields: Field) -> Field:
    """Union of solids."""
    result = fields[0]
    for field in fields[1:]:
        result = np.minimum(result, field)
    return result


def smooth_curve(knots: Sequence[tuple[float, float]], steps: int = 12) -> NDArray[np.float64]:
    """A Catmull-Rom curve through the knots, [M, 2]."""
    k = np.array([knots[0], *knots, knots[-1]], float)
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for p0, p1, p2, p3 in zip(k, k[1:], k[2:], k[3:], strict=False):
        parts.append(
            0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
        )
    return np.vstack([*parts, k[-1:]])


class Lathe:
    """A solid turned about the y axis from a closed outline of (radius, height) points.

    The outline's signed distance is tabulated once, so that a vase costs no more per point than a sphere.
    """

    def __init__(self, outline: NDArray[np.float64], cells: int = 220) -> None:
        low, high = outline.min(axis=0), outline.max(axis=0)
        margin = 0.12 * float((high - low).max())
        self._low = np.array([0.0, low[1] - margin])
        self._high = high + margin
        self._cells = cells
        r = np.linspace(self._low[0], self._high[0], cells)
        y = np.linspace(self._low[1], self._high[1], cells)
        gr, gy = np.meshgrid(r, y, indexing="ij")
        best = np.full(gr.shape, np.inf)
        inside = np.zeros(gr.shape, bool)
        for a, b in zip(outline, np.roll(outline, -1, axis=0), strict=True):
            along = b - a
            span = float(along @ along)
            if span == 0:
                continue
            crosses = (a[1] > gy) != (b[1] > gy)
            if along[1] != 0:
                inside ^= crosses & (gr < a[0] + (gy - a[1]) / along[1] * along[0])
            if a[0] <= 1e-9 and b[0] <= 1e-9:
                continue  # The axis itself is no surface.
            h = np.clip(((gr - a[0]) * along[0] + (gy - a[1]) * along[1]) / span, 0, 1)
            best = np.minimum(best, (gr - a[0] - h * along[0]) ** 2 + (gy - a[1] - h * along[1]) ** 2)
        self._table = (np.sqrt(best) * np.where(inside, -1, 1)).astype(np.float32)

    @classmethod
    def solid(cls, knots: Sequence[tuple[float, float]]) -> Lathe:
        """Filled from the axis out to a smooth curve through the knots (bottom to top)."""
        curve = smooth_curve(knots)
        return cls(np.vstack([[[0, curve[0, 1]]], curve, [[0, curve[-1, 1]]]]))

    @classmethod
    def shell(cls, knots: Sequence[tuple[float, float]], wall: float) -> Lathe:
        """A vessel of the given wall, open at the top; the knots run from the middle of its foot to its rim."""
        curve = smooth_curve(knots)
        tangent = np.gradient(curve, axis=0)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1) / np.maximum(np.hypot(*tangent.T), 1e-9)[:, None]
        inner = curve + normal * wall
        inner[:, 0] = np.maximum(inner[:, 0], 0)
        return cls(np.vstack([curve, inner[::-1]]))

    def __call__(self, p: Points) -> Field:
        """Signed distance of [3, N] to the solid."""
        r, y = hypot(p[0], p[2]), p[1]
        low, high = self._low.astype(np.float32), self._high.astype(np.float32)
        cr, cy = np.minimum(r, high[0]), np.minimum(np.maximum(y, low[1]), high[1])
        n = self._cells - 1
        u = (cr - low[0]) * np.float32(n / (self._high[0] - self._low[0]))
        v = (cy - low[1]) * np.float32(n / (self._high[1] - self._low[1]))
        i, j = np.minimum(u.astype(np.int32), n - 1), np.minimum(v.astype(np.int32), n - 1)
        fu, fv = u - i, v - j
        t = self._table
        inner = mix(mix(t[i, j], t[i + 1, j], fu), mix(t[i, j + 1], t[i + 1, j + 1], fu), fv)
        # Outside the table: by the obtuse angle at a convex box, never longer than the true distance.
        out = (r - cr) ** 2 + (y - cy) ** 2
        return np.where(out > 0, np.sqrt(out + inner * inner), inner)


class Relief:
    """Ground whose height over the x-z plane is tabulated once: distance(p) is short enough never to step through it.

    `height(x, z)` is asked at the nodes of a grid over [x0, x1] x [z0, z1]; beyond it the edge goes on level.
    """

    def __init__(
        self, height: Callable[[Field, Field], Field], x: tuple[float, float], z: tuple[float, float], cells: int
    ) -> None:
        self._origin = np.float32(x[0]), np.float32(z[0])
        self._scale = np.float32(cells / (x[1] - x[0])), np.float32(cells / (z[1] - z[0]))
        self._cells = cells
        gx, gz = np.meshgrid(
            np.linspace(*x, cells + 1, dtype=np.float32), np.linspace(*z, cells + 1, dtype=np.float32), indexing="ij"
        )
        self._table = height(gx.ravel(), gz.ravel()).reshape(gx.shape).astype(np.float32)
        slope = np.hypot(*np.gradient(self._table)[:1], 0).ravel() * self._scale[0]
        self._caution = np.float32(1 / np.sqrt(1 + np.percentile(slope, 99) ** 2))
        self.ceiling = float(self._table.max()) + 0.01

    def height(self, x: Field, z: Field) -> Field:
        """Height of the ground at places of the plane, each [N]."""
        u = np.clip((x - self._origin[0]) * self._scale[0], 0, self._cells - 0.001)
        v = np.clip((z - self._origin[1]) * self._scale[1], 0, self._cells - 0.001)
        i, j = u.astype(np.int32), v.astype(np.int32)
        fu, fv = u - i, v - j
        flat, width = self._table.ravel(), self._cells + 1
        at = i * width + j
        return mix(mix(flat[at], flat[at + width], fu), mix(flat[at + 1], flat[at + width + 1], fu), fv)

    def __call__(self, p: Points) -> Field:
        """Distance of [3, N] to the ground, on the short side."""
        return (p[1] - self.height(p[0], p[2])) * self._caution
