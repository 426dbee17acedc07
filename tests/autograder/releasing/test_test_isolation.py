"""An audit names how each test runs and which names it reads from the submission."""

import pytest
from click.testing import CliRunner
from small_course import code, notebook, save, write_course

from autograder.commands.cli import main
from autograder.releasing.audit import audit
from autograder.releasing.audit_record import recorded_audit
from autograder.releasing.test_isolation import EditableName

pytestmark = pytest.mark.xdist_group("test_isolation")

ANSWER = "### BEGIN SOLUTION\ndef answer(x):\n    return 2 * x\n### END SOLUTION"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert wrapped.value == 6\n### END HIDDEN TESTS"
IN_A_COPY = "import warnings\nwith warnings.catch_warnings():\n    assert answer(2) == 4"


def given_cell(name, text, locked=False):
    cell = code(name, text, locked=locked)
    if not locked:
        cell["metadata"] = {}
    cell["id"] = name
    return cell


def graded(name, text):
    return code(name, text, grade=True, locked=True, points=1)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("isolation") / "course")
    (course.proofs / "functions.py").unlink()
    document = notebook(
        given_cell(
            "class", "class Wrapper:\n    def __init__(self, x):\n        self.value = answer(x)"
        ),
        code("answer", ANSWER, solution=True),
        given_cell("locked", "class Box(Wrapper):\n    pass", locked=True),
        given_cell(
            "opened", "log = open('log.txt', 'w')\n\n\ndef logged(x):\n    log.write(str(x))"
        ),
        graded("value", f"wrapped = Wrapper(3)\n{HIDDEN}"),
        graded("box", "assert Box(2).value == 4"),
        graded("warned", IN_A_COPY),
        graded("kept", f"assert wrapped.value == 6\n{HIDDEN}"),
        given_cell("later", "wrapped"),
        graded("doubled", "logged(answer(3))\nassert [x for x in [answer(1)]] == [2]"),
    )
    save(course.source / "functions" / "functions.ipynb", document)
    return course


def test_names_that_a_submission_may_bind_are_listed_and_answers_set_apart(course):
    (assignment,) = course.assignments
    result = audit(course, assignment).isolation
    assert EditableName("value", "Wrapper", "class", is_answer=False) in result.editable_names
    assert EditableName("doubled", "answer", "answer", is_answer=True) in result.editable_names
    assert EditableName("box", "Box", "locked", is_answer=False) in result.editable_names
    assert "x" not in {name.name for name in result.editable_names}
    assert result.forked == ("warned",) and result.in_turn == ("value", "kept")


@pytest.mark.slow
def test_the_command_says_them_and_the_record_keeps_them(course):
    (assignment,) = course.assignments
    result = CliRunner().invoke(main, ["audit", "functions", "--course", str(course.root)])
    assert "'value' reads 'Wrapper' of cell 'class' from the submission" in result.output
    assert "let the test define what it needs" in result.output
    assert "graded beside the student's code, marks flagged: warned" in result.output
    assert "a later cell can show what their hidden tests passed: value, kept" in result.output
    recorded = recorded_audit(course, assignment)
    assert recorded.isolation == audit(course, assignment).isolation
