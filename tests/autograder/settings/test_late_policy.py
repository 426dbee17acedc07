"""What lateness costs: from the syllabus or nbgrader_config.py, and each fault in words."""

import pytest
from small_course import write_course

from autograder.model import CourseError
from autograder.settings.grading_options import grading_options
from autograder.settings.late_policy import LatePolicy, late_policy
from autograder.settings.open_course import open_course

TEN = "[late]\npercent_per_day = 10\n"
ROW = '[[assignment]]\nid = "functions"\n'


def policy(tmp_path, syllabus="", config=""):
    course = write_course(tmp_path, proofs="")
    if syllabus:
        (tmp_path / "course").mkdir(exist_ok=True)
        (tmp_path / "course" / "syllabus.toml").write_text(syllabus)
    with (tmp_path / "nbgrader_config.py").open("a") as file:
        file.write(config)
    course = open_course(course.root)
    grading_options(course)  # which knows the section
    return late_policy(course, course.assignment("functions"))


def test_a_course_that_says_nothing_takes_nothing_off(tmp_path):
    assert policy(tmp_path, ROW) is None


@pytest.mark.parametrize(
    ("syllabus", "expected"),
    [
        (f"{TEN}grace_minutes = 15\ncap_percent = 50\n{ROW}", (15, 10, 0, 50)),
        (f"{TEN}{ROW}late = {{ cap_percent = 30 }}\n", (0, 10, 0, 30)),
        (f"{TEN}{ROW}late = {{ points_per_day = 1.5 }}\n", (0, 0, 1.5, 100)),
        (ROW + "late = { points_per_day = 1 }\n", (0, 0, 1, 100)),
    ],
)
def test_a_row_of_the_syllabus_overrides_what_all_have(tmp_path, syllabus, expected):
    assert policy(tmp_path, syllabus) == LatePolicy(*expected)


def test_a_row_may_say_that_lateness_costs_nothing(tmp_path):
    assert policy(tmp_path, "[late]\npercent_per_day = 10\n" + ROW + "late = false\n") is None


def test_any_nbgrader_course_has_the_same_in_its_configuration(tmp_path):
    assignment_policies = "{'functions': {'percent_per_day': 20}, 'other': {'cap_percent': 1}}"
    table = f"{{'points_per_day': 1, 'grace_minutes': 5, 'assignments': {assignment_policies}}}"
    config_policy = policy(tmp_path, config=f"c.Autograder.late = {table}\n")
    assert config_policy == LatePolicy(5, 20, 0, 100)
    assert str(config_policy) == "20 % for each started day, 5 minutes of grace"


LATE = "c.Autograder.late = {'percent_per_day': 10}\n"


@pytest.mark.parametrize(
    ("syllabus", "config", "sentence"),
    [
        ("[late]\npercent_per_day = 5\n" + ROW, LATE, "Two places set what lateness costs"),
        ("", LATE + "c.LateSubmissionPlugin.penalty_method = 'zero'\n", "plugin of nbgrader"),
        ("[late]\ngrace_minutes = 5\n" + ROW, "", "neither of percent_per_day and points_per_day"),
        ("[late]\npercent_per_day = 5\npoints_per_day = 1\n" + ROW, "", "sets both of"),
        ("[late]\npercent_per_day = 500\n" + ROW, "", "500; a number from 0 to 100 was needed"),
        ("[late]\npercent_per_day = '5'\n" + ROW, "", "a number from 0 to 100 was needed"),
        ("[late]\npoints_per_day = -1\n" + ROW, "", "a number from 0 to 1000000 was needed"),
        ("[late]\ngrace_minutes = 1e300\n" + ROW, "", "1e\\+300; a number from 0 to 527040 was"),
        ("[late]\npoints_per_day = inf\n" + ROW, "", "to inf; a number from 0 to 1000000 was"),
        ("", "c.Autograder.late = {'points_per_day': 10**400}\n", "from 0 to 1000000 was needed"),
        ("", "c.Autograder.late = {'points_per_day': 10**5000}\n", "thousands of digits; a number"),
        ("[late]\nper_day = 5\n" + ROW, "", "'per_day', which does not exist. There is: grace_min"),
        ("", "c.Autograder.late = 10\n", "is 10; a table of grace_minutes"),
        (
            "[late]\npercent_per_day = 5\n" + ROW + "late = true\n",
            "",
            "'functions' is True; a table",
        ),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, syllabus, config, sentence):
    with pytest.raises(CourseError, match=sentence):
        policy(tmp_path, syllabus, config)


def test_one_point_and_one_minute_are_singular():
    assert str(LatePolicy(points_per_day=1, grace_minutes=1)) == (
        "1 point for each started day, 1 minute of grace"
    )
    assert str(LatePolicy(points_per_day=0.5)) == "0.5 points for each started day"
