"""publish: what students get holds what they need, nothing else, and the same bytes every time."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import small_course
from answering import answer
from small_course import code, notebook, save

from autograder.collecting.collect import collect
from autograder.distributing import student_folder, student_wheel
from autograder.distributing.deterministic_zip import pack
from autograder.distributing.publish import publish
from autograder.distributing.student_checks import table
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing import release
from autograder.releasing.release import find_leaks
from autograder.settings import packages
from autograder.settings.open_course import open_course

ROOT = Path(__file__).parents[3]
SYLLABUS = """\
course = "Small"

[[assignment]]
id = "functions"
track = "BUILD"
title = "Two functions"
exports = "tinytorch/core/functions.py"
points = 6
due = 2027-02-05T23:59:00Z
"""
PROJECT = """\
[project]
name = "small-course"
version = "1.2"
requires-python = ">=3.11"
dependencies = ["numpy>=2.0"]
optional-dependencies.boards = ["pyserial>=3.5"]
"""
INIT = """\
_HOME = {
    "double": "tinytorch.core.functions",
    "later": "tinytorch.core.later",
}
"""
HIDDEN = 'assert double(-3.5) == -7.0, "negative numbers double too"'
OWN_MARKERS = """
c.ClearHiddenTests.begin_test_delimeter = "BEGIN PRIVATE TESTS"
c.ClearHiddenTests.end_test_delimeter = "END PRIVATE TESTS"
c.ClearMarkScheme.begin_mark_scheme_delimeter = "BEGIN MARKING"
c.ClearMarkScheme.end_mark_scheme_delimeter = "END MARKING"
"""
FILES = {
    "course/coursekit/__init__.py": '"""The student\'s side."""\n',
    "course/coursekit/cli.py": "def main():\n    print('small-course here')\n",
    "course/coursekit/__pycache__/cli.pyc": "secret way",
    "course/coursekit/notes.txt": "not for students",
    "course/perfsim/data/devices.csv": "id,flash_bytes\nnrf52840,1048576\n",
    "course/tinytorch/__init__.py": INIT,
    "course/tinytorch/core/__init__.py": '"""The modules."""\n',
    "course/tinytorch/core/functions.py": "def double(x):\n    return x + x  # the secret way\n",
    "course/tinytorch/core/later.py": "def later():\n    return 'of an open chapter'\n",
    "hardware_labs/__init__.py": "",
    "hardware_labs/firmware/main.c": "int main(void) { return 0; }\n",
    "autograder/cli.py": "",
    "course/syllabus.toml": SYLLABUS,
    "pyproject.toml": PROJECT,
}


def foreign(root):
    """A released nbgrader course that knows nothing of coursekit."""
    course = small_course.write_course(root)
    released(course)
    return course


def released(course):
    for row in course.assignments:
        shutil.rmtree(course.release / row.id, ignore_errors=True)
        release.write(course, row, course.release / row.id)


@pytest.fixture
def ours(tmp_path):
    """A released course with coursekit, a syllabus and a reference framework."""
    root = tmp_path / "course"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    small_course.write_course(root)
    course = open_course(root)
    released(course)
    return course


def inside(archive):
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def below(folder):
    paths = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def test_folder_zip_and_wheel_hold_the_same(ours, tmp_path):
    published = publish(ours, tmp_path / "out")
    folder, archive, wheel = published.paths
    names = ["small-student-1.2", "small-student-1.2.zip", "small_student-1.2-py3-none-any.whl"]
    assert [path.name for path in published.paths] == names
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(names)
    assert inside(archive) == {f"{folder.name}/{n}": data for n, data in below(folder).items()}
    assert (folder / wheel.name).read_bytes() == wheel.read_bytes()
    assert published.notes == ()


def test_the_folder_is_a_workspace(ours, tmp_path):
    folder = publish(ours, tmp_path / "out").paths[0]
    marker = tomllib.loads((folder / "workspace.toml").read_text())
    files = below(folder)
    assert (marker["course"], marker["version"]) == ("small", "1.2")
    assert marker["assignments"] == ["functions"]
    notebooks = [digest for name, digest in marker["files"].items() if name.endswith(".ipynb")]
    copies = {f".course/released/{digest}.ipynb" for digest in notebooks}
    assert len(copies) == 2  # of the assignment and of the front page
    assert set(files) - set(marker["files"]) == {"workspace.toml", *copies}
    copy = f".course/released/{marker['files']['functions/functions.ipynb']}.ipynb"
    assert files[copy] == files["functions/functions.ipynb"]
    assert {"functions/functions.ipynb", "functions/numbers.csv"} < set(files)
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert marker["files"].items() <= sums.items()


