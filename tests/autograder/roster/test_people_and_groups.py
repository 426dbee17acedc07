"""roster.csv and groups.csv as a person or a spreadsheet writes them, and their faults by line."""

import csv
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_course import write_course

from autograder.model import Assignment, CourseError
from autograder.roster.csv_file import inert, plain
from autograder.roster.groups import Group, group_of, groups, known_groups, unknown_members
from autograder.roster.people import Person, everybody, people, sections, write_people

HEAD = "id,first_name,last_name,email,sections,lms_id\n"
ADA = Person("lovelaceada_1", "Ada", "Lovelace", "ada@uni.edu", ("Lab A", "Lab B"), "1")


@pytest.fixture
def course(tmp_path):
    return write_course(tmp_path, proofs="")


def functions(course):
    return course.assignment("functions")


def test_without_the_files_nobody_is_known_and_everybody_works_alone(course):
    assert everybody(course) == people(course) == sections(course) == ()
    assert groups(course, functions(course)) == ()
    assert group_of(course, functions(course), "ada") == ("ada",)
    assert unknown_members(course, functions(course)) == []


def test_the_roster_that_is_written_is_read_back(course):
    former_student = Person("bob", "=HYPERLINK(1)", 'O"Neil, Bob', "", (), "-7", gone="2027-02-01")
    write_people(course, [ADA])
    assert (course.root / "roster.csv").read_text() == (
        HEAD + "lovelaceada_1,Ada,Lovelace,ada@uni.edu,Lab A;Lab B,1\n"
    )
    write_people(course, [ADA, former_student])
    assert everybody(course) == (ADA, former_student)
    assert people(course) == (ADA,)
    assert sections(course) == ("Lab A", "Lab B")
    assert "'=HYPERLINK(1)" in (course.root / "roster.csv").read_text()


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)


@given(TEXTS)
def test_a_cell_that_was_made_inert_comes_back_as_it_was(text):
    assert plain(inert(text)) == text
    assert not re.search("(^|[;\t\n])[=+@\\-＝＋－＠]", inert(text))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_a_spreadsheet_takes_for_a_delimiter(course, delimiter):
    write_people(course, [replace(ADA, id="x;=1+1", first_name="＝2", last_name="a\t@b")])
    lines = (course.root / "roster.csv").read_text(encoding="utf-8").split("\n")
    rows = list(csv.reader(lines, delimiter=delimiter))
    assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@＝＋－＠"))]
    assert people(course)[0].id == "x;=1+1" and people(course)[0].first_name == "＝2"


def test_what_a_spreadsheet_saves_is_read_whatever_its_delimiter(course):
    lines = ["id;first_name;last_name;email;sections;lms_id", 'jo;Jörg;Weiß;;"A;B";5', ";;;;;", ""]
    for encoding in ("utf-8-sig", "utf-16"):
        (course.root / "roster.csv").write_bytes("\r\n".join(lines).encode(encoding))
        assert everybody(course) == (Person("jo", "Jörg", "Weiß", "", ("A", "B"), "5"),)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("id,first_name\n", "no column 'last_name'"),
        (HEAD + "a,,,,,\n\na,,,,,\n", "line 4: 'a' stands in line 2 already"),
        (HEAD + ",Ada,,,,\n", "line 2: the row has no id"),
        (HEAD + "a,A,B,e,s,1,2\n", "line 2: there are 6 columns and one more cell, '2'"),
        (HEAD + "<b>,A,B,e,s,1\n", "line 2: '<b>' cannot be the id of a student"),
        (HEAD + "../x,A,B,e,s,1\n", "line 2: '../x' cannot be the id of a student"),
        (HEAD + f"a,{'x' * 129},B,e,s,1\n", "line 2: first_name has 129 characters"),
        (HEAD + '"a,A\n', "opened and not closed"),
    ],
)
def test_a_fault_of_the_roster_is_named_with_its_line(course, text, sentence):
    (course.root / "roster.csv").write_text(text)
    with pytest.raises(CourseError, match=sentence):
        everybody(course)


def test_a_roster_in_another_encoding_is_refused(course):
    (course.root / "roster.csv").write_bytes((HEAD + "jo,Jörg,,,,\n").encode("latin-1"))
    with pytest.raises(CourseError, match="not UTF-8 text"):
        everybody(course)


def two_assignments(course):
    return replace(course, assignments=(*course.assignments, Assignment("plots", ("plots",))))


def test_a_group_holds_for_one_assignment_or_for_all(course):
    course = two_assignments(course)
    rows = "*,G1,bob\n*,G1,ada\nfunctions,G2,cem\nplots,G3,cem\n"
    (course.root / "groups.csv").write_text("assignment,group,student\n" + rows)
    work, plots = course.assignments
    assert groups(course, work) == (Group("G1", ("ada", "bob")), Group("G2", ("cem",)))
    assert group_of(course, work, "bob") == group_of(course, plots, "ada") == ("ada", "bob")
    assert [group.name for group in groups(course, plots)] == ["G1", "G3"]


def test_a_person_in_two_groups_of_one_assignment_is_refused_with_both_lines(course):
    course = two_assignments(course)
    rows = "*,G1,ada\nplots,G2,bob\n\nfunctions,G2,ada\n"
    (course.root / "groups.csv").write_text("assignment,group,student\n" + rows)
    assert group_of(course, course.assignment("plots"), "ada") == ("ada",)
    with pytest.raises(CourseError, match=r"'G1' \(line 2\) and in 'G2' \(line 5\)"):
        groups(course, functions(course))


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("nope,G1,ada", "line 2: the course has no assignment 'nope'. It has: functions"),
        ("functions,,ada", "line 2: the row has no group"),
        ("functions,G1,../ada", "line 2: '../ada' cannot be the id of a student"),
    ],
)
def test_a_fault_of_the_groups_is_named_with_its_line(course, row, sentence):
    (course.root / "groups.csv").write_text(f"assignment,group,student\n{row}\n")
    with pytest.raises(CourseError, match=sentence):
        groups(course, functions(course))


def test_a_member_who_is_not_in_the_roster_is_named_and_has_no_part_without_a_hand_in(course):
    write_people(course, [ADA])
    rows = "*,G1,lovelaceada_1\n*,G1,eve\n"
    (course.root / "groups.csv").write_text("assignment,group,student\n" + rows)
    assert unknown_members(course, functions(course)) == [
        "groups.csv, line 3: 'eve' of group 'G1' is not in roster.csv."
    ]
    (group,) = known_groups(course, functions(course), [])
    assert group.members == ("lovelaceada_1",)
    (group,) = known_groups(course, functions(course), ["eve"])
    assert group.members == ("eve", "lovelaceada_1")
