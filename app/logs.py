"""The log: a rotating file in the player's data folder, and standard error for a developer.

Modules log through `logging.getLogger(__name__)`. No line holds a picture, nor a path outside the data folder.
"""

from __future__ import annotations

import contextlib
import logging
import re
import sys
from collections.abc import Callable
from typing import TextIO

from app import places

#: A file grows to so many bytes; so many older ones are kept beside it.
MAX_BYTES, KEPT_FILES = 500_000, 2
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
# In quotes, where it may hold spaces; or any word, which is a path if it has a slash. Linear in the text's length.
_PATH = re.compile(
    r"""(?P<quote>['"])(?P<quoted>(?:~?[/\\]|[A-Za-z]:[/\\])[^'"\n]*)(?P=quote)|(?P<word>[^\s'"()<>,;]+)"""
)
_HOUSE = logging.getLogger("app")


class PathFilteringFormatter(logging.Formatter):
    """Formats a record, with `<path>` for each path that lies neither in the player's data nor in the program."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line or lines of a record, tracebacks included."""
        allowed = (str(places.home()), str(places.root() / "app"))

        def shown(match: re.Match[str]) -> str:
            path = match["quoted"] or match["word"]
            if "/" not in path and "\\" not in path:
                return match[0]
            is_inside = any(path == folder or path.startswith((folder + "/", folder + "\\")) for folder in allowed)
            return match[0] if is_inside and ".." not in path else "<path>"

        return _PATH.sub(shown, super().format(record))


class DataFolderHandler(logging.Handler):
    """Writes to `pastiche.log` in the player's data folder, which is made with the first line. Rotates by size."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record. Where the file cannot be written nothing is: a log must not stop a game."""
        with contextlib.suppress(OSError):
            if self._file is None:
                # Late, since it imports sockets and more, and the window is to be painted first.
                from logging.handlers import RotatingFileHandler

                places.logs().mkdir(parents=True, exist_ok=True)
                file = places.logs() / "pastiche.log"
                self._file = RotatingFileHandler(
                    file, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", errors="backslashreplace"
                )
                self._file.setFormatter(PathFilteringFormatter(_FORMAT))
            self._file.handle(record)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
        super().close()


class ForwardingHandler(logging.Handler):
    """Passes each record on as its level, its logger's name and its text, for another process to log."""

    def __init__(self, send: Callable[[int, str, str], None]) -> None:
        super().__init__(logging.INFO)
        self._send = send
        self.setFormatter(PathFilteringFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        """Send a record; where nobody takes it any more it is dropped."""
        with contextlib.suppress(OSError):
            self._send(record.levelno, record.name, self.format(record))


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at the moment: it may have been replaced since."""

    def emit(self, record: logging.LogRecord) -> None:
        # A program without a console has none.
        if sys.stderr is not None:
            self.stream = sys.stderr
            super().emit(record)


def set_up(*, is_verbose: bool = False) -> None:
    """Begin to log to the player's data folder, and to standard error: warnings, or with `is_verbose` all there is."""
    # No line tells the thread, and to ask for it in one of Qt's leaves an object behind that passes for a thread.
    logging.logThreads = False
    forget()
    _HOUSE.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    terminal = _StandardError()
    terminal.setLevel(logging.DEBUG if is_verbose else logging.WARNING)
    for handler in (DataFolderHandler(), terminal):
        _HOUSE.addHandler(handler)


def forward(send: Callable[[int, str, str], None]) -> None:
    """Log through `send` and nowhere else, as a process does that must not write to the other one's file."""
    forget()
    _HOUSE.setLevel(logging.INFO)
    _HOUSE.propagate = False
    _HOUSE.addHandler(ForwardingHandler(send))


def forget() -> None:
    """Take the handlers away again, and close their files."""
    for handler in list(_HOUSE.handlers):
        _HOUSE.removeHandler(handler)
        handler.close()
