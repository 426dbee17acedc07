"""What an inference asks for, what must be stored, and which bytes are missing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import UnknownFact, hardware, model
from perfsim.memory import Storage, fit, kv_elements, storage
from perfsim.work import operations, work

COUNTED = ["resnet50", "vgg16", "mobilenet_v2", "mlpt_kws", "mlpt_vww", "mlpt_ic", "mlpt_ad"]


def test_a_multiply_accumulate_is_two_operations():
    assert work(model("resnet50")).ops == 2 * 4.089e9


def test_weights_are_read_once_for_a_batch_and_activations_for_each_sample():
    one, eight = (work(model("resnet50"), "fp16", batch) for batch in (1, 8))
    assert one.weight_bytes == eight.weight_bytes == 2 * 25.557e6
    assert eight.activation_bytes == 8 * one.activation_bytes == 8 * 2 * 11.11e6 * 2


def test_walked_layers_count_more_than_a_rule_of_thumb():
    assert work(model("mlpt_vww"), "int8").activation_bytes == 491_800


def test_unknown_activations_leave_a_lower_bound():
    alexnet = work(model("alexnet"))
    assert alexnet.activation_bytes is None
    assert alexnet.moved_bytes == alexnet.weight_bytes


def test_a_model_without_figures_is_an_unknown_fact():
    with pytest.raises(UnknownFact, match="DLRM"):
        work(model("dlrm_v2"))


def test_a_transformer_counts_two_operations_a_parameter_and_token():
    llama = model("llama2_7b")
    assert operations(llama, 1) == 2 * 6738e6 + 4 * 32 * 4096
    assert operations(llama, 512) == 2 * 6738e6 * 512 + 4 * 32 * 4096 * 512**2


@given(name=st.sampled_from(COUNTED), batch=st.integers(1, 512), more=st.integers(1, 512))
def test_more_samples_never_ask_for_less(name, batch, more):
    small, large = (work(model(name), "int8", b) for b in (batch, batch + more))
    assert large.ops > small.ops
    assert large.moved_bytes >= small.moved_bytes
    assert large.intensity >= small.intensity * (1 - 1e-12)


@given(name=st.sampled_from(COUNTED))
def test_a_quarter_of_the_bits_is_a_quarter_of_the_bytes(name):
    wide, narrow = (work(model(name), dtype) for dtype in ("fp32", "int8"))
    assert wide.moved_bytes == pytest.approx(4 * narrow.moved_bytes)
    assert wide.ops == narrow.ops


def test_an_unknown_dtype_names_the_nearest():
    with pytest.raises(ValueError, match=r"no dtype 'int16'. Nearest: .*int8"):
        work(model("resnet50"), "int16")


def test_the_live_activations_of_person_detection_are_those_of_its_widest_layer():
    needed = storage(model("mlpt_vww"), "int8")
    assert needed.live_bytes == 48 * 48 * (8 + 16)
    assert needed.weight_bytes == 210_900


def test_the_cache_of_llama_2_is_the_published_half_mebibyte_a_token():
    assert kv_elements(model("llama2_7b"), 1) * 2 == 512 * 1024
    assert kv_elements(model("llama2_70b"), 1) * 2 == 320 * 1024


def test_missing_bytes_are_exact():
    gap = fit(storage(model("resnet50"), "int8"), hardware("nrf52840"))
    assert gap.flash_short == 25_557_000 - 1_048_576
    assert gap.memory_short == 1_806_336 - 262_144


def test_where_there_is_no_flash_weights_and_activations_share_the_memory():
    gap = fit(storage(model("llama2_70b"), "fp16"), hardware("h100_sxm"))
    assert (
        gap.memory_short == 2 * 68977e6 + storage(model("llama2_70b"), "fp16").working_bytes - 80e9
    )
    assert gap.flash_short == 0


def test_an_unknown_memory_is_not_a_fit():
    assert fit(storage(model("resnet50")), hardware("coral_usb")).memory_short is None


@given(need=st.floats(0, 1e12), capacity=st.floats(0, 1e12))
def test_what_is_missing_and_what_there_is_cover_what_is_needed(need, capacity):
    device = _device(memory_bytes=capacity)
    short = fit(Storage(need, 0.0, 0.0), device).short
    assert short >= 0
    assert short == max(0.0, need - capacity)


def test_batches_may_be_an_array():
    needed = storage(model("resnet50"), "fp32", np.array([1, 1000, 100_000]))
    short = fit(needed, hardware("t4")).memory_short
    assert (short > 0).tolist() == [False, False, True]
    assert np.all(short >= 0)


def _device(**facts):
    from dataclasses import replace

    return replace(hardware("t4"), **facts)
