"""Time at least: two limits, an overhead, and the dtype the device really computes in."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import Infeasible, PerfsimError, UnknownFact, hardware, model
from perfsim.roofline import compute_dtype, ridge, roofline
from perfsim.work import Work, work

POSITIVE = st.floats(1e-3, 1e15)


def device(peak, bandwidth):
    return replace(hardware("t4"), peak={"fp32": peak}, fallback={}, bandwidth=bandwidth)


@given(ops=POSITIVE, moved=POSITIVE, peak=POSITIVE, bandwidth=POSITIVE)
def test_the_slower_of_computing_and_moving_decides(ops, moved, peak, bandwidth):
    time = roofline(Work(ops, moved, 0.0), device(peak, bandwidth))
    assert time.total_s == max(ops / peak, moved / bandwidth)
    assert time.limit == ("bandwidth" if moved / bandwidth > ops / peak else "compute")


@given(ops=POSITIVE, moved=POSITIVE, overhead=st.floats(0, 10))
def test_without_overlap_it_takes_longer_and_at_most_twice_as_long(ops, moved, overhead):
    workload = Work(ops, moved, 0.0)
    overlapped = roofline(workload, device(1e9, 1e9), overhead_s=overhead).total_s - overhead
    added = (
        roofline(workload, device(1e9, 1e9), combine="sum", overhead_s=overhead).total_s - overhead
    )
    assert overlapped <= added * (1 + 1e-9) + 1e-9
    assert added <= 2 * overlapped * (1 + 1e-9) + 1e-9


def test_the_limit_changes_at_the_ridge():
    h100 = hardware("h100_sxm")
    balance = ridge(h100, "fp16")
    assert balance == pytest.approx(989.5e12 / 3.35e12)
    assert roofline(Work(1.01 * balance, 1.0, 0.0), h100, "fp16").limit == "compute"
    assert roofline(Work(0.99 * balance, 1.0, 0.0), h100, "fp16").limit == "bandwidth"


def test_a_larger_batch_moves_a_network_from_bandwidth_to_compute():
    batches = np.array([1, 4, 16, 64, 256])
    time = roofline(
        work(model("vgg16"), "int8", batches), replace(hardware("t4"), bandwidth=60e9), "int8"
    )
    assert time.limit[0] == "bandwidth"
    assert time.limit[-1] == "compute"
    assert np.all(np.diff(time.total_s / batches) <= 0)


@given(batches=st.lists(st.integers(1, 10_000), min_size=1, max_size=20))
def test_an_array_of_batches_gives_what_each_batch_gives_alone(batches):
    resnet, t4 = model("resnet50"), hardware("t4")
    together = roofline(work(resnet, "int8", np.array(batches)), t4, "int8")
    alone = [roofline(work(resnet, "int8", b), t4, "int8") for b in batches]
    assert np.allclose(together.total_s, [time.total_s for time in alone], rtol=1e-12)
    assert together.limit.tolist() == [time.limit for time in alone]


def test_an_unknown_bandwidth_leaves_the_time_of_computing():
    time = roofline(work(model("mlpt_kws"), "int8"), hardware("nrf52840"), "int8", overhead_s=0.5)
    assert time.memory_s is None
    assert time.limit == "compute"
    assert time.total_s == 2 * 2_656_768 / 256e6 + 0.5


def test_half_the_efficiency_takes_twice_the_time():
    args = work(model("resnet50")), hardware("rpi4")
    assert roofline(*args, efficiency=0.5).total_s == 2 * roofline(*args).total_s


def test_a_dtype_without_hardware_falls_back_to_a_wider_one():
    assert compute_dtype(hardware("rpi4"), "fp16") == "fp32"
    assert compute_dtype(hardware("a100_sxm_80"), "fp4") == "fp16"
    assert roofline(work(model("resnet50"), "fp16"), hardware("rpi4"), "fp16").dtype == "fp32"


def test_a_narrow_dtype_computed_wide_still_moves_few_bytes():
    narrow = roofline(work(model("vgg16"), "fp8"), hardware("a100_sxm_80"), "fp8")
    wide = roofline(work(model("vgg16"), "fp16"), hardware("a100_sxm_80"), "fp16")
    assert narrow.memory_s == wide.memory_s / 2
    assert narrow.compute_s == wide.compute_s


def test_a_device_for_integers_only_refuses_floats():
    with pytest.raises(Infeasible, match=r"Coral.*cannot compute in fp16; it computes in int8\."):
        compute_dtype(hardware("coral_usb"), "fp16")


def test_a_rate_that_nobody_published_is_not_guessed():
    with pytest.raises(UnknownFact, match=r"fp32 rate of Nordic nRF52840.*measure it"):
        compute_dtype(hardware("nrf52840"), "fp32")


def test_a_fallback_that_is_not_wider_is_refused():
    odd = replace(hardware("t4"), peak={"fp32": 1.0}, fallback={"int8": "fp4", "fp4": "fp32"})
    with pytest.raises(PerfsimError, match="must be wider"):
        compute_dtype(odd, "int8")


def test_another_way_to_combine_is_refused():
    with pytest.raises(PerfsimError, match="'max' or 'sum'"):
        roofline(Work(1.0, 1.0, 0.0), hardware("t4"), combine="mean")


def test_twice_the_peak_never_makes_it_slower():
    fast = device(2e12, 1e9)
    rates = [
        math.fsum([roofline(Work(o, 1e9, 0.0), d).total_s])
        for o in (1e9, 1e13)
        for d in (fast, device(1e12, 1e9))
    ]
    assert rates[0] <= rates[1]
    assert rates[2] == rates[3] / 2
