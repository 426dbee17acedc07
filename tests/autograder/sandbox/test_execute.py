"""Execution ends, whatever a notebook does, and says in a sentence what happened."""

import pytest
from small_course import code, notebook

from autograder.sandbox.execute import Limits, execute

QUICK = Limits(cell_s=3.0, after_s=1.0, output_bytes=5000)


def run(tmp_path, *sources):
    cells = [code(f"c{k}", text) for k, text in enumerate(sources)]
    return execute(notebook(*cells), tmp_path, QUICK)


def outputs(run, index):
    return run.notebook["cells"][index]["outputs"]


def test_cells_run_in_order_in_the_folder_given(tmp_path):
    (tmp_path / "beside.txt").write_text("found")
    done = run(tmp_path, "x = open('beside.txt').read()", "x + '!'")
    assert outputs(done, 1)[0]["data"]["text/plain"] == "'found!'"
    assert done.messages == ()


def test_an_error_does_not_stop_the_next_cell(tmp_path):
    done = run(tmp_path, "1 / 0", "2")
    assert outputs(done, 0)[0]["ename"] == "ZeroDivisionError"
    assert outputs(done, 1)[0]["data"]["text/plain"] == "2"


def test_an_endless_loop_is_interrupted_and_named(tmp_path):
    done = run(tmp_path, "while True: pass", "3")
    assert done.messages == ("cell 'c0' was stopped after 3 s",)
    assert outputs(done, 0)[-1]["ename"] == "TimeLimit"
    assert outputs(done, 1)[0]["data"]["text/plain"] == "3"


def test_a_loop_that_ignores_interrupts_ends_the_run(tmp_path):
    stubborn = "while True:\n    try:\n        sum(range(9999))\n    except BaseException: pass"
    done = run(tmp_path, "1", stubborn, "3")
    assert "did not stop" in done.messages[0] and "'c1'" in done.messages[0]
    assert outputs(done, 0)[0]["data"]["text/plain"] == "1"
    assert outputs(done, 2)[0]["ename"] == "NotRun"


@pytest.mark.parametrize("end", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"])
def test_a_process_that_ends_keeps_what_ran_before(tmp_path, end):
    done = run(tmp_path, "1", end, "3")
    assert "ended the Python process" in done.messages[0]
    assert outputs(done, 0)[0]["data"]["text/plain"] == "1"
    assert outputs(done, 2)[0]["ename"] == "NotRun"


def test_endless_output_is_cut_and_said(tmp_path):
    done = run(tmp_path, "for k in range(2000): print('x' * 100)", "4")
    assert "printed too much" in done.messages[0]
    assert len(str(outputs(done, 0))) < 2 * QUICK.output_bytes
    assert outputs(done, 1)[0]["data"]["text/plain"] == "4"


def test_input_is_refused(tmp_path):
    assert outputs(run(tmp_path, "input()"), 0)[0]["ename"] == "StdinNotImplementedError"
