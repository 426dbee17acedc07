"""Hand-ins in every layout an LMS, nbgrader or a person makes, and every way to break them."""

import io
import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from small_course import write_course

from autograder.collecting.collect import collect
from autograder.collecting.inbox_items import FILE_BYTES
from autograder.collecting.lms_schemes import AssignmentNames, by_scheme
from autograder.collecting.rejected import rejected_files
from autograder.collecting.store import Store
from autograder.collecting.verify import verify
from autograder.model import Assignment, Course, CourseError
from autograder.roster.matching import persons_of
from autograder.roster.people import Person

NOW = datetime(2027, 3, 1, tzinfo=UTC)
EARLY, LATE = datetime(2027, 2, 1, tzinfo=UTC), datetime(2027, 2, 2, 10, tzinfo=UTC)
TENSOR = Assignment("01_tensor", ("01_tensor",))
LIMITS = Assignment("x01_limits", ("x01_limits",))
PS1 = Assignment("ps1", ("problem1", "problem2"))


def cell(grade_id: str, text: str) -> dict:
    grade = {"grade": True, "solution": False, "locked": True, "points": 1, "schema_version": 3}
    meta = {"nbgrader": {**grade, "grade_id": grade_id}} if grade_id else {}
    return {"cell_type": "code", "id": grade_id or "free", "metadata": meta, "source": text}


def notebook(*cells: dict, **changed) -> bytes:
    whole = {"cells": list(cells), "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **changed}
    return json.dumps(whole).encode()


def tensor(answer: str = "") -> bytes:
    text = f"def matmul(a, b):\n    {answer or 'raise NotImplementedError'}"
    return notebook(cell("matmul-solution", text), cell("matmul", "assert matmul([[1]], [[1]])"))


def problem(number: int, answer: str = "") -> bytes:
    return notebook(cell(f"p{number}", f"problem {number} {answer}"))


TENSOR_1, TENSOR_2, TENSOR_3 = tensor("return 1"), tensor("return 2"), tensor("return 3")
OTHER = notebook(cell("roofline", "assert roofline(1, 2) == 1"))


def write(path: Path, data: bytes, when: datetime = EARLY) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (when.timestamp(), when.timestamp()))
    return path


def entry(name: str, when: datetime = EARLY) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, when.timetuple()[:6])


