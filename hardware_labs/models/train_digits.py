"""Trains the digit classifier and stores it in int8: how `digits_mlp.npz` was made.

    python -m hardware_labs.models.train_digits course/data/digits.npz

NumPy only, one seed. Another BLAS may round a weight differently; what the firmware runs is the
committed file.
"""

from __future__ import annotations

import math
from pathlib import Path

import click
import numpy as np

from hardware_labs.models.fixed_point import fixed_point
from hardware_labs.models.network import STORED

TEST_IMAGES = 360
INPUT_SCALE, INPUT_ZERO = 1 / 255, -128
OUTPUT_SCALE, OUTPUT_ZERO = 1 / 8, 0

Weights = list[np.ndarray]


def train(x: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> Weights:
    """[w0 (64, 32), b0, w1 (32, 10), b1] after 300 epochs of SGD with momentum and weight decay."""
    w = [rng.normal(0, 0.2, (64, 32)), np.zeros(32), rng.normal(0, 0.2, (32, 10)), np.zeros(10)]
    speed = [np.zeros_like(part) for part in w]
    targets = np.eye(10)[labels]
    for epoch in range(300):
        rate = 0.1 * 0.5 * (1 + math.cos(math.pi * epoch / 300))
        for batch in np.array_split(rng.permutation(len(x)), len(x) // 32):
            for part, v, g in zip(w, speed, gradients(w, x[batch], targets[batch]), strict=True):
                v *= 0.9
                v -= rate * (g + 1e-3 * part)
                part += v
    return w


def gradients(w: Weights, x: np.ndarray, targets: np.ndarray) -> Weights:
    """Of the mean cross-entropy over the batch."""
    hidden = np.maximum(x @ w[0] + w[1], 0)
    logits = hidden @ w[2] + w[3]
    p = np.exp(logits - logits.max(1, keepdims=True))
    d_logits = (p / p.sum(1, keepdims=True) - targets) / len(x)
    d_hidden = d_logits @ w[2].T * (hidden > 0)
    return [x.T @ d_hidden, d_hidden.sum(0), hidden.T @ d_logits, d_logits.sum(0)]


def layer(k: int, w: np.ndarray, b: np.ndarray, x: tuple, y: tuple) -> dict[str, np.ndarray]:
    """Layer `k` in int8; x and y are the (scale, zero) of its input and output."""
    scale = float(np.abs(w).max()) / 127
    multiplier, shift = fixed_point(x[0] * scale / y[0])
    return {
        f"weights{k}": np.rint(w.T / scale).astype(np.int8),
        f"bias{k}": np.rint(b / (x[0] * scale)).astype(np.int32),
        f"requantize{k}": np.array([multiplier, shift, x[1], y[1]], np.int64),
    }


@click.command()
@click.argument("digits", type=click.Path(exists=True, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), default=STORED, show_default=True)
def main(digits: Path, to: Path) -> None:
    """Train on DIGITS (all but its last 360 images) and store the int8 model."""
    with np.load(digits, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"]
    x = images.reshape(-1, 64) / 16
    train_rows, test_rows = slice(0, -TEST_IMAGES), slice(-TEST_IMAGES, None)
    w = train(x[train_rows], labels[train_rows], np.random.default_rng(0))
    hidden = np.maximum(x @ w[0] + w[1], 0)
    logits = hidden @ w[2] + w[3]
    middle = (float(hidden[train_rows].max()) / 255, -128)
    arrays = layer(0, w[0], w[1], (INPUT_SCALE, INPUT_ZERO), middle)
    arrays |= layer(1, w[2], w[3], middle, (OUTPUT_SCALE, OUTPUT_ZERO))
    arrays |= {"scales": np.array([INPUT_SCALE, OUTPUT_SCALE])}
    arrays |= {"images": images[test_rows], "labels": labels[test_rows]}
    np.savez_compressed(to, allow_pickle=False, **arrays)
    right = (logits.argmax(1) == labels)[test_rows].mean()
    click.echo(f"{to}: {right:.1%} of {TEST_IMAGES} unseen digits in float, ", nl=False)
    click.echo(f"logits {logits.min():.1f} to {logits.max():.1f}")


if __name__ == "__main__":
    main()
