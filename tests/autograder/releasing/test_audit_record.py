"""An audit is recorded beside the proofs, and counts as long as nothing of it has changed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_course import PROOFS, code, markdown, save, source_notebook, write_course

from autograder.commands.cli import main
from autograder.files import write_file
from autograder.releasing.audit import audit
from autograder.releasing.audit_record import record_path, recorded_audit, write_record
from autograder.releasing.audit_subject import subject_digest
from autograder.settings.open_course import open_course

SYLLABUS = (Path(__file__).parents[3] / "course" / "syllabus.toml").read_text()
THOUGHT = "a thought that no proof has"


@pytest.fixture(scope="module")
def real_audit(tmp_path_factory):
    course = write_course(tmp_path_factory.mktemp("audited"))
    return audit(course, course.assignments[0])


@pytest.fixture
def course(tmp_path, real_audit):
    """A course whose record says of each trial what no real audit says."""
    course = write_course(tmp_path)
    (assignment,) = course.assignments
    findings = tuple(replace(finding, thought=THOUGHT) for finding in real_audit.findings)
    subject = subject_digest(course, assignment)
    write_record(course, assignment, replace(real_audit, findings=findings), subject)
    return course


def thoughts(result):
    return {finding.thought for finding in result.findings}


def test_the_record_stands_beside_the_proofs_and_is_used(course):
    (assignment,) = course.assignments
    assert record_path(course, assignment) == course.root / "tests" / "audits" / "functions.json"
    assert thoughts(audit(course, assignment)) == {THOUGHT}


@pytest.mark.slow
def test_an_audit_again_asks_the_tests_and_records_what_they_say(course):
    (assignment,) = course.assignments
    proved = audit(course, assignment, again=True)
    assert THOUGHT not in thoughts(proved)
    assert recorded_audit(course, assignment) == proved


def change_source(course):
    document = source_notebook()
    document["cells"][1]["source"] += "  # done"
    save(course.source / "functions" / "functions.ipynb", document)


def change_proofs(course):
    (course.proofs / "functions.py").write_text(PROOFS + "\n")


def add_support_file(course):
    (course.source / "functions" / "data.csv").write_text("1,2\n")


def cut_record(course):
    path = record_path(course, course.assignments[0])
    path.write_text(path.read_text()[:100])


def forget_visible_catches(course):
    path = record_path(course, course.assignments[0])
    row = json.loads(path.read_text())
    for finding in row["findings"]:
        del finding["visible"]
    path.write_text(json.dumps(row))


def empty_record(course):
    record_path(course, course.assignments[0]).write_text("[]")


@pytest.mark.parametrize(
    "change",
    [
        change_source,
        change_proofs,
        add_support_file,
        cut_record,
        empty_record,
        forget_visible_catches,
    ],
)
def test_a_record_of_something_else_counts_for_nothing(course, change):
    assert recorded_audit(course, course.assignments[0])
    change(course)
    assert recorded_audit(course, course.assignments[0]) is None


def test_a_record_that_does_not_hold_is_no_reason_to_believe_it(course):
    (assignment,) = course.assignments
    recorded = recorded_audit(course, assignment)
    failed = tuple(replace(finding, holds=False) for finding in recorded.findings)
    subject = subject_digest(course, assignment)
    write_record(course, assignment, replace(recorded, findings=failed), subject)
    assert THOUGHT not in thoughts(audit(course, assignment))


@pytest.fixture
def chapter(tmp_path):
    """A course with the real syllabus, in which `functions` stands for the first chapter."""
    course = write_course(tmp_path)
    text = SYLLABUS.replace('id = "01_tensor"', 'id = "functions"')
    write_file(course.root / "course" / "syllabus.toml", text.encode())
    write_file(course.root / "course" / "coursekit" / "__init__.py", COURSEKIT.encode())
    source = source_notebook()
    source["cells"].insert(0, code("imports", "import coursekit"))
    save(course.source / "functions" / "functions.ipynb", source)
    return open_course(course.root)


COURSEKIT = '''"""The student's side."""
NAMES = {
    "Linear": "tinytorch.core.layers",  # the line of another chapter
    "check": "coursekit.check",
}


def check(question):
    """Whether it holds."""
    return "# no comment" and question
