"""The int8 classifier on the board: its weights, its scales, and how they are written as C.

The arithmetic is that of TensorFlow Lite's reference kernels (Jacob et al. 2018): a real value is
scale * (q - zero). For one layer, with int32 sums,

    sum = bias[o] + sum over i of (x[i] - input_zero) * weights[o, i]
    y[o] = clip(requantize(sum, multiplier, shift) + output_zero, -128, 127)

and requantize multiplies by multiplier * 2**-31 * 2**-shift with two roundings, as `mlp.c` spells
out.
`digits_mlp.npz` was made by `train_digits.py`, and holds the images the model never saw.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

STORED = Path(__file__).parent / "digits_mlp.npz"


@dataclass(frozen=True, eq=False)
class Dense:
    """One layer: weights (outputs, inputs) int8, bias (outputs,) int32."""

    weights: np.ndarray
    bias: np.ndarray
    multiplier: int
    shift: int
    input_zero: int
    output_zero: int

    @property
    def macs(self) -> int:
        return int(self.weights.size)


@dataclass(frozen=True, eq=False)
class Model:
    """Layers, and what an int8 input or output stands for: real = scale * (q - zero)."""

    name: str
    layers: tuple[Dense, ...]
    input_scale: float
    input_zero: int
    output_scale: float
    output_zero: int

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)

    @property
    def inputs(self) -> int:
        return int(self.layers[0].weights.shape[1])

    @property
    def outputs(self) -> int:
        return int(self.layers[-1].weights.shape[0])


def digits_model() -> Model:
    """The model of the lab firmware: 64-32-10, 2,368 weights, for 8x8 handwritten digits."""
    with np.load(STORED, allow_pickle=False) as stored:
        layers = tuple(
            Dense(
                stored[f"weights{k}"],
                stored[f"bias{k}"],
                *(int(number) for number in stored[f"requantize{k}"]),
            )
            for k in range(2)
        )
        scales = [float(number) for number in stored["scales"]]
    zeros = layers[0].input_zero, layers[-1].output_zero
    return Model("digits-mlp-64-32-10", layers, scales[0], zeros[0], scales[1], zeros[1])


def unseen_digits() -> tuple[np.ndarray, np.ndarray]:
    """360 unseen images (360, 8, 8) uint8, grey levels 0..16, and their labels (360,)."""
    with np.load(STORED, allow_pickle=False) as stored:
        return stored["images"], stored["labels"]


def widened(model: Model, hidden: int) -> Model:
    """`model` with `hidden` hidden units, its weights repeated: for asking what would fit."""
    first, second = model.layers
    rows = np.arange(hidden) % first.weights.shape[0]
    wide = (
        replace(first, weights=first.weights[rows], bias=first.bias[rows]),
        replace(second, weights=second.weights[:, rows]),
    )
    name = f"digits-mlp-{model.inputs}-{hidden}-{model.outputs}"
    return replace(model, name=name, layers=wide)


def _numbers(values: np.ndarray) -> str:
    return ",".join(str(int(value)) for value in values.ravel())


def c_sizes(model: Model) -> str:
    """The #defines of a model, for `sizes.h`."""
    widest = max(layer.weights.shape[0] for layer in model.layers)
    return "\n".join(
        [
            f'#define MODEL_NAME "{model.name}"',
            f"#define MODEL_MACS {model.macs}",
            f"#define MODEL_LAYERS {len(model.layers)}",
            f"#define MODEL_INPUTS {model.inputs}",
            f"#define MODEL_OUTPUTS {model.outputs}",
            f"#define MODEL_WIDEST {widest}",
            f"#define MODEL_OUTPUT_ZERO {model.output_zero}",
            f"#define MODEL_OUTPUT_MILLI {round(model.output_scale * 1000)}",
            "",
        ]
    )


def c_header(model: Model) -> str:
    """The weights as C arrays, for `model.h`. The same model gives the same bytes."""
    parts, rows = ["#pragma once", '#include "mlp.h"', '#include "sizes.h"'], []
    for k, layer in enumerate(model.layers):
        outputs, inputs = layer.weights.shape
        parts.append(f"static const int8_t weights{k}[] = {{{_numbers(layer.weights)}}};")
        parts.append(f"static const int32_t bias{k}[] = {{{_numbers(layer.bias)}}};")
        rows.append(
            f"  {{{inputs}, {outputs}, weights{k}, bias{k}, {layer.multiplier}, {layer.shift}, "
            f"{layer.input_zero}, {layer.output_zero}}},"
        )
    return "\n".join([*parts, "static const dense_t model[] = {", *rows, "};", ""])
