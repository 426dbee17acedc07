"""The model on a board: what it takes, and how many multiplications it is.

The lab firmware says it in `info`. A board with standard firmware says only which model of MLPerf
Tiny it has; what the host sends to those is published (github.com/mlcommons/tiny, the data sets of
the runner).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hardware_labs.errors import BoardRefused

TYPES: dict[str, np.dtype[Any]] = {
    "int8": np.dtype("i1"),
    "uint8": np.dtype("u1"),
    "float32": np.dtype("<f4"),
}
CONVERSIONS = {
    "int8": "quantise it first",
    "uint8": "send the pixels as they are, 0 to 255, with x.astype(np.uint8)",
    "float32": "convert it with x.astype(np.float32)",
}


@dataclass(frozen=True)
class StatedModel:
    """`input_type` is "int8", "uint8" or "float32"; `input_bytes` and `macs` are 0 where nobody
    says how many."""

    name: str = ""
    input_type: str = "int8"
    input_bytes: int = 0
    macs: int = 0

    @property
    def inputs(self) -> int:
        """How many numbers one inference takes, 0 where nobody says."""
        return self.input_bytes // TYPES[self.input_type].itemsize

    def bytes_of(self, x: np.ndarray) -> bytes:
        """What is sent for the input `x`. Raises ValueError for another type, BoardRefused for
        another size."""
        x = np.asarray(x)
        model = f"model {self.name}" if self.name else "model"
        if x.dtype.newbyteorder("<") != TYPES[self.input_type]:
            raise ValueError(
                f"The board's {model} takes {self.input_type} and x is {x.dtype}: "
                f"{CONVERSIONS[self.input_type]}."
            )
        if self.input_bytes and x.nbytes != self.input_bytes:
            raise BoardRefused(
                f"The board's {model} takes {self.inputs} numbers of {self.input_type}, and x has "
                f"{x.size} (its shape is {x.shape}). Nothing was sent."
            )
        return x.astype(TYPES[self.input_type]).tobytes()

    def random_inputs(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """`n` inputs (n, inputs) of its type, all values alike: for times, not for accuracy."""
        if self.input_type == "float32":
            return rng.normal(0, 1, (n, self.inputs)).astype(np.float32)
        limits = np.iinfo(TYPES[self.input_type])
        integers = rng.integers(limits.min, limits.max + 1, (n, self.inputs))
        return integers.astype(TYPES[self.input_type])


PUBLISHED = {
    "kws01": StatedModel("kws01", "int8", 490),
    "vww01": StatedModel("vww01", "uint8", 27_648),
    "ad01": StatedModel("ad01", "float32", 2_560),
    "ic01": StatedModel("ic01", "uint8", 3_072),
    "sww01": StatedModel("sww01", "int8", 1_200),
}


def stated_model(facts: dict[str, str]) -> StatedModel:
    """The model in a board's answer to `info`; of a board that says too little, an int8 one."""
    name, input_type = facts.get("model", ""), facts.get("input", "")
    if input_type in TYPES:
        return StatedModel(name, input_type, _number(facts, "input_bytes"), _number(facts, "macs"))
    return PUBLISHED.get(name, StatedModel(name))


def _number(facts: dict[str, str], key: str) -> int:
    text = facts.get(key, "")
    return int(text) if text.isascii() and text.isdigit() else 0
