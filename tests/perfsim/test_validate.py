"""Predictions beside published measurements: what is compared, and that fitting is declared."""

import numpy as np
from perfsim.efficiency import FITTED_ON
from perfsim.validate import FIT, error, expressible, held_out, validate


def test_the_bare_roofline_promises_more_than_any_device_delivers():
    rows = expressible()
    offline = [row.ratio for row in rows if row.group == "offline"]
    latency = [row.ratio for row in rows if row.group in ("single", "tiny")]
    assert min(offline) > 1
    assert max(latency) < 1


def test_offline_resnet_is_predicted_from_one_declared_row():
    held = [held for held in held_out(expressible()) if held.row.group == "offline"]
    assert "m0093" not in {h.row.id for h in held}
    assert len(held) == 9
    assert np.median([error(h.ratio) for h in held]) < 0.25


def test_one_latency_of_a_board_predicts_its_other_models():
    held = [held for held in held_out(expressible()) if held.row.group == "tiny"]
    assert {h.row.model for h in held} == {"mlpt_ad", "mlpt_ic", "mlpt_vww"}
    assert np.median([error(h.ratio) for h in held]) < 0.10
    assert np.mean([error(h.ratio) for h in held]) < 0.20


def test_one_energy_of_a_board_predicts_its_others_in_proportion_to_time():
    held = [held for held in held_out(expressible()) if held.row.group == "tiny energy"]
    assert len(held) == 17
    assert np.median([error(h.ratio) for h in held]) < 0.10


def test_each_setup_is_calibrated_by_one_row_alone():
    rows = [row for row in expressible() if row.model == "mlpt_kws"]
    assert len({(row.group, row.setup) for row in rows}) == len(rows)


def test_no_fitted_row_is_counted_as_held_out():
    rows = expressible()
    fitted = {row.id for row in rows if row.group in FIT} - {h.row.id for h in held_out(rows)}
    kws = {row.id for row in rows if row.model == "mlpt_kws"}
    assert fitted == {"m0093", *FITTED_ON} | kws


def test_arithmetic_alone_is_a_small_part_of_the_energy_of_a_board():
    energy = [row.ratio for row in expressible() if row.group == "tiny energy"]
    assert 0 < max(energy) < 0.01


def test_the_table_says_its_median_error():
    lines: list[str] = []
    rows = validate(lines.append)
    assert len(lines) == 1 + len(rows) + 4
    assert "held-out rows median" in lines[-2]
