import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from app.startup import environment
from app.startup.system import SetupError

GAME, TESTS = environment.GAME, environment.TESTS


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout that needs one tiny library, with an index that has it not yet."""
    root, index = tmp_path / "game", tmp_path / "index"
    root.mkdir()
    index.mkdir()
    (root / GAME).write_text("# what it needs\ntinypaint==1.0\n")
    (root / TESTS).write_text("tinytest==2.0  # only here\n")
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "VENV", root / ".venv")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return root


def publish(checkout: Path, name: str, version: str) -> None:
    """Put a wheel into the index."""
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}/__init__.py": "def paint(): return 'painted'\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(checkout.parent / "index" / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)


def paints(module: str = "tinypaint") -> bool:
    done = subprocess.run(
        [environment.own_python(), "-c", f"import {module}; print({module}.paint())"], capture_output=True, check=False
    )
    return done.stdout.strip() == b"painted"


@pytest.mark.slow
def test_a_set_up_is_done_once_and_taken_up_again_wherever_it_broke_off(checkout: Path) -> None:
    told: list[str] = []
    # Nothing to be had: it says so, and is not taken for done.
    with pytest.raises(SetupError, match=r"could not be installed.*tinypaint.*set-up\.log"):
        environment.set_up([GAME], told.append)
    assert not environment.is_set_up([GAME])
    assert "tinypaint" in (environment.VENV / "set-up.log").read_text()

    # The next time it goes on from there.
    publish(checkout, "tinypaint", "1.0")
    told.clear()
    environment.set_up([GAME], told.append)
    assert environment.is_set_up([GAME])
    assert paints()
    assert told[0].startswith("Setting Pastiche up")
    assert not any("Making .venv" in line for line in told)
    assert told[-1] == "Everything is set up."

    # Once is enough.
    told.clear()
    environment.set_up([GAME], told.append)
    assert told == []

    # The tests need more than the game.
    assert not environment.is_set_up([GAME, TESTS])
    publish(checkout, "tinytest", "2.0")
    environment.set_up([GAME, TESTS], told.append)
    assert environment.is_set_up([GAME, TESTS])
    assert paints("tinytest")

    # New requirements are installed.
    publish(checkout, "tinypaint", "1.1")
    (checkout / GAME).write_text("tinypaint==1.1\n")
    assert not environment.is_set_up([GAME])
    environment.set_up([GAME], told.append)
    assert environment.is_set_up([GAME])

    # A package that was cut off in the middle, which pip takes for whole.
    environment.forget()
    next(environment.VENV.glob("**/tinypaint/__init__.py")).unlink()
    told.clear()
    environment.set_up([GAME], told.append)
    assert "Repairing tinypaint==1.1" in told
    assert paints()

    # An environment without pip, as when making it was interrupted, is made anew.
    environment.forget()
    for pip in environment.VENV.glob("**/pip/__init__.py"):
        pip.unlink()
    told.clear()
    environment.set_up([GAME], told.append)
    assert any("Making .venv" in line for line in told)
    assert environment.is_set_up([GAME])
    assert paints()

    # With another Python underneath, or none, nothing of it can be trusted.
    python = environment.own_python()
    for other in ("/usr/bin/env", "/nowhere/python3.11"):
        python.unlink()
        python.symlink_to(other)
        assert not environment.is_set_up([GAME])


def test_an_interpreter_with_every_pin_will_do(checkout: Path) -> None:
    assert not environment.satisfies([GAME])
    import numpy
    import platformdirs

    (checkout / GAME).write_text(
        f"numpy=={numpy.__version__}\n\n# pinned\nplatformdirs=={platformdirs.__version__}  # x\n"
    )
    assert environment.satisfies([GAME])
    (checkout / GAME).write_text("numpy==0.0.1\n")
    assert not environment.satisfies([GAME])


def test_every_requirement_is_pinned() -> None:
    pins = list(environment._pins([GAME, TESTS]))
    assert {"PyQt5", "tensorflow", "pytest"} <= {name for name, _ in pins}
    assert all(version[:1].isdigit() for _, version in pins)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_checkout_is_named(checkout: Path) -> None:
    checkout.chmod(0o500)
    with pytest.raises(SetupError, match=r"may not be written to"):
        environment.set_up([GAME], lambda line: None)


def test_a_file_in_the_place_of_the_environment_is_named(checkout: Path) -> None:
    (checkout / ".venv").write_text("")
    with pytest.raises(SetupError, match="cannot be set up"):
        environment.set_up([GAME], lambda line: None)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        (
            "WARNING: Retrying ... NewConnectionError\nERROR: No matching distribution found for PyQt5",
            "cannot be reached",
        ),
        (
            "ERROR: Could not find a version\nERROR: No matching distribution found for x==1",
            "distribution found for x==1",
        ),
        ("", "no reason given"),
    ],
)
def test_pips_complaints_become_a_sentence(output: str, reason: str) -> None:
    assert reason in environment._reason(output)
    assert environment._reason(output).endswith(".")


def test_a_python_too_new_for_tensorflow_makes_way_for_an_older_one(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 99, 0))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"does not run on Python 3\.99 yet"):
        environment._base_python()
    older = tmp_path / "python3.12"
    older.write_text("#!/bin/sh\nexit 0\n")
    older.chmod(0o755)
    assert environment._base_python() == str(older)
