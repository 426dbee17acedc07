"""Marks go back into the platform's own table, and no other byte of it changes."""

import csv
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.commands.mark_tables import filled_table
from autograder.model import Assignment, CourseError, Grade, Mark
from autograder.reporting.fill_marks import fill
from autograder.reporting.row_marks import Change, Rules
from autograder.roster.byte_table import read_table, replaced
from autograder.roster.people import Person

HW1 = Assignment("hw1", ("hw1",), title="Homework 1")
CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 1 (9001),Essay (9002),"
    "Current Score,Final Grade\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,10,5,(read only),(read only)\r\n"
    '"Doe, Jane",101,S1,jdoe,"CS249, Lab A",,3.5,70.00,C\r\n'
    '"Müller, Jörg ""JM""",102,S2,jm,CS249,4,,40.00,F\r\n'
    '"=HYPERLINK(""http://x"")",103,S3,evil,CS249,,,,\r\n'
    '"Student, Test",104,,test,CS249,,,,\r\n'
)
WORKSHEET = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Feedback comments"\n'
    '"Participant 77","Jane Doe",jane@uni.edu,"Submitted - ",,10.00,Yes,-,"good\nwork"\n'
    '"Participant 78","李 明",li@uni.edu,"No submission - ",,10.00,Yes,-,\n'
    '"Participant 79","Sam Lock",sam@uni.edu,"Submitted - ",5.00,10.00,No,-,\n'
)
GRADEBOOK = (
    '"First name","Last name","ID number",Institution,Department,"Email address",'
    '"Assignment: Homework 1 (Real)","Course total (Real)"\n'
    "Jane,Doe,S1,,,jane@uni.edu,-,-\n"
    "Jane,Doe,S2,,,jane2@uni.edu,-,-\n"
    "Kim,Park,,,,kim@uni.edu,-,-\n"
)
BLACKBOARD = (
    '"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Last Access"\t"Availability"\t'
    '"Homework 1 [Total Pts: 10 Score] |5501"\t"Essay [Total Pts: 5 Score] |5502"\n'
    '"Doe"\t"Jane"\t"jdoe"\t"S1"\t""\t"Yes"\t""\t"3"\n'
    '"Roe"\t"Max"\t"mroe"\t"S2"\t""\t"Yes"\t"2.00"\t""\n'
)


def grade(student: str, points: float, out_of: float = 10, status: str = "graded") -> Grade:
    marks = (Mark("hw1", "q", points, out_of),) if status != "not graded" else ()
    return Grade("hw1", student, status, marks, datetime(2027, 1, 1, tzinfo=UTC))


def test_canvas_gets_the_mark_by_its_own_number_and_keeps_every_other_byte():
    filled = fill(CANVAS.encode(), HW1, [grade("doejane_101", 8.5), grade("jm_102", 4)], Rules())
    assert filled.platform == "Canvas"
    assert filled.data == CANVAS.replace('Lab A",,3.5', 'Lab A",8.5,3.5').encode()
    assert filled.changes == (Change("Doe, Jane", "", "8.5"),)
    assert filled.unchanged == 1
    assert filled.without_mark == ('=HYPERLINK("http://x")',)
    assert filled.test_students == ("Student, Test",)


def test_canvas_s_test_student_gets_no_mark_whatever_lies_under_the_name():
    grades = [grade("doejane_101", 8.5), grade("studenttest_104", 7)]
    for rules in (Rules(), Rules(absent_as_zero=True)):
        filled = fill(CANVAS.encode(), HW1, grades, rules)
        assert filled.data.endswith(b'"Student, Test",104,,test,CS249,,,,\r\n')
        assert filled.test_students == ("Student, Test",)
        assert filled.not_written == filled.without_row == ()
    assert filled.without_mark == ()


def test_names_with_commas_in_them_are_told_apart_and_who_got_0_is_not_named_again(capsys):
    table = CANVAS.replace('"=HYPERLINK(""http://x"")"', '"Weiß, Björn"')
    filled_table(fill(table.encode(), HW1, [grade("x", 1), grade("y", 2)], Rules()), False)
    out = capsys.readouterr().out
    assert "a mark and no row of the table: x; y\n" in out
    assert "no hand-in: Doe, Jane; " in out and "; Weiß, Björn\n" in out
    filled_table(fill(table.encode(), HW1, [], Rules(absent_as_zero=True)), False)
    out = capsys.readouterr().out
    assert "no hand-in: " not in out and "no hand-in, and so 0: 3 of the above" in out
    assert "the platform's test student, who gets no mark: Student, Test\n" in out


