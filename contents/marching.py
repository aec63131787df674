"""A small path tracer over distance fields: camera, sun, sky, haze, gloss and one bounce of light.

Used by the scenes beside this file and by nobody else. Light is linear RGB; what leaves `render`
is float32 [H, W, 3] of any positive value, and goes to `film.develop`. Surfaces are met by sphere tracing (Hart, 1996);
the bounced light, noisy at few samples, is smoothed by an edge-avoiding a-trous filter (Dammertz et al., 2010).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contents.film import Light, blur
from contents.shapes import Distance, Field, Points, normalize, vector

_CHUNK = 60_000


@dataclass
class Surface:
    """What light does at [N] points: albedo [3, N], roughness and mirror reflectance at head-on view, glow [3, N]."""

    albedo: Points
    roughness: float = 0.6
    reflectance: float = 0.03
    glow: Points | None = None


Material = Callable[[Points, Points], Surface]


def plain(r: float, g: float, b: float, roughness: float = 0.6, reflectance: float = 0.03) -> Material:
    """One colour (linear RGB) all over."""
    return lambda p, _n: Surface(vector(r, g, b) * np.ones_like(p), roughness, reflectance)


@dataclass
class Thing:
    """A solid and its surface; `center` and `radius` bound it, or `ceiling` from above, to spare other rays."""

    distance: Distance
    material: Material
    center: tuple[float, float, float] = (0, 0, 0)
    radius: float = np.inf
    bump: Distance | None = None
    ceiling: float | None = None


@dataclass
class Sun:
    """A far light: where it stands, its linear RGB strength, and how wide it is (radians, one standard deviation)."""

    toward: tuple[float, float, float]
    colour: tuple[float, float, float]
    spread: float = 0.02


@dataclass
class Camera:
    """Where from, where to, how wide along the longer side; `aperture` is the lens's radius, 0 for all sharp."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    fov_degrees: float = 40.0
    aperture: float = 0.0
    focus: float | None = None


@dataclass
class Haze:
    """Air that thickens with distance: density per unit, colour towards a direction; thinner with height if `fall` > 0.

    With `shafts` > 0 the sun shines into it: per unit so much of its light is sent
    on to the eye wherever no thing is in between.
    """

    density: float
    colour: Callable[[Points], Points]
    fall: float = 0.0
    shafts: float = 0.0


@dataclass
class Scene:
    """Everything that `render` needs; `reach` is how far it looks, `steps` and `detail` how carefully it marches."""

    things: list[Thing]
    camera: Camera
    sun: Sun
    sky: Callable[[Points], Points]
    haze: Haze | None = None
    reach: float = 40.0
    steps: int = 110
    bounce_reach: float = 8.0
    caution: float = 0.9
    detail: float = 0.0004


def _span(thing: Thing, o: Points, d: Points, reach: Field) -> tuple[Field, Field]:
    """Where rays may be inside the thing's bounds: from, to (to < from: never)."""
    low, high = np.zeros(o.shape[1], np.float32), reach
    if thing.ceiling is not None:
        above = o[1] - np.float32(thing.ceiling)
        cross = -above / np.where(np.abs(d[1]) < 1e-6, np.float32(-1e-6), d[1])
        low = np.where(above > 0, np.where(d[1] < 0, cross, np.float32(np.inf)), low)
        high = np.where((above <= 0) & (d[1] > 0), np.minimum(high, cross), high)
    if np.isfinite(thing.radius):
        offset = o - vector(*thing.center)
        b = np.einsum("ij,ij->j", offset, d)
        root = b * b - np.einsum("ij,ij->j", offset, offset) + np.float32(thing.radius**2)
        half = np.sqrt(np.maximum(root, 0))
        low = np.maximum(low, -b - half)
        high = np.where(root > 0, np.minimum(high, half - b), np.float32(-1))
    return low, high


