"""check("q"): where its tests come from, and how its answer shows itself in a notebook."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from coursekit import check, questions, results, workspace
from coursekit.report import Finding, Report
from nbclient import NotebookClient


def double(x):
    return 2 * x


def test_a_right_answer_passes_on_the_callers_names(chapter, place):
    place(chapter)
    report = check("double", {"double": double, "np": np})
    assert report.ok
    assert report.summary == "both visible asserts hold."
    assert str(report).splitlines()[-1] == "Hidden tests follow when it is graded."
    assert "Hidden tests follow when it is graded." in report._repr_html_()


def test_a_wrong_answer_says_nothing_of_hidden_tests(chapter, place):
    place(chapter)
    assert "Hidden tests" not in str(check("double", {"double": lambda x: x, "np": np}))
    assert "Hidden tests" not in str(check(namespace={"double": lambda x: x, "np": np}))


def test_the_callers_own_names_are_the_default(untouched, place):
    place(untouched)
    report = check("double")  # this module defines double and np
    assert report.ok


def test_hidden_tests_are_never_run(chapter, place):
    place(chapter)
    assert check("double", {"double": abs_double, "np": np}).ok


def abs_double(x):
    return 2 * abs(x)


def test_packaged_checks_go_before_the_notebook(chapter, place, tmp_path, monkeypatch):
    place(chapter)
    table = {"assignment": "01_tensor", "questions": [question_row("assert 1 == 2, 'packaged'")]}
    (tmp_path / "01_tensor.json").write_text(json.dumps(table))
    packaged_question = questions.available(Path.cwd(), tmp_path)["double"]
    assert packaged_question.source == "assert 1 == 2, 'packaged'"
    assert (packaged_question.assignment, packaged_question.points) == ("01_tensor", 3)


def question_row(source):
    return {"name": "double", "points": 3, "source": source}


def test_an_unknown_name_is_answered_with_the_nearest(chapter, place):
    place(chapter)
    report = check("duoble", {})
    assert not report.ok
    assert str(report) == "duoble: there is no such question. Did you mean double?"


def test_without_a_name_all_questions_are_listed(chapter, place):
    place(chapter)
    answer = check(namespace={"double": double, "np": np})
    assert answer.ok
    assert str(answer).startswith("1 of 1 questions pass their visible tests.\n  double: both")
    assert str(answer).splitlines()[-1] == "Hidden tests follow when it is graded."


def test_without_a_notebook_it_asks_which(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = check(namespace={})
    assert not answer.ok
    assert str(answer).startswith("Which notebook is this?")


def test_in_the_grader_nothing_runs_twice(chapter, place, monkeypatch):
    place(chapter)
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert str(check("double", {})) == "double: left to the graded cell."


def test_the_workspace_remembers_the_latest_answer(chapter, place):
    path = place(chapter)
    check("double", {"np": np})
    check("double", {"double": double, "np": np})
    space = workspace.current(path.parent)
    assert results.noted(space, "01_tensor")["double"]["ok"] is True


def test_a_damaged_note_is_forgotten(chapter, place):
    path = place(chapter)
    check("double", {"double": double, "np": np})
    space = workspace.current(path.parent)
    (space.state / "checks" / "double.json").write_text('{"ok": tr')
    assert results.noted(space, "01_tensor") == {}


def test_a_damaged_notebook_beside_does_not_matter(chapter, place):
    path = place(chapter)
    path.with_name("other.ipynb").write_text("{")
    assert check("double", {"double": double, "np": np}).ok


def test_the_html_escapes_what_it_shows():
    finding = Finding(message="<b>bold</b>", expression="a < b", actual="<script>")
    html = Report("q", False, "no & no", (finding,))._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "no &amp; no" in html


def test_importing_check_loads_nothing_heavy():
    heavy = ["numpy", "click", "ipywidgets", "matplotlib", "IPython", "traitlets"]
    program = (
        f"import sys; from coursekit import check; print([m for m in {heavy} if m in sys.modules])"
    )
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert completed.stdout == "[]\n"


def test_the_modules_are_listed_in_the_order_of_their_imports():
    package = importlib.import_module("coursekit")
    listed = [line.split()[0] for line in package.__doc__.splitlines() if line[:4] == "    "]
    folder = Path(package.__file__).parent
    module_names = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    assert module_names <= set(listed)
    for number, name in enumerate(listed):
        text = (folder / f"{name}.py").read_text() if name in module_names else ""
        later = [other for other in listed[number:] if f"from coursekit.{other} import" in text]
        assert later == []


@pytest.mark.filterwarnings("default")  # zmq's own, from inside the kernel client
def test_a_real_kernel_shows_the_report(finished, place):
    cells = finished["cells"]
    cells[2]["source"] = "def double(x):\n    return x + 1"
    path = place(finished)
    book = nbformat.reads(json.dumps(finished), as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(book, timeout=60, allow_errors=True, resources=resources).execute()
    (report,) = [output for output in book.cells[3].outputs if output.output_type != "stream"]
    assert "twice three is six" in report.data["text/html"]
    assert "tried     double(3)\n    expected  6\n    came      4" in report.data["text/plain"]
