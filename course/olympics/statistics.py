"""The statistics of a score: what paired times say, and how sure one can be.

A time is never scored alone: each repetition of the entry stands beside one of the reference, run
just before or after it on the same inputs, and their ratio is what counts. A busy moment then slows
both. Source: Kalibera and Jones, "Rigorous benchmarking in reasonable time" (ISMM 2013), on
intervals instead of single figures; Efron, "Bootstrap methods" (1979).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

RATIO_LIMIT = 64.0
UNSTEADY = 1.5  # p50 over p10 of the reference's own times
RESAMPLES = 2000
RECORD_P = 0.01
RECORD_RUNS = 5


@dataclass(frozen=True)
class Interval:
    """A median and the interval that holds it in 95 of 100 resamplings."""

    median: float
    low: float
    high: float


def clipped(ratio: float) -> float:
    """A ratio between 1/64 and 64, so that no single shape or moment can decide a mean."""
    return float(min(max(ratio, 1 / RATIO_LIMIT), RATIO_LIMIT))


def median_interval(values: Sequence[float] | np.ndarray, seed: int = 0) -> Interval:
    """The median of some values and its bootstrap 95 % interval, from 2,000 resamplings."""
    sample = np.asarray(values, float)
    rows = np.random.default_rng(seed).integers(0, len(sample), (RESAMPLES, len(sample)))
    medians = np.median(sample[rows], axis=1)
    low, high = np.percentile(medians, [2.5, 97.5])
    return Interval(float(np.median(sample)), float(low), float(high))


def steadiness(times_s: Sequence[float]) -> float:
    """The median of some times over their 10th percentile: 1 where all are the same."""
    low, middle = np.percentile(np.asarray(times_s, float), [10, 50])
    return float(middle / low) if low > 0 else float("inf")


def is_unsteady(times_s: Sequence[float]) -> bool:
    """Whether times of one and the same work differ so much that no run of theirs may count."""
    return steadiness(times_s) > UNSTEADY


def permutation_p(first: Sequence[float], second: Sequence[float], seed: int = 0) -> float:
    """The one-sided p value that `first` has the lower mean, were the labels of no meaning.

    All relabellings are tried where there are at most 20,000 of them, else 20,000 drawn ones.
    """
    values = np.array([*first, *second], float)
    count, limit = len(first), 20_000
    observed = np.sum(values[:count])
    most = observed + 1e-12 * abs(observed)  # sums in another order differ in their last bits
    if comb(len(values), count) <= limit:
        choices = combinations(range(len(values)), count)
        sums = np.array([values[list(rows)].sum() for rows in choices])
        return float(np.mean(sums <= most))
    rng = np.random.default_rng(seed)
    sums = np.array([rng.permutation(values)[:count].sum() for _ in range(limit)])
    return float((np.sum(sums <= most) + 1) / (limit + 1))


def is_record(challenger: Sequence[float], holder: Sequence[float], better: str) -> bool:
    """Whether the challenger's scores beat the holder's: p < 0.01 over at least five judge runs of
    each. Five counted scores that never vary against five others have p = 1/252."""
    if min(len(challenger), len(holder)) < RECORD_RUNS:
        return False
    sign = 1.0 if better == "lower" else -1.0
    first, second = ([sign * score for score in scores] for scores in (challenger, holder))
    return permutation_p(first, second) < RECORD_P
