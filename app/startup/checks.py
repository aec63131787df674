"""`python3 main.py test`: everything that is checked before a change is let in."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

CHECKS = {
    "ruff check": ["-m", "ruff", "check", "."],
    "ruff format": ["-m", "ruff", "format", "--check", "."],
    "mypy": ["-m", "mypy"],
    "import contracts": ["-c", LINT_IMPORTS],
}


def run(pytest_arguments: list[str]) -> int:
    """Run every check, then the tests, whatever fails on the way; pytest's summary comes last. Returns the exit code.

    With arguments for pytest only the tests are run, which is what one wants while writing them.
    """
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    failed = []
    for name, command in CHECKS.items() if not pytest_arguments else ():
        print(f"== {name}", flush=True)
        if subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, check=False).returncode != 0:
            failed.append(name)
    if failed:
        print(f"== FAILED so far: {', '.join(failed)}", flush=True)
    print("== tests", flush=True)
    tests = [sys.executable, "-m", "pytest", *pytest_arguments]
    code = subprocess.run(tests, cwd=ROOT, env=environment, check=False).returncode
    return 1 if failed or code != 0 else 0
