"""Predictions beside published rows: the declared bounds hold, and nothing is left unsaid."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from perfsim import catalog, hardware, model
from perfsim.catalog import DATA
from perfsim.errors import PerfsimError
from perfsim.published.express import express
from perfsim.published.fitting import fit_all, fit_sets, package_rows
from perfsim.published.leave_out import leave_out
from perfsim.published.page import GUIDE, PAGE, PICTURE, page, stored_left_out
from perfsim.published.report import DOMAINS, not_drawn, picture, plain, reasons
from perfsim.published.rows import read_published
from perfsim.published.software import reached_by
from perfsim.published.validation import validate
from perfsim.serving import answer

ROWS = tuple(package_rows())
VALIDATION = validate(ROWS)
BY_DOMAIN = MappingProxyType({s.group: s for s in VALIDATION.domains()})


@pytest.mark.parametrize("domain", ["inference", "tiny", "training"])
def test_held_out_measurements_are_predicted_within_the_target(domain):
    summary = BY_DOMAIN[domain]
    assert summary.share >= 0.85
    assert summary.held_out >= 30
    assert summary.median <= 0.15
    assert summary.mean <= 0.22


def test_held_out_models_are_served_within_the_target():
    summary = BY_DOMAIN["serving"]
    assert summary.share == 1
    assert summary.held_out > 600
    assert summary.median <= 0.12
    assert summary.mean <= 0.20


def test_a_device_that_nobody_fitted_is_served_within_the_target():
    left = [e for e in stored_left_out()["device"] if e.domain == "serving" and e.predicted]
    devices = ("a100_sxm_40", "h100_sxm")
    assert {e.name for e in left} == {*devices, *(f"{name}, unseen models" for name in devices)}
    assert max(e.median for e in left) <= 0.12
    assert max(e.mean for e in left) <= 0.20


def test_what_is_stored_about_a_left_out_device_is_what_comes_out_now():
    rows = [row for row in ROWS if row.domain == "tiny"]
    now = {e.name: e for e in leave_out(rows, "device") if e.domain == "tiny"}
    stored = {e.name: e for e in stored_left_out()["device"] if e.domain == "tiny"}
    assert now == stored


def test_every_row_is_predicted_or_left_aside_with_a_reason():
    row_ids = [p.row.id for p in VALIDATION.predictions] + [
        u.row.id for u in VALIDATION.unexpressed
    ]
    assert sorted(row_ids) == sorted(row.id for row in ROWS)
    assert all(len(u.reason) > 30 for u in VALIDATION.unexpressed)
    assert all(p.predicted > 0 for p in VALIDATION.predictions)
    assert sum(map(len, reasons(VALIDATION).values())) == len(VALIDATION.unexpressed)


def test_a_fitted_row_is_never_counted_as_held_out():
    fitted = {row.id for row in ROWS for fit_set in fit_sets() if fit_set.holds(row)}
    assert not fitted & {p.row.id for p in VALIDATION.held_out}
    spotting = {p.row.id for p in VALIDATION.predictions if p.row.model_id == "mlpt_kws"}
    assert not spotting & {p.row.id for p in VALIDATION.held_out}


def test_no_published_row_contradicts_physics():
    assert [p.row.id for p in VALIDATION.impossible] == []


def served(**changes):
    row = next(r for r in ROWS if r.id == "s0000")
    return replace(row, id="x", **changes)


def test_a_run_faster_than_its_weights_can_be_read_is_named_with_the_reason():
    validation = validate([served(value=0.01)])
    (impossible,) = validation.impossible
    assert "times better than physics" in impossible.impossible
    assert "weights" in impossible.impossible
    assert validation.held_out == []


def test_a_network_faster_than_the_peak_is_named_with_the_reason():
    row = next(r for r in ROWS if r.id == "m0094")
    (impossible,) = validate([replace(row, value=row.value * 10)]).impossible
    assert "operations at the peak" in impossible.impossible


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"hardware_id": "h100"}, r"no device 'h100'.*h100_sxm.*--hardware"),
        ({"model_id": "llama2"}, r"no model 'llama2'.*llama2_7b.*--models"),
        ({"model_id": "llama2_70b"}, r"does not fit: its weights need 138\.0 GB"),
        ({"devices": 3}, r"32 heads, which 3 devices cannot share evenly"),
        ({"software": "new_engine"}, r"no constants for serving with new_engine on nvidia: one"),
        ({"batch": None}, r"batch, isl and osl are needed"),
        ({"metric": "throughput", "unit": "ms"}, r"unit of a throughput.*'tokens/s', not 'ms'"),
    ],
)
def test_a_row_that_cannot_be_expressed_says_why(changes, reason):
    (left,) = validate([served(**changes)]).unexpressed
    assert pytest.raises(PerfsimError, match=reason).matches(PerfsimError(left.reason))


def test_one_calibration_model_gives_a_new_software_its_constants():
    rows = [replace(r, software="new_engine") for r in ROWS if r.domain == "serving"]
    rows = [r for r in rows if r.hardware_id == "h100_sxm"]
    assert validate(rows).predictions == []
    validation = validate(rows, calibrate_on="llama2_7b")
    assert validation.unexpressed == []
    assert {p.row.model_id for p in validation.predictions if p.fitted} == {"llama2_7b"}
    assert validation.domains()[0].median < 0.25


def test_a_calibration_model_that_is_not_in_the_file_is_refused():
    with pytest.raises(PerfsimError, match="no model in the file 'gpt5'"):
        validate([served()], calibrate_on="gpt5")


def test_a_new_device_is_predicted_from_its_data_sheet():
    sheet = {"id": "h100_twice", "name": "NVIDIA H100 twice", "class": "cloud_gpu", "mem_gb": "80"}
    sheet |= {"fp16_bf16_tflops": "1979", "mem_bw_gbs": "6700"}
    extended_catalog = catalog.catalog().extended([sheet], [])
    twice, once = (
        validate([served(hardware_id=name)], extended_catalog).predictions[0].predicted
        for name in ("h100_twice", "h100_sxm")
    )
    assert once / 2 < twice < once


def test_a_new_board_is_calibrated_by_its_keyword_spotting_alone():
    rows = [
        replace(r, hardware="NEW", value=3 * r.value) for r in ROWS if r.hardware == "DISCO_F746NG"
    ]
    validation = validate(rows)
    assert len(validation.held_out) == 3
    assert max(p.error for p in validation.held_out) < 0.2


def test_more_work_is_never_predicted_to_take_less_time():
    row = served()
    times = [
        validate([replace(row, batch=batch, prompt=128 * batch)]).predictions[0].predicted
        for batch in (1, 2, 8, 32)
    ]
    assert times == sorted(times)


def test_without_a_device_the_other_fit_sets_stand():
    other_rows = [row for row in ROWS if row.hardware_id != "mi300x"]
    fitted = fit_all(other_rows)
    assert "serving with vllm on amd" not in fitted
    assert "serving with vllm on nvidia" in fitted


def test_the_report_is_plain_and_complete():
    report = plain(VALIDATION)
    assert [d["group"] for d in report["domains"]][:3] == ["inference", "tiny", "training"]
    assert len(report["rows"]) == len(VALIDATION.predictions)
    assert set(report["rows"][0]) >= {"id", "predicted", "measured", "ratio", "fitted"}
    assert report["contradict_physics"] == []


def test_the_page_and_its_picture_are_what_would_be_written_now():
    assert (GUIDE / PAGE).read_text(encoding="utf-8") == page(VALIDATION, stored_left_out())
    assert (GUIDE / PICTURE).read_text(encoding="utf-8") == picture(VALIDATION)


def test_the_golden_table_of_domains():
    table = {s.group: (s.rows, s.expressed, s.held_out) for s in BY_DOMAIN.values()}
    assert {name: table[name] for name in DOMAINS} == {
        "inference": (245, 228, 142),
        "tiny": (106, 103, 64),
        "training": (59, 58, 36),
        "serving": (1299, 1299, 659),
    }


def test_the_package_reads_its_own_files():
    assert len(read_published(DATA / "llm_serving.csv")) == 1299


def test_the_unit_of_a_row_does_not_change_what_is_predicted():
    row = next(r for r in ROWS if r.id == "m0110")
    predictions = validate(
        [row, replace(row, id="x", unit="us", value=1e3 * row.value)]
    ).predictions
    assert predictions[0].ratio == pytest.approx(predictions[1].ratio)
    (left,) = validate([replace(row, unit="fortnights")]).unexpressed
    assert "unit 'fortnights' is not one of us, ms, s, min, h" in left.reason


def test_the_first_token_and_a_later_one_make_up_the_whole_latency():
    rows = [served(metric="ttft"), served(metric="itl"), served()]
    first, later, latency = (p.predicted for p in validate(rows).predictions)
    assert first + 128 * later == pytest.approx(latency)


def test_what_is_assumed_about_a_row_is_said():
    notes = {p.row.id: p.notes for p in VALIDATION.predictions}
    assert notes["m0119"] == ("the row names no type of numbers: int8 is assumed",)
    assert "the reference implementation computes in fp32" in notes["m0118"][0]
    assert notes["m0057"] == (
        "the row names no type of numbers: fp8 is assumed",
        "NVIDIA Jetson AGX Orin 64GB computes fp8 in fp16",
    )


def test_a_row_costs_what_an_answer_costs_except_below_the_floor_of_physics():
    served_rows = [p for p in VALIDATION.predictions if p.row.domain == "serving"][::7]
    for prediction in served_rows:
        row, device = prediction.row, hardware(prediction.row.hardware_id)
        reached = reached_by(row.software, device)
        counts = (row.batch, row.prompt, row.reply, row.devices)
        answer_cost = answer(model(row.model_id), device, *counts, reached=reached)
        assert row.metric == "latency"
        terms = express(row, catalog.catalog(), VALIDATION.constants)
        assert prediction.predicted == pytest.approx(max(answer_cost.total_s, terms.floor)), row.id


def test_a_calibrating_row_that_cannot_be_expressed_is_named_and_the_others_count():
    rows = [replace(r, software="new_engine") for r in ROWS if r.domain == "serving"]
    rows = [r for r in rows if r.hardware_id == "h100_sxm"]
    calibrating_row = next(r for r in rows if r.model_id == "llama2_7b")
    rows.append(replace(calibrating_row, id="lost", hardware_id="h1000"))
    validation = validate(rows, calibrate_on="llama2_7b")
    assert [u.row.id for u in validation.unexpressed] == ["lost"]


def test_a_row_without_a_software_says_what_is_missing():
    (left,) = validate([served(software="")]).unexpressed
    assert left.reason == "the software is not named: its constants are needed, as of 'vllm'."


def test_a_picture_without_a_held_out_row_is_a_sentence():
    with pytest.raises(PerfsimError, match="there is nothing to draw"):
        picture(validate([served(value=0.01)]))


def test_rows_that_the_picture_leaves_out_are_counted_by_their_unit():
    units = not_drawn(VALIDATION)
    assert "s" not in units
    dots = picture(VALIDATION).count('r="2.5"')
    assert dots + sum(units.values()) == sum(p.row.domain in DOMAINS for p in VALIDATION.held_out)


def test_unseen_models_are_counted_without_the_seen_ones():
    rows = [row for row in ROWS if row.domain == "serving" and row.hardware_id == "mi300x"]
    all_models, unseen = leave_out(rows, "device")
    assert (all_models.name, all_models.rows) == ("mi300x", 509)
    assert (unseen.name, unseen.rows) == ("mi300x, unseen models", 240)
