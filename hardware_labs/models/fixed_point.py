"""Real factors as integers: what a processor without a floating-point unit multiplies by.

A factor below 1 is written multiplier * 2**-31 * 2**-shift. `requantize` multiplies by it with two
roundings, as gemmlowp and TensorFlow Lite do (Jacob et al. 2018, section 2.2); the same function in
C is `firmware/c/requantize.c`, and the two agree on every int32 sum for the multipliers that
`fixed_point` gives, 2**30 to 2**31 - 1, and shifts from 0 to 31.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def fixed_point(value: float) -> tuple[int, int]:
    """(multiplier, shift): real = multiplier * 2**-31 * 2**-shift, multiplier in [2**30, 2**31)."""
    mantissa, exponent = math.frexp(value)
    multiplier = round(mantissa * 2**31)
    if multiplier == 2**31:
        multiplier, exponent = 2**30, exponent + 1
    return multiplier, -exponent


def fixed_points(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`fixed_point` of each value: multipliers int32 and shifts int8, in the shape of `values`."""
    pairs = [fixed_point(float(value)) for value in values.ravel()]
    multipliers, shifts = np.array(pairs, np.int64).T
    return (
        multipliers.astype(np.int32).reshape(values.shape),
        shifts.astype(np.int8).reshape(values.shape),
    )


def requantize(sums: np.ndarray, multiplier: Any, shift: Any) -> np.ndarray:
    """`sums` times the factor, int64: halves up at 2**31, then halves away from zero at 2**shift.

    multiplier, shift: numbers, or arrays that broadcast over the last axis (one factor a channel).
    """
    wide = sums.astype(np.int64) * np.asarray(multiplier, np.int64)
    high = (wide + 2**30) >> 31
    shift = np.asarray(shift, np.int64)
    return np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)
