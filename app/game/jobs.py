"""The work that takes long: a rival paints, the judge grades. The same jobs for the workshop and the command line."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.game.duel import Painting
from app.images import Picture
from app.rivals.classic_options import ClassicOptions
from app.rivals.commission import PLAIN, Commission
from app.rivals.rival import Progress, Rival, best_network, heed, hire

if TYPE_CHECKING:
    from app.judging.judge import Judge

OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]


@dataclass(frozen=True)
class PaintJob:
    """A rival ("magenta" or "classic") paints a deal as commissioned; `network` forces one of its networks, None takes
    the best; `options` are of the classic rival, None for its own.
    """

    rival: str
    content: Picture
    style: Picture
    commission: Commission = PLAIN
    network: str | None = None
    options: ClassicOptions | None = None

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> Painting:
        """Paint. Raises UsageError, PictureError, Cancelled, RivalError, NetworkError."""
        rival = _hired(self.rival, self.network or best_network(self.rival), self.options)
        picture = rival.paint(self.content, self.style, self.commission, on_progress=on_progress, cancelled=cancelled)
        assert rival.report is not None, "a rival that has painted has a report"
        return Painting(picture, rival.report)


@dataclass(frozen=True)
class GradeJob:
    """The judge compares pairs of pictures."""

    pairs: list[tuple[Picture, Picture]]

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> list[float]:
        """Grade each pair, 0 to 10, in their order. Raises Cancelled, NetworkError."""
        heed(cancelled)
        on_progress(Progress(0, len(self.pairs), "The judge compares"))
        return _judge().grades(self.pairs)


Job = PaintJob | GradeJob


# Networks are loaded once in a process: the second duel of an evening begins at once.
@functools.lru_cache(maxsize=4)
def _hired(rival: str, network: str, options: ClassicOptions | None) -> Rival:
    return hire(rival, network=network, options=options)


@functools.cache
def _judge() -> "Judge":
    # The window imports this module too, and never judges.
    from app.judging.judge import Judge

    return Judge.load()
