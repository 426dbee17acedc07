"""A secret is found wherever and however it is left; what students may see is no secret."""

import base64
import copy
import gzip
import io
import json
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_course import code, markdown, notebook, save, source_notebook, write_course

from autograder.releasing.leaks import leaks
from autograder.releasing.secret_texts import secrets
from autograder.settings import nbgrader_strip

HIDDEN = 'assert double(-3.5) == -7.0, "negative numbers double too"'
LINES = [line.strip() for cell in source_notebook()["cells"] for line in cell["source"].split("\n")]
SECRETS = [s for s in secrets([source_notebook()]) if "a line of" in s.kind]
SECRET_LINES = [line for line in LINES if any(line.startswith(s.excerpt) for s in SECRETS)]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("course"))
    return json.loads(nbgrader_strip.strip_notebook(course, course.assignments[0], "functions"))


def leaks_in(folder, name, data, *sources):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return leaks(sources or [source_notebook()], [path])


def zipped(name, data):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def tarred(name, data):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def places(value, plan=()):
    """The way to every string, list and table inside a notebook."""
    yield plan
    keys = {dict: lambda: value, list: lambda: range(len(value))}.get(type(value), tuple)
    for key in keys():
        yield from places(value[key], (*plan, key))


def injected(value, plan, line, n=0):
    """The document with `line` put in at `plan`: into a string, a list, or a table."""
    if plan:
        changed = copy.copy(value)
        changed[plan[0]] = injected(value[plan[0]], plan[1:], line, n)
        return changed
    if isinstance(value, list):
        return [*value[: n % (len(value) + 1)], line, *value[n % (len(value) + 1) :]]
    if isinstance(value, dict):
        return {**value, "note": line} if n % 2 else {**value, line: 0}
    return f"{str(value)[: n % 50]}\n    {line}\n{str(value)[n % 50 :]}"


WRAPPINGS = [
    lambda line: line,
    lambda line: line.replace(" ", "   "),
    lambda line: line.replace('"', "'"),
    lambda line: f"{line}  # a word more",
    lambda line: f"----> 1 {line}",
    lambda line: json.dumps({"text": [line]}),
    lambda line: json.dumps(json.dumps({"text": [line]})),
    lambda line: repr(line),
    lambda line: base64.b64encode(line.encode()).decode(),
    lambda line: base64.encodebytes(f"{'x' * 70}{line}".encode()).decode(),
    lambda line: base64.b64encode(zipped("a.txt", line)).decode(),
]


@settings(max_examples=100)
@given(st.data())
def test_any_secret_line_anywhere_in_a_notebook_is_found(tmp_path_factory, released, data):
    line = data.draw(st.sampled_from(SECRET_LINES))
    wrap = data.draw(st.sampled_from(WRAPPINGS))
    plan = data.draw(st.sampled_from(list(places(released))))
    document = injected(released, plan, wrap(line), data.draw(st.integers(0, 99)))
    assert leaks_in(tmp_path_factory.mktemp("leak"), "functions.ipynb", json.dumps(document))


def test_a_clean_release_has_none(tmp_path, released):
    assert leaks_in(tmp_path, "functions.ipynb", json.dumps(released)) == []


def test_secrets_come_from_all_three_kinds_of_region():
    kinds = {(s.cell, s.kind) for s in secrets([source_notebook()])}
    assert kinds >= {
        ("double", "a line of the hidden test"),
        ("essay", "a line of the mark scheme"),
        ("double-solution", "the whole solution"),
    }


def test_a_short_solution_is_found_as_a_whole(tmp_path):
    solved = 'def double(x):\n  """Twice x."""\n  return (x+x)'
    (leak,) = leaks_in(tmp_path, "tensor.py", solved)
    assert (leak.secret.cell, leak.secret.kind) == ("double-solution", "the whole solution")


def test_a_solution_cell_without_a_region_is_secret_from_top_to_bottom(tmp_path):
    document = notebook(
        code("q", "scale = weights.max() / levels", solution=True),
        markdown("why", "Because the signs cancel.", solution=True, grade=True, points=1),
    )
    assert {s.cell for s in secrets([document])} == {"q", "why"}
    assert leaks_in(tmp_path, "a.txt", "Because the signs\ncancel.", document)