def zipped(files: dict[str, bytes], when: datetime = EARLY) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(entry(name, when), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def receipt_zip(data: bytes, when: datetime, student: str = "") -> bytes:
    receipt = json.dumps({"student": student, "submitted_at": when.isoformat()}).encode()
    return zipped({"01_tensor.ipynb": data, "receipt.json": receipt}, datetime(1980, 1, 1))


def own_zip(data: bytes) -> bytes:
    """What `course submit` packs: the notebook, without times."""
    return zipped({"01_tensor.ipynb": data}, datetime(1980, 1, 1))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course")


def make_course(root: Path) -> Course:
    release = root / "release"
    write(release / "01_tensor" / "01_tensor.ipynb", tensor())
    write(release / "x01_limits" / "x01_limits.ipynb", OTHER)
    write(release / "ps1" / "problem1.ipynb", problem(1))
    write(release / "ps1" / "problem2.ipynb", problem(2))
    write(release / "ps1" / "data" / "table.csv", b"1,2\n")
    return Course(
        root=root,
        name="demo",
        assignments=(TENSOR, LIMITS, PS1),
        ours=True,
        source=root / "source",
        release=release,
        submitted=root / "submitted",
        autograded=root / "autograded",
        feedback=root / "feedback",
        db_url="sqlite:///gradebook.db",
    )


def tree(folder: Path) -> dict[str, bytes | str]:
    """Every file below a folder, where each link leads, and what store.db says."""
    files = {
        p.relative_to(folder).as_posix(): str(p.readlink()) if p.is_symlink() else p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if (p.is_symlink() or not p.is_dir())
        and not p.name.startswith("store.db")
        and p.parent.name != "locks"
    }
    for path in folder.rglob("store.db"):
        with closing(sqlite3.connect(path)) as connection:
            files[path.relative_to(folder).as_posix()] = "\n".join(connection.iterdump())
    return files


def taken(course: Course, assignment: Assignment = TENSOR) -> dict[str, bytes]:
    """{student: the notebook} or {student/file: bytes} of what stands in submitted/."""
    name = f"{assignment.id}.ipynb"
    paths = course.submitted.glob(f"*/{assignment.id}/{name}")
    return {path.parent.parent.name: path.read_bytes() for path in paths}


def inbox_of(tmp_path: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        write(tmp_path / "inbox" / name, data)
    return tmp_path / "inbox"


EXCHANGE_1 = "ann+01_tensor+2027-02-01 10:00:00.123456 UTC"
EXCHANGE_2 = "ann+01_tensor+2027-02-02 10:00:00.000000 UTC+Xy9_-aaBB"
SCHEMES = {
    "a submitted folder": ({"ann/01_tensor/01_tensor.ipynb": TENSOR_1}, {"ann": TENSOR_1}),
    "submitted with another assignment": (
        {"ann/01_tensor/01_tensor.ipynb": TENSOR_1, "ann/x01_limits/x01_limits.ipynb": OTHER},
        {"ann": TENSOR_1},
    ),
    "an exchange's inbound": (
        {
            f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
            f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
            "bob+x01_limits+2027-02-02 10:00:00 UTC/x01_limits.ipynb": OTHER,
        },
        {"ann": TENSOR_2},
    ),
    "a flat folder": (
        {
            "ann.ipynb": TENSOR_1,
            "bob_01_tensor.ipynb": TENSOR_2,
            "01_tensor-cid.ipynb": TENSOR_3,
            "dora_lee_01_tensor (2).ipynb": TENSOR_1,
            "01_tensor_20271234.ipynb": TENSOR_2,
        },
        {
            "ann": TENSOR_1,
            "bob": TENSOR_2,
            "cid": TENSOR_3,
            "dora_lee": TENSOR_1,
            "20271234": TENSOR_2,
        },
    ),
    "a folder each": (
        {"ann/01_tensor.ipynb": TENSOR_1, "bob/desk/01_Tensor.ipynb": TENSOR_2},
        {"ann": TENSOR_1, "bob": TENSOR_2},
    ),
    "zips of the students": (
        {"ann.zip": zipped({"01_tensor/01_tensor.ipynb": TENSOR_1})},
        {"ann": TENSOR_1},
    ),
    "Canvas": (
        {
            "doejane_LATE_12345_67890_01_tensor.ipynb": TENSOR_1,
            "doejane_222_67891_01_tensor-1.ipynb": TENSOR_2,
            "李明_333_67892_01_tensor.ipynb": TENSOR_3,
            "शर्मारवि_444_67893_01_tensor-2.ipynb": TENSOR_1,
            "doejane_12345_text.html": b"<p>",
        },
        {
            "doejane_12345": TENSOR_1,
            "doejane_222": TENSOR_2,
            "李明_333": TENSOR_3,
            "शर्मारवि_444": TENSOR_1,
        },
    ),
    "Canvas without names": (
        {"anon_aB3dE_77_01_tensor.ipynb": TENSOR_1, "LATE_anon_aB3dF_78_x.ipynb": TENSOR_2},
        {"anon_aB3dE": TENSOR_1, "anon_aB3dF": TENSOR_2},
    ),
    "Canvas uploads again": (
        {
            "doe_1_67890_01_tensor.ipynb": TENSOR_3,
            "doe_1_67900_01_tensor-2.ipynb": TENSOR_2,
            "doe_1_67895_01_tensor-1.ipynb": TENSOR_1,
        },
        {"doe_1": TENSOR_2},
    ),
    "Canvas with the zip of course submit": (
        {
            "doe_1_90_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_2, LATE),
            "doe_1_95_01_tensor-20270201T100000Z.zip": receipt_zip(TENSOR_1, EARLY),
        },
        {"doe_1": TENSOR_2},
    ),
    "Moodle folders": (
        {
            "Jane Doe_12_assignsubmission_file_/01_tensor.ipynb": TENSOR_1,
            "Jane Doe_13_assignsubmission_file/01_tensor (1).ipynb": TENSOR_2,
            "Jane Doe_12_assignsubmission_onlinetext_/onlinetext.html": b"<p>",
            "Team Red_7_assignsubmission_file/hand in/01_tensor.ipynb": TENSOR_3,
        },
        {"Jane Doe_12": TENSOR_1, "Jane Doe_13": TENSOR_2, "Team Red_7": TENSOR_3},
    ),
    "Moodle in one folder": (
        {
            "Jane Doe_12_assignsubmission_file_01_tensor.ipynb": TENSOR_1,
            "Jane Doe_12_assignsubmission_onlinetext_onlinetext.html": b"<p>",
        },
        {"Jane Doe_12": TENSOR_1},
    ),
    "Moodle with the zip of course submit": (
        {"Jo_12_assignsubmission_file/01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_2, LATE)},
        {"Jo_12": TENSOR_2},
    ),
    "zips of course submit": (
        {
            "01_tensor_ann_attempt_2027-02-02-10-00-00.zip": own_zip(TENSOR_2),
            "01_tensor_ann_attempt_2027-02-02-10-00-00.receipt.json": b"{}",
            "01_tensor_ann_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_1),
            "01_tensor_b.c@d.org_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_3),
        },
        {"ann": TENSOR_2, "b.c@d.org": TENSOR_3},
    ),
    "zips of course submit in Canvas": (
        {
            "doe_1_90_01_tensor_ann_attempt_2027-02-02-10-00-00.zip": own_zip(TENSOR_2),
            "roe_2_91_01_tensor_ann_attempt_2027-02-01-10-00-00.zip": own_zip(TENSOR_1),
            "LATE_3_92_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
        },
        {"doe_1": TENSOR_2, "roe_2": TENSOR_1, "3": TENSOR_3},
    ),
    "zips of course submit in Moodle": (
        {
            "Jo_1_assignsubmission_file/01_tensor_x_attempt_2027-02-02-10-00-00.zip": own_zip(
                TENSOR_2
            ),
            "Jo_1_assignsubmission_file/01_tensor_x_attempt_2027-02-01-10-00-00.zip": own_zip(
                TENSOR_1
            ),
            "Bo_2_assignsubmission_file_01_tensor_x_attempt_2027-02-02-10-00-00.zip": own_zip(
                TENSOR_3
            ),
        },
        {"Jo_1": TENSOR_2, "Bo_2": TENSOR_3},
    ),
    "zip_collect": (
        {
            "01_tensor_jane_doe_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "01_tensor_jane_doe_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_1,
            "01_tensor_john_doe_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
        },
        {"jane_doe": TENSOR_2, "john_doe": TENSOR_3},
    ),
    "zip_collect in folders": (
        {
            "01_tensor_ann_a_2027-01-30-15-30-10/01_tensor.ipynb": TENSOR_1,
            "01_tensor_ann_b_2027-01-30-15-30-11/01_tensor.ipynb": TENSOR_2,
            "01_tensor_bob/01_tensor.ipynb": TENSOR_3,
        },
        {"ann": TENSOR_2, "bob": TENSOR_3},
    ),
    "a folder around the files": (
        {"HW 1/doe_1_67890_01_tensor.ipynb": TENSOR_1, "HW 1/roe_2_67891_x.ipynb": TENSOR_2},
        {"doe_1": TENSOR_1, "roe_2": TENSOR_2},
    ),
    "Brightspace": (
        {
            "123456-7890 - Jane Doe - Jan 15, 2024 1022 AM/01_tensor.ipynb": TENSOR_1,
            "123456-7890 - Jane Doe - Jan 15, 2024 1022 PM/01_tensor.ipynb": TENSOR_2,
            "123456-7890 - Jane Doe - Jan 14, 2024 922 AM/01_tensor.ipynb": TENSOR_3,
            "123457-7890 - Bo O'Neil-Ray - 16 January, 2024 2322/01_tensor.ipynb": TENSOR_3,
            "index.html": b"<p>",
        },
        {"Jane Doe_123456": TENSOR_2, "Bo O'Neil-Ray_123457": TENSOR_3},
    ),
    "Brightspace in one folder": (
        {"Jan/12-7 - Jane Doe - Jan 15, 2024 1022 AM - 01_tensor.ipynb": TENSOR_1},
        {"Jane Doe_12": TENSOR_1},
    ),
    "Gradescope": (
        {
            "assignment_99_export/submission_111/01_tensor.ipynb": TENSOR_1,
            "assignment_99_export/submission_222/01_tensor.ipynb": TENSOR_2,
            "assignment_99_export/submission_333/01_tensor.ipynb": TENSOR_3,
            "assignment_99_export/submission_metadata.yml": b"""\
submission_111:
  :submitters:
  - :name: Jane Doe
    :sid: 0123
    :email: jane@x.edu
submission_222:
  :submitters:
  - :name: Ann
    :sid:
    :email: ann@x.edu
  - :name: Bob
    :sid: '7'
""",
        },
        {
            "Jane Doe_0123": TENSOR_1,
            "Ann_ann@x.edu and Bob_7": TENSOR_2,
            "submission_333": TENSOR_3,
        },
    ),
    "Gradescope without its list": (
        {
            "assignment_99_export/submission_111/01_tensor.ipynb": TENSOR_1,
            "assignment_99_export/submission_222/01_tensor.ipynb": TENSOR_2,
        },
        {"submission_111": TENSOR_1, "submission_222": TENSOR_2},
    ),
    "Sakai": (
        {
            "HW1/Doe, Jane(jdoe)/Submission attachment(s)/01_tensor.ipynb": TENSOR_1,
            "HW1/Doe, Jane(jdoe)/timestamp.txt": b"20240115102233123",
            "HW1/Doe, Jane(jdoe)/Feedback Attachment(s)/01_tensor.ipynb": TENSOR_3,
            "HW1/Smith, Bob(bsmith)/Submission attachment(s)/01_tensor.ipynb": TENSOR_2,
            "HW1/grades.csv": b"Display ID,ID",
        },
        {"jdoe": TENSOR_1, "bsmith": TENSOR_2},
    ),
    "ILIAS": (
        {
            "Abgaben/Doe_Jane_jdoe_12345/20240115102233_01_tensor.ipynb": TENSOR_1,
            "Abgaben/Doe_Jane_jdoe_12345/20240116102233_01_tensor.ipynb": TENSOR_2,
            "Abgaben/Smith_Bob_bob_s_12346/20240116102233_01_tensor.ipynb": TENSOR_3,
        },
        {"Doe_Jane_jdoe_12345": TENSOR_2, "Smith_Bob_bob_s_12346": TENSOR_3},
    ),
    "Teams": (
        {
            "Submitted files/Jane Doe/HW 1/Version 2/01_tensor.ipynb": TENSOR_1,
            "Submitted files/Jane Doe/HW 1/Version 10/01_tensor.ipynb": TENSOR_2,
            "Submitted files/Bob Ray/HW 1/Version 1/01_tensor.ipynb": TENSOR_3,
            "Working files/Jane Doe/HW 1/01_tensor.ipynb": TENSOR_3,
            "Working files/Cid Moe/HW 1/01_tensor.ipynb": TENSOR_3,
        },
        {"Jane Doe": TENSOR_2, "Bob Ray": TENSOR_3},
    ),
    "GitHub Classroom": (
        {
            "hw-1-submissions/hw-1-jane-doe/01_tensor.ipynb": TENSOR_1,
            "hw-1-submissions/hw-1-bobsmith/01_tensor.ipynb": TENSOR_2,
            "hw-1-submissions/hw-1-bobsmith/.git/config": b"[core]",
        },
        {"jane-doe": TENSOR_1, "bobsmith": TENSOR_2},
    ),
    "Blackboard with the title of its column": (
        {
            "Home work_1_jane_doe_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "Home work_1_jane_doe_attempt_2027-01-30-20-30-10.txt": b"Name: Jane Doe (jane_doe)\n",
            "Home work_1_jane_lee_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
            "Home work_1_jane_lee_attempt_2027-01-30-16-30-10.txt": b"Name: J. Lee (jane_lee)\n",
        },
        {"jane_doe": TENSOR_2, "jane_lee": TENSOR_3},
    ),
    "Blackboard without its notes": (
        {
            "Homework 1_ann_attempt_2027-01-30-20-30-10_01_tensor.ipynb": TENSOR_2,
            "Homework 1_bob_attempt_2027-01-30-16-30-10_01_tensor.ipynb": TENSOR_3,
        },
        {"ann": TENSOR_2, "bob": TENSOR_3},
    ),
    "Google's copies": (
        {
            "ann/Copy of 01_tensor.ipynb": TENSOR_1,
            "Bob Ray - Copy of 01_tensor.ipynb": TENSOR_2,
            "cid/Kopie von 01_tensor (2).ipynb": TENSOR_3,
        },
        {"ann": TENSOR_1, "Bob Ray": TENSOR_2, "cid": TENSOR_3},
    ),
    "saved under a browser's ending": (
        {
            "ann/01_tensor.ipynb.txt": TENSOR_1,
            "bob/01_tensor.json": TENSOR_2,
            "cid_01_tensor (1).json": TENSOR_3,
            "doe_1_90_01_tensor-1.ipynb.json": TENSOR_1,
        },
        {"ann": TENSOR_1, "bob": TENSOR_2, "cid": TENSOR_3, "doe_1": TENSOR_1},
    ),
}

CLASSES_IN_A_FOLDER = {
    "a folder each": {
        "week 3/ann/01_tensor.ipynb": TENSOR_1,
        "week 3/bo/01_tensor.ipynb": TENSOR_2,
    },
    "names in files": {
        "week 3/ann_01_tensor.ipynb": TENSOR_1,
        "week 3/bo_01_tensor.ipynb": TENSOR_2,
    },
    "two groups": {
        f"group {group}/{student}/01_tensor.ipynb": TENSOR_1 for group in "ab" for student in "cd"
    },
}


@pytest.mark.parametrize("files", CLASSES_IN_A_FOLDER.values(), ids=CLASSES_IN_A_FOLDER)
def test_a_class_in_a_folder_of_an_unknown_name_is_refused_whole(course, tmp_path, files):
    with pytest.raises(CourseError, match=r"would be one student.* 2 times.*Understood are"):
        collect(course, TENSOR, inbox_of(tmp_path, files), NOW)
    assert taken(course) == {}


def test_two_people_of_one_name_without_a_number_stay_apart(course, tmp_path):
    person = "  :submitters:\n  - :name: Wei Zhang\n    :sid:\n    :email: {}@x.edu\n"
    listed = "".join(f"submission_{n}:\n{person.format(f'w{n}')}" for n in (1, 2))
    sent = {
        "a_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "a_export/submission_2/01_tensor.ipynb": TENSOR_2,
        "a_export/submission_metadata.yml": listed.encode(),
    }
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"Wei Zhang_w1@x.edu": TENSOR_1, "Wei Zhang_w2@x.edu": TENSOR_2}


def test_a_students_own_folder_may_be_called_like_an_lmss(course, tmp_path):
    sent = {"Ann_1_assignsubmission_file/Working files/01_tensor.ipynb": TENSOR_1}
    sent |= {"Bo_2_assignsubmission_file/Feedback Attachment(s)/01_tensor.ipynb": TENSOR_2}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"Ann_1": TENSOR_1, "Bo_2": TENSOR_2}


def test_sakais_time_goes_before_the_students(course, tmp_path):
    at = "HW1/Lee, Ann(alee)"
    sent = {
        f"{at}/Submission attachment(s)/01_tensor.ipynb": TENSOR_1,
        f"{at}/Submission attachment(s)/timestamp.txt": b"2020-01-01 10:00:00 UTC",
        f"{at}/timestamp.txt": b"20240115102233123",
        "HW1/Ray, Bo(bray)/Submission attachment(s)/01_tensor.ipynb": TENSOR_2,
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    (ann,) = [hand_in for hand_in in collected.hand_ins if hand_in.student == "alee"]
    assert (ann.when.year, ann.claimed) == (2024, False)


def test_an_entry_with_a_name_beyond_any_file_system_is_refused(course, tmp_path):
    long_name = "- " * 20_000
    sent = zipped({"01_tensor.ipynb": TENSOR_1, f"{long_name}.ipynb": TENSOR_2})
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": sent}), NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert "255 bytes" in collected.rejected[0].message


def test_an_accepted_file_stands_beside_the_notebook_whatever_folder_it_came_in(course, tmp_path):
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\nc.Autograder.accepted_files = ['data.csv']\n"
    )
    sent = zipped({"hw1/01_tensor.ipynb": TENSOR_1, "hw1/data.csv": b"1,2", "hw1/other.csv": b"3"})
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": sent}), NOW)
    assert tree(course.submitted)["ann/01_tensor/data.csv"] == b"1,2"
    assert len(collected.rejected) == 1


def test_one_student_with_two_folders_does_not_stop_the_class(course, tmp_path):
    sent = {"ann/v1/01_tensor.ipynb": TENSOR_1, "ann/v2/01_tensor.ipynb": TENSOR_2}
    sent |= {"bob/01_tensor.ipynb": TENSOR_3}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"ann": TENSOR_2, "bob": TENSOR_3}


