"""The classic rival against the plainest way to do the same: how soon it is as far.

The plain way is that of most tutorials: Adam at a rate of 0.03 on the pixels themselves, from the photograph, at one
scale, 150 steps. It minimises what the rival minimises at its finest scale, with the same weights and in float32.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app import images
from app.bench.progress import rounded, tell
from app.game.deck import Deal
from app.images import Picture
from app.rivals.classic import Classic
from app.rivals.classic_options import ClassicOptions
from app.rivals.objective import STYLE_TAPS, LossWeights, load_objective
from app.rivals.request import RivalRequest
from app.rivals.rival import Progress, sized
from app.rivals.scales import PaddedFrame, of_area

SIZE_PX = 384
PLAIN_STEPS, PLAIN_RATE = 150, 0.03
#: Pictures are looked at no more often than this: to look takes the rival's own time.
LOOK_EVERY_S = 0.15

#: What is minimised: the loss of a picture and its gradient, both float32 H x W x 3.
Loss = Callable[[Picture], tuple[float, Picture]]


@dataclass(frozen=True)
class Curve:
    """How a loss fell: what it was after so many seconds."""

    seconds: tuple[float, ...]
    losses: tuple[float, ...]

    def seconds_to(self, loss: float) -> float | None:
        """When it was first this low; None where it never was."""
        return next((s for s, found in zip(self.seconds, self.losses, strict=True) if found <= loss), None)


@dataclass(frozen=True)
class Race:
    """The plain way and the rival on one deal, one right after the other, with their pictures."""

    plain: Curve
    rival: Curve
    plain_picture: Picture
    rival_picture: Picture

    @property
    def seconds_to_loss(self) -> float | None:
        """When the rival was where the plain way ended; None where it never was."""
        return self.rival.seconds_to(self.plain.losses[-1])

    @property
    def ratio(self) -> float | None:
        """That, over the time that the plain way took."""
        seconds = self.seconds_to_loss
        return None if seconds is None else seconds / self.plain.seconds[-1]


@dataclass(frozen=True)
class Races:
    """Several races, the seconds of the process's first picture, and the longest wait for a preview in any."""

    races: list[Race]
    first_s: float
    preview_s: float

    @property
    def seconds_to_loss(self) -> float | None:
        """The median over the deals; None where more than half of them do not get there."""
        return _median([race.seconds_to_loss for race in self.races])

    def figures(self) -> dict[str, Any]:
        """What `bench rivals` says of them.

        `classic_384_s` is the rival's whole picture with everything loaded, from the deal to the picture, and
        `classic_first_384_s` the first of a process, which loads and compiles. `classic_seconds_to_loss` is when it is
        where the plain way ends after `classic_plain_s`, `classic_time_ratio` the one over the other: medians over the
        deals, null where more than half of them do not get there. `classic_loss_ratio` is the loss of its finished
        picture over that of the plain way's. `classic_preview_s` is the longest wait from one preview to the next.
        """
        whole_s, plain_s, lower = zip(
            *(
                (race.rival.seconds[-1], race.plain.seconds[-1], race.rival.losses[-1] / race.plain.losses[-1])
                for race in self.races
            ),
            strict=True,
        )
        return {
            "classic_384_s": rounded(statistics.median(whole_s), 3),
            "classic_first_384_s": rounded(self.first_s, 3),
            "classic_plain_s": rounded(statistics.median(plain_s), 3),
            "classic_seconds_to_loss": rounded(self.seconds_to_loss, 3),
            "classic_time_ratio": rounded(_median([race.ratio for race in self.races])),
            "classic_time_ratios": [rounded(race.ratio) for race in self.races],
            "classic_loss_ratio": rounded(statistics.median(lower)),
            "classic_preview_s": rounded(self.preview_s, 3),
        }


def hold(deals: Sequence[Deal], *, size: int = SIZE_PX, plain_steps: int = PLAIN_STEPS) -> Races:
    """Race on each deal on the compact backbone. Raises NetworkError where it is missing."""
    tell(f"Classic on the compact backbone, {size} px: its first picture")
    painter = Classic(network="builtin-vgg")
    begun = time.perf_counter()
    painter.paint(deals[0].content_picture, deals[0].style_picture, RivalRequest(size=size))
    first_s = time.perf_counter() - begun
    races = []
    waits = [0.0]
    for number, deal in enumerate(deals, start=1):
        tell(f"Classic against {plain_steps} plain steps of Adam, deal {number} of {len(deals)}")
        races.append(run(painter, deal, size=size, plain_steps=plain_steps, waits=waits))
    return Races(races, first_s, max(waits))