def march(
    scene: Scene, origin: Points, direction: Points, reach: float, *, any_hit: bool = False
) -> tuple[Field, NDArray[np.int16]]:
    """How far each ray goes before it meets a thing, [N], and which (-1: none within reach).

    Things are met one after the other, each only by the rays that cross its bounds; `any_hit` is enough for shadows.
    """
    distance = np.full(origin.shape[1], reach, np.float32)
    number = np.full(origin.shape[1], -1, np.int16)
    for which, thing in enumerate(scene.things):
        low, high = _span(thing, origin, direction, distance)
        crossing = high > low
        if any_hit:
            crossing &= number < 0
        rays = np.flatnonzero(crossing)
        if not rays.size:
            continue
        o, d, t, end = origin[:, rays], direction[:, rays], low[rays], high[rays]
        for step in range(scene.steps):
            gap = thing.distance(o + d * t)
            near = scene.detail * (1 + t)
            if step == scene.steps - 1:
                near = near * 30  # Rays that still creep along an edge are taken to touch it.
            hit = (gap < near) & (t <= end)
            here = t + gap * np.float32(scene.caution)
            if hit.any():
                distance[rays[hit]] = here[hit]
                number[rays[hit]] = which
            t = np.maximum(t, here)
            stay = np.flatnonzero(~hit & (t <= end))
            if not stay.size:
                break
            if stay.size < 0.9 * t.size:
                rays, o, d, t, end = rays[stay], o[:, stay], d[:, stay], t[stay], end[stay]
            elif hit.any():
                end = np.where(hit, np.float32(-1), end)
    return distance, number


def _normal(thing: Thing, p: Points, t: Field) -> Points:
    """Outward normals by a tetrahedron of differences, with the thing's bump laid over them."""
    h = np.maximum(t * np.float32(4e-4), np.float32(1e-3))
    n = np.zeros_like(p)
    for k in ((1, -1, -1), (-1, -1, 1), (-1, 1, -1), (1, 1, 1)):
        e = vector(*k)
        n += e * thing.distance(p + e * h)
    n = normalize(n)
    if thing.bump is not None:
        here = thing.bump(p)
        slope = np.stack([thing.bump(p + vector(*axis) * h) - here for axis in np.eye(3)]) / h
        slope -= n * np.sum(slope * n, axis=0)
        n = normalize(n - slope)
    return n


def _scatter(n: Points, rng: np.random.Generator) -> Points:
    """Directions about the normals, as often as the cosine is large."""
    z = rng.uniform(-1, 1, n[0].shape).astype(np.float32)
    a = rng.uniform(0, 2 * np.pi, n[0].shape).astype(np.float32)
    r = np.sqrt(1 - z * z)
    return normalize(n * np.float32(1.001) + np.stack([r * np.cos(a), r * np.sin(a), z]))


def _about(direction: Points, spread: float, rng: np.random.Generator) -> Points:
    return normalize(direction + rng.normal(0, spread, direction.shape).astype(np.float32))


@dataclass
class _Hits:
    p: Points
    n: Points
    surface: list[tuple[NDArray[np.intp], Surface]]
    albedo: Points
    sunlight: Points


def _meet(scene: Scene, o: Points, d: Points, t: Field, who: NDArray[np.int16], rng: np.random.Generator) -> _Hits:
    """Where rays met things: point, normal, surface and the sun's light on it (irradiance / pi, [3, N])."""
    p = o + d * t
    n = np.zeros_like(p)
    albedo = np.zeros_like(p)
    surfaces = []
    for number in np.unique(who):
        index = np.flatnonzero(who == number)
        thing = scene.things[number]
        n[:, index] = _normal(thing, p[:, index], t[index])
        surface = thing.material(p[:, index], n[:, index])
        albedo[:, index] = surface.albedo
        surfaces.append((index, surface))
    facing_away = np.sum(n * d, axis=0) > 0
    n = np.where(facing_away, -n, n)
    toward = _about(normalize(vector(*scene.sun.toward)) * np.ones_like(p), scene.sun.spread, rng)
    cosine = np.maximum(np.sum(n * toward, axis=0), 0)
    lit = np.flatnonzero(cosine > 0)
    if lit.size and max(scene.sun.colour) > 0:
        lift = 4 * scene.detail * (1 + t[lit])
        _, blocker = march(scene, p[:, lit] + n[:, lit] * lift, toward[:, lit], scene.reach, any_hit=True)
        cosine[lit] *= blocker < 0
    return _Hits(p, n, surfaces, albedo, cosine * vector(*scene.sun.colour))


def _glance(scene: Scene, o: Points, d: Points, rng: np.random.Generator, reach: float) -> Points:
    """Light that comes back along rays that only have to look right in a reflection or as bounced light."""
    t, who = march(scene, o, d, reach)
    light = scene.sky(d)
    index = np.flatnonzero(who >= 0)
    if index.size:
        hits = _meet(scene, o[:, index], d[:, index], t[index], who[index], rng)
        colour = hits.albedo * (hits.sunlight + 0.6 * scene.sky(hits.n))
        for part, surface in hits.surface:
            if surface.glow is not None:
                colour[:, part] += surface.glow
        light[:, index] = _hazy(scene, colour, d[:, index], t[index], o[1, index])
    return light


