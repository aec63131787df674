"""What a subcommand answers, and how it shows that it is at work. The subcommands' modules call."""

import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from app.errors import SaveError

if TYPE_CHECKING:
    from app.rivals.rival import Progress


@dataclass(frozen=True)
class Answer:
    """What `--json` prints, and the exit code."""

    content: dict[str, Any] = field(default_factory=dict)
    code: int = 0


class Bar:
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
