"""The hand: which tool it holds, how, and the head of the stroke that it makes next.

The studio's panels change the hand, the canvas reads it. Nothing here shows anything.
"""

import random
from dataclasses import dataclass, field
from typing import Literal

from PyQt5.QtCore import QPointF
from PyQt5.QtGui import QColor

from app.painting.model.stroke import Mode, Stroke
from app.painting.model.symmetry import NO_SYMMETRY, Kind, Symmetry

Tool = Literal["brush", "eraser", "smudge", "fill", "eyedropper"]
Steadying = Literal["none", "rope", "average"]

ERASER_BRUSH = "round"
SMUDGE_BRUSH = "smudge"

_MODES: dict[str, Mode] = {"eraser": "erase", "smudge": "smudge", "fill": "fill"}


@dataclass
class Grip:
    """One way to hold something that makes strokes: a brush's name, its width in px of the drawing, opacity 0..1."""

    brush: str = ""
    size_px: float = 36.0
    opacity: float = 1.0


@dataclass
class Hand(Grip):
    """What the painter holds, and how the next stroke will be.

    The brush's grip is the hand's own; eraser and smudge have one each apart, so that an eraser takes away what a
    rough brush would leave.

    Attributes:
        color: what brush and fill paint with.
        tool: "brush", "eraser", "smudge", "fill" or "eyedropper".
        has_speed_pressure: whether a mouse presses less when it moves fast.
        eraser, smudge: how these are held.
        fill_tolerance: 0..1, how far colours may lie from the one that a fill is poured on.
        symmetry_kind: "none", "mirror" or "radial".
        symmetry_count: 2..24, how often a radial stroke is there in all.
        symmetry_angle_deg: the mirror's line, clockwise from the x axis; 90 is an upright mirror.
        symmetry_centre: in drawing px; None is the drawing's middle.
        stabiliser: "none", "rope" or "average".
        stabiliser_strength: 0..1.
        is_traced: whether the photograph lies under or over the paint as a tracing.
        finger_paints: whether one finger paints while no pen has been seen; else it moves the canvas.
    """

    color: QColor = None  # type: ignore[assignment]  # a QColor before QApplication is made at class level is unwise
    tool: str = "brush"
    has_speed_pressure: bool = True
    eraser: Grip = field(default_factory=lambda: Grip(ERASER_BRUSH))
    smudge: Grip = field(default_factory=lambda: Grip(SMUDGE_BRUSH, 48.0, 0.8))
    fill_tolerance: float = 0.1
    symmetry_kind: Kind = "none"
    symmetry_count: int = 6
    symmetry_angle_deg: float = 90.0
    symmetry_centre: QPointF | None = None
    stabiliser: str = "none"
    stabiliser_strength: float = 0.5
    is_traced: bool = False
    finger_paints: bool = True

    def __post_init__(self) -> None:
        self.color = QColor(30, 30, 34) if self.color is None else self.color

    def grip(self, *, is_eraser: bool = False) -> Grip:
        """How the tool in hand is held; the eraser's grip for a pen turned over (`is_eraser`)."""
        if is_eraser or self.tool == "eraser":
            return self.eraser
        return self.smudge if self.tool == "smudge" else self

    def symmetry(self, width: int, height: int) -> Symmetry:
        """How strokes on a drawing of that size (px) are repeated."""
        if self.symmetry_kind == "none":
            return NO_SYMMETRY
        centre = QPointF(width / 2, height / 2) if self.symmetry_centre is None else self.symmetry_centre
        return Symmetry(
            self.symmetry_kind, centre.x(), centre.y(), angle_deg=self.symmetry_angle_deg, count=self.symmetry_count
        )

    def stroke(self, *, layer: int = 0, is_eraser: bool = False, symmetry: Symmetry = NO_SYMMETRY) -> Stroke:
        """The head of the next stroke on the layer of that id.

        Raises ValueError where the tool needs a brush and there is none.
        """
        grip = self.grip(is_eraser=is_eraser)
        mode = "erase" if is_eraser else _MODES.get(self.tool, "paint")
        return Stroke(
            brush="" if mode == "fill" else grip.brush,
            color=(self.color.red(), self.color.green(), self.color.blue()),
            size_px=grip.size_px,
            opacity=grip.opacity,
            mode=mode,
            seed=random.randrange(2**32),
            layer=layer,
            symmetry=symmetry,
            tolerance=self.fill_tolerance,
            is_traced=self.is_traced,
        )
