"""Marks leave the course as JSON and CSV that an LMS and a spreadsheet read back unchanged."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.model import Grade, Mark
from autograder.reporting.marks_file import to_csv, to_json

WHEN = datetime(2027, 2, 1, 13, 0, 0, 250, tzinfo=timezone(timedelta(hours=1)))
SAYS = "rows do not sum to one"
MARKS = (
    Mark("01_tensor", "matmul", 3.0, 4.0, SAYS),
    Mark("01_tensor", "explain", 0.1 + 0.2, 1.0, forked=True),
)
ANN = Grade("01_tensor", "ann", "graded", MARKS, WHEN, isolation="bubblewrap")
BOB = Grade("01_tensor", "李明", "not graded", (), None, messages=("cut off",))


def rows(grades: list[Grade]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(to_csv(grades), newline="")))


def test_json_holds_every_mark_with_plain_numbers_and_utc():
    ann, bob = json.loads(to_json([ANN, BOB]))
    assert ann == {
        "student": "ann",
        "assignment": "01_tensor",
        "score": 3.3,
        "max_score": 5,
        "status": "graded",
        "submitted_at": "2027-02-01T12:00:00.000250Z",
        "late_penalty": 0,
        "isolation": "bubblewrap",
        "integration": "",
        "marks": [
            {
                **{"notebook": "01_tensor", "cell": "matmul", "points": 3, "out_of": 4},
                **{"says": SAYS, "comment": "", "needs_review": False, "forked": False},
            },
            {
                **{"notebook": "01_tensor", "cell": "explain", "points": 0.3, "out_of": 1},
                **{"says": "", "comment": "", "needs_review": ANN.marks[1].needs_review},
                "forked": True,
            },
        ],
    }
    assert bob["student"] == "李明"
    assert bob["submitted_at"] is None
    assert bob["marks"] == []


def test_json_keeps_unicode_readable():
    assert "李明" in to_json([BOB])


def test_csv_has_one_row_per_student_and_one_column_per_cell():
    head, ann, bob = rows([ANN, BOB])
    assert head == [
        *("student", "assignment", "score", "max_score", "status", "submitted_at"),
        *("matmul", "explain", "tested beside the student's code"),
    ]
    assert ann[2:-1] == ["3.3", "5", "graded", "2027-02-01T12:00:00.000250Z", "3", "0.3"]
    assert ann[-1] == "explain"
    assert bob == ["李明", "01_tensor", "", "", "not graded", "", "", "", ""]


def test_csv_of_nobody_is_a_head_alone():
    assert to_csv([]) == "student,assignment,score,max_score,status,submitted_at\r\n"


def test_cells_of_one_name_in_two_notebooks_have_a_column_each():
    marks = (Mark("a", "q1", 1, 1), Mark("b", "q1", 2, 2), Mark("b", "score", 3, 3))
    head, row = rows([Grade("ps1", "ann", "graded", marks)])
    assert head[6:] == ["a/q1", "b/q1", "b/score"]
    assert row[6:] == ["1", "2", "3"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(start):
    _, row = rows([Grade("ps1", f'{start}HYPERLINK("http://x","y")', "graded", ())])
    assert row[0] == f"'{start}" + 'HYPERLINK("http://x","y")'


def test_a_lost_point_is_a_number_and_no_formula():
    _, row = rows([Grade("ps1", "ann", "graded", (Mark("a", "q1", -1, 1),), datetime.now(UTC))])
    assert row[6] == "-1"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_student_id_comes_back_from_both_files(name):
    grade = Grade("ps1", name, "graded", ())
    assert json.loads(to_json([grade]))[0]["student"] == name
    assert rows([grade])[1][0].replace("'", "") == name.replace("'", "")
