"""Small networks that together use every kernel, and their inputs as the firmware takes them."""

from __future__ import annotations

import re

import numpy as np

from hardware_labs.models.network import Network
from hardware_labs.models.quantizer import Quantizer, Scale

HEX_BYTES = 31  # what the benchmark's runner sends in one command


def chain(seed: int = 1) -> Network:
    """Odd sizes, uneven padding, stride 2, an odd number of channels, and a softmax."""
    rng = np.random.default_rng(seed)
    net = Quantizer(rng.integers(-128, 128, (20, 9, 7, 3), np.int8), Scale(1 / 128, 3))
    net.conv2d(rng.normal(0, 1, (5, 3, 3, 3)), rng.normal(0, 1, 5), (2, 1), (1, 0, 1, 2), relu=True)
    net.depthwise(rng.normal(0, 1, (3, 2, 5)), rng.normal(0, 1, 5), (1, 2), (1, 1, 1, 0))
    net.max_pool((3, 3), (2, 1), (1, 1, 1, 1))
    net.conv2d(rng.normal(0, 1, (6, 1, 1, 5)), np.zeros(6), relu=True)
    net.average_pool((2, 2), (1, 2), (1, 0, 0, 1))
    net.dense(rng.normal(0, 1, (7, int(np.prod(net.shape())))), rng.normal(0, 1, 7))
    net.softmax()
    return net.network("chain")


def residual(seed: int = 2) -> Network:
    """Pixels as bytes, a residual block whose two ways have different scales, and a mean."""
    rng = np.random.default_rng(seed)
    net = Quantizer(rng.integers(0, 256, (20, 6, 6, 3), np.uint8), Scale(1 / 255, -128), "uint8")
    net.from_uint8()
    start = net.conv2d(rng.normal(0, 1, (4, 3, 3, 3)), np.ones(4), (1, 1), (1, 1, 1, 1), relu=True)
    long = net.conv2d(3 * rng.normal(0, 1, (4, 3, 3, 4)), np.zeros(4), (1, 1), (1, 1, 1, 1))
    net.add(start, long, relu=True)
    net.average_pool((6, 6), (6, 6))
    net.dense(rng.normal(0, 1, (3, 4)), np.zeros(3))
    return net.network("residual")


def autoencoder(seed: int = 3) -> Network:
    """Numbers of 32 bits in, a mean squared error out."""
    rng = np.random.default_rng(seed)
    spectra = rng.normal(-20, 15, (20, 12)).astype(np.float32)
    net = Quantizer(spectra, Scale(0.5, 32), "float32")
    net.from_float32()
    net.dense(rng.normal(0, 0.3, (5, 12)), np.zeros(5), relu=True)
    net.dense(rng.normal(0, 0.3, (12, 5)), np.full(12, -10.0))
    return net.network("autoencoder", answer="squared_error")


def surprise(seed: int) -> Network:
    """Six layers of random kinds and sizes, as long as the image has room for them."""
    rng = np.random.default_rng(seed)
    shape = (int(rng.integers(3, 9)), int(rng.integers(1, 9)), int(rng.integers(1, 10)))
    net = Quantizer(rng.integers(-128, 128, (20, *shape), np.int8), Scale(0.02, int(seed % 7)))
    for _ in range(6):
        height, width, channels = net.shape()
        kernel = int(rng.integers(1, min(height, 4) + 1)), int(rng.integers(1, min(width, 4) + 1))
        stride = int(rng.integers(1, 3)), int(rng.integers(1, 3))
        padding = tuple(int(rng.integers(0, k)) for k in kernel * 2)
        place, relu = (stride, padding), bool(rng.integers(2))
        outputs = int(rng.integers(1, 8))
        kind = rng.choice(
            ["conv2d", "depthwise", "max_pool", "average_pool"], p=[0.4, 0.3, 0.15, 0.15]
        )
        if kind == "conv2d":
            weights = rng.normal(0, 1, (outputs, *kernel, channels))
            net.conv2d(weights, rng.normal(0, 1, outputs), *place, relu)
        elif kind == "depthwise":
            net.depthwise(rng.normal(0, 1, (*kernel, channels)), np.ones(channels), *place, relu)
        else:
            getattr(net, kind)(kernel, *place)
    net.dense(rng.normal(0, 1, (5, int(np.prod(net.shape())))), rng.normal(0, 1, 5))
    return net.network(f"surprise-{seed}")


def inputs_of(network: Network, n: int, seed: int = 4) -> np.ndarray:
    """n random inputs of the network's input type."""
    rng, shape = np.random.default_rng(seed), (n, *network.input_shape)
    if network.input_type == "float32":
        return rng.normal(-20, 15, shape).astype(np.float32)
    low = -128 if network.input_type == "int8" else 0
    return rng.integers(low, low + 256, shape, network.input_type)


def load_commands(x: np.ndarray) -> list[str]:
    """`db load` and the `db` lines for one input."""
    data = x.tobytes()
    pieces = [data[i : i + HEX_BYTES].hex() for i in range(0, len(data), HEX_BYTES)]
    return [f"db load {len(data)}", *(f"db {piece}" for piece in pieces)]


def outputs_in(board_output: str) -> np.ndarray:
    """The numbers of every `m-output-[...]`, (n, outputs)."""
    rows = re.findall(r"m-output-\[([^]]*)]", board_output)
    return np.array([[int(number) for number in row.split(",")] for row in rows])
