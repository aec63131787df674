"""What painting costs: dabs, events, undo, the journal, memory, the auto-painter."""

import os
import platform
import time
from dataclasses import replace
from typing import Any

import numpy as np

from app.bench.window import dab_rate, painting_session
from app.bench.window.painting_session import Plan
from app.painting import autopainter

MEMORY_STROKES = 2000
AUTOPAINTER_STROKES = 1000
AUTOPAINTER_SIDE_PX = 512


def measure(
    while_rivals_work: bool,
    plan: Plan | None = None,
    *,
    memory_strokes: int = MEMORY_STROKES,
    autopainter_strokes: int = AUTOPAINTER_STROKES,
    dab_repeats: int = dab_rate.REPEATS,
    most_dabs: int | None = None,
) -> dict[str, Any]:
    """All figures of the canvas.

    `stamps_per_second` holds `round` and `textured` of what `dabbing.measure` gives, `dabbing` the rest.

    `event_ms` is from when a pointer event is due to the finished repaint, in a real window with a textured brush on a
    canvas with three layers at 50 %; `undo_ms` from the command (undo and redo alike) to the finished repaint;
    `journal_ms` what a stroke costs the window's thread to be written down: each p50, p99 and max. `memory_mb` is what
    the window's process keeps after 2,000 strokes; `autopainter_s` how long 1,000 strokes at 512 x 512 take. With
    `while_rivals_work` both rivals paint while the events are timed.
    """
    plan = replace(plan or Plan(), rivals_work=while_rivals_work)
    # First, while nothing else has warmed the machine or filled its memory.
    dabs = dab_rate.measure(repeats=dab_repeats, most_dabs=most_dabs)
    by_hand = painting_session.hold(plan)
    long = painting_session.hold(replace(plan, strokes=1, undos=0, more_strokes=memory_strokes, rivals_work=False))
    return {
        "stamps_per_second": {kind: dabs.pop(kind) for kind in ("round", "textured")},
        "stamping": dabs,
        "event_ms": _spread(by_hand["events_ms"]),
        "undo_ms": _spread(by_hand["undos_ms"]),
        "journal_ms": _spread(by_hand["journal_ms"] + long["journal_ms"]),
        "memory_mb": round(long["memory_mb"], 1),
        "autopainter_s": round(_autopainter_s(autopainter_strokes), 2),
        "events": len(by_hand["events_ms"]),
        "while_rivals_work": while_rivals_work,
        "platform": by_hand["platform"],
        "machine": {
            "cores": os.cpu_count(),
            "processor": platform.processor() or platform.machine(),
            "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        },
    }


def _spread(times_ms: list[float]) -> dict[str, float]:
    return {
        "p50": round(float(np.percentile(times_ms, 50)), 3),
        "p99": round(float(np.percentile(times_ms, 99)), 3),
        "max": round(max(times_ms), 3),
    }


def _autopainter_s(strokes: int) -> float:
    down, across = np.mgrid[0:AUTOPAINTER_SIDE_PX, 0:AUTOPAINTER_SIDE_PX].astype(np.float32) / AUTOPAINTER_SIDE_PX
    # Broad forms and narrow ones, as a photograph has.
    forms = np.stack([np.sin(11 * down + 5 * across), np.sin(23 * across * down), np.cos(47 * np.hypot(down, across))])
    begun = time.perf_counter()
    autopainter.paint(np.ascontiguousarray(0.5 + 0.5 * forms.transpose(1, 2, 0)), strokes=strokes)
    return time.perf_counter() - begun
