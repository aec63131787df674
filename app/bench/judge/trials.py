"""Deals to try a judge on: both rivals' pictures, sincere imitations of them, and everything that is done to these.

`Proof.deal` paints, which takes minutes; `scoring.figures` asks a scorer about every trial. A scorer is any function
of first picture, second picture, photograph and painting that says how alike the first two are: higher is more alike.
Pictures are float32 H x W x 3, RGB, sRGB, [0, 1].
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from app.bench.judge import alterations, brushwork, folders, tricks
from app.bench.judge.folders import Pair
from app.bench.progress import tell
from app.errors import UsageError
from app.game.demonstration import recoloured
from app.images import Picture
from app.networks import runtime
from app.rivals.classic_options import ClassicOptions
from app.rivals.registry import CLASSIC, RIVALS, hire
from app.rivals.request import RivalRequest
from app.rivals.rival import Rival, sized

Score = Callable[[Picture, Picture, Picture, Picture], float]

#: Strokes of the auto-painter's imitations of a rival's picture, from careless to careful.
STROKES = (50, 100, 200, 400, 800, 1600, 3200)
#: What it paints as a player would, who has seen only photograph and painting.
PLAYERS_STROKES = (50, 200, 800, 3200)
#: Evaluations of the network at the classic's finest scale: enough for its manner, and few enough for many deals.
CLASSIC_STEPS = 30
MILD_CHANGES = 6
#: The imitations that are shifted, scaled and encoded anew, besides the rival's picture itself.
REENCODED = (200, 800, 3200)


class Key(NamedTuple):
    """What is graded against a rival's picture: which part of the proof it is for, what it is, and of which degree."""

    part: str
    name: str
    degree: float = 0.0


class Trial(NamedTuple):
    """A first picture, made when it is wanted."""

    key: Key
    make: Callable[[], Picture]


@dataclass(frozen=True, eq=False)
class Case:
    """One rival's picture of one deal, and what was painted for it.

    Attributes:
        deal: number of the deal.
        pair: photograph, painting, and those that they could be mistaken for.
        rival: "magenta" or "classic".
        picture: what the rival painted.
        elsewhere: what it painted of other deals: "another deal", "another style", "another photograph".
        imitations: of the rival's picture, by strokes.
        hasty: an imitation with 200 strokes by another, simpler painter.
        players: the photograph in the painting's colours, painted, by strokes.
        seed: of whatever is left to chance.
    """

    deal: int
    pair: Pair
    rival: str
    picture: Picture
    elsewhere: Mapping[str, Picture]
    imitations: Mapping[int, Picture]
    hasty: Picture
    players: Mapping[int, Picture]
    seed: int

    @property
    def content(self) -> Picture:
        """The photograph."""
        return self.pair.content.picture

    @property
    def style(self) -> Picture:
        """The painting."""
        return self.pair.style.picture

    def chance(self, *what: object) -> np.random.Generator:
        """A generator that depends on the case and on what it is for only."""
        return np.random.default_rng([self.seed, self.deal, zlib.crc32(repr((self.rival, what)).encode())])

    def trials(self) -> Iterator[Trial]:
        """Everything that is graded against the rival's picture."""
        picture = self.picture
        yield Trial(Key("same", "same"), picture.copy)
        for strokes, imitation in self.imitations.items():
            yield Trial(Key("imitation", "imitation", strokes), lambda p=imitation: p)  # type: ignore[misc]
        for strokes, drawing in self.players.items():
            yield Trial(Key("player", "player", strokes), lambda p=drawing: p)  # type: ignore[misc]
        yield Trial(Key("hasty", "hasty", 200), lambda: self.hasty)
        for number in range(MILD_CHANGES):
            yield Trial(
                Key("matched", "mild change", number),
                lambda n=number: alterations.mildly_changed(picture, self.chance("mild", n)),  # type: ignore[misc]
            )
        for name, other in self.elsewhere.items():
            yield Trial(Key("mismatched", name), lambda p=other: p)  # type: ignore[misc]
        for name, (change, degrees) in alterations.LADDERS.items():
            for degree in degrees:
                yield Trial(
                    Key("ladder", name, degree),
                    lambda n=name, c=change, d=degree: c(picture, d, self.chance("ladder", n)),  # type: ignore[misc]
                )
        for name, again in alterations.REENCODINGS.items():
            for strokes, drawing in {0: picture, **{n: self.imitations[n] for n in self.reencoded}}.items():
                yield Trial(Key("robustness", name, strokes), lambda a=again, p=drawing: a(p))  # type: ignore[misc]
        careful = self.imitations[max(self.imitations)]
        for name, make in tricks.all_of(self.content, self.style, picture, careful, self.chance("tricks")).items():
            yield Trial(Key("trick", name), make)

    @property
    def reencoded(self) -> tuple[int, ...]:
        """The strokes of the imitations that are re-encoded."""
        return tuple(strokes for strokes in REENCODED if strokes in self.imitations)


