"""Otter bundles come from nbgrader's cells, and `otter run` gives nbgrader's marks."""

import ast
import copy
import shutil
import zipfile

import plain_kernel
import psutil
import pytest
from small_course import (
    RIGHT_DOUBLE,
    RIGHT_SQUARE,
    answered,
    code,
    markdown,
    notebook,
    save,
    write_course,
)

from autograder.distributing import otter_bundle
from autograder.distributing.otter_tests import full_file, public_file
from autograder.gradebook.points import automatic_points
from autograder.grading.repair import repair
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing.release import write
from autograder.settings import nbgrader_strip, packages
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("otter")

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
TESTS = {
    "visible-variables": ("seen = half(8)\n" + HIDDEN.format("assert seen + half(2) == 5"), 2),
    "partial": ("right = [half(2) == 1, half(-3) == -1.5, half(1) == 0.5]\nsum(right)", 3),
    "hidden-part": (
        "assert half(4) == 2\n" + HIDDEN.format("0.25 if half(-3) == -2 else 0.5"),
        0.5,
    ),
    "in-a-loop": (
        "for x in (2, -3):\n    y = half(x)\n    "
        + HIDDEN.format("    assert y == x / 2").replace("\n###", "\n    ###"),
        1,
    ),
    "magic": ('%precision 3\nshown = "{}\\n"\nassert half(2) == 1;', 1),
    "namespace": (
        "kept = half\ndel half\ntry:\n    assert twice(3) == 6\nfinally:\n    half = kept",
        1,
    ),
    "text-value": ('assert half(2) == 1\n"thank you"', 1),
}
ANSWERS = {
    "right": ("def half(x):\n    return x / 2", "def twice(x):\n    return 2 * x"),
    "partly right": ("def half(x):\n    return x // 2", "def twice(x):\n    raise SystemExit"),
}


def source_of_all_kinds():
    tests = [code(n, t, grade=True, locked=True, points=p) for n, (t, p) in TESTS.items()]
    return notebook(
        markdown("title", "# Halves"),
        code("half-solution", "### BEGIN SOLUTION\nhalf = 1\n### END SOLUTION", solution=True),
        code("twice-solution", "### BEGIN SOLUTION\ntwice = 2\n### END SOLUTION", solution=True),
        *tests,
        markdown("essay", "Why?", grade=True, solution=True, points=4),
    )


def released(root, sources):
    """A course whose assignment `halves` is released, with these notebooks."""
    for name, document in sources.items():
        save(root / "source" / "halves" / f"{name}.ipynb", document)
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    course = open_course(root)
    write(course, course.assignment("halves"), course.release / "halves")
    return course, course.assignment("halves")


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    root = tmp_path_factory.mktemp("halves")
    course, assignment = released(root, {"halves": source_of_all_kinds()})
    student, grader = otter_bundle.bundle(course, assignment, root / "out")
    return course, assignment, student, grader


def submission(course, half, twice):
    document = cells.load(course.release / "halves" / "halves.ipynb")
    by_name = {cells.grade_id(cell): cell for cell in document["cells"]}
    by_name["half-solution"]["source"] = half
    by_name["twice-solution"]["source"] = twice
    return document


def nbgraders_marks(course, assignment, name, document, folder):
    """Points by test cell, as nbgrader's own rule gives them for the executed notebook."""
    mended = repair(document, nbgrader_strip.graded_form(course, assignment, name)).notebook
    executed = plain_kernel.run(mended, folder)
    return {cells.grade_id(c): automatic_points(c)[0] for c in cells.tests(executed)}


@pytest.mark.slow
@pytest.mark.parametrize("kind", ANSWERS)
def test_otter_run_gives_nbgraders_marks(halves, tmp_path, kind):
    course, assignment, _student, grader = halves
    document = submission(course, *ANSWERS[kind])
    save(tmp_path / "halves.ipynb", document)
    marks = otter_bundle.run(grader, tmp_path / "halves.ipynb")
    assert marks == nbgraders_marks(course, assignment, "halves", document, tmp_path)
    assert (sum(marks.values()) == 9.5) == (kind == "right")


@pytest.mark.slow
def test_checks_work_in_the_students_notebook(tmp_path):
    course = write_course(tmp_path)
    assignment = course.assignments[0]
    write(course, assignment, course.release / "functions")
    student, _grader = otter_bundle.bundle(course, assignment, tmp_path / "out")
    shutil.unpack_archive(student, tmp_path / "student")
    document = cells.load(tmp_path / "student" / "functions.ipynb")
    by_name = {cell["id"]: cell for cell in document["cells"]}
    by_name["double-solution"]["source"] = RIGHT_DOUBLE
    executed = plain_kernel.run(document, tmp_path / "student")
    output_by_cell = {cell["id"]: str(cell.get("outputs")) for cell in executed["cells"]}
    assert "passed" in output_by_cell["otter-double"]
    assert "NotImplementedError" in output_by_cell["otter-square"]


