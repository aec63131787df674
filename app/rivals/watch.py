"""Lets a rival work in a thread of its own, and meanwhile heeds a stop and tells previews."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from app.errors import Cancelled
from app.images import Picture
from app.rivals import rival
from app.rivals.rival import Clock, IsCancelled, OnProgress, Progress

Result = TypeVar("Result")

#: A preview at least this often.
PREVIEW_EVERY_S = 0.5
#: How often a request to stop is looked for.
POLL_S = 0.03


class CancellableRun:
    """`clock` and `steps` say how far the work is, `message` what it is; `preview` makes the newest picture, small.

    The name of its thread begins with that of the thread that made it, so that it can be told whose work goes on.
    """

    def __init__(
        self, preview: Callable[[], Picture | None], on_progress: OnProgress | None, cancelled: IsCancelled | None
    ) -> None:
        self.clock = Clock()
        self.steps = 0
        self.message = "loading the network"
        self.loss: float | None = None
        self._preview, self._on_progress, self._cancelled = preview, on_progress, cancelled
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{threading.current_thread().name}: rival")
        self._stopped = threading.Event()
        self._at_end: list[Callable[[], None]] = []
        self._told_at = 0.0

    def wait(self, call: Callable[[], Result]) -> Result:
        """Return what `call` returns, looking up in between. Raises Cancelled at once, or what `call` raises."""
        self._look_up()
        future: Future[Result] = self._thread.submit(call)
        while True:
            try:
                return future.result(timeout=POLL_S)
            except TimeoutError:
                if future.done():
                    raise
                self._look_up()

    def heed(self) -> None:
        """In the work's own thread: raise Cancelled if nobody waits for it any more."""
        if self._stopped.is_set():
            raise Cancelled("The rival was stopped.")

    def at_end(self, call: Callable[[], None]) -> None:
        """Call this, too, once nobody waits any more."""
        self._at_end.append(call)

    def tell(self) -> None:
        """Tell progress with the newest picture."""
        self._told_at = time.perf_counter()
        if self._on_progress is None:
            return
        preview = self._preview()
        self._on_progress(Progress(min(self.clock.steps, self.steps), self.steps, self.message, preview, self.loss))

    def close(self) -> None:
        """Leave a computation that is still running to itself; it ends with the step that it is at."""
        self._stopped.set()
        for call in self._at_end:
            call()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _look_up(self) -> None:
        rival.heed(self._cancelled)
        if time.perf_counter() - self._told_at >= PREVIEW_EVERY_S:
            self.tell()
