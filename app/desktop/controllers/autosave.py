"""The record of one drawing: its journal, whose file comes about with the first entry.

While the file cannot be made (a full disk) the entries wait in memory, and each further one tries again.
"""

from collections.abc import Callable
from pathlib import Path

from app.errors import SaveError
from app.painting.document.drawing import Entry
from app.painting.io.journal import Journal


class Record:
    """Writes one drawing down, so that an entry is in the file before the hand goes on."""

    def __init__(self, open_file: Callable[[], Journal], on_failed: Callable[[str], None]) -> None:
        """`on_failed` gets one sentence when the file cannot be made, the first time only."""
        self._open_file, self._on_failed = open_file, on_failed
        self._journal: Journal | None = None
        self._backlog: list[Entry] = []
        self._has_told = False

    @classmethod
    def of(cls, journal: Journal) -> "Record":
        """The record of a drawing whose journal is open already."""
        record = cls(lambda: journal, lambda _: None)
        record._journal = journal
        return record

    @property
    def path(self) -> Path | None:
        """The journal's file, once it is there."""
        return self._journal.path if self._journal is not None else None

    def write(self, entry: Entry) -> None:
        """Write an entry down; never waits for the disk and never fails."""
        self._backlog.append(entry)
        self._put_down()

    def is_saved(self, timeout_s: float = 0.0) -> bool:
        """Whether everything is on the disk, waiting for it up to `timeout_s`."""
        self._put_down()
        return not self._backlog and (self._journal is None or self._journal.flush(timeout_s))

    def close(self, timeout_s: float = 1.0) -> None:
        """Write what is left, and let go of the file."""
        self._put_down()
        if self._journal is not None:
            self._journal.close(timeout_s)

    def _put_down(self) -> None:
        if not self._backlog:
            return
        if self._journal is None:
            try:
                self._journal = self._open_file()
            except SaveError as error:
                if not self._has_told:
                    self._has_told = True
                    self._on_failed(f"{error} It goes on in memory.")
                return
        for entry in self._backlog:
            self._journal.write(entry)
        self._backlog.clear()
