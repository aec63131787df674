"""Makes the textures of our brushes: `python -m brushes.make` writes every PNG of this folder again, always the same.

A texture is grey and alpha: the alpha is how much paint a spot carries, the grey how dark or light that paint is (128
is the colour itself). A brush that turns along its stroke is drawn here as if it moved to the right.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Plane = NDArray[np.float64]

SIDE = 256
PAPER_SIDE = 512


def noise(rng: np.random.Generator, shape: tuple[int, int], *, finest: float, coarsest: float, slope: float) -> Plane:
    """Seamless noise from 0 to 1, every value as frequent as the other.

    Waves between `finest` and `coarsest` pixels, their strength falling with frequency to the power of `slope`.
    """
    waves = np.fft.rfft2(rng.standard_normal(shape))
    frequency = np.hypot(np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None])
    band = np.exp(-((frequency * finest) ** 4)) * (1 - np.exp(-((frequency * coarsest) ** 2)))
    waves *= band / np.maximum(frequency, 1e-6) ** slope
    field = np.fft.irfft2(waves, s=shape)
    order = np.empty(field.size)
    order[np.argsort(field, axis=None, kind="stable")] = np.linspace(0, 1, field.size)
    return order.reshape(shape)


def streaks(rng: np.random.Generator, count: int, *, finest: float, slope: float) -> Plane:
    """Seamless one-dimensional noise from 0 to 1, for bristles side by side."""
    waves = np.fft.rfft(rng.standard_normal(count))
    frequency = np.fft.rfftfreq(count)
    waves *= np.exp(-((frequency * finest) ** 4)) / np.maximum(frequency, 1 / count) ** slope
    field = np.fft.irfft(waves, n=count)
    order = np.empty(count)
    order[np.argsort(field, kind="stable")] = np.linspace(0, 1, count)
    return order


def smooth(low: Plane | float, high: Plane | float, value: Plane) -> Plane:
    """0 below `low`, 1 above `high`, smooth between; falling where low is above high."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def grid() -> tuple[Plane, Plane, Plane]:
    """x, y from -1 to 1 and the distance from the centre."""
    line = (np.arange(SIDE) + 0.5) / SIDE * 2 - 1
    x, y = np.meshgrid(line, line)
    return x, y, np.hypot(x, y)


Made = tuple[Plane, Plane | float]


def round_tip(_rng: np.random.Generator) -> Made:
    """A cone: the hardness of the brush makes a disc of it."""
    _, _, r = grid()
    return np.clip(1 - r, 0, 1), 0.5


def airbrush(rng: np.random.Generator) -> Made:
    """A mist that is thickest in its middle, of fine drops."""
    _, _, r = grid()
    mist = np.exp(-((r / 0.42) ** 2)) * smooth(1.0, 0.7, r)
    drops = noise(rng, (SIDE, SIDE), finest=2.0, coarsest=12, slope=0.3)
    return mist * (0.55 + 0.9 * (drops - 0.0)) * 0.7, 0.5


def grain_tip(rng: np.random.Generator) -> Made:
    """Sand: single hard grains of all sizes, fewer to the rim."""
    x, y, _ = grid()
    coverage = np.zeros((SIDE, SIDE))
    for _ in range(230):
        far, turn = rng.uniform(0, 1) ** 0.75 * 0.96, rng.uniform(0, 2 * np.pi)
        size = 0.008 + 0.026 * rng.uniform(0, 1) ** 3
        lean, flat_ = rng.uniform(0, np.pi), rng.uniform(0.55, 1.0)
        right, down = x - far * np.cos(turn), y - far * np.sin(turn)
        along = right * np.cos(lean) + down * np.sin(lean)
        aside = (down * np.cos(lean) - right * np.sin(lean)) / flat_
        grain = smooth(size + 0.006, size - 0.006, np.hypot(along, aside)) * rng.uniform(0.55, 1.0)
        coverage = np.maximum(coverage, grain)
    return coverage, 0.5


