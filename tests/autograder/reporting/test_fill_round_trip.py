"""The documented tables of Canvas, Moodle and Blackboard with hostile cells: filled, and no other
byte is changed.

Canvas's columns are those of its gradebook_exporter.rb, Moodle's those of its grading worksheet
(mod/assign/feedback/offline) and its gradebook's text export (grade/export/txt), Blackboard's those
of *Work Offline > Download*.
"""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.model import Assignment, Grade, Mark
from autograder.reporting.fill_marks import fill
from autograder.reporting.row_marks import Rules
from autograder.roster.people import Person

WORK = Assignment("hw1", ("hw1",), title="Homework 1")
FILL = "\0"  # where the mark goes


def rows_of(text):
    """Rows whose cells are parted by `|` here."""
    return tuple(line.split("|") for line in text.strip("\n").split("\n"))


CANVAS = rows_of(f"""
Student|ID|SIS User ID|SIS Login ID|Section|Notes|Homework 1 (9001)|Final Points|Final Score
||||||Manual Posting||
    Points Possible||||||10.00|(read only)|(read only)
{{sortable}}|{{number}}|{{sis}}|{{login}}|{{text}}|{{text}}|{FILL}|1|2
""")
CANVAS_TWO_NAMES = rows_of(f"""
LastName|FirstName|ID|SIS User ID|SIS Login ID|Section|Homework 1 (9001)|Final Score
||||||Manual Posting|
    Points Possible||||||10.00|(read only)
{{last}}|{{first}}|{{number}}|{{sis}}|{{login}}|{{text}}|{FILL}|2
""")
WORKSHEET = rows_of(f"""
Identifier|Full name|Email address|Status|Grade|Maximum Grade|Grade can be changed|Feedback comments
Participant {{number}}|{{full}}|{{email}}|Submitted - {{text}}|{FILL}|10.00|Yes|{{text}}
""")
GRADEBOOK = rows_of(f"""
First name|Last name|ID number|Email address|Assignment: Homework 1 (Real)|Course total (Real)
{{first}}|{{last}}|{{sis}}|{{email}}|{FILL}|{{text}}
""")
BLACKBOARD = tuple(
    [cell.replace("!", "|") for cell in row]
    for row in rows_of(f"""
Last Name|First Name|Username|Student ID|Last Access|Homework 1 [Total Pts: 10 Score] !55
{{last}}|{{first}}|{{login}}|{{sis}}|{{text}}|{FILL}
""")
)
TABLES = {
    "canvas": (CANVAS, {}, ["utf-8", "utf-8-sig"]),
    "canvas, two names": (CANVAS_TWO_NAMES, {}, ["utf-8-sig"]),
    "canvas, semicolons": (CANVAS, {"delimiter": ";"}, ["utf-8-sig"]),
    "moodle worksheet": (WORKSHEET, {"lineterminator": "\n"}, ["utf-8"]),
    "moodle gradebook": (GRADEBOOK, {"lineterminator": "\n"}, ["utf-8"]),
    "blackboard": (BLACKBOARD, {"delimiter": "\t", "quoting": csv.QUOTE_ALL}, ["utf-16"]),
    "blackboard, commas": (BLACKBOARD, {"quoting": csv.QUOTE_ALL}, ["utf-8-sig", "utf-8"]),
}
HOSTILE = [
    '=HYPERLINK("http://x","y")',
    "+1-1",
    "@SUM(A1)",
    "-2+3",
    'a "quoted" text',
    "two\nlines",
    "a, b; c\td",
    "李明 Ελένη עברית",
    "<script>alert(1)</script>",
    "'",
    "10,5",
]
TEXTS = st.sampled_from(HOSTILE) | st.text(
    st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=12
)


def table_of(rows, people, marks, how, encoding):
    """The table with these people's rows and, in the column of the marks, these texts."""
    out = io.StringIO()
    writer = csv.writer(out, **{"lineterminator": "\r\n", **how})
    *heads, pattern = rows
    writer.writerows(heads)
    for person, mark in zip(people, marks, strict=True):
        cells = [cell if cell == FILL else _filled_in(cell, person) for cell in pattern]
        writer.writerow([mark if cell == FILL else cell for cell in cells])
    return out.getvalue().encode(encoding)


def _filled_in(cell, person):
    for name, value in person.items():
        cell = cell.replace("{" + name + "}", value)
    return cell


def person(n, text, name=""):
    first, last = name or f"Ann{'abcdefgh'[n]}", f"Lee{'abcdefgh'[n]}"
    names = {"first": first, "last": last, "full": f"{first} {last}", "text": text}
    ids = {"number": str(101 + n), "sis": f"S{n}", "login": f"u{n}", "email": f"u{n}@uni.edu"}
    return names | ids | {"sortable": f"{last}, {first}"}


def grade(student, points, penalty=0.0):
    marks = (Mark("hw1", "q", points, 10),)
    return Grade("hw1", student, "graded", marks, late_penalty=penalty)


