"""Carbon of published trainings, and the time and energy of asking another machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import PerfsimError
from perfsim.carbon import carbon_kg, embodied_kg, energy_kwh, water_l
from perfsim.network import RADIO_J_PER_MB, fibre_s, radio_j, request_s, transfer_s


def test_llama_2_emits_what_its_model_card_says():
    kwh = energy_kwh(184_320, 400)
    assert carbon_kg(kwh, 0.4235) == pytest.approx(31_220, rel=0.001)


def test_a_building_takes_its_part_on_top():
    assert energy_kwh(10, 1000, pue=1.5) == 15
    with pytest.raises(PerfsimError, match=r"at least 1, not 0\.5"):
        energy_kwh(10, 1000, pue=0.5)


def test_a_whole_life_of_runs_embodies_the_whole_device():
    assert embodied_kg(35_040, 150, 35_040) == 150
    assert water_l(100, 1.8) == pytest.approx(180)


def test_light_needs_five_microseconds_for_a_kilometre_of_fibre():
    assert fibre_s(1000, detour=1) == pytest.approx(4.9e-6, rel=0.01)


def test_a_megabyte_has_eight_megabits():
    assert transfer_s(1e6, 8e6) == 1


@given(sent_bytes=st.floats(0, 1e9), received_bytes=st.floats(0, 1e9), far=st.floats(0, 2e7))
def test_a_request_waits_for_both_transfers_and_for_light_twice(sent_bytes, received_bytes, far):
    total_s = request_s(sent_bytes, received_bytes, 1e6, 1e7, far)
    parts = transfer_s(sent_bytes, 1e6) + transfer_s(received_bytes, 1e7) + 2 * fibre_s(far)
    assert total_s == pytest.approx(parts)


def test_a_radio_pays_by_the_megabyte():
    assert radio_j(2e6, RADIO_J_PER_MB["wifi"]) == 2 * RADIO_J_PER_MB["wifi"]
    assert RADIO_J_PER_MB["wifi"] < RADIO_J_PER_MB["4g"]
