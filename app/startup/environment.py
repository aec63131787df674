"""Where the game's libraries come from: the running interpreter if it has them, else our `.venv`.

Only the standard library is imported here, because nothing else may be there yet.
"""

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app import places
from app.startup.reporter import SetupReporter
from app.startup.system import SetupError, install_on_debian, is_root_on_debian

ROOT = places.root()
VENV = ROOT / ".venv"
GAME = "requirements.txt"
TESTS = "requirements-test.txt"
# TensorFlow publishes nothing for newer ones yet; https://pypi.org/project/tensorflow/#files says when it does.
NEWEST_PYTHON = (3, 13)


def own_python() -> Path:
    """Our environment's interpreter, whether it is there or not."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_inside() -> bool:
    """Whether our environment's interpreter is the one that runs."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def is_set_up(files: list[str]) -> bool:
    """Whether our environment was completed for these requirement files as they are now; quick."""
    try:
        return os.access(own_python(), os.X_OK) and all(_mark(name).read_text() == _marked(name) for name in files)
    except OSError:
        return False


def satisfies(files: list[str]) -> bool:
    """Whether the running interpreter has every pinned requirement in the very version."""
    # Takes longer to import than all the rest of the way in, and whoever has a finished set-up does not need it.
    from importlib import metadata

    try:
        return all(metadata.version(name) == version for name, version in _pins(files))
    except metadata.PackageNotFoundError:
        return False


def set_up(files: list[str], tell: SetupReporter) -> None:
    """Make our environment, or go on with one that was begun. Raises SetupError with a sentence for a person.

    An interruption at any point leaves something that the next call repairs: the marks come last.
    """
    try:
        VENV.mkdir(exist_ok=True)
        with _alone(tell):
            if is_set_up(files):
                return
            tell("Setting Pastiche up. This happens once and takes a few minutes.")
            if not _has_pip():
                _make(tell)
            _install(files, tell)
            _repair(tell)
            for name in files:
                _mark(name).write_text(_marked(name))
            tell("Everything is set up.")
    except PermissionError as error:
        raise SetupError(f"Pastiche cannot be set up: {error.filename or VENV} may not be written to.") from None
    except OSError as error:
        raise SetupError(f"Pastiche cannot be set up: {error.strerror or error}.") from None


def forget() -> None:
    """Let the next start set up anew what turned out to be damaged."""
    for name in (GAME, TESTS):
        _mark(name).unlink(missing_ok=True)


def _mark(name: str) -> Path:
    return VENV / f"complete-{name}"


def _marked(name: str) -> str:
    """What the mark of a finished set-up says; it changes with the requirements and with the Python underneath."""
    return f"# {own_python().resolve()}\n" + (ROOT / name).read_text()


def _pins(files: list[str]) -> Iterator[tuple[str, str]]:
    for name in files:
        for line in (ROOT / name).read_text().splitlines():
            requirement = line.partition("#")[0].strip()
            if requirement:
                package, _, version = requirement.partition("==")
                yield package.strip(), version.strip()


