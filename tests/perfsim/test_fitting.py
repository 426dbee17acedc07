"""Constants from declared rows: the fit finds what was put in, and the stored ones are its own."""

import json
from types import MappingProxyType, SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from perfsim import hardware, hardware_ids
from perfsim.errors import PerfsimError, UnknownFact
from perfsim.published.fitting import (
    CONSTANTS,
    COUNTED,
    constants,
    fit,
    fit_all,
    fit_sets,
    package_rows,
    robust_fit,
)
from perfsim.published.language import vendor_of
from perfsim.published.software import reached_by
from perfsim.published.terms import Terms, factor

FACTORS = st.lists(st.floats(0.01, 100), min_size=3, max_size=3)


def test_the_stored_constants_are_what_the_fit_sets_give():
    stored = json.loads(CONSTANTS.read_text(encoding="utf-8"))["constants"]
    fitted = {name: values for name, values in fit_all(package_rows()).items() if name != COUNTED}
    assert list(fitted) == list(stored) == [fit_set.setup for fit_set in fit_sets()]
    for name, values in stored.items():
        assert fitted[name] == pytest.approx(values, rel=2e-3, abs=1e-12), name


def test_every_fit_set_holds_rows_and_at_most_three_models_serve_a_software():
    rows = package_rows()
    assert all(any(fit_set.holds(row) for row in rows) for fit_set in fit_sets())
    serving = [fit_set for fit_set in fit_sets() if fit_set.setup.startswith("serving")]
    models = [{row.model_id for row in rows if fit_set.holds(row)} for fit_set in serving]
    assert [len(names) for names in models] == [3, 3, 3]
    assert {len(fit_set.names) for fit_set in serving} <= {2, 3, 4, 5}


@settings(max_examples=30)
@given(factors=FACTORS)
def test_a_fit_finds_the_factors_that_made_the_costs(factors):
    table = [[1.0, 2.0, 0.1], [3.0, 0.5, 1.0], [0.2, 1.0, 5.0], [1.0, 1.0, 1.0]]
    costs = [sum(a * f for a, f in zip(row, factors, strict=True)) for row in table]
    assert robust_fit(table, costs) == pytest.approx(factors, rel=1e-3)


def test_no_factor_is_negative_where_least_squares_would_make_it_so():
    assert robust_fit([[1.0, 1.0], [1.0, 2.0]], [2.0, 1.0])[1] == 0


def test_one_wild_row_does_not_move_the_factor_of_many():
    assert robust_fit([[1.0]] * 9, [2.0] * 8 + [50.0]) == pytest.approx([2.0], rel=0.02)


def test_a_family_that_nobody_measured_costs_the_mean_of_its_kind():
    factors = MappingProxyType({"compute": 2.0, "memory a": 1.0, "memory b": 3.0})
    assert factor("memory a", factors) == 1.0
    assert factor("memory c", factors) == 2.0
    assert factor("compute a", factors) == 2.0
    assert factor("link", factors) == 0.0
    assert factor("link", factors, sheet=("link",)) == 1.0
    assert factor("memory a", {"memory a": 0.5}, sheet=("memory",)) == 1.0


def test_terms_are_a_sum_and_a_rate_is_its_inverse():
    terms = Terms("g", ("s",), {"compute": 2.0, "call": 1.0}, scale=10.0, is_rate=True)
    constants = {"s": {"compute": 1.5, "call": 2.0}}
    assert terms.predict(constants) == 10 / 5
    assert terms.cost_of(terms.value_of(7.0)) == pytest.approx(7.0)


def test_no_prediction_is_below_what_physics_allows():
    terms = Terms("g", ("s",), {"compute": 1.0}, floor=5.0)
    assert terms.predict({"s": {"compute": 1.0}}) == 5.0


def test_software_without_constants_asks_for_a_calibration_model():
    terms = Terms("g", ("serving with x on y",), {"compute": 1.0})
    with pytest.raises(UnknownFact, match="constants for serving with x on y: one calibration"):
        terms.predict(constants())


def test_vendors_are_found_in_names_and_never_guessed():
    assert [vendor_of(hardware(d)) for d in ("h100_sxm", "mi300x", "tpu_v4", "rtx4090")] == [
        "nvidia",
        "amd",
        "google",
        "nvidia",
    ]
    boards = [*hardware_ids("mcu"), "rpi4", "rpi5"]
    assert {vendor_of(hardware(board)) for board in boards} == {"an unknown vendor"}


def test_a_measured_software_reaches_less_than_the_data_sheet():
    reached = reached_by("vllm", hardware("h100_sxm"))
    assert 0.5 < reached.compute <= 1
    assert 0.5 < reached.memory < 1
    assert reached.layer_s > 0
    with pytest.raises(PerfsimError, match="no measured software 'tensorrt_llm on amd'"):
        reached_by("tensorrt_llm", hardware("mi300x"))


def test_what_the_data_sheet_demands_is_in_every_cost_of_a_fit():
    terms = [Terms("g", ("s",), {"link": n, "layer": 1.0}, sheet=("link",)) for n in (1.0, 3.0)]
    rows = [SimpleNamespace(value=cost) for cost in (1.5, 3.5)]
    pairs = list(zip(terms, rows, strict=True))
    assert fit(["layer"], pairs) == {"layer": 0.5}
    assert fit(["link", "layer"], pairs) == {"link": 1.0, "layer": 0.5}
    assert terms[1].cost({"s": {"layer": 0.5}}) == 3.5
