"""One duel, from the deal to the gallery: a small state machine that every door drives in the same way."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.errors import UsageError
from app.game import pasting
from app.game.deck import Deal
from app.game.provenance import Provenance
from app.images import Picture
from app.judging.assessment import Assessment, Suggestion
from app.rivals.registry import RIVALS, Pair, comparisons
from app.rivals.request import PLAIN, RivalRequest
from app.rivals.rival import Report


class Stage(enum.Enum):
    """How far a duel has come."""

    DEALT = "dealt"
    PAINTING = "painting"
    JUDGED = "judged"
    KEPT = "kept"


@dataclass(frozen=True)
class Painting:
    """A rival's finished picture, how it was made, and what was asked for."""

    picture: Picture
    report: Report
    request: RivalRequest = PLAIN


@dataclass
class Duel:
    """One game.

    `assessments` has a key for each of `comparisons` once judged, such as drawing_magenta, and `suggestions` what may
    come later, the best first. `painted` is None for a drawing that was not painted here.
    """

    deal: Deal
    stage: Stage = Stage.DEALT
    drawing: Picture | None = None
    paintings: dict[str, Painting] = field(default_factory=dict)
    assessments: dict[str, Assessment] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    folder: Path | None = None
    painted: Provenance | None = None
    rivals: tuple[str, ...] = field(default_factory=lambda: tuple(RIVALS))

    @property
    def comparisons(self) -> tuple[Pair, ...]:
        """Who is compared with whom, in the order in which grades are shown."""
        return comparisons(self.rivals)

    def start(self) -> None:
        """Let everybody paint. Raises UsageError unless the duel was just dealt."""
        self._expect(Stage.DEALT)
        self.stage = Stage.PAINTING

    def hand_in(self, drawing: Picture, painted: Provenance | None = None) -> None:
        """Take the player's drawing; handing in again replaces it, and a verdict on the old one is void."""
        self._expect(Stage.PAINTING, Stage.JUDGED, Stage.KEPT)
        self.drawing, self.painted = drawing, painted
        self._reopen()

    def take(self, rival: str, painting: Painting) -> None:
        """Take a rival's picture; painting again replaces it, and a verdict on the old one is void."""
        if rival not in self.rivals:
            raise UsageError(f"There is no rival called {rival}.")
        self._expect(Stage.PAINTING, Stage.JUDGED, Stage.KEPT)
        self.paintings[rival] = painting
        self._reopen()

    def give_back(self, rival: str) -> Painting | None:
        """Take a rival's picture out, for it paints again; a verdict on it is void. None where there was none."""
        self._expect(Stage.PAINTING, Stage.JUDGED, Stage.KEPT)
        painting = self.paintings.pop(rival, None)
        if painting is not None:
            self._reopen()
        return painting

    def snapshot(self) -> "Duel":
        """The duel as it is now, for another thread: it stays so whatever happens to this one."""
        return replace(self, paintings=dict(self.paintings))

    def pictures(self) -> dict[str, Picture]:
        """The pictures there are so far, by "drawing" and the rivals' names."""
        drawn = {} if self.drawing is None else {"drawing": self.drawing}
        return drawn | {name: self.paintings[name].picture for name in self.rivals if name in self.paintings}

    def is_complete(self) -> bool:
        """Whether all pictures are there, so that the judge can be called."""
        return len(self.pictures()) == 1 + len(self.rivals)

    def pairs(self) -> list[tuple[Picture, Picture]]:
        """The pairs for the judge, in the order of `comparisons`. Raises UsageError while a picture is missing."""
        if not self.is_complete():
            missing = [name for name in ("drawing", *self.rivals) if name not in self.pictures()]
            raise UsageError(f"The judge has to wait: still missing is {' and '.join(missing)}.")
        pictures = self.pictures()
        return [(pictures[a], pictures[b]) for a, b in self.comparisons]

    def judge(self, assessments: Sequence[Assessment]) -> None:
        """Take the judge's assessments on `pairs()`, in that order, each with a grade from 0 to 10."""
        self._expect(Stage.PAINTING, Stage.JUDGED)
        _ = self.pairs()
        if len(assessments) != len(self.comparisons) or not all(
            0 <= assessment.grade <= 10 for assessment in assessments
        ):
            raise UsageError(f"A verdict is {len(self.comparisons)} grades from 0 to 10.")
        self.assessments = {
            f"{a}_{b}": assessment for (a, b), assessment in zip(self.comparisons, assessments, strict=True)
        }
        self.stage = Stage.JUDGED

    @property
    def grades(self) -> dict[str, float]:
        """The grades of `assessments`, by the same keys, each 0 to 10."""
        return {name: float(assessment.grade) for name, assessment in self.assessments.items()}

    def heard(self) -> list[tuple[Pair, Assessment]]:
        """The assessments with their pairs, in the order of `comparisons`; empty until the duel is judged."""
        return [((a, b), self.assessments[f"{a}_{b}"]) for a, b in self.comparisons if f"{a}_{b}" in self.assessments]

    def advise(self, suggestions: Sequence[Suggestion]) -> None:
        """Take what the judge suggests for the drawing; a verdict that is void takes it along."""
        self._expect(Stage.JUDGED, Stage.KEPT)
        self.suggestions = tuple(suggestions)

    @property
    def pasted(self) -> str:
        """One sentence that names what of the drawing was not painted, by its record and by the judge; else ""."""
        return pasting.sentence(self.painted, [assessment for pair, assessment in self.heard() if "drawing" in pair])

    def keep(self, folder: Path) -> None:
        """Note that the duel now lies in this folder of the gallery."""
        self._expect(Stage.JUDGED)
        self.folder = folder
        self.stage = Stage.KEPT

    def _reopen(self) -> None:
        self.stage = Stage.PAINTING
        self.assessments, self.suggestions = {}, ()
        self.folder = None

    def _expect(self, *stages: Stage) -> None:
        if self.stage not in stages:
            raise UsageError(f"That cannot be done with a duel that is {self.stage.value}.")