@pytest.mark.parametrize("kind", TABLES)
@given(st.lists(TEXTS, min_size=1, max_size=4), st.data())
@settings(max_examples=25)
def test_every_byte_but_the_marks_comes_back(kind, texts, data):
    rows, how, encodings = TABLES[kind]
    encoding = data.draw(st.sampled_from(encodings))
    people = [person(n, text) for n, text in enumerate(texts)]
    points = [data.draw(st.integers(0, 40)) / 4 for _ in people]
    late = [data.draw(st.sampled_from([0.0, 0.5])) for _ in people]
    roster = [
        Person(f"id{n}", p["first"], p["last"], p["email"], (), _own_id(kind, p))
        for n, p in enumerate(people)
    ]
    grades = [grade(f"id{n}", points[n], late[n]) for n in range(len(people))]
    filled = fill(
        table_of(rows, people, [""] * len(people), how, encoding), WORK, grades, Rules(), roster
    )
    marks = [f"{max(0.0, p - off):g}" for p, off in zip(points, late, strict=True)]
    assert filled.data == table_of(rows, people, marks, how, encoding)
    assert (
        filled.without_row
        == filled.without_mark
        == filled.not_written
        == filled.not_in_roster
        == ()
    )
    assert [change.late_penalty for change in filled.changes] == late
    again = fill(filled.data, WORK, grades, Rules(), roster)
    assert (again.data, again.changes, again.unchanged) == (filled.data, (), len(people))


def _own_id(kind, person):
    """What the roster has as the platform's own id."""
    return {"c": person["number"], "m": "", "b": person["sis"]}[kind[0]]


@pytest.mark.parametrize("kind", TABLES)
def test_hostile_names_come_back_too_and_lead_to_nobody_else(kind):
    rows, how, encodings = TABLES[kind]
    people = [person(n, text, name=text) for n, text in enumerate(HOSTILE[:6])]
    roster = [
        Person(f"id{n}", p["first"], p["last"], p["email"], (), _own_id(kind, p))
        for n, p in enumerate(people)
    ]
    grades = [grade(f"id{n}", n + 1) for n in range(3)]
    blank = table_of(rows, people, [""] * 6, how, encodings[0])
    filled = fill(blank, WORK, grades, Rules(), roster)
    assert filled.data == table_of(rows, people, ["1", "2", "3", "", "", ""], how, encodings[0])
    assert len(filled.not_written) == 3 and "no grade of this person yet" in filled.not_written[0]


def test_points_beyond_the_maximum_are_kept_unless_they_are_capped():
    rows, how, _ = TABLES["canvas"]
    people = [person(0, "x")]
    mark = Mark("hw1", "q", 12.5, 10, extra_credit=2.5)
    extra = [Grade("hw1", "x_101", "graded", (mark,))]
    blank = table_of(rows, people, [""], how, "utf-8")
    assert extra[0].max_score == 10
    assert fill(blank, WORK, extra, Rules()).data == table_of(rows, people, ["12.5"], how, "utf-8")
    assert fill(blank, WORK, extra, Rules(cap=True)).data == table_of(
        rows, people, ["10"], how, "utf-8"
    )


@pytest.mark.parametrize("word", ["EX", "N/A"])
def test_what_canvas_has_excused_or_not_assigned_stays(word):
    rows, how, _ = TABLES["canvas"]
    table = table_of(rows, [person(0, "x")], [word], how, "utf-8")
    filled = fill(table, WORK, [grade("x_101", 4)], Rules(absent_as_zero=True))
    assert filled.data == table
    assert filled.not_written == (
        f"Leea, Anna: the platform has '{word}' there, which is no mark to replace",
    )
    absent = fill(table, WORK, [], Rules(absent_as_zero=True))
    assert absent.data == table and len(absent.not_written) == 1


def test_moodle_s_number_of_another_assignment_is_not_taken_for_this_one_s():
    rows, how, _ = TABLES["moodle worksheet"]
    people = [person(0, "x"), person(1, "x")]  # 101 is Anna Leea here, 102 Annb Leeb
    blank = table_of(rows, people, ["", ""], how, "utf-8")
    roster = [Person("Annb Leeb_101", "Annb", "Leeb"), Person("Anna Leea_999", "Anna", "Leea")]
    for known_people in (roster, []):
        filled = fill(blank, WORK, [grade("Annb Leeb_101", 7)], Rules(), known_people)
        assert [(c.person, c.after) for c in filled.changes] == [("Annb Leeb", "7")]


def test_of_the_roster_only_who_is_absent_gets_zero():
    rows, how, _ = TABLES["canvas"]
    people = [person(n, "x") for n in range(3)]
    blank = table_of(rows, people, [""] * 3, how, "utf-8")
    roster = [Person("leeaanna_101", "Anna", "Leea", lms_id="101"), Person("b", lms_id="102")]
    grades = [grade("leeaanna_101", 4), Grade("hw1", "b", "no hand-in", ())]
    ungraded = fill(blank, WORK, [], Rules(absent_as_zero=True), roster)
    assert ungraded.data == blank and len(ungraded.not_written) == 2
    default_fill = fill(blank, WORK, grades, Rules(), roster)
    assert (default_fill.without_mark, default_fill.not_in_roster) == (
        ("Leeb, Annb",),
        ("Leec, Annc",),
    )
    zero = fill(blank, WORK, grades, Rules(absent_as_zero=True), roster)
    assert zero.data == table_of(rows, people, ["4", "0", ""], how, "utf-8")
