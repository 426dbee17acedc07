"""Who of the class has handed something in for an assignment, who has not, and who is a stranger.

A member of a group has handed in what any member did. Without a roster.csv nobody is missing and
nobody a stranger.
"""

from __future__ import annotations

from dataclasses import dataclass

from autograder.collecting.submitted import submitted_folders
from autograder.model import Assignment, Course
from autograder.roster.groups import known_groups
from autograder.roster.matching import people_of_name
from autograder.roster.people import Person, everybody, people


@dataclass(frozen=True)
class Attendance:
    """present: ids with a hand-in, their own or their group's. absent: people of the class without
    one. strangers: ids with a hand-in of their own that roster.csv does not have."""

    present: tuple[str, ...]
    absent: tuple[Person, ...] = ()
    strangers: tuple[str, ...] = ()


def attendance(course: Course, assignment: Assignment) -> Attendance:
    """Who is where for an assignment, each list in order of ids."""
    students_with_hand_in = {folder.parent.name for folder in submitted_folders(course, assignment)}
    present = set(students_with_hand_in)
    for group in known_groups(course, assignment, students_with_hand_in):
        if students_with_hand_in & set(group.members):
            present |= set(group.members)
    listed = everybody(course)
    listed_ids = {person.id for person in listed}
    absent = [person for person in listed if not person.gone and person.id not in present]
    return Attendance(
        present=tuple(sorted(present)),
        absent=tuple(sorted(absent, key=lambda person: person.id)),
        strangers=tuple(sorted(students_with_hand_in - listed_ids)) if listed else (),
    )


def stranger_sentence(course: Course, student: str) -> str:
    """What is said of a hand-in whose student is not in the roster."""
    namesakes = people_of_name(people(course), student)
    if len(namesakes) > 1:
        names = " and ".join(f"'{person.id}'" for person in namesakes)
        return (
            f"'{student}' has handed in, and several people of roster.csv have this name: {names}. "
            f"Look in your learning platform whose work it is, copy it from "
            f"{course.submitted.name}/ into a folder with that person's id, such as "
            f"late/{namesakes[0].id}/, collect the folder late, and remove "
            f"{course.submitted.name}/{student}"
        )
    return (
        f"'{student}' has handed in and is not in roster.csv. Import the roster again, or add the "
        f"row: autograder roster import FILE"
    )