def flat(rng: np.random.Generator) -> Made:
    """A broad even edge of fine hair."""
    x, y, _ = grid()
    hair = streaks(rng, SIDE, finest=5, slope=0.6)[:, None]
    broad = streaks(rng, SIDE, finest=24, slope=1.0)[:, None]
    end = 0.13 + 0.05 * streaks(rng, SIDE, finest=8, slope=0.8)[:, None]
    body = smooth(1.0, 0.55, np.abs(x) / end) * smooth(0.97, 0.90, np.abs(y))
    return body * (0.72 + 0.28 * smooth(0.1, 0.5, hair)), 0.15 + 0.35 * hair + 0.35 * broad


def filbert(rng: np.random.Generator) -> Made:
    """Soft hair cut to an oval tongue."""
    x, y, _ = grid()
    hair = streaks(rng, SIDE, finest=6, slope=0.6)[:, None]
    broad = streaks(rng, SIDE, finest=30, slope=1.0)[:, None]
    oval = np.hypot(x / 0.42, y / 0.93)
    return smooth(1.0, 0.72, oval) * (0.7 + 0.3 * hair), 0.18 + 0.32 * hair + 0.32 * broad


def fan(rng: np.random.Generator) -> Made:
    """Stiff tufts spread apart, each of a few hairs that hold together."""
    x, y, _ = grid()
    coverage, shade = np.zeros((SIDE, SIDE)), np.full((SIDE, SIDE), 0.5)
    place = -0.93
    while place < 0.93:
        hairs = int(rng.integers(2, 6))
        tone, load = rng.uniform(0.25, 0.8), rng.uniform(0.55, 1.0)
        for number in range(hairs):
            at = place + number * rng.uniform(0.014, 0.022)
            back = 0.30 * at * at + rng.normal(0, 0.05)
            thick = rng.uniform(0.011, 0.021)
            hair = smooth(1.0, 0.25, np.hypot((x + back) / 0.11, (y - at) / thick)) * load * rng.uniform(0.6, 1.0)
            shade = np.where(hair > coverage, np.clip(tone + rng.normal(0, 0.1), 0, 1), shade)
            coverage = np.maximum(coverage, hair)
        place += hairs * 0.018 + rng.uniform(0.03, 0.09)
    return coverage, shade


def bristle(rng: np.random.Generator) -> Made:
    """Single hog's hairs, each with its own load of paint, and a few gaps where they part."""
    x, y, _ = grid()
    coverage, shade = np.zeros((SIDE, SIDE)), np.full((SIDE, SIDE), 0.5)
    load = streaks(rng, SIDE, finest=5, slope=0.25)
    tone = streaks(rng, SIDE, finest=8, slope=0.8)
    for place in np.linspace(-0.93, 0.93, 190):
        at_y = place + rng.normal(0, 0.006)
        at_x = rng.normal(0, 0.10) * (1.15 - abs(at_y)) - 0.05 * at_y * at_y
        row = int(np.clip((at_y + 1) / 2 * (SIDE - 1), 0, SIDE - 1))
        # At the sides hairs stand apart; in the middle only a few are missing.
        if load[row] < 0.03 + 0.37 * smooth(0.6, 0.98, np.array(abs(at_y))):
            continue
        thick = rng.uniform(0.013, 0.026)
        hair = smooth(1.0, 0.3, np.hypot((x - at_x) / (thick * 2.5), (y - at_y) / thick))
        shade = np.where(hair > coverage, np.clip(tone[row] + rng.normal(0, 0.16), 0, 1), shade)
        coverage = np.maximum(coverage, hair * (0.6 + 0.4 * load[row]))
    return coverage, shade


def dry_brush(rng: np.random.Generator) -> Made:
    """Fine hairs in strands; some strands still have paint, some nearly none."""
    x, y, _ = grid()
    coverage = np.zeros((SIDE, SIDE))
    load = streaks(rng, SIDE, finest=9, slope=0.9)
    for place in np.linspace(-0.95, 0.95, 210):
        at_y, at_x = place + rng.normal(0, 0.006), rng.normal(0, 0.16)
        row = int(np.clip((at_y + 1) / 2 * (SIDE - 1), 0, SIDE - 1))
        strength = float(smooth(0.15, 0.8, load[row])) * rng.uniform(0.45, 1) * (1 - 0.3 * abs(place) ** 3)
        thick = rng.uniform(0.008, 0.017)
        hair = smooth(1.0, 0.2, np.hypot((x - at_x) / (thick * 3.0), (y - at_y) / thick))
        coverage = np.maximum(coverage, hair * strength)
    return coverage, 0.5