def test_canvas_finds_people_by_login_and_by_name_where_there_is_no_number():
    filled = fill(CANVAS.encode(), HW1, [grade("jdoe", 1), grade("Jörg JM Müller", 2)], Rules())
    assert [change.person for change in filled.changes] == ["Doe, Jane"]
    assert filled.without_row == ("Jörg JM Müller",)
    by_name = fill(CANVAS.encode(), HW1, [grade("doejane", 1)], Rules())
    assert by_name.changes == (Change("Doe, Jane", "", "1"),)


def test_a_moodle_worksheet_in_which_texts_hold_line_breaks():
    grades = [grade("Jane Doe_77", 9), grade("Sam Lock_79", 7)]
    filled = fill(WORKSHEET.encode(), HW1, grades, Rules())
    assert filled.data == WORKSHEET.replace('ed - ",,10.00', 'ed - ",9,10.00').encode()
    assert filled.not_written == ("Sam Lock: the platform says that this mark cannot be changed",)
    assert filled.without_mark == ("李 明",)


def test_a_moodle_worksheet_with_a_decimal_comma_gets_one():
    german = WORKSHEET.replace("10.00", '"10,00"').replace("5.00", '"5,00"')
    filled = fill(german.encode(), HW1, [grade("Jane Doe_77", 8.5)], Rules())
    assert filled.data == german.replace('ed - ",,', 'ed - ","8,5",').encode()


@pytest.mark.parametrize("odd", ["1,000", "4,5"])
def test_one_cell_with_a_comma_makes_no_decimal_comma_in_a_table_of_points(odd):
    table = CANVAS.replace(",4,,40", f',"{odd}",,40')
    grades = [grade("doejane_101", 8.5), grade("jm_102", 1)]
    filled = fill(table.encode(), HW1, grades, Rules())
    changes = (Change("Doe, Jane", "", "8.5"), Change('Müller, Jörg "JM"', odd, "1"))
    assert filled.changes == changes


def test_a_mark_that_is_no_number_is_held():
    filled = fill(CANVAS.encode(), HW1, [grade("jm_102", float("nan"))], Rules())
    assert filled.not_written == (
        'Müller, Jörg "JM": the mark in the gradebook is no number. Correct it there',
    )
    assert filled.data == CANVAS.encode()


def test_a_roster_of_canvas_finds_its_people_by_name_in_a_table_of_moodle():
    roster = [Person("parkkim_7", "Kim", "Park", lms_id="7"), Person("doejane_8", "Jane", "Doe")]
    grades = [grade("parkkim_7", 6), grade("doejane_8", 9)]
    filled = fill(GRADEBOOK.encode(), HW1, grades, Rules(), roster)
    assert filled.changes == (Change("Kim Park", "-", "6"),)
    assert filled.without_row == ("doejane_8",)  # two rows have that name
    assert filled.not_in_roster == ("Jane Doe", "Jane Doe")
    twins = [*roster, Person("parkkim_9", "Kim", "Park", lms_id="9")]
    assert fill(GRADEBOOK.encode(), HW1, grades, Rules(), twins).changes == ()


def test_equal_names_in_a_moodle_gradebook_are_not_guessed():
    grades = [grade("Jane Doe_77", 9), grade("Kim Park_78", 6), grade("jane2@uni.edu", 3)]
    filled = fill(GRADEBOOK.encode(), HW1, grades, Rules())
    assert filled.changes == (Change("Jane Doe", "-", "3"), Change("Kim Park", "-", "6"))
    assert filled.without_row == ("Jane Doe_77",)
    twins = fill(GRADEBOOK.encode(), HW1, grades[:2], Rules())
    assert [c.person for c in twins.changes] == ["Kim Park"]
    assert twins.without_row == ("Jane Doe_77",)


SECTION = CANVAS.replace("Doe, Jane", "Lovelace, Ada").replace(",101,", ",1900,")


@pytest.mark.parametrize("roster", [[], [Person("ada", "Ada", "Lovelace", lms_id="1843")]])
def test_a_number_of_canvas_wins_over_the_name_in_another_row(roster):
    student = roster[0].id if roster else "lovelaceada_1843"
    filled = fill(SECTION.encode(), HW1, [grade(student, 9)], Rules(), roster)
    assert (filled.changes, filled.without_row) == ((), (student,))
    table = SECTION.replace(",1900,", ",1843,")
    filled = fill(table.encode(), HW1, [grade(student, 9)], Rules(), roster)
    assert filled.changes == (Change("Lovelace, Ada", "", "9"),)


def gradebook(*people):
    """An export of Moodle's gradebook: first name, last name, ID number, address of each person."""
    return (
        GRADEBOOK.split("\n")[0]
        + "\n"
        + "".join(
            f"{first},{last},{number},,,{email},-,-\n" for first, last, number, email in people
        )
    )


