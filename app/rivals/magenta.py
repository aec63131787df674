"""The rival magenta: arbitrary image stylization in one pass (Ghiasi et al. 2017), with whichever network is there.

One face over three ways to paint: Magenta's full SavedModel, its int8 pair through LiteRT, and our own small
network. What differs between them lies in `Pass`; sizes, aspects, tiles, strength and blends are dealt with here.

A network's strokes have the size that they were trained with. A picture much larger than 384 px is therefore painted
at 384 px first, enlarged, mixed with the photograph, and painted over at about twice the size, and so on: the strokes
keep their proportion to the picture, and each pass makes their edges as sharp as its size allows.
"""

from __future__ import annotations

import functools
import math
import queue
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from PIL import Image

from app import images
from app.errors import Cancelled, UsageError
from app.images import Picture
from app.networks import catalog
from app.rivals import colours, memory, rival, tiles
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, Mask, RequestPictures
from app.rivals.rival import Clock, IsCancelled, OnProgress, Progress, Report
from app.rivals.stylizing import STYLE_PX, Numbers, Pass, load_pass, mixed

#: The longer side at which the networks were trained; smaller pictures are painted there and shrunk, so that
#: strokes keep their proportion.
NATIVE_PX = 384
#: How much of the enlarged painting, and how little of the photograph, the next larger pass is given: less, and
#: strokes become small; more, and windows and faces melt.
CARRIED = 0.5
#: How much larger than its goal a picture is that was shrunk by averaging whole pixels, before Lanczos' turn.
REDUCING_GAP = 1.0
PREVIEW_SIDE_PX = 512
#: How often a request to stop is looked for.
POLL_S = 0.03


class Magenta:
    """Paints in one pass of a network; large pictures in a few passes from small to large, in overlapping tiles."""

    name = "magenta"

    def __init__(self, network: str = "builtin-stylizer") -> None:
        self.network = network
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
        request: RivalRequest = PLAIN,
        pictures: RequestPictures = NO_PICTURES,
        *,
        on_progress: OnProgress | None = None,
        cancelled: IsCancelled | None = None,
    ) -> Picture:
        """Paint as `Rival.paint` says. Of each painting, the central square is looked at; nothing is stretched.

        `strength` is identity interpolation: the numbers of the style move from the photograph's own to the
        paintings' mixture. `style_scale` is that of the square: of a painting for larger strokes a smaller middle is
        looked at, for smaller ones the whole and its mirror images. Nothing is left to chance, so the seed says
        nothing. A stop is heeded within 0.1 s. Raises UsageError for a start other than the photograph.
        """
        rival.check_deal(content, style, request, pictures)
        if request.start != "photograph":
            raise UsageError(
                "Magenta starts from the photograph only; the classic rival can start from something else."
            )
        self.report = None
        rival.heed(cancelled)
        errand = _Errand(self, content, (style, *pictures.further_styles), request, pictures.mask)
        painting: Future[Picture] = _hand().submit(errand.run)
        try:
            while not painting.done():
                rival.heed(cancelled)
                errand.tell(on_progress, POLL_S)
        except BaseException:
            # What is being computed is left to itself, and its thread takes no further tile.
            errand.is_stopped.set()
            painting.cancel()
            raise
        picture = painting.result()
        errand.tell(on_progress, 0)
        self.report = errand.report
        return picture

    def load(self) -> Pass:
        """Return the network, loaded with the first call. Raises NetworkError."""
        if self._pass is None:
            self._pass = load_pass(self.network)
        return self._pass