def palette_knife(rng: np.random.Generator) -> Made:
    """A slab pressed off a blade: smooth, ragged where paint ran out, a bright ridge along its sides."""
    x, y, _ = grid()
    ragged = streaks(rng, SIDE, finest=5, slope=1.0)[:, None]
    drawn = streaks(rng, SIDE, finest=3, slope=0.35)[:, None]
    broad = streaks(rng, SIDE, finest=40, slope=1.2)[:, None]
    missed = streaks(rng, SIDE, finest=4, slope=0.3)[:, None]
    blade = 0.10 + 0.06 * ragged
    body = smooth(1.0, 0.7, np.abs(x) / blade) * smooth(0.955, 0.925, np.abs(y))
    body = body * (1 - 0.9 * smooth(0.95, 0.99, missed))
    ridge = np.exp(-(((np.abs(y) - 0.90) / 0.030) ** 2))
    valley = np.exp(-(((np.abs(y) - 0.83) / 0.035) ** 2))
    return body, np.clip(0.30 + 0.16 * drawn + 0.26 * broad + 0.5 * ridge - 0.22 * valley, 0, 1)


def impasto(rng: np.random.Generator) -> Made:
    """Paint as thick as it comes: no gaps, but ridges between the hairs that catch the light."""
    x, y, _ = grid()
    ridges = streaks(rng, SIDE, finest=5, slope=0.15)[:, None]
    broad = streaks(rng, SIDE, finest=18, slope=0.8)[:, None]
    end = 0.15 + 0.10 * streaks(rng, SIDE, finest=7, slope=0.5)[:, None] - 0.05 * y * y
    body = smooth(1.0, 0.75, np.abs(x) / end) * smooth(0.95, 0.91, np.abs(y) + 0.03 * ridges)
    # One side in the light, the other in the shade, as on a ridge lit from above.
    lit = np.gradient(ridges, axis=0) * 4.5
    return body, np.clip(0.5 + lit + 0.35 * (broad - 0.5) + 0.15 * (ridges - 0.5), 0, 1)


def oil(rng: np.random.Generator) -> Made:
    """Soft hair full of paint: a rounded end, low broad ridges, a little more of it at the sides."""
    x, y, _ = grid()
    broad = streaks(rng, SIDE, finest=14, slope=0.7)[:, None]
    hair = streaks(rng, SIDE, finest=5, slope=0.3)[:, None]
    end = 0.22 * np.sqrt(np.clip(1 - y * y, 0, 1)) + 0.05 * hair
    body = smooth(1.0, 0.6, np.abs(x) / np.maximum(end, 1e-3)) * smooth(0.96, 0.86, np.abs(y) + 0.05 * (hair - 0.5))
    rim = np.exp(-(((np.abs(y) - 0.84) / 0.05) ** 2))
    return body * (0.82 + 0.18 * hair), np.clip(0.16 + 0.42 * broad + 0.22 * hair + 0.18 * rim, 0, 1)


def ink(rng: np.random.Generator) -> Made:
    """A wet nib: crisp, its rim never quite round."""
    x, y, r = grid()
    turn = np.arctan2(y, x)
    rim = 0.90 + sum(
        rng.uniform(0.006, 0.02) * np.sin(waves * turn + rng.uniform(0, 2 * np.pi)) for waves in (2, 3, 5, 7, 11)
    )
    return smooth(rim + 0.03, rim - 0.03, r), 0.5


def marker(rng: np.random.Generator) -> Made:
    """A chisel of felt."""
    x, y, _ = grid()
    felt = noise(rng, (SIDE, SIDE), finest=3, coarsest=20, slope=0.5)
    box = np.maximum(np.abs(x) / 0.30, np.abs(y) / 0.92)
    return smooth(1.0, 0.93, box) * (0.9 + 0.1 * felt), 0.5