def test_google_s_copy_of_a_notebook_names_nobody(course, tmp_path):
    sent = {"Copy of 01_tensor.ipynb": TENSOR_1, "ann_01_tensor.ipynb": TENSOR_2}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"ann": TENSOR_2}
    assert "names no student" in collected.rejected[0].message


@pytest.mark.parametrize(
    "name, kind", [("ann.rar", "a RAR archive"), ("ann.7z", "a 7-Zip archive")]
)
def test_an_archive_that_is_no_zip_is_named(course, tmp_path, name, kind):
    inbox = inbox_of(tmp_path, {name: b"Rar!", "bob_01_tensor.ipynb": TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW)
    assert kind in collected.rejected[0].message
    with pytest.raises(CourseError, match=f"{kind}.*Unpack it"):
        collect(course, TENSOR, inbox / name, NOW)


def test_a_list_that_a_student_hands_in_says_nothing_about_others(course, tmp_path):
    forged = b"submission_2:\n  :submitters:\n  - :name: Ann\n"
    sent = {
        "x_export/submission_1/submission_metadata.yml": forged,
        "x_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "x_export/submission_2/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"submission_1": TENSOR_1, "submission_2": TENSOR_2}


def test_a_list_inside_a_hand_in_names_nobody_also_beside_a_folder_like_gradescopes(
    course, tmp_path
):
    people = {"submission_1": "Ann", "submission_2": "Mal"}
    row = "{}:\n  :submitters:\n  - :name: {}\n"
    official = "".join(row.format(folder, name) for folder, name in people.items())
    forged = official.replace("Mal", "?").replace("Ann", "Mal").replace("?", "Ann")
    sent = {
        "x_export/submission_metadata.yml": official.encode(),
        "x_export/submission_1/01_tensor.ipynb": TENSOR_1,
        "x_export/submission_2/01_tensor.ipynb": TENSOR_2,
        "x_export/submission_2/submission_9/notes.txt": b"x",
        "x_export/submission_2/submission_metadata.yml": forged.encode(),
    }
    collect(course, TENSOR, write(tmp_path / "export.zip", zipped(sent)), NOW)
    assert taken(course) == {"Ann": TENSOR_1, "Mal": TENSOR_2}


@pytest.mark.parametrize("file", ["my 01_tensor.ipynb", "bob_01_tensor.ipynb"])
def test_a_file_name_of_the_students_own_changes_nobodys_name_on_canvas(course, tmp_path, file):
    sent = {f"evefox_1005_2005_{file}": TENSOR_1, "annroe_1006_2006_01_tensor.ipynb": TENSOR_2}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"evefox_1005": TENSOR_1, "annroe_1006": TENSOR_2}