def _hazy(scene: Scene, colour: Points, d: Points, t: Field, height: Field) -> Points:
    if scene.haze is None:
        return colour
    amount = scene.haze.density * t
    if scene.haze.fall > 0:
        drop = np.clip(scene.haze.fall * d[1] * t, -8, 30)
        drop = np.where(np.abs(drop) < 1e-3, np.float32(1e-3), drop)
        amount = amount * np.exp(-scene.haze.fall * np.maximum(height, 0)) * (1 - np.exp(-drop)) / drop
    through = np.exp(-amount)
    return colour * through + scene.haze.colour(d) * (1 - through)


def _trace(scene: Scene, o: Points, d: Points, rng: np.random.Generator) -> Light:
    """One sample of each ray: plain light, albedo, bounced light, normal, 1/distance, sunlight, shafts, [19, N]."""
    out = np.zeros((19, o.shape[1]), np.float32)
    t, who = march(scene, o, d, scene.reach)
    out[:3] = scene.sky(d)
    if scene.haze is not None and scene.haze.shafts > 0:
        out[16:] = _shafts(scene, scene.haze, o, d, np.minimum(t, 0.6 * scene.reach), rng)
    index = np.flatnonzero(who >= 0)
    if not index.size:
        return out
    o, d, t, who = o[:, index], d[:, index], t[index], who[index]
    hits = _meet(scene, o, d, t, who, rng)
    p, n = hits.p, hits.n
    colour = np.zeros_like(p)
    through = np.ones_like(colour)
    lift = 4 * scene.detail * (1 + t)
    toward = vector(*scene.sun.toward) / np.linalg.norm(scene.sun.toward)
    for part, surface in hits.surface:
        if surface.glow is not None:
            colour[:, part] += surface.glow
        if surface.reflectance <= 0:
            continue
        dn, nn = d[:, part], n[:, part]
        facing = np.clip(-np.sum(dn * nn, axis=0), 0, 1)
        share = surface.reflectance + (1 - surface.reflectance) * (1 - facing) ** 5 * (1 - 0.85 * surface.roughness)
        half = normalize(toward - dn)
        shine = np.maximum(np.sum(half * nn, axis=0), 0)
        power = np.float32(2 / max(surface.roughness, 0.06) ** 4)
        glint = shine**power * np.float32((power + 2) / 8) * (surface.reflectance * 2)
        colour[:, part] += np.minimum(glint, 6) * hits.sunlight[:, part]
        through[:, part] = 1 - share
        if surface.roughness < 0.5:
            back = dn + 2 * facing * nn
            back = _about(back, 0.5 * surface.roughness**2, rng)
            back[:, :] = np.where(np.sum(back * nn, axis=0) < 0, dn + 2 * facing * nn, back)
            seen = _glance(scene, p[:, part] + nn * lift[part], back, rng, scene.reach)
        else:
            seen = scene.sky(nn)
        colour[:, part] += share * seen
    # Bounced light is smoothed later on, so half of the rays, counted twice, will do.
    half_of_them = np.flatnonzero(rng.random(t.size) < 0.5)
    start = p[:, half_of_them] + n[:, half_of_them] * lift[half_of_them]
    seen = _glance(scene, start, _scatter(n[:, half_of_them], rng), rng, scene.bounce_reach)
    bounced = np.zeros_like(p)
    bounced[:, half_of_them] = 2 * np.minimum(seen, 8)
    clear = _clearness(scene, d, t, o[1])
    out[:3, index] = _hazy(scene, colour, d, t, o[1])
    out[3:6, index] = hits.albedo * through * clear
    out[6:9, index] = bounced
    out[9:12, index] = n
    out[12, index] = 1 / (t + 0.5)
    out[13:16, index] = hits.sunlight
    return out


def _shafts(scene: Scene, haze: Haze, o: Points, d: Points, t: Field, rng: np.random.Generator) -> Points:
    """Sunlight that the haze along each ray sends to the eye, from one point of the ray chosen at random, [3, N]."""
    toward = normalize(vector(*scene.sun.toward))
    s = t * rng.random(t.size, dtype=np.float32)
    p = o + d * s
    _, blocker = march(scene, p, toward * np.ones_like(p), scene.reach, any_hit=True)
    # Droplets throw most of the light forward (Henyey and Greenstein, 1941, with g = 0.6).
    cosine = np.sum(d * toward, axis=0)
    forward = 0.64 / (1.36 - 1.2 * cosine) ** 1.5
    amount = haze.shafts * t * np.exp(-haze.density * s) * forward * (blocker < 0)
    return amount * vector(*scene.sun.colour)


