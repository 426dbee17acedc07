"""Int8 networks in NumPy: against plain loops, against real arithmetic, and their complaints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plain_layers import RULES, plain
from reference_mlp import outputs
from reference_mlp import requantize as plain_requantize
from small_networks import autoencoder, chain, inputs_of, residual, surprise

from hardware_labs.models.fixed_point import fixed_point, requantize
from hardware_labs.models.interpreter import apply, run, values
from hardware_labs.models.layers import (
    Conv2d,
    Dense,
    FromFloat32,
    Softmax,
    same_padding,
    windows_over,
)
from hardware_labs.models.network import Network, digits_model, unseen_digits
from hardware_labs.models.quantizer import Quantizer, Scale, scale_of, to_int8

INT32 = st.integers(-(2**31), 2**31 - 1)


@given(INT32, st.integers(2**30, 2**31 - 1), st.integers(0, 31))
def test_requantize_of_arrays_is_that_of_numbers(accumulator, multiplier, shift):
    result = requantize(np.array([accumulator]), multiplier, shift)
    assert result.tolist() == [plain_requantize(accumulator, multiplier, shift)]


@given(st.floats(1e-9, 0.999))
def test_a_factor_as_fixed_point_is_right_to_31_bits(value):
    multiplier, shift = fixed_point(value)
    assert 2**30 <= multiplier < 2**31
    assert multiplier * 2.0 ** (-31 - shift) == pytest.approx(value, rel=2**-31)


@pytest.mark.parametrize(
    "network", [chain(), residual(), *map(surprise, range(6))], ids=lambda n: n.name
)
def test_every_layer_computes_what_plain_loops_compute(network: Network):
    layer_values = values(network, inputs_of(network, 2))
    steps = zip(network.layers, network.sources, layer_values[1:], strict=True)
    looped = [(layer, read, y) for layer, read, y in steps if layer.kind in RULES]
    assert len(looped) > 3  # additions and softmax have tests of their own
    for layer, read, y in looped:
        expected = [plain(layer, x) for x in layer_values[read[0]]]
        assert np.array_equal(y, np.stack(expected)), layer.kind


def test_the_digits_model_computes_what_plain_loops_compute():
    model, (images, _) = digits_model(), unseen_digits()
    x = (np.rint(images[:40] / 16 / model.input_scale) + model.input_zero).astype(np.int8)
    assert run(model, x).tolist() == [outputs(model, image) for image in x]


def test_one_input_gives_a_row_and_a_batch_of_one_gives_a_table():
    model = digits_model()
    assert run(model, np.zeros(64, np.int8)).shape == (10,)
    assert run(model, np.zeros((8, 8), np.int8)).shape == (10,)
    assert run(model, np.zeros((1, 64), np.int8)).shape == (1, 10)
    assert run(chain(), np.zeros((9, 7, 3), np.int8)).shape == (7,)


def test_an_addition_is_right_to_half_a_step_of_its_output():
    network = residual()
    layer_values = values(network, inputs_of(network, 5))
    layer = network.layers[3]
    a, b, y = layer_values[2].astype(int), layer_values[3].astype(int), layer_values[4].astype(int)
    factors = [
        m * 2.0 ** (-31 - s)
        for m, s in zip(layer.input_multipliers, layer.input_shifts, strict=True)
    ]
    total = (a - layer.input_zeros[0]) * factors[0] + (b - layer.input_zeros[1]) * factors[1]
    exact = total * 2**20 * layer.multiplier * 2.0 ** (-31 - layer.shift) + layer.output_zero
    assert np.abs(y - np.clip(exact, layer.low, layer.high)).max() <= 0.5 + 1e-4


@given(st.lists(st.integers(-128, 127), min_size=2, max_size=12), st.floats(0.01, 0.5))
def test_a_softmax_is_right_to_one_step_and_its_largest_input_wins(numbers, scale):
    table = np.rint(65535 * np.exp(-scale * np.arange(256))).astype(np.uint16)
    x = np.array([numbers], np.int8)
    y = apply(Softmax(table), x)[0].astype(int) + 128
    exact = np.exp(scale * (x[0].astype(int) - int(x.max())))
    assert np.abs(y - np.minimum(256 * exact / exact.sum(), 255)).max() <= 1
    assert y[x[0].argmax()] == y.max()


@given(st.floats(-300, 300, width=32), st.floats(1e-3, 8))
def test_numbers_of_32_bits_become_the_nearest_int8(value, scale):
    multiplier, shift = fixed_point(1 / scale)
    int8_values = apply(FromFloat32(multiplier, shift, 5), np.array([[value]], np.float32))
    assert abs(int(int8_values[0, 0]) - np.clip(value / scale + 5, -128, 127)) <= 0.5 + 1e-5


def test_infinity_and_not_a_number_become_the_ends_of_int8():
    layer = FromFloat32(*fixed_point(1.0), 0)
    x = np.array([[np.inf, -np.inf, np.nan, 1e-40, -0.0]], np.float32)
    assert apply(layer, x).tolist() == [[127, -128, 127, 0, 0]]


def test_a_quantised_network_is_near_the_real_one():
    rng = np.random.default_rng(8)
    w = rng.normal(0, 1, (4, 3, 3, 2)), rng.normal(0, 1, (5, 64))
    images = rng.normal(0, 1, (200, 6, 6, 2))
    scale = scale_of(float(images.min()), float(images.max()))
    net = Quantizer(to_int8(images, scale), scale)
    net.conv2d(w[0], np.ones(4), relu=True)
    net.dense(w[1], np.zeros(5))
    network = net.network("small")
    pieces = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
    hidden = np.maximum(np.einsum("nyxcij,oijc->nyxo", pieces, w[0]) + 1, 0)
    real = hidden.reshape(200, -1) @ w[1].T
    quantised_outputs = network.real(run(network, to_int8(images, scale)))
    assert np.abs(quantised_outputs - real).std() < 0.02 * real.std()


def test_a_channel_without_weights_keeps_its_bias():
    rng = np.random.default_rng(1)
    weights = np.stack([rng.normal(0, 1, 6), np.zeros(6), 1e-9 * rng.normal(0, 1, 6)])
    x = rng.integers(-128, 128, (50, 6), np.int8)
    net = Quantizer(x, Scale(1 / 64, 0))
    net.dense(weights, np.array([0.0, 5.0, -3.0]))
    network = net.network("nearly-empty")
    real = network.real(run(network, x))
    assert np.abs(real[:, 1:] - [5.0, -3.0]).max() <= 0.51 * network.output_scale


@given(st.floats(-50, 0), st.floats(0, 50))
def test_a_scale_covers_its_range_and_has_an_exact_zero(low, high):
    scale = scale_of(low, high)
    assert to_int8(np.zeros(1), scale)[0] == scale.zero
    ends = (to_int8(np.array([low, high]), scale).astype(int) - scale.zero) * scale.scale
    assert np.abs(ends - [low, high]).max() <= 1.01 * scale.scale


def test_same_padding_makes_as_many_windows_as_the_stride_says():
    for size in range(3, 12):
        for stride in (1, 2, 3):
            padding = same_padding((size, size, 1), (3, 3), (stride, stride))
            over = windows_over((size, size, 1), (3, 3), (stride, stride), padding)
            assert over == (-(-size // stride),) * 2
            assert 0 <= padding[2] - padding[0] <= 1


def test_shapes_that_do_not_fit_are_refused_with_both_shapes():
    narrow = Dense(np.zeros((2, 3), np.int8), np.zeros(2, np.int32), 2**30, 0, 0, 0)
    with pytest.raises(ValueError, match=r"3 inputs cannot take the shape \(4,\)"):
        Network("wrong", (narrow,), (4,), 1.0, 0, 1.0, 0)
    conv = Conv2d(np.zeros((1, 3, 3, 2), np.int8), np.zeros(1, np.int32), 2**30, 0, 0, 0)
    with pytest.raises(ValueError, match=r"needs \(height, width, 2\), not \(5, 5, 1\)"):
        conv.output_shape((5, 5, 1))
    with pytest.raises(ValueError, match="does not fit into"):
        conv.output_shape((2, 5, 2))


def test_an_input_of_the_wrong_type_or_size_is_refused():
    with pytest.raises(ValueError, match="takes float32, and x is int8"):
        run(autoencoder(), np.zeros(12, np.int8))
    with pytest.raises(ValueError, match=r"takes \(64,\), and x is \(65,\)"):
        run(digits_model(), np.zeros(65, np.int8))


def test_a_name_that_would_break_the_protocol_is_refused():
    with pytest.raises(ValueError, match=r"letters, digits.*not 'a\]%'"):
        replace(digits_model(), name="a]%")


def test_a_layer_may_not_read_what_is_made_later():
    with pytest.raises(ValueError, match="what an earlier layer made"):
        replace(digits_model(), sources=((1,), (0,)))
