"""nbgrader's gradebook: the rows are nbgrader's own, faults are said, nothing is half done."""

import copy
import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import numpy as np
import pytest
from gradebook_course import (
    REGISTERED,
    STORED,
    all_right,
    executed,
    forms,
    marks,
    record_at_once,
    record_class,
    rows,
    warm,
    write_course,
)
from nbgrader.api import Gradebook
from nbgrader.preprocessors import SaveAutoGrades, SaveCells
from sqlalchemy.exc import SAWarning

from autograder.gradebook import open_gradebook, read_marks
from autograder.model import CourseError

pytestmark = pytest.mark.xdist_group("gradebook")

NOON = datetime(2027, 2, 1, 12, tzinfo=UTC)
NOBODY = 65534


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path)
    open_gradebook.register(course, course.assignments[0])
    return course


@pytest.fixture
def books(course):
    return forms(course)


@pytest.fixture
def recorder(course):
    with open_gradebook.recorder(course, course.assignments[0], patience_s=0.2) as save:
        yield save


@pytest.fixture(scope="module")
def their_tables(tmp_path_factory):
    """An empty gradebook that nbgrader made, for which it needs the program `alembic`."""
    path = tmp_path_factory.mktemp("nbgrader") / "theirs.db"
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", programs)
        Gradebook(f"sqlite:///{path}", "small").close()
    return path


@pytest.fixture
def theirs(course, books, tmp_path, their_tables):
    """A gradebook that nbgrader alone made and filled with the same assignment."""
    url = f"sqlite:///{shutil.copy(their_tables, tmp_path)}"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        with Gradebook(url, course.name) as book:
            book.update_or_create_assignment("functions")
        for name, form in books.items():
            SaveCells().preprocess(copy.deepcopy(form), resources_of(url, name))
        yield replace(course, db_url=url)


def resources_of(url, name, student="."):
    fields = {"assignment": "functions", "notebook": name, "student": student, "db_url": url}
    return {"nbgrader": fields}


def record_theirs(course, student, stamp, books):
    """What `nbgrader autograde` does with executed notebooks."""
    with Gradebook(course.db_url, course.name) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission("functions", student, timestamp=stamp)
        for name in {"functions", "written"} - set(books):
            for grade in book.find_submission_notebook(name, "functions", student).grades:
                grade.auto_score, grade.needs_manual_grade = 0, False
        book.db.commit()
    for name, notebook in books.items():
        SaveAutoGrades().preprocess(
            nbformat.from_dict(notebook), resources_of(course.db_url, name, student)
        )


def give_by_hand(course, student, cell, score, extra, comment):
    """What formgrader writes when a person marks."""
    notebook = {"square": "functions", "essay": "functions"}.get(cell, "written")
    with open_gradebook.gradebook(course) as book:
        grade = book.find_grade(cell, notebook, "functions", student)
        grade.manual_score, grade.extra_credit, grade.needs_manual_grade = score, extra, False
        answer = book.find_comment("part-solution", "written", "functions", student)
        answer.manual_comment = comment
        book.db.commit()


def test_an_assignment_is_registered_with_the_rows_that_nbgrader_writes(course, theirs):
    assert rows(course, REGISTERED) == rows(theirs, REGISTERED)


def test_the_tables_are_those_that_nbgrader_makes(course, theirs):
    tables = "SELECT name, sql FROM sqlite_master UNION SELECT version_num, '' FROM alembic_version"
    apart = {"SELECT": tables}
    ours, stock = rows(course, apart), rows(theirs, apart)
    spaced = [[" ".join(str(part).split()) for part in row] for row in ours["SELECT"]]
    assert spaced == [[" ".join(str(part).split()) for part in row] for row in stock["SELECT"]]


@pytest.mark.parametrize("seed", range(6))
def test_a_class_is_recorded_with_the_rows_that_nbgrader_writes(course, theirs, books, seed):
    rng = np.random.default_rng(seed)
    for turn in range(3):
        for student in ("ada", "blaise", "žofie"):
            stamp = NOON + timedelta(hours=float(rng.integers(100)))
            notebooks = executed(books, rng)
            notebooks = dict(list(notebooks.items())[: 2 - (turn == 2 and student == "blaise")])
            open_gradebook.record(course, course.assignments[0], student, stamp, notebooks)
            record_theirs(theirs, student, stamp.replace(tzinfo=None), notebooks)
        assert rows(course, STORED) == rows(theirs, STORED)
        mark = [str(rng.choice(["square", "essay", "part", "why"])), rng.random(), 0.5, "Look."]
        give_by_hand(course, "ada", *mark)
        give_by_hand(theirs, "ada", *mark)


