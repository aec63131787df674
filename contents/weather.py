"""Clouds and small waves, for the scenes out of doors."""

from __future__ import annotations

import numpy as np

from contents.shapes import (
    Field,
    Points,
    fade,
    noise2,
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