def watercolour(rng: np.random.Generator) -> Made:
    """A wet blot with a wandering shore."""
    x, y, r = grid()
    turn = np.arctan2(y, x)
    shore = 0.84 + sum(
        rng.uniform(0.015, 0.05) / waves**0.5 * np.sin(waves * turn + rng.uniform(0, 2 * np.pi))
        for waves in (2, 3, 4, 5, 7, 9, 13)
    )
    pools = noise(rng, (SIDE, SIDE), finest=110, coarsest=400, slope=2.0)
    return smooth(shore + 0.03, shore - 0.12, r) * (0.65 + 0.35 * pools), 0.5


def charcoal(rng: np.random.Generator) -> Made:
    """The side of a burnt twig: soft dust within a broken edge, with hard crumbs in it."""
    x, y, _ = grid()
    dust = noise(rng, (SIDE, SIDE), finest=5, coarsest=30, slope=0.6)
    clumps = noise(rng, (SIDE, SIDE), finest=22, coarsest=170, slope=1.4)
    bent = np.hypot(x / 0.97, y / 0.80) + 0.35 * (clumps - 0.5) + 0.18 * (dust - 0.5)
    body = smooth(0.98, 0.5, bent)
    return np.clip(body * (0.3 + 0.7 * smooth(0.1, 0.9, 0.5 * clumps + 0.5 * dust)), 0, 1), 0.5


def chalk(rng: np.random.Generator) -> Made:
    """A blunt stick's end: broad, chipped, powdery."""
    x, y, _ = grid()
    chips = noise(rng, (SIDE, SIDE), finest=7, coarsest=70, slope=1.1)
    powder = noise(rng, (SIDE, SIDE), finest=2.5, coarsest=12, slope=0.2)
    square = (np.abs(x) ** 4 + np.abs(y) ** 4) ** 0.25 + 0.22 * (chips - 0.5)
    return smooth(0.86, 0.76, square) * smooth(0.12, 0.55, 0.65 * chips + 0.35 * powder), 0.5


def pencil(rng: np.random.Generator) -> Made:
    """A soft lead's small flat."""
    _x, _y, r = grid()
    crumbs = noise(rng, (SIDE, SIDE), finest=16, coarsest=120, slope=1.0)
    return smooth(0.95, 0.35, r + 0.22 * (crumbs - 0.5)) * (0.6 + 0.4 * crumbs), 0.5


def sponge(rng: np.random.Generator) -> Made:
    """Pores of a natural sponge: webs of paint around holes of two sizes."""
    _, _, r = grid()
    pores = noise(rng, (SIDE, SIDE), finest=15, coarsest=44, slope=0.5)
    holes = noise(rng, (SIDE, SIDE), finest=34, coarsest=110, slope=0.6)
    rim = smooth(0.95, 0.86, r + 0.35 * (holes - 0.5))
    web = smooth(0.34, 0.44, pores) * smooth(0.20, 0.30, holes)
    return rim * web * (0.65 + 0.35 * smooth(0.4, 1.0, pores)), 0.5


def splatter(rng: np.random.Generator) -> Made:
    """Drops flung off a brush: few large ones, many small ones, some with a tail."""
    x, y, _ = grid()
    coverage = np.zeros((SIDE, SIDE))
    large, middling, small = rng.uniform(0.08, 0.17, 2), rng.uniform(0.03, 0.07, 8), rng.uniform(0.009, 0.026, 46)
    for size in np.concatenate([large, middling, small]):
        far, turn = rng.uniform(0, 1) ** 0.7 * (0.93 - size), rng.uniform(0, 2 * np.pi)
        out_x, out_y = np.cos(turn), np.sin(turn)
        right, down = x - far * out_x, y - far * out_y
        along, aside = right * out_x + down * out_y, down * out_x - right * out_y
        stretch = 1 + rng.uniform(0, 1.2) * far
        # Not quite round: surface tension has not had its way yet.
        wobble = 1 + 0.12 * np.sin(3 * np.arctan2(aside, along) + rng.uniform(0, 6)) * rng.uniform(0, 1)
        distance = np.hypot(along / stretch, aside) / wobble
        coverage = np.maximum(coverage, smooth(size + 0.007, size - 0.007, distance))
    return coverage, 0.5