@pytest.mark.parametrize("text", ["9" * 29 + "h", "1e999999999", "-" * 40, "2027-02-02 99:99"])
def test_a_time_that_is_none_stops_nobody(course, tmp_path, text):
    sent = {
        "ann/01_tensor.ipynb": TENSOR_1,
        "ann/timestamp.txt": text.encode(),
        "bob/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"ann": TENSOR_1, "bob": TENSOR_2}


def test_a_time_in_the_future_counts_as_now(course, tmp_path):
    far = zipped({"01_tensor.ipynb": TENSOR_1}, datetime(2107, 1, 1))
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": far}), NOW)
    later = NOW.replace(month=4)
    again = write(tmp_path / "next" / "ann_01_tensor.ipynb", TENSOR_2, NOW.replace(day=2))
    collect(course, TENSOR, again.parent, later)
    assert taken(course) == {"ann": TENSOR_2}


def test_a_time_that_only_the_student_says_is_a_claim(course, tmp_path):
    sent = {
        "mal_6_66_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_1, LATE),
        "ann/01_tensor.ipynb": TENSOR_2,
        "ann/timestamp.txt": b"2027-02-02 10:00:00 UTC",
        "bob+01_tensor+2027-02-02 10:00:00 UTC/01_tensor.ipynb": TENSOR_3,
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    claims = {hand_in.student: hand_in.claimed for hand_in in collected.hand_ins}
    assert claims == {"mal_6": True, "ann": True, "bob": True}
    assert "by its own account" in str(collected.hand_ins[0])
    assert "ann, bob, mal_6" in collected.notes[-1].message


FORGED_NAMES = {
    "nbgrader": "mal+01_tensor+2027-01-01 10:00:00 UTC",
    "Brightspace": "12-34 - mal - Jan 1, 2027 1000",
    "Blackboard": "mal_attempt_2027-01-01-10-00-00_01_tensor.ipynb",
    "ILIAS": "Mal_M_mal_12/20270101100000_01_tensor.ipynb",
}


@pytest.mark.parametrize("by_hand", [["ann", "bob"], []])
@pytest.mark.parametrize("name", FORGED_NAMES.values(), ids=FORGED_NAMES.keys())
def test_a_time_in_a_name_is_recorded_only_where_most_names_beside_it_are_like_it(
    course, tmp_path, name, by_hand
):
    path = name if name.endswith(".ipynb") else f"{name}/01_tensor.ipynb"
    sent = {path: TENSOR_3} | {f"{student}/01_tensor.ipynb": TENSOR_1 for student in by_hand}
    hand_ins = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW).hand_ins
    assert [h.claimed for h in hand_ins if "mal" in h.student.lower()] == [bool(by_hand)]


def test_a_folder_named_like_a_version_of_teams_keeps_its_time(course, tmp_path):
    own = {
        "mal/Version 1/01_tensor.ipynb": TENSOR_1,
        "mal/timestamp.txt": b"2027-01-01 10:00:00 UTC",
        "ann/01_tensor.ipynb": TENSOR_2,
    }
    hand_ins = collect(course, TENSOR, inbox_of(tmp_path, own), NOW).hand_ins
    assert [h.certain for h in hand_ins if h.student == "mal"] == [True]


def test_thousands_of_files_that_nobody_released_have_few_lines(course, tmp_path):
    many = {f"node_modules/{n}.js": b"1" for n in range(1999)}
    sent = {"ann.zip": zipped({"01_tensor.ipynb": TENSOR_1, **many, "02_x.ipynb": b"\xff"})}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert len(collected.rejected) == 21
    assert "and 1979 more were not taken" in collected.rejected[-1].message
    assert any("02_x.ipynb" in aside.message for aside in collected.rejected[:2])
    assert len(rejected_files(course, TENSOR)) == 20


def old_format(document: bytes) -> bytes:
    whole = json.loads(document)
    for each in whole["cells"]:
        each |= {"outputs": [], "execution_count": None}
    return nbformat.writes(nbformat.from_dict(whole), version=3).encode()


@pytest.mark.parametrize("make", [old_format, lambda data: b"\xef\xbb\xbf" + data])
def test_an_old_format_and_a_byte_order_mark_are_read(course, tmp_path, make):
    collect(course, TENSOR, inbox_of(tmp_path, {"ann_01_tensor.ipynb": make(TENSOR_1)}), NOW)
    assert taken(course) == {"ann": make(TENSOR_1)}


def test_a_hand_in_that_is_kept_and_not_graded_is_named(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "ann_01_tensor.ipynb", TENSOR_1, LATE), NOW)
    older = write(tmp_path / "old" / "ann_01_tensor.ipynb", TENSOR_2, EARLY)
    collected = collect(course, TENSOR, older, NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert "Hand-in 2 of ann" in collected.notes[0].message
    assert "kept and not graded" in collected.notes[0].message


def test_whom_canvas_marks_as_late_is_named_since_no_time_is_known(course, tmp_path):
    files = {
        "doejane_LATE_12345_67890_01_tensor.ipynb": TENSOR_1,
        "roemax_12346_67891_01_tensor.ipynb": TENSOR_2,
        "LATE_9_92_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
    }
    for name, data in files.items():
        write(tmp_path / "inbox" / name, data)
    collected = collect(course, TENSOR, tmp_path / "inbox", NOW)
    (note,) = [n.message for n in collected.notes if "as late" in n.message]
    assert note.startswith("Canvas marks as late, and gives no time: doejane_12345.")


def late_notes(course, tmp_path, files, assignment=TENSOR):
    collected = collect(course, assignment, inbox_of(tmp_path, files), NOW)
    return [note.message for note in collected.notes if "as late" in note.message]


def test_a_late_mark_beside_a_time_that_says_the_contrary_is_named(course, tmp_path):
    due = replace(TENSOR, due=LATE)
    files = {
        "doejane_LATE_12345_67890_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_1),
        "roemax_LATE_12346_67891_01_tensor-20270203T100000Z.zip": own_zip(TENSOR_2),
        "leeann_12347_67892_01_tensor-20270202T100000Z.zip": own_zip(TENSOR_3),
    }
    (note,) = late_notes(course, tmp_path, files, due)
    assert note.startswith("Canvas marks as late what doejane_12345 handed in, and their own files")


def test_a_late_file_that_is_refused_makes_nobody_late(course, tmp_path):
    files = {
        "doejane_12345_67890_01_tensor.ipynb": TENSOR_1,
        "doejane_LATE_12345_67891_scan.pdf": b"%PDF",
    }
    assert late_notes(course, tmp_path, files) == []


def test_of_many_who_are_late_five_are_named_and_the_rest_counted(course, tmp_path):
    files = {f"s{n}_LATE_{n}00_6789{n}_01_tensor.ipynb": TENSOR_1 for n in range(1, 8)}
    (note,) = late_notes(course, tmp_path, files)
    assert "no time: s1_100, s2_200, s3_300, s4_400, s5_500 and 2 more." in note


NAMED_LIKE_CANVAS = {
    "a name": "lovelaceada_1843_777_LATE_1900_88001_01_tensor.ipynb",
    "a name with a mark over a letter": "lovelaceada_1843_777_क्_1900_88001_01_tensor.ipynb",
    "a name that ends in a number": "lovelaceada_1843_1900_88001_01_tensor.ipynb",
}


def class_of(*numbers):
    """A roster with these numbers of Canvas, as `collect` asks it."""
    listed = [Person(f"s{number}", lms_id=number) for number in numbers]

    def ids(students):
        return {student: p.id for student, p in persons_of(listed, students).items()}

    return ids


@pytest.mark.parametrize("numbers", [(), ("1843", "1900"), ("5",), ("1843",)])
@pytest.mark.parametrize("name", NAMED_LIKE_CANVAS.values(), ids=NAMED_LIKE_CANVAS)
def test_a_name_that_fits_two_people_is_set_aside_with_both(course, tmp_path, name, numbers):
    sent = {name: TENSOR_1, "lovelaceada_1843_88000_01_tensor.ipynb": TENSOR_2}
    ids = class_of(*numbers)
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW, class_ids=ids)
    assert list(taken(course).values()) == [TENSOR_2]
    (refused,) = collected.rejected
    assert "can be of 'lovelaceada_1843" in refused.message and " or of '" in refused.message
    assert refused.student == ""
    assert (course.aside / "01_tensor" / refused.copy).read_bytes() == TENSOR_1