def test_marks_are_read_as_nbgrader_adds_them_up(course, books):
    rng = np.random.default_rng(1)
    for student in ("ada", "blaise"):
        open_gradebook.record(course, course.assignments[0], student, NOON, executed(books, rng))
    give_by_hand(course, "ada", "why", 2.5, 1.0, "Good.")
    records = read_marks.recorded(course, course.assignments[0])
    with open_gradebook.gradebook(course) as book:
        for student, listed in records.items():
            for row in listed.marks:
                grade = book.find_grade(row.cell, row.notebook, "functions", student)
                assert (row.points, row.out_of) == (grade.score, grade.max_score)


def test_recording_again_leaves_every_row_and_its_id(course, books, recorder):
    notebooks = executed(books, np.random.default_rng(2))
    recorder("ada", NOON, notebooks)
    with sqlite3.connect(course.root / "gradebook.db") as book:
        before = list(book.iterdump())
        recorder("ada", NOON, notebooks)
        assert list(book.iterdump()) == before
    book.close()


def test_a_missing_notebook_scores_nothing_and_waits_for_nobody(course, books, recorder):
    recorder("ada", NOON, {"functions": all_right(books)["functions"]})
    listed = read_marks.recorded(course, course.assignments[0])["ada"].marks
    written_rows = [row for row in listed if row.notebook == "written"]
    assert [(row.points, row.needs_review) for row in written_rows] == [(0.0, False)] * 3


def test_a_task_waits_again_once_its_missing_notebook_is_there(course, books, recorder):
    recorder("ada", NOON, {"written": books["written"]})
    assert marks(course, "ada")["essay"] == 0
    for _ in range(2):
        recorder("ada", NOON, all_right(books))
        assert marks(course, "ada")["essay"] is None


def test_what_nbgrader_has_no_rule_for_waits_for_a_person(course, books, recorder):
    notebooks = all_right(books)
    too_much = {"output_type": "execute_result", "data": {"text/plain": "7"}, "metadata": {}}
    next(c for c in notebooks["functions"]["cells"] if c["id"] == "double")["outputs"] = [too_much]
    recorder("ada", NOON, notebooks)
    assert marks(course, "ada")["double"] is None


def test_a_warning_on_stderr_costs_nothing(course, books, recorder):
    notebooks = all_right(books)
    warning = {"output_type": "stream", "name": "stderr", "text": "careful"}
    next(c for c in notebooks["functions"]["cells"] if c["id"] == "double")["outputs"] = [warning]
    recorder("ada", NOON, notebooks)
    assert marks(course, "ada")["double"] == 2


@pytest.mark.parametrize("stamp", [NOON + timedelta(days=9999), NOON - timedelta(days=9999), None])
def test_no_clock_is_trusted_so_any_time_is_kept_as_it_was_handed_in(
    course, books, recorder, stamp
):
    recorder("ada", NOON, all_right(books))
    recorder("ada", stamp, all_right(books))
    (stored_stamp,) = {row[2] for row in rows(course, STORED)["submission"]}
    assert str(stored_stamp) == (f"{stamp:%Y-%m-%d %H:%M:%S}.000000" if stamp else "None")


def test_registering_again_keeps_the_ids_and_brings_new_points(course, recorder, books):
    recorder("ada", NOON, all_right(books))
    changed = copy.deepcopy(books)
    double = next(c for c in changed["functions"]["cells"] if c["id"] == "double")
    double["metadata"]["nbgrader"]["points"] = 5
    open_gradebook.register(course, course.assignments[0], changed)
    (row,) = [r for r in rows(course, REGISTERED)["cell"] if r[1:3] == ("double", "GradeCell")]
    assert row[3] == 5
    assert marks(course, "ada")["double"] == 2


def test_cells_come_and_go_until_there_are_submissions(course, books):
    fewer = {**books, "written": {**books["written"], "cells": books["written"]["cells"][:-1]}}
    open_gradebook.register(course, course.assignments[0], fewer)
    assert "why" not in {row[1] for row in rows(course, REGISTERED)["cell"]}
    open_gradebook.register(course, course.assignments[0], books)
    open_gradebook.record(course, course.assignments[0], "ada", NOON, all_right(books))
    before = rows(course, {**REGISTERED, **STORED})
    with pytest.raises(CourseError, match=r"'written' of 'functions' has submissions.*Put the"):
        open_gradebook.register(course, course.assignments[0], fewer)
    with pytest.raises(CourseError, match="the notebook is gone"):
        open_gradebook.register(course, course.assignments[0], {"functions": books["functions"]})
    assert rows(course, {**REGISTERED, **STORED}) == before


def test_a_notebook_that_is_gone_before_anybody_handed_in_is_forgotten(course, books):
    open_gradebook.register(course, course.assignments[0], {"functions": books["functions"]})
    assert [row[0] for row in rows(course, REGISTERED)["notebook"]] == ["functions"]


