"""How the classic rival works: data, so that window and command line can name it without loading anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.errors import UsageError

#: relu5_1 needs two places to reflect at its border.
MIN_SIDE_PX = 32


@dataclass(frozen=True)
class ClassicOptions:
    """How the classic rival works. The weights are of relative losses and fit every backbone and size.

    `steps` are evaluations of the network at the finest scale, coarser ones take as many; `coarsest_px` is the
    longer side that it begins with; `optimizer` "lbfgs" or "adam" (on plain pixels); `tap_weights` the say of
    relu1_1 to relu5_1; `chroma` how much more smoothness counts in colour than in brightness; `steepness` as in
    spectrum.py; `pooling` of the network, "max" (sharper strokes, less of a weave) or "average" (Gatys et al.
    2016); `seed` chooses the faint noise (`noise`, standard deviation) added to the photograph at the start.
    """

    content_weight: float = 1.0
    style_weight: float = 80.0
    tv_weight: float = 40.0
    optimizer: str = "lbfgs"
    steps: int = 40
    coarsest_px: int = 128
    tap_weights: tuple[float, float, float, float, float] = (1.0, 1.0, 1.0, 1.0, 1.0)
    chroma: float = 4.0
    steepness: float = 1.0
    pooling: str = "max"
    noise: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.optimizer not in ("lbfgs", "adam"):
            raise UsageError(f"The optimizer is lbfgs or adam, not {self.optimizer}.")
        if self.pooling not in ("average", "max"):
            raise UsageError(f"The pooling is average or max, not {self.pooling}.")
        if self.steps < 1 or self.coarsest_px < MIN_SIDE_PX:
            raise UsageError(f"There must be at least one step, and {MIN_SIDE_PX} px at the coarsest.")
        numbers = (
            *(self.content_weight, self.style_weight, self.tv_weight, self.chroma, self.steepness, self.noise),
            *self.tap_weights,
        )
        if not all(np.isfinite(number) and number >= 0 for number in numbers) or sum(self.tap_weights) == 0:
            raise UsageError("Weights must be numbers of at least 0, and those of the taps not all 0.")