@pytest.mark.parametrize(("number", "late"), [("1843", False), ("1900", True)])
def test_the_only_number_of_the_class_decides_between_two_readings(course, tmp_path, number, late):
    inbox = inbox_of(tmp_path, {NAMED_LIKE_CANVAS["a name"]: TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW, class_ids=class_of(number))
    notes = [note.message for note in collected.notes]
    assert any("as late" in note for note in notes) == late
    assert any("whom roster.csv does not have" in note for note in notes)
    if not late:  # the file's own name is none of the notebooks', and its cells say what it is
        assert any("is taken as '01_tensor.ipynb'" in note for note in notes)
    assert taken(course) == {f"s{number}": TENSOR_1}


def test_a_name_alone_decides_nothing_between_two_readings(course, tmp_path):
    ada = Person("ada", "Ada", "Lovelace")

    def ids(students):
        return {student: p.id for student, p in persons_of([ada], students).items()}

    inbox = inbox_of(tmp_path, {NAMED_LIKE_CANVAS["a name"]: TENSOR_1})
    assert len(collect(course, TENSOR, inbox, NOW, class_ids=ids).rejected) == 1
    assert taken(course) == {}


def test_a_notebook_s_own_name_may_look_like_canvas_s_numbers():
    names = AssignmentNames("ps", frozenset({"ps"}), ("7_101_sums",))
    plain = by_scheme("doejane_1843_88001_7_101_sums-1.ipynb", names)
    assert (plain.student, plain.file, plain.rivals) == ("doejane_1843", "7_101_sums-1.ipynb", ())
    other = by_scheme("doejane_1843_88001_7_101_diffs.ipynb", names)
    assert [r.student for r in other.rivals] == ["doejane_1843_88001_7"]


def test_a_file_of_canvas_named_like_moodle_s_is_never_the_number_s_in_it(course, tmp_path):
    name = "malloryeve_1900_88001_x_1843_assignsubmission_file_01_tensor.ipynb"
    inbox = inbox_of(tmp_path, {name: TENSOR_1})
    collected = collect(course, TENSOR, inbox, NOW, class_ids=class_of("1843"))
    assert taken(course) == {} and "can be of" in collected.rejected[0].message
    collect(course, TENSOR, inbox, NOW, class_ids=class_of("1843", "1900"))
    assert taken(course) == {"s1900": TENSOR_1}


def test_a_zip_whose_name_fits_two_people_is_set_aside_too(course, tmp_path):
    name = "lovelaceada_1843_1900_88001_01_tensor-20270202T100000Z.zip"
    sent = {name: receipt_zip(TENSOR_1, LATE)}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {} and "can be of" in collected.rejected[0].message


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_a_layout_as_a_folder_gives_each_student_the_latest_notebook(
    course, tmp_path, files, expected
):
    collected = collect(course, TENSOR, inbox_of(tmp_path, files), NOW)
    assert taken(course) == expected
    assert [s.student for s in collected.submissions] == sorted(expected)


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_a_layout_as_a_zip_gives_the_same(course, tmp_path, files, expected):
    collect(course, TENSOR, write(tmp_path / "download.zip", zipped(files)), NOW)
    assert taken(course) == expected


@pytest.mark.parametrize("files, expected", SCHEMES.values(), ids=SCHEMES)
def test_collecting_twice_changes_nothing(course, tmp_path, files, expected):
    inbox = inbox_of(tmp_path, {**files, "zed/01_tensor.ipynb": b"{", "loose.txt": b"?"})
    first = collect(course, TENSOR, inbox, NOW)
    before = tree(course.root)
    again = collect(course, TENSOR, inbox, NOW.replace(year=2028))
    assert tree(course.root) == before
    assert again == first


def test_the_zip_of_course_submit_is_collected_by_the_name_in_its_receipt(course, tmp_path):
    sent = write(tmp_path / "01_tensor-20270202T100000Z.zip", receipt_zip(TENSOR_1, LATE, "ann"))
    collected = collect(course, TENSOR, sent, NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert collected.submissions[0].submitted_at == LATE


def test_the_zip_of_course_submit_itself_is_collected_by_its_name(course, tmp_path):
    sent = write(tmp_path / "01_tensor_ann_attempt_2027-02-02-10-00-00.zip", own_zip(TENSOR_1))
    collected = collect(course, TENSOR, sent, NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert collected.submissions[0].submitted_at == LATE


def test_the_secret_that_nbgraders_exchange_names_feedback_by_stays(course, tmp_path):
    sent = {
        f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
        f"{EXCHANGE_1}/submission_secret.txt": b"3llLJAO6Gu81",
    }
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert tree(course.submitted)["ann/01_tensor/submission_secret.txt"] == b"3llLJAO6Gu81"
    assert collected.rejected == ()


def test_a_receipt_does_not_overrule_the_name_that_the_lms_gave(course, tmp_path):
    sent = {"mal_6_66_01_tensor-20270202T100000Z.zip": receipt_zip(TENSOR_1, LATE, "ann")}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"mal_6": TENSOR_1}


def test_a_file_named_like_somebody_elses_stays_with_the_folder_it_came_in(course, tmp_path):
    sent = {
        "mal/01_tensor.ipynb": TENSOR_1,
        "mal/ann_1_2_01_tensor.ipynb": TENSOR_2,
        "ann/01_tensor.ipynb": TENSOR_3,
    }
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course)["ann"] == TENSOR_3


def test_one_notebook_can_be_collected_by_itself(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "ann_01_tensor.ipynb", TENSOR_1), NOW)
    assert taken(course) == {"ann": TENSOR_1}


def test_two_notebooks_and_their_data_come_together(course, tmp_path):
    sent = {
        "doe_1_100_problem1.ipynb": problem(1, "a"),
        "doe_1_101_problem2.ipynb": problem(2, "b"),
        "doe_1_103_problem1-1.ipynb": problem(1, "c"),
        "doe_1_104_table.csv": b"3,4\n",
    }
    collected = collect(course, PS1, inbox_of(tmp_path, sent), NOW)
    assert tree(course.submitted / "doe_1" / "ps1") == {
        "data/table.csv": b"3,4\n",
        "problem1.ipynb": problem(1, "c"),
        "problem2.ipynb": problem(2, "b"),
    }
    assert collected.rejected == ()


def test_nbgraders_own_zip_collect_example_gives_what_nbgrader_gets(course, tmp_path):
    inside = {
        "ps1_bitdiddle_attempt_2016-01-30-15-30-10_problem1.ipynb": problem(1, "bit"),
        "ps1_bitdiddle_attempt_2016-01-30-15-30-10_problem2.ipynb": problem(2, "bit"),
        "ps1_hacker_attempt_2016-01-30-16-30-10_problem2.ipynb": problem(2, "hack"),
        "ps1_hacker_attempt_2016-01-30-16-30-10_myproblem1.ipynb": problem(1, "mine"),
    }
    archive = tmp_path / "downloaded" / "ps1" / "archive"
    write(archive / "notebooks.zip", zipped(inside))
    write(archive / "jupyter.png", b"png")
    name = "ps1_hacker_attempt_2016-01-30-20-30-10_problem1.ipynb"
    write(archive / name, problem(1, "hack"))
    collect(course, PS1, archive, NOW)
    assert sorted(p.name for p in course.submitted.iterdir()) == ["bitdiddle", "hacker"]
    hacker = course.submitted / "hacker" / "ps1"
    assert (hacker / "problem1.ipynb").read_bytes() == problem(1, "hack")
    assert (hacker / "problem2.ipynb").read_bytes() == problem(2, "hack")


def test_the_timestamp_is_nbgraders_and_older_attempts_are_kept(course, tmp_path):
    sent = {
        f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
        f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
    }
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    stamp = course.submitted / "ann" / "01_tensor" / "timestamp.txt"
    assert stamp.read_text() == "2027-02-02 10:00:00.000000 UTC"
    store = Store(course, "01_tensor")
    first, second = store.of("ann")
    assert (first.stamp, second.when) == ("2027-02-01 10:00:00.123456 UTC", LATE)
    assert store.read(first) == {"01_tensor.ipynb": TENSOR_1}
    assert store.read(second) == {"01_tensor.ipynb": TENSOR_2}


def test_an_older_inbox_collected_later_does_not_replace_a_newer_attempt(course, tmp_path):
    collect(course, TENSOR, write(tmp_path / "new" / "ann.ipynb", TENSOR_2, LATE).parent, NOW)
    collect(course, TENSOR, write(tmp_path / "old" / "ann.ipynb", TENSOR_1, EARLY).parent, NOW)
    assert taken(course) == {"ann": TENSOR_2}
    assert [h.when for h in Store(course, "01_tensor").of("ann")] == [EARLY, LATE]


def test_a_new_download_of_the_same_canvas_files_is_no_new_attempt(course, tmp_path):
    files = {"doe_1_90_01_tensor.ipynb": TENSOR_1, "doe_1_95_01_tensor-1.ipynb": TENSOR_2}
    collect(course, TENSOR, write(tmp_path / "a.zip", zipped(files, EARLY)), NOW)
    before = tree(course.root)
    collect(course, TENSOR, write(tmp_path / "b.zip", zipped(files, LATE)), NOW)
    assert tree(course.root) == before


def test_the_time_of_a_canvas_download_is_not_given_out_as_the_time_of_handing_in(course, tmp_path):
    inbox = inbox_of(tmp_path, {"doe_1_90_01_tensor.ipynb": TENSOR_1})
    assert collect(course, TENSOR, inbox, NOW).submissions[0].submitted_at is None


