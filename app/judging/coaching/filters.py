"""How a changed drawing is made for a preview: plain raster means for what a painter would do with a brush.

All take and return pictures, float32 H x W x 3, RGB, sRGB, [0, 1], and a mask, float32 H x W in [0, 1], of where;
lengths are shares of the longer side, so that a change is the same at every size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from app import images
from app.colour import from_oklab, to_oklab
from app.images import Picture

#: float32 H x W in [0, 1]: where something is done, and how much.
Plane = NDArray[np.float32]
#: Three numbers [3], Oklab or RGB as is said, in any range.
Colour = NDArray[np.float64]

# Lines are drawn at twice the size and shrunk, or thin ones would be all of one width.
_FINER = 2
_MOST_STROKES = 9000


def shift(picture: Picture, mask: Plane, by: Colour) -> Picture:
    """Move all colours by a step in Oklab [3]."""
    lab = to_oklab(picture.astype(np.float64)) + mask[..., None] * by
    return from_oklab(lab)


def deepen(picture: Picture, mask: Plane, factor: float) -> Picture:
    """Make colours so many times as colourful."""
    lab = to_oklab(picture.astype(np.float64))
    lab[..., 1:] *= 1.0 + mask[..., None] * (factor - 1.0)
    return from_oklab(lab)


def contrast(picture: Picture, mask: Plane, factor: float) -> Picture:
    """Set light and dark so many times as far apart, around the part's own mean lightness."""
    lab = to_oklab(picture.astype(np.float64))
    middle = float((lab[..., 0] * mask).sum() / max(float(mask.sum()), 1e-9))
    lab[..., 0] = middle + (lab[..., 0] - middle) * (1.0 + mask * (factor - 1.0))
    return from_oklab(lab)


def wash(picture: Picture, mask: Plane, colour: Colour, opacity: float) -> Picture:
    """Lay one thin colour, Oklab [3], over what is there; light and dark shine through more than hues."""
    lab = to_oklab(picture.astype(np.float64))
    lab += mask[..., None] * np.array([0.5, 1.0, 1.0]) * min(opacity, 1.0) * (colour - lab)
    return from_oklab(lab)


def cover(picture: Picture, mask: Plane, colour: Colour, opacity: float) -> Picture:
    """Paint one colour, Oklab [3], over what is there."""
    lab = to_oklab(picture.astype(np.float64))
    lab += (np.clip(mask * opacity, 0.0, 1.0))[..., None] * (colour - lab)
    return from_oklab(lab)


def calm(picture: Picture, mask: Plane, strength: float) -> Picture:
    """Let what is smaller than a stroke go under in its surroundings (a median), and keep the edges."""
    side = max(picture.shape[:2])
    size = max(3, 2 * round(strength * side * 0.006) + 1)
    image = Image.fromarray(images.to_bytes(picture))
    for _ in range(2):
        image = image.filter(ImageFilter.MedianFilter(size))
    return _within(picture, images.from_bytes(np.asarray(image)), mask)


def sharpen(picture: Picture, mask: Plane, strength: float) -> Picture:
    """Set the edges off: darker on their dark side, lighter on their light one."""
    radius = max(picture.shape[:2]) * 0.006
    image = Image.fromarray(images.to_bytes(picture))
    sharp = image.filter(ImageFilter.UnsharpMask(radius=radius, percent=round(130 * strength), threshold=1))
    return _within(picture, images.from_bytes(np.asarray(sharp)), mask)


@dataclass(frozen=True, eq=False)
class RepaintStrokes:
    """Strokes to repaint with.

    Attributes:
        width, length: shares of the longer side.
        angles: where they go, radians from rightwards towards downwards, [h, w] at any size of the drawing's shape.
        unevenness: by how much their tones differ, in steps of sRGB 0..1.
        layers: how many of them lie on every place, on average.
    """

    width: float
    length: float
    angles: Plane
    unevenness: float
    layers: float


def repaint(
    picture: Picture,
    mask: Plane,
    source: Picture,
    strokes: RepaintStrokes,
    *,
    where: Plane | None = None,
    seed: int = 1,
) -> Picture:
    """Paint strokes over a picture in the colours that ``source`` has under them (its size may differ).

    The same strokes for the same seed, whatever the size; so ``mask``, which says where they are
    set down, may be of another, and ``where``, beyond which they are not seen; the same by default.
    """
    height, width = picture.shape[:2]
    side = max(height, width)
    rng = np.random.default_rng([seed, 1886])
    area = float(mask.mean()) * (height / side) * (width / side)
    count = min(_MOST_STROKES, int(strokes.layers * area / (strokes.width * strokes.length)) + 1)
    spots = _spots(mask, count, rng)
    colours = _taken(_blurred(source, strokes.width * max(source.shape[:2]) / 2), spots)
    colours = np.clip(colours + rng.normal(0.0, 1.0, (count, 1)) * strokes.unevenness, 0.0, 1.0)
    angles = _taken(strokes.angles[..., None], spots)[:, 0] + rng.normal(0.0, 0.12, count)
    reach = strokes.length / 2 * rng.uniform(0.6, 1.3, count) * side * _FINER
    middles = spots[:, ::-1] * (width * _FINER, height * _FINER)
    ways = np.stack([np.cos(angles), np.sin(angles)], axis=1) * reach[:, None]
    canvas = Image.fromarray(images.to_bytes(picture)).resize(
        (width * _FINER, height * _FINER), Image.Resampling.BICUBIC
    )
    draw = ImageDraw.Draw(canvas)
    thickness = max(1, round(strokes.width * side * _FINER))
    r = thickness / 2
    for middle, way, colour in zip(middles, ways, np.rint(colours * 255).astype(int).tolist(), strict=True):
        (x0, y0), (x1, y1) = (middle - way).tolist(), (middle + way).tolist()
        fill = tuple(colour)
        draw.line((x0, y0, x1, y1), fill=fill, width=thickness)
        if thickness > 3:
            draw.ellipse((x0 - r, y0 - r, x0 + r, y0 + r), fill=fill)
            draw.ellipse((x1 - r, y1 - r, x1 + r, y1 + r), fill=fill)
    painted = images.from_bytes(np.asarray(canvas.resize((width, height), Image.Resampling.BOX)))
    seen = images.resize((mask if where is None else where)[..., None], height=height, width=width)[..., 0]
    return _within(picture, painted, seen)


def _within(before: Picture, after: Picture, mask: Plane) -> Picture:
    return np.asarray(before + mask[..., None] * (after - before), np.float32)


def _spots(mask: Plane, count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Places within the mask, shares of height and width [count, 2], drawn until enough lie in it."""
    found: list[NDArray[np.float64]] = []
    missing, tries = count, 0
    while missing > 0 and tries < 64:
        tries += 1
        tried = rng.random((2 * count + 16, 3))
        inside = tried[_taken(mask[..., None], tried[:, :2])[:, 0] > tried[:, 2] * 0.5][:missing, :2]
        found.append(inside)
        missing -= len(inside)
    spots = np.concatenate(found)
    return spots if len(spots) == count else np.resize(spots if len(spots) else rng.random((1, 2)), (count, 2))


def _taken(values: NDArray[np.floating], spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values [h, w, c] at places given as shares [n, 2]: [n, c]."""
    rows, columns = ((spots * values.shape[:2]).astype(np.intp)).T
    return np.asarray(values[rows, columns], np.float64)


def _blurred(picture: Picture, radius_px: float) -> Picture:
    image = Image.fromarray(images.to_bytes(picture)).filter(ImageFilter.GaussianBlur(radius_px))
    return images.from_bytes(np.asarray(image))
