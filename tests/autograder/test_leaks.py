"""A secret line is found wherever and however it is left; what students may see is no secret."""

import base64
import copy
import io
import json
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import save, source_notebook, write_course

from autograder import nbgrader_door
from autograder.leaks import leaks, secrets

SECRETS = [secret.text for secret in secrets([source_notebook()])]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("course"))
    return json.loads(nbgrader_door.stripped(course, course.assignments[0], "functions"))


def found(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return [(leak.file, leak.secret.cell) for leak in leaks([source_notebook()], [path])]


def test_the_secrets_are_the_lines_of_the_three_kinds_of_region():
    kinds = {(s.cell, s.kind) for s in secrets([source_notebook()])}
    assert ("double", "hidden test") in kinds and ("essay", "mark scheme") in kinds


def test_a_clean_release_has_none(tmp_path, released):
    assert found(tmp_path, "functions.ipynb", json.dumps(released)) == []


def test_lines_that_students_see_anyway_are_no_secret():
    document = source_notebook()
    document["cells"][0]["source"] += '\nassert double(-3.5) == -7.0, "negative numbers double too"'
    assert "double" not in {s.cell for s in secrets([document]) if s.kind == "hidden test"}


WHERE = {
    "a cell's text": lambda nb, line: nb["cells"][0].update(source=f"# Title\n    {line}"),
    "a list of lines": lambda nb, line: nb["cells"][0].update(source=["# Title\n", line[:9], line[9:]]),
    "an output": lambda nb, line: nb["cells"][1].update(outputs=[{"text": [line]}]),
    "a traceback": lambda nb, line: nb["cells"][1].update(outputs=[{"traceback": [f"----> 1 {line}"]}]),
    "cell metadata": lambda nb, line: nb["cells"][1]["metadata"].update(note={"deep": [line]}),
    "notebook metadata": lambda nb, line: nb["metadata"].update(test=json.dumps({"t": line})),
    "an attachment": lambda nb, line: nb["cells"][0].update(
        attachments={"a.txt": {"text/plain": base64.b64encode(line.encode()).decode()}}
    ),
}


@pytest.mark.parametrize("where", WHERE)
@settings(max_examples=12, deadline=None)
@given(data=st.data())
def test_any_secret_anywhere_in_a_notebook_is_found(tmp_path_factory, released, where, data):
    line = data.draw(st.sampled_from(secret_lines()))
    document = copy.deepcopy(released)
    WHERE[where](document, line)
    assert found(tmp_path_factory.mktemp("leak"), "functions.ipynb", json.dumps(document))


def secret_lines():
    lines = [line for cell in source_notebook()["cells"] for line in cell["source"].split("\n")]
    return [line for line in lines if any(s in "".join(line.split()) for s in SECRETS)]


def test_another_spacing_and_a_lost_comment_hide_nothing(tmp_path):
    assert found(tmp_path, "notes.txt", 'assert   double( -3.5 )==-7.0,  "negative numbers double too"')


def test_archives_are_opened(tmp_path):
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tests/q.py", 'assert double(-3.5) == -7.0, "negative numbers double too"')
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("student.whl", inner.getvalue())
    assert found(tmp_path, "all.zip", outer.getvalue()) == [
        ("all.zip!student.whl!tests/q.py", "double")
    ]


def test_a_leak_says_file_kind_and_cell(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("1 point: names that the two signs cancel each other.")
    (leak,) = leaks([source_notebook()], [path])
    assert str(leak).startswith("notes.txt shows a mark scheme line of cell 'essay'")


def test_the_source_itself_is_one_large_leak(tmp_path):
    save(tmp_path / "functions.ipynb", source_notebook())
    assert len(leaks([source_notebook()], [tmp_path / "functions.ipynb"])) == len(SECRETS)
