"""The rival classic: neural style transfer by optimising the picture itself (Gatys, Ecker and Bethge 2016).

Coarse to fine on the best VGG that is there; see losses.py for what is minimised and descent.py for how.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from app import images
from app.errors import RivalError, UsageError
from app.images import Picture
from app.networks import catalog
from app.rivals import descent, rival
from app.rivals.classic_options import MIN_SIDE_PX, ClassicOptions
from app.rivals.commission import PLAIN, Commission
from app.rivals.objective import STYLE_TAPS, Objective, Weights, load_objective
from app.rivals.rival import Clock, IsCancelled, OnProgress, Progress, Report
from app.rivals.spectrum import Pixels, Spectrum

Result = TypeVar("Result")

#: Mirrored around a picture while it is painted.
MARGIN_PX = 16
#: Beyond this an ordinary machine runs out of memory.
MAX_SIZE_PX = 2048
#: From one scale to the next: sqrt 2, half as many pixels each.
SCALE_STEP = 2**0.5
#: A preview at least this often while the network computes.
PREVIEW_EVERY_S = 0.5
PREVIEW_SIDE_PX = 512
#: How often a request to stop is looked for.
POLL_S = 0.03


class Classic:
    """Paints by optimisation. `latest` is the newest picture, also of a run that was stopped or failed."""

    name = rival.CLASSIC

    def __init__(self, options: ClassicOptions | None = None, *, network: str | None = None) -> None:
        self.options = options or ClassicOptions()
        self.network = network or rival.best_network(self.name)
        self.report: Report | None = None
        self.latest: Picture | None = None

    @property
    def title(self) -> str:
        """What the rival and its network are called, for a person."""
        return f"Classic (Gatys) on {catalog.network(self.network).title}"

    def paint(
        self,
        content: Picture,
        style: Picture,
        commission: Commission = PLAIN,
        *,
        on_progress: OnProgress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Picture:
        """Paint as `Rival.paint` says; size at most 2048. A stop is heeded within 0.1 s, a preview told twice a second.

        The same seed on the same machine gives the same picture.
        """
        rival.check_deal(content, style, commission)
        strength, size = commission.strength, commission.size
        if size > MAX_SIZE_PX:
            raise UsageError(f"The classic rival paints at most {MAX_SIZE_PX} px, not {size}.")
        self.report = None
        target = rival.sized(content, size)
        self.latest = target
        watch = _Watch(self, on_progress, cancelled)
        try:
            picture = self._descend(target, style, strength, watch)
        finally:
            watch.close()
        self.report = watch.clock.report(self.network)
        return picture

    def _descend(self, target: Picture, style: Picture, strength: float, watch: _Watch) -> Picture:
        options = self.options
        sides = _sides(max(target.shape[:2]), options.coarsest_px)
        watch.steps = options.steps * len(sides)
        watch.tell("loading the network")
        taps = tuple(zip(STYLE_TAPS, options.tap_weights, strict=True))
        with watch.clock.loading():
            objective = watch.wait(lambda: load_objective(self.network, taps, options.pooling))
        # Equal steps of strength are to look equal, and the eye sees the style's share by its logarithm.
        weights = Weights(options.content_weight, options.style_weight * strength**3, options.tv_weight, options.chroma)
        if strength == 0:
            return target
        noise = np.random.default_rng(options.seed).normal(0, options.noise, target.shape).astype(np.float32)
        picture = np.clip(target + noise, 0, 1)
        for side in sides:
            content = images.fit_within(target, side)
            picture = self._at_scale(objective, content, picture, style, weights, watch)
        return images.resize(picture, height=target.shape[0], width=target.shape[1])

    def _at_scale(
        self,
        objective: Objective,
        content: Picture,
        start: Picture,
        style: Picture,
        weights: Weights,
        watch: _Watch,
    ) -> Picture:
        """Descend at the content's size from `start`, which has another size, and return the best picture."""
        height, width = content.shape[:2]
        framed = _framed(content)
        shape = framed.shape
        manner = _of_area(style, height * width)
        watch.wait(lambda: objective.aim(framed, [manner], weights))
        is_lbfgs = self.options.optimizer == "lbfgs"
        space = Spectrum(shape, steepness=self.options.steepness) if is_lbfgs else Pixels(shape)

        def evaluate(place: descent.Vector) -> tuple[float, descent.Vector]:
            began = time.perf_counter()
            value, gradient = watch.wait(lambda: objective(space.picture(place)))
            watch.clock.step(time.perf_counter() - began)
            return value, space.gradient(gradient)

        def seen(place: descent.Vector) -> Picture:
            inside = space.picture(place)[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width]
            return np.clip(inside, 0, 1, dtype=np.float32)

        place: descent.Vector = space.place(_framed(images.resize(start, height=height, width=width)))
        descend = descent.lbfgs if is_lbfgs else descent.adam
        for point in descend(evaluate, place, evaluations=self.options.steps):
            if not np.isfinite(point.value):
                raise RivalError("The classic rival lost its way: its loss is not a number any more.")
            place = point.place
            self.latest = seen(place)
            watch.saw(point.value)
        return seen(place)


