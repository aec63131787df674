"""The rival classic: neural style transfer by optimising the picture itself (Gatys, Ecker and Bethge 2016).

Coarse to fine on the best VGG that is there; see losses.py for what is minimised, scales.py and descent.py for how.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from app import images
from app.errors import RivalError
from app.images import Picture
from app.networks import catalog
from app.rivals import colours, descent, memory, precision, rival, scales
from app.rivals.classic_options import ClassicOptions
from app.rivals.objective import STYLE_TAPS, LossWeights, Objective, load_objective
from app.rivals.panels import PanelObjective
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, RequestPictures
from app.rivals.rival import IsCancelled, OnProgress, Report
from app.rivals.scales import PaddedFrame, ScaleCoordinates, ScaleDescent, ScaleStep
from app.rivals.spectrum import Array
from app.rivals.watch import CancellableRun

PREVIEW_SIDE_PX = 512
#: How much the noise varies that a picture may begin with (standard deviation, about that of a photograph).
NOISE = 0.2


@dataclass(frozen=True)
class _Order:
    """What is painted: the photograph at its final size, the paintings with their shares, and the request."""

    target: Picture
    paintings: tuple[Picture, ...]
    shares: tuple[float, ...]
    pictures: RequestPictures
    request: RivalRequest

    @property
    def is_grey(self) -> bool:
        """Whether brightness alone is painted."""
        return self.request.colours == "photograph"

    def finished(self, painted: Picture) -> Picture:
        """Put back what is the photograph's: its colours, if they are to stay, and what the mask leaves out."""
        content = self.target
        if painted.shape != content.shape:
            content = images.resize(content, height=painted.shape[0], width=painted.shape[1])
        if self.is_grey:
            painted = colours.keep_photographs(painted, content)
        return painted if self.pictures.mask is None else colours.masked(painted, content, self.pictures.mask)


