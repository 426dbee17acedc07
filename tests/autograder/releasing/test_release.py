"""Releasing: nbgrader's own bytes, nothing secret, nothing unproved."""

import copy
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from small_course import PROOFS, save, source_notebook, write_course

from autograder.model import CourseError
from autograder.notebook import cells
from autograder.releasing import release as released
from autograder.releasing.release import release

BIN = Path(sys.executable).parent


def nbgrader(*words, cwd):
    path = os.pathsep.join([str(BIN), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, "PYTHONWARNINGS": "ignore"}
    return subprocess.run(
        [str(BIN / "nbgrader"), *words], cwd=cwd, env=environment, capture_output=True, text=True
    )


def content(folder):
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


@pytest.mark.slow
def test_our_release_has_the_bytes_of_stock_nbgrader(tmp_path):
    course = write_course(tmp_path)
    release(course, course.assignments[0])
    ours = content(course.release)
    process = nbgrader("generate_assignment", "functions", "--force", cwd=tmp_path)
    assert process.returncode == 0, process.stderr
    assert content(course.release) == ours


def test_a_release_twice_is_the_same_and_says_so(tmp_path):
    course = write_course(tmp_path)
    assert release(course, course.assignments[0]).changed
    assert not release(course, course.assignments[0]).changed


def test_cell_ids_and_the_kernel_are_kept(tmp_path):
    course = write_course(tmp_path)
    release(course, course.assignments[0])
    document = json.loads((course.release / "functions/functions.ipynb").read_text())
    assert [c["id"] for c in document["cells"]] == [c["id"] for c in source_notebook()["cells"]]
    assert document["metadata"]["kernelspec"] == source_notebook()["metadata"]["kernelspec"]


def test_an_assignment_whose_audit_fails_is_refused(tmp_path):
    course = write_course(tmp_path, PROOFS[: PROOFS.index('@right("square"')])
    with pytest.raises(CourseError, match="its audit does not hold"):
        release(course, course.assignments[0])
    assert not course.release.exists()


def test_a_foreign_course_without_proofs_is_released_with_a_warning(tmp_path):
    course = write_course(tmp_path, proofs="")
    (warning,) = release(course, course.assignments[0]).warnings
    assert "no proofs" in warning
    assert release(course, course.assignments[0], audited=False).warnings == ()


def test_points_of_the_syllabus_that_the_notebooks_do_not_have_are_named(tmp_path):
    course = write_course(tmp_path)
    of_cells = sum(map(cells.points, source_notebook()["cells"]))
    right, wrong = (replace(course.assignments[0], points=of_cells + n) for n in (0, 3))
    assert release(course, right, audited=False).warnings == ()
    (warning,) = release(course, wrong, audited=False).warnings
    assert f"points = {of_cells + 3:g}" in warning and f"have {of_cells:g}" in warning


def test_a_leak_is_refused_and_nothing_is_written(tmp_path):
    course = write_course(tmp_path)
    document = copy.deepcopy(source_notebook())
    document["metadata"]["draft"] = "assert double(-3.5) == -7.0, 'negative numbers double too'"
    document["cells"][2]["source"] = document["cells"][2]["source"].replace('"', "'")
    save(course.source / "functions" / "functions.ipynb", document)
    with pytest.raises(CourseError, match="hidden test of cell 'double'"):
        release(course, course.assignments[0], audited=False)
    assert not course.release.exists()


def test_nbgraders_complaint_becomes_a_sentence(tmp_path):
    course = write_course(tmp_path)
    document = source_notebook()
    document["cells"][1]["source"] = "### BEGIN SOLUTION\n1"
    save(course.source / "functions" / "functions.ipynb", document)
    with pytest.raises(CourseError, match=r"functions\.ipynb: "):
        released.write(course, course.assignments[0], tmp_path / "draft")


def test_an_empty_assignment_is_refused(tmp_path):
    course = write_course(tmp_path)
    (course.source / "functions" / "functions.ipynb").unlink()
    empty = type(course.assignments[0])("functions", ())
    with pytest.raises(CourseError, match="holds no notebook"):
        released.write(course, empty, tmp_path / "draft")


SECRET = 'assert double(-3.5) == -7.0, "negative numbers double too"'


def leaking(course):
    (course.source / "functions" / "notes.md").write_text(SECRET)
    return course.assignments[0]


def test_an_accepted_leak_is_released_and_not_asked_about_again(tmp_path):
    course = write_course(tmp_path)
    assignment = leaking(course)
    with pytest.raises(CourseError, match=r"say so .*\n?.*--accept-leak double"):
        release(course, assignment, audited=False)
    first = release(course, assignment, audited=False, accepted_cells=["double"])
    assert {leak.secret.cell for leak in first.accepted} == {"double"}
    assert not release(course, assignment, audited=False).changed


def test_what_else_leaks_of_an_accepted_cell_or_of_another_is_refused(tmp_path):
    course = write_course(tmp_path)
    assignment = leaking(course)
    release(course, assignment, audited=False, accepted_cells=["double"])
    (course.source / "functions" / "more.md").write_text("1 point: names that the two signs cancel")
    path = course.source / "functions" / "functions.ipynb"
    document = json.loads(path.read_text().replace("-3.5) == -7.0", "-4.5) == -9.0"))
    save(path, document)
    release(course, assignment, audited=False)
    (course.source / "functions" / "notes.md").write_text(
        SECRET.replace("-3.5) == -7", "-4.5) == -9")
    )
    with pytest.raises(CourseError, match="hidden test of cell 'double'"):
        release(course, assignment, audited=False)


def test_an_acceptance_of_a_cell_without_a_secret_says_which_there_are(tmp_path):
    course = write_course(tmp_path)
    with pytest.raises(CourseError, match=r"no cell 'dubble' with .* It has: double-solution, dou"):
        release(course, course.assignments[0], audited=False, accepted_cells=["dubble"])
    assert not course.release.exists()


def test_a_damaged_list_of_acceptances_says_what_it_should_hold(tmp_path):
    course = write_course(tmp_path)
    (tmp_path / "accepted_leaks.json").write_text('{"functions": [1]}')
    with pytest.raises(CourseError, match="a list of accepted leaks with a cell and a sha256"):
        release(course, leaking(course), audited=False)


def test_a_release_leaves_no_draft_behind(tmp_path):
    course = write_course(tmp_path)
    release(course, course.assignments[0], audited=False)
    assert list(tmp_path.glob(".autograder-release-*")) == []
    assert [path.name for path in course.release.iterdir()] == ["functions"]
