"""A stroke: one press-to-release of a brush, with everything that is needed to paint it again. Every door may call."""

import json
import math
import struct
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.errors import JournalError

Points = NDArray[np.float32]
Color = tuple[int, int, int]
Mode = Literal["paint", "erase", "clear"]

MIN_SIZE_PX = 0.5
MAX_SIZE_PX = 2048.0
# Far enough outside of any canvas for a hand that slips off it; near enough that a stroke's stamps stay countable.
MAX_COORDINATE_PX = 65_536.0
MAX_POINTS = 5_000_000
MAX_SEED = 2**63 - 1

_HEAD_LENGTH = struct.Struct("<I")


def as_points(points: ArrayLike) -> Points:
    """Points as a float32 array [N, 3] of x, y (drawing px) and pressure (clipped to 0..1).

    Raises ValueError where the shape is wrong or a number is not finite.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.size == 0:
        return np.empty((0, 3), dtype=np.float32)
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or array.shape[1] != 3:
        raise ValueError(f"points must be [N, 3], not {list(array.shape)}")
    if not np.isfinite(array).all():
        raise ValueError("points must be finite numbers")
    low = np.array([-MAX_COORDINATE_PX, -MAX_COORDINATE_PX, 0.0], dtype=np.float32)
    high = np.array([MAX_COORDINATE_PX, MAX_COORDINATE_PX, 1.0], dtype=np.float32)
    return np.clip(array, low, high)


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of a drawing. Two strokes are equal when their records are.

    Attributes:
        brush: the brush's name.
        color: red, green, blue, each 0..255 (ignored by an eraser).
        size_px: diameter in drawing pixels at full pressure, 0.5..2048.
        opacity: 0..1, which the stroke never exceeds however it crosses itself.
        mode: "paint", "erase", or "clear" (the whole canvas; no points).
        seed: 0..2^63-1; the stroke's scatter and jitter follow from it.
        points: float32 [N, 3]: x and y in drawing pixels, pressure 0..1. Empty in a stroke that is about to begin.

    Raises:
        ValueError: a number out of its range.
    """

    brush: str
    color: Color = (0, 0, 0)
    size_px: float = 16.0
    opacity: float = 1.0
    mode: Mode = "paint"
    seed: int = 0
    points: Points = field(default_factory=lambda: np.empty((0, 3), dtype=np.float32))

    def __post_init__(self) -> None:
        if not self.brush and self.mode != "clear":
            raise ValueError("a stroke needs a brush")
        if self.mode not in get_args(Mode):
            raise ValueError(f"a stroke's mode cannot be {self.mode!r}")
        if not (math.isfinite(self.size_px) and MIN_SIZE_PX <= self.size_px <= MAX_SIZE_PX):
            raise ValueError(f"size_px must be {MIN_SIZE_PX:g} to {MAX_SIZE_PX:g}")
        if not (math.isfinite(self.opacity) and 0.0 <= self.opacity <= 1.0):
            raise ValueError("opacity must be 0 to 1")
        color = tuple(int(channel) for channel in self.color)
        if len(color) != 3 or not all(0 <= channel <= 255 for channel in color):
            raise ValueError("color must be three numbers from 0 to 255")
        if not 0 <= int(self.seed) <= MAX_SEED:
            raise ValueError("seed must be 0 to 2^63-1")
        object.__setattr__(self, "color", color)
        object.__setattr__(self, "size_px", float(self.size_px))
        object.__setattr__(self, "opacity", float(self.opacity))
        object.__setattr__(self, "seed", int(self.seed))
        points = as_points(self.points)
        points.setflags(write=False)
        object.__setattr__(self, "points", points)

    @classmethod
    def cleared(cls) -> "Stroke":
        """The stroke-like entry that empties the canvas."""
        return cls(brush="", mode="clear")

    def with_points(self, points: ArrayLike) -> "Stroke":
        """The same stroke through other points."""
        return replace(self, points=as_points(points))

    def head(self) -> "Stroke":
        """The same stroke before its first point."""
        return self.with_points(())

    def to_record(self) -> bytes:
        """The stroke as bytes: length of the head (uint32), the head (JSON), the points (float32), little-endian."""
        head = {
            "brush": self.brush,
            "color": list(self.color),
            "size_px": self.size_px,
            "opacity": self.opacity,
            "mode": self.mode,
            "seed": self.seed,
        }
        text = json.dumps(head, separators=(",", ":")).encode()
        return _HEAD_LENGTH.pack(len(text)) + text + self.points.astype("<f4", copy=False).tobytes()

    @classmethod
    def from_record(cls, record: bytes) -> "Stroke":
        """The stroke of a record.

        Raises:
            JournalError: the bytes are no stroke.
        """
        try:
            (length,) = _HEAD_LENGTH.unpack_from(record)
            start = _HEAD_LENGTH.size + length
            if start > len(record):
                raise ValueError("cut short")
            head: dict[str, Any] = json.loads(record[_HEAD_LENGTH.size : start])
            numbers = np.frombuffer(record, dtype="<f4", offset=start)
            if len(numbers) > 3 * MAX_POINTS:
                raise ValueError("too many points")
            return cls(
                brush=str(head["brush"]),
                color=tuple(head["color"]),
                size_px=head["size_px"],
                opacity=head["opacity"],
                mode=head["mode"],
                seed=head["seed"],
                points=numbers.reshape(-1, 3).astype(np.float32),
            )
        except (struct.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise JournalError(f"A stroke of the drawing cannot be read: {error}.") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stroke) and self.to_record() == other.to_record()

    def __hash__(self) -> int:
        return hash(self.to_record())