class _Watch:
    """Lets the network compute in a thread of its own, and meanwhile heeds a stop and tells previews."""

    def __init__(self, painter: Classic, on_progress: OnProgress | None, cancelled: IsCancelled | None) -> None:
        self.clock = Clock()
        self.steps = 0
        self._painter, self._on_progress, self._cancelled = painter, on_progress, cancelled
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="classic")
        self._told_at = 0.0
        self._loss: float | None = None

    def wait(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, looking up in between. Raises Cancelled at once, or what `call` raises."""
        rival.heed(self._cancelled)
        future: Future[Result] = self._thread.submit(call)
        while True:
            try:
                return future.result(timeout=POLL_S)
            except TimeoutError:
                if future.done():
                    raise
                rival.heed(self._cancelled)
                self._tell_if_due()
            except MemoryError:
                raise RivalError(
                    "There is not enough memory for a picture of this size; choose a smaller one."
                ) from None

    def saw(self, loss: float) -> None:
        """Take note of an accepted step."""
        self._loss = loss
        self._tell_if_due()

    def _tell_if_due(self) -> None:
        if time.perf_counter() - self._told_at >= PREVIEW_EVERY_S:
            self.tell("painting" if self.clock.steps else "loading the network")

    def tell(self, message: str) -> None:
        """Tell progress with the newest picture."""
        self._told_at = time.perf_counter()
        if self._on_progress is not None and self._painter.latest is not None:
            preview = images.fit_within(self._painter.latest, PREVIEW_SIDE_PX)
            step = min(self.clock.steps, self.steps)
            self._on_progress(Progress(step, self.steps, message, preview, self._loss))

    def close(self) -> None:
        """Leave a computation that is still running to itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _sides(size: int, coarsest: int) -> list[int]:
    """Longer sides from coarse to fine, sqrt 2 apart, the last one `size`."""
    sides = itertools.takewhile(lambda side: side >= coarsest, (round(size / SCALE_STEP**n) for n in itertools.count()))
    return sorted({size, *sides})


def _framed(picture: Picture) -> Picture:
    """Continue a picture by its mirror image on all sides; the network's own padding spoils only that."""
    around = [(MARGIN_PX, MARGIN_PX + max(0, MIN_SIDE_PX - side)) for side in picture.shape[:2]]
    return np.pad(picture, (*around, (0, 0)), mode="symmetric")


def _of_area(style: Picture, area: int) -> Picture:
    """Scale the painting to as many pixels as the picture has, so that its strokes keep their proportion to it."""
    scale = (area / (style.shape[0] * style.shape[1])) ** 0.5
    height, width = (max(MIN_SIDE_PX, round(side * scale)) for side in style.shape[:2])
    return images.cover(np.clip(style, 0, 1, dtype=np.float32), height=height, width=width)
