"""The rival magenta: arbitrary image stylization in one pass (Ghiasi et al. 2017), with whichever network is there.

One face over three ways to paint: Magenta's full SavedModel, its int8 pair through LiteRT, and our own small
network. What differs between them lies in `Pass`; sizes, aspects, tiles and strength are dealt with here.
"""

from __future__ import annotations

import time

import numpy as np

from app import images
from app.images import Picture
from app.networks import catalog
from app.rivals import rival, tiles
from app.rivals.commission import PLAIN, Commission
from app.rivals.rival import Clock, IsCancelled, OnProgress, Progress, Report
from app.rivals.stylizing import STYLE_PX, Pass, load_pass

#: The longer side at which the networks were trained; smaller pictures are painted there and shrunk, so that
#: strokes keep their proportion.
NATIVE_PX = 384


class Magenta:
    """Paints in one pass of a network; pictures larger than a network can take, in overlapping tiles."""

    name = rival.MAGENTA

    def __init__(self, network: str | None = None) -> None:
        self.network = network or rival.best_network(self.name)
        self.report: Report | None = None
        self._pass: Pass | None = None

    @property
    def title(self) -> str:
        """What the rival and its network are called, for a person."""
        return f"Magenta's method on {catalog.network(self.network).title}"

    def paint(
        self,
        content: Picture,
        style: Picture,
        commission: Commission = PLAIN,
        *,
        on_progress: OnProgress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Picture:
        """Paint as `Rival.paint` says. Of the painting, the central square is looked at; nothing is stretched.

        `strength` is identity interpolation: the numbers of the style move from the photograph's own to the
        painting's.
        """
        rival.check_deal(content, style, commission)
        strength, size = commission.strength, commission.size
        self.report = None
        clock = Clock()
        rival.heed(cancelled)
        _tell(on_progress, 0, 1, "loading the network")
        if self._pass is None:
            with clock.loading():
                self._pass = load_pass(self.network)
        network = self._pass
        rival.heed(cancelled)
        target = rival.sized(content, max(size, NATIVE_PX))
        vector = network.style(_square(style), _square(content), strength)
        places = tiles.places(target.shape[:2], network.side_px)
        count = len(places) + (len(places) > 1)

        def paint_one(part: Picture) -> Picture:
            rival.heed(cancelled)
            began = time.perf_counter()
            painted = network.paint(part, vector)
            clock.step(time.perf_counter() - began)
            return painted

        if len(places) == 1:
            picture = paint_one(target)
        else:
            _tell(on_progress, 0, count, "painting the whole in small")
            small = paint_one(images.fit_within(target, NATIVE_PX))
            _tell(on_progress, 1, count, "painting", small)

            def on_tile(done: int) -> None:
                _tell(on_progress, done + 1, count, "painting", small)

            picture = tiles.paint(target, places, paint_one, small=small, on_tile=on_tile)
        if size < NATIVE_PX:
            wanted = rival.sized_shape(content, size)
            picture = images.resize(picture, height=wanted[0], width=wanted[1])
        picture = np.clip(picture, 0, 1, dtype=np.float32)
        self.report = clock.report(self.network, network.note)
        _tell(on_progress, count, count, "painted", images.fit_within(picture, 512))
        return picture


def _square(picture: Picture) -> Picture:
    """The middle of a picture as the predictors want it."""
    return images.cover(np.clip(picture, 0, 1, dtype=np.float32), height=STYLE_PX, width=STYLE_PX)


def _tell(on_progress: OnProgress | None, step: int, steps: int, message: str, preview: Picture | None = None) -> None:
    if on_progress is not None:
        on_progress(Progress(step, steps, message, preview))
