"""Calibrate once, predict the rest: one measurement fixes the share of the roofline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from perfsim import hardware, hardware_ids, model
from perfsim.efficiency import CONVOLUTION_COST, FITTED_ON, ease, predict_s, reached
from perfsim.validate import expressible

TINY = ["mlpt_kws", "mlpt_vww", "mlpt_ic", "mlpt_ad"]
BOARDS = hardware_ids("mcu")


@given(
    name=st.sampled_from(TINY),
    board=st.sampled_from(BOARDS),
    seconds=st.floats(1e-6, 1e3),
    batch=st.integers(1, 9),
)
def test_a_model_that_was_measured_is_predicted_as_measured(name, board, seconds, batch):
    asked = model(name), hardware(board), "int8"
    share = reached(*asked, measured_s=seconds, batch=batch)
    assert predict_s(*asked, share=share, batch=batch) == pytest.approx(seconds)


@given(share=st.floats(0.01, 1.0), name=st.sampled_from(TINY))
def test_a_device_that_reaches_less_takes_longer(share, name):
    asked = model(name), hardware("nrf52840"), "int8"
    assert predict_s(*asked, share=share) >= predict_s(*asked, share=1.0) * (1 - 1e-12)


def test_the_constant_is_what_its_two_rows_say():
    rows = {row.id: row for row in expressible()}
    classified, spotted = (rows[name] for name in FITTED_ON)
    board = hardware(spotted.device)
    share = reached(model("mlpt_kws"), board, "int8", spotted.measured / 1e3)
    predicted_ms = 1e3 * predict_s(model("mlpt_ic"), board, "int8", share)
    assert predicted_ms == pytest.approx(classified.measured, rel=0.005)


def test_ordinary_convolutions_are_easier_and_unknown_layers_are_not_guessed():
    assert ease(model("mlpt_ad")) == 1.0
    assert 1.0 < ease(model("mlpt_kws")) < ease(model("mlpt_ic")) < 1 / CONVOLUTION_COST
    assert ease(model("resnet50")) == 1.0


def test_the_share_of_convolutions_follows_from_the_layers():
    first_layer = 25 * 5 * 64 * (10 * 4)
    assert model("mlpt_kws").conv_share * model("mlpt_kws").macs == pytest.approx(
        first_layer, rel=1e-3
    )
