"""Networks with the published shapes of the five MLPerf Tiny models. UNTRAINED: their weights are
random numbers from a seed, so use them for bytes, counts and the protocol, never for accuracy.

Topologies: C. Banbury et al., MLPerf Tiny Benchmark (2021), section 4, and the reference models of
github.com/mlcommons/tiny: DS-CNN for keywords, MobileNetV1 x 0.25 for visual wake words, a dense
autoencoder for anomalies, ResNet-8 for images, and since v1.3 a one-dimensional DS-CNN for the
streaming wake word. Batch normalisation is taken as folded into the weights. What the host sends
is what that benchmark's runner sends: int8 features (kws01, sww01), uint8 pixels (vww01, ic01),
float32 features (ad01, whose answer is a mean squared error).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hardware_labs.errors import BuildError
from hardware_labs.models.layers import Pair, same_padding
from hardware_labs.models.network import Network, digits_model
from hardware_labs.models.quantizer import Quantizer, Scale

CALIBRATION_INPUTS = 4
FEATURES = Scale(1 / 16, 0)  # int8 spectral features between -8 and 8
PIXELS = Scale(1 / 255, -128)
DECIBELS = Scale(0.5, 64)  # float32 log spectra, -96 to 31.5 dB


def mlperf_tiny(model_id: str, seed: int = 0) -> Network:
    """The untrained network "kws01", "vww01", "ad01", "ic01" or "sww01". BuildError otherwise."""
    if model_id not in BUILDERS:
        names = ", ".join(BUILDERS)
        raise BuildError(f"There is no model '{model_id}'. There is: {names}.")
    return BUILDERS[model_id](np.random.default_rng(seed))


def named_model(name: str) -> Network:
    """The trained digits model, or an untrained one of MLPerf Tiny. Raises BuildError."""
    if name != "digits" and name not in BUILDERS:
        raise BuildError(f"There is no model '{name}'. There is: digits, {', '.join(BUILDERS)}.")
    return digits_model() if name == "digits" else mlperf_tiny(name)


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], fan_in: int) -> np.ndarray:
    """Weights that keep the mean square of a signal through a ReLU (He et al. 2015, eq. 10)."""
    return rng.normal(0, (2 / fan_in) ** 0.5, shape)


def _bias(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.normal(0, 0.05, n)


def _conv(
    net: Quantizer,
    rng: np.random.Generator,
    outputs: int,
    kernel: Pair,
    stride: Pair = (1, 1),
    *,
    relu: bool = True,
    source: int | None = None,
) -> int:
    """A convolution with TensorFlow's padding "same"."""
    shape = net.shape(source)
    weights = he_normal(rng, (outputs, *kernel, shape[2]), kernel[0] * kernel[1] * shape[2])
    padding = same_padding(shape, kernel, stride)
    return net.conv2d(weights, _bias(rng, outputs), stride, padding, relu, source)


def _depthwise(
    net: Quantizer, rng: np.random.Generator, kernel: Pair, stride: Pair = (1, 1)
) -> int:
    shape = net.shape()
    weights = he_normal(rng, (*kernel, shape[2]), kernel[0] * kernel[1])
    padding = same_padding(shape, kernel, stride)
    return net.depthwise(weights, _bias(rng, shape[2]), stride, padding, relu=True)


def _dense(net: Quantizer, rng: np.random.Generator, outputs: int, relu: bool = False) -> int:
    inputs = int(np.prod(net.shape()))
    weights = he_normal(rng, (outputs, inputs), inputs)
    return net.dense(weights, _bias(rng, outputs), relu)


def _classes(net: Quantizer, rng: np.random.Generator, classes: int) -> None:
    """The mean over all pixels, a dense layer, a softmax."""
    size = net.shape()[:2]
    net.average_pool((size[0], size[1]), (size[0], size[1]))
    _dense(net, rng, classes)
    net.softmax()


def _features(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    numbers = rng.normal(0, 32, (CALIBRATION_INPUTS, *shape))
    return np.clip(np.rint(numbers), -128, 127).astype(np.int8)


def _images(rng: np.random.Generator, side: int) -> np.ndarray:
    return rng.integers(0, 256, (CALIBRATION_INPUTS, side, side, 3), np.uint8)


def _keywords(rng: np.random.Generator) -> Network:
    """DS-CNN: 49 time steps of 10 coefficients, 12 classes."""
    net = Quantizer(_features(rng, (49, 10, 1)), FEATURES)
    _conv(net, rng, 64, (10, 4), (2, 2))
    for _ in range(4):
        _depthwise(net, rng, (3, 3))
        _conv(net, rng, 64, (1, 1))
    _classes(net, rng, 12)
    return net.network("kws01")


def _visual_wake_words(rng: np.random.Generator) -> Network:
    """MobileNetV1 with a quarter of the channels: 96x96 pixels in colour, 2 classes."""
    net = Quantizer(_images(rng, 96), PIXELS, "uint8")
    net.from_uint8()
    _conv(net, rng, 8, (3, 3), (2, 2))
    blocks = [(16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), *[(128, 1)] * 5, (256, 2)]
    for channels, step in [*blocks, (256, 1)]:
        _depthwise(net, rng, (3, 3), (step, step))
        _conv(net, rng, channels, (1, 1))
    _classes(net, rng, 2)
    return net.network("vww01")


def _anomalies(rng: np.random.Generator) -> Network:
    """Autoencoder: 5 frames of 128 log-mel energies through a bottleneck of 8 numbers."""
    spectra = rng.normal(-30, 12, (CALIBRATION_INPUTS, 640)).astype(np.float32)
    net = Quantizer(spectra, DECIBELS, "float32")
    net.from_float32()
    for width in (128, 128, 128, 128, 8, 128, 128, 128, 128):
        _dense(net, rng, width, relu=True)
    _dense(net, rng, 640)
    return net.network("ad01", answer="squared_error")


def _images_in_ten_classes(rng: np.random.Generator) -> Network:
    """ResNet-8: 32x32 pixels in colour, three residual blocks of 16, 32 and 64 channels."""
    net = Quantizer(_images(rng, 32), PIXELS, "uint8")
    net.from_uint8()
    block = _conv(net, rng, 16, (3, 3))
    for channels, step in ((16, 1), (32, 2), (64, 2)):
        _conv(net, rng, channels, (3, 3), (step, step), source=block)
        long = _conv(net, rng, channels, (3, 3), relu=False)
        short = block
        if step > 1:
            short = _conv(net, rng, channels, (1, 1), (step, step), relu=False, source=block)
        block = net.add(short, long, relu=True)
    _classes(net, rng, 10)
    return net.network("ic01")


def _streaming_wake_word(rng: np.random.Generator) -> Network:
    """30 time steps of 40 features; kernels along time without padding; 3 logits, no softmax."""
    net = Quantizer(_features(rng, (30, 1, 40)), FEATURES)
    for length, channels in ((3, 128), (5, 64), (10, 64), (15, 32)):
        width = net.shape()[2]
        net.depthwise(he_normal(rng, (length, 1, width), 2 * length), np.zeros(width))
        _conv(net, rng, channels, (1, 1))
    _dense(net, rng, 3)
    return net.network("sww01")


BUILDERS: dict[str, Callable[[np.random.Generator], Network]] = {
    "kws01": _keywords,
    "vww01": _visual_wake_words,
    "ad01": _anomalies,
    "ic01": _images_in_ten_classes,
    "sww01": _streaming_wake_word,
}
