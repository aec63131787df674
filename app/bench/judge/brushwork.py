"""Lets the auto-painter imitate many pictures at once, a process for every core.

A process reads its batch from standard input and writes what it painted to standard output, both as .npz.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from app import images, places
from app.bench.progress import tell
from app.errors import PasticheError
from app.images import Picture

#: Jobs are handed out so that a process has about as many strokes to paint.
BATCH_STROKES = 14_000


@dataclass(frozen=True, eq=False)
class Job:
    """A picture to imitate, float32 H x W x 3 in [0, 1], with how many strokes, and the seed."""

    target: Picture
    strokes: int
    seed: int


def paint(jobs: Sequence[Job], *, processes: int) -> list[Picture]:
    """Paint all of them, in their order. Raises PasticheError where a process fails."""
    batches: list[list[int]] = [[]]
    for number, job in enumerate(jobs):
        if batches[-1] and sum(jobs[i].strokes for i in batches[-1]) + job.strokes > BATCH_STROKES:
            batches.append([])
        batches[-1].append(number)
    painted: dict[int, Picture] = {}
    with ThreadPoolExecutor(processes) as pool:
        for done, (batch, pictures) in enumerate(
            zip(batches, pool.map(lambda batch: _run([jobs[i] for i in batch]), batches), strict=True), start=1
        ):
            painted |= zip(batch, pictures, strict=True)
            if len(batches) > 1:
                tell(f"The auto-painter: batch {done} of {len(batches)}")
    return [painted[number] for number in range(len(jobs))]


def _run(jobs: Sequence[Job]) -> list[Picture]:
    if not jobs:
        return []
    buffer = io.BytesIO()
    orders = np.array([(job.strokes, job.seed) for job in jobs])
    np.savez(buffer, orders, *(job.target for job in jobs))
    done = subprocess.run(
        [sys.executable, "-m", "app.bench.judge.brushwork"],
        input=buffer.getvalue(),
        capture_output=True,
        cwd=places.root(),
        check=False,
    )
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip().rpartition("\n")[2] or f"exit code {done.returncode}"
        raise PasticheError(f"The auto-painter's process failed: {reason}")
    with np.load(io.BytesIO(done.stdout)) as painted:
        return [images.from_bytes(painted[name]) for name in painted.files]


def main() -> None:
    """Paint the batch on standard input."""
    from app.painting import autopainter

    with np.load(io.BytesIO(sys.stdin.buffer.read())) as batch:
        orders, *targets = (batch[name] for name in batch.files)
    painted = [
        images.to_bytes(autopainter.paint(target, strokes=int(strokes), seed=int(seed)).picture())
        for target, (strokes, seed) in zip(targets, orders, strict=True)
    ]
    buffer = io.BytesIO()
    np.savez(buffer, *painted)
    sys.stdout.buffer.write(buffer.getvalue())


if __name__ == "__main__":
    main()
