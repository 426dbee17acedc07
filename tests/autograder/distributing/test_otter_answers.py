"""Nothing that a submission can import from autograder.zip answers the assignment."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy
import pytest

from autograder.distributing import otter_bundle
from autograder.distributing.otter_grader import describe_closed_chapters, grader_files
from autograder.distributing.otter_tests import full_file
from autograder.grading.context import lay_out
from autograder.notebook import cells
from autograder.notebook.code_names import bound_names
from autograder.settings.open_course import open_course
from autograder.settings.source_notebook import source_notebook

COURSE = open_course(Path(__file__).parents[3])
CHAPTERS = [row.id for row in COURSE.assignments if row.exports]
SCRIPT = Path(__file__).with_name("unpacked_bundle.py")
INSTALLED = str(Path(numpy.__file__).parents[1])
AXIS_OF_A_DRAWING = ("coursekit.svg", "Axis")
MERGE_OF_NOTEBOOKS = {("coursekit.merge", "merge"), ("coursekit.update", "merge")}
STAR = "try:\n    from {} import *\nexcept Exception:\n    pass"


def beside_the_bundle(verb, folder, texts=()):
    """What `unpacked_bundle.py` says, with nothing of this course on its path but the bundle."""
    completed = subprocess.run(
        [sys.executable, "-I", "-S", str(SCRIPT), verb, str(folder), INSTALLED],
        input=json.dumps(list(texts)),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert completed.returncode == 0, completed.stderr[-3000:]
    return json.loads(completed.stdout)


def source_of(assignment):
    return source_notebook(COURSE, assignment, assignment.id)


def unpack_without_otter(assignment, folder):
    """What otter generate gets, where it would stand in autograder.zip."""
    tests = {f"{cells.grade_id(q)}.py": full_file(q) for q in cells.tests(source_of(assignment))}
    lay_out(grader_files(COURSE, assignment), folder / "files")
    lay_out({name: text.encode() for name, text in tests.items()}, folder / "tests")


def unpack_bundle(assignment, folder):
    _student, grader = otter_bundle.bundle(COURSE, assignment, folder / "out")
    with zipfile.ZipFile(grader) as archive:
        archive.extractall(folder)
        names = archive.namelist()
    assert not [name for name in names if name.endswith((".whl", ".zip", ".ipynb", ".pyc", "LOG"))]
    environment = (folder / "environment.yml").read_text()
    assert "mlsys" not in environment
    assert (folder / "otter_config.json").read_text() == "{}"


def solution_names(assignment):
    solutions = [cell for cell in source_of(assignment)["cells"] if cells.is_solution(cell)]
    code = [cells.source(cell) for cell in solutions if cell["cell_type"] == "code"]
    return set().union(*map(bound_names, code))


def importing_submission(assignment, modules):
    """The released notebook's code, each answer being `from MODULE import *` for every module."""
    released = cells.load(COURSE.release / assignment.id / f"{assignment.id}.ipynb")
    answer = "\n".join(STAR.format(name) for name in modules)
    return [
        answer if cells.is_solution(cell) else cells.source(cell)
        for cell in released["cells"]
        if cell["cell_type"] == "code"
    ]


def modules_that_define(assignment, names):
    """(module, name) of each name of the assignment's solutions that a module has."""
    solutions = solution_names(assignment)
    return {(module, name) for module, bound in names.items() for name in solutions & {*bound}}


def points(assignment, folder, modules):
    submission = importing_submission(assignment, modules)
    return sum(beside_the_bundle("score", folder, submission).values())


def assert_that_imports_earn_nothing(assignment, folder):
    names = beside_the_bundle("names", folder)
    other_meanings = {AXIS_OF_A_DRAWING, *MERGE_OF_NOTEBOOKS}
    assert modules_that_define(assignment, names) <= other_meanings
    assert points(assignment, folder, names) == 0


@pytest.mark.slow
def test_a_chapter_in_the_middle_has_no_module_that_defines_an_answer(tmp_path):
    assignment = COURSE.assignment("06_autograd")
    unpack_without_otter(assignment, tmp_path)
    assert modules_that_define(assignment, beside_the_bundle("names", tmp_path)) == set()
    core = {path.stem for path in (tmp_path / "files" / "tinytorch" / "core").glob("*.py")}
    assert core == {"__init__", "tensor", "activations", "layers", "losses"}


def test_the_first_chapter_has_no_module_that_defines_an_answer(tmp_path):
    assignment = COURSE.assignment("01_tensor")
    unpack_without_otter(assignment, tmp_path)
    names = beside_the_bundle("names", tmp_path)
    assert modules_that_define(assignment, names) == {AXIS_OF_A_DRAWING}
    assert not (tmp_path / "files" / "tinytorch" / "core" / "tensor.py").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", CHAPTERS)
def test_imports_earn_nothing_but_would_with_the_reference_in_the_bundle(name, tmp_path):
    assignment = COURSE.assignment(name)
    unpack_bundle(assignment, tmp_path)
    assert_that_imports_earn_nothing(assignment, tmp_path)
    reference = (COURSE.root / "course" / assignment.exports).read_bytes()
    lay_out({assignment.exports: reference}, tmp_path / "files")
    module = assignment.exports.removesuffix(".py").replace("/", ".")
    assert points(assignment, tmp_path, [module]) > 10


@pytest.mark.slow
def test_otter_itself_gives_nothing_for_an_import_although_the_course_is_installed_here(tmp_path):
    assignment = COURSE.assignment("01_tensor")
    _student, grader = otter_bundle.bundle(COURSE, assignment, tmp_path / "out")
    document = cells.load(COURSE.release / "01_tensor" / "01_tensor.ipynb")
    for cell in document["cells"]:
        if cells.is_solution(cell) and cell["cell_type"] == "code":
            cell["source"] = "from tinytorch.core.tensor import *"
    (tmp_path / "01_tensor.ipynb").write_text(cells.dump(document))
    assert set(otter_bundle.run(grader, tmp_path / "01_tensor.ipynb").values()) == {0.0}


def test_the_closed_chapters_in_the_bundle_are_named():
    assert describe_closed_chapters(COURSE, COURSE.assignment("01_tensor")) == []
    assert describe_closed_chapters(COURSE, COURSE.assignment("03_layers")) == [
        "01_tensor, 02_activations: their reference is in autograder.zip, and a submission can "
        "read it"
    ]
