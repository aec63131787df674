import ast
import subprocess
import sys

import pytest

from app import places

HEAVY = ("tensorflow", "keras", "tf_keras", "tensorflow_hub", "ai_edge_litert", "scipy", "h5py")


def loaded_by(statement: str) -> set[str]:
    """What a fresh interpreter has imported after a statement."""
    program = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=places.root(), capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import app.desktop.application",
        "import app.cli.duels, app.cli.pictures, app.cli.networks, app.cli.figures",
        "import app.worker.client, app.game.archive.gallery, app.game.demonstration",
        "import app.rivals.rival, app.judging.judge, app.networks.store, app.painting.autopainter",
    ],
)
def test_no_door_imports_a_network_library(statement: str) -> None:
    assert not {name for name in loaded_by(statement) if name.partition(".")[0] in HEAVY}


@pytest.mark.parametrize(
    "statement",
    [
        "import app.worker.client, app.game.archive.gallery, app.game.archive.result_card",
        "import app.judging.judge, app.rivals.rival",
    ],
)
def test_rules_judge_and_rivals_need_no_qt(statement: str) -> None:
    assert not {name for name in loaded_by(statement) if name.startswith("PyQt5")}


def test_the_way_in_needs_the_standard_library_only() -> None:
    loaded = loaded_by("import app.startup, app.startup.checks, app.cli.parser")
    ours = {name for name in loaded if name == "app" or name.startswith("app.")}
    foreign = {name.partition(".")[0] for name in loaded - ours} - set(sys.stdlib_module_names)
    # What site-packages' .pth files load at every start is not ours.
    foreign -= {name.partition(".")[0] for name in loaded_by("pass")}
    assert not foreign


def test_widgets_are_imported_in_the_desktop_only() -> None:
    # The benches that paint in the real window.
    allowed = {places.root() / "app" / "bench" / "window" / name for name in ("lag.py", "painting_session.py")}
    for path in (places.root() / "app").rglob("*.py"):
        if path in allowed or path.is_relative_to(places.root() / "app" / "desktop"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert "QtWidgets" not in (node.module or ""), path
            elif isinstance(node, ast.Import):
                assert not any("QtWidgets" in alias.name for alias in node.names), path


def test_imports_point_down_the_house() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=places.root(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_home_is_painted_before_anything_is_imported_that_it_does_without() -> None:
    loaded = loaded_by(
        "from app.desktop import application as desktop; program = desktop.make_application(); "
        "window = desktop.MainWindow(is_whole=False); window.show(); program.processEvents(); window.grab()"
    )
    ours = {name for name in loaded if name.partition(".")[0] == "app"}
    rooms = {"judging", "painting", "worker", "service", "game"}
    assert {name for name in ours if name.split(".")[1:2] and name.split(".")[1] in rooms} == set()
    assert not ours & {"app.images", "app.rivals.classic", "app.rivals.magenta", "app.rivals.rival"}
    assert not ours & {"app.networks.store", "app.networks.runtime", "app.networks.download"}
    pages = {"app.desktop.pages.studio", "app.desktop.pages.result", "app.desktop.canvas.canvas"}
    assert not ours & pages and not {name for name in ours if name.startswith("app.desktop.dialogs.")}
    unneeded = {"http.client", "ssl", "urllib.request", "zipfile", "tarfile", "concurrent.futures", "multiprocessing"}
    unneeded |= {"psutil", "numpy", "PIL", *HEAVY}
    assert not loaded & unneeded
