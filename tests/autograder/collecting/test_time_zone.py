"""One time zone holds for every time that names none: that of nbgrader's c.Exchange.timezone."""

from datetime import UTC, datetime

import pytest
from dateutil import tz
from malformed import zipped
from small_course import answered, write_course

from autograder.collecting.collect import collect
from autograder.collecting.time_stamps import parse_time
from autograder.model import CourseError
from autograder.notebook import cells
from autograder.settings.open_course import open_course

ZURICH = tz.gettz("Europe/Zurich")
NOW = datetime(2027, 8, 1, tzinfo=UTC)
WORK = cells.dump(answered("return 2 * x", "return x * x")).encode()


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2027-01-30 20:30:10", 19),
        ("2027-07-30 20:30:10", 18),
        ("2027-01-30 20:30:10 CET", 19),
        ("2027-07-30 20:30:10.5 CEST", 18),
        ("2027-01-30 20:30:10 UTC", 20),
        ("2027-01-30 20:30:10 GMT", 20),
        ("2027-01-30T20:30:10Z", 20),
        ("2027-01-30T20:30:10+05:00", 15),
        ("2027-01-30 20:30:10 +0500", 15),
        ("2027-01-30-20-30-10", 19),
        ("2026-10-25 02:30:00 CEST", 0),
        ("2026-10-25 02:30:00 CET", 1),
        ("2027-01-30 20:30:10 America/New_York", 1),
        ("2027-01-30 20:30:10 GMT+1", 19),
        ("2027-01-30 20:30:10 UTC-03:30", 0),
        ("30 January 2027 8:30 PM", 19),
    ],
)
def test_a_time_without_a_zone_is_in_that_of_the_course(text, hour):
    assert parse_time(text, ZURICH).astimezone(UTC).hour == hour


@pytest.mark.parametrize("text", ["2027", "8", "12:30", "noon"])
def test_what_is_no_time_of_a_day_is_none(text):
    assert parse_time(text, ZURICH) is None


def course_in(root, zone):
    write_course(root)
    (root / "nbgrader_config.py").write_text(f"c = get_config()\nc.Exchange.timezone = {zone!r}\n")
    return open_course(root)


@pytest.mark.parametrize(
    ("path", "hour"),
    [
        ("ann+functions+2027-01-30 20:30:10 CET/functions.ipynb", 19),
        ("functions_ann_attempt_2027-01-30-20-30-10_functions.ipynb", 19),
        ("functions_ann_attempt_2027-01-30-20-30-10.zip", 20),  # `course submit` writes UTC
        ("12-3 - Ann Bee - Jan 30, 2027 830 PM/functions.ipynb", 19),
    ],
)
def test_the_times_in_names_are_read_in_it(tmp_path, path, hour):
    course = course_in(tmp_path / "course", "Europe/Zurich")
    file = tmp_path / "inbox" / path
    file.parent.mkdir(parents=True)
    inside = zipped(("functions.ipynb", WORK)) if path.endswith(".zip") else WORK
    file.write_bytes(inside)
    collected = collect(course, course.assignment("functions"), tmp_path / "inbox", NOW)
    (submission,) = collected.submissions
    assert submission.submitted_at == datetime(2027, 1, 30, hour, 30, tzinfo=UTC).replace(
        second=submission.submitted_at.second
    )


def test_a_time_stamp_that_nbgrader_wrote_is_read_in_it(tmp_path):
    course = course_in(tmp_path / "course", "Europe/Zurich")
    folder = course.submitted / "ann" / "functions"
    folder.mkdir(parents=True)
    (folder / "functions.ipynb").write_bytes(WORK)
    (folder / "timestamp.txt").write_text("2027-07-30 20:30:10.000000 CEST")
    collected = collect(course, course.assignment("functions"), course.submitted, NOW)
    (submission,) = collected.submissions
    assert submission.submitted_at == datetime(2027, 7, 30, 18, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "/etc/passwd", 2])
def test_a_zone_that_nobody_knows_is_a_sentence(tmp_path, zone):
    with pytest.raises(CourseError, match=r"c\.Exchange\.timezone"):
        course_in(tmp_path / "course", zone)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("2027-01-30T18:00:00Z", datetime(2027, 1, 30, 18, tzinfo=UTC)),
        ("2027-01-30T18:00:00", datetime(2027, 1, 30, 17, tzinfo=UTC)),
        ("2027-01-30", datetime(2027, 1, 30, 22, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_due_date_without_a_zone_is_in_it_too(tmp_path, due, expected):
    course = course_in(tmp_path / "course", "Europe/Zurich")
    write_syllabus(course.root, due)
    assert open_course(course.root).assignment("functions").due == expected


def test_a_due_date_in_quotation_marks_is_a_sentence(tmp_path):
    course = course_in(tmp_path / "course", "UTC")
    write_syllabus(course.root, '"2027-01-30"')
    with pytest.raises(CourseError, match="without quotation marks"):
        open_course(course.root)


def write_syllabus(root, due):
    (root / "course").mkdir()
    rows = f'[[assignment]]\nid = "functions"\ndue = {due}\n'
    (root / "course" / "syllabus.toml").write_text(rows)
