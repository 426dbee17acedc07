"""Devices and models as data: units, unknowns, and names that are nearly right."""

import dataclasses

import pytest
from perfsim import PerfsimError, catalog, hardware, hardware_ids, model, model_ids


def test_a_data_sheet_becomes_si():
    h100 = hardware("h100_sxm")
    assert h100.memory_bytes == 80e9
    assert h100.bandwidth == 3.35e12
    assert h100.peak["fp32"] == 67e12
    assert h100.tdp_w == 700


def test_peaks_are_dense_not_the_doubled_ones_of_sparsity():
    assert hardware("h100_sxm").peak["int8"] == 1979e12
    assert hardware("orin_nano_8").peak["int8"] == 20e12


def test_the_memory_of_a_microcontroller_is_counted_in_kibibytes():
    board = hardware("nrf52840")
    assert board.memory_bytes == 262_144
    assert board.flash_bytes == 1_048_576
    assert board.peak == {"int8": 64e6 * 2 * 2}


def test_an_empty_cell_is_unknown():
    pixel = hardware("pixel8")
    assert pixel.peak == {}
    assert pixel.bandwidth is None
    assert model("dlrm_v2").params is None


def test_an_unknown_device_names_the_nearest():
    with pytest.raises(PerfsimError, match=r"no device 'h100'. Nearest: .*h100_sxm"):
        hardware("h100")


def test_an_unknown_model_names_the_nearest():
    with pytest.raises(PerfsimError, match=r"no model 'resnet'. Nearest: .*resnet50"):
        model("resnet")


def test_every_row_has_a_source_and_a_confidence():
    devices = [row["id"] for row in catalog.rows("hardware") if not row["confidence"]]
    models = [row["id"] for row in catalog.rows("models") if not row["confidence"]]
    unsourced = [row for row in catalog.rows("dtypes") if not (row["source"] and row["confidence"])]
    assert (devices, models, unsourced) == ([], [], [])


def test_ids_are_distinct_and_every_row_loads():
    assert len(set(hardware_ids())) == len(hardware_ids()) == 54
    assert len(set(model_ids())) == len(model_ids()) == 46
    assert [hardware(name).id for name in hardware_ids()] == hardware_ids()
    assert [model(name).id for name in model_ids()] == model_ids()


def test_ids_can_be_asked_for_by_kind():
    assert "rp2040" in hardware_ids("mcu")
    assert "h100_sxm" not in hardware_ids("mcu")
    assert model_ids("tiny") == ["mlpt_kws", "mlpt_vww", "mlpt_ic", "mlpt_ad", "mlpt_sww"]


def test_every_declared_fallback_is_wider_and_leads_to_an_end():
    size = {"fp32": 4, "tf32": 4, "fp16": 2, "fp8": 1, "int8": 1, "fp4": 0.5, None: 9}
    rows = [hardware(row["hardware_id"]).fallback for row in catalog.rows("dtypes")]
    steps = [(size[a], size[b]) for row in rows for a, b in row.items()]
    assert [step for step in steps if step[1] < step[0]] == []


def test_no_device_both_computes_in_a_dtype_and_falls_back_from_it():
    devices = map(hardware, hardware_ids())
    assert [(d.id, t) for d in devices for t in d.fallback if t in d.peak] == []


def test_what_was_read_cannot_be_changed_in_place():
    with pytest.raises(TypeError):
        hardware("t4").peak["int8"] = 1.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        hardware("t4").tdp_w = 1.0


def test_a_device_can_be_changed_into_another_one():
    twice = dataclasses.replace(hardware("t4"), id="t4x2", bandwidth=640e9)
    assert twice.bandwidth == 640e9
    assert hardware("t4").bandwidth == 320e9


def test_facts_are_plain_and_belong_to_the_caller():
    facts = hardware("rpi4").facts()
    facts["peak"]["fp32"] = 1.0
    assert hardware("rpi4").facts()["peak"] == {"fp32": 4.8e10, "int8": 9.6e10}
    assert facts["fallback"] == {"fp16": "fp32"}


def test_multiply_accumulates_are_taken_from_operations_where_only_those_are_published():
    assert model("yolov8n").macs == 4.35e9


def test_more_rows_join_the_catalog_and_the_filled_cells_of_a_known_one_replace_its_own():
    more = [{"id": "new1", "name": "New", "class": "cloud_gpu", "mem_gb": "10"}]
    changed = [{"id": "t4", "mem_bw_gbs": "640", "mem_gb": ""}]
    extended = catalog.catalog().extended([*more, *changed], [])
    assert extended.hardware("new1").memory_bytes == 10e9
    assert extended.hardware("t4").bandwidth == 640e9
    assert extended.hardware("t4").memory_bytes == 16e9
    assert hardware("t4").bandwidth == 320e9


def test_a_mixture_of_experts_says_how_much_of_it_a_token_uses():
    mixtral = model("mixtral_8x7b")
    assert (mixtral.active_params, mixtral.experts, mixtral.active_experts) == (12.9e9, 8, 2)
    assert model("llama2_7b").active_params is None
