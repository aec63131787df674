"""The work that takes long: a rival paints, the judge grades. The same jobs for the worker and the command line.

Each job has a `lane`: jobs of one lane are done one after another, those of different lanes at the same time.
"""

import functools
import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from app import images
from app.errors import Cancelled, NetworkError
from app.game.duel import Painting
from app.images import Picture
from app.judging.assessment import Assessment, Suggestion
from app.judging.explanation.sentences import DRAWING
from app.networks import store
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import RIVALS, Pair, best_network, hire
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.request_pictures import NO_PICTURES, RequestPictures
from app.rivals.rival import Progress, Report, Rival, heed, sized_shape

if TYPE_CHECKING:
    from app.judging.deal_judge import DealJudge
    from app.judging.judge import Judge

JUDGE = "judge"
#: What the judge sees with.
JUDGES_NETWORKS = ("builtin-autoencoder", "builtin-vgg")
OnProgress = Callable[[Progress], None]
IsCancelled = Callable[[], bool]

#: The graphs serve every size, so the smallest picture has them compiled soonest.
WARM_PX, WARM_STEPS = 64, 2


class Stopped(Cancelled):
    """A rival was stopped, and this is how far its picture had come, in full size."""

    def __init__(self, sentence: str, painting: Painting) -> None:
        super().__init__(sentence)
        self.painting = painting


@dataclass(frozen=True)
class PaintJob:
    """A rival of the registry paints a deal as requested.

    The request's `network` forces one of the rival's; None takes the best, or the next best, which the report then
    says, where that cannot be loaded. `pictures` are those that the request refers to.
    """

    rival: str
    content: Picture
    style: Picture
    request: RivalRequest = PLAIN
    pictures: RequestPictures = NO_PICTURES

    @property
    def lane(self) -> str:
        """A lane for each rival, so that neither waits for the other."""
        return self.rival

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> Painting:
        """Paint. Raises UsageError, PictureError, RivalError, NetworkError, Cancelled, or Stopped with a picture."""
        network = self.request.network or best_network(self.rival)
        try:
            picture, report = self._paint(network, on_progress, cancelled)
        except NetworkError as error:
            if self.request.network is not None or network == RIVALS[self.rival].networks[-1]:
                raise
            # A copy that its publisher states no checksum for can be damaged and yet look sound until it is loaded.
            store.distrust(network, str(error))
            instead = best_network(self.rival)
            picture, report = self._paint(instead, on_progress, cancelled)
            report = replace(report, note=f"{error} {report.note}".rstrip())
        return Painting(picture, report, self.request)

    def _paint(self, network: str, on_progress: OnProgress, cancelled: IsCancelled) -> tuple[Picture, Report]:
        rival = _hired(self.rival, network, self.request.options)
        begun_s = time.perf_counter()
        last = Progress(0, 0, "")

        def note(progress: Progress) -> None:
            nonlocal last
            last = progress
            on_progress(progress)

        try:
            picture = rival.paint(
                self.content, self.style, self.request, self.pictures, on_progress=note, cancelled=cancelled
            )
        except Cancelled as error:
            latest = getattr(rival, "latest", None)
            if last.step == 0 or latest is None:
                raise
            height, width = sized_shape(self.content, self.request.size)
            seconds = time.perf_counter() - begun_s
            words = f"Stopped after {last.step} of {last.steps} steps."
            report = Report(network, seconds / last.step, last.step, seconds, words, is_stopped=True)
            picture = images.resize(latest, height=height, width=width)
            raise Stopped(str(error), Painting(picture, report, self.request)) from None
        assert rival.report is not None, "a rival that has painted has a report"
        return picture, rival.report


@dataclass(frozen=True)
class GradeJob:
    """The judge hears a deal, and compares pictures that were made of it: those of each of the `pairs` of names.

    Its sentences call the pictures by these names, but for the drawing and the rivals, which have titles.
    """

    content: Picture
    style: Picture
    pictures: Mapping[str, Picture]
    pairs: tuple[Pair, ...]
    lane: ClassVar[str] = JUDGE

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> dict[Pair, Assessment]:
        """Give the assessment on each pair. Raises Cancelled, NetworkError."""
        heed(cancelled)
        deal_judge = _heard(self)
        pictures = {name: _known(_Pixels.of(picture)) for name, picture in self.pictures.items()}
        _expect(deal_judge, pictures)
        assessments = {}
        for number, (first, second) in enumerate(self.pairs):
            heed(cancelled)
            on_progress(Progress(number, len(self.pairs), "The judge compares"))
            pair = (pictures[first], pictures[second])
            titles = (_title(first), _title(second))
            assessments[first, second] = deal_judge.assessment(*pair, titles=titles)
        return assessments