def test_a_time_in_the_future_is_not_believed(course, tmp_path):
    write(tmp_path / "inbox" / "ann" / "01_tensor.ipynb", TENSOR_1, EARLY)
    write(tmp_path / "inbox" / "ann" / "timestamp.txt", b"2099-01-01 00:00:00 UTC")
    collected = collect(course, TENSOR, tmp_path / "inbox", NOW)
    assert collected.submissions[0].submitted_at == EARLY


def test_what_stood_in_submitted_before_is_kept(course, tmp_path):
    standing = course.submitted / "ann" / "01_tensor"
    write(standing / "01_tensor.ipynb", TENSOR_3)
    write(standing / "scribble.txt", b"by hand")
    collect(course, TENSOR, write(tmp_path / "in" / "ann.ipynb", TENSOR_1, LATE).parent, NOW)
    store = Store(course, "01_tensor")
    kept = [store.read(hand_in) for hand_in in store.of("ann")]
    assert {"01_tensor.ipynb": TENSOR_3, "scribble.txt": b"by hand"} in kept
    assert set(tree(standing)) == {"01_tensor.ipynb", "timestamp.txt"}


def test_a_good_submitted_folder_is_left_as_it_is(course):
    standing = course.submitted / "ann" / "01_tensor"
    write(standing / "01_tensor.ipynb", TENSOR_1)
    write(standing / "timestamp.txt", b"2027-02-01 10:00:00 +0100")
    write(course.submitted / "bob b" / "01_tensor" / "01_tensor.ipynb", TENSOR_2)
    before = tree(course.submitted)
    collected = collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == before
    assert [s.student for s in collected.submissions] == ["ann", "bob b"]
    assert collected.submissions[0].submitted_at == datetime(2027, 2, 1, 9, tzinfo=UTC)
    assert collected.submissions[1].submitted_at is None
    assert collected.rejected == ()


def test_bad_files_are_moved_out_of_submitted_and_the_good_ones_stay(course, tmp_path):
    home = course.submitted / "ann" / "01_tensor"
    write(home / "01_tensor.ipynb", TENSOR_1)
    write(home / "numpy.py", b"raise SystemExit")
    (home / "notes.txt").symlink_to("/etc/passwd")
    (home / "old.ipynb").mkdir()
    write(home / "old.ipynb" / "x", b"x")
    write(course.submitted / "bob" / "01_tensor" / "01_tensor.ipynb", TENSOR_1[:50])
    collected = collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == {"ann/01_tensor/01_tensor.ipynb": TENSOR_1}
    assert len(collected.rejected) == 4
    kept = tree(course.aside / "01_tensor")
    assert {b"raise SystemExit", b"/etc/passwd", TENSOR_1[:50], b"x"} <= set(kept.values())
    before = tree(course.root)
    collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.root) == before
    assert len(rejected_files(course, TENSOR)) == 4


def test_a_decorated_name_in_submitted_is_put_right(course):
    write(course.submitted / "ann" / "01_tensor" / "01_tensor (1).ipynb", TENSOR_1)
    collect(course, TENSOR, course.submitted, NOW)
    assert tree(course.submitted) == {"ann/01_tensor/01_tensor.ipynb": TENSOR_1}


BOMB = b"0" * (FILE_BYTES - 1)
OLD = json.dumps({"nbformat": 3, "worksheets": [{"cells": []}], "metadata": {}}).encode()
FAULTS = {
    "truncated": (tensor()[:80], "cut off"),
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "not UTF-8": ("é".encode("latin-1") + tensor(), "not UTF-8"),
    "format 3 without cells": (OLD, "has no cells"),
    "format 5": (notebook(cell("matmul", "1"), nbformat=5), "nbformat 5"),
    "no cells": (notebook(), "no cells"),
    "cells not a list": (notebook(nbformat=4, cells={"a": 1}), "no cells"),
    "a list": (b"[1, 2]", "not a notebook (a list)"),
    "a cell that is a number": (notebook(7), "damaged cell (number 1"),
    "a cell without a type": (notebook({"source": ""}), "no cell_type"),
    "a source that is no text": (notebook({"cell_type": "code", "source": 3}), "not text"),
    "metadata that is a list": (
        notebook({"cell_type": "code", "source": "", "metadata": []}),
        "metadata is not a table",
    ),
    "outputs that are text": (
        notebook({"cell_type": "code", "source": "", "outputs": ["x"]}),
        "outputs",
    ),
    "half a character": (tensor().replace(b"raise", b"\\ud800"), "half of a Unicode character"),
    "nested": (b"[" * 200_000, "nested too deep"),
    "a number too long": (b'{"cells": ' + b"1" * 5000 + b"}", "number too long"),
    "another assignment": (OTHER, "notebook of 'x01_limits'"),
    "nothing of the assignment": (notebook(cell("", "print(1)")), "has no cell of '01_tensor'"),
    "too big": (b" " * (FILE_BYTES + 1), "too big"),
}


@pytest.mark.parametrize("data, words", FAULTS.values(), ids=FAULTS)
def test_a_bad_notebook_is_set_aside_with_its_fault_and_the_others_go_on(
    course, tmp_path, data, words
):
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "zoe.ipynb": data})
    collected = collect(course, TENSOR, inbox, NOW)
    assert taken(course) == {"ann": TENSOR_1}
    (aside,) = collected.rejected
    assert words in aside.message
    assert "'zoe.ipynb' of zoe" in aside.message
    assert rejected_files(course, TENSOR) == [aside]
    assert not list((course.submitted).glob("zoe*"))


NESTED = zipped({"deep.zip": zipped({"01_tensor.ipynb": TENSOR_2})})


def attributes(name: str, kind: int) -> zipfile.ZipInfo:
    info = entry(name)
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    return info