def test_lines_of_any_library_give_nothing_away():
    common = "import numpy as np\nfor i in range(n):\n    lines.append(line)\nreturn self.data"
    document = notebook(code("q", f"### BEGIN SOLUTION\n{common}\n### END SOLUTION", solution=True))
    assert {s.kind for s in secrets([document])} == {"the whole solution"}


def test_lines_that_students_see_anyway_are_no_secret():
    document = source_notebook()
    document["cells"][0]["source"] += f"\n{HIDDEN}"
    assert "double" not in {s.cell for s in secrets([document])}


def test_a_line_that_the_courses_packages_have_too_is_no_secret(tmp_path):
    call = "return device.rows('models').peak_ops"
    solution = f"### BEGIN SOLUTION\nworst = min(device.rows('all'))\n{call}\n### END SOLUTION"
    test = f"### BEGIN HIDDEN TESTS\nassert {call[7:]}\n### END HIDDEN TESTS"
    document = notebook(code("q", solution, solution=True), code("t", test))
    (tmp_path / "perfsim.py").write_text(f"{call}\nassert {call[7:]}")
    public = set(secrets([document])) - set(secrets([document], [tmp_path / "perfsim.py"]))
    assert [(secret.kind, secret.excerpt) for secret in public] == [
        ("a line of the solution", call)
    ]


def test_an_empty_region_is_no_secret(tmp_path):
    text = "def start():\n    ### BEGIN SOLUTION\n    # nothing\n    ### END SOLUTION"
    document = notebook(code("q", text.replace("# nothing", ""), solution=True))
    assert secrets([document]) == []


def test_a_region_marker_left_in_a_notebook_is_a_leak(tmp_path):
    marked = json.dumps(notebook(code("q", "### BEGIN HIDDEN TESTS\nx = 1\n### END HIDDEN TESTS")))
    (leak,) = leaks_in(tmp_path, "a.ipynb", marked)
    assert "the marker of a hidden test" in str(leak)


PACKED = {
    "all.zip!student.whl!tests/q.py": zipped("student.whl", zipped("tests/q.py", HIDDEN)),
    "all.zip!tests/q.py": tarred("tests/q.py", HIDDEN.encode()),
    "all.zip!gzip": gzip.compress(HIDDEN.encode()),
}


@pytest.mark.parametrize("name", PACKED)
def test_archives_are_opened(tmp_path, name):
    assert name in [leak.file for leak in leaks_in(tmp_path, "all.zip", PACKED[name])]


def test_a_damaged_archive_is_still_read_as_it_stands(tmp_path):
    assert leaks_in(tmp_path, "a.zip", zipped("q.py", HIDDEN)[:-40]) == []
    assert leaks_in(tmp_path, "a.gz", b"\x1f\x8b" + HIDDEN.encode())


def test_a_file_name_and_wide_characters_are_read_too(tmp_path):
    assert leaks_in(tmp_path, f"{HIDDEN}.txt", "")
    assert leaks_in(tmp_path, "notes.txt", HIDDEN.encode("utf-16"))


def test_a_leak_says_file_cell_kind_and_whose_it_is(tmp_path, released):
    released = copy.deepcopy(released)
    released["cells"][0]["source"] = HIDDEN
    save(tmp_path / "one" / "functions.ipynb", released)
    save(tmp_path / "two" / "empty.ipynb", notebook())
    files = [tmp_path / "two" / "empty.ipynb", tmp_path / "one" / "functions.ipynb"]
    message = [str(leak) for leak in leaks([source_notebook()], files)]
    place, description = message[0].split(" shows ")
    assert place == "one/functions.ipynb, cell 'title',"
    assert description == f"a line of the hidden test of cell 'double': {HIDDEN[:60]}"


def test_the_source_itself_leaks_all_there_is(tmp_path):
    save(tmp_path / "functions.ipynb", source_notebook())
    leaked = {leak.secret for leak in leaks([source_notebook()], [tmp_path / "functions.ipynb"])}
    assert leaked >= set(secrets([source_notebook()]))
