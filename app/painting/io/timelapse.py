"""Time-lapses: how a drawing came about, as an animated GIF or an MP4 of a chosen length.

The film keeps the hand's pace in proportion, shows the brush's cursor, and ends on the finished drawing.
"""

import io
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QColor, QPainter, QPen

from app import images, mp4
from app.errors import Cancelled, UsageError
from app.painting.engine.dabs import PixelImage
from app.painting.io.replay import Replay

Frame = NDArray[np.uint8]
"""uint8 [H, W, 3], RGB."""

SUFFIXES = (".gif", ".mp4")
MIN_SECONDS, MAX_SECONDS = 1.0, 600.0
MAX_FPS = 60
# A GIF counts hundredths of a second, and whoever shows it takes anything under two for a mistake.
MAX_GIF_FPS = 50
# One colour is left for "as in the frame before".
_GIF_COLORS = 255
# So many colours at most are kept as they are, each of which covers this share of what is looked at: paper and flat
# paint would else come out as the mean of themselves and of whatever is much like them.
_KEPT_COLORS, _KEPT_SHARE = 64, 0.001
# How much of the film shows the finished drawing.
_HOLD_SHARE, _HOLD_S = 0.2, 2.0


def default_fps(path: Path, seconds: float) -> int:
    """Frames per second that suit a file of this name and length: an MP4 runs smoothly, a GIF stays small."""
    if path.suffix.lower() != ".gif":
        return 30
    return 20 if seconds <= 20 else 10


def default_side_px(path: Path, width: int, height: int) -> int:
    """The longer side that suits a file of this name, in px; never more than the drawing's own."""
    return min(max(width, height), 480 if path.suffix.lower() == ".gif" else 1080)


