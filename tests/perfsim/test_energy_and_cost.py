"""Joules carry the method that gave them, and money is proportional to time."""

import pytest
from perfsim import PerfsimError, hardware, model
from perfsim.cost import usd_per_thousand
from perfsim.energy import Energy, bounds, energy, floor_j, power_w
from perfsim.roofline import roofline
from perfsim.work import Work, work


def test_power_lies_between_idle_and_full():
    pi = hardware("rpi5")
    assert power_w(pi, 0.0) == 3.3
    assert power_w(pi, 1.0) == 9.8
    assert power_w(pi, 0.5) == pytest.approx(6.55)


def test_an_unknown_idle_power_makes_an_upper_bound():
    bound = energy(work(model("resnet50")), hardware("t4"), 0.01, "fp32")
    assert (bound.joules, bound.method) == (pytest.approx(0.7), "model")
    assert "at most" in bound.meaning
    assert bound.bound == "ceiling"


def test_without_a_known_power_only_arithmetic_and_movement_are_counted():
    floor = energy(work(model("mlpt_kws"), "int8"), hardware("nrf52840"), 0.02, "int8")
    assert floor.joules == pytest.approx(1e-12 * (2_656_768 * 0.23 + (22_600 + 144_800) * 1.25))
    assert floor.meaning == "arithmetic and data movement alone"
    assert floor.bound == "floor"


def test_the_figures_are_those_of_the_paper():
    mac, byte = Work(2.0, 0.0, 0.0), Work(0.0, 8.0, 0.0)
    assert floor_j(mac, hardware("t4"), "fp32") == pytest.approx(4.6e-12)
    assert floor_j(mac, hardware("t4"), "int8") == pytest.approx(0.23e-12)
    assert floor_j(byte, hardware("t4"), "fp32") == pytest.approx(1300e-12)
    assert floor_j(byte, hardware("nrf52840"), "int8") == pytest.approx(10e-12)


def test_a_method_that_is_none_is_refused():
    with pytest.raises(PerfsimError, match="rapl, nvml, usb-meter, battery, model"):
        Energy(1.0, "guess", "")


def test_a_bound_that_is_none_is_refused():
    with pytest.raises(PerfsimError, match="floor, estimate, ceiling"):
        Energy(1.0, "model", "", "roof")


def test_floor_and_ceiling_are_labelled_and_stand_in_order():
    for name in ("resnet50", "vgg16", "mobilenet_v2"):
        workload, t4 = work(model(name), "int8", 64), hardware("t4")
        floor, ceiling = bounds(workload, t4, roofline(workload, t4, "int8").total_s, "int8")
        assert (floor.bound, ceiling.bound) == ("floor", "ceiling")
        assert 0 < floor.joules < ceiling.joules
        assert floor.joules < floor_j(workload, t4, "int8")


def test_an_unknown_power_has_no_ceiling():
    assert bounds(work(model("mlpt_kws")), hardware("rp2040"), 1.0, "fp32")[1] is None


def test_a_thousand_inferences_cost_a_thousand_times_their_seconds():
    assert usd_per_thousand(hardware("h100_sxm"), 3.6) == pytest.approx(2.95)
    assert usd_per_thousand(hardware("h100_sxm"), 3.6, batch=10) == pytest.approx(0.295)


def test_a_device_without_a_price_has_no_cost():
    assert usd_per_thousand(hardware("t4"), 1.0) is None
