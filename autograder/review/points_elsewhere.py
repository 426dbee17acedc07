"""Points that a command gave for an answer which was marked on the page: the page's mark follows.

Suppose that Anna gave 1.5 points on the page, and `autograder answer` gives 2 later, since the
student asked. Then the mark on the page is 2, with the same items and an adjustment of 0.5, and the
next marker is asked nothing.
"""

from __future__ import annotations

from autograder.gradebook.connection import has_table, transaction
from autograder.gradebook.manual_marks import write_manual
from autograder.gradebook.review_tables import MARK, Connection
from autograder.model import Assignment, Course
from autograder.review.marking import keep_gradebook
from autograder.review.questions import questions
from autograder.review.worklist import Answer, Session, worklist_of


def follow_points(
    course: Course, assignment: Assignment, student: str, notebook: str, cell: str, by: str
) -> None:
    """Take over the points that `student` has in the gradebook as the page's mark, for all who
    handed in together. by: who is named on the page.

    Nothing changes where nobody has marked the answer on the page, where the question is no longer
    in the source, and where somebody gave another member other points than the page: a person
    settles that.
    """
    if not questions(course, assignment, {(notebook, cell)}):
        return
    session = Session(course, assignment, by)
    with transaction(course, writing=True) as connection:
        if not has_table(connection, MARK):
            return
        for answer in worklist_of(session, connection, notebook, cell).answers:
            if answer.is_conflict and _is_only_of(answer, student):
                _give_to_all(connection, answer, student)
        worklist = worklist_of(session, connection, notebook, cell)
        for answer in worklist.answers:
            if answer.is_conflict and _is_only_of(answer, student):
                keep_gradebook(connection, worklist, answer, by)


def _is_only_of(answer: Answer, student: str) -> bool:
    """Whether the gradebook has the comments that the page left, and either the page's points or
    those of `student`."""
    mark = answer.counting_mark
    points = {graded.student: graded.manual_score for graded in answer.graded_cells}
    if mark is None or student not in points:
        return False
    for graded in answer.graded_cells:
        page_points, page_comment = mark.gradebook_entry.get(graded.student, (None, ""))
        if graded.manual_comment != page_comment:
            return False
        if graded.manual_score not in (page_points, points[student]):
            return False
    return True


def _give_to_all(connection: Connection, answer: Answer, student: str) -> None:
    (mine,) = (graded for graded in answer.graded_cells if graded.student == student)
    for graded in answer.graded_cells:
        if graded.manual_score != mine.manual_score:
            write_manual(connection, graded, mine.manual_score, graded.manual_comment, needs=False)