@dataclass(eq=False)
class Proof:
    """Cases to measure judges on, all from deals that were dealt by seed. It can be pickled."""

    cases: tuple[Case, ...]
    seed: int
    size: int
    source: str
    skipped: tuple[str, ...] = ()
    rivals: Mapping[str, str] = field(default_factory=dict)
    #: Perceptual distances of mixed pairs (`perceptual.Distances`), once scoring.py has had them measured.
    distances: Any = None

    @property
    def deals(self) -> int:
        """How many deals there are; each has a case for every rival."""
        return len({case.deal for case in self.cases})

    @classmethod
    def deal(
        cls,
        pictures: Path | None = None,
        *,
        deals: int = 8,
        size: int = 256,
        seed: int = 0,
        rivals: Sequence[str] = tuple(RIVALS),
        strokes: Sequence[int] = STROKES,
        held_out: bool = False,
        networks: Mapping[str, str] | None = None,
        classic_steps: int = CLASSIC_STEPS,
    ) -> Proof:
        """Deal, let the rivals paint and the auto-painter imitate.

        `pictures`, `held_out`: see folders.deal. `size` is the longer side in px; `rivals` who paints, with the best
        network that is installed or the one that `networks` names; `strokes` of the imitations, 200 among them.

        Raises UsageError, PictureError, NetworkError, RivalError; PasticheError where the auto-painter fails.
        """
        if 200 not in strokes or len(strokes) < 2:
            raise UsageError("The tricks are measured by an imitation of 200 strokes: ask for it and for another.")
        dealt = folders.deal(pictures, deals=deals, seed=seed, held_out=held_out)
        for sentence in dealt.skipped:
            tell(f"Skipped: {sentence}")
        painters = _Painters(size, networks or {}, classic_steps)
        painted = [
            (number, pair, rival, painters.paint(rival, pair), painters.elsewhere(rival, pair))
            for rival in rivals
            for number, pair in enumerate(dealt.pairs)
        ]
        drawn = _drawn(dealt.pairs, [picture for *_, picture, _ in painted], tuple(strokes), size=size, seed=seed)
        cases = []
        for at, (number, pair, rival, picture, elsewhere) in enumerate(painted):
            cases.append(
                Case(
                    *(number, pair, rival, picture, elsewhere),
                    imitations=drawn.imitations[at],
                    hasty=_hasty(picture, [seed, number, list(RIVALS).index(rival)]),
                    players=drawn.players[number],
                    seed=seed,
                )
            )
        cases.sort(key=lambda case: case.deal)
        return cls(tuple(cases), seed, size, dealt.source, dealt.skipped, painters.networks)


class _Drawn(NamedTuple):
    imitations: list[dict[int, Picture]]
    players: list[dict[int, Picture]]


def _drawn(
    pairs: Sequence[Pair], pictures: Sequence[Picture], strokes: tuple[int, ...], *, size: int, seed: int
) -> _Drawn:
    """Imitations of each picture, and what a player would draw of each deal."""
    players = tuple(n for n in PLAYERS_STROKES if n <= max(strokes))
    wishes = [
        recoloured(sized(pair.content.picture, min(size, max(pair.content.picture.shape))), pair.style.picture)
        for pair in pairs
    ]
    jobs = [brushwork.Job(picture, n, seed + n) for picture in pictures for n in strokes]
    jobs += [brushwork.Job(wish, n, seed + n + 1) for wish in wishes for n in players]
    tell(f"The auto-painter paints {len(jobs)} pictures, {sum(job.strokes for job in jobs):,} strokes")
    done = iter(brushwork.paint(jobs, processes=runtime.threads()))
    return _Drawn(
        [{n: next(done) for n in strokes} for _ in pictures], [{n: next(done) for n in players} for _ in wishes]
    )


def _hasty(picture: Picture, seed: list[int]) -> Picture:
    # Training is a room of its own; its painter knows nothing of ours.
    from app.training.inventions import imitate

    return imitate(picture, 200, np.random.default_rng(seed))


class _Painters:
    """The rivals; what was painted once is not painted again."""

    def __init__(self, size: int, networks: Mapping[str, str], classic_steps: int) -> None:
        self._size, self._asked, self._steps = size, networks, classic_steps
        self._hired: dict[str, Rival] = {}
        self._painted: dict[tuple[str, int, int], Picture] = {}

    @property
    def networks(self) -> dict[str, str]:
        """By rival, the network that it paints with."""
        return {name: rival.network for name, rival in self._hired.items()}

    def paint(self, rival: str, pair: Pair) -> Picture:
        """What a rival paints of a deal."""
        return self._paint(rival, pair.content, pair.style)

    def elsewhere(self, rival: str, pair: Pair) -> dict[str, Picture]:
        """What it paints of the deals that this one could be mistaken for."""
        return {
            "another deal": self._paint(rival, pair.other_content, pair.other_style),
            "another style": self._paint(rival, pair.content, pair.other_style),
            "another photograph": self._paint(rival, pair.other_content, pair.style),
        }

    def _paint(self, rival: str, content: folders.NamedPicture, style: folders.NamedPicture) -> Picture:
        known = (rival, id(content), id(style))
        if known not in self._painted:
            if rival not in self._hired:
                options = ClassicOptions(steps=self._steps) if rival == CLASSIC else None
                self._hired[rival] = hire(rival, network=self._asked.get(rival), options=options)
            tell(f"{rival} paints {content.name} after {style.name}")
            picture = self._hired[rival].paint(content.picture, style.picture, RivalRequest(size=self._size))
            # As a player's computer keeps it: in bytes.
            self._painted[known] = np.ascontiguousarray(np.rint(picture * 255) / np.float32(255), np.float32)
        return self._painted[known]
