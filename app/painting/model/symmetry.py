"""Symmetry: what one stroke of the hand is repeated as. Part of a stroke; the canvas shows its axes."""

import math
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

from app.errors import JournalError

Kind = Literal["none", "mirror", "radial"]

MAX_COPIES = 24
_FARTHEST_PX = 65_536.0


class Copy(NamedTuple):
    """A place that a stroke is repeated at: x' = a x + c y + e, y' = b x + d y + f; px of the drawing."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    @property
    def is_mirrored(self) -> bool:
        """Whether it shows the stroke as a mirror does."""
        return self.a * self.d - self.b * self.c < 0


_ITSELF = Copy(1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True)
class Symmetry:
    """How a stroke is repeated.

    Attributes:
        kind: "none"; "mirror": across the line through (x, y) at `angle_deg`; "radial": `count` times around (x, y).
        x, y: the centre in drawing px.
        angle_deg: the mirror's line, clockwise on the screen from the x axis; 90 is an upright mirror.
        count: 2..24, how often a radial stroke is there in all.

    Raises:
        ValueError: a number out of its range.
    """

    kind: Kind = "none"
    x: float = 0.0
    y: float = 0.0
    angle_deg: float = 90.0
    count: int = 6

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"a symmetry cannot be {self.kind!r}")
        if not all(math.isfinite(number) for number in (self.x, self.y, self.angle_deg)):
            raise ValueError("a symmetry needs finite numbers")
        if max(abs(self.x), abs(self.y)) > _FARTHEST_PX or abs(self.angle_deg) > 360:
            raise ValueError("a symmetry's centre or angle is too far out")
        if not 2 <= self.count <= MAX_COPIES:
            raise ValueError(f"count must be 2 to {MAX_COPIES}")

    def copies(self) -> tuple[Copy, ...]:
        """Every place of the stroke, its own first."""
        if self.kind == "none":
            return (_ITSELF,)
        if self.kind == "mirror":
            turn = math.radians(2 * self.angle_deg)
            return (_ITSELF, self._about(math.cos(turn), math.sin(turn), math.sin(turn), -math.cos(turn)))
        turns = [2 * math.pi * number / self.count for number in range(1, self.count)]
        return (_ITSELF, *(self._about(math.cos(t), math.sin(t), -math.sin(t), math.cos(t)) for t in turns))

    def to_json(self) -> dict[str, Any]:
        """As JSON; `from_json` reads it."""
        return {"kind": self.kind, "x": self.x, "y": self.y, "angle_deg": self.angle_deg, "count": self.count}

    @classmethod
    def from_json(cls, found: object) -> "Symmetry":
        """The symmetry of some JSON. Raises JournalError where that is none."""
        if not isinstance(found, dict):
            raise JournalError("A stroke's symmetry cannot be read.")
        try:
            return cls(
                kind=found["kind"],
                x=float(found["x"]),
                y=float(found["y"]),
                angle_deg=float(found["angle_deg"]),
                count=int(found["count"]),
            )
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise JournalError(f"A stroke's symmetry cannot be read: {error}.") from error

    def _about(self, a: float, b: float, c: float, d: float) -> Copy:
        return Copy(a, b, c, d, self.x - a * self.x - c * self.y, self.y - b * self.x - d * self.y)


NO_SYMMETRY = Symmetry()