def filled_rows(table, grades, roster=()):
    filled = fill(table.encode(), HW1, grades, Rules(), roster)
    return [(c.person, c.after) for c in filled.changes], filled.without_row


def test_an_address_wins_over_a_name_the_other_way_round():
    table = gradebook(("Park", "Kim", "", "park@x.org"))
    kim = Person("Kim Park", "Kim", "Park", "kim@x.org")
    assert filled_rows(table, [grade("Kim Park", 7)], [kim]) == ([], ("Kim Park",))
    table += "Kim,Park,,,,kim@x.org,-,-\n"
    assert filled_rows(table, [grade("Kim Park", 7)], [kim]) == ([("Kim Park", "7")], ())


def test_names_of_the_same_letters_are_compared_word_by_word():
    table = gradebook(("Annab", "Elle", "", "m@x.org"))
    anna = [Person("Anna Belle", "Anna", "Belle")]
    assert filled_rows(table, [grade("Anna Belle", 7)], anna) == ([], ("Anna Belle",))
    assert filled_rows(table, [grade("Anna Belle_5", 7)]) == ([], ("Anna Belle_5",))
    table_of_two = table + "Anna,Belle,,,,a@x.org,-,-\n"
    assert filled_rows(table_of_two, [grade("Anna Belle_5", 7)]) == ([("Anna Belle", "7")], ())
    canvas = CANVAS.replace("Doe, Jane", "Jean-Luc, Doe")
    for student in ("jeanlucdoe", "Doe Jean Luc", "Jean Luc Doe"):
        filled = fill(canvas.encode(), HW1, [grade(student, 1)], Rules())
        expected = () if student == "Doe Jean Luc" else (Change("Jean-Luc, Doe", "", "1"),)
        assert filled.changes == expected


@pytest.mark.parametrize("student", ["Kim Park", "Kim Park_12"])
@pytest.mark.parametrize("number", ["Kim Park", "12", "Kim Park_12"])
def test_an_id_number_that_somebody_made_gives_no_mark_of_another_name(student, number):
    mallory = ("Mallory", "Eve", number, "m@x.org")
    assert filled_rows(gradebook(mallory), [grade(student, 7)]) == ([], (student,))
    kim = ("Kim", "Park", "S1", "kim@x.org")
    table = gradebook(mallory, kim)
    assert filled_rows(table, [grade(student, 7)]) == ([("Kim Park", "7")], ())
    roster = [Person(student, "Kim", "Park")]
    assert filled_rows(table, [grade(student, 7)], roster) == ([("Kim Park", "7")], ())


def test_an_id_number_counts_where_nothing_speaks_against_it():
    table = gradebook(("Ada", "Lovelace", "S1", "a@x.org"), ("Bob", "Byron", "kim", "b@x.org"))
    assert filled_rows(table, [grade("s1", 7)]) == ([("Ada Lovelace", "7")], ())
    assert filled_rows(table, [grade("kim", 7)]) == ([], ("kim",))
    roster = [Person("ada", "Ada", "Lovelace", lms_id="S1")]
    assert filled_rows(table, [grade("ada", 7)], roster) == ([("Ada Lovelace", "7")], ())


def test_an_id_number_that_is_somebody_s_address_stops_nobody():
    table = gradebook(("Mallory", "Eve", "a@x.org", "m@x.org"), ("Ada", "Lovelace", "", "a@x.org"))
    roster = [
        Person("Ada Lovelace", "Ada", "Lovelace", "a@x.org"),
        Person("Mallory Eve", "Mallory", "Eve", "m@x.org"),
    ]
    grades = [grade("Ada Lovelace", 7), grade("Mallory Eve", 3)]
    expected = [("Mallory Eve", "3"), ("Ada Lovelace", "7")]
    assert filled_rows(table, grades, roster) == (expected, ())
    assert filled_rows(table, [grade("a@x.org", 7)]) == ([("Ada Lovelace", "7")], ())


def test_blackboard_in_utf_16_with_tabs():
    data = b"\xff\xfe" + BLACKBOARD.encode("utf-16-le")
    filled = fill(data, HW1, [grade("jdoe", 7), grade("mroe", 2)], Rules())
    assert filled.platform == "Blackboard"
    expected = BLACKBOARD.replace('"Yes"\t""\t"3"', '"Yes"\t"7"\t"3"')
    assert filled.data == b"\xff\xfe" + expected.encode("utf-16-le")
    assert filled.unchanged == 1


