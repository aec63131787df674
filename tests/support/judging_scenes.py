"""Made-up pictures for the judge's tests: landscapes, and imitations of them by fewer and fewer patches."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw


def scene(seed: int, height: int = 192, width: int = 256) -> np.ndarray:
    """A made-up landscape: sky, hills, sun, houses; float32 [height, width, 3] in [0, 1]."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (width, height), tuple(int(v) for v in rng.integers(60, 255, 3)))
    draw = ImageDraw.Draw(image)
    for i in range(4):
        base = height * (0.3 + 0.18 * i)
        colour = tuple(int(v) for v in rng.integers(20, 220, 3))
        phase, waves = rng.uniform(0, 6), rng.uniform(1, 4)
        line = [(x, base + 20 * np.sin(x / width * 6.28 * waves + phase)) for x in range(0, width + 8, 8)]
        draw.polygon([*line, (width, height), (0, height)], fill=colour)
    for _ in range(7):
        x, y, size = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(12, 50)
        draw.ellipse((x, y, x + size, y + size), fill=tuple(int(v) for v in rng.integers(0, 255, 3)))
    return np.asarray(image, np.float32) / 255.0


def imitation(picture: np.ndarray, cells: int) -> np.ndarray:
    """The picture as ``cells`` patches of flat colour on its shorter side: the fewer, the worse."""
    height, width = picture.shape[:2]
    small = Image.fromarray((picture * 255).astype(np.uint8)).resize(
        (cells * width // height, cells), Image.Resampling.BOX
    )
    return np.asarray(small.resize((width, height), Image.Resampling.NEAREST), np.float32) / 255.0