def _clearness(scene: Scene, d: Points, t: Field, height: Field) -> Points:
    """What share of a thing's own light the haze lets through, [3, N]."""
    black = _hazy(scene, np.zeros_like(d), d, t, height)
    white = _hazy(scene, np.ones_like(d), d, t, height)
    return white - black


def _smooth(light: Light, guides: Light, passes: int) -> Light:
    """A-trous smoothing of [H, W, 3] light that stops at edges of [H, W, K] guides."""
    taps = ((-1, 0.25), (0, 0.5), (1, 0.25))
    for level in range(passes):
        step = 2**level
        pad = ((step, step), (step, step), (0, 0))
        wide, edges = np.pad(light, pad, mode="edge"), np.pad(guides, pad, mode="edge")
        total = np.zeros_like(light)
        weights = np.zeros((*light.shape[:2], 1), np.float32)
        height, width = light.shape[:2]
        for dy, wy in taps:
            for dx, wx in taps:
                ys = slice(step + dy * step, step + dy * step + height)
                xs = slice(step + dx * step, step + dx * step + width)
                apart = np.sum((edges[ys, xs] - guides) ** 2, axis=2, keepdims=True)
                w = np.float32(wy * wx) * np.exp(-apart)
                total += w * wide[ys, xs]
                weights += w
        light = total / weights
    return light


def render(scene: Scene, width: int, height: int, samples: int, seed: int = 1) -> Light:
    """The scene as linear light, float32 [height, width, 3]; the same arguments give the same picture."""
    camera = scene.camera
    eye, target = vector(*camera.eye), vector(*camera.target)
    forward = normalize(target - eye)
    right = normalize(np.cross(forward.T, [[0, 1, 0]]).T.astype(np.float32))
    up = np.cross(right.T, forward.T).T.astype(np.float32)
    half = np.float32(np.tan(np.radians(camera.fov_degrees) / 2) / max(width, height) * 2)
    focus = camera.focus if camera.focus is not None else float(np.linalg.norm(target - eye))
    total = np.zeros((19, width * height), np.float32)
    for sample in range(samples):
        for first in range(0, width * height, _CHUNK):
            rng = np.random.default_rng((seed, sample, first))
            pixel = np.arange(first, min(first + _CHUNK, width * height))
            jitter = rng.random((4, pixel.size), dtype=np.float32)
            x = (pixel % width + jitter[0] - width / 2).astype(np.float32) * half
            y = (height / 2 - pixel // width - jitter[1]).astype(np.float32) * half
            d = forward + right * x + up * y
            # Lens points are spread evenly over the samples of a pixel.
            radius = np.float32(camera.aperture) * np.sqrt(jitter[2])
            angle = 2 * np.pi * (sample * 0.618034 + jitter[3] / samples + 0.1 * jitter[0]).astype(np.float32)
            lens = right * (radius * np.cos(angle)) + up * (radius * np.sin(angle))
            o = eye + lens
            d = normalize(d * np.float32(focus) - lens)
            total[:, pixel] += _trace(scene, o, d, rng)
    layers = (total / samples).reshape(19, height, width).transpose(1, 2, 0)
    guides = layers[..., 9:13] * np.array([2.5, 2.5, 2.5, 12], np.float32)
    bounced = _smooth(layers[..., 6:9], guides, passes=5 if max(width, height) > 400 else 4)
    # Shadows keep their edges: where sunlight, slightly blurred, changes, it is not smoothed.
    sunlight: Light = layers[..., 13:16]
    edge = blur(np.sqrt(sunlight[..., :1] / (0.3 + max(scene.sun.colour))), 1.6 * max(width, height) / 960)
    sunlight = _smooth(sunlight, np.concatenate([guides, 7 * edge], axis=2), passes=3)
    shafts: Light = layers[..., 16:]
    if shafts.any():
        # Light in air has no edges of its own but those of the things before it.
        shafts = blur(_smooth(shafts, 0.5 * guides[..., 3:], passes=5), max(width, height) / 320)
    return layers[..., :3] + layers[..., 3:6] * (bounced + sunlight) + shafts
