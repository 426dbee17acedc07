"""What runs where a Featherweight entry runs: it loads the weights and asks the entry's model.

This text is sent there as it is, so it needs nothing but NumPy. Weights are all of the entry's
files that are no code, by their name without its ending: an npy array, what a JSON file says, or a
dictionary of the arrays of a safetensors file.
"""

from __future__ import annotations

import json
import math
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

SAFETENSORS = {
    "F32": "<f4", "F16": "<f2", "I32": "<i4", "I16": "<i2", "I8": "i1", "U8": "u1", "BOOL": "?",
}  # fmt: skip


def run(inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """labels (n,) for the pictures (n, 28, 28), as the entry's predict gives them."""
    predict = import_module("model").predict  # the entry's, in the folder where this runs
    labels = np.asarray(predict(inputs["pictures"], weights_of(Path.cwd())))
    if labels.dtype.kind not in "iu":
        raise TypeError(f"predict returns whole numbers, one for each picture; not {labels.dtype}")
    return {"labels": labels}


def weights_of(folder: Path) -> dict[str, Any]:
    """The weights in a folder, by file name without its ending."""
    readers = {".npy": _npy, ".json": _json, ".safetensors": _safetensors}
    files = sorted(path for path in folder.iterdir() if path.suffix in readers)
    return {path.stem: readers[path.suffix](path) for path in files}


def _npy(path: Path) -> np.ndarray:
    return np.load(path, allow_pickle=False)


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _safetensors(path: Path) -> dict[str, np.ndarray]:
    """Eight bytes of length, a table in JSON, then the numbers."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    table = json.loads(data[8:start])
    return {
        name: np.frombuffer(
            data,
            SAFETENSORS[row["dtype"]],
            count=math.prod(row["shape"]),
            offset=start + row["data_offsets"][0],
        ).reshape(row["shape"])
        for name, row in table.items()
        if name != "__metadata__"
    }
