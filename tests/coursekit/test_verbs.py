"""export, submit and progress from a cell: an answer, never an exception."""

import re
import subprocess
import sys

import pytest
from coursekit import check, export, progress, submit, verbs
from small_chapter import DOUBLE


def test_the_verbs_are_functions_whatever_was_imported_before():
    text = (
        "import coursekit.exporter, coursekit.archive, coursekit.course_map, coursekit.check\n"
        "from coursekit import check, export, progress, submit\n"
        "print(all(map(callable, (check, export, progress, submit))))"
    )
    completed = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert completed.stdout == "True\n"
    assert callable(check)


def test_a_chapter_is_exported_from_a_cell_as_in_a_terminal(finished, place):
    root = place(finished).parents[1]
    answer = export()
    assert (answer.ok, answer.text) == (True, "Wrote tinytorch/core/tensor.py: double.")
    assert "def double" in (root / "tinytorch/core/tensor.py").read_text()
    assert export("01_tensor").ok


def test_an_unfinished_chapter_is_refused_with_a_sentence(untouched, place):
    place(untouched)
    answer = export("01_tensor")
    assert not answer.ok
    assert "double-solution still raises NotImplementedError" in repr(answer)
    assert export("01_tensor", partial=True).ok


def test_an_assignment_is_packed_from_a_cell_with_what_a_grader_would_miss(untouched, place):
    root = place(untouched).parents[1]
    answer = submit(student="anna")
    assert answer.ok
    assert "Note: Not written yet" in answer.text
    assert len(list((root / "submissions").glob("01_tensor_anna_attempt_*.zip"))) == 1


def test_an_unknown_assignment_is_a_sentence(finished, place):
    place(finished)
    assert "Did you mean 01_tensor" in submit("01_tenser").text
    assert "Did you mean 01_tensor" in export("01_tenser").text


def test_outside_of_a_course_the_verbs_say_what_to_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert submit().text == 'Which assignment? Name one: submit("01_tensor").'
    assert "holds no notebook that exports" in export().text


def test_nothing_is_exported_while_a_notebook_is_graded(finished, place, monkeypatch):
    root = place(finished).parents[1]
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert export().ok
    assert submit().ok
    assert not (root / "tinytorch").exists()
    assert not (root / "submissions").exists()


def test_progress_links_each_notebook_from_where_it_is_called(finished, place, monkeypatch):
    root = place(finished).parents[1]
    assert '<a href="01_tensor.ipynb">01_tensor</a>' in progress().html
    monkeypatch.chdir(root)
    page = progress().html
    assert 'Next: <a href="01_tensor/01_tensor.ipynb">01_tensor</a>, 150 minutes.' in page
    assert "02_activations<div" in page  # it is not in this workspace, so there is no link
    assert "Next: 01_tensor, 150 minutes." in progress().text


def test_what_is_exported_and_handed_in_is_done_and_no_longer_next(finished, place):
    place(finished)
    assert submit(student="anna").ok
    assert "Next: 01_tensor" in progress().text
    assert export().ok
    answer = progress()
    assert re.search(r"1 of \d+ assignments are done\.", answer.html)
    assert "Next: 01_tensor" not in answer.text


@pytest.mark.parametrize("text", ["a < b", DOUBLE])
def test_an_answer_is_text_and_escaped_html(text):
    answer = verbs.Answer(text)
    assert repr(answer) == text
    assert "<pre" in answer._repr_html_()
    assert "a < b" not in answer._repr_html_()
