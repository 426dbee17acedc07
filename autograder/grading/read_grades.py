"""The grades of an assignment, read back: marks and comments from nbgrader's gradebook (a person's
score goes before ours), what they say from the record beside each graded submission."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from glob import escape
from typing import Any

from autograder.collecting.rejected import rejected_files
from autograder.gradebook import read_marks
from autograder.gradebook.read_marks import RecordedMarks
from autograder.grading.grade_file import read_record, submitted_at
from autograder.model import Assignment, Course, Grade, Mark
from autograder.notebook import cells
from autograder.roster.attendance import attendance
from autograder.roster.groups import groups
from autograder.settings.source_notebook import source_notebook

Order = dict[tuple[str, str], int]
NO_MARKS = RecordedMarks(())


def class_grades(course: Course, assignment: Assignment) -> list[Grade]:
    """`grades`, and one with the status 'no hand-in' for each person of roster.csv without one."""
    by_student = {grade.student: grade for grade in grades(course, assignment)}
    for person in attendance(course, assignment).absent:
        by_student.setdefault(person.id, Grade(assignment.id, person.id, "no hand-in", ()))
    return [by_student[student] for student in sorted(by_student)]


@dataclass(frozen=True)
class _Facts:
    """What is the same for all grades of an assignment. members: group -> its members now."""

    order: Order
    late_reasons: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]


def grades(course: Course, assignment: Assignment) -> list[Grade]:
    """One Grade per student with a submission, their own or their group's, graded or set aside, in
    order of student."""
    rows = read_marks.recorded(course, assignment)
    facts = _Facts(
        _order(course, assignment),
        read_marks.lateness_reasons(course, assignment),
        {group.name: group.members for group in groups(course, assignment)},
    )
    students = rows.keys() | {
        p.parent.name for p in course.autograded.glob(f"*/{escape(assignment.id)}")
    }
    by_student = {
        student: _grade(course, assignment, student, rows.get(student, NO_MARKS), facts)
        for student in students
    }
    for item in rejected_files(course, assignment):
        if item.student and item.student not in by_student:
            by_student[item.student] = Grade(
                assignment.id, item.student, "not graded", (), messages=(item.message,)
            )
    return [by_student[student] for student in sorted(by_student)]


def _grade(
    course: Course, assignment: Assignment, student: str, recorded: RecordedMarks, facts: _Facts
) -> Grade:
    record = read_record(course, assignment, student) or {}
    group, handed_in_by = record.get("group", ""), record.get("handed_in_by", "")
    if handed_in_by not in ("", student) and not {student, handed_in_by} <= set(
        facts.members.get(group, ())
    ):
        return _left_group(assignment, student, group, handed_in_by)
    order = facts.order
    placed = sorted(recorded.marks, key=lambda row: order.get((row.notebook, row.cell), len(order)))
    forked = set(record.get("forked", []))
    could_run = "marks" not in record or bool(record["marks"])
    marks = tuple(
        _with_record(row, _message(row, record), f"{row.notebook}/{row.cell}" in forked)
        for row in placed
        if could_run  # else they are marks of an earlier version: nothing of this one could be run
    )
    return Grade(
        assignment=assignment.id,
        student=student,
        status=_status(marks),
        marks=marks,
        submitted_at=submitted_at(record) if record else None,
        seconds=record.get("seconds", 0.0),
        messages=(*record.get("faults", []), *record.get("says", [])),
        isolation=record.get("level", ""),
        integration=record.get("integration", ""),
        late_penalty=recorded.late_penalty,
        late_reason=facts.late_reasons.get(student, ""),
        group=group,
        handed_in_by=handed_in_by,
    )


def _status(marks: tuple[Mark, ...]) -> str:
    if not marks:
        return "not graded"
    return "needs review" if any(mark.needs_review for mark in marks) else "graded"


def _left_group(assignment: Assignment, student: str, group: str, handed_in_by: str) -> Grade:
    """Of a person whose marks came with the hand-in of a group that is no longer theirs."""
    sentence = (
        f"the marks in the gradebook came with the hand-in of {handed_in_by}, and {student} is no "
        f"longer in the group '{group}' with them; nothing of their own was handed in"
    )
    return Grade(assignment.id, student, "not graded", (), messages=(sentence,))


def _order(course: Course, assignment: Assignment) -> Order:
    """Where each graded cell stands in the instructor's notebooks."""
    names = [
        (name, cells.grade_id(cell))
        for name in assignment.notebooks
        for cell in source_notebook(course, assignment, name)["cells"]
    ]
    return {name: place for place, name in enumerate(names)}


def _message(mark: Mark, record: Mapping[str, Any]) -> str:
    """What the record says where the mark loses points: what its test said, or why its notebook was
    not graded, which then counts with 0 points as in nbgrader."""
    by_notebook = record.get("marks", {})
    if mark.notebook in by_notebook:
        return str(by_notebook[mark.notebook].get(mark.cell, ""))
    name = f"{mark.notebook}.ipynb "
    return next((fault for fault in record.get("faults", ()) if fault.startswith(name)), "")


def _with_record(mark: Mark, message: str, forked: bool) -> Mark:
    """A mark of the gradebook with what the record beside the submission knows of it."""
    loses_points = mark.points < mark.out_of
    return replace(mark, message=message if loses_points else "", forked=forked)
