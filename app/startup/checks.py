"""`python3 main.py test`: everything that is checked before a change is let in; `--quick` while one writes it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"
QUICK = "--quick"

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "import contracts": ["-c", LINT_IMPORTS],
}
# As many as there are cores, but each takes up to 2 GB.
PARALLEL = ["-n", "logical", "--maxprocesses=4", "--dist", "worksteal", "--durations=20"]
#: What can run side by side, and what measures time, kills processes or owns the screen and so runs alone.
TOGETHER = ["tests/unit", "tests/gui", "tests/integration"]
ALONE = ["tests/system"]


def run(arguments: list[str]) -> int:
    """Run every check, then the tests, whatever fails on the way; pytest's summary comes last. Returns the exit code.

    With `--quick` the tests are those of `tests/unit` that are not slow. With other arguments, which are pytest's, only
    the tests that they name are run.
    """
    is_quick = QUICK in arguments
    given = [argument for argument in arguments if argument != QUICK]
    failed = [] if given else [name for name, command in CHECKS.items() if _fails(name, command)]
    if failed:
        print(f"== FAILED so far: {', '.join(failed)}", flush=True)
    for name, command in _tests(given, is_quick=is_quick).items():
        if _fails(name, ["-m", "pytest", *command]):
            failed.append(name)
    if failed:
        print(f"== FAILED: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def _tests(given: list[str], *, is_quick: bool) -> dict[str, list[str]]:
    """What pytest is run with, one run after another."""
    if is_quick:
        return {"tests": ["tests/unit", "-m", "not slow", *PARALLEL, *given]}
    if given:
        return {"tests": given}
    return {"tests": [*TOGETHER, *PARALLEL], "tests alone": [*ALONE, "--durations=20"]}


def _fails(name: str, command: list[str]) -> bool:
    print(f"== {name}", flush=True)
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False).returncode != 0
