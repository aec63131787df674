"""The wheel, installed outside of any clone, plays: pictures, brushes, icons and checkpoints are found within it."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from locations import ROOT

from app import places

pytestmark = pytest.mark.slow


def run(command: list[str | Path], folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PASTICHE"))}
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env=surroundings | {"HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what belongs to the program, so that nothing is left in the clone."""
    copy = tmp_path_factory.mktemp("source") / "pastiche"
    for name in ("app", "brushes", "checkpoints", "contents", "icons", "styles"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "requirements.txt", "README.md", "LICENSE", "MANIFEST.in"):
        shutil.copy(ROOT / name, copy / name)
    made = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "build", "--no-isolation", "--outdir", made, "."], copy, made)
    assert built.returncode == 0, built.stdout + built.stderr
    assert (made / "pastiche-0.1.0.tar.gz").is_file()
    return next(made.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its program `pastiche`, in an environment of its own that borrows the libraries of this one."""
    venv = tmp_path_factory.mktemp("empty") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    site = run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], venv, venv).stdout.strip()
    ours = subprocess.run(
        [sys.executable, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    Path(site, "borrowed.pth").write_text(ours + "\n")
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel]
    done = run(pip, venv, venv)
    assert done.returncode == 0, done.stderr
    return python.with_name("pastiche.exe" if os.name == "nt" else "pastiche")


def test_it_holds_everything_that_the_program_reads(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder in (places.brushes(), places.checkpoints(), places.contents(), places.icons(), places.styles()):
        wanted = [path for path in folder.iterdir() if path.suffix not in (".py", ".pyc") and path.is_file()]
        assert wanted
        assert {f"app/data/{folder.name}/{path.name}" for path in wanted} <= held
    assert "app/py.typed" in held
    assert not any(name.startswith("tests/") for name in held)


def test_it_plays_a_demonstration_far_from_any_clone(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    played = run([installed, "demo", "--size", "64", "--seed", "3", "--out", out], tmp_path, tmp_path)
    assert played.returncode == 0, played.stderr
    assert (out / "card.png").stat().st_size > 10_000
    # Nothing was set up beside it.
    assert not list(installed.parents[1].rglob("set-up.log"))


def test_what_is_not_there_is_said_in_a_sentence(installed: Path, tmp_path: Path) -> None:
    for arguments, code, words in (
        (["test"], 1, "Tests come with the source code only."),
        (["grade", "a.png", "b.png"], 2, "a.png"),
        (["--help"], 0, ""),
    ):
        done = run([installed, *arguments], tmp_path, tmp_path)
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert "Traceback" not in done.stderr
