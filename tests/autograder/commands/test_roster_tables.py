"""The table of `autograder status ID`: a row for each person, a line for each group."""

from datetime import UTC, datetime

import pytest

from autograder.commands.roster_tables import class_status_table
from autograder.model import Grade
from autograder.reporting.status import PersonRow
from autograder.roster.people import Person

LONG = "chandrasekhara_raman"
WHEN = datetime(2027, 2, 1, 12, tzinfo=UTC)


def row_of(student, **more):
    person = Person(student, first_name="Amalie Emmy", last_name="Noether", sections=("Lab B",))
    grade = Grade("functions", student, "needs review", (), WHEN, **more)
    return PersonRow(person, "needs review", grade)


def test_a_group_stands_below_the_table_with_who_handed_in_and_the_others(capsys):
    group = {"group": "G1", "handed_in_by": LONG}
    people = (("ada", group), (LONG, group), ("maryam.mirzakhani", group), ("emmy", {}))
    class_status_table(row_of(student, **more) for student, more in people)
    *table, last = capsys.readouterr().out.splitlines()
    assert max(map(len, table)) <= 100 and len(table) == 5
    assert "2027-02-01 12:00" in table[1]
    assert last == f"group 'G1': handed in by {LONG}, also for ada, maryam.mirzakhani"


@pytest.mark.parametrize("listed", [["ada"], []])
def test_whoever_handed_in_is_not_named_twice(listed, capsys):
    class_status_table(row_of(s, group="G1", handed_in_by="ada") for s in [*listed, "bob"])
    assert capsys.readouterr().out.splitlines()[-1] == (
        "group 'G1': handed in by ada, also for bob"
    )


def test_a_group_of_one_has_handed_in_for_nobody_else(capsys):
    class_status_table([row_of("ada", group="G1", handed_in_by="ada")])
    assert capsys.readouterr().out.splitlines()[-1] == "group 'G1': handed in by ada"
