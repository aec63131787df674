"""What stays of the photograph: its colours, and its pixels outside the mask."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app import images
from app.colour import LUMA_601
from app.images import Picture
from app.rivals.request_pictures import Mask

#: What varies less than this (standard deviation, two steps of eight bits) along an axis of colour is rounding and
#: compression: it is not blown up to the photograph's variety.
FAINT = 2 / 255
#: Large pictures are worked through in bands of so many rows, so that no float64 or whole copy of them is needed.
BAND_ROWS = 256


def keep_photographs(painted: Picture, content: Picture) -> Picture:
    """Return the brightness of `painted` with the colours of `content`, both H x W x 3 of the same shape, in [0, 1].

    Luminance-only transfer in YIQ (Gatys et al. 2016, Preserving Color in Neural Artistic Style Transfer): Y of the
    one, I and Q of the other. Where that leaves [0, 1], I and Q shrink together until it does not, so that brightness
    and hue are exact everywhere and only saturation yields.
    """
    result = np.empty(painted.shape, np.float32)
    for rows in _bands(painted.shape[0]):
        luma = np.clip(painted[rows] @ LUMA_601, 0, 1)[..., None]
        chroma = content[rows] - (content[rows] @ LUMA_601)[..., None]
        room = np.where(chroma > 0, 1 - luma, luma)
        fits = (room / np.maximum(np.abs(chroma), 1e-9)).min(axis=2, keepdims=True)
        result[rows] = np.clip(luma + np.minimum(fits, 1) * chroma, 0, 1)
    return result


def matched(style: Picture, content: Picture) -> Picture:
    """Return the painting with the photograph's mean colour and covariance of colours; any sizes, H x W x 3 in [0, 1].

    The linear map of "Preserving Color in Neural Artistic Style Transfer" (Gatys et al. 2016), with the one among
    its solutions that moves colours least (Pitie and Kokaram 2007): A = R^-1 (R S R)^1/2 R^-1, R the symmetric root
    of the painting's covariance and S the photograph's. A painting that hardly varies along some axis of colour, as a
    grey one does, keeps doing so.
    """
    mean, covariance = statistics(style)
    wanted_mean, wanted = statistics(content)
    root, inverse = _roots(covariance)
    middle, _ = _roots(root @ wanted @ root)
    turn = inverse @ middle @ inverse
    shift = wanted_mean - turn @ mean
    moved = style @ np.asarray(turn.T, np.float32) + np.asarray(shift, np.float32)
    return np.clip(moved, 0, 1, dtype=np.float32)


def statistics(picture: Picture) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean colour [3] and the colours' covariance [3, 3] of H x W x 3."""
    count = picture.shape[0] * picture.shape[1]
    mean: NDArray[np.float64] = picture.mean(axis=(0, 1), dtype=np.float64)
    covariance = np.zeros((3, 3))
    for rows in _bands(picture.shape[0]):
        apart = picture[rows].reshape(-1, 3) - mean
        covariance += apart.T @ apart
    return mean, covariance / count


def mask_at(mask: Mask, *, height: int, width: int) -> Mask:
    """Return the mask stretched to height x width, float32 in [0, 1]."""
    return images.resize(mask[:, :, None], height=height, width=width)[:, :, 0]


def masked(painted: Picture, content: Picture, mask: Mask) -> Picture:
    """Return `painted` where the mask is 1, `content` where it is 0, and both in its measure between; one shape."""
    share = mask_at(mask, height=content.shape[0], width=content.shape[1])[:, :, None]
    return np.asarray(content + share * (painted - content), np.float32)


def _roots(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The symmetric root of a covariance, and its inverse, in which axes that are fainter than `FAINT` are left out."""
    spread, axes = np.linalg.eigh(covariance)
    spread = np.sqrt(np.maximum(spread, 0))
    inverse = np.divide(1.0, spread, out=np.zeros(3), where=spread > FAINT)
    return (axes * spread) @ axes.T, (axes * inverse) @ axes.T


def _bands(height: int) -> list[slice]:
    return [slice(top, min(top + BAND_ROWS, height)) for top in range(0, height, BAND_ROWS)]
