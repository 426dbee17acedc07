"""A language model answers: counts by hand, limits, and what never may happen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import Infeasible, PerfsimError, UnknownFact, hardware, model, model_ids
from perfsim.passes import (
    decode,
    kv_token_bytes,
    passes,
    prefill,
    shares_table,
    weight_bytes,
)
from perfsim.serving import Efficiency, answer, concurrent, seconds

LLAMA, H100 = model("llama2_7b"), hardware("h100_sxm")
COUNTS = st.integers(1, 64)


def test_the_cache_of_a_token_is_half_a_mebibyte_for_llama_2():
    assert kv_token_bytes(LLAMA) == 512 * 1024
    assert kv_token_bytes(model("llama2_70b")) == 320 * 1024


def test_devices_share_the_heads_of_keys_until_each_has_one():
    grouped = model("llama3_8b")
    cached = [kv_token_bytes(grouped, devices) for devices in (1, 8, 16)]
    assert cached == [131072, 16384, 16384]


def test_devices_that_cannot_share_the_heads_are_told_so():
    with pytest.raises(Infeasible, match=r"28 heads, which 8 devices.*divides 28"):
        kv_token_bytes(model("qwen2_7b"), 8)


def test_a_token_costs_two_operations_a_parameter_and_attention():
    used = 6738e6 - 32000 * 4096
    assert decode(LLAMA, 1, 0).ops == 2 * used
    assert decode(LLAMA, 1, 1000).ops == 2 * used + 4 * 32 * 4096 * 1000
    assert prefill(LLAMA, 1, 1000).ops == pytest.approx(1000 * (2 * used + 4 * 32 * 4096 * 500))


def test_decode_reads_the_weights_once_and_the_cache_of_each_sequence():
    one, nine = (decode(LLAMA, batch, 100) for batch in (1, 9))
    assert nine.moved_bytes - one.moved_bytes == 8 * 100 * 512 * 1024
    assert one.moved_bytes < weight_bytes(LLAMA) + 100 * 512 * 1024


def test_two_tokens_touch_more_experts_than_one_and_many_touch_all():
    mixtral = model("mixtral_8x7b")
    read = [decode(mixtral, batch, 0).moved_bytes for batch in (1, 2, 1000)]
    table = 32000 * 4096
    assert read[0] == pytest.approx(2 * (12.9e9 - table))
    assert read[0] < read[1] < read[2]
    assert read[2] == pytest.approx(2 * (46703e6 - table))


@given(batch=COUNTS, tokens=COUNTS, devices=st.sampled_from([1, 2, 4, 8, 16, 32]))
def test_devices_share_all_operations_and_weights_and_nothing_is_lost(batch, tokens, devices):
    alone, shared = prefill(LLAMA, batch, tokens), prefill(LLAMA, batch, tokens, devices)
    assert shared.ops * devices == pytest.approx(alone.ops)
    assert shared.moved_bytes * devices == pytest.approx(alone.moved_bytes)
    cached = decode(LLAMA, batch, tokens, devices).moved_bytes * devices
    assert cached == pytest.approx(decode(LLAMA, batch, tokens).moved_bytes)


@given(batch=COUNTS, prompt=COUNTS, output_tokens=COUNTS, more=COUNTS)
def test_more_requests_or_tokens_never_take_less_time(batch, prompt, output_tokens, more):
    time = answer(LLAMA, H100, batch, prompt, output_tokens).total_s
    assert answer(LLAMA, H100, batch + more, prompt, output_tokens).total_s >= time
    assert answer(LLAMA, H100, batch, prompt + more, output_tokens).total_s >= time
    assert answer(LLAMA, H100, batch, prompt, output_tokens + more).total_s >= time


@given(share=st.floats(0.05, 1), seconds_each=st.floats(0, 1e-3))
def test_no_software_is_faster_than_the_data_sheet(share, seconds_each):
    reached = Efficiency(share, share, share, seconds_each, seconds_each, seconds_each)
    ideal = answer(LLAMA, H100, 4, 100, 10, devices=2)
    assert answer(LLAMA, H100, 4, 100, 10, devices=2, reached=reached).total_s >= ideal.total_s


def test_a_batch_that_does_not_fit_takes_several_turns():
    room = 0.9 * 80e9 - 2 * 6738e6
    most = room / (4096 * 512 * 1024)
    assert concurrent(LLAMA, H100, 4096) == pytest.approx(most)
    assert answer(LLAMA, H100, int(most), 2048, 2048).waves == 1
    assert answer(LLAMA, H100, int(most) + 1, 2048, 2048).waves == 2


def test_weights_that_do_not_fit_are_infeasible_and_more_devices_help():
    with pytest.raises(Infeasible, match=r"does not fit: its weights need 138\.0 GB"):
        answer(model("llama2_70b"), H100)
    assert answer(model("llama2_70b"), H100, devices=2).total_s > 0


def test_batches_may_be_an_array():
    batches = np.array([1, 2, 64, 500])
    together = answer(LLAMA, H100, batches, 100, 10).total_s
    alone = [answer(LLAMA, H100, int(b), 100, 10).total_s for b in batches]
    assert np.allclose(together, alone)


def test_a_weight_that_is_read_again_costs_its_bytes_again():
    _, step = passes(LLAMA, 8, 100, 10)
    often = seconds(step, H100, "fp16", Efficiency(reused=4))
    once = seconds(step, H100, "fp16", Efficiency())
    assert often - once == pytest.approx(8 / 4 * 2 * (6738e6 - 32000 * 4096) / 3.35e12)


def test_an_unknown_bandwidth_or_no_tokens_are_refused():
    with pytest.raises(UnknownFact, match="bandwidth of"):
        answer(LLAMA, replace(H100, bandwidth=None))
    with pytest.raises(PerfsimError, match="reply is a number above 0, not 0"):
        answer(LLAMA, H100, reply=0)


def test_int8_moves_half_of_the_bytes_of_fp16():
    assert decode(LLAMA, 1, 10, dtype="int8").moved_bytes * 2 == decode(LLAMA, 1, 10).moved_bytes


def test_a_sequence_whose_cache_does_not_fit_is_infeasible():
    with pytest.raises(Infeasible, match=r"1,000,010 tokens.*needs 524\.3 GB, and 58\.5 GB"):
        answer(LLAMA, H100, prompt=1_000_000, reply=10)


def test_an_array_with_a_sequence_that_does_not_fit_is_infeasible():
    with pytest.raises(Infeasible, match=r"one sequence of 1,000,000 tokens"):
        concurrent(LLAMA, H100, np.array([1000, 1_000_000]))


def test_several_devices_need_a_link_that_is_known():
    with pytest.raises(UnknownFact, match="link between several NVIDIA Jetson AGX Orin"):
        answer(LLAMA, hardware("orin_agx_64"), devices=2)
    with pytest.raises(UnknownFact, match="add link_gbs"):
        answer(LLAMA, replace(H100, link=None), np.array([1, 2]), devices=2)
    assert answer(LLAMA, hardware("orin_agx_64")).total_s > 0


def test_a_table_that_is_the_output_too_is_multiplied():
    gpt2, pythia = model("gpt2_small"), replace(model("gpt2_small"), params=163.04e6)
    assert decode(gpt2, 1, 0).ops == 2 * 124.44e6
    assert decode(pythia, 1, 0).ops == pytest.approx(2 * 124.44e6, rel=1e-3)
    shared = [name for name in model_ids("llm") if shares_table(model(name))]
    assert shared == ["gpt2_small", "gpt2_xl", "gpt3_175b", "bloom_176b"]


def test_a_model_whose_shape_tells_nothing_shares_no_table():
    assert not shares_table(model("palm_540b"))
    assert not shares_table(replace(model("gpt2_small"), ffn=None))
