"""Develops linear light into a photograph: exposure, glow of bright parts, film curve, warmth, vignette, grain, JPEG.

Used by `contents.make`; `blur` and `save` serve `styles.make` as well.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

Light = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Film:
    """How a picture is developed; `warmth` tints lights and `coolness` shadows, all amounts about 0..1."""

    exposure: float = 1.0
    glow: float = 0.05
    contrast: float = 1.0
    saturation: float = 1.05
    warmth: float = 0.05
    coolness: float = 0.04
    vignette: float = 0.25
    grain: float = 0.012


def blur(picture: Light, radius_px: float) -> Light:
    """Gaussian blur of [H, W] or [H, W, C] with standard deviation `radius_px`, mirrored at the edges."""
    if radius_px <= 0:
        return picture
    for axis in (0, 1):
        size = picture.shape[axis]
        pad = min(int(3 * radius_px) + 1, size - 1)
        widths = [(0, 0)] * picture.ndim
        widths[axis] = (pad, pad)
        wide = np.pad(picture, widths, mode="reflect")
        frequency = np.fft.rfftfreq(wide.shape[axis])
        shape = [1] * picture.ndim
        shape[axis] = -1
        gain = np.exp(-2 * (np.pi * radius_px * frequency) ** 2).reshape(shape)
        wide = np.fft.irfft(np.fft.rfft(wide, axis=axis) * gain, n=wide.shape[axis], axis=axis)
        picture = np.take(wide, np.arange(pad, pad + size), axis=axis).astype(np.float32)
    return picture


def luminance(picture: Light) -> Light:
    """How bright [H, W, 3] looks (weights of BT.709), [H, W, 1]."""
    return (picture @ np.array([0.2126, 0.7152, 0.0722], np.float32))[..., None]


def develop(light: Light, film: Film, seed: int = 1) -> Light:
    """Linear light [H, W, 3] of any brightness to an sRGB picture in [0, 1]."""
    height, width = light.shape[:2]
    side = max(height, width)
    x = np.maximum(light, 0) * np.float32(film.exposure)
    x = x + np.float32(film.glow) * (
        blur(np.minimum(x, 6), side / 60) + blur(np.minimum(x, 6), side / 18) - 2 * np.minimum(x, 1)
    )
    x = np.maximum(x, 0)
    # Narkowicz's fit of the ACES film curve (2015).
    x = np.clip(x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14), 0, 1)
    x = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.power(np.maximum(x, 1e-6), 1 / 2.4) - 0.055).astype(np.float32)
    grey = luminance(x)
    x = grey + (x - grey) * np.float32(film.saturation)
    x = np.clip(0.5 + (x - 0.5) * np.float32(film.contrast), 0, 1)
    x = x + film.warmth * grey * np.array([1, 0.25, -0.9], np.float32) * 0.6
    x = x + film.coolness * (1 - grey) ** 2 * np.array([-0.7, 0, 1], np.float32) * 0.5
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    far = ((u / width - 0.5) ** 2 + (v / height - 0.5) ** 2) * 2
    x = x * (1 - np.float32(film.vignette) * far[..., None] ** 1.3)
    rng = np.random.default_rng((seed, 77))
    noise = blur(rng.normal(0, 1, (height, width, 3)).astype(np.float32), 0.6) * 2.2
    noise = noise * 0.35 + noise.mean(axis=2, keepdims=True) * 0.9
    x = x + np.float32(film.grain) * noise * (0.35 + np.sqrt(np.clip(x * (1 - x), 0, 1)))
    return np.clip(x, 0, 1).astype(np.float32)


def save(picture: Light, path: Path, *, most_bytes: int = 250_000, quality: int = 91) -> None:
    """Write an sRGB picture as JPEG, lowering the quality until it fits in `most_bytes`."""
    ImageFile.MAXBLOCK = max(ImageFile.MAXBLOCK, 1 << 22)  # a whole progressive JPEG has to fit in Pillow's buffer
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    while True:
        buffer = io.BytesIO()
        image.save(
            buffer, "JPEG", quality=quality, optimize=True, progressive=True, subsampling=0 if quality > 88 else 2
        )
        if buffer.tell() <= most_bytes or quality <= 70:
            break
        quality -= 2
    path.write_bytes(buffer.getvalue())
