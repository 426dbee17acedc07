"""Everything a class can hand in: a sentence for what is wrong, marks for what is not."""

import copy
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

import nbformat
import pytest
from click.testing import CliRunner
from course_files import powerless, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from malformed import (
    CASES,
    FULL,
    GOOD_FILE,
    NO_ARCHIVES,
    NO_FILES,
    NO_NOTEBOOKS,
    NOTEBOOK,
    OTHER,
    PEOPLE,
    STRANGE_BUT_GRADED,
    good,
    hand_in_everything,
    raw,
)
from small_course import save, write_course

from autograder.collecting.collect import collect
from autograder.collecting.student_ids import student_id
from autograder.collecting.verify import verify
from autograder.commands.cli import main
from autograder.grading.read_grades import grades
from autograder.grading.repair import repair
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.notebook.validate import open_notebook
from autograder.releasing.release import release
from autograder.reporting.notebook_html import cell_parts, secret_lines
from autograder.sanitizing import sanitize
from autograder.settings import nbgrader_strip
from autograder.settings.open_course import open_course

NOW = datetime(2027, 3, 1, tzinfo=UTC)
REFUSED = {**NO_NOTEBOOKS, **NO_FILES, **NO_ARCHIVES}
pytestmark = [
    pytest.mark.xdist_group("malformed"),
    pytest.mark.skipif(os.name == "nt", reason="no pipes, sockets or modes on Windows"),
]


def make_course(root):
    write_course(root, proofs="")
    save(root / "source" / "other" / "other.ipynb", OTHER)
    course = open_course(root)
    for assignment in course.assignments:
        release(course, assignment, audited=False)
    return course


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return make_course(tmp_path_factory.mktemp("strange") / "course")


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    folder = tmp_path_factory.mktemp("strange") / "inbox"
    hand_in_everything(folder, CASES)
    return folder


@pytest.fixture(scope="module")
def collected(course, inbox):
    return collect(course, course.assignment("functions"), inbox, NOW)


def test_there_are_many_ways_to_hand_in_something_strange():
    assert len(REFUSED) >= 80
    assert len(STRANGE_BUT_GRADED) >= 60


@pytest.mark.parametrize("student", REFUSED)
def test_what_cannot_be_graded_is_set_aside_with_its_fault(course, collected, student):
    message = [aside.message for aside in collected.rejected if aside.student == student]
    assert any(REFUSED[student].message in sentence for sentence in message), message
    assert all(f"of {student} " in s and s.startswith("'") and s.isprintable() for s in message)
    assert not (course.submitted / student).exists()


def test_everything_else_is_collected_and_nothing_is_lost(course, collected, inbox):
    expected = {*STRANGE_BUT_GRADED, *(student_id(person) for person in PEOPLE)}
    assert {s.student for s in collected.submissions} == expected
    assert verify(course) == []
    before = tree(course.root)
    assert collect(course, course.assignment("functions"), inbox, NOW) == collected
    assert tree(course.root) == before


def test_nothing_got_out_of_its_folder(collected, inbox):
    assert not Path("/tmp/up.ipynb").exists()
    assert not list(inbox.parent.parent.rglob("up.ipynb"))


@pytest.fixture(scope="module")
def graded(course, collected):
    return run_grade(course)


