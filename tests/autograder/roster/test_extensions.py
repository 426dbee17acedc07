"""More time for a student or a section: which row counts, and what the file says back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from small_course import write_course

from autograder.gradebook import open_gradebook
from autograder.gradebook.read_marks import due_time
from autograder.model import CourseError
from autograder.roster.deadlines import parse_deadline, written_time
from autograder.roster.extensions import add_extension, extension_of, extensions
from autograder.roster.people import Person, write_people
from autograder.settings.open_course import open_course

ZURICH = ZoneInfo("Europe/Zurich")
HEAD = "assignment,student,section,until,reason\n"


@pytest.fixture
def course(tmp_path):
    new_course = write_course(tmp_path, proofs="")
    (tmp_path / "course").mkdir()
    row = '[[assignment]]\nid = "functions"\ndue = 2027-02-01T23:00:00Z\n'
    (tmp_path / "course" / "syllabus.toml").write_text(row)
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write("c.Exchange.timezone = 'Europe/Zurich'\n")
    write_people(
        new_course,
        [Person("ada", sections=("A", "B")), Person("bob", sections=("B",)), Person("cem")],
    )
    return open_course(tmp_path)


def work(course):
    return course.assignment("functions")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-02-03", datetime(2027, 2, 3, 23, 59, 59, tzinfo=ZURICH)),
        ("2027-02-03 18:00", datetime(2027, 2, 3, 18, tzinfo=ZURICH)),
        ("2027-07-03T9:05", datetime(2027, 7, 3, 9, 5, tzinfo=ZURICH)),
        ("2027-02-03 18:00:30 UTC", datetime(2027, 2, 3, 18, 0, 30, tzinfo=UTC)),
        ("2027-02-03T18:00Z", datetime(2027, 2, 3, 18, tzinfo=UTC)),
        ("2027-02-03 18:00+05:30", datetime(2027, 2, 3, 12, 30, tzinfo=UTC)),
        ("2027-02-03 18:00 America/New_York", datetime(2027, 2, 3, 23, tzinfo=UTC)),
    ],
)
def test_a_time_is_in_its_own_zone_or_in_the_course_s(text, moment):
    assert parse_deadline(text, ZURICH) == moment


@pytest.mark.parametrize(
    "text", ["", "2/3/2027", "2027-02-30", "2027-02-03 25:00", "2027-02-03 18:00 PST", "tomorrow"]
)
def test_what_could_mean_several_times_is_refused(text):
    with pytest.raises(CourseError, match="is no time"):
        parse_deadline(text, ZURICH)


def test_a_time_is_printed_with_its_zone():
    assert written_time(datetime(2027, 2, 3, 17, tzinfo=UTC), ZURICH) == "2027-02-03 18:00 CET"
    assert written_time(datetime(2027, 7, 3, 16, tzinfo=UTC), ZURICH) == "2027-07-03 18:00 CEST"
    east = timezone(timedelta(hours=5, minutes=30))
    assert written_time(datetime(2027, 7, 3, tzinfo=UTC), east).endswith("05:30 UTC+05:30")


def test_a_student_s_own_extension_beats_the_section_s_and_the_later_counts(course):
    rows = [
        "functions,ada,,2027-02-03,ill",
        "functions,ada,,2027-02-02,",
        "functions,,B,2027-02-09,",
        "functions,,B,2027-02-10,",
    ]
    (course.root / "extensions.csv").write_text(HEAD + "\n".join(rows) + "\n")
    days = [extension_of(course, work(course), student) for student in ("ada", "bob", "cem")]
    assert [row and row.until.day for row in days] == [3, 10, None]
    assert (days[0].reason, days[1].owner_text) == ("ill", "of section 'B'")


def test_an_added_row_leaves_every_other_byte_of_the_file(course):
    head = "\ufeffassignment;student;section;until;reason;seen by\r\n"
    text = head + 'functions;ada;;2027-02-03;"x;y";me'
    path = course.root / "extensions.csv"
    path.write_bytes(text.encode())
    add_extension(course, work(course), "", "B", "2027-02-05 12:00", "=1+1; trip")
    assert (
        path.read_bytes()
        == (text + '\r\nfunctions;;B;2027-02-05 12:00;"\'=1+1; trip";\r\n').encode()
    )
    assert extensions(course, work(course))[1].reason == "=1+1; trip"


def test_the_first_row_makes_the_file(course):
    add_extension(course, work(course), "ada", "", "2027-02-03", "")
    assert (course.root / "extensions.csv").read_text() == HEAD + "functions,ada,,2027-02-03,\n"


@pytest.mark.parametrize(
    ("student", "section", "until", "sentence"),
    [
        ("", "", "2027-02-03", "name one"),
        ("ada", "B", "2027-02-03", "name one"),
        ("eve", "", "2027-02-03", "'eve' is not in roster.csv"),
        ("", "C", "2027-02-03", "'C' is no section of roster.csv, which has 'A', 'B'"),
        ("ada", "", "soon", "'soon' is no time"),
        ("ada", "", "2027-02-01", r"2027-02-01 23:59 CET is not after .* 2027-02-02 00:00 CET"),
    ],
)
def test_an_extension_that_cannot_be_is_refused_and_the_file_stays(
    course, student, section, until, sentence
):
    with pytest.raises(CourseError, match=sentence):
        add_extension(course, work(course), student, section, until, "")
    assert not (course.root / "extensions.csv").exists()


def test_without_a_roster_a_student_is_known_by_a_hand_in(course):
    (course.root / "roster.csv").unlink()
    with pytest.raises(CourseError, match="nobody called 'ada' has handed anything in"):
        add_extension(course, work(course), "ada", "", "2027-02-03", "")
    (course.submitted / "ada").mkdir(parents=True)
    assert add_extension(course, work(course), "ada", "", "2027-02-03", "").student == "ada"


def test_without_a_roster_a_member_of_a_group_is_known(course):
    (course.root / "roster.csv").unlink()
    rows = "assignment,group,student\nfunctions,G1,ada\nfunctions,G1,bob\n"
    (course.root / "groups.csv").write_text(rows)
    assert add_extension(course, work(course), "bob", "", "2027-02-03", "").student == "bob"
    with pytest.raises(CourseError, match="nobody called 'eve' has handed anything in or"):
        add_extension(course, work(course), "eve", "", "2027-02-03", "")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("nope,ada,,2027-02-03,", "line 2: the course has no assignment 'nope'"),
        ("functions,ada,B,2027-02-03,", "line 2: the row is for a student or for a section"),
        ("functions,ada,,3.2.2027,", "line 2: '3.2.2027' is no time"),
        ("functions,ada,,2027-02-03 18:00 +99:99,", r"line 2: '\+99:99' is no time zone"),
        ("functions,ada,,2027-02-03 18:00 +01:60,", r"line 2: '\+01:60' is no time zone"),
        ("functions,ada,,9999-12-31,", "line 2: '9999-12-31' is no time of a course: a year from"),
        ("functions,ada,,0001-01-01 00:00 +12:00,", "line 2: '0001-01-01 00:00 .12:00' is no"),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_line(course, row, sentence):
    (course.root / "extensions.csv").write_text(HEAD + row + "\n")
    with pytest.raises(CourseError, match=sentence):
        extensions(course, work(course))


@pytest.mark.parametrize(("student", "section"), [("ada", ""), ("", "B")])
def test_an_extension_that_is_not_after_the_one_there_is_is_refused(course, student, section):
    add_extension(course, work(course), student, section, "2027-02-05", "")
    before = (course.root / "extensions.csv").read_bytes()
    for until in ("2027-02-04", "2027-02-05"):
        with pytest.raises(CourseError, match=r"is not after 2027-02-05 23:59 CET, which ext.*row"):
            add_extension(course, work(course), student, section, until, "")
    assert (course.root / "extensions.csv").read_bytes() == before
    add_extension(course, work(course), "bob", "", "2027-02-04", "")  # an owner of their own


def test_a_due_time_of_the_gradebook_bounds_an_extension_too(course):
    due_in_syllabus = work(course)
    open_gradebook.register(course, due_in_syllabus, {})
    undated = replace(due_in_syllabus, due=None)
    assert due_time(course, undated) == due_time(course, due_in_syllabus) == due_in_syllabus.due
    with pytest.raises(CourseError, match=r"is not after the due time .* 2027-02-02 00:00 CET"):
        add_extension(course, undated, "ada", "", "2027-02-01", "")
    assert not (course.root / "extensions.csv").exists()