@pytest.mark.slow
def test_an_endless_loop_ends_with_a_sentence_and_leaves_nothing_running(tmp_path):
    course = write_course(tmp_path)
    write(course, course.assignments[0], course.release / "functions")
    _student, grader = otter_bundle.bundle(course, course.assignments[0], tmp_path / "out")
    noted = (
        f"import os, pathlib\npathlib.Path({str(tmp_path)!r}, 'pid').write_text(str(os.getpid()))"
    )
    save(tmp_path / "loop.ipynb", answered(f"{noted}\nwhile True:\n    pass", RIGHT_SQUARE))
    with pytest.raises(CourseError, match="took more than 40 s"):
        otter_bundle.run(grader, tmp_path / "loop.ipynb", limit_s=40)
    survivors = [p for p in psutil.process_iter() if p.pid == int((tmp_path / "pid").read_text())]
    assert {process.status() for process in survivors} <= {psutil.STATUS_ZOMBIE}


def test_a_damaged_submission_is_named(tmp_path):
    (tmp_path / "cut.ipynb").write_text('{"cells": [')
    with pytest.raises(CourseError, match=r"cut\.ipynb is cut off or not JSON"):
        otter_bundle.run(tmp_path / "autograder.zip", tmp_path / "cut.ipynb")


def test_students_get_the_notebook_and_the_visible_tests_alone(tmp_path):
    course, assignment = released(tmp_path, {"halves": source_of_all_kinds()})
    folder = tmp_path / "student"
    otter_bundle.write_student_folder(course, assignment, "halves", folder)
    paths = [path for path in folder.rglob("*") if path.is_file()]
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in paths}
    assert set(texts) == {"halves.ipynb", *(f"tests/{name}.py" for name in TESTS)}
    assert "seen + half(2)" not in "".join(texts.values())


@pytest.mark.slow
def test_hidden_tests_are_in_the_graders_bundle_only(halves):
    _course, _assignment, student, grader = halves
    with zipfile.ZipFile(student) as archive:
        assert "tests/visible-variables.py" in archive.namelist()
        assert "seen + half(2)" not in "".join(
            archive.read(name).decode() for name in archive.namelist()
        )
    with zipfile.ZipFile(grader) as archive:
        assert "seen + half(2)" in archive.read("tests/visible-variables.py").decode()


def test_every_test_file_has_the_points_and_the_visible_tests_of_its_cell():
    for cell in cells.tests(source_of_all_kinds()):
        visible = cells.remove_regions(cells.source(cell), cells.HIDDEN)
        for text in (public_file(cell), full_file(cell)):
            values = {
                ast.unparse(s.targets[0]): s for s in ast.parse(text).body if "targets" in s._fields
            }
            assert ast.literal_eval(values["points"].value) == cells.points(cell)
            assert ast.literal_eval(values["VISIBLE"].value).strip() == visible.strip()
            assert ast.literal_eval(values["OK_FORMAT"].value) is False


@pytest.mark.slow
def test_each_notebook_of_several_gets_a_bundle_of_its_own(tmp_path):
    essay = notebook(markdown("essay", "Why?", grade=True, solution=True, points=4))
    sources = {"one": source_of_all_kinds(), "two": source_of_all_kinds(), "written": essay}
    course, assignment = released(tmp_path, sources)
    paths = otter_bundle.bundle(course, assignment, tmp_path / "out")
    assert [path.relative_to(tmp_path / "out").as_posix() for path in paths] == [
        "one/student.zip",
        "one/autograder.zip",
        "two/student.zip",
        "two/autograder.zip",
    ]


@pytest.mark.slow
def test_the_same_source_gives_the_same_bytes(halves, tmp_path):
    course, assignment, student, grader = halves
    again = otter_bundle.bundle(course, assignment, tmp_path)
    assert [path.read_bytes() for path in again] == [student.read_bytes(), grader.read_bytes()]


def test_an_unreleased_assignment_is_refused_and_nothing_written(tmp_path):
    course = write_course(tmp_path)
    with pytest.raises(CourseError, match="autograder release functions"):
        otter_bundle.bundle(course, course.assignments[0], tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_leak_in_the_release_is_refused_and_nothing_written(tmp_path):
    course = write_course(tmp_path)
    shutil.copytree(course.source, course.release)
    with pytest.raises(CourseError, match=r"student\.zip!functions\.ipynb"):
        otter_bundle.bundle(course, course.assignments[0], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_to_run_is_refused(tmp_path):
    essay = notebook(markdown("essay", "Why?", grade=True, solution=True, points=4))
    course, assignment = released(tmp_path, {"halves": essay})
    with pytest.raises(CourseError, match="no cell that is graded by running it"):
        otter_bundle.bundle(course, assignment, tmp_path / "out")


def test_cells_marked_by_a_person_are_named(tmp_path):
    course, assignment = released(tmp_path, {"halves": source_of_all_kinds()})
    assert otter_bundle.describe_manual_cells(course, assignment) == [
        "halves: 4 points are not Otter's, a person marks essay"
    ]


@pytest.mark.slow
def test_the_graders_environment_has_what_the_notebook_imports(tmp_path):
    document = copy.deepcopy(source_of_all_kinds())
    document["cells"].append(code("more", "import json\nimport numpy as np\nfrom ours import x"))
    package = tmp_path / "course" / "ours"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("from theirs import x\n")
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["click>=8.1"]\n')
    course, assignment = released(tmp_path, {"halves": document})
    assert packages.requirements(course, assignment) == ["click>=8.1", "numpy"]
    _student, grader = otter_bundle.bundle(course, assignment, tmp_path / "out")
    with zipfile.ZipFile(grader) as archive:
        assert "files/ours/__init__.py" in archive.namelist()
        assert "- numpy\n" in archive.read("environment.yml").decode()
