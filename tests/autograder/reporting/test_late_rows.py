"""The table of `autograder late`: every fact in few columns."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from small_course import write_course

from autograder.commands.mark_tables import late_table
from autograder.gradebook.lateness import Lateness, Work
from autograder.model import Assignment, Grade, Mark
from autograder.reporting.late_rows import due_line, late_rows
from autograder.roster.extensions import extension_finder
from autograder.roster.penalty import judge_lateness
from autograder.settings.late_policy import LatePolicy
from autograder.settings.open_course import open_course

DUE = datetime(2027, 2, 1, 12, tzinfo=UTC)
WORK = Assignment("functions", ("functions",), due=DUE)
ZONE = ZoneInfo("Europe/Zurich")
POLICY = LatePolicy(grace_minutes=10, percent_per_day=10, cap_percent=50)
ADA, EMMY, SOFYA, LONG = "ada", "emmy", "sofya", "chandrasekhara_raman"
HANDED_IN = {
    LONG: DUE + timedelta(days=1, minutes=11),
    ADA: DUE + timedelta(hours=6, minutes=9),
    EMMY: DUE + timedelta(hours=5),
    SOFYA: DUE + timedelta(days=200),
}


@pytest.fixture
def course(tmp_path):
    course = write_course(tmp_path, proofs="")
    config = tmp_path / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Exchange.timezone = 'Europe/Zurich'\n")
    roster = "id,first_name,last_name,email,sections,lms_id\n"
    rows = [f"{student},A,B,{student}@uni.edu,Lab B,{student}\n" for student in (ADA, EMMY)]
    (tmp_path / "roster.csv").write_text(roster + "".join(rows))
    (tmp_path / "extensions.csv").write_text(
        "assignment,student,section,until,reason\n"
        "functions,ada,,2027-02-01 18:00 UTC,ill\nfunctions,,Lab B,2027-02-01 19:00,trip\n"
    )
    return open_course(course.root)


def judged(course):
    """Each hand-in with 5 of 6 points, judged as `autograder late` does."""
    find = extension_finder(course, WORK)
    works, grades = [], []
    for student, time in HANDED_IN.items():
        work = Work(student, time, DUE, None, 5.0, 6.0)
        lateness = judge_lateness(work, POLICY, find(student), ZONE)
        works.append((work, lateness))
        mark = Mark("functions", "double", 5, 6)
        more = {"late_penalty": lateness.penalty, "late_reason": lateness.reason}
        grades.append(Grade("functions", student, "graded", (mark,), time, **more))
    return works, grades


def test_a_row_has_what_the_sentence_says_and_fits_a_hundred_columns(course, capsys):
    works, grades = judged(course)
    assert due_line(WORK, works, course.time_zone) == "due: 2027-02-01 13:00 CET"
    late_table(late_rows(course, WORK, grades, works))
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines)) <= 100
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in lines[1:]}
    assert rows == {
        LONG: "5 1.2 3.8 2 Feb 13:11 1 Feb 13:00 2",
        ADA: "5 0 5 1 Feb 19:09 1 Feb 19:00 own extension, grace",
        EMMY: "5 0 5 1 Feb 18:00 1 Feb 19:00 section 'Lab B'",
        SOFYA: "5 3 2 20 Aug 14:00 1 Feb 13:00 200",
    }


def test_an_extension_of_formgrader_and_nbgrader_s_own_plugin_are_named(course):
    granted = Work(LONG, DUE + timedelta(hours=1), DUE, timedelta(hours=2), 5.0, 6.0)
    late = Grade("functions", LONG, "graded", (), late_reason="said")
    plugin = Grade("functions", "zed", "graded", (), DUE + timedelta(days=366), late_penalty=2.0)
    rows = late_rows(course, WORK, [late, plugin], [(granted, Lateness(reason="said"))])
    assert [(row.due, row.days, row.why) for row in rows] == [
        ("1 Feb 15:00", 0, "extension"),
        ("1 Feb 13:00", 0, "nbgrader's plugin"),
    ]
    assert rows[1].handed_in == "2 Feb 2028 13:00"
    assert late_rows(course, WORK, [Grade("functions", "eve", "graded", ())], []) == []
