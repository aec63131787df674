"""How far apart pictures are to a network trained to recognise things: the proof's second opinion.

The network is `vgg19-16x`, which nothing of ours judges with; its weights are not part of the program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from app import images
from app.bench.judge import resampling
from app.bench.progress import tell
from app.images import Picture
from app.networks import runtime

if TYPE_CHECKING:
    from app.bench.judge.trials import Case, Trial

PAIRS = 500
STYLE_TAPS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
CONTENT_TAP = "relu4_2"
#: The mixture of the pairs: sincere attempts, changed pictures, wrong ones, tricks.
MIXTURE: Mapping[str, tuple[tuple[str, ...], float]] = {
    "sincere attempt": (("imitation", "player", "hasty"), 0.4),
    "changed picture": (("ladder", "matched"), 0.3),
    "wrong picture": (("mismatched",), 0.15),
    "trick": (("trick",), 0.15),
}


@dataclass(frozen=True, eq=False)
class MixedPair:
    """One of a case's trials, beside the rival's picture."""

    case: Case
    kind: str
    trial: Trial


@dataclass(frozen=True, eq=False)
class Distances:
    """Pairs, and their distances: "style", "content", and "both", the mean of the two's ranks as shares of all."""

    pairs: tuple[MixedPair, ...]
    by_kind: Mapping[str, NDArray[np.float64]]


def measure(cases: Sequence[Case], *, seed: int, count: int = PAIRS) -> Distances:
    """Draw pairs from the cases by seed and measure them. Raises NetworkError where the network is not there.

    Style: the sum over five taps of the squared difference of Gram matrices, content: the squared difference at
    relu4_2, each relative to the mean of both sides' squares.
    """
    runtime.tensorflow()
    # Training is a room of its own, which only this asks in.
    from app.training import teachers

    network = teachers.load_vgg19_16x()
    chance = np.random.default_rng([seed, 19])
    pairs = [pair for drawn in (_draw(cases, kind, count, chance) for kind in MIXTURE) for pair in drawn]
    tell(f"Distances of {len(pairs)} pairs under vgg19-16x")
    known: dict[int, _Look] = {}
    style, content = [], []
    for pair in pairs:
        second = known.setdefault(id(pair.case), _Look.at(network, pair.case.picture))
        height, width = pair.case.picture.shape[:2]
        first = _Look.at(network, images.cover(pair.trial.make(), height=height, width=width))
        style.append(sum(_relative(a, b) for a, b in zip(first.manners, second.manners, strict=True)))
        content.append(_relative(first.things, second.things))
    styles, contents = np.asarray(style), np.asarray(content)
    return Distances(
        tuple(pairs), {"style": styles, "content": contents, "both": (_share(styles) + _share(contents)) / 2}
    )


def _draw(cases: Sequence[Case], kind: str, count: int, chance: np.random.Generator) -> list[MixedPair]:
    parts, share = MIXTURE[kind]
    trials: list[list[Trial]] = [[trial for trial in case.trials() if trial.key.part in parts] for case in cases]
    drawn = []
    # Case by case in turn, so that no deal has more to say than another.
    for number in range(round(share * count)):
        at = number % len(cases)
        trial = trials[at][int(chance.integers(len(trials[at])))]
        drawn.append(MixedPair(cases[at], kind, trial))
    return drawn


@dataclass(frozen=True, eq=False)
class _Look:
    manners: tuple[NDArray[np.float64], ...]
    things: NDArray[np.float64]

    @classmethod
    def at(cls, network: Any, picture: Picture) -> _Look:
        taps = {tap: np.asarray(value[0], np.float64) for tap, value in network(picture[None], training=False).items()}
        manners = []
        for tap in STYLE_TAPS:
            flat = taps[tap].reshape(-1, taps[tap].shape[-1])
            manners.append(flat.T @ flat / len(flat))
        return cls(tuple(manners), taps[CONTENT_TAP])


def _relative(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    power = float(np.sum(first**2) + np.sum(second**2)) / 2
    return float(np.sum((first - second) ** 2)) / power if power > 0 else 0.0


def _share(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return resampling.ranks(values) / len(values)