class _Errand:
    """One picture, painted in a thread of its own by `run`; what there is to tell waits until the caller asks."""

    def __init__(
        self,
        painter: Magenta,
        content: Picture,
        styles: tuple[Picture, ...],
        request: RivalRequest,
        mask: Mask | None,
    ) -> None:
        self.is_stopped = threading.Event()
        self.report: Report | None = None
        self._painter, self._content, self._styles, self._request, self._mask = painter, content, styles, request, mask
        self._news: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        self._clock = Clock()
        self._done = self._count = 0

    def tell(self, on_progress: OnProgress | None, patience_s: float) -> None:
        """Pass on what there is to tell, waiting a moment for it. Returns at once where the work has ended."""
        try:
            news = self._news.get(timeout=patience_s) if patience_s else self._news.get_nowait()
            while True:
                if on_progress is not None and news is not None:
                    on_progress(news)
                news = self._news.get_nowait()
        except queue.Empty:
            return

    def run(self) -> Picture:
        """Paint the picture."""
        try:
            return self._run()
        finally:
            # Wakes the caller.
            self._news.put(None)

    def _run(self) -> Picture:
        request, content = self._request, self._content
        sides = _sides(request.size)
        shapes = [rival.sized_shape(content, side) for side in sides]
        self._heed()
        self._say(0, 1, "loading the network")
        with self._clock.loading():
            network = self._painter.load()
        side_px = network.side_px
        memory.check(self._painter.network, *shapes[-1], side_px=side_px)
        counts = [len(tiles.places(shape, side_px)) for shape in shapes]
        # A first picture in tiles is painted in small besides.
        self._count = sum(counts) + (counts[0] > 1)
        with memory.watched(self._painter.network, *shapes[-1], side_px=side_px):
            manner = self._manner(network)
            picture = None
            for shape in shapes:
                self._heed()
                photograph = _quickly(content, height=shape[0], width=shape[1])
                picture = self._over(network, photograph, picture, manner)
            assert picture is not None
            picture = self._finished(picture)
        self.report = self._clock.report(self._painter.network, network.note)
        self._say(self._count, self._count, "painted", images.fit_within(picture, PREVIEW_SIDE_PX))
        return picture

    def _manner(self, network: Pass) -> list[tuple[float, Numbers]]:
        """The styles' numbers with their shares; a single mixture where the network can."""
        request = self._request
        shares = request.shares()
        parts: list[tuple[float, Numbers]] = []
        for share, style in zip(shares, self._styles, strict=True):
            self._heed()
            if share * request.strength > 0:
                if request.colours == "matched":
                    style = colours.matched(style, self._content)
                parts.append((share * request.strength, network.numbers(_square(style, request.style_scale))))
        if request.strength < 1:
            parts.append((1 - request.strength, network.numbers(_square(self._content, 1.0))))
        return [(1.0, mixed(parts))] if network.can_mix else parts

    def _over(
        self, network: Pass, photograph: Picture, before: Picture | None, manner: list[tuple[float, Numbers]]
    ) -> Picture:
        """Paint at the photograph's size, over what was painted smaller, if anything was."""
        places = tiles.places(photograph.shape, network.side_px)
        shown = images.fit_within(photograph if before is None else before, PREVIEW_SIDE_PX)
        if before is not None:
            height, width = photograph.shape[:2]
            enlarged = images.resize(before, height=height, width=width)
            photograph = np.asarray((1 - CARRIED) * photograph + CARRIED * enlarged, np.float32)
            del enlarged
            self._say(self._done, self._count, "painting", shown)

        def paint_one(part: Picture) -> Picture:
            self._heed()
            began = time.perf_counter()
            painted = sum(
                (np.float32(share) * network.paint(part, numbers) for share, numbers in manner[1:]),
                start=_scaled(network.paint(part, manner[0][1]), manner[0][0]),
            )
            self._clock.step(time.perf_counter() - began)
            self._done += 1
            return painted

        if len(places) == 1:
            return paint_one(photograph)
        # Where nothing was painted smaller the picture is hardly larger than a tile.
        small = before if before is not None else paint_one(images.fit_within(photograph, network.side_px))
        preview = _Preview(shown, photograph.shape)

        def on_tile(place: tiles.Place, painted: Picture) -> None:
            preview.lay(place, painted)
            self._say(self._done, self._count, "painting", preview.picture.copy())

        return tiles.paint(photograph, places, paint_one, small=small, on_tile=on_tile)

    def _finished(self, picture: Picture) -> Picture:
        """The picture in the size that was asked for, with the colours and the mask of the request."""
        request = self._request
        height, width = rival.sized_shape(self._content, request.size)
        picture = np.clip(images.resize(picture, height=height, width=width), 0, 1, dtype=np.float32)
        if request.colours != "photograph" and self._mask is None:
            return picture
        photograph = images.resize(self._content, height=height, width=width)
        if request.colours == "photograph":
            picture = colours.keep_photographs(picture, photograph)
        return picture if self._mask is None else colours.masked(picture, photograph, self._mask)

    def _heed(self) -> None:
        if self.is_stopped.is_set():
            raise Cancelled("The rival was stopped.")

    def _say(self, step: int, steps: int, message: str, preview: Picture | None = None) -> None:
        self._news.put(Progress(step, steps, message, preview))


