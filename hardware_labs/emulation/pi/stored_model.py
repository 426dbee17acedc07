"""A model as a file, for the agent to load: arrays in npz, named by their content."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np

from hardware_labs.errors import BuildError
from hardware_labs.firmware.cache import writing_to
from hardware_labs.models.layers import Dense
from hardware_labs.models.network import Network


def store_model(model: Network, folder: Path) -> Path:
    """Writes `model` to a file in `folder` and returns its path. Raises BuildError."""
    if not _dense_layers(model):
        raise BuildError(
            "The Raspberry Pi's agent runs chains of dense layers with one factor each; "
            f"{model.name} is none."
        )
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **_arrays(model))
    path = folder / f"pi-{hashlib.sha256(data.getvalue()).hexdigest()[:16]}.npz"
    if not path.exists():
        draft = path.with_suffix(f".{id(data)}")
        with writing_to(folder):
            draft.write_bytes(data.getvalue())
            draft.replace(path)
    return path


def load_model(path: Path) -> Network:
    """The model in a file of `store_model`."""
    with np.load(path, allow_pickle=False) as stored:
        count = len(stored["requantize"])
        layers = tuple(
            Dense(stored[f"weights{k}"], stored[f"bias{k}"], *map(int, stored["requantize"][k]))
            for k in range(count)
        )
        scales, zeros, name = stored["scales"], stored["zeros"], str(stored["name"])
    real = float(scales[0]), int(zeros[0]), float(scales[1]), int(zeros[1])
    return Network(name, layers, (layers[0].weights.shape[1],), *real)


def _dense_layers(model: Network) -> list[Dense]:
    """The layers of a plain chain of dense layers, [] where the model is another."""
    dense = [layer for layer in model.layers if isinstance(layer, Dense)]
    is_plain = all(np.ndim(layer.multiplier) == 0 for layer in dense)
    is_chain = model.sources == tuple((k,) for k in range(len(model.layers)))
    plain_input = model.input_type == "int8" and model.answer == "outputs"
    return (
        dense if len(dense) == len(model.layers) and is_plain and is_chain and plain_input else []
    )


def _arrays(model: Network) -> dict[str, np.ndarray]:
    layers = _dense_layers(model)
    rows = [
        [layer.multiplier, layer.shift, layer.input_zero, layer.output_zero, layer.low, layer.high]
        for layer in layers
    ]
    arrays = {f"weights{k}": layer.weights for k, layer in enumerate(layers)}
    arrays |= {f"bias{k}": layer.bias for k, layer in enumerate(layers)}
    return arrays | {
        "requantize": np.array(rows, np.int64),
        "scales": np.array([model.input_scale, model.output_scale]),
        "zeros": np.array([model.input_zero, model.output_zero]),
        "name": np.array(model.name),
    }
