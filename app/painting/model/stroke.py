"""A stroke: one press-to-release of a brush, with everything that is needed to paint it again."""

import json
import math
import struct
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from app.errors import JournalError
from app.painting.model.symmetry import NO_SYMMETRY, Symmetry

#: Points of a stroke, float32 [N, 6]: x and y in px, pressure 0 to 1, time in ms, tilt right and down in degrees.
Points = NDArray[np.float32]
Color = tuple[int, int, int]
Mode = Literal["paint", "erase", "smudge", "fill", "clear"]

COLUMNS = ("x", "y", "pressure", "time_ms", "tilt_x_deg", "tilt_y_deg")
"""What each column of a stroke's points is."""

MIN_SIZE_PX = 0.5
MAX_SIZE_PX = 2048.0
# Far enough outside of any canvas for a hand that slips off it; near enough that a stroke's dabs stay countable.
MAX_COORDINATE_PX = 65_536.0
MAX_POINTS = 2_000_000
MAX_SEED = 2**63 - 1

_HEAD_LENGTH = struct.Struct("<I")


_LOW = np.array([-MAX_COORDINATE_PX, -MAX_COORDINATE_PX, 0.0, 0.0, -90.0, -90.0], dtype=np.float32)
# Ten hours: beyond that a float32 no longer tells the milliseconds of a stroke apart.
_HIGH = np.array([MAX_COORDINATE_PX, MAX_COORDINATE_PX, 1.0, 3.6e7, 90.0, 90.0], dtype=np.float32)


