"""The classic rival's objective on pictures too large to be worked on in one piece.

All that style looks at are sums over places (`losses.Moments`), so that a large picture can be looked at panel by panel
without ceasing to be one picture: a first pass sums up the moments of all panels, which says what a change of each
moment is worth; a second one pulls every panel that way. A panel's margin is as wide as the network can see, so that
its inside is as it would be in the whole: nothing is approximated but the last digits, and there are no seams.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.errors import Cancelled
from app.images import Picture
from app.networks import runtime
from app.rivals import losses
from app.rivals.losses import Moments
from app.rivals.memory import PANEL_MARGIN_PX
from app.rivals.objective import CONTENT_TAP, STRIDES, STYLE_TAPS, LossWeights, Objective
from app.rivals.request_pictures import Mask

#: Insides begin at multiples of this, where four poolings begin anew.
GRID_PX = 16
#: How far a place of relu5_1 can see: from 16 i - 70 to 16 i + 85, so 70 px beyond an inside of whole multiples of 16.
MARGIN_PX = PANEL_MARGIN_PX


@dataclass(frozen=True)
class Panel:
    """A part of a picture: the inside is its share of the whole; it is looked at with a margin where there is more."""

    inside_rows: slice
    inside_columns: slice
    rows: slice
    columns: slice

    def inside(self) -> NDArray[np.float32]:
        """Return 1 inside and 0 in the margin, h x w of the panel with its margin."""
        ones = np.zeros((self.rows.stop - self.rows.start, self.columns.stop - self.columns.start), np.float32)
        ones[
            self.inside_rows.start - self.rows.start : self.inside_rows.stop - self.rows.start,
            self.inside_columns.start - self.columns.start : self.inside_columns.stop - self.columns.start,
        ] = 1
        return ones


def panels(height: int, width: int, panel_px: int) -> list[Panel]:
    """Cut height x width into panels with insides of about equal sizes, at most `panel_px` and 15 px more.

    The insides cover every pixel once and begin at multiples of 16.
    """
    return [
        Panel(rows, columns, _with_margin(rows, height), _with_margin(columns, width))
        for rows, columns in product(_spans(height, panel_px), _spans(width, panel_px))
    ]


class PanelObjective:
    """Loss and gradient of a large picture: the face of `Objective`, its memory bounded by the panel."""

    _weights: LossWeights
    _statistics: str
    _mask: Mask | None
    _manners: dict[str, losses.StyleStatistics]
    _sizes: dict[str, losses.StyleStatistics]
    _content: NDArray[np.float32]
    _content_size: Any

    def __init__(self, objective: Objective, panel_px: int) -> None:
        self._objective, self._panel_px = objective, panel_px
        self._is_stopped = threading.Event()

    def stop(self) -> None:
        """Let a computation that goes on in another thread end with Cancelled before its next panel."""
        self._is_stopped.set()

    def aim(
        self,
        content: Picture,
        paintings: Sequence[Picture],
        weights: LossWeights,
        *,
        shares: Sequence[float] = (1.0,),
        statistics: str = "gram",
        mask: Mask | None = None,
    ) -> None:
        """See Objective.aim; the paintings are looked at in panels too."""
        tf = runtime.tensorflow()
        targets = []
        for painting in paintings:
            sums = self._moments(painting)
            targets.append({tap: losses.manner(sums[tap], statistics) for tap in STYLE_TAPS})
        self._manners = {tap: losses.mixed([target[tap] for target in targets], shares) for tap in STYLE_TAPS}
        kept: list[tuple[Panel, NDArray[np.float32]]] = []
        before = self._moments(content, mask, keep=kept)
        self._content = _assembled(kept, STRIDES[CONTENT_TAP], content.shape)
        self._sizes = {
            tap: losses.manner_size(self._manners[tap], losses.manner(before[tap], statistics)) for tap in STYLE_TAPS
        }
        self._content_size = losses.content_size(tf.constant(self._content))
        self._weights, self._statistics, self._mask = weights, statistics, mask

    def __call__(self, picture: Picture) -> tuple[float, NDArray[np.float32]]:
        """See Objective."""
        objective, weights = self._objective, self._weights
        stride = STRIDES[CONTENT_TAP]
        value, gradient = objective.smoothness(picture, weights)
        gradient = np.array(gradient)
        sums = self._moments(picture, self._mask)
        style, slopes = objective.style_slopes(sums, self._manners, self._sizes, self._statistics)
        value += weights.style * float(style)
        slopes = {tap: Moments(*(weights.style * slope for slope in slopes[tap])) for tap in STYLE_TAPS}
        for panel in self._panels(picture):
            inside = panel.inside()
            part = picture[panel.rows, panel.columns]
            height, width = (side // stride for side in part.shape[:2])
            top, left = panel.rows.start // stride, panel.columns.start // stride
            term, pull = objective.pull(
                part,
                slopes,
                self._content[None, top : top + height, left : left + width],
                weights.content / self._content_size,
                weights=_weighed(inside, panel, self._mask),
                inside=inside,
            )
            value += term
            gradient[panel.rows, panel.columns] += pull
        return value, gradient

    def _moments(
        self,
        picture: Picture,
        mask: Mask | None = None,
        keep: list[tuple[Panel, NDArray[np.float32]]] | None = None,
    ) -> dict[str, Moments]:
        """The moments of a whole picture; `keep` takes each panel's features at the content tap."""
        total: dict[str, Moments] = {}
        for panel in self._panels(picture):
            weights = _weighed(panel.inside(), panel, mask)
            look = self._objective.look(picture[panel.rows, panel.columns], weights)
            for tap, part in look.moments.items():
                total[tap] = losses.added(total[tap], part) if tap in total else part
            if keep is not None:
                keep.append((panel, look.content.numpy()[0]))
        return total

    def _panels(self, picture: Picture) -> Iterator[Panel]:
        height, width = picture.shape[:2]
        for panel in panels(height, width, self._panel_px):
            if self._is_stopped.is_set():
                raise Cancelled("The rival was stopped.")
            yield panel


def _assembled(
    parts: list[tuple[Panel, NDArray[np.float32]]], stride: int, shape: tuple[int, ...]
) -> NDArray[np.float32]:
    """The features of a whole picture of `shape`, H / stride x W / stride x C, from the insides of its panels."""
    height, width = (side // stride for side in shape[:2])
    whole = np.zeros((height, width, parts[0][1].shape[-1]), np.float32)
    for panel, features in parts:
        top, left = panel.inside_rows.start // stride, panel.inside_columns.start // stride
        there = whole[top : panel.inside_rows.stop // stride, left : panel.inside_columns.stop // stride]
        top, left = top - panel.rows.start // stride, left - panel.columns.start // stride
        there[:] = features[top : top + there.shape[0], left : left + there.shape[1]]
    return whole


def _weighed(inside: NDArray[np.float32], panel: Panel, mask: Mask | None) -> NDArray[np.float32]:
    return inside if mask is None else inside * mask[panel.rows, panel.columns]


def _spans(length: int, side: int) -> list[slice]:
    count = -(-length // side)
    starts = [GRID_PX * round(length * each / (count * GRID_PX)) for each in range(count)]
    return [slice(start, stop) for start, stop in zip(starts, [*starts[1:], length], strict=True)]


def _with_margin(inside: slice, length: int) -> slice:
    return slice(max(0, inside.start - MARGIN_PX), min(length, inside.stop + MARGIN_PX))
