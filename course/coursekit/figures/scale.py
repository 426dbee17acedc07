"""From data to a share of a side: linear and logarithmic scales, their limits, ticks and words.

Limits follow Matplotlib's rules: 5 % of room around the data, none where bars stand or a picture
ends, and whatever a notebook sets itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

ROOM = 0.05
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Scale:
    """One direction of a figure, which several of its axes may share."""

    def __init__(self) -> None:
        self.kind, self.base = "linear", 10.0
        self.reached: list[np.ndarray] = []
        self.held: list[float] = []  # ticks, which are always in sight
        self.edges: set[float] = set()  # where data end exactly: no room beyond
        self.limits: list[float | None] = [None, None]
        self.room = ROOM
        self.is_flipped = False
        self.ticks: list[float] | None = None
        self.names: list[str] | None = None
        self.format: Callable[[float], str] | None = None

    def reach(self, values: Any, edges: Sequence[float] = ()) -> None:
        """Data that the limits have to hold."""
        array = np.asarray(values, dtype=float).ravel()
        self.reached.append(array[np.isfinite(array)])
        self.edges.update(float(edge) for edge in edges)

    def set_limits(self, low: Any = None, high: Any = None) -> None:
        """Fixes one end or both; low and high in one sequence too; high below low turns it."""
        if high is None and np.ndim(low) == 1:
            low, high = low
        new_limits = [None if end is None else float(end) for end in (low, high)]
        self.limits = [
            new if new is not None else old
            for new, old in zip(new_limits, self.limits, strict=True)
        ]

    def span(self) -> tuple[float, float]:
        """The values at the two ends."""
        values = np.concatenate([*self.reached, np.empty(0)])
        values = values[values > 0] if self.kind == "log" else values
        low, high = (values.min(), values.max()) if values.size else (1.0, 10.0)
        low, high = (float(low), float(high))
        if low == high:
            low, high = (low / 2, low * 2) if self.kind == "log" else (low - 0.5, high + 0.5)
        start, end = self.forward(low), self.forward(high)
        room = self.room * (end - start)
        low = low if low in self.edges else self.back(start - room)
        high = high if high in self.edges else self.back(end + room)
        low, high = min([low, *self.held]), max([high, *self.held])
        ends = (high, low) if self.is_flipped else (low, high)
        first, last = (
            limit if limit is not None else end
            for limit, end in zip(self.limits, ends, strict=True)
        )
        return (first, last) if first != last else (first, last + 1)

    def share(self, values: Any) -> Any:
        """Where values stand between the ends, 0 to 1; what a logarithm cannot show is nan."""
        low, high = (self.forward(end) for end in self.span())
        return (self.forward(values) - low) / (high - low)

    def forward(self, values: Any) -> Any:
        if self.kind != "log":
            return np.asarray(values, dtype=float)
        with np.errstate(all="ignore"):
            logs = np.log10(np.asarray(values, dtype=float))
        return np.where(np.isfinite(logs), logs, np.nan)

    def back(self, value: Any) -> float:
        return float(10.0**value) if self.kind == "log" else float(value)

    def marks(self, most: int = 7) -> list[tuple[float, str]]:
        """Value and words of each tick that is in sight."""
        low, high = sorted(self.span())
        values = self.ticks if self.ticks is not None else self._chosen(low, high, most)
        names = self.names if self.names is not None else self._named(values)
        slack = 1e-9 * (high - low)
        paired = zip(values, names, strict=False)
        return [(v, name) for v, name in paired if low - slack <= v <= high + slack]

    def _chosen(self, low: float, high: float, most: int) -> list[float]:
        return powers(low, high, self.base, most) if self.kind == "log" else steps(low, high, most)

    def _named(self, values: Sequence[float]) -> list[str]:
        if self.format:
            return [self.format(value) for value in values]
        if self.kind == "log":
            return [_power_text(value, self.base) for value in values]
        return plain_texts(values)


def steps(low: float, high: float, most: int) -> list[float]:
    """Round numbers between two values, at most `most` intervals of 1, 2, 2.5 or 5 times a power
    of ten."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(f * power for f in (1, 2, 2.5, 5, 10) if f * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def powers(low: float, high: float, base: float, most: int) -> list[float]:
    """Powers of the base between two values; 1, 2 and 5 times powers of ten on short ones."""
    first, last = (math.log(end, base) for end in (low, high))
    exponents = range(math.ceil(first - 1e-9), math.floor(last + 1e-9) + 1)
    if len(exponents) >= 2 or base != 10:
        stride = max(1, math.ceil(len(exponents) / (most + 1)))
        return [base**k for k in exponents[::stride]]
    decades = range(math.floor(first), math.ceil(last) + 1)
    values = [f * 10.0**k for k in decades for f in (1, 2, 5)]
    return [value for value in values if low <= value <= high] or steps(low, high, 4)


def plain_texts(values: Sequence[float]) -> list[str]:
    """Numbers as short as they can be told apart."""
    if any(abs(value) >= 1e6 or 0 < abs(value) < 1e-4 for value in values):
        return [f"{value:g}".replace("-", "−") for value in values]
    for digits in range(5):
        texts = [f"{value:.{digits}f}" for value in values]
        if all(abs(float(t) - v) < 1e-3 * _gap(values) for t, v in zip(texts, values, strict=True)):
            return [text.replace("-", "−") for text in texts]
    return [f"{value:g}".replace("-", "−") for value in values]


def _gap(values: Sequence[float]) -> float:
    gaps = [abs(b - a) for a, b in pairwise(values) if a != b]
    return min(gaps, default=abs(values[0]) if values and values[0] else 1.0)


def _power_text(value: float, base: float) -> str:
    exponent = math.log(value, base)
    if abs(exponent - round(exponent)) > 1e-6:
        return f"{value:g}" if 1e-3 <= value < 1e5 else f"{value:.0e}"
    return f"{base:g}" + str(round(exponent)).translate(RAISED)