def with_entries(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, data in entries:
            archive.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def encrypted() -> bytes:
    """A zip whose one entry has the 'encrypted' flag in both of its headers."""
    data = bytearray(zipped({"01_tensor.ipynb": TENSOR_2}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def damaged() -> bytes:
    data = bytearray(with_entries((entry("01_tensor.ipynb"), TENSOR_2)))
    data[60] ^= 0xFF
    return bytes(data)


ZIP_FAULTS = {
    "slip": (with_entries((entry("../../../escaped.ipynb"), TENSOR_2)), "leads out"),
    "absolute": (with_entries((entry("/tmp/escaped.ipynb"), TENSOR_2)), "leads out"),
    "drive": (with_entries((entry("C:/escaped.ipynb"), TENSOR_2)), "leads out"),
    "backslash": (with_entries((entry("a\\escaped.ipynb"), TENSOR_2)), "backslash"),
    "backslash slip": (with_entries((entry("..\\escaped.ipynb"), TENSOR_2)), "leads out"),
    "link": (with_entries((attributes("01_tensor.ipynb", stat.S_IFLNK), b"/etc/passwd")), "link"),
    "bomb": (zipped({"01_tensor.ipynb": BOMB}), "zip bomb"),
    "huge": (zipped({"01_tensor.ipynb": BOMB + b"00"}), "zip bomb"),
    "encrypted": (encrypted(), "encrypted"),
    "damaged": (damaged(), "damaged"),
    "not a zip": (b"PK not really", "damaged zip"),
    "empty zip file": (b"", "damaged zip"),
    "nested": (NESTED, "nested too deep"),
    "folders": (zipped({"a/" * 20 + "01_tensor.ipynb": TENSOR_2}), "nested too deep"),
    "folder like a notebook": (zipped({"01_tensor.ipynb/x": TENSOR_2}), "is a folder"),
    "wrong inside": (zipped({"01_tensor.ipynb": OTHER}), "x01_limits"),
    "nothing of use": (zipped({"numpy.py": b"1"}), "not taken along"),
    "a name of nothing": (with_entries((entry("\0a.ipynb"), TENSOR_2)), "zero byte"),
    "control characters": (zipped({"a\x1b[31m\n.ipynb": b"{"}), "\\x1b[31m\\n"),
}


@pytest.mark.parametrize("data, words", ZIP_FAULTS.values(), ids=ZIP_FAULTS)
def test_a_bad_zip_of_one_student_is_set_aside_and_nothing_escapes(course, tmp_path, data, words):
    download = zipped({"doe_1_90_01_tensor.ipynb": TENSOR_1, "roe_2_91_hw.zip": data})
    collected = collect(course, TENSOR, write(tmp_path / "download.zip", download), NOW)
    assert taken(course) == {"doe_1": TENSOR_1}
    (aside,) = collected.rejected
    assert aside.student == "roe_2"
    assert words in aside.message
    assert not list(tmp_path.rglob("escaped*"))
    assert not Path("/tmp/escaped.ipynb").exists()


def test_of_an_entry_that_stands_twice_in_a_zip_the_last_counts_and_it_is_said(course, tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        double = with_entries(
            (entry("01_tensor.ipynb"), TENSOR_1), (entry("01_tensor.ipynb"), TENSOR_2)
        )
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.zip": double}), NOW)
    assert taken(course) == {"ann": TENSOR_2}
    assert "stands twice" in collected.rejected[0].message


def test_links_pipes_and_folders_in_an_inbox_are_not_followed(course, tmp_path):
    secret = write(tmp_path / "secret.ipynb", TENSOR_3)
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "cid.ipynb/x": b"x"})
    (inbox / "bob.ipynb").symlink_to(secret)
    (inbox / "linked").symlink_to(tmp_path)
    os.mkfifo(inbox / "dot.ipynb")
    collected = collect(course, TENSOR, inbox, NOW)
    assert taken(course) == {"ann": TENSOR_1}
    message = {a.file: a.message for a in collected.rejected}
    assert "link" in message["bob.ipynb"]
    assert "link" in message["linked"]
    assert "folder" in message["cid.ipynb"]
    assert "pipe" in message["dot.ipynb"]


def test_a_shadowing_module_never_rides_along(course, tmp_path):
    sent = {"ann/01_tensor.ipynb": TENSOR_1, "ann/numpy.py": b"raise SystemExit"}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert set(tree(course.submitted)) == {
        "ann/01_tensor/01_tensor.ipynb",
        "ann/01_tensor/timestamp.txt",
    }
    (aside,) = collected.rejected
    assert "'ann/numpy.py' of ann was not released" in aside.message
    assert (course.aside / "01_tensor" / aside.copy).read_bytes() == b"raise SystemExit"


def test_a_notebook_under_another_name_is_taken_by_its_cells_and_it_is_said(course, tmp_path):
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann/my work.ipynb": TENSOR_1}), NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert "is taken as '01_tensor.ipynb'" in collected.notes[0].message


def test_a_second_notebook_under_another_name_gives_way_to_the_named_one(course, tmp_path):
    sent = {"ann/my work.ipynb": TENSOR_2, "ann/01_tensor.ipynb": TENSOR_1}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"ann": TENSOR_1}
    assert "the one so named is taken" in collected.rejected[0].message


NO_FAULT = {
    "a deleted test cell": notebook(cell("matmul-solution", "def matmul(a, b): return 1")),
    "metadata stripped": notebook(cell("", "def matmul(a, b):\n    return 1")),
    "a cell pasted twice": notebook(cell("matmul", "1"), cell("matmul", "2")),
    "an extra cell": notebook(cell("matmul", "1"), cell("", "print('mine')")),
}


@pytest.mark.parametrize("data", NO_FAULT.values(), ids=NO_FAULT)
def test_what_grading_repairs_is_no_fault(course, tmp_path, data):
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": data}), NOW)
    assert taken(course) == {"ann": data}
    assert collected.rejected == ()


def test_a_cell_pasted_twice_is_said(course, tmp_path):
    twice = notebook(cell("matmul", "1"), cell("matmul", "2"))
    collected = collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": twice}), NOW)
    assert "holds cell matmul more than once" in collected.notes[0].message


def test_an_entry_is_no_longer_listed_once_a_later_good_attempt_is_there(course, tmp_path):
    inbox = write(tmp_path / "inbox" / "ann.ipynb", b"{", EARLY).parent
    collect(course, TENSOR, inbox, NOW)
    assert [a.student for a in rejected_files(course, TENSOR)] == ["ann"]
    write(inbox / "ann.ipynb", TENSOR_1, LATE)
    collect(course, TENSOR, inbox, NOW)
    assert rejected_files(course, TENSOR) == []
    rows = Store(course, "01_tensor").database.rows("SELECT body FROM rejected_files")
    assert "cut off" in rows[0][0]


def test_what_came_with_the_latest_attempt_stays_listed_whatever_its_own_time(course, tmp_path):
    write(tmp_path / "inbox" / "ann" / "numpy.py", b"1", EARLY)
    write(tmp_path / "inbox" / "ann" / "01_tensor.ipynb", TENSOR_1, LATE)
    collect(course, TENSOR, tmp_path / "inbox", NOW)
    assert [a.file for a in rejected_files(course, TENSOR)] == ["ann/numpy.py"]


def test_a_bad_first_notebook_stays_listed_beside_a_good_second_one(course, tmp_path):
    sent = {"doe_1_90_problem1.ipynb": b"{", "doe_1_91_problem2.ipynb": problem(2, "b")}
    collect(course, PS1, inbox_of(tmp_path, sent), NOW)
    assert [a.file for a in rejected_files(course, PS1)] == ["doe_1_90_problem1.ipynb"]


def test_a_canvas_upload_that_was_put_right_is_no_longer_listed(course, tmp_path):
    sent = {"doe_1_90_01_tensor.ipynb": b"{", "doe_1_91_01_tensor-1.ipynb": TENSOR_1}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert rejected_files(course, TENSOR) == []


def test_a_later_bad_attempt_leaves_the_older_good_one_and_stays_listed(course, tmp_path):
    sent = {"doe_1_90_01_tensor.ipynb": TENSOR_1, "doe_1_95_01_tensor-1.ipynb": b"{"}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"doe_1": TENSOR_1}
    assert [a.file for a in rejected_files(course, TENSOR)] == ["doe_1_95_01_tensor-1.ipynb"]


def test_ids_that_differ_in_capitals_only_are_not_merged(course, tmp_path):
    sent = {"ann.ipynb": TENSOR_1, "Ann.ipynb": TENSOR_2}
    collected = collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert taken(course) == {"Ann": TENSOR_2}
    assert "differs from 'Ann' only in capitals" in collected.rejected[0].message


def test_a_name_in_two_unicode_forms_is_one_student(course, tmp_path):
    one = write(tmp_path / "a" / "Jose\u0301.ipynb", TENSOR_1, EARLY)
    two = write(tmp_path / "b" / "Jos\u00e9.ipynb", TENSOR_2, LATE)
    collect(course, TENSOR, one.parent, NOW)
    collect(course, TENSOR, two.parent, NOW)
    assert taken(course) == {"Jos\u00e9": TENSOR_2}


def test_a_name_of_250_characters_is_cut_and_stays_itself(course, tmp_path):
    sent = {f"{'n' * 240}{end}.ipynb": TENSOR_1 for end in "ab"}
    collect(course, TENSOR, inbox_of(tmp_path, sent), NOW)
    assert len(taken(course)) == 2


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda p: None])
def test_something_else_is_answered_with_the_layouts_that_are_understood(course, tmp_path, make):
    make(tmp_path / "what")
    with pytest.raises(CourseError, match=r"what .*Understood are: nbgrader's submitted/"):
        collect(course, TENSOR, tmp_path / "what", NOW)


def test_a_folder_in_which_nothing_names_a_student_is_something_else(course, tmp_path):
    inbox = inbox_of(tmp_path, {"01_tensor.ipynb": TENSOR_1, "readme.txt": b"?"})
    with pytest.raises(CourseError, match="no hand-in of '01_tensor'"):
        collect(course, TENSOR, inbox, NOW)


def test_an_assignment_that_was_not_released_says_so(course, tmp_path):
    with pytest.raises(CourseError, match="autograder release z9"):
        collect(course, Assignment("z9", ()), inbox_of(tmp_path, {"a.ipynb": b""}), NOW)


def test_a_crash_between_keeping_and_installing_is_mended_by_the_next_run(course, tmp_path):
    inbox = inbox_of(tmp_path, {"ann.ipynb": TENSOR_1})
    collect(course, TENSOR, inbox, NOW)
    whole = tree(course.submitted)
    (course.submitted / "ann" / "01_tensor" / "01_tensor.ipynb").write_bytes(TENSOR_1[:9])
    (course.submitted / "ann" / "01_tensor" / "timestamp.txt").unlink()
    collect(course, TENSOR, inbox, NOW)
    assert tree(course.submitted) == whole
    assert verify(course) == []


