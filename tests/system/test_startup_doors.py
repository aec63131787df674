import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from locations import ROOT

from app import cli, places, startup
from app.startup import checks, environment, system

MAIN = places.root() / "main.py"


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Nothing is set up or installed here; what would be handed to the command line is noted."""
    noted: list[list[str]] = []
    monkeypatch.setattr(environment, "is_set_up", lambda files: False)
    monkeypatch.setattr(environment, "satisfies", lambda files: True)
    monkeypatch.setattr(system, "ensure", lambda platform, tell: None)
    monkeypatch.setattr(cli, "main", lambda arguments: noted.append(arguments) or 0)
    return noted


def test_main_can_be_read_by_an_old_python_which_is_told_what_it_lacks() -> None:
    ast.parse(MAIN.read_text(), feature_version=(3, 4))
    program = (
        "import runpy, sys; sys.version_info = (3, 9, 2, 'final', 0); sys.version = '3.9.2 (old)';"
        f"runpy.run_path({str(MAIN)!r}, run_name='__main__')"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stderr.strip() == "Pastiche needs Python 3.11 or newer; this is Python 3.9.2."


def test_help_and_wrong_use_need_no_set_up(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(environment, "satisfies", lambda files: False)
    monkeypatch.setattr(environment, "set_up", lambda files, tell: pytest.fail("set up for nothing"))
    with pytest.raises(SystemExit) as ended:
        startup.main(["duel", "--help"])
    assert ended.value.code == 0
    assert "--drawing" in capsys.readouterr().out
    assert startup.main(["dule"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "dule" in said.err
    assert said.err.count("\n") == 1


def test_what_is_missing_is_set_up_before_handing_over(monkeypatch) -> None:
    steps = []
    monkeypatch.setattr(environment, "satisfies", lambda files: False)
    monkeypatch.setattr(environment, "set_up", lambda files, tell: steps.append(files))
    monkeypatch.setattr(startup, "_hand_over", lambda arguments: steps.append(arguments) or 5)
    assert startup.main(["networks", "list"]) == 5
    assert startup.main(["test", "-k", "deck"]) == 5
    assert steps == [
        ["requirements.txt"],
        ["networks", "list"],
        ["requirements.txt", "requirements-test.txt"],
        ["test", "-k", "deck"],
    ]


def test_a_finished_set_up_is_used_at_once(monkeypatch) -> None:
    monkeypatch.setattr(environment, "is_inside", lambda: False)
    monkeypatch.setattr(environment, "is_set_up", lambda files: True)
    monkeypatch.setattr(environment, "satisfies", lambda files: pytest.fail("looked for longer than needed"))
    monkeypatch.setattr(startup, "_hand_over", lambda arguments: 7)
    assert startup.main([]) == 7


def test_a_set_up_that_fails_says_why_and_ends_with_1(monkeypatch, tmp_path: Path, capsys) -> None:
    def fail(files, tell):
        raise system.SetupError("The package index cannot be reached.")

    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment, "satisfies", lambda files: False)
    monkeypatch.setattr(environment, "set_up", fail)
    assert startup.main([]) == 1
    assert capsys.readouterr().err == "The package index cannot be reached.\n"
    # Whoever double-clicked finds it here.
    assert (tmp_path / "venv" / "last-failure.txt").read_text() == "The package index cannot be reached.\n"


def test_with_a_display_the_window_opens(monkeypatch, ready: list[list[str]]) -> None:
    monkeypatch.setattr(system, "display", lambda: "xcb")
    assert startup.main([]) == 0
    assert startup.main(["play", "--content", "a.png"]) == 0
    assert ready == [["play"], ["play", "--content", "a.png"]]


def test_without_a_display_the_demonstration_is_played(monkeypatch, ready: list[list[str]], capsys) -> None:
    monkeypatch.setattr(system, "display", lambda: None)
    assert startup.main([]) == 0
    assert startup.main(["play", "--content", "a.png", "--style", "b.png"]) == 0
    assert ready == [["demo"], ["demo", "--content", "a.png", "--style", "b.png"]]
    assert "no display" in capsys.readouterr().out


def test_only_doors_that_draw_ask_for_qts_libraries(monkeypatch, ready) -> None:
    asked = []
    monkeypatch.setattr(system, "ensure", lambda platform, tell: asked.append(platform))
    monkeypatch.setattr(system, "platform_wished", lambda: "xcb")
    monkeypatch.setattr(system, "display", lambda: "xcb")
    paint, replay = ["paint", "a.png", "b.png", "--strokes", "3"], ["replay", "a.duel", "b.png"]
    for arguments in (["networks", "list"], ["grade", "a", "b"], paint, replay, ["drawings"], []):
        startup.main(arguments)
    assert asked == ["offscreen", "offscreen", "offscreen", "xcb"]


def test_the_tests_are_offered_what_they_use(monkeypatch) -> None:
    steps = []
    monkeypatch.setattr(system, "offer_to_tests", lambda tell: steps.append("display"))
    monkeypatch.setattr(checks, "run", lambda arguments: steps.append(arguments) or 0)
    assert startup.main(["test", "-x"]) == 0
    assert steps == ["display", ["-x"]]


def test_a_damaged_set_up_is_forgotten_so_that_it_is_repaired(monkeypatch, tmp_path: Path, capsys) -> None:
    (tmp_path / "complete-requirements.txt").write_text("set up")
    monkeypatch.setattr(environment, "VENV", tmp_path)
    monkeypatch.setattr(environment, "is_inside", lambda: True)

    def lacks(arguments):
        raise ModuleNotFoundError("No module named 'scipy'", name="scipy")

    monkeypatch.setattr(cli, "main", lacks)
    assert startup.main(["networks", "list"]) == 1
    assert "Start Pastiche again" in capsys.readouterr().err
    assert not (tmp_path / "complete-requirements.txt").exists()


@pytest.mark.parametrize("failing", [None, "mypy", "tests"])
def test_every_check_runs_whatever_fails(monkeypatch, capsys, failing: str | None) -> None:
    ran = []

    def run(command, **options):
        name = "tests" if "pytest" in command else next(n for n, c in checks.CHECKS.items() if c == command[1:])
        ran.append(name)
        assert options["env"]["QT_QPA_PLATFORM"] == "offscreen"
        return subprocess.CompletedProcess(command, 1 if name == failing else 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert checks.run([]) == (0 if failing is None else 1)
    assert ran == ["ruff check", "ruff format", "mypy", "import contracts", "tests", "tests"]
    assert ("FAILED so far: mypy" in capsys.readouterr().out) is (failing == "mypy")
    ran.clear()
    checks.run(["-k", "deck"])
    assert ran == ["tests"]


def test_every_folder_of_tests_is_run_and_the_quick_ones_by_themselves(monkeypatch) -> None:
    commands: list[list[str]] = []

    def run(command, **_options):
        commands.append(command)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", run)
    assert checks.run([]) == 0
    folders = {path.name for path in (ROOT / "tests").iterdir() if any(path.rglob("test_*.py"))}
    assert {f"tests/{name}" for name in folders} == {word for each in commands for word in each if "tests/" in word}
    commands.clear()
    assert checks.run(["--quick"]) == 0
    assert len(commands) == len(checks.CHECKS) + 1
    assert [word for word in commands[-1] if "tests/" in word] == ["tests/unit"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
def test_ci_runs_exactly_what_a_person_runs(tmp_path: Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text('#!/bin/sh\necho "$PWD $@"\n')
    fake.chmod(0o755)
    environment_ = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    told = subprocess.run(
        [str(places.root() / ".ci/run")], env=environment_, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout == f"{places.root()} main.py test\n"
