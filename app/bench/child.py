"""Measuring in a process of its own, which prints what it found as JSON on its last line."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from app import places
from app.errors import PasticheError

#: So many of its last words are quoted where a child failed.
_WORDS = 40


def measured(
    what: str,
    module: str,
    arguments: Sequence[str] = (),
    *,
    limit_s: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Run `python -m MODULE ARGUMENTS` and return the JSON object on its last line.

    `environment` is added to this process's own. `what` begins the sentence of the PasticheError that is raised where
    the child fails, or is not done within `limit_s` seconds (None waits for ever).
    """
    done = run([sys.executable, "-m", module, *arguments], what, limit_s=limit_s, environment=environment)
    if done.returncode:
        raise PasticheError(f"{what} was not measured ({last_words(done)}).")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def run(
    command: Sequence[str], what: str, *, limit_s: float | None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, whatever its exit code. Raises PasticheError when it takes more than `limit_s`."""
    try:
        return subprocess.run(
            command,
            cwd=places.root(),
            env=os.environ | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PasticheError(f"{what} was not measured within {limit_s:.0f} s.") from None


def last_words(done: subprocess.CompletedProcess[str]) -> str:
    """Return the end of what a process said of its failure, in one line."""
    return " ".join((done.stderr or done.stdout).split()[-_WORDS:]) or f"exit code {done.returncode}"
