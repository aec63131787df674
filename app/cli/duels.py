"""`duel` and `demo`: a whole duel without a window."""

import argparse
import random
from pathlib import Path

from app import images, places
from app.cli import verdicts
from app.cli.answer import Answer, ProgressBar, check_apart, check_folder, never, unseen
from app.game import demonstration
from app.game.archive import gallery
from app.game.archive.serialization import remarks
from app.game.deck import DEALT_SIDE_PX, Card, Deal, Deck, Kind, title_of
from app.game.duel import Duel
from app.networks.catalog import NETWORKS
from app.rivals.registry import RIVALS, rival_title
from app.rivals.request import RivalRequest
from app.worker.jobs import JUDGE, GradeJob, PaintJob, WarmJob

DEMO_STROKES = 2000
DRAWING_FILE = "drawing.png"


def duel(request: argparse.Namespace) -> Answer:
    """Let both rivals paint a deal, grade them and a drawing; write the four files."""
    check_apart([request.out / name for name in gallery.files()], [request.content, request.style, request.drawing])
    game = Duel(Deal.of_files(request.content, request.style))
    drawing = images.read_picture(request.drawing, max_side_px=DEALT_SIDE_PX)
    check_folder(request.out)
    game.start()
    game.hand_in(drawing)
    _call_judge()
    _let_rivals_paint(game, request.size)
    _grade(game)
    gallery.write(game, request.out)
    print(f"The pictures and the card are in {request.out}.")
    return Answer(gallery.record(game) | {"out": str(request.out)})


def demo(request: argparse.Namespace) -> Answer:
    """Play a duel with no one there; keep it in the gallery or write it into a folder."""
    if request.out is not None:
        written = [request.out / name for name in (DRAWING_FILE, *gallery.files())]
        check_apart(written, [request.content, request.style])
    seed = random.randrange(2**31) if request.seed is None else request.seed
    check_folder(request.out or places.gallery())
    deck = Deck.load()
    game = Duel(
        deck.deal(
            seed,
            content=_card(request.content, "content"),
            style=_card(request.style, "style"),
        )
    )
    for path, why in deck.skipped.items():
        print(f"Left out of the deck: {path.name}. {why}")
    print(f"Dealt: {game.deal.content.title}, in the manner of {game.deal.style.title}.")
    game.start()
    _call_judge()
    _let_rivals_paint(game, request.size)
    with ProgressBar("The auto-painter") as bar:
        drawing = demonstration.draw(
            game.deal, strokes=DEMO_STROKES, size=request.size, seed=seed, on_progress=bar.on_strokes
        )
    print(f"The auto-painter has drawn with {DEMO_STROKES} strokes.")
    game.hand_in(drawing)
    _grade(game)
    if request.out is None:
        folder = gallery.keep(game)
    else:
        folder = request.out
        images.write_picture(folder / DRAWING_FILE, drawing)
        gallery.write(game, folder)
    print(f"The result card is {folder / gallery.CARD_FILE}.")
    return Answer(gallery.record(game) | {"out": str(folder)})


def _card(path: Path | None, kind: Kind) -> Card | None:
    return None if path is None else Card(path, title_of(path), kind)


def _let_rivals_paint(game: Duel, size: int) -> None:
    for name in RIVALS:
        with ProgressBar(f"{rival_title(name)} paints") as bar:
            job = PaintJob(name, game.deal.content_picture, game.deal.style_picture, RivalRequest(size=size))
            painting = job.run(bar.on_progress, never)
        game.take(name, painting)
        report = painting.report
        title = NETWORKS[report.network].title
        print(f"{rival_title(name)} has painted in {report.seconds:.1f} s, with {title}.")


def _call_judge() -> None:
    """Have the judge ready before the rivals' long work: where it is missing, nothing is done in vain."""
    WarmJob(JUDGE).run(unseen, never)


def _grade(game: Duel) -> None:
    job = GradeJob(game.deal.content_picture, game.deal.style_picture, game.pictures(), game.comparisons)
    assessments = job.run(unseen, never)
    game.judge([assessments[pair] for pair in game.comparisons])
    for (a, b), assessment in game.heard():
        print(f"{rival_title(a)} and {rival_title(b)}: {verdicts.headline(assessment)}")
        lines = remarks(assessment, (a, b))
        if a == "drawing":
            lines = [*verdicts.in_short(assessment), verdicts.anchors_line(assessment), *lines]
        for line in filter(None, lines):
            print(f"  {line}")
    if game.pasted:
        print(game.pasted)
