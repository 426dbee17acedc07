"""The board's arithmetic once more, number by number in plain Python: the specification."""

from __future__ import annotations

import numpy as np

from hardware_labs.models.network import Network


def requantize(accumulator: int, multiplier: int, shift: int) -> int:
    """Halves up at 2**31, then halves away from zero at 2**shift."""
    high = (accumulator * multiplier + 2**30) // 2**31
    near = (abs(high) + 2**shift // 2) // 2**shift
    return near if high >= 0 else -near


def outputs(model: Network, x: np.ndarray) -> list[int]:
    """The int8 outputs of the model for one int8 input."""
    values = [int(value) for value in x.ravel()]
    for layer in model.layers:
        centred = np.array(values) - layer.input_zero
        sums = layer.weights.astype(np.int64) @ centred + layer.bias
        scaled = [requantize(int(s), layer.multiplier, layer.shift) for s in sums]
        values = [max(-128, min(127, q + layer.output_zero)) for q in scaled]
    return values