class Classic:
    """Paints by optimisation. Its network is loaded with the first picture and kept for the next."""

    name = "classic"

    def __init__(self, options: ClassicOptions | None = None, *, network: str = "builtin-vgg") -> None:
        self.options = options or ClassicOptions()
        self.network = network
        self.report: Report | None = None
        self._order: _Order | None = None
        self._stand: tuple[ScaleCoordinates, Array] | None = None
        self._seen: tuple[tuple[ScaleCoordinates, Array] | None, Picture] | None = None

    @property
    def title(self) -> str:
        """What the rival and its network are called, for a person."""
        return f"Classic (Gatys) on {catalog.network(self.network).title}"

    @property
    def latest(self) -> Picture | None:
        """The newest picture, also of a run that was stopped or failed: of the scale that it had come to.

        None before the first. The same array until there is a newer one.
        """
        order, stand, seen = self._order, self._stand, self._seen
        if order is None:
            return None
        if seen is None or seen[0] is not stand:
            picture = order.target if stand is None else order.finished(stand[0].picture(stand[1]))
            seen = self._seen = (stand, picture)
        return seen[1]

    def paint(
        self,
        content: Picture,
        style: Picture,
        request: RivalRequest = PLAIN,
        pictures: RequestPictures = NO_PICTURES,
        *,
        on_progress: OnProgress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Picture:
        """Paint as `Rival.paint` says. A stop is heeded within 0.1 s, a preview told twice a second.

        A stopped or failed run leaves its picture in `latest`. The same seed on the same machine gives the same
        picture. Style is looked at within the mask only. Raises RivalError before the work where the picture does not
        fit into memory.
        """
        rival.check_deal(content, style, request, pictures)
        self.report = None
        self._order = self._stand = self._seen = None
        order = self._order = _order(content, style, request, pictures)
        watch = CancellableRun(self._preview, on_progress, cancelled)
        try:
            picture = self._painted(order, watch)
        finally:
            watch.close()
        return picture

    def _painted(self, order: _Order, watch: CancellableRun) -> Picture:
        options, target = self.options, order.target
        sides = scales.sides(max(target.shape[:2]), options.coarsest_px)
        watch.steps = options.steps + _coarse_steps(options) * (len(sides) - 1)
        watch.tell()
        if order.request.strength == 0:
            self.report = watch.clock.report(self.network)
            return order.target
        memory.check(self.network, *target.shape[:2])
        with watch.clock.loading():
            objective = watch.wait(self._load)
        watch.message = "painting"
        notes: list[str] = []
        losses: list[float] = []
        picture = _start(order, options)
        with memory.watched(self.network, *target.shape[:2]):
            for side in sides:
                losses = []
                picture = self._at_scale(objective, order, side, picture, watch, losses, notes)
        picture = order.finished(images.resize(picture, height=target.shape[0], width=target.shape[1]))
        self.report = watch.clock.report(self.network, " ".join(dict.fromkeys(notes)), tuple(losses))
        return picture

    def _load(self) -> Objective:
        options = self.options
        taps = tuple(zip(STYLE_TAPS, options.tap_weights, strict=True))

        def load(computing: str) -> Objective:
            dtype, _, compiler = computing.partition("-")
            return load_objective(self.network, taps, options.pooling, dtype, is_fused=compiler == "xla")

        if options.computing != "measured":
            return load(options.computing)
        return load(precision.best(self.network, load))

    def _at_scale(
        self,
        objective: Objective,
        order: _Order,
        side: int,
        start: Picture,
        watch: CancellableRun,
        losses: list[float],
        notes: list[str],
    ) -> Picture:
        """Descend with a longer side of `side` px from `start`, which has another size. The finest scale averages."""
        options = self.options
        content = images.fit_within(order.target, side)
        height, width = content.shape[:2]
        frame = PaddedFrame(height, width, options.padding)
        aimed = self._aimed(objective, order, content, frame, watch, notes)

        def value(picture: Picture) -> tuple[float, Array]:
            watch.heed()
            return aimed(picture)

        if options.coordinates == "pixels":
            canvas = ScaleCoordinates.of_pixels(frame, is_grey=order.is_grey)
        else:
            canvas = ScaleCoordinates.of_spectrum(frame, steepness=options.steepness, is_grey=order.is_grey)
        pairs = memory.pairs(*frame.shape[:2])
        is_finest = content.shape == order.target.shape
        steps = options.steps if is_finest else _coarse_steps(options)
        work = ScaleDescent(value, canvas, start, evaluations=steps, memory=pairs)
        points = work.steps(options.optimizer)
        seen: list[float] = []
        mean = _Mean(options.steps * (1 - options.averaging) if is_finest and options.averaging else None)
        stand: ScaleStep | None = None
        while True:
            done = len(work.values)
            spent = work.seconds
            following = watch.wait(lambda: next(points, None))
            watch.clock.steps += len(work.values) - done
            watch.clock.seconds_in_steps += work.seconds - spent
            if following is None:
                break
            stand = following
            if not np.isfinite(stand.point.value):
                raise RivalError("The classic rival lost its way: its loss is not a number any more.")
            seen.append(stand.point.value)
            self._stand = (stand.canvas, np.asarray(stand.point.place, np.float32))
            watch.loss = stand.point.value
            mean.take(stand)
            if options.tolerance and descent.has_settled(seen, tolerance=options.tolerance):
                break
        losses += work.values
        if work.was_stuck:
            notes.append("L-BFGS found no way down; Adam went on.")
        if stand is None:
            return start
        self._stand = mean.stand() or self._stand
        return watch.wait(lambda: _picture(self._stand)) if self._stand else start

    def _aimed(
        self,
        objective: Objective,
        order: _Order,
        content: Picture,
        frame: PaddedFrame,
        watch: CancellableRun,
        notes: list[str],
    ) -> Callable[[Picture], tuple[float, Array]]:
        """The objective of this scale, in one piece or in panels."""
        options, strength = self.options, order.request.strength
        # Equal steps of strength are to look equal, and the eye sees the style's share by its logarithm.
        weights = LossWeights(
            options.content_weight, options.style_weight * strength**3, options.tv_weight, options.chroma
        )
        height, width = content.shape[:2]
        # Strokes are twice as large where the painting has four times as many pixels.
        area = height * width * order.request.style_scale**2
        mask = order.pictures.mask
        if mask is not None:
            # What the mask leaves out says nothing about the manner of the rest.
            mask = frame.framed(colours.mask_at(mask, height=height, width=width))
        panel = memory.panel_px(self.network, *frame.shape[:2])
        aimed: Objective | PanelObjective = objective
        if panel is not None:
            aimed = PanelObjective(objective, panel)
            watch.at_end(aimed.stop)
            notes.append(f"It was painted in panels of {panel} px.")

        def aim() -> None:
            paintings = [scales.of_area(painting, area) for painting in order.paintings]
            framed = frame.framed(content)
            aimed.aim(framed, paintings, weights, shares=order.shares, statistics=options.statistics, mask=mask)

        watch.wait(aim)
        return aimed

    def _preview(self) -> Picture | None:
        """The newest picture, small: made of no more than its coarse frequencies."""
        order, stand = self._order, self._stand
        if order is None:
            return None
        if stand is None:
            return images.fit_within(order.target, PREVIEW_SIDE_PX)
        if max(stand[0].frame.height, stand[0].frame.width) <= PREVIEW_SIDE_PX:
            return self.latest
        return order.finished(stand[0].small(stand[1], PREVIEW_SIDE_PX))


class _Mean:
    """The mean of the places from a step on; of none if that is None."""

    def __init__(self, begin: float | None) -> None:
        self._begin = begin
        self._count = 0
        self._canvas: ScaleCoordinates | None = None
        self._place: Array | None = None

    def take(self, stand: ScaleStep) -> None:
        """Count a step's place in, if it is late enough; places of another canvas than before begin anew."""
        if self._begin is None or stand.point.evaluations < self._begin:
            return
        place = np.asarray(stand.point.place, np.float32)
        if self._place is None or stand.canvas is not self._canvas:
            self._count, self._canvas, self._place = 1, stand.canvas, place.copy()
            return
        self._count += 1
        self._place += (place - self._place) / np.float32(self._count)

    def stand(self) -> tuple[ScaleCoordinates, Array] | None:
        """The mean so far; None where nothing was counted."""
        return None if self._canvas is None or self._place is None else (self._canvas, self._place)


def _coarse_steps(options: ClassicOptions) -> int:
    return -(-options.steps // 2)


def _picture(stand: tuple[ScaleCoordinates, Array] | None) -> Picture:
    assert stand is not None, "asked for after a step only"
    return stand[0].picture(stand[1])


def _order(content: Picture, style: Picture, request: RivalRequest, pictures: RequestPictures) -> _Order:
    target = rival.sized(content, request.size)
    paintings = (style, *pictures.further_styles)
    if request.colours == "matched":
        paintings = tuple(colours.matched(painting, target) for painting in paintings)
    return _Order(target, paintings, request.shares(), pictures, request)


def _start(order: _Order, options: ClassicOptions) -> Picture:
    """The picture to begin with."""
    request, shape = order.request, order.target.shape
    chance = np.random.default_rng(request.seed)
    if request.start == "noise":
        mean = order.target.mean(axis=(0, 1))
        return np.clip(mean + NOISE * chance.standard_normal(shape, np.float32), 0, 1, dtype=np.float32)
    picture = order.target
    if order.pictures.start is not None:
        picture = images.cover(np.clip(order.pictures.start, 0, 1), height=shape[0], width=shape[1])
    if options.noise == 0:
        return picture
    return np.clip(picture + options.noise * chance.standard_normal(shape, np.float32), 0, 1, dtype=np.float32)