def test_recording_for_an_assignment_nobody_registered_says_so(tmp_path):
    course = write_course(tmp_path)
    with (
        pytest.raises(CourseError, match=r"'functions' is not in the gradebook.*Register it"),
        open_gradebook.recorder(course, course.assignments[0]),
    ):
        pass


def test_a_cell_the_gradebook_does_not_know_refuses_the_submission_whole(course, books, recorder):
    strange = all_right(books)
    strange["written"]["cells"][2]["metadata"]["nbgrader"]["grade_id"] = "stranger"
    with pytest.raises(CourseError, match="ada has cell 'stranger' of 'written', which the"):
        recorder("ada", NOON, strange)
    assert rows(course, STORED)["grade"] == []


@pytest.mark.parametrize("student", ["x" * 129, "caf\udce9", "a\x00b"])
def test_a_student_id_that_no_gradebook_keeps_is_named(course, books, recorder, student):
    with pytest.raises(CourseError, match=r"student id .* cannot be kept in a gradebook"):
        recorder(student, NOON, books)
    assert rows(course, STORED)["student"] == []


def test_an_address_with_options_reads_what_it_wrote(tmp_path):
    course = write_course(tmp_path, f"sqlite:///{tmp_path / 'gradebook.db'}?timeout=9")
    open_gradebook.register(course, course.assignments[0])
    open_gradebook.record(course, course.assignments[0], "ada", NOON, forms(course))
    assert marks(course, "ada")["double"] == 2


def test_reading_makes_no_gradebook(tmp_path):
    course = write_course(tmp_path)
    assert read_marks.recorded(course, course.assignments[0]) == {}
    assert not (tmp_path / "gradebook.db").exists()


def test_a_relative_address_is_one_below_the_course(tmp_path, monkeypatch):
    course = write_course(tmp_path / "course", "sqlite:///marks.db")
    monkeypatch.chdir(tmp_path)
    open_gradebook.register(course, course.assignments[0])
    open_gradebook.record(course, course.assignments[0], "ada", NOON, forms(course))
    assert marks(course, "ada")["double"] == 2
    assert (tmp_path / "course" / "marks.db").exists()


@contextmanager
def as_nobody():
    """Files are opened as somebody without rights, which root has to step down for."""
    step = ctypes.CDLL(None).setfsuid if os.geteuid() == 0 else lambda _uid: None
    step(NOBODY)
    try:
        yield
    finally:
        step(0)