def test_the_folder_opens_with_a_map_and_a_readme_whose_first_command_works(ours, tmp_path):
    folder = publish(ours, tmp_path / "out").paths[0]
    assert 'href="functions/functions.ipynb"' in (folder / "index.html").read_text()
    assert "progress()" in (folder / "index.ipynb").read_text()
    readme = (folder / "README.md").read_text()
    first = "    python3 -m venv .venv\n    source .venv/bin/activate\n    pip install -r"
    assert first in readme
    assert "You need Python 3.11 or later." in readme


def test_the_readme_names_the_extra_for_the_labs_that_need_it():
    course = open_course(ROOT)
    rows = list(course.assignments)
    readme = student_folder._readme(course, student_wheel.edition_of(course), rows, True)
    assert "You need Python 3.11, 3.12 or 3.13." in readme
    section = readme.partition("## Before the DEPLOY track")[2].partition("##")[0]
    assert "talk to a board" in section and "d01_connect" in section
    assert '-py3-none-any.whl[boards]"' in section


def test_the_written_answers_of_a_release_are_known_as_they_were_released():
    rows = table("02_activations", [ROOT / "release/02_activations/02_activations.ipynb"])
    (answer_row,) = rows["written"]
    assert answer_row["name"] == "explain-bend-answer"
    assert answer_row["source"] == "*Write your answer in this cell.*"
    assert answer_row["points"] > 0


def test_students_of_a_course_with_appeals_get_the_command_that_asks(ours):
    package = ours.root / "course" / "appeals"
    package.mkdir()
    (package / "command.py").write_text("def main(): ...\n")
    project = student_wheel.stage(ours, student_wheel.edition_of(ours), {}, [])["pyproject.toml"]
    scripts = tomllib.loads(project.decode())["project"]["scripts"]
    assert scripts["course"] == "appeals.command:main"
    readme = student_folder.contents(ours, student_wheel.edition_of(ours), b"")["README.md"]
    assert b"`course ask ID QUESTION" in readme


def test_the_wheel_holds_the_packages_and_nothing_secret(ours, tmp_path):
    files = inside(publish(ours, tmp_path / "out").paths[2])
    package_files = {name for name in files if ".dist-info/" not in name}
    assert package_files == {
        "coursekit/__init__.py",
        "coursekit/cli.py",
        "coursekit/syllabus.toml",
        "coursekit/checks/functions.json",
        "perfsim/data/devices.csv",
        "hardware_labs/__init__.py",
        "hardware_labs/firmware/main.c",
    }
    checks = json.loads(files["coursekit/checks/functions.json"])
    assert checks["questions"][0] == {
        "name": "double",
        "points": 2.0,
        "source": 'assert double(2) == 4, "twice two is four"',
    }
    scripts = files["small_student-1.2.dist-info/entry_points.txt"].decode()
    assert "course = coursekit.cli:main" in scripts
    assert "hardware-labs = hardware_labs.cli:main" in scripts
    metadata = files["small_student-1.2.dist-info/METADATA"].decode()
    assert "Requires-Dist: numpy>=2.0" in metadata
    assert "Provides-Extra: boards" in metadata


def test_the_wheel_of_this_course_holds_every_file_of_its_packages():
    course = open_course(ROOT)
    staged = student_wheel.stage(course, student_wheel.edition_of(course), {}, [])
    for folder in map(ROOT.joinpath, student_wheel.PACKAGES):
        names = {path.relative_to(folder.parent).as_posix() for path in packages.files(folder)}
        assert names <= set(staged), f"left out of the wheel: {sorted(names - set(staged))}"


def test_the_wheel_of_this_course_shows_nothing_that_a_source_notebook_hides(tmp_path):
    course = open_course(ROOT)
    staged = student_wheel.stage(course, student_wheel.edition_of(course), {}, [])
    archive = tmp_path / "staged.zip"
    pack(list(staged.items()), archive)
    leaks_by_name = {
        row.id: [str(leak) for leak in find_leaks(course, row, [archive], [])]
        for row in course.assignments
        if row.notebooks
    }
    assert not {name: leaks for name, leaks in leaks_by_name.items() if leaks}


def test_code_that_names_its_distribution_names_the_students(ours, tmp_path):
    files = inside(publish(ours, tmp_path / "out").paths[2])
    assert b"print('small-student here')" in files["coursekit/cli.py"]