def as_points(points: ArrayLike) -> Points:
    """Points as a float32 array [N, 6]: see COLUMNS. Values are clipped to their ranges.

    x and y are in drawing px, pressure is 0..1, time in ms since the stroke began, tilt in degrees from upright
    (-90..90). Columns that are not given (the array may be [N, 3], [N, 4] or [N, 6]) are 0: a stroke whose times are
    all 0 has no speed.

    Raises ValueError where the shape is wrong or a number is not finite.
    """
    array = np.asarray(points, dtype=np.float32)
    if array.size == 0:
        return np.empty((0, len(COLUMNS)), dtype=np.float32)
    if array.ndim == 1:
        array = array[None]
    if array.ndim != 2 or array.shape[1] not in (3, 4, len(COLUMNS)):
        raise ValueError(f"points must be [N, 3], [N, 4] or [N, {len(COLUMNS)}], not {list(array.shape)}")
    if not np.isfinite(array).all():
        raise ValueError("points must be finite numbers")
    given = array.shape[1]
    whole = np.zeros((len(array), len(COLUMNS)), dtype=np.float32)
    whole[:, :given] = np.clip(array, _LOW[:given], _HIGH[:given])
    return whole


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of a drawing. Two strokes are equal when their records are.

    Attributes:
        brush: the brush's name.
        color: red, green, blue, each 0..255 (ignored by eraser and smudge).
        size_px: diameter in drawing pixels at full pressure, 0.5..2048.
        opacity: 0..1, which the stroke never exceeds however it crosses itself.
        mode: "paint", "erase", "smudge" (drags what is there), "fill" (floods from its first point; needs no
            brush), or "clear" (its whole layer; no points).
        seed: 0..2^63-1; the stroke's scatter and jitter follow from it.
        points: float32 [N, 6], see COLUMNS and `as_points`. Empty in a stroke that is about to begin.
        layer: the id of the layer that it is painted on.
        symmetry: how it is repeated.
        tolerance: 0..1, how far a fill's colours may lie from that of its first point.
        recipe: the fingerprint of the brush as it was, by which a journal finds it again; "" for whatever brush has
            the name now.
        is_traced: whether the photograph lay under or over the paint as a tracing.

    Raises:
        ValueError: a number out of its range.
    """

    brush: str
    color: Color = (0, 0, 0)
    size_px: float = 16.0
    opacity: float = 1.0
    mode: Mode = "paint"
    seed: int = 0
    points: Points = field(default_factory=lambda: np.empty((0, len(COLUMNS)), dtype=np.float32))
    layer: int = 0
    symmetry: Symmetry = NO_SYMMETRY
    tolerance: float = 0.1
    recipe: str = ""
    is_traced: bool = False

    def __post_init__(self) -> None:
        if not self.brush and self.mode not in ("clear", "fill"):
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
        if not 0 <= int(self.layer) < 2**31:
            raise ValueError("layer must be 0 to 2^31-1")
        if not (math.isfinite(self.tolerance) and 0.0 <= self.tolerance <= 1.0):
            raise ValueError("tolerance must be 0 to 1")
        if len(self.brush) > 200 or len(self.recipe) > 64:
            raise ValueError("a brush's name is too long")
        object.__setattr__(self, "color", color)
        object.__setattr__(self, "size_px", float(self.size_px))
        object.__setattr__(self, "opacity", float(self.opacity))
        object.__setattr__(self, "seed", int(self.seed))
        points = as_points(self.points)
        if len(points) > MAX_POINTS:
            raise ValueError(f"a stroke has at most {MAX_POINTS} points")
        points.setflags(write=False)
        object.__setattr__(self, "points", points)

    @classmethod
    def cleared(cls, layer: int = 0) -> "Stroke":
        """The stroke-like entry that empties a layer."""
        return cls(brush="", mode="clear", layer=layer)

    def with_points(self, points: ArrayLike) -> "Stroke":
        """The same stroke through other points."""
        return replace(self, points=as_points(points))

    def head(self) -> "Stroke":
        """The same stroke before its first point."""
        return self.with_points(())

    def of_recipe(self, recipe: str) -> "Stroke":
        """The same stroke with the fingerprint of its brush."""
        return self if recipe == self.recipe else replace(self, recipe=recipe)

    def to_record(self) -> bytes:
        """The stroke as bytes: length of the head (uint32), the head (JSON), the points (float32), little-endian.

        What is as in a new stroke is left out of the head, and so are columns of points that are all 0.
        """
        head: dict[str, Any] = {
            "brush": self.brush,
            "color": list(self.color),
            "size_px": self.size_px,
            "opacity": self.opacity,
            "mode": self.mode,
            "seed": self.seed,
        }
        if self.layer:
            head["layer"] = self.layer
        if self.symmetry.kind != "none":
            head["symmetry"] = self.symmetry.to_json()
        if self.mode == "fill":
            head["tolerance"] = self.tolerance
        if self.recipe:
            head["recipe"] = self.recipe
        if self.is_traced:
            head["is_traced"] = True
        columns = next((given for given in (3, 4) if not self.points[:, given:].any()), len(COLUMNS))
        if columns != 3:
            head["columns"] = columns
        text = json.dumps(head, separators=(",", ":")).encode()
        numbers = self.points[:, :columns].astype("<f4", copy=False)
        return _HEAD_LENGTH.pack(len(text)) + text + numbers.tobytes()

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
            columns = head.get("columns", 3)
            if columns not in (3, 4, len(COLUMNS)):
                raise ValueError("columns")
            if len(numbers) > columns * MAX_POINTS:
                raise ValueError("too many points")
            symmetry = head.get("symmetry")
            return cls(
                brush=str(head["brush"]),
                color=tuple(head["color"]),
                size_px=head["size_px"],
                opacity=head["opacity"],
                mode=head["mode"],
                seed=head["seed"],
                points=numbers.reshape(-1, columns).astype(np.float32),
                layer=int(head.get("layer", 0)),
                symmetry=NO_SYMMETRY if symmetry is None else Symmetry.from_json(symmetry),
                tolerance=float(head.get("tolerance", 0.1)),
                recipe=str(head.get("recipe", "")),
                is_traced=head.get("is_traced", False) is True,
            )
        except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
            raise JournalError(f"A stroke of the drawing cannot be read: {error}.") from error

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Stroke) and self.to_record() == other.to_record()

    def __hash__(self) -> int:
        return hash(self.to_record())