@contextlib.contextmanager
def _alone(tell: SetupReporter) -> Iterator[None]:
    """Let one process at a time set up; the system frees the lock of one that was killed."""
    if os.name == "nt":
        # A second double click is the only rival there, and pip's own file locks hold it off.
        yield
        return
    import fcntl

    with (VENV / "set-up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("Another start of Pastiche is setting it up; waiting for it.")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _has_pip() -> bool:
    """Whether our environment has an interpreter that runs, of a Python that will do, and a whole pip."""
    wanted = (
        "import sys, pip._internal.commands.install; from pip import __version__; "
        f"sys.exit(not (3, 11) <= sys.version_info[:2] <= {NEWEST_PYTHON})"
    )
    try:
        return subprocess.run([own_python(), "-c", wanted], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make(tell: SetupReporter) -> None:
    """Make the environment anew, with pip in it."""
    python = _base_python()
    tell(f"Making .venv with {python}")
    if not _can(python, "import venv, ensurepip"):
        version = _version_of(python)
        package = f"python{version}-venv"
        if is_root_on_debian():
            # Debian's own Python comes without the parts that make environments.
            install_on_debian([package], tell)
        elif shutil.which("apt-get"):
            raise SetupError(f"Python lacks its venv module. Install it with: sudo apt-get install {package}")
        else:
            raise SetupError(f"{python} lacks the modules venv and ensurepip; install the rest of Python {version}.")
    for rest in VENV.iterdir():
        if rest.name == "set-up.lock":
            continue
        if rest.is_dir() and not rest.is_symlink():
            shutil.rmtree(rest)
        else:
            rest.unlink()
    _run([python, "-m", "venv", str(VENV)], "The environment .venv could not be made", tell)


def _base_python() -> str:
    """The interpreter to build on: the running one, unless it is too new for TensorFlow and an older one is there."""
    if sys.version_info[:2] <= NEWEST_PYTHON:
        # Inside an environment this is the Python beneath it; that of ours may be about to be deleted.
        return getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST_PYTHON[1], 10, -1):
        found = shutil.which(f"python3.{minor}")
        if found and _can(found, "import venv"):
            return found
    newest = ".".join(map(str, NEWEST_PYTHON))
    raise SetupError(
        f"TensorFlow does not run on Python {sys.version_info[0]}.{sys.version_info[1]} yet: "
        f"install Python {newest} beside it and start Pastiche again."
    )


def _can(python: str, statement: str) -> bool:
    return subprocess.run([python, "-c", statement], capture_output=True, check=False).returncode == 0


def _version_of(python: str) -> str:
    statement = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", statement], capture_output=True, text=True, check=True).stdout.strip()


def _install(files: list[str], tell: SetupReporter) -> None:
    """Let pip install the requirement files, a line for each package it fetches."""
    tell("Installing the libraries")
    command = [str(own_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command += ["--progress-bar", "off"]
    for name in files:
        command += ["-r", str(ROOT / name)]
    _run(command, "The libraries could not be installed", tell)


def _repair(tell: SetupReporter) -> None:
    """Install anew what an interrupted pip left half there, which pip itself takes for installed."""
    from importlib import metadata

    site = [str(path) for path in VENV.glob("Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages")]
    broken = []
    for package in metadata.distributions(path=site):
        files = package.files
        if files is None or not all(Path(str(file.locate())).exists() for file in files if file.suffix != ".pyc"):
            broken.append(f"{package.metadata['Name']}=={package.version}")
    if broken:
        tell(f"Repairing {', '.join(broken)}")
        command = [str(own_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
        _run([*command, "--force-reinstall", "--no-deps", *broken], "The libraries could not be repaired", tell)


def _run(command: list[str], failure: str, tell: SetupReporter) -> None:
    """Run a step; its output goes into a log, of which a person hears the lines that say something."""
    log = VENV / "set-up.log"
    with log.open("a") as file, tempfile.TemporaryFile("w+") as errors:
        print("$", *command, file=file, flush=True)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True) as process:
            assert process.stdout is not None
            said = []
            for line in process.stdout:
                file.write(line)
                said.append(line)
                fetched = re.match(
                    r"\s*(?:Downloading|Using cached) (?:\S*/)?([^/\s]+?)-([^-\s]+)-\S+\.whl (\(.*\))", line
                )
                if fetched:
                    tell("  {} {} {}".format(*fetched.groups()))
                elif line.startswith("Installing collected packages"):
                    tell(f"  unpacking {line.count(',') + 1} packages")
        errors.seek(0)
        complaints = errors.read()
        file.write(complaints)
    if process.returncode != 0:
        raise SetupError(f"{failure}: {_reason(complaints + ''.join(said[-20:]))} (All of it is in {log}.)")


def _reason(output: str) -> str:
    """Say in a sentence why pip or venv failed."""
    if "No space left on device" in output:
        return "the disk is full. About 4 GB are needed."
    unreachable = (
        "NewConnectionError",
        "name resolution",
        "Network is unreachable",
        "ConnectTimeout",
        "Read timed out",
    )
    if any(word in output for word in (*unreachable, "Connection refused", "ProxyError", "SSLError")):
        return "the package index cannot be reached. Start Pastiche again when there is a connection."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = (
        [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")] or lines or ["no reason given"]
    )
    return errors[-1].rstrip(".") + "."