def test_the_same_course_gives_the_same_bytes(ours, tmp_path):
    first = publish(ours, tmp_path / "once").paths
    for path in ours.root.rglob("*"):
        os.utime(path, (1_900_000_000, 1_900_000_000))
    second = publish(ours, tmp_path / "again").paths
    assert below(first[0]) == below(second[0])
    assert [p.read_bytes() for p in first[1:]] == [p.read_bytes() for p in second[1:]]


def test_publishing_again_replaces_what_was_there(ours, tmp_path):
    folder = publish(ours, tmp_path / "out").paths[0]
    before = below(tmp_path / "out")
    (folder / "README.md").unlink()
    (folder / "functions" / ".ipynb_checkpoints").mkdir()
    (folder / "functions" / ".ipynb_checkpoints" / "a.ipynb").write_text("of a tool")
    publish(ours, tmp_path / "out")
    assert below(tmp_path / "out") == before


@pytest.mark.parametrize(
    "name", ["functions/functions.ipynb", "functions/own.py", ".git/config", ".course/released/x"]
)
def test_work_in_the_folder_of_an_earlier_publish_is_not_deleted(ours, tmp_path, name):
    folder = publish(ours, tmp_path / "out").paths[0]
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("hours of work")
    before = below(tmp_path / "out")
    with pytest.raises(CourseError, match=f"is not as it was published, .*: {re.escape(name)}"):
        publish(ours, tmp_path / "out")
    assert below(tmp_path / "out") == before


def test_a_folder_of_the_same_name_without_a_marker_is_left_alone(ours, tmp_path):
    folder = publish(ours, tmp_path / "out").paths[0]
    (folder / "workspace.toml").unlink()
    with pytest.raises(CourseError, match="is not as it was published"):
        publish(ours, tmp_path / "out")


