"""Devices that add up what they hold, and what more devices are worth: limits and monotony."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import PerfsimError
from perfsim.collectives import (
    exposed_s,
    ring_allreduce_s,
    ring_traffic_bytes,
    tree_allreduce_s,
    two_level_allreduce_s,
)
from perfsim.scaling import amdahl, bubble_share, gustafson, universal

SIZES, DEVICES = st.floats(1, 1e12), st.integers(1, 4096)
SHARES = st.floats(0, 1)


def test_one_device_has_nobody_to_send_to():
    assert ring_allreduce_s(1e9, 1, 1e9, 1e-6) == 0
    assert tree_allreduce_s(1e9, 1, 1e9, 1e-6) == 0
    assert bubble_share(1, 4) == 0


def test_a_ring_of_eight_sends_seven_quarters_of_a_gigabyte():
    assert ring_allreduce_s(1e9, 8, 100e9, 5e-6) == pytest.approx(14 * 5e-6 + 1.75e9 / 100e9)


@given(size=SIZES, devices=DEVICES)
def test_a_ring_never_sends_more_than_twice_the_message(size, devices):
    assert 0 <= ring_traffic_bytes(size, devices) < 2 * size


@given(devices=st.integers(5, 4096))
def test_a_tree_is_better_for_small_messages_and_a_ring_for_large_ones(devices):
    rate, latency = 100e9, 5e-6
    assert tree_allreduce_s(1, devices, rate, latency) < ring_allreduce_s(1, devices, rate, latency)
    large = 1e15
    assert tree_allreduce_s(large, devices, rate) > ring_allreduce_s(large, devices, rate)


@given(size=SIZES, nodes=st.integers(1, 64), inside=st.integers(1, 8))
def test_two_levels_of_one_rate_send_what_one_ring_sends(size, nodes, inside):
    two = two_level_allreduce_s(size, nodes, inside, 1e9, 1e9)
    assert two == pytest.approx(ring_allreduce_s(size, nodes * inside, 1e9))


@given(communication=SIZES, compute=SIZES, overlap=SHARES)
def test_what_is_hidden_and_what_is_exposed_make_up_the_communication(
    communication, compute, overlap
):
    left = exposed_s(communication, compute, overlap)
    assert left == pytest.approx(max(0, communication - overlap * compute))
    assert exposed_s(communication, compute, 0) == communication


def test_an_overlap_of_two_is_refused():
    with pytest.raises(PerfsimError, match="between 0 and 1, not 2"):
        exposed_s(1, 1, 2)


def test_no_devices_are_refused():
    with pytest.raises(PerfsimError, match="devices is at least 1, not 0"):
        ring_allreduce_s(1, 0, 1)


def test_the_bubble_is_the_published_one():
    assert bubble_share(8, 32) == pytest.approx(7 / 39)
    assert bubble_share(8, 32, chunks=4) == pytest.approx(7 / 135)


@given(stages=st.integers(1, 512), batches=st.integers(1, 512), chunks=st.integers(1, 8))
def test_more_micro_batches_and_chunks_make_a_smaller_bubble(stages, batches, chunks):
    bubble = bubble_share(stages, batches, chunks)
    assert 0 <= bubble < 1
    assert bubble_share(stages, batches + 1, chunks) <= bubble
    assert bubble_share(stages, batches, chunks + 1) <= bubble


@given(devices=DEVICES, serial=st.floats(1e-6, 1))
def test_amdahl_stops_at_the_serial_part_and_gustafson_does_not(devices, serial):
    assert 1 - 1e-9 <= amdahl(devices, serial) <= min(devices, 1 / serial) * (1 + 1e-9)
    assert amdahl(devices, serial) <= gustafson(devices, serial) * (1 + 1e-9)


def test_without_coherence_the_universal_law_is_that_of_amdahl():
    devices = np.array([1, 2, 64, 1000])
    assert np.allclose(universal(devices, 0.05, 0.0), amdahl(devices, 0.05))


def test_coherence_makes_more_devices_slower_in_the_end():
    speeds = universal(np.array([1, 10, 100, 1000]), 0.01, 0.001)
    assert speeds.argmax() == 1


def test_a_serial_part_above_one_is_refused():
    with pytest.raises(PerfsimError, match="share between 0 and 1"):
        amdahl(4, 1.5)
