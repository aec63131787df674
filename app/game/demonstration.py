"""The demonstration's player: the auto-painter, which sees only the deal, as a person does."""

from collections.abc import Callable

import numpy as np

from app import images
from app.game.deck import Deal
from app.images import Picture
from app.painting import autopainter


def draw(
    deal: Deal, *, strokes: int, size: int, seed: int, on_progress: Callable[[int, int], None] | None = None
) -> Picture:
    """Paint the photograph in the painting's colours; the longer side is `size` px at most.

    The same seed gives the same drawing.
    """
    target = recoloured(images.fit_within(deal.content_picture, size), deal.style_picture)
    return autopainter.paint(target, strokes=strokes, seed=seed, on_progress=on_progress).picture()


def recoloured(content: Picture, style: Picture) -> Picture:
    """Give the photograph the painting's mean and spread of colours, with the least change to each pixel.

    The linear Monge-Kantorovitch map of Pitié and Kokaram, "The linear Monge-Kantorovitch linear colour mapping for
    example-based colour transfer", CVMP 2007.
    """
    pixels, palette = content.reshape(-1, 3).astype(np.float64), style.reshape(-1, 3).astype(np.float64)
    # A picture of a single colour has no spread; a trace of it keeps the matrices invertible.
    trace = 1e-4 * np.eye(3)
    own, wanted = np.cov(pixels.T) + trace, np.cov(palette.T) + trace
    root = _root(own)
    inverse = np.linalg.inv(root)
    change = inverse @ _root(root @ wanted @ root) @ inverse
    moved = (pixels - pixels.mean(axis=0)) @ change + palette.mean(axis=0)
    return np.clip(moved, 0, 1).reshape(content.shape).astype(np.float32)


def _root(matrix: np.ndarray) -> np.ndarray:
    """The square root of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
