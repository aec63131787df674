"""`stylize` and `paint`: pictures in, one picture out."""

import argparse
import time
from pathlib import Path

from app import images
from app.cli import rival_requests
from app.cli.answer import Answer, ProgressBar, check_apart, check_folder, never
from app.game.archive.progress_film import ProgressFilm, frame_of
from app.game.deck import DEALT_SIDE_PX
from app.game.duel import Painting
from app.images import Picture
from app.networks.catalog import NETWORKS
from app.rivals.registry import rival_title
from app.rivals.rival import Progress
from app.worker.jobs import PaintJob


def stylize(request: argparse.Namespace) -> Answer:
    """Let one rival paint a photograph in a painting's manner."""
    asked = rival_requests.request_of(request)
    check_apart([request.out, *([request.film] if request.film else [])], rival_requests.files(request))
    content = images.read_picture(request.content, max_side_px=max(DEALT_SIDE_PX, request.size))
    style = images.read_picture(request.style, max_side_px=DEALT_SIDE_PX)
    pictures = rival_requests.pictures_of(asked)
    for file in (request.out, request.film or request.out):
        check_folder(file.absolute().parent)
    job = PaintJob(request.rival, content, style, asked, pictures)
    with ProgressBar(f"{rival_title(request.rival)} paints") as bar:
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
        | rival_requests.told(request, asked)
    )


class _Reel:
    """Shows how far a rival is, and keeps its previews as a film."""

    def __init__(self, bar: ProgressBar) -> None:
        self._bar = bar
        self._film = ProgressFilm()
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


def paint(request: argparse.Namespace) -> Answer:
    """Let the auto-painter imitate a picture."""
    from app.painting import autopainter

    check_apart([request.out], [request.target])
    target = images.read_picture(request.target, max_side_px=DEALT_SIDE_PX)
    check_folder(request.out.absolute().parent)
    begun_s = time.perf_counter()
    with ProgressBar("The auto-painter") as bar:
        drawing = autopainter.paint(
            target, strokes=request.strokes, seed=request.seed, on_progress=bar.on_strokes, cancelled=never
        )
    images.write_picture(request.out, drawing.picture())
    seconds = time.perf_counter() - begun_s
    print(f"{request.out}: painted with {request.strokes} strokes in {seconds:.1f} s.")
    return Answer(
        {"out": str(request.out), "strokes": request.strokes, "seed": request.seed, "seconds": round(seconds, 3)}
    )