def test_a_column_is_named_by_title_or_number_and_else_listed():
    essay = fill(CANVAS.encode(), HW1, [grade("x_101", 3, 5)], Rules(column="9002"))
    assert essay.column == "Essay (9002)"
    with pytest.raises(CourseError, match=r"no column is called 'Quiz'.*'Homework 1 \(9001\)'"):
        fill(CANVAS.encode(), HW1, [], Rules(column="Quiz"))
    other = Assignment("hw7", ("hw7",))
    with pytest.raises(CourseError, match="called 'hw7' or as its title"):
        fill(CANVAS.encode(), other, [], Rules())


def test_columns_that_the_platform_computes_take_no_mark():
    with pytest.raises(CourseError, match="no column is called 'Current Score'"):
        fill(CANVAS.encode(), HW1, [], Rules(column="Current Score"))


def test_another_maximum_is_refused_or_converted_and_a_cap_is_kept():
    with pytest.raises(CourseError, match="maximum is 10 and the assignment has 20 points"):
        fill(CANVAS.encode(), HW1, [grade("x_101", 15, 20)], Rules())
    scaled = fill(CANVAS.encode(), HW1, [grade("x_101", 15, 20)], Rules(scale=True))
    assert scaled.changes == (Change("Doe, Jane", "", "7.5"),)
    extra = [grade("x_101", 11.25)]
    assert fill(CANVAS.encode(), HW1, extra, Rules()).changes[0].after == "11.25"
    assert fill(CANVAS.encode(), HW1, extra, Rules(cap=True)).changes[0].after == "10"


def test_marks_that_are_not_final_are_held_and_named():
    grades = [grade("x_101", 3, status="needs review"), grade("y_102", 0, status="not graded")]
    filled = fill(CANVAS.encode(), HW1, grades, Rules())
    assert filled.data == CANVAS.encode()
    assert filled.not_written == (
        "Doe, Jane: a person still has to look at this mark",
        'Müller, Jörg "JM": the hand-in could not be graded',
    )
    assert fill(CANVAS.encode(), HW1, grades, Rules(unreviewed=True)).changes[0].after == "3"


def test_two_hand_ins_of_one_person_are_held_and_two_rows_of_one_student_refused():
    filled = fill(CANVAS.encode(), HW1, [grade("a_101", 1), grade("b_101", 9)], Rules())
    assert filled.not_written == (
        "Doe, Jane: the hand-ins of 'a_101' and 'b_101' are both of this person",
    )
    twice = CANVAS.replace(",102,", ",101,")
    with pytest.raises(CourseError, match="lines 4 and 5 of the table are both of the student"):
        fill(twice.encode(), HW1, [grade("a_101", 1)], Rules())


def test_who_handed_nothing_in_gets_nothing_or_zero():
    assert fill(CANVAS.encode(), HW1, [], Rules()).changes == ()
    zeros = fill(CANVAS.encode(), HW1, [], Rules(absent_as_zero=True)).changes
    assert [change.after for change in zeros] == ["0"] * 3


def test_a_table_of_another_platform_needs_two_names_and_lists_its_columns():
    table = b"login;points;note\nann;;x\nbob;3;y\n"
    with pytest.raises(CourseError, match="its columns are 'login', 'points', 'note'"):
        fill(table, HW1, [], Rules())
    with pytest.raises(CourseError, match="'mark' is not the title of one column"):
        fill(table, HW1, [], Rules(key="login", column="mark"))
    filled = fill(table, HW1, [grade("ann", 4)], Rules(key="login", column="points"))
    assert filled.data == b"login;points;note\nann;4;x\nbob;3;y\n"


@pytest.mark.parametrize("data", [b"PK\x03\x04\x00\x00rest", b"\xff\xfea", b'Student,ID\n"open'])
def test_what_is_no_table_is_refused_in_a_sentence(data):
    with pytest.raises(CourseError, match=r"no table of text|opened and not closed"):
        fill(data, HW1, [], Rules())


VALUES = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]), max_size=8)


@given(
    st.lists(st.lists(VALUES, min_size=2, max_size=5), min_size=1, max_size=6),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.data(),
)
def test_any_table_keeps_its_bytes_and_takes_a_value_where_it_is_put(
    rows, quoting, line_end, encoding, data
):
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=line_end).writerows([["a", "b"], *rows])
    if out.getvalue().startswith("\ufeff"):
        return
    encoded_table = out.getvalue().encode(encoding)
    table = read_table(encoded_table)
    assert replaced(table, {}) == encoded_table
    values = [[cell.value for cell in row] for row in table.rows]
    assert values == [["a", "b"], *rows]
    row = data.draw(st.integers(0, len(values) - 1))
    column = data.draw(st.integers(0, len(values[row]) - 1))
    value = data.draw(VALUES)
    values[row][column] = value
    again = read_table(replaced(table, {(row, column): value}))
    assert [[cell.value for cell in cells] for cells in again.rows] == values
