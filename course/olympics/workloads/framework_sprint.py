"""Framework Sprint: one training epoch of a given network on the entry's own `tinytorch`.

The network is Linear, ReLU, Linear, ReLU, Linear with a cross-entropy loss and SGD. It comes in a
few widths, and the seed says which: an entry that is fast for one width only gains little. Images,
labels and the initial parameters are inputs; the final parameters and the loss of each batch are
the outputs, which no shortcut gives without training.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from olympics.entry import Entry
from olympics.events import event
from olympics.machine import Machine

SIZES = event("framework_sprint").sizes
REFERENCE = Path(__file__).parents[2] / "tinytorch"
PARAMETERS = ("weight1", "bias1", "weight2", "bias2", "weight3", "bias3")
PHASES = {"warm_up": 0, "public": 1, "private": 2}
PROGRAM = '''
import numpy as np
from tinytorch import SGD, CrossEntropyLoss, Linear, ReLU, Sequential, Tensor


def run(inputs):
    """The final parameters and the loss of each batch after one epoch."""
    layers = [Linear(*inputs[f"weight{k}"].shape) for k in (1, 2, 3)]
    for k, layer in enumerate(layers, 1):
        layer.weight.data[...] = inputs[f"weight{k}"]
        layer.bias.data[...] = inputs[f"bias{k}"]
    network = Sequential(layers[0], ReLU(), layers[1], ReLU(), layers[2])
    optimizer = SGD(network.parameters(), lr=float(inputs["lr"]))
    loss_of = CrossEntropyLoss()
    images = inputs["images"].astype(np.float32) / np.float32(255)
    labels, batch, losses = inputs["labels"], int(inputs["batch"]), []
    for start in range(0, len(images), batch):
        optimizer.zero_grad()
        logits = network(Tensor(images[start : start + batch]))
        loss = loss_of(logits, labels[start : start + batch])
        loss.backward()
        optimizer.step()
        losses.append(float(loss.item()))
    outputs = {"losses": np.array(losses)}
    for k, layer in enumerate(layers, 1):
        outputs[f"weight{k}"] = np.asarray(layer.weight.data)
        outputs[f"bias{k}"] = np.asarray(layer.bias.data)
    return outputs
'''


def inputs(seed: int, phase: str) -> dict[str, np.ndarray]:
    """Images uint8 (images, features) of as many classes as labels, and initial parameters. The
    width of the hidden layers is the seed's remainder in the list of widths."""
    rng = np.random.default_rng([seed, PHASES[phase]])
    count, features, classes = SIZES["images"], SIZES["features"], SIZES["classes"]
    hidden = hidden_width(seed)
    labels = rng.integers(0, classes, count)
    centres = rng.uniform(60, 195, (classes, features))
    images = np.clip(centres[labels] + rng.normal(0, 40, (count, features)), 0, 255)
    arrays = {"images": images.astype(np.uint8), "labels": labels}
    sizes = (features, hidden, hidden, classes)
    for k in (1, 2, 3):
        scale = np.sqrt(2 / sizes[k - 1])
        arrays[f"weight{k}"] = rng.normal(0, scale, sizes[k - 1 : k + 1]).astype(np.float32)
        arrays[f"bias{k}"] = np.zeros(sizes[k], np.float32)
    return {**arrays, "batch": np.array(SIZES["batch"]), "lr": np.array(SIZES["lr"])}


def hidden_width(seed: int) -> int:
    """The width of the hidden layers for a seed."""
    return int(SIZES["hidden"][seed % len(SIZES["hidden"])])


def faults(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> list[str]:
    """A sentence for each output that is not the reference's within the tolerance. NaN and infinity
    are equal to nothing."""
    names = ("losses", *PARAMETERS)
    if set(outputs) != set(names):
        output_names = ", ".join(sorted(outputs))[:200]
        return [f"The outputs are {output_names}; {', '.join(names)} are needed."]
    sentences = (_fault(name, outputs[name], reference[name]) for name in names)
    return [sentence for sentence in sentences if sentence]


def _fault(name: str, output: np.ndarray, expected: np.ndarray) -> str:
    if output.shape != expected.shape or output.dtype.kind != "f":
        output_form, needed = f"{output.dtype} {output.shape}", f"{expected.dtype} {expected.shape}"
        return f"'{name}' is {output_form}; {needed} is needed."
    if not np.isfinite(output).all():
        return f"'{name}' holds NaN or infinity, which is equal to nothing."
    if not np.allclose(output, expected, SIZES["rtol"], SIZES["atol"]):
        worst = float(np.max(np.abs(output - expected)))
        return f"'{name}' is {worst:.3g} away from the reference after the epoch."
    return ""


def is_near(
    inputs: Mapping[str, np.ndarray],
    outputs: Mapping[str, np.ndarray],
    reference: Mapping[str, np.ndarray],
) -> bool:
    """Whether rounding can have led the outputs beyond the tolerance: where one sum in float32 has
    another sign, a ReLU is open in one network and shut in the other, and both go on differently.

    The measure is the way that a parameter went in the epoch: outputs are near where they are off
    by at most 3 % of it. Of 700 honest epochs 5 were beyond the tolerance, by up to 1.6 % of that
    way; a last step that is left out makes 5 % and more.
    """
    names = ("losses", *PARAMETERS)
    shapes = {name: array.shape for name, array in outputs.items()}
    return shapes == {name: reference[name].shape for name in names} and all(
        np.linalg.norm(outputs[name] - reference[name])
        <= SIZES["near"] * np.linalg.norm(reference[name] - inputs.get(name, 0.0))
        for name in names
    )


def counted(
    entry: Entry,
    outputs_by_phase: Mapping[str, Mapping[str, np.ndarray]],
    seeds_by_phase: Mapping[str, int],
) -> dict[str, float]:
    """The entry's bytes."""
    del outputs_by_phase, seeds_by_phase
    return {"bytes": float(entry_bytes(entry))}


def entry_bytes(entry: Entry) -> int:
    """The bytes of an entry: its files one after the other, compressed."""
    data = b"".join(entry.files[name] for name in sorted(entry.files))
    return len(zlib.compress(data, 9))


def floor_s(machine: Machine) -> float:
    """The least seconds of an epoch of the narrowest network: its products at the machine's peak,
    or its bytes at the machine's bandwidth, whichever takes longer.

    Forward and the gradient of each weight are 2 operations for a weight and image; the gradient
    that reaches the layer before is 2 more, but for the first layer.
    """
    count, hidden = SIZES["images"], min(SIZES["hidden"])
    first, later_weights = SIZES["features"] * hidden, hidden * hidden + hidden * SIZES["classes"]
    operations = count * (4 * first + 6 * later_weights)
    moved_bytes = count * SIZES["features"] + 4 * 2 * (first + later_weights)
    return float(max(operations / machine.flops_per_s, moved_bytes / machine.bytes_per_s))
