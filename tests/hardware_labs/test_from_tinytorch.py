"""From a trained network of `tinytorch` to the board's flash, bit for bit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_networks import load_commands, outputs_in
from tinytorch import (
    GELU,
    Adam,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    CrossEntropyLoss,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Sequential,
    Softmax,
    Tensor,
    enable_autograd,
)

from hardware_labs.boards import board_kind
from hardware_labs.emulation.cortex_m import converse
from hardware_labs.errors import BuildError
from hardware_labs.firmware.build import build
from hardware_labs.models.from_tinytorch import Unquantizable, board_input, quantize
from hardware_labs.models.interpreter import run

NANO33 = board_kind("nano33")
DIGITS = Path(__file__).parents[2] / "course" / "data" / "digits.npz"
TEST_IMAGES = 360


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    with np.load(DIGITS) as stored:
        images = stored["images"][:, np.newaxis] / np.float32(16)
        return images.astype(np.float32), stored["labels"].astype(int)


@pytest.fixture(scope="module")
def trained(digits) -> Sequential:
    """A small CNN after three passes over all but the last 360 images."""
    enable_autograd()
    images, labels = digits[0][:-TEST_IMAGES], digits[1][:-TEST_IMAGES]
    model = Sequential(
        Conv2d(1, 6, 3, padding=1, rng=1),
        ReLU(),
        MaxPool2d(2),
        Conv2d(6, 12, 3, rng=2),
        ReLU(),
        Flatten(),
        Linear(48, 10, rng=3),
    )
    optimizer, loss_of = Adam(model.parameters(), lr=0.01), CrossEntropyLoss()
    rng = np.random.default_rng(0)
    for _ in range(3):
        for batch in np.array_split(rng.permutation(len(images)), len(images) // 32):
            optimizer.zero_grad()
            loss_of(model(Tensor(images[batch])), Tensor(labels[batch])).backward()
            optimizer.step()
    return model


def test_a_trained_network_loses_at_most_one_in_a_hundred_and_runs_bit_for_bit(trained, digits):
    images, labels = digits[0][-TEST_IMAGES:], digits[1][-TEST_IMAGES:]
    network = quantize(trained, digits[0][:200], name="digits-cnn")
    x = board_input(network, images)
    real = np.mean(trained(Tensor(images)).numpy().argmax(1) == labels)
    int8 = np.mean(run(network, x).argmax(1) == labels)
    assert real > 0.9
    assert real - int8 <= 0.01
    firmware = build(NANO33, network)
    commands = [part for one in x[:100] for part in (*load_commands(one), "infer 1 0", "output")]
    board_output, _ = converse(firmware.elf, NANO33, *commands)
    assert np.array_equal(outputs_in(board_output), run(network, x[:100]))


def test_logits_in_int8_are_near_those_of_the_float_network(trained, digits):
    images = digits[0][-TEST_IMAGES:]
    network = quantize(trained, digits[0][:200])
    quantised_outputs = network.real(run(network, board_input(network, images)))
    real = trained(Tensor(images)).numpy()
    assert np.abs(quantised_outputs - real).mean() < 0.03 * real.std()


def test_channels_keep_their_meaning_through_flatten():
    rng = np.random.default_rng(5)
    images = rng.normal(0, 1, (60, 3, 5, 4)).astype(np.float32)
    model = Sequential(Conv2d(3, 4, (2, 1), stride=(1, 2), rng=1), AvgPool2d((2, 1)), Flatten())
    model = Sequential(model, Linear(16, 6, rng=2), Softmax())
    network = quantize(model, images)
    assert network.input_shape == (5, 4, 3)
    quantised_outputs = network.real(run(network, board_input(network, images)))
    assert np.abs(quantised_outputs - model(Tensor(images)).numpy()).max() < 0.05


def test_a_normalisation_is_folded_into_the_convolution_before_it():
    rng = np.random.default_rng(7)
    images = rng.normal(0, 1, (80, 2, 6, 6)).astype(np.float32)
    norm = BatchNorm2d(5)
    norm.running_mean, norm.running_var = rng.normal(0, 1, 5), rng.uniform(0.2, 3, 5)
    norm.gamma, norm.beta = Tensor(rng.normal(1, 0.3, 5)), Tensor(rng.normal(0, 1, 5))
    model = Sequential(Conv2d(2, 5, 3, rng=1), norm, MaxPool2d(2), ReLU(), Flatten())
    model = Sequential(model, Linear(20, 3, rng=2)).eval()
    network = quantize(model, images)
    assert [layer.kind for layer in network.layers] == ["conv2d", "max_pool", "dense"]
    quantised_outputs = network.real(run(network, board_input(network, images)))
    real = model(Tensor(images)).numpy()
    assert np.abs(quantised_outputs - real).mean() < 0.03 * real.std()


def test_a_network_too_large_fails_in_the_linker_with_its_numbers():
    rng = np.random.default_rng(6)
    model = Sequential(Linear(1024, 1100, bias=False, rng=1), ReLU(), Linear(1100, 10, rng=2))
    network = quantize(model, rng.normal(0, 1, (8, 1024)))
    with pytest.raises(BuildError, match=r"'FLASH' of 1048576 bytes: overflowed by \d+"):
        build(NANO33, network)


@pytest.mark.parametrize(
    "layers, complaint",
    [
        ([Linear(4, 4, rng=1), GELU()], "no kernel for GELU"),
        ([AvgPool2d(2), ReLU()], "no kernel for ReLU"),
        ([AvgPool2d(2, padding=1), Flatten(), Linear(9, 2, rng=1)], "counts the padding as zeros"),
        ([Linear(4, 2, rng=1)], "needs a Flatten before it"),
    ],
)
def test_what_the_board_cannot_do_is_said(layers, complaint):
    with pytest.raises(Unquantizable, match=complaint):
        inputs = np.zeros((3, 4)) if "GELU" in complaint else np.zeros((3, 1, 4, 4))
        quantize(Sequential(layers), inputs)


def test_calibration_without_inputs_is_refused():
    with pytest.raises(ValueError, match=r"needs inputs \(n, features\)"):
        quantize(Sequential(Linear(4, 2, rng=1)), np.zeros((0, 4)))


def test_a_layer_that_does_not_fit_its_inputs_is_refused():
    with pytest.raises(ValueError, match=r"5 inputs cannot take the shape \(4,\)"):
        quantize(Sequential(Linear(5, 2, rng=1)), np.ones((3, 4)))


def test_weights_that_are_not_finite_are_refused():
    model = Sequential(Linear(4, 2, rng=1))
    model.layers[0].weight.numpy()[0, 0] = np.nan
    with pytest.raises(Unquantizable, match="not a finite number: train"):
        quantize(model, np.ones((3, 4)))