def fingertip(rng: np.random.Generator) -> Made:
    """A soft pad, with the finest of ridges."""
    x, y, _ = grid()
    bent = np.hypot(x / 0.86, y / 0.95)
    loops = np.sin(34 * np.hypot(x + 0.15, y - 0.5) + 6 * noise(rng, (SIDE, SIDE), finest=30, coarsest=200, slope=1.5))
    return smooth(1.0, 0.25, bent) * (0.88 + 0.12 * loops), 0.5


# Noise needs no more steps than these to look the same, and its file is much smaller: journals carry it along.
LEVELS = 51
# Always small on the canvas, or without detail.
SMALL = {"pencil": 128, "airbrush": 128, "smudge": 128}

TEXTURES: dict[str, tuple[Callable[[np.random.Generator], Made], int]] = {
    "round": (round_tip, 1),
    "flat": (flat, 1),
    "filbert": (filbert, 1),
    "fan": (fan, 1),
    "bristle": (bristle, 1),
    "palette-knife": (palette_knife, 1),
    "impasto": (impasto, 1),
    "oil": (oil, 1),
    "dry-brush": (dry_brush, 1),
    "sponge": (sponge, 4),
    "charcoal": (charcoal, 4),
    "chalk": (chalk, 4),
    "pencil": (pencil, 4),
    "ink": (ink, 4),
    "marker": (marker, 1),
    "watercolour": (watercolour, 6),
    "splatter": (splatter, 8),
    "airbrush": (airbrush, 4),
    "grain": (grain_tip, 4),
    "smudge": (fingertip, 1),
}
"""Each texture's maker and how many imprints stand side by side in its PNG."""


def texture(name: str) -> Image.Image:
    """The texture of a brush of ours, grey and alpha."""
    maker, variants = TEXTURES[name]
    squares = []
    side = SMALL.get(name, SIDE)
    for variant in range(variants):
        coverage, shade = maker(np.random.default_rng([*name.encode(), variant]))
        grey = np.broadcast_to(np.asarray(shade, dtype=np.float64), coverage.shape)
        square = np.stack([np.where(coverage > 0, grey, 0.5), np.clip(coverage, 0, 1)], axis=-1)
        squares.append(square.reshape(side, SIDE // side, side, SIDE // side, 2).mean(axis=(1, 3)))
    pixels = np.clip(np.concatenate(squares, axis=1), 0, 1)
    if variants > 1:
        pixels[..., 1] = np.round(pixels[..., 1] * LEVELS) / LEVELS
    levels = np.round(pixels * 255).astype(np.uint8)
    return Image.merge("LA", [Image.fromarray(levels[..., 0]), Image.fromarray(levels[..., 1])])


def paper() -> Image.Image:
    """The paper's height, seamless: the tooth of a rough sheet with finer fibres in it."""
    rng = np.random.default_rng(1874)
    shape = (PAPER_SIDE, PAPER_SIDE)
    tooth = noise(rng, shape, finest=4.0, coarsest=14, slope=0.4)
    fibres = noise(rng, shape, finest=2.2, coarsest=6, slope=0.0)
    waves = noise(rng, shape, finest=10, coarsest=60, slope=1.0)
    height = 0.62 * tooth + 0.2 * fibres + 0.18 * waves
    order = np.empty(height.size)
    order[np.argsort(height, axis=None, kind="stable")] = np.linspace(0, LEVELS, height.size)
    return Image.fromarray((np.round(order.reshape(shape)) * (255 // LEVELS)).astype(np.uint8))


def main() -> None:
    """Write all textures and the paper beside this script."""
    folder = Path(__file__).resolve().parent
    for name in TEXTURES:
        texture(name).save(folder / f"{name}.png", optimize=True)
    paper().save(folder / "paper.png", optimize=True)


if __name__ == "__main__":
    main()
