"""What goes into autograder.zip, and what is refused: nothing there may answer the assignment."""

import zipfile

import pytest
from click.testing import CliRunner
from small_course import SOLUTION, code, notebook, save, write_course

from autograder.commands.cli import main
from autograder.distributing import otter_bundle, otter_grader
from autograder.distributing.otter_tests import full_file, public_file
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing.release import write
from autograder.settings.open_course import open_course

SYLLABUS = """\
course = "Small"

[[assignment]]
id = "earlier"
exports = "lib/earlier.py"

[[assignment]]
id = "functions"
exports = "lib/functions.py"
prerequisites = ["earlier"]

[[assignment]]
id = "later"
exports = "lib/later.py"
prerequisites = ["functions"]
"""
STUDENTS = ("__init__.py", "earlier.py", "given.py", "more/functions.py")
EXERCISES = ("functions.py", "functions.pyc", "functions.py.orig", "functions/x.py", "later.py")


@pytest.fixture
def course(tmp_path):
    """A released course whose notebook imports a package with a module for each chapter."""
    (tmp_path / "course").mkdir()
    (tmp_path / "course" / "syllabus.toml").write_text(SYLLABUS)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "small-course"\n')
    course = write_course(tmp_path)
    for name in STUDENTS:
        path = tmp_path / "course" / "lib" / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(f'"""The module {name}."""\n')
    path = course.source / "functions" / "functions.ipynb"
    document = cells.load(path)
    document["cells"].insert(0, code("imports", "import lib"))
    save(path, document)
    course = open_course(tmp_path)
    write(course, course.assignment("functions"), course.release / "functions")
    return course


def test_only_closed_chapters_and_given_modules_are_in_it(course):
    package = course.root / "course" / "lib"
    (package / "functions").mkdir()
    for name in (*EXERCISES, "given.pyc"):
        (package / name).write_text("answer = 42\n")
    files = otter_grader.grader_files(course, course.assignment("functions"))
    assert {name for name in files if name.startswith("lib/")} == {f"lib/{n}" for n in STUDENTS}


def test_a_package_with_a_solution_in_it_is_refused_and_nothing_written(course, tmp_path):
    (course.root / "course" / "lib" / "given.py").write_text(SOLUTION)
    with pytest.raises(CourseError, match=r"could import from autograder\.zip.*\n.*lib/given\.py"):
        otter_bundle.bundle(course, course.assignment("functions"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_tools_leave_beside_the_notebook_stays_there(course):
    folder = course.source / "functions"
    (folder / ".OTTER_LOG").write_bytes(b"a solved notebook")
    (folder / "data.csv").write_text("1\n")
    files = otter_grader.support_files(course, course.assignment("functions"))
    assert "data.csv" in files
    assert ".OTTER_LOG" not in files


@pytest.mark.parametrize(
    "line",
    [
        "small-course",
        "Small.Course[all]>=1.0  # the course",
        "small-student==1.2",
        "course @ git+https://example.org/small_course.git",
        "./dist/small_course-1.0-py3-none-any.whl",
        "-e .",
        "--editable=./course",
        ".",
    ],
)
def test_a_requirement_that_installs_the_course_is_refused(course, line):
    with pytest.raises(CourseError, match="must not install the course's own packages"):
        otter_grader.check_requirements(course, ["numpy", line])


@pytest.mark.slow  # otter makes a bundle each time; the lines are tested above
@pytest.mark.parametrize("folder", [".", "source/functions"])
def test_a_requirement_with_a_password_is_refused_and_a_comment_stays_here(
    course, tmp_path, folder
):
    path = course.root / folder / "requirements.txt"
    path.write_text("numpy\n--extra-index-url https://staff:hunter2@example.org/simple\n")
    with pytest.raises(CourseError, match="but line 2 has one in its address") as error:
        otter_bundle.bundle(course, course.assignment("functions"), tmp_path / "out")
    assert "hunter2" not in str(error.value) and not (tmp_path / "out").exists()
    path.write_text("numpy  # pw hunter2\n  # hunter2\n")
    otter_bundle.bundle(course, course.assignment("functions"), tmp_path / "out")
    (bundle,) = (tmp_path / "out").rglob("autograder.zip")
    with zipfile.ZipFile(bundle) as opened:
        contents = {name: opened.read(name) for name in opened.namelist()}
    assert b"- numpy\n" in contents["environment.yml"]
    assert [name for name, data in contents.items() if b"hunter2" in data] == []


def test_a_requirement_over_two_lines_is_one(course):
    with pytest.raises(CourseError, match="one is 'small-course'"):
        otter_grader.check_requirements(course, ["small-\\", "course"])


def test_other_requirements_are_taken(course):
    lines = ["numpy>=2.0", "small-course-data", "", "# a word", "--index-url https://example.org/"]
    otter_grader.check_requirements(course, [*lines, "torch @ https://example.org/torch.whl"])


def test_the_course_may_not_be_among_its_own_dependencies(course, tmp_path):
    (course.source / "functions" / "requirements.txt").write_text("small-course\n")
    with pytest.raises(CourseError, match="one is 'small-course'"):
        otter_bundle.bundle(course, course.assignment("functions"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_notebook_in_another_language_is_refused_with_one_sentence(tmp_path):
    course = write_course(tmp_path)
    path = course.source / "functions" / "functions.ipynb"
    document = cells.load(path)
    document["metadata"]["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    save(path, document)
    result = CliRunner().invoke(main, ["otter", "functions", "--course", str(tmp_path)])
    assert result.exit_code == 1
    assert "functions of functions is in 'r'; grade it with: autograder grade functions" in (
        result.stderr.replace("\n", " ")
    )
    assert not (tmp_path / "dist").exists()


def test_a_mark_scheme_in_a_test_is_in_neither_test_file():
    text = "assert x\n### BEGIN MARK SCHEME\n# two points\n### END MARK SCHEME"
    (cell,) = notebook(code("q", text, grade=True, locked=True, points=2))["cells"]
    assert "two points" not in public_file(cell) + full_file(cell)
