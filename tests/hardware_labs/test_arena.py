"""The arena: no two values overlap while both are needed, and little is wasted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_networks import chain, residual

from hardware_labs.models.arena import Buffer, by_size, by_time, lifetimes, place, plan_arena
from hardware_labs.models.mlperf_tiny import mlperf_tiny
from hardware_labs.models.network import digits_model


def buffer(value: int, size_bytes: int, first: int, length: int) -> Buffer:
    return Buffer(value, size_bytes, first, first + length)


BUFFERS = st.lists(
    st.builds(buffer, st.just(1), st.integers(1, 200), st.integers(0, 12), st.integers(0, 6)),
    max_size=14,
).map(tuple)


def overlaps(plan) -> list[tuple[Buffer, Buffer]]:
    parts = list(zip(plan.offsets, plan.buffers, strict=True))
    return [
        (a, b)
        for k, (at, a) in enumerate(parts)
        for other, b in parts[:k]
        if a.meets(b) and at < other + b.size_bytes and other < at + a.size_bytes
    ]


@given(BUFFERS, st.sampled_from([by_size, by_time]))
def test_buffers_that_meet_never_overlap_and_the_arena_is_between_bound_and_sum(buffers, order):
    plan = place(buffers, order(buffers))
    assert overlaps(plan) == []
    assert plan.lower_bound_bytes <= plan.peak_bytes <= plan.sum_bytes


@given(BUFFERS)
def test_the_lower_bound_is_the_fullest_step(buffers):
    fullest = max(
        (
            sum(b.size_bytes for b in buffers if b.first_step <= step <= b.last_step)
            for step in range(20)
        ),
        default=0,
    )
    assert place(buffers).lower_bound_bytes == fullest


def test_buffers_that_do_not_meet_share_a_place():
    first, second = Buffer(1, 100, 0, 1), Buffer(2, 100, 2, 3)
    assert place((first, second)).offsets == (0, 0)


@pytest.mark.parametrize("network", [digits_model(), chain(), residual()], ids=lambda n: n.name)
def test_a_value_lives_from_the_step_that_makes_it_to_the_last_that_reads_it(network):
    for life in lifetimes(network):
        readers = [k for k, read in enumerate(network.sources) if life.value in read]
        is_output = life.value == len(network.layers)
        assert life.first_step == life.value - 1
        assert life.last_step == (len(network.layers) if is_output else readers[-1])


def test_a_residual_keeps_its_first_value_until_the_addition():
    block = next(life for life in lifetimes(residual()) if life.value == 2)
    assert (block.first_step, block.last_step) == (1, 3)


@pytest.mark.parametrize(
    "model_id, peak_bytes",
    [("kws01", 16_000), ("vww01", 55_296), ("ad01", 768), ("ic01", 49_152), ("sww01", 6_656)],
)
def test_the_arenas_of_the_five_models_reach_the_lower_bound(model_id, peak_bytes):
    plan = plan_arena(mlperf_tiny(model_id))
    assert overlaps(plan) == []
    assert plan.peak_bytes == plan.lower_bound_bytes == peak_bytes


def test_by_size_alone_wastes_an_eighth_of_the_arena_of_visual_wake_words():
    buffers = lifetimes(mlperf_tiny("vww01"))
    assert place(buffers, by_size(buffers)).peak_bytes == 64_512
