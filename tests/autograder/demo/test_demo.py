"""The demo class: every fault is named, and Otter gives the marks that we give."""

import json
import shutil
from pathlib import Path

import pytest

from autograder.demo.demo_class import CLASS, notebook
from autograder.demo.demo_inbox import hand_in
from autograder.distributing import otter_bundle
from autograder.grading.grade_class import grade_class
from autograder.grading.read_grades import grades
from autograder.grading.run_settings import Settings
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing.release import write
from autograder.sandbox.limits import Limits
from autograder.settings.open_course import open_course

pytestmark = pytest.mark.xdist_group("demo")

ROOT = Path(__file__).parents[3]
PARTS = ("source", "course", "hardware_labs", "tests/proofs")
QUICK = Settings(Limits(cell_s=15.0, after_s=1.0))
HANDED_IN = [
    (assignment, student)
    for assignment, students in CLASS.items()
    for student in students
    if student.name == "charles" or student.fault in ("deleted test cell", "shadowing module")
]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    target = tmp_path_factory.mktemp("demo") / "course"
    for part in PARTS:
        shutil.copytree(ROOT / part, target / part)
    shutil.copyfile(ROOT / "nbgrader_config.py", target / "nbgrader_config.py")
    course = open_course(target)
    for assignment in map(course.assignment, CLASS):
        write(course, assignment, course.release / assignment.id)
    return course


@pytest.fixture(scope="module")
def bundles(course, tmp_path_factory):
    out = tmp_path_factory.mktemp("otter")
    for assignment in map(course.assignment, CLASS):
        otter_bundle.bundle(course, assignment, out / assignment.id)
    return out


def submit(course, assignment, student):
    folder = course.submitted / student.name / assignment.id
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{assignment.id}.ipynb"
    path.write_text(cells.dump(notebook(course, assignment, student)))
    return path


def marks(course, assignment, student):
    grade_class(course, assignment, QUICK)
    by_student = {result.student: result for result in grades(course, assignment)}
    return {mark.cell: mark.points for mark in by_student[student.name].marks}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "student"), HANDED_IN, ids=lambda v: getattr(v, "name", v))
def test_otter_run_gives_the_same_marks(course, bundles, name, student):
    assignment = course.assignment(name)
    path = submit(course, assignment, student)
    otter = otter_bundle.run(bundles / name / "autograder.zip", path, limit_s=240)
    ours = marks(course, assignment, student)
    assert otter == {cell: ours[cell] for cell in otter}
    source = cells.load(course.source / name / f"{name}.ipynb")
    assert set(otter) == {cells.grade_id(cell) for cell in cells.tests(source)}


@pytest.mark.slow
def test_otter_run_on_an_endless_loop_is_stopped(course, bundles):
    student = next(s for s in CLASS["01_tensor"] if s.fault == "endless loop")
    path = submit(course, course.assignment("01_tensor"), student)
    with pytest.raises(CourseError, match="took more than 20 s"):
        otter_bundle.run(bundles / "01_tensor" / "autograder.zip", path, limit_s=20)
    shutil.rmtree(path.parent)


@pytest.mark.slow
def test_right_answers_earn_all_and_each_mistake_costs_its_question(course):
    assignment = course.assignment("01_tensor")
    students = {student.name: student for student in CLASS["01_tensor"]}
    submit(course, assignment, students["ada"])
    submit(course, assignment, students["charles"])
    ada = marks(course, assignment, students["ada"])
    charles = marks(course, assignment, students["charles"])
    assert sum(ada.values()) == 17
    assert [cell for cell in ada if charles[cell] < ada[cell]] == ["stretch"]


def test_the_class_has_every_fault_and_size_that_it_should():
    students = [student for group in CLASS.values() for student in group]
    assert len(students) >= 16
    faults = {student.fault for student in students}
    assert {"endless loop", "deleted test cell", "truncated", "shadowing module"} <= faults


def test_an_inbox_has_a_file_per_student(course, tmp_path):
    for assignment in map(course.assignment, CLASS):
        path = hand_in(course, assignment, tmp_path / "inbox")
        assert path.stat().st_size > 5000


@pytest.mark.slow
def test_bundles_are_the_same_bytes_each_time(course, bundles, tmp_path):
    for assignment in map(course.assignment, CLASS):
        otter_bundle.bundle(course, assignment, tmp_path / assignment.id)
        for name in ("student.zip", "autograder.zip"):
            again = (tmp_path / assignment.id / name).read_bytes()
            assert again == (bundles / assignment.id / name).read_bytes()


@pytest.mark.slow
def test_the_students_bundle_checks_in_place(course, bundles, tmp_path):
    import plain_kernel

    shutil.unpack_archive(bundles / "01_tensor" / "student.zip", tmp_path)
    document = json.loads((tmp_path / "01_tensor.ipynb").read_text())
    source = cells.load(course.source / "01_tensor" / "01_tensor.ipynb")
    right = {cells.grade_id(c): cells.source(c) for c in source["cells"] if cells.is_solution(c)}
    for cell in document["cells"]:
        cell["source"] = right.get(cells.grade_id(cell), cell["source"])
    document["cells"] = document["cells"][: 2 + _place(document, "otter-broadcast_shape")]
    ran = plain_kernel.run(document, tmp_path)
    outputs = {c["id"]: str(c["outputs"]) for c in ran["cells"] if c["id"].startswith("otter-")}
    assert "passed" in outputs["otter-tensor_data"] and "passed" in outputs["otter-broadcast_shape"]


def _place(document, name):
    return [cell["id"] for cell in document["cells"]].index(name)
