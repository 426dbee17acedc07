"""A new course and a new assignment pass the commands of the course as they stand."""

import json
import re
import shlex
import shutil
import tomllib
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from small_course import save, write_course

from autograder import proofs
from autograder.authoring import question_cells
from autograder.authoring.new_assignment import new_assignment
from autograder.authoring.new_course import new_course
from autograder.commands.cli import main
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing.audit import audit
from autograder.releasing.audit_record import record_path
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.xdist_group("new_course")


def run(*words):
    return CliRunner().invoke(main, list(map(str, words)))


def in_course(course, *words):
    return run(*words, "--course", course.root)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The course as `init` writes it, audited and released."""
    folder = tmp_path_factory.mktemp("courses") / "my-course"
    creation = run("init", folder)
    assert creation.exit_code == 0, creation.output
    course = open_course(folder)
    for verb in ("audit", "release"):
        result = in_course(course, verb, "hw1")
        assert result.exit_code == 0, result.output
    return course


def answered_release(course, name="hw1"):
    """The released notebook with the reference's own answers, as a student hands it in."""
    path = course.release / name / f"{name}.ipynb"
    document = json.loads(path.read_text())
    source = cells.load(course.source / name / f"{name}.ipynb")
    texts = {cells.grade_id(c): cells.source(c) for c in source["cells"] if cells.is_solution(c)}
    for cell in document["cells"]:
        if cells.grade_id(cell) in texts:
            cell["source"] = re.sub(r" *### \w+ SOLUTION\n?", "", texts[cells.grade_id(cell)])
    return document


def test_init_writes_a_course_and_nothing_else(tmp_path):
    course = new_course(tmp_path / "other", 'A "new" \\ course')
    names = {p.relative_to(course.root).as_posix() for p in course.root.rglob("*") if p.is_file()}
    assert names == {
        ".gitignore",
        "README.md",
        "course/syllabus.toml",
        "nbgrader_config.py",
        "source/hw1/hw1.ipynb",
        "tests/proofs/hw1.py",
    }
    ignored = (course.root / ".gitignore").read_text().splitlines()
    assert {"/reports/", "/roster.csv", "/groups.csv", "/extensions.csv"} <= set(ignored)
    assert (course.name, course.title) == ("other", 'A "new" \\ course')
    assert [a.points for a in course.assignments] == [10]