def run(
    painter: Classic,
    deal: Deal,
    *,
    size: int = SIZE_PX,
    plain_steps: int = PLAIN_STEPS,
    waits: list[float] | None = None,
) -> Race:
    """Let both paint one deal; the painter has painted before. `waits` takes the seconds between its previews."""
    content, loss = aimed(painter.network, deal, size, painter.options)
    # What a new size costs once is not the plain way's to pay.
    loss(content)
    plain, plain_picture = descend_plainly(loss, content, steps=plain_steps)
    pictures = watched(painter, deal, RivalRequest(size=size), waits)
    # The network's objective is one, and the rival has aimed it at its own scales.
    content, loss = aimed(painter.network, deal, size, painter.options)
    losses = []
    for _, picture in pictures:
        whole = images.resize(picture, height=content.shape[0], width=content.shape[1])
        losses.append(loss(whole)[0])
    curve = Curve(tuple(seconds for seconds, _ in pictures), tuple(losses))
    return Race(plain, curve, plain_picture, pictures[-1][1])


def aimed(network: str, deal: Deal, size: int, options: ClassicOptions) -> tuple[Picture, Loss]:
    """Return the photograph at a size, and what the rival minimises there, in float32, as a function of the picture.

    Like the rival's, its frame follows the picture.
    """
    content = sized(deal.content_picture, size)
    height, width = content.shape[:2]
    frame = PaddedFrame(height, width, options.padding)
    taps = tuple(zip(STYLE_TAPS, options.tap_weights, strict=True))
    objective = load_objective(network, taps, options.pooling)
    weights = LossWeights(options.content_weight, options.style_weight, options.tv_weight, options.chroma)
    paintings = [of_area(deal.style_picture, height * width)]
    objective.aim(frame.framed(content), paintings, weights, statistics=options.statistics)

    def loss(picture: Picture) -> tuple[float, Picture]:
        value, slope = objective(frame.framed(picture))
        return value, frame.folded(slope)

    return content, loss


def descend_plainly(
    loss: Loss, start: Picture, *, steps: int = PLAIN_STEPS, rate: float = PLAIN_RATE
) -> tuple[Curve, Picture]:
    """Descend by Adam (Kingma and Ba 2015) on the pixels, kept within [0, 1]. Returns the curve and the last picture.

    The curve has the loss before each step, and that of the last picture, whose computing is not counted.
    """
    picture = start.copy()
    mean, square = np.zeros_like(picture), np.zeros_like(picture)
    seconds, losses = [], []
    begun = time.perf_counter()
    for step in range(1, steps + 1):
        value, slope = loss(picture)
        seconds.append(time.perf_counter() - begun)
        losses.append(value)
        mean += 0.1 * (slope - mean)
        square += 0.001 * (slope * slope - square)
        size = np.sqrt(square / np.float32(1 - 0.999**step)) + np.float32(1e-8)
        picture = np.clip(picture - np.float32(rate / (1 - 0.9**step)) * mean / size, 0, 1, dtype=np.float32)
    seconds.append(time.perf_counter() - begun)
    losses.append(loss(picture)[0])
    return Curve(tuple(seconds), tuple(losses)), picture


def watched(
    painter: Classic, deal: Deal, request: RivalRequest, waits: list[float] | None = None
) -> list[tuple[float, Picture]]:
    """Let the rival paint, and return its pictures as they became visible, with the seconds since it began.

    Whenever it asks whether it is to stop, its newest picture is noted. The last is the finished one.
    """
    seen: list[tuple[float, Picture]] = []
    told_at: list[float] = []
    begun, looked_s = time.perf_counter(), 0.0

    def note() -> bool:
        nonlocal looked_s
        seconds = time.perf_counter() - begun
        if seconds - looked_s >= LOOK_EVERY_S:
            looked_s = seconds
            newest = painter.latest
            if newest is not None and (not seen or newest is not seen[-1][1]):
                seen.append((seconds, newest))
        return False

    def on_progress(progress: Progress) -> None:
        if progress.preview is not None:
            told_at.append(time.perf_counter())

    picture = painter.paint(deal.content_picture, deal.style_picture, request, on_progress=on_progress, cancelled=note)
    seen.append((time.perf_counter() - begun, picture))
    if waits is not None:
        waits += [after - before for before, after in itertools.pairwise(told_at)]
    return seen


def seconds_per_evaluation(network: str, deal: Deal, size: int, *, evaluations: int = 16) -> float:
    """Seconds that the rival takes for one evaluation of the network at one size, with all that belongs to it.

    From a picture of so many evaluations at that scale alone, which is more than L-BFGS remembers; the network has
    been loaded, and has seen the size, before.
    """
    deal = deal.read()
    request = RivalRequest(size=size)
    Classic(ClassicOptions(steps=1, coarsest_px=size), network=network).paint(
        deal.content_picture, deal.style_picture, request
    )
    painter = Classic(ClassicOptions(steps=evaluations, coarsest_px=size), network=network)
    painter.paint(deal.content_picture, deal.style_picture, request)
    assert painter.report is not None, "a rival that has painted has a report"
    return painter.report.painting_seconds / painter.report.steps


def _median(values: Sequence[float | None]) -> float | None:
    """The median, where what never came about counts as endless."""
    found = statistics.median(float("inf") if value is None else value for value in values)
    return None if found == float("inf") else found
