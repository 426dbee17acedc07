"""Trains the two entries of Featherweight that are the course's own, and writes their weights.

reference: one linear layer. baseline: two convolutions and two linear layers. Both are trained with
the course's tinytorch on `course/data/fashion.npz`, its pictures changed anew in each epoch as the
event changes them; then they become int8, with one scale for each output. In the repository:

    python benchmarks/olympics_featherweight.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from olympics.workloads.featherweight import changed
from tinytorch.core.activations import ReLU
from tinytorch.core.layers import Linear, Sequential
from tinytorch.core.losses import CrossEntropyLoss
from tinytorch.core.optimizers import AdamW
from tinytorch.core.spatial import Conv2d, Flatten
from tinytorch.core.tensor import Tensor
from tinytorch.core.training import CosineSchedule

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT / "course" / "olympics" / "entries" / "featherweight" / "reference"
BASELINE = ROOT / "autograder" / "olympics" / "baselines" / "featherweight"
BATCH = 50


def train(network: Sequential, images: np.ndarray, labels: np.ndarray, epochs: int) -> None:
    """Trains in place; each epoch sees every picture once, freshly changed."""
    rng = np.random.default_rng(2027)
    optimizer = AdamW(network.parameters(), lr=0.002, weight_decay=0.01)
    schedule, loss = CosineSchedule(0.002, 0.00002, epochs), CrossEntropyLoss()
    for epoch in range(epochs):
        optimizer.lr = schedule.get_lr(epoch)
        pictures = changed(images, rng)[:, None].astype(np.float32) / 255
        total = 0.0
        for batch in rng.permutation(len(labels)).reshape(-1, BATCH):
            optimizer.zero_grad()
            batch_loss = loss(network(Tensor(pictures[batch])), labels[batch])
            batch_loss.backward()
            optimizer.step()
            total += batch_loss.item()
        print(f"epoch {epoch + 1}: loss {total * BATCH / len(labels):.3f}", flush=True)


def write(folder: Path, network: Sequential) -> None:
    """The weights as int8 (inputs..., outputs) with a float32 scale for each output."""
    layers = [layer for layer in network.children() if layer.parameters()]
    for k, layer in enumerate(layers):
        weights, bias = (parameter.data for parameter in layer.parameters())
        matrix = weights.reshape(len(weights), -1).T if weights.ndim == 4 else weights
        scale = np.abs(matrix).max(axis=0) / 127
        np.save(folder / f"w{k}.npy", np.rint(matrix / scale).astype(np.int8))
        np.save(folder / f"s{k}.npy", np.stack([scale, bias]).astype(np.float32))


def main() -> None:
    with np.load(ROOT / "course" / "data" / "fashion.npz", allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"].astype(np.int64)
    seeds = [np.random.default_rng(seed) for seed in range(5)]
    linear = Sequential(Flatten(), Linear(784, 10, rng=seeds[0]))
    train(linear, images, labels, 20)
    write(REFERENCE, linear)
    network = Sequential(
        Conv2d(1, 16, 5, stride=2, padding=2, rng=seeds[1]), ReLU(),
        Conv2d(16, 32, 3, stride=2, padding=1, rng=seeds[2]), ReLU(), Flatten(),
        Linear(1568, 32, rng=seeds[3]), ReLU(), Linear(32, 10, rng=seeds[4]),
    )  # fmt: skip
    train(network, images, labels, 30)
    write(BASELINE, network)


if __name__ == "__main__":
    main()
