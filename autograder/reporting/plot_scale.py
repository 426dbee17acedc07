"""Where a value stands on an axis of a plot, and whether two labels of a plot lie on each other.

Coordinates are rounded to a tenth of a pixel, so that the same numbers give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Scale:
    """A line from two values to two places; logarithmic where `log`."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        low, high, value = (log10(v) if self.log else v for v in (self.low, self.high, value))
        share = (value - low) / (high - low) if high > low else 0.5
        return round(self.start + share * (self.end - self.start), 1)

    def inside(self, value: float) -> float:
        """The place of a value, or the nearer end for one beyond the scale."""
        return self(min(self.high, max(self.low, value)))


def percent_ticks(scale: Scale) -> list[tuple[float, int]]:
    """(place, percent) of every fifth of a scale that goes from 0 to 1."""
    return [(scale(percent / 100), percent) for percent in range(0, 101, 20)]


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes have more than an edge in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