@pytest.fixture
def open_folder():
    """A course root that nobody can reach; pytest's own folders are closed to others."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    yield folder
    folder.chmod(0o777)
    shutil.rmtree(folder)


@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o444, 0o777), (0o666, 0o555)])
def test_a_gradebook_that_may_not_be_written_says_so(open_folder, file_mode, folder_mode):
    course = write_course(open_folder)
    work, books = course.assignments[0], forms(course)
    open_gradebook.register(course, work, books)
    (open_folder / "gradebook.db").chmod(file_mode)
    open_folder.chmod(folder_mode)
    with as_nobody(), pytest.raises(CourseError, match=r"gradebook.db cannot be opened or written"):
        open_gradebook.record(course, work, "ada", NOON, books)
    assert rows(course, STORED)["student"] == []
    open_folder.chmod(0o777)
    (open_folder / "gradebook.db").chmod(0o666)
    with as_nobody():
        open_gradebook.record(course, work, "ada", NOON, books)
    assert marks(course, "ada")["double"] == 2


def test_a_folder_where_no_gradebook_can_be_made_says_so(open_folder):
    course = write_course(open_folder)
    open_folder.chmod(0o555)
    with as_nobody(), pytest.raises(CourseError, match=r"gradebook.db cannot be opened or written"):
        open_gradebook.register(course, course.assignments[0], forms(course))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(folder)]
    with suppress(OSError):
        if subprocess.run(mount, capture_output=True).returncode == 0:
            yield folder
            subprocess.run(["umount", str(folder)], check=True)
            return
    pytest.skip("a small file system cannot be mounted here (needs root)")


def test_a_full_disk_says_so_and_afterwards_the_rerun_is_right(tmp_path, small_disk):
    course = write_course(tmp_path / "course", f"sqlite:///{small_disk / 'gradebook.db'}")
    work, books = course.assignments[0], forms(course)
    open_gradebook.register(course, work, books)
    with open_gradebook.recorder(course, work) as save:
        save("ada", NOON, books)
        with suppress(OSError), (small_disk / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"0" * 4096)
        with pytest.raises(CourseError, match=r"cannot grow: its disk is full or fails. Free some"):
            for student in range(500):
                save(f"s{student}", NOON, books)
        (small_disk / "filler").unlink()
        records = read_marks.recorded(course, work)
        assert {len(listed.marks) for listed in records.values()} == {6}
        save("last", NOON, books)
    assert marks(course, "last")["double"] == 2


def test_a_gradebook_in_use_is_waited_for_then_said(course, books, recorder):
    other = sqlite3.connect(course.root / "gradebook.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO student (id) VALUES ('from formgrader')")
    began = time.monotonic()
    with pytest.raises(CourseError, match=r"is in use by another program.*formgrader"):
        recorder("ada", NOON, books)
    assert 0.1 < time.monotonic() - began < 5
    other.execute("COMMIT")
    other.close()
    recorder("ada", NOON, books)
    assert [row[0] for row in rows(course, STORED)["student"]] == ["ada", "from formgrader"]


@pytest.mark.parametrize("content", [b"not a database at all " * 100, b"\x00" * 4096])
def test_a_file_that_is_no_gradebook_says_so(tmp_path, content):
    course = write_course(tmp_path)
    (tmp_path / "gradebook.db").write_bytes(content)
    with pytest.raises(CourseError, match="is damaged or no SQLite database"):
        open_gradebook.register(course, course.assignments[0], forms(course))
    with pytest.raises(CourseError, match="is damaged or no SQLite database"):
        read_marks.recorded(course, course.assignments[0])
    assert (tmp_path / "gradebook.db").read_bytes() == content


def test_tables_of_another_nbgrader_say_so_before_anything_is_written(course, books):
    with sqlite3.connect(course.root / "gradebook.db") as book:
        book.execute("ALTER TABLE grade DROP COLUMN extra_credit")
    book.close()
    with pytest.raises(CourseError, match=r"no column 'grade.extra_credit'.*nbgrader db upgrade"):
        open_gradebook.record(course, course.assignments[0], "ada", NOON, books)
    with pytest.raises(CourseError, match=r"made by another version of nbgrader"):
        read_marks.recorded(course, course.assignments[0])


def test_an_address_that_is_none_is_not_repeated(tmp_path):
    for address in ("postgresql//ada:s3cret@host", "mysql://ada:s3cret@host/marks"):
        course = replace(write_course(tmp_path), db_url=address)
        with pytest.raises(CourseError, match=r"CourseDirectory\.db_url") as error:
            open_gradebook.register(course, course.assignments[0], forms(course))
        assert "s3cret" not in str(error.value)


def test_what_was_half_made_by_a_killed_nbgrader_is_completed(tmp_path):
    course = write_course(tmp_path)
    open_gradebook.register(course, course.assignments[0])
    with sqlite3.connect(tmp_path / "gradebook.db") as book:
        ((head,),) = book.execute("SELECT version_num FROM alembic_version").fetchall()
        book.execute("DROP TABLE alembic_version")
    book.close()
    open_gradebook.register(course, course.assignments[0])
    with open_gradebook.gradebook(course) as again, again.engine.connect() as book:
        versions = book.exec_driver_sql("SELECT version_num FROM alembic_version")
        assert versions.scalar_one() == head


@pytest.mark.slow
def test_two_processes_at_once_leave_each_row_once(tmp_path):
    course, rng = write_course(tmp_path), np.random.default_rng(5)
    books = forms(course)
    students = {f"s{i:02}": executed(books, rng) for i in range(20)}
    assert record_at_once(course, [students, dict(reversed(students.items()))]) == [0, 0]
    twice = rows(course, STORED)
    (tmp_path / "gradebook.db").unlink()
    open_gradebook.register(course, course.assignments[0], books)
    with open_gradebook.recorder(course, course.assignments[0]) as save:
        for student, notebooks in students.items():
            save(student, None, notebooks)
    assert rows(course, STORED) == twice


@pytest.mark.slow
def test_a_killed_recorder_loses_nothing_that_it_told_and_leaves_nothing_half_written(tmp_path):
    course = write_course(tmp_path)
    work, books, rng = course.assignments[0], forms(course), np.random.default_rng(0)
    students = {f"s{i:02}": executed(books, rng) for i in range(25)}
    expected, processes = {}, warm()
    for _ in range(20):
        (tmp_path / "gradebook.db").unlink(missing_ok=True)
        open_gradebook.register(course, work, books)
        receiver, sender = processes.Pipe(duplex=False)
        child = processes.Process(target=record_class, args=(course, students, sender))
        child.start()
        sender.close()
        recorded_students = {receiver.recv() for _ in range(rng.integers(1, 25))} - {""}
        time.sleep(rng.uniform(0, 0.005))
        child.kill()
        child.join()
        with suppress(EOFError):
            while True:
                recorded_students.add(receiver.recv())
        records = read_marks.recorded(course, work)
        assert recorded_students <= records.keys()
        assert {len(listed.marks) for listed in records.values()} <= {6}
        with open_gradebook.recorder(course, work) as save:
            for student, notebooks in students.items():
                save(student, None, notebooks)
        expected = expected or rows(course, STORED)
        assert rows(course, STORED) == expected
    assert len(expected["grade"]) == 25 * 6
