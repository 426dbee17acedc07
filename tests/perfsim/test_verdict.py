"""What stops it: the first question that is answered with no."""

from perfsim import hardware, hardware_ids, model, model_ids, verdict
from perfsim.verdict import LIMITS


def limit(network, device, dtype="int8", deadline_s=0.1):
    return verdict(model(network), hardware(device), dtype, deadline_s).limit


def test_one_network_is_stopped_by_something_else_on_each_device():
    assert limit("resnet50", "h100_sxm") == "nothing"
    assert limit("resnet50", "rpi4", "fp32") == "compute"
    assert limit("resnet50", "nrf52840") == "memory"
    assert limit("resnet50", "coral_usb", "fp32") == "dtype"
    assert limit("resnet50", "pixel8") == "unknown"
    assert limit("llama2_70b", "h200_sxm", "int8", 0.01) == "bandwidth"


def test_a_network_made_for_a_microcontroller_runs_on_one():
    assert limit("mlpt_vww", "nrf52840") == "nothing"
    assert limit("mlpt_vww", "stm32g0b1") == "compute"


def test_the_sentence_names_the_missing_bytes():
    sentence = verdict(model("resnet50"), hardware("nrf52840"), "int8").sentence
    assert sentence == "out of flash: 24 508 424 bytes are missing of 25 557 000."


def test_missing_memory_is_certain_even_where_the_rate_is_unknown():
    assert limit("llama2_70b", "pixel8") == "memory"


def test_unknown_activations_leave_it_open_whether_it_fits():
    int8_verdict = verdict(model("squeezenet1_1"), hardware("t4"), "int8")
    assert (int8_verdict.limit, "may or may not fit" in int8_verdict.sentence) == ("unknown", True)


def test_without_a_deadline_only_fitting_and_computing_count():
    assert verdict(model("vgg16"), hardware("rpi4")).limit == "nothing"


def test_every_pair_has_one_of_the_limits_and_a_sentence():
    pairs = [
        verdict(model(m), hardware(d), dtype, 0.1)
        for m in model_ids()
        for d in hardware_ids()
        for dtype in ("fp32", "fp16", "int8")
    ]
    assert {v.limit for v in pairs} == set(LIMITS)
    assert [v for v in pairs if len(v.sentence) < 20] == []
