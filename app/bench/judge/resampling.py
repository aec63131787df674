"""Ranks and intervals: area under the ROC curve, Spearman's correlation, the bootstrap over deals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
#: Seed of every bootstrap.
SEED = 2026
COVERAGE = 0.95

Numbers = NDArray[np.float64]


def auc(matched: Sequence[float] | Numbers, mismatched: Sequence[float] | Numbers) -> float:
    """The probability that a matched pair scores above a mismatched one; ties count half."""
    first, second = np.asarray(matched, float), np.sort(np.asarray(mismatched, float))
    below = np.searchsorted(second, first, side="left") + np.searchsorted(second, first, side="right")
    return float(below.sum() / (2 * len(first) * len(second)))


def roc(matched: Sequence[float] | Numbers, mismatched: Sequence[float] | Numbers) -> tuple[list[float], list[float]]:
    """The curve of which `auc` is the area: shares of mismatched and of matched pairs above ever lower thresholds."""
    first, second = np.sort(np.asarray(matched, float)), np.sort(np.asarray(mismatched, float))
    thresholds = np.unique(np.concatenate([first, second]))[::-1]
    false, true = (
        [0.0, *(1 - np.searchsorted(scores, thresholds) / len(scores)).tolist()] for scores in (second, first)
    )
    return false, true


def ranks(values: Sequence[float] | Numbers) -> Numbers:
    """The rank of each value among all, from 0.5 to n - 0.5; equal values share their average rank."""
    ordered = np.sort(np.asarray(values, float))
    below = np.searchsorted(ordered, values, side="left") + np.searchsorted(ordered, values, side="right")
    return below / 2


def spearman(first: Sequence[float] | Numbers, second: Sequence[float] | Numbers) -> float:
    """Spearman's rank correlation, ties with their average rank; 0 where either side does not vary."""
    one, other = (values - values.mean() for values in (ranks(first), ranks(second)))
    power = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / power if power > 0 else 0.0


def interval_of_mean(deals: Sequence[float]) -> tuple[float, float, float]:
    """As `interval`, of the mean of one number of each deal."""
    values = np.asarray(deals, float)
    drawn = values[np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
    return _around(float(values.mean()), drawn)


def interval(
    deals: Sequence[Any], statistic: Callable[[Sequence[Any]], float], *, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """Return a statistic of all deals, and between what it lies for 95 % of the deals' resamples (percentiles).

    `deals` holds what there is of each deal; `statistic` is given a list like it, in which deals come several times or
    not at all. The interval always holds the statistic itself.
    """
    chance = np.random.default_rng(SEED)
    drawn = [statistic([deals[i] for i in chance.integers(0, len(deals), len(deals))]) for _ in range(resamples)]
    return _around(statistic(deals), np.asarray(drawn))


def _around(value: float, drawn: Numbers) -> tuple[float, float, float]:
    low, high = np.quantile(drawn, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return value, min(value, float(low)), max(value, float(high))
