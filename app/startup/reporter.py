"""How set-up speaks to a person before there is a window: lines in the terminal, or a dialog after a double click."""

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CLOSE_S = 2.0


class SetupReporter:
    """Prints a line per step on standard error; without a terminal, also shows them in a small window if it can."""

    def __init__(self, *, may_show: bool) -> None:
        # A terminal is enough; in a pipe somebody else reads along; only a double click leaves a person with nothing.
        has_terminal = sys.stderr is not None and sys.stderr.isatty()
        has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._zenity = shutil.which("zenity") if may_show and has_display and not has_terminal else None
        self._steps: subprocess.Popen[bytes] | None = None
        self._failure: subprocess.Popen[bytes] | None = None

    def __call__(self, line: str) -> None:
        """Tell a step."""
        print(line, file=sys.stderr, flush=True)
        if self._zenity and self._steps is None:
            self._steps = self._open("--progress", "--pulsate", "--auto-close", "--no-cancel")
        self._pass_on(f"# {line}\n")

    def fail(self, sentence: str, log: Path | None) -> None:
        """Tell why it does not go on, also in `log`, if given, for whoever saw no terminal; waits for nobody."""
        print(sentence, file=sys.stderr, flush=True)
        self.end()
        # The sentence stands on standard error already; an unwritable folder may be what it is about.
        if log is not None:
            with contextlib.suppress(OSError):
                log.parent.mkdir(parents=True, exist_ok=True)
                log.write_text(sentence + "\n")
        if self._zenity:
            self._failure = self._open("--error", "--no-markup", f"--text={sentence}")

    def end(self) -> None:
        """Close the window of steps, if there is one."""
        steps, self._steps = self._steps, None
        if steps is None or steps.stdin is None:
            return
        with contextlib.suppress(OSError):
            steps.stdin.close()
        try:
            steps.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            steps.kill()
            steps.wait()

    def _open(self, *arguments: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [str(self._zenity), *arguments, "--title=Pastiche"],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _pass_on(self, line: str) -> None:
        # Somebody may have closed the window; the steps go on without it.
        with contextlib.suppress(OSError):
            if self._steps is not None and self._steps.stdin is not None:
                self._steps.stdin.write(line.encode())
