"""Ways to a grade without painting: what must not pay."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from app import images
from app.bench.judge import alterations
from app.game.demonstration import recoloured
from app.images import Picture

Make = Callable[[], Picture]

_WORDS = "PASTICHE is a game in which you paint a photograph in a painting's manner "

#: Those that the game promises about; the others of `all_of` are looked at besides.
PROMISED = (
    *("white", "black", "grey", "one colour", "the rival's mean colour"),
    *("white noise", "colour noise", "smooth noise"),
    *("pasted photograph", "pasted painting"),
    *("large text", "small text", "coloured text"),
    *("mirrored imitation", "imitation upside down", "mirrored rival's picture", "rival's picture upside down"),
    *("channels swapped", "hue turned by 120", "hue turned by 180"),
    "tiny drawing in a corner",
)


def all_of(
    content: Picture, style: Picture, rival: Picture, imitation: Picture, chance: np.random.Generator
) -> Mapping[str, Make]:
    """Name every trick and how it is made: pictures of the size of the rival's.

    `imitation` is the most careful sincere one of the rival's picture, in its size.
    """
    height, width = rival.shape[:2]
    shape = (height, width, 3)
    seed = int(chance.integers(2**31))

    def rng(number: int) -> np.random.Generator:
        return np.random.default_rng([seed, number])

    def plain(colour: object) -> Make:
        return lambda: np.broadcast_to(np.asarray(colour, np.float32), shape).copy()

    def fitted(picture: Picture) -> Picture:
        return images.cover(picture, height=height, width=width)

    return {
        "white": plain(1.0),
        "black": plain(0.0),
        "grey": plain(0.5),
        "one colour": plain(rng(0).random(3)),
        "the rival's mean colour": plain(rival.mean((0, 1))),
        "white noise": lambda: np.repeat(rng(1).random((height, width, 1)).astype(np.float32), 3, axis=2),
        "colour noise": lambda: rng(2).random(shape).astype(np.float32),
        "smooth noise": lambda: _smooth(shape, rng(3)),
        "pasted photograph": lambda: fitted(content),
        "pasted painting": lambda: fitted(style),
        "large text": lambda: _text(shape, lines=4, ink=(0, 0, 0), paper=(255, 255, 255)),
        "small text": lambda: _text(shape, lines=24, ink=(0, 0, 0), paper=(255, 255, 255)),
        "coloured text": lambda: _text(shape, lines=10, **_inks(rng(4))),
        "mirrored imitation": lambda: np.ascontiguousarray(imitation[:, ::-1]),
        "imitation upside down": lambda: np.ascontiguousarray(imitation[::-1]),
        "mirrored rival's picture": lambda: np.ascontiguousarray(rival[:, ::-1]),
        "rival's picture upside down": lambda: np.ascontiguousarray(rival[::-1]),
        "channels swapped": lambda: np.ascontiguousarray(imitation[..., [2, 0, 1]]),
        "hue turned by 120": lambda: alterations.hue_turned(imitation, 120),
        "hue turned by 180": lambda: alterations.hue_turned(imitation, 180),
        "tiny drawing in a corner": lambda: _in_a_corner(imitation, rng(5)),
        "pasted photograph, JPEG q60": lambda: alterations.as_jpeg(fitted(content), 60),
        "pasted photograph, moved a little": lambda: alterations.shifted(fitted(content), 3, -2),
        "pasted photograph, blurred": lambda: alterations.blurred(fitted(content), 0.01 * max(height, width)),
        "pasted photograph in the painting's colours": lambda: recoloured(fitted(content), style),
        "pasted painting, whole": lambda: _whole(style, shape),
        "photograph and painting mixed": lambda: (fitted(content) + fitted(style)) / 2,
        "photograph and painting in squares": lambda: _squares(fitted(content), fitted(style)),
        "half photograph, half painting": lambda: _halves(fitted(content), fitted(style)),
        "photograph, the rival's mean colour over it": lambda: (fitted(content) + rival.mean((0, 1))) / 2,
        "rival's picture with swapped channels": lambda: np.ascontiguousarray(rival[..., [2, 0, 1]]),
        "rival's palette in noise": lambda: _shuffled(rival, rng(6)),
        "tiny rival's picture in a corner": lambda: _in_a_corner(rival, rng(7)),
    }


def _smooth(shape: tuple[int, int, int], chance: np.random.Generator) -> Picture:
    height, width, _ = shape
    coarse = chance.random((max(2, height // 32), max(2, width // 32), 3)).astype(np.float32)
    return images.resize(coarse, height=height, width=width)


def _inks(chance: np.random.Generator) -> dict[str, tuple[int, int, int]]:
    ink, paper = (tuple(int(v) for v in chance.integers(0, 256, 3)) for _ in range(2))
    return {"ink": ink, "paper": paper}  # type: ignore[dict-item]


def _text(
    shape: tuple[int, int, int], *, lines: int, ink: tuple[int, int, int], paper: tuple[int, int, int]
) -> Picture:
    height, width, _ = shape
    page = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(page)
    pitch = height / lines
    font = ImageFont.load_default(max(6.0, 0.8 * pitch))
    for number in range(lines):
        words = _WORDS * (1 + 60 * lines // len(_WORDS))
        pen.text((2, number * pitch), words[7 * number :][:400], ink, font)
    return images.from_bytes(np.asarray(page))


def _in_a_corner(picture: Picture, chance: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    small = images.resize(picture, height=max(1, height // 4), width=max(1, width // 4))
    sheet = np.ones_like(picture)
    at_bottom, at_right = chance.integers(0, 2, 2)
    top, left = at_bottom * (height - small.shape[0]), at_right * (width - small.shape[1])
    sheet[top : top + small.shape[0], left : left + small.shape[1]] = small
    return sheet


def _whole(picture: Picture, shape: tuple[int, int, int]) -> Picture:
    """The whole picture in the middle of a white sheet."""
    scale = min(shape[0] / picture.shape[0], shape[1] / picture.shape[1])
    height, width = (max(1, min(side, round(of * scale))) for side, of in zip(shape, picture.shape[:2], strict=False))
    sheet = np.ones(shape, np.float32)
    top, left = (shape[0] - height) // 2, (shape[1] - width) // 2
    sheet[top : top + height, left : left + width] = images.resize(picture, height=height, width=width)
    return sheet


def _squares(first: Picture, second: Picture) -> Picture:
    height, width = first.shape[:2]
    side = max(2, max(height, width) // 8)
    rows, columns = np.indices((height, width)) // side
    return np.where(((rows + columns) % 2 == 0)[..., None], first, second)


def _halves(first: Picture, second: Picture) -> Picture:
    middle = first.shape[1] // 2
    return np.concatenate([first[:, :middle], second[:, middle:]], axis=1)


def _shuffled(picture: Picture, chance: np.random.Generator) -> Picture:
    """All its pixels, each somewhere else."""
    pixels = picture.reshape(-1, 3)
    return np.ascontiguousarray(pixels[chance.permutation(len(pixels))].reshape(picture.shape))