FIRST, SECOND = EXCHANGE_1.replace("01_tensor", "ps1"), EXCHANGE_2.replace("01_tensor", "ps1")
CRASHES = {
    "one notebook": (
        TENSOR,
        {
            f"{EXCHANGE_1}/01_tensor.ipynb": TENSOR_1,
            f"{EXCHANGE_2}/01_tensor.ipynb": TENSOR_2,
            f"{EXCHANGE_2}/numpy.py": b"1",
        },
    ),
    "two notebooks": (
        PS1,
        {
            f"{FIRST}/problem1.ipynb": problem(1, "a"),
            f"{FIRST}/problem2.ipynb": problem(2, "a"),
            f"{SECOND}/problem1.ipynb": problem(1, "b"),
            f"{SECOND}/problem2.ipynb": problem(2, "b"),
        },
    ),
}


class PowerCut(BaseException):
    """No code of the course catches it."""


@pytest.mark.parametrize("syncs", range(1, 40))
@pytest.mark.parametrize("assignment, sent", CRASHES.values(), ids=CRASHES)
def test_a_crash_at_any_moment_is_mended_by_the_next_run(
    tmp_path, monkeypatch, syncs, assignment, sent
):
    whole, broken = make_course(tmp_path / "whole"), make_course(tmp_path / "broken")
    inbox = inbox_of(tmp_path, sent)
    for course in (whole, broken):
        for name in assignment.notebooks:
            old = TENSOR_3 if assignment == TENSOR else problem(int(name[-1]), "old")
            write(course.submitted / "ann" / assignment.id / f"{name}.ipynb", old)
    collect(whole, assignment, inbox, NOW)
    remaining = iter(range(syncs))
    sync = os.fsync

    def failing(handle: int) -> None:
        sync(handle)
        if next(remaining, None) is None:
            raise PowerCut

    with monkeypatch.context() as patch, pytest.raises(PowerCut):
        patch.setattr(os, "fsync", failing)
        collect(broken, assignment, inbox, NOW)
        raise PowerCut
    assert not [message for message in verify(broken) if "which the store does not" not in message]
    collect(broken, assignment, inbox, NOW)
    assert tree(broken.root) == tree(whole.root)


@pytest.mark.parametrize("name", ["", "release", "source/01_tensor", "store", "aside"])
def test_a_folder_of_the_course_itself_is_no_inbox(course, name):
    (course.root / name).mkdir(parents=True, exist_ok=True)
    with pytest.raises(CourseError, match="is a folder of this course"):
        collect(course, TENSOR, course.root / name, NOW)


any_file_name = st.text(min_size=1, max_size=60).filter(lambda name: "\0" not in name)
slow = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@slow
@given(names=st.lists(any_file_name, min_size=1, max_size=5, unique=True))
@example(names=["../../up.ipynb", "..", "a/../../../b.ipynb", "C:\\x.ipynb", "+01_tensor+"])
@example(names=[".", "./", "a/./01_tensor.ipynb", "receipt.json"])
@example(names=["con.ipynb", "aux/01_tensor.ipynb", ".ipynb", "a" * 255 + ".ipynb", " .ipynb"])
def test_no_file_name_in_a_zip_escapes_or_stops_the_others(tmp_path_factory, names):
    root = tmp_path_factory.mktemp("any")
    course = make_course(root / "course")
    safe = [n.encode("utf-8", "replace").decode() for n in names]
    files = dict.fromkeys(safe, TENSOR_2) | {"doe_1_90_01_tensor.ipynb": TENSOR_1}
    collected = collect(course, TENSOR, write(root / "d.zip", zipped(files)), NOW)
    assert taken(course)["doe_1"] == TENSOR_1
    assert {p.name for p in root.iterdir()} == {"course", "d.zip"}
    assert {p.name for p in (root / "course").iterdir()} <= {
        *("release", "submitted", "store", "aside")
    }
    assert all(a.message.isprintable() for a in collected.rejected)
    before = tree(root)
    collect(course, TENSOR, root / "d.zip", NOW)
    assert tree(root) == before


@slow
@given(
    names=st.lists(
        st.text(st.characters(categories=["L", "M", "N"]), max_size=12), min_size=2, max_size=4
    ),
    scheme=st.sampled_from(
        ["{n}_{i}_9{i}_01_tensor.ipynb", "{n}_{i}_assignsubmission_file_/x.ipynb"]
    ),
)
@example(names=["ann", "7"], scheme="{n}_{i}_9{i}_01_tensor.ipynb")
def test_two_people_never_become_one(tmp_path_factory, names, scheme):
    root = tmp_path_factory.mktemp("people")
    course = make_course(root / "course")
    files = {scheme.format(n=n, i=i): tensor(f"return {i}") for i, n in enumerate(names, start=1)}
    collected = collect(course, TENSOR, write(root / "d.zip", zipped(files)), NOW)
    aside = [r for r in collected.rejected if "can be of" in r.message]  # `7_2_92_x` has two users
    assert len(collected.submissions) + len(aside) == len(names)
    kept = [(course.aside / "01_tensor" / refused.copy).read_bytes() for refused in aside]
    assert sorted([*taken(course).values(), *kept]) == sorted(files.values())
    assert not aside or any(name[-1:].isdigit() for name in names)


def test_a_released_notebook_that_is_damaged_is_named(course, tmp_path):
    write(course.release / "01_tensor" / "01_tensor.ipynb", b"{")
    with pytest.raises(CourseError, match=r"01_tensor\.ipynb' is cut off"):
        collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1}), NOW)


def test_another_assignment_that_is_damaged_does_not_stop_this_one(course, tmp_path):
    write(course.release / "x01_limits" / "x01_limits.ipynb", b"{")
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1}), NOW)
    assert taken(course) == {"ann": TENSOR_1}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
cell_fields = st.sampled_from(["cell_type", "id", "metadata", "source", "outputs", "nbgrader"])
any_cell = json_values | st.dictionaries(cell_fields, json_values | st.just("code"))


@slow
@given(cells=st.lists(any_cell, max_size=3), field=cell_fields, value=json_values)
@example(cells=[], field="metadata", value={"nbgrader": {"grade_id": ["a"]}})
def test_no_json_in_a_notebook_stops_the_others(tmp_path_factory, cells, field, value):
    root = tmp_path_factory.mktemp("json")
    course = make_course(root / "course")
    strange = notebook(*cells, {**cell("matmul", "x"), field: value})
    write(root / "inbox" / "zoe.ipynb", strange)
    write(root / "inbox" / "ann.ipynb", TENSOR_1)
    collected = collect(course, TENSOR, root / "inbox", NOW)
    assert taken(course)["ann"] == TENSOR_1
    assert {s.student for s in collected.submissions} | {a.student for a in collected.rejected} == {
        *("ann", "zoe")
    }


def test_without_a_release_the_notebooks_of_source_decide(course, tmp_path):
    write(course.root / "source" / "01_tensor" / "01_tensor.ipynb", tensor())
    course = replace(course, release=course.root / "none")
    collect(course, TENSOR, inbox_of(tmp_path, {"ann.ipynb": TENSOR_1, "bob.ipynb": OTHER}), NOW)
    assert taken(course) == {"ann": TENSOR_1}


COUNT_OPENED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from autograder.collecting.collect import collect
from autograder.settings.open_course import open_course

course = open_course(Path(sys.argv[1]))
folders = [str(course.release), str(course.source)]

def note(event, arguments):
    if event == "open" and str(arguments[0]).startswith(tuple(folders)):
        print(Path(str(arguments[0])).name)

sys.addaudithook(note)
collect(course, course.assignment("functions"), Path(sys.argv[2]), datetime.now(UTC))
"""


def test_the_notebooks_of_other_assignments_are_opened_only_for_a_file_that_does_not_match(
    tmp_path,
):
    course = write_course(tmp_path / "course", proofs="")
    strange = write(course.source / "other" / "other.ipynb", OTHER)
    own = (course.source / "functions" / "functions.ipynb").read_bytes()

    def opened(student: str, data: bytes) -> list[str]:
        inbox = inbox_of(tmp_path / student, {f"{student}.ipynb": data})
        command = [sys.executable, "-c", COUNT_OPENED, str(course.root), str(inbox)]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [line for line in output.split() if line.endswith(".ipynb")]

    assert opened("ann", own) == ["functions.ipynb"]
    assert strange.name in opened("bob", OTHER)