def test_init_replaces_nothing(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    for place in (tmp_path, tmp_path / "notes.txt"):
        result = run("init", place)
        assert result.exit_code == 1 and "is not empty" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_the_notebook_is_valid_and_its_questions_are_of_each_kind(course):
    document = json.loads((course.source / "hw1" / "hw1.ipynb").read_text())
    nbformat.validate(nbformat.from_dict(document))
    kinds = [
        (cells.grade_id(c), cells.points(c), bool(cells.nbgrader(c).get("task")))
        for c in document["cells"]
        if cells.points(c)
    ]
    assert kinds == [("hw1-mean", 4, False), ("hw1-plot", 3, False), ("hw1-why", 3, True)]


def test_the_audit_of_a_new_notebook_shows_no_weakness(course):
    (work,) = (a for a in course.assignments if a.id == "hw1")
    result = audit(course, work)
    assert result.holds and result.isolation.forked == () and result.isolation.in_turn == ()
    assert all(name.is_answer for name in result.isolation.editable_names)
    assert result.visible_catches().share >= 0.75
    kinds = {p.question: 0 for p in proofs.read(course.proofs / "hw1.py")}
    assert set(kinds) == {"hw1-mean", "hw1-plot"}


def test_a_hand_in_is_collected_and_graded_as_the_readme_says(course, tmp_path):
    save(tmp_path / "inbox" / "ada" / "hw1.ipynb", answered_release(course))
    released = json.loads((course.release / "hw1" / "hw1.ipynb").read_text())
    save(tmp_path / "inbox" / "bob" / "hw1.ipynb", released)
    readme = (course.root / "README.md").read_text()
    lines = re.findall(r"(?m)^autograder (\S+ hw1.*?)(?: *#.*)?$", readme)
    assert [line.split()[0] for line in lines] == [
        *("audit", "release", "collect", "grade", "feedback", "export")
    ]
    for line in lines[2:]:
        words = shlex.split(line.replace("~/Downloads/submissions.zip", str(tmp_path / "inbox")))
        words = [str(tmp_path / word) if word == "marks.csv" else word for word in words]
        result = in_course(course, *words)
        assert result.exit_code == 0, result.output
    rows = {row.split(",")[0]: row for row in (tmp_path / "marks.csv").read_text().splitlines()}
    assert rows["ada"].startswith("ada,hw1,7,10,needs review")
    assert rows["bob"].startswith("bob,hw1,0,10,needs review")


def test_a_new_assignment_has_its_row_and_holds_its_audit(course):
    before = (course.root / "course" / "syllabus.toml").read_text()
    creation = in_course(course, "new", "Lab_2", "--title", 'On "plots"', "--due", "2027-02-01")
    assert creation.exit_code == 0, creation.output
    text = (course.root / "course" / "syllabus.toml").read_text()
    assert text.startswith(before.rstrip())
    row = tomllib.loads(text)["assignment"][-1]
    assert row.pop("due").isoformat() == "2027-02-01T23:59:59+00:00"
    assert row == {
        "id": "Lab_2",
        "track": "HOMEWORK",
        "title": 'On "plots"',
        "prerequisites": [],
        "points": 10,
        "minutes": 60,
    }
    result = in_course(course, "release", "Lab_2")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("name", ["hw1", "HW1", "a b", "../x", "", "x" * 41, "-x", "a+b", "über"])
def test_an_id_that_is_taken_or_none_is_refused_before_anything_is_written(course, name):
    before = sorted(course.root.rglob("*"))
    result = run("new", "--course", course.root, "--", name)
    assert result.exit_code == 1
    assert "Choose another id" in result.stderr or "cannot be an id" in result.stderr
    assert sorted(course.root.rglob("*")) == before


def test_what_stands_there_already_is_kept(tmp_path):
    course = write_course(tmp_path)
    (course.proofs / "hw7.py").write_text("mine")
    with pytest.raises(CourseError, match=r"hw7\.py exists already"):
        new_assignment(course, "hw7", "Seven")
    assert not (course.source / "hw7").exists()
    new_paths = new_assignment(course, "hw8", "Eight")
    assert new_paths.syllabus is None and (course.source / "hw8" / "hw8.ipynb").is_file()
    with pytest.raises(CourseError, match="has an assignment 'hw8' already"):
        new_assignment(open_course(tmp_path), "hw8", "Eight")


def test_a_syllabus_that_cannot_be_added_to_is_left_alone(tmp_path):
    course = new_course(tmp_path / "c")
    syllabus = course.root / "course" / "syllabus.toml"
    text = 'course = "x"\nassignment = [{id = "hw1"}]\n'
    syllabus.write_text(text)
    with pytest.raises(CourseError, match="add this one by hand"):
        new_assignment(open_course(course.root), "hw2", "Two")
    assert syllabus.read_text() == text and not (course.source / "hw2").exists()


@pytest.mark.slow
def test_release_all_audits_only_what_changed(course):
    """The records get a thought that no audit has: where it stays, nothing was audited."""
    if not (course.source / "Lab_2").is_dir():
        in_course(course, "new", "Lab_2")
    course = open_course(course.root)
    assert in_course(course, "release", "--all").exit_code == 0
    for work in course.assignments:
        path = record_path(course, work)
        path.write_text(path.read_text().replace("always takes pairs", "a thought of nobody"))
    notebook = course.source / "hw1" / "hw1.ipynb"
    notebook.write_text(notebook.read_text().replace("what the assignment is about", "what it is"))
    assert in_course(course, "release", "--all").exit_code == 0
    notes = [record_path(course, work).read_text() for work in course.assignments]
    assert ["a thought of nobody" in text for text in notes] == [True, True]  # a text cell
    notebook.write_text(notebook.read_text().replace("a width of one nothing", "width one nothing"))
    assert in_course(course, "release", "--all").exit_code == 0  # a hidden test, so the same files
    notes = [record_path(course, work).read_text() for work in course.assignments]
    assert ["a thought of nobody" in text for text in notes] == [False, True]


@pytest.mark.slow
def test_a_new_assignment_of_this_course_holds_its_audit(tmp_path):
    for name in ("course/coursekit", "course/tinytorch"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("course/syllabus.toml", "nbgrader_config.py", "source/01_tensor/01_tensor.ipynb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    creation = run("new", "99_new", "--title", "New", "--track", "EXPLORE", "--course", tmp_path)
    assert creation.exit_code == 0, creation.output
    assert "check" in (tmp_path / "source/99_new/99_new.ipynb").read_text()
    audited = run("audit", "99_new", "--course", tmp_path)
    assert audited.exit_code == 0, audited.output
    text = (tmp_path / "course" / "syllabus.toml").read_text()
    assert text.startswith((ROOT / "course" / "syllabus.toml").read_text().rstrip())
    wrong = run("new", "98_new", "--track", "NONE", "--course", tmp_path)
    assert "has no track 'NONE'. It has: READ, EXPLORE" in wrong.stderr


def test_the_points_of_the_row_are_those_of_the_notebook():
    document = question_cells.notebook("hw1", "One", checked=True)
    assert sum(map(cells.points, document["cells"])) == sum(question_cells.POINTS.values())
    checks = [cells.source(c) for c in document["cells"] if cells.source(c).startswith("check(")]
    assert checks == ['check("hw1-mean")', 'check("hw1-plot")']
