"""Trains the convolutional digit classifier with `tinytorch`: how `digits_cnn.npz` was made.

    python -m hardware_labs.models.train_digits_cnn course/data/digits.npz

Images are shifted by a pixel now and then. The gains of the second normalisation are drawn to 0
(Liu et al. 2017, *network slimming*), so that its channels differ in size, as in larger networks.
One seed. Another BLAS may round a weight differently; what the labs read is the committed file.
"""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from tinytorch import (
    AdamW,
    BatchNorm2d,
    Conv2d,
    CosineSchedule,
    CrossEntropyLoss,
    Flatten,
    Linear,
    ReLU,
    Sequential,
    Tensor,
    enable_autograd,
)

from hardware_labs.models.digits_cnn import STORED
from hardware_labs.models.train_digits import TEST_IMAGES

EPOCHS, CALIBRATION, SLIMMING = 24, 300, 0.3


def network() -> Sequential:
    return Sequential(
        Conv2d(1, 8, 3, padding=1, rng=1),
        BatchNorm2d(8),
        ReLU(),
        Conv2d(8, 16, 3, stride=2, padding=1, rng=2),
        BatchNorm2d(16),
        ReLU(),
        Flatten(),
        Linear(256, 10, rng=3),
    )


def train(model: Sequential, x: np.ndarray, labels: np.ndarray, rng: np.random.Generator) -> None:
    """Some passes over x (n, 1, 8, 8); the model is in evaluation mode afterwards."""
    enable_autograd()
    optimizer = AdamW(model.parameters(), lr=0.01, weight_decay=0.02)
    loss_of, gains = CrossEntropyLoss(), model.layers[4].gamma.data
    schedule = CosineSchedule(max_lr=0.01, min_lr=0.0002, total_epochs=EPOCHS)
    for epoch in range(EPOCHS):
        optimizer.lr = schedule.get_lr(epoch)
        for batch in np.array_split(rng.permutation(len(x)), len(x) // 32):
            optimizer.zero_grad()
            scores = model(Tensor(shifted(x[batch], rng)))
            loss_of(scores, Tensor(labels[batch])).backward()
            optimizer.step()
            gains[:] = np.sign(gains) * np.maximum(np.abs(gains) - optimizer.lr * SLIMMING, 0)
    model.eval()


def shifted(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Three batches in ten as they are, the others by at most a pixel down and across."""
    if rng.random() >= 0.7:
        return x
    down, across = rng.integers(0, 3, 2)
    return np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))[:, :, down : down + 8, across : across + 8]


def arrays(model: Sequential) -> dict[str, np.ndarray]:
    """Weights with the channels last, biases and normalisations, float32."""
    conv0, norm0, _, conv1, norm1, _, _, dense = model.layers
    parameters = {}
    for k, (conv, norm) in enumerate([(conv0, norm0), (conv1, norm1)]):
        parameters[f"weights{k}"] = np.moveaxis(conv.weight.numpy(), 1, -1)
        parameters |= {f"bias{k}": conv.bias.numpy(), f"gamma{k}": norm.gamma.numpy()}
        parameters |= {f"beta{k}": norm.beta.numpy(), f"mean{k}": norm.running_mean}
        parameters[f"variance{k}"] = norm.running_var
    rows = dense.weight.numpy().T.reshape(10, 16, 4, 4)
    parameters["weights2"] = np.moveaxis(rows, 1, -1).reshape(10, 256)
    parameters["bias2"] = dense.bias.numpy()
    return {name: np.asarray(array, np.float32) for name, array in parameters.items()}


@click.command()
@click.argument("digits", type=click.Path(exists=True, path_type=Path))
@click.option("--to", type=click.Path(path_type=Path), default=STORED, show_default=True)
def main(digits: Path, to: Path) -> None:
    """Train on DIGITS (all but its last 360 images) and store the real network."""
    with np.load(digits, allow_pickle=False) as stored:
        images, labels = stored["images"], stored["labels"].astype(int)
    x = (images[:, np.newaxis] / 16).astype(np.float32)
    model = network()
    train(model, x[:-TEST_IMAGES], labels[:-TEST_IMAGES], np.random.default_rng(0))
    np.savez_compressed(to, allow_pickle=False, calibration=images[:CALIBRATION], **arrays(model))
    scores = model(Tensor(x[-TEST_IMAGES:])).numpy()
    right = (scores.argmax(1) == labels[-TEST_IMAGES:]).mean()
    click.echo(f"{to}: {right:.1%} of {TEST_IMAGES} unseen digits in float")


if __name__ == "__main__":
    main()
