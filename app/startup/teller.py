"""How set-up speaks to a person before there is a window: lines in the terminal, or a dialog after a double click."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


class Teller:
    """Prints a line per step on standard error; without a terminal, also shows them in a small window if it can."""

    def __init__(self, *, may_show: bool) -> None:
        # A terminal is enough; in a pipe somebody else reads along; only a double click leaves a person with nothing.
        has_terminal = sys.stderr is not None and sys.stderr.isatty()
        has_display = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._zenity = shutil.which("zenity") if may_show and has_display and not has_terminal else None
        self._window: subprocess.Popen[str] | None = None

    def __call__(self, line: str) -> None:
        """Tell a step."""
        print(line, file=sys.stderr, flush=True)
        if self._zenity and self._window is None:
            command = [self._zenity, "--progress", "--pulsate", "--auto-close", "--no-cancel", "--title=Pastiche"]
            self._window = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True
            )
        self._pass_on(f"# {line}\n")

    def fail(self, sentence: str, log: Path) -> None:
        """Tell why it does not go on, also in a file for whoever saw no terminal; waits for nobody."""
        print(sentence, file=sys.stderr, flush=True)
        self.end()
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.write_text(sentence + "\n")
        except OSError:
            # The sentence stands on standard error already; an unwritable folder may be what it is about.
            return
        if self._zenity:
            subprocess.Popen(
                [self._zenity, "--error", "--title=Pastiche", "--no-markup", f"--text={sentence}"],
                start_new_session=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def end(self) -> None:
        """Close the window of steps, if there is one."""
        self._pass_on("100\n")
        if self._window is not None and self._window.stdin is not None:
            self._window.stdin.close()
        self._window = None

    def _pass_on(self, line: str) -> None:
        try:
            if self._window is not None and self._window.stdin is not None:
                self._window.stdin.write(line)
                self._window.stdin.flush()
        except OSError:
            # Somebody closed the window; the steps go on without it.
            self._window = None
            self._zenity = None