def run_grade(course):
    options = ["--course", str(course.root), "--accept-faults"]
    ran = CliRunner().invoke(main, ["grade", "functions", *options], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    return {result.student: result for result in grades(course, course.assignment("functions"))}


@pytest.mark.parametrize("student", STRANGE_BUT_GRADED)
def test_what_is_strange_but_whole_gets_its_marks(graded, student):
    case, grade = STRANGE_BUT_GRADED[student], graded[student]
    assert grade.score == case.score
    assert case.message in grade.message
    assert grade.max_score == 6


def test_what_staff_will_open_is_a_valid_notebook_for_everybody(course, graded):
    paths = sorted(course.autograded.glob(f"*/functions/{NOTEBOOK}"))
    assert len(paths) == len(STRANGE_BUT_GRADED) + len(PEOPLE)
    for path in paths:
        nbformat.validate(json.loads(path.read_text(encoding="utf-8")), version=4)


@pytest.mark.parametrize("verb", [["feedback", "functions"], ["export", "functions"], ["status"]])
def test_the_later_verbs_serve_the_whole_class(course, graded, verb):
    ran = CliRunner().invoke(main, [*verb, "--course", str(course.root)], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output


@pytest.mark.parametrize("person", PEOPLE)
def test_people_of_every_name_get_their_marks(graded, person):
    assert graded[student_id(person)].score == FULL


@pytest.mark.parametrize("student", REFUSED)
def test_what_was_set_aside_stands_in_the_marks_with_its_sentence(graded, student):
    assert graded[student].status == "not graded"
    assert student in graded[student].message


def test_the_same_is_said_of_what_stands_in_submitted_already(tmp_path):
    course = make_course(tmp_path)
    for student, case in {**REFUSED, "good": STRANGE_BUT_GRADED["no-metadata"]}.items():
        (course.submitted / student / "functions").mkdir(parents=True)
        case.write(course.submitted / student / "functions")
    collected = collect(course, course.assignment("functions"), course.submitted, NOW)
    assert [s.student for s in collected.submissions] == ["good"]
    messages = dict.fromkeys(REFUSED, "")
    for aside in collected.rejected:
        messages[aside.student] += aside.message
    assert [
        student for student in REFUSED if REFUSED[student].message not in messages[student]
    ] == []
    left = tree(course.submitted)
    assert not [name for name in left if name.endswith(".ipynb") and "good" not in name]
    collect(course, course.assignment("functions"), course.submitted, NOW)
    assert tree(course.submitted) == left
    assert all("/functions holds hw." in message for message in verify(course))


def test_what_nobody_collected_is_named_by_grade_and_the_rest_are_graded(tmp_path):
    course = make_course(tmp_path)
    judged_by_collect = {"other-assignment", "nothing-of-it", "seventy-megabytes"}
    bad = {
        s: case for s, case in {**NO_NOTEBOOKS, **NO_FILES}.items() if s not in judged_by_collect
    }
    for student, case in {**bad, "good": STRANGE_BUT_GRADED["no-metadata"]}.items():
        (course.submitted / student / "functions").mkdir(parents=True)
        case.write(course.submitted / student / "functions")
    grades_by_student = run_grade(course)
    assert grades_by_student.pop("good").score == FULL
    assert set(grades_by_student) == set(bad)
    assert {grade.status for grade in grades_by_student.values()} == {"not graded"}
    assert all(NOTEBOOK in grade.message for grade in grades_by_student.values())
    assert all(
        NO_NOTEBOOKS[s].message in grade.message
        for s, grade in grades_by_student.items()
        if s not in NO_FILES
    )


def test_a_file_nobody_may_read_is_named_and_the_others_go_on():
    root = Path(mkdtemp(dir="/tmp"))
    course = make_course(root / "course")
    for student in ("ann", "bob"):
        (root / "inbox" / student).mkdir(parents=True)
        (root / "inbox" / student / NOTEBOOK).write_bytes(GOOD_FILE)
    (root / "inbox" / "bob" / NOTEBOOK).chmod(0)
    with powerless(root):
        collected = collect(course, course.assignment("functions"), root / "inbox", NOW)
    assert [s.student for s in collected.submissions] == ["ann"]
    assert "cannot be read (Permission denied)" in collected.rejected[0].message
    rmtree(root)


def test_a_device_is_named(course, tmp_path):
    home = tmp_path / "inbox" / "dee"
    home.mkdir(parents=True)
    try:
        os.mknod(home / NOTEBOOK, 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making a device needs root")
    collected = collect(course, course.assignment("functions"), tmp_path / "inbox", NOW)
    assert "is not a plain file" in collected.rejected[0].message


@pytest.fixture(scope="module")
def model(course):
    return nbgrader_strip.graded_form(course, course.assignment("functions"), "functions")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=5,
)


def tables_and_lists(value):
    """Every table and list inside a value, itself first."""
    yield value
    for inside in value.values() if isinstance(value, dict) else value:
        if isinstance(inside, dict | list):
            yield from tables_and_lists(inside)


def mutated(document, draw):
    """One random change: a part dropped, doubled, moved or turned into something else."""
    place = draw(st.sampled_from([p for p in tables_and_lists(document) if p]))
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    key = draw(st.sampled_from(keys))
    change = draw(st.sampled_from(["drop", "double", "retype", "retype", "swap"]))
    if change == "drop":
        del place[key]
    elif change == "retype":
        place[key] = draw(json_values)
    elif isinstance(place, list):
        other = draw(st.sampled_from(keys))
        place.insert(other, copy.deepcopy(place[key]))
    else:
        place[draw(st.text(max_size=6))] = copy.deepcopy(place[key])


@st.composite
def notebooks(draw):
    document = good()
    document["cells"][2]["outputs"] = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b"]},
        {"output_type": "display_data", "data": {"text/html": "<b>"}, "metadata": {}},
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["t"]},
    ]
    for _ in range(draw(st.integers(1, 6))):
        if document:
            mutated(document, draw)
    return document


