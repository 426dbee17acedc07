"""What a training costs and holds: published figures, sums that must hold, and limits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import PerfsimError, hardware, model
from perfsim.training import device_hours, mfu, token_ops, training_days, training_ops
from perfsim.training_memory import activation_bytes, training_memory

LLAMA, A100 = model("llama2_7b"), hardware("a100_sxm_80")


def test_the_operations_of_gpt_3_are_the_published_ones():
    assert training_ops(model("gpt3_175b"), 300e9) == pytest.approx(3.14e23, rel=0.01)


def test_the_hours_of_llama_2_are_those_of_a_utilisation_of_39_percent():
    hours = device_hours(training_ops(LLAMA, 2e12), A100, 0.39)
    assert hours == pytest.approx(184_320, rel=0.01)
    assert training_days(hours, 2048) == pytest.approx(hours / 2048 / 24)


def test_utilisation_and_hours_are_two_sides_of_one_equation():
    rate = 1e4
    share = mfu(LLAMA, A100, rate, devices=4)
    seconds = 1e9 / rate
    assert device_hours(training_ops(LLAMA, 1e9), A100, share) == pytest.approx(seconds * 4 / 3600)


def test_attention_adds_twelve_operations_for_each_layer_width_and_place():
    assert token_ops(LLAMA, 4096) - token_ops(LLAMA) == 12 * 32 * 4096 * 4096


def test_a_share_of_nothing_is_refused():
    with pytest.raises(PerfsimError, match="more than 0"):
        device_hours(1e20, A100, 0.0)


def test_a_parameter_takes_sixteen_bytes():
    memory = training_memory(LLAMA, 1, 1)
    states = memory.weight_bytes + memory.gradient_bytes + memory.optimizer_bytes
    assert states == 16 * 6738e6


def test_each_stage_of_zero_divides_one_more_part():
    states = [training_memory(LLAMA, 1, 1, data_parallel=64, zero=stage) for stage in range(4)]
    assert [s.optimizer_bytes * 64 == 12 * 6738e6 for s in states] == [False, True, True, True]
    assert [s.gradient_bytes * 64 == 2 * 6738e6 for s in states] == [False, False, True, True]
    assert [s.weight_bytes * 64 == 2 * 6738e6 for s in states] == [False, False, False, True]


def test_the_activations_of_a_layer_are_the_published_sum():
    gpt = model("gpt3_175b")
    one_layer = activation_bytes(gpt, 1, 2048) / 96
    assert one_layer == 2048 * 12288 * (34 + 5 * 96 * 2048 / 12288)


@given(batch=st.integers(1, 64), tokens=st.integers(1, 8192), parallel=st.sampled_from([1, 2, 8]))
def test_recomputing_more_keeps_less(batch, tokens, parallel):
    activations = [
        activation_bytes(LLAMA, batch, tokens, parallel, recompute)
        for recompute in ("none", "selective", "full")
    ]
    assert activations[0] > activations[1] > activations[2]


@given(parallel=st.sampled_from([1, 2, 4, 8]), stages=st.sampled_from([1, 2, 4, 8]))
def test_devices_together_hold_what_one_would(parallel, stages):
    alone = training_memory(LLAMA, 1, 128)
    part = training_memory(LLAMA, 1, 128, tensor_parallel=parallel, pipeline_parallel=stages)
    assert part.optimizer_bytes * parallel * stages == pytest.approx(alone.optimizer_bytes)


def test_a_sequence_may_be_an_array():
    activations = activation_bytes(LLAMA, 1, np.array([1024, 2048]))
    assert activations[1] > 2 * activations[0]


@pytest.mark.parametrize(
    ("words", "message"),
    [({"zero": 4}, "0, 1, 2 or 3, not 4"), ({"recompute": "some"}, "none, selective, full")],
)
def test_an_unknown_way_to_save_memory_is_refused(words, message):
    with pytest.raises(PerfsimError, match=message):
        training_memory(LLAMA, 1, 1, **words)
