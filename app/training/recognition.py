"""How well the autoencoder knows a rival's picture again among those most easily taken for it.

The picture under mild change (matched) is set against the same photograph in another style, another photograph in the
same style, another deal's picture, the bare photograph and the mirrored picture (mismatched).
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import images
from app.judging.features.autoencoder import POOLS, SIDE_PX, load_decoder, load_encoder, paint_again, pool, see
from app.training import teachers

Array = NDArray[np.float32]
Cosines = NDArray[np.float64]

#: What must not matter.
MILD = ("shifted by 2 px", "JPEG of quality 85", "scaled by 0.5 and back")


def jpeg(picture: Array, quality: int) -> Array:
    """Return the picture, compressed."""
    buffer = io.BytesIO()
    Image.fromarray(images.to_bytes(picture)).save(buffer, "JPEG", quality=quality)
    return images.from_bytes(np.asarray(Image.open(buffer)))


def shifted(picture: Array, by_px: int) -> Array:
    """Return the picture moved to the right, its left edge drawn out."""
    return np.concatenate([picture[:, :1].repeat(by_px, axis=1), picture[:, :-by_px]], axis=1)


def halved(picture: Array) -> Array:
    """Return the picture at half its size and back."""
    height, width = picture.shape[:2]
    return images.resize(images.resize(picture, height=height // 2, width=width // 2), height=height, width=width)


def share_above(matched: Cosines, mismatched: Cosines) -> float:
    """Return the share of pairs in which the matched is above the mismatched: the area under the ROC curve."""
    above = matched[:, None] > mismatched[None]
    return float(np.mean(above + 0.5 * (matched[:, None] == mismatched[None])))


def beside(deals: list[tuple[Array, Array]]) -> tuple[list[Array], dict[str, list[Array]]]:
    """Return the rival's picture of each deal, and what is set beside it, kind by kind."""
    magenta, count = teachers.MagentaTeacher(), len(deals)
    vectors = [magenta.style_vector(style) for _, style in deals]
    own = [magenta.paint(content, vectors[i]) for i, (content, _) in enumerate(deals)]
    return own, {
        MILD[0]: [shifted(p, 2) for p in own],
        MILD[1]: [jpeg(p, 85) for p in own],
        MILD[2]: [halved(p) for p in own],
        "another style": [magenta.paint(c, vectors[(i + 5) % count]) for i, (c, _) in enumerate(deals)],
        "another photograph": [magenta.paint(deals[(i + 7) % count][0], vectors[i]) for i in range(count)],
        "another deal's": [own[(i + 5) % count] for i in range(count)],
        "bare photograph": [content for content, _ in deals],
        "mirrored": [p[:, ::-1] for p in own],
    }


def measure_autoencoder(deals: list[tuple[Array, Array]]) -> dict[str, Any]:
    """Return mean cosines and areas under the ROC curve, for the map and the vector, and how well it paints again."""
    own, others = beside(deals)
    encoder = load_encoder()

    def small(pictures: list[Array]) -> Array:
        return np.stack([images.resize(p, height=SIDE_PX, width=SIDE_PX) for p in pictures])

    def looked_at(pictures: list[Array]) -> dict[str, Cosines]:
        seen = see(encoder, small(pictures))
        maps = [np.concatenate([w * pool(c, by).ravel() for by, w in POOLS]) for c in seen.cells.astype(np.float64)]
        views = {"map": np.stack(maps), "vector": seen.vectors.astype(np.float64)}
        return {name: v / np.linalg.norm(v, axis=-1, keepdims=True) for name, v in views.items()}

    first = looked_at(own)
    found = {kind: looked_at(pictures) for kind, pictures in others.items()}
    again = paint_again(encoder, load_decoder(), small(own))
    figures: dict[str, Any] = {
        "deals": len(deals),
        "mean absolute difference of pictures painted again": round(float(np.abs(again - small(own)).mean()), 4),
    }
    for view, units in first.items():
        cosines = {kind: np.sum(units * seen[view], axis=-1) for kind, seen in found.items()}
        mild = np.concatenate([cosines[kind] for kind in MILD])
        figures[f"mean cosine of the {view}"] = {k: round(float(c.mean()), 3) for k, c in cosines.items()}
        figures[f"area under the ROC curve, {view}, mild change against"] = {
            kind: round(share_above(mild, c), 4) for kind, c in cosines.items() if kind not in MILD
        }
    return figures
