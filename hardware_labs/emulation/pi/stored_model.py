"""A model as a file, for the agent to load: arrays in npz, named by their content."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from hardware_labs.errors import BuildError
from hardware_labs.models.network import Dense, Model


def store_model(model: Model, folder: Path) -> Path:
    """Writes `model` to a file in `folder` and returns its path. Raises BuildError."""
    if not all(isinstance(layer, Dense) for layer in model.layers):
        raise BuildError(f"The Raspberry Pi agent runs dense layers only; {model.name} has others.")
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **_arrays(model))
    path = folder / f"pi-{hashlib.sha256(data.getvalue()).hexdigest()[:16]}.npz"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{id(data)}")
        draft.write_bytes(data.getvalue())
        draft.replace(path)
    return path


def load_model(path: Path) -> Model:
    """The model in a file of `store_model`."""
    with np.load(path, allow_pickle=False) as stored:
        count = len(stored["requantize"])
        layers = tuple(
            Dense(stored[f"weights{k}"], stored[f"bias{k}"], *map(int, stored["requantize"][k]))
            for k in range(count)
        )
        scales, zeros, name = stored["scales"], stored["zeros"], str(stored["name"])
    return Model(name, layers, float(scales[0]), int(zeros[0]), float(scales[1]), int(zeros[1]))


def _arrays(model: Model) -> dict[str, np.ndarray]:
    rows = [
        [layer.multiplier, layer.shift, layer.input_zero, layer.output_zero]
        for layer in model.layers
    ]
    arrays = {f"weights{k}": layer.weights for k, layer in enumerate(model.layers)}
    arrays |= {f"bias{k}": layer.bias for k, layer in enumerate(model.layers)}
    return arrays | {
        "requantize": np.array(rows, np.int64),
        "scales": np.array([model.input_scale, model.output_scale]),
        "zeros": np.array([model.input_zero, model.output_zero]),
        "name": np.array(model.name),
    }
