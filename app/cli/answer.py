"""What a subcommand answers, and how it shows that it is at work."""

import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from app.errors import SaveError, UsageError

if TYPE_CHECKING:
    from app.rivals.rival import Progress


@dataclass(frozen=True)
class Answer:
    """What `--json` prints, and the exit code."""

    content: dict[str, Any] = field(default_factory=dict)
    code: int = 0


class ProgressBar:
    """A progress bar on standard error; none where that is not a terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def on_strokes(self, done: int, of: int) -> None:
        """Show how far the auto-painter is."""
        self.show(done / of)

    def on_progress(self, progress: "Progress") -> None:
        """Show how far a rival is."""
        self.show(progress.step / max(1, progress.steps), progress.message)

    def show(self, done: float, note: str = "") -> None:
        """Show that the share `done` (0 to 1) is done."""
        if self._is_shown:
            filled = round(min(max(done, 0.0), 1.0) * 30)
            bar = "█" * filled + "░" * (30 - filled)
            print(f"\r\x1b[K{self._title} {bar} {done:4.0%} {note}", end="", file=sys.stderr, flush=True)


def never() -> bool:
    """Nobody cancels from here: Ctrl+C ends the whole command."""
    return False


def unseen(progress: "Progress") -> None:
    """Progress too short to be shown."""


def check_folder(folder: Path) -> None:
    """See that files can be written into a folder before long work begins; makes it. Raises SaveError."""
    from app import images

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SaveError(f"{folder} cannot be written into: {images.why(error)}.") from None


def check_apart(written: Sequence[Path], read: Sequence[Path | None]) -> None:
    """See that no file would be written twice, or over one that is read; None is no file. Raises UsageError."""
    for number, path in enumerate(written):
        if any(_are_same(path, other) for other in written[:number]):
            raise UsageError(f"{path} cannot be written twice; give each file a name of its own.")
        if any(other is not None and _are_same(path, other) for other in read):
            raise UsageError(f"{path} is one of the pictures to be read; write to another file.")


def _are_same(a: Path, b: Path) -> bool:
    try:
        return a.samefile(b)
    except OSError:
        # At least one of them is not there yet.
        return os.path.normcase(os.path.realpath(a)) == os.path.normcase(os.path.realpath(b))
