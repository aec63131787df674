"""Shows how far a training is: a bar that fills on a terminal, a plain line now and then in a log."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from typing import TextIO

_WIDTH = 24


class TrainingBar:
    """One training's progress. On a terminal every step is shown in place, elsewhere every ``line_every``-th."""

    def __init__(self, total: int, *, first: int = 0, line_every: int = 100, stream: TextIO | None = None) -> None:
        self._total, self._first, self._line_every = max(1, total), first, line_every
        self._stream = stream or sys.stdout
        self._is_terminal = self._stream.isatty()
        self._begun_at = time.monotonic()

    def show(self, step: int, losses: Mapping[str, float]) -> None:
        """Show that so many steps are done, and the losses of the latest."""
        is_line = step % self._line_every == 0 or step == self._total
        if not (self._is_terminal or is_line):
            return
        pace = (time.monotonic() - self._begun_at) / max(1, step - self._first)
        named = "  ".join(f"{name} {value:.4f}" for name, value in losses.items())
        text = f"{named}  {pace * 1000:.0f} ms a step, {(self._total - step) * pace / 60.0:.1f} min left"
        if self._is_terminal:
            filled = round(_WIDTH * step / self._total)
            bar = "█" * filled + "░" * (_WIDTH - filled)
            end = "\n" if step == self._total else ""
            self._stream.write(f"\r\x1b[K{bar} {step}/{self._total}  {text}{end}")
        else:
            self._stream.write(f"step {step}/{self._total}  {text}\n")
        self._stream.flush()