def page_parts(notebook):
    """The notebook as a page: made harmless first, as everything is that a person opens."""
    return [
        list(cell_parts(cell, secret_lines(notebook)))
        for cell in sanitize.make_inert(notebook)["cells"]
    ]


def opened(data):
    """The notebook, None where a sentence says why not. Nothing else may happen."""
    try:
        return open_notebook(data)
    except CourseError as fault:
        assert str(fault).endswith(".") or "nbconvert" in str(fault)
        return None


relentless = settings(max_examples=400, suppress_health_check=list(HealthCheck), derandomize=True)


@relentless
@given(document=notebooks())
def test_any_changed_notebook_opens_or_says_why_and_is_repaired_whole(model, document):
    notebook = opened(json.dumps(document).encode())
    mended = repair(notebook, model).notebook if notebook else copy.deepcopy(model)
    model_cells = [cell for cell in model["cells"] if cells.grade_id(cell)]
    mended_cells = [cell for cell in mended["cells"] if cells.grade_id(cell)]
    assert sorted(map(cells.grade_id, mended_cells)) == sorted(map(cells.grade_id, model_cells))
    texts = {cells.grade_id(cell): cell for cell in mended_cells}
    for cell in model_cells:
        mended_cell = texts[cells.grade_id(cell)]
        assert mended_cell["metadata"]["nbgrader"] == cells.nbgrader(cell)
        assert mended_cell["cell_type"] == cell["cell_type"]
        assert cells.is_solution(cell) or mended_cell["source"] == cell["source"]
    ids = [cell["id"] for cell in mended["cells"]]
    assert len(set(ids)) == len(ids)


@relentless
@given(document=notebooks())
def test_any_changed_notebook_can_be_shown_as_it_is_and_repaired(model, document):
    notebook = opened(json.dumps(document).encode())
    assert notebook is None or page_parts(notebook) is not None
    assert notebook is None or page_parts(repair(notebook, model).notebook)


@relentless
@given(
    cut=st.integers(0, len(GOOD_FILE)),
    junk=st.binary(max_size=20),
    at=st.integers(0, len(GOOD_FILE)),
)
def test_any_bytes_open_or_say_why(cut, junk, at):
    data = (GOOD_FILE[:at] + junk + GOOD_FILE[at:])[:cut]
    notebook = opened(data)
    assert notebook is None or page_parts(notebook)


def test_the_good_notebook_is_good(model):
    assert repair(open_notebook(raw(good())), model).messages == ()
