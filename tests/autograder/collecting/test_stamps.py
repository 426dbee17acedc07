"""What stands in timestamp.txt of submitted/: we and nbgrader read one time in it, or it goes."""

from datetime import UTC, datetime

import pytest
from dateutil import tz
from nbgrader.apps import NbGraderAPI
from nbgrader.utils import parse_utc
from small_course import RIGHT_DOUBLE, RIGHT_SQUARE, answered, hand_in, save, write_course
from traitlets.config import Config

from autograder.collecting.collect import collect
from autograder.collecting.store import Store
from autograder.collecting.submitted import read_submission, stamp_faults
from autograder.collecting.time_stamps import is_read_alike, portable_stamp, read_stamp
from autograder.reporting.status import status
from autograder.settings.open_course import open_course

BERLIN = tz.gettz("Europe/Berlin")
NOW = datetime(2027, 8, 1, tzinfo=UTC)
TEXTS = (
    "2027-01-15 22:14",
    "2027-01-15 22:14:10",
    "2027-01-15T22:14:10.25",
    "2027-01-15 22:14 UTC",
    "2027-01-15 22:14:10.000000 GMT",
    "2027-01-15T22:14:10Z",
    "2027-01-15 22:14:10+01:00",
    "2027-01-15 22:14:10 +0100",
    "2027-01-15 22:14:10 +01:00",
    "2027-01-15 22:14:10 CET",
    "2027-07-15 22:14:10.000000 CEST",
    "2027-07-15 22:14:10 CET",
    "2027-07-15 22:14:10 Europe/Zurich",
    "2027-01-15-22-14-10",
    "20270115221410",
    "15 January 2027 10:14 PM",
    "yesterday",
    "",
)


def naive(moment):
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


@pytest.mark.parametrize("text", TEXTS)
def test_it_is_known_what_nbgrader_reads(text):
    try:
        theirs = parse_utc(text)
    except ValueError:
        theirs = "none"
    assert is_read_alike(text, BERLIN) == (theirs == naive(read_stamp(text, BERLIN)))
    portable = portable_stamp(text, BERLIN)
    assert is_read_alike(portable, BERLIN) or portable == ""
    assert read_stamp(portable, BERLIN) == read_stamp(text, BERLIN)


def test_a_stamp_without_a_zone_is_in_utc_and_one_with_an_abbreviation_is_not():
    assert read_stamp("2027-01-15 22:14", BERLIN) == datetime(2027, 1, 15, 22, 14, tzinfo=UTC)
    assert read_stamp("2027-01-15 22:14 CET", BERLIN) == datetime(2027, 1, 15, 21, 14, tzinfo=UTC)
    assert read_stamp("2027-01-15 22:14 +0100", BERLIN).hour == 21


@pytest.fixture
def course(tmp_path):
    """A course in Berlin; what stands in submitted/ says these times."""
    root = write_course(tmp_path / "course", proofs="").root
    with (root / "nbgrader_config.py").open("a") as config:
        config.write("c.Exchange.timezone = 'Europe/Berlin'\n")
    course = open_course(root)
    for number, text in enumerate(TEXTS):
        folder = hand_in(course, f"s{number:02}", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
        (folder / "timestamp.txt").write_text(text)
    return course


def functions(course):
    return course.assignment("functions")


def test_after_a_collect_of_submitted_nbgrader_reads_the_same_times(course):
    times = [read_submission(course, functions(course), f"s{n:02}") for n in range(len(TEXTS))]
    collected = collect(course, functions(course), course.submitted, NOW)
    nbgrader = NbGraderAPI(config=Config({"CourseDirectory": {"root": str(course.root)}}))
    for submission in times:
        theirs = nbgrader.get_submitted_timestamp("functions", submission.student)
        assert theirs == naive(submission.submitted_at), submission.student
    assert len(nbgrader.get_submissions("functions")) == len(TEXTS)
    assert stamp_faults(course, functions(course)) == []
    assert [(r.student, r.file) for r in collected.rejected] == [
        ("s16", "s16/functions/timestamp.txt"),
        ("s17", "s17/functions/timestamp.txt"),
    ]
    assert "says 'yesterday', which is no time" in collected.rejected[0].message
    aside = course.aside / "functions" / collected.rejected[0].copy
    assert aside.read_text() == "yesterday"
    numbers = [h.number for h in Store(course, "functions").all()]
    assert collect(course, functions(course), course.submitted, NOW).rejected == ()
    assert [h.number for h in Store(course, "functions").all()] == numbers


def test_what_nobody_can_read_is_named_with_its_file_by_status(course):
    (row,) = status(course)
    assert (
        "submitted/s16/functions/timestamp.txt says 'yesterday', which is no time, and Formgrader "
        "stops at it. Write a time such as 2027-02-05 23:40 UTC, or let this set the file aside: "
        "autograder collect functions submitted"
    ) in row.notes
    assert any("nbgrader reads another time in the timestamp.txt of s07" in n for n in row.notes)


def test_a_time_of_the_store_comes_back_in_place_of_what_is_none(course, tmp_path):
    inbox = tmp_path / "inbox" / "ann" / "functions"
    save(inbox / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (inbox / "timestamp.txt").write_text("2027-02-01 12:00:00 CET")
    collect(course, functions(course), tmp_path / "inbox", NOW)
    stamp = course.submitted / "ann" / "functions" / "timestamp.txt"
    assert stamp.read_text() == "2027-02-01 11:00:00.000000 UTC"
    stamp.write_text("tomorrow")
    collect(course, functions(course), course.submitted, NOW)
    assert stamp.read_text() == "2027-02-01 11:00:00.000000 UTC"


def test_in_an_inbox_a_time_that_is_none_is_named(course, tmp_path):
    inbox = tmp_path / "inbox" / "ann" / "functions"
    save(inbox / "functions.ipynb", answered(RIGHT_DOUBLE, RIGHT_SQUARE))
    (inbox / "timestamp.txt").write_text("gestern\x1b[2J")
    collected = collect(course, functions(course), tmp_path / "inbox", NOW)
    assert not collected.rejected
    (note,) = [n.message for n in collected.notes if "is no time" in n.message]
    assert note.startswith("'ann/functions/timestamp.txt' of ann says 'gestern\\x1b[2J', which")
