"""Ranks and intervals: area under the ROC curve, Spearman's correlation, the bootstrap over deals. scoring.py calls."""

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
    from scipy.stats import rankdata

    first, second = np.asarray(matched, float), np.asarray(mismatched, float)
    ranks = rankdata(np.concatenate([first, second]))
    above = ranks[: len(first)].sum() - len(first) * (len(first) + 1) / 2
    return float(above / (len(first) * len(second)))


def roc(matched: Sequence[float], mismatched: Sequence[float]) -> tuple[list[float], list[float]]:
    """The curve of which `auc` is the area: shares of mismatched and of matched pairs above ever lower thresholds."""
    first, second = np.sort(np.asarray(matched, float)), np.sort(np.asarray(mismatched, float))
    thresholds = np.unique(np.concatenate([first, second]))[::-1]
    false, true = (
        [0.0, *(1 - np.searchsorted(scores, thresholds) / len(scores)).tolist()] for scores in (second, first)
    )
    return false, true


def spearman(first: Sequence[float] | Numbers, second: Sequence[float] | Numbers) -> float:
    """Spearman's rank correlation, ties with their average rank; 0 where either side does not vary."""
    from scipy.stats import rankdata

    one, other = (rankdata(np.asarray(values, float)) for values in (first, second))
    one, other = one - one.mean(), other - other.mean()
    power = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / power if power > 0 else 0.0


def interval(
    deals: Sequence[Any], statistic: Callable[[Sequence[Any]], float], *, resamples: int = RESAMPLES
) -> tuple[float, float, float]:
    """Return a statistic of all deals, and between what it lies for 95 % of the deals' resamples (percentiles).

    `deals` holds what there is of each deal; `statistic` is given a list like it, in which deals come several times or
    not at all. The interval always holds the statistic itself.
    """
    value = statistic(deals)
    chance = np.random.default_rng(SEED)
    drawn = [statistic([deals[i] for i in chance.integers(0, len(deals), len(deals))]) for _ in range(resamples)]
    low, high = np.quantile(drawn, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return value, min(value, float(low)), max(value, float(high))
