"""Points that a command gave for an answer which was marked on the page: the page's mark follows.

Suppose that Anna gave 1.5 points on the page, and `autograder answer` gives 2 later, since the
student asked. Then the mark on the page is 2, with the same items and an adjustment of 0.5, and the
next marker is asked nothing.
"""

from __future__ import annotations

from autograder.gradebook.connection import has_table, transaction
from autograder.gradebook.review_tables import MARK
from autograder.model import Assignment, Course
from autograder.review.marking import keep_gradebook
from autograder.review.worklist import Session, worklist_of


def follow_points(
    course: Course, assignment: Assignment, student: str, notebook: str, cell: str, by: str
) -> None:
    """Take over the points in the gradebook as the page's mark. by: who is named on the page.

    Where nobody has marked the answer on the page, nothing changes.
    """
    with transaction(course, writing=True) as connection:
        if not has_table(connection, MARK):
            return
        worklist = worklist_of(Session(course, assignment, by), connection, notebook, cell)
        for answer in worklist.answers:
            if student in {graded.student for graded in answer.graded_cells} and answer.is_conflict:
                keep_gradebook(connection, worklist, answer, by)
