"""The wheel, installed outside of any clone, plays: pictures, brushes, icons and checkpoints are found within it."""

import os
import shutil
import subprocess
import sys
import tarfile
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
    """The wheel, built from the source archive that was built from a copy: so nothing is left in the clone."""
    copy = tmp_path_factory.mktemp("source") / "pastiche"
    unwanted = shutil.ignore_patterns(
        "__pycache__", ".*_cache", ".git", ".hypothesis", ".venv", "site", "build", "dist"
    )
    shutil.copytree(ROOT, copy, ignore=unwanted)
    made = tmp_path_factory.mktemp("wheel")
    built = run([sys.executable, "-m", "build", "--no-isolation", "--outdir", made, "."], copy, made)
    assert built.returncode == 0, built.stdout + built.stderr
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
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "app").rglob("*.py")}
    assert {name for name in held if name.endswith(".py")} == modules
    for folder in (places.brushes(), places.checkpoints(), places.contents(), places.icons(), places.styles()):
        wanted = [path for path in folder.iterdir() if path.suffix not in (".py", ".pyc") and path.is_file()]
        assert wanted
        expected = {f"app/data/{folder.name}/{path.name}" for path in wanted}
        assert {name for name in held if name.startswith(f"app/data/{folder.name}/")} == expected
    assert "app/py.typed" in held
    assert {name.partition("/")[0] for name in held if ".dist-info" not in name} == {"app"}


def test_the_source_archive_beside_it_holds_what_a_clone_does(wheel: Path) -> None:
    [archive] = wheel.parent.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        held = {name.partition("/")[2] for name in file.getnames()}
    for folder in ("app", "brushes", "checkpoints", "contents", "docs", "icons", "styles", "tests"):
        wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {name for name in wanted if "__pycache__" not in name} <= held
    assert {"main.py", "requirements.txt", "requirements-test.txt", "mkdocs.yml", "LICENSE", "ARCHITECTURE.md"} <= held


def test_it_plays_a_demonstration_far_from_any_clone(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    played = run([installed, "demo", "--size", "64", "--seed", "3", "--out", out], tmp_path, tmp_path)
    assert played.returncode == 0, played.stderr
    assert (out / "card.png").stat().st_size > 10_000
    # Nothing was set up beside it.
    assert not list(installed.parents[1].rglob("set-up.log"))


def test_what_is_not_there_is_said_in_a_sentence(installed: Path, tmp_path: Path) -> None:
    for arguments, code, words in (
        (["test"], 2, "The tests come with the source code only"),
        (["grade", "a.png", "b.png"], 2, "a.png"),
        (["dule"], 2, "`pastiche --help`"),
        (["networks", "repair", "vgg19"], 1, "`pastiche networks install vgg19`"),
    ):
        done = run([installed, *arguments], tmp_path, tmp_path)
        assert done.returncode == code, done.stderr
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
    assert run([installed, "--help"], tmp_path, tmp_path).stdout.startswith("usage: pastiche ")


def test_a_library_that_is_gone_is_named_with_the_way_to_get_it_back(installed: Path, tmp_path: Path) -> None:
    without = "import sys; sys.modules['PIL'] = None; from app import startup; sys.exit(startup.main())"
    python = installed.with_name("python" + installed.suffix)
    done = run([python, "-c", without, "demo"], tmp_path, tmp_path)
    assert done.returncode == 1
    assert "PIL" in done.stderr
    assert "Install Pastiche with pip once more." in done.stderr
    assert done.stderr.count("\n") == 1