'''
SECOND = 'minutes = 150\n\n[[assignment]]\nid = "02'


@pytest.mark.parametrize(
    ("name", "old", "new", "counts"),
    [
        ("syllabus.toml", SECOND, SECOND.replace("150", "90"), True),
        ("syllabus.toml", 'id = "08_training"', 'id = "08_train"', True),
        ("syllabus.toml", '"tinytorch/core/tensor.py"', '"tinytorch/core/t.py"', False),
        ("coursekit/__init__.py", "Whether it holds.", "Whether it\n    does.", True),
        ("coursekit/__init__.py", "The student's side.", "Theirs.", True),
        ("coursekit/__init__.py", "  # the line of another chapter", "", True),
        ("coursekit/__init__.py", '    "Linear": "tinytorch.core.layers",', "", True),
        ("coursekit/__init__.py", '    "check": "coursekit.check",', "", False),
        ("coursekit/__init__.py", "# no comment", "# a string", False),
        ("coursekit/__init__.py", "return", "print();return", False),
    ],
)
def test_only_what_a_trial_can_see_counts(chapter, name, old, new, counts):
    before = subject_digest(chapter, chapter.assignments[0])
    path = chapter.root / "course" / name
    text = path.read_text()
    assert text.count(old) == 1
    write_file(path, text.replace(old, new).encode())
    assert (subject_digest(chapter, chapter.assignments[0]) == before) == counts


def test_a_sentence_of_a_notebook_may_be_mended_without_a_new_audit(chapter):
    before = subject_digest(chapter, chapter.assignments[0])
    path = chapter.source / "functions" / "functions.ipynb"
    document = json.loads(path.read_text())
    title = next(cell for cell in document["cells"] if cell["id"] == "title")
    title["source"] += " A sentence more."
    document["cells"].append(markdown("close", "Where this leaves you"))
    save(path, document)
    assert subject_digest(chapter, chapter.assignments[0]) == before
    document["cells"][0]["source"] += "\n"
    save(path, document)
    assert subject_digest(chapter, chapter.assignments[0]) != before


def test_without_proofs_the_record_is_a_cache(tmp_path):
    course = write_course(tmp_path, proofs="")
    (assignment,) = course.assignments
    audit(course, assignment)
    assert record_path(course, assignment).is_relative_to(course.state)
    assert not course.audits.exists()


@pytest.mark.slow
def test_the_command_says_where_the_record_is_and_runs_the_trials_again(course):
    words = ["audit", "functions", "--course", str(course.root)]
    recorded = CliRunner().invoke(main, words).output
    assert THOUGHT in recorded
    assert "on record in tests/audits/functions.json" in recorded
    assert THOUGHT not in CliRunner().invoke(main, [*words, "--again"]).output


@pytest.mark.slow
def test_the_command_counts_what_the_visible_asserts_catch(tmp_path):
    course = write_course(tmp_path)
    words = ["audit", "--all", "--course", str(course.root)]
    lines = CliRunner().invoke(main, words).output.splitlines()
    row = next(line for line in lines if line.startswith("double "))
    assert row.split("  ")[0] == "double"
    assert "1 of 3" in row
    assert "visible asserts catch 3 of 6 wrong solutions (50 %)" in lines
    assert lines[-1] == "all assignments: visible asserts catch 3 of 6 wrong solutions (50 %)"
    (few,) = [line for line in lines if "fewer than 65 %" in line]
    assert few.startswith("functions: ")


@pytest.mark.slow
def test_few_visible_catches_are_no_fault(tmp_path):
    course = write_course(tmp_path)
    result = CliRunner().invoke(main, ["audit", "functions", "--course", str(course.root)])
    assert "fewer than 65 %" in result.output
    assert result.exit_code == 0


def test_what_is_saved_while_an_audit_runs_is_not_taken_for_audited(tmp_path):
    course = write_course(tmp_path)
    (assignment,) = course.assignments
    audit(course, assignment, lambda _count, _total: change_proofs(course))
    assert recorded_audit(course, assignment) is None


def test_a_proof_for_a_notebook_that_is_not_there_is_named(tmp_path):
    proof = 'wrong("double", "x", {"x + x": "x"}, notebook="functionz")\n'
    course = write_course(tmp_path, PROOFS + proof)
    missing = audit(course, course.assignments[0]).missing
    assert missing == (
        "proofs are given for the notebook 'functionz', which functions does not have",
    )
