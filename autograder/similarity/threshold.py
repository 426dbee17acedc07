"""From which similarity on a pair of answers stands out in its class.

The middle of a class is taken as it is: the median of all pairs, and the upper tenth above it. If
similarities went on upwards like a normal distribution, fewer than EXPECTED pairs of the whole
class would lie at or above the threshold. Copies are few among all pairs and move neither number.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

EXPECTED = 0.01  # pairs above the threshold, in a class without any copy
LOWEST = 0.60  # below it, no pair is marked in any class
LEAST_SHARED = 20  # distinctive fingerprints that two answers must have in common
LEAST_BITS = 16.0  # of evidence, beyond what the best of so many pairs has by chance
BINS = 20


@dataclass(frozen=True)
class Threshold:
    """similarity: from which on a pair stands out; above 1 where even equal answers do not.
    pairs: how many were compared. bins: how many of them lie in each twentieth of 0 to 1."""

    similarity: float
    median: float
    upper_tenth: float
    pairs: int
    bins: tuple[int, ...]


def threshold(values: np.ndarray) -> Threshold:
    """The threshold for the similarities `values` of all pairs of a class."""
    if not len(values):
        return Threshold(LOWEST, 0.0, 0.0, 0, (0,) * BINS)
    median, upper = (float(v) for v in np.quantile(values, (0.5, 0.9)))
    spread = (upper - median) / NormalDist().inv_cdf(0.9)
    reach = NormalDist().inv_cdf(1 - min(0.5, EXPECTED / len(values)))
    places = np.minimum((values * BINS + 1e-9).astype(int), BINS - 1)
    bins = np.bincount(places, minlength=BINS)
    return Threshold(
        max(LOWEST, median + reach * spread), median, upper, len(values), tuple(map(int, bins))
    )