class _Preview:
    """A small picture on which the tiles appear as they are painted, without edges."""

    def __init__(self, picture: Picture, shape: tuple[int, ...]) -> None:
        self.picture = picture.copy()
        self._scale = picture.shape[0] / shape[0], picture.shape[1] / shape[1]

    def lay(self, place: tiles.Place, painted: Picture) -> None:
        """Lay one tile over the preview, fading towards its borders."""
        spans = []
        for span, scale, length in zip(place, self._scale, self.picture.shape, strict=False):
            start = min(round(span.start * scale), length - 1)
            spans.append(slice(start, max(start + 1, min(round(span.stop * scale), length))))
        under = self.picture[spans[0], spans[1]]
        small = images.resize(painted, height=under.shape[0], width=under.shape[1])
        under += np.sqrt(np.minimum(tiles.window(under.shape[:2]), 1)) * (small - under)


@functools.cache
def _hand() -> ThreadPoolExecutor:
    """The one thread in which this rival paints: its networks are not made to be used by two at a time."""
    return ThreadPoolExecutor(1)


@functools.cache
def _channels() -> ThreadPoolExecutor:
    """A thread for each channel of a picture that is resampled."""
    return ThreadPoolExecutor(3)


def _sides(size: int) -> list[int]:
    """Longer sides from `NATIVE_PX` to `size`, each about twice the one before; at least `NATIVE_PX`."""
    rises = max(0, math.ceil(math.log2(size / NATIVE_PX) - 0.25))
    if rises == 0:
        return [max(size, NATIVE_PX)]
    return [round(NATIVE_PX * (size / NATIVE_PX) ** (rise / rises)) for rise in range(rises + 1)]


def _square(picture: Picture, scale: float) -> Picture:
    """The middle of a picture as the predictors want it, 256 x 256, `scale` times as large as it would be to fit."""
    height, width = picture.shape[:2]
    side = min(height, width) / scale
    if scale >= 1:
        crop = max(1, round(side))
        top, left = (height - crop) // 2, (width - crop) // 2
        return _quickly(picture[top : top + crop, left : left + crop], height=STYLE_PX, width=STYLE_PX)
    sides = [max(1, round(length * STYLE_PX / side)) for length in (height, width)]
    small = _quickly(picture, height=sides[0], width=sides[1])
    lacks = [max(0, STYLE_PX - length) for length in sides]
    small = np.pad(small, (*((lack // 2, lack - lack // 2) for lack in lacks), (0, 0)), "symmetric")
    top, left = ((length - STYLE_PX) // 2 for length in small.shape[:2])
    return small[top : top + STYLE_PX, left : left + STYLE_PX]


def _quickly(picture: Picture, *, height: int, width: int) -> Picture:
    """Resample as `images.resize` does, but first halve, third, ... what is to become much smaller.

    That is four times as quick, and otherwise a twentieth of the time of a small picture would go into it.
    """
    if picture.shape[:2] == (height, width):
        return picture
    resized = np.empty((height, width, 3), np.float32)

    def fill(channel: int) -> None:
        plane = Image.fromarray(np.ascontiguousarray(picture[:, :, channel]))
        small = plane.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
        resized[:, :, channel] = np.asarray(small)

    # Pillow lets other threads run while it resamples.
    list(_channels().map(fill, range(3)))
    return np.clip(resized, 0, 1, out=resized)


def _scaled(picture: Picture, share: float) -> Picture:
    return picture if share == 1 else np.asarray(np.float32(share) * picture, np.float32)
