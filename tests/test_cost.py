"""The arithmetic of what grading costs, on figures that can be checked by head."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

PLACE = Path(__file__).parents[1] / "benchmarks" / "cost.py"


def timing(step, who, items, cpu_s):
    return {"step": step, "who": who, "items": items, "cpu_s": cpu_s, "wall_s": 99.0, "runs": 3}


FIGURES = [
    timing("start", "nbgrader", 1, 3.0),
    timing("grade", "autograder", 10, 2.0),
    timing("grade (again)", "autograder", 10, 1.0),
    timing("feedback", "autograder", 10, 0.5),
    timing("grade", "nbgrader", 10, 30.0),
    timing("grade", "otter", 3, 36.0),
    timing("feedback", "floor", 10, 5.0),
]


@pytest.fixture
def cost(monkeypatch):
    spec = importlib.util.spec_from_file_location("cost", PLACE)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "cost", module)
    spec.loader.exec_module(module)
    return module


def test_an_attempt_is_graded_once_and_given_feedback_once(cost):
    assert cost.attempt_s(FIGURES, "autograder") == pytest.approx(0.25)
    assert cost.attempt_s(FIGURES, "nbgrader") == pytest.approx(3.0)
    assert cost.attempt_s(FIGURES, "otter") == pytest.approx(12.0)
    assert cost.attempt_s(FIGURES, "floor") is None


def test_core_hours_are_paid_for_idle_ones_too(cost):
    assert cost.core_hours(3600, 1.0) * cost.BUSY == pytest.approx(1.0)


def test_money_grows_with_learners_seconds_and_price_but_not_per_learner(cost):
    terms = cost.Terms(usd_per_core_hour=0.05)
    one, many = (cost.cost(learners, "x", 2.0, terms) for learners in (10, 1000))
    assert many.usd == pytest.approx(100 * one.usd)
    assert many.usd_per_learner == pytest.approx(one.usd_per_learner)
    assert cost.cost(10, "x", 6.0, terms).usd == pytest.approx(3 * one.usd)
    assert cost.cost(10, "x", 2.0, cost.Terms(0.10)).usd == pytest.approx(2 * one.usd)
    attempts = cost.ASSIGNMENTS * cost.ATTEMPTS
    assert one.usd_per_learner == pytest.approx(attempts * 2.0 / 3600 / cost.BUSY * 0.05)


def test_machines_do_the_last_day_in_the_hours_there_are(cost):
    terms = cost.Terms(cores=10, hours=2.0)
    needs = cost.cost(100_000, "x", 7.2, terms)
    core_hours = 100_000 * cost.ATTEMPTS * cost.LAST_DAY * 7.2 / 3600 / cost.BUSY
    assert (needs.machines - 1) * 20 < core_hours <= needs.machines * 20
    assert cost.cost(1, "x", 0.01, terms).machines == 1


def test_the_table_has_a_row_for_every_class_and_measured_program(cost, tmp_path):
    (tmp_path / "figures.json").write_text(json.dumps(FIGURES))
    run = CliRunner().invoke(cost.main, [str(tmp_path / "figures.json")])
    assert run.exit_code == 0, run.output
    rows = [line for line in run.output.splitlines() if line.startswith("|")][2:]
    assert len(rows) == 9
    assert rows[0].startswith("| 30 | autograder | 0.25 |")
    assert rows[-1].startswith("| 1,000,000 | otter | 12.00 |")


def test_figures_without_grading_are_refused(cost, tmp_path):
    (tmp_path / "figures.json").write_text(json.dumps(FIGURES[:1]))
    run = CliRunner().invoke(cost.main, [str(tmp_path / "figures.json")])
    assert (run.exit_code, "no row of the step 'grade'" in run.output) == (1, True)
