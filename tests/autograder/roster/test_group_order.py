"""Which of several hand-ins of a group counts, and what is said where nobody can know."""

import json
from datetime import UTC, datetime

import pytest
from malformed import zipped
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, write_course

from autograder.collecting.collect import collect
from autograder.collecting.store import Store
from autograder.roster.group_work import NONE, TIME, UPLOAD, class_work, passed_over

NOW = datetime(2027, 2, 3, tzinfo=UTC)
ADA, SMITH = "ada_101", "smithjones_102"
ADAS = json.dumps(answered(RIGHT_DOUBLE, RIGHT_SQUARE)).encode()
SMITHS = json.dumps(answered("def double(x):\n    return x", RIGHT_SQUARE)).encode()


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path / "course", proofs="")
    rows = f"assignment,group,student\n*,G1,{ADA}\n*,G1,{SMITH}\n"
    (course.root / "groups.csv").write_text(rows)
    return course


def take(course, tmp_path, ada_number, smith_number, adas=ADAS):
    """Collect a download of Canvas in which the two files have these numbers."""
    path = tmp_path / "submissions.zip"
    names = (f"{ADA}_{ada_number}_functions.ipynb", f"{SMITH}_{smith_number}_functions.ipynb")
    path.write_bytes(zipped((names[0], adas), (names[1], SMITHS)))
    collect(course, course.assignment("functions"), path, NOW)
    (work,) = class_work(course, course.assignment("functions"))
    return work


def test_of_a_canvas_download_the_later_upload_counts_whoever_it_is_of(course, tmp_path):
    work = take(course, tmp_path, 80000, 70002)
    assert (work.submission.student, work.evidence) == (ADA, UPLOAD)
    (sentence,) = passed_over(course, [work])
    assert sentence.startswith(
        f"group 'G1': the hand-in of {SMITH} (at an unrecorded time) is kept"
    )
    assert sentence.endswith("counts for all members, since Canvas has it as the later upload.")
    work = take(course, tmp_path, 80000, 80001)
    assert work.submission.student == SMITH  # the same file, uploaded again


def test_the_same_download_again_is_no_new_upload(course, tmp_path):
    take(course, tmp_path, 80000, 70002)
    take(course, tmp_path, 80000, 70002)
    assert [h.upload for h in Store(course, "functions").all()] == [80000, 70002]


def test_without_a_time_and_a_number_both_are_named_and_what_to_do(course):
    for student, data in ((ADA, ADAS), (SMITH, SMITHS)):
        folder = course.submitted / student / "functions"
        folder.mkdir(parents=True)
        (folder / "functions.ipynb").write_bytes(data)
    (work,) = class_work(course, course.assignment("functions"))
    assert (work.submission.student, work.evidence) == (SMITH, NONE)
    (sentence,) = passed_over(course, [work])
    assert "nobody knows which hand-in is the last" in sentence and "latest" not in sentence
    assert ADA in sentence and SMITH in sentence
    assert "Write the time of each into timestamp.txt beside the work in submitted/" in sentence
    times = {ADA: "2027-02-02 12:00 UTC", SMITH: "2027-02-01 12:00 UTC"}
    for student, time in times.items():
        (course.submitted / student / "functions" / "timestamp.txt").write_text(time)
    (work,) = class_work(course, course.assignment("functions"))
    assert (work.submission.student, work.evidence) == (ADA, TIME)
    assert "since it is the latest" in passed_over(course, [work])[0]
    (course.submitted / ADA / "functions" / "timestamp.txt").unlink()
    (work,) = class_work(course, course.assignment("functions"))
    assert work.evidence == NONE
