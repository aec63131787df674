"""`stylize`, `grade` and `paint`: one picture in, one picture or number out. Only app.cli calls."""

import argparse
import functools
import json
import time
from pathlib import Path
from typing import Any

from app import images
from app.cli import commissions
from app.cli.answer import Answer, Bar, check_apart, check_folder, never, unseen
from app.errors import UsageError
from app.game.card import grade_text
from app.game.deck import DEALT_SIDE_PX
from app.game.duel import Painting
from app.game.film import Film, frame_of
from app.game.jobs import CompareJob, PaintJob
from app.images import Picture
from app.networks.catalog import NETWORKS
from app.rivals.rival import Progress

# Pictures are graded in portions, so that thousands of pairs need no more memory than a few.
PAIRS_AT_ONCE = 16


def stylize(request: argparse.Namespace) -> Answer:
    """Let one rival paint a photograph in a painting's manner."""
    how = commissions.options(request)
    check_apart([request.out, *([request.film] if request.film else [])], commissions.pictures(request))
    content = images.read_picture(request.content, max_side_px=max(DEALT_SIDE_PX, request.size))
    style = images.read_picture(request.style, max_side_px=DEALT_SIDE_PX)
    asked = commissions.commission(request)
    for file in (request.out, request.film or request.out):
        check_folder(file.absolute().parent)
    job = PaintJob(request.rival, content, style, asked, request.network, how)
    with Bar(f"{request.rival.capitalize()} paints") as bar:
        reel = _Reel(bar)
        painting = job.run(reel.on_progress, never)
    images.write_picture(request.out, painting.picture)
    report = painting.report
    title = NETWORKS[report.network].title
    print(f"{request.out}: painted in {report.seconds:.2f} s, with {title}.")
    if report.note:
        print(report.note)
    if request.film is not None:
        frames = reel.write(request.film, painting)
        print(f"{request.film}: {frames} frames.")
    height, width = painting.picture.shape[:2]
    losses = {"first": report.losses[0], "last": report.losses[-1]} if report.losses else None
    return Answer(
        {
            "out": str(request.out),
            "rival": request.rival,
            "network": report.network,
            "title": title,
            "width": width,
            "height": height,
            "note": report.note,
            "steps": report.steps,
            "seconds_per_step": round(report.seconds_per_step, 5),
            "loading_seconds": round(report.loading_seconds, 3),
            "seconds": round(report.seconds, 3),
            "losses": losses,
            "film": None if request.film is None else {"path": str(request.film), "frames": frames},
        }
        | commissions.told(request, asked, how)
    )


class _Reel:
    """Shows how far a rival is, and keeps its previews as a film."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._film = Film()
        self._begun_s = time.perf_counter()

    def on_progress(self, progress: Progress) -> None:
        """Take what the rival tells."""
        self._bar.on_progress(progress)
        if progress.preview is not None:
            self._add(progress.preview, step=progress.step, steps=progress.steps, loss=progress.loss)

    def write(self, path: Path, painting: Painting) -> int:
        """Write the film, which ends on the finished picture; returns how many frames it has."""
        steps, losses = painting.report.steps, painting.report.losses
        self._add(painting.picture, step=steps, steps=steps, loss=losses[-1] if losses else None)
        self._film.write(path)
        return len(self._film.frames)

    def _add(self, picture: Picture, *, step: int, steps: int, loss: float | None) -> None:
        seconds = time.perf_counter() - self._begun_s
        self._film.add(frame_of(picture, seconds=seconds, step=step, steps=steps, loss=loss))


def grade(request: argparse.Namespace) -> Answer:
    """Grade one pair, or many in one process."""
    if request.pairs is not None:
        if request.a is not None:
            raise UsageError("Give two pictures or --pairs, not both.")
        grades = _graded(_pairs(request.pairs))
        for each in grades:
            print(f"{each:.3f}")
        return Answer({"grades": grades})
    if request.a is None or request.b is None:
        raise UsageError("Give two pictures to compare, or --pairs with many.")
    only = _graded([(request.a, request.b)])[0]
    print(grade_text(only))
    return Answer({"grade": only, "a": str(request.a), "b": str(request.b)})


def paint(request: argparse.Namespace) -> Answer:
    """Let the auto-painter imitate a picture."""
    from app.painting import autopainter

    check_apart([request.out], [request.target])
    target = images.read_picture(request.target, max_side_px=DEALT_SIDE_PX)
    check_folder(request.out.absolute().parent)
    begun_s = time.perf_counter()
    with Bar("The auto-painter") as bar:
        drawing = autopainter.paint(
            target, strokes=request.strokes, seed=request.seed, on_progress=bar.on_strokes, cancelled=never
        )
    images.write_picture(request.out, drawing.picture())
    seconds = time.perf_counter() - begun_s
    print(f"{request.out}: painted with {request.strokes} strokes in {seconds:.1f} s.")
    return Answer(
        {"out": str(request.out), "strokes": request.strokes, "seed": request.seed, "seconds": round(seconds, 3)}
    )


def _graded(pairs: list[tuple[Path, Path]]) -> list[float]:
    # Beside each other stand mostly pairs that share a picture.
    @functools.lru_cache(maxsize=2 * PAIRS_AT_ONCE)
    def read(path: Path) -> Picture:
        return images.read_picture(path, max_side_px=DEALT_SIDE_PX)

    grades: list[float] = []
    for start in range(0, len(pairs), PAIRS_AT_ONCE):
        portion = [(read(a), read(b)) for a, b in pairs[start : start + PAIRS_AT_ONCE]]
        grades += CompareJob(portion).run(unseen, never)
    return [round(float(each), 4) for each in grades]


def _pairs(file: Path) -> list[tuple[Path, Path]]:
    """Read the list of pairs; paths are relative to the working folder, as on the command line."""
    try:
        listed: Any = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {images.why(error)}.") from None
    except ValueError as error:
        raise UsageError(f"{file} is not JSON: {error}.") from None
    if not isinstance(listed, list):
        raise UsageError(f"{file} does not hold a list of [a, b] paths.")
    for number, pair in enumerate(listed, start=1):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(path, str) for path in pair):
            raise UsageError(f"Pair {number} in {file} is not two paths.")
    return [(Path(a), Path(b)) for a, b in listed]