def test_a_link_in_the_place_of_the_folder_is_a_sentence_and_one_of_the_zip_is_replaced(
    ours, tmp_path
):
    folder, archive, _ = publish(ours, tmp_path / "out").paths
    archive.rename(tmp_path / "own.zip")
    archive.symlink_to(tmp_path / "own.zip")
    publish(ours, tmp_path / "out")
    assert not archive.is_symlink() and (tmp_path / "own.zip").is_file()
    folder.rename(tmp_path / "own")
    folder.symlink_to(tmp_path / "own")
    with pytest.raises(CourseError, match="is a link, so nothing was published there"):
        publish(ours, tmp_path / "out")
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_a_leak_leaves_nothing_behind_and_is_named(ours, tmp_path):
    path = ours.release / "functions" / "functions.ipynb"
    book = cells.load(path)
    book["cells"][0]["source"] += HIDDEN
    save(path, book)
    with pytest.raises(CourseError, match=r"functions/functions\.ipynb"):
        publish(ours, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_leak_inside_the_wheel_is_named(ours, tmp_path):
    (ours.root / "course/perfsim/told.py").write_text(HIDDEN)
    (ours.root / "course/perfsim/again.py").write_text(HIDDEN)
    with pytest.raises(CourseError, match=r"\.whl!perfsim/told\.py") as refusal:
        publish(ours, tmp_path / "out")
    assert "perfsim/again.py" in str(refusal.value)
    assert "--accept-leak" not in str(refusal.value)
    assert not (tmp_path / "out").exists()


def test_a_closed_chapter_brings_its_reference_and_no_other(ours, tmp_path):
    published = publish(ours, tmp_path / "out", ("functions",))
    files = inside(published.paths[2])
    reference = {name for name in files if name.startswith("tinytorch/")}
    assert reference == {
        "tinytorch/__init__.py",
        "tinytorch/core/__init__.py",
        "tinytorch/core/functions.py",
    }
    assert b"tinytorch.core.functions" in files["tinytorch/__init__.py"]
    assert b"later" not in files["tinytorch/__init__.py"]
    assert published.notes == (
        "The reference of functions is in the wheel: students can read its solutions.",
    )


def test_the_hidden_tests_of_a_closed_chapter_stay_secret(ours, tmp_path):
    (ours.root / "course/perfsim/told.py").write_text(HIDDEN)
    with pytest.raises(CourseError, match=r"perfsim/told\.py"):
        publish(ours, tmp_path / "out", ("functions",))


def _open_chapter(course, solution):
    """The course with one more assignment, whose solution is `solution`."""
    question = code(
        "total-solution", f"### BEGIN SOLUTION\n{solution}\n### END SOLUTION", solution=True
    )
    save(course.source / "total" / "total.ipynb", notebook(question))
    rows = SYLLABUS.replace("functions", "total").partition("\n\n")[2]
    (course.root / "course/syllabus.toml").write_text(f"{SYLLABUS}\n{rows}")
    reopened = open_course(course.root)
    released(reopened)
    return reopened


def test_a_line_that_a_solution_shares_with_a_closed_chapter_is_no_secret(ours, tmp_path):
    shared = "    rng = np.random.default_rng(seed)\n"
    reference = ours.root / "course/tinytorch/core/functions.py"
    reference.write_text(f"def sample(seed):\n{shared}    return rng.normal()\n")
    course = _open_chapter(
        ours, f"def total(seed):\n{shared}    return sum(rng.integers(9, size=4))"
    )
    files = inside(publish(course, tmp_path / "out", ("functions",)).paths[2])
    assert shared.encode() in files["tinytorch/core/functions.py"]
    (course.root / "course/perfsim/sample.py").write_text("return sum(rng.integers(9, size=4))\n")
    with pytest.raises(CourseError, match=r"sample\.py shows"):
        publish(course, tmp_path / "other", ("functions",))


def test_a_closed_chapter_must_not_hold_the_solution_of_an_open_one(ours, tmp_path):
    solution = "def total(seed):\n    rows = load(seed)\n    return sum(row.points for row in rows)"
    (ours.root / "course/tinytorch/core/functions.py").write_text(solution)
    course = _open_chapter(ours, solution)
    with pytest.raises(CourseError, match=r"functions\.py shows the whole solution"):
        publish(course, tmp_path / "out", ("functions",))


@pytest.mark.slow
@pytest.mark.parametrize("chapters", range(1, 9))
def test_each_chapter_of_the_course_can_be_handed_out_when_it_closes(tmp_path, chapters):
    course = open_course(ROOT)
    closed = [row.id for row in course.assignments if row.exports][:chapters]
    assert len(publish(course, tmp_path, closed).paths) == 3


def test_a_chapter_without_a_module_cannot_be_handed_out(ours, tmp_path):
    (ours.root / "course/tinytorch/core/functions.py").unlink()
    with pytest.raises(CourseError, match="functions has no reference to hand out"):
        publish(ours, tmp_path / "out", ("functions",))


def test_markers_of_the_courses_own_hide_as_much_as_nbgraders(ours, tmp_path):
    config = ours.root / "nbgrader_config.py"
    config.write_text(config.read_text() + OWN_MARKERS)
    path = ours.source / "functions" / "functions.ipynb"
    for default, marker in (("HIDDEN TESTS", "PRIVATE TESTS"), ("MARK SCHEME", "MARKING")):
        path.write_text(path.read_text().replace(default, marker))
    course = open_course(ours.root)
    released(course)
    folder, archive, wheel = publish(course, tmp_path / "out").paths
    files = [*below(folder).values(), *inside(archive).values(), *inside(wheel).values()]
    for secret in (b"negative numbers double too", b"the two signs cancel", b"PRIVATE", b"MARKING"):
        assert not [data for data in files if secret in data]


def test_a_hidden_test_left_in_under_markers_of_the_courses_own_is_named(ours, tmp_path):
    config = ours.root / "nbgrader_config.py"
    config.write_text(config.read_text() + OWN_MARKERS)
    path = ours.source / "functions" / "functions.ipynb"
    path.write_text(path.read_text().replace("HIDDEN TESTS", "PRIVATE TESTS"))
    shutil.copy(path, ours.release / "functions" / "functions.ipynb")
    with pytest.raises(CourseError, match="shows a line of the hidden test of cell 'double'"):
        publish(open_course(ours.root), tmp_path / "out")


def test_a_foreign_course_gets_a_folder_and_a_zip(tmp_path):
    published = publish(foreign(tmp_path / "theirs"), tmp_path / "out")
    assert [path.name for path in published.paths] == ["small-student-0", "small-student-0.zip"]
    assert "no wheel" in published.notes[0]
    readme = (published.paths[0] / "README.md").read_text()
    assert "course. There is one folder per assignment:" in readme
    assert readme.splitlines()[2].startswith("Your folder of the course. Open")
    assert "| folder | track | question |\n|---|---|---|\n| `functions` |" in readme
    assert "    jupyter lab\n" in readme and "`jupyter lab`." in readme
    assert ".whl" not in readme
    assert not [line for line in readme.splitlines() if line != line.rstrip()]
    assert "<p>One assignment so far. It is a" in (published.paths[0] / "index.html").read_text()


def test_the_requirements_of_a_foreign_course_are_what_its_notebooks_import(tmp_path):
    course = foreign(tmp_path / "theirs")
    plotting = notebook(code("imports", "import json\nimport matplotlib.pyplot as plt"))
    save(course.source / "plots" / "plots.ipynb", plotting)
    save(course.source / "words" / "words.ipynb", notebook(code("imports", "import re")))
    (course.source / "words" / "requirements.txt").write_text("# for words\nnltk>=3.9\n\n")
    course = open_course(course.root)
    released(course)
    folder = publish(course, tmp_path / "out").paths[0]
    lines = (folder / "requirements.txt").read_text().split("\n")
    assert lines == ["jupyterlab>=4.4", "matplotlib", "nltk>=3.9", ""]


def test_a_foreign_course_has_no_reference_to_hand_out(tmp_path):
    with pytest.raises(CourseError, match="no course/coursekit"):
        publish(foreign(tmp_path / "theirs"), tmp_path / "out", ("functions",))


def test_nothing_released_says_what_to_do_first(tmp_path):
    course = small_course.write_course(tmp_path)
    with pytest.raises(CourseError, match="First: autograder release ID"):
        publish(course, tmp_path / "out")


def test_an_assignment_that_is_not_released_is_a_note(tmp_path):
    course = foreign(tmp_path / "theirs")
    save(course.source / "later" / "later.ipynb", notebook(code("a", "1")))
    published = publish(open_course(course.root), tmp_path / "out")
    assert "later is not released, so it is not in it." in published.notes


def test_the_cells_to_export_are_found_by_tag_with_what_they_define(tmp_path):
    tagged = code("double-solution", "N = 2\ndef double(x):\n    ...", solution=True)
    tagged["metadata"]["tags"] = ["export"]
    broken = {**code("odd", "def ("), "metadata": {"tags": ["export"]}}
    save(tmp_path / "a.ipynb", notebook(tagged, code("other", "x = 1"), broken))
    assert table("a", [tmp_path / "a.ipynb"])["exports"] == [
        {"cell": "double-solution", "defines": ["N", "double"]},
        {"cell": "odd", "defines": []},
    ]


def test_a_zip_does_not_depend_on_the_order_of_its_files(tmp_path):
    pack([("b", b"2"), ("a", b"1")], tmp_path / "one.zip")
    pack([("a", b"1"), ("b", b"2")], tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["a", "b"]


def student(folder, *command):
    """Runs a command as a student does who has only the published folder."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    result = subprocess.run(
        [*map(str, command)], cwd=folder, env=keep, capture_output=True, text=True, timeout=900
    )
    assert result.returncode == 0, f"{command}: {result.stdout} {result.stderr}"
    return result.stdout


@pytest.mark.slow
def test_a_student_checks_exports_and_submits_with_the_wheel_alone(tmp_path):
    root = tmp_path / "course"
    for name in ("course", "hardware_labs"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("source", "release"):
        shutil.copytree(ROOT / name / "01_tensor", root / name / "01_tensor")
    shutil.copy(ROOT / "pyproject.toml", root)
    course = open_course(root)
    folder, _, wheel = publish(course, tmp_path / "out").paths

    uv, home = Path(sys.executable).with_name("uv"), tmp_path / "venv"
    student(tmp_path, uv, "venv", "--python", sys.executable, home)
    python = home / "bin" / "python"
    student(tmp_path, uv, "pip", "install", "--python", python, wheel, "ipython")
    command = home / "bin" / "course"
    assert student(folder, command, "--version").strip() in wheel.name
    assert "version" in student(folder, home / "bin" / "hardware-labs", "--version")
    answer(folder / "01_tensor/01_tensor.ipynb", root / "source/01_tensor/01_tensor.ipynb")

    student(folder, command, "check", "01_tensor")
    assert "Wrote tinytorch/core/tensor.py" in student(folder, command, "export", "01_tensor")
    shape = student(
        folder, python, "-c", "import tinytorch as t; print(t.__file__, t.Tensor([1, 2]).shape)"
    )
    assert str(folder) in shape
    assert "(2,)" in shape
    assert "Nothing to fix" in student(folder, command, "doctor")
    student(folder, command, "submit", "01_tensor", "--student", "ada")
    collected = collect(
        course, course.assignment("01_tensor"), folder / "submissions", datetime.now(UTC)
    )
    assert [submission.student for submission in collected.submissions] == ["ada"]
    assert collected.rejected == ()
