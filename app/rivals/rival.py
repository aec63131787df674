"""The rivals' protocol, and what they report.

Rivals take arrays and give arrays: they know no window, file or thread.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app import images
from app.errors import Cancelled
from app.images import Picture
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, RequestPictures, check_picture


@dataclass(frozen=True)
class Progress:
    """How far a rival is: `step` of `steps`; `preview` and `loss` where it has them."""

    step: int
    steps: int
    message: str
    preview: Picture | None = None
    loss: float | None = None


@dataclass(frozen=True)
class Report:
    """About the last picture: with which network (a name of the catalog), how many steps, how long each and all took.

    `note` is one sentence where something was done in another way than usual, else "". `loading_seconds` is how much of
    `seconds` it took to load the network, which is done for the first picture only. `losses` is what the classic
    rival's objective was after each evaluation of the network at the finest scale; empty where there is none.
    `is_stopped`: somebody stopped it under way, and the picture is the one that it had come to.
    """

    network: str
    seconds_per_step: float
    steps: int
    seconds: float
    note: str = ""
    loading_seconds: float = 0.0
    losses: tuple[float, ...] = ()
    is_stopped: bool = False

    @property
    def painting_seconds(self) -> float:
        """How long the picture itself took."""
        return max(0.0, self.seconds - self.loading_seconds)


OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


class Rival(Protocol):
    """One machine that paints the deal. Its network is loaded with the first picture and kept for the next."""

    name: str
    network: str
    report: Report | None

    @property
    def title(self) -> str:
        """What the rival and its network are called, for a person."""

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
        """Paint `content` in the manner of `style`, and as the request says, which refers to `pictures`.

        Both float32 H x W x 3 in [0, 1]; the result too, with the content's aspect and a longer side of
        `request.size` px. Raises UsageError, PictureError, NetworkError, RivalError or Cancelled.
        """


def check_deal(content: Picture, style: Picture, request: RivalRequest, pictures: RequestPictures) -> None:
    """Refuse what no rival can paint. Raises UsageError or PictureError."""
    pictures.check_complete(request)
    check_picture("content", content)
    check_picture("style", style)


def sized(content: Picture, size: int) -> Picture:
    """Scale a picture so that its longer side is `size` px, enlarging if need be; the aspect stays."""
    height, width = sized_shape(content, size)
    return images.resize(np.clip(content, 0, 1, dtype=np.float32), height=height, width=width)


def sized_shape(content: Picture, size: int) -> tuple[int, int]:
    """Height and width in px of what `sized` returns."""
    height, width = content.shape[:2]
    scale = size / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def heed(cancelled: IsCancelled | None) -> None:
    """Raise Cancelled if somebody asked for it."""
    if cancelled is not None and cancelled():
        raise Cancelled("The rival was stopped.")


class Clock:
    """Counts steps and seconds for the report."""

    def __init__(self) -> None:
        self.started = time.perf_counter()
        self.steps = 0
        self.seconds_in_steps = 0.0
        self.seconds_in_loading = 0.0

    @contextlib.contextmanager
    def loading(self) -> Iterator[None]:
        """Count what is done meanwhile as loading."""
        began = time.perf_counter()
        yield
        self.seconds_in_loading += time.perf_counter() - began

    def step(self, seconds: float) -> None:
        """Count one step that took so long."""
        self.steps += 1
        self.seconds_in_steps += seconds

    def report(self, network: str, note: str = "", losses: tuple[float, ...] = ()) -> Report:
        """Return the report up to now."""
        per_step = self.seconds_in_steps / self.steps if self.steps else 0.0
        seconds = time.perf_counter() - self.started
        return Report(network, per_step, self.steps, seconds, note, self.seconds_in_loading, losses)
