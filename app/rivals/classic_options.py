"""How the classic rival works: data, so that window and command line can name it without loading anything."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import UsageError

#: relu5_1 needs two places to reflect at its border.
MIN_SIDE_PX = 32

OPTIMIZERS = ("lbfgs", "adam")
POOLINGS = ("max", "average")
#: As in losses.py.
STATISTICS = ("gram", "moments")
COORDINATES = ("pixels", "spectrum")
PADDINGS = ("reflect", "replicate")
#: How the network computes: "measured" lets precision.py find out which of the others is the quickest here. "-xla" is
#: compiled by XLA, once for every size of a picture.
COMPUTINGS = ("measured", "float32", "bfloat16", "float32-xla", "bfloat16-xla")


@dataclass(frozen=True)
class ClassicOptions:
    """How the classic rival works. The weights are of relative losses and fit every backbone and size.

    `steps` are evaluations of the network at the finest scale, coarser ones take half as many; `tolerance` ends a
    scale where a step makes the loss fall by less than this share, 0 never; `coarsest_px` is the longer side that it
    begins with; `optimizer` "lbfgs" or "adam" (on plain pixels); `averaging` the share of the finest scale's steps,
    from the last one backwards, whose mean is the picture (Polyak and Juditsky 1992), 0 for the last one alone.

    `tap_weights` are the say of relu1_1 to relu5_1; `statistics` what style compares, "gram" or "moments"; `chroma`
    how much more smoothness counts in colour than in brightness; `coordinates` what L-BFGS goes by, "pixels", or
    "spectrum", which takes longer (see spectrum.py, also for `steepness`); `pooling` of the network, "max" (sharper
    strokes, less of a weave) or "average" (Gatys et al. 2016); `padding` how a picture goes on beyond its border while
    it is painted, "reflect" or "replicate"; `noise` the standard deviation of the faint noise that is added to the
    photograph at the start; `computing` one of `COMPUTINGS`.
    """

    content_weight: float = 1.0
    style_weight: float = 80.0
    tv_weight: float = 40.0
    optimizer: str = "lbfgs"
    steps: int = 60
    tolerance: float = 0.001
    coarsest_px: int = 128
    averaging: float = 0.0
    tap_weights: tuple[float, float, float, float, float] = (1.0, 1.0, 1.0, 1.0, 1.0)
    statistics: str = "gram"
    chroma: float = 20.0
    coordinates: str = "pixels"
    steepness: float = 0.5
    pooling: str = "max"
    padding: str = "reflect"
    noise: float = 0.0
    computing: str = "measured"

    def __post_init__(self) -> None:
        for what, value, choices in (
            ("optimizer", self.optimizer, OPTIMIZERS),
            ("statistics", self.statistics, STATISTICS),
            ("pooling", self.pooling, POOLINGS),
            ("padding", self.padding, PADDINGS),
            ("space of coordinates", self.coordinates, COORDINATES),
            ("computing", self.computing, COMPUTINGS),
        ):
            if value not in choices:
                raise UsageError(f"The {what} is {' or '.join(choices)}, not {value}.")
        if not all(type(each) is int for each in (self.steps, self.coarsest_px)):
            raise UsageError("The steps and the coarsest side in px are whole numbers.")
        if self.steps < 1 or self.coarsest_px < MIN_SIDE_PX:
            raise UsageError(f"There must be at least one step, and {MIN_SIDE_PX} px at the coarsest.")
        if not 0 <= self.averaging <= 1 or not 0 <= self.tolerance < 1:
            raise UsageError("The share that is averaged and the tolerance must lie between 0 and 1.")
        numbers = (
            *(self.content_weight, self.style_weight, self.tv_weight, self.chroma, self.steepness, self.noise),
            *self.tap_weights,
        )
        if not all(math.isfinite(number) and number >= 0 for number in numbers) or sum(self.tap_weights) == 0:
            raise UsageError("Weights must be numbers of at least 0, and those of the taps not all 0.")

    @classmethod
    def from_json(cls, found: Any) -> ClassicOptions:
        """Read options by their names; whatever is absent is as usual. Raises UsageError."""
        if not isinstance(found, Mapping):
            raise UsageError("The options of the classic rival are a set of named values.")
        given: dict[str, Any] = {
            str(name): tuple(each) if isinstance(each, list) else each for name, each in found.items()
        }
        unknown = sorted(set(given) - set(cls.__dataclass_fields__))
        if unknown:
            raise UsageError(f"The classic rival has no options called {', '.join(unknown)}.")
        taps = given.get("tap_weights")
        if taps is not None and (not isinstance(taps, tuple) or len(taps) != len(cls.tap_weights)):
            raise UsageError(f"The weights of the taps are {len(cls.tap_weights)} numbers.")
        try:
            return cls(**given)
        except TypeError:
            raise UsageError("An option of the classic rival is not of the kind that it must be.") from None
