"""Cells are found again after Colab or copy-paste dropped their metadata."""

import json

import pytest
from coursekit import notebook as book_of
from coursekit.syllabus import CourseError, load, nearest
from hypothesis import given
from hypothesis import strategies as st
from small_chapter import code, notebook, question


def test_a_cell_is_found_by_grade_id_then_id_then_names():
    marked = question("q", "a = 1")
    plain = code("q", "b = 1")
    pasted = code("x7", "def f(): ...\ndef g(): ...")
    assert book_of.find(notebook(plain, marked, pasted), "q") == (marked, "grade_id")
    assert book_of.find(notebook(plain, pasted), "q") == (plain, "id")
    assert book_of.find(notebook(pasted), "q", ["f", "g"]) == (pasted, "names")
    assert book_of.find(notebook(pasted), "q", ["f", "h"]) is None


def test_of_two_copies_the_last_is_found():
    first, last = question("q", "a = 1"), question("q", "a = 2")
    assert book_of.find(notebook(first, last), "q") == (last, "grade_id")


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b'{"cells": [', "is damaged: line 1 is not JSON"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"[]", "it has no list of cells"),
        (b'{"worksheets": []}', "it has no list of cells"),
    ],
)
def test_a_file_that_is_no_notebook_is_a_sentence(tmp_path, data, fault):
    path = tmp_path / "a.ipynb"
    path.write_bytes(data)
    with pytest.raises(CourseError, match=fault):
        book_of.read(path)


def test_magics_become_comments_and_lines_keep_their_numbers():
    text = "%matplotlib inline\nfor x in y:\n    !ls\nz = (5\n  % 3)"
    lines = book_of.python(text).split("\n")
    assert lines[0] == "pass  # %matplotlib inline"
    assert lines[2] == "    pass  # !ls"
    assert len(lines) == 5


def test_a_line_that_begins_with_the_operator_is_left_alone():
    text = "z = (5\n  % 3)"
    assert book_of.python(text) == text


def test_a_cell_in_another_language_is_no_python():
    assert book_of.defined("%%bash\nx=1") == []
    assert book_of.defined("%%time\nx = 1") == ["x"]


@given(st.text(max_size=60))
def test_any_text_can_be_looked_at(text):
    assert isinstance(book_of.defined(text), list)
    assert book_of.unwritten(text) in (True, False)
    assert json.dumps(book_of.visible(text))


def test_the_syllabus_is_read_and_misspelt_ids_are_helped():
    syllabus = load()
    assert syllabus.assignment("01_tensor").exports == "tinytorch/core/tensor.py"
    with pytest.raises(CourseError, match="Did you mean 01_tensor"):
        syllabus.assignment("01_tenser")


def test_a_syllabus_with_an_unknown_key_is_a_sentence(tmp_path):
    path = tmp_path / "syllabus.toml"
    path.write_text('[[assignment]]\nid = "a"\ncolour = "red"\n')
    with pytest.raises(CourseError, match="is not as it should be"):
        load(path)


def test_the_nearest_names_are_offered():
    assert nearest("matmol", ["matmul", "reshape"]) == "Did you mean matmul?"
    assert nearest("q", ["matmul"]) == "There are: matmul."
