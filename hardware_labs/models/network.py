"""An int8 network: layers, and which value each of them reads.

Value 0 is the input, value k + 1 is what layer k makes. Most networks are a chain, where layer k
reads value k; a residual block reads an older value once more, and `sources` says so.

`digits_mlp.npz` is the default model, made by `train_digits.py`, with the images it never saw.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from hardware_labs.models.layers import Dense, Layer, Shape
from hardware_labs.protocol.stated_model import TYPES

STORED = Path(__file__).parent / "digits_mlp.npz"
NAME = r"[A-Za-z0-9._-]{1,48}"


@dataclass(frozen=True, eq=False)
class Network:
    """Layers, and what an int8 input or output stands for: real = scale * (q - zero).

    input_type: what the host sends, "int8", "uint8" or "float32"; for the last two, layer 0 is the
    conversion, and input_scale and input_zero describe what it makes. answer: "outputs", or
    "squared_error" for an autoencoder, whose `results` is the mean squared difference between
    input and output. sources: for each layer the values it reads; () for a chain.
    """

    name: str
    layers: tuple[Layer, ...]
    input_shape: Shape
    input_scale: float
    input_zero: int
    output_scale: float
    output_zero: int
    sources: tuple[tuple[int, ...], ...] = ()
    input_type: str = "int8"
    answer: str = "outputs"

    def __post_init__(self) -> None:
        if not self.sources:
            chain = tuple((k,) for k in range(len(self.layers)))
            object.__setattr__(self, "sources", chain)
        if self.input_type not in TYPES:
            raise ValueError(f"An input is {', '.join(TYPES)}; not '{self.input_type}'.")
        if not self.layers or len(self.sources) != len(self.layers):
            raise ValueError(f"{len(self.layers)} layers need as many sources, at least one.")
        if any(not 0 <= value <= k for k, read in enumerate(self.sources) for value in read):
            raise ValueError("A layer reads the input or what an earlier layer made.")
        if not re.fullmatch(NAME, self.name):
            raise ValueError(
                f"A name is 1 to 48 letters, digits, '.', '-', '_'; not '{self.name}'."
            )
        _ = self.shapes  # raises where a layer does not fit the one before it

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        """The shape of each value: the input, then what each layer makes."""
        shapes = [tuple(self.input_shape)]
        for layer, read in zip(self.layers, self.sources, strict=True):
            shapes.append(layer.output_shape(*(shapes[value] for value in read)))
        return tuple(shapes)

    @property
    def layer_macs(self) -> tuple[int, ...]:
        """Multiplications with a weight in each layer, for one input."""
        places = [int(np.prod(shape[:-1])) for shape in self.shapes[1:]]
        weights = [_weights(layer) for layer in self.layers]
        return tuple(n * place for n, place in zip(weights, places, strict=True))

    @property
    def macs(self) -> int:
        return sum(self.layer_macs)

    @property
    def weights(self) -> int:
        """How many int8 weights it has."""
        return sum(_weights(layer) for layer in self.layers)

    @property
    def inputs(self) -> int:
        return int(np.prod(self.input_shape))

    @property
    def input_bytes(self) -> int:
        """What the host sends for one inference."""
        return self.inputs * TYPES[self.input_type].itemsize

    @property
    def outputs(self) -> int:
        return int(np.prod(self.shapes[-1]))

    def real(self, outputs: np.ndarray) -> np.ndarray:
        """What int8 outputs stand for. (In int8 itself, `outputs - output_zero` would overflow.)"""
        return (outputs.astype(int) - self.output_zero) * self.output_scale


def _weights(layer: Layer) -> int:
    weights = getattr(layer, "weights", None)
    return 0 if weights is None else int(weights.size)


def digits_model() -> Network:
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
    return Network("digits-mlp-64-32-10", layers, (64,), scales[0], zeros[0], scales[1], zeros[1])


def unseen_digits() -> tuple[np.ndarray, np.ndarray]:
    """360 unseen images (360, 8, 8) uint8, grey levels 0..16, and their labels (360,)."""
    with np.load(STORED, allow_pickle=False) as stored:
        return stored["images"], stored["labels"]


def widened(model: Network, hidden: int) -> Network:
    """The digits model with `hidden` hidden units, weights repeated: for asking what would fit."""
    first, second = model.layers
    if not isinstance(first, Dense) or not isinstance(second, Dense):
        raise ValueError(f"Only a network of two dense layers can be widened; not {model.name}.")
    rows = np.arange(hidden) % first.weights.shape[0]
    wide = (
        replace(first, weights=first.weights[rows], bias=first.bias[rows]),
        replace(second, weights=second.weights[:, rows]),
    )
    name = f"digits-mlp-{model.inputs}-{hidden}-{model.outputs}"
    return replace(model, name=name, layers=wide)
