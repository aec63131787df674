import os
import time
from pathlib import Path

import pytest

from app.startup.reporter import SetupReporter

pytestmark = pytest.mark.skipif(os.name == "nt", reason="zenity is a Unix program")
PATIENCE_S = 30.0


@pytest.fixture
def zenity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A zenity that writes down what it is asked and fed."""
    log = tmp_path / "log"
    program = tmp_path / "zenity"
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {log}\ncase "$1" in --progress) cat >> {log};; esac\necho end >> {log}\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("DISPLAY", ":99")
    return log


def read(log: Path, ends: int) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if log.exists() and log.read_text().count("end\n") >= ends:
            return log.read_text()
        time.sleep(0.02)
    raise AssertionError(log.read_text() if log.exists() else "never started")


def test_after_a_double_click_the_steps_are_shown_in_a_window(zenity: Path, tmp_path: Path, capsys) -> None:
    tell = SetupReporter(may_show=True)
    tell("Making .venv")
    tell("Installing the libraries")
    tell.fail("The disk is full.", tmp_path / "new" / "last-failure.txt")
    shown = read(zenity, ends=2)
    tell._failure.communicate()
    assert "# Making .venv\n# Installing the libraries\n" in shown
    assert "--error" in shown
    assert "--text=The disk is full." in shown
    assert (tmp_path / "new" / "last-failure.txt").read_text() == "The disk is full.\n"
    assert capsys.readouterr().err == "Making .venv\nInstalling the libraries\nThe disk is full.\n"


def test_other_doors_and_machines_without_a_display_show_no_window(zenity: Path, monkeypatch, tmp_path: Path) -> None:
    SetupReporter(may_show=False)("A step")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    tell = SetupReporter(may_show=True)
    tell("A step")
    tell.fail("No.", tmp_path / "failure.txt")
    assert not zenity.exists()


def test_a_window_that_was_closed_does_not_stop_the_steps(zenity: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "zenity").write_text("#!/bin/sh\nexit 1\n")
    tell = SetupReporter(may_show=True)
    tell("First")
    time.sleep(0.3)
    for number in range(50):
        tell(f"Step {number}")
    tell.end()
    assert capsys.readouterr().err.count("\n") == 51


def test_a_failure_that_cannot_be_written_down_is_told_all_the_same(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").write_text("")
    SetupReporter(may_show=False).fail("The disk is full.", tmp_path / "file" / "last-failure.txt")
    assert capsys.readouterr().err == "The disk is full.\n"
