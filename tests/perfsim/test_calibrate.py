"""This machine as one more device: structure and consistency, never absolute times."""

import json

import pytest
from perfsim import PerfsimError, model, verdict
from perfsim.calibrate import Measured, calibrate, memory_bytes, timed


@pytest.fixture(scope="module")
def mine():
    return calibrate()


def test_this_machine_becomes_a_device_that_can_be_asked(mine):
    fp32_verdict = verdict(model("mlpt_kws"), mine.hardware, "fp32", deadline_s=10.0)
    assert fp32_verdict.limit == "nothing"
    assert mine.hardware.id == "mine"


def test_each_figure_has_seven_samples_and_their_spread(mine):
    assert set(mine.measured) == {"gemm_fp32", "gemm_int8", "copy", "dispatch"}
    assert {len(m.samples_s) for m in mine.measured.values()} == {7}
    assert all(m.iqr_s >= 0 and min(m.samples_s) > 0 for m in mine.measured.values())


def test_the_rates_are_those_of_the_samples(mine):
    device = mine.hardware
    assert device.peak["fp32"] == mine.measured["gemm_fp32"].rate
    assert device.bandwidth == mine.measured["copy"].rate
    assert mine.dispatch_s == pytest.approx(1 / mine.measured["dispatch"].rate)


def test_everything_can_be_written_down_as_json(mine):
    plain = json.loads(json.dumps(mine.plain(), allow_nan=False))
    assert plain["measured"]["copy"]["amount"] == 128e6
    assert plain["joules_method"] in (None, "rapl")


def test_a_disturbed_sample_does_not_move_the_median():
    quiet = Measured((1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 50.0), 2.0)
    assert (quiet.median_s, quiet.rate, quiet.iqr_s) == (1.0, 2.0, 0.0)


def test_the_first_call_warms_up_and_is_not_counted():
    calls = []
    measured = timed(lambda: calls.append(1), 1.0)
    assert (len(calls), len(measured.samples_s)) == (8, 7)


def test_fewer_than_seven_repeats_are_refused():
    with pytest.raises(PerfsimError, match="at least 7 repeats, not 3"):
        calibrate(repeats=3)


def test_the_memory_of_this_machine_is_more_than_this_test_uses():
    assert memory_bytes() > 50e6
