"""A rival's film: what its picture looked like while it was painted, and the loss beside it."""

from __future__ import annotations

import io
import itertools
import math
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from app import images, mp4
from app.errors import UsageError

#: More are thinned out: enough for a strip to be scrubbed, and 19 MB at most.
MAX_FRAMES = 96
SUFFIXES = (".mp4", ".gif", ".png")
#: A film of its own is not worth a file with fewer pictures than this.
LEAST_FRAMES = 4
#: How long a whole film takes; shorter where there are few frames.
_SECONDS, _LEAST_FPS, _HOLD_S = 8.0, 8.0, 1.5
_SHEET_COLUMNS, _SHEET_GAP_PX, _SHEET_CELLS = 6, 8, 24
_PAPER = 247


@dataclass(frozen=True, eq=False)
class Frame:
    """One moment: `seconds` since the rival began, `step` of `steps`, the objective's `loss` where there is one.

    `picture` is uint8 H x W x 3, RGB, its longer side at most 256 px.
    """

    seconds: float
    step: int
    steps: int
    loss: float | None
    picture: NDArray[np.uint8]


@dataclass
class ProgressFilm:
    """The frames so far, from first to newest; evenly thinned out where there were more than 96.

    Attributes:
        frames: what there is to show. The list is the film's own: read it, and add with `add`.
    """

    frames: list[Frame] = field(default_factory=list)
    _stride: int = 1
    _added: int = 0

    def add(self, frame: Frame) -> None:
        """Take the next moment. The first and the newest always stay."""
        # The newest stands only until the next one comes, unless its turn has come.
        if self.frames and (self._added - 1) % self._stride:
            self.frames.pop()
        self.frames.append(frame)
        self._added += 1
        if len(self.frames) > MAX_FRAMES:
            self._stride *= 2
            kept = self.frames[::2]
            self.frames = kept if kept[-1] is frame else [*kept, frame]

    @property
    def is_worth_keeping(self) -> bool:
        """Whether there is enough of it to be looked at."""
        return len(self.frames) >= LEAST_FRAMES

    def write(self, path: Path) -> None:
        """Write the film as an MP4 (H.264), an endless GIF, or a PNG sheet of up to 24 of its pictures.

        It takes 8 seconds at most and rests on the last picture; the file is whole or as it was before. Raises
        UsageError for another suffix or a film without frames, SaveError where it cannot be written.
        """
        suffix = path.suffix.lower()
        if suffix not in SUFFIXES:
            raise UsageError(f"{path.name} cannot be written: a film ends in {', '.join(SUFFIXES)}.")
        if not self.frames:
            raise UsageError(f"{path.name} cannot be written: there is no film yet.")
        pictures = self._alike()
        if suffix == ".png":
            images.write_pixels(path, _sheet(pictures))
        else:
            images.write_bytes(path, _gif(pictures) if suffix == ".gif" else _mp4(pictures))

    def _alike(self) -> list[NDArray[np.uint8]]:
        """All pictures in the shape of the last one: the first scales are smaller."""
        height, width = self.frames[-1].picture.shape[:2]
        return [
            frame.picture
            if frame.picture.shape[:2] == (height, width)
            else np.asarray(Image.fromarray(frame.picture).resize((width, height), Image.Resampling.BICUBIC))
            for frame in self.frames
        ]


def frame_of(picture: images.Picture, *, seconds: float, step: int, steps: int, loss: float | None) -> Frame:
    """Make a frame of a picture of any size, float32 H x W x 3 in [0, 1]."""
    return Frame(seconds, step, steps, loss, images.to_bytes(images.fit_within(picture, 256)))


def _fps(count: int) -> float:
    return max(_LEAST_FPS, count / (_SECONDS - _HOLD_S))


def _gif(pictures: list[NDArray[np.uint8]]) -> bytes:
    # A GIF counts hundredths of a second.
    each_ms = max(20, round(100 / _fps(len(pictures))) * 10)
    # One set of colours for all, or it would flicker. The last picture is looked at for longest.
    sheet = np.concatenate([pictures[0], pictures[len(pictures) // 4], pictures[len(pictures) // 2], pictures[-1]])
    colours = Image.fromarray(sheet).quantize(255, method=Image.Quantize.MEDIANCUT, kmeans=2)
    paletted = [
        Image.fromarray(picture).quantize(palette=colours, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures
    ]
    durations = [each_ms] * (len(pictures) - 1) + [round(1000 * _HOLD_S)]
    buffer = io.BytesIO()
    paletted[0].save(buffer, "GIF", save_all=True, append_images=paletted[1:], duration=durations, loop=0, disposal=1)
    return buffer.getvalue()


def _mp4(pictures: list[NDArray[np.uint8]]) -> bytes:
    fps = math.ceil(_fps(len(pictures)))
    shown = itertools.chain(pictures, [pictures[-1]] * round(_HOLD_S * fps))
    return mp4.encode(shown, Fraction(fps), crf=20, what="The film")


def _sheet(pictures: list[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """The pictures side by side, in rows from first to last, evenly chosen where there are many."""
    count = min(len(pictures), _SHEET_CELLS)
    chosen = [pictures[round(number * (len(pictures) - 1) / max(count - 1, 1))] for number in range(count)]
    height, width = chosen[0].shape[:2]
    columns = min(count, _SHEET_COLUMNS)
    rows = math.ceil(count / columns)
    gap = _SHEET_GAP_PX
    sheet = np.full((gap + rows * (height + gap), gap + columns * (width + gap), 3), _PAPER, np.uint8)
    for number, picture in enumerate(chosen):
        top, left = gap + number // columns * (height + gap), gap + number % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet
