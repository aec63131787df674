"""What is done ahead while home is looked at, so that nobody waits for it later."""

from collections.abc import Callable, Iterable

from PyQt5.QtCore import QObject, QTimer

# Home is painted and the hand rests; then one piece after another, with time for every event between two.
REST_MS, BETWEEN_MS = 600, 60


class IdleWork(QObject):
    """Does small things one after another as long as it is let."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._works: list[Callable[[], object]] = []
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timeout)

    def add(self, works: Iterable[Callable[[], object]]) -> None:
        """Have these done too, after what is still to be done; none of them may take long."""
        self._works.extend(work for work in works if work not in self._works)

    def begin(self) -> None:
        """Go on, after a rest."""
        if self._works:
            self._timer.start(REST_MS)

    def stop(self) -> None:
        """Do nothing more until the next `begin`."""
        self._timer.stop()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to be done."""
        return not self._works

    def _on_timeout(self) -> None:
        self._works.pop(0)()
        if self._works:
            self._timer.start(BETWEEN_MS)
        else:
            self._timer.stop()
