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
#: The least that a window of PyQt5 can be: a label, which says when it was painted.
BARE = """
import sys
from PyQt5.QtCore import QTimer
from PyQt5.QtWidgets import QApplication, QLabel, QMainWindow

class Label(QLabel):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)

def painted():
    import time
    with open(sys.argv[1], "w") as note:
        note.write(repr(time.time()))
    application.quit()

application = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(Label("Pastiche"))
window.resize(1280, 800)
window.show()
application.exec_()
"""


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Open the window several times, as a person does, each time with nobody's data.

    `first_paint_s` is the median from the start of the process to the home window's first painting, `with_deal_s` until
    the dealt pictures are in it too; `tensorflow_imported` is whether TensorFlow was imported by then in any run.
    `over_bare` is the first paint over that of a bare PyQt5 window with one label, opened in turn with ours by the same
    Python: the ratio of the medians, of which `bare_s` is the other one.
    """
    with screen.shown() as platform, tempfile.TemporaryDirectory(prefix="pastiche-bench-") as folder:
        found, bare = [], []
        for number in range(runs):
            bare.append(_open_bare(Path(folder) / f"bare-{number}.json"))
            found.append(_open_once(Path(folder) / str(number)))
    paints = [run["painted_s"] for run in found]
    deals = [run["deal_painted_s"] for run in found]
    return {
        "first_paint_s": round(statistics.median(paints), 3),
        "tensorflow_imported": any(run["tensorflow_imported"] for run in found),
        "with_deal_s": round(statistics.median(deals), 3),
        "bare_s": round(statistics.median(bare), 3),
        "over_bare": round(statistics.median(paints) / statistics.median(bare), 1),
        "runs_s": [round(paint, 3) for paint in paints],
        "platform": platform,
    }


def _open_once(folder: Path) -> dict[str, Any]:
    folder.mkdir()
    note = folder / "first-paint.json"
    begun_at = time.time()
    done = child.run(
        [_python(), *(["-m", "app"] if places.is_installed() else [str(places.root() / "main.py")])],
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


def _open_bare(note: Path) -> float:
    """Return the seconds until a bare window is painted, from the start of a process that imports nothing else."""
    begun_at = time.time()
    done = child.run([sys.executable, "-c", BARE, str(note)], "The bare window", limit_s=LIMIT_S)
    if not note.is_file():
        raise PasticheError(f"The bare window ended before it was painted ({child.last_words(done)}).")
    return float(note.read_text(encoding="utf-8")) - begun_at


def _python() -> str:
    """The Python that a person would type: the one beneath our environment, so that handing over to it counts."""
    is_ours = Path(sys.prefix).resolve() == (places.root() / ".venv").resolve()
    if is_ours and (Path(sys.prefix) / "complete-requirements.txt").is_file():
        return str(getattr(sys, "_base_executable", sys.executable))
    return sys.executable
