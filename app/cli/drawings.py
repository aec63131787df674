"""`drawings`, `replay` and `timelapse`: what journals hold, as a list, a picture or a film."""

import argparse
import sys
from pathlib import Path

from app import images, places
from app.cli.answer import Answer, ProgressBar, check_folder
from app.errors import PasticheError, UsageError
from app.painting.document.drawing import Drawing, Entry
from app.painting.io.journal import JournalHeader, list_drawings, open_journal


def drawings() -> Answer:
    """List the journals in the player's data, the newest first."""
    listed = list_drawings(places.drawings(), _complain)
    for each in listed:
        note = "" if each.whole else "  (its end is damaged)"
        print(f"{each.modified:%Y-%m-%d %H:%M}  {_counted(each.strokes):>14}  {each.path}{note}")
        if not each.whole:
            _say(f"The end of {each.path.name} is damaged; its first {_counted(each.strokes)} can be had.")
    return Answer(
        {
            "drawings": [
                {
                    "path": str(each.path),
                    "strokes": each.strokes,
                    "whole": each.whole,
                    "modified": each.modified.isoformat(timespec="milliseconds"),
                }
                for each in listed
            ]
        }
    )


def replay(request: argparse.Namespace) -> Answer:
    """Paint a journal's strokes again; write what they come to."""
    is_layered = request.out.suffix.lower() == ".ora"
    if is_layered and request.size is not None:
        raise UsageError("An .ora keeps the drawing's own size; leave --size out.")
    header, entries, is_whole = _read(request.journal)
    check_folder(request.out.absolute().parent)
    drawing = Drawing.replayed(header.width, header.height, entries)
    strokes = sum(stroke.mode != "clear" for stroke in drawing.strokes)
    for name in sorted(drawing.missing_brushes):
        _say(f'The brush "{name}" is not there; its strokes are left out.')
    for title in sorted(drawing.missing_pictures):
        _say(f"The picture of the step “{title}” cannot be read; its layer is empty.")
    if is_layered:
        from app.painting.io.openraster_writer import Snapshot, write_ora

        write_ora(request.out, Snapshot.of(drawing))
        height, width = drawing.height, drawing.width
    else:
        pixels = drawing.rgb(request.size)
        images.write_pixels(request.out, pixels)
        height, width = pixels.shape[:2]
    drawing.close()
    print(f"{request.out}: {_counted(strokes)}, {width} x {height} px.")
    return Answer({"out": str(request.out), "width": width, "height": height, "strokes": strokes, "whole": is_whole})


def timelapse(request: argparse.Namespace) -> Answer:
    """Write how a journal's drawing came about."""
    from app.painting.io.replay import Replay
    from app.painting.io.timelapse import default_side_px, write_timelapse

    header, entries, is_whole = _read(request.journal)
    check_folder(request.out.absolute().parent)
    side_px = request.size or default_side_px(request.out, header.width, header.height)
    film = Replay(header.width, header.height, entries, scale=side_px / max(header.width, header.height))
    with ProgressBar("The time-lapse") as bar:
        frames = write_timelapse(request.out, film, seconds=request.seconds, on_progress=bar.show)
    size = film.image().size()
    print(f"{request.out}: {_counted(len(film.strokes))} in {request.seconds:g} seconds, {frames} frames.")
    return Answer(
        {
            "out": str(request.out),
            "seconds": request.seconds,
            "frames": frames,
            "width": size.width(),
            "height": size.height(),
            "strokes": len(film.strokes),
            "whole": is_whole,
        }
    )


def _read(path: Path) -> tuple[JournalHeader, list[Entry], bool]:
    header, entries, is_whole = open_journal(path)
    if not is_whole:
        _say(f"The end of {path.name} is damaged; everything before it is here.")
    return header, entries, is_whole


def _counted(strokes: int) -> str:
    return f"{strokes} stroke{'' if strokes == 1 else 's'}"


def _complain(error: PasticheError) -> None:
    _say(str(error))


def _say(sentence: str) -> None:
    """On standard error, where no one takes it for a part of the answer."""
    print(sentence, file=sys.stderr, flush=True)
