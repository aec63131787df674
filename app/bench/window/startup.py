"""How long a person waits from `python3 main.py` to the painted home window."""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from app import places
from app.bench import child
from app.bench.window import screen
from app.errors import PasticheError

RUNS = 5
LIMIT_S = 60.0


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Open the window several times, as a person does, each time with nobody's data.

    `first_paint_s` is the median from the start of the process to the home window's first painting, `with_deal_s` until
    the dealt pictures are in it too; `tensorflow_imported` is whether TensorFlow was imported by then in any run.
    """
    with screen.shown() as platform, tempfile.TemporaryDirectory(prefix="pastiche-bench-") as folder:
        found = [_open_once(Path(folder) / str(number)) for number in range(runs)]
    paints = [run["painted_s"] for run in found]
    deals = [run["deal_painted_s"] for run in found]
    return {
        "first_paint_s": round(statistics.median(paints), 3),
        "tensorflow_imported": any(run["tensorflow_imported"] for run in found),
        "with_deal_s": round(statistics.median(deals), 3),
        "runs_s": [round(paint, 3) for paint in paints],
        "platform": platform,
    }


def _open_once(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    note = folder / "first-paint.json"
    begun_at = time.time()
    done = child.run(
        [_python(), str(places.root() / "main.py")],
        "The first paint",
        limit_s=LIMIT_S,
        environment={"PASTICHE_BENCH_FIRST_PAINT": str(note), "PASTICHE_HOME": str(folder / "player")},
    )
    if not note.is_file():
        raise PasticheError(f"The window ended before it was painted ({child.last_words(done)}).")
    told = json.loads(note.read_text(encoding="utf-8"))
    return {
        "tensorflow_imported": bool(told["tensorflow_imported"]),
        "painted_s": told["painted_at"] - begun_at,
        "deal_painted_s": told.get("deal_painted_at", told["painted_at"]) - begun_at,
    }


def _python() -> str:
    """The Python that a person would type: the one beneath our environment, so that handing over to it counts."""
    is_ours = Path(sys.prefix).resolve() == (places.root() / ".venv").resolve()
    if is_ours and (Path(sys.prefix) / "complete-requirements.txt").is_file():
        return str(getattr(sys, "_base_executable", sys.executable))
    return sys.executable
