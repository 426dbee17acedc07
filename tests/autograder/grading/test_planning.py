"""How often the reference runs until the plan of each of its tests is known."""

import pytest
from small_course import code, notebook, save, write_course

from autograder.grading.class_run import prepared
from autograder.grading.run_settings import Settings, choose_level
from autograder.sandbox import run_notebook
from autograder.sandbox.limits import Limits

SOLUTION = "### BEGIN SOLUTION\ndef double(x):\n    return x + x\n### END SOLUTION"
DRAW = "import os\nx = int.from_bytes(os.urandom(8), 'big')"  # the tester would draw another one
DOUBLED = "y = double(x)"
DOUBLED_TEST = "assert y == double(x)"
HIDDEN = f"assert double(2) == 4\n### BEGIN HIDDEN TESTS\n{DOUBLED_TEST}\n### END HIDDEN TESTS"
PAUSE = "import time\ntime.sleep(0.4)"


@pytest.fixture
def runs(monkeypatch):
    """The jobs of which the notebook was run."""
    jobs, run_once = [], run_notebook._run_once

    def run_and_note(pool, job, *arguments):
        jobs.append(job)
        return run_once(pool, job, *arguments)

    monkeypatch.setattr(run_notebook, "_run_once", run_and_note)
    return jobs


def plan_of(folder, before, after, test, limits):
    """The plan of the test cell `test`. before, after: given cells around the answer."""
    course = write_course(folder, proofs="")
    question = code("q", test, grade=True, locked=True, points=1)
    answer = code("s", SOLUTION, solution=True)
    given_cells = [[code(f"{k}{n}", text) for n, text in enumerate(part)]
                   for k, part in (("before", before), ("after", after))]  # fmt: skip
    path = course.source / "functions" / "functions.ipynb"
    save(path, notebook(*given_cells[0], answer, *given_cells[1], question))
    settings = Settings(limits)
    level = choose_level(settings)
    with prepared(course, course.assignment("functions"), settings, level) as (context, _pool):
        return context.plans["functions"]["q"]


def test_a_hidden_test_is_tried_with_other_scopes_within_one_run(tmp_path, runs):
    plan = plan_of(tmp_path, [DRAW], [DOUBLED], HIDDEN, Limits())
    assert plan.in_tester
    assert plan.at_end
    assert plan.scope["values"] == ()
    assert len(runs) == 1


def test_a_test_without_secrets_is_tried_in_another_run(tmp_path, runs):
    plan = plan_of(tmp_path, [DRAW], [DOUBLED], DOUBLED_TEST, Limits())
    assert plan.in_tester
    assert not plan.at_end
    assert plan.scope["values"] == ()
    assert len(runs) == 2


@pytest.mark.parametrize(("cell_s", "times"), [(1.0, 1), (0.2, 2)])
def test_the_reference_runs_again_where_a_cell_takes_longer_than_a_submission_has(
    tmp_path, runs, cell_s, times
):
    limits = Limits(cell_s=cell_s, after_s=cell_s)
    plan = plan_of(tmp_path, [PAUSE] * 4, [], "assert double(2) == 4", limits)
    assert plan.in_tester
    assert len(runs) == times