@dataclass(frozen=True)
class CoachJob:
    """The judge tries changes on a drawing, and says which of them bring it nearest to the rivals' pictures."""

    content: Picture
    style: Picture
    drawing: Picture
    rivals: Mapping[str, Picture]
    lane: ClassVar[str] = JUDGE

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> list[Suggestion]:
        """Find up to three suggestions, the best first. Raises Cancelled, NetworkError."""
        from app.judging.coaching import search

        heed(cancelled)

        def tell(done: int, of: int) -> None:
            on_progress(Progress(done, of, "The judge tries changes"))

        drawing, *others = (_known(_Pixels.of(picture)) for picture in (self.drawing, *self.rivals.values()))
        rivals = dict(zip(self.rivals, others, strict=True))
        deal_judge = _heard(self)
        _expect(deal_judge, rivals)
        return search.advise(deal_judge, drawing, rivals, on_progress=tell, cancelled=cancelled)


@dataclass(frozen=True)
class CompareJob:
    """The judge compares pairs of pictures of which no deal is known."""

    pairs: Sequence[tuple[Picture, Picture]]
    lane: ClassVar[str] = JUDGE

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> list[float]:
        """Grade each pair, 0 to 10, in their order. Raises Cancelled, NetworkError."""
        heed(cancelled)
        on_progress(Progress(0, len(self.pairs), "The judge compares"))
        return _judge().grades(self.pairs)


@dataclass(frozen=True)
class WarmJob:
    """Gets a lane ready: loads what its jobs will need, and has it compiled by a picture that nobody sees.

    `lane` is a rival or the judge; `network` and `options` are as in RivalRequest.
    """

    lane: str
    network: str | None = None
    options: ClassicOptions | None = None

    def run(self, on_progress: OnProgress, cancelled: IsCancelled) -> None:
        """Load and compute once. Raises NetworkError, RivalError, Cancelled."""
        ramp = np.linspace(0, 1, WARM_PX * WARM_PX * 3, dtype=np.float32).reshape(WARM_PX, WARM_PX, 3)
        if self.lane == JUDGE:
            pictures = {"drawing": ramp, "magenta": ramp[::-1].copy()}
            GradeJob(ramp, ramp[:, ::-1].copy(), pictures, (("drawing", "magenta"),)).run(on_progress, cancelled)
            return
        options = self.options
        if RIVALS[self.lane].takes_options:
            options = replace(options or ClassicOptions(), steps=WARM_STEPS)
        request = RivalRequest(size=WARM_PX, network=self.network, options=options)
        PaintJob(self.lane, ramp, ramp[:, ::-1].copy(), request).run(on_progress, cancelled)


def _title(name: str) -> str:
    return DRAWING if name == "drawing" else RIVALS[name].title if name in RIVALS else name


Job = PaintJob | GradeJob | CoachJob | CompareJob | WarmJob


# Networks are loaded once in a process: the second duel of an evening begins at once.
@functools.lru_cache(maxsize=4)
def _hired(rival: str, network: str, options: ClassicOptions | None) -> Rival:
    return hire(rival, network=network, options=options)


@functools.cache
def _judge() -> "Judge":
    # The window imports this module too, and never judges.
    from app.judging.judge import Judge

    # Its networks are part of the program; of one that is missing or damaged the store knows how to get it back.
    for network in JUDGES_NETWORKS:
        store.require(network)
    return Judge.load()


@dataclass(frozen=True)
class _Pixels:
    """A picture that is told from others by its pixels: one that came through a pipe is another object each time."""

    digest: bytes
    picture: Picture = field(compare=False)

    @classmethod
    def of(cls, picture: Picture) -> "_Pixels":
        digest = hashlib.blake2b(repr(picture.shape).encode(), digest_size=16)
        digest.update(np.ascontiguousarray(picture).data)
        return cls(digest.digest(), picture)


def _heard(job: GradeJob | CoachJob) -> "DealJudge":
    """The judge's deal judge of a job's deal, which is made once for all jobs of the deal."""
    return _deal_judge(_judge(), _Pixels.of(job.content), _Pixels.of(job.style))


def _expect(deal_judge: "DealJudge", pictures: Mapping[str, Picture]) -> None:
    """Tell a deal judge of the rivals' pictures: where one is itself a copy, nobody is fined for not being one."""
    for name in RIVALS:
        if name in pictures:
            deal_judge.expect(pictures[name])


# One deal is at hand and one was before it; a deal judge holds what it found out about its deal.
@functools.lru_cache(maxsize=2)
def _deal_judge(judge: "Judge", content: _Pixels, style: _Pixels) -> "DealJudge":
    return judge.hear(content.picture, style.picture)


# A deal judge remembers pictures by what objects they are.
@functools.lru_cache(maxsize=4)
def _known(pixels: _Pixels) -> Picture:
    return pixels.picture
