"""What is done to pictures to try the judge: mild changes, ladders of ever worse ones, re-encodings.

Pictures are float32 H x W x 3, RGB, sRGB, [0, 1]; sizes and places in px. Nothing here is left to chance that is not
drawn from the generator it is given.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from app import images
from app.images import Picture

DEGREES = 7


def shifted(picture: Picture, right: int, down: int) -> Picture:
    """Move a picture; what comes in at the border is its mirror image."""
    height, width = picture.shape[:2]
    rows, columns = _mirrored(np.arange(height) - down, height), _mirrored(np.arange(width) - right, width)
    return np.ascontiguousarray(picture[rows][:, columns])


def rescaled(picture: Picture, factor: float) -> Picture:
    """Shrink and enlarge back."""
    height, width = picture.shape[:2]
    small = images.resize(picture, height=max(1, round(height * factor)), width=max(1, round(width * factor)))
    return images.resize(small, height=height, width=width)


def as_jpeg(picture: Picture, quality: int) -> Picture:
    """Encode as JPEG and read back."""
    buffer = io.BytesIO()
    Image.fromarray(images.to_bytes(picture)).save(buffer, "JPEG", quality=quality)
    return images.from_bytes(np.asarray(Image.open(buffer).convert("RGB")))


def blurred(picture: Picture, sigma_px: float) -> Picture:
    """Blur by a Gaussian."""
    from scipy.ndimage import gaussian_filter

    return np.asarray(gaussian_filter(picture, (sigma_px, sigma_px, 0), mode="reflect"), np.float32)


def noisy(picture: Picture, strength: float, chance: np.random.Generator) -> Picture:
    """Add noise of that standard deviation."""
    noise = chance.standard_normal(picture.shape).astype(np.float32)
    return np.clip(picture + np.float32(strength) * noise, 0, 1)


def brightened(picture: Picture, factor: float) -> Picture:
    """Multiply."""
    return np.clip(picture * np.float32(factor), 0, 1)


def occluded(picture: Picture, share: float, chance: np.random.Generator) -> Picture:
    """Cover a share of a picture with a rectangle of one colour; the same generator, the same place and colour."""
    height, width = picture.shape[:2]
    middle, colour = chance.random(2), chance.random(3).astype(np.float32)
    tall, wide = round(height * math.sqrt(share)), round(width * math.sqrt(share))
    top, left = (
        min(max(round(at * side - size / 2), 0), side - size)
        for at, side, size in zip(middle, (height, width), (tall, wide), strict=True)
    )
    covered = picture.copy()
    covered[top : top + tall, left : left + wide] = colour
    return covered


def erased(picture: Picture, share: float, chance: np.random.Generator) -> Picture:
    """Leave a share of a picture white, in blots; the same generator, the same blots, only larger."""
    from scipy.ndimage import gaussian_filter

    height, width = picture.shape[:2]
    field = gaussian_filter(chance.standard_normal((height, width)), 0.06 * max(height, width), mode="wrap")
    bare = field <= np.quantile(field, share)
    return np.where(bare[..., None], np.float32(1), picture)


def hue_turned(picture: Picture, degrees: float) -> Picture:
    """Turn all hues around the grey axis, luma kept (in YIQ)."""
    turn = math.radians(degrees)
    to_yiq = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
    rotation = np.array(
        [[1, 0, 0], [0, math.cos(turn), -math.sin(turn)], [0, math.sin(turn), math.cos(turn)]], dtype=np.float64
    )
    whole = np.linalg.inv(to_yiq) @ rotation @ to_yiq
    return np.clip(picture @ whole.T.astype(np.float32), 0, 1)


def flattened(picture: Picture, loss: float) -> Picture:
    """Take a share of the contrast, around the mean brightness."""
    middle = np.float32(picture.mean())
    return np.asarray(middle + (picture - middle) * np.float32(1 - loss), np.float32)


def _px(picture: Picture, share: float) -> float:
    return share * max(picture.shape[:2])


def _moved(picture: Picture, share: float, chance: np.random.Generator) -> Picture:
    angle, far = chance.uniform(0, 2 * math.pi), max(1.0, _px(picture, share))
    return shifted(picture, round(far * math.cos(angle)), round(far * math.sin(angle)))


Ladder = Callable[[Picture, float, np.random.Generator], Picture]

#: Ever worse changes; their degrees, from least to most, without the unchanged picture. Blur and shift are shares of
#: the longer side, noise a standard deviation, occlusion, erasing and contrast a share that is lost, hue in degrees.
LADDERS: Mapping[str, tuple[Ladder, tuple[float, ...]]] = {
    "blur": (lambda p, d, _: blurred(p, _px(p, d)), tuple(np.geomspace(0.002, 0.08, DEGREES).tolist())),
    "noise": (noisy, tuple(np.geomspace(0.02, 0.8, DEGREES).tolist())),
    "occlusion": (occluded, tuple(np.geomspace(0.02, 0.9, DEGREES).tolist())),
    "erasing": (erased, tuple(np.geomspace(0.02, 0.9, DEGREES).tolist())),
    "hue turn": (lambda p, d, _: hue_turned(p, d), tuple(np.geomspace(10, 180, DEGREES).tolist())),
    "contrast": (lambda p, d, _: flattened(p, d), tuple(np.geomspace(0.08, 0.95, DEGREES).tolist())),
    "shift": (_moved, tuple(np.geomspace(0.006, 0.25, DEGREES).tolist())),
}

#: What must not matter. Both pictures of the shift are of the size that was asked for.
REENCODINGS: Mapping[str, Callable[[Picture], Picture]] = {
    "shift by 2 px": lambda p: shifted(p, 2, 0),
    "shift by 2 px down": lambda p: shifted(p, 0, 2),
    "scale 0.5 and back": lambda p: rescaled(p, 0.5),
    "JPEG q85": lambda p: as_jpeg(p, 85),
}

_MILD: tuple[Ladder, ...] = (
    lambda p, _, c: shifted(p, int(c.integers(-2, 3)), int(c.integers(-2, 3))),
    lambda p, d, _: as_jpeg(p, round(95 - 25 * d)),
    lambda p, d, _: rescaled(p, 1 - 0.5 * d),
    lambda p, d, _: blurred(p, _px(p, 0.003 * d)),
    lambda p, d, c: noisy(p, 0.02 * d, c),
    lambda p, d, c: brightened(p, 1 + float(c.choice([-1, 1])) * 0.08 * d),
)


def mildly_changed(picture: Picture, chance: np.random.Generator) -> Picture:
    """Do three mild things to a picture, in any order, each from hardly to clearly."""
    for number in chance.choice(len(_MILD), 3, replace=False):
        picture = _MILD[number](picture, float(chance.uniform(0.2, 1.0)), chance)
    return picture


def _mirrored(places: np.ndarray, size: int) -> np.ndarray:
    """Indices beyond either end turn back at it."""
    period = 2 * size
    folded = places % period
    return np.where(folded < size, folded, period - 1 - folded)