def write_timelapse(
    path: Path,
    replay: Replay,
    *,
    seconds: float,
    fps: int | None = None,
    with_cursor: bool = True,
    on_progress: Callable[[float], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> int:
    """Write a drawing's time-lapse; the file is whole or as it was before. Returns the number of frames.

    The picture is as large as the replay's. A GIF repeats for ever. An MP4 is H.264 in 4:2:0, which plays everywhere;
    its sides are made even by repeating the last row or column.

    Args:
        path: ends in .gif or .mp4.
        replay: is moved to its end.
        seconds: the whole length, 1..600; its last fifth, two seconds at most, shows the finished drawing.
        fps: frames per second, 1..60 (of a GIF 50); None for what suits the file.
        with_cursor: whether the brush's outline is shown where it paints.
        on_progress: is called with the share that is done, 0..1.
        cancelled: is asked before each frame.

    Raises:
        UsageError: another suffix, or a number out of its range.
        SaveError: it cannot be written.
        Cancelled: `cancelled` said so; nothing was written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path.name} cannot be written: a time-lapse ends in {' or '.join(SUFFIXES)}.")
    if not (math.isfinite(seconds) and MIN_SECONDS <= seconds <= MAX_SECONDS):
        raise UsageError(f"A time-lapse takes {MIN_SECONDS:g} to {MAX_SECONDS:g} seconds, not {seconds:g}.")
    fps = default_fps(path, seconds) if fps is None else fps
    most = MAX_GIF_FPS if suffix == ".gif" else MAX_FPS
    if not 1 <= fps <= most:
        raise UsageError(f"A time-lapse can have 1 to {most} frames a second, not {fps}.")

    count = max(2, round(seconds * fps))
    held = max(1, round(min(_HOLD_SHARE * seconds, _HOLD_S) * fps))

    def frames() -> Iterator[Frame]:
        for number in range(count):
            if cancelled():
                raise Cancelled("The time-lapse was stopped; nothing was written.")
            replay.seek(replay.length * min(1.0, number / (count - held)))
            yield _frame(replay, with_cursor=with_cursor and number < count - held)
            on_progress((number + 1) / count)

    if suffix == ".gif":
        palette = _palette(replay)
        content = _gif(frames(), palette, _durations_ms(count, seconds))
    else:
        content = mp4.encode(
            frames(), Fraction(count) / Fraction(seconds).limit_denominator(1000), crf=18, what="The time-lapse"
        )
    images.write_bytes(path, content)
    return count


def _frame(replay: Replay, *, with_cursor: bool) -> Frame:
    """What the replay shows, over white where it is transparent."""
    shown = replay.image()
    pixels = np.full((shown.height(), shown.width()), 0xFFFFFFFF, dtype=np.uint32)
    image = PixelImage(pixels)
    painter = QPainter(image)
    painter.drawImage(0, 0, shown)
    if with_cursor and replay.cursor is not None:
        _draw_cursor(painter, *(number * replay.scale for number in replay.cursor))
    painter.end()
    return np.ascontiguousarray(pixels.view(np.uint8).reshape(*pixels.shape, 4)[..., 2::-1])


def _draw_cursor(painter: QPainter, x: float, y: float, size: float) -> None:
    """A ring that shows on light and on dark paint."""
    painter.setRenderHint(QPainter.Antialiasing)
    radius = max(2.0, size / 2)
    for color, width in ((QColor(0, 0, 0, 150), 3.0), (QColor(255, 255, 255, 230), 1.3)):
        painter.setPen(QPen(color, width))
        painter.drawEllipse(QPointF(x, y), radius, radius)


@dataclass(frozen=True)
class _Palette:
    """The colours of a whole GIF.

    `image` holds them (mode P), the kept ones first. `kept` has these as 0xRRGGBB, rising, and `places` where each is.
    """

    image: Image.Image
    kept: NDArray[np.uint32]
    places: NDArray[np.uint8]

    @classmethod
    def of(cls, pixels: Frame) -> "_Palette":
        """Colours that serve these pixels, uint8 [N, 3]: the most frequent as they are, and means of the others."""
        codes, counts = np.unique(_codes(pixels), return_counts=True)
        by_count = np.argsort(-counts, kind="stable")
        if len(codes) > _GIF_COLORS:
            by_count = by_count[:_KEPT_COLORS]
            by_count = by_count[counts[by_count] >= _KEPT_SHARE * len(pixels)]
        kept = codes[by_count]
        colors = np.stack([kept >> 16, kept >> 8 & 255, kept & 255], axis=1).astype(np.uint8).tobytes()
        others = pixels[~np.isin(_codes(pixels), kept)]
        if len(others):
            side = max(1, math.isqrt(len(others)))
            sheet = Image.fromarray(others[: side * (len(others) // side)].reshape(side, -1, 3))
            means = sheet.quantize(_GIF_COLORS - len(kept), method=Image.Quantize.MEDIANCUT, kmeans=3)
            colors += bytes(means.getpalette() or [])
        image = Image.new("P", (1, 1))
        image.putpalette(colors)
        order = np.argsort(kept)
        return cls(image, kept[order], order.astype(np.uint8))

    def paletted(self, frame: Frame) -> Image.Image:
        """A frame in these colours: a kept one as it is, any other as the nearest."""
        # Pillow looks up the nearest by the upper bits of a colour, which confuses what is much alike.
        places = np.array(Image.fromarray(frame).quantize(palette=self.image, dither=Image.Dither.NONE))
        codes = _codes(frame)
        found = np.minimum(np.searchsorted(self.kept, codes), max(len(self.kept) - 1, 0))
        if len(self.kept):
            is_kept = self.kept[found] == codes
            places[is_kept] = self.places[found[is_kept]]
        image = Image.fromarray(places, "P")
        image.putpalette(self.image.getpalette() or [])
        return image


def _codes(pixels: Frame) -> NDArray[np.uint32]:
    """Colours as 0xRRGGBB, of uint8 [..., 3]."""
    wide = pixels.astype(np.uint32)
    codes: NDArray[np.uint32] = wide[..., 0] << np.uint32(16) | wide[..., 1] << np.uint32(8) | wide[..., 2]
    return codes


def _palette(replay: Replay) -> _Palette:
    """What serves the whole film: colours of the finished drawing and of the ways to it."""
    sheets = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        replay.seek(replay.length * share)
        frame = _frame(replay, with_cursor=False)
        step = max(1, math.isqrt(frame.shape[0] * frame.shape[1] // 65_536))
        sheets.append(frame[::step, ::step].reshape(-1, 3))
    # The finished drawing stands for longest, and is looked at most closely.
    return _Palette.of(np.concatenate([*sheets, sheets[-1], sheets[-1]]))


def _durations_ms(count: int, seconds: float) -> list[int]:
    """How long each frame of a GIF stands: whole hundredths whose sum is the length."""
    ends = [round(100 * seconds * number / count) for number in range(count + 1)]
    return [10 * (end - start) for start, end in itertools.pairwise(ends)]


def _gif(frames: Iterator[Frame], palette: _Palette, durations_ms: list[int]) -> bytes:
    paletted = (palette.paletted(frame) for frame in frames)
    first = next(paletted)
    buffer = io.BytesIO()
    first.save(
        buffer, "GIF", save_all=True, append_images=paletted, duration=durations_ms, loop=0, optimize=False, disposal=1
    )
    return buffer.getvalue()
